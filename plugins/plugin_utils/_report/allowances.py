# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe allowances that the inventory sets: they are meant for one run, and permit every run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible

#: By variable that permits refused changes, what it permits.
ALLOWANCES: Mapping[str, str] = {
    "retention_policy_allow_recording_loss": "delete recordings",
    "retention_policy_allow_recording_stop": "stop recording",
    "retention_policy_allow_unmatched_holds": "delete recordings although a hold matches no group",
}
_MAX_NAMES = 3


def render_permanent_allowances(hosts: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[str]:
    """Yield a sentence for each allowance that the inventory sets.

    :param hosts: each with its allowances: by variable, the place that sets it.
    """
    places: dict[str, dict[str, list[str]]] = {name: {} for name in ALLOWANCES}
    for host, found in hosts:
        for name, place in found.items():
            places[name].setdefault(place, []).append(host)
    for name, found_places in places.items():
        if found_places:
            names = [host for hosts_of_place in found_places.values() for host in hosts_of_place]
            where = f"by {_abbreviate([*found_places])}, for {_abbreviate(names)}"
            yield (
                f"{name} is set in the inventory, {where}. This permits every run to {ALLOWANCES[name]}. "
                "Remove it there, and set it with --extra-vars for one run."
            )


def _abbreviate(names: list[str]) -> str:
    rest = len(names) - _MAX_NAMES
    return ", ".join(map(escape_invisible, names[:_MAX_NAMES])) + (f" and {rest} more" if rest > 0 else "")
