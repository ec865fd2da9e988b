# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that name a device and say how to talk to it; their spec is ``DEVICE_SPEC`` in ``_specification``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the device options."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the device, IPv6 with or without brackets, without protocol and port.
      - Falls back to the host variable C(axis_host), then C(ansible_host), then the inventory name.
      - When a task gives this option, no C(ansible_*) variable and no login of the play is used.
    type: str
  port:
    description:
      - Port of the device. Without it, 443 for HTTPS and 80 for HTTP.
      - Falls back to the host variable C(axis_port), then the environment variable E(AXIS_PORT). C(ansible_port) is not used.
    type: int
  username:
    description:
      - User on the device. The role viewer is enough to look, operator to change, and what the action service asks for is not documented.
      - User and password come from one source, as a pair. The sources, in this order, are the task, the host variables
        C(axis_username) and C(axis_password), the host variables C(ansible_user) and C(ansible_password) or the login of the
        play (so that an AWX machine credential works), and the environment variables E(AXIS_USERNAME) and E(AXIS_PASSWORD)
        of the controller.
      - With C(delegate_to) only the task, C(axis_*) and the C(ansible_user) and C(ansible_password) of the inventory host itself
        count, so that the login of another machine never reaches a camera.
    type: str
  password:
    description:
      - Password of the user. Keep it in a vault.
      - A wrong password is tried once only, because a device blocks an address that tries too often.
    type: str
  protocol:
    description:
      - Whether to talk HTTPS or plain HTTP.
      - Falls back to the host variable C(axis_protocol), then the environment variable E(AXIS_PROTOCOL).
    type: str
    choices: [https, http]
    default: https
  validate_certs:
    description:
      - Whether to check the certificate of the device. Prefer O(tls_fingerprint) to switching this off.
      - Falls back to the host variable C(axis_validate_certs), then the environment variable E(AXIS_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the CA certificates to trust instead of those of the system.
      - Falls back to the host variable C(axis_ca_path), then the environment variable E(AXIS_CA_PATH).
    type: path
  tls_server_name:
    description:
      - The name to expect in the certificate. Certificates of devices often name the serial number, not the address.
      - Falls back to the host variable C(axis_tls_server_name), then the environment variable E(AXIS_TLS_SERVER_NAME).
    type: str
  tls_fingerprint:
    description:
      - SHA-256 of the device's certificate, 64 hexadecimal digits with or without colons. Only this certificate is trusted then,
        also one that the device signed itself.
      - Falls back to the host variable C(axis_tls_fingerprint), then the environment variable E(AXIS_TLS_FINGERPRINT).
    type: str
  auth:
    description:
      - The login method. V(auto) takes the best that the device offers, digest before Basic.
      - Basic is never sent over plain HTTP.
      - Falls back to the host variable C(axis_auth), then the environment variable E(AXIS_AUTH).
    type: str
    choices: [auto, digest, basic]
    default: auto
  timeout:
    description:
      - Seconds to connect, and for each read. A whole answer may take three times as long.
      - Falls back to the host variable C(axis_timeout), then the environment variable E(AXIS_TIMEOUT).
    type: float
    default: 10
  retries:
    description:
      - How often a read is tried again after a dropped connection or HTTP 429, 502, 503 or 504. A write is never repeated unseen.
      - Falls back to the host variable C(axis_retries), then the environment variable E(AXIS_RETRIES).
    type: int
    default: 2
  proxy:
    description:
      - URL of an HTTP proxy, C(http://) and not C(https://). Nothing else makes the module use one; C(http_proxy) and the like are not looked at.
      - Falls back to the host variable C(axis_proxy), then the environment variable E(AXIS_PROXY).
    type: str
requirements:
  - requests >= 2.32
  - lxml >= 4.9
notes:
  - Runs in the Ansible worker on the controller, which therefore needs the libraries. No Python and no ssh is needed on a camera, but
    set C(gather_facts) to V(false), or Ansible tries to log in to it.
  - With C(delegate_to) another machine, the module runs there and that machine needs the libraries and Python 3.10 or newer.
  - The action group C(camfleet.axis.device) sets these options once for a play with C(module_defaults).
"""
