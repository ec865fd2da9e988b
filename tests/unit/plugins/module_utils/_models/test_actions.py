# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How events are parsed, compared, and formatted, and what uses a recording group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
    build_event_result,
    canonical_id,
    describe_conditions,
    describe_event,
    id_sort_key,
    parse_event,
    same_conditions,
    same_event,
    strip_subtree,
)

READY = "tns1:Device/tnsaxis:Status/SystemReady"
MESSAGE = 'boolean(//SimpleItem[@Name="ready" and @Value="1"])'
USUAL = {
    "tns1": "http://www.onvif.org/ver10/topics",
    "tnsaxis": "http://www.axis.com/2009/event/topics",
    "tt": "http://www.onvif.org/ver10/schema",
}
NUMBERED = {"ns1": USUAL["tns1"], "ns2": USUAL["tnsaxis"], "ns3": USUAL["tt"], "ns4": "urn:other"}
GROUP = "com.axis.action.unlimited.recording_group.storage"


def same(one: str, other: str) -> bool:
    """Return whether two messages on one topic are the same."""
    return same_event(Event(READY, one), Event(READY, other))


@pytest.mark.parametrize(
    "written",
    [READY, f"{READY}//.", f"{READY} //. ", f" {READY}//.\n", "tns1:Device/ tnsaxis:Status\n/SystemReady"],
)
def test_the_suffix_of_older_devices_is_ignored(written: str) -> None:
    assert strip_subtree(written) == READY
    assert same_conditions((parse_event(written, MESSAGE, USUAL),), ALWAYS)


@pytest.mark.parametrize("written", [f"{READY}//*", f"{READY}/.", f"{READY}//.//.", f"//.{READY}"])
def test_other_suffixes_are_kept(written: str) -> None:
    assert strip_subtree(written) != READY


@pytest.mark.parametrize(
    "other",
    [
        MESSAGE,
        "boolean(//SimpleItem[@Name='ready' and @Value='1'])",
        """boolean(//SimpleItem[@Name='ready' and @Value="1"])""",
        'boolean( //SimpleItem[ @Name = "ready"  and\n\t@Value = "1" ] )',
        f"  {MESSAGE}\n",
    ],
)
def test_blanks_and_quotes_of_messages_do_not_matter(other: str) -> None:
    assert same(MESSAGE, other)
    assert same(other, MESSAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MESSAGE, MESSAGE.replace("1", "0")),
        (MESSAGE, MESSAGE.replace("ready", "Ready")),
        (MESSAGE, MESSAGE.replace(" and ", " or ")),
        (MESSAGE, MESSAGE.replace("boolean", "not")),
        (MESSAGE, MESSAGE.replace('"ready"', "ready")),
        # Blanks and quotes inside a quoted text matter.
        ('@Value="a b"', '@Value="ab"'),
        ('@Value="a b"', '@Value="a  b"'),
        ('@Value=" a"', '@Value="a"'),
        ("""@Value="it's" """, '@Value="its"'),
        ("""@Value='say "a"'""", "@Value='say a'"),
        # A blank that separates two names matters.
        ("a and b", "aand b"),
        ("1 0", "10"),
        ("", "1"),
    ],
)
def test_other_messages_differ(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same_conditions((Event(READY, one),), (Event(READY, other),))


@pytest.mark.parametrize(
    "topic", ["tns1:Device/tnsaxis:Status/SystemReadY", "tnsaxis:Device/tnsaxis:Status/SystemReady", "SystemReady", ""]
)
def test_other_topics_differ(topic: str) -> None:
    assert not same_event(Event(READY, MESSAGE), Event(topic, MESSAGE))
    assert not same_conditions(ALWAYS, (Event(topic, MESSAGE),))


def test_a_missing_start_event_equals_only_a_missing_one() -> None:
    assert same_event(None, None)
    assert not same_event(None, ALWAYS[0])
    assert not same_event(ALWAYS[0], None)


def test_conditions_are_compared_as_a_multiset() -> None:
    one, other = Event("tns1:A", "1"), Event("tns1:B", "2")
    assert same_conditions((one, other), (other, one))
    assert not same_conditions((one, other), (one,))
    assert not same_conditions((one, one), (one,))
    assert not same_conditions((one, one, other), (one, other, other))
    assert not same_conditions((), (one,))
    assert same_conditions((), ())
    # A topic and its message are one unit.
    assert not same_conditions((one, other), (Event("tns1:A", "2"), Event("tns1:B", "1")))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ns1:Device/ns2:Status/SystemReady", READY),
        ("ns1:Device/ns2:Status/SystemReady//.", READY),
        ("ns2:Device/ns1:Status/SystemReady", "tnsaxis:Device/tns1:Status/SystemReady"),
        # An unknown namespace, and an undeclared prefix.
        ("ns4:Device/x:Status", "ns4:Device/x:Status"),
        ("Device/Status", "Device/Status"),
        ("ns1:ns2", "tns1:ns2"),
        ("xns1:A/ns1x:B/ns1-a:C", "xns1:A/ns1x:B/ns1-a:C"),
    ],
)
def test_prefixes_of_topics_are_replaced_by_namespace(written: str, read: str) -> None:
    assert parse_event(written, "1", NUMBERED).topic == read


def test_swapped_prefixes_are_replaced_by_namespace() -> None:
    swapped = {"tns1": USUAL["tnsaxis"], "tnsaxis": USUAL["tns1"]}
    assert parse_event("tnsaxis:Device/tns1:Status/SystemReady", MESSAGE, swapped).topic == READY


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("boolean(//ns3:SimpleItem[@Name='a'])", "boolean(//tt:SimpleItem[@Name='a'])"),
        ("//ns3:A/ns3:B | ns2:C", "//tt:A/tt:B | tnsaxis:C"),
        # A quoted text has no prefixes, and a name before two colons is an axis.
        ('//ns3:A[@Value="ns3:b"]', '//tt:A[@Value="ns3:b"]'),
        ("//ns3:A[@Value='ns3:b \" ns1:c']", "//tt:A[@Value='ns3:b \" ns1:c']"),
        ("'ns1:a' = ns1:a", "'ns1:a' = tns1:a"),
        ("ns3::A", "ns3::A"),
        ("child::ns3:A", "child::tt:A"),
        ("xns3:A", "xns3:A"),
        (" boolean(1)\n", "boolean(1)"),
    ],
)
def test_prefixes_of_messages_are_replaced_outside_quotes(written: str, read: str) -> None:
    assert parse_event(READY, written, {**USUAL, **NUMBERED}).message == read


def test_conditions_are_described() -> None:
    both = (Event("tns1:A", "1"), Event("tns1:B", "2"))
    assert describe_conditions(ALWAYS) == "always"
    assert describe_conditions((Event(READY, MESSAGE.replace('"', "'")),)) == "always"
    assert describe_conditions((*ALWAYS, both[0])) == f"{READY} [ready=1] and tns1:A [1]"
    assert describe_conditions(both) == "tns1:A [1] and tns1:B [2]"
    assert describe_conditions(()) == "never"
    assert build_event_result(both[0]) == {"topic_expression": "tns1:A", "message_content": "1"}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (MESSAGE, "tns1:A [ready=1]"),
        ("boolean( //SimpleItem[@Name = 'a' and @Value = 'b c'] )", "tns1:A [a=b c]"),
        (
            f'boolean(//SimpleItem[@Name="port" and @Value="0"]) and {MESSAGE.replace("ready", "state")}',
            "tns1:A [port=0, state=1]",
        ),
        # Equal events have equal texts.
        (
            'boolean(//SimpleItem[@Name="state" and @Value="1"] and //SimpleItem[@Name="port" and @Value="0"])',
            "tns1:A [port=0, state=1]",
        ),
        # Other expressions are not shortened.
        (f"not({MESSAGE})", f"tns1:A [not({MESSAGE})]"),
        (f"{MESSAGE} or {MESSAGE}", f"tns1:A [{MESSAGE} or {MESSAGE}]"),
        (f"{MESSAGE} and true()", f"tns1:A [{MESSAGE} and true()]"),
        (MESSAGE.replace("SimpleItem", "Item"), f"tns1:A [{MESSAGE.replace('SimpleItem', 'Item')}]"),
        (
            'boolean(//SimpleItem[@Name="ready" and @Value=\'a"b\'])',
            'tns1:A [boolean(//SimpleItem[@Name="ready" and @Value=\'a"b\'])]',
        ),
        ("true()", "tns1:A [true()]"),
    ],
)
def test_events_are_described(message: str, text: str) -> None:
    assert describe_event(Event("tns1:A", message)) == text


def configuration(number: str, group: str | None = "door", name: str = "", **parameters: str) -> ActionConfiguration:
    """Return a configuration that records to a group."""
    named = () if group is None else (("recording_group_id", group),)
    return ActionConfiguration(number, name, GROUP, (*parameters.items(), *named))


def rule(number: str, primary_action: str, name: str = "") -> ActionRule:
    """Return a rule that records always."""
    return ActionRule(number, name, True, ALWAYS, None, primary_action)


@pytest.mark.parametrize(
    ("actions", "text"),
    [
        (Actions(), None),
        (Actions((configuration("1", "yard"), configuration("2", None)), (rule("7", "1"), rule("8", "2"))), None),
        # A rule and a configuration may have the same ID.
        (
            Actions((configuration("1", "yard"), configuration("2")), (rule("2", "1"),)),
            "action configuration with ID 2",
        ),
        (
            Actions((configuration("2", name="Door"),), (rule("7", "2", "It's on"), rule("9", "3", "Other"))),
            "action configuration 'Door', action rule \"It's on\"",
        ),
        (
            Actions(
                (configuration("2"), configuration("4", name="B", stream_options="x")), (rule("5", "4"), rule("7", "2"))
            ),
            ("action configuration with ID 2, action configuration 'B', action rule with ID 5, action rule with ID 7"),
        ),
    ],
)
def test_usage_of_a_group_is_described(actions: Actions, text: str | None) -> None:
    assert actions.describe_usage("door") == text


def test_failover_actions_are_usage() -> None:
    """A configuration that is used only as failover action is in use."""
    led = ActionConfiguration("1", "Light", "com.axis.action.unlimited.ledcontrol", ())
    failover = replace(rule("7", "1", "Motion"), settings=RuleSettings(failover_action="2"))
    actions = Actions((led, configuration("2", name="Door")), (failover, rule("8", "1", "Other")))
    assert actions.describe_usage("door") == (
        "action configuration 'Door', action rule 'Motion' as its failover action"
    )
    assert actions.failover_rules_of("door") == (failover,)
    own = replace(rule("7", "2"), settings=RuleSettings(failover_action="2"))
    assert replace(actions, rules=(own,)).failover_rules_of("door") == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (RuleSettings(), RuleSettings(), True),
        (RuleSettings("PT60S"), RuleSettings("PT1M"), True),
        (RuleSettings("PT60S", "4"), RuleSettings("PT1M", "4"), True),
        (RuleSettings("PT60S"), RuleSettings(), False),
        (RuleSettings("PT60S"), RuleSettings("PT61S"), False),
        (RuleSettings(None, "4"), RuleSettings(), False),
        (RuleSettings(None, "4"), RuleSettings(None, "5"), False),
    ],
)
def test_settings_belong_to_a_rule(one: RuleSettings, other: RuleSettings, same: bool) -> None:
    assert one.same_as(other) is other.same_as(one) is same
    rules = [replace(rule("7", "1"), settings=settings) for settings in (one, other)]
    assert rules[0].same_as(rules[1]) is same


def test_the_spelling_of_a_rule_does_not_matter() -> None:
    both = 'boolean(//SimpleItem[@Name="a" and @Value="1"] and //SimpleItem[@Name="b" and @Value="2"])'
    swapped = "boolean(//SimpleItem[@Name='b' and @Value='2'] and //SimpleItem[@Value='1' and @Name='a'])"
    one, other = (replace(rule("7", "1"), conditions=(Event(READY, text),)) for text in (both, swapped))
    assert one.same_as(other)
    assert one.canonical_when == other.canonical_when
    functions = [text.replace("boolean", "true() and not") for text in (both, swapped)]
    one, other = (replace(rule("7", "1"), conditions=(Event(READY, text),)) for text in functions)
    assert one.canonical_when == other.canonical_when
    assert not one.same_as(replace(one, name="Other"))
    assert not one.same_as(replace(one, primary_action="2"))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("7", "7"),
        ("007", "7"),
        ("+7", "7"),
        ("-07", "-7"),
        ("000", "0"),
        ("-0", "0"),
        ("a7", "a7"),
        ("٧", "٧"),
        ("", ""),
    ],
)
def test_ids_are_integers(written: str, canonical: str) -> None:
    assert canonical_id(written) == canonical


def test_an_id_may_have_many_digits() -> None:
    assert canonical_id("0" * 5000 + "9" * 5000) == "9" * 5000


def test_only_one_parameter_names_a_group() -> None:
    other = ActionConfiguration("1", "door", GROUP, (("group", "door"), ("recording_group_id", "door2")))
    assert Actions((other,), (rule("1", "1", "door"),)).describe_usage("door") is None


def test_ids_are_sorted_as_numbers() -> None:
    assert sorted(["10", "9", "100", "2"], key=id_sort_key) == ["2", "9", "10", "100"]


# Properties.

tokens = st.sampled_from(["boolean", "SimpleItem", "and", "or", "a", "1", "a-b", "x.y"])
quoted = st.text(st.sampled_from("ab :=\n'é"), max_size=5)
parts = st.lists(st.one_of(tokens, quoted.map(lambda text: (text,)), st.sampled_from("()[]/@=")), max_size=12)


def written(message: list[Any], quote: str, blank: str) -> str:
    """Return a message of tokens with blanks between them; tuples are quoted texts."""
    return blank.join(f"{quote}{part[0]}{quote}" if isinstance(part, tuple) else part for part in message)


@given(parts, st.sampled_from([" ", "\n", "\t  "]), st.sampled_from([" ", "  \n"]))
def test_blanks_between_tokens_never_matter(message: list[Any], one: str, other: str) -> None:
    assert same(written(message, '"', one), written(message, '"', other))


@given(parts, st.sampled_from([" ", "\n"]))
def test_quotes_never_matter(message: list[Any], blank: str) -> None:
    without = [(part[0].replace("'", ""),) if isinstance(part, tuple) else part for part in message]
    assert same(written(without, '"', blank), written(without, "'", " "))


def significant(message: list[Any]) -> list[str]:
    """Return the tokens of a message in some order, without those that may change nothing."""
    return sorted(map(repr, (part for part in message if part not in ("(", ")", "boolean"))))


@given(parts, parts)
def test_other_tokens_always_differ(one: list[Any], other: list[Any]) -> None:
    is_same = same(written(one, '"', " "), written(other, '"', "\n"))
    assert is_same if one == other else not is_same or significant(one) == significant(other)


@given(parts, st.data())
def test_one_other_token_always_differs(message: list[Any], data: st.DataObject) -> None:
    changed = [*message]
    changed.insert(data.draw(st.integers(0, len(message))), data.draw(tokens.filter(lambda token: token != "boolean")))
    assert not same(written(message, '"', " "), written(changed, '"', "\n"))


@given(parts, st.sampled_from([READY, "tnsaxis:A/tns1:B"]))
def test_parsing_is_idempotent_for_any_prefixes(message: list[Any], topic: str) -> None:
    text = written(message, '"', " ")
    event = parse_event(topic, text, USUAL)
    assert parse_event(event.topic, event.message, USUAL) == event
    numbered = topic.replace("tnsaxis:", "ns2:").replace("tns1:", "ns1:")
    assert parse_event(f"{numbered}//.", text, NUMBERED) == event


@given(
    st.lists(st.sampled_from([Event("tns1:A", "1"), Event("tns1:A", "2"), Event("tns1:B", "1")]), max_size=4), st.data()
)
def test_the_order_of_conditions_never_matters(conditions: list[Event], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(conditions))
    assert same_conditions(tuple(conditions), tuple(shuffled))
    assert not same_conditions(tuple(conditions), (*shuffled, Event("tns1:C", "1")))
