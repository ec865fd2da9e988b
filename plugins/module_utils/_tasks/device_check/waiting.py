# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Experiments that take time: what a device does with recordings of scratch groups while and after they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    UNLIMITED_AGES,
    DiskDetails,
    ListedRecording,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.device_clock import (
    DeviceClock,
    UndecidableError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import NO_LIMIT
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import IN_USE, ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_actions import (
    check_in_use,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_recordings import (
    RecordingStage,
    ScratchRecordings,
    find_listed,
)

_RUNNING, _SPLIT = "running_recording_blocks_delete", "recording_split"
_RETENTION, _DISK_AGE = "retention_applies", "disk_age_combines"
POINTS = (_RUNNING, _SPLIT, _RETENTION, _DISK_AGE)

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_POLL_INTERVAL = 10 * _MINUTE
_LENGTH = 3 * _MINUTE  # of a recording that is kept
# For the experiment with a running recording; a device with a fast clock needs the second one.
_POST_DURATIONS = (_MINUTE, 10 * _MINUTE)
# Clean-up by age runs every hour (AXIS OS knowledge base).
_CLEAN_UP = 70 * _MINUTE
# What all experiments before the watch take.
_PREPARATION = 15 * _MINUTE
_SHORT = 5 * _MINUTE  # by which an age may be too short, since times are rounded and clocks are corrected
# AXIS OS 13 splits after at most 24 hours, and after one hour by default.
_MAX_SPLIT, _USUAL_SPLIT = _DAY + 5 * _MINUTE, 65 * _MINUTE
# Hours. A run that is killed leaves a rule that records, which must not fill the disk.
_MAX_RETENTION_TIME, _LONGER = 24, 4
_ROUND_MINUTES, _TOLERANCE = 5, 5.0  # minutes, seconds
_NEEDS = {
    _RUNNING: 5 * _MINUTE,
    _SPLIT: 10 * _MINUTE,
    _RETENTION: _HOUR + _PREPARATION,
}
_NO_ACTIONS = "The device does not accept an action that records to a group."


def run_waiting(
    session: Session,
    area: ScratchArea,
    recorder: Recorder,
    seconds: float,
    *,
    sleep: Callable[[float], None] | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> None:
    """Settle the points that take time, for at most so many seconds of the device, and remove what that takes.

    :param sleep: waits for seconds; ``time.sleep`` by default.
    :param progress: receives what happens, in sentences.
    :raises AxisError: the device does something that cannot be explained.
    """
    clock = DeviceClock(session, sleep or time.sleep)
    stage = RecordingStage(session, area, clock, recorder.values.disk_id)
    waiting = _Waiting(stage, area, recorder, clock, timedelta(seconds=seconds), progress=progress)
    group_check = recorder.answers.get("action_checks_group")
    try:
        if not area.has_actions or (group_check is not None and group_check.answer is None):
            raise UndecidableError(_NO_ACTIONS)
        waiting.run()
    except UndecidableError as error:
        waiting.skip_open(str(error))
    if stage.groups:
        progress("The device check deletes its recordings and scratch groups.")
    stage.close()


@dataclass(slots=True)
class _Ended:
    """Recordings that have ended, and when the last of them did."""

    scratch: ScratchRecordings
    end: datetime


class _Waiting:
    """The experiments on one device."""

    def __init__(
        self,
        stage: RecordingStage,
        area: ScratchArea,
        recorder: Recorder,
        clock: DeviceClock,
        duration: timedelta,
        *,
        progress: Callable[[str], None],
    ) -> None:
        self._stage = stage
        self._area = area
        self._recorder = recorder
        self._clock = clock
        self._duration = duration
        self._progress = progress
        self._end = clock.now + duration
        self._open = list(POINTS)
        self._shown: tuple[object, ...] = ()
        #: when the recordings were last read
        self._previous = clock.now

    def run(self) -> None:
        """Make all experiments for which there is time.

        :raises UndecidableError: the points that are open stay open.
        """
        for name, needed in _NEEDS.items():
            if self._duration < needed:
                self._skip(name, _needs(needed))
        if self._duration < min(_NEEDS.values()):
            raise UndecidableError(_needs(_DAY))
        disk = self._stage.choose_disk()
        self._skip_disk_age(disk)
        if _RETENTION in self._open and self._bounded_retention_time < 1:
            self._skip(_RETENTION, "The device accepts no retention time.")
        self._progress(
            f"The device check records to scratch groups on {disk.disk.disk_id} until {self._end:%Y-%m-%d %H:%M} UTC "
            "by the clock of the device, or until everything is known."
        )
        self._settle_running()
        self._watch(disk)

    # Points.

    def skip_open(self, reason: str) -> None:
        """Leave all points open that are not settled."""
        for name in list(self._open):
            self._skip(name, reason)

    def _skip(self, name: str, reason: str) -> None:
        self._open.remove(name)
        # An error may have left it open already.
        if name not in self._recorder.answers:
            with self._recorder.point(name) as point:
                point.skip(reason)

    def _answer(self, name: str, answer: object, note: str) -> None:
        self._open.remove(name)
        with self._recorder.point(name) as point:
            # The evidence.
            self._stage.read()
            point.answer(answer, note=note)

    def _skip_disk_age(self, disk: DiskDetails) -> None:
        days, disk_id = disk.cleanup_max_age, self._recorder.values.disk_id(disk.disk.disk_id)
        if disk.cleanup_policy != "fifo" or days is None or days in UNLIMITED_AGES:
            self._skip(_DISK_AGE, f"{disk_id} has no age limit.")
        elif self._duration < days * _DAY + _CLEAN_UP + _PREPARATION:
            needed = _needs(days * _DAY + _CLEAN_UP + _PREPARATION)
            self._skip(_DISK_AGE, f"The age limit of {disk_id} is {days} days. {needed}")

    @property
    def _bounded_retention_time(self) -> int:
        """Return hours that the device accepts, or 0, without a limit, if it accepts only that."""
        limit = self._recorder.answers.get("retention_limit")
        hours = None if limit is None else limit.answer
        return min(hours, _MAX_RETENTION_TIME) if isinstance(hours, int) else _MAX_RETENTION_TIME

    @property
    def _longer_retention_time(self) -> int:
        """Return hours that are far more than one, or 0, without a limit, where nothing else helps."""
        bounded = self._bounded_retention_time
        return 0 if _DISK_AGE in self._open or bounded < _LONGER else bounded

    # A running recording without an action.

    def _settle_running(self) -> None:
        if _RUNNING not in self._open:
            return
        with self._recorder.point(_RUNNING) as point:
            for number, post_duration in enumerate(_POST_DURATIONS, 1):
                if self._clock.now + 2 * post_duration > self._end:
                    point.skip(_needs(_PREPARATION + 2 * post_duration))
                    break
                blocks = self._try_running(f"running-{number}", post_duration)
                if blocks is not None:
                    point.answer(blocks)
                    break
            else:
                point.skip("The device ends a recording with its action, although its group has a post-duration.")
        self._open.remove(_RUNNING)

    def _try_running(self, purpose: str, post_duration: timedelta) -> bool | None:
        """Return whether a running recording without an action blocks the deletion, or None if it did not run."""
        stage, area = self._stage, self._area
        retention_time = self._bounded_retention_time
        scratch = stage.start(purpose, retention_time=retention_time, post_duration=post_duration.total_seconds())
        self._clock.wait(_MINUTE.total_seconds())
        check_in_use(area, scratch.group_id, "an enabled rule records to it")
        before = self._clock.now
        stage.remove_rule(scratch)
        check_in_use(area, scratch.group_id, "an action is configured to it")
        stage.remove_actions(scratch)
        stage.follow(scratch)
        if not scratch.is_running:
            stage.delete(scratch)
            return None
        if area.delete(scratch.group_id, (IN_USE,)).is_success:
            is_known = self._clock.now < before + post_duration
            stage.check_deleted(scratch)
            return False if is_known else None
        stage.wait_for_end(scratch)
        stage.delete(scratch)
        return True

    # What the device deletes, and when it continues a recording as another one.

    def _watch(self, disk: DiskDetails) -> None:
        is_needed = _RETENTION in self._open or _DISK_AGE in self._open
        # A device that makes room deletes this one first, because it is older.
        longer = self._record("longer", self._longer_retention_time) if is_needed else None
        hour = self._record("hour", 1) if _RETENTION in self._open else None
        long = None
        if _SPLIT in self._open:
            long = self._stage.start("long", retention_time=self._bounded_retention_time)
        while self._open:
            self._show_open()
            self._stage.check_space()
            listed = self._stage.read()
            # No age is certain after the clock was set.
            self._clock.check()
            self._check_ages(disk, hour, longer, listed)
            if long is not None and _SPLIT in self._open:
                self._check_split(long, listed)
            if not self._open or self._clock.now >= self._end:
                break
            self._previous = self._clock.now
            elapsed = self._previous - (self._end - self._duration)
            interval = min(max(_POLL_INTERVAL, elapsed / 10), _HOUR)
            self._clock.wait_until(min(self._previous + interval, self._end))
        self._conclude(hour, long, disk)

    def _show_open(self) -> None:
        """Say what is open, if that has changed or an hour has passed."""
        hours = (self._clock.now - self._end + self._duration) // _HOUR
        if (shown := (hours, *self._open)) != self._shown:
            self._shown = shown
            questions = " ".join(BY_NAME[name].question for name in self._open)
            self._progress(f"Still open at {self._clock.now:%H:%M} UTC by the clock of the device: {questions}")

    def _record(self, purpose: str, retention_time: int) -> _Ended:
        """Return a recording of some minutes."""
        scratch = self._stage.start(purpose, retention_time=retention_time)
        self._clock.wait(_LENGTH.total_seconds())
        self._stage.stop(scratch)
        return _Ended(scratch, scratch.last.stop or self._clock.now)

    def _check_ages(
        self, disk: DiskDetails, hour: _Ended | None, longer: _Ended | None, listed: Sequence[ListedRecording]
    ) -> None:
        if longer is None:
            return
        is_kept = find_listed(longer.scratch, listed) == longer.scratch.recordings.keys()
        if hour is not None and _RETENTION in self._open:
            self._check_retention(hour, is_listed=bool(find_listed(hour.scratch, listed)), is_kept=is_kept)
        if _DISK_AGE in self._open:
            self._check_disk_age(longer, (disk.cleanup_max_age or 0) * _DAY, is_kept=is_kept)

    def _check_retention(self, hour: _Ended, *, is_listed: bool, is_kept: bool) -> None:
        age = self._clock.now - hour.end
        if is_listed and age >= _HOUR + _CLEAN_UP:
            self._answer(_RETENTION, False, f"The recording is listed {_minutes(age)} minutes after its end.")
        elif is_listed:
            return
        elif not is_kept:
            self._skip(_RETENTION, "The device also deleted a recording of a group with a longer retention time.")
        elif age < _HOUR - _SHORT:
            self._skip(
                _RETENTION, f"The device deleted the recording {_minutes(age)} minutes after its end, before one hour."
            )
        else:
            self._answer(_RETENTION, True, self._describe_deletion(hour))

    def _check_disk_age(self, longer: _Ended, limit: timedelta, *, is_kept: bool) -> None:
        age = self._clock.now - longer.end
        if is_kept and age >= limit + _CLEAN_UP:
            self._answer(_DISK_AGE, False, f"The recording is listed {_minutes(age)} minutes after its end.")
        elif not is_kept and age < limit - _SHORT:
            self._skip(
                _DISK_AGE,
                f"The device deleted the recording {_minutes(age)} minutes after its end, before the age limit.",
            )
        elif not is_kept:
            self._answer(_DISK_AGE, True, self._describe_deletion(longer))

    def _describe_deletion(self, ended: _Ended) -> str:
        first, last = _minutes(self._previous - ended.end), _minutes(self._clock.now - ended.end)
        return f"The device deleted the recording between {first} and {last} minutes after its end."

    def _check_split(self, long: ScratchRecordings, listed: Sequence[ListedRecording]) -> None:
        try:
            self._stage.follow(long, listed)
            if not long.is_running:
                raise UndecidableError("The device ended a recording although its rule is enabled.")
        except UndecidableError as error:
            self._skip(_SPLIT, str(error))
        else:
            lengths = long.lengths
            if len(lengths) > 1 or (lengths and _is_round(lengths[0])):
                self._answer_split(lengths)
            elif not lengths and self._age(long) >= _MAX_SPLIT:
                self._answer_no_split(long)
        if _SPLIT not in self._open:
            self._stage.remove_actions(long)

    def _age(self, long: ScratchRecordings) -> timedelta:
        start = long.last.start
        return timedelta(0) if start is None else self._clock.now - start

    def _answer_split(self, lengths: list[timedelta]) -> None:
        seconds = ", ".join(str(round(length.total_seconds())) for length in lengths[:10])
        minutes = max(_minutes(lengths[-1]), 1)
        self._answer(_SPLIT, minutes, f"Seconds from each recording to the one that continues it: {seconds}.")

    def _answer_no_split(self, long: ScratchRecordings) -> None:
        self._answer(_SPLIT, NO_LIMIT, f"One recording ran for {_minutes(self._age(long))} minutes.")

    def _conclude(self, hour: _Ended | None, long: ScratchRecordings | None, disk: DiskDetails) -> None:
        """Settle what is known at the end of the wait, and say what takes longer."""
        if _SPLIT in self._open and long is not None:
            if long.lengths:
                self._answer_split(long.lengths)
            elif self._age(long) >= _USUAL_SPLIT:
                self._answer_no_split(long)
            else:
                self._skip(
                    _SPLIT, f"No split in {_minutes(self._age(long))} minutes. {_needs(_USUAL_SPLIT + _PREPARATION)}"
                )
        if _RETENTION in self._open and hour is not None:
            age = _minutes(self._clock.now - hour.end)
            needed = _needs(_HOUR + _CLEAN_UP + _PREPARATION)
            self._skip(_RETENTION, f"The recording was still listed {age} minutes after its end. {needed}")
        self.skip_open(_needs((disk.cleanup_max_age or 0) * _DAY + _CLEAN_UP + _PREPARATION))


def _is_round(length: timedelta) -> bool:
    """Return whether a length is a number of minutes that a device would be configured with."""
    interval = _ROUND_MINUTES * 60
    rest = length.total_seconds() % interval
    return length.total_seconds() > interval / 2 and min(rest, interval - rest) <= _TOLERANCE


def _minutes(duration: timedelta) -> int:
    return round(duration / _MINUTE)


def _needs(duration: timedelta) -> str:
    text = f"{ceil(duration / _HOUR)}h" if duration > 2 * _HOUR else f"{ceil(duration / _MINUTE)}m"
    return f"This needs a wait of at least {text}."
