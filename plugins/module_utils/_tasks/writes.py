# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the writes of one task to one device, and keep what is known of each.

No write is repeated before a read-back shows that it is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic
from typing import Generic, TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    Message,
    OutdatedWriteError,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session

#: Seconds. What was requested earlier is read again before a write that could lose recordings, so that the write
#: arrives at most a second after the request of the read.
MAX_AGE = 0.8
# Seconds that a login takes on any device.
_LOGIN_TIME = 0.2
_MAX_DECISIONS = 3
Item = TypeVar("Item")
Planned = TypeVar("Planned")
Result = TypeVar("Result")


class WriteStatus(Enum):
    """What is known of the last write for an item."""

    ACCEPTED = auto()
    #: The device may have applied it, whatever it responded.
    LOST = auto()
    REJECTED = auto()
    #: A read-back shows its effect.
    CONFIRMED = auto()


@dataclass(frozen=True, slots=True)
class FailedWrite(Generic[Item, Planned]):
    """The write that ended a series."""

    item: Item
    planned: Planned
    error: AxisError


class LastRead:
    """When a service was last read, on which writes that could lose recordings depend.

    :param requests: that one read sends at most.
    """

    def __init__(self, session: Session, requests: int = 1) -> None:
        self._session = session
        self._requests = requests
        self._requested = -math.inf
        #: seconds of the last read
        self._duration = 0.0

    def start(self) -> None:
        """Note that a read begins now."""
        self._requested = monotonic()

    @property
    def is_recent(self) -> bool:
        """Return whether it began at most MAX_AGE ago."""
        return monotonic() - self._requested <= MAX_AGE

    @contextmanager
    def renewed(self, read: Callable[[], object]) -> Iterator[None]:
        """Read again, unless the last read is recent; one write in the context follows without a wait.

        :raises OutdatedWriteError: from the write, to be decided again.
        """
        self._session.confirm_identity()
        if self.is_recent:
            with self._session.reserve(1):
                # The rate limit may have delayed it.
                if self.is_recent:
                    with self._limited_login():
                        yield
                    return
        with self._session.reserve(self._requests + 1):
            read()
            self._duration = monotonic() - self._requested
            with self._limited_login():
                yield

    @contextmanager
    def _limited_login(self) -> Iterator[None]:
        """Limit how long a login for a write may take; a slow device may need about as long for it as for a read."""
        until = max(self._requested + MAX_AGE, monotonic() + max(_LOGIN_TIME, 2 * self._duration))
        self._session.is_outdated = lambda: monotonic() > until
        try:
            yield
        finally:
            self._session.is_outdated = lambda: False


def decide_again(attempt: Callable[[], Result]) -> Result:
    """Call a function that decides on a write and sends it, again if the login took too long for the decision."""
    for _again in range(_MAX_DECISIONS - 1):
        with suppress(OutdatedWriteError):
            return attempt()
    return attempt()


class Writes(Generic[Item, Planned]):
    """The writes to one service of a device.

    :param service: what the service manages, for messages.
    :param read: reads it back.
    :param continue_on_rejection: whether the remaining items are written although the device rejects one.
    """

    def __init__(self, service: str, read: Callable[[], object], *, continue_on_rejection: bool = False) -> None:
        self._service = service
        self._read = read
        self._continue_on_rejection = continue_on_rejection
        #: status of each item for which a write was sent
        self.status: dict[Item, WriteStatus] = {}
        #: whether a write was sent that may have taken effect
        self.written = False
        #: whether the last such write has not been read back
        self.is_unread = False

    def run(
        self,
        steps: Sequence[tuple[Item, Planned]],
        send: Callable[[Item, Planned], None],
        remaining: Callable[[FailedWrite[Item, Planned] | None, bool], Sequence[tuple[Item, Planned]]],
        decide: Callable[[Item, Planned], AbstractContextManager[Sequence[Planned]]] | None = None,
    ) -> None:
        """Send the writes and read back, at most twice.

        :param remaining: returns what to send again, or raises why nothing can be; its second argument is true after
            the last attempt.
        :param decide: yields what to send instead of a planned write, just before it: one write or none.
        :raises AxisError: also if nothing can be read back.
        """
        for is_last in (False, True):
            if not steps:
                return
            failed = self._send_all(steps, send, decide or _as_planned)
            if failed is not None and not self.written:
                raise failed.error
            if failed is not None or self.is_unread:
                self.read_back(failed.error if failed else None)
            steps = remaining(failed, is_last)

    def _send_all(
        self,
        steps: Iterable[tuple[Item, Planned]],
        send: Callable[[Item, Planned], None],
        decide: Callable[[Item, Planned], AbstractContextManager[Sequence[Planned]]],
    ) -> FailedWrite[Item, Planned] | None:
        first: FailedWrite[Item, Planned] | None = None
        for item, planned in steps:
            error = self._decide_and_send(item, planned, send, decide)
            if error is not None:
                failed = FailedWrite(item, planned, error)
                if error.maybe_applied or not isinstance(error, DeviceError) or not self._continue_on_rejection:
                    return failed
                first = first or failed
        return first

    def _decide_and_send(
        self,
        item: Item,
        planned: Planned,
        send: Callable[[Item, Planned], None],
        decide: Callable[[Item, Planned], AbstractContextManager[Sequence[Planned]]],
    ) -> AxisError | None:
        for _attempt in range(_MAX_DECISIONS):
            with decide(item, planned) as decided:
                error = self._attempt(item, decided[0], send) if decided else None
            if not isinstance(error, OutdatedWriteError):
                break
        return error

    def _attempt(self, item: Item, planned: Planned, send: Callable[[Item, Planned], None]) -> AxisError | None:
        try:
            send(item, planned)
        except AxisError as error:
            if error.maybe_applied:
                self.written = self.is_unread = True
                self.status[item] = WriteStatus.LOST
            elif self.status.get(item) is not WriteStatus.LOST:
                self.status[item] = WriteStatus.REJECTED
            return error
        self.written = self.is_unread = True
        self.status[item] = WriteStatus.ACCEPTED
        return None

    def read_again(self) -> None:
        """Read what the device has before another write.

        :raises AxisError: UnconfirmedWriteError, if an earlier write was not read back.
        """
        if self.is_unread:
            self.read_back()
        else:
            self._read()

    def read_back(self, failure: AxisError | None = None) -> None:
        """Read what the device has after its writes.

        :param failure: of the last write.
        :raises UnconfirmedWriteError: if it cannot be read.
        """
        try:
            self._read()
        except AxisError as error:
            template = "A write was sent{failed}, and the {service} could not be read back: {error}"
            failed = Message(" ({failure})", {"failure": failure}) if failure else ""
            raise unconfirmed(template, failed=failed, service=self._service, error=error) from error
        self.is_unread = False


def _as_planned(_item: Item, planned: Planned) -> AbstractContextManager[Sequence[Planned]]:
    return nullcontext((planned,))


def not_applied(
    message: str, next_step: str = "Run again. If it happens again, check the log of the device."
) -> UnconfirmedWriteError:
    """Build the error for a write that was accepted and is not visible."""
    return UnconfirmedWriteError("not_applied", message, next_step)


def conflict(message: str) -> UnconfirmedWriteError:
    """Build the error for a change that this task did not make."""
    next_step = "Another client changes this device at the same time, or its storage was removed. Run again."
    return UnconfirmedWriteError("conflict", message, next_step)


def unrequested_change(message: str) -> UnconfirmedWriteError:
    """Build the error for a field that has another value although no write of this task set it."""
    next_step = (
        "The device may limit a value that an update repeats, or reset one that it omits, or another client changed "
        "the group at the same time. Run again. If it happens again, set these fields to values that the device keeps."
    )
    return UnconfirmedWriteError("conflict", message, next_step)


def unconfirmed(template: str, **arguments: object) -> UnconfirmedWriteError:
    """Build the error for a write of which the effect is unknown; the template is that of a Message."""
    next_step = "Run again in a minute. The run reads the device first, and continues from its current state."
    return UnconfirmedWriteError("unconfirmed", Message(template, arguments), next_step)


def response_lost(error: AxisError) -> UnconfirmedWriteError:
    """Build the error for a write whose effect is not visible, or not yet."""
    template = "A write was sent, its response was lost ({error}), and its effect is not visible"
    return unconfirmed(template, error=error)
