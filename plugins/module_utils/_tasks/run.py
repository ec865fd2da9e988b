# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turn parameters into a result. This is the only place that turns an exception into a result.

The action plugin and the delegated module both call ``run_*``. Nothing below knows Ansible, nothing above knows VAPIX.
Each ``run_*`` takes validated parameters and raises no AxisError. Its ``names`` are the names that the user sets, by
option.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial, wraps
from typing import Any, ParamSpec

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    OPTION_NAMES,
    AxisError,
    DeviceUnreachableError,
    Message,
    Names,
    Option,
    TimeLimitError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEVICE_SPEC,
    build_connection_settings,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import build_group, check_group_id
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import build_allowances
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import (
    build_policy,
    build_tolerance,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import build_recording
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.disk_findings import (
    find_required_times,
    grade_disks,
    grade_severity,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import match_groups
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import (
    Policy,
    find_expectations,
    grade,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import assess_recording_age
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets, hide
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import sanitize
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.groups import GroupReconciler
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import (
    FATAL_KINDS,
    Gatherer,
    build_assessment_result,
    build_description,
    gather,
    needs_login,
    select_parts,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.recording_actions import (
    RecordingTarget,
    ensure_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import (
    ActionProgress,
    GroupProgress,
    Result,
    TaskProgress,
    build_finding_result,
    build_group_result,
    build_hold_results,
    format_time,
    show_texts,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import unconfirmed
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import find_device_info, read_serial
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml_parser import check_parser

# The same text for every camera, so that Ansible prints it once.
_UNVERIFIED = Message(
    "{validate_certs} is false: the identity of the cameras is not verified, so another host at the address of a "
    "camera may receive its login. Pin the certificates with {tls_fingerprint} instead (playbook "
    "camfleet.axis.pin_certificates).",
    {"validate_certs": Option("validate_certs"), "tls_fingerprint": Option("tls_fingerprint")},
)
#: After these errors, another request would fail or do harm.
_ENDING_KINDS = FATAL_KINDS | {"unconfirmed"}
_P = ParamSpec("_P")
#: Returns the session for a device: a new one, or one kept from an earlier item of a loop.
SessionFactory = Callable[[ConnectionSettings], Session]
#: Shows a warning.
Warn = Callable[[str], None]


def shows_texts(run: Callable[_P, Result]) -> Callable[_P, Result]:
    """Let the result show the texts of the device in their safe form, with U+FFFD for what XML forbids."""

    @wraps(run)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> Result:
        result: Result = show_texts(sanitize(run(*args, **kwargs)))
        return result

    return wrapper


@shows_texts
def run_recording_group(
    parameters: Mapping[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    open_session: SessionFactory,
    warn: Warn,
    names: Names = OPTION_NAMES,
) -> Result:
    """Return the result of ``axis_recording_group``."""
    progress = GroupProgress(parameters["host"], diff=diff, names=names, warn=warn)
    failure: Result = {}
    holds: Result = {}
    try:
        settings = build_connection_settings(parameters)
        desired = build_group(parameters)
        allowances = build_allowances(parameters, datetime.now(timezone.utc))
        try:
            with opened_session(settings, open_session, progress, parameters) as session:
                GroupReconciler(session, lambda _: (desired,), allowances, progress, check_mode=check_mode).run()
        finally:
            if allowances.holds:
                holds["holds"] = build_hold_results(allowances, progress.observed)
    except AxisError as error:
        failure = progress.build_failure(error)
    return {**progress.build_result(), **failure, **holds, "recording_group": progress.build_group()}


@shows_texts
def run_recording_action(
    parameters: Mapping[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    open_session: SessionFactory,
    warn: Warn,
    names: Names = OPTION_NAMES,
) -> Result:
    """Return the result of ``axis_recording_action``."""
    progress = ActionProgress(parameters["host"], diff=diff, names=names, warn=warn)
    failure: Result = {}
    holds: Result = {}
    try:
        settings = build_connection_settings(parameters)
        target = RecordingTarget(
            check_group_id(parameters["recording_group_id"], Option("recording_group_id")), build_recording(parameters)
        )
        # A task that requests this state permits it.
        allowances = replace(build_allowances(parameters, datetime.now(timezone.utc)), recording_stop=True)
        try:
            with opened_session(settings, open_session, progress, parameters) as session:
                ensure_action(session, target, allowances, progress, check_mode=check_mode)
        finally:
            if allowances.holds:
                holds["holds"] = build_hold_results(allowances, progress.groups)
    except AxisError as error:
        failure = progress.build_failure(error)
    return {**progress.build_result(), **failure, **holds}


@shows_texts
def run_retention_policy(
    parameters: Mapping[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    open_session: SessionFactory,
    warn: Warn,
    names: Names = OPTION_NAMES,
) -> Result:
    """Return the result of ``axis_retention_policy``."""
    progress = GroupProgress(parameters["host"], diff=diff, names=names, warn=warn)
    # A device that cannot be read is not compliant.
    compliance: Result = {"compliant": False, "findings": []}
    try:
        settings = build_connection_settings(parameters)
        allowances = build_allowances(parameters, datetime.now(timezone.utc))
        policy, tolerance = build_policy(parameters, allowances), build_tolerance(parameters)
        compliance["policy_digest"] = policy.digest
        if allowances.holds:
            compliance["holds"] = build_hold_results(allowances, None)
        with opened_session(settings, open_session, progress, parameters) as session, ExitStack() as stack:
            if parameters["device_info"]:
                stack.enter_context(_described(session, progress))
            reconciler = GroupReconciler(
                session,
                partial(_read_desired_groups, policy, allowances, progress),
                allowances,
                progress,
                check_mode=check_mode,
                continue_on_refusal=parameters["on_refused"] == "report",
            )
            try:
                reconciler.run()
            finally:
                compliance |= _build_compliance(policy, reconciler, allowances, progress)
            if tolerance is not None:
                actual, findings = _verify_recordings(session, policy, allowances, progress, tolerance)
                compliance |= {"compliant": compliance["compliant"] and not findings, "actual": actual}
                compliance["findings"] = [*compliance["findings"], *findings]
    except AxisError as error:
        compliance |= {**progress.build_unapplied_changes(), **progress.build_failure(error)}
        if parameters["verify_recordings"]:
            # The recordings were not read.
            compliance["compliant"] = False
    managed = {group.recording_group_id for group in progress.groups}
    others = [group for group in progress.observed or () if group.recording_group_id not in managed]
    groups = {
        "recording_groups": list(map(build_group_result, progress.groups)),
        "other_groups": list(map(build_group_result, others)),
    }
    return {**progress.build_result(), **compliance, **groups}


@contextmanager
def _described(session: Session, progress: GroupProgress) -> Iterator[None]:
    """Return a context after which the result has model and firmware of the device, also if the task fails in it.

    A failure to read them does not fail the task.
    """
    try:
        yield
    except AxisError as error:
        # A device that does not respond is not worth another wait, and one that rejects the login no other request.
        if not (isinstance(error, DeviceUnreachableError) or error.ends_session or error.kind in _ENDING_KINDS):
            _describe(session, progress)
        raise
    _describe(session, progress)


def _describe(session: Session, progress: GroupProgress) -> None:
    # An assessment of the recordings has read them.
    if progress.observed is not None and not progress.description:
        progress.description = build_description(find_device_info(session))


def _read_desired_groups(
    policy: Policy, allowances: Allowances, progress: GroupProgress, current: Sequence[RecordingGroup]
) -> Sequence[DesiredGroup]:
    """Return the desired groups of a device; warn of groups that a rule was written for and does not match."""
    for number, group in policy.missed(current):
        template = "{match} is a pattern that does not match recording group {id}, whose texts equal it. {next_step}"
        arguments = {
            "match": Option("existing_groups")[number]["match"],
            "id": group.recording_group_id,
            "next_step": "Set literal: true in the match if it is a text with brackets instead of a pattern.",
        }
        progress.warn(Message(template, arguments))
    return policy.desired_groups(current, allowances)


def _build_compliance(
    policy: Policy, reconciler: GroupReconciler, allowances: Allowances, progress: GroupProgress
) -> Result:
    """Return how the device as last read complies with the policy."""
    observed = progress.observed
    if observed is None:
        return {}
    plan = reconciler.plan_again(policy.desired_groups(observed, allowances))
    # A viewer must be able to audit, but may not read the disks.
    disks = None if observed or not find_expectations(policy, allowances) else reconciler.find_disks()
    findings = grade(policy, plan, observed, allowances, disks, created=_find_created(progress))
    result: Result = {
        "compliant": all(finding.is_compliant for finding in findings),
        "findings": [build_finding_result(finding, progress.names) for finding in findings],
    }
    return {**result, "holds": build_hold_results(allowances, observed)} if allowances.holds else result


def _find_created(progress: GroupProgress) -> set[str | None]:
    """Return the IDs of the groups that this run created; in check mode, they do not exist."""
    observed = progress.observed or ()
    return {item.group.recording_group_id for item in progress.changes if not item.before and item.after in observed}


def _verify_recordings(
    session: Session, policy: Policy, allowances: Allowances, progress: GroupProgress, tolerance: int
) -> tuple[Result, list[Result]]:
    """Return how old the recordings are, and the findings; add model and firmware of the device to the result."""
    gatherer = Gatherer(session, progress)
    progress.description = build_description(gatherer.description)
    disks, health, spans = gatherer.disks, gatherer.health, gatherer.spans
    now = session.device_time or session.controller_time
    groups = progress.observed or ()
    missing = [desired for desired, found in match_groups(groups, policy.groups) if not found]
    assessments = assess_recording_age(
        groups,
        missing,
        disks,
        spans or {},
        now=now,
        tolerance=tolerance,
        controller_time=session.controller_time,
        required=find_required_times(policy, groups, allowances),
    )
    created = _find_created(progress)
    findings = grade_disks(policy, assessments, allowances, readable=spans is not None, created=created)
    actual = {
        "time_source": "device" if session.device_time else "controller",
        "checked_at": format_time(now),
        "tolerance": tolerance,
        "disks": [
            {
                **build_assessment_result(item, health.get(item.disk_id)),
                "severity": grade_severity(policy, item, allowances, created),
            }
            for item in assessments
        ],
        "unavailable": gatherer.unavailable,
    }
    return actual, [build_finding_result(finding, progress.names) for finding in findings]


@shows_texts
def run_recording_group_info(
    parameters: Mapping[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    open_session: SessionFactory,
    warn: Warn,
    names: Names = OPTION_NAMES,
) -> Result:
    """Return the result of ``axis_recording_group_info``, which only reads."""
    progress = TaskProgress(parameters["host"], names=names, warn=warn)
    try:
        parts = select_parts(parameters)
        settings = build_connection_settings(parameters, with_login=needs_login(parts))
        with opened_session(settings, open_session, progress, parameters) as session:
            gathered = gather(session, parts, progress)
    except AxisError as error:
        return {"changed": False, "device": progress.device, **progress.build_failure(error)}
    described = gathered.pop("device", {})
    # Without a login there is no realm that contains the serial number.
    progress.serial = progress.serial or described.get("serial")
    return {"changed": False, "device": {**described, **progress.device}, **gathered}


@contextmanager
def opened_session(
    settings: ConnectionSettings, open_session: SessionFactory, progress: TaskProgress, parameters: Mapping[str, Any]
) -> Iterator[Session]:
    """Return a context with the session for a device, in which no text of the device shows the login."""
    progress.host = settings.host
    if settings.protocol == "https" and settings.tls.verification_disabled:
        progress.warn(_UNVERIFIED)
    check_parser()
    session = open_session(settings)
    session.read_serial = partial(read_serial, session)
    secrets = Secrets()
    secrets.add(parameters, DEVICE_SPEC)
    try:
        with hide(secrets):
            yield session
    finally:
        progress.serial = session.serial


def invalid_input_result(error: AxisError, host: str | None, names: Names = OPTION_NAMES) -> Result:
    """Return the result of any module whose input is invalid, before a device is known."""
    progress = GroupProgress(host, names=names)
    return {**progress.build_result(), **progress.build_failure(error)}


def interrupted_result(error: TimeLimitError, host: str, names: Names, machine: str) -> Result:
    """Return the result of a module on another machine that did not end within the time limit of the task."""
    failure: AxisError = error
    if error.maybe_applied:
        template = (
            "The time limit of the task ended the wait for the module on {machine}. It may have sent a write, and may "
            "still run"
        )
        failure = unconfirmed(template, machine=machine)
    return invalid_input_result(failure, host, names)


def unexpected_error_result(error: BaseException, secrets: Secrets | None = None) -> Result:
    """Return the result of a run that ended in a defect; to be called in the ``except`` block.

    :param secrets: what its text may contain.
    """
    secrets = secrets or Secrets()
    message = (
        f"camfleet.axis failed with an unexpected {type(error).__name__}: {secrets.clean(str(error))}. This is a bug "
        "in the collection. Report it with the traceback, which -vvv shows."
    )
    return {"failed": True, "msg": message, "exception": secrets.clean_lines(traceback.format_exc())}
