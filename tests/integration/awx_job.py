# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job as AWX passes it to ansible-runner: a private data directory with project, inventory, and the input of the job.

AWX 24.6.1 does so in ``awx/main/tasks/jobs.py:RunJob``. Citations are of files and functions below ``awx/main/``.
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

import yaml

from tests.integration.controller.meta import meta_variables
from tests.playbook import CHECKOUT, environment

PROJECT = CHECKOUT / "docs" / "examples" / "awx_project"
_INVENTORY = "#!/usr/bin/env python3\nprint({script!r})\n"
_IDENT = "1"
#: All settings of AWX that begin with ANSIBLE_ (``settings/defaults.py``, ``tasks/jobs.py:BaseTask.build_env``).
_SETTINGS = {
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_PARAMIKO_RECORD_HOST_KEYS": "False",
    "ANSIBLE_FORCE_COLOR": "True",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
}


@dataclass(frozen=True)
class Credential:
    """What AWX adds to a job for its credentials.

    :param user: the user of a Machine credential. Without one, AWX passes ``-u root``.
    """

    user: str = ""
    passwords: Mapping[str, str] = field(default_factory=dict)
    extra_vars: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Launch:
    """One launch of a job template.

    :param template: the job template in the form of the AWX API.
    :param answers: the answers to the survey, and valid defaults.
    :param artifacts: the artifacts of earlier workflow nodes, which override them (``models/workflow.py``).
    :param part: the number of the slice, and the number of slices.
    :param job_type: the job type, for a template that prompts for it.
    :param meta: the variables that AWX adds; by default those of a job that the user operator launched.
    :param project: the directory of the project.
    """

    template: Mapping[str, Any]
    answers: Mapping[str, Any] = field(default_factory=dict)
    artifacts: Mapping[str, Any] = field(default_factory=dict)
    limit: str = ""
    part: tuple[int, int] = (1, 1)
    number: int = 4711
    job_type: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    project: Path = PROJECT

    @property
    def extra_vars(self) -> dict[str, Any]:
        """Return the extra variables, those that AWX adds last (``tasks/jobs.py:RunJob.build_extra_vars_file``)."""
        meta = self.meta or meta_variables(self.number, self.template, user=(1, "operator"))
        return {**json.loads(self.template.get("extra_vars") or "{}"), **self.answers, **self.artifacts, **meta}


class _UnsafeDumper(yaml.SafeDumper):
    """Write every text, also each key, as unsafe (``utils/safe_yaml.py:SafeStringDumper``)."""

    def represent_data(self, data: Any) -> yaml.Node:
        """Return a scalar with the tag for each text."""
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


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
    shutil.copytree(launch.project, directory / "project")
    (directory / "inventory").mkdir()
    script = directory / "inventory" / "hosts"
    script.write_text(_INVENTORY.format(script=json.dumps(_inventory(axis, *launch.part))), encoding="utf-8")
    script.chmod(0o700)
    settings = {**_SETTINGS, **credential.env, "JOB_ID": str(launch.number), "AWX_PRIVATE_DATA_DIR": str(directory)}
    files = {
        "extravars": write_extra_vars(launch),
        "passwords": json.dumps(dict(credential.passwords)),
        "envvars": json.dumps(settings),
        # AWX checks every five seconds whether a job was canceled, this every second.
        "settings": json.dumps({"pexpect_timeout": 1}),
        "cmdline": shlex.join(_arguments(directory, launch, credential)),
    }
    for name, content in files.items():
        (directory / "env" / name).write_text(content, encoding="utf-8")
    return [
        *(sys.executable, "-m", "ansible_runner", "run", str(directory), "--ident", _IDENT),
        *("--playbook", launch.template["playbook"], "--inventory", str(script)),
    ]


def write_extra_vars(launch: Launch) -> str:
    """Return the extra variables as YAML: unsafe, except what equals the template's own.

    Source: ``utils/safe_yaml.py:safe_dump`` with the default of ALLOW_JINJA_IN_EXTRA_VARS, template.
    """
    own = json.loads(launch.template.get("extra_vars") or "{}")
    parts = []
    for name, value in launch.extra_vars.items():
        safe = name in own and own[name] == value
        dumper = yaml.SafeDumper if safe else _UnsafeDumper
        parts.append(yaml.dump({name: value}, Dumper=dumper, default_flow_style=False))
    return "".join(parts)


def _arguments(directory: Path, launch: Launch, credential: Credential) -> list[str]:
    """Return the arguments in AWX's order (``tasks/jobs.py:RunJob.build_args``), and a custom credential's file."""
    arguments = ["--check"] if (launch.job_type or launch.template["job_type"]) == "check" else []
    arguments += ["-u", credential.user or "root"]
    if "SSH password:" in credential.passwords:
        arguments.append("--ask-pass")
    if "Vault password:" in credential.passwords:
        arguments.append("--ask-vault-pass")
    if launch.template.get("forks"):
        arguments.append(f"--forks={launch.template['forks']}")
    if launch.limit:
        arguments += ["-l", launch.limit]
    if credential.extra_vars:
        secret = directory / "env" / "tmpcredential"
        secret.write_text(yaml.dump(dict(credential.extra_vars), Dumper=_UnsafeDumper), encoding="utf-8")
        arguments += ["-e", f"@{secret}"]
    return arguments


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
    """Return what the inventory script of AWX prints for a slice: every n-th host, ordered by name.

    A group without hosts, children, or variables in the slice is only a name (``models/inventory.py:get_script_data``).
    """
    hosts = sorted(axis["hosts"])[number - 1 :: count]
    children = {name: [host for host in hosts if host in members] for name, members in axis["children"].items()}
    groups = {
        "axis": {"hosts": hosts, "vars": axis["vars"], "children": list(children)},
        **{name: {"hosts": members} for name, members in children.items()},
    }
    return {
        "_meta": {"hostvars": {host: {**axis["hosts"][host], **_remote(axis, host)} for host in hosts}},
        "all": {"hosts": [], "children": list(groups)},
        **{name: found for name, group in groups.items() if (found := {k: v for k, v in group.items() if v})},
    }


def _remote(axis: Mapping[str, Any], host: str) -> dict[str, Any]:
    """Return the variables that AWX adds to each host."""
    number = sorted(axis["hosts"]).index(host) + 1
    return {
        f"remote_{name}_{key}": value
        for name in ("host", "tower")
        for key, value in (("enabled", "true"), ("id", number))
    }
