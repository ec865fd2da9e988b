# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of one device: sessions, rejected logins, secrets, and the name of the host in messages.

Its subclasses are tested in tests/integration/targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import OPTION_NAMES, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._module import LOGIN_UNCONFIRMED
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import invalid_input_result, run_recording_group
from ansible_collections.camfleet.axis.plugins.plugin_utils import _action
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import AxisAction
from tests.parameters import group_parameters
from tests.simulator import Fleet
from tests.simulator.device import Device

PASSWORD = "camera-password"
VARIABLES = {"inventory_hostname": "gate", "axis_host": "192.0.2.1", "axis_username": "root", "axis_password": PASSWORD}
LOGIN = {"username": "operator", "password": "operator-pass"}
Result = dict[str, Any]


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start each test in a new worker, without sessions and rejected logins."""
    monkeypatch.setattr(_action, "_REJECTED_LOGINS", {})
    monkeypatch.setattr(_action, "_ACCEPTED_LOGINS", set())
    _action._SESSIONS.clear()
    yield
    _action._SESSIONS.clear()


@pytest.fixture
def camera() -> Iterator[Device]:
    """Yield a camera."""
    with Fleet() as fleet:
        yield fleet.add("camera_12_9", "camera")


class Runs:
    """The function that a module names ``RUN``: returns one result, and keeps what it received."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.received: list[Mapping[str, Any]] = []

    def __call__(self, parameters: Mapping[str, Any], **options: Any) -> Result:
        """Return the result."""
        self.received.append({**parameters, **options})
        return dict(self.result)


def run_task(run: Any, variables: Mapping[str, Any] | None = None, **arguments: Any) -> tuple[Result, Any]:
    """Run a task, and return its result and the task."""

    class Action(AxisAction):
        module = SimpleNamespace(__name__="axis", ARGUMENT_SPEC=DEVICE_SPEC, RUN=run)  # type: ignore[assignment] # as much as is needed

    loader = DataLoader()
    task = SimpleNamespace(args=arguments, check_mode=True, diff=False, delegate_to=None, remote_user=None, async_val=0)
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    variables = VARIABLES if variables is None else variables
    templar = Templar(loader=loader, variables=dict(variables))
    action = Action(task, connection, SimpleNamespace(password=None), loader, templar, None)
    return action.run(None, dict(variables)), task


def test_module_receives_options_mode_and_names() -> None:
    runs = Runs({"changed": False})
    result, _task = run_task(runs, timeout=3)
    (received,) = runs.received
    assert (received["host"], received["username"], received["timeout"]) == ("192.0.2.1", "root", 3)
    assert (received["check_mode"], received["names"]["retries"]) == (True, "axis_retries")
    assert "timeout" not in received["names"]
    assert result == {"changed": False}


def test_invalid_option_names_host_and_variable() -> None:
    runs = Runs({})
    result, _task = run_task(runs, {**VARIABLES, "axis_timeout": "soon"})
    assert result["msg"].startswith("gate (192.0.2.1): axis_timeout must be a number, got the text 'soon'. ")
    assert (result["failed"], result["error"]["kind"], runs.received) == (True, "invalid_option", [])


def test_rejected_login_is_not_tried_again() -> None:
    runs = Runs({"failed": True, "error": {"kind": "authentication", "message": "No", "next_step": "Correct it."}})
    for timeout in (1, 2):
        result, _task = run_task(runs, timeout=timeout)
        assert result["msg"] == "gate: No. Correct it."
    assert len(runs.received) == 1
    run_task(runs, {**VARIABLES, "axis_password": "another-password"})
    assert len(runs.received) == 2


def read_group(parameters: Mapping[str, Any], **options: Any) -> Result:
    """Run axis_recording_group for one group."""
    return run_recording_group(group_parameters(recording_group_id="door", **parameters), **options)


@pytest.mark.fault("login without a clear response, in several attempts of a task")
@pytest.mark.parametrize("status", [408, 500, 503])
def test_unconfirmed_login_is_not_sent_again_with_other_options(camera: Device, status: int) -> None:
    headers = (("Retry-After", "0"),)
    camera.plant_fault("http_status", call="*", status=status, headers=headers, times=None)
    address = {"host": camera.host, "port": camera.port, "protocol": "http"}
    for timeout in (5, 5, 6, 7):
        result, _task = run_task(read_group, **address, **LOGIN, timeout=timeout)
        assert result["error"]["kind"] == "device_error"
        assert "the login is not sent again" in result["msg"]
    assert sum(entry.authorization is not None for entry in camera.journal) == 1
    # The next task is in a new worker.
    run_task(read_group, **address, **{**LOGIN, "username": "root"})
    assert sum(entry.authorization is not None for entry in camera.journal) == 2


def test_accepted_login_is_sent_with_other_options(camera: Device) -> None:
    address = {"host": camera.host, "port": camera.port, "protocol": "http", **LOGIN}
    assert "failed" not in run_task(read_group, **address, timeout=5)[0]
    camera.plant_fault("http_status", call="*", status=500)
    results = [run_task(read_group, **address, timeout=timeout)[0] for timeout in (6, 7)]
    assert [result.get("failed", False) for result in results] == [True, False]


DELEGATED = {
    "unconfirmed": {"failed": True, "msg": "No", "error": {"kind": "device_error"}, LOGIN_UNCONFIRMED: True},
    "crashed": {"failed": True, "msg": "MODULE FAILURE"},
    "rejected": {"failed": True, "msg": "No", "error": {"kind": "authentication"}, "changed": True, "changes": [1]},
}


@pytest.mark.parametrize("case", DELEGATED)
def test_login_that_another_machine_sent_is_not_sent_again(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    calls: list[str] = []

    def execute(_action: Any, name: str, *_arguments: Any) -> Result:
        calls.append(name)
        return dict(DELEGATED[case])

    monkeypatch.setattr(_action, "execute_module", execute)
    monkeypatch.setattr(_action.AxisAction, "_is_delegated", lambda *_arguments: True)
    results = [run_task(Runs({}), timeout=timeout)[0] for timeout in (1, 2)]
    assert len(calls) == 1
    assert [LOGIN_UNCONFIRMED in result for result in results] == [False, False]
    assert (results[1]["failed"], results[1]["changed"]) == (True, False)
    if case == "crashed":
        assert results[1]["msg"] == "MODULE FAILURE. The login is not sent again in this task."
    if case == "rejected":
        assert (results[0]["changes"], results[1]["changes"]) == ([1], [])


def test_secrets_are_in_neither_result_nor_arguments() -> None:
    result, task = run_task(Runs({"msg": f"The password is {PASSWORD}"}), username="root", password=PASSWORD)
    assert result["msg"] == "The password is ********"
    assert task.args == {"username": "root", "password": "********"}


def test_defect_is_a_result_without_a_secret() -> None:
    def run(parameters: Mapping[str, Any], **_options: Any) -> Result:
        raise KeyError(parameters["password"])

    result, _task = run_task(run)
    assert result["failed"] is True
    assert "unexpected KeyError" in result["msg"]
    assert PASSWORD not in str(result)


@pytest.mark.parametrize(("error", "outcome"), [(AnsibleError, "failed"), (AnsibleConnectionFailure, "unreachable")])
def test_error_of_core_with_a_secret_is_redacted(error: type[AnsibleError], outcome: str) -> None:
    def run(parameters: Mapping[str, Any], **_options: Any) -> Result:
        raise error(f"Core quotes {parameters['password']}")

    result, _task = run_task(run)
    assert (result[outcome], result["msg"]) == (True, "Core quotes ********")
    assert PASSWORD not in result["exception"]


def test_error_of_core_without_a_secret_is_raised_unchanged() -> None:
    error = AnsibleError("Core failed")
    with pytest.raises(AnsibleError, match="Core failed"):
        _action._redacted_error(error, Secrets())


@pytest.mark.parametrize(
    ("host", "start"), [("192.0.2.1", "gate (192.0.2.1): "), ("gate", "gate: "), (None, "gate: "), ("", "gate: ")]
)
def test_message_begins_with_the_host_and_another_address(host: str | None, start: str) -> None:
    result = invalid_input_result(invalid_option("It is empty", "Set it."), host, OPTION_NAMES)
    assert _action._name_host(result, "gate")["msg"] == f"{start}It is empty. Set it."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{{ vault_password }}", "axis_password uses vault_password, which is undefined"),
        ("{{ known | nonsense }}", "axis_password is {{ known | nonsense }}, which cannot be resolved"),
        ("x{{ known }}", "axis_password cannot be resolved"),
        (None, "axis_password cannot be resolved"),
    ],
)
def test_unresolvable_secret_shows_a_template_and_no_other_text(value: Any, message: str) -> None:
    error = _action.unresolvable_secret("axis_password", value, {"known": 1})
    assert error.message == message


def test_session_of_a_device_is_kept_for_the_next_item(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(_action, "run_directory", lambda: str(tmp_path))
    monkeypatch.setattr(_action, "_MAX_SESSIONS", 2)
    settings = [_action.ConnectionSettings(f"192.0.2.{number}", 80, "http", "root", PASSWORD) for number in range(3)]
    first = _action._cached_session(settings[0])
    assert _action._cached_session(settings[0]) is first
    _action._cached_session(settings[1])
    _action._cached_session(settings[2])
    assert list(_action._SESSIONS) == settings[1:]
