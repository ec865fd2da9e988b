# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which result of a host counts: that of its own task, that of the audit of all hosts, or that of the last check."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    find_check,
    find_final_result,
    find_result,
)

PLAY = "audit:1"
DRIFTED = {
    "changed": True,
    "compliant": False,
    "changes": [{"operation": "update"}],
    "findings": [{"verdict": "drifted"}],
}
AUDITED = {"changed": False, "compliant": True}
WRITTEN = {
    "changed": True,
    "compliant": True,
    "changes": [{"operation": "update"}],
    "findings": [{"verdict": "compliant"}],
}
UNREACHABLE = {"unreachable": True, "changed": False, "error": {"kind": "timeout"}, "msg": "gate: No connection."}


def audit(play: str = PLAY, **results: Any) -> dict[str, Any]:
    """Return the result of an audit of all hosts."""
    return {"play": play, "results": results}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        # The task of the host itself, in a custom play or in a wave.
        ({"retention_policy_result": WRITTEN, "retention_policy_play": PLAY}, WRITTEN),
        ({"retention_policy_result": UNREACHABLE, "retention_policy_play": PLAY}, UNREACHABLE),
        (
            {
                "retention_policy_result": WRITTEN,
                "retention_policy_play": PLAY,
                "retention_policy_audit": audit(gate=AUDITED),
            },
            WRITTEN,
        ),
        # The audit, after which the role resets the result of an earlier task.
        (
            {
                "retention_policy_result": {"problems": []},
                "retention_policy_play": PLAY,
                "retention_policy_audit": audit(gate=AUDITED),
            },
            AUDITED,
        ),
        ({"retention_policy_audit": audit(gate=UNREACHABLE, other=AUDITED)}, UNREACHABLE),
        # Nothing that an earlier play, or another host, has found.
        ({"retention_policy_result": WRITTEN, "retention_policy_play": "audit:0"}, None),
        ({"retention_policy_audit": audit("audit:0", gate=AUDITED)}, None),
        ({"retention_policy_audit": audit(other=AUDITED)}, None),
        ({"retention_policy_result": {"problems": []}, "retention_policy_play": PLAY}, None),
        # Nothing that is damaged or skipped.
        ({"retention_policy_audit": {"skipped": True}}, None),
        ({"retention_policy_audit": {"play": PLAY}}, None),
        ({"retention_policy_audit": {"play": PLAY, "results": None}}, None),
        ({"retention_policy_audit": None, "retention_policy_result": None}, None),
        ({}, None),
    ],
)
def test_result_of_this_play(variables: dict[str, Any], expected: dict[str, Any] | None) -> None:
    task_vars = {**variables, "retention_policy_play": PLAY, "retention_policy_playbook": "audit"}
    assert find_result(variables, "gate", task_vars) == expected
    assert find_final_result(variables, "gate", task_vars) == expected


def final(own: dict[str, Any] | None, again: dict[str, Any] | None, *, writes: list[str]) -> Any:
    """Return the final result of a host in a roll-out.

    :param own: the result of the task that writes, or ``None`` if its wave did not run.
    :param again: the result of the check after the last wave, or ``None`` if there was none.
    """
    variables = {
        "retention_policy_play": PLAY,
        "retention_policy_result": {"problems": []} if own is None else own,
    }
    task_vars = {
        "retention_policy_audit": audit(gate=DRIFTED),
        "retention_policy_playbook": "roll_out",
        "retention_policy_play": PLAY,
        "retention_policy_writes": writes,
        "retention_policy_audit_after": {} if again is None else {"results": {"gate": again}},
    }
    return find_final_result(variables, "gate", task_vars)


def test_host_without_a_write_has_the_result_of_the_check() -> None:
    """Also one that differs from the policy: the gate has left it out, for example as a duplicate."""
    assert final(None, None, writes=["other"]) == {**DRIFTED, "changed": False, "changes": []}


def test_host_whose_wave_did_not_run_has_no_result() -> None:
    assert final(None, None, writes=["gate"]) is None
    assert final(None, {"changed": False, "compliant": True}, writes=["gate"]) is None


def test_check_before_a_roll_out_is_known() -> None:
    task_vars = {"retention_policy_audit": audit(gate=DRIFTED), "retention_policy_play": PLAY}
    assert find_check("gate", {**task_vars, "retention_policy_playbook": "roll_out"}) == DRIFTED
    assert find_check("other", {**task_vars, "retention_policy_playbook": "roll_out"}) is None
    assert find_check("gate", {**task_vars, "retention_policy_playbook": "audit"}) is None
    other = {**task_vars, "retention_policy_playbook": "roll_out", "retention_policy_play": "roll_out:2"}
    assert find_check("gate", other) is None


@pytest.mark.parametrize("own", [{**WRITTEN, "failed": True}, UNREACHABLE])
def test_failed_write_counts_whatever_the_check_after_it_found(own: dict[str, Any]) -> None:
    assert final(own, {"changed": False, "compliant": True, "findings": []}, writes=["gate"]) == own


def test_written_host_has_its_changes_and_the_last_findings() -> None:
    assert final(WRITTEN, None, writes=["gate"]) == WRITTEN
    again = {
        "changed": True,
        "compliant": False,
        "findings": [{"verdict": "missing"}],
        "changes": [{"operation": "create"}],
    }
    assert final(WRITTEN, again, writes=["gate"]) == {
        **WRITTEN,
        "compliant": False,
        "findings": [{"verdict": "missing"}],
    }


@pytest.mark.parametrize("failure", [{"failed": True, "msg": "x"}, UNREACHABLE])
def test_host_that_cannot_be_checked_again_is_not_compliant(failure: dict[str, Any]) -> None:
    """It has failed, also if it is unreachable now: only a host that received no write is unreachable."""
    result = final(WRITTEN, failure, writes=["gate"])
    assert (result["failed"], result["msg"], result.get("error")) == (True, failure["msg"], failure.get("error"))
    assert "unreachable" not in result
    assert (result["changed"], result["changes"]) == (True, WRITTEN["changes"])
    # Another client has made it compliant before its wave.
    unchanged = {**WRITTEN, "changed": False, "changes": []}
    assert final(unchanged, failure, writes=["gate"]) == {**unchanged, **failure}


def test_what_a_write_left_out_remains_a_finding() -> None:
    """A check after it does not see which recordings are gone."""
    own = {**WRITTEN, "compliant": False, "findings": [{"verdict": "refused"}]}
    again = {"compliant": True, "findings": [{"verdict": "compliant"}]}
    result = final(own, again, writes=["gate"])
    assert result["compliant"] is False
    assert result["findings"] == [{"verdict": "refused"}, {"verdict": "compliant"}]


def disk(verdict: str, age: str) -> dict[str, Any]:
    """Build a finding about a disk."""
    return {"disk_id": "SD_DISK", "verdict": verdict, "severity": "info", "reason": f"{age} days old"}


FINE = {"disk_id": None, "recording_group_id": "door", "verdict": "compliant", "severity": "info"}
LEFT_OUT = {**FINE, "verdict": "refused", "severity": "warning"}


@pytest.mark.parametrize(
    ("before", "again", "expected"),
    [
        ([FINE, disk("short", "1.0")], [FINE, disk("short", "1.1")], [FINE, disk("short", "1.1")]),
        # The history was long enough a moment later.
        ([FINE, disk("insufficient_history", "1.0")], [FINE], [FINE]),
        ([FINE], [FINE, disk("short", "1.1")], [FINE, disk("short", "1.1")]),
        (
            [LEFT_OUT, disk("short", "1.0")],
            [FINE, disk("short", "1.1")],
            [LEFT_OUT, FINE, disk("short", "1.1")],
        ),
    ],
)
def test_each_disk_has_the_finding_of_the_last_check(
    before: list[dict[str, Any]], again: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    own = {**WRITTEN, "compliant": before == [FINE], "findings": before}
    result = final(own, {"compliant": again == [FINE], "findings": again}, writes=["gate"])
    assert result["findings"] == expected
    assert result["compliant"] is (expected == [FINE])


#: By name: the device of the write, those of the two checks, and the model and firmware that count.
DESCRIPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], tuple[Any, Any]]] = {
    "of the write": ({"model": "A", "firmware": "1"}, {"model": "B", "firmware": "2"}, {}, ("A", "1")),
    "not read": ({}, {}, {}, (None, None)),
    "of the last check": (
        {"model": None, "firmware": None},
        {"model": "A", "firmware": "1"},
        {"model": "A", "firmware": "2"},
        ("A", "2"),
    ),
    "of the first check": ({}, {"model": "A", "firmware": "1"}, {"model": None, "firmware": None}, ("A", "1")),
    "of another device": ({}, {"serial": "B", "model": "A", "firmware": "1"}, {}, (None, None)),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
@pytest.mark.parametrize("outcome", [{}, {"failed": True}])
def test_model_is_that_of_a_check_if_the_write_could_not_read_it(name: str, outcome: dict[str, Any]) -> None:
    *devices, expected = DESCRIPTIONS[name]
    own, first, again = ({"device": {"host": "gate", "serial": "A", **device}} for device in devices)
    task_vars = {
        "retention_policy_audit": audit(gate={**DRIFTED, **first}),
        "retention_policy_playbook": "roll_out",
        "retention_policy_play": PLAY,
        "retention_policy_writes": ["gate"],
        "retention_policy_audit_after": {"results": {"gate": {**AUDITED, **again}}},
    }
    variables = {"retention_policy_play": PLAY, "retention_policy_result": {**WRITTEN, **outcome, **own}}
    result = find_final_result(variables, "gate", task_vars)
    assert result is not None
    device = result["device"]
    assert (device["serial"], device.get("model"), device.get("firmware")) == ("A", *expected)


def test_disk_of_a_group_that_the_write_created_keeps_its_severity() -> None:
    """The check after the write does not know that the group is new, so that its disk has no recordings yet."""
    disk = {"disk_id": "SD_DISK", "verdict": "insufficient_history", "reason": "The disk has no recordings"}
    about = {"recording_group_id": None, "nice_name": None, "differences": []}
    own = {**WRITTEN, "compliant": False, "findings": [{**about, **disk, "severity": "info"}]}
    again = {
        "changed": False,
        "compliant": False,
        "findings": [{**about, **disk, "severity": "critical"}],
        "actual": {"disks": [{**disk, "severity": "critical"}]},
    }
    found = final(own, again, writes=["gate"])
    assert [item["severity"] for item in (*found["findings"], *found["actual"]["disks"])] == ["info", "info"]
    other = {**again, "findings": [{**about, **disk, "reason": "Another", "severity": "critical"}]}
    assert final(own, other, writes=["gate"])["findings"][0]["severity"] == "critical"
