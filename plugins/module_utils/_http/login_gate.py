# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stop the use of a login that no device accepts: more rejections than a few block the address of the controller."""

from __future__ import annotations

from typing import Protocol


class LoginGate(Protocol):
    """What a session waits for before it sends a login that its device has not accepted yet."""

    def enter(self) -> None:
        """Wait until the login may be tried.

        :raises LoginStoppedError: too many devices rejected it, and none accepted it.
        """

    def leave(self, is_accepted: bool | None) -> None:
        """Report whether the device accepted the login, or ``None`` if that is unknown."""


class OpenGate:
    """The gate of a task on one device, which tries its login anyway."""

    def enter(self) -> None:
        """Do not wait."""

    def leave(self, is_accepted: bool | None) -> None:
        """Forget the result."""
