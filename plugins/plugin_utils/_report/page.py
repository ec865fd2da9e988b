# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the report as one self-contained page, for screen and print. Pure.

The templates are in ``html``. Each section of the page has its own, and every text in them is escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.chart import build_chart, build_trend, draw_shape
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    AUDIT,
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.glossary import DEFINITIONS, GLOSSARY
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import list_conditions, sort_holds
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.origin import render_run, render_verified
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_titles import title_policies
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.rows import (
    VERIFIED,
    build_rows,
    retention_key,
    verified_parts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    NON_COMPLIANT,
    STATE_OF,
    STATES,
    UNVERIFIED,
    render_count,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.to_do import ToDo, build_to_do
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    DISK_LABELS,
    HOLD_LABELS,
    HOLD_TONES,
    LABELS,
    render_site,
)

#: By state, its color, the worst state first.
TONES: Mapping[str, str] = {NON_COMPLIANT: "bad", UNVERIFIED: "unknown", COMPLIANT: "good"}
#: By verdict on a disk, the color of its severity at worst.
_DISK_TONES = {
    **dict.fromkeys(("overdue", "missing", "locked"), "critical"),
    **dict.fromkeys(("short", "conflicting_cleanup", "full"), "bad"),
    **dict.fromkeys(("insufficient_history", "indeterminate"), "unknown"),
    "met": "good",
}
_SEVERITIES = ("critical", "warning", "cosmetic", "info")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]+Z)?")
#: Shorter words fit into every line, and shorter names into every column.
_LONG_WORD, _SHORT = re.compile(r"\S{17,}"), 11
_SPECIAL_WORD = re.compile(rf"({_DATE.pattern}|{_LONG_WORD.pattern})")
_BEHIND_SEPARATOR = re.compile(r"(?<=[_/.,:;=&?@])(?!$)")
_WHOLE, _LONG = Markup('<span class="whole">{}</span>'), Markup('<span class="long">{}</span>')


@dataclass(frozen=True)
class Tile:
    """One state with the number of its hosts."""

    state: str
    label: str
    tone: str
    count: int
    percent: str
    #: verdict, label, and number of hosts
    verdicts: tuple[tuple[str, str, int], ...]
    #: of compliant hosts, what was verified: its key, its label, and the number of hosts
    verified: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Site:
    """One inventory group with the number of its hosts by state."""

    number: int
    name: str
    hosts: int
    counts: Mapping[str, int]

    @property
    def label(self) -> str:
        """Return what the page shows: the name of the group, or of the site that the inventory plugin made it for."""
        return render_site(self.name)


def build_environment() -> jinja2.Environment:
    """Build what renders the templates: strict, and with every text escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "html"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    filters: dict[str, Callable[..., str]] = {
        "label": render_label,
        "moment": render_moment,
        "hosts": render_count,
        "text": render_text,
        "cell": render_cell,
    }
    environment.filters |= filters
    return environment


def render_html(document: Document) -> str:
    """Render the page."""
    to_do = build_to_do(document["hosts"])
    template = build_environment().get_template("report.html.j2")
    return template.render(
        document=document,
        sentences=(render_run(document), render_verified(document)),
        tiles=build_tiles(document),
        to_do=to_do,
        conclusion=_conclude(document, to_do),
        tones=TONES,
        sites=_build_sites(document),
        disks=_build_disks(document),
        chart=build_chart(document["retention"]),
        draw_shape=draw_shape,
        retention_key=retention_key,
        trend=build_trend(document),
        rows=build_rows(document),
        severities=_SEVERITIES,
        verified=VERIFIED,
        definitions=DEFINITIONS,
        policies=tuple(sorted(title_policies(document), key=lambda item: -item[1]["hosts"])),
        holds=tuple(map(_build_hold, sort_holds(document["holds"]))),
        gaps=tuple(_build_gaps(document, to_do)),
        facts=tuple(_build_facts(document)),
        glossary=GLOSSARY,
    )


def render_label(name: str) -> str:
    """Render a state, a verdict, or a term for people."""
    return LABELS.get(name, name.replace("_", " "))


def render_text(text: str) -> Markup:
    """Mark where a text may have a line break: only very long words have one inside, and dates never."""
    return Markup("").join(map(_mark, _SPECIAL_WORD.split(str(text))))


def render_cell(text: str) -> Markup:
    """Mark where a text in a narrow column may have a line break: long names behind their separators, too."""
    return Markup("").join(map(_divide, re.split(r"(\s+)", str(text))))


def _divide(word: str) -> Markup:
    is_divided = len(word) > _SHORT and not _DATE.fullmatch(word)
    parts = _BEHIND_SEPARATOR.split(word) if is_divided else [word]
    return Markup("<wbr>").join(map(_mark, parts))


def _mark(part: str) -> Markup:
    if _DATE.fullmatch(part):
        return _WHOLE.format(part)
    if _LONG_WORD.fullmatch(part):
        return _LONG.format(part)
    return escape(part)


def render_moment(text: str) -> str:
    """Render a time of a report for people."""
    return text.replace("T", " ").replace("Z", " UTC")


def build_tiles(document: Document) -> tuple[Tile, ...]:
    """Build the tiles, the worst state first."""
    summary = document["summary"]
    percents = split_percent([summary["states"][state] for state in TONES])
    return tuple(
        Tile(
            state,
            LABELS[state].capitalize(),
            tone,
            summary["states"][state],
            percent,
            tuple(
                (verdict, LABELS[verdict], summary["verdicts"][verdict])
                for verdict in STATES[state]
                if summary["verdicts"][verdict]
            ),
            _count_verified(document["hosts"]) if state == COMPLIANT else (),
        )
        for (state, tone), percent in zip(TONES.items(), percents, strict=True)
    )


def _count_verified(hosts: Iterable[Document]) -> tuple[tuple[str, str, int], ...]:
    counts = Counter(verified_parts(host) for host in hosts if STATE_OF[host["verdict"]] == COMPLIANT)
    return tuple((key, label, counts[key]) for key, label in VERIFIED.items() if counts[key])


def split_percent(counts: Sequence[int]) -> list[str]:
    """Return percentages with at most one decimal that add up to 100 (largest remainder).

    Only all is 100, and only none is 0: the largest part gives each small one its tenth.
    """
    total = sum(counts)
    if not total:
        return ["0"] * len(counts)
    tenths = [max(1000 * count // total, bool(count)) for count in counts]
    remainders = [1000 * count % total if 1000 * count >= total else 0 for count in counts]
    for place in sorted(range(len(counts)), key=lambda place: -remainders[place])[: max(0, 1000 - sum(tenths))]:
        tenths[place] += 1
    tenths[tenths.index(max(tenths))] += 1000 - sum(tenths)
    return [f"{part / 10:.1f}" if any(part % 10 for part in tenths) else str(part // 10) for part in tenths]


def _conclude(document: Document, to_do: Sequence[ToDo]) -> str:
    """Return what to say instead of a list of what to do."""
    if to_do:
        return ""
    if not document["hosts"]:
        return "No host was in this run, so that nothing was verified."
    if document["summary"]["recordings_verified"] < len(document["hosts"]):
        return "Nothing: the settings of all hosts are as the policy requires."
    return "Nothing: the settings and the recordings of all hosts are as the policy requires."


def _build_sites(document: Document) -> tuple[Site, ...]:
    """Return the inventory groups, those with the most non-compliant hosts first."""
    sites = []
    for number, site in enumerate(document["sites"]):
        counts = dict.fromkeys(TONES, 0)
        for verdict, count in site["verdicts"].items():
            counts[STATE_OF[verdict]] += count
        sites.append(Site(number, site["site"], site["hosts"], counts))
    return tuple(sorted(sites, key=lambda site: (-site.counts[NON_COMPLIANT], -site.counts[UNVERIFIED], site.name)))


def _build_disks(document: Document) -> tuple[tuple[str, str, str, int], ...]:
    """Return verdict, label, color, and number of the disks whose recordings were verified, the worst first."""
    counts = document["summary"]["disks"] or {}
    return tuple(
        (name, DISK_LABELS[name], tone, counts[name]) for name, tone in _DISK_TONES.items() if counts.get(name)
    )


def _build_hold(hold: Document) -> Document:
    """Return a hold with its hosts by condition: label, color, and names."""
    conditions = list_conditions(hold)
    return {**hold, "hosts": [(HOLD_LABELS[name], HOLD_TONES[name], hosts) for name, hosts in conditions]}


def _build_gaps(document: Document, to_do: Sequence[ToDo]) -> Iterator[tuple[str, str]]:
    """Yield what was not verified, and why; the second text is the link to the hosts, if there is one."""
    for item in to_do:
        if item.urgency == UNVERIFIED or item.key in ("disk_insufficient_history", "disk_empty", "disk_indeterminate"):
            yield f"{render_count(item.hosts)}: {item.problem.text}.", f"#reason={item.key}"
    without = [host for host in document["hosts"] if verified_parts(host) == "settings"]
    # Without ``actual``, nothing was to be read.
    unread = sum(host["actual"] is not None for host in without)
    reasons = (
        "was not requested. To check them, too, set retention_policy_verify_recordings",
        "was not possible",
    )
    for count, reason in zip((len(without) - unread, unread), reasons, strict=True):
        if count:
            text = f"{render_count(count)}: only the settings, because a verification of the recordings {reason}."
            yield text, "#verified=settings"
    if document["summary"]["recordings_verified"]:
        yield "Which recording belongs to which group: devices do not report it, so that each disk is assessed.", ""
        yield "Gaps between recordings: only the oldest and the newest recording of each disk are checked.", ""
    yield f"Changes on the devices after {render_moment(document['created'])}.", ""


def _build_facts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield what identifies the run, each with its name."""
    by, scope, part = document["created_by"], document["scope"], document["slice"]
    versions = f"camfleet.axis {document['collection_version']}, ansible-core {document['ansible_version']}"
    yield "Type", _describe_type(document)
    yield from (("Ended early", text) for text in [document["stopped"]] if text)
    yield "Started", render_moment(document["started"] or "unknown")
    yield "Ended", render_moment(document["created"])
    yield "Duration", _describe_duration(document["duration_seconds"])
    yield "Run by", f"{by['user'] or 'an unknown user'} on {by['controller'] or 'an unknown controller'}"
    yield from (("Job", job) for job in [by["job"]] if job)
    yield "Approved by", document["approved_by"] or "not stated"
    yield "Run ID", document["run_id"] or "unknown"
    if part:
        yield "Slice", f"{part['number']} of {part['count']}"
    yield "Hosts", f"{scope['pattern'] or 'unknown pattern'}{_describe_limit(scope)}"
    yield "Not in this run", f"{render_count(scope['not_in_run'])} of the pattern"
    yield "Inventory", ", ".join(scope["inventory_sources"]) or "unknown"
    yield "Recorded", _describe_sources(document)
    yield "Versions", versions + (f", Python {document['python_version']}" if document["python_version"] else "")
    yield (
        "SHA-256 of the content of the JSON report, whose file name has the first 8 digits",
        document["content_sha256"],
    )


def _describe_type(document: Document) -> str:
    if document["run_type"] == AUDIT:
        return "audit"
    return "roll-out in check mode" if document["check_mode"] else "roll-out"


def _describe_duration(seconds: int | None) -> str:
    if seconds is None:
        return "unknown"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "less than 1 s"


def _describe_limit(scope: Mapping[str, object]) -> str:
    return f", limited to {scope['limit']}" if scope["limit"] else ", without a limit"


def _describe_sources(document: Document) -> str:
    summary = document["summary"]
    sources, groups = (render_count(summary[name], noun) for name, noun in _COUNTED)
    return f"{sources}, {groups} (missing ones included); a recorder is one host with several sources"


_COUNTED = (("recorded_sources", "source"), ("groups", "recording group"))
