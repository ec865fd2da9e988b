# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight reports each problem of a policy or a hold with host and entry, before the first request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    AUDIT_TASK,
    POLICY,
    PREFLIGHT,
    ROLL_OUT,
    WAVE,
    add_cameras,
    contacted,
    extra_vars,
    hosts_that_ran,
    preflight_problems,
    retention,
)
from tests.simulator import Fleet

PLAY_PREFLIGHT = [{"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": {}, "run_once": True}]
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
DOOR = {"recording_group_id": "door", "retention_time": "30d"}


def without(name: str) -> dict[str, Any]:
    """Return variables with a hold that lacks a field."""
    return {**POLICY, "axis_holds": [HOLD, {key: value for key, value in HOLD.items() if key != name}]}


def with_hold(**fields: Any) -> dict[str, Any]:
    """Return variables with a hold that has other fields."""
    return {**POLICY, "axis_holds": [{**HOLD, **fields}]}


def with_group(**fields: Any) -> dict[str, Any]:
    """Return variables with a second group that has other fields."""
    return {"retention_policy_groups": [DOOR, {"recording_group_id": "hall", **fields}]}


# By host: its variables, and text in the problem.
INVALID: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no-reason": (without("reason"), ("reason", "axis_holds")),
    "no-owner": (without("owner"), ("owner", "axis_holds")),
    "no-end": (without("until"), ("until", "axis_holds")),
    "no-group": (without("recording_group_id"), ("recording_group_id", "axis_holds")),
    "empty-reason": (with_hold(reason=" "), ("axis_holds[0].reason is empty",)),
    "no-date": (with_hold(until="next year"), ("axis_holds[0].until is 'next year'", "not a valid date")),
    "no-day": (with_hold(until="2027-02-30"), ("axis_holds[0].until is '2027-02-30'", "not a valid date")),
    "unknown-in-hold": (with_hold(holder="me"), ("axis_holds[0].holder is not a valid option",)),
    "hold-for-nothing": (with_hold(recording_group_id="front door"), ("axis_holds[0].recording_group_id",)),
    "number-as-reason": (with_hold(reason=4711), ("axis_holds[0].reason must be text, got the number 4711",)),
    "unknown-in-group": (
        with_group(retention="7d"),
        ("retention_policy_groups[1].retention is not a valid option", "retention_time"),
    ),
    "number-as-id": (with_group(recording_group_id=7), ("retention_policy_groups[1].recording_group_id", "quotes")),
    "bad-duration": (with_group(retention_time="a week"), ("retention_policy_groups[1]", "a week")),
    "negative": (with_group(retention_time=-1), ("retention_policy_groups[1]", "-1")),
    "bad-id": (with_group(recording_group_id="a/b"), ("retention_policy_groups[1]", "a/b")),
    "twice": (
        {"retention_policy_groups": [DOOR, DOOR]},
        ("retention_policy_groups[1]", "have the same recording_group_id: door"),
    ),
    "text-as-group": ({"retention_policy_groups": ["door"]}, ("retention_policy_groups[0]", "dictionary")),
    "bad-match": (
        {"retention_policy_existing_groups": [{"match": {"ids": "x"}}]},
        ("retention_policy_existing_groups[0].match.ids",),
    ),
    "empty-match": (
        {"retention_policy_existing_groups": [{"match": {}}]},
        ("retention_policy_existing_groups[0].match is empty",),
    ),
    "bad-minimum": ({**POLICY, "retention_policy_minimum": "soon"}, ("retention_policy_minimum", "soon")),
    "bad-maximum": ({**POLICY, "retention_policy_maximum": "3 moons"}, ("retention_policy_maximum", "3 moons")),
    "swapped": (
        {**POLICY, "retention_policy_minimum": "60d", "retention_policy_maximum": "7d"},
        ("retention_policy_minimum is 1440 hours", "retention_policy_maximum: 168 hours"),
    ),
    "above-own-maximum": (
        {**POLICY, "retention_policy_maximum": "7d"},
        ("retention_policy_groups[0]", "retention_policy_maximum"),
    ),
    "purge-all": (
        {**POLICY, "retention_policy_purge": True},
        ("retention_policy_purge", "retention_policy_purge_match"),
    ),
    "purge-pattern": (
        {**POLICY, "retention_policy_purge": True, "retention_policy_purge_match": ["a b"]},
        ("retention_policy_purge_match[0]", "a b"),
    ),
    "bad-word": ({**POLICY, "retention_policy_unmanaged": "shout"}, ("retention_policy_unmanaged", "report or ignore")),
    "bad-refused": ({**POLICY, "retention_policy_on_refused": "cry"}, ("retention_policy_on_refused", "report")),
    "no-truth": ({**POLICY, "retention_policy_purge": "maybe"}, ("retention_policy_purge", "maybe")),
    "undefined": ({**POLICY, "retention_policy_minimum": "{{ of_the_site }}"}, ("of_the_site", "undefined")),
    "bad-template": ({**POLICY, "retention_policy_minimum": "{{ 7d }}"}, ("template",)),
    "no-policy": ({}, ("The host has no policy", "retention_policy_groups")),
    "no-groups-is-false": (
        {"retention_policy_no_groups": False},
        ("The host has no policy", "retention_policy_no_groups"),
    ),
    "no-groups-and-groups": (
        {**POLICY, "retention_policy_no_groups": True},
        (
            "retention_policy_no_groups is true, but retention_policy_groups is not empty",
            "retention_policy_groups to []",
        ),
    ),
    "no-groups-and-rules": (
        {
            "retention_policy_no_groups": "yes",
            "retention_policy_existing_groups": [{"match": {"recording_group_id": "*"}}],
        },
        ("retention_policy_no_groups is true, but retention_policy_existing_groups is not empty",),
    ),
    "only-a-hold": ({"axis_holds": [HOLD]}, ("The host has no policy",)),
}


def test_every_problem_names_its_host_and_entry(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "right", *INVALID)
    hosts = {name: variables for name, (variables, _expected_text) in INVALID.items()}
    run = play(PLAY_PREFLIGHT, hosts={"right": POLICY, **hosts})
    assert run.status == 2
    assert run.outcomes[PREFLIGHT, "right"] == "failed"
    reported = {host: item["problem"] for item in preflight_problems(run) for host in item["hosts"]}
    assert "right" not in reported
    missing = {
        name: (reported.get(name), [word for word in expected_text if word not in reported.get(name, "")])
        for name, (_variables, expected_text) in INVALID.items()
    }
    assert {name: expected_text for name, expected_text in missing.items() if expected_text[1]} == {}
    message = run.results[PREFLIGHT, "right"]["msg"]
    assert "Traceback" not in run.output
    assert all(item["problem"] in message for item in preflight_problems(run))
    assert contacted(fleet) == []


def test_hosts_with_the_same_problem_are_grouped(play: Play, fleet: Fleet) -> None:
    names = [f"c{number}" for number in range(6)]
    add_cameras(fleet, *names)
    run = play(
        PLAY_PREFLIGHT,
        hosts={"c5": {"retention_policy_minimum": "later"}},
        groups={"axis": {"vars": {**POLICY, "retention_policy_minimum": "soon"}}},
    )
    assert [item["hosts"] for item in preflight_problems(run)] == [names[:5], ["c5"]]
    lines = run.results[PREFLIGHT, "c0"]["msg"].splitlines()
    assert lines[1].startswith("c0, c1, c2 and 2 more: ")
    assert lines[2].startswith("c5: ")
    assert len(lines) == 3


def test_misspelled_variable_stops_the_run(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2")
    suggestions = {"retention_policy_maximun": "retention_policy_maximum", "axis_hold": "axis_holds"}
    hosts: dict[str, dict[str, Any]] = {f"c{number}": {name: []} for number, name in enumerate(suggestions, start=1)}
    run = play(ROLL_OUT, hosts=hosts, groups={"axis": {"vars": POLICY}})
    assert run.status == 2
    assert preflight_problems(run) == [
        {
            "hosts": [host],
            "problem": f"{name} is not a variable of camfleet.axis and has no effect. Did you mean {suggestion}?",
        }
        for host, (name, suggestion) in zip(hosts, suggestions.items(), strict=True)
    ]
    assert contacted(fleet) == []


def test_unknown_variable_causes_a_warning(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    run = play(AUDIT, hosts={"c1": {"retention_policy_comment": "red"}}, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert run.results[AUDIT_TASK, "c0"]["warnings"] == [
        "retention_policy_comment (set for c1) is not a variable of camfleet.axis and has no effect."
    ]
    assert contacted(fleet) == ["c0", "c1"]


def test_waves_from_a_survey_are_accepted(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3", retention_time=24)
    empty = ("hosts", "fail_on_drift", "max_fail_percentage", "allow_recording_loss")
    arguments = [part for name in empty for part in ("--extra-vars", f"retention_policy_{name}=")]
    run = play(ROLL_OUT, *arguments, "--extra-vars", "retention_policy_waves=1,75%", groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert [run.results[WAVE, host]["headline"] for host in hosts_that_ran(run, WAVE)] == [
        "Wave 1 of 2, 1 of 4 done: 1 host: 1 changed",
        "Wave 2 of 2, 4 of 4 done: 3 hosts: 3 changed",
    ]


def test_invalid_waves_stop_the_run(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    waves = "banana"
    run = play(ROLL_OUT, "--extra-vars", f"retention_policy_waves={waves}", groups={"axis": {"vars": POLICY}})
    assert run.status == 2
    problem = preflight_problems(run)[0]["problem"]
    assert problem.startswith(f"retention_policy_waves is '{waves}', which is not a list of valid sizes")
    assert contacted(fleet) == []


def test_valid_policy_causes_no_message(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    run = play(PLAY_PREFLIGHT, groups={"axis": {"vars": with_hold()}})
    assert run.status == 0, run.output
    assert preflight_problems(run) == []
    assert "warnings" not in run.results[PREFLIGHT, "c0"]
    assert contacted(fleet) == []


def test_templates_are_resolved_for_each_host(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    group = {"recording_group_id": "door", "retention_time": "{{ site_retention }}"}
    sites = {
        "harbor": {"hosts": ["c0"], "vars": {"site_retention": "30d"}},
        "museum": {"hosts": ["c1", "c2"], "vars": {"site_retention": "4w"}},
    }
    groups = {"axis": {"vars": {"retention_policy_groups": [group]}}, **sites}
    run = play(ROLL_OUT, groups=groups)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720, "c1": 672, "c2": 672}
    # The same template, with an invalid value for one host only.
    run = play(ROLL_OUT, hosts={"c2": {"site_retention": "a while"}}, groups=groups)
    assert [(item["hosts"], "a while" in item["problem"]) for item in preflight_problems(run)] == [(["c2"], True)]
    # A challenge and a list of each check, and of the wave, then the update and a list.
    assert all(len(device.journal) == 8 for device in fleet.devices.values())


@pytest.mark.long
def test_template_can_use_variables_of_other_hosts(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    group = {"recording_group_id": "door", "retention_time": "{{ hostvars['c1'].site_retention }}"}
    variables = {"retention_policy_groups": [group], "site_retention": "{{ (groups['axis'] | length) * 5 }}d"}
    run = play(ROLL_OUT, groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 240, "c1": 240}


ROLE = {"name": "camfleet.axis.retention_policy", "rolespec_validate": False}


@pytest.mark.parametrize(
    "scope", [pytest.param("play", marks=pytest.mark.long), "role", pytest.param("extra", marks=pytest.mark.long)]
)
def test_preflight_uses_the_same_variable_precedence(play: Play, fleet: Fleet, scope: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    hosts = {
        "c0": {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}]},
        "c1": {"retention_policy_groups": [{"recording_group_id": "a/b"}]},
    }
    task = {"name": "Role", "ansible.builtin.import_role": ROLE, **({"vars": POLICY} if scope == "role" else {})}
    run = play(
        [task],
        *(extra_vars(**POLICY) if scope == "extra" else ()),
        hosts=hosts,
        keywords={"vars": POLICY} if scope == "play" else {},
    )
    assert preflight_problems(run) == []
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}


def test_invalid_play_variable_is_reported_for_every_host(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    task = {"name": "Role", "ansible.builtin.import_role": ROLE}
    run = play([task], keywords={"vars": {"retention_policy_minimum": "soon"}}, groups={"axis": {"vars": POLICY}})
    assert run.status == 2
    assert [item["hosts"] for item in preflight_problems(run)] == [["c0", "c1"]]
    assert contacted(fleet) == []


def test_option_hosts_limits_the_preflight_and_host_is_rejected(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    module = "camfleet.axis.axis_retention_policy_preflight"
    tasks = [{**PLAY_PREFLIGHT[0], module: {"hosts": ["c1"]}}, {"name": "Misspelled", module: {"host": ["c1"]}}]
    run = play(tasks, hosts={"c1": POLICY})
    assert run.outcomes[PREFLIGHT, "c0"] == "ok", run.output
    assert preflight_problems(run) == []
    assert run.outcomes["Misspelled", "c0"] == "failed"
    assert "host is not a valid option" in run.results["Misspelled", "c0"]["msg"]
