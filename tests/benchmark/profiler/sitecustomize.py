# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profile ansible-playbook, if this directory is in PYTHONPATH.

Each process samples its stack at intervals of CPU time. External profilers miss workers that live for milliseconds,
and profilers that trace calls make small functions appear slow.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from types import FrameType
from typing import Any

_DIRECTORY = os.environ["CAMFLEET_PROFILES"]
_INTERVAL = 0.001  # seconds of CPU; the kernel may sample less often


class _Samples:
    """Count how often each function was on the stack, and how often at its top."""

    def __init__(self) -> None:
        self.taken = 0
        self.below: Counter[str] = Counter()
        self.top: Counter[str] = Counter()

    def take(self, _number: int, frame: FrameType | None) -> None:
        self.taken += 1
        names = []
        while frame is not None:
            names.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")
            frame = frame.f_back
        self.top.update(names[:1])
        self.below.update(set(names))


def _with_samples(kind: str, original: Any) -> Any:
    def run(self: Any) -> Any:
        samples = _Samples()
        signal.signal(signal.SIGPROF, samples.take)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
        try:
            return original(self)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            with open(os.path.join(_DIRECTORY, f"{kind}-{os.getpid()}"), "w", encoding="utf-8") as file:
                used = os.times()
                json.dump([samples.taken, samples.below, samples.top, used.user + used.system], file)

    return run


if "playbook" in sys.orig_argv:
    from ansible.executor.playbook_executor import PlaybookExecutor
    from ansible.executor.process.worker import WorkerProcess

    WorkerProcess.run = _with_samples("worker", WorkerProcess.run)
    PlaybookExecutor.run = _with_samples("parent", PlaybookExecutor.run)
