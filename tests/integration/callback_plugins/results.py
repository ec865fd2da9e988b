# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write each result as a line of JSON, and the recap as the last line, for the tests.

The requests of a test must not depend on the speed of the machine: unless CAMFLEET_REAL_TIME is set, no list becomes
too old for a write that could lose recordings.
"""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from importlib import import_module
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: results
type: notification
short_description: Write each result and the recap as lines of JSON
description:
  - Appends task, host, and result to the file in E(CAMFLEET_RESULTS), and finally the recap and custom stats.
requirements:
  - enabled in the tests only
"""


class CallbackModule(CallbackBase):
    """A callback that writes results as lines of JSON."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, event: Any, outcome: str) -> None:
        # Since ansible-core 2.19 the attributes have public names.
        result = getattr(event, "result", None) or event._result
        task = getattr(event, "task", None) or event._task
        host = getattr(event, "host", None) or event._host
        self._append({"task": task.get_name(), "host": host.get_name(), "outcome": outcome, "result": result})

    def _append(self, record: dict[str, Any]) -> None:
        with open(os.environ["CAMFLEET_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(record, default=str) + "\n")

    def v2_playbook_on_start(self, playbook: Any) -> None:
        # The worker processes inherit it. Without the library for HTTP there are no writes.
        if "CAMFLEET_REAL_TIME" not in os.environ:
            with suppress(ImportError):
                writes: Any = import_module("ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes")
                writes.MAX_AGE = math.inf

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "unreachable")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        recap = {host: stats.summarize(host) for host in sorted(stats.processed)}
        self._append({"recap": recap, "stats": stats.custom.get("_run", {})})
