# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds of the task, of its host, and of the groups of its host are in force together, whatever the task allows."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet

BASTION: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
MODULE = "camfleet.axis.axis_recording_group"


def hold(group: str, **fields: Any) -> dict[str, Any]:
    """Return a hold on a group."""
    return {
        "recording_group_id": group,
        "reason": f"Case {group}",
        "owner": "legal@example.com",
        "until": "2999-12-31",
        **fields,
    }


# By group: the options of the task that deletes it.
HELD: dict[str, dict[str, Any]] = {
    "by-task": {"holds": [hold("by-task")]},
    "by-host": {"holds": [hold("other")]},
    "by-group": {"holds": []},
    "by-all": {},
    "by-name": {},
    "by-glob": {"holds": None},
    "by-null": {},
    "by-template": {},
    "by-play": {},
    "by-hidden": {},
}
FREE: dict[str, dict[str, Any]] = {
    "elsewhere": {"holds": [hold("elsewhere", hosts=["hall*", "depot", "CAMERA"])]},
    "unheld": {"holds": []},
}


@pytest.mark.fault("holds in several places")
@pytest.mark.parametrize("keywords", [{}, {"delegate_to": "jump"}], ids=["here", "delegated"])
def test_holds_of_every_source_are_in_force(play: Play, fleet: Fleet, keywords: dict[str, str]) -> None:
    camera = fleet.add("camera_12_9", "camera")
    for group in (*HELD, *FREE):
        camera.plant_group(recording_group_id=group, retention_time=720)
        camera.plant_recordings(group, 3)
    tasks = [
        {
            "name": group,
            MODULE: {"id": group, "state": "absent", "allow_recording_loss": True, **options},
            "ignore_errors": True,
            # What the play or the task sets does not remove the holds of the inventory.
            "vars": {"axis_holds_glob": [], "axis_holds_hidden": [hold("other")]},
            **keywords,
        }
        for group, options in {**HELD, **FREE}.items()
    ]
    run = play(
        tasks,
        keywords={"vars": {"axis_holds_play": [hold("by-play")], "axis_holds": []}},
        hosts={
            "camera": {"axis_holds": [hold("by-host")], "axis_holds_empty": [], "axis_holds_null": None},
            "jump": BASTION,
        },
        groups={
            "axis": {
                "vars": {
                    "axis_holds_hidden": [hold("by-hidden")],
                    "axis_holds_legal": [hold("by-all", hosts=["all"]), hold("by-name", hosts=["camera"])],
                }
            },
            "site": {
                "hosts": ["camera"],
                "vars": {
                    "axis_holds_site": [hold("by-group", hosts=["depot", "site"])],
                    # omit is a value that is not set.
                    "axis_holds_omitted": "{{ omit }}",
                    "axis_holds_glob": [hold("by-glob", hosts=["cam*"]), hold("by-null", hosts="{{ omit }}")],
                    "axis_holds_template": "{{ [dict(axis_holds_legal[0], recording_group_id='by-template')] }}",
                },
            },
        },
    )
    outcomes = {group: run.results[group, "camera"].get("error", {}).get("kind") for group in (*HELD, *FREE)}
    assert outcomes == {**dict.fromkeys(HELD, "held"), **dict.fromkeys(FREE)}, run.output
    assert "Case by-group" in run.results["by-group", "camera"]["msg"]
    assert sorted(camera.groups) == sorted(HELD)
    assert len(camera.lost_recordings) == 3 * len(FREE)


INVALID: dict[str, tuple[Any, str]] = {
    "text": ("door", "axis_holds_x must be a list, got the text 'door'. Begin each entry with a dash"),
    "dictionary": (hold("door"), "axis_holds_x must be a list, got the dictionary {"),
    "undefined": ("{{ of_the_court }}", "axis_holds_x cannot be resolved"),
    "undefined-inside": ([hold("door", owner="{{ of_the_court }}")], "axis_holds_x cannot be resolved"),
    "entry": ([hold("door"), "door"], "axis_holds_x[1] must be a dictionary, got the text 'door'"),
    "until": ([hold("door"), hold("door", until="soon")], "axis_holds_x[1].until is 'soon', which is not a valid date"),
    "missing": ([{"recording_group_id": "door"}], "axis_holds_x[0].reason is missing"),
    "unknown": ([hold("door", host="x")], "axis_holds_x[0].host is not a valid option. Did you mean hosts?"),
    "impossible": ([hold("doo[z-a]")], "axis_holds_x[0].recording_group_id is 'doo[z-a]', which cannot match"),
    "no-hosts": ([hold("door", hosts=[])], "axis_holds_x[0].hosts is empty"),
    "excluded": ([hold("door", hosts=["!gate"])], "axis_holds_x[0].hosts[0] is '!gate', which is not a name or a glob"),
}


@pytest.mark.fault("invalid variable for holds")
@pytest.mark.parametrize("keywords", [{}, {"delegate_to": "jump"}], ids=["here", "delegated"])
def test_invalid_holds_never_count_as_no_holds(play: Play, fleet: Fleet, keywords: dict[str, str]) -> None:
    """The message names the variable and its entry, after a hold of another variable."""
    for name in INVALID:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    options = {"id": "door", "state": "absent", "allow_recording_loss": True, "holds": [hold("other")]}
    run = play(
        [{"name": "Delete", MODULE: options, **keywords}],
        hosts={**{name: {"axis_holds_x": value} for name, (value, _text) in INVALID.items()}, "jump": BASTION},
        groups={"axis": {"vars": {"axis_holds": [hold("another", hosts=["nowhere"]), hold("hall")]}}},
    )
    for name, (_value, text) in INVALID.items():
        result = run.results["Delete", name]
        assert result["error"]["kind"] == "invalid_option", run.output
        assert text in result["msg"]
        assert fleet.devices[name].writes == []
