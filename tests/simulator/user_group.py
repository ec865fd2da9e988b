# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement usergroup.cgi: the user of the request, and the groups of that user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .authentication import read_user
from .messages import Request, Response, html_page
from .models import ROLES

if TYPE_CHECKING:
    from .device import Device

_GROUPS = {"viewer": "viewer", "operator": "operator", "administrator": "admin"}


def show_groups(device: Device, request: Request) -> Response:
    """Return two lines of text: the user, and the user again with all groups."""
    user = read_user(request)
    role = device.accounts[user].role
    groups = [_GROUPS[name] for name in reversed(ROLES[: ROLES.index(role) + 1])]
    return Response(200, "text/plain", f"{user}\n{user} {' '.join(groups)} ptz\n".encode())


def error(device: Device, code: int, description: str | None = None) -> Response:
    """Return a web page: no error form is documented."""
    return html_page(500)
