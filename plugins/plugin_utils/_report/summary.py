# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: the results of all hosts → one summary, for people as lines and for programs as data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ansible.inventory.manager import split_host_pattern

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import DISABLED
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES

Result = Mapping[str, Any]

#: The classes of hosts, in the order in which they are told. Each host is in exactly one.
CLASSES = (
    "compliant",
    "changed",
    "drifted",
    "held",
    "refused",
    "unsupported",
    "unverified",
    "not_attempted",
)
# Not a failure of the host: the policy asked for what nobody allowed.
_REFUSALS = {
    "held": "held",
    "recording_loss": "refused",
    "recording_stop": "refused",
    "group_in_use": "refused",
    "immutable": "refused",
    "ambiguous": "refused",
    "disk_unavailable": "refused",
}
_GRAVEST_FIRST = tuple(reversed(SEVERITIES))


@dataclass(frozen=True)
class HostStatus:
    """How one host ended: its class, why, and how grave it is."""

    host: str
    kind: str
    reason: str = ""
    severity: str = "info"
    #: failed or unreachable, refusals included: what Ansible is to show in the end
    failed: bool = False
    #: failed or unreachable for another reason than a refusal
    counts: bool = False
    #: failed or unreachable, or drifted where that shall fail
    shows_as_failed: bool = False
    #: recordings that were lost, in check mode that would be
    losses: str = ""
    #: groups that are recorded to no more, or otherwise than before; in check mode likewise
    endings: str = ""
    #: what lifts the refusals
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostReport:
    """What is known of one host.

    :param result: what its task registered, or ``None`` when it never got to it.
    """

    host: str
    result: Result | None
    purpose: str = ""
    owner: str = ""
    #: whether it shall end as failed when it is not as its policy says
    fails_on_drift: bool = False
    #: of the inventory, that it is in
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """All hosts of a run."""

    standings: tuple[HostStatus, ...]
    policies: tuple[tuple[str, str, int], ...] = ()
    ended_holds: tuple[str, ...] = ()
    unmatched_holds: tuple[str, ...] = ()
    #: by host, the groups that nothing in the policy matches and that are left alone
    left_alone: Mapping[str, list[str]] = field(default_factory=dict)
    unread: int = 0
    #: whether what the results call changes was only predicted
    check_mode: bool = False
    by_class: Mapping[str, list[HostStatus]] = field(default_factory=dict)

    @property
    def failed_percentage(self) -> float:
        """The share of hosts that failed or were unreachable, refusals not counted."""
        counted = sum(standing.counts for standing in self.standings)
        return 100 * counted / len(self.standings) if self.standings else 0.0

    @property
    def failed_hosts(self) -> list[str]:
        """The hosts that Ansible is to show as failed or unreachable."""
        return [standing.host for standing in self.standings if standing.shows_as_failed]

    def headline(self, *, brief: bool = False) -> str:
        """The number of hosts in each class; in brief, without the classes that nobody is in."""
        kinds = [kind for kind in CLASSES if self.by_class[kind] or not brief]
        return f"{_count(len(self.standings))}: " + ", ".join(self._number(kind) for kind in kinds)

    def _number(self, kind: str) -> str:
        standings = self.by_class[kind]
        critical = sum(standing.severity == "critical" for standing in standings)
        return f"{len(standings)} {_words(kind)}" + (f" ({critical} critical)" if critical else "")


def build_summary(reports: Iterable[HostReport], *, check_mode: bool) -> Summary:
    """The summary of hosts.

    :param check_mode: whether what the results call changes was only predicted.
    """
    reports = list(reports)
    standings = tuple(_standing(report, check_mode=check_mode) for report in reports)
    by_class: dict[str, list[HostStatus]] = {kind: [] for kind in CLASSES}
    for standing in standings:
        by_class[standing.kind].append(standing)
    for hosts in by_class.values():
        hosts.sort(key=lambda standing: (_GRAVEST_FIRST.index(standing.severity), standing.host))
    ended, idle = _holds(reports)
    unread = sum(standing.kind in ("unverified", "not_attempted", "unsupported") for standing in standings)
    return Summary(standings, _policies(reports), ended, idle, _foreign(reports), unread, check_mode, by_class)


def render_lines(summary: Summary, title: str, moment: datetime) -> list[str]:
    """The summary for people: how many, and by name all but those in line."""
    lines = [f"{title}, {moment:%Y-%m-%d %H:%M} UTC: {summary.headline()}"]
    for purpose, owner, count in summary.policies:
        lines.append(f"Policy: {purpose or 'no purpose given'} (owner: {owner or 'none given'}): {_count(count)}")
    for kind in CLASSES[1:]:
        if standings := summary.by_class[kind]:
            lines.append(f"{_words(kind)} ({len(standings)}):")
            lines += _together((standing.host, standing.reason) for standing in standings)
    lines += _advice(summary.standings)
    losses = [(standing.host, standing.losses) for standing in summary.standings if standing.losses]
    if losses:
        lines.append(f"Recordings {'would be' if summary.check_mode else 'were'} deleted on {_count(len(losses))}:")
        lines += _together(losses)
    endings = [(standing.host, standing.endings) for standing in summary.standings if standing.endings]
    if endings:
        verb = "would be" if summary.check_mode else "was"
        lines.append(f"What records to a group {verb} ended or replaced on {_count(len(endings))}:")
        lines += _together(endings)
    if summary.left_alone:
        groups = sum(map(len, summary.left_alone.values()))
        lines.append(
            f"Left alone, since nothing in the policy matches: {groups} group{'' if groups == 1 else 's'} on "
            f"{', '.join(summary.left_alone)}"
        )
    lines += [f"Hold that has ended and protects nothing any more: {hold}" for hold in summary.ended_holds]
    unread = f" ({_count(summary.unread)} could not be looked at)" if summary.unread else ""
    lines += [f"Hold that matches no group on any camera{unread}: {hold}" for hold in summary.unmatched_holds]
    again = [
        pattern_of(standing.host) for kind in ("unverified", "not_attempted") for standing in summary.by_class[kind]
    ]
    if again:
        lines.append(f"To run again for those unverified or not attempted: --limit {','.join(again)}")
    return lines


# The words that lift a refusal, of the text that says what to do.
_LIFTS = re.compile(r"retention_policy_allow_\w+")


def _words_of(next_step: str) -> str:
    return ", ".join(sorted(set(_LIFTS.findall(next_step))))


def _advice(standings: Iterable[HostStatus]) -> list[str]:
    """What is to be said so that the refused changes are made: once for all hosts that it is for."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for standing in standings:
        for words in filter(None, standing.next_steps):
            hosts[words].append(standing.host)
    return [f"To make the refused changes of {some(names)}: {words}=true" for words, names in sorted(hosts.items())]


def _together(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """One line for all hosts with the same reason."""
    alike: dict[str, list[str]] = defaultdict(list)
    for host, reason in reasons:
        alike[reason].append(host)
    return [f"  {', '.join(hosts)}" + (f": {reason}" if reason else "") for reason, hosts in alike.items()]


def build_data(summary: Summary, moment: datetime) -> dict[str, Any]:
    """The summary for programs: a number for the hosts in line, names for all others."""
    names = {kind: [standing.host for standing in summary.by_class[kind]] for kind in CLASSES[1:]}
    return {
        "checked_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "hosts": len(summary.standings),
        "compliant": len(summary.by_class["compliant"]),
        **names,
        "critical": sorted(standing.host for standing in summary.standings if standing.severity == "critical"),
        "reasons": {standing.host: standing.reason for standing in summary.standings if standing.reason},
        "policies": [
            {"purpose": purpose, "owner": owner, "hosts": count} for purpose, owner, count in summary.policies
        ],
        "losses": {standing.host: standing.losses for standing in summary.standings if standing.losses},
        "recording_changes": {standing.host: standing.endings for standing in summary.standings if standing.endings},
        "unmanaged": dict(summary.left_alone),
        "ended_holds": list(summary.ended_holds),
        "unmatched_holds": list(summary.unmatched_holds),
    }


def _standing(report: HostReport, *, check_mode: bool) -> HostStatus:
    result = report.result
    if result is None or result.get("skipped"):
        return HostStatus(report.host, "not_attempted")
    bare = _class_of(report.host, result, check_mode=check_mode)
    # A hold explains its own group and none of the others.
    is_drift = bare.kind == "refused" or bare.severity == "critical" or _drifts(result)
    bare = replace(bare, shows_as_failed=bare.failed or (is_drift and report.fails_on_drift))
    losses = _changes(change for change in result.get("changes") or () if change["loses_recordings"])
    endings = _changes(change for change in result.get("changes") or () if _ends_recording(change))
    next_steps = tuple(dict.fromkeys(_words_of(item["next_step"]) for item in result.get("refused") or ()))
    bare = replace(bare, losses=losses, endings=endings, next_steps=next_steps)
    if check_mode:
        return bare
    # What was done is told whatever else is to be said of the host.
    made = _changes(result.get("changes") or ())
    return replace(bare, reason="; ".join(part for part in (made, bare.reason) if part))


def _class_of(host: str, result: Result, *, check_mode: bool) -> HostStatus:
    reason, severity = _findings(result.get("findings") or ())
    kind = (result.get("error") or {}).get("kind", "")
    if result.get("failed") or result.get("unreachable"):
        if kind in _REFUSALS:
            return HostStatus(host, _REFUSALS[kind], reason or _message(result), severity, failed=True)
        verdict = "unsupported" if kind == "unsupported" else "unverified"
        words = f"{kind}: {_message(result)}" if kind else _message(result)
        return HostStatus(host, verdict, words, severity, failed=True, counts=True)
    if "compliant" not in result:
        return HostStatus(host, "unverified", "The task left no verdict", failed=True, counts=True)
    verdicts = {finding["verdict"] for finding in result.get("findings") or () if not _in_line(finding)}
    for verdict in ("refused", "held"):
        if verdict in verdicts:
            return HostStatus(host, verdict, reason, severity)
    if not result["compliant"]:
        return HostStatus(host, "drifted", reason, severity)
    return HostStatus(host, "changed" if result.get("changed") and not check_mode else "compliant")


def _message(result: Result) -> str:
    # Without the address, which would make the same failure of two cameras look different.
    address = (result.get("device") or {}).get("host")
    return str(result.get("msg") or "It failed without a message").removeprefix(f"{address}: ")


def _in_line(finding: Result) -> bool:
    # As Finding.in_line, said of plain data.
    return finding["verdict"] == "compliant" or _left_alone(finding)


def _drifts(result: Result) -> bool:
    return any(not _in_line(finding) and finding["verdict"] != "held" for finding in result.get("findings") or ())


def _left_alone(finding: Result) -> bool:
    return bool(finding["verdict"] == "unmanaged" and finding["severity"] == "info")


def _findings(findings: Sequence[Result]) -> tuple[str, str]:
    """Every finding that is not in line in one text, the gravest first, and how grave that is."""
    bad = [finding for finding in findings if not _in_line(finding)]
    bad.sort(key=lambda finding: _GRAVEST_FIRST.index(finding["severity"]))
    alike: dict[str, list[str]] = defaultdict(list)
    for finding in bad:
        alike[f"{finding['verdict']} [{finding['severity']}] {_why(finding)}".rstrip()].append(_name(finding))
    words = "; ".join(f"{', '.join(names)} {what}" for what, names in alike.items())
    return words, bad[0]["severity"] if bad else "info"


def _why(finding: Result) -> str:
    differences = "" if finding["verdict"] == "missing" else _differences(finding["differences"])
    return ". ".join(part for part in (differences, finding["reason"]) if part)


def _name(item: Result) -> str:
    return str(item["recording_group_id"] or item["nice_name"])


def _differences(differences: Sequence[Result]) -> str:
    return ", ".join(
        f"{item['field']} {_value(item['field'], item['before'])} instead of {_value(item['field'], item['after'])}"
        for item in differences
    )


def _value(name: str, value: Any) -> str:
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else repr(value)


def _changes(changes: Iterable[Result]) -> str:
    return ", ".join(
        f"{_name(change)} {_DONE[change['operation']]}{_loss(change)}{_recording(change)}" for change in changes
    )


_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def _recording(change: Result) -> str:
    told = {item["field"]: item for item in change["differences"]}
    ended = ", and what else recorded to it was ended" if told.get("recording_other_rules", {}).get("before") else ""
    if "recording" not in told:
        return ended
    after = told["recording"]["after"]
    return f" and recorded to no more{ended}" if after in _NO_MORE else f", recorded to {after}{ended}"


# A group that is deleted has no field any more.
_NO_MORE = (None, "never")


def _ends_recording(change: Result) -> bool:
    """Whether something recorded to the group, and does so no more or not as it did."""
    told = {item["field"]: item for item in change["differences"]}
    when = told.get("recording", {"before": None})["before"]
    return bool(told.get("recording_other_rules", {}).get("before")) or not (
        when in _NO_MORE or when.endswith(DISABLED)
    )


def _loss(change: Result) -> str:
    if not change["loses_recordings"]:
        return ""
    if change["operation"] == "delete":
        return " with all its recordings"
    hours = next((item["after"] for item in change["differences"] if item["field"] == "retention_time"), None)
    return (
        f" and its recordings that are older than {format_retention_time(hours)} deleted"
        if hours
        else " and recordings lost"
    )


def _foreign(reports: Iterable[HostReport]) -> dict[str, list[str]]:
    found = {
        report.host: [_name(finding) for finding in (report.result or {}).get("findings") or () if _left_alone(finding)]
        for report in reports
    }
    return {host: names for host, names in sorted(found.items()) if names}


def _policies(reports: Iterable[HostReport]) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for report in reports:
        counts[report.purpose, report.owner] += 1
    return tuple((purpose, owner, count) for (purpose, owner), count in sorted(counts.items()))


def _holds(reports: Iterable[HostReport]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The holds that have ended, and those that no host that was read has a group for."""
    hosts: dict[str, list[str]] = defaultdict(list)
    matched: set[str] = set()
    ended: set[str] = set()
    for report in reports:
        for hold in (report.result or {}).get("holds") or ():
            words = f"{hold['recording_group_id']} until {hold['until']} for {hold['reason']} (owner: {hold['owner']})"
            hosts[words].append(report.host)
            if hold["matches"]:
                matched.add(words)
            if hold["ended"]:
                ended.add(words)

    def told(kept: set[str]) -> tuple[str, ...]:
        return tuple(f"{words} on {some(hosts[words])}" for words in sorted(kept))

    return told(ended), told(hosts.keys() - matched - ended)


def pattern_of(host: str) -> str:
    """A pattern for a host, also where core would cut its name in pieces: with a blank, a comma, a lonely bracket."""
    return host if split_host_pattern(host) == [host] else re.sub(r"\W", "?", host)


def _count(number: int) -> str:
    return f"{number} host{'' if number == 1 else 's'}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def some(hosts: list[str], most: int = 3) -> str:
    """``a, b, c and 9 more``."""
    rest = len(hosts) - most
    return ", ".join(hosts[:most]) + (f" and {rest} more" if rest > 0 else "")
