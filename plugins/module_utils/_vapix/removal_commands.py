# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands for a person who removes something from a device by hand; curl prompts for the password."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import SCHEMA_VERSION

_SOAP = (
    '<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><{operation} '
    'xmlns="http://www.axis.com/vapix/ws/action1"><{name}>{number}</{name}></{operation}></Body></Envelope>'
)
# Any other text of a device does not belong into a command.
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def delete_group_command(settings: ConnectionSettings, recording_group_id: str, key_pin: str | None = None) -> str:
    """Return the command that deletes a recording group with its recordings.

    :param key_pin: of the certificate, if it is pinned.
    """
    arguments = f"schemaversion={SCHEMA_VERSION}&recordinggroupid={quote(recording_group_id, safe='')}"
    return _build_command(settings, key_pin, f"{calls.DELETE_GROUP.path}?{arguments}")


def remove_configuration_command(
    settings: ConnectionSettings, configuration_id: str, key_pin: str | None = None
) -> str | None:
    """Return the command that removes an action configuration, or ``None`` if its ID is not a number."""
    return _build_action_command(settings, key_pin, "RemoveActionConfiguration", "ConfigurationID", configuration_id)


def remove_rule_command(settings: ConnectionSettings, rule_id: str, key_pin: str | None = None) -> str | None:
    """Return the command that removes an action rule, or ``None`` if its ID is not a number."""
    return _build_action_command(settings, key_pin, "RemoveActionRule", "RuleID", rule_id)


def _build_action_command(
    settings: ConnectionSettings, key_pin: str | None, operation: str, name: str, number: str
) -> str | None:
    if _NUMBER.fullmatch(number) is None:
        return None
    call = calls.REMOVE_ACTION_RULE
    body = _SOAP.format(operation=operation, name=name, number=number)
    options = ("--header", f"Content-Type: {call.content_type}", "--data", body)
    return _build_command(settings, key_pin, call.path, *options)


def _build_command(settings: ConnectionSettings, key_pin: str | None, target: str, *options: str) -> str:
    connection = (*_build_tls_options(settings, key_pin), *_build_proxy_options(settings))
    url = f"{settings.base_url}{target}"
    if settings.protocol == "https" and settings.tls.server_name and not settings.tls.fingerprint:
        host = settings.base_url.rpartition("//")[2].rpartition(":")[0]
        connection = (*connection, "--connect-to", f"::{host}:{settings.port}")
        url = f"https://{settings.tls.server_name}:{settings.port}{target}"
    return shlex.join(("curl", "--fail", "--anyauth", "--user", settings.username, *connection, *options, url))


def _build_tls_options(settings: ConnectionSettings, key_pin: str | None) -> Iterator[str]:
    tls = settings.tls
    if settings.protocol != "https":
        return
    if tls.fingerprint:
        # Without the key, curl rejects the certificate: a password for an unknown device is worse.
        yield from ("--insecure", "--pinnedpubkey", key_pin) if key_pin else ()
    elif not tls.validate:
        yield "--insecure"
    elif tls.ca_path:
        yield from ("--capath" if os.path.isdir(tls.ca_path) else "--cacert", tls.ca_path)


def _build_proxy_options(settings: ConnectionSettings) -> Iterator[str]:
    if not settings.proxy:
        # The collection does not use the environment variables, either.
        yield from ("--noproxy", "*")
        return
    proxy = urlsplit(settings.proxy)
    yield from ("--proxy", f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}")
    if proxy.username:
        yield from ("--proxy-user", unquote(proxy.username))
