# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what the linters of the workflows do not know: the targets of the Makefile, the matrix, and the tags."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))


def load(name: str) -> dict[str, Any]:
    """Return a workflow."""
    workflow: dict[str, Any] = yaml.safe_load((CHECKOUT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    return workflow


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_runs_existing_targets(path: Path) -> None:
    """Each ``make`` names a target, and each expression names something that the workflow defines."""
    for job in load(path.name)["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            if "run" in step:
                (target,) = re.fullmatch(r'make "?([$\w-]+)"?', step["run"]).groups()
                targets = matrix["part"] if target == "$PART" else [target]
                assert set(targets) <= TARGETS
        for name in re.findall(r"\$\{\{ matrix\.(\w+) \}\}", yaml.safe_dump(job)):
            assert name in matrix
        for name in re.findall(r"\$\{\{ steps\.(\w+)\.", yaml.safe_dump(job)):
            assert name in {step.get("id") for step in job["steps"]}


def test_every_action_is_pinned() -> None:
    """Each action is pinned by the SHA of a commit, with its version beside it."""
    uses = [
        text.strip() for path in WORKFLOWS for text in path.read_text(encoding="utf-8").splitlines() if "uses:" in text
    ]
    assert len(uses) == 7
    assert [
        text for text in uses if not re.fullmatch(r"- uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", text)
    ] == []


def test_pages_are_published_on_release_tags_only() -> None:
    """The tag that ``make release`` sets starts the publication; a push to main does not."""
    trigger = load("pages.yml")["on"]
    assert list(trigger) == ["push"]
    assert list(trigger["push"]) == ["tags"]
    (pattern,) = trigger["push"]["tags"]
    pattern = pattern.replace("[0-9]+", "[0-9]*")
    assert fnmatch("0.2.0", pattern)
    assert fnmatch("1.10.0", pattern)
    assert not fnmatch("v0.2.0", pattern)
    assert not fnmatch("main", pattern)


def test_pull_requests_run_every_part() -> None:
    """Tests, the matrix with sanity, the community's checks, and the site run on pull requests and on main."""
    workflow = load("test.yml")
    assert "pull_request" in workflow["on"]
    assert workflow["on"]["push"] == {"branches": ["main"]}
    assert {"test", "test-matrix", "guides", "nox", "docsite"} <= set(
        workflow["jobs"]["test"]["strategy"]["matrix"]["part"]
    )
