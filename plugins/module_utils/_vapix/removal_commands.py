# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands for a person who removes something from a device by hand; curl prompts for the password."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import SCHEMA_VERSION

_SOAP = (
    '<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><{operation} '
    'xmlns="http://www.axis.com/vapix/ws/action1"><{name}>{number}</{name}></{operation}></Body></Envelope>'
)


def delete_group_command(settings: ConnectionSettings, recording_group_id: str) -> str:
    """Return the command that deletes a recording group with its recordings."""
    arguments = f"schemaversion={SCHEMA_VERSION}&recordinggroupid={quote(recording_group_id, safe='')}"
    return _build_command(settings, f"{calls.DELETE_GROUP.path}?{arguments}")


def remove_configuration_command(settings: ConnectionSettings, configuration_id: str) -> str:
    """Return the command that removes an action configuration."""
    return _build_action_command(settings, "RemoveActionConfiguration", "ConfigurationID", configuration_id)


def remove_rule_command(settings: ConnectionSettings, rule_id: str) -> str:
    """Return the command that removes an action rule."""
    return _build_action_command(settings, "RemoveActionRule", "RuleID", rule_id)


def _build_action_command(settings: ConnectionSettings, operation: str, name: str, number: str) -> str:
    call = calls.REMOVE_ACTION_RULE
    # IDs are integers; any other text of a device does not belong into a command.
    digits = "".join(character for character in number if character.isascii() and character.isdigit())
    body = _SOAP.format(operation=operation, name=name, number=digits)
    return _build_command(settings, call.path, "--header", f"Content-Type: {call.content_type}", "--data", body)


def _build_command(settings: ConnectionSettings, target: str, *options: str) -> str:
    words = ("curl", "--anyauth", "--user", settings.username, *options, f"{settings.base_url}{target}")
    return shlex.join(words)
