# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable of the role that resolves to ``omit`` has the default of the role."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import PLAY_VARIABLES, ROLE_DEFAULTS
from tests.integration.conftest import Play
from tests.integration.role import ROLL_OUT, add_cameras, extra_vars, retention, summary
from tests.simulator import Fleet

OMIT = "{{ nothing | default(omit) }}"
NAMES = sorted({*ROLE_DEFAULTS, "axis_holds", "axis_holds_legal"} - {*PLAY_VARIABLES, "retention_policy_groups"})
POLICY: dict[str, Any] = {
    "retention_policy_groups": [
        {
            "recording_group_id": "door",
            "retention_time": "30d",
            "nice_name": OMIT,
            "description": OMIT,
            "stream_options": {"camera": 1, "fps": OMIT},
        },
        {"recording_group_id": "gate", "retention_time": "30d", "disk_id": [OMIT, "SD_DISK"]},
    ],
}


@pytest.mark.fault("variable of the role that resolves to omit")
def test_omitted_variables_have_the_defaults_of_the_role(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3", retention_time=24)
    # The default of on_refused makes the other changes.
    fleet.devices["c3"].plant_group(recording_group_id="gate", retention_time=1440)
    groups = {"axis": {"vars": {**POLICY, **dict.fromkeys(NAMES, OMIT)}}}
    # Extra variables, which the keywords of plays use.
    run = play(
        ROLL_OUT,
        *extra_vars(
            retention_policy_waves=OMIT, retention_policy_max_fail_percentage=OMIT, retention_policy_hosts=OMIT
        ),
        groups=groups,
    )
    assert run.status == 0, run.output
    assert retention(fleet) == dict.fromkeys(("c0", "c1", "c2", "c3"), 720)
    assert summary(run)["refused"] == ["c3"]
    # The canary is one camera for each kind of change.
    assert "Wave 1 of 2, 2 of 4 done" in run.output
    assert not any("omit" in entry.target for device in fleet.devices.values() for entry in device.journal)
    for device in fleet.devices.values():
        assert device.groups["door"].stream_options == "camera=1"
