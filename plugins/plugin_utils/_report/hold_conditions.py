# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assess each hold on each host that it applies to: whether it is in force there. Pure.

A hold is known from the variables of its hosts, so that a host that was not read has its holds, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    NOT_IN_RUN,
    build_hold,
    hold_key,
    is_unread,
)

Document = dict[str, Any]

PROTECTED, AT_RISK, MISSING, NO_GROUP = "protected", "at_risk", "missing", "no_group"
#: Nothing was found, but the recordings, or the disks, were not checked: a disk may delete what its group keeps.
SETTINGS_ONLY = "settings_only"
NOT_VERIFIED, ENDED = "not_verified", "ended"
#: The conditions of a hold on a host, the worst first. ``NO_GROUP`` is that of a glob that matches other hosts' groups.
CONDITIONS = (AT_RISK, MISSING, NOT_VERIFIED, NOT_IN_RUN, SETTINGS_ONLY, PROTECTED, NO_GROUP, ENDED)
#: The conditions in which evidence may be lost.
IN_DANGER = frozenset((AT_RISK, MISSING))
#: What ``state`` of a hold may be.
ACTIVE, UNMATCHED = "active", "unmatched"
_WILDCARD = re.compile(r"[*?\[]")
# The device deletes recordings of all groups of such a disk.
_LOSING_DISKS = frozenset(("short", "full", "conflicting_cleanup"))
#: From this percentage on, the device deletes the oldest recordings of a disk, or soon will.
_NEARLY_FULL = 95


def assess_holds(holds: Iterable[Mapping[str, Any]], host: Mapping[str, Any]) -> list[Document]:
    """Return the holds that apply to a host, each with its condition.

    :param holds: those of its result, or of its variables.
    :param host: the host of the report, with verdict, findings, and disks.
    """
    return [{**hold, "condition": _assess(hold, host)} for hold in holds]


def _assess(hold: Mapping[str, Any], host: Mapping[str, Any]) -> str:
    if hold["ended"]:
        return ENDED
    if host["verdict"] == NOT_IN_RUN:
        return NOT_IN_RUN
    if hold["matches"] is None:
        return NOT_VERIFIED
    condition = _assess_groups(hold, host)
    # What was read before a check failed is not a verdict, unless evidence is in danger.
    return condition if condition in IN_DANGER or not is_unread(host["verdict"]) else NOT_VERIFIED


def _assess_groups(hold: Mapping[str, Any], host: Mapping[str, Any]) -> str:
    existing = {*hold["matches"], *hold["differs_in_case"]}
    disks = [disk for disk in (host["actual"] or {}).get("disks") or () if _has_any(disk, existing)]
    if any(_keeps_less(finding, existing) for finding in host["findings"]):
        return AT_RISK
    if any(disk["verdict"] in _LOSING_DISKS or _is_nearly_full(disk) for disk in disks):
        return AT_RISK
    if any(_is_missing(finding, hold) for finding in host["findings"]):
        return MISSING
    if any(disk["verdict"] == "missing" for disk in disks):
        return MISSING
    if not hold["matches"] and not _WILDCARD.search(hold["recording_group_id"]):
        return MISSING
    if not existing:
        return NO_GROUP
    return PROTECTED if _are_checked(existing, disks, host) else SETTINGS_ONLY


def _is_nearly_full(disk: Mapping[str, Any]) -> bool:
    return disk["used_percent"] is not None and disk["used_percent"] >= _NEARLY_FULL


def _are_checked(groups: Collection[str], disks: Sequence[Mapping[str, Any]], host: Mapping[str, Any]) -> bool:
    """Return whether the disks of all groups were read, and have recordings."""
    unavailable = {item["part"] for item in (host["actual"] or {}).get("unavailable") or ()}
    read = {group["recording_group_id"] for disk in disks if disk["recordings"] for group in disk["groups"]}
    return "disks" not in unavailable and read.issuperset(groups)


def _has_any(disk: Mapping[str, Any], groups: Collection[str]) -> bool:
    return any(group["recording_group_id"] in groups for group in disk["groups"])


def _keeps_less(finding: Mapping[str, Any], groups: Collection[str]) -> bool:
    """Return whether a finding is about one of the groups, and its retention is not unlimited."""
    is_about_one = finding["disk_id"] is None and finding["recording_group_id"] in groups
    return is_about_one and finding["verdict"] != "missing" and finding["retention"]["found"] != 0


def _is_missing(finding: Mapping[str, Any], hold: Mapping[str, Any]) -> bool:
    """Return whether a finding says that a held group does not exist, or was created without recordings."""
    name = finding["recording_group_id"]
    if finding["disk_id"] is not None or (name is None and finding["nice_name"]):
        return False
    if name is None:
        # The device has no groups at all.
        return bool(finding["verdict"] == "missing")
    is_meant = fnmatchcase(name, hold["recording_group_id"])
    return is_meant and (finding["verdict"] == "missing" or name not in hold["matches"])


def list_holds(hosts: Iterable[Document]) -> list[Document]:
    """Return all holds of these hosts, each with its state, and with the names of its hosts by condition."""
    holds: dict[tuple[str, ...], list[tuple[str, Document]]] = defaultdict(list)
    for host in hosts:
        for hold in host["holds"]:
            holds[hold_key(hold)].append((str(host["host"]), hold))
    return [_build_hold(key, holds[key]) for key in sorted(holds)]


def _build_hold(key: tuple[str, ...], found: Sequence[tuple[str, Document]]) -> Document:
    names = sorted({name for name, _hold in found})
    built = build_hold(key, names, len(names))
    return {
        **{name: built.pop(name) for name in ("recording_group_id", "reason", "owner", "until")},
        "state": _find_state([hold for _name, hold in found]),
        **built,
        "conditions": {
            condition: sorted({name for name, hold in found if hold["condition"] == condition})
            for condition in CONDITIONS
        },
    }


def _find_state(holds: Sequence[Document]) -> str:
    """Return the state of a hold; one that could not be compared with the groups of any host is active."""
    if any(hold["ended"] for hold in holds):
        return ENDED
    read = [hold for hold in holds if hold["matches"] is not None]
    return UNMATCHED if read and not any(hold["matches"] for hold in read) else ACTIVE


def list_conditions(hold: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield each condition that a hold has on any host, the worst first, with the names of these hosts."""
    for condition in CONDITIONS:
        if names := hold["conditions"][condition]:
            yield condition, names


def sort_holds(holds: Iterable[Document]) -> list[Document]:
    """Return the holds, those in danger first, and those that have ended last."""
    return sorted(holds, key=_urgency)


def _urgency(hold: Document) -> int:
    if hold["state"] == UNMATCHED:
        return 0
    conditions = [condition for condition, _names in list_conditions(hold)]
    return 1 + CONDITIONS.index(conditions[0]) if conditions else len(CONDITIONS) + 1


def protects(hold: Mapping[str, Any]) -> bool:
    """Return whether a hold of a host is active, and its groups were found on the host."""
    return not hold["ended"] and bool(hold["matches"])
