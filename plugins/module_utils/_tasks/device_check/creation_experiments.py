# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The points of a device check that the creation of scratch groups settles."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._models.scratch_ids import MAX_ID
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import PointRecord, Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import (
    FAILED,
    INVALID,
    ScratchArea,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import (
    RECOGNIZED_PURPOSE,
    UNLISTED_ID,
    build_recognized,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup, Outcome

#: The points that this module settles, which fail, too, if the disk is removed meanwhile; `reuse_ids` for groups only.
CREATION_POINTS = ("existing_id", "disk_id_required", "bad_argument", "reuse_ids", "unknown_disk")
DISK_REMOVED = "The disk of the scratch groups was removed, or its status changed, while the device check ran"
_ERRORS = {FAILED: "error_10", INVALID: "error_20"}
_UNKNOWN_DISK = "CAMFLEET_NO_DISK"


def answer_reuse_ids(area: ScratchArea, point: PointRecord) -> None:
    """Answer the point `reuse_ids` from all kinds of IDs that were generated twice."""
    answers = set(area.reused.values())
    if len(answers) == 1:
        point.answer(answers.pop(), note=f"For each {', '.join(sorted(area.reused))}.".replace("_", " "))
    elif answers:
        reused = ", ".join(sorted(kind for kind, is_reused in area.reused.items() if is_reused)).replace("_", " ")
        point.answer(True, note=f"Only for each {reused}.")


class CreationExperiments:
    """The experiments, in their order.

    :param defaults: a group that was created without options.
    """

    def __init__(self, area: ScratchArea, recorder: Recorder, defaults: ListedGroup) -> None:
        self._area = area
        self._defaults = defaults
        self._point = recorder.point
        self._quote = recorder.quote
        self._show_disk = recorder.values.disk_id

    def run(self) -> None:
        """Settle `CREATION_POINTS`.

        :raises AxisError: what ended the experiments.
        """
        self._settle_existing_id()
        self._settle_disk_id_required()
        self._settle_bad_argument()
        self._settle_reuse_ids()
        self._settle_unknown_disk()

    def _settle_existing_id(self) -> None:
        with self._point("existing_id") as point:
            number = self._area.name("twice")
            self._area.create_group("twice", ("nicename", number), ("preduration", "1000"))
            before = self._area.read(number)
            outcome = self._area.create_group(
                "twice", ("nicename", self._area.name("again")), ("preduration", "2000"), explained=tuple(_ERRORS)
            )
            is_changed = self._area.read(number) != before
            if outcome.code is not None and not is_changed:
                point.answer(_ERRORS[outcome.code])
            elif outcome.is_success and outcome.recording_group_id == number and is_changed:
                point.answer("overwrite")
            else:
                point.skip(f"The device creates {_describe(outcome)} for an ID that exists.")
            if outcome.is_success and outcome.recording_group_id != number:
                self._area.delete(outcome.recording_group_id or "")
            self._area.delete(number)

    def _settle_disk_id_required(self) -> None:
        with self._point("disk_id_required") as point:
            if self._area.disks[0].disk.disk_id != self._area.disk_id:
                point.skip("The default disk of the device may not be usable.")
                return
            number = self._area.name("nodisk")
            outcome = self._area.create((("recordinggroupid", number),), tuple(_ERRORS))
            if outcome.code == INVALID:
                point.answer(True)
                return
            if outcome.code == FAILED:
                point.skip("The device fails to create a group without a disk (error 10).")
                return
            if self._area.find(number) is None:
                self._area.note_unlisted(number)
                raise conflict("The device created a scratch group without a disk, and does not list it")
            point.answer(False)
            self._area.delete(number)

    def _settle_bad_argument(self) -> None:
        with self._point("bad_argument") as point:
            found = {
                f"a retention time {text!r}": self._create_with_bad_number(purpose, text)
                for purpose, text in (("letter", "x"), ("negative", "-1"))
            }
            if self._area.can_recognize:
                own = self._area.name(RECOGNIZED_PURPOSE)
                for description, number in (
                    ("an ID with a space", f"{own} 2"),
                    ("an ID of 51 characters", own.ljust(MAX_ID + 1, "x")),
                ):
                    found[description] = self._create_with_bad_id(number)
            answers = set(found.values())
            if len(answers) == 1 and answers <= {"error_20", "ignored"}:
                note = (
                    None
                    if self._area.can_recognize
                    else "Only numbers were sent: the device does not keep what identifies a group without its ID."
                )
                point.answer(answers.pop(), note=note)
            else:
                point.skip("; ".join(f"{name}: {answer}" for name, answer in found.items()) + ".")

    def _create_with_bad_number(self, purpose: str, text: str) -> str:
        outcome = self._area.create_group(purpose, ("retentiontime", text), explained=(INVALID,))
        if not outcome.is_success:
            return "error_20"
        number = self._area.name(purpose)
        stored = self._area.read(number).text("RetentionTime")
        self._area.delete(number)
        return "ignored" if stored == self._defaults.text("RetentionTime") else f"stored as {self._quote(stored)}"

    def _create_with_bad_id(self, number: str) -> str:
        self._area.own(number)
        arguments = (
            ("recordinggroupid", number),
            ("diskid", self._area.disk_id),
            *build_recognized(self._area.name(RECOGNIZED_PURPOSE)),
        )
        outcome = self._area.create(arguments, (INVALID,))
        if not outcome.is_success:
            return "error_20"
        created = outcome.recording_group_id or ""
        self._area.delete(created)
        return f"created as {self._quote(created)}" if number.startswith(created) else "ignored"

    def _settle_reuse_ids(self) -> None:
        with self._point("reuse_ids") as point:
            if not self._area.can_recognize:
                point.skip("The device does not keep what identifies a group without its ID.")
                return
            generated = []
            for _again in range(2):
                marks = build_recognized(self._area.name(RECOGNIZED_PURPOSE))
                arguments = (("diskid", self._area.disk_id), *marks)
                outcome = self._area.create(arguments, (INVALID,))
                if not outcome.is_success:
                    point.skip("The device rejects a group without an ID (error 20).")
                    return
                generated.append(outcome.recording_group_id or "")
                self._area.delete(generated[-1])
            self._area.reused["recording_group"] = generated[0] == generated[1]
            answer_reuse_ids(self._area, point)

    def _settle_unknown_disk(self) -> None:
        with self._point("unknown_disk") as point:
            if not self._area.remove_unlisted():
                if not self._area.is_disk_usable():
                    raise conflict(DISK_REMOVED)
                point.answer("accepted", note="An earlier device check created a group that the device does not list.")
                return
            # A share that is connected later shows its group; a disk that does not exist never does.
            unmounted = [item.disk.disk_id for item in self._area.disks if not item.is_mounted]
            found = {}
            for disk_id in (*unmounted, _UNKNOWN_DISK):
                arguments = (("recordinggroupid", UNLISTED_ID), ("diskid", disk_id))
                outcome = self._area.create(arguments, tuple(_ERRORS))
                is_removed = outcome.code == INVALID or self._area.remove_unlisted()
                if outcome.is_success:
                    note = (
                        None
                        if is_removed
                        else f"The group on {self._show_disk(disk_id)} remains: the device does not list it."
                    )
                    point.answer("accepted", note=note)
                    return
                found[disk_id] = _describe(outcome)
            if len(set(found.values())) == 1:
                point.answer(found[_UNKNOWN_DISK])
            else:
                point.skip(
                    "; ".join(f"{self._show_disk(disk_id)}: {answer}" for disk_id, answer in found.items()) + "."
                )


def _describe(outcome: Outcome) -> str:
    return "a group" if outcome.code is None else _ERRORS[outcome.code]
