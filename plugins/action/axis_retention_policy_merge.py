# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_merge, which its module documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_merge
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    decode_text,
    writable_directory,
    write_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    OWNER,
    PURPOSE,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import (
    CHECK_REPORTS,
    list_duplicate_hosts,
    list_missing_hosts,
    list_unexpected_hosts,
    merge_reports,
    parse_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput, abbreviate

_DUPLICATES = (
    "Several hosts are the same device, so that they are unverified: {hosts}. Remove all hosts of a device but one "
    "from the inventory. The merged report names them: {files}"
)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_merge."""

    module = axis_retention_policy_merge
    variables: ClassVar[Names] = {
        "reports": "merge_reports_from",
        "directory": "merge_reports_dir",
        "formats": "merge_reports_formats",
        "different_policies": "merge_reports_different_policies",
    }

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Read the reports, and write the merged one."""
        directory = writable_directory(parameters["directory"], Option("directory"))
        documents = {path: parse_report(path, _read_file(path)) for path in sorted(set(parameters["reports"]))}
        host_variables, names = HostVariables(self, task_vars), select_hosts(parameters, task_vars)
        known = {host["host"] for document in documents.values() for host in document["hosts"]}
        # Only hosts without a report need their variables.
        hosts = [HostInput(name, None) if name in known else _build_missing(host_variables, name) for name in names]
        document = merge_reports(documents, hosts, different_policies=parameters["different_policies"])
        extra, duplicates = list_unexpected_hosts(document, names), list_duplicate_hosts(document)
        result = {
            "summary": document["summary"],
            "missing": list_missing_hosts(document),
            "unexpected_hosts": extra,
            "duplicates": duplicates,
            "files": write_files(directory, render_files(document, parameters["formats"])),
        }
        if extra:
            result["warnings"] = [f"The reports contain hosts that are not expected: {abbreviate(extra)}."]
        if duplicates:
            result |= {
                "failed": True,
                "msg": _DUPLICATES.format(hosts=abbreviate(duplicates), files=", ".join(map(str, result["files"]))),
            }
        return result


def _build_missing(host_variables: HostVariables, host: str) -> HostInput:
    policy = host_variables.read(host, (PURPOSE, OWNER))
    groups = tuple(map(str, host_variables.raw(host).get("group_names", ())))
    return HostInput(host, None, str(policy.get(PURPOSE, "")), str(policy.get(OWNER, "")), groups=groups)


def _read_file(path: str) -> str:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise invalid_option(f"{path} cannot be read: {error.strerror or error}", CHECK_REPORTS) from error
    return decode_text(path, content)
