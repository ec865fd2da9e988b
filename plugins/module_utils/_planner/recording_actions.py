# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner of recording actions: current configurations and rules of a group → what to add and what to remove.

Pure. The group is the identity: an action configuration belongs to the group that it names, and a rule to the group of
its action configuration. A compliant group with a desired recording has one of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    GROUP_TEMPLATE,
    NO_SETTINGS,
    ActionConfiguration,
    ActionRule,
    Actions,
    Event,
    RuleSettings,
    canonical_when,
    describe_conditions,
    describe_event,
    describe_when,
    id_sort_key,
    same_conditions,
    same_event,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, Value
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_duration import (
    Duration,
    parse_duration,
    same_duration,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced, same_text

#: The fields of a group change that describe its recording action.
RECORDING_FIELDS = frozenset(
    {
        "recording",
        "recording_name",
        "recording_other_rules",
        "recording_other_configurations",
        "recording_template",
        "recording_activation_timeout",
        "recording_failover_action",
    }
)


@dataclass(frozen=True, slots=True)
class DesiredRecording:
    """When a device must record to a group: while all conditions are true, after the start event if there is one."""

    present: bool = True
    #: name of the rule; ``None`` is not managed
    name: str | None = None
    enabled: bool = True
    conditions: tuple[Event, ...] = ALWAYS
    start_event: Event | None = None
    #: those of the rule that is replaced; ``None`` is not compared
    settings: RuleSettings | None = None

    @property
    def is_active(self) -> bool:
        """Return whether the device must record at all."""
        return self.present and self.enabled

    @property
    def when(self) -> str:
        """Return a description of when the device must record."""
        conditions = self.conditions if self.present else ()
        return describe_when(conditions, self.start_event, enabled=self.enabled)

    @property
    def is_continuous(self) -> bool:
        """Return whether the device must record all the time."""
        return self.is_active and same_conditions(self.conditions, ALWAYS) and self.start_event is None

    def covers(self, rule: ActionRule, settings: RuleSettings) -> bool:
        """Return whether everything that a rule records is recorded. Different conditions count as not covered.

        :param settings: those of the rule that records as desired.
        """
        if not self.is_active:
            return False
        if self.is_continuous:
            return settings.covers(replace(rule.settings, failover_action=None))
        return (
            settings.covers(rule.settings)
            and same_conditions(self.conditions, rule.conditions)
            and (self.start_event is None or same_event(self.start_event, rule.start_event))
        )

    def matches(self, rule: ActionRule) -> bool:
        """Return whether a rule is as desired."""
        return (
            (self.name is None or same_text(self.name, rule.name))
            and self.enabled == rule.enabled
            and same_conditions(self.conditions, rule.conditions)
            and same_event(self.start_event, rule.start_event)
            and (self.settings is None or self.settings.same_as(rule.settings))
        )


@dataclass(frozen=True, slots=True)
class RecordingAction:
    """The recording action of one group: its effective rule, and its other rules and configurations.

    ``rule_id`` is ``None`` if there is no rule, or if the rule is a predicted one.
    """

    recording_group_id: str | None
    name: str | None = None
    enabled: bool = False
    conditions: tuple[Event, ...] = ()
    start_event: Event | None = None
    configuration_id: str | None = None
    rule_id: str | None = None
    #: name and conditions of each other rule
    other_rules: tuple[str, ...] = ()
    #: IDs of the action configurations that the effective rule does not use
    other_configurations: tuple[str, ...] = ()
    #: when each enabled rule records, in a text that rules with equal conditions have in common
    active_rules: tuple[str, ...] = ()
    template: str = GROUP_TEMPLATE
    #: those of the effective rule
    settings: RuleSettings = NO_SETTINGS

    @property
    def fields(self) -> tuple[tuple[str, Value], ...]:
        """Return the fields that are compared and shown, each as one value."""
        return (
            ("name", self.name),
            ("enabled", self.enabled),
            ("conditions", describe_conditions(self.conditions)),
            ("start_event", describe_event(self.start_event) if self.start_event else None),
            ("other_rules", ", ".join(self.other_rules)),
            ("other_configurations", ", ".join(self.other_configurations)),
            ("template", None if self.template == GROUP_TEMPLATE else self.template),
            ("activation_timeout", self.settings.activation_timeout),
            ("failover_action", self.settings.failover_action),
        )

    @property
    def is_active(self) -> bool:
        """Return whether any of the rules is enabled."""
        return bool(self.active_rules)

    @property
    def when(self) -> str:
        """Return a description of when the device records."""
        return describe_when(self.conditions, self.start_event, enabled=self.enabled)

    @property
    def canonical_when(self) -> str:
        """Return a text that equal conditions have in common, however the device spells them."""
        return canonical_when(self.conditions, self.start_event, enabled=self.enabled)


@dataclass(frozen=True, slots=True)
class ActionChange:
    """The change of the recording action of one group, as planned or as observed."""

    before: RecordingAction | None
    after: RecordingAction | None

    @property
    def operation(self) -> str:
        """Return ``create``, ``update`` or ``delete``."""
        if self.before is None:
            return "create"
        return "delete" if self.after is None else "update"

    @property
    def action(self) -> RecordingAction:
        """Return the action after the change, or the action that the change removes."""
        action = self.after or self.before
        if action is None:
            raise ValueError("a change without an action")
        return action

    @property
    def stops_recording(self) -> bool:
        """Return whether the device records to the group before the change and not after it."""
        return self.before is not None and self.before.is_active and not (self.after and self.after.is_active)

    @property
    def ends_recording(self) -> bool:
        """Return whether an enabled rule is removed, or replaced by one with other conditions."""
        before, after = (Counter(action.active_rules if action else ()) for action in (self.before, self.after))
        return bool(before - after)

    @property
    def starts_recording(self) -> bool:
        """Return whether the device records to the group after the change and not before it."""
        return self.after is not None and self.after.is_active and not (self.before and self.before.is_active)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return the fields that differ; ``None`` means no action."""
        before = dict(self.before.fields) if self.before else {}
        after = dict(self.after.fields) if self.after else {}
        names = [name for name, _value in self.action.fields]
        values = ((name, before.get(name), after.get(name)) for name in names if not self._is_only_respelled(name))
        return tuple(Difference(*value) for value in values if (value[1] or None) != (value[2] or None))

    def _is_only_respelled(self, field: str) -> bool:
        if self.before is None or self.after is None:
            return False
        if field == "conditions":
            return same_conditions(self.before.conditions, self.after.conditions)
        if field == "start_event":
            return same_event(self.before.start_event, self.after.start_event)
        one, other = self.before.settings.activation_timeout, self.after.settings.activation_timeout
        return field == "activation_timeout" and same_duration(one, other)

    @property
    def group_differences(self) -> tuple[Difference, ...]:
        """Return the differences as RECORDING_FIELDS of the group; ``recording`` is when the device records."""
        before, after = (item.when if item else "never" for item in (self.before, self.after))
        is_respelled = self.before and self.after and self.before.canonical_when == self.after.canonical_when
        when = (Difference("recording", before, after),) if before != after and not is_respelled else ()
        if self.before is not None and self.after is None and not when:
            # Configurations without a rule record nothing, but the group cannot be deleted while they exist.
            left = (self.before.configuration_id or "", *self.before.other_configurations)
            return (Difference("recording_other_configurations", ", ".join(left), ""),)
        if self.before is None or self.after is None:
            return when
        others = (item for item in self.differences if item.field not in {"enabled", "conditions", "start_event"})
        return (*when, *(Difference(f"recording_{item.field}", item.before, item.after) for item in others))


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """The writes for one group. Additions come first, so that recording is not interrupted."""

    change: ActionChange
    #: ID of the configuration to use; ``None`` adds one before the rule
    configuration_id: str | None
    adds_rule: bool
    removes_rules: tuple[str, ...]
    removes_configurations: tuple[str, ...]
    #: whether something that is recorded now may not be recorded afterwards
    may_record_less: bool = False
    #: settings of the rule to add
    settings: RuleSettings = NO_SETTINGS
    #: rules of other actions that record to the group if their own action fails: what has to be removed is in use
    used_by: tuple[ActionRule, ...] = ()
    #: other groups that may be recorded less afterwards if the action of this group fails
    failover_groups: tuple[str, ...] = ()


def plan_action(actions: Actions, recording_group_id: str | None, desired: DesiredRecording) -> ActionPlan | None:
    """Return the writes after which the device records to the group as desired, or ``None`` if it does already.

    :param recording_group_id: ``None`` for a group that does not exist yet and whose ID the device generates.
    """
    if not desired.present:
        return _plan_removal(actions, recording_group_id, desired)
    desired = carry_over(actions, recording_group_id, desired)
    configurations = _sorted_configurations(actions, recording_group_id)
    rules = _sorted_rules(actions, recording_group_id)
    kept = _find_compliant_rule(configurations, rules, desired)
    settings = (kept or desired).settings or NO_SETTINGS
    removed_rules = tuple(item for item in rules if item is not kept)
    in_use = _find_failover_actions(actions, removed_rules) | {settings.failover_action}
    configuration_id = kept.primary_action if kept else _find_usable(configurations, settings, in_use)
    others = tuple(item for item in _ids(configurations) if item != configuration_id)
    removed = tuple(item for item in others if item not in in_use)
    if kept is not None and not removed_rules and not removed:
        return None
    before = find_action(actions, recording_group_id, desired)
    after = replace(
        _predict(before, kept, desired, recording_group_id),
        configuration_id=configuration_id,
        other_configurations=tuple(item for item in others if item not in removed),
        settings=settings,
    )
    return ActionPlan(
        ActionChange(before, after),
        configuration_id,
        kept is None,
        _ids(removed_rules),
        removed,
        may_record_less=any(rule.enabled and not desired.covers(rule, settings) for rule in rules),
        settings=settings,
        failover_groups=_find_failover_groups(actions, recording_group_id, removed_rules, desired, settings),
    )


def _plan_removal(actions: Actions, recording_group_id: str | None, desired: DesiredRecording) -> ActionPlan | None:
    before = find_action(actions, recording_group_id)
    if before is None:
        return None
    rules = _sorted_rules(actions, recording_group_id)
    in_use = _find_failover_actions(actions, rules)
    return ActionPlan(
        ActionChange(before, None),
        None,
        False,
        _ids(rules),
        tuple(item for item in _ids(_sorted_configurations(actions, recording_group_id)) if item not in in_use),
        may_record_less=before.is_active,
        used_by=actions.failover_rules_of(recording_group_id),
        failover_groups=_find_failover_groups(actions, recording_group_id, rules, desired, NO_SETTINGS),
    )


def carry_over(actions: Actions, recording_group_id: str | None, desired: DesiredRecording) -> DesiredRecording:
    """Return the desired recording with the settings of the rule that it keeps or replaces, if there is one."""
    rules = _sorted_rules(actions, recording_group_id)
    configurations = _sorted_configurations(actions, recording_group_id)
    replaced = _find_compliant_rule(configurations, rules, desired) or _find_effective_rule(rules)
    if not desired.present or replaced is None or desired.settings is not None:
        return desired
    # A device may add a setting to a rule without one.
    return desired if replaced.settings == NO_SETTINGS else replace(desired, settings=replaced.settings)


def _find_effective_rule(rules: Iterable[ActionRule]) -> ActionRule | None:
    ordered = tuple(rules)
    return next((item for item in ordered if item.enabled), None) or next(iter(ordered), None)


def _find_usable(
    configurations: Iterable[ActionConfiguration], settings: RuleSettings, in_use: Container[str | None]
) -> str | None:
    """Return the ID of the configuration that a new rule can use; one that is not a failover action, if possible."""
    usable = [item.configuration_id for item in configurations if item.template == GROUP_TEMPLATE]
    # An action cannot be its own failover action.
    others = [item for item in usable if item != settings.failover_action]
    return next((item for item in others if item not in in_use), next(iter(others), None))


def _find_failover_actions(actions: Actions, removed: Container[ActionRule]) -> set[str | None]:
    """Return the IDs of the configurations that are the failover action of a rule that is not removed."""
    return {item.settings.failover_action for item in actions.rules if item not in removed}


def _find_failover_groups(
    actions: Actions,
    recording_group_id: str | None,
    removed: Iterable[ActionRule],
    desired: DesiredRecording,
    settings: RuleSettings,
) -> tuple[str, ...]:
    """Return the other groups that may be recorded less if the action of this group fails."""
    lost = {
        rule.settings.failover_action
        for rule in removed
        if rule.enabled
        and (rule.settings.failover_action != settings.failover_action or not desired.covers(rule, settings))
    }
    groups = (item.recording_group_id for item in actions.configurations if item.configuration_id in lost)
    return tuple(dict.fromkeys(item for item in groups if item is not None and item != recording_group_id))


def _predict(
    before: RecordingAction | None, kept: ActionRule | None, desired: DesiredRecording, recording_group_id: str | None
) -> RecordingAction:
    """Return the effective rule after a plan."""
    # A replacement keeps a name that is not managed.
    known = before.name if before and not has_replaced(before.name) else None
    name = desired.name or known or default_name(recording_group_id)
    added = ActionRule(
        "", name, desired.enabled, desired.conditions, desired.start_event, "", desired.settings or NO_SETTINGS
    )
    # A rule that is kept may spell its conditions differently.
    effective = kept or added
    return RecordingAction(
        recording_group_id,
        effective.name,
        desired.enabled,
        effective.conditions,
        effective.start_event,
        rule_id=kept.rule_id if kept else None,
        active_rules=(effective.canonical_when,) if desired.enabled else (),
    )


def default_name(recording_group_id: str | None) -> str:
    """Return the name of a rule for which no name is set."""
    return f"Record to {recording_group_id or 'recording group'}"


def find_action(
    actions: Actions, recording_group_id: str | None, desired: DesiredRecording | None = None
) -> RecordingAction | None:
    """Return the recording action of a group, or ``None`` if no action configuration names the group.

    Of several rules, the effective one is one that is as desired, else the first enabled one, else the first. No rule
    is as desired if none is to be present.
    """
    configurations = _sorted_configurations(actions, recording_group_id)
    if not configurations:
        return None
    rules = _sorted_rules(actions, recording_group_id)
    rule = _find_compliant_rule(configurations, rules, desired) if desired and desired.present else None
    rule = rule or _find_effective_rule(rules)
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
        active_rules=tuple(item.canonical_when for item in rules if item.enabled),
        template=own.template,
        settings=rule.settings,
    )


def _find_compliant_rule(
    configurations: Iterable[ActionConfiguration], rules: Iterable[ActionRule], desired: DesiredRecording
) -> ActionRule | None:
    """Return the rule that is as desired; of several, one that loses nothing if the others are removed."""
    usable = {item.configuration_id for item in configurations if item.template == GROUP_TEMPLATE}
    compliant = (rule for rule in rules if rule.primary_action in usable and desired.matches(rule))
    return min(compliant, key=_restriction, default=None)


def _restriction(rule: ActionRule) -> tuple[bool, Duration, bool]:
    text, failover_action = rule.settings.activation_timeout, rule.settings.failover_action
    value = Duration(0, Fraction(0)) if text is None else parse_duration(text)
    return value is None, value or Duration(0, Fraction(0)), failover_action is None


def _sorted_configurations(actions: Actions, recording_group_id: str | None) -> tuple[ActionConfiguration, ...]:
    found = actions.configurations_of(recording_group_id) if recording_group_id is not None else ()
    return tuple(sorted(found, key=lambda item: id_sort_key(item.configuration_id)))


def _sorted_rules(actions: Actions, recording_group_id: str | None) -> tuple[ActionRule, ...]:
    found = actions.rules_of(recording_group_id) if recording_group_id is not None else ()
    return tuple(sorted(found, key=lambda item: id_sort_key(item.rule_id)))


def _ids(items: Iterable[ActionConfiguration | ActionRule]) -> tuple[str, ...]:
    return tuple(item.rule_id if isinstance(item, ActionRule) else item.configuration_id for item in items)
