# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups, action configurations, and rules of a device are of a device check. Pure.

An ID of the form of a device check is enough. A name is not, because any client may use it: a group whose ID the device
generated is of a device check only if all of its fields are those that a check sends, and if nothing uses it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    GROUP_TEMPLATE,
    ActionConfiguration,
    ActionRule,
    Actions,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import RecordingSpan
from ansible_collections.camfleet.axis.plugins.module_utils._models.scratch_ids import (
    MAX_ID,
    PREFIX,
    SCRATCH_ID,
    build_scratch_id,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup

#: The group of the experiment with a disk that is not mounted: no list may show it, so that its ID must be known.
UNLISTED_ID = build_scratch_id("00000000", "disk")
#: The purpose of groups whose ID the device generates.
RECOGNIZED_PURPOSE = "id"
# What such a group has, by argument and attribute.
_RECOGNIZED_NUMBERS = (
    ("retentiontime", "RetentionTime", 0),
    ("preduration", "PreDuration", 1000),
    ("postduration", "PostDuration", 0),
)
Kind = Literal["recording_group", "action_configuration", "action_rule"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a device check created, or may have created; ``number`` is None if its ID is not known."""

    kind: Kind
    number: str | None
    name: str

    @property
    def key(self) -> tuple[Kind, str]:
        """Return what identifies the item on its device."""
        return self.kind, self.number if self.number is not None else f"named {self.name}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a device has; ``actions`` is None if they cannot be read. ``spans`` are by disk."""

    groups: tuple[ListedGroup, ...] = ()
    actions: Actions | None = None
    spans: dict[str, RecordingSpan] = field(default_factory=dict)


def find_run(text: str) -> str | None:
    """Return the eight digits of the device check that generated an ID or a name, or ``None`` if none did."""
    found = SCRATCH_ID.fullmatch(text) if len(text) <= MAX_ID else None
    return found["run"] if found else None


def is_own(text: str) -> bool:
    """Return whether an ID or a name is one that a device check generates."""
    return find_run(text) is not None


def build_recognized(name: str) -> tuple[tuple[str, str], ...]:
    """Return the arguments of a group that is recognized although the device generates its ID."""
    numbers = ((argument, str(number)) for argument, _attribute, number in _RECOGNIZED_NUMBERS)
    return (("nicename", name), ("description", name), *numbers)


def is_recognized(group: ListedGroup) -> bool:
    """Return whether a group has all fields of a group whose ID the device generated for a device check."""
    name, shown = group.text("NiceName"), dict(group.attributes)
    found = SCRATCH_ID.fullmatch(name)
    return (
        found is not None
        and len(name) <= MAX_ID
        and found["purpose"] == RECOGNIZED_PURPOSE
        and group.text("Description") == name
        and not group.text("StreamOptions")
        and all(
            group.number(attribute) == number
            for _unused, attribute, number in _RECOGNIZED_NUMBERS
            if attribute in shown
        )
    )


def find_run_of_group(group: ListedGroup, actions: Actions | None) -> str | None:
    """Return the eight digits of the device check that created a group, or ``None`` if none did."""
    run = find_run(group.recording_group_id)
    if run is not None or not is_recognized(group):
        return run
    is_used = actions is not None and bool(actions.configurations_of(group.recording_group_id))
    return None if is_used else find_run(group.text("NiceName"))


def build_group_item(group: ListedGroup) -> Item:
    """Return a group as an item."""
    return Item("recording_group", group.recording_group_id, group.text("NiceName"))


def find_own_actions(actions: Actions, runs: Collection[str] | None = None) -> tuple[Item, ...]:
    """Return the own rules, and then the configurations that they use.

    :param runs: those of device checks, or None for any.
    """
    configurations = [item for item in actions.configurations if _is_of(item.name, runs) and is_own_action(item)]
    numbers = {item.configuration_id for item in configurations}
    rules = [item for item in actions.rules if _is_of(item.name, runs) and item.primary_action in numbers]
    return (*map(_build_rule_item, rules), *map(_build_configuration_item, configurations))


def is_own_action(item: ActionConfiguration) -> bool:
    """Return whether an action configuration is of a device check."""
    return is_own(item.name) and item.template == GROUP_TEMPLATE and is_own(item.recording_group_id or "")


def find_similar(snapshot: Snapshot, own: Collection[tuple[Kind, str]]) -> Iterator[Item]:
    """Yield what has an ID or a name with the prefix of a device check, although it is not own."""
    actions = snapshot.actions or Actions()
    items: Iterable[Item] = (
        *map(build_group_item, snapshot.groups),
        *map(_build_configuration_item, actions.configurations),
        *map(_build_rule_item, actions.rules),
    )
    for item in items:
        if item.key not in own and (item.name.startswith(PREFIX) or (item.number or "").startswith(PREFIX)):
            yield item


def _is_of(name: str, runs: Collection[str] | None) -> bool:
    run = find_run(name)
    return run is not None and (runs is None or run in runs)


def _build_configuration_item(item: ActionConfiguration) -> Item:
    return Item("action_configuration", item.configuration_id, item.name)


def _build_rule_item(item: ActionRule) -> Item:
    return Item("action_rule", item.rule_id, item.name)
