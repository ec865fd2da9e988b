# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets for the tests of drafts, and an audit of a host with the variables of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    GROUP_TEMPLATE,
    ActionConfiguration,
    ActionRule,
    Actions,
    Event,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import build_policy
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy, grade
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=timezone.utc)
NO_ALLOWANCES = Allowances(False, (), NOW)
PREFIX = "retention_policy_"
MODEL = "P3265-LVE"
#: A GUID of each of some cameras.
GUID = "3f2504e0-4f89-11d3-9a0c-0305e82c33{:02x}"


def serial(number: int) -> str:
    """Return the serial number of a camera."""
    return f"ACCC8E{number:06X}"


def group(recording_group_id: str, hours: int = 720, name: str = "", options: str = "", **more: Any) -> RecordingGroup:
    """Return a group as a device lists it."""
    defaults = {"description": "", "disk_id": "SD_DISK", "pre_duration": 0, "post_duration": 0}
    return RecordingGroup(
        recording_group_id, nice_name=name, retention_time=hours, stream_options=options, **{**defaults, **more}
    )


def disk(
    policy: str | None = "none", days: int | None = 0, disk_id: str = "SD_DISK", status: str = "OK"
) -> DiskDetails:
    """Return a disk that deletes recordings after this time."""
    return DiskDetails(
        Disk(disk_id, status, False, False), "", 1000, 500, False, "ext4", "none", False, False, "S0", days, policy
    )


def camera(number: int, *groups: RecordingGroup, **more: Any) -> Observation:
    """Return camera ``cam<number>`` of the site North."""
    defaults = {"site": "North", "model": MODEL, "firmware": "12.9.57", "serial": serial(number)}
    return Observation(f"cam{number}", groups=groups, **{**defaults, **more})


def inventory(name: str, hosts: Iterable[Observation | str], depth: int = 1, priority: int = 1) -> InventoryGroup:
    """Return an inventory group with these hosts."""
    names = frozenset(item if isinstance(item, str) else item.host for item in hosts)
    return InventoryGroup(name, names, depth, priority)


def actions(*recordings: tuple[str, tuple[Event, ...], bool]) -> Actions:
    """Return an action service that records to groups: ID, conditions, and whether the rule is enabled."""
    configurations, rules = [], []
    for number, (name, conditions, enabled) in enumerate(recordings, start=1):
        parameters = (("recording_group_id", name), ("pre_duration", "0"))
        configurations.append(ActionConfiguration(str(number), f"VMS {name}", GROUP_TEMPLATE, parameters))
        rules.append(ActionRule(str(number), f"VMS rule {name}", enabled, conditions, None, str(number)))
    return Actions(tuple(configurations), tuple(rules))


def always(*names: str) -> Actions:
    """Return an action service that always records to these groups."""
    return actions(*((name, ALWAYS, True) for name in names))


def resolve(
    group_vars: Mapping[str, Any], host_vars: Mapping[str, Any], groups: Iterable[InventoryGroup], host: str
) -> dict[str, Any]:
    """Return the variables of a host as Ansible merges them: by depth, priority and name of its groups."""
    variables: dict[str, Any] = {}
    for item in sorted(groups, key=lambda item: (item.depth, item.priority, item.name)):
        if host in item.hosts:
            variables.update(group_vars.get(item.name, {}))
    variables.update(host_vars.get(host, {}))
    return variables


def build_host_policy(variables: Mapping[str, Any], listed_serial: str | None = None) -> Policy:
    """Return the policy of a host with these variables, as the module validates and builds it."""
    options = {name.removeprefix(PREFIX): _fill_in(value, listed_serial) for name, value in variables.items()}
    given = {"host": "192.0.2.1", **options}
    return build_policy(validate(given, axis_retention_policy.ARGUMENT_SPEC), NO_ALLOWANCES)


def _fill_in(value: Any, listed_serial: str | None) -> Any:
    if isinstance(value, str):
        filled = value.replace("{{ axis_serial }}", listed_serial or "undefined!")
        assert not any(marker in filled for marker in ("{{", "{%", "{#")), "a text of a device would be a template"
        return filled
    if isinstance(value, list):
        return [_fill_in(item, listed_serial) for item in value]
    if isinstance(value, dict):
        return {name: _fill_in(item, listed_serial) for name, item in value.items()}
    return value


def audit(variables: Mapping[str, Any], observation: Observation) -> list[str]:
    """Return what an audit with these variables reports about a host, or would change; nothing if it is compliant."""
    policy = build_host_policy(variables, observation.listed_serial)
    current = observation.groups
    plan = make_plan(current, policy.desired_groups(current), NO_ALLOWANCES, (), observation.recording or Actions())
    findings = grade(policy, plan, current, NO_ALLOWANCES, ())
    problems = [
        f"{item.recording_group_id}: {item.verdict}, {item.reason}"
        for item in findings
        if not (item.is_compliant if has_unusual_id(item.recording_group_id) else item.verdict == "compliant")
    ]
    return problems + [f"change {item}" for item in plan.changes] + [f"refused {item}" for item in plan.refused]


def has_unusual_id(recording_group_id: str | None) -> bool:
    """Return whether an ID has characters that no option of the collection can have: a rule may not single it out."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,50}", recording_group_id or "") is None
