# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of all hosts are found before the first request, whether or not the action checks devices later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 trusts every text
    trust_as_template = str

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils import _fleet_preflight
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_preflight import build_failure, check_fleet
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from tests.unit.plugins.plugin_utils.fleet_task import DOOR, LOGIN, build_arguments, build_variables

POLICY = {**LOGIN, "retention_policy_groups": [DOOR]}
PASSWORD = LOGIN["axis_password"]


@pytest.fixture(autouse=True)
def without_extra_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extra variables are those of the command line."""
    monkeypatch.setattr(_fleet_preflight, "extra_variables", lambda _action: {})


def check(
    hosts: Mapping[str, Mapping[str, Any]], prepare: Callable[[str], str | None] | None = None, **play: Any
) -> dict[str, Any]:
    """Return the result for hosts with the policy and these variables."""
    variables = build_variables({name: {**POLICY, **own} for name, own in hosts.items()}, **play)
    names = ("_task", "_connection", "_play_context", "_loader", "_templar", "_shared_loader_obj")
    action = SimpleNamespace(**dict(zip(names, build_arguments(variables), strict=True)))
    return check_fleet(action, HostVariables(action, variables), list(hosts), variables, limited=False, prepare=prepare)


def test_valid_hosts_have_no_problem() -> None:
    assert check({"a": {"axis_host": "192.0.2.1"}, "b": {"axis_host": "192.0.2.2"}}) == {
        "problems": [],
        "duplicates": {},
    }


def test_every_problem_has_its_hosts() -> None:
    invalid = {"retention_policy_minimum": "soon"}
    found = check({"a": invalid, "b": {}, "c": {**invalid, "axis_timeout": "later"}, "d": {"axis_timeout": "later"}})
    assert found["failed"] is True
    (policy, timeout) = found["problems"]
    assert (policy["hosts"], timeout["hosts"]) == (["a", "c"], ["c", "d"])
    first, *lines = found["msg"]
    assert first.startswith("Variables are invalid, so no request was sent.")
    assert lines[0].startswith("a, c: retention_policy_minimum is 'soon'")
    assert lines[1].startswith("c, d: axis_timeout")


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("gpg --passphrase hunter", " must be a list, got a text."),
        ("", " must be a list, got a text."),
        (["gpg", "  "], "[1] is empty."),
        (["bin/gpg"], "[0] is 'bin/gpg', which is not an absolute path."),
    ],
)
def test_invalid_command_that_signs_is_a_problem_of_every_host(command: Any, problem: str) -> None:
    found = check({name: {"retention_policy_report_sign_command": command} for name in ("a", "b")})
    assert [item["hosts"] for item in found["problems"]] == [["a", "b"]]
    assert f"retention_policy_report_sign_command{problem}" in f"{found['problems'][0]['problem']}."
    assert "hunter" not in str(found)


@pytest.mark.parametrize("command", [[], None, ["/usr/bin/gpg", "--armor"]])
def test_valid_command_that_signs_has_no_problem(command: Any) -> None:
    assert check({"a": {"retention_policy_report_sign_command": command}})["problems"] == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (["erika"], "must be text, got the list ['erika']"),
        ({"name": "erika"}, "must be text, got the dictionary"),
        (True, "must be text, got true"),
        (4711, ""),
        (date(2026, 11, 27), ""),
        ("", ""),
        (None, ""),
    ],
)
def test_who_approved_the_run_is_text(value: Any, problem: str) -> None:
    found = check({"a": {"retention_policy_approved_by": value}})["problems"]
    texts = [item["problem"] for item in found]
    assert [text.startswith(f"retention_policy_approved_by {problem}") for text in texts] == [True] * bool(problem)


def test_hosts_are_prepared_if_their_policy_is_valid() -> None:
    """What prepares the check of a host checks its connection, too, so that no problem is listed twice."""
    prepared = []

    def prepare(host: str) -> str | None:
        prepared.append(host)
        return "axis_timeout is bad" if host == "c" else None

    hosts = {"a": {}, "b": {"retention_policy_minimum": "soon"}, "c": {"axis_timeout": "later"}}
    found = check(hosts, prepare)
    assert prepared == ["a", "c"]
    assert [item["hosts"] for item in found["problems"]] == [["b"], ["c"]]
    assert found["problems"][1]["problem"] == "axis_timeout is bad"


def test_hosts_with_one_address_are_duplicates_and_no_problem() -> None:
    same = {"axis_host": "192.0.2.1"}
    found = check({"a": same, "b": {"axis_host": "192.0.2.2"}, "c": same})
    assert (found["problems"], found["duplicates"]) == ([], {"a": ["c"], "c": ["a"]})


def test_problem_does_not_show_a_password() -> None:
    found = check({"a": {}, "b": {}}, lambda host: f"axis_host of {host} is {PASSWORD}")
    assert PASSWORD not in repr(found)
    assert [item["hosts"] for item in found["problems"]] == [["a"], ["b"]]


def test_report_that_cannot_be_written_is_a_problem_of_all_hosts(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in ("reports", str(tmp_path / "file")):
        found = check({"a": {}, "b": {}}, retention_policy_report_dir=directory)
        (problem,) = found["problems"]
        assert problem["hosts"] == ["a", "b"]
        assert problem["problem"].startswith("retention_policy_report_dir")
        assert found["msg"][1].startswith("All 2 hosts: retention_policy_report_dir")


def test_variable_of_the_run_that_cannot_be_resolved() -> None:
    with pytest.raises(InvalidOptionError, match="retention_policy_waves cannot be resolved"):
        check({"a": {}}, retention_policy_waves=trust_as_template("{{ nothing }}"))


@pytest.mark.parametrize(
    ("hosts", "problem", "total", "line"),
    [
        (["a"], "axis_port is 0. Correct it", 1, "a: axis_port is 0. Correct it."),
        (["a", "b"], "Did you mean axis_port?", 2, "All 2 hosts: Did you mean axis_port?"),
        (["a", "b"], "axis_port is 0", 3, "a, b: axis_port is 0."),
    ],
)
def test_problem_has_one_line(hosts: list[str], problem: str, total: int, line: str) -> None:
    assert build_failure("Invalid.", [{"hosts": hosts, "problem": problem}], total) == {
        "failed": True,
        "msg": ["Invalid.", line],
    }


def test_a_problem_of_the_run_names_no_hosts() -> None:
    problem = {"hosts": [], "problem": "draft_policy_dir is not empty"}
    assert build_failure("Invalid.", [problem], 30)["msg"] == ["Invalid.", "draft_policy_dir is not empty."]


def test_without_problems_nothing_fails() -> None:
    assert build_failure("Invalid.", [], 3) == {}
