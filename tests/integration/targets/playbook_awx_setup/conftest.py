# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that camfleet.axis.awx_setup configured, and a function that runs the playbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.integration.controller import Controller
from tests.playbook import PlaybookRun, run_playbook

_SETUP = "camfleet.axis.awx_setup"
_NEEDED = {"awx_setup_project_url": "https://git.example.com/cameras.git", "awx_setup_image": "example.com/ee:1"}
_NOTIFICATION = {
    "notification_type": "webhook",
    "notification_configuration": {"url": "https://example.com/hook", "http_method": "POST", "headers": {}},
}


class Setup(Protocol):
    """A function that runs the playbook on a controller."""

    def __call__(self, controller: Controller, directory: Path, *arguments: str, **variables: Any) -> PlaybookRun:
        """Run the playbook."""


@pytest.fixture(scope="session")
def set_up() -> Setup:
    """Return a function that runs the playbook with variables, on an inventory without hosts."""

    def run(controller: Controller, directory: Path, *arguments: str, **variables: Any) -> PlaybookRun:
        inventory = directory / "inventory.ini"
        inventory.write_text("", encoding="utf-8")
        extra = directory / "variables.json"
        extra.write_text(json.dumps({**_NEEDED, **variables}), encoding="utf-8")
        login = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": "token"}
        return run_playbook(_SETUP, inventory, directory, "--extra-vars", f"@{extra}", *arguments, extra=login)

    return run


@pytest.fixture(scope="session")
def all_variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return variables that enable all objects."""
    return {
        "awx_setup_policies": ["axis", "south"],
        "awx_setup_reports": str(tmp_path_factory.mktemp("reports")),
        "awx_setup_slices": 2,
        "awx_setup_notification": _NOTIFICATION,
    }


@pytest.fixture(scope="session")
def controller(
    tmp_path_factory: pytest.TempPathFactory, set_up: Setup, all_variables: dict[str, Any]
) -> Iterator[Controller]:
    """Yield a controller with all objects. Tests only read it, or run the same setup again."""
    with Controller(galaxy_credential=False) as instance:
        run = set_up(instance, tmp_path_factory.mktemp("awx"), **all_variables)
        assert run.status == 0, run.output
        yield instance


@pytest.fixture
def empty() -> Iterator[Controller]:
    """Yield an empty controller."""
    with Controller(galaxy_credential=False) as instance:
        yield instance
