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
      - Name or address of the device, such as V(192.0.2.10) or V(entrance-1.example.com), without a protocol or a port. An IPv6 address may have brackets.
      - The default is the host variable C(axis_host), then C(ansible_ssh_host), then C(ansible_host), then the inventory name.
      - If a task sets this option, the module uses neither C(ansible_*) variables nor the login of the play.
    type: str
  port:
    description:
      - Port of the device.
      - The default is the host variable C(axis_port), then the environment variable E(AXIS_PORT), then V(443) for HTTPS and V(80) for HTTP. The module does
        not use C(ansible_port).
    type: int
  username:
    description:
      - Name of the user on the device. To read, the user needs at least the role viewer. To write, it needs the role operator. Axis does not document which
        role the action service requires.
      - The module takes the username and the password from the same source. The sources are, in this order, the options O(username) and O(password) of the
        task, the host variables C(axis_username) and C(axis_password), the host variables C(ansible_user) and C(ansible_password) or the login of the play
        (so that an AWX machine credential works), and the environment variables E(AXIS_USERNAME) and E(AXIS_PASSWORD) of the controller.
      - If O(username) or C(axis_username) is set without a password, the module uses E(AXIS_PASSWORD), unless E(AXIS_USERNAME) is a different user. Any
        other incomplete login in the options or the C(axis_*) variables is an error. The module ignores an incomplete login in C(ansible_user),
        C(ansible_password), or the play, because it may be for other tools, such as SSH.
      - Instead of C(ansible_user) and C(ansible_password), you can use every spelling that ansible-core accepts, such as C(ansible_ssh_user),
        C(ansible_ssh_pass), and C(ansible_ssh_password). If several of these variables are set, the last one in this list applies, as in ansible-core.
      - With C(delegate_to), the module uses only the options of the task, the C(axis_*) variables, and C(ansible_user) and C(ansible_password) of the
        inventory host, so the login of the other machine never reaches a camera.
    type: str
  password:
    description:
      - Password of the user. Keep it in a vault. For its sources, see O(username).
      - The module sends a wrong password only once, because devices block an address after too many attempts.
    type: str
  protocol:
    description:
      - Whether to use HTTPS or plain HTTP.
      - A value of the task takes precedence over the host variable C(axis_protocol), and that over the environment variable E(AXIS_PROTOCOL).
    type: str
    choices: [https, http]
    default: https
  validate_certs:
    description:
      - Whether to verify the certificate of the device. Set O(tls_fingerprint) or O(ca_path) instead of disabling the verification.
      - A value of the task takes precedence over the host variable C(axis_validate_certs), and that over the environment variable E(AXIS_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the CA certificates to trust, such as V(/etc/ssl/cameras.pem). They replace the CA certificates of the system.
      - The default is the host variable C(axis_ca_path), then the environment variable E(AXIS_CA_PATH), then the CA certificates of the system.
    type: path
  tls_server_name:
    description:
      - Name that the certificate must have, such as V(axis-b8a44f000001). Set this option if the certificate names the serial number of the device instead
        of its address.
      - The default is the host variable C(axis_tls_server_name), then the environment variable E(AXIS_TLS_SERVER_NAME), then O(host).
    type: str
  tls_fingerprint:
    description:
      - SHA-256 fingerprint of the device's certificate, as 64 hexadecimal digits with or without colons. The module then trusts only this certificate,
        which may be self-signed. The playbook C(camfleet.axis.pin_certificates) reads the fingerprints of all cameras.
      - The default is the host variable C(axis_tls_fingerprint), then the environment variable E(AXIS_TLS_FINGERPRINT).
    type: str
  auth:
    description:
      - The authentication method. V(auto) prefers digest authentication, and otherwise uses Basic authentication if the device offers it.
      - The module never uses Basic authentication over plain HTTP.
      - A value of the task takes precedence over the host variable C(axis_auth), and that over the environment variable E(AXIS_AUTH).
    type: str
    choices: [auto, digest, basic]
    default: auto
  timeout:
    description:
      - Time limit in seconds for the connection, and for each read. A complete response may take three times as long.
      - A value of the task takes precedence over the host variable C(axis_timeout), and that over the environment variable E(AXIS_TIMEOUT).
    type: float
    default: 10
  retries:
    description:
      - Number of times that the module retries a read after a lost connection or HTTP 429, 502, 503, or 504. The module never repeats a write before it has
        read the effect of the write.
      - The module does not retry the first request with the login, because each wrong password brings the device closer to blocking this machine. It
        retries only after the device has accepted the login once.
      - A value of the task takes precedence over the host variable C(axis_retries), and that over the environment variable E(AXIS_RETRIES).
    type: int
    default: 2
  proxy:
    description:
      - URL of an HTTP proxy, such as V(http://proxy.example.com:3128). It must begin with C(http://). C(https://) is not supported.
      - The default is the host variable C(axis_proxy), then the environment variable E(AXIS_PROXY), then no proxy. The module ignores environment variables
        such as C(http_proxy).
    type: str
  serial:
    description:
      - Serial number that the device must have, such as V(B8A44F000001), as 12 hexadecimal digits with or without colons or dashes. Put the number in
        quotes.
      - If a different device responds at the address, the task fails with the kind C(conflict), writes nothing, and does not send the password. If the
        device does not show its serial number, the task fails with the kind C(unsupported).
      - The default is the host variable C(axis_serial). Without either, the module does not verify the serial number.
    type: str
    version_added: 0.2.0
requirements:
  - requests >= 2.32
  - lxml >= 4.9
notes:
  - The module runs in the Ansible worker on the controller, which requires the libraries. A camera needs neither Python nor SSH. Set C(gather_facts) to
    V(false), because Ansible otherwise tries to log in to the camera.
  - With C(delegate_to), the module runs on the other machine, such as a bastion host. This machine requires the libraries and Python 3.10 or newer. Its
    login never reaches a camera.
  - The module does not see the keyword C(environment) of a task or a play, but it sees the environment of C(ansible-playbook).
  - Usually, you set the connection options as inventory variables, not in each task. To set them for a play, use the action group C(camfleet.axis.device)
    in C(module_defaults).
seealso:
  - name: Credentials
    description: How to keep the logins of cameras in a vault.
    link: https://camfleet.github.io/camfleet.axis/docsite/credentials.html
  - name: Certificates
    description: How to pin the certificates of cameras, or to verify them with a certificate authority.
    link: https://camfleet.github.io/camfleet.axis/docsite/certificates.html
  - name: Permissions of the camera account
    description: Which role on the device each request requires.
    link: https://camfleet.github.io/camfleet.axis/docsite/permissions.html
  - name: Error kinds
    description: What each RV(error.kind) means, and what to do about it.
    link: https://camfleet.github.io/camfleet.axis/docsite/errors.html
"""
