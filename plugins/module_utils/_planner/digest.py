# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The digest of a policy: equal for equal policies, regardless of how they are written.

The digest covers what the policy requests of the device: groups, rules, purge patterns, and bounds. It does not cover
how a run treats the findings (``unmanaged``, ``on_refused``), nor allowances and holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, Event, same_conditions
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import canonical_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import DesiredRecording

if TYPE_CHECKING:
    from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy, Rule

# To be increased when equal policies get other digests, for example because a field is renamed.
_VERSION = 1
_NOT_REQUESTED = frozenset({"reports_unmanaged"})


# The cameras of a fleet often have equal policies.
@lru_cache(maxsize=256)
def build_digest(policy: Policy) -> str:
    """Return the SHA-256 of the canonical JSON of a policy, 64 hexadecimal digits."""
    normalized = _normalize(
        policy,
        # The order of the entries has no meaning; of the rules, the first that matches counts.
        groups=lambda groups: sorted(map(_normalize_entry, groups), key=_serialize),
        rules=lambda rules: list(map(_normalize_rule, rules)),
        purge=lambda globs: sorted(set(globs)),
    )
    return sha256(_serialize({"version": _VERSION, **normalized}).encode("utf-8", "surrogatepass")).hexdigest()


def _serialize(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _normalize(item: Any, **canonical: Callable[[Any], object]) -> dict[str, object]:
    """Return the fields of a dataclass that are set, so that a new optional field changes no existing digest.

    :param canonical: by field, the function that returns the form which all equal values have in common.
    """
    values = {field.name: (getattr(item, field.name), field.default) for field in fields(item)}
    return {
        name: canonical.get(name, _unchanged)(value)
        for name, (value, default) in values.items()
        if value is not None and value != default and name not in _NOT_REQUESTED
    }


def _unchanged(value: object) -> object:
    return value


def _normalize_rule(rule: Rule) -> dict[str, object]:
    return _normalize(rule, match=lambda match: _normalize(match, stream_options=sorted), desired=_normalize_group)


def _normalize_entry(group: DesiredGroup) -> dict[str, object]:
    id_source = {} if group.recording_group_id is not None else {"id_source": "device"}
    return {**_normalize_group(group), **id_source}


def _normalize_group(group: DesiredGroup) -> dict[str, object]:
    if group.has_derived_id:
        # The name is what the policy sets; it determines the ID.
        group = replace(group, recording_group_id=None, has_derived_id=False)
    return _normalize(
        group,
        nice_name=fold_text,
        description=fold_text,
        disk_ids=lambda disk_ids: list(dict.fromkeys(disk_ids)),
        stream_options=canonical_stream_options,
        recording=_normalize_recording,
    )


def _normalize_recording(recording: DesiredRecording) -> dict[str, object]:
    if not recording.present:
        return {"present": False}
    if same_conditions(recording.conditions, ALWAYS):
        recording = replace(recording, conditions=ALWAYS)
    return _normalize(
        recording, name=fold_text, conditions=_canonical_conditions, start_event=lambda event: event.canonical
    )


def _canonical_conditions(conditions: tuple[Event, ...]) -> object:
    return sorted(event.canonical for event in conditions)
