# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on AWX, followed with a stand-in of AWX: its commands, and what a person does in the web interface."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.awx_inventory_update import update
from tests.integration.awx_runner import JobRunner
from tests.integration.controller import Controller, Job, Repository
from tests.integration.controller.server import TOKEN
from tests.integration.controller.surveys import questions
from tests.integration.guide import GUIDES, find_missing, follow, running_fleet, steps, texts
from tests.playbook import CHECKOUT

PAGE = GUIDES / "awx.rst"
AUDIT, START = "Axis audit with report", "Axis start of a run"
JOBS = frozenset({START, "Axis audit", "Axis merged report"})
SHOWN_REPORTS = "/srv/retention-reports"


def shown(text: str) -> str:
    """Return the text block of the page that contains a text."""
    blocks = re.findall(r"^\.\. code-block:: text\n\n((?:   .*\n|\n)+)", PAGE.read_text(encoding="utf-8"), re.M)
    (found,) = (textwrap.dedent(block) for block in blocks if text in block)
    return found


def test_reports_and_messages_are_those_of_the_variables() -> None:
    """What the introduction promises is what the file of variables sets up."""
    page = PAGE.read_text(encoding="utf-8")
    (variables,) = texts(PAGE, "file", "~/awx.yml")
    assert f"awx_setup_reports: {SHOWN_REPORTS}\n" in variables
    assert "awx_setup_fail_on_drift: true\n" in variables
    assert f"``{SHOWN_REPORTS}/merged``" in page.split("Before you begin")[0]


def test_files_of_the_reader_exist_in_the_example_project() -> None:
    """The page replaces files of the example, so it has to name those that the example has."""
    for step in steps(PAGE):
        if step.kind == "file" and not step.argument.startswith("~"):
            assert (CHECKOUT / "docs" / "examples" / "awx_project" / step.argument).is_file(), step.argument


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[tuple[Path, Controller]]:
    """Follow the commands of the page, and yield home and controller while the simulated cameras run."""
    home = tmp_path / "home"
    home.mkdir()
    groups = "--group entrance-1:entrance=240 --group entrance-2:entrance=720"
    fleet = f'make fleet ARGS="--devices 2 --https --name entrance {groups} --list {home}/simulated.csv"'
    with running_fleet(fleet, home), Controller(Repository(home / "awx" / "project")) as awx:
        paths = [f"{home}/retention-reports:{home}/retention-reports:z"]
        assert awx.request("PATCH", "settings/jobs/", {"AWX_ISOLATION_SHOW_PATHS": paths})[0] == 200
        follow(PAGE, home, {"AWX_OF_THE_TESTS": awx.url, "CHECKOUT": str(CHECKOUT)})
        awx.runner = JobRunner(awx, home / "jobs", JOBS)
        yield home, awx


def enter_login(awx: Controller) -> None:
    """Enter the login of the cameras, as step 8 says."""
    number = awx.named("credentials", "Axis cameras")["id"]
    login = {"inputs": {"username": "operator", "password": "operator-pass"}}
    assert awx.request("PATCH", f"credentials/{number}/", login)[0] == 200


def synchronize(awx: Controller, home: Path) -> None:
    """Update the inventory source, as step 9 says. The stand-in does not do it before each job."""
    result = update(home / "awx", awx.named("inventory_sources", "Axis cameras of the project"))
    assert result.status == "successful", result.output
    axis = result.inventory["axis"]
    names = sorted(result.host_variables)
    assert names == ["entrance-1", "entrance-2"]
    children = {name: result.inventory[name]["hosts"] for name in ("harbor", "museum")}
    awx.state.cameras = awx.state.hosts = {
        "hosts": dict(result.host_variables),
        "vars": axis["vars"],
        "children": children,
    }


def launch(awx: Controller, limit: str) -> Job:
    """Launch the audit for some cameras, with the answers that the survey proposes."""
    template = awx.named("workflow_job_templates", AUDIT)
    answers = {item["variable"]: item["default"] for item in questions(template) if item["default"]}
    data = {"extra_vars": answers, "limit": limit}
    status, response = awx.request("POST", f"workflow_job_templates/{template['id']}/launch/", data, TOKEN)
    assert status == 201, response
    awx.settle()
    return awx.job(response["workflow_job"])


def output_of(workflow: Job, node: str) -> str:
    """Return the output of the job of a node."""
    (job,) = (item.job for item in workflow.nodes if item.identifier == node)
    assert job is not None
    return job.output


def sent(awx: Controller) -> list[tuple[str, str]]:
    """Return event and job of the messages that were sent since the last call."""
    found = [(item.event, item.job) for item in awx.notifications]
    awx.notifications.clear()
    return found


def verdicts(report: dict[str, Any]) -> list[str]:
    """Return the verdicts of the cameras, ordered by name."""
    return [host["verdict"] for host in report["hosts"]]


def reports(home: Path) -> list[dict[str, Any]]:
    """Return the reports on the path that the page names, the earlier ones first."""
    paths = [*(home / "retention-reports" / "merged").glob("retention-audit-*.json")]
    assert all(path.with_suffix(".html").exists() for path in paths)
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return sorted(found, key=lambda report: int(report["run_id"]))


@pytest.mark.long
def test_reader_has_a_weekly_audit(reader: tuple[Path, Controller]) -> None:
    """The commands of the page, the steps in the web interface, the first audit, and the weekly one."""
    home, awx = reader
    synchronize(awx, home)
    forgotten = launch(awx, "entrance-1")
    (audit,) = (node.job for node in forgotten.nodes if node.identifier == "audit")
    assert audit is not None
    assert "does not provide one or more required fields" in audit.explanation
    assert "There is no report to merge" in output_of(forgotten, "merge")
    assert sent(awx) == [("error", AUDIT)]
    enter_login(awx)
    workflow = launch(awx, "entrance-1")
    printed = output_of(workflow, "merge").replace(f"{home}/retention-reports", SHOWN_REPORTS)
    printed = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    assert find_missing(shown("merged from 1 report"), printed) == [], output_of(workflow, "audit") + printed
    assert "not expected" not in printed
    assert workflow.status == "failed"
    assert sent(awx) == [("error", AUDIT)]
    # The camera outside of the limit does not fail the run.
    compliant = launch(awx, "entrance-2")
    assert compliant.status == "successful", output_of(compliant, "merge")
    assert sent(awx) == []
    weekly = awx.run_schedule("Axis audit, weekly")
    awx.settle()
    assert weekly.status == "failed"
    assert sent(awx) == [("error", AUDIT)]
    assert [verdicts(report) for report in reports(home)] == [
        ["drifted", "not_in_run"],
        ["not_in_run", "compliant"],
        ["drifted", "compliant"],
    ]


@pytest.mark.long
def test_messages_are_those_of_the_table(reader: tuple[Path, Controller]) -> None:
    home, awx = reader
    synchronize(awx, home)
    enter_login(awx)
    awx.state.repository.reachable = False
    awx.run_schedule("Axis audit, weekly")
    awx.settle()
    assert sent(awx) == [("error", START), ("error", AUDIT)]
    awx.state.repository.reachable = True
    (home / "retention-reports").rename(home / "moved")
    workflow = awx.run_schedule("Axis audit, weekly")
    awx.settle()
    assert "does not exist in this job" in " ".join(output_of(workflow, "start").split())
    assert sent(awx) == [("error", START), ("error", AUDIT)]
