# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups of an inventory may get variables."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.inventory import find_inventory_groups

HOSTS = ("a", "b", "c")
OF_CORE = {"all": ["a", "b", "c", "nas"], "ungrouped": ["nas"]}
FLEET = {**OF_CORE, "axis": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("members", "patterns", "names"),
    [
        # Those of the plugin, whatever other groups there are.
        (
            {**FLEET, "axis_site_x": ["a"], "axis_model_y": ["b"], "own": ["a", "b"]},
            ["axis"],
            "axis axis_model_y axis_site_x",
        ),
        # Those of the user, if all their hosts are in the run.
        ({**FLEET, "own": ["a", "b"], "one": ["c"], "mixed": ["a", "nas"]}, ["axis"], "axis own"),
        ({**FLEET, "axis_site_empty": []}, ["axis"], "axis"),
        # The smallest group that has all hosts.
        ({**FLEET, "racks": ["a", "b", "c", "nas"]}, ["axis", "!x"], "axis"),
        ({**OF_CORE, "cameras": ["a", "b", "c"]}, ["cameras:!x"], "cameras"),
        (OF_CORE, ["all"], "all"),
        (OF_CORE, ["a,b,c"], ""),
        # Names that no directory can have.
        ({**FLEET, "axis_site_a/b": ["a"], "axis_site_n\n": ["a"], "axis_site_x": ["a"]}, ["axis"], "axis axis_site_x"),
        ({**FLEET, "axis_site_x": ["a"], "axis_site_X": ["b"], "axis_model_y": ["a"]}, ["axis"], "axis axis_model_y"),
    ],
)
def test_groups_that_may_share_variables(members: dict[str, list[str]], patterns: list[str], names: str) -> None:
    found = find_inventory_groups(HOSTS, members, patterns, lambda name: (len(name), 7))
    assert [group.name for group in found] == names.split()
    for group in found:
        assert (group.hosts, group.depth, group.priority) == (frozenset(members[group.name]), len(group.name), 7)
