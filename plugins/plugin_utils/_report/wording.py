# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render parts of a report in words, the same in every format. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    UNLIMITED,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DISK_VERDICTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    DONE,
    NON_COMPLIANT,
    NOT_IN_RUN,
    STATE_OF,
    UNVERIFIED,
    VERDICTS,
    render_count,
    render_hold,
)

#: By verdict and state, its label.
LABELS: Mapping[str, str] = {
    **{verdict: verdict.replace("_", " ") for verdict in VERDICTS},
    NON_COMPLIANT: "non-compliant",
}


#: By verdict on a disk, its label.
DISK_LABELS: Mapping[str, str] = {
    **{verdict: verdict.replace("_", " ") for verdict in DISK_VERDICTS},
    "overdue": "overdue (privacy)",
}
#: By condition of a hold on a host, its label.
HOLD_LABELS: Mapping[str, str] = {
    "at_risk": "at risk",
    "missing": "group missing",
    "not_verified": "not verified",
    NOT_IN_RUN: "not in this run",
    "settings_only": "protected by settings only",
    "protected": "protected",
    "no_group": "no group matches",
    "ended": "ended, protects nothing",
}
#: By condition of a hold on a host, the name of its color.
HOLD_TONES: Mapping[str, str] = {
    "at_risk": "critical",
    "missing": "critical",
    "not_verified": "unknown",
    NOT_IN_RUN: "unknown",
    "settings_only": "unknown",
    "protected": "good",
    "no_group": "none",
    "ended": "none",
}
#: By field of a recording group, its name for people.
FIELD_LABELS: Mapping[str, str] = {
    "nice_name": "name",
    "retention_time": "retention",
    "disk_id": "disk",
    "stream_options": "stream options",
    "pre_duration": "pre-recording",
    "post_duration": "post-recording",
    "recording": "recording action",
    "recording_name": "name of the recording action",
    "recording_other_rules": "other recording actions",
    "recording_other_configurations": "unused recording configurations",
    "recording_template": "template of the recording action",
    "recording_activation_timeout": "activation timeout of the recording action",
    "recording_failover_action": "failover of the recording action",
}
_DURATIONS = frozenset({"pre_duration", "post_duration"})
_HOURS_AND_DAYS = re.compile(r"\b[0-9]+ hours? \((?P<days>[0-9]+ days?)\)")
# What the reason of a group that does not exist says about it.
_ABSENCE = re.compile(r"^The group does not exist(?:\. |$)|(?<=\)), but does not exist")
_FIELD_NAME = re.compile(rf"(?P<start>^)?\b(?P<name>{'|'.join(name for name in FIELD_LABELS if '_' in name)})\b")


def render_severity(host: Document) -> str:
    """Render the severity of the findings of a host, or a dash if the host is unverified."""
    return "–" if STATE_OF[host["verdict"]] == UNVERIFIED else str(host["severity"])


def host_sites(document: Document, host: Document) -> list[str]:
    """Return the inventory groups of a host, except those that contain all hosts."""
    sites = {site["site"] for site in document["sites"]}
    return [site for site in host["sites"] if site in sites]


def render_site(group: str) -> str:
    """Render the name of an inventory group as that of a site, without the prefix of the inventory plugin."""
    return group.removeprefix("axis_site_") or group


def render_findings(host: Document) -> list[str]:
    """Render the findings of a host that are not compliant, each with what it is about, and its error."""
    lines = []
    for finding in host["findings"]:
        if finding["verdict"] != "compliant":
            name = finding["disk_id"] or finding["recording_group_id"] or finding["nice_name"]
            texts = (describe_finding(finding), describe_finding_reason(finding))
            # A finding about a device without groups has no name.
            lines.append(": ".join(filter(None, (name, ". ".join(filter(None, texts))))))
    return lines + ([render_error(host["error"])] if host["error"] else [])


def render_error(error: Mapping[str, Any]) -> str:
    """Render what happened, and what to do."""
    return f"{error['message']}. {error['next_step']}" if error["next_step"] else str(error["message"])


def render_change(change: Mapping[str, Any], *, only_predicted: bool) -> str:
    """Render a change that was made, or that a roll-out would make."""
    verb, may = ("would be", "may be") if only_predicted else ("was", "may have been")
    loss = ", with its recordings" if change["operation"] == "delete" else f", so that recordings {may} deleted"
    name = change["recording_group_id"] or change["nice_name"]
    return f"{name} {verb} {DONE[change['operation']]}{loss if change['loses_recordings'] else ''}"


def host_disks(host: Document) -> list[Mapping[str, Any]]:
    """Return the disks whose recordings were verified."""
    return list(host["actual"]["disks"]) if host["actual"] else []


def describe_span(disk: Mapping[str, Any]) -> str:
    """Describe when the oldest and the newest recording of a disk started, by the clock of the device."""
    times = ((name, disk[name]) for name in ("oldest", "newest"))
    return ", ".join(f"the {name} of {time[:16].replace('T', ' ')} UTC" for name, time in times if time)


def render_disk(disk: Mapping[str, Any]) -> str:
    """Render the verdict on the recordings of a disk."""
    return f"{disk['disk_id']} {disk['verdict'].replace('_', ' ')}: {describe_reason(disk['reason'])}"


def render_hold_of_host(hold: Mapping[str, Any]) -> str:
    """Render a hold of one host with its condition, and with the groups that it protects if they are known."""
    groups = ", ".join(hold["matches"] or ()) or hold["recording_group_id"]
    return f"{render_hold({**hold, 'recording_group_id': groups})}: {HOLD_LABELS[hold['condition']]}"


def describe_hours(hours: int) -> str:
    """Describe a retention time, in days if it is a whole number of them: ``10 days``, ``36 hours``, ``unlimited``."""
    if hours == UNLIMITED:
        return "unlimited"
    days, rest = divmod(hours, 24)
    return render_count(hours, "hour") if rest or not days else render_count(days, "day")


def describe_value(name: str, value: object) -> str:
    """Describe the value of a field."""
    if value is None:
        return "unknown" if name == "retention_time" else "none"
    if name == "retention_time" and isinstance(value, int):
        return describe_hours(value)
    if name in _DURATIONS and isinstance(value, int):
        return f"{value / 1000:g} s"
    return str(value) or "empty"


def describe_field(field: Mapping[str, Any]) -> str:
    """Describe a field that differs: ``retention 10 days, policy 30 days``."""
    name = field["field"]
    found, expected = (describe_value(name, field[side]) for side in ("found", "expected"))
    return f"{FIELD_LABELS.get(name, name.replace('_', ' '))} {found}, policy {expected}"


def is_creation(finding: Mapping[str, Any]) -> bool:
    """Return whether a finding is about a group that does not exist, and that cannot be created."""
    fields = {field["field"]: field["found"] for field in finding["fields"]}
    # A device may return a group without its retention time, but not without its stream options.
    is_absent = "stream_options" in finding and (finding["stream_options"] is None or "stream_options" in fields)
    return (
        finding["verdict"] == "refused"
        and is_absent
        and bool(fields)
        and all(found is None for found in fields.values())
    )


def describe_finding(finding: Mapping[str, Any]) -> str:
    """Describe a finding about a group without its name and reason, or a finding about a disk without its reason."""
    verdict, retention = finding["verdict"], finding["retention"]
    if finding["disk_id"] is not None:
        return DISK_LABELS.get(verdict, verdict.replace("_", " "))
    if verdict == "missing" and retention["found"] is not None:
        # This run created it.
        return f"retention {describe_value('retention_time', retention['found'])}, without the recordings under a hold"
    if verdict == "missing" or is_creation(finding):
        if not (finding["recording_group_id"] or finding["nice_name"]):
            return "no recording groups"
        expected = retention["expected"]
        return "does not exist" + (f", policy {describe_hours(expected)}" if expected is not None else "")
    if verdict == "unmanaged":
        return f"retention {describe_value('retention_time', retention['found'])}, not covered by the policy"
    return "; ".join(map(describe_field, finding["fields"]))


def describe_finding_reason(finding: Mapping[str, Any]) -> str:
    """Return the reason of a finding, without what its description says already."""
    reason = finding["reason"] or ""
    if finding["verdict"] == "missing" or is_creation(finding):
        reason = _ABSENCE.sub("", reason)
    return describe_reason(reason)


def describe_reason(text: str) -> str:
    """Return a sentence of another part of the collection with the names and numbers that people use."""

    def label(match: re.Match[str]) -> str:
        name = FIELD_LABELS[match["name"]]
        return name if match["start"] is None else name.capitalize()

    return _HOURS_AND_DAYS.sub(r"\g<days>", _FIELD_NAME.sub(label, text))
