# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of variables has every variable that the playbooks and the role use, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.plugin_utils._device_check_variables import CHECK_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.variables import DRAFT_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    ROLE_DEFAULTS,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import KNOWN_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import ALLOWANCES
from tests.playbook import CHECKOUT
from tests.reference.pages import PAGES, render_default
from tests.reference.variables import (
    ALLOWANCE,
    EXTRA,
    HOST,
    PLAYBOOKS,
    REQUIRED,
    SECTIONS,
    find_label,
    find_variables,
    render_variables,
)

VARIABLES = find_variables()
#: The prefixes of the variables of the collection.
NAMES = re.compile(
    r"(?<![\w./-])(?:retention_policy|axis|pin_certificates|draft_policy|device_check|merge_reports|compare_reports|"
    r"awx_setup)_\w+\b(?!\.yml)"
)
TASKS = CHECKOUT / "roles" / "retention_policy" / "tasks"
#: What a playbook reads, and the inventory plugin sets.
SET_BY_INVENTORY = {"axis_inventory_problems"}
#: Keys that are no variables: modules, an answer of device_check, and groups.
NO_VARIABLES = re.compile(
    r"axis_(?:certificate|device_check|policy|recording|retention)\w*|device_check_hosts_is_not_set"
)


def files_of(playbook: str) -> Iterator[Path]:
    """Yield a playbook, its own tasks and variables, and the tasks of the role that it includes."""
    path = CHECKOUT / "playbooks" / f"{playbook}.yml"
    yield path
    yield from (CHECKOUT / "playbooks").glob(f"*/{playbook}*.yml")
    pending = [TASKS / f"{name}.yml" for name in re.findall(r"tasks_from: (\w+)", path.read_text(encoding="utf-8"))]
    while pending:
        found = pending.pop()
        yield found
        pending += [TASKS / name for name in re.findall(r"import_tasks: (\w+\.yml)", found.read_text(encoding="utf-8"))]


def load(path: Path) -> Any:
    """Return the content of a file of a playbook."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!unsafe", lambda _loader, node: node.value)
    return yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - a SafeLoader


def find_used(value: Any) -> Iterator[str]:
    """Yield the names of the collection's variables in the values of YAML, not in its comments."""
    if isinstance(value, dict):
        for item in value.values():
            yield from find_used(item)
    elif isinstance(value, list):
        for item in value:
            yield from find_used(item)
    elif isinstance(value, str):
        yield from (name for name in NAMES.findall(value) if not NO_VARIABLES.fullmatch(name))


def find_own(value: Any, *, keep_play_vars: bool) -> Iterator[str]:
    """Yield the variables that the playbook sets, registers, or has for one task."""
    if isinstance(value, list):
        for item in value:
            yield from find_own(item, keep_play_vars=keep_play_vars)
    elif isinstance(value, dict):
        yield from filter(None, [value.get("register")])
        yield from value.get("ansible.builtin.set_fact", {})
        yield from value.get("loop_control", {}).values()
        if not (keep_play_vars and "hosts" in value):
            yield from value.get("vars", {})
        for item in value.values():
            yield from find_own(item, keep_play_vars=keep_play_vars)


def find_user_variables(playbook: str) -> set[str]:
    """Return the variables that a playbook reads, and does not set."""
    contents = [load(path) for path in files_of(playbook)]
    used = set(find_used(contents))
    own = {name for content in contents for name in find_own(content, keep_play_vars=playbook == "awx_setup")}
    own |= {name for content in contents if isinstance(content, dict) for name in content}
    # Results of tasks of other files of the role.
    own |= (
        KNOWN_VARIABLES
        - {*ROLE_DEFAULTS, *PLAY_VARIABLES}
        - {name for name in KNOWN_VARIABLES if name.startswith("axis_")}
    )
    return used - own


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_variable_of_a_playbook_is_documented(playbook: str) -> None:
    used = find_user_variables(playbook) - SET_BY_INVENTORY
    own = {name for name in VARIABLES if name.startswith(f"{playbook}_")}
    assert {name for name in used if name.startswith(f"{playbook}_")} == own
    documented = {name for name, variable in VARIABLES.items() if playbook in variable.playbooks}
    # AWX passes some variables of the role on to the jobs.
    assert used - documented == set() or playbook == "awx_setup"


def test_every_variable_of_the_role_is_documented() -> None:
    names = {name for name in VARIABLES if name.startswith("retention_policy_")}
    assert names == {*ROLE_DEFAULTS, *PLAY_VARIABLES}
    assert {*CHECK_VARIABLES.values(), *DRAFT_VARIABLES.values(), *POLICY_VARIABLES.values()} <= VARIABLES.keys()


def test_defaults_are_those_of_the_role() -> None:
    for name, default in ROLE_DEFAULTS.items():
        assert VARIABLES[name].default == render_default(default), name


def test_each_variable_is_in_one_section() -> None:
    listed = [name for section in SECTIONS for name in section.names]
    assert sorted(listed) == sorted(VARIABLES)


def test_each_variable_has_an_example() -> None:
    assert [name for name, variable in VARIABLES.items() if not variable.example] == []


@pytest.mark.parametrize("name", VARIABLES)
def test_examples_are_yaml_of_the_type(name: str) -> None:
    variable = VARIABLES[name]
    value = yaml.safe_load(variable.example.removeprefix("axis_holds_legal: "))
    types: dict[str, tuple[type, ...]] = {
        "boolean": (bool,),
        "integer": (int,),
        "number": (int, float),
        "dictionary": (dict,),
        "text": (str,),
        "path": (str,),
    }
    expected = (list,) if variable.type.startswith("list") else types.get(variable.type, (str, list))
    # Ansible makes a list of a text.
    assert isinstance(value, (*expected, str) if variable.type == "list of texts" else expected), value
    for item in variable.choices:
        assert not variable.choices or value in variable.choices or isinstance(value, list), item


def test_places_are_those_that_the_checks_accept() -> None:
    assert {name for name, variable in VARIABLES.items() if variable.place == EXTRA} == {
        *PLAY_VARIABLES,
        *(name for name in DRAFT_VARIABLES.values() if name.startswith("draft_policy_")),
    }
    per_host = {name for name, variable in VARIABLES.items() if variable.place == HOST}
    assert {*POLICY_VARIABLES.values()} - {*ALLOWANCES} <= per_host
    assert {name for name, variable in VARIABLES.items() if variable.place == ALLOWANCE} == {*ALLOWANCES}


def test_required_variables_have_no_default() -> None:
    required = {name for name, variable in VARIABLES.items() if variable.default == REQUIRED}
    assert required == {
        "pin_certificates_file",
        "device_check_hosts",
        "device_check_dir",
        "merge_reports_from",
        "merge_reports_dir",
        "compare_reports_from",
        "awx_setup_project_url",
        "awx_setup_image",
    }


def test_each_variable_has_a_label_of_its_own() -> None:
    labels = [find_label(name) for name in VARIABLES]
    assert len({*labels}) == len(labels)
    page, text = (PAGES / "variables.rst").read_text(encoding="utf-8"), render_variables()
    assert text.rstrip() in page
    for label in labels:
        assert text.count(f".. _{label}:\n") == 1
