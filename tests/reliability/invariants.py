# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds after every task, whatever went wrong: judged by the device and its journal, not by the module's word."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.playbook import CHECKOUT
from tests.simulator import Entry, Event, Rule

from .tasks import TEXTS, Options, Recording, Task, Wish, folded, same
from .witness import State, Step, argument, arguments

#: What the documentation says that may go wrong.
KINDS = frozenset(
    kind
    for line in (CHECKOUT / "docs" / "docsite" / "rst" / "troubleshooting.rst").read_text(encoding="utf-8").splitlines()
    if line.startswith("   * - ``")
    for kind in re.findall(r"``(\w+)``", line)
)
#: What a client can read all the same.
_HARMLESS = frozenset({"Witness", "Callback", "Http10", "Latin1", "Namespace", "StaleNonce", "SeveralChallenges"})
_HARMLESS_FOR_READS = frozenset({"IgnoreWrite", "ChangeArgument"})
_ARGUMENTS = {
    "nicename": "nice_name",
    "description": "description",
    "retentiontime": "retention_time",
    "diskid": "disk_id",
    "streamoptions": "stream_options",
    "preduration": "pre_duration",
    "postduration": "post_duration",
}
_GROUPS, _RULES = "recording_group/list", "action/GetAction"
# Where a write is not claimed that was made: it could not be read back, or something else stands there.
_NOT_CLAIMED = frozenset({"unconfirmed", "conflict", "not_applied"})
_GENERATED = re.compile(r"\w+_\d{8}_\d{6}_[0-9A-F]{8}")
_SECRETS = re.compile(r"operator-pass|viewer-pass|Digest |Basic |cnonce|response=", re.IGNORECASE)


@dataclass(frozen=True)
class Ran:
    """One task that ran, what it said, and what happened meanwhile."""

    task: Task
    check_mode: bool
    result: Options
    steps: tuple[Step, ...]
    #: all requests, as they ended
    journal: tuple[Entry, ...]
    start: State
    end: State
    #: the group of each recording that went, and why, from ``start.lost`` on
    lost: tuple[tuple[str | None, str], ...]

    @property
    def failed(self) -> bool:
        """Whether it failed in either of Ansible's ways."""
        return "failed" in self.result or "unreachable" in self.result

    @property
    def kind(self) -> str | None:
        """The kind of its error."""
        return self.result["error"]["kind"] if "error" in self.result else None

    @cached_property
    def ours(self) -> tuple[Step, ...]:
        """What the task itself did while it ran."""
        return tuple(step for step in self.steps if step.entry and not step.late)

    @cached_property
    def written(self) -> tuple[Step, ...]:
        """What the task itself changed, late or not."""
        return tuple(step for step in self.steps if step.entry and step.entry.write and step.has_effect)

    @cached_property
    def sent(self) -> tuple[Entry, ...]:
        """Its writes that came in with a right login, whatever became of them."""
        return tuple(entry for entry in self.journal if entry.write and entry.user)

    @cached_property
    def was_meddled_with(self) -> bool:
        """Whether somebody else changed something meanwhile."""
        return any(not step.entry and step.has_effect for step in self.steps)

    def looks(self, call: str = _GROUPS) -> Iterator[tuple[int, State]]:
        """What the task was shown, with the number of the request."""
        for step in self.ours:
            if step.entry and step.call.startswith(call) and step.done and _was_told(self.entry(step.entry)):
                yield step.entry.sequence, step.after

    def last_look(self, call: str = _GROUPS, before: float = math.inf) -> State | None:
        """What it was shown last, or last before a request."""
        return next((state for number, state in reversed([*self.looks(call)]) if number < before), None)

    def entry(self, entry: Entry) -> Entry:
        """What became of a request in the end."""
        return self.journal[entry.sequence - self.journal[0].sequence]

    def wishes_for(self, key: str, *states: State | None) -> tuple[Wish, ...]:
        """What the task wants of a group as it was in some states."""
        groups = [state.groups[key] for state in states if state and key in state.groups]
        return tuple(wish for group in groups for wish in self.task.wishes_for(group))


def _was_told(entry: Entry) -> bool:
    faults = set((entry.fault or "").split(", ")) - {""}
    if not entry.call.startswith("action/"):
        faults -= {"SoapFault"}
    return entry.status == 200 and faults <= _HARMLESS | (frozenset() if entry.write else _HARMLESS_FOR_READS)


def longer(one: int, other: int) -> bool:
    """Whether a retention time keeps more than another; 0 keeps everything."""
    return (one or math.inf) > (other or math.inf)


def hold(ran: Ran) -> None:
    """Everything that holds after one task."""
    told_in_known_words(ran)
    nothing_is_written_in_check_mode(ran)
    nothing_is_lost_without_a_word(ran)
    nothing_stops_without_a_word(ran)
    nothing_is_recorded_less_under_a_hold(ran)
    nothing_else_is_touched(ran)
    nothing_else_is_sent(ran)
    no_write_is_repeated_blind(ran)
    no_group_is_doubled(ran)
    changed_is_what_was_written(ran)
    what_is_claimed_is_there(ran)
    success_is_what_was_asked_for(ran)


def told_in_known_words(ran: Ran) -> None:
    """A result, its failure of a documented kind, and no credential in it."""
    result = ran.result
    assert ("error" in result) is ran.failed
    assert not ("failed" in result and "unreachable" in result)
    kinds = {ran.kind} if ran.failed else set()
    kinds |= {item["kind"] for part in ("refused", "unavailable") for item in result.get(part, ())}
    assert kinds <= KINDS, kinds
    assert isinstance(result["changed"], bool)
    assert _SECRETS.search(json.dumps(result)) is None


def nothing_is_written_in_check_mode(ran: Ran) -> None:
    if ran.check_mode or ran.task.module == "info":
        assert ran.sent == ()


def nothing_is_lost_without_a_word(ran: Ran) -> None:
    """A deletion and a shorter retention are sent only where the task allows it and no hold forbids it."""
    risked = set()
    for entry in ran.sent:
        key, look = argument(entry, "recordinggroupid"), ran.last_look(before=entry.sequence)
        retention = argument(entry, "retentiontime")
        if key is None or look is None:
            continue
        risked.add(key)
        deletes = entry.call == "recording_group/delete"
        shortens = retention is not None and key in look.groups
        shortens = shortens and longer(look.groups[key].retention_time, int(retention or 0))
        if deletes or shortens:
            assert ran.task.allows_loss, entry
            assert not ran.task.holds_group(key), entry
    for step in ran.steps:
        if step.entry and step.has_effect:
            for key, reason in ran.lost[step.before.lost - ran.start.lost : step.after.lost - ran.start.lost]:
                # The device itself cleans up what was too old before.
                assert key in risked or (
                    reason == "retention" and _retention(step.before, key) == _retention(step.after, key)
                )


def _retention(state: State, key: str | None) -> int | None:
    return state.groups[key].retention_time if key in state.groups else None


def nothing_stops_without_a_word(ran: Ran) -> None:
    """Where something was recorded, it goes on being recorded unless the task says that it may stop."""
    recorded = set(ran.start.recorded)
    for step in ran.steps:
        if not step.entry:
            recorded |= step.after.recorded
            continue
        for key in step.before.recorded - step.after.recorded:
            looked = ran.last_look(_RULES, before=step.entry.sequence)
            if key not in recorded or looked is None or looked.rules_of(key) != step.before.rules_of(key):
                # It began with this very task, or somebody else was at it since it was looked at.
                continue
            assert ran.task.allows_stop, step.entry
            assert not ran.task.holds_group(key), step.entry
            assert ran.wishes_for(key, ran.start, step.before), step.entry


def nothing_is_recorded_less_under_a_hold(ran: Ran) -> None:
    """No enabled rule of a group under a hold goes unless another one records all that it did."""
    for step in ran.written:
        for key in step.before.groups:
            if not ran.task.holds_group(key):
                continue
            left = [rule for rule in step.after.rules_of(key).values() if rule.enabled]
            for number, rule in step.before.rules_of(key).items():
                if rule.enabled and number not in step.after.rules and rule == ran.start.rules.get(number):
                    assert any(_covers(other, rule) for other in left), step.entry


def _covers(one: Rule, other: Rule) -> bool:
    always = _conditions(one.conditions) == _ALWAYS and one.start_event is None
    same_start = one.start_event in (None, other.start_event)
    return always or (_conditions(one.conditions) == _conditions(other.conditions) and same_start)


def _conditions(events: Iterable[Event]) -> list[tuple[str, str]]:
    return sorted((event.topic, event.message) for event in events)


_ALWAYS = [("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')]


def nothing_else_is_touched(ran: Ran) -> None:
    """A group that nothing in the task is about stays as it is, with all that records to it."""
    # What is sent for these is looked at elsewhere, and a device may make something else of it.
    created: set[str] = set()
    for step in ran.written:
        assert _of_nobody(step.before) == _of_nobody(step.after), step.entry
        created |= step.after.groups.keys() - step.before.groups.keys()
        for key in {*step.before.groups, *step.after.groups} - created:
            if step.before.about(key) != step.after.about(key):
                _was_meant(ran, key, step)


def _was_meant(ran: Ran, key: str, step: Step) -> None:
    # A device may have taken away the name by which it was found.
    wishes = ran.wishes_for(key, *(state for _number, state in ran.looks()), step.before, step.after)
    goes = any(not wish.present for wish in wishes)
    assert wishes, (key, step.entry)
    assert goes or key in step.after.groups, (key, step.entry)
    if step.before.rules_of(key) != step.after.rules_of(key):
        assert (goes and ran.task.allows_stop) or any(wish.record for wish in wishes), (key, step.entry)


def _of_nobody(state: State) -> tuple[object, object]:
    own = {key: item for key, item in state.configurations.items() if "recording_group_id" not in item.parameters}
    return own, {key: rule for key, rule in state.rules.items() if rule.primary_action in own}


def nothing_else_is_sent(ran: Ran) -> None:
    """Every value that is sent is one that the task gives for the group."""
    for entry in ran.sent:
        given = {_ARGUMENTS[name]: value for name, value in arguments(entry).items() if name in _ARGUMENTS}
        key = argument(entry, "recordinggroupid")
        # What a rule is about is decided by the first look.
        looks = [state for number, state in ran.looks() if number < entry.sequence]
        wishes = ran.wishes_for(key, *looks) if key else ()
        wishes += tuple(wish for wish in ran.task.wishes if wish.recording_group_id == key)
        assert any(_asks_for(wish, given) for wish in wishes) or not given, entry


def _asks_for(wish: Wish, given: Options) -> bool:
    return all(
        wish.fields.get(name) is not None and same(name, wish.fields[name], _typed(name, value))
        for name, value in given.items()
    )


def _typed(name: str, value: str) -> Any:
    return int(value) if name in {"retention_time", "pre_duration", "post_duration"} else value


def no_write_is_repeated_blind(ran: Ran) -> None:
    """Between two times of the same write lies a look at the device, unless the first one was only asked to log in."""
    looks = {number for call in (_GROUPS, _RULES) for number, _state in ran.looks(call)}
    last: dict[tuple[str, bytes, int], int] = {}
    added = 0
    for entry in (entry for entry in ran.sent if entry.status != 401):
        # What is added may get the number of what was removed, and be removed, too.
        write = (entry.target, entry.body, added if entry.call.startswith("action/Remove") else 0)
        before = last.get(write)
        assert before is None or any(before < number < entry.sequence for number in looks), entry
        last[write] = entry.sequence
        added += entry.call.startswith("action/Add")


def no_group_is_doubled(ran: Ran, *earlier: Ran) -> None:
    """What a task finds by its name it creates once, however often it tries."""
    for wish in ran.task.wishes:
        if wish.recording_group_id is None and wish.nice_name:
            made = [
                key
                for step in (step for one in (*earlier, ran) for step in one.written)
                for key in step.after.groups.keys() - step.before.groups.keys()
                if wish.means(step.after.groups[key])
            ]
            assert len([key for key in made if key in ran.end.groups]) <= 1, made


def changed_is_what_was_written(ran: Ran) -> None:
    """``changed`` is true only after a write that took effect; without it, a success sent none."""
    if ran.check_mode or ran.task.module == "info":
        return
    written = [step for step in ran.written if not step.late]
    if ran.result["changed"]:
        assert ran.sent
        assert written or ran.was_meddled_with
    elif not ran.failed:
        assert not ran.sent or ran.was_meddled_with
    elif written and not ran.was_meddled_with and written[-1].after != ran.start:
        assert ran.kind in _NOT_CLAIMED or _is_unknown(ran), written[-1].entry
    if "unreachable" in ran.result:
        assert not written


def _is_unknown(ran: Ran) -> bool:
    """Whether all that was made is groups whose ids were never told, and whose names the device cut."""
    keys = ran.end.groups.keys() - ran.start.groups.keys()
    return ran.end.rules == ran.start.rules and not any(
        wish.means(ran.end.groups[key]) for key in keys for wish in ran.task.wishes
    )


def what_is_claimed_is_there(ran: Ran) -> None:
    """Each of ``changes`` was seen on the device after the last write that could have made it."""
    changes = ran.result.get("changes", [])
    if ran.check_mode or not changes:
        return
    assert len({(item["recording_group_id"], item.get("nice_name")) for item in changes}) == len(changes)
    if ran.task.module == "action":
        _action_is_there(ran, changes[0])
        return
    look = ran.last_look()
    assert look is not None
    shown = look.shown()
    for item in changes:
        key = item["recording_group_id"]
        assert (key in shown) is (item["operation"] != "delete"), item
        for difference in item["differences"]:
            if key in shown and not difference["field"].startswith("recording"):
                there = getattr(shown[key], difference["field"])
                assert same(difference["field"], difference["after"], there), (item, shown[key])
            elif key in shown and difference["field"] == "recording":
                _recording_is_there(ran, key, difference["after"])


def _recording_is_there(ran: Ran, key: str, when: str) -> None:
    seen = ran.last_look(_RULES)
    assert seen is not None
    assert bool(seen.rules_of(key)) is (when != "never"), (key, when)


def _action_is_there(ran: Ran, change: Options) -> None:
    seen = ran.last_look(_RULES)
    assert seen is not None
    rules = seen.rules_of(change["recording_group_id"])
    if change["operation"] == "delete":
        assert not rules
    elif not ran.failed:
        assert change["name"] in {rule.name for rule in rules.values()}


def success_is_what_was_asked_for(ran: Ran) -> None:
    """After a success the device is as the task says, but for what was refused."""
    if ran.check_mode or ran.failed or ran.was_meddled_with or ran.task.module == "info":
        return
    refused = {item["recording_group_id"] for item in ran.result["refused"]}
    refused |= {folded(item.get("nice_name") or "") for item in ran.result["refused"]}
    shown = ran.end.shown()
    for wish in ran.task.wishes:
        found = [group for group in shown.values() if wish.means(group)]
        names = {wish.recording_group_id, folded(wish.nice_name or ""), *(group.recording_group_id for group in found)}
        if refused & names - {None, ""}:
            continue
        if ran.task.module != "action":
            assert bool(found) is wish.present, (wish, found)
        for group in found:
            assert not wish.differs(group), (wish, group)
        key = wish.recording_group_id or (found[0].recording_group_id if found else None)
        if wish.record and key:
            _is_recorded_so(ran.end, key, wish.record)
    before = ran.last_look(before=ran.sent[0].sequence if ran.sent else math.inf)
    for key, group in (before or ran.start).shown().items():
        wishes = ran.task.wishes_for(group)
        if key in refused or any(wish in ran.task.wishes for wish in wishes):
            continue
        for wish in wishes:
            assert (key in shown) is wish.present, (key, wish)
            assert not (wish.present and wish.differs(shown[key])), (key, wish)


def _is_recorded_so(state: State, key: str, wanted: Recording) -> None:
    rules = [*state.rules_of(key).values()]
    assert len(rules) == len(state.configurations_of(key)) == int(wanted.present), (key, rules)
    for rule in rules:
        assert (rule.enabled, _conditions(rule.conditions)) == (wanted.enabled, _conditions(wanted.conditions))
        assert wanted.name in (None, rule.name)
        assert rule.start_event is None


# What check mode says.


def prediction_is_what_happens(told: Ran, real: Ran) -> None:
    """The same changes, the same refusals, the same failure, the same groups."""
    assert told.sent == ()
    for part in ("changed", "failed", "msg", "error", "device"):
        assert told.result.get(part) == real.result.get(part), part
    for part in ("changes", "refused"):
        assert _masked(told.result.get(part), told.start) == _masked(real.result.get(part), told.start), part
    if told.task.module == "action":
        assert _without_ids(told.result["recording_action"]) == _without_ids(real.result["recording_action"])
        return
    foretold, groups = _groups(told.result), _groups(real.result)
    assert len(foretold) == len(groups)
    for one, other in zip(foretold, groups, strict=True):
        for name, value in one.items():
            if name in TEXTS or name == "stream_options":
                assert value is None or same(name, value, other[name]), name
            else:
                assert value in (None, other[name]), name


def _masked(items: Any, before: State) -> list[Any]:
    """A list in an order of its own, without the ids that a device makes up, and with texts as it gives them back."""
    return sorted((_told(item, before) for item in items or []), key=json.dumps)


def _told(value: Any, before: State) -> Any:
    if isinstance(value, dict):
        return {name: _told(item, before) for name, item in value.items()}
    if isinstance(value, list):
        return [_told(item, before) for item in value]
    if not isinstance(value, str):
        return value
    return None if _GENERATED.fullmatch(value) and value not in before.groups else folded(value)


def _without_ids(action: Options | None) -> Options | None:
    return None if action is None else {**action, "configuration_id": None, "rule_id": None}


def _groups(result: Options) -> list[Options]:
    one = result.get("recording_group")
    groups: list[Options] = result.get("recording_groups") or ([one] if one else [])
    return groups
