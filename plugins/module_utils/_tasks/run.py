# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From parameters to a result. The only place that turns an exception into a result.

The worker and the delegated module both call ``run_*`` here. Nothing below knows Ansible, nothing above knows VAPIX.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    allowances_from,
    device_from,
    group_from,
    group_id_from,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import (
    policy_from,
    tolerance_from,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import recording_from
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import locate, make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy, find
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import judge
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.groups import GroupReconciler, Warn
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import gather, needs_login, parts_from
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.recording_actions import ensure_action
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import (
    ActionReport,
    Report,
    Result,
    build_hold_results,
    finding_result,
    group_result,
)

# The same words for every camera, so that Ansible prints them once.
_UNVERIFIED = (
    "validate_certs is false: whoever answers at the address of a camera is taken for it, and may be given its login. "
    "Pin the certificates with tls_fingerprint instead (playbook camfleet.axis.pin_certificates)."
)
#: Gives the session for a device: a new one, or one kept from an earlier item of a loop.
SessionFactory = Callable[[ConnectionSettings], Session]


def run_recording_group(
    parameters: Mapping[str, Any], *, check_mode: bool, diff: bool, open_session: SessionFactory, warn: Warn
) -> Result:
    """The result of ``axis_recording_group`` for validated parameters. Raises nothing of the AxisError family."""
    report = Report(parameters["host"], diff=diff)
    try:
        device = device_from(parameters)
        desired = group_from(parameters)
        allowances = allowances_from(parameters, datetime.now(timezone.utc))
        report.host = device.host
        session = _session(device, open_session, warn)
        try:
            GroupReconciler(session, lambda _: (desired,), allowances, report, check_mode=check_mode, warn=warn).run()
        finally:
            report.serial = session.serial
    except AxisError as error:
        return {**report.result(), **report.failure(error), "recording_group": report.group_or_none()}
    return {**report.result(), "recording_group": report.group_or_none()}


def run_recording_action(
    parameters: Mapping[str, Any], *, check_mode: bool, diff: bool, open_session: SessionFactory, warn: Warn
) -> Result:
    """The result of ``axis_recording_action`` for validated parameters. Raises nothing of the AxisError family."""
    report = ActionReport(parameters["host"], diff=diff)
    try:
        device = device_from(parameters)
        wanted = (group_id_from(parameters), recording_from(parameters))
        # The state that the task asks for is its word.
        allowances = replace(allowances_from(parameters, datetime.now(timezone.utc)), recording_stop=True)
        report.host = device.host
        session = _session(device, open_session, warn)
        try:
            ensure_action(session, wanted, allowances, report, check_mode=check_mode, warn=warn)
        finally:
            report.serial = session.serial
    except AxisError as error:
        return {**report.result(), **report.failure(error)}
    return report.result()


def run_retention_policy(
    parameters: Mapping[str, Any], *, check_mode: bool, diff: bool, open_session: SessionFactory, warn: Warn
) -> Result:
    """The result of ``axis_retention_policy`` for validated parameters. Raises nothing of the AxisError family."""
    report = Report(parameters["host"], diff=diff)
    standing: Result = {"compliant": False, "findings": []}
    try:
        device = device_from(parameters)
        policy, tolerance = policy_from(parameters), tolerance_from(parameters)
        standing["policy_digest"] = policy.digest
        allowances = allowances_from(parameters, datetime.now(timezone.utc))
        report.host = device.host
        session = _session(device, open_session, warn)
        work = GroupReconciler(
            session,
            policy.desired,
            allowances,
            report,
            check_mode=check_mode,
            warn=warn,
            continue_on_refusal=parameters["on_refused"] == "report",
        )
        try:
            work.run()
        finally:
            report.serial = session.serial
            standing |= _standing(policy, work, allowances, report)
        if tolerance is not None:
            standing["actual"] = _actual(session, policy, report, tolerance, warn)
    except AxisError as error:
        return {
            **report.result(),
            **report.unapplied_changes(),
            **report.failure(error),
            **standing,
            **_groups_of(report),
        }
    return {**report.result(), **standing, **_groups_of(report)}


def _standing(policy: Policy, work: GroupReconciler, allowances: Allowances, report: Report) -> Result:
    """How the device as last seen stands against the policy. One that nobody has looked at is not compliant."""
    if report.seen is None:
        return {"compliant": False, "findings": []}
    plan = make_plan(
        report.seen, policy.desired(report.seen), allowances, work.disks, work.actions, unreadable=work.unreadable
    )
    findings = find(policy, plan, report.seen, allowances)
    result: Result = {
        "compliant": all(finding.in_line for finding in findings),
        "findings": [finding_result(finding) for finding in findings],
    }
    return {**result, "holds": build_hold_results(allowances, report.seen)} if allowances.holds else result


def _actual(session: Session, policy: Policy, report: Report, tolerance: int, warn: Warn) -> Result:
    """What is recorded, beside how long it is to be kept; the device becomes known by model and firmware, too."""
    gathered = gather(session, ("device", "disks", "recordings"), warn)
    report.description = {name: gathered["device"][name] for name in ("model", "firmware")}
    now = session.device_time or datetime.now(timezone.utc)
    groups = report.seen or ()
    missing = [wanted for wanted, found in locate(groups, policy.groups) if not found]
    return {
        "time_source": "device" if session.device_time else "controller",
        "checked_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "tolerance": tolerance,
        "disks": judge(groups, missing, gathered["disks"], gathered["recordings"], now=now, tolerance=tolerance),
        "unavailable": gathered["unavailable"],
    }


def _groups_of(report: Report) -> Result:
    return {"recording_groups": [group_result(group) for group in report.groups]}


def run_recording_group_info(
    parameters: Mapping[str, Any], *, check_mode: bool, diff: bool, open_session: SessionFactory, warn: Warn
) -> Result:
    """The result of ``axis_recording_group_info`` for validated parameters; it only reads, in check mode and otherwise.

    Raises nothing of the AxisError family.
    """
    report = Report(parameters["host"], diff=diff)
    try:
        parts = parts_from(parameters)
        device = device_from(parameters, with_login=needs_login(parts))
        report.host = device.host
        session = _session(device, open_session, warn)
        try:
            gathered = gather(session, parts, warn)
        finally:
            report.serial = session.serial
    except AxisError as error:
        return {"changed": False, "device": report.device, **report.failure(error)}
    described = gathered.pop("device", {})
    # Without a login there was no realm to read the serial number from.
    report.serial = report.serial or described.get("serial")
    return {"changed": False, "device": {**described, **report.device}, **gathered}


def _session(device: ConnectionSettings, open_session: SessionFactory, warn: Warn) -> Session:
    if device.protocol == "https" and device.tls.verification_disabled:
        warn(_UNVERIFIED)
    return open_session(device)


def invalid_input_result(error: AxisError, host: str | None) -> Result:
    """The result of any module whose input was refused before there was a device to talk to."""
    report = Report(host, diff=False)
    return {**report.result(), **report.failure(error)}


def unexpected_error_result(error: Exception) -> Result:
    """The result of a run that ended in an exception which nobody foresaw; to be called where it is caught.

    Its words may hold a secret.
    """
    what = f"Unexpected {type(error).__name__}: {error}. Please report this defect of camfleet.axis."
    return {"failed": True, "msg": what, "exception": traceback.format_exc()}
