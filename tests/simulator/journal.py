# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reached a device, request by request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One request.

    `sequence` counts from 1 per device; `time` is monotonic, in seconds; `connection` is the ordinal of the TCP
    connection; `target` is path and query exactly as on the wire; `call` names the API call ("" for an unknown path);
    `user` is None unless the login was accepted; `status` is 0 while (or when) no answer was sent; `code` is the
    API's error code; `fault` names the planted faults that touched it; `body` is what was POSTed.
    """

    sequence: int
    time: float
    connection: int
    method: str
    target: str
    call: str
    write: bool
    authorization: str | None
    user: str | None = None
    status: int = 0
    code: int | None = None
    fault: str | None = None
    body: bytes = b""
