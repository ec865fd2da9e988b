# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that the values in a submitted profile are of the forms that a device check writes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.plain_words import PLAIN_WORDS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer import Anonymizer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_json import build_property_rules
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_xml import build_disk_rules
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues
from tests.playbook import CHECKOUT

_TEXT_FORMS = ("text", "list", "map")
_PLACEHOLDER = re.compile(r"<[a-z]+(?: [a-z0-9]+)*>", re.ASCII)
_SCRATCH = re.compile(r"camfleet[\w-]*")
_WORD = re.compile(r"[^\W\d_]+")
_PROPERTIES = {
    "model": "ProdNbr",
    "product_type": "ProdType",
    "firmware": "Version",
    "hardware_id": "HardwareID",
    "architecture": "Architecture",
    "soc": "Soc",
    "build_date": "BuildDate",
}
_SIZES = ("totalsize", "freesize", "cleanuplevel", "cleanupmaxage")
# The packages whose sentences a profile may have.
_SOURCES = (
    *("plugins/module_utils/_tasks/device_check", "plugins/module_utils/_tasks", "plugins/module_utils/_vapix"),
    "plugins/module_utils/_http",
)


def find_value_faults(profile: Profile) -> Iterator[str]:
    """Yield the values that no device check writes, as sentences."""
    yield from _find_device_faults(profile)
    yield from _find_answer_faults(profile)
    yield from _find_disk_faults(profile)
    yield from _find_observation_faults(profile.state.get("observations") or {}, "state.observations")
    observed = [answer for answer in profile.points.values() if answer.known_from == "observed"]
    if observed and not any(answer.exchanges for answer in observed):
        yield "No observed answer has the exchanges that show it. Submit the file as the device check wrote it."


def _find_device_faults(profile: Profile) -> Iterator[str]:
    rules = build_property_rules(ShownValues(Identifiers()))
    for name, key in _PROPERTIES.items():
        text = getattr(profile.device, name)
        for unknown in () if text is None else _differing((text, rules[key](text))):
            yield _describe(f"device.{name}", unknown, "null")


def _find_answer_faults(profile: Profile) -> Iterator[str]:
    for point in POINTS:
        found, where = profile.find(point.name), f"points.{point.name}"
        answer = found.answer
        if answer is not None and point.form in _TEXT_FORMS:
            for text in _find_unknown(point.name, answer):
                yield _describe(f"{where}.answer", text, "a placeholder, such as <name 1>")
            if isinstance(answer, list) and len(set(answer)) < len(answer):
                yield f"{where}.answer has an item more than once."
        if found.known_from == "observed" or (profile.origin.kind == "observed" and found.answer is None):
            for text in _find_foreign_words(found.note or ""):
                yield _describe(f"{where}.note", text, "<text>")


def _find_unknown(name: str, answer: Any) -> Iterator[str]:
    """Yield the texts of an answer that a device check replaces."""
    show = Anonymizer().answer
    if isinstance(answer, Mapping):
        for key, value in answer.items():
            [(shown_key, shown)] = show(name, {key: value}).items()
            yield from _differing((key, shown_key), *zip(value.split(", "), shown.split(", "), strict=True))
    else:
        texts = answer if isinstance(answer, list) else [answer]
        yield from _differing(*((text, show(name, text)) for text in texts))


def _differing(*pairs: tuple[str, str]) -> Iterator[str]:
    yield from (text for text, shown in pairs if text != shown and not _PLACEHOLDER.fullmatch(text))


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of the sentences in a profile."""
    files = (path for source in _SOURCES for path in (CHECKOUT / source).glob("*.py"))
    words = {word.casefold() for path in files for word in _WORD.findall(path.read_text(encoding="utf-8"))}
    return frozenset(words | PLAIN_WORDS)


def _find_foreign_words(note: str) -> Iterator[str]:
    words = _WORD.findall(_SCRATCH.sub(" ", note))
    # Texts of the experiments, such as an ü in another charset.
    yield from (word for word in dict.fromkeys(words) if len(word) > 2 and word.casefold() not in _vocabulary())


def _find_disk_faults(profile: Profile) -> Iterator[str]:
    rules: Mapping[str, Callable[[str], str]] = build_disk_rules(ShownValues(Identifiers()))
    disks = profile.state.get("disks") or ()
    for number, disk in enumerate(disks):
        where = f"state.disks[{number}]"
        if disk.get("name"):
            yield _describe(f"{where}.name", disk["name"], "an empty text")
        for name in ("diskid", "cleanuppolicy", "filesystem", "status", "group"):
            yield from (
                _describe(f"{where}.{name}", text, "a placeholder, such as <status>")
                for text in _differing((disk.get(name, ""), rules[name](disk.get(name, ""))))
            )
        yield from (f"{where}.{name} is negative." for name in _SIZES if (disk.get(name) or 0) < 0)
    if len({disk["diskid"] for disk in disks}) < len(disks):
        yield "state.disks has a disk more than once."


def _find_observation_faults(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not set(name.casefold().split("_")) <= _vocabulary():
                yield _describe(where, name, "a name that a device check writes")
            yield from _find_observation_faults(item, f"{where}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _find_observation_faults(item, where)
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{where} is not a finite number."
    elif isinstance(value, str):
        yield from (_describe(where, word, "<text>") for word in _find_foreign_words(_PLACEHOLDER.sub(" ", value)))


def _describe(where: str, text: str, replacement: str) -> str:
    return f"{where} has {text[:60]!r}, which may name a site or a person. Replace it with {replacement}."
