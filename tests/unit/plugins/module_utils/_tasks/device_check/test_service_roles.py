# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which role a service requires, from what logins may read."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.service_roles import (
    Access,
    find_lowest_role,
)


def known(role: str, *, is_allowed: bool | None) -> Access:
    return Access(role, role, is_allowed)


@pytest.mark.parametrize(
    ("found", "role"),
    [
        ([known("viewer", is_allowed=True)], "viewer"),
        ([known("viewer", is_allowed=False)], None),
        ([known("operator", is_allowed=True)], None),
        ([known("operator", is_allowed=False)], "administrator"),
        ([known("operator", is_allowed=True), known("viewer", is_allowed=False)], "operator"),
        ([known("administrator", is_allowed=True), known("viewer", is_allowed=False)], None),
        ([known("administrator", is_allowed=True), known("operator", is_allowed=False)], "administrator"),
        ([known("administrator", is_allowed=False)], None),
        ([known("operator", is_allowed=None), known("viewer", is_allowed=None)], None),
        ([Access("operator", "administrator", True), known("viewer", is_allowed=False)], None),
        ([Access("operator", "administrator", False)], "administrator"),
        ([], None),
    ],
)
def test_only_evidence_decides(found: list[Access], role: str | None) -> None:
    assert find_lowest_role(found) == role
