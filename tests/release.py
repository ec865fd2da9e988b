# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a release: version, changelog, all tests, the artifact, a commit, and a tag. This uploads nothing.

Run it with ``make release VERSION=0.2.0``. If any step fails, the files are restored.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

_HERE = Path.cwd()
_GALAXY = _HERE / "galaxy.yml"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_WRITTEN = ("galaxy.yml", "CHANGELOG.md", "changelogs")


class ReleaseError(Exception):
    """A reason why the release is impossible, and what to do."""


def main() -> int:
    """Make the release; return 0 if it is committed and tagged."""
    options = _options()
    try:
        _check(options.version)
        _release(options.version, shlex.split(options.tests))
    except ReleaseError as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    print(f"{options.version} is committed and tagged, but not published. CONTRIBUTING.md says how to publish it.")
    return 0


def _check(version: str) -> None:
    """Check all conditions before anything is written."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is not a valid version; write three numbers, such as 0.2.0")
    present = yaml.safe_load(_GALAXY.read_text(encoding="utf-8"))["version"]
    if _numbers(version) <= _numbers(present):
        raise ReleaseError(f"{version} is not higher than {present} in galaxy.yml; choose a higher version")
    if _output("git", "status", "--porcelain"):
        raise ReleaseError("the working tree has uncommitted changes; commit or stash them")
    if _output("git", "tag", "--list", version):
        raise ReleaseError(f"the tag {version} already exists; choose another version")
    if not list((_HERE / "changelogs" / "fragments").glob("*.y*ml")):
        raise ReleaseError("changelogs/fragments is empty; add a fragment that describes what is new")


def _release(version: str, tests: list[str]) -> None:
    """Write the version and the changelog, test, build, commit, and tag."""
    text = _GALAXY.read_text(encoding="utf-8")
    try:
        _GALAXY.write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", text), encoding="utf-8")
        _run(sys.executable, "-m", "antsibull_changelog", "release", "--version", version)
        _run(*tests)
        _run(sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--force")
        _run("git", "add", "--", *_WRITTEN)
        _run("git", "commit", "--quiet", "--message", f"Release {version}")
    except BaseException:
        _run("git", "restore", "--staged", "--worktree", "--", *_WRITTEN)
        raise
    _run("git", "tag", "--annotate", "--message", f"camfleet.axis {version}", version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _run(*command: str) -> None:
    print("+", shlex.join(command), flush=True)
    # antsibull-changelog runs ansible-doc to find new plugins.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    if subprocess.run(command, cwd=_HERE, env={**os.environ, "PATH": path}, check=False).returncode != 0:
        raise ReleaseError(f"{shlex.join(command)} failed")


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=_HERE, check=True, capture_output=True, text=True).stdout.strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make release", description="Make a release, without uploading it.")
    parser.add_argument("version", help="three numbers, such as 0.2.0")
    parser.add_argument("--tests", default="make test-all", help="the command that must pass (make test-all)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
