# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How groups of several cameras belong together."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.conventions import (
    SeenGroup,
    find_alike,
    propose_rules,
    see_group,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import RuleMatch
from tests.unit.plugins.plugin_utils._draft.fleets import GUID, group


def see(number: int, recording_group_id: str, hours: int = 720, name: str = "") -> SeenGroup:
    """Return a group of ``cam<number>``."""
    return see_group(f"cam{number}", None, group(recording_group_id, hours, name))


def propose(*groups: SeenGroup) -> list[tuple[RuleMatch, int | None]]:
    """Return matches and retention times of the rules for these groups."""
    hosts: dict[str, list[SeenGroup]] = {}
    for item in groups:
        hosts.setdefault(item.host, []).append(item)
    return [(rule.match, rule.settings.retention_time) for rule in propose_rules(hosts)]


def test_most_cameras_set_the_rule() -> None:
    assert propose(see(1, "High_1"), see(2, "High_2"), see(3, "High_3", 24)) == [(RuleMatch("High_[0-9]"), 720)]


def test_counters_of_several_lengths_with_names_have_a_rule_each() -> None:
    """A name alone would be for groups of any system."""
    groups = [item for n in (1, 2, 11, 12) for item in (see(n, f"{n}", 24, "Low"), see(n, f"{n + 100}", 720, "High"))]
    assert propose(*groups) == [
        (RuleMatch("[0-9]", groups[0].name), 24),
        (RuleMatch("[0-9][0-9]", groups[0].name), 24),
        (RuleMatch("[0-9][0-9][0-9]", groups[1].name), 720),
    ]


def test_groups_that_belong_together_are_found_by_name() -> None:
    groups = [
        see(n, GUID.format(n + part), 24 * (part + 1), name) for n in (1, 2) for part, name in ((0, "A"), (64, "B"))
    ]
    assert [[item.host for item in alike.members] for alike in find_alike(groups)] == [["cam1", "cam2"]] * 2


def test_numbers_of_another_length_belong_together() -> None:
    [alike] = find_alike([see(1, "cam1"), see(2, "cam2"), see(10, "cam10")])
    assert alike.matches == (RuleMatch("cam[0-9]"), RuleMatch("cam[0-9][0-9]"))
