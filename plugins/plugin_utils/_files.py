# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write files on the controller completely or not at all."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option

#: The widest mode of a report, and of a directory that is created for one. The umask may restrict both further.
REPORT_MODE, DIRECTORY_MODE = 0o640, 0o750
#: By suffix, the widest mode of other files of a report: a collector of metrics is another user.
_MODES = {".prom": 0o644}


def replace_file(path: str, text: str, *, widest_mode: int | None = None) -> None:
    """Replace a file atomically, and keep owner and mode. A new file is readable for all if the umask permits it.

    :param widest_mode: the mode of a new file, which together with the umask also restricts the mode that is kept.
    :raises OSError: it cannot be written; the old file is unchanged.
    """
    # Ansible ignores hidden files in the directory of an inventory.
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=f".{os.path.basename(path)}.")
    try:
        with open(descriptor, "wb") as file:
            # Nothing is in it yet, and until now only its owner can open it.
            mode = (0o644 if widest_mode is None else widest_mode) & ~read_umask()
            with suppress(FileNotFoundError):
                old = os.stat(path)
                mode = stat.S_IMODE(old.st_mode) & (mode if widest_mode is not None else 0o7777)
                for owner in ((-1, old.st_gid), (old.st_uid, -1)):
                    with suppress(PermissionError):
                        os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


@contextmanager
def locked(directory: str) -> Iterator[None]:
    """Return a context in which no other process that uses it writes files in the directory.

    :raises OSError: the directory cannot be opened.
    """
    # A file is replaced, and a lock on it would be lost. A separate lock file would remain.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def read_umask() -> int:
    """Return the umask of this process."""
    # It can only be read by setting it. What another thread creates meanwhile is for its owner only.
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _create_directory(path: str) -> None:
    """Create a directory and its parents; ``os.makedirs`` creates parents with the widest mode."""
    parent = os.path.dirname(path.rstrip("/"))
    if parent not in ("", path) and not os.path.isdir(parent):
        _create_directory(parent)
    try:
        os.mkdir(path, DIRECTORY_MODE)
    except FileExistsError:
        if not os.path.isdir(path):
            raise


def writable_directory(path: str, option: Option) -> str:
    """Create a directory if it does not exist, check that a file can be created in it, and return its path.

    :param option: the option that sets it.
    :raises InvalidOptionError: ``invalid_option``.
    """
    check_absolute(path, option)
    try:
        _create_directory(path)
        # Only an attempt shows it: permissions, a full disk and a read-only file system differ.
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise invalid_option(
            Message("{option} is {path}, which cannot be written: {reason}", _details(option, path, error)),
            Message("Set {option} to a writable directory.", {"option": option}),
        ) from error
    return path


def check_absolute(path: str, option: Option) -> None:
    """Reject a path that depends on the working directory.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if not os.path.isabs(path):
        raise invalid_option(
            Message("{option} is {path}, which is not an absolute path", {"option": option, "path": repr(path)}),
            Message("Set {option} to an absolute path.", {"option": option}),
        )


def _details(option: Option, path: str, error: OSError) -> dict[str, object]:
    return {"option": option, "path": path, "reason": error.strerror or error}


def decode_text(path: str, content: bytes) -> str:
    """Return the text of a file.

    :raises InvalidOptionError: ``invalid_option``, with the place of the first byte that is not UTF-8.
    """
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"{path} is not UTF-8 text: line {line}, column {column}"
        raise invalid_option(message, "Save the file as UTF-8.") from error


def write_files(directory: str, texts: Mapping[str, str]) -> list[str]:
    """Write the files of a report by their names, and return the paths.

    Others than owner and group cannot read them, except metrics.

    :raises InvalidOptionError: ``invalid_option``.
    """
    paths = []
    for name, text in texts.items():
        path = os.path.join(directory, name)
        # A device may send half characters.
        encodable = text.encode("utf-8", "replace").decode()
        try:
            replace_file(path, encodable, widest_mode=_MODES.get(os.path.splitext(name)[1], REPORT_MODE))
        except OSError as error:
            raise invalid_option(
                f"{path} cannot be written: {error.strerror or error}",
                Message("Free up disk space, or set {option} to another directory.", {"option": Option("directory")}),
            ) from error
        paths.append(path)
    return paths
