# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which errors of a read end a device check, and which only leave a point open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceUnreachableError,
    TimeLimitError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import (
    PointRecord,
    Recorder,
    describe_error,
)

_ENDING = frozenset(
    {"authentication", "blocked", "conflict", "invalid_option", "not_attempted", "tls", "unsafe_library"}
)
# After so many CGIs in a row without a response, there will be none from the next one.
_MAX_FAILURES = 2


class ReadErrors:
    """Decides about the errors of one device check."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        #: the paths of the last requests without a response
        self._failures: set[str] = set()

    @contextmanager
    def point(self, name: str, call: Call | None = None) -> Iterator[PointRecord]:
        """Return a context that settles a point; an error in it leaves the point open, unless it ends the check.

        :param call: whose role is named if the login may not use it.
        """
        with self._recorder.point(name) as record, self.expected(record, call):
            yield record

    @contextmanager
    def expected(self, record: PointRecord | None = None, call: Call | None = None) -> Iterator[None]:
        """Return a context whose errors end the check only if every later request would fail, too."""
        try:
            yield
        except AxisError as error:
            self._check(error)
            if record is not None:
                record.skip(_explain(error, call))
        else:
            self._failures.clear()

    def _check(self, error: AxisError) -> None:
        if error.kind in _ENDING or error.ends_session or isinstance(error, TimeLimitError):
            raise error
        if isinstance(error, DeviceUnreachableError):
            self._failures.add(self._recorder.last.target.partition("?")[0] if self._recorder.last else "")
            if not error.maybe_applied or len(self._failures) >= _MAX_FAILURES:
                raise error
        else:
            self._failures.clear()


def _explain(error: AxisError, call: Call | None) -> str:
    if error.kind == "forbidden" and call is not None:
        return f"The role of the login is too low: {call.operation or call.path} requires the role {call.role}."
    return describe_error(error)
