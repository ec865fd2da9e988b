# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render a comparison of two reports: as lines for the terminal, and as the text of a file in each format. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.compare import CHANGED, UNCHANGED, WORSE
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import (
    DISK,
    HOLD,
    HOST,
    RECORDINGS,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import DIGEST
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import AUDIT, Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import escape_markdown, render_json
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import build_environment
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    UNVERIFIED,
    abbreviate,
    group_by_reason,
    render_count,
    render_hold,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    LABELS,
    describe_finding,
    describe_reason,
)

#: By result, what it means.
RESULT_LABELS: Mapping[str, str] = {
    WORSE: (
        "worse: there are findings, or gaps in the proof, that the earlier report did not have, or a hold protects less"
    ),
    CHANGED: "changed, and not worse",
    UNCHANGED: "no difference",
}
#: The name and the meaning of each list, in the order of the output.
_TITLES: Mapping[str, tuple[str, str]] = {
    "new": ("New", "Findings that the earlier report proves were not there."),
    "worse": ("Worse", "Findings of both reports that are now more severe, or further from the policy."),
    "holds_weakened": (
        "Holds weakened",
        "Legal holds that were removed, protect fewer hosts or groups, or end earlier than the earlier report says.",
    ),
    "held_devices_replaced": (
        "Devices with held recordings replaced",
        "Hosts that have another serial number than before, and whose former device has recordings under a hold.",
    ),
    "no_longer_verified": (
        "No longer verified",
        "The later report does not prove these, so that nothing of it counts as fixed.",
    ),
    "hosts_removed": ("Hosts removed", "Hosts of the earlier report that the later one does not have."),
    "fixed": ("Fixed", "Findings of the earlier report that the later one proves to be compliant."),
    "better": ("Better", "Findings of both reports that are now less severe, or closer to the policy."),
    "newly_verified": (
        "Newly verified",
        "The earlier report did not prove these, so that no finding in it counts as new.",
    ),
    "longer_retention": (
        "Longer retention",
        "These recordings have to be kept longer than before, and do not reach back that far yet. They are not worse.",
    ),
    "hosts_added": ("Hosts added", "Hosts of the later report that the earlier one does not have."),
    "devices_replaced": ("Devices replaced", "Hosts that have another serial number than before."),
    "policies_changed": ("Policies changed", "The policy of these hosts differs between the reports."),
    "holds_changed": ("Holds changed", "Legal holds that differ between the reports."),
    "open": ("Still open", "Findings of both reports, with the same severity."),
}
#: Likewise, of hosts that were not compared. They are no difference.
_NOT_COMPARED: Mapping[str, tuple[str, str]] = {
    "still_unverified": (
        "Unverified in both reports",
        "Nothing is known about these hosts, so that they are not compared.",
    ),
    "outside_limit": ("Outside the limit", "Hosts outside the limit of one of the runs, which are not compared."),
}
#: What a line has, as the names of columns.
COLUMNS = ("Host", "Part", "Finding", "Open since")
#: The names of the colors of the lists.
_TONES: Mapping[str, str] = {
    **dict.fromkeys(("new", "worse", "no_longer_verified", "hosts_removed"), "critical"),
    **dict.fromkeys(("holds_weakened", "held_devices_replaced"), "critical"),
    **dict.fromkeys(("fixed", "better"), "good"),
    **dict.fromkeys(("newly_verified", "longer_retention", "still_unverified"), "unknown"),
    "open": "bad",
}
#: By section, the list that it is a part of.
_PARTS: Mapping[str, str] = {"holds_weakened": "holds_changed", "held_devices_replaced": "devices_replaced"}
_IS_WORSE: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "holds_changed": lambda item: item["hosts_weakened"]["hosts"] > 0,
    "devices_replaced": lambda item: bool(item["holds"]),
}
_HOLD_CHANGES: Mapping[str, str] = {
    "added": "added",
    "removed": "removed",
    "until": "other end",
    "state": "other state",
    "hosts": "other hosts",
}


@dataclass(frozen=True)
class Line:
    """One difference: the hosts and the part that it is about, what is different, and since when it is open."""

    hosts: str
    subject: str
    text: str
    since: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the text of each column."""
        return self.hosts, self.subject, self.text, self.since


@dataclass(frozen=True)
class Section:
    """All differences of one kind."""

    name: str
    title: str
    meaning: str
    count: int
    lines: tuple[Line, ...]

    @property
    def tone(self) -> str:
        """Return the name of its color."""
        return _TONES.get(self.name, "none")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns in which at least one line has a text."""
        return tuple(name for number, name in enumerate(COLUMNS) if any(line.cells[number] for line in self.lines))

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """Return the cells of each line, each with the name of its column."""
        columns, rows = self.columns, (zip(COLUMNS, line.cells, strict=True) for line in self.lines)
        return [[(name, text) for name, text in row if name in columns] for row in rows]


def build_sections(document: Document) -> tuple[Section, ...]:
    """Build the sections of a comparison that have an entry, the worst first."""
    return tuple(
        Section(name, *titles, len(items), tuple(_build_lines(name, items)))
        for name, titles in {**_TITLES, **_NOT_COMPARED}.items()
        if (items := _list_items(document, name))
    )


def _list_items(document: Document, name: str) -> list[Any]:
    """Return the entries of a section: those that endanger held recordings have sections of their own."""
    source = _PARTS.get(name, name)
    is_worse = _IS_WORSE.get(source)
    return [item for item in document[source] if is_worse is None or is_worse(item) is (name in _PARTS)]


def _build_lines(name: str, items: Iterable[Any]) -> Iterator[Line]:
    for item in items:
        if name == "outside_limit":
            yield Line(item, "", "not compared")
        elif name == "policies_changed":
            yield Line(_render_hosts(item), "", _describe_policies(item))
        elif name in ("holds_changed", "holds_weakened"):
            yield Line("", f"Hold on {item['recording_group_id']}", _describe_hold_change(item))
        elif name in ("devices_replaced", "held_devices_replaced"):
            yield Line(item["host"], "", _describe_replacement(item))
        elif name in ("hosts_added", "hosts_removed", "still_unverified"):
            yield Line(item["host"], "", _describe_host(item))
        else:
            yield Line(item["host"], _describe_subject(item), describe_entry(item), _describe_since(item))


def _render_hosts(item: Mapping[str, Any]) -> str:
    return abbreviate(item["examples"], item["hosts"])


def _describe_subject(item: Mapping[str, Any]) -> str:
    if item["kind"] == HOLD:
        return f"Hold on {item['recording_group_id']}"
    if item["kind"] == DISK:
        return str(item["disk_id"])
    if item["kind"] in (HOST, RECORDINGS):
        return ""
    return str(item["recording_group_id"] or item["nice_name"] or "Device")


def describe_entry(item: Mapping[str, Any]) -> str:
    """Describe what was, and what is wrong with a part of a host."""
    earlier, later = item["earlier"], item["later"]
    if item["kind"] == RECORDINGS:
        return "the recordings were verified, and now only the settings are"
    before, after = _describe_condition(item, earlier), _describe_condition(item, later)
    if earlier is None:
        text = after
    elif later is None:
        text = _past(before)
    elif before == after and earlier["severity"] == later["severity"]:
        text = after
    else:
        text = f"{after}; {_past(before)}"
    text += " (the hold no longer applies)" if item["hold_changed"] else ""
    return f"{text} (the policy has changed)" if item["policy_changed"] else text


def _past(text: str) -> str:
    return text.replace("does", "did", 1) if text.startswith("does not exist") else f"was {text}"


def _describe_condition(item: Mapping[str, Any], condition: Mapping[str, Any] | None) -> str:
    if condition is None:
        return ""
    severity, reason = condition["severity"], describe_reason(condition["reason"] or "")
    if item["kind"] == HOST:
        label = LABELS.get(condition["verdict"], condition["verdict"])
        return f"{label}: {reason}" if reason and condition["verdict"] not in ("compliant", "changed") else label
    if item["kind"] == HOLD:
        return f"matches no recording group [{severity}]: {reason}"
    finding = {**condition, **{name: item[name] for name in ("recording_group_id", "nice_name", "disk_id")}}
    what = describe_finding(finding) or condition["verdict"].replace("_", " ")
    # The reason of a disk, and of a group that differs in no field, is what is wrong.
    is_explained = condition["fields"] or not reason
    return f"{what} [{severity}]" + ("" if is_explained else f": {reason}")


def _describe_since(item: Mapping[str, Any]) -> str:
    if item["since"] is None:
        return ""
    return f"{_render_minute(item['since'])}{' or earlier' if item['or_earlier'] else ''}"


def _describe_host(item: Mapping[str, Any]) -> str:
    label = LABELS[item["verdict"]]
    is_explained = item["state"] == "compliant" or not item["reason"]
    # The severity is about what was found.
    severity = "" if item["state"] == UNVERIFIED else f" [{item['severity']}]"
    return label if is_explained else f"{label}{severity}: {describe_reason(item['reason'])}"


def _describe_replacement(item: Mapping[str, Any]) -> str:
    before, after = (
        f"serial number {device['serial']}" + (f" ({device['model']})" if device["model"] else "")
        for device in (item["earlier"], item["later"])
    )
    text = f"{after}; was {before}"
    if not item["holds"]:
        return text
    holds = "; ".join(map(render_hold, item["holds"]))
    return (
        f"{text}. The held recordings are on the former device or its disks, if they still exist: {holds}. "
        "Store them, and inform the owner of the hold"
    )


def _describe_policies(item: Mapping[str, Any]) -> str:
    earlier, later = item["earlier"], item["later"]
    parts = [
        f"{label} {earlier[name] or 'none'} is now {later[name] or 'none'}."
        for name, label in (("purpose", "Purpose"), ("owner", "Owner"))
        if earlier[name] != later[name]
    ]
    parts += [f"No longer: {text}" for text in item["removed"]]
    parts += [f"Now: {text}" for text in item["added"]]
    if not parts:
        parts = [f"Digest {(earlier['digest'] or '')[:12]} is now {(later['digest'] or '')[:12]}."]
    return f"{later['purpose'] or 'no purpose given'}: {' '.join(parts)}"


def _describe_hold_change(item: Mapping[str, Any]) -> str:
    earlier, later = item["earlier"], item["later"]
    either = later or earlier
    parts = [", ".join(_HOLD_CHANGES[change] for change in item["changes"])]
    if "until" in item["changes"]:
        parts.append(f"until {later['until']}, was until {earlier['until']}")
    if "state" in item["changes"]:
        parts.append(f"{later['state']}, was {earlier['state']}")
    for name, label in (("hosts_removed", "no longer protects groups on"), ("hosts_added", "now protects groups on")):
        if item[name]["hosts"]:
            parts.append(f"{label} {_render_hosts(item[name])}")
    text = f"{'; '.join(parts)}: {render_hold({**item, **either})}"
    if not item["hosts_weakened"]["hosts"]:
        return text
    hosts = abbreviate(item["hosts_weakened"]["examples"], item["hosts_weakened"]["hosts"])
    return (
        f"{text}. It protects less on {hosts}. Ask the owner of the hold, {item['owner']}, whether this is right. "
        "If not, restore the hold"
    )


def _render_time(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")


def render_headline(document: Document) -> str:
    """Return the result, and the number of all differences."""
    summary = document["summary"]
    numbers = {name: len(_list_items(document, name)) for name in _TITLES}
    counts = [_render_number(name, number) for name, number in numbers.items() if number]
    texts = ", ".join(counts) or RESULT_LABELS[UNCHANGED]
    return f"Comparison of {render_count(summary['hosts'])}, {document['result']}: {texts}"


def _render_number(name: str, number: int) -> str:
    if name == "held_devices_replaced":
        return f"{render_count(number, 'device')} with held recordings replaced"
    if name == "longer_retention":
        return f"{render_count(number, 'disk')} with longer retention"
    noun, _unused, participle = name.rpartition("s_")
    if noun in ("host", "hold", "device"):
        return f"{render_count(number, noun)} {participle}"
    if name == "policies_changed":
        return f"{number} {'policy' if number == 1 else 'policies'} changed"
    return f"{number} {'still open' if name == 'open' else name.replace('_', ' ')}"


def describe_sources(document: Document) -> list[str]:
    """Return which reports were compared, and what limits the comparison, as sentences."""
    sources = [
        f"{label}: {_describe_run(source)} of {_render_minute(source['created'])}, {_render_states(source)}"
        for label, source in (("Earlier", document["earlier"]), ("Later", document["later"]))
    ]
    return [*sources, *document["notes"]]


def describe_files(document: Document) -> list[str]:
    """Return the files of the reports, and those that were skipped."""
    return [
        f"Earlier report: {document['earlier']['file']}",
        f"Later report: {document['later']['file']}",
        *(f"Skipped: {item['file']}: {item['reason']}" for item in document["skipped"]),
    ]


def _describe_run(source: Mapping[str, Any]) -> str:
    run = "audit" if source["run_type"] == AUDIT else "roll-out in check mode" if source["check_mode"] else "roll-out"
    limit = source["scope"]["limit"]
    return run if limit is None else f"{run} with the limit {limit}"


def _render_minute(text: str) -> str:
    return _render_time(text[: len("2026-11-27T08:15")] + "Z")


def _render_states(source: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count} {LABELS.get(state, state)}" for state, count in source["states"].items())
    return f"{render_count(source['hosts'])}: {counts}"


def render_lines(document: Document, files: Iterable[str] = ()) -> list[str]:
    """Render the comparison for the terminal.

    :param files: the paths of the files that were written.
    """
    lines = [render_headline(document), *describe_sources(document)]
    for section in build_sections(document):
        lines.append(f"{section.title} ({section.count}):")
        lines += group_by_reason((line.hosts or line.subject, _render_line(line)) for line in section.lines)
    lines += [*describe_files(document), *(f"Comparison: {path}" for path in files)]
    return [remove_invisible(line) for line in lines]


def _render_line(line: Line) -> str:
    subject = f"{line.subject} " if line.subject and line.hosts else ""
    return f"{subject}{line.text}" + (f", open since {line.since}" if line.since else "")


def render_markdown(document: Document) -> str:
    """Render the comparison as Markdown (CommonMark with tables)."""
    lines = ["# Comparison of two reports", "", f"**Result**: {RESULT_LABELS[document['result']]}", ""]
    lines += [f"- {escape_markdown(text)}" for text in describe_sources(document)]
    for section in build_sections(document):
        lines += ["", f"## {section.title} ({section.count})", "", section.meaning, ""]
        lines += [f"| {' | '.join(section.columns)} |", "| --- " * len(section.columns) + "|"]
        for cells in section.cells:
            lines.append(f"| {' | '.join(escape_markdown(text) for _name, text in cells)} |")
    lines += ["", "## Files", "", *(f"- {escape_markdown(text)}" for text in describe_files(document))]
    return "\n".join(lines) + "\n"


def render_html(document: Document) -> str:
    """Render one self-contained page, for screen and print."""
    return (
        build_environment()
        .get_template("comparison.html.j2")
        .render(
            document=document,
            sections=build_sections(document),
            sources=describe_sources(document),
            files=describe_files(document),
            result=RESULT_LABELS[document["result"]],
        )
    )


#: by name: the suffix of the file name, and the function that renders its text
COMPARISON_FORMATS: Mapping[str, tuple[str, Callable[[Document], str]]] = {
    "html": (".html", render_html),
    "json": (".json", render_json),
    "markdown": (".md", render_markdown),
}


def render_comparison(document: Document, formats: Iterable[str]) -> dict[str, str]:
    """Render each file of a comparison, by its name."""
    stem = f"retention-comparison-{document['created'].replace(':', '')}-{document[DIGEST][:8]}"
    chosen = [name for name in COMPARISON_FORMATS if name in set(formats)]
    return {stem + COMPARISON_FORMATS[name][0]: COMPARISON_FORMATS[name][1](document) for name in chosen}
