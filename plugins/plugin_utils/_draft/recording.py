# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of a draft: groups to which a device records, and when.

Only an entry can have a recording action, and it names one ID. A group whose action no option describes as the device
has it gets a rule instead.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    Actions,
    build_event_result,
    same_conditions,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import (
    build_stream_options,
    without_empty_pairs,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import (
    check_xml_text,
    fold_text,
    normalize_text,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import check_group_id
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import build_recording, parse_recording
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    RecordingAction,
    find_action,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import UnsafeText
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import DraftEntry, Settings, read_settings
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.similar_ids import parse_text

#: What begins a template of Ansible.
_TEMPLATE = re.compile(r"\{\{|\{%|\{#|\A#jinja2:")
_SERIAL = re.compile(r"[0-9A-Za-z]{12}")
_SERIAL_TEMPLATE = "{{ axis_serial }}"


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """An entry that describes a group of one device as it is."""

    recording_group_id: str
    #: option and value that identify it on several cameras: the ID, with a template for the serial number if it has
    #: one, or the name if the rest of the ID differs between cameras
    identity: tuple[str, str]
    settings: Settings
    #: what ``recording`` accepts, as JSON
    recording: str
    #: further options with their values as JSON, by name
    texts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what the entries of cameras have in common that can share them."""
        return self.identity, self.settings.sort_key, self.recording


def see_entries(observation: Observation) -> tuple[SeenEntry, ...]:
    """Return an entry for each group whose recording action an option can describe, by ID."""
    actions = observation.recording
    if actions is None:
        return ()
    ids = Counter(group.recording_group_id for group in observation.groups)
    names = Counter(fold_text(group.nice_name or "") for group in observation.groups)
    entries = []
    for group in observation.groups:
        recording, name = describe_recording(actions, group), group.recording_group_id
        if recording is None or name is None or ids[name] > 1 or isinstance(name, UnsafeText):
            continue
        has_own_name = names[fold_text(group.nice_name or "")] == 1
        identity = _find_identity(name, _accept_text(group.nice_name) if has_own_name else None, observation)
        entries.append(SeenEntry(name, identity, read_settings(group), recording, _describe_texts(group)))
    return tuple(sorted(entries, key=lambda entry: (entry.identity, entry.recording_group_id)))


def _find_identity(recording_group_id: str, nice_name: str | None, observation: Observation) -> tuple[str, str]:
    serial = observation.listed_serial or ""
    if _SERIAL.fullmatch(serial) and serial in recording_group_id:
        return "recording_group_id", recording_group_id.replace(serial, _SERIAL_TEMPLATE)
    template = parse_text(recording_group_id, observation.serial)
    if nice_name and (template.is_unique or not template.has_convention):
        return "nice_name", fold_text(nice_name)
    return "recording_group_id", recording_group_id


def share_entries(hosts: Sequence[Sequence[SeenEntry]]) -> tuple[DraftEntry, ...]:
    """Return the entries of hosts whose entries have the same keys."""
    return tuple(_share(column) for column in zip(*hosts, strict=True))


def _share(column: Sequence[SeenEntry]) -> DraftEntry:
    first = column[0]
    is_same = len({entry.recording_group_id for entry in column}) == 1
    identity = ("recording_group_id", first.recording_group_id) if is_same else first.identity
    texts = set(first.texts).intersection(*(entry.texts for entry in column))
    return DraftEntry(
        identity,
        first.settings,
        first.recording,
        tuple(item for item in first.texts if item in texts and item[0] != identity[0]),
    )


def describe_recording(actions: Actions, group: RecordingGroup) -> str | None:
    """Return the option ``recording`` for the action of a group, as JSON.

    :returns: ``None`` if there is no action, or if no option describes it as it is.
    """
    action = find_action(actions, group.recording_group_id)
    if action is None or not action.conditions:
        return None
    written = _write_recording(action)
    if _TEMPLATE.search(json.dumps(written)):
        return None
    try:
        check_group_id(group.recording_group_id or "", Option("recording_group_id"))
        desired = (
            build_recording(written) if isinstance(written, dict) else parse_recording(written, Option("recording"))
        )
    except InvalidOptionError:
        return None
    if desired is None or plan_action(actions, group.recording_group_id, desired) is not None:
        return None
    return json.dumps(
        {name: value for name, value in written.items() if value is not None} if isinstance(written, dict) else written
    )


def _write_recording(action: RecordingAction) -> str | dict[str, Any]:
    is_always = same_conditions(action.conditions, ALWAYS)
    if is_always and action.enabled and action.start_event is None:
        return "always"
    # Without conditions, it records always.
    conditions = None if is_always and action.start_event is None else [*map(build_event_result, action.conditions)]
    return {
        "name": None,
        "enabled": action.enabled,
        "always": None,
        "conditions": conditions,
        "start_event": build_event_result(action.start_event) if action.start_event else None,
    }


def _describe_texts(group: RecordingGroup) -> tuple[tuple[str, str], ...]:
    """Return further options that a group which is created again gets, as far as options accept them."""
    return tuple(
        (name, json.dumps(value))
        for name, value in (
            ("nice_name", _accept_text(group.nice_name)),
            ("disk_id", _accept_disk(group.disk_id)),
            ("stream_options", _accept_stream_options(group.stream_options)),
        )
        if value
    )


def _accept_text(text: str | None) -> str | None:
    if not text or isinstance(text, UnsafeText) or _TEMPLATE.search(text):
        return None
    try:
        return normalize_text(check_xml_text(text, Option("nice_name")))
    except InvalidOptionError:
        return None


def _accept_disk(disk_id: str | None) -> list[str] | None:
    return [disk_id] if disk_id and _accept_text(disk_id) == disk_id else None


def _accept_stream_options(text: str | None) -> str | None:
    if not text or isinstance(text, UnsafeText) or _TEMPLATE.search(text):
        return None
    try:
        return build_stream_options(without_empty_pairs(text), Option("stream_options"))
    except InvalidOptionError:
        return None
