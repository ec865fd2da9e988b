# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet of three sites, with every deviation found in the field: audit, roll-out, and audit.

The fleet has a hundred devices, in the long form two hundred.

One table, written by hand, has the state of each kind of device and the expected findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    ROLL_OUT,
    count_lost_recordings,
    extra_vars,
    hosts_that_ran,
    summary,
    summary_text,
)
from tests.playbook import PlaybookRun
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

#: Verdict, severity, and the fields that differ: before and after.
Expected = tuple[str, str, dict[str, tuple[Any, Any]]]


@dataclass(frozen=True)
class Site:
    """A site: the variables of its group, and retention times in hours that relate to its policy as their names say."""

    policy: dict[str, Any]
    wanted: int
    too_short: int
    short: int
    long: int
    too_long: int


def policy(retention: str, minimum: str, maximum: str, purpose: str, **more: Any) -> dict[str, Any]:
    """Return the variables of a site."""
    entrance = {
        "recording_group_id": "entrance",
        "nice_name": "Entrance",
        "retention_time": retention,
        "disk_id": ["SD_DISK", "HDD_DISK"],
        "stream_options": {"resolution": "1920x1080", "camera": 1},
    }
    return {
        "retention_policy_groups": [entrance],
        "retention_policy_minimum": minimum,
        "retention_policy_maximum": maximum,
        "retention_policy_purpose": purpose,
        "retention_policy_owner": "safety@example.com",
        **more,
    }


RULE = {"match": {"recording_group_id": "High_*"}, "retention_time": "30d"}
SITES = {
    "harbor": Site(
        policy("21d", "7d", "30d", "Safety of the quays", retention_policy_existing_groups=[RULE]),
        504,
        24,
        200,
        600,
        1000,
    ),
    "museum": Site(policy("4w", "2w", "60d", "Works of art"), 672, 100, 400, 1000, 2000),
    "station": Site(policy("72h", "1d", "7d", "Platforms"), 72, 12, 48, 100, 400),
}
HOLD = {"recording_group_id": "entr*", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
OPTIONS = "resolution=1920x1080&camera=1"


def add_group(device: Device, hours: int, **fields: Any) -> None:
    """Add the group of the policy with other ``fields``, and twenty recordings up to 90 % of its retention time old."""
    group = {"nice_name": "Entrance", "stream_options": OPTIONS, **fields}
    device.plant_group(recording_group_id="entrance", retention_time=hours, **group)
    device.plant_recordings("entrance", 20, spacing_hours=(hours or 3000) * 0.9 / 20)


def add_foreign_group(device: Device, site: Site, hours: int) -> None:
    """Add the compliant group, and an unmanaged one."""
    add_group(device, site.wanted)
    device.plant_group(recording_group_id="pilot", nice_name="Pilot", retention_time=hours)
    device.plant_recordings("pilot", 20)


def add_group_on_other_disk(device: Device, site: Site) -> None:
    """Add the group on the network share instead of the SD card."""
    device.disks["NetworkShare"].status = "OK"
    add_group(device, site.wanted, disk_id="NetworkShare")


def add_unreachable(device: Device, site: Site) -> None:
    """Add the group, and make the device unreachable."""
    add_group(device, site.short)
    device.powered = False


def change_recorder(device: Device, site: Site) -> None:
    """Change two groups of a VMS so that they differ from their rule."""
    device.groups["High_B8A44F0A1B01_0_C"].retention_time = 48
    device.groups["High_B8A44F0A1B01_0_M"].retention_time = 0
    for group_id in device.groups:
        device.plant_recordings(group_id, 10)


def add_short_group(device: Device, site: Site) -> None:
    """Add a group with a shorter retention time."""
    add_group(device, site.short)


PLANTED: dict[str, Callable[[Device, Site], None]] = {
    "compliant": lambda device, site: add_group(device, site.wanted),
    "missing": lambda device, site: None,
    "too-short": lambda device, site: add_group(device, site.too_short),
    "short": add_short_group,
    "text": lambda device, site: add_group(device, site.wanted, nice_name="Door"),
    "stream": lambda device, site: add_group(device, site.wanted, stream_options="camera=2"),
    "long": lambda device, site: add_group(device, site.long),
    "too-long": lambda device, site: add_group(device, site.too_long),
    "unlimited": lambda device, site: add_group(device, 0),
    "other-disk": add_group_on_other_disk,
    "held": lambda device, site: add_group(device, 0),
    "held-long": lambda device, site: add_group(device, site.long),
    "held-short": add_short_group,
    "foreign": lambda device, site: add_foreign_group(device, site, site.short),
    "foreign-unlimited": lambda device, site: add_foreign_group(device, site, 0),
    "down": add_unreachable,
    "wrong-password": add_short_group,
    "too-old": add_short_group,
    "viewer": add_short_group,
    "recorder": change_recorder,
    "recorder-compliant": lambda device, site: add_group(device, site.wanted),
}
# The number of cameras in a site for one camera of each kind; the rest is compliant.
PER_SITE = 33
RECORDERS = ("recorder", "recorder-compliant")
# The class of each kind in the first audit, in the roll-out, and in the second audit.
CLASSES = {
    "compliant": ("compliant", "compliant", "compliant"),
    "missing": ("drifted", "changed", "compliant"),
    "too-short": ("drifted", "changed", "compliant"),
    "short": ("drifted", "changed", "compliant"),
    "text": ("drifted", "changed", "compliant"),
    "stream": ("drifted", "changed", "compliant"),
    "long": ("refused", "refused", "refused"),
    "too-long": ("refused", "refused", "refused"),
    "unlimited": ("refused", "refused", "refused"),
    "other-disk": ("refused", "refused", "refused"),
    "held": ("held", "held", "held"),
    "held-long": ("held", "held", "held"),
    "held-short": ("drifted", "held", "held"),
    "foreign": ("compliant", "compliant", "compliant"),
    "foreign-unlimited": ("drifted", "drifted", "drifted"),
    "down": ("unverified", "unverified", "unverified"),
    "wrong-password": ("unverified", "unverified", "unverified"),
    "too-old": ("unsupported", "unsupported", "unsupported"),
    # The audit of a viewer finds drift; only the roll-out finds that a viewer cannot write.
    "viewer": ("drifted", "unverified", "drifted"),
    "recorder": ("refused", "refused", "refused"),
    "recorder-compliant": ("compliant", "compliant", "compliant"),
}
CHANGED = [kind for kind, (_audit, roll_out, _again) in CLASSES.items() if roll_out == "changed"] + ["held-short"]
CRITICAL = {"missing", "too-short", "too-long", "unlimited", "held-long", "held-short", "foreign-unlimited", "recorder"}
FAILED = {"down", "wrong-password", "too-old"}
# The reason in the summary for the hosts that the roll-out does not make compliant.
REASONS = {
    "long": "refused [warning] retention_time {long} hours",
    "too-long": "refused [critical] retention_time {too_long} hours",
    "unlimited": "Privacy: retention_time unlimited is above the maximum",
    "other-disk": "a group never changes its disk",
    "held": "entrance held [info]",
    "held-long": "Set its retention_time to unlimited",
    "held-short": "Set its retention_time to unlimited",
    "foreign-unlimited": "pilot unmanaged [critical] Privacy",
    "down": "unreachable: ",
    "wrong-password": "authentication: ",
    "too-old": "unsupported: The device",
    "recorder": "High_B8A44F0A1B01_0_M refused [critical] retention_time unlimited instead of 720 hours",
}
COMPLIANT: Expected = ("compliant", "info", {})


def creation_differences(hours: int, disk_id: str = "SD_DISK") -> dict[str, tuple[Any, Any]]:
    """Return the differences of a created group."""
    return {
        "nice_name": (None, "Entrance"),
        "retention_time": (None, hours),
        "disk_id": (None, disk_id),
        "stream_options": (None, OPTIONS),
    }


def expected_findings(kind: str, site: Site) -> dict[str, Expected]:
    """Return the expected findings of the first audit on a device, by group."""
    foreign: dict[str, dict[str, Expected]] = {
        "foreign": {"entrance": COMPLIANT, "pilot": ("unmanaged", "info", {})},
        "foreign-unlimited": {"entrance": COMPLIANT, "pilot": ("unmanaged", "critical", {})},
        "recorder-compliant": {"entrance": COMPLIANT, **vms_findings()},
        "recorder": {
            **vms_findings(),
            "entrance": ("missing", "critical", creation_differences(504, "HDD_DISK")),
            "High_B8A44F0A1B01_0_C": ("drifted", "critical", {"retention_time": (48, 720)}),
            "High_B8A44F0A1B01_0_M": ("refused", "critical", {"retention_time": (0, 720)}),
        },
        **{failed: {} for failed in FAILED},
    }
    short_group: Expected = ("drifted", "warning", {"retention_time": (site.short, site.wanted)})
    entrance: dict[str, Expected] = {
        "compliant": COMPLIANT,
        "missing": ("missing", "critical", creation_differences(site.wanted)),
        "too-short": ("drifted", "critical", {"retention_time": (site.too_short, site.wanted)}),
        "short": short_group,
        "text": ("drifted", "cosmetic", {"nice_name": ("Door", "Entrance")}),
        "stream": ("drifted", "warning", {"stream_options": ("camera=2", OPTIONS)}),
        "long": ("refused", "warning", {"retention_time": (site.long, site.wanted)}),
        "too-long": ("refused", "critical", {"retention_time": (site.too_long, site.wanted)}),
        "unlimited": ("refused", "critical", {"retention_time": (0, site.wanted)}),
        "other-disk": ("refused", "warning", {"disk_id": ("NetworkShare", "SD_DISK")}),
        "held": ("held", "info", {"retention_time": (0, site.wanted)}),
        "held-long": ("held", "critical", {"retention_time": (site.long, site.wanted)}),
        "held-short": ("drifted", "critical", {"retention_time": (site.short, site.wanted)}),
        "viewer": short_group,
    }
    return foreign[kind] if kind in foreign else {"entrance": entrance[kind]}


def vms_findings() -> dict[str, Expected]:
    """Return the expected findings for the groups that the recorder creates; a rule covers one half."""
    groups: dict[str, Expected] = {}
    for camera in ("B8A44F0A1B01", "B8A44F0A1B02"):
        for ending in ("C", "M"):
            groups[f"High_{camera}_0_{ending}"] = COMPLIANT
            groups[f"Low_{camera}_0_{ending}"] = ("unmanaged", "info", {})
    return groups


def reported_findings(result: dict[str, Any]) -> dict[str, Expected]:
    """Return the findings of a task."""
    assert len({item["recording_group_id"] for item in result["findings"]}) == len(result["findings"])
    return {
        item["recording_group_id"]: (
            item["verdict"],
            item["severity"],
            {difference["field"]: (difference["before"], difference["after"]) for difference in item["differences"]},
        )
        for item in result["findings"]
    }


def build_fleet(fleet: Fleet, each: int) -> dict[str, tuple[str, str]]:
    """Add the fleet, and return site and kind by host. The kinds alternate, so that each wave has several.

    :param each: number of cameras of each kind in a site.
    """
    members: dict[str, tuple[str, str]] = {}
    kinds = [kind for kind in PLANTED if kind not in RECORDERS]
    sequence = [kind for _unused in range(each) for kind in kinds]
    sequence += ["compliant"] * (each * PER_SITE - len(sequence))
    for number, kind in enumerate(sequence):
        for site in SITES:
            members[f"{site}-{number:02}-{kind}"] = (site, kind)
    members |= {f"harbor-{kind}": ("harbor", kind) for kind in RECORDERS}
    for number, (name, (site, kind)) in enumerate(members.items()):
        profile = "camera_10_12" if number % 3 == 0 else "camera_12_9"
        switches = Switches(recording_group_api=kind != "too-old")
        scheme = "https" if number % 50 == 0 else "http"
        device = fleet.add(
            "recorder_s3008" if kind in RECORDERS else profile, name, switches=switches, scheme=scheme, by="address"
        )
        PLANTED[kind](device, SITES[site])
    return members


def hosts_of_kind(members: dict[str, tuple[str, str]], *kinds: str) -> list[str]:
    """Return the hosts of some kinds, sorted."""
    return sorted(host for host, (_site, kind) in members.items() if kind in kinds)


def assert_classes(run: PlaybookRun, members: dict[str, tuple[str, str]], column: int) -> None:
    """Check that every host is listed in the class of its kind, and that the compliant ones are counted."""
    data = summary(run)
    assert data["hosts"] == len(members)
    by_class = {
        name: hosts_of_kind(members, *(kind for kind, row in CLASSES.items() if row[column] == name))
        for name in ("compliant", "changed", "drifted", "held", "refused", "unsupported", "unverified", "not_attempted")
    }
    assert data["compliant"] == len(by_class.pop("compliant"))
    assert {name: sorted(data[name]) for name in by_class} == by_class
    labels = {name: name.replace("_", " ") for name in by_class}
    # Hosts that are not compliant were changed, too.
    labels["changed"] = "compliant after changes"
    lines = summary_text(run).splitlines()
    for name, hosts in by_class.items():
        assert (f"{labels[name]} ({len(hosts)}):" in lines) is bool(hosts)
    for host in {host for hosts in by_class.values() for host in hosts}:
        site, kind = members[host]
        assert REASONS.get(kind, "").format(**vars(SITES[site])) in data["reasons"][host]
    rows = [row for row in lines if row.startswith("  ")]
    for name, hosts in by_class.items():
        for row in expected_rows(data, hosts):
            assert row in rows, (name, rows)


def expected_rows(data: dict[str, Any], hosts: list[str]) -> Iterator[str]:
    """Yield one line for all hosts of a class with the same reason, which names at most ten of them."""
    by_reason: dict[str, list[str]] = {}
    for host in sorted(hosts):
        by_reason.setdefault(data["reasons"][host], []).append(host)
    for reason, names in by_reason.items():
        if len(names) <= 10:
            yield f"  {', '.join(names)}: {reason}"
        else:
            first = ", ".join(names[:3])
            yield f"  {reason.rstrip('.')}: {len(names)} hosts: {first} and {len(names) - 3} more"


@pytest.mark.parametrize("each", [1, pytest.param(2, marks=pytest.mark.long)])
def test_audit_roll_out_and_second_audit(play: Play, fleet: Fleet, each: int) -> None:
    members = build_fleet(fleet, each)
    assert len(members) == 3 * each * PER_SITE + len(RECORDERS)
    hosts = {
        **{host: {"axis_password": f"incorrect-{host}"} for host in hosts_of_kind(members, "wrong-password")},
        **{
            host: {"axis_username": "viewer", "axis_password": "viewer-pass"}
            for host in hosts_of_kind(members, "viewer")
        },
        **{host: {"axis_holds": [HOLD]} for host in hosts_of_kind(members, "held", "held-long", "held-short")},
    }
    groups = {
        name: {"hosts": [host for host, (site, _kind) in members.items() if site == name], "vars": site.policy}
        for name, site in SITES.items()
    }
    planted = {host: {key: asdict(group) for key, group in fleet.devices[host].groups.items()} for host in members}

    audit = play(AUDIT, hosts=hosts, groups=groups)
    assert audit.status != 0
    assert [host for host in members if fleet.devices[host].writes] == []
    for host, (site, kind) in members.items():
        assert reported_findings(audit.results[CHECK, host]) == expected_findings(kind, SITES[site]), host
    assert_classes(audit, members, 0)
    assert sorted(summary(audit)["critical"]) == hosts_of_kind(members, *CRITICAL)
    assert summary(audit)["policies"] == [
        {"purpose": "Platforms", "owner": "safety@example.com", "hosts": each * PER_SITE},
        {
            "purpose": "Safety of the quays",
            "owner": "safety@example.com",
            "hosts": each * PER_SITE + len(RECORDERS),
        },
        {"purpose": "Works of art", "owner": "safety@example.com", "hosts": each * PER_SITE},
    ]
    assert summary(audit)["unmanaged"].keys() == set(hosts_of_kind(members, "foreign", *RECORDERS))

    # The second wave has all kinds.
    limits = extra_vars(retention_policy_waves=[1, f"{60 // each}%"], retention_policy_max_fail_percentage=30)
    roll_out = play(ROLL_OUT, *limits, hosts=hosts, groups=groups)
    assert roll_out.status != 0
    assert_classes(roll_out, members, 1)
    # Only the hosts that need a change have a task of their own; the check is the result of all others.
    assert sorted(hosts_that_ran(roll_out, APPLY)) == hosts_of_kind(members, *CHANGED, "viewer", "recorder")
    for host, (site, kind) in members.items():
        first = audit.results[CHECK, host]
        then = roll_out.results.get((APPLY, host), roll_out.results[CHECK, host])
        if kind != "viewer":
            assert first["changes"] == then["changes"], host
        assert first["refused"] == then["refused"], host
        assert bool(first["changes"]) is ((APPLY, host) in roll_out.results), host
        on_device = {key: asdict(group) for key, group in fleet.devices[host].groups.items()}
        assert on_device == expected_groups(kind, SITES[site], planted[host]), host
    assert count_lost_recordings(fleet) == 0
    assert_statuses(audit, members, FAILED)
    assert_statuses(roll_out, members, FAILED | {"viewer"})

    written = {host: len(device.writes) for host, device in fleet.devices.items()}
    again = play(AUDIT, hosts=hosts, groups=groups)
    assert {host: len(device.writes) for host, device in fleet.devices.items()} == written
    assert_classes(again, members, 2)
    for host in hosts_of_kind(members, *CHANGED):
        assert again.results[CHECK, host]["changes"] == []
    assert count_lost_recordings(fleet) == 0


def expected_groups(kind: str, site: Site, planted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the expected groups of a device after the roll-out."""
    expected = {key: dict(group) for key, group in planted.items()}
    if kind in ("missing", "recorder"):
        expected["entrance"] = {
            "recording_group_id": "entrance",
            "nice_name": "Entrance",
            "description": "",
            "retention_time": site.wanted,
            "disk_id": "HDD_DISK" if kind == "recorder" else "SD_DISK",
            "stream_options": OPTIONS,
            "pre_duration": 0,
            "post_duration": 0,
            "foreign": False,
        }
    if kind == "recorder":
        expected["High_B8A44F0A1B01_0_C"]["retention_time"] = 720
    if kind in ("too-short", "short", "held-short"):
        expected["entrance"]["retention_time"] = site.wanted
    if kind == "text":
        expected["entrance"]["nice_name"] = "Entrance"
    if kind == "stream":
        expected["entrance"]["stream_options"] = OPTIONS
    return expected


def assert_statuses(run: PlaybookRun, members: dict[str, tuple[str, str]], failed: set[str]) -> None:
    """Check that the recap shows the status of each host that failed or was written to, and hardly any other host."""
    expected = {host: (0, 1) if kind == "down" else (1, 0) for host, (_site, kind) in members.items() if kind in failed}
    written = dict.fromkeys(hosts_that_ran(run, APPLY), (0, 0))
    # The host that runs the tasks for all of them, and the one that prints the summary.
    others = dict.fromkeys(run.recap.keys() - expected.keys() - written.keys(), (0, 0))
    assert len(others) <= 2
    assert {host: (item["failures"], item["unreachable"]) for host, item in run.recap.items()} == {
        **others,
        **written,
        **expected,
    }
