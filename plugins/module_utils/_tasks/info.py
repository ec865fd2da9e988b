# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what a device has, part by part; a part that cannot be read is reported, and does not prevent the others.

In a result ``None`` means unknown, and an empty list means none.
"""

from __future__ import annotations

import ssl
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cached_property, partial
from typing import Any, TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    DeviceError,
    Message,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import compute_fingerprint
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ActionRule,
    Actions,
    build_event_result,
    describe_conditions,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    UNLIMITED_AGES,
    DiskDetails,
    DiskHealth,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DiskAssessment
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import describe_duplicate_id
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import (
    Result,
    TaskProgress,
    build_settings_result,
    find_replaced,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import (
    DeviceInfo,
    find_api,
    get_device_info,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recordings import get_recording_span
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import (
    get_disk_health,
    list_disk_details,
)

T = TypeVar("T")

#: What is read by default, in this order.
PARTS = ("recording_groups", "recording_actions", "schema_versions", "api", "device", "disks", "recordings")
#: What can be read.
ALL_SUBSETS = ("certificate", *PARTS)
_API = "recording-group"
#: What a warning about an item of a part begins with.
_SUBJECTS = {
    "recording_actions": "Recording action of group",
    "disks": "Disk",
    "recordings": "Recordings of disk",
}
#: Other errors concern one part; these would occur again with each part.
FATAL_KINDS = frozenset({"authentication", "blocked", "redirect", "conflict"})
_UNITS = ("kB", "MB", "GB", "TB", "PB")


def select_parts(parameters: Mapping[str, Any]) -> frozenset[str]:
    """Return the parts that validated parameters select.

    :raises InvalidOptionError: ``invalid_option``.
    """
    gather = {"gather": Option("gather"), "proxy": Option("proxy")}
    if not parameters["gather"]:
        raise invalid_option(
            Message("{gather} is empty", gather), f"Set at least one of {', '.join(ALL_SUBSETS)}, or omit the option."
        )
    if "certificate" in parameters["gather"] and parameters["proxy"] is not None:
        raise invalid_option(
            Message("The certificate of the device cannot be read through {proxy}", {"proxy": Option("proxy")}),
            "Read the certificates on a machine that needs no proxy.",
        )
    return frozenset(parameters["gather"])


def needs_login(parts: frozenset[str]) -> bool:
    """Return whether a part is read that may require a login."""
    return bool(parts - {"certificate"})


def gather(session: Session, parts: Iterable[str], progress: TaskProgress) -> Result:
    """Return each part under its name, and ``unavailable``; warn of a deprecated schema version.

    :raises AxisError: for an error that concerns all parts: no connection, an untrusted certificate, no valid login.
    """
    return Gatherer(session, progress).gather(frozenset(parts))


class Gatherer:
    """The reader of all parts, which reads each list once. What cannot be read is ``None``."""

    def __init__(self, session: Session, progress: TaskProgress) -> None:
        self._session = session
        self._progress = progress
        self._groups_api = RecordingGroups(session)
        #: parts that cannot be read, and why
        self.unavailable: list[Result] = []

    def gather(self, parts: frozenset[str]) -> Result:
        """Return the result of each part, and ``unavailable``."""
        readers: dict[str, Callable[[], object]] = {
            "certificate": self._certificate,
            "recording_groups": self._recording_groups,
            "recording_actions": self._recording_actions,
            "schema_versions": self._schema_versions,
            "api": lambda: _as_dict(self._attempt("api", lambda: find_api(self._session, _API))),
            "device": self._device,
            "disks": self._disk_results,
            "recordings": self._recordings,
        }
        gathered = {part: readers[part]() for part in ALL_SUBSETS if part in parts}
        for part, items in gathered.items():
            if part == "recording_groups":
                continue
            for item in items if isinstance(items, list) else [items]:
                self._warn_of_replaced(part, item)
        return {**gathered, "unavailable": self.unavailable}

    def _warn_of_replaced(self, part: str, item: object) -> None:
        if isinstance(item, dict):
            identifier = item.get("recording_group_id") or item.get("disk_id") or ""
            names = find_replaced(item)
            self._progress.warn_of_replaced(f"{_SUBJECTS.get(part, part)} {identifier}".rstrip(), names)

    def _certificate(self) -> Result | None:
        certificate = self._session.read_certificate()
        if certificate is None:
            return None
        return {"sha256": compute_fingerprint(certificate), "pem": ssl.DER_cert_to_PEM_cert(certificate)}

    def _recording_groups(self) -> list[Result] | None:
        counts = Counter(group.recording_group_id for group in self._groups or ())
        for recording_group_id, count in counts.items():
            if count > 1:
                reason, next_step = describe_duplicate_id(recording_group_id, count)
                self._progress.warn(f"{reason}. {next_step}")
        for group in self._groups or ():
            self._progress.warn_of_replaced(f"Recording group {group.recording_group_id}", group.replaced_fields)
        return _all_as_dicts(self._groups)

    @cached_property
    def _groups(self) -> tuple[RecordingGroup, ...] | None:
        return self._attempt("recording_groups", self._groups_api.list)

    @cached_property
    def description(self) -> DeviceInfo | None:
        """Return serial number, model and firmware."""
        return self._attempt("device", lambda: get_device_info(self._session))

    @cached_property
    def disks(self) -> tuple[DiskDetails, ...] | None:
        """Return all disks."""
        return self._attempt("disks", lambda: list_disk_details(self._session))

    @cached_property
    def health(self) -> Mapping[str, DiskHealth]:
        """Return the health of each disk, by its ID."""
        if self.disks is None:
            return {}
        return self._attempt("disk_health", lambda: get_disk_health(self._session)) or {}

    @cached_property
    def spans(self) -> dict[str, RecordingSpan | None] | None:
        """Return the span of recordings on each disk, by its ID."""
        mounted = self._mounted_by_disk_id()
        if mounted is None:
            # The reason is that the disks cannot be read, which is reported already.
            disks = next(item for item in self.unavailable if item["part"] == "disks")
            reason = "The disks are not known: their list cannot be read, and no recording group names a disk"
            self.unavailable.append({**disks, "part": "recordings", "reason": reason})
            return None
        spans = {
            disk_id: self._attempt("recordings", partial(get_recording_span, self._session, disk_id), f"{disk_id}: ")
            for disk_id, is_mounted in mounted.items()
            if is_mounted and not has_replaced(disk_id)
        }
        if spans and not any(spans.values()):
            return None
        return {disk_id: spans.get(disk_id) for disk_id in mounted}

    @cached_property
    def actions(self) -> Actions | None:
        """Return all recording actions."""
        return self._attempt("recording_actions", ActionService(self._session).list)

    def _recording_actions(self) -> list[Result] | None:
        return None if self.actions is None else _build_action_results(self.actions)

    def _schema_versions(self) -> list[Result] | None:
        versions = self._attempt("schema_versions", self._groups_api.schema_versions)
        if versions is None:
            return None
        for version in versions:
            if version.deprecated:
                self._progress.warn(
                    f"Schema version {version.number} of the recording group API is deprecated, and a later AXIS OS "
                    "may not support it. schema_versions in the result of each host shows which devices are affected."
                )
        return [{"version": version.number, "deprecated": version.deprecated} for version in versions]

    def _device(self) -> Result:
        return _as_dict(self.description) or dict.fromkeys(("serial", "model", "product_type", "full_name", "firmware"))

    def _disk_results(self) -> list[Result] | None:
        if self.disks is None:
            return None
        return [_build_disk_result(details, self.health.get(details.disk.disk_id)) for details in self.disks]

    def _recordings(self) -> list[Result] | None:
        return None if self.spans is None else [_build_span_result(*item) for item in self.spans.items()]

    def _mounted_by_disk_id(self) -> dict[str, bool] | None:
        """Return the disks, for a viewer those that the groups use, and whether they are mounted.

        ``None`` if neither names any: disks may exist nevertheless.
        """
        if self.disks is not None:
            return {details.disk.disk_id: details.is_mounted for details in self.disks}
        return {group.disk_id: True for group in self._groups or () if group.disk_id} or None

    def _attempt(self, part: str, read: Callable[[], T], subject: str = "") -> T | None:
        try:
            return read()
        except DeviceError as error:
            if error.kind in FATAL_KINDS or error.ends_session:
                raise
            message, next_step = error.render(self._progress.names)
            self.unavailable.append(
                {"part": part, "kind": error.kind, "reason": f"{subject}{message}", "next_step": next_step}
            )
            return None


def _build_action_results(actions: Actions) -> list[Result]:
    started: dict[str | None, list[ActionRule]] = defaultdict(list)
    failing: dict[str | None, list[ActionRule]] = defaultdict(list)
    for rule in actions.rules:
        started[rule.primary_action].append(rule)
        failing[rule.settings.failover_action].append(rule)
    return [
        {
            "recording_group_id": configuration.recording_group_id,
            "configuration_id": configuration.configuration_id,
            "name": configuration.name,
            "template": configuration.template,
            "records": any(rule.enabled for rule in started[configuration.configuration_id]),
            "rules": list(map(_build_rule_result, started[configuration.configuration_id])),
            **_build_failover_result(failing[configuration.configuration_id]),
        }
        for configuration in actions.configurations
        if configuration.recording_group_id is not None
    ]


def _build_rule_result(rule: ActionRule) -> Result:
    return {
        "rule_id": rule.rule_id,
        "name": rule.name,
        "enabled": rule.enabled,
        "when": describe_conditions(rule.conditions),
        "conditions": list(map(build_event_result, rule.conditions)),
        "start_event": build_event_result(rule.start_event) if rule.start_event else None,
        **build_settings_result(rule.settings),
    }


def _build_failover_result(rules: Iterable[ActionRule]) -> Result:
    built = list(map(_build_rule_result, rules))
    return {"failover_rules": built} if built else {}


def _as_dict(item: Any) -> Result | None:
    return None if item is None else asdict(item)


def _all_as_dicts(items: Iterable[Any] | None) -> list[Result] | None:
    return None if items is None else [asdict(item) for item in items]


def _build_disk_result(details: DiskDetails, health: DiskHealth | None) -> Result:
    disk = details.disk
    return {
        "disk_id": disk.disk_id,
        "name": details.name,
        "status": disk.status,
        "usable": disk.unusable_reason is None,
        "unusable_reason": disk.unusable_reason,
        "total_size": details.total_size,
        "total_size_text": format_size(details.total_size),
        "free_size": details.free_size,
        "free_size_text": format_size(details.free_size),
        "used_percent": _compute_used_percent(details),
        "locked": disk.locked,
        "full": details.full,
        "read_only": disk.readonly,
        "filesystem": details.filesystem,
        "required_filesystem": details.required_filesystem,
        "encryption_enabled": details.encryption_enabled,
        "encrypted": details.encrypted,
        "group": details.group,
        "cleanup_max_age": details.cleanup_max_age,
        "cleanup_policy": details.cleanup_policy,
        "cleanup_text": describe_cleanup(details.cleanup_policy, details.cleanup_max_age),
        **_build_health_result(health),
    }


def _build_health_result(health: DiskHealth | None) -> Result:
    if health is None:
        health = DiskHealth(None, "not reported", None, None)
    kelvin = health.temperature
    return {
        "wear_percent": health.wear,
        "wear_unknown_reason": health.wear_unknown,
        "temperature_kelvin": kelvin,
        "temperature_celsius": None if kelvin is None else round(kelvin - 273.15),
        "overall_health": health.overall_health,
    }


def _build_span_result(disk_id: str, span: RecordingSpan | None) -> Result:
    values = asdict(span) if span else {"count": None, "oldest": None, "newest": None}
    return {"disk_id": disk_id, **values}


def build_description(info: DeviceInfo | None) -> Result:
    """Return model and firmware as plain data."""
    return {name: getattr(info, name, None) for name in ("model", "firmware")}


#: What an assessment has of its disk.
_DISK_FACTS = ("status", "used_percent", "free_size_text", "wear_percent", "cleanup_max_age", "cleanup_text")


def build_assessment_result(assessment: DiskAssessment, health: DiskHealth | None) -> Result:
    """Return the verdict on the recordings of a disk as plain data."""
    span, age = assessment.span, assessment.age_hours
    disk = _build_disk_result(assessment.disk, health) if assessment.disk else {}
    return {
        "disk_id": assessment.disk_id,
        "verdict": assessment.verdict,
        "reason": assessment.reason,
        **{name: disk.get(name) for name in _DISK_FACTS},
        "groups": [
            {"recording_group_id": group.recording_group_id, "retention_time": group.retention_time}
            for group in assessment.groups
        ],
        "recordings": span.count if span else None,
        "oldest": span.oldest.start_time if span and span.oldest else None,
        "newest": span.newest.start_time if span and span.newest else None,
        "age_hours": None if age is None else round(age, 1),
    }


def _compute_used_percent(details: DiskDetails) -> float | None:
    if not details.total_size or details.free_size is None:
        return None
    return round(100 * (1 - details.free_size / details.total_size), 1)


def format_size(kilobytes: int | None) -> str | None:
    """Return ``116.1 GB`` for a size in kB, in the decimal units that are printed on a disk."""
    if kilobytes is None:
        return None
    size, units = float(kilobytes), iter(_UNITS)
    unit = next(units)
    # Rounded first, so that no size is shown as 1000.0 of a unit.
    while round(size, 1) >= 1000 and unit != _UNITS[-1]:
        size, unit = size / 1000, next(units)
    return f"{size:.1f} {unit}" if unit != _UNITS[0] else f"{kilobytes} kB"


def describe_cleanup(policy: str | None, days: int | None) -> str | None:
    """Return what the disk deletes regardless of its groups, or ``None`` if the device does not report it.

    Only the policy ``fifo`` uses the age. With every policy the disk deletes its oldest recordings if space is low.
    """
    if policy is None or days is None:
        return None
    if policy != "fifo" or days in UNLIMITED_AGES:
        return "keeps until space is needed"
    return f"deletes what is older than {days} day{'' if days == 1 else 's'}"
