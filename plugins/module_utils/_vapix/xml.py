# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XML of a device, parsed without trust: no DTD, no entities, no network; names without their namespace."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError

IMPORT_ERROR: str | None = None
try:
    from lxml import etree
    from lxml.builder import ElementMaker
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


# Compatible with ASCII, so that what is looked for in the bytes is found. Devices say UTF-8 and ISO-8859-1.
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"})
_DECLARATION = re.compile(rb"<\?xml\b([^>]{0,200}?)\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
# Of 10,000 groups there are 100,000. Each costs memory, in every worker at once: 8 MiB of <a/> were a tree of 254 MB.
_MOST_NODES = 250_000
# Before 2.12, libxml2 compares each attribute of an element with every other: 770 KiB of them took 70 s.
_LONG_ELEMENT = re.compile(rb"<[^<]{32768}")


def malformed(what: str) -> DeviceError:
    """The error for an answer that is not what was promised. A write so answered may have been made."""
    return DeviceError(
        "malformed_response",
        what,
        "Check that host and port are the device's and that no proxy or login page answers in its place.",
        maybe_applied=True,
    )


def parse(body: bytes, root: str) -> Element:
    """The root element of an answer.

    :param root: local name that the root must have.
    :raises DeviceError: ``malformed_response``.
    """
    _check_bytes(body, root)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        element = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        # Its own words quote pieces of the answer, which may be pieces of a password.
        raise malformed(f"The answer is not well-formed XML (line {error.lineno}, column {error.offset})") from error
    except ValueError as error:
        raise malformed("The answer is not well-formed XML") from error
    if element.getroottree().docinfo.doctype:
        raise malformed("The answer has a document type")
    if local_name(element) != root:
        raise malformed(f"The answer is <{local_name(element)}>, where <{root}> was expected")
    return element


def _check_bytes(body: bytes, root: str) -> None:
    """What must hold before the parser sees them."""
    if b"<!DOCTYPE" in body[:1024].upper():
        raise malformed(f"The answer begins with a document type, where plain <{root}> was expected (a web page?)")
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:256]
    if not start.startswith(b"<"):
        raise malformed(f"The answer does not begin with an element, where <{root}> was expected")
    if start.startswith(b"<?xml"):
        declaration = _DECLARATION.match(start)
        encoding = _ENCODING.search(declaration[1]) if declaration else None
        if declaration is None or (encoding and encoding[1].lower() not in _ENCODINGS):
            raise malformed("The answer is XML in an encoding that no device uses")
    if body.count(b"<") + body.count(b"=") > _MOST_NODES:
        raise malformed("The answer has more elements and attributes than any device sends")
    if _LONG_ELEMENT.search(body):
        raise malformed("The answer has an element of more than 32 KiB")


def element_maker(namespace: str, prefixes: Mapping[str, str] | None = None) -> ElementMaker:
    """Makes elements of one namespace, their default one: ``element_maker(uri).Name("text", Attribute="value")``.

    :param prefixes: further prefixes to declare, for texts that need them.
    """
    declared: dict[str | None, str] = {None: namespace}
    declared.update(prefixes or {})
    return ElementMaker(namespace=namespace, nsmap=declared)


def serialize(element: Element) -> bytes:
    """A document of the element, escaped."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)


def is_xpath(written: str, prefixes: Mapping[str, str]) -> bool:
    """Whether it is an expression of XPath 1.0 that uses no other prefixes."""
    try:
        # Some faults are found only when it is evaluated.
        etree.XPath(written, namespaces=dict(prefixes))(etree.Element("message"))
    except (etree.XPathError, ValueError):
        return False
    return True


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, name: str) -> Iterator[Element]:
    """The child elements of one local name."""
    return (child for child in element if isinstance(child.tag, str) and local_name(child) == name)


def child(element: Element, name: str) -> Element | None:
    """The first child element of one local name, if any."""
    return next(children(element, name), None)


def text(element: Element | None) -> str:
    """The text of an element without the blanks around it; empty for none."""
    return ((element.text if element is not None else None) or "").strip()
