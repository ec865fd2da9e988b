# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of a next step as the argument of --limit."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists, render_limit

MANY = [f"c{number}" for number in range(11)]


def test_few_hosts_are_in_the_argument() -> None:
    lists = HostLists("/srv/reports/retention-audit-1")
    assert lists.render_limit("unverified", ["a", "b c"]) == "--limit 'a,b?c'"
    assert lists.files == {}


def test_many_hosts_are_in_a_file_beside_the_report() -> None:
    lists = HostLists("/srv/reports/retention-audit-1")
    assert lists.render_limit("unverified", MANY) == "--limit @/srv/reports/retention-audit-1-unverified.txt"
    assert lists.files == {"retention-audit-1-unverified.txt": "".join(f"{host}\n" for host in MANY)}


def test_too_many_hosts_do_not_fit_into_the_argument() -> None:
    assert render_limit(MANY) == f"--limit {','.join(MANY)}"
    assert render_limit([f"c{number}" for number in range(101)]) == ""
