# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with the variables of a draft, and what policies the inventory has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.modules import axis_policy_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.variables import (
    DRAFT_VARIABLES,
    DraftCheck,
    describe_policy_problem,
    find_policy_places,
    read_policy,
    read_policy_values,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from tests.playbook import CHECKOUT
from tests.unit.plugins.plugin_utils.fleet_task import build_arguments, build_variables

_ATTRIBUTES = ("_task", "_connection", "_play_context", "_loader", "_templar", "_shared_loader_obj")
RULE = {"match": {"recording_group_id": "door"}, "retention_time": "30d"}


def build_host_variables(own: dict[str, Any]) -> tuple[Any, HostVariables]:
    """Return an action, and the variables of the host gate."""
    variables = build_variables({"gate": own})
    arguments = build_arguments(variables, in_role=False)
    action = SimpleNamespace(**dict(zip(_ATTRIBUTES, arguments, strict=True)))
    return action, HostVariables(action, variables)


def find_problems(own: dict[str, Any], *, in_playbook: bool = True) -> list[str]:
    """Return the problems of a host with these variables."""
    action, host_variables = build_host_variables(own)
    check = DraftCheck(action, host_variables, ["gate"], in_playbook=in_playbook)
    return list(check.find_problems(lambda _host: ()))


@pytest.mark.parametrize(
    ("own", "problems"),
    [
        ({}, []),
        ({"axis_site": "Harbor", "retention_policy_existing_groups": [RULE], "draft": 1}, []),
        ({"draft_policy_recordin": True}, ["Did you mean draft_policy_recording?"]),
        ({"draft-policy-dir": "/x"}, ["Did you mean draft_policy_dir?"]),
        ({"draft_policy_directory": "/x"}, ["Did you mean draft_policy_dir?"]),
        (
            {"draft_policy_x": 1},
            ["It has draft_policy_coverage, draft_policy_dir, draft_policy_hosts, draft_policy_rec"],
        ),
        ({"draft_policy_coverage": True}, ["draft_policy_coverage is set in the inventory, where it has no effect"]),
        (
            {"retention_policy_connections": 9},
            ["retention_policy_connections is set in the inventory, where it has no"],
        ),
        # An audit with the draft would reject it.
        (
            {"retention_policy_hosts": "gate"},
            ["retention_policy_hosts is set in the inventory, where it has no effect"],
        ),
        ({"axis_passwrd": "x"}, ["Did you mean axis_password?"]),
        ({"group_names": ["a\u2028b"]}, ["Rename the group"]),
    ],
)
def test_variables_without_effect_are_problems(own: dict[str, Any], problems: list[str]) -> None:
    found = find_problems(own)
    assert len(found) == len(problems), found
    for text, part in zip(found, problems, strict=True):
        assert part in text


def test_a_custom_play_may_set_its_options_in_the_inventory() -> None:
    assert find_problems({"draft_policy_dir": "/x"}, in_playbook=False) == []


def test_the_playbook_sets_every_option() -> None:
    plays = yaml.safe_load((CHECKOUT / "playbooks" / "draft_policy.yml").read_text(encoding="utf-8"))
    key = "camfleet.axis.axis_policy_draft"
    (passed,) = (task[key] for play in plays for task in play["tasks"] if key in task)
    assert {*passed, "hosts"} == {*DRAFT_VARIABLES} == {*axis_policy_draft.ARGUMENT_SPEC}
    for option, text in passed.items():
        assert DRAFT_VARIABLES[option] in text


def test_the_policy_of_a_host_is_read() -> None:
    policy = read_policy(build_host_variables({"retention_policy_existing_groups": [RULE]})[1], "gate")
    assert policy is not None
    assert [rule.match.recording_group_id for rule in policy.rules] == ["door"]
    for own in ({}, {"retention_policy_minimum": "7d"}, {"retention_policy_existing_groups": []}):
        assert read_policy(build_host_variables(own)[1], "gate") is None
    with pytest.raises(InvalidOptionError) as caught:
        read_policy(build_host_variables({"retention_policy_existing_groups": [{}]})[1], "gate")
    assert describe_policy_problem(caught.value).startswith("retention_policy_existing_groups")


def test_the_variables_of_a_policy_are_read_with_holds() -> None:
    own = {"retention_policy_minimum": None, "axis_holds_case": [], "axis_site": "Harbor"}
    values = read_policy_values(build_host_variables(own)[1], "gate")
    # A null must not remove a bound of a less specific place.
    assert (values["retention_policy_minimum"], values["axis_holds_case"]) == (None, [])
    assert values["retention_policy_purge"] is False
    assert "axis_site" not in values


def test_without_policy_variables_no_file_is_read() -> None:
    _action, host_variables = build_host_variables({"axis_site": "Harbor"})
    # The runs of the playbook test the others, which need a real inventory.
    assert list(find_policy_places(None, host_variables, ["gate"], ["retention_policy_groups"])) == []
