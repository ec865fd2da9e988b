# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which run a report is of."""

from __future__ import annotations

import fcntl
import os
import re
import secrets

from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import run_directory

_BYTES = 16
_COMPLETE = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}")


def find_run_id(given: str | None, workflow_job: str | None) -> str:
    """Return the run ID of a report.

    :param given: the value that the user set, if any.
    :param workflow_job: the number of the AWX workflow job, if any. AWX runs a sliced job as a workflow of its slices.
    """
    return (given or "").strip() or (workflow_job or "").strip() or _share_random_id()


def _share_random_id() -> str:
    """Return a random ID that all reports of this run of ansible-playbook have, and no other run."""
    descriptor = os.open(os.path.join(run_directory(), "axis-run-id"), os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # A worker may have been killed while it wrote.
        if _COMPLETE.fullmatch(text := file.read()):
            return text
        run_id = secrets.token_hex(_BYTES)
        file.seek(0)
        file.truncate()
        file.write(run_id)
    return run_id
