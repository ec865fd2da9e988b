# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XML of a device, parsed without trust: no DTD, no entities, no network; names without their namespace."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceRefused

IMPORT_ERROR: str | None = None
try:
    from lxml import etree
    from lxml.builder import ElementMaker
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def malformed(what: str) -> DeviceRefused:
    """The error for an answer that is not what was promised. A write so answered may have been made."""
    return DeviceRefused(
        "malformed_response",
        what,
        "Check that host and port are the device's and that no proxy or login page answers in its place.",
        maybe_applied=True,
    )


def parse(body: bytes, root: str) -> Element:
    """The root element of an answer.

    :param root: local name that the root must have.
    :raises DeviceRefused: ``malformed_response``.
    """
    if b"<!DOCTYPE" in body[:1024].upper():
        raise malformed(f"The answer begins with a document type, where plain <{root}> was expected (a web page?)")
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


def maker(namespace: str, prefixes: Mapping[str, str] | None = None) -> ElementMaker:
    """Makes elements of one namespace, their default one: ``maker(uri).Name("text", Attribute="value")``.

    :param prefixes: further prefixes to declare, for texts that need them.
    """
    declared: dict[str | None, str] = {None: namespace}
    declared.update(prefixes or {})
    return ElementMaker(namespace=namespace, nsmap=declared)


def write(element: Element) -> bytes:
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
