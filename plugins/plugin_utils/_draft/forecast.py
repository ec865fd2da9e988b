# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit with a draft finds directly after it, with the variables that the inventory has beside the draft."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names, render
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Finding, grade
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import SetVariable
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import (
    VARIABLES,
    HostPolicy,
    build_host_policy,
    makes_policy,
)

_ALL = "all"
# What a draft writes for an ID that has the serial number of the device.
_SERIAL = "{{ axis_serial }}"
_ANY_RULE = [{"match": {"recording_group_id": "*"}}]
_UNEXPECTED = "The device has a group, or lacks one"


@dataclass(frozen=True, slots=True)
class FoundDeviation:
    """Groups of one host that an audit finds, and why. The reason has no last full stop."""

    reason: str
    recording_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an audit of one host will find.

    :param has_policy: an audit of any host fails before the first request if one of them has none.
    :param problem: what is invalid in the variables, without the last full stop, which has the same effect.
    """

    has_policy: bool
    problem: str | None = None
    deviations: tuple[FoundDeviation, ...] = ()

    @property
    def prevents_audit(self) -> bool:
        """Return whether an audit with this host fails before the first request."""
        return self.problem is not None or not self.has_policy


class Forecaster:
    """Compares hosts with their variables, many of which are equal.

    :param is_in_inventory: whether a glob matches a host of the inventory, or a group that has hosts.
    """

    def __init__(self, is_in_inventory: Callable[[str], bool]) -> None:
        self._is_in_inventory = is_in_inventory
        self._known: dict[str, HostPolicy | str] = {}

    def find_problem(self, values: Mapping[str, Any], names: Collection[str]) -> str | None:
        """Return what is invalid in the variables of a host before there is a draft, without the last full stop.

        :param values: by variable, its value.
        :param names: what ``host_names`` returns.
        """
        completed = values if has_policy(values) else {**values, VARIABLES["existing_groups"]: _ANY_RULE}
        found = self._build(completed, names)
        return found if isinstance(found, str) else None

    def compare(self, observation: Observation, values: Mapping[str, Any], names: Collection[str]) -> Forecast:
        """Return what an audit will find on a device that is as it was observed."""
        if not has_policy(values):
            return Forecast(has_policy=False)
        found = self._build(values, names)
        if isinstance(found, str):
            return Forecast(has_policy=True, problem=found)
        policy, allowances, groups = found.policy, found.allowances, observation.groups
        plan = make_plan(groups, policy.desired_groups(groups, allowances), allowances, actions=observation.recording)
        findings = grade(policy, plan, groups, allowances)
        return Forecast(has_policy=True, deviations=tuple(_describe(findings, found.names)))

    def _build(self, values: Mapping[str, Any], names: Collection[str]) -> HostPolicy | str:
        """Return the policy of a host, or what is invalid in it, as the preflight of an audit does."""
        # The holds that apply may differ from host to host.
        key = repr(values) + (repr(sorted(names)) if "'hosts'" in repr(values) else "")
        if key not in self._known:
            self._known[key] = build_host_policy(values, names, self._is_in_inventory)
        return self._known[key]


def has_policy(values: Mapping[str, Any]) -> bool:
    """Return whether variables make a policy.

    :param values: by variable, its value.
    """
    return makes_policy({option: values[name] for option, name in VARIABLES.items() if name in values})


def _describe(findings: Iterable[Finding], names: Names) -> Iterator[FoundDeviation]:
    """Yield each reason why a device is not compliant, with its groups."""
    groups: dict[str, set[str]] = {}
    for finding in findings:
        if not finding.is_compliant:
            groups.setdefault(_describe_reason(finding, names), set()).add(f"{finding.recording_group_id or ''}")
    for reason, found in groups.items():
        yield FoundDeviation(reason, tuple(sorted(filter(None, found))))


def _describe_reason(finding: Finding, names: Names) -> str:
    differences = ", ".join(map(_describe_difference, finding.differences)) if finding.verdict != "missing" else ""
    reason = "" if finding.reason is None else render(finding.reason, names).rstrip(".")
    return ". ".join(filter(None, (differences, reason))) or _UNEXPECTED


def _describe_difference(item: Difference) -> str:
    before, after = (
        format_retention_time(value) if item.field == "retention_time" and isinstance(value, int) else repr(value)
        for value in (item.before, item.after)
    )
    return f"{item.field} is {before}, and the policy has {after}"


class EffectiveVariables:
    """The variables of hosts with a draft beside those of the inventory.

    :param groups: inventory groups, with those that ``places`` names; only ``all`` needs not be among them.
    :param fixed: variables that the play or the run sets, which override all others.
    """

    def __init__(
        self, draft: Draft, places: Iterable[SetVariable], groups: Iterable[InventoryGroup], fixed: Collection[str]
    ) -> None:
        self._draft = draft
        self._fixed = fixed
        self._precedence = {_ALL: (0, 0, ""), **{group.name: group.precedence for group in groups}}
        self._places: dict[tuple[str, str], set[str | None]] = {}
        for item in places:
            self._places.setdefault((item.host, item.variable), set()).add(item.group)

    def resolve(self, host: str, values: Mapping[str, Any], serial: str | None = None) -> dict[str, Any]:
        """Return the variables of a host.

        :param values: those that the inventory sets.
        :param serial: host variable ``axis_serial``.
        """
        resolved = dict(values)
        for group in self._draft.groups:
            if host in group.hosts:
                for name, value in self._draft.group_vars[group.name].items():
                    if not self._is_overridden(host, name, group):
                        resolved[name] = value
        own = self._draft.host_vars.get(host, {})
        resolved |= {name: value for name, value in own.items() if name not in self._fixed}
        names = {*own, *(name for group in self._draft.groups for name in self._draft.group_vars[group.name])}
        return {name: _fill(value, serial) if name in names else value for name, value in resolved.items()}

    def _is_overridden(self, host: str, name: str, group: InventoryGroup) -> bool:
        """Return whether the inventory sets a variable at a more specific level than a group of the draft."""
        places = self._places.get((host, name), ())
        return name in self._fixed or any(
            place is None or self._precedence.get(place, group.precedence) > group.precedence for place in places
        )


def _fill(value: Any, serial: str | None) -> Any:
    """Return a value of a draft as Ansible resolves it."""
    if isinstance(value, str):
        return value if serial is None else value.replace(_SERIAL, serial)
    if isinstance(value, Mapping):
        return {key: _fill(item, serial) for key, item in value.items()}
    return [_fill(item, serial) for item in value] if isinstance(value, list) else value
