# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cameras have, but no policy says."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.coverage import (
    CoverageTotals,
    HostCoverage,
    measure_coverage,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from tests.unit.plugins.plugin_utils._draft.fleets import PREFIX, always, build_host_policy, camera, group


def measure(one: Observation, **options: Any) -> HostCoverage:
    """Return the coverage of a host with these options of a policy, or without a policy."""
    policy = build_host_policy({f"{PREFIX}{name}": value for name, value in options.items()}) if options else None
    [found] = measure_coverage([one], {one.host: policy}).hosts
    return found


def rule(**match: Any) -> dict[str, Any]:
    """Return a rule."""
    return {"match": match, "retention_time": "30d"}


def test_groups_that_nothing_covers() -> None:
    one = camera(1, group("entry"), group("High_0001"), group("other"), group("wild", name="Named"))
    found = measure(one, groups=[{"recording_group_id": "entry"}], existing_groups=[rule(recording_group_id="High_*")])
    assert (found.groups, found.not_covered, found.only_wildcard) == (4, ("other", "wild"), ())


def test_an_entry_found_by_its_name_covers_its_group() -> None:
    assert measure(camera(1, group("x", name="Entrance")), groups=[{"nice_name": "Entrance"}]).not_covered == ()


def test_groups_that_only_a_wildcard_covers() -> None:
    one = camera(1, group("a"), group("b", name="B"))
    rules = [rule(recording_group_id="a*"), rule(recording_group_id="*", nice_name="**")]
    assert measure(one, existing_groups=rules).only_wildcard == ("b",)
    assert measure(one, existing_groups=[rule(stream_options={"camera": "*"})]).not_covered == ("a", "b")
    assert measure(one, existing_groups=[rule(nice_name="B"), rule(nice_name="*")]).only_wildcard == ("a",)


def test_recording_actions_that_no_entry_manages() -> None:
    one = camera(1, group("a"), group("b"), group("c", name="C"), recording=always("a", "b", "c", "gone"))
    entries = [
        {"recording_group_id": "a", "recording": "always"},
        {"recording_group_id": "b"},
        {"nice_name": "C", "recording": "never"},
    ]
    assert measure(one, groups=entries).recording_not_covered == ("b", "gone")
    assert measure(camera(1, group("a"), recording=Actions()), retention_minimum="1d").recording_not_covered == ()
    assert measure(camera(1, group("a")), retention_minimum="1d").recording_not_covered == ()


def test_bounds() -> None:
    one = camera(1, group("a"))
    assert measure(one, retention_minimum="1d").missing_bounds == ("maximum",)
    assert measure(one, retention_minimum="1d", retention_maximum="30d").missing_bounds == ()
    assert measure(one).missing_bounds == ("minimum", "maximum")
    assert measure(camera(1), no_groups=True).missing_bounds == ()


def test_a_group_that_must_not_exist_is_not_covered() -> None:
    assert measure(camera(1, group("a")), no_groups=True).not_covered == ("a",)


def test_totals_by_site() -> None:
    cameras = [
        camera(3, group("x"), group("y"), site=None),
        camera(2, group("a"), group("b"), recording=always("a")),
        camera(1, group("a")),
    ]
    policy = build_host_policy(
        {f"{PREFIX}existing_groups": [rule(recording_group_id="a")], f"{PREFIX}retention_minimum": "1d"}
    )
    coverage = measure_coverage(cameras, {"cam1": policy, "cam2": policy, "cam3": None})
    north = CoverageTotals(hosts=2, groups=3, not_covered=1, recording_not_covered=1, without_bounds=2)
    unknown = CoverageTotals(hosts=1, without_policy=1, groups=2, not_covered=2, without_bounds=1)
    assert coverage.sites == (("North", north), (None, unknown))
    assert coverage.total == CoverageTotals(3, 1, 5, 3, 0, 1, 3)


def test_decisions_name_the_variables() -> None:
    cameras = [camera(2, group("b")), camera(1, group("b")), camera(3, group("a"), group("b"))]
    policy = build_host_policy(
        {f"{PREFIX}existing_groups": [rule(recording_group_id="a")], f"{PREFIX}retention_maximum": "30d"}
    )
    found = measure_coverage(cameras, {"cam1": policy, "cam2": policy}).decisions
    assert [(item.kind, item.hosts, item.message) for item in found] == [
        ("without_policy", ("cam3",), "No policy is set, and the device has 2 recording groups"),
        ("not_covered", ("cam1", "cam2"), "No entry and no rule covers b"),
        ("without_bounds", ("cam1", "cam2"), "retention_policy_minimum is not set"),
    ]


def test_groups_that_a_purge_deletes_come_first() -> None:
    one = camera(1, group("door"), group("vms-9"), group("kept"))
    policy = build_host_policy(
        {
            f"{PREFIX}existing_groups": [rule(recording_group_id="kept")],
            f"{PREFIX}purge": True,
            f"{PREFIX}purge_match": ["vms-*"],
        }
    )
    first, second, *_bounds = measure_coverage([one], {"cam1": policy}).decisions
    assert (first.kind, first.recording_groups) == ("would_purge", ("vms-9",))
    assert (second.kind, second.recording_groups) == ("not_covered", ("door",))


def test_a_rule_does_not_help_where_no_groups_must_be() -> None:
    policy = build_host_policy({f"{PREFIX}no_groups": True})
    [item] = measure_coverage([camera(1, group("a"))], {"cam1": policy}).decisions
    assert "replace retention_policy_no_groups by rules" in item.next_step


def test_globs_for_almost_every_group() -> None:
    one = camera(1, group("a"))
    for glob in ("?*", "[!q]*", "*?*"):
        assert measure(one, existing_groups=[rule(recording_group_id=glob)]).only_wildcard == ("a",)
    for glob in ("a*", "[ab]*", "?"):
        assert measure(one, existing_groups=[rule(recording_group_id=glob)]).only_wildcard == ()
