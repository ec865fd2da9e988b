# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of a device check, before the first request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.plugin_utils._action import AxisAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_check_variables import (
    CHECK_VARIABLES,
    CheckVariables,
)
from tests.playbook import CHECKOUT
from tests.unit.plugins.plugin_utils.fleet_task import LOGIN, build_arguments, build_variables


def check(hosts: dict[str, dict[str, Any]]) -> CheckVariables:
    """Return the check of a run with these variables of hosts."""
    variables = build_variables({name: {"axis_host": name, **LOGIN, **own} for name, own in hosts.items()})
    return CheckVariables(AxisAction(*build_arguments(variables, in_role=False)), [*hosts], variables)


def problems(hosts: dict[str, dict[str, Any]], *, check_mode: bool = False) -> dict[str, list[str]]:
    """Return the problems of a run with these variables of hosts."""
    return check(hosts).find_problems(check_mode=check_mode)


@pytest.fixture
def valid(tmp_path: Path) -> dict[str, Any]:
    """Return the variables of a host that only reads."""
    return {"device_check_hosts": "gate", "device_check_dir": str(tmp_path / "profiles")}


def test_valid_variables_have_no_problem(valid: dict[str, Any], tmp_path: Path) -> None:
    assert problems({"gate": valid}, check_mode=True) == {}
    assert not (tmp_path / "profiles").exists()
    assert problems({"gate": valid}) == {}
    assert (tmp_path / "profiles").is_dir()
    # A survey of AWX sets each variable, and as text.
    survey = dict.fromkeys(CHECK_VARIABLES.values(), "") | {"device_check_write": "false"}
    assert problems({"gate": {**survey, **valid}}) == {}
    confirmed = {"device_check_write": "true", "device_check_confirm": "yard, gate", "device_check_wait": "3h"}
    assert problems({"gate": {**valid, **confirmed}, "yard": {**valid, **confirmed}}) == {}
    # A host without experiments needs no confirmation, and may be confirmed.
    assert problems({"gate": {**valid, **confirmed}, "yard": valid}) == {}
    assert problems({"gate": {**valid, **confirmed, "device_check_confirm": "gate"}, "yard": valid}) == {}


def test_every_host_with_experiments_is_confirmed(valid: dict[str, Any]) -> None:
    both = {**valid, "device_check_write": True, "device_check_confirm": "gate"}
    (text,) = problems({"gate": both, "yard": both})
    assert text.startswith("device_check_confirm is gate, without yard")


@pytest.mark.fault("one device listed twice for a device check with experiments")
def test_one_device_is_not_checked_twice_with_experiments(valid: dict[str, Any]) -> None:
    both = {**valid, "device_check_write": True, "device_check_confirm": "gate, yard", "axis_host": "192.0.2.7"}
    found = problems({"gate": both, "yard": both})
    assert [text.partition(",")[0] for text in found] == [
        f"The inventory lists this device more than once: {other} has the same address or serial number"
        for other in ("yard", "gate")
    ]
    assert (
        problems({"gate": {**both, "device_check_confirm": "gate"}, "yard": {**both, "device_check_write": False}})
        == {}
    )
    assert problems({"gate": both, "yard": {**both, "axis_port": 8080}}) == {}


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"device_check_dir": None}, "device_check_dir is not set"),
        ({"device_check_dir": "profiles"}, "device_check_dir is 'profiles', which is not an absolute path"),
        ({"device_check_dir": "/dev/null/x"}, "device_check_dir is /dev/null/x, which cannot be written"),
        ({"device_check_dir": ["/tmp"]}, "device_check_dir must be text"),
        ({"device_check_write": "maybe"}, "device_check_write must be true or false, got the text 'maybe'"),
        ({"device_check_write": True}, "device_check_write is true, and device_check_confirm is not set"),
        ({"device_check_write": "yes", "device_check_confirm": "GATE"}, "device_check_confirm is GATE, without gate"),
        ({"device_check_write": True, "device_check_confirm": ["gate", "x"]}, "device_check_confirm has x, which"),
        ({"device_check_wait": "3h"}, "device_check_wait is 3h, but device_check_write is false"),
        ({"device_check_wait": 3}, "device_check_wait"),
        ({"device_check_wait": "soon"}, "device_check_wait is 'soon', which is not a time"),
        ({"device_check_http_port": "http"}, "device_check_http_port must be a whole number"),
        ({"device_check_https_port": 99999}, "device_check_https_port is 99999, which is out of range"),
        ({"device_check_viewer_username": "view"}, "device_check_viewer_username is set, and device_check_viewer_pass"),
        ({"device_check_host": "gate"}, "device_check_host is not a variable of the playbook device_check and has no"),
        ({"Device_check_write": True}, "Did you mean device_check_write?"),
        ({"device_check_directory": "/srv"}, "Did you mean device_check_dir?"),
        ({"axis_passwd": "x"}, "Did you mean axis_password?"),
        ({"axis_timeout": "soon"}, "axis_timeout must be a number"),
        ({"axis_host": "http://gate"}, "axis_host is 'http://gate', which is not a valid host name"),
    ],
)
def test_invalid_variable_is_named(valid: dict[str, Any], variables: dict[str, Any], problem: str) -> None:
    found = problems({"gate": {**valid, **variables}, "yard": valid})
    assert [(text, hosts) for text, hosts in found.items() if problem in text and hosts == ["gate"]], found


def test_name_that_resembles_no_variable_is_a_warning(valid: dict[str, Any]) -> None:
    hosts = {"gate": {**valid, "device_check_ticket": "4711"}, "yard": {**valid, "device_check_result": {}}}
    assert problems(hosts) == {}
    (warning,) = check(hosts).find_warnings()
    assert warning.startswith("device_check_ticket is not a variable of the playbook device_check and has no effect.")


def test_more_than_five_hosts_are_rejected(valid: dict[str, Any]) -> None:
    hosts = {f"camera{number}": {**valid, "axis_timeout": "soon"} for number in range(6)}
    (text,) = problems(hosts)
    assert text.startswith("device_check_hosts matches 6 hosts within --limit, and a device check is for at most 5")


def test_secret_is_never_shown(valid: dict[str, Any]) -> None:
    secret = {"device_check_viewer_username": "view", "device_check_viewer_password": ["s3cr3t-w0rd"]}
    assert "s3cr3t-w0rd" not in str(problems({"gate": {**valid, **secret}}))


def test_playbook_passes_every_variable() -> None:
    plays = yaml.safe_load((CHECKOUT / "playbooks" / "device_check.yml").read_text("utf-8"))
    (task,) = (task for play in plays for task in play["tasks"] if "camfleet.axis.axis_device_check" in task)
    passed = task["camfleet.axis.axis_device_check"]
    assert {*passed, "hosts"} == {*CHECK_VARIABLES}
    assert all(CHECK_VARIABLES[option] in value for option, value in passed.items())
