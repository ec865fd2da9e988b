# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight finds each variable for holds that hides those of another place, wherever Ansible reads variables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    POLICY,
    PREFLIGHT,
    add_cameras,
    contacted,
    extra_vars,
    preflight_problems,
)
from tests.playbook import run_playbook
from tests.simulator import Fleet


def hold(group: str) -> list[dict[str, str]]:
    """Return holds on a group."""
    return [{"recording_group_id": group, "reason": "Case", "owner": "legal@example.com", "until": "2999-12-31"}]


def write(directory: Path, **files: Any) -> None:
    """Write files of variables; two underscores in a name are a slash."""
    for name, content in files.items():
        path = directory / f"{name.replace('__', '/')}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")


FIRST, SECOND = hold("door"), hold("hall")
OF_PLAY = "vars_files", "include", "fact", "play", "task", "extra"
# By variable: the hosts, the hidden place, and the place that hides it.
HIDDEN = {
    "axis_holds": (["c0"], "group axis (inventory)", "host c0 (inventory)"),
    # Ansible prefers files for the group all to any group in the inventory file.
    "axis_holds_all": (["c0", "c1", "c2"], "group axis (inventory)", "group all ({inventory}group_vars/all.yml)"),
    "axis_holds_file": (["c1"], "group axis ({inventory}group_vars/axis.yml)", "host c1 ({inventory}host_vars/c1.yml)"),
    "axis_holds_two": (
        ["c2"],
        "group site ({inventory}group_vars/site/one.yml)",
        "group site ({inventory}group_vars/site/two.yml)",
    ),
    "axis_holds_near": (
        ["c0", "c1", "c2"],
        "group axis ({inventory}group_vars/axis.yml)",
        "group axis ({playbook}group_vars/axis.yml)",
    ),
    "axis_holds_peer": (["c2"], "group depot (inventory)", "group site (inventory)"),
    "axis_holds_none": (["c0"], "group axis (inventory)", "host c0 (inventory)"),
    "axis_holds_play": (["c0", "c1", "c2"], "group axis (inventory)", "vars of the play"),
    "axis_holds_vars_files": (
        ["c0", "c1", "c2"],
        "group axis (inventory)",
        "vars_files of the play ({playbook}more.yml)",
    ),
    "axis_holds_include": (["c0", "c1", "c2"], "group axis (inventory)", "include_vars"),
    "axis_holds_fact": (["c0", "c1", "c2"], "group axis (inventory)", "set_fact or register"),
    "axis_holds_task": (["c0", "c1", "c2"], "group axis (inventory)", f'vars of the task "{PREFLIGHT}"'),
    "axis_holds_extra": (["c0", "c1", "c2"], "group axis (inventory)", "extra variables"),
    # No place of the inventory.
    "axis_holds_outside": (["c0", "c1", "c2"], "vars of the play", "set_fact or register"),
}


@pytest.mark.fault("one variable for holds in two places")
def test_every_place_that_hides_holds_is_found(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", "c2")
    write(
        tmp_path,
        group_vars__all={"axis_holds_all": FIRST},
        group_vars__axis={"axis_holds_file": FIRST, "axis_holds_near": FIRST, "axis_holds_equal": FIRST},
        host_vars__c1={"axis_holds_file": SECOND, "axis_holds_equal": FIRST},
        group_vars__site__one={"axis_holds_two": FIRST},
        group_vars__site__two={"axis_holds_two": SECOND},
    )
    near = tmp_path / "plays"
    write(
        near,
        group_vars__axis={"axis_holds_near": SECOND},
        more={"axis_holds_vars_files": SECOND},
        included={"axis_holds_include": SECOND},
        play=[
            {
                "name": "Play",
                "hosts": "axis",
                "gather_facts": False,
                "vars": {"axis_holds_play": SECOND, "axis_holds_outside": FIRST},
                "vars_files": ["more.yml"],
                "tasks": [
                    {"name": "Include", "ansible.builtin.include_vars": "included.yml"},
                    {
                        "name": "Set",
                        "ansible.builtin.set_fact": {"axis_holds_fact": SECOND, "axis_holds_outside": SECOND},
                    },
                    {
                        "name": PREFLIGHT,
                        "camfleet.axis.axis_retention_policy_preflight": {},
                        "run_once": True,
                        "vars": {"axis_holds_task": SECOND},
                    },
                ],
            }
        ],
    )
    of_axis = {name: FIRST for name in HIDDEN if name.removeprefix("axis_holds_") in OF_PLAY}
    run = play(
        near / "play.yml",
        *extra_vars(axis_holds_extra=SECOND, axis_holds_only_extra=SECOND),
        hosts={
            "c0": {"axis_holds": SECOND, "axis_holds_none": [], "axis_holds_default": FIRST, "axis_holds_same": FIRST},
        },
        groups={
            "axis": {
                "vars": {
                    **POLICY,
                    **of_axis,
                    "axis_holds": FIRST,
                    "axis_holds_all": SECOND,
                    "axis_holds_none": FIRST,
                    # These hide nothing.
                    "axis_holds_default": [],
                    "axis_holds_same": FIRST,
                }
            },
            "depot": {"hosts": ["c2"], "vars": {"axis_holds_peer": FIRST}},
            "site": {"hosts": ["c2"], "vars": {"axis_holds_peer": SECOND}},
        },
    )
    assert run.status == 2, run.output
    found = {item["problem"].partition(" ")[0]: (item["hosts"], item["problem"]) for item in preflight_problems(run)}
    assert set(found) == set(HIDDEN)
    # Relative, if they are below the current directory.
    inventory, playbook = (
        f"{directory.relative_to(Path.cwd()) if directory.is_relative_to(Path.cwd()) else directory}/"
        for directory in (tmp_path, near)
    )
    directories = {"inventory": inventory, "playbook": playbook}
    assert found == {
        name: (
            hosts,
            (
                f"{name} is set in {hidden.format(**directories)}, and also in {place.format(**directories)}, which "
                "hides the holds of the former. Rename one of them to axis_holds_<name>: all of these variables are in "
                "force together"
            ),
        )
        for name, (hosts, hidden, place) in HIDDEN.items()
    }
    assert f"c0: {found['axis_holds'][1]}." in run.results[PREFLIGHT, "c0"]["msg"]
    assert contacted(fleet) == []


@pytest.mark.fault("hold behind a template that uses a hidden variable")
def test_variables_that_templates_of_holds_use_are_compared(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Only those that are in force for a host and set in two places."""
    add_cameras(fleet, "c0", "c1", "c2")
    write(
        tmp_path,
        group_vars__all={"court": FIRST, "court_group": "door", "court_owner": "Legal", "unused": FIRST, "flag": True},
        group_vars__site={"court": SECOND},
        host_vars__c2={"court": [], "axis_holds_own": "{{ of_site }}", "unused": SECOND},
    )
    run = play(
        [{"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}],
        keywords={"vars": {"court_owner": "Court", "court_group": "hall"}},
        hosts={
            "c0": {"axis_holds": "{{ court }}"},
            "c1": {
                "axis_holds": [{**FIRST[0], "recording_group_id": "{{ court_group }}", "owner": "{{ court_owner }}"}],
                # A text and a condition have no holds.
                "axis_holds_if": "{{ [] if flag else [] }}",
                "flag": False,
            },
        },
        groups={
            "axis": {"vars": {**POLICY, "of_site": "{{ court + [] }}"}},
            "site": {"hosts": ["c0"], "vars": {"axis_holds_two": "{{ court }}"}},
        },
    )
    assert run.status == 2, run.output
    directory = f"{tmp_path.relative_to(Path.cwd()) if tmp_path.is_relative_to(Path.cwd()) else tmp_path}/"
    everyone, site, own = (f"{directory}{name}.yml" for name in ("group_vars/all", "group_vars/site", "host_vars/c2"))
    expected = {
        "c0": f"axis_holds uses court, which is set in group all ({everyone}), and also in group site ({site})",
        "c1": f"axis_holds uses court_group, which is set in group all ({everyone}), and also in vars of the play",
        "c2": f"axis_holds_own uses court, which is set in group all ({everyone}), and also in host c2 ({own})",
    }
    rest = (
        ", which hides the value of the former. Use two different names, and one of them in a variable "
        "axis_holds_<name>: all of these are in force together"
    )
    found = {host: item["problem"] for item in preflight_problems(run) for host in item["hosts"]}
    assert found == {host: f"{text}{rest}" for host, text in expected.items()}
    assert contacted(fleet) == []


@pytest.mark.fault("hold behind a template that uses a hidden variable")
def test_variables_that_holds_in_module_defaults_use_are_compared(play: Play, fleet: Fleet) -> None:
    """Nested vars, too. The task of the role, which has no holds of its own, uses them."""
    add_cameras(fleet, "c0", "c1")
    preflight = {"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}
    run = play(
        [{"vars": {"axis_holds_x": FIRST}, "block": [{**preflight, "vars": {"axis_holds_x": []}}]}],
        keywords={"module_defaults": {"group/camfleet.axis.device": {"holds": "{{ court }}"}}},
        hosts={"c1": {"court": SECOND}},
        groups={"axis": {"vars": {**POLICY, "court": FIRST}}},
    )
    assert run.status == 2, run.output
    found = {item["problem"].partition(" ")[0]: (item["hosts"], item["problem"]) for item in preflight_problems(run)}
    assert {name: hosts for name, (hosts, _problem) in found.items()} == {"holds": ["c1"], "axis_holds_x": ["c0", "c1"]}
    text = "holds uses court, which is set in group axis (inventory), and also in host c1 (inventory), which hides"
    assert found["holds"][1].startswith(text)
    assert "axis_holds_x is set in vars of a block" in found["axis_holds_x"][1]
    assert contacted(fleet) == []


@pytest.mark.fault("hold of another host that is hidden there")
def test_holds_of_other_hosts_are_compared_there(play: Play, fleet: Fleet) -> None:
    """The other host is not one of the play. What hides nothing there is no problem."""
    add_cameras(fleet, "c0", "c1", "c2")
    run = play(
        [{"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}],
        hosts={
            "c0": {"axis_holds": "{{ hostvars['depot'].axis_holds_x }}"},
            "c1": {"axis_holds_y": "{{ groups.depots | map('extract', hostvars, 'court') | flatten }}"},
            "c2": {"axis_holds_z": "{{ hostvars['hall'].court }}"},
            "depot": {"axis_holds_x": [], "court": SECOND},
            "hall": {},
        },
        groups={
            "axis": {"vars": POLICY},
            "depots": {"hosts": ["depot", "hall"], "vars": {"axis_holds_x": FIRST, "court": FIRST}},
        },
    )
    assert run.status == 2, run.output
    found = {item["problem"].partition(", which hides")[0]: item["hosts"] for item in preflight_problems(run)}
    where = "which is set in group depots (inventory), and also in host depot (inventory)"
    assert found == {
        f"axis_holds uses axis_holds_x of depot, {where}": ["c0"],
        f"axis_holds_y uses court of depot, {where}": ["c1"],
    }
    assert contacted(fleet) == []


def test_a_later_inventory_file_that_hides_holds_is_found(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """In several sources, and in a directory: YAML and INI, for a group and for a host."""
    add_cameras(fleet, "c0", "c1")
    directory = tmp_path / "more"
    write(
        directory,
        a={"all": {"children": {"axis": {"vars": {"axis_holds": SECOND, "axis_holds_same": FIRST}}}}},
        b={"all": {"hosts": {"c1": {"axis_holds_host": SECOND}}}},
    )
    (directory / "c").write_text(f"[site]\nc0\n[site:vars]\naxis_holds_ini={FIRST!r}\n", encoding="utf-8")
    (directory / "d").write_text(f"[site:vars]\naxis_holds_ini={SECOND!r}\n[site]\nc0\n", encoding="utf-8")
    task = {"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}
    run = play(
        [task],
        "--inventory",
        str(directory),
        hosts={"c1": {"axis_holds_host": FIRST}},
        groups={"axis": {"vars": {**POLICY, "axis_holds": FIRST, "axis_holds_same": FIRST}}},
    )
    assert run.status == 2, run.output
    found = {item["problem"].partition(" ")[0]: (item["hosts"], item["problem"]) for item in preflight_problems(run)}
    assert {name: hosts for name, (hosts, _problem) in found.items()} == {
        "axis_holds": ["c0", "c1"],
        "axis_holds_host": ["c1"],
        "axis_holds_ini": ["c0"],
    }
    assert "inventory.json), and also in group axis (" in found["axis_holds"][1]
    assert "more/a.yml), which hides" in found["axis_holds"][1]
    assert "inventory.json), and also in host c1 (" in found["axis_holds_host"][1]
    assert "more/c), and also in group site (" in found["axis_holds_ini"][1]


def test_a_variable_that_a_file_sets_twice_is_found(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """YAML keeps the last value. A repetition of the same value, or of an empty list, hides nothing."""
    add_cameras(fleet, "c0")
    first, second = json.dumps(FIRST), json.dumps(SECOND)
    lines = [
        "axis_holds:",
        f"  {first}",
        f"axis_holds_same: {first}",
        f"axis_holds_same: {first}",
        "axis_holds_empty: []",
        "axis_holds_empty: null",
        f"axis_holds_empty: {first}",
        f"axis_holds: {second}",
    ]
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "axis.yml").write_text("\n".join(lines), encoding="utf-8")
    task = {"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}
    run = play([task], groups={"axis": {"vars": POLICY}})
    assert run.status == 2, run.output
    (problem,) = preflight_problems(run)
    assert problem["problem"].startswith("axis_holds is set in group axis (")
    assert "group_vars/axis.yml, line 1), and also in group axis (" in problem["problem"]


@pytest.mark.fault("variable for holds twice in one file")
def test_holds_that_one_inventory_file_sets_twice_are_found(tmp_path: Path) -> None:
    """Also what templates of holds use. The last value is in force."""
    first = {"ansible_host": "127.0.0.1", "axis_holds": FIRST, "axis_holds_court": "{{ court }}", "court": FIRST}
    second = {"axis_holds": SECOND, "court": SECOND, "axis_holds_site": FIRST}
    task = {"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}
    write(
        tmp_path,
        inventory={"axis": {"hosts": {"c0": first}, "vars": POLICY}, "site": {"hosts": {"c0": second}}},
        play=[{"name": "Play", "hosts": "axis", "gather_facts": False, "tasks": [task]}],
    )
    run = run_playbook(
        tmp_path / "play.yml",
        tmp_path / "inventory.yml",
        tmp_path,
        *extra_vars(axis_holds_extra=FIRST),
        *extra_vars(axis_holds_extra=SECOND),
    )
    assert run.status == 2, run.output
    problems = {item["problem"].partition(", which hides")[0] for item in preflight_problems(run)}
    path = tmp_path / "inventory.yml"
    file = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    in_file = f"set in host c0 ({file}, value 1 of 2), and also in host c0 ({file}, value 2 of 2)"
    extra = "extra variables (--extra-vars number"
    assert problems == {
        f"axis_holds is {in_file}",
        f"axis_holds_court uses court, which is {in_file}",
        f"axis_holds_extra is set in {extra} 1), and also in {extra} 2)",
    }
