# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo prints: a short text on the screen, and everything in a log."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from tests.playbook import CHECKOUT

#: Lines of the log that a failure shows.
MAX_LOG_LINES = 30
_WIDTH = 100
_BOLD, _GREEN, _RED = "1", "32", "31"
#: The numbers of a run, in the first line of the summary.
_RESULT = re.compile(r"^(?:Audit|Roll-out) of the retention policies, .*?(\d+ hosts?: .*)$", re.M)


class Screen:
    """Print the course of the demo, and write the log.

    :param log: the file of the log, which also has the complete output of the playbooks.
    :param verbose: print everything.
    """

    def __init__(self, log: Path, *, verbose: bool = False, stream: TextIO | None = None) -> None:
        self._path = log
        self._log = log.open("w", encoding="utf-8")
        self._verbose = verbose
        self._stream = stream or sys.stdout
        self._is_empty = True
        self._colored = "NO_COLOR" not in os.environ and ("FORCE_COLOR" in os.environ or self._stream.isatty())

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def say(self, *lines: str) -> None:
        """Print a paragraph."""
        self._separate()
        for line in lines:
            self._print(line)

    def begin(self, title: str, command: str) -> None:
        """Print the title of a step, and its command."""
        self._separate()
        self._print(title, _BOLD)
        self._print(f"   $ {command}")

    def run(self, command: Sequence[str], directory: Path, variables: Mapping[str, str]) -> int:
        """Run a playbook in a directory, print the numbers of its summary, and return its exit status."""
        with subprocess.Popen(
            command,
            cwd=directory,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            printed = []
            for line in process.stdout:
                printed.append(line)
                self._write(line)
                if self._verbose:
                    self._stream.write(line)
        results = _RESULT.findall("".join(printed))
        for line in textwrap.wrap(shorten(results[-1]), _WIDTH - 3) if results else ["no summary"]:
            self._print(f"   {line}")
        return process.returncode

    def check(self, expectations: Mapping[str, bool]) -> None:
        """Write whether each expectation is met, and print those that are not."""
        for expectation, is_met in expectations.items():
            if is_met:
                self.note(f"   [ok] {expectation}")
            else:
                self._print(f"   [FAILED] {expectation}", _RED)

    def confirm(self, text: str) -> None:
        """Print what was checked with success."""
        first, *rest = textwrap.wrap(text, _WIDTH - 5)
        self._print(f"[ok] {first}", _GREEN)
        for line in rest:
            self._print(f"     {line}", _GREEN)

    def fail(self, reason: str) -> None:
        """Print why the demo failed, and the end of the log."""
        self._log.flush()
        lines = self._path.read_text(encoding="utf-8").splitlines()[-MAX_LOG_LINES:]
        self._separate()
        self._print(f"The demo FAILED: {reason}", _RED)
        if not self._verbose:
            self._stream.write(f"The end of {show_path(self._path)}:\n\n")
            self._stream.writelines(f"  {line}\n" for line in lines)
            self._stream.flush()

    def note(self, text: str) -> None:
        """Write a line into the log only, unless everything is printed."""
        if self._verbose:
            self._print(text)
        else:
            self._write(f"{text}\n")

    def _separate(self) -> None:
        if not self._is_empty:
            self._print("")

    def _print(self, line: str, style: str = "") -> None:
        self._is_empty = False
        self._write(f"{line}\n")
        self._stream.write(f"\x1b[{style}m{line}\x1b[0m\n" if style and self._colored else f"{line}\n")
        self._stream.flush()

    def _write(self, text: str) -> None:
        self._log.write(text)


def shorten(result: str) -> str:
    """Return the numbers of a summary without those that are zero, without severities, and without what was read."""
    numbers = re.sub(r" \(\d+ critical\)", "", result.partition(". ")[0])
    hosts, _colon, classes = numbers.partition(": ")
    kept = [part for part in classes.split(", ") if not part.startswith("0 ")]
    return f"{hosts}: {', '.join(kept)}"


def show_path(path: Path) -> str:
    """Return a path relative to the checkout, if it is there."""
    return str(path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path)
