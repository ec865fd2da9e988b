# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules document shared return values from one source, and document what they return."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Change, Refusal, RefusalReason
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    RecordingAction,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import (
    ActionProgress,
    GroupProgress,
    TaskProgress,
)
from tests.return_docs import MODULES, shared_values, updated

SHARED = shared_values()


@pytest.mark.parametrize("module", SHARED)
def test_the_return_documentation_is_up_to_date(module: str) -> None:
    current = (MODULES / f"{module}.py").read_text(encoding="utf-8")
    assert updated(module, SHARED[module]) == current, "Run: make return-docs"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="axis_recording_group: add the key extra to RETURN"):
        updated("axis_recording_group", {"extra": {}})


def test_the_fields_of_a_group_change_are_documented() -> None:
    progress = GroupProgress("camera")
    change = Change("delete", RecordingGroup("a"), None, ())
    progress.changes = progress.failed = progress.skipped = (change,)
    progress.refused = (Refusal(change, "held", "", ""),)
    for module in ("axis_recording_group", "axis_retention_policy"):
        assert_documented(module, progress.build_result(), "changes", "refused")
    assert_documented("axis_retention_policy", progress.build_unapplied_changes(), "failed_changes", "skipped_changes")


def test_the_fields_of_an_action_change_are_documented() -> None:
    progress = ActionProgress("camera")
    progress.change = ActionChange(None, RecordingAction("a"))
    progress.refused = ((progress.change, RefusalReason("held", "", "")),)
    assert_documented("axis_recording_action", progress.build_result(), "changes", "refused")


@pytest.mark.parametrize("module", SHARED)
def test_the_fields_of_an_error_are_documented(module: str) -> None:
    assert_documented(module, TaskProgress("camera").build_failure(DeviceError("unsupported", "", "")), "error")


def assert_documented(module: str, result: dict[str, Any], *keys: str) -> None:
    """Assert that the documentation has exactly the fields of these results."""
    for key in keys:
        value = result[key][0] if isinstance(result[key], list) else result[key]
        assert list(SHARED[module][key]["contains"]) == list(value), f"{module}: {key}, see tests/return_docs.yml"
