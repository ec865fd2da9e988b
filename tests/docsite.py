# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the docsite of the collection with antsibull-docs and Sphinx; a warning is an error.

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

_DIRECTORY = CHECKOUT / ".cache" / "docsite"
_BIN = Path(sys.executable).parent
_ANSIBLE = "https://docs.ansible.com/projects/ansible/devel/"
_OBJECTS = "https://docs.ansible.com/projects/ansible/devel/objects.inv"
#: The labels in Ansible's documentation that our pages link to; used only if the documentation is unreachable.
_LABELS = (
    "action_plugins",
    "ansible_collections.ansible.builtin.linear_strategy",
    "ansible_collections.ansible.builtin.meta_module",
    "ansible_collections.ansible.builtin.set_stats_module",
    "ansible_collections.ansible.posix.json_callback",
    "ansible_configuration_settings",
    "common_return_values",
)
#: The environment variables that it documents and our pages name; used in the same case.
_VARIABLES = (
    "ANSIBLE_CACHE_PLUGIN",
    "ANSIBLE_CACHE_PLUGIN_CONNECTION",
    "ANSIBLE_CACHE_PLUGIN_PREFIX",
    "ANSIBLE_CACHE_PLUGIN_TIMEOUT",
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED",
)


def main() -> int:
    """Build the docsite; return 0 if every page was built without a warning."""
    shutil.rmtree(_DIRECTORY, ignore_errors=True)
    _DIRECTORY.mkdir(parents=True)
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".venv" / "collections"),
        "PATH": os.pathsep.join([str(_BIN), os.environ["PATH"]]),
    }
    init = ["sphinx-init", "--use-current", "--squash-hierarchy", "--fail-on-error", "--title", "camfleet.axis"]
    subprocess.run(
        [_BIN / "antsibull-docs", *init, "--dest-dir", _DIRECTORY, "camfleet.axis"], check=True, env=environment
    )
    try:
        urllib.request.urlopen(_OBJECTS, timeout=10).close()
    except OSError as error:
        print(f"!! {_ANSIBLE} is unreachable ({error}): links to it are not checked.", flush=True)
        _write_inventory()
    done = subprocess.run(["bash", "build.sh"], cwd=_DIRECTORY, env=environment, check=False)
    if done.returncode == 0:
        print(f"The pages are in {(_DIRECTORY / 'build' / 'html').relative_to(CHECKOUT)}")
    return done.returncode


def _write_inventory() -> None:
    """Write an inventory of the labels and variables for Sphinx, instead of the one it would download."""
    header = (
        "# Sphinx inventory version 2\n# Project: Ansible\n# Version: devel\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    lines = "".join(f"{label} std:label -1 {label}.html {label}\n" for label in _LABELS)
    lines += "".join(f"{name} std:envvar 1 config.html#envvar-{name} {name}\n" for name in _VARIABLES)
    (_DIRECTORY / "ansible_devel.inv").write_bytes(header.encode() + zlib.compress(lines.encode()))
    with (_DIRECTORY / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"\nintersphinx_mapping = {{'ansible_devel': ({_ANSIBLE!r}, '../ansible_devel.inv')}}\n")


if __name__ == "__main__":
    sys.exit(main())
