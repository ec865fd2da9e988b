# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that writes a draft of the policies of a fleet, and the audit with that draft."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, CHECK, extra_vars
from tests.playbook import PlaybookRun
from tests.simulator import Fleet, sites

DRAFT = "camfleet.axis.draft_policy"
READ = "Read every camera"
WRONG = {"axis_password": "mistyped-secret"}
UNKNOWN = "is not a variable of the playbook draft_policy and has no effect."
LOGIN = ("axis_username", "axis_password")


def list_files(directory: Path) -> list[str]:
    """Return the files below a directory."""
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def result_of(run: PlaybookRun) -> dict[str, Any]:
    """Return the result of the reading of all hosts."""
    results = [result for (task, _host), result in run.results.items() if task == READ]
    return results[0]


def message_of(run: PlaybookRun) -> str:
    """Return why the reading of all hosts failed."""
    return str(result_of(run)["msg"])


def read_variables(directory: Path, scope: str) -> dict[str, Any]:
    """Return the variables of a group or host in a draft: ``group_vars/axis``."""
    text = (directory / scope / "retention_policy.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def verdicts(run: PlaybookRun, hosts: Iterable[str]) -> dict[str, bool]:
    """Return whether the audit found each host compliant."""
    return {host: run.results[CHECK, host]["compliant"] for host in hosts}


def ends_with_lines(run: PlaybookRun) -> bool:
    """Return whether the run prints the summary once, directly above the recap."""
    text = "\n".join(result_of(run)["lines"])
    return run.output.partition("\n\nPLAY RECAP ")[0].endswith("\n" + text) and run.output.count(text) == 1


def failed(run: PlaybookRun) -> set[str]:
    """Return the hosts that failed in the recap."""
    return {host for host, counters in run.recap.items() if counters["failures"] or counters["unreachable"]}


def test_an_audit_with_the_draft_is_compliant(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in sites.names(15):
        sites.plant(fleet.add("camera_12_9", name))
    profiles = ("camera_10_12", "camera_12_11", "camera_13", "recorder_s3008")
    for number, profile in enumerate(profiles):
        fleet.add(profile, f"odd-{number}")
    fleet.add("camera_12_9", "NO").plant_group(recording_group_id="a-b", nice_name="{{ x }} [1]*?", retention_time=1)
    fleet.devices["odd-0"].plant_group(recording_group_id="0123", nice_name='NO: "#', retention_time=0)
    fleet.devices["odd-1"].plant_group(recording_group_id="1e3", nice_name="e\u0301 \U0001f4f7", retention_time=17)
    # A text with the password, and with a character that changes the direction of what follows.
    fleet.add("camera_12_9", "leak").plant_group(nice_name="operator-pass \u202e", retention_time=5, description="x")
    prefixes = {"axis_site_harbor": "harbor", "axis_site_museum": "museum", "axis_site_station_north": "station"}
    members = {
        group: {"hosts": [name for name in fleet.devices if name.startswith(prefix)]}
        for group, prefix in prefixes.items()
    }
    hosts = {name: {"axis_serial": device.serial} for name, device in fleet.devices.items()}
    before = copy.deepcopy({name: device.groups for name, device in fleet.devices.items()})
    directory = tmp_path / "draft"
    run = play(DRAFT, *extra_vars(draft_policy_dir=str(directory)), hosts=hosts, groups=members)
    assert run.status == 0, run.output
    assert ends_with_lines(run), run.output
    assert not any(device.writes for device in fleet.devices.values())
    result = result_of(run)
    assert sorted(result["read_hosts"]) == sorted(fleet.devices)
    assert sorted(item["path"] for item in result["files"]) == [str(directory / name) for name in list_files(directory)]
    # The cameras of a site share a policy without the serial numbers of some of them.
    groups = [item["path"] for item in result["files"] if item["group"]]
    assert str(directory / "group_vars/axis_site_harbor/retention_policy.yml") in groups
    assert not any("ACCC8E" in Path(path).read_text(encoding="utf-8") for path in groups)
    texts = [run.output, *((directory / name).read_text(encoding="utf-8") for name in list_files(directory))]
    assert not any(part in text for text in texts for part in ("operator-pass", "\u202e"))
    assert len(result["files"]) < len(fleet.devices) - 5, list_files(directory)
    kinds = {item["kind"] for item in result["decisions"]}
    assert kinds >= {"different_retention", "unlimited", "no_groups", "earlier_cleanup"}
    audit = play(AUDIT, "--inventory", str(directory), hosts=hosts, groups=members)
    assert audit.status == 0, audit.output
    assert "[WARNING]" not in audit.output
    assert verdicts(audit, fleet.devices) == dict.fromkeys(fleet.devices, True)
    assert {name: device.groups for name, device in fleet.devices.items()} == before
    # The draft sees a change.
    next(iter(fleet.devices["museum-001"].groups.values())).retention_time += 1
    audit = play(AUDIT, "--inventory", str(directory), "--limit", "museum-001", hosts=hosts, groups=members)
    assert verdicts(audit, ["museum-001"]) == {"museum-001": False}


def test_hosts_that_are_not_read_fail_the_run(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard", "dark", "locked", "twin"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    fleet.devices["dark"].powered = False
    twin = {"ansible_host": fleet.devices["twin"].host, "axis_port": fleet.devices["twin"].port}
    hosts = {"locked": {"axis_password": "mistyped-secret"}, "twin-2": {**twin, "axis_protocol": "http"}}
    members = {"axis": {"hosts": ["twin-2"], "vars": {}}}
    directory = tmp_path / "draft"
    directory.mkdir()
    run = play(DRAFT, "--diff", *extra_vars(draft_policy_dir=str(directory)), hosts=hosts, groups=members)
    assert run.status in (2, 4), run.output
    assert failed(run) == {"dark", "locked", "twin", "twin-2"}
    assert [host for host, counters in run.recap.items() if counters["unreachable"]] == ["dark"]
    # Core prints the reasons without the lines of the playbook around the task.
    assert "Origin: " not in run.output
    assert ends_with_lines(run), run.output
    result = result_of(run)
    assert result["read_hosts"] == ["gate", "yard"]
    kinds = {item["host"]: item["kind"] for item in result["unread"]}
    duplicates = dict.fromkeys(("twin", "twin-2"), "duplicate_device")
    assert kinds == {"dark": "unreachable", "locked": "authentication", **duplicates}
    # A device that two hosts have receives no request.
    assert fleet.devices["twin"].connections == 0
    assert "mistyped-secret" not in run.output
    # Two of six hosts are no reason for variables of their group.
    own = [f"host_vars/{name}/retention_policy.yml" for name in ("gate", "yard")]
    assert list_files(directory) == ["decisions.md", "draft.yml", *own]
    assert '+    retention_time: "30d"' in run.output
    page = (directory / "decisions.md").read_text(encoding="utf-8")
    for name in ("dark", "locked", "twin, twin-2"):
        assert f"- {name}: " in page, page


def test_without_any_camera_nothing_is_written(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    hosts = dict.fromkeys((f"c{number}" for number in range(8)), WRONG)
    for name in hosts:
        fleet.add("camera_12_9", name)
    run = play(DRAFT, *extra_vars(draft_policy_dir=str(tmp_path / "draft")), hosts=hosts)
    assert run.status == 2
    message = message_of(run)
    assert message.startswith("No camera was read, so nothing was written:\n")
    assert len(message.splitlines()) <= 3
    rejections = [entry for device in fleet.devices.values() for entry in device.journal if entry.authorization]
    # The login is not sent to each of them.
    assert 1 <= len(rejections) <= 5
    assert "other devices rejected the username or password" in message
    assert "--start-at-task" not in run.output
    assert not (tmp_path / "draft").exists()


def test_all_problems_are_found_before_the_first_request(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "Gate", "a/b", "yard"):
        fleet.add("camera_12_9", name)
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "mine.yml").write_text("", encoding="utf-8")
    hosts: dict[str, dict[str, Any]] = {
        "yard": {"axis_timeout": "soon", "draft_policy_recordings": True},
        # It hides the hold of the group.
        "gate": {"draft_policy_dir": "/x", "axis_holds": []},
        "a/b": {"axis_pasword": "x", "retention_policy_minimum": "x"},
        "Gate": {"retention_policy_purge": True},
    }
    variables = extra_vars(draft_policy_dri="/x", draft_policy_coverage=False, retention_policy_hosts="gate")
    hold = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2100-01-01"}
    run = play(DRAFT, *variables, hosts=hosts, groups={"axis": {"vars": {"axis_holds": [hold]}}})
    assert run.status == 2
    message = message_of(run)
    for part in (
        f"All 4 hosts: draft_policy_dri {UNKNOWN} Did you mean draft_policy_dir?",
        f"yard: draft_policy_recordings {UNKNOWN} Did you mean draft_policy_recording?",
        "retention_policy_hosts has no effect in the playbook draft_policy. Did you mean draft_policy_hosts?",
        # An audit with the draft would end with it.
        "a/b: retention_policy_minimum is 'x'",
        "Gate: retention_policy_purge is true, but retention_policy_purge_match is empty.",
        "gate: axis_holds",
        "gate: draft_policy_dir is set in the inventory, where it has no effect, because it applies to the run",
        "yard: axis_timeout must be a number, got the text 'soon'",
        "a/b: axis_pasword is not a variable of camfleet.axis and has no effect. Did you mean axis_password?",
        "a/b: The inventory name a/b has a slash, so it cannot have a directory in host_vars. Rename the host.",
        "gate, Gate: The inventory names gate and Gate would have one directory in host_vars on some systems.",
    ):
        assert part in message, message
    run = play(DRAFT, *extra_vars(draft_policy_dir=str(tmp_path / "draft")), "--limit", "yard")
    assert f"draft_policy_dir is {tmp_path}/draft, but it is not empty, and a draft never" in message_of(run)
    run = play(DRAFT, "--limit", "yard", *extra_vars(retention_policy_connections=""))
    assert "draft_policy_dir is not set. Set it to the absolute path of a new directory." in message_of(run)
    assert not any(device.connections for device in fleet.devices.values())


def test_check_mode_reads_and_writes_no_file(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    (tmp_path / "password").write_text("operator-pass\n", encoding="utf-8")
    login = ("--user", "operator", "--connection-password-file", str(tmp_path / "password"))
    directory = tmp_path / "draft"
    run = play(
        DRAFT,
        "--check",
        *login,
        *extra_vars(draft_policy_dir=str(directory)),
        hosts=dict.fromkeys(("gate", "yard"), dict.fromkeys(LOGIN)),
    )
    assert run.status == 0, run.output
    # The login is that of the run.
    assert {entry.user for entry in fleet.devices["gate"].journal} == {None, "operator"}
    assert not directory.exists()
    assert f"3 files would be written to {directory}" in run.output
    assert "Then audit" not in run.output
    assert [item["path"] for item in result_of(run)["files"] if item["group"]] == [
        str(directory / "group_vars/axis/retention_policy.yml")
    ]


def test_recording_actions_are_read_on_request(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard"):
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="door", retention_time=720)
        device.plant_recording("door")
    run = play(DRAFT, *extra_vars(draft_policy_dir=str(tmp_path / "b"), draft_policy_recording=True))
    assert run.status == 0, run.output
    (entry,) = read_variables(tmp_path / "b", "group_vars/axis")["retention_policy_groups"]
    assert (entry["recording_group_id"], entry["recording"]) == ("door", "always")
    audit = play(AUDIT, "--inventory", str(tmp_path / "b"))
    assert audit.status == 0, audit.output
    assert verdicts(audit, fleet.devices) == {"gate": True, "yard": True}


def test_what_the_inventory_has_already_is_a_decision(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    variables = tmp_path / "group_vars" / "axis.yml"
    variables.parent.mkdir()
    variables.write_text("axis_retries: 1\n", encoding="utf-8")
    fleet.add("camera_12_9", "bare")
    hosts = {
        "gate": {"retention_policy_existing_groups": []},
        "bare": {"retention_policy_groups": [{"recording_group_id": "x"}], "retention_policy_purge": False},
    }
    run = play(DRAFT, *extra_vars(draft_policy_dir=str(tmp_path / "draft")), hosts=hosts)
    assert run.status == 0, run.output
    kinds = [item["kind"] for item in result_of(run)["decisions"]]
    # The empty list in host_vars overrides the rules of the group.
    assert kinds[:2] == ["no_policy", "file_conflict"]
    assert not any(entry.call.startswith("action") for entry in fleet.devices["gate"].journal)
    assert "already_set" in kinds
    # It sets no purge.
    assert "permits_deletion" not in kinds
    # No list of the inventory makes the policy of a draft invalid.
    assert read_variables(tmp_path / "draft", "host_vars/bare") == {
        "retention_policy_groups": [],
        "retention_policy_existing_groups": [],
        "retention_policy_no_groups": True,
    }
    assert str(variables) in result_of(run)["decisions"][1]["message"]


def test_the_printed_audit_leaves_out_what_would_fail_it(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """A host that has no policy, because it was not read, and one whose policy the inventory makes invalid."""
    for name, hours in (("gate", 720), ("yard", 72), ("dark", 5)):
        fleet.add("camera_12_9", name).plant_group(recording_group_id=f"{name}-door", retention_time=hours)
    fleet.devices["dark"].powered = False
    # Without its card, it lists no groups.
    pulled = fleet.add("camera_12_9", "pulled")
    pulled.plant_group(recording_group_id="door", retention_time=720)
    pulled.pull_disk("SD_DISK")
    bound = {"axis": {"vars": {"retention_policy_maximum": "7d"}}}
    directory = tmp_path / "draft"
    run = play(DRAFT, *extra_vars(draft_policy_dir=str(directory)), groups=bound)
    assert run.status == 4, run.output
    decisions = {item["kind"]: item for item in result_of(run)["decisions"]}
    assert list(decisions)[:2] == ["no_usable_disk", "invalid_policy"]
    assert decisions["no_usable_disk"]["hosts"] == ["pulled"]
    assert "SD_DISK (disconnected)" in decisions["no_usable_disk"]["message"]
    assert failed(run) == {"dark", "pulled"}
    assert decisions["invalid_policy"]["hosts"] == ["gate"]
    assert "which is above retention_policy_maximum: 168 hours" in decisions["invalid_policy"]["message"]
    assert decisions["no_policy"]["hosts"] == ["dark", "pulled"]
    assert "leaves them out" in decisions["no_response"]["next_step"]
    command = result_of(run)["lines"][-1]
    assert command.endswith(f" -i {directory} --limit '!dark,!gate,!pulled' camfleet.axis.audit")
    assert command.removeprefix("Then audit: ") in (directory / "decisions.md").read_text(encoding="utf-8")
    audit = play(AUDIT, "--inventory", str(directory), "--limit", "!dark,!gate,!pulled", groups=bound)
    assert audit.status == 0, audit.output
    assert verdicts(audit, ["yard"]) == {"yard": True}


def test_hosts_outside_the_run_and_ids_with_a_password(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard", "roof"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    fleet.devices["gate"].plant_group(recording_group_id="x-operator-pass-y", retention_time=5)
    directory = tmp_path / "draft"
    run = play(DRAFT, "--limit", "gate,yard", *extra_vars(draft_policy_dir=str(directory)))
    assert run.status == 0, run.output
    decisions = {item["kind"]: item["hosts"] for item in result_of(run)["decisions"]}
    assert (decisions["outside_run"], decisions["secret_id"]) == (["roof"], ["gate"])
    assert result_of(run)["lines"][-1].endswith(f" -i {directory} --limit gate,yard camfleet.axis.audit")
    texts = [run.output, *((directory / name).read_text(encoding="utf-8") for name in list_files(directory))]
    assert not any("operator-pass" in text for text in texts)
    assert fleet.devices["roof"].connections == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tags", "x"), "--tags x skips the tasks of this playbook"),
        (("--skip-tags", "always"), "--skip-tags always skips tasks of this playbook, so no camera was read"),
        (("--start-at-task", "Save the result for the last play"), "draft_policy_result"),
    ],
)
def test_skipped_tasks_do_not_pass_for_a_draft(
    play: Play, fleet: Fleet, tmp_path: Path, options: tuple[str, str], message: str
) -> None:
    device = fleet.add("camera_12_9", "gate")
    run = play(DRAFT, *options, *extra_vars(draft_policy_dir=str(tmp_path / "draft")))
    assert run.status != 0, run.output
    assert message in run.output
    assert device.connections == 0


def test_no_matching_camera_fails(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "gate")
    run = play(DRAFT, *extra_vars(draft_policy_host="gate", draft_policy_hosts="nowhere"))
    assert run.status == 2
    assert "matches the pattern nowhere" in run.output
    assert "The run has these variables: draft_policy_host, draft_policy_hosts." in run.output
    assert device.connections == 0


def test_a_condition_on_an_import_fails(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    path = tmp_path / "import.yml"
    condition = "inventory_hostname == 'gate'"
    item = {"name": "Draft", "import_playbook": DRAFT, "when": condition, "vars": {"draft_policy_dir": "{{ out }}"}}
    path.write_text(yaml.safe_dump([item]), encoding="utf-8")
    run = play(path, *extra_vars(out=str(tmp_path / "draft")))
    assert run.status != 0, run.output
    assert "Not every camera was read: a condition (when) skipped yard" in run.output
    assert fleet.devices["yard"].connections == 0


def test_coverage_of_existing_policies(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard", "roof"):
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="door", retention_time=720)
        device.plant_group(recording_group_id="other", retention_time=24)
    fleet.devices["roof"].powered = False
    rule = {"match": {"recording_group_id": "door"}, "retention_time": "30d"}
    hosts = {"gate": {"retention_policy_existing_groups": [rule], "axis_site": "Harbor"}}
    run = play(DRAFT, *extra_vars(draft_policy_coverage=True), hosts=hosts)
    # A host that was not read fails the run.
    assert (run.status, failed(run)) == (4, {"roof"}), run.output
    assert ends_with_lines(run), run.output
    assert "a policy covers 1 of 4 recording groups" in run.output
    result = result_of(run)
    assert (result["files"], result["changed"], result["directory"]) == ([], False, None)
    found = {(item["kind"], *item["hosts"], *item["recording_groups"]) for item in result["decisions"]}
    assert found >= {("without_policy", "yard"), ("not_covered", "gate", "other")}
    directory = tmp_path / "coverage"
    run = play(
        DRAFT,
        "--limit",
        "gate,yard",
        *extra_vars(draft_policy_coverage=True, draft_policy_dir=str(directory)),
        hosts=hosts,
    )
    assert run.status == 0, run.output
    assert list_files(directory) == ["coverage.md"]
    page = (directory / "coverage.md").read_text(encoding="utf-8")
    assert "| Harbor | 1 | 0 | 2 | 1 | 0 | 0 |" in page
    assert not any(device.writes for device in fleet.devices.values())


def test_a_custom_play_names_the_options(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "gate")
    device.plant_group(recording_group_id="door", retention_time=720)
    task = {"name": READ, "camfleet.axis.axis_policy_draft": {"directory": "draft"}, "run_once": True}
    run = play([task])
    assert "\ndirectory is 'draft', which is not an absolute path. Set directory to" in message_of(run)
    assert device.connections == 0
    task["camfleet.axis.axis_policy_draft"] = {"directory": str(tmp_path / "draft"), "hosts": ["gate"]}
    run = play([task])
    assert run.status == 0, run.output
    assert "host_vars/gate" not in list_files(tmp_path / "draft")
