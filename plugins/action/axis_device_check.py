# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_device_check in the worker, and write the profile on the controller. Its module documents it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    Names,
    Option,
    invalid_option,
    join_sentences,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import (
    build_device_check_options,
    check_confirmation,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.option_names import (
    name_options,
    name_result_options,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import from_dict
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import (
    MEANINGS,
    CheckRun,
    build_summary,
    judge,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import invalid_input_result
from ansible_collections.camfleet.axis.plugins.modules import axis_device_check
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import AxisAction, PreparedTask
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    play_id,
    prints_data,
    run_directory,
    strip_tags,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_check_variables import (
    CHECK_VARIABLES,
    DEVICE_CHECK,
    PREFLIGHT,
    check_number_of_hosts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.files import (
    ProfileDirectory,
    SavedProfile,
    check_directory,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.page import render_page
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import build_checked_error, claim_device
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import PLAYBOOK
from ansible_collections.camfleet.axis.plugins.plugin_utils._report_run import read_collection_version
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary

#: What a failure in the playbook does not show twice.
_PRINTED = frozenset({"open_points", "summary", "other_changes"})
_RUN_FILE = "axis-device-check-files.json"


class ActionModule(AxisAction):
    """The action of axis_device_check."""

    module = axis_device_check

    def _find_names(self, task_vars: Mapping[str, Any]) -> dict[str, str]:
        names = super()._find_names(task_vars)
        return {**names, **CHECK_VARIABLES} if _is_in_playbook(task_vars) else names

    def _prepare(
        self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets
    ) -> PreparedTask | dict[str, Any]:
        prepared = super()._prepare(given, task_vars, secrets)
        if isinstance(prepared, dict):
            return prepared
        self._hidden = secrets
        try:
            self._check_before_requests(prepared.parameters, task_vars)
        except AxisError as error:
            return invalid_input_result(error, prepared.parameters["host"], prepared.names)
        return prepared

    def _check_before_requests(self, parameters: dict[str, Any], task_vars: Mapping[str, Any]) -> None:
        host = self._host = str(task_vars["inventory_hostname"])
        hosts = [*map(str, task_vars.get("ansible_play_hosts_all") or [host])]
        if _is_in_playbook(task_vars):
            check_number_of_hosts(hosts)
            if (task_vars.get(PREFLIGHT) or {}).get("play") != play_id(self._task):
                raise _missing_preflight()
        options = build_device_check_options(parameters)
        if options.write:
            check_confirmation(parameters["confirm"], [host], hosts)
        # The profile names none of these.
        parameters["confirm"] = [host]
        if parameters["dest"] is not None:
            check_directory(parameters["dest"], Option("dest"), may_create=not self._is_check())

    def _open_session(self, settings: ConnectionSettings) -> Session:
        session = super()._open_session(settings)
        session.before_write = partial(claim_device, host=self._host, build_error=build_checked_error)
        return session

    def _run_here(
        self, parameters: dict[str, Any], names: Names, warnings: list[str], **options: Any
    ) -> dict[str, Any]:
        return super()._run_here(parameters, names, warnings, show=self._show, **options)

    def _show(self, text: str) -> None:
        """Show a sentence while the task runs; a line between data would make all of it unreadable."""
        if not prints_data():
            self._display.display(remove_invisible(f"{self._host}: {text}"))

    def _run_prepared(self, prepared: PreparedTask, task_vars: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
        result = super()._run_prepared(prepared, task_vars, warnings)
        host = str(task_vars["inventory_hostname"])
        if result.get("profile") is not None:
            result = self._complete(result, prepared, host)
        if not _is_in_playbook(task_vars):
            return result
        # The terminal shows them before the result is redacted.
        lines = self._hidden.protect(_render_lines(host, result), lambda: [host])
        is_printed = print_summary(self._display, lines)
        # Core prints the whole result of a failure, and the page has the open points.
        hidden = _PRINTED if is_printed and result.get("failed") and "path_page" in result else ()
        return {name: value for name, value in result.items() if name not in hidden}

    def _complete(self, result: dict[str, Any], prepared: PreparedTask, host: str) -> dict[str, Any]:
        """Return the result after the files were written; it keeps the profile if there are none."""
        dest = prepared.parameters["dest"]
        try:
            profile = from_dict(result["profile"], "the profile of this check")
            origin = replace(profile.origin, collection_version=read_collection_version())
            profile = replace(profile, origin=origin)
            result = {**result, "profile": profile.to_dict()}
            if dest is None or self._is_check():
                return result
            directory = ProfileDirectory(os.path.realpath(dest), os.path.join(run_directory(), _RUN_FILE))
            saved = directory.save(profile, host, lambda merged: _render_page(merged, result, prepared.names))
        except AxisError as error:
            return {**result, **_build_failure(error, result, prepared.names)}
        return name_result_options(_add_files(result, saved), prepared.names)


def _add_files(result: Mapping[str, Any], saved: SavedProfile) -> dict[str, Any]:
    run = CheckRun.of(result)
    verdict = judge(saved.profile, run)
    return {
        **{name: value for name, value in result.items() if name != "profile"},
        "changed": True,
        "verdict": verdict.kind,
        "summary": build_summary(saved.profile, verdict, run),
        "path_json": saved.path_json,
        "path_page": saved.path_page,
    }


def _render_page(profile: Profile, result: Mapping[str, Any], names: Names) -> str:
    run = CheckRun.of(result)
    return name_options(render_page(profile, judge(profile, run), run), names)


def _build_failure(error: AxisError, result: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return the failure to write the files, unless the check itself has failed."""
    if result.get("failed") or result.get("unreachable"):
        return {}
    message, next_step = error.render(names)
    return {
        "failed": True,
        "msg": join_sentences(message, error.detail, next_step),
        "error": {
            "kind": error.kind,
            "code": None,
            "description": None,
            "message": message,
            "detail": error.detail,
            "next_step": next_step,
        },
    }


def _render_lines(host: str, result: Mapping[str, Any]) -> list[str]:
    """Return the result as lines for the terminal."""
    if not result.get("summary"):
        return [f"Device check of {host}", f"  Nothing was checked. {result.get('msg') or ''}".rstrip()]
    device = result["device"]
    known = ", ".join(
        text for text in (device.get("model"), device.get("firmware") and f"AXIS OS {device['firmware']}") if text
    )
    headline, *others = result["summary"]
    meaning = MEANINGS[result["verdict"]]
    files = [
        f"{name}: {result[key]}" for name, key in (("Page", "path_page"), ("Profile", "path_json")) if key in result
    ]
    changes = [f"Changed by others during the check: {text}" for text in result["other_changes"]]
    return [
        f"Device check of {host}{f' ({known})' if known else ''}",
        f"{headline} {meaning}",
        *(f"  {line}" for line in (*others, *changes)),
        *files,
    ]


def _is_in_playbook(task_vars: Mapping[str, Any]) -> bool:
    return str(strip_tags(task_vars.get(PLAYBOOK))) == DEVICE_CHECK


def _missing_preflight() -> AxisError:
    return invalid_option(
        "The preflight of this play did not run, because a condition or --start-at-task skipped it",
        "Run the playbook from its beginning. Select hosts with --limit or device_check_hosts, not with a condition.",
    )
