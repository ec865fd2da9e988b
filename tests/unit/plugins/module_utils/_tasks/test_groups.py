# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A series of writes over HTTP: their order, the result if one fails, and the prediction of check mode.

The expectations are read from the groups, the recordings, and the journal of the simulator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

# POLICY changes PLANTED with one write of each type, here in their required order.
GROW, NEW, SHORT, GONE = "update grow", "create new", "update short", "delete gone"
WRITES = [GROW, NEW, SHORT, GONE]
PLANTED: tuple[dict[str, Any], ...] = (
    {"recording_group_id": "gone", "retention_time": 0},
    {"recording_group_id": "short", "retention_time": 720},
    {"recording_group_id": "grow", "retention_time": 24},
)
POLICY: dict[str, Any] = {
    "groups": [
        {"recording_group_id": "short", "retention_time": "1d"},
        {"recording_group_id": "new", "retention_time": "30d", "disk_id": ["SD_DISK"]},
        {"recording_group_id": "grow", "retention_time": "30d"},
    ],
    "purge": True,
    "purge_match": ["gone"],
    "allow_recording_loss": True,
}
#: reads for a plan that creates and deletes; without action configurations, rules are not read
PLAN_READS = ("disks/list", "action/GetActionConfigurations")
WANTED = {"grow": 720, "new": 720, "short": 24}


@pytest.fixture
def planted(camera: Device) -> Device:
    """Return the camera with PLANTED, and one recording per hour in each group."""
    for fields in PLANTED:
        camera.plant_group(**fields)
    camera.plant_recordings("gone", 10)
    camera.plant_recordings("short", 100)
    camera.plant_recordings("grow", 24)
    return camera


def sent(device: Device) -> list[str]:
    """Return the requests with a login: the call, and the group if there is one."""
    lines = []
    for entry in device.journal:
        if entry.authorization:
            group = parse_qs(entry.target.partition("?")[2]).get("recordinggroupid", [""])
            lines.append(f"{entry.call.removeprefix('recording_group/')} {group[0]}".strip())
    return lines


def retentions(device: Device) -> dict[str, int]:
    """Return the retention time of each group on the device."""
    return {key: group.retention_time for key, group in device.groups.items()}


def summarize(result: dict[str, Any], part: str = "changes") -> list[str]:
    """Return the changes of a result in short form."""
    return [f"{item['operation']} {item['recording_group_id']}" for item in result[part]]


def group_of(line: str) -> str:
    """Return the group of a change in short form."""
    return line.split()[1]


def error_kind(result: dict[str, Any]) -> str | None:
    """Return the error kind of a failed result, or None."""
    assert result.get("failed", False) is ("error" in result)
    return result["error"]["kind"] if "error" in result else None


def lost(device: Device) -> dict[str | None, int]:
    """Return how many recordings each group lost."""
    groups = [recording.group_id for recording, _reason in device.lost_recordings]
    return {group: groups.count(group) for group in groups}


def test_writes_are_sent_in_safe_order_between_two_lists(run_policy: RunTask, planted: Device) -> None:
    planted.plant_group(recording_group_id="text", description="Old")
    groups = [{"recording_group_id": "text", "description": "New"}, *POLICY["groups"]]
    result = run_policy(planted, **{**POLICY, "groups": groups})
    assert sent(planted) == ["list", *PLAN_READS, GROW, NEW, "update text", SHORT, GONE, "list"]
    assert [entry.target.partition("?")[2] for entry in planted.writes] == [
        "schemaversion=1&recordinggroupid=grow&retentiontime=720&preduration=0&postduration=0",
        "schemaversion=1&recordinggroupid=new&retentiontime=720&diskid=SD_DISK",
        "schemaversion=1&recordinggroupid=text&description=New&retentiontime=0&preduration=0&postduration=0",
        "schemaversion=1&recordinggroupid=short&retentiontime=24&preduration=0&postduration=0",
        "schemaversion=1&recordinggroupid=gone",
    ]
    assert planted.connections == 1
    assert error_kind(result) is None
    assert summarize(result) == [GONE, GROW, NEW, SHORT, "update text"]
    assert retentions(planted) == {**WANTED, "text": 0}
    assert lost(planted) == {"gone": 10, "short": 75}
    assert result["compliant"] is True
    assert [(item["recording_group_id"], item["verdict"]) for item in result["findings"]] == [
        ("grow", "compliant"),
        ("new", "compliant"),
        ("short", "compliant"),
        ("text", "compliant"),
    ]


@pytest.mark.parametrize("number", [1, 40])
def test_compliant_device_costs_one_list(run_policy: RunTask, camera: Device, number: int) -> None:
    for index in range(number):
        camera.plant_group(recording_group_id=f"g{index}", retention_time=720)
    groups = [{"recording_group_id": f"g{index}", "retention_time": "720"} for index in range(number)]
    result = run_policy(camera, groups=groups, existing_groups=[{"match": {"nice_name": "*"}}])
    assert sent(camera) == ["list"]
    assert (result["changed"], result["compliant"], len(result["findings"])) == (False, True, number)


def test_device_without_groups_costs_one_more_list_of_disks(run_policy: RunTask, camera: Device) -> None:
    result = run_policy(camera, existing_groups=[{"match": {"nice_name": "*"}}])
    assert sent(camera) == ["list", "disks/list"]
    assert (result["changed"], result["compliant"], len(result["findings"])) == (False, False, 1)


def test_disks_are_read_only_to_create_a_group(run_policy: RunTask, planted: Device) -> None:
    run_policy(planted, **{**POLICY, "groups": [POLICY["groups"][0]]})
    assert sent(planted) == ["list", PLAN_READS[1], SHORT, GONE, "list"]


@pytest.mark.parametrize(
    ("fault", "error", "number"),
    [
        ({"call": "create", "code": 120}, "group_limit", 1),
        ({"call": "create", "code": 20}, "invalid_request", 1),
        ({"call": "create", "code": 10}, "device_error", 1),
        ({"call": "create", "status": 500}, "device_error", 1),
        ({"call": "create", "status": 403}, "forbidden", 1),
        ({"call": "update", "skip": 1, "code": 20}, "invalid_request", 2),
        ({"call": "update", "skip": 1, "code": 110}, "group_not_found", 2),
        ({"call": "update", "skip": 1, "status": 500}, "device_error", 2),
        ({"call": "delete", "code": 140}, "group_in_use", 3),
        ({"call": "delete", "status": 503}, "device_error", 3),
    ],
)
def test_rejected_write_splits_changes_failed_and_skipped(
    run_policy: RunTask, planted: Device, fault: dict[str, Any], error: str, number: int
) -> None:
    made, failed, skipped = WRITES[:number], WRITES[number], WRITES[number + 1 :]
    name = "error_code" if "code" in fault else "http_status"
    planted.plant_fault(name, **{**fault, "call": f"recording_group/{fault['call']}"})
    before = retentions(planted)
    result = run_policy(planted, **POLICY)
    assert error_kind(result) == error
    assert sent(planted) == ["list", *PLAN_READS, *made, failed, "list"]
    assert summarize(result) == sorted(made, key=group_of)
    assert summarize(result, "failed_changes") == [failed]
    assert summarize(result, "skipped_changes") == sorted(skipped, key=group_of)
    assert (result["changed"], result["compliant"]) == (True, False)
    done = {group_of(line) for line in made}
    left = {key: WANTED[key] if key in done else hours for key, hours in before.items()}
    left |= {"new": 720} if NEW in made else {}
    assert retentions(planted) == left
    assert {item["recording_group_id"]: item["retention_time"] for item in result["recording_groups"]} == left
    assert lost(planted) == ({"short": 75} if SHORT in made else {})


def test_first_write_rejected_is_not_read_back(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("error_code", call="recording_group/update", code=20)
    result = run_policy(planted, **POLICY)
    assert sent(planted) == ["list", *PLAN_READS, GROW]
    assert error_kind(result) == "invalid_request"
    assert (result["changed"], result["changes"]) == (False, [])
    assert summarize(result, "failed_changes") == [GROW]
    assert summarize(result, "skipped_changes") == [GONE, NEW, SHORT]
    assert {item["recording_group_id"] for item in result["recording_groups"]} == {"gone", "grow", "short"}
    assert result["other_groups"] == []
    assert retentions(planted) == {"gone": 0, "short": 720, "grow": 24}
    assert [(item["recording_group_id"], item["verdict"]) for item in result["findings"]] == [
        ("gone", "unmanaged"),
        ("grow", "drifted"),
        ("new", "missing"),
        ("short", "drifted"),
    ]


def test_first_write_with_status_500_is_read_back(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("http_status", call="recording_group/update", status=500)
    result = run_policy(planted, **POLICY)
    assert sent(planted) == ["list", *PLAN_READS, GROW, "list"]
    assert (error_kind(result), result["changed"]) == ("device_error", False)
    assert summarize(result, "skipped_changes") == [GONE, NEW, SHORT]


WRITTEN = (("update", 0), ("create", 1), ("update", 2), ("delete", 3))
LOST = {
    "before": ("drop_before", {}),
    "after": ("drop_after", {}),
    # Longer than the test: only the timeout of the client ends the wait.
    "late": ("delay", {"seconds": 30, "when": "before"}),
    "slow": ("delay", {"seconds": 30, "when": "after"}),
}


@pytest.mark.parametrize(
    ("call", "number", "how"),
    [
        *((call, number, how) for call, number in WRITTEN for how in ("before", "after")),
        *((call, number, how) for call, number in WRITTEN[1::2] for how in ("late", "slow")),
    ],
)
def test_lost_response_is_resumed_and_nothing_written_twice(
    run_policy: RunTask, planted: Device, call: str, number: int, how: str
) -> None:
    fault, options = LOST[how]
    skip = 1 if number == 2 else 0
    planted.plant_fault(fault, call=f"recording_group/{call}", skip=skip, **options)
    result = run_policy(planted, **{**POLICY, "timeout": 0.8 if fault == "delay" else 5.0})
    # Only a write that was not applied, or not yet, is sent again.
    rest = WRITES[number + 1 :] if how in {"after", "slow"} else WRITES[number:]
    expected = ["list", *PLAN_READS, *WRITES[: number + 1], "list", *rest, *(["list"] if rest else [])]
    # Only a group whose disk is usable is deleted.
    expected += ["disks/list"] if call == "delete" and not rest else []
    assert sent(planted) == expected
    assert error_kind(result) is None
    assert summarize(result) == [GONE, GROW, NEW, SHORT]
    assert result["failed_changes" if "failed_changes" in result else "refused"] == []
    assert result["compliant"] is True
    assert retentions(planted) == WANTED
    assert lost(planted) == {"gone": 10, "short": 75}


def test_two_lost_responses_with_nothing_left_succeed(run_policy: RunTask, planted: Device) -> None:
    for call in ("create", "delete"):
        planted.plant_fault("drop_after", call=f"recording_group/{call}")
    result = run_policy(planted, **POLICY)
    assert error_kind(result) is None
    assert [entry.call for entry in planted.writes].count("recording_group/create") == 1
    assert summarize(result) == [GONE, GROW, NEW, SHORT]
    assert retentions(planted) == WANTED


def test_two_lost_responses_with_more_to_do_are_unconfirmed(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("drop_after", call="recording_group/update")
    planted.plant_fault("drop_after", call="recording_group/create")
    result = run_policy(planted, **POLICY)
    assert sent(planted) == ["list", *PLAN_READS, GROW, "list", NEW, "list"]
    assert error_kind(result) == "unconfirmed"
    assert "Both changes are on the device, and no other write was sent" in result["msg"]
    assert summarize(result) == [GROW, NEW]
    assert summarize(result, "failed_changes") == []
    assert summarize(result, "skipped_changes") == [GONE, SHORT]
    assert retentions(planted) == {"gone": 0, "short": 720, "grow": 720, "new": 720}
    assert lost(planted) == {}


def test_policy_write_lost_twice_is_unconfirmed(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("drop_before", call="recording_group/create", times=None)
    result = run_policy(planted, **POLICY)
    assert sent(planted) == ["list", *PLAN_READS, GROW, NEW, "list", NEW, "list"]
    assert error_kind(result) == "unconfirmed"
    assert summarize(result) == [GROW]
    assert summarize(result, "failed_changes") == [NEW]
    assert summarize(result, "skipped_changes") == [GONE, SHORT]
    assert retentions(planted) == {"gone": 0, "short": 720, "grow": 720}


@pytest.mark.parametrize("call", ["create", "delete"])
def test_lost_write_that_takes_effect_late_succeeds(run_policy: RunTask, planted: Device, call: str) -> None:
    late: dict[str, Callable[[Device], object]] = {
        "create": lambda device: device.plant_group(recording_group_id="new", retention_time=720),
        "delete": lambda device: device.delete_group(device.groups["gone"]),
    }
    options = {**POLICY, "groups": POLICY["groups"][1:2], "purge": call == "delete"}
    planted.plant_fault("drop_before", call=f"recording_group/{call}")
    planted.plant_fault("callback", call=f"recording_group/{call}", skip=1, run=late[call])
    result = run_policy(planted, **options)
    failed = NEW if call == "create" else GONE
    assert [line for line in sent(planted) if line != "disks/list"][-4:] == [failed, "list", failed, "list"]
    assert planted.writes[-1].code == (20 if call == "create" else 110)
    assert error_kind(result) is None
    assert failed in summarize(result)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_creations_without_ids_are_not_duplicated(run_policy: RunTask, camera: Device, fault: str) -> None:
    camera.plant_fault(fault, call="recording_group/create", skip=1)
    groups = [{"nice_name": name, "retention_time": "1d", "id_source": "device"} for name in ("One", "Two", "Three")]
    result = run_policy(camera, groups=groups)
    assert error_kind(result) is None
    assert sorted(group.nice_name for group in camera.groups.values()) == ["One", "Three", "Two"]
    assert {item["nice_name"]: item["recording_group_id"] for item in result["changes"]} == {
        group.nice_name: key for key, group in camera.groups.items()
    }
    assert sent(camera).count("create") == (4 if fault == "drop_before" else 3)


@pytest.mark.parametrize("id_source", ["derived", "device"])
def test_same_name_of_another_client_is_not_claimed(run_policy: RunTask, camera: Device, id_source: str) -> None:
    camera.plant_fault(
        "callback",
        call="recording_group/create",
        run=lambda device: device.plant_group(recording_group_id="theirs", nice_name="Door", retention_time=24),
    )
    result = run_policy(camera, groups=[{"nice_name": "Door", "retention_time": "1d", "id_source": id_source}])
    (ours,) = set(camera.groups) - {"theirs"}
    assert [item["recording_group_id"] for item in result["changes"]] == [ours]
    assert [item["recording_group_id"] for item in result["recording_groups"]] == [ours]


@pytest.mark.parametrize("check_mode", [True, False])
def test_creation_without_usable_disk_is_refused(run_policy: RunTask, planted: Device, check_mode: bool) -> None:
    planted.disks["SD_DISK"].locked = True
    result = run_policy(planted, check_mode=check_mode, groups=[POLICY["groups"][1]], unmanaged="ignore")
    assert error_kind(result) == "disk_unavailable"
    assert [(item["recording_group_id"], item["verdict"]) for item in result["findings"]] == [("new", "refused")]
    assert planted.writes == []


def test_failed_read_back_is_unconfirmed(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("drop_before", call="recording_group/list", skip=1, times=None)
    result = run_policy(planted, **{**POLICY, "retries": 0})
    assert error_kind(result) == "unconfirmed"
    assert "could not be read back" in result["msg"]
    assert "unreachable" not in result
    assert (result["changed"], result["compliant"]) == (False, False)
    assert summarize(result, "failed_changes") == [GROW, NEW, SHORT, GONE]
    assert summarize(result, "skipped_changes") == []


def test_power_lost_during_writes_is_unconfirmed(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("callback", call="recording_group/create", run=lambda device: setattr(device, "powered", False))
    planted.plant_fault("drop_before", call="recording_group/create")
    result = run_policy(planted, **{**POLICY, "retries": 0})
    assert sent(planted) == ["list", *PLAN_READS, GROW, NEW]
    assert error_kind(result) == "unconfirmed"
    assert "unreachable" not in result
    assert result["compliant"] is False
    assert summarize(result, "failed_changes") == [GROW, NEW]
    assert summarize(result, "skipped_changes") == [GONE, SHORT]
    assert retentions(planted) == {"gone": 0, "short": 720, "grow": 720}


def test_device_without_power_is_unreachable_and_not_compliant(run_policy: RunTask, planted: Device) -> None:
    planted.powered = False
    result = run_policy(planted, **{**POLICY, "retries": 0})
    assert (result["unreachable"], result["changed"], result["compliant"]) == (True, False, False)
    assert (result["findings"], result["recording_groups"]) == ([], [])
    assert "failed" not in result


@pytest.mark.parametrize(
    ("ignored", "skip", "failed"), [("update", 0, GROW), ("create", 0, NEW), ("update", 1, SHORT), ("delete", 0, GONE)]
)
def test_ignored_write_is_not_applied_and_others_are_claimed(
    run_policy: RunTask, planted: Device, ignored: str, skip: int, failed: str
) -> None:
    planted.plant_fault("ignore_write", call=f"recording_group/{ignored}", skip=skip)
    result = run_policy(planted, **POLICY)
    assert error_kind(result) == "not_applied"
    assert group_of(failed) in result["msg"]
    assert summarize(result) == [line for line in (GONE, GROW, NEW, SHORT) if line != failed]
    assert summarize(result, "failed_changes") == [failed]
    assert summarize(result, "skipped_changes") == []
    assert result["compliant"] is False


def vanish(key: str) -> dict[str, Any]:
    """Return a fault: another client deletes a group just before the first write."""
    return {
        "kind": "callback",
        "call": "recording_group/update",
        "run": lambda device: device.delete_group(device.groups[key]),
    }


RULES: dict[str, Any] = {
    "existing_groups": [{"match": {"recording_group_id": "*"}, "retention_time": "30d"}],
}


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", None])
def test_group_of_a_rule_that_vanishes_is_not_created(run_policy: RunTask, camera: Device, fault: str | None) -> None:
    for key in ("a", "b", "c"):
        camera.plant_group(recording_group_id=key, retention_time=24)
    camera.plant_fault(**vanish("b"))
    if fault is not None:
        camera.plant_fault(fault, call="recording_group/update")
    result = run_policy(camera, **RULES)
    assert retentions(camera) == {"a": 720, "c": 720 if fault else 24}
    assert "create b" not in sent(camera)
    if fault is None:
        assert error_kind(result) == "group_not_found"
        assert summarize(result) == ["update a"]
        assert summarize(result, "failed_changes") == ["update b"]
        assert summarize(result, "skipped_changes") == ["update c"]
    else:
        # The read-back after the lost response shows that the group is missing, and no entry desires it.
        assert error_kind(result) is None
        assert summarize(result) == ["update a", "update c"]


def test_groups_that_vanish_with_their_disk_are_not_created(run_policy: RunTask, planted: Device) -> None:
    # The policy names no disk, so the device would choose one for a new group.
    planted.disks["NetworkShare"].status = "OK"
    planted.plant_fault("callback", call="recording_group/update", run=lambda device: device.pull_disk("SD_DISK"))
    planted.plant_fault("drop_after", call="recording_group/update")
    groups = [{"recording_group_id": key, "retention_time": "unlimited"} for key in ("grow", "short")]
    result = run_policy(planted, groups=groups)
    assert sent(planted)[:3] == ["list", GROW, "list"]
    assert [entry.call for entry in planted.writes] == ["recording_group/update"]
    assert error_kind(result) == "conflict"
    assert "grow no longer exists" in result["msg"]
    assert (result["changed"], result["compliant"]) == (False, False)
    assert summarize(result, "failed_changes") == [GROW]
    assert summarize(result, "skipped_changes") == [SHORT]


def test_group_added_by_another_client_is_for_the_next_run(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault(
        "callback",
        call="recording_group/update",
        run=lambda device: device.plant_group(recording_group_id="gone2", retention_time=24),
    )
    planted.plant_fault("drop_after", call="recording_group/update")
    result = run_policy(planted, **{**POLICY, "purge_match": ["gone*"]})
    assert error_kind(result) is None
    assert retentions(planted) == {**WANTED, "gone2": 24}
    assert summarize(result) == [GONE, GROW, NEW, SHORT]
    assert result["compliant"] is False
    assert [item["verdict"] for item in result["findings"] if item["recording_group_id"] == "gone2"] == ["unmanaged"]


def test_same_id_of_another_client_is_not_claimed(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault(
        "callback",
        call="recording_group/create",
        run=lambda device: device.plant_group(recording_group_id="new", retention_time=24),
    )
    result = run_policy(planted, **POLICY)
    assert error_kind(result) == "invalid_request"
    assert summarize(result) == [GROW]
    assert summarize(result, "failed_changes") == [NEW]
    assert summarize(result, "skipped_changes") == [GONE, SHORT]
    assert retentions(planted)["new"] == 24


@pytest.mark.parametrize("gone_for", ["delete", "update"])
def test_group_deleted_by_another_client_is_not_claimed(run_policy: RunTask, planted: Device, gone_for: str) -> None:
    failed = GONE if gone_for == "delete" else SHORT
    planted.plant_fault(
        "callback",
        call=f"recording_group/{gone_for}",
        skip=0 if gone_for == "delete" else 1,
        run=lambda device: device.delete_group(device.groups[group_of(failed)]),
    )
    result = run_policy(planted, **POLICY)
    assert error_kind(result) == "group_not_found"
    assert summarize(result) == sorted(WRITES[: WRITES.index(failed)], key=group_of)
    assert summarize(result, "failed_changes") == [failed]
    assert group_of(failed) not in retentions(planted)


def test_field_changed_by_another_client_is_a_conflict(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault(
        "callback",
        call="recording_group/delete",
        run=lambda device: device.change_group(device.groups["grow"], nice_name="Another client's"),
    )
    result = run_policy(planted, **POLICY)
    assert error_kind(result) == "conflict"
    assert "Another client's" in result["msg"]
    assert summarize(result, "failed_changes") == [GROW]
    assert set(summarize(result)) >= {GONE, NEW, SHORT}


@pytest.mark.parametrize("check_mode", [True, False])
def test_group_of_two_entries_is_in_the_result_once(run_policy: RunTask, planted: Device, check_mode: bool) -> None:
    planted.change_group(planted.groups["grow"], nice_name="Door")
    groups = [{"recording_group_id": "grow", "description": "New"}, {"nice_name": "Door", "description": "Newer"}]
    result = run_policy(planted, check_mode=check_mode, groups=groups, on_refused="report")
    assert summarize(result) == [GROW]
    assert [(item["recording_group_id"], item["description"]) for item in result["recording_groups"]] == [
        ("grow", "New")
    ]


@pytest.mark.parametrize("check_mode", [True, False])
def test_on_refused_fail_stops_everything(run_policy: RunTask, planted: Device, check_mode: bool) -> None:
    result = run_policy(planted, check_mode=check_mode, **{**POLICY, "allow_recording_loss": False})
    assert error_kind(result) == "recording_loss"
    assert planted.writes == []
    assert (result["changed"], result["changes"]) == (False, [])
    assert summarize(result, "refused") == [GONE, SHORT]
    assert [item["kind"] for item in result["refused"]] == ["recording_loss", "recording_loss"]
    assert lost(planted) == {}


def test_on_refused_report_makes_the_other_changes(run_policy: RunTask, planted: Device) -> None:
    hold = {"recording_group_id": "gone", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
    disk = {"recording_group_id": "card", "disk_id": ["NetworkShare"], "retention_time": "1d"}
    options = {**POLICY, "groups": [*POLICY["groups"], disk], "holds": [hold], "on_refused": "report"}
    planted.plant_group(recording_group_id="card", retention_time=24)
    result = run_policy(planted, **options)
    assert sent(planted) == ["list", PLAN_READS[0], GROW, NEW, SHORT, "list"]
    assert error_kind(result) is None
    assert summarize(result) == [GROW, NEW, SHORT]
    assert {item["recording_group_id"]: item["kind"] for item in result["refused"]} == {
        "card": "immutable",
        "gone": "held",
    }
    assert retentions(planted) == {**WANTED, "gone": 0, "card": 24}
    assert lost(planted) == {"short": 75}
    assert result["compliant"] is False
    assert result["holds"][0]["matches"] == ["gone"]


def test_on_refused_report_survives_a_lost_response(run_policy: RunTask, planted: Device) -> None:
    planted.plant_fault("drop_after", call="recording_group/update")
    result = run_policy(planted, **{**POLICY, "allow_recording_loss": False, "on_refused": "report"})
    assert sent(planted) == ["list", PLAN_READS[0], GROW, "list", NEW, "list"]
    assert error_kind(result) is None
    assert summarize(result) == [GROW, NEW]
    assert summarize(result, "refused") == [GONE, SHORT]


# Check mode and the real run.

HOLD = {"recording_group_id": "h*", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
SCENARIOS: dict[str, dict[str, Any]] = {
    "all operations": POLICY,
    "refused": {**POLICY, "allow_recording_loss": False},
    "refused and reported": {**POLICY, "allow_recording_loss": False, "on_refused": "report"},
    "held": {**POLICY, "holds": [{**HOLD, "recording_group_id": "*"}], "on_refused": "report"},
    "compliant": {"groups": [{"recording_group_id": "grow", "retention_time": "24"}]},
    "no entry": {"retention_minimum": "1d"},
    "by name": {"groups": [{"nice_name": "New"}, {"nice_name": "Newer", "stream_options": "fps=5", "pre_duration": 1}]},
    "ambiguous": {"groups": [{"nice_name": "Same", "description": "x"}, POLICY["groups"][2]], "on_refused": "report"},
    "rules": {
        "existing_groups": [
            {"match": {"recording_group_id": "g*"}, "stream_options": {"fps": "5"}, "description": "x"},
            {"match": {"recording_group_id": "*"}, "retention_time": "unlimited"},
        ]
    },
    "other disk": {
        "groups": [{"recording_group_id": "grow", "disk_id": ["NetworkShare"]}, POLICY["groups"][1]],
        "on_refused": "report",
    },
    "no disk": {
        "groups": [{"recording_group_id": "new", "disk_id": ["NetworkShare"]}, POLICY["groups"][2]],
        "on_refused": "report",
    },
    "second disk": {"groups": [{"recording_group_id": "new", "disk_id": ["NetworkShare", "SD_DISK"]}]},
}


def predictable(result: dict[str, Any]) -> dict[str, Any]:
    """Return what check mode must predict; IDs and names that no option sets are known only to the device."""

    def key(item: dict[str, Any]) -> tuple[str, str]:
        return (item["operation"], item["recording_group_id"] or item["nice_name"])

    changes = [{**item, "nice_name": item["nice_name"] or None} for item in result["changes"]]
    for item in changes:
        if str(item["recording_group_id"]).startswith("SD_DISK_"):
            item["recording_group_id"] = None
    whole = {name: result.get(name) for name in ("changed", "failed", "msg", "error", "refused", "device")}
    return {**whole, "changes": sorted(changes, key=key)}


@pytest.mark.parametrize("name", SCENARIOS)
def test_check_mode_predicts_the_real_run(run_policy: RunTask, planted: Device, name: str) -> None:
    for key in ("same1", "same2"):
        planted.plant_group(recording_group_id=key, nice_name="Same", retention_time=0)
    predicted = run_policy(planted, check_mode=True, **SCENARIOS[name])
    assert planted.writes == []
    real = run_policy(planted, **SCENARIOS[name])
    assert predictable(predicted) == predictable(real)
    assert predicted["changed"] is (planted.writes != [])


ids = st.sampled_from(["a", "b", "c", "hold"])
retention_times = st.sampled_from([0, 24, 720])
planted_groups = st.lists(
    st.fixed_dictionaries(
        {
            "recording_group_id": ids,
            "nice_name": st.sampled_from(["", "Door", "Tür"]),
            "retention_time": retention_times,
            "stream_options": st.sampled_from(["", "camera=1&fps=5"]),
        }
    ),
    max_size=4,
    unique_by=lambda fields: fields["recording_group_id"],
)
fields = {
    "nice_name": st.sampled_from([None, "Door", "Gate"]),
    "description": st.sampled_from([None, "", "x"]),
    "retention_time": st.none() | retention_times.map(str),
    "disk_id": st.sampled_from([None, None, ["SD_DISK"], ["NetworkShare", "SD_DISK"], ["NetworkShare"]]),
    "stream_options": st.sampled_from([None, "fps=5&camera=%31", "fps=6"]),
}
policies = st.fixed_dictionaries(
    {
        "groups": st.lists(
            st.fixed_dictionaries({"recording_group_id": ids, **fields}),
            max_size=3,
            unique_by=lambda entry: entry["recording_group_id"],
        ),
        "existing_groups": st.lists(
            st.fixed_dictionaries(
                {"match": st.fixed_dictionaries({"recording_group_id": st.sampled_from(["[ab]", "*"])}), **fields}
            ),
            max_size=1,
        ),
        "purge": st.booleans(),
        "purge_match": st.sampled_from([["*"], ["[bc]"]]),
        "retention_minimum": st.just("1"),
        "on_refused": st.sampled_from(["fail", "report"]),
        "allow_recording_loss": st.booleans(),
        "holds": st.sampled_from([[], [HOLD]]),
    }
)


@given(state=planted_groups, policy=policies)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_check_mode_predicts_any_real_run(
    run_policy: RunTask, fleet: Fleet, state: list[dict[str, Any]], policy: dict[str, Any]
) -> None:
    camera = fleet.add("camera_12_9", switches=Switches(stream_options_form="reordered_reencoded"))
    for planted in state:
        camera.plant_group(**planted)
    before = retentions(camera)
    predicted = run_policy(camera, check_mode=True, **policy)
    assert camera.writes == []
    real = run_policy(camera, **policy)
    assert predictable(predicted) == predictable(real)
    assert predicted["changed"] is (before != retentions(camera) or camera.writes != [])
    known = {item["recording_group_id"]: item for item in real["recording_groups"]}
    for item in predicted["recording_groups"]:
        given = {name: value for name, value in item.items() if value is not None and name != "stream_options"}
        assert known[item["recording_group_id"]].items() >= given.items()
    mark = len(camera.writes)
    assert run_policy(camera, **policy)["changed"] is False
    assert camera.writes[mark:] == []
