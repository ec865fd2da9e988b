# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of cameras, and reports of them, for the tests of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    Document,
    PolicyWords,
    RunInfo,
    Scope,
    build_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput, build_summary

DIGEST = "ab" * 32
RUN = RunInfo(
    "audit",
    "Audit of the harbor",
    datetime(2026, 11, 27, 8, 15, 2, tzinfo=timezone.utc),
    {"user": "erika", "controller": "awx-1", "job": "42"},
    "0.2.0",
    "2.19.14",
    "2026-48",
    started=datetime(2026, 11, 27, 8, 12, 1, tzinfo=timezone.utc),
    approved_by="Change 4711",
    scope=Scope("axis", None, ("/srv/inventory",)),
    python_version="3.12.3",
)
WORDS = {
    DIGEST: PolicyWords(
        ("door keeps recordings 30 days.",), ("Every recording group keeps recordings at least 7 days.",), ()
    )
}
HOLD = {
    "recording_group_id": "door*",
    "reason": "Case 4711",
    "owner": "legal@example.com",
    "until": "2027-06-30T23:59:59Z",
    "ended": False,
    "matches": ["door"],
    "differs_in_case": [],
}
#: a disk with recordings that are old enough
DISK = {
    **dict.fromkeys(("status", "free_size_text", "cleanup_text", "oldest", "newest")),
    **dict.fromkeys(("used_percent", "wear_percent", "cleanup_max_age", "age_hours")),
    "recordings": 7,
    "disk_id": "SD_DISK",
    "verdict": "met",
    "severity": "info",
    "reason": "",
    "groups": [{"recording_group_id": "door", "retention_time": 720}],
}
ACTUAL = {
    "time_source": "controller",
    "checked_at": "2026-11-27T08:15:01Z",
    "tolerance": 24,
    "disks": [DISK],
    "unavailable": [],
}


def finding(verdict: str = "compliant", severity: str = "info", **more: Any) -> dict[str, Any]:
    """Build a finding about the group door."""
    names = {"recording_group_id": "door", "nice_name": "Door"}
    defaults = {"disk_id": None, "differences": [], "reason": None}
    return {**names, "verdict": verdict, "severity": severity, **defaults, **more}


def result(number: int = 1, *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Build the result of a camera."""
    return {
        "changed": False,
        "device": {"host": f"192.0.2.{number}", "serial": f"ACCC8E{number:06X}"},
        "changes": [],
        "refused": [],
        "compliant": all(item["verdict"] == "compliant" for item in findings),
        "policy_digest": DIGEST,
        "findings": list(findings or (finding(),)),
        "recording_groups": [{"recording_group_id": "door", "retention_time": 720, "stream_options": "camera=1"}],
        **more,
    }


def change(differences: list[dict[str, Any]], *, loses_recordings: bool) -> dict[str, Any]:
    """Build an update of the group door."""
    return {
        "operation": "update",
        "recording_group_id": "door",
        "nice_name": "Door",
        "differences": differences,
        "loses_recordings": loses_recordings,
        "ends_recording": False,
    }


def drifted(number: int, hours: int = 24, severity: str = "critical") -> dict[str, Any]:
    """Build the result of a camera whose group keeps ``hours``, and the policy requires 720."""
    differences = [{"field": "retention_time", "before": hours, "after": 720}]
    return result(
        number,
        finding("drifted", severity, differences=differences, reason="Below the minimum"),
        changed=True,
        changes=[change(differences, loses_recordings=hours > 720)],
    )


def held(number: int, severity: str = "info") -> dict[str, Any]:
    """Build the result of a camera whose group is protected by a hold."""
    differences = [{"field": "retention_time", "before": 0, "after": 720}]
    refused = change(differences, loses_recordings=True)
    return result(
        number,
        finding("held", severity, differences=differences, reason="Held for Case 4711"),
        holds=[HOLD],
        refused=[{**refused, "kind": "held", "reason": "Held", "next_step": "Ask legal.", "allowances": []}],
    )


def failed(number: int, kind: str = "unreachable", message: str = "No connection") -> dict[str, Any]:
    """Build the result of a camera that did not respond, or responded with an error."""
    return {
        "unreachable" if kind in ("unreachable", "timeout", "tls") else "failed": True,
        "changed": False,
        "device": {"host": f"192.0.2.{number}", "serial": None},
        "msg": f"c{number} (192.0.2.{number}): {message}. Check it.",
        "error": {"kind": kind, "code": None, "description": None, "message": message, "next_step": "Check it."},
    }


def host(name: str, registered: dict[str, Any] | None, *groups: str) -> HostInput:
    """Build a host of the inventory group axis and of others."""
    return HostInput(name, registered, "Doors", "me@example.com", groups=("all", "axis", *groups))


def report(
    *reports: HostInput,
    outside: Sequence[HostInput] = (),
    check_mode: bool = True,
    run: RunInfo = RUN,
    words: Mapping[str, PolicyWords] | None = None,
) -> Document:
    """Build the report of hosts."""
    summary = build_summary(reports, check_mode=check_mode)
    return build_report(
        replace(run, check_mode=check_mode), summary, reports, outside, WORDS if words is None else words
    )


#: one host of most classes
FLEET = (
    host("c1", result(1), "harbor"),
    host("c2", drifted(2), "harbor"),
    host("c3", held(3), "harbor"),
    host("c4", failed(4), "depot"),
    host("c5", failed(5, "unsupported", "It has no such API"), "depot"),
    host("c6", None, "depot"),
)
OUTSIDE = (host("c7", None, "depot"),)
