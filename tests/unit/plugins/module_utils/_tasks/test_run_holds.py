# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds over HTTP: what they forbid, holds in other case, and held groups that do not exist."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_retention_policy
from tests.parameters import policy_parameters
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

ALL = {"groups": [], "existing_groups": [], "allow_recording_loss": True, "allow_recording_stop": True}


def hold(group: str) -> dict[str, str]:
    """Return a hold on a group."""
    return {"recording_group_id": group, "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}


def plant(camera: Device, *groups: str) -> None:
    """Plant groups that keep everything, with a recording each."""
    for name in groups:
        camera.plant_group(recording_group_id=name, retention_time=0, stream_options="camera=1", pre_duration=5000)
        camera.plant_recordings(name, 1)


def values(camera: Device, name: str) -> tuple[int, str, int, int]:
    """Return the fields of a group that a hold protects."""
    group = camera.groups[name]
    return group.retention_time, group.stream_options, group.pre_duration, group.post_duration


KEPT = (0, "camera=1", 5000, 0)
# By case: the options of a policy that would change the held group door.
FORBIDDEN: dict[str, dict[str, Any]] = {
    "stream options of an entry": {"groups": [{"recording_group_id": "door", "stream_options": "camera=2"}]},
    "pre-recording of an entry": {"groups": [{"recording_group_id": "door", "pre_duration": 0}]},
    "longer pre-recording": {"groups": [{"recording_group_id": "door", "pre_duration": 6000}]},
    "post-recording by a rule": {
        "existing_groups": [{"match": {"recording_group_id": "d*"}, "post_duration": 1000}],
    },
    "stream options by a rule for all": {
        "existing_groups": [{"match": {"recording_group_id": "*"}, "stream_options": "camera=2"}],
    },
    "shorter retention": {"existing_groups": [{"match": {"recording_group_id": "*"}, "retention_time": "1d"}]},
    "purge": {"purge": True, "purge_match": ["*"]},
}


@pytest.mark.fault("other recording to a held group")
@pytest.mark.parametrize("pattern", ["door", "d*", "DOOR", "D*"])
@pytest.mark.parametrize("case", FORBIDDEN)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_held_group_is_not_changed_whatever_is_allowed(
    run_policy: RunTask, camera: Device, case: str, pattern: str, check_mode: bool
) -> None:
    plant(camera, "door", "yard")
    options = {**ALL, **FORBIDDEN[case], "holds": [hold(pattern)], "on_refused": "report"}
    result = run_policy(camera, check_mode=check_mode, **options)
    refused = [(item["recording_group_id"], item["kind"], item["allowances"]) for item in result["refused"]]
    assert refused == [("door", "held", [])]
    assert values(camera, "door") == KEPT
    assert len(camera.lost_recordings) == (1 if not check_mode and case == "purge" else 0)
    # The other group is not held.
    assert [item["recording_group_id"] for item in result["changes"]] == (
        ["yard"] if "recording_group_id': '*'" in str(options) or case == "purge" else []
    )


@pytest.mark.fault("hold in other case than its group")
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_hold_in_other_case_is_reported_before_any_write(camera: Device, check_mode: bool) -> None:
    plant(camera, "door", "yard")
    options = {**ALL, "purge": True, "purge_match": ["*"], "on_refused": "report", "holds": [hold("Door")]}
    shown: list[tuple[str, int]] = []
    result = run_retention_policy(
        policy_parameters(port=camera.port, **options),
        check_mode=check_mode,
        diff=False,
        open_session=Session,
        warn=lambda text: shown.append((text, len(camera.writes))),
    )
    assert len(camera.writes) == (0 if check_mode else 1)
    ((text, writes),) = shown
    assert text.startswith(
        "The hold on Door (Case 1, owner: legal) matches no recording group of a device that has door,"
    )
    assert writes == 0
    assert result["holds"][0]["matches"] == []
    assert result["holds"][0]["differs_in_case"] == ["door"]
    findings = {item["recording_group_id"]: (item["verdict"], item["severity"]) for item in result["findings"]}
    assert findings["Door"] == ("missing", "warning")
    assert findings["door"] == ("held", "info")
    assert result["compliant"] is False


def test_a_group_in_the_case_of_the_hold_is_not_the_only_one_held(run_policy: RunTask, camera: Device) -> None:
    plant(camera, "door", "Door")
    options = {**ALL, "purge": True, "purge_match": ["*"], "on_refused": "report", "holds": [hold("Door")]}
    result = run_policy(camera, **options)
    assert sorted(camera.groups) == ["Door", "door"]
    assert result["warnings"] == []
    assert (result["holds"][0]["matches"], result["holds"][0]["differs_in_case"]) == (["Door"], ["door"])


def test_a_missing_held_group_makes_the_device_non_compliant(run_policy: RunTask, camera: Device) -> None:
    plant(camera, "yard")
    rule = {"match": {"recording_group_id": "*"}, "retention_time": "0"}
    result = run_policy(camera, **{**ALL, "existing_groups": [rule], "holds": [hold("door"), hold("gate*")]})
    (missing,) = [item for item in result["findings"] if item["verdict"] == "missing"]
    assert (missing["recording_group_id"], missing["severity"]) == ("door", "critical")
    assert missing["reason"] == (
        "The group is held until 2999-12-31 23:59 UTC for Case 1 (owner: legal), but does not exist"
    )
    assert result["compliant"] is False
    # A pattern may be for groups of other devices.
    result = run_policy(camera, **{**ALL, "existing_groups": [rule], "holds": [hold("gate*")]})
    assert result["compliant"] is True


@pytest.mark.parametrize("others", [(), ("Door",)])
def test_a_hold_in_other_case_protects_the_recording_action(
    run_action: RunTask, camera: Device, others: tuple[str, ...]
) -> None:
    plant(camera, "door", *others)
    camera.plant_recording("door", name="Door")
    result = run_action(camera, recording_group_id="door", state="absent", holds=[hold("Door")])
    assert result["error"]["kind"] == "held"
    assert camera.is_recording("door")
    assert len(result["warnings"]) == (0 if others else 1)


@pytest.mark.parametrize("options", [{"state": "absent"}, {"pre_duration": 0}, {"stream_options": "camera=2"}])
def test_a_hold_forbids_the_change_of_one_group(run_group: RunTask, camera: Device, options: dict[str, Any]) -> None:
    plant(camera, "door")
    for pattern in ("door", "dOOr"):
        result = run_group(
            camera, recording_group_id="door", allow_recording_loss=True, holds=[hold(pattern)], **options
        )
        assert result["error"]["kind"] == "held"
    assert values(camera, "door") == KEPT
    assert camera.writes == []


CREATED = (
    "The group is held until 2999-12-31 23:59 UTC for Case 1 (owner: legal), but did not exist, and was created "
    "without recordings. Check whether a disk with it was removed"
)


@pytest.mark.fault("held group created again")
@pytest.mark.parametrize("pattern", ["door", "d*", "DOOR"])
@pytest.mark.parametrize(
    ("retention", "minimum", "verdict", "severity"),
    [
        ("unlimited", None, "missing", "critical"),
        ("unlimited", "7d", "missing", "critical"),
        # It also keeps less than the hold requires.
        ("30d", None, "held", "critical"),
    ],
)
def test_created_held_group_is_reported_by_the_run_that_creates_it(
    run_policy: RunTask,
    camera: Device,
    pattern: str,
    retention: str,
    minimum: str | None,
    verdict: str,
    severity: str,
) -> None:
    plant(camera, "hall")
    groups = [
        {"recording_group_id": "door", "retention_time": retention},
        {"recording_group_id": "yard", "retention_time": "unlimited"},
    ]
    options: dict[str, Any] = {"groups": groups, "holds": [hold(pattern)], "retention_minimum": minimum}
    predicted = run_policy(camera, check_mode=True, **options)
    findings = {item["recording_group_id"]: item for item in predicted["findings"]}
    assert (predicted["compliant"], findings["door"]["verdict"]) == (False, "missing")
    assert "for Case 1 (owner: legal), but does not exist" in findings["door"]["reason"]
    assert "Case 1" not in findings["yard"]["reason"]
    result = run_policy(camera, **options)
    assert set(camera.groups) == {"door", "hall", "yard"}
    findings = {item["recording_group_id"]: item for item in result["findings"]}
    assert (findings["door"]["verdict"], findings["door"]["severity"]) == (verdict, severity)
    assert CREATED in findings["door"]["reason"]
    assert ("keeps only 720 hours" in findings["door"]["reason"]) is (retention == "30d")
    assert (findings["yard"]["verdict"], findings["yard"]["reason"]) == ("compliant", None)
    assert result["compliant"] is False
    again = run_policy(camera, **options)
    assert (again["changed"], again["compliant"]) == (False, retention == "unlimited" and pattern != "DOOR")


@pytest.mark.fault("held group created again")
def test_created_held_group_is_reported_although_a_later_write_fails(run_policy: RunTask, camera: Device) -> None:
    plant(camera, "hall")
    camera.plant_fault("error_code", call="recording_group/create", code=10, skip=1)
    groups = [{"recording_group_id": key, "retention_time": "unlimited"} for key in ("door", "yard")]
    result = run_policy(camera, groups=groups, holds=[hold("d*")])
    assert result["failed"] is True
    findings = {item["recording_group_id"]: item for item in result["findings"]}
    assert (findings["door"]["verdict"], findings["door"]["reason"]) == ("missing", CREATED)
    assert findings["yard"]["verdict"] == "missing"


def test_created_group_whose_hold_has_ended_is_compliant(run_policy: RunTask, camera: Device) -> None:
    ended = {**hold("door"), "until": "2020-01-01"}
    groups = [{"recording_group_id": "door", "retention_time": "30d"}]
    assert run_policy(camera, groups=groups, holds=[ended])["compliant"] is True
