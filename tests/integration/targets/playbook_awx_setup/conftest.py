# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that camfleet.axis.awx_setup has set up, and the way to run it."""

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


class SetUp(Protocol):
    """Runs the playbook on a controller."""

    def __call__(self, controller: Controller, place: Path, *arguments: str, **variables: Any) -> PlaybookRun:
        """Call it."""


@pytest.fixture(scope="session")
def set_up() -> SetUp:
    """Run the playbook with variables, on an inventory without hosts."""

    def run(controller: Controller, place: Path, *arguments: str, **variables: Any) -> PlaybookRun:
        inventory = place / "inventory.ini"
        inventory.write_text("", encoding="utf-8")
        extra = place / "variables.json"
        extra.write_text(json.dumps({**_NEEDED, **variables}), encoding="utf-8")
        login = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": "token"}
        return run_playbook(_SETUP, inventory, place, "--extra-vars", f"@{extra}", *arguments, extra=login)

    return run


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Variables that ask for all that there is."""
    return {
        "awx_setup_policies": ["axis", "south"],
        "awx_setup_reports": str(tmp_path_factory.mktemp("reports")),
        "awx_setup_slices": 2,
        "awx_setup_notification": _NOTIFICATION,
    }


@pytest.fixture(scope="session")
def controller(
    tmp_path_factory: pytest.TempPathFactory, set_up: SetUp, everything: dict[str, Any]
) -> Iterator[Controller]:
    """A controller that is set up with everything; tests look at it, and change nothing but by the same set-up."""
    with Controller() as running:
        made = set_up(running, tmp_path_factory.mktemp("awx"), **everything)
        assert made.status == 0, made.output
        yield running


@pytest.fixture
def empty() -> Iterator[Controller]:
    """A controller in which nothing is set up."""
    with Controller() as running:
        yield running
