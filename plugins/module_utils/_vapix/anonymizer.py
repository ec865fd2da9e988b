# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write an exchange with a device so that nothing in it identifies a site or a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response in a profile; a request has no status, a response no method and target."""

    headers: tuple[tuple[str, str], ...]
    body: str


class Anonymizer:
    """Rewrites exchanges.

    :param identifiers: what identifies the site, and its kind, for example ``("host", "192.0.2.1")``.
    """

    def __init__(self, identifiers: Iterable[tuple[str, str]] = ()) -> None:
        self._identifiers = list(identifiers)
        self._own: set[str] = set()

    def own(self, text: str) -> None:
        """Keep a text that the device check made."""
        self._own.add(text)

    def identify(self, kind: str, text: str | None) -> None:
        """Replace a text everywhere from now on."""
        if text:
            self._identifiers.append((kind, text))

    def request(self, exchange: RawExchange) -> Message:
        """Return headers and body of a request."""
        return Message((), f"<{len(exchange.body)} bytes>" if exchange.body else "")

    def target(self, exchange: RawExchange) -> str:
        """Return path and query of a request."""
        return exchange.target.partition("?")[0]

    def response(self, exchange: RawExchange) -> Message:
        """Return headers and body of a response."""
        return Message((), f"<{len(exchange.response_body)} bytes>" if exchange.response_body else "")

    def text(self, text: str) -> str:
        """Return a sentence, for example of an error, without what identifies the site."""
        return text
