# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement /vapix/services, the action service (VAPIX event and action services): SOAP 1.2, faults with HTTP 400."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from lxml import etree
from lxml.etree import _Element as Element

from .actions import GROUP_PARAMETER, GROUP_TEMPLATE, Configuration, Event, Rule
from .messages import Request, Response
from .soap import (
    ACTION,
    CONCRETE,
    ITEM_FILTER,
    NAMESPACES,
    NOTIFICATION,
    SoapFaultError,
    SoapWriter,
    attribute,
    boolean,
    child,
    children,
    content,
    optional_content,
    parse_operation,
    violation,
)

if TYPE_CHECKING:
    from .device import Device

PATH = "/vapix/services"
UNKNOWN = "unknown"
_CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_NAME = r"[^\W\d][\w.-]*"
_STEP = rf"(?:{_NAME}:)?{_NAME}"
_TOPIC = re.compile(rf"{_STEP}(?:/{_STEP})*")
_ITEM = re.compile(r"""@Name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_RULE_ELEMENTS = (
    "RuleID",
    "Name",
    "Enabled",
    "StartEvent",
    "Conditions",
    "ActivationTimeout",
    "PrimaryAction",
    "FailoverAction",
)
# The part of xs:duration without months and fractions.
_TIMEOUT = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_TOPIC_PREFIXES = {NAMESPACES[prefix]: prefix for prefix in ("tns1", "tnsaxis")}


def operation(request: Request) -> str:
    """Return the requested operation, or "unknown" if it is not one of OPERATIONS or cannot be read."""
    try:
        name = etree.QName(parse_operation(request))
    except SoapFaultError:
        return UNKNOWN
    return name.localname if name.namespace == ACTION and name.localname in OPERATIONS else UNKNOWN


def handle(device: Device, request: Request) -> Response:
    """Execute a request."""
    try:
        element = parse_operation(request)
        name = operation(request)
        if name == UNKNOWN:
            raise SoapFaultError(
                "SOAP-ENV:Text",
                "Optional action not implemented",
                lambda _writer: "The requested action is optional and is not implemented",
                code="SOAP-ENV:Receiver",
                subcode="ter:ActionNotSupported",
            )
        writer = SoapWriter(device)
        body = writer.element(f"aa:{name}Response", OPERATIONS[name](device, element, writer))
    except SoapFaultError as fault:
        return _fault(device, fault)
    return _response(device, 200, body)


def error(device: Device, code: int, description: str | None = None) -> Response:
    """Build a fault that blames the device. The service has no error codes: `code` is for the journal only."""
    return _fault(device, SoapFaultError(None, description or "", code="SOAP-ENV:Receiver"), code)


def fault(device: Device, detail: str, reason: str) -> Response:
    """Build a fault from the name of its Detail element, with the standard prefix."""
    return _fault(device, SoapFaultError(detail, reason))


def _get_templates(device: Device, element: Element, writer: SoapWriter) -> str:
    templates = [
        writer.element(
            "aa:ActionTemplate",
            writer.text("aa:TemplateToken", token),
            writer.element(
                "aa:Parameters", *(writer.element("aa:Parameter", Type="string", Name=name) for name in names)
            ),
        )
        for token, names in device.actions.templates.items()
    ]
    return writer.element("aa:ActionTemplates", *templates)


def _get_configurations(device: Device, element: Element, writer: SoapWriter) -> str:
    actions = device.actions
    shown = [actions.configurations[key] for key in actions.shuffled_ids("configurations")]
    return writer.element("aa:ActionConfigurations", *(_configuration(writer, item) for item in shown))


def _get_rules(device: Device, element: Element, writer: SoapWriter) -> str:
    actions = device.actions
    shown = [actions.rules[key] for key in actions.shuffled_ids("rules")]
    return writer.element("aa:ActionRules", *(_rule(writer, item) for item in shown))


def _add_configuration(device: Device, element: Element, writer: SoapWriter) -> str:
    new = child(element, "NewActionConfiguration")
    template = content(child(new, "TemplateToken"))
    given: dict[str, str] = {}
    for parameter in children(child(new, "Parameters"), "Parameter"):
        given[attribute(parameter, "Name")] = attribute(parameter, "Value")
    actions = device.actions
    if template not in actions.templates:
        raise SoapFaultError("aa:ActionTemplateNotFoundFault", f"action template with id '{template}' not found")
    for name in actions.templates[template]:
        if name not in given:
            raise SoapFaultError("aa:ParametersMissmatchFault", f"Configuration parameter missing: {name}")
    for name in given:
        if name not in actions.templates[template]:
            raise SoapFaultError("aa:ParametersMissmatchFault", f"Configuration parameter unknown: {name}")
    group_id = given.get(GROUP_PARAMETER)
    listed = [group.recording_group_id for group in device.listed_groups]
    if template == GROUP_TEMPLATE and device.switches.action_checks_group and group_id not in listed:
        raise SoapFaultError("aa:InvalidActionConfigurationFault", f"Recording group not found: {group_id}")
    name = device.switches.reform(optional_content(new, "Name"))
    configuration = actions.add_configuration(template, name, given, reuse=device.switches.reuse_ids)
    return writer.text("aa:ConfigurationID", configuration.configuration_id)


def _remove_configuration(device: Device, element: Element, writer: SoapWriter) -> str:
    configuration_id = content(child(element, "ConfigurationID"))
    actions = device.actions
    if configuration_id not in actions.configurations:
        raise SoapFaultError("aa:ActionConfigurationNotFoundFault", "")
    users = actions.rules_using(configuration_id)
    if users:
        raise SoapFaultError(
            "aa:ActionConfigurationIsInUseFault",
            "action configuration is in use",
            lambda writer: writer.element("aa:UsedByActionRules", *(_user(writer, rule) for rule in users)),
        )
    actions.remove_configuration(configuration_id)
    return ""


def _add_rule(device: Device, element: Element, writer: SoapWriter) -> str:
    new = child(element, "NewActionRule")
    _check_order(new)
    enabled = boolean(child(new, "Enabled"))
    starts, blocks = children(new, "StartEvent"), children(new, "Conditions")
    # A start event without conditions suffices, except for an unlimited action.
    conditions = [condition for block in blocks for condition in children(block, "Condition")]
    if not conditions and (blocks or not starts):
        raise violation("Conditions")
    primary_action = content(child(new, "PrimaryAction"))
    configuration = device.actions.configurations.get(primary_action)
    if configuration is None:
        raise _unknown_action(primary_action, "primary")
    failovers, timeouts = children(new, "FailoverAction"), children(new, "ActivationTimeout")
    failover_action = content(failovers[0]) if failovers else None
    if failover_action is not None and failover_action not in device.actions.configurations:
        raise _unknown_action(failover_action, "failover")
    timeout = _activation_timeout(device, timeouts[0]) if timeouts else None
    if not conditions and ".unlimited." in configuration.template:
        raise violation("Conditions")
    start_event = _event(device, starts[0], "aa:InvalidFilterFault", "could not match any events") if starts else None
    rule = device.actions.add_rule(
        primary_action,
        optional_content(new, "Name"),
        enabled,
        [
            _event(device, condition, "aa:InvalidConditionFilterFault", "could not match any property events")
            for condition in conditions
        ],
        start_event,
        timeout,
        failover_action,
        reuse=device.switches.reuse_ids,
    )
    return writer.text("aa:RuleID", rule.rule_id)


def _check_order(new: Element) -> None:
    """Check the sequence of the elements of a rule, as the WSDL requires."""
    names = [etree.QName(item).localname for item in new]
    expected = [name for name in _RULE_ELEMENTS if name in names]
    for name, at in zip(names, expected, strict=False):
        if name != at:
            raise violation(name)
    if len(names) > len(expected):
        raise violation(names[-1])


def _unknown_action(configuration_id: str, kind: str) -> SoapFaultError:
    return SoapFaultError(
        "aa:ActionConfigurationNotFoundFault",
        f"Unknown action configuration '{configuration_id}' specified for {kind} action",
    )


def _activation_timeout(device: Device, element: Element) -> str:
    text = content(element)
    match = _TIMEOUT.fullmatch(text)
    if match is None:
        raise violation("ActivationTimeout", "data type mismatch")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    maximum = device.actions.maximum_timeout
    if ((days * 24 + hours) * 60 + minutes) * 60 + seconds > maximum:
        raise SoapFaultError(
            "aa:InvalidActivationTimeoutFault",
            "activation timeout is not valid",
            lambda writer: writer.text("aa:MaximumTimeout", f"PT{maximum}S"),
        )
    return text


def _remove_rule(device: Device, element: Element, writer: SoapWriter) -> str:
    rule_id = content(child(element, "RuleID"))
    if rule_id not in device.actions.rules:
        raise SoapFaultError("aa:ActionRuleNotFoundFault", f"No action rule with id '{rule_id}' exists")
    device.actions.remove_rule(rule_id)
    return ""


OPERATIONS: dict[str, Callable[[Device, Element, SoapWriter], str]] = {
    "GetActionTemplates": _get_templates,
    "GetActionConfigurations": _get_configurations,
    "AddActionConfiguration": _add_configuration,
    "RemoveActionConfiguration": _remove_configuration,
    "GetActionRules": _get_rules,
    "AddActionRule": _add_rule,
    "RemoveActionRule": _remove_rule,
}


def _configuration(writer: SoapWriter, configuration: Configuration) -> str:
    # Devices do not keep the order of the parameters.
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


def _rule(writer: SoapWriter, rule: Rule) -> str:
    parts = [
        writer.text("aa:RuleID", rule.rule_id),
        writer.text("aa:Name", rule.name),
        writer.text("aa:Enabled", str(rule.enabled).lower()),
    ]
    if rule.start_event is not None:
        parts.append(writer.element("aa:StartEvent", *writer.event(rule.start_event)))
    if rule.conditions:
        conditions = (writer.element("aa:Condition", *writer.condition(event)) for event in rule.conditions)
        parts.append(writer.element("aa:Conditions", *conditions))
    if rule.activation_timeout is not None:
        parts.append(writer.text("aa:ActivationTimeout", rule.activation_timeout))
    parts.append(writer.text("aa:PrimaryAction", rule.primary_action))
    if rule.failover_action is not None:
        parts.append(writer.text("aa:FailoverAction", rule.failover_action))
    return writer.element("aa:ActionRule", *parts)


def _user(writer: SoapWriter, rule: Rule) -> str:
    return writer.element(
        "aa:ActionRule", writer.text("aa:ActionRuleID", rule.rule_id), writer.text("aa:ActionRuleName", rule.name)
    )


def _response(device: Device, status: int, body: str, code: int | None = None) -> Response:
    return Response(status, "application/soap+xml; charset=utf-8", SoapWriter(device).envelope(body), code=code)


def _fault(device: Device, fault: SoapFaultError, code: int | None = None) -> Response:
    return _response(device, 400, SoapWriter(device).fault(fault), code)


def _event(device: Device, element: Element, fault: str, reason: str) -> Event:
    """Return the event that a StartEvent or Condition names; raise `fault` if the device does not declare it."""
    topic = _topic(device, child(element, "TopicExpression", NOTIFICATION))
    message = _message(device, child(element, "MessageContent", NOTIFICATION))
    declared = device.actions.events.get(topic)
    items = [double or single for double, single in _ITEM.findall(message)]
    if declared is None or not set(items) <= set(declared):
        raise SoapFaultError(fault, reason)
    return Event(topic, message)


def _topic(device: Device, element: Element) -> str:
    """Return the topic with the standard prefixes, regardless of the prefixes of the request."""
    text = content(element)
    if element.get("Dialect") not in (CONCRETE, _CONCRETE_SET):
        raise SoapFaultError("wsnt:TopicExpressionDialectUnknownFault", "", _timestamp(device))
    if not _TOPIC.fullmatch(text):
        raise _bad_expression(device, "Topic", text)
    steps = []
    for step in text.split("/"):
        prefix, _unused, local = step.rpartition(":")
        if prefix and prefix not in element.nsmap:
            raise _bad_expression(device, "Topic", text)
        uri = element.nsmap[prefix] if prefix else ""
        # A prefix of another namespace matches no event.
        prefix = _TOPIC_PREFIXES.get(uri, f"{{{uri}}}") if uri else ""
        steps.append(f"{prefix}:{local}" if prefix else local)
    return "/".join(steps)


def _message(device: Device, element: Element) -> str:
    text = element.text or ""
    prefixes = {prefix: uri for prefix, uri in element.nsmap.items() if prefix}
    try:
        # Only an evaluation detects unknown functions and prefixes.
        etree.XPath(text, namespaces=prefixes)(etree.Element("Message"))
    except etree.XPathError:
        raise _bad_expression(device, "MessageContent", text) from None
    if element.get("Dialect") != ITEM_FILTER:
        raise _bad_expression(device, "MessageContent", text)
    return text


def _bad_expression(device: Device, kind: str, text: str) -> SoapFaultError:
    """Build the fault for an invalid expression; `kind` is Topic or MessageContent."""
    label = {"Topic": "topic", "MessageContent": "message content"}[kind]
    return SoapFaultError(
        f"wsnt:Invalid{kind}ExpressionFault",
        f"failed to parse {label} expression '{text}'",
        _timestamp(device),
    )


def _timestamp(device: Device) -> Callable[[SoapWriter], str]:
    return lambda writer: writer.text("wsrfbf:Timestamp", f"{device.now:%Y-%m-%dT%H:%M:%SZ}")
