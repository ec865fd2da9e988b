# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in of AWX: what AWX 24.6.1 answers and does. The package tests.integration.controller cites the source."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.awx_job import Launch, write_extra_vars
from tests.integration.controller import Controller, Job, Outcome, User
from tests.integration.controller.jobs import variables_of

URL = "https://git.example.com/cameras.git"
EDGES = ("success_nodes", "failure_nodes", "always_nodes")
QUESTION = {
    "question_name": "Q",
    "question_description": "",
    "variable": "q",
    "type": "text",
    "min": 1,
    "max": 3,
    "default": "abc",
    "required": True,
}


class Awx:
    """A controller with a project, an inventory, and helpers that create objects as a superuser."""

    def __init__(self) -> None:
        self.controller = Controller(galaxy_credential=False)
        self.organization = self.controller.named("organizations", "Default")["id"]
        self.inventory = self.create("inventories", name="Cameras")["id"]
        self.project = self.create("projects", name="Project", scm_type="git", scm_url=URL)["id"]

    def create(self, endpoint: str, **fields: Any) -> dict[str, Any]:
        """Create an object in the organization."""
        return dict(self.ok("POST", f"{endpoint}/", {"organization": self.organization, **fields}))

    def ok(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """Send a request that must succeed."""
        status, body = self.controller.request(method, path, data)
        assert status < 300, body
        return body

    def sync(self) -> None:
        """End the current update of the project."""
        update = self.ok("GET", f"projects/{self.project}/")["summary_fields"]["current_update"]
        self.ok("GET", f"project_updates/{update['id']}/")

    def template(self, name: str, **fields: Any) -> dict[str, Any]:
        """Create a job template."""
        base = {"name": name, "project": self.project, "inventory": self.inventory, "playbook": "audit.yml"}
        if "current_update" in self.ok("GET", f"projects/{self.project}/")["summary_fields"]:
            self.sync()
        return self.create("job_templates", **{**base, **fields})

    def workflow(self, name: str, **fields: Any) -> dict[str, Any]:
        """Create a workflow template."""
        return self.create("workflow_job_templates", name=name, **fields)

    def node(self, workflow: dict[str, Any], identifier: str, template: dict[str, Any] | None = None) -> int:
        """Create a node, and return its ID."""
        runs = template and template["id"]
        fields = {"workflow_job_template": workflow["id"], "identifier": identifier, "unified_job_template": runs}
        number: int = self.ok("POST", "workflow_job_template_nodes/", fields)["id"]
        return number

    def link(self, node: int, relation: str, child: int) -> None:
        """Add an edge."""
        self.ok("POST", f"workflow_job_template_nodes/{node}/{relation}/", {"id": child})

    def approval(self, node: int) -> dict[str, Any]:
        """Create the approval template of a node."""
        path = f"workflow_job_template_nodes/{node}/create_approval_template/"
        return dict(self.ok("POST", path, {"name": "Approval"}))

    def launch(self, template: dict[str, Any], **data: Any) -> Job:
        """Launch a template, and run all jobs."""
        response = self.ok("POST", f"{template['type']}s/{template['id']}/launch/", data)
        self.controller.settle()
        return self.controller.job(response["id"])

    def survey(self, template: dict[str, Any], *questions: dict[str, Any]) -> None:
        """Add and enable a survey."""
        url = f"{template['type']}s/{template['id']}/"
        self.ok("POST", f"{url}survey_spec/", {"name": "", "description": "", "spec": [*questions]})
        self.ok("PATCH", url, {"survey_enabled": True})

    def job_named(self, name: str) -> Job:
        """Return the last job of a template."""
        return [job for job in self.controller.state.jobs.values() if job.name == name][-1]


@pytest.fixture
def awx() -> Awx:
    """Return a controller with a project and an inventory."""
    return Awx()


def test_playbook_is_rejected_until_a_sync_found_it(awx: Awx) -> None:
    fields = {"name": "T", "project": awx.project, "inventory": awx.inventory, "playbook": "audit.yml"}
    error = (400, {"playbook": ["Playbook not found for project."]})
    assert awx.controller.request("POST", "job_templates/", fields) == error
    awx.sync()
    template = awx.ok("POST", "job_templates/", fields)
    assert template["organization"] == awx.organization
    awx.controller.named("projects", "Project")["playbook_files"].remove("audit.yml")
    assert awx.controller.request("PATCH", f"job_templates/{template['id']}/", {"forks": 9}) == error


def test_failed_sync_finds_no_playbook(awx: Awx) -> None:
    awx.controller.state.repository.reachable = False
    awx.sync()
    assert awx.ok("GET", f"projects/{awx.project}/")["status"] == "failed"
    assert awx.ok("GET", f"projects/{awx.project}/playbooks/") == []


def test_change_of_the_branch_starts_an_update(awx: Awx) -> None:
    awx.sync()
    url = f"projects/{awx.project}/"
    assert "current_update" not in awx.ok("PATCH", url, {"description": "Cameras"})["summary_fields"]
    assert "current_update" in awx.ok("PATCH", url, {"scm_branch": "other"})["summary_fields"]


def test_playbooks_are_files_with_plays(awx: Awx) -> None:
    awx.sync()
    found = awx.ok("GET", f"projects/{awx.project}/playbooks/")
    assert {"audit.yml", "roll_out.yml"} <= {*found}
    assert not [name for name in found if name.startswith(("inventory", "collections", "tasks"))]


@pytest.mark.parametrize(
    ("user", "scope", "endpoint", "status"),
    [
        (User("orgadmin", 2, admin_of=frozenset({"Default"})), "write", "inventories", 201),
        (User("orgadmin", 2, admin_of=frozenset({"Default"})), "write", "credential_types", 403),
        (User("orgadmin", 2, admin_of=frozenset({"Default"})), "read", "inventories", 403),
        (User("orgadmin", 2, admin_of=frozenset({"Other"})), "write", "inventories", 403),
        (User("root", 2, is_superuser=True), "read", "inventories", 403),
        (User("root", 2, is_superuser=True), "write", "credential_types", 201),
    ],
)
def test_roles_and_scope(awx: Awx, user: User, scope: str, endpoint: str, status: int) -> None:
    awx.controller.login("other", user, scope)
    fields = {"name": "New", "organization": awx.organization, "kind": "cloud"}
    assert awx.controller.request("POST", f"{endpoint}/", fields, "other")[0] == status
    (organization,) = awx.controller.request("GET", "organizations/?name=Default", token="other")[1]["results"]
    may_edit = organization["summary_fields"]["user_capabilities"]["edit"]
    assert may_edit == (scope == "write" and "Other" not in user.admin_of)


def test_request_without_a_token_is_unauthorized(awx: Awx) -> None:
    assert awx.controller.request("GET", "organizations/", token="unknown")[0] == 401


def test_settings_are_for_superusers(awx: Awx) -> None:
    awx.controller.login("orgadmin", User("orgadmin", 2, admin_of=frozenset({"Default"})))
    assert awx.controller.request("GET", "settings/jobs/", token="orgadmin")[0] == 403
    assert len(awx.ok("GET", "settings/jobs/")["AWX_ISOLATION_SHOW_PATHS"]) == 2


def test_inventory_shows_a_null_filter_as_text_only_once(awx: Awx) -> None:
    url = f"inventories/{awx.inventory}/"
    assert awx.ok("PATCH", url, {"kind": None, "host_filter": None})["host_filter"] == ""
    assert awx.ok("GET", url).items() >= {"kind": "", "host_filter": None}.items()


def test_approval_template_has_only_three_fields(awx: Awx) -> None:
    node = awx.node(awx.workflow("W"), "approval")
    approval = awx.approval(node)
    shown = awx.ok("PATCH", f"workflow_approval_templates/{approval['id']}/", {"identifier": "a", "timeout": 5})
    assert shown["timeout"] == 5
    assert not {"identifier", "workflow_job_template"} & {*shown}
    assert awx.ok("GET", f"workflow_job_template_nodes/{node}/")["unified_job_template"] == approval["id"]
    assert awx.controller.request("GET", "workflow_approval_templates/")[0] == 404
    assert awx.ok("GET", "unified_job_templates/?name=Approval")["count"] == 0
    assert awx.ok("GET", "unified_job_templates/?type=workflow_job_template")["count"] == 1


def test_secrets_and_defaults_of_a_notification(awx: Awx) -> None:
    config = {"url": URL, "headers": {}, "password": "7hq"}
    shown = awx.create(
        "notification_templates", name="N", notification_type="webhook", notification_configuration=config
    )
    added = {"http_method": "POST", "disable_ssl_verification": False, "username": "", "password": "$encrypted$"}
    assert shown["notification_configuration"] == {**config, **added}


def test_inputs_of_a_credential_type_in_use_are_fixed(awx: Awx) -> None:
    kind = awx.create("credential_types", name="K", kind="cloud", inputs={"fields": []})
    url = f"credential_types/{kind['id']}/"
    awx.create("credentials", name="C", credential_type=kind["id"])
    assert awx.controller.request("PATCH", url, {"inputs": {}})[0] == 403
    assert awx.controller.request("PATCH", url, {"inputs": {"fields": []}, "injectors": {}})[0] == 200


def test_lists_have_pages_and_reject_unknown_filters(awx: Awx) -> None:
    for number in range(30):
        awx.create("inventories", name=f"I{number}")
    first = awx.ok("GET", "inventories/")
    assert (first["count"], len(first["results"])) == (31, 25)
    assert len(awx.ok("GET", first["next"].removeprefix("/api/v2/"))["results"]) == 6
    assert awx.controller.request("GET", "inventories/?model=Q1961")[0] == 400
    assert awx.ok("GET", "inventories/?organization__name=Default&name=I3")["count"] == 1


def test_edges_are_validated(awx: Awx) -> None:
    workflow = awx.workflow("W")
    first, second = awx.node(workflow, "first"), awx.node(workflow, "second")
    awx.link(first, "success_nodes", second)
    url = f"workflow_job_template_nodes/{first}/always_nodes/"
    assert awx.controller.request("POST", url, {"id": second}) == (400, {"Error": "Relationship not allowed."})
    back = f"workflow_job_template_nodes/{second}/always_nodes/"
    assert awx.controller.request("POST", back, {"id": first}) == (400, {"Error": "Cycle detected."})


@pytest.mark.parametrize("change", ["DELETE", "PATCH", "other node"])
def test_deleted_approval_denies_what_is_pending(awx: Awx, change: str) -> None:
    workflow, template = awx.workflow("W"), awx.template("T")
    approval, after = awx.node(workflow, "approval"), awx.node(workflow, "after", template)
    awx.approval(approval)
    awx.link(approval, "success_nodes", after)
    job = awx.launch(workflow)
    assert job.status == "running"
    number = after if change == "other node" else approval
    method = "PATCH" if change == "PATCH" else "DELETE"
    awx.ok(method, f"workflow_job_template_nodes/{number}/", {"unified_job_template": template["id"]})
    awx.controller.settle()
    assert job.status == ("running" if change == "other node" else "failed")


def test_decided_approval_cannot_be_decided_again(awx: Awx) -> None:
    workflow = awx.workflow("W")
    approval = awx.approval(awx.node(workflow, "approval"))
    job = awx.launch(workflow)
    path = f"workflow_approvals/?status=pending&workflow_approval_template={approval['id']}"
    (pending,) = awx.ok("GET", path)["results"]
    assert pending["summary_fields"]["source_workflow_job"]["id"] == job.number
    awx.ok("POST", f"workflow_approvals/{pending['id']}/approve/")
    assert awx.controller.request("POST", f"workflow_approvals/{pending['id']}/deny/")[0] == 400


def test_job_template_ignores_what_a_workflow_rejects(awx: Awx) -> None:
    data = {"limit": "north", "extra_vars": {"x": 1}}
    template = awx.template("T")
    response = awx.ok("POST", f"job_templates/{template['id']}/launch/", data)
    assert response["ignored_fields"] == data
    status, errors = awx.controller.request("POST", f"workflow_job_templates/{awx.workflow('W')['id']}/launch/", data)
    assert (status, errors["limit"]) == (400, ["Field is not configured to prompt on launch."])
    assert errors["extra_vars"][0].startswith("Variables x are not allowed on launch. Check the Prompt on Launch")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({}, "'q' value missing"),
        ({"q": 5}, "Value 5 for 'q' expected to be a string."),
        ({"q": ""}, "'q' value  is too small (length is 0 must be at least 1)."),
        ({"q": "abcd"}, "'q' value abcd is too large (must be no more than 3)."),
    ],
)
def test_answers_are_validated(awx: Awx, answers: dict[str, Any], error: str) -> None:
    workflow = awx.workflow("W")
    awx.survey(workflow, QUESTION)
    url = f"workflow_job_templates/{workflow['id']}/launch/"
    expected = (400, {"variables_needed_to_start": [error]})
    assert awx.controller.request("POST", url, {"extra_vars": answers}) == expected


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "word"}, "'word' in survey question 0 is not one of the allowed question types."),
        ({"required": "yes"}, "'required' in survey question 0 expected to be boolean."),
        ({"default": 3}, "Default value 3 in survey question 0 expected to be string."),
        ({"type": "multiplechoice"}, "Survey question 0 of type multiplechoice must specify choices."),
        ({"type": "multiplechoice", "choices": ["x"]}, "Default choice must be answered from the choices listed."),
    ],
)
def test_survey_is_validated(awx: Awx, change: dict[str, Any], error: str) -> None:
    spec = {"name": "", "description": "", "spec": [{**QUESTION, **change}]}
    url = f"workflow_job_templates/{awx.workflow('W')['id']}/survey_spec/"
    assert awx.controller.request("POST", url, spec) == (400, {"error": error})


def test_valid_defaults_are_inserted_also_empty_ones(awx: Awx) -> None:
    template = awx.template("T", extra_vars=json.dumps({"q": "own", "e": "own", "o": "own"}))
    empty = {**QUESTION, "variable": "e", "min": 0, "default": "", "required": False}
    too_short = {**QUESTION, "variable": "o", "default": "", "required": False}
    awx.survey(template, QUESTION, empty, too_short)
    assert awx.launch(template, extra_vars={"q": "xyz"}).extra_vars == {"q": "xyz", "e": "", "o": "own"}


def test_nearest_artifact_wins_and_answers_win_over_artifacts(awx: Awx) -> None:
    workflow = awx.workflow("W", extra_vars=json.dumps({"set": "workflow"}))
    templates = [awx.template(name, extra_vars=json.dumps({"own": "template"})) for name in "ABC"]
    nodes = [awx.node(workflow, template["name"], template) for template in templates]
    awx.link(nodes[0], "success_nodes", nodes[1])
    awx.link(nodes[1], "success_nodes", nodes[2])
    awx.controller.runner = lambda _job, template: Outcome(
        artifacts={
            "name": template["name"],
            "set": "artifact",
            **({"first": 1, "own": 1} if template["name"] == "A" else {}),
        }
    )
    awx.launch(workflow)
    assert awx.job_named("C").extra_vars == {"name": "B", "set": "workflow", "first": 1, "own": 1}


def test_artifact_wins_over_the_answer_of_a_node(awx: Awx) -> None:
    workflow, template = awx.workflow("W"), awx.template("B")
    awx.survey(template, QUESTION)
    first, second = awx.node(workflow, "1", awx.template("A")), awx.node(workflow, "2", template)
    awx.ok("PATCH", f"workflow_job_template_nodes/{second}/", {"extra_data": {"q": "xyz"}})
    awx.link(first, "success_nodes", second)
    awx.launch(workflow)
    assert awx.job_named("B").extra_vars == {"q": "xyz"}
    awx.controller.runner = lambda _job, _template: Outcome(artifacts={"q": "artifact"})
    awx.launch(workflow)
    assert awx.job_named("B").extra_vars == {"q": "artifact"}


def test_artifacts_override_those_of_a_nested_workflow(awx: Awx) -> None:
    """So two audits in nested workflows have the directory of the first one."""
    inner, outer = awx.workflow("Inner"), awx.workflow("Outer")
    start, merge = awx.template("Start"), awx.template("Merge")
    awx.link(awx.node(inner, "start", start), "success_nodes", awx.node(inner, "merge", merge))
    awx.link(awx.node(outer, "before", inner), "success_nodes", awx.node(outer, "after", inner))
    awx.controller.runner = lambda job, _template: Outcome(artifacts={"run": job.number} if job.name == "Start" else {})
    awx.launch(outer)
    starts = [job.number for job in awx.controller.state.jobs.values() if job.name == "Start"]
    merges = [job.extra_vars["run"] for job in awx.controller.state.jobs.values() if job.name == "Merge"]
    assert merges == [starts[0], starts[0]]


def test_sliced_job_passes_on_the_artifacts_of_one_slice(awx: Awx) -> None:
    workflow = awx.workflow("W", ask_limit_on_launch=True)
    sliced, merge = awx.template("Sliced", job_slice_count=3, ask_limit_on_launch=True), awx.template("Merge")
    awx.link(awx.node(workflow, "audit", sliced), "always_nodes", awx.node(workflow, "merge", merge))
    awx.controller.state.hosts = {"hosts": {"a": {}, "b": {}}}
    parts: list[Any] = []

    def run(job: Job, _template: dict[str, Any]) -> Outcome:
        parts.append((job.part, job.limit))
        return Outcome(artifacts={"summary": job.part[0]})

    awx.controller.runner = run
    awx.launch(workflow, limit="a")
    # At most as many slices as hosts. A limit reaches only templates that prompt for it.
    assert parts == [((1, 2), "a"), ((2, 2), "a"), ((1, 1), "")]
    assert awx.job_named("Merge").extra_vars == {"summary": 2}


def test_inventory_without_hosts_is_not_sliced(awx: Awx) -> None:
    assert awx.launch(awx.template("T", job_slice_count=2)).kind == "job"


@pytest.mark.parametrize(("relation", "status"), [("success_nodes", "failed"), ("always_nodes", "successful")])
def test_failure_with_a_path_does_not_fail_the_workflow(awx: Awx, relation: str, status: str) -> None:
    workflow = awx.workflow("W")
    first, second = awx.node(workflow, "1", awx.template("A")), awx.node(workflow, "2", awx.template("B"))
    awx.link(first, relation, second)
    awx.controller.runner = lambda job, _template: Outcome("failed" if job.name == "A" else "successful")
    assert awx.launch(workflow).status == status


def test_node_without_a_template_fails_the_workflow(awx: Awx) -> None:
    workflow = awx.workflow("W")
    awx.node(workflow, "skeleton")
    assert awx.launch(workflow).status == "failed"


def test_notifications_of_a_job_a_slice_and_their_parent(awx: Awx) -> None:
    config = {"url": URL, "headers": {}}
    notification = awx.create(
        "notification_templates", name="N", notification_type="webhook", notification_configuration=config
    )
    template = awx.template("T", job_slice_count=2)
    awx.ok("POST", f"projects/{awx.project}/notification_templates_error/", {"id": notification["id"]})
    awx.controller.runner = lambda _job, _template: Outcome("failed")
    awx.launch(template)
    assert [(item.event, item.job) for item in awx.controller.notifications] == [("error", "T")]
    awx.controller.state.hosts = {"hosts": {"a": {}, "b": {}}}
    parent = awx.launch(template)
    assert (parent.kind, parent.status) == ("workflow_job", "failed")
    assert len(awx.controller.notifications) == 3
    assert parent.number not in [item.number for item in awx.controller.notifications]


def test_failed_update_fails_the_job(awx: Awx) -> None:
    source = {"inventory": awx.inventory, "source": "scm", "source_project": awx.project, "update_on_launch": True}
    awx.create("inventory_sources", name="S", **source)
    template = awx.template("T")
    awx.ok("PATCH", f"projects/{awx.project}/", {"scm_update_on_launch": True})
    awx.controller.state.repository.reachable = False
    job = awx.launch(template)
    assert job.status == "failed"
    assert job.explanation.startswith('Previous Task Failed: {"job_type": "project_update", "job_name": "Project"')
    assert awx.job_named("Cameras - S").status == "failed"


def test_launch_is_rejected_after_a_failed_update(awx: Awx) -> None:
    """A project that is updated at launch would be updated instead."""
    template = awx.template("T")
    awx.controller.state.repository.reachable = False
    awx.ok("POST", f"projects/{awx.project}/update/")
    awx.sync()
    error = {"playbook": ["Missing a revision to run due to failed project update."]}
    assert awx.controller.request("POST", f"job_templates/{template['id']}/launch/") == (400, error)


def test_incomplete_credential_fails_the_job(awx: Awx) -> None:
    fields = [{"id": name, "type": "string", "label": name} for name in ("username", "password")]
    inputs = {"fields": fields, "required": ["username", "password"]}
    kind = awx.create("credential_types", name="K", kind="cloud", inputs=inputs)
    credential = awx.create("credentials", name="Login", credential_type=kind["id"])
    template = awx.template("T")
    awx.ok("POST", f"job_templates/{template['id']}/credentials/", {"id": credential["id"]})
    job = awx.launch(template)
    assert job.status == "failed"
    assert "Credential Login does not provide one or more required fields (password, username)" in job.explanation


def test_variables_of_a_scheduled_job_name_no_user(awx: Awx) -> None:
    workflow, template = awx.workflow("W"), awx.template("T")
    awx.node(workflow, "only", template)
    awx.create(
        "schedules",
        name="Weekly",
        unified_job_template=workflow["id"],
        rrule="DTSTART:20260105T050000Z RRULE:FREQ=WEEKLY",
    )
    outer = awx.controller.run_schedule("Weekly")
    awx.controller.settle()
    variables = variables_of(awx.controller.state, awx.job_named("T"), template)
    assert variables.items() >= {"awx_workflow_job_id": outer.number, "tower_job_launch_type": "workflow"}.items()
    assert not [name for name in variables if "user" in name]
    assert variables["awx_parent_job_schedule_name"] == "Weekly"


def test_only_own_variables_of_a_template_may_be_jinja() -> None:
    template = {"name": "T", "job_type": "run", "extra_vars": json.dumps({"own": "{{ 1 }}", "changed": "{{ 1 }}"})}
    text = write_extra_vars(Launch(template, artifacts={"changed": "{{ 2 }}", "paths": ["a"]}, meta={"awx_job_id": 7}))
    lines = ["own: '{{ 1 }}'", "!unsafe 'changed': !unsafe '{{ 2 }}'", "!unsafe 'paths':", "- !unsafe 'a'"]
    assert text.splitlines() == [*lines, "!unsafe 'awx_job_id': 7"]
