# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the action service: exact responses and faults, what rules record, and the gaps."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
import requests
from lxml import etree

from tests.simulator import Configuration, Event, Gap, Rule, Switches

PATH = "/vapix/services"
ACTION = "http://www.axis.com/vapix/ws/action1"
GROUP_TEMPLATE = "com.axis.action.unlimited.recording_group.storage"
CARD_IS_HEALTHY = {"disk_id": "SD_DISK", "disruption": "0"}
LED = "com.axis.action.unlimited.ledcontrol"
READY = ("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')
DAY = ("tns1:VideoSource/tnsaxis:DayNightVision", 'boolean(//SimpleItem[@Name="day" and @Value="1"])')
TOPICS = 'xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tnsaxis="http://www.axis.com/2009/event/topics"'
CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
ITEM_FILTER = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"


def envelope(body):
    return (
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )


def send_request(operation, content=""):
    return envelope(f'<{operation} xmlns="{ACTION}">{content}</{operation}>')


def new_configuration(template=GROUP_TEMPLATE, name=None, **parameters):
    given = "".join(f'<Parameter Name="{key}" Value="{value}"/>' for key, value in parameters.items())
    named = "" if name is None else f"<Name>{name}</Name>"
    return send_request(
        "AddActionConfiguration",
        f"<NewActionConfiguration>{named}<TemplateToken>{template}</TemplateToken>"
        f"<Parameters>{given}</Parameters></NewActionConfiguration>",
    )


def event(topic, message, dialect=CONCRETE, message_dialect=ITEM_FILTER):
    return (
        f'<TopicExpression Dialect="{dialect}" xmlns="http://docs.oasis-open.org/wsn/b-2">{topic}</TopicExpression>'
        f'<MessageContent Dialect="{message_dialect}" xmlns="http://docs.oasis-open.org/wsn/b-2">{message}'
        "</MessageContent>"
    )


def one_condition(*of_event, **dialects):
    return f"<Conditions><Condition>{event(*of_event, **dialects)}</Condition></Conditions>"


def new_rule(action, conditions=None, *, name="a rule", enabled="true", topics=TOPICS):
    conditions = one_condition(*READY) if conditions is None else conditions
    return send_request(
        "AddActionRule",
        f"<NewActionRule {topics}><Name>{name}</Name><Enabled>{enabled}</Enabled>{conditions}"
        f"<PrimaryAction>{action}</PrimaryAction></NewActionRule>",
    )


def remove_rule(rule_id):
    return send_request("RemoveActionRule", f"<RuleID>{rule_id}</RuleID>")


def remove_configuration(configuration_id):
    return send_request("RemoveActionConfiguration", f"<ConfigurationID>{configuration_id}</ConfigurationID>")


def post(client, device, body, user="operator"):
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    return client.send(device, PATH, user, method="POST", data=body, headers=headers)


def content(client, device, body, status=200):
    """Return the content of the Body of a response, as text."""
    answer = post(client, device, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/soap+xml; charset=utf-8")
    etree.fromstring(answer.content)
    head, line = answer.text.split("\n")
    assert head == '<?xml version="1.0" encoding="UTF-8"?>'
    start, _unused, rest = line.partition("><SOAP-ENV:Body>")
    assert start.startswith('<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" ')
    assert start.count(" xmlns:") > 40
    inner, ending, nothing = rest.partition("</SOAP-ENV:Body></SOAP-ENV:Envelope>")
    assert (bool(ending), nothing) == (True, "")
    return inner


def new_id(client, device, body):
    """Return the ID in the response to an Add operation."""
    text = content(client, device, body)
    return re.fullmatch(r"<aa:(\w+)Response><aa:\w+ID>(\d+)</aa:\w+ID></aa:\1Response>", text)[2]


def fault(client, device, body):
    """Return the reason and Detail of a fault."""
    text = content(client, device, body, 400)
    found = re.fullmatch(
        "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value></SOAP-ENV:Code>"
        '<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en"(?:/>|>(.*)</SOAP-ENV:Text>)</SOAP-ENV:Reason>'
        "<SOAP-ENV:Detail>(.*)</SOAP-ENV:Detail></SOAP-ENV:Fault>",
        text,
    )
    return found[1], found[2]


def violation(element, kind="occurrence violation"):
    return (
        "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode>"
        "<SOAP-ENV:Value>ter:InvalidArgs</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason>"
        '<SOAP-ENV:Text xml:lang="en">Invalid argument</SOAP-ENV:Text></SOAP-ENV:Reason><SOAP-ENV:Detail>'
        f"<SOAP-ENV:Text>Validation constraint violation: {kind} in element {element}</SOAP-ENV:Text>"
        "</SOAP-ENV:Detail></SOAP-ENV:Fault>"
    )


@pytest.fixture
def group(camera):
    return camera.plant_group(recording_group_id="g")


# Responses.


def test_templates_are_listed_unless_removed(camera, client):
    text = content(client, camera, send_request("GetActionTemplates"))
    assert text.startswith(
        "<aa:GetActionTemplatesResponse><aa:ActionTemplates><aa:ActionTemplate>"
        f"<aa:TemplateToken>{GROUP_TEMPLATE}</aa:TemplateToken>"
        '<aa:Parameters><aa:Parameter Type="string" Name="recording_group_id"></aa:Parameter></aa:Parameters>'
        "</aa:ActionTemplate>"
    )
    for form in ("fixed", "unlimited"):
        listed = "".join(
            f'<aa:Parameter Type="string" Name="{name}"></aa:Parameter>'
            for name in ("stream_options", "pre_duration", "post_duration", "storage_id")
        )
        token = f"com.axis.action.{form}.recording.storage"
        assert f"<aa:TemplateToken>{token}</aa:TemplateToken><aa:Parameters>{listed}</aa:Parameters>" in text
    del camera.actions.templates[GROUP_TEMPLATE]
    assert GROUP_TEMPLATE not in content(client, camera, send_request("GetActionTemplates"))


def test_templates_are_those_of_the_profile(fleet, client):
    template = "com.axis.action.fixed.recording.storage"
    camera = fleet.add(switches=Switches(recording_templates={template: "storage_id"}))
    assert templates_of(client, camera) == {template: ["storage_id"], LED: ["led", "color", "interval"]}
    body = new_configuration(recording_group_id="g")
    assert "ActionTemplateNotFoundFault" in content(client, camera, body, 400)


def templates_of(client, camera):
    text = content(client, camera, send_request("GetActionTemplates"))
    return {
        token: re.findall('Name="([^"]*)"', names)
        for token, names in re.findall(
            "<aa:TemplateToken>(.*?)</aa:TemplateToken><aa:Parameters>(.*?)</aa:Parameters>", text
        )
    }


def test_unknown_templates_are_dropped_at_a_restart(camera, client):
    """Rules that used them remain, and start nothing."""
    known, unknown = (
        camera.plant_configuration(template, recording_group_id="g").configuration_id
        for template in (GROUP_TEMPLATE, "old")
    )
    camera.plant_rule(unknown)
    assert set(camera.actions.configurations) == {known, unknown}
    assert content(client, camera, send_request("GetActionRules")).count("<aa:ActionRule>") == 1
    client.session.close()
    camera.restart()
    assert content(client, camera, send_request("GetActionConfigurations")).count("<aa:ActionConfiguration>") == 1
    assert set(camera.actions.configurations) == {known}
    assert content(client, camera, send_request("GetActionRules")).count("<aa:ActionRule>") == 1


def test_a_healthy_card_can_be_a_condition(camera, client):
    """As the VMS of the manufacturer writes it."""
    action = new_id(client, camera, new_configuration(recording_group_id="g"))
    items = [f'//SimpleItem[@Name="{name}" and @Value="{value}"]' for name, value in CARD_IS_HEALTHY.items()]
    message = f"boolean({' and '.join(items)})"
    new_id(client, camera, new_rule(action, one_condition("tnsaxis:Storage/Disruption", message)))
    (rule,) = camera.actions.rules.values()
    assert [event.topic for event in rule.conditions] == ["tnsaxis:Storage/Disruption"]


def test_lists_are_empty_initially(camera, client):
    assert content(client, camera, send_request("GetActionRules")) == (
        "<aa:GetActionRulesResponse><aa:ActionRules></aa:ActionRules></aa:GetActionRulesResponse>"
    )
    assert content(client, camera, send_request("GetActionConfigurations")) == (
        "<aa:GetActionConfigurationsResponse><aa:ActionConfigurations></aa:ActionConfigurations>"
        "</aa:GetActionConfigurationsResponse>"
    )


def test_configuration_is_stored_listed_and_removed(camera, client):
    made = new_id(client, camera, new_configuration(name="A &amp; B", recording_group_id="g"))
    assert camera.actions.configurations == {
        made: Configuration(made, "A & B", GROUP_TEMPLATE, {"recording_group_id": "g"})
    }
    assert content(client, camera, send_request("GetActionConfigurations")) == (
        "<aa:GetActionConfigurationsResponse><aa:ActionConfigurations><aa:ActionConfiguration>"
        f"<aa:ConfigurationID>{made}</aa:ConfigurationID><aa:Name>A &amp; B</aa:Name>"
        f"<aa:TemplateToken>{GROUP_TEMPLATE}</aa:TemplateToken><aa:Parameters>"
        '<aa:Parameter Value="g" Name="recording_group_id"></aa:Parameter></aa:Parameters></aa:ActionConfiguration>'
        "</aa:ActionConfigurations></aa:GetActionConfigurationsResponse>"
    )
    assert content(client, camera, remove_configuration(made)) == (
        "<aa:RemoveActionConfigurationResponse></aa:RemoveActionConfigurationResponse>"
    )
    assert camera.actions.configurations == {}


def test_parameters_are_returned_in_another_order(camera, client):
    given = {"stream_options": "fps%3D5", "pre_duration": "0", "post_duration": "", "storage_id": "SD_DISK"}
    new_id(client, camera, new_configuration("com.axis.action.unlimited.recording.storage", **given))
    text = content(client, camera, send_request("GetActionConfigurations"))
    assert re.findall(r'<aa:Parameter Value="([^"]*)" Name="(\w+)"></aa:Parameter>', text) == [
        ("SD_DISK", "storage_id"),
        ("", "post_duration"),
        ("0", "pre_duration"),
        ("fps%3D5", "stream_options"),
    ]


@pytest.mark.parametrize(("profile", "ending"), [("camera_10_12", "//."), ("camera_12_9", "")])
def test_rule_is_stored_listed_and_removed(fleet, client, profile, ending):
    camera = fleet.add(profile)
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    conditions = f"<StartEvent>{event(*DAY)}</StartEvent>" + one_condition(*READY)
    made = new_id(client, camera, new_rule(action, conditions, name="Always"))
    assert camera.actions.rules == {made: Rule(made, "Always", True, [Event(*READY)], Event(*DAY), action)}

    def shown(topic, message, ending=""):
        return (
            f'<wsnt:TopicExpression Dialect="{CONCRETE}">{topic}{ending}</wsnt:TopicExpression>'
            f'<wsnt:MessageContent Dialect="{ITEM_FILTER}">{message}</wsnt:MessageContent>'
        )

    assert content(client, camera, send_request("GetActionRules")) == (
        f"<aa:GetActionRulesResponse><aa:ActionRules><aa:ActionRule><aa:RuleID>{made}</aa:RuleID>"
        f"<aa:Name>Always</aa:Name><aa:Enabled>true</aa:Enabled><aa:StartEvent>{shown(*DAY)}</aa:StartEvent>"
        # Only the topic of a condition has the ending.
        f"<aa:Conditions><aa:Condition>{shown(*READY, ending)}</aa:Condition></aa:Conditions>"
        f"<aa:PrimaryAction>{action}</aa:PrimaryAction></aa:ActionRule></aa:ActionRules></aa:GetActionRulesResponse>"
    )
    assert content(client, camera, remove_rule(made)) == ("<aa:RemoveActionRuleResponse></aa:RemoveActionRuleResponse>")
    assert camera.actions.rules == {}


def settings(timeout, failover):
    return (
        one_condition(*READY) + (f"<ActivationTimeout>{timeout}</ActivationTimeout>" if timeout else ""),
        f"<FailoverAction>{failover}</FailoverAction>" if failover else "",
    )


def rule_with(action, timeout=None, failover=None):
    before, after = settings(timeout, failover)
    return new_rule(action, before).replace("</PrimaryAction>", f"</PrimaryAction>{after}")


def test_timeout_and_failover_action_are_stored_and_listed(camera, client):
    action, other = (camera.plant_configuration(recording_group_id="g").configuration_id for _unused in range(2))
    made = new_id(client, camera, rule_with(action, "PT60S", other))
    assert camera.actions.rules == {made: Rule(made, "a rule", True, [Event(*READY)], None, action, "PT60S", other)}
    assert (
        f"</aa:Conditions><aa:ActivationTimeout>PT60S</aa:ActivationTimeout><aa:PrimaryAction>{action}"
        f"</aa:PrimaryAction><aa:FailoverAction>{other}</aa:FailoverAction></aa:ActionRule>"
    ) in content(client, camera, send_request("GetActionRules"))


def test_failover_action_is_in_use_until_its_rule_is_removed(camera, client):
    action, other = (camera.plant_configuration(recording_group_id="g").configuration_id for _unused in range(2))
    made = new_id(client, camera, rule_with(action, failover=other))
    reason, detail = fault(client, camera, remove_configuration(other))
    assert (reason, f"<aa:ActionRuleID>{made}</aa:ActionRuleID>" in detail) == ("action configuration is in use", True)
    content(client, camera, remove_rule(made))
    content(client, camera, remove_configuration(other))
    assert list(camera.actions.configurations) == [action]


def test_unknown_failover_action_is_rejected(camera, client):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    assert fault(client, camera, rule_with(action, failover="9999")) == (
        "Unknown action configuration '9999' specified for failover action",
        "<aa:ActionConfigurationNotFoundFault></aa:ActionConfigurationNotFoundFault>",
    )


@pytest.mark.parametrize(
    ("timeout", "accepted"), [("PT1H", True), ("P1D", True), ("PT86400S", True), ("P1DT1S", False), ("PT86401S", False)]
)
def test_timeout_has_a_maximum(camera, client, timeout, accepted):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    if accepted:
        new_id(client, camera, rule_with(action, timeout))
    else:
        assert fault(client, camera, rule_with(action, timeout)) == (
            "activation timeout is not valid",
            (
                "<aa:InvalidActivationTimeoutFault><aa:MaximumTimeout>PT86400S</aa:MaximumTimeout>"
                "</aa:InvalidActivationTimeoutFault>"
            ),
        )


@pytest.mark.parametrize("timeout", ["60", "P", "PT", "1H", "PT1X"])
def test_timeout_must_be_a_duration(camera, client, timeout):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    assert content(client, camera, rule_with(action, timeout), 400) == violation(
        "ActivationTimeout", "data type mismatch"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<ActivationTimeout>PT1S</ActivationTimeout><PrimaryAction>", "<PrimaryAction>"),
        ("<Enabled>true</Enabled>", ""),
    ],
)
def test_elements_of_a_rule_have_an_order(camera, client, before, after):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    body = rule_with(action, "PT1S")
    moved = body.replace(before, after).replace(
        "</PrimaryAction>", f"</PrimaryAction>{before.removesuffix('<PrimaryAction>')}"
    )
    assert post(client, camera, body).status_code == 200
    assert post(client, camera, moved).status_code == 400
    assert len(camera.actions.rules) == 1


@pytest.mark.parametrize("dialect", [CONCRETE, "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"])
def test_both_dialects_of_topics_are_accepted(camera, client, dialect):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    new_id(client, camera, new_rule(action, one_condition(*READY, dialect=dialect)))
    assert f'Dialect="{CONCRETE}"' in content(client, camera, send_request("GetActionRules"))


def test_template_may_stand_before_the_name(camera, client):
    body = new_configuration(name="A", recording_group_id="g").replace("<Name>A</Name>", "")
    made = new_id(client, camera, body.replace("<Parameters>", "<Name>A</Name><Parameters>"))
    assert camera.actions.configurations[made].name == "A"


def test_topics_are_matched_by_namespace(camera, client):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    condition = one_condition("a:Device/b:Status/SystemReady", READY[1])
    topics = TOPICS.replace("tns1", "a").replace("tnsaxis", "b")
    made = new_id(client, camera, new_rule(action, condition, topics=topics))
    assert camera.actions.rules[made].conditions == [Event(*READY)]
    swapped = TOPICS.replace("tns1", "x").replace("tnsaxis", "tns1").replace(":x", ":tnsaxis")
    assert fault(client, camera, new_rule(action, topics=swapped))[1].startswith("<aa:InvalidConditionFilterFault>")


@pytest.mark.parametrize("kind", ["Rules", "Configurations"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_order_differs_from_call_to_call(camera, client, kind, count):
    for _unused in range(count):
        camera.plant_recording("g")
    orders = []
    for _unused in range(6):
        text = content(client, camera, send_request(f"GetAction{kind}"))
        orders.append(re.findall(r"<aa:(?:RuleID|ConfigurationID)>(\d+)<", text))
    assert all(len(order) == len(set(order)) == count for order in orders)
    assert all(order != following for order, following in itertools.pairwise(orders))


def test_ids_do_not_begin_at_one_and_have_gaps(fleet, client):
    firsts = set()
    for _unused in range(4):
        device = fleet.add()
        rules = [int(device.plant_recording("g").rule_id) for _unused in range(12)]
        for ids in (rules, [int(key) for key in device.actions.configurations]):
            assert ids == sorted(set(ids))
            assert ids[0] > 1
            assert ids[-1] - ids[0] > 11
        firsts.add((rules[0], int(next(iter(device.actions.configurations)))))
    assert len(firsts) > 1


@pytest.mark.parametrize(("reuse", "same"), [(True, True), (False, False)])
def test_ids_of_actions_can_be_reused(camera, client, reuse, same):
    camera.switches = replace(camera.switches, reuse_ids=reuse)
    action = new_id(client, camera, new_configuration(recording_group_id="g"))
    rule = new_id(client, camera, new_rule(action))
    content(client, camera, remove_rule(rule))
    content(client, camera, remove_configuration(action))
    later = new_id(client, camera, new_configuration(recording_group_id="g"))
    assert (later == action) == same
    assert (new_id(client, camera, new_rule(later)) == rule) == same


# Faults.


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (
            new_configuration("com.bogus.nonexistent"),
            "action template with id 'com.bogus.nonexistent' not found",
            "<aa:ActionTemplateNotFoundFault></aa:ActionTemplateNotFoundFault>",
        ),
        (
            new_configuration("com.axis.action.unlimited.ledcontrol", color="red"),
            "Configuration parameter missing: led",
            "<aa:ParametersMissmatchFault></aa:ParametersMissmatchFault>",
        ),
        (
            new_configuration(recording_group_id="g", retention="1"),
            "Configuration parameter unknown: retention",
            "<aa:ParametersMissmatchFault></aa:ParametersMissmatchFault>",
        ),
        (
            new_rule("9999"),
            "Unknown action configuration '9999' specified for primary action",
            "<aa:ActionConfigurationNotFoundFault></aa:ActionConfigurationNotFoundFault>",
        ),
        (
            remove_configuration("9999"),
            None,
            "<aa:ActionConfigurationNotFoundFault></aa:ActionConfigurationNotFoundFault>",
        ),
        (
            remove_rule("9999"),
            "No action rule with id '9999' exists",
            "<aa:ActionRuleNotFoundFault></aa:ActionRuleNotFoundFault>",
        ),
    ],
)
def test_invalid_requests_have_their_fault(camera, client, body, reason, detail):
    assert fault(client, camera, body) == (reason, detail)
    assert (camera.actions.configurations, camera.actions.rules) == ({}, {})


def test_configuration_in_use_cannot_be_removed(camera, client):
    rule = camera.plant_recording("g", name="Rule 1")
    other = camera.plant_rule(rule.primary_action, "Rule <2>", enabled=False)
    assert fault(client, camera, remove_configuration(rule.primary_action)) == (
        "action configuration is in use",
        (
            "<aa:ActionConfigurationIsInUseFault><aa:UsedByActionRules>"
            f"<aa:ActionRule><aa:ActionRuleID>{rule.rule_id}</aa:ActionRuleID>"
            "<aa:ActionRuleName>Rule 1</aa:ActionRuleName></aa:ActionRule>"
            f"<aa:ActionRule><aa:ActionRuleID>{other.rule_id}</aa:ActionRuleID>"
            "<aa:ActionRuleName>Rule &lt;2&gt;</aa:ActionRuleName></aa:ActionRule>"
            "</aa:UsedByActionRules></aa:ActionConfigurationIsInUseFault>"
        ),
    )
    assert list(camera.actions.configurations) == [rule.primary_action]


@pytest.mark.parametrize(
    "topic",
    [
        f"{READY[0]}//.",
        "tns1:Device//SystemReady",
        "tns1:Device/*",
        "tns1:Device|tns1:RuleEngine",
        "other:Device/tnsaxis:Status/SystemReady",
        "tns1:Device/",
        "",
    ],
)
@pytest.mark.parametrize("place", ["StartEvent", "Conditions"])
def test_invalid_topics_are_rejected(camera, client, topic, place):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    conditions = one_condition(topic, READY[1])
    if place == "StartEvent":
        conditions = f"<StartEvent>{event(topic, READY[1])}</StartEvent>" + one_condition(*READY)
    assert fault(client, camera, new_rule(action, conditions)) == (
        f"failed to parse topic expression '{topic}'",
        (
            "<wsnt:InvalidTopicExpressionFault><wsrfbf:Timestamp>2026-03-02T08:00:00Z</wsrfbf:Timestamp>"
            "</wsnt:InvalidTopicExpressionFault>"
        ),
    )
    assert camera.actions.rules == {}


@pytest.mark.parametrize("message", ["boolean(//SimpleItem[@Name=", "no(1)", "", "boolean(//tt:SimpleItem)"])
def test_invalid_message_filters_are_rejected(camera, client, message):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    assert fault(client, camera, new_rule(action, one_condition(READY[0], message))) == (
        f"failed to parse message content expression '{message}'",
        (
            "<wsnt:InvalidMessageContentExpressionFault><wsrfbf:Timestamp>2026-03-02T08:00:00Z</wsrfbf:Timestamp>"
            "</wsnt:InvalidMessageContentExpressionFault>"
        ),
    )


@pytest.mark.parametrize(
    ("dialects", "name"),
    [
        ({"dialect": ITEM_FILTER}, "TopicExpressionDialectUnknown"),
        ({"message_dialect": CONCRETE}, "InvalidMessageContentExpression"),
    ],
)
def test_unknown_dialects_are_rejected(camera, client, dialects, name):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    detail = fault(client, camera, new_rule(action, one_condition(*READY, **dialects)))[1]
    assert detail.startswith(f"<wsnt:{name}Fault><wsrfbf:Timestamp>")


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("tns1:Device/tnsaxis:Status/SystemRedy", READY[1]),
        (READY[0], 'boolean(//SimpleItem[@Name="redy" and @Value="1"])'),
        (READY[0], "boolean(//SimpleItem[@Name = 'active'])"),
        ("Device/Status/SystemReady", READY[1]),
    ],
)
def test_events_the_device_does_not_declare(camera, client, topic, message):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    assert fault(client, camera, new_rule(action, one_condition(topic, message))) == (
        "could not match any property events",
        "<aa:InvalidConditionFilterFault></aa:InvalidConditionFilterFault>",
    )
    start = f"<StartEvent>{event(topic, message)}</StartEvent>" + one_condition(*READY)
    assert fault(client, camera, new_rule(action, start)) == (
        "could not match any events",
        "<aa:InvalidFilterFault></aa:InvalidFilterFault>",
    )
    assert camera.actions.rules == {}


def test_declared_events_can_be_changed(camera, client):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    del camera.actions.events[READY[0]]
    assert fault(client, camera, new_rule(action))[1].startswith("<aa:InvalidConditionFilterFault>")
    camera.actions.events["tns1:Own/Event"] = ("on",)
    new_id(client, camera, new_rule(action, one_condition("tns1:Own/Event", "boolean(//SimpleItem[@Name='on'])")))


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (one_condition(*READY), "<Conditions></Conditions>", "Conditions"),
        (one_condition(*READY), "", "Conditions"),
        (one_condition(*READY), f"<StartEvent>{event(*READY)}</StartEvent>", "Conditions"),
        (event(*READY), "", "TopicExpression"),
        ("<Enabled>true</Enabled>", "", "Enabled"),
        ("<PrimaryAction>", "<PrimaryAction>1</PrimaryAction><PrimaryAction>", "PrimaryAction"),
        ("NewActionRule", "Rule", "NewActionRule"),
        (' xmlns="http://docs.oasis-open.org/wsn/b-2"', "", "TopicExpression"),
    ],
)
def test_rules_that_break_the_schema_are_rejected(camera, client, old, new, element):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    body = new_rule(action).replace(old, new)
    assert content(client, camera, body, 400) == violation(element)
    assert camera.actions.rules == {}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (send_request("RemoveActionRule"), violation("RuleID")),
        (send_request("RemoveActionConfiguration"), violation("ConfigurationID")),
        (send_request("AddActionConfiguration"), violation("NewActionConfiguration")),
        (new_configuration().replace("Parameters", "Others"), violation("Parameters")),
        (new_configuration(recording_group_id="g").replace(' Value="g"', ""), violation("Parameter")),
        (new_rule("9999", enabled="yes"), violation("Enabled", "data type mismatch")),
    ],
)
def test_requests_that_break_the_schema_are_rejected(camera, client, body, text):
    assert content(client, camera, body, 400) == text


def test_a_fixed_action_with_a_start_event_needs_no_condition(camera, client):
    template = "com.axis.action.fixed.recording.storage"
    action = camera.plant_configuration(template).configuration_id
    made = new_id(client, camera, new_rule(action, f"<StartEvent>{event(*DAY)}</StartEvent>"))
    assert "<aa:Conditions>" not in content(client, camera, send_request("GetActionRules"))
    assert camera.actions.rules[made].start_event == Event(*DAY)


@pytest.mark.parametrize(
    "body",
    [
        send_request("SetActionConfigurationParameters"),
        send_request("GetActionRules").replace(ACTION, "http://www.axis.com/vapix/ws/event1"),
    ],
)
def test_other_operations_are_unsupported(camera, client, body):
    assert content(client, camera, body, 400) == (
        "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Receiver</SOAP-ENV:Value><SOAP-ENV:Subcode>"
        "<SOAP-ENV:Value>ter:ActionNotSupported</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason>"
        '<SOAP-ENV:Text xml:lang="en">Optional action not implemented</SOAP-ENV:Text></SOAP-ENV:Reason>'
        "<SOAP-ENV:Detail><SOAP-ENV:Text>The requested action is optional and is not implemented</SOAP-ENV:Text>"
        "</SOAP-ENV:Detail></SOAP-ENV:Fault>"
    )
    assert (camera.journal[-1].call, camera.journal[-1].write) == ("action/unknown", False)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "<GetActionRules",
        "<GetActionRules/>",
        envelope(""),
        send_request("GetActionRules").replace("2003/05/soap-envelope", "2001/12/soap-envelope"),
        '<!DOCTYPE x [<!ENTITY y "z">]>' + send_request("GetActionRules"),
    ],
)
def test_request_without_an_envelope_is_a_fault_of_the_sender(camera, client, body):
    text = content(client, camera, body, 400)
    assert "<SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>" in text
    assert "Detail" not in text
    assert camera.journal[-1].call == "action/unknown"


def test_action_service_allows_only_post(camera, client):
    answer = client.send(camera, PATH)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


# The switches.


@pytest.mark.parametrize("role", ["operator", "viewer", "administrator"])
@pytest.mark.parametrize("body", [send_request("GetActionRules"), new_configuration(recording_group_id="g")])
def test_action_service_requires_the_selected_role(camera, client, role, body):
    camera.switches = replace(camera.switches, action_service_role=role)
    least = ("viewer", "operator", "administrator").index(role)
    statuses = [post(client, camera, body, user).status_code for user in ("viewer", "operator", "root")]
    assert statuses == [403] * least + [200] * (3 - least)


@pytest.mark.parametrize("checks", [False, True])
def test_configuration_can_require_its_group(camera, client, checks, group):
    camera.switches = replace(camera.switches, action_checks_group=checks)
    new_id(client, camera, new_configuration(recording_group_id="g"))
    if checks:
        assert fault(client, camera, new_configuration(recording_group_id="other")) == (
            "Recording group not found: other",
            "<aa:InvalidActionConfigurationFault></aa:InvalidActionConfigurationFault>",
        )
        camera.pull_disk("SD_DISK")
        assert "found: g" in fault(client, camera, new_configuration(recording_group_id="g"))[0]
    else:
        new_id(client, camera, new_configuration(recording_group_id="other"))


@pytest.mark.parametrize(("there", "status"), [(True, 200), (False, 404)])
def test_action_service_can_be_missing(camera, client, there, status):
    camera.switches = replace(camera.switches, action_service=there)
    assert post(client, camera, send_request("GetActionRules")).status_code == status
    assert client.send(camera, PATH, None, method="POST").status_code == 401


@pytest.mark.parametrize("profile", ["camera_10_12", "camera_12_9"])
@pytest.mark.parametrize(
    "body", [send_request("GetActionRules"), send_request("GetActionConfigurations"), remove_configuration("9999")]
)
def test_other_prefixes_make_the_same_document(fleet, client, profile, body):
    """For a parser, other prefixes make the same document."""
    camera = fleet.add(profile)
    camera.plant_recording("g", name="Rule", start_event=DAY)
    usual = post(client, camera, body)
    camera.switches = replace(camera.switches, namespace_prefixes="numbered")
    numbered = post(client, camera, body)
    assert re.search(r"</?(SOAP-ENV|aa|wsnt)|tns1:|tnsaxis:", numbered.text) is None
    assert usual.status_code == numbered.status_code

    def resolved(answer):
        root = etree.fromstring(answer.content)

        def text(element):
            return re.sub(r"([\w-]+):(?=\w)", lambda found: f"{{{element.nsmap[found[1]]}}}", element.text or "")

        return [(element.tag, dict(element.attrib), text(element)) for element in root.iter()]

    assert resolved(usual) == resolved(numbered)


# Recording.


def running(device, group_id="g"):
    return [recording for recording in device.recordings if recording.running and recording.group_id == group_id]


def test_several_rules_make_one_recording(camera, client, group):
    assert (camera.is_recording("g"), running(camera)) == (False, [])
    first, second = camera.plant_recording("g"), camera.plant_recording("g")
    camera.plant_rule(first.primary_action)
    (recording,) = running(camera)
    assert (recording.start, recording.disk_id) == (camera.now, "SD_DISK")
    camera.advance(hours=1)
    content(client, camera, remove_rule(first.rule_id))
    content(client, camera, remove_rule(second.rule_id))
    assert (camera.is_recording("g"), running(camera)) == (True, [recording])
    (last,) = camera.actions.rules
    content(client, camera, remove_rule(last))
    assert (camera.is_recording("g"), running(camera)) == (False, [])
    assert (recording.status, recording.stop) == ("completed", camera.now)


def test_rules_that_do_not_record(camera, client, group):
    camera.plant_configuration(recording_group_id="g")
    camera.plant_recording("g", enabled=False)
    camera.plant_recording("elsewhere")
    other = camera.plant_configuration("com.axis.action.unlimited.recording.storage", recording_group_id="g")
    camera.plant_rule(other.configuration_id)
    camera.plant_rule("9999")
    assert not camera.is_recording("g")
    assert (camera.recordings, camera.gaps) == ([], [])


def test_a_running_recording_is_listed(camera, client, group):
    action = new_id(client, camera, new_configuration(recording_group_id="g"))
    new_id(client, camera, new_rule(action, enabled="false"))
    assert camera.recordings == []
    new_id(client, camera, new_rule(action))
    text = client.send(camera, "/axis-cgi/record/list.cgi?recordingid=all").text
    assert 'recordingstatus="recording"' in text


def test_rule_records_when_its_group_is_created(camera, client):
    camera.plant_recording("g")
    assert not camera.is_recording("g")
    assert client.code(camera, "create", recordinggroupid="g") is None
    assert camera.is_recording("g")
    assert (len(running(camera)), camera.gaps) == (1, [])


def test_planted_recordings_are_unaffected(camera, client, group):
    (planted,) = camera.plant_recordings("g", 1, running=True)
    (other,) = camera.plant_recordings(None, 1, running=True)
    rule = camera.plant_recording("g")
    assert (camera.is_recording("g"), running(camera)) == (True, [planted])
    content(client, camera, remove_rule(rule.rule_id))
    assert not camera.is_recording("g")
    assert (planted.running, other.running) == (True, True)


def test_new_stream_options_start_one_new_recording(camera, client, group):
    rule = camera.plant_recording("g")
    client.groups(camera, "update", recordinggroupid="g", streamoptions="fps=10")
    assert [recording.running for recording in camera.recordings] == [False, True]
    content(client, camera, remove_rule(rule.rule_id))
    assert running(camera) == []
    assert len(camera.gaps) == 1


def test_a_removed_disk_keeps_the_completed_recording(camera, client, group):
    camera.plant_recording("g")
    client.groups(camera, "list")
    camera.advance(hours=1)
    medium = camera.pull_disk("SD_DISK")
    (recording,) = medium.recordings
    assert (recording.status, recording.stop) == ("completed", camera.now)
    assert not camera.is_recording("g")
    client.groups(camera, "list")
    camera.insert_disk("SD_DISK", medium)
    assert camera.is_recording("g")
    assert camera.gaps == [Gap("g", after=2, until=4)]
    assert [recording.running for recording in camera.recordings] == [False, True]


def test_a_locked_disk_does_not_record(camera, client, group):
    camera.plant_recording("g")
    camera.disks["SD_DISK"].locked = True
    assert not camera.is_recording("g")
    camera.disks["SD_DISK"].locked = False
    client.groups(camera, "list")
    assert camera.gaps == [Gap("g", after=0, until=0)]
    assert len(running(camera)) == 1


def test_a_deleted_group_loses_a_completed_recording(camera, group):
    camera.plant_recording("g")
    camera.delete_group(group)
    ((recording, reason),) = camera.lost_recordings
    assert (recording.status, reason) == ("completed", "group_deleted")
    assert (camera.is_recording("g"), camera.gaps) == (False, [Gap("g", 0)])


@pytest.mark.parametrize("template", [GROUP_TEMPLATE, "com.example.other"])
def test_a_group_that_a_configuration_names_is_in_use(camera, client, group, template):
    camera.plant_group(recording_group_id="h")
    action = camera.plant_configuration(template, recording_group_id="g").configuration_id
    assert client.code(camera, "delete", recordinggroupid="g") == 140
    assert client.code(camera, "delete", recordinggroupid="h") is None
    content(client, camera, remove_configuration(action))
    assert client.code(camera, "delete", recordinggroupid="g") is None


def test_no_gap_when_the_new_rule_comes_first(camera, client, group):
    old = camera.plant_recording("g")
    new = new_id(client, camera, new_configuration(recording_group_id="g"))
    new_id(client, camera, new_rule(new))
    content(client, camera, remove_rule(old.rule_id))
    content(client, camera, remove_configuration(old.primary_action))
    assert camera.gaps == []
    assert len(camera.recordings) == 1


def test_a_gap_when_the_old_rule_goes_first(camera, client, group):
    old = camera.plant_recording("g")
    content(client, camera, remove_rule(old.rule_id))
    removed = camera.writes[-1].sequence
    assert camera.gaps == [Gap("g", after=removed)]
    client.groups(camera, "list")
    new_id(client, camera, new_rule(old.primary_action))
    assert camera.gaps == [Gap("g", after=removed, until=camera.writes[-1].sequence)]
    assert camera.journal[removed - 1].call == "action/RemoveActionRule"
    assert camera.journal[camera.gaps[0].until - 1].call == "action/AddActionRule"
    assert camera.journal[camera.gaps[0].until - 1].status == 200
    assert [recording.running for recording in camera.recordings] == [False, True]


def test_direct_changes_precede_the_next_request(camera, client, group):
    rule = camera.plant_recording("g")
    client.groups(camera, "list")
    rule.enabled = False
    client.groups(camera, "list")
    assert running(camera) == []
    camera.actions.rules.clear()
    assert camera.gaps == [Gap("g", after=2)]


# The journal and planted faults.


def test_journal_names_the_operation(camera, client):
    body = new_configuration(recording_group_id="g")
    post(client, camera, body)
    post(client, camera, send_request("GetActionRules"))
    assert [(entry.call, entry.write, entry.status) for entry in camera.journal] == [
        ("action/AddActionConfiguration", True, 401),
        ("action/AddActionConfiguration", True, 200),
        ("action/GetActionRules", False, 401),
        ("action/GetActionRules", False, 200),
    ]
    (entry,) = camera.writes
    assert (entry.body.decode(), entry.target) == (body, PATH)


@pytest.mark.parametrize(("kind", "count"), [("drop_before", 0), ("drop_after", 1)])
def test_dropped_connection_adds_one_rule_or_none(camera, client, group, kind, count):
    action = camera.plant_configuration(recording_group_id="g").configuration_id
    camera.plant_fault(kind, call="action/AddActionRule")
    post(client, camera, send_request("GetActionRules"))
    with pytest.raises(requests.ConnectionError):
        post(client, camera, new_rule(action))
    assert len(camera.actions.rules) == count
    assert camera.is_recording("g") == bool(count)


def test_an_ignored_write_responds_and_changes_nothing(camera, client, group):
    rule = camera.plant_recording("g")
    camera.plant_fault("ignore_write", call="action/*", times=3)
    (recording,) = camera.recordings
    ignored = new_id(client, camera, new_rule(rule.primary_action))
    content(client, camera, remove_rule(rule.rule_id))
    new_id(client, camera, new_configuration(recording_group_id="g"))
    assert camera.actions.rules == {rule.rule_id: rule}
    assert camera.actions.rules[rule.rule_id] is rule
    assert list(camera.actions.configurations) == [rule.primary_action]
    assert (camera.recordings, recording.running, camera.gaps) == ([recording], True, [])
    # The ID that was not assigned is still available.
    assert new_id(client, camera, new_rule(rule.primary_action)) == ignored


def test_an_ignored_delete_does_not_stop_a_recording(camera, client, group):
    camera.plant_recording("g")
    camera.plant_fault("ignore_write")
    camera.plant_fault("callback", run=lambda device: device.delete_group(device.groups["g"]))
    client.groups(camera, "list")
    assert (camera.is_recording("g"), len(running(camera)), camera.gaps) == (True, 1, [])


def test_callback_changes_rules_before_the_response(camera, client, group):
    rule = camera.plant_recording("g")
    camera.plant_fault(
        "callback", call="action/GetActionRules", run=lambda device: device.actions.remove_rule(rule.rule_id)
    )
    assert rule.rule_id not in content(client, camera, send_request("GetActionRules"))
    assert camera.gaps == [Gap("g", after=2)]


def test_statuses_and_bodies_can_be_planted(camera, client):
    camera.plant_fault("http_status", call="action/*", status=503)
    assert post(client, camera, send_request("GetActionRules")).status_code == 503
    camera.plant_fault("body", call="action/GetActionRules", body=b"<oops")
    assert post(client, camera, send_request("GetActionRules")).content == b"<oops"


def test_an_error_code_is_a_fault_of_the_receiver(camera, client):
    camera.plant_fault("error_code", call="action/AddActionConfiguration", code=1, description="Out of <memory>")
    assert content(client, camera, new_configuration(recording_group_id="g"), 400) == (
        "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Receiver</SOAP-ENV:Value></SOAP-ENV:Code>"
        '<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">Out of &lt;memory&gt;</SOAP-ENV:Text></SOAP-ENV:Reason>'
        "</SOAP-ENV:Fault>"
    )
    assert (camera.journal[-1].code, camera.actions.configurations) == (1, {})


def test_soap_fault_affects_the_action_service_only(camera, client):
    camera.plant_fault("soap_fault", detail="aa:InvalidActivationTimeoutFault", reason="too long", times=2)
    assert client.code(camera, "list") is None
    assert fault(client, camera, send_request("GetActionRules")) == (
        "too long",
        "<aa:InvalidActivationTimeoutFault></aa:InvalidActivationTimeoutFault>",
    )
