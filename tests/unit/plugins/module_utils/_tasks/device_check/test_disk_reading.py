# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The disks of a device as a profile stores them."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import DiskHealth
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.disk_reading import (
    answer_disk_attributes,
    build_disk,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder


def test_a_disk_has_its_numbers_and_flags_but_no_name(session: Session) -> None:
    attributes = {"diskid": "SD_DISK", "name": "of acme", "totalsize": "64", "freesize": "x", "full": "Yes"}
    attributes |= {"status": "OK", "cleanuppolicy": "fifo"}
    disk = build_disk(Recorder(session).values, attributes, None)
    assert disk == {
        "diskid": "SD_DISK",
        "name": "",
        "totalsize": 64,
        "cleanuppolicy": "fifo",
        "status": "OK",
        "full": True,
        "wear": -1,
        "temperature": None,
        "overallhealth": None,
    }


@pytest.mark.parametrize(
    ("wear", "unknown", "expected"), [(7, None, 7), (None, "error", -2), (None, "no disk", -3), (None, "?", -1)]
)
def test_a_wear_that_is_not_known_is_that_of_the_api(
    session: Session, wear: int | None, unknown: str | None, expected: int
) -> None:
    health = DiskHealth(wear, unknown, 300, 1)
    disk = build_disk(Recorder(session).values, {"diskid": "SD_DISK"}, health)
    assert (disk["wear"], disk["temperature"], disk["overallhealth"]) == (expected, 300, 1)


@pytest.mark.parametrize(
    ("names", "answer"), [(["diskencryptionenabled"], "documented"), (["encryptionenabled"], "shortened"), ([], None)]
)
def test_the_names_of_attributes_are_detected(session: Session, names: list[str], answer: str | None) -> None:
    recorder = Recorder(session)
    with recorder.point("disk_attributes") as point:
        answer_disk_attributes(point, [dict.fromkeys(names, "no")])
    assert recorder.answers["disk_attributes"].answer == answer
