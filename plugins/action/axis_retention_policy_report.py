# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs axis_retention_policy_report; its documentation is that of the module."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet import (
    FAIL_ON_DRIFT,
    OWNER,
    PLAY,
    PURPOSE,
    RESULT,
    Fleet,
    FleetAction,
    hosts_of,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary import (
    HostReport,
    data_of,
    lines_of,
    pattern_of,
    summarise,
)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_report."""

    module = axis_retention_policy_report

    def look(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """The summary, and the hosts that are to end badly."""
        fleet = Fleet(task_vars, self._templar)
        reports = [_report(fleet, host, task_vars.get(PLAY)) for host in hosts_of(parameters, task_vars)]
        summary = summarise(reports, check_mode=bool(self._task.check_mode))
        now = datetime.now(timezone.utc)
        allowed = parameters["max_fail_percentage"]
        stop = summary.failed_percentage > allowed
        too_many = (
            f". Stop: {summary.failed_percentage:.4g} percent failed or were unreachable, more than {allowed:g}"
            if stop
            else ""
        )
        return {
            "lines": lines_of(summary, parameters["title"], now),
            "headline": f"{parameters['title']}: {summary.headline(brief=True)}{too_many}",
            "stop": stop,
            "summary": data_of(summary, now),
            "failed_percentage": round(summary.failed_percentage, 2),
            "ends_badly": summary.ends_badly,
            "ends_badly_patterns": [pattern_of(host) for host in summary.ends_badly],
        }


def _report(fleet: Fleet, host: str, play: Any) -> HostReport:
    variables = fleet.raw(host)
    result = variables.get(RESULT)
    # Of an earlier play, or of the preflight, which registers the same name: the camera was not asked in this play.
    if result is not None and ("problems" in result or variables.get(PLAY) != play):
        result = None
    try:
        words = fleet.read(host, (PURPOSE, OWNER, FAIL_ON_DRIFT))
        fails_on_drift = boolean(words.get(FAIL_ON_DRIFT) or False)
    except (AxisError, TypeError) as error:
        # Where no preflight found it, the report comes all the same, and no drift is passed over.
        words, fails_on_drift = {PURPOSE: getattr(error, "what", str(error))}, True
    return HostReport(host, result, str(words.get(PURPOSE, "")), str(words.get(OWNER, "")), fails_on_drift)
