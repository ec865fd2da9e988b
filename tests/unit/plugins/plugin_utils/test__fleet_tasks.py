# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What actions with a task for each host share; the runs of both playbooks test the rest."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_tasks import check_bounds, join_warnings


def test_each_warning_is_shown_once() -> None:
    results: dict[str, Any] = {"a": {"warnings": ["one", "two"]}, "b": {"warnings": ["two"]}, "c": {}}
    assert join_warnings({"warnings": ["two"]}, results) == {"warnings": ["two", "one"]}
    assert join_warnings({}, {"c": {}}) == {}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"connections": 0}, "connections is 0, which is not a whole number from 1 to 1000"),
        ({"connections": 1001}, "connections is 1001, which is not a whole number from 1 to 1000"),
        ({"max_login_failures": 0}, "max_login_failures is 0, which is not a whole number of at least 1"),
    ],
)
def test_bounds_of_a_task(parameters: dict[str, int], message: str) -> None:
    check_bounds({"connections": 1000, "max_login_failures": 1})
    with pytest.raises(InvalidOptionError, match=message):
        check_bounds({"connections": 64, "max_login_failures": 5, **parameters})
