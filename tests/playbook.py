# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-playbook with the collection in this checkout, without the user's own configuration.

Tests and demo share it, so that both run what a user runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.preloaded import Preloaded

CHECKOUT = Path(__file__).resolve().parent.parent
_RESULTS = "results.jsonl"
_SETTINGS = ("ANSIBLE_", "AXIS_", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "REQUESTS_CA_BUNDLE")

#: What starts playbooks with ``pytest --preload``.
preloaded: Preloaded | None = None
#: What the name of a task gets for the results of all hosts that it checked.
EACH_HOST = ", each host"


@dataclass(frozen=True)
class PlaybookRun:
    """The result of a run: exit status, output, and each task result and its outcome by task name and host.

    An outcome is ``ok``, ``failed``, ``unreachable``, or ``skipped``. ``steps`` lists task and host of every result
    in order, ``recap`` the counters by host, and ``stats`` the data of ``set_stats``. If one task checks all hosts,
    the result of each host follows as if a task with the name and ``EACH_HOST`` had run on it.
    """

    status: int
    output: str
    results: Mapping[tuple[str, str], dict[str, Any]]
    outcomes: Mapping[tuple[str, str], str]
    steps: Sequence[tuple[str, str]] = ()
    recap: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stats: Mapping[str, Any] = field(default_factory=dict)


def environment(scratch: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a run: the caller's, without settings of Ansible, this collection, or a proxy.

    :param scratch: directory for Ansible's files.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    # Compiling the collection takes a tenth of a short run.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(CHECKOUT / ".cache" / "bytecode"),
        "ANSIBLE_CONFIG": str(CHECKOUT / "tests" / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".venv" / "collections"),
        "ANSIBLE_HOME": str(scratch),
        "ANSIBLE_REMOTE_TEMP": str(scratch / "tmp"),
        **(extra or {}),
    }


def environment_with_results(scratch: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a run that also writes its results to a file."""
    settings = {
        "ANSIBLE_CALLBACK_PLUGINS": str(CHECKOUT / "tests" / "integration" / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "results",
        "ANSIBLE_FORCE_COLOR": "false",
        "CAMFLEET_RESULTS": str(scratch / _RESULTS),
        **(extra or {}),
    }
    return environment(scratch, settings)


def command(playbook: Path | str, inventory: Path, *arguments: str) -> list[str]:
    """Return the command of a run, with this interpreter; name a playbook of a collection by its full name."""
    return [sys.executable, "-m", "ansible", "playbook", "--inventory", str(inventory), *arguments, str(playbook)]


def run_ansible(arguments: list[str], scratch: Path) -> None:
    """Run another Ansible command, such as ``["vault", …]``, which must succeed."""
    subprocess.run([sys.executable, "-m", "ansible", *arguments], env=environment(scratch), check=True)


def run_playbook(
    playbook: Path | str, inventory: Path, scratch: Path, *arguments: str, extra: Mapping[str, str] | None = None
) -> PlaybookRun:
    """Run a playbook and collect its results; the results of a loop are a list of its items."""
    results = scratch / _RESULTS
    results.unlink(missing_ok=True)
    status, output = _run(command(playbook, inventory, *arguments), environment_with_results(scratch, extra))
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    lines_read = [json.loads(line) for line in lines]
    tasks = [every for item in lines_read if "task" in item for every in (item, *_split_audit(item))]
    end: dict[str, Any] = next((item for item in lines_read if "recap" in item), {"recap": {}, "stats": {}})
    return PlaybookRun(
        status,
        output,
        results={(item["task"], item["host"]): item["result"] for item in tasks},
        outcomes={(item["task"], item["host"]): item["outcome"] for item in tasks},
        steps=[(item["task"], item["host"]) for item in tasks],
        recap=end["recap"],
        stats=end["stats"],
    )


def _run(arguments: list[str], variables: Mapping[str, str]) -> tuple[int, str]:
    """Run a command, and return its status and output."""
    done = preloaded.run(arguments[3:], variables) if preloaded is not None else None
    if done is not None:
        return done
    process = subprocess.run(
        arguments,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return process.returncode, process.stdout


def _split_audit(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the result of each host, if a task checked all hosts."""
    found = item["result"].get("results")
    for host, result in found.items() if isinstance(found, dict) else ():
        outcome = next((name for name in ("unreachable", "failed") if result.get(name)), "ok")
        yield {"task": item["task"] + EACH_HOST, "host": host, "result": result, "outcome": outcome}
