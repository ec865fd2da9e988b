# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventory files that add no host. Ansible only warns of them, but a run without their cameras must not succeed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, invalid_option

#: The variable of the group ``all`` that lists them, one text for each file.
INVENTORY_PROBLEMS = "axis_inventory_problems"


def describe_problems(path: str, count: int) -> str:
    """Return the text for an inventory file.

    :param count: the number of its problems.
    """
    return f"{path} adds no host, because of {count:,} problem{'' if count == 1 else 's'}"


def check_inventory(task_vars: Mapping[str, Any]) -> None:
    """Check that the run has the cameras of all inventory files.

    :raises InvalidOptionError: ``invalid_option``, if a file added no host.
    """
    found = task_vars.get(INVENTORY_PROBLEMS) or []
    if not found:
        return
    lines = [str(line) for line in found] if isinstance(found, list) else [str(found)]
    raise invalid_option(
        Message(
            "The inventory is incomplete, so no request was sent: {files}",
            {"files": ". ".join(lines)},
        ),
        "The beginning of the output shows the problems, and so does ansible-inventory with the same inventory. "
        "Correct them, or remove the file from the inventory.",
    )
