# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exchanges without anything that identifies a site or a person."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer import Anonymizer


def test_a_body_that_does_not_parse_is_only_counted() -> None:
    exchange = RawExchange("GET", "/", (), b"", 1, 200, (), b"secret")
    assert Anonymizer().response(exchange).body == "<6 bytes>"
