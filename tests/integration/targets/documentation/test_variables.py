# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables have an effect where the page of variables says, and the source that it names counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    POLICY,
    ROLL_OUT,
    add_cameras,
    contacted,
    extra_vars,
    preflight_problems,
    summary,
)
from tests.reference.variables import EXTRA, PATTERN, find_variables
from tests.simulator import Fleet

PURPOSE, OWNER = "retention_policy_purpose", "retention_policy_owner"
REPORT_DIR = "retention_policy_report_dir"
#: A valid value of each variable that must not be in the inventory.
VALUES = {
    name: variable.default.strip("`")
    for name, variable in find_variables().items()
    if variable.place in (EXTRA, PATTERN) and not name.startswith("awx_setup_")
}


def policies(output: str) -> list[str]:
    """Return the lines of the summary about policies."""
    return [line.removeprefix("Policy: ") for line in output.splitlines() if line.startswith("Policy: ")]


def write_variables(tmp_path: Path, **by_name: dict[str, Any]) -> None:
    """Write files such as ``group_vars/all.json``, by names such as ``group_vars__all``."""
    for name, variables in by_name.items():
        path = tmp_path / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(variables), encoding="utf-8")


def test_the_last_source_counts(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3")
    write_variables(
        tmp_path,
        group_vars__all={OWNER: "all", REPORT_DIR: str(tmp_path / "all")},
        group_vars__axis={PURPOSE: "axis"},
        # The last one in the alphabet.
        group_vars__site={PURPOSE: "site"},
        host_vars__c3={PURPOSE: "host_vars"},
    )
    # Those in the inventory file itself come before the files beside it.
    groups = {
        "axis": {"vars": {**POLICY, OWNER: "file", PURPOSE: "file"}},
        "site": {"hosts": ["c1", "c2", "c3"], "vars": {PURPOSE: "file"}},
    }
    hosts = {
        # The first host decides about what is once for the run.
        "c0": {REPORT_DIR: str(tmp_path / "first")},
        "c2": {PURPOSE: "host", REPORT_DIR: str(tmp_path / "host")},
        "c3": {PURPOSE: "host"},
    }
    run = play(AUDIT, hosts=hosts, groups=groups)
    assert run.status == 0, run.output
    assert policies(run.output) == [
        "axis (owner: all): 1 host",
        "host (owner: all): 1 host",
        "host_vars (owner: all): 1 host",
        "site (owner: all): 1 host",
    ]
    assert [path.is_dir() for path in (tmp_path / "first", tmp_path / "all", tmp_path / "host")] == [True, False, False]
    wrapper = tmp_path / "import.yml"
    imported = {"import_playbook": AUDIT, "vars": {PURPOSE: "import", OWNER: "import", REPORT_DIR: ""}}
    wrapper.write_text(json.dumps([imported]), encoding="utf-8")
    run = play(wrapper, *extra_vars(**{OWNER: "extra"}), hosts=hosts, groups=groups)
    assert run.status == 0, run.output
    assert policies(run.output) == ["import (owner: extra): 4 hosts"]


@pytest.mark.parametrize("playbook", ["retention_policy", pytest.param("draft_policy", marks=pytest.mark.long)])
def test_an_extra_variable_in_the_inventory_is_an_error(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0")
    variables = {name: value for name, value in VALUES.items() if name.startswith(f"{playbook}_")}
    groups = {"axis": {"vars": {**POLICY, **variables}}}
    run = play(ROLL_OUT if playbook == "retention_policy" else "camfleet.axis.draft_policy", groups=groups)
    assert run.status == 2
    for name in variables:
        assert f"{name} is set in the inventory, where it has no effect" in run.output
    assert variables
    assert contacted(fleet) == []


@pytest.mark.long
def test_a_pattern_in_the_inventory_has_no_effect(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    names = [name for name, variable in find_variables().items() if variable.place == PATTERN]
    patterns = [name for name in names if name.endswith("_hosts")]
    assert patterns == ["pin_certificates_hosts", "device_check_hosts", "merge_reports_hosts"]
    own: dict[str, Any] = {
        **dict.fromkeys(patterns, "c0"),
        "pin_certificates_file": str(tmp_path / "pins.yml"),
        "merge_reports_from": str(tmp_path / "reports"),
        "merge_reports_dir": str(tmp_path / "merged"),
    }
    groups = {"axis": {"vars": {**POLICY, **own}}}
    run = play("camfleet.axis.pin_certificates", groups=groups)
    assert run.recap.keys() == {"c0", "c1"}
    run = play("camfleet.axis.device_check", groups=groups)
    assert "device_check_hosts is not an extra variable, and has no effect in the inventory" in " ".join(
        run.output.split()
    )
    run = play(AUDIT, *extra_vars(**{REPORT_DIR: str(tmp_path / "reports")}), groups=groups)
    assert run.status == 0, run.output
    run = play("camfleet.axis.merge_reports", groups=groups)
    assert run.status == 0, run.output
    (merged,) = (tmp_path / "merged").glob("*.json")
    assert [host["host"] for host in json.loads(merged.read_text(encoding="utf-8"))["hosts"]] == ["c0", "c1"]


@pytest.mark.long
def test_empty_variables_of_the_run_have_their_defaults(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", retention_time=48)
    names = [name for name in VALUES if name.startswith("retention_policy_")]
    variables = dict.fromkeys([*names, "retention_policy_fail_on_drift"], "")
    run = play(ROLL_OUT, *extra_vars(**variables), groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert fleet.devices["c0"].groups["door"].retention_time == 720


def test_an_extra_variable_overrides_the_play_for_each_host(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Also for the checks of all hosts, which read the variables of other hosts than their own."""
    add_cameras(fleet, "c0", "c1")
    loss, drift, policy = (
        f"retention_policy_{name}" for name in ("allow_recording_loss", "fail_on_drift", "max_fail_percentage")
    )
    variables = {
        "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "10d"}],
        **{loss: True, drift: False, policy: 1, "axis_username": "play", "axis_password": "play-pass"},
    }
    wrapper = tmp_path / "import.yml"
    wrapper.write_text(json.dumps([{"import_playbook": ROLL_OUT, "vars": variables}]), encoding="utf-8")
    extra = extra_vars(**{loss: False, drift: True, "axis_username": "operator", "axis_password": "operator-pass"})
    run = play(wrapper, *extra)
    assert run.status == 2, run.output
    assert summary(run)["refused"] == ["c0", "c1"]
    assert {host: counts["failures"] for host, counts in run.recap.items()} == {"c0": 1, "c1": 1}
    assert fleet.devices["c1"].groups["door"].retention_time == 720


@pytest.mark.long
def test_a_null_does_not_remove_a_bound(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    groups = {"axis": {"vars": {**POLICY, "retention_policy_minimum": "7d"}}}
    run = play(AUDIT, hosts={"c0": {"retention_policy_minimum": None}}, groups=groups)
    assert run.status == 2
    assert "retention_policy_minimum" in preflight_problems(run)[0]["problem"]
