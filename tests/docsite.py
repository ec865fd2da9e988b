# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The docsite of the collection, built by antsibull-docs and Sphinx; a warning is an error.

Run it with ``make docsite``. The pages are in ``.cache/docsite/build/html``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.playbook import CHECKOUT

_PLACE = CHECKOUT / ".cache" / "docsite"
_BIN = Path(sys.executable).parent


def main() -> int:
    """Exit status: 0 when every page was built without a warning."""
    shutil.rmtree(_PLACE, ignore_errors=True)
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".venv" / "collections"),
        "PATH": os.pathsep.join([str(_BIN), os.environ["PATH"]]),
    }
    init = ["sphinx-init", "--use-current", "--fail-on-error", "--dest-dir", str(_PLACE), "camfleet.axis"]
    subprocess.run([_BIN / "antsibull-docs", *init], check=True, env=environment)
    done = subprocess.run(["bash", "build.sh"], cwd=_PLACE, env=environment, check=False)
    if done.returncode == 0:
        print(f"The pages are in {(_PLACE / 'build' / 'html').relative_to(CHECKOUT)}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
