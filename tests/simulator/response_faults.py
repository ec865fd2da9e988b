# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the faults that apply the request, and alter the response or its transmission."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from .fault import Fault, Proceed
from .messages import NOT_XML, Request, Response, no_response

if TYPE_CHECKING:
    from .calls import Call
    from .device import Device

_DECLARATION = re.compile(rb"<\?xml[^>]*\?>\s*")
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)[^>]*>")
_ROOT_NAME = re.compile(rb"<[A-Za-z_][\w.:-]*")
_PLAIN_NAME = re.compile(rb"(</?)(?=[A-Za-z_][\w.-]*[\s/>])")
_UTF_8 = re.compile("utf-8", re.IGNORECASE)
# Each entity contains ten of the previous one.
_BOMB = ("ha", *(f"&b{number};" * 10 for number in range(9)))


@dataclass(kw_only=True)
class ResponseFault(Fault):
    """Apply the request and alter its response."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return self.alter_response(proceed())

    def alter_response(self, response: Response) -> Response:
        return response


# Faults of the transmission.


@dataclass(kw_only=True)
class DropAfter(ResponseFault):
    """Apply the request, then close the connection without a response."""

    def alter_response(self, response: Response) -> Response:
        return no_response()


@dataclass(kw_only=True)
class ResetAfter(ResponseFault):
    """Apply the request, then reset the connection (RST) without a response."""

    def alter_response(self, response: Response) -> Response:
        return no_response("reset")


@dataclass(kw_only=True)
class ResetInResponse(ResponseFault):
    """Apply the request, send the headers and half of the announced body, then reset the connection."""

    def alter_response(self, response: Response) -> Response:
        return response.with_transmission(share=0.5, ending="reset")


@dataclass(kw_only=True)
class Drip(ResponseFault):
    """Apply the request and send the response one byte every `seconds`, beginning with `part`."""

    part: Literal["headers", "body"] = "body"
    seconds: float = 1.0

    def alter_response(self, response: Response) -> Response:
        return response.with_transmission(drip=self.part, pause=self.seconds)


@dataclass(kw_only=True)
class Http10(ResponseFault):
    """Apply the request and respond with HTTP/1.0: no length, the body ends with the connection."""

    def alter_response(self, response: Response) -> Response:
        return response.with_transmission(version="1.0")


@dataclass(kw_only=True)
class Oversized(ResponseFault):
    """Apply the request and pad its response to `size` bytes with spaces, which XML and JSON allow at the end."""

    size: int = 64 * 1024 * 1024

    def alter_response(self, response: Response) -> Response:
        return response.with_transmission(padding=max(self.size - len(response.body), 0))


# Faults of the body.


@dataclass(kw_only=True)
class Padded(ResponseFault):
    """Apply the request, and put a blank line before the body, and a NUL byte after it."""

    before: bytes = b"\r\n \t\n"
    after: bytes = b"\n\0\0"

    def alter_response(self, response: Response) -> Response:
        return replace(response, body=self.before + response.body + self.after)


@dataclass(kw_only=True)
class Truncated(ResponseFault):
    """Apply the request and return the first half of the body, with the length of the half."""

    def alter_response(self, response: Response) -> Response:
        return replace(response, body=response.body[: len(response.body) // 2])


@dataclass(kw_only=True)
class XmlFault(ResponseFault):
    """Apply the request and alter an XML response; JSON and HTML stay unchanged."""

    def alter_response(self, response: Response) -> Response:
        return replace(response, body=self.rewrite(response.body)) if "xml" in response.content_type else response

    def rewrite(self, body: bytes) -> bytes:
        return body


@dataclass(kw_only=True)
class Doctype(XmlFault):
    """Add a document type that declares nothing."""

    def rewrite(self, body: bytes) -> bytes:
        return _with_document_type(body)


@dataclass(kw_only=True)
class ExternalEntity(XmlFault):
    """Add a reference to a file of the client's machine, and to `url`, which is also the external subset."""

    url: str | None = None
    file: str = "file:///etc/hostname"

    def rewrite(self, body: bytes) -> bytes:
        local = f'<!ENTITY file SYSTEM "{self.file}">'
        if self.url is None:
            return _with_document_type(body, f"[{local}]", "&file;")
        remote = f'<!ENTITY web SYSTEM "{self.url}">'
        return _with_document_type(body, f'SYSTEM "{self.url}" [{local}{remote}]', "&file;&web;")


@dataclass(kw_only=True)
class EntityBomb(XmlFault):
    """Add a text that expands to two billion characters (billion laughs)."""

    def rewrite(self, body: bytes) -> bytes:
        entities = "".join(f'<!ENTITY b{number} "{text}">' for number, text in enumerate(_BOMB))
        return _with_document_type(body, f"[{entities}]", f"&b{len(_BOMB) - 1};")


@dataclass(kw_only=True)
class Latin1(XmlFault):
    """Encode the response as ISO-8859-1 and declare it; use character references for all other characters."""

    def alter_response(self, response: Response) -> Response:
        return replace(super().alter_response(response), content_type=_UTF_8.sub("iso-8859-1", response.content_type))

    def rewrite(self, body: bytes) -> bytes:
        text = _DECLARATION.sub(b"", body, count=1).decode("utf-8")
        return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{text}'.encode("iso-8859-1", "xmlcharrefreplace")


@dataclass(kw_only=True)
class References(XmlFault):
    """Write each character that XML forbids as a character reference, which it forbids, too."""

    def rewrite(self, body: bytes) -> bytes:
        text = body.decode("utf-8", "surrogateescape")
        return NOT_XML.sub(lambda found: f"&#x{ord(found[0]):x};", text).encode()


@dataclass(kw_only=True)
class Namespace(XmlFault):
    """Put the elements into the namespace `uri`, by `prefix` or by default; prefixed elements keep their prefix."""

    prefix: str = ""
    uri: str = "http://www.axis.com/vapix/http_cgi/unknown"

    def rewrite(self, body: bytes) -> bytes:
        name = "xmlns"
        if self.prefix:
            name = f"xmlns:{self.prefix}"
            body = _PLAIN_NAME.sub(rb"\1" + f"{self.prefix}:".encode(), body)
        return _ROOT_NAME.sub(lambda found: found[0] + f' {name}="{self.uri}"'.encode(), body, count=1)


def _with_document_type(body: bytes, declared: str = "", text: str = "") -> bytes:
    """Insert a DOCTYPE with `declared` after the name of the root, and `text` at the start of the root."""
    root = _ROOT.search(body)
    if root is None:
        return body
    document_type = b" ".join([b"<!DOCTYPE", root[1], declared.encode()]).rstrip() + b">\n"
    return body[: root.start()] + document_type + root[0] + text.encode() + body[root.end() :]
