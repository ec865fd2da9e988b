#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of the module axis_recording_group, and main() for delegated tasks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_recording_group
short_description: Create, update, or delete a recording group of an Axis camera or recorder
version_added: 0.1.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Creates, updates, or deletes one recording group, and reads the result back from the device.
  - A recording group defines how long a device keeps recordings, on which disk, and with which stream options it records. A group does not start
    recordings. To start them, use M(camfleet.axis.axis_recording_action).
  - The module compares only the options that you set with the device. If the group already matches, the module writes nothing.
  - Deleting a group deletes all its recordings, and a shorter retention time deletes older recordings. Neither can be undone. Both require
    O(allow_recording_loss=true), and a hold on the group forbids both.
  - To manage all groups of a device, use M(camfleet.axis.axis_retention_policy).
options:
  state:
    description:
      - Whether the group must exist. V(present) creates the group, or updates the fields that differ. V(absent) deletes the group with all its recordings.
      - A group that an action configuration names cannot be deleted. The error lists these action configurations. See O(allow_recording_stop).
      - The device stores a group on its disk. If the disk is removed, the module does not find the group. If the device then lists no groups at all,
        V(absent) warns of the disks that are not usable. A group counts as deleted only if its disk is usable.
    type: str
    choices: [present, absent]
    default: present
  recording_group_id:
    description:
      - ID of the group, such as V(entrance), 1 to 50 of the characters A-Z, a-z, 0-9, C(_), and C(-).
      - Without this option, O(nice_name) identifies the group. See O(id_source). If two groups have this name, and neither has the derived ID, the task
        fails.
      - Set this option if possible, because recording actions refer to a group by its ID.
      - If the device lists two groups with this ID, for example because a card was inserted again, the module changes neither.
    type: str
    aliases: [id, recordinggroupid]
  nice_name:
    description:
      - Display name of the group, such as V(Main entrance). An empty string removes the name. Without this option, the name is not changed.
      - The module sends texts in Unicode NFC, on one line, and without whitespace at the ends. Differences in whitespace or normalization form cause no
        change.
    type: str
    aliases: [name, nicename]
  id_source:
    description:
      - Where the ID of a group comes from if O(recording_group_id) is not set.
      - V(derived) derives the ID from O(nice_name). The same name always results in the same ID, even if its whitespace or its Unicode normalization form
        differs. If no group has this ID, but exactly one group has the name, the module manages that group under its own ID.
      - V(device) lets the device generate the ID, and finds the group by its name.
      - If the name of an existing group might be a truncated, rewritten, or differently capitalized form of O(nice_name), the task fails, because a second
        group could result. Set O(recording_group_id) to the ID of the existing group, or to a different ID if you want both groups. With V(derived), this
        does not apply to groups whose ID was derived from a different name.
      - A derived ID has three parts. The first part is the name without accents, where a hyphen replaces each run of characters other than A-Z, a-z, 0-9,
        and C(_), without hyphens at the ends, and cut to 41 characters. If nothing remains, it is C(group). The second part is a hyphen. The third part is
        the first 8 hexadecimal digits of the SHA-256 of the name in UTF-8 and NFC, with single spaces and no whitespace at the ends.
    type: str
    choices: [derived, device]
    default: derived
    version_added: 0.2.0
  description:
    description: Description of the group. An empty string removes the description. Without this option, the description is not changed.
    type: str
  retention_time:
    description:
      - Maximum age of recordings, in whole hours, such as V(720), or with a unit, such as V(36h), V(30d), or V(4w). V(unlimited) and V(0) set no limit.
        Without this option, an existing group keeps its retention time, and the device chooses the retention time of a new group.
      - V(null) and any other form of zero, such as V(0d), are errors.
      - The maximum is 596523 hours (V(24855d)), because a device that counts seconds in 31 bits would delete recordings much earlier.
      - The device deletes recordings earlier if the disk is nearly full. The retention time is an upper limit, not a guarantee.
    type: str
    aliases: [retentiontime]
  disk_id:
    description:
      - Disk to create the group on, such as V(SD_DISK), V(NetworkShare), or V(HDD_DISK). Without this option, the device chooses.
      - A list is an order of preference. The module creates a new group on the first usable disk. An existing group may be on any of these disks.
      - A group cannot change its disk. If the group is on a different disk, the task fails. The module never recreates a group.
    type: list
    elements: str
    aliases: [diskid]
  stream_options:
    description:
      - What to record, as stream request arguments, in a dictionary or a string such as V(resolution=1920x1080&camera=1).
      - The comparison ignores order and percent-encoding.
      - A change restarts a running recording of the group. Without this option, the stream options are not changed.
    type: raw
    aliases: [streamoptions]
  pre_duration:
    description: Time to record before the trigger, in milliseconds, such as V(5000). Without this option, this time is not changed.
    type: int
    aliases: [preduration]
  post_duration:
    description: Time to record after the trigger ends, in milliseconds, such as V(5000). Without this option, this time is not changed.
    type: int
    aliases: [postduration]
  allow_recording_loss:
    description:
      - Whether the task may delete recordings through O(state=absent) or a shorter O(retention_time). This cannot be undone. Set this option for one run,
        not in the inventory.
    type: bool
    default: false
  allow_recording_stop:
    description:
      - Whether O(state=absent) also removes the action rules and action configurations of the group, which otherwise prevent the deletion. The module first
        removes the rules, then the configurations, and the group last.
    type: bool
    default: false
    version_added: 0.2.0
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.holds
  - camfleet.axis.attributes
notes:
  - An update contains the changes and the current values of all other fields of the group, so a device that resets omitted fields keeps these values.
  - The user needs the role operator on the device to write, and viewer to read.
seealso:
  - module: camfleet.axis.axis_retention_policy
  - module: camfleet.axis.axis_recording_action
  - module: camfleet.axis.axis_recording_group_info
  - name: VAPIX recording group API
    description: The API that the module uses, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/recording-group/
"""

EXAMPLES = r"""
# Creates the group if it does not exist. If it keeps recordings for a longer time, the task fails, because older recordings would be deleted.
- name: Keep recordings of the entrance for 30 days
  camfleet.axis.axis_recording_group:
    recording_group_id: entrance
    nice_name: Entrance
    retention_time: 30d
    disk_id: [SD_DISK, NetworkShare]
    stream_options:
      resolution: 1920x1080
      camera: 1

- name: Preview a change
  camfleet.axis.axis_recording_group:
    recording_group_id: entrance
    retention_time: 60d
  check_mode: true
  diff: true

# Older recordings are lost. Without allow_recording_loss, the task fails and names what would be lost.
- name: Shorten the retention time, and delete older recordings
  camfleet.axis.axis_recording_group:
    recording_group_id: entrance
    retention_time: 7d
    allow_recording_loss: true

# All recordings of the group are lost. Without allow_recording_stop, the task fails if a recording action uses the group.
- name: Delete a group with its recordings and its recording actions
  camfleet.axis.axis_recording_group:
    recording_group_id: car_park
    state: absent
    allow_recording_loss: true
    allow_recording_stop: true

# Until the hold ends, this task neither deletes the group nor shortens its retention time. Put holds into the variable axis_holds of the inventory,
# so they protect the group from every task.
- name: Protect recordings with a hold
  camfleet.axis.axis_recording_group:
    recording_group_id: gate_north
    retention_time: unlimited
    holds:
      - recording_group_id: "gate_*"
        reason: Case 4711, letter of 2026-11-02
        owner: legal@example.com
        until: "2027-06-30"

- name: Use the same device options for several tasks
  module_defaults:
    group/camfleet.axis.device:
      username: retention
      password: "{{ vault_camera_password }}"
      ca_path: /etc/ssl/cameras.pem
      tls_server_name: "axis-{{ axis_serial | lower }}"
  block:
    - name: Keep recordings without a time limit
      camfleet.axis.axis_recording_group:
        recording_group_id: vault_door
        retention_time: unlimited
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
recording_group:
  description:
    - The group after the task, in check mode as predicted, or V(null) if it does not exist.
    - Its fields are valid options of this module. In a prediction, V(null) is a value that only the device knows.
  returned: always
  type: dict
  contains:
    recording_group_id:
      description: ID of the group.
      type: str
    nice_name:
      description: Display name.
      type: str
    description:
      description: Description of the group.
      type: str
    retention_time:
      description: Maximum age of recordings in hours. 0 means unlimited.
      type: int
    disk_id:
      description: Disk that the group is on.
      type: str
    stream_options:
      description: What is recorded, as stream request arguments.
      type: str
    pre_duration:
      description: Time that is recorded before the trigger, in milliseconds.
      type: int
    post_duration:
      description: Time that is recorded after the trigger ends, in milliseconds.
      type: int
  sample:
    recording_group_id: entrance
    nice_name: Entrance
    description: ''
    retention_time: 720
    disk_id: SD_DISK
    stream_options: resolution=1920x1080&camera=1
    pre_duration: 0
    post_duration: 0
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
      description: ID of the group, or V(null) while the device has not generated it.
      type: str
    nice_name:
      description: Name of the group.
      type: str
    differences:
      description: The fields that differ, each with C(field), C(before), and C(after).
      type: list
      elements: dict
    loses_recordings:
      description: Whether the change loses recordings, or may lose them.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
      version_added: 0.2.0
  sample:
    - operation: update
      recording_group_id: entrance
      nice_name: Entrance
      differences:
        - field: retention_time
          before: 168
          after: 720
      loses_recordings: false
      restarts_recording: false
      ends_recording: false
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
      description: ID of the group, or V(null) while the device has not generated it.
      type: str
    nice_name:
      description: Name of the group.
      type: str
    differences:
      description: The fields that differ, each with C(field), C(before), and C(after).
      type: list
      elements: dict
    loses_recordings:
      description: Whether the change loses recordings, or may lose them.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
      version_added: 0.2.0
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
      version_added: 0.2.0
  sample:
    - operation: update
      recording_group_id: entrance
      nice_name: Entrance
      differences:
        - field: retention_time
          before: 720
          after: 168
      loses_recordings: true
      restarts_recording: false
      ends_recording: false
      kind: recording_loss
      reason: Shortening the retention time of recording group entrance from 720 hours (30 days) to 168 hours (7 days) deletes
        all older recordings, which cannot be undone
      next_step: 'If the recordings may be deleted, set allow_recording_loss: true.'
      allowances:
        - allow_recording_loss
holds:
  description: The holds of the host, and the groups that they match on this device.
  version_added: 0.2.0
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
      version_added: 0.2.0
    detail:
      description: What is different for each device, such as the fingerprint of its certificate, or V(null).
      type: str
      version_added: 0.2.0
    next_step:
      description: What to do about it.
      type: str
  sample:
    kind: group_in_use
    code: 140
    description: null
    message: Recording group entrance is in use by action configuration 'Entrance', action rule 'Entrance'
    detail: null
    next_step: 'To remove them together with the group, set allow_recording_stop: true, or remove them first with axis_recording_action,
      recording_group_id: entrance and state: absent.'
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import GROUP_SPEC, ID_SOURCE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import HOLDS_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_group

ARGUMENT_SPEC = {
    **DEVICE_SPEC,
    **HOLDS_SPEC,
    **GROUP_SPEC,
    **ID_SOURCE_SPEC,
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "allow_recording_loss": {"type": "bool", "default": False},
    "allow_recording_stop": {"type": "bool", "default": False},
}
RUN = run_recording_group


def main() -> None:
    """Run as a module, on the machine that ``delegate_to`` names."""
    run_module(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), RUN)


if __name__ == "__main__":
    main()
