# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with which hosts, in the words of the role's variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import PLAY_VARIABLES
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
            raise invalid_option("retention_policy_groups cannot be templated ('site' is undefined)", "Define it.")
        return {name: self._hosts[host][name] for name in names if name in self._hosts[host]}


def found(hosts: Mapping[str, Mapping[str, Any]], *extra_variables: str) -> list[tuple[list[str], str]]:
    """The problems of some hosts."""
    problems = check(Hosts(hosts), hosts, extra_variables).problems  # type: ignore[arg-type] # as much as is needed
    return [(bad, problem) for problem, bad in problems.items()]


def test_nothing_is_wrong() -> None:
    assert found({"a": POLICY, "b": {**POLICY, "retention_policy_minimum": "7d"}}) == []
    assert found({"a": {"retention_policy_existing_groups": [{"match": {"nice_name": "*"}}]}}) == []


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
            {**POLICY, "retention_policy_minimum": "60d", "retention_policy_maximum": "7d"},
            "retention_policy_minimum 1440 hours (60 days) is above retention_policy_maximum 168 hours (7 days)",
        ),
        (
            {"retention_policy_purge": True},
            "retention_policy_purge is true and retention_policy_purge_match is not given",
        ),
        ({"retention_policy_purge": True}, "which groups may be purged"),
        ({**POLICY, "retention_policy_unmanaged": "x"}, "value of retention_policy_unmanaged must be one of"),
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


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("retention_policy_group", "retention_policy_groups"),
        ("retention_policy_minimun", "retention_policy_minimum"),
        ("axis_hold", "axis_holds"),
        ("retention_policy_holds", "axis_holds"),
        ("axis_pasword", "axis_password"),
    ],
)
def test_a_slip_of_the_pen_in_a_name_is_a_problem(name: str, meant: str) -> None:
    ((hosts, problem),) = found({"a": {**POLICY, name: []}, "b": POLICY})
    assert hosts == ["a"]
    assert problem == f"{name} is no variable of the role and has no effect; did you mean {meant}?"


def test_a_variable_of_the_users_own_is_no_problem() -> None:
    hosts = {
        "a": {**POLICY, "retention_policy_xyz": 1, "retention_policy_result": {}, "other": 1, "axis_serial": "x"},
        "b": {**POLICY, "retention_policy_play": "x", "axis_port": 1, "axis_site": "y"},
    }
    assert found(hosts) == []
    assert check(Hosts(hosts), hosts, ()).warnings == [  # type: ignore[arg-type] # as much as is needed
        "retention_policy_xyz (set for a) is no variable of the role and has no effect."
    ]


@pytest.mark.parametrize("only", ["retention_policy_minimum", "retention_policy_maximum"])
def test_bounds_alone_are_no_policy(only: str) -> None:
    ((_hosts, problem),) = found({"a": {only: "7d"}})
    assert problem.startswith("It has no policy")
    rule = [{"match": {"recording_group_id": "*"}}]
    assert found({"a": {only: "7d", "retention_policy_existing_groups": rule}}) == []


def wrong_in_run(**run: Any) -> list[str]:
    """The problems of variables of the run."""
    hosts = {"a": POLICY}
    return list(check(Hosts(hosts), hosts, PLAY_VARIABLES, run).problems)  # type: ignore[arg-type] # as much as is needed


@pytest.mark.parametrize(
    "waves", [1, "1", "25%", "1,10,20%", "1, 10", "[1, 10]", [1, "20%"], ["100%"], '[1, "20%"]', "", None, "[1,'5%']"]
)
def test_waves_may_be_a_list_or_its_text(waves: Any) -> None:
    assert wrong_in_run(retention_policy_waves=waves) == []


@pytest.mark.parametrize("waves", [0, "0", [1, 0], [], "[]", "banana", "1.5", [1.5], "-1", "0%", "101%", [[1]], [None]])
def test_waves_of_nothing_are_a_problem(waves: Any) -> None:
    (problem,) = wrong_in_run(retention_policy_waves=waves)
    assert problem.startswith("retention_policy_waves is ")
    assert "1,10,20%" in problem


@pytest.mark.parametrize("share", [0, "12.5", 100, ""])
def test_a_share_is_a_percentage(share: Any) -> None:
    assert wrong_in_run(retention_policy_max_fail_percentage=share) == []


@pytest.mark.parametrize("share", [-5, "101", "10%", "abc", True, [1]])
def test_what_is_no_percentage_is_a_problem(share: Any) -> None:
    (problem,) = wrong_in_run(retention_policy_max_fail_percentage=share)
    assert problem == f"retention_policy_max_fail_percentage is {share!r}. Give a number from 0 to 100"


@pytest.mark.parametrize(
    "name",
    [
        "retention_policy_result",
        "retention_policy_play",
        "retention_policy_wave",
        "retention_policy_report",
        "retention_policy_failed_hosts",
    ],
)
def test_what_the_role_registers_is_no_extra_variable(name: str) -> None:
    assert [problem for _hosts, problem in found({"a": POLICY}, name)] == [
        f"{name} is an extra variable, which would hide what this run finds. Leave it out: the role sets it itself"
    ]
