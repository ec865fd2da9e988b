#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_certificate_pins; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_certificate_pins
short_description: Write the certificate fingerprints of all hosts into an inventory file
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Collects the certificates that a task with M(camfleet.axis.axis_recording_group_info) registered on every host as C(pin_certificates_camera),
    and writes their fingerprints to an inventory file in YAML, as the variable C(axis_tls_fingerprint) of each host.
  - A host whose certificate differs from its pin, in the file or in its variables, is refused and keeps its pin. An unreachable
    host, and a host that is not in the play, keep their pins, too.
  - The file must have pins only, because the module replaces the whole file. The module refuses a file with other content, or an encrypted file,
    and does not change it. The file may be empty or missing.
  - The module keeps the mode of the file and follows links. If several tasks write to the file at the same time, each keeps the pins of the others.
  - Run it once for each play, with C(run_once) and the strategy P(ansible.builtin.linear#strategy).
options:
  path:
    description: Absolute path of the inventory file, on the controller. Its directory must exist.
    type: path
    required: true
  hosts:
    description:
      - Inventory names of the hosts to pin. The default is all hosts of the play. With an empty list, O(path) is checked, but not written.
    type: list
    elements: str
  replace:
    description: Whether a host whose certificate differs from its pin gets a new pin.
    type: bool
    default: false
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - Check mode predicts what a real run would write, including refusals.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_recording_group_info
"""

EXAMPLES = r"""
- name: Read the certificate
  camfleet.axis.axis_recording_group_info:
    gather: [certificate]
    protocol: https
  register: pin_certificates_camera

- name: Pin the certificates
  camfleet.axis.axis_certificate_pins:
    path: /srv/inventory/tls_fingerprints.yml
  run_once: true
  register: pins

- name: Fail hosts whose certificate differs from the pin
  ansible.builtin.fail:
    msg: "{{ pins.refused[inventory_hostname].msg }}"
  when: inventory_hostname in pins.refused
"""

RETURN = r"""
path:
  description: Path of the file, after following links.
  returned: success
  type: str
pinned:
  description: Hosts that have a new pin in the file. In check mode, hosts that would have one.
  returned: success
  type: list
  elements: str
kept:
  description: Hosts whose certificate equals the pin in the file.
  returned: success
  type: list
  elements: str
refused:
  description:
    - For each host whose certificate differs from its pin, unless O(replace) is V(true), the fingerprints C(shown) and C(pinned), and a C(msg)
      with the next step.
  returned: success
  type: dict
  sample:
    entrance-1:
      shown: 5b1c3a0e6f7d8899aabbccddeeff00112233445566778899aabbccddeeff0011
      pinned: 00112233445566778899aabbccddeeff5b1c3a0e6f7d8899aabbccddeeff0011
      msg: entrance-1 shows the certificate 5b1c…, and 0011… is pinned.
refused_host_patterns:
  description: Patterns that match the hosts in RV(refused), for the C(hosts) of a play.
  returned: success
  type: list
  elements: str
unread:
  description: Hosts whose certificate could not be read.
  returned: success
  type: list
  elements: str
lines:
  description: The summary for people, which names a few of the hosts that were pinned, kept, refused, and not read, and how to retry.
  returned: success
  type: list
  elements: str
skipped_hosts:
  description: Hosts whose certificate was not read, because a condition or C(--start-at-task) skipped the task.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "path": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "replace": {"type": "bool", "default": False},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_certificate_pins."
    )


if __name__ == "__main__":
    main()
