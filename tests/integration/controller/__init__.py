# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in of AWX 24.6.1: its API as far as awx.awx and a person use it, its scheduler, and its notifications.

It runs the modules of awx.awx unchanged, and jobs with a function that a test sets. Each file cites the file and
function of AWX that it follows.
"""

from __future__ import annotations

from tests.integration.controller.jobs import Outcome
from tests.integration.controller.server import Controller
from tests.integration.controller.state import Job, Notification, Repository, State, User

__all__ = ["Controller", "Job", "Notification", "Outcome", "Repository", "State", "User"]
