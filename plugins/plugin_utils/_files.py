# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option


def replace_file(path: str, text: str) -> None:
    """Put a new file in the place of the old one, so that nobody ever reads half of it. Owner and mode stay.

    :raises OSError: it cannot be written; the old one is still there then.
    """
    # Ansible passes over hidden files in the directory of an inventory.
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=f".{os.path.basename(path)}.")
    try:
        with open(descriptor, "wb") as file:
            mode = 0o644
            with suppress(FileNotFoundError):
                old = os.stat(path)
                mode = stat.S_IMODE(old.st_mode)
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


def writable_directory(path: str, name: str) -> str:
    """The whole path of a directory in which a file can be made; it is made itself where there is none.

    :param name: what the user calls it.
    :raises InvalidOptionError: ``invalid_option``.
    """
    if not os.path.isabs(path):
        raise invalid_option(f"{name} is {path!r}", "Give the whole path of a directory.")
    try:
        os.makedirs(path, exist_ok=True)
        # Trying is the only way to know: rights, a full disk and a file system that is read-only differ.
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        next_step = "Name a directory that can be written."
        raise invalid_option(f"{name}: {path} cannot be written ({error.strerror})", next_step) from error
    return path


def write_files(directory: str, texts: Mapping[str, str]) -> list[str]:
    """Write texts by the names of their files; the whole paths.

    :raises InvalidOptionError: ``invalid_option``.
    """
    paths = []
    for name, text in texts.items():
        path = os.path.join(directory, name)
        try:
            replace_file(path, text)
        except OSError as error:
            next_step = "Make room, or name another directory."
            raise invalid_option(f"directory: {path} cannot be written ({error.strerror})", next_step) from error
        paths.append(path)
    return paths
