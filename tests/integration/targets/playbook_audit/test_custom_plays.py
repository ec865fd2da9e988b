# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task that checks all cameras, in a play of the user's own: it never writes, and runs once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import POLICY, add_cameras, hosts_that_ran
from tests.simulator import Fleet

MODULE = "camfleet.axis.axis_retention_policy_audit"


def task(name: str, options: dict[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    """Return a task that checks all cameras, and whose failure the next tasks ignore."""
    return {"name": name, MODULE: options or {}, "ignore_errors": True, **keywords}


@pytest.mark.fault("audit outside of check mode")
def test_no_keyword_of_the_task_makes_it_write(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=48)
    names = ("Plain", "Real", "Local", "Again", "Condition", "Once")
    plain, real, local, again, condition, once = names
    tasks = [
        task(plain),
        task(real, check_mode=False, become=True, connection="ssh"),
        task(local, delegate_to="localhost"),
        task(again, register="again", until="again.results.c0.compliant", retries=1, delay=0),
        task(condition, when="inventory_hostname != 'c1'"),
        task(once, run_once=True),
    ]
    run = play(tasks, groups={"axis": {"vars": POLICY}})
    assert not any(device.writes for device in fleet.devices.values())
    for name in names:
        assert hosts_that_ran(run, name) == ["c0"]
        results = run.results[name, "c0"]["results"]
        assert results["c0"]["compliant"] is False
        assert results["c0"]["changed"] is True
        if name == condition:
            assert results["c1"] == {"changed": False, "skipped": True, "skip_reason": "Conditional result was False"}
        else:
            assert results["c1"]["changed"] is True


def test_options_are_validated(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=48)
    hosts, other_serial, bad_serial = (
        task("Hosts", {"hosts": ["c0", "axis"]}),
        task("Other device", {"serials": {"c0": "ac:cc:8e:00:99:99"}}),
        task("Serial", {"serials": {"c0": "gate"}}),
    )
    run = play([hosts, other_serial, bad_serial], groups={"axis": {"vars": POLICY}})
    assert "hosts has axis, which is not a host of the inventory" in run.results["Hosts", "c0"]["msg"]
    assert "serials of c0 is not a serial number" in run.results["Serial", "c0"]["msg"]
    results = run.results["Other device", "c0"]["results"]
    assert results["c0"]["error"]["kind"] == "conflict"
    assert results["c1"]["changed"] is True
    assert not any(entry.authorization for entry in fleet.devices["c0"].journal)
