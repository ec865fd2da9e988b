# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what a device check sends and receives, and the answers that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Exchange, PointAnswer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer import Anonymizer

_NOT_DETERMINED = "not determined"
#: A point keeps its first exchanges and its last one.
_MAX_EXCHANGES = 20


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

    def skip(self, reason: str) -> None:
        """Leave the point open, for a reason in one sentence."""
        self.value, self.note = None, reason


class Recorder:
    """Observes a session, and assigns each exchange to the point that is being settled.

    :param identifiers: what identifies the site, and its kind, for example ``("host", "192.0.2.1")``.
    """

    def __init__(self, session: Session, identifiers: Iterable[tuple[str, str]] = ()) -> None:
        self._session = session
        self._anonymizer = Anonymizer(identifiers)
        self._current: PointRecord | None = None
        self.date = datetime.now(timezone.utc).date().isoformat()
        #: by name of the point, in the order in which they were settled
        self.answers: dict[str, PointAnswer] = {}
        #: the number of all requests, also outside of points
        self.requests = 0
        session.observe = self.observe

    def own(self, text: str) -> None:
        """Keep a text in exchanges that the device check made, such as the ID of a scratch group."""
        self._anonymizer.own(text)

    def identify(self, kind: str, text: str | None) -> None:
        """Replace another text in exchanges, for example the serial number once it is known."""
        self._anonymizer.identify(kind, text)

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
        except Exception as error:
            record.skip(str(error))
            raise
        finally:
            self._current = outer
            self.answers[name] = self._build_answer(record)

    def _build_answer(self, record: PointRecord) -> PointAnswer:
        is_known = record.value is not None
        note = record.note if is_known else record.note or _NOT_DETERMINED
        return PointAnswer(
            answer=record.value,
            known_from="observed" if is_known else None,
            note=None if note is None else self._anonymizer.text(note),
            date=self.date,
            exchanges=tuple(record.exchanges),
        )

    def observe(self, exchange: RawExchange) -> None:
        """Add an exchange to the point that is being settled; also for connections beside the session."""
        self.requests += 1
        if self._current is None:
            return
        if len(self._current.exchanges) >= _MAX_EXCHANGES:
            self._current.exchanges.pop()
        self._current.exchanges.append(self._build_exchange(exchange))

    def _build_exchange(self, exchange: RawExchange) -> Exchange:
        sent, received = self._anonymizer.request(exchange), self._anonymizer.response(exchange)
        return Exchange(
            request={
                "method": exchange.method,
                "target": self._anonymizer.target(exchange),
                "headers": dict(sent.headers),
                "body": sent.body,
            },
            response=None
            if exchange.status is None
            else {"status": exchange.status, "headers": dict(received.headers), "body": received.body},
            error=None if exchange.error is None else self._anonymizer.text(str(exchange.error)),
        )
