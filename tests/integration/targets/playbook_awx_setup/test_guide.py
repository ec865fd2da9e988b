# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on AWX: its variables, its settings of AWX, and the names of the objects that it mentions."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.controller import Controller
from tests.integration.controller.surveys import questions
from tests.integration.targets.playbook_awx_setup.conftest import Configured, Setup
from tests.playbook import CHECKOUT

PAGES = [CHECKOUT / "docs" / "docsite" / "rst" / name for name in ("awx.rst", "awx_reference.rst")]
TEMPLATES = ("job_templates", "workflow_job_templates")


def block(language: str, text: str) -> str:
    """Return the code block of the guide that has a text."""
    page = PAGES[0].read_text(encoding="utf-8")
    blocks = re.findall(rf"( *)\.\. code-block:: {language}\n\n((?:\1   .*\n|\n)+)", page)
    (found,) = (body for _indent, body in blocks if text in body)
    return textwrap.dedent(found)


def text_of(page: Path) -> str:
    """Return a page with one blank for each white space."""
    return " ".join(page.read_text(encoding="utf-8").split())


@pytest.fixture
def variables() -> dict[str, Any]:
    """Return the variables of the guide."""
    loaded: dict[str, Any] = yaml.safe_load(block("yaml", "awx_setup_reports"))
    return loaded


def expose(awx: Controller, paths: list[str]) -> None:
    """Set which paths AWX exposes to jobs."""
    assert awx.request("PATCH", "settings/jobs/", {"AWX_ISOLATION_SHOW_PATHS": paths})[0] == 200


def test_path_of_the_guide_ends_the_warning(
    empty: Controller, tmp_path: Path, set_up: Setup, variables: dict[str, Any]
) -> None:
    paths: list[str] = json.loads(block("json", "/srv/retention-reports"))
    expose(empty, paths)
    lines = set_up(empty, tmp_path, "--check", **variables).results["Show the summary", "localhost"]["msg"]
    assert not any(line.startswith("Warning") for line in lines), lines
    assert empty.writes[1:] == []


@pytest.mark.long
def test_path_that_is_not_exposed_is_a_warning(
    empty: Controller, tmp_path: Path, set_up: Setup, variables: dict[str, Any]
) -> None:
    paths: list[str] = json.loads(block("json", "/srv/retention-reports"))
    expose(empty, [*paths[:-1], paths[-1].replace(":z", ":O")])
    lines = set_up(empty, tmp_path, "--check", **variables).results["Show the summary", "localhost"]["msg"]
    assert lines[-1].startswith("Warning: jobs on execution nodes do not have /srv/retention-reports")
    assert f'add "{paths[-1]}"' in lines[-1]


@pytest.mark.long
def test_container_group_without_the_volume_is_a_warning(
    empty: Controller, tmp_path: Path, set_up: Setup, variables: dict[str, Any]
) -> None:
    group = empty.named("instance_groups", "default")
    group |= {"is_container_group": True, "instances": 0}
    lines = set_up(empty, tmp_path, "--check", **variables).results["Show the summary", "localhost"]["msg"]
    assert lines[-1].startswith("Warning: jobs in the container group default do not have /srv/retention-reports")
    assert not lines[-2].startswith("Warning")
    group["pod_spec_override"] = "volumeMounts: [{name: retention-reports, mountPath: /srv/retention-reports}]"
    lines = set_up(empty, tmp_path, "--check", **variables).results["Show the summary", "localhost"]["msg"]
    assert not lines[-1].startswith("Warning")


@pytest.mark.long
def test_guide_shows_the_summary_and_the_question(
    empty: Controller, tmp_path: Path, set_up: Setup, variables: dict[str, Any]
) -> None:
    expose(empty, json.loads(block("json", "/srv/retention-reports")))
    lines = set_up(empty, tmp_path, **variables).results["Show the summary", "localhost"]["msg"]
    shown = re.findall(r'^ {8}"(.*?)(?:…|",?)$', block("text", "TASK [Show the summary]"), re.MULTILINE)
    for line, start in zip(lines, shown, strict=True):
        assert line.startswith(start)
    audit = empty.named("workflow_job_templates", "Axis audit with report")
    ((name, default),) = ((item["question_name"], item["default"]) for item in questions(audit))
    assert f"*{name}* is *{default}*" in text_of(PAGES[0])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_guide_names_objects_that_exist(state: Configured, tmp_path: Path, page: Path) -> None:
    with Controller.of(state(tmp_path)) as awx:
        names = {item["name"] for items in awx.objects.values() for item in items.values() if "name" in item}
    mentioned = set(re.findall(r"(?<!\*)\*(Axis [^*]+)\*", text_of(page)))
    assert mentioned
    assert mentioned <= names


def test_reference_has_all_nodes_and_questions(state: Configured, tmp_path: Path) -> None:
    reference = text_of(PAGES[1])
    with Controller.of(state(tmp_path)) as awx:
        for node in awx.state.all("workflow_job_template_nodes"):
            assert f"``{node['identifier']}``" in reference
        for question in questions(awx.named("workflow_job_templates", "Axis audit, approval, roll-out, audit")):
            assert f"``{question['variable']}``" in reference
        named = {item["name"] for endpoint in TEMPLATES for item in awx.state.all(endpoint)}
    for name in named:
        assert f"*{name}*" in reference


def test_guide_copies_only_files_of_the_collection() -> None:
    """An operator has no checkout, only what ansible-galaxy installs."""
    installed = "~/.ansible/collections/ansible_collections/camfleet/axis/"
    paths = set(re.findall(rf"{re.escape(installed)}(\S+)", PAGES[0].read_text(encoding="utf-8")))
    ignored = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    assert len(paths) == 2
    for path in map(Path, paths):
        assert (CHECKOUT / path).exists(), path
        assert not any(part.match(pattern) for part in (path, *path.parents) for pattern in ignored), path


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("Nothing was changed in AWX", "playbooks/tasks/awx_setup_check.yml"),
        ("Warning: jobs", "playbooks/tasks/awx_setup_summary.yml"),
        ("Run the playbook again", "playbooks/tasks/awx_setup_workflow.yml"),
        ("There is no report to merge", "plugins/action/axis_retention_policy_merge.py"),
    ],
)
def test_guide_quotes_messages_of_the_code(message: str, path: str) -> None:
    assert any(f"*{message}" in text_of(page) for page in PAGES)
    assert message in text_of(CHECKOUT / path)


def test_guide_names_only_variables_of_the_playbook() -> None:
    (play,) = yaml.safe_load((CHECKOUT / "playbooks" / "awx_setup.yml").read_text(encoding="utf-8"))
    known = {*play["vars"], "awx_setup_project_url", "awx_setup_image"}
    for page in PAGES:
        assert set(re.findall(r"\bawx_setup_\w+", page.read_text(encoding="utf-8"))) <= known
