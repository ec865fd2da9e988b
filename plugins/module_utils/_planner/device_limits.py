# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits that a device shows: what it did to a value, or which value it may have rejected, and what to do.

Pure. VAPIX documents none of these limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    UNLIMITED,
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Change
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import describe_disks

_NAMES = ("nice_name", "description")
_TEXTS = (*_NAMES, "stream_options")


def explain_result(differences: Iterable[Difference]) -> str:
    """Return what a device did to values that it accepted, from requested to stored, and what to do; else nothing.

    :param differences: ``before`` is what the device stores, ``after`` what was requested.
    """
    return " ".join(text for item in differences for text in _explain_value(item.field, item.before, item.after))


def _explain_value(field: str, stored: object, requested: object) -> Iterator[str]:
    if field == "retention_time" and isinstance(stored, int) and isinstance(requested, int):
        if stored != UNLIMITED and sort_key(stored) < sort_key(requested):
            limit = format_retention_time(stored)
            yield f"The device seems to limit retention_time to {limit}: set at most this time."
    elif isinstance(stored, str) and isinstance(requested, str) and field in _TEXTS:
        yield from _explain_text(field, stored, requested)


def _explain_text(field: str, stored: str, requested: str) -> Iterator[str]:
    if not requested:
        yield f"The device seems to ignore an empty {field}: omit it, or set a text."
        return
    if not stored or field not in _NAMES:
        return
    read_otherwise = requested.encode("utf-8", "surrogatepass").decode("iso-8859-1")
    is_misread = not requested.isascii() and not fold_text(requested).startswith(fold_text(stored))
    if is_misread and fold_text(read_otherwise).startswith(fold_text(stored)):
        yield f"The device seems not to read UTF-8: use only ASCII characters in {field}."
        requested = read_otherwise
    is_shorter = len(stored) < len(requested) and fold_text(stored) != fold_text(requested)
    if is_shorter and fold_text(requested).startswith(fold_text(stored)):
        yield f"The device seems to cut {field} after {len(stored)} characters: set a shorter text."


def explain_rejection(change: Change, disks: Sequence[Disk] | None) -> str:
    """Return which values of a rejected request devices are known to reject, and what to do; else nothing."""
    if change.after is None:
        return ""
    hints = []
    sent = {item.field: item.after for item in change.differences}
    if change.before is None and change.after.disk_id is None:
        listed = "" if disks is None else f" ({describe_disks(disks)})"
        hints.append(f"The device may require a disk: set disk_id to a usable one{listed}.")
    empty = [field for field in _TEXTS if change.before is not None and sent.get(field) == ""]
    if empty:
        hints.append(f"The device may not accept an empty text: omit {' and '.join(empty)}, or set a text.")
    if isinstance(hours := sent.get("retention_time"), int):
        hints.append(
            f"The device may not accept {format_retention_time(hours)} as retention_time: set a time that it supports."
        )
    return " ".join(hints)
