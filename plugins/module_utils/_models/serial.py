# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The serial number of a device, which is its MAC address."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s:.-]")
_SERIAL = re.compile(r"[0-9A-F]{12}")


def normalize_serial(serial: object) -> str | None:
    """Return 12 hexadecimal digits in upper case, from any common form, or ``None`` if it is not a serial number."""
    digits = _SEPARATORS.sub("", serial).upper() if isinstance(serial, str) else ""
    return digits if _SERIAL.fullmatch(digits) else None
