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
import urllib.request
import zlib
from pathlib import Path

from tests.playbook import CHECKOUT

_PLACE = CHECKOUT / ".cache" / "docsite"
_BIN = Path(sys.executable).parent
_ANSIBLE = "https://docs.ansible.com/projects/ansible/devel/"
_OBJECTS = "https://docs.ansible.com/projects/ansible/devel/objects.inv"
#: What antsibull-docs and our pages link to in Ansible's own; only taken for granted where those cannot be reached.
_LABELS = (
    "action_plugins",
    "ansible_collections.ansible.builtin.linear_strategy",
    "ansible_configuration_settings",
    "common_return_values",
)


def main() -> int:
    """Exit status: 0 when every page was built without a warning."""
    shutil.rmtree(_PLACE, ignore_errors=True)
    _PLACE.mkdir(parents=True)
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".venv" / "collections"),
        "PATH": os.pathsep.join([str(_BIN), os.environ["PATH"]]),
    }
    init = ["sphinx-init", "--use-current", "--squash-hierarchy", "--fail-on-error", "--title", "camfleet.axis"]
    subprocess.run([_BIN / "antsibull-docs", *init, "--dest-dir", _PLACE, "camfleet.axis"], check=True, env=environment)
    try:
        urllib.request.urlopen(_OBJECTS, timeout=10).close()
    except OSError as error:
        print(f"!! {_ANSIBLE} is not reached ({error}): that what we link to there exists is not checked.", flush=True)
        _take_for_granted()
    done = subprocess.run(["bash", "build.sh"], cwd=_PLACE, env=environment, check=False)
    if done.returncode == 0:
        print(f"The pages are in {(_PLACE / 'build' / 'html').relative_to(CHECKOUT)}")
    return done.returncode


def _take_for_granted() -> None:
    """Give Sphinx an inventory of the labels, in place of those that it would fetch."""
    header = (
        "# Sphinx inventory version 2\n# Project: Ansible\n# Version: devel\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    lines = "".join(f"{label} std:label -1 {label}.html {label}\n" for label in _LABELS)
    (_PLACE / "ansible_devel.inv").write_bytes(header.encode() + zlib.compress(lines.encode()))
    with (_PLACE / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"\nintersphinx_mapping = {{'ansible_devel': ({_ANSIBLE!r}, '../ansible_devel.inv')}}\n")


if __name__ == "__main__":
    sys.exit(main())
