# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection to one device, and the ways to end it."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

from .device import Device

_LINGER_ZERO = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Connection:
    """A connection; `network_changes` is the device's count when it began."""

    device: Device
    ordinal: int
    tls: bool
    network_changes: int
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_broken(self) -> bool:
        """Return whether the device's network changed since it began: nothing more is sent."""
        return self.network_changes != self.device.network_changes

    def close_if_broken(self, transport: asyncio.Transport) -> None:
        """End a broken connection in the way of the device's network."""
        if not self.is_broken or self.device.network == "silent":
            return
        if self.device.network == "reset":
            reset(transport)
        else:
            transport.abort()


def reset(transport: asyncio.Transport) -> None:
    """Send RST instead of an orderly end."""
    set_reset_on_close(transport.get_extra_info("socket"))
    transport.abort()


def set_reset_on_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
