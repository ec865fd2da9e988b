# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job as AWX passes it to ansible-runner: a private data directory with project, inventory, and the input of the job.

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
class Credential:
    """A credential, as what AWX adds to a job for it."""

    cmdline: tuple[str, ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict)
    extra_vars: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Launch:
    """One launch of a job template.

    :param template: the job template in the form of the AWX API.
    :param answers: the answers to the survey.
    :param artifacts: the artifacts of earlier workflow nodes, which AWX passes on as extra variables.
    :param part: the number of the slice, and the number of slices.
    :param job_type: the job type, for a template that prompts for it.
    """

    template: Mapping[str, Any]
    answers: Mapping[str, str] = field(default_factory=dict)
    artifacts: Mapping[str, Any] = field(default_factory=dict)
    limit: str = ""
    part: tuple[int, int] = (1, 1)
    number: int = 4711
    job_type: str = ""


@dataclass(frozen=True)
class JobResult:
    """The result of a job: status, events in order, artifacts from ``set_stats``, and output."""

    status: str
    events: list[dict[str, Any]]
    artifacts: Mapping[str, Any]
    output: str

    @property
    def results(self) -> dict[tuple[str, str], str]:
        """Return the last status of each host in each task, as AWX shows it: ok, failed, unreachable, or skipped."""
        results = [event for event in self.events if event["event"].startswith("runner_on_")]
        return {
            (event["event_data"]["task"], event["event_data"]["host"]): event["event"].removeprefix("runner_on_")
            for event in results
            if event["event"] != "runner_on_start"
        }


def command(directory: Path, launch: Launch, axis: Mapping[str, Any], credential: Credential) -> list[str]:
    """Create the private data directory of a job, and return the command that AWX runs.

    :param axis: the group of the cameras, with ``hosts``, ``vars``, and ``children`` as lists of their hosts.
    """
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "env").mkdir(parents=True)
    shutil.copytree(PROJECT, directory / "project")
    (directory / "inventory").mkdir()
    script = directory / "inventory" / "hosts"
    script.write_text(_INVENTORY.format(script=json.dumps(_inventory(axis, *launch.part))), encoding="utf-8")
    script.chmod(0o700)
    files: dict[str, Any] = {
        "extravars": {
            **json.loads(launch.template.get("extra_vars") or "{}"),
            **launch.artifacts,
            **launch.answers,
            "awx_job_id": launch.number,
            "awx_job_template_name": launch.template["name"],
            "awx_user_name": "operator",
        },
        "passwords": dict(credential.passwords),
        "envvars": {**credential.env, "JOB_ID": str(launch.number)},
        # AWX checks every five seconds whether a job was canceled, this every second.
        "settings": {"pexpect_timeout": 1},
    }
    for name, content in files.items():
        (directory / "env" / name).write_text(json.dumps(content), encoding="utf-8")
    arguments = [*credential.cmdline, "--forks", str(launch.template.get("forks") or 5)]
    if (launch.job_type or launch.template["job_type"]) == "check":
        arguments.append("--check")
    if launch.limit:
        arguments += ["--limit", launch.limit]
    if credential.extra_vars:
        secret = directory / "env" / "credential"
        secret.write_text(json.dumps(dict(credential.extra_vars)), encoding="utf-8")
        arguments += ["--extra-vars", f"@{secret}"]
    (directory / "env" / "cmdline").write_text(shlex.join(arguments), encoding="utf-8")
    return [
        *(sys.executable, "-m", "ansible_runner", "run", str(directory), "--ident", _IDENT),
        *("--playbook", launch.template["playbook"], "--inventory", str(script)),
    ]


def start(directory: Path, launch: Launch, axis: Mapping[str, Any], credential: Credential) -> subprocess.Popen[str]:
    """Start a job."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.Popen(
        command(directory, launch, axis, credential),
        env=environment(directory.parent / f"{directory.name}-home", {"PATH": path}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait(directory: Path, process: subprocess.Popen[str]) -> JobResult:
    """Wait for a job, and return its result."""
    output, _unused = process.communicate()
    left = directory / "artifacts" / _IDENT
    events = [json.loads(path.read_text(encoding="utf-8")) for path in left.glob("job_events/[0-9]*.json")]
    events.sort(key=lambda event: int(event["counter"]))
    artifacts = [event["event_data"].get("artifact_data") for event in events if event["event"] == "playbook_on_stats"]
    return JobResult(
        status=(left / "status").read_text(encoding="utf-8"),
        events=events,
        artifacts=(artifacts or [None])[-1] or {},
        output=output,
    )


def run(directory: Path, launch: Launch, axis: Mapping[str, Any], credential: Credential) -> JobResult:
    """Run a job, and return its result."""
    return wait(directory, start(directory, launch, axis, credential))


def _inventory(axis: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """Return what the inventory script of AWX prints for a slice; AWX orders hosts by name."""
    hosts = sorted(axis["hosts"])[number - 1 :: count]
    children = {name: [host for host in hosts if host in members] for name, members in axis["children"].items()}
    return {
        "_meta": {"hostvars": {host: axis["hosts"][host] for host in hosts}},
        "all": {"children": ["axis"]},
        "axis": {"hosts": hosts, "vars": axis["vars"], "children": list(children)},
        **{name: {"hosts": members} for name, members in children.items()},
    }
