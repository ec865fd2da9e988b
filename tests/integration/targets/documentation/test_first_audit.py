# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the guide from a spreadsheet to a first audit, with the fleet and the files of the guide."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.guide import GUIDES, follow

GUIDE = GUIDES / "first_audit.rst"


def assert_report_of(directory: Path, hosts: int) -> None:
    """Check the report, the draft, and the policy that was kept."""
    assert (directory / "draft" / "decisions.md").is_file()
    (report,) = (directory / "reports").glob("*.json")
    document = json.loads(report.read_text(encoding="utf-8"))
    assert [host["verdict"] for host in document["hosts"]] == ["compliant"] * hosts
    assert len(list((directory / "reports").glob("*.html"))) == 1
    kept = {path.relative_to(directory / "draft") for path in (directory / "draft").rglob("retention_policy.yml")}
    assert kept
    assert kept <= {path.relative_to(directory / "inventory") for path in (directory / "inventory").rglob("*.yml")}
    vault = directory / "inventory" / "group_vars" / "axis" / "vault.yml"
    assert vault.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")


def test_guide_leads_from_a_list_to_a_report(tmp_path: Path) -> None:
    assert_report_of(follow(GUIDE, tmp_path).directory, 30)


@pytest.mark.long
def test_guide_works_with_ten_times_as_many_cameras(tmp_path: Path) -> None:
    """The output differs in the number of cameras only."""
    text, count = re.subn(r"\b30 (?=hosts|pinned|compliant|--vms)", "300 ", GUIDE.read_text(encoding="utf-8"))
    assert count >= 7
    guide = tmp_path / GUIDE.name
    guide.write_text(text, encoding="utf-8")
    assert_report_of(follow(guide, tmp_path).directory, 300)


def test_guide_has_five_commands() -> None:
    """Those of the section, after the preparation."""
    _preparation, section = GUIDE.read_text(encoding="utf-8").split("Five commands\n-------------\n")
    assert section.count(".. example: command\n") == 5
    assert ".. setup: command" not in section
