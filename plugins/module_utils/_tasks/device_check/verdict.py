# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""May the collection manage devices that behave like a profile? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import GROUP_TEMPLATE
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.consequences import (
    find_age_limits,
    find_disk_fault,
    find_disk_limits,
    find_remarks,
    is_usable,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import Effect, effect_of
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS, Point
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    NO_LIMIT,
    Profile,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.wording import (
    describe_answer,
    describe_difference,
)

VerdictKind = Literal["safe", "limits", "unsafe", "unknown"]
#: What a reader needs first.
HEADLINES: Mapping[VerdictKind, str] = {
    "safe": "Safe to roll out",
    "limits": "Safe with these limits",
    "unsafe": "Do not proceed",
    "unknown": "Not enough is known yet",
}
#: What a verdict means for a reader, who sees the reasons below.
MEANINGS: Mapping[VerdictKind, str] = {
    "safe": "You may roll out to devices of this model and firmware: the collection supports all that was found.",
    "limits": "You may roll out to devices of this model and firmware if your policies stay within these limits. "
    "Beyond them, a task is refused or fails with an explanation, or recordings are kept for another time than the "
    "policy says, which only an audit with retention_policy_verify_recordings finds:",
    "unsafe": "Do not roll out before this is resolved:",
    "unknown": "Do not roll out to more than one device of this model and firmware yet. What is missing:",
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
    "Only requests that read were sent. To settle the rest, run the check with device_check_write: true and "
    "device_check_confirm, and not in check mode: it creates scratch groups, and removes them again."
)
_WAIT = "It takes time. Run the check with device_check_wait, for example 3h."
_WRITE = "It needs a scratch group. Run the check with device_check_write."
_ENDED = "The check ended before this point."
_RUN_AGAIN = (
    "What was settled before stays known. Run the check again: an error that passes does not stop it twice. If it "
    "stops at this point again, report the profile, because the collection does not know this behavior."
)
_CONTRADICTION = (
    "This contradicts an earlier check: devices of this model and firmware differ, or a setting was changed. Plan with "
    "the stricter answer. If the earlier one no longer applies, remove the profile, and run the check again."
)
_RUN_LATER = "What was settled before stays known. {next_step}"
#: By kind of what ended a check, what to do.
_NEXT_STEPS = {
    "authentication": "Correct the login, and run the check again.",
    "forbidden": "Run the check again with an account that has a higher role: operator, or else administrator.",
}
_TOO_LOW = (
    "The role {role} is not allowed to read the action service of this device. Run the check with an account that "
    "has the role {higher}. Recording groups and audits do not depend on it."
)
#: In the text of an effect that a task does not notice.
_UNNOTICED = "retention_policy_verify_recordings"
_PASSING_KINDS = frozenset({"unreachable", "timeout", "blocked", "authentication", "forbidden", "tls", "redirect"})
#: What an account with the role viewer cannot settle.
_OF_OPERATORS = frozenset(
    {"action_service", "recording_templates", "storage_parameters", "namespace_prefixes", "disk_attributes"}
) | {"action_service_role"}
_HTTP, _HTTPS = "HTTP (device_check_http_port)", "HTTPS (device_check_https_port)"
#: By point of the connection, the point of the challenge that it depends on, and what it needs.
_OF_PORTS: Mapping[str, tuple[str, str]] = {
    "http_challenge": ("http_challenge", _HTTP),
    "sha256_digest": ("http_challenge", _HTTP),
    "https_challenge": ("https_challenge", _HTTPS),
    "tls_versions": ("https_challenge", _HTTPS),
}
_SINGULARS = {"are": "is", "were": "was", "need": "needs"}
_NO_DISK = (
    "This device has no disk that is mounted and writable, so no recording group can be created on it ({disks}). "
    "Insert a card, or check another device of this model."
)
#: Before the verdict on the model, if another one is before it.
OF_MODEL = "What is known about this model and firmware:"
ALL_REMOVED = "Everything that the check created was removed, and this was read back."
NEVER_TOUCHED = (
    "Its ID or name begins like that of a scratch item, but no check creates one like it. It is never touched; if you "
    "do not need it, remove it by hand."
)
#: What else to know about a leftover.
_RULE_RECORDS = " If it is enabled, the device records to its scratch group until then."
#: What to do about leftovers.
REMOVE_LEFTOVERS = "The next check with device_check_write: true removes it."
_DISKS_UNKNOWN = "The disks could not be read. Run the check with an account that has the role operator."


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What happened in one run of the device check, beside the answers.

    :param parts: that ran: ``read``, ``write``, ``wait``.
    :param stopped: ``point``, ``kind``, and ``reason``, if the experiments ended early.
    :param remains: what could not be removed.
    :param leftovers: what earlier checks left.
    :param leftovers_unknown: why not all of them are known, as a sentence.
    :param unrecognized: what looks like a scratch item, and is not one that a check creates.
    :param removed: what earlier checks left, and this one removed.
    """

    parts: Sequence[str] = ("read",)
    stopped: Mapping[str, Any] | None = None
    remains: Sequence[Mapping[str, Any]] = ()
    leftovers: Sequence[Mapping[str, Any]] = ()
    leftovers_unknown: str | None = None
    unrecognized: Sequence[Mapping[str, Any]] = ()
    removed: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> CheckRun:
        """Return what happened in the run that has this result, whose profile is not merged with an earlier one."""
        events = ("stopped", "remains", "leftovers", "leftovers_unknown", "unrecognized", "removed")
        return cls(result["profile"]["origin"]["parts"], **{name: result[name] for name in events})

    @property
    def has_written(self) -> bool:
        """Return whether the run had experiments."""
        return "write" in self.parts


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one device.

    :param reasons: sentences, the most important one first.
    :param remarks: what else an operator may want to know, as sentences.
    :param model: on the model and firmware, if the reasons are about this device or this run only, and enough is known.
    """

    kind: VerdictKind
    reasons: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    model: Verdict | None = None

    @property
    def headline(self) -> str:
        """Return the verdict in a few words."""
        return HEADLINES[self.kind]


def judge(profile: Profile, run: CheckRun) -> Verdict:
    """Return whether the devices of a profile can be managed.

    ``unsafe``: the check stopped at a response, something remains, the collection does not support an answer, or no
    disk is usable. ``unknown``: the check ended early, or a point is open whose answer may be a limit, unless it
    takes time or another device to settle. ``limits``: some tasks may be refused, or a disk may delete recordings
    before their retention time. ``safe``: none of these.
    """
    model = _judge_model(profile)
    incidents = [*_find_incidents(run), *_find_missing_disk(profile)]
    interruption = [*_find_interruption(run)]
    if not incidents and not interruption:
        return model
    known = None if model.kind == "unknown" else model
    return Verdict("unsafe" if incidents else "unknown", (*incidents, *interruption), model=known)


def _judge_model(profile: Profile) -> Verdict:
    disk_limits = find_disk_limits(profile)
    # Other sentences say it.
    described = {"disk_age_combines"} if disk_limits else set()
    if profile.answers["retention_limit"] is not None:
        described.add("retention_over_limit")
    effects = [effect for point, effect in find_effects(profile) if point.name not in described]
    contradictions = find_contradictions(profile)
    effects += [effect for _point, effect in _find_stricter(profile)]
    if unsafe := _texts(effects, "unsupported"):
        return Verdict("unsafe", (*contradictions, *unsafe))
    limits = [*contradictions, *disk_limits, *sorted(_texts(effects, "limits"), key=_is_announced)]
    unknown = list(_find_unknown(profile))
    if unknown:
        return Verdict("unknown", (*unknown, *limits))
    return Verdict("limits" if limits else "safe", tuple(limits), tuple(find_remarks(profile)))


def find_contradictions(profile: Profile) -> list[str]:
    """Return which answers differ from those of an earlier check so that a limit depends on it, as sentences."""
    found = []
    for point in POINTS:
        known = profile.find(point.name)
        if known.contradicts is None or not _has_limit(point, known.answer, known.contradicts["answer"]):
            continue
        old, new = describe_answer(point, known.contradicts["answer"]), describe_answer(point, known.answer)
        found.append(f"{point.question} Earlier ({known.contradicts['date']}): {old}. Now: {new}. {_CONTRADICTION}")
    return found


def _has_limit(point: Point, *answers: object) -> bool:
    return any(effect_of(point.name, answer).kind in ("limits", "unsupported") for answer in answers)


def _find_stricter(profile: Profile) -> Iterator[tuple[Point, Effect]]:
    """Yield the effects of earlier answers that others contradict: the verdict is the stricter one."""
    for point, effect in find_effects(profile):
        contradicts = profile.find(point.name).contradicts
        earlier = effect_of(point.name, contradicts["answer"]) if contradicts else effect
        if earlier.text != effect.text:
            yield point, earlier


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
    if point.name == "disk_age_combines" and point.part not in profile.origin.parts:
        return _explain_disk_age(profile)
    if point.part not in profile.origin.parts:
        return _WAIT if point.part == "wait" else _WRITE
    return profile.find(point.name).note or _ENDED


def _explain_disk_age(profile: Profile) -> str:
    days = max(find_age_limits(profile), default=None)
    if days is None:
        return "No usable disk of this device has an age limit, so the device does not show it."
    return f"It takes longer than the age limit of the disk. Run the check with device_check_wait: {days + 1}d."


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


def build_summary(profile: Profile, verdict: Verdict, run: CheckRun) -> list[str]:
    """Return the result in a few sentences, the most important one first."""
    differences = [f"{point.question} {describe_deviation(point, profile)}." for point in find_deviations(profile)]
    return [
        f"{verdict.headline}.",
        *verdict.reasons,
        *verdict.remarks,
        *_summarize_model(verdict),
        describe_coverage(profile),
        *(f"Different from the documentation: {text}" for text in differences),
        *(f"Remains on the device: {describe_item(item)}. To remove it: {item['remove_with']}" for item in run.remains),
        *([describe_removed(run)] if run.removed else []),
        *([ALL_REMOVED] if run.has_written and not run.remains else []),
        *(f"Left by an earlier check: {describe_item(item)}. {explain_leftover(item)}" for item in run.leftovers),
        *([run.leftovers_unknown] if run.leftovers_unknown else []),
        *(f"Not of a device check: {describe_item(item)}. {NEVER_TOUCHED}" for item in run.unrecognized),
    ]


def _summarize_model(verdict: Verdict) -> list[str]:
    if verdict.model is None:
        return []
    return [f"{OF_MODEL} {verdict.model.headline}.", *verdict.model.reasons, *verdict.model.remarks]


def describe_deviation(point: Point, profile: Profile) -> str:
    """Return an answer that differs from the documentation, in words."""
    answer = profile.find(point.name).answer
    return describe_answer(point, answer) + describe_difference(point, answer)


def describe_coverage(profile: Profile) -> str:
    """Return how many points are settled, and what would settle the others, as a sentence."""
    counts = Counter(_find_need(point, profile) for point in find_open_points(profile))
    parts = [f"{count} {verb if count > 1 else _SINGULARS[verb]} {text}" for (verb, text), count in counts.items()]
    settled = sum(answer is not None for answer in profile.answers.values())
    rest = f"; of the others, {', '.join(parts)}" if parts else ""
    return f"{settled} of {len(POINTS)} points are settled{rest}."


def _find_need(point: Point, profile: Profile) -> tuple[str, str]:
    """Return what would settle an open point: a verb, and its object."""
    part, answers = point.part, profile.answers
    if part == "manual":
        return ("are", "not part of a check")
    if part != "read" and answers["recording_group_api"] is False:
        return ("need", "the recording group API")
    if part != "read" and part not in profile.origin.parts:
        return ("need", f"device_check_{part}")
    needed = _find_port(point, answers)
    if point.name in _OF_OPERATORS and profile.origin.role == "viewer":
        needed = "a login with a higher role"
    elif point.name == "action_service_role" and answers["recording_templates"] is not None:
        needed = "a second login with the role viewer (device_check_viewer_username)"
    return ("need", needed) if needed else ("were", "not determined")


def _find_port(point: Point, answers: Mapping[str, Any]) -> str | None:
    """Return what a point of the connection needs if a port was not known, or did not respond."""
    challenge, needed = _OF_PORTS.get(point.name, ("", None))
    return needed if answers.get(challenge) is None else None


def describe_item(item: Mapping[str, Any]) -> str:
    """Return what a scratch item is, with its ID and its name."""
    name = item.get("name")
    named = f" ({name})" if name and name != item.get("id") else ""
    return f"{str(item['kind']).replace('_', ' ')} {item.get('id') or 'without an ID'}{named}"


def describe_removed(run: CheckRun) -> str:
    """Return what of earlier checks was removed, as a sentence without IDs."""
    counts = Counter(str(item["kind"]).replace("_", " ") for item in run.removed)
    items = (f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items())
    return f"Removed what an earlier check left: {', '.join(items)}."


def explain_leftover(item: Mapping[str, Any]) -> str:
    """Return what an operator has to know about what an earlier check left."""
    return REMOVE_LEFTOVERS + (_RULE_RECORDS if item["kind"] == "action_rule" else "")


def _find_unknown(profile: Profile) -> Iterator[str]:
    decisive = [point for point in find_open_points(profile) if may_limit(point, profile)]
    if decisive and "write" not in profile.origin.parts:
        yield _ONLY_READ
        decisive = [point for point in decisive if point.part == "read"]
    if not _has_read_disks(profile):
        yield _DISKS_UNKNOWN
    if higher := _find_higher_role(profile):
        decisive = [point for point in decisive if point.name not in _OF_OPERATORS]
        yield _TOO_LOW.format(role=profile.origin.role, higher=higher)
    for point in decisive:
        note = profile.find(point.name).note
        yield f"Open: {point.question}{f' ({note})' if note else ''}"


def _find_higher_role(profile: Profile) -> str | None:
    """Return the role that may read the action service, if that of the login may not."""
    answers, role = profile.answers, profile.origin.role
    if answers["recording_templates"] is not None or answers["action_service"] is False:
        return None
    if role == "viewer":
        return "operator, on some devices administrator"
    is_known = role is not None and answers["action_service_role"] == "administrator" != role
    return "administrator" if is_known else None


def _find_incidents(run: CheckRun) -> Iterator[str]:
    if run.remains:
        yield (
            f"{len(run.remains)} of the items that this check or an earlier one created could not be removed. Remove "
            "them as listed below, or run the check again."
        )
    if run.stopped is not None and not _is_passing(run):
        yield f"The check stopped before its end: {_describe_stop(run.stopped)} {_RUN_AGAIN}"


def _find_interruption(run: CheckRun) -> Iterator[str]:
    if run.stopped is not None and _is_passing(run):
        step = _NEXT_STEPS.get(run.stopped["kind"], "Run the check again.")
        yield f"The check ended early: {run.stopped['reason']} {_RUN_LATER.format(next_step=step)}"


def _is_passing(run: CheckRun) -> bool:
    """Return whether what ended a check says nothing about the behavior of the device."""
    return run.stopped is not None and (not run.has_written or run.stopped["kind"] in _PASSING_KINDS)


def _describe_stop(stopped: Mapping[str, Any]) -> str:
    point = BY_NAME.get(stopped["point"] or "")
    return f"{stopped['reason']} The question was: {point.question}" if point else str(stopped["reason"])


def _texts(effects: Sequence[Effect], kind: str) -> list[str]:
    return [effect.text for effect in effects if effect.kind == kind]


def _describe_disks(profile: Profile) -> str:
    disks = profile.state.get("disks") or ()
    return ", ".join(f"{disk.get('diskid')}: {find_disk_fault(disk)}" for disk in disks) or "it lists none"


def _is_announced(text: str) -> bool:
    """Return whether a task says so if it exceeds a limit; the other limits come first."""
    return _UNNOTICED not in text


def _find_missing_disk(profile: Profile) -> Iterator[str]:
    if _has_read_disks(profile) and not any(map(is_usable, profile.state.get("disks", ()))):
        yield _NO_DISK.format(disks=_describe_disks(profile))


def _has_read_disks(profile: Profile) -> bool:
    return "disks" in profile.state
