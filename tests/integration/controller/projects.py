# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects: their updates, and which playbooks AWX knows of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.integration.controller.state import ROOT, ApiError, Item, Job, Repository, State

#: A change of these starts an update (``models/projects.py:Project.FIELDS_TRIGGER_UPDATE``).
TRIGGERS = ("scm_url", "scm_branch", "scm_type", "scm_refspec")
#: ``utils/ansible.py:valid_playbook_re``.
_PLAYBOOK = re.compile(r"^\s*?-?\s*?(?:hosts|(ansible\.builtin\.)?include|(ansible\.builtin\.)?import_playbook):")
_SKIPPED = {"roles", "tasks", "group_vars", "host_vars"}


def start_update(state: State, project: Item, *, launch_type: str = "manual") -> Job:
    """Start an update, which ends when a client reads it, or a job depends on it."""
    job = Job(next(state.ids), "project_update", project["name"], project["id"], launch_type=launch_type)
    state.jobs[job.number] = job
    project["current"] = job.number
    return job


def finish_update(state: State, job: Job) -> None:
    """End an update: read the branch, and install the requirements in the same run.

    Only a successful update sets the playbooks: ``tasks/jobs.py:RunProjectUpdate.post_run_hook``. Tags update_git,
    install_roles, and install_collections run together: ``models/projects.py:ProjectUpdate``.
    """
    if job.is_done:
        return
    project = state.get("projects", job.template)
    repository = state.repository
    installed = not state.galaxy_credential or not missing_requirements(repository)
    job.status = "successful" if repository.reachable and installed else "failed"
    if job.status == "successful":
        project["playbook_files"] = find_playbooks(repository.path)
        project["scm_revision"] = job.revision = find_revision(repository.path)
    project["status"] = job.status
    project["current"] = None
    job.finished = next(state.ids)


def missing_requirements(repository: Repository) -> list[str]:
    """Return the collections of requirements.yml that Galaxy does not have.

    AWX installs them if the organization has a Galaxy credential, which it creates for the organization Default:
    ``tasks/jobs.py:RunProjectUpdate.build_extra_vars_file``, ``awx/playbooks/project_update.yml``.
    """
    for name in ("collections/requirements.yml", "collections/requirements.yaml"):
        path = repository.path / name
        if path.exists():
            needed = yaml.safe_load(path.read_text(encoding="utf-8"))["collections"]
            return [item["name"] for item in needed if item["name"] not in repository.galaxy]
    return []


def find_playbooks(directory: Path) -> list[str]:
    """Return the playbooks (``models/projects.py:ProjectOptions.playbooks``, ``utils/ansible.py``)."""
    found = []
    for path in directory.rglob("*.y*ml"):
        parts = path.relative_to(directory).parts
        skipped = any(part in _SKIPPED or part.startswith(".") for part in parts[:-1])
        if not skipped and any(_PLAYBOOK.match(line) for line in path.read_text(encoding="utf-8").splitlines()):
            found.append(str(path.relative_to(directory)))
    return sorted(found, key=str.lower)


def find_revision(directory: Path) -> str:
    """Return a hash of all files."""
    digest = hashlib.sha1(usedforsecurity=False)
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(directory)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def add_fields(project: Item) -> None:
    """Add what AWX determines (``models/projects.py:Project._get_current_status``)."""
    project |= {"status": "never updated", "scm_revision": "", "playbook_files": [], "current": None}


def present_project(state: State, shown: Item, project: Item) -> Item:
    """Return a project with its current update."""
    if project["current"] is None:
        return shown
    job = state.jobs[project["current"]]
    update = {"id": job.number, "name": job.name, "status": job.status, "failed": False}
    return {**shown, "status": job.status, "summary_fields": {**shown["summary_fields"], "current_update": update}}


def present_update(job: Job) -> dict[str, Any]:
    """Return an update as the API returns it."""
    return {
        "id": job.number,
        "type": "project_update",
        "url": f"{ROOT}project_updates/{job.number}/",
        "name": job.name,
        "status": job.status,
        "failed": job.status in {"failed", "error", "canceled"},
        "finished": "2026-01-05T05:00:00Z" if job.is_done else None,
        "event_processing_finished": job.is_done,
        "scm_revision": job.revision,
    }


def check_playbook(state: State, template: Mapping[str, Any]) -> None:
    """Fail unless an update of the project found the playbook, also if another field changes.

    Source: ``api/serializers.py:JobOptionsSerializer.validate``.
    """
    project = state.objects.get("projects", {}).get(template["project"] or 0)
    if project is None:
        raise ApiError(400, {"project": ["This field is required."]})
    if not template["playbook"]:
        raise ApiError(400, {"playbook": ["Must select playbook for project."]})
    unknown = template["playbook"] not in project["playbook_files"]
    if project["scm_type"] and not project["allow_override"] and unknown:
        raise ApiError(400, {"playbook": ["Playbook not found for project."]})
