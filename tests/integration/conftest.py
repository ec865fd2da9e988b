# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the integration tests: a simulated fleet, and plays that ansible-playbook runs on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests import journals
from tests.playbook import CHECKOUT, PlaybookRun, run_ansible, run_playbook
from tests.simulator import Fleet


@pytest.fixture
def fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    """Yield an empty fleet."""
    with Fleet() as running:
        yield running
        if directory := request.config.getoption("--journals"):
            journals.write(running, directory, request.node.nodeid)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the artifact, install it into an empty path, and return the path."""
    place = tmp_path_factory.mktemp("artifact")
    run_ansible(["galaxy", "collection", "build", "--output-path", str(place), str(CHECKOUT)], place)
    (artifact,) = place.glob("camfleet-axis-*.tar.gz")
    path = place / "collections"
    # --force, since Ansible regards the collection in this checkout as installed.
    run_ansible(["galaxy", "collection", "install", "--offline", "--force", "-p", str(path), str(artifact)], place)
    return path


class Play(Protocol):
    """A function that runs a playbook, or the tasks of a play, on the fleet."""

    def __call__(
        self,
        what: Path | str | list[dict[str, Any]],
        *arguments: str,
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        groups: Mapping[str, Mapping[str, Any]] | None = None,
        keywords: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> PlaybookRun:
        """Run the playbook."""


@pytest.fixture
def play(fleet: Fleet, tmp_path: Path) -> Play:
    """Return a function that runs ansible-playbook.

    ``what`` is a playbook, the name of one in a collection, or a list of tasks for all hosts. ``hosts`` adds variables
    to hosts of the fleet, or hosts. ``groups`` adds groups with ``hosts`` and ``vars``, or variables to the group axis.
    ``keywords`` are keywords of the play. The files are JSON, which is valid YAML.
    """

    def run(
        what: Path | str | list[dict[str, Any]],
        *arguments: str,
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        groups: Mapping[str, Mapping[str, Any]] | None = None,
        keywords: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> PlaybookRun:
        inventory = tmp_path / "inventory.json"
        inventory.write_text(json.dumps(_inventory(fleet, hosts or {}, groups or {})), encoding="utf-8")
        playbook = tmp_path / "play.yml" if isinstance(what, list) else what
        if isinstance(what, list):
            whole = {"name": "Play", "hosts": "axis", "gather_facts": False, **(keywords or {}), "tasks": what}
            (tmp_path / "play.yml").write_text(json.dumps([whole]), encoding="utf-8")
        return run_playbook(playbook, inventory, tmp_path, *arguments, extra=environment)

    return run


def _inventory(
    fleet: Fleet, hosts: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    axis: dict[str, dict[str, Any]] = {}
    for device in fleet.devices.values():
        encrypted = device.port == 0
        axis[device.name] = {
            "ansible_host": device.host,
            "axis_port": device.tls_port if encrypted else device.port,
            "axis_protocol": "https" if encrypted else "http",
            "axis_username": "operator",
            "axis_password": "operator-pass",
        }
        if encrypted:
            axis[device.name]["axis_tls_fingerprint"] = device.certificate_sha256
    others: dict[str, dict[str, Any]] = {}
    for name, variables in hosts.items():
        (axis if name in axis else others).setdefault(name, {}).update(variables)
    children: dict[str, dict[str, Any]] = {"axis": {"hosts": axis}, "others": {"hosts": others}}
    for name, group in groups.items():
        members = {host: {} for host in group.get("hosts", ())}
        child = children.setdefault(name, {"hosts": {}})
        child["hosts"] = {**members, **child["hosts"]}
        child["vars"] = dict(group.get("vars", {}))
    return {"all": {"children": children}}
