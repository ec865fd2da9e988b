# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action configurations, action rules, and events (VAPIX event and action services), and how events are compared.

A device may return an event in another form than it was sent, so events are compared in a canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._models.message_filter import canonical_filter
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_duration import is_longer, same_duration

#: The action template that records to a group (VAPIX edge storage, recording group action), and its one parameter.
GROUP_TEMPLATE = "com.axis.action.unlimited.recording_group.storage"
GROUP_PARAMETER = "recording_group_id"

#: The prefixes of topics, in this collection.
TOPIC_NAMESPACES = {"tns1": "http://www.onvif.org/ver10/topics", "tnsaxis": "http://www.axis.com/2009/event/topics"}
#: The prefixes of messages.
EVENT_NAMESPACES = {**TOPIC_NAMESPACES, "tt": "http://www.onvif.org/ver10/schema"}
_PREFIXES = {uri: prefix for prefix, uri in EVENT_NAMESPACES.items()}

# AXIS OS 10.12 appends this to the topic of every condition, and rejects topics that have it.
_SUBTREE = re.compile(r"//\.\s*\Z")
_PREFIX = re.compile(r"(?P<text>\"[^\"]*\"|'[^']*')|(?<![\w.-])(?P<prefix>[A-Za-z_][\w.-]*):(?!:)")
_INTEGER = re.compile(r"(?P<sign>[+-]?)(?P<digits>[0-9]+)", re.ASCII)
# A clause of a canonical filter.
_ITEM = re.compile(r'/ / SimpleItem \[ @ Name = "(?P<name>[^"]*)" and @ Value = "(?P<value>[^"]*)" \]')


@dataclass(frozen=True, slots=True)
class Event:
    """A condition or a start event: a topic and a filter of the message.

    :param topic: with the prefixes of ``TOPIC_NAMESPACES``.
    :param message: XPath over the message.
    """

    topic: str
    message: str

    @property
    def canonical(self) -> tuple[str, tuple[str, ...]]:
        """Return what equal events have in common: the topic, and the clauses of the message."""
        return self.topic, canonical_filter(self.message)


#: The condition of a continuous recording: it is true while the device is up.
ALWAYS = (Event("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])'),)


@dataclass(frozen=True, slots=True)
class ActionConfiguration:
    """What an action does (GetActionConfigurations). The order of ``parameters`` is not significant."""

    configuration_id: str
    name: str
    template: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def recording_group_id(self) -> str | None:
        """Return the recording group that it records to, if any."""
        return dict(self.parameters).get(GROUP_PARAMETER)


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What this collection does not set in a rule, and must not change: a rule with one is another rule."""

    #: the least time between two executions, an xs:duration
    activation_timeout: str | None = None
    #: ID of the action configuration that runs if the primary one fails
    failover_action: str | None = None

    def same_as(self, other: RuleSettings) -> bool:
        """Return whether both are equal. Durations are compared by value."""
        is_same_timeout = same_duration(self.activation_timeout, other.activation_timeout)
        return is_same_timeout and self.failover_action == other.failover_action

    def covers(self, other: RuleSettings) -> bool:
        """Return whether a rule with these settings records everything that one with the other settings records."""
        is_longer_timeout = is_longer(self.activation_timeout, other.activation_timeout)
        return not is_longer_timeout and other.failover_action in (None, self.failover_action)


#: The settings of most rules.
NO_SETTINGS = RuleSettings()


@dataclass(frozen=True, slots=True)
class ActionRule:
    """When an action runs (GetActionRules): from ``start_event``, if it has one, while all ``conditions`` are true."""

    rule_id: str
    name: str
    enabled: bool
    conditions: tuple[Event, ...]
    start_event: Event | None
    #: ID of the action configuration
    primary_action: str
    settings: RuleSettings = NO_SETTINGS

    @property
    def when(self) -> str:
        """Return the text of :func:`describe_when`."""
        return describe_when(self.conditions, self.start_event, enabled=self.enabled)

    @property
    def canonical_when(self) -> str:
        """Return a text that all rules have in common that record at the same times, however they are spelled."""
        settings = f", {self.settings}" if self.settings != NO_SETTINGS else ""
        return f"{canonical_when(self.conditions, self.start_event, enabled=self.enabled)}{settings}"

    def same_as(self, other: ActionRule) -> bool:
        """Return whether both are the same rule, unchanged, although a device may spell it differently."""
        return (
            (self.rule_id, self.name, self.enabled) == (other.rule_id, other.name, other.enabled)
            and self.primary_action == other.primary_action
            and same_conditions(self.conditions, other.conditions)
            and same_event(self.start_event, other.start_event)
            and self.settings.same_as(other.settings)
        )


@dataclass(frozen=True, slots=True)
class Actions:
    """All action configurations and action rules of a device, sorted by ID."""

    configurations: tuple[ActionConfiguration, ...] = ()
    rules: tuple[ActionRule, ...] = ()

    def configurations_of(self, recording_group_id: str | None) -> tuple[ActionConfiguration, ...]:
        """Return the configurations that record to a group."""
        return tuple(item for item in self.configurations if item.recording_group_id == recording_group_id)

    def rules_of(self, recording_group_id: str | None) -> tuple[ActionRule, ...]:
        """Return the rules whose action records to a group."""
        ids = {item.configuration_id for item in self.configurations_of(recording_group_id)}
        return tuple(item for item in self.rules if item.primary_action in ids)

    def failover_rules_of(self, recording_group_id: str | None) -> tuple[ActionRule, ...]:
        """Return the rules of other actions that record to a group if their own action fails."""
        ids = {item.configuration_id for item in self.configurations_of(recording_group_id)}
        return tuple(
            item for item in self.rules if item.primary_action not in ids and item.settings.failover_action in ids
        )

    def describe_usage(self, recording_group_id: str | None) -> str | None:
        """Return a list of what uses a group, for messages, or ``None`` if nothing does."""
        configurations = [
            f"action configuration {format_name(item.name, item.configuration_id)}"
            for item in self.configurations_of(recording_group_id)
        ]
        rules = [f"action rule {format_name(item.name, item.rule_id)}" for item in self.rules_of(recording_group_id)]
        failovers = [
            f"action rule {format_name(item.name, item.rule_id)} as its failover action"
            for item in self.failover_rules_of(recording_group_id)
        ]
        return ", ".join(configurations + rules + failovers) or None


def format_name(name: str, number: str) -> str:
    """Return the name of a rule or a configuration for a message, or its ID if it has no name."""
    # IDs differ between devices, which would keep equal messages of two devices apart.
    return repr(name) if name else f"with ID {number}"


def canonical_id(written: str) -> str:
    """Return an ID in the form that all equal ones have in common: it is an xs:integer, so that ``+07`` is ``7``."""
    match = _INTEGER.fullmatch(written)
    if match is None:
        return written
    digits = match["digits"].lstrip("0") or "0"
    return f"-{digits}" if match["sign"] == "-" and digits != "0" else digits


def id_sort_key(number: str) -> tuple[int, str]:
    """Return a key to sort IDs by, which are integers (xs:integer)."""
    return (len(number), number)


def same_conditions(one: tuple[Event, ...], other: tuple[Event, ...]) -> bool:
    """Return whether two lists hold the same conditions, in any order."""
    return sorted(item.canonical for item in one) == sorted(item.canonical for item in other)


def same_event(one: Event | None, other: Event | None) -> bool:
    """Return whether two start events are the same, or both are missing."""
    return (one.canonical if one else None) == (other.canonical if other else None)


def describe_conditions(conditions: tuple[Event, ...]) -> str:
    """Return the conditions as a text; ``always`` for ``ALWAYS``, ``never`` for no condition."""
    if same_conditions(conditions, ALWAYS):
        return "always"
    return " and ".join(map(describe_event, conditions)) or "never"


def describe_when(conditions: tuple[Event, ...], start_event: Event | None, *, enabled: bool) -> str:
    """Return when a rule records, as a text; ``never`` without a condition."""
    if not conditions:
        return describe_conditions(conditions)
    start = f", from {describe_event(start_event)} on" if start_event else ""
    return f"{describe_conditions(conditions)}{start}{'' if enabled else ', but disabled'}"


def canonical_when(conditions: tuple[Event, ...], start_event: Event | None, *, enabled: bool) -> str:
    """Return the text of :func:`describe_when` of all equal conditions and start events."""
    if same_conditions(conditions, ALWAYS):
        conditions = ALWAYS
    ordered = sorted(map(_canonical_event, conditions), key=lambda event: (event.topic, event.message))
    return describe_when(tuple(ordered), _canonical_event(start_event) if start_event else None, enabled=enabled)


def _canonical_event(event: Event) -> Event:
    topic, clauses = event.canonical
    return Event(topic, " and ".join(clauses))


def describe_event(event: Event) -> str:
    """Return an event as a text: ``topic [item=value]``, or with its XPath if that has more than items.

    Equal events of items have equal texts.
    """
    # What may be shown of the message.
    items = [_ITEM.fullmatch(clause) for clause in canonical_filter(str(event.message))]
    texts = sorted(f"{item['name']}={item['value']}" for item in items if item)
    if len(texts) == len(items):
        return f"{event.topic} [{', '.join(texts)}]"
    return f"{event.topic} [{event.message}]"


def build_event_result(event: Event) -> dict[str, str]:
    """Return an event in the form of the modules' options."""
    return {"topic_expression": event.topic, "message_content": event.message}


def parse_event(topic: str, message: str, namespaces: Mapping[str, str]) -> Event:
    """Return an event from the texts of a device, with the prefixes of ``EVENT_NAMESPACES``.

    :param namespaces: the namespaces of the prefixes in the two texts.
    """
    return Event(_replace_prefixes(strip_subtree(topic), namespaces), _replace_prefixes(message.strip(), namespaces))


def parse_topic(topic: str, namespaces: Mapping[str, str]) -> str:
    """Return a topic from the text of a device, with its ending, and with the prefixes of ``EVENT_NAMESPACES``."""
    return _replace_prefixes(topic.strip(), namespaces)


def strip_subtree(topic: str) -> str:
    """Return the topic without the suffix that AXIS OS 10.12 appends."""
    return re.sub(r"\s+", "", _SUBTREE.sub("", topic))


def _replace_prefixes(text: str, namespaces: Mapping[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        if match["text"]:
            return match["text"]
        prefix, uri = match["prefix"], namespaces.get(match["prefix"])
        if uri in _PREFIXES:
            return f"{_PREFIXES[uri]}:"
        # The device uses one of our prefixes for another namespace.
        return f"{{{uri}}}" if uri and prefix in EVENT_NAMESPACES else f"{prefix}:"

    return _PREFIX.sub(replacement, text)
