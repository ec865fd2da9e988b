# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check how a device behaves, with reads and, if requested, scratch groups; the result has a profile of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    OPTION_NAMES,
    AxisError,
    DeviceError,
    Message,
    Names,
    Option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import build_connection_settings
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import (
    DeviceCheckOptions,
    build_device_check_options,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.action_experiments import (
    run_action_experiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.group_experiments import (
    run_group_experiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.option_names import name_result_options
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Origin, Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.reading import Reading, read_device
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import (
    Recorder,
    describe_error,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import (
    ALL_REMOVED,
    CheckRun,
    build_summary,
    describe_item,
    explain_open_point,
    find_open_points,
    judge,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.waiting import run_waiting
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import Result, TaskProgress
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    SessionFactory,
    Warn,
    opened_session,
    shows_texts,
)

#: In the result of a check that did not read the device.
_NOTHING: Mapping[str, Any] = {
    "answered": 0,
    "open_points": [],
    "stopped": None,
    "remains": [],
    "leftovers": [],
    "leftovers_unknown": None,
    "unrecognized": [],
    "removed": [],
    "other_changes": [],
    "verdict": "unknown",
    "summary": [],
}
_SOURCE = "Device check"
_REMOVE = "Run the check again, which removes it first, or remove it with the commands in remains."
_DESCRIPTION = ("model", "product_type", "firmware")
_LEFTOVERS_UNKNOWN = "It is not known whether an earlier check left {kinds} on the device. {reason}"
_CHECK_MODE = "Check mode: only requests that read were sent, although {write} is true."


@shows_texts
def run_device_check(
    parameters: Mapping[str, Any],
    *,
    check_mode: bool,
    diff: bool,
    open_session: SessionFactory,
    warn: Warn,
    names: Names = OPTION_NAMES,
    show: Callable[[str], None] = lambda _text: None,
) -> Result:
    """Return the result of ``axis_device_check``, with the profile of the device.

    :param show: shows a sentence about the progress of experiments that take hours.
    """
    progress = TaskProgress(parameters["host"], names=names, warn=warn)
    found: Result = {}
    try:
        options = build_device_check_options(parameters)
        settings = build_connection_settings(parameters)
        with opened_session(settings, open_session, progress, parameters) as session:
            names_of_hosts = parameters["confirm"] or ()
            check = _DeviceCheck(
                session, progress, options, open_session, names=names_of_hosts, check_mode=check_mode, show=show
            )
            try:
                check.run()
            finally:
                session.observe = None
                found = name_result_options(check.build_result(), names)
    except AxisError as error:
        found |= progress.build_failure(error)
    return {"changed": False, "device": progress.device, **_NOTHING, **found}


class _DeviceCheck:
    """One check of a device, with what is known so far."""

    def __init__(
        self,
        session: Session,
        progress: TaskProgress,
        options: DeviceCheckOptions,
        open_session: SessionFactory,
        *,
        names: Sequence[str],
        check_mode: bool,
        show: Callable[[str], None],
    ) -> None:
        self._show = show
        self._session = session
        self._progress = progress
        self._options = options
        self._open_session = open_session
        self._writes = options.write and not check_mode
        self._recorder = Recorder(session, _find_identifiers(session, options, names))
        self._reading = Reading()
        self._is_read = False
        self._area: ScratchArea | None = None
        self._parts: list[str] = ["read"]
        self._stopped: Result | None = None
        self._leftovers_unknown: str | None = None
        if options.write and check_mode:
            progress.warn(Message(_CHECK_MODE, {"write": Option("write")}))

    def run(self) -> None:
        """Read, and experiment; whatever happens, ``build_result`` has what is known.

        :raises AxisError: the device cannot be read, the experiments stopped, or something remains.
        """
        try:
            self._run_parts()
        except AxisError as error:
            self._stopped = self._stopped or self._describe_stop(error)
            raise
        if self._area is not None and self._area.remains:
            raise _remaining(self._area.remains)

    def _run_parts(self) -> None:
        read_device(self._session, self._recorder, self._options, self._open_session, self._reading)
        self._is_read = True
        self._progress.description = {name: getattr(self._reading.device, name) for name in _DESCRIPTION}
        area = self._area = ScratchArea(self._session, own=self._recorder.own)
        api = self._recorder.answers.get("recording_group_api")
        if api is not None and api.answer is False:
            # There is nothing to experiment with.
            return
        if self._writes:
            self._experiment(area)
        else:
            self._find_leftovers(area)

    def _find_leftovers(self, area: ScratchArea) -> None:
        unread = area.read_leftovers()
        if unread:
            reason = describe_error(next(iter(unread.values())))
            kinds = " or ".join(unread).replace(" and ", " or ")
            self._leftovers_unknown = _LEFTOVERS_UNKNOWN.format(kinds=kinds, reason=reason)

    def _experiment(self, area: ScratchArea) -> None:
        """Run all experiments; what remains is in the detail of an error.

        :raises AxisError: they stopped.
        """
        # This device may be that of another host, too.
        self._session.before_write(self._session.serial)
        try:
            with area.opened():
                try:
                    self._run_experiments(area)
                except AxisError as error:
                    # Before the clean-up, whose responses are others.
                    self._stopped = self._describe_stop(error)
                    raise
        except AxisError as error:
            if self._stopped is None and area.has_begun and area.remains:
                # What an earlier check left prevents the experiments.
                raise _remaining(area.remains) from error
            removed = ALL_REMOVED.rstrip(".") if area.has_begun else None
            error.detail = ". ".join(filter(None, (error.detail, _list_remains(area.remains) or removed)))
            raise
        except Exception as error:
            # Otherwise, a defect would hide what remains.
            if area.remains:
                raise _remaining(area.remains) from error
            raise
        finally:
            self._note_writes(area)

    def _note_writes(self, area: ScratchArea) -> None:
        if area.has_begun:
            self._progress.written = True
            self._parts = [*dict.fromkeys(("read", "write", *self._parts))]

    def _run_experiments(self, area: ScratchArea) -> None:
        run_group_experiments(area, self._recorder)
        run_action_experiments(self._session, area, self._recorder)
        if self._options.wait is not None:
            self._parts.append("wait")
            run_waiting(self._session, area, self._recorder, self._options.wait, progress=self._show)

    def _describe_stop(self, error: AxisError) -> Result:
        # The file has it, too.
        reason = self._recorder.show(describe_error(error))
        return {"point": self._recorder.find_point(error), "kind": error.kind, "reason": reason}

    def build_result(self) -> Result:
        """Return what is known; nothing, unless the device was read, or its model is known without a login."""
        if not (self._is_read or self._reading.device.model):
            return {}
        profile, area = self._build_profile(self._reading), self._area
        remains, leftovers, changes, unrecognized = (
            ([], [], [], []) if area is None else (area.remains, area.leftovers, area.changes, area.unrecognized)
        )
        removed: list[dict[str, str | None]] = []
        if "write" in self._parts:
            left = {(item["kind"], item["id"]) for item in remains}
            removed, leftovers = [item for item in leftovers if (item["kind"], item["id"]) not in left], []
        run = CheckRun(self._parts, self._stopped, remains, leftovers, self._leftovers_unknown, unrecognized, removed)
        verdict = judge(profile, run)
        return {
            "answered": sum(answer is not None for answer in profile.answers.values()),
            "open_points": list(_describe_open_points(profile)),
            "stopped": self._stopped,
            "remains": remains,
            "leftovers": leftovers,
            "leftovers_unknown": self._leftovers_unknown,
            "unrecognized": unrecognized,
            "removed": removed,
            "other_changes": changes,
            "verdict": verdict.kind,
            "summary": build_summary(profile, verdict, run),
            "profile": profile.to_dict(),
        }

    def _build_profile(self, reading: Reading) -> Profile:
        origin = Origin("observed", _SOURCE, self._recorder.date, role=reading.role, parts=tuple(self._parts))
        state: Result = {"observations": dict(reading.observations)}
        if reading.disks is not None:
            state["disks"] = list(reading.disks)
        return Profile(reading.device, origin, self._recorder.answers, state)


def _find_identifiers(
    session: Session, options: DeviceCheckOptions, names: Sequence[str]
) -> Iterator[tuple[str, str | None]]:
    """Yield what identifies the site, and its kind.

    :param names: of hosts in the inventory, as far as they are known.
    """
    settings = session.settings
    yield "host", settings.host
    yield "user", settings.username
    yield "password", settings.password
    yield "serial", settings.serial
    yield "host", settings.tls.server_name
    yield "proxy", settings.proxy
    yield from (("name", name) for name in names)
    if options.viewer is not None:
        yield "user", options.viewer[0]
        yield "password", options.viewer[1]


def _describe_open_points(profile: Profile) -> Iterator[Result]:
    for point in find_open_points(profile):
        yield {"point": point.name, "reason": explain_open_point(point, profile)}


def _remaining(remains: Sequence[Mapping[str, Any]]) -> AxisError:
    """Build the error for items that the check could not remove."""
    return DeviceError(
        "not_applied",
        "Something that the device check created remains on the device",
        _REMOVE,
        detail=_list_remains(remains),
    )


def _list_remains(remains: Sequence[Mapping[str, Any]]) -> str:
    # A sentence follows.
    items = (f"{describe_item(item)}, to be removed with: {str(item['remove_with']).rstrip('.')}" for item in remains)
    return f"Remains: {'; '.join(items)}" if remains else ""
