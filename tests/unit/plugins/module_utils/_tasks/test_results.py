# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of tasks: order, failures before and after a write, and the names that the user sets."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    DeviceUnreachableError,
    Message,
    Option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, Change, Hold, Refusal
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    RecordingAction,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import (
    ActionProgress,
    GroupProgress,
    TaskProgress,
    build_group_result,
    build_hold_results,
    format_time,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
UNREACHABLE = DeviceUnreachableError("timeout", "No response", "Check it.", maybe_applied=True)
NAMES = {"allow_recording_loss": "retention_policy_allow_recording_loss"}
OPTION = {"option": Option("allow_recording_loss")}


def update(recording_group_id: str, *differences: Difference) -> Change:
    """Return an update of a group that keeps 24 hours before it."""
    before = RecordingGroup(recording_group_id, "Door", retention_time=24)
    return Change("update", before, RecordingGroup(recording_group_id, "Door", retention_time=720), differences)


@pytest.mark.parametrize(
    ("error", "written", "outcome"),
    [
        (UNREACHABLE, False, "unreachable"),
        (UNREACHABLE, True, "failed"),
        (DeviceError("forbidden", "No", "Use another user."), False, "failed"),
    ],
)
def test_only_a_task_that_wrote_nothing_is_unreachable(error: AxisError, written: bool, outcome: str) -> None:
    progress = TaskProgress("192.0.2.1")
    progress.written = written
    failure = progress.build_failure(error)
    assert [name for name in ("unreachable", "failed") if name in failure] == [outcome]
    assert failure["msg"].startswith("192.0.2.1: ")


def test_changes_and_refusals_are_sorted_by_group() -> None:
    progress = GroupProgress("camera")
    progress.changes = progress.failed = progress.skipped = (update("b"), update("a"))
    progress.refused = tuple(Refusal(update(name), "held", "Held", "Ask.") for name in "dc")
    result, unapplied = progress.build_result(), progress.build_unapplied_changes()
    assert [item["recording_group_id"] for item in result["changes"]] == ["a", "b"]
    assert [item["recording_group_id"] for item in result["refused"]] == ["c", "d"]
    assert [item["recording_group_id"] for item in unapplied["skipped_changes"]] == ["a", "b"]


def test_texts_have_the_names_that_the_user_sets() -> None:
    warnings: list[str] = []
    progress = GroupProgress("camera", names=NAMES, warn=warnings.append)
    text = Message("Set {option}: true.", OPTION)
    progress.refused = (Refusal(update("a"), "recording_loss", "Loss", text, ("allow_recording_loss",)),)
    progress.warn(text)
    (refused,) = progress.build_result()["refused"]
    assert warnings == [refused["next_step"]] == ["Set retention_policy_allow_recording_loss: true."]
    # These are for programs.
    assert refused["allowances"] == ["allow_recording_loss"]


def test_a_diff_has_the_fields_of_the_group_and_of_its_recording() -> None:
    change = update("a", Difference("retention_time", 24, 720), Difference("recording", "never", "always"))
    progress = GroupProgress("camera", diff=True)
    progress.changes = (change,)
    (diff,) = progress.build_result()["diff"]
    assert diff["before_header"] == diff["after_header"] == "recording group a"
    common = "recording_group_id: a\nnice_name: Door\nretention_time: "
    assert diff["before"] == f"{common}24 hours (1 day)\nrecording: never\n"
    assert diff["after"] == f"{common}720 hours (30 days)\nrecording: always\n"


def test_a_diff_of_a_deletion_has_no_text_afterwards() -> None:
    progress = GroupProgress("camera", diff=True)
    progress.changes = (Change("delete", RecordingGroup("a"), None, (), loses_recordings=True),)
    (diff,) = progress.build_result()["diff"]
    assert (diff["before"], diff["after"]) == ("recording_group_id: a\n", "")


def test_a_diff_of_a_recording_action_has_its_fields() -> None:
    progress = ActionProgress("camera", diff=True)
    progress.change = ActionChange(None, RecordingAction("a", "Door", enabled=True))
    (diff,) = progress.build_result()["diff"]
    assert diff["before"] == ""
    assert diff["after"].startswith("name: Door\nenabled: True\nconditions: ")


def test_a_group_result_has_every_field() -> None:
    result = build_group_result(RecordingGroup("a", retention_time=0))
    assert (result["recording_group_id"], result["retention_time"], result["post_duration"]) == ("a", 0, None)


def test_a_hold_has_its_state_and_its_groups() -> None:
    holds = tuple(Hold("d*", "Case 1", "legal", NOW + timedelta(seconds=offset)) for offset in (0, -1))
    groups = (RecordingGroup("door"), RecordingGroup("dock"), RecordingGroup("yard"), RecordingGroup("DESK"))
    active, ended = build_hold_results(Allowances(False, holds, NOW), groups)
    assert (active["ended"], ended["ended"]) == (False, True)
    assert active["matches"] == ended["matches"] == ["dock", "door"]
    assert active["differs_in_case"] == ended["differs_in_case"] == ["DESK"]
    assert active["until"] == format_time(NOW) == "2026-03-02T08:00:00Z"
