# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write exchanges with a device so that nothing in them identifies a site or a person.

Only what has a rule is shown: see `ShownValues`. A body without rules is shown as its form and its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import parse_challenges
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import as_received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_headers import (
    CHARSETS,
    HeaderAnonymizer,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_json import JSONAnonymizer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_xml import XMLAnonymizer, show_topic
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues

_MAX_BODY = 12_000
_HTML = re.compile(rb"\s*(?:<!doctype|<html|<head|<body|<center|<h[1-6])", re.IGNORECASE)
_PATH = re.compile(r"/(?:axis-cgi|vapix|config)(?:/[a-z_]{1,40}){1,4}(?:\.cgi)?|/", re.ASCII)
_WRITES = frozenset({calls.CREATE_GROUP.path, calls.UPDATE_GROUP.path})
_OWN_ARGUMENTS = frozenset({"nicename", "description", "streamoptions"})
#: Names of arguments that the device check sends.
_ARGUMENTS = frozenset(
    {
        *("schemaversion", "recordinggroupid", "diskid", "nicename", "description", "streamoptions", "retentiontime"),
        *("preduration", "postduration", "recordingid", "maxnumberofresults", "startatresultnumber", "sortorder"),
        *("starttime", "stoptime", "eventid", "action", "group"),
    }
)
_FORM = "application/x-www-form-urlencoded"
_PARAMETER = re.compile(
    r"(?:root\.)?(?P<name>(?:Storage|Recording|Properties)(?:\.[A-Za-z0-9]{1,40}){1,5})=(?P<value>.*)"
)
_PARAMETER_VALUES = ("yes", "no", "true", "false", "fifo", "none", "ext4", "vfat", "cifs", "on", "off")
_DISK_OR_NUMBER = re.compile(r"-?[0-9]{1,12}|S[0-9]{1,2}", re.ASCII)
# Parameters of these names are of the firmware.
_PARAMETER_NAMES = frozenset(
    {
        *("Storage", "Recording", "Properties", "LocalStorage", "NetworkShare", "StorageLimit", "DefaultDiskId"),
        *("DefaultSplitDuration", "AutoRepair", "CleanupLevel", "CleanupMaxAge", "CleanupPolicyActive", "DiskID"),
        *("Enabled", "FileSystem", "Locked", "RequiredFileSystem", "MountOnBoot", "FriendlyName", "ExtraMountOptions"),
        *(f"S{number}" for number in range(16)),
    }
)


#: Choices of points, and schemes of authentication.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}(?: [A-Za-z0-9-]{1,20})?", re.ASCII)
_ENDING = re.compile(r"[/.*:|]{0,10}", re.ASCII)
Rule = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Message:
    """Headers and body of a request or a response in a profile."""

    headers: Mapping[str, str]
    body: str


class Anonymizer:
    """Writes the exchanges of one device check.

    :param identifiers: what identifies the site, and its kind, for example ``("host", "192.0.2.1")``.
    """

    def __init__(self, identifiers: Iterable[tuple[str, str | None]] = ()) -> None:
        self._identifiers = Identifiers()
        self.values = ShownValues(self._identifiers)
        self._headers = HeaderAnonymizer(self.values)
        self._xml = XMLAnonymizer(self.values)
        self._json = JSONAnonymizer(self.values)
        self._answers, self._answer_keys = _build_answer_rules(self.values)
        for kind, text in identifiers:
            self.identify(kind, text)

    def own(self, text: str) -> None:
        """Show a text that the device check made."""
        self.values.own(as_received(text))

    def identify(self, kind: str, text: str | None) -> None:
        """Replace a text everywhere from now on."""
        self._identifiers.add(kind, None if text is None else as_received(text))

    def learn(self, exchange: RawExchange) -> None:
        """Replace the serial numbers and the realms that a device shows everywhere from now on."""
        for challenge in parse_challenges(exchange.response_header("WWW-Authenticate")):
            self.identify("serial", challenge.serial)
            self.identify("realm", challenge.parameters.get("realm"))
        self._learn_own_texts(exchange.target)
        for found in re.findall(rb'"(?:Soc)?SerialNumber"\s*:\s*"([^"\\]{4,60})"', exchange.response_body[:65536]):
            text = found.decode("utf-8", "replace")
            self.identify("serial", normalize_serial(text) or text)

    def _learn_own_texts(self, target: str) -> None:
        """Show the texts of a write: a device check writes no others than its own."""
        path, _mark, query = target.partition("?")
        if path in _WRITES:
            for name, value in parse_qsl(query):
                if name in _OWN_ARGUMENTS:
                    self.values.own(value)

    def request(self, exchange: RawExchange) -> Message:
        """Return headers and body of a request."""
        headers = self._headers.request(exchange.headers)
        if any(name.lower() == "content-type" and value.startswith(_FORM) for name, value in exchange.headers):
            return Message(headers, self._show_arguments(exchange.body.decode("utf-8", "replace")))
        return Message(headers, self._body(exchange.body))

    def target(self, exchange: RawExchange) -> str:
        """Return path and query of a request, without percent-encoding."""
        path, mark, query = exchange.target.partition("?")
        return f"{path if _PATH.fullmatch(path) else '<path>'}{mark}{self._show_arguments(query)}"

    def response(self, exchange: RawExchange) -> Message:
        """Return headers and body of a response."""
        return Message(self._headers.response(exchange.response_headers), self._body(exchange.response_body))

    def text(self, text: str) -> str:
        """Return a sentence of the collection without what identifies the site."""
        return self._identifiers.redact(text)

    def quote(self, text: str) -> str:
        """Return a text of the device in quotes, for a sentence: own texts, numbers, versions, IDs of disks, topics."""
        rules = (self.values.version, self.values.number, self.values.disk_id)
        if not text or self.values.is_own(text):
            return repr(self.values.text("text")(text))
        if any(rule(text) == text for rule in rules):
            return repr(text)
        return repr(show_topic(self.values, text[:500]) if text.startswith("tns") else "<text>")

    def answer(self, name: str, answer: Any) -> Any:
        """Return the answer to a point, with texts of the firmware only.

        :param name: of the point.
        """
        rule = self._answers.get(name, self._show_word)
        if isinstance(answer, str):
            return rule(answer)
        if isinstance(answer, Mapping):
            key_rule = self._answer_keys.get(name, self._show_word)
            return {key_rule(str(key)): rule(str(value)) for key, value in answer.items()}
        return [rule(str(item)) for item in answer] if isinstance(answer, (list, tuple)) else answer

    def _show_word(self, text: str) -> str:
        """Return a word of the collection, such as ``error_20``, or a scheme, such as ``Digest MD5``."""
        is_shown = _WORD.fullmatch(text) and not self._identifiers.is_in(text)
        return text if is_shown else self.values.placeholder("text", text)

    def _body(self, body: bytes) -> str:
        if not body:
            return ""
        if _HTML.match(body):
            return f"<HTML of {len(body)} bytes>"
        rules: tuple[Callable[[bytes], str | None], ...] = (self._json.rewrite, self._xml.rewrite, self._parameters)
        for rewrite in rules:
            shown = rewrite(body)
            if shown is not None:
                rest = len(shown) - _MAX_BODY
                return shown if rest <= 0 else f"{shown[:_MAX_BODY]}<{rest} more characters>"
        return f"<{_find_form(body)} of {len(body)} bytes>"

    def _show_arguments(self, query: str) -> str:
        shown = (
            f"{name if name in _ARGUMENTS else '<argument>'}={self._show_argument(name, value)}"
            for name, value in parse_qsl(query, keep_blank_values=True)
        )
        return "&".join(shown)

    def _show_argument(self, name: str, value: str) -> str:
        """Return an argument, which the device check sent."""
        known = ("all", "list", "ascending", "descending", "recordingid", "recording", "Storage", "root.Storage")
        if value in known or len(value) <= 1:
            return value
        if name == "recordinggroupid":
            return self.values.group_id(value)
        return self.values.disk_id(value) if name == "diskid" else self.values.number(value)

    def _parameters(self, body: bytes) -> str | None:
        """Return a response of param.cgi: the parameters with rules, and the number of the others."""
        lines = body.decode("utf-8", "replace").splitlines()
        found = [_PARAMETER.fullmatch(line.strip()) for line in lines]
        errors = sum(line.startswith("# Error") for line in lines)
        if not any(found) and not errors:
            return None
        shown = [self._show_parameter(match) for match in found if match and _is_parameter(match["name"])]
        rest = len([line for line in lines if line.strip()]) - len(shown) - errors
        ending = [f"<{rest} other lines>"] if rest else []
        return "\n".join([*shown, *["# Error"] * errors, *ending])

    def _show_parameter(self, match: re.Match[str]) -> str:
        value = match["value"]
        is_shown = value.lower() in _PARAMETER_VALUES or _DISK_OR_NUMBER.fullmatch(value) is not None
        is_shown = is_shown or self.values.disk_id(value) == value
        return f"root.{match['name']}={value if is_shown else self.values.text('text')(value)}"


def _build_answer_rules(values: ShownValues) -> tuple[dict[str, Rule], dict[str, Rule]]:
    """Return the rules for texts of answers by their point, and those for keys."""

    def show_each(rule: Rule) -> Rule:
        return lambda text: ", ".join(rule(part) for part in text.split(", "))

    def show_version(text: str) -> str:
        return text if text == "none" else values.version(text)

    answers: dict[str, Rule] = {
        **dict.fromkeys(("apis", "rest_apis"), show_each(values.version)),
        "recording_templates": show_each(values.parameter),
        **dict.fromkeys(("schema_versions", "tls_versions", "device_info_version"), show_version),
        "json_charset": values.one_of(*CHARSETS, kind="charset"),
        "group_attributes": values.attribute,
        "topic_ending": lambda text: text if _ENDING.fullmatch(text) else "<text>",
    }
    keys: dict[str, Rule] = {
        **dict.fromkeys(("apis", "rest_apis"), values.api),
        "recording_templates": values.template,
    }
    return answers, keys


def _is_parameter(name: str) -> bool:
    return all(part in _PARAMETER_NAMES for part in name.split("."))


def _find_form(body: bytes) -> str:
    start = body.lstrip()[:1]
    if start in (b"{", b"["):
        return "invalid JSON"
    if start == b"<":
        return "invalid XML"
    try:
        return "text" if body.decode("utf-8").isprintable() or b"\n" in body else "binary data"
    except UnicodeDecodeError:
        return "binary data"
