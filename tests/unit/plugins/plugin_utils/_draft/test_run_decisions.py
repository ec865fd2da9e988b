# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions about the run and about files of the inventory."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import HEADINGS as OF_DRAFT
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import Conflict
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import Readings
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.run_decisions import (
    HEADINGS,
    decide_about_conflict,
    decide_about_run,
    sort_decisions,
)

PART = {"part": "disks", "kind": "forbidden", "reason": "The role is too low", "next_step": "Use an operator."}


def test_what_was_not_read_is_a_decision() -> None:
    other = {**PART, "part": "disk_health"}
    read = Readings((), (), {"yard": [PART, other], "gate": [PART]}, (("twin", "twin-2"),))
    shared, incomplete = decide_about_run(read)
    assert (shared.kind, shared.hosts) == ("shared_device", ("twin", "twin-2"))
    assert (incomplete.kind, incomplete.hosts) == ("incomplete", ("gate", "yard"))
    assert incomplete.message.startswith("The role is too low, so that disks that delete recordings earlier")
    assert incomplete.next_step == "Use an operator"


def test_a_file_that_a_copy_would_hide_or_replace_is_a_decision() -> None:
    hidden = decide_about_conflict(Conflict("/i/group_vars/axis.yml", "/i/group_vars/axis"))
    assert hidden.message == "Ansible does not read /i/group_vars/axis.yml if the directory /i/group_vars/axis exists"
    replaced = decide_about_conflict(Conflict("/i/host_vars/a/retention_policy.yml", "/i/host_vars/a"))
    assert replaced.message.endswith("exists, and a copy of the draft there would replace it")


def test_the_most_important_decisions_come_first() -> None:
    decisions = [Decision(kind, ("gate",), "Message", "Step") for kind in (*OF_DRAFT, "file_conflict", "incomplete")]
    assert [item.kind for item in sort_decisions(decisions)] == list(HEADINGS)
    assert {*HEADINGS} == {*OF_DRAFT, "file_conflict", "incomplete"}
