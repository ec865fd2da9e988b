# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notifications: which templates apply to a job and an approval, and what they sent."""

from __future__ import annotations

from tests.integration.controller.state import Job, Notification, State

_EVENTS = {"running": "started", "successful": "success"}
_SOURCES = {
    "project_update": "projects",
    "inventory_update": "inventory_sources",
    "workflow_job": "workflow_job_templates",
}


def notify(state: State, job: Job) -> None:
    """Send the notifications of a job that started or ended: every end but successful is an error.

    Source: ``models/notifications.py:JobNotificationMixin.send_notification_templates``.
    """
    event = _EVENTS.get(job.status, "error")
    for number in sorted(_templates(state, job, event)):
        name = state.get("notification_templates", number)["name"]
        state.notifications.append(Notification(name, event, job.name, job.number))


def notify_approval(state: State, job: Job, event: str) -> None:
    """Send the notifications of an approval (``models/workflow.py:WorkflowApproval.send_approval_notification``)."""
    workflow = job.workflow.template if job.workflow else None
    if workflow is None or workflow not in state.objects.get("workflow_job_templates", {}):
        return
    for number in _of_object(state, "workflow_job_templates", workflow, "approvals"):
        name = state.get("notification_templates", number)["name"]
        state.notifications.append(Notification(name, event, job.name, job.number))


def _templates(state: State, job: Job, event: str) -> set[int]:
    """Return the IDs of the templates that apply.

    A job also has those of its project (``models/jobs.py:JobTemplate.notification_templates``). A parent of slices has
    none: it has no workflow template, and AWX ignores the error (``models/workflow.py:get_notification_templates``).
    """
    if job.template is None or job.kind == "workflow_approval":
        return set()
    endpoint = _SOURCES.get(job.kind, "job_templates")
    found = _of_object(state, endpoint, job.template, event)
    item = state.objects.get(endpoint, {}).get(job.template)
    if endpoint == "job_templates" and item is not None:
        found |= set(state.linked("projects", item["project"], f"notification_templates_{event}"))
    return found


def _of_object(state: State, endpoint: str, number: int, event: str) -> set[int]:
    """Return those of an object and of its organization."""
    item = state.objects.get(endpoint, {}).get(number)
    if item is None:
        return set()
    relation = f"notification_templates_{event}"
    organization = state.organization_of(item, endpoint)
    shared = state.linked("organizations", organization["id"], relation) if organization else []
    return {*state.linked(endpoint, number, relation), *shared}
