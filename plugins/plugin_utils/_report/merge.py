# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: the reports of the slices of one run → one report, in which every host is counted once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    NOT_IN_RUN,
    SCHEMA_VERSION,
    Document,
    host_of,
    with_summary,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostReport, HostStatus, some

_KEYS = {"kind", "title", "created", "created_by", "policies", "ended_holds", "unmatched_holds", "hosts"}
_HOST_KEYS = {"host", "sites", "verdict", "severity", "device", "policy", "findings", "changes", "holds", "actual"}

_IN_NONE = "In none of the runs"


def parse(name: str, text: str) -> Document:
    """The report in a file.

    :param name: of the file, for the words of an error.
    :raises InvalidOptionError: ``invalid_option``.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or "schema_version" not in document:
        raise invalid_option(f"{name} is no report", "Name the files that end in .json, and none that was cut off.")
    version = document["schema_version"]
    if version != SCHEMA_VERSION:
        raise invalid_option(
            f"{name} has the schema version {version}, where {SCHEMA_VERSION} was expected",
            "Merge with the version of the collection that wrote it.",
        )
    if not _is_whole(document):
        raise invalid_option(f"{name} is not whole", "Give it as it was written.")
    return document


def _is_whole(document: Document) -> bool:
    hosts = document.get("hosts")
    return (
        document.keys() >= _KEYS
        and isinstance(hosts, list)
        and all(isinstance(host, dict) and host.keys() >= _HOST_KEYS for host in hosts)
    )


def merge(documents: Mapping[str, Document], hosts: Iterable[HostReport], *, different_policies: bool) -> Document:
    """One report of several.

    :param documents: by the name of their files.
    :param hosts: all that there ought to be.
    :param different_policies: whether hosts of one purpose may have policies of their own.
    :raises InvalidOptionError: ``invalid_option``: they are not of one run, or not of one policy.
    """
    if not documents:
        raise invalid_option("There is no report to merge", "Name the JSON files of the slices.")
    _check_kinds(documents)
    if not different_policies:
        _check_policies(documents)
    found = _hosts(documents)
    missing = [
        host_of(report, HostStatus(report.host, NOT_IN_RUN, _IN_NONE)) for report in hosts if report.host not in found
    ]
    ordered = [documents[name] for name in sorted(documents)]
    first = ordered[0]
    return with_summary(
        {
            "schema_version": SCHEMA_VERSION,
            "kind": first["kind"],
            "title": first["title"],
            "created": max(document["created"] for document in ordered),
            "created_by": {
                name: _joined(document["created_by"][name] for document in ordered)
                for name in ("user", "controller", "job")
            },
            "collection_version": _joined(document["collection_version"] for document in ordered),
            "ansible_version": _joined(document["ansible_version"] for document in ordered),
            "slices": [_slice(document) for document in ordered],
            "ended_holds": sorted({hold for document in ordered for hold in document["ended_holds"]}),
            "unmatched_holds": _idle_holds(ordered, found.values()),
        },
        [*found.values(), *missing],
    )


def _joined(values: Iterable[str | None]) -> str | None:
    return ", ".join(sorted({value for value in values if value})) or None


def _slice(document: Document) -> Document:
    names = ("created", "created_by", "collection_version", "ansible_version")
    ran = sum(host["verdict"] != NOT_IN_RUN for host in document["hosts"])
    return {**{name: document[name] for name in names}, "hosts": ran}


def _check_kinds(documents: Mapping[str, Document]) -> None:
    kinds: dict[str, list[str]] = defaultdict(list)
    for name, document in sorted(documents.items()):
        kinds[document["kind"]].append(name)
    if len(kinds) > 1:
        told = "; ".join(f"{kind.replace('_', '-')}: {some(names)}" for kind, names in sorted(kinds.items()))
        raise invalid_option(f"The reports are of different runs ({told})", "Merge those of one run.")


def _check_policies(documents: Mapping[str, Document]) -> None:
    """One purpose and owner is one policy: of two reports, what they say of it must have something in common."""
    digests: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for name, document in sorted(documents.items()):
        for policy in document["policies"]:
            key = policy["purpose"], policy["owner"]
            earlier, known = digests.get(key, (name, set(policy["digests"])))
            if known and policy["digests"] and known.isdisjoint(policy["digests"]):
                raise invalid_option(
                    f"{earlier} and {name} are of different policies for {key[0] or 'no purpose'}",
                    "Merge those of one run. Where each host has a policy of its own, say different_policies: true.",
                )
            digests[key] = earlier, known | set(policy["digests"])


def _hosts(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Each host as the one report says that it ran in; outside of all runs, as the first says."""
    found: dict[str, tuple[str, Document]] = {}
    for name, document in sorted(documents.items()):
        for host in document["hosts"]:
            earlier = found.get(host["host"])
            if earlier is None or earlier[1]["verdict"] == NOT_IN_RUN:
                found[host["host"]] = name, host
            elif host["verdict"] != NOT_IN_RUN:
                raise invalid_option(
                    f"{host['host']} is in {earlier[0]} and in {name}, so they are of different runs",
                    "Keep the reports of each run in a directory of their own.",
                )
    return {
        name: {**host, "reason": _IN_NONE} if host["verdict"] == NOT_IN_RUN else host
        for name, (_file, host) in found.items()
    }


def _idle_holds(documents: Iterable[Document], hosts: Iterable[Document]) -> list[str]:
    """Those that match no group in any slice."""
    in_force = {
        f"{hold['recording_group_id']} until {hold['until']} for {hold['reason']} (owner: {hold['owner']}) on "
        for host in hosts
        for hold in host["holds"]
    }
    return sorted(set(_kept(documents, in_force)))


def _kept(documents: Iterable[Document], in_force: Iterable[str]) -> Iterator[str]:
    beginnings = tuple(in_force)
    for document in documents:
        yield from (hold for hold in document["unmatched_holds"] if not hold.startswith(beginnings))


def missing_from(document: Document) -> list[str]:
    """The hosts that no slice has looked at."""
    return [host["host"] for host in document["hosts"] if host["verdict"] == NOT_IN_RUN]


def unexpected_hosts(document: Document, hosts: Iterable[str]) -> list[str]:
    """The hosts of a report that nobody expects."""
    expected: frozenset[Any] = frozenset(hosts)
    return [host["host"] for host in document["hosts"] if host["host"] not in expected]
