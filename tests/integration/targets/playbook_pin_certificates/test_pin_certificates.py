# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that collects the fingerprints of a fleet in the inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.integration.conftest import Play
from tests.integration.role import extra_vars
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

PIN = "camfleet.axis.pin_certificates"
#: the task that fails the hosts whose pin differs
FAIL = "Fail hosts whose certificate differs from the pin"
#: disables the pin that the fixture sets
UNPINNED: dict[str, Any] = {"axis_tls_fingerprint": None}


def read_pins(path: Path) -> dict[str, str]:
    """Return the fingerprints in an inventory file."""
    hosts = yaml.safe_load(path.read_text(encoding="utf-8"))["all"]["hosts"]
    return {name: variables["axis_tls_fingerprint"] for name, variables in hosts.items()}


def last_statuses(run: PlaybookRun) -> dict[str, str]:
    """Return the status of the last task of each host."""
    return {host: run.outcomes[task, host] for task, host in run.steps}


def test_pinned_fleet_is_trusted_by_its_pins(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    names = ["gate", "yard", "roof"]
    for name in names:
        fleet.add("camera_12_9", name, scheme="https").plant_group(recording_group_id="door", retention_time=720)
    path = tmp_path / "fingerprints.yml"
    arguments = extra_vars(pin_certificates_file=str(path))
    # The playbook needs no login, and sends none.
    without_login = {name: {**UNPINNED, "axis_username": None, "axis_password": None} for name in names}

    checked = play(PIN, "--check", *arguments, hosts=without_login)
    assert (checked.status, path.exists()) == (0, False), checked.output
    first = play(PIN, *arguments, hosts=without_login)
    assert first.status == 0, first.output
    assert read_pins(path) == {name: fleet.devices[name].certificate_sha256 for name in names}
    assert all(device.journal == [] for device in fleet.devices.values())
    again = play(PIN, *arguments, hosts=without_login)
    assert sum(host["changed"] for host in again.recap.values()) == 0, again.output

    task = {"name": "Read", "camfleet.axis.axis_recording_group_info": {"gather": ["recording_groups"]}}
    run = play([task], "--inventory", str(path), hosts=dict.fromkeys(names, UNPINNED))
    # The file is an inventory, and its pins make the cameras trusted.
    assert run.status == 0, run.output


def test_changed_certificate_is_pinned_only_if_requested(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard", "dark"):
        fleet.add("camera_12_9", name, scheme="https")
    fleet.devices["dark"].powered = False
    path = tmp_path / "fingerprints.yml"
    old = {"axis_tls_fingerprint": "AB:" * 31 + "AB"}
    path.write_text(yaml.safe_dump({"all": {"hosts": {"dark": old, "gone": old}}}), encoding="utf-8")
    arguments = extra_vars(pin_certificates_file=str(path))

    run = play(PIN, *arguments, hosts={"gate": old, "yard": UNPINNED, "dark": old})
    assert run.status != 0
    assert run.outcomes[FAIL, "gate"] == "failed"
    assert "or the connection is intercepted" in run.output
    assert last_statuses(run)["dark"] == "unreachable"
    yard = fleet.devices["yard"].certificate_sha256
    # An unreachable host, or one that is not in this run, keeps its pin.
    assert read_pins(path) == {"yard": yard, **dict.fromkeys(("dark", "gone"), old["axis_tls_fingerprint"])}

    replaced = play(
        PIN,
        *extra_vars(pin_certificates_file=str(path), pin_certificates_replace=True),
        "--limit",
        "gate",
        hosts={"gate": old},
    )
    assert replaced.status == 0, replaced.output
    assert read_pins(path)["gate"] == fleet.devices["gate"].certificate_sha256
    assert read_pins(path)["yard"] == yard


def test_without_a_file_no_request_is_sent(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "gate", scheme="https")
    for arguments in ((), extra_vars(pin_certificates_file="here.yml")):
        run = play(PIN, *arguments)
        assert run.status != 0
        assert "pin_certificates_file=" in run.output
    assert device.connections == 0
