# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that says whether it is safe to proceed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import GROUP_TEMPLATE
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import CheckRun, judge
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.page import MARK, hide_site, render_page
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import escape_markdown
from tests.unit.plugins.plugin_utils._device_profile.profiles import DISK, HARMLESS, build_profile

COMMAND = "curl --anyauth --user 'jane doe' 'https://192.0.2.1:8443/axis-cgi/record/recording_group/delete.cgi?schemaversion=1'"
REMAINS = {"kind": "recording_group", "id": "camfleet-check-0a1b2c3d-a", "name": "", "remove_with": COMMAND}


def render(profile: Profile, stopped: Any = None, parts: Any = None, **events: Any) -> str:
    """Return the page of a run with these events, which had all parts of the profile unless others are given."""
    run = CheckRun(profile.origin.parts if parts is None else parts, stopped, **events)
    return render_page(profile, judge(profile, run), run)


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
    page = render(profile)
    questions = [point.question for point in POINTS if point.name != "retention_over_limit"]
    for question in questions:
        rows = [
            line for line in page.splitlines() if line.startswith((f"| {question}", f"- {escape_markdown(question)}"))
        ]
        assert len(rows) == 1, question


def test_what_an_operator_decides_about_comes_first() -> None:
    titles = re.findall(r"^## (.*)$", render(build_profile(**HARMLESS)), re.MULTILINE)
    assert titles == [
        "What remains on the device",
        "What the collection does not support, or limits",
        "What differs from the documentation",
        "What was not checked",
        "What was checked",
        "What matches the documentation",
        "What the documentation leaves open, and the collection supports",
        "Contribute this profile",
    ]


def test_sections_compare_with_the_documentation() -> None:
    point = BY_NAME["disk_attributes"]
    page = render(build_profile(**{**HARMLESS, "disk_attributes": "shortened"}))
    row = f"| {point.question} | encryptionenabled | diskencryptionenabled | "
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
    blocks = re.findall(r"^([^-\n].*)\n\n((?:- .*\n?)+)", found, re.MULTILINE)
    listed = {question: reason for reason, questions in blocks for question in questions.splitlines()}
    assert listed["- Does the recording group API accept POST?"] == "The role viewer may not do it."
    for name, start in (
        ("existing_id", "It needs a scratch group."),
        ("recording_split", "It takes time. Run the check with `device_check_wait`"),
        ("max_groups", BY_NAME["max_groups"].why_manual),
    ):
        assert listed[f"- {escape_markdown(BY_NAME[name].question)}"].startswith(start)


def test_page_says_what_remains_and_hides_the_site() -> None:
    page = render(build_profile(**HARMLESS), remains=[REMAINS])
    found = section(page, "What remains on the device")
    assert "recording group camfleet-check-0a1b2c3d-a" in found
    assert (
        "`curl --anyauth --user USER 'https://DEVICE/axis-cgi/record/recording_group/delete.cgi?schemaversion=1'`"
        in found
    )
    assert "192.0.2.1" not in page
    assert "jane" not in page
    assert "was read back" in section(render(build_profile(**HARMLESS)), "What remains on the device")
    read = section(render(build_profile(parts=("read",))), "What remains on the device")
    assert read == "Nothing: the check sent only requests that read."
    left = section(render(build_profile(parts=("read",)), leftovers=[REMAINS]), "What remains on the device")
    assert "of an earlier check. The next check with device\\_check\\_write: true removes it." in left


def test_page_of_a_read_does_not_speak_for_an_earlier_check() -> None:
    page = render(build_profile(**HARMLESS), parts=["read"])
    assert section(page, "What remains on the device") == "Nothing: the check sent only requests that read."
    assert "as operator: reads. Earlier checks: experiments with scratch groups." in section(page, "What was checked")


def test_page_says_if_leftovers_are_unknown() -> None:
    page = render(build_profile(**HARMLESS), parts=["read"], leftovers_unknown="It is not known.")
    assert section(page, "What remains on the device") == "- It is not known."


def test_page_separates_this_device_from_its_model() -> None:
    page = render(build_profile(disks=[{**DISK, "status": "disconnected"}], **HARMLESS))
    device, _unused, model = page.partition("What is known about this model and firmware: **Safe to roll out.**")
    assert "This device has no disk that is mounted and writable" in device
    assert "You may roll out to devices of this model and firmware" in model


def test_page_says_what_of_an_earlier_check_was_removed() -> None:
    removed = [REMAINS, {**REMAINS, "id": "x"}, {**REMAINS, "kind": "action_rule", "id": "7"}]
    found = section(render(build_profile(**HARMLESS), removed=removed), "What remains on the device")
    assert "- Removed what an earlier check left: 2 recording groups, 1 action rule." in found


def test_page_does_not_name_what_others_created() -> None:
    item = {"kind": "recording_group", "id": "camfleet-check-zebra", "name": "Zebra"}
    page = render(build_profile(**HARMLESS), unrecognized=[item])
    assert "A recording group that is not of a device check." in section(page, "What remains on the device")
    assert "zebra" not in page.lower()


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
    page = render(profile, stopped={"point": "existing_id", "kind": "device_error", "reason": hostile})
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
    assert "| error 20 (2026-11-01) |" in render(profile)


def facts(observations: dict[str, Any], **disk: Any) -> list[str]:
    """Return the lines about what was checked."""
    profile = build_profile(disks=[{**DISK, **disk}], **HARMLESS)
    profile = Profile(profile.device, profile.origin, profile.points, {**profile.state, "observations": observations})
    return section(render(profile), "What was checked").splitlines()


def test_facts_are_sentences_for_a_reader() -> None:
    certificate = {"self_signed": True, "key": "EC P-256", "signature": "ECDSA with SHA-256", "expires_in_days": 300}
    lines = facts(
        {
            "clock_difference_seconds": -1,
            "certificate": certificate,
            "recording_groups": 1,
            "recordings": 60,
            "recording_attributes": ["diskid"],
        }
    )
    assert "- Disk `SD_DISK`: mounted (status OK), file system ext4, 116 GB, age limit 7 days" in lines
    assert "- Certificate: self-signed, key EC P-256, signature ECDSA with SHA-256, expires in 300 days" in lines
    assert "- The clock is right (1 second behind)" in lines
    assert "- On the device: 1 recording group, 60 recordings" in lines
    assert not any("attributes" in fact for fact in lines)
    expired = facts({"certificate": {**certificate, "self_signed": False, "expires_in_days": -1}})
    assert any("signed by an authority" in fact and fact.endswith("expired 1 day ago") for fact in expired)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "The clock is right"),
        (10, "The clock is right (10 seconds ahead)"),
        (-11, "The clock is 11 seconds behind. Correct it"),
        (3700, "The clock is 1 hour ahead. Correct it"),
        (-200000, "The clock is 2 days behind. Correct it"),
    ],
)
def test_clock_is_described(seconds: int, text: str) -> None:
    assert any(line.startswith(f"- {text}") for line in facts({"clock_difference_seconds": seconds}))


@pytest.mark.parametrize(
    ("disk", "text"),
    [
        ({"status": "disconnected", "totalsize": 0}, "not mounted (status disconnected), age limit 7 days"),
        (
            {"locked": True, "cleanupmaxage": 7000},
            "mounted (status OK), locked, file system ext4, 116 GB, no age limit",
        ),
        ({"cleanuppolicy": "none"}, "mounted (status OK), file system ext4, 116 GB, cleanup policy none"),
    ],
)
def test_disk_is_described(disk: dict[str, Any], text: str) -> None:
    assert f"- Disk `SD_DISK`: {text}" in facts({}, **disk)


def test_cells_have_names_instead_of_long_contents() -> None:
    templates = {GROUP_TEMPLATE: "recording_group_id, " * 20}
    page = render(build_profile(**{**HARMLESS, "recording_templates": templates}))
    row = next(line for line in page.splitlines() if line.startswith("| Which action templates"))
    assert "recording_group_id" not in row
    assert "without com.axis.action.fixed.recording.storage" in row
    assert "with other contents of" in row
