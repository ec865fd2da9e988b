# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drafts of handwritten fleets: which files there are, and what they have."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import UnsafeText
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import derive_draft
from tests.unit.plugins.plugin_utils._draft.fleets import (
    GUID,
    always,
    audit,
    camera,
    group,
    inventory,
    resolve,
    serial,
)

RULES = "retention_policy_existing_groups"
ENTRIES = "retention_policy_groups"
NO_GROUPS = "retention_policy_no_groups"
MONTH = {"retention_time": "30d", "pre_duration": 0, "post_duration": 0}
WEEK = {**MONTH, "retention_time": "7d"}


def rule(settings: dict[str, Any], **match: Any) -> dict[str, Any]:
    """Return a rule as the files have it."""
    return {"match": match, **settings}


def axis_cs(number: int, first: int = 720, second: int = 168) -> Any:
    """Return a camera with two groups of AXIS Camera Station."""
    return camera(number, group(f"AxisCS_{serial(number)}_1", first), group(f"AxisCS_{serial(number)}_2", second))


AXIS_CS = [
    rule(MONTH, recording_group_id="AxisCS_????????????_1"),
    rule(WEEK, recording_group_id="AxisCS_????????????_2"),
]


def test_one_convention_is_one_file() -> None:
    cameras = [axis_cs(number) for number in range(1, 7)]
    sites = [inventory("axis_site_a", cameras[:3], 2), inventory("axis_site_b", cameras[3:], 2)]
    draft = derive_draft(cameras, [inventory("axis", cameras), *sites])
    assert draft.group_vars == {"axis": {RULES: AXIS_CS}}
    assert draft.host_vars == {}


def test_an_exception_has_a_complete_list() -> None:
    cameras = [*(axis_cs(number) for number in range(1, 5)), axis_cs(5, second=720)]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    assert draft.group_vars == {"axis": {RULES: AXIS_CS}}
    assert draft.host_vars == {"cam5": {RULES: [rule(MONTH, recording_group_id="AxisCS_ACCC8E000005_[0-9]")]}}


def test_sites_that_differ_have_a_file_each() -> None:
    north = [camera(number, group(f"High_{number:04}", 720)) for number in range(1, 4)]
    south = [camera(number, group(f"High_{number:04}", 168)) for number in range(4, 7)]
    sites = [inventory("axis_site_north", north, 2), inventory("axis_site_south", south, 2)]
    draft = derive_draft([*north, *south], [inventory("axis", [*north, *south]), *sites])
    high = {"recording_group_id": "High_[0-9][0-9][0-9][0-9]"}
    assert draft.group_vars == {
        "axis_site_north": {RULES: [rule(MONTH, **high)]},
        "axis_site_south": {RULES: [rule(WEEK, **high)]},
    }
    assert draft.host_vars == {}


def test_unrelated_conventions_stay_with_their_sites() -> None:
    """A file of the whole fleet could have both: as many files, but rules for groups that no camera of a site has."""
    north = [axis_cs(number) for number in range(1, 4)]
    south = [camera(number, group(f"mil-{number:04}")) for number in range(4, 7)]
    sites = [inventory("axis_site_north", north, 2), inventory("axis_site_south", south, 2)]
    draft = derive_draft([*north, *south], [inventory("axis", [*north, *south]), *sites])
    assert draft.group_vars == {
        "axis_site_north": {RULES: AXIS_CS},
        "axis_site_south": {RULES: [rule(MONTH, recording_group_id="mil-[0-9][0-9][0-9][0-9]")]},
    }


def test_sites_are_preferred_to_models() -> None:
    """Each model is at one site only, and the fleet has two conventions: in each case, two files."""
    north = [axis_cs(number) for number in range(1, 5)]
    south = [camera(number, group(f"mil-{number:04}")) for number in range(5, 8)]
    groups = [
        inventory("axis", [*north, *south]),
        inventory("axis_model_p", north[:2], 2),
        inventory("axis_model_q", north[2:], 2),
        inventory("axis_model_r", south, 2),
        inventory("axis_site_north", north, 2),
        inventory("axis_site_south", south, 2),
    ]
    assert list(derive_draft([*north, *south], groups).group_vars) == ["axis_site_north", "axis_site_south"]


def test_stream_options_do_not_separate_sites() -> None:
    """That the frame rate differs between sites is a coincidence."""
    north = [camera(n, group(f"High_{n:04}", 720, options="fps=25")) for n in range(1, 4)]
    south = [camera(n, group(f"High_{n:04}", 168, options="fps=10")) for n in range(4, 6)]
    draft = derive_draft([*north, *south], [inventory("axis", [*north, *south])])
    assert draft.group_vars == {"axis": {RULES: [rule(MONTH, recording_group_id="High_[0-9][0-9][0-9][0-9]")]}}
    assert list(draft.host_vars) == ["cam4", "cam5"]


def test_many_different_ids_are_no_shared_list() -> None:
    """Names and IDs with serial numbers, of which a few are equal in part, and two sites with other settings."""
    north = [camera(n, group(f"High_{serial(n)}_0", 720, f"High {serial(n)}_0")) for n in range(1, 30)]
    south = [camera(n, group(f"High_{serial(n)}_0", 168, f"High {serial(n)}_0")) for n in range(30, 40)]
    draft = derive_draft([*north, *south], [inventory("axis", [*north, *south])])
    assert draft.group_vars == {"axis": {RULES: [rule(MONTH, recording_group_id="High_????????????_0")]}}
    assert len(draft.host_vars) == 10


def test_a_model_overrides_the_fleet_by_its_priority() -> None:
    cameras = [camera(number, group("High_0001", 720 if number > 2 else 168)) for number in range(1, 8)]
    # Alphabetically, the group of the model comes first.
    draft = derive_draft(cameras, [inventory("zaxis", cameras), inventory("axis_model_p", cameras[:2], priority=2)])
    assert [item.name for item in draft.groups] == ["zaxis", "axis_model_p"]
    assert draft.resolve("cam1") == {ENTRIES: [], RULES: [rule(WEEK, recording_group_id="High_0001")], NO_GROUPS: False}
    assert draft.host_vars == {}


def test_a_camera_without_groups_overrides_the_rules_of_its_site() -> None:
    cameras = [*(axis_cs(number) for number in range(1, 4)), camera(4)]
    draft = derive_draft(cameras, [inventory("axis_site_north", cameras)])
    assert draft.host_vars == {"cam4": {RULES: [], NO_GROUPS: True}}


def test_a_site_without_groups_has_one_file() -> None:
    cameras = [*(camera(number) for number in range(1, 4)), axis_cs(4)]
    draft = derive_draft(cameras, [inventory("axis_site_north", cameras)])
    assert draft.group_vars == {"axis_site_north": {NO_GROUPS: True}}
    assert draft.host_vars["cam4"][NO_GROUPS] is False


def test_guids_are_matched_by_name() -> None:
    cameras = [
        camera(
            number, group(GUID.format(number), 720, f"Cam {number} High"), group(GUID.format(number + 100), 168, "Low")
        )
        for number in range(1, 5)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    guid = {"recording_group_id": "????????-????-????-????-????????????"}
    assert draft.group_vars == {
        "axis": {RULES: [rule(MONTH, **guid, nice_name="Cam [0-9] High"), rule(WEEK, **guid, nice_name="Low")]}
    }


@pytest.mark.parametrize(("form", "glob"), [("{} - High", "* High"), ("High: {}", "High: *")])
def test_names_that_differ_are_matched_by_a_word(form: str, glob: str) -> None:
    cameras = [
        camera(number, group(GUID.format(number), 720, form.format(place)), group(f"low_{number}", 168))
        for number, place in enumerate(("Entrance", "Back door", "Lift"), 1)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    [first, _other] = draft.group_vars["axis"][RULES]
    assert first["match"] == {"recording_group_id": "????????-????-????-????-????????????", "nice_name": glob}


def test_guids_are_matched_by_stream_options() -> None:
    cameras = [
        camera(
            number,
            group(GUID.format(number), 720, options="camera=1&fps=25"),
            group(GUID.format(number + 100), 168, options="camera=2&fps=25"),
        )
        for number in range(1, 5)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    guid = {"recording_group_id": "????????-????-????-????-????????????"}
    assert draft.group_vars == {
        "axis": {
            RULES: [
                rule(MONTH, **guid, stream_options={"camera": "1"}),
                rule(WEEK, **guid, stream_options={"camera": "2"}),
            ]
        }
    }


def test_guids_without_anything_in_common_are_listed_by_host() -> None:
    cameras = [
        camera(number, group(GUID.format(number), 720), group(GUID.format(number + 100), 168)) for number in range(1, 4)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    assert draft.group_vars == {}
    assert [entry["match"] for entry in draft.host_vars["cam1"][RULES]] == [
        {"recording_group_id": GUID.format(1)},
        {"recording_group_id": GUID.format(101)},
    ]


def test_a_glob_covers_no_group_with_other_settings() -> None:
    """Without ``A_abcd``, the glob would be ``A_????``."""
    cameras = [
        camera(number, group(f"A_0d0{number}", 720), group("A_abcd", 168), group(f"A_9d0{number}", 720))
        for number in range(1, 4)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    assert draft.host_vars == {}
    assert draft.group_vars["axis"][RULES] == [
        rule(MONTH, recording_group_id="A_[0-9]d0[0-9]"),
        rule(WEEK, recording_group_id="A_abcd"),
    ]


def test_an_id_that_looks_like_a_word_needs_no_file() -> None:
    """``abcd`` is hexadecimal by chance."""
    cameras = [camera(number, group(f"mil-cam-{number:04x}")) for number in range(0x10D1, 0x10D9)]
    odd = camera(1, group("mil-cam-abcd"))
    draft = derive_draft([*cameras, odd], [inventory("axis", [*cameras, odd])])
    assert draft.group_vars == {"axis": {RULES: [rule(MONTH, recording_group_id="mil-cam-????")]}}
    assert draft.host_vars == {}


def test_a_recording_action_is_shared_by_serial_number() -> None:
    cameras = [
        camera(
            number, group(name := f"AxisCS_{serial(number)}_1"), recording=always(name), listed_serial=serial(number)
        )
        for number in range(1, 4)
    ]
    scopes = [inventory("axis", cameras)]
    draft = derive_draft(cameras, scopes)
    entry = {"recording_group_id": "AxisCS_{{ axis_serial }}_1", "disk_id": ["SD_DISK"], **MONTH, "recording": "always"}
    assert draft.group_vars == {"axis": {ENTRIES: [entry]}}
    assert [audit(resolve(draft.group_vars, draft.host_vars, scopes, item.host), item) for item in cameras] == [
        [],
        [],
        [],
    ]


def test_a_secret_in_a_name_is_in_no_file() -> None:
    """The device stored a password as the name of the group, and a key as an ID."""
    name, other = (UnsafeText(text, "********") for text in ("hunter2 High", "hunter2"))
    cameras = [camera(number, group(GUID.format(number), name=name), group(other)) for number in range(1, 4)]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    assert "hunter2" not in repr((draft.group_vars, draft.host_vars))
    for item in cameras:
        assert audit(draft.resolve(item.host), item) == []


@pytest.mark.parametrize("hours", [0, 1, 24, 25, 596_523])
def test_a_retention_time_is_written_as_users_do(hours: int) -> None:
    one = camera(1, group("a", hours))
    [found] = derive_draft([one], []).host_vars["cam1"][RULES]
    assert found["retention_time"] == {0: "unlimited", 1: "1h", 24: "1d", 25: "25h", 596_523: "596523h"}[hours]


def test_a_counter_is_digits_only() -> None:
    """``cam*`` would be for ``campus_evidence``, too, which a camera that was not read may have."""
    cameras = [camera(number, group(f"cam{number}")) for number in (1, 2, 10)]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    assert draft.group_vars == {
        "axis": {RULES: [rule(MONTH, recording_group_id="cam[0-9]"), rule(MONTH, recording_group_id="cam[0-9][0-9]")]}
    }
    assert draft.host_vars == {}


def test_a_counter_in_a_name_is_digits_only() -> None:
    cameras = [
        camera(n, group(GUID.format(n), 720, f"Cam {n}"), group(GUID.format(n + 100), 168, "Low")) for n in (1, 2, 10)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    names = [item["match"]["nice_name"] for item in draft.group_vars["axis"][RULES]]
    assert names == ["Cam 10", "Cam [0-9]", "Low"]


def test_a_rule_of_one_site_is_not_in_force_at_others() -> None:
    """All sites share the rule for Motion, so that one file would be the shortest draft."""
    cameras = {
        site: [
            camera(n, group(GUID.format(n), 24, "Motion"), *([group(GUID.format(n + 100), 720, own)] if own else []))
            for n in range(first, first + 3)
        ]
        for first, (site, own) in zip(
            (1, 11, 21, 31, 41), {"a": "", "b": "", "c": "Police", "d": "Door", "e": ""}.items(), strict=True
        )
    }
    every = [item for members in cameras.values() for item in members]
    sites = [inventory(f"axis_site_{site}", members, 2) for site, members in cameras.items()]
    draft = derive_draft(every, [inventory("axis", every), *sites])
    names = {
        name: [item["match"].get("nice_name") for item in variables[RULES]]
        for name, variables in draft.group_vars.items()
    }
    assert {name: [item for item in found if item in ("Police", "Door")] for name, found in names.items()} == {
        "axis": [],
        "axis_site_c": ["Police"],
        "axis_site_d": ["Door"],
    }
    assert draft.host_vars == {}


def test_guids_of_unrelated_systems_stay_with_their_sites() -> None:
    north = [camera(n, group(GUID.format(n), 720, "Milestone"), group(GUID.format(n + 100), 168, "x")) for n in (1, 2)]
    south = [camera(n, group(GUID.format(n), 24, "Motion"), group(GUID.format(n + 100), 720, "y")) for n in (3, 4)]
    sites = [inventory("axis_site_north", north, 2), inventory("axis_site_south", south, 2)]
    draft = derive_draft([*north, *south], [inventory("axis", [*north, *south]), *sites])
    assert list(draft.group_vars) == ["axis_site_north", "axis_site_south"]


def test_a_limited_run_writes_no_file_for_other_sites() -> None:
    north = [axis_cs(number) for number in range(1, 4)]
    sites = [inventory("axis_site_north", north, 2), inventory("axis_site_south", ["silent"], 2)]
    draft = derive_draft(north, [inventory("axis", [*north, "silent"]), *sites])
    assert list(draft.group_vars) == ["axis_site_north"]


def test_groups_that_no_rule_can_name_have_none() -> None:
    """Never a rule for every group: an audit would compare nothing, and say nothing about it."""
    cameras = [camera(1, group("a b", 24), group("a.b", 720)), camera(2, group("High_0001"), group("\u00e9"))]
    draft = derive_draft(cameras, [])
    assert draft.host_vars == {
        "cam2": {RULES: [rule(MONTH, recording_group_id="?"), rule(MONTH, recording_group_id="High_0001")]}
    }


def test_a_long_id_is_matched_by_both_ends() -> None:
    one = camera(1, group("L" * 60, 5), group("L" * 59 + "M", 6), group("L" * 60 + "x", 7))
    found = derive_draft([one], []).host_vars["cam1"][RULES]
    assert [item["match"]["recording_group_id"] for item in found] == [
        f"{'L' * 25}*{'L' * 24}",
        f"{'L' * 25}*{'L' * 23}M",
        f"{'L' * 25}*{'L' * 23}x",
    ]


def test_the_draft_overrides_what_the_inventory_sets() -> None:
    cameras = [*(axis_cs(number) for number in range(1, 4)), camera(4)]
    set_variables = {"cam1": {ENTRIES, "retention_policy_minimum"}, "cam4": {ENTRIES}}
    draft = derive_draft(cameras, [inventory("axis", cameras)], set_variables)
    assert draft.group_vars == {"axis": {ENTRIES: [], RULES: AXIS_CS}}
    assert draft.host_vars == {"cam4": {ENTRIES: [], RULES: [], NO_GROUPS: True}}


def test_a_name_alone_identifies_no_groups() -> None:
    """The IDs are counters of three lengths."""
    cameras = [camera(n, group(f"{n}", 24, "manual"), group(f"High_{n:04}")) for n in (1, 2, 11, 12, 111, 112)]
    cameras += [camera(n, group(f"{n}", 168, "other"), group(f"High_{n:04}")) for n in (3, 13)]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    every = [*draft.group_vars.values(), *draft.host_vars.values()]
    matches = [item["match"] for variables in every for item in variables[RULES]]
    assert all(match.get("recording_group_id") for match in matches)


@pytest.mark.parametrize(("agreeing", "groups"), [(2, []), (3, ["axis_site_north"])])
def test_a_file_is_for_most_hosts_of_its_group(agreeing: int, groups: list[str]) -> None:
    """Read or not: the variables are in force on all of them."""
    usual = [axis_cs(number) for number in range(agreeing)]
    odd = camera(10, group("x", 5))
    draft = derive_draft([*usual, odd], [inventory("axis_site_north", [*usual, odd, "silent"])])
    assert list(draft.group_vars) == groups


def test_a_group_with_unread_hosts_gets_no_entries() -> None:
    """A roll-out would create them on the camera that was not read."""
    cameras = [camera(number, group("cont"), recording=always("cont")) for number in range(1, 4)]
    assert list(derive_draft(cameras, [inventory("axis", cameras)]).group_vars) == ["axis"]
    draft = derive_draft(cameras, [inventory("axis", [*cameras, "silent"])])
    assert draft.group_vars == {}
    assert list(draft.host_vars) == ["cam1", "cam2", "cam3"]
    empty = [camera(number) for number in range(1, 4)]
    assert derive_draft(empty, [inventory("axis", [*empty, "silent"])]).group_vars == {}
