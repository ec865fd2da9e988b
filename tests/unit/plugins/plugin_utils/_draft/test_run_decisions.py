# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions about the run and about files of the inventory."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import HEADINGS as OF_DRAFT
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import Shadowed
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import Readings
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.run_decisions import (
    HEADINGS,
    decide_about_hidden_file,
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


def test_a_hidden_file_is_a_decision() -> None:
    found = decide_about_hidden_file(Shadowed("/i/group_vars/axis.yml", "/i/group_vars/axis"))
    assert found.message == "Ansible does not read /i/group_vars/axis.yml if the directory /i/group_vars/axis exists"


def test_the_most_important_decisions_come_first() -> None:
    decisions = [Decision(kind, ("gate",), "Message", "Step") for kind in (*OF_DRAFT, "hidden_file", "incomplete")]
    assert [item.kind for item in sort_decisions(decisions)] == list(HEADINGS)
    assert {*HEADINGS} == {*OF_DRAFT, "hidden_file", "incomplete"}
