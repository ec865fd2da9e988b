# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of calls: its entries, and which of them write."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls as table


def calls() -> dict[str, Call]:
    """Return the calls by their names in the table."""
    return {name: item for name, item in vars(table).items() if isinstance(item, Call)}


def test_each_call_is_a_read_or_a_write_as_documented() -> None:
    assert {item.operation or item.path: item.write for item in calls().values()} == {
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
        "/config/discover": False,
        "/axis-cgi/param.cgi": False,
        "/axis-cgi/usergroup.cgi": False,
        "GetActionTemplates": False,
        "GetActionConfigurations": False,
        "GetActionRules": False,
        "AddActionConfiguration": True,
        "AddActionRule": True,
        "RemoveActionRule": True,
        "RemoveActionConfiguration": True,
    }


def test_the_names_of_calls_fit_their_paths() -> None:
    assert {name: item.name for name, item in calls().items()} == {
        "SCHEMA_VERSIONS": "schemaversions.cgi",
        "LIST_GROUPS": "list.cgi",
        "CREATE_GROUP": "create.cgi",
        "UPDATE_GROUP": "update.cgi",
        "DELETE_GROUP": "delete.cgi",
        "LIST_DISKS": "list.cgi",
        "DISK_HEALTH": "gethealth.cgi",
        "LIST_RECORDINGS": "list.cgi",
        "API_DISCOVERY": "apidiscovery.cgi",
        "DEVICE_INFO": "basicdeviceinfo.cgi",
        "DISCOVER_REST": "discover",
        "LIST_PARAMETERS": "param.cgi",
        "USER_GROUP": "usergroup.cgi",
        "LIST_GROUPS_BY_POST": "list.cgi",
        "GET_ACTION_TEMPLATES": "GetActionTemplates",
        "GET_ACTION_CONFIGURATIONS": "GetActionConfigurations",
        "GET_ACTION_RULES": "GetActionRules",
        "ADD_ACTION_CONFIGURATION": "AddActionConfiguration",
        "ADD_ACTION_RULE": "AddActionRule",
        "REMOVE_ACTION_RULE": "RemoveActionRule",
        "REMOVE_ACTION_CONFIGURATION": "RemoveActionConfiguration",
    }
    assert table.LIST_DISKS.path == "/axis-cgi/disks/list.cgi"
    assert table.LIST_RECORDINGS.path == "/axis-cgi/record/list.cgi"
    assert {item.path for item in calls().values() if item.operation} == {"/vapix/services"}


def test_posted_content_is_json_soap_or_a_form() -> None:
    posted = {item.path: item.content_type for item in calls().values() if item.method == "POST"}
    assert posted == {
        "/axis-cgi/apidiscovery.cgi": "application/json",
        "/axis-cgi/basicdeviceinfo.cgi": "application/json",
        "/vapix/services": "application/soap+xml; charset=utf-8",
        "/axis-cgi/record/recording_group/list.cgi": "application/x-www-form-urlencoded",
    }
    assert all(item.content_type is None for item in calls().values() if item.method == "GET")
