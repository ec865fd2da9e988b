# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the guide from a spreadsheet to a first audit, with the fleet and the files of the guide."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.guide import GUIDES, follow, steps

GUIDE = GUIDES / "first_audit.rst"


def test_guide_leads_from_a_list_to_a_report(tmp_path: Path) -> None:
    terminal = follow(GUIDE, tmp_path)
    directory = terminal.directory
    assert (directory / "draft" / "decisions.md").is_file()
    (report,) = (directory / "reports").glob("*.json")
    document = json.loads(report.read_text(encoding="utf-8"))
    assert [host["verdict"] for host in document["hosts"]] == ["compliant"] * 300
    assert len(list((directory / "reports").glob("*.html"))) == 1
    kept = {path.relative_to(directory / "draft") for path in (directory / "draft").rglob("retention_policy.yml")}
    assert kept
    assert kept <= {path.relative_to(directory / "inventory") for path in (directory / "inventory").rglob("*.yml")}


def test_guide_has_five_commands() -> None:
    assert sum(step.kind == "command" for step in steps(GUIDE)) == 5
