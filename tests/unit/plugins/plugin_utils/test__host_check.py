# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of one host has the result of its own task, and nothing in it affects the check of another host."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 trusts every text
    trust_as_template = str

from ansible_collections.camfleet.axis.plugins.action.axis_retention_policy import ActionModule
from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.plugin_utils import _action
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_check import HostCheck
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import find_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import run_all
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_logins import Login, SharedLogins
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.plugin_utils.fleet_task import DOOR, LOGIN, address_of, build_arguments, build_variables

POLICY = {**LOGIN, "retention_policy_groups": [DOOR]}
PASSWORD = "operator-pass"
HOLD = {"reason": "case", "owner": "legal", "until": "2099-01-01"}


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start each test in a new worker."""
    monkeypatch.setattr(_action, "_REJECTED_LOGINS", {})
    _action._SESSIONS.clear()
    yield
    _action._SESSIONS.clear()


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet that is listening."""
    # Two runs must see the same time.
    with Fleet(now=datetime.now(timezone.utc).replace(microsecond=0)) as running:
        yield running


def add_camera(fleet: Fleet, name: str) -> Device:
    """Add a camera whose retention time differs from the policy."""
    device = fleet.add("camera_12_9", name)
    device.plant_group(recording_group_id="door", retention_time=48)
    return device


class Audit:
    """The checks of all hosts of a play; each has the address of its device, the policy, and these variables."""

    def __init__(self, fleet: Fleet, hosts: Mapping[str, Mapping[str, Any]], defaults: Any = None) -> None:
        self.hosts = {name: {**POLICY, **address_of(fleet.devices[name]), **own} for name, own in hosts.items()}
        self.variables = build_variables(self.hosts, retention_policy_play="play")
        task, *rest = build_arguments(self.variables)
        attributes = ("_task", "_connection", "_play_context", "_loader", "_templar", "_shared_loader_obj")
        self.action = SimpleNamespace(**dict(zip(attributes, (task, *rest), strict=True)))
        self.defaults = defaults or {}

    def check(self, host: str, *, device_info: bool = False, **more: Any) -> HostCheck:
        """Return the check of a host."""
        variables = HostVariables(self.action, self.variables).task_variables(host)
        variables = {**variables, "retention_policy_play": "play", **more}
        return HostCheck(self.action, variables, self.defaults, device_info=device_info)

    def task(self, host: str, **more: Any) -> dict[str, Any]:
        """Return the result of the task on a host, which core creates."""
        variables = {**self.variables, **HostVariables(self.action, self.variables).raw(host)}
        options = {"groups": variables["retention_policy_groups"], **more}
        return ActionModule(*build_arguments(variables, args=options)).run(None, variables)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"axis_password": "incorrect-4711"},
        {"axis_username": "viewer", "axis_password": "viewer-pass"},
        {"axis_port": 1},
        {"axis_holds": [{**HOLD, "recording_group_id": "door"}]},
        {
            "axis_holds": [{**HOLD, "recording_group_id": "gate"}],
            "retention_policy_groups": [],
        },
        {"axis_username": None, "axis_password": None},
    ],
)
def test_a_check_has_the_result_of_the_task(fleet: Fleet, variables: dict[str, Any]) -> None:
    device = add_camera(fleet, "gate")
    audit = Audit(fleet, {"gate": variables})
    checked = audit.check("gate").run_check()
    seen = [(entry.call, entry.status, entry.user) for entry in device.journal]
    device.journal.clear()
    _action._REJECTED_LOGINS.clear()
    task = audit.task("gate")
    # What core prints about failed tasks, from 2.19 on. An audit has no such task.
    task.pop("exception", None)
    assert checked == task
    assert seen == [(entry.call, entry.status, entry.user) for entry in device.journal]
    assert device.groups["door"].retention_time == 48


def test_a_check_reads_the_model_if_the_task_does(fleet: Fleet) -> None:
    """Whatever the defaults of the task in another play are: the caller decides."""
    device = add_camera(fleet, "gate")
    audit = Audit(fleet, {"gate": {}}, {"device_info": True})
    assert "model" not in audit.check("gate").run_check()["device"]
    for options in ({}, {"retention_policy_verify_recordings": True}):
        device.journal.clear()
        checked = audit.check("gate", device_info=True, **options).run_check()
        assert (checked["device"]["model"], checked["device"]["firmware"]) == ("Q1961-TE", "12.9.57")
        assert [entry.call for entry in device.journal].count("basicdeviceinfo") == 1
    checked = audit.check("gate", device_info=True).run_check()
    task = audit.task("gate", device_info=True)
    task.pop("exception", None)
    assert checked == task


def test_each_host_has_its_own_login_and_policy(fleet: Fleet) -> None:
    hosts: dict[str, dict[str, Any]] = {
        "a": {},
        "b": {"axis_username": "root", "axis_password": "administrator-pass"},
        "c": {"retention_policy_groups": [{**DOOR, "retention_time": trust_as_template("{{ days }}d")}], "days": 2},
    }
    for name in hosts:
        add_camera(fleet, name)
    audit = Audit(fleet, hosts)
    checks = {name: audit.check(name) for name in hosts}
    assert [check.login for check in checks.values()] == [
        Login("operator", PASSWORD),
        Login("root", "administrator-pass"),
        Login("operator", PASSWORD),
    ]
    results = {name: check.run_check() for name, check in reversed(checks.items())}
    assert {entry.user for entry in fleet.devices["b"].journal} == {None, "root"}
    assert {name: result["changed"] for name, result in results.items()} == {"a": True, "b": True, "c": False}


def test_variables_are_released(fleet: Fleet) -> None:
    add_camera(fleet, "gate")
    check = Audit(fleet, {"gate": {"large": "x" * 1000}}).check("gate")
    assert "x" * 1000 not in repr(vars(check))
    assert check._templar is None


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"axis_timeout": "soon"}, "axis_timeout must be a number, got the text 'soon'"),
        ({"axis_protocol": "https", "axis_ca_path": "/nothing.pem"}, "axis_ca_path"),
    ],
)
def test_an_invalid_variable_is_a_problem(fleet: Fleet, variables: dict[str, Any], problem: str) -> None:
    device = add_camera(fleet, "gate")
    check = Audit(fleet, {"gate": variables}).check("gate")
    assert str(check.problem).startswith(problem)
    assert not str(check.problem).endswith(".")
    assert (check.login, device.journal) == (None, [])
    assert check.run_check()["failed"] is True
    assert device.journal == []


def test_a_defect_while_variables_are_resolved_is_that_of_one_host(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_camera(fleet, "gate")

    def fail(*_arguments: object, **_more: object) -> None:
        raise KeyError(PASSWORD)

    monkeypatch.setattr(HostCheck, "_prepare", fail)
    check = Audit(fleet, {"gate": {}}, {"password": PASSWORD}).check("gate")
    assert (check.problem, check.login) == (None, None)
    result = check.run_check()
    assert result["msg"].startswith("camfleet.axis failed with an unexpected KeyError")
    assert PASSWORD not in repr(result)
    assert fleet.devices["gate"].journal == []


def test_a_host_that_is_the_same_device_as_another_sends_nothing(fleet: Fleet) -> None:
    device = add_camera(fleet, "gate")
    check = Audit(fleet, {"gate": {}}).check("gate")
    check.refuse_duplicate(["gate-2"])
    result = check.run_check()
    assert (result["error"]["kind"], result["device"]["host"]) == ("duplicate_device", device.host)
    assert (check.login, device.journal) == (None, [])


def test_a_login_that_others_rejected_is_not_sent(fleet: Fleet) -> None:
    devices = [add_camera(fleet, name) for name in ("a", "b", "c")]
    audit = Audit(fleet, {name: {"axis_password": "incorrect-4711"} for name in ("a", "b", "c")})
    checks = [audit.check(name) for name in ("a", "b", "c")]
    logins = SharedLogins(filter(None, (check.login for check in checks)), 2)
    kinds = []
    for check in checks:
        check.limit_logins(logins)
        kinds.append(check.run_check()["error"]["kind"])
    assert kinds == ["authentication", "authentication", "not_attempted"]
    assert [[bool(entry.authorization) for entry in device.journal] for device in devices] == [
        [False, True],
        [False, True],
        [False],
    ]


def test_holds_of_a_host_outside_the_play_count(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    # Which variables are hidden is tested with real inventories.
    monkeypatch.setattr(HostVariables, "hidden_holds", lambda _self, _host: [])
    device = add_camera(fleet, "gate")
    other = {
        **address_of(device),
        **LOGIN,
        "axis_holds": [{**HOLD, "recording_group_id": "door"}],
    }
    audit = Audit(fleet, {"gate": {}})
    audit.variables["groups"]["all"].append("legal")
    audit.variables["hostvars"]["legal"] = {**other, "inventory_hostname": "legal"}
    variables = HostVariables(audit.action, audit.variables).task_variables("gate") | {"retention_policy_play": "play"}
    addresses = find_addresses(audit.action, audit.variables, ["legal"])
    result = HostCheck(audit.action, variables, {}, addresses).run_check()
    assert [item["matches"] for item in result["holds"]] == [["door"]]
    # The caller has excluded that by comparing the addresses.
    assert "holds" not in HostCheck(audit.action, variables, {}, frozenset()).run_check()


def fail_in(check: HostCheck, method: str, error: BaseException) -> None:
    """Let a method of a check fail."""

    def fail(*_arguments: object, **_more: object) -> None:
        raise error

    setattr(check, method, fail)


@pytest.mark.fault("defect of the collection during the check of one of many hosts")
@pytest.mark.parametrize("method", ["_run_prepared", "_find_session", "run_check"])
@pytest.mark.parametrize(
    "error", [ZeroDivisionError(PASSWORD), SystemExit(PASSWORD), RecursionError(PASSWORD), invalid_option("No", "Do.")]
)
def test_an_exception_of_one_host_is_its_own_result(fleet: Fleet, method: str, error: BaseException) -> None:
    names = ("a", "b", "c")
    for name in names:
        add_camera(fleet, name)
    audit = Audit(fleet, {name: {} for name in names})
    checks = {name: audit.check(name) for name in names}
    fail_in(checks["b"], method, error)
    tasks = {name: check.run_check for name, check in checks.items()}
    found = dict(filter(None, run_all(tasks, 2, lambda host, error: checks[host].fail(error))))
    assert found["a"] == found["c"] | {"device": found["a"]["device"]}
    assert found["a"]["changed"] is True
    result = found["b"]
    assert result["failed"] is True
    assert result.get("compliant", False) is False
    assert PASSWORD not in repr(result)
    assert "***" in repr(result) or "No" in result["msg"]


@pytest.mark.fault("defect of the collection during the check of one of many hosts")
def test_a_connection_that_cannot_be_closed(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    add_camera(fleet, "gate")
    check = Audit(fleet, {"gate": {}}).check("gate")

    def fail(_session: Session) -> None:
        raise OSError("cannot be closed")

    monkeypatch.setattr(Session, "close", fail)
    found = dict(filter(None, run_all({"gate": check.run_check}, 2, lambda _host, error: check.fail(error))))
    assert "unexpected OSError: cannot be closed" in found["gate"]["msg"]
    assert found["gate"]["failed"] is True


@pytest.mark.fault("process of an audit killed, for example because the memory is full")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_hosts_of_a_killed_process_are_unverified(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    names = [f"c{index:02}" for index in range(60)]
    for name in names:
        add_camera(fleet, name)
    audit = Audit(fleet, {name: {} for name in names})
    checks = {name: audit.check(name) for name in names}
    logins = SharedLogins(filter(None, (check.login for check in checks.values())), 5)
    for check in checks.values():
        check.limit_logins(logins)

    def kill() -> None:
        os.kill(os.getpid(), number)
        signal.pause()

    tasks: dict[str, Any] = {name: check.run_check for name, check in checks.items()} | {"c00": kill}
    found = dict(filter(None, run_all(tasks, 8, lambda host, error: checks[host].fail(error))))
    assert [*sorted(found)] == names
    assert all(found[name]["changed"] for name in names[1::2])
    lost = [name for name in names if found[name].get("failed")]
    assert "c00" in lost
    assert set(lost) <= set(names[::2])
    for name in lost:
        result = found[name]
        assert result["msg"] == (
            f"{name} ({fleet.devices[name].host}): The check has no result, because its process was killed (signal "
            f"{number.value}, {signal.strsignal(number)}). Check the memory of this machine and its limits (ulimit "
            "-a), and run again."
        )
        assert (result["error"]["kind"], result["changed"]) == ("interrupted", False)
        assert "compliant" not in result
