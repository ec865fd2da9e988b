# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables that AWX adds to each job, above all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PREFIXES = ("awx", "tower")


def meta_variables(
    number: int,
    template: Mapping[str, Any],
    *,
    launch_type: str = "manual",
    user: tuple[int, str] | None = None,
    workflow: tuple[int, str, str] | None = None,
    schedule: str = "",
    revision: str = "",
) -> dict[str, Any]:
    """Return the variables (``models/unified_jobs.py`` and ``models/jobs.py:awx_meta_vars``).

    :param user: ID and name of who launched the job or its workflow; a scheduled job has none.
    :param workflow: ID, name, and launch type of the workflow job that spawned it; for a slice, that is the sliced job.
    :param schedule: the schedule that launched the workflow.
    """
    values: dict[str, Any] = {
        "job_id": number,
        "job_launch_type": launch_type,
        "inventory_id": template.get("inventory"),
        "project_revision": revision,
        "project_scm_branch": "main",
        "job_template_id": template.get("id"),
        "job_template_name": template["name"],
        "execution_node": "localhost",
    }
    if workflow:
        names = ("workflow_job_id", "workflow_job_name", "workflow_job_launch_type")
        values |= dict(zip(names, workflow, strict=True))
    if workflow and schedule:
        values |= {"parent_job_schedule_id": 1, "parent_job_schedule_name": schedule}
    if user:
        names = ("user_email", "user_first_name", "user_last_name")
        values |= {"user_id": user[0], "user_name": user[1], **dict.fromkeys(names, "")}
    return {f"{prefix}_{name}": value for prefix in _PREFIXES for name, value in values.items()}
