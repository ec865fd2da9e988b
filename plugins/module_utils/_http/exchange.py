# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe a request and its response for an observer, such as a device check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RawExchange:
    """One request as sent, and what came back as received.

    :param headers: of the request; ``Authorization`` has only its scheme.
    :param connection: the number of the connection in its session, from 1.
    :param status: of the response, or None if there was none.
    :param error: why there is no valid response.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int
    status: int | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: bytes = b""
    error: Exception | None = None

    def response_header(self, name: str) -> tuple[str, ...]:
        """Return all values of one header of the response; its name is case-insensitive."""
        return tuple(value for key, value in self.response_headers if key.lower() == name.lower())


#: What is called after each exchange.
Observer: TypeAlias = Callable[[RawExchange], None]


def hide_credentials(headers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the headers of a request with the scheme of ``Authorization`` instead of its value."""
    return tuple(
        (name, value.partition(" ")[0] if name.lower() in ("authorization", "proxy-authorization") else value)
        for name, value in headers.items()
    )
