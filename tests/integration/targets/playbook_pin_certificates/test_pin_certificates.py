# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that collects the fingerprints of a fleet into the inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.integration.conftest import Play
from tests.integration.role import extra
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

PIN = "camfleet.axis.pin_certificates"
#: what the fixture would pin by itself
UNPINNED: dict[str, Any] = {"axis_tls_fingerprint": None}


def pinned(path: Path) -> dict[str, str]:
    """The fingerprints in an inventory file."""
    hosts = yaml.safe_load(path.read_text(encoding="utf-8"))["all"]["hosts"]
    return {name: variables["axis_tls_fingerprint"] for name, variables in hosts.items()}


def outcomes(run: PlaybookRun) -> dict[str, str]:
    """How the last task of each host ended."""
    return {host: run.outcomes[task, host] for task, host in run.steps}


def test_a_fleet_is_pinned_and_then_held_to_its_pins(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    names = ["gate", "yard", "roof"]
    for name in names:
        fleet.add("camera_12_9", name, scheme="https").plant_group(recording_group_id="door", retention_time=720)
    path = tmp_path / "fingerprints.yml"
    arguments = extra(pin_certificates_file=str(path))
    # No login is needed, and none of the host's own is sent.
    without_login = {name: {**UNPINNED, "axis_username": None, "axis_password": None} for name in names}

    check = play(PIN, "--check", *arguments, hosts=without_login)
    assert (check.status, path.exists()) == (0, False), check.output
    first = play(PIN, *arguments, hosts=without_login)
    assert first.status == 0, first.output
    assert pinned(path) == {name: fleet.devices[name].certificate_sha256 for name in names}
    assert all(device.journal == [] for device in fleet.devices.values())
    again = play(PIN, *arguments, hosts=without_login)
    assert sum(host["changed"] for host in again.recap.values()) == 0, again.output

    task = {"name": "Look", "camfleet.axis.axis_recording_group_info": {"gather": ["recording_groups"]}}
    run = play([task], "--inventory", str(path), hosts=dict.fromkeys(names, UNPINNED))
    # The file is an inventory: what is in it makes the cameras trusted.
    assert run.status == 0, run.output


def test_another_certificate_is_not_pinned_unless_told(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard", "dark"):
        fleet.add("camera_12_9", name, scheme="https")
    fleet.devices["dark"].powered = False
    path = tmp_path / "fingerprints.yml"
    old = {"axis_tls_fingerprint": "AB:" * 31 + "AB"}
    path.write_text(yaml.safe_dump({"all": {"hosts": {"dark": old, "gone": old}}}), encoding="utf-8")
    arguments = extra(pin_certificates_file=str(path))

    run = play(PIN, *arguments, hosts={"gate": old, "yard": UNPINNED, "dark": old})
    assert run.status != 0
    assert outcomes(run)["gate"] == "failed"
    assert "or the connection is intercepted" in run.output
    assert outcomes(run)["dark"] == "unreachable"
    yard = fleet.devices["yard"].certificate_sha256
    # What was not reached, or is not in this run, keeps its pin.
    assert pinned(path) == {"yard": yard, **dict.fromkeys(("dark", "gone"), old["axis_tls_fingerprint"])}

    told = play(
        PIN,
        *extra(pin_certificates_file=str(path), pin_certificates_replace=True),
        "--limit",
        "gate",
        hosts={"gate": old},
    )
    assert told.status == 0, told.output
    assert pinned(path)["gate"] == fleet.devices["gate"].certificate_sha256
    assert pinned(path)["yard"] == yard


def test_without_a_file_nothing_is_asked(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "gate", scheme="https")
    for arguments in ((), extra(pin_certificates_file="here.yml")):
        run = play(PIN, *arguments)
        assert run.status != 0
        assert "pin_certificates_file=" in run.output
    assert device.connections == 0
