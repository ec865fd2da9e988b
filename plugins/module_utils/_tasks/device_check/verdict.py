# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""May the collection manage devices that behave like a profile? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import (
    GROUP_TEMPLATE,
    Effect,
    effect_of,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS, Point
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    NO_LIMIT,
    Profile,
    show_answer,
)

VerdictKind = Literal["safe", "limits", "unsafe", "unknown"]
#: What a reader needs first.
HEADLINES: Mapping[VerdictKind, str] = {
    "safe": "Safe to roll out",
    "limits": "Safe with these limits",
    "unsafe": "Do not proceed",
    "unknown": "Not enough is known yet",
}
#: Points of the connection: the device check itself has proven that its own connection works.
_PROVEN_BY_LOGIN = frozenset({"http_challenge", "https_challenge", "tls_versions"})
#: Points that only matter with the action service.
_OF_ACTIONS = frozenset(
    {"action_service_role", "recording_templates", "namespace_prefixes", "topic_ending", "action_checks_group"}
)
#: Points that only matter if an action can record to a group.
_OF_GROUP_ACTIONS = frozenset({"topic_ending", "action_checks_group"})
_ONLY_READ = (
    "Only requests that read were sent. Run the check with device_check_write: true and device_check_confirm, which "
    "creates scratch groups and removes them again."
)
_WAIT = "It takes time. Run the check with device_check_wait, for example 3h."
_WRITE = "It needs a scratch group. Run the check with device_check_write."
_SAFE = "The collection supports every answer."
_NO_DISK = "The device has no disk that is mounted and writable, so that no recording group can be created."
_REMOVE_LEFTOVERS = "The next check with device_check_write: true removes it."
_DISKS_UNKNOWN = "The disks could not be read. Run the check with an account that has the role operator."


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one device.

    :param reasons: sentences, the most important one first.
    """

    kind: VerdictKind
    reasons: tuple[str, ...]

    @property
    def headline(self) -> str:
        """Return the verdict in a few words."""
        return HEADLINES[self.kind]


def judge(profile: Profile, *, stopped: Mapping[str, Any] | None, remains: Sequence[Mapping[str, Any]]) -> Verdict:
    """Return whether the devices of a profile can be managed.

    ``unsafe``: the check stopped, something remains, the collection does not support an answer, or there is no usable
    disk. ``unknown``: a point is open whose answer may be a limit, unless it takes time or another device to settle.
    ``limits``: some tasks may be refused. ``safe``: none of these.
    """
    effects = {point.question: effect for point, effect in find_effects(profile)}
    unsafe = [*_find_incidents(stopped, remains), *_texts(effects, "unsupported")]
    if _has_read_disks(profile) and not any(map(_is_usable, profile.state.get("disks", ()))):
        unsafe.append(_NO_DISK)
    if unsafe:
        return Verdict("unsafe", tuple(unsafe))
    limits = _texts(effects, "limits")
    unknown = list(_find_unknown(profile))
    if unknown:
        return Verdict("unknown", (*unknown, *limits))
    return Verdict("limits", tuple(limits)) if limits else Verdict("safe", (_SAFE,))


def find_effects(profile: Profile) -> Iterator[tuple[Point, Effect]]:
    """Yield each point with an answer, and what the collection does about it."""
    for point in POINTS:
        answer = profile.find(point.name).answer
        if answer is not None and is_relevant(point, profile):
            yield point, effect_of(point.name, answer)


def find_open_points(profile: Profile) -> list[Point]:
    """Return the points without an answer, except those that cannot occur on this device."""
    answers = profile.answers
    return [point for point in POINTS if answers.get(point.name) is None and is_relevant(point, profile)]


def is_relevant(point: Point, profile: Profile) -> bool:
    """Return whether a point can matter on this device."""
    answers = profile.answers
    if point.name in _OF_ACTIONS and answers.get("action_service") is False:
        return False
    templates = answers.get("recording_templates")
    if point.name in _OF_GROUP_ACTIONS and templates is not None and GROUP_TEMPLATE not in templates:
        return False
    if point.name == "device_info_needs_login" and answers.get("device_info_version") == "none":
        return False
    return not (point.name == "retention_over_limit" and answers.get("retention_limit") == NO_LIMIT)


def explain_open_point(point: Point, profile: Profile) -> str:
    """Return why a point has no answer."""
    if point.part == "manual":
        return point.why_manual
    if point.part in ("write", "wait") and profile.find("recording_group_api").answer is False:
        return "The device does not have the recording group API."
    if point.part not in profile.origin.parts:
        return _WAIT if point.part == "wait" else _WRITE
    return profile.find(point.name).note or "It was not determined."


def may_limit(point: Point, profile: Profile) -> bool:
    """Return whether an open point prevents the verdict that it is safe to proceed."""
    if point.part not in ("read", "write") or point.name in _PROVEN_BY_LOGIN:
        return False
    if point.name == "action_service_role" and profile.answers.get("recording_templates") is not None:
        # The account has read the action service.
        return False
    return effect_of(point.name, None).kind in ("limits", "unsupported")


def find_deviations(profile: Profile) -> Iterator[Point]:
    """Yield each point whose answer differs from the documentation."""
    answers = profile.answers
    for point in POINTS:
        if point.documented is not None and answers.get(point.name) not in (None, point.documented):
            yield point


def build_summary(
    profile: Profile,
    verdict: Verdict,
    remains: Sequence[Mapping[str, Any]],
    leftovers: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """Return the result in a few sentences, the most important one first.

    :param leftovers: what earlier checks left on the device.
    """
    answers = profile.answers
    differences = [f"{point.question} {show_answer(answers[point.name])}" for point in find_deviations(profile)]
    return [
        f"{verdict.headline}.",
        *verdict.reasons,
        describe_coverage(profile),
        *([f"Different from the documentation: {'; '.join(differences)}."] if differences else []),
        *(f"Remains on the device: {describe_item(item)}. To remove it: {item['remove_with']}" for item in remains),
        *(f"Left by an earlier check: {describe_item(item)}. {_REMOVE_LEFTOVERS}" for item in leftovers),
    ]


def describe_coverage(profile: Profile) -> str:
    """Return how many points are settled, and why the others are open, as a sentence."""
    parts_of_points = (point.part for point in find_open_points(profile))
    counts: Counter[str] = Counter("write" if part == "read" else part for part in parts_of_points)
    texts = {"write": "were not determined", "wait": "need device_check_wait", "manual": "are not part of a check"}
    parts = [f"{counts[part]} {text}" for part, text in texts.items() if counts[part]]
    settled = sum(answer is not None for answer in profile.answers.values())
    rest = f"; of the others, {', '.join(parts)}" if parts else ""
    return f"{settled} of {len(POINTS)} points are settled{rest}."


def describe_item(item: Mapping[str, Any]) -> str:
    """Return what a scratch item is, with its ID and its name."""
    name = item.get("name")
    named = f" ({name})" if name and name != item.get("id") else ""
    return f"{str(item['kind']).replace('_', ' ')} {item.get('id') or 'without an ID'}{named}"


def _find_unknown(profile: Profile) -> Iterator[str]:
    decisive = [point for point in find_open_points(profile) if may_limit(point, profile)]
    if decisive and "write" not in profile.origin.parts:
        yield _ONLY_READ
        decisive = [point for point in decisive if point.part == "read"]
    if not _has_read_disks(profile):
        yield _DISKS_UNKNOWN
    for point in decisive:
        note = profile.find(point.name).note
        yield f"Open: {point.question}{f' ({note})' if note else ''}"


def _find_incidents(stopped: Mapping[str, Any] | None, remains: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if remains:
        yield (
            f"The check could not remove {len(remains)} of the items that it created. Remove them as listed below, or "
            "run the check again."
        )
    if stopped is not None:
        point = BY_NAME.get(stopped["point"] or "")
        question = f" {point.question}" if point else ""
        yield f"The check stopped at a response that it cannot explain:{question} {stopped['reason']}"


def _texts(effects: Mapping[str, Effect], kind: str) -> list[str]:
    return [f"{question} {effect.text}" for question, effect in effects.items() if effect.kind == kind]


def _has_read_disks(profile: Profile) -> bool:
    # In a profile, an empty list may be one that was not read.
    return bool(profile.state.get("disks")) or profile.find("disk_attributes").answer is not None


def _is_usable(disk: Mapping[str, Any]) -> bool:
    flags = {name: disk.get(name) in (True, "yes") for name in ("locked", "readonly")}
    return Disk(str(disk.get("diskid")), str(disk.get("status")), **flags).unusable_reason is None
