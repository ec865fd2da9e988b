# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of all hosts: what was observed, and which hosts were not read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import MOUNTED_STATUSES
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import describe_disks
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import as_received
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.reading import OBSERVATION, UNAVAILABLE
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    Duplicates,
    find_duplicate_serials,
    mark_duplicates,
    merge_duplicates,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import DUPLICATE, HostInput, abbreviate

#: The kind of reason why a camera without groups is not in a draft.
NO_USABLE_DISK = "no_usable_disk"
_SHARE, _ABSENT = "NetworkShare", "disconnected"
_CHECK_DISKS = (
    "Check whether a card or disk is missing or has failed, and whether the account has the role operator, which may "
    "read disks. If the camera must have no recording groups, set retention_policy_no_groups to true for it in the "
    "inventory"
)
_SHARED = "The inventory lists one device more than once"


@dataclass(frozen=True, slots=True)
class Readings:
    """What a run found on its hosts."""

    observations: tuple[Observation, ...]
    #: hosts that were not read, as the module returns them
    unread: tuple[dict[str, Any], ...]
    #: by host that was read, the parts that could not be read
    unavailable: Mapping[str, Sequence[Mapping[str, Any]]]
    #: hosts that are one device, sorted
    shared: tuple[tuple[str, ...], ...] = ()


def sort_results(results: Mapping[str, Mapping[str, Any]], duplicates: Duplicates) -> Readings:
    """Return what was observed. A device that several hosts have is none of them: no policy can be that of one.

    :param results: by host, the result of its task.
    :param duplicates: hosts with the same address.
    """
    duplicates = merge_duplicates(duplicates, find_duplicate_serials(results))
    inputs = mark_duplicates([HostInput(host, result) for host, result in results.items()], duplicates)
    final = {item.name: item.result or {} for item in inputs}
    unread = {host: result for host, result in final.items() if _is_failed(result) or OBSERVATION not in result}
    return Readings(
        tuple(result[OBSERVATION] for host, result in final.items() if host not in unread),
        tuple(_describe(host, result) for host, result in unread.items()),
        {host: result[UNAVAILABLE] for host, result in final.items() if host not in unread and result[UNAVAILABLE]},
        tuple(sorted({tuple(sorted({host, *others})) for host, others in duplicates.items()})),
    )


def separate_incidents(read: Readings, must_have_none: Callable[[str], bool]) -> Readings:
    """Return readings in which a camera without groups was not read if a disk with its groups may be missing.

    A policy that it must have no groups would hide that.

    :param must_have_none: whether the inventory says already that a host must have no groups.
    """
    reasons = {
        item.host: reason
        for item in read.observations
        if not item.groups and not must_have_none(item.host) and (reason := _find_missing_disk(item))
    }
    incidents = tuple(
        {
            "host": item.host,
            "serial": item.serial,
            "unreachable": False,
            "kind": NO_USABLE_DISK,
            "reason": reasons[item.host],
            "next_step": _CHECK_DISKS,
            "msg": f"{item.host}: {reasons[item.host]}. {_CHECK_DISKS}",
        }
        for item in read.observations
        if item.host in reasons
    )
    observations = tuple(item for item in read.observations if item.host not in reasons)
    return replace(read, observations=observations, unread=(*read.unread, *incidents))


def _find_missing_disk(observation: Observation) -> str | None:
    """Return why groups may be missing from the list of a device that lists none, without the last full stop."""
    if observation.disks is None:
        return "The device lists no recording groups, and its disks cannot be read"
    disks = [item.disk for item in observation.disks]
    missing = [disk for disk in disks if disk.status not in MOUNTED_STATUSES]
    # Each camera lists a network share, which most do not use.
    if any(disk.disk_id != _SHARE or disk.status != _ABSENT for disk in missing) or len(missing) == len(disks):
        return f"The device lists no recording groups. {describe_disks(disks)}"
    return None


def _is_failed(result: Mapping[str, Any]) -> bool:
    return bool(result.get("failed") or result.get("unreachable"))


def _describe(host: str, result: Mapping[str, Any]) -> dict[str, Any]:
    error = result.get("error") or {}
    message = str(result.get("msg") or f"{host}: The task ended without a result.")
    serial = normalize_serial((result.get("device") or {}).get("serial"))
    return {
        "host": host,
        "serial": serial,
        "unreachable": bool(result.get("unreachable")),
        "kind": error.get("kind"),
        # Without names, so that hosts with the same reason share a line.
        "reason": _SHARED if error.get("kind") == DUPLICATE else str(error.get("message") or message),
        "next_step": str(error.get("next_step") or ""),
        "msg": message,
    }


def describe_reasons(unread: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line for each reason why hosts were not read, with what to do."""
    hosts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in unread:
        hosts[item["reason"], item["next_step"]].append(item["host"])
    return [f"{abbreviate(names)}: {reason.rstrip('.')}. {step}".rstrip() for (reason, step), names in hosts.items()]


def hide_secret_ids(
    observations: Iterable[Observation], secrets: Secrets
) -> tuple[tuple[Observation, ...], dict[str, int]]:
    """Return observations without groups whose IDs have a secret, and the number of these groups by host.

    A host of which no group remains is left out: its policy must not be that it has none.
    """
    shown, hidden = [], {}
    for item in observations:
        groups = tuple(group for group in item.groups if not _has_secret(group.recording_group_id, secrets))
        if len(groups) == len(item.groups):
            shown.append(item)
            continue
        hidden[item.host] = len(item.groups) - len(groups)
        if groups:
            shown.append(replace(item, groups=groups))
    return tuple(shown), hidden


def _has_secret(recording_group_id: str | None, secrets: Secrets) -> bool:
    text = as_received(recording_group_id or "")
    return bool(secrets.protect(text) != text)
