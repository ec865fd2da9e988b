# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The artifact, as Galaxy distributes it: built, installed into an empty path, and used from there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import yaml

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, add_cameras, summary
from tests.playbook import CHECKOUT
from tests.simulator import Fleet

DIRECTORIES = {"changelogs", "docs", "meta", "playbooks", "plugins", "roles", "tests", "LICENSES"}
EXECUTION_ENVIRONMENT = CHECKOUT / "docs" / "examples" / "execution_environment" / "execution-environment.yml"


def test_artifact_has_only_what_users_need(installed: Path) -> None:
    root = installed / "ansible_collections" / "camfleet" / "axis"
    assert {path.name for path in root.iterdir() if path.is_dir()} == DIRECTORIES
    assert {path.name for path in (root / "tests").iterdir()} == {"config.yml"}
    listed = json.loads((root / "FILES.json").read_text(encoding="utf-8"))["files"]
    names = [item["name"] for item in listed]
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".tar.gz"))]
    for needed in ("README.md", "LICENSE", "CHANGELOG.md", "meta/runtime.yml", "meta/ee-requirements.txt"):
        assert needed in names


def test_audit_runs_from_the_artifact_alone(installed: Path, play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "one", retention_time=240)
    run = play(AUDIT, groups={"axis": {"vars": POLICY}}, environment={"ANSIBLE_COLLECTIONS_PATH": str(installed)})
    assert run.status == 0, run.output
    assert summary(run)["drifted"] == ["one"]


def test_ansible_builder_finds_the_dependencies(installed: Path) -> None:
    output = subprocess.run(
        [sys.executable, "-m", "ansible_builder", "introspect", str(installed)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    dependencies = yaml.safe_load(output)
    assert [line.partition(">")[0] for line in dependencies["python"]] == ["requests", "lxml"]
    assert all(line.endswith("from collection camfleet.axis") for line in dependencies["python"])


def test_execution_environment_with_an_archive(tmp_path: Path) -> None:
    """The page on upgrading has the lines. A file that ansible-builder does not find is not an error."""
    page = (CHECKOUT / "docs" / "docsite" / "rst" / "upgrading.rst").read_text(encoding="utf-8")
    blocks = re.findall(r"\.\. code-block:: yaml\n\n((?: {3}.*\n|\n)+)", page)
    (lines,) = (block for block in blocks if "additional_build_files:" in block)
    definition = yaml.safe_load(EXECUTION_ENVIRONMENT.read_text(encoding="utf-8"))
    added = yaml.safe_load(textwrap.dedent(lines))
    definition["dependencies"] |= added.pop("dependencies")
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump({**definition, **added}), encoding="utf-8")
    (tmp_path / "camfleet-axis.tar.gz").touch()
    create = [sys.executable, "-m", "ansible_builder", "create", "--output-filename", "Containerfile"]
    done = subprocess.run(create, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No matches" not in done.stdout + done.stderr
    assert (tmp_path / "context" / "_build" / "archives" / "camfleet-axis.tar.gz").exists()


def test_ansible_builder_creates_the_execution_environment(tmp_path: Path) -> None:
    create = [sys.executable, "-m", "ansible_builder", "create", "--file", str(EXECUTION_ENVIRONMENT)]
    create += ["--output-filename", "Containerfile", "--context", str(tmp_path / "context")]
    done = subprocess.run(create, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    requirements = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [item["name"] for item in requirements["collections"]] == ["camfleet.axis"]
    assert "ansible-core" in (tmp_path / "context" / "Containerfile").read_text(encoding="utf-8")
