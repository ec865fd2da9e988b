# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XML of a device in a profile."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_xml import XMLAnonymizer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues

OWN = "camfleet-check-01234567-text"


def rewrite(body: str) -> str:
    values = ShownValues(Identifiers())
    values.own(OWN)
    shown = XMLAnonymizer(values).rewrite(body.encode())
    assert shown is not None
    return shown


def test_foreign_groups_are_counted() -> None:
    group = '<RecordingGroup RecordingGroupId="{0}" NiceName="{0}" RetentionTime="720" DiskId="SD_DISK" New="{0}"/>'
    groups = "".join(map(group.format, ["Acme1", "Acme2", "Acme3", OWN]))
    body = f'<RecordingGroupResponse schemaversion="1.0"><ListSuccess>{groups}</ListSuccess></RecordingGroupResponse>'
    assert rewrite(body) == (
        '<RecordingGroupResponse schemaversion="1.0"><ListSuccess>'
        '<RecordingGroup RecordingGroupId="<group 1>" NiceName="<name 1>" RetentionTime="720" DiskId="SD_DISK" '
        "<1 other attributes>/>"
        f'<RecordingGroup RecordingGroupId="{OWN}" NiceName="{OWN}" RetentionTime="720" DiskId="SD_DISK" '
        "<1 other attributes>/><2 other groups></ListSuccess></RecordingGroupResponse>"
    )


def test_a_fault_shows_its_name_and_known_words() -> None:
    body = (
        '<E:Envelope xmlns:E="http://www.w3.org/2003/05/soap-envelope" xmlns:aa="http://www.axis.com/vapix/ws/action1"'
        ' xmlns:acme="urn:acme"><E:Body><E:Fault><E:Code><E:Value>E:Sender</E:Value></E:Code><E:Reason>'
        '<E:Text xml:lang="en">action configuration Acme is in use</E:Text></E:Reason><E:Detail>'
        "<aa:ActionConfigurationIsInUseFault><aa:UsedByActionRules><aa:ActionRule><aa:ActionRuleID>2</aa:ActionRuleID>"
        "<aa:ActionRuleName>Acme</aa:ActionRuleName></aa:ActionRule></aa:UsedByActionRules>"
        "</aa:ActionConfigurationIsInUseFault></E:Detail></E:Fault></E:Body></E:Envelope>"
    )
    shown = rewrite(body)
    assert "acme" not in shown.lower()
    assert '<other:Envelope xmlns:other="http://www.w3.org/2003/05/soap-envelope"' in shown
    assert "<other:Text>action configuration <text> is in use</other:Text>" in shown
    assert "<aa:ActionRuleID>2</aa:ActionRuleID><aa:ActionRuleName><name 1></aa:ActionRuleName>" in shown


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("tns1:Device/tnsaxis:Status/SystemReady//.", "tns1:Device/tnsaxis:Status/SystemReady//."),
        ("ns43:Device/ns44:Status/SystemReady", "ns43:Device/ns44:Status/SystemReady"),
        ("tnsaxis:CameraApplicationPlatform/AcmeGate", "<topic>"),
        ("tns1:Device/Acme//Acme", "tns1:Device/<topic>//<topic>"),
        ("acme:Device", "other:Device"),
    ],
)
def test_a_topic_shows_known_steps(topic: str, shown: str) -> None:
    assert rewrite(f"<TopicExpression>{topic}</TopicExpression>") == f"<TopicExpression>{shown}</TopicExpression>"


def test_only_templates_that_record_are_shown() -> None:
    template = '<ActionTemplate><TemplateToken>{}</TemplateToken><Parameters><Parameter Name="{}" Type="string"/>'
    ending = "</Parameters></ActionTemplate>"
    recording = template.format("com.axis.action.unlimited.recording_group.storage", "recording_group_id") + ending
    other = template.format("com.axis.action.fixed.led", "led") + ending
    assert rewrite(f"<ActionTemplates>{recording}{other}{other}</ActionTemplates>") == (
        f"<ActionTemplates>{recording}<2 other templates></ActionTemplates>"
    )


@pytest.mark.parametrize("body", [b"", b"Acme", b"<a", b"<!DOCTYPE a><a/>", b"<html><p></html>", b"\xff\xfe<"])
def test_what_is_not_xml_is_left_to_others(body: bytes) -> None:
    assert XMLAnonymizer(ShownValues(Identifiers())).rewrite(body) is None


def test_unknown_elements_have_no_name() -> None:
    assert rewrite("<GeneralError><Acme x='1'>y</Acme></GeneralError>") == (
        "<GeneralError><unknown element></GeneralError>"
    )
    assert rewrite("<Acme/>") == "<unknown element>"
