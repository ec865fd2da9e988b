# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sentences about allowances that the inventory sets."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import render_permanent_allowances

LOSS, STOP = "retention_policy_allow_recording_loss", "retention_policy_allow_recording_stop"


def test_each_allowance_has_one_sentence_with_places_and_hosts() -> None:
    every = "group axis (inventory/group_vars/axis.yml)"
    hosts = [*((f"c{number}", {LOSS: every}) for number in range(4)), ("d", {LOSS: "host d", STOP: "host d"})]
    remove = "Remove it there, and set it with --extra-vars for one run."
    assert list(render_permanent_allowances(hosts)) == [
        (
            f"{LOSS} is set in the inventory, by {every}, host d, for c0, c1, c2 and 2 more. "
            f"This permits every run to delete recordings. {remove}"
        ),
        f"{STOP} is set in the inventory, by host d, for d. This permits every run to stop recording. {remove}",
    ]


def test_hosts_without_allowances_have_no_sentence() -> None:
    assert list(render_permanent_allowances([("c0", {}), ("c1", {})])) == []
