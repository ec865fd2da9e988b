# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a recording action: when a device records to a group."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    EVENT_NAMESPACES,
    TOPIC_NAMESPACES,
    Event,
    strip_subtree,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import check_xml_text, normalize_text
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import OptionOf, Parameters, Spec, invalid
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

#: Options that are a text, or a dictionary with these options, which Ansible's own validator does not check.
DICTIONARY_FORMS: dict[str, Spec] = {"recording": RECORDING_SPEC}

RECORDING_FORMS = (
    "Set it to always, never, or a dictionary with conditions (and optionally name, enabled, start_event)."
)

_NAME = r"[A-Za-z_][\w.-]*"
_TOPIC = re.compile(
    rf"(?:{'|'.join(TOPIC_NAMESPACES)}):{_NAME}(?:/(?:(?:{'|'.join(TOPIC_NAMESPACES)}):)?{_NAME})*", re.ASCII
)


def parse_recording(value: Any, option: Option) -> DesiredRecording | None:
    """Return the desired recording of a policy entry (``always``, ``never``, or a dictionary); ``None`` if not set.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if value is None:
        return None
    if value == "never":
        return DesiredRecording(present=False)
    if value == "always":
        return DesiredRecording()
    if isinstance(value, dict):
        return build_recording(value, option.__getitem__)
    raise invalid(
        "{option} is {value!r}, which is not a valid value", next_step=RECORDING_FORMS, option=option, value=value
    )


def build_recording(parameters: Parameters, option_of: OptionOf = Option) -> DesiredRecording:
    """Return the desired recording that validated parameters describe.

    :param option_of: returns the option of each parameter.
    :raises InvalidOptionError: ``invalid_option``.
    """
    conditions, start, name = parameters["conditions"], parameters["start_event"], parameters["name"]
    _check_combination(parameters, option_of)
    return DesiredRecording(
        present=parameters.get("state", "present") == "present",
        name=None if name is None else _check_rule_name(name, option_of("name")),
        enabled=parameters["enabled"],
        conditions=tuple(
            _build_event(item, option_of("conditions")[number]) for number, item in enumerate(conditions or ())
        )
        or ALWAYS,
        start_event=_build_event(start, option_of("start_event")) if start else None,
    )


def _check_rule_name(name: str, option: Option) -> str:
    normalized = normalize_text(check_xml_text(name, option))
    if not normalized:
        raise invalid("{option} is empty", next_step="Set {option} to a name of the rule, or remove it.", option=option)
    return normalized


def _check_combination(parameters: Parameters, option_of: OptionOf) -> None:
    always, conditions = parameters["always"], parameters["conditions"]
    options = {name: option_of(name) for name in ("always", "conditions", "start_event")}
    if conditions is not None and not conditions:
        raise invalid(
            "{conditions} is empty", next_step="Set at least one condition, or remove it to record always.", **options
        )
    if always and conditions:
        raise invalid("{always} and {conditions} are both set", next_step="Remove one of them.", **options)
    if always is False and not conditions:
        raise invalid("{always} is false, but {conditions} is not set", next_step="Set {conditions}.", **options)
    if parameters["start_event"] and not conditions:
        next_step = "Set {conditions}. The recording ends when one of them is no longer true."
        raise invalid("{start_event} is set, but {conditions} is not set", next_step=next_step, **options)


def _build_event(parameters: Parameters, entry: Option) -> Event:
    topic = strip_subtree(parameters["topic_expression"])
    if not _TOPIC.fullmatch(topic):
        raise invalid(
            "{option} is {topic!r}, which is not the topic of one event",
            next_step="Set {option} to a topic such as {example}, with the prefixes {prefixes}.",
            option=entry["topic_expression"],
            topic=topic,
            example=ALWAYS[0].topic,
            prefixes=" and ".join(TOPIC_NAMESPACES),
        )
    return Event(topic, _build_message(parameters["message_content"], entry["message_content"]))


def _build_message(value: Any, option: Option) -> str:
    if isinstance(value, dict):
        if not value:
            raise invalid(
                "{option} is empty", next_step="Set at least one item of the message and its value.", option=option
            )
        # A device writes true and false as 1 and 0.
        items = ((str(name), str(int(item) if isinstance(item, bool) else item)) for name, item in value.items())
        return " and ".join(_build_item(name, item, option) for name, item in items)
    message = check_xml_text(str(value).strip(), option)
    if not is_xpath(message, EVENT_NAMESPACES):
        raise invalid(
            "{option} is {message!r}, which is not a valid XPath expression",
            next_step="Set {option} to a dictionary of the items of the message, or to an XPath "
            "expression such as {example}.",
            option=option,
            message=message,
            example=ALWAYS[0].message,
        )
    return message


def _build_item(name: str, value: str, option: Option) -> str:
    return f"boolean(//SimpleItem[@Name={_quote(name, option)} and @Value={_quote(value, option)}])"


def _quote(text: str, option: Option) -> str:
    if '"' in text and "'" in text:
        next_step = "Remove the single or the double quotes. XPath cannot express a text with both."
        raise invalid(
            "{option} has {text!r} with single and double quotes", next_step=next_step, option=option, text=text
        )
    quote = "'" if '"' in text else '"'
    return f"{quote}{check_xml_text(text, option)}{quote}"
