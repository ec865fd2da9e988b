# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find out without a login whether one address is that of an Axis device, with at most two requests per protocol.

The first request reads the unrestricted properties of basic device information (AXIS OS 8.40 and later, unless they
are switched off or require a login). If it does not identify the device, the second one is a read that requires a
login: devices respond with status 401 and the realm ``AXIS_<serial>``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    DeviceUnreachableError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import parse_challenges
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import (
    RequestBody,
    Response,
    Transport,
    has_no_host,
    is_refused,
    is_untrusted,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import sanitize
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import (
    UNRESTRICTED_REQUEST,
    parse_axis_device,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import RespondingCamera

#: Bytes of a body; the properties of a device are about 600.
MAX_RESPONSE = 8 * 1024
_DESCRIBE = RequestBody(calls.DEVICE_INFO.content_type or "", UNRESTRICTED_REQUEST)
_PROTECTED = f"{calls.LIST_GROUPS.path}?schemaversion=1"
# A serial number is a MAC address; these are of no device.
_NO_SERIALS = frozenset({"0" * 12, "F" * 12})
_REALM_PREFIX = "AXIS_"
# What messages of a session name, and the option of a sweep.
_NAMES = {"host": "addresses"}
_REDIRECTS = range(300, 400)
# A device that starts or that has blocked this machine, or a proxy without the device behind it.
_TEMPORARY = frozenset({403, 429, 502, 503, 504})
#: By what an address did, from what says most about a device: one address may have two ports.
KINDS = ("tls_errors", "unidentified", "others", "refused", "silent")


@dataclass(frozen=True, slots=True)
class Failure:
    """An address at which no Axis device was identified.

    :param kind: the field of ``SweepCounts`` that counts it.
    :param message: what happened, without address and without a full stop.
    :param next_step: what to do, as a sentence, or nothing if that is to be expected of an address without a camera.
    :param is_untrusted: whether the certificate is not trusted.
    """

    address: str
    kind: str
    message: str
    next_step: str = ""
    is_untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port at an address, and how to connect to it.

    :param timeout: seconds to connect, and for each read; three times as long for an exchange.
    """

    address: str
    port: int
    protocol: str
    validate_certs: bool
    timeout: float

    def open(self) -> Transport:
        """Return the transport to the port, which does not connect yet."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        tls = TLSSettings(validate=self.validate_certs)
        return Transport(f"{self.protocol}://{host}:{self.port}", tls, self.timeout, max_response=MAX_RESPONSE)


#: Sends a request when the limits of the sweep allow it: method, target, and body.
Send = Callable[[str, str, "RequestBody | None"], Response]


def identify(endpoint: Endpoint, send: Send) -> RespondingCamera | Failure:
    """Return the Axis device at a port, or why there is none."""
    described: Response | None = None
    try:
        described = send(calls.DEVICE_INFO.method, calls.DEVICE_INFO.path, _DESCRIBE)
        if (camera := _find_described(endpoint, described)) is not None:
            return camera
    except DeviceError:
        pass  # a page that is too large
    except DeviceUnreachableError as error:
        # A server may close the connection instead of reading a body.
        if not (error.connection_lost and error.maybe_applied):
            return _explain_error(endpoint, error)
    if described is not None and (camera := _find_challenged(endpoint, described)) is not None:
        return camera
    try:
        protected = send(calls.LIST_GROUPS.method, _PROTECTED, None)
    except AxisError as error:
        return _explain_error(endpoint, error)
    return _find_challenged(endpoint, protected) or _explain_response(endpoint, protected)


def _find_described(endpoint: Endpoint, response: Response) -> RespondingCamera | None:
    """Return the device whose basic device information a response is, if it is that of an Axis device."""
    info = parse_axis_device(response.body) if response.status == 200 else None
    serial = _check_serial(normalize_serial(info.serial)) if info else None
    if info is None or serial is None:
        return None
    texts = (sanitize(text) or None for text in (info.model, info.product_type, info.full_name, info.firmware))
    return RespondingCamera(endpoint.address, endpoint.port, endpoint.protocol, serial, *texts)


def _find_challenged(endpoint: Endpoint, response: Response) -> RespondingCamera | None:
    """Return the device whose realm a response names."""
    challenges = parse_challenges(response.header("WWW-Authenticate")) if response.status == 401 else ()
    serial = next((item.serial for item in challenges if _check_serial(item.serial)), None)
    return RespondingCamera(endpoint.address, endpoint.port, endpoint.protocol, serial) if serial else None


def _check_serial(serial: str | None) -> str | None:
    return None if serial in _NO_SERIALS else serial


def _explain_response(endpoint: Endpoint, response: Response) -> Failure:
    address, status = endpoint.address, response.status
    if status in _REDIRECTS:
        step = "Set protocol: https." if endpoint.protocol == "http" else "List the address of the device itself."
        return Failure(address, "unidentified", f"Requests are redirected (HTTP {status})", step)
    if status in _TEMPORARY:
        step = "Wait a minute, and run again. If the error persists, check whether the device allows this machine."
        return Failure(address, "unidentified", f"Requests are rejected (HTTP {status})", step)
    realms = (item.parameters.get("realm", "") for item in parse_challenges(response.header("WWW-Authenticate")))
    if status == 401 and any(realm.startswith(_REALM_PREFIX) for realm in realms):
        text = f"The realm of the login begins with {_REALM_PREFIX}, and has no serial number"
        return Failure(address, "others", text, "Check which device has the address, and list it in a file if needed.")
    return Failure(address, "others", f"It is not an Axis device (HTTP {status})")


def _explain_error(endpoint: Endpoint, error: AxisError) -> Failure:
    address = endpoint.address
    message, step = error.render(_NAMES)
    if error.kind == "tls":
        if is_untrusted(error):
            step = "Set validate_certs: false to include such devices: a search sends no login."
            return Failure(address, "tls_errors", message, step, is_untrusted=True)
        return Failure(address, "tls_errors", message, step)
    if isinstance(error, DeviceError):
        return Failure(address, "others", "It is not an Axis device (its responses are too large)")
    if is_refused(error):
        return Failure(address, "refused", message)
    if error.kind == "timeout" or has_no_host(error):
        return Failure(address, "silent", message)
    zone = address.partition("%")[2]
    is_lost = isinstance(error, DeviceUnreachableError) and error.connection_lost
    if zone and not (error.maybe_applied or is_lost):
        message = f"This machine cannot connect through the network interface {zone}"
        return Failure(address, "unidentified", message, "Correct the interface after the address.")
    return Failure(address, "unidentified", message, step)
