#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module axis_recording_action: its documentation, its argument spec, and main() for the delegated case."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_recording_action
short_description: Make an Axis camera or recorder record to a recording group
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - A recording group by itself records nothing. This module manages what does, an action configuration that names the group and an
    action rule that starts it, over the VAPIX action service, and reads back what the device made of it.
  - The group is the identity. Every action configuration that names the group and every rule that starts one of those is about it,
    whatever its name and whoever made it, and in the end there is one of each. All others are left alone.
  - The service cannot change a rule. A new one is added and seen before the old one is removed, so that no moment is missed,
    and the old one stays when the device refuses the new one.
  - To stop recording deletes no recordings. A hold on the group forbids it all the same, as it forbids all else that may record less, such as
    conditions in place of O(always).
options:
  state:
    description:
      - With V(present) the device records to the group as the other options say.
      - V(absent) removes the rules and the action configurations of the group. Only then can the group be deleted.
    type: str
    choices: [present, absent]
    default: present
  recording_group_id:
    description: Id of the recording group, which has to be there before anything is added for it.
    type: str
    required: true
    aliases: [id, recordinggroupid]
  name:
    description:
      - Name of the rule, and of an action configuration that is added.
      - When it is not given, the name of a rule that is there is kept, and a new one is named after the group.
    type: str
  enabled:
    description: Whether the rule is enabled. The device records nothing to the group while it is not.
    type: bool
    default: true
  always:
    description: Whether to record always, which is what is done without O(conditions), too.
    type: bool
  conditions:
    description:
      - Record while all of these hold. Each must match one stateful event of the device, which only the device can tell.
    type: list
    elements: dict
    suboptions: &event
      topic_expression:
        description:
          - Topic of the event, such as V(tns1:Device/tnsaxis:IO/Port), with the prefixes V(tns1) and V(tnsaxis).
          - The V(//.) that AXIS OS 10.12 writes behind a topic is no part of it.
        type: str
        required: true
        aliases: [topic]
      message_content:
        description:
          - Which messages of the event count, either the items of the message and their values, or XPath.
          - >-
            V({port: 1, state: 1}) stands for
            V(boolean(//SimpleItem[@Name="port" and @Value="1"]\) and boolean(//SimpleItem[@Name="state" and @Value="1"]\)).
            V(true) and V(false) are 1 and 0.
        type: raw
        required: true
  start_event:
    description: Begin to record at this event, and go on while O(conditions) hold.
    type: dict
    suboptions: *event
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.holds
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - Check mode writes nothing to the device and tells what a real run would do, but for what only the device can refuse, which is a condition
        that matches none of its events, and a template that it lacks.
      - A group that is not there is an error of the real run and a warning of check mode, where an earlier task may only have predicted it.
seealso:
  - module: camfleet.axis.axis_recording_group
  - module: camfleet.axis.axis_recording_group_info
"""

EXAMPLES = r"""
- name: Record always to the group of the entrance
  camfleet.axis.axis_recording_action:
    recording_group_id: entrance

- name: Record to the group of the yard while the gate is open
  camfleet.axis.axis_recording_action:
    recording_group_id: yard
    name: Yard while the gate is open
    conditions:
      - topic_expression: tns1:Device/tnsaxis:IO/Port
        message_content:
          port: 1
          state: 1

- name: Record no more to the group, and keep its recordings
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
  description: What records to the group after the task, in check mode as predicted, or V(null) when nothing does.
  returned: when the options could be read
  type: dict
  contains:
    recording_group_id:
      description: Id of the group.
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
      description: The start event, likewise, or V(null).
      type: dict
    configuration_id:
      description: Id of the action configuration, or V(null) in a prediction.
      type: str
    rule_id:
      description: Id of the rule, or V(null) in a prediction. A rule that is replaced gets another one.
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
        - C(other_rules) and C(other_configurations) are additional rules and action configurations of the group.
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
        - C(other_rules) and C(other_configurations) are additional rules and action configurations of the group.
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
  sample: []
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
    next_step:
      description: What to do about it.
      type: str
  sample:
    kind: invalid_condition
    code: null
    description: 'InvalidConditionFilterFault: could not match any property events'
    message: The device rejects a condition
    next_step: 'Correct topic_expression and message_content: each condition must match one stateful event of this device.'
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC, HOLDS_SPEC
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
