# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XML of a device, parsed as untrusted input: no DTD, no entities, no network. Names are local names."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced, mark_invalid
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml_parser import build_parser

IMPORT_ERROR: str | None = None
try:
    from lxml import etree
    from lxml.builder import ElementMaker
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


# Supersets of ASCII, so that the checks on the bytes are valid. Devices use UTF-8 and ISO-8859-1.
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"})
_DECLARATION = re.compile(rb"<\?xml\b([^>]{0,200}?)\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_WHITESPACE = b" \t\r\n"
_REFERENCE = re.compile("&#(?:x([0-9A-Fa-f]+)|([0-9]+));", re.ASCII)
_MAX_CHARACTER, _MAX_CHARACTER_DIGITS = 0x10FFFF, 7
# 10,000 groups have 100,000 nodes. Each costs memory in every worker: 8 MiB of <a/> give a tree of 254 MB.
_MAX_NODES = 250_000
# Before 2.12, libxml2 compares each attribute of an element with every other: 770 KiB of them took 70 s.
_LONG_ELEMENT = re.compile(rb"<[^<]{32768}")
# Python refuses to convert thousands of digits.
_MAX_DIGITS = 18


def parse(body: bytes, root: str) -> Element:
    """Return the root element of a response.

    Characters that XML forbids are marked in the texts of the element (``has_replaced``). In the name of an element or
    an attribute, they are not valid.

    :param root: the local name that the root must have.
    :raises DeviceError: ``malformed_response``.
    """
    # Some devices begin with a blank line, or send the end of a text in C.
    body = body.lstrip(_WHITESPACE).removeprefix(b"\xef\xbb\xbf").lstrip(_WHITESPACE).rstrip(_WHITESPACE + b"\0")
    body = _mark_characters(body, _check_bytes(body, root))
    try:
        element = etree.fromstring(body, build_parser())
    except etree.XMLSyntaxError as error:
        # The parser's message quotes parts of the response, which may be parts of a password.
        raise malformed_response(
            f"The response is not well-formed XML (line {error.lineno}, column {error.offset})"
        ) from error
    except ValueError as error:
        raise malformed_response("The response is not well-formed XML") from error
    if element.getroottree().docinfo.doctype:
        raise malformed_response("The response has a document type")
    if local_name(element) != root:
        raise malformed_response(f"The response is <{clean(local_name(element))}> instead of <{root}>")
    return element


def _check_bytes(body: bytes, root: str) -> str:
    """Return the encoding; reject what the parser must not process."""
    name = b"utf-8"
    if b"<!DOCTYPE" in body[:1024].upper():
        raise malformed_response(f"The response begins with a document type, like a web page, instead of <{root}>")
    start = body[:256]
    if not start.startswith(b"<"):
        raise malformed_response(f"The response is not XML, but <{root}> was expected")
    if start.startswith(b"<?xml"):
        declaration = _DECLARATION.match(start)
        encoding = _ENCODING.search(declaration[1]) if declaration else None
        if declaration is None or (encoding and encoding[1].lower() not in _ENCODINGS):
            raise malformed_response("The response is XML in an unsupported encoding")
        name = encoding[1] if encoding else name
    if body.count(b"<") + body.count(b"=") > _MAX_NODES:
        raise malformed_response(f"The response has more than {_MAX_NODES:,} elements and attributes")
    if _LONG_ELEMENT.search(body):
        raise malformed_response("The response has an element of more than 32 KiB")
    return name.decode("ascii")


def _mark_characters(body: bytes, encoding: str) -> bytes:
    """Return the document with a mark for each byte, character, and reference that XML forbids."""
    # An undecodable byte becomes half of a surrogate pair, which XML forbids, too.
    written = body.decode(encoding, "surrogateescape")
    marked = _REFERENCE.sub(_mark_reference, mark_invalid(written))
    if marked == written:
        return body
    # Without its declaration it is UTF-8.
    document = marked.encode()
    declaration = _DECLARATION.match(document)
    return document[declaration.end() :] if declaration else document


def _mark_reference(match: re.Match[str]) -> str:
    hexadecimal, decimal = match.groups()
    digits = (hexadecimal or decimal).lstrip("0")
    number = int(digits or "0", 16 if hexadecimal else 10) if len(digits) <= _MAX_CHARACTER_DIGITS else -1
    character = chr(number) if 0 <= number <= _MAX_CHARACTER else "\0"
    marked = mark_invalid(character)
    return match[0] if marked == character else marked


def element_maker(namespace: str, prefixes: Mapping[str, str] | None = None) -> ElementMaker:
    """Return a factory for elements: ``element_maker(uri).Name("text", Attribute="value")``.

    :param namespace: the namespace of the elements, declared as the default one.
    :param prefixes: further prefixes to declare, for texts that use them.
    """
    declared: dict[str | None, str] = {None: namespace}
    declared.update(prefixes or {})
    return ElementMaker(namespace=namespace, nsmap=declared)


def serialize(element: Element) -> bytes:
    """Return an XML document of the element, in UTF-8.

    :raises DeviceError: ``malformed_response``, if it has a text of the device whose characters are not known.
    """
    document: bytes = etree.tostring(element, encoding="utf-8", xml_declaration=True)
    check_known(document.decode())
    return document


def check_known(written: str) -> None:
    """Check that a text to send has no characters that XML forbade in a response, so that they are not known.

    :raises DeviceError: ``malformed_response``; nothing was sent.
    """
    if has_replaced(written):
        raise DeviceError(
            "malformed_response",
            "The device returned a text with characters that XML does not allow, so it cannot be sent back",
            "Replace the text on the device with one that has no control characters.",
        )


def is_xpath(written: str, prefixes: Mapping[str, str]) -> bool:
    """Return whether a text is an XPath 1.0 expression that uses no other prefixes."""
    try:
        # Some errors occur only when the expression is evaluated.
        etree.XPath(written, namespaces=dict(prefixes))(etree.Element("message"))
    except (etree.XPathError, ValueError):
        return False
    return True


def local_name(element: Element) -> str:
    """Return the name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, name: str) -> Iterator[Element]:
    """Return the child elements with a local name."""
    return (child for child in element if isinstance(child.tag, str) and local_name(child) == name)


def child(element: Element, name: str) -> Element | None:
    """Return the first child element with a local name, if any."""
    return next(children(element, name), None)


def text(element: Element | None) -> str:
    """Return the text of an element without surrounding blanks; an empty text for no element."""
    return ((element.text if element is not None else None) or "").strip()


def parse_whole_number(written: str) -> int | None:
    """Return a number without a sign, or ``None`` for any other text."""
    is_number = written.isascii() and written.isdigit() and len(written) <= _MAX_DIGITS
    return int(written) if is_number else None
