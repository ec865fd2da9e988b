# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the page of error kinds, which is edited by hand."""

from __future__ import annotations

import re

from tests.reference.pages import PAGES

PAGE = PAGES / "errors.rst"
_KIND = re.compile(r"^``(\w+)``\n(?:   .*\n|\n)+?   :Message: ``(.+)``$", re.M)


def read_messages() -> dict[str, str]:
    """Return the documented kinds, each with its example of a message."""
    return dict(_KIND.findall(PAGE.read_text(encoding="utf-8")))


def read_kinds() -> frozenset[str]:
    """Return the documented kinds."""
    return frozenset(read_messages())
