# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let a device check, which sends hundreds of requests to one device, do without waits."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ansible.plugins.callback import CallbackBase

from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch

DOCUMENTATION = r"""
name: quick_check
type: aggregate
short_description: Check devices without waits
description: For tests.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc] # core has no types
    """Changes this process, of which the workers are copies."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "quick_check"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        scratch._CLEANUP_DELAYS = (0.0,) * len(scratch._CLEANUP_DELAYS)
        scratch._QUIET_TIME = 0.0
        RateLimiter.acquire = lambda _limiter, _requests=1: nullcontext(None)
