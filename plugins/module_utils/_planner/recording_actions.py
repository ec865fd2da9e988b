# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner of recording actions: what makes a device record to a group → what to add and what to remove.

Pure. The group is the identity: every action configuration that names it, and every rule that starts one of those,
is about it. In the end there is one of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    GROUP_TEMPLATE,
    ActionConfiguration,
    ActionRule,
    Actions,
    Event,
    describe_conditions,
    describe_event,
    describe_when,
    in_order,
    same_conditions,
    same_event,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, Value

#: The fields by which a change of a group shows what becomes of the recording to it.
RECORDING_FIELDS = frozenset(
    {"recording", "recording_name", "recording_other_rules", "recording_other_configurations", "recording_template"}
)


@dataclass(frozen=True, slots=True)
class DesiredRecording:
    """When a device shall record to a group: while all conditions hold, from the start event on if there is one."""

    present: bool = True
    #: of the rule; ``None`` is not managed
    name: str | None = None
    enabled: bool = True
    conditions: tuple[Event, ...] = ALWAYS
    start_event: Event | None = None

    @property
    def records(self) -> bool:
        """Whether the device shall record at all."""
        return self.present and self.enabled

    @property
    def when(self) -> str:
        """When it shall record, in words."""
        conditions = self.conditions if self.present else ()
        return describe_when(conditions, self.start_event, enabled=self.enabled)

    @property
    def records_always(self) -> bool:
        """Whether nothing is missed."""
        return self.records and same_conditions(self.conditions, ALWAYS) and self.start_event is None

    def covers(self, rule: ActionRule) -> bool:
        """Whether all that a rule records is recorded, as far as conditions that are not the same can tell."""
        return (
            self.records
            and same_conditions(self.conditions, rule.conditions)
            and (self.start_event is None or same_event(self.start_event, rule.start_event))
        )

    def fits(self, rule: ActionRule) -> bool:
        """Whether a rule says the same."""
        return (
            self.name in (None, rule.name)
            and self.enabled == rule.enabled
            and same_conditions(self.conditions, rule.conditions)
            and same_event(self.start_event, rule.start_event)
        )


@dataclass(frozen=True, slots=True)
class RecordingAction:
    """What a device has that records to one group: the rule that counts, and what stands beside it.

    Without a rule ``rule_id`` is ``None``, and so it is in a prediction.
    """

    recording_group_id: str | None
    name: str | None = None
    enabled: bool = False
    conditions: tuple[Event, ...] = ()
    start_event: Event | None = None
    configuration_id: str | None = None
    rule_id: str | None = None
    #: name and conditions of the rules beside it
    other_rules: tuple[str, ...] = ()
    #: ids of the action configurations beside its own
    other_configurations: tuple[str, ...] = ()
    #: the conditions of each enabled rule
    active: tuple[str, ...] = ()
    template: str = GROUP_TEMPLATE

    @property
    def fields(self) -> tuple[tuple[str, Value], ...]:
        """What is compared and shown of it, each as one value."""
        return (
            ("name", self.name),
            ("enabled", self.enabled),
            ("conditions", describe_conditions(self.conditions)),
            ("start_event", describe_event(self.start_event) if self.start_event else None),
            ("other_rules", ", ".join(self.other_rules)),
            ("other_configurations", ", ".join(self.other_configurations)),
            ("template", None if self.template == GROUP_TEMPLATE else self.template),
        )

    @property
    def records(self) -> bool:
        """Whether any of the rules is enabled."""
        return bool(self.active)

    @property
    def when(self) -> str:
        """When it records, in words."""
        return describe_when(self.conditions, self.start_event, enabled=self.enabled)


@dataclass(frozen=True, slots=True)
class ActionChange:
    """What becomes of the recording to one group, as planned or as seen."""

    before: RecordingAction | None
    after: RecordingAction | None

    @property
    def operation(self) -> str:
        """``create``, ``update`` or ``delete``."""
        if self.before is None:
            return "create"
        return "delete" if self.after is None else "update"

    @property
    def action(self) -> RecordingAction:
        """The action that it is about: as it will be, or as it was."""
        action = self.after or self.before
        if action is None:
            raise ValueError("a change is about an action")
        return action

    @property
    def stops_recording(self) -> bool:
        """Whether a device that records to the group does not do so afterwards."""
        return self.before is not None and self.before.records and not (self.after and self.after.records)

    @property
    def ends_recording(self) -> bool:
        """Whether an enabled rule is removed, or replaced by one with other conditions."""
        before, after = (Counter(action.active if action else ()) for action in (self.before, self.after))
        return bool(before - after)

    @property
    def starts_recording(self) -> bool:
        """Whether a device that does not record to the group does so afterwards."""
        return self.after is not None and self.after.records and not (self.before and self.before.records)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Field by field; ``None`` stands for no action."""
        before = dict(self.before.fields) if self.before else {}
        after = dict(self.after.fields) if self.after else {}
        names = [name for name, _value in self.action.fields]
        values = ((name, before.get(name), after.get(name)) for name in names)
        return tuple(Difference(*value) for value in values if (value[1] or None) != (value[2] or None))

    @property
    def in_a_group(self) -> tuple[Difference, ...]:
        """The differences as fields of the group: ``recording`` says when it records, the others are named after it."""
        before, after = (item.when if item else "never" for item in (self.before, self.after))
        when = (Difference("recording", before, after),) if before != after else ()
        if self.before is not None and self.after is None and not when:
            # No rule starts them, but they keep the group from being deleted.
            left = (self.before.configuration_id or "", *self.before.other_configurations)
            return (Difference("recording_other_configurations", ", ".join(left), ""),)
        if self.before is None or self.after is None:
            return when
        others = (item for item in self.differences if item.field not in {"enabled", "conditions", "start_event"})
        return (*when, *(Difference(f"recording_{item.field}", item.before, item.after) for item in others))


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """The writes for one group, in this order: add, then remove, so that there is no moment without recording."""

    change: ActionChange
    #: of the configuration to use; ``None`` adds one first where a rule is added
    configuration_id: str | None
    adds_rule: bool
    removes_rules: tuple[str, ...]
    removes_configurations: tuple[str, ...]
    #: whether something may be recorded no more
    may_record_less: bool = False


def plan_action(actions: Actions, recording_group_id: str | None, desired: DesiredRecording) -> ActionPlan | None:
    """What to write so that the device records to the group as desired; ``None`` when it does.

    :param recording_group_id: ``None`` for a group that is still to be created.
    """
    before = find_action(actions, recording_group_id, desired)
    configurations = _sorted_configurations(actions, recording_group_id)
    rules = _sorted_rules(actions, recording_group_id)
    if not desired.present:
        if before is None:
            return None
        change = ActionChange(before, None)
        return ActionPlan(change, None, False, _ids(rules), _ids(configurations), may_record_less=before.records)
    kept = _in_line(configurations, rules, desired)
    usable = [item.configuration_id for item in configurations if item.template == GROUP_TEMPLATE]
    configuration_id = kept.primary_action if kept else next(iter(usable), None)
    removed_rules = tuple(item for item in _ids(rules) if kept is None or item != kept.rule_id)
    removed = tuple(item for item in _ids(configurations) if item != configuration_id)
    if kept is not None and not removed_rules and not removed:
        return None
    # A name that nobody gave is kept, also by the rule that takes the place of one.
    name = desired.name or (before.name if before else None) or default_name(recording_group_id)
    after = RecordingAction(
        recording_group_id,
        kept.name if kept else name,
        desired.enabled,
        # A rule that stays is not written anew.
        kept.conditions if kept else desired.conditions,
        kept.start_event if kept else desired.start_event,
        configuration_id,
        kept.rule_id if kept else None,
        active=((kept or desired).when,) if desired.enabled else (),
    )
    return ActionPlan(
        ActionChange(before, after),
        configuration_id,
        kept is None,
        removed_rules,
        removed,
        may_record_less=not desired.records_always and any(rule.enabled and not desired.covers(rule) for rule in rules),
    )


def default_name(recording_group_id: str | None) -> str:
    """The name of a rule that nobody has named."""
    return f"Record to {recording_group_id or 'recording group'}"


def find_action(
    actions: Actions, recording_group_id: str | None, desired: DesiredRecording | None = None
) -> RecordingAction | None:
    """What the device has for a group, ``None`` when no action configuration names it.

    Of several rules the one that counts is the one that says what is desired, else the first that is enabled.
    """
    configurations = _sorted_configurations(actions, recording_group_id)
    if not configurations:
        return None
    rules = _sorted_rules(actions, recording_group_id)
    rule = _in_line(configurations, rules, desired) if desired else None
    rule = rule or next((item for item in rules if item.enabled), None) or next(iter(rules), None)
    own = next(item for item in configurations if rule is None or item.configuration_id == rule.primary_action)
    others = tuple(item.configuration_id for item in configurations if item is not own)
    if rule is None:
        return RecordingAction(
            recording_group_id,
            configuration_id=own.configuration_id,
            other_configurations=others,
            template=own.template,
        )
    return RecordingAction(
        recording_group_id,
        rule.name,
        rule.enabled,
        rule.conditions,
        rule.start_event,
        own.configuration_id,
        rule.rule_id,
        tuple(f"{item.name or item.rule_id} ({item.when})" for item in rules if item is not rule),
        others,
        active=tuple(item.when for item in rules if item.enabled),
        template=own.template,
    )


def _in_line(
    configurations: Iterable[ActionConfiguration], rules: Iterable[ActionRule], desired: DesiredRecording
) -> ActionRule | None:
    usable = {item.configuration_id for item in configurations if item.template == GROUP_TEMPLATE}
    return next((rule for rule in rules if rule.primary_action in usable and desired.fits(rule)), None)


def _sorted_configurations(actions: Actions, recording_group_id: str | None) -> tuple[ActionConfiguration, ...]:
    found = actions.configurations_of(recording_group_id) if recording_group_id is not None else ()
    return tuple(sorted(found, key=lambda item: in_order(item.configuration_id)))


def _sorted_rules(actions: Actions, recording_group_id: str | None) -> tuple[ActionRule, ...]:
    found = actions.rules_of(recording_group_id) if recording_group_id is not None else ()
    return tuple(sorted(found, key=lambda item: in_order(item.rule_id)))


def _ids(items: Iterable[ActionConfiguration | ActionRule]) -> tuple[str, ...]:
    return tuple(item.rule_id if isinstance(item, ActionRule) else item.configuration_id for item in items)
