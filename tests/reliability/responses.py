# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real responses to every call, the function that reads each of them, and mutations that no device sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, ActionRule
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import ALL_SUBSETS, gather
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import TaskProgress
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    run_recording_group_info,
    run_retention_policy,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import find_api, get_device_info
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recordings import get_recording_span
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import get_disk_health, list_disk_details
from tests.parameters import DEFAULTS, policy_parameters
from tests.simulator import Fleet

_RULE = ActionRule("", "Rule", True, ALWAYS, None, "2")
Responses = Mapping[Call, bytes]


class Stub:
    """A session with prepared responses."""

    serial: str | None = None
    settings = ConnectionSettings("192.0.2.1", 80, "http", "operator", "operator-pass")

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def call(self, call: Call, arguments: object = (), body: bytes = b"") -> bytes:
        """Return the response to a call."""
        return self._responses[call]

    def read_certificate(self) -> None:
        """Return no certificate, as a session over HTTP."""


def _gather(session: Any) -> object:
    return gather(session, ALL_SUBSETS, TaskProgress("192.0.2.1"))


#: Each call with a response that is read, and the function that reads it.
READERS: dict[str, tuple[Call, Callable[[Any], object]]] = {
    "list": (calls.LIST_GROUPS, lambda session: RecordingGroups(session).list()),
    "create": (calls.CREATE_GROUP, lambda session: RecordingGroups(session).create(RecordingGroup("a"))),
    "update": (calls.UPDATE_GROUP, lambda session: RecordingGroups(session).update(RecordingGroup("a"), [])),
    "delete": (calls.DELETE_GROUP, lambda session: RecordingGroups(session).delete("a")),
    "schemaversions": (calls.SCHEMA_VERSIONS, _gather),
    "disks/list": (calls.LIST_DISKS, list_disk_details),
    "disks/gethealth": (calls.DISK_HEALTH, get_disk_health),
    "record/list": (calls.LIST_RECORDINGS, lambda session: get_recording_span(session, "SD_DISK")),
    "apidiscovery": (calls.API_DISCOVERY, lambda session: find_api(session, "recording-group")),
    "basicdeviceinfo": (calls.DEVICE_INFO, get_device_info),
    "GetActionConfigurations": (calls.GET_ACTION_CONFIGURATIONS, lambda session: ActionService(session).list()),
    "GetActionRules": (calls.GET_ACTION_RULES, _gather),
    "AddActionConfiguration": (
        calls.ADD_ACTION_CONFIGURATION,
        lambda session: ActionService(session).add_configuration("a", "a"),
    ),
    "AddActionRule": (calls.ADD_ACTION_RULE, lambda session: ActionService(session).add_rule(_RULE)),
    "RemoveActionRule": (calls.REMOVE_ACTION_RULE, lambda session: ActionService(session).remove_rule("1")),
    "RemoveActionConfiguration": (
        calls.REMOVE_ACTION_CONFIGURATION,
        lambda session: ActionService(session).remove_configuration("1"),
    ),
}
#: The error code of the simulator, by call.
ERROR_CODES = {"list": 20, "create": 120, "disks/gethealth": 10, "apidiscovery": 2004, "basicdeviceinfo": 2001}


@cache
def real_responses() -> dict[Call, bytes]:
    """Return the response of the simulator to each call."""
    with Fleet() as fleet:
        device = fleet.add("camera_10_12")
        for key in ("b", "c"):
            device.plant_group(recording_group_id=key, nice_name="Tür", retention_time=720, stream_options="a=1&b=%20")
            device.plant_recordings(key, 3)
            device.plant_recording(key, name="Rule", start_event=(ALWAYS[0].topic, ALWAYS[0].message))
        session = Session(ConnectionSettings("127.0.0.1", device.port, "http", "operator", "operator-pass"))
        found: dict[Call, bytes] = {}

        class RecordingStub(Stub):
            def call(self, call: Call, arguments: Any = (), body: bytes = b"") -> bytes:
                return found.setdefault(call, session.call(call, arguments, body))

        for name, (_call, reader) in READERS.items():
            if name not in _NEED_IDS:
                reader(RecordingStub({}))
        service = ActionService(RecordingStub({}))  # type: ignore[arg-type]
        configuration_id = service.add_configuration("a", "a")
        rule_id = service.add_rule(ActionRule("", "Rule", True, ALWAYS, None, configuration_id))
        service.remove_rule(rule_id)
        service.remove_configuration(configuration_id)
        return found


_NEED_IDS = frozenset({"AddActionConfiguration", "AddActionRule", "RemoveActionRule", "RemoveActionConfiguration"})


@cache
def error_responses() -> dict[str, bytes]:
    """Return the error responses of the simulator to some calls."""
    with Fleet() as fleet:
        device = fleet.add("camera_12_9")
        session = Session(ConnectionSettings("127.0.0.1", device.port, "http", "operator", "operator-pass"))
        for name, code in ERROR_CODES.items():
            device.plant_fault("error_code", call=name if "/" in name else f"*{name}", code=code, description="Why.")
        device.plant_fault("soap_fault", call="action/*", detail="aa:InvalidConditionFilterFault", reason="Why.")
        names = [*ERROR_CODES, "GetActionConfigurations"]
        return {name: session.call(READERS[name][0], [("schemaversion", "1")], b'{"method": "x"}') for name in names}


def read(name: str, body: bytes) -> Any:
    """Return what is read from one response, as plain data; all others are real."""
    call, reader = READERS[name]
    return to_plain_data(reader(Stub({**real_responses(), call: body})))


def to_plain_data(found: Any) -> Any:
    """Return data that can be serialized."""
    if is_dataclass(found) and not isinstance(found, type):
        return asdict(found)
    if isinstance(found, Mapping):
        return {str(key): to_plain_data(value) for key, value in found.items()}
    return [to_plain_data(item) for item in found] if isinstance(found, (list, tuple)) else found


POLICY = policy_parameters(
    groups=[{"recording_group_id": "b", "nice_name": "Door", "recording": "always"}, {"nice_name": "Gate"}],
    existing_groups=[
        {"match": {"stream_options": {"a0": "x"}}, "description": "x"},
        {"match": {"recording_group_id": "a1*"}, "stream_options": "fps=5", "retention_time": "1"},
    ],
    purge=True,
    purge_match=["*"],
    on_refused="report",
    holds=[{"recording_group_id": "a2*", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}],
)


def run_with(responses: Responses) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the results of the info module and of a policy in check mode; all other responses are real."""

    def session(_device: object) -> Any:
        return Stub({**real_responses(), **responses})

    options: Any = {"diff": True, "open_session": session, "warn": lambda _text: None}
    info = run_recording_group_info({**DEFAULTS, "gather": [*ALL_SUBSETS]}, check_mode=False, **options)
    return info, run_retention_policy(POLICY, check_mode=True, **options)


# Mutations.

_TOKEN = re.compile(rb"<[^>]*>|\"[^\"]*\"|[^<\"]+")
#: A value in XML or JSON.
VALUE = re.compile(rb"(?<=\")[^\"<>]*(?=\")|(?<=>)[^<>\"]+(?=<)|(?<=[:,\[])[^\[\]{},:\"]+(?=[,}\]])")
_NAME = re.compile(rb"(?<=[</ ])[A-Za-z][\w:-]*")
NUMBERS = (b"-1", b"0", b"NaN", b"1e999", b"-0", b"+5", b" 7 ", b"1_0", b"0x1", b"9" * 19, b"9" * 400, b"9" * 5000)
_TEXTS = (
    "",
    "٣",
    "²",
    "Ⅷ",
    "\u2028",
    "\U0001f3a5",
    "\x85",
    "&#1114112;",
    "&#0;",
    "&x;",
    "&amp;",
    "]]>",
    "\\ud800",
    "\\u0000",
)
PIECES = (
    *NUMBERS,
    *(text.encode() for text in _TEXTS),
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"<", b">", b"&", b'"', b"'", b"</", b"/>", b"\r\n", b"\t"),
    *(b"<!-- x -->", b"<?pi x?>", b"<![CDATA[x]]>", b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY x "y">]>'),
    *(b' xmlns="urn:x"', b' xmlns:a="urn:x"', b"a:", b' a="1" a="2"', b'<?xml version="1.1"?>'),
    *(
        b"null",
        b"true",
        b"[]",
        b"{}",
        b"[[1]]",
        b'{"a":1,"a":2}',
        b'"error":{"code":"x"},',
        b'"data":[],',
        b"1" + b"0" * 400,
    ),
    *(b"<a/>" * 50, b"<a>" * 300, b"[" * 2000, b"{" * 2000, b'{"a":' * 2000),
)
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "iso-8859-1", "cp500", "utf-7", "ascii")
mutation_strategy = st.tuples(
    st.sampled_from(
        [
            *("value", "value", "value", "flip", "insert", "remove", "double", "cut"),
            *("name", "swap", "drop", "twice", "encode", "declare", "wrap"),
        ]
    ),
    st.integers(0, 2**20),
    st.integers(0, 2**20),
    st.sampled_from(PIECES),
)
mutation_lists = st.lists(mutation_strategy, min_size=1, max_size=4)


def mutate(body: bytes, mutations: list[tuple[str, int, int, bytes]]) -> bytes:
    """Return a body after some mutations."""
    for kind, first, second, piece in mutations:
        body = _MUTATORS[kind](body or b"<", first, second, piece)
    return body


def _flip(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    index = first % len(body)
    return body[:index] + bytes([body[index] ^ (1 << second % 8)]) + body[index + 1 :]


def _span(body: bytes, first: int, second: int) -> tuple[int, int]:
    start = first % len(body)
    return start, min(start + 1 + second % 60, len(body))


def _remove(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    start, end = _span(body, first, second)
    return body[:start] + body[end:]


def _double(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    start, end = _span(body, first, second)
    return body[:end] + body[start:end] * (1 + second % 3) + body[end:]


def _insert(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    index = first % (len(body) + 1)
    return body[:index] + piece + body[index:]


def _replace(pattern: re.Pattern[bytes]) -> Callable[[bytes, int, int, bytes], bytes]:
    def replace(body: bytes, first: int, second: int, piece: bytes) -> bytes:
        found = [*pattern.finditer(body)]
        if not found:
            return body + piece
        match = found[first % len(found)]
        return body[: match.start()] + piece + body[match.end() :]

    return replace


def _tokens(rearrange: Callable[[list[bytes], int, int], None]) -> Callable[[bytes, int, int, bytes], bytes]:
    def change_tokens(body: bytes, first: int, second: int, piece: bytes) -> bytes:
        tokens = _TOKEN.findall(body) or [body]
        rearrange(tokens, first % len(tokens), second % len(tokens))
        return b"".join(tokens)

    return change_tokens


def _swap(tokens: list[bytes], first: int, second: int) -> None:
    tokens[first], tokens[second] = tokens[second], tokens[first]


def _encode(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    return body.decode("utf-8", "replace").encode(_ENCODINGS[first % len(_ENCODINGS)], "replace")


def _declare(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    rest = re.sub(rb"<\?xml[^>]*\?>", b"", body)
    return f'<?xml version="1.0" encoding="{_ENCODINGS[first % len(_ENCODINGS)]}"?>'.encode() + rest


def _wrap(body: bytes, first: int, second: int, piece: bytes) -> bytes:
    depth = (1, 255, 300, 10_000)[first % 4]
    before, after = ((b"<a>", b"</a>"), (b"[", b"]"), (b'{"data":', b"}"))[second % 3]
    return before * depth + body + after * depth


_MUTATORS: dict[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "flip": _flip,
    "insert": _insert,
    "remove": _remove,
    "double": _double,
    "cut": lambda body, first, second, piece: body[: first % len(body)],
    "value": _replace(VALUE),
    "name": _replace(_NAME),
    "swap": _tokens(_swap),
    "drop": _tokens(lambda tokens, first, second: tokens.pop(first) and None),
    "twice": _tokens(lambda tokens, first, second: tokens.insert(second, tokens[first])),
    "encode": _encode,
    "declare": _declare,
    "wrap": _wrap,
}


# Large responses, by what they contain; each function takes the size in bytes.


def _repeat(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


def _repeat_numbered(piece: bytes, size: int) -> bytes:
    return b"".join(piece % number for number in range(size // (len(piece) + 4)))


def _list_response(inner: bytes) -> bytes:
    return b"<RecordingGroupResponse><ListSuccess>%s</ListSuccess></RecordingGroupResponse>" % inner


def _soap_response(operation: bytes, inner: bytes) -> bytes:
    return b"<Envelope><Body><Get%sResponse><%s>%s</%s></Get%sResponse></Body></Envelope>" % (
        *(operation, operation, inner, operation, operation),
    )


def _stream_options_response(size: int) -> bytes:
    # An element has at most 32 KiB.
    group = b'<RecordingGroup RecordingGroupId="a%%d" RetentionTime="0" StreamOptions="%s"/>'
    return _list_response(_repeat_numbered(group % b"&amp;".join(b"a%d=" % number for number in range(2800)), size))


_GROUP = b'<RecordingGroup RecordingGroupId="a%d" RetentionTime="0"/>'
_CONFIGURATION = (
    b"<ActionConfiguration><ConfigurationID>%d</ConfigurationID><Parameters>"
    b'<Parameter Name="recording_group_id" Value="a"/></Parameters></ActionConfiguration>'
)
_LISTED_RULE = b"<ActionRule><RuleID>%d</RuleID><PrimaryAction>1</PrimaryAction></ActionRule>"
#: The calls with a large response, and the functions that build it, by what it contains.
LARGE: dict[str, dict[Call, Callable[[int], bytes]]] = {
    "empty elements": {calls.LIST_GROUPS: lambda size: _list_response(_repeat(b"<a/>", size))},
    "elements and text": {calls.LIST_GROUPS: lambda size: _list_response(_repeat(b"<a/>x", size))},
    "elements with attributes": {calls.LIST_GROUPS: lambda size: _list_response(_repeat(b'<a b=""/>', size))},
    "elements in namespaces": {
        calls.LIST_GROUPS: lambda size: _list_response(_repeat_numbered(b'<a xmlns="u%d"/>', size))
    },
    "names": {calls.LIST_GROUPS: lambda size: _list_response(_repeat_numbered(b"<a%d/>", size))},
    "depth": {calls.LIST_GROUPS: lambda size: _repeat(b"<a>", size)},
    "brackets": {calls.LIST_GROUPS: lambda size: _repeat(b"<", size)},
    "comments": {calls.LIST_GROUPS: lambda size: _list_response(_repeat(b"<!---->", size))},
    "text": {calls.LIST_GROUPS: lambda size: _list_response(_repeat(b"x", size))},
    "attributes": {
        calls.LIST_GROUPS: lambda size: b"<RecordingGroupResponse %s/>" % _repeat_numbered(b'a%d="" ', size)
    },
    "entities": {calls.LIST_GROUPS: lambda size: _list_response(_repeat(b"&x;", size))},
    "groups": {calls.LIST_GROUPS: lambda size: _list_response(_repeat_numbered(_GROUP, size))},
    "stream options": {calls.LIST_GROUPS: _stream_options_response},
    "configurations and rules": {
        calls.GET_ACTION_CONFIGURATIONS: lambda size: _soap_response(
            b"ActionConfigurations", _repeat_numbered(_CONFIGURATION, size)
        ),
        calls.GET_ACTION_RULES: lambda size: _soap_response(b"ActionRules", _repeat_numbered(_LISTED_RULE, size)),
    },
    "depth in JSON": {calls.API_DISCOVERY: lambda size: _repeat(b"[", size)},
    "objects in JSON": {calls.API_DISCOVERY: lambda size: _repeat(b'{"a":', size)},
    "digits in JSON": {calls.API_DISCOVERY: lambda size: b'{"data":%s}' % _repeat(b"9", size)},
    "names in JSON": {calls.DEVICE_INFO: lambda size: b'{"data":{%s"a":1}}' % _repeat_numbered(b'"a%d":1,', size)},
    "text in JSON": {
        calls.DEVICE_INFO: lambda size: b'{"error":{"code":1,"message":"%s"}}' % _repeat(b"\\u00e9", size)
    },
    "APIs": {
        calls.API_DISCOVERY: lambda size: b'{"data":{"apiList":[%s{}]}}' % _repeat(b'{"id":"recording-group"},', size)
    },
}
