# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API: which request does what, for the modules of awx.awx and for a person who launches and approves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.integration.controller import permissions
from tests.integration.controller.credentials import secret_fields
from tests.integration.controller.fields import FIELDS, accepted, build, hide_secrets, present, present_change
from tests.integration.controller.jobs import check_launch_possible, create_job
from tests.integration.controller.lists import matches, page
from tests.integration.controller.nodes import (
    NODES,
    RELATIONS,
    change_template,
    check_edge,
    create_approval,
    decide,
    delete_node,
    forget_template,
    nodes_of,
)
from tests.integration.controller.projects import (
    TRIGGERS,
    add_fields,
    check_playbook,
    finish_update,
    present_project,
    present_update,
    start_update,
)
from tests.integration.controller.state import ROOT, UNIFIED, ApiError, Item, Job, Session, State
from tests.integration.controller.surveys import accept, check_spec

Response = tuple[int, Any]
_JOBS = {"jobs": "job", "workflow_jobs": "workflow_job", "workflow_approvals": "workflow_approval"}
_LAUNCHED = ("job_templates", "workflow_job_templates")
_SECRETS = ("credentials", "notification_templates")
_NOT_FOUND = ApiError(404, {"detail": "The requested resource could not be found."})


def get(state: State, session: Session, parts: list[str], query: Mapping[str, str]) -> Response:
    """Return a list, an object, or what belongs to an object."""
    endpoint = parts[0]
    if endpoint == "me":
        return 200, page(endpoint, [_present_user(session)], query)
    if endpoint == "settings":
        permissions.check_settings(session)
        return 200, state.settings
    if endpoint in {*_JOBS, "project_updates"}:
        return _get_jobs(state, session, parts, query)
    # AWX does not list approval templates (api/urls/workflow_approval_template.py).
    if len(parts) == 1 and endpoint in {*FIELDS, "unified_job_templates"} - {"workflow_approval_templates"}:
        return 200, _list(state, session, endpoint, query)
    if endpoint not in FIELDS or len(parts) == 1:
        raise _NOT_FOUND
    item = state.get(endpoint, int(parts[1]))
    if len(parts) == 2:
        return 200, _present(state, session, endpoint, item)
    return 200, _get_related(state, session, endpoint, item, parts[2], query)


def _list(state: State, session: Session, endpoint: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a list; that of unified templates filters by type too, as awx.awx does."""
    endpoints = UNIFIED if endpoint == "unified_job_templates" else (endpoint,)
    shown = [_present(state, session, part, item) for part in endpoints for item in state.all(part)]
    return page(endpoint, (item for item in shown if matches(state, item, query)), query)


def _get_related(
    state: State, session: Session, endpoint: str, item: Item, relation: str, query: Mapping[str, str]
) -> Any:
    if relation == "survey_spec":
        return item.get("survey_spec") or {}
    if relation == "playbooks":
        return item["playbook_files"]
    if relation == "workflow_nodes":
        return page(endpoint, (_present(state, session, NODES, node) for node in nodes_of(state, item["id"])), query)
    return page(endpoint, ({"id": other} for other in state.linked(endpoint, item["id"], relation)), query)


def post(state: State, session: Session, parts: list[str], data: Item) -> Response:
    """Create an object, associate one with another, launch a template, or decide an approval."""
    permissions.check_scope(session)
    endpoint = parts[0]
    if len(parts) == 1 and endpoint in FIELDS:
        return 201, _create(state, session, endpoint, data)
    if endpoint == "workflow_approvals":
        return _decide(state, session, int(parts[1]), parts[2])
    if endpoint not in FIELDS or len(parts) != 3:
        raise _NOT_FOUND
    item = state.get(endpoint, int(parts[1]))
    if parts[2] == "launch" and endpoint in _LAUNCHED:
        return 201, _launch(state, session, endpoint, item, data)
    permissions.check_write(state, session, endpoint, item)
    return _post_related(state, session, endpoint, item, parts[2], data)


def _post_related(state: State, session: Session, endpoint: str, item: Item, relation: str, data: Item) -> Response:
    if relation == "survey_spec":
        check_spec(data)
        item["survey_spec"] = data
        return 200, None
    if relation == "update":
        return 202, present_update(start_update(state, item))
    if relation == "create_approval_template":
        return 201, _present(state, session, "workflow_approval_templates", create_approval(state, item, data))
    return _associate(state, endpoint, item, relation, data)


def _associate(state: State, endpoint: str, item: Item, relation: str, data: Mapping[str, Any]) -> Response:
    # Only organizations and workflows have notifications for approvals (api/urls).
    if relation == "notification_templates_approvals" and endpoint not in {"organizations", "workflow_job_templates"}:
        raise _NOT_FOUND
    linked = state.links.setdefault((endpoint, item["id"], relation), [])
    if data.get("disassociate"):
        linked.remove(data["id"])
        return 204, None
    if relation in RELATIONS:
        check_edge(state, item["id"], data["id"], relation)
    if data["id"] not in linked:
        linked.append(data["id"])
    return 204, None


def _create(state: State, session: Session, endpoint: str, data: Item) -> Item:
    permissions.check_write(state, session, endpoint, data)
    item = build(state, endpoint, data)
    _check_unique(state, endpoint, item)
    if endpoint == "projects":
        add_fields(item)
    if endpoint == "job_templates":
        check_playbook(state, item)
    _inherit_organization(state, endpoint, item)
    _keep_secrets(state, endpoint, item)
    state.objects.setdefault(endpoint, {})[item["id"]] = item
    if endpoint == "projects" and item["scm_type"]:
        start_update(state, item)
    return present_change(endpoint, _present(state, session, endpoint, item), data)


def patch(state: State, session: Session, parts: list[str], data: Item) -> Response:
    """Change fields of an object."""
    if parts[0] == "settings":
        permissions.check_settings(session)
        permissions.check_scope(session)
        state.settings |= data
        return 200, state.settings
    endpoint, item = parts[0], state.get(parts[0], int(parts[1]))
    permissions.check_write(state, session, endpoint, item)
    changes = accepted(endpoint, data)
    permissions.check_write(state, session, endpoint, {**item, **changes})
    if endpoint == "credential_types":
        permissions.check_inputs(state, item, changes)
    if endpoint == "job_templates":
        check_playbook(state, {**item, **changes})
    if endpoint == NODES and "unified_job_template" in changes:
        change_template(state, item, changes["unified_job_template"])
    before = {name: item.get(name) for name in TRIGGERS}
    item |= changes
    _inherit_organization(state, endpoint, item)
    _keep_secrets(state, endpoint, item)
    if endpoint == "projects" and before != {name: item.get(name) for name in TRIGGERS}:
        start_update(state, item)
    return 200, present_change(endpoint, _present(state, session, endpoint, item), data)


def delete(state: State, session: Session, parts: list[str]) -> Response:
    """Delete an object, its associations, and what depends on it."""
    endpoint, item = parts[0], state.get(parts[0], int(parts[1]))
    permissions.check_write(state, session, endpoint, item)
    if len(parts) == 3 and parts[2] == "survey_spec":
        item["survey_spec"] = {}
        return 200, None
    if endpoint == NODES:
        delete_node(state, item)
        return 204, None
    for node in nodes_of(state, item["id"]) if endpoint == "workflow_job_templates" else ():
        delete_node(state, node)
    del state.objects[endpoint][item["id"]]
    state.links = {key: others for key, others in state.links.items() if key[:2] != (endpoint, item["id"])}
    if endpoint in UNIFIED:
        forget_template(state, item["id"])
    return 204, None


def _launch(state: State, session: Session, endpoint: str, item: Item, data: Item) -> Item:
    """Launch a template (``api/views/__init__.py:JobTemplateLaunch`` and ``WorkflowJobTemplateLaunch``)."""
    permissions.check_launch(state, session, endpoint, item)
    extra_vars = data.get("extra_vars") or {}
    given = {**data, "extra_vars": json.loads(extra_vars) if isinstance(extra_vars, str) else extra_vars}
    is_workflow = endpoint == "workflow_job_templates"
    prompts, ignored, errors = accept(item, given, strict=is_workflow)
    if errors:
        raise ApiError(400, errors)
    if not is_workflow:
        check_launch_possible(state, item)
    job = create_job(state, endpoint, item, prompts, user=session.user, launch_type="manual")
    return {**present_job(state, session, job), job.kind: job.number, "ignored_fields": ignored}


def _decide(state: State, session: Session, number: int, action: str) -> Response:
    job = state.jobs.get(number)
    if job is None or job.workflow is None or action not in {"approve", "deny"}:
        raise _NOT_FOUND
    permissions.check_approval(state, session, state.get("workflow_job_templates", job.workflow.template))
    if job.status != "pending":
        raise ApiError(400, {"error": "This workflow step has already been approved or denied."})
    decide(state, job, "approved" if action == "approve" else "denied")
    return 204, None


def _get_jobs(state: State, session: Session, parts: list[str], query: Mapping[str, str]) -> Response:
    if parts[0] == "project_updates":
        job = state.jobs[int(parts[1])]
        finish_update(state, job)
        return 200, present_update(job)
    kind = _JOBS[parts[0]]
    found: Iterable[Job] = (job for job in state.jobs.values() if job.kind == kind)
    if len(parts) == 1:
        shown = (present_job(state, session, job) for job in found)
        return 200, page(parts[0], (item for item in shown if matches(state, item, query)), query)
    for job in found:
        if job.number == int(parts[1]):
            return 200, present_job(state, session, job)
    raise _NOT_FOUND


def present_job(state: State, session: Session, job: Job) -> Item:
    """Return a job as the API returns it, with the workflow job that spawned it (``api/serializers.py``)."""
    url = f"{ROOT}{job.kind}s/{job.number}/"
    source = (
        {"id": job.workflow.number, "name": job.workflow.name, "status": job.workflow.status} if job.workflow else {}
    )
    shown = {
        "id": job.number,
        "type": job.kind,
        "url": url,
        "name": job.name,
        "status": job.status,
        "failed": job.status in {"failed", "error", "canceled"},
        "finished": "2026-01-05T05:00:00Z" if job.is_done else None,
        "job_explanation": job.explanation,
        "unified_job_template": job.template,
        "launch_type": job.launch_type,
        "summary_fields": {"source_workflow_job": source} if source else {},
    }
    if job.kind != "workflow_approval":
        return {**shown, "limit": job.limit, "extra_vars": json.dumps(job.extra_vars), "artifacts": job.artifacts}
    workflow = state.objects.get("workflow_job_templates", {}).get((job.workflow and job.workflow.template) or 0)
    related = {"approve": f"{url}approve/", "deny": f"{url}deny/"}
    approve = workflow is not None and permissions.may_approve(state, session, workflow)
    return {**shown, "workflow_approval_template": job.template, "related": related, "can_approve_or_deny": approve}


def _present(state: State, session: Session, endpoint: str, item: Item) -> Item:
    shown = present(state, endpoint, item, session)
    return present_project(state, shown, item) if endpoint == "projects" else shown


def _present_user(session: Session) -> Item:
    user = session.user
    return {
        "id": user.id,
        "type": "user",
        "username": user.username,
        "is_superuser": user.is_superuser,
        "is_system_auditor": False,
    }


def _inherit_organization(state: State, endpoint: str, item: Item) -> None:
    """Set the organization of what inherits one (``models/jobs.py:JobTemplate.save``, ``models/inventory.py``)."""
    organization = state.organization_of(item, endpoint)
    if endpoint in {"job_templates", "inventory_sources"} and organization:
        item["organization"] = organization["id"]


def _check_unique(state: State, endpoint: str, item: Item) -> None:
    """Fail if the name is in use; an execution environment's is unique over all organizations (``models/base.py``)."""
    name = "identifier" if endpoint == NODES else "name"
    scope = {"execution_environments": "name", NODES: "workflow_job_template"}.get(endpoint, "organization")
    for other in state.all(endpoint):
        if other[name] == item[name] and other.get(scope) == item.get(scope) and endpoint != "schedules":
            raise ApiError(400, {"__all__": [f"{item['type']} with this {name} already exists."]})


def _keep_secrets(state: State, endpoint: str, item: Item) -> None:
    if endpoint not in _SECRETS:
        return
    secret = (
        secret_fields(state.get("credential_types", item["credential_type"])) if endpoint == "credentials" else set()
    )
    state.secrets.setdefault(item["id"], {}).update(hide_secrets(endpoint, item, secret))
