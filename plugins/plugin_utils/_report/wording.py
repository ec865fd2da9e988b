# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render parts of a report in words, the same in every format. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    NON_COMPLIANT,
    STATES,
    UNVERIFIED,
    VERDICTS,
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import DONE, render_hold

#: By verdict and state, its label.
LABELS: Mapping[str, str] = {
    **{verdict: verdict.replace("_", " ") for verdict in VERDICTS},
    NON_COMPLIANT: "non-compliant",
}
#: By verdict, its state.
STATE_OF: Mapping[str, str] = {verdict: state for state, verdicts in STATES.items() for verdict in verdicts}


def render_severity(host: Document) -> str:
    """Render the severity of the findings of a host, or a dash if the host is unverified."""
    return "–" if host["verdict"] in STATES[UNVERIFIED] else str(host["severity"])


def host_sites(document: Document, host: Document) -> list[str]:
    """Return the inventory groups of a host, except those that contain all hosts."""
    sites = {site["site"] for site in document["sites"]}
    return [site for site in host["sites"] if site in sites]


def render_findings(host: Document) -> list[str]:
    """Render the findings of a host, with a line for each field that differs from the policy."""
    lines = []
    for finding in host["findings"]:
        name = finding["recording_group_id"] or finding["nice_name"]
        # A finding about a device without groups has no name.
        prefix = f"{name}: " if name else ""
        lines += [f"{prefix}{render_field(field)}" for field in finding["fields"]]
        if finding["reason"]:
            lines.append(f"{prefix}{finding['reason']}")
    return lines + ([render_error(host["error"])] if host["error"] else [])


def render_error(error: Mapping[str, Any]) -> str:
    """Render what happened, and what to do."""
    return f"{error['message']}. {error['next_step']}" if error["next_step"] else str(error["message"])


def render_field(field: Mapping[str, Any]) -> str:
    """Render the expected and the found value of a field."""
    expected, found = (render_value(field["field"], field[side]) for side in ("expected", "found"))
    return f"{field['field']} is {found}, expected {expected}"


def render_value(name: str, value: object) -> str:
    """Render a value, retention times also in days."""
    if value is None:
        return "nothing"
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else str(value)


def render_change(change: Mapping[str, Any]) -> str:
    """Render a change."""
    name = change["recording_group_id"] or change["nice_name"]
    loss = ", recordings deleted" if change["operation"] == "delete" else ", recordings may be deleted"
    return f"{name} {DONE[change['operation']]}{loss if change['loses_recordings'] else ''}"


def host_disks(host: Document) -> list[Mapping[str, Any]]:
    """Return the disks whose recordings were verified."""
    return list(host["actual"]["disks"]) if host["actual"] else []


def render_disk(disk: Mapping[str, Any]) -> str:
    """Render the verdict on the recordings of a disk."""
    return f"{disk['disk_id']} {disk['verdict'].replace('_', ' ')}: {disk['reason']}"


def render_hold_in_force(hold: Mapping[str, Any]) -> str:
    """Render a hold of one host, with the groups that it protects."""
    return render_hold({**hold, "recording_group_id": ", ".join(hold["matches"])})
