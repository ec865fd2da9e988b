# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflows of camfleet.axis.awx_setup, from launch to reports and notifications, as AWX runs them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.awx_runner import JobRunner
from tests.integration.controller import Controller, Job, Outcome, Repository, User
from tests.integration.controller.state import EXAMPLE
from tests.integration.controller.surveys import questions
from tests.integration.role import add_cameras, contacted, retention
from tests.integration.targets.playbook_awx_setup.conftest import Configured
from tests.integration.targets.playbook_awx_setup.test_jobs import PASSWORD, USER, axis_group
from tests.simulator import Fleet

AUDIT, ROLL_OUT = "Axis audit with report", "Axis audit, approval, roll-out, audit"
START, CHECK, MERGE, APPLY = "Axis start of a run", "Axis audit", "Axis merged report", "Axis roll-out"
EVERY_JOB = frozenset({START, CHECK, MERGE, APPLY})
NODES = "before_start before_audit before_merge approval roll_out_start roll_out after_start after_audit after_merge"
#: May launch the workflow, but not approve.
OPERATOR = User("operator", 2, roles=frozenset({("execute_role", ROLL_OUT)}))
APPROVER = User("approver", 3, roles=frozenset({("approval_role", ROLL_OUT)}))

Awx = Callable[..., tuple[Controller, JobRunner]]


@pytest.fixture
def awx(state: Configured, sliced_state: Configured, fleet: Fleet, tmp_path: Path) -> Awx:
    """Return a function that returns a controller with a login of the cameras, and what runs its jobs."""

    def start(*, slices: int = 1, runs: Iterable[str] = ()) -> tuple[Controller, JobRunner]:
        reports = tmp_path / "reports"
        reports.mkdir()
        controller = Controller.of((state if slices == 1 else sliced_state)(reports))
        enter_login(controller)
        controller.login("operator", OPERATOR)
        controller.login("approver", APPROVER)
        controller.state.cameras = controller.state.hosts = axis_group(fleet)
        runner = JobRunner(controller, tmp_path, frozenset(runs))
        controller.runner = runner
        return controller, runner

    return start


def enter_login(controller: Controller) -> None:
    """Enter the login of the cameras in AWX."""
    number = controller.named("credentials", "Axis cameras")["id"]
    inputs = {"inputs": {"username": USER, "password": PASSWORD}}
    assert controller.request("PATCH", f"credentials/{number}/", inputs)[0] == 200


def confirmed(controller: Controller, workflow: str, **answers: str) -> dict[str, Any]:
    """Return what the web interface sends: every answer to the survey, also those that are not changed."""
    template = controller.named("workflow_job_templates", workflow)
    given = {item["variable"]: item["default"] for item in questions(template) if item["default"]} | answers
    return {"extra_vars": given} if given else {}


def narrowed(controller: Controller, workflow: str, pattern: str) -> dict[str, Any]:
    """Return how to launch a workflow for some hosts: with a limit if it prompts for one, or with an answer."""
    if controller.named("workflow_job_templates", workflow)["ask_limit_on_launch"]:
        return {**confirmed(controller, workflow), "limit": pattern}
    return confirmed(controller, workflow, retention_policy_hosts=pattern)


def launch(controller: Controller, workflow: str, data: dict[str, Any], token: str = OPERATOR.username) -> Job:
    """Launch a workflow, and run it until it ends or waits for an approval."""
    number = controller.named("workflow_job_templates", workflow)["id"]
    status, response = controller.request("POST", f"workflow_job_templates/{number}/launch/", data, token)
    assert status == 201, response
    controller.settle()
    return controller.job(response["workflow_job"])


def decide(controller: Controller, decision: str) -> None:
    """Approve or deny the roll-out that is pending, and run the workflow to its end."""
    _status, pending = controller.request("GET", "workflow_approvals/?status=pending", token="approver")
    (approval,) = pending["results"]
    url = f"workflow_approvals/{approval['id']}/{decision}/"
    assert controller.request("POST", url, token="approver") == (204, None)
    controller.settle()


def statuses(workflow: Job) -> dict[str, str]:
    """Return the status of the job of each node, without those that did not run."""
    return {node.identifier: node.job.status for node in workflow.nodes if node.job is not None}


def job_of(workflow: Job, identifier: str) -> Job:
    """Return the job of a node."""
    (job,) = (node.job for node in workflow.nodes if node.identifier == identifier)
    assert job is not None, identifier
    return job


def sent(controller: Controller) -> list[tuple[str, str]]:
    """Return event and job of the notifications that were sent."""
    return [(item.event, item.job) for item in controller.notifications]


def merged_reports(tmp_path: Path) -> list[dict[str, Any]]:
    """Return the merged reports, the earlier ones first."""
    paths = (tmp_path / "reports" / "merged").glob("*.json")
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return sorted(reports, key=lambda report: int(report["run_id"]))


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    """Return the verdict of each host of a report."""
    return {host["host"]: host["verdict"] for host in report["hosts"]}


def test_roll_out_with_limit_and_answers_has_two_reports(awx: Awx, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "north-1", "south-1", "south-2", retention_time=240)
    # Without a confirmation, no recording may be lost.
    add_cameras(fleet, "south-3", retention_time=2160)
    controller, _runner = awx(runs=EVERY_JOB)
    answers = confirmed(controller, ROLL_OUT, retention_policy_hosts="south", retention_policy_waves="1, 1")
    workflow = launch(controller, ROLL_OUT, {**answers, "limit": "south-1:south-2:south-3"})
    assert workflow.status == "running"
    assert sent(controller) == [("running", "Axis approval of the roll-out")]
    assert controller.request("GET", "workflow_approvals/?status=pending", token="operator")[1]["count"] == 1
    decide(controller, "approve")
    assert (workflow.status, statuses(workflow)) == ("successful", dict.fromkeys(NODES.split(), "successful"))
    assert retention(fleet) == {"north-1": 240, "south-1": 720, "south-2": 720, "south-3": 2160}
    assert contacted(fleet) == ["south-1", "south-2", "south-3"]
    before, after = merged_reports(tmp_path)
    assert [verdicts(before)[name] for name in ("south-1", "south-2")] == ["drifted", "drifted"]
    assert [verdicts(after)[name] for name in ("south-1", "south-2")] == ["compliant", "compliant"]
    assert sent(controller)[1:] == [("approved", "Axis approval of the roll-out")]
    # AWX passes the artifacts of the first audit on: the second one must not use its directory.
    audits, merges = (
        [job_of(workflow, name).extra_vars for name in names]
        for names in (("before_audit", "after_audit"), ("before_merge", "after_merge"))
    )
    directories = [variables["retention_policy_report_dir"] for variables in audits]
    assert [variables["merge_reports_from"] for variables in merges] == directories
    assert len({*directories}) == 2
    assert not any(PASSWORD in job.output for job in controller.state.jobs.values())


def test_denied_roll_out_writes_nothing(awx: Awx, fleet: Fleet) -> None:
    controller, _runner = awx()
    workflow = launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT))
    decide(controller, "deny")
    assert workflow.status == "failed"
    assert APPLY not in [job.name for job in controller.state.jobs.values()]
    assert sent(controller) == [
        ("running", "Axis approval of the roll-out"),
        ("denied", "Axis approval of the roll-out"),
        ("error", ROLL_OUT),
    ]


def test_change_after_the_audit_is_not_rolled_out(awx: Awx, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "south-1", retention_time=240)
    controller, _runner = awx(runs={START, APPLY})
    workflow = launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT))
    before = controller.state.all("projects")[0]["scm_revision"]
    repository = Path(shutil.copytree(EXAMPLE, tmp_path / "repository"))
    (repository / "inventory" / "group_vars" / "pushed.yml").write_text(
        "retention_policy_minimum: 1h\n", encoding="utf-8"
    )
    controller.state.repository = Repository(repository)
    decide(controller, "approve")
    assert statuses(workflow)["roll_out_start"] == "failed"
    assert "roll_out" not in statuses(workflow)
    assert not fleet.devices["south-1"].writes
    assert workflow.status == "failed"
    output = " ".join(job_of(workflow, "roll_out_start").output.split())
    assert f"The project changed after the audit that was approved, from revision {before[:10]} to" in output


def test_approval_requires_more_than_the_role_execute(awx: Awx) -> None:
    controller, _runner = awx()
    launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT))
    _status, pending = controller.request("GET", "workflow_approvals/?status=pending", token="operator")
    (approval,) = pending["results"]
    assert approval["can_approve_or_deny"] is False
    assert controller.request("POST", f"workflow_approvals/{approval['id']}/approve/", token="operator")[0] == 403
    assert controller.job(approval["id"]).status == "pending"


def test_nothing_to_roll_out_is_successful(awx: Awx, fleet: Fleet) -> None:
    add_cameras(fleet, "south-1")
    controller, _runner = awx(runs={APPLY})
    workflow = launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT))
    decide(controller, "approve")
    assert workflow.status == "successful"
    assert job_of(workflow, "roll_out").artifacts["retention_policy"]["changed"] == []
    assert not fleet.devices["south-1"].writes


def test_launch_without_the_required_answers_is_rejected(awx: Awx) -> None:
    controller, _runner = awx()
    number = controller.named("workflow_job_templates", ROLL_OUT)["id"]
    url = f"workflow_job_templates/{number}/launch/"
    status, response = controller.request("POST", url, {"limit": "south"}, "operator")
    assert (status, [*response]) == (400, ["variables_needed_to_start"])
    assert "'retention_policy_hosts' value missing" in response["variables_needed_to_start"]
    wrong = confirmed(controller, ROLL_OUT, retention_policy_hosts="north")
    status, response = controller.request("POST", url, wrong, "operator")
    assert status == 400
    (error,) = response["variables_needed_to_start"]
    assert error == "Value north for 'retention_policy_hosts' expected to be one of ['axis', 'south']."
    assert not [job for job in controller.state.jobs.values() if job.kind != "project_update"]


def test_wrong_confirmation_fails_before_the_audit(awx: Awx, fleet: Fleet) -> None:
    add_cameras(fleet, "south-1", retention_time=2160)
    controller, _runner = awx(runs=EVERY_JOB)
    answers = confirmed(controller, ROLL_OUT, confirm_recording_loss="delete recording")
    workflow = launch(controller, ROLL_OUT, answers)
    assert (workflow.status, statuses(workflow)) == ("failed", {"before_start": "failed"})
    assert "type: delete recordings" in job_of(workflow, "before_start").output
    assert contacted(fleet) == []


def test_answers_reach_the_roll_out_as_text(awx: Awx) -> None:
    controller, _runner = awx()
    given = {"retention_policy_hosts": "south", "retention_policy_max_fail_percentage": "5"}
    workflow = launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT, **given) | {"limit": "south-1"})
    decide(controller, "approve")
    job = job_of(workflow, "roll_out")
    assert job.extra_vars.items() >= given.items()
    assert job.limit == job_of(workflow, "before_audit").limit == job_of(workflow, "after_audit").limit == "south-1"


def test_audit_that_cannot_start_notifies(awx: Awx) -> None:
    controller, _runner = awx()
    controller.state.repository.reachable = False
    workflow = controller.run_schedule("Axis audit, weekly")
    controller.settle()
    assert (workflow.status, statuses(workflow)) == ("failed", {"start": "failed"})
    assert job_of(workflow, "start").explanation.startswith('Previous Task Failed: {"job_type": "project_update"')
    assert sent(controller) == [("error", START), ("error", AUDIT)]


@pytest.mark.parametrize("slices", [1, 2])
def test_failed_audit_sends_one_notification(awx: Awx, fleet: Fleet, slices: int) -> None:
    """The merge is the last node, and fails if a camera is not verified."""
    add_cameras(fleet, "north-1", "south-1")
    controller, runner = awx(slices=slices)
    runner.recorded = {CHECK: Outcome("failed"), MERGE: Outcome("failed")}
    workflow = controller.run_schedule("Axis audit, weekly")
    controller.settle()
    assert statuses(workflow) == {"start": "successful", "audit": "failed", "merge": "failed"}
    assert len(controller.spawned(job_of(workflow, "audit").number)) == (2 if slices > 1 else 0)
    assert sent(controller) == [("error", AUDIT)]


def test_failed_audit_still_awaits_the_approval(awx: Awx) -> None:
    controller, runner = awx()
    runner.recorded = {CHECK: Outcome("failed"), MERGE: Outcome("failed")}
    workflow = launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT))
    assert sent(controller) == [("running", "Axis approval of the roll-out")]
    decide(controller, "approve")
    assert workflow.status == "failed"
    assert sent(controller)[1:] == [("approved", "Axis approval of the roll-out"), ("error", ROLL_OUT)]


def test_failed_roll_out_notifies_and_is_audited(awx: Awx) -> None:
    controller, runner = awx()
    runner.recorded = {APPLY: Outcome("failed")}
    workflow = launch(controller, ROLL_OUT, confirmed(controller, ROLL_OUT))
    decide(controller, "approve")
    assert statuses(workflow)["roll_out"] == "failed"
    assert statuses(workflow)["after_merge"] == "successful"
    assert ("error", APPLY) in sent(controller)


def test_sliced_audit_of_some_hosts_is_merged(awx: Awx, fleet: Fleet, tmp_path: Path) -> None:
    """One of the slices has no host of the pattern. In the other one, a camera does not respond."""
    add_cameras(fleet, "north-1", "south-1", "south-2", "south-3")
    fleet.devices["south-3"].powered = False
    controller, _runner = awx(slices=2, runs=EVERY_JOB)
    controller.login("auditor", User("auditor", 4, roles=frozenset({("execute_role", AUDIT)})))
    workflow = launch(controller, AUDIT, narrowed(controller, AUDIT, "south-1:south-3"), "auditor")
    slices = controller.spawned(job_of(workflow, "audit").number)
    assert [job.status for job in slices] == ["successful", "failed"], [job.output for job in slices]
    assert "No camera of this slice matches the pattern south-1:south-3" in slices[0].output
    # The last job of the workflow fails for a camera that was not verified, after it wrote the report.
    assert workflow.status == "failed"
    assert "1 unverified, 0 non-compliant of 2 cameras" in job_of(workflow, "merge").output
    assert sent(controller) == [("error", AUDIT)]
    (report,) = merged_reports(tmp_path)
    found = verdicts(report)
    assert (found["south-1"], found["south-3"]) == ("compliant", "unverified")
    assert contacted(fleet) == ["south-1"]


def test_sliced_audit_of_no_host_fails(awx: Awx, fleet: Fleet) -> None:
    """Without a camera, an audit proves nothing."""
    add_cameras(fleet, "north-1", "south-1")
    controller, _runner = awx(slices=2, runs=EVERY_JOB)
    controller.login("auditor", User("auditor", 4, roles=frozenset({("execute_role", AUDIT)})))
    workflow = launch(controller, AUDIT, narrowed(controller, AUDIT, "west"), "auditor")
    assert workflow.status == "failed"
    assert statuses(workflow)["start"] == "failed", job_of(workflow, "start").output
    assert contacted(fleet) == []
