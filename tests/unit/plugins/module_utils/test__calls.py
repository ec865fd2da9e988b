# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of calls: which are there, and which of them change a device."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils import _calls
from ansible_collections.camfleet.axis.plugins.module_utils._calls import Call


def test_each_call_is_a_read_or_a_write_as_the_api_says() -> None:
    calls = {item.path: item.write for item in vars(_calls).values() if isinstance(item, Call)}
    assert calls == {
        "/axis-cgi/record/recording_group/schemaversions.cgi": False,
        "/axis-cgi/record/recording_group/list.cgi": False,
        "/axis-cgi/record/recording_group/create.cgi": True,
        "/axis-cgi/record/recording_group/update.cgi": True,
        "/axis-cgi/record/recording_group/delete.cgi": True,
        "/axis-cgi/disks/list.cgi": False,
        "/axis-cgi/disks/gethealth.cgi": False,
        "/axis-cgi/record/list.cgi": False,
        "/axis-cgi/apidiscovery.cgi": False,
        "/axis-cgi/basicdeviceinfo.cgi": False,
    }


def test_the_name_of_a_call_goes_with_its_path() -> None:
    paths = {name: item.path.rpartition("/")[2] for name, item in vars(_calls).items() if isinstance(item, Call)}
    assert paths == {
        "SCHEMA_VERSIONS": "schemaversions.cgi",
        "LIST_GROUPS": "list.cgi",
        "CREATE_GROUP": "create.cgi",
        "UPDATE_GROUP": "update.cgi",
        "DELETE_GROUP": "delete.cgi",
        "LIST_DISKS": "list.cgi",
        "DISK_HEALTH": "gethealth.cgi",
        "LIST_RECORDINGS": "list.cgi",
        "API_DISCOVERY": "apidiscovery.cgi",
        "DEVICE_INFORMATION": "basicdeviceinfo.cgi",
    }
    assert _calls.LIST_DISKS.path == "/axis-cgi/disks/list.cgi"
    assert _calls.LIST_RECORDINGS.path == "/axis-cgi/record/list.cgi"


def test_what_is_posted_is_json() -> None:
    posted = {item.path: item.content_type for item in vars(_calls).values() if getattr(item, "method", "") == "POST"}
    assert posted == {
        "/axis-cgi/apidiscovery.cgi": "application/json",
        "/axis-cgi/basicdeviceinfo.cgi": "application/json",
    }
