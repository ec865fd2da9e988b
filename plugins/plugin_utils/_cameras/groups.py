# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of cameras: by model, firmware, and site, and those that a file names. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import Camera
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.names import (
    MAX_NAME,
    find_group_fault,
    name_key,
    normalize_name,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Position, Problem

#: The groups of the comparison.
UNLISTED, SILENT = "axis_unlisted", "axis_silent"
#: By field of a camera, the prefix of its groups.
PREFIXES: Mapping[str, str] = {"model": "axis_model_", "firmware": "axis_firmware_", "site": "axis_site_"}

_SEPARATORS = re.compile("_+")


@dataclass(slots=True)
class Groups:
    """The groups of cameras.

    :param of_camera: for each camera, in their order, the names of its groups.
    :param problems: names that cannot be groups.
    :param warnings: different texts of devices that lead to the same group, one line for each.
    """

    of_camera: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Use:
    """A use of a group: the text that it was built from, where it is, and whether a file has it."""

    text: str
    position: Position
    is_listed: bool


def build_groups(cameras: Iterable[Camera], parent: str) -> Groups:
    """Return the groups of all cameras.

    :param parent: the group that every host is in, which a file may name, too.
    """
    found = Groups()
    uses: dict[str, _Use] = {}
    for camera in cameras:
        named = list(_named_groups(camera, parent, found.problems))
        derived = list(_derived_groups(camera, found.problems))
        for name, use in named:
            _check_use(name_key(name), use, uses, found)
        for name, use in derived:
            _check_use(name, use, uses, found)
        found.of_camera.append([*dict.fromkeys(name for name, _use in (*named, *derived))])
    return found


def find_parent_fault(name: str) -> str | None:
    """Return why a text cannot be the name of the parent group, or ``None``."""
    return find_group_fault(name) or _find_reserved(name, "")


def find_name_conflicts(hosts: Mapping[str, Camera], groups: Collection[str]) -> list[Problem]:
    """Return a problem for each host that has the name of a group: a variable of it would be one of the group."""
    return [
        Problem(
            camera.name_position,
            f"the name {name} is also the name of a group",
            f"Rename the camera or the group, or set name in {camera.config}.",
        )
        for name, camera in hosts.items()
        if name in groups
    ]


def derive_name(prefix: str, text: str) -> str | None:
    """Return the group for a text, such as ``axis_model_p3245_lve`` for ``P3245-LVE``, or ``None``.

    An accent is left out; a letter that has no form in ASCII becomes ``u`` and its code; all else becomes ``_``.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(_transform(character) for character in decomposed)
    name = _SEPARATORS.sub("_", letters).strip("_")
    return f"{prefix}{name}"[:MAX_NAME].rstrip("_") if name else None


def _transform(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else "_"
    if unicodedata.combining(character):
        return ""
    return f"u{ord(character):04x}" if character.isalnum() else "_"


def _named_groups(camera: Camera, parent: str, problems: list[Problem]) -> Iterable[tuple[str, _Use]]:
    if camera.listed is None:
        return
    position = camera.listed.position_of("groups")
    for text in camera.listed.groups:
        name = normalize_name(text)
        if name == parent:
            continue
        if fault := find_group_fault(name) or _find_reserved(name, parent):
            problems.append(Problem(position, f"the group {text!r} {fault}", _suggest(name)))
        else:
            yield name, _Use(name, position, is_listed=True)


def _find_reserved(name: str, parent: str) -> str | None:
    if name in (UNLISTED, SILENT):
        return "is reserved for the comparison of files and addresses"
    if prefix := next((prefix for prefix in PREFIXES.values() if name.startswith(prefix)), None):
        return f"begins with {prefix}, which is reserved for groups that the plugin builds"
    if name_key(name) == name_key(parent):
        return f"differs from the parent group {parent} only in case"
    return None


def _suggest(name: str) -> str:
    suggestion = derive_name("", name)
    if suggestion and not find_group_fault(suggestion) and not _find_reserved(suggestion, ""):
        return f"Rename it, for example to {suggestion}."
    return "Rename it."


def _derived_groups(camera: Camera, problems: list[Problem]) -> Iterable[tuple[str, _Use]]:
    for name, prefix in PREFIXES.items():
        text = getattr(camera, name)
        if text is None:
            continue
        group, position = derive_name(prefix, text), camera.position_of(name)
        if group is not None:
            yield group, _Use(text, position, camera.is_listed(name))
        elif camera.is_listed(name):
            message = f"the {name} {text!r} has no letter or digit, so it cannot be a group"
            problems.append(Problem(position, message, "Correct the cell, or empty it."))


def _check_use(key: str, use: _Use, uses: dict[str, _Use], found: Groups) -> None:
    """Report different texts that lead to the same group. A device must not prevent the use of the inventory."""
    first = uses.setdefault(key, use)
    if first.text == use.text:
        return
    both = f"{use.text!r} and {first.text!r} ({first.position}) are one group, but are not written in the same way"
    if use.is_listed and first.is_listed:
        found.problems.append(Problem(use.position, both, "Write both in the same way."))
    else:
        found.warnings.append(f"{use.position}: {both}.")
