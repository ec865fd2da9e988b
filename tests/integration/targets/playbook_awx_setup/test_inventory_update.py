# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory source of camfleet.axis.awx_setup, which ansible-runner updates from the example project as in AWX."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.awx_inventory_update import UpdateResult, update
from tests.integration.awx_job import PROJECT
from tests.integration.controller import Controller
from tests.playbook import environment

HOSTS = {"harbor-1": "192.0.2.11", "harbor-2": "192.0.2.12", "museum-1": "192.0.2.21"}
#: The name of the second camera is that of the first.
BROKEN = "name,address\nharbor-1,192.0.2.11\nharbor-1,192.0.2.12\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the example project."""
    return Path(shutil.copytree(PROJECT, tmp_path / "private" / "project"))


@pytest.fixture
def update_source(controller: Controller, project: Path) -> Callable[..., UpdateResult]:
    """Return a function that updates the inventory source, with other fields."""

    def run(**fields: Any) -> UpdateResult:
        source = controller.named("inventory_sources", "Axis cameras of the project")
        return update(project.parent, {**source, **fields})

    return run


def test_update_imports_the_cameras_of_the_table(update_source: Callable[..., UpdateResult]) -> None:
    result = update_source()
    assert result.status == "successful", result.output
    variables = result.host_variables
    assert {name: host["ansible_host"] for name, host in variables.items()} == HOSTS
    assert variables["museum-1"]["note"] == "hall, north"
    assert variables["museum-1"]["axis_serial"] == "ACCC8E000003"
    assert "note" not in variables["harbor-2"]
    assert result.inventory["indoors"]["hosts"] == ["museum-1"]
    assert result.inventory["axis_site_harbor"]["hosts"] == ["harbor-1", "harbor-2"]
    # AWX imports the variables of a group with the group.
    assert result.inventory["axis"]["vars"]["retention_policy_owner"] == "safety@example.com"


def test_text_of_the_table_is_not_a_template_in_a_job(
    update_source: Callable[..., UpdateResult], project: Path, tmp_path: Path
) -> None:
    """AWX stores the variables of a host, and a script of the job prints them."""
    with (project / "cameras.csv").open("a", encoding="utf-8") as file:
        file.write("pier-1,192.0.2.31,ACCC8E000004,Pier,,pier (east) {{ 6 * 7 }}\n")
    script = tmp_path / "hosts"
    inventory = json.dumps(update_source().inventory)
    script.write_text(f"#!/usr/bin/env python3\nprint({inventory!r})\n", encoding="utf-8")
    script.chmod(0o700)
    command = [sys.executable, "-m", "ansible", "adhoc", "--inventory", str(script), "--connection", "local"]
    command += ["--module-name", "ansible.builtin.debug", "--args", "msg=<{{ note }}>", "pier-1"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert "<pier (east) {{ 6 * 7 }}>" in done.stdout


def test_update_fails_if_the_table_is_broken(update_source: Callable[..., UpdateResult], project: Path) -> None:
    (project / "cameras.csv").write_text(BROKEN, encoding="utf-8")
    result = update_source()
    assert result.status == "failed"
    assert "cameras.csv, line 3" in " ".join(result.output.split())


def test_update_fails_if_one_file_of_a_directory_is_broken(
    update_source: Callable[..., UpdateResult], project: Path
) -> None:
    """Without the variable of the source, AWX would import the rest, and delete the cameras of the table.

    Only the example project has an ansible.cfg with the same setting.
    """
    (project / "ansible.cfg").unlink()
    (project / "cameras.csv").write_text(BROKEN, encoding="utf-8")
    (project / "inventory" / "others.yml").write_text("axis: {hosts: {other: }}\n", encoding="utf-8")
    assert update_source(source_path="inventory").status == "failed"
    without_variable = update_source(source_path="inventory", source_vars="{}")
    assert without_variable.status == "successful", without_variable.output
    assert without_variable.inventory["axis"]["hosts"] == ["other"]


@pytest.mark.parametrize("path", [pytest.param("inventory", marks=pytest.mark.long), "inventory/cameras.axis.yml"])
def test_project_has_the_same_cameras_without_awx(project: Path, tmp_path: Path, path: str) -> None:
    command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(project / path), "--list"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert "WARNING" not in done.stderr
    hosts = json.loads(done.stdout)["_meta"]["hostvars"]
    assert {name: host["ansible_host"] for name, host in hosts.items()} == HOSTS
    assert {host["retention_policy_minimum"] for host in hosts.values()} == {"48h"}
