# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the files of profiles, and what becomes of files that exist."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import DeviceModel, Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import parse_profile
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.files import (
    ProfileDirectory,
    SavedProfile,
    build_stem,
    check_directory,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.page import MARK
from tests.unit.plugins.plugin_utils._device_profile.profiles import build_profile

STEM = "P3245-LVE-12.9.57"


class Run:
    """One run of ansible-playbook."""

    def __init__(self, directory: Path) -> None:
        self._number = len(list(directory.parent.glob("run*")))
        self._directory = ProfileDirectory(str(directory), str(directory.parent / f"run{self._number}.json"))

    def save(self, profile: Profile, host: str = "gate") -> SavedProfile:
        """Write the profile of a host."""
        return self._directory.save(profile, host, lambda merged: f"{MARK}\n{merged.answers['existing_id']}\n")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return an empty directory."""
    path = tmp_path / "profiles"
    path.mkdir()
    return path


def names(directory: Path) -> list[str]:
    """Return the names of all files, hidden ones included."""
    return sorted(path.name for path in directory.iterdir())


def answers(path: str | Path) -> dict[str, object]:
    """Return the answers in a file."""
    return {name: answer for name, answer in parse_profile(Path(path).read_bytes(), "x").answers.items() if answer}


@pytest.mark.parametrize(
    ("model", "firmware", "stem"),
    [
        ("P3245-LVE", "12.9.57", STEM),
        ("M3215 / Mk II", "12.9.57", "M3215_Mk_II-12.9.57"),
        ("../../etc/passwd", "/", "etc_passwd-unknown"),
        (".hidden", "1.0", "hidden-1.0"),
        ("Kämera\n\x1b[31m", "12.9", "K_mera_31m-12.9"),
        ("x" * 500, "1" * 500, f"{'x' * 60}-{'1' * 60}"),
        (None, None, "unknown-unknown"),
        ("", "..", "unknown-unknown"),
    ],
)
def test_name_is_safe(model: str | None, firmware: str | None, stem: str) -> None:
    assert build_stem(DeviceModel(model=model, firmware=firmware)) == stem


def test_profile_and_page_are_written_for_owner_and_group(directory: Path) -> None:
    saved = Run(directory).save(build_profile(existing_id="error_20"))
    assert names(directory) == [f"{STEM}.json", f"{STEM}.md"]
    assert (saved.path_json, saved.path_page) == (f"{directory}/{STEM}.json", f"{directory}/{STEM}.md")
    assert {path.stat().st_mode & 0o137 for path in directory.iterdir()} == {0}
    assert Path(saved.path_page).read_text("utf-8") == f"{MARK}\nerror_20\n"
    check_directory(str(directory), Option("dest"))


def test_earlier_answers_are_kept_with_their_date(directory: Path) -> None:
    Run(directory).save(build_profile(date="2026-11-01", existing_id="error_20", empty_text="clears"))
    saved = Run(directory).save(build_profile(date="2026-11-29", parts=("read",), post_allowed=True, existing_id=None))
    assert answers(saved.path_json) == {"existing_id": "error_20", "empty_text": "clears", "post_allowed": True}
    assert (saved.profile.find("existing_id").date, saved.profile.find("post_allowed").date) == (
        "2026-11-01",
        "2026-11-29",
    )
    assert saved.profile.origin.parts == ("read", "write")
    assert names(directory) == [f"{STEM}.json", f"{STEM}.md"]


def test_later_answer_replaces_an_earlier_one_and_says_so(directory: Path) -> None:
    Run(directory).save(build_profile(date="2026-11-01", existing_id="error_20"))
    saved = Run(directory).save(build_profile(existing_id="overwrite"))
    found = saved.profile.find("existing_id")
    assert found.answer == "overwrite"
    assert "error_20" in str(found.note)


@pytest.mark.fault("two devices of one model and firmware that differ")
def test_two_hosts_of_one_run_that_differ_have_two_files(directory: Path) -> None:
    run = Run(directory)
    run.save(build_profile(existing_id="error_20"), "gate")
    assert run.save(build_profile(existing_id="overwrite"), "yard").path_json.endswith(f"{STEM}-2.json")
    assert run.save(build_profile(existing_id="error_10"), "roof").path_json.endswith(f"{STEM}-3.json")
    # One with equal answers shares the file.
    assert run.save(build_profile(existing_id="overwrite", reuse_ids=True), "door").path_json.endswith("-2.json")
    # A task may run twice on a host.
    assert run.save(build_profile(existing_id="error_10"), "gate").path_json.endswith(f"{STEM}.json")
    assert len(names(directory)) == 6


def test_file_of_another_device_is_not_replaced(directory: Path) -> None:
    first = Run(directory).save(build_profile(model="M30/65", existing_id="error_20"))
    second = Run(directory).save(build_profile(model="M30:65", existing_id="error_10"))
    assert (Path(first.path_json).name, Path(second.path_json).name) == ("M30_65-12.9.57.json", "M30_65-12.9.57-2.json")
    assert answers(first.path_json) == {"existing_id": "error_20"}


def test_unknown_devices_are_not_merged(directory: Path) -> None:
    for number in ("", "-2", "-3"):
        saved = Run(directory).save(build_profile(model=None, firmware=None, existing_id="error_20"))
        assert Path(saved.path_json).name == f"unknown-unknown{number}.json"


@pytest.mark.fault("file with the name of a profile that is not one")
@pytest.mark.parametrize("name", [f"{STEM}.json", f"{STEM}-2.json", "unknown-unknown.json", f"{STEM}.md"])
@pytest.mark.parametrize("content", [b"", b"{}", b"notes\n", b"\xff\xfe", b'{"document": "retention_report"}'])
def test_other_file_is_reported_and_kept(directory: Path, name: str, content: bytes) -> None:
    path = directory / name
    path.write_bytes(content)
    with pytest.raises(InvalidOptionError) as caught:
        check_directory(str(directory), Option("dest"))
    message = ". ".join(caught.value.render({"dest": "device_check_dir"}))
    assert str(path) in message
    assert "set device_check_dir to another directory" in message
    # Also if it appears after the check.
    saved = Run(directory).save(build_profile(existing_id="error_20"))
    assert path.read_bytes() == content
    assert os.path.exists(saved.path_json)


@pytest.mark.parametrize("kind", ["directory", "pipe", "loop"])
def test_other_kinds_of_files_are_reported_without_reading_it(directory: Path, kind: str) -> None:
    path = directory / f"{STEM}.json"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)
    with pytest.raises(InvalidOptionError, match="cannot be read: it is not a regular file"):
        check_directory(str(directory), Option("dest"))
    assert Run(directory).save(build_profile(existing_id="error_20")).path_json.endswith("-2.json")


def test_files_with_other_names_do_not_matter(directory: Path) -> None:
    for name in ("retention-report.json", "notes.md", "README.md", f"{STEM}.txt", f"{STEM}.json.bak"):
        (directory / name).write_text("other", encoding="utf-8")
    check_directory(str(directory), Option("dest"))


def test_missing_directory_is_created_unless_in_check_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    check_directory(str(path), Option("dest"), may_create=False)
    assert not path.parent.exists()
    check_directory(str(path), Option("dest"))
    assert path.is_dir()


@pytest.mark.parametrize("path", ["profiles", "./profiles", ""])
def test_relative_directory_is_rejected(path: str) -> None:
    with pytest.raises(InvalidOptionError, match="which is not an absolute path"):
        check_directory(path, Option("dest"))


def test_failure_to_write_is_an_error_of_the_option(directory: Path) -> None:
    directory.rmdir()
    with pytest.raises(InvalidOptionError, match="The profile cannot be written to"):
        Run(directory).save(build_profile())


def test_half_characters_of_a_device_can_be_written(directory: Path) -> None:
    saved = Run(directory).save(build_profile(notes={"empty_text": "half \ud800 character"}))
    assert json.loads(Path(saved.path_json).read_text("utf-8"))["points"]["empty_text"]["note"] == "half ? character"
