# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions about the run and the files of the inventory, beside those about what the devices have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import HEADINGS as _OF_DRAFT
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import Conflict
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.forecast import Forecast
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import NO_USABLE_DISK, Readings
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import DUPLICATE

NO_RESPONSE, SHARED_DEVICE = "no_response", "shared_device"
INVALID_POLICY, NO_POLICY, NOT_COMPLIANT = "invalid_policy", "no_policy", "not_compliant"
OUTSIDE_RUN, SECRET_ID = "outside_run", "secret_id"
OPEN_BOUNDS = "open_bounds"
INCOMPLETE, CONFLICT = "incomplete", "file_conflict"
# What can lose recordings comes before what an audit cannot do.
_FIRST = ("permits_deletion",)
#: The heading of each kind of decision, the most important kind first.
HEADINGS: Mapping[str, str] = {
    **{kind: heading for kind, heading in _OF_DRAFT.items() if kind in _FIRST},
    NO_USABLE_DISK: "Cameras without recording groups, of which a disk may be missing",
    INVALID_POLICY: "Variables that an audit with the draft rejects",
    NOT_COMPLIANT: "What an audit with the draft reports now",
    OUTSIDE_RUN: "Hosts that were not in the run, but get variables of the draft",
    NO_RESPONSE: "Not in the draft: not read",
    NO_POLICY: "Hosts without a policy, which no audit can include",
    SHARED_DEVICE: "Several hosts are one device",
    SECRET_ID: "Groups that are not in the draft because their IDs have a password",
    INCOMPLETE: "Parts of devices that could not be read",
    CONFLICT: "Files of the inventory that a copy of the draft would hide or replace",
    **{kind: heading for kind, heading in _OF_DRAFT.items() if kind not in _FIRST},
    OPEN_BOUNDS: "Hosts without bounds of the retention time",
}
#: By part of a device that a draft uses, what the draft lacks without it.
_PARTS = {
    "disks": "disks that delete recordings earlier than their groups are not known",
    "recording_actions": "the draft has no recording actions of this device",
}


def decide_about_run(read: Readings) -> Iterator[Decision]:
    """Yield a decision for each device that several hosts have, and for each part that could not be read."""
    for hosts in read.shared:
        yield Decision(
            SHARED_DEVICE,
            hosts,
            "The inventory lists one device more than once: these hosts have the same address or serial number",
            "Keep one of these hosts in the inventory. None of them is in the draft, and a roll-out writes to none",
        )
    missing: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, parts in read.unavailable.items():
        for lacking in parts:
            if lacking["part"] in _PARTS:
                missing[lacking["part"], lacking["reason"], lacking["next_step"]].append(name)
    for (part, reason, next_step), names in missing.items():
        message = f"{reason.rstrip('.')}, so {_PARTS[part]}"
        yield Decision(INCOMPLETE, tuple(sorted(names)), message, next_step.rstrip("."))


def decide_about_unread(unread: Iterable[Mapping[str, Any]], left_out: Collection[str]) -> Iterator[Decision]:
    """Yield a decision for each reason why hosts were not read.

    :param unread: the hosts, as the module returns them.
    :param left_out: hosts without a policy, which the command of the draft leaves out.
    """
    hosts: dict[tuple[str, str, str, bool], list[str]] = defaultdict(list)
    for item in unread:
        if item["kind"] != DUPLICATE:
            kind = NO_USABLE_DISK if item["kind"] == NO_USABLE_DISK else NO_RESPONSE
            hosts[kind, item["reason"], item["next_step"], item["host"] in left_out].append(item["host"])
    for (kind, reason, next_step, is_left_out), names in hosts.items():
        until = _UNTIL_LEFT_OUT if is_left_out else _COVERED
        step = f"{next_step.rstrip('.') or 'Correct the cause'}. Then draft again in another directory. {until}"
        yield Decision(kind, tuple(sorted(names)), reason.rstrip("."), step)


_UNTIL_LEFT_OUT = "Until then, the command above leaves them out, because they have no policy"
_COVERED = (
    "Until then, an audit compares them with what the draft or the inventory sets for them, and a roll-out would write "
    "it to them: exclude them from it"
)


def decide_about_forecasts(forecasts: Mapping[str, Forecast], unread: Collection[str] = ()) -> Iterator[Decision]:
    """Yield a decision for each reason why an audit with the draft cannot be compliant now.

    :param forecasts: by host that was read.
    :param unread: hosts without a policy that were not read.
    """
    problems: dict[str, list[str]] = defaultdict(list)
    deviations: dict[str, list[tuple[str, Sequence[str]]]] = defaultdict(list)
    left_out = [*unread]
    for host, forecast in forecasts.items():
        if not forecast.has_policy:
            left_out.append(host)
        elif forecast.problem is not None:
            problems[forecast.problem].append(host)
        for found in forecast.deviations:
            deviations[found.reason].append((host, found.recording_groups))
    for problem, hosts in problems.items():
        yield Decision(
            INVALID_POLICY,
            tuple(sorted(hosts)),
            f"With the draft beside the variables of the inventory: {problem}",
            "Correct these variables in the inventory or in the draft. Until then, an audit with any of these hosts "
            "fails before its first request, so the command above leaves them out",
        )
    for reason, places in deviations.items():
        names = tuple(sorted({name for _host, found in places for name in found}))
        which = f"Groups {', '.join(names[:3])}{' and others' if len(names) > 3 else ''}: " if names else ""
        yield Decision(
            NOT_COMPLIANT,
            tuple(sorted({host for host, _found in places})),
            f"{which}{reason}",
            "Decide whether the device or the policy is right. Until then, these hosts are not compliant",
            names,
        )
    if left_out:
        yield Decision(
            NO_POLICY,
            tuple(sorted(left_out)),
            "Neither the draft nor the inventory has a policy in force for these hosts, so an audit with any of "
            "them fails before its first request",
            "Write a policy for them, or draft again when they can be read. The command above leaves them out",
        )


def decide_about_outside(groups: Iterable[tuple[str, Collection[str]]]) -> Iterator[Decision]:
    """Yield a decision for each inventory group of a draft with hosts that were not in the run.

    :param groups: by name, these hosts.
    """
    for name, hosts in groups:
        if hosts:
            yield Decision(
                OUTSIDE_RUN,
                tuple(sorted(hosts)),
                f"These hosts are in the inventory group {name}, so its variables apply to them, but they were "
                "not in this run",
                "Draft again with all hosts of the group. Until then, exclude these hosts from each audit and each "
                "roll-out, which would change their groups to what other cameras have",
            )


def decide_about_bounds(hosts: Iterable[str]) -> Iterator[Decision]:
    """Yield a decision about hosts without a minimum and a maximum, if there are any."""
    if names := tuple(sorted(hosts)):
        yield Decision(
            OPEN_BOUNDS,
            names,
            "No device knows how long its recordings must be kept, and how long they may be kept",
            "Set retention_policy_minimum and retention_policy_maximum, which are comments in the files of the draft, "
            "and retention_policy_purpose and retention_policy_owner for the report",
        )


def decide_about_secret_ids(found: Mapping[str, int]) -> Iterator[Decision]:
    """Yield a decision about groups that are left out.

    :param found: by host, their number.
    """
    if found:
        yield Decision(
            SECRET_ID,
            tuple(sorted(found)),
            "The IDs of some groups of these hosts have a text that is a password of the inventory, so no file "
            "and no output has them",
            "Change the password, or recreate these groups with other IDs, and draft again in another directory",
        )


def decide_about_conflict(conflict: Conflict) -> Decision:
    """Return the decision about a file of the inventory."""
    path, directory = conflict
    if conflict.is_replaced:
        message = f"{path} exists, and a copy of the draft there would replace it"
        return Decision(CONFLICT, (), message, "Compare the two files, and merge them by hand")
    message = f"Ansible does not read {path} if the directory {directory} exists"
    next_step = f"Before you copy the draft there, create the directory {directory}, and move the file into it"
    return Decision(CONFLICT, (), message, next_step)


def sort_decisions(decisions: Iterable[Decision]) -> list[Decision]:
    """Return all decisions, the most important kind first."""
    order = {kind: number for number, kind in enumerate(HEADINGS)}
    return sorted(decisions, key=lambda item: order[item.kind])
