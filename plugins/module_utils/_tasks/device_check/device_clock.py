# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait by the clock of a device: what it keeps, and for how long, does not depend on the clock of the controller."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, TimeLimitError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups

_FIRST_PAUSE, _MAX_PAUSE = 1.0, 300.0  # seconds
_MAX_LOST_PAUSE = 60.0
_MIN_PAUSE = 0.05
# Seconds of sleep without a response, and without a second on the clock of the device.
_MAX_LOST, _MAX_STILL = 600.0, 120.0
# The header Date has whole seconds.
_RESOLUTION = 10.0
# A clock that advances much more than expected was set: seconds of sleep after which its speed is known, by how much a
# pause may seem longer, seconds of requests between two checks, and seconds that change no answer.
_KNOWN_AFTER, _MAX_JUMP_FACTOR, _MAX_REQUEST_TIME, _MAX_JUMP = 30.0, 3.0, 60.0, 300.0
#: What a device that restarts may respond.
_PASSING_KINDS = frozenset({"unreachable", "timeout", "device_error", "blocked"})
_Result = TypeVar("_Result")


class UndecidableError(Exception):
    """Points stay open for this reason, which is a sentence. Everything that happened can be explained."""


class DeviceClock:
    """The clock of a device.

    :param sleep: waits for seconds of the controller.
    """

    def __init__(self, session: Session, sleep: Callable[[float], None]) -> None:
        self._session = session
        self._sleep = sleep
        #: seconds of the waits so far: of the controller, and of the device
        self._slept = self._passed = 0.0
        #: seconds of the controller since the clock of the device was last checked, and since it last moved
        self._pending = self._still = 0.0
        self._last: datetime | None = None
        #: until the speed of the clock is known
        self._longest = _FIRST_PAUSE
        #: how often the device did not respond
        self.interruptions = 0

    @property
    def now(self) -> datetime:
        """Return the time of the device at its last response, or of the controller if the device sends no time."""
        return self._session.device_time or self._session.controller_time

    def wait(self, seconds: float) -> None:
        """Wait until so many seconds have passed for the device.

        :raises UndecidableError: its clock does not run, or was set.
        """
        self.wait_until(self.now + timedelta(seconds=seconds))

    def wait_until(self, moment: datetime) -> None:
        """Wait until the clock of the device shows a time.

        :raises UndecidableError: it does not run, or was set.
        """
        self.check()
        while (left := (moment - self.now).total_seconds()) > 0:
            pause = max(min(left / self._rate, self._longest), _MIN_PAUSE)
            self._pause(pause)
            self.patiently(RecordingGroups(self._session).schema_versions)
            self._slept += self._pending
            self._passed += self.check()
            self._longest = min(2 * self._longest, _MAX_PAUSE)

    def patiently(self, read: Callable[[], _Result]) -> _Result:
        """Return what a read returns, although the device may be unreachable for some minutes, as when it restarts."""
        lost, pause = 0.0, _FIRST_PAUSE
        while True:
            try:
                return read()
            except AxisError as error:
                is_passing = error.kind in _PASSING_KINDS and not error.ends_session
                if isinstance(error, TimeLimitError) or not is_passing or lost >= _MAX_LOST:
                    raise
            self.interruptions += 1
            self._pause(pause)
            lost += pause
            pause = min(2 * pause, _MAX_LOST_PAUSE)

    def check(self) -> float:
        """Return the seconds of the device since the last check.

        :raises UndecidableError: its clock does not run, or was set, so that no age is certain.
        """
        now, slept, self._pending = self.now, self._pending, 0.0
        last, self._last = self._last or now, now
        passed = (now - last).total_seconds()
        expected = self._rate * (_MAX_JUMP_FACTOR * slept + _MAX_REQUEST_TIME) + _MAX_JUMP
        if passed < 0 or (self._slept > _KNOWN_AFTER and passed > expected):
            raise UndecidableError("The clock of the device was set during the wait.")
        self._still = 0.0 if passed else self._still + slept
        if self._still > _MAX_STILL:
            raise UndecidableError("The clock of the device does not run.")
        return passed

    @property
    def _rate(self) -> float:
        """Return how many seconds of the device pass in a second; the clock of a simulated device may run faster."""
        return self._passed / self._slept if self._passed > _RESOLUTION else 1.0

    def _pause(self, seconds: float) -> None:
        # The time limit of the task ends a sleep, too.
        self._session.time_limit.run(lambda: self._sleep(seconds))
        self._pending += seconds
