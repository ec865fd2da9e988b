# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs the jobs of a controller: ansible-runner with what AWX passes, or a result that was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.awx_job import Launch, run
from tests.integration.controller import Controller, Job, Outcome
from tests.integration.controller.credentials import inject
from tests.integration.controller.jobs import variables_of


@dataclass
class JobRunner:
    """Run the jobs of some templates, and use recorded results for all others.

    :param directory: where the private data directory of each job is created.
    :param recorded: the results by the name of the template; successful without artifacts if missing.
    :param runs: the names of the templates whose jobs really run.
    """

    controller: Controller
    directory: Path
    runs: frozenset[str] = frozenset()
    recorded: Mapping[str, Outcome] = field(default_factory=dict)

    def __call__(self, job: Job, template: dict[str, Any]) -> Outcome:
        """Return the result of a job."""
        if template["name"] not in self.runs:
            return self.recorded.get(template["name"], Outcome())
        state = self.controller.state
        launch = Launch(
            template,
            job.extra_vars,
            limit=job.limit,
            part=job.part,
            number=job.number,
            job_type=job.job_type,
            meta=variables_of(state, job, template),
            project=state.repository.path,
        )
        result = run(self.directory / "private", launch, state.hosts, inject(state, template))
        return Outcome(result.status, result.artifacts, result.output)
