# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device profile: how one model with one firmware behaves, and how that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: How an answer is known: by a device check, from a captured response, from the documentation of Axis, from another
#: source, or because the simulator has to choose.
KnownFrom = Literal["observed", "captured", "documented", "secondary", "assumed"]
DOCUMENT = "device_profile"
SCHEMA_VERSION = 1
#: The answer to a question for a limit if there is none: null means unknown.
NO_LIMIT = "none"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, without what identifies a site.

    :param response: None if there was none; then ``error`` says why.
    """

    request: Mapping[str, Any]
    response: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The answer to a point; None for an unknown one.

    :param note: why it is unknown, or what else was seen.
    """

    answer: Any = None
    known_from: KnownFrom | None = None
    source: str | None = None
    note: str | None = None
    date: str | None = None
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the profile as a whole comes from.

    :param role: of the login of a device check.
    :param parts: of the device check that ran: ``read``, ``write``, ``wait``.
    """

    kind: KnownFrom
    source: str
    date: str
    collection_version: str | None = None
    role: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """Model and firmware; None for what is not known."""

    model: str | None = None
    product_type: str | None = None
    firmware: str | None = None
    hardware_id: str | None = None
    architecture: str | None = None
    soc: str | None = None
    build_date: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A device profile.

    :param points: by name, in the order of POINTS.
    :param state: ``disks``, ``groups``, and ``observations``.
    """

    device: DeviceModel
    origin: Origin
    points: Mapping[str, PointAnswer]
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        """Return the answer to each point."""
        return {name: point.answer for name, point in self.points.items()}
