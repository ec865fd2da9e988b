# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write about when a device records: argument specs, and from validated parameters to typed values."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    EVENT_NAMESPACES,
    TOPIC_NAMESPACES,
    Event,
    strip_subtree,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import Parameters, Spec, text_from
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import DesiredRecording
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import is_xpath

_EVENT_SPEC: Spec = {
    "topic_expression": {"type": "str", "aliases": ["topic"], "required": True},
    "message_content": {"type": "raw", "required": True},
}

#: When a device records to a group.
RECORDING_SPEC: Spec = {
    "name": {"type": "str"},
    "enabled": {"type": "bool", "default": True},
    "always": {"type": "bool"},
    "conditions": {"type": "list", "elements": "dict", "options": _EVENT_SPEC},
    "start_event": {"type": "dict", "options": _EVENT_SPEC},
}

#: Options that are a text, or a dictionary with these options; Ansible's validator does not look into such ones.
DICTIONARY_FORMS: dict[str, Spec] = {"recording": RECORDING_SPEC}

#: Left out they have a meaning that nobody wants of an empty variable: to record always.
NEVER_EMPTY = frozenset({"conditions"})
RECORD_FORMS = "Write always, never, or a dictionary with conditions (and name, enabled, start_event)."

_NAME = r"[A-Za-z_][\w.-]*"
_TOPIC = re.compile(
    rf"(?:{'|'.join(TOPIC_NAMESPACES)}):{_NAME}(?:/(?:(?:{'|'.join(TOPIC_NAMESPACES)}):)?{_NAME})*", re.ASCII
)


def recording_option_from(written: Any) -> DesiredRecording | None:
    """What ``recording`` of a policy entry says: ``always``, ``never`` or a dictionary; ``None`` is not managed.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if written is None:
        return None
    if written == "never":
        return DesiredRecording(present=False)
    if written == "always":
        return DesiredRecording()
    if isinstance(written, dict):
        try:
            return recording_from(written)
        except InvalidOptionError as error:
            raise invalid_option(f"recording.{error.message}", error.next_step) from error
    raise invalid_option(f"recording is {written!r}", RECORD_FORMS)


def recording_from(parameters: Parameters) -> DesiredRecording:
    """When validated parameters say that a device shall record.

    :raises InvalidOptionError: ``invalid_option``.
    """
    name, always, conditions = parameters["name"], parameters["always"], parameters["conditions"]
    start = parameters["start_event"]
    # Around a text of XML no blank is kept.
    name = None if name is None else name.strip()
    if name == "":
        raise invalid_option("name is empty", "Name the rule, or leave the option out.")
    if conditions is not None and not conditions:
        raise invalid_option("conditions is empty", "Give at least one, or leave the option out to record always.")
    if always and conditions:
        raise invalid_option("always and conditions are both given", "Keep one of them.")
    if always is False and not conditions:
        raise invalid_option("always is false and conditions is not given", "Give the conditions to record in.")
    if start and not conditions:
        raise invalid_option(
            "start_event is given without conditions", "Give the conditions that end the recording when they fail."
        )
    return DesiredRecording(
        present=parameters.get("state", "present") == "present",
        name=text_from("name", name),
        enabled=parameters["enabled"],
        conditions=tuple(_event(item, f"conditions[{number}]") for number, item in enumerate(conditions or ()))
        or ALWAYS,
        start_event=_event(start, "start_event") if start else None,
    )


def _event(parameters: Parameters, where: str) -> Event:
    topic = strip_subtree(parameters["topic_expression"])
    if not _TOPIC.fullmatch(topic):
        raise invalid_option(
            f"{where}.topic_expression is {topic!r}, which is not the topic of one event",
            f"Write it like {ALWAYS[0].topic}, with the prefixes {' and '.join(TOPIC_NAMESPACES)}.",
        )
    return Event(topic, _message(parameters["message_content"], f"{where}.message_content"))


def _message(written: Any, where: str) -> str:
    if isinstance(written, dict):
        if not written:
            raise invalid_option(f"{where} is empty", "Give at least one item of the message and its value.")
        # A device writes true and false as 1 and 0.
        items = ((str(name), str(int(value) if isinstance(value, bool) else value)) for name, value in written.items())
        return " and ".join(_item(name, value, where) for name, value in items)
    message = text_from(where, str(written).strip()) or ""
    if not is_xpath(message, EVENT_NAMESPACES):
        raise invalid_option(
            f"{where} is {message!r}, which is not XPath",
            "Write the items of the message as a dictionary, or XPath such as "
            'boolean(//SimpleItem[@Name="ready" and @Value="1"]).',
        )
    return message


def _item(name: str, value: str, where: str) -> str:
    return f"boolean(//SimpleItem[@Name={_quoted(name, where)} and @Value={_quoted(value, where)}])"


def _quoted(text: str, where: str) -> str:
    if '"' in text and "'" in text:
        raise invalid_option(f"{where} has {text!r} with both kinds of quotes", "XPath cannot hold that text.")
    quote = "'" if '"' in text else '"'
    return f"{quote}{text_from(where, text)}{quote}"
