# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check for inventory files that add no host."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import (
    INVENTORY_PROBLEMS,
    check_inventory,
    describe_problems,
)


@pytest.mark.parametrize("variables", [{}, {INVENTORY_PROBLEMS: []}, {INVENTORY_PROBLEMS: ""}])
def test_complete_inventory_passes(variables: dict[str, Any]) -> None:
    check_inventory(variables)


def test_every_file_is_named() -> None:
    lines = [describe_problems("a.axis.yml", 1), describe_problems("b.axis.yml", 1234)]
    with pytest.raises(InvalidOptionError) as raised:
        check_inventory({INVENTORY_PROBLEMS: lines})
    assert ". ".join(raised.value.render({})) == (
        "The inventory is incomplete, so no request was sent: a.axis.yml adds no host, because of 1 problem. "
        "b.axis.yml adds no host, because of 1,234 problems. The beginning of the output shows the problems, and so "
        "does ansible-inventory with the same inventory. Correct them, or remove the file from the inventory."
    )
