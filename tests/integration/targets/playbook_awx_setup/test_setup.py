# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that camfleet.axis.awx_setup creates in AWX with the real modules of awx.awx."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.controller import Controller
from tests.integration.targets.playbook_awx_setup.conftest import Setup
from tests.playbook import CHECKOUT

PASSWORD = "7hq-Camera"


def questions(template: dict[str, Any]) -> dict[str, Any]:
    """Return the questions of a survey, by variable."""
    return {question["variable"]: question for question in template["survey_spec"]["spec"]}


def test_setup_creates_all_objects(controller: Controller) -> None:
    objects = {
        endpoint: sorted(item.get("name", "") for item in items.values())
        for endpoint, items in controller.objects.items()
    }
    assert objects == {
        "organizations": ["Default"],
        "credential_types": ["Axis camera", "Machine"],
        "credentials": ["Axis cameras"],
        "execution_environments": ["Axis cameras"],
        "projects": ["Axis retention"],
        "inventories": ["Axis cameras"],
        "inventory_sources": ["Axis cameras of the project"],
        "notification_templates": ["Axis retention"],
        "job_templates": [
            "Axis audit",
            "Axis comparison of reports",
            "Axis device check",
            "Axis merged report",
            "Axis roll-out",
            "Axis start of a run",
        ],
        "workflow_job_templates": ["Axis audit with report", "Axis audit, approval, roll-out, audit"],
        "workflow_job_template_nodes": [""] * 7,
        "workflow_approval_templates": ["Axis approval of the roll-out"],
        "schedules": ["Axis audit, weekly"],
    }


@pytest.mark.long
def test_second_run_replaces_only_nodes(
    controller: Controller, tmp_path: Path, set_up: Setup, all_variables: dict[str, Any]
) -> None:
    controller.writes.clear()
    again = set_up(controller, tmp_path, **all_variables)
    assert again.status == 0, again.output
    # The playbook creates the nodes again so that no old node remains. awx.awx also sends an inventory with kind null,
    # and a notification without the fields that AWX adds.
    changed = {path.split("/")[3] for _unused, path in controller.writes}
    assert changed == {"workflow_job_template_nodes", "inventories", "notification_templates"}


def test_audit_is_a_sliced_check_and_roll_out_is_a_run(controller: Controller, all_variables: dict[str, Any]) -> None:
    audit, roll_out = (controller.named("job_templates", f"Axis {name}") for name in ("audit", "roll-out"))
    assert (audit["job_type"], audit["job_slice_count"], audit["playbook"]) == ("check", 2, "audit.yml")
    assert (roll_out["job_type"], roll_out["job_slice_count"], roll_out["playbook"]) == ("run", 1, "roll_out.yml")
    assert json.loads(audit["extra_vars"]) == {"retention_policy_report_dir": all_variables["awx_setup_reports"]}
    assert audit["ask_limit_on_launch"] is roll_out["ask_limit_on_launch"] is roll_out["ask_job_type_on_launch"] is True
    login = controller.named("credentials", "Axis cameras")["id"]
    assert controller.linked("job_templates", audit, "credentials") == [login]
    assert controller.linked("job_templates", roll_out, "credentials") == [login]
    assert questions(audit)["retention_policy_fail_on_drift"]["default"] == "false"
    assert questions(roll_out)["retention_policy_hosts"]["choices"] == ["axis", "south"]
    assert questions(roll_out)["confirm_recording_loss"]["required"] is False
    for template in (audit, roll_out):
        assert all(isinstance(question["default"], str) for question in template["survey_spec"]["spec"])


def test_workflow_rolls_out_only_after_approval(controller: Controller) -> None:
    paths = {
        (nodes[first]["identifier"], relation, nodes[second]["identifier"])
        for nodes in [controller.objects["workflow_job_template_nodes"]]
        for (endpoint, first, relation), others in controller.links.items()
        if endpoint == "workflow_job_template_nodes"
        for second in others
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
def test_without_a_report_directory_nothing_is_merged(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    assert set_up(empty, tmp_path).status == 0
    assert sorted(item["name"] for item in empty.objects["job_templates"].values()) == [
        "Axis audit",
        "Axis roll-out",
    ]
    nodes = empty.objects["workflow_job_template_nodes"].values()
    assert sorted(node["identifier"] for node in nodes) == ["after", "approval", "audit", "before", "roll_out"]
    assert not empty.objects.get("notification_templates")


@pytest.mark.long
def test_camera_login_with_a_custom_credential_type(
    controller: Controller, empty: Controller, tmp_path: Path, set_up: Setup
) -> None:
    by_default = {"extra_vars": {"axis_username": "{{ username }}", "axis_password": "{{ password }}"}}
    assert controller.named("credential_types", "Axis camera")["injectors"] == by_default
    login = {"awx_setup_username": "retention", "awx_setup_password": PASSWORD}
    run = set_up(empty, tmp_path, "-vvv", awx_setup_login_by="env", **login)
    assert run.status == 0
    injectors = {"env": {"AXIS_USERNAME": "{{ username }}", "AXIS_PASSWORD": "{{ password }}"}}
    assert empty.named("credential_types", "Axis camera")["injectors"] == injectors
    assert empty.named("credentials", "Axis cameras")["inputs"]["username"] == "retention"
    assert PASSWORD not in run.output


@pytest.mark.long
def test_camera_login_with_a_machine_credential(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    assert set_up(empty, tmp_path, awx_setup_login="machine").status == 0
    machine = empty.named("credential_types", "Machine")["id"]
    assert empty.named("credentials", "Axis cameras")["credential_type"] == machine
    assert [item["name"] for item in empty.objects["credential_types"].values()] == ["Machine"]


@pytest.mark.parametrize(
    "invalid",
    [
        {"awx_setup_project_url": ""},
        pytest.param({"awx_setup_image": ""}, marks=pytest.mark.long),
        pytest.param({"awx_setup_login": "ssh"}, marks=pytest.mark.long),
        pytest.param({"awx_setup_login_by": "file"}, marks=pytest.mark.long),
        pytest.param({"awx_setup_policies": []}, marks=pytest.mark.long),
        {"awx_setup_slices": 2},
    ],
)
def test_invalid_variables_fail_before_any_change(
    empty: Controller, tmp_path: Path, set_up: Setup, invalid: dict[str, Any]
) -> None:
    run = set_up(empty, tmp_path, **invalid)
    assert run.status != 0
    assert "Nothing was changed in AWX" in run.output
    assert empty.writes == []


def test_playbook_contains_no_secret() -> None:
    text = (CHECKOUT / "playbooks" / "awx_setup.yml").read_text(encoding="utf-8")
    (play,) = yaml.safe_load(text.replace("!unsafe ", ""))
    values = [value for name, value in play["vars"].items() if "password" in name or "token" in name]
    assert values == [""]
