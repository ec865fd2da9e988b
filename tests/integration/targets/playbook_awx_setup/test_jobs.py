# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates of camfleet.axis.awx_setup, run by ansible-runner as AWX runs them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.awx_inventory_update import update
from tests.integration.awx_job import PROJECT, Credential, JobResult, Launch, run, start, wait
from tests.integration.controller import Controller
from tests.integration.controller.surveys import with_defaults
from tests.integration.role import add_cameras, contacted, count_lost_recordings, retention
from tests.simulator import Fleet
from tests.simulator.device import Device

USER, PASSWORD = "operator", "operator-pass"
VAULT = "correct horse battery staple"
CREDENTIALS = {
    "machine": Credential(user=USER, passwords={"SSH password:": PASSWORD}),
    "extra_vars": Credential(extra_vars={"axis_username": USER, "axis_password": PASSWORD}),
    "env": Credential(env={"AXIS_USERNAME": USER, "AXIS_PASSWORD": PASSWORD}),
}
POLICY: dict[str, Any] = {
    "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "30d"}],
    "retention_policy_purpose": "Safety of the entrances",
    "retention_policy_owner": "safety@example.com",
}
NAMES = ["north-1", "north-2", "south-1", "south-2", "south-3"]
LOSS = "delete recordings"


@pytest.fixture(scope="session")
def templates(controller: Controller) -> Mapping[str, dict[str, Any]]:
    """Return the job templates, by name without the prefix."""
    return {item["name"].removeprefix("Axis "): item for item in controller.objects["job_templates"].values()}


def survey(template: Mapping[str, Any], **answers: str) -> dict[str, str]:
    """Return the extra variables that AWX makes of a survey: valid defaults, also empty ones, and answers as text."""
    assert set(answers) <= {question["variable"] for question in template["survey_spec"]["spec"]}
    given = with_defaults(dict(template), answers)
    assert all(isinstance(answer, str) for answer in given.values())
    return given


def axis_group(fleet: Fleet) -> dict[str, Any]:
    """Return the group of the cameras in the AWX inventory, without a login."""
    hosts = {
        name: {"ansible_host": device.host, "axis_port": device.port, "axis_protocol": "http"}
        for name, device in fleet.devices.items()
    }
    south = [name for name in hosts if name.startswith("south")]
    return {"hosts": hosts, "vars": POLICY, "children": {"south": south}}


Job = Callable[..., JobResult]


@pytest.fixture
def job(fleet: Fleet, templates: Mapping[str, dict[str, Any]], tmp_path: Path) -> Job:
    """Return a function that launches a job template by its name, with answers to its survey."""

    def launch(
        name: str, *, credential: str = "machine", answers: Mapping[str, str] | None = None, **prompts: Any
    ) -> JobResult:
        template = templates[name]
        given = survey(template, **(answers or {})) if "survey_spec" in template else {}
        return run(tmp_path / "private", Launch(template, given, **prompts), axis_group(fleet), CREDENTIALS[credential])

    return launch


@pytest.mark.long
def test_encrypted_values_in_the_inventory_of_the_project(
    fleet: Fleet, templates: Mapping[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The update of the inventory source has no password of the vault, and AWX imports the values as they are."""
    add_cameras(fleet, "north-1")
    project = Path(shutil.copytree(PROJECT, tmp_path / "vault" / "project"))
    (key := tmp_path / "key").write_text(VAULT, encoding="utf-8")
    encrypt = ["-m", "ansible", "vault", "encrypt_string", "--vault-password-file", str(key), "--name", "axis_password"]
    done = subprocess.run([sys.executable, *encrypt, PASSWORD], check=True, capture_output=True, text=True)
    login = f"axis_username: {USER}\n{done.stdout}\n"
    (project / "inventory" / "group_vars" / "axis" / "login.yml").write_text(login, encoding="utf-8")
    updated = update(project.parent, {"source_path": "inventory"})
    assert updated.status == "successful", updated.output
    imported = updated.inventory["axis"]["vars"]
    assert [*imported["axis_password"]] == ["__ansible_vault"]
    group = axis_group(fleet)
    group["vars"] = {**group["vars"], **{name: imported[name] for name in ("axis_username", "axis_password")}}
    launch = Launch(templates["audit"], survey(templates["audit"]), project=project)
    vault = Credential(passwords={"Vault password:": VAULT})
    result = run(tmp_path / "private", launch, group, vault)
    assert result.status == "successful", result.output
    assert result.artifacts["retention_policy"]["compliant"] == 1
    assert PASSWORD not in result.output


def read_latest_report(templates: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the most recent report."""
    directory = Path(json.loads(templates["audit"]["extra_vars"])["retention_policy_report_dir"])
    path = max(directory.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def read_merged(artifacts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merged report of a run. Those of all runs are in one directory."""
    paths = Path(artifacts["merge_reports_dir"]).glob("*.json")
    reports: list[dict[str, Any]] = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    (report,) = (item for item in reports if item["run_id"] == str(artifacts["retention_policy_run_id"]))
    return report


@pytest.mark.long
@pytest.mark.parametrize("credential", ["extra_vars", "machine", "env"])
def test_audit_with_each_type_of_credential(job: Job, fleet: Fleet, credential: str) -> None:
    """Without a Machine credential, AWX passes -u root, which is not a user of the cameras."""
    add_cameras(fleet, "north-1")
    add_cameras(fleet, "south-1", retention_time=240)
    result = job("audit", credential=credential)
    assert result.status == "successful", result.output
    summary = result.artifacts["retention_policy"]
    assert (summary["compliant"], summary["drifted"]) == (1, ["south-1"])
    assert retention(fleet) == {"north-1": 720, "south-1": 240}
    assert not any(device.writes for device in fleet.devices.values())
    assert result.results["Check every camera", "north-1"] == "ok"
    # Drift is not a failure.
    assert not {"failed", "unreachable"} & {*result.results.values()}
    assert PASSWORD not in json.dumps(result.events) + result.output


def test_audit_without_a_login_sends_no_login(job: Job, fleet: Fleet, templates: Any, tmp_path: Path) -> None:
    add_cameras(fleet, "north-1")
    launch = Launch(templates["audit"], survey(templates["audit"]))
    result = run(tmp_path / "private", launch, axis_group(fleet), Credential())
    assert result.status == "failed"
    assert not any(entry.authorization for device in fleet.devices.values() for entry in device.journal)


def test_report_counts_limited_hosts_and_names_user_and_job(job: Job, fleet: Fleet, templates: Any) -> None:
    add_cameras(fleet, *NAMES[:-1])
    add_cameras(fleet, NAMES[-1], retention_time=240)
    result = job("audit", limit="south", number=4712, answers={"retention_policy_fail_on_drift": "true"})
    # Drift is a failure if it was chosen.
    assert result.status == "failed", result.output
    summary = result.artifacts["retention_policy"]
    assert (summary["compliant"], summary["drifted"]) == (2, [NAMES[-1]])
    report = read_latest_report(templates)
    verdicts = {host["host"]: host["verdict"] for host in report["hosts"]}
    assert [name for name in NAMES if verdicts[name] == "not_in_run"] == ["north-1", "north-2"]
    assert (report["created_by"]["user"], report["created_by"]["job"]) == ("operator", "4712")
    assert contacted(fleet) == ["south-1", "south-2", "south-3"]


@pytest.mark.long
def test_roll_out_of_one_policy_in_waves(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, *NAMES, retention_time=240)
    # Without a confirmation, no recording may be lost.
    add_cameras(fleet, "south-4", retention_time=2160)
    result = job("roll-out", answers={"retention_policy_hosts": "south", "retention_policy_waves": "1, 50%"})
    assert result.status == "successful", result.output
    assert result.artifacts["retention_policy"]["changed"] == ["south-1", "south-2", "south-3"]
    kept = {"north-1": 240, "north-2": 240, "south-4": 2160}
    assert retention(fleet) == {**kept, "south-1": 720, "south-2": 720, "south-3": 720}
    assert count_lost_recordings(fleet) == 0


@pytest.mark.long
def test_roll_out_launched_as_check_writes_nothing(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, "south-1", retention_time=240)
    result = job("roll-out", job_type="check")
    assert result.status == "successful", result.output
    assert retention(fleet) == {"south-1": 240}


@pytest.mark.parametrize(
    ("answer", "status", "hours"),
    [
        pytest.param("", "successful", 2160, marks=pytest.mark.long),
        pytest.param("delete recording", "failed", 2160, marks=pytest.mark.long),
        (LOSS, "successful", 720),
    ],
)
def test_recordings_are_lost_only_after_confirmation(
    job: Job, fleet: Fleet, answer: str, status: str, hours: int
) -> None:
    add_cameras(fleet, "south-1", retention_time=2160)
    fleet.devices["south-1"].plant_recordings("door", 20, newest_age_hours=1000)
    result = job("roll-out", answers={"confirm_recording_loss": answer})
    assert result.status == status, result.output
    assert retention(fleet) == {"south-1": hours}
    assert (count_lost_recordings(fleet) > 0) == (answer == LOSS)
    if status == "failed":
        assert "no request was sent" in result.output
        assert contacted(fleet) == []


def test_wrong_confirmation_stops_a_limited_run(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, *NAMES, retention_time=240)
    result = job("roll-out", answers={"confirm_recording_stop": "yes"}, limit="south-2")
    assert result.status == "failed"
    assert contacted(fleet) == []


@pytest.mark.long
def test_slices_of_a_workflow_are_merged(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, *NAMES)
    fleet.devices["south-2"].powered = False
    named = job("start of a run")
    assert named.status == "successful", named.output
    artifacts = dict(named.artifacts)
    slices = [job("audit", part=(number, 2), number=4711 + number, artifacts=artifacts) for number in (1, 2)]
    assert [result.status for result in slices] == ["successful", "failed"]
    # AWX passes on the artifacts of the slices, too.
    artifacts |= slices[-1].artifacts
    merged = job("merged report", artifacts=artifacts)
    # The last job of the workflow fails for a camera that was not verified, after it wrote the report.
    assert merged.status == "failed"
    assert "1 unverified, 0 non-compliant of 5 cameras" in merged.output
    report = read_merged(artifacts)
    assert {host["host"]: host["verdict"] for host in report["hosts"]} == {
        **dict.fromkeys(NAMES, "compliant"),
        "south-2": "unverified",
    }
    # A later roll-out in the workflow receives the same artifacts, and must ignore them.
    fleet.devices["south-2"].powered = True
    fleet.devices["south-2"].groups["door"].retention_time = 240
    rolled_out = job("roll-out", artifacts=artifacts)
    assert rolled_out.artifacts.get("retention_policy"), rolled_out.output
    assert rolled_out.artifacts["retention_policy"]["changed"] == ["south-2"], rolled_out.output


@pytest.mark.long
def test_device_check_is_confirmed_with_the_name(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, "north-1", "north-2")
    answers = {"device_check_hosts": "north-1", "device_check_write": "true", "device_check_confirm": "north"}
    result = job("device check", answers=answers)
    assert result.status == "failed"
    assert "device_check_confirm is north, without north-1" in result.output
    assert not any(device.connections for device in fleet.devices.values())


def test_device_check_writes_to_its_directory(job: Job, fleet: Fleet, templates: Any) -> None:
    add_cameras(fleet, "north-1", "north-2")
    directory = Path(json.loads(templates["device check"]["extra_vars"])["device_check_dir"])
    result = job("device check", answers={"device_check_hosts": "north-1"})
    assert result.status == "successful", result.output
    assert sorted(path.name for path in directory.iterdir()) == ["Q1961-TE-12.9.57.json", "Q1961-TE-12.9.57.md"]
    assert "Not enough is known yet." in result.output
    assert PASSWORD not in result.output
    assert not any(device.writes for device in fleet.devices.values())
    assert fleet.devices["north-2"].connections == 0


@pytest.mark.long
def test_missing_slice_is_not_compliant(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, *NAMES)
    artifacts = dict(job("start of a run", number=4800).artifacts)
    job("audit", part=(1, 2), artifacts=artifacts)
    merged = job("merged report", artifacts=artifacts)
    verdicts = {host["host"]: host["verdict"] for host in read_merged(artifacts)["hosts"]}
    assert [name for name in NAMES if verdicts[name] == "compliant"] == ["north-1", "south-1", "south-3"]
    assert "north-2" in merged.output


@pytest.mark.long
def test_merged_reports_of_two_runs_are_compared(job: Job, fleet: Fleet) -> None:
    add_cameras(fleet, *NAMES)
    for number in (4901, 4902):
        fleet.devices["south-1"].groups["door"].retention_time = 720 if number == 4901 else 240
        artifacts = dict(job("start of a run", number=number).artifacts)
        job("audit", artifacts=artifacts)
        merged = job("merged report", artifacts=artifacts)
        assert merged.status == "successful", merged.output
    result = job("comparison of reports")
    assert result.status == "failed"
    # AWX shows colors.
    assert "New (1):" in result.output
    assert "  south-1: door retention 10 days, policy 30 days" in result.output
    directory = Path(artifacts["merge_reports_dir"])
    trend = max((json.loads(path.read_text(encoding="utf-8"))["trend"] for path in directory.glob("*.json")), key=len)
    assert len(trend) >= 1
    assert {path.suffix for path in (directory.parent / "comparisons").iterdir()} == {".html", ".json"}


@pytest.mark.long
@pytest.mark.parametrize("when", ["before", "after"])
def test_canceled_job_leaves_no_incomplete_group(fleet: Fleet, templates: Any, tmp_path: Path, when: str) -> None:
    for name in NAMES:
        fleet.add("camera_12_9", name)
    runner: list[int] = []

    def cancel(device: Device) -> None:
        os.kill(runner[0], signal.SIGTERM)

    # AWX cancels a job with this signal. The second camera does not respond, before or after it executes the write.
    device = fleet.devices["north-2"]
    device.plant_fault("callback", call="recording_group/create", run=cancel)
    device.plant_fault("no_response", call="recording_group/create", when=when)
    template = templates["roll-out"]
    launch = Launch(template, survey(template, retention_policy_waves="1, 1, 100%"))
    process = start(tmp_path / "private", launch, axis_group(fleet), CREDENTIALS["machine"])
    runner.append(process.pid)
    result = wait(tmp_path / "private", process)
    assert result.status == "canceled", result.output
    complete = {"door": 720}
    groups = {
        name: {key: group.retention_time for key, group in device.groups.items()}
        for name, device in fleet.devices.items()
    }
    assert groups["north-1"] == complete
    assert groups["north-2"] == (complete if when == "after" else {})
    assert [groups[name] for name in NAMES[2:]] == [{}, {}, {}]
    again = run(tmp_path / "private", launch, axis_group(fleet), CREDENTIALS["machine"])
    assert again.status == "successful", again.output
    assert retention(fleet) == dict.fromkeys(NAMES, 720)
    assert all(len(device.groups) == 1 for device in fleet.devices.values())
