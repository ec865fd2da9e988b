# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The artifact, as Galaxy distributes it: built, installed into an empty path, and used from there."""

from __future__ import annotations

import json
import subprocess
import sys
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


def test_ansible_builder_creates_the_execution_environment(tmp_path: Path) -> None:
    create = [sys.executable, "-m", "ansible_builder", "create", "--file", str(EXECUTION_ENVIRONMENT)]
    create += ["--output-filename", "Containerfile", "--context", str(tmp_path / "context")]
    done = subprocess.run(create, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    requirements = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [item["name"] for item in requirements["collections"]] == ["camfleet.axis"]
    assert "ansible-core" in (tmp_path / "context" / "Containerfile").read_text(encoding="utf-8")
