# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merge the reports of the slices of one run into one report that counts each host once. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    build_duplicate_error,
    find_duplicate_serials,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import DIGEST
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    AUDIT,
    SCHEMA_VERSION,
    Document,
    PolicyWords,
    build_host,
    complete,
    count_seconds,
    parse_time,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import assess_holds, protects
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import CHECK_REPORTS, display_path
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    DUPLICATE,
    NOT_IN_RUN,
    STATE_OF,
    HostInput,
    HostStatus,
    abbreviate,
    build_hold,
    hold_key,
    render_count,
    render_unmatched_holds,
)

#: How much later than now the time of a report may be: the clocks of two machines differ.
_MAX_CLOCK_SKEW = timedelta(minutes=5)
#: The most time between two reports of a run.
_MAX_DURATION_HOURS = 12
_MAX_SLICES = 10_000
#: The most characters of a run ID, and the most runs, in an error message.
_MAX_RUN_ID, _MAX_RUNS = 100, 10
_NOT_IN_ANY_RUN = "Not in any of the merged reports"


def is_merged(document: Document) -> bool:
    """Return whether a report is the result of a merge, which must never count as a slice."""
    return bool(document["slices"])


def merge_reports(
    documents: Mapping[str, Document], hosts: Iterable[HostInput], *, different_policies: bool
) -> Document:
    """Merge reports.

    :param documents: the reports by file name.
    :param hosts: all expected hosts.
    :param different_policies: whether hosts with the same purpose and owner may have different policies.
    :raises InvalidOptionError: if the reports are from different runs or of different policies.
    """
    if not documents:
        raise invalid_option("There is no report to merge", CHECK_REPORTS)
    _check_run(documents)
    if not different_policies:
        _check_policies(documents)
    found = _mark_duplicates(_mark_matched(_collect_hosts(documents)))
    missing = [
        build_host(host, HostStatus(host.name, NOT_IN_RUN, _NOT_IN_ANY_RUN)) for host in hosts if host.name not in found
    ]
    ordered = [documents[name] for name in sorted(documents)]
    first = ordered[0]
    ended = max(document["created"] for document in ordered)
    started = min((document["started"] for document in ordered if document["started"]), default=None)
    return complete(
        {
            "schema_version": SCHEMA_VERSION,
            "run_type": first["run_type"],
            "check_mode": first["check_mode"],
            "stopped": _merge_stops(ordered),
            "run_id": first["run_id"],
            "slice": None,
            "title": first["title"],
            "created": ended,
            "started": started,
            "duration_seconds": count_seconds(started, ended),
            "created_by": {
                name: _join(document["created_by"][name] for document in ordered)
                for name in ("user", "controller", "job")
            },
            "approved_by": _merge_approvals([document["approved_by"] for document in ordered]),
            "scope": _merge_scopes([document["scope"] for document in ordered]),
            "collection_version": _join(document["collection_version"] for document in ordered) or "",
            "ansible_version": _join(document["ansible_version"] for document in ordered) or "",
            "python_version": _join(document["python_version"] for document in ordered) or "",
            "slices": [_build_slice(document) for document in ordered],
            "ended_holds": _merge_holds(ordered, "ended_holds", frozenset()),
            "unmatched_holds": _merge_holds(ordered, "unmatched_holds", _holds_in_force(found.values())),
        },
        [*found.values(), *missing],
        _merge_words(ordered),
    )


def _join(values: Iterable[str | None]) -> str | None:
    return ", ".join(sorted({value for value in values if value})) or None


def _merge_stops(documents: Iterable[Document]) -> str | None:
    """Return which slices ended early, and why; other slices may have changed what these did not."""
    texts = [f"{_name_slice(document)}: {document['stopped']}" for document in documents if document["stopped"]]
    return "; ".join(texts) or None


def _name_slice(document: Document) -> str:
    part = document["slice"]
    return f"slice {part['number']} of {part['count']}" if part else f"the run of {_render_time(document['created'])}"


def _render_time(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")


def _merge_approvals(approvals: Sequence[str | None]) -> str | None:
    """Return who approved the slices, and of how many if not of all."""
    approved = len(approvals) - approvals.count(None)
    partly = f" ({approved} of {render_count(len(approvals), 'slice')})" if approved < len(approvals) else ""
    return f"{_join(approvals)}{partly}" if approved else None


def _merge_scopes(scopes: Sequence[Document]) -> Document:
    """Return the scope of all slices. One without a limit has hosts of the whole pattern."""
    return {
        "pattern": _join(scope["pattern"] for scope in scopes) or "",
        "limit": _join(scope["limit"] for scope in scopes) if all(scope["limit"] for scope in scopes) else None,
        "inventory_sources": sorted({source for scope in scopes for source in scope["inventory_sources"]}),
    }


def _merge_words(documents: Iterable[Document]) -> dict[str, PolicyWords]:
    """Return the policies as sentences, by digest."""
    return {
        policy["digest"]: PolicyWords(*(tuple(policy[name]) for name in ("groups", "bounds", "rules")))
        for document in documents
        for policy in document["policies"]
        if policy["digest"]
    }


def _build_slice(document: Document) -> Document:
    names = ("created", "started", "created_by", "approved_by", "collection_version", "ansible_version")
    ran = sum(host["verdict"] != NOT_IN_RUN for host in document["hosts"])
    return {
        **{name: document[name] for name in (*names, "python_version", "slice")},
        "limit": document["scope"]["limit"],
        "stopped": document["stopped"],
        DIGEST: document[DIGEST],
        "hosts": ran,
    }


def _check_run(documents: Mapping[str, Document]) -> None:
    """Check that the reports are of one run, as far as they say."""
    _check_equal(documents, _describe_type)
    _check_run_ids(documents)
    times = {name: parse_time(document["created"]) for name, document in documents.items()}
    newest = max(times, key=lambda name: (times[name], name))
    longest = timedelta(hours=_MAX_DURATION_HOURS)
    if earlier := sorted(name for name, time in times.items() if times[newest] - time > longest):
        raise _different_runs(
            f"{abbreviate(earlier)} of {format_time(times[earlier[0]])}, more than {_MAX_DURATION_HOURS} hours before "
            f"{newest} of {format_time(times[newest])}"
        )
    _check_slices(documents)


def _describe_type(document: Document) -> str:
    if document["run_type"] == AUDIT:
        return "audit"
    return "roll-out in check mode" if document["check_mode"] else "roll-out"


def _check_run_ids(documents: Mapping[str, Document]) -> None:
    """Check that all reports have the same run ID. Two reports without one may be of any runs."""
    _check_equal(documents, _run_id, _describe_run)
    unknown = sorted(name for name, document in documents.items() if not _run_id(document))
    if len(unknown) > 1:
        raise _different_runs(f"no run ID, so that they may be of any run: {abbreviate(unknown)}")


def _run_id(document: Document) -> str:
    return (document["run_id"] or "").strip()


def _describe_run(run_id: str) -> str:
    # A file may have a text of any length.
    shown = run_id if len(run_id) <= _MAX_RUN_ID else f"{run_id[:_MAX_RUN_ID]}…"
    return f"run {display_path(shown)}" if run_id else "no run ID"


def _check_equal(
    documents: Mapping[str, Document], key: Callable[[Document], str], describe: Callable[[str], str] = str
) -> None:
    names: dict[str, list[str]] = defaultdict(list)
    for name, document in sorted(documents.items()):
        names[key(document)].append(name)
    if len(names) > 1:
        # Few files among many are probably those of another run.
        ordered = sorted(names, key=lambda what: (len(names[what]), describe(what)))
        texts = [f"{describe(what)}: {abbreviate(names[what])}" for what in ordered]
        rest = len(texts) - _MAX_RUNS
        raise _different_runs("; ".join(texts[:_MAX_RUNS]) + (f"; and {rest} more" if rest > 0 else ""))


def _different_runs(found: str) -> InvalidOptionError:
    return invalid_option(
        f"The reports are from different runs ({found})",
        "Merge only reports of the same run, and move the files of other runs to another directory. If all of them are "
        "slices of one run, audit again with the same value of retention_policy_run_id for all slices, for example "
        "with --extra-vars retention_policy_run_id=$(date +%F)-harbor.",
    )


def _check_slices(documents: Mapping[str, Document]) -> None:
    """Check that no two reports are of the same slice, and that all have the same number of slices."""
    numbered = {name: document for name, document in documents.items() if document["slice"] is not None}
    _check_equal(numbered, lambda document: f"{document['slice']['count']} slices")
    found: dict[int, str] = {}
    for name, document in sorted(numbered.items()):
        number, count = document["slice"]["number"], document["slice"]["count"]
        if number > count:
            raise invalid_option(f"{name} is not a complete report: slice.number is {number} of {count}", CHECK_REPORTS)
        if number in found:
            raise _different_runs(f"slice {number}: {found[number]}, {name}")
        found[number] = name


def check_times(documents: Mapping[str, Document], now: datetime, max_age: int) -> None:
    """Check that no report is from the future, or so old that it is probably of another run.

    :param max_age: hours.
    :raises InvalidOptionError: ``invalid_option``, with the name of the file.
    """
    for name, document in sorted(documents.items()):
        for field, text in _find_times(document):
            if parse_time(text) - now > _MAX_CLOCK_SKEW:
                raise invalid_option(
                    f"{name} is from the future: {field} is {text}, and now it is {format_time(now)}",
                    "Correct the clock of the machine that wrote the report, or of this one, and audit again.",
                )
        age = now - parse_time(document["created"])
        if age > timedelta(hours=max_age):
            raise invalid_option(
                Message(
                    "{name} is {age} hours old (created is {created}), and {option} is {max_age} hours, so that it is "
                    "probably of another run",
                    {
                        "name": name,
                        "age": age // timedelta(hours=1),
                        "created": document["created"],
                        "option": Option("max_age"),
                        "max_age": max_age,
                    },
                ),
                Message(
                    "Remove it, or increase {option} to merge the reports of an earlier run.",
                    {"option": Option("max_age")},
                ),
            )


def _find_times(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the times that the controller measured, with their fields. A device may have any time."""
    yield "created", document["created"]
    if document["started"]:
        yield "started", document["started"]
    for number, host in enumerate(document["hosts"]):
        actual = host["actual"]
        if actual and actual["time_source"] == "controller":
            yield f"hosts[{number}].actual.checked_at", actual["checked_at"]


def find_missing_slices(documents: Iterable[Document]) -> list[int]:
    """Return the numbers of the slices without a report, if the reports say how many slices the run had."""
    slices = [document["slice"] for document in documents if document["slice"] is not None]
    # A file may have any number.
    count = max((item["count"] for item in slices), default=0)
    found = {item["number"] for item in slices}
    return [number for number in range(1, min(count, _MAX_SLICES) + 1) if number not in found]


def _check_policies(documents: Mapping[str, Document]) -> None:
    """Check that reports with the same purpose and owner have at least one policy digest in common."""
    digests: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for name, document in sorted(documents.items()):
        for key, own in _find_digests(document).items():
            earlier, known = digests.get(key, (name, own))
            if known and own and known.isdisjoint(own):
                raise invalid_option(
                    f"{earlier} and {name} have different policies for the purpose {key[0]!r}",
                    Message(
                        "Merge only reports of the same run. If each host has its own policy, set {option}: true.",
                        {"option": Option("different_policies")},
                    ),
                )
            digests[key] = earlier, known | own


def _find_digests(document: Document) -> dict[tuple[str, str], set[str]]:
    """Return the digests of the policies by purpose and owner."""
    digests: dict[tuple[str, str], set[str]] = defaultdict(set)
    for policy in document["policies"]:
        digests[policy["purpose"], policy["owner"]].update(filter(None, (policy["digest"],)))
    return digests


def _collect_hosts(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Return each host from the report of the run that it was in, or else from the first report that lists it."""
    found: dict[str, tuple[str, Document]] = {}
    for name, document in sorted(documents.items()):
        for host in document["hosts"]:
            earlier = found.get(host["host"])
            if earlier is None or earlier[1]["verdict"] == NOT_IN_RUN:
                found[host["host"]] = name, host
            elif host["verdict"] != NOT_IN_RUN:
                raise invalid_option(
                    f"{host['host']} is in both {earlier[0]} and {name}, so they are from different runs",
                    "Merge only reports of the same run, and keep the reports of each run in a separate directory.",
                )
    return {
        name: {**host, "reason": _NOT_IN_ANY_RUN} if host["verdict"] == NOT_IN_RUN else host
        for name, (_file, host) in found.items()
    }


def _mark_matched(hosts: Mapping[str, Document]) -> dict[str, Document]:
    """Return the hosts; a hold that matched nothing in one slice may match a group of another one."""
    in_force = _holds_in_force(hosts.values())
    return {name: _without_matched(host, in_force) for name, host in hosts.items()}


def _without_matched(host: Document, in_force: frozenset[tuple[str, ...]]) -> Document:
    holds = host.get("unmatched_holds") or ()
    left = [hold for hold in holds if hold_key(hold) not in in_force]
    other = host["without_unmatched_holds"]
    if len(left) == len(holds) or other is None:
        return host
    if not left:
        return {
            **host,
            **other,
            "state": STATE_OF[other["verdict"]],
            "unmatched_holds": [],
            "without_unmatched_holds": None,
        }
    return {**host, "reason": render_unmatched_holds(other["reason"], left, 0), "unmatched_holds": left}


def _mark_duplicates(hosts: Mapping[str, Document]) -> dict[str, Document]:
    """Return the hosts; those that are one device are unverified, although each may have been alone in its run."""
    duplicates = find_duplicate_serials(hosts)
    return {
        name: _mark_duplicate(host, duplicates[name]) if name in duplicates else host for name, host in hosts.items()
    }


def _mark_duplicate(host: Document, others: Iterable[str]) -> Document:
    error = build_duplicate_error(others, str(host["device"]["serial"]))
    kind, message, next_step = error.kind, error.message, error.next_step
    unverified = {
        **host,
        "state": STATE_OF["unverified"],
        "verdict": "unverified",
        "recordings_verified": False,
        "reason": f"{kind}: {message}. {next_step}",
        "error": {"kind": kind, "message": message, "next_step": next_step},
    }
    return {**unverified, "holds": assess_holds(host["holds"], unverified)}


def list_duplicate_hosts(document: Document) -> list[str]:
    """Return the hosts that are the same device as another one."""
    return [host["host"] for host in document["hosts"] if (host["error"] or {}).get("kind") == DUPLICATE]


def _holds_in_force(hosts: Iterable[Document]) -> frozenset[tuple[str, ...]]:
    return frozenset(hold_key(hold) for host in hosts for hold in host["holds"] if protects(hold))


def _merge_holds(documents: Iterable[Document], name: str, without: frozenset[tuple[str, ...]]) -> list[Document]:
    """Merge the holds that the slices list under ``name``. The hosts of the slices are different ones."""
    counts: Counter[tuple[str, ...]] = Counter()
    examples: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for hold in (hold for document in documents for hold in document[name]):
        key = hold_key(hold)
        counts[key] += hold["hosts"]
        examples[key].update(hold["examples"])
    return [build_hold(key, examples[key], counts[key]) for key in sorted(counts.keys() - without)]


def list_missing_hosts(document: Document) -> list[str]:
    """Return the hosts that were not in any of the runs."""
    return [host["host"] for host in document["hosts"] if host["verdict"] == NOT_IN_RUN]


def list_unexpected_hosts(document: Document, hosts: Iterable[str], *, limited: bool = False) -> list[str]:
    """Return the hosts of a report that are not among the expected hosts.

    :param limited: whether the expected hosts are those within a limit. Hosts that no run checked are outside of it.
    """
    expected = frozenset(hosts)
    found = (host for host in document["hosts"] if not limited or host["verdict"] != NOT_IN_RUN)
    return [host["host"] for host in found if host["host"] not in expected]
