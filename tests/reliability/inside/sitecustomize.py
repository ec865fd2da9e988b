# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each Python process of a watched run does, being started with this directory in PYTHONPATH.

It writes down its own arguments and environment and those of every program that it starts, which no sampling of
/proc could do for processes that live for a moment. For the ports it is told, it breaks the HTTP library in a way that
no code expects, with what it can see in the words of the exception.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"})
_LIST = os.environ["CAMFLEET_PROCESSES"]
_EXEMPT = os.environ.get("CAMFLEET_EXEMPT", "").split()


def _note(*words: object) -> None:
    line = " ".join(os.fsdecode(word) if isinstance(word, bytes) else str(word) for word in words) + "\n"
    file = os.open(_LIST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, line.encode("utf-8", "surrogateescape"))
    os.close(file)


def _note_environment(environment: Mapping[Any, Any]) -> None:
    for name, value in environment.items():
        if os.fsdecode(name) not in _EXEMPT:
            _note("environment", name, value)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _STARTS:
        for argument in arguments:
            if isinstance(argument, Mapping):
                _note_environment(argument)
            else:
                _note("starts", *(argument if isinstance(argument, (list, tuple)) else [argument]))


def _break_http(ports: list[str]) -> None:
    import http.client  # noqa: PLC0415 - it would cost every process that is only watched

    original = http.client.HTTPConnection.putheader

    def put_header(self: http.client.HTTPConnection, header: Any, *values: Any) -> None:
        if header == "Authorization" and str(self.port) in ports:
            with open(os.environ["CAMFLEET_DEFECT_WORDS"], encoding="utf-8") as words:
                text = words.read()
            # Two in a row, as where a library wraps one.
            try:
                raise ValueError(f"bad header {values!r} of {text!r}")
            except ValueError as error:
                raise RuntimeError(f"cannot send {text}") from error
        original(self, header, *values)

    http.client.HTTPConnection.putheader = put_header  # type: ignore[method-assign]


_note("is", *sys.orig_argv)
_note_environment(os.environ)
sys.addaudithook(_watch)
if defects := os.environ.get("CAMFLEET_DEFECTS", "").split():
    _break_http(defects)
