# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines on how far a sweep is."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.progress import Progress


def show(*steps: tuple[float, int], total: int = 2000) -> list[str]:
    """Return the lines of a sweep.

    :param steps: seconds since the begin, and how many addresses are done.
    """
    lines: list[str] = []
    clock = iter([100.0, *(100 + seconds for seconds, _done in steps)])
    progress = Progress(lines.append, lambda: next(clock))
    for _seconds, done in steps:
        progress.show(done, total, 7)
    return lines


def test_a_short_sweep_shows_nothing() -> None:
    assert show((1, 1), (4.9, 1999), (6, 2000)) == []


def test_a_line_every_five_seconds() -> None:
    assert show((5, 1000), (5.1, 1001), (9.9, 1002), (10, 1500)) == [
        "Searched 1,000 of 2,000 addresses: 7 Axis devices.",
        "Searched 1,500 of 2,000 addresses: 7 Axis devices.",
    ]
