# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two hundred devices of three sites, with everything that is found in the field: audit, roll-out, audit.

What is planted and what must be found of it stands in one table, written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.integration.conftest import Play
from tests.integration.role import APPLY, AUDIT, CHECK, ROLL_OUT, extra, lost, summary, text
from tests.playbook import PlaybookRun
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

#: Verdict, severity, and the fields that differ: before and after.
Expected = tuple[str, str, dict[str, tuple[Any, Any]]]


@dataclass(frozen=True)
class Site:
    """A site: the variables of its group, and retention times (hours) that stand to its policy as they are called."""

    policy: dict[str, Any]
    wanted: int
    too_short: int
    short: int
    long: int
    too_long: int


def policy(retention: str, minimum: str, maximum: str, purpose: str, **more: Any) -> dict[str, Any]:
    """The variables of a site."""
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
    "harbour": Site(
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


def with_group(device: Device, hours: int, **fields: Any) -> None:
    """The group as the policy says but for ``fields``, with twenty recordings up to nine tenths of its age."""
    group = {"nice_name": "Entrance", "stream_options": OPTIONS, **fields}
    device.plant_group(recording_group_id="entrance", retention_time=hours, **group)
    device.plant_recordings("entrance", 20, spacing_hours=(hours or 3000) * 0.9 / 20)


def with_foreign(device: Device, site: Site, hours: int) -> None:
    """The group as the policy says, and another one."""
    with_group(device, site.wanted)
    device.plant_group(recording_group_id="pilot", nice_name="Pilot", retention_time=hours)
    device.plant_recordings("pilot", 20)


def on_other_disk(device: Device, site: Site) -> None:
    """The group on the share instead of the card."""
    device.disks["NetworkShare"].status = "OK"
    with_group(device, site.wanted, disk_id="NetworkShare")


def powered_off(device: Device, site: Site) -> None:
    """A device that nobody can connect to."""
    with_group(device, site.short)
    device.powered = False


def recorder(device: Device, site: Site) -> None:
    """Groups of a VMS, two of them not as their rule says, and none of ours."""
    device.groups["High_B8A44F0A1B01_0_C"].retention_time = 48
    device.groups["High_B8A44F0A1B01_0_M"].retention_time = 0
    for group_id in device.groups:
        device.plant_recordings(group_id, 10)


def short(device: Device, site: Site) -> None:
    """A group that is to grow."""
    with_group(device, site.short)


PLANTED: dict[str, Callable[[Device, Site], None]] = {
    "in-line": lambda device, site: with_group(device, site.wanted),
    "missing": lambda device, site: None,
    "too-short": lambda device, site: with_group(device, site.too_short),
    "short": short,
    "text": lambda device, site: with_group(device, site.wanted, nice_name="Door"),
    "stream": lambda device, site: with_group(device, site.wanted, stream_options="camera=2"),
    "long": lambda device, site: with_group(device, site.long),
    "too-long": lambda device, site: with_group(device, site.too_long),
    "unlimited": lambda device, site: with_group(device, 0),
    "other-disk": on_other_disk,
    "held": lambda device, site: with_group(device, 0),
    "held-long": lambda device, site: with_group(device, site.long),
    "held-short": short,
    "foreign": lambda device, site: with_foreign(device, site, site.short),
    "foreign-unlimited": lambda device, site: with_foreign(device, site, 0),
    "down": powered_off,
    "wrong-password": short,
    "too-old": short,
    "viewer": short,
    "recorder": recorder,
    "recorder-in-line": lambda device, site: with_group(device, site.wanted),
}
# How many of each there are in a site; the rest of 66 is in line.
EACH, PER_SITE = 2, 66
RECORDERS = ("recorder", "recorder-in-line")
# The class of each kind in the first audit, in the roll-out, and in the second audit.
CLASSES = {
    "in-line": ("compliant", "compliant", "compliant"),
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
    # What a viewer may see is drifted; what it may not do, only the roll-out can tell.
    "viewer": ("drifted", "unverified", "drifted"),
    "recorder": ("refused", "refused", "refused"),
    "recorder-in-line": ("compliant", "compliant", "compliant"),
}
CHANGED = [kind for kind, (_audit, roll_out, _again) in CLASSES.items() if roll_out == "changed"] + ["held-short"]
CRITICAL = {"missing", "too-short", "too-long", "unlimited", "held-long", "held-short", "foreign-unlimited", "recorder"}
FAILED = {"down", "wrong-password", "too-old"}
# What a person must read about the hosts that no roll-out brings into line.
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
IN_LINE: Expected = ("compliant", "info", {})


def created(hours: int, disk_id: str = "SD_DISK") -> dict[str, tuple[Any, Any]]:
    """What a creation differs in."""
    return {
        "nice_name": (None, "Entrance"),
        "retention_time": (None, hours),
        "disk_id": (None, disk_id),
        "stream_options": (None, OPTIONS),
    }


def findings(kind: str, site: Site) -> dict[str, Expected]:
    """What the first audit must find on a device, by group."""
    foreign: dict[str, dict[str, Expected]] = {
        "foreign": {"entrance": IN_LINE, "pilot": ("unmanaged", "info", {})},
        "foreign-unlimited": {"entrance": IN_LINE, "pilot": ("unmanaged", "critical", {})},
        "recorder-in-line": {"entrance": IN_LINE, **of_the_vms()},
        "recorder": {
            **of_the_vms(),
            "entrance": ("missing", "critical", created(504, "HDD_DISK")),
            "High_B8A44F0A1B01_0_C": ("drifted", "critical", {"retention_time": (48, 720)}),
            "High_B8A44F0A1B01_0_M": ("refused", "critical", {"retention_time": (0, 720)}),
        },
        **{failed: {} for failed in FAILED},
    }
    to_short: Expected = ("drifted", "warning", {"retention_time": (site.short, site.wanted)})
    entrance: dict[str, Expected] = {
        "in-line": IN_LINE,
        "missing": ("missing", "critical", created(site.wanted)),
        "too-short": ("drifted", "critical", {"retention_time": (site.too_short, site.wanted)}),
        "short": to_short,
        "text": ("drifted", "cosmetic", {"nice_name": ("Door", "Entrance")}),
        "stream": ("drifted", "warning", {"stream_options": ("camera=2", OPTIONS)}),
        "long": ("refused", "warning", {"retention_time": (site.long, site.wanted)}),
        "too-long": ("refused", "critical", {"retention_time": (site.too_long, site.wanted)}),
        "unlimited": ("refused", "critical", {"retention_time": (0, site.wanted)}),
        "other-disk": ("refused", "warning", {"disk_id": ("NetworkShare", "SD_DISK")}),
        "held": ("held", "info", {"retention_time": (0, site.wanted)}),
        "held-long": ("held", "critical", {"retention_time": (site.long, site.wanted)}),
        "held-short": ("drifted", "critical", {"retention_time": (site.short, site.wanted)}),
        "viewer": to_short,
    }
    return foreign[kind] if kind in foreign else {"entrance": entrance[kind]}


def of_the_vms() -> dict[str, Expected]:
    """What the recorder has from the start: the rule is for one half, and nothing for the other."""
    groups: dict[str, Expected] = {}
    for camera in ("B8A44F0A1B01", "B8A44F0A1B02"):
        for ending in ("C", "M"):
            groups[f"High_{camera}_0_{ending}"] = IN_LINE
            groups[f"Low_{camera}_0_{ending}"] = ("unmanaged", "info", {})
    return groups


def reported(result: dict[str, Any]) -> dict[str, Expected]:
    """What a task found."""
    assert len({item["recording_group_id"] for item in result["findings"]}) == len(result["findings"])
    return {
        item["recording_group_id"]: (
            item["verdict"],
            item["severity"],
            {difference["field"]: (difference["before"], difference["after"]) for difference in item["differences"]},
        )
        for item in result["findings"]
    }


def build(fleet: Fleet) -> dict[str, tuple[str, str]]:
    """Plant the fleet: by host its site and its kind. Kinds take turns, so that each wave has some of each."""
    members: dict[str, tuple[str, str]] = {}
    kinds = [kind for kind in PLANTED if kind not in RECORDERS]
    turns = [kind for _unused in range(EACH) for kind in kinds]
    turns += ["in-line"] * (PER_SITE - len(turns))
    for number, kind in enumerate(turns):
        for site in SITES:
            members[f"{site}-{number:02}-{kind}"] = (site, kind)
    members |= {f"harbour-{kind}": ("harbour", kind) for kind in RECORDERS}
    for number, (name, (site, kind)) in enumerate(members.items()):
        profile = "camera_10_12" if number % 3 == 0 else "camera_12_9"
        switches = Switches(recording_group_api=kind != "too-old")
        scheme = "https" if number % 50 == 0 else "http"
        where = fleet.add(
            "recorder_s3008" if kind in RECORDERS else profile, name, switches=switches, scheme=scheme, by="address"
        )
        PLANTED[kind](where, SITES[site])
    return members


def of_kind(members: dict[str, tuple[str, str]], *kinds: str) -> list[str]:
    """The hosts of some kinds, sorted."""
    return sorted(host for host, (_site, kind) in members.items() if kind in kinds)


def assert_classes(run: PlaybookRun, members: dict[str, tuple[str, str]], column: int) -> None:
    """Every host is told by name in the class of its kind, and those in line are counted."""
    told = summary(run)
    assert told["hosts"] == 200
    by_class = {
        name: of_kind(members, *(kind for kind, row in CLASSES.items() if row[column] == name))
        for name in ("compliant", "changed", "drifted", "held", "refused", "unsupported", "unverified", "not_attempted")
    }
    assert told["compliant"] == len(by_class.pop("compliant"))
    assert {name: sorted(told[name]) for name in by_class} == by_class
    words = {name: name.replace("_", " ") for name in by_class}
    lines = text(run).splitlines()
    for name, hosts in by_class.items():
        assert (f"{words[name]} ({len(hosts)}):" in lines) is bool(hosts)
    for host in {host for hosts in by_class.values() for host in hosts}:
        site, kind = members[host]
        # One line for all hosts with the same reason.
        (line,) = (
            line for line in lines if line.startswith("  ") and host in line.strip().partition(":")[0].split(", ")
        )
        assert line.endswith(f": {told['reasons'][host]}")
        assert REASONS.get(kind, "").format(**vars(SITES[site])) in line


def test_audit_roll_out_audit(play: Play, fleet: Fleet) -> None:
    members = build(fleet)
    assert len(members) == 200
    hosts = {
        **{host: {"axis_password": "wrong"} for host in of_kind(members, "wrong-password")},
        **{host: {"axis_username": "viewer", "axis_password": "viewer-pass"} for host in of_kind(members, "viewer")},
        **{host: {"axis_holds": [HOLD]} for host in of_kind(members, "held", "held-long", "held-short")},
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
        assert reported(audit.results[CHECK, host]) == findings(kind, SITES[site]), host
    assert_classes(audit, members, 0)
    assert sorted(summary(audit)["critical"]) == of_kind(members, *CRITICAL)
    assert summary(audit)["policies"] == [
        {"purpose": "Platforms", "owner": "safety@example.com", "hosts": 66},
        {"purpose": "Safety of the quays", "owner": "safety@example.com", "hosts": 68},
        {"purpose": "Works of art", "owner": "safety@example.com", "hosts": 66},
    ]
    assert summary(audit)["unmanaged"].keys() == set(of_kind(members, "foreign", *RECORDERS))

    limits = extra(retention_policy_waves=[1, "30%"], retention_policy_max_fail_percentage=30)
    roll_out = play(ROLL_OUT, *limits, hosts=hosts, groups=groups)
    assert roll_out.status != 0
    assert_classes(roll_out, members, 1)
    for host, (site, kind) in members.items():
        first, then = audit.results[CHECK, host], roll_out.results[APPLY, host]
        if kind != "viewer":
            assert first["changes"] == then["changes"], host
        assert first["refused"] == then["refused"], host
        assert bool(first["changes"]) is (kind in (*CHANGED, "viewer", "recorder")), host
        on_device = {key: asdict(group) for key, group in fleet.devices[host].groups.items()}
        assert on_device == after(kind, SITES[site], planted[host]), host
    assert lost(fleet) == 0
    assert_ends(audit, members, FAILED)
    assert_ends(roll_out, members, FAILED | {"viewer"})

    written = {host: len(device.writes) for host, device in fleet.devices.items()}
    again = play(AUDIT, hosts=hosts, groups=groups)
    assert {host: len(device.writes) for host, device in fleet.devices.items()} == written
    assert_classes(again, members, 2)
    for host in of_kind(members, *CHANGED):
        assert again.results[CHECK, host]["changes"] == []
    assert lost(fleet) == 0


def after(kind: str, site: Site, planted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The groups that the roll-out must leave on a device."""
    left = {key: dict(group) for key, group in planted.items()}
    if kind in ("missing", "recorder"):
        left["entrance"] = {
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
        left["High_B8A44F0A1B01_0_C"]["retention_time"] = 720
    if kind in ("too-short", "short", "held-short"):
        left["entrance"]["retention_time"] = site.wanted
    if kind == "text":
        left["entrance"]["nice_name"] = "Entrance"
    if kind == "stream":
        left["entrance"]["stream_options"] = OPTIONS
    return left


def assert_ends(run: PlaybookRun, members: dict[str, tuple[str, str]], failed: set[str]) -> None:
    """The recap shows each host as its task ended: failed or unreachable, or neither."""
    assert run.recap.keys() == members.keys()
    for host, (_site, kind) in members.items():
        ends = (run.recap[host]["failures"], run.recap[host]["unreachable"])
        assert ends == ((0, 1) if kind == "down" else (1, 0) if kind in failed else (0, 0)), host
