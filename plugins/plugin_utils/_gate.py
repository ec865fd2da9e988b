# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide from the check of all cameras whether a roll-out may begin, and in which order it writes."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    ALLOW_UNMATCHED_HOLDS,
    POLICY_VARIABLES,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    HoldOnHosts,
    HostInput,
    abbreviate,
    find_unmatched_holds,
    render_hold,
)

_ALLOWANCES = (POLICY_VARIABLES["allow_recording_loss"], POLICY_VARIABLES["allow_recording_stop"])


def find_risks(host_variables: HostVariables, inputs: Sequence[HostInput]) -> list[dict[str, Any]]:
    """Return the holds that match no group, if a host of the run may lose recordings; each as problem with its hosts.

    :param inputs: the hosts of the run, with the results of the check.
    """
    # A camera that could not be read may be back in its wave, where a misspelled hold would protect nothing.
    unmatched = find_unmatched_holds(inputs, with_unread=True)
    if not unmatched or not (allowed := _find_allowed(host_variables, (item.name for item in inputs))):
        return []
    unread = {item.name for item in inputs if _is_unread(item)}
    return [
        {
            "hosts": list(found.hosts),
            "problem": _render(
                found,
                _find_variables(host_variables, found),
                [host for host in found.hosts if host in unread],
                allowed,
            ),
        }
        for found in unmatched
    ]


@dataclass(frozen=True)
class Waves:
    """The hosts that a roll-out writes to, in order, and the size of each wave."""

    hosts: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()


def plan_waves(results: Mapping[str, Mapping[str, Any]], setting: Any, *, has_canary: bool) -> Waves:
    """Return the waves of the hosts that need a write. The first ones differ in what is written, and to which device.

    :param results: of the check, by host.
    :param setting: sizes of waves, as numbers or percentages of these hosts, in any form that the preflight accepts;
        empty for the default: the canary, 50 hosts, and then a quarter of the hosts each.
    :param has_canary: whether one host per kind of change comes first.
    """
    hosts = [host for host, result in results.items() if result.get("changed")]
    first: dict[Hashable, str] = {}
    for host in hosts if has_canary else ():
        first.setdefault(_find_kind(results[host]), host)
    canary = list(first.values())
    ordered = (*canary, *(host for host in hosts if host not in set(canary)))
    sizes = _SIZE.findall(str(setting)) or [str(len(canary)), *_DEFAULT_WAVES][not canary :]
    return Waves(ordered, tuple(_count_hosts(sizes, len(hosts))))


#: Numbers or percentages of hosts; the last one repeats.
_DEFAULT_WAVES = ("50", "25%")
_SIZE = re.compile(r"[0-9]+%?")


def _count_hosts(sizes: Sequence[str], total: int) -> Iterable[int]:
    """Yield the size of each wave, until they have all hosts."""
    remaining, number = total, 0
    while remaining > 0:
        size = sizes[min(number, len(sizes) - 1)]
        # As core does, a percentage is of all hosts, rounded down, and at least one.
        count = int(size.rstrip("%")) * total // 100 if size.endswith("%") else int(size)
        yield min(remaining, max(1, count))
        remaining -= max(1, count)
        number += 1


def _find_kind(result: Mapping[str, Any]) -> Hashable:
    """Return what a canary stands for: the kinds of changes, and model and firmware if they are known."""
    device = result.get("device") or {}
    changes = {
        (
            change["operation"],
            *sorted(item["field"] for item in change["differences"] if change["operation"] == "update"),
        )
        for change in result.get("changes") or ()
    }
    return frozenset(changes), device.get("model"), device.get("firmware")


def _is_unread(host: HostInput) -> bool:
    return any(hold["matches"] is None for hold in (host.result or {}).get("holds") or ())


def _find_allowed(host_variables: HostVariables, hosts: Iterable[str]) -> dict[str, list[str]]:
    """Return the hosts that may lose recordings although a hold protects nothing, by the variable that allows it."""
    allowed: dict[str, list[str]] = {}
    for host in hosts:
        values = host_variables.read(host, (*_ALLOWANCES, ALLOW_UNMATCHED_HOLDS))
        if not boolean(values.get(ALLOW_UNMATCHED_HOLDS) or False):
            for name in _ALLOWANCES:
                if boolean(values.get(name) or False):
                    allowed.setdefault(name, []).append(host)
    return allowed


def _find_variables(host_variables: HostVariables, found: HoldOnHosts) -> list[str]:
    """Return the variables that have the hold on its first host."""
    host = found.hosts[0]
    names = host_variables.hold_names(host)
    values = host_variables.read(host, names)
    return [
        name
        for name in names
        if any(hold.get("recording_group_id") == found.hold["recording_group_id"] for hold in values.get(name) or ())
    ]


def _render(found: HoldOnHosts, variables: Sequence[str], unread: Sequence[str], allowed: dict[str, list[str]]) -> str:
    """Render a hold that matches nothing.

    :param unread: those of its hosts whose groups could not be read.
    """
    unknown = f" ({abbreviate(unread)} could not be read)" if unread else ""
    where = f" in {' and '.join(variables)}" if variables else ""
    reasons = " and ".join(f"{name} is true for {abbreviate(hosts)}" for name, hosts in allowed.items())
    return (
        f"The hold{where} on {render_hold(found.hold)} matches no group on any host of this run that it applies "
        f"to{unknown}, and {reasons}. Correct recording_group_id of the hold, or limit the hold to the hosts that have "
        "the group with its option hosts. To roll out nevertheless, exclude these hosts with --limit, or set "
        f"{ALLOW_UNMATCHED_HOLDS}=true for this run"
    )
