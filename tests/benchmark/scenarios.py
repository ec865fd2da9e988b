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

_SCRIPTS = ("threads", "nornir_audit")
_PLAYBOOKS = Path(__file__).parent / "playbooks"


@dataclass(frozen=True)
class Contender:
    """Something to measure.

    :param playbook: a playbook, or else the name of a script of this package.
    :param requests: number of requests to each camera without a change.
    :param changes: number of cameras that need a change.
    :param variables: extra variables.
    :param report_variable: name of an extra variable that gets the path of a directory for the report.
    """

    playbook: Path | str
    requests: int
    changes: int = 0
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
    "audit, recordings": Contender("camfleet.axis.audit", 7, variables={"retention_policy_verify_recordings": True}),
    "audit, report": Contender("camfleet.axis.audit", 3, report_variable="retention_policy_report_dir"),
    "roll-out": Contender("camfleet.axis.roll_out", 2),
    # No wave must stop the measurement, and each has all these cameras.
    "roll-out, 10 changes": Contender(
        "camfleet.axis.roll_out", 2, changes=10, variables={"retention_policy_waves": "1,100%"}
    ),
    "uri playbook": Contender(_PLAYBOOKS / "uri.yml", 2),
    "threads": Contender("threads", 2),
    "Nornir": Contender("nornir_audit", 2),
}


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    :param connections: how many cameras an audit connects to at the same time, or 0 for the default.
    :param delay: seconds that each response takes.
    :param access: one of cameras.ACCESS.
    """

    contender: str
    cameras: int = 1000
    forks: int = 20
    connections: int = 0
    delay: float = 0.0
    access: str = "http"

    @property
    def requests(self) -> int:
        """Return the number of requests to each camera."""
        return CONTENDERS[self.contender].requests

    def command(self, inventory: Path) -> list[str]:
        """Return the command of a user."""
        contender = CONTENDERS[self.contender]
        if contender.playbook in _SCRIPTS:
            script = [sys.executable, "-m", f"tests.benchmark.{contender.playbook}"]
            return [*script, "--threads", str(self.connections or self.forks), str(inventory)]
        variables = dict(contender.variables)
        if self.connections:
            variables["retention_policy_connections"] = self.connections
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
_QUICK = tuple(name for name in CONTENDERS if name not in ("uri playbook", "audit, report", "Nornir"))
SCENARIOS = (
    Scenario("1,000 cameras", _each(*_QUICK), rounds=3),
    Scenario("200 cameras", _each(*_QUICK, cameras=200), rounds=3),
    Scenario("HTTPS", tuple(Case("module", cameras=500, access=access) for access in ("http", *_HTTPS)), rounds=3),
    Scenario(
        "300 ms",
        (
            Case("module", forks=100),
            Case("module", forks=100, delay=0.3),
            Case("audit", connections=200),
            Case("audit", connections=200, delay=0.3),
            Case("audit", delay=0.3),
        ),
        rounds=3,
    ),
    Scenario(
        "5,000 cameras",
        (
            *_each("debug", "module", "audit", cameras=500),
            *_each("debug", "module", "audit", "audit, report", cameras=5000),
            Case("Nornir", cameras=5000, connections=32),
        ),
        rounds=3,
    ),
    Scenario("20,000 cameras", _each("audit", cameras=5000) + _each("audit", cameras=20000), rounds=1),
    Scenario(
        "connections",
        tuple(
            Case("audit", connections=number, delay=delay)
            for delay in (0.0, 0.02, 0.3)
            for number in (16, 32, 64, 128, 200)
        ),
        rounds=3,
    ),
    Scenario("by hand", _each("module", "audit", "uri playbook", cameras=500), rounds=3),
)
