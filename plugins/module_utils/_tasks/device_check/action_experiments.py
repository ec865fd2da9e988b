# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Experiments with action configurations and disabled action rules of a scratch group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, ActionRule, id_sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.creation_experiments import (
    answer_reuse_ids,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import PointRecord, Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import (
    GROUP_LIMIT,
    ScratchArea,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_actions import (
    add_configuration,
    add_rule,
    check_in_use,
    remove_configuration,
    remove_rule,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService

_PURPOSE = "actions"
_MAX_CYCLES = 6
_MAX_ENDING = 20  # characters
_POINTS = ("action_checks_group", "topic_ending", "reuse_ids")
#: Why the device accepts no configuration, by the kind of its error.
_UNAVAILABLE = {
    "forbidden": "The login cannot write to the action service: its role is too low.",
    "unsupported": "The device has no action that records to a group.",
}
NO_DISK = "The device has no disk on which it can create a recording group."
NO_MORE_GROUPS = "The device does not accept more recording groups."
_NO_SERVICE = "The device has no action service, or the role of the login is too low for it."


def run_action_experiments(session: Session, area: ScratchArea, recorder: Recorder) -> None:
    """Settle the points of the action service, and remove what that takes.

    :raises AxisError: the device does something that cannot be explained.
    """
    if not area.has_actions:
        _skip(recorder, _NO_SERVICE)
        return
    if area.disk is None:
        _skip(recorder, NO_DISK)
        return
    group_id = area.name(_PURPOSE)
    if not area.create_group(_PURPOSE, explained=(GROUP_LIMIT,)).is_success:
        _skip(recorder, NO_MORE_GROUPS)
        return
    configuration_id = _settle_group_check(area, recorder, group_id)
    if configuration_id is not None:
        check_in_use(area, group_id, "an action configuration is configured to it")
        rule_id = _settle_topic_ending(session, area, recorder, configuration_id)
        _settle_reuse(area, recorder, group_id, configuration_id, rule_id)
    area.delete(group_id)


def _skip(recorder: Recorder, reason: str) -> None:
    for name in _POINTS:
        # The experiments with groups may have settled it.
        if name not in recorder.answers:
            with recorder.point(name) as point:
                point.skip(reason)


def _settle_group_check(area: ScratchArea, recorder: Recorder, group_id: str) -> str | None:
    """Return the ID of a configuration for a group that exists, or None if the device accepts none."""
    with recorder.point("action_checks_group") as point:
        try:
            number = add_configuration(area, _PURPOSE, group_id)
        except DeviceError as error:
            if error.kind not in _UNAVAILABLE:
                raise
            reason = _UNAVAILABLE[error.kind]
            point.skip(reason)
        else:
            _try_missing_group(area, recorder, point)
            return number
    _skip(recorder, reason)
    return None


def _try_missing_group(area: ScratchArea, recorder: Recorder, point: PointRecord) -> None:
    """Add a configuration for a group that does not exist; the device accepted the same for one that exists."""
    try:
        number = add_configuration(area, "missing", area.name("missing"))
    except DeviceError as error:
        if error.kind != "invalid_request":
            raise
        fault = recorder.values.words(error.description or "a fault")
        point.answer(value=True, note=f"The device responds with {fault!r}.")
    else:
        point.answer(value=False)
        remove_configuration(area, number)


def _settle_topic_ending(session: Session, area: ScratchArea, recorder: Recorder, configuration_id: str) -> str:
    """Return the ID of a disabled rule."""
    with recorder.point("topic_ending") as point:
        rule_id = _add_disabled_rule(area, configuration_id)
        topics = ActionService(session).read_topics(rule_id)
        sent = ALWAYS[0].topic
        condition = next(iter(topics.conditions), "") if topics else ""
        start = topics.start if topics else None
        if not condition.startswith(sent) or len(condition) > len(sent) + _MAX_ENDING:
            point.skip(f"The device returns the topic of the condition as {recorder.quote(condition)}.")
        else:
            note = (
                None
                if not start or start == sent
                else f"The device returns the topic of a start event as {recorder.quote(start)}."
            )
            point.answer(clean(condition.removeprefix(sent)), note=note)
        return rule_id


def _add_disabled_rule(area: ScratchArea, configuration_id: str) -> str:
    """Add a rule with a start event, or without one if the device does not accept its topic for one."""
    rule = ActionRule("", "", False, ALWAYS, ALWAYS[0], configuration_id)
    try:
        return add_rule(area, _PURPOSE, rule)
    except DeviceError as error:
        if error.kind != "invalid_condition":
            raise
    return add_rule(area, _PURPOSE, replace(rule, start_event=None))


def _settle_reuse(area: ScratchArea, recorder: Recorder, group_id: str, configuration_id: str, rule_id: str) -> None:
    """Replace the rule and the configuration, and remove them."""
    groups = recorder.answers.get("reuse_ids")
    with recorder.point("reuse_ids") as point:
        rule_id, reuses_rules = _find_reuse(
            rule_id, lambda: _add_disabled_rule(area, configuration_id), lambda number: remove_rule(area, number)
        )
        remove_rule(area, rule_id)
        configuration_id, reuses_configurations = _find_reuse(
            configuration_id,
            lambda: add_configuration(area, _PURPOSE, group_id),
            lambda number: remove_configuration(area, number),
        )
        remove_configuration(area, configuration_id)
        if groups is not None:
            point.exchanges[:0] = groups.exchanges
        area.reused |= {"action_rule": reuses_rules, "action_configuration": reuses_configurations}
        answer_reuse_ids(area, point)


def _find_reuse(first: str, add: Callable[[], str], remove: Callable[[str], None]) -> tuple[str, bool]:
    """Replace an item until its IDs show whether the device uses them again; return the last ID, and whether it does.

    A device whose IDs only increase does not. Another one may first use an ID that has been free for longer.
    """
    numbers = [first]
    for _cycle in range(_MAX_CYCLES):
        remove(numbers[-1])
        numbers.append(add())
        if numbers[-1] in numbers[:-1]:
            return numbers[-1], True
        keys = [id_sort_key(number) for number in numbers[-3:]]
        if len(keys) == 3 and keys[0] < keys[1] < keys[2]:
            break
    return numbers[-1], False
