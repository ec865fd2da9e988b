# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What camfleet.axis.awx_setup makes in AWX, by the real modules of awx.awx."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.controller import Controller
from tests.integration.targets.playbook_awx_setup.conftest import SetUp
from tests.playbook import CHECKOUT

PASSWORD = "7hq-Camera"


def answers(template: dict[str, Any]) -> dict[str, Any]:
    """The questions of a survey, by variable."""
    return {question["variable"]: question for question in template["survey_spec"]["spec"]}


def test_everything_is_there_afterwards(controller: Controller) -> None:
    made = {
        endpoint: sorted(item.get("name", "") for item in items.values())
        for endpoint, items in controller.objects.items()
    }
    assert made == {
        "organizations": ["Default"],
        "credential_types": ["Axis camera", "Machine"],
        "credentials": ["Axis cameras"],
        "execution_environments": ["Axis cameras"],
        "projects": ["Axis retention"],
        "inventories": ["Axis cameras"],
        "inventory_sources": ["Axis cameras of the project"],
        "notification_templates": ["Axis retention"],
        "job_templates": ["Axis audit", "Axis merged report", "Axis roll-out", "Axis start of a run"],
        "workflow_job_templates": ["Axis audit with report", "Axis audit, approval, roll-out, audit"],
        "workflow_job_template_nodes": [""] * 7,
        "workflow_approval_templates": ["Axis approval of the roll-out"],
        "schedules": ["Axis audit, weekly"],
    }


def test_a_second_run_changes_only_what_it_makes_anew(
    controller: Controller, tmp_path: Path, set_up: SetUp, everything: dict[str, Any]
) -> None:
    controller.writes.clear()
    again = set_up(controller, tmp_path, **everything)
    assert again.status == 0, again.output
    # awx.awx posts a survey each time, and nodes are made anew so that none is left of another version.
    written = {path.split("/")[3] for _unused, path in controller.writes if "survey_spec" not in path}
    assert written == {"workflow_job_template_nodes"}


def test_the_audit_is_a_check_in_slices_and_the_roll_out_is_not(
    controller: Controller, everything: dict[str, Any]
) -> None:
    audit, roll_out = (controller.named("job_templates", f"Axis {name}") for name in ("audit", "roll-out"))
    assert (audit["job_type"], audit["job_slice_count"], audit["playbook"]) == ("check", 2, "audit.yml")
    assert (roll_out["job_type"], roll_out["job_slice_count"], roll_out["playbook"]) == ("run", 1, "roll_out.yml")
    assert json.loads(audit["extra_vars"]) == {"retention_policy_report_dir": everything["awx_setup_reports"]}
    assert audit["ask_limit_on_launch"] is roll_out["ask_limit_on_launch"] is roll_out["ask_job_type_on_launch"] is True
    login = controller.named("credentials", "Axis cameras")["id"]
    assert controller.linked("job_templates", audit, "credentials") == [login]
    assert controller.linked("job_templates", roll_out, "credentials") == [login]
    assert answers(audit)["retention_policy_fail_on_drift"]["default"] == "false"
    assert answers(roll_out)["retention_policy_hosts"]["choices"] == ["axis", "south"]
    assert answers(roll_out)["confirm_recording_loss"]["required"] is False
    for template in (audit, roll_out):
        assert all(isinstance(question["default"], str) for question in template["survey_spec"]["spec"])


def test_the_workflows_go_on_whatever_the_audit_found_and_roll_out_only_when_approved(controller: Controller) -> None:
    paths = {
        (nodes[one]["identifier"], relation, nodes[other]["identifier"])
        for nodes in [controller.objects["workflow_job_template_nodes"]]
        for (endpoint, one, relation), others in controller.links.items()
        if endpoint == "workflow_job_template_nodes"
        for other in others
    }
    assert paths == {
        ("start", "success_nodes", "audit"),
        ("audit", "always_nodes", "merge"),
        ("before", "always_nodes", "approval"),
        ("approval", "success_nodes", "roll_out"),
        ("roll_out", "always_nodes", "after"),
    }
    schedule = controller.named("schedules", "Axis audit, weekly")
    workflow = controller.named("workflow_job_templates", "Axis audit with report")
    assert schedule["unified_job_template"] == workflow["id"]
    assert "FREQ=WEEKLY" in schedule["rrule"]


@pytest.mark.long
def test_without_a_place_for_reports_there_is_nothing_to_merge(
    empty: Controller, tmp_path: Path, set_up: SetUp
) -> None:
    assert set_up(empty, tmp_path).status == 0
    assert sorted(item["name"] for item in empty.objects["job_templates"].values()) == [
        "Axis audit",
        "Axis roll-out",
    ]
    nodes = empty.objects["workflow_job_template_nodes"].values()
    assert sorted(node["identifier"] for node in nodes) == ["after", "approval", "audit", "before", "roll_out"]
    assert not empty.objects.get("notification_templates")


@pytest.mark.parametrize(
    ("by", "injectors"),
    [
        ("extra_vars", {"extra_vars": {"axis_username": "{{ username }}", "axis_password": "{{ password }}"}}),
        ("env", {"env": {"AXIS_USERNAME": "{{ username }}", "AXIS_PASSWORD": "{{ password }}"}}),
    ],
)
def test_the_login_of_the_cameras_by_a_type_of_its_own(
    empty: Controller, tmp_path: Path, set_up: SetUp, by: str, injectors: dict[str, Any]
) -> None:
    login = {"awx_setup_username": "retention", "awx_setup_password": PASSWORD}
    run = set_up(empty, tmp_path, "-vvv", awx_setup_login_by=by, **login)
    assert run.status == 0
    assert empty.named("credential_types", "Axis camera")["injectors"] == injectors
    assert empty.named("credentials", "Axis cameras")["inputs"]["username"] == "retention"
    assert PASSWORD not in run.output


@pytest.mark.long
def test_the_login_of_the_cameras_by_a_machine_credential(empty: Controller, tmp_path: Path, set_up: SetUp) -> None:
    assert set_up(empty, tmp_path, awx_setup_login="machine").status == 0
    machine = empty.named("credential_types", "Machine")["id"]
    assert empty.named("credentials", "Axis cameras")["credential_type"] == machine
    assert [item["name"] for item in empty.objects["credential_types"].values()] == ["Machine"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"awx_setup_project_url": ""},
        {"awx_setup_image": ""},
        {"awx_setup_login": "ssh"},
        {"awx_setup_login_by": "file"},
        {"awx_setup_policies": []},
        {"awx_setup_slices": 2},
    ],
)
def test_what_is_missing_is_told_before_anything_is_made(
    empty: Controller, tmp_path: Path, set_up: SetUp, wrong: dict[str, Any]
) -> None:
    run = set_up(empty, tmp_path, **wrong)
    assert run.status != 0
    assert "Nothing was changed in AWX" in run.output
    assert empty.writes == []


def test_no_secret_stands_in_the_playbook() -> None:
    text = (CHECKOUT / "playbooks" / "awx_setup.yml").read_text(encoding="utf-8")
    (play,) = yaml.safe_load(text.replace("!unsafe ", ""))
    told = [value for name, value in play["vars"].items() if "password" in name or "token" in name]
    assert told == [""]
