# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A retention policy for a whole device: what it wants of the groups that are there, and how it grades what it finds.

Pure. It turns a policy into desired groups for the planner and the planner's plan into findings; it decides nothing
about writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Message, Text
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import match_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
    Outcome,
    Plan,
    Refusal,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import locate
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import ActionPlan

#: From harmless to urgent.
SEVERITIES = ("info", "cosmetic", "warning", "critical")
_TEXTS = frozenset({"nice_name", "description", "recording_name"})


@dataclass(frozen=True, slots=True)
class Match:
    """Which groups a rule is for: every glob that is given must fit. Globs mind the case."""

    recording_group_id: str | None = None
    nice_name: str | None = None
    #: stream option and glob of its decoded value
    stream_options: tuple[tuple[str, str], ...] = ()

    def fits(self, group: RecordingGroup) -> bool:
        """Whether a group on the device is one of those."""
        return (
            _fits(group.recording_group_id, self.recording_group_id)
            and _fits(group.nice_name, self.nice_name)
            and match_stream_options(group.stream_options or "", self.stream_options)
        )

    def constrains(self, wanted: DesiredGroup) -> bool:
        """Whether it is about something that ``wanted`` sets."""
        return (self.nice_name is not None and wanted.nice_name is not None) or (
            bool(self.stream_options) and wanted.stream_options is not None
        )

    def could_match(self, wanted: DesiredGroup) -> bool:
        """Whether a group could be one of those after it was given what ``wanted`` sets."""
        return (wanted.nice_name is None or _fits(fold_text(wanted.nice_name), self.nice_name)) and (
            wanted.stream_options is None or match_stream_options(wanted.stream_options, self.stream_options)
        )


def _fits(value: str | None, glob: str | None) -> bool:
    return glob is None or fnmatchcase(value or "", glob)


@dataclass(frozen=True, slots=True)
class Rule:
    """What groups that something else made are held to; ``wanted`` gets the id of each group that it is for."""

    match: Match
    wanted: DesiredGroup


@dataclass(frozen=True, slots=True)
class Policy:
    """What a device shall hold. Retention times in hours, 0 is unlimited."""

    groups: tuple[DesiredGroup, ...] = ()
    rules: tuple[Rule, ...] = ()
    #: globs of the ids that may be purged; none purges nothing
    purge: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    reports_unmanaged: bool = True

    @property
    def digest(self) -> str:
        """SHA-256 of what it asks for, 64 hexadecimal digits: equal for policies that are, however they are written."""
        return sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest()

    def desired(self, current: Sequence[RecordingGroup]) -> tuple[DesiredGroup, ...]:
        """What it wants of a device that has these groups: its own, those with a rule, those to be purged."""
        claimed = {group.recording_group_id for group in self.claimed(current)}
        others = [group for group in current if group.recording_group_id not in claimed]
        wanted = (self._wanted_of(group) for group in others)
        return (*self.groups, *(item for item in wanted if item is not None))

    def claimed(self, current: Sequence[RecordingGroup]) -> tuple[RecordingGroup, ...]:
        """The groups that its own entries mean, also where a name means several."""
        return tuple(group for _wanted, found in locate(current, self.groups) for group in found)

    def _wanted_of(self, group: RecordingGroup) -> DesiredGroup | None:
        rule = next((rule for rule in self.rules if rule.match.fits(group)), None)
        if rule is not None:
            return replace(rule.wanted, recording_group_id=group.recording_group_id, may_create=False)
        if any(fnmatchcase(group.recording_group_id or "", glob) for glob in self.purge):
            return DesiredGroup(False, group.recording_group_id)
        return None


@dataclass(frozen=True, slots=True)
class Finding:
    """How one group stands against the policy, in a word, its weight, and a reason for people."""

    recording_group_id: str | None
    nice_name: str | None
    #: compliant, missing, drifted, unexpected, held or refused
    verdict: str
    #: one of SEVERITIES
    severity: str = "info"
    differences: tuple[Difference, ...] = ()
    reason: Text | None = None

    @property
    def in_line(self) -> bool:
        """Whether the policy has nothing against it: also a foreign group that is only reported."""
        return self.verdict == "compliant" or (self.verdict == "unmanaged" and self.severity == "info")


def find(policy: Policy, plan: Plan, current: Sequence[RecordingGroup], allowances: Allowances) -> tuple[Finding, ...]:
    """One finding for each group that the policy is about, and for each that nothing in it matches, sorted by group.

    :param plan: what the planner made of ``policy.desired(current)``.
    """
    found = [_of_outcome(policy, item, allowances) for item in plan.outcomes if item.found or item.decision]
    about = {item.found.recording_group_id for item in plan.outcomes if item.found}
    meant = {group.recording_group_id for group in policy.claimed(current)} - about
    for group in current:
        if group.recording_group_id in meant:
            found.append(_of_group(policy, group, allowances, "refused", _AMBIGUOUS))
        elif group.recording_group_id not in about:
            finding = _of_group(policy, group, allowances, "unmanaged", _LEFT_ALONE)
            # Evidence in danger is never left out.
            found += [finding] if policy.reports_unmanaged or finding.verdict == "held" else []
    return tuple(sorted(found, key=lambda item: (item.recording_group_id or "", item.nice_name or "")))


_LEFT_ALONE = "Nothing in the policy matches it: it is left alone"
_NOTHING_RECORDS = "Nothing records to it"
_PURGED = "Nothing in the policy matches it: it is to be purged"
_AMBIGUOUS = "An entry of groups means it by its name, and another group, too: it is left alone"


def _of_outcome(policy: Policy, outcome: Outcome, allowances: Allowances) -> Finding:
    refusal = next((item for item in (outcome.decision, outcome.recording) if isinstance(item, Refusal)), None)
    change = outcome.change
    starts = isinstance(outcome.recording, ActionPlan) and outcome.recording.change.starts_recording
    if refusal is not None:
        finding = _of_refusal(policy, refusal, outcome.found, change, allowances)
        if not starts:
            return finding
        severity = max(finding.severity, _of_missing(policy), key=SEVERITIES.index)
        return replace(finding, severity=severity, reason=_join(finding.reason, _NOTHING_RECORDS))
    if change is not None:
        return _of_change(policy, change, allowances, starts=starts)
    if outcome.found is None:
        raise ValueError("an outcome without a decision is about a group that is there")
    return _of_group(policy, outcome.found, allowances, "compliant", None)


def _of_group(
    policy: Policy, group: RecordingGroup, allowances: Allowances, verdict: str, reason: str | None
) -> Finding:
    """A group that needs no change: in line, or foreign. Its retention time may be a concern all the same."""
    concern = _concern(policy, group, allowances)
    if concern is None:
        severity = "warning" if verdict == "refused" else "info"
        return Finding(group.recording_group_id, group.nice_name, verdict, severity, reason=reason)
    if concern.hold:
        verdict = "held"
    elif verdict == "compliant":
        verdict = "drifted"
    return Finding(group.recording_group_id, group.nice_name, verdict, "critical", reason=concern.words)


def _of_change(policy: Policy, change: Change, allowances: Allowances, *, starts: bool) -> Finding:
    group = change.group
    name = (group.recording_group_id, group.nice_name)
    if change.before is None:
        return Finding(*name, "missing", _of_missing(policy), change.differences, "The device has no such group")
    concern = _concern(policy, group, allowances)
    words = concern.words if concern else None
    if change.after is None:
        severity = "critical" if concern else "warning"
        return Finding(*name, "unmanaged", severity, reason=f"{_PURGED}. {words}" if concern else _PURGED)
    severity = "critical" if concern else _of_missing(policy) if starts else _worst(change.differences)
    reasons = (words, _NOTHING_RECORDS if starts else None)
    return Finding(*name, "drifted", severity, change.differences, ". ".join(filter(None, reasons)) or None)


def _of_refusal(
    policy: Policy, refusal: Refusal, found: RecordingGroup | None, also: Change | None, allowances: Allowances
) -> Finding:
    """:param also: what is not refused of the same group."""
    change = refusal.change
    concern = _concern(policy, found, allowances) if found else None
    held = refusal.kind == "held"
    # A hold explains why a group is not as the policy says; only what the hold itself lacks is a concern.
    severity = "critical" if concern else "info" if held else "warning"
    if "create" in (change.operation, also.operation if also else None):
        severity = _of_missing(policy)
    return Finding(
        change.group.recording_group_id,
        change.group.nice_name,
        "held" if held else "refused",
        severity,
        (*change.differences, *(also.differences if also else ())) if change.after is not None else (),
        _join(refusal.reason, concern.words) if concern else refusal.reason,
    )


def _join(one: Text | None, other: Text) -> Text:
    return other if one is None else Message("{one}. {other}", {"one": one, "other": other})


def _of_missing(policy: Policy) -> str:
    """The severity: nothing is kept for a group that is not there, which is below every minimum."""
    return "warning" if policy.minimum is None else "critical"


def _worst(differences: Iterable[Difference]) -> str:
    return max(("cosmetic" if item.field in _TEXTS else "warning" for item in differences), key=SEVERITIES.index)


@dataclass(frozen=True, slots=True)
class _Concern:
    """What is critical about a retention time as it is."""

    words: str
    hold: bool = False


def _concern(policy: Policy, group: RecordingGroup, allowances: Allowances) -> _Concern | None:
    hours = group.retention_time or 0
    hold = allowances.hold_on(group.recording_group_id)
    if hold is not None:
        # A hold is a reason to keep more than the maximum.
        return None if hours == 0 else _Concern(_evidence(hold, hours, allowances.now), hold=True)
    if policy.minimum is not None and sort_key(hours) < sort_key(policy.minimum):
        return _Concern(
            f"retention_time {format_retention_time(hours)} is below "
            f"the minimum of {format_retention_time(policy.minimum)}"
        )
    if policy.maximum is not None and sort_key(hours) > sort_key(policy.maximum):
        return _Concern(
            f"Privacy: retention_time {format_retention_time(hours)} is above "
            f"the maximum of {format_retention_time(policy.maximum)}"
        )
    return None


def _evidence(hold: Hold, hours: int, now: datetime) -> str:
    held = f"It is held until {hold.until:%Y-%m-%d %H:%M} UTC for {hold.reason} (owner: {hold.owner})"
    try:
        cut = f"evidence from before {now - timedelta(hours=hours):%Y-%m-%d %H:%M} UTC goes"
    except OverflowError:
        cut = "evidence that is older goes"
    return f"{held}, but it keeps {format_retention_time(hours)} only: {cut}. Set its retention_time to unlimited"
