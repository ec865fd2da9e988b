#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module axis_retention_policy: its documentation, its argument spec, and main() for the delegated case."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy
short_description: Hold all recording groups of an Axis camera or recorder to a retention policy
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Brings the whole set of recording groups of one device into line with a policy, with one look at the device, one plan, the changes,
    and one look at what became of them, whatever the number of groups.
  - Changes are made in a safe order. Retention that grows comes first, then new groups, other updates, shorter retention, and deletions last.
  - Recordings are lost, by purging or by a shorter retention time, only with O(allow_recording_loss=true), and never in a group that a hold covers.
  - In check mode it tells what a real run would do, and how each group stands against the policy.
options:
  groups:
    description:
      - The groups that the device must have. What is missing is created, what differs is updated.
      - The same id twice is an error, and so is the same name twice when one of them has no id.
    type: list
    elements: dict
    default: []
    suboptions:
      recording_group_id:
        description:
          - Id of the group, 1 to 50 of the characters A-Z, a-z, 0-9, C(_) and C(-). Give ids of your own where you can.
          - Without it the group is found by its name, and a new group gets an id from the device.
        type: str
        aliases: [id, recordinggroupid]
      nice_name:
        description: Name for people. An empty text means none.
        type: str
        aliases: [name, nicename]
      description:
        description: Description for people. An empty text means none.
        type: str
      retention_time:
        description: How long recordings are kept at most, as whole hours (V(720)), with a unit (V(36h), V(30d), V(4w)), or V(unlimited).
        type: str
        aliases: [retentiontime]
      disk_id:
        description: Disk to create the group on, or a list in order of preference. A group never changes its disk.
        type: list
        elements: str
        aliases: [diskid]
      stream_options:
        description: What to record, as stream request arguments, either a dictionary or a text like V(resolution=1920x1080&camera=1).
        type: raw
        aliases: [streamoptions]
      pre_duration:
        description: Milliseconds to record from before the recording is triggered.
        type: int
        aliases: [preduration]
      post_duration:
        description: Milliseconds to record after the trigger ended.
        type: int
        aliases: [postduration]
      recording:
        description:
          - When the device records to the group, V(always), V(never), or a dictionary with C(conditions), and C(name), C(enabled) and
            C(start_event) as in P(camfleet.axis.axis_recording_action#module), which also says how the action is found and replaced.
          - Without it the actions of the group are neither read nor changed.
          - V(never) needs O(allow_recording_stop=true), and so does C(enabled) V(false), where the device records to the group.
          - Where what records cannot be read, this part is refused, and with O(on_refused=report) the group itself is held to the policy.
        type: raw
  existing_groups:
    description:
      - Rules for groups that something else made, such as those of a video management system on a recorder.
      - A rule updates the groups that it matches, it never creates one. The first rule that matches counts, and an entry of O(groups) beats every rule.
      - A rule without any field to hold the groups to says that they are known, so that they are neither purged nor reported as unexpected.
      - A rule that sets a name or stream options which its own O(existing_groups[].match) would not fit, or which an earlier rule would take, is an error.
    type: list
    elements: dict
    default: []
    suboptions:
      match:
        description: Which groups the rule is for. All that are given must fit, and one must be given. Patterns have V(*), V(?) and V([...]), and mind the case.
        type: dict
        required: true
        suboptions:
          recording_group_id:
            description: Pattern for the id, such as V(High_*).
            type: str
            aliases: [id, recordinggroupid]
          nice_name:
            description: Pattern for the name.
            type: str
            aliases: [name, nicename]
          stream_options:
            description: Patterns for the values of stream options. Each option that is named here must be there. C(device) is compared without case.
            type: dict
            aliases: [streamoptions]
      nice_name:
        description: Name for people. An empty text means none.
        type: str
        aliases: [name, nicename]
      description:
        description: Description for people. An empty text means none.
        type: str
      retention_time:
        description: How long recordings are kept at most, written as in O(groups[].retention_time).
        type: str
        aliases: [retentiontime]
      disk_id:
        description: The disk, or disks, on which the groups must be. One that is elsewhere is refused, since a group never changes its disk.
        type: list
        elements: str
        aliases: [diskid]
      stream_options:
        description: What to record, as stream request arguments.
        type: raw
        aliases: [streamoptions]
      pre_duration:
        description: Milliseconds to record from before the recording is triggered.
        type: int
        aliases: [preduration]
      post_duration:
        description: Milliseconds to record after the trigger ended.
        type: int
        aliases: [postduration]
  purge:
    description:
      - Whether groups that neither O(groups) nor O(existing_groups) is about are deleted with their recordings, as far as O(purge_match) covers them.
      - It needs O(purge_match), and O(allow_recording_loss=true), or the deletion is refused.
    type: bool
    default: false
  purge_match:
    description: Patterns of the ids that may be purged, with V(*), V(?) and V([...]). The case counts.
    type: list
    elements: str
    default: []
  retention_minimum:
    description:
      - A retention time below this is a critical finding. It changes nothing by itself.
      - An entry of O(groups) or O(existing_groups) that asks for less is an error.
    type: str
  retention_maximum:
    description:
      - A retention time above this is a critical finding, for privacy. Unlimited is above every number. It changes nothing by itself.
      - An entry of O(groups) or O(existing_groups) that asks for more is an error. A group under a hold may keep more.
    type: str
  verify_recordings:
    description:
      - Whether to compare the configured retention with the age of the recordings on the disks, RV(actual).
      - It takes five requests more where one disk is in use, two for each further one, and the role operator.
      - What the account may not read is told in RV(actual.unavailable).
      - It changes nothing, and what it finds is not part of RV(compliant), which is about the settings.
    type: bool
    default: false
    version_added: 0.2.0
  retention_tolerance:
    description:
      - How much the age of the recordings may differ from the configured retention, such as V(36h) or V(1d). Used with O(verify_recordings).
    type: str
    default: 1d
    version_added: 0.2.0
  unmanaged:
    description:
      - Whether groups that nothing in the policy matches are among the RV(findings), or left out.
      - One under a hold that is not unlimited is never left out.
    type: str
    choices: [report, ignore]
    default: report
  on_refused:
    description:
      - What happens when a change is refused, because recordings would be lost or a group is on another disk.
      - With V(fail) nothing at all is written and the task fails. With V(report) the other changes are made, and the refused ones reported.
    type: str
    choices: [fail, report]
    default: fail
  allow_recording_loss:
    description: Whether recordings may be lost, by O(purge) or a shorter retention time. It cannot be undone.
    type: bool
    default: false
  allow_recording_stop:
    description:
      - Whether the device may be made to record no more to a group, by O(groups[].recording), or by O(purge) of a group that actions use.
      - The rule goes first then, the action configuration after it, and the group last. Without it such a group is not purged.
    type: bool
    default: false
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.holds
  - camfleet.axis.attributes
seealso:
  - module: camfleet.axis.axis_recording_group
  - module: camfleet.axis.axis_recording_action
  - module: camfleet.axis.axis_recording_group_info
"""

EXAMPLES = r"""
- name: Keep what the policy of the site says, at least 7 and at most 30 days
  camfleet.axis.axis_retention_policy:
    groups:
      - recording_group_id: entrance
        nice_name: Entrance
        retention_time: 30d
        disk_id: [SD_DISK, NetworkShare]
        stream_options: {resolution: 1920x1080, camera: 1}
      - recording_group_id: counter
        retention_time: 7d
    retention_minimum: 7d
    retention_maximum: 30d

- name: Hold the groups of a video management system on a recorder to 30 days, and leave all others alone
  camfleet.axis.axis_retention_policy:
    existing_groups:
      - match:
          recording_group_id: "High_*"
        retention_time: 30d
    on_refused: report

- name: Delete what an old project left behind, with its recordings, unless a court holds it
  camfleet.axis.axis_retention_policy:
    groups:
      - recording_group_id: entrance
        retention_time: 30d
    purge: true
    purge_match: ["pilot_*"]
    allow_recording_loss: true
    on_refused: report # what is held stays, and the rest goes
    holds:
      - recording_group_id: pilot_gate
        reason: Case 4711, letter of 2026-11-02
        owner: legal@example.com
        until: "2027-06-30"
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
compliant:
  description:
    - Whether every group is as the policy says. In check mode as found, else as left, as far as it could be read back.
    - Never true for a device that could not be read.
  returned: when the options are valid
  type: bool
actual:
  description:
    - What is recorded on each disk that a group is on, beside how long its groups are to keep it.
    - No call of the API tells which recording belongs to which group, so that the verdict is about a disk.
  returned: with O(verify_recordings=true)
  type: dict
  contains:
    time_source:
      description: Whose clock the age goes by, V(device), or V(controller) where the device does not tell its time.
      type: str
    checked_at:
      description: When, by that clock, in UTC.
      type: str
    tolerance:
      description: Hours that the age may differ.
      type: int
    disks:
      description:
        - By disk the C(verdict) and its C(reason), the C(status) of the disk, C(used_percent), C(free_size_text), C(wear_percent), its own
          C(cleanup_max_age) in days and C(cleanup_text), the C(groups) with their retention times in hours, the number of C(recordings), when the
          C(oldest) and the C(newest) began, and the C(age_hours) of the oldest.
        - C(met), the oldest recording is as old as the group keeps. C(short), it is younger, and the disk deletes the oldest to make room.
          C(overdue), it is older than the longest that any group of the disk keeps, for privacy. C(insufficient_history), it is younger, and the
          disk has room left. C(indeterminate), several groups share the disk, or what records does so at events only, or it cannot be read.
          C(conflicting_cleanup), the disk itself deletes earlier than a group is to keep. C(full), C(locked) and C(missing) are of the disk.
      type: list
      elements: dict
    unavailable:
      description: The parts that cannot be read, each with C(part), C(kind), C(reason) and C(next_step).
      type: list
      elements: dict
policy_digest:
  description:
    - SHA-256 of what the policy asks for, equal for policies that ask for the same, however they are written.
  returned: when the policy is valid
  type: str
  sample: 5f3c9e0d41b1a9b0a5d5f35f6a7f0e9cf2b4d8f7a3c1e6d5b4a39281706f5e4d
findings:
  description:
    - How each group stands against the policy, sorted by id. In check mode as found, else as left, as far as it could be read back.
  returned: when the options are valid
  type: list
  elements: dict
  contains:
    recording_group_id:
      description: Id of the group, or V(null) while the device has not generated it.
      type: str
    nice_name:
      description: Name of the group.
      type: str
    verdict:
      description:
        - V(compliant), V(missing), V(drifted), V(unmanaged) for a group that nothing in the policy matches, V(held) for one that is as it is
          because of a hold or whose hold is in danger, and V(refused) for one whose change is refused.
      type: str
    severity:
      description:
        - V(info), V(cosmetic) for texts, V(warning), or V(critical) for a retention time outside of the bounds, a missing group where
          there is a minimum, and a group under a hold that is not unlimited.
      type: str
    differences:
      description: The fields that differ, each with C(field), C(before) and C(after).
      type: list
      elements: dict
    reason:
      description: Why, in words, if there is more to say than the differences.
      type: str
  sample:
    - recording_group_id: entrance
      nice_name: Entrance
      verdict: drifted
      severity: critical
      differences: [{field: retention_time, before: 48, after: 720}]
      reason: retention_time 48 hours (2 days) is below the minimum of 168 hours (7 days)
recording_groups:
  description:
    - The groups that the policy is about, after the task, in check mode as predicted. Each is valid input for O(groups).
    - In a prediction V(null) stands for what only the device can know.
  returned: when the options are valid
  type: list
  elements: dict
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
      description: Whether the change loses recordings.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
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
      description: Whether the change loses recordings.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
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
      nice_name: Entrance
      differences:
        - field: retention_time
          before: 720
          after: 168
      loses_recordings: true
      restarts_recording: false
      ends_recording: false
      kind: recording_loss
      reason: A shorter retention time deletes recordings
      next_step: Set allow_recording_loss to true to permit it.
      allowances:
        - allow_recording_loss
failed_changes:
  description: The changes that were sent and are not visible on the device. RV(error) has the reason.
  returned: on failure
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
      description: Whether the change loses recordings.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
skipped_changes:
  description: The changes that were not sent because an earlier change failed.
  returned: on failure
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
      description: Whether the change loses recordings.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
holds:
  description: The holds that were given, and what they match on this device.
  returned: when there are holds and the device was read
  type: list
  elements: dict
  contains:
    recording_group_id:
      description: The pattern.
      type: str
    reason:
      description: Why the recordings are held.
      type: str
    owner:
      description: Who can lift the hold.
      type: str
    until:
      description: When it ends, in UTC.
      type: str
    ended:
      description: Whether it has ended, and protects nothing any more.
      type: bool
    matches:
      description: Ids of the groups that it matches.
      type: list
      elements: str
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
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC, HOLDS_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_retention_policy

ARGUMENT_SPEC = {**DEVICE_SPEC, **HOLDS_SPEC, **POLICY_SPEC}
RUN = run_retention_policy


def main() -> None:
    """Run as a module, on the machine that ``delegate_to`` names."""
    run_module(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), RUN)


if __name__ == "__main__":
    main()
