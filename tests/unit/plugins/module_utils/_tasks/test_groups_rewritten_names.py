# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups that only have a name, over HTTP, on devices that store another name than they were sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

DEVICES: dict[str, dict[str, Any]] = {
    "as sent": {},
    "trimmed": {"text_form": "trimmed"},
    "folded": {"text_form": "folded"},
    "nfc": {"text_form": "nfc"},
    "nfd": {"text_form": "nfd"},
    "truncated": {"text_limit": 10},
    "truncated and trimmed": {"text_limit": 9, "text_form": "trimmed"},
    "truncated and nfd": {"text_limit": 10, "text_form": "nfd"},
    "truncated to three": {"text_limit": 3},
}
# With a line break of a YAML block, a tab, two blanks, and letters with separate and with combined accents.
NAMES = ("  Eingangstür  1\n", "Hinterer\tEingangstu\u0308r", "Lager\n\nNord, Tor 3")
PURGE = {"purge": True, "purge_match": ["*"], "allow_recording_loss": True, "on_refused": "report"}


def sent_values(device: Device, argument: str) -> list[str]:
    """Return the values of an argument in all writes."""
    queries = (parse_qs(entry.target.partition("?")[2], keep_blank_values=True) for entry in device.writes)
    return [value for query in queries for value in query.get(argument, ())]


def plant_evidence(device: Device) -> dict[str, int]:
    """Add recordings to each group; return their number."""
    for key in device.groups:
        device.plant_recordings(key, 5)
    return dict.fromkeys(device.groups, 5)


def count_recordings(device: Device) -> dict[str | None, int]:
    """Return the number of recordings of each group."""
    groups = [recording.group_id for recording in device.recordings]
    return {group: groups.count(group) for group in groups}


@pytest.mark.fault("name or description rewritten")
@pytest.mark.parametrize("id_source", ["derived", "device"])
@pytest.mark.parametrize("name", DEVICES)
def test_no_device_gets_a_second_group(run_policy: RunTask, fleet: Fleet, name: str, id_source: str) -> None:
    camera = fleet.add(switches=Switches(**DEVICES[name]))
    groups = [
        {"nice_name": text, "description": text, "retention_time": "30d", "id_source": id_source} for text in NAMES
    ]
    run_policy(camera, groups=groups, **PURGE)
    first = set(camera.groups)
    assert len(first) == 3
    evidence = plant_evidence(camera)
    for _again in range(2):
        mark = len(camera.writes)
        predicted = run_policy(camera, check_mode=True, groups=groups, **PURGE)
        result = run_policy(camera, groups=groups, **PURGE)
        assert set(camera.groups) == first
        assert count_recordings(camera) == evidence
        assert result["changed"] is False
        if "truncated" not in name:
            assert camera.writes[mark:] == []
            assert (result["compliant"], predicted["compliant"], predicted["changed"]) == (True, True, False)
        assert not {entry.call for entry in camera.writes[mark:]} & {"recording_group/create", "recording_group/delete"}
        assert predicted["refused"] == result["refused"]


@pytest.mark.parametrize("name", [name for name in DEVICES if "truncated" not in name])
def test_single_group_is_written_once(run_group: RunTask, fleet: Fleet, name: str) -> None:
    camera = fleet.add(switches=Switches(**DEVICES[name]))
    for text in (NAMES[0], f"{NAMES[0]}\n", "Eingangstu\u0308r 1"):
        result = run_group(camera, nice_name=text, description=f"{text}\n", retention_time="30d")
        assert "failed" not in result
    assert sent_values(camera, "nicename") == ["Eingangst\u00fcr  1"]
    assert sent_values(camera, "description") == ["Eingangst\u00fcr  1"]
    assert sent_values(camera, "recordinggroupid") == ["Eingangstur-1-df206908"]
    for check_mode in (True, False):
        gone = run_group(camera, nice_name=NAMES[0], state="absent", allow_recording_loss=True, check_mode=check_mode)
        assert [item["operation"] for item in gone["changes"]] == ["delete"]
    assert camera.groups == {}
    assert run_group(camera, nice_name=NAMES[0], state="absent")["changed"] is False


def test_created_id_is_predicted(run_group: RunTask, camera: Device) -> None:
    predicted = run_group(camera, nice_name="Entrance", check_mode=True)
    result = run_group(camera, nice_name="Entrance")
    assert predicted["recording_group"]["recording_group_id"] == "Entrance-de7b4d0c"
    assert result["recording_group"]["recording_group_id"] == "Entrance-de7b4d0c"
    assert predicted["changes"] == result["changes"]
    assert list(camera.groups) == ["Entrance-de7b4d0c"]


def test_device_generates_the_id_if_requested(run_group: RunTask, camera: Device) -> None:
    predicted = run_group(camera, nice_name="Entrance", id_source="device", check_mode=True)
    assert predicted["recording_group"]["recording_group_id"] is None
    run_group(camera, nice_name="Entrance", id_source="device")
    assert sent_values(camera, "recordinggroupid") == []
    assert run_group(camera, nice_name="Entrance", id_source="device")["changed"] is False
    # The group of an earlier version, or of the device, is adopted.
    assert run_group(camera, nice_name="Entrance")["changed"] is False
    assert len(camera.groups) == 1


@pytest.mark.parametrize("planted", ["Entrance", " Entrance ", "Entrance\n"])
def test_existing_group_with_the_name_is_adopted(run_policy: RunTask, camera: Device, planted: str) -> None:
    camera.plant_group(recording_group_id="old", nice_name=planted, retention_time=24)
    result = run_policy(camera, groups=[{"nice_name": "Entrance", "retention_time": "30d"}], **PURGE)
    assert [(item["operation"], item["recording_group_id"]) for item in result["changes"]] == [("update", "old")]
    assert {key: group.retention_time for key, group in camera.groups.items()} == {"old": 720}
    assert result["compliant"] is True


def test_derived_id_wins_over_another_group_with_the_name(run_policy: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="Entrance-de7b4d0c", nice_name="Renamed", retention_time=24)
    camera.plant_group(recording_group_id="other", nice_name="Entrance", retention_time=24)
    plant_evidence(camera)
    groups = [{"nice_name": "Entrance", "retention_time": "30d"}]
    result = run_policy(camera, groups=groups, **PURGE)
    assert {key: group.retention_time for key, group in camera.groups.items()} == {
        "Entrance-de7b4d0c": 720,
        "other": 24,
    }
    assert camera.groups["Entrance-de7b4d0c"].nice_name == "Entrance"
    assert camera.lost_recordings == []
    findings = {item["recording_group_id"]: item for item in result["findings"]}
    assert findings["other"]["verdict"] == "refused"
    assert "may be that of an entry without recording_group_id" in findings["other"]["reason"]
    assert result["compliant"] is False


@pytest.mark.parametrize(("limit", "is_purged"), [(None, True), (10, False)])
def test_purge_deletes_no_name_that_may_be_truncated(
    run_policy: RunTask, fleet: Fleet, limit: int | None, is_purged: bool
) -> None:
    camera = fleet.add(switches=Switches(text_limit=limit))
    groups = [{"nice_name": "Entrance hall", "retention_time": "30d"}]
    run_policy(camera, groups=groups)
    camera.plant_group(recording_group_id="old", nice_name="Entrance")
    plant_evidence(camera)
    run_policy(camera, groups=groups, **PURGE)
    assert ("old" not in camera.groups) is is_purged
    assert [lost.group_id for lost, _reason in camera.lost_recordings] == ["old"] * (5 if is_purged else 0)


def test_absence_of_a_name_never_deletes_two_groups(run_group: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="Entrance-de7b4d0c", nice_name="Entrance")
    camera.plant_group(recording_group_id="other", nice_name="Entrance")
    for check_mode in (True, False):
        result = run_group(
            camera, nice_name="Entrance", state="absent", allow_recording_loss=True, check_mode=check_mode
        )
        assert result["error"]["kind"] == "ambiguous"
    assert camera.writes == []


def test_several_groups_with_the_name_are_ambiguous(run_group: RunTask, camera: Device) -> None:
    for key in ("one", "two"):
        camera.plant_group(recording_group_id=key, nice_name="Entrance")
    result = run_group(camera, nice_name="Entrance\n", description="x")
    assert result["error"]["kind"] == "ambiguous"
    assert "2 recording groups are named 'Entrance': one and two" in result["msg"]
    assert camera.writes == []


@pytest.mark.fault("name truncated")
@pytest.mark.parametrize(
    ("id_source", "other"), [("device", "another ID"), ("derived", "Entrance-hall-north-ee82c102")]
)
@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ("Entrance", "ambiguous"),
        ("Entrance ha", "ambiguous"),
        ("Entrance hall, nort", "ambiguous"),
        ("ENTRANCE HALL, NORTH", "ambiguous"),
        ("Entrance hall, north 2", None),
        ("entrance hall", "ambiguous"),
        ("Exit", None),
    ],
)
def test_truncated_name_makes_a_creation_ambiguous(
    run_group: RunTask, camera: Device, planted: str, kind: str | None, id_source: str, other: str
) -> None:
    camera.plant_group(recording_group_id="old", nice_name=planted)
    options = {"nice_name": "Entrance hall, north", "retention_time": "30d", "id_source": id_source}
    for check_mode in (True, False):
        result = run_group(camera, **options, check_mode=check_mode)
        assert result.get("error", {}).get("kind") == kind
    if kind is None:
        assert len(camera.groups) == 2
        return
    assert camera.writes == []
    assert f"may exist already: old ('{planted}')" in result["msg"]
    assert result["error"]["next_step"] == (
        "Set recording_group_id to old if it is this group. If both groups are to exist, set recording_group_id to "
        f"{other}."
    )
    both = {**options, "recording_group_id": "Entrance-hall-north-ee82c102"}
    assert "failed" not in run_group(camera, **both)
    assert set(camera.groups) == {"old", "Entrance-hall-north-ee82c102"}
    # From now on, the entry without recording_group_id has the same group.
    assert "failed" not in run_group(camera, **options | {"id_source": "derived"})
    assert len(camera.groups) == 2


@pytest.mark.fault("name truncated")
@pytest.mark.parametrize("name", DEVICES)
def test_derived_id_creates_no_second_group_beside_an_own_id(run_policy: RunTask, fleet: Fleet, name: str) -> None:
    camera = fleet.add(switches=Switches(**DEVICES[name]))
    groups = [{"nice_name": text, "retention_time": "30d", "id_source": "device"} for text in NAMES]
    run_policy(camera, groups=groups, on_refused="report")
    first = set(camera.groups)
    evidence = plant_evidence(camera)
    derived = [{**group, "id_source": "derived"} for group in groups]
    for check_mode in (True, False):
        result = run_policy(camera, check_mode=check_mode, groups=derived, **PURGE)
        assert result["compliant"] is ("truncated" not in name)
        assert {item["kind"] for item in result["refused"]} == ({"ambiguous"} if "truncated" in name else set())
        assert (set(camera.groups), count_recordings(camera)) == (first, evidence)
    keys = iter(camera.groups)
    adopted = [{**group, "recording_group_id": next(keys)} for group in derived]
    assert run_policy(camera, groups=adopted, on_refused="report")["refused"] == []
    assert set(camera.groups) == first


def test_derived_ids_of_other_names_are_no_copies(run_group: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(text_limit=10))
    for name in ("Entrance", "Entrance hall, north", "Entrance hall, south"):
        assert run_group(camera, nice_name=name).get("error", {}).get("kind") in {None, "not_applied"}
    assert len(camera.groups) == 3
    # Only the case differs.
    assert run_group(camera, nice_name="entrance hall, south")["error"]["kind"] == "ambiguous"
    assert len(camera.groups) == 3


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8"])
def test_name_in_another_encoding_is_not_created_twice(run_group: RunTask, fleet: Fleet, charset: str) -> None:
    camera = fleet.add(switches=Switches(text_charset=charset))
    kinds = [
        run_group(camera, nice_name="T\u00fcr", id_source="device").get("error", {}).get("kind") for _again in range(3)
    ]
    assert kinds == ([None] * 3 if charset == "utf-8" else ["not_applied", "ambiguous", "ambiguous"])
    assert len(camera.groups) == 1


def test_group_of_another_entry_is_not_a_copy(run_policy: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="hall", nice_name="Entrance hall", retention_time=24)
    groups = [
        {"recording_group_id": "hall", "retention_time": "30d"},
        {"nice_name": "Entrance hall, north", "id_source": "device"},
    ]
    assert "failed" not in run_policy(camera, groups=groups)
    assert len(camera.groups) == 2


def test_entry_by_id_keeps_its_group(run_policy: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="door", nice_name="Door", retention_time=24)
    groups = [{"recording_group_id": "door", "retention_time": "30d"}, {"nice_name": "Door", "retention_time": "60d"}]
    result = run_policy(camera, groups=groups, on_refused="report")
    assert [(item["kind"], item["recording_group_id"]) for item in result["refused"]] == [("ambiguous", "door")]
    assert {key: group.retention_time for key, group in camera.groups.items()} == {"door": 720}


@pytest.mark.fault("rule name rewritten")
@pytest.mark.parametrize("form", ["as_sent", "trimmed", "folded", "nfc", "nfd"])
def test_rule_name_is_written_once(run_policy: RunTask, fleet: Fleet, form: str) -> None:
    camera = fleet.add(switches=Switches(text_form=form))
    camera.plant_group(recording_group_id="door", retention_time=720)
    recording = {"name": " Tu\u0308r  1\n", "enabled": True, "always": None, "conditions": None, "start_event": None}
    for number in range(2):
        result = run_policy(camera, groups=[{"recording_group_id": "door", "recording": recording}])
        assert "failed" not in result
        assert (result["changed"], result["compliant"]) == (number == 0, True)
    assert len(camera.actions.rules) == 1


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_rules_match_a_name_in_any_form(run_policy: RunTask, camera: Device, form: str) -> None:
    name = {"nfc": "T\u00fcr 1", "nfd": "Tu\u0308r  1 "}[form]
    camera.plant_group(recording_group_id="door", nice_name=name, retention_time=24)
    for match in ({"nice_name": "T\u00fcr ?\n"}, {"nice_name": "Tu\u0308r 1", "literal": True}):
        camera.groups["door"].retention_time = 24
        run_policy(camera, existing_groups=[{"match": match, "retention_time": "30d"}])
        assert camera.groups["door"].retention_time == 720


@pytest.mark.fault("pattern that is a text")
def test_pattern_that_misses_its_own_text_is_a_warning(run_policy: RunTask, camera: Device) -> None:
    for key, name in (("one", "Tests [1]"), ("two", "Tests 1")):
        camera.plant_group(recording_group_id=key, nice_name=name, retention_time=24)
    match = {"recording_group_id": "*", "nice_name": "Tests [1]"}
    rule: dict[str, Any] = {"match": match, "retention_time": "30d"}
    predicted = run_policy(camera, existing_groups=[rule], check_mode=True)
    (warning,) = predicted["warnings"]
    assert warning == (
        "existing_groups[0].match is a pattern that does not match recording group one, whose texts equal it. Set "
        "literal: true in the match if it is a text with brackets instead of a pattern."
    )
    rule["match"] = {"nice_name": "Tests [1]", "literal": True}
    result = run_policy(camera, existing_groups=[rule])
    assert result["warnings"] == []
    assert {key: group.retention_time for key, group in camera.groups.items()} == {"one": 720, "two": 24}


def test_longer_time_than_the_maximum_is_only_read(run_policy: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="door", retention_time=10_000_000)
    result = run_policy(camera, groups=[{"recording_group_id": "door"}], retention_minimum="596523")
    assert ("failed" not in result, result["compliant"], camera.writes) == (True, True, [])
    options = {"groups": [{"recording_group_id": "door", "description": "x"}], "retention_minimum": "596523"}
    # An update cannot send it, and a device may reset what an update omits.
    assert run_policy(camera, **options)["error"]["kind"] == "recording_loss"
    assert camera.writes == []
    result = run_policy(camera, allow_recording_loss=True, **options)
    assert ("failed" not in result, result["compliant"]) == (True, True)
    assert camera.groups["door"].retention_time == 10_000_000
