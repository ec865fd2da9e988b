# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_recording_group_info in the worker. Its module documents it."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.modules import axis_recording_group_info
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import AxisAction


class ActionModule(AxisAction):
    """The action of axis_recording_group_info."""

    module = axis_recording_group_info
    may_write = False
