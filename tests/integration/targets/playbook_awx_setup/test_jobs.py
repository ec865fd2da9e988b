# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates that camfleet.axis.awx_setup makes, run by ansible-runner as AWX runs them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.awx_job import Ended, Launch, Login, end, run, start
from tests.integration.controller import Controller
from tests.integration.role import asked, lost, plant, retention
from tests.simulator import Fleet
from tests.simulator.device import Device

USER, PASSWORD = "operator", "operator-pass"
LOGINS = {
    "machine": Login(cmdline=("-u", USER, "--ask-pass"), passwords={"SSH password:": PASSWORD}),
    "extra_vars": Login(extra_vars={"axis_username": USER, "axis_password": PASSWORD}),
    "env": Login(env={"AXIS_USERNAME": USER, "AXIS_PASSWORD": PASSWORD}),
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
    """The job templates, by the end of their names."""
    return {item["name"].removeprefix("Axis "): item for item in controller.objects["job_templates"].values()}


def survey(template: Mapping[str, Any], **answers: str) -> dict[str, str]:
    """The extra variables that AWX makes of the survey: the defaults, with some answers; empty ones are left out."""
    given = {question["variable"]: question["default"] for question in template["survey_spec"]["spec"]} | answers
    assert set(answers) <= {question["variable"] for question in template["survey_spec"]["spec"]}
    assert all(isinstance(answer, str) for answer in given.values())
    return {variable: answer for variable, answer in given.items() if answer}


def axis(fleet: Fleet) -> dict[str, Any]:
    """The group of the cameras as the inventory of AWX has it, without a login."""
    hosts = {
        name: {"ansible_host": device.host, "axis_port": device.port, "axis_protocol": "http"}
        for name, device in fleet.devices.items()
    }
    south = [name for name in hosts if name.startswith("south")]
    return {"hosts": hosts, "vars": POLICY, "children": {"south": south}}


Job = Callable[..., Ended]


@pytest.fixture
def job(fleet: Fleet, templates: Mapping[str, dict[str, Any]], tmp_path: Path) -> Job:
    """Launches a job template by the end of its name, with the answers of its survey."""

    def launch(name: str, *, login: str = "machine", answers: Mapping[str, str] | None = None, **prompts: Any) -> Ended:
        template = templates[name]
        given = survey(template, **(answers or {})) if "survey_spec" in template else {}
        return run(tmp_path / "private", Launch(template, given, **prompts), axis(fleet), LOGINS[login])

    return launch


def written(templates: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The report that was written last."""
    place = Path(json.loads(templates["audit"]["extra_vars"])["retention_policy_report_dir"])
    path = max(place.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


@pytest.mark.parametrize("login", LOGINS)
def test_an_audit_with_each_way_to_log_in(job: Job, fleet: Fleet, login: str) -> None:
    plant(fleet, "north-1")
    plant(fleet, "south-1", retention_time=240)
    ended = job("audit", login=login)
    assert ended.status == "successful", ended.output
    summary = ended.artifacts["retention_policy"]
    assert (summary["compliant"], summary["drifted"]) == (1, ["south-1"])
    assert retention(fleet) == {"north-1": 720, "south-1": 240}
    assert not any(device.writes for device in fleet.devices.values())
    assert ended.results["Check the retention policy", "south-1"] == "ok"
    assert PASSWORD not in json.dumps(ended.events) + ended.output


def test_an_audit_without_a_login_asks_no_camera(job: Job, fleet: Fleet, templates: Any, tmp_path: Path) -> None:
    plant(fleet, "north-1")
    launch = Launch(templates["audit"], survey(templates["audit"]))
    ended = run(tmp_path / "private", launch, axis(fleet), Login())
    assert ended.status == "failed"
    assert not any(entry.authorization for device in fleet.devices.values() for entry in device.journal)


@pytest.mark.parametrize(("answer", "status"), [("false", "successful"), ("true", "failed")])
def test_an_audit_fails_on_drift_by_choice(job: Job, fleet: Fleet, answer: str, status: str) -> None:
    plant(fleet, "south-1", retention_time=240)
    ended = job("audit", answers={"retention_policy_fail_on_drift": answer})
    assert ended.status == status, ended.output
    assert ended.artifacts["retention_policy"]["drifted"] == ["south-1"]


def test_a_limit_leaves_nobody_out_of_the_count(job: Job, fleet: Fleet, templates: Any) -> None:
    plant(fleet, *NAMES)
    ended = job("audit", limit="south")
    assert ended.artifacts["retention_policy"]["compliant"] == 3
    verdicts = {host["host"]: host["verdict"] for host in written(templates)["hosts"]}
    assert [name for name in NAMES if verdicts[name] == "not_in_run"] == ["north-1", "north-2"]
    assert asked(fleet) == ["south-1", "south-2", "south-3"]


def test_a_roll_out_of_one_policy_in_waves(job: Job, fleet: Fleet) -> None:
    plant(fleet, *NAMES, retention_time=240)
    ended = job("roll-out", answers={"retention_policy_hosts": "south", "retention_policy_waves": "1, 50%"})
    assert ended.status == "successful", ended.output
    assert ended.artifacts["retention_policy"]["changed"] == ["south-1", "south-2", "south-3"]
    assert retention(fleet) == {"north-1": 240, "north-2": 240, "south-1": 720, "south-2": 720, "south-3": 720}


def test_a_roll_out_launched_as_a_check_writes_nothing(job: Job, fleet: Fleet) -> None:
    plant(fleet, "south-1", retention_time=240)
    ended = job("roll-out", job_type="check")
    assert ended.status == "successful", ended.output
    assert retention(fleet) == {"south-1": 240}


@pytest.mark.parametrize(
    ("typed", "status", "hours"),
    [
        ("", "successful", 2160),
        ("delete recording", "failed", 2160),
        ("true", "failed", 2160),
        (LOSS, "successful", 720),
    ],
)
def test_recordings_are_lost_only_when_it_is_typed(job: Job, fleet: Fleet, typed: str, status: str, hours: int) -> None:
    plant(fleet, "south-1", retention_time=2160)
    fleet.devices["south-1"].plant_recordings("door", 20, newest_age_hours=1000)
    ended = job("roll-out", answers={"confirm_recording_loss": typed})
    assert ended.status == status, ended.output
    assert retention(fleet) == {"south-1": hours}
    assert (lost(fleet) > 0) == (typed == LOSS)
    if status == "failed":
        assert "no request was sent" in ended.output
        assert asked(fleet) == []


def test_a_wrong_confirmation_stops_the_run_under_a_limit_too(job: Job, fleet: Fleet) -> None:
    plant(fleet, *NAMES, retention_time=240)
    ended = job("roll-out", answers={"confirm_recording_stop": "yes"}, limit="south-2")
    assert ended.status == "failed"
    assert asked(fleet) == []


def test_slices_of_a_workflow_and_their_report(job: Job, fleet: Fleet) -> None:
    plant(fleet, *NAMES)
    fleet.devices["south-2"].powered = False
    named = job("start of a run")
    assert named.status == "successful", named.output
    handed = dict(named.artifacts)
    slices = [job("audit", part=(number, 2), number=4711 + number, artifacts=handed) for number in (1, 2)]
    assert [ended.status for ended in slices] == ["successful", "failed"]
    # AWX hands on what the slices said, too.
    handed |= slices[-1].artifacts
    merged = job("merged report", artifacts=handed)
    assert merged.status == "successful", merged.output
    (path,) = Path(handed["merge_reports_dir"]).glob("*.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert {host["host"]: host["verdict"] for host in report["hosts"]} == {
        **dict.fromkeys(NAMES, "compliant"),
        "south-2": "unverified",
    }
    # A roll-out that comes after them in a workflow is handed the same, and takes no harm of it.
    fleet.devices["south-2"].powered = True
    fleet.devices["south-2"].groups["door"].retention_time = 240
    rolled_out = job("roll-out", artifacts=handed)
    assert rolled_out.artifacts["retention_policy"]["changed"] == ["south-2"], rolled_out.output


@pytest.mark.long
def test_a_slice_that_is_missing_is_not_proven(job: Job, fleet: Fleet) -> None:
    plant(fleet, *NAMES)
    handed = dict(job("start of a run", number=4800).artifacts)
    job("audit", part=(1, 2), artifacts=handed)
    merged = job("merged report", artifacts=handed)
    (path,) = Path(handed["merge_reports_dir"]).glob("*.json")
    verdicts = {host["host"]: host["verdict"] for host in json.loads(path.read_text(encoding="utf-8"))["hosts"]}
    assert [name for name in NAMES if verdicts[name] == "compliant"] == ["north-1", "south-1", "south-3"]
    assert "north-2" in merged.output


def test_the_report_says_who_launched_it(job: Job, fleet: Fleet, templates: Any) -> None:
    plant(fleet, "north-1")
    job("audit", number=4712)
    told = json.dumps(written(templates)["created_by"])
    assert "operator" in told
    assert "4712" in told


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_job_cancelled_in_the_middle_leaves_no_half_made_group(
    fleet: Fleet, templates: Any, tmp_path: Path, when: str
) -> None:
    for name in NAMES:
        fleet.add("camera_12_9", name)
    runner: list[int] = []

    def cancel(device: Device) -> None:
        os.kill(runner[0], signal.SIGTERM)

    # AWX ends the runner of a job like this. The second camera has carried out its write, or not, and says nothing.
    device = fleet.devices["north-2"]
    device.plant_fault("callback", call="recording_group/create", run=cancel)
    device.plant_fault("no_response", call="recording_group/create", when=when)
    template = templates["roll-out"]
    launch = Launch(template, survey(template, retention_policy_waves="1, 1, 100%"))
    process = start(tmp_path / "private", launch, axis(fleet), LOGINS["machine"])
    runner.append(process.pid)
    ended = end(tmp_path / "private", process)
    assert ended.status == "canceled", ended.output
    wanted = {"door": 720}
    left = {
        name: {key: group.retention_time for key, group in device.groups.items()}
        for name, device in fleet.devices.items()
    }
    assert left["north-1"] == wanted
    assert left["north-2"] == (wanted if when == "after" else {})
    assert [left[name] for name in NAMES[2:]] == [{}, {}, {}]
    again = run(tmp_path / "private", launch, axis(fleet), LOGINS["machine"])
    assert again.status == "successful", again.output
    assert retention(fleet) == dict.fromkeys(NAMES, 720)
    assert all(len(device.groups) == 1 for device in fleet.devices.values())
