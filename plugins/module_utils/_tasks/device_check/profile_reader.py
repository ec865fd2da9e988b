# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a device profile from JSON, and check it: the file may be written by hand, or come from another person."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, NoReturn

from ansible_collections.camfleet.axis.plugins.module_utils._errors import describe_value, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, Point
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DOCUMENT,
    KINDS,
    NO_LIMIT,
    SCHEMA_VERSION,
    DeviceModel,
    Exchange,
    Origin,
    PointAnswer,
    Profile,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.service_roles import ROLES

_MAX_TEXT = 20_000
_MAX_ITEMS = 2000
#: The largest whole number that each reader of JSON keeps.
_MAX_NUMBER = 2**53
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PARTS = ("read", "write", "wait")
_DEVICE = tuple(item.name for item in fields(DeviceModel))
_ORIGIN = tuple(item.name for item in fields(Origin))
_POINT = ("question", *(item.name for item in fields(PointAnswer)))
_GROUP_NUMBERS = ("retention_time", "pre_duration", "post_duration")
_GROUP = ("recording_group_id", "nice_name", "description", "disk_id", "stream_options", *_GROUP_NUMBERS)
_DISK_FLAGS = ("locked", "full", "readonly")
_DISK_NUMBERS = ("totalsize", "freesize", "cleanuplevel", "cleanupmaxage", "wear", "temperature", "overallhealth")
_DISK = ("diskid", "name", "cleanuppolicy", "filesystem", "status", "group", *_DISK_FLAGS, *_DISK_NUMBERS)


class _Place:
    """A value in a file, and where it is."""

    def __init__(self, value: Any, file: str, path: str = "") -> None:
        self.value, self._file, self._path = value, file, path

    def fail(self, problem: str) -> NoReturn:
        """Reject the value: ``is {value}, and must be a text``.

        :raises InvalidOptionError: ``invalid_option``.
        """
        where = f"{self._path} in {self._file}" if self._path else self._file
        raise invalid_option(
            f"{where} {problem}",
            "Correct the file, or write it again with the playbook camfleet.axis.device_check.",
        )

    def expect(self, is_valid: bool, expected: str) -> None:
        """Reject the value unless it is valid."""
        if not is_valid:
            self.fail(f"is {_describe(self.value)}, and must be {expected}")

    def at(self, key: str | int) -> _Place:
        """Return the value under a key, None if it is missing."""
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if self._path else key
        found = self.value[key] if isinstance(key, int) else self.value.get(key)
        return _Place(found, self._file, f"{self._path}{step}")

    def object(self, *names: str, required: Sequence[str] = ()) -> _Place:
        """Check that it is an object with these keys only; any keys if there are none."""
        self.expect(isinstance(self.value, dict), "an object")
        for name in required:
            if name not in self.value:
                self.fail(f"has no {name}")
        for name in self.value:
            if names and name not in names:
                self.fail(f"has the unknown key {describe_value(name)}")
        return self

    def list(self) -> tuple[_Place, ...]:
        """Return the items of a list; None has none."""
        self.expect(self.value is None or isinstance(self.value, list), "a list")
        self.expect(len(self.value or ()) <= _MAX_ITEMS, f"a list of at most {_MAX_ITEMS} items")
        return tuple(self.at(number) for number in range(len(self.value or ())))

    def text(self) -> str:
        """Return a text."""
        self.expect(isinstance(self.value, str), "a text")
        self.expect(len(self.value) <= _MAX_TEXT, f"a text of at most {_MAX_TEXT} characters")
        self.expect(not _CONTROL.search(self.value), "a text without control characters")
        return str(self.value)

    def optional_text(self) -> str | None:
        """Return a text or None."""
        return None if self.value is None else self.text()

    def number(self, *, negative: bool = False) -> int:
        """Return a whole number."""
        is_number = isinstance(self.value, int) and not isinstance(self.value, bool)
        is_number = is_number and abs(self.value) <= _MAX_NUMBER
        self.expect(is_number and (negative or self.value >= 0), "a whole number" + ("" if negative else ", 0 or more"))
        return int(self.value)

    def flag(self) -> bool:
        """Return true or false."""
        self.expect(isinstance(self.value, bool), "true or false")
        return bool(self.value)

    def choice(self, choices: Sequence[str], *, optional: bool = False) -> Any:
        """Return one of some texts."""
        is_choice = isinstance(self.value, str) and self.value in choices
        self.expect(is_choice or (optional and self.value is None), f"one of {', '.join(choices)}")
        return self.value

    def day(self) -> str:
        """Return a day, such as 2026-11-29."""
        self.expect(isinstance(self.value, str) and _DAY.fullmatch(self.value) is not None, "a day like 2026-11-29")
        return str(self.value)


def parse_profile(content: bytes | str, file: str) -> Profile:
    """Return the profile in a JSON document.

    :param file: its name, for messages.
    :raises InvalidOptionError: ``invalid_option``.
    """
    try:
        data = json.loads(content, object_pairs_hook=_build_object, parse_constant=_reject_constant)
    except UnicodeDecodeError as error:
        raise invalid_option(f"{file} is not in UTF-8", "Save the file in UTF-8.") from error
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "too many levels"
        raise invalid_option(f"{file} is not JSON: {reason}", "Correct the file.") from error
    return from_dict(data, file)


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"it has {name}, which is not a number of JSON")


def _build_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (name, _count), *_others = Counter(name for name, _value in pairs).most_common(1)
        raise ValueError(f"it has the key {describe_value(name)} more than once")
    return found


def from_dict(data: Any, file: str) -> Profile:
    """Return the profile that an object of JSON stores.

    :raises InvalidOptionError: ``invalid_option``.
    """
    names = ("document", "schema_version", "device", "origin", "points", "state")
    top = _Place(data, file).object()
    top.at("document").expect(top.value.get("document") == DOCUMENT, f"{DOCUMENT!r}")
    version = top.at("schema_version")
    version.expect(version.value == SCHEMA_VERSION, f"{SCHEMA_VERSION}, the version that this collection supports")
    top.object(*names, required=names)
    return Profile(
        _read_device(top.at("device").object(*_DEVICE)),
        _read_origin(top.at("origin").object(*_ORIGIN, required=("kind", "source", "date"))),
        _read_points(top.at("points").object()),
        _read_state(top.at("state").object("disks", "groups", "observations")),
    )


def _read_device(place: _Place) -> DeviceModel:
    return DeviceModel(**{name: place.at(name).optional_text() for name in _DEVICE})


def _read_origin(place: _Place) -> Origin:
    return Origin(
        place.at("kind").choice(KINDS),
        place.at("source").text(),
        place.at("date").day(),
        place.at("collection_version").optional_text(),
        place.at("role").choice(ROLES, optional=True),
        tuple(part.choice(_PARTS) for part in place.at("parts").list()),
    )


def _read_points(place: _Place) -> dict[str, PointAnswer]:
    for name in place.value:
        if name not in BY_NAME:
            place.fail(f"has the unknown point {describe_value(name)}")
    return {name: _read_point(place.at(name).object(*_POINT), BY_NAME[name]) for name in place.value}


def _read_point(place: _Place, point: Point) -> PointAnswer:
    answer, known_from = place.at("answer"), place.at("known_from")
    known_from.choice(KINDS, optional=True)
    if answer.value is not None:
        _ANSWERS[point.form](answer, point)
        known_from.expect(known_from.value is not None, f"one of {', '.join(KINDS)}, since there is an answer")
    else:
        known_from.expect(known_from.value is None, "null, since there is no answer")
    return PointAnswer(
        answer.value,
        known_from.value,
        place.at("source").optional_text(),
        place.at("note").optional_text(),
        None if place.at("date").value is None else place.at("date").day(),
        tuple(map(_read_exchange, place.at("exchanges").list())),
        _read_contradiction(place.at("contradicts"), point),
    )


def _read_contradiction(place: _Place, point: Point) -> Mapping[str, Any] | None:
    if place.value is None:
        return None
    place.object("answer", "date", required=("answer", "date"))
    _ANSWERS[point.form](place.at("answer"), point)
    date = place.at("date")
    return {"answer": place.value["answer"], "date": None if date.value is None else date.day()}


def _check_number(answer: _Place, _point: Point) -> None:
    if answer.value != NO_LIMIT:
        answer.number()


def _check_list(answer: _Place, _point: Point) -> None:
    for item in answer.list():
        item.text()


def _check_map(answer: _Place, _point: Point) -> None:
    for name in answer.object().value:
        answer.at(name).text()


_ANSWERS: dict[str, Callable[[_Place, Point], object]] = {
    "choice": lambda answer, point: answer.choice(point.choices),
    "flag": lambda answer, _point: answer.flag(),
    "number": _check_number,
    "text": lambda answer, _point: answer.text(),
    "list": _check_list,
    "map": _check_map,
}


def _read_exchange(place: _Place) -> Exchange:
    place.object("request", "response", "error", required=("request",))
    request = place.at("request").object("method", "target", "headers", "body")
    sent = {"method": request.at("method").text(), "target": request.at("target").text(), **_read_message(request)}
    response = place.at("response")
    received = None
    if response.value is not None:
        response.object("status", "headers", "body")
        received = {"status": response.at("status").number(), **_read_message(response)}
    return Exchange(sent, received, place.at("error").optional_text())


def _read_message(place: _Place) -> Mapping[str, Any]:
    headers = place.at("headers").object()
    return {"headers": {name: headers.at(name).text() for name in headers.value}, "body": place.at("body").text()}


def _read_state(place: _Place) -> dict[str, Any]:
    observations = place.at("observations")
    if observations.value is not None:
        observations.object()
    state = {
        "disks": list(map(_read_disk, place.at("disks").list())),
        "groups": list(map(_read_group, place.at("groups").list())),
        "observations": observations.value,
    }
    # No disks are known, or there is none.
    are_disks_known = place.at("disks").value is not None
    return {name: value for name, value in state.items() if value or (name == "disks" and are_disks_known)}


def _read_disk(place: _Place) -> dict[str, Any]:
    place.object(*_DISK, required=("diskid",))
    for name in place.value:
        if name in _DISK_FLAGS:
            place.at(name).flag()
        elif name not in _DISK_NUMBERS:
            place.at(name).text()
        elif place.value[name] is not None:
            place.at(name).number(negative=True)
    return dict(place.value)


def _read_group(place: _Place) -> dict[str, Any]:
    place.object(*_GROUP, required=("recording_group_id",))
    for name in place.value:
        if name in _GROUP_NUMBERS:
            place.at(name).number()
        else:
            place.at(name).text()
    return dict(place.value)


def _describe(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return "missing" if value is None else describe_value(value)
