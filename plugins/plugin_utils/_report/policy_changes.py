# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the policies of the hosts of two reports. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import HostView, PolicyKey
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document

_MAX_EXAMPLES = 3
#: The parts of a policy in words.
_PARTS = ("groups", "bounds", "rules")


def compare_policies(
    one: Mapping[str, HostView], two: Mapping[str, HostView], earlier: Document, later: Document
) -> list[Document]:
    """Return each change of a policy once, with the number of its hosts, and the sentences that only one of them has.

    A policy that was not read is not known to differ.

    :param one: the hosts of the earlier report.
    """
    hosts: dict[tuple[PolicyKey, PolicyKey], list[str]] = defaultdict(list)
    for name in sorted(one.keys() & two.keys()):
        if is_policy_changed(one[name], two[name]):
            hosts[one[name].policy, two[name].policy].append(name)
    texts, other_texts = _read_texts(earlier), _read_texts(later)
    ordered = sorted(hosts, key=lambda keys: [(text or "") for key in keys for text in key])
    return [
        {
            "earlier": _build_key(before),
            "later": _build_key(after),
            "hosts": len(hosts[before, after]),
            "examples": hosts[before, after][:_MAX_EXAMPLES],
            "removed": _subtract(texts.get(before, []), other_texts.get(after, [])),
            "added": _subtract(other_texts.get(after, []), texts.get(before, [])),
        }
        for before, after in ordered
    ]


def is_policy_changed(one: HostView, two: HostView) -> bool:
    """Return whether the policy of a host differs. A policy that was not read is not known to differ."""
    (*texts, digest), (*other_texts, other_digest) = one.policy, two.policy
    return texts != other_texts or (None not in (digest, other_digest) and digest != other_digest)


def _read_texts(document: Document) -> dict[PolicyKey, list[str]]:
    return {
        (policy["purpose"], policy["owner"], policy["digest"]): [text for part in _PARTS for text in policy[part]]
        for policy in document["policies"]
        # Only a policy that was read has a text.
        if policy["digest"]
    }


def _subtract(texts: list[str], others: list[str]) -> list[str]:
    return [text for text in texts if text not in others]


def _build_key(key: PolicyKey) -> Document:
    return dict(zip(("purpose", "owner", "digest"), key, strict=True))
