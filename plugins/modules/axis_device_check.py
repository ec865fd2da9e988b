#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of the module axis_device_check, and main() for delegated tasks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_device_check
short_description: Check whether the collection can manage an Axis camera or recorder, and how the device behaves
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Checks whether the collection can manage devices of a model and firmware, and answers questions that the documentation of Axis leaves open. For example,
    does a device keep the fields that an update omits? The result is a device profile.
  - By default, the module only reads, and the role viewer is sufficient. RV(open_points) lists questions that the role does not allow the module to answer.
  - With O(write=true), the module also creates scratch groups, action configurations, and disabled action rules whose IDs or names begin with
    C(camfleet-check-), and removes them again. It never changes or removes anything that it did not create. It stops at the first response that it cannot
    explain, and removes what it created. If a check is killed, the next check with O(write=true) removes what remains.
  - With O(wait), the module also adds an enabled action rule that records to a scratch group. If this check is interrupted, the device continues to record
    to the group until the next check with O(write=true) removes the rule. A check that only reads does not remove the rule.
  - Run only one check of a device with O(write=true) at a time. Otherwise, the second check ends with a conflict, or removes what the first check created.
  - The playbook C(camfleet.axis.device_check) checks up to five devices, and first shows what it sends.
options:
  write:
    description:
      - Whether to make experiments with scratch groups, which the module then removes. The user needs the role operator, and O(confirm) must be set.
    type: bool
    default: false
  confirm:
    description:
      - With O(write=true), the inventory name of the host, such as V(entrance-1), as a confirmation. The list may also contain other hosts of the play.
    type: list
    elements: str
  wait:
    description:
      - Time for the experiments that take hours, as a whole number with a unit, such as V(30m), V(3h), or V(2d). During this time, an enabled action rule
        records to a scratch group. This option requires O(write=true). Without this option, the questions of these experiments stay open.
    type: str
  dest:
    description:
      - Absolute path of the directory on the controller for the profile and its page, such as V(/srv/device-profiles). The module creates a missing
        directory. The files are named after the model and firmware, such as C(P3245-LVE-12.9.57.json) and C(P3245-LVE-12.9.57.md).
      - An existing profile of the same model and firmware keeps the answers that this check does not have. If another host of the same run wrote the
        profile with different answers, or if the profile is of a different model or firmware, the name of the new profile gets a number, such as C(-2).
      - If a file with such a name is neither a profile nor a page, the module fails before the first request.
      - Without this option, the module does not write files, and only the result has the profile.
    type: path
  http_port:
    description:
      - Port for the questions about HTTP. The default is O(port) if O(protocol=http), or 80 if O(port) is the default port of HTTPS. Otherwise, these
        questions stay open. The module sends no login to the port of the other protocol.
    type: int
  https_port:
    description:
      - Port for the questions about HTTPS. The default is O(port) if O(protocol=https), or 443 if O(port) is the default port of HTTP. Otherwise, these
        questions stay open.
    type: int
  viewer_username:
    description:
      - A second user on the device, with the role viewer, to find out which role the action service requires. The module only reads as this user.
    type: str
  viewer_password:
    description:
      - Password of O(viewer_username).
    type: str
notes:
  - Without O(write=true), the module writes nothing to the device.
  - The user needs the role viewer, or operator with O(write=true).
extends_documentation_fragment:
  - camfleet.axis.device
  - camfleet.axis.attributes
attributes:
  check_mode:
    support: partial
    details:
      - In check mode, the module only reads, even with O(write=true), and does not write files.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - A check does not change the device, but the files contain the date of the answers, and responses of the device.
seealso:
  - module: camfleet.axis.axis_device_check_preflight
  - module: camfleet.axis.axis_recording_group_info
  - name: Check a model and firmware
    description: How to check a device, and how to submit its profile.
    link: https://camfleet.github.io/camfleet.axis/docsite/device_check.html
  - name: Supported devices
    description: What is known about models and versions of AXIS OS.
    link: https://camfleet.github.io/camfleet.axis/docsite/supported_devices.html
  - name: VAPIX recording group API
    description: The API that the module uses, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/recording-group/
"""

EXAMPLES = r"""
- name: Check a camera with requests that only read
  camfleet.axis.axis_device_check:
  register: check

- name: Show whether the collection can manage it
  ansible.builtin.debug:
    msg: "{{ check.summary }}"

# Creates scratch groups on the camera, and removes them again. Existing groups are not changed.
- name: Check a camera with experiments, and write its profile
  camfleet.axis.axis_device_check:
    write: true
    confirm: "{{ inventory_hostname }}"
    dest: /srv/device-profiles
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
      description: Product number, or V(null) if unknown. This field and the ones below are returned if the device was read.
      type: str
    product_type:
      description: Type of product.
      type: str
    firmware:
      description: Version of AXIS OS.
      type: str
  sample:
    host: 192.0.2.10
    serial: B8A44F000001
    model: P3245-LVE
    product_type: Dome Camera
    firmware: 12.9.57
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
verdict:
  description:
    - V(safe), the collection supports all that was found. V(limits), some tasks are refused or fail with an explanation, or
      recordings may be kept for another time than the policy says. V(unsafe), do not roll out, because the collection does not support an answer, the
      device has no usable disk, the check stopped at a response that it cannot explain, or something remains. V(unknown), a point is open that may
      be a limit, or the check ended early, for example because the connection failed.
    - With O(dest), it takes the answers of the earlier profile into account.
  returned: if the options are valid; without content if the device was not read
  type: str
  sample: limits
summary:
  description:
    - The verdict and its reasons, what differs from the documentation, and what remains on the device, as sentences.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: str
  sample:
    - Safe with these limits.
    - A name or description of more than 64 characters fails with the error not_applied, which says where the device cut it.
answered:
  description: The number of points that this check settled.
  returned: if the options are valid; without content if the device was not read
  type: int
  sample: 41
open_points:
  description: The points that this check did not settle.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: dict
  contains:
    point:
      description: Name of the point.
      type: str
    reason:
      description: Why, as a sentence.
      type: str
  sample:
    - point: recording_split
      reason: It takes time. Run the check with wait, for example 3h.
stopped:
  description: Where the check ended early, because of a response that it cannot explain or another error, or V(null). The task fails then.
  returned: if the options are valid; without content if the device was not read
  type: dict
  contains:
    point:
      description: Name of the point, or V(null) between two points.
      type: str
    kind:
      description: Stable identifier of the class of error, as in RV(error.kind).
      type: str
    reason:
      description: Why, as a sentence.
      type: str
  sample: null
remains:
  description: What the check created and could not remove, or not confirm to be removed. The task fails if there is anything.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: dict
  contains:
    kind:
      description: V(recording_group), V(action_configuration), or V(action_rule).
      type: str
    id:
      description: ID on the device, or V(null) if it is not known.
      type: str
    name:
      description: Name on the device.
      type: str
    remove_with:
      description: How to remove it, for example a command, which prompts for the password.
      type: str
  sample: []
leftovers:
  description: What an earlier check left. With O(write=true), the check removes it first, and otherwise only lists it.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: dict
  contains:
    kind:
      description: V(recording_group), V(action_configuration), or V(action_rule).
      type: str
    id:
      description: ID on the device, or V(null) if it is not known.
      type: str
    name:
      description: Name on the device.
      type: str
    remove_with:
      description: How to remove it, for example a command, which prompts for the password.
      type: str
  sample: []
leftovers_unknown:
  description: Why not all items that earlier checks left are known, as a sentence, or V(null).
  returned: if the options are valid; without content if the device was not read
  type: str
  sample: null
unrecognized:
  description:
    - What has an ID or a name that begins like those of the check, and is not an item that a check creates. It is never touched.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: dict
  contains:
    kind:
      description: V(recording_group), V(action_configuration), or V(action_rule).
      type: str
    id:
      description: ID on the device.
      type: str
    name:
      description: Name on the device.
      type: str
  sample: []
removed:
  description: What an earlier check left, and this one removed.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: dict
  contains:
    kind:
      description: V(recording_group), V(action_configuration), or V(action_rule).
      type: str
    id:
      description: ID on the device, or V(null) if it is not known.
      type: str
    name:
      description: Name on the device.
      type: str
    remove_with:
      description: No longer relevant.
      type: str
  sample: []
other_changes:
  description: Changes by other clients of the device during the experiments, as sentences.
  returned: if the options are valid; without content if the device was not read
  type: list
  elements: str
  sample: []
path_json:
  description: Path of the profile, on the controller.
  returned: with O(dest), outside check mode
  type: str
  sample: /srv/device-profiles/P3245-LVE-12.9.57.json
path_page:
  description: Path of the page, on the controller.
  returned: with O(dest), outside check mode
  type: str
  sample: /srv/device-profiles/P3245-LVE-12.9.57.md
profile:
  description:
    - The profile, as in the file. It names neither address, user, nor serial number. C(docs/device-profile.schema.json) has its schema.
  returned: without O(dest), in check mode, or if the files cannot be written
  type: dict
  sample:
    document: device_profile
    device:
      model: Q1961-TE
      product_type: Thermal Camera
      firmware: 12.9.57
      architecture: aarch64
      soc: Axis Artpec-8
      hardware_id: 9C7
      build_date: Feb 20 2026 18:22
    points:
      action_service:
        question: Does the device have the action service?
        answer: true
        known_from: observed
        date: "2026-11-30"
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.check import run_device_check

ARGUMENT_SPEC = DEVICE_CHECK_SPEC
RUN = run_device_check


def main() -> None:
    """Run as a module, on the machine that ``delegate_to`` names."""
    run_module(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), RUN)


if __name__ == "__main__":
    main()
