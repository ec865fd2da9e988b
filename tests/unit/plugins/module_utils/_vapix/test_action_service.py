# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action service over HTTP: requests, responses in every known form, and faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from lxml import etree

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    ActionConfiguration,
    ActionRule,
    Actions,
    Event,
    RuleSettings,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import show_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.calls import GET_ACTION_RULES
from tests.simulator import Fleet, Switches
from tests.simulator.calls import Call
from tests.simulator.device import Device
from tests.simulator.faults import Fault, Proceed
from tests.simulator.messages import Request, Response
from tests.unit.plugins.module_utils.conftest import settings_for

GROUP = "com.axis.action.unlimited.recording_group.storage"
READY = "tns1:Device/tnsaxis:Status/SystemReady"
MESSAGE = 'boolean(//SimpleItem[@Name="ready" and @Value="1"])'
MOTION = Event("tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1", 'boolean(//SimpleItem[@Name="active" and @Value="1"])')
PORT = Event("tns1:Device/tnsaxis:IO/Port", "boolean(//SimpleItem[@Name='port' and @Value='<&\"ü'])")
ODD = "Tür <1> & \"2\" '3'"
GETS = ["action/GetActionConfigurations", "action/GetActionRules"]
# As known clients send them to real devices.
SOAP = '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body>%s</soap:Body></soap:Envelope>'
ACTION = 'xmlns="http://www.axis.com/vapix/ws/action1"'
EVENT = (
    '<TopicExpression Dialect="http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete" '
    'xmlns="http://docs.oasis-open.org/wsn/b-2">%s</TopicExpression>'
    '<MessageContent Dialect="http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter" '
    'xmlns="http://docs.oasis-open.org/wsn/b-2">%s</MessageContent>'
)
ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:aa="http://www.axis.com/vapix/ws/action1" xmlns:ter="http://www.onvif.org/ver10/error" '
    'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics" '
    'xmlns:tnsaxis="http://www.axis.com/2009/event/topics"><SOAP-ENV:Body>%s</SOAP-ENV:Body></SOAP-ENV:Envelope>'
)


@pytest.fixture
def service(session: Session) -> ActionService:
    """The action service of the camera."""
    return ActionService(session)


def parts(element: Any) -> Any:
    """Return what an element consists of: its qualified name, attributes, text, and children."""
    return (element.tag, dict(element.attrib), (element.text or "").strip(), [parts(item) for item in element])


def authenticated_calls(device: Device) -> list[str]:
    """Return the calls with credentials."""
    return [entry.call for entry in device.journal if entry.authorization]


def last_body(device: Device) -> bytes:
    """Return the body of the last request."""
    return device.journal[-1].body


def is_sent(device: Device, operation: str) -> bool:
    """Return whether the last request is equivalent to an operation in an envelope."""
    return bool(parts(etree.fromstring(last_body(device))) == parts(etree.fromstring(SOAP % operation)))


def error_of(call: Callable[[], object]) -> AxisError:
    """Return the error of a call that fails."""
    with pytest.raises(AxisError) as caught:
        call()
    return caught.value


def rule(primary_action: str, *conditions: Event, **values: Any) -> ActionRule:
    """Return a rule to add."""
    return replace(ActionRule("", "Door", True, conditions or ALWAYS, None, primary_action), **values)


# Requests.


def test_add_configuration_sends_the_documented_envelope(service: ActionService, camera: Device) -> None:
    number = service.add_configuration(ODD, "door")
    assert is_sent(
        camera,
        f"<AddActionConfiguration {ACTION}><NewActionConfiguration><Name>Tür &lt;1> &amp; \"2\" '3'</Name>"
        f"<TemplateToken>{GROUP}</TemplateToken>"
        '<Parameters><Parameter Name="recording_group_id" Value="door"/></Parameters>'
        "</NewActionConfiguration></AddActionConfiguration>",
    )
    entry = camera.journal[-1]
    assert (entry.method, entry.target, entry.call) == ("POST", "/vapix/services", "action/AddActionConfiguration")
    assert entry.body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    (there,) = camera.actions.configurations.values()
    assert (there.configuration_id, there.name, there.template) == (number, ODD, GROUP)
    assert there.parameters == {"recording_group_id": "door"}


def test_add_rule_sends_the_documented_envelope(service: ActionService, camera: Device) -> None:
    number = camera.plant_configuration(recording_group_id="door").configuration_id
    service.add_rule(rule(number, name="cassette test rule"))
    condition = EVENT % (READY, MESSAGE)
    assert is_sent(
        camera,
        f"<AddActionRule {ACTION}><NewActionRule><Name>cassette test rule</Name><Enabled>true</Enabled>"
        f"<Conditions><Condition>{condition}</Condition></Conditions><PrimaryAction>{number}</PrimaryAction>"
        "</NewActionRule></AddActionRule>",
    )
    # The prefixes in the texts are declared on the element that has the text.
    (expression,) = etree.fromstring(last_body(camera)).iter("{*}TopicExpression")
    assert expression.nsmap["tns1"] == "http://www.onvif.org/ver10/topics"
    assert expression.nsmap["tnsaxis"] == "http://www.axis.com/2009/event/topics"


def test_add_rule_with_start_event_and_special_characters(service: ActionService, camera: Device) -> None:
    number = camera.plant_configuration(recording_group_id="door").configuration_id
    got = service.add_rule(rule(number, MOTION, PORT, name=ODD, enabled=False, start_event=PORT))
    port = EVENT % (PORT.topic, "boolean(//SimpleItem[@Name='port' and @Value='&lt;&amp;\"ü'])")
    motion = EVENT % (MOTION.topic, MOTION.message)
    assert is_sent(
        camera,
        f"<AddActionRule {ACTION}><NewActionRule><Name>Tür &lt;1> &amp; \"2\" '3'</Name><Enabled>false</Enabled>"
        f"<StartEvent>{port}</StartEvent>"
        f"<Conditions><Condition>{motion}</Condition><Condition>{port}</Condition></Conditions>"
        f"<PrimaryAction>{number}</PrimaryAction></NewActionRule></AddActionRule>",
    )
    (read,) = service.list().rules
    assert read == ActionRule(got, ODD, False, (MOTION, PORT), PORT, number)


def test_settings_are_sent_and_read(service: ActionService, camera: Device) -> None:
    number, other = (camera.plant_configuration(recording_group_id="door").configuration_id for _index in range(2))
    new = rule(number, MOTION, start_event=PORT, settings=RuleSettings("PT1M30S", other))
    got = service.add_rule(new)
    port, motion = (
        EVENT % (PORT.topic, "boolean(//SimpleItem[@Name='port' and @Value='&lt;&amp;\"ü'])"),
        EVENT % (MOTION.topic, MOTION.message),
    )
    assert is_sent(
        camera,
        f"<AddActionRule {ACTION}><NewActionRule><Name>Door</Name><Enabled>true</Enabled>"
        f"<StartEvent>{port}</StartEvent>"
        f"<Conditions><Condition>{motion}</Condition></Conditions><ActivationTimeout>PT1M30S</ActivationTimeout>"
        f"<PrimaryAction>{number}</PrimaryAction><FailoverAction>{other}</FailoverAction></NewActionRule></AddActionRule>",
    )
    assert service.list().rules == (replace(new, rule_id=got),)


def test_remove_sends_the_id(service: ActionService, camera: Device) -> None:
    planted = camera.plant_recording("door")
    service.remove_rule(planted.rule_id)
    assert is_sent(camera, f"<RemoveActionRule {ACTION}><RuleID>{planted.rule_id}</RuleID></RemoveActionRule>")
    service.remove_configuration(planted.primary_action)
    assert is_sent(
        camera,
        f"<RemoveActionConfiguration {ACTION}><ConfigurationID>{planted.primary_action}</ConfigurationID>"
        "</RemoveActionConfiguration>",
    )
    assert (camera.actions.rules, camera.actions.configurations) == ({}, {})


def test_reads_send_no_arguments(service: ActionService, camera: Device) -> None:
    service.list()
    assert is_sent(camera, f"<GetActionConfigurations {ACTION}/>")
    camera.plant_configuration()
    service.list()
    assert is_sent(camera, f"<GetActionRules {ACTION}/>")


def test_requests_have_the_soap_content_type(camera: Device) -> None:
    content_types: list[str] = []

    @dataclass(kw_only=True)
    class RecordContentType(Fault):
        def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
            content_types.append(request.headers["content-type"])
            return proceed()

    camera.faults.append(RecordContentType(times=None))
    ActionService(Session(settings_for(camera))).list()
    assert content_types == ["application/soap+xml; charset=utf-8"]


# Responses.


def test_rules_are_read_only_if_there_are_configurations(service: ActionService, camera: Device) -> None:
    assert service.list() == Actions()
    assert authenticated_calls(camera) == GETS[:1]
    camera.plant_configuration("com.axis.action.unlimited.ledcontrol", led="statusled", color="green", interval="")
    assert service.list().rules == ()
    assert authenticated_calls(camera) == [*GETS[:1], *GETS]


@pytest.mark.parametrize("profile", ["camera_10_12", "camera_12_9"])
@pytest.mark.parametrize("prefixes", ["standard", "numbered"])
def test_order_and_prefixes_of_responses_do_not_matter(fleet: Fleet, profile: str, prefixes: str) -> None:
    device = fleet.add(profile, "camera", switches=Switches(namespace_prefixes=prefixes))
    events = ((READY, MESSAGE), (PORT.topic, PORT.message))
    planted = [
        device.plant_recording(
            "door", name=f"Rule {number}", conditions=events, start_event=(MOTION.topic, MOTION.message)
        )
        for number in range(12)
    ]
    service = ActionService(Session(settings_for(device)))
    read = service.list()
    # IDs are sorted as numbers.
    assert [item.rule_id for item in read.rules] == [item.rule_id for item in planted]
    assert [item.configuration_id for item in read.configurations] == [item.primary_action for item in planted]
    assert read.rules[3] == ActionRule(
        planted[3].rule_id, "Rule 3", True, (Event(READY, MESSAGE), PORT), MOTION, planted[3].primary_action
    )
    assert read.configurations[3] == ActionConfiguration(
        planted[3].primary_action, "Rule 3", GROUP, (("recording_group_id", "door"),)
    )
    assert service.list() == read


def test_only_conditions_have_the_ending_of_older_devices(fleet: Fleet) -> None:
    """A device that appends it to a start event, too, has the same rule."""
    device = fleet.add("camera_10_12", "camera")
    event = (MOTION.topic, MOTION.message)
    device.plant_recording("door", conditions=[event], start_event=event)
    service = ActionService(Session(settings_for(device)))
    body = service._call(GET_ACTION_RULES)
    assert [item.text for item in body.iter("{*}TopicExpression")] == [MOTION.topic, f"{MOTION.topic}//."]
    device.plant_recording("door", conditions=[event], start_event=(f"{MOTION.topic}//.", MOTION.message))
    assert [(item.conditions, item.start_event) for item in service.list().rules] == [((MOTION,), MOTION)] * 2


def test_other_forms_of_configurations_are_read(service: ActionService, camera: Device) -> None:
    """The template before the name, a parameter with a type, and the same integer in several forms."""
    configurations = (
        "<aa:GetActionConfigurationsResponse><aa:ActionConfigurations><aa:ActionConfiguration>"
        f"<aa:TemplateToken>{GROUP}</aa:TemplateToken><aa:Name>Door</aa:Name><aa:ConfigurationID>\n +07 "
        '</aa:ConfigurationID><aa:Parameters><aa:Parameter Type="string" Name="recording_group_id" Value="door"/>'
        "</aa:Parameters></aa:ActionConfiguration></aa:ActionConfigurations></aa:GetActionConfigurationsResponse>"
    )
    shown = (EVENT % (READY, MESSAGE)).replace("t-1/TopicExpression/Concrete", "other")
    rules = (
        f"<aa:ActionRule><aa:FailoverAction>007</aa:FailoverAction><aa:PrimaryAction>7</aa:PrimaryAction><aa:Conditions>"
        f"<aa:Condition>{shown}</aa:Condition></aa:Conditions><aa:ActivationTimeout> PT60S\n</aa:ActivationTimeout>"
        "<aa:RuleID>009</aa:RuleID><aa:Enabled>true</aa:Enabled><aa:Name>a</aa:Name></aa:ActionRule>"
    )
    camera.plant_fault("body", call="action/GetActionConfigurations", body=(ANSWER % configurations).encode())
    camera.plant_fault("body", call="action/GetActionRules", body=rules_response(rules))
    assert service.list() == Actions(
        (ActionConfiguration("7", "Door", GROUP, (("recording_group_id", "door"),)),),
        (ActionRule("9", "a", True, ALWAYS, None, "7", RuleSettings("PT60S", "7")),),
    )
    # A device that compares texts knows its own form.
    for remove, number, sent in ((service.remove_rule, "9", "009"), (service.remove_configuration, "7", "+07")):
        error_of(lambda remove=remove, number=number: remove(number))
        assert f"ID>{sent}</" in last_body(camera).decode()


@pytest.mark.parametrize("element", ["", "<aa:FailoverAction/>", "<aa:FailoverAction>0</aa:FailoverAction>", "-1"])
def test_no_failover_action_has_several_forms(service: ActionService, camera: Device, element: str) -> None:
    camera.plant_configuration()
    element = f"<aa:FailoverAction>{element}</aa:FailoverAction>" if element == "-1" else element
    text = f"<aa:ActionRule><aa:RuleID>7</aa:RuleID><aa:ActivationTimeout/>{element}</aa:ActionRule>"
    camera.plant_fault("body", call="action/GetActionRules", body=rules_response(text))
    assert service.list().rules == (ActionRule("7", "", False, (), None, ""),)


@pytest.mark.parametrize("kind", ["padded", "references", None])
def test_unusual_bytes_do_not_prevent_reading(service: ActionService, camera: Device, kind: str | None) -> None:
    camera.plant_recording("other", name="a\x01\0\udcff", activation_timeout="PT1M")
    planted = camera.plant_recording("door", name="Door")
    if kind:
        camera.plant_fault(kind, call="action/*", times=None)
    read = service.list()
    assert (len(read.configurations), len(read.rules)) == (2, 2)
    (other,) = (item for item in read.rules if item.rule_id != planted.rule_id)
    assert show_replaced(other.name) == "a\ufffd\ufffd\ufffd"
    error = error_of(lambda: service.add_rule(replace(other, rule_id="")))
    assert (error.kind, error.maybe_applied) == ("malformed_response", False)
    assert len(camera.actions.rules) == 2


def rules_response(rules: str) -> bytes:
    """Return a response with rules."""
    whole = f"<aa:GetActionRulesResponse><aa:ActionRules>{rules}</aa:ActionRules></aa:GetActionRulesResponse>"
    return (ANSWER % whole).encode()


@pytest.mark.parametrize(
    ("written", "enabled"), [("true", True), ("1", True), (" true\n", True), ("false", False), ("0", False)]
)
def test_both_forms_of_a_boolean_are_read(service: ActionService, camera: Device, written: str, enabled: bool) -> None:
    camera.plant_configuration()
    text = f"<aa:ActionRule><aa:RuleID> 7 </aa:RuleID><aa:Enabled>{written}</aa:Enabled></aa:ActionRule>"
    camera.plant_fault("body", call="action/GetActionRules", body=rules_response(text))
    assert service.list().rules == (ActionRule("7", "", enabled, (), None, ""),)


@pytest.mark.parametrize("start", ["<aa:StartEvent/>", "<aa:StartEvent> </aa:StartEvent>", ""])
def test_an_empty_start_event_is_read_as_none(service: ActionService, camera: Device, start: str) -> None:
    camera.plant_configuration()
    text = f"<aa:ActionRule><aa:RuleID>7</aa:RuleID>{start}<aa:Conditions/></aa:ActionRule>"
    camera.plant_fault("body", call="action/GetActionRules", body=rules_response(text))
    assert service.list().rules == (ActionRule("7", "", False, (), None, ""),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Hello",
        b"<html><body>Sign in</body></html>",
        b"<!DOCTYPE html><html></html>",
        (ANSWER % "").encode(),
        (ANSWER % "<aa:GetActionConfigurations/>").encode(),
        (ANSWER % "<aa:GetActionRulesResponse/>").encode(),
        (ANSWER % "<aa:GetActionConfigurationsResponse/>").encode()[:-9],
        (ANSWER % "<aa:GetActionConfigurationsResponse/>").replace("SOAP-ENV:Body", "SOAP-ENV:Head").encode(),
        (
            ANSWER % "<aa:GetActionConfigurationsResponse><aa:ActionConfigurations><aa:ActionConfiguration>"
            "<aa:Name>x</aa:Name></aa:ActionConfiguration></aa:ActionConfigurations></aa:GetActionConfigurationsResponse>"
        ).encode(),
        # A document type, also after a long comment.
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + (ANSWER % "<aa:GetActionConfigurationsResponse/>").encode()[39:],
        b"<!--"
        + b"x" * 2000
        + b'--><!DOCTYPE a [<!ENTITY b "c">]>'
        + (ANSWER % "<aa:GetActionConfigurationsResponse/>").encode()[39:],
    ],
)
def test_other_documents_are_malformed_responses(service: ActionService, camera: Device, body: bytes) -> None:
    camera.plant_fault("body", call="action/*", body=body)
    error = error_of(service.list)
    assert error.kind == "malformed_response"
    assert "proxy or login page" in error.next_step


@pytest.mark.parametrize(
    ("call", "response"),
    [
        ("AddActionConfiguration", "<aa:ConfigurationID/>"),
        ("AddActionRule", "<aa:RuleID> </aa:RuleID>"),
        ("AddActionRule", ""),
    ],
)
def test_a_missing_id_leaves_an_addition_unconfirmed(
    service: ActionService, camera: Device, call: str, response: str
) -> None:
    body = (ANSWER % f"<aa:{call}Response>{response}</aa:{call}Response>").encode()
    camera.plant_fault("body", call="action/Add*", body=body)
    adding: dict[str, Callable[[], object]] = {
        "AddActionConfiguration": lambda: service.add_configuration("a", "door"),
        "AddActionRule": lambda: service.add_rule(rule("1")),
    }
    error = error_of(adding[call])
    assert (error.kind, error.maybe_applied) == ("malformed_response", True)


# Faults.

CONDITION = (
    "invalid_condition",
    "Correct topic_expression and message_content: each condition must match one stateful event of this device.",
)
TIMEOUT = (
    "invalid_condition",
    "Set a shorter ActivationTimeout for the rule on the device, or remove the rule. Then run again.",
)
REQUEST = ("invalid_request", "Compare the options with what this model and AXIS OS version accept.")
NOT_FOUND = (
    "action_not_found",
    "Run again: another client removed the rule or the action configuration at the same time.",
)
DEVICE_ERROR = ("device_error", "Run again. If the error persists, check the log of the device.")
UNSUPPORTED = ("unsupported", "Upgrade AXIS OS, or exclude this device: it does not support what the task requires.")


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("aa:ActionTemplateNotFoundFault", UNSUPPORTED),
        ("aa:ParametersMissmatchFault", REQUEST),
        ("aa:ParametersMismatchFault", REQUEST),
        ("aa:InvalidActionConfigurationFault", REQUEST),
        ("aa:ActionConfigurationNotFoundFault", NOT_FOUND),
        ("aa:ActionRuleNotFoundFault", NOT_FOUND),
        (
            "aa:ActionConfigurationIsInUseFault",
            ("action_in_use", "Run again: another client added a rule for the action configuration at the same time."),
        ),
        ("aa:InvalidConditionFilterFault", CONDITION),
        ("aa:InvalidconditionFilterFault", CONDITION),
        ("aa:InvalidFilterFault", CONDITION),
        ("wsnt:InvalidTopicExpressionFault", CONDITION),
        ("wsnt:InvalidMessageContentExpressionFault", CONDITION),
        ("aa:InsufficientActivationRuleFault", CONDITION),
        ("aa:InvalidActivationTimeoutFault", TIMEOUT),
        ("wsnt:TopicExpressionDialectUnknownFault", UNSUPPORTED),
        ("wsnt:TopicNotSupportedFault", CONDITION),
        ("wsnt:MultipleTopicsSpecifiedFault", CONDITION),
        ("aa:RecipientConfigurationNotFoundFault", DEVICE_ERROR),
    ],
)
@pytest.mark.parametrize("reason", ["could not match any events.", ""])
@pytest.mark.parametrize("prefixes", ["standard", "numbered"])
def test_faults_are_classified_by_their_detail(
    fleet: Fleet, detail: str, expected: tuple[str, str], reason: str, prefixes: str
) -> None:
    device = fleet.add("camera_12_9", "camera", switches=Switches(namespace_prefixes=prefixes))
    device.plant_fault("soap_fault", call="action/AddActionRule", detail=detail, reason=reason)
    error = error_of(lambda: ActionService(Session(settings_for(device))).add_rule(rule("7")))
    name = detail.partition(":")[2]
    assert (error.kind, error.next_step) == expected
    ending = ": could not match any events" if reason else ""
    assert error.message == f"The device rejects AddActionRule with {name}{ending}"
    assert error.description == (f"{name}: {reason}" if reason else name)
    assert error.code is None
    assert error.maybe_applied is (expected is DEVICE_ERROR)


def test_faults_of_the_simulated_service(service: ActionService, camera: Device) -> None:
    error = error_of(lambda: service.remove_configuration("9999"))
    assert (error.kind, error.description) == ("action_not_found", "ActionConfigurationNotFoundFault")
    error = error_of(lambda: service.add_rule(rule("9999")))
    assert error.description is not None
    assert "Unknown action configuration '9999'" in error.description
    planted = camera.plant_recording("door")
    assert error_of(lambda: service.remove_configuration(planted.primary_action)).kind == "action_in_use"
    unknown = Event("tns1:Device/Nothing", MESSAGE)
    assert error_of(lambda: service.add_rule(rule(planted.primary_action, unknown))).kind == "invalid_condition"


def test_a_timeout_that_is_too_long_shows_the_maximum(service: ActionService, camera: Device) -> None:
    number = camera.plant_configuration(recording_group_id="door").configuration_id
    camera.actions.maximum_timeout = 3600
    error = error_of(lambda: service.add_rule(rule(number, settings=RuleSettings("PT2H"))))
    assert (error.kind, error.next_step) == TIMEOUT
    assert error.message == (
        "The device rejects AddActionRule with InvalidActivationTimeoutFault: activation timeout is not valid: "
        "the maximum is PT3600S"
    )


def test_a_missing_group_is_an_invalid_configuration(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera", switches=Switches(action_checks_group=True))
    error = error_of(lambda: ActionService(Session(settings_for(device))).add_configuration("a", "door"))
    assert (error.kind, error.next_step) == REQUEST
    assert "InvalidActionConfigurationFault: Recording group not found: door" in error.message


def fault(code: str, reason: str = "", detail: str = "") -> str:
    """Return a fault of the SOAP layer."""
    return ANSWER % (
        f"<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>{code}</SOAP-ENV:Code>"
        f"<SOAP-ENV:Reason>{reason}</SOAP-ENV:Reason>{detail}</SOAP-ENV:Fault>"
    )


def subcode(name: str) -> str:
    """Return the subcode of a fault."""
    return f"<SOAP-ENV:Subcode><SOAP-ENV:Value>{name}</SOAP-ENV:Value></SOAP-ENV:Subcode>"


TEXT = '<SOAP-ENV:Text xml:lang="en">%s</SOAP-ENV:Text>'


@dataclass(kw_only=True)
class FixedResponse(Fault):
    """Respond with a status, a content type, and a body."""

    status: int
    content_type: str
    body: str

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return Response(self.status, self.content_type, self.body.encode())


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            fault(
                subcode("ter:InvalidArgs"),
                TEXT % "Invalid argument",
                f"<SOAP-ENV:Detail>{TEXT % 'occurrence violation in element Conditions'}</SOAP-ENV:Detail>",
            ),
            (
                REQUEST,
                "with InvalidArgs: Invalid argument: occurrence violation in element Conditions",
                "Invalid argument: occurrence violation in element Conditions",
            ),
        ),
        (
            fault(subcode("ter:ActionNotSupported"), TEXT % "optional action not implemented"),
            (
                UNSUPPORTED,
                "with ActionNotSupported: optional action not implemented",
                "optional action not implemented",
            ),
        ),
        (
            # As an AXIS OS 12.11 responds.
            fault(
                subcode("ter:ActionNotSupported"),
                TEXT % "Optional action not implemented",
                "<SOAP-ENV:Detail><SOAP-ENV:Text>The requested action is optional and is not implemented"
                "</SOAP-ENV:Text></SOAP-ENV:Detail>",
            ),
            (
                UNSUPPORTED,
                (
                    "with ActionNotSupported: Optional action not implemented: The requested action is optional and is "
                    "not implemented"
                ),
                "Optional action not implemented: The requested action is optional and is not implemented",
            ),
        ),
        (fault(subcode("ter:UnknownAction"), ""), (UNSUPPORTED, "with UnknownAction", None)),
        (fault(subcode("ter:InvalidArgVal"), ""), (REQUEST, "with InvalidArgVal", None)),
        (
            fault(subcode("ter:NotAuthorized"), TEXT % ""),
            (
                (
                    "forbidden",
                    "Set username to an account with at least the role operator (on some devices administrator).",
                ),
                "with NotAuthorized",
                None,
            ),
        ),
        (fault(subcode("ter:Other"), TEXT % "Oh."), (DEVICE_ERROR, "with Other: Oh", "Oh.")),
        (fault("", TEXT % "Oh"), (DEVICE_ERROR, "with a fault: Oh", "Oh")),
        (fault("", ""), (DEVICE_ERROR, "with a fault", None)),
        (ANSWER % "<SOAP-ENV:Fault/>", (DEVICE_ERROR, "with a fault", None)),
        (fault("", "", "<SOAP-ENV:Detail/>"), (DEVICE_ERROR, "with a fault", None)),
    ],
)
def test_other_faults_are_classified_by_their_subcode(
    camera: Device, status: int, response: str, expected: tuple[tuple[str, str], str, str | None]
) -> None:
    """The HTTP status of a fault does not matter."""
    content_type = "application/soap+xml; charset=utf-8"
    camera.faults.append(FixedResponse(status=status, content_type=content_type, body=response))
    error = error_of(lambda: ActionService(Session(settings_for(camera))).remove_rule("7"))
    kind_and_next_step, cause, description = expected
    assert (error.kind, error.next_step) == kind_and_next_step
    assert error.message == f"The device rejects RemoveActionRule {cause}"
    assert (error.description, error.maybe_applied) == (description, kind_and_next_step is DEVICE_ERROR)


@pytest.mark.parametrize(("status", "maybe_applied"), [(400, True), (500, True)])
def test_a_web_page_with_a_fault_status_is_a_device_error(
    service: ActionService, camera: Device, status: int, maybe_applied: bool
) -> None:
    camera.plant_fault("http_status", call="action/*", status=status)
    error = error_of(lambda: service.remove_rule("7"))
    assert (error.kind, error.description) == ("device_error", f"HTTP {status}")
    assert error.maybe_applied is maybe_applied


def test_a_fault_status_without_a_fault_is_malformed(service: ActionService, camera: Device) -> None:
    camera.faults.append(FixedResponse(status=400, content_type="text/xml", body="<error/>"))
    assert error_of(service.list).kind == "malformed_response"


def test_a_low_role_is_forbidden_and_names_the_required_role(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera", switches=Switches(action_service_role="administrator"))
    error = error_of(ActionService(Session(settings_for(device))).list)
    assert error.kind == "forbidden"
    assert "role operator (on some devices administrator)" in error.next_step


def test_a_device_without_the_service_is_unsupported(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera", switches=Switches(action_service=False))
    error = error_of(ActionService(Session(settings_for(device))).list)
    assert error.kind == "unsupported"
    assert "/vapix/services" in error.message


# Retries.


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_read_is_retried_after_a_broken_connection(service: ActionService, camera: Device, kind: str) -> None:
    planted = camera.plant_recording("door")
    camera.plant_fault(kind, call="action/GetActionRules")
    assert [item.rule_id for item in service.list().rules] == [planted.rule_id]
    assert authenticated_calls(camera) == [*GETS, *GETS[1:]]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
@pytest.mark.parametrize(
    ("name", "send"),
    [
        ("AddActionConfiguration", lambda service, number: service.add_configuration("a", "door")),
        ("AddActionRule", lambda service, number: service.add_rule(rule(number))),
        ("RemoveActionRule", lambda service, number: service.remove_rule(number)),
        ("RemoveActionConfiguration", lambda service, number: service.remove_configuration(number)),
    ],
)
def test_a_write_is_never_retried(
    service: ActionService, camera: Device, kind: str, name: str, send: Callable[[ActionService, str], object]
) -> None:
    number = camera.plant_configuration(recording_group_id="door").configuration_id
    service.list()
    camera.plant_fault(kind, call="action/*")
    error = error_of(lambda: send(service, number))
    assert error.maybe_applied
    assert authenticated_calls(camera).count(f"action/{name}") == 1
    camera.plant_fault("http_status", call="action/*", status=503)
    assert error_of(lambda: send(service, number)).kind == "device_error"
    assert authenticated_calls(camera).count(f"action/{name}") == 2


@pytest.mark.parametrize(("ending", "prefixes"), [("", "standard"), ("//.", "standard"), ("//.", "numbered")])
def test_topics_are_read_as_the_device_writes_them(fleet: Fleet, ending: str, prefixes: str) -> None:
    profile = "camera_10_12" if ending else "camera_12_9"
    device = fleet.add(profile, "other", switches=Switches(namespace_prefixes=prefixes))
    device.plant_group(recording_group_id="door")
    rule = device.plant_recording("door", start_event=(MOTION.topic, MOTION.message))
    other = device.plant_recording("door")
    service = ActionService(Session(settings_for(device)))
    topics = service.read_topics(rule.rule_id)
    assert topics is not None
    assert topics.conditions == (f"{READY}{ending}",)
    assert topics.start is not None
    assert topics.start.removesuffix("//.") == MOTION.topic
    topics = service.read_topics(other.rule_id)
    assert topics is not None
    assert topics.start is None
    assert service.read_topics("4711") is None
