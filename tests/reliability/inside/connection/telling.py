# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to another machine, which is this one; it tells what ssh does."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as Local
from ansible.utils.display import Display

DOCUMENTATION = """
name: telling
short_description: Local, but tells with -vvv what came back, as ssh does, and fails in the words of what it was to send
description:
  - For the tests only.
options:
  breaks:
    type: bool
    default: false
    description: Whether to fail.
    vars:
      - name: telling_breaks
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(Local):  # type: ignore[misc] # core has no types
    """Local, but telling."""

    transport = "telling"

    def exec_command(self, cmd: Any, in_data: Any = None, sudoable: bool = True) -> Any:
        """Status, output and errors of a command."""
        if self.get_option("breaks") and in_data:
            raise AnsibleConnectionFailure(f"cannot send {in_data!r}")
        told = super().exec_command(cmd, in_data, sudoable)
        Display().vvv(f"{cmd} {told}")
        return told
