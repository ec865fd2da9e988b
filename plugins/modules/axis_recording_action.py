#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of the module axis_recording_action, and main() for delegated tasks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_recording_action
short_description: Start, change, or end recording to a recording group of an Axis camera or recorder
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Creates, updates, or removes the recording action of one recording group, so that the device records to the group always, while conditions are true, or
    never.
  - A recording action consists of an action configuration and an action rule. The configuration names the group, and the rule starts the configuration.
    Without a recording action, the device does not record to the group.
  - The group identifies the recording action. The module manages every action configuration that names the group, and every rule that starts such a
    configuration, regardless of their names and origin. It keeps one of each, and does not change other objects.
  - The action service cannot change a rule. Therefore, the module adds the new rule, reads it back, and only then removes the old rule, so the recording is
    not interrupted. If the device rejects the new rule, the old rule stays.
  - Removing a recording action does not delete recordings. However, a hold on the group forbids every change that could reduce what the device records,
    such as the removal of a recording action, or conditions instead of O(always).
options:
  state:
    description:
      - Whether the device records to the group. V(present) makes the device record as the other options specify.
      - V(absent) removes the rules and the action configurations of the group. Only then can the group be deleted.
    type: str
    choices: [present, absent]
    default: present
  recording_group_id:
    description: ID of the recording group, such as V(entrance). The group must exist, and the device must not list two groups with this ID.
    type: str
    required: true
    aliases: [id, recordinggroupid]
  name:
    description:
      - Name of the rule, and of a new action configuration, such as V(Yard while the gate is open).
      - Without this option, an existing rule keeps its name, and a new rule gets the name of the group.
    type: str
  enabled:
    description: Whether the rule is enabled. While the rule is disabled, the device does not record to the group.
    type: bool
    default: true
  always:
    description: Whether to record always. Without O(conditions), this is the default.
    type: bool
  conditions:
    description:
      - Conditions under which the device records. All of them must be true. Each condition must match one stateful event of the device, which only the
        device can check.
    type: list
    elements: dict
    suboptions: &event
      topic_expression:
        description:
          - Topic of the event, such as V(tns1:Device/tnsaxis:IO/Port), with the prefixes V(tns1) and V(tnsaxis).
          - AXIS OS 10.12 adds V(//.) to topics. This ending is not part of the topic.
        type: str
        required: true
        aliases: [topic]
      message_content:
        description:
          - The messages of the event that match, as a dictionary of message items and their values, or as an XPath expression.
          - >-
            V({port: 1, state: 1}) means
            V(boolean(//SimpleItem[@Name="port" and @Value="1"]\) and boolean(//SimpleItem[@Name="state" and @Value="1"]\)).
            V(true) is 1, and V(false) is 0.
        type: raw
        required: true
  start_event:
    description: The event at which the recording starts. The device then records while the O(conditions) are true.
    type: dict
    suboptions: *event
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.holds
  - camfleet.axis.attributes
notes:
  - The module never deletes recordings. A change may end a running recording, unless the group is under a hold.
  - The user needs the role operator on the device, or administrator on some devices. Axis does not document the role that the action service requires.
attributes:
  check_mode:
    details:
      - Check mode writes nothing to the device. It cannot predict that the device rejects a condition that matches none of its events, or an action
        template that the device does not have.
      - If the group does not exist, a real run fails. Check mode only warns, because an earlier task might have predicted the creation of the group.
seealso:
  - module: camfleet.axis.axis_recording_group
  - module: camfleet.axis.axis_recording_group_info
  - module: camfleet.axis.axis_retention_policy
  - name: Make a camera record to a group
    description: How to start and end recording to a group.
    link: https://camfleet.github.io/camfleet.axis/docsite/recording_actions.html
  - name: VAPIX event and action services
    description: The API that the module uses for recording actions, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/event-and-action-services/
"""

EXAMPLES = r"""
- name: Record always to the group entrance
  camfleet.axis.axis_recording_action:
    recording_group_id: entrance

- name: Record to the group yard while input port 1 is active
  camfleet.axis.axis_recording_action:
    recording_group_id: yard
    name: Yard while the gate is open
    conditions:
      - topic_expression: tns1:Device/tnsaxis:IO/Port
        message_content:
          port: 1
          state: 1

# An invalid condition is not detected, because only the device can check it.
- name: Preview a change
  camfleet.axis.axis_recording_action:
    recording_group_id: yard
    enabled: false
  check_mode: true
  diff: true

# The rules and the action configurations of the group are removed.
- name: Stop recording to a group, and keep its recordings
  camfleet.axis.axis_recording_action:
    recording_group_id: yard
    state: absent
"""

RETURN = r"""
device:
  description: The device that the result is about.
  returned: always
  type: dict
  contains:
    host:
      description: Name or address of the device, as used by the task.
      type: str
    serial:
      description: Serial number, or V(null) if the device did not report it.
      type: str
  sample:
    host: 192.0.2.10
    serial: B8A44F000001
recording_action:
  description: The recording action of the group after the task, in check mode as predicted, or V(null) if there is none.
  returned: when the options are valid
  type: dict
  contains:
    recording_group_id:
      description: ID of the group.
      type: str
    name:
      description: Name of the rule.
      type: str
    enabled:
      description: Whether the rule is enabled.
      type: bool
    conditions:
      description: The conditions, each with C(topic_expression) and C(message_content).
      type: list
      elements: dict
    start_event:
      description: The start event in the same form, or V(null).
      type: dict
    configuration_id:
      description: ID of the action configuration, or V(null) in a prediction.
      type: str
    rule_id:
      description: ID of the rule, or V(null) in a prediction. A rule that replaces another one has a new ID.
      type: str
    activation_timeout:
      description: The least time between two executions of the rule, an xs:duration such as V(PT60S). The module keeps it, but does not set it.
      returned: when the rule has one
      type: str
    failover_action:
      description: ID of the action configuration that runs if the first one fails. The module keeps it, but does not set it.
      returned: when the rule has one
      type: str
  sample:
    recording_group_id: entrance
    name: Record to entrance
    enabled: true
    conditions:
      - topic_expression: tns1:Device/tnsaxis:Status/SystemReady
        message_content: boolean(//SimpleItem[@Name="ready" and @Value="1"])
    start_event: null
    configuration_id: "7"
    rule_id: "4"
changes:
  description: The changes that the task made. In check mode, the changes that a real run would make.
  returned: always
  type: list
  elements: dict
  contains:
    operation:
      description: V(create), V(update), or V(delete).
      type: str
    recording_group_id:
      description: ID of the group.
      type: str
    name:
      description: Name of the rule.
      type: str
    differences:
      description:
        - The fields that differ, each with C(field), C(before), and C(after).
        - C(other_rules) and C(other_configurations) are additional rules and action configurations of the group. C(activation_timeout)
          and C(failover_action) are settings of the rule that the module keeps, but does not set.
      type: list
      elements: dict
    stops_recording:
      description: Whether the device no longer records to the group.
      type: bool
  sample:
    - operation: update
      recording_group_id: yard
      name: Yard while the gate is open
      differences:
        - field: conditions
          before: always
          after: tns1:Device/tnsaxis:IO/Port [port=1, state=1]
      stops_recording: false
refused:
  description: The changes that were refused, with the fields of RV(changes) and the reason.
  returned: always
  type: list
  elements: dict
  contains:
    operation:
      description: V(create), V(update), or V(delete).
      type: str
    recording_group_id:
      description: ID of the group.
      type: str
    name:
      description: Name of the rule.
      type: str
    differences:
      description:
        - The fields that differ, each with C(field), C(before), and C(after).
        - C(other_rules) and C(other_configurations) are additional rules and action configurations of the group. C(activation_timeout)
          and C(failover_action) are settings of the rule that the module keeps, but does not set.
      type: list
      elements: dict
    stops_recording:
      description: Whether the device no longer records to the group.
      type: bool
    kind:
      description: Stable identifier of the reason, such as V(recording_loss), V(held), or V(immutable).
      type: str
    reason:
      description: Why the change is refused.
      type: str
    next_step:
      description: What to do about it.
      type: str
    allowances:
      description: Options that would permit the change, empty if none would.
      type: list
      elements: str
  sample:
    - operation: update
      recording_group_id: entrance
      name: Record to entrance
      differences:
        - field: conditions
          before: always
          after: tns1:Device/tnsaxis:IO/Port [port=1, state=1]
      stops_recording: false
      kind: held
      reason: 'The change may reduce the recording to group entrance, which a hold until 2027-06-30 23:59 UTC forbids: Case
        4711, letter of 2026-11-02 (owner: legal@example.com)'
      next_step: Ask legal@example.com. Only the end or the removal of the hold permits the change.
      allowances: []
holds:
  description: The holds of the host, and the groups that they match on this device.
  returned: when there are holds
  type: list
  elements: dict
  contains:
    recording_group_id:
      description: ID or pattern of the hold.
      type: str
    reason:
      description: Why the recordings are held.
      type: str
    owner:
      description: Who can lift the hold.
      type: str
    until:
      description: When the hold ends, in UTC.
      type: str
    ended:
      description: Whether the hold has ended and no longer protects any group.
      type: bool
    matches:
      description: IDs of the groups that the hold matches, or V(null) if the groups could not be read.
      type: list
      elements: str
    differs_in_case:
      description: IDs of the groups that the hold would match in other case, which it protects, too, or V(null) if the groups
        could not be read.
      type: list
      elements: str
  sample:
    - recording_group_id: entr*
      reason: Case 4711, letter of 2026-11-02
      owner: legal@example.com
      until: '2027-06-30T23:59:59Z'
      ended: false
      matches:
        - entrance
      differs_in_case: []
error:
  description: Why the task failed, or why the device is unreachable.
  returned: on failure
  type: dict
  contains:
    kind:
      description: Stable identifier of the class of error, such as V(authentication), V(tls), or V(recording_loss).
      type: str
    code:
      description: Error code of the device's API, or V(null) if the device sent none.
      type: int
    description:
      description: The device's own description of the error, or V(null) if it sent none.
      type: str
    message:
      description: What happened, without the name of the host.
      type: str
    detail:
      description: What is different for each device, such as the fingerprint of its certificate, or V(null).
      type: str
    next_step:
      description: What to do about it.
      type: str
  sample:
    kind: invalid_condition
    code: null
    description: 'InvalidConditionFilterFault: could not match any property events'
    message: The device rejected a condition
    detail: null
    next_step: 'Correct topic_expression and message_content: each condition must match one stateful event of this device.'
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import HOLDS_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import RECORDING_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_action

ARGUMENT_SPEC = {
    **DEVICE_SPEC,
    **HOLDS_SPEC,
    **RECORDING_SPEC,
    "recording_group_id": {"type": "str", "required": True, "aliases": ["id", "recordinggroupid"]},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
RUN = run_recording_action


def main() -> None:
    """Run as a module, on the machine that ``delegate_to`` names."""
    run_module(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), RUN)


if __name__ == "__main__":
    main()
