# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick start of the README, followed by a user of the artifact, with two simulated cameras at other addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration import guide
from tests.integration.guide import follow, steps
from tests.playbook import CHECKOUT
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.simulator.models import Account

README = CHECKOUT / "README.md"


def test_quick_start_changes_only_what_it_shows(
    installed: Path, fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written before the last command, and then only the retention time of the second camera."""
    for name, hours in (("entrance-1", 720), ("entrance-2", 240)):
        device = fleet.add("camera_12_9", name, scheme="https")
        device.plant_group(recording_group_id="entrance", retention_time=hours, disk_id="SD_DISK")
        device.accounts["retention"] = Account("example", "operator")
    # Only the ports differ from what the README says, and the address.
    directory = tmp_path / "cameras" / "inventory"
    directory.mkdir(parents=True)
    (directory / "simulated.yml").write_text(fleet.hosts(), encoding="utf-8")
    before: list[dict[str, int]] = []
    requests: list[int] = []
    run = guide.Terminal.run

    def count_and_run(terminal: guide.Terminal, commands: str, status: int = 0) -> str:
        before.append({name: len(device.writes) for name, device in fleet.devices.items()})
        requests.append(sum(len(device.journal) for device in fleet.devices.values()))
        return run(terminal, commands, status)

    monkeypatch.setattr(guide.Terminal, "run", count_and_run)
    terminal = follow(README, tmp_path, {"ANSIBLE_COLLECTIONS_PATH": str(installed)})

    _editor, _vault, pins, audit, predicted, rolled_out = range(len(before))
    assert requests[pins] == requests[audit] == 0, "pinning sends no request"
    assert requests[predicted] > 0
    assert before[rolled_out] == {"entrance-1": 0, "entrance-2": 0}
    assert _write_count(fleet) == {"entrance-1": 0, "entrance-2": 1}
    assert {device.groups["entrance"].retention_time for device in fleet.devices.values()} == {720}
    assert {entry.user for device in fleet.devices.values() for entry in device.journal if entry.user} == {"retention"}
    # The login is encrypted, and every connection is verified with a pin.
    assert (terminal.directory / "inventory" / "group_vars" / "axis" / "vault.yml").read_text().startswith("$ANSIBLE_")
    pinned = (terminal.directory / "inventory" / "tls_fingerprints.yml").read_text(encoding="utf-8")
    assert all(_fingerprint(device) in pinned.lower().replace(":", "") for device in fleet.devices.values())
    (report,) = (terminal.directory / "reports").glob("*.json")
    hosts = json.loads(report.read_text(encoding="utf-8"))["hosts"]
    assert [(host["host"], host["verdict"]) for host in hosts] == [
        ("entrance-1", "compliant"),
        ("entrance-2", "drifted"),
    ]


def _write_count(fleet: Fleet) -> dict[str, int]:
    return {name: len(device.writes) for name, device in fleet.devices.items()}


def _fingerprint(device: Device) -> str:
    return device.certificate_sha256.lower().replace(":", "")


def test_quick_start_is_secure() -> None:
    text = README.read_text(encoding="utf-8")
    assert "validate_certs" not in text
    commands = [step.text for step in steps(README) if step.kind == "command"]
    first = next(number for number, command in enumerate(commands) if "pin_certificates" in command)
    assert all(number > first for number, command in enumerate(commands) if "audit" in command or "roll_out" in command)
