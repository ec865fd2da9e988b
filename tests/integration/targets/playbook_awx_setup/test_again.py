# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""camfleet.axis.awx_setup again, after a failure, as an upgrade, in check mode, and as a user with few roles."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.controller import Controller, Job, Repository, User
from tests.integration.controller.state import EXAMPLE
from tests.integration.controller.surveys import questions
from tests.integration.targets.playbook_awx_setup.conftest import Configured, Setup, enable_all

ADMIN = User("orgadmin", 2, admin_of=frozenset({"Default"}))
WORKFLOW = "Axis audit, approval, roll-out, audit"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a copy of the example as repository."""
    return Repository(Path(shutil.copytree(EXAMPLE, tmp_path / "repository")))


def await_approval(controller: Controller) -> Job:
    """Launch the roll-out, and return it when its approval is pending."""
    template = controller.named("workflow_job_templates", WORKFLOW)
    answers = {item["variable"]: item["default"] for item in questions(template)}
    url = f"workflow_job_templates/{template['id']}/launch/"
    status, response = controller.request("POST", url, {"extra_vars": answers} if answers else {})
    assert status == 201, response
    controller.settle()
    return controller.job(response["workflow_job"])


def approve(controller: Controller) -> None:
    """Approve what is pending, and run the workflow to its end."""
    (approval,) = (job for job in controller.state.jobs.values() if job.kind == "workflow_approval")
    assert approval.status == "pending"
    assert controller.request("POST", f"workflow_approvals/{approval.number}/approve/")[0] == 204
    controller.settle()


def written(controller: Controller) -> list[str]:
    """Return method and endpoint of each write."""
    return [f"{method} {path.split('/')[3]}" for method, path in controller.writes]


def names(controller: Controller, endpoint: str) -> list[str]:
    """Return the names of all objects of an endpoint."""
    return sorted(item["name"] for item in controller.state.all(endpoint))


def test_upgrade_adds_a_playbook_while_an_approval_is_pending(
    state: Configured, repository: Repository, tmp_path: Path, set_up: Setup
) -> None:
    """The project has only the playbooks of its last update, when the repository did not have the new one."""
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        number = controller.named("job_templates", "Axis device check")["id"]
        assert controller.request("DELETE", f"job_templates/{number}/")[0] == 204
        (repository.path / "device_check.yml").unlink()
        controller.state.repository = repository
        workflow = await_approval(controller)
        project = controller.named("projects", "Axis retention")
        assert "device_check.yml" not in project["playbook_files"]
        controller.state.repository = Repository()
        controller.writes.clear()
        run = set_up(controller, tmp_path, **enable_all(str(reports), slices=1))
        controller.settle()
        assert run.status == 0, run.output
        assert "device_check.yml" in project["playbook_files"]
        # Nothing else changes. awx.awx sends a notification without the fields that AWX adds to it.
        new = {"POST projects", "POST job_templates"}
        assert set(written(controller)) - {"PATCH notification_templates"} == new
        assert "Axis device check" in names(controller, "job_templates")
        approve(controller)
        assert workflow.status == "successful"


@pytest.mark.long
def test_second_run_as_organization_administrator(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    """A system administrator created the credential type once. An approval is pending."""
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        controller.login("orgadmin", ADMIN)
        workflow = await_approval(controller)
        controller.writes.clear()
        run = set_up(controller, tmp_path, token="orgadmin", **enable_all(str(reports), slices=1))
        assert run.status == 0, run.output
        assert set(written(controller)) <= {"PATCH notification_templates"}
        approve(controller)
        assert workflow.status == "successful"


def test_organization_administrator_recovers_from_a_failed_sync(
    repository: Repository, tmp_path: Path, set_up: Setup
) -> None:
    repository.reachable = False
    with Controller(repository) as controller:
        controller.login("orgadmin", ADMIN)
        first = set_up(controller, tmp_path, token="orgadmin", awx_setup_login="machine")
        assert first.status != 0
        assert controller.named("projects", "Axis retention")["status"] == "failed"
        repository.reachable = True
        again = set_up(controller, tmp_path, token="orgadmin", awx_setup_login="machine")
        assert again.status == 0, again.output
        assert names(controller, "job_templates") == ["Axis audit", "Axis roll-out"]
        assert names(controller, "workflow_job_templates") == ["Axis audit with report", WORKFLOW]


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


def test_check_mode_on_an_empty_controller(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    run = set_up(empty, tmp_path, "--check", **enable_all(str(tmp_path / "reports"), slices=1))
    assert run.status == 0, run.output
    assert empty.writes == []
    assert "Axis audit with report" in run.output


@pytest.mark.long
def test_check_mode_on_a_configured_controller(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        run = set_up(controller, tmp_path, "--check", **enable_all(str(reports), slices=1))
        assert run.status == 0, run.output
        assert controller.writes == []


@pytest.mark.parametrize(
    ("user", "scope", "variables", "role"),
    [
        (ADMIN, "write", {}, "system administrator"),
        (ADMIN, "read", {"awx_setup_login": "machine"}, "Write"),
        (User("guest", 3), "write", {"awx_setup_login": "machine"}, "organization administrator"),
    ],
)
def test_missing_role_fails_before_the_first_write(
    empty: Controller, tmp_path: Path, set_up: Setup, user: User, scope: str, variables: dict[str, Any], role: str
) -> None:
    empty.login("few-rights", user, scope)
    run = set_up(empty, tmp_path, token="few-rights", **variables)
    assert run.status != 0
    assert empty.writes == []
    assert role in run.output.replace("\n", " ")
