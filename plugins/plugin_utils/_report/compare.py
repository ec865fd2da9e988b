# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare two reports: what is new, fixed, worse, better, and still open. Pure.

A host, group, or disk that one of the reports does not prove is neither new nor fixed: it is no longer verified, or
newly verified. Dates, ages, percentages, and numbers of recordings are not compared.

The schema of the result is docs/retention-comparison.schema.json.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import (
    DISK,
    GROUP,
    HOST,
    RECORDINGS,
    Condition,
    HostView,
    Status,
    Subject,
    build_views,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.device_changes import (
    describe_renamed_hosts,
    find_replaced_devices,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import DIGEST, seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, clean
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_changes import (
    LostGroups,
    compare_holds,
    find_lost_groups,
    select_weakened,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_changes import (
    compare_policies,
    is_policy_changed,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.series import (
    COMPARISON,
    find_differences,
    series_of,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    NON_COMPLIANT,
    NOT_IN_RUN,
    UNPROVEN,
    render_count,
)

#: Increased with each change that breaks programs that read comparisons.
COMPARISON_VERSION = 1

NEW, WORSE, NO_LONGER_VERIFIED = "new", "worse", "no_longer_verified"
FIXED, BETTER, OPEN, NEWLY_VERIFIED = "fixed", "better", "open", "newly_verified"
#: Recordings that proved the earlier retention time, and cannot prove the longer one yet.
LONGER_RETENTION = "longer_retention"
#: The lists of findings, in the order of the document.
CATEGORIES = (NEW, WORSE, NO_LONGER_VERIFIED, FIXED, BETTER, OPEN, NEWLY_VERIFIED, LONGER_RETENTION)
#: The results, from harmless to bad.
UNCHANGED, CHANGED = "unchanged", "changed"
RESULTS = (UNCHANGED, CHANGED, WORSE)
#: What is newly verified, and not bad.
_HARMLESS = frozenset({"compliant", "changed", "met", *UNPROVEN})
#: The verdicts on groups that a hold may be the reason for.
_OF_HOLDS = frozenset({"held", "missing"})
_SINCE = frozenset({WORSE, BETTER, OPEN})


class Source(NamedTuple):
    """A report, and the name of its file."""

    file: str
    document: Document


@dataclass(frozen=True, eq=False)
class Entry:
    """One part of a host in both reports. ``earlier`` or ``later`` is what was wrong with it, or ``None``."""

    category: str
    host: str
    subject: Subject
    earlier: Condition | None
    later: Condition | None
    policy_changed: bool = False
    #: whether a hold on the group was removed or weakened, or has ended
    hold_changed: bool = False

    @property
    def is_bad(self) -> bool:
        """Return whether something is wrong that the earlier report did not show, or is no longer proven."""
        if self.category == NEWLY_VERIFIED:
            return self.later is not None and self.later.verdict not in _HARMLESS
        return self.category in (NEW, WORSE, NO_LONGER_VERIFIED)


@dataclass
class _Hosts:
    """The hosts of both reports."""

    entries: list[Entry] = field(default_factory=list)
    added: list[HostView] = field(default_factory=list)
    removed: list[HostView] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    #: as in the later report
    unverified: list[HostView] = field(default_factory=list)
    compared: int = 0


def compare_reports(
    earlier: Source,
    later: Source,
    history: Iterable[Source] = (),
    skipped: Iterable[Mapping[str, str]] = (),
    notes: Iterable[str] = (),
    *,
    moment: datetime,
    version: str,
) -> Document:
    """Compare two reports, and return the sealed document.

    :param history: even earlier reports of the same series, the newest first: they show since when a finding is open.
        Each of them may be large, so that only one is in memory.
    :param skipped: the other files, with the reason.
    :param notes: what else limits the comparison, as sentences.
    :param version: of the collection.
    """
    one, two = build_views(earlier.document), build_views(later.document)
    lost = find_lost_groups(one, two, earlier.document, later.document)
    weakened = select_weakened(lost, later.document)
    hosts = _compare_hosts(one, two, earlier.document, later.document)
    hosts.entries = [*_mark_lost_holds(hosts.entries, lost, weakened)]
    times = _OpenTimes(hosts.entries, earlier.document["created"])
    past = [times.add(source) for source in history]
    policies, holds = (
        compare_policies(one, two, earlier.document, later.document),
        compare_holds(one, two, earlier.document, later.document, weakened),
    )
    devices = find_replaced_devices(one, two, later.document["created"])
    held_devices = sum(bool(device["holds"]) for device in devices)
    renamed = describe_renamed_hosts(hosts.added, hosts.removed)
    lists = {
        category: [_build_entry(entry, times.find(entry)) for entry in hosts.entries if entry.category == category]
        for category in CATEGORIES
    }
    added, removed, unverified = (
        [_build_host(view) for view in found] for found in (hosts.added, hosts.removed, hosts.unverified)
    )
    content = clean(
        {
            "schema_version": COMPARISON_VERSION,
            "document": COMPARISON,
            "created": format_time(moment),
            "collection_version": version,
            "earlier": _build_source(earlier),
            "later": _build_source(later),
            "history": past,
            "skipped": [dict(item) for item in skipped],
            "notes": [*notes, *_build_notes(earlier.document, later.document, one, two), *renamed],
            "result": WORSE
            if weakened or held_devices
            else _find_result(hosts, [*devices, *policies, *holds], later.document),
            "summary": {
                "hosts": hosts.compared,
                "outside_limit": len(hosts.outside),
                "still_unverified": len(unverified),
                **{category: len(found) for category, found in lists.items()},
                "hosts_added": len(added),
                "hosts_removed": len(removed),
                "devices_replaced": len(devices),
                "held_devices_replaced": held_devices,
                "policies_changed": len(policies),
                "holds_changed": len(holds),
                "holds_weakened": len(weakened),
            },
            **lists,
            "hosts_added": added,
            "hosts_removed": removed,
            "devices_replaced": devices,
            "policies_changed": policies,
            "holds_changed": holds,
            "still_unverified": unverified,
            "outside_limit": hosts.outside,
        }
    )
    return seal(content)


def check_sources(earlier: Source, later: Source) -> None:
    """Check that a comparison of two reports means something.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if earlier.document[DIGEST] == later.document[DIGEST]:
        raise invalid_option(
            f"{earlier.file} and {later.file} are the same report",
            Message("Set {option} to two reports of different runs.", {"option": Option("reports")}),
        )
    slices = [series_of(source.document).slice for source in (earlier, later)]
    if slices[0] != slices[1]:
        (source, part), *_others = (
            (source, part) for source, part in zip((earlier, later), slices, strict=True) if part is not None
        )
        raise invalid_option(
            f"{source.file} is the report of slice {part[0]} of {part[1]}, and the other report is of other hosts",
            "Merge the slices of each run with camfleet.axis.merge_reports, and compare the merged reports.",
        )
    for source in (earlier, later):
        _check_hosts(source)


def _check_hosts(source: Source) -> None:
    names = Counter(host["host"] for host in source.document["hosts"])
    if repeated := [name for name, count in names.items() if count > 1]:
        raise invalid_option(
            f"{source.file} has the host {repeated[0]} more than once",
            Message("Check {option}: this collection writes no such report.", {"option": Option("reports")}),
        )


def _build_source(source: Source) -> Document:
    """Return what identifies a report, and its numbers."""
    document = source.document
    names = ("run_type", "check_mode", "stopped", "title", "created", "run_id", DIGEST, "collection_version", "scope")
    summary = document["summary"]
    return {
        "file": source.file,
        **{name: document[name] for name in names},
        "hosts": summary["hosts"],
        "recordings_verified": summary["recordings_verified"],
        "states": summary["states"],
    }


def _build_notes(
    earlier: Document, later: Document, one: Mapping[str, HostView], two: Mapping[str, HostView]
) -> list[str]:
    """Return what limits the comparison, as sentences."""
    notes = find_differences(series_of(earlier), series_of(later))
    for label, document in (("earlier", earlier), ("later", later)):
        if document["stopped"]:
            notes.append(f"The run of the {label} report ended early: {document['stopped']}")
    both = one.keys() & two.keys()
    verified = [sum(views[name].host["recordings_verified"] for name in both) for views in (one, two)]
    if min(verified) == 0 < max(verified):
        label, other = ("later", "earlier") if verified[1] else ("earlier", "later")
        notes.append(
            f"Recordings were verified only in the {label} report, on {render_count(max(verified))}, so that the "
            f"{other} one proves nothing about them."
        )
    return notes


def _find_result(hosts: _Hosts, changes: Sequence[Document], later: Document) -> str:
    # A host that is no longer in a report is no longer proven to comply.
    bad_hosts = [view for view in hosts.added if view.state != COMPLIANT and not _is_outside(view, later)]
    if hosts.removed or bad_hosts or any(entry.is_bad for entry in hosts.entries):
        return WORSE
    is_changed = hosts.added or changes or any(entry.category != OPEN for entry in hosts.entries)
    return CHANGED if is_changed else UNCHANGED


def _is_outside(view: HostView, document: Document) -> bool:
    # A host that is in no slice of a merged report was to be checked.
    is_limited = document["scope"]["limit"] is not None and not document["slices"]
    return view.host["verdict"] == NOT_IN_RUN and is_limited


def _compare_hosts(
    one: Mapping[str, HostView], two: Mapping[str, HostView], earlier: Document, later: Document
) -> _Hosts:
    hosts = _Hosts()
    for name in sorted(one.keys() | two.keys()):
        if name not in one:
            hosts.added.append(two[name])
        elif name not in two:
            hosts.removed.append(one[name])
        elif _is_outside(one[name], earlier) or _is_outside(two[name], later):
            hosts.outside.append(name)
        else:
            hosts.compared += 1
            if not (one[name].was_read or two[name].was_read):
                hosts.unverified.append(two[name])
            hosts.entries += _compare_host(one[name], two[name])
    return hosts


def _mark_lost_holds(entries: Iterable[Entry], lost: LostGroups, weakened: LostGroups) -> Iterator[Entry]:
    """Yield the entries; a finding about a hold that was removed before its end is not fixed."""
    for entry in entries:
        is_held = entry.earlier is not None and not _OF_HOLDS.isdisjoint(entry.earlier.verdicts)
        group = entry.subject.recording_group_id
        if entry.subject.kind != GROUP or not is_held or not _has_lost(lost, entry.host, group):
            yield entry
        elif entry.category == FIXED and _has_lost(weakened, entry.host, group):
            yield replace(entry, category=NO_LONGER_VERIFIED, hold_changed=True)
        else:
            yield replace(entry, hold_changed=True)


def _has_lost(lost: LostGroups, host: str, group: str | None) -> bool:
    return any(group in hosts.get(host, ()) for hosts in lost.values())


def _compare_host(one: HostView, two: HostView) -> Iterator[Entry]:
    changed = is_policy_changed(one, two)
    if not (one.was_read and two.was_read):
        if one.was_read != two.was_read:
            category = NO_LONGER_VERIFIED if one.was_read else NEWLY_VERIFIED
            conditions = (Condition.of_host(one.host), Condition.of_host(two.host))
            yield Entry(category, one.name, Subject(HOST), *conditions, changed)
        return
    if one.is_opaque or two.is_opaque:
        yield from _compare_opaque(one, two, changed)
        return
    if one.host["recordings_verified"] and not two.host["recordings_verified"] and two.host["actual"] is None:
        yield Entry(NO_LONGER_VERIFIED, one.name, Subject(RECORDINGS), None, None, changed)
    yield from _compare_proof(one, two, changed)
    pairs = _pair_problems(one.problems, two.problems)
    for subject, condition in one.problems.items():
        if other := pairs.get(subject):
            found = two.problems[other]
            yield Entry(_grade(condition, found), one.name, other, condition, found, changed)
        elif subject.kind == DISK and _needs_longer(one, two, subject.disk_id or ""):
            unproven = two.find_unproven_disk(subject.disk_id or "")
            yield Entry(LONGER_RETENTION, one.name, subject, condition, unproven, changed)
        else:
            status = two.assess_after(subject, condition)
            category = FIXED if status is Status.GOOD else NO_LONGER_VERIFIED
            yield Entry(category, one.name, subject, condition, None, changed)
    known = set(pairs.values())
    for subject, condition in two.problems.items():
        if subject not in known:
            category = NEW if one.assess_before(subject) is Status.GOOD else NEWLY_VERIFIED
            yield Entry(category, one.name, subject, None, condition, changed)


def _pair_problems(one: Iterable[Subject], two: Iterable[Subject]) -> dict[Subject, Subject]:
    """Return which problem of the earlier report is which of the later one, each of them at most once."""
    rest = {subject.key: subject for subject in two}
    pairs = {subject: rest.pop(subject.key) for subject in one if subject.key in rest}
    for subject in one:
        found = [other for other in rest.values() if other.is_probably(subject)]
        if subject not in pairs and found:
            pairs[subject] = rest.pop(found[0].key)
    return pairs


def _compare_proof(one: HostView, two: HostView, changed: bool) -> Iterator[Entry]:
    """Compare the disks that comply in one report, and whose recordings prove nothing in the other one."""
    for view, other in ((one, two), (two, one)):
        for disk_id, condition in view.disks.items():
            unproven, subject = other.find_unproven_disk(disk_id), Subject(DISK, disk_id=disk_id)
            is_problem = subject in one.problems or subject in two.problems
            if condition.verdict == "met" and unproven and not is_problem:
                conditions = (condition, unproven) if view is one else (unproven, condition)
                category = NEWLY_VERIFIED
                if view is one:
                    category = LONGER_RETENTION if _needs_longer(one, two, disk_id) else NO_LONGER_VERIFIED
                yield Entry(category, view.name, subject, *conditions, changed)


def _needs_longer(one: HostView, two: HostView, disk_id: str) -> bool:
    """Return whether only a longer retention time is the reason why recordings prove nothing.

    Recordings that do not reach back as far as the earlier report required are lost, or were never there.
    """
    required = one.required_age(disk_id)
    if not one.proves_age(disk_id, required):
        required = min(required, one.configured_age(disk_id))
    return (
        two.find_unproven_disk(disk_id) is not None
        and two.required_age(disk_id) > required
        and two.proves_age(disk_id, required)
    )


def _compare_opaque(one: HostView, two: HostView, changed: bool) -> Iterator[Entry]:
    """Compare two hosts as a whole, of which at least one does not show which of its parts is non-compliant."""
    earlier, later = Condition.of_host(one.host), Condition.of_host(two.host)
    if two.state == COMPLIANT:
        yield Entry(FIXED, one.name, Subject(HOST), earlier, None, changed)
    elif one.state == COMPLIANT:
        yield Entry(NEW, one.name, Subject(HOST), None, later, changed)
    else:
        yield Entry(_grade(earlier, later), one.name, Subject(HOST), earlier, later, changed)


def _grade(earlier: Condition, later: Condition) -> str:
    """Return whether a finding is worse, better, or still open. The severity decides first."""
    before, after = SEVERITIES.index(earlier.severity), SEVERITIES.index(later.severity)
    if before != after:
        return WORSE if after > before else BETTER
    before_aspects, after_aspects = _find_aspects(earlier), _find_aspects(later)
    was_missing, is_missing = "missing" in earlier.verdicts, "missing" in later.verdicts
    if was_missing != is_missing:
        return WORSE if is_missing else BETTER
    trends = _find_retention_trends(earlier, later)
    if after_aspects - before_aspects or WORSE in trends:
        return WORSE
    return BETTER if before_aspects - after_aspects or BETTER in trends else OPEN


def _find_aspects(condition: Condition) -> set[str]:
    """Return what is wrong: the fields that differ, the direction of the retention, or else the verdict."""
    names = {*condition.fields_or_verdicts}
    if (times := _find_retention(condition)) is not None:
        expected, found = map(sort_key, times)
        names.add("too short" if found < expected else "too long")
    return names


def _find_retention(condition: Condition) -> tuple[int, int] | None:
    for item in condition.fields:
        if item["field"] == "retention_time" and isinstance(item["expected"], int) and isinstance(item["found"], int):
            return item["expected"], item["found"]
    return None


def _find_retention_trends(earlier: Condition, later: Condition) -> set[str]:
    """Return whether the retention time differs more or less from the expected one than before."""
    before, after = _find_retention(earlier), _find_retention(later)
    if before is None or after is None:
        return set()
    (expected, found), (new_expected, new_found) = (tuple(map(sort_key, times)) for times in (before, after))
    steps = ((found, new_found), (new_expected, expected))
    if found > expected:
        steps = ((new_found, found), (expected, new_expected))
    return {WORSE if new < old else BETTER for old, new in steps if new != old}


class _OpenTimes:
    """Since when the findings are open that both reports have."""

    def __init__(self, entries: Iterable[Entry], created: str) -> None:
        """Begin with the earlier one of the two reports.

        :param created: its time.
        """
        self._since = {entry: created for entry in entries if entry.category in _SINCE}
        self._began: set[Entry] = set()

    def add(self, source: Source) -> Document:
        """Add the report before those that were added, and return what identifies it."""
        views, created = build_views(source.document), source.document["created"]
        for entry in self._since.keys() - self._began:
            status = _assess_before(views[entry.host], entry.subject) if entry.host in views else Status.UNKNOWN
            if status is Status.GOOD:
                self._began.add(entry)
            elif status is not Status.UNKNOWN:
                self._since[entry] = created
        return {"file": source.file, "created": created}

    def find(self, entry: Entry) -> tuple[str, bool] | None:
        """Return since when a finding is open, and whether it may have been open even earlier."""
        return (self._since[entry], entry not in self._began) if entry in self._since else None


def _assess_before(view: HostView, subject: Subject) -> Condition | Status:
    if subject.kind == HOST and view.is_verified:
        return Condition.of_host(view.host) if view.state == NON_COMPLIANT else Status.GOOD
    return view.assess_before(subject)


def _build_entry(entry: Entry, since: tuple[str, bool] | None) -> Document:
    subject = entry.subject
    return {
        "host": entry.host,
        "kind": subject.kind,
        "recording_group_id": subject.recording_group_id,
        "nice_name": subject.nice_name if subject.kind == GROUP else None,
        "disk_id": subject.disk_id,
        "policy_changed": entry.policy_changed,
        "hold_changed": entry.hold_changed,
        "since": since[0] if since else None,
        "or_earlier": since[1] if since else None,
        "earlier": _build_condition(entry.earlier),
        "later": _build_condition(entry.later),
    }


def _build_condition(condition: Condition | None) -> Document | None:
    if condition is None:
        return None
    return {
        "verdict": condition.verdict,
        "severity": condition.severity,
        "reason": condition.reason,
        "retention": dict(zip(("expected", "found"), condition.retention, strict=True)),
        "fields": [dict(item) for item in condition.fields],
    }


def _build_host(view: HostView) -> Document:
    host = view.host
    return {name: host[name] for name in ("host", "state", "verdict", "severity", "reason")}
