# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the summary of a run from the results of all hosts: as lines for people, and as data for programs. Pure."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    escape_invisible,
    remove_invisible,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import render_permanent_allowances
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists

Result = Mapping[str, Any]

#: The kind of the error of a host that is the same device as another one.
DUPLICATE = "duplicate_device"
#: The class of a host that received no request, and the kind of its error if other devices rejected its login.
NOT_ATTEMPTED = "not_attempted"

#: Verdicts on disks that prove neither compliance nor its opposite, and the classes of hosts without other findings.
UNPROVEN = ("insufficient_history", "indeterminate")
#: The classes of hosts, in the order of the summary. Each host is in exactly one.
CLASSES = (
    "compliant",
    "changed",
    "drifted",
    "failing_disk",
    "held",
    "refused",
    *UNPROVEN,
    "unsupported",
    "unverified",
    NOT_ATTEMPTED,
)
# Only recordings that were verified put a host into one of these.
_DISK_CLASSES = frozenset(("failing_disk", *UNPROVEN))
# The classes of hosts whose settings are as the policy says.
_SETTLED_CLASSES = frozenset(("compliant", "changed", *_DISK_CLASSES))
#: By verdict on a disk, what to do about it.
DISK_NEXT_STEPS: Mapping[str, str] = {
    "short": "Use a larger disk, or lower bit rates, so that the disk keeps recordings for the whole retention time.",
    "overdue": "Find out why the device does not delete these recordings, and delete those that must not be kept.",
    "conflicting_cleanup": (
        "In the storage settings of the device, set the maximum age of the disk to unlimited, or to at least the "
        "longest retention time."
    ),
    "full": "Find out why the device does not free space on the disk, or use a larger one.",
    "locked": "Unlock the disk in the storage settings of the device.",
    "missing": "Insert, mount, or replace the disk. Find out where the recordings of the missing disk are.",
}
#: A host that matches the pattern of the play and is outside ``--limit``.
NOT_IN_RUN = "not_in_run"
# The classes of hosts whose groups could not be read.
_UNREAD_CLASSES = frozenset(("unsupported", "unverified", NOT_ATTEMPTED, NOT_IN_RUN))
#: The verdicts of hosts in a report. Each host has exactly one.
VERDICTS = (*CLASSES, NOT_IN_RUN)
COMPLIANT, NON_COMPLIANT, UNVERIFIED = "compliant", "non_compliant", "unverified"
#: The three states of a host, with their verdicts.
STATES: Mapping[str, tuple[str, ...]] = {
    COMPLIANT: ("compliant", "changed"),
    NON_COMPLIANT: ("drifted", "failing_disk", "held", "refused"),
    UNVERIFIED: (*UNPROVEN, "unsupported", "unverified", NOT_ATTEMPTED, NOT_IN_RUN),
}
#: By verdict, its state.
STATE_OF: Mapping[str, str] = {verdict: state for state, verdicts in STATES.items() for verdict in verdicts}
# By error kind; not a failure of the host: the policy requires a change that is not allowed.
_REFUSALS = {
    "held": "held",
    "recording_loss": "refused",
    "recording_stop": "refused",
    "group_in_use": "refused",
    "immutable": "refused",
    "ambiguous": "refused",
    "disk_unavailable": "refused",
}
_MOST_SEVERE_FIRST = tuple(reversed(SEVERITIES))
_MAX_EXAMPLES = 3
#: More hosts than these are not all named in a line for people; the report and the data have all of them.
_MAX_NAMES = 10
_PORT = re.compile(r"\bport [0-9]+")
_CLOCK = re.compile(r"\bshows [-0-9: ]+ UTC instead of [-0-9: ]+ UTC, the time of the controller,")
_AGE = re.compile(r"\bis ([0-9]+\.[0-9]) days old\b")
#: Ends a line that does not name all hosts.
_SEE_REPORT = "; see the report"
#: What identifies a hold.
_HOLD_FIELDS = ("recording_group_id", "reason", "owner", "until")


@dataclass(frozen=True)
class HostStatus:
    """The class of one host, with reason and severity."""

    host: str
    host_class: str
    reason: str = ""
    severity: str = "info"
    #: failed or unreachable, refusals included
    failed: bool = False
    #: failed or unreachable for another reason than a refusal
    counts_as_failure: bool = False
    #: whether another run can end differently, without a change of the inventory
    may_retry: bool = True
    #: the status that Ansible shows at the end: failed or unreachable, or drifted where drift is to fail
    shows_as_failed: bool = False
    #: not attempted, because a condition skipped the task
    skipped: bool = False
    #: groups that were deleted with their recordings; in check mode, that would be
    deletions: str = ""
    #: groups that keep recordings for a shorter time, so that the device deletes older ones, if there are any
    reductions: str = ""
    #: recording actions that were removed or replaced; in check mode, that would be
    recording_stops: str = ""
    #: the options that permit each refused change
    allowances: tuple[tuple[str, ...], ...] = ()
    #: what to do about the refused changes that no option permits
    next_steps: tuple[str, ...] = ()
    #: whether the recordings of all disks were read
    recordings_verified: bool = False
    #: whether they prove the retention, too
    recordings_proven: bool = False
    #: the verdicts on disks that are not as the policy says
    disk_verdicts: tuple[str, ...] = ()
    #: what to do about the recordings that could not be read
    reading_steps: tuple[str, ...] = ()
    #: whether changes were made
    has_changes: bool = False
    #: in check mode, the changes that would be made
    predicted_changes: str = ""
    #: the active holds that match no group on any host of the run
    unmatched_holds: tuple[Result, ...] = ()
    #: the status that the host would have without them
    without_holds: HostStatus | None = None

    @property
    def losses(self) -> str:
        """Return which changes lose recordings, or may lose them."""
        return ", ".join(filter(None, (self.deletions, self.reductions)))


@dataclass(frozen=True)
class HostInput:
    """The input about one host.

    :param result: what its task registered, or ``None`` if the task did not run.
    """

    name: str
    result: Result | None
    purpose: str = ""
    owner: str = ""
    #: whether a host that is not compliant ends as failed
    fails_on_drift: bool = False
    #: the inventory groups of the host
    groups: tuple[str, ...] = ()
    #: the holds of its variables, if it has no result with holds
    variable_holds: tuple[Result, ...] = ()
    #: what a check found before the task failed or was not attempted
    last_check: Result | None = None
    #: the allowances that the inventory sets for every run, each with its place
    permanent_allowances: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> tuple[Result, ...]:
        """Return the holds that apply to the host, whether or not it was read."""
        return tuple((self.result or {}).get("holds") or self.variable_holds)


class HoldOnHosts(NamedTuple):
    """A hold, and the hosts that it applies to."""

    #: what identifies it, the same on every host: ``recording_group_id``, ``reason``, ``owner``, ``until``
    hold: Result
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """All hosts of a run."""

    statuses: tuple[HostStatus, ...]
    policies: tuple[tuple[str, str, int], ...] = ()
    #: holds as data: what identifies one, the number of its hosts, and a few of their names
    ended_holds: tuple[Result, ...] = ()
    unmatched_holds: tuple[Result, ...] = ()
    #: by host, the groups that no entry or rule covers
    unmanaged: Mapping[str, list[str]] = field(default_factory=dict)
    #: the number of hosts whose groups could not be read
    unread: int = 0
    #: whether the changes in the results were only predicted
    check_mode: bool = False
    #: whether recordings were to be read on any host
    recordings_requested: bool = False
    by_class: Mapping[str, list[HostStatus]] = field(default_factory=dict)
    active_holds: tuple[Result, ...] = ()
    #: sentences about the allowances that the inventory sets for every run
    permanent_allowances: tuple[str, ...] = ()

    @property
    def failed_percentage(self) -> float:
        """Return the percentage of hosts that failed or were unreachable, without refusals."""
        failures = sum(status.counts_as_failure for status in self.statuses)
        return 100 * failures / len(self.statuses) if self.statuses else 0.0

    @property
    def failed_hosts(self) -> list[str]:
        """Return the hosts that Ansible shows as failed or unreachable."""
        return [status.host for status in self.statuses if status.shows_as_failed]

    @property
    def skipped_hosts(self) -> list[str]:
        """Return the hosts whose task a condition skipped, so that no later task can fail them."""
        return [status.host for status in self.statuses if status.skipped]

    @property
    def recordings_verified(self) -> int:
        """Return the number of hosts whose recordings were read."""
        return sum(status.recordings_verified for status in self.statuses)

    @property
    def recordings_proven(self) -> int:
        """Return the number of hosts whose recordings prove the retention."""
        return sum(status.recordings_proven for status in self.statuses)

    @property
    def states(self) -> dict[str, int]:
        """Return the number of hosts in each state."""
        return {
            state: sum(len(self.by_class.get(verdict, ())) for verdict in verdicts)
            for state, verdicts in STATES.items()
        }

    def render_headline(self, *, brief: bool = False) -> str:
        """Return the number of hosts in each class.

        :param brief: whether to leave out empty classes.
        """
        # Only a merged report has hosts that were not in its runs.
        hidden = {NOT_IN_RUN} if self.recordings_verified else {NOT_IN_RUN, *_DISK_CLASSES}
        classes = [name for name in VERDICTS if self.by_class[name] or (not brief and name not in hidden)]
        counts = ", ".join(map(self._render_class, classes))
        changes = self._count_changes()
        others = f"; changes were made on {render_count(changes)}" if changes > len(self.by_class["changed"]) else ""
        return f"{render_count(len(self.statuses))}: {counts}{others}"

    def render_prediction(self) -> str:
        """Return what a run in check mode means that would otherwise write."""
        hosts = sum(bool(status.predicted_changes) for status in self.statuses)
        return f"In check mode nothing was changed, {render_count(hosts)} would be changed"

    def _render_class(self, host_class: str) -> str:
        statuses = self.by_class[host_class]
        critical = sum(status.severity == "critical" for status in statuses)
        return f"{len(statuses)} {self.label(host_class)}" + (f" ({critical} critical)" if critical else "")

    def label(self, host_class: str) -> str:
        """Return the name of a class, the same in the headline and below."""
        # Hosts with changes may be in any class.
        others_changed = host_class == "changed" and self._count_changes() > len(self.by_class["changed"])
        return "compliant after changes" if others_changed else _label(host_class)

    def _count_changes(self) -> int:
        return sum(status.has_changes for status in self.statuses)

    def render_verified(self) -> str:
        """Return in words what was read, and of how many hosts if not of all, and on how many recordings prove it."""
        unread = sum(status.host_class in _UNREAD_CLASSES for status in self.statuses)
        counts = {
            "settings and recordings": self.recordings_verified,
            "settings only": len(self.statuses) - unread - self.recordings_verified,
            "nothing": unread,
        }
        found = {what: count for what, count in counts.items() if count}
        read = next(iter(found), "nothing")
        if len(found) > 1:
            read = ", ".join(f"{what} of {render_count(count)}" for what, count in found.items())
        proven = f"; retention proven on {render_count(self.recordings_proven)}" if self.recordings_verified else ""
        return f"{read}{proven}"


def build_summary(
    inputs: Iterable[HostInput],
    *,
    check_mode: bool,
    whole_run: bool = True,
    expects_all: bool = False,
    pending_holds: Collection[tuple[str, ...]] = (),
) -> Summary:
    """Build the summary of hosts.

    :param check_mode: whether the changes in the results were only predicted.
    :param whole_run: whether these are all hosts of the run, so that a hold that matches nothing on them is critical.
    :param expects_all: whether a host that was not attempted fails unless another one does.
    :param pending_holds: the keys of holds that also apply to hosts of a later batch, whose report judges them.
    """
    inputs = list(inputs)
    built = [_build_status(item, check_mode=check_mode) for item in inputs]
    unread = sum(status.host_class in _UNREAD_CLASSES for status in built)
    ended, unmatched = find_ended_holds(inputs), find_unmatched_holds(inputs)
    if whole_run:
        judged = [found for found in unmatched if hold_key(found.hold) not in pending_holds]
        built = _mark_unmatched(inputs, built, judged, unread)
    if expects_all:
        built = _mark_not_attempted(built)
    return assemble_summary(built, inputs, _build_holds(ended), _build_holds(unmatched), check_mode=check_mode)


def assemble_summary(
    statuses: Sequence[HostStatus],
    inputs: Sequence[HostInput],
    ended_holds: Sequence[Result],
    unmatched_holds: Sequence[Result],
    *,
    check_mode: bool,
) -> Summary:
    """Build the summary of hosts whose statuses are known."""
    by_class: dict[str, list[HostStatus]] = {host_class: [] for host_class in VERDICTS}
    for status in statuses:
        by_class[status.host_class].append(status)
    for hosts in by_class.values():
        hosts.sort(key=lambda status: (_MOST_SEVERE_FIRST.index(status.severity), status.host))
    return Summary(
        tuple(statuses),
        _count_policies(inputs),
        tuple(ended_holds),
        tuple(unmatched_holds),
        _collect_unmanaged(inputs),
        sum(status.host_class in _UNREAD_CLASSES for status in statuses),
        check_mode,
        any((item.result or {}).get("actual") is not None for item in inputs),
        by_class,
        _build_holds(find_active_holds(inputs)),
        tuple(render_permanent_allowances((item.name, item.permanent_allowances) for item in inputs)),
    )


def _mark_not_attempted(statuses: Sequence[HostStatus]) -> list[HostStatus]:
    """Return the statuses of the hosts; those not attempted fail, unless others do, which stopped the run."""
    if any(status.shows_as_failed for status in statuses):
        return list(statuses)
    return [
        replace(status, shows_as_failed=True) if status.host_class == "not_attempted" else status for status in statuses
    ]


def _mark_unmatched(
    inputs: Sequence[HostInput], statuses: Sequence[HostStatus], unmatched: Iterable[HoldOnHosts], unread: int
) -> list[HostStatus]:
    """Return the statuses of the hosts; a hold that protects nothing makes each of its hosts critical."""
    holds: dict[str, list[Result]] = defaultdict(list)
    for hold, hosts in unmatched:
        for host in hosts:
            holds[host].append(hold)
    return [
        _mark_critical(status, holds[status.host], unread, fails=item.fails_on_drift)
        if status.host in holds
        else status
        for item, status in zip(inputs, statuses, strict=True)
    ]


def _mark_critical(status: HostStatus, holds: Sequence[Result], unread: int, *, fails: bool) -> HostStatus:
    return replace(
        status,
        # A difference in the settings comes before whatever the recordings prove.
        host_class="drifted" if status.host_class in _SETTLED_CLASSES else status.host_class,
        severity="critical",
        reason=render_unmatched_holds(status.reason, holds, unread),
        shows_as_failed=status.shows_as_failed or fails,
        unmatched_holds=tuple(holds),
        without_holds=status,
    )


def render_unmatched_holds(reason: str, holds: Iterable[Result], unread: int) -> str:
    """Render the reason of a host whose holds match nothing, after its other reason.

    :param unread: the number of hosts that could not be read, and may have the group.
    """
    rest = f" ({render_count(unread)} could not be read)" if unread else ""
    texts = (f"the hold on {render_hold(hold)} matches no group on any host that it applies to{rest}" for hold in holds)
    return "; ".join(filter(None, (reason, *texts)))


def render_lines(
    summary: Summary,
    title: str,
    moment: datetime,
    names: Names,
    report_setting: str = "",
    *,
    stopped: str | None = None,
    predicts: bool = False,
    outside_limit: int = 0,
    lists: HostLists | None = None,
) -> list[str]:
    """Render the summary for people: the number of hosts in each class, and the names of all that are not compliant.

    :param names: by option, the variable that the reader sets.
    :param report_setting: if there is no report, what the reader adds to write one.
    :param stopped: why the run ended early.
    :param predicts: whether the run would write without check mode.
    :param outside_limit: the number of hosts that match the pattern of the play, but not ``--limit``.
    :param lists: gets the lists of hosts that become files.
    """
    lists = lists or HostLists()
    verified = f". Read: {summary.render_verified()}" if summary.statuses else ""
    prediction = f"{summary.render_prediction()}. " if predicts else ""
    lines = [f"{title}, {moment:%Y-%m-%d %H:%M} UTC: {prediction}{summary.render_headline()}{verified}"]
    lines += [f"Ended early: {stopped}"] if stopped else []
    lines += [f"Not in the run: {render_count(outside_limit)} outside --limit"] if outside_limit else []
    lines += summary.permanent_allowances
    lines += [] if predicts else _render_reading_advice(summary, names)
    for purpose, owner, count in summary.policies:
        lines.append(f"Policy: {purpose or 'no purpose given'} (owner: {owner or 'none given'}): {render_count(count)}")
    for host_class in VERDICTS[1:]:
        if statuses := summary.by_class[host_class]:
            lines.append(f"{summary.label(host_class)} ({len(statuses)}):")
            lines += group_by_reason((status.host, status.reason) for status in statuses)
    changes = [(status.host, status.predicted_changes) for status in summary.statuses if status.predicted_changes]
    if predicts and changes:
        lines.append(f"Changes would be made on {render_count(len(changes))}:")
        lines += group_by_reason(changes)
    lines += _render_ended_holds(summary.ended_holds)
    lines += _render_advice(summary.statuses, names, lists, report_setting)
    lines += _render_disk_advice(summary.statuses)
    verb = "would be" if summary.check_mode else "were"
    if deletions := [(status.host, status.deletions) for status in summary.statuses if status.deletions]:
        lines.append(f"Recordings {verb} deleted on {render_count(len(deletions))}:")
        lines += group_by_reason(deletions)
    if reductions := [(status.host, status.reductions) for status in summary.statuses if status.reductions]:
        may = "may be" if summary.check_mode else "may have been"
        lines.append(f"Recordings {may} deleted on {render_count(len(reductions))} (retention reduced):")
        lines += group_by_reason(reductions)
    stops = [(status.host, status.recording_stops) for status in summary.statuses if status.recording_stops]
    if stops:
        lines.append(f"Recording actions {verb} removed or replaced on {render_count(len(stops))}:")
        lines += group_by_reason(stops)
    lines += _render_unmanaged(summary.unmanaged)
    lines += _render_active_holds(summary.active_holds)
    unread = f" ({render_count(summary.unread)} could not be read)" if summary.unread else ""
    lines += [f"Hold that matches no group{unread}: {render_hold_of_hosts(hold)}" for hold in summary.unmatched_holds]
    lines += _render_retry(summary, lists, report_setting)
    if report_setting and any(map(_needs_report, lines)):
        lines = [line.removesuffix(_SEE_REPORT) for line in lines]
        if not _names_setting(lines, report_setting):
            lines.append(f"For a report that names all hosts, add: {report_setting}")
    # A text of an inventory may contain anything, too.
    return [remove_invisible(line) for line in lines]


def _render_unmanaged(unmanaged: Mapping[str, Sequence[str]]) -> list[str]:
    """Render the groups that no entry and no rule covers: nothing protects or changes them."""
    if not unmanaged:
        return []
    count = sum(map(len, unmanaged.values()))
    names = abbreviate(sorted({name for groups in unmanaged.values() for name in groups}, key=natural_key))
    groups = f"{render_count(count, 'group')} on {_render_names([*unmanaged])}"
    return [
        f"Unmanaged: {groups}, not covered by the policy: {names}",
        "  To manage them, add an entry or a rule. To leave such groups out, set retention_policy_unmanaged to ignore.",
    ]


def _render_active_holds(holds: Sequence[Result]) -> list[str]:
    """Render the holds that protect a group: without these lines, a compliant run shows no sign of them."""
    lines = [f"Hold in force: {render_hold_of_hosts(hold)}" for hold in holds[:_MAX_NAMES]]
    others = len(holds) - len(lines)
    return [*lines, *([f"Holds in force: {others} more{_SEE_REPORT}"] if others > 0 else [])]


_ENDED_HOLDS = (
    "Holds that have ended protect nothing. If a date is a mistake, correct it before the next roll-out. If not, "
    "consult the owner, and remove the entry:"
)


def _render_ended_holds(holds: Sequence[Result]) -> list[str]:
    """Render the holds that have ended: a date may be a mistake, and the next lines may permit to delete recordings."""
    if not holds:
        return []
    return [
        _ENDED_HOLDS,
        *(f"Hold that has ended: {render_hold_of_hosts(hold)}" for hold in holds),
    ]


def _names_setting(lines: Iterable[str], report_setting: str) -> bool:
    return any(report_setting in text for text in lines)


def _needs_report(line: str) -> bool:
    return line.endswith(_SEE_REPORT)


def _render_reading_advice(summary: Summary, names: Names) -> list[str]:
    """Render how to check the recordings, too, after an audit of settings only."""
    variable = names.get("verify_recordings")
    is_read = len(summary.statuses) > summary.unread
    if not (variable and is_read and summary.check_mode) or summary.recordings_requested:
        return []
    setting = f"--extra-vars {variable}=true"
    return [f"Recordings were not checked. To compare their age with the policy, audit with: {setting}"]


def _render_retry(summary: Summary, lists: HostLists, report_setting: str) -> list[str]:
    """Render how to run again for the hosts about which nothing is known."""
    hosts = [
        status.host
        for host_class in ("unverified", "not_attempted")
        for status in summary.by_class[host_class]
        if status.may_retry
    ]
    if not hosts:
        return []
    hosts.sort(key=natural_key)
    is_in_file, limit = lists.is_file("unverified", hosts), lists.render_limit("unverified", hosts)
    if len(hosts) == len(summary.statuses) > _MAX_NAMES and not is_in_file:
        # The same limit, if there is one.
        return ["Fix the causes, then run the same command again: no host was verified"]
    if limit:
        return [f"Fix the causes, then retry unverified and not attempted hosts with: {limit}"]
    text = f"Retry the {len(hosts)} unverified and not attempted hosts"
    if not report_setting:
        return [f"{text} that the report lists"]
    return [f"{text}: to write their names to a file for --limit, and a report, add: {report_setting}"]


#: By option that permits refused changes, what it permits, and the name of the list of its hosts.
_PERMITTED = {
    "allow_recording_loss": ("{} recordings may be deleted", "recording-loss"),
    "allow_recording_stop": ("recording may end there", "recording-stop"),
}


def _render_advice(
    statuses: Iterable[HostStatus], names: Names, lists: HostLists, report_setting: str
) -> Iterator[str]:
    """Yield what to do about the refused changes, once for all hosts with the same next step."""
    allowed: dict[tuple[str, ...], list[str]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    for status in statuses:
        for allowances in filter(None, status.allowances):
            allowed[allowances].append(status.host)
        for next_step in status.next_steps:
            others[next_step].append(status.host)
    for allowances, hosts in sorted(allowed.items()):
        effects, labels = zip(*(_PERMITTED[name] for name in allowances), strict=True)
        whose, which = ("its", "this host") if len(hosts) == 1 else ("their", "these hosts")
        yield (
            f"Refused changes of {abbreviate(hosts)}: if {' and '.join(effects).format(whose)}, "
            f"allow it for one roll-out of {which}. Add to camfleet.axis.roll_out:"
        )
        variables = shlex.quote(" ".join(f"{names.get(name, name)}=true" for name in allowances))
        if limit := lists.render_limit("-".join(labels), hosts):
            yield f"  --extra-vars {variables} {limit}"
        else:
            file = f" To write their names to a file, add: {report_setting}" if report_setting else ""
            yield f"  ({render_count(len(hosts))} do not fit into --limit.{file})"
    for next_step, hosts in sorted(others.items()):
        yield f"Next step for the refused changes of {abbreviate(hosts)}: {next_step}"


def _render_disk_advice(statuses: Iterable[HostStatus]) -> list[str]:
    """Render what to do about disks, in one line for all hosts with the same next step."""
    failing: dict[str, list[str]] = defaultdict(list)
    unread: dict[str, list[str]] = defaultdict(list)
    for status in statuses:
        for verdict in status.disk_verdicts:
            failing[verdict].append(status.host)
        for next_step in status.reading_steps:
            unread[next_step].append(status.host)
    return [
        *(
            f"Next step for the disks of {abbreviate(failing[verdict])} ({verdict.replace('_', ' ')}): {next_step}"
            for verdict, next_step in DISK_NEXT_STEPS.items()
            if verdict in failing
        ),
        *(
            f"Next step for the unread recordings of {abbreviate(hosts)}: {text}"
            for text, hosts in sorted(unread.items())
        ),
    ]


def group_by_reason(reasons: Iterable[tuple[str, str]], see_report: str = _SEE_REPORT) -> list[str]:
    """Render one line for all hosts with the same reason.

    :param see_report: ends a line that does not name all hosts.
    """
    # Those of many cameras behind one address differ in the port, of many disks in the age, and of clocks in the time.
    similar: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for host, reason in reasons:
        common = _AGE.sub("is some days old", _generalize(reason))
        similar[common].setdefault(reason, []).append(host)
    lines = []
    for hosts in similar.values():
        every = [host for names in hosts.values() for host in names]
        are_many = len(hosts) > 1 and len(every) > _MAX_NAMES
        groups = {_join_reasons(list(hosts)): every} if are_many else hosts
        lines += [_render_hosts(sorted(names, key=natural_key), reason, see_report) for reason, names in groups.items()]
    return lines


def _generalize(reason: str) -> str:
    """Return a reason without the port and the times of its host."""
    return _CLOCK.sub("shows another time than the controller,", _PORT.sub("its port", reason))


def _join_reasons(reasons: Sequence[str]) -> str:
    """Render reasons that differ only in ports and ages as one, with the range of each age."""
    ranges = [(min(ages, key=float), max(ages, key=float)) for ages in zip(*map(_AGE.findall, reasons), strict=False)]
    texts = iter([first if first == last else f"{first} to {last}" for first, last in ranges])
    return _AGE.sub(lambda match: f"is {next(texts, match[1])} days old", _generalize(reasons[0]))


def natural_key(host: str) -> list[tuple[int, str, str]]:
    """Return what sorts ``harbor-2`` before ``harbor-10``."""
    parts = re.split("([0-9]+)", host)
    numbers = [part.lstrip("0") if position % 2 else "" for position, part in enumerate(parts)]
    return [(len(number), number, part) for number, part in zip(numbers, parts, strict=True)]


def _render_hosts(names: Sequence[str], reason: str, see_report: str) -> str:
    hosts = _render_names(names)
    if len(names) <= _MAX_NAMES:
        return f"  {hosts}" + (f": {reason}" if reason else "")
    return "  " + (f"{reason.rstrip('.')}: " if reason else "") + f"{hosts}{see_report}"


def _render_names(names: Sequence[str]) -> str:
    return _join(names) if len(names) <= _MAX_NAMES else f"{render_count(len(names))}: {abbreviate(names)}"


def _join_few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _MAX_NAMES else abbreviate(names)


def build_data(summary: Summary, moment: datetime) -> dict[str, Any]:
    """Build the summary for programs: the number of compliant hosts, and the names of all others."""
    names = {name: _escape(status.host for status in summary.by_class[name]) for name in CLASSES[1:]}
    return {
        "checked_at": format_time(moment),
        "hosts": len(summary.statuses),
        "states": summary.states,
        "recordings_verified": summary.recordings_verified,
        "compliant": len(summary.by_class["compliant"]),
        **names,
        "critical": sorted(_escape(status.host for status in summary.statuses if status.severity == "critical")),
        "reasons": _clean_values((status.host, status.reason) for status in summary.statuses),
        "policies": [
            {"purpose": purpose, "owner": owner, "hosts": count} for purpose, owner, count in summary.policies
        ],
        "losses": _clean_values((status.host, status.losses) for status in summary.statuses),
        "recording_changes": _clean_values((status.host, status.recording_stops) for status in summary.statuses),
        "unmanaged": {escape_invisible(host): _escape(groups) for host, groups in summary.unmanaged.items()},
        "ended_holds": list(map(_clean_hold, summary.ended_holds)),
        "unmatched_holds": list(map(_clean_hold, summary.unmatched_holds)),
    }


def _escape(names: Iterable[str]) -> list[str]:
    return list(map(escape_invisible, names))


def _join(names: Iterable[str]) -> str:
    return ", ".join(_escape(names))


def _clean_values(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {escape_invisible(host): remove_invisible(text) for host, text in texts if text}


def _clean_hold(hold: Result) -> Result:
    return {name: remove_invisible(item) if isinstance(item, str) else item for name, item in hold.items()}


def _build_status(host: HostInput, *, check_mode: bool) -> HostStatus:
    result = host.result
    if result is None:
        return HostStatus(host.name, "not_attempted", _render_last_read(host.last_check))
    if result.get("skipped"):
        return HostStatus(
            host.name, "not_attempted", "A condition skipped the task", shows_as_failed=True, skipped=True
        )
    status = add_details(_classify(host.name, result, check_mode=check_mode), result, check_mode=check_mode)
    # A hold explains why its own group differs, not why others do.
    has_drift = status.host_class == "refused" or _is_critical(result) or _has_drift(result)
    # The hosts that rejected the login fail the run.
    fails = (status.failed and status.host_class != NOT_ATTEMPTED) or (has_drift and host.fails_on_drift)
    # Changes that were made are part of the reason in every class.
    made = "" if check_mode else _render_changes(result.get("changes") or ())
    known = _render_known(result, host.last_check) if status.counts_as_failure else ""
    reason = " ".join(filter(None, (status.reason, known)))
    return replace(status, shows_as_failed=fails, reason="; ".join(filter(None, (made, reason))))


def _render_known(result: Result, last_check: Result | None) -> str:
    """Render what is known although a task failed: the changes that it could not make, and what it last read."""
    if (result.get("error") or {}).get("kind") == DUPLICATE:
        return ""
    sentences = [
        f"{title}: {'; '.join(map(_render_unmade, changes))}."
        for title, name in (("Failed changes", "failed_changes"), ("Skipped changes", "skipped_changes"))
        if (changes := result.get(name))
    ]
    return " ".join(filter(None, (*sentences, _render_last_read(result) or _render_last_read(last_check))))


def _render_unmade(change: Result) -> str:
    return f"{change['operation']} {_name(change)}{_render_values(change)}"


def _render_last_read(result: Result | None) -> str:
    """Render what differed when a device was last read."""
    text, _severity = _render_findings((result or {}).get("findings") or ())
    return f"As last read: {text}" if text else ""


def add_details(status: HostStatus, result: Result, *, check_mode: bool) -> HostStatus:
    """Return the status with what the result says about changes, refusals, and recordings."""
    changes, refused = result.get("changes") or (), result.get("refused") or ()
    # What was read of a host before its check failed is not a verdict.
    actual = None if status.host_class in _UNREAD_CLASSES else result.get("actual")
    disks = [finding["verdict"] for finding in result.get("findings") or () if actual and is_about_disk(finding)]
    losing = [change for change in changes if change["loses_recordings"]]
    return replace(
        status,
        deletions=_render_changes(
            (change for change in losing if change["operation"] == "delete"), check_mode=check_mode
        ),
        reductions=_render_changes(
            (change for change in losing if change["operation"] != "delete"), check_mode=check_mode
        ),
        recording_stops=_render_changes(
            (change for change in changes if change["ends_recording"]), check_mode=check_mode
        ),
        allowances=tuple(dict.fromkeys(tuple(item["allowances"]) for item in refused)),
        next_steps=tuple(dict.fromkeys(item["next_step"] for item in refused if not item["allowances"])),
        recordings_verified=are_recordings_verified(actual),
        recordings_proven=are_recordings_proven(actual),
        disk_verdicts=tuple(sorted({*disks} - {*UNPROVEN})),
        reading_steps=_find_reading_steps(actual) if "indeterminate" in disks else (),
        has_changes=not check_mode and (bool(changes) or status.host_class == "changed"),
        predicted_changes=_render_predicted(changes) if check_mode else "",
    )


def _find_reading_steps(actual: Result | None) -> tuple[str, ...]:
    """Return what to do about the data without which nothing is known about recordings."""
    unavailable = (item for item in (actual or {}).get("unavailable") or () if item["part"] in ("disks", "recordings"))
    return tuple(dict.fromkeys(str(item["next_step"]) for item in unavailable if item["next_step"]))


def _classify(host: str, result: Result, *, check_mode: bool) -> HostStatus:
    reason, severity = _render_findings(result.get("findings") or ())
    kind = (result.get("error") or {}).get("kind", "")
    if result.get("failed") or result.get("unreachable"):
        if kind in _REFUSALS:
            return HostStatus(host, _REFUSALS[kind], reason or render_failure(result), severity, failed=True)
        if kind == NOT_ATTEMPTED:
            return HostStatus(host, kind, render_failure(result), failed=True, counts_as_failure=True)
        host_class = "unsupported" if kind == "unsupported" else "unverified"
        reason = f"{kind}: {render_failure(result)}" if kind else render_failure(result)
        may_retry = kind != DUPLICATE
        return HostStatus(host, host_class, reason, severity, failed=True, counts_as_failure=True, may_retry=may_retry)
    if "compliant" not in result:
        return HostStatus(host, "unverified", "The task returned no verdict", failed=True, counts_as_failure=True)
    deviations = [finding for finding in result.get("findings") or () if not is_compliant_finding(finding)]
    verdicts = {finding["verdict"] for finding in deviations if not is_about_disk(finding)}
    for verdict in ("refused", "held"):
        if verdict in verdicts:
            return HostStatus(host, verdict, reason, severity)
    if not result["compliant"]:
        # Settings that differ come first.
        host_class = _classify_disks(deviations) if deviations and not verdicts else "drifted"
        return HostStatus(host, host_class, reason, severity)
    return HostStatus(host, "changed" if result.get("changed") and not check_mode else "compliant")


def _classify_disks(findings: Iterable[Result]) -> str:
    """Return the class of a host whose settings comply, and whose disks have these findings."""
    verdicts = {finding["verdict"] for finding in findings}
    if verdicts.difference(UNPROVEN):
        return "failing_disk"
    # Time proves a short history, but not the other disk.
    return "indeterminate" if "indeterminate" in verdicts else "insufficient_history"


def are_recordings_verified(actual: Result | None) -> bool:
    """Return whether the recordings of all disks were read, which a disk that is missing does not allow.

    :param actual: of the result of a host.
    """
    disks = (actual or {}).get("disks") or ()
    return bool(disks) and all(disk.get("recordings") is not None and disk["verdict"] != "missing" for disk in disks)


def are_recordings_proven(actual: Result | None) -> bool:
    """Return whether the recordings of all disks prove the retention.

    :param actual: of the result of a host.
    """
    return are_recordings_verified(actual) and all(disk["verdict"] == "met" for disk in (actual or {})["disks"])


def is_unverified(result: Result) -> bool:
    """Return whether a device could not be checked: a refused change is a verdict."""
    kind = (result.get("error") or {}).get("kind")
    return bool(result.get("failed") or result.get("unreachable")) and kind not in {*_REFUSALS, NOT_ATTEMPTED}


def is_unread(verdict: str) -> bool:
    """Return whether the groups of hosts with this verdict could not be read, or what was read may be outdated."""
    return verdict in _UNREAD_CLASSES


def render_failure(result: Result) -> str:
    """Return why a task failed, and what to do."""
    # Without the host, so that hosts with the same failure share a line.
    if error := result.get("error"):
        return f"{error['message']}. {error['next_step']}"
    return str(result.get("msg") or "The task failed without a message")


def is_compliant_finding(finding: Result) -> bool:
    """Return the same as ``Finding.is_compliant``, for plain data."""
    return finding["verdict"] == "compliant" or _is_unmanaged(finding)


def is_about_disk(finding: Result) -> bool:
    """Return whether a finding is about a disk, and not about a group, or about a device without groups."""
    return finding.get("disk_id") is not None


def is_drift(finding: Result) -> bool:
    """Return whether a finding fails a host for which drift is a failure: no hold explains it, and it is proven."""
    return not is_compliant_finding(finding) and finding["verdict"] not in ("held", *UNPROVEN)


def _is_critical(result: Result) -> bool:
    """Return whether a finding is critical that is proven, also if a hold explains it."""
    findings = (finding for finding in result.get("findings") or () if not is_compliant_finding(finding))
    return any(item["severity"] == "critical" and item["verdict"] not in UNPROVEN for item in findings)


def _has_drift(result: Result) -> bool:
    return any(map(is_drift, result.get("findings") or ()))


def _is_unmanaged(finding: Result) -> bool:
    return bool(finding["verdict"] == "unmanaged" and finding["severity"] == "info")


def _render_findings(findings: Sequence[Result]) -> tuple[str, str]:
    """Render all findings that are not compliant, the most severe first. Return the text and the highest severity."""
    deviations = [finding for finding in findings if not is_compliant_finding(finding)]
    deviations.sort(key=lambda finding: _MOST_SEVERE_FIRST.index(finding["severity"]))
    names: dict[str, list[str]] = defaultdict(list)
    for finding in deviations:
        verdict = finding["verdict"].replace("_", " ")
        text = f"{verdict} [{finding['severity']}] {_render_reason(finding)}".rstrip()
        names[text].append(_name(finding))
    text = "; ".join(f"{_join_few(groups)} {text}".lstrip() for text, groups in names.items())
    return text, deviations[0]["severity"] if deviations else "info"


def _render_reason(finding: Result) -> str:
    # A group that does not exist, or a recording action that cannot be read, has no value to show.
    known = [item for item in finding["differences"] if item["before"] is not None]
    differences = "" if finding["verdict"] == "missing" else _render_differences(known)
    return ". ".join(filter(None, (differences, finding["reason"])))


def _name(item: Result) -> str:
    if is_about_disk(item):
        return f"disk {item['disk_id']}".rstrip()
    # A finding about a device without groups has neither.
    return str(item["recording_group_id"] or item["nice_name"] or "")


def _render_differences(differences: Sequence[Result]) -> str:
    return ", ".join(
        f"{item['field']} {_render_value(item['field'], item['before'])} "
        f"instead of {_render_value(item['field'], item['after'])}"
        for item in differences
    )


def _render_value(name: str, value: Any) -> str:
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else repr(value)


def _render_changes(changes: Iterable[Result], *, check_mode: bool = False) -> str:
    verb = "would be " if check_mode else ""
    return ", ".join(
        f"{_name(change)} {verb}{DONE[change['operation']]}{_render_loss(change)}{_render_recording(change)}"
        for change in changes
    )


def _render_predicted(changes: Iterable[Result]) -> str:
    """Render changes that would be made, each with the values that an update would replace."""
    names: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        values = f"{_render_values(change)}{_render_loss(change)}{_render_recording(change)}"
        names[f"would be {DONE[change['operation']]}{values}"].append(_name(change))
    # A recorder has the same change for many groups.
    subjects = {
        effect: groups if len(groups) <= _MAX_NAMES else [abbreviate(groups)] for effect, groups in names.items()
    }
    return "; ".join(f"{subject} {effect}" for effect, groups in subjects.items() for subject in groups)


def _render_values(change: Result) -> str:
    texts = []
    for item in change["differences"] if change["operation"] == "update" else ():
        name, before, after = item["field"], item["before"], item["after"]
        # _render_recording describes the others.
        if name not in ("recording", "recording_other_rules"):
            start = "" if before is None else f" from {_render_value(name, before)}"
            texts.append(f", {name}{start} to {_render_value(name, after)}")
    return "".join(texts)


#: By operation of a change, what was done.
DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def _render_recording(change: Result) -> str:
    differences = {item["field"]: item for item in change["differences"]}
    removes_others = bool(differences.get("recording_other_rules", {}).get("before"))
    if change["operation"] == "delete":
        return ", recording actions removed" if removes_others or "recording" in differences else ""
    recording = f", recording: {differences['recording']['after']}" if "recording" in differences else ""
    return f"{recording}, other recording actions removed" if removes_others else recording


def _render_loss(change: Result) -> str:
    if not change["loses_recordings"]:
        return ""
    if change["operation"] == "delete":
        return " with all its recordings"
    hours = next((item["after"] for item in change["differences"] if item["field"] == "retention_time"), None)
    which = f"recordings older than {format_retention_time(hours)}" if hours else "recordings"
    return f", {which} may be deleted"


def _collect_unmanaged(inputs: Iterable[HostInput]) -> dict[str, list[str]]:
    groups = {
        host.name: [_name(finding) for finding in (host.result or {}).get("findings") or () if _is_unmanaged(finding)]
        for host in inputs
    }
    return {host: names for host, names in sorted(groups.items()) if names}


def _count_policies(inputs: Iterable[HostInput]) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for host in inputs:
        counts[remove_invisible(host.purpose), remove_invisible(host.owner)] += 1
    return tuple((purpose, owner, count) for (purpose, owner), count in sorted(counts.items()))


def hold_key(hold: Result) -> tuple[str, ...]:
    """Return what identifies a hold, the same on every host."""
    return tuple(hold[name] for name in _HOLD_FIELDS)


def build_hold(key: tuple[str, ...], hosts: Iterable[str], count: int) -> dict[str, Any]:
    """Build a hold of several hosts, with a few of their names."""
    return {**_build_hold_key(key), "hosts": count, "examples": _escape(sorted(hosts)[:_MAX_EXAMPLES])}


def render_hold(hold: Result) -> str:
    """Render a hold without its hosts."""
    groups = _render_pattern(hold["recording_group_id"])
    return remove_invisible(f"{groups} until {hold['until']} for {hold['reason']} (owner: {hold['owner']})")


def _render_pattern(pattern: str) -> str:
    return "all groups" if pattern == "*" else pattern


def render_hold_of_hosts(hold: Result) -> str:
    """Render a hold with its hosts."""
    return f"{render_hold(hold)} on {abbreviate(hold['examples'], hold['hosts'])}"


def find_unmatched_holds(inputs: Iterable[HostInput], *, with_unread: bool = False) -> tuple[HoldOnHosts, ...]:
    """Return the active holds that match no group on any host that was read: they protect nothing.

    :param with_unread: whether hosts count that could not be read, so that a hold is included that has only such hosts.
    """
    return tuple(
        HoldOnHosts(_build_hold_key(key), hosts)
        for key, (hosts, holds) in _group_holds(inputs, with_unread=with_unread)
        if not any(hold["ended"] or hold["matches"] for hold in holds)
    )


def find_active_holds(inputs: Iterable[HostInput]) -> tuple[HoldOnHosts, ...]:
    """Return the active holds that protect a group, with the hosts that were read and have such a group."""
    hosts: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for host in inputs:
        for hold in host.holds:
            if not hold["ended"] and hold["matches"]:
                hosts[hold_key(hold)].add(host.name)
    return tuple(HoldOnHosts(_build_hold_key(key), tuple(sorted(hosts[key]))) for key in sorted(hosts))


def find_ended_holds(inputs: Iterable[HostInput]) -> tuple[HoldOnHosts, ...]:
    """Return the holds that have ended: they no longer protect anything, whether or not their hosts were read."""
    return tuple(
        HoldOnHosts(_build_hold_key(key), hosts)
        for key, (hosts, holds) in _group_holds(inputs, with_unread=True)
        if any(hold["ended"] for hold in holds)
    )


def _group_holds(
    inputs: Iterable[HostInput], *, with_unread: bool = False
) -> list[tuple[tuple[str, ...], tuple[tuple[str, ...], list[Result]]]]:
    """Return, sorted by hold, the names of its hosts and what each of their results says about it."""
    hosts: dict[tuple[str, ...], set[str]] = defaultdict(set)
    holds: dict[tuple[str, ...], list[Result]] = defaultdict(list)
    for host in inputs:
        for hold in host.holds:
            if hold["matches"] is None and not with_unread:
                continue
            hosts[hold_key(hold)].add(host.name)
            holds[hold_key(hold)].append(hold)
    return [(key, (tuple(sorted(hosts[key])), holds[key])) for key in sorted(hosts)]


def _build_hold_key(key: tuple[str, ...]) -> Result:
    return dict(zip(_HOLD_FIELDS, key, strict=True))


def _build_holds(holds: Iterable[HoldOnHosts]) -> tuple[Result, ...]:
    return tuple(build_hold(hold_key(hold), hosts, len(hosts)) for hold, hosts in holds)


def render_count(number: int, noun: str = "host") -> str:
    """Render a number with its noun, in the plural except for 1."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _label(host_class: str) -> str:
    return host_class.replace("_", " ")


def abbreviate(names: Sequence[str], total: int | None = None) -> str:
    """Render the first names and the number of the others: ``a, b, c and 9 more``.

    :param total: the number of all, if ``names`` has only some of them.
    """
    rest = (len(names) if total is None else total) - _MAX_EXAMPLES
    return _join(names[:_MAX_EXAMPLES]) + (f" and {rest} more" if rest > 0 else "")
