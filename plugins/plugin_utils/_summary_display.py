# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the summary of a run as Ansible prints its own messages, whatever the callback plugins hide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    display_color,
    prints_data,
    rewrites_lines,
)

#: By what a line begins with, the kind of message whose color it and the indented lines below have. The worst is first.
_COLORS = {
    "error": re.compile(
        r"(unsupported|unverified|not attempted|not in run|not read|Ended early|Missing|Critical|Not signed"
        r"|Recordings (?!were not checked)|Recording actions|New|Worse|Holds weakened|Devices with held recordings"
        r"|No longer verified|Hosts removed|Do not proceed)\b"
    ),
    "changed": re.compile(
        r"(changed|Changes|compliant after changes|drifted|failing disk|refused|held|insufficient history|indeterminate"
        r"|unmanaged|Unmanaged|Hold that|Holds that|retention_policy_allow|Newly verified|Hosts added|Policies changed"
        r"|Holds changed|Still open"
        r"|Safe with these limits|Not enough is known yet)\b"
    ),
}
_SAVE_CURSOR = "\x1b[s"


def print_summary(display: Any, lines: Iterable[Any]) -> bool:
    """Print the lines, in which no text controls a terminal, unless the output is data. Return whether it did.

    :param display: of Ansible.
    """
    if prints_data():
        return False
    if rewrites_lines():
        display.display("")
    texts = list(map(remove_invisible, map(str, lines)))
    for line, kind in zip(texts, _find_kinds(texts), strict=True):
        display.display(line, color=display_color(kind) if kind else None)
    if rewrites_lines():
        # Otherwise it would return to the line above the summary, and clear it.
        display.display(_SAVE_CURSOR)
    return True


def _find_kinds(lines: Sequence[str]) -> list[str]:
    """Return the kind of message of each line, or an empty text. The headline has the worst one."""
    kinds: list[str] = []
    for line in lines[1:]:
        if not line.startswith(" ") or not kinds:
            kinds.append(next((kind for kind, pattern in _COLORS.items() if pattern.match(line)), ""))
        else:
            kinds.append(kinds[-1])
    return [next((kind for kind in _COLORS if kind in kinds), "ok"), *kinds][: len(lines)]
