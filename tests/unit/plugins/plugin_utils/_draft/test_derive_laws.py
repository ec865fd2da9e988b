# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws of drafts, for every fleet: an audit with the draft is compliant, and a draft depends on nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, Event
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft, derive_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup
from tests.unit.plugins.plugin_utils._draft.fleets import (
    GUID,
    actions,
    audit,
    build_host_policy,
    camera,
    group,
    has_unusual_id,
    inventory,
    resolve,
    serial,
)

DOOR = (Event("tns1:Device/tnsaxis:IO/Port", 'boolean(//SimpleItem[@Name="port" and @Value="1"])'),)
HOURS = st.sampled_from([720, 720, 720, 168, 0, 25, 1_000_000])
NUMBERS = st.sampled_from([0, 0, 0, 5000, None])
NAMES = st.sampled_from(
    ["", "High", "Low", "Cam 1 High", "Door [1]", "a*b?", "{{ 7 * 7 }}", "\ufdd0x", "caf\u00e9 \u2028 x", "#{% if %}"]
)
STREAMS = st.sampled_from(
    ["", "camera=1", "camera=2&resolution=1920x1080", "&videocodec=h264&camera=1", "x", "text=%7B%7B%20a%20%7D%7D"]
)
IDS = st.sampled_from(
    [
        "AxisCS_{serial}_1",
        "AxisCS_{serial}_2",
        "axis{lower}main",
        "High_0001",
        "High_0002",
        "High_{number:04}",
        "mil-cam-{number:04x}",
        "mil-cam-{other:04x}",
        "mil-cam-abcd",
        "{guid}",
        "{{{guid}}}",
        "{number}",
        "main",
        "Main",
        "a.b",
        "a b",
        "\ufdd0",
        "r\u00e9c",
        "x" * 60 + "{number}",
        "cam{number}",
        "cam{number}0",
    ]
)


@st.composite
def groups_of(draw: st.DrawFn, number: int) -> tuple[RecordingGroup, ...]:
    """Return groups with different IDs."""
    parts: dict[str, Any] = {"serial": serial(number), "lower": serial(number).lower(), "number": number}
    found = {}
    for template in draw(st.lists(IDS, max_size=4)):
        other = draw(st.integers(0x1000, 0x1003))
        name = template.format(**parts, other=other, guid=GUID.format(number + 16 * draw(st.integers(0, 2))))
        durations = {"pre_duration": draw(NUMBERS), "post_duration": draw(NUMBERS)}
        hours = draw(st.one_of(HOURS, st.none())) if draw(st.integers(0, 9)) == 0 else draw(HOURS)
        found[name] = group(name, hours, draw(NAMES), draw(STREAMS), **durations)  # type: ignore[arg-type]
    return tuple(draw(st.permutations(list(found.values()))))


@st.composite
def fleets(draw: st.DrawFn) -> tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]]:
    """Return a fleet and the inventory groups that it may share variables in; some cameras are in none of them."""
    shared = draw(groups_of(99))
    cameras = []
    for number in range(draw(st.integers(1, 8))):
        groups = shared if draw(st.booleans()) else draw(groups_of(number))
        recording = None
        if draw(st.booleans()):
            recorded = [item.recording_group_id or "" for item in groups if draw(st.booleans())]
            conditions = st.sampled_from([ALWAYS, ALWAYS, DOOR, ()])
            recording = actions(*((name, draw(conditions), draw(st.booleans())) for name in recorded))
        listed = serial(number) if draw(st.booleans()) else None
        cameras.append(camera(number, *groups, recording=recording, listed_serial=listed))
    names = ["axis", "axis_model_a", "axis_model_b", "axis_site_a", "axis_site_b"]
    scopes = [
        inventory(
            name, [*draw(st.sets(st.sampled_from(cameras))), "silent"], draw(st.integers(1, 2)), draw(st.integers(1, 2))
        )
        for name in draw(st.lists(st.sampled_from(names), unique=True))
    ]
    if draw(st.booleans()):
        scopes.append(inventory("all_cameras", cameras, 0))
    return tuple(cameras), tuple(scopes)


def files(draft: Draft) -> tuple[Any, ...]:
    """Return all files with their variables, in order."""
    ordered = {name: [*values.items()] for name, values in draft.group_vars.items()}
    return [*ordered.items()], [(name, [*values.items()]) for name, values in draft.host_vars.items()]  # type: ignore[return-value]


@given(fleets())
def test_an_audit_with_the_draft_is_compliant(
    fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]],
) -> None:
    cameras, scopes = fleet
    draft = derive_draft(cameras, scopes)
    for item in cameras:
        variables = resolve(draft.group_vars, draft.host_vars, scopes, item.host)
        if any(variables.values()):
            assert audit(variables, item) == [], variables
        else:
            assert all(has_unusual_id(found.recording_group_id) for found in item.groups)


@given(fleets(), st.randoms(use_true_random=False))
def test_order_is_not_significant(
    fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]], random: Any
) -> None:
    cameras, scopes = fleet
    shuffled = [
        Observation(
            **{
                **{name: getattr(item, name) for name in item.__slots__},
                "groups": tuple(random.sample(item.groups, len(item.groups))),
            }
        )
        for item in random.sample(cameras, len(cameras))
    ]
    again = derive_draft(shuffled, random.sample(scopes, len(scopes)))
    assert files(again) == files(derive_draft(cameras, scopes))


@given(fleets())
def test_a_draft_permits_nothing(fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]]) -> None:
    draft = derive_draft(*fleet)
    for variables in (*draft.group_vars.values(), *draft.host_vars.values()):
        assert variables.keys() <= {
            "retention_policy_groups",
            "retention_policy_existing_groups",
            "retention_policy_no_groups",
        }


@given(fleets())
def test_no_group_has_two_rules_that_differ(fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]]) -> None:
    cameras, scopes = fleet
    draft = derive_draft(cameras, scopes)
    for item in cameras:
        variables = resolve(draft.group_vars, draft.host_vars, scopes, item.host)
        rules = build_host_policy(variables, item.listed_serial).rules if any(variables.values()) else ()
        for found in item.groups:
            assert len({rule.desired for rule in rules if rule.match.matches(found)}) <= 1
            if not variables.get("retention_policy_groups") and not has_unusual_id(found.recording_group_id):
                assert any(rule.match.matches(found) for rule in rules)


@given(fleets())
def test_a_group_without_hosts_of_its_own_has_no_file(
    fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]],
) -> None:
    cameras, scopes = fleet
    draft = derive_draft(cameras, scopes)
    assert len(draft.group_vars) + len(draft.host_vars) <= len(cameras)
    for name, variables in draft.group_vars.items():
        others = {other: values for other, values in draft.group_vars.items() if other != name}
        changed = [
            item
            for item in cameras
            if resolve(draft.group_vars, draft.host_vars, scopes, item.host)
            != resolve(others, draft.host_vars, scopes, item.host)
        ]
        assert changed, variables


@given(fleets())
def test_a_file_of_several_sites_has_what_several_have(
    fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]],
) -> None:
    cameras, scopes = fleet
    draft = derive_draft(cameras, scopes)
    hosts = {item.host for item in cameras}
    special = [
        item
        for item in sorted(scopes, key=lambda item: (item.depth, item.priority, item.name))
        if frozenset() < hosts & item.hosts < hosts and not item.name.startswith("axis_model_")
    ]
    sites = {host: scope.name for scope in special for host in scope.hosts & {*hosts, "silent"}}
    for number, scope in enumerate(draft.groups):
        if len({sites.get(host) for host in scope.hosts}) < 2:
            continue
        others = frozenset(draft.host_vars).union(*(other.hosts for other in draft.groups[number + 1 :]))
        own = [item for item in cameras if item.host in scope.hosts - others]
        for rule in build_host_policy(draft.group_vars[scope.name], serial(1)).rules:
            # A host of no site is one of its own.
            users = {sites.get(item.host, item.host) for item in own if any(map(rule.match.matches, item.groups))}
            assert len(users) > 1, rule


@given(fleets())
def test_no_rule_is_for_every_group(fleet: tuple[tuple[Observation, ...], tuple[InventoryGroup, ...]]) -> None:
    draft = derive_draft(*fleet)
    for variables in (*draft.group_vars.values(), *draft.host_vars.values()):
        for rule in variables.get("retention_policy_existing_groups", ()):
            assert any(set(text) != {"*"} for text in map(str, rule["match"].values())), rule
