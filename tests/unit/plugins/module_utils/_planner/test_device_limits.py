# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device did to a value, and what it may have rejected."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Change
from ansible_collections.camfleet.axis.plugins.module_utils._planner.device_limits import (
    explain_rejection,
    explain_result,
)

NOT_UTF_8 = "The device seems not to read UTF-8: use only ASCII characters in nice_name."
CUT = "The device seems to cut nice_name after {} characters: set a shorter text."


@pytest.mark.parametrize(
    ("field", "stored", "requested", "explained"),
    [
        (
            "retention_time",
            1000,
            1440,
            "The device seems to limit retention_time to 1000 hours: set at most this time.",
        ),
        ("retention_time", 1000, 0, "The device seems to limit retention_time to 1000 hours: set at most this time."),
        ("retention_time", 2000, 1440, ""),
        ("retention_time", 0, 1440, ""),
        ("pre_duration", 0, 5000, ""),
        ("nice_name", "Entrance", "Entrance hall", CUT.format(8)),
        ("nice_name", "Entrance  ", "Entrance \t hall", CUT.format(10)),
        ("nice_name", "Tu\u0308", "T\u00fcren", CUT.format(3)),
        ("nice_name", "", "Entrance", ""),
        ("nice_name", "Door", "Entrance", ""),
        ("nice_name", "T\u00c3\u00bcr", "T\u00fcr", NOT_UTF_8),
        ("nice_name", "T\u00c3\u00bc", "T\u00fcren", f"{NOT_UTF_8} {CUT.format(3)}"),
        ("nice_name", "Old", "", "The device seems to ignore an empty nice_name: omit it, or set a text."),
        ("stream_options", "a=1", "a=1&b=2", ""),
        (
            "stream_options",
            "a=1",
            "",
            "The device seems to ignore an empty stream_options: omit it, or set a text.",
        ),
    ],
)
def test_result_is_explained(field: str, stored: str | int, requested: str | int, explained: str) -> None:
    assert explain_result([Difference(field, stored, requested)]) == explained


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_texts_are_explained_without_an_error(stored: str, requested: str) -> None:
    explain_result([Difference("description", stored, requested)])


@given(st.text(min_size=2), st.integers(1, 8))
def test_only_a_shorter_text_is_cut(text: str, limit: int) -> None:
    stored = normalize("NFC", text)[:limit]
    if explain_result([Difference("nice_name", stored, text)]).startswith("The device seems to cut"):
        assert len(stored) < len(text)


def test_rejection_of_a_creation_without_a_disk_lists_the_disks() -> None:
    after = RecordingGroup("door", retention_time=720)
    change = Change("create", None, after, (Difference("retention_time", None, 720),))
    disk = Disk(disk_id="SD_DISK", status="OK", locked=False, readonly=False)
    assert explain_rejection(change, [disk]) == (
        "The device may require a disk: set disk_id to a usable one (Disks of the device: SD_DISK (usable)). "
        "The device may not accept 720 hours (30 days) as retention_time: set a time that it supports."
    )
    assert explain_rejection(change, None).startswith("The device may require a disk: set disk_id to a usable one. ")


def test_rejection_of_an_empty_text_names_the_field() -> None:
    before, after = RecordingGroup("door", description="Old"), RecordingGroup("door", description="")
    change = Change("update", before, after, (Difference("description", "Old", ""),))
    assert explain_rejection(change, None) == (
        "The device may not accept an empty text: omit description, or set a text."
    )


def test_other_rejections_have_no_explanation() -> None:
    before, after = RecordingGroup("door", description="Old"), RecordingGroup("door", description="New")
    assert explain_rejection(Change("update", before, after, (Difference("description", "Old", "New"),)), None) == ""
    assert explain_rejection(Change("delete", before, None, ()), None) == ""
