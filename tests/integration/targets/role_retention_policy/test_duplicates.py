# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One device under two inventory names: neither name counts as verified, and neither may write."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    OUTCOME,
    POLICY,
    REPORT,
    ROLL_OUT,
    add_cameras,
    authenticated_calls,
    contacted,
    extra_vars,
    retention,
    summary,
    summary_text,
)
from tests.playbook import PlaybookRun
from tests.simulator import Fleet
from tests.simulator.device import Device

ROLE: list[dict[str, Any]] = [{"ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy"}}]
ALLOWED = {**POLICY, "retention_policy_allow_recording_loss": True}
HOLD = {"recording_group_id": "door", "reason": "Case", "owner": "legal@example.com", "until": "2999-12-31"}
LOGIN = {"axis_username": "operator", "axis_password": "operator-pass"}


def address_of(device: Device) -> dict[str, Any]:
    """Return the variables of a host with the address of a device."""
    return {"axis_host": device.host, "axis_port": device.port, "axis_protocol": "http", **LOGIN}


def run_with(play: Play, what: Any, hosts: dict[str, dict[str, Any]], *arguments: str, **variables: Any) -> PlaybookRun:
    """Run a playbook, or the role, on the fleet and on more hosts, without a limit of failures."""
    groups = {"axis": {"vars": ALLOWED}, "others": {"vars": ALLOWED}}
    given = {"retention_policy_hosts": "axis:others", "retention_policy_max_fail_percentage": 100, **variables}
    keywords = {"hosts": "axis:others"} if isinstance(what, list) else None
    return play(what, *arguments, *extra_vars(**given), hosts=hosts, groups=groups, keywords=keywords)


@pytest.mark.parametrize(
    "what", [pytest.param(AUDIT, marks=pytest.mark.long), ROLL_OUT, ROLE], ids=["audit", "roll_out", "role"]
)
@pytest.mark.fault("device listed twice, with the same address")
def test_two_names_of_one_address_receive_nothing(play: Play, fleet: Fleet, what: Any) -> None:
    add_cameras(fleet, "gate", "hall", retention_time=1000)
    gate = fleet.devices["gate"]
    other_form = {
        "axis_host": "{{ address }}",
        "address": "127.1",
        "axis_port": "{{ number }}",
        "number": str(gate.port),
    }
    run = run_with(play, what, {"gate-2": {**address_of(gate), **other_form}})
    assert run.status != 0
    assert contacted(fleet) == ["hall"]
    assert retention(fleet) == {"gate": 1000, "hall": 1000 if what == AUDIT else 720}
    data = summary(run)
    assert data["unverified"] == ["gate", "gate-2"]
    assert data["reasons"]["gate"].startswith("duplicate_device: ")
    assert "Retry" not in summary_text(run)
    for name, other in (("gate", "gate-2"), ("gate-2", "gate")):
        assert run.outcomes[OUTCOME, name] == "failed"
        result = run.results[OUTCOME, name]
        assert result["error"]["kind"] == "duplicate_device"
        assert result["msg"].startswith(f"{name} (127.")
        assert f"{other} has the same address or serial number" in result["msg"]
        assert "--limit" in result["msg"]
    assert run.recap["hall"]["failures"] == 0


@pytest.fixture
def two_addresses(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Add a device that is host gate by HTTP, and return host gate-2 with another address: the same device by HTTPS."""
    gate = fleet.add("camera_12_9", "gate", scheme="both")
    gate.plant_group(recording_group_id="door", retention_time=1000)
    gate.plant_recordings("door", 20)
    add_cameras(fleet, "hall", retention_time=1000)
    pin = {"axis_tls_fingerprint": gate.certificate_sha256}
    return {"gate-2": {"axis_host": gate.host, "axis_port": gate.tls_port, **pin, **LOGIN}}


@pytest.mark.fault("device listed twice, with different addresses")
def test_two_addresses_of_one_device_receive_no_write(play: Play, fleet: Fleet, two_addresses: Any) -> None:
    run = run_with(play, ROLL_OUT, two_addresses)
    assert run.status != 0
    assert retention(fleet) == {"gate": 1000, "hall": 720}
    assert fleet.devices["gate"].writes == []
    assert summary(run)["unverified"] == ["gate", "gate-2"]
    assert {run.results[OUTCOME, name]["error"]["kind"] for name in ("gate", "gate-2")} == {"duplicate_device"}


@pytest.mark.parametrize("compliant", [True, pytest.param(False, marks=pytest.mark.long)])
def test_audit_does_not_verify_a_device_with_two_addresses(
    play: Play, fleet: Fleet, two_addresses: Any, tmp_path: Path, compliant: bool
) -> None:
    gate = fleet.devices["gate"]
    gate.change_group(gate.groups["door"], retention_time=720 if compliant else 1000)
    run = run_with(play, AUDIT, two_addresses, retention_policy_report_dir=str(tmp_path / "report"))
    assert run.status != 0
    assert summary(run)["unverified"] == ["gate", "gate-2"]
    assert run.results[REPORT, "gate"]["duplicates"] == {"gate": ["gate-2"], "gate-2": ["gate"]}
    assert gate.serial in run.results[OUTCOME, "gate"]["msg"]
    assert f"gate has the same serial number ({gate.serial})" in run.results[OUTCOME, "gate-2"]["msg"]
    (path,) = (tmp_path / "report").glob("*.json")
    hosts = {host["host"]: host for host in json.loads(path.read_text(encoding="utf-8"))["hosts"]}
    assert hosts["gate"]["verdict"] == "unverified"
    assert hosts["gate"]["error"]["kind"] == "duplicate_device"
    assert run.recap["hall"]["failures"] == 0


@pytest.mark.long
def test_duplicates_in_different_waves_receive_no_write(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "gate", "hall", retention_time=24)
    hosts = {"gate-2": address_of(fleet.devices["gate"])}
    run = run_with(play, ROLL_OUT, hosts, retention_policy_waves=[1])
    assert run.status != 0
    assert contacted(fleet) == ["hall"]
    assert retention(fleet) == {"gate": 24, "hall": 720}


@pytest.mark.fault("device listed twice, and --limit to one of the names")
@pytest.mark.parametrize(
    "what",
    [
        pytest.param(AUDIT, id="audit", marks=pytest.mark.long),
        pytest.param(ROLL_OUT, id="roll_out"),
        pytest.param(ROLE, id="role", marks=pytest.mark.long),
    ],
)
def test_limit_to_one_of_the_names_sends_nothing(play: Play, fleet: Fleet, what: Any) -> None:
    add_cameras(fleet, "gate", "hall", retention_time=1000)
    hosts = {"gate-2": address_of(fleet.devices["gate"])}
    run = run_with(play, what, hosts, "--limit", "!gate")
    assert run.status != 0
    assert contacted(fleet) == ["hall"]
    assert retention(fleet) == {"gate": 1000, "hall": 1000 if what == AUDIT else 720}
    assert summary(run)["unverified"] == ["gate-2"]
    result = run.results[OUTCOME, "gate-2"]
    assert result["error"]["kind"] == "duplicate_device"
    assert "move their holds to the one that remains. --limit does not help" in result["msg"]


@pytest.mark.fault("device listed twice, and a pattern with one of the names")
@pytest.mark.parametrize(
    "holds", [{"axis_holds_gate": [HOLD]}, pytest.param({"axis_holds": [HOLD]}, marks=pytest.mark.long)]
)
def test_holds_of_a_host_outside_the_pattern_are_in_force(play: Play, fleet: Fleet, holds: dict[str, Any]) -> None:
    add_cameras(fleet, "gate", retention_time=1000)
    hosts = {"gate": holds, "gate-2": address_of(fleet.devices["gate"])}
    run = run_with(play, ROLL_OUT, hosts, retention_policy_hosts="others")
    assert summary(run)["held"] == ["gate-2"], run.output
    assert retention(fleet) == {"gate": 1000}
    assert fleet.devices["gate"].writes == []


@pytest.mark.long
def test_ports_behind_one_address_are_several_devices(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "gate", "hall", retention_time=24)
    assert fleet.devices["gate"].host == fleet.devices["hall"].host
    run = play(ROLL_OUT, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert retention(fleet) == {"gate": 720, "hall": 720}


def test_extra_variable_cannot_hide_duplicates(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "gate")
    hidden = extra_vars(retention_policy_duplicates={}, retention_policy_serials={})
    run = play(AUDIT, *hidden, groups={"axis": {"vars": POLICY}})
    assert run.status != 0
    assert "retention_policy_duplicates is an extra variable" in run.output
    assert "retention_policy_serials is an extra variable" in run.output
    assert contacted(fleet) == []


@pytest.mark.parametrize("scheme", ["http", pytest.param("https", marks=pytest.mark.long)])
def test_other_serial_than_axis_serial_is_unverified(play: Play, fleet: Fleet, scheme: str) -> None:
    gate = fleet.add("camera_12_9", "gate", scheme=scheme)
    gate.plant_group(recording_group_id="door", retention_time=24)
    hall = fleet.add("camera_12_9", "hall", scheme=scheme)
    hall.plant_group(recording_group_id="door", retention_time=24)
    spelled = "-".join(textwrap.wrap(hall.serial.lower(), 2))
    hosts = {"gate": {"axis_serial": hall.serial}, "hall": {"axis_serial": spelled}}
    run = run_with(play, ROLL_OUT, hosts)
    assert run.status != 0
    assert retention(fleet) == {"gate": 24, "hall": 720}
    assert {entry.authorization for entry in gate.journal} == {None}
    message = run.results[OUTCOME, "gate"]["msg"]
    assert f"serial number {gate.serial}, and axis_serial is {hall.serial}" in message
    assert summary(run)["unverified"] == ["gate"]


def test_role_without_a_check_writes_under_one_name_only(play: Play, fleet: Fleet, two_addresses: Any) -> None:
    run = run_with(play, ROLE, two_addresses)
    assert run.status != 0
    assert len(fleet.devices["gate"].writes) == 1
    # The one that was not written to is critical, and so listed first.
    assert sorted(summary(run)["unverified"]) == ["gate", "gate-2"]
    kinds = [run.results[OUTCOME, name]["error"]["kind"] for name in ("gate", "gate-2")]
    assert kinds == ["duplicate_device"] * 2


@pytest.fixture
def replaced(fleet: Fleet) -> Device:
    """Add cameras, of which hall is replaced after the first write to gate, and return the device that replaces it."""
    add_cameras(fleet, "gate", "hall", "spare", retention_time=1000)
    gate, hall, spare = fleet.devices.values()

    def replace_hall(_gate: Device) -> None:
        hall.network = "up"
        hall.replace_by(spare)

    gate.plant_fault("callback", call="recording_group/update", run=replace_hall, when="after")
    return spare


def roll_out_in_two_waves(play: Play) -> PlaybookRun:
    """Run the roll-out on gate, and then on hall."""
    return run_with(play, ROLL_OUT, {}, retention_policy_waves=[1], retention_policy_hosts="gate:hall")


@pytest.mark.fault("device replaced between the check of a roll-out and its wave")
def test_device_replaced_after_the_check_receives_nothing(play: Play, fleet: Fleet, replaced: Device) -> None:
    run = roll_out_in_two_waves(play)
    assert run.status != 0
    assert retention(fleet) == {"gate": 720, "hall": 1000, "spare": 1000}
    assert replaced.lost_recordings == []
    assert {entry.authorization for entry in replaced.journal} == {None}
    result = run.results[OUTCOME, "hall"]
    assert result["error"]["kind"] == "conflict"
    assert f"has the serial number {replaced.serial}" in result["msg"]
    assert f"was checked before the first write has the serial number {fleet.devices['hall'].serial}" in result["msg"]
    assert "Run again" in result["msg"]
    assert "axis_serial" not in result["msg"]
    assert summary(run)["unverified"] == ["hall"]
    assert run.recap["gate"]["failures"] == 0


def test_camera_that_did_not_respond_to_the_check_receives_nothing(play: Play, fleet: Fleet, replaced: Device) -> None:
    fleet.devices["hall"].network = "reset"
    run = roll_out_in_two_waves(play)
    assert run.status == 4, run.output
    assert summary(run)["unverified"] == ["hall"]
    assert retention(fleet) == {"gate": 720, "hall": 1000, "spare": 1000}
    assert replaced.journal == []


def test_camera_replaced_after_its_write_fails(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "hall", retention_time=1000)
    add_cameras(fleet, "spare")
    hall, spare = fleet.devices.values()
    hall.plant_fault(
        "callback",
        call="recording_group/list",
        skip=2,
        run=lambda _hall: hall.replace_by(spare, keep_connections=True),
        when="after",
    )
    run = run_with(play, ROLL_OUT, {}, retention_policy_hosts="hall")
    assert run.status == 2, run.output
    assert retention(fleet)["hall"] == 720
    assert run.results[OUTCOME, "hall"]["error"]["kind"] == "conflict"
    assert summary(run)["unverified"] == ["hall"]
    assert {entry.authorization for entry in spare.journal} == {None}


def test_serials_of_the_check_do_not_count_in_the_next_playbook(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "hall", retention_time=1000)
    add_cameras(fleet, "spare")
    hall, spare = fleet.devices.values()
    # The last request of the roll-out: both checks read once, and the wave reads before and after the write.
    hall.plant_fault(
        "callback",
        call="recording_group/list",
        skip=3,
        run=lambda _hall: hall.replace_by(spare, keep_connections=True),
        when="after",
    )
    both = tmp_path / "both.yml"
    both.write_text(json.dumps([{"import_playbook": name} for name in (ROLL_OUT, AUDIT)]), encoding="utf-8")
    run = run_with(play, both, {}, retention_policy_hosts="hall")
    assert run.status == 0, run.output
    assert retention(fleet)["hall"] == 720
    assert authenticated_calls(fleet, "spare") == ["recording_group/list"]
