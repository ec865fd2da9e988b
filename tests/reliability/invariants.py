# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invariants of every task, whatever fails, checked against the device and its journal instead of the result."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.reference.errors import read_kinds
from tests.simulator import Entry, Event, Rule

from .observer import State, Step, argument, arguments
from .tasks import TEXTS, DesiredGroup, Options, Recording, Task, fold_whitespace, is_same

#: The documented kinds of errors.
KINDS = read_kinds()
#: Faults with which a response remains readable.
_HARMLESS = frozenset(
    {"DeviceObserver", "Callback", "Http10", "Latin1", "Namespace", "StaleNonce", "SeveralChallenges"}
)
_HARMLESS_FOR_READS = frozenset({"IgnoreWrite", "ChangeArgument"})
_FIELDS = {
    "nicename": "nice_name",
    "description": "description",
    "retentiontime": "retention_time",
    "diskid": "disk_id",
    "streamoptions": "stream_options",
    "preduration": "pre_duration",
    "postduration": "post_duration",
}
_GROUPS, _RULES = "recording_group/list", "action/GetAction"
# A write of a task with such an error may be missing from its result: it could not be read back, or the value differs.
_UNREPORTED = frozenset({"unconfirmed", "conflict", "not_applied"})
_GENERATED = re.compile(r"\w+_\d{8}_\d{6}_[0-9A-F]{8}")
# What a hold protects besides the recordings: what is recorded.
_RECORDED = frozenset({"stream_options", "pre_duration", "post_duration"})
_SECRETS = re.compile(r"operator-pass|viewer-pass|Digest |Basic |cnonce|response=", re.IGNORECASE)


@dataclass(frozen=True)
class TaskRun:
    """One run of a task, its result, and what happened on the device."""

    task: Task
    check_mode: bool
    result: Options
    steps: tuple[Step, ...]
    #: all requests, with their final status
    journal: tuple[Entry, ...]
    start: State
    end: State
    #: the group of each lost recording and the reason, from ``start.lost`` on
    lost: tuple[tuple[str | None, str], ...]
    #: whether every list is too old for a write that could lose recordings
    is_slow: bool = False

    @property
    def failed(self) -> bool:
        """Return whether it failed or was unreachable."""
        return "failed" in self.result or "unreachable" in self.result

    @property
    def kind(self) -> str | None:
        """Return the kind of its error."""
        return self.result["error"]["kind"] if "error" in self.result else None

    @cached_property
    def own_steps(self) -> tuple[Step, ...]:
        """Return the steps of the task itself, without delayed requests."""
        return tuple(step for step in self.steps if step.entry and not step.is_late)

    @cached_property
    def effective_writes(self) -> tuple[Step, ...]:
        """Return the writes of the task that changed the device, delayed ones included."""
        return tuple(step for step in self.steps if step.entry and step.entry.write and step.has_effect)

    @cached_property
    def writes(self) -> tuple[Entry, ...]:
        """Return its authenticated writes, whatever their result."""
        return tuple(entry for entry in self.journal if entry.write and entry.user)

    @cached_property
    def had_interference(self) -> bool:
        """Return whether another client changed something during the run."""
        return any(not step.entry and step.has_effect for step in self.steps)

    def reads(self, call: str = _GROUPS) -> Iterator[tuple[int, State]]:
        """Yield the states that the task read, each with the number of the request."""
        for step in self.own_steps:
            if step.entry and step.call.startswith(call) and step.succeeded and _is_readable(self.entry(step.entry)):
                yield step.entry.sequence, step.after

    def last_read(self, call: str = _GROUPS, before: float = math.inf) -> State | None:
        """Return the state that it read last, or last before a request."""
        return next((state for number, state in reversed([*self.reads(call)]) if number < before), None)

    def entry(self, entry: Entry) -> Entry:
        """Return the final journal entry of a request."""
        return self.journal[entry.sequence - self.journal[0].sequence]

    def desired_for(self, key: str, *states: State | None) -> tuple[DesiredGroup, ...]:
        """Return the desired states of a group, given the states in which the task may have read it."""
        found = [state for state in states if state and key in state.groups]
        return tuple(
            desired for state in found for desired in self.task.desired_for(state.groups[key], state.visible_groups())
        )


def _is_readable(entry: Entry) -> bool:
    faults = set((entry.fault or "").split(", ")) - {""}
    if not entry.call.startswith("action/"):
        faults -= {"SoapFault"}
    return entry.status == 200 and faults <= _HARMLESS | (frozenset() if entry.write else _HARMLESS_FOR_READS)


def is_longer(one: int, other: int) -> bool:
    """Return whether a retention time is longer than another; 0 means unlimited."""
    return (one or math.inf) > (other or math.inf)


def check_invariants(run: TaskRun) -> None:
    """Check every invariant of one run."""
    check_result_format(run)
    check_no_write_in_check_mode(run)
    check_loss_is_allowed(run)
    check_losses_are_decided_late(run)
    check_stop_is_allowed(run)
    check_holds_protect_rules(run)
    check_other_groups_unchanged(run)
    check_sent_values(run)
    check_no_blind_retry(run)
    check_no_duplicate_group(run)
    check_changed(run)
    check_reported_changes(run)
    check_success(run)


def check_result_format(run: TaskRun) -> None:
    """Check that errors have documented kinds, and that the result contains no credential."""
    result = run.result
    assert ("error" in result) is run.failed
    assert not ("failed" in result and "unreachable" in result)
    kinds = {run.kind} if run.failed else set()
    kinds |= {item["kind"] for part in ("refused", "unavailable") for item in result.get(part, ())}
    assert kinds <= KINDS, kinds
    assert isinstance(result["changed"], bool)
    assert _SECRETS.search(json.dumps(result)) is None


def check_no_write_in_check_mode(run: TaskRun) -> None:
    if run.check_mode or run.task.module == "info":
        assert run.writes == ()


def check_loss_is_allowed(run: TaskRun) -> None:
    """Check that the task sends a loss of recordings only if it allows that and no hold protects the group."""
    at_risk = set()
    for entry in run.writes:
        key, read = argument(entry, "recordinggroupid"), run.last_read(before=entry.sequence)
        retention = argument(entry, "retentiontime")
        if key is None or read is None:
            continue
        at_risk.add(key)
        deletes = entry.call == "recording_group/delete"
        shortens = retention is not None and key in read.groups
        shortens = shortens and is_longer(read.groups[key].retention_time, int(retention or 0))
        if deletes or shortens:
            assert run.task.allows_loss, entry
            assert not run.task.is_held(key), entry
        if entry.call == "recording_group/update" and key in read.groups:
            other = _sent_fields(entry).items() - _repeated_fields(entry, read).items()
            assert not run.task.is_held(key) or not {name for name, _value in other} & _RECORDED, entry
    for step in run.steps:
        if step.entry and step.has_effect:
            for key, reason in run.lost[step.before.lost - run.start.lost : step.after.lost - run.start.lost]:
                # The device also removes recordings that were already too old.
                assert key in at_risk or (
                    reason == "retention" and _retention(step.before, key) == _retention(step.after, key)
                )


def check_losses_are_decided_late(run: TaskRun) -> None:
    """Check that a slow device is read between any other write and one that could lose recordings."""
    if not run.is_slow:
        return
    requests = [entry for entry in run.journal if entry.user and entry.status != 401]
    for number, entry in enumerate(requests):
        could_lose = entry.call == "recording_group/delete" or (
            entry.call == "recording_group/update" and argument(entry, "retentiontime") is not None
        )
        if could_lose:
            before = [other for other in requests[:number] if other.write or other.call == _GROUPS]
            assert before, entry
            assert before[-1].call == _GROUPS, entry
        elif entry.call.startswith("action/Remove"):
            _check_removal_is_late(run, requests[:number], entry)


def _check_removal_is_late(run: TaskRun, requests: list[Entry], entry: Entry) -> None:
    """Check that the action service was read just before, unless the task removes what it just added."""
    before = [other for other in requests if other.write or other.call.startswith(_RULES)]
    known = run.start.rules if entry.call == "action/RemoveActionRule" else run.start.configurations
    number = re.search(rb">(\w+)</(?:\w+:)?(?:Rule|Configuration)ID>", entry.body)
    is_own = number is not None and number[1].decode() not in known
    assert is_own or (before and before[-1].call.startswith(_RULES)), entry


def _retention(state: State, key: str | None) -> int | None:
    return state.groups[key].retention_time if key in state.groups else None


def check_stop_is_allowed(run: TaskRun) -> None:
    """Check that an active recording continues unless the task allows that it stops."""
    recorded = set(run.start.recorded)
    for step in run.steps:
        if not step.entry:
            recorded |= step.after.recorded
            continue
        for key in step.before.recorded - step.after.recorded:
            read = run.last_read(_RULES, before=step.entry.sequence)
            if key not in recorded or read is None or read.rules_of(key) != step.before.rules_of(key):
                # It started in this run, or another client changed it since the last read.
                continue
            assert run.task.allows_stop, step.entry
            assert not run.task.is_held(key), step.entry
            assert run.desired_for(key, run.start, step.before), step.entry


def check_holds_protect_rules(run: TaskRun) -> None:
    """Check that an enabled rule of a held group is removed only if another rule records the same."""
    for step in run.effective_writes:
        for key in step.before.groups:
            if not run.task.is_held(key):
                continue
            left = [rule for rule in step.after.rules_of(key).values() if rule.enabled]
            for number, rule in step.before.rules_of(key).items():
                if rule.enabled and number not in step.after.rules and rule == run.start.rules.get(number):
                    assert any(_covers(other, rule) for other in left), step.entry


def _covers(one: Rule, other: Rule) -> bool:
    always = _conditions(one.conditions) == _ALWAYS and one.start_event is None
    same_start = one.start_event in (None, other.start_event)
    return always or (_conditions(one.conditions) == _conditions(other.conditions) and same_start)


def _conditions(events: Iterable[Event]) -> list[tuple[str, str]]:
    return sorted((event.topic, event.message) for event in events)


_ALWAYS = [("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')]


def check_other_groups_unchanged(run: TaskRun) -> None:
    """Check that groups outside the task stay unchanged, with their recording actions."""
    # Other checks cover what is sent for these groups; a device may store other values.
    created: set[str] = set()
    for step in run.effective_writes:
        assert _other_actions(step.before) == _other_actions(step.after), step.entry
        created |= step.after.groups.keys() - step.before.groups.keys()
        for key in {*step.before.groups, *step.after.groups} - created:
            if step.before.facts_about(key) != step.after.facts_about(key):
                _check_intended(run, key, step)


def _check_intended(run: TaskRun, key: str, step: Step) -> None:
    # A device may have removed the name that identified the group.
    desired_groups = run.desired_for(key, *(state for _number, state in run.reads()), step.before, step.after)
    is_deleted = any(not desired.present for desired in desired_groups)
    assert desired_groups, (key, step.entry)
    assert is_deleted or key in step.after.groups, (key, step.entry)
    if step.before.rules_of(key) != step.after.rules_of(key):
        assert (is_deleted and run.task.allows_stop) or any(desired.recording for desired in desired_groups), (
            key,
            step.entry,
        )


def _other_actions(state: State) -> tuple[object, object]:
    other = {key: item for key, item in state.configurations.items() if "recording_group_id" not in item.parameters}
    return other, {key: rule for key, rule in state.rules.items() if rule.primary_action in other}


def check_sent_values(run: TaskRun) -> None:
    """Check that every value that is sent comes from the task, or is repeated from the last list."""
    for entry in run.writes:
        key, read = argument(entry, "recordinggroupid"), run.last_read(before=entry.sequence)
        repeated = _repeated_fields(entry, read) if read and entry.call == "recording_group/update" else {}
        requested = dict(_sent_fields(entry).items() - repeated.items())
        # The first read determines the groups that a rule matches.
        reads = [state for number, state in run.reads() if number < entry.sequence]
        desired_groups = run.desired_for(key, *reads) if key else ()
        desired_groups += tuple(desired for desired in run.task.desired_groups if desired.recording_group_id == key)
        assert any(_requests(desired, requested) for desired in desired_groups) or not requested, entry


def _sent_fields(entry: Entry) -> dict[str, str]:
    return {_FIELDS[name]: value for name, value in arguments(entry).items() if name in _FIELDS}


def _repeated_fields(entry: Entry, read: State) -> dict[str, str]:
    """Return what an update sends as it was listed, since a device may reset what an update omits."""
    group = read.groups.get(argument(entry, "recordinggroupid") or "")
    sent = _sent_fields(entry) if group else {}
    return {name: value for name, value in sent.items() if is_same(name, getattr(group, name), _typed(name, value))}


def _requests(desired: DesiredGroup, requested: Options) -> bool:
    return all(
        desired.fields.get(name) is not None and is_same(name, desired.fields[name], _typed(name, value))
        for name, value in requested.items()
    )


def _typed(name: str, value: str) -> Any:
    return int(value) if name in {"retention_time", "pre_duration", "post_duration"} else value


def check_no_blind_retry(run: TaskRun) -> None:
    """Check that the task reads the device before it repeats a write, unless the first one was only challenged."""
    reads = {number for call in (_GROUPS, _RULES) for number, _state in run.reads(call)}
    last: dict[tuple[str, bytes, int], int] = {}
    added = 0
    for entry in (entry for entry in run.writes if entry.status != 401):
        # A device may reuse the number of a removed rule, so that the same removal can occur again.
        write = (entry.target, entry.body, added if entry.call.startswith("action/Remove") else 0)
        before = last.get(write)
        assert before is None or any(before < number < entry.sequence for number in reads), entry
        last[write] = entry.sequence
        added += entry.call.startswith("action/Add")


def check_no_duplicate_group(run: TaskRun, *earlier: TaskRun) -> None:
    """Check that a group identified by its name is created once, whatever is retried."""
    for desired in run.task.desired_groups:
        if desired.is_named:
            made = [
                key
                for step in (step for one in (*earlier, run) for step in one.effective_writes)
                for key in step.after.groups.keys() - step.before.groups.keys()
                if desired.matches_group(step.after.groups[key])
            ]
            assert len([key for key in made if key in run.end.groups]) <= 1, made


def check_changed(run: TaskRun) -> None:
    """Check that ``changed`` is true only after an effective write, and that an unchanged success sent no write."""
    if run.check_mode or run.task.module == "info":
        return
    effective_writes = [step for step in run.effective_writes if not step.is_late]
    if run.result["changed"]:
        assert run.writes
        assert effective_writes or run.had_interference
    elif not run.failed:
        assert not run.writes or run.had_interference
    elif effective_writes and not run.had_interference and effective_writes[-1].after != run.start:
        assert run.kind in _UNREPORTED or _is_untraceable(run), effective_writes[-1].entry
    if "unreachable" in run.result:
        assert not effective_writes


def _is_untraceable(run: TaskRun) -> bool:
    """Return whether the run created only groups whose IDs it never received and whose names the device truncated."""
    keys = run.end.groups.keys() - run.start.groups.keys()
    return run.end.rules == run.start.rules and not any(
        desired.matches_group(run.end.groups[key]) for key in keys for desired in run.task.desired_groups
    )


def check_reported_changes(run: TaskRun) -> None:
    """Check that the last read after the writes showed each item of ``changes``."""
    changes = run.result.get("changes", [])
    if run.check_mode or not changes:
        return
    assert len({(item["recording_group_id"], item.get("nice_name")) for item in changes}) == len(changes)
    if run.task.module == "action":
        _check_action_change(run, changes[0])
        return
    read = run.last_read()
    assert read is not None
    visible_groups = read.visible_groups()
    for item in changes:
        key = item["recording_group_id"]
        assert (key in visible_groups) is (item["operation"] != "delete"), item
        for difference in item["differences"]:
            if key in visible_groups and not difference["field"].startswith("recording"):
                actual = getattr(visible_groups[key], difference["field"])
                assert is_same(difference["field"], difference["after"], actual), (item, visible_groups[key])
            elif key in visible_groups and difference["field"] == "recording":
                _check_recording_change(run, key, difference["after"])


def _check_recording_change(run: TaskRun, key: str, expected: str) -> None:
    read = run.last_read(_RULES)
    assert read is not None
    assert bool(read.rules_of(key)) is (expected != "never"), (key, expected)


def _check_action_change(run: TaskRun, change: Options) -> None:
    read = run.last_read(_RULES)
    assert read is not None
    rules = read.rules_of(change["recording_group_id"])
    if change["operation"] == "delete":
        assert not rules
    elif not run.failed:
        assert change["name"] in {rule.name for rule in rules.values()}


def check_success(run: TaskRun) -> None:
    """Check that after a success the device matches the task, except for refused changes."""
    if run.check_mode or run.failed or run.had_interference or run.task.module == "info":
        return
    refused = {item["recording_group_id"] for item in run.result["refused"]}
    refused |= {fold_whitespace(item.get("nice_name") or "") for item in run.result["refused"]}
    visible_groups = run.end.visible_groups()
    for desired in run.task.desired_groups:
        found = desired.select_groups(visible_groups.values())
        names = {
            desired.recording_group_id,
            fold_whitespace(desired.nice_name or ""),
            *(group.recording_group_id for group in found),
        }
        if refused & names - {None, ""}:
            continue
        if run.task.module != "action":
            assert bool(found) is desired.present, (desired, found)
        for group in found:
            assert not desired.differing_fields(group), (desired, group)
        key = found[0].recording_group_id if found else desired.recording_group_id
        if desired.recording and key:
            _check_recording(run.end, key, desired.recording)
    before = run.last_read(before=run.writes[0].sequence if run.writes else math.inf)
    visible_before = (before or run.start).visible_groups()
    for key, group in visible_before.items():
        desired_groups = run.task.desired_for(group, visible_before)
        if key in refused or any(desired in run.task.desired_groups for desired in desired_groups):
            continue
        for desired in desired_groups:
            if not desired.present and any(entry.may_be_copy(group) for entry in run.task.desired_groups):
                continue
            assert (key in visible_groups) is desired.present, (key, desired)
            assert not (desired.present and desired.differing_fields(visible_groups[key])), (key, desired)


def _check_recording(state: State, key: str, desired: Recording) -> None:
    rules = [*state.rules_of(key).values()]
    assert len(rules) == len(state.configurations_of(key)) == int(desired.present), (key, rules)
    for rule in rules:
        assert (rule.enabled, _conditions(rule.conditions)) == (desired.enabled, _conditions(desired.conditions))
        assert desired.name in (None, rule.name)
        assert rule.start_event is None


# Check mode.


def check_prediction(predicted: TaskRun, real: TaskRun) -> None:
    """Check that check mode predicted the changes, refusals, failure, and groups of the real run."""
    assert predicted.writes == ()
    for part in ("changed", "failed", "msg", "error", "device"):
        assert predicted.result.get(part) == real.result.get(part), part
    for part in ("changes", "refused"):
        assert _normalize_items(predicted.result.get(part), predicted.start) == _normalize_items(
            real.result.get(part), predicted.start
        ), part
    if predicted.task.module == "action":
        assert _without_ids(predicted.result["recording_action"]) == _without_ids(real.result["recording_action"])
        return
    predicted_groups, groups = _groups(predicted.result), _groups(real.result)
    assert len(predicted_groups) == len(groups)
    for one, other in zip(predicted_groups, groups, strict=True):
        for name, value in one.items():
            if name in TEXTS or name == "stream_options":
                assert value is None or is_same(name, value, other[name]), name
            else:
                assert value in (None, other[name]), name


def _normalize_items(items: Any, before: State) -> list[Any]:
    """Return a sorted list without generated IDs, and with texts as the device returns them."""
    return sorted((_normalize(item, before) for item in items or []), key=json.dumps)


def _normalize(value: Any, before: State) -> Any:
    if isinstance(value, dict):
        return {name: _normalize(item, before) for name, item in value.items()}
    if isinstance(value, list):
        return [_normalize(item, before) for item in value]
    if not isinstance(value, str):
        return value
    return None if _GENERATED.fullmatch(value) and value not in before.groups else fold_whitespace(value)


def _without_ids(action: Options | None) -> Options | None:
    return None if action is None else {**action, "configuration_id": None, "rule_id": None}


def _groups(result: Options) -> list[Options]:
    one = result.get("recording_group")
    groups: list[Options] = result.get("recording_groups") or ([one] if one else [])
    return groups
