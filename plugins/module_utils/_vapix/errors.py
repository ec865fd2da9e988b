# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that all VAPIX APIs have in common."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError, Message, Option, Text
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean

#: The next step after an ``invalid_request``.
CHECK_OPTIONS = "Compare the options with what this model and AXIS OS version accept."
_CHECK_ADDRESS = Message(
    "Check that {host} and {port} are those of the device, and that no proxy or login page responds in its place.",
    {"host": Option("host"), "port": Option("port")},
)


def malformed_response(message: str) -> DeviceError:
    """Build the error for a response of the wrong form. A write may still have been applied."""
    return DeviceError("malformed_response", message, _CHECK_ADDRESS, maybe_applied=True)


def rejected_call(
    call: Call,
    kind: str,
    error: str,
    next_step: Text,
    *,
    reason: str | None,
    code: int | None = None,
    description: str | None = None,
) -> DeviceError:
    """Build the error for a call that the device rejects.

    :param error: the error code or the fault, for example ``error 20``.
    :param reason: the device's own text, if it sent one.
    """
    reason, description = clean(reason or ""), description and clean(description)
    return DeviceError(
        kind,
        f"The device rejects {call.name} with {error}" + (f": {reason.rstrip('.')}" if reason else ""),
        next_step,
        code=code,
        description=description,
        maybe_applied=call.write and kind == "device_error",
    )
