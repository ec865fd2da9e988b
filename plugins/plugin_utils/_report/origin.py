# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render what a report is about in sentences: kind of the run, time, people, hosts, and versions. Pure."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    AUDIT,
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    NOT_IN_RUN,
    are_recordings_proven,
    render_count,
)

#: The kind of the error if it is unknown whether a write took effect.
_UNCONFIRMED = "unconfirmed"


def render_run(document: Document) -> str:
    """Render what kind of run this was, and what it changed."""
    merged = f"Merged report of {render_count(len(document['slices']), 'slice')}. " if document["slices"] else ""
    if document["run_type"] == AUDIT:
        return f"{merged}Audit: nothing was changed."
    if document["check_mode"]:
        return f"{merged}Roll-out in check mode: nothing was changed."
    return f"{merged}Roll-out: {_render_changed(document)}."


def _render_changed(document: Document) -> str:
    """Render how many hosts a roll-out changed, and of how many that is unknown."""
    changed = document["summary"]["changed"]
    unknown = sum((host["error"] or {}).get("kind") == _UNCONFIRMED for host in document["hosts"])
    if not unknown:
        return f"{render_count(changed)} changed" if changed else "nothing was changed"
    known = f"{render_count(changed)} changed" if changed else "no change was confirmed"
    return f"{known}, and it is unknown whether {render_count(unknown)} {'was' if unknown == 1 else 'were'} changed"


def render_verified(document: Document) -> str:
    """Render how much of the hosts was read, and what the recordings prove."""
    summary = document["summary"]
    hosts, recordings = summary["hosts"], summary["recordings_verified"]
    reached = hosts - sum(summary["verdicts"][name] for name in _UNREACHED)
    if not reached:
        return "No host was read."
    settings = f"Settings read on {reached} of {render_count(hosts)}"
    if not recordings:
        return f"{settings}. Recordings were not read."
    proven = sum(are_recordings_proven(host["actual"]) for host in document["hosts"] if host["recordings_verified"])
    return f"{settings}; recordings read on {recordings}, which prove the retention on {proven or 'none'}."


_UNREACHED = ("unsupported", "unverified", "not_attempted", NOT_IN_RUN)


def render_origin(document: Document) -> list[str]:
    """Render when, by whom, on which hosts, and with what a report was made, as sentences."""
    scope = document["scope"]
    limit = f", limited to {scope['limit']}" if scope["limit"] else ""
    outside = f" {render_count(scope['not_in_run'])} of the pattern not in this run." if scope["not_in_run"] else ""
    return [
        *([f"Ended early: {document['stopped']}."] if document["stopped"] else []),
        f"{_render_times(document)} {_render_creator(document)}",
        *([f"Approved by {document['approved_by']}."] if document["approved_by"] else []),
        f"Hosts: {scope['pattern'] or 'pattern unknown'}{limit}.{outside}",
        *([f"Inventory: {', '.join(scope['inventory_sources'])}."] if scope["inventory_sources"] else []),
        f"Run ID: {document['run_id'] or 'unknown'}.",
        _render_versions(document),
    ]


def _render_times(document: Document) -> str:
    ended = _render_time(document["created"])
    if document["started"] is None:
        return f"Ended {ended},"
    duration = render_count(document["duration_seconds"], "second")
    return f"Started {_render_time(document['started'])}, ended {ended} ({duration}),"


def _render_creator(document: Document) -> str:
    by = document["created_by"]
    job = f", job {by['job']}" if by["job"] else ""
    return f"run by {by['user'] or 'an unknown user'} on {by['controller'] or 'an unknown controller'}{job}."


def _render_versions(document: Document) -> str:
    python = f", Python {document['python_version']}" if document["python_version"] else ""
    return (
        f"Made with camfleet.axis {document['collection_version']}, ansible-core {document['ansible_version']}{python}."
    )


def _render_time(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")
