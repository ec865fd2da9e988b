# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what a device check sends and receives, and the answers that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    TimeLimitError,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Exchange, PointAnswer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer import Anonymizer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues

_NOT_DETERMINED = "not determined"
#: By kind, what happened; the message of an error may quote the device.
_ERRORS = {
    "authentication": "The device rejected the login.",
    "blocked": "The device rejected the address of this machine.",
    "conflict": "A different device responded.",
    "forbidden": "The role of the login is too low.",
    "malformed_response": "The response has a different form than the documented one.",
    "redirect": "The device redirected the request.",
    "timeout": "The device did not respond in time.",
    "tls": "No TLS connection was possible.",
    "unreachable": "The connection failed.",
    "unsupported": "The device does not support the request.",
}
_STATUS = re.compile(r"HTTP [0-9]{3}", re.ASCII)
#: A point keeps its first exchanges and its last one.
_MAX_EXCHANGES = 20


def describe_error(error: AxisError) -> str:
    """Return what happened. A text of the device in it is one that ``Recorder.show`` replaces."""
    if isinstance(error, UnconfirmedWriteError):
        # Of the check itself: another device is not the reason of such a conflict.
        return f"{error.message}."
    if isinstance(error, TimeLimitError):
        return "The time limit of the task ended it."
    if _STATUS.fullmatch(error.description or ""):
        return f"The device responded with {error.description}."
    text = _ERRORS.get(error.kind, "The device responded with an error.")
    return text if error.code is None else f"{text[:-1]} (error {error.code})."


def _describe_failure(exchange: RawExchange) -> str | None:
    if isinstance(exchange.error, AxisError):
        return describe_error(exchange.error)
    return None if exchange.status is not None else "The request was interrupted."


class PointRecord:
    """The point that is being settled."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: Any = None
        self.note: str | None = None
        self.exchanges: list[Exchange] = []

    def answer(self, value: Any, *, note: str | None = None) -> None:
        """Set the answer; a later one replaces it."""
        if value is None:
            raise ValueError(f"{self.name}: an answer cannot be None; use skip")
        self.value, self.note = value, note

    def skip(self, reason: str | AxisError) -> None:
        """Leave the point open, for a reason in one sentence, or for an error."""
        self.value, self.note = None, describe_error(reason) if isinstance(reason, AxisError) else reason


class Recorder:
    """Observes a session, and assigns each exchange to the point that is being settled.

    :param identifiers: what identifies the site, and its kind, for example ``("host", "192.0.2.1")``.
    """

    def __init__(self, session: Session, identifiers: Iterable[tuple[str, str | None]] = ()) -> None:
        self._session = session
        self._anonymizer = Anonymizer(identifiers)
        self._current: PointRecord | None = None
        self.date = datetime.now(timezone.utc).date().isoformat()
        #: by name of the point, in the order in which they were settled
        self.answers: dict[str, PointAnswer] = {}
        #: the last exchange
        self.last: RawExchange | None = None
        self._failures: list[tuple[AxisError, str]] = []
        session.observe = self.observe

    def own(self, text: str) -> None:
        """Keep a text in exchanges that the device check made, such as the ID of a scratch group."""
        self._anonymizer.own(text)

    def identify(self, kind: str, text: str | None) -> None:
        """Replace another text in exchanges, for example the serial number once it is known."""
        self._anonymizer.identify(kind, text)

    def show(self, text: str) -> str:
        """Return a sentence of the collection without what identifies the site.

        A text of the device in it has to be one that ``quote`` returned.
        """
        return self._anonymizer.text(text)

    def quote(self, text: str) -> str:
        """Return a text of the device in quotes, as far as it may be shown; of a fault, ``values.words`` shows more."""
        return self._anonymizer.quote(text)

    @property
    def values(self) -> ShownValues:
        """Return which values of the device a profile shows."""
        return self._anonymizer.values

    def find_point(self, error: AxisError) -> str | None:
        """Return the point during which an error was raised, or None if it was between two points."""
        return next((name for found, name in self._failures if found is error), None)

    @contextmanager
    def point(self, name: str) -> Iterator[PointRecord]:
        """Return a context whose exchanges belong to a point; without an answer at its end, the point stays open.

        An error in the context leaves the point open, too, and is raised again.
        """
        if name not in BY_NAME:
            raise ValueError(f"unknown point {name!r}")
        outer, record = self._current, PointRecord(name)
        self._current = record
        try:
            yield record
        except AxisError as error:
            record.skip(error)
            if self.find_point(error) is None:
                self._failures.append((error, name))
            raise
        except Exception as error:
            record.skip(f"The device check failed ({type(error).__name__}).")
            raise
        finally:
            self._current = outer
            self.answers[name] = self._build_answer(record)

    def _build_answer(self, record: PointRecord) -> PointAnswer:
        is_known = record.value is not None
        note = record.note if is_known else record.note or _NOT_DETERMINED
        # A host may have the name html, and a user the name kept.
        is_own_word = BY_NAME[record.name].form in ("choice", "flag", "number")
        return PointAnswer(
            answer=record.value if is_own_word else self._anonymizer.answer(record.name, record.value),
            known_from="observed" if is_known else None,
            note=None if note is None else self._anonymizer.text(note),
            date=self.date,
            exchanges=tuple(record.exchanges),
        )

    def observe(self, exchange: RawExchange) -> None:
        """Add an exchange to the point that is being settled; also for connections beside the session."""
        self.last = exchange
        self._anonymizer.learn(exchange)
        self._anonymizer.identify("serial", self._session.serial)
        if self._current is not None:
            self._add(self._current, exchange)

    def attach(self, exchange: RawExchange | None) -> None:
        """Add an exchange to the point that is being settled which another point has, too."""
        if self._current is not None and exchange is not None:
            self._add(self._current, exchange)

    def _add(self, record: PointRecord, exchange: RawExchange) -> None:
        if len(record.exchanges) >= _MAX_EXCHANGES:
            record.exchanges.pop()
        record.exchanges.append(self._build_exchange(exchange))

    def _build_exchange(self, exchange: RawExchange) -> Exchange:
        sent, received = self._anonymizer.request(exchange), self._anonymizer.response(exchange)
        return Exchange(
            request={
                "method": exchange.method,
                "target": self._anonymizer.target(exchange),
                "headers": sent.headers,
                "body": sent.body,
            },
            response=None
            if exchange.status is None
            else {"status": exchange.status, "headers": received.headers, "body": received.body},
            error=_describe_failure(exchange),
        )
