# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-inventory on inventory files that a test writes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.playbook import environment

HEADER = "name,address,serial,model,firmware,site,groups"


@dataclass(frozen=True)
class Listing:
    """What ansible-inventory printed.

    :param warnings: the error output, whose lines ansible-core before 2.19 wraps.
    """

    status: int
    content: dict[str, Any]
    warnings: str

    @property
    def hosts(self) -> dict[str, dict[str, Any]]:
        """Return the variables of each host."""
        hosts: dict[str, dict[str, Any]] = self.content.get("_meta", {}).get("hostvars", {})
        return hosts

    def warns(self, text: str) -> bool:
        """Return whether the warnings have a text, however its lines are wrapped."""
        return squeeze(text) in squeeze(self.warnings)

    def members(self, group: str) -> list[str]:
        """Return the hosts that a group itself has."""
        return sorted(self.content.get(group, {}).get("hosts", []))


def squeeze(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def write_inventory(directory: Path, options: Mapping[str, Any], name: str = "cameras.axis.yml") -> Path:
    """Write an inventory file into the directory ``inventory``, beside which tables are, and return its path."""
    path = directory / "inventory" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"plugin": "camfleet.axis.cameras", **options}), encoding="utf-8")
    return path


def write_table(directory: Path, *rows: str, header: str = HEADER, name: str = "cameras.csv") -> None:
    """Write a table."""
    (directory / name).write_text("\n".join((header, *rows, "")), encoding="utf-8")


def run(directory: Path, *arguments: str, extra: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run an Ansible command."""
    settings = {"ANSIBLE_FORCE_COLOR": "false", **(extra or {})}
    command = [sys.executable, "-m", "ansible", *arguments]
    return subprocess.run(
        command, env=environment(directory, settings), capture_output=True, text=True, encoding="utf-8", check=False
    )


def list_inventory(directory: Path, *sources: Path, extra: Mapping[str, str] | None = None) -> Listing:
    """Return what ansible-inventory prints."""
    options = [option for source in sources for option in ("--inventory", str(source))]
    done = run(directory, "inventory", *options, "--list", extra=extra)
    return Listing(done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr)


def list_cameras(directory: Path, *rows: str, header: str = HEADER, **options: Any) -> Listing:
    """Return the inventory of a table."""
    write_table(directory, *rows, header=header)
    return list_inventory(directory, write_inventory(directory, {"files": ["../cameras.csv"], **options}))


def describe(*problems: str) -> str:
    """Return what the message of the only inventory file says of its problems, without white space."""
    return squeeze(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}: {' '.join(problems)}")


def find_problems(listing: Listing) -> str:
    """Return what the message of the only inventory file says of its problems, without white space.

    There are no hosts.
    """
    assert listing.hosts == {}
    text = squeeze(listing.warnings).partition(squeeze("adds no host, because of"))[2]
    return text.partition(squeeze("Ansible continues without these hosts."))[0]
