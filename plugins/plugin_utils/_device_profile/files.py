# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of device profiles in a directory: their names, and how a new profile joins an earlier one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DeviceModel,
    Profile,
    is_same_device,
    merge,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import parse_profile
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.page import MARK
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    REPORT_MODE,
    check_absolute,
    locked,
    replace_file,
    writable_directory,
)

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_UNKNOWN = "unknown"
_MAX_PART = 60
# The name of a profile: the firmware has a dot.
_NAME = re.compile(rf"[A-Za-z0-9._-]+-(?:{_UNKNOWN}|[0-9]+(?:\.[A-Za-z0-9_]+)+)(?:-[0-9]+)?\.(?:json|md)")
_OTHERS = "Move it elsewhere, or set {option} to another directory. A check replaces only its own files."
_MAX_BYTES = 64 * 1024 * 1024


class SavedProfile(NamedTuple):
    """A profile that was written.

    :param profile: with what the earlier file knew in addition.
    """

    profile: Profile
    path_json: str
    path_page: str


def check_directory(path: str, option: Option, *, may_create: bool = True) -> None:
    """Check that profiles can be written into a directory, and that none of them would replace another file.

    :param may_create: whether the directory is created if it is missing.
    :raises InvalidOptionError: ``invalid_option``.
    """
    check_absolute(path, option)
    if may_create or os.path.exists(path):
        writable_directory(path, option)
    with suppress(FileNotFoundError):
        for name in sorted(os.listdir(path)):
            if _NAME.fullmatch(name):
                _check_file(os.path.join(path, name), option)


def build_stem(device: DeviceModel) -> str:
    """Return the name of the files of a device, without suffix: ``P3245-LVE-12.9.57``."""
    return f"{_build_part(device.model)}-{_build_part(device.firmware)}"


def _build_part(text: str | None) -> str:
    return _UNSAFE.sub("_", text or "").strip("._-")[:_MAX_PART] or _UNKNOWN


@dataclass(frozen=True)
class ProfileDirectory:
    """A directory of profiles.

    :param run_file: a file in which the hosts of one run say which profiles they wrote.
    """

    path: str
    run_file: str

    def save(self, profile: Profile, host: str, render_page: Callable[[Profile], str]) -> SavedProfile:
        """Write profile and page.

        What the profile does not answer is taken from the file of an earlier run. If another host of this run has
        written a profile with other answers, or if the file is of another device, the name gets a number.

        :param host: the inventory name, which the files do not have.
        :raises InvalidOptionError: ``invalid_option``, if they cannot be written.
        """
        try:
            with locked(self.path):
                written = self._read_run()
                saved = self._find_place(profile, lambda path: written.get(path, host) != host)
                text = json.dumps(saved.profile.to_dict(), indent=2, ensure_ascii=False) + "\n"
                replace_file(saved.path_json, _encodable(text), widest_mode=REPORT_MODE)
                replace_file(saved.path_page, _encodable(render_page(saved.profile)), widest_mode=REPORT_MODE)
                self._write_run({saved.path_json: host, **written})
        except OSError as error:
            raise invalid_option(
                f"The profile cannot be written to {self.path}: {error.strerror or error}",
                Message("Free up disk space, or set {option} to another directory.", {"option": Option("dest")}),
            ) from error
        return saved

    def _find_place(self, profile: Profile, is_others: Callable[[str], bool]) -> SavedProfile:
        """Return the profile as it is to be written, and where.

        :param is_others: returns whether another host of this run has written a file.
        """
        for number in count(1):
            stem = f"{build_stem(profile.device)}{'' if number == 1 else f'-{number}'}"
            path, page = (os.path.join(self.path, f"{stem}.{suffix}") for suffix in ("json", "md"))
            merged = _merge_with_file(profile, path, page, is_others=is_others(path))
            if merged is not None:
                return SavedProfile(merged, path, page)
        raise AssertionError  # there is always a further number

    def _read_run(self) -> dict[str, str]:
        with suppress(FileNotFoundError), open(self.run_file, encoding="utf-8") as file:
            found: dict[str, str] = json.load(file)
            return found
        return {}

    def _write_run(self, written: dict[str, str]) -> None:
        replace_file(self.run_file, json.dumps(written), widest_mode=0o600)


def _merge_with_file(profile: Profile, path: str, page: str, *, is_others: bool) -> Profile | None:
    """Return the profile with what a file knows in addition, or ``None`` if the files must stay as they are.

    :param is_others: whether another host of this run has written the file.
    """
    try:
        for file in (path, page):
            _check_file(file, Option("dest"))
        earlier = _read_profile(path)
    except InvalidOptionError:
        # It has changed since the check of the directory.
        return None
    if earlier is None:
        return profile
    if not (profile.device.model and profile.device.firmware and is_same_device(earlier.device, profile.device)):
        return None
    return None if is_others and _contradicts(earlier, profile) else merge(earlier, profile)


def _contradicts(one: Profile, other: Profile) -> bool:
    answers = other.answers
    return any(None not in (answer, answers[name]) and answer != answers[name] for name, answer in one.answers.items())


def _check_file(path: str, option: Option) -> None:
    """Check that a file is missing, a profile, or the page of one.

    :raises InvalidOptionError: ``invalid_option``.
    """
    next_step = Message(_OTHERS, {"option": option})
    try:
        if path.endswith(".json"):
            _read_profile(path)
        elif os.path.lexists(path) and not _read(path).startswith(MARK.encode()):
            raise invalid_option(f"{path} is not a page of a device check", next_step)
    except OSError as error:
        raise invalid_option(f"{path} cannot be read: {error.strerror or error}", next_step) from error
    except InvalidOptionError as error:
        raise invalid_option(error.texts[0], next_step) from error


def _read_profile(path: str) -> Profile | None:
    return parse_profile(_read(path), path) if os.path.lexists(path) else None


def _read(path: str) -> bytes:
    if not os.path.isfile(path):
        raise OSError("it is not a regular file")
    if os.path.getsize(path) > _MAX_BYTES:
        raise OSError("it is too large for a profile")
    with open(path, "rb") as file:
        return file.read()


def _encodable(text: str) -> str:
    # A device may send half characters.
    return text.encode("utf-8", "replace").decode()
