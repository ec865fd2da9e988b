# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test which policies of two reports differ."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import HostView, build_views
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_changes import (
    compare_policies,
    is_policy_changed,
)


def with_policies(*hosts: tuple[str, str, str | None]) -> Document:
    """Build what a report has about policies: name, purpose, and digest of each host."""
    policies = {
        digest: {"purpose": purpose, "owner": "", "digest": digest, "groups": [digest], "bounds": [], "rules": []}
        for _name, purpose, digest in hosts
    }
    entries = [
        {"host": name, "policy": {"purpose": purpose, "owner": "", "digest": digest}, "holds": []}
        for name, purpose, digest in hosts
    ]
    return {"hosts": entries, "policies": list(policies.values())}


def view(purpose: str, digest: str | None) -> HostView:
    """Return a host with a policy."""
    return build_views(with_policies(("c1", purpose, digest)))["c1"]


def test_unknown_digest_is_not_known_to_differ() -> None:
    assert is_policy_changed(view("Doors", "a"), view("Doors", "b"))
    assert is_policy_changed(view("Doors", None), view("Halls", "b"))
    assert not is_policy_changed(view("Doors", "a"), view("Doors", None))
    assert not is_policy_changed(view("Doors", "a"), view("Doors", "a"))


def test_equal_changes_are_one_entry_with_examples() -> None:
    earlier = with_policies(*((f"c{number}", "Doors", "a") for number in range(5)), ("x", "Doors", "a"))
    later = with_policies(*((f"c{number}", "Doors", "b") for number in range(5)), ("y", "Doors", "b"))
    (change,) = compare_policies(build_views(earlier), build_views(later), earlier, later)
    assert (change["hosts"], change["examples"]) == (5, ["c0", "c1", "c2"])
    assert (change["removed"], change["added"]) == (["a"], ["b"])
    assert (change["earlier"]["digest"], change["later"]["digest"]) == ("a", "b")
