# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A draft of a policy: rules and entries, and the variables of one inventory group or host that set them."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import MAX_HOURS, UNLIMITED
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import build_patterns
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_pattern
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Match

GROUPS = "retention_policy_groups"
RULES = "retention_policy_existing_groups"
NO_GROUPS = "retention_policy_no_groups"
_MAX_DURATION = 2**31 - 1
_CLASS = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a rule or an entry sets; ``None`` for a value that is not known, or that no option can have."""

    #: hours, 0 is unlimited
    retention_time: int | None = None
    #: milliseconds
    pre_duration: int | None = None
    #: milliseconds
    post_duration: int | None = None

    @property
    def sort_key(self) -> tuple[int, int, int]:
        """Return a key to sort by that also takes unknown values."""
        values = (self.retention_time, self.pre_duration, self.post_duration)
        one, two, three = (-1 if value is None else value for value in values)
        return one, two, three

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of a rule or an entry."""
        values = {
            "retention_time": None if self.retention_time is None else write_retention_time(self.retention_time),
            "pre_duration": self.pre_duration,
            "post_duration": self.post_duration,
        }
        return {name: value for name, value in values.items() if value is not None}


def read_settings(group: RecordingGroup) -> Settings:
    """Return the settings of a group on a device."""
    return Settings(
        _within(group.retention_time, MAX_HOURS),
        _within(group.pre_duration, _MAX_DURATION),
        _within(group.post_duration, _MAX_DURATION),
    )


def _within(value: int | None, highest: int) -> int | None:
    return value if value is not None and 0 <= value <= highest else None


def write_retention_time(hours: int) -> str:
    """Return ``30d``, ``36h``, or ``unlimited`` as users write it."""
    if hours == UNLIMITED:
        return "unlimited"
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """The globs of a rule, as users write them."""

    recording_group_id: str | None = None
    nice_name: str | None = None
    stream_options: tuple[tuple[str, str], ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of ``match``."""
        values = {
            "recording_group_id": self.recording_group_id,
            "nice_name": self.nice_name,
            "stream_options": dict(self.stream_options),
        }
        return {name: value for name, value in values.items() if value}

    @property
    def is_wide(self) -> bool:
        """Return whether a glob is for texts of any length."""
        return any("*" in _CLASS.sub("", glob or "") for glob in (self.recording_group_id, self.nice_name))

    def build(self) -> Match:
        """Return the match of the planner."""
        return _build_match(self)


# The policy of a site is compared with each of its cameras.
@lru_cache(maxsize=1024)
def _build_match(match: RuleMatch) -> Match:
    patterns = build_patterns(dict(match.stream_options), Option("stream_options"))
    nice_name = fold_pattern(match.nice_name) if match.nice_name else None
    return Match(match.recording_group_id, nice_name, patterns)


@dataclass(frozen=True, slots=True)
class DraftRule:
    """Settings of the existing groups that match."""

    match: RuleMatch
    settings: Settings

    @property
    def options(self) -> dict[str, Any]:
        """Return the rule as users write it."""
        return {"match": self.match.options, **self.settings.options}

    @property
    def sort_key(self) -> tuple[str, str, tuple[tuple[str, str], ...], tuple[int, int, int]]:
        """Return a key to sort rules by."""
        match = self.match
        return match.recording_group_id or "", match.nice_name or "", match.stream_options, self.settings.sort_key


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """A group that a camera must have, with its recording action."""

    #: option and value that identify it
    identity: tuple[str, str]
    settings: Settings
    #: what ``recording`` accepts, as JSON
    recording: str
    #: further options with their values as JSON, by name
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """Return the entry as users write it."""
        return {
            self.identity[0]: self.identity[1],
            **{name: json.loads(value) for name, value in self.texts},
            **self.settings.options,
            "recording": json.loads(self.recording),
        }


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """The policy of one inventory group or host. Rules do not depend on their order."""

    rules: tuple[DraftRule, ...] = ()
    entries: tuple[DraftEntry, ...] = ()
    no_groups: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """Return each variable with its value, also if it is empty."""
        return {
            GROUPS: [entry.options for entry in self.entries],
            RULES: [rule.options for rule in self.rules],
            NO_GROUPS: self.no_groups,
        }

    def variables(self, inherited: Container[str] = ()) -> dict[str, Any]:
        """Return the variables to write.

        :param inherited: variables that a less specific group sets, which an empty value replaces.
        """
        return {name: value for name, value in self.values.items() if value or name in inherited}

    def describes(self, groups: Iterable[RecordingGroup], entries: Container[str | None]) -> bool:
        """Return whether it describes the groups of a device as they are.

        :param entries: the IDs of the groups that have an entry.
        """
        groups = tuple(groups)
        if self.no_groups or not groups:
            return self.no_groups and not groups
        matches = [(rule.match.build(), rule.settings) for rule in self.rules]
        for group in groups:
            settings = {item for match, item in matches if match.matches(group)}
            if settings != {read_settings(group)} and (settings or group.recording_group_id not in entries):
                return False
        return True
