# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_merge, which its module documents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Names, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    escape_invisible,
    remove_invisible,
)
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_merge
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    check_absolute,
    writable_directory,
    write_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    OWNER,
    POLICY_VARIABLES,
    PURPOSE,
    SIGN_COMMAND,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import check_inventory
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document_summary import render_merged_lines
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import build_stem, render_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import (
    check_times,
    find_missing_slices,
    is_merged,
    list_duplicate_hosts,
    list_missing_hosts,
    list_unexpected_hosts,
    merge_reports,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import render_metrics_lines
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import (
    display_path,
    list_files,
    parse_report,
    read_file,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.series import is_comparison
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.signing import (
    check_sign_command,
    render_signature_lines,
    sign_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput, abbreviate
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.trend import add_trend
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary

_DUPLICATES = (
    "Several hosts are the same device, so they are unverified: {names}. Remove all hosts of a device but one "
    "from the inventory."
)
_MISSING_SLICES = "The reports of these slices are missing, so their hosts are unverified: {names}."
_UNREPORTED = (
    "No report has these hosts, so they are unverified: {names}. Audit the slices without a report again, or "
    "exclude these hosts with --limit."
)
_UNCHECKED = (
    "All reports have these hosts outside of their --limit, so they are unverified: {names}. Merge the report of "
    "the slice that checked them, or audit them with the same run ID, or exclude them with --limit."
)
#: The next step if a directory has no reports. In AWX, the cause is an audit that never ran, or a directory that is not
#: mounted. The merge cannot distinguish them.
_CHECK_DIRECTORY = Message(
    "Check {option}, which must be the directory of the JSON reports of the slices. In AWX, first open the audit of "
    "this run. If it did not start, for example because its credential has no password, correct that. If its output "
    "names a report, the file was lost with its container: create the directory of all reports on every execution "
    "node, and add it to the paths to expose to isolated jobs (AWX_ISOLATION_SHOW_PATHS).",
    {"option": Option("reports_directory")},
)
_MAX_HOURS = 1_000_000


class ActionModule(FleetAction):
    """The action of axis_retention_policy_merge."""

    module = axis_retention_policy_merge
    variables: ClassVar[Names] = {
        "reports": "merge_reports_from",
        "reports_directory": "merge_reports_from",
        "directory": "merge_reports_dir",
        "formats": "merge_reports_formats",
        "sign_command": SIGN_COMMAND,
        "different_policies": "merge_reports_different_policies",
        "max_age": "merge_reports_max_age",
    }

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Read the reports, and write the merged one."""
        # A host that is missing in the inventory would not be missing in the report.
        check_inventory(task_vars)
        check_sign_command(parameters["sign_command"])
        directory = writable_directory(parameters["directory"], Option("directory"))
        documents = _read_reports(parameters)
        check_times(documents, datetime.now(timezone.utc), _check_max_age(parameters["max_age"]))
        host_variables = HostVariables(self, task_vars)
        # Reports have the names in this form.
        names = {escape_invisible(name): name for name in select_hosts(parameters, task_vars)}
        known = {host["host"] for document in documents.values() for host in document["hosts"]}
        # Only hosts without a report need their variables.
        hosts = [
            HostInput(shown, None) if shown in known else _build_missing(host_variables, name, shown)
            for shown, name in names.items()
        ]
        merged = merge_reports(documents, hosts, different_policies=parameters["different_policies"])
        document, left_out = add_trend(directory, merged)
        slices, duplicates = find_missing_slices(documents.values()), list_duplicate_hosts(document)
        unexpected = list_unexpected_hosts(document, names, limited=bool(task_vars.get("ansible_limit")))
        missing = list_missing_hosts(document)
        files = write_files(directory, render_files(document, parameters["formats"]))
        signatures = sign_files(
            *(parameters["sign_command"], files),
            lambda text: host_variables.find_secrets(*names.values()).clean_lines(text),
        )
        lists = HostLists(os.path.join(directory, build_stem(document)))
        lines = [
            *render_merged_lines(document, slices, POLICY_VARIABLES, lists),
            *(f"Report: {path}" for path in files),
            *render_metrics_lines(document, parameters["formats"]),
            *render_signature_lines(signatures),
        ]
        limits = write_files(directory, lists.files)
        result = {
            "summary": document["summary"],
            "missing": missing,
            "missing_slices": slices,
            "unexpected_hosts": unexpected,
            "duplicates": duplicates,
            "files": [*files, *limits, *signatures.paths],
            "signatures": signatures.paths,
        }
        unsigned = signatures.failure.render(self.find_names(task_vars)) if signatures.failure else ""
        failures: dict[str, Sequence[object]] = {
            # With --limit, a slice may have no host, and so no report. Every host within the limit needs one.
            _MISSING_SLICES: [] if task_vars.get("ansible_limit") else slices,
            _UNREPORTED: [name for name in names if name not in known],
            _UNCHECKED: [name for name in missing if name in known and name in names],
            _DUPLICATES: duplicates,
        }
        failure = _build_failure(failures, files, unsigned)
        # Core prints the whole result of a failure.
        shown = {} if failure and print_summary(self._display, lines) else {"lines": lines}
        return {**result, **shown, **_build_warnings(unexpected, left_out), **failure}


def _build_warnings(unexpected: Sequence[str], left_out: Sequence[str]) -> dict[str, list[str]]:
    """Return the warnings about unexpected hosts, and about files that are not in the trend."""
    found = [f"The reports contain hosts that are not expected: {abbreviate(unexpected)}."] if unexpected else []
    return {"warnings": [*found, *left_out]} if found or left_out else {}


def _build_failure(failures: Mapping[str, Sequence[object]], files: Iterable[str], unsigned: str) -> dict[str, Any]:
    """Return what the result has if the merged report is not complete, or not signed.

    :param failures: by sentence, what it names.
    :param unsigned: sentences about files that are not signed.
    """
    sentences = [text.format(names=abbreviate(list(map(str, found)))) for text, found in failures.items() if found]
    if sentences:
        sentences.append(f"The merged report names them: {', '.join(files)}")
    sentences += filter(None, [unsigned])
    return {"failed": True, "msg": " ".join(sentences)} if sentences else {}


def _read_reports(parameters: Mapping[str, Any]) -> dict[str, Document]:
    """Return the reports by path, without those that are the result of a merge, for example into the same directory."""
    if (parameters["reports"] is None) == (parameters["reports_directory"] is None):
        raise invalid_option("Exactly one of reports and reports_directory is required", "Set one of them.")
    paths = parameters["reports"]
    if paths is None:
        paths = _list_reports(parameters["reports_directory"])
    documents = {display_path(path): parse_report(path, read_file(path)) for path in sorted(set(paths))}
    return {path: document for path, document in documents.items() if not is_merged(document)}


def _list_reports(directory: str) -> list[str]:
    """Return the paths of the JSON files in a directory, without comparisons.

    :raises InvalidOptionError: ``invalid_option``, if there is none.
    """
    check_absolute(directory, Option("reports_directory"))
    if paths := [path for path in list_files(directory) if not is_comparison(path)]:
        return paths
    exists = "has no JSON files" if os.path.isdir(directory) else "does not exist"
    problem = Message(
        "There is no report to merge: {path} {exists}", {"path": display_path(directory), "exists": exists}
    )
    raise invalid_option(problem, _CHECK_DIRECTORY)


def _check_max_age(hours: int) -> int:
    if not 1 <= hours <= _MAX_HOURS:
        raise invalid_option(
            Message("{option} is {hours}", {"option": Option("max_age"), "hours": hours}),
            Message("Set {option} to a number of hours from 1 to 1,000,000.", {"option": Option("max_age")}),
        )
    return hours


def _build_missing(host_variables: HostVariables, host: str, shown: str) -> HostInput:
    """Return a host as it would be in a report.

    :param shown: its name there.
    """
    policy = host_variables.read(host, (PURPOSE, OWNER))
    groups = tuple(escape_invisible(str(group)) for group in host_variables.own_names(host)["group_names"])
    purpose, owner = (remove_invisible(str(policy.get(name, ""))) for name in (PURPOSE, OWNER))
    return HostInput(shown, None, purpose, owner, groups=groups)
