# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host on which the last task prints the summary, for every mix of hosts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.action.axis_retention_policy_report import _find_summary_host
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput

RESULTS: dict[str, dict[str, Any] | None] = {
    "compliant": {"changed": False, "compliant": True},
    "failed": {"failed": True},
    "unreachable": {"unreachable": True},
    "not attempted": None,
}
FLEETS = st.lists(st.tuples(st.sampled_from(sorted(RESULTS)), st.booleans()), max_size=8)


@given(FLEETS)
def test_unreachable_host_is_the_last_to_print_the_summary(hosts: list[tuple[str, bool]]) -> None:
    """Core excludes it from the play before."""
    inputs = [HostInput(f"c{number}", RESULTS[kind]) for number, (kind, _is_present) in enumerate(hosts)]
    kinds = {f"c{number}": kind for number, (kind, _is_present) in enumerate(hosts)}
    batch = [f"c{number}" for number, (_kind, is_present) in enumerate(hosts) if is_present]
    failed = [name for name, kind in kinds.items() if kind in ("failed", "unreachable")]
    found = _find_summary_host(inputs, failed, batch)
    others = [name for name in batch if kinds[name] != "unreachable"]
    assert found["summary_host"] in (others or batch or [""])
    assert found["all_unreachable"] is (bool(batch) and not others)


def test_unreachable_host_that_does_not_fail_may_print_the_summary() -> None:
    """It is a later host of the run that core has not seen as unreachable."""
    inputs = [HostInput("a", {"unreachable": True})]
    assert _find_summary_host(inputs, [], ["a"]) == {"summary_host": "a", "all_unreachable": False}


def test_without_hosts_no_one_prints_the_summary() -> None:
    assert _find_summary_host([], [], []) == {"summary_host": "", "all_unreachable": False}
