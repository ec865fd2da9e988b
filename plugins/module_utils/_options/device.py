# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device options: how to connect and to authenticate."""

from __future__ import annotations

import ipaddress
import re

from ansible_collections.camfleet.axis.plugins.module_utils._errors import IfNamed, InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import (
    Parameters,
    Spec,
    check_range,
    invalid,
)

#: The device options, documented in the fragment ``device``.
DEVICE_SPEC: Spec = {
    "host": {"type": "str"},
    "port": {"type": "int"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "protocol": {"type": "str", "choices": ["https", "http"], "default": "https"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "tls_server_name": {"type": "str"},
    "tls_fingerprint": {"type": "str"},
    "auth": {"type": "str", "choices": ["auto", "digest", "basic"], "default": "auto"},
    "timeout": {"type": "float", "default": 10},
    "retries": {"type": "int", "default": 2},
    "proxy": {"type": "str", "no_log": True},
    "serial": {"type": "str"},
}

#: The name of no option. An action names it if the login of the play counts, so that messages mention that login.
PLAY_LOGIN = "play_login"
DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_PROXY = re.compile(
    r"http://(?:[^\s/?#@]*@)?(?P<host>\[[^\s/?#@\]]+\]|[^\s/?#@:\[\]]+)(?::(?P<port>\d{1,5}))?/?", re.ASCII
)
_MAX_LABEL = 63
MAX_PORT = 65535
_MAX_TIMEOUT = 3600
_MAX_RETRIES = 10
_SCOPE = re.compile(r"[A-Za-z0-9_.-]*")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def build_connection_settings(parameters: Parameters, *, with_login: bool = True) -> ConnectionSettings:
    """Return the connection settings that validated parameters describe.

    :param with_login: whether username and password are required.
    :raises InvalidOptionError: ``invalid_option``.
    """
    protocol, auth = parameters["protocol"], parameters["auth"]
    if auth == "basic" and protocol == "http":
        raise invalid(
            "{auth} is basic and {protocol} is http, which would send the password in clear text",
            next_step="Set {protocol}: https.",
            auth=Option("auth"),
            protocol=Option("protocol"),
        )
    port = parameters["port"]
    port = DEFAULT_PORTS[protocol] if port is None else check_range(port, Option("port"), 1, MAX_PORT)
    username, password = _check_login(parameters) if with_login else ("", "")
    return ConnectionSettings(
        host=check_host(parameters["host"]),
        port=port,
        protocol=protocol,
        username=username,
        password=password,
        auth=auth,
        tls=TLSSettings(
            validate=parameters["validate_certs"],
            ca_path=parameters["ca_path"],
            server_name=_check_server_name(parameters["tls_server_name"]),
            fingerprint=None if (pin := parameters["tls_fingerprint"]) is None else parse_fingerprint(pin),
        ),
        timeout=_check_timeout(parameters["timeout"]),
        retries=check_range(parameters["retries"], Option("retries"), 0, _MAX_RETRIES),
        proxy=_check_proxy(parameters["proxy"]),
        serial=None if (serial := parameters["serial"]) is None else parse_serial(serial),
    )


def _check_timeout(seconds: float) -> float:
    if not 0 < seconds <= _MAX_TIMEOUT:
        raise invalid(
            "{option} is {seconds:g} seconds, which is out of range",
            next_step="Set {option} to more than 0 and at most {highest} seconds.",
            option=Option("timeout"),
            seconds=seconds,
            highest=_MAX_TIMEOUT,
        )
    return seconds


def check_host(host: str | None) -> str:
    """Return the name or the address of a device if it is valid.

    :raises InvalidOptionError: ``invalid_option``.
    """
    option = Option("host")
    if not host:
        raise invalid(
            "{option} is empty", next_step="Set {option} to the name or the address of the device.", option=option
        )
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(bare)
        if _SCOPE.fullmatch(getattr(address, "scope_id", None) or ""):
            return str(address)
    except ValueError:
        if _is_host_name(host):
            return host
    raise invalid(
        "{option} is {host!r}, which is not a valid host name or address",
        next_step="Set {option} to the name or the address only. For port and protocol, set {port} and {protocol}.",
        option=option,
        host=host,
        port=Option("port"),
        protocol=Option("protocol"),
    )


def _is_host_name(text: str) -> bool:
    return bool(_HOST_NAME.fullmatch(text)) and max(map(len, text.split("."))) <= _MAX_LABEL


def _check_proxy(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = _PROXY.fullmatch(url)
        if parts and check_host(parts["host"]) and 0 < int(parts["port"] or 80) <= MAX_PORT:
            return url
    except InvalidOptionError:
        pass
    # Without the URL, which may contain a login.
    raise invalid(
        "{option} is not a valid URL of an HTTP proxy",
        next_step="Set {option} to a URL such as http://proxy.example.com:3128. A proxy with an https URL "
        "is not supported, but "
        "HTTPS to a camera stays encrypted through an HTTP proxy.",
        option=Option("proxy"),
    )


def _check_server_name(name: str | None) -> str | None:
    if name is None or _is_host_name(name):
        return name
    raise invalid(
        "{option} is {name!r}, which is not a valid host name",
        next_step="Set {option} to a name in the certificate, such as axis-b8a44f000001.",
        option=Option("tls_server_name"),
        name=name,
    )


def _check_login(parameters: Parameters) -> tuple[str, str]:
    username, password = parameters["username"], parameters["password"]
    options = {"username": Option("username"), "password": Option("password")}
    if username is None:
        raise invalid(
            "{username} is not set" if password else "{username} and {password} are not set",
            next_step="Set {username} and {password} (the password in a vault){play}.",
            play=IfNamed(PLAY_LOGIN, ", or run with --user and --ask-pass"),
            **options,
        )
    if password is None:
        raise invalid(
            "There is no password for user {user!r}",
            next_step="Run with --ask-pass, or set {username} and {password} (the password in a vault).",
            user=username,
            **options,
        )
    return check_credentials(username, password, options["username"], options["password"])


def check_credentials(
    username: str, password: str, username_option: Option, password_option: Option
) -> tuple[str, str]:
    """Return user and password if both can be sent.

    :raises InvalidOptionError: ``invalid_option``.
    """
    for name, value, option in (("username", username, username_option), ("password", password, password_option)):
        if not value:
            next_step = "Set {option} to the {name} of an account."
            raise invalid("{option} is empty", next_step=next_step, option=option, name=name)
    return _check_username(username, username_option), _check_printable(password, password_option)


def _check_username(username: str, option: Option) -> str:
    if ":" in username:
        raise invalid(
            "{option} is {user!r}, which has a colon",
            next_step="Set {option} to a user without a colon, which HTTP authentication does not support.",
            user=username,
            option=option,
        )
    if _check_printable(username, option) != username.strip():
        raise invalid(
            "{option} is {user!r}, which begins or ends with a space",
            next_step="Remove the space: no account of a device has such a name.",
            user=username,
            option=option,
        )
    return username


def _check_printable(text: str, option: Option) -> str:
    position = next((index for index, character in enumerate(text) if not character.isprintable()), None)
    if position is None:
        return text
    if not text[position:].strip("\r\n"):
        raise invalid(
            "{option} ends with a line break",
            next_step="Remove the line break. If the value is in a vault that was made with echo, encrypt it again "
            "with printf or echo -n, or add the filter trim to the template.",
            option=option,
        )
    raise invalid(
        "{option} has a character that is not printable at position {position}",
        next_step="Remove the character, which HTTP authentication may not support.",
        option=option,
        position=position + 1,
    )


def parse_fingerprint(text: str) -> str:
    """Return the SHA-256 of a certificate as 64 lowercase hexadecimal digits, from any common form.

    :raises InvalidOptionError: ``invalid_option``.
    """
    digits = text.lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
    if not _FINGERPRINT.fullmatch(digits):
        raise invalid(
            "{option} is {text!r}, which is not a valid SHA-256 fingerprint of a certificate",
            next_step="Set {option} to 64 hexadecimal digits, with or without colons.",
            option=Option("tls_fingerprint"),
            text=text,
        )
    return digits


def parse_serial(text: str) -> str:
    """Return a serial number as 12 hexadecimal digits in upper case, from any common form.

    :raises InvalidOptionError: ``invalid_option``.
    """
    serial = normalize_serial(text)
    if serial is None:
        # YAML reads some serial numbers without quotes as a number.
        raise invalid(
            "{option} is {text!r}, which is not a valid serial number",
            next_step="Set {option} to the 12 hexadecimal digits on the label of the device, in quotes, with or "
            "without colons.",
            option=Option("serial"),
            text=text,
        )
    return serial
