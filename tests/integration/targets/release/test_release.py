# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make release``, in a copy of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.playbook import CHECKOUT

pytest.importorskip("antsibull_changelog", reason="NOT RUN: a release needs the tools of make test")

Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with the files of this one, committed."""
    directory = tmp_path / "ansible_collections" / "camfleet" / "axis"
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(listing, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (CHECKOUT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes((CHECKOUT / name).read_bytes())
    git(directory, "init", "--quiet", "--initial-branch", "main")
    git(directory, "config", "user.name", "Developer")
    git(directory, "config", "user.email", "developer@example.com")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message", "All")
    return directory


def git(directory: Path, *arguments: str) -> str:
    """Run git, and return its output."""
    return subprocess.run(["git", *arguments], cwd=directory, check=True, capture_output=True, text=True).stdout.strip()


def release(directory: Path, version: str, tests: str = "true") -> subprocess.CompletedProcess[str]:
    """Create a release, with a quick command instead of all tests."""
    command = [sys.executable, "-m", "tests.release", "--tests", tests, version]
    return subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_release_creates_one_commit_one_tag_and_one_artifact(repository: Path) -> None:
    fragments = len(list((repository / "changelogs" / "fragments").glob("*.yml")))
    assert fragments > 0
    done = release(repository, "7.1.0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(repository, "log", "--format=%s") == "Release 7.1.0\nAll"
    assert git(repository, "tag", "--points-at", "HEAD") == "7.1.0"
    assert git(repository, "status", "--porcelain") == ""
    assert yaml.safe_load((repository / "galaxy.yml").read_text(encoding="utf-8"))["version"] == "7.1.0"
    assert "v7\\.1\\.0" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not list((repository / "changelogs" / "fragments").glob("*.yml"))
    with tarfile.open(repository / "camfleet-axis-7.1.0.tar.gz") as artifact:
        assert "README.md" in artifact.getnames()


@pytest.mark.long
def test_failing_tests_restore_everything(repository: Path) -> None:
    done = release(repository, "7.1.0", tests="false")
    assert done.returncode != 0
    assert "No release: false failed" in done.stderr
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "log", "--format=%s") == "All"
    assert git(repository, "tag") == ""


#: Version, what is changed before, and part of the message.
OBSTACLES = (
    ("0.1.0", None, "is not higher than 0.1.0"),
    ("next", None, "is not a valid version"),
    ("7.1.0", "README.md", "uncommitted changes"),
    ("7.1.0", "tag", "the tag 7.1.0 already exists"),
    ("7.1.0", "fragments", "add a fragment"),
)


def test_obstacles_are_reported_first(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    for version, change, message in OBSTACLES:
        if change == "README.md":
            (repository / change).write_text("changed", encoding="utf-8")
        elif change == "tag":
            git(repository, "tag", version)
        elif change == "fragments":
            git(repository, "rm", "--quiet", "changelogs/fragments/*.yml")
            git(repository, "commit", "--quiet", "--message", "None")
        before = git(repository, "status", "--porcelain")
        done = release(repository, version)
        assert done.returncode != 0, message
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert git(repository, "status", "--porcelain") == before
        git(repository, "reset", "--quiet", "--hard", first)
        if change == "tag":
            git(repository, "tag", "--delete", version)
