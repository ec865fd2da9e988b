# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions about the run and about files of the inventory."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import HEADINGS as OF_DRAFT
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import Conflict
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.forecast import Forecast, FoundDeviation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import Readings
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.run_decisions import (
    HEADINGS,
    decide_about_bounds,
    decide_about_conflict,
    decide_about_forecasts,
    decide_about_outside,
    decide_about_run,
    decide_about_secret_ids,
    decide_about_unread,
    sort_decisions,
)

PART = {"part": "disks", "kind": "forbidden", "reason": "The role is too low", "next_step": "Use an operator."}


def test_what_was_not_read_is_a_decision() -> None:
    other = {**PART, "part": "disk_health"}
    read = Readings((), (), {"yard": [PART, other], "gate": [PART]}, (("twin", "twin-2"),))
    shared, incomplete = decide_about_run(read)
    assert (shared.kind, shared.hosts) == ("shared_device", ("twin", "twin-2"))
    assert (incomplete.kind, incomplete.hosts) == ("incomplete", ("gate", "yard"))
    assert incomplete.message.startswith("The role is too low, so disks that delete recordings earlier")
    assert incomplete.next_step == "Use an operator"


def test_a_file_that_a_copy_would_hide_or_replace_is_a_decision() -> None:
    hidden = decide_about_conflict(Conflict("/i/group_vars/axis.yml", "/i/group_vars/axis"))
    assert hidden.message == "Ansible does not read /i/group_vars/axis.yml if the directory /i/group_vars/axis exists"
    replaced = decide_about_conflict(Conflict("/i/host_vars/a/retention_policy.yml", "/i/host_vars/a"))
    assert replaced.message.endswith("exists, and a copy of the draft there would replace it")


def test_hosts_that_were_not_read() -> None:
    """What to do is what the run knows; what an audit does depends on whether they have a policy."""
    rejected = {"kind": "authentication", "reason": "The device rejected the login.", "next_step": "Correct it."}
    silent = {"kind": "unreachable", "reason": "No response", "next_step": ""}
    unread = [{**rejected, "host": "yard"}, {**rejected, "host": "gate"}, {**silent, "host": "roof"}]
    found = list(decide_about_unread([*unread, {**silent, "host": "twin", "kind": "duplicate_device"}], ["roof"]))
    assert [item.hosts for item in found] == [("gate", "yard"), ("roof",)]
    assert (found[0].kind, found[0].message) == ("no_response", "The device rejected the login")
    assert found[0].next_step.startswith("Correct it. Then draft again in another directory. Until then, an audit comp")
    assert found[1].next_step.endswith("the command above leaves them out, because they have no policy")
    incident = {**silent, "host": "hall", "kind": "no_usable_disk", "reason": "It lists no groups"}
    assert [(item.kind, item.hosts) for item in decide_about_unread([incident], [])] == [("no_usable_disk", ("hall",))]
    assert HEADINGS["no_response"] == "Not in the draft: not read"


def test_what_an_audit_will_find() -> None:
    forecasts = {
        "gate": Forecast(has_policy=True, problem="retention_policy_maximum is too low"),
        "yard": Forecast(has_policy=True, deviations=(FoundDeviation("It is too short", ("a", "b", "c", "d")),)),
        "roof": Forecast(has_policy=False),
        "fine": Forecast(has_policy=True),
    }
    invalid, deviating, left_out = decide_about_forecasts(forecasts, ["dark"])
    assert (invalid.kind, invalid.hosts) == ("invalid_policy", ("gate",))
    assert invalid.message.endswith("variables of the inventory: retention_policy_maximum is too low")
    assert (deviating.kind, deviating.hosts) == ("not_compliant", ("yard",))
    assert deviating.message == "Groups a, b, c and others: It is too short"
    assert deviating.recording_groups == ("a", "b", "c", "d")
    assert (left_out.kind, left_out.hosts) == ("no_policy", ("dark", "roof"))
    assert [item for item in forecasts if forecasts[item].prevents_audit] == ["gate", "roof"]


def test_hosts_of_a_group_that_were_not_in_the_run() -> None:
    (decision,) = decide_about_outside([("axis", ["yard", "gate"]), ("axis_site_a", [])])
    assert (decision.kind, decision.hosts) == ("outside_run", ("gate", "yard"))
    assert "in the inventory group axis, so its variables apply to them, but they were not in" in decision.message


def test_bounds_are_always_open() -> None:
    assert list(decide_about_bounds([])) == []
    (decision,) = decide_about_bounds(["yard", "gate"])
    assert (decision.kind, decision.hosts) == ("open_bounds", ("gate", "yard"))


def test_groups_with_a_secret_in_their_ids() -> None:
    assert list(decide_about_secret_ids({})) == []
    (decision,) = decide_about_secret_ids({"gate": 2})
    assert (decision.kind, decision.hosts, decision.recording_groups) == ("secret_id", ("gate",), ())


def test_the_most_important_decisions_come_first() -> None:
    own = {*HEADINGS} - {*OF_DRAFT}
    decisions = [Decision(kind, ("gate",), "Message", "Step") for kind in (*OF_DRAFT, *sorted(own))]
    assert [item.kind for item in sort_decisions(decisions)] == list(HEADINGS)
    assert {"no_usable_disk", "invalid_policy"} <= {*list(HEADINGS)[:3]}
    assert list(HEADINGS)[-1] == "open_bounds"
