# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readings of simulated devices, as an action prepares them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.reading import HostReading, build_shared_options
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.fleet_task import LOGIN, address_of, build_arguments, build_variables

_ATTRIBUTES = ("_task", "_connection", "_play_context", "_loader", "_templar", "_shared_loader_obj")


def build_reading(
    fleet: Fleet, name: str, own: Mapping[str, Any] | None = None, *, recording: bool = False
) -> HostReading:
    """Return the reading of a device, with these variables."""
    variables = build_variables({name: {**LOGIN, **address_of(fleet.devices[name]), **(own or {})}})
    arguments = build_arguments(variables, in_role=False)
    action = SimpleNamespace(**dict(zip(_ATTRIBUTES, arguments, strict=True)))
    task_vars = HostVariables(action, variables).task_variables(name)
    return HostReading(action, task_vars, {}, build_shared_options(), recording=recording)
