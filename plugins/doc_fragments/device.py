# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options for the connection to a device; their spec is ``DEVICE_SPEC`` in ``_options/device``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the device options."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the device, without protocol and port. An IPv6 address may have brackets.
      - Falls back to the host variable C(axis_host), then C(ansible_ssh_host), then C(ansible_host), then the inventory name.
      - If a task sets this option, no C(ansible_*) variable and no login of the play is used.
    type: str
  port:
    description:
      - Port of the device. If it is not set, the port is 443 for HTTPS and 80 for HTTP.
      - Falls back to the host variable C(axis_port), then the environment variable E(AXIS_PORT). C(ansible_port) is not used.
    type: int
  username:
    description:
      - User on the device. Reading requires the role viewer, and writing requires operator. The role that the action service requires is not documented.
      - User and password come from the same source, as a pair. The sources are, in this order, the task, the host variables
        C(axis_username) and C(axis_password), the host variables C(ansible_user) and C(ansible_password) or the login of the
        play (so that an AWX machine credential works), and the environment variables E(AXIS_USERNAME) and E(AXIS_PASSWORD)
        of the controller.
      - C(ansible_user), C(ansible_password), or a password of the play alone is for other tools, such as SSH, and does not count. A user of the task, or
        C(axis_username), without a password uses E(AXIS_PASSWORD), unless E(AXIS_USERNAME) is another user. Otherwise, half of a login is an error.
      - C(ansible_user) and C(ansible_password) may have every spelling that ansible-core accepts, such as C(ansible_ssh_user), C(ansible_ssh_pass),
        and C(ansible_ssh_password). If several are set, the last of these counts, as in ansible-core.
      - With C(delegate_to), only the task, C(axis_*), and C(ansible_user) and C(ansible_password) of the inventory host
        are used, so that the login of another machine never reaches a camera.
    type: str
  password:
    description:
      - Password of the user. Keep it in a vault.
      - A wrong password is sent only once, because a device blocks an address after too many attempts.
    type: str
  protocol:
    description:
      - Whether to use HTTPS or plain HTTP.
      - Falls back to the host variable C(axis_protocol), then the environment variable E(AXIS_PROTOCOL).
    type: str
    choices: [https, http]
    default: https
  validate_certs:
    description:
      - Whether to verify the certificate of the device. Prefer O(tls_fingerprint) to disabling the verification.
      - Falls back to the host variable C(axis_validate_certs), then the environment variable E(AXIS_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the CA certificates to trust, in place of those of the system.
      - Falls back to the host variable C(axis_ca_path), then the environment variable E(AXIS_CA_PATH).
    type: path
  tls_server_name:
    description:
      - The name that the certificate must have. Device certificates often have the serial number as name, not the address.
      - Falls back to the host variable C(axis_tls_server_name), then the environment variable E(AXIS_TLS_SERVER_NAME).
    type: str
  tls_fingerprint:
    description:
      - SHA-256 fingerprint of the device's certificate, 64 hexadecimal digits with or without colons. If it is set, only this certificate
        is trusted. It may be self-signed.
      - Falls back to the host variable C(axis_tls_fingerprint), then the environment variable E(AXIS_TLS_FINGERPRINT).
    type: str
  auth:
    description:
      - The authentication method. V(auto) uses the best method that the device offers, digest before Basic.
      - Basic is never sent over plain HTTP.
      - Falls back to the host variable C(axis_auth), then the environment variable E(AXIS_AUTH).
    type: str
    choices: [auto, digest, basic]
    default: auto
  timeout:
    description:
      - Time limit in seconds for connecting, and for each read. A whole response may take three times as long.
      - Falls back to the host variable C(axis_timeout), then the environment variable E(AXIS_TIMEOUT).
    type: float
    default: 10
  retries:
    description:
      - How often a read is retried after a dropped connection or HTTP 429, 502, 503, or 504. A write is never repeated before the module has read its effect.
      - The first request with the login is not retried, since a wrong password counts toward a block of this machine. Retries begin after the device accepted
        the login once.
      - Falls back to the host variable C(axis_retries), then the environment variable E(AXIS_RETRIES).
    type: int
    default: 2
  proxy:
    description:
      - URL of an HTTP proxy. It must begin with C(http://). C(https://) is not supported.
      - Environment variables such as C(http_proxy) are ignored.
      - Falls back to the host variable C(axis_proxy), then the environment variable E(AXIS_PROXY).
    type: str
  serial:
    description:
      - The serial number that the device must have, 12 hexadecimal digits, with or without colons or dashes. Put it in quotes.
      - If another device responds at the address, the task fails with the kind C(conflict). It writes nothing, and does not send the
        password. If a device does not show its serial number, the task fails with the kind C(unsupported).
      - Falls back to the host variable C(axis_serial). There is no environment variable.
    type: str
    version_added: 0.2.0
requirements:
  - requests >= 2.32
  - lxml >= 4.9
notes:
  - The module runs in the Ansible worker on the controller, which requires the libraries. A camera needs neither Python nor SSH, but
    set C(gather_facts) to V(false), because Ansible otherwise tries to log in to the camera.
  - With C(delegate_to), the module runs on the other machine, which requires the libraries and Python 3.10 or newer.
  - Use the action group C(camfleet.axis.device) in C(module_defaults) to set these options once for a play.
"""
