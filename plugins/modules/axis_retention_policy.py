#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of the module axis_retention_policy, and main() for delegated tasks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy
short_description: Apply a retention policy to all recording groups of an Axis camera or recorder
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Reconciles all recording groups of one device with a policy. The module reads the groups, plans and makes the changes, and reads the groups again.
  - A policy defines which groups a device must have (O(groups)), which settings apply to groups that another system creates (O(existing_groups)), and the
    minimum and maximum retention times (O(retention_minimum) and O(retention_maximum)).
  - The module makes changes that delete recordings, such as a purge or a shorter retention time, only with O(allow_recording_loss=true), and never in a
    group under a hold.
  - Check mode predicts what a real run would do. RV(findings) has the comparison of each group with the policy.
  - The module makes changes in a safe order. It first sets longer retention times, then creates groups, makes other updates, sets shorter retention times,
    and finally deletes groups.
  - To audit or change a fleet, use the playbooks C(camfleet.axis.audit) and C(camfleet.axis.roll_out), which read the policy from the
    variables of the role P(camfleet.axis.retention_policy#role), report on all hosts, and change cameras in waves.
options:
  groups:
    description:
      - The groups that the device must have. The module creates missing groups, and updates groups that differ.
      - Two entries must not have the same ID. If one of two entries has no ID, they must not have the same name.
    type: list
    elements: dict
    default: []
    suboptions:
      recording_group_id:
        description:
          - ID of the group, such as V(entrance), 1 to 50 of the characters A-Z, a-z, 0-9, C(_), and C(-). Set IDs if possible.
          - Without this option, O(groups[].nice_name) identifies the group. See O(groups[].id_source).
          - If the device lists two groups with this ID, for example because a card was inserted again, the module changes neither, but manages all other
            groups.
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
          - Where the ID of a group comes from if O(groups[].recording_group_id) is not set.
          - V(derived) derives the ID from O(groups[].nice_name). The same name always results in the same ID, even if its whitespace or its Unicode
            normalization form differs. If no group has this ID, but exactly one group has the name, the module manages that group under its own ID.
          - V(device) lets the device generate the ID, and finds the group by its name.
          - If the name of an existing group might be a truncated, rewritten, or differently capitalized form of O(groups[].nice_name), the module does not
            create a group, because a second group could result. Set O(groups[].recording_group_id) to the ID of the existing group, or to a different ID if
            you want both groups. With V(derived), this does not apply to groups whose ID was derived from a different name.
          - A derived ID has three parts. The first part is the name without accents, where a hyphen replaces each run of characters other than A-Z, a-z,
            0-9, and C(_), without hyphens at the ends, and cut to 41 characters. If nothing remains, it is C(group). The second part is a hyphen. The third
            part is the first 8 hexadecimal digits of the SHA-256 of the name in UTF-8 and NFC, with single spaces and no whitespace at the ends.
        type: str
        choices: [derived, device]
        default: derived
      description:
        description: Description of the group. An empty string removes the description. Without this option, the description is not changed.
        type: str
      retention_time:
        description:
          - Maximum age of recordings, in whole hours, such as V(720), or with a unit, such as V(36h), V(30d), or V(4w). V(unlimited) and V(0) set no limit.
            Without this option, an existing group keeps its retention time, and the device chooses the retention time of a new group.
          - V(null) and any other form of zero, such as V(0d), are errors.
          - The maximum is 596523 hours (V(24855d)), because a device that counts seconds in 31 bits would delete recordings much earlier.
        type: str
        aliases: [retentiontime]
      disk_id:
        description:
          - Disk to create the group on, such as V(SD_DISK), or a list in order of preference. Without this option, the device chooses.
          - A group cannot change its disk. If the group is on a different disk, the change is refused.
        type: list
        elements: str
        aliases: [diskid]
      stream_options:
        description:
          - What to record, as stream request arguments, in a dictionary or a string such as V(resolution=1920x1080&camera=1).
          - The comparison ignores order and percent-encoding. A change restarts a running recording of the group.
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
      recording:
        description:
          - When the device records to the group. V(always), V(never), or a dictionary with C(conditions), C(name), C(enabled), and C(start_event) as in
            M(camfleet.axis.axis_recording_action), which documents how it finds and replaces recording actions.
          - Without this option, the module neither reads nor changes the recording actions of the group.
          - If the device records to the group, V(never) and C(enabled) V(false) require O(allow_recording_stop=true).
          - If the module cannot read the recording actions, it refuses this part of the entry. With O(on_refused=report), it still updates the other fields
            of the group.
        type: raw
  existing_groups:
    description:
      - Rules for groups that another system creates, such as a video management system on a recorder.
      - A rule updates the groups that it matches, and never creates groups. For each group, only the first rule that matches applies. Entries of O(groups)
        override all rules.
      - To keep groups without managing their fields, write a rule that has only O(existing_groups[].match). The module neither purges these groups nor
        reports them as unmanaged.
      - A rule must not set a name or stream options if its O(existing_groups[].match) has a pattern for them, because the device might rewrite the value. A
        rule also must not set a name or stream options that an earlier rule matches.
    type: list
    elements: dict
    default: []
    suboptions:
      match:
        description:
          - The groups to which the rule applies. At least one pattern is required, and a group must match all patterns.
          - Patterns can use V(*), V(?), and V([...]), and are case-sensitive. A range that matches nothing, such as V([z-a]), is an error.
          - If the texts of a group equal the patterns but do not match them, such as V(Tests [1]), a warning names the group. See
            O(existing_groups[].match.literal).
        type: dict
        required: true
        suboptions:
          recording_group_id:
            description: Pattern for the ID, such as V(High_*).
            type: str
            aliases: [id, recordinggroupid]
          nice_name:
            description: Pattern for the name, such as V(Tests *).
            type: str
            aliases: [name, nicename]
          stream_options:
            description:
              - Patterns for the values of stream options, as a dictionary. A group must have each of these options.
              - The value of C(device) is not case-sensitive.
            type: dict
            aliases: [streamoptions]
          literal:
            description: Whether the patterns are plain texts, where V(*), V(?), and V([) have no special meaning.
            type: bool
            default: false
      nice_name:
        description: Display name to set. An empty string removes the name. Without this option, the name is not changed.
        type: str
        aliases: [name, nicename]
      description:
        description: Description to set. An empty string removes the description. Without this option, the description is not changed.
        type: str
      retention_time:
        description: Maximum age of recordings, in the form of O(groups[].retention_time). Without this option, the retention time is not changed.
        type: str
        aliases: [retentiontime]
      disk_id:
        description: One or more disks on which the groups may be. If a group is on a different disk, the change is refused, because a group cannot change
          its disk.
        type: list
        elements: str
        aliases: [diskid]
      stream_options:
        description: What to record, in the form of O(groups[].stream_options). Without this option, the stream options are not changed.
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
  no_groups:
    description:
      - Whether the device must have no recording groups, for example because a recorder stores its video. Every group that the device lists is a finding
        with the verdict V(unmanaged), and makes the device non-compliant, regardless of O(unmanaged).
      - A device without groups is compliant, even with O(retention_minimum) or O(retention_maximum), unless an active hold applies to the device.
      - This option does not change groups. With O(purge), the module still deletes groups that match O(purge_match).
      - O(groups) and O(existing_groups) must be empty.
    type: bool
    default: false
  purge:
    description:
      - Whether to delete groups, with their recordings, that match O(purge_match), but neither O(groups) nor O(existing_groups).
      - This option requires O(purge_match). Without O(allow_recording_loss=true), each deletion is refused.
    type: bool
    default: false
  purge_match:
    description: Patterns for the IDs of groups that O(purge) may delete, such as V(pilot_*), with V(*), V(?), and V([...]). Patterns are case-sensitive.
    type: list
    elements: str
    default: []
  retention_minimum:
    description:
      - The minimum retention time, such as V(7d). A group with a shorter retention time is a critical finding. This option does not change groups.
      - An entry of O(groups) or O(existing_groups) must not set a shorter time.
      - An empty text means no minimum. V(null) is an error.
    type: str
  retention_maximum:
    description:
      - The maximum retention time, such as V(72h), for example to protect privacy. A group with a longer retention time is a critical finding. V(unlimited)
        is longer than any number. This option does not change groups.
      - An entry of O(groups) or O(existing_groups) must not set a longer time. A group under a hold may keep recordings longer.
      - On a device with holds, an entry that sets more applies to the groups under an active hold. The retention time of other groups is not changed,
        and they are critical findings.
      - An empty text means no maximum. V(null) is an error.
    type: str
  verify_recordings:
    description:
      - Whether to compare the age of the recordings on the disks with the policy. RV(actual) has the result.
      - The module then sends five more requests for one disk in use, and two more for each further disk. The user needs the role operator.
      - RV(actual.unavailable) lists the data that the account is not allowed to read.
      - If the recordings on a disk do not prove that it keeps them as the policy requires, the disk is a finding, and the device is not RV(compliant). This
        option does not change the device.
    type: bool
    default: false
  retention_tolerance:
    description:
      - The permitted difference between the age of the recordings and the retention time, such as V(36h), V(1d), or V(0), with O(verify_recordings=true).
    type: str
    default: 1d
  device_info:
    description:
      - Whether to read the model and firmware of the device for a report. After the groups, the module then sends one more request, without a login if the
        device allows this. With O(verify_recordings=true), the module reads both anyway, and sends no additional request.
      - If the module cannot read them, RV(device.model) and RV(device.firmware) are V(null), and the rest of the result is the same.
    type: bool
    default: false
  unmanaged:
    description:
      - Whether RV(findings) include groups that neither an entry nor a rule of the policy matches. With O(no_groups=true), the findings always include
        them.
      - The findings always include groups under a hold whose retention time is not unlimited.
    type: str
    choices: [report, ignore]
    default: report
  on_refused:
    description:
      - What to do if a change is refused, for example because the change would delete recordings, or because a group is on a different disk.
      - V(fail) writes nothing, and makes the task fail. V(report) makes the other changes, and reports the refused changes.
    type: str
    choices: [fail, report]
    default: fail
  allow_recording_loss:
    description:
      - Whether the task may delete recordings through O(purge) or a shorter retention time. This cannot be undone. Set this option for one run, not in the
        inventory.
    type: bool
    default: false
  allow_recording_stop:
    description:
      - Whether the recording to a group may end through O(groups[].recording), or through O(purge) of a group that recording actions use.
      - For a purge, the module first removes the rule, then the action configuration, and the group last. Without this option, it does not purge such
        groups.
    type: bool
    default: false
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.holds
  - camfleet.axis.attributes
notes:
  - The number of read requests does not depend on the number of groups.
  - The user needs the role operator on the device to write, and viewer to read the groups.
  - The API does not report to which group a recording belongs. Therefore, O(verify_recordings) assesses disks, not groups.
seealso:
  - module: camfleet.axis.axis_retention_policy_audit
  - module: camfleet.axis.axis_policy_draft
  - module: camfleet.axis.axis_recording_group
  - module: camfleet.axis.axis_recording_action
  - module: camfleet.axis.axis_recording_group_info
  - name: Write a retention policy
    description: How to write a retention policy.
    link: https://camfleet.github.io/camfleet.axis/docsite/retention_policies.html
  - name: Policy recipes
    description: Policies for common tasks, such as a privacy maximum of 72 hours.
    link: https://camfleet.github.io/camfleet.axis/docsite/policy_recipes.html
  - name: VAPIX recording group API
    description: The API that the module uses, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/recording-group/
  - name: VAPIX edge storage API
    description: The API that the module uses for disks and recordings, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/edge-storage-api/
"""

EXAMPLES = r"""
# Creates missing groups, and updates those that differ. If a group keeps recordings for a longer time, the task fails and writes nothing.
- name: Keep 30 days at the entrance, and 7 days at the counter
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

# Writes nothing. The result shows how each group compares with the policy, and what a real run would change.
- name: Preview the changes of a policy
  camfleet.axis.axis_retention_policy:
    groups:
      - recording_group_id: entrance
        retention_time: 60d
  check_mode: true
  diff: true
  register: preview

- name: Show the findings
  ansible.builtin.debug:
    msg: "{{ preview.findings }}"

# The module never creates groups for a rule. Groups that the rule does not match are not changed.
- name: Keep 30 days in the groups that a video management system creates on a recorder
  camfleet.axis.axis_retention_policy:
    existing_groups:
      - match:
          recording_group_id: "High_*"
        retention_time: 30d
    on_refused: report

# Each disk whose recordings do not reach back 30 days, or are older, is a finding.
- name: Verify that the disks have the recordings of 30 days
  camfleet.axis.axis_retention_policy:
    groups:
      - recording_group_id: entrance
        retention_time: 30d
    verify_recordings: true
  check_mode: true

- name: Check that a camera whose video a recorder records has no recording groups
  camfleet.axis.axis_retention_policy:
    no_groups: true

# All recordings of the deleted groups are lost. The group under the hold is reported as held, and stays.
- name: Delete the groups of an old project with their recordings, except one under a hold
  camfleet.axis.axis_retention_policy:
    groups:
      - recording_group_id: entrance
        retention_time: 30d
    purge: true
    purge_match: ["pilot_*"]
    allow_recording_loss: true
    on_refused: report
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
    model:
      description: Product number, or V(null) if it could not be read. This field and the next one are returned with O(device_info=true)
        and with O(verify_recordings=true), unless the groups could not be read.
      type: str
    firmware:
      description: Version of AXIS OS, or V(null).
      type: str
  sample:
    host: 192.0.2.10
    serial: B8A44F000001
    model: Q1961-TE
    firmware: 12.9.57
compliant:
  description:
    - Whether every group complies with the policy, and with O(verify_recordings=true) also every disk. In check mode before the changes, otherwise
      after them, as far as the device could be read.
    - It is never V(true) for a device, or with O(verify_recordings=true) for recordings, that could not be read.
  returned: when the options are valid
  type: bool
  sample: false
actual:
  description:
    - The age of the recordings on each disk with a group, compared with the retention times of its groups.
    - The API does not report to which group a recording belongs. Therefore each verdict is about a disk.
  returned: with O(verify_recordings=true)
  type: dict
  contains:
    time_source:
      description: The clock that the age is based on. V(device), or V(controller) if the device does not report its time.
      type: str
    checked_at:
      description: Time of the check by this clock, in UTC.
      type: str
    tolerance:
      description: Permitted difference of the age in hours.
      type: int
    disks:
      description:
        - For each disk, the C(verdict) with its C(reason) and C(severity), C(status), C(used_percent), C(free_size_text), C(wear_percent), its clean-up
          settings C(cleanup_max_age) in days and C(cleanup_text), its C(groups) with their retention times in hours, the number of C(recordings), the start
          times C(oldest) and C(newest), and C(age_hours) of the oldest recording, which is V(null) if it is unknown.
        - V(met) means that the oldest recording is as old as the retention time that the policy requires. V(short) means that it is younger,
          and that the disk deletes the oldest recordings to free space. V(overdue) means that it is older than the longest
          retention time on the disk. V(insufficient_history) means that it
          is younger, and that the disk has free space. V(indeterminate) means that several groups share the disk, that recording depends on events, that
          a continuous recording ended longer ago than the tolerance and none followed, that the clock of the device was set back, or that the data
          cannot be read. V(conflicting_cleanup) means that the clean-up
          of the disk deletes recordings before the retention time. V(full), V(locked), and V(missing) describe the disk.
      type: list
      elements: dict
    unavailable:
      description: The subsets that cannot be read, each with C(part), C(kind), C(reason), and C(next_step).
      type: list
      elements: dict
  sample:
    time_source: device
    checked_at: "2026-11-30T01:00:32Z"
    tolerance: 24
    disks:
      - disk_id: SD_DISK
        verdict: conflicting_cleanup
        severity: warning
        reason: "The disk deletes recordings older than 168 hours (7 days), but the policy keeps these groups longer: entrance"
        groups:
          - recording_group_id: entrance
            retention_time: 720
        recordings: 1
        oldest: "2026-11-30T00:53:43.000000Z"
        newest: "2026-11-30T00:53:43.000000Z"
        age_hours: 0.1
        cleanup_max_age: 7
        cleanup_text: deletes what is older than 7 days
        status: OK
        used_percent: 35.3
        free_size_text: 75.1 GB
        wear_percent: 25
    unavailable: []
policy_digest:
  description:
    - SHA-256 of the normalized policy. Equivalent policies have equal digests, regardless of spelling.
    - The digest does not depend on O(unmanaged), O(on_refused), the allowances, and the holds, which are not requested of the device.
  returned: when the policy is valid
  type: str
  sample: 5f3c9e0d41b1a9b0a5d5f35f6a7f0e9cf2b4d8f7a3c1e6d5b4a39281706f5e4d
findings:
  description:
    - How each group compares with the policy, sorted by ID. In check mode before the changes, otherwise after them, as far as the device could be read.
    - With O(verify_recordings=true), followed by each disk whose verdict is not V(met), sorted by ID.
    - If the device lists no groups although the policy has a bound or a rule but no entries and no O(no_groups=true), or a hold applies, a finding has
      neither ID nor name. Its reason shows the state of the disks if the account may read them.
  returned: when the options are valid
  type: list
  elements: dict
  contains:
    recording_group_id:
      description: ID of the group, or V(null) while the device has not generated it, or if the finding is about a disk, or a device without groups.
      type: str
    nice_name:
      description: Name of the group, or V(null).
      type: str
    disk_id:
      description: Disk that the finding is about, an empty text if the device does not report which one, or V(null) if it is not about a disk.
      type: str
    verdict:
      description:
        - V(compliant), V(missing), V(drifted), V(unmanaged) for a group that no entry and no rule matches, V(held) for a group that a hold protects
          from a change or whose held recordings may be deleted, and V(refused) for a group whose change requires an allowance or is not possible,
          for example because the device lists two groups with its ID.
        - V(missing) is also the verdict on a group that does not exist although an active hold names it, and, in the run that creates it, on a group
          that an active hold covers, since it has no recordings.
        - The verdicts on disks are those of RV(actual.disks), except V(met).
      type: str
    severity:
      description:
        - V(info), V(cosmetic) for names and descriptions, V(warning), or V(critical) for a retention time outside the bounds, a missing group if
          the policy has a minimum, and a group under a hold that does not exist, or whose retention time is not unlimited.
        - A disk is V(critical) if it is V(overdue); if the policy has a minimum, and the disk is V(missing) or V(locked), or V(short), V(full), or
          V(conflicting_cleanup) with recordings below the minimum; and if it is V(short), V(full), or V(conflicting_cleanup) although an active hold
          protects recordings on it. Otherwise it is V(warning), and V(info) for V(insufficient_history) and V(indeterminate), which prove nothing.
      type: str
    differences:
      description: The fields that differ, each with C(field), C(before) and C(after).
      type: list
      elements: dict
    reason:
      description: Reason, if the differences do not explain the verdict.
      type: str
  sample:
    - recording_group_id: entrance
      nice_name: Entrance
      disk_id: null
      verdict: drifted
      severity: critical
      differences: [{field: retention_time, before: 48, after: 720}]
      reason: retention_time 48 hours (2 days) is below the minimum of 168 hours (7 days)
recording_groups:
  description:
    - The groups that the policy manages, after the task, in check mode as predicted. Each is valid input for O(groups).
    - In a prediction, V(null) is a value that only the device knows.
  returned: when the options are valid
  type: list
  elements: dict
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
    - recording_group_id: entrance
      nice_name: Entrance
      description: ''
      retention_time: 720
      disk_id: SD_DISK
      stream_options: resolution=1920x1080&camera=1
      pre_duration: 0
      post_duration: 0
other_groups:
  description: The other groups of the device, as last read.
  returned: when the options are valid
  type: list
  elements: dict
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
    - recording_group_id: High_B8A44F0A1B01_0_C
      nice_name: High B8A44F0A1B01_0
      description: Recording group for B8A44F0A1B01_0
      retention_time: 720
      disk_id: HDD_DISK
      stream_options: device=B8A44F0A1B01&streamprofile=ACC_High_B8A44F0A1B01_0&camera=1
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
      reason: Shortening the retention time of recording group entrance from 720 hours (30 days) to 168 hours (7 days) deletes
        all older recordings, which cannot be undone
      next_step: 'If the recordings may be deleted, set allow_recording_loss: true.'
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
      description: Whether the change loses recordings, or may lose them.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
  sample:
    - operation: create
      recording_group_id: entrance
      nice_name: Main entrance
      differences:
        - field: nice_name
          before: null
          after: Main entrance
        - field: retention_time
          before: null
          after: 720
      loses_recordings: false
      restarts_recording: false
      ends_recording: false
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
      description: Whether the change loses recordings, or may lose them.
      type: bool
    restarts_recording:
      description: Whether a running recording of the group restarts.
      type: bool
    ends_recording:
      description: Whether an active recording action or rule of the group is removed or replaced.
      type: bool
  sample: []
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
    kind: not_applied
    code: null
    description: null
    message: 'Recording group entrance is not as requested although the device accepted the change: nice_name is ''Main ent''
      instead of ''Main entrance'''
    detail: null
    next_step: 'The device seems to cut nice_name after 8 characters: set a shorter text.'
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import HOLDS_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_retention_policy

ARGUMENT_SPEC = {**DEVICE_SPEC, **HOLDS_SPEC, **POLICY_SPEC, "device_info": {"type": "bool", "default": False}}
RUN = run_retention_policy


def main() -> None:
    """Run as a module, on the machine that ``delegate_to`` names."""
    run_module(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), RUN)


if __name__ == "__main__":
    main()
