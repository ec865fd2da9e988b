# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A local connection in place of a remote one, which displays results with -vvv as ssh does."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as Local
from ansible.utils.display import Display

DOCUMENTATION = """
name: echo
short_description: Local connection that displays results with -vvv, as ssh does
description:
  - Can fail with a message that quotes its input.
  - For the tests only.
options:
  fails:
    type: bool
    default: false
    description: Whether to fail.
    vars:
      - name: echo_fails
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(Local):  # type: ignore[misc] # core has no types
    """A local connection that displays results."""

    transport = "echo"

    def exec_command(self, cmd: Any, in_data: Any = None, sudoable: bool = True) -> Any:
        """Run a command, display its result, and return it."""
        if self.get_option("fails") and in_data:
            raise AnsibleConnectionFailure(f"cannot send {in_data!r}")
        result = super().exec_command(cmd, in_data, sudoable)
        Display().vvv(f"{cmd} {result}")
        return result
