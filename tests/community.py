# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install the collections that our playbooks and examples use, from the package ``ansible``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

_HERE = Path(__file__).parent
_TARGET = _HERE.parent / ".venv" / "collections"
_COLLECTIONS = tuple(f"ansible_collections/{name}/" for name in ("awx/awx", "community/general", "netbox/netbox"))


def main() -> int:
    """Extract the collections into the directory of this one."""
    with tempfile.TemporaryDirectory() as directory:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        requirements = _HERE / "requirements-community.txt"
        subprocess.run([*download, "--only-binary", ":all:", "--dest", directory, "-r", requirements], check=True)
        (path,) = Path(directory).glob("ansible-*.whl")
        with ZipFile(path) as package:
            package.extractall(_TARGET, [name for name in package.namelist() if name.startswith(_COLLECTIONS)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
