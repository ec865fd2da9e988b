# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files are written completely or not at all, and errors name the option."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    decode_text,
    replace_file,
    writable_directory,
    write_files,
)


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(str(path), "one\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    replace_file(str(path), "two\n")
    assert path.read_text(encoding="utf-8") == "two\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Set the umask."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode_of(path: Path) -> int:
    """Return the mode of a file or directory."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.fault("report file readable for others")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o027, 0o077], indirect=True)
def test_reports_are_never_wider_than_the_umask_and_0640(tmp_path: Path, umask: int) -> None:
    directory = Path(writable_directory(str(tmp_path / "a" / "b"), Option("directory")))
    assert {mode_of(directory), mode_of(directory.parent)} == {0o750 & ~umask}
    for old, expected in ((0o666, 0o640), (0o604, 0o600), (0o600, 0o600), (0o4755, 0o640)):
        (directory / f"{old}.csv").touch()
        (directory / f"{old}.csv").chmod(old)
        write_files(str(directory), {f"{old}.csv": "old", "new.json": "new"})
        assert mode_of(directory / f"{old}.csv") == expected & ~umask
        assert mode_of(directory / "new.json") == 0o640 & ~umask
    replace_file(str(directory / "pins.yml"), "pins")
    assert mode_of(directory / "pins.yml") == 0o644 & ~umask


@pytest.mark.parametrize("umask", [0o022, 0o027], indirect=True)
def test_metrics_are_readable_for_their_collector(tmp_path: Path, umask: int) -> None:
    """It is another user. The umask, and the mode of the directory, can still exclude it."""
    for _run in range(2):
        write_files(str(tmp_path), {"retention_policy.prom": "# EOF\n"})
        assert mode_of(tmp_path / "retention_policy.prom") == 0o644 & ~umask


def test_file_is_private_until_its_mode_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    chmod = os.fchmod

    def record(descriptor: int, mode: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        chmod(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", record)
    write_files(str(tmp_path), {"a.json": "one"})
    assert modes == [0o600]


def test_text_that_cannot_be_encoded_is_written_with_substitutes(tmp_path: Path) -> None:
    write_files(str(tmp_path), {"a.json": "model \ud800 \udc80"})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "model ? ?"


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(str(path), "one\n")
    with pytest.raises(UnicodeEncodeError):
        replace_file(str(path), "two \ud800")
    assert path.read_text(encoding="utf-8") == "one\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_is_created(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    assert writable_directory(str(path), Option("report_dir")) == str(path)
    assert list(path.iterdir()) == []


@pytest.mark.parametrize("path", ["reports", "", "./x"])
def test_a_relative_path_is_rejected(path: str) -> None:
    with pytest.raises(InvalidOptionError, match=r"report_dir is .*, which is not an absolute path"):
        writable_directory(path, Option("report_dir"))


def test_a_directory_that_cannot_be_written_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InvalidOptionError, match=r"report_dir is .*file/x, which cannot be written: "):
        writable_directory(str(tmp_path / "file" / "x"), Option("report_dir"))
    with pytest.raises(InvalidOptionError, match="cannot be written"):
        writable_directory("/proc/none", Option("report_dir"))


def test_text_that_is_not_utf_8_is_rejected_with_its_place() -> None:
    assert decode_text("a.txt", "é\n".encode()) == "é\n"
    with pytest.raises(InvalidOptionError, match=r"a.txt is not UTF-8 text: line 2, column 4\. Save the file as UTF-8"):
        decode_text("a.txt", b"one\ncaf\xe9")


def test_files_are_written_by_name(tmp_path: Path) -> None:
    paths = write_files(str(tmp_path), {"a.txt": "one", "b.txt": "two"})
    assert [Path(path).read_text(encoding="utf-8") for path in paths] == ["one", "two"]
    with pytest.raises(InvalidOptionError, match=r"a.txt cannot be written: .* set directory to another directory"):
        write_files(str(tmp_path / "none"), {"a.txt": "one"})
