# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action configurations and action rules of scratch groups, each read back after it was added and before its removal.

A device may use an ID again, so that an ID alone does not prove that something is own.
"""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    GROUP_TEMPLATE,
    ActionConfiguration,
    ActionRule,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import IN_USE, ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import is_own
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict, not_applied


def add_configuration(area: ScratchArea, purpose: str, group_id: str) -> str:
    """Add an action configuration, and return its ID.

    :raises UnconfirmedWriteError: the device does not list it as it was sent.
    """
    number = area.add_configuration(purpose, group_id)
    found = _find_configuration(area, number)
    if found is None:
        raise not_applied("The device reports that it added an action configuration")
    if found.template != GROUP_TEMPLATE or found.recording_group_id != group_id:
        raise conflict("The device lists another action configuration with the ID of one that it added")
    if found.name != area.name(purpose):
        # A later run would not recognize it.
        area.remove_configuration(number)
        raise conflict("The device changes the name of an action configuration")
    return number


def remove_configuration(area: ScratchArea, number: str) -> None:
    """Remove an own action configuration.

    :raises UnconfirmedWriteError: the device lists none, or another one, with this ID.
    """
    found = _find_configuration(area, number)
    if found is None or not (is_own(found.name) and is_own(found.recording_group_id or "")):
        raise conflict("An action configuration of the device check is no longer listed")
    area.remove_configuration(number)


def add_rule(area: ScratchArea, purpose: str, rule: ActionRule) -> str:
    """Add an action rule, and return its ID.

    :raises UnconfirmedWriteError: the device does not list it as it was sent.
    """
    number = area.add_rule(purpose, rule)
    found = _find_rule(area, number)
    if found is None:
        raise not_applied("The device reports that it added an action rule")
    if found.primary_action != rule.primary_action:
        raise conflict("The device lists another action rule with the ID of one that it added")
    if found.name != area.name(purpose):
        area.remove_rule(number)
        raise conflict("The device changes the name of an action rule")
    if found.enabled != rule.enabled:
        raise conflict("The device does not enable or disable an action rule as it was sent")
    return number


def remove_rule(area: ScratchArea, number: str) -> None:
    """Remove an own action rule.

    :raises UnconfirmedWriteError: the device lists none, or another one, with this ID.
    """
    found = _find_rule(area, number)
    if found is None or not is_own(found.name):
        raise conflict("An action rule of the device check is no longer listed")
    area.remove_rule(number)


def check_in_use(area: ScratchArea, group_id: str, reason: str) -> None:
    """Check that the device does not delete a group that is in use.

    :raises UnconfirmedWriteError: the device deletes it.
    """
    if area.delete(group_id, (IN_USE,)).is_success:
        raise conflict(f"The device deletes a recording group although {reason}")


def _find_configuration(area: ScratchArea, number: str) -> ActionConfiguration | None:
    return next((item for item in area.list_actions().configurations if item.configuration_id == number), None)


def _find_rule(area: ScratchArea, number: str) -> ActionRule | None:
    return next((item for item in area.list_actions().rules if item.rule_id == number), None)
