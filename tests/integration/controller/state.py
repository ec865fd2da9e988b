# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a controller knows: objects, associations, users, jobs, and notifications. The other files change it.

A citation such as ``models/jobs.py:JobTemplate.save`` is a file and function of AWX 24.6.1, below ``awx/main/`` or, for
``api/``, below ``awx/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.playbook import CHECKOUT

ROOT = "/api/v2/"
SECRET = "$encrypted$"
EXAMPLE = CHECKOUT / "docs" / "examples" / "awx_project"
Item = dict[str, Any]


class ApiError(Exception):
    """A response of the API with a status of 400 or higher."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


@dataclass(frozen=True)
class User:
    """A user.

    :param admin_of: the organizations whose administrator the user is.
    :param roles: roles on objects, as pairs of the role and the name of the object.
    """

    username: str
    id: int = 1
    is_superuser: bool = False
    admin_of: frozenset[str] = frozenset()
    roles: frozenset[tuple[str, str]] = frozenset()
    password: str = ""


@dataclass(frozen=True)
class Session:
    """A user and the scope of the token: read or write."""

    user: User
    scope: str = "write"


@dataclass
class Numbers:
    """The IDs that the database assigns. An iterator of the standard library cannot be copied."""

    last: int = 0

    def __next__(self) -> int:
        """Return the next ID."""
        self.last += 1
        return self.last


@dataclass
class Repository:
    """The git repository of every project, and what Ansible Galaxy has."""

    path: Path = EXAMPLE
    reachable: bool = True
    galaxy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notification:
    """A notification that a template sent: on the event started, success, error, running, approved, or denied."""

    template: str
    event: str
    job: str
    number: int


@dataclass
class Job:
    """A unified job: ``job``, ``workflow_job``, ``workflow_approval``, ``project_update``, or ``inventory_update``.

    :param template: the ID of its template, None if that was deleted.
    :param prompts: the launch configuration: accepted prompts and extra variables.
    :param part: the number of the slice, and the number of slices.
    :param nodes: the nodes of a workflow job.
    :param workflow: the workflow job that spawned it.
    """

    number: int
    kind: str
    name: str
    template: int | None
    status: str = "pending"
    explanation: str = ""
    extra_vars: dict[str, Any] = field(default_factory=dict)
    prompts: dict[str, Any] = field(default_factory=dict)
    limit: str = ""
    job_type: str = ""
    part: tuple[int, int] = (1, 1)
    artifacts: dict[str, Any] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    workflow: Job | None = None
    sliced: bool = False
    user: User | None = None
    launch_type: str = "manual"
    schedule: str = ""
    revision: str = ""
    output: str = ""
    #: Which job finished first.
    finished: int = 0

    @property
    def is_done(self) -> bool:
        """Return whether the job ended."""
        return self.status in {"successful", "failed", "error", "canceled"}


@dataclass
class Node:
    """A node of a workflow job: a copy of the template's, made at launch."""

    number: int
    identifier: str
    template: int | None
    children: dict[str, list[int]]
    extra_data: dict[str, Any] = field(default_factory=dict)
    limit: str | None = None
    all_parents_must_converge: bool = False
    ancestor_artifacts: dict[str, Any] = field(default_factory=dict)
    job: Job | None = None
    do_not_run: bool = False


@dataclass
class State:
    """The state of a controller.

    :param galaxy_credential: whether the organization has one. AWX creates one for the organization Default.
    :param cameras: what the inventory source contains: the group axis with ``hosts``, ``vars``, and ``children``.
    :param hosts: what the last inventory update imported of it.
    """

    repository: Repository
    galaxy_credential: bool
    objects: dict[str, dict[int, Item]] = field(default_factory=dict)
    links: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    secrets: dict[int, dict[str, str]] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    users: list[User] = field(default_factory=list)
    cameras: Mapping[str, Any] = field(default_factory=dict)
    hosts: Mapping[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    ids: Numbers = field(default_factory=Numbers)

    def get(self, endpoint: str, number: int | None) -> Item:
        """Return an object, or fail as the API does."""
        item = self.objects.get(endpoint, {}).get(number or 0)
        if item is None:
            raise ApiError(404, {"detail": "Not found."})
        return item

    def all(self, endpoint: str) -> list[Item]:
        """Return the objects of an endpoint."""
        return list(self.objects.get(endpoint, {}).values())

    def named(self, endpoint: str, name: str) -> Item:
        """Return the object with a name."""
        (found,) = (item for item in self.all(endpoint) if item["name"] == name)
        return found

    def linked(self, endpoint: str, number: int, relation: str) -> list[int]:
        """Return the IDs that an object is associated with."""
        return self.links.get((endpoint, number, relation), [])

    def template(self, number: int | None) -> tuple[str, Item] | None:
        """Return endpoint and object of what a node can run, if it exists."""
        for endpoint in (*UNIFIED, "workflow_approval_templates"):
            if item := self.objects.get(endpoint, {}).get(number or 0):
                return endpoint, item
        return None

    def organization_of(self, item: Mapping[str, Any], endpoint: str) -> Item | None:
        """Return the organization that an object belongs to, also through the object that it is part of."""
        if endpoint == "organizations":
            return dict(item)
        for parent, other in _PARENTS.get(endpoint, {}).items():
            found = self.objects.get(other, {}).get(item.get(parent) or 0)
            if found is not None:
                return self.organization_of(found, other)
        if endpoint == "schedules" and (unified := self.template(item.get("unified_job_template"))):
            return self.organization_of(unified[1], unified[0])
        return self.objects["organizations"].get(item.get("organization") or 0)


#: What ``unified_job_templates`` lists: all but approvals (``access.py:UnifiedJobTemplateAccess.filtered_queryset``).
UNIFIED = ("projects", "job_templates", "inventory_sources", "workflow_job_templates")
_PARENTS: Mapping[str, Mapping[str, str]] = {
    "job_templates": {"project": "projects"},
    "inventory_sources": {"inventory": "inventories"},
    "workflow_job_template_nodes": {"workflow_job_template": "workflow_job_templates"},
}
