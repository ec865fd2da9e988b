# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Define what is compared: the contenders, and the scenarios in which they run in turn."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.playbook import command

_PLAYBOOKS = Path(__file__).parent / "playbooks"


@dataclass(frozen=True)
class Contender:
    """Something to measure.

    :param playbook: None means the threaded script.
    :param requests: number of requests to each camera.
    :param variables: extra variables.
    :param report_variable: name of an extra variable that gets the path of a directory for the report.
    """

    playbook: Path | str | None
    requests: int
    variables: Mapping[str, object] = field(default_factory=dict)
    report_variable: str = ""


CONTENDERS: Mapping[str, Contender] = {
    "debug": Contender(_PLAYBOOKS / "floor.yml", 0),
    "debug, templates of the module": Contender(_PLAYBOOKS / "floor_of_module.yml", 0),
    "module, no template": Contender(_PLAYBOOKS / "module_without_templates.yml", 2),
    "module": Contender(_PLAYBOOKS / "module.yml", 2),
    "debug, templates of the role": Contender(_PLAYBOOKS / "floor_of_role.yml", 0),
    "role": Contender(_PLAYBOOKS / "role.yml", 2),
    "audit": Contender("camfleet.axis.audit", 2),
    "audit, recordings": Contender("camfleet.axis.audit", 7, {"retention_policy_verify_recordings": True}),
    "audit, report": Contender("camfleet.axis.audit", 2, report_variable="retention_policy_report_dir"),
    # It checks every camera first.
    "roll-out": Contender("camfleet.axis.roll_out", 4),
    "uri playbook": Contender(_PLAYBOOKS / "uri.yml", 2),
    "threads": Contender(None, 2),
}


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    :param delay: seconds that each response takes.
    :param access: one of cameras.ACCESS.
    """

    contender: str
    cameras: int = 1000
    forks: int = 20
    delay: float = 0.0
    access: str = "http"

    @property
    def requests(self) -> int:
        """Return the number of requests to each camera."""
        return CONTENDERS[self.contender].requests

    def command(self, inventory: Path) -> list[str]:
        """Return the command of a user."""
        contender = CONTENDERS[self.contender]
        if contender.playbook is None:
            script = [sys.executable, "-m", "tests.benchmark.threads"]
            return [*script, "--threads", str(self.forks), str(inventory)]
        variables = dict(contender.variables)
        if contender.report_variable:
            variables[contender.report_variable] = str(inventory.parent / "reports")
        extra = ["--extra-vars", json.dumps(variables)] if variables else []
        return command(contender.playbook, inventory, "--forks", str(self.forks), *extra)


@dataclass(frozen=True)
class Scenario:
    """Cases that run in turn, round by round, so that other load affects all of them."""

    name: str
    cases: tuple[Case, ...]
    rounds: int


def _each(*contenders: str, **setting: Any) -> tuple[Case, ...]:
    return tuple(Case(contender, **setting) for contender in contenders)


_HTTPS = ("https, system store", "https, CA file", "https, pin", "https, unverified")
# The one that takes a quarter of a second a camera has a scenario of its own, and a report is a matter of many.
_QUICK = tuple(name for name in CONTENDERS if name not in ("uri playbook", "audit, report"))
SCENARIOS = (
    Scenario("1,000 cameras", _each(*_QUICK), rounds=3),
    Scenario("200 cameras", _each(*_QUICK, cameras=200), rounds=3),
    Scenario("HTTPS", tuple(Case("module", cameras=500, access=access) for access in ("http", *_HTTPS)), rounds=3),
    Scenario(
        "300 ms",
        (
            *_each("module", "audit", forks=100),
            *_each("module", "audit", forks=100, delay=0.3),
            Case("module", forks=20, delay=0.3),
        ),
        rounds=3,
    ),
    Scenario(
        "5,000 cameras",
        (
            *_each("debug", "module", "audit", cameras=500),
            *_each("debug", "module", "audit", "audit, report", cameras=5000),
        ),
        rounds=3,
    ),
    Scenario("by hand", _each("module", "uri playbook", cameras=500), rounds=3),
)
