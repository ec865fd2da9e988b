# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of a draft: its files, the page of decisions, and the lines for the terminal."""

from __future__ import annotations

import os
import re
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import parse_retention_time, sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.coverage import Coverage, CoverageTotals
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import GROUP_VARS, HOST_VARS, VARIABLES_FILE
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import (
    GROUPS,
    RULES,
    write_retention_time,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.rendering import render_comment, render_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import NO_USABLE_DISK
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.run_decisions import HEADINGS, NO_RESPONSE
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import escape_markdown
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import build_host_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    abbreviate,
    render_count,
)

#: The names of the other files of a draft.
DECISIONS_FILE, INVENTORY_FILE, COVERAGE_FILE = "decisions.md", "draft.yml", "coverage.md"
_AUDIT = "camfleet.axis.audit"
# An ID, a pattern, a variable, or a path, which Markdown would change.
_CODE = re.compile(r"((?<![\w.*?/=-])(?=[\w.*?/=-]*[_*])(?:[\w*?/=-]|\.(?=[\w*?/=-]))+)", re.ASCII)
# The examples of bounds in a file without any retention time.
_MINIMUM, _MAXIMUM = 7 * 24, 30 * 24
_INVENTORY = (
    "Makes this directory an inventory that adds its variables to those of another one, which is named first:",
    "ansible-playbook -i <your inventory> -i <this directory> camfleet.axis.audit",
)


@dataclass(frozen=True, slots=True)
class DraftRun:
    """The run that a draft is of.

    :param version: of the collection.
    :param hosts: inventory names of all hosts of the run, in their order.
    :param observed: those of them that were read.
    :param sources: of the inventory, as the user gave them.
    :param pattern: of the hosts, if it is not the default of an audit.
    :param limit: of the hosts, if the run had one.
    :param left_out: hosts whose variables make an audit fail.
    :param login: the arguments for vaults and the login.
    """

    created: datetime
    run_id: str
    version: str
    hosts: tuple[str, ...]
    observed: tuple[str, ...]
    sources: tuple[str, ...]
    pattern: str | None = None
    limit: str | None = None
    left_out: tuple[str, ...] = ()
    login: tuple[str, ...] = ()

    @property
    def can_audit(self) -> bool:
        """Return whether any host has valid variables with the draft."""
        return not set(self.hosts) <= set(self.left_out)

    @property
    def origin(self) -> str:
        """Return when and of what the draft was made."""
        read, total = len(self.observed), render_count(len(self.hosts))
        return f"Read on {self.created:%Y-%m-%d %H:%M} UTC in run {self.run_id}: {read} of {total}."

    def audit_command(self, directory: str) -> str:
        """Return the command that audits the cameras with the draft."""
        sources = self.sources or ("<your inventory>",)
        arguments = [part for source in (*sources, directory) for part in ("-i", source)]
        if self.pattern is not None:
            arguments += ["--extra-vars", f"retention_policy_hosts={shlex.quote(self.pattern)}"]
        if limit := self._build_limit():
            arguments += ["--limit", limit]
        return shlex.join(["ansible-playbook", *arguments, _AUDIT, *self.login])

    def _build_limit(self) -> str:
        limit = self.limit or ""
        # Core splits at colons only if there is no comma, and not within an address.
        is_split_at_colons = ":" in limit and "," not in limit and limit not in self.hosts
        excluded = [f"!{build_host_pattern(host)}" for host in self.left_out]
        return (":" if is_split_at_colons else ",").join(filter(None, (limit, *excluded)))


def build_texts(draft: Draft, decisions: Sequence[Decision], run: DraftRun, directory: str) -> dict[str, str]:
    """Return the texts of all files by their paths below the directory."""
    texts = {}
    members = _find_members(draft, run)
    hosts = {group.name: group.hosts for group in draft.groups}
    for name, variables in draft.group_vars.items():
        comments = _render_origin(f"the inventory group {name}", members[name], run)
        if others := find_others(draft, name, members[name]):
            where = f"{render_count(len(others))}: {abbreviate(others)}"
            comments.append(f"It also applies to hosts that were not read, {where}")
        exceptions = [own for host, own in draft.host_vars.items() if host in hosts[name]]
        bounds = _render_bounds([variables, *exceptions])
        texts[f"{GROUP_VARS}/{name}/{VARIABLES_FILE}"] = render_variables(variables, comments, bounds)
    for host, variables in draft.host_vars.items():
        # A host of a group has its bounds.
        bounds = [] if any(host in group.hosts for group in draft.groups) else _render_bounds([variables])
        comments = _render_origin(f"the host {host}", [host], run)
        texts[f"{HOST_VARS}/{host}/{VARIABLES_FILE}"] = render_variables(variables, comments, bounds)
    texts[INVENTORY_FILE] = f"---\n{render_comment(_INVENTORY)}\nall:\n"
    texts[DECISIONS_FILE] = render_page(_build_introduction(draft, run, directory), decisions)
    return texts


def _render_bounds(scopes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return comments with bounds that all retention times of a draft are within, so that they are valid as they are.

    :param scopes: variables that the bounds apply to.
    """
    texts = [
        item["retention_time"]
        for scope in scopes
        for name in (GROUPS, RULES)
        for item in scope.get(name, ())
        if "retention_time" in item
    ]
    hours = sorted((parse_retention_time(text, Option("retention_time")) for text in texts), key=sort_key)
    minimum, maximum = (hours[0], hours[-1]) if hours else (_MINIMUM, _MAXIMUM)
    return [
        "Open: the bounds of the retention time, which no camera knows. To set one, remove its first number sign.",
        "These are the shortest and the longest time of the draft. An audit fails before its first request if a bound",
        "excludes a retention time of the policy, here or in another file: change that time, too.",
        "With a minimum, an audit also reports each other group that keeps its recordings for a shorter time.",
        f"retention_policy_minimum: {write_retention_time(minimum)}",
        "With a maximum, an audit also reports each other group that keeps them for a longer time, or without a limit.",
        f"retention_policy_maximum: {write_retention_time(maximum)}",
    ]


def _find_members(draft: Draft, run: DraftRun) -> dict[str, list[str]]:
    """Return by inventory group the hosts that its variables were made from: those without variables of their own."""
    described = frozenset(run.observed) - draft.host_vars.keys()
    return {group.name: sorted(described & group.hosts) for group in draft.groups}


def find_others(draft: Draft, name: str, known: Collection[str]) -> list[str]:
    """Return the hosts of an inventory group that its variables apply to, although they were not made from them."""
    hosts = next(group.hosts for group in draft.groups if group.name == name)
    return sorted(hosts.difference(known, draft.host_vars))


def find_outside(draft: Draft, run: DraftRun) -> list[tuple[str, list[str]]]:
    """Return by inventory group its hosts that get variables of the draft, but were not in the run."""
    return [(group.name, find_others(draft, group.name, run.hosts)) for group in draft.groups]


def _render_origin(subject: str, hosts: Sequence[str], run: DraftRun) -> list[str]:
    where = f"{render_count(len(hosts))}: {abbreviate(hosts)}"
    return [
        f"Draft of the retention policy of {subject}, by camfleet.axis.draft_policy of camfleet.axis {run.version}",
        f"Read on {run.created:%Y-%m-%d %H:%M} UTC in run {run.run_id}, from {where}",
        "It says what is configured, not what is right. decisions.md lists what a person has to decide.",
    ]


_INTRODUCTION = """\
# Draft of a retention policy: what to decide

{origin}

The draft says what is configured today, not what is right, and permits no deletion itself. Check it, decide the points
below, and correct its files.

{audit}

What such an audit reports: a group whose settings differ from the rule that matches it, a camera that has lost its last
group, and a group on a camera that must have none. Only entries in `retention_policy_groups` require a group. With
rules alone, an audit does not report that a group was deleted while the camera has others, and lists a new group that
no rule matches as unmanaged.

The variables of a host are in `host_vars/<host>`, those of an inventory group in `group_vars/<group>`. Without its own
directory, a host has the variables of its group. A change in these files changes no camera: an audit reports each
difference, until a roll-out writes it. A shorter retention time deletes recordings, and only a roll-out with
`retention_policy_allow_recording_loss` writes it.

To keep it, copy {copied} into the directory of your inventory file.
"""
_AUDIT_IS_POSSIBLE = "Audit with the draft, without copying it:\n\n{command}"
_AUDIT_IS_IMPOSSIBLE = (
    "No audit with the draft is possible yet: it fails before its first request, because no host has valid variables.\n"
    "See the first points below."
)


def _build_introduction(draft: Draft, run: DraftRun, directory: str) -> str:
    command = _render_code(run.audit_command(directory))
    names = [name for name, files in ((GROUP_VARS, draft.group_vars), (HOST_VARS, draft.host_vars)) if files]
    copied = f"the director{'ies' if len(names) > 1 else 'y'} {' and '.join(f'`{name}`' for name in names)}"
    audit = _AUDIT_IS_POSSIBLE.format(command=command) if run.can_audit else _AUDIT_IS_IMPOSSIBLE
    return _INTRODUCTION.format(origin=escape_markdown(run.origin), audit=audit, copied=copied)


def _render_code(text: str) -> str:
    fence = "`" * 3
    while fence in text:
        fence += "`"
    return f"{fence}shell\n{' '.join(text.split())}\n{fence}"


def render_page(introduction: str, decisions: Sequence[Decision]) -> str:
    """Return a page (Markdown) with the decisions, the most important ones first."""
    lines = [introduction.rstrip("\n")]
    for kind, items in _group(decisions).items():
        lines += ["", f"## {HEADINGS[kind]} ({len(items)})", "", *_render_items(items)]
    if not decisions:
        lines += ["", "There is nothing to decide."]
    return "\n".join(lines) + "\n"


def _group(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for item in decisions:
        found[item.kind].append(item)
    return {kind: found[kind] for kind in HEADINGS if kind in found}


def _render_items(items: Iterable[Decision]) -> Iterator[str]:
    for item in items:
        hosts = ", ".join(map(_render_text, item.hosts))
        yield f"- {hosts}{': ' if hosts else ''}{_render_text(item.message)}. {_render_text(item.next_step)}."


def _render_text(text: str) -> str:
    """Return a text as a part of a line, with each ID, pattern, and variable as code, so that it can be copied."""
    if "`" in text:
        return escape_markdown(text)
    parts = _CODE.split(" ".join(remove_invisible(text).split()))
    return "".join(f"`{part}`" if number % 2 else _escape(part) for number, part in enumerate(parts))


def _escape(part: str) -> str:
    before, after = (" " if part.startswith(" ") else ""), (" " if part.endswith(" ") and part.strip() else "")
    return f"{before}{escape_markdown(part)}{after}"


def describe_files(
    texts: Mapping[str, str], draft: Draft | None, run: DraftRun, directory: str
) -> list[dict[str, Any]]:
    """Return the files of a directory, as the module returns them."""
    counts = {name: len(hosts) for name, hosts in _find_members(draft, run).items()} if draft else {}
    files = []
    for path in texts:
        kind, _slash, name = path.removesuffix(f"/{VARIABLES_FILE}").partition("/")
        group, host = (name if kind == wanted else None for wanted in (GROUP_VARS, HOST_VARS))
        count = 1 if host else counts[group] if group else len(run.observed)
        files.append({"path": os.path.join(directory, path), "group": group, "host": host, "hosts": count})
    return files


def build_draft_lines(
    files: Sequence[Mapping[str, Any]],
    decisions: Sequence[Decision],
    unread: Sequence[Mapping[str, Any]],
    run: DraftRun,
    directory: str,
    *,
    check_mode: bool,
) -> list[str]:
    """Return the lines for the terminal.

    :param files: what ``describe_files`` returned.
    :param unread: the hosts that were not read.
    :param check_mode: whether the files were not written.
    """
    would = "would be written to" if check_mode else "in"
    groups, hosts = ([item[kind] for item in files if item[kind]] for kind in ("group", "host"))
    parts = [
        *([f"{render_count(len(groups), 'inventory group')} ({abbreviate(groups)})"] if groups else []),
        *([f"{render_count(len(hosts))} ({abbreviate(hosts)})"] if hosts else []),
    ]
    command = run.audit_command(directory) if run.can_audit else "not possible yet, see decisions.md"
    return [
        f"Draft of the policies of {_count_read(run)}: {render_count(len(files), 'file')} {would} {directory}",
        f"  variables of {' and '.join(parts)}",
        *_render_unread(unread, "not in the draft"),
        *_render_decisions(decisions, "decision"),
        *([] if check_mode else [f"Read first: {os.path.join(directory, DECISIONS_FILE)}", f"Then audit: {command}"]),
    ]


def _count_read(run: DraftRun) -> str:
    read, total = len(run.observed), len(run.hosts)
    return render_count(total) if read == total else f"{read} of {render_count(total)}"


def _render_unread(unread: Sequence[Mapping[str, Any]], state: str) -> Iterator[str]:
    if unread:
        yield f"unverified: {render_count(len(unread))} {state}"
    by_reason: dict[str, list[str]] = defaultdict(list)
    for item in unread:
        by_reason[item["reason"]].append(item["host"])
    for reason, hosts in by_reason.items():
        yield f"  {abbreviate(hosts)}: {reason}"


def _render_decisions(decisions: Sequence[Decision], noun: str) -> Iterator[str]:
    # What was not read has lines of its own.
    open_ones = [item for item in decisions if item.kind not in (NO_RESPONSE, NO_USABLE_DISK)]
    if open_ones:
        yield f"Still open: {render_count(len(open_ones), noun)}"
    for kind, items in _group(open_ones).items():
        hosts = list(dict.fromkeys(host for item in items for host in item.hosts))
        where = f" on {render_count(len(hosts))}: {abbreviate(hosts)}" if hosts else ""
        yield f"  {HEADINGS[kind]}: {render_count(len(items), noun)}{where}"


_COVERAGE = """\
# What is configured, but in no policy

{origin}

| Site | Hosts | Without a policy | Groups | In no policy | Only by the pattern \\* | Recording actions in no policy |
|---|---|---|---|---|---|---|
{rows}
"""


def build_coverage_page(coverage: Coverage, decisions: Sequence[Decision], run: DraftRun) -> str:
    """Return the page (Markdown) about what no policy covers."""
    sites = [("no site" if site is None else site, totals) for site, totals in coverage.sites]
    rows = [_render_row(escape_markdown(site), totals) for site, totals in sites]
    if len(rows) > 1:
        rows.append(_render_row("All", coverage.total))
    return render_page(_COVERAGE.format(origin=escape_markdown(run.origin), rows="\n".join(rows)), decisions)


def _render_row(name: str, totals: CoverageTotals) -> str:
    numbers = (
        *(totals.hosts, totals.without_policy, totals.groups),
        *(totals.not_covered, totals.only_wildcard, totals.recording_not_covered),
    )
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def build_coverage_lines(
    coverage: Coverage,
    decisions: Sequence[Decision],
    unread: Sequence[Mapping[str, Any]],
    run: DraftRun,
    path: str | None,
) -> list[str]:
    """Return the lines for the terminal.

    :param path: of the page, if it was written.
    """
    total = coverage.total
    covered = total.groups - total.not_covered
    return [
        f"Coverage of {_count_read(run)}: a policy covers {covered} of {render_count(total.groups, 'recording group')}",
        *_render_unread(unread, "not read"),
        *_render_decisions(decisions, "point"),
        *([f"Details: {path}"] if path else []),
    ]
