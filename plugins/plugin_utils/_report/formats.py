# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the report as the text of a file, in each format. Pure.

Every text in a report may come from a device or an inventory, so each format escapes all of them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import replace_invalid
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    INVISIBLE,
    remove_invisible,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import DIGEST
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    AUDIT,
    Document,
    is_about_group,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import list_conditions, sort_holds
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import (
    find_metrics_file,
    render_openmetrics,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.origin import (
    render_origin,
    render_run,
    render_verified,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_titles import title_policies
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.rows import is_prediction
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    NOT_IN_RUN,
    STATES,
    UNPROVEN,
    UNVERIFIED,
    VERDICTS,
    is_drift,
    render_count,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    HOLD_LABELS,
    LABELS,
    describe_reason,
    describe_span,
    host_disks,
    host_sites,
    render_change,
    render_disk,
    render_findings,
    render_hold_of_host,
    render_severity,
)

# A spreadsheet reads a cell that begins with one of these as a formula, also after blanks, and in their other forms: in
# full width, small, or raised, and with the minus of Unicode. If it separates by semicolons, so may any part of a cell.
_SIGNS = "=+\\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c"
_FORMULA = re.compile(rf"(?P<before>^|;)(?P<sign>[\s{INVISIBLE}]*[{_SIGNS}\t\r\n])")
_MARKDOWN = re.compile(r"([\\`*_\[\]#|<>~&!$])")
# Of the hosts of a hold, in Markdown.
_MAX_NAMES = 10
# Many renderers make a link of an address, whatever is around it.
_ADDRESS = re.compile(r"(?i)(\bwww(?=\.)|\w(?=://))(.)")


def render_json(document: Document) -> str:
    """Render the report as JSON, with a line for each value, so that reports can be compared with diff."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


#: What a row has about its host.
_HOST_COLUMNS: tuple[tuple[str, Callable[[Document], object]], ...] = (
    ("host", lambda host: host["host"]),
    ("state", lambda host: LABELS[host["state"]]),
    ("verdict", lambda host: LABELS[host["verdict"]]),
    ("severity", render_severity),
    ("reason", lambda host: host["reason"]),
    ("recordings verified", lambda host: "yes" if host["recordings_verified"] else "no"),
    ("error", lambda host: host["error"]["kind"] if host["error"] else ""),
    ("sites", lambda host: ", ".join(host["sites"])),
    ("address", lambda host: host["device"]["host"]),
    ("serial", lambda host: host["device"]["serial"]),
    ("model", lambda host: host["device"]["model"]),
    ("firmware", lambda host: host["device"]["firmware"]),
    ("recorded sources", lambda host: host["recorded_sources"]),
    ("changes", lambda host: "; ".join(host["changes"])),
    ("holds", lambda host: "; ".join(map(render_hold_of_host, host["holds"]))),
    ("purpose", lambda host: host["policy"]["purpose"]),
    ("owner", lambda host: host["policy"]["owner"]),
    ("policy digest", lambda host: host["policy"]["digest"]),
)
#: What a row has about one group or one disk, and what it has about the host itself.
_ITEM_COLUMNS = (
    *("kind", "recording group", "name", "finding", "finding severity", "finding reason"),
    *("retention expected hours", "retention found hours", "recorded source", "stream options"),
    *("disk", "disk status", "recordings", "oldest recording", "newest recording", "age hours"),
)


def render_csv(document: Document) -> str:
    """Render a line for each recording group and each verified disk (RFC 4180).

    A host without any has one line. Excel needs the byte order mark to recognize UTF-8.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL)
    only_predicted = is_prediction(document)
    writer.writerow([*(name for name, _read in _HOST_COLUMNS), *_ITEM_COLUMNS])
    for host in document["hosts"]:
        changes = [render_change(change, only_predicted=only_predicted) for change in host["changes"]]
        cells = [_cell(read({**host, "changes": changes})) for _name, read in _HOST_COLUMNS]
        for item in _list_items(host):
            writer.writerow([*cells, *(_cell(item.get(name)) for name in _ITEM_COLUMNS)])
    return "\ufeff" + sink.getvalue()


def _list_items(host: Document) -> list[dict[str, object]]:
    """Return what the lines of a host are about."""
    disks = host_disks(host)
    known = {disk["disk_id"] for disk in disks}
    items = [_build_item(finding) for finding in host["findings"] if finding["disk_id"] not in known]
    return [*items, *map(_build_disk_item, disks)] or [{"kind": "host"}]


def _build_item(finding: Mapping[str, Any]) -> dict[str, object]:
    kind = "group" if is_about_group(finding) else "host" if finding["disk_id"] is None else "disk"
    return {
        "kind": kind,
        "recording group": finding["recording_group_id"],
        "name": finding["nice_name"],
        "finding": finding["verdict"].replace("_", " "),
        "finding severity": finding["severity"],
        "finding reason": finding["reason"],
        "retention expected hours": finding["retention"]["expected"],
        "retention found hours": finding["retention"]["found"],
        "recorded source": finding["recorded_source"],
        "stream options": finding["stream_options"],
        "disk": finding["disk_id"],
    }


def _build_disk_item(disk: Mapping[str, Any]) -> dict[str, object]:
    return {
        "kind": "disk",
        "recording group": ", ".join(str(group["recording_group_id"]) for group in disk["groups"]),
        "finding": disk["verdict"].replace("_", " "),
        "finding severity": disk["severity"],
        "finding reason": disk["reason"],
        "disk": disk["disk_id"],
        "disk status": disk["status"],
        "recordings": disk["recordings"],
        "oldest recording": disk["oldest"],
        "newest recording": disk["newest"],
        "age hours": disk["age_hours"],
    }


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # After an apostrophe, every spreadsheet reads the rest as text.
    return _FORMULA.sub(r"\g<before>'\g<sign>", text)


_COUNTED = (("recorded_sources", "recorded source"), ("groups", "group"), ("critical", "host"))


def render_markdown(document: Document) -> str:
    """Render the summary, and a list of the hosts that are not compliant (CommonMark with tables)."""
    summary = document["summary"]
    lines = [
        f"# {escape_markdown(document['title'])}",
        "",
        f"{escape_markdown(render_run(document))} {escape_markdown(render_verified(document))}",
        "",
        *(f"- {escape_markdown(line)}" for line in render_origin(document)),
        "",
        "| | hosts |",
        "| --- | --: |",
        *(f"| **{LABELS[state]}** | **{count}** |" for state, count in summary["states"].items()),
        *(f"| {LABELS[verdict]} | {count} |" for verdict, count in summary["verdicts"].items() if count),
        f"| all | {summary['hosts']} |",
        "",
        ", ".join(render_count(summary[name], noun) for name, noun in _COUNTED) + " with a critical finding.",
        "",
        *_render_policies(document),
        *_render_disks(document),
    ]
    for verdict in VERDICTS:
        hosts = [host for host in document["hosts"] if host["verdict"] == verdict]
        if hosts and verdict != "compliant":
            lines += ["", f"## {LABELS[verdict].capitalize()} ({len(hosts)})", "", "| host | severity | reason |"]
            lines += ["| --- | --- | --- |", *(_markdown_row(host) for host in hosts)]
    if document["holds"]:
        lines += ["", "## Holds", "", "| group | reason | owner | until | state | hosts |"]
        lines += ["| --- | --- | --- | --- | --- | --- |", *map(_render_hold_row, sort_holds(document["holds"]))]
    return "\n".join(lines) + "\n"


def _render_policies(document: Document) -> list[str]:
    """Render each policy in words."""
    lines = ["## Policies"]
    for title, policy in title_policies(document):
        purpose, owner = title or "no purpose given", policy["owner"] or "none given"
        digest = f", digest `{policy['digest'][:12]}`" if policy["digest"] else ", not read"
        hosts = render_count(policy["hosts"])
        lines += [
            "",
            f"**{escape_markdown(purpose)}** (owner: {escape_markdown(owner)}, {hosts}{digest})",
            "",
        ]
        lines += [f"- {escape_markdown(text)}" for name in ("groups", "bounds", "rules") for text in policy[name]]
    return lines


def _render_disks(document: Document) -> list[str]:
    """Render the verdicts on the recordings, if they were verified."""
    counts = document["summary"]["disks"]
    if not counts:
        return [
            "",
            "Recordings were not read. To check them, too, set `retention_policy_verify_recordings`.",
        ]
    deviations = [
        (host["host"], disk) for host in document["hosts"] for disk in host_disks(host) if disk["verdict"] != "met"
    ]
    return [
        *("", "| recordings | disks |", "| --- | --: |"),
        *(f"| {verdict.replace('_', ' ')} | {count} |" for verdict, count in counts.items() if count),
        *("", *(f"- {escape_markdown(name)}: {escape_markdown(_render_disk(disk))}" for name, disk in deviations)),
    ]


def _render_disk(disk: Mapping[str, Any]) -> str:
    span = describe_span(disk)
    return f"{render_disk(disk)}. Recordings: {span}" if span else render_disk(disk)


def _render_hold_row(hold: Mapping[str, Any]) -> str:
    cells = [escape_markdown(hold[name]) for name in ("recording_group_id", "reason", "owner", "until", "state")]
    return f"| {' | '.join(cells)} | {'; '.join(map(escape_markdown, _render_conditions(hold)))} |"


def _render_conditions(hold: Mapping[str, Any]) -> Iterator[str]:
    """Render each condition of a hold with its hosts; of many hosts only the first."""
    for condition, names in list_conditions(hold):
        shown = names if len(names) <= _MAX_NAMES else [*names[:_MAX_NAMES], f"{len(names) - _MAX_NAMES} more"]
        yield f"{len(names)} {HOLD_LABELS[condition]}: {', '.join(shown)}"


def _markdown_row(host: Document) -> str:
    reason = escape_markdown(describe_reason(host["reason"]))
    return f"| {escape_markdown(host['host'])} | {render_severity(host)} | {reason} |"


def escape_markdown(text: str) -> str:
    """Return a text as a part of a line, without markup and links."""
    return _ADDRESS.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(remove_invisible(text).split())))


def render_junit(document: Document) -> str:
    """Render a test case for each host (JUnit XML).

    Drift and a failing disk are failures, and an unverified host is an error. Skipped are a host whose hold explains
    the difference, a host whose recordings prove nothing yet, and a host that was not in the run.
    """
    root = ElementTree.Element("testsuites", name=replace_invalid(document["title"]))
    suite = ElementTree.SubElement(
        root, "testsuite", name=replace_invalid(document["title"]), timestamp=document["created"][:-1]
    )
    counts = {"failure": 0, "error": 0, "skipped": 0}
    for host in document["hosts"]:
        site = ".".join(host_sites(document, host)) or "fleet"
        case = ElementTree.SubElement(
            suite, "testcase", name=replace_invalid(host["host"]), classname=replace_invalid(site), time="0"
        )
        if (element := _junit_element(host)) is not None:
            counts[element] += 1
            child = ElementTree.SubElement(
                case, element, message=replace_invalid(host["reason"] or LABELS[host["verdict"]])
            )
            if element != "skipped":
                child.set("type", host["verdict"])
                child.text = replace_invalid("\n".join(render_findings(host)))
    for target in (root, suite):
        target.set("tests", str(len(document["hosts"])))
        target.set("failures", str(counts["failure"]))
        target.set("errors", str(counts["error"]))
        target.set("skipped", str(counts["skipped"]))
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return f"{text.decode('utf-8')}\n"


def _junit_element(host: Document) -> str | None:
    verdict = host["verdict"]
    if verdict in STATES[COMPLIANT]:
        return None
    if verdict in (NOT_IN_RUN, *UNPROVEN):
        return "skipped"
    if verdict == "held" and host["severity"] != "critical" and not any(map(is_drift, host["findings"])):
        return "skipped"
    return "error" if verdict in STATES[UNVERIFIED] else "failure"


#: by name: the suffix of the file name, and the function that renders its text
FORMATS: Mapping[str, tuple[str, Callable[[Document], str]]] = {
    "html": (".html", render_html),
    "json": (".json", render_json),
    "csv": (".csv", render_csv),
    "markdown": (".md", render_markdown),
    "junit": (".xml", render_junit),
    "openmetrics": (".prom", render_openmetrics),
}


def build_stem(document: Document) -> str:
    """Build the name of the files without suffix: the type of the run, its time, and a part of the digest.

    The digest keeps slices that end in the same second from overwriting each other's files.
    """
    run_type = document["run_type"].replace("_", "-")
    # Nothing that an audit finds depends on check mode.
    check = "-check" if document["check_mode"] and document["run_type"] != AUDIT else ""
    return f"retention-{run_type}{check}-{document['created'].replace(':', '')}-{document[DIGEST][:8]}"


def render_files(document: Document, formats: Iterable[str]) -> dict[str, str]:
    """Render each file, by its name.

    :param document: with the digest of its content.
    """
    stem, chosen = build_stem(document), [name for name in FORMATS if name in set(formats)]
    metrics = find_metrics_file(document)
    names = {name: metrics if name == "openmetrics" else stem + FORMATS[name][0] for name in chosen}
    return {names[name]: FORMATS[name][1](document) for name in chosen}
