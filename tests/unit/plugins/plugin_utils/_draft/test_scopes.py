# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventory groups in the order in which Ansible applies them."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import sort_by_precedence
from tests.unit.plugins.plugin_utils._draft.fleets import inventory


def test_depth_comes_before_priority_and_name() -> None:
    groups = [inventory("b", []), inventory("a", [], priority=2), inventory("0", [], depth=2), inventory("c", [])]
    assert [group.name for group in sort_by_precedence(groups)] == ["b", "c", "a", "0"]
