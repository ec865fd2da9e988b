# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""/vapix/services: the action service (VAPIX event and action services), SOAP 1.2 by POST, faults with HTTP 400."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from lxml import etree
from lxml.etree import _Element as Element

from .actions import GROUP_PARAMETER, GROUP_TEMPLATE, Configuration, Event, Rule
from .messages import Answer, Request, xml_attribute

if TYPE_CHECKING:
    from .device import Device

PATH = "/vapix/services"
UNKNOWN = "unknown"
_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_ACTION = "http://www.axis.com/vapix/ws/action1"
_NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
# What every answer declares, whether it needs it or not.
_NAMESPACES = {
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
    "aa": _ACTION,
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
    "wsnt": _NOTIFICATION,
    "timg": "http://www.onvif.org/ver20/imaging/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "trt2": "http://www.onvif.org/ver20/media/wsdl",
    "ter": "http://www.onvif.org/ver10/error",
    "tns1": "http://www.onvif.org/ver10/topics",
    "tnsaxis": "http://www.axis.com/2009/event/topics",
}
_PREFIXES = {
    "usual": {prefix: prefix for prefix in _NAMESPACES},
    "numbered": {prefix: f"ns{number}" for number, prefix in enumerate(_NAMESPACES, 1)},
}
_TOPIC_PREFIXES = {_NAMESPACES[prefix]: prefix for prefix in ("tns1", "tnsaxis")}
_CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
_CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_ITEM_FILTER = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_NAME = r"[^\W\d][\w.-]*"
_STEP = rf"(?:{_NAME}:)?{_NAME}"
_TOPIC = re.compile(rf"{_STEP}(?:/{_STEP})*")
_ITEM = re.compile(r"""@Name\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Faulty(Exception):
    """The request gets this fault: `detail` names the first element of its Detail, `inner` is what stands in it."""

    def __init__(
        self,
        detail: str | None,
        reason: str,
        inner: Callable[[_Writer], str] | None = None,
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


class _Writer:
    """Writes elements whose names are given with the usual prefixes, in the prefixes the device uses."""

    def __init__(self, device: Device) -> None:
        self._prefixes = _PREFIXES[device.switches.answer_prefixes]
        self._topic_ending = device.profile.topic_ending

    def name(self, name: str) -> str:
        """Whatever has no colon, or a prefix that no answer declares, stays."""
        prefix, colon, local = name.partition(":")
        return f"{self._prefixes.get(prefix, prefix)}{colon}{local}" if colon else name

    def element(self, name: str, *content: str, **attributes: str) -> str:
        """`content` is XML; never an empty-element tag, as on devices."""
        name = self.name(name)
        head = "".join(f' {key}="{xml_attribute(value)}"' for key, value in attributes.items())
        return f"<{name}{head}>{''.join(content)}</{name}>"

    def text(self, name: str, text: str, **attributes: str) -> str:
        return self.element(name, _escaped(text), **attributes)

    def event(self, event: Event) -> tuple[str, str]:
        topic = "/".join(self.name(step) for step in event.topic.split("/")) + self._topic_ending
        return (
            self.text("wsnt:TopicExpression", topic, Dialect=_CONCRETE),
            self.text("wsnt:MessageContent", event.message, Dialect=_ITEM_FILTER),
        )

    def envelope(self, body: str) -> bytes:
        declared = " ".join(f'xmlns:{self._prefixes[prefix]}="{uri}"' for prefix, uri in _NAMESPACES.items())
        envelope, part = self.name("SOAP-ENV:Envelope"), self.element("SOAP-ENV:Body", body)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{envelope} {declared}>{part}</{envelope}>'.encode()

    def fault(self, fault: Faulty) -> str:
        code = self.text("SOAP-ENV:Value", self.name(fault.code))
        if fault.subcode is not None:
            code += self.element("SOAP-ENV:Subcode", self.text("SOAP-ENV:Value", self.name(fault.subcode)))
        # The one place where devices write an empty-element tag.
        text = self.name("SOAP-ENV:Text")
        ending = f">{_escaped(fault.reason)}</{text}>" if fault.reason else "/>"
        parts = [self.element("SOAP-ENV:Code", code)]
        parts.append(self.element("SOAP-ENV:Reason", f'<{text} xml:lang="en"{ending}'))
        if fault.detail is not None:
            inner = fault.inner(self) if fault.inner else ""
            parts.append(self.element("SOAP-ENV:Detail", self.element(fault.detail, inner)))
        return self.element("SOAP-ENV:Fault", *parts)


def operation(request: Request) -> str:
    """The operation a request asks for, "unknown" when it is none of OPERATIONS or cannot be told."""
    try:
        name = etree.QName(_asked(request))
    except Faulty:
        return UNKNOWN
    return name.localname if name.namespace == _ACTION and name.localname in OPERATIONS else UNKNOWN


def answer(device: Device, request: Request) -> Answer:
    """Carries a request out."""
    try:
        asked = _asked(request)
        name = operation(request)
        if name == UNKNOWN:
            raise Faulty(
                None, "optional action not implemented", code="SOAP-ENV:Receiver", subcode="ter:ActionNotSupported"
            )
        writer = _Writer(device)
        body = writer.element(f"aa:{name}Response", OPERATIONS[name](device, asked, writer))
    except Faulty as fault:
        return _fault(device, fault)
    return _answer(device, 200, body)


def error(device: Device, code: int, description: str | None = None) -> Answer:
    """The service knows no error codes: a fault that blames the device, the code for the journal only."""
    return _fault(device, Faulty(None, description or "", code="SOAP-ENV:Receiver"), code)


def fault(device: Device, detail: str, reason: str) -> Answer:
    """A fault by the name of its Detail element, with the usual prefix."""
    return _fault(device, Faulty(detail, reason))


def _get_templates(device: Device, asked: Element, writer: _Writer) -> str:
    templates = [
        writer.element(
            "aa:ActionTemplate",
            writer.text("aa:TemplateToken", token),
            writer.element("aa:Parameters", *(writer.element("aa:Parameter", Name=name) for name in names)),
        )
        for token, names in device.actions.templates.items()
    ]
    return writer.element("aa:ActionTemplates", *templates)


def _get_configurations(device: Device, asked: Element, writer: _Writer) -> str:
    actions = device.actions
    shown = [actions.configurations[key] for key in actions.in_some_order("configurations")]
    return writer.element("aa:ActionConfigurations", *(_configuration(writer, item) for item in shown))


def _get_rules(device: Device, asked: Element, writer: _Writer) -> str:
    actions = device.actions
    shown = [actions.rules[key] for key in actions.in_some_order("rules")]
    return writer.element("aa:ActionRules", *(_rule(writer, item) for item in shown))


def _add_configuration(device: Device, asked: Element, writer: _Writer) -> str:
    new = _child(asked, "NewActionConfiguration")
    template = _content(_child(new, "TemplateToken"))
    given: dict[str, str] = {}
    for parameter in _children(_child(new, "Parameters"), "Parameter"):
        given[_attribute(parameter, "Name")] = _attribute(parameter, "Value")
    actions = device.actions
    if template not in actions.templates:
        raise Faulty("aa:ActionTemplateNotFoundFault", f"action template with id '{template}' not found")
    for name in actions.templates[template]:
        if name not in given:
            raise Faulty("aa:ParametersMissmatchFault", f"Configuration parameter missing: {name}")
    for name in given:
        if name not in actions.templates[template]:
            raise Faulty("aa:ParametersMissmatchFault", f"Configuration parameter unknown: {name}")
    group_id = given.get(GROUP_PARAMETER)
    there = [group.recording_group_id for group in device.listed_groups]
    if template == GROUP_TEMPLATE and device.switches.action_checks_group and group_id not in there:
        raise Faulty("aa:ParametersMissmatchFault", f"Recording group not found: {group_id}")
    name = _optional_content(new, "Name")
    configuration = actions.add_configuration(template, name, given, reuse=device.switches.reuse_ids)
    return writer.text("aa:ConfigurationID", configuration.configuration_id)


def _remove_configuration(device: Device, asked: Element, writer: _Writer) -> str:
    configuration_id = _content(_child(asked, "ConfigurationID"))
    actions = device.actions
    if configuration_id not in actions.configurations:
        raise Faulty("aa:ActionConfigurationNotFoundFault", "")
    users = actions.rules_of(configuration_id)
    if users:
        raise Faulty(
            "aa:ActionConfigurationIsInUseFault",
            "action configuration is in use",
            lambda writer: writer.element("aa:UsedByActionRules", *(_user(writer, rule) for rule in users)),
        )
    actions.remove_configuration(configuration_id)
    return ""


def _add_rule(device: Device, asked: Element, writer: _Writer) -> str:
    new = _child(asked, "NewActionRule")
    enabled = _boolean(_child(new, "Enabled"))
    starts, blocks = _children(new, "StartEvent"), _children(new, "Conditions")
    # A start event alone is enough, except for an unlimited action.
    conditions = [condition for block in blocks for condition in _children(block, "Condition")]
    if not conditions and (blocks or not starts):
        raise _violation("Conditions")
    primary_action = _content(_child(new, "PrimaryAction"))
    configuration = device.actions.configurations.get(primary_action)
    if configuration is None:
        raise Faulty(
            "aa:ActionConfigurationNotFoundFault",
            f"Unknown action configuration '{primary_action}' specified for primary action",
        )
    if not conditions and ".unlimited." in configuration.template:
        raise _violation("Conditions")
    start_event = _event(device, starts[0], "aa:InvalidFilterFault", "could not match any events") if starts else None
    rule = device.actions.add_rule(
        primary_action,
        _optional_content(new, "Name"),
        enabled,
        [
            _event(device, condition, "aa:InvalidConditionFilterFault", "could not match any property events")
            for condition in conditions
        ],
        start_event,
        reuse=device.switches.reuse_ids,
    )
    return writer.text("aa:RuleID", rule.rule_id)


def _remove_rule(device: Device, asked: Element, writer: _Writer) -> str:
    rule_id = _content(_child(asked, "RuleID"))
    if rule_id not in device.actions.rules:
        raise Faulty("aa:ActionRuleNotFoundFault", f"No action rule with id '{rule_id}' exists")
    device.actions.remove_rule(rule_id)
    return ""


OPERATIONS: dict[str, Callable[[Device, Element, _Writer], str]] = {
    "GetActionTemplates": _get_templates,
    "GetActionConfigurations": _get_configurations,
    "AddActionConfiguration": _add_configuration,
    "RemoveActionConfiguration": _remove_configuration,
    "GetActionRules": _get_rules,
    "AddActionRule": _add_rule,
    "RemoveActionRule": _remove_rule,
}


def _configuration(writer: _Writer, configuration: Configuration) -> str:
    # The order sent is not kept.
    parameters = [
        writer.element("aa:Parameter", Value=value, Name=name)
        for name, value in reversed(configuration.parameters.items())
    ]
    return writer.element(
        "aa:ActionConfiguration",
        writer.text("aa:ConfigurationID", configuration.configuration_id),
        writer.text("aa:Name", configuration.name),
        writer.text("aa:TemplateToken", configuration.template),
        writer.element("aa:Parameters", *parameters),
    )


def _rule(writer: _Writer, rule: Rule) -> str:
    parts = [
        writer.text("aa:RuleID", rule.rule_id),
        writer.text("aa:Name", rule.name),
        writer.text("aa:Enabled", str(rule.enabled).lower()),
    ]
    if rule.start_event is not None:
        parts.append(writer.element("aa:StartEvent", *writer.event(rule.start_event)))
    if rule.conditions:
        conditions = (writer.element("aa:Condition", *writer.event(event)) for event in rule.conditions)
        parts.append(writer.element("aa:Conditions", *conditions))
    return writer.element("aa:ActionRule", *parts, writer.text("aa:PrimaryAction", rule.primary_action))


def _user(writer: _Writer, rule: Rule) -> str:
    return writer.element(
        "aa:ActionRule", writer.text("aa:ActionRuleID", rule.rule_id), writer.text("aa:ActionRuleName", rule.name)
    )


def _answer(device: Device, status: int, body: str, code: int | None = None) -> Answer:
    return Answer(status, "application/soap+xml; charset=utf-8", _Writer(device).envelope(body), code=code)


def _fault(device: Device, fault: Faulty, code: int | None = None) -> Answer:
    return _answer(device, 400, _Writer(device).fault(fault), code)


def _asked(request: Request) -> Element:
    """The element in the Body of the envelope; a document type is not read, as SOAP wants it."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(request.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Faulty(None, "Invalid XML") from None
    if root.getroottree().docinfo.doctype:
        raise Faulty(None, "Invalid XML")
    if root.tag != f"{{{_SOAP}}}Envelope":
        raise Faulty(None, "Not a SOAP 1.2 envelope")
    body = root.find(f"{{{_SOAP}}}Body")
    asked = None if body is None else body.find("*")
    if asked is None:
        raise Faulty(None, "Empty SOAP body")
    return asked


def _violation(element: str, kind: str = "occurrence violation") -> Faulty:
    text = f"Validation constraint violation: {kind} in element {element}"
    return Faulty("SOAP-ENV:Text", "Invalid argument", lambda writer: _escaped(text), subcode="ter:InvalidArgs")


def _children(parent: Element, name: str, namespace: str = _ACTION) -> list[Element]:
    return parent.findall(f"{{{namespace}}}{name}")


def _child(parent: Element, name: str, namespace: str = _ACTION) -> Element:
    """The one child of this name."""
    found = _children(parent, name, namespace)
    if len(found) != 1:
        raise _violation(name)
    return found[0]


def _content(element: Element) -> str:
    return (element.text or "").strip()


def _optional_content(parent: Element, name: str) -> str:
    found = parent.find(f"{{{_ACTION}}}{name}")
    return "" if found is None else found.text or ""


def _attribute(element: Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise _violation(etree.QName(element).localname)
    return value


def _boolean(element: Element) -> bool:
    text = _content(element)
    if text not in _BOOLEANS:
        raise _violation(etree.QName(element).localname, "data type mismatch")
    return _BOOLEANS[text]


def _event(device: Device, element: Element, fault: str, reason: str) -> Event:
    """The event a StartEvent or Condition names; `fault` when the device declares none such."""
    topic = _topic(device, _child(element, "TopicExpression", _NOTIFICATION))
    message = _message(device, _child(element, "MessageContent", _NOTIFICATION))
    declared = device.actions.events.get(topic)
    asked = [double or single for double, single in _ITEM.findall(message)]
    if declared is None or not set(asked) <= set(declared):
        raise Faulty(fault, reason)
    return Event(topic, message)


def _topic(device: Device, element: Element) -> str:
    """The topic with the usual prefixes, whatever prefixes the request bound to their namespaces."""
    text = _content(element)
    if element.get("Dialect") not in (_CONCRETE, _CONCRETE_SET) or not _TOPIC.fullmatch(text):
        raise _bad_expression(device, "Topic", text)
    steps = []
    for step in text.split("/"):
        prefix, _, local = step.rpartition(":")
        if prefix and prefix not in element.nsmap:
            raise _bad_expression(device, "Topic", text)
        uri = element.nsmap[prefix] if prefix else ""
        # One of another namespace can match no event.
        prefix = _TOPIC_PREFIXES.get(uri, f"{{{uri}}}") if uri else ""
        steps.append(f"{prefix}:{local}" if prefix else local)
    return "/".join(steps)


def _message(device: Device, element: Element) -> str:
    text = element.text or ""
    prefixes = {prefix: uri for prefix, uri in element.nsmap.items() if prefix}
    try:
        # Unknown functions and prefixes show only when it is tried.
        etree.XPath(text, namespaces=prefixes)(etree.Element("Message"))
    except etree.XPathError:
        raise _bad_expression(device, "MessageContent", text) from None
    if element.get("Dialect") != _ITEM_FILTER:
        raise _bad_expression(device, "MessageContent", text)
    return text


def _bad_expression(device: Device, kind: str, text: str) -> Faulty:
    """`kind` is Topic or MessageContent."""
    spoken = {"Topic": "topic", "MessageContent": "message content"}[kind]
    return Faulty(
        f"wsnt:Invalid{kind}ExpressionFault",
        f"failed to parse {spoken} expression '{text}'",
        lambda writer: writer.text("wsrfbf:Timestamp", f"{device.now:%Y-%m-%dT%H:%M:%SZ}"),
    )


def _escaped(text: str) -> str:
    """As text of an element; devices leave quotes as they are there."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
