# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection of one device, and how it may end."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

from .device import Device

_NO_LINGERING = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Line:
    """`outages` are those before it; `gone` is set when it ended."""

    device: Device
    ordinal: int
    tls: bool
    outages: int
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def broken(self) -> bool:
        """Whether the device's network changed since it began: nothing goes out any more."""
        return self.outages != self.device.outages

    def sever(self, transport: asyncio.Transport) -> None:
        """Ends it, if broken, in the way of the device's network."""
        if not self.broken or self.device.network == "silent":
            return
        if self.device.network == "reset":
            reset(transport)
        else:
            transport.abort()


def reset(transport: asyncio.Transport) -> None:
    """RST instead of an orderly end."""
    reset_on_close(transport.get_extra_info("socket"))
    transport.abort()


def reset_on_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
