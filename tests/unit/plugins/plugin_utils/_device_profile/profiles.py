# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles for the tests of files, page, and verdict."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import (
    EFFECT_KINDS,
    effect_of,
    possible_answers,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DeviceModel,
    Origin,
    PointAnswer,
    Profile,
)

DISK: dict[str, Any] = {
    "diskid": "SD_DISK",
    "name": "",
    "totalsize": 116109036,
    "freesize": 75106020,
    "cleanuplevel": 99,
    "cleanupmaxage": 7,
    "cleanuppolicy": "fifo",
    "locked": False,
    "full": False,
    "readonly": False,
    "filesystem": "ext4",
    "status": "OK",
    "group": "S0",
    "wear": -1,
    "temperature": None,
    "overallhealth": None,
}
#: An answer to each point that the collection supports without a limit.
HARMLESS: dict[str, Any] = {
    point.name: min(
        possible_answers(point), key=lambda answer, name=point.name: EFFECT_KINDS.index(effect_of(name, answer).kind)
    )
    for point in POINTS
    if point.name != "retention_over_limit"
}


def build_profile(
    *,
    model: str | None = "P3245-LVE",
    firmware: str | None = "12.9.57",
    date: str = "2026-11-29",
    parts: tuple[str, ...] = ("read", "write"),
    disks: list[dict[str, Any]] | None = None,
    notes: dict[str, str] | None = None,
    **answers: Any,
) -> Profile:
    """Return an observed profile with these answers."""
    points = {
        name: PointAnswer(answer, None if answer is None else "observed", date=date) for name, answer in answers.items()
    }
    for name, note in (notes or {}).items():
        points[name] = PointAnswer(note=note, date=date)
    return Profile(
        DeviceModel(model=model, firmware=firmware),
        Origin("observed", "A device check", date, "0.2.0", "operator", parts),
        points,
        {"disks": [DISK] if disks is None else disks, "observations": {}},
    )
