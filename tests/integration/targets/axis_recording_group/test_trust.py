# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to trust a camera, and the errors and warnings for cameras that are not trusted."""

from __future__ import annotations

from typing import Any

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY
from tests.simulator import Fleet

TASK: dict[str, Any] = {
    "name": "Read",
    "camfleet.axis.axis_recording_group": {"recording_group_id": "door", "retention_time": "30d"},
}
#: disables the pin that the inventory of the tests sets
UNPINNED: dict[str, Any] = {"axis_tls_fingerprint": None}


def add_cameras(fleet: Fleet, *names: str, **options: Any) -> None:
    """Add compliant cameras with HTTPS."""
    for name in names:
        device = fleet.add("camera_12_9", name, scheme="https", **options)
        device.plant_group(recording_group_id="door", retention_time=720)


def count_warnings(output: str) -> int:
    """Count the warnings about disabled certificate validation."""
    return " ".join(output.split()).count("validate_certs is false")


def test_camera_is_trusted_by_pin_or_authority_only(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "pinned", "unpinned", "forged")
    add_cameras(fleet, "signed", "renamed", certificate="ca")
    add_cameras(fleet, "named", certificate="ca", names=("127.0.0.1",))
    authority = {**UNPINNED, "axis_ca_path": str(fleet.ca_path)}
    serial = fleet.devices["signed"].serial.lower()
    hosts = {
        "unpinned": UNPINNED,
        "forged": {"axis_tls_fingerprint": fleet.devices["pinned"].certificate_sha256},
        "signed": {**authority, "axis_tls_server_name": f"axis-{serial}"},
        "renamed": {**authority, "axis_tls_server_name": f"axis-{serial}"},
        "named": authority,
    }
    run = play([TASK], hosts=hosts)
    trusted = {host for host in fleet.devices if run.outcomes["Read", host] == "ok"}
    assert trusted == {"pinned", "signed", "named"}, run.output
    for host in ("unpinned", "forged", "renamed"):
        assert run.outcomes["Read", host] == "unreachable"
        assert run.results["Read", host]["error"]["kind"] == "tls"
        # No request was sent, and so no login.
        assert fleet.devices[host].journal == []
    assert count_warnings(run.output) == 0


def test_disabled_validation_causes_one_warning_per_fleet(play: Play, fleet: Fleet) -> None:
    names = ("gate", "yard", "roof", "dock")
    add_cameras(fleet, *names)
    hosts = {name: {**UNPINNED, "axis_validate_certs": False} for name in names}
    run = play([TASK, {**TASK, "name": "Read again"}], hosts=hosts)
    assert run.status == 0, run.output
    assert count_warnings(run.output) == 1, run.output
    ended = {"recording_group_id": "door", "reason": "Case 7", "owner": "legal@example.com", "until": "2020-01-01"}
    audit = play(AUDIT, hosts=hosts, groups={"axis": {"vars": {**POLICY, "axis_holds": [ended]}}})
    assert audit.status == 0, audit.output
    assert count_warnings(audit.output) == 1, audit.output
    # So does every other warning about a camera.
    assert " ".join(audit.output.split()).count("and no longer protects any recordings") == 1
