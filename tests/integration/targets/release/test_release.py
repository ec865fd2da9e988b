# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make release``, in a copy of the repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.playbook import CHECKOUT
from tests.versions import next_version

pytest.importorskip("antsibull_changelog", reason="NOT RUN: a release needs the tools of make test")

Git = Callable[..., str]

#: The version in this checkout, and the one that its documentation expects next.
PRESENT = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
NEXT = next_version(PRESENT)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with the files of this one and a fragment of the changelog, committed."""
    directory = tmp_path / "ansible_collections" / "camfleet" / "axis"
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(listing, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (CHECKOUT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes((CHECKOUT / name).read_bytes())
    # Directly after a release, this checkout has no fragment.
    fragment = "minor_changes:\n  - Release - what the test releases.\n"
    (directory / "changelogs" / "fragments" / "release-test.yml").write_text(fragment, encoding="utf-8")
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
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(directory), str(directory.parents[2])])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_release_creates_one_commit_one_tag_and_one_artifact(repository: Path) -> None:
    done = release(repository, NEXT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(repository, "log", "--format=%s") == f"Release {NEXT}\nAll"
    assert git(repository, "tag", "--points-at", "HEAD") == NEXT
    assert git(repository, "status", "--porcelain") == ""
    assert yaml.safe_load((repository / "galaxy.yml").read_text(encoding="utf-8"))["version"] == NEXT
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"v{NEXT}".replace(".", "\\.") in changelog
    assert "Release \\- what the test releases" in changelog
    assert not list((repository / "changelogs" / "fragments").glob("*.yml"))
    assert f"git push origin HEAD {NEXT}" in done.stdout
    with tarfile.open(repository / f"camfleet-axis-{NEXT}.tar.gz") as artifact:
        assert "README.md" in artifact.getnames()
    major, minor, _patch = NEXT.split(".")
    requirements = (repository / "docs" / "examples" / "requirements.yml").read_text(encoding="utf-8")
    limit = f"0.{int(minor) + 1}.0" if major == "0" else f"{int(major) + 1}.0.0"
    assert yaml.safe_load(requirements)["collections"] == [{"name": "camfleet.axis", "version": f">={NEXT},<{limit}"}]
    assert f"./camfleet-axis-{NEXT}.tar.gz" in requirements
    for page in (repository / "README.md", *(repository / "docs").rglob("*.rst")):
        assert set(re.findall(r"camfleet-axis-([\d.]+)\.tar", page.read_text(encoding="utf-8"))) <= {NEXT}, page
    for kind in ("file", "git"):
        assert install_by_example(repository, requirements, kind) == NEXT
    # The versions in the documentation are consistent after the release, too.
    again = subprocess.run(
        [
            sys.executable,
            "-c",
            "from pathlib import Path; import tests.versions as v; print(v.find_version_problems(Path()))",
        ],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout == "[]\n"


def install_by_example(repository: Path, requirements: str, kind: str) -> str:
    """Install the collection by a commented example of requirements, then by its range, and return the version."""
    place = repository.parents[2] / kind
    place.mkdir()
    (place / "range.yml").write_text(requirements, encoding="utf-8")
    (example,) = (part for part in requirements.split("\n\n") if f"type: {kind}" in part)
    entry = "\n".join(
        text.replace("# ", "") for text in example.splitlines() if ": " in text and "In place" not in text
    )
    entry = entry.replace("./", f"{repository}/").replace(
        "https://github.com/camfleet/camfleet.axis.git", f"git+file://{repository}"
    )
    (place / "source.yml").write_text(f"collections:\n{entry}\n", encoding="utf-8")
    environment = {**os.environ, "ANSIBLE_HOME": str(place / "home"), "ANSIBLE_COLLECTIONS_PATH": str(place)}
    for file in ("source.yml", "range.yml"):
        command = [
            sys.executable,
            "-m",
            "ansible",
            "galaxy",
            "collection",
            "install",
            "--offline",
            "-p",
            ".",
            "-r",
            file,
        ]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    manifest = place / "ansible_collections" / "camfleet" / "axis" / "MANIFEST.json"
    return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])


@pytest.mark.long
def test_failing_tests_restore_everything(repository: Path) -> None:
    done = release(repository, NEXT, tests="false")
    assert done.returncode != 0
    assert "No release: false failed" in done.stderr
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "log", "--format=%s") == "All"
    assert git(repository, "tag") == ""


def prepare(repository: Path, change: str) -> None:
    """Make a change that a release does not permit."""
    fragments = repository / "changelogs" / "fragments"
    if change == "fragments":
        git(repository, "rm", "--quiet", "changelogs/fragments/*.yml")
    elif change == "version_added":
        path = repository / "plugins" / "modules" / "axis_recording_group.py"
        text = path.read_text(encoding="utf-8").replace("version_added: 0.1.0", "version_added: 99.0.0")
        path.write_text(text, encoding="utf-8")
    elif change == "advice":
        page = repository / "docs" / "docsite" / "rst" / "upgrading.rst"
        page.write_text(page.read_text(encoding="utf-8").replace(NEXT, "another version"), encoding="utf-8")
        (fragments / "release-test.yml").write_text("breaking_changes:\n  - Release - breaks.\n", encoding="utf-8")


#: Version, what is changed before, and part of the message.
OBSTACLES = (
    (PRESENT, None, f"is not higher than {PRESENT}"),
    ("next", None, "is not a valid version"),
    (NEXT, "README.md", "uncommitted changes"),
    (NEXT, "tag", f"the tag {NEXT} already exists"),
    (NEXT, "fragments", "add a fragment"),
    (NEXT, "version_added", "axis_recording_group: version_added is 99.0.0 instead of 0.1.0"),
    (NEXT, "advice", f"upgrading.rst does not mention {NEXT}"),
)


def test_obstacles_are_reported_first(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    for version, change, message in OBSTACLES:
        if change == "README.md":
            (repository / change).write_text("changed", encoding="utf-8")
        elif change == "tag":
            git(repository, "tag", version)
        elif change:
            prepare(repository, change)
            git(repository, "commit", "--quiet", "--all", "--message", change)
        before = git(repository, "status", "--porcelain")
        done = release(repository, version)
        assert done.returncode != 0, message
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert git(repository, "status", "--porcelain") == before
        git(repository, "reset", "--quiet", "--hard", first)
        if change == "tag":
            git(repository, "tag", "--delete", version)
