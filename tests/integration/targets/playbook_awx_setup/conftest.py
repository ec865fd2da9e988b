# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that camfleet.axis.awx_setup configured, and a function that runs the playbook."""

from __future__ import annotations

import fcntl
import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.integration.controller import Controller, State
from tests.integration.controller.server import TOKEN
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
def sliced_state(tmp_path_factory: pytest.TempPathFactory, set_up: Setup) -> Configured:
    """Return a function that returns the state of a controller with all objects and two slices."""
    return _configure_once(tmp_path_factory, set_up, slices=2)


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory, set_up: Setup) -> Configured:
    """Return a function that returns the state of a controller with all objects and audits in one job."""
    return _configure_once(tmp_path_factory, set_up, slices=1)


def _configure_once(factory: pytest.TempPathFactory, set_up: Setup, *, slices: int) -> Configured:
    """Run the playbook once for all processes of pytest, since it takes long."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"awx-{slices}.pickle"

    def load(reports: Path) -> State:
        with place.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                place.write_bytes(_configure(factory.mktemp("awx"), set_up, slices))
        saved: State = pickle.loads(place.read_bytes())  # noqa: S301 (written above)
        saved.objects = _replace(saved.objects, str(reports))
        return saved

    return load


def _configure(directory: Path, set_up: Setup, slices: int) -> bytes:
    with Controller() as instance:
        run = set_up(instance, directory, **enable_all(_SHARED_REPORTS, slices=slices))
        assert run.status == 0, run.output
        return pickle.dumps(instance.state)


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
