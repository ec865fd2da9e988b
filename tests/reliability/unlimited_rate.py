# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No device has to be spared here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter


class UnlimitedRate(RateLimiter):
    """The pace of who does not wait."""

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """At once."""
        yield
