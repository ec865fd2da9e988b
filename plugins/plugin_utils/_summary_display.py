# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the summary of a run as Ansible prints its own messages, whatever the callback plugins hide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    display_color,
    prints_data,
    rewrites_lines,
)

#: By what a line begins with, the kind of message whose color it has.
_COLORS = (
    (re.compile(r"(drifted|refused|held|unmanaged|Unmanaged|Hold)\b"), "changed"),
    (re.compile(r"(unsupported|unverified|not attempted|Recordings|Recording actions)\b"), "error"),
    (re.compile(r"(compliant|changed)\b"), "ok"),
)
_SAVE_CURSOR = "\x1b[s"


def print_summary(display: Any, lines: Iterable[Any]) -> bool:
    """Print the lines, in which no text controls a terminal, unless the output is data. Return whether it did.

    :param display: of Ansible.
    """
    if prints_data():
        return False
    if rewrites_lines():
        display.display("")
    color = "ok"
    for line in map(remove_invisible, map(str, lines)):
        if not line.startswith(" "):
            color = next((name for pattern, name in _COLORS if pattern.match(line)), "ok")
        display.display(line, color=display_color(color))
    if rewrites_lines():
        # Otherwise it would return to the line above the summary, and clear it.
        display.display(_SAVE_CURSOR)
    return True
