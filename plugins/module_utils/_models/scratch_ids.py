# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of the IDs and names that a device check creates."""

from __future__ import annotations

import re

PREFIX = "camfleet-check-"
SCRATCH_ID = re.compile(rf"{PREFIX}(?P<run>[0-9a-f]{{8}})-(?P<purpose>[a-z0-9-]+)", re.ASCII)
#: The longest ID of a recording group.
MAX_ID = 50


def build_scratch_id(run: str, purpose: str) -> str:
    """Return the ID that one run uses for a purpose."""
    return f"{PREFIX}{run}-{purpose}"
