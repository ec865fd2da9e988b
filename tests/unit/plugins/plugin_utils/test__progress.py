# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An audit shows its progress at most once in five seconds, and not at all if it is short."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils import _progress
from ansible_collections.camfleet.axis.plugins.plugin_utils._progress import Progress

#: A refused change is a verdict, and a host that was not attempted is not unverified.
OTHERS = ("recording_loss", "not_attempted")
OK, FAILED, UNREACHABLE = {"changed": False}, {"failed": True}, {"unreachable": True}


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> float:
    """Let every audit begin at this time."""
    monkeypatch.setattr(_progress.time, "monotonic", lambda: 100.0)
    return 100.0


def test_a_short_audit_shows_nothing(begin: float) -> None:
    lines: list[str] = []
    progress = Progress(2, lines.append)
    progress.show(begin + 2.9)
    progress.count(OK)
    progress.count(OK)
    progress.show(begin + 60)
    assert lines == []


def test_lines_are_five_seconds_apart(begin: float) -> None:
    lines: list[str] = []
    progress = Progress(1000, lines.append)
    for tenth in range(600):
        progress.count(OK)
        progress.show(begin + tenth / 10)
    assert len(lines) == 12
    assert lines[0] == "Checked 31 of 1000 hosts, 0 unverified, about 1 min 34 s left"
    assert lines[1] == "Checked 81 of 1000 hosts, 0 unverified, about 1 min 31 s left"


def test_a_line_counts_what_is_unverified(begin: float) -> None:
    lines: list[str] = []
    progress = Progress(6, lines.append)
    progress.show(begin + 3)
    for result in (OK, FAILED, UNREACHABLE, *({"failed": True, "error": {"kind": kind}} for kind in OTHERS)):
        progress.count(result)
    progress.show(begin + 10)
    assert lines == ["Checked 0 of 6 hosts", "Checked 5 of 6 hosts, 2 unverified, about 2 s left"]
