# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Columns that may be variables of a host, and those that may not."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import ListedCamera, Position
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.variables import (
    CheckedVariables,
    check_variables,
    merge_ignored,
)


def list_camera(variables: Mapping[str, str]) -> ListedCamera:
    columns = {name: name.title() for name in variables}
    return ListedCamera(Position("cameras.csv", 2), name="a", variables=variables, columns=columns)


def check(variables: Mapping[str, str], mapped: Collection[str] = ()) -> CheckedVariables:
    return check_variables(list_camera(variables), mapped, {"tags"})


def test_other_variables_are_kept() -> None:
    variables = {
        "axis_password": "secret",
        "ansible_user": "root",
        "ansible_password": "pass",
        "ansible_port": "22",
        "retention_policy_owner": "safety@example.com",
        "Note": "north",
    }
    assert check(variables) == (variables, (), {})


@pytest.mark.parametrize("mapped", [(), ("ansible_connection",)])
@pytest.mark.parametrize("name", ["ansible_connection", "ANSIBLE_connection", "ansible_python_interpreter"])
def test_variable_that_runs_programs_is_a_problem(name: str, mapped: Collection[str]) -> None:
    values, (problem,), ignored = check({name: "local"}, mapped)
    assert str(problem) == (
        f"cameras.csv, line 2, column {name.title()}: a file of cameras must not set {name}, which can decide what "
        f"programs Ansible runs. Remove the column, and set {name} in group_vars or host_vars."
    )
    assert (values, ignored) == ({}, {})


@pytest.mark.parametrize(
    "name", ["hostvars", "groups", "group_names", "inventory_hostname", "omit", "vars", "environment", "tags"]
)
def test_reserved_name_is_not_a_variable(name: str) -> None:
    values, problems, ignored = check({name: "x", "b": "y"})
    assert values == {"b": "y"}
    assert problems == ()
    assert ignored == {name: "because Ansible reserves this name"}


def test_reserved_name_that_is_mapped_is_a_problem() -> None:
    values, (problem,), _ignored = check({"vars": "x"}, mapped=["vars"])
    assert values == {}
    assert str(problem) == (
        "cameras.csv, line 2, column Vars: vars cannot be a variable, because Ansible reserves this name. "
        "Map the column to another name in columns."
    )


def test_variable_of_the_plugin_is_a_field() -> None:
    _values, (problem,), _ignored = check({"axis_site": "x"}, mapped=["axis_site"])
    assert "because the plugin sets it. Map the column to the field site in columns" in problem.message


def test_ignored_columns_are_named_once() -> None:
    cameras = [list_camera({"vars": "x"}), list_camera({"vars": "y", "tags": "z"})]
    checked = [(camera, check_variables(camera, (), {"tags"})) for camera in cameras]
    assert merge_ignored(checked) == (
        "cameras.csv, column Vars: not a variable, because Ansible reserves this name.",
        "cameras.csv, column Tags: not a variable, because Ansible reserves this name.",
    )
