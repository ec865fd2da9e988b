# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records of the action service (VAPIX event and action services), and what equal means for an event.

Pure. A device writes back what it was sent in another form, so events are compared by their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: The action template that records to a group (VAPIX edge storage, recording group action); it has one parameter.
GROUP_TEMPLATE = "com.axis.action.unlimited.recording_group.storage"
GROUP_PARAMETER = "recording_group_id"

#: The prefixes that topics are written with here.
TOPIC_NAMESPACES = {"tns1": "http://www.onvif.org/ver10/topics", "tnsaxis": "http://www.axis.com/2009/event/topics"}
#: Those that messages are written with, too.
EVENT_NAMESPACES = {**TOPIC_NAMESPACES, "tt": "http://www.onvif.org/ver10/schema"}
_PREFIXES = {uri: prefix for prefix, uri in EVENT_NAMESPACES.items()}

# AXIS OS 10.12 writes this behind every topic, and takes no topic that has it.
_SUBTREE = re.compile(r"//\.\s*\Z")
# An XPath in its parts: a quoted text, a word, any other character but blanks.
_PART = re.compile(r"\"[^\"]*\"|'[^']*'|[\w.-]+|[^\s\w.-]")
_PREFIX = re.compile(r"(?P<text>\"[^\"]*\"|'[^']*')|(?<![\w.-])(?P<prefix>[A-Za-z_][\w.-]*):(?!:)")


_ITEM = re.compile(r"@Name\s*=\s*[\"']([^\"']*)[\"']\s*and\s*@Value\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True, slots=True)
class Event:
    """A topic and a filter of the message: what a condition or a start event is made of.

    :param topic: with the prefixes of ``TOPIC_NAMESPACES``.
    :param message: XPath over the message.
    """

    topic: str
    message: str

    @property
    def canonical(self) -> tuple[str, tuple[str, ...]]:
        """What two events that are the same have in common, whatever their quotes and blanks."""
        return self.topic, tuple(_plain(part) for part in _PART.findall(self.message))


#: The condition of a recording that goes on always: it holds once the device is up.
ALWAYS = (Event("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])'),)


@dataclass(frozen=True, slots=True)
class ActionConfiguration:
    """What an action does (GetActionConfigurations). ``parameters`` in the device's order, which means nothing."""

    configuration_id: str
    name: str
    template: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def recording_group_id(self) -> str | None:
        """The group that it names, if any."""
        return dict(self.parameters).get(GROUP_PARAMETER)


@dataclass(frozen=True, slots=True)
class ActionRule:
    """When an action runs (GetActionRules): from ``start_event``, if there is one, while all ``conditions`` hold."""

    rule_id: str
    name: str
    enabled: bool
    conditions: tuple[Event, ...]
    start_event: Event | None
    #: id of the action configuration
    primary_action: str

    @property
    def when(self) -> str:
        """When it runs, in words."""
        return describe_when(self.conditions, self.start_event, enabled=self.enabled)


@dataclass(frozen=True, slots=True)
class Actions:
    """All that the action service of a device has, in an order that does not change between two calls."""

    configurations: tuple[ActionConfiguration, ...] = ()
    rules: tuple[ActionRule, ...] = ()

    def configurations_of(self, recording_group_id: str | None) -> tuple[ActionConfiguration, ...]:
        """Those that name the group."""
        return tuple(item for item in self.configurations if item.recording_group_id == recording_group_id)

    def rules_of(self, recording_group_id: str | None) -> tuple[ActionRule, ...]:
        """Those whose action is one that names the group."""
        ids = {item.configuration_id for item in self.configurations_of(recording_group_id)}
        return tuple(item for item in self.rules if item.primary_action in ids)

    def describe_usage(self, recording_group_id: str | None) -> str | None:
        """What uses the group, in words, or ``None`` when nothing does."""
        configurations = [
            f"action configuration {_named(item.name, item.configuration_id)}"
            for item in self.configurations_of(recording_group_id)
        ]
        rules = [f"action rule {_named(item.name, item.rule_id)}" for item in self.rules_of(recording_group_id)]
        return ", ".join(configurations + rules) or None


def _named(name: str, number: str) -> str:
    # Without the id, which would make the same of two devices look different.
    return repr(name) if name else f"with id {number}"


def in_order(number: str) -> tuple[int, str]:
    """Sorts ids, which are numbers as far as anybody has seen."""
    return (len(number), number)


def same_conditions(one: tuple[Event, ...], other: tuple[Event, ...]) -> bool:
    """Whether two sets of conditions are the same, in any order."""
    return sorted(item.canonical for item in one) == sorted(item.canonical for item in other)


def same_event(one: Event | None, other: Event | None) -> bool:
    """Whether two start events, or none, are the same."""
    return (one.canonical if one else None) == (other.canonical if other else None)


def describe_conditions(conditions: tuple[Event, ...]) -> str:
    """The conditions for people; ``always`` for the one that always holds."""
    if same_conditions(conditions, ALWAYS):
        return "always"
    return " and ".join(map(describe_event, conditions)) or "never"


#: How the words for when something is recorded end where it is switched off.
DISABLED = ", but disabled"


def describe_when(conditions: tuple[Event, ...], start_event: Event | None, *, enabled: bool) -> str:
    """When something is recorded, for people; ``never`` without a condition."""
    if not conditions:
        return describe_conditions(conditions)
    start = f", from {describe_event(start_event)} on" if start_event else ""
    return f"{describe_conditions(conditions)}{start}{'' if enabled else DISABLED}"


def describe_event(event: Event) -> str:
    """An event for people: ``topic [item=value]``, or with its XPath where that says more."""
    items = _ITEM.findall(event.message)
    plain = " and ".join(f'boolean(//SimpleItem[@Name="{name}" and @Value="{value}"])' for name, value in items)
    if items and event.canonical == Event(event.topic, plain).canonical:
        return f"{event.topic} [{', '.join(f'{name}={value}' for name, value in items)}]"
    return f"{event.topic} [{event.message}]"


def event_result(event: Event) -> dict[str, str]:
    """An event, as input for the modules again."""
    return {"topic_expression": event.topic, "message_content": event.message}


def read_event(topic: str, message: str, namespaces: Mapping[str, str]) -> Event:
    """An event as a device writes it.

    :param namespaces: what the prefixes in the two texts stand for there.
    """
    return Event(_usual_prefixes(strip_subtree(topic), namespaces), _usual_prefixes(message.strip(), namespaces))


def strip_subtree(topic: str) -> str:
    """The topic without what AXIS OS 10.12 writes behind it."""
    return re.sub(r"\s+", "", _SUBTREE.sub("", topic))


def _usual_prefixes(text: str, namespaces: Mapping[str, str]) -> str:
    def usual(match: re.Match[str]) -> str:
        if match["text"]:
            return match["text"]
        prefix, uri = match["prefix"], namespaces.get(match["prefix"])
        if uri in _PREFIXES:
            return f"{_PREFIXES[uri]}:"
        # One of ours that stands for something else there.
        return f"{{{uri}}}" if uri and prefix in EVENT_NAMESPACES else f"{prefix}:"

    return _PREFIX.sub(usual, text)


def _plain(part: str) -> str:
    return f'"{part[1:-1]}"' if part[0] in "\"'" else part
