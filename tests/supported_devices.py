# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables of the page on supported devices from the device profiles in ``tests/simulator/profiles``.

Run it with ``make supported-devices``. The rest of the page is edited by hand.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import EffectKind, effect_of
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS, Point
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    KINDS,
    PointAnswer,
    Profile,
    show_answer,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import parse_profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import is_relevant
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.wording import describe_answer
from tests.playbook import CHECKOUT

PROFILES = CHECKOUT / "tests" / "simulator" / "profiles"
PAGE = CHECKOUT / "docs" / "docsite" / "rst" / "supported_devices.rst"
_BEGIN = (
    ".. The following tables are generated from tests/simulator/profiles. To update them, run: make supported-devices"
)
_END = ".. End of the generated tables."
#: The sections: title, and the first of their points.
_SECTIONS = {
    "What the device offers": "recording_group_api",
    "Connection and login": "http_challenge",
    "Form of responses": "group_attributes",
    "Creating a group": "default_retention_time",
    "Updating a group": "empty_text",
    "Actions and IDs": "action_checks_group",
    "What takes time": "running_recording_blocks_delete",
    "What the device check leaves open": "max_groups",
}
_EFFECTS: Mapping[EffectKind, str] = {
    "irrelevant": "Not relevant",
    "copes": "Supported",
    "limits": "**Limited**",
    "unsupported": "**Not supported**",
}
_SPECIAL = re.compile(r"([\\*`|_<>])")
_LINK = re.compile(r"https?://[^\s,;)]+")
_REPOSITORY = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/?")
_UNKNOWN = "not known"


def load_profiles() -> dict[str, Profile]:
    """Return the profiles by name."""
    paths = sorted(PROFILES.glob("*.json"), key=lambda path: _sort_key(path.stem))
    return {path.stem: parse_profile(path.read_bytes(), path.name) for path in paths}


def _sort_key(name: str) -> list[tuple[bool, int, str]]:
    """Sort numbers in names as numbers: 12_9 before 12_11."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", name)]


def render_tables(profiles: Mapping[str, Profile]) -> str:
    """Return the generated part of the page, without its markers."""
    lines = [*_render_devices(profiles)]
    for title, points in _group_points():
        lines += ["", title, "~" * len(title), "", *_render_points(profiles, points)]
    return "\n".join(lines) + "\n"


def updated(page: str, profiles: Mapping[str, Profile]) -> str:
    """Return the text of the page with the tables of these profiles.

    :raises ValueError: the page does not have the markers of the tables.
    """
    before, begin, rest = page.partition(f"{_BEGIN}\n")
    _tables, end, after = rest.partition(f"{_END}\n")
    if not begin or not end:
        raise ValueError(f"{PAGE.name}: add the lines {_BEGIN!r} and {_END!r}")
    return f"{before}{begin}\n{render_tables(profiles)}\n{end}{after}"


def describe_device(profile: Profile) -> str:
    """Return model and AXIS OS."""
    device = profile.device
    return f"{device.model or 'unknown model'}, AXIS OS {device.firmware or _UNKNOWN}"


def escape(text: str) -> str:
    """Return a text for reStructuredText, with its addresses as links."""
    parts, position = [], 0
    for link in _LINK.finditer(text):
        parts += [_SPECIAL.sub(r"\\\1", text[position : link.start()]), _render_link(link.group())]
        position = link.end()
    return " ".join("".join([*parts, _SPECIAL.sub(r"\\\1", text[position:])]).split())


def _render_link(address: str) -> str:
    repository = _REPOSITORY.fullmatch(address)
    label = repository[1] if repository else address.rstrip("/").rpartition("/")[2]
    return f"`{label} <{address}>`__"


def _group_points() -> Iterator[tuple[str, list[Point]]]:
    titles = {first: title for title, first in _SECTIONS.items()}
    groups: dict[str, list[Point]] = {}
    title = ""
    for point in POINTS:
        title = titles.get(point.name, title)
        groups.setdefault(title, []).append(point)
    yield from groups.items()


def _render_table(header: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield f"   :widths: {' '.join(map(str, widths))}"
    yield ""
    for row in (header, *rows):
        for number, cell in enumerate(row):
            lines = cell.split("\n")
            yield f"   {'*' if number == 0 else ' '} - {lines[0]}".rstrip()
            yield from (f"       {line}".rstrip() for line in lines[1:])


def _render_devices(profiles: Mapping[str, Profile]) -> Iterator[str]:
    rows = []
    for name, profile in profiles.items():
        counts = Counter(profile.find(point.name).known_from for point in POINTS)
        known = ", ".join(f"{counts[kind]} {kind}" for kind in (*KINDS, None) if kind and counts[kind])
        unknown = f", {counts[None]} {_UNKNOWN}" if counts[None] else ""
        origin = f"{profile.origin.kind}, {profile.origin.date}: {escape(profile.origin.source)}"
        rows.append((escape(describe_device(profile)), f"``{name}``", origin, f"{known}{unknown}"))
    yield from _render_table(("Device", "Profile", "Where it comes from", "Answers"), (20, 16, 40, 24), rows)


def _render_points(profiles: Mapping[str, Profile], points: Iterable[Point]) -> Iterator[str]:
    rows = []
    for point in points:
        by_answer: dict[tuple[str, bool], list[tuple[str, PointAnswer]]] = defaultdict(list)
        for name, profile in profiles.items():
            answer = profile.find(point.name)
            by_answer[show_answer(answer.answer), is_relevant(point, profile)].append((name, answer))
        question = escape(point.question)
        for (shown, relevant), answers in by_answer.items():
            rows.append((question, *_render_answer(point, shown, answers, relevant=relevant)))
            question = ""
    yield from _render_table(("Question", "Answer", "Devices", "What the collection does"), (24, 18, 30, 28), rows)


def _render_answer(
    point: Point, shown: str, answers: Sequence[tuple[str, PointAnswer]], *, relevant: bool
) -> tuple[str, str, str]:
    """Return the cells for an answer: the answer, the devices with it, and what the collection does."""
    answer = answers[0][1].answer
    # Of texts by name, a page of this width has all.
    shown = shown if isinstance(answer, Mapping) else describe_answer(point, answer)
    by_source: dict[str, list[str]] = defaultdict(list)
    for name, known in answers:
        by_source[_render_source(known)].append(f"``{name}``")
    devices = "\n\n".join(f"{', '.join(names)}: {source}" for source, names in by_source.items())
    effect = effect_of(point.name, answer)
    text = f"{_EFFECTS[effect.kind]}{', in the worst case:' if answer is None else '.'} {escape(effect.text)}"
    cell = _UNKNOWN if answer is None else escape(shown)
    return cell, devices, text if relevant else f"{_EFFECTS['irrelevant']} on these devices."


def _render_source(known: PointAnswer) -> str:
    source = known.known_from or _UNKNOWN
    if known.known_from == "observed" and known.date:
        source += f" on {known.date}"
    if known.source:
        source += f", {escape(known.source)}"
    return f"{source}. {escape(known.note)}" if known.note else source


def main() -> int:
    """Write the page, and return the exit status."""
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8"), load_profiles()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
