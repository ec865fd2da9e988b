# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that is another device than before, and a device whose host has another name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import HostView, build_views
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.device_changes import (
    describe_renamed_hosts,
    find_replaced_devices,
)
from tests.unit.plugins.plugin_utils.reports import failed, host, report, result

SERIAL = "ACCC8E000001"
NOW = "2026-12-04T08:15:02Z"


def views(**serials: str | None) -> dict[str, HostView]:
    """Return hosts with these serial numbers."""
    return build_views(report(*(host(name, _with_serial(serial)) for name, serial in serials.items())))


def _with_serial(serial: str | None) -> dict[str, Any]:
    registered = result(1)
    registered["device"] = {"host": "192.0.2.1", "serial": serial}
    return registered


@pytest.mark.fault("device replaced between two reports")
@pytest.mark.parametrize(
    ("earlier", "later", "differs"),
    [
        (SERIAL, SERIAL, False),
        (SERIAL, SERIAL.lower(), False),
        (SERIAL, "ACCC8E000002", True),
        (SERIAL, None, False),
        (None, SERIAL, False),
        (None, None, False),
    ],
)
def test_another_serial_number_is_another_device(earlier: str | None, later: str | None, differs: bool) -> None:
    found = find_replaced_devices(views(c1=earlier), views(c1=later), NOW)
    assert [item["host"] for item in found] == (["c1"] if differs else [])


def test_both_devices_are_described() -> None:
    (item,) = find_replaced_devices(views(c1=SERIAL), views(c1="ACCC8E000002", c2="ACCC8E000003"), NOW)
    assert item == {
        "host": "c1",
        "earlier": {"serial": SERIAL, "model": None, "firmware": None},
        "later": {"serial": "ACCC8E000002", "model": None, "firmware": None},
        "holds": [],
    }


def test_host_that_did_not_respond_is_not_replaced() -> None:
    gone = {**failed(1), "device": {"host": "192.0.2.1", "serial": None}}
    assert find_replaced_devices(views(c1=SERIAL), build_views(report(host("c1", gone))), NOW) == []


def test_renamed_hosts_are_named() -> None:
    removed, added = views(old=SERIAL, gone="ACCC8E000002", unknown=None), views(new=SERIAL, other=None)
    assert [*describe_renamed_hosts(added.values(), removed.values())] == [
        "1 host removed and added with the same serial number: old is now new."
    ]
    assert [*describe_renamed_hosts([], removed.values())] == []
