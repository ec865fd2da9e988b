# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection does about the behavior of a device: an effect for each answer of a device check.

Pure. `tests/unit/plugins/module_utils/_tasks/device_check/test_effects.py` names the test that proves each effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import GROUP_TEMPLATE
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, Point
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import NO_LIMIT

#: ``irrelevant``: the collection does not depend on it. ``copes``: every task has its result. ``limits``: a task may be
#: refused, or fail with an explanation, or recordings are kept for a different time than the policy says.
#: ``unsupported``: the collection cannot manage the device.
EffectKind = Literal["irrelevant", "copes", "limits", "unsupported"]
#: from harmless to severe
EFFECT_KINDS: tuple[EffectKind, ...] = ("irrelevant", "copes", "limits", "unsupported")
_REDIRECT, _NO_CHALLENGE = "redirect", "none"
_SUPPORTED_TLS = frozenset({"1.2", "1.3"})


@dataclass(frozen=True, slots=True)
class Effect:
    """What the collection does about one answer.

    :param text: one or two sentences for an operator.
    """

    kind: EffectKind
    text: str


def effect_of(point: str, answer: object) -> Effect:
    """Return the effect of an answer; of an unknown answer (None), the most severe one that is possible.

    :raises KeyError: there is no such point.
    """
    described = BY_NAME[point]
    effects = _EFFECTS[point]
    if answer is None:
        return max((effect_of(point, item) for item in possible_answers(described)), key=_severity)
    if described.form in ("choice", "flag") and answer not in possible_answers(described):
        return Effect("limits", "The collection does not know this answer, so no test covers it.")
    return effects(answer) if callable(effects) else effects[answer]


def possible_answers(point: Point) -> tuple[object, ...]:
    """Return all answers of a choice or a flag, and typical ones of other forms."""
    if point.form == "choice":
        return point.choices
    if point.form == "flag":
        return (True, False)
    return _EXAMPLES[point.name]


def _severity(effect: Effect) -> int:
    return EFFECT_KINDS.index(effect.kind)


def _irrelevant(text: str) -> Callable[[object], Effect]:
    return lambda _answer: Effect("irrelevant", text)


def _copes(text: str) -> Callable[[object], Effect]:
    return lambda _answer: Effect("copes", text)


def _limited(unlimited: str, limited: str) -> Callable[[object], Effect]:
    """Return the effects of a number that may be no limit; ``limited`` has it as ``{limit}``, or as ``{time}``."""

    def effect(answer: object) -> Effect:
        if answer == NO_LIMIT:
            return Effect("copes", unlimited)
        time = format_retention_time(answer) if isinstance(answer, int) else answer
        return Effect("limits", limited.format(limit=answer, time=time))

    return effect


def _texts(answer: object) -> tuple[str, ...]:
    return tuple(map(str, answer)) if isinstance(answer, list | tuple) else ()


def _schema_versions(answer: object) -> Effect:
    if any(version.split(".")[0] == "1" for version in _texts(answer)):
        return Effect("copes", "The collection requests version 1, and ignores elements of newer minor versions.")
    return Effect(
        "unsupported",
        "The collection requires version 1. A task fails with the error unsupported, which lists the versions of the "
        "device.",
    )


def _recording_templates(answer: object) -> Effect:
    if isinstance(answer, Mapping) and GROUP_TEMPLATE in answer:
        return Effect("copes", f"The collection creates recording actions with the template {GROUP_TEMPLATE}.")
    return Effect(
        "limits",
        f"The device does not have the template {GROUP_TEMPLATE}. A task that sets a recording action fails with the "
        "error unsupported; groups and audits are not affected.",
    )


_WITHOUT_CHALLENGE = Effect(
    "limits",
    "Without a challenge, the collection sends no login. If the device requires one, each task fails with the error "
    "authentication.",
)


def _http_challenge(answer: object) -> Effect:
    schemes = _texts(answer)
    if _NO_CHALLENGE in schemes:
        return _WITHOUT_CHALLENGE
    if any(scheme.startswith("Digest") for scheme in schemes):
        return Effect("copes", "The collection uses digest authentication over HTTP. HTTPS is its default.")
    if "closed" in schemes:
        return Effect("copes", "The collection uses HTTPS by default and needs no HTTP port.")
    if _REDIRECT in schemes:
        return Effect("copes", "The collection uses HTTPS by default. It does not follow a redirect.")
    return Effect("limits", "The collection never sends a Basic login over HTTP. Use HTTPS, which is the default.")


def _https_challenge(answer: object) -> Effect:
    schemes = _texts(answer)
    if _NO_CHALLENGE in schemes:
        return _WITHOUT_CHALLENGE
    if any(scheme.startswith(("Digest", "Basic")) for scheme in schemes):
        return Effect("copes", "The collection uses what the device offers, digest before Basic.")
    if "closed" in schemes:
        return Effect("limits", "The device has no HTTPS port. Set axis_protocol to http, or enable HTTPS.")
    if _REDIRECT in schemes:
        return Effect("limits", "The collection does not follow a redirect. Set axis_port to that of the device.")
    return Effect("unsupported", "The collection supports digest and Basic authentication only.")


def _tls_versions(answer: object) -> Effect:
    versions = _texts(answer)
    if _SUPPORTED_TLS.intersection(versions):
        return Effect("copes", "The collection uses TLS 1.2 or 1.3.")
    return Effect(
        "limits", "The collection requires TLS 1.2. Over HTTPS, a task fails and says that the version is too old."
    )


def _group_attributes(answer: object) -> Effect:
    listed = _texts(answer)
    if "RecordingGroupId" not in listed or "RetentionTime" not in listed:
        return Effect(
            "unsupported",
            "The collection requires the ID and the retention time of each group. A task fails with the error "
            "malformed_response.",
        )
    return Effect("copes", "The collection reads attributes by name, in any order, and ignores others.")


def _topic_ending(answer: object) -> Effect:
    if answer in ("", "//."):
        return Effect("copes", "The collection ignores this ending when it compares the conditions of rules.")
    return Effect(
        "limits",
        "The collection does not know what the device appends to the topics of conditions, so it regards the "
        "conditions of a rule as different. Report this profile.",
    )


def _recording_split(answer: object) -> Effect:
    if answer == NO_LIMIT:
        return Effect("copes", "The age of recordings is that of the oldest one.")
    return Effect(
        "copes",
        f"A continuous recording has a new ID after {answer} minutes. The collection reads only the oldest and the "
        "newest recording of a disk, so their number does not matter.",
    )


_DEFAULT = (
    "A group gets this value if a task does not set the field. The result shows it, and later runs do not change it."
)
_BOTH_FORMS = "The collection supports this form."
_UNKNOWN_DISK = (
    "The collection reads the disks before it creates a group, and refuses a disk that is missing or not usable with "
    "the error disk_unavailable."
)
_EXISTING_ID = "The collection lists the groups first, and updates a group that exists instead of creating it."
_BAD_ARGUMENT = "The collection checks IDs and numbers before the first request, and refuses invalid ones."
_TEXT_FORM = (
    "The collection compares names and descriptions without regard to whitespace at their ends, runs of whitespace, "
    "and Unicode normalization, so a second run changes nothing."
)
_STREAM_OPTIONS = (
    "The collection compares stream options without regard to their order and encoding, so a second run changes "
    "nothing."
)
_DEVICE_VALUE = "The collection ignores the case of device= when it compares stream options."
_ONLY_VERIFIED = (
    "Only an audit with retention_policy_verify_recordings finds this, with the verdict {} of the disk; without it, "
    "the host counts as compliant."
)
_OVER_LIMIT = "A retention time over the limit fails with an explanation, and the policy is not compliant."
_EFFECTS: dict[str, Mapping[object, Effect] | Callable[[object], Effect]] = {
    "recording_group_api": {
        True: Effect("copes", "The collection manages the recording groups of the device."),
        False: Effect(
            "unsupported",
            "The device does not have the recording group API: leave such devices out of the roll-out, or check again "
            "after an upgrade of AXIS OS. Each task fails with the error unsupported, and writes nothing.",
        ),
    },
    "action_service": {
        True: Effect("copes", "The collection manages recording actions."),
        False: Effect(
            "limits",
            "The device does not have the action service. A task that sets a recording action fails with the error "
            "unsupported. Groups and audits are not affected.",
        ),
    },
    "apis": _irrelevant("The collection calls the APIs themselves and does not depend on the list."),
    "rest_apis": _irrelevant("The collection does not use REST APIs."),
    "schema_versions": _schema_versions,
    "device_info_version": _irrelevant(
        "The collection reads model and firmware with the methods of each version. Before version 1.2, it needs an "
        "operator for them."
    ),
    "json_charset": _irrelevant("The collection reads JSON as UTF-8, which is its only charset."),
    "recording_templates": _recording_templates,
    "storage_parameters": _irrelevant("The collection reads disks/list.cgi and does not use param.cgi."),
    "http_challenge": _http_challenge,
    "https_challenge": _https_challenge,
    "challenge_body": _irrelevant("The collection does not read the body of a challenge."),
    "challenge_chunked": _copes("The collection reads bodies in chunks."),
    "offers_http2": _copes("The collection stays with HTTP/1.1."),
    "closes_after_401": _copes("The collection keeps a connection that stays open, and reconnects otherwise."),
    "sha256_digest": _copes("The collection supports SHA-256 and MD5, and prefers SHA-256."),
    "tls_versions": _tls_versions,
    "discovery_needs_login": _copes("The collection sends its login if API discovery requires one."),
    "device_info_needs_login": _copes(
        "The collection sends its login if the device requires one. Then, the serial number cannot be checked before "
        "the login."
    ),
    "action_service_role": {
        "operator": Effect("copes", "An operator can do everything that the collection does."),
        "viewer": Effect("copes", "An operator can do everything that the collection does."),
        "administrator": Effect(
            "limits",
            "Recording actions require an account with the role administrator. With an operator, a task that sets one "
            "fails with the error forbidden; groups and audits are not affected.",
        ),
    },
    "group_attributes": _group_attributes,
    "disk_attributes": _copes(_BOTH_FORMS),
    "namespace_prefixes": _copes("The collection identifies elements and topics by namespace, not by prefix."),
    "topic_ending": _topic_ending,
    "list_unknown_id": _irrelevant("The collection always lists all groups."),
    "post_allowed": _irrelevant("The collection uses GET."),
    "default_retention_time": _copes(_DEFAULT),
    "default_pre_duration": _copes(_DEFAULT),
    "default_post_duration": _copes(_DEFAULT),
    "disk_id_required": {
        False: Effect("copes", "The device selects its default disk if a task does not set disk_id."),
        True: Effect(
            "limits",
            "A task that creates a group has to set disk_id. Without it, the creation fails and the error lists the "
            "usable disks.",
        ),
    },
    "unknown_disk": _copes(_UNKNOWN_DISK),
    "existing_id": _copes(_EXISTING_ID),
    "bad_argument": _copes(_BAD_ARGUMENT),
    "text_charset": {
        "utf-8": Effect("copes", "Names and descriptions can have any characters."),
        "iso-8859-1": Effect(
            "limits",
            "Names and descriptions have to be ASCII. Others fail with the error not_applied, which says that the "
            "device does not read UTF-8.",
        ),
    },
    "text_limit": _limited(
        "Names and descriptions are not cut.",
        "A name or description of more than {limit} characters fails with the error not_applied, which says where the "
        "device cut it. A group that is identified by its name is not created twice.",
    ),
    "text_form": _copes(_TEXT_FORM),
    "retention_limit": _limited(
        "Every retention time can be set.",
        "A retention time of more than {time} fails with an explanation, and the policy is not compliant.",
    ),
    "retention_over_limit": {
        "error_20": Effect("limits", f"{_OVER_LIMIT} The group keeps its earlier retention time."),
        "clamped": Effect("limits", f"{_OVER_LIMIT} The error not_applied has the limit of the device."),
    },
    "stream_options_form": _copes(_STREAM_OPTIONS),
    "device_value": _copes(_DEVICE_VALUE),
    "empty_text": {
        "clears": Effect("copes", "An empty name, description, or stream_options clears the field."),
        "ignored": Effect(
            "limits",
            "The device never clears a text. A task that sets an empty one fails with the error not_applied, which "
            "says so.",
        ),
        "error_20": Effect(
            "limits",
            "The device rejects empty texts. A task that sets one fails with the error invalid_request, which says so.",
        ),
    },
    "omitted_on_update": {
        "kept": Effect("copes", "An update changes only what a task sets."),
        "reset": Effect(
            "copes",
            "The collection repeats the other fields in each update, so nothing is reset. A text that cannot be "
            "repeated safely is sent again after the update, and an update that could lose recordings is refused.",
        ),
    },
    "action_checks_group": _copes("The collection creates the group before its recording action."),
    "reuse_ids": _copes("The collection checks what an ID belongs to before each change."),
    "running_recording_blocks_delete": {
        False: Effect("copes", "A group can be deleted as soon as no recording action uses it."),
        True: Effect(
            "limits",
            "The deletion of a group fails with the error group_in_use while a recording runs. The next run deletes "
            "it.",
        ),
    },
    "recording_split": _recording_split,
    "retention_applies": {
        True: Effect("copes", "Recordings expire as the policy says."),
        False: Effect(
            "limits",
            "The device does not delete recordings after the retention time of their group: do not proceed if your "
            "policies have to delete video. " + _ONLY_VERIFIED.format("overdue"),
        ),
    },
    "disk_age_combines": {
        False: Effect("copes", "The retention time of the group is decisive."),
        True: Effect(
            "limits",
            "A disk whose age limit is shorter deletes recordings before their retention time. "
            + _ONLY_VERIFIED.format("conflicting_cleanup"),
        ),
    },
    "max_groups": _limited(
        "The device has no limit.",
        "The creation of more than {limit} groups fails with the error group_limit. The other groups are not affected.",
    ),
    "locked_recordings_survive": {
        False: Effect("copes", "Recordings expire as the policy says."),
        True: Effect(
            "limits",
            f"Locked recordings are kept longer than the policy says. {_ONLY_VERIFIED.format('overdue')}",
        ),
    },
    "duplicate_ids": {
        "hidden": Effect("copes", "Only one of the groups is visible."),
        "listed": Effect(
            "limits",
            "The collection refuses to change a group whose ID is listed twice, with the error ambiguous.",
        ),
    },
    "foreign_groups_writable": {
        True: Effect("copes", "Groups on a card of another device are managed like others."),
        False: Effect("limits", "Changes of groups on a card of another device fail with the error invalid_request."),
    },
}
_EXAMPLES: dict[str, tuple[object, ...]] = {
    "apis": ({"recording-group": "1.0"}, {}),
    "rest_apis": ({"recording-group/v2": "2.4.2 released"}, {}),
    "schema_versions": (["1.0"], ["1.0 deprecated", "2.0"], ["2.0"]),
    "device_info_version": ("1.3", "1.1"),
    "json_charset": ("", "utf8"),
    "recording_templates": ({GROUP_TEMPLATE: "recording_group_id"}, {}),
    "http_challenge": (["Digest MD5"], ["closed"], ["redirect"], ["none"], ["Basic"]),
    "https_challenge": (["Basic"], ["Digest MD5"], ["none"], ["redirect"], ["closed"], []),
    "tls_versions": (["1.2", "1.3"], ["1.0", "1.1"]),
    "group_attributes": (["RecordingGroupId", "RetentionTime"], ["RecordingGroupId"]),
    "topic_ending": ("", "//.", "/*"),
    "default_retention_time": (0, 720),
    "default_pre_duration": (0, 5000),
    "default_post_duration": (0, 5000),
    "text_limit": (NO_LIMIT, 64),
    "retention_limit": (NO_LIMIT, 1000),
    "recording_split": (NO_LIMIT, 60),
    "max_groups": (NO_LIMIT, 100),
}
