# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Problems of policies, named by the variables of the role, and their hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import describe_value, invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import is_hold_variable
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import PLAY_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import check_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import ALLOWANCES

DOOR = {"recording_group_id": "door", "retention_time": "30d"}
POLICY = {"retention_policy_groups": [DOOR]}


class Hosts:
    """The variables of all hosts, without templates except one that fails."""

    def __init__(self, hosts: Mapping[str, Mapping[str, Any]]) -> None:
        self._hosts = hosts

    def raw(self, host: str) -> Mapping[str, Any]:
        """Return the variables of a host."""
        return self._hosts[host]

    def own_names(self, host: str) -> Mapping[str, Any]:
        """Return name and groups of the host."""
        return {"inventory_hostname": host, "group_names": self._hosts[host].get("group_names", [])}

    play_names: Sequence[str] = ()
    play_variables: Mapping[str, Any] = MappingProxyType({})

    def is_in_inventory(self, pattern: str) -> bool:
        """Return whether it is one of a few names."""
        return pattern in ("all", "axis", "a")

    def hold_names(self, host: str) -> list[str]:
        """Return the names of the variables that have holds."""
        return sorted(filter(is_hold_variable, self._hosts[host]))

    def hidden_holds(self, host: str, _task_holds: object = ()) -> list[str]:
        """Return what the host says."""
        return [self._hosts[host]["hidden"]] if "hidden" in self._hosts[host] else []

    def find_permanent_allowances(self, host: str, values: Mapping[str, Any], extra: Iterable[str]) -> dict[str, str]:
        """Return the allowances of the host that no extra variable sets."""
        found = self._hosts[host].keys() & values.keys() & ALLOWANCES.keys() - {*extra}
        return {name: f"host {host}" for name in found if values[name]}

    def written(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return those named variables of a host that are set."""
        return {name: self._hosts[host][name] for name in names if name in self._hosts[host]}

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return the named variables of a host."""
        if "undefined" in self._hosts[host]:
            raise invalid_option("retention_policy_groups cannot be templated ('site' is undefined)", "Define it.")
        return {name: self._hosts[host][name] for name in names if name in self._hosts[host]}


def found(hosts: Mapping[str, Mapping[str, Any]], *extra_variables: str) -> list[tuple[list[str], str]]:
    """Return the problems with their hosts."""
    problems = check_variables(Hosts(hosts), hosts, extra_variables).problems  # type: ignore[arg-type] # as much as is needed
    return [(bad, problem) for problem, bad in problems.items()]


def test_valid_policies_have_no_problem() -> None:
    assert found({"a": POLICY, "b": {**POLICY, "retention_policy_minimum": "7d"}}) == []
    assert found({"a": {"retention_policy_existing_groups": [{"match": {"nice_name": "*"}}]}}) == []


@pytest.mark.fault("maximum of a policy with a group under a hold")
def test_a_hold_of_a_host_excuses_it_from_the_maximum() -> None:
    """Only of the hosts that the hold applies to, also if several have equal variables. An ended one is a finding."""
    hold = {"recording_group_id": "a", "reason": "Case 4711", "owner": "legal", "until": "2099-12-31"}
    policy = {
        "retention_policy_groups": [{"recording_group_id": "a", "retention_time": "unlimited"}],
        "retention_policy_maximum": "30d",
    }
    held = {**policy, "axis_holds": [hold]}
    limited = {**policy, "axis_holds": [{**hold, "hosts": ["a"]}]}
    ended = {**policy, "axis_holds": [{**hold, "until": "2020-12-31"}]}
    problems = found({"a": limited, "b": limited, "c": held, "d": policy, "e": ended})
    assert [hosts for hosts, _problem in problems] == [["b", "d"]]
    assert "unlimited, which is above retention_policy_maximum" in problems[0][1]


def test_hosts_with_the_same_address_are_found() -> None:
    hosts = {name: {**POLICY, "axis_host": address} for name, address in (("b", "x"), ("c", "y"), ("a", "X."))}
    preflight = check_variables(Hosts(hosts), hosts, ())  # type: ignore[arg-type] # as much as is needed
    assert preflight.problems == {}
    assert preflight.duplicates == {"a": ["b"], "b": ["a"]}


def test_an_allowance_of_the_inventory_is_a_warning() -> None:
    allowance = {"retention_policy_allow_recording_loss": True}
    hosts = {"a": {**POLICY, **allowance}, "b": {**POLICY, "retention_policy_allow_recording_loss": False}, "c": POLICY}
    preflight = check_variables(Hosts(hosts), hosts, ())  # type: ignore[arg-type] # as much as is needed
    (warning,) = preflight.warnings
    assert warning == (
        "retention_policy_allow_recording_loss is set in the inventory, by host a, for a. This permits every run to "
        "delete recordings. Remove it there, and set it with --extra-vars for one run."
    )
    assert check_variables(Hosts(hosts), hosts, allowance).warnings == []  # type: ignore[arg-type]


def test_hosts_with_the_same_problem_are_grouped() -> None:
    bad = {**POLICY, "retention_policy_minimum": "soon"}
    (one, other) = found({"a": bad, "b": {}, "c": bad, "d": POLICY})
    assert one[0] == ["a", "c"]
    assert one[1].startswith("retention_policy_minimum is 'soon'")
    assert other[0] == ["b"]
    assert other[1].startswith("The host has no policy")


def test_an_undefined_variable_is_a_problem_of_its_host() -> None:
    ((hosts, problem),) = found({"a": POLICY, "b": {"undefined": True}})
    assert hosts == ["b"]
    assert "'site' is undefined" in problem


@pytest.mark.parametrize("name", PLAY_VARIABLES)
def test_a_variable_of_the_run_must_be_an_extra_variable(name: str) -> None:
    hosts = {"a": {**POLICY, name: 1}, "b": POLICY}
    ((bad, problem),) = found(hosts)
    assert bad == ["a"]
    assert problem.startswith(f"{name} is set in the inventory")
    assert found(hosts, name) == []


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"retention_policy_groups": []},
        {"retention_policy_purge": False},
        {"retention_policy_purge": 0, "retention_policy_minimum": "7d"},
        {"retention_policy_no_groups": 0, "retention_policy_minimum": "7d"},
        {"retention_policy_purge": "no", "retention_policy_minimum": "7d"},
        {"retention_policy_no_groups": False},
        {"retention_policy_no_groups": "false", "retention_policy_maximum": "7d"},
        {"retention_policy_no_groups": None},
        {"axis_holds": []},
    ],
)
def test_an_empty_policy_is_a_problem(variables: dict[str, Any]) -> None:
    ((_hosts, problem),) = found({"a": variables})
    assert problem.startswith("The host has no policy")
    assert "retention_policy_no_groups to true" in problem


@pytest.mark.parametrize("value", [True, "true", "yes"])
def test_no_groups_is_a_policy(value: object) -> None:
    """Also within the bounds of a parent group."""
    assert found({"a": {"retention_policy_no_groups": value, "retention_policy_minimum": "7d"}}) == []


def test_no_groups_excludes_groups_and_rules() -> None:
    rules = {"retention_policy_existing_groups": [{"match": {"recording_group_id": "*"}}]}
    ((_hosts, problem),) = found({"a": {**POLICY, **rules, "retention_policy_no_groups": True}})
    assert problem == (
        "retention_policy_no_groups is true, but retention_policy_groups and retention_policy_existing_groups are not "
        "empty. Set retention_policy_groups and retention_policy_existing_groups to [] for a device that must have no "
        "recording groups, or remove retention_policy_no_groups"
    )
    ((_hosts, problem),) = found({"a": {**rules, "retention_policy_no_groups": True}})
    assert problem.startswith("retention_policy_no_groups is true, but retention_policy_existing_groups is not empty. ")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {**POLICY, "retention_policy_minimum": "60d", "retention_policy_maximum": "7d"},
            "retention_policy_minimum is 1440 hours (60 days), which is above retention_policy_maximum: 168",
        ),
        (
            {"retention_policy_purge": True},
            "retention_policy_purge is true, but retention_policy_purge_match is empty",
        ),
        ({"retention_policy_purge": True}, "groups that may be purged"),
        (
            {**POLICY, "retention_policy_unmanaged": "x"},
            "retention_policy_unmanaged is 'x', which is not a",
        ),
        (
            {**POLICY, "retention_policy_on_refused": "x"},
            "retention_policy_on_refused is 'x', which is not a",
        ),
        ({**POLICY, "axis_holds": [{"reason": "x"}]}, "axis_holds[0].recording_group_id is missing"),
        (
            {
                "retention_policy_groups": [
                    DOOR,
                    {"recording_group_id": "a", "nice_name": "x", "retention_time": "groups"},
                ]
            },
            "retention_policy_groups[1].retention_time is 'groups'",
        ),
    ],
)
def test_problems_name_variables_of_the_role(variables: dict[str, Any], message: str) -> None:
    ((_hosts, problem),) = found({"a": variables})
    assert message in problem
    assert "retention_policy_retention_policy" not in problem


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("retention_policy_group", "retention_policy_groups"),
        ("retention_policy_min", "retention_policy_minimum"),
        ("retention_policy_dry_run", "--check"),
        ("axis_user", "axis_username"),
        ("axis_prot", "axis_protocol"),
        ("retention_policy_minimun", "retention_policy_minimum"),
        ("axis_hold", "axis_holds"),
        ("axis_hold_legal", "axis_holds_legal"),
        ("axis_holdslegal", "axis_holds_legal"),
        ("axis_hods_legal", "axis_holds_legal"),
        ("axis_holsd", "axis_holds"),
        ("axis_legal_holds", "axis_holds_legal"),
        ("axis_holds-legal", "axis_holds_legal"),
        ("AXIS_HOLDS_LEGAL", "axis_holds_legal"),
        ("retention_policy_holds_legal", "axis_holds_legal"),
        ("retention_policy_holds", "axis_holds"),
        ("axis_pasword", "axis_password"),
    ],
)
def test_a_misspelled_name_is_a_problem(name: str, meant: str) -> None:
    ((hosts, problem),) = found({"a": {**POLICY, name: []}, "b": POLICY})
    assert hosts == ["a"]
    assert problem == f"{name} is not a variable of camfleet.axis and has no effect. Did you mean {meant}?"


def test_an_unknown_variable_is_a_warning() -> None:
    hosts = {
        "a": {**POLICY, "retention_policy_xyz": 1, "retention_policy_result": {}, "other": 1, "axis_serial": "x"},
        "b": {**POLICY, "retention_policy_play": "x", "axis_port": 1, "axis_site": "y"},
    }
    assert found(hosts) == []
    assert check_variables(Hosts(hosts), hosts, ()).warnings == [  # type: ignore[arg-type] # as much as is needed
        "retention_policy_xyz (set for a) is not a variable of camfleet.axis and has no effect."
    ]


@pytest.mark.fault("user's own variable with a similar name")
def test_variables_in_doubt_are_one_warning() -> None:
    own = {"axis_holder": "pole", "axis_ports": [80, 443], "axis_hosts": ["a"], "axis_time": "12:00", "axis_group": "x"}
    hosts = {
        **{f"c{number}": {**POLICY, **own, "axis_retry": 3} for number in range(5)},
        "d": {**POLICY, **own, "axis_ip": "192.0.2.1", "retention_policy_host": "x", "retention_policy_xyz": 1},
    }
    assert found(hosts) == []
    unknown, doubtful = check_variables(Hosts(hosts), hosts, ()).warnings  # type: ignore[arg-type] # as much as is needed
    assert unknown == "retention_policy_xyz (set for d) is not a variable of camfleet.axis and has no effect."
    assert doubtful == (
        "These variables are not variables of camfleet.axis and have no effect: "
        "axis_ip (set for d; resembles axis_host), "
        "axis_retry (set for c0, c1, c2 and 2 more; resembles axis_retries), "
        "retention_policy_host (set for d; resembles retention_policy_hosts). "
        "Correct the names of those that should be another variable. To silence this warning for your own variables, "
        "begin their names with a prefix other than axis_ and retention_policy_."
    )


@pytest.mark.parametrize("only", ["retention_policy_minimum", "retention_policy_maximum"])
def test_bounds_alone_are_not_a_policy(only: str) -> None:
    ((_hosts, problem),) = found({"a": {only: "7d"}})
    assert problem.startswith("The host has no policy")
    rule = [{"match": {"recording_group_id": "*"}}]
    assert found({"a": {only: "7d", "retention_policy_existing_groups": rule}}) == []


def run_problems(**run: Any) -> list[str]:
    """Return the problems of variables of the run."""
    hosts = {"a": POLICY}
    return list(check_variables(Hosts(hosts), hosts, PLAY_VARIABLES, run).problems)  # type: ignore[arg-type] # as much as is needed


@pytest.mark.parametrize(
    "waves", [1, "1", "25%", "1,10,20%", "1, 10", "[1, 10]", [1, "20%"], ["100%"], '[1, "20%"]', "", None, "[1,'5%']"]
)
def test_waves_are_a_list_or_text(waves: Any) -> None:
    assert run_problems(retention_policy_waves=waves) == []


@pytest.mark.parametrize("waves", [0, "0", [1, 0], [], "[]", "banana", "1.5", [1.5], "-1", "0%", "101%", [[1]], [None]])
def test_invalid_waves_are_a_problem(waves: Any) -> None:
    (problem,) = run_problems(retention_policy_waves=waves)
    assert problem.startswith("retention_policy_waves is ")
    assert "1,10,20%" in problem


@pytest.mark.parametrize("percentage", [0, "12.5", 100, ""])
def test_valid_percentages_have_no_problem(percentage: Any) -> None:
    assert run_problems(retention_policy_max_fail_percentage=percentage) == []


@pytest.mark.parametrize("percentage", [-5, "101", "10%", "abc", True, [1]])
def test_invalid_percentages_are_a_problem(percentage: Any) -> None:
    (problem,) = run_problems(retention_policy_max_fail_percentage=percentage)
    value = describe_value(percentage)
    expected = (
        f"retention_policy_max_fail_percentage is {value}, which is not a number from 0 to 100. Set it to a number"
    )
    assert problem == f"{expected} such as 10"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("retention_policy_connections", [1, "1", 64, "200 ", 1000, "", None]),
        ("retention_policy_max_login_failures", [1, "5", 100_000, "", None]),
        ("retention_policy_canary", [True, False, "yes", "false", 0, "", None]),
    ],
)
def test_valid_variables_of_a_run_have_no_problem(name: str, values: list[Any]) -> None:
    for value in values:
        assert run_problems(**{name: value}) == [], value


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        (
            "retention_policy_connections",
            [0, -1, 1001, "0", "many", 1.5, "64.0", True, [64], {}, "²", "9" * 5000],
            "which is not a whole number from 1 to 1000. Set it to a number such as 64",
        ),
        (
            "retention_policy_max_login_failures",
            [0, "-5", "none", False, 2.0, [5]],
            "which is not a whole number of at least 1. Set it to a number such as 5",
        ),
        (
            "retention_policy_canary",
            ["maybe", 2, [True], {}, "one"],
            "which is neither true nor false. Set it to true or false",
        ),
    ],
)
def test_invalid_variables_of_a_run_are_a_problem(name: str, values: list[Any], text: str) -> None:
    for value in values:
        assert run_problems(**{name: value}) == [f"{name} is {describe_value(value)}, {text}"]


@pytest.mark.parametrize(
    "name",
    [
        "retention_policy_result",
        "retention_policy_play",
        "retention_policy_wave",
        "retention_policy_report",
        "retention_policy_failed_hosts",
        "retention_policy_playbook",
        "retention_policy_run",
    ],
)
def test_registered_variables_must_not_be_extra_variables(name: str) -> None:
    assert [problem for _hosts, problem in found({"a": POLICY}, name)] == [
        f"{name} is an extra variable, which would hide what this run finds. Remove it: the role sets it"
    ]


@pytest.mark.fault("hostile name in the inventory")
@pytest.mark.parametrize("character", ["\x1b", "\r", "\n", "\x7f", "\x9b", "\x85", "\u2028", "\u202e", "\u2069"])
def test_a_name_that_controls_the_output_is_a_problem(character: str) -> None:
    name, shown = f"a{character}b", ascii(f"a{character}b")[1:-1]
    rename = f"The inventory name {shown} has control characters, line separators, or characters that change"
    ((hosts, problem),) = found({name: POLICY, "c": POLICY})
    assert hosts == [name]
    assert problem.startswith(rename)
    assert problem.endswith("Rename the host")
    ((hosts, problem),) = found({"c": {**POLICY, "group_names": ["axis", name]}})
    assert hosts == ["c"]
    assert problem.startswith(rename)
    assert problem.endswith("Rename the group")
