# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A draft is written completely into a new directory, or not at all."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import (
    Conflict,
    check_directory,
    find_conflicts,
    find_name_problems,
    write_directory,
)

DIR = Option("draft_policy_dir")
TEXTS = {"group_vars/axis/retention_policy.yml": "one\n", "host_vars/gate/retention_policy.yml": "two\n", "a.md": "é\n"}


def list_all(directory: Path) -> list[str]:
    """Return all paths below a directory, hidden ones included."""
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


@pytest.mark.parametrize("is_empty_directory", [False, True])
def test_all_files_are_written(tmp_path: Path, is_empty_directory: bool) -> None:
    path = tmp_path / "draft"
    if is_empty_directory:
        path.mkdir()
    checked = check_directory(f"{path}/", DIR, may_write=True)
    assert checked == str(path)
    assert list_all(tmp_path) == (["draft"] if is_empty_directory else [])
    paths = write_directory(checked, TEXTS, DIR)
    assert {os.path.relpath(name, path): Path(name).read_text(encoding="utf-8") for name in paths} == TEXTS
    # No temporary directory remains.
    assert os.listdir(tmp_path) == ["draft"]
    assert sorted(os.listdir(path)) == ["a.md", "group_vars", "host_vars"]
    assert (path / "group_vars").stat().st_mode & 0o777 == 0o750
    if not is_empty_directory:
        assert path.stat().st_mode & 0o777 == 0o750
    assert (path / "a.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("mode", [0o700, 0o2770])
def test_an_empty_directory_keeps_what_it_is(tmp_path: Path, mode: int) -> None:
    """Its permissions, its owner, and a shell that works in it."""
    path = tmp_path / "draft"
    path.mkdir()
    path.chmod(mode)
    before = path.stat()
    write_directory(check_directory(str(path), DIR, may_write=True), TEXTS, DIR)
    after = path.stat()
    assert (after.st_mode, after.st_ino, after.st_gid) == (before.st_mode, before.st_ino, before.st_gid)
    # What is below it belongs to the same group.
    assert {item.stat().st_gid for item in path.rglob("*")} == {before.st_gid}


@pytest.mark.parametrize("is_empty_directory", [False, True])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_part_of_a_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, is_empty_directory: bool
) -> None:
    path = tmp_path / "draft"
    if is_empty_directory:
        path.mkdir()
    ended: list[int] = []
    signal_before = signal.signal(number, lambda received, _frame: ended.append(received))
    synchronize = os.fsync

    def end_the_run(descriptor: int) -> None:
        assert ended == []
        os.kill(os.getpid(), number)
        synchronize(descriptor)

    monkeypatch.setattr(os, "fsync", end_the_run)
    try:
        write_directory(str(path), TEXTS, DIR)
    finally:
        signal.signal(number, signal_before)
    assert ended == [number]
    assert list_all(tmp_path) == sorted(
        [
            *("draft", "draft/a.md", "draft/group_vars", "draft/group_vars/axis", "draft/host_vars"),
            *("draft/host_vars/gate", *(f"draft/{name}" for name in TEXTS if "/" in name)),
        ]
    )


def plant(path: Path, kind: str) -> None:
    """Create something that is in the way of a draft."""
    if kind == "file":
        path.write_text("mine", encoding="utf-8")
    elif kind == "not empty":
        path.mkdir()
        (path / ".hidden").write_text("mine", encoding="utf-8")
    elif kind == "link":
        (path.parent / "target").mkdir()
        path.symlink_to(path.parent / "target")
    elif kind == "dangling link":
        path.symlink_to(path.parent / "target")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("file", "it is not a directory"),
        ("not empty", "it is not empty, and a draft never overwrites a file"),
        ("link", "it is a symbolic link"),
        ("dangling link", "it is a symbolic link"),
    ],
)
def test_nothing_is_overwritten(tmp_path: Path, kind: str, reason: str) -> None:
    path = tmp_path / "draft"
    plant(path, kind)
    before = list_all(tmp_path)
    for may_write in (False, True):
        with pytest.raises(InvalidOptionError, match=f"draft_policy_dir is {path}, but {reason}. Set draft_policy_dir"):
            check_directory(str(path), Option("draft_policy_dir"), may_write=may_write)
    with pytest.raises(InvalidOptionError, match=reason):
        write_directory(str(path), TEXTS, DIR)
    assert list_all(tmp_path) == before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("draft", "draft_policy_dir is 'draft', which is not an absolute path"),
        ("", "draft_policy_dir is '', which is not an absolute path"),
        ("/nothing/draft", "but its parent directory /nothing does not exist"),
        ("/", "but it is not empty, and a draft never overwrites a file"),
        ("/proc/draft", "but its parent directory /proc cannot be written: "),
        (f"/tmp/{'n' * 256}", "but it cannot be read: File name too long. Set draft_policy_dir to a directory"),
        ("/etc/passwd/draft", "but its parent directory /etc/passwd does not exist"),
    ],
)
def test_a_directory_that_cannot_be_written_is_rejected(path: str, reason: str) -> None:
    with pytest.raises(InvalidOptionError, match=reason):
        check_directory(path, DIR, may_write=True)


def test_a_link_above_the_directory_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    path = check_directory(str(tmp_path / "link" / "draft"), DIR, may_write=True)
    assert path == str(tmp_path / "real" / "draft")


@contextmanager
def small_files() -> Iterator[None]:
    """Return a context in which no file can become larger than 4 kB, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("is_empty_directory", [False, True])
def test_a_full_disk_leaves_nothing(tmp_path: Path, is_empty_directory: bool) -> None:
    path = tmp_path / "draft"
    if is_empty_directory:
        path.mkdir()
    texts = {**TEXTS, "z.md": "x" * 5000}
    message = (
        f"The draft cannot be written to {path}, and nothing of it was written: File too large. Free up disk space, or"
    )
    with small_files(), pytest.raises(InvalidOptionError, match=message):
        write_directory(str(path), texts, DIR)
    assert list_all(tmp_path) == (["draft"] if is_empty_directory else [])


def test_a_directory_that_was_filled_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "draft"
    checked = check_directory(str(path), DIR, may_write=True)
    write_directory(checked, {"a.md": "first"}, DIR)
    with pytest.raises(InvalidOptionError, match="it is not empty"):
        write_directory(checked, {"b.md": "second"}, DIR)
    assert list_all(tmp_path) == ["draft", "draft/a.md"]


@pytest.mark.parametrize("is_empty_directory", [False, True])
def test_a_file_that_appears_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_empty_directory: bool
) -> None:
    path = tmp_path / "draft"
    if is_empty_directory:
        path.mkdir()
    synchronize = os.fsync

    def create_another(descriptor: int) -> None:
        path.mkdir(exist_ok=True)
        (path / "mine").write_text("mine", encoding="utf-8")
        synchronize(descriptor)

    monkeypatch.setattr(os, "fsync", create_another)
    message = (
        f"draft_policy_dir is {path}, but it is not empty, and a draft never overwrites a file. Set draft_policy_dir"
    )
    with pytest.raises(InvalidOptionError, match=message):
        write_directory(str(path), TEXTS, DIR)
    assert list_all(tmp_path) == ["draft", "draft/mine"]


@pytest.mark.parametrize(
    ("names", "problems"),
    [
        (["gate", "yard", "gate-1", "a b", "{{ x }}", "gâte", "2001:db8::1", ".gate", "x" * 255], []),
        (["site/gate"], ["has a slash, so it cannot have a directory in host_vars. Rename the host"]),
        ([".."], ["The inventory name .. is not a valid name of a directory"]),
        (["."], ["is not a valid name of a directory"]),
        (["é" * 128], ["has 256 bytes, more than 255"]),
        (["gate", "Gate"], ["The inventory names gate and Gate would have one directory in host_vars on some systems"]),
        (["gâte", "ga\u0302te"], ["would have one directory"]),
        (["straße", "STRASSE"], ["would have one directory"]),
        # Without variables of its own, gate would get those of gate.yml.
        (["gate", "gate.yml"], ["The inventory names gate and gate.yml would have one directory"]),
    ],
)
def test_names_that_no_directory_can_have(names: list[str], problems: list[str]) -> None:
    found = list(find_name_problems(names))
    assert len(found) == len(problems)
    for (text, hosts), part in zip(found, problems, strict=True):
        assert part in text
        assert hosts == names


def test_files_that_a_copy_would_hide_or_replace(tmp_path: Path) -> None:
    names = ("group_vars/axis.yml", "group_vars/own/retention_policy.yml", "host_vars/gate.json", "host_vars/yard.yml")
    for name in (*names, "host_vars/yard/a.yml", "hosts.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    sources = [str(tmp_path), str(tmp_path / "hosts.yml"), "gate,yard", str(tmp_path / "none")]
    found = list(find_conflicts(sources, ["axis", "own", "other"], ["gate", "yard"]))
    assert found == [
        Conflict(str(tmp_path / "group_vars/axis.yml"), str(tmp_path / "group_vars/axis")),
        Conflict(str(tmp_path / "group_vars/own/retention_policy.yml"), str(tmp_path / "group_vars/own")),
        Conflict(str(tmp_path / "host_vars/gate.json"), str(tmp_path / "host_vars/gate")),
    ]
    assert [item.is_replaced for item in found] == [False, True, False]
