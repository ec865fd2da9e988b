# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cameras are trusted, and what is said of those that are not."""

from __future__ import annotations

from typing import Any

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY
from tests.simulator import Fleet

TASK: dict[str, Any] = {
    "name": "Look",
    "camfleet.axis.axis_recording_group": {"recording_group_id": "door", "retention_time": "30d"},
}
#: what the inventory of the tests would pin by itself
UNPINNED: dict[str, Any] = {"axis_tls_fingerprint": None}


def plant(fleet: Fleet, *names: str, **options: Any) -> None:
    """Cameras with HTTPS that are in line."""
    for name in names:
        device = fleet.add("camera_12_9", name, scheme="https", **options)
        device.plant_group(recording_group_id="door", retention_time=720)


def warnings(output: str) -> int:
    """How often it was said that any certificate will do."""
    return " ".join(output.split()).count("validate_certs is false")


def test_each_way_to_trust_a_camera(play: Play, fleet: Fleet) -> None:
    plant(fleet, "pinned", "unpinned", "forged")
    plant(fleet, "signed", "renamed", certificate="ca")
    plant(fleet, "named", certificate="ca", names=("127.0.0.1",))
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
    trusted = {host for host in fleet.devices if run.outcomes["Look", host] == "ok"}
    assert trusted == {"pinned", "signed", "named"}, run.output
    for host in ("unpinned", "forged", "renamed"):
        assert run.outcomes["Look", host] == "unreachable"
        assert run.results["Look", host]["error"]["kind"] == "tls"
        # Nothing went out, so no login did.
        assert fleet.devices[host].journal == []
    assert warnings(run.output) == 0


def test_without_checks_it_works_and_warns_once_for_a_whole_fleet(play: Play, fleet: Fleet) -> None:
    names = ("gate", "yard", "roof", "dock")
    plant(fleet, *names)
    hosts = {name: {**UNPINNED, "axis_validate_certs": False} for name in names}
    run = play([TASK, {**TASK, "name": "Look again"}], hosts=hosts)
    assert run.status == 0, run.output
    assert warnings(run.output) == 1, run.output
    audit = play(AUDIT, hosts=hosts, groups={"axis": {"vars": POLICY}})
    assert audit.status == 0, audit.output
    assert warnings(audit.output) == 1, audit.output
