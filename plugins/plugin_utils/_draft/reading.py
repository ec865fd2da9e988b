# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what each device of a play has, many at the same time. Sends no write."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Names
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEVICE_SPEC,
    build_connection_settings,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import Gatherer
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import TaskProgress
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import opened_session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.modules import axis_recording_group_info
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_task import HostTask
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import SharedOptions

#: In the result of a host that was read, its observation; and the parts that could not be read, with their reasons.
OBSERVATION, UNAVAILABLE = "observation", "unavailable"
_SITE, _SERIAL = "axis_site", "axis_serial"


def build_shared_options() -> SharedOptions:
    """Return what the readings of all hosts share."""
    return SharedOptions(axis_recording_group_info.ARGUMENT_SPEC, DEVICE_SPEC)


class HostReading(HostTask):
    """The task that reads one host.

    :param fleet: the action that reads all hosts.
    :param task_vars: the variables of a task on the host, with their templates unresolved.
    :param defaults: the options that module_defaults set, with their templates unresolved.
    :param shared: the options of the hosts that were prepared before.
    :param recording: whether to read recording actions.
    """

    module: ClassVar[ModuleType] = axis_recording_group_info
    may_write: ClassVar[bool] = False

    def __init__(
        self,
        fleet: Any,
        task_vars: dict[str, Any],
        defaults: Mapping[str, Any],
        shared: SharedOptions,
        *,
        recording: bool,
    ) -> None:
        self._recording = recording
        self._host = str(task_vars["inventory_hostname"])
        self._observation: Observation | None = None
        self._site: str | None = None
        self._listed_serial: str | None = None
        super().__init__(fleet, task_vars, defaults, shared)

    def _find_written(self, task_vars: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
        self._site, self._listed_serial = (self._read_text(name, task_vars) for name in (_SITE, _SERIAL))
        return {name: value for name, value in defaults.items() if name in DEVICE_SPEC}

    def _read_text(self, name: str, task_vars: Mapping[str, Any]) -> str | None:
        value = self._read(name, task_vars)
        return None if value is None or value == "" else str(value)

    def run_check(self) -> dict[str, Any]:
        """Return the result of the task, with the observation if the device was read. Any thread may call this."""
        result = super().run_check()
        return result if self._observation is None else {**result, OBSERVATION: self._observation}

    def _run_here(
        self, parameters: dict[str, Any], names: Names, warnings: list[str], **_options: Any
    ) -> dict[str, Any]:
        progress = TaskProgress(parameters["host"], names=names, warn=warnings.append)
        try:
            settings = build_connection_settings(parameters)
            with opened_session(settings, self._open_session, progress, parameters) as session:
                gatherer = Gatherer(session, progress)
                observation = self._observe(session, gatherer)
        except AxisError as error:
            return {"changed": False, "device": progress.device, **progress.build_failure(error)}
        self._observation = observation
        device = {
            **progress.device,
            "serial": observation.serial,
            "model": observation.model,
            "firmware": observation.firmware,
        }
        return {"changed": False, "device": device, UNAVAILABLE: gatherer.unavailable}

    def _observe(self, session: Session, gatherer: Gatherer) -> Observation:
        # First what an audit reads.
        groups = RecordingGroups(session).list()
        info = gatherer.description
        return Observation(
            host=self._host,
            site=self._site,
            model=info.model if info else None,
            firmware=info.firmware if info else None,
            serial=normalize_serial(session.serial or (info.serial if info else None)),
            groups=groups,
            recording=gatherer.actions if self._recording else None,
            disks=gatherer.disks,
            listed_serial=self._listed_serial,
        )
