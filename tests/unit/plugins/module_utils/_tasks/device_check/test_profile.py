# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles as JSON."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DeviceModel,
    Origin,
    PointAnswer,
    Profile,
)


def test_answers_are_those_of_the_points() -> None:
    profile = Profile(DeviceModel(), Origin("observed", "here", "2026-11-29"), {"reuse_ids": PointAnswer(False)})
    assert profile.answers == {"reuse_ids": False}
