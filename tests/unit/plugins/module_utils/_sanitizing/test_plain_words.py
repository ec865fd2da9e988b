# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that identify no site."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.plain_words import PLAIN_WORDS
from tests.simulator import PROFILES


def test_words_are_in_lower_case() -> None:
    assert all(word.isascii() and word.islower() and word.isalpha() for word in PLAIN_WORDS)


def test_the_words_of_known_apis_are_plain() -> None:
    """A user with such a name must not hide an API."""
    apis = {api for profile in PROFILES.values() for api, _versions in profile.switches.apis}
    assert {word for api in apis for word in api.split("-")} - PLAIN_WORDS <= {"ext", "ip", "dev", "cgi"}
