# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs: how they are created, what they depend on, and how they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.controller.credentials import missing_fields
from tests.integration.controller.meta import meta_variables
from tests.integration.controller.nodes import NODES, RELATIONS, nodes_of
from tests.integration.controller.notifications import notify
from tests.integration.controller.projects import finish_update, start_update
from tests.integration.controller.state import ApiError, Item, Job, Node, State, User
from tests.integration.controller.surveys import with_defaults


@dataclass(frozen=True)
class Outcome:
    """What a job ended with. A failed job also has the artifacts of its ``set_stats``, if it got that far."""

    status: str = "successful"
    artifacts: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""


#: A function that runs a job of a job template.
Runner = Callable[[Job, Item], Outcome]


def create_job(
    state: State,
    endpoint: str,
    template: Item,
    prompts: Mapping[str, Any],
    *,
    user: User | None,
    launch_type: str,
    workflow: Job | None = None,
    part: tuple[int, int] | None = None,
    schedule: str = "",
) -> Job:
    """Create a job, a workflow job, or a workflow job of slices from a template.

    There are at most as many slices as hosts that the inventory has now: ``models/jobs.py:get_effective_slice_ct`` and
    ``create_unified_job``. ``part`` prevents further slices.
    """
    is_workflow = endpoint == "workflow_job_templates"
    count = 1 if is_workflow or part else min(template["job_slice_count"], len(state.hosts.get("hosts", ())))
    job = Job(
        next(state.ids),
        "workflow_job" if is_workflow or count > 1 else "job",
        template["name"],
        template["id"],
        extra_vars=with_defaults(template, prompts.get("extra_vars", {})),
        prompts=dict(prompts),
        limit=prompts.get("limit", template["limit"]) or "",
        job_type=prompts.get("job_type", template.get("job_type", "")),
        part=part or (1, 1),
        workflow=workflow,
        sliced=count > 1,
        user=user,
        launch_type=launch_type,
        schedule=schedule,
    )
    if is_workflow:
        job.nodes = _copy_nodes(state, template["id"])
    elif count > 1:
        slices = [{"job_slice": index + 1} for index in range(count)]
        job.nodes = [
            Node(next(state.ids), "", template["id"], _no_children(), ancestor_artifacts=own) for own in slices
        ]
    state.jobs[job.number] = job
    return job


def _no_children() -> dict[str, list[int]]:
    return {relation: [] for relation in RELATIONS}


def _copy_nodes(state: State, workflow: int) -> list[Node]:
    """Copy the nodes of a template, so that a later change of it does not change a running job.

    Source: ``models/workflow.py:WorkflowJobTemplate.create_unified_job`` and ``copy_nodes_from_original``.
    """
    originals = nodes_of(state, workflow)
    numbers = {node["id"]: next(state.ids) for node in originals}
    return [
        Node(
            numbers[node["id"]],
            node["identifier"],
            node["unified_job_template"],
            {name: [numbers[child] for child in state.linked(NODES, node["id"], name)] for name in RELATIONS},
            dict(node["extra_data"]),
            node["limit"],
            node["all_parents_must_converge"],
        )
        for node in originals
    ]


def run_job(state: State, job: Job, runner: Runner) -> None:
    """Run a job after its updates, unless one of them failed or a credential is incomplete."""
    template = state.get("job_templates", job.template)
    job.explanation = _failed_dependency(state, template) or _missing_login(state, template)
    if job.explanation:
        job.status = "failed"
    else:
        job.status = "running"
        notify(state, job)
        outcome = runner(job, template)
        job.status, job.artifacts, job.output = outcome.status, dict(outcome.artifacts), outcome.output
    job.finished = next(state.ids)
    notify(state, job)


def _failed_dependency(state: State, template: Item) -> str:
    """Update project and inventory, and return the explanation if one update failed.

    Source: ``scheduler/task_manager.py:DependencyManager.gen_dep_for_job``, ``TaskManager.process_job_dep_failures``.
    """
    updates = [_update_project(state, template["project"])]
    updates += [
        _update_inventory(state, source)
        for source in state.all("inventory_sources")
        if source["inventory"] == template["inventory"] and source["update_on_launch"]
    ]
    for job in updates:
        if job is not None and job.status == "failed":
            found = f'"job_type": "{job.kind}", "job_name": "{job.name}", "job_id": "{job.number}"'
            return f"Previous Task Failed: {{{found}}}"
    return ""


def _update_project(state: State, number: int) -> Job | None:
    project = state.get("projects", number)
    if not project["scm_update_on_launch"]:
        return None
    job = start_update(state, project, launch_type="dependency")
    finish_update(state, job)
    notify(state, job)
    return job


def _update_inventory(state: State, source: Item) -> Job:
    """Import the hosts, unless the update of the source's project failed."""
    name = f"{state.get('inventories', source['inventory'])['name']} - {source['name']}"
    job = Job(next(state.ids), "inventory_update", name, source["id"], launch_type="dependency")
    state.jobs[job.number] = job
    project = state.get("projects", source["source_project"])
    job.status = "failed" if project["status"] == "failed" else "successful"
    if job.status == "failed":
        job.explanation = f'Previous Task Failed: {{"job_type": "project_update", "job_name": "{project["name"]}"}}'
    else:
        state.hosts = state.cameras
    job.finished = next(state.ids)
    notify(state, job)
    return job


def _missing_login(state: State, template: Item) -> str:
    """Return the explanation if a credential is incomplete (``models/unified_jobs.py:UnifiedJob.pre_start``)."""
    found = missing_fields(state, template)
    if found is None:
        return ""
    name, fields = found
    lacks = f"does not provide one or more required fields ({', '.join(fields)})"
    return f"Job cannot start because Credential {name} {lacks}. Task failed pre-start check."


def check_launch_possible(state: State, template: Item) -> None:
    """Fail if the project has no revision (``models/projects.py:Project.get_reason_if_failed``)."""
    project = state.get("projects", template["project"])
    if project["status"] in {"failed", "error"} and not project["scm_update_on_launch"]:
        raise ApiError(400, {"playbook": ["Missing a revision to run due to failed project update."]})


def variables_of(state: State, job: Job, template: Item) -> dict[str, Any]:
    """Return the variables that AWX adds to a job."""
    workflow = job.workflow
    return meta_variables(
        job.number,
        template,
        launch_type=job.launch_type,
        user=(job.user.id, job.user.username) if job.user else None,
        workflow=(workflow.number, workflow.name, workflow.launch_type) if workflow else None,
        schedule=workflow.schedule if workflow else "",
        revision=state.get("projects", template["project"])["scm_revision"],
    )
