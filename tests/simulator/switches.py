# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the switches: one for each behavior that the API documentation leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, NamedTuple
from unicodedata import normalize


class SwitchDescription(NamedTuple):
    """The description of one switch; `choices` is empty for a number."""

    name: str
    choices: tuple[str, ...]
    default: object
    text: str


def _choice(*choices: str, text: str) -> Any:
    """Build a switch whose first choice is the default."""
    return field(default=choices[0], metadata={"choices": choices, "text": text})  # pylint: disable=invalid-field-call


def _flag(default: bool, text: str) -> Any:
    return field(default=default, metadata={"choices": ("true", "false"), "text": text})  # pylint: disable=invalid-field-call


def _number(default: int | None, text: str, *, none: bool = False) -> Any:
    return field(default=default, metadata={"choices": (), "none": none, "text": text})  # pylint: disable=invalid-field-call


@dataclass(frozen=True)
class Switches:
    """Behavior of recording groups and actions that the documentation leaves open; the defaults are the likely ones."""

    default_retention_time: int = _number(
        0, "1: the docs do not say which retention (hours) a group gets if create omits it."
    )
    default_pre_duration: int = _number(
        0, "1: the docs do not say which pre-duration (ms) a group gets if create omits it."
    )
    default_post_duration: int = _number(
        0, "1: the docs do not say which post-duration (ms) a group gets if create omits it."
    )
    max_groups: int = _number(100, "2: the docs do not say how many groups a device accepts before it returns 120.")
    disk_id_required: bool = _flag(
        False, "3: the docs do not say whether diskid is required; false: the device uses its default disk."
    )
    empty_text: str = _choice(
        "clears",
        "ignored",
        "error_20",
        text="4: the docs do not say what an empty nicename, description or streamoptions does in update.",
    )
    omitted_on_update: str = _choice(
        "kept", "reset", text="4: the docs do not say explicitly that arguments omitted in update keep their value."
    )
    list_unknown_id: str = _choice(
        "error_110", "empty", text="5: the docs do not say what list returns for an unknown ID."
    )
    unknown_disk: str = _choice(
        "error_20",
        "error_10",
        "accepted",
        text="6: the docs do not say what create returns for an unknown or unmounted disk; "
        "accepted: success, and the group is not listed while the disk has no medium.",
    )
    existing_id: str = _choice(
        "error_20",
        "error_10",
        "overwrite",
        text="7: the docs do not say what create returns for an ID that already exists.",
    )
    bad_argument: str = _choice(
        "error_20",
        "ignored",
        text="8: the docs do not say what an invalid ID or number does; ignored: as if it had been omitted.",
    )
    text_charset: str = _choice("utf-8", "iso-8859-1", text="9: the docs disagree about the charset of text arguments.")
    text_limit: int | None = _number(
        None, "9: the docs do not say how long nicename and description may be; longer ones are truncated.", none=True
    )
    text_form: str = _choice(
        "as_sent",
        "trimmed",
        "folded",
        "nfc",
        "nfd",
        text="9: the docs do not say whether names and descriptions are stored as sent; trimmed: without whitespace at "
        "their ends; folded: also with one blank for each run of whitespace; nfc, nfd: in a normalization form.",
    )
    retention_limit: int | None = _number(
        None, "10: the docs do not say how large retentiontime (hours) may be.", none=True
    )
    retention_over_limit: str = _choice(
        "error_20", "clamped", text="10: the docs do not say what a retentiontime over the limit does."
    )
    disk_age_combines: bool = _flag(
        False,
        "11: the docs do not say whether the disk's clean-up age (cleanupmaxage, days, policy fifo) "
        "also applies to recordings of groups.",
    )
    running_recording_blocks_delete: bool = _flag(
        False, "12: the docs do not say whether a running recording without an action makes delete return 140."
    )
    locked_recordings_survive: bool = _flag(
        False, "14: the docs do not say whether locked recordings survive retention and delete."
    )
    device_value: str = _choice(
        "as_sent",
        "upper",
        "lower",
        text="15: the docs do not say in which case list returns device= in stream options.",
    )
    stream_options_form: str = _choice(
        "verbatim",
        "reordered",
        "reencoded",
        "reordered_reencoded",
        text="16: the docs do not say whether list returns StreamOptions as sent; reordered: last pair first; "
        "reencoded: every character of a value percent-encoded in lowercase hex.",
    )
    post_allowed: bool = _flag(False, "17: the docs do not say whether POST works; false: 405.")
    recording_group_api: bool = _flag(
        True, "18: the docs do not say which products have the API; false: 404, and API discovery omits it."
    )
    action_service: bool = _flag(True, "18: the docs do not say which products have the action service; false: 404.")
    action_service_role: str = _choice(
        "operator",
        "viewer",
        "administrator",
        text="19: the docs do not say which role the action service requires, here for reads and writes.",
    )
    sha256_digest: bool = _flag(
        False, "20: the docs do not say whether devices offer SHA-256 digest; true: in addition to MD5, and before it."
    )
    action_checks_group: bool = _flag(
        False,
        "22: the docs do not say whether an action configuration may name a missing recording group; "
        "true: an InvalidActionConfigurationFault.",
    )
    reuse_ids: bool = _flag(
        False,
        "23: the docs do not say whether devices reuse the generated ID of a deleted group, rule, or configuration.",
    )
    duplicate_ids: str = _choice(
        "hidden",
        "listed",
        text="24: the docs do not say what happens to a group on an inserted card whose ID is in use; "
        "listed: list returns both, and update and delete apply to the first.",
    )
    foreign_groups_writable: bool = _flag(
        True,
        "24: the docs do not say whether groups on a card from another device can be changed; "
        "false: update and delete return 20.",
    )
    namespace_prefixes: str = _choice(
        "standard",
        "numbered",
        text="25: the docs do not specify the namespace prefixes in responses of the action service; "
        "numbered: ns1, ns2, and so on, in elements and topics.",
    )

    def __post_init__(self) -> None:
        for spec in fields(self):
            value = getattr(self, spec.name)
            choices = spec.metadata["choices"]
            if isinstance(spec.default, bool):
                valid = isinstance(value, bool)
            elif choices:
                valid = value in choices
            else:
                valid = (value is None and spec.metadata["none"]) or (
                    isinstance(value, int) and not isinstance(value, bool) and value >= 0
                )
            if not valid:
                allowed = ", ".join(choices) or "a number, 0 or more"
                raise ValueError(f"switch {spec.name}={value!r}: choose from {allowed}")

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
            values[name] = _value(text, number=not specs[name].metadata["choices"])
        return cls(**values)

    @classmethod
    def describe(cls) -> list[SwitchDescription]:
        """Return a description of every switch."""
        return [
            SwitchDescription(spec.name, spec.metadata["choices"], spec.default, spec.metadata["text"])
            for spec in fields(cls)
        ]


def _value(text: str, *, number: bool) -> object:
    lowered = text.lower()
    if number:
        return int(text) if text.isdecimal() else {"none": None}.get(lowered, text)
    return {"true": True, "false": False}.get(lowered, text)
