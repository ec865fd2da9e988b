# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks without a summary, merge_reports and pin_certificates, also fail if they did nothing."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.conftest import Play
from tests.integration.role import POLICY, add_cameras, extra_vars
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.reports import RUN, host, report, result

MERGE = "camfleet.axis.merge_reports"
PIN = "camfleet.axis.pin_certificates"
GROUPS = {"axis": {"vars": POLICY}}
#: By playbook, what the last play says.
NOTHING = {MERGE: "No report was merged", PIN: "No certificate was read"}
BOTH = pytest.mark.parametrize("playbook", [MERGE, PIN])


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the report of two cameras."""
    directory = tmp_path_factory.mktemp("slices")
    document = report(host("c0", result(0)), host("c1", result(1)), run=replace(RUN, moment=datetime.now(timezone.utc)))
    (directory / "report.json").write_text(json.dumps(document), encoding="utf-8")
    return directory


@pytest.fixture
def variables(fleet: Fleet, slices: Path, tmp_path: Path) -> tuple[str, str]:
    """Return extra variables for both playbooks on two cameras."""
    for name in ("c0", "c1"):
        fleet.add("camera_12_9", name, scheme="https").plant_group(recording_group_id="door", retention_time=720)
    return extra_vars(
        merge_reports_from=str(slices),
        merge_reports_dir=str(tmp_path / "whole"),
        pin_certificates_file=str(tmp_path / "pins.yml"),
    )


def results(directory: Path) -> list[str]:
    """Return the files that the playbooks wrote."""
    whole = directory / "whole"
    return sorted(path.suffix for path in [*(whole.iterdir() if whole.exists() else ()), *directory.glob("pins.yml")])


def import_playbooks(directory: Path, *imports: dict[str, Any]) -> Path:
    """Write a playbook that imports others, as JSON, which is valid YAML."""
    path = directory / "site.yml"
    path.write_text(json.dumps(list(imports)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("playbook", "arguments"),
    [
        (MERGE, ("--tags", "nosuch")),
        (PIN, ("--skip-tags", "all")),
        pytest.param(MERGE, ("--skip-tags", "all,always"), marks=pytest.mark.long),
        pytest.param(PIN, ("--start-at-task", "nosuch"), marks=pytest.mark.long),
    ],
)
def test_tags_that_skip_the_playbook_are_an_error(
    play: Play, variables: tuple[str, str], tmp_path: Path, playbook: str, arguments: tuple[str, ...]
) -> None:
    run = play(playbook, *arguments, *variables, groups=GROUPS)
    assert run.status != 0
    assert results(tmp_path) == []


@pytest.mark.fault("start at a later task of merge_reports or pin_certificates")
@pytest.mark.parametrize(
    ("playbook", "task"),
    [
        (PIN, "Write the fingerprints"),
        pytest.param(PIN, "Save the result for the last play", marks=pytest.mark.long),
        (MERGE, "Save the result for the last play"),
    ],
)
def test_start_at_a_later_task_is_an_error(
    play: Play, variables: tuple[str, str], tmp_path: Path, playbook: str, task: str
) -> None:
    # With this option, core gathers facts although the play disables it.
    python = extra_vars(ansible_python_interpreter=sys.executable)
    run = play(playbook, "--start-at-task", task, *python, *variables, groups=GROUPS)
    assert run.status != 0
    assert results(tmp_path) == []


@pytest.mark.fault("nothing to merge, or to pin")
@BOTH
def test_pattern_that_matches_nothing_is_an_error(
    play: Play, variables: tuple[str, str], tmp_path: Path, playbook: str
) -> None:
    arguments = {MERGE: extra_vars(merge_reports_hosts="nosuch"), PIN: ("--limit", "jump")}[playbook]
    run = play(playbook, *variables, *arguments, hosts={"jump": {}}, groups=GROUPS)
    assert run.status == 2
    assert "0 hosts: " in run.output
    assert results(tmp_path) == []


@BOTH
def test_result_of_an_earlier_import_does_not_count(
    play: Play, variables: tuple[str, str], tmp_path: Path, playbook: str
) -> None:
    site = import_playbooks(tmp_path, {"import_playbook": playbook}, {"import_playbook": playbook, "when": False})
    run = play(site, *variables, groups=GROUPS)
    assert run.status != 0
    assert NOTHING[playbook] in run.output


def test_condition_that_skips_one_host_is_an_error(play: Play, variables: tuple[str, str], tmp_path: Path) -> None:
    site = import_playbooks(tmp_path, {"import_playbook": PIN, "when": "inventory_hostname != 'c1'"})
    run = play(site, *variables, groups=GROUPS)
    assert run.status != 0
    assert "skipped c1" in run.output.replace("\n", " ")
    assert list(yaml.safe_load((tmp_path / "pins.yml").read_text(encoding="utf-8"))["all"]["hosts"]) == ["c0"]


def test_tags_select_imported_playbooks(play: Play, variables: tuple[str, str], tmp_path: Path) -> None:
    site = import_playbooks(
        tmp_path, {"import_playbook": PIN, "tags": ["pin"]}, {"import_playbook": MERGE, "tags": ["merge"]}
    )
    run = play(site, *variables, "--tags", "merge", groups=GROUPS)
    assert run.status == 0, run.output
    assert results(tmp_path) == [".html", ".json"]
    run = play(site, *variables, "--tags", "pin", groups=GROUPS)
    assert run.status == 0, run.output
    assert results(tmp_path) == [".html", ".json", ".yml"]


def test_directory_without_reports_is_an_error(play: Play, fleet: Fleet, tmp_path: Path, soak: bool) -> None:
    add_cameras(fleet, "c0")
    (tmp_path / "slices").mkdir()
    (tmp_path / "slices" / "note.txt").write_text("no report", encoding="utf-8")
    for directory in ("slices", "slices*") if soak else ("slices",):
        paths = {"merge_reports_from": str(tmp_path / directory), "merge_reports_dir": str(tmp_path / "whole")}
        run = play(MERGE, *extra_vars(**paths), groups=GROUPS)
        assert run.status == 2
        assert "There is no report to merge" in run.output


@pytest.mark.parametrize("playbook", [pytest.param(MERGE, marks=pytest.mark.long), PIN])
def test_playbooks_can_be_listed(play: Play, fleet: Fleet, playbook: str, soak: bool) -> None:
    add_cameras(fleet, "c0")
    for arguments in ("--list-hosts", "--list-tasks"), *([("--syntax-check",)] * soak):
        assert play(playbook, *arguments, groups=GROUPS).status == 0
