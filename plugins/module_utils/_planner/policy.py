# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A retention policy for a whole device: policy → desired groups for the planner, plan → findings.

Pure. The planner decides what is written; this file decides what is desired, and grades the result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, Text
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    Difference,
    RecordingGroup,
    describe_replaced,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import has_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
    Plan,
    PlannedGroup,
    Refusal,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.digest import build_digest
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import find_copies, match_groups
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import ActionPlan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import (
    describe_disks,
    describe_duplicate_id,
)

#: From harmless to urgent.
SEVERITIES = ("info", "cosmetic", "warning", "critical")
_TEXTS = frozenset({"nice_name", "description", "recording_name"})


@dataclass(frozen=True, slots=True)
class Match:
    """The groups that a rule is for: those that match every glob that is set, in case as well.

    Names are compared without what a device may change. A literal match has texts instead of globs.
    """

    recording_group_id: str | None = None
    nice_name: str | None = None
    #: stream option and glob of its decoded value
    stream_options: tuple[tuple[str, str], ...] = ()
    literal: bool = False

    def matches(self, group: RecordingGroup) -> bool:
        """Return whether a group on the device matches."""
        return (
            self._has(group.recording_group_id, self.recording_group_id)
            and self._has(fold_text(group.nice_name or ""), self.nice_name)
            and has_stream_options(group.stream_options or "", self.stream_options, literal=self.literal)
        )

    def misses(self, group: RecordingGroup) -> bool:
        """Return whether a group has the texts of globs, and does not match them: ``Tests [1]``."""
        if self.literal or self.matches(group):
            return False
        parts = [
            Match(recording_group_id=self.recording_group_id),
            Match(nice_name=self.nice_name),
            *(Match(stream_options=(pattern,)) for pattern in self.stream_options),
        ]
        return all(part.matches(group) or replace(part, literal=True).matches(group) for part in parts)

    def constrains(self, desired: DesiredGroup) -> bool:
        """Return whether it has a glob for a field that ``desired`` sets."""
        return (self.nice_name is not None and desired.nice_name is not None) or (
            bool(self.stream_options) and desired.stream_options is not None
        )

    def could_match(self, desired: DesiredGroup) -> bool:
        """Return whether a group can match after it got the fields that ``desired`` sets."""
        return (desired.nice_name is None or self._has(fold_text(desired.nice_name), self.nice_name)) and (
            desired.stream_options is None
            or has_stream_options(desired.stream_options, self.stream_options, literal=self.literal)
        )

    def _has(self, value: str | None, pattern: str | None) -> bool:
        if pattern is None:
            return True
        return (value or "") == pattern if self.literal else fnmatchcase(value or "", pattern)


@dataclass(frozen=True, slots=True)
class Rule:
    """The desired state of existing groups that match; ``desired`` gets the ID of each of them."""

    match: Match
    desired: DesiredGroup


@dataclass(frozen=True, slots=True)
class Policy:
    """The desired state of a whole device. Retention times are in hours, 0 is unlimited."""

    groups: tuple[DesiredGroup, ...] = ()
    rules: tuple[Rule, ...] = ()
    #: globs of the IDs that may be purged; without globs, nothing is purged
    purge: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    reports_unmanaged: bool = True
    #: whether the device must have no groups; not together with groups or rules
    no_groups: bool = False

    @property
    def digest(self) -> str:
        """Return the same 64 hexadecimal digits for all equal policies, see ``digest.py``."""
        return build_digest(self)

    def desired_groups(
        self, current: Sequence[RecordingGroup], allowances: Allowances | None = None
    ) -> tuple[DesiredGroup, ...]:
        """Return the desired state of a device with these groups: entries, groups with a rule, groups to purge.

        :param allowances: with the holds of the device. Without an active hold, no group gets a longer retention time
            than the maximum: an existing one keeps its own.
        """
        desired = self._all_desired_groups(current)
        if allowances is None:
            return desired
        above = {number: found for number, _item, found in self.above_maximum(current, allowances)}
        return tuple(
            replace(item, retention_time=None if above[number] else self.maximum) if number in above else item
            for number, item in enumerate(desired)
        )

    def above_maximum(
        self, current: Sequence[RecordingGroup], allowances: Allowances
    ) -> Iterator[tuple[int, DesiredGroup, Sequence[RecordingGroup]]]:
        """Yield each desired group above the maximum that no active hold protects: its number, and its groups."""
        if self.maximum is None:
            return
        for number, (item, found) in enumerate(match_groups(current, self._all_desired_groups(current))):
            hours = item.retention_time
            if hours is None or not item.present or sort_key(hours) <= sort_key(self.maximum):
                continue
            names = [group.recording_group_id for group in found] or [item.recording_group_id]
            if not all(map(allowances.active_hold, names)):
                yield number, item, found

    def _all_desired_groups(self, current: Sequence[RecordingGroup]) -> tuple[DesiredGroup, ...]:
        managed = {group.recording_group_id for group in self.explicitly_managed(current)}
        spared = {group.recording_group_id for group in self.spared(current)}
        by_id: dict[str | None, DesiredGroup] = {}
        for group in current:
            desired = None if group.recording_group_id in managed else self._desired_by_rule_or_purge(group, spared)
            if desired is not None:
                # A device may list an ID twice.
                by_id.setdefault(group.recording_group_id, desired)
        return (*self.groups, *by_id.values())

    def explicitly_managed(self, current: Sequence[RecordingGroup]) -> tuple[RecordingGroup, ...]:
        """Return the groups that an entry matches, including all groups with a name that is ambiguous."""
        return tuple(group for _desired, found in match_groups(current, self.groups) for group in found)

    def spared(self, current: Sequence[RecordingGroup]) -> tuple[RecordingGroup, ...]:
        """Return the groups that are not purged, since they may be those of an entry whose name the device rewrote."""
        named = [desired for desired in self.groups if desired.is_named] if self.purge else []
        copies = [
            group for desired, found in match_groups(current, named) for group in find_copies(desired, current, found)
        ]
        managed = {group.recording_group_id for group in self.explicitly_managed(current)} if copies else frozenset()
        return tuple(group for group in copies if group.recording_group_id not in managed and self._purges(group))

    def missed(self, current: Sequence[RecordingGroup]) -> Iterator[tuple[int, RecordingGroup]]:
        """Yield the number of each rule, and a group that has its texts without matching them as globs."""
        for number, rule in enumerate(self.rules):
            yield from ((number, group) for group in current if rule.match.misses(group))

    def _purges(self, group: RecordingGroup) -> bool:
        return any(fnmatchcase(group.recording_group_id or "", glob) for glob in self.purge)

    def _desired_by_rule_or_purge(self, group: RecordingGroup, spared: Set[str | None]) -> DesiredGroup | None:
        rule = next((rule for rule in self.rules if rule.match.matches(group)), None)
        if rule is not None:
            return replace(rule.desired, recording_group_id=group.recording_group_id, may_create=False)
        if self._purges(group) and group.recording_group_id not in spared:
            return DesiredGroup(False, group.recording_group_id)
        return None


@dataclass(frozen=True, slots=True)
class Finding:
    """One group or disk compared with the policy."""

    recording_group_id: str | None
    nice_name: str | None
    #: compliant, missing, drifted, unmanaged, held or refused; of a disk, one of DISK_VERDICTS
    verdict: str
    #: one of SEVERITIES
    severity: str = "info"
    differences: tuple[Difference, ...] = ()
    reason: Text | None = None
    #: of a finding about a disk, empty if it is not known which one
    disk_id: str | None = None

    @property
    def is_compliant(self) -> bool:
        """Return whether the group complies with the policy, as an unmanaged group does that is only reported."""
        return self.verdict == "compliant" or (self.verdict == "unmanaged" and self.severity == "info")


def grade(
    policy: Policy,
    plan: Plan,
    current: Sequence[RecordingGroup],
    allowances: Allowances,
    disks: Sequence[Disk] | None = None,
    *,
    created: Container[str | None] = (),
) -> tuple[Finding, ...]:
    """Return a finding for each group of the policy and each unmanaged group, sorted by group.

    A finding without ID and name is about a device without groups.

    :param plan: the plan for ``policy.desired_groups(current)``.
    :param disks: the disks of the device if it has no groups, or ``None`` if they cannot be read.
    :param created: the IDs of the groups that this run created.
    """
    duplicates = _find_duplicates(current)
    findings = [_grade_duplicates(policy, groups, allowances) for groups in duplicates.values()]
    findings += [
        _grade_planned(policy, item, allowances)
        for item in plan.groups
        if (item.found or item.decision) and not _is_about(item, duplicates)
    ]
    planned = {item.found.recording_group_id for item in plan.groups if item.found} | duplicates.keys()
    findings += _grade_others(policy, planned, current, allowances)
    findings = _add_missing_held(findings, current, allowances)
    existing = {group.recording_group_id for group in current if group.recording_group_id not in created}
    findings = [
        item
        if item.recording_group_id in existing
        else _add_holds_on_new_group(item, allowances, is_new=item.recording_group_id in created)
        for item in findings
    ]
    if not current and (expected := find_expectations(policy, allowances)):
        findings.append(_grade_absence(policy, expected, allowances, disks))
    findings = _add_above_maximum(policy, findings, current, allowances)
    findings = _add_replaced(findings, current)
    return tuple(sorted(findings, key=lambda item: (item.recording_group_id or "", item.nice_name or "")))


def _grade_others(
    policy: Policy, planned: Set[str | None], current: Sequence[RecordingGroup], allowances: Allowances
) -> Iterator[Finding]:
    """Yield a finding for each group that is not in the plan, if it must be reported."""
    ambiguous = {group.recording_group_id for group in policy.explicitly_managed(current)} - planned
    spared = {group.recording_group_id for group in policy.spared(current)} - planned
    for group in current:
        if group.recording_group_id in ambiguous:
            yield _grade_unchanged(policy, group, allowances, "refused", _AMBIGUOUS)
        elif group.recording_group_id in spared:
            yield _grade_unchanged(policy, group, allowances, "refused", _SPARED)
        elif group.recording_group_id not in planned:
            finding = _grade_unchanged(policy, group, allowances, "unmanaged", _UNMANAGED)
            if policy.no_groups:
                yield _add_unexpected(finding, group, allowances)
            # Evidence in danger is always reported.
            elif policy.reports_unmanaged or finding.verdict == "held":
                yield finding


def _add_unexpected(finding: Finding, group: RecordingGroup, allowances: Allowances) -> Finding:
    """Grade a group of a device that must have none."""
    hold, is_critical = allowances.active_hold(group.recording_group_id), finding.severity == "critical"
    names = {"no_groups": Option("no_groups"), "groups": Option("groups"), "rules": Option("existing_groups")}
    # A critical finding has its own reason, which names the hold.
    held = "" if hold is None or is_critical else describe_hold(hold, ", which")
    reason = Message(_UNEXPECTED if hold is None else _UNEXPECTED_HELD, {**names, "held": held})
    if is_critical:
        return replace(finding, reason=_join(finding.reason, reason))
    return replace(finding, severity="warning", reason=reason)


def find_expectations(policy: Policy, allowances: Allowances) -> tuple[Option | str, ...]:
    """Return why a device must have groups. An entry of the policy is a finding of its own if its group is missing."""
    if policy.groups:
        return ()
    bounds = (("retention_minimum", policy.minimum), ("retention_maximum", policy.maximum))
    return (
        *(Option(name) for name, bound in bounds if bound is not None and not policy.no_groups),
        *([Option("existing_groups")] if policy.rules else []),
        *(["a hold"] if _has_active_hold(allowances) else []),
    )


def _has_active_hold(allowances: Allowances) -> bool:
    return any(allowances.now <= hold.until for hold in allowances.holds)


def _grade_absence(
    policy: Policy, expected: Sequence[Option | str], allowances: Allowances, disks: Sequence[Disk] | None
) -> Finding:
    """Grade a device that lists no groups, for example because its card was removed."""
    named = {f"expected_{number}": item for number, item in enumerate(expected)}
    *others, last = (f"{{{name}}}" for name in named)
    what = f"{', '.join(others)} and {last}" if others else last
    states = f". {describe_disks(disks)}" if disks is not None else ""
    reason = Message(
        f"The device lists no recording groups, although the policy has {what}{{states}}", {**named, "states": states}
    )
    severity = "critical" if _has_active_hold(allowances) else missing_severity(policy)
    return Finding(None, None, "missing", severity, reason=reason)


def _add_missing_held(
    findings: Iterable[Finding], current: Sequence[RecordingGroup], allowances: Allowances
) -> list[Finding]:
    """Add a finding for each group that an active hold names and that does not exist, or a reason to its finding."""
    added: dict[str, Text] = {}
    lost: set[str | None] = set()
    existing = {group.recording_group_id for group in current}
    for hold in allowances.holds:
        if hold.is_literal and allowances.now <= hold.until and hold.recording_group_id not in existing:
            others = sorted(item for item in map(str, existing) if hold.differs_in_case(item))
            reason = f"{describe_hold(hold)}, but does not exist"
            if others:
                reason += f". The hold protects {', '.join(others)} instead, which differs only in case: correct its ID"
            else:
                lost.add(hold.recording_group_id)
            added[hold.recording_group_id] = _join(
                added.get(hold.recording_group_id), Message("{text}", {"text": reason})
            )
    # The creation of a group may be refused.
    known = [
        replace(
            item,
            severity="critical" if item.recording_group_id in lost else item.severity,
            reason=_join(item.reason, added.pop(item.recording_group_id)),
        )
        if item.recording_group_id in added
        else item
        for item in findings
    ]
    missing = (
        Finding(name, None, "missing", "critical" if name in lost else "warning", reason=reason)
        for name, reason in added.items()
    )
    return [*known, *missing]


def _add_holds_on_new_group(finding: Finding, allowances: Allowances, *, is_new: bool) -> Finding:
    """Add the holds on a group that does not exist, or that this run created: its evidence is not on the device."""
    name = finding.recording_group_id
    holds = allowances.active_holds(name)
    if name is None:
        return finding
    if not is_new and any(hold.recording_group_id == name for hold in holds):
        return finding  # its reason names the hold already
    effect = "does not exist"
    if is_new:
        effect = "did not exist, and was created without recordings. Check whether a disk with it was removed"
    for hold in holds:
        finding = replace(
            finding,
            verdict="missing" if finding.is_compliant else finding.verdict,
            severity="critical",
            reason=_join(finding.reason, Message("{text}", {"text": f"{describe_hold(hold)}, but {effect}"})),
        )
    return finding


def _add_above_maximum(
    policy: Policy, findings: Iterable[Finding], current: Sequence[RecordingGroup], allowances: Allowances
) -> list[Finding]:
    """Add to the findings which groups the policy keeps longer than its maximum, without an active hold."""
    reasons: dict[tuple[str | None, str | None], Text] = {}
    for _number, desired, found in policy.above_maximum(current, allowances):
        keys: list[tuple[str | None, str | None]] = [(group.recording_group_id, None) for group in found]
        for key in keys or [(desired.recording_group_id, desired.nice_name)]:
            reasons[key] = _describe_above_maximum(policy, desired.retention_time or 0, key[0], current, allowances)
    return [_mark_above_maximum(item, reasons) for item in findings]


def _mark_above_maximum(item: Finding, reasons: Mapping[tuple[str | None, str | None], Text]) -> Finding:
    reason = reasons.get((item.recording_group_id, None)) or reasons.get((item.recording_group_id, item.nice_name))
    if reason is None or item.disk_id is not None:
        return item
    verdict = "drifted" if item.is_compliant else item.verdict
    return replace(item, verdict=verdict, severity="critical", reason=_join(item.reason, reason))


def _describe_above_maximum(
    policy: Policy, hours: int, name: str | None, current: Sequence[RecordingGroup], allowances: Allowances
) -> Text:
    existing = [group.recording_group_id for group in current]
    ended = [hold for hold in allowances.holds if allowances.now > hold.until and hold.covers(name, hold.until)]
    # A hold that is misspelled is meant for this group, or for another one.
    unmatched = [
        hold
        for hold in allowances.holds
        if allowances.now <= hold.until and not any(hold.covers(item, allowances.now) for item in existing)
    ]
    causes = [
        f"The hold for {hold.reason} (owner: {hold.owner}) ended {hold.until:%Y-%m-%d %H:%M} UTC" for hold in ended
    ]
    causes += [
        f"The hold on {hold.recording_group_id} for {hold.reason} (owner: {hold.owner}) matches no group of the device"
        for hold in unmatched
    ]
    text = (
        "{option} of the policy is {hours}, which is above {maximum}: {bound}. Only a group under an active hold may "
        "be above the maximum, so the retention time is not changed{causes}. Correct the hold, or consult its owner "
        "before you shorten the retention time of the policy"
    )
    values = {
        "option": "retention_time",
        "hours": format_retention_time(hours),
        "maximum": Option("retention_maximum"),
        "bound": format_retention_time(policy.maximum or 0),
        "causes": "".join(f". {cause}" for cause in causes),
    }
    return Message(text, values)


def describe_hold(hold: Hold, subject: str = "The group") -> str:
    """Return a sentence about a hold, without a full stop."""
    return f"{subject} is held until {hold.until:%Y-%m-%d %H:%M} UTC for {hold.reason} (owner: {hold.owner})"


def _add_replaced(findings: Iterable[Finding], current: Iterable[RecordingGroup]) -> list[Finding]:
    """Add to the finding of a group which of its texts have characters that XML forbids."""
    replaced = {group.recording_group_id: names for group in current if (names := group.replaced_fields)}
    return [
        replace(item, reason=_join(item.reason, describe_replaced(replaced[item.recording_group_id])))
        if item.recording_group_id in replaced
        else item
        for item in findings
    ]


_UNMANAGED = "No entry or rule of the policy covers the group, which is not changed"
_UNEXPECTED = (
    "{no_groups} is true, but the device lists the group. Check whether the device is meant to record. If so, remove "
    "{no_groups}, and add the group to {groups} or {rules}. If not, remove the group from the device, which "
    "deletes its recordings"
)
_UNEXPECTED_HELD = (
    "{no_groups} is true, but the device lists the group{held}. Remove {no_groups}, and add the group to {groups} or "
    "{rules}"
)
_PURGED = "No entry or rule of the policy covers the group, which is to be purged"
_AMBIGUOUS = "Several groups have the name of an entry of the policy, so none of them is changed"
_SPARED = (
    "The group is not purged, because its name may be that of an entry without recording_group_id, as the device "
    "stored it. Set recording_group_id in that entry"
)
_NOT_RECORDED = "No enabled recording action records to the group"


def _find_duplicates(current: Sequence[RecordingGroup]) -> dict[str | None, list[RecordingGroup]]:
    """Return the groups of each ID that the device lists more than once."""
    by_id: dict[str | None, list[RecordingGroup]] = defaultdict(list)
    for group in current:
        by_id[group.recording_group_id].append(group)
    return {recording_group_id: groups for recording_group_id, groups in by_id.items() if len(groups) > 1}


def _is_about(item: PlannedGroup, duplicates: Container[str | None]) -> bool:
    return (
        isinstance(item.decision, Refusal)
        and item.found is None
        and item.decision.change.group.recording_group_id in duplicates
    )


def _grade_duplicates(policy: Policy, groups: Sequence[RecordingGroup], allowances: Allowances) -> Finding:
    """Grade all groups with one ID, of which none can be changed, as the worst of them."""
    graded = [_grade_unchanged(policy, group, allowances, "refused", None) for group in groups]
    worst = max(graded, key=lambda finding: SEVERITIES.index(finding.severity))
    reason = ". ".join(describe_duplicate_id(groups[0].recording_group_id, len(groups))).rstrip(".")
    return replace(worst, reason=reason if worst.reason is None else _join(worst.reason, reason))


def _grade_planned(policy: Policy, item: PlannedGroup, allowances: Allowances) -> Finding:
    refusal = next((part for part in (item.decision, item.recording) if isinstance(part, Refusal)), None)
    change = item.change
    starts = isinstance(item.recording, ActionPlan) and item.recording.change.starts_recording
    if refusal is not None:
        finding = _grade_refusal(policy, refusal, item.found, change, allowances)
        if not starts:
            return finding
        severity = max(finding.severity, missing_severity(policy), key=SEVERITIES.index)
        return replace(finding, severity=severity, reason=_join(finding.reason, _NOT_RECORDED))
    if change is not None:
        return _grade_change(policy, change, allowances, starts=starts)
    if item.found is None:
        raise ValueError("a planned group without a decision exists")
    return _grade_unchanged(policy, item.found, allowances, "compliant", None)


def _grade_unchanged(
    policy: Policy, group: RecordingGroup, allowances: Allowances, verdict: str, reason: str | None
) -> Finding:
    concern = _find_concern(policy, group, allowances)
    if concern is None:
        severity = "warning" if verdict == "refused" else "info"
        return Finding(group.recording_group_id, group.nice_name, verdict, severity, reason=reason)
    if concern.hold:
        verdict = "held"
    elif verdict == "compliant":
        verdict = "drifted"
    return Finding(group.recording_group_id, group.nice_name, verdict, "critical", reason=concern.reason)


def _grade_change(policy: Policy, change: Change, allowances: Allowances, *, starts: bool) -> Finding:
    group = change.group
    name = (group.recording_group_id, group.nice_name)
    if change.before is None:
        return Finding(*name, "missing", missing_severity(policy), change.differences, "The group does not exist")
    concern = _find_concern(policy, group, allowances)
    reason = concern.reason if concern else None
    if change.after is None:
        return Finding(
            *name,
            "unmanaged",
            "critical" if concern else "warning",
            reason=f"{_PURGED}. {reason}" if reason else _PURGED,
        )
    severity = "critical" if concern else missing_severity(policy) if starts else _worst_severity(change.differences)
    reasons = (reason, _NOT_RECORDED if starts else None)
    return Finding(*name, "drifted", severity, change.differences, ". ".join(filter(None, reasons)) or None)


def _grade_refusal(
    policy: Policy, refusal: Refusal, found: RecordingGroup | None, other: Change | None, allowances: Allowances
) -> Finding:
    """Grade a refused change.

    :param other: the change of the same group that is not refused.
    """
    change = refusal.change
    concern = _find_concern(policy, found, allowances) if found else None
    held = refusal.kind == "held"
    # A hold explains why a group differs from the policy; only a loss in spite of the hold is critical.
    severity = "critical" if concern else "info" if held else "warning"
    if "create" in (change.operation, other.operation if other else None):
        severity = missing_severity(policy)
    return Finding(
        change.group.recording_group_id,
        change.group.nice_name,
        "held" if held else "refused",
        severity,
        (*change.differences, *(other.differences if other else ())) if change.after is not None else (),
        _join(refusal.reason, concern.reason) if concern else refusal.reason,
    )


def _join(one: Text | None, other: Text) -> Text:
    return other if one is None else Message("{one}. {other}", {"one": one, "other": other})


def missing_severity(policy: Policy) -> str:
    """Return the severity of a group that does not exist, or whose recordings are not accessible."""
    # A group that does not exist keeps nothing, which is below every minimum.
    return "warning" if policy.minimum is None else "critical"


def _worst_severity(differences: Iterable[Difference]) -> str:
    return max(("cosmetic" if item.field in _TEXTS else "warning" for item in differences), key=SEVERITIES.index)


@dataclass(frozen=True, slots=True)
class _Concern:
    """Why the current retention time of a group is critical."""

    reason: str
    hold: bool = False


def _find_concern(policy: Policy, group: RecordingGroup, allowances: Allowances) -> _Concern | None:
    hours = group.retention_time
    hold = allowances.active_hold(group.recording_group_id)
    if hours is None:
        is_bound = hold is not None or policy.minimum is not None or policy.maximum is not None
        return _Concern("retention_time is not known", hold=hold is not None) if is_bound else None
    if hold is not None:
        # A hold is a reason to keep more than the maximum.
        return None if hours == 0 else _Concern(_describe_evidence(hold, hours, allowances.now), hold=True)
    text, minimum, maximum = format_retention_time(hours), policy.minimum, policy.maximum
    if minimum is not None and sort_key(hours) < sort_key(minimum):
        return _Concern(f"retention_time {text} is below the minimum of {format_retention_time(minimum)}")
    if maximum is not None and sort_key(hours) > sort_key(maximum):
        return _Concern(f"Privacy: retention_time {text} is above the maximum of {format_retention_time(maximum)}")
    return None


def _describe_evidence(hold: Hold, hours: int, now: datetime) -> str:
    try:
        lost = f"recordings from before {now - timedelta(hours=hours):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        lost = "older recordings"
    return (
        f"{describe_hold(hold)}, but keeps only {format_retention_time(hours)}: {lost} are deleted. Set its "
        "retention_time to unlimited"
    )
