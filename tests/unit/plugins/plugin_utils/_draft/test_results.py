# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts are in a draft, and why the others are not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.reading import OBSERVATION, UNAVAILABLE
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import (
    Readings,
    describe_reasons,
    hide_secret_ids,
    separate_incidents,
    sort_results,
)
from tests.unit.plugins.plugin_utils._draft.fleets import camera, group


def observe(host: str) -> Observation:
    """Return what was read on a host."""
    return Observation(host, None, None, None, None, ())


def build_result(host: str, serial: str, *unavailable: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a host that was read."""
    device = {"host": "192.0.2.1", "serial": serial}
    return {"changed": False, "device": device, UNAVAILABLE: list(unavailable), OBSERVATION: observe(host)}


def test_hosts_are_read_or_not() -> None:
    error = {"kind": "tls", "message": "The certificate is not trusted", "next_step": "Pin it."}
    part = {"part": "disks", "reason": "No", "next_step": "Do."}
    results = {
        "gate": build_result("gate", "ACCC8E000001", part),
        "twin": build_result("twin", "ACCC8E000002"),
        "twin-2": build_result("twin-2", "ACCC8E000002"),
        "dark": {"unreachable": True, "msg": "dark: The certificate is not trusted. Pin it.", "error": error},
        "lost": {},
    }
    found = sort_results(results, {})
    assert found.observations == (observe("gate"),)
    assert found.unavailable == {"gate": [part]}
    assert found.shared == (("twin", "twin-2"),)
    assert [(item["host"], item["unreachable"], item["kind"]) for item in found.unread] == [
        ("twin", False, "duplicate_device"),
        ("twin-2", False, "duplicate_device"),
        ("dark", True, "tls"),
        ("lost", False, None),
    ]
    assert found.unread[0]["reason"] == found.unread[1]["reason"] == "The inventory lists one device more than once"
    assert found.unread[2]["reason"] == "The certificate is not trusted"
    assert found.unread[3]["msg"] == "lost: The task ended without a result."


def test_hosts_with_one_address_are_one_device() -> None:
    refused = {"failed": True, "msg": "gate: The inventory lists it twice.", "error": {"kind": "duplicate_device"}}
    found = sort_results({"gate": refused, "yard": refused}, {"gate": ["yard"], "yard": ["gate"]})
    assert (found.observations, found.shared) == ((), (("gate", "yard"),))


def test_hosts_with_one_reason_share_a_line() -> None:
    hosts = ["a", "b", "c", "d", "e"]
    unread = [{"host": host, "reason": "No response", "next_step": "Run again."} for host in hosts]
    unread.append({"host": "lost", "reason": "The task ended.", "next_step": ""})
    assert describe_reasons(unread) == ["a, b, c and 2 more: No response. Run again.", "lost: The task ended."]


def test_groups_with_a_password_in_their_ids_are_hidden() -> None:
    secrets = Secrets()
    secrets.add_login("operator", "operator-pass")
    door, leak = group("door"), group("x-Operator-Pass-y")
    cameras = [camera(1, door), camera(2, door, leak), camera(3, leak)]
    shown, hidden = hide_secret_ids(cameras, secrets)
    # The third has a group: a policy that it must have none would be wrong.
    assert shown == (cameras[0], camera(2, door))
    assert hidden == {"cam2": 1, "cam3": 1}


def test_a_password_that_is_a_word_hides_no_group() -> None:
    secrets = Secrets()
    secrets.add_login("operator", "recording")
    cameras = [camera(1, group("recording_1"))]
    assert hide_secret_ids(cameras, secrets) == (tuple(cameras), {})


def disk(name: str, status: str) -> DiskDetails:
    """Return a disk with a status."""
    unknown = (None,) * 10
    return DiskDetails(Disk(name, status, False, False), "", *unknown)


@pytest.mark.parametrize(
    ("disks", "is_incident"),
    [
        (None, True),
        ((), True),
        ((disk("SD_DISK", "OK"),), False),
        # A share that was never set up.
        ((disk("SD_DISK", "OK"), disk("NetworkShare", "disconnected")), False),
        ((disk("SD_DISK", "OK"), disk("NetworkShare", "failed")), True),
        ((disk("SD_DISK", "disconnected"), disk("NetworkShare", "disconnected")), True),
        ((disk("SD_DISK", "disconnected"), disk("NetworkShare", "OK")), True),
    ],
)
def test_without_its_disks_a_camera_is_not_in_a_draft(disks: Any, is_incident: bool) -> None:
    own, other = camera(1, disks=disks), camera(2, group("door"), disks=None)
    read = Readings((own, other), (), {})
    found = separate_incidents(read, lambda _host: False)
    assert found.observations == ((other,) if is_incident else (own, other))
    assert [item["host"] for item in found.unread] == (["cam1"] if is_incident else [])
    assert all(item["reason"].startswith("The device lists no recording groups") for item in found.unread)
    # A person has decided it already.
    assert separate_incidents(read, lambda host: host == "cam1") == read
