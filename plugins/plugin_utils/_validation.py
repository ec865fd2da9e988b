# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a value may look like: everything that Ansible's own validator would convert or report less exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import Spec
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import (
    DICTIONARY_FORMS,
    NEVER_EMPTY,
    RECORD_FORMS,
)


def check_names(given: Mapping[str, Any], spec: Spec, where: str = "") -> None:
    """Refuse unknown options, missing ones that are required, and one option under two names (core takes the last).

    :raises InvalidOptionError: ``invalid_option``, naming the entry of a list.
    """
    by_spelling = _spellings(spec)
    for spelling in given:
        if spelling not in by_spelling:
            near = get_close_matches(str(spelling), by_spelling, 1)
            options = f"Did you mean {by_spelling[near[0]]}?" if near else f"The options are {', '.join(sorted(spec))}."
            raise invalid_option(f"{where}{spelling} is no option", options)
    for name, option in spec.items():
        used = [spelling for spelling in (name, *option.get("aliases", ())) if spelling in given]
        if option.get("required") and all(given.get(spelling) is None for spelling in used):
            raise invalid_option(f"{where}{name} is missing", "Give it.")
        if len(used) > 1:
            both = " and ".join(where + spelling for spelling in used)
            raise invalid_option(f"{both} are the same option", f"Keep one of them, best {name}.")
    for inner, label, value in _nested(given, by_spelling, spec, where):
        check_names(value, inner, f"{label}.")


def _spellings(spec: Spec) -> dict[Any, str]:
    return {spelling: name for name in spec for spelling in (name, *spec[name].get("aliases", ()))}


def _nested(
    given: Mapping[str, Any], by_spelling: Mapping[Any, str], spec: Spec, where: str
) -> Iterator[tuple[Spec, str, Mapping[str, Any]]]:
    """The dictionaries among the values whose own options are known: those, a label, the value."""
    for spelling, value in given.items():
        inner = _inner(by_spelling[spelling], spec)
        if inner is None:
            continue
        if isinstance(value, dict):
            yield inner, f"{where}{spelling}", value
        elif isinstance(value, list) and by_spelling[spelling] not in DICTIONARY_FORMS:
            for number, item in enumerate(value):
                if isinstance(item, dict):
                    yield inner, f"{where}{spelling}[{number}]", item


def _inner(name: str, spec: Spec) -> Spec | None:
    """The options of a dictionary, or of one that may stand in place of a text."""
    inner: Spec | None = spec[name].get("options") or DICTIONARY_FORMS.get(name)
    return inner


def check_types(given: Mapping[str, Any], spec: Spec, where: str = "") -> None:
    """Refuse what Ansible's validator would convert without a word: a number as a text, a fraction as a number.

    :raises InvalidOptionError: ``invalid_option``. Values of secret options are not repeated.
    """
    by_spelling = _spellings(spec)
    for spelling, value in given.items():
        name = by_spelling.get(spelling)
        if value is None and name in NEVER_EMPTY:
            raise invalid_option(f"{where}{spelling} is empty", "Give conditions, or leave it out to record always.")
        if name is None or value is None or name in _READS_EVERY_SCALAR:
            continue
        option, label = spec[name], f"{where}{spelling}"
        if option["type"] != "list":
            _check_value(name, value, option["type"], option, label)
        elif isinstance(value, str) and option["elements"] == "dict":
            raise invalid_option(
                f"{label} is the text {value!r}, where a list was expected",
                "Give a list; to --extra-vars as JSON, such as '{\"name\": []}'.",
            )
        elif isinstance(value, dict):
            raise invalid_option(
                f"{label} is a dictionary, where a list was expected", "Begin each entry of the list with a dash."
            )
        else:
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                _check_value(name, item, option["elements"], option, f"{label}[{number}]")


# Their own parsers see a number or a date as text and say better what is wrong with it.
_READS_EVERY_SCALAR = frozenset({"retention_time", "retention_minimum", "retention_maximum", "until"})
_KINDS = (
    (str, "text"),
    (bool, "true-or-false value"),
    (int, "number"),
    (float, "fraction"),
    (date, "date"),
    (dict, "dictionary"),
)


def _check_value(name: str, value: Any, expected: str, option: Mapping[str, Any], label: str) -> None:
    if isinstance(value, dict) and expected == "dict":
        check_types(value, option.get("options", {}), f"{label}.")
    elif isinstance(value, dict) and expected == "raw" and name in DICTIONARY_FORMS:
        check_types(value, DICTIONARY_FORMS[name], f"{label}.")
    elif name in DICTIONARY_FORMS and not isinstance(value, str):
        raise invalid_option(f"{label} is {value!r}", RECORD_FORMS)
    elif isinstance(value, dict) and expected == "raw":
        for key, item in value.items():
            if not (name == "message_content" and isinstance(item, bool)):
                _check_value(str(key), item, "str_or_int", option, f"{label}.{key}")
    elif not _keeps_its_meaning(value, expected):
        if value is None:
            raise invalid_option(f"{label} is empty", "Give a value, or leave it out.")
        kind = next((word for known, word in _KINDS if isinstance(value, known)), "list")
        shown = f" {value!r}" if isinstance(value, (int, float)) and not option.get("no_log") else ""
        word, next_step = _WANTED.get(expected, ("text", "Put it in quotes, so that it stays as you write it."))
        raise invalid_option(f"{label} is the {kind}{shown}, where a {word} was expected", next_step)


_WANTED = {
    "int": ("number", "Give a whole number."),
    "float": ("number", "Give a whole number."),
    "dict": ("dictionary", "Write its options as name: value, one in a line."),
}


def _keeps_its_meaning(value: Any, expected: str) -> bool:
    if expected in {"str", "path", "raw"}:
        return isinstance(value, str)
    if expected in {"int", "str_or_int"}:
        return isinstance(value, (str, int)) and not isinstance(value, bool)
    if expected == "dict":
        return False
    return expected != "float" or (isinstance(value, (str, int, float)) and not isinstance(value, bool))


def validate(arguments: Mapping[str, Any], spec: Spec, documentation: str) -> dict[str, Any]:
    """The parameters, with defaults, converted as Ansible does. An empty text where it can be no value is not given.

    :param documentation: what ``ansible-doc`` is to be asked for.
    :raises InvalidOptionError: ``invalid_option``.
    """
    by_spelling = _spellings(spec)
    given = {
        name: value
        for name, value in arguments.items()
        if value != "" or spec[by_spelling[name]]["type"] not in {"bool", "int", "float"}
    }
    validation = ArgumentSpecValidator(spec).validate(given)
    if validation.error_messages:
        raise invalid_option("; ".join(validation.error_messages).rstrip("."), f"See ansible-doc {documentation}.")
    values = _without_aliases(validation.validated_parameters, spec)
    return {name: _whole(name, value, name, documentation) for name, value in values.items()}


def _whole(name: str, value: Any, label: str, documentation: str) -> Any:
    """A value with the dictionaries in it validated that Ansible's validator does not look into."""
    if isinstance(value, dict):
        form = DICTIONARY_FORMS.get(name)
        if form is None:
            return {key: _whole(str(key), item, f"{label}.{key}", documentation) for key, item in value.items()}
        try:
            return validate({key: item for key, item in value.items() if item is not None}, form, documentation)
        except InvalidOptionError as error:
            raise invalid_option(f"{label}: {error.message}", error.next_step) from error
    if isinstance(value, list):
        return [_whole(name, item, f"{label}[{number}]", documentation) for number, item in enumerate(value)]
    return value


def _without_aliases(values: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Each option under its name alone, in entries, too: a module that is handed both spellings warns of them."""
    kept = {}
    for name, option in spec.items():
        if name not in values:
            continue
        value, inner = values[name], option.get("options")
        if inner is not None and isinstance(value, dict):
            value = _without_aliases(value, inner)
        elif inner is not None and isinstance(value, list):
            value = [_without_aliases(item, inner) for item in value]
        kept[name] = value
    return kept
