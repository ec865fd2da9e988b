# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write SOAP 1.2 as devices do: envelopes, elements, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lxml import etree
from lxml.etree import _Element as Element

from .messages import Request, xml_attribute

if TYPE_CHECKING:
    from .actions import Event
    from .device import Device

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
ACTION = "http://www.axis.com/vapix/ws/action1"
NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
# Every response declares all of these.
NAMESPACES = {
    "SOAP-ENV": _SOAP,
    "SOAP-ENC": "http://www.w3.org/2003/05/soap-encoding",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "c14n": "http://www.w3.org/2001/10/xml-exc-c14n#",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsa5": "http://www.w3.org/2005/08/addressing",
    "xmime": "http://tempuri.org/xmime.xsd",
    "xop": "http://www.w3.org/2004/08/xop/include",
    "wsrfbf": "http://docs.oasis-open.org/wsrf/bf-2",
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "tt": "http://www.onvif.org/ver10/schema",
    "acert": "http://www.axis.com/vapix/ws/cert",
    "wsrfr": "http://docs.oasis-open.org/wsrf/r-2",
    "aa": ACTION,
    "acertificates": "http://www.axis.com/vapix/ws/certificates",
    "aentry": "http://www.axis.com/vapix/ws/entry",
    "aev": "http://www.axis.com/vapix/ws/event1",
    "aeva": "http://www.axis.com/vapix/ws/embeddedvideoanalytics1",
    "ali1": "http://www.axis.com/vapix/ws/light/CommonBinding",
    "ali2": "http://www.axis.com/vapix/ws/light/IntensityBinding",
    "ali3": "http://www.axis.com/vapix/ws/light/AngleOfIlluminationBinding",
    "ali4": "http://www.axis.com/vapix/ws/light/DayNightSynchronizeBinding",
    "ali": "http://www.axis.com/vapix/ws/light",
    "apc": "http://www.axis.com/vapix/ws/panopsiscalibration1",
    "arth": "http://www.axis.com/vapix/ws/recordedtour1",
    "asd": "http://www.axis.com/vapix/ws/shockdetection",
    "aweb": "http://www.axis.com/vapix/ws/webserver",
    "tan1": "http://www.onvif.org/ver20/analytics/wsdl/RuleEngineBinding",
    "tan2": "http://www.onvif.org/ver20/analytics/wsdl/AnalyticsEngineBinding",
    "tan": "http://www.onvif.org/ver20/analytics/wsdl",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "tev1": "http://www.onvif.org/ver10/events/wsdl/NotificationProducerBinding",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "wsnt": NOTIFICATION,
    "timg": "http://www.onvif.org/ver20/imaging/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "trt2": "http://www.onvif.org/ver20/media/wsdl",
    "ter": "http://www.onvif.org/ver10/error",
    "tns1": "http://www.onvif.org/ver10/topics",
    "tnsaxis": "http://www.axis.com/2009/event/topics",
}
_PREFIXES = {
    "standard": {prefix: prefix for prefix in NAMESPACES},
    "numbered": {prefix: f"ns{number}" for number, prefix in enumerate(NAMESPACES, 1)},
}
CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
ITEM_FILTER = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class SoapFaultError(Exception):
    """The request fails with this fault: `detail` names the first element of Detail, `inner` renders its content."""

    def __init__(
        self,
        detail: str | None,
        reason: str,
        inner: Callable[[SoapWriter], str] | None = None,
        *,
        code: str = "SOAP-ENV:Sender",
        subcode: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.detail = detail
        self.reason = reason
        self.inner = inner
        self.code = code
        self.subcode = subcode


class SoapWriter:
    """Write elements, named with the standard prefixes, with the prefixes of the device."""

    def __init__(self, device: Device) -> None:
        self._prefixes = _PREFIXES[device.switches.namespace_prefixes]
        self._topic_ending = device.switches.topic_ending

    def name(self, name: str) -> str:
        """Translate a prefix; a name without one, or with an unknown one, stays unchanged."""
        prefix, colon, local = name.partition(":")
        return f"{self._prefixes.get(prefix, prefix)}{colon}{local}" if colon else name

    def element(self, name: str, *content: str, **attributes: str) -> str:
        """Write an element with XML `content`, never as an empty-element tag, as on devices."""
        name = self.name(name)
        head = "".join(f' {key}="{xml_attribute(value)}"' for key, value in attributes.items())
        return f"<{name}{head}>{''.join(content)}</{name}>"

    def text(self, name: str, text: str, **attributes: str) -> str:
        return self.element(name, escaped(text), **attributes)

    def condition(self, event: Event) -> tuple[str, str]:
        """Write a condition: older devices append `//.` to its topic, and return a start event as it was sent."""
        return self.event(event, self._topic_ending)

    def event(self, event: Event, ending: str = "") -> tuple[str, str]:
        topic = "/".join(self.name(step) for step in event.topic.split("/")) + ending
        return (
            self.text("wsnt:TopicExpression", topic, Dialect=CONCRETE),
            self.text("wsnt:MessageContent", event.message, Dialect=ITEM_FILTER),
        )

    def envelope(self, body: str) -> bytes:
        declared = " ".join(f'xmlns:{self._prefixes[prefix]}="{uri}"' for prefix, uri in NAMESPACES.items())
        envelope, part = self.name("SOAP-ENV:Envelope"), self.element("SOAP-ENV:Body", body)
        document = f'<?xml version="1.0" encoding="UTF-8"?>\n<{envelope} {declared}>{part}</{envelope}>'
        return document.encode("utf-8", "surrogateescape")

    def fault(self, fault: SoapFaultError) -> str:
        code = self.text("SOAP-ENV:Value", self.name(fault.code))
        if fault.subcode is not None:
            code += self.element("SOAP-ENV:Subcode", self.text("SOAP-ENV:Value", self.name(fault.subcode)))
        # Devices write an empty-element tag only here.
        text = self.name("SOAP-ENV:Text")
        ending = f">{escaped(fault.reason)}</{text}>" if fault.reason else "/>"
        parts = [self.element("SOAP-ENV:Code", code)]
        parts.append(self.element("SOAP-ENV:Reason", f'<{text} xml:lang="en"{ending}'))
        if fault.detail is not None:
            inner = fault.inner(self) if fault.inner else ""
            parts.append(self.element("SOAP-ENV:Detail", self.element(fault.detail, inner)))
        return self.element("SOAP-ENV:Fault", *parts)


def parse_operation(request: Request) -> Element:
    """Return the element in the Body of the envelope; reject a document type, as SOAP requires."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(request.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise SoapFaultError(None, "Invalid XML") from None
    if root.getroottree().docinfo.doctype:
        raise SoapFaultError(None, "Invalid XML")
    if root.tag != f"{{{_SOAP}}}Envelope":
        raise SoapFaultError(None, "Not a SOAP 1.2 envelope")
    body = root.find(f"{{{_SOAP}}}Body")
    operation = None if body is None else body.find("*")
    if operation is None:
        raise SoapFaultError(None, "Empty SOAP body")
    return operation


def violation(element: str, kind: str = "occurrence violation") -> SoapFaultError:
    text = f"Validation constraint violation: {kind} in element {element}"
    return SoapFaultError("SOAP-ENV:Text", "Invalid argument", lambda writer: escaped(text), subcode="ter:InvalidArgs")


def children(parent: Element, name: str, namespace: str = ACTION) -> list[Element]:
    return parent.findall(f"{{{namespace}}}{name}")


def child(parent: Element, name: str, namespace: str = ACTION) -> Element:
    """Return the only child of this name."""
    found = children(parent, name, namespace)
    if len(found) != 1:
        raise violation(name)
    return found[0]


def content(element: Element) -> str:
    return (element.text or "").strip()


def optional_content(parent: Element, name: str) -> str:
    found = parent.find(f"{{{ACTION}}}{name}")
    return "" if found is None else found.text or ""


def attribute(element: Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise violation(etree.QName(element).localname)
    return value


def boolean(element: Element) -> bool:
    text = content(element)
    if text not in _BOOLEANS:
        raise violation(etree.QName(element).localname, "data type mismatch")
    return _BOOLEANS[text]


def escaped(text: str) -> str:
    """Escape the text of an element; devices do not escape quotes there."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
