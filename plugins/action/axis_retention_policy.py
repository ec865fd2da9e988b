# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy in the worker. Its module documents it."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._policy_action import PolicyAction


class ActionModule(PolicyAction):
    """The action of axis_retention_policy."""
