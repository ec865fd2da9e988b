# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the devices of two reports by their serial numbers: a host may be another device than before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import HostView
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import NO_GROUP
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    abbreviate,
    hold_key,
    render_count,
)

_FIELDS = ("serial", "model", "firmware")
_HOLD_FIELDS = ("recording_group_id", "reason", "owner", "until")


def find_replaced_devices(one: Mapping[str, HostView], two: Mapping[str, HostView], moment: str) -> list[Document]:
    """Return the hosts that are another device than before. A device without a serial number is not known to differ.

    :param one: the hosts of the earlier report.
    :param moment: the time of the later one, at which holds may have ended.
    """
    return [
        {
            "host": name,
            "earlier": _build_device(one[name]),
            "later": _build_device(two[name]),
            "holds": _list_holds(one[name], moment),
        }
        for name in sorted(one.keys() & two.keys())
        if (before := _serial(one[name])) and (after := _serial(two[name])) and before != after
    ]


def _list_holds(view: HostView, moment: str) -> list[Document]:
    """Return the holds of recordings that the former device has, or had."""
    held = {
        hold_key(hold)
        for hold in view.host["holds"]
        if not hold["ended"] and hold["until"] > moment and hold["condition"] != NO_GROUP
    }
    return [dict(zip(_HOLD_FIELDS, key, strict=True)) for key in sorted(held)]


def describe_renamed_hosts(added: Iterable[HostView], removed: Iterable[HostView]) -> Iterator[str]:
    """Yield a sentence if devices of removed hosts have other names in the later report."""
    names = {serial: view.name for view in added if (serial := _serial(view))}
    renamed = [f"{view.name} is now {names[serial]}" for view in removed if (serial := _serial(view)) in names]
    if renamed:
        yield f"{render_count(len(renamed))} removed and added with the same serial number: {abbreviate(renamed)}."


def _serial(view: HostView) -> str:
    return (view.host["device"]["serial"] or "").upper()


def _build_device(view: HostView) -> Document:
    return {name: view.host["device"][name] for name in _FIELDS}
