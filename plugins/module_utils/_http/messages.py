# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the messages of this layer that name device options."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option

_OPTIONS = {
    name: Option(name)
    for name in (
        *("host", "port", "username", "password", "protocol", "proxy", "timeout", "auth"),
        *("ca_path", "tls_server_name", "tls_fingerprint", "serial"),
    )
}


def device_message(template: str, **values: object) -> Message:
    """Return a message in which ``{port}``, for example, becomes the name under which the user sets ``port``."""
    return Message(template, {**_OPTIONS, **values})
