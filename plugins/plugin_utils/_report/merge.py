# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merge the reports of the slices of one run into one report that counts each host once. Pure."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    build_duplicate_error,
    find_duplicate_serials,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    NOT_IN_RUN,
    SCHEMA_VERSION,
    Document,
    add_summary,
    build_host,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    DUPLICATE,
    HostInput,
    HostStatus,
    abbreviate,
    build_hold,
    hold_key,
    render_unmatched_holds,
)

_KEYS = {"run_type", "title", "created", "created_by", "policies", "ended_holds", "unmatched_holds", "hosts"}
_HOST_KEYS = {"host", "sites", "verdict", "severity", "device", "policy", "findings", "changes", "holds", "actual"}

#: The next step for a file that is not a report.
CHECK_REPORTS = Message(
    "Check {option}, which must lead to the JSON files of the slices, exactly as they were written.",
    {"option": Option("reports")},
)
_NOT_IN_ANY_RUN = "Not in any of the merged reports"


def parse_report(name: str, text: str) -> Document:
    """Parse the report in a file.

    :param name: the name of the file, for error messages.
    :raises InvalidOptionError: if it is not a complete report of this schema version.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise invalid_option(f"{name} is not valid JSON, or is truncated: {place}", CHECK_REPORTS) from error
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or "schema_version" not in document:
        raise invalid_option(f"{name} is not a report of this collection", CHECK_REPORTS)
    version = document["schema_version"]
    if version != SCHEMA_VERSION:
        raise invalid_option(
            f"{name} has schema version {version!r}, and this version of the collection reads only {SCHEMA_VERSION}",
            "Merge the reports with the version of the collection that wrote them.",
        )
    if not _is_complete(document):
        raise invalid_option(f"{name} is not a complete report", CHECK_REPORTS)
    return document


def _is_complete(document: Document) -> bool:
    hosts = document.get("hosts")
    return (
        document.keys() >= _KEYS
        and isinstance(hosts, list)
        and all(isinstance(host, dict) and host.keys() >= _HOST_KEYS for host in hosts)
    )


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
    _check_run_types(documents)
    if not different_policies:
        _check_policies(documents)
    found = _mark_duplicates(_mark_matched(_collect_hosts(documents)))
    missing = [
        build_host(host, HostStatus(host.name, NOT_IN_RUN, _NOT_IN_ANY_RUN)) for host in hosts if host.name not in found
    ]
    ordered = [documents[name] for name in sorted(documents)]
    first = ordered[0]
    return add_summary(
        {
            "schema_version": SCHEMA_VERSION,
            "run_type": first["run_type"],
            "title": first["title"],
            "created": max(document["created"] for document in ordered),
            "created_by": {
                name: _join(document["created_by"][name] for document in ordered)
                for name in ("user", "controller", "job")
            },
            "collection_version": _join(document["collection_version"] for document in ordered),
            "ansible_version": _join(document["ansible_version"] for document in ordered),
            "slices": [_build_slice(document) for document in ordered],
            "ended_holds": _merge_holds(ordered, "ended_holds", frozenset()),
            "unmatched_holds": _merge_holds(ordered, "unmatched_holds", _holds_in_force(found.values())),
        },
        [*found.values(), *missing],
    )


def _join(values: Iterable[str | None]) -> str | None:
    return ", ".join(sorted({value for value in values if value})) or None


def _build_slice(document: Document) -> Document:
    names = ("created", "created_by", "collection_version", "ansible_version")
    ran = sum(host["verdict"] != NOT_IN_RUN for host in document["hosts"])
    return {**{name: document[name] for name in names}, "hosts": ran}


def _check_run_types(documents: Mapping[str, Document]) -> None:
    run_types: dict[str, list[str]] = defaultdict(list)
    for name, document in sorted(documents.items()):
        run_types[document["run_type"]].append(name)
    if len(run_types) > 1:
        found = "; ".join(
            f"{run_type.replace('_', '-')}: {abbreviate(names)}" for run_type, names in sorted(run_types.items())
        )
        raise invalid_option(f"The reports are from different runs ({found})", "Merge only reports of the same run.")


def _check_policies(documents: Mapping[str, Document]) -> None:
    """Check that reports with the same purpose and owner have at least one policy digest in common."""
    digests: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for name, document in sorted(documents.items()):
        for policy in document["policies"]:
            key = policy["purpose"], policy["owner"]
            earlier, known = digests.get(key, (name, set(policy["digests"])))
            if known and policy["digests"] and known.isdisjoint(policy["digests"]):
                raise invalid_option(
                    f"{earlier} and {name} have different policies for the purpose {key[0]!r}",
                    Message(
                        "Merge only reports of the same run. If each host has its own policy, set {option}: true.",
                        {"option": Option("different_policies")},
                    ),
                )
            digests[key] = earlier, known | set(policy["digests"])


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
    if len(left) == len(holds):
        return host
    other = host["without_unmatched_holds"]
    if not left:
        return {**host, **other, "unmatched_holds": [], "without_unmatched_holds": None}
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
    return {
        **host,
        "verdict": "unverified",
        "reason": f"{kind}: {message}. {next_step}",
        "error": {"kind": kind, "message": message, "next_step": next_step},
    }


def list_duplicate_hosts(document: Document) -> list[str]:
    """Return the hosts that are the same device as another one."""
    return [host["host"] for host in document["hosts"] if (host["error"] or {}).get("kind") == DUPLICATE]


def _holds_in_force(hosts: Iterable[Document]) -> frozenset[tuple[str, ...]]:
    return frozenset(hold_key(hold) for host in hosts for hold in host["holds"])


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


def list_unexpected_hosts(document: Document, hosts: Iterable[str]) -> list[str]:
    """Return the hosts of a report that are not among the expected hosts."""
    expected = frozenset(hosts)
    return [host["host"] for host in document["hosts"] if host["host"] not in expected]
