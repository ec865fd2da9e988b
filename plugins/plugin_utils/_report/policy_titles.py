# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Title the policies of a report: several policies may have the same purpose. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import abbreviate, natural_key

_MAX_SITES = 3


def title_policies(document: Document) -> list[tuple[str, Mapping[str, Any]]]:
    """Return each policy with its title: its purpose, with its sites or hosts if other policies have the same."""
    hosts: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    sites: dict[str, set[str]] = defaultdict(set)
    for host in document["hosts"]:
        hosts[_key(host["policy"])].append(host["host"])
        for site in host["sites"]:
            sites[site].add(host["host"])
    named = {site["site"]: sites[site["site"]] for site in document["sites"]}
    purposes = Counter(policy["purpose"] for policy in document["policies"])
    return [
        (
            policy["purpose"]
            if purposes[policy["purpose"]] == 1
            else _join(policy["purpose"], _describe_hosts(hosts[_key(policy)], named)),
            policy,
        )
        for policy in document["policies"]
    ]


def _key(policy: Mapping[str, Any]) -> tuple[Any, ...]:
    return policy["purpose"], policy["owner"], policy["digest"]


def _join(purpose: str, where: str) -> str:
    return f"{purpose or 'Policy without a purpose'}: {where}"


def _describe_hosts(hosts: Iterable[str], sites: Mapping[str, Collection[str]]) -> str:
    """Return the sites that have exactly these hosts, or else the names of the hosts."""
    names = set(hosts)
    whole = [site for site, members in sorted(sites.items()) if names.issuperset(members)]
    if 0 < len(whole) <= _MAX_SITES and names.issubset({name for site in whole for name in sites[site]}):
        return ", ".join(whole)
    return abbreviate(sorted(names, key=natural_key))
