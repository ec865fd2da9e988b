# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ``make test`` in a copy of this checkout whose path has a space, an accent, and a percent sign.

Run it with ``make odd-path``. The copy gets its own virtual environment, and temporary files are in its path, too.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.checkout import copy_checkout
from tests.playbook import CHECKOUT

_DIRECTORY = CHECKOUT / ".cache" / "é 100%" / "camfleet.axis"
_OWN_SETTINGS = ("ANSIBLE_", "AXIS_", "TMPDIR", "VIRTUAL_ENV")


def main() -> int:
    """Return the exit status of ``make test`` in the copy."""
    copy_checkout(_DIRECTORY)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN_SETTINGS)}
    own = str(CHECKOUT / ".venv" / "bin")
    kept["PATH"] = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if part != own)
    command = ["make", "--no-print-directory", "test"]
    return subprocess.run(command, cwd=_DIRECTORY, env=kept, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
