# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field of a recording group reaches every place that it has to; the missing places are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import FIELDS, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import GROUP_SPEC, build_group
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import build_group_result
from ansible_collections.camfleet.axis.plugins.modules import axis_recording_group, axis_retention_policy
from tests import parameters
from tests.simulator.models import Group

MODULES = Path(__file__).resolve().parents[3] / "plugins" / "modules"
ID = "recording_group_id"
#: A value of each type, to see whether a field is part of the policy digest.
EXAMPLES: dict[type, Any] = {int: 7, str: "a=1", tuple: ("SD_DISK",)}


def options(module: Any, *path: str) -> Iterable[str]:
    """Return the documented options of a module, or those below one of them."""
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    for name in path:
        documented = documented[name]["suboptions"]
    return documented.keys()


def returned(module: str, value: str) -> Iterable[str]:
    """Return the keys of a documented return value, or of its sample."""
    text = (MODULES / f"{module}.py").read_text(encoding="utf-8").partition('RETURN = r"""')[2].partition('"""')[0]
    documented = yaml.safe_load(text)[value]
    sample = documented.get("sample")
    return documented.get("contains") or (sample[0] if isinstance(sample, list) else sample)


def in_digest() -> Iterable[str]:
    """Return the fields of an entry that change the policy digest."""
    bare = DesiredGroup(True, "door")
    digest = Policy(groups=(bare,)).digest
    for field in FIELDS:
        name = "disk_ids" if field.name == "disk_id" else field.name
        value_type = tuple if name == "disk_ids" else int if field.is_number else str
        changed = DesiredGroup(True, "door", **{name: EXAMPLES[value_type]})
        if Policy(groups=(changed,)).digest != digest:
            yield field.name


def built() -> Iterable[str]:
    """Return the parameters that become a field of the desired group."""
    values = {"list": ["7"], "raw": "a=7", "int": 7, "str": "7"}
    given = {name: values[option["type"]] for name, option in GROUP_SPEC.items()}
    desired = build_group(parameters.group_parameters(**given))
    for name in GROUP_SPEC:
        if getattr(desired, "disk_ids" if name == "disk_id" else name, None) is not None:
            yield name


PLACES: dict[str, Callable[[], Iterable[str]]] = {
    "_models/groups.py: RecordingGroup": lambda: (field.name for field in fields(RecordingGroup)),
    "_models/groups.py: FIELDS": lambda: (ID, *(field.name for field in FIELDS)),
    "_options/groups.py: GROUP_SPEC": lambda: GROUP_SPEC,
    "_options/groups.py: build_group_with_id": built,
    "_options/policy.py: entries of groups": lambda: POLICY_SPEC["groups"]["options"],
    "_options/policy.py: entries of existing_groups": lambda: (ID, *POLICY_SPEC["existing_groups"]["options"]),
    "_planner/changes.py: DesiredGroup": lambda: (
        field.name.removesuffix("s") if field.name == "disk_ids" else field.name for field in fields(DesiredGroup)
    ),
    "_planner: policy digest": lambda: (ID, *in_digest()),
    "_tasks/results.py: results": lambda: build_group_result(RecordingGroup("door")),
    "axis_recording_group: DOCUMENTATION": lambda: options(axis_recording_group),
    "axis_retention_policy: DOCUMENTATION of groups": lambda: options(axis_retention_policy, "groups"),
    "axis_retention_policy: DOCUMENTATION of existing_groups": lambda: (
        ID,
        *options(axis_retention_policy, "existing_groups"),
    ),
    "axis_recording_group: RETURN recording_group": lambda: returned("axis_recording_group", "recording_group"),
    "axis_retention_policy: RETURN recording_groups": lambda: returned("axis_retention_policy", "recording_groups"),
    "axis_recording_group_info: RETURN recording_groups": lambda: returned(
        "axis_recording_group_info", "recording_groups"
    ),
    "tests/simulator/models.py: Group": lambda: (field.name for field in fields(Group)),
    "tests/parameters.py": parameters.group_parameters,
}


@pytest.mark.parametrize("place", PLACES)
def test_field_reaches_every_place(place: str) -> None:
    """A failure names the fields that are missing in a place, in CONTRIBUTING.md the recipe."""
    every = {ID, *GROUP_SPEC, *(field.name for field in FIELDS), *(field.name for field in fields(RecordingGroup))}
    missing = sorted(every - set(PLACES[place]()))
    assert not missing, f"{place} lacks {', '.join(missing)}"
