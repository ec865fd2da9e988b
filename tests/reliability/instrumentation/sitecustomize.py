# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instrument every Python process of a captured run, which has this directory in PYTHONPATH.

Each process logs its own arguments and environment, and those of every program that it starts: sampling /proc would
miss short-lived processes. For the ports in CAMFLEET_LIBRARY_DEFECTS, the HTTP library raises an unexpected
exception that quotes the credentials; for the serial numbers in CAMFLEET_DEFECTS, the collection does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

_START_EVENTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"})
_LOG_FILE = os.environ["CAMFLEET_PROCESSES"]
_EXEMPT = os.environ.get("CAMFLEET_EXEMPT", "").split()


def _log(*texts: object) -> None:
    line = " ".join(os.fsdecode(text) if isinstance(text, bytes) else str(text) for text in texts) + "\n"
    file = os.open(_LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, line.encode("utf-8", "surrogateescape"))
    os.close(file)


def _log_environment(environment: Mapping[Any, Any]) -> None:
    for name, value in environment.items():
        if os.fsdecode(name) not in _EXEMPT:
            _log("environment", name, value)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _START_EVENTS:
        for argument in arguments:
            if isinstance(argument, Mapping):
                _log_environment(argument)
            else:
                _log("starts", *(argument if isinstance(argument, (list, tuple)) else [argument]))


def _fail(values: object) -> None:
    """Raise a chain of two exceptions, as when a library wraps one."""
    with open(os.environ["CAMFLEET_DEFECT_TEXT"], encoding="utf-8") as texts:
        text = texts.read()
    try:
        raise ValueError(f"bad value {values!r} of {text!r}")
    except ValueError as error:
        raise RuntimeError(f"cannot send {text}") from error


def _break_http(ports: list[str]) -> None:
    import http.client  # noqa: PLC0415 - only processes with a defect need it

    original = http.client.HTTPConnection.putheader

    def put_header(self: http.client.HTTPConnection, header: Any, *values: Any) -> None:
        if header == "Authorization" and str(self.port) in ports:
            _fail(values)
        original(self, header, *values)

    http.client.HTTPConnection.putheader = put_header  # type: ignore[method-assign]


def _break_digests(serials: list[str]) -> None:
    import hashlib  # noqa: PLC0415 - only processes with a defect need it

    original = hashlib.new

    def new(name: str, data: bytes = b"", **options: Any) -> Any:
        if any(f":AXIS_{serial}:".encode() in data for serial in serials):
            _fail(data)
        return original(name, data, **options)

    hashlib.new = new


_log("is", *sys.orig_argv)
_log_environment(os.environ)
sys.addaudithook(_watch)
if ports := os.environ.get("CAMFLEET_LIBRARY_DEFECTS", "").split():
    _break_http(ports)
if serials := os.environ.get("CAMFLEET_DEFECTS", "").split():
    _break_digests(serials)
