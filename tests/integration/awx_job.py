# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job as AWX hands it to ansible-runner: a private data directory with project, inventory and what the job is given.

AWX does so in ``awx/main/tasks/jobs.py``; its slices are every n-th host (``awx/main/models/inventory.py``).
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.playbook import CHECKOUT, environment

PROJECT = CHECKOUT / "docs" / "examples" / "awx_project"
_INVENTORY = "#!/usr/bin/env python3\nprint({script!r})\n"
_IDENT = "1"


@dataclass(frozen=True)
class Login:
    """A credential: what AWX adds to a job for it."""

    cmdline: tuple[str, ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict)
    extra_vars: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Launch:
    """One launch of a job template.

    :param template: the job template as the API of AWX tells it.
    :param answers: of the survey.
    :param artifacts: of the nodes before it in a workflow, which AWX hands on as extra variables.
    :param part: number of the slice, and of how many.
    :param job_type: of a launch that prompts for it.
    """

    template: Mapping[str, Any]
    answers: Mapping[str, str] = field(default_factory=dict)
    artifacts: Mapping[str, Any] = field(default_factory=dict)
    limit: str = ""
    part: tuple[int, int] = (1, 1)
    number: int = 4711
    job_type: str = ""


@dataclass(frozen=True)
class Ended:
    """What ansible-runner left: status, events in their order, and what ``set_stats`` handed on."""

    status: str
    events: list[dict[str, Any]]
    artifacts: Mapping[str, Any]
    output: str

    @property
    def results(self) -> dict[tuple[str, str], str]:
        """The last outcome of each host in each task, as AWX shows it: ok, failed, unreachable, skipped."""
        ends = [event for event in self.events if event["event"].startswith("runner_on_")]
        return {
            (event["event_data"]["task"], event["event_data"]["host"]): event["event"].removeprefix("runner_on_")
            for event in ends
            if event["event"] != "runner_on_start"
        }


def command(place: Path, launch: Launch, axis: Mapping[str, Any], login: Login) -> list[str]:
    """Lay the private data directory out, and say what AWX runs on it.

    :param axis: the group of the cameras, with ``hosts``, ``vars`` and ``children`` as lists of their hosts.
    """
    shutil.rmtree(place, ignore_errors=True)
    (place / "env").mkdir(parents=True)
    shutil.copytree(PROJECT, place / "project")
    (place / "inventory").mkdir()
    script = place / "inventory" / "hosts"
    script.write_text(_INVENTORY.format(script=json.dumps(_inventory(axis, *launch.part))), encoding="utf-8")
    script.chmod(0o700)
    kept: dict[str, Any] = {
        "extravars": {
            **json.loads(launch.template.get("extra_vars") or "{}"),
            **launch.artifacts,
            **launch.answers,
            "awx_job_id": launch.number,
            "awx_job_template_name": launch.template["name"],
            "awx_user_name": "operator",
        },
        "passwords": dict(login.passwords),
        "envvars": {**login.env, "JOB_ID": str(launch.number)},
        # AWX looks every five seconds whether a job was cancelled, this every second.
        "settings": {"pexpect_timeout": 1},
    }
    for name, content in kept.items():
        (place / "env" / name).write_text(json.dumps(content), encoding="utf-8")
    arguments = [*login.cmdline, "--forks", str(launch.template.get("forks") or 5)]
    if (launch.job_type or launch.template["job_type"]) == "check":
        arguments.append("--check")
    if launch.limit:
        arguments += ["--limit", launch.limit]
    if login.extra_vars:
        secret = place / "env" / "credential"
        secret.write_text(json.dumps(dict(login.extra_vars)), encoding="utf-8")
        arguments += ["--extra-vars", f"@{secret}"]
    (place / "env" / "cmdline").write_text(shlex.join(arguments), encoding="utf-8")
    return [
        *(sys.executable, "-m", "ansible_runner", "run", str(place), "--ident", _IDENT),
        *("--playbook", launch.template["playbook"], "--inventory", str(script)),
    ]


def start(place: Path, launch: Launch, axis: Mapping[str, Any], login: Login) -> subprocess.Popen[str]:
    """Begin a job."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.Popen(
        command(place, launch, axis, login),
        env=environment(place.parent / f"{place.name}-home", {"PATH": path}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def end(place: Path, process: subprocess.Popen[str]) -> Ended:
    """Wait for its end, and read what it left."""
    output, _unused = process.communicate()
    left = place / "artifacts" / _IDENT
    events = [json.loads(path.read_text(encoding="utf-8")) for path in left.glob("job_events/[0-9]*.json")]
    events.sort(key=lambda event: int(event["counter"]))
    artifacts = [event["event_data"].get("artifact_data") for event in events if event["event"] == "playbook_on_stats"]
    return Ended(
        status=(left / "status").read_text(encoding="utf-8"),
        events=events,
        artifacts=(artifacts or [None])[-1] or {},
        output=output,
    )


def run(place: Path, launch: Launch, axis: Mapping[str, Any], login: Login) -> Ended:
    """A job from its start to its end."""
    return end(place, start(place, launch, axis, login))


def _inventory(axis: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """What AWX's script prints for a slice; AWX orders hosts by name."""
    hosts = sorted(axis["hosts"])[number - 1 :: count]
    children = {name: [host for host in hosts if host in members] for name, members in axis["children"].items()}
    return {
        "_meta": {"hostvars": {host: axis["hosts"][host] for host in hosts}},
        "all": {"children": ["axis"]},
        "axis": {"hosts": hosts, "vars": axis["vars"], "children": list(children)},
        **{name: {"hosts": members} for name, members in children.items()},
    }
