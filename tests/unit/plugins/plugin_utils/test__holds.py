# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds of a host: from which variables, on which hosts, and under which names."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import (
    check_holds_are_set,
    check_hosts,
    correct_name,
    filter_holds,
    find_hidden_holds,
    find_replaced_name,
    host_names,
    inventory_names,
    is_hold_variable,
    matches_any,
    merge_holds,
    render_unmatched_holds,
)

NOT_A_GLOB = ", which is not a name or a glob: holds do not support !, &, ~, and ranges"
HOST = host_names({"inventory_hostname": "door1", "group_names": ["site_a", "axis"]})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("axis_holds", True),
        ("axis_holds_legal", True),
        ("axis_holds_", True),
        ("axis_hold", False),
        ("axis_holdslegal", False),
        ("retention_policy_holds", False),
    ],
)
def test_variables_that_have_holds(name: str, expected: bool) -> None:
    assert is_hold_variable(name) is expected


def test_names_of_a_host() -> None:
    assert {"all", "door1", "site_a", "axis"} == HOST
    assert host_names({"inventory_hostname": "a", "group_names": []}) == {"all", "a"}


@pytest.mark.parametrize(
    ("variables", "replaced"),
    [
        ({}, None),
        ({"inventory_hostname": "a", "group_names": ["y", "x"]}, None),
        ({"group_names": []}, "group_names"),
        ({"group_names": None}, "group_names"),
        ({"group_names": "['x', 'y']"}, "group_names"),
        ({"group_names": "{{ others }}"}, "group_names"),
        ({"inventory_hostname": "b", "group_names": ["x", "y"]}, "inventory_hostname"),
    ],
)
def test_replaced_names_of_a_host_are_found(variables: dict[str, Any], replaced: str | None) -> None:
    found = find_replaced_name(variables, {"inventory_hostname": "a", "group_names": ["x", "y"]})
    assert (found and found.problem.split()[3]) == (replaced and f"{replaced},")


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (None, True),
        (["door1"], True),
        (["door2", "door1"], True),
        (["door?"], True),
        (["door[12]"], True),
        (["*1"], True),
        (["site_a"], True),
        (["site_*"], True),
        (["all"], True),
        (["*"], True),
        ([" door1 "], True),
        (["door2"], False),
        (["Door1"], False),
        (["door"], False),
        (["site_b", "gate*"], False),
    ],
)
def test_a_hold_applies_to_its_hosts(hosts: list[str] | None, expected: bool) -> None:
    parameters, _names = filter_holds({"holds": [{"hosts": hosts}]}, {}, HOST)
    assert (len(parameters["holds"]) == 1) is expected


def test_entries_keep_their_names() -> None:
    holds = [{"hosts": ["other"]}, {"hosts": None, "number": 1}, {"hosts": ["x"]}, {"hosts": ["door1"], "number": 3}]
    names = {
        "timeout": "axis_timeout",
        "holds": "axis_holds",
        "holds[1]": "axis_holds[0]",
        "holds[3]": "axis_holds_b[1]",
    }
    parameters, kept = filter_holds({"holds": holds, "timeout": 5}, names, HOST)
    assert [hold["number"] for hold in parameters["holds"]] == [1, 3]
    assert parameters["timeout"] == 5
    rendered = [Option("holds")[number]["until"].render(kept) for number in range(2)]
    assert rendered == ["axis_holds[0].until", "axis_holds_b[1].until"]
    assert Option("timeout").render(kept) == "axis_timeout"
    assert Option("holds").render(kept) == "axis_holds"


@pytest.mark.parametrize(
    ("hosts", "message"),
    [
        ([], "axis_holds_legal[0].hosts is empty"),
        ([""], "axis_holds_legal[0].hosts[0] is empty"),
        (["door1", " "], "axis_holds_legal[0].hosts[1] is empty"),
        *(
            (
                ["door1", pattern],
                (
                    f"axis_holds_legal[0].hosts[1] is {pattern!r}, which is not a name or a glob: holds do not support "
                    "!, &, ~, and ranges"
                ),
            )
            for pattern in ("!door1", "&site_a", "~door.*", " !door1", "door[0:5]", "door[1:]", "axis[-1:]")
        ),
    ],
)
def test_invalid_hosts_are_an_error(hosts: list[str], message: str) -> None:
    holds, names = merge_holds([("holds", None), ("axis_holds_legal", [{"hosts": hosts}])])
    with pytest.raises(InvalidOptionError) as caught:
        filter_holds({"holds": holds}, names, HOST)
    assert caught.value.render(names)[0] == message


def test_no_source_removes_holds() -> None:
    values: list[tuple[str, Any]] = [("holds", []), ("axis_holds", [{"a": 1}, {"b": 2}]), ("axis_holds_x", None)]
    assert merge_holds(values) == ([{"a": 1}, {"b": 2}], {"holds[0]": "axis_holds[0]", "holds[1]": "axis_holds[1]"})


@pytest.mark.parametrize("name", ["axis_port", "axis_host", "axis_hosts_x", "axis_site", "axis_threshold", "axis_"])
def test_other_names_resemble_no_variable_for_holds(name: str) -> None:
    assert correct_name(name) is None


def is_in_inventory(pattern: str) -> bool:
    """Return whether a glob matches one of a few names."""
    return any(fnmatchcase(name, pattern) for name in ("all", "axis", "door1"))


@pytest.mark.parametrize("hosts", [None, ["door1"], ["door?"], ["axis"], ["all"], ["door1", "axis"]])
def test_hosts_of_a_hold_are_in_the_inventory(hosts: list[str] | None) -> None:
    check_hosts([{"hosts": hosts}], is_in_inventory)


@pytest.mark.parametrize("hosts", [["Door1"], ["door"], ["door1:axis"], ["door1", "depot"], ["door[!1]"]])
def test_hosts_that_match_nothing_are_an_error(hosts: list[str]) -> None:
    """Such a hold is in force nowhere."""
    with pytest.raises(InvalidOptionError) as caught:
        check_hosts([{"hosts": None}, {"hosts": hosts}], is_in_inventory)
    message, next_step = caught.value.render({"holds[1]": "axis_holds_legal[0]"})
    index = len(hosts) - 1
    assert message == (
        f"axis_holds_legal[0].hosts[{index}] is {hosts[index]!r}, which matches no host of the inventory and no group "
        "that has hosts"
    )
    assert next_step.startswith("Correct it")


A, B = [{"recording_group_id": "a"}], [{"recording_group_id": "b"}]


@pytest.mark.parametrize(
    ("levels", "in_force", "hidden"),
    [
        ([], {"axis_holds": A}, None),
        ([("group x", {"axis_holds": A})], {"axis_holds": A}, None),
        ([("group x", {"axis_holds": A}), ("host y", {"axis_holds_y": B})], {"axis_holds": A, "axis_holds_y": B}, None),
        ([("group x", {"axis_holds": A}), ("host y", {"axis_holds": A})], {"axis_holds": A}, None),
        ([("group x", {"axis_holds": []}), ("host y", {"axis_holds": A})], {"axis_holds": A}, None),
        ([("group x", {"axis_holds": None}), ("host y", {"axis_holds": A})], {"axis_holds": A}, None),
        ([("group x", {"axis_holds": A}), ("host y", {"axis_holds": B})], {"axis_holds": B}, ("group x", "host y")),
        ([("group x", {"axis_holds": A}), ("host y", {"axis_holds": []})], {"axis_holds": []}, ("group x", "host y")),
        (
            [("group x", {"axis_holds": A}), ("host y", {"axis_holds": [*A, *B]})],
            {"axis_holds": [*A, *B]},
            ("group x", "host y"),
        ),
        ([("group x", {"axis_holds": A})], {"axis_holds": B}, ("group x", "the play, a role, or set_fact")),
        (
            [("a", {"axis_holds": A}), ("b", {"axis_holds": B}), ("a", {"axis_holds": A}), ("c", {"axis_holds": []})],
            {"axis_holds": []},
            ("a and in b", "c"),
        ),
    ],
)
def test_hidden_holds(
    levels: list[tuple[str, dict[str, Any]]], in_force: dict[str, Any], hidden: tuple[str, str] | None
) -> None:
    expected = [f"axis_holds is set in {hidden[0]}, and also in {hidden[1]}, which hides the holds"] if hidden else []
    found = find_hidden_holds(lambda _used: levels, in_force, in_force)
    assert [item.problem.partition(" of the former")[0] for item in found] == expected


# By case: what the places set, and the variables for holds with each variable in two places that they use.
USED: dict[str, tuple[list[tuple[str, dict[str, Any]]], list[str]]] = {
    "unused": ([("x", {"court": A, "axis_holds": B}), ("y", {"court": B})], []),
    "once": ([("x", {"court": A}), ("y", {"axis_holds": "{{ court }}"})], []),
    "equal": ([("x", {"court": A}), ("y", {"axis_holds": "{{ court }}", "court": A})], []),
    "completed": ([("x", {"court": []}), ("y", {"axis_holds": "{{ court }}", "court": A})], []),
    "direct": ([("x", {"court": A, "axis_holds": "{{ court }}"}), ("y", {"court": []})], ["axis_holds uses court"]),
    "false": (
        [("x", {"court": False, "axis_holds_a": "{{ court }}"}), ("y", {"court": 1})],
        ["axis_holds_a uses court"],
    ),
    "indirect": (
        [("x", {"a": "{{ b }}", "b": ["{{ c }}"], "c": A}), ("y", {"axis_holds": ["{{ a }}"], "c": B})],
        ["axis_holds uses c"],
    ),
    "circle": ([("x", {"a": "{{ b }}", "b": "{{ a }}", "axis_holds": "{{ a }}"})], []),
    "other-holds": (
        [("x", {"axis_holds_a": A}), ("y", {"axis_holds_a": B, "axis_holds": "{{ axis_holds_a }}"})],
        ["axis_holds_a is set"],
    ),
    "in-hidden": (
        [("x", {"axis_holds": "{{ court }}", "court": A}), ("y", {"axis_holds": B, "court": B})],
        ["axis_holds is set", "axis_holds uses court"],
    ),
    "reason": ([("x", {"a": "Case", "axis_holds": [{**A[0], "reason": "{{ a }}"}]}), ("y", {"a": "{{ b }}"})], []),
    "condition": ([("x", {"flag": True, "axis_holds": "{{ a if flag else [] }}"}), ("y", {"flag": False, "a": 1})], []),
    "list-in-condition": (
        [("x", {"court": A, "axis_holds": "{{ a if court else [] }}"}), ("y", {"court": [], "a": 1})],
        ["axis_holds uses court"],
    ),
    "group": (
        [("x", {"group": "a", "axis_holds": [{"recording_group_id": "{{ group }}"}]}), ("y", {"group": "b"})],
        ["axis_holds uses group"],
    ),
    "until": (
        [("x", {"end": "a", "axis_holds": [{**A[0], "until": "{{ end }}"}]}), ("y", {"end": "b"})],
        ["axis_holds uses end"],
    ),
    "core": (
        [("x", {"axis_holds": "{{ hostvars[groups.all[0]].court }}", "court": A}), ("y", {"court": 1})],
        ["axis_holds uses court"],
    ),
}


@pytest.mark.parametrize("case", USED)
def test_hidden_variables_that_templates_of_holds_use(case: str) -> None:
    levels, expected = USED[case]
    in_force = {name: value for _place, variables in levels for name, value in variables.items()}
    # Reading the variables of core would resolve those of all hosts.
    written = {**in_force, "hostvars": None, "groups": None}
    requested: set[str] = set()

    def find_levels(used: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
        requested.update(used)
        return [
            (place, {name: value for name, value in variables.items() if is_hold_variable(name) or name in used})
            for place, variables in levels
        ]

    found = find_hidden_holds(find_levels, written, filter(is_hold_variable, in_force))
    assert [" ".join(item.problem.replace(",", "").split()[:3]) for item in found] == expected
    assert {"hostvars", "groups"} & requested == set()


def result(pattern: str, **fields: Any) -> dict[str, Any]:
    """Return a hold in the result of a task."""
    common = {"reason": "Case", "owner": "Legal", "matches": [], "differs_in_case": [], "ended": False}
    return {"recording_group_id": pattern, **common, **fields}


def test_unmatched_active_holds_are_named_with_their_variables() -> None:
    results = [
        result("a*"),
        result("b"),
        result("c", matches=["c"]),
        result("d", matches=None),
        result("e", differs_in_case=["E"]),
        result("f", ended=True),
    ]
    patterns = ("a*", "c", "b", "a*", "d", "e", "f")
    parameters = {"holds": [{"recording_group_id": pattern} for pattern in patterns]}
    names = {"holds[0]": "axis_holds[0]", "holds[3]": "axis_holds_x[1]"}
    texts = render_unmatched_holds(results, parameters, names)
    assert [text.partition(" matches no")[0] for text in texts] == [
        "The hold on a* (Case, owner: Legal) in axis_holds[0] and in axis_holds_x[1]",
        "The hold on b (Case, owner: Legal) in holds[2]",
    ]


def test_variables_without_a_value_are_an_error() -> None:
    check_holds_are_set([("axis_holds", []), ("axis_holds_a", A)])
    with pytest.raises(InvalidOptionError, match=r"^axis_holds_b is set, but has no value"):
        check_holds_are_set([("axis_holds_a", A), ("axis_holds_b", None)])


def test_names_of_the_inventory() -> None:
    names = inventory_names({"all": ["gate", "hall"], "site": ["gate"], "empty": []})
    assert names == {"all", "site", "gate", "hall"}
    assert [pattern for pattern in ("gate", "Gate", "ga*", "empty", "e*") if matches_any(pattern, names)] == [
        "gate",
        "ga*",
    ]
