# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation of options: what Ansible's own validator would convert silently, or report less precisely."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_bool, check_type_float, check_type_int

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    Text,
    describe_value,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import (
    DICTIONARY_FORMS,
    RECORDING_FORMS,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import NEVER_EMPTY, Spec

# Their own parsers accept a number or a date, and explain better what is wrong with it.
_PARSED_LATER = frozenset({"retention_time", "retention_minimum", "retention_maximum", "until"})
_CONVERTERS = {"bool": check_type_bool, "int": check_type_int, "float": check_type_float}
# So many different policies, whose options are a few kilobytes each, are remembered.
_MAX_SHARED = 1000
_QUOTES = "Put the value in quotes."
# Lists of text that core must not make of a text, by splitting it at the commas.
_NEVER_SPLIT = frozenset({"sign_command"})
#: By type of Ansible, what a value must be, and what to do.
_EXPECTED = {
    "bool": ("true or false", "Set it to true or false."),
    "int": ("a whole number", "Set it to a whole number without a unit."),
    "float": ("a number", "Set it to a number without a unit."),
    "dict": ("a dictionary", "Write its options as name: value, one on each line."),
    "list": ("a list", "Begin each entry with a dash. In --extra-vars, write JSON, such as '{\"name\": []}'."),
    "raw": ("text or a dictionary", "Set it to text or a dictionary."),
    "scalar": ("text or a whole number", _QUOTES),
    "str": ("text", _QUOTES),
    "path": ("text", _QUOTES),
}
_TYPE_NAMES = ((str, "text"), (int, "number"), (float, "number"), (date, "date"), (dict, "dictionary"))
#: By option with two forms, what to do.
_FORMS = {
    "stream_options": "Write stream options as resolution=1920x1080&camera=1, or as a dictionary.",
    "message_content": "Write the items of the message as a dictionary, or an XPath expression as text.",
}


def validate(given: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Return the parameters: checked, converted as Ansible does, each under its name, with defaults.

    An option without a value counts as not set, as does an empty text where text is not valid.

    :raises InvalidOptionError: ``invalid_option``, with the option or the entry as the user spells it.
    """
    return _validate_options(given, spec, None)


class SharedOptions:
    """The validated options that many hosts have in common: validating them again for each host is slow.

    :param own: the options that differ by host.
    """

    def __init__(self, spec: Spec, own: Spec) -> None:
        self._spec = spec
        self._own = {name: definition for name, definition in spec.items() if name in own}
        self._others = {name: definition for name, definition in spec.items() if name not in own}
        self._own_names = {text for name in self._own for text in (name, *self._own[name].get("aliases", ()))}
        self._known: dict[str, bytes] = {}

    def validate(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the function ``validate`` returns, or raise what it raises.

        :raises InvalidOptionError: ``invalid_option``.
        """
        try:
            own = validate({name: value for name, value in given.items() if name in self._own_names}, self._own)
            others = {name: value for name, value in given.items() if name not in self._own_names}
            return own | self._validate_others(others)
        except InvalidOptionError:
            # The first error in the order of all options.
            return validate(given, self._spec)

    def _validate_others(self, given: Mapping[str, Any]) -> dict[str, Any]:
        text = repr(given)
        if text not in self._known:
            serialized = pickle.dumps(validate(given, self._others))
            if len(self._known) >= _MAX_SHARED:
                self._known.clear()
            self._known[text] = serialized
        # Nothing that can change belongs to two hosts.
        validated: dict[str, Any] = pickle.loads(self._known[text])  # noqa: S301 # of this process
        return validated


def check_list(option: Option, value: Any) -> None:
    """Check that the value of an option or a variable is a list.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if not isinstance(value, list):
        raise _wrong_type(option, "list", value, {})


def _validate_options(given: Mapping[str, Any], spec: Spec, parent: Option | None) -> dict[str, Any]:
    set_options = {name: value for name, value in given.items() if value != "" or not _is_converted(name, spec)}
    validation = ArgumentSpecValidator(_hide_secrets(spec)).validate(_check_options(set_options, spec, parent))
    if validation.error_messages:
        raise invalid_option("; ".join(validation.error_messages).rstrip("."), "Correct the options of the task.")
    parameters: dict[str, Any] = validation.validated_parameters
    return parameters


def _hide_secrets(spec: Spec) -> Spec:
    # From ansible-core 2.22, core masks the values of options with no_log in all output, also within other words.
    return {name: {key: value for key, value in item.items() if key != "no_log"} for name, item in spec.items()}


def _is_converted(name: str, spec: Spec) -> bool:
    return name in spec and spec[name]["type"] in _CONVERTERS


def _check_options(given: Mapping[str, Any], spec: Spec, parent: Option | None) -> dict[str, Any]:
    """Return the options that have a value, each under its name."""
    by_spelling = {spelling: name for name in spec for spelling in (name, *spec[name].get("aliases", ()))}
    _check_names(given, spec, by_spelling, parent)
    checked = {}
    for spelling, value in given.items():
        name, option = by_spelling[spelling], _get_option(parent, spelling)
        if value is not None:
            checked[name] = _check_value(name, value, spec[name], option)
        elif name in NEVER_EMPTY:
            raise _empty(option, Message(NEVER_EMPTY[name], {"option": Option(name)}))
    return checked


def _get_option(parent: Option | None, name: str) -> Option:
    return Option(name) if parent is None else parent[name]


def _check_names(given: Mapping[str, Any], spec: Spec, by_spelling: Mapping[Any, str], parent: Option | None) -> None:
    """Reject unknown options, missing ones that are required, and one option in two spellings (core uses the last)."""
    for spelling in given:
        if spelling not in by_spelling:
            close = get_close_matches(str(spelling), by_spelling, 1)
            next_step = (
                f"Did you mean {by_spelling[close[0]]}?"
                if close
                else f"The valid options are {', '.join(sorted(spec))}."
            )
            raise invalid_option(
                Message("{option} is not a valid option", {"option": _get_option(parent, str(spelling))}), next_step
            )
    for name, definition in spec.items():
        used = [spelling for spelling in (name, *definition.get("aliases", ())) if spelling in given]
        if definition.get("required") and all(given[spelling] is None for spelling in used):
            missing = {"option": _get_option(parent, name)}
            raise invalid_option(Message("{option} is missing", missing), Message("Set {option}.", missing))
        if len(used) > 1:
            first, second = (_get_option(parent, spelling) for spelling in used[:2])
            raise invalid_option(
                Message("{first} and {second} are the same option", {"first": first, "second": second}),
                f"Keep one, preferably {name}.",
            )


def _check_value(name: str, value: Any, definition: Mapping[str, Any], option: Option) -> Any:
    if name in _PARSED_LATER:
        return value
    if definition["type"] != "list":
        return _check_item(name, value, definition["type"], definition, option)
    elements = definition["elements"]
    if isinstance(value, list):
        return [_check_item(name, item, elements, definition, option[number]) for number, item in enumerate(value)]
    if isinstance(value, dict) or elements == "dict" or name in _NEVER_SPLIT:
        raise _wrong_type(option, "list", value, definition)
    if isinstance(value, str):
        # Core splits it at the commas.
        for item in value.split(","):
            _check_choice(item, definition, option)
        return value
    return _check_item(name, value, elements, definition, option)


def _check_item(name: str, value: Any, expected: str, definition: Mapping[str, Any], option: Option) -> Any:
    if value is None:
        raise _empty(option, "Set a value, or remove it.")
    if isinstance(value, dict):
        if expected == "dict":
            # A dictionary without known options has any names.
            return _check_options(value, definition["options"], option) if "options" in definition else value
        if name in DICTIONARY_FORMS:
            return _validate_options(value, DICTIONARY_FORMS[name], option)
        if expected == "raw":
            for key, item in value.items():
                _check_entry(name, item, option[str(key)])
            return value
    if name in DICTIONARY_FORMS and not isinstance(value, str):
        raise _invalid_value(option, value, RECORDING_FORMS)
    if not _has_type(value, expected):
        raise _wrong_type(option, expected, value, definition, _FORMS.get(name))
    _check_choice(value, definition, option)
    return value


def _check_entry(name: str, value: Any, option: Option) -> None:
    """Reject what is neither text nor a whole number in a dictionary with any names."""
    if value is None:
        raise _empty(option, "Set a value, or remove it.")
    if not (_has_type(value, "scalar") or (name == "message_content" and isinstance(value, bool))):
        raise _wrong_type(option, "scalar", value, {})


def _has_type(value: Any, expected: str) -> bool:
    """Return whether a value keeps its meaning when Ansible converts it."""
    if expected in {"str", "path", "raw"}:
        return isinstance(value, str)
    if expected == "scalar":
        return isinstance(value, (str, int)) and not isinstance(value, bool)
    converter = _CONVERTERS.get(expected)
    if converter is None or (isinstance(value, bool) and expected != "bool"):
        return False
    if expected == "int" and not isinstance(value, (str, int)):
        return False
    try:
        converter(value)
    except (TypeError, ValueError):
        return False
    return True


def _check_choice(value: Any, definition: Mapping[str, Any], option: Option) -> None:
    choices: Sequence[str] | None = definition.get("choices")
    if choices is not None and value not in choices:
        *others, last = choices
        raise _invalid_value(option, value, f"Set it to {', '.join(others)} or {last}.")


def _invalid_value(option: Option, value: Any, next_step: str) -> InvalidOptionError:
    arguments = {"option": option, "value": describe_value(value)}
    return invalid_option(Message("{option} is {value}, which is not a valid value", arguments), next_step)


def _empty(option: Option, next_step: Text) -> InvalidOptionError:
    return invalid_option(Message("{option} is empty", {"option": option}), next_step)


def _wrong_type(
    option: Option, expected: str, value: Any, definition: Mapping[str, Any], form: str | None = None
) -> InvalidOptionError:
    description, next_step = _EXPECTED[expected]
    next_step = form or next_step
    if next_step == _QUOTES and isinstance(value, (list, dict)):
        next_step = f"Set it to {description}."
    if isinstance(value, bool):
        got = "true or false" if definition.get("no_log") else str(value).lower()
    else:
        type_name = next((name for known, name in _TYPE_NAMES if isinstance(value, known)), "list")
        got = f"a {type_name}" if definition.get("no_log") else f"the {type_name} {describe_value(value)}"
    arguments = {"option": option, "description": description, "got": got}
    return invalid_option(Message("{option} must be {description}, got {got}", arguments), next_step)
