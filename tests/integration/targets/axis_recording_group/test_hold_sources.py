# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds of the task, of its host, and of the groups of its host are in force together, whatever the task allows."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
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
#: Each delegated task starts a process.
DELEGATED = ("by-group", "by-play", "by-hidden", "elsewhere")
FREE: dict[str, dict[str, Any]] = {
    "elsewhere": {"holds": [hold("elsewhere", hosts=["ju*", "depot", "jump"])]},
    "unheld": {"holds": []},
}


# The first test runs in both ways. The soak runs the others through another machine, too: they share its code.
HERE_AND_DELEGATED = [
    pytest.param({}, id="here"),
    pytest.param({"delegate_to": "jump"}, id="delegated", marks=pytest.mark.long),
]


@pytest.mark.fault("holds in several places")
@pytest.mark.parametrize("keywords", [{}, {"delegate_to": "jump"}], ids=["here", "delegated"])
def test_holds_of_every_source_are_in_force(play: Play, fleet: Fleet, keywords: dict[str, str]) -> None:
    camera = fleet.add("camera_12_9", "camera")
    groups = {group: item for group, item in {**HELD, **FREE}.items() if not keywords or group in DELEGATED}
    for group in groups:
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
        for group, options in groups.items()
    ]
    run = play(
        tasks,
        keywords={"vars": {"axis_holds_play": [hold("by-play")], "axis_holds": []}},
        hosts={
            "camera": {"axis_holds": [hold("by-host")], "axis_holds_empty": []},
            "jump": BASTION,
        },
        groups={
            "axis": {
                "vars": {
                    "axis_holds_hidden": [hold("by-hidden")],
                    "axis_holds_legal": [hold("by-all", hosts=["all"]), hold("by-name", hosts=["camera"])],
                }
            },
            "depot": {"hosts": ["jump"]},
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
    outcomes = {group: run.results[group, "camera"].get("error", {}).get("kind") for group in groups}
    held = [group for group in groups if group in HELD]
    assert outcomes == {group: "held" if group in HELD else None for group in groups}, run.output
    assert "Case by-group" in run.results["by-group", "camera"]["msg"]
    assert sorted(camera.groups) == sorted(held)
    assert len(camera.lost_recordings) == 3 * (len(groups) - len(held))


INVALID: dict[str, tuple[Any, str]] = {
    "text": ("door", "axis_holds_x must be a list, got the text 'door'. Begin each entry with a dash"),
    "dictionary": (hold("door"), "axis_holds_x must be a list, got the dictionary {"),
    "undefined": ("{{ of_the_court }}", "axis_holds_x cannot be resolved"),
    "null": (None, "axis_holds_x is set, but has no value. Set it to a list of holds, or to []"),
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
@pytest.mark.parametrize("keywords", HERE_AND_DELEGATED)
def test_invalid_holds_never_count_as_no_holds(play: Play, fleet: Fleet, keywords: dict[str, str]) -> None:
    """The message names the variable and its entry, after a hold of another variable."""
    for name in INVALID:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    options = {"id": "door", "state": "absent", "allow_recording_loss": True, "holds": [hold("other")]}
    run = play(
        [{"name": "Delete", MODULE: options, **keywords}],
        hosts={**{name: {"axis_holds_x": value} for name, (value, _text) in INVALID.items()}, "jump": BASTION},
        groups={"axis": {"vars": {"axis_holds": [hold("another", hosts=["jump"]), hold("hall")]}}},
    )
    for name, (_value, text) in INVALID.items():
        result = run.results["Delete", name]
        assert result["error"]["kind"] == "invalid_option", run.output
        assert text in result["msg"]
        assert fleet.devices[name].writes == []


@pytest.mark.fault("variable for holds without a value")
def test_template_without_a_value_never_counts_as_no_holds(play: Play, fleet: Fleet) -> None:
    """Before ansible-core 2.19, it is an empty text. The host has no other place that sets holds."""
    templates = {"none": "{{ court | default(none) }}", "omitted": "{{ court | default(omit) }}", "list": "{{ [] }}"}
    for name in templates:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    run = play(
        [{"name": "Delete", MODULE: DELETE}],
        hosts={name: {"axis_holds_x": template} for name, template in templates.items()},
    )
    result = run.results["Delete", "none"]
    assert result["error"]["kind"] == "invalid_option", run.output
    assert "axis_holds_x is set, but has no value" in result["msg"] or "axis_holds_x must be a list" in result["msg"]
    assert [name for name, device in fleet.devices.items() if device.journal] == ["omitted", "list"]
    assert [name for name, device in fleet.devices.items() if device.groups] == ["none"]


DELETE = {"id": "door", "state": "absent", "allow_recording_loss": True}
OTHER = [hold("other")]
# By task: its keywords, the variable that hides the holds of the group (or of the play), and the place that sets it.
HIDDEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "host": ({}, "axis_holds", "host host (inventory)"),
    "host-null": ({}, "axis_holds_null", "host host-null (inventory)"),
    "file": ({}, "axis_holds_file", "host file ({directory}host_vars/file.yml)"),
    "fact": ({}, "axis_holds_fact", "set_fact or register"),
    "include": ({}, "axis_holds_include", "include_vars"),
    "task": ({"vars": {"axis_holds_play": []}}, "axis_holds_play", 'vars of the task "task"'),
    "both": ({"vars": {"axis_holds_host": OTHER}}, "axis_holds_host", 'vars of the task "both"'),
}


@pytest.mark.fault("hold that a variable hides, without the preflight")
@pytest.mark.parametrize("keywords", HERE_AND_DELEGATED)
def test_hidden_holds_stop_the_task(play: Play, fleet: Fleet, tmp_path: Path, keywords: dict[str, str]) -> None:
    """Each host has one place that hides the hold; what its task sets does not hide the holds of the inventory."""
    for name in HIDDEN:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    for name, content in {
        "host_vars/file.yml": {"axis_holds_file": []},
        "more.json": {"axis_holds_include": []},
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    only = {name: {"when": f"inventory_hostname == '{name}'"} for name in HIDDEN}
    run = play(
        [
            {"name": "Set", "ansible.builtin.set_fact": {"axis_holds_fact": []}, **only["fact"]},
            {"name": "Include", "ansible.builtin.include_vars": "more.json", **only["include"]},
            *({"name": name, MODULE: DELETE, **HIDDEN[name][0], **only[name], **keywords} for name in HIDDEN),
        ],
        keywords={"vars": {"axis_holds_play": [hold("door")]}},
        hosts={
            "host": {"axis_holds": OTHER},
            "host-null": {"axis_holds_null": None},
            "both": {"axis_holds_host": []},
            "jump": BASTION,
        },
        groups={
            "axis": {
                "vars": {
                    name: [hold("door")]
                    for name in (
                        "axis_holds",
                        *(f"axis_holds_{key}" for key in ("null", "file", "fact", "include", "host")),
                    )
                }
            }
        },
    )
    directory = f"{tmp_path.relative_to(Path.cwd()) if tmp_path.is_relative_to(Path.cwd()) else tmp_path}/"
    for name, (_keywords, variable, place) in HIDDEN.items():
        result = run.results[name, name]
        assert result["error"]["kind"] == "invalid_option", run.output
        hidden = "vars of the play" if name == "task" else "group axis (inventory)"
        assert result["msg"] == (
            f"{name} ({fleet.devices[name].host}): {variable} is set in {hidden}, and also in "
            f"{place.format(directory=directory)}, which hides the holds of the former. Rename one of them "
            "to axis_holds_<name>: all of these variables are in force together."
        )
        assert fleet.devices[name].journal == []


LEVELS = ("play", "entry", "block", "module", "task")
GROUP = "group/camfleet.axis.device"


@pytest.mark.fault("holds in module_defaults")
@pytest.mark.parametrize("keywords", HERE_AND_DELEGATED)
def test_holds_of_every_level_of_module_defaults_are_in_force(
    play: Play, fleet: Fleet, keywords: dict[str, str]
) -> None:
    """Core itself uses only the closest of them, and none if the task has holds, or sets them to omit."""
    camera = fleet.add("camera_12_9", "camera")
    for group in (*LEVELS, "free"):
        camera.plant_group(recording_group_id=group, retention_time=720)
    camera.plant_recording("play")
    of_task: dict[str, Any] = {
        "none": {},
        "empty": {"holds": []},
        "omit": {"holds": "{{ omit }}"},
        "other": {"holds": OTHER},
    }
    chosen = {name: of_task[name] for name in (("empty",) if keywords else of_task)}
    of_block = {GROUP: {"holds": [hold("block")]}, MODULE: {"holds": "{{ [dict(of_module, owner='Court')] }}"}}
    common = {"module_defaults": {MODULE: {"holds": [hold("task")]}}, "ignore_errors": True, **keywords}
    tasks = [
        {"name": f"{group} {name}", MODULE: {**DELETE, "id": group, **options}, **common}
        for group in LEVELS
        for name, options in chosen.items()
    ]
    others = {
        "action": {"camfleet.axis.axis_recording_action": {"id": "play", "state": "absent", "holds": []}},
        "policy": {
            "camfleet.axis.axis_retention_policy": {
                "groups": [{"recording_group_id": "block", "retention_time": "1h"}],
                "allow_recording_loss": True,
                "unmanaged": "ignore",
                "holds": OTHER,
            }
        },
    }
    tasks += [{"name": name, **task, "ignore_errors": True, **keywords} for name, task in others.items()]
    run = play(
        [
            {"module_defaults": of_block, "block": tasks},
            {"name": "free", MODULE: {**DELETE, "id": "free", "holds": []}, **keywords},
        ],
        keywords={
            "module_defaults": {GROUP: {"holds": [hold("play")]}, MODULE: "{{ of_entry }}"},
            "vars": {"of_entry": {"holds": [hold("entry")]}, "of_module": hold("module")},
        },
        hosts={"jump": BASTION},
    )
    for task in tasks:
        assert run.results[task["name"], "camera"]["error"]["kind"] == "held", (task["name"], run.output)
    assert sorted(camera.groups) == sorted(LEVELS), run.output


@pytest.mark.fault("holds in module_defaults")
def test_invalid_holds_in_module_defaults_name_their_place(play: Play, fleet: Fleet) -> None:
    """Although the task has holds, so that core does not use them."""
    camera = fleet.add("camera_12_9", "camera")
    values = {
        "until": ([hold("door", until="soon")], "[0].until is 'soon', which is not a valid date"),
        "text": ("door", " must be a list, got the text 'door'"),
        "null": (None, " is set, but has no value"),
    }
    run = play(
        [
            {
                "name": name,
                MODULE: {**DELETE, "holds": [hold("other")]},
                "module_defaults": {GROUP: {"holds": value}},
                "ignore_errors": True,
            }
            for name, (value, _text) in values.items()
        ]
    )
    for name, (_value, text) in values.items():
        result = run.results[name, "camera"]
        assert result["error"]["kind"] == "invalid_option", run.output
        assert f"module_defaults['{GROUP}'].holds{text}" in result["msg"]
    assert camera.journal == []


# What has the name of the case.
NAMED = ("the block", "the task", "include_tasks")


def including(file: str, value: Any, action: str = "include_tasks", **keywords: Any) -> dict[str, Any]:
    """Return a task that includes or imports a file, with a variable for holds."""
    return {f"ansible.builtin.{action}": file, "vars": {"axis_holds_x": value}, **keywords}


# By what hides the hold: where it is, and what hides it. In JSON, ansible-core before 2.19 does not know the lines.
NESTED = {
    "task in block": ("the block", "the task"),
    "block in block": (r"a block(?: \(\S+play.yml:\d+\))?", "the block"),
    "include in include": (r"include_tasks(?: \(\S+play.yml:\d+\))?", r"include_tasks(?: \(\S+outer.yml:\d+\))?"),
    "import in import": (r"import_tasks(?: \(\S+play.yml:\d+\))?", r"import_tasks(?: \(\S+outer_import.yml:\d+\))?"),
    "include in block": ("the block", "include_tasks"),
    "task in role": ("parameters of role r", "the task"),
    "include in role": ("parameters of role r", r"include_tasks(?: \(\S+main.yml:\d+\))?"),
    "import of playbook": ("the play", "import_playbook"),
}


def write_nested(directory: Path) -> Path:
    """Write a playbook in which each task is in two places that set one variable for holds."""
    held, none = [hold("door")], {"axis_holds_x": []}

    def delete(name: str, **keywords: Any) -> dict[str, Any]:
        return {"name": name, MODULE: DELETE, "ignore_errors": True, **keywords}

    play = {"hosts": "axis", "gather_facts": False}
    tasks = [
        {"name": "task in block", "vars": {"axis_holds_x": held}, "block": [delete("task in block", vars=none)]},
        {
            "vars": {"axis_holds_x": held},
            "block": [{"name": "block in block", "vars": none, "block": [delete("block in block")]}],
        },
        including("outer.yml", held),
        including("outer_import.yml", held, "import_tasks"),
        {
            "name": "include in block",
            "vars": {"axis_holds_x": held},
            "block": [including("block.yml", [], name="include in block")],
        },
        # The innermost value is in force.
        {
            "vars": {"axis_holds_x": held},
            "block": [{"vars": none, "block": [delete("held", vars={"axis_holds_x": held})]}],
        },
    ]
    roles = [{"role": "r", "vars": {"axis_holds_x": held}, "axis_holds_y": held}]
    of_role = [
        delete("task in role", vars=none),
        {"ansible.builtin.include_tasks": "role.yml", "vars": {"axis_holds_y": []}},
    ]
    for name, content in {
        "play.yml": [
            {**play, "tasks": tasks},
            {**play, "roles": roles},
            {"ansible.builtin.import_playbook": "imported.yml", "vars": none},
        ],
        "outer.yml": [including("inner.yml", [])],
        "inner.yml": [delete("include in include")],
        "outer_import.yml": [including("inner_import.yml", [], "import_tasks")],
        "inner_import.yml": [delete("import in import")],
        "block.yml": [delete("include in block")],
        "roles/r/tasks/main.yml": of_role,
        "roles/r/tasks/role.yml": [delete("include in role")],
        "imported.yml": [{**play, "vars": {"axis_holds_x": held}, "tasks": [delete("import of playbook")]}],
    }.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(json.dumps(content), encoding="utf-8")
    return directory / "play.yml"


@pytest.mark.fault("hold that nested vars hide")
def test_nested_vars_hide_no_holds(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Each of them is a place of its own."""
    camera = fleet.add("camera_12_9", "camera")
    camera.plant_group(recording_group_id="door", retention_time=720)
    run = play(write_nested(tmp_path))
    assert run.results["held", "camera"]["error"]["kind"] == "held", run.output
    for name, places in NESTED.items():
        result = run.results[f"r : {name}" if name.endswith("role") else name, "camera"]
        assert result["error"]["kind"] == "invalid_option", run.output
        outer, inner = (
            text if text.startswith("parameters") else f"vars of {text}" + f' "{name}"' * (text in NAMED)
            for text in places
        )
        variable = "axis_holds_y" if name == "include in role" else "axis_holds_x"
        assert re.search(f"{variable} is set in {outer}, and also in {inner}, which hides the holds of", result["msg"])
    assert camera.writes == []


@pytest.mark.fault("hold that a variable hides, without the preflight")
def test_extra_variable_hides_no_holds(play: Play, fleet: Fleet) -> None:
    camera = fleet.add("camera_12_9", "camera")
    modules: dict[str, dict[str, Any]] = {
        "axis_recording_group": DELETE,
        "axis_recording_action": {"recording_group_id": "door", "state": "absent"},
        "axis_retention_policy": {"purge": True, "purge_match": ["d*"], "allow_recording_loss": True},
    }
    run = play(
        [
            {"name": module, f"camfleet.axis.{module}": options, "ignore_errors": True}
            for module, options in modules.items()
        ],
        "--extra-vars",
        json.dumps({"axis_holds_x": []}),
        groups={"axis": {"vars": {"axis_holds_x": [hold("door")]}}},
    )
    places = "axis_holds_x is set in group axis (inventory), and also in extra variables, which hides"
    for module in modules:
        result = run.results[module, "camera"]
        assert result["error"]["kind"] == "invalid_option", run.output
        assert places in result["msg"]
    assert camera.journal == []


# By host: what its variable for holds is, and the variable that is set in two places.
USED: dict[str, tuple[Any, str]] = {
    "direct": ("{{ court }}", "court"),
    "indirect": ("{{ of_site }}", "court"),
    "entry": ([hold("door", until="{{ court_end }}")], "court_end"),
    "entry-id": ([hold("{{ court_group }}")], "court_group"),
    "lookup": ("{{ lookup('vars', 'court') }}", "court"),
    "own": ("{{ hostvars[inventory_hostname]['court'] }}", "court"),
    "slice": ("{{ court_all[:court_count] }}", "court_count"),
    "fact": ("{{ court_fact }}", "court_fact"),
    "task": ("{{ court_task }}", "court_task"),
    "extra": ("{{ court_extra }}", "court_extra"),
}
COURT_PLACES = {
    "fact": "set_fact or register",
    "task": 'vars of the task "Delete"',
    "extra": "extra variables",
}


@pytest.mark.fault("hold behind a template that uses a hidden variable")
def test_hidden_variables_of_templates_stop_the_task(play: Play, fleet: Fleet) -> None:
    """A variable in one place, or with an empty list that another place completes, hides nothing."""
    for name in (*USED, "combined", "default", "other"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    own = {"court": OTHER, "court_end": "2000-01-01", "court_group": "other", "court_count": 0}
    run = play(
        [
            {
                "name": "Set",
                "ansible.builtin.set_fact": {"court_fact": []},
                "when": "inventory_hostname == 'fact'",
            },
            {"name": "Delete", MODULE: DELETE, "vars": {"court_task": []}},
        ],
        "--extra-vars",
        json.dumps({"court_extra": []}),
        hosts={
            **{
                name: {"axis_holds_x": value, **({variable: own[variable]} if variable in own else {})}
                for name, (value, variable) in USED.items()
            },
            "combined": {"axis_holds_x": "{{ court + court_host }}", "court_host": OTHER},
            "default": {"axis_holds_x": "{{ court_default }}", "court_default": [hold("door")]},
            # Its variables for holds use none of them.
            "other": {"axis_holds_x": [hold("door")], "court": OTHER},
        },
        groups={
            "axis": {
                "vars": {
                    **{name: [hold("door")] for name in ("court", "court_fact", "court_task", "court_extra")},
                    "court_end": "2999-12-31",
                    "court_group": "door",
                    "court_all": [hold("door")],
                    "court_count": 1,
                    "court_default": [],
                    "of_site": "{{ court }}",
                }
            }
        },
    )
    for name, (_value, variable) in USED.items():
        result = run.results["Delete", name]
        assert result["error"]["kind"] == "invalid_option", run.output
        place = COURT_PLACES.get(name, f"host {name} (inventory)")
        assert result["msg"] == (
            f"{name} ({fleet.devices[name].host}): axis_holds_x uses {variable}, which is set in group axis "
            f"(inventory), and also in {place}, which hides the value of the former. Use two different names, "
            "and one of them in a variable axis_holds_<name>: all of these are in force together."
        )
        assert fleet.devices[name].journal == []
    for name in ("combined", "default", "other"):
        assert run.results["Delete", name]["error"]["kind"] == "held", run.output


# By host: its variable for holds, what it uses, and the host that has the variable.
ELSEWHERE: dict[str, tuple[Any, str, str]] = {
    "literal": ("{{ hostvars['depot'].axis_holds_court }}", "axis_holds_court", "depot"),
    "key": ("{{ hostvars[depot_name].court }}", "court", "depot"),
    "loop": ("{{ groups.depots | map('extract', hostvars, 'court') | flatten }}", "court", "depot"),
    "inner": ("{{ of_depot }}", "court", "depot"),
    "entry": ([hold("{{ hostvars.depot.court_group }}")], "court_group", "depot"),
    "chain": ("{{ hostvars['depot'].of_court }}", "court", "depot"),
    "fact": ("{{ hostvars['depot'].court_fact }}", "court_fact", "depot"),
}


@pytest.mark.fault("hold of another host that is hidden there")
def test_hidden_variables_of_other_hosts_stop_the_task(play: Play, fleet: Fleet) -> None:
    """Also those that only the holds of the task use. Another host with the same variables is not used."""
    for name in (*ELSEWHERE, "task", "default-task", "block-task", "loop-task", "other", "unused"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    of_task = {**DELETE, "holds": "{{ hostvars['depot'].court }}"}
    of_item = {**DELETE, "holds": "{{ item }}"}
    only = "inventory_hostname == '{}'".format
    run = play(
        [
            {
                "name": "Set",
                "ansible.builtin.set_fact": {"court_fact": []},
                "delegate_to": "depot",
                "delegate_facts": True,
                "run_once": True,
            },
            {"name": "Task", MODULE: of_task, "when": only("task")},
            {"name": "Loop", MODULE: of_item, "loop": ["{{ hostvars.depot.court }}"], "when": only("loop-task")},
            {
                "name": "Default",
                MODULE: DELETE,
                "module_defaults": {MODULE: {"holds": of_task["holds"]}},
                "when": only("default-task"),
            },
            {
                "module_defaults": {"group/camfleet.axis.device": {"holds": of_task["holds"]}},
                "block": [{"name": "Block", MODULE: DELETE, "when": only("block-task")}],
            },
            {"name": "Delete", MODULE: DELETE, "when": "'task' not in inventory_hostname"},
        ],
        hosts={
            **{name: {"axis_holds_x": value} for name, (value, _used, _host) in ELSEWHERE.items()},
            "other": {"axis_holds_x": "{{ hostvars['hall'].court }}"},
            "unused": {"axis_holds_x": [hold("door")], "of_unused": "{{ hostvars['depot'].court }}"},
            "depot": {"court": OTHER, "court_group": "other", "axis_holds_court": [], "of_court": "{{ court }}"},
            "hall": {},
        },
        groups={
            "axis": {"vars": {"depot_name": "depot", "of_depot": "{{ hostvars.depot.court }}"}},
            "depots": {
                "hosts": ["depot", "hall"],
                "vars": {
                    **{name: [hold("door")] for name in ("court", "court_fact", "axis_holds_court")},
                    "court_group": "door",
                },
            },
        },
    )
    places = {"fact": "set_fact or register"}
    expected = {("Delete", name): ("axis_holds_x", used, place) for name, (_value, used, place) in ELSEWHERE.items()}
    of_tasks = (("Task", "task"), ("Loop", "loop-task"), ("Default", "default-task"), ("Block", "block-task"))
    expected |= dict.fromkeys(of_tasks, ("holds", "court", "depot"))
    for (task, name), (user, used, host) in expected.items():
        result = run.results[task, name]
        result = result.get("results", [result])[0]
        assert result["error"]["kind"] == "invalid_option", run.output
        assert result["msg"] == (
            f"{name} ({fleet.devices[name].host}): {user} uses {used} of {host}, which is set in group depots "
            f"(inventory), and also in {places.get(name, 'host depot (inventory)')}, which hides the value of the "
            "former. Use two different names, and one of them in a variable axis_holds_<name>: all of these are in "
            "force together."
        )
        assert fleet.devices[name].journal == []
    for name in ("other", "unused"):
        assert run.results["Delete", name]["error"]["kind"] == "held", run.output


@pytest.mark.fault("hold whose hosts match nothing, without the preflight")
@pytest.mark.parametrize("keywords", HERE_AND_DELEGATED)
def test_misspelled_hosts_of_a_hold_stop_the_task(play: Play, fleet: Fleet, keywords: dict[str, str]) -> None:
    camera = fleet.add("camera_12_9", "camera")
    patterns = {"camra": 0, "Camera": 0, "ham*": 0, "empty": 1}
    run = play(
        [
            {
                "name": pattern,
                MODULE: {**DELETE, "holds": [hold("door", hosts=[*["jump", "axis"][:number], pattern])]},
                "ignore_errors": True,
                **keywords,
            }
            for pattern, number in patterns.items()
        ]
        + [{"name": "variable", MODULE: DELETE, "vars": {"axis_holds_x": [hold("door", hosts=["axsi"])]}, **keywords}],
        hosts={"jump": BASTION},
        groups={"empty": {"hosts": []}},
    )
    shown = {pattern: (f"holds[0].hosts[{number}]", pattern) for pattern, number in patterns.items()}
    for task, (option, pattern) in {**shown, "variable": ("axis_holds_x[0].hosts[0]", "axsi")}.items():
        result = run.results[task, "camera"]
        assert result["error"]["kind"] == "invalid_option", run.output
        assert f"{option} is '{pattern}', which matches no host of the inventory" in result["msg"]
    assert camera.journal == []


def test_a_hold_applies_to_the_implicit_localhost(play: Play, fleet: Fleet) -> None:
    """It is not in the inventory."""
    camera = fleet.add("camera_12_9", "camera")
    camera.plant_group(recording_group_id="door", retention_time=720)
    device = {"host": camera.host, "port": camera.port, "protocol": "http"}
    login = {"username": "operator", "password": "operator-pass"}
    run = play(
        [{"name": "Delete", MODULE: {**DELETE, **device, **login, "holds": [hold("door", hosts=["localhost"])]}}],
        keywords={"hosts": "localhost", "vars": {"axis_holds_x": [hold("other")]}},
    )
    assert run.results["Delete", "localhost"]["error"]["kind"] == "held", run.output


@pytest.mark.fault("hold that matches nothing, without the report")
@pytest.mark.parametrize("keywords", HERE_AND_DELEGATED)
def test_hold_that_matches_nothing_is_a_warning(play: Play, fleet: Fleet, keywords: dict[str, str]) -> None:
    """Once per task, with the variable; the result lists every hold, also that of a task which a hold refuses."""
    camera = fleet.add("camera_12_9", "camera")
    camera.plant_group(recording_group_id="door", retention_time=720)
    policy = {"groups": [{"recording_group_id": "door", "retention_time": "40d"}], "unmanaged": "ignore"}
    run = play(
        [
            {"name": "group", MODULE: {"id": "door", "retention_time": "30d"}, **keywords},
            {"name": "policy", "camfleet.axis.axis_retention_policy": policy, **keywords},
            {"name": "action", "camfleet.axis.axis_recording_action": {"id": "door"}, **keywords},
            {"name": "end", "camfleet.axis.axis_recording_action": {"id": "door", "state": "absent"}, **keywords},
        ],
        hosts={
            "camera": {"axis_holds_x": [hold("door"), hold("entr*"), hold("past*", until="2000-01-01")]},
            "jump": BASTION,
        },
    )
    for task in ("group", "policy", "action", "end"):
        result = run.results[task, "camera"]
        assert [(item["recording_group_id"], item["matches"]) for item in result["holds"]] == [
            ("door", ["door"]),
            ("entr*", []),
            ("past*", []),
        ], run.output
        (warning,) = result["warnings"]
        assert warning == (
            "camera: The hold on entr* (Case entr*, owner: legal@example.com) in axis_holds_x[1] matches no recording "
            "group of this device, and protects nothing here. Correct recording_group_id of the hold, or limit the "
            "hold with its option hosts to the hosts that have the group."
        )
