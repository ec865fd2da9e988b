# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the guide from a spreadsheet to a first audit, with the fleet and the files of the guide."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.playbook import CHECKOUT, environment

GUIDE = CHECKOUT / "docs" / "docsite" / "rst" / "first_audit.rst"
_BLOCK = re.compile(r"^\.\. example: (.+)\n\n\.\. code-block:: \S+\n\n((?:   .*\n|\n)+)", re.M)
_REPORT = re.compile(r"retention-audit-\S+(?=\.)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_SITES = ("harbour", "museum", "station")


def blocks(kind: str) -> list[str]:
    """Return the blocks of the guide of a kind: fleet, command, output, ``file <path>``, or ``result <path>``."""
    found = _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    return [textwrap.dedent(text).strip() + "\n" for name, text in found if name == kind]


def paths(kind: str) -> list[str]:
    """Return the paths of the blocks of a kind."""
    names = (name.split() for name, _unused in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")))
    return [parts[1] for parts in names if parts[0] == kind and len(parts) == 2]


def commands() -> list[str]:
    """Return the commands that the guide counts."""
    return [line.removeprefix("$ ") for block in blocks("command") for line in block.splitlines()]


@contextmanager
def running_fleet(home: Path) -> Iterator[None]:
    """Start the simulator with the arguments of ``make fleet`` in the guide, and stop it at the end."""
    (fleet,) = blocks("fleet")
    (arguments,) = re.findall(r'make fleet ARGS="(.*)"', fleet)
    words = [word.replace("~", str(home)) for word in shlex.split(arguments)]
    command = [sys.executable, "-m", "tests.simulator", *words]
    with subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True) as simulator:
        assert simulator.stderr is not None
        assert simulator.stderr.readline().startswith("300 simulated devices are running.")
        try:
            yield
        finally:
            simulator.terminate()
            simulator.communicate()


def run(command: str, directory: Path, variables: dict[str, str]) -> str:
    """Run a command of the guide in a shell, and return its output."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def comparable(text: str) -> list[str]:
    """Return the lines of an output, without what differs in each run."""
    return [_TIME.sub("<time>", _REPORT.sub("<report>", line)).rstrip() for line in text.splitlines()]


def find_missing(documented: str, output: str) -> list[str]:
    """Return the documented lines that an output does not have; at the end, ``…`` is the rest of a line, or lines."""
    lines = comparable(output)
    return [
        line
        for line in comparable(documented)
        if not any(other == line or (line.endswith("…") and other.startswith(line[:-1])) for other in lines)
    ]


def test_guide_leads_from_a_list_to_a_report(tmp_path: Path) -> None:
    directory = tmp_path / "cameras"
    for path in paths("file"):
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text("".join(blocks(f"file {path}")), encoding="utf-8")
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = environment(tmp_path, {"PATH": programs, "ANSIBLE_NOCOLOR": "true"})
    with running_fleet(tmp_path):
        outputs = [run(command, directory, variables) for command in commands()]
    assert len(outputs) == 5
    hosts = set(re.findall(rf"--((?:{'|'.join(_SITES)})-\d{{3}})$", outputs[0], re.M))
    assert len(hosts) == 300
    assert (directory / "draft" / "decisions.md").is_file()
    (report,) = (directory / "reports").glob("*.json")
    document = json.loads(report.read_text(encoding="utf-8"))
    assert {host["host"]: host["verdict"] for host in document["hosts"]} == dict.fromkeys(hosts, "compliant")
    assert len(list((directory / "reports").glob("*.html"))) == 1
    kept = {path.relative_to(directory / "draft") for path in (directory / "draft").rglob("retention_policy.yml")}
    assert kept
    assert kept <= {path.relative_to(directory / "inventory") for path in (directory / "inventory").rglob("*.yml")}
    everything = "".join(outputs).replace(str(tmp_path), "/home/user")
    assert find_missing("".join(blocks("output")), everything) == []
    for path in paths("result"):
        assert find_missing("".join(blocks(f"result {path}")), (directory / path).read_text(encoding="utf-8")) == []
