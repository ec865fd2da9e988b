# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe one call that a device offers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One CGI, or one operation of a SOAP service: its path, and whether it changes the device.

    :param role: the lowest role that may call it, for messages; VAPIX does not document all of them.
    :param method: ``GET``, with the arguments in the query, or ``POST``.
    :param content_type: content type of the body of a POST.
    :param operation: the SOAP operation that the body names.
    """

    path: str
    write: bool
    role: str = "viewer"
    method: str = "GET"
    content_type: str | None = None
    operation: str | None = None

    @property
    def name(self) -> str:
        """Return a short name for messages."""
        return self.operation or self.path.rpartition("/")[2]
