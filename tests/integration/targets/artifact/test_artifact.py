# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The artifact, as Galaxy would have it: built, installed into an empty path, and used from there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import yaml

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, plant, summary
from tests.playbook import CHECKOUT, environment
from tests.simulator import Fleet

ROOMS = {"changelogs", "docs", "meta", "playbooks", "plugins", "roles", "tests", "LICENSES"}
EXECUTION_ENVIRONMENT = CHECKOUT / "docs" / "examples" / "execution_environment" / "execution-environment.yml"


def test_the_artifact_has_what_users_need_and_nothing_else(installed: Path) -> None:
    root = installed / "ansible_collections" / "camfleet" / "axis"
    assert {path.name for path in root.iterdir() if path.is_dir()} == ROOMS
    assert {path.name for path in (root / "tests").iterdir()} == {"config.yml", "sanity"}
    listed = json.loads((root / "FILES.json").read_text(encoding="utf-8"))["files"]
    names = [item["name"] for item in listed]
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".tar.gz"))]
    for needed in ("README.md", "LICENSE", "CHANGELOG.md", "meta/runtime.yml", "meta/ee-requirements.txt"):
        assert needed in names


def test_it_works_without_anything_but_what_ansible_loads(
    installed: Path, play: Play, fleet: Fleet, tmp_path: Path
) -> None:
    plant(fleet, "one", retention_time=240)
    run = play(AUDIT, groups={"axis": {"vars": POLICY}}, environment={"ANSIBLE_COLLECTIONS_PATH": str(installed)})
    assert run.status == 0, run.output
    assert summary(run)["drifted"] == ["one"]


def test_the_demo_runs_from_there(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo", "--collections", str(installed)],
        cwd=CHECKOUT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert "All results are as expected" in done.stdout


def test_ansible_builder_finds_what_it_needs(installed: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "ansible_builder", "introspect", str(installed)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = yaml.safe_load(told)
    assert [line.partition(">")[0] for line in found["python"]] == ["requests", "lxml"]
    assert all(line.endswith("from collection camfleet.axis") for line in found["python"])


def test_ansible_builder_makes_the_context_of_an_execution_environment(tmp_path: Path) -> None:
    create = [sys.executable, "-m", "ansible_builder", "create", "--file", str(EXECUTION_ENVIRONMENT)]
    create += ["--output-filename", "Containerfile", "--context", str(tmp_path / "context")]
    done = subprocess.run(create, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [item["name"] for item in wanted["collections"]] == ["camfleet.axis"]
    assert "ansible-core" in (tmp_path / "context" / "Containerfile").read_text(encoding="utf-8")
