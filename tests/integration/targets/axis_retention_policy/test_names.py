# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies with names on devices that store other names, and on one that lists an ID twice, with ansible-playbook."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet, Switches

MODULE = "camfleet.axis.axis_retention_policy"
FORMS: dict[str, dict[str, Any]] = {
    "as-sent": {},
    "trimmed": {"text_form": "trimmed"},
    "folded": {"text_form": "folded"},
    "nfc": {"text_form": "nfc"},
    "nfd": {"text_form": "nfd"},
    "truncated": {"text_limit": 9},
}
# As YAML blocks and editors write them.
ENTRIES = [
    {"nice_name": "Eingangst\u00fcr  Nord\n", "description": "Two\nlines\n", "retention_time": "30d"},
    {"nice_name": " Eingangstu\u0308r S\u00fcd", "retention_time": 720},
]
PURGE = {"purge": True, "purge_match": ["*"], "allow_recording_loss": True, "on_refused": "report"}


def test_devices_that_rewrite_names_keep_two_groups(play: Play, fleet: Fleet) -> None:
    hosts = {f"{form}-{source}": {"id_source": source} for form in FORMS for source in ("derived", "device")}
    for name, variables in hosts.items():
        fleet.add(name=name, switches=Switches(**FORMS[name.removesuffix(f"-{variables['id_source']}")]))
    task = {
        "name": "Policy",
        MODULE: {"groups": [{**entry, "id_source": "{{ id_source }}"} for entry in ENTRIES], **PURGE},
        "ignore_errors": True,
    }
    play([task], hosts=hosts)
    created = {name: set(device.groups) for name, device in fleet.devices.items()}
    assert {len(keys) for keys in created.values()} == {2}
    for device in fleet.devices.values():
        for key in device.groups:
            device.plant_recordings(key, 3)
    again = play([task], hosts=hosts)
    for name, device in fleet.devices.items():
        result = again.results["Policy", name]
        assert set(device.groups) == created[name]
        assert device.lost_recordings == []
        assert result["changed"] is False
        calls = [entry.call for entry in device.writes]
        assert calls.count("recording_group/create") == 2
        assert "recording_group/delete" not in calls
        if not name.startswith("truncated"):
            assert result["compliant"] is True
            assert len(calls) == 2
    assert {frozenset(keys) for name, keys in created.items() if name.endswith("-derived")} == {
        frozenset({"Eingangstur-Nord-70230381", "Eingangstur-Sud-7580359d"})
    }


def test_other_groups_are_managed_beside_a_duplicate_id(play: Play, fleet: Fleet) -> None:
    camera = fleet.add(name="camera", switches=Switches(duplicate_ids="listed"))
    camera.disks["NetworkShare"].status = "OK"
    camera.plant_group(recording_group_id="door", retention_time=720)
    card = camera.pull_disk("SD_DISK")
    for key in ("door", "gate"):
        camera.plant_group(recording_group_id=key, retention_time=24, disk_id="NetworkShare")
    camera.insert_disk("SD_DISK", card)
    groups = [{"recording_group_id": key, "retention_time": "60d"} for key in ("door", "gate")]
    tasks = [
        {"name": "Policy", MODULE: {"groups": groups, "on_refused": "report"}},
        {"name": "Info", "camfleet.axis.axis_recording_group_info": {"gather": ["recording_groups"]}},
    ]
    for arguments in (("--check",), (), ()):
        run = play(tasks, *arguments)
        assert run.status == 0, run.output
        result = run.results["Policy", "camera"]
        assert [(item["kind"], item["recording_group_id"]) for item in result["refused"]] == [("ambiguous", "door")]
        assert result["compliant"] is False
        listed = run.results["Info", "camera"]["recording_groups"]
        assert [group["recording_group_id"] for group in listed].count("door") == 2
    assert [entry.target.partition("?")[2] for entry in camera.writes] == [
        "schemaversion=1&recordinggroupid=gate&retentiontime=1440&preduration=0&postduration=0"
    ]


def test_literal_match_and_a_pattern_that_misses_its_text(play: Play, fleet: Fleet) -> None:
    camera = fleet.add(name="camera")
    for key, name in (("one", "Tests [1]"), ("two", "Tests 1")):
        camera.plant_group(recording_group_id=key, nice_name=name, retention_time=24)
    rule: dict[str, Any] = {"match": {"nice_name": "Tests [1]"}, "retention_time": "30d"}
    checked = play([{"name": "Policy", MODULE: {"existing_groups": [rule]}}], "--check")
    assert "does not match recording group one, whose texts equal it" in " ".join(checked.output.split())
    rule["match"]["literal"] = True
    run = play([{"name": "Policy", MODULE: {"existing_groups": [rule]}}])
    assert "whose texts equal it" not in " ".join(run.output.split())
    assert {key: group.retention_time for key, group in camera.groups.items()} == {"one": 720, "two": 24}


#: By part of the message, options.
INVALID: dict[str, dict[str, Any]] = {
    "groups[0].retention_time is '0d', which may": {"groups": [{"recording_group_id": "a", "retention_time": "0d"}]},
    "which is 596524 hours and more than": {"groups": [{"recording_group_id": "a", "retention_time": 596524}]},
    "retention_maximum is '99999d', which is 2399976 hours and more than": {"retention_maximum": "99999d"},
    "groups[0].id_source is 'camera'": {"groups": [{"nice_name": "a", "id_source": "camera"}]},
    "existing_groups[0] sets the nice_name that it matches": {
        "existing_groups": [{"match": {"nice_name": "Old*"}, "nice_name": "Older"}]
    },
    "where [z-a] matches no character": {"existing_groups": [{"match": {"nice_name": "[z-a]"}}]},
}


@pytest.mark.fault("pattern or rule that cannot match")
def test_invalid_options_fail_before_the_first_request(play: Play, fleet: Fleet) -> None:
    camera = fleet.add(name="camera")
    run = play([{"name": message, MODULE: options, "ignore_errors": True} for message, options in INVALID.items()])
    for message in INVALID:
        result = run.results[message, "camera"]
        assert message in result["msg"]
        assert result["error"]["kind"] == "invalid_option"
    assert camera.journal == []
