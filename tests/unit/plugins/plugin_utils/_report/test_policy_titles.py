# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the titles of policies: no two policies of a report have the same one."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_titles import title_policies


def titles(*hosts: tuple[str, str, str | None, list[str]], sites: tuple[str, ...] = ()) -> list[str]:
    """Return the titles of the policies of hosts with name, purpose, digest, and sites."""
    keys = dict.fromkeys((purpose, digest) for _name, purpose, digest, _sites in hosts)
    document: dict[str, Any] = {
        "hosts": [
            {"host": name, "policy": {"purpose": purpose, "owner": "me", "digest": digest}, "sites": groups}
            for name, purpose, digest, groups in hosts
        ],
        "policies": [{"purpose": purpose, "owner": "me", "digest": digest} for purpose, digest in keys],
        "sites": [{"site": site} for site in sites],
    }
    found = title_policies(document)
    assert [policy for _title, policy in found] == document["policies"]
    return [title for title, _policy in found]


def test_one_policy_of_a_purpose_has_only_its_purpose() -> None:
    assert titles(("a", "Doors", "1", ["axis"]), ("b", "Yards", "2", ["axis"])) == ["Doors", "Yards"]


def test_policies_of_one_purpose_have_their_sites() -> None:
    hosts = [(f"c{number}", "Doors", str(number // 2), ["axis", f"site-{number // 2}"]) for number in range(4)]
    assert titles(*hosts, sites=("site-0", "site-1")) == ["Doors: site-0", "Doors: site-1"]


def test_policies_of_parts_of_sites_have_their_hosts() -> None:
    hosts = [(f"c{number}", "", str(min(number, 1)), ["axis", "site"]) for number in (1, 2, 9, 10, 11, 0)]
    assert titles(*hosts, sites=("site",)) == [
        "Policy without a purpose: c1, c2, c9 and 2 more",
        "Policy without a purpose: c0",
    ]


def test_hosts_that_were_not_read_have_their_names() -> None:
    assert titles(("a", "Doors", "1", []), ("b", "Doors", None, [])) == ["Doors: a", "Doors: b"]
