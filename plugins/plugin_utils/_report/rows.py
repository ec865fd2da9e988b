# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the rows of the table of hosts: everything that the page says about one host, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    NON_COMPLIANT,
    NOT_IN_RUN,
    STATE_OF,
    STATES,
    UNVERIFIED,
    natural_key,
    render_count,
    render_hold,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.to_do import URGENCIES, find_problems, urgent_key
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    DISK_LABELS,
    LABELS,
    describe_finding,
    describe_finding_reason,
    describe_reason,
    describe_value,
    host_disks,
    is_creation,
    render_change,
    render_error,
    render_hold_of_host,
    render_site,
)

#: From the worst. Unverified hosts are after all that are known to be non-compliant.
_STATES = (NON_COMPLIANT, UNVERIFIED, COMPLIANT)
#: The verdicts of hosts that returned their settings.
READ_VERDICTS = frozenset(
    (*STATES[COMPLIANT], *STATES[NON_COMPLIANT], "insufficient_history", "indeterminate"),
)
#: What was verified of a host: settings and recordings, or less.
VERIFIED: Mapping[str, str] = {
    "recordings": "settings and recordings",
    "settings": "settings only",
    "nothing": "nothing",
}
#: Characters in a line of the last column in print, and in a row that may be divided.
_LINE, _TALL = 60, 720


@dataclass(frozen=True)
class Line:
    """One finding: what it is about, what was found, and why."""

    subject: str
    text: str
    reason: str = ""


@dataclass(frozen=True)
class GroupRow:
    """One recording group of a host."""

    name: str
    nice_name: str
    source: str
    policy: str
    found: str
    verdict: str


@dataclass(frozen=True)
class DiskRow:
    """One disk whose recordings were read: how far back they go, in UTC."""

    name: str
    recordings: str
    oldest: str
    newest: str


@dataclass(frozen=True)
class Row:
    """One host. ``keys`` are what its filters compare, each a text with blanks between its items."""

    host: str
    state: str
    verdict: str
    severity: str
    tone: str
    sites: str
    keys: Mapping[str, str]
    lines: tuple[Line, ...]
    details: tuple[tuple[str, str], ...]
    groups: tuple[GroupRow, ...]
    disks: tuple[DiskRow, ...]

    @property
    def is_tall(self) -> bool:
        """Return whether the row takes so much of a page that it may continue on the next one."""
        characters = sum(len(line.subject + line.text + line.reason) for line in self.lines)
        characters += sum(len(name + value) for name, value in self.details)
        return characters + _LINE * (len(self.groups) + len(self.disks)) > _TALL


def build_rows(document: Document) -> tuple[Row, ...]:
    """Build the rows of all hosts, the worst first."""
    numbers = {site["site"]: number for number, site in enumerate(document["sites"])}
    only_predicted = is_prediction(document)
    hosts = sorted(document["hosts"], key=_sort_key)
    return tuple(_build_row(host, numbers, only_predicted=only_predicted) for host in hosts)


def is_prediction(document: Document) -> bool:
    """Return whether the run has made none of the changes in its report."""
    return bool(document["check_mode"] or document["run_type"] == "audit")


def _sort_key(host: Document) -> tuple[Any, ...]:
    state = STATE_OF[host["verdict"]]
    return (
        host["severity"] != "critical",
        _STATES.index(state),
        URGENCIES.index(host["severity"]),
        natural_key(host["host"]),
    )


def _build_row(host: Document, numbers: Mapping[str, int], *, only_predicted: bool) -> Row:
    sites = [site for site in host["sites"] if site in numbers]
    state = STATE_OF[host["verdict"]]
    return Row(
        host["host"],
        LABELS[state],
        LABELS[host["verdict"]],
        _severity(host, state),
        tone_of(host["verdict"], host["severity"]),
        ", ".join(map(render_site, sites)),
        {
            "state": state,
            "verdict": host["verdict"],
            "verified": verified_parts(host),
            "severity": host["severity"] if _severity(host, state) else "",
            "site": " ".join(str(numbers[site]) for site in sites),
            "reason": " ".join(key for item in find_problems(host).items() for key in (item[0], urgent_key(*item))),
            "disk": " ".join(sorted({disk["verdict"] for disk in host_disks(host)})),
            "retention": " ".join(sorted(_retention_keys(host))),
        },
        tuple(_build_lines(host)),
        tuple(_build_details(host, only_predicted=only_predicted)),
        tuple(_build_groups(host)),
        tuple(map(_build_disk, host_disks(host))),
    )


def _severity(host: Document, state: str) -> str:
    """Return the severity if the host has findings: what was not verified has none, unless a hold is in danger."""
    if state == COMPLIANT or (state == UNVERIFIED and host["severity"] != "critical"):
        return ""
    return str(host["severity"])


def tone_of(verdict: str, severity: str = "") -> str:
    """Return the name of the color of a host."""
    if verdict == NOT_IN_RUN:
        return "none"
    state = STATE_OF[verdict]
    if state == NON_COMPLIANT:
        return "critical" if severity == "critical" else "bad"
    return "unknown" if state == UNVERIFIED else "good"


def retention_key(expected: int, found: int) -> str:
    """Return what the filter by expected and found retention compares."""
    return f"{expected}-{found}"


def verified_parts(host: Document) -> str:
    """Return what was verified of a host, as a key of ``VERIFIED``."""
    if host["recordings_verified"]:
        return "recordings"
    return "settings" if host["verdict"] in READ_VERDICTS else "nothing"


def _retention_keys(host: Document) -> set[str]:
    pairs = ((finding["retention"]["expected"], finding["retention"]["found"]) for finding in host["findings"])
    return {retention_key(expected, found) for expected, found in pairs if None not in (expected, found)}


def _build_lines(host: Document) -> Iterator[Line]:
    """Yield the findings that are not compliant, the most urgent first, and why the host was not verified."""
    findings = [finding for finding in host["findings"] if finding["verdict"] != "compliant"]
    findings.sort(key=lambda finding: URGENCIES.index(finding["severity"]))
    # An error after the groups were read leaves open what they are now.
    ending = " (as last read)" if host["error"] and STATE_OF[host["verdict"]] == UNVERIFIED else ""
    for finding in findings:
        yield Line(_subject(finding), f"{describe_finding(finding)}{ending}", describe_finding_reason(finding))
    for hold in host["unmatched_holds"]:
        yield Line("Hold", "matches no recording group", render_hold(hold))
    if host["error"]:
        kind = (host["error"]["kind"] or "failed").replace("_", " ")
        yield Line("", kind.capitalize(), describe_reason(host["error"]["message"]))
    elif not findings and not host["unmatched_holds"] and STATE_OF[host["verdict"]] != COMPLIANT:
        yield Line("", LABELS[host["verdict"]].capitalize(), describe_reason(host["reason"]))
    elif not findings and host["findings"]:
        groups = render_count(len(host["findings"]), "group")
        yield Line("", f"{groups} as the policy requires{', recordings too' if host['recordings_verified'] else ''}")


def _subject(finding: Mapping[str, Any]) -> str:
    if finding["disk_id"] is not None:
        return str(finding["disk_id"] or "Disk")
    return str(finding["recording_group_id"] or finding["nice_name"] or "Device")


def _build_details(host: Document, *, only_predicted: bool) -> Iterator[tuple[str, str]]:
    """Yield what else is known about the host, each with its name."""
    device, policy = host["device"], host["policy"]
    for name, value in (
        ("address", device["host"]),
        ("serial number", device["serial"]),
        ("model", device["model"]),
        ("firmware", device["firmware"]),
        ("recorded sources", host["recorded_sources"]),
        ("policy", policy["purpose"]),
        ("verified", VERIFIED[verified_parts(host)]),
    ):
        if value not in (None, ""):
            yield name, str(value)
    if host["error"]:
        yield "error", describe_reason(render_error(host["error"]))
    yield from (("disk", _describe_disk(disk)) for disk in host_disks(host))
    yield from (("change", render_change(change, only_predicted=only_predicted)) for change in host["changes"])
    yield from (("hold", render_hold_of_host(hold)) for hold in host["holds"])
    if not host["holds"] and verified_parts(host) != "nothing":
        yield "holds", "none"
    steps = dict.fromkeys(refusal["next_step"] for refusal in host["refused"])
    yield from (("next step", describe_reason(step)) for step in steps if step)
    yield from (("not read", _describe_unavailable(part)) for part in _unavailable(host))


def _unavailable(host: Document) -> Iterable[Mapping[str, Any]]:
    return host["actual"]["unavailable"] if host["actual"] else ()


def _describe_unavailable(part: Mapping[str, Any]) -> str:
    return f"{part['part'].replace('_', ' ')}: {describe_reason(part['reason'])}"


def _describe_disk(disk: Mapping[str, Any]) -> str:
    """Describe a disk. The reason of any other verdict than ``met`` is in the line of its finding."""
    reason = f": {describe_reason(disk['reason'])}" if disk["verdict"] == "met" else ""
    parts = [f"{disk['disk_id']} {DISK_LABELS[disk['verdict']]}{reason}"]
    # A disk that is missing or locked deletes nothing.
    if disk["cleanup_text"] and disk["verdict"] not in ("missing", "locked"):
        parts.append(f"it {disk['cleanup_text']}")
    if disk["used_percent"] is not None:
        parts.append(f"{disk['used_percent']:g}% used")
    if disk["wear_percent"] is not None:
        parts.append(f"wear {disk['wear_percent']}%")
    return "; ".join(parts)


def _build_disk(disk: Mapping[str, Any]) -> DiskRow:
    number = disk["recordings"]
    missing = "none" if number == 0 else "unknown"
    oldest, newest = (_render_minute(disk[name]) or missing for name in ("oldest", "newest"))
    return DiskRow(disk["disk_id"], "unknown" if number is None else str(number), oldest, newest)


def _render_minute(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else ""


def _build_groups(host: Document) -> Iterator[GroupRow]:
    for finding in host["findings"]:
        if finding["disk_id"] is None and (finding["recording_group_id"] or finding["nice_name"]):
            name = finding["recording_group_id"] or finding["nice_name"]
            retention = finding["retention"]
            missing = (finding["verdict"] == "missing" and retention["found"] is None) or is_creation(finding)
            is_covered = finding["verdict"] != "unmanaged" and not (missing and retention["expected"] is None)
            yield GroupRow(
                name,
                finding["nice_name"] if finding["nice_name"] not in (None, name) else "",
                finding["recorded_source"] or "",
                describe_value("retention_time", retention["expected"]) if is_covered else "none",
                "none" if missing else describe_value("retention_time", retention["found"]),
                finding["verdict"],
            )
