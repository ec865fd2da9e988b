# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A login that every camera rejects is sent to a few of them only, and the output stays short."""

from __future__ import annotations

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    POLICY,
    ROLL_OUT,
    add_cameras,
    ends_with_summary,
    extra_vars,
    summary,
    summary_text,
)
from tests.simulator import Fleet

WRONG = {"axis_password": "mistyped-secret"}


def rejected(fleet: Fleet) -> list[str]:
    """Return the devices that rejected a login, once for each rejection."""
    return [
        name
        for name, device in fleet.devices.items()
        for entry in device.journal
        if entry.authorization and entry.status == 401
    ]


@pytest.mark.fault("one wrong password on every camera")
def test_a_wrong_password_is_sent_to_five_cameras(play: Play, fleet: Fleet) -> None:
    names = [f"c{number:02}" for number in range(60)]
    add_cameras(fleet, *names)
    run = play(AUDIT, hosts=dict.fromkeys(names, WRONG), groups={"axis": {"vars": POLICY}})
    assert run.status == 2
    assert 1 <= len(rejected(fleet)) <= 5
    data = summary(run)
    assert len(data["unverified"]) == len(rejected(fleet))
    assert sorted(data["unverified"] + data["not_attempted"]) == names
    assert all("other devices rejected" in data["reasons"][host] for host in data["not_attempted"])
    assert len(run.output.splitlines()) < 60, run.output
    assert ends_with_summary(run)
    assert "55 hosts: c" in summary_text(run)
    assert "axis_password" in summary_text(run)
    assert WRONG["axis_password"] not in run.output
    assert {host for host, counters in run.recap.items() if counters["failures"] or counters["unreachable"]} == {
        *data["unverified"]
    }


def test_a_wrong_password_stops_a_roll_out_before_the_first_write(play: Play, fleet: Fleet) -> None:
    """Hosts that were not attempted count as failures; the other half has a password that works."""
    names = [f"c{number:02}" for number in range(20)]
    add_cameras(fleet, *names, retention_time=48)
    wrong = names[::2]
    run = play(
        ROLL_OUT,
        *extra_vars(retention_policy_max_login_failures=2, retention_policy_max_fail_percentage=49),
        hosts=dict.fromkeys(wrong, WRONG),
        groups={"axis": {"vars": POLICY}},
    )
    assert run.status == 2
    assert len(rejected(fleet)) <= 2
    assert not any(device.writes for device in fleet.devices.values())
    assert "Nothing was written: 50% of hosts failed the check" in run.output
