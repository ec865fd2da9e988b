# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workflow jobs: which node runs next, with which variables, and whether the workflow failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.integration.controller.jobs import Runner, create_job, run_job
from tests.integration.controller.notifications import notify, notify_approval
from tests.integration.controller.state import Item, Job, Node, State
from tests.integration.controller.surveys import accept

_FAILED = ("failed", "error", "canceled")
_NO_PATH = "No error handling paths found, marking workflow as failed"


def settle(state: State, runner: Runner) -> None:
    """Run all jobs until each has ended or waits for an approval, one at a time."""
    while any(_advance(state, job) for job in _of_kind(state, "workflow_job")) or _run_next(state, runner):
        pass


def _of_kind(state: State, kind: str) -> list[Job]:
    return [job for job in state.jobs.values() if job.kind == kind and not job.is_done]


def _run_next(state: State, runner: Runner) -> bool:
    waiting = _of_kind(state, "job")
    if waiting:
        run_job(state, waiting[0], runner)
    return bool(waiting)


def _advance(state: State, workflow: Job) -> bool:
    """Start, continue, or end a workflow (``scheduler/task_manager.py:WorkflowManager.spawn_workflow_graph_jobs``)."""
    if workflow.status == "pending":
        workflow.status = "running"
        notify(state, workflow)
    _skip_nodes(workflow)
    if _is_done(workflow):
        workflow.status = "failed" if _has_failed(workflow) else "successful"
        workflow.explanation = _NO_PATH if workflow.status == "failed" else ""
        workflow.finished = next(state.ids)
        notify(state, workflow)
        return True
    nodes = _nodes_to_run(workflow)
    for node in nodes:
        _spawn(state, workflow, node)
    return bool(nodes)


def _spawn(state: State, workflow: Job, node: Node) -> None:
    found = state.template(node.template)
    assert found is not None
    endpoint, template = found
    if endpoint == "workflow_approval_templates":
        node.job = Job(next(state.ids), "workflow_approval", template["name"], template["id"], workflow=workflow)
        state.jobs[node.job.number] = node.job
        node.ancestor_artifacts = _inherited(workflow, node)
        notify_approval(state, node.job, "running")
        return
    prompts = node_prompts(workflow, node, template)
    is_slice = workflow.sliced
    part = (node.ancestor_artifacts["job_slice"], len(workflow.nodes)) if is_slice else None
    node.job = create_job(
        state, endpoint, template, prompts, user=workflow.user, launch_type="workflow", workflow=workflow, part=part
    )


def node_prompts(workflow: Job, node: Node, template: Item) -> dict[str, Any]:
    """Return the prompts of a node's job (``models/workflow.py:WorkflowJobNode.get_job_kwargs``).

    Artifacts override what the node sets. The extra variables of the workflow job override artifacts, and reach a job
    template that does not prompt for them, too. For a workflow in a workflow it is the other way: artifacts become its
    extra variables, which override all artifacts in it. A limit reaches only templates that prompt for one.
    """
    own = _workflow_prompts(workflow)
    special: Mapping[str, Any] = {}
    if template["type"] == "job_template":
        special = own.pop("extra_vars", {})
    given = {"limit": node.limit, **own, "extra_vars": {**node.extra_data, **own.get("extra_vars", {})}}
    prompts, _ignored, _logged = accept(template, given, strict=True)
    artifacts = _inherited(workflow, node)
    if artifacts:
        node.ancestor_artifacts = artifacts
    return {**prompts, "extra_vars": {**prompts.get("extra_vars", {}), **artifacts, **special}}


def _workflow_prompts(workflow: Job) -> dict[str, Any]:
    """Return the prompts of a workflow job; slices have the job's (``models/workflow.py:WorkflowJob.prompts_dict``)."""
    if workflow.sliced:
        return dict(workflow.prompts)
    return {"extra_vars": workflow.extra_vars, **({"limit": workflow.limit} if workflow.limit else {})}


def _inherited(workflow: Job, node: Node) -> dict[str, Any]:
    """Return the artifacts of all ancestors, the nearest last. A root has none."""
    artifacts: dict[str, Any] = {}
    for parent in _parents(workflow, node):
        artifacts |= parent.ancestor_artifacts
        if parent.job is not None:
            artifacts |= effective_artifacts(parent.job)
    return artifacts


def effective_artifacts(job: Job) -> dict[str, Any]:
    """Return the artifacts that a job passes on.

    Those of a workflow or a sliced job are of its jobs in the order in which they finished, so that each name has the
    value of the one that finished last: ``models/workflow.py:WorkflowJob.get_effective_artifacts``.
    """
    artifacts = dict(job.artifacts)
    inner = [node.job for node in job.nodes if node.job is not None and node.job.status in {"successful", "failed"}]
    for each in sorted(inner, key=lambda each: each.finished):
        artifacts |= effective_artifacts(each)
    return artifacts


def _parents(workflow: Job, node: Node, *relations: str) -> list[Node]:
    return [
        other
        for other in workflow.nodes
        for relation, children in other.children.items()
        if node.number in children and (not relations or relation in relations)
    ]


def _paths(node: Node) -> list[int]:
    """Return the children on the path that a node takes after its job ended. A node without a template failed."""
    if node.do_not_run or (node.job is not None and not node.job.is_done):
        return []
    if node.job is None and node.template is not None:
        return []
    status = node.job.status if node.job is not None else "failed"
    relation = "failure_nodes" if status in _FAILED else "success_nodes"
    return node.children[relation] + node.children["always_nodes"]


def _is_open(node: Node) -> bool:
    """Return whether a node may still run."""
    return not node.do_not_run and node.job is None and node.template is not None


def _skip_nodes(workflow: Job) -> None:
    """Mark the nodes that no path reaches (``scheduler/dag_workflow.py:WorkflowDAG.mark_dnr_nodes``)."""
    changed = True
    while changed:
        changed = False
        for node in workflow.nodes:
            parents = _parents(workflow, node)
            if not parents or node.do_not_run or node.job is not None:
                continue
            decided = all(parent.do_not_run or (not _is_open(parent) and _ended(parent)) for parent in parents)
            reached = [node.number in _paths(parent) for parent in parents]
            if decided and not (all(reached) if node.all_parents_must_converge else any(reached)):
                node.do_not_run = changed = True


def _ended(node: Node) -> bool:
    return node.job.is_done if node.job is not None else node.template is None


def _nodes_to_run(workflow: Job) -> list[Node]:
    """Return the roots, and nodes that a path reaches (``scheduler/dag_workflow.py:WorkflowDAG.bfs_nodes_to_run``)."""
    ready = []
    for node in workflow.nodes:
        parents = [parent for parent in _parents(workflow, node) if not parent.do_not_run]
        is_root = not _parents(workflow, node)
        reached = all(map(_ended, parents)) and any(node.number in _paths(parent) for parent in parents)
        if _is_open(node) and (is_root or reached):
            ready.append(node)
    return ready


def _is_done(workflow: Job) -> bool:
    """Return whether no node can run (``scheduler/dag_workflow.py:WorkflowDAG.is_workflow_done``)."""
    return not any(_is_open(node) or (node.job is not None and not node.job.is_done) for node in workflow.nodes)


def _has_failed(workflow: Job) -> bool:
    """Return whether a failed node has no path for its failure (``scheduler/dag_workflow.py:has_workflow_failed``).

    A node without a template counts as failed.
    """
    for node in workflow.nodes:
        failed = node.job.status in _FAILED if node.job is not None else node.template is None and not node.do_not_run
        if failed and not node.children["failure_nodes"] + node.children["always_nodes"]:
            return True
    return False
