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
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import replace_invalid
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    INVISIBLE,
    escape_invisible,
    remove_invisible,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    COMPLIANT,
    IDENTIFIERS,
    NOT_IN_RUN,
    STATES,
    UNVERIFIED,
    VERDICTS,
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import render_count, render_hold_of_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    LABELS,
    STATE_OF,
    host_disks,
    host_sites,
    render_change,
    render_disk,
    render_findings,
    render_hold_in_force,
    render_severity,
)

# A spreadsheet reads a cell that begins with one of these as a formula, also after blanks, and in their other forms: in
# full width, small, or raised, and with the minus of Unicode. If it separates by semicolons, so may any part of a cell.
_SIGNS = "=+\\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c"
_FORMULA = re.compile(rf"(?P<before>^|;)(?P<sign>[\s{INVISIBLE}]*[{_SIGNS}\t\r\n])")
_MARKDOWN = re.compile(r"([\\`*_\[\]#|<>~&!$])")
# Many renderers make a link of an address, whatever is around it.
_ADDRESS = re.compile(r"(?i)(\bwww(?=\.)|\w(?=://))(.)")


def render_json(document: Document) -> str:
    """Render the report as JSON, with a line for each value, so that reports can be compared with diff."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


_COLUMNS: tuple[tuple[str, Callable[[Document], object]], ...] = (
    ("host", lambda host: host["host"]),
    ("state", lambda host: LABELS[STATE_OF[host["verdict"]]]),
    ("verdict", lambda host: LABELS[host["verdict"]]),
    ("severity", render_severity),
    ("reason", lambda host: host["reason"]),
    ("error", lambda host: host["error"]["kind"] if host["error"] else ""),
    ("sites", lambda host: ", ".join(host["sites"])),
    ("address", lambda host: host["device"]["host"]),
    ("serial", lambda host: host["device"]["serial"]),
    ("model", lambda host: host["device"]["model"]),
    ("firmware", lambda host: host["device"]["firmware"]),
    ("groups", lambda host: len(host["findings"])),
    ("recorded sources", lambda host: host["recorded_sources"]),
    ("recordings", lambda host: "; ".join(map(render_disk, host_disks(host)))),
    ("changes", lambda host: "; ".join(map(render_change, host["changes"]))),
    ("holds", lambda host: "; ".join(map(render_hold_in_force, host["holds"]))),
    ("purpose", lambda host: host["policy"]["purpose"]),
    ("owner", lambda host: host["policy"]["owner"]),
    ("policy digest", lambda host: host["policy"]["digest"]),
)


def render_csv(document: Document) -> str:
    """Render a line for each host (RFC 4180, with the byte order mark that Excel needs to recognize UTF-8)."""
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL)
    writer.writerow([name for name, _read in _COLUMNS])
    for host in document["hosts"]:
        writer.writerow([_cell(read(host)) for _name, read in _COLUMNS])
    return "\ufeff" + sink.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # After an apostrophe, every spreadsheet reads the rest as text.
    return _FORMULA.sub(r"\g<before>'\g<sign>", text)


_COUNTED = (("recorded_sources", "recorded source"), ("groups", "group"), ("critical", "host"))


def render_markdown(document: Document) -> str:
    """Render the summary, and a list of the hosts that are not compliant (CommonMark with tables)."""
    summary = document["summary"]
    lines = [
        f"# {_markdown(document['title'])}",
        "",
        _render_origin(document),
        "",
        "| | hosts |",
        "| --- | --: |",
        *(f"| **{LABELS[state]}** | **{count}** |" for state, count in summary["states"].items()),
        *(f"| {LABELS[verdict]} | {count} |" for verdict, count in summary["verdicts"].items() if count),
        f"| all | {summary['hosts']} |",
        "",
        ", ".join(render_count(summary[name], noun) for name, noun in _COUNTED) + " with a critical finding.",
        "",
        "| policy | owner | hosts | digest |",
        "| --- | --- | --: | --- |",
    ]
    for policy in document["policies"]:
        cells = (_markdown(policy["purpose"] or "no purpose given"), _markdown(policy["owner"] or "none given"))
        lines.append(f"| {' | '.join(cells)} | {policy['hosts']} | {', '.join(map(_short, policy['digests']))} |")
    if summary["actual"]:
        lines += ["", "| recordings | disks |", "| --- | --: |"]
        lines += [f"| {verdict.replace('_', ' ')} | {count} |" for verdict, count in summary["actual"].items() if count]
        deviations = [
            (host["host"], disk) for host in document["hosts"] for disk in host_disks(host) if disk["verdict"] != "met"
        ]
        lines += ["", *(f"- {_markdown(name)}: {_markdown(render_disk(disk))}" for name, disk in deviations)]
    for verdict in VERDICTS:
        hosts = [host for host in document["hosts"] if host["verdict"] == verdict]
        if hosts and verdict != "compliant":
            lines += ["", f"## {LABELS[verdict].capitalize()} ({len(hosts)})", "", "| host | severity | reason |"]
            lines += ["| --- | --- | --- |", *(_markdown_row(host) for host in hosts)]
    for label, name in (("Hold that has ended", "ended_holds"), ("Hold that matches no group", "unmatched_holds")):
        for hold in document[name]:
            lines += ["", f"{label}: {_markdown(render_hold_of_hosts(hold))}"]
    return "\n".join(lines) + "\n"


def _markdown_row(host: Document) -> str:
    return f"| {_markdown(host['host'])} | {render_severity(host)} | {_markdown(host['reason'])} |"


def _markdown(text: str) -> str:
    return _ADDRESS.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(remove_invisible(text).split())))


def _render_origin(document: Document) -> str:
    by = document["created_by"]
    origin = [
        f"{_markdown(by['user'] or 'an unknown user')} on {_markdown(by['controller'] or 'an unknown controller')}"
    ]
    if by.get("job"):
        origin.append(f"job {_markdown(by['job'])}")
    return (
        f"{document['run_type'].replace('_', '-').capitalize()} of {document['created']} by {', '.join(origin)}, "
        f"camfleet.axis {document['collection_version']}, ansible-core {document['ansible_version']}"
    )


def _short(digest: str) -> str:
    return f"`{digest[:12]}`"


def render_junit(document: Document) -> str:
    """Render a test case for each host (JUnit XML): drift is a failure, unverified an error, a hold is skipped."""
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
    if verdict == NOT_IN_RUN or (verdict == "held" and host["severity"] != "critical"):
        return "skipped"
    return "error" if verdict in STATES[UNVERIFIED] else "failure"


#: by name: the suffix of the file name, and the function that renders its text
FORMATS: Mapping[str, tuple[str, Callable[[Document], str]]] = {
    "html": (".html", render_html),
    "json": (".json", render_json),
    "csv": (".csv", render_csv),
    "markdown": (".md", render_markdown),
    "junit": (".xml", render_junit),
}


def _clean(value: Any, name: str = "") -> Any:
    """Return a part of a report as it may be shown: names with escapes, and all other texts on one line.

    :param name: the name of its field.
    """
    if isinstance(value, str):
        # A text of a device becomes what may be shown of it.
        return (escape_invisible if name in IDENTIFIERS else remove_invisible)(str(value))
    if isinstance(value, Mapping):
        return {escape_invisible(key): _clean(item, key) for key, item in value.items()}
    return [_clean(item, name) for item in value] if isinstance(value, (list, tuple)) else value


def render_files(document: Document, formats: Iterable[str]) -> dict[str, str]:
    """Render each file, by its name: the type of the run, its time, and a short digest of its content.

    No text has characters that change what is around it, whether it is from a device, an inventory, or another report.

    The digest keeps slices that end in the same second from overwriting each other's files.
    """
    moment = document["created"].replace(":", "")
    content = sha256(render_json(document).encode("utf-8", "surrogatepass")).hexdigest()
    stem = f"retention-{document['run_type'].replace('_', '-')}-{moment}-{content[:8]}"
    chosen = [name for name in FORMATS if name in set(formats)]
    document = _clean(document)
    return {stem + FORMATS[name][0]: FORMATS[name][1](document) for name in chosen}
