# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""camfleet.axis.awx_setup again, after a failure, as an upgrade, in check mode, and as a user with few roles."""

from __future__ import annotations

import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.integration.controller import Controller, Repository, User
from tests.integration.controller.state import EXAMPLE
from tests.integration.targets.playbook_awx_setup.conftest import Configured, Setup, enable_all
from tests.integration.targets.playbook_awx_setup.upgrade import (
    AUDIT,
    NEW_PLAYBOOK,
    NEW_TEMPLATE,
    NODES,
    ORGANIZATION_ADMIN,
    ROLL_OUT,
    ROLL_OUT_EDGES,
    FirstRuns,
    Guarded,
    Upgrade,
    approve,
    edges,
    launch_roll_out,
    pending_approvals,
    plant_earlier_version,
    summary,
    written,
)

WORKFLOWS = (AUDIT, ROLL_OUT)


def names(awx: Controller, endpoint: str) -> list[str]:
    """Return the names of all objects of an endpoint."""
    return sorted(item["name"] for item in awx.state.all(endpoint))


def described(awx: Controller) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what each template does, by endpoint and name, without the IDs that AWX assigns."""
    assigned = {"id", "url", "related", "summary_fields", "project", "inventory", "execution_environment"}
    return {
        (endpoint, item["name"]): {name: value for name, value in item.items() if name not in assigned}
        for endpoint in ("job_templates", "workflow_job_templates")
        for item in awx.state.all(endpoint)
    }


def test_upgrade_during_an_approval_denies_nothing(upgrade: Upgrade) -> None:
    """The project has only the playbooks of its last update, when the repository did not have the new one."""
    awx = Controller.of(deepcopy(upgrade.state))
    assert [job.number for job in pending_approvals(awx)] == upgrade.pending
    assert upgrade.unguarded == []
    assert upgrade.mine not in awx.objects["workflow_job_template_nodes"]
    assert edges(awx) == {("start", "success", "audit"), ("audit", "always", "merge"), *ROLL_OUT_EDGES}
    assert NEW_PLAYBOOK in awx.named("projects", "Axis retention")["playbook_files"]
    assert NEW_TEMPLATE in names(awx, "job_templates")
    assert "POST projects" in upgrade.written
    changed = [
        "job template Axis audit",
        "job template Axis merged report",
        *(f"workflow {name}" for name in WORKFLOWS),
    ]
    assert f"Created (1): job template {NEW_TEMPLATE}" in summary(upgrade.run)
    assert f"Changed (5): project Axis retention; {'; '.join(changed)}" in summary(upgrade.run)
    approve(awx)
    (workflow,) = (job for job in awx.state.jobs.values() if job.name == ROLL_OUT)
    assert (pending_approvals(awx), workflow.status) == ([], "successful")


@pytest.mark.long
def test_upgrade_keeps_an_approval_of_a_user_while_it_is_pending(
    state: Configured, tmp_path: Path, set_up: Setup
) -> None:
    with Guarded.of(state(tmp_path)) as awx:
        mine = plant_earlier_version(awx)
        workflow = launch_roll_out(awx)
        (approval,) = pending_approvals(awx)
        awx.unguarded.clear()
        run = set_up(awx, tmp_path, **enable_all(str(tmp_path), slices=1))
        assert run.status == 0, run.output
        assert (pending_approvals(awx), awx.unguarded) == ([approval], [])
        assert mine in awx.objects["workflow_job_template_nodes"]
        assert "approvals are pending: mine. Run the playbook again" in summary(run)
        assert edges(awx) >= ROLL_OUT_EDGES
        approve(awx)
        approve(awx)
        assert (pending_approvals(awx), workflow.status) == ([], "successful")


@pytest.mark.long
def test_upgraded_templates_are_those_of_a_new_controller(
    state: Configured, empty: Controller, tmp_path: Path, set_up: Setup
) -> None:
    """The upgrade was from two slices, with which the audit has another survey and other extra variables."""
    run = set_up(empty, tmp_path, **enable_all(str(tmp_path), slices=1))
    assert run.status == 0, run.output
    assert described(Controller.of(state(tmp_path))) == described(empty)


@pytest.mark.long
@pytest.mark.parametrize("writes", [3, 12, 24, 27, 31, 36, 44, 50])
def test_killed_run_is_completed_by_the_next_one(tmp_path: Path, set_up: Setup, writes: int) -> None:
    """After each write, also of the second run, a launch rolls out only after an approval."""
    variables = enable_all(str(tmp_path), slices=1)
    with Guarded() as awx:
        awx.writes_left = writes
        assert set_up(awx, tmp_path, **variables).status != 0
        awx.writes_left = None
        run = set_up(awx, tmp_path, **variables)
        assert run.status == 0, run.output
        assert awx.unguarded == []
        assert edges(awx) == {("start", "success", "audit"), ("audit", "always", "merge"), *ROLL_OUT_EDGES}


class Contested(Guarded):
    """A controller on which another run deletes the last node when all nodes are linked."""

    is_deleted = False

    def respond(self, method: str, path: str, data: dict[str, Any], authorization: str) -> tuple[int, Any]:
        """Delete the node of the roll-out before it gets its template."""
        if "identifier=roll_out&" in path and not self.is_deleted and edges(self) >= ROLL_OUT_EDGES:
            (node,) = (item for item in self.state.all(NODES) if item["identifier"] == "roll_out")
            self.is_deleted = True
            super().respond("DELETE", f"/api/v2/{NODES}/{node['id']}/", {}, authorization)
        return super().respond(method, path, data, authorization)


@pytest.mark.long
def test_two_runs_at_once_leave_no_roll_out_without_an_approval(tmp_path: Path, set_up: Setup) -> None:
    """awx.awx creates a node that another run deleted, without the nodes before it."""
    variables = enable_all(str(tmp_path), slices=1)
    with Contested() as awx:
        run = set_up(awx, tmp_path, **variables)
        assert (run.status, awx.is_deleted) == (2, True)
        assert "possibly by another run of it" in run.results["Fail if a node differs", "localhost"]["msg"]
        assert not awx.can_roll_out()
        assert set_up(awx, tmp_path, **variables).status == 0
        assert edges(awx) >= ROLL_OUT_EDGES


@pytest.mark.long
def test_names_with_spaces_and_umlauts(tmp_path: Path, set_up: Setup) -> None:
    with Controller() as awx:
        awx.create("organizations", {"name": "Bau & Betrieb Köln"})
        names_given = {"awx_setup_prefix": "Kameras Süd, Haus 1", "awx_setup_organization": "Bau & Betrieb Köln"}
        variables = {**enable_all(str(tmp_path), slices=1), **names_given}
        for _number in range(2):
            run = set_up(awx, tmp_path, **variables)
            assert run.status == 0, run.output
        assert run.recap["localhost"]["changed"] == 0
        assert "Kameras Süd, Haus 1 audit, weekly" in names(awx, "schedules")
        assert edges(awx) >= ROLL_OUT_EDGES


@pytest.mark.long
def test_changes_of_a_user_are_kept_or_listed(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    """Fields that the playbook does not set are kept. It sets the others again, and names the objects."""
    with Controller.of(state(tmp_path)) as awx:
        template = awx.named("job_templates", "Axis roll-out")
        schedule = awx.named("schedules", "Axis audit, weekly")
        changed = {"verbosity": 2, "timeout": 60, "extra_vars": '{"mine": true}', "forks": 7}
        assert awx.request("PATCH", f"job_templates/{template['id']}/", changed)[0] == 200
        vault = awx.create(
            "credentials", {"name": "Vault", "organization": template["organization"], "credential_type": 1}
        )
        notification = awx.named("notification_templates", "Axis retention")["id"]
        for relation, number in (("credentials", vault["id"]), ("notification_templates_started", notification)):
            assert awx.request("POST", f"job_templates/{template['id']}/{relation}/", {"id": number})[0] == 204
        rule = "DTSTART:20260106T050000Z RRULE:FREQ=DAILY;INTERVAL=1"
        assert awx.request("PATCH", f"schedules/{schedule['id']}/", {"enabled": False, "rrule": rule})[0] == 200
        run = set_up(awx, tmp_path, **enable_all(str(tmp_path), slices=1))
        assert run.status == 0, run.output
        assert (template["verbosity"], template["timeout"], template["forks"]) == (2, 60, 40)
        assert "mine" not in template["extra_vars"]
        assert vault["id"] not in awx.linked("job_templates", template, "credentials")
        assert awx.linked("job_templates", template, "notification_templates_started") == [notification]
        assert schedule["enabled"] is False
        assert "FREQ=WEEKLY" in schedule["rrule"]
        assert "Changed (2): schedule Axis audit, weekly; job template Axis roll-out" in summary(run)


@pytest.mark.long
def test_notification_of_another_type_replaces_the_webhook(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    """AWX hides the token, so that it is written each time."""
    slack = {"notification_type": "slack", "notification_configuration": {"token": "xoxb-1", "channels": ["#video"]}}
    variables = {**enable_all(str(tmp_path), slices=1), "awx_setup_notification": slack}
    with Controller.of(state(tmp_path)) as awx:
        first, second = (set_up(awx, tmp_path, **variables) for _number in range(2))
        assert second.status == 0, second.output
        assert awx.named("notification_templates", "Axis retention")["notification_type"] == "slack"
        assert "Changed (1): notification template Axis retention" in summary(first)
        assert second.recap["localhost"]["changed"] == 0
        assert "token or password of the notification template Axis retention" in summary(second)
        assert "xoxb-1" not in first.output + second.output


@pytest.mark.long
def test_run_without_a_notification_sends_none(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    with Controller.of(state(tmp_path)) as awx:
        run = set_up(awx, tmp_path, **{**enable_all(str(tmp_path), slices=1), "awx_setup_notification": {}})
        assert run.status == 0, run.output
        assert not [
            others for (_endpoint, _number, name), others in awx.links.items() if "notification" in name and others
        ]


@pytest.mark.long
def test_other_directory_and_slices_change_only_the_templates(
    sliced_state: Configured, tmp_path: Path, set_up: Setup
) -> None:
    with Controller.of(sliced_state(tmp_path / "before")) as awx:
        nodes = {*awx.objects["workflow_job_template_nodes"]}
        run = set_up(awx, tmp_path, **enable_all(str(tmp_path / "after"), slices=4))
        assert run.status == 0, run.output
        assert {*awx.objects["workflow_job_template_nodes"]} == nodes
        assert awx.named("job_templates", "Axis audit")["job_slice_count"] == 4
        variables = [template["extra_vars"] for template in awx.state.all("job_templates")]
        assert not [text for text in variables if str(tmp_path / "before") in text]


def test_execution_environment_of_another_organization_is_kept(
    empty: Controller, tmp_path: Path, set_up: Setup
) -> None:
    """awx.awx finds it in all organizations, and would move it. The message names all problems."""
    empty.login("reader", ORGANIZATION_ADMIN, "read")
    other = empty.create("organizations", {"name": "Video"})["id"]
    empty.create("execution_environments", {"name": "Axis cameras", "organization": other, "image": "example.com/1"})
    run = set_up(empty, tmp_path, token="reader", awx_setup_login="machine")
    message = run.results["Check the roles of the user", "localhost"]["msg"]
    assert "The execution environment Axis cameras does not belong to the organization Default" in message
    assert "Set awx_setup_prefix" in message
    assert "Use a token of an organization administrator, with the scope Write" in message
    assert empty.writes == []


def test_unknown_token_is_named(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    run = set_up(empty, tmp_path, token="expired", awx_setup_login="machine")
    assert run.status != 0
    message = run.results["Fail because AWX cannot be read", "localhost"]["msg"]
    assert message.startswith("Nothing was changed in AWX, because it cannot be read.")
    assert "CONTROLLER_OAUTH_TOKEN" in message
    assert "(HTTP 401)" in message
    assert empty.writes == []


@pytest.mark.long
def test_second_run_as_organization_administrator(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    """A system administrator created the credential type once. An approval is pending."""
    with Controller.of(state(tmp_path)) as awx:
        awx.login("orgadmin", ORGANIZATION_ADMIN)
        workflow = launch_roll_out(awx)
        awx.writes.clear()
        run = set_up(awx, tmp_path, token="orgadmin", **enable_all(str(tmp_path), slices=1))
        assert run.status == 0, run.output
        assert set(written(awx)) <= {"PATCH notification_templates"}
        approve(awx)
        assert workflow.status == "successful"


def test_run_recovers_from_a_failed_update(first_runs: FirstRuns) -> None:
    message = first_runs.unreachable.results["Fail because the project was not updated", "localhost"]["msg"]
    assert "from https://git.example.com/cameras.git, branch main: Project update failed" in message
    assert "Read the output of the update in AWX" in message
    assert "Axis roll-out" in names(Controller.of(first_runs.state), "job_templates")


@pytest.mark.long
def test_missing_playbook_is_named_with_the_branch(tmp_path: Path, set_up: Setup) -> None:
    path = Path(shutil.copytree(EXAMPLE, tmp_path / "repository"))
    (path / "roll_out.yml").unlink()
    with Controller(Repository(path)) as awx:
        for _number in range(2):
            run = set_up(awx, tmp_path, awx_setup_project_branch="production")
            assert run.results["Check that the project has every playbook", "localhost"]["msg"] == (
                "The project Axis retention lacks roll_out.yml. Push this playbook of docs/examples/awx_project to the "
                "branch production of https://git.example.com/cameras.git, and run the playbook again."
            )
        assert not awx.state.all("job_templates")
        awx.state.repository = Repository()
        assert set_up(awx, tmp_path, awx_setup_project_branch="production").status == 0


@pytest.mark.long
def test_organization_administrator_with_a_machine_credential(tmp_path: Path, set_up: Setup) -> None:
    """Without a directory for reports, nothing is merged."""
    with Controller() as awx:
        awx.login("orgadmin", ORGANIZATION_ADMIN)
        run = set_up(awx, tmp_path, token="orgadmin", awx_setup_login="machine")
        assert run.status == 0, run.output
        assert names(awx, "job_templates") == ["Axis audit", "Axis roll-out"]
        assert names(awx, "workflow_job_templates") == [AUDIT, ROLL_OUT]
        assert names(awx, "credential_types") == ["Machine", "Vault"]
        machine = awx.named("credential_types", "Machine")["id"]
        assert awx.named("credentials", "Axis cameras")["credential_type"] == machine
        assert edges(awx) == {
            ("before_audit", "always", "approval"),
            ("approval", "success", "roll_out"),
            ("roll_out", "always", "after_audit"),
        }
        assert not awx.objects.get("notification_templates")


def test_example_needs_nothing_from_galaxy() -> None:
    """AWX installs what requirements.yml has in each update: the collection is in the execution environment."""
    controller = Controller(galaxy_credential=True)
    organization = controller.named("organizations", "Default")["id"]
    url = "https://git.example.com/cameras.git"
    fields = {"name": "Example", "organization": organization, "scm_type": "git", "scm_url": url}
    _status, project = controller.request("POST", "projects/", fields)
    update = project["summary_fields"]["current_update"]["id"]
    assert controller.request("GET", f"project_updates/{update}/")[1]["status"] == "successful"
    assert "audit.yml" in controller.request("GET", f"projects/{project['id']}/playbooks/")[1]


@pytest.mark.long
def test_check_mode_on_a_configured_controller(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        run = set_up(controller, tmp_path, "--check", **enable_all(str(reports), slices=1))
        assert run.status == 0, run.output
        assert controller.writes == []


@pytest.mark.long
def test_user_without_a_role_fails_before_the_first_write(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    empty.login("guest", User("guest", 3))
    run = set_up(empty, tmp_path, token="guest", awx_setup_login="machine")
    message = run.results["Check the roles of the user", "localhost"]["msg"]
    assert (
        "The user guest cannot change the organization Default. Use a token of an organization administrator" in message
    )
    assert empty.writes == []
