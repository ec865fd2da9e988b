# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a device check: which parts run, and for how long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option, describe_value
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEFAULT_PORTS,
    DEVICE_SPEC,
    MAX_PORT,
    check_credentials,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import Parameters, Spec, check_range, invalid

#: The options of axis_device_check.
DEVICE_CHECK_SPEC: Spec = {
    **DEVICE_SPEC,
    "write": {"type": "bool", "default": False},
    "confirm": {"type": "list", "elements": "str"},
    "wait": {"type": "str"},
    "dest": {"type": "path"},
    "http_port": {"type": "int"},
    "https_port": {"type": "int"},
    "viewer_username": {"type": "str"},
    "viewer_password": {"type": "str", "no_log": True},
}
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_WAIT = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[mhd])", re.ASCII)
_MIN_WAIT, MAX_WAIT = 60, 31 * 86400
_NO_WAIT = frozenset({"", "none", "false", "no", "0"})


@dataclass(frozen=True, slots=True)
class DeviceCheckOptions:
    """What a device check does.

    :param write: whether it makes experiments with scratch groups.
    :param wait: seconds for the points that take time, or ``None`` to leave them open.
    :param http_port: the port for HTTP, or ``None`` if it is not known.
    :param https_port: likewise for HTTPS.
    :param viewer: user and password of an account that may only read, or ``None``.
    """

    write: bool = False
    wait: int | None = None
    http_port: int | None = None
    https_port: int | None = None
    viewer: tuple[str, str] | None = None


def build_device_check_options(parameters: Parameters) -> DeviceCheckOptions:
    """Return what validated parameters select.

    :raises InvalidOptionError: ``invalid_option``.
    """
    wait = parse_wait(parameters["wait"])
    write = bool(parameters["write"])
    if wait is not None and not write:
        raise invalid(
            "{wait} is {value}, but {write} is false: the points that take time need a scratch group",
            next_step="Set {write}: true, or remove {wait}.",
            wait=Option("wait"),
            write=Option("write"),
            value=parameters["wait"],
        )
    return DeviceCheckOptions(
        write, wait, _find_port(parameters, "http"), _find_port(parameters, "https"), _build_viewer(parameters)
    )


def parse_wait(text: str | None) -> int | None:
    """Return the seconds of ``30m``, ``3h``, or ``2d``; ``None`` without a time.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if text is None or text.strip().lower() in _NO_WAIT:
        return None
    match = _WAIT.fullmatch(text.strip())
    seconds = int(match["number"]) * _SECONDS[match["unit"]] if match else 0
    if not _MIN_WAIT <= seconds <= MAX_WAIT:
        raise invalid(
            "{option} is {text}, which is not a time from 1m to 31d",
            next_step="Set {option} to a whole number with the unit m (minutes), h (hours), or d (days), such as 30m, "
            "3h, or 2d, or remove it.",
            option=Option("wait"),
            text=describe_value(text),
        )
    return seconds


def check_confirmation(confirmed: Iterable[str] | None, hosts: Iterable[str], known: Iterable[str] = ()) -> None:
    """Check that the inventory names of all hosts are typed as the confirmation, and no unknown ones.

    :param confirmed: the option ``confirm``.
    :param known: further hosts of the run.
    :raises InvalidOptionError: ``invalid_option``.
    """
    typed = [name.strip() for name in confirmed or () if name.strip()]
    expected = list(hosts)
    missing = [host for host in expected if host not in typed]
    others = [name for name in typed if name not in {*expected, *known}]
    arguments = {"confirm": Option("confirm"), "write": Option("write"), "expected": ", ".join(expected)}
    next_step = (
        "The check creates scratch groups, and removes them again. To confirm this, set {confirm} to {expected}. To "
        "only read, remove {write}."
    )
    if not typed:
        raise invalid("{write} is true, and {confirm} is not set", next_step=next_step, **arguments)
    if missing:
        template = "{confirm} is {typed}, without {missing}"
        raise invalid(template, next_step=next_step, typed=", ".join(typed), missing=", ".join(missing), **arguments)
    if others:
        template = "{confirm} has {others}, which this run does not check"
        raise invalid(template, next_step=next_step, others=", ".join(others), **arguments)


def _find_port(parameters: Parameters, protocol: str) -> int | None:
    """Return the port for a protocol; without an option, the default if the device uses default ports."""
    option = f"{protocol}_port"
    if parameters[option] is not None:
        return check_range(parameters[option], Option(option), 1, MAX_PORT)
    port, own = parameters["port"], parameters["protocol"]
    if protocol == own:
        return DEFAULT_PORTS[own] if port is None else int(port)
    return DEFAULT_PORTS[protocol] if port in (None, DEFAULT_PORTS[own]) else None


def _build_viewer(parameters: Parameters) -> tuple[str, str] | None:
    names = ("viewer_username", "viewer_password")
    if all(parameters[name] is None for name in names):
        return None
    for name, other in (names, names[::-1]):
        if parameters[name] is None:
            raise invalid(
                "{other} is set, and {option} is not",
                next_step="Set both or none of them.",
                other=Option(other),
                option=Option(name),
            )
    return check_credentials(parameters[names[0]], parameters[names[1]], Option(names[0]), Option(names[1]))
