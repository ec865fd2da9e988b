# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes of workflow templates: their edges, their approval templates, and what deleting them denies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.integration.controller.fields import build
from tests.integration.controller.notifications import notify_approval
from tests.integration.controller.state import ApiError, Item, Job, State

RELATIONS = ("success_nodes", "failure_nodes", "always_nodes")
NODES = "workflow_job_template_nodes"
_APPROVALS = "workflow_approval_templates"


def nodes_of(state: State, workflow: int) -> list[Item]:
    """Return the nodes of a workflow template."""
    return [node for node in state.all(NODES) if node["workflow_job_template"] == workflow]


def check_edge(state: State, node: int, child: int, relation: str) -> None:
    """Fail if an edge is not valid (``api/views/__init__.py:WorkflowJobTemplateNodeChildrenBaseList``)."""
    if state.get(NODES, node)["workflow_job_template"] != state.get(NODES, child)["workflow_job_template"]:
        raise ApiError(403, {"detail": "You do not have permission to perform this action."})
    if any(child in state.linked(NODES, node, other) for other in RELATIONS if other != relation):
        raise ApiError(400, {"Error": "Relationship not allowed."})
    if child == node or _reaches(state, child, node):
        raise ApiError(400, {"Error": "Cycle detected."})


def _reaches(state: State, start: int, end: int) -> bool:
    children = [child for relation in RELATIONS for child in state.linked(NODES, start, relation)]
    return end in children or any(_reaches(state, child, end) for child in children)


def create_approval(state: State, node: Item, data: Mapping[str, Any]) -> Item:
    """Create the approval template of a node (``api/views/__init__.py:WorkflowJobTemplateNodeCreateApproval``)."""
    created = build(state, _APPROVALS, data)
    state.objects.setdefault(_APPROVALS, {})[created["id"]] = created
    change_template(state, node, created["id"])
    return created


def change_template(state: State, node: Item, template: int | None) -> None:
    """Set what a node runs. Another template deletes the approval (``signals.py``, pre_save of a node)."""
    if node["unified_job_template"] != template:
        delete_approval(state, node)
    node["unified_job_template"] = template


def delete_node(state: State, node: Item) -> None:
    """Delete a node with its edges and its approval (``signals.py``, pre_delete of a node)."""
    delete_approval(state, node)
    del state.objects[NODES][node["id"]]
    state.links = {key: others for key, others in state.links.items() if key[:2] != (NODES, node["id"])}
    for key, others in state.links.items():
        if key[0] == NODES and key[2] in RELATIONS:
            state.links[key] = [other for other in others if other != node["id"]]


def delete_approval(state: State, node: Item) -> None:
    """Delete the approval template of a node, which denies pending approvals (``signals.py``, pre_delete)."""
    number = node["unified_job_template"]
    if number not in state.objects.get(_APPROVALS, {}):
        return
    for job in state.jobs.values():
        if job.kind == "workflow_approval" and job.template == number and job.status == "pending":
            decide(state, job, "denied")
    del state.objects[_APPROVALS][number]
    forget_template(state, number)


def decide(state: State, job: Job, decision: str) -> None:
    """Approve or deny (``models/workflow.py:WorkflowApproval.approve`` and ``deny``)."""
    job.status = "successful" if decision == "approved" else "failed"
    job.finished = next(state.ids)
    notify_approval(state, job, decision)


def forget_template(state: State, number: int) -> None:
    """Set a deleted template to null in all nodes, also of running workflows (``models/workflow.py``, SET_NULL)."""
    for node in state.all(NODES):
        if node["unified_job_template"] == number:
            node["unified_job_template"] = None
    for job in state.jobs.values():
        for copy in job.nodes:
            if copy.template == number:
                copy.template = None
