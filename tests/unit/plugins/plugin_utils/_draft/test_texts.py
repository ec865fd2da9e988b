# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of a draft, as a person reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.coverage import measure_coverage
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.texts import (
    DraftRun,
    build_coverage_lines,
    build_coverage_page,
    build_draft_lines,
    build_texts,
    describe_files,
    find_outside,
)

RUN = DraftRun(
    created=datetime(2026, 11, 29, 21, 40, tzinfo=timezone.utc),
    run_id="3f2a",
    version="0.2.0",
    hosts=("gate", "yard", "roof", "dark"),
    observed=("gate", "yard", "roof"),
    sources=("/srv/my inventory",),
)
RULES = "retention_policy_existing_groups"
RULE: dict[str, Any] = {"match": {"recording_group_id": "door"}, "retention_time": "30d"}
DRAFT = Draft(
    {"axis": {RULES: [RULE]}},
    {"roof": {RULES: []}},
    (InventoryGroup("axis", frozenset(RUN.hosts)),),
)
DECISIONS = [
    Decision("no_response", ("dark",), "No response", "Correct it"),
    Decision("unlimited", ("gate", "yard"), "Groups [a](b) keep recordings without a limit", "Decide"),
    Decision("unlimited", ("roof",), "Groups c keep recordings without a limit", "Decide"),
]
UNREAD = [{"host": "dark", "reason": "No response"}]


def test_the_files_of_a_draft() -> None:
    texts = build_texts(DRAFT, DECISIONS, RUN, "/srv/draft")
    assert [*texts] == [
        "group_vars/axis/retention_policy.yml",
        "host_vars/roof/retention_policy.yml",
        "draft.yml",
        "decisions.md",
    ]
    of_group = texts["group_vars/axis/retention_policy.yml"]
    assert "by camfleet.axis.draft_policy of camfleet.axis 0.2.0\n" in of_group
    # Not of roof, which has a policy of its own.
    assert "# Read on 2026-11-29 21:40 UTC in run 3f2a, from 2 hosts: gate, yard\n" in of_group
    assert "\n# retention_policy_minimum: 30d\n" in of_group
    assert "retention_policy_minimum" not in texts["host_vars/roof/retention_policy.yml"]
    files = describe_files(texts, DRAFT, RUN, "/srv/draft")
    assert files[:2] == [
        {"path": "/srv/draft/group_vars/axis/retention_policy.yml", "group": "axis", "host": None, "hosts": 2},
        {"path": "/srv/draft/host_vars/roof/retention_policy.yml", "group": None, "host": "roof", "hosts": 1},
    ]
    assert files[3] == {"path": "/srv/draft/decisions.md", "group": None, "host": None, "hosts": 3}


def test_the_bounds_of_a_file_exclude_none_of_its_times() -> None:
    """Also not those of the exceptions, which are in force beside them."""
    week, unlimited = ({**RULE, "retention_time": text} for text in ("36h", "unlimited"))
    draft = replace(
        DRAFT, group_vars={"axis": {RULES: [RULE, {"match": RULE["match"]}]}}, host_vars={"roof": {RULES: [week]}}
    )
    text = build_texts(draft, [], RUN, "/d")["group_vars/axis/retention_policy.yml"]
    assert "\n# retention_policy_minimum: 36h\n" in text
    assert "\n# retention_policy_maximum: 30d\n" in text
    draft = replace(draft, group_vars={"axis": {"retention_policy_groups": [unlimited]}})
    text = build_texts(draft, [], RUN, "/d")["group_vars/axis/retention_policy.yml"]
    assert "\n# retention_policy_maximum: unlimited\n" in text


def test_a_host_without_a_group_has_the_bounds() -> None:
    texts = build_texts(Draft({}, {"roof": {RULES: []}}, ()), [], RUN, "/srv/draft")
    assert "# retention_policy_maximum: 30d" in texts["host_vars/roof/retention_policy.yml"]
    assert "There is nothing to decide." in texts["decisions.md"]
    # A copy of a directory that does not exist would fail.
    assert "copy the directory `host_vars` into" in texts["decisions.md"]


def test_the_page_of_decisions() -> None:
    page = build_texts(DRAFT, DECISIONS, RUN, "/srv/draft")["decisions.md"]
    assert "\nRead on 2026-11-29 21:40 UTC in run 3f2a: 3 of 4 hosts.\n" in page
    assert "\nansible-playbook -i '/srv/my inventory' -i /srv/draft camfleet.axis.audit\n" in page
    assert "\n## Groups without a limit (2)\n\n- gate, yard: Groups \\[a\\]" in page
    # Rules do not require groups, and no promise says so.
    assert "does not report that a group was deleted" in " ".join(page.split())
    assert page.index("## Not in the draft: not read") < page.index("## Groups without")


@pytest.mark.parametrize(
    ("pattern", "sources", "command"),
    [
        (None, (), "ansible-playbook -i '<your inventory>' -i /d camfleet.axis.audit"),
        ("a b", ("/i", "/j"), "ansible-playbook -i /i -i /j -i /d --extra-vars 'retention_policy_hosts='"),
    ],
)
def test_the_command_of_the_audit(pattern: str | None, sources: tuple[str, ...], command: str) -> None:
    assert replace(RUN, pattern=pattern, sources=sources).audit_command("/d").startswith(command)


@pytest.mark.parametrize(
    ("limit", "left_out", "option"),
    [
        ("gate", (), "--limit gate"),
        (None, ("dark",), "--limit '!dark'"),
        ("gate,yard", ("dark", "a b"), "--limit 'gate,yard,!dark,!a?b'"),
        # Core splits at colons only if there is no comma.
        ("gate:&axis", ("dark",), "--limit 'gate:&axis:!dark'"),
        ("gate", ("dark",), "--limit 'gate,!dark'"),
    ],
)
def test_the_audit_is_limited_as_the_draft(limit: str | None, left_out: tuple[str, ...], option: str) -> None:
    command = replace(RUN, limit=limit, left_out=left_out).audit_command("/d")
    assert command.endswith(f" -i /d {option} camfleet.axis.audit")


def test_the_command_of_the_audit_has_the_login_of_the_run() -> None:
    command = replace(RUN, login=("--ask-vault-pass", "--user", "op")).audit_command("/d")
    assert command.endswith(" -i /d camfleet.axis.audit --ask-vault-pass --user op")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Groups High_?_0_C keep them", "Groups `High_?_0_C` keep them"),
        ("Set retention_policy_groups, or a_*", "Set `retention_policy_groups`, or `a_*`"),
        ("[a](b_c) and <d> & `e_f`", "\\[a\\](b\\_c) and \\<d\\> \\& \\`e\\_f\\`"),
        ("[a](b_c)", "\\[a\\](`b_c`)"),
        ("one _ more", "one `_` more"),
    ],
)
def test_ids_and_variables_are_code(text: str, expected: str) -> None:
    """A backslash before each underscore would be a part of what people copy."""
    page = build_texts(DRAFT, [Decision("unlimited", ("gate_1",), text, "Set axis_host")], RUN, "/d")["decisions.md"]
    assert f"\n- `gate_1`: {expected}. Set `axis_host`.\n" in page


def test_without_valid_variables_no_command_is_shown() -> None:
    run = replace(RUN, left_out=RUN.hosts)
    assert not run.can_audit
    texts = build_texts(DRAFT, DECISIONS, run, "/srv/draft")
    assert "No audit with the draft is possible yet" in texts["decisions.md"]
    assert "ansible-playbook" not in texts["decisions.md"]
    lines = build_draft_lines([], [], [], run, "/srv/draft", check_mode=False)
    assert lines[-1] == "Then audit: not possible yet, see decisions.md"


def test_hosts_that_a_group_file_was_not_made_from() -> None:
    """It says so, and those that were not in the run are named."""
    draft = replace(DRAFT, groups=(InventoryGroup("axis", frozenset({*RUN.hosts, "other"})),))
    text = build_texts(draft, [], RUN, "/srv/draft")["group_vars/axis/retention_policy.yml"]
    assert "\n# It also applies to hosts that were not read, 2 hosts: dark, other\n" in text
    assert find_outside(draft, RUN) == [("axis", ["other"])]


def test_the_lines_of_a_draft() -> None:
    texts = build_texts(DRAFT, DECISIONS, RUN, "/srv/draft")
    files = describe_files(texts, DRAFT, RUN, "/srv/draft")
    lines = build_draft_lines(files, DECISIONS, UNREAD, RUN, "/srv/draft", check_mode=False)
    assert lines == [
        "Draft of the policies of 3 of 4 hosts: 4 files in /srv/draft",
        "  variables of 1 inventory group (axis) and 1 host (roof)",
        "unverified: 1 host not in the draft",
        "  dark: No response",
        "Still open: 2 decisions",
        "  Groups without a limit: 2 decisions on 3 hosts: gate, yard, roof",
        "Read first: /srv/draft/decisions.md",
        "Then audit: ansible-playbook -i '/srv/my inventory' -i /srv/draft camfleet.axis.audit",
    ]
    planned = build_draft_lines(files, [], [], replace(RUN, observed=RUN.hosts), "/srv/draft", check_mode=True)
    assert planned == [
        "Draft of the policies of 4 hosts: 4 files would be written to /srv/draft",
        "  variables of 1 inventory group (axis) and 1 host (roof)",
    ]


def test_the_page_and_the_lines_of_coverage() -> None:
    observations = [Observation(host, site, None, None, None, ()) for host, site in (("gate", "A|B"), ("yard", None))]
    coverage = measure_coverage(observations, {})
    decisions = [*coverage.decisions]
    page = build_coverage_page(coverage, decisions, RUN)
    assert "\n| A\\|B | 1 | 1 | 0 | 0 | 0 | 0 |\n| no site | 1 | 1 | 0 | 0 | 0 | 0 |\n| All | 2 |" in page
    lines = build_coverage_lines(coverage, decisions, UNREAD, RUN, "/srv/c/coverage.md")
    assert lines[0] == "Coverage of 3 of 4 hosts: a policy covers 0 of 0 recording groups"
    assert lines[-1] == "Details: /srv/c/coverage.md"
