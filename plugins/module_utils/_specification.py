# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write: the argument specs, and from validated parameters to the typed values below.

The specs are Ansible's; what they cannot say (a pattern, a range, a pair) is checked here, before the first request.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._device import Device
from ansible_collections.camfleet.axis.plugins.module_utils._duration import describe, order, parse_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._errors import Refused, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._plan import Allowances, DesiredGroup, Hold
from ansible_collections.camfleet.axis.plugins.module_utils._policy import Match, Policy, Rule
from ansible_collections.camfleet.axis.plugins.module_utils._records import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._stream_options import (
    format_stream_options,
    parse_stream_options,
)
from ansible_collections.camfleet.axis.plugins.module_utils._transport import Trust

Spec = dict[str, dict[str, Any]]
Parameters = Mapping[str, Any]
_Entry = TypeVar("_Entry")

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

#: A whole device against a policy.
POLICY_SPEC: Spec = {
    "groups": {"type": "list", "elements": "dict", "default": [], "options": GROUP_SPEC},
    "existing": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "match": {
                "type": "dict",
                "required": True,
                "options": {
                    "recording_group_id": {"type": "str", "aliases": ["id", "recordinggroupid"]},
                    "nice_name": {"type": "str", "aliases": ["name", "nicename"]},
                    "stream_options": {"type": "dict", "aliases": ["streamoptions"]},
                },
            },
            **{name: option for name, option in GROUP_SPEC.items() if name != "recording_group_id"},
        },
    },
    "purge": {"type": "bool", "default": False},
    "purge_match": {"type": "list", "elements": "str", "default": []},
    "retention_minimum": {"type": "str"},
    "retention_maximum": {"type": "str"},
    "unexpected": {"type": "str", "choices": ["report", "ignore"], "default": "report"},
    "on_refused": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "allow_recording_loss": {"type": "bool", "default": False},
}

_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_PROXY = re.compile(r"https?://[^\s/]+/?")
_LONGEST_LABEL = 63
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
# What XML 1.0 cannot carry, so no device could give it back.
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def device_from(parameters: Parameters) -> Device:
    """The device that validated parameters name.

    :raises Refused: ``invalid_option``.
    """
    protocol, auth = parameters["protocol"], parameters["auth"]
    if auth == "basic" and protocol == "http":
        raise invalid_option(
            "auth: basic with protocol: http would send the password in clear text", "Use protocol: https."
        )
    port = parameters["port"]
    port = _DEFAULT_PORTS[protocol] if port is None else _within("port", port, 1, 65535)
    if not 0 < parameters["timeout"] <= 3600:
        raise invalid_option(f"timeout is {parameters['timeout']:g}", "Give seconds, more than 0 and at most 3600.")
    if (proxy := parameters["proxy"]) is not None and not _PROXY.fullmatch(proxy):
        raise invalid_option("proxy is not the URL of a proxy", "Write it like http://proxy.example.com:3128.")
    username, password = _login(parameters)
    return Device(
        host=_host(parameters["host"]),
        port=port,
        protocol=protocol,
        username=username,
        password=password,
        auth=auth,
        trust=Trust(
            validate=parameters["validate_certs"],
            ca_path=parameters["ca_path"],
            server_name=_server_name(parameters["tls_server_name"]),
            fingerprint=_fingerprint(parameters["tls_fingerprint"]),
        ),
        timeout=parameters["timeout"],
        retries=_within("retries", parameters["retries"], 0, 10),
        proxy=proxy,
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
        if _HOST_NAME.fullmatch(host):
            return host
    raise invalid_option(
        f"host is {host!r}, which is neither a name nor an address",
        "Give the name or the address alone; the port and the protocol have options of their own.",
    )


def _server_name(name: str | None) -> str | None:
    if name is None or (_HOST_NAME.fullmatch(name) and max(map(len, name.split("."))) <= _LONGEST_LABEL):
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
            "Set axis_username and axis_password for the host (the password in a vault), or both options.",
        )
    if ":" in username or not username.isprintable() or not password.isprintable():
        raise invalid_option(
            "The username has a colon, or username or password has a control character",
            "HTTP logins cannot carry these; correct them.",
        )
    return username, password


def _fingerprint(written: str | None) -> str | None:
    if written is None:
        return None
    digits = written.lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
    if not _FINGERPRINT.fullmatch(digits):
        raise invalid_option(
            "tls_fingerprint is not the SHA-256 of a certificate",
            "Give its 64 hexadecimal digits, with or without colons.",
        )
    return digits


def _within(name: str, number: int, lowest: int, highest: int) -> int:
    if not lowest <= number <= highest:
        raise invalid_option(f"{name} is {number}", f"Give a whole number from {lowest} to {highest}.")
    return number


def group_from(parameters: Parameters) -> DesiredGroup:
    """The group that validated parameters ask for.

    :raises Refused: ``invalid_option``.
    """
    recording_group_id, nice_name = parameters["recording_group_id"], parameters["nice_name"]
    if recording_group_id is None and not nice_name:
        raise invalid_option(
            "Neither recording_group_id nor nice_name is given", "Say which recording group is meant with one of them."
        )
    if recording_group_id is not None and not _GROUP_ID.fullmatch(recording_group_id):
        raise invalid_option(
            f"recording_group_id is {recording_group_id!r}",
            "Use 1 to 50 of the characters A-Z, a-z, 0-9, _ and -.",
        )
    return _desired(parameters, recording_group_id, present=parameters.get("state", "present") == "present")


def _desired(parameters: Parameters, recording_group_id: str | None, *, present: bool) -> DesiredGroup:
    return DesiredGroup(
        present=present,
        recording_group_id=recording_group_id,
        nice_name=_text("nice_name", parameters["nice_name"]),
        description=_text("description", parameters["description"]),
        retention_time=_retention_time("retention_time", parameters["retention_time"]),
        disk_ids=_disk_ids(parameters["disk_id"]),
        stream_options=_stream_options(parameters["stream_options"]),
        pre_duration=_duration("pre_duration", parameters["pre_duration"]),
        post_duration=_duration("post_duration", parameters["post_duration"]),
    )


def _retention_time(name: str, written: str | None) -> int | None:
    return None if written is None else parse_retention_time(written, name)


def policy_from(parameters: Parameters) -> Policy:
    """The policy that validated parameters describe.

    :raises Refused: ``invalid_option``, naming the entry that is wrong.
    """
    policy = Policy(
        groups=_entries("groups", parameters["groups"], group_from),
        rules=_entries("existing", parameters["existing"], _rule),
        purge=_purge(parameters["purge"], parameters["purge_match"]),
        # An empty variable of a play arrives as an empty text.
        minimum=_retention_time("retention_minimum", parameters["retention_minimum"] or None),
        maximum=_retention_time("retention_maximum", parameters["retention_maximum"] or None),
        reports_unexpected=parameters["unexpected"] == "report",
    )
    if policy == Policy(reports_unexpected=policy.reports_unexpected):
        raise invalid_option(
            "The policy is empty", "Give at least one of groups, existing, purge, retention_minimum, retention_maximum."
        )
    _check_identities(policy.groups)
    _check_rules(policy)
    _check_bounds(policy)
    return policy


def _entries(name: str, items: Sequence[Parameters], read: Callable[[Parameters], _Entry]) -> tuple[_Entry, ...]:
    entries = []
    for number, item in enumerate(items):
        try:
            entries.append(read(item))
        except Refused as error:
            raise invalid_option(f"{name}[{number}]: {error.what}", error.next_step) from error
    return tuple(entries)


def _rule(parameters: Parameters) -> Rule:
    match = parameters["match"]
    options = match["stream_options"] or {}
    for name, value in options.items():
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise invalid_option(f"match.stream_options.{name} is not a text", "Put the pattern in quotes.")
    if not any((match["recording_group_id"], match["nice_name"], options)):
        raise invalid_option(
            "match is empty", "Give a pattern for recording_group_id, nice_name or stream_options; '*' is every group."
        )
    if match["recording_group_id"]:
        _check_pattern("match.recording_group_id", match["recording_group_id"])
    return Rule(
        Match(
            match["recording_group_id"] or None,
            match["nice_name"] or None,
            tuple((str(name), str(value)) for name, value in options.items()),
        ),
        _desired(parameters, None, present=True),
    )


def _purge(purge: bool, patterns: Sequence[str]) -> tuple[str, ...]:
    for number, pattern in enumerate(patterns):
        _check_pattern(f"purge_match[{number}]", pattern)
    if purge and not patterns:
        raise invalid_option(
            "purge is true and purge_match is not given",
            "Say with patterns in purge_match which groups may be purged; '*' is all that the policy does not name.",
        )
    return tuple(patterns) if purge else ()


def _check_identities(groups: Sequence[DesiredGroup]) -> None:
    for number, group in enumerate(groups):
        for earlier, other in enumerate(groups[:number]):
            same_name = fold_text(group.nice_name or "") == fold_text(other.nice_name or "")
            if group.recording_group_id is not None and group.recording_group_id == other.recording_group_id:
                raise invalid_option(
                    f"groups[{number}] has the same recording_group_id {group.recording_group_id} as entry {earlier}",
                    "Merge the entries.",
                )
            if same_name and None in (group.recording_group_id, other.recording_group_id):
                raise invalid_option(
                    f"groups[{number}] has the same nice_name {group.nice_name!r} as entry {earlier}; one has no id",
                    "Give each of the entries a recording_group_id.",
                )


def _check_rules(policy: Policy) -> None:
    """Refuse a rule whose groups would be something else to the next run, which might even purge them."""
    found_by_name = {fold_text(item.nice_name or "") for item in policy.groups if item.recording_group_id is None}
    for number, rule in enumerate(policy.rules):
        where, wanted = f"existing[{number}]", rule.wanted
        if not rule.match.may_fit(wanted):
            raise invalid_option(
                f"{where}: its match does not fit the nice_name or stream_options that it sets, so that the next run "
                "would not know the groups",
                "Match by recording_group_id, or leave that field out.",
            )
        for earlier, other in enumerate(policy.rules[:number]):
            if other.match.looks_at(wanted) and other.match.may_fit(wanted):
                raise invalid_option(
                    f"{where}: the nice_name or stream_options that it sets fits existing[{earlier}], which comes "
                    "before it and would count in the next run",
                    f"Put it before existing[{earlier}].",
                )
        if wanted.nice_name is not None and fold_text(wanted.nice_name) in found_by_name:
            raise invalid_option(
                f"{where}: nice_name {wanted.nice_name!r} is the one by which an entry of groups without id is found",
                "Give that entry a recording_group_id.",
            )


def _check_bounds(policy: Policy) -> None:
    minimum, maximum = policy.minimum, policy.maximum
    if minimum is not None and maximum is not None and order(minimum) > order(maximum):
        raise invalid_option(
            f"retention_minimum {describe(minimum)} is above retention_maximum {describe(maximum)}",
            "Swap them, or correct one.",
        )
    entries = [(f"groups[{number}]", group) for number, group in enumerate(policy.groups)]
    entries += [(f"existing[{number}]", rule.wanted) for number, rule in enumerate(policy.rules)]
    for where, wanted in entries:
        hours = wanted.retention_time
        below = hours is not None and minimum is not None and order(hours) < order(minimum)
        above = hours is not None and maximum is not None and order(hours) > order(maximum)
        if hours is not None and (below or above):
            raise invalid_option(
                f"{where}: retention_time {describe(hours)} is {'below' if below else 'above'} the policy's own "
                f"retention_{'minimum' if below else 'maximum'}",
                "Correct one of the two.",
            )


def _text(name: str, text: str | None) -> str | None:
    if text is not None and (found := _NOT_IN_XML.search(text)):
        raise invalid_option(
            f"{name} has the character {found.group()!r} at position {found.start()}",
            "Remove it: the answers of a device are XML, which cannot hold it.",
        )
    return text


def _disk_ids(disk_ids: list[str] | None) -> tuple[str, ...] | None:
    if disk_ids is None:
        return None
    if not disk_ids or not all(disk_ids):
        raise invalid_option("disk_id is empty", "Name a disk such as SD_DISK, or leave the option out.")
    return tuple(str(_text("disk_id", disk_id)) for disk_id in disk_ids)


def _stream_options(written: object) -> str | None:
    if written is None:
        return None
    if isinstance(written, Mapping):
        pairs = {str(name): str(value) for name, value in written.items()}
        for part in (*pairs, *pairs.values()):
            _text("stream_options", part)
        text = format_stream_options(pairs)
    else:
        text = str(written)
        if re.search(r"[\r\n\t]", text):
            raise invalid_option("stream_options has a line break or a tab", "Write them in one line without blanks.")
    parse_stream_options(text)
    return _text("stream_options", text)


def _duration(name: str, milliseconds: int | None) -> int | None:
    return None if milliseconds is None else _within(name, milliseconds, 0, 2**31 - 1)


def allowances_from(parameters: Parameters, now: datetime) -> Allowances:
    """What validated parameters allow, and the holds against it.

    :raises Refused: ``invalid_option``.
    """
    holds = tuple(hold_from(item, f"holds[{number}]") for number, item in enumerate(parameters["holds"]))
    return Allowances(recording_loss=parameters["allow_recording_loss"], holds=holds, now=now)


def hold_from(parameters: Parameters, where: str) -> Hold:
    """One hold; every field of it must say something."""
    for name in ("recording_group_id", "reason", "owner", "until"):
        if not parameters[name].strip():
            raise invalid_option(f"{where}.{name} is empty", "A hold needs a group, a reason, an owner and an end.")
    _check_pattern(f"{where}.recording_group_id", parameters["recording_group_id"])
    return Hold(
        parameters["recording_group_id"], parameters["reason"], parameters["owner"], _end(parameters["until"], where)
    )


def _check_pattern(where: str, pattern: str) -> None:
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
