# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test in a copy of this collection at the path it requires, for one or all supported ansible-cores.

Run it with ``make sanity``. ansible-test downloads pip, and some requirements, from sites that an offline machine
cannot reach. In that case, this uses the pip of the interpreter, and released packages from the package index.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.checkout import copy_checkout
from tests.matrix import MATRIX, Row, set_up
from tests.playbook import CHECKOUT

_DIRECTORY = CHECKOUT / ".cache" / "sanity"
_PIP_SITE = "https://ci-files.testing.ansible.com/"
_REQUIREMENT_SITE = "https://github.com/"
_INSTALL_PIP = """\
import ensurepip, os, ssl, subprocess, sys
ensurepip.bootstrap(default_pip=True)
packages = [name for name in sys.argv[1:] if name not in ("--no-setuptools", "--no-wheel")]
# ansible-test clears the environment, and pip before 24.2 does not use the certificates of the system.
bundles = (ssl.get_default_verify_paths().cafile, "/etc/ssl/certs/ca-certificates.crt")
trusted = [name for path in bundles if path and os.path.exists(path) for name in ("--cert", path)][:2]
subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *trusted, *packages])
"""


def main() -> int:
    """Run ansible-test; return 0 if it passed on every selected core."""
    options = _options()
    rows = [row for row in MATRIX if options.core in (None, row.core)]
    results = {row: units(row) if options.units else sanity(row) for row in rows}
    print(f"\n== ansible-test {'units' if options.units else 'sanity'}")
    for row, passed in results.items():
        print(f"   {row.name}: {'passed' if passed else 'FAILED'}")
    return int(not all(results.values()))


def sanity(row: Row, *arguments: str) -> bool:
    """Run every test of ``ansible-test sanity`` of this core."""
    return _ansible_test(row, "sanity", *arguments)


def units(row: Row) -> bool:
    """Run the unit tests with ``ansible-test units``."""
    return _ansible_test(row, "units", "--requirements")


def _ansible_test(row: Row, command: str, *arguments: str) -> bool:
    python = set_up(row)
    if python is None:
        return False
    print(f"\n== ansible-test {command}, {row.name}", flush=True)
    collection = _DIRECTORY / row.core / "ansible_collections" / "camfleet" / "axis"
    copy_checkout(collection)
    home = _DIRECTORY / "home"
    home.mkdir(parents=True, exist_ok=True)
    _provide_pip(python, home)
    _replace_unreachable_requirements(python)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        "HOME": str(home),
        "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [python.parent / "ansible-test", command, "--python", row.python, "--color", "no", *arguments],
        cwd=collection,
        env=environment,
        check=False,
    )
    return done.returncode == 0


def _provide_pip(python: Path, home: Path) -> None:
    """Put a script that installs pip from the interpreter into ansible-test's cache, if its site is unreachable."""
    if not (error := _unreachable(_PIP_SITE)):
        return
    print(f"   {_PIP_SITE} is unreachable ({error}); ansible-test uses the pip of the interpreter.", flush=True)
    sources = (path.read_text(encoding="utf-8") for path in _package(python).rglob("python_requirements.py"))
    versions = {version for source in sources for version in re.findall(r"'(\d+\.\d+(?:\.\d+)?)'", source)}
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        name = f"get_pip_{version.replace('.', '_')}.py"
        (cache / name).write_text(_INSTALL_PIP, encoding="utf-8")


def _replace_unreachable_requirements(python: Path) -> None:
    """Replace requirements that are archives of a commit by the released package, if their site is unreachable."""
    pinned = re.compile(rf"(?m)^([\w.-]+) *@ *{re.escape(_REQUIREMENT_SITE)}\S+")
    files = _package(python).glob("_data/requirements/*.txt")
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    texts = {path: text for path, text in texts.items() if pinned.search(text)}
    if not texts or not (error := _unreachable(_REQUIREMENT_SITE)):
        return
    for path, text in texts.items():
        names = ", ".join(pinned.findall(text))
        print(f"   {_REQUIREMENT_SITE} is unreachable ({error}); using the release of {names}.", flush=True)
        path.write_text(pinned.sub(r"\1", text), encoding="utf-8")


def _package(python: Path) -> Path:
    """Return the directory of the package ansible_test."""
    command = [str(python), "-c", "import ansible_test; print(ansible_test.__path__[0])"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def _unreachable(site: str) -> str:
    """Return why a site is unreachable, or an empty text."""
    try:
        urllib.request.urlopen(site, timeout=10).close()  # noqa: S310 - the sites are constants
    except urllib.error.HTTPError:
        return ""  # It responded.
    except OSError as error:
        return str(error)
    return ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make sanity", description="Run ansible-test on a copy of the collection.")
    parser.add_argument("--core", choices=[row.core for row in MATRIX], help="only this version")
    parser.add_argument("--units", action="store_true", help="ansible-test units instead of sanity")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
