# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collections of others that our playbooks and examples are written for, out of the package ``ansible``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

_HERE = Path(__file__).parent
_TARGET = _HERE.parent / ".venv" / "collections"
_WANTED = ("ansible_collections/awx/awx/", "ansible_collections/netbox/netbox/")


def main() -> int:
    """Put them beside this one; the rest of the package is left in it."""
    with tempfile.TemporaryDirectory() as place:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        requirements = _HERE / "requirements-community.txt"
        subprocess.run([*download, "--only-binary", ":all:", "--dest", place, "-r", requirements], check=True)
        (path,) = Path(place).glob("ansible-*.whl")
        with ZipFile(path) as package:
            package.extractall(_TARGET, [name for name in package.namelist() if name.startswith(_WANTED)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
