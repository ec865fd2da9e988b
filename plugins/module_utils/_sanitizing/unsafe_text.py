# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of devices that are shown in another form than they were received in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import is_not
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible


class UnsafeText(str):
    """A text of a device that contains a secret or invisible characters, or that is too long.

    It is compared and sent as the device sent it, and shown in its safe form: in messages, and in results after
    ``sanitize``.
    """

    __slots__ = ("safe",)
    safe: str

    def __new__(cls, received: str, safe: str) -> UnsafeText:
        """Build the text from what the device sent, and from what may be shown of it."""
        text = super().__new__(cls, received)
        text.safe = safe
        return text

    def __str__(self) -> str:
        """Return what may be shown."""
        return self.safe

    def __repr__(self) -> str:
        """Return what may be shown, quoted."""
        return repr(self.safe)

    def __format__(self, specification: str) -> str:
        """Return what may be shown, formatted."""
        return format(self.safe, specification)

    def __deepcopy__(self, _memo: object) -> UnsafeText:
        """Return the text itself, which cannot change."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what a copy is built from."""
        return UnsafeText, (as_received(self), self.safe)


def as_received(text: str) -> str:
    """Return a text of a device as it was received, to send it."""
    return str.__str__(text)


def sanitize(value: Any) -> Any:
    """Return a result without texts that must not be shown, also inside dictionaries and lists."""
    return map_texts(value, _show)


def _show(text: str) -> str:
    return text.safe if isinstance(text, UnsafeText) else remove_invisible(text, keep_lines=True)


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with changed texts, or itself if none changes: a copy of a long list is large.

    Keys are kept: they are not of a device.
    """
    if isinstance(value, str):
        return change(value)
    # Abstract types are slow to check, and most other values are these.
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        items = [map_texts(item, change) for item in value]
        return items if isinstance(value, tuple) or any(map(is_not, items, value)) else value
    if isinstance(value, (dict, Mapping)):
        values = {key: map_texts(item, change) for key, item in value.items()}
        return values if any(map(is_not, values.values(), value.values())) else value
    return value
