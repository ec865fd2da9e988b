# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what a report proves about one part of a host. The comparison of reports tests most of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import (
    Condition,
    HostView,
    Status,
    Subject,
    build_views,
)
from tests.unit.plugins.plugin_utils.reports import drifted, failed, finding, held, host, report, result

DOOR = Subject("group", "door", "Door")
DRIFT = Condition("drifted", "critical")


def view(registered: dict[str, Any] | None) -> HostView:
    """Return the only host of a report."""
    return build_views(report(host("c1", registered)))["c1"]


def test_part_without_a_finding_is_not_proven() -> None:
    compliant, other = view(result(1)), view(result(1, finding(recording_group_id="gate", nice_name="Gate")))
    assert compliant.assess_after(DOOR, DRIFT) is Status.GOOD
    assert other.assess_after(DOOR, DRIFT) is Status.UNKNOWN
    # A group that did not exist had no problem.
    assert other.assess_before(DOOR) is Status.GOOD
    for subject in (Subject("disk", disk_id="SD_DISK"), Subject("hold", "door", hold=("door", "x", "y", "z"))):
        assert compliant.assess_after(subject, DRIFT) is Status.UNKNOWN
    assert compliant.assess_before(Subject("disk", disk_id="SD_DISK")) is Status.UNKNOWN


@pytest.mark.parametrize("registered", [None, failed(1), failed(1, "unsupported")])
def test_unverified_host_proves_nothing(registered: dict[str, Any] | None) -> None:
    unverified = view(registered)
    assert unverified.problems == {}
    assert (unverified.is_verified, unverified.was_read) == (False, False)
    assert unverified.assess_before(DOOR) is unverified.assess_after(DOOR, DRIFT) is Status.UNKNOWN


def test_non_compliant_host_has_a_problem() -> None:
    assert [subject.kind for subject in view(drifted(1)).problems] == ["group"]
    assert [subject.kind for subject in view(held(1)).problems] == ["group"]
    whole = view(failed(1, "ambiguous"))
    assert [subject.kind for subject in whole.problems] == ["host"]
    assert whole.is_opaque
    assert whole.assess_after(DOOR, DRIFT) is whole.assess_before(DOOR) is Status.UNKNOWN


def test_group_is_recognized_by_its_name_only_without_an_id() -> None:
    named, other = Subject("group", None, "Door"), Subject("group", "gate", "Door")
    assert named.is_probably(DOOR)
    assert DOOR.is_probably(named)
    assert not other.is_probably(DOOR)
    assert not Subject("group").is_probably(Subject("group"))
    assert DOOR.key == Subject("group", "door", "Renamed").key
