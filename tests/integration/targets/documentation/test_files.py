# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that appear on the controller are those of the page, with their modes, and without secrets."""

from __future__ import annotations

import stat
from collections.abc import Set
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import POLICY, add_cameras, extra_vars
from tests.reference.files import COMPARE, DRAFT, KINDS, PINS, PROFILE, REPORT, find_kinds
from tests.simulator import Fleet

ALL_OF_TWO = {"compare_reports_formats": ["html", "json", "markdown"]}
FORMATS = ["html", "json", "csv", "markdown", "junit", "openmetrics"]


def check(directory: Path, part: str, *, left_out: Set[str] = frozenset()) -> None:
    """Compare the files in a directory with those of a part, by the patterns of their kinds."""
    seen = set()
    for path in (path for path in directory.rglob("*") if path.is_file()):
        name = str(path.relative_to(directory))
        kinds = find_kinds(part, name)
        assert len(kinds) == 1, name
        seen.add(kinds[0].name)
        assert stat.S_IMODE(path.stat().st_mode) & ~kinds[0].mode == 0, name
        assert "operator-pass" not in path.read_text(encoding="utf-8"), name
    assert seen == {kind.name for kind in KINDS[part]} - left_out


class Runs:
    """Runs playbooks on two cameras with a drifted group, in an inventory with further hosts that do not respond."""

    def __init__(self, play: Play, fleet: Fleet, *, away: int = 11) -> None:
        add_cameras(fleet, "c0", "c1", retention_time=48)
        self._play, self.policy = play, POLICY
        # More than fit into the argument of a command.
        self._away = {f"x{number}": {"ansible_host": "127.0.0.1", "axis_port": number + 1} for number in range(away)}
        self._hosts = {name: {**variables, "axis_retries": 0} for name, variables in self._away.items()}

    def run(self, playbook: str, *arguments: str, **variables: Any) -> None:
        """Run a playbook, whatever its exit status is."""
        login = {"axis_username": "operator", "axis_password": "operator-pass"}
        groups = {
            "axis": {"hosts": [*self._away], "vars": {**self.policy, **login}},
            "site": {"hosts": ["c1"], "vars": {}},
        }
        self._play(f"camfleet.axis.{playbook}", *extra_vars(**variables), *arguments, hosts=self._hosts, groups=groups)


def test_a_report_has_the_documented_files(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    runs, reports = Runs(play, fleet), tmp_path / "reports"
    given = {"retention_policy_report_dir": str(reports), "retention_policy_report_formats": FORMATS}
    runs.run("audit", **given)
    runs.run("audit", "--limit", "c0", **given)
    check(reports, REPORT)
    assert stat.S_IMODE(reports.stat().st_mode) & ~0o750 == 0


@pytest.mark.long
def test_merge_and_comparison_have_the_documented_files(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    runs, reports, merged, compared = (
        Runs(play, fleet),
        *(tmp_path / name for name in ("reports", "merged", "compared")),
    )
    for _number in range(2):
        runs.run("audit", retention_policy_report_dir=str(reports))
        fleet.devices["c1"].groups["door"].retention_time = 720
    runs.run("compare_reports", compare_reports_from=str(reports), compare_reports_dir=str(compared), **ALL_OF_TWO)
    check(compared, COMPARE)
    for path in sorted(reports.iterdir(), key=lambda path: path.name)[:-2]:
        path.unlink()
    given = {"merge_reports_from": str(reports), "merge_reports_dir": str(merged), "merge_reports_formats": FORMATS}
    runs.run("merge_reports", **given)
    check(merged, REPORT, left_out={"``retention_policy_<kind>.prom``"})


@pytest.mark.long
def test_a_draft_has_the_documented_files(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    runs = Runs(play, fleet, away=0)
    add_cameras(fleet, "c2", "c3", retention_time=48)
    fleet.devices["c1"].plant_group(recording_group_id="yard", retention_time=24)
    for coverage, runs.policy in ((False, {}), (True, POLICY)):
        directory = str(tmp_path / "draft" / ("coverage" if coverage else "policy"))
        (tmp_path / "draft").mkdir(exist_ok=True)
        runs.run("draft_policy", draft_policy_dir=directory, draft_policy_coverage=coverage)
    coverage = "``coverage.md``"
    check(tmp_path / "draft" / "policy", DRAFT, left_out={coverage})
    check(tmp_path / "draft" / "coverage", DRAFT, left_out={kind.name for kind in KINDS[DRAFT]} - {coverage})


@pytest.mark.long
def test_a_device_check_has_the_documented_files(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    Runs(play, fleet).run("device_check", device_check_hosts="c0", device_check_dir=str(tmp_path / "profiles"))
    check(tmp_path / "profiles", PROFILE)


@pytest.mark.long
def test_pins_are_one_file(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "c0", scheme="both")
    hosts = {"c0": {"axis_port": device.tls_port, "axis_protocol": "https"}}
    (tmp_path / "inventory").mkdir()
    given = {"pin_certificates_file": str(tmp_path / "inventory" / "pins.yml")}
    play("camfleet.axis.pin_certificates", *extra_vars(**given), hosts=hosts)
    check(tmp_path / "inventory", PINS)


@pytest.mark.long
def test_without_a_directory_no_file_is_written(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Those of the run itself are in the temporary directory of Ansible, which is removed at its end."""
    runs = Runs(play, fleet)
    runs.run("audit", "--limit", "c0")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    runs.run("audit", "--limit", "c0,c1")
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before
