# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""May the collection manage devices of a profile?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import (
    effect_of,
    possible_answers,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import (
    ALL_REMOVED,
    CheckRun,
    Verdict,
    build_summary,
    explain_leftover,
    explain_open_point,
    find_open_points,
    judge,
)
from tests.unit.plugins.plugin_utils._device_profile.profiles import DISK, HARMLESS, build_profile

REMAINS = {"kind": "recording_group", "id": "camfleet-check-0a1b2c3d-a", "name": "", "remove_with": "Run again."}


def verdict(profile: Profile, **events: Any) -> Verdict:
    """Return the verdict on a check without incidents, unless they are given."""
    return judge(profile, CheckRun(profile.origin.parts, **events))


def without(*names: str) -> dict[str, Any]:
    """Return answers to all other points."""
    return {name: answer for name, answer in HARMLESS.items() if name not in names}


def test_device_without_limits_is_safe() -> None:
    found = verdict(build_profile(**HARMLESS))
    assert (found.kind, found.headline) == ("safe", "Safe to roll out")


@pytest.mark.parametrize("name", [point.name for point in POINTS])
def test_every_answer_has_its_verdict(name: str) -> None:
    for answer in possible_answers(BY_NAME[name]):
        profile = build_profile(
            **{**HARMLESS, "retention_limit": 1000, "retention_over_limit": "clamped", name: answer}
        )
        base = {"retention_limit", "retention_over_limit"} if name != "retention_limit" else set()
        kind = effect_of(name, answer).kind
        expected = "unsafe" if kind == "unsupported" else "limits" if kind == "limits" or base else "safe"
        assert verdict(profile).kind == expected, answer
        if kind in ("unsupported", "limits") and name not in ("disk_age_combines", "retention_over_limit"):
            assert any(effect_of(name, answer).text in reason for reason in verdict(profile).reasons)


def test_limits_are_named() -> None:
    found = verdict(build_profile(**{**HARMLESS, "text_limit": 64}))
    assert found.kind == "limits"
    assert any("more than 64 characters" in reason for reason in found.reasons)


def test_answers_from_reads_alone_are_not_enough() -> None:
    answers = {name: answer for name, answer in HARMLESS.items() if BY_NAME[name].part == "read"}
    found = verdict(build_profile(parts=("read",), **answers))
    assert found.kind == "unknown"
    assert "run the check with device_check_write: true" in found.reasons[0]


def test_open_point_of_experiments_is_named() -> None:
    answers = {name: answer for name, answer in HARMLESS.items() if name != "empty_text"}
    found = verdict(build_profile(notes={"empty_text": "The device was busy."}, **answers))
    assert found.kind == "unknown"
    assert found.reasons[0] == f"Open: {BY_NAME['empty_text'].question} (The device was busy.)"


def test_points_that_take_time_may_stay_open_without_an_age_limit() -> None:
    answers = {name: answer for name, answer in HARMLESS.items() if BY_NAME[name].part in ("read", "write")}
    profile = build_profile(disks=[{**DISK, "cleanupmaxage": 0}], **answers)
    found = verdict(profile)
    assert (found.kind, found.reasons) == ("safe", ())
    assert "audit with retention_policy_verify_recordings" in found.remarks[0]
    assert "group_in_use" in found.remarks[1]
    assert {point.part for point in find_open_points(profile)} == {"wait", "manual"}


def test_age_limit_of_a_disk_is_a_limit_while_its_effect_is_open() -> None:
    found = verdict(build_profile(**{**HARMLESS, "disk_age_combines": None}))
    assert found.kind == "limits"
    assert "the age limit of SD_DISK (7 days) also applies" in found.reasons[0]
    found = verdict(build_profile(**{**HARMLESS, "disk_age_combines": True}))
    (reason,) = found.reasons
    assert found.kind == "limits"
    assert reason.startswith("The age limit of SD_DISK (7 days) also applies")
    found = verdict(build_profile(**HARMLESS))
    assert found.kind == "safe"
    assert found.remarks[0].startswith("The age limit of SD_DISK (7 days) does not apply")


def test_limits_that_no_task_notices_come_first() -> None:
    found = verdict(build_profile(**{**HARMLESS, "text_limit": 64, "retention_applies": False}))
    first, second = found.reasons
    assert first.startswith("The device does not delete recordings after the retention time")
    assert "without it, the host counts as compliant" in first
    assert "more than 64 characters" in second


def test_limit_of_the_retention_time_is_one_reason_with_days() -> None:
    (reason,) = verdict(
        build_profile(**{**HARMLESS, "retention_limit": 8760, "retention_over_limit": "clamped"})
    ).reasons
    assert "8760 hours (365 days)" in reason


@pytest.mark.parametrize(
    ("role", "answers", "expected"),
    [
        ("viewer", {}, "has the role operator, on some devices administrator."),
        ("operator", {"action_service_role": "administrator"}, "has the role administrator."),
    ],
)
def test_role_that_is_too_low_is_one_reason(role: str, answers: dict[str, Any], expected: str) -> None:
    profile = build_profile(**{**without("action_service", "recording_templates", "action_service_role"), **answers})
    found = verdict(replace(profile, origin=replace(profile.origin, role=role)))
    assert found.kind == "unknown"
    assert expected in found.reasons[0]
    assert "Recording groups and audits do not depend on it." in found.reasons[0]
    assert not any(reason.startswith("Open:") for reason in found.reasons)


def test_why_the_age_limit_is_open_has_the_wait_that_it_needs() -> None:
    point = BY_NAME["disk_age_combines"]
    assert "device_check_wait: 8d" in explain_open_point(point, build_profile())
    profile = build_profile(disks=[{**DISK, "cleanupmaxage": 0}])
    assert explain_open_point(point, profile).startswith("No usable disk of this device has an age limit")


def test_leftover_rule_may_record() -> None:
    assert "the device records to its scratch group" in explain_leftover({**REMAINS, "kind": "action_rule"})
    assert "records" not in explain_leftover(REMAINS)


def test_age_limit_is_named_beside_what_is_unknown() -> None:
    found = verdict(build_profile(parts=("read",), **{**HARMLESS, "disk_age_combines": None, "empty_text": None}))
    assert found.kind == "unknown"
    assert any("SD_DISK (7 days)" in reason for reason in found.reasons)


def test_without_action_service_no_point_of_actions_is_open() -> None:
    of_actions = {"recording_templates", "topic_ending", "action_checks_group", "action_service_role"}
    answers = {name: answer for name, answer in HARMLESS.items() if name not in of_actions}
    assert verdict(build_profile(**answers)).kind == "unknown"
    assert verdict(build_profile(**{**answers, "action_service": False})).kind == "limits"


def test_points_that_cannot_occur_are_not_open() -> None:
    answers = {name: answer for name, answer in HARMLESS.items() if name not in ("topic_ending", "action_checks_group")}
    assert verdict(build_profile(**answers)).kind == "unknown"
    # Actions cannot record to groups, which is a limit.
    assert verdict(build_profile(**{**answers, "recording_templates": {"x": "y"}})).kind == "limits"
    answers = {name: answer for name, answer in HARMLESS.items() if name != "device_info_needs_login"}
    open_points = {point.name for point in find_open_points(build_profile(**answers))}
    assert "device_info_needs_login" in open_points
    profile = build_profile(**{**answers, "device_info_version": "none"})
    assert "device_info_needs_login" not in {point.name for point in find_open_points(profile)}


@pytest.mark.parametrize(
    "disks",
    [[], [{**DISK, "status": "disconnected"}], [{**DISK, "locked": True}], [{**DISK, "readonly": True}]],
)
def test_device_without_a_usable_disk_is_unsafe(disks: list[dict[str, Any]]) -> None:
    found = verdict(build_profile(disks=disks, **HARMLESS))
    assert found.kind == "unsafe"
    assert "no disk that is mounted and writable" in found.reasons[0]
    assert ("it lists none" in found.reasons[0]) is (not disks)
    assert all(f"{disk['diskid']}: " in found.reasons[0] for disk in disks)


def test_unread_disks_are_unknown() -> None:
    profile = build_profile(disks=[], **HARMLESS)
    found = verdict(replace(profile, state={"observations": {}}))
    assert found.kind == "unknown"
    assert "The disks could not be read" in found.reasons[0]


def stop(kind: str, point: str | None = "existing_id") -> dict[str, Any]:
    """Return where a check stopped."""
    return {"point": point, "kind": kind, "reason": "Why."}


@pytest.mark.parametrize(
    ("incident", "expected"),
    [
        (
            {"stopped": stop("device_error")},
            f"before its end: Why. The question was: {BY_NAME['existing_id'].question} What was",
        ),
        ({"stopped": stop("malformed_response", None)}, "before its end: Why. What was settled before stays known."),
        ({"remains": [REMAINS]}, "1 of the items that this check or an earlier one created could not be removed"),
    ],
)
def test_incident_is_unsafe_whatever_the_answers(incident: dict[str, Any], expected: str) -> None:
    found = verdict(build_profile(**HARMLESS), **incident)
    assert found.kind == "unsafe"
    assert expected in found.reasons[0]


@pytest.mark.parametrize(
    "kind", ["unreachable", "timeout", "blocked", "authentication", "forbidden", "tls", "redirect"]
)
def test_error_that_says_nothing_about_the_device_is_unknown(kind: str) -> None:
    found = verdict(build_profile(**HARMLESS), stopped=stop(kind))
    assert found.kind == "unknown"
    (reason,) = found.reasons
    assert reason.startswith("The check ended early: Why. What was settled before")


def test_read_that_ends_early_is_unknown_beside_earlier_answers() -> None:
    run = CheckRun(["read"], stop("conflict", None))
    assert judge(build_profile(**HARMLESS), run).kind == "unknown"


def contradict(profile: Profile, name: str, answer: object) -> Profile:
    """Return a profile whose answer to a point contradicts an earlier one."""
    point = replace(profile.find(name), contradicts={"answer": answer, "date": "2026-11-01"})
    return replace(profile, points={**profile.points, name: point})


@pytest.mark.fault("device that contradicts an earlier device check of its model and firmware")
def test_contradiction_of_two_devices_has_the_stricter_verdict() -> None:
    found = verdict(contradict(build_profile(**HARMLESS), "text_limit", 40))
    contradiction, limit = found.reasons
    assert found.kind == "limits"
    assert contradiction.startswith(f"{BY_NAME['text_limit'].question} Earlier (2026-11-01): 40. Now: it does not cut")
    assert "more than 40 characters" in limit
    found = verdict(contradict(build_profile(**HARMLESS), "recording_group_api", False))
    assert found.kind == "unsafe"
    found = verdict(contradict(build_profile(**{**HARMLESS, "text_limit": 64}), "text_limit", "none"))
    assert (found.kind, len(found.reasons)) == ("limits", 2)


def test_contradiction_without_a_consequence_changes_nothing() -> None:
    assert verdict(contradict(build_profile(**HARMLESS), "existing_id", "error_10")).kind == "safe"


@pytest.mark.parametrize("events", [{"remains": [REMAINS]}, {"stopped": stop("timeout")}])
def test_verdict_on_the_model_is_separate(events: dict[str, Any]) -> None:
    profile = build_profile(**{**HARMLESS, "text_limit": 64})
    found = verdict(profile, **events)
    assert found.model == verdict(profile)
    summary = build_summary(profile, found, CheckRun(profile.origin.parts, **events))
    assert "What is known about this model and firmware: Safe with these limits." in summary
    assert verdict(build_profile(), **events).model is None


def test_summary_says_what_remains_and_what_differs() -> None:
    profile = build_profile(**{**HARMLESS, "disk_attributes": "shortened"})
    left = {**REMAINS, "id": "camfleet-check-00000000-disk"}
    other = {"kind": "action_rule", "id": "7", "name": "camfleet-check-mine"}
    run = CheckRun(["read", "write"], None, [REMAINS], [left], "It is not known.", [other])
    summary = build_summary(profile, judge(profile, run), run)
    assert summary[0] == "Do not proceed."
    assert f"{len(HARMLESS)} of {len(POINTS)} points are settled." in summary
    assert f"Different from the documentation: {BY_NAME['disk_attributes'].question} encryptionenabled." in summary
    assert "Remains on the device: recording group camfleet-check-0a1b2c3d-a. To remove it: Run again." in summary
    assert any(
        text.startswith("Left by an earlier check: recording group camfleet-check-00000000-disk") for text in summary
    )
    assert summary[-2] == "It is not known."
    assert summary[-1].startswith("Not of a device check: action rule 7 (camfleet-check-mine). Its ID or name begins")


@pytest.mark.parametrize(
    ("parts", "remains", "is_said"),
    [(["read", "write"], [], True), (["read"], [], False), (["read", "write"], [REMAINS], False)],
)
def test_summary_says_that_everything_was_removed(parts: list[str], remains: list[Any], is_said: bool) -> None:
    profile = build_profile(**HARMLESS)
    run = CheckRun(parts, remains=remains)
    assert (ALL_REMOVED in build_summary(profile, judge(profile, run), run)) is is_said


def settled(profile: Profile) -> str:
    """Return the sentence about what is settled."""
    (text,) = (text for text in build_summary(profile, verdict(profile), CheckRun()) if "points are settled" in text)
    return text


def test_summary_says_what_is_open() -> None:
    text = settled(build_profile(parts=("read",)))
    assert text.startswith(f"0 of {len(POINTS)} points are settled; of the others, ")
    assert text.endswith("20 need device_check_write, 4 need device_check_wait, 4 are not part of a check.")


def test_summary_says_what_would_settle_a_point() -> None:
    text = settled(build_profile(**without("https_challenge", "tls_versions", "action_service_role", "post_allowed")))
    assert "2 need HTTPS (device_check_https_port)" in text
    assert "1 needs a second login with the role viewer (device_check_viewer_username)" in text
    assert "1 was not determined" in text
    text = settled(build_profile(**without("http_challenge", "sha256_digest")))
    assert "2 need HTTP (device_check_http_port)" in text
    # The port responds.
    assert "2 were not determined" in settled(build_profile(**without("sha256_digest", "tls_versions")))


def test_summary_says_that_a_viewer_is_not_sufficient() -> None:
    profile = build_profile(**without("disk_attributes", "action_service_role"))
    profile = replace(profile, origin=replace(profile.origin, role="viewer"))
    assert "2 need a login with a higher role" in settled(profile)


def test_point_after_a_stop_says_that_the_check_ended() -> None:
    profile = build_profile(**{**HARMLESS, "empty_text": None})
    assert explain_open_point(BY_NAME["empty_text"], profile) == "The check ended before this point."
