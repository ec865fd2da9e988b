#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_certificate_pins; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_certificate_pins
short_description: Write the certificate fingerprints of all cameras of a play into an inventory file
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Writes the fingerprints of certificates to a YAML inventory file, as the variable C(axis_tls_fingerprint) of each host, so that tasks trust only these
    certificates.
  - An earlier task with M(camfleet.axis.axis_recording_group_info) reads the certificates. It must register its result as C(pin_certificates_camera).
  - The playbook C(camfleet.axis.pin_certificates) runs both tasks, and shows a summary. You can also use the module in your own playbook, for example to
    pin certificates when you install cameras.
  - If the certificate of a host differs from its pin in the file or in its variables, the module refuses the host, which keeps its pin. Unreachable hosts,
    and hosts that are not in the play, also keep their pins.
  - The file must contain only pins, because the module replaces the whole file. The module refuses to change a file that is encrypted or has other content.
    The file may be empty or missing.
  - The module keeps the mode of the file, and follows links. If several tasks write to the file at the same time, each task keeps the pins of the others.
  - Run it once for each play, with C(run_once) and the strategy P(ansible.builtin.linear#strategy).
options:
  path:
    description:
      - Absolute path of the inventory file on the controller, such as V(/srv/inventory/tls_fingerprints.yml). The directory must exist.
    type: path
    required: true
  hosts:
    description:
      - Inventory names of the hosts to pin. The default is all hosts of the play. With an empty list, the module checks O(path), but does not write.
    type: list
    elements: str
  replace:
    description: Whether a host gets a new pin if its certificate differs from the pin. Otherwise, the module refuses the host, which keeps its pin.
    type: bool
    default: false
notes:
  - The module writes one file on the controller, and does not connect to devices.
  - A pin is only as trustworthy as the network over which the certificate was read. Compare some fingerprints with those that the cameras show.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - Check mode predicts what a real run would write, including refusals.
seealso:
  - module: camfleet.axis.axis_recording_group_info
  - name: Certificates
    description: How to pin the certificates of cameras.
    link: https://camfleet.github.io/camfleet.axis/docsite/certificates.html
"""

EXAMPLES = r"""
# This requires no login.
- name: Read the certificate of each camera
  camfleet.axis.axis_recording_group_info:
    gather: [certificate]
    protocol: https
  register: pin_certificates_camera

- name: Pin the certificates of all cameras
  camfleet.axis.axis_certificate_pins:
    path: /srv/inventory/tls_fingerprints.yml
  run_once: true
  register: pins

- name: Fail cameras whose certificate differs from the pin
  ansible.builtin.fail:
    msg: "{{ pins.refused[inventory_hostname].msg }}"
  when: inventory_hostname in pins.refused

# Do this only if you know why the certificate is new, for example because the camera was replaced.
- name: Replace the pin of one camera
  camfleet.axis.axis_certificate_pins:
    path: /srv/inventory/tls_fingerprints.yml
    hosts: ["{{ inventory_hostname }}"]
    replace: true
  run_once: true
"""

RETURN = r"""
path:
  description: Path of the file, after following links.
  returned: success
  type: str
  sample: /srv/inventory/tls_fingerprints.yml
pinned:
  description: Hosts that have a new pin in the file. In check mode, hosts that would have one.
  returned: success
  type: list
  elements: str
  sample: [entrance-1, entrance-2]
kept:
  description: Hosts whose certificate equals the pin in the file.
  returned: success
  type: list
  elements: str
  sample: [gate-1]
refused:
  description:
    - For each host whose certificate differs from its pin, unless O(replace) is V(true), the fingerprints C(shown) and C(pinned), and a C(msg)
      with the next step.
  returned: success
  type: dict
  sample:
    entrance-1:
      shown: 0ec29461a9f498085cd3c46c9f7d76038a9fdccf6b9c199807bacecae12f9ff8
      pinned: 90758ad83144e08f86d75f51dd780f8241098a3bf81ac926850b673db3470067
      msg: >-
        entrance-1 presents the certificate 0ec29461a9f498085cd3c46c9f7d76038a9fdccf6b9c199807bacecae12f9ff8, but
        90758ad83144e08f86d75f51dd780f8241098a3bf81ac926850b673db3470067 is pinned: the certificate was renewed, or the connection is intercepted. The
        pin is unchanged. If this is the certificate of the camera, replace the pin: set pin_certificates_replace to true, and --limit to this host.
refused_host_patterns:
  description: Patterns that match the hosts in RV(refused), for the C(hosts) of a play.
  returned: success
  type: list
  elements: str
  sample: [entrance-1]
unread:
  description: Hosts whose certificate could not be read.
  returned: success
  type: list
  elements: str
  sample: [gate-2]
lines:
  description: The summary for people, which names a few of the hosts that were pinned, kept, refused, and not read, and how to retry.
  returned: success
  type: list
  elements: str
  sample:
    - "Certificates of 3 hosts: 3 pinned, 0 kept, 0 refused, 0 not read"
    - "Pins: /srv/inventory/tls_fingerprints.yml"
    - "pinned: entrance-1, entrance-2, gate-1"
skipped_hosts:
  description: Hosts whose certificate was not read, because a condition or C(--start-at-task) skipped the task.
  returned: success
  type: list
  elements: str
  sample: []
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
