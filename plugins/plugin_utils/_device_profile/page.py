# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a device profile, for a reader who has to decide whether to proceed (CommonMark with tables)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import MOUNTED_STATUSES, UNLIMITED_AGES
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import Effect
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile, show_answer
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import (
    ALL_REMOVED,
    MEANINGS,
    NEVER_TOUCHED,
    OF_MODEL,
    CheckRun,
    Verdict,
    describe_coverage,
    describe_deviation,
    describe_removed,
    explain_leftover,
    explain_open_point,
    find_deviations,
    find_effects,
    find_open_points,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.wording import describe_answer
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.removal import (
    describe_public_item,
    describe_removal,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import escape_markdown

#: The first line of each page.
MARK = "<!-- Page of a device check of camfleet.axis. The next check replaces it. -->"
_REPOSITORY = "https://github.com/camfleet/camfleet.axis"
_MAX_ANSWER = 300
_PARTS = {"read": "reads", "write": "experiments with scratch groups", "wait": "points that take time"}
#: Seconds by which a clock may differ because of the duration of a request.
_MAX_CLOCK_DIFFERENCE = 10
_COUNTS = {
    "recording_groups": "recording group",
    "recordings": "recording",
    "action_configurations": "action configuration",
    "action_rules": "action rule",
}
_ADDRESS = re.compile(r"\b(https?)://[^\s/'\"]+")
_USER = re.compile(r"(?<!\S)(--user|-u)[ =]+('[^']*'|\"[^\"]*\"|\S+)")
_VARIABLE = re.compile(
    r"\b((?:device_check|retention_policy)_[a-z_]+(?:: (?:true|[0-9]+[mhd]))?|(?<=error )[a-z]+_[a-z_]+)"
)
_CONTRIBUTE = (
    "The profile of a real device helps everyone who has the same model. It is the JSON file next to this page. It has "
    "each answer with the requests and responses that show it. Serial number, addresses, names, users, and nonces are "
    f"replaced; read it before you publish it. [CONTRIBUTING]({_REPOSITORY}/blob/main/CONTRIBUTING.md) explains how to "
    "submit it."
)


def render_page(profile: Profile, verdict: Verdict, run: CheckRun) -> str:
    """Render the page. It names neither host, address, user, nor serial number.

    :param profile: with the answers of earlier checks.
    """
    device = profile.device
    firmware = f" with AXIS OS {device.firmware}" if device.firmware else ""
    lines = [
        MARK,
        "",
        f"# Device check: {escape_markdown((device.model or 'Unknown device') + firmware)}",
        "",
        f"**{verdict.headline}.** {MEANINGS[verdict.kind]}",
        "",
        *_render_reasons(verdict),
        f"- {_sentence(describe_coverage(profile))} See *What was not checked* below.",
        "",
        *_render_remains(run),
        *_render_decisions(profile),
        *_render_open_points(profile),
        *_render_origin(profile, run),
        *_render_rest(profile),
        "## Contribute this profile",
        "",
        _CONTRIBUTE,
    ]
    return "\n".join(lines) + "\n"


def _render_reasons(verdict: Verdict) -> Iterator[str]:
    yield from (f"- {_sentence(text)}" for text in (*verdict.reasons, *verdict.remarks))
    if verdict.model is not None:
        yield ""
        yield f"{OF_MODEL} **{verdict.model.headline}.** {MEANINGS[verdict.model.kind]}"
        yield ""
        yield from _render_reasons(verdict.model)


def hide_site(text: str) -> str:
    """Return a text, such as a command, without the address and the user that it is for."""
    return _USER.sub(r"\1 USER", _ADDRESS.sub(r"\1://DEVICE", text))


def _render_origin(profile: Profile, run: CheckRun) -> Iterator[str]:
    origin, device = profile.origin, profile.device
    earlier = [part for part in origin.parts if part not in run.parts]
    yield "## What was checked"
    yield ""
    yield (
        f"Checked on {escape_markdown(origin.date)} with camfleet.axis "
        f"{escape_markdown(origin.collection_version or 'of an unknown version')}"
        f"{f' as {escape_markdown(origin.role)}' if origin.role else ''}: {_list_parts(run.parts)}."
        f"{f' Earlier checks: {_list_parts(earlier)}.' if earlier else ''}"
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
    yield from (f"- {escape_markdown(text)}" for text in _describe_observations(profile))
    yield ""


def _list_parts(parts: Sequence[str]) -> str:
    return ", ".join(_PARTS.get(part, part) for part in parts)


def _describe_disk(disk: Mapping[str, Any]) -> str:
    status, size = disk.get("status") or "unknown", disk.get("totalsize")
    is_mounted = status in MOUNTED_STATUSES
    texts = [f"{'mounted' if is_mounted else 'not mounted'} (status {status})"]
    texts += [name for name in ("locked", "full") if disk.get(name) is True]
    texts += ["read-only"] * (disk.get("readonly") is True)
    if is_mounted and disk.get("filesystem"):
        texts.append(f"file system {disk['filesystem']}")
    if is_mounted and isinstance(size, int):
        texts.append(f"{size / 1e6:.0f} GB")
    return ", ".join([*texts, *_describe_cleanup(disk)])


def _describe_cleanup(disk: Mapping[str, Any]) -> Iterator[str]:
    policy, age = disk.get("cleanuppolicy"), disk.get("cleanupmaxage")
    if policy not in (None, "fifo"):
        yield f"cleanup policy {policy}"
    elif isinstance(age, int):
        yield "no age limit" if age in UNLIMITED_AGES else f"age limit {_count(age, 'day')}"


def _describe_observations(profile: Profile) -> Iterator[str]:
    observations = profile.state.get("observations") or {}
    certificate, difference = observations.get("certificate"), observations.get("clock_difference_seconds")
    if isinstance(certificate, Mapping):
        yield f"Certificate: {', '.join(_describe_certificate(certificate))}"
    if isinstance(difference, int):
        yield _describe_clock(difference)
    counts = [_count(observations[name], text) for name, text in _COUNTS.items() if name in observations]
    if counts:
        yield f"On the device: {', '.join(counts)}"


def _describe_certificate(certificate: Mapping[str, Any]) -> Iterator[str]:
    issuer = certificate.get("self_signed")
    if issuer is not None:
        yield "self-signed" if issuer else "signed by an authority"
    yield from (f"{name} {certificate[name]}" for name in ("key", "signature") if certificate.get(name))
    days = certificate.get("expires_in_days")
    if isinstance(days, int):
        yield f"expires in {_count(days, 'day')}" if days >= 0 else f"expired {_count(-days, 'day')} ago"


def _describe_clock(difference: int) -> str:
    size, direction = abs(difference), "ahead" if difference > 0 else "behind"
    if size <= _MAX_CLOCK_DIFFERENCE:
        offset = f" ({_count(size, 'second')} {direction})" if size else ""
        return f"The clock is right{offset}"
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    length, unit = next((length, unit) for length, unit in units if size >= length)
    time = _count(size // length, unit)
    return f"The clock is {time} {direction}. Correct it: the device deletes recordings by its own clock"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _render_remains(run: CheckRun) -> Iterator[str]:
    yield "## What remains on the device"
    yield ""
    if not run.remains and not run.leftovers and not run.leftovers_unknown:
        yield ALL_REMOVED if run.has_written else "Nothing: the check sent only requests that read."
        yield from [""] * bool(run.removed or run.unrecognized)
    if run.removed:
        yield f"- {describe_removed(run)}"
    for item in run.remains:
        yield f"- {escape_markdown(describe_public_item(item))}. To remove it: {_command(str(item['remove_with']))}"
    for item in run.leftovers:
        yield f"- {escape_markdown(f'{describe_public_item(item)}, of an earlier check. {explain_leftover(item)}')}"
    if run.leftovers_unknown:
        yield f"- {escape_markdown(run.leftovers_unknown)}"
    for item in run.unrecognized:
        # Its ID and its name may be those of a site.
        text = f"A {str(item['kind']).replace('_', ' ')} that is not of a device check. {NEVER_TOUCHED}"
        yield f"- {escape_markdown(f'{text} The result of the task names it.')}"
    yield ""


def _render_decisions(profile: Profile) -> Iterator[str]:
    """Render what an operator has to decide about."""
    effects, differing = _find_groups(profile)
    limited = [name for name, effect in effects.items() if effect.kind in ("limits", "unsupported")]
    yield from _render_section(profile, "What the collection does not support, or limits", limited)
    yield from _render_section(profile, "What differs from the documentation", differing)


def _render_rest(profile: Profile) -> Iterator[str]:
    effects, differing = _find_groups(profile)
    harmless = [name for name, effect in effects.items() if effect.kind in ("copes", "irrelevant")]
    matching = [name for name in effects if BY_NAME[name].documented is not None and name not in differing]
    others = [name for name in harmless if name not in {*differing, *matching}]
    yield from _render_section(profile, "What matches the documentation", matching)
    yield from _render_section(profile, "What the documentation leaves open, and the collection supports", others)


def _find_groups(profile: Profile) -> tuple[dict[str, Effect], list[str]]:
    """Return the effects of all answers, and the points that differ from the documentation."""
    effects = {point.name: effect for point, effect in find_effects(profile)}
    return effects, [point.name for point in find_deviations(profile)]


def _render_section(profile: Profile, title: str, names: Sequence[str]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield from _render_table(profile, names) if names else ["Nothing that was found."]
    yield ""


def _render_table(profile: Profile, names: Sequence[str]) -> Iterator[str]:
    effects, differing = _find_groups(profile)
    is_documented = any(name in differing for name in names)
    columns = ("Question", "Answer", *["Documentation"] * is_documented, "What the collection does")
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for name in names:
        point, found = BY_NAME[name], profile.find(name)
        documented = "silent" if point.documented is None else _show(describe_answer(point, point.documented))
        answer = describe_deviation(point, profile) if name in differing else describe_answer(point, found.answer)
        date = f" ({escape_markdown(found.date)})" if found.date and found.date != profile.origin.date else ""
        note = f". {escape_markdown(hide_site(found.note))}" if found.note else ""
        effect = effects[name].text if name in effects else ""
        cells = (
            _cell(point.question),
            f"{_show(answer)}{date}{note}",
            *[documented] * is_documented,
            _cell(effect),
        )
        yield f"| {' | '.join(cells)} |"


def _render_open_points(profile: Profile) -> Iterator[str]:
    yield "## What was not checked"
    yield ""
    questions: dict[str, list[str]] = {}
    for point in find_open_points(profile):
        questions.setdefault(explain_open_point(point, profile), []).append(point.question)
    if not questions:
        yield "Nothing: every point is settled."
        yield ""
    for reason, of_reason in questions.items():
        yield _sentence(reason)
        yield ""
        yield from (f"- {escape_markdown(question)}" for question in of_reason)
        yield ""


def _command(text: str) -> str:
    """Return what removes an item: a command, or a sentence."""
    shown = describe_removal(text)
    return shown if shown.startswith("`") else escape_markdown(shown)


def _sentence(text: str) -> str:
    """Return a sentence with its variables as code, which a reader may copy."""
    parts = _VARIABLE.split(hide_site(text))
    return "".join(f"`{part}`" if index % 2 else _escape_part(part) for index, part in enumerate(parts))


def _escape_part(text: str) -> str:
    # Escaping removes the spaces at the ends.
    begin, end = (" " if space else "" for space in (text[:1].isspace(), text[-1:].isspace()))
    return f"{begin}{escape_markdown(text)}{end}" if text.strip() else begin


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(value: object) -> str:
    text = " ".join(remove_invisible(show_answer(value)).split()).replace("`", "'").replace("|", "\\|")
    return f"`{_shorten(text)}`"


def _show(text: str) -> str:
    return escape_markdown(_shorten(" ".join(text.split())))


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_ANSWER else f"{text[:_MAX_ANSWER]}…"
