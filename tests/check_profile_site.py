# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the values in a profile that are of one device and its site, and become public with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile, show_answer

_COUNTS = ("recording_groups", "recordings", "matching_recordings", "action_configurations", "action_rules")
_OF_DISKS = ("totalsize", "freesize", "wear", "temperature", "overallhealth", "cleanuplevel", "cleanupmaxage")
_MAX_SHOWN = 200
# The values of others in responses follow a placeholder for their ID or their name.
_IN_RESPONSES: Mapping[str, re.Pattern[str]] = {
    "Retention times of your groups, in hours": re.compile(
        r'"<group \d{1,9}>"(?:(?!RecordingGroupId)[^\n]){0,400}?\bRetentionTime="(\d{1,20})"', re.IGNORECASE
    ),
    "IDs of your action rules": re.compile(r"RuleID>(\d{1,20})</[^<]{0,40}><[^<]{0,40}Name><name"),
    "IDs of your action configurations": re.compile(r"ConfigurationID>(\d{1,20})</[^<]{0,40}><[^<]{0,40}Name><name"),
    "Templates of your action configurations": re.compile(
        r"Name><name \d{1,9}></[^<]{0,40}><[^<]{0,40}TemplateToken>([^<]{1,200})<"
    ),
    "Conditions of your action rules": re.compile(
        r"Name><name \d{1,9}></(?:(?!ActionRule>)[^\n]){0,400}?TopicExpression[^>]{0,200}>([^<]{1,200})<"
    ),
}


def find_site_values(profile: Profile) -> Iterator[str]:
    """Yield the values, about ten lines."""
    origin, observations = profile.origin, dict(profile.state.get("observations") or {})
    yield f"Date of the check: {origin.date or 'none'}; role of the login: {origin.role or 'none'}"
    counts = {name: observations.pop(name) for name in _COUNTS if name in observations}
    if counts:
        yield f"Numbers on the device: {_list(counts)}"
    if "clock_difference_seconds" in observations:
        yield f"Difference of the clock, in seconds: {show_answer(observations.pop('clock_difference_seconds'))}"
    certificate = observations.pop("certificate", None)
    if isinstance(certificate, Mapping):
        yield f"Certificate: {_list(certificate)}"
    yield from (
        f"Disk {disk.get('diskid')}: {_list({name: disk[name] for name in _OF_DISKS if disk.get(name) is not None})}"
        for disk in profile.state.get("disks") or ()
    )
    yield from _find_in_responses(profile)
    if observations:
        yield f"Other observations: {_shorten(_list(observations))}"


def _find_in_responses(profile: Profile) -> Iterator[str]:
    exchanges = (exchange for point in profile.points.values() for exchange in point.exchanges)
    bodies = {str((exchange.response or {}).get("body") or "") for exchange in exchanges}
    for label, pattern in _IN_RESPONSES.items():
        values = sorted({value for body in bodies for value in pattern.findall(body)})
        if values:
            yield f"{label}: {_shorten(', '.join(values))}"


def _list(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {show_answer(value)}" for name, value in values.items())


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
