# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rate limiter without a limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter


class UnlimitedRate(RateLimiter):
    """A rate limiter that never waits."""

    @contextmanager
    def acquire(self, requests: int = 1) -> Iterator[None]:
        """Yield without a wait."""
        yield
