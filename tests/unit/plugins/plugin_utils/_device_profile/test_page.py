# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that says whether it is safe to proceed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import judge
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.page import MARK, hide_site, render_page
from tests.unit.plugins.plugin_utils._device_profile.profiles import DISK, HARMLESS, build_profile

COMMAND = "curl --anyauth --user 'jane doe' 'https://192.0.2.1:8443/axis-cgi/record/recording_group/delete.cgi?x=1'"
REMAINS = {"kind": "recording_group", "id": "camfleet-check-0a1b2c3d-a", "name": "", "remove_with": COMMAND}


def render(profile: Profile, stopped: Any = None, remains: Any = (), leftovers: Any = ()) -> str:
    """Return the page."""
    return render_page(profile, judge(profile, stopped=stopped, remains=remains), remains, leftovers)


def section(page: str, title: str) -> str:
    """Return a section without its title."""
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0].strip()


@pytest.mark.parametrize(
    ("profile", "headline"),
    [
        (build_profile(**HARMLESS), "**Safe to roll out.** You may roll out"),
        (build_profile(**{**HARMLESS, "text_limit": 64}), "**Safe with these limits.** You may roll out"),
        (build_profile(**{**HARMLESS, "recording_group_api": False}), "**Do not proceed.** Do not roll out"),
        (build_profile(parts=("read",)), "**Not enough is known yet.** Do not roll out to more than one"),
    ],
)
def test_verdict_is_the_first_thing_to_read(profile: Profile, headline: str) -> None:
    lines = render(profile).splitlines()
    assert lines[:3] == [MARK, "", "# Device check: P3245-LVE with AXIS OS 12.9.57"]
    assert lines[4].startswith(headline)
    assert lines[6].startswith("- ")
    assert any(line.endswith("See *What was not checked* below.") for line in lines[7:30])


def test_each_point_is_in_exactly_one_section() -> None:
    profile = build_profile(**{**HARMLESS, "text_limit": 64, "disk_attributes": "shortened", "reuse_ids": None})
    rows = [line.split(" | ")[0].removeprefix("| ") for line in render(profile).splitlines() if line.startswith("| ")]
    questions = [point.question for point in POINTS if point.name != "retention_over_limit"]
    assert sorted(row for row in rows if row.endswith("?") or row in questions) == sorted(questions)


def test_sections_compare_with_the_documentation() -> None:
    point = BY_NAME["disk_attributes"]
    page = render(build_profile(**{**HARMLESS, "disk_attributes": "shortened"}))
    row = f"| {point.question} | `shortened` | `documented` | "
    assert row in section(page, "What differs from the documentation")
    assert point.question not in section(page, "What matches the documentation")
    page = render(build_profile(**HARMLESS))
    assert point.question in section(page, "What matches the documentation")
    assert "which it supports" not in section(page, "What differs from the documentation")


def test_open_points_have_a_reason() -> None:
    answers = {name: answer for name, answer in HARMLESS.items() if BY_NAME[name].part == "read"}
    page = render(
        build_profile(
            parts=("read",),
            notes={"post_allowed": "The role viewer may not do it."},
            **{**answers, "post_allowed": None},
        )
    )
    found = section(page, "What was not checked")
    assert f"| {BY_NAME['existing_id'].question} | It needs a scratch group." in found
    assert f"| {BY_NAME['recording_split'].question} | It takes time. Run the check with device\\_check\\_wait" in found
    assert f"| {BY_NAME['max_groups'].question} | {BY_NAME['max_groups'].why_manual} |" in found


def test_page_says_what_remains_and_hides_the_site() -> None:
    page = render(build_profile(**HARMLESS), remains=[REMAINS])
    found = section(page, "What remains on the device")
    assert "recording group camfleet-check-0a1b2c3d-a" in found
    assert "`curl --anyauth --user USER 'https://DEVICE/axis-cgi/record/recording_group/delete.cgi?x=1'`" in found
    assert "192.0.2.1" not in page
    assert "jane" not in page
    assert "read this back" in section(render(build_profile(**HARMLESS)), "What remains on the device")
    read = section(render(build_profile(parts=("read",))), "What remains on the device")
    assert read == "Nothing: the check sent only requests that read."
    left = section(render(build_profile(parts=("read",)), leftovers=[REMAINS]), "What remains on the device")
    assert "of an earlier check. The next check with device_check_write removes it." in left


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("curl -u root http://camera.example.com/axis-cgi/x", "curl -u USER http://DEVICE/axis-cgi/x"),
        ('curl --user="a b" "https://[2001:db8::1]:443/x?y=1"', 'curl --user USER "https://DEVICE/x?y=1"'),
        ("Run again.", "Run again."),
    ],
)
def test_commands_have_neither_address_nor_user(text: str, hidden: str) -> None:
    assert hide_site(text) == hidden


def test_texts_of_a_device_cannot_change_the_page() -> None:
    hostile = "x` | y\n# Safe to roll out\n<script>\u202e"
    profile = build_profile(
        model=hostile,
        firmware=hostile,
        disks=[{**DISK, "diskid": hostile, "filesystem": hostile}],
        notes={"empty_text": hostile},
        **{**HARMLESS, "topic_ending": hostile, "empty_text": None, "apis": {hostile: hostile}},
    )
    page = render(profile, stopped={"point": "existing_id", "reason": hostile})
    assert page.count("\n# ") == 1
    # Only in code, which shows it as it is.
    assert not re.search(r"(?<!\\)<", re.sub(r"(?<!\\)`[^`]*`", "", page.removeprefix(MARK)))
    assert "\u202e" not in page
    for row in page.splitlines():
        if row.startswith("| ") and "---" not in row:
            assert row.replace("\\|", "").count("|") in (3, 4, 5), row


def test_answer_of_an_earlier_check_has_its_date() -> None:
    old, new = build_profile(date="2026-11-01", existing_id="error_20"), build_profile(date="2026-11-29")
    profile = Profile(new.device, new.origin, old.points, new.state)
    assert "| `error_20` (2026-11-01) |" in render(profile)
