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


def written(controller: Controller) -> list[str]:
    """Return method and endpoint of each write."""
    return [f"{method} {path.split('/')[3]}" for method, path in controller.writes]


def names(controller: Controller, endpoint: str) -> list[str]:
    """Return the names of all objects of an endpoint."""
    return sorted(item["name"] for item in controller.state.all(endpoint))


def test_pending_approval_survives_a_second_run(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        workflow = await_approval(controller)
        assert workflow.status == "running"
        controller.writes.clear()
        again = set_up(controller, tmp_path, **enable_all(str(reports), slices=1))
        controller.settle()
        assert again.status == 0, again.output
        (approval,) = (job for job in controller.state.jobs.values() if job.kind == "workflow_approval")
        assert (approval.status, workflow.status) == ("pending", "running")
        # awx.awx sends a notification without the fields that AWX adds to it.
        assert set(written(controller)) <= {"PATCH notification_templates"}
        controller.request("POST", f"workflow_approvals/{approval.number}/approve/")
        controller.settle()
        assert workflow.status == "successful"


def test_second_run_recovers_from_a_failed_sync(repository: Repository, tmp_path: Path, set_up: Setup) -> None:
    repository.reachable = False
    (repository.path / "collections" / "requirements.yml").unlink(missing_ok=True)
    with Controller(repository) as controller:
        first = set_up(controller, tmp_path)
        assert first.status != 0
        assert controller.named("projects", "Axis retention")["status"] == "failed"
        repository.reachable = True
        again = set_up(controller, tmp_path)
        assert again.status == 0, again.output
        assert names(controller, "job_templates") == ["Axis audit", "Axis roll-out"]


def test_upgrade_adds_a_playbook(state: Configured, repository: Repository, tmp_path: Path, set_up: Setup) -> None:
    """The project has the playbooks of its last update only, which the repository did not have then."""
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        controller.state.repository = repository
        project = controller.named("projects", "Axis retention")
        project["playbook_files"].remove("device_check.yml")
        number = controller.named("job_templates", "Axis device check")["id"]
        assert controller.request("DELETE", f"job_templates/{number}/")[0] == 204
        run = set_up(controller, tmp_path, **enable_all(str(reports), slices=1))
        assert run.status == 0, run.output
        assert "Axis device check" in names(controller, "job_templates")
        assert "device_check.yml" in project["playbook_files"]


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


def test_organization_administrator_with_a_machine_credential(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    empty.login("orgadmin", ADMIN)
    run = set_up(empty, tmp_path, token="orgadmin", awx_setup_login="machine")
    assert run.status == 0, run.output
    assert names(empty, "workflow_job_templates") == ["Axis audit with report", WORKFLOW]


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


@pytest.mark.long
def test_organization_administrator_with_an_existing_type(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    """A system administrator created the credential type once."""
    reports = tmp_path / "reports"
    with Controller.of(state(reports)) as controller:
        controller.login("orgadmin", ADMIN)
        run = set_up(controller, tmp_path, token="orgadmin", **enable_all(str(reports), slices=1))
        assert run.status == 0, run.output
        assert set(written(controller)) <= {"PATCH notification_templates"}
