# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the journal of a device: one entry per request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One request.

    `sequence` counts from 1 per device; `time` is monotonic, in seconds; `connection` is the ordinal of the TCP
    connection; `target` is the raw path and query; `call` names the API call ("" for an unknown path);
    `user` is None unless the login was accepted; `status` is 0 if no response was sent (yet); `code` is the
    API's error code; `fault` names the planted faults that affected it; `body` is the body of a POST.
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
