# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy this checkout, with uncommitted changes, for tools that need it at another path."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.playbook import CHECKOUT


def copy_checkout(target: Path) -> None:
    """Copy all files that are, or could be, under version control, into a new repository; replace an existing copy."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=CHECKOUT, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    names = [name for name in listed.split("\0") if name and (CHECKOUT / name).is_file()]
    _remove_old_files(target, set(names))
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, target / name)
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    subprocess.run(["git", "add", "--all"], cwd=target, check=True)


def _remove_old_files(target: Path, names: set[str]) -> None:
    """Remove the files of an earlier copy, but not what was set up beside them."""
    if not (target / ".git").is_dir():
        return
    listing = ["git", "ls-files", "-z"]
    listed = subprocess.run(listing, cwd=target, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    for name in listed.split("\0"):
        if name and name not in names:
            (target / name).unlink(missing_ok=True)
