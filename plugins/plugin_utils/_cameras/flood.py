# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merge many problems of one kind into one, so that they do not hide the others. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Problem

#: Up to so many problems of one kind are shown one by one.
MAX_SINGLE = 3
_MAX_RANGES = 10
# The text of a cell, as describe_value shows it.
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


def merge_problems(problems: Iterable[Problem | str]) -> list[Problem | str]:
    """Return the problems; many that differ only in row and quoted text become the first one, with all their rows.

    :param problems: in the order in which to show them.
    """
    kinds: dict[object, list[Problem | str]] = {}
    for problem in dict.fromkeys(problems):
        kinds.setdefault(_find_kind(problem), []).append(problem)
    merged: dict[Problem | str, Problem | str | None] = {}
    for same in kinds.values():
        first, *others = same
        lines = [item.position.line for item in others if isinstance(item, Problem) and item.position.line is not None]
        if isinstance(first, str) or len(same) <= MAX_SINGLE or len(lines) < len(others):
            merged.update({problem: problem for problem in same})
            continue
        rows = "lines" if first.position.sheet is None else "rows"
        more = f"{first.message}. So it is in {len(others):,} more {rows}: {_describe_lines(lines)}"
        merged[first] = replace(first, message=more)
        merged.update(dict.fromkeys(others))
    return [shown for problem in dict.fromkeys(problems) if (shown := merged[problem]) is not None]


def _find_kind(problem: Problem | str) -> object:
    if isinstance(problem, str):
        return problem
    return (
        replace(problem.position, line=None),
        _QUOTED.sub("''", problem.message),
        _QUOTED.sub("''", problem.next_step),
    )


def _describe_lines(lines: Iterable[int]) -> str:
    """Return the numbers of lines, such as ``3-61, 64``."""
    ranges: list[list[int]] = []
    for line in sorted(set(lines)):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    shown = [str(begin) if begin == end else f"{begin}-{end}" for begin, end in ranges[:_MAX_RANGES]]
    return ", ".join(shown) + (", …" if len(ranges) > _MAX_RANGES else "")
