# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random policies with holds at several levels, on devices that rename or reset groups: nothing destroys evidence."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import HealthCheck, currently_in_test_context, event, given, note, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.action.axis_retention_policy import ActionModule
from ansible_collections.camfleet.axis.plugins.plugin_utils import _action
from tests.simulator import Fleet, Group, Switches
from tests.simulator.device import Device

from .unlimited_rate import UnlimitedRate

Result = dict[str, Any]
_HOST, _INVENTORY_GROUPS = "camera-1", ["axis", "harbor"]
#: More than one group may have one of these names after the device rewrote it.
_NAMES = ("Main entrance", "Main  entrance \n", "Main entrance, left", "T\u00fcr", "Tu\u0308r", " Gate\n")
_IDS = ("door", "Door", "gate", "gate-2", "yard")
_HOURS = {"24h": 24, "30d": 720, "8760": 8760, "unlimited": 0}
#: The oldest recording is 43 hours old: no group is planted with a shorter retention time.
_RECORDINGS, _HOURS_APART = 4, 14.0


def _identity(entry: Result) -> str:
    """Return what identifies an entry. A device may return equal names for different ones."""
    return str(entry.get("recording_group_id") or _fold(entry.get("nice_name") or ""))


def _fold(text: str) -> str:
    """Return a text without what devices change: whitespace, and the normalization form."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _names(groups: Iterable[Group]) -> Counter[str]:
    return Counter(_fold(group.nice_name) for group in groups)


# What a user writes.

_retention = {"retention_time": st.sampled_from([*_HOURS])}
_settings = {
    "description": st.sampled_from([None, "New"]),
    "stream_options": st.sampled_from(["camera=1", "camera=2&fps=5", None]),
    "pre_duration": st.sampled_from([None, None, 0, 5000]),
}
_entries = st.one_of(
    st.fixed_dictionaries({"recording_group_id": st.sampled_from(_IDS), **_settings}, optional=_retention),
    st.fixed_dictionaries(
        {"nice_name": st.sampled_from(_NAMES), "id_source": st.sampled_from(["derived"] * 3 + ["device"]), **_settings},
        optional=_retention,
    ),
)
_rules = st.fixed_dictionaries(
    {
        "match": st.sampled_from(
            [{"recording_group_id": "[dD]oor"}, {"recording_group_id": "*"}, {"nice_name": "Main*"}]
        ),
        **_settings,
    },
    optional=_retention,
)


def _without_contradiction(policy: Result) -> Result:
    """Return a policy that requests no groups only if it has no entries and no rules."""
    has_groups = policy["groups"] or policy["existing_groups"]
    return {**policy, "no_groups": policy["no_groups"] and not has_groups}


_MAKES_A_POLICY = ("groups", "existing_groups", "no_groups", "purge", "retention_minimum")
_policies = st.fixed_dictionaries(
    {
        "no_groups": st.booleans(),
        "groups": st.lists(_entries, max_size=3, unique_by=_identity),
        "existing_groups": st.lists(_rules, max_size=2),
        "purge": st.booleans(),
        "purge_match": st.sampled_from([["*"], ["gate*"]]),
        "retention_minimum": st.sampled_from(["", "1"]),
        "allow_recording_loss": st.booleans(),
        "on_refused": st.sampled_from(["report", "report", "fail"]),
    }
).map(_without_contradiction)
_policies = _policies.filter(lambda policy: any(policy[name] for name in _MAKES_A_POLICY))
_holds = st.lists(
    st.fixed_dictionaries(
        {
            "recording_group_id": st.sampled_from([*_IDS, "*", "gate*", "[dy]*"]),
            "reason": st.just("Case 1"),
            "owner": st.just("legal"),
            "until": st.sampled_from(["2999-01-01", "2999-01-01", "2001-01-01"]),
        },
        optional={"hosts": st.sampled_from([[_HOST], ["harbor"], ["cam*"], ["museum"], ["camera-2", "museum"]])},
    ),
    max_size=2,
)
#: By place: the task, and variables of the host.
_levels = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("holds", "axis_holds", "axis_holds_legal", "axis_holds_site"), _holds)
)
_groups = st.lists(
    st.fixed_dictionaries(
        {
            "recording_group_id": st.sampled_from(_IDS),
            "nice_name": st.sampled_from(_NAMES),
            # No update can repeat the last one of each.
            "retention_time": st.sampled_from([48, 720, 0, 700_000]),
            "stream_options": st.sampled_from(["camera=1", "camera=2&fps=5", "camera=1&text=T\u00fcr"]),
        }
    ),
    max_size=4,
    unique_by=lambda group: group["recording_group_id"],
)
_devices = st.builds(
    Switches,
    text_form=st.sampled_from(["as_sent", "trimmed", "folded", "nfc", "nfd"]),
    text_limit=st.sampled_from([None, None, 12]),
    stream_options_form=st.sampled_from(["verbatim", "reordered"]),
    omitted_on_update=st.sampled_from(["kept", "reset"]),
    default_retention_time=st.sampled_from([0, 24]),
)


# One camera, and the action that runs on it.


@dataclass(frozen=True)
class Run:
    """One run of the task, and the groups before and after it."""

    result: Result
    before: dict[str, Group]
    after: dict[str, Group]
    #: IDs of the groups that lost recordings
    lost: frozenset[str | None]
    writes: int

    @property
    def ended(self) -> tuple[bool, str | None]:
        """Return whether it failed, and the kind of its error."""
        failed = bool(self.result.get("failed") or self.result.get("unreachable"))
        return failed, (self.result.get("error") or {}).get("kind")


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    """Return a fleet, with a worker that has no sessions, and no limit of its requests."""
    monkeypatch.setattr(_action, "_shared_rate_limiter", lambda *_device: UnlimitedRate())
    with Fleet() as fleet:
        yield fleet
    _close_sessions()


def _close_sessions() -> None:
    while _action._SESSIONS:
        _action._SESSIONS.popitem()[1].close()


def _run(device: Device, policy: Result, levels: Result, *, check_mode: bool) -> Run:
    variables = {name: value for name, value in levels.items() if name != "holds"}
    variables |= {"inventory_hostname": _HOST, "group_names": _INVENTORY_GROUPS, "axis_host": device.host}
    variables |= {"axis_port": device.port, "axis_protocol": "http", "axis_timeout": 20}
    variables |= {"axis_username": "operator", "axis_password": "operator-pass"}
    arguments = {**policy, **({"holds": levels["holds"]} if "holds" in levels else {})}
    loader = DataLoader()
    task = SimpleNamespace(
        args=arguments, check_mode=check_mode, diff=False, delegate_to=None, remote_user=None, async_val=0
    )
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    templar = Templar(loader=loader, variables=dict(variables))
    action = ActionModule(task, connection, SimpleNamespace(password=None), loader, templar, None)
    before, lost, mark = _copy_groups(device), len(device.lost_recordings), device.mark()
    result = action.run(None, dict(variables))
    if currently_in_test_context():
        note(f"{'check' if check_mode else 'real'} run: {result}")
    return Run(
        result,
        before,
        _copy_groups(device),
        frozenset(item.group_id for item, _reason in device.lost_recordings[lost:]),
        sum(entry.write for entry in device.journal_since(mark)),
    )


def _copy_groups(device: Device) -> dict[str, Group]:
    # The device changes its groups in place.
    return {key: replace(group) for key, group in device.groups.items()}


# What must hold, computed without the code under test.


def _active_globs(levels: Result) -> list[str]:
    names = (_HOST, *_INVENTORY_GROUPS, "all")
    return [
        hold["recording_group_id"]
        for holds in levels.values()
        for hold in holds
        if hold["until"] > "2900"
        and any(fnmatchcase(name, glob) for glob in hold.get("hosts", ["*"]) for name in names)
    ]


def _is_held(key: str, levels: Result) -> bool:
    """Return whether a hold is on a group, in any case, since a hold may be misspelled."""
    return any(fnmatchcase(key, glob) or fnmatchcase(key.lower(), glob.lower()) for glob in _active_globs(levels))


def _check_evidence(run: Run, policy: Result, levels: Result) -> None:
    assert not run.lost or policy["allow_recording_loss"], run.lost
    for key, group in run.before.items():
        if _is_held(key, levels):
            assert key in run.after, key
            assert key not in run.lost, key
            after = run.after[key]
            assert (after.retention_time or math.inf) >= (group.retention_time or math.inf), key
            assert _recorded(group) == _recorded(after), key


def _recorded(group: Group) -> tuple[object, ...]:
    """Return what a hold protects besides the retention time. An update sends the options in the order of the list."""
    return sorted(group.stream_options.split("&")), group.pre_duration, group.post_duration


def _check_absence(run: Run, policy: Result, levels: Result) -> None:
    has_bound = policy["retention_minimum"] and not policy["no_groups"]
    has_reason = has_bound or policy["existing_groups"] or _active_globs(levels)
    if run.writes == 0 and not run.after and has_reason:
        assert run.result["compliant"] is False
    if policy["no_groups"] and run.after:
        assert run.result["compliant"] is False
    if policy["no_groups"] and not policy["purge"]:
        assert run.writes == 0


def _check_prediction(predicted: Run, real: Run) -> None:
    assert predicted.writes == 0
    if real.ended[1] in {"not_applied", "conflict"}:
        return  # a device that truncates a name
    assert predicted.ended == real.ended
    for part in ("changes", "refused"):
        assert _outline(predicted.result, part) == _outline(real.result, part)


def _outline(result: Result, part: str) -> Counter[str]:
    """Return the items without the IDs that the device generates, and without the names that it rewrites."""
    items = []
    for item in result.get(part, ()):
        key = None if item["operation"] == "create" else item["recording_group_id"]
        fields = sorted(difference["field"] for difference in item["differences"])
        items.append(repr((item["operation"], key, item.get("kind"), fields, item["loses_recordings"])))
    return Counter(items)


def _check_repetition(real: Run, again: Run, policy: Result) -> None:
    """Check that a second run creates nothing and changes nothing.

    A purge may wait until a group shows that the device stores names as sent; the first run then is not compliant.
    """
    created = [group for key, group in again.after.items() if key not in again.before]
    # A device that resets a name, which is a conflict, makes it free for another entry with only this name.
    free = _names(real.before.values()) - _names(real.after.values()) if real.ended[1] == "conflict" else Counter()
    assert _names(created) <= free, created
    if not real.ended[0] and (real.result["compliant"] or not policy["purge"]):
        assert again.after.keys() == again.before.keys()
        assert again.result["changed"] is False
        assert again.writes == 0


def _build_device(fleet: Fleet, switches: Switches, groups: list[Result]) -> Device:
    device = fleet.add("camera_12_9", switches=switches)
    for group in groups:
        device.plant_group(**{**group, "nice_name": switches.reform(group["nice_name"])[: switches.text_limit]})
        device.plant_recordings(group["recording_group_id"], _RECORDINGS, 1, _HOURS_APART)
    return device


@given(switches=_devices, groups=_groups, policy=_policies, levels=_levels)
def _property(fleet: Fleet, switches: Switches, groups: list[Result], policy: Result, levels: Result) -> None:
    device = _build_device(fleet, switches, groups)
    try:
        predicted = _run(device, policy, levels, check_mode=True)
        real = _run(device, policy, levels, check_mode=False)
        again = _run(device, policy, levels, check_mode=False)
        event(f"ended with {real.ended[1]}, {len(real.result.get('changes', ()))} changes")
        if predicted.ended[1] == "invalid_option":
            assert (real.ended[1], real.writes) == ("invalid_option", 0)
            return
        for run in (predicted, real, again):
            _check_evidence(run, policy, levels)
            _check_absence(run, policy, levels)
        _check_prediction(predicted, real)
        _check_repetition(real, again, policy)
    finally:
        _close_sessions()
        device.powered = False


def test_no_accident_destroys_evidence(fleet: Fleet, soak: bool) -> None:
    examples = 3000 if soak else 80
    health = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    options = settings(
        max_examples=examples, deadline=None, derandomize=not soak, print_blob=True, suppress_health_check=health
    )
    options(_property)(fleet=fleet)


def test_name_that_a_device_resets_is_sent_again(fleet: Fleet) -> None:
    """An update omits a name that the device may store in another encoding, since no entry sets it."""
    device = _build_device(
        fleet,
        Switches(omitted_on_update="reset"),
        [{"recording_group_id": "door", "nice_name": "T\u00fcr", "retention_time": 48, "stream_options": "camera=1"}],
    )
    entries = [{"recording_group_id": "door", "stream_options": "camera=2"}, {"nice_name": "T\u00fcr"}]
    policy = {"groups": entries, "purge": False, "on_refused": "report", "allow_recording_loss": False}
    real, again = (_run(device, policy, {}, check_mode=False) for _number in range(2))
    # The name is that of the group with the ID, as before the update, so that no second group is created.
    for run in (real, again):
        assert [item["kind"] for item in run.result["refused"]] == ["ambiguous"]
        assert (run.ended, run.result["compliant"], run.after.keys()) == ((False, None), False, {"door"})
    assert (real.writes, again.writes, device.groups["door"].nice_name) == (2, 0, "T\u00fcr")
    _check_repetition(real, again, policy)
    assert len(device.recordings) == _RECORDINGS
