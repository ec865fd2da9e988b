# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary: identical in output and artifacts, with the holds that need attention, and the policies."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, CHECK, POLICY, REPORT, ROLL_OUT, add_cameras, retention, summary, summary_text
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
GROUPS = {"axis": {"vars": POLICY}}
MODULE = "camfleet.axis.axis_retention_policy_report"


def report_result(run: PlaybookRun) -> dict[str, Any]:
    """Return the result of the report."""
    (result,) = (result for (task, _host), result in run.results.items() if task == REPORT)
    return result


@pytest.mark.parametrize("playbook", [AUDIT, pytest.param(ROLL_OUT, marks=pytest.mark.long)])
def test_published_summary_equals_the_printed_summary(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    add_cameras(fleet, "c2", retention_time=1000)
    variables = {**POLICY, "retention_policy_purpose": "Doors", "retention_policy_owner": "me@example.com"}
    run = play(playbook, groups={"axis": {"vars": variables}}, environment={"ANSIBLE_SHOW_CUSTOM_STATS": "true"})
    assert run.status == 0, run.output
    assert report_result(run)["summary"] == summary(run)
    data = summary(run)
    moment = datetime.strptime(data.pop("checked_at"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs(moment - datetime.now(timezone.utc)) < timedelta(minutes=5)
    reasons = data.pop("reasons")
    kind, title, compliant = (
        ("drifted", "Audit of the retention policies", 0)
        if playbook == AUDIT
        else ("changed", "Roll-out of the retention policies", 2)
    )
    assert data == {
        "hosts": 3,
        "compliant": 0,
        **{key: [] for key in ("changed", "drifted", "failing_disk", "held", "insufficient_history", "indeterminate")},
        **{key: [] for key in ("unsupported", "unverified", "not_attempted")},
        kind: ["c0", "c1"],
        "refused": ["c2"],
        "states": {"compliant": compliant, "non_compliant": 3 - compliant, "unverified": 0},
        "recordings_verified": 0,
        "critical": [],
        "policies": [{"purpose": "Doors", "owner": "me@example.com", "hosts": 3}],
        "losses": {},
        "recording_changes": {},
        "unmanaged": {},
        "ended_holds": [],
        "unmatched_holds": [],
    }
    assert reasons["c0"] == reasons["c1"]
    first, *lines = summary_text(run).splitlines()
    assert first.startswith(f"{title}, {moment:%Y-%m-%d %H:%M} UTC: 3 hosts: 0 compliant, ")
    checks = "Recordings were not checked. To compare their age with the policy, audit with: "
    assert lines == [
        *([f"{checks}--extra-vars retention_policy_verify_recordings=true"] if playbook == AUDIT else []),
        "Policy: Doors (owner: me@example.com): 3 hosts",
        f"{kind} (2):",
        f"  c0, c1: {reasons['c0']}",
        "refused (1):",
        f"  c2: {reasons['c2']}",
        (
            "Refused changes of c2: if its recordings may be deleted, allow it for one roll-out of this host. "
            "Add to camfleet.axis.roll_out:"
        ),
        "  --extra-vars retention_policy_allow_recording_loss=true --limit c2",
    ]
    for line in (first, *lines):
        assert line in run.output
    assert "CUSTOM STATS" in run.output


def test_next_steps_of_many_hosts_are_files_for_limit(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """The summary names a file with all of them, which a later run reads."""
    names = [f"c{number}" for number in range(12)]
    add_cameras(fleet, *names, retention_time=24)
    add_cameras(fleet, "other", retention_time=24)
    for name in names:
        fleet.devices[name].powered = False
    variables = {**POLICY, "retention_policy_report_dir": str(tmp_path / "reports")}
    run = play(AUDIT, groups={"axis": {"vars": variables}})
    (path,) = (tmp_path / "reports").glob("*-unverified.txt")
    assert (
        f"Fix the causes, then retry unverified and not attempted hosts with: --limit @{path}\n"
        in f"{summary_text(run)}\n"
    )
    assert path.read_text(encoding="utf-8").split() == names
    assert path.stat().st_mode & 0o777 == 0o640
    assert str(path) in report_result(run)["files"]
    for name in names:
        fleet.devices[name].powered = True
    again = play(AUDIT, "--limit", f"@{path}", groups={"axis": {"vars": POLICY}})
    assert summary(again)["drifted"] == sorted(names)


def test_ended_and_unmatched_holds_are_reported(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=1000)
    # Only c0 and c1 are read. An active hold prevents a shorter retention; an ended hold protects nothing.
    fleet.devices["c2"].powered = False
    holds = {
        "c0": [HOLD],
        "c1": [{**HOLD, "until": "2020-01-31"}, {**HOLD, "recording_group_id": "hal*", "reason": "Case 12"}],
        "c2": [{**HOLD, "recording_group_id": "never-read"}],
    }
    before = datetime.now(timezone.utc) - timedelta(hours=1000)
    run = play(AUDIT, hosts={name: {"axis_holds": value} for name, value in holds.items()}, groups=GROUPS)
    later = datetime.now(timezone.utc) - timedelta(hours=1000)
    data = summary(run)
    assert data["held"] == ["c0"]
    assert data["refused"] == ["c1"]
    assert data["critical"] == ["c0", "c1"]
    ended = {**HOLD, "until": "2020-01-31T23:59:59Z", "hosts": 1, "examples": ["c1"]}
    unmatched = {**ended, "recording_group_id": "hal*", "reason": "Case 12", "until": "2999-12-31T23:59:59Z"}
    assert data["ended_holds"] == [ended]
    assert data["unmatched_holds"] == [unmatched]
    lines = summary_text(run).splitlines()
    ended_text = "door until 2020-01-31T23:59:59Z for Case 4711 (owner: legal@example.com) on c1"
    assert f"Hold that has ended: {ended_text}" in lines
    unmatched_text = "hal* until 2999-12-31T23:59:59Z for Case 12 (owner: legal@example.com) on c1"
    assert f"Hold that matches no group (1 host could not be read): {unmatched_text}" in lines
    warning = (
        "The hold on door (Case 4711, owner: legal@example.com) ended at 2020-01-31 23:59 UTC and no longer protects"
    )
    assert any(item.startswith(warning) for item in run.results[CHECK, "c1"]["warnings"])
    # A hold on a finite group names the date of deletion.
    (finding,) = run.results[CHECK, "c0"]["findings"]
    assert (finding["verdict"], finding["severity"]) == ("held", "critical")
    moments = {f"recordings from before {moment:%Y-%m-%d %H:%M} UTC are deleted" for moment in (before, later)}
    assert any(part in finding["reason"] and part in summary_text(run) for part in moments)
    assert "The group is held until 2999-12-31 23:59 UTC for Case 4711 (owner: legal@example.com)" in summary_text(run)


def test_active_hold_overrides_the_allowance_and_ended_hold_not(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "ended", "held", retention_time=1000)
    hosts = {"ended": {"axis_holds": [{**HOLD, "until": "2020-01-31"}]}, "held": {"axis_holds": [HOLD]}}
    variables = {**POLICY, "retention_policy_allow_recording_loss": True}
    run = play(ROLL_OUT, hosts=hosts, groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    assert retention(fleet) == {"ended": 720, "held": 1000}
    assert summary(run)["changed"] == ["ended"]
    assert summary(run)["held"] == ["held"]


def test_policies_are_counted_by_resolved_purpose_and_owner(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3")
    variables = {
        **POLICY,
        "retention_policy_purpose": "Safety of {{ site }}",
        "retention_policy_owner": "{{ site }}@example.com",
    }
    hosts = {"c0": {"site": "quays"}, "c1": {"site": "works"}, "c2": {"site": "quays"}}
    run = play(AUDIT, hosts=hosts, groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    policies = {(item["purpose"], item["owner"]): item["hosts"] for item in summary(run)["policies"]}
    assert policies["Safety of quays", "quays@example.com"] == 2
    assert policies["Safety of works", "works@example.com"] == 1
    # An undefined variable does not prevent the report.
    assert [purpose for purpose, _owner in policies if "cannot be resolved" in purpose]


def register_result(result: dict[str, Any], *hosts: str) -> dict[str, Any]:
    """Return a task that registers the result of a camera."""
    return {
        "name": f"Registered on {hosts}",
        "ansible.builtin.set_fact": {"retention_policy_result": result},
        "when": f"inventory_hostname in {list(hosts)}",
    }


COMPLIANT = {"compliant": True, "findings": [], "changed": False}
DRIFTED = {"compliant": False, "findings": [], "changed": False}
UNREACHABLE = {
    "unreachable": True,
    "msg": "No route",
    "error": {"kind": "unreachable", "message": "No route", "next_step": "Check it."},
}


# Options, and fields of the result.
SELECTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"stop": False, "failed_percentage": 25.0, "failed_hosts": ["c2"]}),
    ({"max_fail_percentage": 25}, {"stop": False}),
    ({"max_fail_percentage": 24.9}, {"stop": True}),
    ({"max_fail_percentage": "0"}, {"stop": True}),
    ({"hosts": ["c0", "c1"], "max_fail_percentage": 0}, {"stop": False, "failed_percentage": 0.0}),
    ({"hosts": ["c2"], "max_fail_percentage": 99}, {"stop": True, "failed_percentage": 100.0}),
]


def test_options_select_hosts_and_failure_share(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3")
    tasks = [register_result(COMPLIANT, "c0"), register_result(DRIFTED, "c1"), register_result(UNREACHABLE, "c2")]
    reports = [
        {"name": f"Report {number}", MODULE: {"title": "Mine", **options}, "run_once": True}
        for number, (options, _expected) in enumerate(SELECTIONS)
    ]
    run = play([*tasks, *reports])
    assert run.status == 0, run.output
    for number, (options, expected) in enumerate(SELECTIONS):
        result = run.results[f"Report {number}", "c0"]
        assert expected.items() <= result.items(), options
        assert result["headline"].startswith("Mine: ")
        assert result["lines"][0].startswith("Mine, ")
        assert ("Stop: " in result["headline"]) is result["stop"]
        assert result["summary"]["not_attempted"] == ([] if "hosts" in options else ["c3"])
