#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation and argument spec of axis_certificate_pins; its action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_certificate_pins
short_description: Write the certificate fingerprints of all hosts into an inventory file
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Gathers the certificates that a task with M(camfleet.axis.axis_recording_group_info) registered on every host as C(pin_certificates_camera),
    and writes their fingerprints as the variable C(axis_tls_fingerprint) of each host into an inventory file in YAML.
  - A host that shows another certificate than the one that is pinned, in the file or by its variable, is refused and keeps its pin. A
    host that did not answer, or is not in the play, keeps its pin, too.
  - The file has pins and nothing else, since it is written as a whole. A file with anything else in it, an encrypted one too, is refused and
    left as it is. One that is empty or missing is fine.
  - The file keeps its mode, a link is followed, and of tasks that write to it at the same time each keeps the pins of the others.
  - Run it once for a play, with C(run_once) and the strategy P(ansible.builtin.linear#strategy).
options:
  path:
    description: The whole path of the inventory file, on the controller. Its directory must be there.
    type: path
    required: true
  hosts:
    description:
      - Inventory names of the hosts to pin. Without it, all hosts of the play. With none, O(path) is checked and not written.
    type: list
    elements: str
  replace:
    description: Whether a host that shows another certificate than the one that is pinned gets a new pin.
    type: bool
    default: false
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - It tells what a real run would write, refusals included.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_recording_group_info
"""

EXAMPLES = r"""
- name: Look at the certificate
  camfleet.axis.axis_recording_group_info:
    gather: [certificate]
    protocol: https
  register: pin_certificates_camera

- name: Pin it
  camfleet.axis.axis_certificate_pins:
    path: /srv/inventory/tls_fingerprints.yml
  run_once: true
  register: pins

- name: Was the certificate another one than the pinned?
  ansible.builtin.fail:
    msg: "{{ pins.refused[inventory_hostname].msg }}"
  when: inventory_hostname in pins.refused
"""

RETURN = r"""
path:
  description: The file, links followed.
  returned: success
  type: str
pinned:
  description: Hosts that have a new pin in the file, or would have it outside check mode.
  returned: success
  type: list
  elements: str
kept:
  description: Hosts that show the certificate that is pinned in the file.
  returned: success
  type: list
  elements: str
refused:
  description:
    - By host, what is C(shown) and what is C(pinned), where both differ and O(replace) is false, and a C(msg) that says what to do.
  returned: success
  type: dict
  sample:
    entrance-1:
      shown: 5b1c3a0e6f7d8899aabbccddeeff00112233445566778899aabbccddeeff0011
      pinned: 00112233445566778899aabbccddeeff5b1c3a0e6f7d8899aabbccddeeff0011
      msg: entrance-1 shows the certificate 5b1c…, and 0011… is pinned.
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "path": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "replace": {"type": "bool", "default": False},
}


def main() -> None:
    """There is nothing to do away from the controller: the action plugin of this name does the work."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="This runs on the controller only, by the action plugin of the collection camfleet.axis.")


if __name__ == "__main__":
    main()
