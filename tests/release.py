# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a release: version, changelog, generated parts, all tests, the artifact, a commit, and a tag. Upload nothing.

Run it with ``make release VERSION=0.2.0``. If any step fails, the files are restored.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tarfile
from pathlib import Path

import yaml

from tests.versions import find_fragments, find_version_problems, parse_version

_HERE = Path.cwd()
_GALAXY = _HERE / "galaxy.yml"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_REQUIREMENTS = _HERE / "docs" / "examples" / "requirements.yml"
_UPGRADING = _HERE / "docs" / "docsite" / "rst" / "upgrading.rst"
# Where names of the artifact and ranges of versions are.
_WITH_VERSION = ("README.md", "CONTRIBUTING.md", "docs")
# Kinds of changes that require a section about the upgrade.
_NEED_ADVICE = ("breaking_changes", "removed_features")
# The modules of tests that write generated parts of the repository.
_GENERATORS = ("tests.return_docs", "tests.supported_devices", "tests.reference", "tests.readme")
_NEXT_STEPS = """
{version} is committed and tagged, but not published. Next steps:

1. Check the commit: git show {version}
2. Push the commit and the tag: git push origin HEAD {version}
   The tag starts the workflow that publishes the pages.
3. Upload the artifact, with a token of the namespace: ansible-galaxy collection publish {artifact}
4. Publish the section {version} of CHANGELOG.md as the notes of the release, attach the artifact, and announce it.

To withdraw the release before step 2: git tag --delete {version}; git reset --hard HEAD~1
"""


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
    print(_NEXT_STEPS.format(version=options.version, artifact=_artifact(options.version)))
    return 0


def _check(version: str) -> None:
    """Check all conditions before anything is written."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is not a valid version; write three numbers, such as 0.2.0")
    present = yaml.safe_load(_GALAXY.read_text(encoding="utf-8"))["version"]
    if parse_version(version) <= parse_version(present):
        raise ReleaseError(f"{version} is not higher than {present} in galaxy.yml; choose a higher version")
    if _output("git", "status", "--porcelain"):
        raise ReleaseError("the working tree has uncommitted changes; commit or stash them")
    if _output("git", "tag", "--list", version):
        raise ReleaseError(f"the tag {version} already exists; choose another version")
    fragments = find_fragments(_HERE)
    if not fragments:
        raise ReleaseError("changelogs/fragments is empty; add a fragment that describes what is new")
    problems = find_version_problems(_HERE, version)
    if problems:
        raise ReleaseError("the documentation has other versions; correct them:\n  " + "\n  ".join(problems))
    advised = any(
        kind in yaml.safe_load(path.read_text(encoding="utf-8")) for path in fragments for kind in _NEED_ADVICE
    )
    if advised and version not in _UPGRADING.read_text(encoding="utf-8"):
        raise ReleaseError(
            f"the changelog has breaking changes, and {_UPGRADING.relative_to(_HERE)} does not mention {version}; "
            "describe there what users have to do"
        )


def _release(version: str, tests: list[str]) -> None:
    """Write the version, the changelog, and the generated parts; test, build, commit, and tag."""
    try:
        _write_version(version)
        _run(sys.executable, "-m", "antsibull_changelog", "release", "--version", version)
        problems = find_version_problems(_HERE)
        if problems:
            raise ReleaseError("the changelog does not list everything that is new:\n  " + "\n  ".join(problems))
        for generator in _GENERATORS:
            _run(sys.executable, "-m", generator)
        _run(*tests)
        _run(sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--force")
        _check_artifact(version)
        # The tree had no changes before: all of them are of the release.
        _run("git", "add", "--update")
        _run("git", "commit", "--quiet", "--message", f"Release {version}")
    except BaseException:
        _run("git", "restore", "--staged", "--worktree", "--", ".")
        raise
    _run("git", "tag", "--annotate", "--message", f"camfleet.axis {version}", version)


def _write_version(version: str) -> None:
    """Write the version into galaxy.yml, and into the artifact names and version ranges of the documentation."""
    text = _GALAXY.read_text(encoding="utf-8")
    _GALAXY.write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", text), encoding="utf-8")
    major, minor, _patch = parse_version(version)
    # As long as the first number is 0, the second one can change options.
    limit = f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    for path in (_HERE / name for name in _output("git", "ls-files", "--", *_WITH_VERSION).splitlines()):
        if path.suffix in (".md", ".rst", ".yml"):
            old = path.read_text(encoding="utf-8")
            text = re.sub(r"\bcamfleet-axis-\d+\.\d+\.\d+\.tar\.gz\b", _artifact(version), old)
            text = re.sub(r'">=\d+\.\d+\.\d+,<\d+\.\d+\.\d+"', f'">={version},<{limit}"', text)
            if path == _REQUIREMENTS:
                text = re.sub(r"(?m)^(  #   version: )\d+\.\d+\.\d+$", rf"\g<1>{version}", text)
            if text != old:
                path.write_text(text, encoding="utf-8")


def _check_artifact(version: str) -> None:
    """Check that the artifact is of this version, and that nothing that users do not need is in it."""
    with tarfile.open(_HERE / _artifact(version)) as artifact:
        names = artifact.getnames()
        manifest = artifact.extractfile("MANIFEST.json")
        found = json.load(manifest)["collection_info"]["version"] if manifest else None
    if found != version:
        raise ReleaseError(f"{_artifact(version)} has the version {found}")
    unneeded = [name for name in names if re.match(r"\.|tests/(?!config\.yml$)|changelogs/fragments", name)]
    if unneeded:
        raise ReleaseError(f"build_ignore of galaxy.yml does not exclude {', '.join(unneeded[:5])}")


def _artifact(version: str) -> str:
    return f"camfleet-axis-{version}.tar.gz"


def _run(*command: str) -> None:
    print("+", shlex.join(command), flush=True)
    # antsibull-changelog runs ansible-doc to find new plugins, and the generators import the collection.
    added = {"PATH": Path(sys.executable).parent, "PYTHONPATH": _HERE / ".venv" / "collections"}
    paths = {name: os.pathsep.join([str(path), os.environ.get(name, "")]) for name, path in added.items()}
    if subprocess.run(command, cwd=_HERE, env={**os.environ, **paths}, check=False).returncode != 0:
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
