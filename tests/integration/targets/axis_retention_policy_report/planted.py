# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of every kind, each with what a report has to say about it, written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.integration.targets.role_retention_policy.test_recordings import DOOR, HOLD, POLICY, VIEWER
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

#: The variables of all hosts: the group door for 30 days, of which 7 are required, and recordings are verified.
GROUPS = {"axis": {"vars": POLICY}, "others": {"vars": POLICY}}
SETTINGS_ONLY = {"retention_policy_verify_recordings": False}
MAXIMUM = {"retention_policy_maximum": "60d"}
SHARED_LOGIN = {"axis_username": "former", "axis_password": "former-pass"}
ENDED_HOLD = {**HOLD, "until": "2020-01-31"}
OTHER_HOLD = {**HOLD, "recording_group_id": "gate"}
RECORDER = {
    **SETTINGS_ONLY,
    "retention_policy_groups": [],
    "retention_policy_existing_groups": [{"match": {"recording_group_id": "*"}, "retention_time": "30d"}],
}
OK, FAILED, UNREACHABLE = "ok", "failed", "unreachable"


def plant(device: Device, hours: int = 720, age: float = 719, **fields: Any) -> None:
    """Add the group of the policy with other ``fields``, and recordings up to an age in hours."""
    values = {"disk_id": "SD_DISK", "pre_duration": 5000, **fields}
    device.plant_group(recording_group_id="door", retention_time=hours, **values)
    device.plant_recordings("door", 1, newest_age_hours=age)
    device.plant_recordings("door", 1)


def plant_with_disk(age: float = 719, **changes: Any) -> Callable[[Device], None]:
    """Return a function that adds the group and changes its disk."""

    def change(device: Device) -> None:
        plant(device, age=age)
        vars(device.disks["SD_DISK"]).update(changes)

    return change


def plant_with_fault(call: str, kind: str = "http_status", **options: Any) -> Callable[[Device], None]:
    """Return a function that adds the group and a fault of each response to a call."""

    def change(device: Device) -> None:
        plant(device)
        device.plant_fault(kind, call=call, times=None, **options)

    return change


def plant_and_pull(device: Device) -> None:
    """Add the group, and remove its disk."""
    plant(device)
    device.pull_disk("SD_DISK")


def plant_with_other_group(device: Device, hours: int = 720) -> None:
    """Add the group and an unmanaged one on the same disk."""
    plant(device)
    device.plant_group(recording_group_id="yard", retention_time=hours, disk_id="SD_DISK")


def plant_on_share(device: Device) -> None:
    """Add the group on another disk than the policy requires."""
    device.disks["NetworkShare"].status = "OK"
    plant(device, disk_id="NetworkShare")


def plant_unreachable(device: Device) -> None:
    """Add the group, and turn the device off."""
    plant(device)
    device.powered = False


def plant_recorder(device: Device) -> None:
    """Change the retention of the groups for one of the cameras behind a recorder."""
    for group_id, group in device.groups.items():
        if group_id.startswith("Low_B8A44F0A1B02"):
            group.retention_time = 168


@dataclass(frozen=True)
class Kind:
    """A kind of hosts.

    :param state: what the report says about all of them.
    :param element: of JUnit.
    :param ends: how they end if drift is a failure.
    :param always: whether they end like this, too, if drift is not a failure.
    :param recordings: whether their recordings were read.
    :param proves: whether the recordings prove the retention of a host that is not compliant.
    """

    state: str
    verdict: str
    severity: str
    element: str | None
    ends: str
    recordings: bool
    plant: Callable[[Device], object] = plant
    variables: dict[str, Any] = field(default_factory=dict)
    profile: str = "camera_12_9"
    switches: dict[str, Any] = field(default_factory=dict)
    always: bool = False
    proves: bool = False

    @property
    def is_proven(self) -> bool:
        """Return whether the recordings prove the retention."""
        return self.proves or (self.recordings and self.state == "compliant")


def compliant(change: Callable[[Device], object] = plant, *, recordings: bool = True, **options: Any) -> Kind:
    """Return a kind of compliant hosts."""
    return Kind("compliant", "compliant", "info", None, OK, recordings, change, **options)


def wrong(
    verdict: str, severity: str, change: Callable[[Device], object] = plant, *, recordings: bool = True, **options: Any
) -> Kind:
    """Return a kind of non-compliant hosts."""
    return Kind("non_compliant", verdict, severity, "failure", FAILED, recordings, change, **options)


def unproven(verdict: str, change: Callable[[Device], object], *, recordings: bool = True, **options: Any) -> Kind:
    """Return a kind of hosts whose recordings prove nothing."""
    return Kind("unverified", verdict, "info", "skipped", OK, recordings, change, **options)


def unread(
    change: Callable[[Device], object] = plant, *, verdict: str = "unverified", ends: str = FAILED, **options: Any
) -> Kind:
    """Return a kind of hosts whose settings are unknown."""
    return Kind("unverified", verdict, "info", "error", ends, False, change, always=True, **options)


KINDS: dict[str, Kind] = {
    # Compliant, as far as it was verified.
    "met": compliant(),
    "met-viewer": compliant(variables=VIEWER),
    "met-unlimited-cleanup": compliant(plant_with_disk(cleanupmaxage=0)),
    # Recordings that are old enough prove it without the disk.
    "met-no-disks-list": compliant(plant_with_fault("disks/list", status=404)),
    "settings-only": compliant(lambda device: plant(device, age=2), recordings=False, variables=SETTINGS_ONLY),
    "foreign": compliant(plant_with_other_group, recordings=False, variables=SETTINGS_ONLY),
    "ended-hold": compliant(variables={"axis_holds": [ENDED_HOLD]}),
    "matched-hold": compliant(
        lambda device: plant(device, hours=0),
        recordings=False,
        variables={
            **SETTINGS_ONLY,
            "retention_policy_groups": [{**DOOR, "retention_time": "unlimited"}],
            "axis_holds": [HOLD],
        },
    ),
    "recorder": compliant(lambda device: None, recordings=False, variables=RECORDER, profile="recorder_s3008"),
    # The groups Low_* are unmanaged, with a retention of their own for each camera behind the recorder.
    "recorder-half": compliant(
        plant_recorder,
        recordings=False,
        variables={
            **RECORDER,
            "retention_policy_existing_groups": [{"match": {"recording_group_id": "High_*"}, "retention_time": "30d"}],
            "retention_policy_unmanaged": "report",
        },
        profile="recorder_s3008",
    ),
    # Settings that differ.
    "missing-group": wrong("drifted", "critical", lambda device: None, recordings=False),
    "below-minimum": wrong("drifted", "critical", lambda device: plant(device, 100, 99)),
    "shorter": wrong("drifted", "warning", lambda device: plant(device, 200, 199)),
    "other-field": wrong("drifted", "warning", lambda device: plant(device, pre_duration=0), proves=True),
    "other-name": wrong(
        "drifted",
        "cosmetic",
        variables={"retention_policy_groups": [{**DOOR, "nice_name": "Main door"}]},
        proves=True,
    ),
    "drifted-overdue": wrong("drifted", "critical", lambda device: plant(device, age=1000, pre_duration=0)),
    "foreign-unlimited": wrong(
        "drifted",
        "critical",
        lambda device: plant_with_other_group(device, 0),
        recordings=False,
        variables={**SETTINGS_ONLY, **MAXIMUM, "retention_policy_unmanaged": "report"},
    ),
    "unmatched-hold": wrong("drifted", "critical", variables={"axis_holds": [OTHER_HOLD]}, proves=True),
    # Changes that need an allowance, or are impossible.
    "longer": wrong("refused", "warning", lambda device: plant(device, 1000, 999)),
    "privacy": wrong("refused", "critical", lambda device: plant(device, 2000, 1999), variables=MAXIMUM),
    "privacy-unlimited": wrong(
        "refused", "critical", lambda device: plant(device, 0), variables={**MAXIMUM, **SETTINGS_ONLY}, recordings=False
    ),
    "other-disk": wrong("refused", "warning", plant_on_share, proves=True),
    "pulled": wrong("refused", "critical", plant_and_pull, recordings=False),
    # Holds. One without danger for its recordings explains the difference.
    "held": Kind(
        "non_compliant",
        "held",
        "info",
        "skipped",
        OK,
        False,
        lambda device: plant(device, 0),
        {"axis_holds": [HOLD], **SETTINGS_ONLY},
    ),
    "held-finite": wrong(
        "held", "critical", lambda device: plant(device, 1000, 999), variables={"axis_holds": [HOLD]}, proves=True
    ),
    "held-cleanup": wrong("held", "critical", plant_with_disk(cleanupmaxage=7), variables={"axis_holds": [HOLD]}),
    # Disks of hosts whose settings comply.
    "short": wrong("failing_disk", "critical", plant_with_disk(100, freesize=1_000_000)),
    "short-enough": wrong("failing_disk", "warning", plant_with_disk(200, freesize=1_000_000)),
    "cleanup": wrong("failing_disk", "warning", plant_with_disk(cleanupmaxage=7)),
    "cleanup-below-minimum": wrong("failing_disk", "critical", plant_with_disk(cleanupmaxage=3)),
    "overdue": wrong("failing_disk", "critical", lambda device: plant(device, age=1000)),
    "full": wrong("failing_disk", "warning", plant_with_disk(full=True)),
    "full-below-minimum": wrong("failing_disk", "critical", plant_with_disk(100, full=True)),
    "locked": wrong("failing_disk", "critical", plant_with_disk(locked=True)),
    # Recordings that prove nothing, or could not be read.
    "young": unproven("insufficient_history", lambda device: plant(device, age=2)),
    "young-viewer": unproven("indeterminate", lambda device: plant(device, age=2), variables=VIEWER),
    "shared-disk": unproven("indeterminate", plant_with_other_group),
    "no-recordings-list": unproven("indeterminate", plant_with_fault("record/list", status=500), recordings=False),
    # Hosts whose settings could not be read.
    "unreachable": unread(plant_unreachable, ends=UNREACHABLE),
    "wrong-password": unread(variables={"axis_password": "wrong-{{ inventory_hostname }}"}),
    "former-login": unread(variables=SHARED_LOGIN),
    "unsupported": unread(verdict="unsupported", switches={"recording_group_api": False}),
    "malformed": unread(plant_with_fault("recording_group/list", kind="truncated")),
    "redirected": unread(plant_with_fault("recording_group/list", kind="redirect", location="/elsewhere")),
    "forbidden": unread(plant_with_fault("recording_group/list", status=403)),
}
_CHANGED = Kind("compliant", "changed", "info", None, OK, True)
_TOO_LITTLE_HISTORY = Kind("unverified", "insufficient_history", "info", "skipped", OK, True)
#: The kinds that a roll-out changes, and what they are after it. Recordings that proved a shorter retention do not
#: prove the longer one.
CHANGED: dict[str, Kind] = {
    "missing-group": _TOO_LITTLE_HISTORY,
    "below-minimum": _TOO_LITTLE_HISTORY,
    "shorter": _TOO_LITTLE_HISTORY,
    "other-field": _CHANGED,
    "other-name": _CHANGED,
    "drifted-overdue": Kind("non_compliant", "failing_disk", "critical", "failure", OK, True),
}
#: A host of the pattern that the limit leaves out.
OUTSIDE = Kind("unverified", "not_in_run", "info", "skipped", OK, False)
#: A host whose login five others rejected before it.
NOT_ATTEMPTED = Kind("unverified", "not_attempted", "info", "error", OK, False)
#: Two names of one device.
DUPLICATE = unread()


def add_host(fleet: Fleet, name: str, kind: Kind) -> Device:
    """Add a device of a kind."""
    device = fleet.add(kind.profile, name, switches=Switches(**kind.switches))
    for disk in device.disks.values():
        disk.cleanupmaxage = 0
    kind.plant(device)
    return device
