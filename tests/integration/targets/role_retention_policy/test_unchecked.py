# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No run ends with exit status 0 if a camera that matches was not checked, whatever skipped its task."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    AUDIT_TASK,
    POLICY,
    ROLL_OUT,
    add_cameras,
    contacted,
    extra_vars,
    retention,
    summary,
    summary_text,
)
from tests.simulator import Fleet

ROLE = "camfleet.axis.retention_policy"
# The audit shares this code, and runs in the soak, too.
BOTH = pytest.mark.parametrize("playbook", [pytest.param(AUDIT, marks=pytest.mark.long), ROLL_OUT])
GROUPS = {"axis": {"vars": POLICY}}


def groups_with(**variables: Any) -> dict[str, Any]:
    """Return the group of the cameras with the policy and more variables."""
    return {"axis": {"vars": {**POLICY, **variables}}}


ONE_WAVE = extra_vars(retention_policy_waves=["100%"])


def import_playbooks(directory: Path, *imports: dict[str, Any]) -> Path:
    """Write a playbook that imports others, as JSON, which is valid YAML."""
    path = directory / "site.yml"
    path.write_text(json.dumps(list(imports)), encoding="utf-8")
    return path


def import_role(method: str = "import_role") -> dict[str, Any]:
    """Return a task that runs the role."""
    return {"name": "Role", f"ansible.builtin.{method}": {"name": ROLE, "rolespec_validate": False}}


def custom_play(*tasks: dict[str, Any]) -> dict[str, Any]:
    """Return a play for all cameras."""
    return {"name": "Custom play", "hosts": "axis", "gather_facts": False, "tasks": list(tasks)}


def writes(fleet: Fleet) -> list[str]:
    """Return the calls that changed a device."""
    return [entry.call for device in fleet.devices.values() for entry in device.writes]


@pytest.mark.fault("tags that skip the playbook")
@pytest.mark.parametrize(
    ("playbook", "arguments"),
    [
        (AUDIT, ("--tags", "nosuch")),
        pytest.param(ROLL_OUT, ("--tags", "tagged"), marks=pytest.mark.long),
        pytest.param(AUDIT, ("--skip-tags", "all"), marks=pytest.mark.long),
        pytest.param(ROLL_OUT, ("--skip-tags", "untagged"), marks=pytest.mark.long),
        pytest.param(AUDIT, ("--skip-tags", "all,always"), marks=pytest.mark.long),
        (ROLL_OUT, ("--tags", "nosuch", "--skip-tags", "always")),
    ],
)
def test_tags_that_skip_the_playbook_are_an_error(
    play: Play, fleet: Fleet, playbook: str, arguments: tuple[str, ...]
) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    run = play(playbook, *arguments, groups=GROUPS)
    assert run.status != 0
    assert "no camera was checked" in run.output.lower()
    assert contacted(fleet) == []


@pytest.mark.parametrize(
    ("playbook", "arguments"),
    [
        pytest.param(AUDIT, ("--skip-tags", "always"), marks=pytest.mark.long),
        (ROLL_OUT, ("--skip-tags", "nosuch")),
        pytest.param(ROLL_OUT, ("--tags", "all"), marks=pytest.mark.long),
    ],
)
def test_tags_that_skip_nothing_change_nothing(
    play: Play, fleet: Fleet, playbook: str, arguments: tuple[str, ...]
) -> None:
    add_cameras(fleet, "c0", "c1")
    run = play(playbook, *arguments, *ONE_WAVE, groups=GROUPS)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 2


@pytest.mark.fault("start at a later task")
@pytest.mark.parametrize(
    ("playbook", "task"),
    [
        pytest.param(AUDIT, "Report", marks=pytest.mark.long),
        (ROLL_OUT, "Build the report"),
        pytest.param(AUDIT, "Restore each host's status", marks=pytest.mark.long),
        pytest.param(ROLL_OUT, "nosuch", marks=pytest.mark.long),
    ],
)
def test_start_at_a_later_task_is_an_error(play: Play, fleet: Fleet, playbook: str, task: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    run = play(playbook, "--start-at-task", task, groups=GROUPS)
    assert run.status != 0
    assert writes(fleet) == []


@BOTH
def test_start_at_the_task_of_the_cameras_is_an_error(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    # With this option, core gathers facts although the play disables it.
    python = extra_vars(ansible_python_interpreter=sys.executable)
    run = play(playbook, "--start-at-task", AUDIT_TASK, *python, groups=GROUPS)
    assert run.status != 0
    assert "No camera was checked by the playbook" in run.output
    assert contacted(fleet) == []


@pytest.mark.fault("start at a later task of the role")
@pytest.mark.parametrize(
    "task",
    [
        "Apply the retention policy",
        pytest.param("Build the report", marks=pytest.mark.long),
        "Restore each host's status",
        pytest.param("Fail if a condition skipped hosts", marks=pytest.mark.long),
    ],
)
def test_start_at_a_later_task_of_the_role_is_an_error(play: Play, fleet: Fleet, task: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    # With this option, core gathers facts although the play disables it.
    python = extra_vars(ansible_python_interpreter=sys.executable)
    run = play([import_role()], "--start-at-task", task, *python, groups=GROUPS)
    assert run.status == 2, run.output
    assert contacted(fleet) == []


@pytest.mark.fault("preflight of an earlier play")
def test_preflight_of_an_earlier_play_does_not_count(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    # Tasks that run once evaluate the condition for the first host.
    role = {**import_role(), "when": "inventory_hostname != 'c0'"}
    policy = {
        "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}],
        "retention_policy_allow_recording_loss": True,
    }
    site = import_playbooks(tmp_path, custom_play(import_role()), {**custom_play(role), "vars": policy})
    run = play(site, groups=GROUPS)
    assert run.status == 2, run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}
    assert "The preflight of this play did not run" in run.output


@pytest.mark.fault("preflight of an earlier import in the same play")
def test_preflight_of_an_earlier_import_does_not_count(play: Play, fleet: Fleet) -> None:
    """Tasks that run once evaluate the condition for the first host."""
    add_cameras(fleet, "c0", "c1")
    shorter = {
        "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}],
        "retention_policy_allow_recording_loss": True,
    }
    run = play([import_role(), {**import_role(), "when": "inventory_hostname != 'c0'", "vars": shorter}], groups=GROUPS)
    assert run.status == 2, run.output
    assert "The preflight of this play did not run" in run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.fault("condition that skips a later batch of a custom play")
@pytest.mark.parametrize(
    ("condition", "failed"),
    [("inventory_hostname != 'c1'", {"c1"}), pytest.param("true", set(), marks=pytest.mark.long)],
)
def test_last_play_finds_a_batch_that_a_condition_skipped(
    play: Play, fleet: Fleet, tmp_path: Path, condition: str, failed: set[str]
) -> None:
    """No task of the role runs in that batch. Without the last play, the run would be successful."""
    add_cameras(fleet, "c0", "c1", "c2")
    role = {**import_role(), "when": condition}
    last = {"name": "Every camera", "ansible.builtin.import_role": {"name": ROLE, "tasks_from": "restore_status"}}
    plays = {**custom_play(role), "serial": 1}, {**custom_play(last), "name": "Last"}
    run = play(import_playbooks(tmp_path, *plays), groups=GROUPS)
    assert run.status == (2 if failed else 0), run.output
    assert {host for host, counts in run.recap.items() if counts["failures"]} == failed


@pytest.mark.fault("hosts that a task before the role ends")
@pytest.mark.parametrize(
    ("how", "failed"), [("end_host", {"c1"}), pytest.param("end_play", {"c0", "c1"}, marks=pytest.mark.long)]
)
def test_last_play_finds_hosts_that_an_earlier_task_ended(
    play: Play, fleet: Fleet, tmp_path: Path, how: str, failed: set[str]
) -> None:
    """Core counts them as successful, so that only the last play shows that they were not checked."""
    add_cameras(fleet, "c0", "c1")
    last = {"name": "Every camera", "ansible.builtin.import_role": {"name": ROLE, "tasks_from": "restore_status"}}
    condition = "inventory_hostname == 'c1' or 'end_play' == end_how"
    end = {"name": "End", "ansible.builtin.meta": how, "when": condition}
    first = {**custom_play(end, import_role()), "vars": {"end_how": how}}
    run = play(import_playbooks(tmp_path, first, {**custom_play(last), "name": "Last"}), groups=GROUPS)
    assert run.status == 2, run.output
    assert {host for host, counts in run.recap.items() if counts["failures"]} == failed


@pytest.mark.fault("condition on include_role")
def test_condition_on_include_role_is_an_error(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    run = play([{**import_role("include_role"), "when": "inventory_hostname != 'c0'"}], groups=GROUPS)
    assert run.status == 2, run.output
    assert "A condition (when) skipped c0" in run.output
    assert summary(run)["not_attempted"] == ["c0"]


def test_role_may_run_several_times(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    several: tuple[list[dict[str, Any]], ...] = (
        [{"ansible.builtin.import_role": {"name": ROLE}}, {"ansible.builtin.import_role": {"name": ROLE}}],
        [{"ansible.builtin.include_role": {"name": ROLE}, "loop": [1, 2]}],
        [{"block": [{"ansible.builtin.include_role": {"name": ROLE}}], "when": "true"}],
    )
    # One after the other, and all cameras at once.
    serials: tuple[dict[str, Any], ...] = ({}, {"serial": 1}, {})
    plays = [{**custom_play(*tasks), **serial} for tasks, serial in zip(several, serials, strict=True)]
    run = play(import_playbooks(tmp_path, *plays), groups=GROUPS)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}


@BOTH
def test_playbooks_can_be_listed(play: Play, fleet: Fleet, playbook: str, soak: bool) -> None:
    add_cameras(fleet, "c0")
    for arguments in ("--list-hosts", "--list-tasks", "--list-tags"), *([("--syntax-check",)] * soak):
        run = play(playbook, *arguments, groups=GROUPS)
        assert run.status == 0, run.output


@BOTH
def test_condition_that_skips_every_host_is_an_error(play: Play, fleet: Fleet, tmp_path: Path, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    run = play(import_playbooks(tmp_path, {"import_playbook": playbook, "when": False}), groups=GROUPS)
    assert run.status != 0
    assert "No camera was checked" in run.output
    assert contacted(fleet) == []


@pytest.mark.fault("condition on an import")
@BOTH
def test_condition_that_skips_one_host_is_an_error(play: Play, fleet: Fleet, tmp_path: Path, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    condition = {"import_playbook": playbook, "when": "inventory_hostname != excluded"}
    run = play(import_playbooks(tmp_path, condition), *ONE_WAVE, groups=groups_with(excluded="c1"))
    assert run.status != 0
    assert contacted(fleet) == ["c0", "c2"]
    hours = 24 if playbook == AUDIT else 720
    assert retention(fleet) == {"c0": hours, "c1": 24, "c2": hours}
    assert "skipped c1" in run.output.replace("\n", " ")
    lines = summary_text(run).splitlines()
    assert lines[lines.index("not attempted (1):") + 1] == "  c1: A condition skipped the task"
    assert f"{'drifted' if playbook == AUDIT else 'changed'} (2):" in lines


@pytest.mark.fault("condition on an import that fails for one host")
def test_condition_that_fails_for_one_host_is_an_error(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    condition = {"import_playbook": ROLL_OUT, "when": "site == 'north'"}
    hosts: dict[str, dict[str, Any]] = {"c0": {"site": "north"}, "c1": {"site": "{{ building.site }}"}}
    run = play(import_playbooks(tmp_path, condition), hosts=hosts, groups=GROUPS)
    assert run.status == 2
    assert "c1: when cannot be resolved ('building' is undefined)" in run.output
    assert "c2: when cannot be resolved ('site' is undefined)" in run.output
    assert contacted(fleet) == []


@pytest.mark.fault("hosts that an earlier play failed")
def test_canary_is_a_host_that_a_wave_reaches(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Core excludes failed hosts from all later plays, but not from the check of all hosts."""
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    fail = {"name": "Fail", "ansible.builtin.fail": {}, "when": "inventory_hostname == 'c0'"}
    run = play(import_playbooks(tmp_path, custom_play(fail), {"import_playbook": ROLL_OUT}), groups=GROUPS)
    assert run.status == 2
    assert "Wave 1 of 2, 1 of 2 done: 1 host: 1 changed" in run.output
    assert retention(fleet) == {"c0": 24, "c1": 720, "c2": 720}
    assert (summary(run)["changed"], summary(run)["not_attempted"]) == (["c1", "c2"], ["c0"])


@pytest.mark.fault("hosts that were unreachable in an earlier play")
def test_hosts_that_were_unreachable_before_count(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Core registers no result of the check of all hosts for them."""
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    fleet.devices["c0"].network = "refused"
    imports = ({"import_playbook": AUDIT}, {"import_playbook": ROLL_OUT})
    run = play(import_playbooks(tmp_path, *imports), groups=GROUPS)
    assert "Nothing was written: 33.33% of hosts failed the check or were unreachable" in run.output
    assert (summary(run)["unverified"], summary(run)["not_attempted"]) == (["c0"], ["c1", "c2"])
    assert writes(fleet) == []


@pytest.mark.long
def test_hosts_that_are_reachable_again_count(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """The first playbook shows the host as unreachable."""
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    fleet.devices["c0"].plant_fault("drop_before", call="recording_group/list", times=1)
    hosts, imported = {"c0": {"axis_retries": 0}}, {"import_playbook": AUDIT}
    run = play(import_playbooks(tmp_path, imported, {**imported, "name": "Again"}), hosts=hosts, groups=GROUPS)
    assert run.status == 4
    assert summary(run)["drifted"] == ["c0", "c1", "c2"]


@pytest.mark.fault("report of an earlier playbook in the same run")
@pytest.mark.parametrize(
    ("first", "second", "condition"),
    [
        pytest.param(AUDIT, ROLL_OUT, "false", marks=pytest.mark.long),
        pytest.param(AUDIT, ROLL_OUT, "inventory_hostname == 'c1'", marks=pytest.mark.long),
        (AUDIT, ROLL_OUT, "inventory_hostname == 'c0'"),
        (AUDIT, AUDIT, "inventory_hostname == 'c0'"),
        pytest.param(ROLL_OUT, ROLL_OUT, "false", marks=pytest.mark.long),
    ],
)
def test_results_of_an_earlier_playbook_do_not_count(
    play: Play, fleet: Fleet, tmp_path: Path, first: str, second: str, condition: str
) -> None:
    add_cameras(fleet, "c0", "c1")
    shorter = [{"recording_group_id": "door", "retention_time": "60d"}]
    variables = {"retention_policy_groups": shorter}
    site = import_playbooks(
        tmp_path,
        {"import_playbook": first},
        {"import_playbook": second, "when": condition, "vars": variables},
    )
    run = play(site, *ONE_WAVE, groups=GROUPS)
    assert run.status != 0
    if second == AUDIT:
        # The second audit checks one host, against its own policy.
        assert "1 drifted" in summary_text(run)
        assert "c1: A condition skipped the task" in summary_text(run)
    # Without a preflight, no host is changed.
    changed = {"c0": 1440} if second == ROLL_OUT and "c0" in condition else {}
    assert retention(fleet) == {"c0": 720, "c1": 720, **changed}


@pytest.mark.long
def test_conditions_that_exclude_each_other_are_an_error(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    site = import_playbooks(
        tmp_path,
        {"import_playbook": AUDIT, "when": "inventory_hostname == 'c0'"},
        {"import_playbook": ROLL_OUT, "when": "inventory_hostname == 'c1'"},
    )
    run = play(site, *ONE_WAVE, groups=GROUPS)
    assert run.status != 0
    assert writes(fleet) == []


def test_playbooks_run_after_each_other(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    site = import_playbooks(
        tmp_path, *({"import_playbook": name, "when": "true"} for name in (ROLL_OUT, ROLL_OUT, AUDIT))
    )
    run = play(site, *ONE_WAVE, groups=GROUPS)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 2
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.long
def test_tag_of_no_playbook_is_an_error(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    site = import_playbooks(
        tmp_path, {"import_playbook": AUDIT, "tags": ["read"]}, {"import_playbook": ROLL_OUT, "tags": ["write"]}
    )
    run = play(site, "--tags", "nosuch", groups=GROUPS)
    assert run.status == 2
    assert "--tags nosuch skips the tasks of this playbook" in run.output
    assert contacted(fleet) == []


@pytest.mark.parametrize(("tag", "hours"), [pytest.param("read", 24, marks=pytest.mark.long), ("write,nosuch", 720)])
def test_tags_select_imported_playbooks_of_a_site(
    play: Play, fleet: Fleet, tmp_path: Path, tag: str, hours: int
) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    import_playbooks(
        tmp_path, {"import_playbook": AUDIT, "tags": ["read"]}, {"import_playbook": ROLL_OUT, "tags": "write"}
    ).rename(tmp_path / "cameras.yml")
    run = play(import_playbooks(tmp_path, {"import_playbook": "cameras.yml"}), "--tags", tag, groups=GROUPS)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": hours}


@pytest.mark.parametrize(
    ("arguments", "hours"), [((), 24), pytest.param(("--tags", "write"), 720, marks=pytest.mark.long)]
)
def test_import_with_the_tag_never_runs_only_on_request(
    play: Play, fleet: Fleet, tmp_path: Path, arguments: tuple[str, ...], hours: int
) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    site = import_playbooks(
        tmp_path,
        {"import_playbook": AUDIT, "tags": ["read"]},
        {"import_playbook": ROLL_OUT, "tags": ["never", "write"]},
    )
    run = play(site, *arguments, groups=GROUPS)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": hours}


@pytest.mark.fault("mistyped tag of an import with the tag never")
@BOTH
def test_mistyped_tag_of_an_import_with_the_tag_never_is_an_error(
    play: Play, fleet: Fleet, tmp_path: Path, playbook: str
) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    site = import_playbooks(tmp_path, {"import_playbook": playbook, "tags": ["never", "audit"]})
    run = play(site, "--tags", "audti", groups=GROUPS)
    assert run.status == 2
    assert "--tags audti skips the tasks of this playbook" in run.output
    assert contacted(fleet) == []


@pytest.mark.long
def test_host_that_an_earlier_play_excluded_is_an_error(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    exclude = {
        "name": "Exclude a host",
        "hosts": "axis",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.fail": {"msg": "excluded"}, "when": "inventory_hostname == 'c1'"}],
    }
    run = play(import_playbooks(tmp_path, exclude, {"import_playbook": AUDIT}), groups=GROUPS)
    assert run.status == 2
    # One task checks all hosts, also those that are excluded from further tasks.
    assert contacted(fleet) == ["c0", "c1"]
    assert (summary(run)["compliant"], summary(run)["not_attempted"]) == (2, [])


@pytest.mark.long
def test_host_that_a_condition_skips_in_a_custom_play(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    run = play([{**role, "when": "inventory_hostname != 'c1'"}], groups=GROUPS)
    assert run.status == 2
    assert "A condition (when) skipped c1" in run.output
    assert summary(run)["not_attempted"] == ["c1"]


@pytest.mark.fault("condition that skips the preflight")
@pytest.mark.parametrize("method", [pytest.param(AUDIT, marks=pytest.mark.long), ROLL_OUT, "role"])
def test_condition_that_skips_the_preflight_is_an_error(play: Play, fleet: Fleet, tmp_path: Path, method: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    # Tasks that run once evaluate the condition for the first host, so that the preflight does not find axis_hold.
    policy = {**POLICY, "axis_hold": [], "retention_policy_allow_recording_loss": True}
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    condition = {"when": "inventory_hostname != 'c0'"}
    own = {"name": "Custom play", "hosts": "axis", "gather_facts": False, "tasks": [{**role, **condition}]}
    site = import_playbooks(tmp_path, own if method == "role" else {"import_playbook": method, **condition})
    run = play(site, *extra_vars(retention_policy_waves=[2]), groups={"axis": {"vars": policy}})
    assert run.status != 0
    assert ("not with a condition" if method == "role" else "No camera was checked by the playbook") in run.output
    assert contacted(fleet) == []
    assert retention(fleet) == {"c0": 1000, "c1": 1000}
