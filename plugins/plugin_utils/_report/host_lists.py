# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the hosts of a next step as the argument of ``--limit``, which has all of them. Pure."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import find_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import is_single_pattern

#: More hosts than these fill the screen.
_MAX_NAMES = 10
#: More hosts than these do not fit into the argument of a command.
_MAX_LIMIT = 100


class HostLists:
    """The hosts of next steps. If a run writes a report, many hosts are in a file beside it.

    :param stem: the path of the files of the report without suffix, or an empty text if there is no report.
    """

    def __init__(self, stem: str = "") -> None:
        self._stem = stem
        #: by name, the text of each file to write
        self.files: dict[str, str] = {}

    def is_file(self, name: str, hosts: Sequence[str]) -> bool:
        """Return whether hosts are in a file, see ``render_limit``."""
        # Core splits the argument before it reads a file.
        is_pattern = is_single_pattern(f"@{self._stem}-{name}.txt")
        return len(hosts) > _MAX_NAMES and bool(self._stem) and is_pattern

    def render_limit(self, name: str, hosts: Sequence[str]) -> str:
        """Render the argument that limits a run to hosts, or an empty text if they are too many for one.

        :param name: what the hosts have in common, for the name of the file.
        """
        path = f"{self._stem}-{name}.txt"
        if not self.is_file(name, hosts):
            return render_limit(hosts)
        self.files[os.path.basename(path)] = "".join(f"{build_host_pattern(host)}\n" for host in hosts)
        return f"--limit {shlex.quote(f'@{path}')}"


def render_limit(hosts: Sequence[str]) -> str:
    """Render the argument that limits a run to hosts, or an empty text if they are too many for one."""
    return "" if len(hosts) > _MAX_LIMIT else f"--limit {shlex.quote(','.join(map(build_host_pattern, hosts)))}"


def build_host_pattern(host: str) -> str:
    """Build a pattern that matches a host, also if core would split its name at a blank, a comma or a bracket."""
    return host if is_single_pattern(host) and not find_invisible(host) else re.sub(r"\W", "?", host)
