# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write: the argument specs, and from validated parameters to the typed values below.

The specs are Ansible's; what they cannot say (a pattern, a range, a pair) is checked here, before the first request.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import parse_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import stream_options_from
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import check_xml_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, DesiredGroup, Hold

Spec = dict[str, dict[str, Any]]
Parameters = Mapping[str, Any]

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
}

#: The holds, documented in the fragment ``holds``.
HOLDS_SPEC: Spec = {
    "holds": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "recording_group_id": {"type": "str", "required": True},
            "reason": {"type": "str", "required": True},
            "owner": {"type": "str", "required": True},
            "until": {"type": "str", "required": True},
        },
    },
}

#: One recording group.
GROUP_SPEC: Spec = {
    "recording_group_id": {"type": "str", "aliases": ["id", "recordinggroupid"]},
    "nice_name": {"type": "str", "aliases": ["name", "nicename"]},
    "description": {"type": "str"},
    "retention_time": {"type": "str", "aliases": ["retentiontime"]},
    "disk_id": {"type": "list", "elements": "str", "aliases": ["diskid"]},
    "stream_options": {"type": "raw", "aliases": ["streamoptions"]},
    "pre_duration": {"type": "int", "aliases": ["preduration"]},
    "post_duration": {"type": "int", "aliases": ["postduration"]},
}

DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_PROXY = re.compile(
    r"http://(?:[^\s/?#@]*@)?(?P<host>\[[^\s/?#@\]]+\]|[^\s/?#@:\[\]]+)(?::(?P<port>\d{1,5}))?/?", re.ASCII
)
_LONGEST_LABEL = 63
_LAST_PORT = 65535
_SCOPE = re.compile(r"[A-Za-z0-9_.-]*")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
# Ids hold nothing else, so that a pattern with another character, or a bracket without its other one, could match no
# group and would protect nothing.
_GROUP_PATTERN = re.compile(r"(?:[A-Za-z0-9_*?-]|\[!?[A-Za-z0-9_*?-][A-Za-z0-9_*?!-]*\])+")
_GROUP_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
# Nothing shorter or looser: a hold that is misread may end too early.
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?P<time>[T ]\d{2}:\d{2}(:\d{2}(\.\d{3}(\d{3})?)?)?([Zz]|[+-]\d{2}:\d{2})?)?", re.ASCII
)


def device_from(parameters: Parameters, *, with_login: bool = True) -> ConnectionSettings:
    """The device that validated parameters name.

    :param with_login: whether a user and a password must be there.

    :raises InvalidOptionError: ``invalid_option``.
    """
    protocol, auth = parameters["protocol"], parameters["auth"]
    if auth == "basic" and protocol == "http":
        raise invalid_option(
            "auth: basic with protocol: http would send the password in clear text", "Use protocol: https."
        )
    port = parameters["port"]
    port = DEFAULT_PORTS[protocol] if port is None else _within("port", port, 1, _LAST_PORT)
    if not 0 < parameters["timeout"] <= 3600:
        raise invalid_option(f"timeout is {parameters['timeout']:g}", "Give seconds, more than 0 and at most 3600.")
    username, password = _login(parameters) if with_login else ("", "")
    return ConnectionSettings(
        host=_host(parameters["host"]),
        port=port,
        protocol=protocol,
        username=username,
        password=password,
        auth=auth,
        tls=TLSSettings(
            validate=parameters["validate_certs"],
            ca_path=parameters["ca_path"],
            server_name=_server_name(parameters["tls_server_name"]),
            fingerprint=None if (pin := parameters["tls_fingerprint"]) is None else fingerprint_from(pin),
        ),
        timeout=parameters["timeout"],
        retries=_within("retries", parameters["retries"], 0, 10),
        proxy=_proxy(parameters["proxy"]),
    )


def _host(host: str | None) -> str:
    if not host:
        raise invalid_option("host is empty", "Give the name or the address of the device.")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(bare)
        if _SCOPE.fullmatch(getattr(address, "scope_id", None) or ""):
            return str(address)
    except ValueError:
        if _is_name(host):
            return host
    raise invalid_option(
        f"host is {host!r}, which is neither a name nor an address",
        "Give the name or the address alone; the port and the protocol have options of their own.",
    )


def _is_name(text: str) -> bool:
    return bool(_HOST_NAME.fullmatch(text)) and max(map(len, text.split("."))) <= _LONGEST_LABEL


def _proxy(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = _PROXY.fullmatch(url)
        if parts and _host(parts["host"]) and 0 < int(parts["port"] or 80) <= _LAST_PORT:
            return url
    except InvalidOptionError:
        pass  # its words would be about the option host, and could show the login
    raise invalid_option(
        "proxy is not the URL of an HTTP proxy",
        "Write it like http://proxy.example.com:3128. A proxy that is itself reached over TLS is not supported; what "
        "goes to a camera over HTTPS is encrypted all the way.",
    )


def _server_name(name: str | None) -> str | None:
    if name is None or _is_name(name):
        return name
    raise invalid_option(
        f"tls_server_name is {name!r}, which is not a name",
        "Give the name that stands in the certificate, such as axis-b8a44f000001.",
    )


def _login(parameters: Parameters) -> tuple[str, str]:
    username, password = parameters["username"], parameters["password"]
    if not username or not password:
        missing = " and ".join(name for name in ("username", "password") if not parameters[name])
        raise invalid_option(
            f"There is no {missing} for the device",
            "Set axis_username and axis_password for the host (the password in a vault), or both options, or run with "
            "--user and --ask-pass.",
        )
    if ":" in username or not username.isprintable() or not password.isprintable():
        raise invalid_option(
            "The username has a colon, or username or password has a control character",
            "HTTP logins cannot carry these; correct them.",
        )
    return username, password


def _within(name: str, number: int, lowest: int, highest: int) -> int:
    if not lowest <= number <= highest:
        raise invalid_option(f"{name} is {number}", f"Give a whole number from {lowest} to {highest}.")
    return number


def fingerprint_from(written: str) -> str:
    """The SHA-256 of a certificate in its one form, 64 lower-case hexadecimal digits, from any form that people write.

    :raises InvalidOptionError: ``invalid_option``.
    """
    digits = written.lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
    if not _FINGERPRINT.fullmatch(digits):
        raise invalid_option(
            "tls_fingerprint is not the SHA-256 of a certificate",
            "Give its 64 hexadecimal digits, with or without colons.",
        )
    return digits


def group_from(parameters: Parameters) -> DesiredGroup:
    """The group that validated parameters ask for.

    :raises InvalidOptionError: ``invalid_option``.
    """
    recording_group_id, nice_name = parameters["recording_group_id"], parameters["nice_name"]
    if recording_group_id is None and not nice_name:
        raise invalid_option(
            "Neither recording_group_id nor nice_name is given", "Say which recording group is meant with one of them."
        )
    if recording_group_id is not None:
        group_id_from(parameters)
    return desired_from(parameters, recording_group_id, present=parameters.get("state", "present") == "present")


def group_id_from(parameters: Parameters) -> str:
    """The id of a group that validated parameters give.

    :raises InvalidOptionError: ``invalid_option``.
    """
    recording_group_id = str(parameters["recording_group_id"])
    if not _GROUP_ID.fullmatch(recording_group_id):
        raise invalid_option(
            f"recording_group_id is {recording_group_id!r}",
            "Use 1 to 50 of the characters A-Z, a-z, 0-9, _ and -.",
        )
    return recording_group_id


def desired_from(parameters: Parameters, recording_group_id: str | None, *, present: bool) -> DesiredGroup:
    return DesiredGroup(
        present=present,
        recording_group_id=recording_group_id,
        nice_name=text_from("nice_name", parameters["nice_name"]),
        description=text_from("description", parameters["description"]),
        retention_time=retention_time_from("retention_time", parameters["retention_time"]),
        disk_ids=_disk_ids(parameters["disk_id"]),
        stream_options=None if (options := parameters["stream_options"]) is None else stream_options_from(options),
        pre_duration=_duration("pre_duration", parameters["pre_duration"]),
        post_duration=_duration("post_duration", parameters["post_duration"]),
    )


def retention_time_from(name: str, written: str | None) -> int | None:
    return None if written is None else parse_retention_time(written, Option(name))


def text_from(name: str, text: str | None) -> str | None:
    return None if text is None else check_xml_text(text, Option(name))


def _disk_ids(disk_ids: list[str] | None) -> tuple[str, ...] | None:
    if disk_ids is None:
        return None
    if not disk_ids or not all(disk_ids):
        raise invalid_option("disk_id is empty", "Name a disk such as SD_DISK, or leave the option out.")
    return tuple(str(text_from("disk_id", disk_id)) for disk_id in disk_ids)


def _duration(name: str, milliseconds: int | None) -> int | None:
    return None if milliseconds is None else _within(name, milliseconds, 0, 2**31 - 1)


def allowances_from(parameters: Parameters, now: datetime) -> Allowances:
    """What validated parameters allow, and the holds against it.

    :raises InvalidOptionError: ``invalid_option``.
    """
    holds = tuple(hold_from(item, f"holds[{number}]") for number, item in enumerate(parameters["holds"]))
    return Allowances(
        recording_loss=parameters.get("allow_recording_loss", False),
        holds=holds,
        now=now,
        recording_stop=parameters.get("allow_recording_stop", False),
    )


def hold_from(parameters: Parameters, where: str) -> Hold:
    """One hold; every field of it must say something."""
    for name in ("recording_group_id", "reason", "owner", "until"):
        if not parameters[name].strip():
            raise invalid_option(f"{where}.{name} is empty", "A hold needs a group, a reason, an owner and an end.")
    check_pattern(f"{where}.recording_group_id", parameters["recording_group_id"])
    return Hold(
        parameters["recording_group_id"], parameters["reason"], parameters["owner"], _end(parameters["until"], where)
    )


def check_pattern(where: str, pattern: str) -> None:
    if not _GROUP_PATTERN.fullmatch(pattern):
        raise invalid_option(
            f"{where} is {pattern!r}, which no group can match",
            "Ids are made of A-Z, a-z, 0-9, _ and -; a pattern adds *, ? and [...].",
        )


def _end(written: str, where: str) -> datetime:
    match = _MOMENT.fullmatch(written.strip())
    try:
        if match is None:
            raise ValueError(written)
        # Before Python 3.11, fromisoformat does not know the Z.
        moment = datetime.fromisoformat(re.sub(r"[Zz]\Z", "+00:00", match[0]))
        if match["time"] is None:
            moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
        return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise invalid_option(
            f"{where}.until is {written!r}, which is not a date",
            "Write a date (2027-01-31, it ends with that day in UTC) or a moment (2027-01-31T12:00:00Z).",
        ) from error
