#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of the module axis_recording_group_info, and main() for delegated tasks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_recording_group_info
short_description: Gather information about the recording groups and disks of an Axis camera or recorder
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Reads the recording groups of a device, their recording actions, the supported API versions, the model and firmware, the disks with their health and
    clean-up settings, and the oldest and newest recording of each disk.
  - RV(unavailable) lists subsets that the account is not allowed to read, or that the device does not support. The task still returns the other subsets. In
    every subset, V(null) means that a value is unknown, and an empty list means that the device has no such objects.
  - The task fails only if the module cannot read any subset, for example because the device is unreachable or the login is wrong.
  - The module warns if the device reports a schema version of the API as deprecated, or lists two recording groups with the same ID.
options:
  gather:
    description:
      - The subsets to read, such as V([recording_groups, disks]). The module reads and returns only these subsets, and RV(device) with the address. The
        default is all subsets except V(certificate).
      - V(certificate) is the certificate that the device presents, whether trusted or not. The module reads the certificate on a separate connection, and
        sends no request on this connection. If this is the only subset, the module needs no login. The module cannot read the certificate through a proxy.
      - V(disks) requires the role operator. Axis does not document the role that V(recording_actions) requires. All other subsets require the role viewer.
      - V(recordings) requires the IDs of the disks. The module reads the list of disks. If it cannot read the list, it uses the disks that the recording
        groups name.
    type: list
    elements: str
    choices: [certificate, recording_groups, recording_actions, schema_versions, api, device, disks, recordings]
    default: [recording_groups, recording_actions, schema_versions, api, device, disks, recordings]
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
seealso:
  - module: camfleet.axis.axis_recording_group
  - module: camfleet.axis.axis_recording_action
  - module: camfleet.axis.axis_policy_draft
  - name: VAPIX recording group API
    description: The API that the module uses, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/recording-group/
  - name: VAPIX edge storage API
    description: The API that the module uses for disks and recordings, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/edge-storage-api/
  - name: VAPIX event and action services
    description: The API that the module uses for recording actions, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/event-and-action-services/
notes:
  - The module does not write to the device or to files.
  - The retention time of a group is an upper limit. Axis does not document whether the clean-up of the disk deletes recordings of groups earlier. Compare
    C(cleanup_text) in RV(disks) with the retention time of the groups on the disk.
"""

EXAMPLES = r"""
- name: Read only the recording groups, with one request
  camfleet.axis.axis_recording_group_info:
    gather: [recording_groups]

- name: Read everything but the certificate
  camfleet.axis.axis_recording_group_info:
  register: camera

- name: Show the disks that are not usable for a group
  ansible.builtin.debug:
    msg: "{{ camera.disks | default([], true) | rejectattr('usable') }}"

# A subset that cannot be read is null, therefore default with true.
- name: Keep the recordings of each existing group for a year
  camfleet.axis.axis_recording_group:
    recording_group_id: "{{ item.recording_group_id }}"
    retention_time: 365d
  loop: "{{ camera.recording_groups | default([], true) }}"
  loop_control:
    label: "{{ item.nice_name }}"

- name: Show the groups without an active recording action
  ansible.builtin.debug:
    msg: >-
      {{ camera.recording_groups | map(attribute='recording_group_id')
         | difference(camera.recording_actions | selectattr('records') | map(attribute='recording_group_id')) }}
  when: camera.recording_groups is not none and camera.recording_actions is not none

# This requires no login. The fingerprint can be pinned with axis_tls_fingerprint.
- name: Read the certificate of a camera
  camfleet.axis.axis_recording_group_info:
    gather: [certificate]
    protocol: https
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
      description: Product number. This field and the ones below are returned if O(gather) has V(device), and are V(null)
        if unknown.
      type: str
    product_type:
      description: Type of product.
      type: str
    full_name:
      description: Full name of the product.
      type: str
    firmware:
      description: Version of AXIS OS.
      type: str
  sample:
    host: 192.0.2.10
    serial: B8A44F000001
    model: Q1961-TE
    product_type: Thermal Camera
    full_name: AXIS Q1961-TE Thermal Camera
    firmware: 12.9.57
certificate:
  description:
    - The TLS certificate that the device presents, or V(null) with plain HTTP. The module does not verify that it belongs to the device.
  returned: when O(gather) has V(certificate)
  type: dict
  contains:
    sha256:
      description: SHA-256 fingerprint of the certificate, as used by O(tls_fingerprint).
      type: str
    pem:
      description: The certificate in PEM format.
      type: str
  sample:
    sha256: 3f0e6c9b5a1d2847c0e9b8f7a6d5c4b3a2918070605f4e3d2c1b0a9f8e7d6c5b
    pem: "-----BEGIN CERTIFICATE-----\n..."
recording_groups:
  description:
    - The recording groups on mounted disks, in the form that P(camfleet.axis.axis_recording_group#module) returns and accepts.
      As input of that module, they change nothing.
  returned: when O(gather) has V(recording_groups)
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
recording_actions:
  description:
    - The recording actions, one entry for each action configuration that names a group, whether or not the group exists.
    - The device does not delete a group that has a recording action.
  returned: when O(gather) has V(recording_actions)
  type: list
  elements: dict
  contains:
    recording_group_id:
      description: ID of the group.
      type: str
    configuration_id:
      description: ID of the action configuration.
      type: str
    name:
      description: Name of the action configuration.
      type: str
    template:
      description: Action template of the configuration.
      type: str
    records:
      description: Whether an enabled rule starts it. Otherwise it does not record.
      type: bool
    rules:
      description:
        - The action rules that start it, each with C(rule_id), C(name), C(enabled), C(conditions), C(start_event), and C(when), a readable form
          of the conditions, such as V(always). A rule that has them also has C(activation_timeout), the least time between two executions, and
          C(failover_action), the ID of the action configuration that runs if this one fails.
      type: list
      elements: dict
    failover_rules:
      description: The action rules, in the same form, that start it if their own action configuration fails.
      returned: when there are any
      type: list
      elements: dict
  sample:
    - recording_group_id: entrance
      configuration_id: "7"
      name: Record to entrance
      template: com.axis.action.unlimited.recording_group.storage
      records: true
      rules:
        - rule_id: "4"
          name: Record to entrance
          enabled: true
          when: always
          conditions:
            - topic_expression: tns1:Device/tnsaxis:Status/SystemReady
              message_content: boolean(//SimpleItem[@Name="ready" and @Value="1"])
          start_event: null
schema_versions:
  description: The schema versions of the recording group API that the device supports.
  returned: when O(gather) has V(schema_versions)
  type: list
  elements: dict
  contains:
    version:
      description: Major and minor version.
      type: str
    deprecated:
      description: Whether the device reports it as deprecated.
      type: bool
  sample: [{version: "1.0", deprecated: false}]
api:
  description:
    - The entry of the recording group API in API discovery, or V(null) if the device lists none.
    - Devices without storage have this entry, too.
  returned: when O(gather) has V(api)
  type: dict
  contains:
    id:
      description: Always V(recording-group).
      type: str
    version:
      description: Version of the API, or the newest of several versions.
      type: str
    name:
      description: Name of the API.
      type: str
    status:
      description: Status such as V(official), V(beta), or V(deprecated), or V(null) if the device does not report it.
      type: str
    doc_link:
      description: URL of the documentation, as reported by the device.
      type: str
  sample:
    id: recording-group
    version: "1.0"
    name: Edge Recording group
    status: official
    doc_link: https://www.axis.com/partner_pages/vapix_library/#/
disks:
  description: The storage slots of the device. A listed disk is not necessarily usable.
  returned: when O(gather) has V(disks)
  type: list
  elements: dict
  contains:
    disk_id:
      description: ID of the slot.
      type: str
    name:
      description: Display name, often empty.
      type: str
    status:
      description: V(OK), V(connected), V(disconnected), V(failed), V(no passphrase), V(wrong passphrase), or V(not encrypted).
      type: str
    usable:
      description: Whether a group can be created on the disk.
      type: bool
    unusable_reason:
      description: Why the disk is not usable, or V(null).
      type: str
    total_size:
      description: Size in kB, as reported by the device.
      type: int
    total_size_text:
      description: The size in a readable decimal unit, as printed on disks.
      type: str
    free_size:
      description: Free space in kB, as reported by the device.
      type: int
    free_size_text:
      description: The free space in a readable unit.
      type: str
    used_percent:
      description: Percentage of the disk that is used, or V(null) without a disk.
      type: float
    locked:
      description: Whether the disk is locked. Nothing is written to or deleted from a locked disk.
      type: bool
    full:
      description: Whether the disk is full.
      type: bool
    read_only:
      description: Whether the disk is mounted read-only.
      type: bool
    filesystem:
      description: File system.
      type: str
    required_filesystem:
      description: File system that the device requires, or V(none).
      type: str
    encryption_enabled:
      description: Whether encryption is enabled for the slot.
      type: bool
    encrypted:
      description: Whether the disk is encrypted.
      type: bool
    group:
      description: Parameter group of the slot.
      type: str
    cleanup_max_age:
      description: Age in days at which the clean-up of the disk deletes recordings. 0 and 7000, the limits of the setting, mean no limit.
      type: int
    cleanup_policy:
      description: V(fifo), which applies the age, or V(none).
      type: str
    cleanup_text:
      description: Both settings as text. If space is needed, the device deletes the oldest recordings regardless of them.
      type: str
    wear_percent:
      description: Wear of the disk, or V(null). It can exceed 100.
      type: int
    wear_unknown_reason:
      description: Why the wear is unknown. V(not supported), V(error), V(no disk), or V(not reported).
      type: str
    temperature_kelvin:
      description: Temperature, as reported by the device. Requires AXIS OS 9.50 or newer.
      type: int
    temperature_celsius:
      description: Temperature in degrees Celsius.
      type: int
    overall_health:
      description: V(0) or V(1), as reported by the device, or V(null). VAPIX does not document which value is good. Requires AXIS OS 9.50 or newer.
      type: int
  sample:
    - disk_id: SD_DISK
      name: ""
      status: OK
      usable: true
      unusable_reason: null
      total_size: 116109036
      total_size_text: 116.1 GB
      free_size: 75106020
      free_size_text: 75.1 GB
      used_percent: 35.3
      locked: false
      full: false
      read_only: false
      filesystem: ext4
      required_filesystem: none
      encryption_enabled: false
      encrypted: false
      group: S0
      cleanup_max_age: 7
      cleanup_policy: fifo
      cleanup_text: deletes what is older than 7 days
      wear_percent: 25
      wear_unknown_reason: null
      temperature_kelvin: null
      temperature_celsius: null
      overall_health: null
recordings:
  description:
    - The number of recordings on each disk, and the oldest and the newest of them. All are V(null) for a disk that is not mounted.
    - The API does not report to which group a recording belongs.
  returned: when O(gather) has V(recordings)
  type: list
  elements: dict
  contains:
    disk_id:
      description: ID of the disk.
      type: str
    count:
      description: Number of recordings.
      type: int
    oldest:
      description:
        - The recording that started first, with C(recording_id), C(start_time), C(stop_time), C(status), and C(recording_type). Times are in UTC,
          as written by the device. C(stop_time) is V(null) during the recording.
      type: dict
    newest:
      description: The recording that started last, in the same form.
      type: dict
  sample:
    - disk_id: SD_DISK
      count: 2016
      oldest:
        recording_id: 20260302_075500_016F_B8A44F000001
        start_time: "2026-03-02T06:55:00.000000Z"
        stop_time: "2026-03-02T07:00:00.000000Z"
        status: completed
      newest:
        recording_id: 20260309_075500_27C4_B8A44F000001
        start_time: "2026-03-09T06:55:00.000000Z"
        stop_time: null
        status: recording
unavailable:
  description: The subsets that could not be read. They are V(null) in the result. For C(disk_health) and single disks, only these values are missing.
  returned: success
  type: list
  elements: dict
  contains:
    part:
      description: One of the choices of O(gather), or V(disk_health). It may be a subset that was only read for V(recordings).
      type: str
    kind:
      description: Class of error, such as V(forbidden), V(unsupported), V(malformed_response), or V(device_error).
      type: str
    reason:
      description: What happened.
      type: str
    next_step:
      description: What to do about it.
      type: str
  sample:
    - part: disk_health
      kind: unsupported
      reason: The device has no /axis-cgi/disks/gethealth.cgi (HTTP 404)
      next_step: "Upgrade AXIS OS, or exclude this device: it does not support what the task requires."
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
    kind: authentication
    code: null
    description: null
    message: The device rejected the username or password of user retention
    detail: null
    next_step: Correct axis_username or axis_password. There was no second attempt, which could lock the account.
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import ALL_SUBSETS, PARTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_group_info

ARGUMENT_SPEC = {
    **DEVICE_SPEC,
    "gather": {"type": "list", "elements": "str", "choices": [*ALL_SUBSETS], "default": [*PARTS]},
}
RUN = run_recording_group_info


def main() -> None:
    """Run as a module, on the machine that ``delegate_to`` names."""
    run_module(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), RUN)


if __name__ == "__main__":
    main()
