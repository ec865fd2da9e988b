# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: the report → the text of one file, in each format.

Every text in it may come from a device or an inventory, so each format is escaped as its readers need it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jinja2

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.chart import dots_of
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    NOT_IN_RUN,
    OTHERWISE,
    OUTCOMES,
    PROVEN,
    UNKNOWN,
    VERDICTS,
    Document,
)

#: What each verdict and outcome is called.
WORDS: Mapping[str, str] = {
    **{verdict: verdict.replace("_", " ") for verdict in VERDICTS},
    PROVEN: "as the policy says",
    OTHERWISE: "not as the policy says",
    UNKNOWN: "unverified",
}
_OUTCOME_OF = {verdict: outcome for outcome, verdicts in OUTCOMES.items() for verdict in verdicts}
# What a spreadsheet takes for the beginning of a formula; a tab or a line break may hide one.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n]")
# What XML 1.0 cannot carry.
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]#|<>~&])")


def json_of(document: Document) -> str:
    """As it is, with a line for each value, so that two reports can be compared with diff."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def severity_of(host: Document) -> str:
    """How grave its findings are; of a host that nobody has seen, nothing is known."""
    return "–" if host["verdict"] in OUTCOMES[UNKNOWN] else str(host["severity"])


_COLUMNS: tuple[tuple[str, Callable[[Document], object]], ...] = (
    ("host", lambda host: host["host"]),
    ("outcome", lambda host: WORDS[_OUTCOME_OF[host["verdict"]]]),
    ("verdict", lambda host: WORDS[host["verdict"]]),
    ("severity", severity_of),
    ("reason", lambda host: host["reason"]),
    ("error", lambda host: host["error"]["kind"] if host["error"] else ""),
    ("sites", lambda host: ", ".join(host["sites"])),
    ("address", lambda host: host["device"]["host"]),
    ("serial", lambda host: host["device"]["serial"]),
    ("model", lambda host: host["device"]["model"]),
    ("firmware", lambda host: host["device"]["firmware"]),
    ("groups", lambda host: len(host["findings"])),
    ("recorded sources", lambda host: host["recorded_sources"]),
    ("recordings", lambda host: "; ".join(map(disk_words, disks_of(host)))),
    ("changes", lambda host: "; ".join(map(change_words, host["changes"]))),
    ("holds", lambda host: "; ".join(map(hold_words, host["holds"]))),
    ("purpose", lambda host: host["policy"]["purpose"]),
    ("owner", lambda host: host["policy"]["owner"]),
    ("policy digest", lambda host: host["policy"]["digest"]),
)


def csv_of(document: Document) -> str:
    """A line for each host (RFC 4180, with a byte order mark, without which Excel takes UTF-8 for something else)."""
    sink = io.StringIO()
    writer = csv.writer(sink, quoting=csv.QUOTE_ALL)
    writer.writerow([name for name, _read in _COLUMNS])
    for host in document["hosts"]:
        writer.writerow([_cell(read(host)) for _name, read in _COLUMNS])
    return "\ufeff" + sink.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # The apostrophe makes every spreadsheet take the rest for text.
    return f"'{text}" if _FORMULA.match(text) else text


_COUNTED = (("recorded_sources", "recorded source"), ("groups", "group"), ("critical", "host"))


def markdown_of(document: Document) -> str:
    """The summary, and by name every host that is not simply as its policy says (CommonMark with tables)."""
    summary = document["summary"]
    lines = [
        f"# {_markdown(document['title'])}",
        "",
        f"{_origin(document)}",
        "",
        "| | hosts |",
        "| --- | --: |",
        *(f"| **{WORDS[outcome]}** | **{count}** |" for outcome, count in summary["outcomes"].items()),
        *(f"| {WORDS[verdict]} | {count} |" for verdict, count in summary["verdicts"].items() if count),
        f"| all | {summary['hosts']} |",
        "",
        ", ".join(_count(summary[name], noun) for name, noun in _COUNTED) + " with a critical finding.",
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
        odd = [
            (host["host"], disk) for host in document["hosts"] for disk in disks_of(host) if disk["verdict"] != "met"
        ]
        lines += ["", *(f"- {_markdown(name)}: {_markdown(disk_words(disk))}" for name, disk in odd)]
    for verdict in VERDICTS:
        hosts = [host for host in document["hosts"] if host["verdict"] == verdict]
        if hosts and verdict != "compliant":
            lines += ["", f"## {WORDS[verdict].capitalize()} ({len(hosts)})", "", "| host | severity | why |"]
            lines += ["| --- | --- | --- |", *(_markdown_row(host) for host in hosts)]
    for hold in (*document["ended_holds"], *document["unmatched_holds"]):
        lines += ["", f"Hold that protects nothing: {_markdown(hold)}"]
    return "\n".join(lines) + "\n"


def _markdown_row(host: Document) -> str:
    return f"| {_markdown(host['host'])} | {severity_of(host)} | {_markdown(host['reason'])} |"


def _markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _origin(document: Document) -> str:
    by = document["created_by"]
    who = [f"{_markdown(by['user'] or 'somebody')} on {_markdown(by['controller'] or 'a controller')}"]
    if by.get("job"):
        who.append(f"job {_markdown(by['job'])}")
    return (
        f"{document['kind'].replace('_', '-').capitalize()} of {document['created']} by {', '.join(who)}, "
        f"camfleet.axis {document['collection_version']}, ansible-core {document['ansible_version']}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _short(digest: str) -> str:
    return f"`{digest[:12]}`"


def junit_of(document: Document) -> str:
    """A test case for each host (JUnit XML): drift is a failure, unverified an error, a hold a skip with its reason."""
    root = ElementTree.Element("testsuites", name=_xml(document["title"]))
    suite = ElementTree.SubElement(root, "testsuite", name=_xml(document["title"]), timestamp=document["created"][:-1])
    counted = {"failure": 0, "error": 0, "skipped": 0}
    for host in document["hosts"]:
        site = ".".join(sites_of(document, host)) or "fleet"
        case = ElementTree.SubElement(suite, "testcase", name=_xml(host["host"]), classname=_xml(site), time="0")
        if (element := _junit_element(host)) is not None:
            counted[element] += 1
            outcome = ElementTree.SubElement(case, element, message=_xml(host["reason"] or WORDS[host["verdict"]]))
            if element != "skipped":
                outcome.set("type", host["verdict"])
                outcome.text = _xml("\n".join(finding_lines(host)))
    for target in (root, suite):
        target.set("tests", str(len(document["hosts"])))
        target.set("failures", str(counted["failure"]))
        target.set("errors", str(counted["error"]))
        target.set("skipped", str(counted["skipped"]))
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return f"{text.decode('utf-8')}\n"


def sites_of(document: Document, host: Document) -> list[str]:
    """The inventory groups of a host that tell it from others."""
    told = {site["site"] for site in document["sites"]}
    return [site for site in host["sites"] if site in told]


def _junit_element(host: Document) -> str | None:
    verdict = host["verdict"]
    if verdict in OUTCOMES[PROVEN]:
        return None
    if verdict == NOT_IN_RUN or (verdict == "held" and host["severity"] != "critical"):
        return "skipped"
    return "error" if verdict in OUTCOMES[UNKNOWN] else "failure"


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)


def finding_lines(host: Document) -> list[str]:
    """What was found on a host, a line for each field of each group that is not as the policy says."""
    lines = []
    for finding in host["findings"]:
        name = finding["recording_group_id"] or finding["nice_name"]
        lines += [f"{name}: {field_words(field)}" for field in finding["fields"]]
        if finding["reason"]:
            lines.append(f"{name}: {finding['reason']}")
    return lines + ([host["error"]["message"]] if host["error"] else [])


def field_words(field: Mapping[str, Any]) -> str:
    """One field, expected and found."""
    expected, found = (value_words(field["field"], field[side]) for side in ("expected", "found"))
    return f"{field['field']} is {found}, expected {expected}"


def value_words(name: str, value: object) -> str:
    """A value as people write it: hours in days."""
    if value is None:
        return "nothing"
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else str(value)


_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


def change_words(change: Mapping[str, Any]) -> str:
    """One change."""
    name = change["recording_group_id"] or change["nice_name"]
    lost = ", recordings lost" if change["loses_recordings"] else ""
    return f"{name} {_DONE[change['operation']]}{lost}"


def disks_of(host: Document) -> list[Mapping[str, Any]]:
    """The disks whose recordings were looked at."""
    return list(host["actual"]["disks"]) if host["actual"] else []


def disk_words(disk: Mapping[str, Any]) -> str:
    """What the recordings of a disk say about its retention."""
    return f"{disk['disk_id']} {disk['verdict'].replace('_', ' ')}: {disk['reason']}"


def hold_words(hold: Mapping[str, Any]) -> str:
    """One hold in force."""
    groups = ", ".join(hold["matches"])
    return f"{groups} until {hold['until']} for {hold['reason']} (owner: {hold['owner']})"


def html_of(document: Document) -> str:
    """One page that needs nothing beside itself; for people, on a screen and on paper."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"words": WORDS.__getitem__, "change": change_words, "hold": hold_words}
    template = environment.get_template("report.html.j2")
    return template.render(
        document=document,
        outcomes=OUTCOMES,
        value=value_words,
        severity=severity_of,
        disks_of=disks_of,
        sites_of=partial(sites_of, document),
        outcome_of=_OUTCOME_OF,
        chart=dots_of(document["retention"]),
        share=_share,
    )


def _share(part: int, whole: int) -> str:
    """Percent, rounded down, so that nothing short of all of them is 100."""
    tenths = 1000 * part // whole if whole else 0
    return f"{tenths / 10:g}"


#: by name: the end of the file's name, and what makes its text
FORMATS: Mapping[str, tuple[str, Callable[[Document], str]]] = {
    "html": (".html", html_of),
    "json": (".json", json_of),
    "csv": (".csv", csv_of),
    "markdown": (".md", markdown_of),
    "junit": (".xml", junit_of),
}


def render_files(document: Document, formats: Iterable[str]) -> dict[str, str]:
    """The text of each file by its name, which says what the report is and when it was made.

    And, shortly, what is in it: slices that end in the same second must not write over each other's.
    """
    moment = document["created"].replace(":", "")
    content = sha256(json_of(document).encode("utf-8", "surrogatepass")).hexdigest()
    stem = f"retention-{document['kind'].replace('_', '-')}-{moment}-{content[:8]}"
    chosen = [name for name in FORMATS if name in set(formats)]
    return {stem + FORMATS[name][0]: FORMATS[name][1](document) for name in chosen}
