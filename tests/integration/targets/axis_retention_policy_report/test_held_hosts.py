# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds in the report: on each host that they apply to, also if it did not respond or was not in the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, add_cameras, extra_vars, summary, summary_text
from tests.simulator import Fleet

HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
ENDED = {**HOLD, "reason": "Case 12", "until": "2020-01-31"}


@pytest.mark.fault("hold whose hosts are not all protected")
def test_a_limited_audit_has_every_hold_with_its_condition(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "safe", "away", retention_time=0)
    add_cameras(fleet, "risk", retention_time=720)
    add_cameras(fleet, "gone", "dark", retention_time=0)
    fleet.devices["gone"].pull_disk("SD_DISK")
    fleet.devices["dark"].powered = False
    groups = {
        "axis": {"vars": {**POLICY, "axis_holds_legal": [HOLD], "axis_holds_old": [{**ENDED, "hosts": ["dark"]}]}}
    }
    settings = {"retention_policy_report_dir": str(tmp_path / "reports"), "retention_policy_report_formats": ["json"]}
    run = play(AUDIT, "--limit", "!away", *extra_vars(**settings), groups=groups)
    (path,) = (tmp_path / "reports").glob("*.json")
    ended, active = sorted(json.loads(path.read_text(encoding="utf-8"))["holds"], key=lambda hold: str(hold["reason"]))
    assert (active["state"], active["hosts"]) == ("active", 5)
    assert {name: hosts for name, hosts in active["conditions"].items() if hosts} == {
        "at_risk": ["risk"],
        "missing": ["gone"],
        "not_verified": ["dark"],
        "not_in_run": ["away"],
        "settings_only": ["safe"],
    }
    assert (ended["state"], ended["conditions"]["ended"]) == ("ended", ["dark"])
    assert [(item["reason"], item["examples"]) for item in summary(run)["ended_holds"]] == [("Case 12", ["dark"])]
    assert "Hold that has ended: door until 2020-01-31T23:59:59Z for Case 12" in summary_text(run)
