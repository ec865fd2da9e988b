# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a recording group: valid and invalid values, and their messages."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import build_group
from tests.parameters import DEFAULTS


@pytest.mark.parametrize("name", ["a", "A-z_0", "x" * 50])
def test_valid_ids(name: str) -> None:
    assert build_group({**DEFAULTS, "recording_group_id": name}).recording_group_id == name


@pytest.mark.parametrize(
    "options",
    [
        *({"recording_group_id": name} for name in ("", "x" * 51, "a/b", "ü", "a b", "a\n")),
        {},
        {"nice_name": ""},
        {"nice_name": " \n"},
        {"nice_name": "a\x00"},
        {"nice_name": "\ud800"},
        {"nice_name": "a", "description": "\ufffe"},
        {"nice_name": "a", "disk_id": []},
        {"nice_name": "a", "disk_id": [""]},
        {"nice_name": "a", "disk_id": ["SD_DISK", " \n"]},
        {"nice_name": "a", "pre_duration": -1},
        {"nice_name": "a", "post_duration": 2**31},
        {"nice_name": "a", "stream_options": {"": "x"}},
        {"nice_name": "a", "stream_options": "fps=5\n"},
        {"nice_name": "a", "stream_options": {"a": "\ud800"}},
        {"nice_name": "a", "stream_options": {"a": "\x00"}},
        {"nice_name": "a", "stream_options": {"\ud800": "a"}},
    ],
)
def test_invalid_group_options(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_group({**DEFAULTS, **options})
    assert caught.value.kind == "invalid_option"


@pytest.mark.parametrize(
    ("options", "recording_group_id"),
    [
        ({"nice_name": " Entrance\n"}, "Entrance-de7b4d0c"),
        ({"nice_name": "Entrance", "id_source": "device"}, None),
        ({"nice_name": "Entrance", "recording_group_id": "a", "id_source": "device"}, "a"),
        ({"nice_name": "Entrance", "recording_group_id": "a"}, "a"),
    ],
)
def test_a_name_gives_an_id_unless_one_is_set(options: dict[str, Any], recording_group_id: str | None) -> None:
    group = build_group({**DEFAULTS, **options})
    assert (group.recording_group_id, group.nice_name) == (recording_group_id, "Entrance")
    assert group.has_derived_id is (recording_group_id == "Entrance-de7b4d0c")
    assert group.is_named is (recording_group_id != "a")


def test_line_breaks_of_blocks_are_removed_from_values() -> None:
    options = {"stream_options": {"text": "a\nb\n", "camera": "1\n"}, "disk_id": ["SD_DISK\n", " NetworkShare"]}
    group = build_group({**DEFAULTS, "nice_name": "a", **options})
    assert group.stream_options == "text=a%0Ab&camera=1"
    assert group.disk_ids == ("SD_DISK", "NetworkShare")


def test_texts_are_normalized() -> None:
    group = build_group({**DEFAULTS, "nice_name": "Tu\u0308r\n", "description": "Front\n  door  here\t"})
    assert (group.nice_name, group.description) == ("T\u00fcr", "Front door  here")


def test_stream_options_can_be_a_dictionary() -> None:
    options = {"resolution": "1920x1080", "camera": 1}
    desired = build_group({**DEFAULTS, "nice_name": "a", "stream_options": options})
    assert desired.stream_options == "resolution=1920x1080&camera=1"


@pytest.mark.parametrize(
    ("options", "message", "next_step"),
    [
        (
            {},
            "Neither entries[2].recording_group_id nor entries[2].nice_name is set",
            "Set one of them to identify the recording group.",
        ),
        (
            {"recording_group_id": "a/b"},
            "entries[2].recording_group_id is 'a/b', which is not a valid ID",
            "Set entries[2].recording_group_id to 1 to 50 of the characters A-Z, a-z, 0-9, _ and -.",
        ),
        (
            {"nice_name": "a", "disk_id": [""]},
            "entries[2].disk_id is empty",
            "Set entries[2].disk_id to a disk such as SD_DISK, or remove it.",
        ),
        (
            {"nice_name": "a", "pre_duration": -1},
            "entries[2].pre_duration is -1, which is out of range",
            "Set entries[2].pre_duration to a whole number from 0 to 2147483647.",
        ),
    ],
)
def test_messages_name_the_entry(options: dict[str, Any], message: str, next_step: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_group({**DEFAULTS, **options}, Option("groups")[2].__getitem__)
    assert caught.value.render({"groups": "entries"}) == (message, next_step)
