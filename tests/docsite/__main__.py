# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the site with antsibull-docs and Sphinx, and check it; a warning is an error.

Run it with ``make docsite``. The pages are in ``.cache/docsite/build/html``, ready to be served from any directory.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zlib
from pathlib import Path
from typing import Any

import yaml

from tests.docsite import checks
from tests.playbook import CHECKOUT

_HERE = Path(__file__).resolve().parent
_DIRECTORY = CHECKOUT / ".cache" / "docsite"
_PAGES = _DIRECTORY / "rst"
_BIN = Path(sys.executable).parent
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
    """Build the site and check it; return 0 if every page was built without a warning and passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.docsite", description=__doc__)
    parser.add_argument("--check-only", action="store_true", help="check the pages that an earlier run built")
    parser.add_argument("--build-only", action="store_true", help="do not check the pages")
    parser.add_argument("--external", action="store_true", help="also send requests to all external links")
    options = parser.parse_args()
    html = _DIRECTORY / "build" / "html"
    if not options.check_only:
        if status := build():
            return status
        print(f"The pages are in {html.relative_to(CHECKOUT)}", flush=True)
    return 0 if options.build_only else checks.run(html, external=options.external)


def build() -> int:
    """Build the site, and return the status of Sphinx."""
    shutil.rmtree(_DIRECTORY, ignore_errors=True)
    _PAGES.mkdir(parents=True)
    # antsibull-docs requires a directory that only its owner writes.
    _PAGES.chmod(0o755)
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".venv" / "collections"),
        "PATH": os.pathsep.join([str(_BIN), os.environ["PATH"]]),
        "DOCSITE_VERSION": yaml.safe_load((CHECKOUT / "galaxy.yml").read_text(encoding="utf-8"))["version"],
        "DOCSITE_URL": checks.URL,
        "DOCSITE_PREFIX": checks.PREFIX,
    }
    antsibull: list[str | Path] = [
        _BIN / "antsibull-docs",
        "collection",
        "--use-current",
        "--squash-hierarchy",
        "--fail-on-error",
    ]
    subprocess.run([*antsibull, "--dest-dir", _PAGES, "camfleet.axis"], check=True, env=environment)
    changelog: list[str | Path] = [_BIN / "antsibull-changelog", "generate", "--output-format", "rst", "--output"]
    subprocess.run([*changelog, _PAGES / "changelog.rst"], cwd=CHECKOUT, check=True, env=environment)
    _write_front_page()
    _copy_files()
    _write_inventory()
    sphinx: list[str | Path] = [_BIN / "sphinx-build", "-M", "html", _PAGES, _DIRECTORY / "build", "-c", _DIRECTORY]
    status = subprocess.run([*sphinx, "-W", "--keep-going", "--quiet"], env=environment, check=False).returncode
    _repair_roles()
    return status


def _repair_roles() -> None:
    """Correct the two roles for screen readers that Sphinx and antsibull-docs write incompletely."""
    for path in (_DIRECTORY / "build" / "html").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        text = text.replace('class="caption" role="heading">', 'class="caption" role="heading" aria-level="2">')
        path.write_text(text.replace(' aria-role="button"', ""), encoding="utf-8")


def _write_front_page() -> None:
    """Replace the index of antsibull-docs by our front page, and keep its list of plugins as the page ``plugins``."""
    generated = (_PAGES / "index.rst").read_text(encoding="utf-8")
    title = re.search(r"^Camfleet\.Axis\n=+\n", generated, re.MULTILINE)
    assert title, "the index of antsibull-docs has an unknown title"
    # Up to the first list of guides, and from the list of plugins; the front page has the guides.
    about, sections = generated.split(".. toctree::\n", 1)
    plugins = sections[sections.index(".. _plugin_index_for_camfleet.axis:") :]
    plain = "Modules, role, and plugins"
    about = about.replace(title[0], f"{plain}\n{'=' * len(plain)}\n")
    (_PAGES / "plugins.rst").write_text(f"{about}{plugins}", encoding="utf-8")
    lists: list[dict[str, Any]] = yaml.safe_load(
        (CHECKOUT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8")
    )["sections"]
    trees = [(section["title"], [f"docsite/{stem}" for stem in section["toctree"]]) for section in lists]
    trees.append(("Modules and plugins", ["plugins", "environment_variables"]))
    trees.append(("Project", ["changelog"]))
    front = (_HERE / "index.rst").read_text(encoding="utf-8")
    for caption, pages in trees:
        entries = "".join(f"   {page}\n" for page in pages)
        front += f"\n.. toctree::\n   :hidden:\n   :caption: {caption}\n\n{entries}"
    (_PAGES / "index.rst").write_text(front, encoding="utf-8")


def _copy_files() -> None:
    """Copy what the pages use, and the schemas under their stable addresses."""
    shutil.copy(_HERE / "conf.py", _DIRECTORY)
    shutil.copytree(_HERE / "static", _DIRECTORY / "static")
    # Where the guides, seen from docs/docsite/rst, and the front page find the pictures.
    shutil.copytree(CHECKOUT / "docs" / "images", _DIRECTORY / "images")
    schemas = _DIRECTORY / "extra" / "schemas"
    schemas.mkdir(parents=True)
    for schema in (CHECKOUT / "docs").glob("*.schema.json"):
        shutil.copy(schema, schemas)


def _write_inventory() -> None:
    """Write Ansible's inventory of labels for Sphinx; if it is unreachable, one of the labels that our pages use."""
    path = _DIRECTORY / "ansible_devel.inv"
    try:
        with urllib.request.urlopen(_OBJECTS, timeout=10) as response:
            path.write_bytes(response.read())
            return
    except OSError as error:
        print(f"!! {_OBJECTS} is unreachable ({error}): links to Ansible's documentation are not checked.", flush=True)
    header = (
        "# Sphinx inventory version 2\n# Project: Ansible\n# Version: devel\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    lines = "".join(f"{label} std:label -1 {label}.html {label}\n" for label in _LABELS)
    lines += "".join(f"{name} std:envvar 1 config.html#envvar-{name} {name}\n" for name in _VARIABLES)
    path.write_bytes(header.encode() + zlib.compress(lines.encode()))


if __name__ == "__main__":
    sys.exit(main())
