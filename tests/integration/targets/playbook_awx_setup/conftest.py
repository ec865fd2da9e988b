# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that camfleet.axis.awx_setup configured, and a function that runs the playbook."""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.integration.controller import Controller, Repository, State
from tests.integration.controller.server import TOKEN
from tests.integration.controller.state import EXAMPLE
from tests.integration.targets.playbook_awx_setup.upgrade import (
    NEW_PLAYBOOK,
    NEW_TEMPLATE,
    ORGANIZATION_ADMIN,
    FirstRuns,
    Guarded,
    Upgrade,
    approve,
    launch_roll_out,
    pending_approvals,
    plant_earlier_version,
    written,
)
from tests.playbook import PlaybookRun, run_playbook

_SETUP = "camfleet.axis.awx_setup"
_NEEDED = {"awx_setup_project_url": "https://git.example.com/cameras.git", "awx_setup_image": "example.com/ee:1"}
_NOTIFICATION = {
    "notification_type": "webhook",
    "notification_configuration": {"url": "https://example.com/hook", "http_method": "POST", "headers": {}},
}
#: The report directory in a state that all processes of pytest share. Each test replaces it by its own.
_SHARED_REPORTS = "/srv/retention-reports"


class Setup(Protocol):
    """A function that runs the playbook on a controller."""

    def __call__(
        self, controller: Controller, directory: Path, *arguments: str, token: str = TOKEN, **variables: Any
    ) -> PlaybookRun:
        """Run the playbook with a token."""


#: A function that returns the state of a controller that was set up, with a report directory.
Configured = Callable[[Path], State]


@pytest.fixture(scope="session")
def set_up() -> Setup:
    """Return a function that runs the playbook with variables, on an inventory without hosts."""

    def run(
        controller: Controller, directory: Path, *arguments: str, token: str = TOKEN, **variables: Any
    ) -> PlaybookRun:
        inventory = directory / "inventory.ini"
        inventory.write_text("", encoding="utf-8")
        extra = directory / "variables.json"
        extra.write_text(json.dumps({**_NEEDED, **variables}), encoding="utf-8")
        login = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": token}
        return run_playbook(_SETUP, inventory, directory, "--extra-vars", f"@{extra}", *arguments, extra=login)

    return run


@pytest.fixture(scope="session")
def all_variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return variables that enable all objects."""
    return enable_all(str(tmp_path_factory.mktemp("reports")), slices=2)


def enable_all(reports: str, *, slices: int) -> dict[str, Any]:
    """Return variables that enable all objects, with a report directory and a number of slices."""
    return {
        "awx_setup_policies": ["axis", "south"],
        "awx_setup_reports": reports,
        "awx_setup_slices": slices,
        "awx_setup_notification": _NOTIFICATION,
    }


@pytest.fixture(scope="session")
def first_runs(tmp_path_factory: pytest.TempPathFactory, set_up: Setup) -> FirstRuns:
    """Return the first runs on a controller, with two slices."""
    found: FirstRuns = _once(tmp_path_factory, "new", lambda directory: _configure(directory, set_up))
    return found


@pytest.fixture(scope="session")
def sliced_state(first_runs: FirstRuns) -> Configured:
    """Return a function that returns the state of a controller with all objects and two slices."""

    def load(reports: Path) -> State:
        state = deepcopy(first_runs.state)
        state.jobs, state.notifications = {}, []
        state.objects = _replace(state.objects, str(reports))
        return state

    return load


@pytest.fixture(scope="session")
def upgrade(tmp_path_factory: pytest.TempPathFactory, set_up: Setup, sliced_state: Configured) -> Upgrade:
    """Return an upgrade, from two slices to one, while the roll-out awaits its approval."""
    upgraded: Upgrade = _once(
        tmp_path_factory, "upgraded", lambda directory: _upgrade(directory, set_up, sliced_state(Path(_SHARED_REPORTS)))
    )
    return upgraded


@pytest.fixture(scope="session")
def state(upgrade: Upgrade) -> Configured:
    """Return a function that returns the state of a controller with all objects and audits in one job."""

    def load(reports: Path) -> State:
        state = deepcopy(upgrade.state)
        state.jobs, state.notifications = {}, []
        state.objects = _replace(state.objects, str(reports))
        return state

    return load


def _once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Any]) -> Any:
    """Return what a function built once for all processes of pytest, since a run of the playbook takes long."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"awx-{name}.pickle"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            place.write_bytes(pickle.dumps(build(factory.mktemp("awx"))))
    return pickle.loads(place.read_bytes())  # noqa: S301 (written above)


def _configure(directory: Path, set_up: Setup) -> FirstRuns:
    """Set up a controller, by a system administrator and then, after a failure, by an organization administrator.

    Another organization has objects of the same names.
    """
    with Controller(Repository(reachable=False)) as awx:
        awx.login(ORGANIZATION_ADMIN.username, ORGANIZATION_ADMIN)
        planted = _plant_other_organization(awx)
        variables = enable_all(_SHARED_REPORTS, slices=2)
        unreachable = set_up(awx, directory, **variables)
        assert awx.named("projects", "Axis retention")["status"] == "failed"
        awx.state.repository.reachable = True
        run = set_up(awx, directory, token=ORGANIZATION_ADMIN.username, **variables)
        assert run.status == 0, run.output
        for endpoint, number in planted:
            del awx.objects[endpoint][number]
        del awx.state.sessions[ORGANIZATION_ADMIN.username]
        return FirstRuns(unreachable, awx.state)


def _plant_other_organization(awx: Controller) -> list[tuple[str, int]]:
    """Create objects with the names of those that the playbook creates, and return endpoint and ID of each."""
    other = awx.create("organizations", {"name": "Video"})["id"]
    machine = awx.named("credential_types", "Machine")["id"]
    objects: tuple[tuple[str, dict[str, Any]], ...] = (
        ("inventories", {"name": "Axis cameras"}),
        ("credentials", {"name": "Axis cameras", "credential_type": machine}),
        ("notification_templates", {"name": "Axis retention", "notification_type": "slack"}),
    )
    created = [
        (endpoint, awx.create(endpoint, {**fields, "organization": other})["id"]) for endpoint, fields in objects
    ]
    return [("organizations", other), *created]


def _upgrade(directory: Path, set_up: Setup, earlier: State) -> Upgrade:
    """Set up a controller again that an earlier version set up, with fewer playbooks."""
    with Guarded.of(earlier) as awx:
        mine = plant_earlier_version(awx)
        template = awx.named("job_templates", NEW_TEMPLATE)["id"]
        assert awx.request("DELETE", f"job_templates/{template}/")[0] == 204
        repository = Path(shutil.copytree(EXAMPLE, directory / "repository"))
        (repository / NEW_PLAYBOOK).unlink()
        awx.state.repository = Repository(repository)
        launch_roll_out(awx)
        approve(awx)
        assert NEW_PLAYBOOK not in awx.named("projects", "Axis retention")["playbook_files"]
        awx.state.repository = Repository()
        pending = [job.number for job in pending_approvals(awx)]
        awx.unguarded.clear()
        awx.writes.clear()
        run = set_up(awx, directory, **enable_all(_SHARED_REPORTS, slices=1))
        assert run.status == 0, run.output
        return Upgrade(run, pending, awx.unguarded, written(awx), mine, awx.state)


def _replace(value: Any, reports: str) -> Any:
    """Return a value with another report directory in each text."""
    if isinstance(value, dict):
        return {key: _replace(item, reports) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, reports) for item in value]
    return value.replace(_SHARED_REPORTS, reports) if isinstance(value, str) else value


@pytest.fixture(scope="session")
def controller(sliced_state: Configured, all_variables: dict[str, Any]) -> Iterator[Controller]:
    """Yield a controller with all objects and two slices. Tests only read it, or run the same setup again."""
    with Controller.of(sliced_state(Path(all_variables["awx_setup_reports"]))) as instance:
        yield instance


@pytest.fixture
def empty() -> Iterator[Controller]:
    """Yield an empty controller."""
    with Controller() as instance:
        yield instance
