# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action service as typed calls: SOAP 1.2 by POST (VAPIX event and action services; AXIS OS 5.50 and newer)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    EVENT_NAMESPACES,
    GROUP_PARAMETER,
    GROUP_TEMPLATE,
    ActionConfiguration,
    ActionRule,
    Actions,
    Event,
    in_order,
    read_event,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import (
    child,
    children,
    element_maker,
    local_name,
    malformed,
    parse,
    serialize,
    text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
_ACTION = "http://www.axis.com/vapix/ws/action1"
_NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
_TOPIC_DIALECT = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
_MESSAGE_DIALECT = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"

_CONDITION = (
    "invalid_condition",
    "Correct topic_expression and message_content: each condition must match one stateful event of this device.",
)
_REQUEST = ("invalid_request", "Compare the options with what this model and AXIS OS version accept.")
_GONE = ("action_not_found", "Run again: somebody else removed it meanwhile.")
_LACKING = ("unsupported", "Upgrade AXIS OS, or leave this device out: it cannot do what the task asks for.")
# By the first element of Detail; Reason may be empty. VAPIX and its WSDL spell some of them in two ways.
_FAULTS = {
    "ActionTemplateNotFoundFault": _LACKING,
    "ParametersMissmatchFault": _REQUEST,
    "ParametersMismatchFault": _REQUEST,
    "InvalidActionConfigurationFault": _REQUEST,
    "ActionConfigurationNotFoundFault": _GONE,
    "ActionRuleNotFoundFault": _GONE,
    "ActionConfigurationIsInUseFault": ("action_in_use", "Run again: somebody else started to use it meanwhile."),
    "InvalidConditionFilterFault": _CONDITION,
    "InvalidconditionFilterFault": _CONDITION,
    "InvalidFilterFault": _CONDITION,
    "InvalidTopicExpressionFault": _CONDITION,
    "InvalidMessageContentExpressionFault": _CONDITION,
    "InsufficientActivationRuleFault": _CONDITION,
    "InvalidActivationTimeoutFault": _CONDITION,
}
# By the subcode, for what is not a fault of the service but of the SOAP below it.
_SUBCODES = {
    "InvalidArgs": _REQUEST,
    "ActionNotSupported": _LACKING,
    "NotAuthorized": ("forbidden", "Use a user with the role administrator."),
}
_TROUBLE = ("device_error", "Run again; if it persists, look at the log of the device.")


class ActionService:
    """The action configurations and action rules of one device."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self) -> Actions:
        """All configurations and rules, sorted by id: two reads, or one where no configuration is there for a rule."""
        configurations = self._configurations()
        return Actions(configurations, self._rules() if configurations else ())

    def add_configuration(self, name: str, recording_group_id: str) -> str:
        """Add an action that records to a group, and return its id."""
        make = element_maker(_ACTION)
        parameter = make.Parameter(Name=GROUP_PARAMETER, Value=recording_group_id)
        configuration = make.NewActionConfiguration(
            make.Name(name), make.TemplateToken(GROUP_TEMPLATE), make.Parameters(parameter)
        )
        return _id(self._call(calls.ADD_ACTION_CONFIGURATION, configuration), "ConfigurationID")

    def remove_configuration(self, configuration_id: str) -> None:
        """Remove an action that no rule starts any more."""
        self._call(calls.REMOVE_ACTION_CONFIGURATION, element_maker(_ACTION).ConfigurationID(configuration_id))

    def add_rule(self, rule: ActionRule) -> str:
        """Add a rule, whatever its own id says, and return the id that it got."""
        make = element_maker(_ACTION, EVENT_NAMESPACES)
        start = [make.StartEvent(*_write_event(rule.start_event))] if rule.start_event else []
        conditions = (make.Condition(*_write_event(event)) for event in rule.conditions)
        element = make.NewActionRule(
            make.Name(rule.name),
            make.Enabled(str(rule.enabled).lower()),
            *start,
            make.Conditions(*conditions),
            make.PrimaryAction(rule.primary_action),
        )
        return _id(self._call(calls.ADD_ACTION_RULE, element), "RuleID")

    def remove_rule(self, rule_id: str) -> None:
        """Remove a rule; what it recorded stays."""
        self._call(calls.REMOVE_ACTION_RULE, element_maker(_ACTION).RuleID(rule_id))

    def _configurations(self) -> tuple[ActionConfiguration, ...]:
        listed = child(self._call(calls.GET_ACTION_CONFIGURATIONS), "ActionConfigurations")
        found = () if listed is None else map(_read_configuration, children(listed, "ActionConfiguration"))
        return tuple(sorted(found, key=lambda item: in_order(item.configuration_id)))

    def _rules(self) -> tuple[ActionRule, ...]:
        listed = child(self._call(calls.GET_ACTION_RULES), "ActionRules")
        found = () if listed is None else map(_read_rule, children(listed, "ActionRule"))
        return tuple(sorted(found, key=lambda item: in_order(item.rule_id)))

    def _call(self, call: Call, *arguments: Element) -> Element:
        operation = call.operation or ""
        request = getattr(element_maker(_ACTION), operation)(*arguments)
        envelope = element_maker(_ENVELOPE)
        answer = self._session.call(call, body=serialize(envelope.Envelope(envelope.Body(request))))
        body = child(parse(answer, "Envelope"), "Body")
        fault = None if body is None else child(body, "Fault")
        if fault is not None:
            raise _refusal(fault, call)
        response = None if body is None else child(body, f"{operation}Response")
        if response is None:
            raise malformed(f"The answer holds neither <{operation}Response> nor <Fault>")
        return response


def _write_event(event: Event) -> tuple[Element, Element]:
    make = element_maker(_NOTIFICATION)
    return (
        make.TopicExpression(event.topic, Dialect=_TOPIC_DIALECT),
        make.MessageContent(event.message, Dialect=_MESSAGE_DIALECT),
    )


def _read_event(element: Element) -> Event:
    topic, message = child(element, "TopicExpression"), child(element, "MessageContent")
    declared = (pair for item in (topic, message) if item is not None for pair in item.nsmap.items())
    namespaces = {prefix: uri for prefix, uri in declared if prefix}
    return read_event(text(topic), text(message), namespaces)


def _read_configuration(element: Element) -> ActionConfiguration:
    parameters = child(element, "Parameters")
    found = () if parameters is None else children(parameters, "Parameter")
    return ActionConfiguration(
        _id(element, "ConfigurationID"),
        text(child(element, "Name")),
        text(child(element, "TemplateToken")),
        tuple((item.get("Name") or "", item.get("Value") or "") for item in found),
    )


def _read_rule(element: Element) -> ActionRule:
    conditions, start = child(element, "Conditions"), child(element, "StartEvent")
    found = () if conditions is None else children(conditions, "Condition")
    return ActionRule(
        _id(element, "RuleID"),
        text(child(element, "Name")),
        # XML Schema has two words for each truth.
        text(child(element, "Enabled")) in {"true", "1"},
        tuple(map(_read_event, found)),
        None if start is None or child(start, "TopicExpression") is None else _read_event(start),
        text(child(element, "PrimaryAction")),
    )


def _id(element: Element, name: str) -> str:
    written = text(child(element, name))
    if not written:
        raise malformed(f"<{local_name(element)}> comes without <{name}>")
    return written


def _refusal(fault: Element, call: Call) -> DeviceError:
    """The error of a fault: by the first element of its detail, else by its subcode, else trouble of the device."""
    detail, code, reason = child(fault, "Detail"), child(fault, "Code"), child(fault, "Reason")
    first = next((item for item in detail if isinstance(item.tag, str)), None) if detail is not None else None
    name = "" if first is None else local_name(first)
    kind, next_step = _FAULTS.get(name) or _SUBCODES.get(_subcode(code), _TROUBLE)
    words = (text(None if reason is None else child(reason, "Text")), text(first) if name == "Text" else "")
    said = ": ".join(word for word in words if word)
    fault_name = name if name.endswith("Fault") else _subcode(code) or "a fault"
    return DeviceError(
        kind,
        f"The device refuses {call.operation} with {fault_name}" + (f": {said.rstrip('.')}" if said else ""),
        next_step,
        description=": ".join(part for part in (name if name.endswith("Fault") else "", said) if part) or None,
        maybe_applied=call.write and kind == "device_error",
    )


def _subcode(code: Element | None) -> str:
    subcode = None if code is None else child(code, "Subcode")
    return "" if subcode is None else text(child(subcode, "Value")).rpartition(":")[2]
