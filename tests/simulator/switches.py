# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the switches: one for each behavior that the API documentation leaves open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import partial
from typing import Any, ClassVar, Literal, NamedTuple, cast
from unicodedata import normalize

#: The answer of a profile to a question for a limit if there is none.
NO_LIMIT = "none"
TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")
DIGEST_MD5, DIGEST_SHA256, BASIC = "Digest MD5", "Digest SHA-256", "Basic"
#: In the place of challenges: the port refuses connections, redirects to HTTPS, or rejects requests without one.
CLOSED, REDIRECT, NO_CHALLENGE = "closed", "redirect", "none"
_VERSION = re.compile(r"[0-9]+\.[0-9]+")
_CHALLENGE = re.compile(r"(?!Digest$)[A-Za-z][\w-]*( [\w-]+)?", re.ASCII)
_FORMS = {"number": "NUMBER", "text": "TEXT", "list": "TEXT,TEXT,...", "map": "JSON"}
_APIS = (
    ("api-discovery", "1.1"),
    ("basic-device-info", "1.3"),
    ("disk-management", "1.0"),
    ("disk-properties", "1.1"),
    ("recording", "1.0"),
    ("recording-export", "1.3"),
    ("recording-group", "1.0"),
    ("recording-storage-limit", "1.0"),
    ("user-management", "1.1"),
)
_RECORDING_PARAMETERS = "stream_options, pre_duration, post_duration, storage_id"
_RECORDING_TEMPLATES = (
    ("com.axis.action.fixed.recording.storage", _RECORDING_PARAMETERS),
    ("com.axis.action.unlimited.recording.storage", _RECORDING_PARAMETERS),
    ("com.axis.action.unlimited.recording_group.storage", "recording_group_id"),
)
_GROUP_ATTRIBUTES = (
    "RecordingGroupId",
    "NiceName",
    "Description",
    "RetentionTime",
    "DiskId",
    "StreamOptions",
    "PreDuration",
    "PostDuration",
)


class SwitchDescription(NamedTuple):
    """The description of one switch: `form` as in the points of a device check; `choices` of a choice or a flag."""

    name: str
    form: str
    choices: tuple[str, ...]
    default: object
    text: str

    @property
    def values(self) -> str:
        """Return how the command line shows the possible values."""
        return "|".join(self.choices) or _FORMS[self.form]

    @property
    def default_text(self) -> str:
        """Return how the command line shows the default."""
        if self.form == "map":
            return json.dumps(dict(cast("tuple[tuple[str, str], ...]", self.default)), separators=(",", ":"))
        if self.form == "list":
            return ",".join(cast("tuple[str, ...]", self.default))
        return str(self.default).lower() if self.form in ("flag", "number") else str(self.default) or '""'


def _choice(*choices: str, text: str) -> Any:
    """Build a switch whose first choice is the default."""
    return _field(choices[0], "choice", text, choices)


def _flag(default: bool, text: str) -> Any:
    return _field(default, "flag", text, ("true", "false"))


def _number(default: int | None, text: str, *, none: bool = False) -> Any:
    return _field(default, "number", text, none=none)


def _text(default: str, text: str) -> Any:
    return _field(default, "text", text)


def _list(*default: str, text: str) -> Any:
    return _field(default, "list", text)


def _map(*default: tuple[str, str], text: str) -> Any:
    return _field(default, "map", text)


def _field(default: object, form: str, text: str, choices: tuple[str, ...] = (), *, none: bool = False) -> Any:
    metadata = {"form": form, "choices": choices, "none": none, "text": text}
    return field(default=default, metadata=metadata)  # pylint: disable=invalid-field-call


@dataclass(frozen=True)
class Switches:
    """Behavior that the documentation leaves open, or in which devices differ; the defaults are the likely ones.

    The names and choices are those of the points of a device check. A list is a tuple; a map is a sorted tuple of
    pairs, and can be given as a mapping.
    """

    default_retention_time: int = _number(
        0, "the docs do not say which retention (hours) a group gets if create omits it."
    )
    default_pre_duration: int = _number(
        0, "the docs do not say which pre-duration (ms) a group gets if create omits it."
    )
    default_post_duration: int = _number(
        0, "the docs do not say which post-duration (ms) a group gets if create omits it."
    )
    max_groups: int = _number(100, "the docs do not say how many groups a device accepts before it returns 120.")
    disk_id_required: bool = _flag(
        False, "the docs do not say whether diskid is required; false: the device uses its default disk."
    )
    empty_text: str = _choice(
        "clears",
        "ignored",
        "error_20",
        text="the docs do not say what an empty nicename, description or streamoptions does in update.",
    )
    omitted_on_update: str = _choice(
        "kept", "reset", text="the docs do not say explicitly that arguments omitted in update keep their value."
    )
    list_unknown_id: str = _choice(
        "error_110", "empty", text="the docs do not say what list returns for an unknown ID."
    )
    unknown_disk: str = _choice(
        "error_20",
        "error_10",
        "accepted",
        text="the docs do not say what create returns for an unknown or unmounted disk; "
        "accepted: success; the group is not listed while the disk has no medium, but found by its ID.",
    )
    existing_id: str = _choice(
        "error_20",
        "error_10",
        "overwrite",
        text="the docs do not say what create returns for an ID that already exists.",
    )
    bad_argument: str = _choice(
        "error_20",
        "ignored",
        text="the docs do not say what an invalid ID or number does; ignored: as if it had been omitted.",
    )
    text_charset: str = _choice("utf-8", "iso-8859-1", text="the docs disagree about the charset of text arguments.")
    text_limit: int | None = _number(
        None, "the docs do not say how long nicename and description may be; longer ones are truncated.", none=True
    )
    text_form: str = _choice(
        "as_sent",
        "trimmed",
        "folded",
        "nfc",
        "nfd",
        text="the docs do not say whether names and descriptions are stored as sent; trimmed: without whitespace at "
        "their ends; folded: also with one space for each run of whitespace; nfc, nfd: in a normalization form.",
    )
    retention_limit: int | None = _number(
        None, "the docs do not say how large retentiontime (hours) may be.", none=True
    )
    retention_over_limit: str = _choice(
        "error_20", "clamped", text="the docs do not say what a retentiontime over the limit does."
    )
    disk_age_combines: bool = _flag(
        False,
        "the docs do not say whether the disk's clean-up age (cleanupmaxage, days, policy fifo) "
        "also applies to recordings of groups.",
    )
    running_recording_blocks_delete: bool = _flag(
        False, "the docs do not say whether a running recording without an action makes delete return 140."
    )
    locked_recordings_survive: bool = _flag(
        False, "the docs do not say whether locked recordings survive retention and delete."
    )
    device_value: str = _choice(
        "as_sent",
        "upper",
        "lower",
        text="the docs do not say in which case list returns device= in stream options.",
    )
    stream_options_form: str = _choice(
        "verbatim",
        "reordered",
        "reencoded",
        "reordered_reencoded",
        text="the docs do not say whether list returns StreamOptions as sent; reordered: last pair first; "
        "reencoded: every character of a value percent-encoded in lowercase hex.",
    )
    post_allowed: bool = _flag(False, "the docs do not say whether POST works; false: 405.")
    recording_group_api: bool = _flag(
        True, "the docs do not say which products have the API; false: 404, and API discovery omits it."
    )
    action_service: bool = _flag(True, "the docs do not say which products have the action service; false: 404.")
    action_service_role: str = _choice(
        "operator",
        "viewer",
        "administrator",
        text="the docs do not say which role the action service requires, here for reads and writes.",
    )
    sha256_digest: bool = _flag(
        False, "the docs do not say whether devices offer SHA-256 digest; true: in addition to MD5, and before it."
    )
    action_checks_group: bool = _flag(
        False,
        "the docs do not say whether an action configuration may name a missing recording group; "
        "true: an InvalidActionConfigurationFault.",
    )
    recording_split: int | None = _number(
        None,
        "AXIS OS 13 continues a running recording with a new ID after a time (minutes), at most 24 hours.",
        none=True,
    )
    retention_applies: bool = _flag(
        True,
        "the docs do not say when a device deletes recordings after the retention of their group; false: never.",
    )
    reuse_ids: bool = _flag(
        False,
        "the docs do not say whether devices reuse the generated ID of a deleted group, rule, or configuration.",
    )
    duplicate_ids: str = _choice(
        "hidden",
        "listed",
        text="the docs do not say what happens to a group on an inserted card whose ID is in use; "
        "listed: list returns both, and update and delete apply to the first.",
    )
    foreign_groups_writable: bool = _flag(
        True,
        "the docs do not say whether groups on a card from another device can be changed; "
        "false: update and delete return 20.",
    )
    namespace_prefixes: str = _choice(
        "standard",
        "numbered",
        text="the docs do not specify the namespace prefixes in responses of the action service; "
        "numbered: ns1, ns2, and so on, in elements and topics.",
    )

    apis: tuple[tuple[str, str], ...] = _map(
        *_APIS, text="the APIs that API discovery lists, with their versions; several versions with a comma."
    )
    rest_apis: tuple[tuple[str, str], ...] = _map(
        text="the REST APIs that /config/discover lists, with their versions; none: 404.",
    )
    schema_versions: tuple[str, ...] = _list(
        "1.0", text="the schema versions that the recording group API offers, in ascending order."
    )
    device_info_version: str = _text(
        "1.3", "the version of basic device information; none: 404, and API discovery omits it."
    )
    json_charset: str = _text("", "the charset that the JSON responses of the CGIs declare.")
    recording_templates: tuple[tuple[str, str], ...] = _map(
        *_RECORDING_TEMPLATES, text="the action templates that record, with the names of their parameters."
    )
    storage_parameters: str = _choice(
        "present",
        "removed",
        "no_param_cgi",
        text="whether param.cgi lists the clean-up settings of disks; AXIS OS 13 removed them.",
    )
    http_challenge: tuple[str, ...] = _list(
        DIGEST_MD5,
        text="the authentication over HTTP with the policy Recommended: Digest MD5, Digest SHA-256, Basic; "
        "closed: the port refuses connections; redirect: to HTTPS; none: 401 without a challenge.",
    )
    https_challenge: tuple[str, ...] = _list(BASIC, text="the same over HTTPS.")
    challenge_body: str = _choice("html", "json", text="the form of the body of a challenge (401).")
    challenge_chunked: bool = _flag(False, "whether the body of a challenge is sent in chunks.")
    offers_http2: bool = _flag(False, "whether a challenge over HTTP offers HTTP/2 (Upgrade: h2).")
    closes_after_401: bool = _flag(False, "whether the device closes the connection after a challenge.")
    tls_versions: tuple[str, ...] = _list(
        "1.2", "1.3", text="the versions of TLS, without a gap; AXIS OS 12 removed 1.0 and 1.1."
    )
    discovery_needs_login: bool = _flag(False, "whether API discovery requires a login; AXIS OS 9.80 and 10.12 do.")
    device_info_needs_login: bool = _flag(False, "whether the unrestricted properties of the device require a login.")
    group_attributes: tuple[str, ...] = _list(
        *_GROUP_ATTRIBUTES, text="the attributes of a group in list.cgi, in their order."
    )
    disk_attributes: str = _choice(
        "documented", "shortened", text="how disks/list.cgi names the attribute for encryption."
    )
    topic_ending: str = _text("", "what the device appends to the topics of conditions.")

    _given: ClassVar[frozenset[str]]

    def __new__(cls, **given: object) -> Switches:
        """Remember which values are given, so that the others are those of a profile."""
        switches = super().__new__(cls)
        names = set(given)
        if len(names) == len(fields(cls)):
            # `replace` gives every value.
            names = {spec.name for spec in fields(cls) if given[spec.name] != spec.default}
        object.__setattr__(switches, "_given", frozenset(names))
        return switches

    def __post_init__(self) -> None:
        for spec in fields(self):
            object.__setattr__(self, spec.name, _checked(spec, getattr(self, spec.name)))

    @classmethod
    def from_answers(cls, answers: Mapping[str, Any]) -> Switches:
        """Build the switches of a profile; an unknown answer (null) is the default."""
        specs = {spec.name: spec for spec in fields(cls)}
        known: dict[str, Any] = {
            name: None if answer == NO_LIMIT and specs[name].metadata["none"] else answer
            for name, answer in answers.items()
            if name in specs and answer is not None
        }
        return cls(**known)

    @property
    def answers(self) -> dict[str, Any]:
        """Return the values in the form of a profile."""
        return {spec.name: _answer(spec, getattr(self, spec.name)) for spec in fields(self)}

    @property
    def closed_schemes(self) -> tuple[Literal["http", "https"], ...]:
        """Return the schemes whose port refuses connections."""
        sides: dict[Literal["http", "https"], tuple[str, ...]] = {
            "http": self.http_challenge,
            "https": self.https_challenge,
        }
        return tuple(scheme for scheme, challenge in sides.items() if challenge == (CLOSED,))

    @property
    def default_scheme(self) -> Literal["http", "https"]:
        return "https" if self.http_challenge in ((CLOSED,), (REDIRECT,)) else "http"

    def overridden_by(self, other: Switches | None) -> Switches:
        """Return these switches with the values that were given to `other`."""
        if other is None:
            return self
        return replace(self, **{name: getattr(other, name) for name in other._given})

    def reform(self, text: str) -> str:
        """Return a name or a description in the form in which the device stores it."""
        forms: dict[str, Callable[[str], str]] = {
            "trimmed": str.strip,
            "folded": lambda text: " ".join(text.split()),
            "nfc": partial(normalize, "NFC"),
            "nfd": partial(normalize, "NFD"),
        }
        return forms.get(self.text_form, str)(text)

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Switches:
        """Parse `name=value` texts of the command line; `none` removes a limit."""
        specs = {spec.name: spec for spec in fields(cls)}
        values: dict[str, Any] = {}
        for setting in settings:
            name, _unused, text = setting.partition("=")
            if name not in specs:
                raise ValueError(f"unknown switch {name!r}: choose from {', '.join(specs)}")
            values[name] = _value(specs[name], text)
        return cls(**values)

    @classmethod
    def describe(cls) -> list[SwitchDescription]:
        """Return a description of every switch."""
        return [
            SwitchDescription(
                spec.name, spec.metadata["form"], spec.metadata["choices"], spec.default, spec.metadata["text"]
            )
            for spec in fields(cls)
        ]


def _value(spec: Field[Any], text: str) -> object:
    """Parse the text of the command line."""
    form = spec.metadata["form"]
    if form == "number":
        return int(text) if text.isdecimal() else {NO_LIMIT: None}.get(text.lower(), text)
    if form == "flag":
        return {"true": True, "false": False}.get(text.lower(), text)
    if form in ("list", "map"):
        try:
            return json.loads(text) if text.startswith(("[", "{")) else tuple(text.split(",")) if text else ()
        except ValueError:
            raise ValueError(f"switch {spec.name}={text!r}: this is not valid JSON") from None
    return text


def _checked(spec: Field[Any], value: Any) -> object:
    """Return the value in its canonical form; raise ValueError for one that is not valid."""
    form, choices = spec.metadata["form"], spec.metadata["choices"]
    if form == "map":
        pairs = _pairs(value.items() if isinstance(value, Mapping) else value)
        valid = pairs is not None
        value = value if pairs is None else tuple(sorted(pairs))
    elif form == "list":
        valid = isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)
        value = tuple(value) if valid else value
        valid = valid and _LISTS.get(spec.name, bool)(value)
    elif form == "number":
        valid = (value is None and spec.metadata["none"]) or (
            isinstance(value, int) and not isinstance(value, bool) and value >= 0
        )
    else:
        valid = isinstance(value, bool) if form == "flag" else isinstance(value, str)
        valid = valid and (form != "choice" or value in choices)
    if spec.name == "device_info_version":
        valid = valid and (value == NO_LIMIT or _VERSION.fullmatch(value) is not None)
    if not valid:
        allowed = ", ".join(choices) or _ALLOWED.get(spec.name, _ALLOWED[form])
        raise ValueError(f"switch {spec.name}={value!r}: choose from {allowed}")
    return value


def _pairs(items: Any) -> list[tuple[str, str]] | None:
    """Return pairs of texts, or None if the items are something else."""
    try:
        found = [(key, text, isinstance(item, str)) for item in items for key, text in (item,)]
    except (TypeError, ValueError):
        return None
    if any(is_text or not isinstance(key, str) or not isinstance(text, str) for key, text, is_text in found):
        return None
    return [(key, text) for key, text, _is_text in found]


def _answer(spec: Field[Any], value: Any) -> object:
    if spec.metadata["form"] == "map":
        return dict(value)
    if spec.metadata["form"] == "list":
        return list(value)
    return NO_LIMIT if value is None else value


def _are_challenges(values: tuple[str, ...]) -> bool:
    """Return whether each is a scheme, for digest with its algorithm; others are offered, but never accepted."""
    alone = {CLOSED, REDIRECT, NO_CHALLENGE} & set(values)
    return len(values) == 1 if alone else all(_CHALLENGE.fullmatch(value) for value in values)


def _are_tls_versions(values: tuple[str, ...]) -> bool:
    """Return whether these are all versions between two: Python can only set the lowest and the highest."""
    text = ",".join(TLS_VERSIONS)
    return ",".join(values) in text and set(values) <= set(TLS_VERSIONS)


def _are_schema_versions(values: tuple[str, ...]) -> bool:
    return bool(values) and all(_VERSION.fullmatch(value) for value in values)


_LISTS: dict[str, Callable[[tuple[str, ...]], bool]] = {
    "http_challenge": _are_challenges,
    "https_challenge": _are_challenges,
    "tls_versions": _are_tls_versions,
    "schema_versions": _are_schema_versions,
}
_CHALLENGES = ", ".join((DIGEST_MD5, DIGEST_SHA256, BASIC, CLOSED, REDIRECT, NO_CHALLENGE))
_ALLOWED = {
    "number": "a number, 0 or more",
    "text": "texts",
    "list": "lists of texts",
    "map": "texts by text",
    "device_info_version": "versions, such as 1.3, and none",
    "http_challenge": _CHALLENGES,
    "https_challenge": _CHALLENGES,
    "tls_versions": f"{', '.join(TLS_VERSIONS)}, without a gap",
    "schema_versions": "versions, such as 1.0",
}
