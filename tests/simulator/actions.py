# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store the state of the action service: action configurations, the rules that start them, and their IDs."""

from __future__ import annotations

import random
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Literal

GROUP_TEMPLATE = "com.axis.action.unlimited.recording_group.storage"
GROUP_PARAMETER = "recording_group_id"
SYSTEM_READY = ("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')
_OTHER_TEMPLATES = {"com.axis.action.unlimited.ledcontrol": ("led", "color", "interval")}
_EVENTS = {
    SYSTEM_READY[0]: ("ready",),
    "tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1": ("areaid", "active"),
    "tns1:Device/tnsaxis:IO/Port": ("port", "state"),
    "tnsaxis:Storage/Disruption": ("disk_id", "disruption"),
    "tns1:VideoSource/tnsaxis:DayNightVision": ("VideoSourceConfigurationToken", "day"),
}
_STEPS = (1, 1, 2, 3)
Kind = Literal["rules", "configurations"]


@dataclass(frozen=True)
class Event:
    """A topic, with the prefixes tns1 and tnsaxis, and the filter for its message."""

    topic: str
    message: str


@dataclass
class Configuration:
    """An action with its parameters; rules start it."""

    configuration_id: str
    name: str
    template: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass
class Rule:
    """A rule that starts an action; `primary_action` and `failover_action` are IDs of configurations.

    `activation_timeout` is an xs:duration, the least time between two executions.
    """

    rule_id: str
    name: str
    enabled: bool
    conditions: list[Event]
    start_event: Event | None
    primary_action: str
    activation_timeout: str | None = None
    failover_action: str | None = None


@dataclass(frozen=True)
class Gap:
    """A time without recording: the `sequence` of the request that stopped it, and of the one that resumed it.

    A change without a request counts as the last request before it; `until` is None while the gap lasts.
    """

    recording_group_id: str
    after: int
    until: int | None = None


class Actions:
    """The state of the action service; tests can change the four dicts directly.

    `templates`: token -> names of its parameters; `events`: topic of each stateful event -> names of its SimpleItems.
    `maximum_timeout`: the longest ActivationTimeout in seconds.
    """

    def __init__(self, serial: str, recording_templates: Iterable[tuple[str, str]]) -> None:
        ordered = sorted(recording_templates, key=lambda template: template[0] != GROUP_TEMPLATE)
        recording = {token: tuple(names.split(", ")) if names else () for token, names in ordered}
        self.templates: dict[str, tuple[str, ...]] = recording | _OTHER_TEMPLATES
        self.events = dict(_EVENTS)
        self.maximum_timeout = 24 * 3600
        self.configurations: dict[str, Configuration] = {}
        self.rules: dict[str, Rule] = {}
        self._random = random.Random(f"{serial} actions")
        self._ids: dict[Kind, _Ids] = {"configurations": _Ids(self._random), "rules": _Ids(self._random)}
        self._shown: dict[Kind, list[str]] = {"configurations": [], "rules": []}

    def add_configuration(self, template: str, name: str, parameters: dict[str, str], *, reuse: bool) -> Configuration:
        configuration_id = self._ids["configurations"].allocate(self.configurations, reuse=reuse)
        configuration = Configuration(configuration_id, name, template, parameters)
        self.configurations[configuration_id] = configuration
        return configuration

    def add_rule(
        self,
        primary_action: str,
        name: str,
        enabled: bool,
        conditions: list[Event],
        start_event: Event | None,
        activation_timeout: str | None = None,
        failover_action: str | None = None,
        *,
        reuse: bool,
    ) -> Rule:
        rule_id = self._ids["rules"].allocate(self.rules, reuse=reuse)
        rule = Rule(
            rule_id, name, enabled, conditions, start_event, primary_action, activation_timeout, failover_action
        )
        self.rules[rule_id] = rule
        return rule

    def remove_configuration(self, configuration_id: str) -> None:
        del self.configurations[configuration_id]
        self._ids["configurations"].release(configuration_id)

    def remove_rule(self, rule_id: str) -> None:
        del self.rules[rule_id]
        self._ids["rules"].release(rule_id)

    def drop_unknown_templates(self) -> None:
        """Drop the configurations whose template is not known, as devices do when they start; their rules remain."""
        known = {key: item for key, item in self.configurations.items() if item.template in self.templates}
        self.configurations = known

    def rules_using(self, configuration_id: str) -> list[Rule]:
        return [rule for rule in self.rules.values() if configuration_id in (rule.primary_action, rule.failover_action)]

    def references_group(self, group_id: str) -> bool:
        """Return whether any configuration names the group, with or without a rule."""
        return any(item.parameters.get(GROUP_PARAMETER) == group_id for item in self.configurations.values())

    def active_group_ids(self) -> list[str]:
        """Return the groups of all enabled recording rules, each once; conditions count as true."""
        actions = (self.configurations.get(rule.primary_action) for rule in self.rules.values() if rule.enabled)
        groups = (item.parameters.get(GROUP_PARAMETER) for item in actions if item and item.template == GROUP_TEMPLATE)
        return list(dict.fromkeys(group_id for group_id in groups if group_id is not None))

    def shuffled_ids(self, kind: Kind) -> list[str]:
        """Return the IDs in another order than last time, because devices do not guarantee an order."""
        ids: Iterable[str] = self.configurations if kind == "configurations" else self.rules
        order = list(ids)
        last = [key for key in self._shown[kind] if key in order]
        if len(order) > 1:
            self._random.shuffle(order)
            if order == last:
                order.append(order.pop(0))
        self._shown[kind] = order
        return order


class _Ids:
    """Numbers that do not begin at 1 and have gaps."""

    def __init__(self, generator: random.Random) -> None:
        self._random = generator
        self._next = generator.randrange(2, 10)
        self._free: list[str] = []

    def allocate(self, taken: Container[str], *, reuse: bool) -> str:
        while True:
            if reuse and self._free:
                candidate = self._free.pop(0)
            else:
                candidate = str(self._next)
                self._next += self._random.choice(_STEPS)
            if candidate not in taken:
                return candidate

    def release(self, freed: str) -> None:
        self._free.append(freed)
