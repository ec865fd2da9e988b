# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define requests and responses, independent of any server library."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import unquote, unquote_to_bytes

_PAGE_TEXTS = {
    401: "This server could not verify that you are authorized to access the document requested.",
    403: "You don't have permission to access this resource.",
    404: "The requested URL was not found on this server.",
    405: "The requested method is not allowed for this URL.",
}
_FORM = "application/x-www-form-urlencoded"
# All characters that XML 1.0 does not allow; lone surrogates are undecodable bytes.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Request:
    """A request. `connection` counts from 1 per device; header names are lowercase; `target` is raw."""

    connection: int
    client: str
    tls: bool
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    def arguments(self) -> dict[str, bytes]:
        """Return the query (and a POSTed form), percent-decoded once, `+` as a space; the last duplicate wins."""
        texts = [self.target.partition("?")[2].encode("utf-8", "surrogateescape")]
        if self.method == "POST" and self.headers.get("content-type", "").startswith(_FORM):
            texts.append(self.body)
        pairs = [pair.partition(b"=") for text in texts for pair in text.split(b"&") if pair]
        return {_decode(name).decode("utf-8", "replace"): _decode(value) for name, _unused, value in pairs}


@dataclass(frozen=True)
class Transmission:
    """How to send a response that is not sent normally; its connection is not kept alive.

    Send `share` of the body after the headers; None: not even the headers. From `drip` on, send one byte every `pause`
    seconds. Append `padding` spaces to a whole body. With `ending` "hold", the client has to disconnect.
    """

    share: float | None = 1.0
    ending: Literal["close", "reset", "hold"] = "close"
    drip: Literal["headers", "body"] | None = None
    pause: float = 0.0
    padding: int = 0
    version: Literal["1.0", "1.1"] = "1.1"


@dataclass(frozen=True)
class Response:
    """A response. `code` is the API's error code, for the journal.

    `close` closes the connection after the response; `chunked` sends the body in chunks; `transmission` says how to
    send it, None: normally, and otherwise never in chunks.
    """

    status: int
    content_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    code: int | None = None
    close: bool = False
    chunked: bool = False
    transmission: Transmission | None = None

    def with_transmission(self, **changes: Any) -> Response:
        """Return the same response with another transmission; a response that is not sent stays unchanged."""
        if self.status == 0:
            return self
        return replace(self, transmission=replace(self.transmission or Transmission(), **changes))


def no_response(ending: Literal["close", "reset", "hold"] = "close") -> Response:
    """Send nothing: status 0 in the journal."""
    return Response(status=0, transmission=Transmission(share=None, ending=ending))


def html_page(status: int, headers: tuple[tuple[str, str], ...] = (), *, close: bool = False) -> Response:
    """Build the short Apache page that devices return for every error below the API (401, 403, 404, 405, 5xx)."""
    text = _PAGE_TEXTS.get(status, HTTPStatus(status).description)
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n'
        f"<html><head>\n<title>{title}</title>\n</head><body>\n"
        f"<h1>{HTTPStatus(status).phrase}</h1>\n<p>{escape(text, quote=False)}</p>\n</body></html>\n"
    )
    return Response(status, "text/html; charset=iso-8859-1", page.encode("iso-8859-1"), headers, close=close)


def json_page(status: int, headers: tuple[tuple[str, str], ...] = (), *, close: bool = False) -> Response:
    """Build the JSON that newer devices return in the place of the page."""
    error = {"code": status, "message": HTTPStatus(status).phrase}
    body = json.dumps({"status": "error", "error": error}).encode()
    return Response(status, "application/json; charset=utf-8", body, headers, close=close)


def xml_attribute(value: str) -> str:
    """Escape as devices do: tabs and line breaks stay raw, so parsers turn them into spaces."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def is_xml_text(value: str) -> bool:
    return NOT_XML.search(value) is None


def _decode(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))
