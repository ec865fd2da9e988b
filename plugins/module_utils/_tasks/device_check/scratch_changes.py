# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed on a device, apart from what is of a device check. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ActionRule, Actions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import Kind, Snapshot
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup

#: By kind and ID.
Keys = Collection[tuple[Kind, str]]


def describe_changes(before: Snapshot, after: Snapshot, own_before: Keys, own_after: Keys) -> list[str]:
    """Return sentences about what has changed, except what was own before, or is own after."""
    groups = _find_foreign_groups(before, own_before), _find_foreign_groups(after, own_after)
    sentences = _describe("recording group", *groups)
    if before.actions is not None and after.actions is not None:
        old, new = _find_foreign_actions(before.actions, own_before), _find_foreign_actions(after.actions, own_after)
        sentences += _describe("action configuration", old[0], new[0])
        sentences += _describe("action rule", old[1], new[1])
    for disk_id, span in before.spans.items():
        now = after.spans.get(disk_id, span)
        if now.count < span.count:
            sentences.append(
                f"{disk_id} had {span.count} recordings before the device check, and has {now.count} after it."
            )
        elif span.oldest is not None and (now.oldest is None or now.oldest.recording_id != span.oldest.recording_id):
            sentences.append(f"The oldest recording of {disk_id} is not the same as before the device check.")
    return sentences


def _find_foreign_groups(snapshot: Snapshot, own: Keys) -> dict[str, object]:
    # Several groups may have one ID.
    found: dict[str, list[ListedGroup]] = {}
    for group in snapshot.groups:
        if ("recording_group", group.recording_group_id) not in own:
            found.setdefault(group.recording_group_id, []).append(group)
    return dict(found)


def _find_foreign_actions(actions: Actions, own: Keys) -> tuple[dict[str, object], dict[str, object]]:
    return (
        {
            item.configuration_id: (item.name, item.template, sorted(item.parameters))
            for item in actions.configurations
            if ("action_configuration", item.configuration_id) not in own
        },
        {item.rule_id: item for item in actions.rules if ("action_rule", item.rule_id) not in own},
    )


def _describe(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    changes = {number: "removed" for number in before if number not in after}
    changes |= {number: "added" for number in after if number not in before}
    changes |= {number: "changed" for number in before if number in after and not _same(before[number], after[number])}
    return [f"The {kind} {number!r} was {change} while the device check ran." for number, change in changes.items()]


def _same(before: object, after: object) -> bool:
    if isinstance(before, ActionRule) and isinstance(after, ActionRule):
        return before.same_as(after)
    return before == after
