# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test, in a copy of this collection at the place where it wants one, for one or all supported ansible-cores.

Run it with ``make sanity``. ansible-test takes pip from a site of its own. Where that cannot be reached, this
puts a script in its cache that takes pip from the interpreter.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.matrix import MATRIX, Row, set_up
from tests.playbook import CHECKOUT

_PLACE = CHECKOUT / ".cache" / "sanity"
_SITE = "https://ci-files.testing.ansible.com/"
_PIP_OF_THE_INTERPRETER = """\
import ensurepip, os, ssl, subprocess, sys
ensurepip.bootstrap(default_pip=True)
wanted = [name for name in sys.argv[1:] if name not in ("--no-setuptools", "--no-wheel")]
# ansible-test clears the environment, and a pip older than 24.2 does not look at the certificates of the system.
bundles = (ssl.get_default_verify_paths().cafile, "/etc/ssl/certs/ca-certificates.crt")
trusted = [name for path in bundles if path and os.path.exists(path) for name in ("--cert", path)][:2]
subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *trusted, *wanted])
"""


def main() -> int:
    """Exit status: 0 when every core that was asked for is content."""
    options = _options()
    rows = [row for row in MATRIX if options.core in (None, row.core)]
    verdicts = {row: units(row) if options.units else sanity(row) for row in rows}
    print(f"\n== ansible-test {'units' if options.units else 'sanity'}")
    for row, passed in verdicts.items():
        print(f"   {row.name}: {'passed' if passed else 'FAILED'}")
    return int(not all(verdicts.values()))


def sanity(row: Row, *arguments: str) -> bool:
    """Every test of ``ansible-test sanity`` that this core has."""
    return _ansible_test(row, "sanity", *arguments)


def units(row: Row) -> bool:
    """The unit tests, by ``ansible-test units``."""
    return _ansible_test(row, "units", "--requirements")


def _ansible_test(row: Row, command: str, *arguments: str) -> bool:
    python = set_up(row)
    if python is None:
        return False
    print(f"\n== ansible-test {command}, {row.name}", flush=True)
    place = _copy(_PLACE / row.core)
    home = _PLACE / "home"
    home.mkdir(parents=True, exist_ok=True)
    _seed(python, home)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        "HOME": str(home),
        "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [python.parent / "ansible-test", command, "--python", row.python, "--color", "no", *arguments],
        cwd=place,
        env=environment,
        check=False,
    )
    return done.returncode == 0


def _copy(place: Path) -> Path:
    """All files that are or would be under version control, in a tree that ansible-test knows its way in."""
    shutil.rmtree(place, ignore_errors=True)
    target = place / "ansible_collections" / "camfleet" / "axis"
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    for name in filter(lambda name: (CHECKOUT / name).is_file(), listed.splitlines()):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, target / name)
    # ansible-test looks at what git knows.
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    subprocess.run(["git", "add", "--all"], cwd=target, check=True)
    return target


def _seed(python: Path, home: Path) -> None:
    """Where the site cannot be reached, what it would give."""
    try:
        urllib.request.urlopen(_SITE, timeout=10).close()
    except urllib.error.HTTPError:
        return  # It answered.
    except OSError as error:
        print(f"   {_SITE} is not reached ({error}); ansible-test gets the pip of the interpreter.", flush=True)
    else:
        return
    packages = subprocess.run(
        [python, "-c", "import ansible_test; print(ansible_test.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    sources = (path.read_text(encoding="utf-8") for path in Path(packages).rglob("python_requirements.py"))
    versions = {version for source in sources for version in re.findall(r"'(\d+\.\d+(?:\.\d+)?)'", source)}
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        name = f"get_pip_{version.replace('.', '_')}.py"
        (cache / name).write_text(_PIP_OF_THE_INTERPRETER, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make sanity", description="Run ansible-test on a copy of the collection.")
    parser.add_argument("--core", choices=[row.core for row in MATRIX], help="one of the supported ones only")
    parser.add_argument("--units", action="store_true", help="ansible-test units instead of sanity")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
