# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recordings of scratch groups, made one group after the other on a disk to which nothing else records.

A list of recordings does not say to which group a recording belongs. A recording is own if it is the only one that
began on the disk after the rule of a scratch group, or if it continues one that is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, ActionRule
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import DiskDetails, ListedRecording
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.device_clock import (
    DeviceClock,
    UndecidableError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import (
    GROUP_LIMIT,
    ScratchArea,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_actions import (
    add_configuration,
    add_rule,
    remove_configuration,
    remove_rule,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recordings import (
    list_newest_recordings,
    list_recordings,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import list_disk_details

_POLL = 5.0  # seconds
_MAX_START, _MAX_END, _MAX_DELETION = 120.0, 120.0, 600.0  # seconds
# Between the end of a recording and the start of the one that continues it.
_MAX_CONTINUATION_GAP = timedelta(seconds=2)
# Before the disk deletes recordings to make room: kB, and a part of its size.
_MIN_FREE, _MIN_FREE_PART = 4_000_000, 0.1


@dataclass(slots=True)
class ScratchRecordings:
    """The recordings of one scratch group, oldest first; ``rule_id`` and ``configuration_id`` are None once removed."""

    group_id: str
    configuration_id: str | None = None
    rule_id: str | None = None
    #: seconds for which the device continues to record without the rule
    post_duration: float = 0
    #: once the rule is removed, the time from which on a recording may end for good
    earliest_end: datetime | None = None
    #: whether a recording of something else may be among them
    is_ambiguous: bool = False
    recordings: dict[str, ListedRecording] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Return whether the last recording runs."""
        return bool(self.recordings) and self.last.is_running

    @property
    def last(self) -> ListedRecording:
        """Return the last recording."""
        return list(self.recordings.values())[-1]

    def is_continued_by(self, item: ListedRecording) -> bool:
        """Return whether another recording begins where the last one ends, although its rule did not end it."""
        stop = self.last.stop
        if stop is None or item.start is None:
            return False
        is_ended = self.earliest_end is not None and stop >= self.earliest_end - _MAX_CONTINUATION_GAP
        return not is_ended and abs(item.start - stop) <= _MAX_CONTINUATION_GAP

    @property
    def lengths(self) -> list[timedelta]:
        """Return the length of each recording that another one continues."""
        return [item.stop - item.start for item in [*self.recordings.values()][:-1] if item.start and item.stop]


class RecordingStage:
    """A disk with the recordings of scratch groups.

    :param show_disk: returns the ID of a disk as sentences show it.
    """

    def __init__(
        self, session: Session, area: ScratchArea, clock: DeviceClock, show_disk: Callable[[str], str] = str
    ) -> None:
        self._show_disk = show_disk
        self._session = session
        self._area = area
        self._clock = clock
        self.disk_id = ""
        self._since = clock.now
        self._foreign: set[str] = set()
        #: whose groups exist
        self.groups: list[ScratchRecordings] = []

    @property
    def _disk(self) -> str:
        return self._show_disk(self.disk_id)

    def choose_disk(self) -> DiskDetails:
        """Choose a disk with free space to which nothing records.

        :raises UndecidableError: there is none.
        """
        reason = "The device has no disk to which it can record."
        for disk in self._area.disks:
            if disk.disk.unusable_reason is not None:
                continue
            self.disk_id = disk.disk.disk_id
            if not has_space(disk):
                reason = f"{self._disk} has so little free space that more recordings could delete older ones."
                continue
            if self._is_recorded_to():
                reason = f"Other recordings run on {self._disk}, so it is unknown which ones belong to the check."
                continue
            self._since = self._clock.now - timedelta(minutes=1)
            self._foreign = {item.recording_id for item in self.read()}
            return disk
        raise UndecidableError(reason)

    def _is_recorded_to(self) -> bool:
        """Return whether a recording runs on the disk, also if the device lists only those that begin after a time."""
        listed = self._clock.patiently(lambda: list_recordings(self._session, self.disk_id, self._clock.now))
        newest = self._clock.patiently(lambda: list_newest_recordings(self._session, self.disk_id))
        return any(item.is_running for item in (*listed, *newest))

    def read(self) -> tuple[ListedRecording, ...]:
        """Return the recordings of the disk since the start, in the order of their start."""
        listed = self._clock.patiently(lambda: list_recordings(self._session, self.disk_id, self._since))
        return tuple(sorted(listed, key=lambda item: (item.start or self._since, item.recording_id)))

    def check_space(self) -> None:
        """Check that the disk still has free space.

        :raises UndecidableError: it has not, or it was removed.
        """
        disks = self._clock.patiently(lambda: list_disk_details(self._session))
        disk = next((item for item in disks if item.disk.disk_id == self.disk_id), None)
        if disk is None or disk.disk.unusable_reason is not None:
            raise UndecidableError(f"{self._disk} can no longer be used.")
        if not has_space(disk):
            raise UndecidableError(f"{self._disk} has too little free space to continue.")

    def _is_mounted(self) -> bool:
        disks = self._clock.patiently(lambda: list_disk_details(self._session))
        return any(item.disk.disk_id == self.disk_id and item.is_mounted for item in disks)

    def start(self, purpose: str, *, retention_time: int = 0, post_duration: float = 0) -> ScratchRecordings:
        """Create a group with an enabled rule, and wait until the device records to it.

        :param retention_time: hours.
        :param post_duration: seconds.
        :raises UndecidableError: it does not, or something else records to the disk.
        """
        group_id = self._area.name(purpose)
        arguments = (
            ("recordinggroupid", group_id),
            ("diskid", self.disk_id),
            ("retentiontime", str(retention_time)),
            ("preduration", "0"),
            ("postduration", str(round(post_duration * 1000))),
        )
        if not self._area.create(arguments, (GROUP_LIMIT,)).is_success:
            raise UndecidableError("The device does not accept more recording groups.")
        scratch = ScratchRecordings(group_id, post_duration=post_duration)
        self.groups.append(scratch)
        scratch.configuration_id = add_configuration(self._area, purpose, group_id)
        before = self._clock.now
        rule = ActionRule("", "", True, ALWAYS, None, scratch.configuration_id)
        scratch.rule_id = add_rule(self._area, purpose, rule)
        self._wait_for(lambda: self._has_begun(scratch, before), _MAX_START, "The device did not start to record.")
        return scratch

    def _has_begun(self, scratch: ScratchRecordings, after: datetime) -> bool:
        new = self._find_new(self.read())
        if not new:
            return False
        if len(new) > 1 or new[0].start is None or new[0].start < after - _MAX_CONTINUATION_GAP:
            raise self._other_recordings(scratch)
        scratch.recordings[new[0].recording_id] = new[0]
        return True

    def _find_new(self, listed: Iterable[ListedRecording]) -> list[ListedRecording]:
        known = self._foreign.union(*(scratch.recordings for scratch in self.groups))
        return [item for item in listed if item.recording_id not in known]

    def follow(self, scratch: ScratchRecordings, recordings: Iterable[ListedRecording] | None = None) -> None:
        """Read the recordings of the group that is recorded to, with those that continue others.

        :param recordings: of the disk, if they have just been read.
        :raises UndecidableError: another recording began on the disk, or one of the group is not listed any more.
        """
        listed = {item.recording_id: item for item in (self.read() if recordings is None else recordings)}
        if not scratch.recordings.keys() <= listed.keys():
            raise UndecidableError("The device no longer lists a recording of a scratch group.")
        for recording_id in scratch.recordings:
            scratch.recordings[recording_id] = listed[recording_id]
        new = self._find_new(listed.values())
        while new:
            found = [item for item in new if scratch.is_continued_by(item)]
            if len(found) != 1:
                raise self._other_recordings(scratch)
            new.remove(found[0])
            scratch.recordings[found[0].recording_id] = found[0]

    def _other_recordings(self, scratch: ScratchRecordings) -> UndecidableError:
        scratch.is_ambiguous = True
        return UndecidableError(
            f"Other recordings began on {self._disk}, or the device restarted, so it is unknown which ones "
            "belong to the check."
        )

    def stop(self, scratch: ScratchRecordings) -> None:
        """Remove the rule and the configuration of a group, and wait until its recording has ended."""
        self.remove_actions(scratch)
        self.wait_for_end(scratch)

    def remove_rule(self, scratch: ScratchRecordings) -> None:
        """Remove the rule of a group, unless it is removed already."""
        if scratch.rule_id is not None:
            before = self._clock.now
            remove_rule(self._area, scratch.rule_id)
            scratch.rule_id = None
            scratch.earliest_end = before + timedelta(seconds=scratch.post_duration)

    def remove_actions(self, scratch: ScratchRecordings) -> None:
        """Remove the rule and the configuration of a group, unless they are removed already."""
        self.remove_rule(scratch)
        if scratch.configuration_id is not None:
            remove_configuration(self._area, scratch.configuration_id)
            scratch.configuration_id = None

    def wait_for_end(self, scratch: ScratchRecordings) -> None:
        """Wait until the recordings of a group that has no rule any more have ended."""

        def has_ended() -> bool:
            self.follow(scratch)
            return not scratch.is_running

        if scratch.is_running:
            seconds = scratch.post_duration + _MAX_END
            self._wait_for(has_ended, seconds, "The device continues to record without a rule.")

    def delete(self, scratch: ScratchRecordings) -> None:
        """Delete a group without a rule, and check that its recordings are gone.

        :raises UnconfirmedWriteError: they are not.
        """
        self._area.delete(scratch.group_id)
        self.check_deleted(scratch)

    def check_deleted(self, scratch: ScratchRecordings) -> None:
        """Check that the recordings of a deleted group are gone, at the latest after some minutes.

        :raises UnconfirmedWriteError: they are not.
        """
        self.groups.remove(scratch)
        self._foreign |= scratch.recordings.keys()
        try:
            self._wait_for(lambda: not find_listed(scratch, self.read()), _MAX_DELETION, "")
        except UndecidableError:
            if find_listed(scratch, self.read()) and not scratch.is_ambiguous:
                # Their IDs contain the serial number.
                raise conflict(f"The device still lists recordings of {scratch.group_id}, which it deleted") from None

    def close(self) -> None:
        """Stop and delete the groups that are left, whatever else records to the disk.

        :raises UnconfirmedWriteError: the disk with the groups was removed.
        """
        if self.groups and not self._is_mounted():
            groups = ", ".join(scratch.group_id for scratch in self.groups)
            raise conflict(f"{self._disk} was removed with the scratch groups {groups}")
        for scratch in list(self.groups):
            self.remove_actions(scratch)
            # The device says whether this matters.
            with suppress(UndecidableError):
                self._wait_for(
                    partial(self._has_ended, scratch.recordings.keys()), scratch.post_duration + _MAX_END, ""
                )
            self.delete(scratch)

    def _has_ended(self, recording_ids: Collection[str]) -> bool:
        return not any(item.is_running and item.recording_id in recording_ids for item in self.read())

    def _wait_for(self, is_true: Callable[[], bool], seconds: float, reason: str) -> None:
        end = self._clock.now + timedelta(seconds=seconds)
        while not is_true():
            if self._clock.now >= end:
                raise UndecidableError(reason)
            self._clock.wait(_POLL)


def find_listed(scratch: ScratchRecordings, recordings: Iterable[ListedRecording]) -> set[str]:
    """Return the IDs of the recordings of a group that are listed."""
    return scratch.recordings.keys() & {item.recording_id for item in recordings}


def has_space(disk: DiskDetails) -> bool:
    """Return whether a disk has so much free space that recordings of some hours do not delete older ones."""
    if disk.full or disk.free_size is None or disk.total_size is None:
        return False
    return disk.free_size >= max(_MIN_FREE, _MIN_FREE_PART * disk.total_size)
