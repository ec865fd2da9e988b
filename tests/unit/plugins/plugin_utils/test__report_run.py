# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report knows about its run: its own start, stop, scope, and policies, and nothing of an earlier play."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC, build_policy
from ansible_collections.camfleet.axis.plugins.plugin_utils import _report_run
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import AxisAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import PolicyWords, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_words import UNKNOWN
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput
from ansible_collections.camfleet.axis.plugins.plugin_utils._report_run import (
    RunFacts,
    build_run_info,
    find_run_type,
    read_scope,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from tests.unit.plugins.plugin_utils.fleet_task import build_arguments, build_variables

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core 2.18 and earlier
    trust_as_template = str

POLICY = {
    "retention_policy_groups": [{"recording_group_id": "door", "retention_time": trust_as_template("{{ days }}d")}]
}
MONTH = {**POLICY, "days": 30}
WORDS = PolicyWords(("door keeps recordings 30 days.",))
STARTED = {"retention_policy_play": "audit:2", "retention_policy_started": "2026-11-27T08:12:01Z"}


def digest_of(days: int) -> str:
    """Return the digest of the policy."""
    groups = [{"recording_group_id": "door", "retention_time": f"{days}d"}]
    return str(build_policy(validate({"groups": groups}, POLICY_SPEC)).digest)


def find_facts(hosts: dict[str, dict[str, Any]], digests: dict[str, str] | None = None, **play: Any) -> RunFacts:
    """Return what the variables of hosts say; their results have these policy digests."""
    variables = build_variables(hosts, **play)
    action = AxisAction(*build_arguments(variables))
    facts = RunFacts(HostVariables(action, variables), variables)
    for name in hosts:
        host = HostInput(name, {"policy_digest": digest} if (digest := (digests or {}).get(name)) else None)
        facts.add(host)
        facts.add_policy(host)
    return facts


@pytest.mark.parametrize(
    ("playbook", "check_mode", "expected"),
    [
        ("audit", True, "audit"),
        ("audit", False, "audit"),
        ("roll_out", True, "roll_out"),
        ("roll_out", False, "roll_out"),
        (None, True, "audit"),
        (None, False, "roll_out"),
    ],
)
def test_type_of_the_run(playbook: str | None, check_mode: bool, expected: str) -> None:
    assert find_run_type(playbook, check_mode=check_mode) == expected


def test_scope_is_that_of_the_play() -> None:
    task = SimpleNamespace(_parent=SimpleNamespace(_play=SimpleNamespace(hosts=["axis", "!depot"])))
    variables = {"ansible_limit": "c1,c2", "ansible_inventory_sources": ["/srv/inventory", "c1," * 100]}
    assert read_scope(task, variables) == Scope("axis,!depot", "c1,c2", ("/srv/inventory", f"{('c1,' * 100)[:200]}…"))
    assert read_scope(SimpleNamespace(), {"ansible_limit": ""}) == Scope("", None, ())


def test_policy_of_a_digest_is_described_once() -> None:
    digests = {"c1": digest_of(30), "c2": digest_of(30), "c3": digest_of(7)}
    facts = find_facts({"c1": MONTH, "c2": MONTH, "c3": {**POLICY, "days": 7}, "c4": MONTH}, digests)
    assert facts.words == {digest_of(30): WORDS, digest_of(7): PolicyWords(("door keeps recordings 7 days.",))}


@pytest.mark.fault("policy that changes during the run")
@pytest.mark.parametrize("variables", [{**POLICY, "days": 14}, POLICY, {**POLICY, "days": "x"}, {}])
def test_policy_that_differs_is_not_described(variables: dict[str, Any]) -> None:
    """The variables changed after the check, cannot be resolved, or are not those of the task."""
    assert find_facts({"c1": variables}, {"c1": digest_of(30)}).words == {digest_of(30): UNKNOWN}
    both = find_facts({"c1": variables, "c2": MONTH}, {"c1": digest_of(30), "c2": digest_of(30)})
    assert both.words == {digest_of(30): WORDS}


def test_policy_in_words_has_no_password() -> None:
    name = {"recording_group_id": "door", "nice_name": trust_as_template("{{ axis_password }}")}
    variables = {"retention_policy_groups": [name], "axis_password": "s3cret/Door!"}
    digest = build_policy(validate({"groups": [{**name, "nice_name": "s3cret/Door!"}]}, POLICY_SPEC)).digest
    (text,) = find_facts({"c1": variables}, {"c1": digest}).words[digest].groups
    assert text == 'door exists. Its name is "********".'


def test_start_is_the_first_one_of_this_play() -> None:
    earlier = {**STARTED, "retention_policy_started": "2026-11-27T08:11:00Z"}
    other = {"retention_policy_play": "audit:1", "retention_policy_started": "2026-11-26T08:11:00Z"}
    invalid = {**STARTED, "retention_policy_started": "soon"}
    hosts = {"c1": STARTED, "c2": earlier, "c3": other, "c4": invalid, "c5": {}}
    assert find_facts(hosts).started == datetime(2026, 11, 27, 8, 11, tzinfo=timezone.utc)
    assert find_facts({"c1": other}, retention_policy_play="audit:2").started is None
    assert find_facts({"c1": {"retention_policy_started": "2026-11-26T08:11:00Z"}}).started is None


@pytest.mark.parametrize(("play", "expected"), [("roll_out:2", "Too many"), ("roll_out:1", None)])
def test_stop_is_one_of_this_play(play: str, expected: str | None) -> None:
    stopped = {"play": "roll_out:2", "stopped": "Too many"}
    mark = {"retention_policy_play": play}
    assert find_facts({"c1": mark}, retention_policy_gate=stopped).stopped == expected
    wave = {"c1": mark, "c2": {**mark, "retention_policy_wave": stopped}}
    assert find_facts(wave).stopped == expected
    assert find_facts({"c1": mark}, retention_policy_gate={"play": play, "stopped": None}).stopped is None


@pytest.mark.parametrize(("approved_by", "expected"), [(" change 4711 ", "change 4711"), ("", None), (None, None)])
def test_run_info(monkeypatch: pytest.MonkeyPatch, approved_by: str | None, expected: str | None) -> None:
    monkeypatch.setattr(_report_run, "find_run_id", lambda given, job: f"{given} {job}")
    variables = build_variables(
        {"c1": STARTED}, retention_policy_playbook="audit", awx_user_name="erika", awx_workflow_job_id=7
    )
    task = build_arguments(variables)[0]
    facts = find_facts({"c1": STARTED})
    parameters = {"title": "Audit", "run_id": "2026-48", "approved_by": approved_by}
    run = build_run_info(task, parameters, datetime(2026, 11, 27, 9, tzinfo=timezone.utc), variables, facts)
    assert (run.run_type, run.check_mode, run.run_id, run.by["user"]) == ("audit", True, "2026-48 7", "erika")
    assert (run.started, run.stopped, run.approved_by) == (facts.started, None, expected)
    assert run.python_version.startswith("3.")
