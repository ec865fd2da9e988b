# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a device profile, for a reader who has to decide whether to proceed (CommonMark with tables)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import UNLIMITED_AGES
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import Effect
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile, show_answer
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import (
    Verdict,
    VerdictKind,
    describe_coverage,
    describe_item,
    explain_open_point,
    find_deviations,
    find_effects,
    find_open_points,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import escape_markdown

#: The first line of each page.
MARK = "<!-- Page of a device check of camfleet.axis. The next check replaces it. -->"
_REPOSITORY = "https://github.com/camfleet/camfleet.axis"
_MEANINGS: Mapping[VerdictKind, str] = {
    "safe": "You may roll out to devices of this model and firmware: the collection supports all that was found.",
    "limits": "You may roll out to devices of this model and firmware if your policies stay within these limits. A "
    "task that does not is refused, or fails with an explanation:",
    "unsafe": "Do not roll out to devices of this model and firmware before this is resolved:",
    "unknown": "Do not roll out to more than one device of this model and firmware yet. What is missing:",
}
_MAX_ANSWER = 300
_ADDRESS = re.compile(r"\b(https?)://[^\s/'\"]+")
_USER = re.compile(r"(?<!\S)(--user|-u)[ =]+('[^']*'|\"[^\"]*\"|\S+)")
_CONTRIBUTE = (
    "The profile of a real device helps everyone who has the same model. It is the JSON file next to this page. It has "
    "each answer with the requests and responses that show it. Serial number, addresses, names, users, and nonces are "
    f"replaced; read it before you publish it. [CONTRIBUTING]({_REPOSITORY}/blob/main/CONTRIBUTING.md) explains how to "
    "submit it."
)


def render_page(
    profile: Profile,
    verdict: Verdict,
    remains: Sequence[Mapping[str, Any]] = (),
    leftovers: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Render the page. It names neither host, address, user, nor serial number."""
    device = profile.device
    firmware = f" with AXIS OS {device.firmware}" if device.firmware else ""
    lines = [
        MARK,
        "",
        f"# Device check: {escape_markdown((device.model or 'Unknown device') + firmware)}",
        "",
        f"**{verdict.headline}.** {_MEANINGS[verdict.kind]}",
        "",
        *(f"- {escape_markdown(hide_site(reason))}" for reason in verdict.reasons),
        f"- {escape_markdown(describe_coverage(profile))} See *What was not checked* below.",
        "",
        *_render_origin(profile),
        *_render_remains(profile, remains, leftovers),
        *_render_findings(profile),
        *_render_open_points(profile),
        "## Contribute this profile",
        "",
        _CONTRIBUTE,
    ]
    return "\n".join(lines) + "\n"


def hide_site(text: str) -> str:
    """Return a text, such as a command, without the address and the user that it is for."""
    return _USER.sub(r"\1 USER", _ADDRESS.sub(r"\1://DEVICE", text))


def _render_origin(profile: Profile) -> Iterator[str]:
    origin, device = profile.origin, profile.device
    parts = {"read": "reads", "write": "experiments with scratch groups", "wait": "points that take time"}
    yield "## What was checked"
    yield ""
    yield (
        f"Checked on {escape_markdown(origin.date)} with camfleet.axis "
        f"{escape_markdown(origin.collection_version or 'of an unknown version')}"
        f"{f' as {escape_markdown(origin.role)}' if origin.role else ''}: "
        f"{', '.join(parts.get(part, part) for part in origin.parts)}."
    )
    yield ""
    facts = {
        "Type": device.product_type,
        "Hardware": device.hardware_id,
        "Architecture": device.architecture,
        "System on chip": device.soc,
        "Build date": device.build_date,
    }
    yield from (f"- {name}: {_code(value)}" for name, value in facts.items() if value)
    for disk in profile.state.get("disks") or ():
        yield f"- Disk {_code(disk.get('diskid'))}: {escape_markdown(_describe_disk(disk))}"
    observations = profile.state.get("observations") or {}
    yield from (
        f"- {escape_markdown(str(name).replace('_', ' ').capitalize())}: {_code(value)}"
        for name, value in observations.items()
        if value is not None
    )
    yield ""


def _describe_disk(disk: Mapping[str, Any]) -> str:
    size, age = disk.get("totalsize"), disk.get("cleanupmaxage")
    texts = [f"status {disk.get('status')}", f"file system {disk.get('filesystem')}"]
    if isinstance(size, int):
        texts.append(f"{size / 1e6:.0f} GB")
    if isinstance(age, int):
        texts.append("no age limit" if age in UNLIMITED_AGES else f"age limit {age} days")
    return ", ".join(texts)


def _render_remains(
    profile: Profile, remains: Sequence[Mapping[str, Any]], leftovers: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    yield "## What remains on the device"
    yield ""
    if not remains and not leftovers:
        yield (
            "Nothing. The check removed everything that it created, and read this back."
            if "write" in profile.origin.parts
            else "Nothing: the check sent only requests that read."
        )
    for item in remains:
        yield f"- {escape_markdown(describe_item(item))}. To remove it: {_command(str(item['remove_with']))}"
    for item in leftovers:
        removal = "The next check with device_check_write removes it."
        yield f"- {escape_markdown(describe_item(item))}, of an earlier check. {removal}"
    yield ""


def _render_findings(profile: Profile) -> Iterator[str]:
    effects = {point.name: effect for point, effect in find_effects(profile)}
    differing = [point.name for point in find_deviations(profile)]
    matching = [name for name in effects if BY_NAME[name].documented is not None and name not in differing]
    limited = [name for name, effect in effects.items() if effect.kind in ("limits", "unsupported")]
    others = [name for name in effects if name not in {*differing, *matching, *limited}]
    sections = (
        ("What the collection does not support, or limits", limited, "Nothing that was found."),
        ("What differs from the documentation", differing, "Nothing that was found."),
        ("What matches the documentation", matching, "No answer that the documentation gives was checked."),
        ("What the documentation leaves open", others, "No further answer is known."),
    )
    for title, names, empty in sections:
        yield f"## {title}"
        yield ""
        yield from _render_table(profile, names, effects) if names else [empty]
        yield ""


def _render_table(profile: Profile, names: Sequence[str], effects: Mapping[str, Effect]) -> Iterator[str]:
    is_documented = any(BY_NAME[name].documented is not None for name in names)
    columns = ("Question", "Answer", *["Documentation"] * is_documented, "What the collection does")
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for name in names:
        point, found = BY_NAME[name], profile.find(name)
        documented = "silent" if point.documented is None else _code(point.documented)
        date = f" ({escape_markdown(found.date)})" if found.date and found.date != profile.origin.date else ""
        note = f" {escape_markdown(hide_site(found.note))}" if found.note else ""
        effect = effects[name].text if name in effects else ""
        cells = (
            _cell(point.question),
            f"{_code(found.answer)}{date}{note}",
            *[documented] * is_documented,
            _cell(effect),
        )
        yield f"| {' | '.join(cells)} |"


def _render_open_points(profile: Profile) -> Iterator[str]:
    yield "## What was not checked"
    yield ""
    open_points = find_open_points(profile)
    if not open_points:
        yield "Nothing: every point is settled."
    else:
        yield "| Question | Why |"
        yield "| --- | --- |"
    for point in open_points:
        yield f"| {_cell(point.question)} | {escape_markdown(hide_site(explain_open_point(point, profile)))} |"
    yield ""


def _command(text: str) -> str:
    """Return what removes an item: a command, or a sentence."""
    return f"`{hide_site(text).replace('`', chr(39))}`" if text.startswith("curl") else escape_markdown(hide_site(text))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(value: object) -> str:
    text = " ".join(remove_invisible(show_answer(value)).split()).replace("`", "'").replace("|", "\\|")
    text = text if len(text) <= _MAX_ANSWER else f"{text[:_MAX_ANSWER]}…"
    return f"`{text}`"
