# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Problems of inventory files: all in one run, none leaves a host, and playbooks of the collection fail."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.integration.role import AUDIT, ROLL_OUT
from tests.integration.targets.inventory_cameras.inventories import (
    describe,
    find_problems,
    list_cameras,
    list_inventory,
    run,
    squeeze,
    write_inventory,
    write_table,
)
from tests.playbook import CHECKOUT
from tests.simulator import Fleet

REPLACE = "such as name: \"{{ axis_name | regex_replace('[][ ,:*?{}/!&~@]+', '-') }}\"."
RENAME = "Rename it, or set name in cameras.axis.yml"
UNIQUE = "Set a different name for each camera, or put site or serial number into name."
IGNORED = {"ANSIBLE_INVENTORY_IGNORE_REGEX": r"\.csv$"}


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    listing = list_cameras(
        tmp_path,
        "north gate,192.0.2.11,ACCC8E000001,,,Pier,museum hall",
        "pier,192.0.2.12,ACCC8E000001,,,pier,all",
        "Pier,2001:db8::1,,,,,",
        "b,2001:DB8:0::1,,,,,axis_silent",
        "{{ x }},192.0.2.14,,,,,_meta",
        "museum,192.0.2.15,,,,,museum",
        "c,,ACCC8E000007,,,,",
        "localhost,192.0.2.16,ACCC8E0,,,,",
        "fine,192.0.2.17,,,,,",
    )
    assert listing.status == 0
    table = "../cameras.csv, line"
    assert find_problems(listing) == describe(
        f"{table} 2, column name: the name 'north gate' has a space, which separates patterns. {RENAME}, {REPLACE}",
        f"{table} 2, column groups: the group 'museum hall' is not only letters, digits, and underscores "
        "after a letter. "
        "Rename it, for example to museum_hall.",
        f"{table} 3, column serial: the serial number ACCC8E000001 is also that of {table} 2, column serial. "
        "Remove one of "
        "the rows, or correct the serial number.",
        f"{table} 3, column groups: the group 'all' is reserved by Ansible. Rename it.",
        f"{table} 3, column site: 'pier' and 'Pier' ({table} 2, column site) are one group, but are not "
        "written in the same "
        "way. Write both in the same way.",
        f"{table} 4, column name: the name Pier is almost that of {table} 3, column name, which is pier. {UNIQUE}",
        f"{table} 5, column address: the address 2001:db8::1 is also that of {table} 4, column address. "
        "Remove one of the "
        "rows, or correct the address.",
        f"{table} 5, column groups: the group 'axis_silent' is reserved for the comparison of files and addresses. "
        "Rename it.",
        f"{table} 6, column name: the name '{{{{ x }}}}' has a space, which separates patterns. {RENAME}.",
        f"{table} 6, column groups: the group '_meta' is reserved by Ansible. Rename it, for example to meta.",
        f"{table} 7, column name: the name museum is also the name of a group. Rename the camera or the "
        "group, or set name "
        "in cameras.axis.yml.",
        f"{table} 8, column address: the address of the camera ACCC8E000007 is unknown. Fill it in, or list "
        "its network in "
        "addresses, so that the camera is found by its serial number.",
        f"{table} 9, column serial: 'ACCC8E0' is not a serial number: it has 7 of 12 digits. Set the cell to the 12 "
        "hexadecimal digits on the label, such as ACCC8E000001, or clear it.",
        f"{table} 9, column name: the name 'localhost' is reserved by Ansible. {RENAME}.",
    )


def test_proposed_name_keeps_letters_and_hides_no_collision(tmp_path: Path) -> None:
    proposed = REPLACE.removeprefix('such as name: "').removesuffix('".')
    names = {"Köln 001": "Köln-001", "हिन्दी 2": "हिन्दी-2", "a_b.c (x): 3": "a_b.c-(x)-3"}
    rows = [f"{name},192.0.2.{number}" for number, name in enumerate((*names, *names.values()), 1)]
    listing = list_cameras(tmp_path, *rows, header="name,address", name=proposed)
    table = "../cameras.csv, line"
    assert find_problems(listing) == describe(
        *(
            f"{table} {line + 3}, column name: the name {name} is also that of {table} {line}, column name. {UNIQUE}"
            for line, name in enumerate(names.values(), 2)
        )
    )
    # Core repeats the error, but not the problems.
    assert squeeze(listing.warnings).count(squeeze("the name Köln-001 is also that of")) == 1
    assert listing.warns("cameras.axis.yml adds no host, because of 3 problems, which are shown above.")


def test_playbook_on_an_inventory_with_a_problem_fails(tmp_path: Path) -> None:
    write_table(tmp_path, "a b,192.0.2.1", header="name,address")
    source = write_inventory(tmp_path, {"files": ["../cameras.csv"]})
    audit = run(tmp_path, "playbook", "--inventory", str(source), AUDIT)
    assert audit.returncode != 0
    shown = squeeze(audit.stdout)
    assert squeeze("Correct them first. 0 hosts: no host of the inventory") in shown
    assert squeeze("cameras.axis.yml adds no host, because of 1 problem. The beginning of the output shows") in shown
    assert squeeze("line 2, column name: the name 'a b' has a space") in squeeze(audit.stderr)


def test_update_of_the_example_project_fails(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(CHECKOUT / "docs" / "examples" / "awx_project", project)
    source, configuration = project / "inventory", {"ANSIBLE_CONFIG": str(project / "ansible.cfg")}
    with (project / "cameras.csv").open("a", encoding="utf-8") as file:
        file.write("two words,192.0.2.99\n")
    failed = list_inventory(tmp_path, source, extra=configuration)
    assert (failed.status != 0, failed.content) == (True, {})
    assert failed.warns("the name 'two words' has a space")
    assert not failed.warns("Ansible continues without these hosts")


def test_problems_of_options_are_reported_together(tmp_path: Path) -> None:
    write_table(tmp_path, "a,192.0.2.1,x,y,z", header="name,address,vars,tags,ansible_connection")
    options = {
        "files": ["../cameras.csv", "./../cameras.csv", "../missing.csv", {"path": "../x.csv", "header": 1}],
        "columns": {"vars": "vars"},
        "adresses": ["192.0.2.0/24"],
        "parent_group": "all",
        "compare": True,
        "port": 70000,
    }
    listing = list_inventory(tmp_path, write_inventory(tmp_path, options))
    found = find_problems(listing)
    for problem in (
        "cameras.axis.yml: 'adresses' is not an option. Remove it, or correct it to one of addresses, cache,",
        "cameras.axis.yml: compare needs files and addresses. Set both, or remove compare.",
        "cameras.axis.yml: the parent_group 'all' is reserved by Ansible. Set it to another name, such as axis.",
        "cameras.axis.yml: port is 70000",
        "cameras.axis.yml: files has ./../cameras.csv twice. Remove one of the entries.",
        "cameras.axis.yml: files[3] has the key 'header', which is not supported.",
        "../missing.csv: the file does not exist.",
        (
            "../cameras.csv, line 2, column vars: vars cannot be a variable, because Ansible reserves this name. "
            "Map the column to another name in columns."
        ),
        (
            "../cameras.csv, line 2, column ansible_connection: a file of cameras must not set "
            "ansible_connection, which can decide what programs Ansible runs. Remove the column, and set "
            "ansible_connection in group_vars or host_vars."
        ),
    ):
        assert squeeze(problem) in found
    assert found.startswith("9problems:")
    assert listing.warns("../cameras.csv, column tags: not a variable, because Ansible reserves this name.")


def test_table_in_the_inventory_directory_is_a_problem(tmp_path: Path) -> None:
    directory = tmp_path / "inventory"
    write_inventory(tmp_path, {"files": ["cameras.csv"]})
    write_table(directory, "gate,192.0.2.1", header="name,address")
    listing = list_inventory(tmp_path, directory)
    assert "gate" not in listing.hosts
    assert listing.warns(
        f"cameras.csv: Ansible reads this file as an inventory, too, because it is in the inventory directory "
        f"{directory}. "
        "Move it out of the directory, or add its name to ignore_patterns in section [inventory] of ansible.cfg."
    )
    ignored = list_inventory(tmp_path, directory, extra=IGNORED)
    assert [*ignored.hosts] == ["gate"]
    assert ignored.warnings == ""


def test_other_inventory_with_the_same_names_is_a_problem(tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text(
        "{all: {hosts: {museum: , yard: {ansible_host: 192.0.2.9}}, children: {gate: {hosts: {x: }}, video: {children: "
        "{axis: }}}}}",
        encoding="utf-8",
    )
    rows = ("gate,192.0.2.1,", "hall,192.0.2.2,museum", "yard,192.0.2.3,video")
    write_table(tmp_path, *rows, header="name,address,groups")
    listing = list_inventory(tmp_path, other, write_inventory(tmp_path, {"files": ["../cameras.csv"]}))
    assert sorted(listing.members("gate")) == ["x"]
    # An export for AWX shows it.
    (line,) = listing.hosts["x"]["axis_inventory_problems"]
    assert line.endswith("cameras.axis.yml adds no host, because of 4 problems")
    assert sorted(listing.hosts) == ["museum", "x", "yard"]
    assert listing.warns(
        "../cameras.csv, line 2, column name: the name gate is also the name of a group. Rename the camera or the group"
    )
    assert listing.warns("the group museum has the name of a host in another inventory. Rename one of them.")
    row = "../cameras.csv, line 4, column"
    assert listing.warns(
        f"{row} name: the host yard is also in {other}, with the address 192.0.2.9. Rename one of them"
    )
    assert listing.warns(f"{row} groups: the group video would be in axis, but is its parent in another inventory.")


def test_each_inventory_file_has_its_problems(tmp_path: Path) -> None:
    write_table(tmp_path, "a,192.0.2.1,x", "b,192.0.2.2,", header="name,address,site")
    files = {"files": ["../cameras.csv"]}
    options = {
        "empty": {},
        "name": {**files, "name": "{{ axis_site }}-{{ axis_name }}"},
        "strict": {**files, "strict": True, "compose": {"y": "axis_site | upper"}},
        "fine": {**files, "compose": {"y": "axis_site | upper"}},
    }
    sources = [write_inventory(tmp_path, value, f"{name}.axis.yml") for name, value in options.items()]
    write_table(tmp_path, "a,192.0.2.3", header="name,address", name="twin.csv")
    sources += [
        write_inventory(tmp_path, {"files": ["../twin.csv"]}, "twin.axis.yml"),
        write_inventory(tmp_path, {"files": {"path": "../twin.csv"}}, "type.axis.yml"),
        write_inventory(tmp_path, {"files": ["../twin.csv"]}, "repeated.axis.yml"),
    ]
    sources[-1].write_text(
        "plugin: camfleet.axis.cameras\nfiles: [../cameras.csv]\nfiles: [../twin.csv]\n", encoding="utf-8"
    )
    listing = list_inventory(tmp_path, *sources)
    one = "axis.yml adds no host, because of 1 problem:"
    row = "../cameras.csv, line 3, column name:"
    for text in (
        f"empty.{one} empty.axis.yml: no source of cameras. Set files, addresses, or both.",
        f"name.{one} {row} the template name cannot be resolved: ",
        " Fill in what the template uses, or change name in name.axis.yml.",
        f"strict.{one} {row} Could not set y for host b: ",
        " Correct the option, or remove strict.",
        f"twin.{one} ../twin.csv, line 2, column name: the host a is also in {sources[3]}, with the address 192.0.2.1.",
        f"type.{one} type.axis.yml: files must be a list, got {{'path': '../twin.csv'}}. Write a hyphen before",
        f"repeated.{one} repeated.axis.yml, line 2: the file sets files, or something in it, again below,",
    ):
        assert listing.warns(text), text
    assert {name: host.get("y") for name, host in listing.hosts.items()} == {"a": "X", "b": None}


def test_incomplete_inventory_fails_playbooks(fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9")
    write_table(tmp_path, f"gate,{device.host},{device.port}", header="name,address,axis_port", name="good.csv")
    write_table(tmp_path, "a b,192.0.2.1", header="name,address")
    good = write_inventory(tmp_path, {"files": ["../good.csv"]}, "good.axis.yml")
    bad = write_inventory(tmp_path, {"files": ["../cameras.csv"]}, "bad.axis.yml")
    sources = ["--inventory", str(good), "--inventory", str(bad)]
    runs = {
        ROLL_OUT: ["--inventory", str(good.parent)],
        "camfleet.axis.pin_certificates": [*sources, "--extra-vars", f"pin_certificates_file={tmp_path / 'pins.yml'}"],
        "camfleet.axis.draft_policy": [*sources, "--extra-vars", f"draft_policy_dir={tmp_path / 'draft'}"],
    }
    for playbook, arguments in runs.items():
        done = run(tmp_path, "playbook", *arguments, playbook)
        assert done.returncode != 0, playbook
        assert squeeze("bad.axis.yml adds no host, because of 1 problem. The beginning of the output") in squeeze(
            done.stdout
        ), done.stdout
        assert squeeze("The inventory is incomplete, so no request was sent: ") in squeeze(done.stdout)
    assert device.journal == []
