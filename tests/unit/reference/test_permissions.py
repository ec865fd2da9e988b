# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of permissions has every call of the collection, with the role that messages name."""

from __future__ import annotations

from tests.reference.permissions import PERMISSIONS, describe_call, find_calls, render_permissions


def test_every_call_is_on_the_page() -> None:
    assert {*find_calls()} == PERMISSIONS.keys()
    table = render_permissions()
    assert all(table.count(f"   * - {describe_call(call)}\n") == 1 for call in PERMISSIONS)


def test_messages_name_the_documented_role() -> None:
    """Messages about a role that is too low name the role of the call."""
    for call, permission in PERMISSIONS.items():
        if permission.is_documented and not permission.role.startswith("none"):
            assert call.role == permission.role, call.name


def test_only_audits_and_reads_need_no_operator() -> None:
    for call, permission in PERMISSIONS.items():
        assert not call.write or "audit" not in permission.senders
        assert not call.write or permission.role.startswith(("operator", "not documented"))
