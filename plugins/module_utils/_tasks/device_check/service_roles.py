# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which role a service requires, from what logins with known roles may read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: From the lowest.
ROLES = ("viewer", "operator", "administrator")


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a login may use a service.

    :param lowest: the lowest role that the login may have.
    :param highest: the highest one; equal if its role is known.
    :param is_allowed: None if that is unknown.
    """

    lowest: str
    highest: str
    is_allowed: bool | None


def find_lowest_role(found: Iterable[Access]) -> str | None:
    """Return the lowest role that may use the service, or None if several are possible, or none is."""
    possible = list(ROLES)
    for access in found:
        if access.is_allowed:
            possible = [role for role in possible if ROLES.index(role) <= ROLES.index(access.highest)]
        elif access.is_allowed is False:
            possible = [role for role in possible if ROLES.index(role) > ROLES.index(access.lowest)]
    return possible[0] if len(possible) == 1 else None
