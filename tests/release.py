# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release: version, changelog, all tests, the artifact, a commit and a tag. Nothing is uploaded.

Run it with ``make release VERSION=0.2.0``. When any step fails, the files are as they were before.
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


class NotReleasable(Exception):
    """Says what stands in the way, and what to do."""


def main() -> int:
    """Exit status: 0 when the release is committed and tagged."""
    options = _options()
    try:
        _check(options.version)
        _release(options.version, shlex.split(options.tests))
    except NotReleasable as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    print(f"{options.version} is committed and tagged. CONTRIBUTING.md says how it is published; nothing was.")
    return 0


def _check(version: str) -> None:
    """Everything that would be in the way is told before anything is written."""
    if not _VERSION.fullmatch(version):
        raise NotReleasable(f"{version!r} is no version; write three numbers, such as 0.2.0")
    present = yaml.safe_load(_GALAXY.read_text(encoding="utf-8"))["version"]
    if _numbers(version) <= _numbers(present):
        raise NotReleasable(f"{version} does not come after {present}, which galaxy.yml has")
    if _output("git", "status", "--porcelain"):
        raise NotReleasable("there are changes that are not committed; commit them, or put them away")
    if _output("git", "tag", "--list", version):
        raise NotReleasable(f"there is a tag {version} already")
    if not list((_HERE / "changelogs" / "fragments").glob("*.y*ml")):
        raise NotReleasable("no fragment in changelogs/fragments says what is new")


def _release(version: str, tests: list[str]) -> None:
    """Write, test, build, commit, tag."""
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
    # antsibull-changelog asks ansible-doc for new plugins.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    if subprocess.run(command, cwd=_HERE, env={**os.environ, "PATH": path}, check=False).returncode != 0:
        raise NotReleasable(f"{shlex.join(command)} failed")


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=_HERE, check=True, capture_output=True, text=True).stdout.strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make release", description="Make a release. It uploads nothing.")
    parser.add_argument("version", help="three numbers, such as 0.2.0")
    parser.add_argument("--tests", default="make test-all", help="what must pass (make test-all)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
