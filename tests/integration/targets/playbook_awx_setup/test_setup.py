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

from tests.integration.controller import Controller, User
from tests.integration.targets.playbook_awx_setup.conftest import Configured, Setup, enable_all
from tests.integration.targets.playbook_awx_setup.upgrade import (
    AUDIT,
    ROLL_OUT,
    ROLL_OUT_EDGES,
    approve,
    edges,
    launch_roll_out,
    summary,
    written,
)
from tests.playbook import CHECKOUT, run_playbook

PASSWORD = "7hq-Camera"
TEMPLATES = ("job_templates", "workflow_job_templates")


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
        "credential_types": ["Axis camera", "Machine", "Vault"],
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
        "workflow_job_template_nodes": [""] * 12,
        "workflow_approval_templates": ["Axis approval of the roll-out"],
        "schedules": ["Axis audit, weekly"],
        "instance_groups": ["controlplane", "default"],
    }


def test_audit_is_a_sliced_check_and_roll_out_is_a_run(controller: Controller, all_variables: dict[str, Any]) -> None:
    audit, roll_out = (controller.named("job_templates", f"Axis {name}") for name in ("audit", "roll-out"))
    assert (audit["job_type"], audit["job_slice_count"], audit["playbook"]) == ("check", 2, "audit.yml")
    assert (roll_out["job_type"], roll_out["job_slice_count"], roll_out["playbook"]) == ("run", 1, "roll_out.yml")
    directory = {"retention_policy_report_dir": all_variables["awx_setup_reports"]}
    assert json.loads(audit["extra_vars"]) == {**directory, "audit_slices": "2"}
    assert roll_out["ask_limit_on_launch"] is roll_out["ask_job_type_on_launch"] is True
    login = controller.named("credentials", "Axis cameras")["id"]
    assert controller.linked("job_templates", audit, "credentials") == [login]
    assert controller.linked("job_templates", roll_out, "credentials") == [login]
    assert questions(audit)["retention_policy_fail_on_drift"]["default"] == "false"
    assert questions(roll_out)["retention_policy_hosts"]["choices"] == ["axis", "south"]
    assert questions(roll_out)["confirm_recording_loss"]["required"] is False
    for template in (audit, roll_out):
        assert all(isinstance(question["default"], str) for question in template["survey_spec"]["spec"])


@pytest.mark.parametrize("slices", [1, 2])
def test_slices_replace_the_limit_by_a_pattern(
    state: Configured, sliced_state: Configured, tmp_path: Path, slices: int
) -> None:
    """With a limit, AWX fails each slice that has no host of it. The start must never have one."""
    with Controller.of((state if slices == 1 else sliced_state)(tmp_path)) as awx:
        templates = {item["name"]: item for name in TEMPLATES for item in awx.state.all(name)}
    prompts = {name for name, item in templates.items() if item["ask_limit_on_launch"]}
    limited = {"Axis audit", "Axis merged report", AUDIT}
    assert prompts == {"Axis roll-out", ROLL_OUT, *(limited if slices == 1 else ())}
    for name in ("Axis audit", AUDIT):
        assert ("retention_policy_hosts" in questions(templates[name])) == (slices > 1)
    assert templates["Axis audit"]["job_slice_count"] == slices


def test_workflow_prompts_for_what_the_roll_out_needs(controller: Controller) -> None:
    workflow = controller.named("workflow_job_templates", ROLL_OUT)
    roll_out = controller.named("job_templates", "Axis roll-out")
    assert questions(workflow) == questions(roll_out)
    artifacts = {"retention_policy_run_id", "retention_policy_report_dir", "merge_reports_from", "merge_reports_dir"}
    assert not artifacts & questions(workflow).keys()
    # A schedule cannot answer a required question.
    audit = controller.named("workflow_job_templates", AUDIT)
    assert not any(question["required"] for question in questions(audit).values())


def test_failures_notify_once(controller: Controller) -> None:
    """Slices would send one each, and a merge that fails is the last node, so that the workflow notifies."""
    notified = {
        item["name"]
        for endpoint in TEMPLATES
        for item in controller.state.all(endpoint)
        if controller.linked(endpoint, item, "notification_templates_error")
    }
    direct = {"Axis start of a run", "Axis roll-out", "Axis device check", "Axis comparison of reports"}
    assert notified == {AUDIT, ROLL_OUT, *direct}
    approvals = [
        item["name"]
        for item in controller.state.all("workflow_job_templates")
        if controller.linked("workflow_job_templates", item, "notification_templates_approvals")
    ]
    assert approvals == [ROLL_OUT]


def test_workflow_rolls_out_only_after_approval(controller: Controller) -> None:
    assert edges(controller) == {
        ("start", "success", "audit"),
        ("audit", "always", "merge"),
        *ROLL_OUT_EDGES,
    }
    schedule = controller.named("schedules", "Axis audit, weekly")
    workflow = controller.named("workflow_job_templates", AUDIT)
    assert schedule["unified_job_template"] == workflow["id"]
    assert "FREQ=WEEKLY" in schedule["rrule"]


@pytest.mark.long
def test_second_run_names_what_awx_does_not_show(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    with Controller.of(state(tmp_path)) as awx:
        login = {"awx_setup_username": "retention", "awx_setup_password": PASSWORD}
        awx.named("credentials", "Axis cameras")["inputs"] = {"username": "retention", "password": "$encrypted$"}
        workflow = launch_roll_out(awx)
        awx.writes.clear()
        run = set_up(awx, tmp_path, **enable_all(str(tmp_path), slices=1), **login)
        assert run.status == 0, run.output
        assert run.recap["localhost"]["changed"] == 0
        assert written(awx) == ["PATCH credentials"]
        assert "Created (0)" in summary(run)
        assert "Changed (0)" in summary(run)
        assert "Unchanged (16): credential type Axis camera; credential Axis cameras; " in summary(run)
        assert "does not show whether they differ: password of the credential Axis cameras" in summary(run)
        assert PASSWORD not in run.output
        approve(awx)
        assert workflow.status == "successful"


@pytest.mark.long
def test_second_run_names_what_changed(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    with Controller.of(state(tmp_path)) as awx:
        variables = {**enable_all(str(tmp_path), slices=1), "awx_setup_policies": ["axis"], "awx_setup_pull": "always"}
        variables |= {"awx_setup_username": "retention", "awx_setup_password": PASSWORD}
        check, run = (set_up(awx, tmp_path, *arguments, **variables) for arguments in (("--check",), ()))
        changed = ["credential Axis cameras", "execution environment Axis cameras", "job template Axis roll-out"]
        assert f"Changed (4): {'; '.join(changed)}; workflow {ROLL_OUT}" in summary(run)
        assert f"Would be changed (4): {'; '.join(changed)}; workflow {ROLL_OUT}" in summary(check)
        assert awx.named("execution_environments", "Axis cameras")["pull"] == "always"


def test_check_mode_lists_what_would_be_created(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    run = set_up(empty, tmp_path, "--check", **enable_all(str(tmp_path), slices=1))
    assert run.status == 0, run.output
    assert empty.writes == []
    assert run.recap["localhost"]["changed"] == 1
    names = "credential type Axis camera; credential Axis cameras; execution environment Axis cameras; project "
    assert f"Would be created (16): {names}" in summary(run)


def test_missing_environment_and_variables_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "inventory.ini").write_text("", encoding="utf-8")
    # No configuration file of awx.awx in the home directory.
    unset = {"CONTROLLER_HOST": "", "CONTROLLER_OAUTH_TOKEN": "", "HOME": str(tmp_path)}
    run = run_playbook(
        "camfleet.axis.awx_setup", tmp_path / "inventory.ini", tmp_path, "-e", "awx_setup_slices=2", extra=unset
    )
    assert run.status != 0
    message = run.results["Check the variables", "localhost"]["msg"]
    assert "awx_setup_slices is 2 without awx_setup_reports" in message
    for name in ("CONTROLLER_HOST", "CONTROLLER_OAUTH_TOKEN", "awx_setup_project_url", "awx_setup_image"):
        assert name in message


@pytest.mark.long
def test_missing_type_names_both_ways_to_continue(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    empty.login("orgadmin", User("orgadmin", 2, admin_of=frozenset({"Default"})))
    run = set_up(empty, tmp_path, token="orgadmin")
    message = run.results["Check the roles of the user", "localhost"]["msg"]
    assert "the credential type Axis camera must be created, which requires a system administrator" in message
    assert "or set awx_setup_login=machine, which requires only an organization administrator" in message


@pytest.mark.long
def test_credential_of_another_type_is_named(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    with Controller.of(state(tmp_path)) as awx:
        awx.writes.clear()
        run = set_up(awx, tmp_path, awx_setup_login="machine")
        message = run.results["Check the roles of the user", "localhost"]["msg"]
        assert "The credential Axis cameras does not have the type that awx_setup_login=machine requires" in message
        assert awx.writes == []


@pytest.mark.long
def test_unknown_organization_is_named(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    run = set_up(empty, tmp_path, awx_setup_organization="Video")
    message = run.results["Check the roles of the user", "localhost"]["msg"]
    assert "The user admin cannot see the organization Video. Create it in AWX" in message
    assert empty.writes == []


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
@pytest.mark.parametrize(
    "invalid",
    [
        {"awx_setup_project_url": "", "awx_setup_slices": 2},
        {"awx_setup_image": ""},
        {"awx_setup_login": "ssh"},
        {"awx_setup_login_by": "file"},
        {"awx_setup_policies": []},
        {"awx_setup_slices": 0},
        {"awx_setup_username": "retention"},
        {"awx_setup_pull": "sometimes"},
        {"awx_setup_policies": "axis"},
        {"awx_setup_login": "vault", "awx_setup_username": "retention"},
        {"awx_setup_reports": "reports"},
        {"awx_setup_notification": {"url": "https://example.com"}},
    ],
)
def test_invalid_variables_fail_before_any_change(
    empty: Controller, tmp_path: Path, set_up: Setup, invalid: dict[str, Any]
) -> None:
    run = set_up(empty, tmp_path, **invalid)
    assert run.status != 0
    assert "Nothing was changed in AWX" in run.output
    assert empty.writes == []


@pytest.mark.parametrize(
    ("rule", "is_valid"),
    [
        ("DTSTART:20260105T050000Z RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO", True),
        ("DTSTART;TZID=Europe/Berlin:20260106T060000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU", True),
        ("DTSTART;TZID=America/Argentina/Buenos_Aires:20260106T060000\nRRULE:INTERVAL=2;FREQ=DAILY", True),
        ("Tuesdays 06:00", False),
        ("DTSTART:20260105T050000 RRULE:FREQ=WEEKLY;INTERVAL=1", False),
        ("DTSTART:20260105T050000Z RRULE:FREQ=WEEKLY", False),
        ("DTSTART:20260105T050000Z RRULE:FREQ=SECONDLY;INTERVAL=1", False),
        ("", False),
    ],
)
@pytest.mark.long
def test_schedule_is_checked_before_any_change(
    empty: Controller, tmp_path: Path, set_up: Setup, rule: str, is_valid: bool
) -> None:
    """AWX would reject it after all other changes."""
    # A second problem, so that none of these runs changes anything.
    run = set_up(empty, tmp_path, awx_setup_schedule=rule, awx_setup_pull="sometimes")
    message = run.results["Check the variables", "localhost"]["msg"]
    assert ("which is not a rule that AWX accepts" in message) is not is_valid, message
    assert empty.writes == []


@pytest.mark.long
def test_audits_have_a_credential_of_their_own(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    variables = {**enable_all(str(tmp_path), slices=1), "awx_setup_audit_login_name": "Axis viewer"}
    check, first, second = (set_up(empty, tmp_path, *arguments, **variables) for arguments in (("--check",), (), ()))
    assert second.status == 0, second.output
    assert "Would be created (17): credential type Axis camera; credential Axis viewer; " in summary(check)
    assert "Created (17)" in summary(first)
    assert "Unchanged (17)" in summary(second)
    viewer, operator = (empty.named("credentials", name)["id"] for name in ("Axis viewer", "Axis cameras"))
    logins = {
        item["name"]: found
        for item in empty.state.all("job_templates")
        if (found := empty.linked("job_templates", item, "credentials"))
    }
    assert logins == {"Axis audit": [viewer], "Axis roll-out": [operator], "Axis device check": [operator]}


@pytest.mark.long
def test_credential_of_the_type_vault(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    empty.login("orgadmin", User("orgadmin", 2, admin_of=frozenset({"Default"})))
    vault = {"awx_setup_login": "vault", "awx_setup_password": PASSWORD}
    first, second = (set_up(empty, tmp_path, token="orgadmin", **vault) for _number in range(2))
    assert second.status == 0, second.output
    assert second.recap["localhost"]["changed"] == 0
    credential = empty.named("credentials", "Axis cameras")
    assert credential["credential_type"] == empty.named("credential_types", "Vault")["id"]
    assert credential["inputs"] == {"vault_password": "$encrypted$"}
    assert PASSWORD not in first.output + second.output


@pytest.mark.long
def test_credential_of_the_registry(state: Configured, tmp_path: Path, set_up: Setup) -> None:
    with Controller.of(state(tmp_path)) as awx:
        organization = awx.named("organizations", "Default")["id"]
        kind = awx.create("credential_types", {"name": "Container Registry", "kind": "registry"})["id"]
        registry = {"name": "Registry", "organization": organization, "credential_type": kind}
        number = awx.create("credentials", registry)["id"]
        variables = {**enable_all(str(tmp_path), slices=1), "awx_setup_image_credential": "Registry"}
        run = set_up(awx, tmp_path, **variables)
        assert run.status == 0, run.output
        assert "Changed (1): execution environment Axis cameras" in summary(run)
        again = set_up(awx, tmp_path, **enable_all(str(tmp_path), slices=1))
        assert again.recap["localhost"]["changed"] == 0
        assert awx.named("execution_environments", "Axis cameras")["credential"] == number


@pytest.mark.long
def test_unknown_credentials_are_named(empty: Controller, tmp_path: Path, set_up: Setup) -> None:
    given = {"awx_setup_project_credential": "Git, cameras", "awx_setup_image_credential": "Registry"}
    run = set_up(empty, tmp_path, **given)
    message = run.results["Check the roles of the user", "localhost"]["msg"]
    assert "There is no credential Git, cameras, Registry in AWX that admin can see. Create it" in message
    assert empty.writes == []


def test_playbook_contains_no_secret() -> None:
    text = (CHECKOUT / "playbooks" / "awx_setup.yml").read_text(encoding="utf-8")
    (play,) = yaml.safe_load(text)
    values = [value for name, value in play["vars"].items() if "password" in name or "token" in name]
    assert values == [""]
