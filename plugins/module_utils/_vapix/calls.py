# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All VAPIX calls of the collection, each marked as a read or a write.

VAPIX uses GET and POST for both, so only this table separates them. Retries, check mode, and the tests depend on it.
"""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call

#: As messages name it.
ACTION_ROLE = "operator (on some devices administrator)"


def _action_call(operation: str, *, write: bool) -> Call:
    return Call(
        "/vapix/services",
        write,
        # VAPIX does not document the role, so that the lower one comes first.
        ACTION_ROLE,
        method="POST",
        content_type="application/soap+xml; charset=utf-8",
        operation=operation,
    )


_JSON = "application/json"
_GROUP = "/axis-cgi/record/recording_group"

# VAPIX recording group.
SCHEMA_VERSIONS = Call(f"{_GROUP}/schemaversions.cgi", write=False)
LIST_GROUPS = Call(f"{_GROUP}/list.cgi", write=False)
CREATE_GROUP = Call(f"{_GROUP}/create.cgi", write=True, role="operator")
UPDATE_GROUP = Call(f"{_GROUP}/update.cgi", write=True, role="operator")
DELETE_GROUP = Call(f"{_GROUP}/delete.cgi", write=True, role="operator")

# VAPIX edge storage, disk management.
LIST_DISKS = Call("/axis-cgi/disks/list.cgi", write=False, role="operator")
DISK_HEALTH = Call("/axis-cgi/disks/gethealth.cgi", write=False, role="operator")

# VAPIX edge storage, recordings.
LIST_RECORDINGS = Call("/axis-cgi/record/list.cgi", write=False)

# VAPIX API discovery: anonymous, except on AXIS OS 9.80 and 10.12. Basic device information: anonymous or operator.
API_DISCOVERY = Call("/axis-cgi/apidiscovery.cgi", write=False, method="POST", content_type=_JSON)
DEVICE_INFO = Call("/axis-cgi/basicdeviceinfo.cgi", write=False, role="operator", method="POST", content_type=_JSON)

# Only a device check uses these: VAPIX device configuration APIs, parameter management, and the groups of the login.
DISCOVER_REST = Call("/config/discover", write=False)
LIST_PARAMETERS = Call("/axis-cgi/param.cgi", write=False, role="operator")
USER_GROUP = Call("/axis-cgi/usergroup.cgi", write=False)
LIST_GROUPS_BY_POST = Call(
    LIST_GROUPS.path, write=False, method="POST", content_type="application/x-www-form-urlencoded"
)

# VAPIX event and action services; no operation updates a configuration or a rule.
GET_ACTION_TEMPLATES = _action_call("GetActionTemplates", write=False)
GET_ACTION_CONFIGURATIONS = _action_call("GetActionConfigurations", write=False)
GET_ACTION_RULES = _action_call("GetActionRules", write=False)
ADD_ACTION_CONFIGURATION = _action_call("AddActionConfiguration", write=True)
ADD_ACTION_RULE = _action_call("AddActionRule", write=True)
REMOVE_ACTION_RULE = _action_call("RemoveActionRule", write=True)
REMOVE_ACTION_CONFIGURATION = _action_call("RemoveActionConfiguration", write=True)
