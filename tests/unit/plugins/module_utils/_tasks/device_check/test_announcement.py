# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check announces."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.announcement import announce


def text(options: DeviceCheckOptions, *, check_mode: bool = False) -> str:
    """Return the announcement."""
    return "\n".join(announce(["gate"], options, "/srv/profiles", check_mode=check_mode))


def test_reads_change_nothing() -> None:
    found = text(DeviceCheckOptions())
    assert found.startswith("The device check sends to gate:\n  Reads: at most ")
    assert "Experiments" not in found
    assert "there are no experiments" in found
    assert "/srv/profiles" in found


def test_experiments_say_what_is_created_and_may_remain() -> None:
    found = text(DeviceCheckOptions(write=True))
    for words in ("camfleet-check-", "Never changed", "Ctrl-C", "at most 260 requests", "disabled action rules"):
        assert words in found
    assert "take time" not in found


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1800, "at most 30 minutes and"),
        (3600, "at most 1 hour and"),
        (5400, "at most 90 minutes and"),
        (172800, "2 days"),
    ],
)
def test_wait_says_how_long(seconds: int, words: str) -> None:
    found = text(DeviceCheckOptions(write=True, wait=seconds))
    assert words in found
    assert "the recordings are deleted with the group" in found
    assert "If the wait is interrupted, the device records" in found


def test_check_mode_only_reads() -> None:
    found = text(DeviceCheckOptions(write=True, wait=3600), check_mode=True)
    assert "Check mode: no experiments" in found
    assert "no file" in found
    assert "camfleet-check-" not in found


def test_hosts_with_equal_options_share_the_announcement() -> None:
    lines = announce(["gate", "yard"], DeviceCheckOptions(), "/srv/profiles", check_mode=False)
    assert lines[0] == "The device check sends to gate, yard, one after the other, to each of them:"
