# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with which hosts, in the words of the role's variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet import PLAY_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import check

DOOR = {"recording_group_id": "door", "retention_time": "30d"}
POLICY = {"retention_policy_groups": [DOOR]}


class Hosts:
    """Stands for the variables of all hosts, without templates but one that fails."""

    def __init__(self, hosts: Mapping[str, Mapping[str, Any]]) -> None:
        self._hosts = hosts

    def raw(self, host: str) -> Mapping[str, Any]:
        """As they are written."""
        return self._hosts[host]

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """The named ones."""
        if "undefined" in self._hosts[host]:
            raise AnsibleError("'site' is undefined")
        return {name: self._hosts[host][name] for name in names if name in self._hosts[host]}


def found(hosts: Mapping[str, Mapping[str, Any]], *extra_variables: str) -> list[tuple[list[str], str]]:
    """The problems of some hosts."""
    problems = check(Hosts(hosts), hosts, extra_variables).problems  # type: ignore[arg-type] # as much as is needed
    return [(bad, problem) for problem, bad in problems.items()]


def test_nothing_is_wrong() -> None:
    assert found({"a": POLICY, "b": {"retention_policy_minimum": "7d"}}) == []
    assert found({"a": {"retention_policy_existing": [{"match": {"nice_name": "*"}}]}}) == []


def test_hosts_that_share_a_problem_are_told_together() -> None:
    bad = {**POLICY, "retention_policy_minimum": "soon"}
    (one, other) = found({"a": bad, "b": {}, "c": bad, "d": POLICY})
    assert one[0] == ["a", "c"]
    assert one[1].startswith("retention_policy_minimum is 'soon'")
    assert other[0] == ["b"]
    assert other[1].startswith("It has no policy")


def test_a_template_that_fails_is_a_problem_of_its_host_only() -> None:
    ((hosts, problem),) = found({"a": POLICY, "b": {"undefined": True}})
    assert hosts == ["b"]
    assert "'site' is undefined" in problem


@pytest.mark.parametrize(
    "name", ["retention_policy_hosts", "retention_policy_waves", "retention_policy_max_fail_percentage"]
)
def test_a_variable_of_plays_counts_as_extra_variable_only(name: str) -> None:
    hosts = {"a": {**POLICY, name: 1}, "b": POLICY}
    ((bad, problem),) = found(hosts)
    assert bad == ["a"]
    assert problem.startswith(f"{name} is set in the inventory")
    assert found(hosts, name) == []


def test_a_policy_that_says_nothing_is_none() -> None:
    for nothing in ({}, {"retention_policy_groups": []}, {"retention_policy_purge": False}, {"axis_holds": []}):
        ((_hosts, problem),) = found({"a": nothing})
        assert problem.startswith("It has no policy")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (
            {"retention_policy_minimum": "60d", "retention_policy_maximum": "7d"},
            "retention_policy_minimum 1440 hours (60 days) is above retention_policy_maximum 168 hours (7 days)",
        ),
        (
            {"retention_policy_purge": True},
            "retention_policy_purge is true and retention_policy_purge_match is not given",
        ),
        ({"retention_policy_purge": True}, "which groups may be purged"),
        ({**POLICY, "retention_policy_unexpected": "x"}, "value of retention_policy_unexpected must be one of"),
        ({**POLICY, "retention_policy_on_refused": "x"}, "value of retention_policy_on_refused must be one of"),
        ({**POLICY, "axis_holds": [{"reason": "x"}]}, "axis_holds[0].recording_group_id is missing"),
        (
            {
                "retention_policy_groups": [
                    DOOR,
                    {"recording_group_id": "a", "nice_name": "x", "retention_time": "groups"},
                ]
            },
            "retention_policy_groups[1]: retention_time is 'groups'",
        ),
    ],
)
def test_the_words_are_those_of_the_role(variables: dict[str, Any], words: str) -> None:
    ((_hosts, problem),) = found({"a": variables})
    assert words in problem
    assert "retention_policy_retention_policy" not in problem


def test_strange_names_come_with_a_guess_where_one_is_near() -> None:
    hosts = {
        "a": {"retention_policy_group": [], "retention_policy_xyz": 1, "retention_policy_result": {}, "other": 1},
        "b": {"retention_policy_group": []},
        "c": {"retention_policy_play": "x", "retention_policy_waves": [1], **POLICY},
    }
    without_effect = "is no variable of the role and has no effect"
    assert check(Hosts(hosts), hosts, PLAY_VARIABLES).warnings == [  # type: ignore[arg-type] # as much as is needed
        f"retention_policy_group (set for a, b) {without_effect}; did you mean retention_policy_groups?",
        f"retention_policy_xyz (set for a) {without_effect}.",
    ]
