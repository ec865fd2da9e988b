# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of a draft: whether it can be written, and how it is written completely or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import tempfile
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    DIRECTORY_MODE,
    REPORT_MODE,
    check_absolute,
    read_umask,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._parent_process import postponed_end

GROUP_VARS, HOST_VARS = "group_vars", "host_vars"
#: The name of a file with variables, in the directory of its group or host.
VARIABLES_FILE = "retention_policy.yml"
#: What core appends to the name of a group or a host to find its variables; it reads the first that exists.
_EXTENSIONS = (".yml", ".yaml", ".json")
# Of a name in a file system, in bytes.
_MAX_NAME = 255
_NEW = "Set {option} to a directory that does not exist yet, in a directory that you can write."
_NOT_EMPTY = "it is not empty, and a draft never overwrites a file"
# What ends a run: Ctrl-C, a program that stops it, and the end of a terminal.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_UNNAMED = "so it cannot have a directory in host_vars. Rename the host"


class Conflict(NamedTuple):
    """A file of the inventory that a copy of the draft would hide or replace.

    :param directory: that of a group or a host. Ansible does not read a file beside it that has its name.
    """

    path: str
    directory: str

    @property
    def is_replaced(self) -> bool:
        """Return whether the file is in the directory, under the name that the draft uses."""
        return os.path.dirname(self.path) == self.directory


def check_directory(path: str, option: Option, *, may_write: bool) -> str:
    """Check that a draft can be written to a directory, which is new or empty, and return its path.

    :param may_write: whether the check may create a directory, which it removes again.
    :raises InvalidOptionError: ``invalid_option``.
    """
    check_absolute(path, option)
    whole = os.path.abspath(path)
    # A link above it is followed.
    whole = os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))
    if reason := _find_obstacle(whole):
        raise _unusable(path, reason, option)
    try:
        if may_write:
            # Only an attempt shows it: permissions, a full disk and a read-only file system differ.
            os.rmdir(_create_temporary(whole))
        elif not os.access(_find_place(whole), os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        place = _find_place(whole)
        subject = "it" if place == whole else f"its parent directory {place}"
        raise _unusable(path, f"{subject} cannot be written: {error.strerror or error}", option) from error
    return whole


def _find_place(path: str) -> str:
    """Return the directory that a temporary one is created in: an empty directory keeps its owner and permissions."""
    return path if os.path.isdir(path) else os.path.dirname(path)


def _find_obstacle(path: str) -> str | None:
    try:
        if not os.path.isdir(os.path.dirname(path)):
            return f"its parent directory {os.path.dirname(path)} does not exist"
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            return "it is a symbolic link"
        if not stat.S_ISDIR(mode):
            return "it is not a directory"
        return _NOT_EMPTY if os.listdir(path) else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return f"it cannot be read: {getattr(error, 'strerror', None) or error}"


def _unusable(path: str, reason: str, option: Option) -> InvalidOptionError:
    return invalid_option(
        Message("{option} is {path}, but {reason}", {"option": option, "path": path, "reason": reason}),
        Message(_NEW, {"option": option}),
    )


def find_name_problems(hosts: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield sentences, without the last full stop, about hosts that no file can be named after, and these hosts."""
    names = list(hosts)
    for name in names:
        if reason := find_name_problem(name):
            yield f"The inventory name {escape_invisible(name)} {reason}, {_UNNAMED}", [name]
    for same in _find_collisions(names):
        shown = " and ".join(map(escape_invisible, same))
        yield f"The inventory names {shown} would have one directory in host_vars on some systems. Rename one", same


def find_name_problem(name: str) -> str | None:
    """Return why no directory can have the name of a host or a group, if so."""
    if "/" in name or "\0" in name:
        return f"has {'a slash' if '/' in name else 'a NUL character'}"
    if name in ("", ".", ".."):
        return "is not a valid name of a directory"
    size = len(name.encode("utf-8", "surrogatepass"))
    return f"has {size} bytes, more than {_MAX_NAME}" if size > _MAX_NAME else None


def _find_collisions(names: Iterable[str]) -> list[list[str]]:
    """Return names for which Ansible, or a file system without case, would read the same variables."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[_fold(name)].append(name)
    suffixed = [
        [found[folded.removesuffix(suffix)][0], *same]
        for folded, same in list(found.items())
        for suffix in _EXTENSIONS
        if folded.endswith(suffix) and folded.removesuffix(suffix) in found
    ]
    return [*(same for same in found.values() if len(same) > 1), *suffixed]


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def find_conflicts(sources: Iterable[str], groups: Collection[str], hosts: Collection[str]) -> Iterator[Conflict]:
    """Yield files with variables of an inventory that the draft would hide or replace if it is copied beside them.

    :param sources: of the inventory; those that are neither files nor directories are lists of hosts.
    :param groups: those with variables in the draft.
    """
    existing = filter(os.path.exists, sources)
    directories = (source if os.path.isdir(source) else os.path.dirname(source) for source in existing)
    for directory in dict.fromkeys(directories):
        for kind, names in ((GROUP_VARS, groups), (HOST_VARS, hosts)):
            for name in names:
                own = os.path.join(directory, kind, name)
                beside = [f"{own}{extension}" for extension in _EXTENSIONS]
                candidates = [os.path.join(own, VARIABLES_FILE)] if os.path.isdir(own) else beside
                yield from (Conflict(path, own) for path in candidates if os.path.isfile(path))


def write_directory(path: str, texts: Mapping[str, str], option: Option) -> list[str]:
    """Write files into a new or empty directory, all of them or none, and return their paths.

    :param path: what ``check_directory`` returned.
    :param texts: by path below the directory.
    :raises InvalidOptionError: ``invalid_option``; the directory is as it was.
    """
    if reason := _find_obstacle(path):
        raise _unusable(path, reason, option)
    with postponed_end(), _uninterrupted():
        temporary = None
        try:
            temporary = _create_temporary(path)
            _fill(temporary, texts)
            _move(temporary, path)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                raise _unusable(path, _NOT_EMPTY, option) from error
            raise invalid_option(
                f"The draft cannot be written to {path}, and nothing of it was written: {error.strerror or error}",
                Message("Free up disk space, or set {option} to another new directory.", {"option": option}),
            ) from error
        finally:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)
    return [os.path.join(path, name) for name in texts]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Return a context in which a signal that ends the run waits, so that it leaves no part of a draft."""
    # Only the main thread of a process can change what a signal does.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def wait(number: int, _frame: Any) -> None:
        received.append(number)

    before = {int(number): signal.signal(number, wait) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for number in received[:1]:
            os.kill(os.getpid(), number)


def _create_temporary(path: str) -> str:
    # Ansible ignores hidden files in the directory of an inventory.
    return tempfile.mkdtemp(dir=_find_place(path), prefix=".draft-")


def _move(temporary: str, path: str) -> None:
    """Move a complete draft to its path: as the new directory, or into the existing empty one.

    :raises OSError: the directory is as it was.
    """
    if os.path.dirname(temporary) != path:
        # Only a directory that is empty would be replaced.
        os.rename(temporary, path)
        _sync(os.path.dirname(path))
        return
    if os.listdir(path) != [os.path.basename(temporary)]:
        raise FileExistsError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
    moved: list[str] = []
    try:
        for name in sorted(os.listdir(temporary)):
            target = os.path.join(path, name)
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            os.rename(os.path.join(temporary, name), target)
            moved.append(target)
        os.rmdir(temporary)
    except OSError:
        for target in moved:
            with suppress(OSError):
                os.rename(target, os.path.join(temporary, os.path.basename(target)))
        raise
    _sync(path)


def _fill(directory: str, texts: Mapping[str, str]) -> None:
    umask = read_umask()
    created = [directory]
    for name, text in texts.items():
        for parent in _parents(name):
            below = os.path.join(directory, parent)
            if not os.path.isdir(below):
                os.mkdir(below, DIRECTORY_MODE)
                created.append(below)
        descriptor = os.open(os.path.join(directory, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, REPORT_MODE)
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(descriptor)
    for below in reversed(created):
        _sync(below)
    # Until now only its owner can open it.
    os.chmod(directory, DIRECTORY_MODE & ~umask)


def _parents(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _sync(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
