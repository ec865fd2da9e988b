# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the list of what to do from a report: each problem with its next step and its hosts, worst first. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import sort_key
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    DISK_NEXT_STEPS,
    STATE_OF,
    UNVERIFIED,
)

#: From the most urgent. ``unverified`` is what prevents a check; ``info`` needs no action.
URGENCIES = ("critical", "warning", UNVERIFIED, "cosmetic", "info")
_ROLL_OUT = "Roll out the policy"
_ALLOW = "roll out with --extra-vars {variable}=true and --limit. The summary of the run has both, with the hosts."
_LOSS, _STOP = "retention_policy_allow_recording_loss", "retention_policy_allow_recording_stop"


class Problem(NamedTuple):
    """What is wrong, and what to do about it. A text is a whole sentence without its period."""

    text: str
    next_step: str


@dataclass(frozen=True)
class ToDo:
    """One problem of several hosts; a host can have several problems.

    :param urgency: of the hosts for which it is the most urgent, whose number is ``worst``.
    """

    key: str
    urgency: str
    problem: Problem
    hosts: int
    worst: int

    @property
    def worst_key(self) -> str:
        """What the filter compares for the hosts of ``worst`` only."""
        return urgent_key(self.key, self.urgency)


#: By key, the problems about recording groups.
_GROUP_PROBLEMS = {
    "retention_short": Problem(
        "Retention is shorter than the policy", f"{_ROLL_OUT}. It extends the retention and deletes nothing."
    ),
    "retention_long": Problem(
        "Retention is longer than the policy",
        f"{_ROLL_OUT}. It reduces the retention, so that the devices delete older recordings.",
    ),
    "retention_privacy": Problem(
        "Retention is longer than the maximum (privacy)",
        f"{_ROLL_OUT}. The devices then delete older recordings, which may need {_LOSS}=true for these hosts.",
    ),
    "retention_unknown": Problem("The device does not return a retention", "Check the recording groups on the device."),
    "retention_bounds": Problem(
        "Retention is outside the minimum or maximum", "Correct the policy, or the group on the device."
    ),
    "group_missing": Problem("A recording group of the policy does not exist", f"{_ROLL_OUT}. It creates the group."),
    "no_groups": Problem(
        "The device has no recording groups",
        "Check whether the device is meant to record, and add its groups to the policy.",
    ),
    "unexpected_group": Problem(
        "A device has a recording group that its policy does not permit",
        "Check whether the device is meant to record. If so, add the group to the policy. If not, and if no legal hold "
        "protects it, remove it on the device, which deletes its recordings.",
    ),
    "unmanaged_bounds": Problem(
        "A recording group that the policy does not cover has a retention outside the minimum or maximum",
        "Add the group to the policy, or correct it on the device.",
    ),
    "purge": Problem(
        "A recording group is to be deleted, because the policy does not cover it",
        f"{_ROLL_OUT}. It deletes the group with its recordings.",
    ),
    "recording": Problem("The device does not record when the policy requires", f"{_ROLL_OUT}."),
    "names": Problem("A name or a description differs", f"{_ROLL_OUT}. Recordings are not affected."),
    "settings": Problem("Other settings of a recording group differ", f"{_ROLL_OUT}."),
}
#: By verdict on a disk, what is wrong.
_DISK_TEXTS = {
    "short": "Recordings do not go back as far as the policy requires",
    "overdue": "Recordings are older than the policy allows (privacy)",
    "conflicting_cleanup": "The cleanup of the disk deletes recordings before the policy does",
    "full": "The disk is full",
    "locked": "The disk is locked, so that the device does not record to it",
    "missing": "The disk of a recording group is missing",
}
_DISK_PROBLEMS = {
    **{f"disk_{name}": Problem(text, DISK_NEXT_STEPS[name]) for name, text in _DISK_TEXTS.items()},
    "disk_insufficient_history": Problem(
        "Recordings do not go back far enough to verify the retention",
        "Audit again when the device has recorded for as long as its retention.",
    ),
    "disk_empty": Problem("A disk has no recordings", "Check whether the device records, and audit again."),
    "disk_indeterminate": Problem(
        "Recordings do not prove the retention",
        "See the reason of each host. A disk for each group makes the retention verifiable.",
    ),
    "recordings_unread": Problem(
        "Recordings, or the state of their disk, could not be read",
        "See what was not read, and why, in the details of each host.",
    ),
}
_HOLD_PROBLEMS = {
    "hold_loses": Problem(
        "Recordings under a legal hold may be deleted",
        "Set the retention of the group to unlimited, so that no evidence is deleted.",
    ),
    "held": Problem(
        "A legal hold prevents a change that the policy requires",
        "Wait until the hold ends, or contact its owner.",
    ),
    "held_group_missing": Problem(
        "A recording group under a legal hold is missing, or was created without recordings",
        "Check whether a disk with its recordings was removed, or correct the hold.",
    ),
    "unmatched_hold": Problem(
        "A legal hold matches no recording group and protects nothing", "Correct the group or the hosts of the hold."
    ),
}
_REFUSALS = {
    "recording_loss": Problem(
        "The policy requires a change that deletes recordings",
        f"Decide whether they may be deleted. If so, {_ALLOW.format(variable=_LOSS)}",
    ),
    "recording_stop": Problem(
        "The policy requires a change that ends a recording",
        f"Decide whether it may end. If so, {_ALLOW.format(variable=_STOP)}",
    ),
    "group_in_use": Problem(
        "A recording action uses a group that the policy deletes",
        f"Remove the recording action, or {_ALLOW.format(variable=_STOP)}",
    ),
    "immutable": Problem(
        "A recording group is on another disk than the policy requires",
        "Correct the disk in the policy, or set another ID for a new group.",
    ),
    "ambiguous": Problem(
        "The policy does not say which recording group it means", "Set recording_group_id in the policy."
    ),
    "disk_unavailable": Problem(
        "The disk that the policy requires cannot be used", "Insert, mount, or unlock the disk, or correct the policy."
    ),
}
_NO_RESPONSE = Problem("The device did not respond", "Check its power, network, and address, and run again.")
_ERRORS = {
    "unreachable": _NO_RESPONSE,
    "timeout": Problem("The device did not respond in time", "Check its network and its load, and run again."),
    "tls": Problem(
        "The certificate of the device is not trusted", "Check the device, and pin or replace its certificate."
    ),
    "authentication": Problem("The device rejected the login", "Correct the user name or the password."),
    "forbidden": Problem("The role of the account is too low", "Set a higher role for the account on the device."),
    "blocked": Problem(
        "The device rejects the address of the controller",
        "Check the address filter of the device, and run again later.",
    ),
    "unsupported": Problem(
        "The device has no supported recording group API",
        "Update its firmware, or remove it from the hosts of the run.",
    ),
    "duplicate_device": Problem(
        "A device is listed under several names", "Remove all of these hosts but one from the inventory."
    ),
    "not_attempted": Problem("The host was not attempted", "See why the run ended early or skipped it, and run again."),
    "interrupted": Problem("The check was interrupted", "Check the memory of the controller, and run again."),
    "conflict": Problem("Another client changed the device during the run", "Run again."),
    "not_applied": Problem("The device accepted a change without applying it", "Audit the device again."),
    "unconfirmed": Problem(
        "It is unknown whether the device applied a change", "Audit the device again to see its settings."
    ),
    "not_in_run": Problem("The host was not in this run", "Include the host in the next run."),
}
_OTHER_ERROR = Problem("The check failed for another reason", "See the reason of each host.")
PROBLEMS: Mapping[str, Problem] = {
    **_GROUP_PROBLEMS,
    **_DISK_PROBLEMS,
    **_HOLD_PROBLEMS,
    **_REFUSALS,
    **_ERRORS,
    "other": _OTHER_ERROR,
    "non_compliant": Problem("The host is not compliant for another reason", "See the reason of each host."),
}
_TEXT_FIELDS = frozenset({"nice_name", "description", "recording_name"})
#: The urgency of what is never more urgent.
_MOST_URGENT = {"names": "cosmetic", "settings": "warning", "retention_long": "warning"}
_SHARED_FIELDS = frozenset({"disk_id", "stream_options", "pre_duration", "post_duration"})


def build_to_do(hosts: Iterable[Document]) -> tuple[ToDo, ...]:
    """Build the list of what to do, the most urgent first, and within one urgency what concerns the most hosts."""
    urgencies: dict[str, Counter[str]] = defaultdict(Counter)
    for host in hosts:
        for key, urgency in find_problems(host).items():
            urgencies[key][urgency] += 1
    items = [
        ToDo(key, worst := _worst(counts), PROBLEMS[key], counts.total(), counts[worst])
        for key, counts in urgencies.items()
    ]
    return tuple(sorted(items, key=lambda item: (URGENCIES.index(item.urgency), -item.worst, -item.hosts, item.key)))


def urgent_key(key: str, urgency: str) -> str:
    """Return what the filter by reason compares for the hosts for which a problem has this urgency."""
    return f"{key}.{urgency}"


def find_problems(host: Document) -> dict[str, str]:
    """Return the problems of a host by key, each with its urgency: none for a compliant host, else at least one."""
    if STATE_OF[host["verdict"]] == COMPLIANT:
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    # What was read before the check failed is not a verdict, but a hold may be in danger.
    groups = [item for item in _problems_of_groups(host) if host["verdict"] != UNVERIFIED or item[0] == "hold_loses"]
    for key, urgency in (*groups, *_problems_of_disks(host), *_problems_of_run(host)):
        found[key if key in PROBLEMS else "non_compliant"].add(urgency)
    if not found:
        found.update(_problem_of_verdict(host))
    return {key: _worst(urgencies) for key, urgencies in found.items()}


def _problem_of_verdict(host: Document) -> dict[str, set[str]]:
    """Return the problem of a host without findings and without an error."""
    verdict, is_unverified = host["verdict"], STATE_OF[host["verdict"]] == UNVERIFIED
    if f"disk_{verdict}" in PROBLEMS:
        # No disk could be read.
        return {f"disk_{verdict}": {host["severity"]}}
    if verdict in PROBLEMS:
        return {verdict: {UNVERIFIED}}
    return {"other": {UNVERIFIED}} if is_unverified else {"non_compliant": {host["severity"]}}


def _worst(urgencies: Iterable[str]) -> str:
    return min(urgencies, key=URGENCIES.index)


def _problems_of_groups(host: Document) -> Iterator[tuple[str, str]]:
    refused = {refusal["recording_group_id"]: refusal["kind"] for refusal in host["refused"]}
    deleted = {change["recording_group_id"] for change in host["changes"] if change["operation"] == "delete"}
    for finding in host["findings"]:
        if finding["disk_id"] is None and finding["verdict"] != "compliant":
            for key in _problems_of_finding(finding, refused, deleted):
                yield key, _cap(key, finding["severity"])


def _problems_of_finding(
    finding: Mapping[str, Any], refused: Mapping[str | None, str], deleted: Set[str | None]
) -> set[str]:
    """Return the problems of a finding about a group.

    :param refused: by group, the kind of the refusal of its change.
    :param deleted: the groups that the policy deletes.
    """
    name, verdict, is_critical = finding["recording_group_id"], finding["verdict"], finding["severity"] == "critical"
    if verdict == "held":
        return {"hold_loses" if is_critical else "held"}
    if verdict == "missing":
        if not (name or finding["nice_name"]):
            return {"no_groups"}
        # Only a hold names a group that the policy does not describe.
        return {"group_missing" if finding["fields"] else "held_group_missing"}
    if verdict == "unmanaged":
        if name in deleted:
            return {"purge"}
        if finding["severity"] == "info":
            return set()
        return {"unmanaged_bounds" if is_critical else "unexpected_group"}
    fields = _problems_of_fields(finding)
    if verdict == "refused":
        # Without a change, the policy does not say which of several groups it means.
        return {refused.get(name, "ambiguous")} | (fields & {"retention_privacy"})
    return fields


def _problems_of_fields(finding: Mapping[str, Any]) -> set[str]:
    fields = {field["field"]: field for field in finding["fields"]}
    found = {_problem_of_field(name) for name in fields if name != "retention_time"}
    # A device that does not record is critical, too, if the policy has a minimum.
    is_outside = finding["severity"] == "critical" and "recording" not in found
    if retention := fields.get("retention_time"):
        found.add(_problem_of_retention(retention, is_outside=is_outside))
    elif is_outside or not fields:
        found.add("retention_unknown" if finding["retention"]["found"] is None else "retention_bounds")
    return found


def _problem_of_retention(field: Mapping[str, Any], *, is_outside: bool) -> str:
    """Return the problem of a retention time that differs.

    :param is_outside: whether it is below the minimum or above the maximum.
    """
    expected, found = field["expected"], field["found"]
    if not isinstance(expected, int) or not isinstance(found, int):
        return "retention_unknown"
    if sort_key(found) < sort_key(expected):
        return "retention_short"
    return "retention_privacy" if is_outside else "retention_long"


def _problem_of_field(name: str) -> str:
    if name in _TEXT_FIELDS:
        return "names"
    return "settings" if name in _SHARED_FIELDS else "recording"


def _cap(key: str, severity: str) -> str:
    """Return the urgency of one problem of a finding, which has the severity of the worst."""
    most = _MOST_URGENT.get(key, severity)
    return max(most, severity, key=URGENCIES.index)


def _problems_of_disks(host: Document) -> Iterator[tuple[str, str]]:
    actual = host["actual"] or {}
    parts = {part["part"] for part in actual.get("unavailable", ())}
    empty = {disk["disk_id"] for disk in actual.get("disks", ()) if disk["recordings"] == 0}
    for finding in host["findings"]:
        if finding["verdict"] == "indeterminate" and parts & {"recordings", "disks"}:
            yield "recordings_unread", UNVERIFIED
        elif finding["verdict"] == "insufficient_history" and finding["disk_id"] in empty:
            yield "disk_empty", finding["severity"]
        elif finding["disk_id"] is not None:
            yield f"disk_{finding['verdict']}", finding["severity"]


def _problems_of_run(host: Document) -> Iterator[tuple[str, str]]:
    if host["unmatched_holds"]:
        yield "unmatched_hold", "critical"
    if host["error"]:
        kind = host["error"]["kind"]
        if kind in _REFUSALS or kind == "held":
            # The findings have the severity, if the planner got as far.
            yield kind, host["severity"]
        else:
            yield kind if kind in _ERRORS else "other", UNVERIFIED
