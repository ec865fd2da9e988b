# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which columns of a file may be variables of a host. Pure.

Many people may change a spreadsheet. It must not decide which program Ansible runs, and must not replace what Ansible
itself knows of a host.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import ListedCamera, Problem

#: The variables that the plugin itself sets, with the field of a camera that each is.
OWN_VARIABLES: Mapping[str, str] = {
    "ansible_host": "address",
    "axis_name": "name",
    "axis_serial": "serial",
    "axis_model": "model",
    "axis_firmware": "firmware",
    "axis_site": "site",
}
#: The variables of Ansible that a file may set: none of them decides which program runs.
ALLOWED_CONNECTION = frozenset({"ansible_port", "ansible_user", "ansible_password"})
#: Variables that Ansible replaces, or that hide what a playbook relies on; core has a list of further names.
MAGIC_VARIABLES = frozenset(
    {
        "discovered_interpreter_python",
        "environment",
        "group_names",
        "groups",
        "hostvars",
        "inventory_dir",
        "inventory_file",
        "inventory_hostname",
        "inventory_hostname_short",
        "item",
        "omit",
        "play_hosts",
        "playbook_dir",
        "role_name",
        "role_names",
        "role_path",
        "vars",
    }
)


class CheckedVariables(NamedTuple):
    """The variables of a host from further columns, and what is not one of them.

    :param ignored: by name, why the column is not a variable.
    """

    values: dict[str, str]
    problems: tuple[Problem, ...]
    ignored: dict[str, str]


def check_variables(camera: ListedCamera, mapped: Collection[str], reserved: Collection[str]) -> CheckedVariables:
    """Return which further columns of a camera are variables of its host.

    :param mapped: the names that the user mapped to a column, so that each must become a variable.
    :param reserved: the names that core reserves besides ``MAGIC_VARIABLES``.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    ignored: dict[str, str] = {}
    for name, text in camera.variables.items():
        if fault := find_connection_fault(name):
            problems.append(Problem(camera.position_of(name), *fault))
        elif reason := _find_reason(name, reserved):
            if name in mapped:
                step = "Map the column to another name in columns."
                problems.append(Problem(camera.position_of(name), f"{name} cannot be a variable, {reason}", step))
            else:
                ignored[name] = reason
        else:
            values[name] = text
    return CheckedVariables(values, tuple(problems), ignored)


def find_connection_fault(name: str) -> tuple[str, str] | None:
    """Return message and next step if a variable would decide how Ansible connects and what it runs."""
    if not name.lower().startswith("ansible_") or name in ALLOWED_CONNECTION or name in OWN_VARIABLES:
        return None
    return (
        f"a file of cameras must not set {name}, which can decide what programs Ansible runs",
        f"Remove the column, and set {name} in group_vars or host_vars.",
    )


def _find_reason(name: str, reserved: Collection[str]) -> str | None:
    if name in OWN_VARIABLES:
        return f"because the plugin sets it. Map the column to the field {OWN_VARIABLES[name]} in columns"
    if name in MAGIC_VARIABLES or name in reserved:
        return "because Ansible reserves this name"
    return None


def merge_ignored(checked: Iterable[tuple[ListedCamera, CheckedVariables]]) -> tuple[str, ...]:
    """Return one line for each column that is not a variable."""
    lines = {
        f"{camera.position.file}, column {camera.columns.get(name, name)}: not a variable, {reason}.": None
        for camera, variables in checked
        for name, reason in variables.ignored.items()
    }
    return tuple(lines)
