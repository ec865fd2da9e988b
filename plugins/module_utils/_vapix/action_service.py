# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action service: SOAP 1.2 by POST (VAPIX event and action services; AXIS OS 5.50 and newer)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    CHECK_DEVICE_LOG,
    UPGRADE_OR_EXCLUDE,
    DeviceError,
    Message,
    Option,
    Text,
)
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
    RuleSettings,
    canonical_id,
    id_sort_key,
    parse_event,
    parse_topic,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean, received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import (
    CHECK_OPTIONS,
    malformed_response,
    rejected_call,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import (
    child,
    children,
    element_maker,
    local_name,
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
_REQUEST = ("invalid_request", CHECK_OPTIONS)
_NOT_FOUND = (
    "action_not_found",
    "Run again: another client removed the rule or the action configuration at the same time.",
)
_UNSUPPORTED = ("unsupported", UPGRADE_OR_EXCLUDE)
# By the first element of Detail; Reason may be empty. VAPIX and its WSDL spell some names in two ways.
_FAULTS: dict[str, tuple[str, Text]] = {
    "ActionTemplateNotFoundFault": _UNSUPPORTED,
    "ParametersMissmatchFault": _REQUEST,
    "ParametersMismatchFault": _REQUEST,
    "InvalidActionConfigurationFault": _REQUEST,
    "ActionConfigurationNotFoundFault": _NOT_FOUND,
    "ActionRuleNotFoundFault": _NOT_FOUND,
    "ActionConfigurationIsInUseFault": (
        "action_in_use",
        "Run again: another client added a rule for the action configuration at the same time.",
    ),
    "InvalidConditionFilterFault": _CONDITION,
    "InvalidconditionFilterFault": _CONDITION,
    "InvalidFilterFault": _CONDITION,
    "InvalidTopicExpressionFault": _CONDITION,
    "InvalidMessageContentExpressionFault": _CONDITION,
    "InsufficientActivationRuleFault": _CONDITION,
    "TopicNotSupportedFault": _CONDITION,
    "MultipleTopicsSpecifiedFault": _CONDITION,
    # The collection sends the timeout of the rule that it replaces.
    "InvalidActivationTimeoutFault": (
        "invalid_condition",
        "Set a shorter ActivationTimeout for the rule on the device, or remove the rule. Then run again.",
    ),
    # The dialect is that of the service itself.
    "TopicExpressionDialectUnknownFault": _UNSUPPORTED,
    "InvalidMessageContentExpressionDialectFault": _UNSUPPORTED,
}
# By the subcode, for faults of the SOAP layer.
_SUBCODES: dict[str, tuple[str, Text]] = {
    "InvalidArgs": _REQUEST,
    "InvalidArgVal": _REQUEST,
    "ActionNotSupported": _UNSUPPORTED,
    "UnknownAction": _UNSUPPORTED,
    "NotAuthorized": (
        "forbidden",
        Message(
            "Set {username} to an account with at least the role {role}.",
            {"username": Option("username"), "role": calls.ACTION_ROLE},
        ),
    ),
}
_DEVICE_ERROR = ("device_error", CHECK_DEVICE_LOG)


@dataclass(frozen=True, slots=True)
class RawTopics:
    """The topics of a rule as the device writes them, with the usual prefixes.

    :param start: of the start event, if the rule has one.
    """

    conditions: tuple[str, ...]
    start: str | None


class ActionService:
    """The action configurations and action rules of one device."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # By the canonical form: a device may compare the texts of IDs.
        self._written_ids: dict[tuple[str, str], str] = {}

    def list(self) -> Actions:
        """Return all configurations and rules, sorted by ID. Rules are read only if there is a configuration."""
        configurations = self._configurations()
        return received(Actions(configurations, self._rules() if configurations else ()))

    def add_configuration(self, name: str, recording_group_id: str) -> str:
        """Add a recording action for a group, and return its ID."""
        make = element_maker(_ACTION)
        parameter = make.Parameter(Name=GROUP_PARAMETER, Value=recording_group_id)
        configuration = make.NewActionConfiguration(
            make.Name(name), make.TemplateToken(GROUP_TEMPLATE), make.Parameters(parameter)
        )
        return self._read_id(self._call(calls.ADD_ACTION_CONFIGURATION, configuration), "ConfigurationID")

    def remove_configuration(self, configuration_id: str) -> None:
        """Remove an action configuration that no rule uses."""
        self._call(calls.REMOVE_ACTION_CONFIGURATION, self._make_id("ConfigurationID", configuration_id))

    def add_rule(self, rule: ActionRule) -> str:
        """Add a rule, and return the ID that the device generates; the rule's own ID is ignored."""
        make = element_maker(_ACTION, EVENT_NAMESPACES)
        timeout, failover = rule.settings.activation_timeout, rule.settings.failover_action
        start = [make.StartEvent(*_build_event_elements(rule.start_event))] if rule.start_event else []
        conditions = (make.Condition(*_build_event_elements(event)) for event in rule.conditions)
        element = make.NewActionRule(
            make.Name(rule.name),
            make.Enabled(str(rule.enabled).lower()),
            *start,
            make.Conditions(*conditions),
            *([make.ActivationTimeout(timeout)] if timeout is not None else []),
            make.PrimaryAction(self._written_id("ConfigurationID", rule.primary_action)),
            *([make.FailoverAction(self._written_id("ConfigurationID", failover))] if failover is not None else []),
        )
        return self._read_id(self._call(calls.ADD_ACTION_RULE, element), "RuleID")

    def read_topics(self, rule_id: str) -> RawTopics | None:
        """Return the topics of a rule with what the device appends to them, or None if there is no such rule."""
        for element in self.list_elements(calls.GET_ACTION_RULES, "ActionRule"):
            if self._read_id(element, "RuleID") == rule_id:
                conditions, start = child(element, "Conditions"), child(element, "StartEvent")
                found = () if conditions is None else children(conditions, "Condition")
                return received(
                    RawTopics(tuple(map(_parse_topic, found)), None if start is None else _parse_topic(start))
                )
        return None

    def remove_rule(self, rule_id: str) -> None:
        """Remove a rule. Its recordings stay."""
        self._call(calls.REMOVE_ACTION_RULE, self._make_id("RuleID", rule_id))

    def _read_id(self, element: Element, name: str) -> str:
        written = text(child(element, name))
        if not written:
            raise malformed_response(f"<{local_name(element)}> has no <{name}>")
        number = canonical_id(written)
        self._written_ids[name, number] = written
        return number

    def _written_id(self, name: str, number: str) -> str:
        return self._written_ids.get((name, number), number)

    def _make_id(self, name: str, number: str) -> Element:
        element: Element = getattr(element_maker(_ACTION), name)(self._written_id(name, number))
        return element

    def _configurations(self) -> tuple[ActionConfiguration, ...]:
        found = map(
            self._parse_configuration, self.list_elements(calls.GET_ACTION_CONFIGURATIONS, "ActionConfiguration")
        )
        return tuple(sorted(found, key=lambda item: id_sort_key(item.configuration_id)))

    def _rules(self) -> tuple[ActionRule, ...]:
        found = map(self._parse_rule, self.list_elements(calls.GET_ACTION_RULES, "ActionRule"))
        return tuple(sorted(found, key=lambda item: id_sort_key(item.rule_id)))

    def list_elements(self, call: Call, name: str) -> Iterable[Element]:
        """Return the elements of this name in the response to a read that lists them."""
        listed = child(self._call(call), f"{name}s")
        return () if listed is None else children(listed, name)

    def _parse_configuration(self, element: Element) -> ActionConfiguration:
        parameters = child(element, "Parameters")
        found = () if parameters is None else children(parameters, "Parameter")
        return ActionConfiguration(
            self._read_id(element, "ConfigurationID"),
            text(child(element, "Name")),
            text(child(element, "TemplateToken")),
            tuple((item.get("Name") or "", item.get("Value") or "") for item in found),
        )

    def _parse_rule(self, element: Element) -> ActionRule:
        conditions, start = child(element, "Conditions"), child(element, "StartEvent")
        found = () if conditions is None else children(conditions, "Condition")
        return ActionRule(
            self._read_id(element, "RuleID"),
            text(child(element, "Name")),
            # XML Schema has two forms of each Boolean.
            text(child(element, "Enabled")) in {"true", "1"},
            tuple(map(_parse_event, found)),
            None if start is None or child(start, "TopicExpression") is None else _parse_event(start),
            canonical_id(text(child(element, "PrimaryAction"))),
            RuleSettings(
                text(child(element, "ActivationTimeout")) or None,
                _parse_failover_action(text(child(element, "FailoverAction"))),
            ),
        )

    def _call(self, call: Call, *arguments: Element) -> Element:
        operation = call.operation or ""
        request = getattr(element_maker(_ACTION), operation)(*arguments)
        envelope = element_maker(_ENVELOPE)
        content = self._session.call(call, body=serialize(envelope.Envelope(envelope.Body(request))))
        body = child(parse(content, "Envelope"), "Body")
        fault = None if body is None else child(body, "Fault")
        if fault is not None:
            raise _build_error(fault, call)
        response = None if body is None else child(body, f"{operation}Response")
        if response is None:
            raise malformed_response(f"The response contains neither <{operation}Response> nor <Fault>")
        return response


def _build_event_elements(event: Event) -> tuple[Element, Element]:
    make = element_maker(_NOTIFICATION)
    return (
        make.TopicExpression(event.topic, Dialect=_TOPIC_DIALECT),
        make.MessageContent(event.message, Dialect=_MESSAGE_DIALECT),
    )


def _parse_event(element: Element) -> Event:
    topic, message = child(element, "TopicExpression"), child(element, "MessageContent")
    return parse_event(text(topic), text(message), _namespaces(topic, message))


def _parse_topic(element: Element) -> str:
    topic = child(element, "TopicExpression")
    return parse_topic(text(topic), _namespaces(topic))


def _namespaces(*elements: Element | None) -> dict[str, str]:
    declared = (pair for item in elements if item is not None for pair in item.nsmap.items())
    return {prefix: uri for prefix, uri in declared if prefix}


def _build_error(fault: Element, call: Call) -> DeviceError:
    """Build the error of a fault from the first element of its detail, or else from its subcode."""
    detail, reason = child(fault, "Detail"), child(fault, "Reason")
    first = next((item for item in detail if isinstance(item.tag, str)), None) if detail is not None else None
    name = "" if first is None else local_name(first)
    subcode = _subcode(child(fault, "Code"))
    kind, next_step = _FAULTS.get(name) or _SUBCODES.get(subcode, _DEVICE_ERROR)
    texts = (
        text(None if reason is None else child(reason, "Text")),
        text(first) if name == "Text" else "",
        _describe_maximum(first),
    )
    explanation = ": ".join(filter(None, texts))
    fault_name = name if name.endswith("Fault") else ""
    return rejected_call(
        call,
        kind,
        clean(fault_name or subcode) or "a fault",
        next_step,
        reason=explanation,
        description=": ".join(filter(None, (fault_name, explanation))) or None,
    )


def _parse_failover_action(written: str) -> str | None:
    number = canonical_id(written)
    # IDs are positive, so that these can only mean that there is none.
    return None if number in {"", "0"} or number.startswith("-") else number


def _describe_maximum(detail: Element | None) -> str:
    maximum = "" if detail is None else text(child(detail, "MaximumTimeout"))
    return f"the maximum is {maximum}" if maximum else ""


def _subcode(code: Element | None) -> str:
    subcode = None if code is None else child(code, "Subcode")
    return "" if subcode is None else text(child(subcode, "Value")).rpartition(":")[2]
