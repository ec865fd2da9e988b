# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner of recording actions: properties of every plan, and single cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    ActionConfiguration,
    ActionRule,
    Actions,
    Event,
    RuleSettings,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    DesiredGroup,
    Hold,
    Plan,
    PlannedGroup,
    Refusal,
    RefusalReason,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    ActionPlan,
    DesiredRecording,
    RecordingAction,
    find_action,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import refuse_recording

GROUP = "com.axis.action.unlimited.recording_group.storage"
OTHER = "com.axis.action.unlimited.recording.storage"
READY = "tns1:Device/tnsaxis:Status/SystemReady"
MOTION = Event("tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1", 'boolean(//SimpleItem[@Name="active" and @Value="1"])')
PORT = Event("tns1:Device/tnsaxis:IO/Port", 'boolean(//SimpleItem[@Name="state" and @Value="1"])')
# As MOTION, spelled differently.
SPACED = Event(MOTION.topic, "boolean( //SimpleItem[@Name = 'active' and @Value = '1'] )")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
STRICT = Allowances(False, (), NOW)
LOSS = Allowances(True, (), NOW)
STOP = Allowances(False, (), NOW, recording_stop=True)
ALL = Allowances(True, (), NOW, recording_stop=True)
HELD = Allowances(True, (Hold("do*", "Case 1", "legal", NOW + timedelta(days=1)),), NOW, recording_stop=True)


def configuration(
    number: str, group: str | None = "door", template: str = GROUP, name: str = ""
) -> ActionConfiguration:
    """Return a configuration that names a group, or none."""
    return ActionConfiguration(number, name, template, () if group is None else (("recording_group_id", group),))


def rule(
    number: str,
    primary_action: str,
    *conditions: Event,
    name: str = "",
    enabled: bool = True,
    start_event: Event | None = None,
) -> ActionRule:
    """Return a rule with these conditions, which records always if there are none."""
    return ActionRule(number, name, enabled, conditions or ALWAYS, start_event, primary_action)


# The effect of a write, without the code under test.


def applied(actions: Actions, planned: ActionPlan | None, group: str, desired: DesiredRecording) -> Actions:
    """Return the actions after the writes of a plan; the new ones have new IDs."""
    if planned is None:
        return actions
    configurations, rules = list(actions.configurations), list(actions.rules)
    if planned.adds_rule:
        configuration_id = planned.configuration_id
        if configuration_id is None:
            configuration_id = "1000"
            configurations.append(configuration(configuration_id, group))
        else:
            # A rule needs a configuration that exists and is not removed.
            assert configuration_id in [item.configuration_id for item in configurations]
            assert configuration_id not in planned.removes_configurations
        assert planned.change.after is not None
        name = planned.change.after.name or ""
        rules.append(
            ActionRule(
                "1000",
                name,
                desired.enabled,
                desired.conditions,
                desired.start_event,
                configuration_id,
                planned.settings,
            )
        )
    for number in planned.removes_rules:
        rules.remove(next(item for item in rules if item.rule_id == number))
    for number in planned.removes_configurations:
        # A device refuses to remove a configuration that a rule uses.
        assert number not in [item.primary_action for item in rules]
        assert number not in [item.settings.failover_action for item in rules]
        configurations.remove(next(item for item in configurations if item.configuration_id == number))
    return Actions(tuple(configurations), tuple(rules))


def about(actions: Actions, group: str) -> tuple[set[str], set[str]]:
    """Return the IDs of the configurations that name a group, and of their rules."""
    own = {item.configuration_id for item in actions.configurations if ("recording_group_id", group) in item.parameters}
    return own, {item.rule_id for item in actions.rules if item.primary_action in own}


numbers = st.integers(1, 30).map(str)
events = st.sampled_from([ALWAYS[0], MOTION, SPACED, PORT])
condition_sets = st.lists(events, min_size=1, max_size=2).map(tuple)
start_events = st.sampled_from([None, None, MOTION, SPACED])
names = st.sampled_from(["", "a", "b", "Record to door"])
configurations = st.builds(
    configuration,
    numbers,
    st.sampled_from(["door", "door", "yard", None]),
    st.sampled_from([GROUP, GROUP, OTHER]),
    names,
)


@st.composite
def devices(draw: st.DrawFn) -> Actions:
    """Generate configurations of this and other groups with rules, in any order."""
    chosen = draw(st.lists(configurations, max_size=4, unique_by=lambda item: item.configuration_id))
    started = st.sampled_from([item.configuration_id for item in chosen]) if chosen else st.nothing()
    rules = st.builds(ActionRule, numbers, names, st.booleans(), condition_sets, start_events, started)
    return Actions(tuple(chosen), tuple(draw(st.lists(rules, max_size=4, unique_by=lambda item: item.rule_id))))


recordings = st.builds(
    DesiredRecording,
    st.sampled_from([True, True, False]),
    st.sampled_from([None, None, "a"]),
    st.booleans(),
    condition_sets,
    start_events,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Actions, DesiredRecording]:
    """Generate a device and a desired recording, often that of one of its rules, spelled differently."""
    actions, desired = draw(devices()), draw(recordings)
    if not actions.rules or draw(st.booleans()):
        return actions, desired
    said = draw(st.sampled_from(actions.rules))
    conditions = tuple(SPACED if item == MOTION else MOTION if item == SPACED else item for item in said.conditions)
    return actions, DesiredRecording(
        True, (desired.name and said.name) or None, said.enabled, conditions, said.start_event
    )


@given(cases())
def test_an_applied_plan_leaves_one_rule_and_one_configuration(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    after = applied(actions, plan_action(actions, "door", desired), "door", desired)
    own, rules = about(after, "door")
    assert (len(own), len(rules)) == ((1, 1) if desired.present else (0, 0))
    assert plan_action(after, "door", desired) is None
    if desired.present:
        (one,) = [item for item in after.configurations if item.configuration_id in own]
        (left,) = [item for item in after.rules if item.rule_id in rules]
        assert (one.template, left.enabled) == (GROUP, desired.enabled)
        plain = {SPACED: MOTION}
        assert sorted(plain.get(item, item).topic for item in left.conditions) == sorted(
            plain.get(item, item).topic for item in desired.conditions
        )
        starts = {plain.get(item, item) if item else None for item in (left.start_event, desired.start_event)}
        assert len(starts) == 1
        assert desired.name in (None, left.name)


@given(cases())
def test_actions_of_other_groups_are_never_removed(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    own, rules = about(actions, "door")
    if planned is not None:
        assert set(planned.removes_configurations) <= own
        assert set(planned.removes_rules) <= rules
        assert planned.configuration_id in own | {None}
    after = applied(actions, planned, "door", desired)
    for item in actions.configurations:
        assert item in after.configurations or item.configuration_id in own
    for other in actions.rules:
        assert other in after.rules or other.rule_id in rules
    assert plan_action(actions, "yard", desired) == plan_action(after, "yard", desired)


@given(cases())
def test_a_plan_has_writes_and_differences(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    if planned is not None:
        assert planned.adds_rule or planned.removes_rules or planned.removes_configurations
        assert planned.change.before != planned.change.after
        assert planned.change.group_differences


@given(cases())
def test_only_a_compliant_group_has_no_plan(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    own, rules = about(actions, "door")
    ours = [item for item in actions.configurations if item.configuration_id in own]
    fitting = [
        item
        for item in actions.rules
        if item.rule_id in rules
        and item.enabled is desired.enabled
        and desired.name in (None, item.name)
        and sorted(event.topic for event in item.conditions) == sorted(event.topic for event in desired.conditions)
        and (item.start_event is None) is (desired.start_event is None)
    ]
    one_of_each = len(own) == len(rules) == len(fitting) == 1 and ours[0].template == GROUP
    so_already = one_of_each if desired.present else not own
    assert (plan_action(actions, "door", desired) is None) is so_already


@given(cases())
def test_recording_stops_and_starts_with_the_enabled_rules(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    after = applied(actions, planned, "door", desired)
    recorded, records = (
        any(item.enabled for item in state.rules if item.rule_id in about(state, "door")[1])
        for state in (actions, after)
    )
    assert records is (desired.present and desired.enabled)
    if planned is None:
        assert recorded is records
    else:
        assert planned.change.stops_recording is (recorded and not records)
        assert planned.change.starts_recording is (records and not recorded)


@given(cases())
def test_a_prediction_comes_true_except_for_new_ids(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    if planned is None:
        return
    found = find_action(applied(actions, planned, "door", desired), "door", desired)
    predicted = planned.change.after
    if predicted is not None and found is not None:
        predicted = replace(predicted, rule_id=found.rule_id, configuration_id=found.configuration_id)
    assert found == predicted
    assert ActionChange(planned.change.before, found).differences == planned.change.differences


@given(cases(), st.data())
def test_the_order_of_configurations_and_rules_does_not_matter(
    case: tuple[Actions, DesiredRecording], data: st.DataObject
) -> None:
    actions, desired = case
    shuffled = Actions(
        tuple(data.draw(st.permutations(actions.configurations))), tuple(data.draw(st.permutations(actions.rules)))
    )
    assert plan_action(shuffled, "door", desired) == plan_action(actions, "door", desired)
    assert find_action(shuffled, "door", desired) == find_action(actions, "door", desired)


@given(cases(), st.booleans())
def test_the_new_rule_is_kept_and_the_old_ones_are_removed(
    case: tuple[Actions, DesiredRecording], own_configuration: bool
) -> None:
    actions, desired = case
    own = about(actions, "door")[0]
    usable = sorted(
        item.configuration_id
        for item in actions.configurations
        if item.configuration_id in own and item.template == GROUP
    )
    number = usable[-1] if usable and not own_configuration else "99"
    new = ActionRule("99", desired.name or "", desired.enabled, desired.conditions, desired.start_event, number)
    added = () if number in own else (configuration("99"),)
    both = Actions((*actions.configurations, *added), (*actions.rules, new))
    planned = plan_action(both, "door", replace(desired, present=True))
    kept = {"99"}
    if planned is not None:
        assert not planned.adds_rule
        kept = about(both, "door")[1] - set(planned.removes_rules)
    (left,) = [item for item in both.rules if item.rule_id in kept]
    assert (left.enabled, len(left.conditions)) == (desired.enabled, len(desired.conditions))


# Activation timeouts and failover actions.

timeouts = st.sampled_from([None, None, "PT60S", "PT1M", "PT2M", "never"])


@st.composite
def cases_with_settings(draw: st.DrawFn) -> tuple[Actions, DesiredRecording]:
    """Generate a case whose rules have settings; a failover action may be one that was added after the first read."""
    actions, desired = draw(cases())
    failovers = st.sampled_from([None, "31", *(item.configuration_id for item in actions.configurations)])
    rules = (replace(item, settings=RuleSettings(draw(timeouts), draw(failovers))) for item in actions.rules)
    return replace(actions, rules=tuple(rules)), desired


@given(cases_with_settings())
def test_what_is_in_use_is_kept_and_the_rest_is_removed(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    # This also checks that no configuration in use is removed.
    after = applied(actions, planned, "door", desired)
    own, rules = about(after, "door")
    failovers = {item.settings.failover_action for item in after.rules}
    if desired.present:
        (left,) = (item for item in after.rules if item.rule_id in rules)
        assert own - failovers <= {left.primary_action}
        assert plan_action(after, "door", desired) is None
    else:
        assert not rules
        assert own <= failovers
        if planned is not None:
            assert [*planned.used_by] == [item for item in after.rules if item.settings.failover_action in own]


@given(cases_with_settings())
def test_settings_of_a_rule_are_preserved(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    after = applied(actions, plan_action(actions, "door", desired), "door", desired)
    before = [item.settings for item in actions.rules if item.rule_id in about(actions, "door")[1]]
    for item in after.rules:
        if item.rule_id == "1000":
            assert item.settings in (before or [RuleSettings()])
        else:
            assert item in actions.rules


@given(cases_with_settings())
def test_a_prediction_with_settings_comes_true(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    if planned is None or planned.used_by:
        return
    found = find_action(applied(actions, planned, "door", desired), "door", desired)
    predicted = planned.change.after
    if predicted is not None and found is not None:
        predicted = replace(predicted, rule_id=found.rule_id, configuration_id=found.configuration_id)
    assert found == predicted
    assert ActionChange(planned.change.before, found).differences == planned.change.differences


@given(cases_with_settings())
def test_a_hold_permits_only_what_records_as_much(case: tuple[Actions, DesiredRecording]) -> None:
    actions, desired = case
    planned = plan_action(actions, "door", desired)
    if planned is None or refuse_recording(planned, "door", HELD) is not None:
        return
    after = applied(actions, planned, "door", desired)
    for item in actions.rules:
        if item.enabled and item.rule_id in about(actions, "door")[1]:
            (left,) = (rule for rule in after.rules if rule.rule_id in about(after, "door")[1])
            minutes = {None: 0, "PT60S": 1, "PT1M": 1, "PT2M": 2, "never": 3}
            assert minutes[left.settings.activation_timeout] <= minutes[item.settings.activation_timeout]
            assert left.enabled


def test_a_longer_timeout_is_less_recording() -> None:
    actions = Actions(
        (configuration("4"),),
        (
            replace(rule("7", "4", MOTION), settings=RuleSettings("PT2M")),
            replace(rule("8", "4", MOTION), settings=RuleSettings("PT1M")),
        ),
    )
    planned = plan_action(actions, "door", DesiredRecording(conditions=(MOTION,)))
    assert planned is not None
    assert (planned.removes_rules, planned.may_record_less) == (("7",), False)
    always = plan_action(actions, "door", DesiredRecording())
    assert always is not None
    assert (always.adds_rule, always.settings, always.may_record_less) == (True, RuleSettings("PT2M"), True)


def test_another_timeout_is_the_end_of_a_recording() -> None:
    before = find_action(Actions((configuration("4"),), (rule("7", "4"),)), "door")
    after = find_action(
        Actions((configuration("4"),), (replace(rule("7", "4"), settings=RuleSettings("PT1M")),)), "door"
    )
    change = ActionChange(before, after)
    assert change.ends_recording
    assert difference(change) == [("activation_timeout", None, "PT1M")]
    assert group_differences(change) == [("recording_activation_timeout", None, "PT1M")]


# Single cases.


def difference(change: ActionChange) -> list[tuple[str, object, object]]:
    """Return the differences as tuples."""
    return [(item.field, item.before, item.after) for item in change.differences]


def group_differences(change: ActionChange) -> list[tuple[str, object, object]]:
    """Return the differences as fields of the group, as tuples."""
    return [(item.field, item.before, item.after) for item in change.group_differences]


MOTION_TEXT = "tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1 [active=1]"
PORT_TEXT = "tns1:Device/tnsaxis:IO/Port [state=1]"


def planned_change(actions: Actions, desired: DesiredRecording) -> ActionChange:
    """Return the change of a plan that exists."""
    planned = plan_action(actions, "door", desired)
    assert planned is not None
    return planned.change


def test_a_device_without_actions_gets_a_recording_action() -> None:
    planned = plan_action(Actions(), "door", DesiredRecording())
    assert planned is not None
    assert (planned.configuration_id, planned.adds_rule) == (None, True)
    assert (planned.removes_rules, planned.removes_configurations) == ((), ())
    change = planned.change
    assert (change.operation, change.stops_recording, change.starts_recording) == ("create", False, True)
    assert change.after == RecordingAction("door", "Record to door", True, ALWAYS, active_rules=("always",))
    assert difference(change) == [
        ("name", None, "Record to door"),
        ("enabled", None, True),
        ("conditions", None, "always"),
    ]
    assert group_differences(change) == [("recording", "never", "always")]


def test_a_disabled_recording_does_not_start() -> None:
    change = planned_change(Actions(), DesiredRecording(enabled=False))
    assert (change.starts_recording, change.stops_recording) == (False, False)
    assert group_differences(change) == [("recording", "never", "always, but disabled")]


def test_other_conditions_need_a_new_rule() -> None:
    actions = Actions((configuration("4"),), (rule("7", "4", name="Mine"),))
    desired = DesiredRecording(name="Mine", conditions=(MOTION,), start_event=PORT)
    planned = plan_action(actions, "door", desired)
    assert planned is not None
    assert (planned.configuration_id, planned.adds_rule) == ("4", True)
    assert (planned.removes_rules, planned.removes_configurations) == (("7",), ())
    change = planned.change
    assert (change.operation, change.stops_recording, change.starts_recording) == ("update", False, False)
    assert difference(change) == [("conditions", "always", MOTION_TEXT), ("start_event", None, PORT_TEXT)]
    assert group_differences(change) == [("recording", "always", f"{MOTION_TEXT}, from {PORT_TEXT} on")]


def test_a_replaced_rule_keeps_a_name_that_is_not_managed() -> None:
    actions = Actions((configuration("4"),), (rule("7", "4", name="Mine"),))
    change = planned_change(actions, DesiredRecording(conditions=(MOTION,)))
    assert difference(change) == [("conditions", "always", MOTION_TEXT)]


def test_another_name_is_a_difference() -> None:
    change = planned_change(Actions((configuration("4"),), (rule("7", "4", name="Old"),)), DesiredRecording(name="New"))
    assert difference(change) == [("name", "Old", "New")]
    assert group_differences(change) == [("recording_name", "Old", "New")]
    assert not change.starts_recording
    assert not change.stops_recording


def test_disabling_a_rule_stops_the_recording() -> None:
    actions = Actions((configuration("4"),), (rule("7", "4", name="a"),))
    change = planned_change(actions, DesiredRecording(name="a", enabled=False))
    assert (change.operation, change.stops_recording, change.starts_recording) == ("update", True, False)
    assert difference(change) == [("enabled", True, False)]
    assert group_differences(change) == [("recording", "always", "always, but disabled")]


def test_enabling_a_rule_starts_the_recording() -> None:
    actions = Actions((configuration("4"),), (rule("7", "4", name="a", enabled=False),))
    change = planned_change(actions, DesiredRecording(name="a"))
    assert (change.stops_recording, change.starts_recording) == (False, True)


def test_removing_an_enabled_rule_stops_the_recording() -> None:
    for enabled in (True, False):
        actions = Actions((configuration("4"),), (rule("7", "4", name="a", enabled=enabled),))
        change = planned_change(actions, DesiredRecording(present=False))
        assert (change.operation, change.stops_recording, change.starts_recording) == ("delete", enabled, False)
        assert group_differences(change) == [("recording", "always" if enabled else "always, but disabled", "never")]


def test_removing_a_disabled_rule_does_not_stop_the_recording() -> None:
    actions = Actions((configuration("4"),), (rule("7", "4", name="b", enabled=False), rule("9", "4", name="a")))
    planned = plan_action(actions, "door", DesiredRecording())
    assert planned is not None
    assert (planned.adds_rule, planned.removes_rules) == (False, ("7",))
    assert not planned.change.stops_recording
    assert difference(planned.change) == [("other_rules", "b (always, but disabled)", "")]
    assert group_differences(planned.change) == [("recording_other_rules", "b (always, but disabled)", "")]


def test_a_kept_rule_with_another_spelling_has_no_difference() -> None:
    actions = Actions((configuration("4"),), (rule("7", "4", SPACED, name="a"), rule("9", "4", name="")))
    change = planned_change(actions, DesiredRecording(conditions=(MOTION,)))
    assert difference(change) == [("other_rules", "9 (always)", "")]
    assert group_differences(change) == [("recording_other_rules", "9 (always)", "")]


def test_configurations_without_a_rule_are_removed_and_reported() -> None:
    actions = Actions((configuration("4"), configuration("11")), ())
    planned = plan_action(actions, "door", DesiredRecording(present=False))
    assert planned is not None
    assert (planned.removes_rules, planned.removes_configurations) == ((), ("4", "11"))
    assert (planned.change.operation, planned.change.stops_recording) == ("delete", False)
    assert group_differences(planned.change) == [("recording_other_configurations", "4, 11", "")]


def test_a_configuration_of_another_template_is_replaced() -> None:
    actions = Actions((configuration("4", template=OTHER),), (rule("7", "4", name="a"),))
    planned = plan_action(actions, "door", DesiredRecording(name="a"))
    assert planned is not None
    assert (planned.configuration_id, planned.adds_rule) == (None, True)
    assert (planned.removes_rules, planned.removes_configurations) == (("7",), ("4",))
    assert difference(planned.change) == [("template", OTHER, None)]


def test_the_usable_configuration_with_the_lowest_id_is_used() -> None:
    actions = Actions((configuration("10"), configuration("9"), configuration("8", template=OTHER)), ())
    planned = plan_action(actions, "door", DesiredRecording())
    assert planned is not None
    assert (planned.configuration_id, planned.removes_configurations) == ("9", ("8", "10"))


def test_the_effective_rule_is_the_desired_or_an_enabled_one() -> None:
    rules = (rule("9", "4", PORT, enabled=False), rule("10", "4", MOTION), rule("11", "4"))
    actions = Actions((configuration("4"),), rules)
    found = find_action(actions, "door")
    assert found is not None
    assert (found.rule_id, found.other_rules, found.is_active) == (
        "10",
        (f"9 ({PORT_TEXT}, but disabled)", "11 (always)"),
        True,
    )
    found = find_action(actions, "door", DesiredRecording())
    assert found is not None
    assert (found.rule_id, found.conditions) == ("11", ALWAYS)
    assert find_action(actions, "yard") is None
    assert find_action(actions, None) is None


# Recording actions together with groups.


def group(recording_group_id: str = "door", retention_time: int = 720) -> RecordingGroup:
    """Return a group on the device."""
    return RecordingGroup(recording_group_id, "Door", "", retention_time, "SD_DISK", "", 0, 0)


RECORDED = Actions((configuration("4", name="Door"),), (rule("7", "4", name="Always"),))
UNUSED = Actions((configuration("4", name="Door"),), ())


def only(plan: Plan) -> PlannedGroup:
    """Return the only group of a plan."""
    (outcome,) = plan.groups
    return outcome


def refusal(plan: Plan) -> Refusal:
    """Return the only refusal of a plan without writes."""
    assert plan.changes == ()
    assert plan.steps == ()
    assert not plan.has_recording_changes
    (refused,) = plan.refused
    return refused


@pytest.mark.parametrize(
    ("actions", "users"),
    [
        (RECORDED, "action configuration 'Door', action rule 'Always'"),
        (UNUSED, "action configuration 'Door'"),
    ],
)
def test_a_group_in_use_is_not_deleted(actions: Actions, users: str) -> None:
    refused = refusal(make_plan([group()], [DesiredGroup(False, "door")], LOSS, actions=actions))
    assert (refused.kind, refused.code) == ("group_in_use", 140)
    assert refused.reason == f"Recording group door is in use by {users}"
    assert "axis_recording_action" in str(refused.next_step)
    assert "allow_recording_stop: true" in str(refused.next_step)
    assert refused.allowances == ("allow_recording_stop",)


def test_a_group_without_a_recording_action_can_be_deleted() -> None:
    others = Actions((configuration("4", "yard"), configuration("5", None)), (rule("7", "4"), rule("8", "5")))
    outcome = only(make_plan([group()], [DesiredGroup(False, "door")], LOSS, actions=others))
    assert outcome.change is not None
    assert (outcome.change.operation, outcome.recording) == ("delete", None)


def test_a_lost_recording_is_the_first_reason_of_a_refusal() -> None:
    assert refusal(make_plan([group()], [DesiredGroup(False, "door")], STOP, actions=RECORDED)).kind == "recording_loss"
    assert refusal(make_plan([group()], [DesiredGroup(False, "door")], HELD, actions=RECORDED)).kind == "held"


def test_with_both_allowances_a_recorded_group_is_deleted() -> None:
    plan = make_plan([group()], [DesiredGroup(False, "door")], ALL, actions=RECORDED)
    recording = only(plan).recording
    assert isinstance(recording, ActionPlan)
    assert (recording.removes_rules, recording.removes_configurations) == (("7",), ("4",))
    assert (plan.refused, plan.has_recording_changes, plan.has_deletions) == ((), True, True)
    (change,) = plan.changes
    assert change.operation == "delete"
    # A deleted group has no fields.
    assert [(item.before, item.after) for item in change.differences if item.field == "recording"] == [("always", None)]


def test_without_actions_no_recording_change_is_planned() -> None:
    outcome = only(make_plan([group()], [DesiredGroup(False, "door")], LOSS))
    assert outcome.change is not None
    assert outcome.recording is None


NEVER = DesiredRecording(present=False)
DISABLED = DesiredRecording(enabled=False)


@pytest.mark.parametrize("recording", [NEVER, DISABLED])
@pytest.mark.parametrize(
    ("allowances", "kind"),
    [
        (LOSS, "recording_stop"),
        (STRICT, "recording_stop"),
        (HELD, "held"),
        (replace(HELD, now=NOW + timedelta(days=2)), None),
        (replace(HELD, holds=(replace(HELD.holds[0], recording_group_id="yard"),)), None),
        (STOP, None),
    ],
)
def test_stopping_needs_an_allowance_and_no_hold(
    recording: DesiredRecording, allowances: Allowances, kind: str | None
) -> None:
    plan = make_plan([group()], [DesiredGroup(True, "door", recording=recording)], allowances, actions=RECORDED)
    if kind is None:
        assert isinstance(only(plan).recording, ActionPlan)
        assert plan.refused == ()
        return
    refused = refusal(plan)
    assert (refused.kind, refused.code) == (kind, None)
    assert str(refused.reason).startswith("The change ends the recording to group door")
    assert ("legal" if kind == "held" else "allow_recording_stop: true") in str(refused.next_step)
    assert refused.allowances == (() if kind == "held" else ("allow_recording_stop",))
    after = "never" if recording is NEVER else "always, but disabled"
    assert ("recording", "always", after) in [
        (item.field, item.before, item.after) for item in refused.change.differences
    ]


IN_MOTION = DesiredRecording(conditions=(MOTION,), name="x")


@pytest.mark.parametrize(
    ("recording", "actions", "allowances"),
    [
        *((recording, actions, STRICT) for recording in (DesiredRecording(), IN_MOTION) for actions in (RECORDED,)),
        *(
            (recording, actions, allowances)
            for recording in (DesiredRecording(), IN_MOTION)
            for actions in (Actions(), UNUSED)
            for allowances in (STRICT, HELD)
        ),
        (DesiredRecording(name="x"), RECORDED, HELD),
    ],
)
def test_starting_to_record_is_not_refused(
    recording: DesiredRecording, actions: Actions, allowances: Allowances
) -> None:
    plan = make_plan([group()], [DesiredGroup(True, "door", recording=recording)], allowances, actions=actions)
    assert plan.refused == ()


def ruled(*rules: ActionRule) -> Actions:
    """Return actions with rules on one configuration of the group."""
    return Actions((configuration("4", name="Door"),), rules)


ALWAYS_RULE, MOTION_RULE = rule("7", "4", name="a"), rule("8", "4", MOTION, name="b")
PORT_RULE, OFF = rule("9", "4", PORT, name="c"), rule("10", "4", PORT, name="d", enabled=False)
STARTED = replace(MOTION_RULE, rule_id="11", start_event=PORT)


@pytest.mark.parametrize(
    ("actions", "recording", "is_held"),
    [
        # To record always covers every rule.
        (ruled(MOTION_RULE, PORT_RULE), DesiredRecording(), False),
        (ruled(ALWAYS_RULE, MOTION_RULE, PORT_RULE, OFF), DesiredRecording(), False),
        (ruled(ALWAYS_RULE), DesiredRecording(name="x"), False),
        (ruled(ALWAYS_RULE), DesiredRecording(conditions=(MOTION,)), True),
        (ruled(MOTION_RULE), DesiredRecording(conditions=(PORT,)), True),
        (ruled(MOTION_RULE), DesiredRecording(conditions=(MOTION, PORT)), True),
        # Another rule ends.
        (ruled(MOTION_RULE, PORT_RULE), DesiredRecording(conditions=(MOTION,)), True),
        (ruled(ALWAYS_RULE, MOTION_RULE), DesiredRecording(conditions=(MOTION,)), True),
        (ruled(MOTION_RULE, OFF), DesiredRecording(conditions=(MOTION,)), False),
        (ruled(MOTION_RULE, replace(MOTION_RULE, rule_id="12")), DesiredRecording(conditions=(MOTION,)), False),
        (ruled(MOTION_RULE), DesiredRecording(conditions=(Event(SPACED.topic, SPACED.message),), name="x"), False),
        # A start event reduces the recording.
        (ruled(MOTION_RULE), DesiredRecording(conditions=(MOTION,), start_event=PORT), True),
        (ruled(ALWAYS_RULE), DesiredRecording(start_event=PORT), True),
        (ruled(STARTED), DesiredRecording(conditions=(MOTION,)), False),
        (ruled(STARTED), DesiredRecording(conditions=(MOTION,), start_event=PORT, name="x"), False),
        (ruled(STARTED), DesiredRecording(conditions=(MOTION,), start_event=MOTION), True),
        (ruled(OFF), DesiredRecording(conditions=(MOTION,)), False),
        (ruled(OFF), DesiredRecording(enabled=False), False),
    ],
)
def test_a_hold_refuses_changes_that_may_record_less(
    actions: Actions, recording: DesiredRecording, is_held: bool
) -> None:
    desired = DesiredGroup(True, "door", recording=recording)
    plan = make_plan([group()], [desired], HELD, actions=actions)
    assert [item.kind for item in plan.refused] == (["held"] if is_held else [])
    if is_held:
        assert plan.refused[0].reason == (
            "The change may reduce the recording to group door, which a hold until 2026-03-03 08:00 UTC forbids: "
            "Case 1 (owner: legal)"
        )
    # The recording does not stop, so no allowance is necessary.
    assert make_plan([group()], [desired], STRICT, actions=actions).refused == ()


@pytest.mark.parametrize(
    ("actions", "recording", "ends"),
    [
        (Actions(), DesiredRecording(), False),
        (UNUSED, DesiredRecording(), False),
        (UNUSED, DesiredRecording(present=False), False),
        (ruled(ALWAYS_RULE), DesiredRecording(name="x"), False),
        (ruled(ALWAYS_RULE), DesiredRecording(conditions=(MOTION,)), True),
        (ruled(ALWAYS_RULE), DesiredRecording(start_event=PORT), True),
        (ruled(ALWAYS_RULE), DesiredRecording(enabled=False), True),
        (ruled(ALWAYS_RULE), DesiredRecording(present=False), True),
        (ruled(MOTION_RULE, PORT_RULE), DesiredRecording(conditions=(MOTION,)), True),
        (ruled(MOTION_RULE, replace(MOTION_RULE, rule_id="12")), DesiredRecording(conditions=(MOTION,)), True),
        (ruled(MOTION_RULE, OFF), DesiredRecording(conditions=(MOTION,)), False),
        (ruled(OFF), DesiredRecording(conditions=(PORT,)), False),
        (ruled(OFF), DesiredRecording(present=False), False),
    ],
)
def test_a_change_ends_a_recording_if_an_active_rule_goes(
    actions: Actions, recording: DesiredRecording, ends: bool
) -> None:
    (change,) = make_plan([group()], [DesiredGroup(True, "door", recording=recording)], ALL, actions=actions).changes
    assert change.ends_recording is ends
    # A group that does not exist has no recording to end.
    plan = make_plan([], [DesiredGroup(True, "door", recording=recording)], ALL, actions=actions)
    assert not plan.changes[0].ends_recording


def test_deleting_a_recorded_group_ends_its_recording() -> None:
    for actions, ends in ((RECORDED, True), (UNUSED, False)):
        (change,) = make_plan([group()], [DesiredGroup(False, "door")], ALL, actions=actions).changes
        assert change.ends_recording is ends


@pytest.mark.parametrize("actions", [Actions(), UNUSED])
def test_a_group_without_recording_needs_no_allowance(actions: Actions) -> None:
    plan = make_plan([group()], [DesiredGroup(True, "door", recording=NEVER)], HELD, actions=actions)
    assert plan.refused == ()
    assert plan.has_recording_changes is (actions is UNUSED)


@pytest.mark.parametrize(("allowances", "kind"), [(STRICT, "recording_loss"), (HELD, "held")])
def test_a_refused_retention_time_does_not_prevent_recording(allowances: Allowances, kind: str) -> None:
    desired = DesiredGroup(True, "door", retention_time=24, recording=DesiredRecording())
    plan = make_plan([group()], [desired], allowances, actions=Actions())
    assert [item.kind for item in plan.refused] == [kind]
    assert isinstance(only(plan).recording, ActionPlan)
    assert plan.steps == ()
    (change,) = plan.changes
    assert [(item.field, item.before, item.after) for item in change.differences] == [("recording", "never", "always")]
    assert (change.operation, change.loses_recordings) == ("update", False)


def test_both_parts_of_a_group_may_be_refused() -> None:
    desired = DesiredGroup(True, "door", retention_time=24, recording=NEVER)
    plan = make_plan([group()], [desired], STRICT, actions=RECORDED)
    assert [item.kind for item in plan.refused] == ["recording_loss", "recording_stop"]
    assert plan.changes == ()


def test_no_recording_is_planned_without_a_certain_group() -> None:
    desired = DesiredGroup(True, None, "Door", recording=DesiredRecording())
    current = [group("one"), group("two")]
    assert refusal(make_plan(current, [desired], ALL, actions=Actions())).kind == "ambiguous"
    desired = DesiredGroup(True, "door", recording=DesiredRecording())
    assert refusal(make_plan([], [desired], ALL, (), Actions())).kind == "disk_unavailable"


def test_a_group_on_another_disk_gets_its_recording_action() -> None:
    desired = DesiredGroup(True, "door", disk_ids=("NetworkShare",), recording=DesiredRecording())
    plan = make_plan([group()], [desired], ALL, actions=Actions())
    assert [item.kind for item in plan.refused] == ["immutable"]
    assert isinstance(only(plan).recording, ActionPlan)
    assert make_plan([group()], [replace(desired, recording=NEVER)], STRICT, actions=RECORDED).changes == ()


@pytest.mark.parametrize("recording", [NEVER, DISABLED])
@pytest.mark.parametrize(("allowances", "kind"), [(STRICT, "recording_stop"), (HELD, "held")])
def test_no_group_is_created_that_an_old_action_records_to(
    recording: DesiredRecording, allowances: Allowances, kind: str
) -> None:
    refused = refusal(make_plan([], [DesiredGroup(True, "door", recording=recording)], allowances, actions=RECORDED))
    assert (refused.kind, refused.change.operation, refused.change.before) == (kind, "create", None)
    plan = make_plan([], [DesiredGroup(True, "door", recording=recording)], STOP, actions=RECORDED)
    assert (plan.refused, [change.operation for change in plan.changes]) == ((), ["create"])


UNREADABLE = RefusalReason("forbidden", "The device says no", "Use another user.")


@pytest.mark.parametrize(
    ("recording", "when"),
    [
        (DesiredRecording(), "always"),
        (NEVER, "never"),
        (DISABLED, "always, but disabled"),
        (DesiredRecording(conditions=(MOTION,), start_event=PORT), f"{MOTION_TEXT}, from {PORT_TEXT} on"),
    ],
)
@pytest.mark.parametrize("current", [[], [group(retention_time=24)], [group()]])
def test_with_unreadable_actions_only_the_recording_is_refused(
    current: list[RecordingGroup], recording: DesiredRecording, when: str
) -> None:
    desired = DesiredGroup(True, "door", retention_time=720, recording=recording)
    plan = make_plan(current, [desired], STRICT, unreadable=UNREADABLE)
    (refused,) = plan.refused
    assert (refused.kind, refused.reason, refused.next_step, refused.allowances) == UNREADABLE
    assert [(item.field, item.before, item.after) for item in refused.change.differences] == [("recording", None, when)]
    operations = [change.operation for change in plan.changes]
    assert operations == (["create"] if not current else [] if current == [group()] else ["update"])
    assert not plan.has_recording_changes


def test_unreadable_actions_do_not_matter_without_recording() -> None:
    desired = [DesiredGroup(True, "door", retention_time=1440), DesiredGroup(False, "old")]
    plan = make_plan([group(), group("old")], desired, ALL, unreadable=UNREADABLE)
    assert (plan.refused, [change.operation for change in plan.changes]) == ((), ["update", "delete"])


@pytest.mark.parametrize("recording_group_id", ["door", None])
def test_a_new_group_gets_its_recording_action(recording_group_id: str | None) -> None:
    desired = DesiredGroup(True, recording_group_id, "Door", recording=DesiredRecording(name="Always"))
    # These actions name another group, or none.
    others = Actions((configuration("4", "yard"), configuration("5", None)), (rule("7", "4"), rule("8", "5")))
    plan = make_plan([], [desired], STRICT, actions=others)
    recording = only(plan).recording
    assert isinstance(recording, ActionPlan)
    assert (recording.configuration_id, recording.adds_rule) == (None, True)
    assert (recording.removes_rules, recording.removes_configurations) == ((), ())
    (change,) = plan.changes
    assert change.operation == "create"
    assert [(item.field, item.before, item.after) for item in change.differences] == [
        ("nice_name", None, "Door"),
        ("recording", None, "always"),
    ]


def test_a_new_group_uses_actions_that_name_it_already() -> None:
    desired = DesiredGroup(True, "door", recording=DesiredRecording(name="Always"))
    recording = only(make_plan([], [desired], STRICT, actions=RECORDED)).recording
    assert recording is None
    recording = only(make_plan([], [desired], STRICT, actions=UNUSED)).recording
    assert isinstance(recording, ActionPlan)
    assert recording.configuration_id == "4"
