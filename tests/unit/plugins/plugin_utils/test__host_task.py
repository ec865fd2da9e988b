# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task on one host that has no worker of its own: what it sends, and its result in any case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.reading import OBSERVATION, HostReading
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_logins import Login, SharedLogins
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils._draft.readings import build_reading

PASSWORD = "operator-pass"


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield a fleet with one camera."""
    with Fleet() as running:
        running.add("camera_12_9", "gate")
        yield running


def test_an_invalid_variable_is_a_problem(fleet: Fleet) -> None:
    task = build_reading(fleet, "gate", {"axis_timeout": "soon"})
    assert str(task.problem).startswith("axis_timeout must be a number, got the text 'soon'")
    assert not str(task.problem).endswith(".")
    assert task.login is None
    assert task.run_check()["failed"] is True
    assert fleet.devices["gate"].journal == []


def test_a_valid_task_has_no_problem(fleet: Fleet) -> None:
    task = build_reading(fleet, "gate")
    assert (task.problem, task.login) == (None, Login("operator", PASSWORD))
    assert PASSWORD not in task.secrets.clean(f"is {PASSWORD}")
    # The variables of thousands of hosts would fill the memory.
    assert task._templar is None


def test_a_duplicate_sends_nothing(fleet: Fleet) -> None:
    task = build_reading(fleet, "gate")
    task.refuse_duplicate(["gate-2"])
    assert task.run_check()["error"]["kind"] == "duplicate_device"
    assert fleet.devices["gate"].connections == 0


def test_a_login_that_others_rejected_is_not_sent(fleet: Fleet) -> None:
    tasks = [build_reading(fleet, "gate", {"axis_password": "mistyped"}) for _number in range(3)]
    logins = SharedLogins(filter(None, (task.login for task in tasks)), 2)
    kinds = []
    for task in tasks:
        task.limit_logins(logins)
        kinds.append(task.run_check()["error"]["kind"])
    assert kinds == ["authentication", "authentication", "not_attempted"]


@pytest.mark.parametrize("error", [ZeroDivisionError(PASSWORD), invalid_option("No", "Do.")])
def test_a_defect_is_a_result_without_secrets(fleet: Fleet, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise error

    task = build_reading(fleet, "gate")
    monkeypatch.setattr(HostReading, "_run_here", fail)
    for result in (task.run_check(), task.fail(error)):
        assert result["failed"] is True
        assert OBSERVATION not in result
        assert PASSWORD not in repr(result)
