# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device profile: how one model with one firmware behaves, and how that is known.

Its schema is docs/device-profile.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS, Point

#: How an answer is known: by a device check, from a captured response, from the documentation of Axis, from another
#: source, or because the simulator has to choose.
KnownFrom = Literal["observed", "captured", "documented", "secondary", "assumed"]
KINDS: tuple[KnownFrom, ...] = ("observed", "captured", "documented", "secondary", "assumed")
DOCUMENT = "device_profile"
SCHEMA_VERSION = 1
#: The answer to a question for a limit if there is none: null means unknown.
NO_LIMIT = "none"
_STATE = ("disks", "groups", "observations")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, without what identifies a site.

    :param request: method, target, headers, body.
    :param response: status, headers, body; None if there was none. Then ``error`` says why.
    """

    request: Mapping[str, Any]
    response: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The answer to a point; None for an unknown one.

    :param note: why it is unknown, or what else was seen.
    :param contradicts: ``answer`` and ``date`` of a different answer that an earlier check found.
    """

    answer: Any = None
    known_from: KnownFrom | None = None
    source: str | None = None
    note: str | None = None
    date: str | None = None
    exchanges: tuple[Exchange, ...] = ()
    contradicts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the profile as a whole comes from.

    :param role: of the login of a device check.
    :param parts: of the device check that ran: ``read``, ``write``, ``wait``.
    """

    kind: KnownFrom
    source: str
    date: str
    collection_version: str | None = None
    role: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """Model and firmware; None for what is not known."""

    model: str | None = None
    product_type: str | None = None
    firmware: str | None = None
    hardware_id: str | None = None
    architecture: str | None = None
    soc: str | None = None
    build_date: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A device profile.

    :param points: by name; one that is missing is unknown.
    :param state: ``disks``, if they are known, ``groups``, and ``observations``.
    """

    device: DeviceModel
    origin: Origin
    points: Mapping[str, PointAnswer] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        """Return the answer to each point, in their order; None if it is unknown."""
        return {point.name: self.find(point.name).answer for point in POINTS}

    def find(self, name: str) -> PointAnswer:
        """Return what is known of a point."""
        return self.points.get(name) or PointAnswer()

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as JSON stores it."""
        return {
            "document": DOCUMENT,
            "schema_version": SCHEMA_VERSION,
            "device": asdict(self.device),
            "origin": {**asdict(self.origin), "parts": list(self.origin.parts)},
            "points": {
                point.name: {"question": point.question, **_build_point(self.find(point.name))} for point in POINTS
            },
            "state": {
                "disks": list(self.state["disks"]) if "disks" in self.state else None,
                "groups": list(self.state.get("groups", ())),
                "observations": dict(self.state.get("observations", {})),
            },
        }


def _build_point(point: PointAnswer) -> dict[str, Any]:
    return {**asdict(point), "exchanges": [asdict(exchange) for exchange in point.exchanges]}


def is_same_device(one: DeviceModel, other: DeviceModel) -> bool:
    """Return whether two profiles are of the same model with the same firmware."""
    return (one.model, one.firmware) == (other.model, other.firmware)


def merge(old: Profile, new: Profile) -> Profile:
    """Return a new profile with what an earlier one of the same model and firmware knows in addition.

    A new answer replaces the earlier one. If they differ, its note says so.
    """
    points = {name: _merge_point(point, old.find(name), new.find(name)) for name, point in BY_NAME.items()}
    if points["retention_limit"].answer == NO_LIMIT:
        # An earlier check may have found a limit.
        points["retention_over_limit"] = new.find("retention_over_limit")
    state = {name: new.state.get(name) or old.state.get(name) for name in _STATE}
    disks = {"disks": new.state["disks"]} if "disks" in new.state else {}
    state["observations"] = {**old.state.get("observations", {}), **new.state.get("observations", {})}
    return Profile(
        _merge_device(old.device, new.device),
        _merge_origin(old, new),
        points,
        {**{name: value for name, value in state.items() if value}, **disks},
    )


def _merge_origin(old: Profile, new: Profile) -> Origin:
    # A check whose login failed, or that was not reached, has read nothing but challenges.
    if new.find("recording_group_api").answer is None:
        return old.origin
    parts = (*dict.fromkeys((*old.origin.parts, *new.origin.parts)),)
    return replace(new.origin, parts=parts, role=new.origin.role or old.origin.role)


def _merge_device(old: DeviceModel, new: DeviceModel) -> DeviceModel:
    known = {name: value for name, value in asdict(new).items() if value is not None}
    return replace(old, **known)


def _merge_point(point: Point, old: PointAnswer, new: PointAnswer) -> PointAnswer:
    if old.answer is None:
        return new if new.answer is not None or new.note else replace(new, note=old.note)
    if new.answer is None:
        return replace(old, note=_add_attempt(old.note, new)) if point.part != "read" else old
    if old.answer == new.answer:
        return replace(new, contradicts=old.contradicts)
    if old.known_from != "observed":
        return new
    remark = f"The device check of {old.date} had the answer {show_answer(old.answer)}."
    note = f"{new.note} {remark}" if new.note else remark
    return replace(new, note=note, contradicts={"answer": old.answer, "date": old.date})


def _add_attempt(note: str | None, new: PointAnswer) -> str | None:
    """Return the note of an answer that a later check tried to find, and did not."""
    tried = new.note
    if not tried or tried in (note or ""):
        return note
    remark = f"The device check of {new.date} did not settle it: {tried}"
    return f"{note} {remark}" if note else remark


def show_answer(answer: Any) -> str:
    """Return an answer as a text for people."""
    if answer is None:
        return "unknown"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, Mapping):
        return "; ".join(f"{name}: {value}" for name, value in answer.items()) or NO_LIMIT
    if isinstance(answer, (list, tuple)):
        return ", ".join(map(str, answer)) or NO_LIMIT
    return str(answer) if answer != "" else "nothing"
