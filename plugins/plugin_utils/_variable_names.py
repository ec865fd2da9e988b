# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of variables that have no effect: which variable each is probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import HOLDS, correct_name, is_hold_variable
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    ROLE_DEFAULTS,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._templates import find_used_names

ROLE_PREFIX, DEVICE_PREFIX = "retention_policy_", "axis_"
#: By the part after the prefix, the variable that it sets; options of the module are other names for some of them.
_ROLE_NAMES = {name.removeprefix(ROLE_PREFIX): name for name in (*ROLE_DEFAULTS, *PLAY_VARIABLES)}
_DEVICE_NAMES = {name: f"{DEVICE_PREFIX}{name}" for name in DEVICE_SPEC} | {HOLDS.removeprefix(DEVICE_PREFIX): HOLDS}
_OPTIONS = {option: name for option, name in POLICY_VARIABLES.items() if option not in _ROLE_NAMES}
# What other tools call an option, by the part after the prefix.
_SYNONYMS = {
    "login": "username",
    "passwd": "password",
    "pw": "password",
    "pwd": "password",
    "secret": "password",
    "scheme": "protocol",
    "ca": "ca_path",
    "ca_bundle": "ca_path",
    "ca_cert": "ca_path",
    "ca_certs": "ca_path",
    "ca_file": "ca_path",
    "cacert": "ca_path",
    "cafile": "ca_path",
    "ssl_verify": "validate_certs",
    "verify": "validate_certs",
    "verify_certs": "validate_certs",
    "verify_ssl": "validate_certs",
    "verify_tls": "validate_certs",
    "fingerprint": "tls_fingerprint",
    "server_name": "tls_server_name",
    "serial_number": "serial",
}
# A name as similar as this is a typing error, not a variable of the user's own.
_SIMILARITY_CUTOFF = 0.85
_MIN_ABBREVIATION = 3


def has_prefix(name: str) -> bool:
    """Return whether a name begins like the variables of the collection, in any case, and also with hyphens."""
    return _normalize(name).startswith((ROLE_PREFIX, DEVICE_PREFIX))


def find_meant(name: str) -> str | None:
    """Return the variable that a name with the prefix is probably meant to be, or ``None``.

    :param name: of a variable that the collection does not have.
    """
    if is_hold_variable(name):
        return None
    normal = _normalize(name)
    is_role = normal.startswith(ROLE_PREFIX)
    prefix, known = (ROLE_PREFIX, _ROLE_NAMES) if is_role else (DEVICE_PREFIX, _DEVICE_NAMES)
    # Compare without the prefix, which makes any two names similar.
    rest = normal.removeprefix(prefix)
    others = _OPTIONS if is_role else {text: known[option] for text, option in _SYNONYMS.items()}
    if meant := known.get(rest) or others.get(rest):
        return meant
    if close := get_close_matches(rest, known, 1, _SIMILARITY_CUTOFF):
        return known[close[0]]
    # Every module applies the holds, so that their variables do not have the prefix of the role.
    return correct_name(name) or _expand(rest, {**known, **(_OPTIONS if is_role else {})}, anywhere=is_role)


def is_used(name: str, variables: Mapping[str, Any]) -> bool:
    """Return whether the template of another variable uses a variable, which then is the user's own."""
    texts = (value for other, value in variables.items() if other != name)
    return any(name in str(value) and name in find_used_names(value) for value in texts if _may_have_template(value))


def _may_have_template(value: Any) -> bool:
    return isinstance(value, (str, list, dict))


def _normalize(name: str) -> str:
    return name.lower().replace("-", "_")


def _expand(rest: str, known: Mapping[str, str], *, anywhere: bool) -> str | None:
    """Return the variable that a name abbreviates, preferably word by word, or ``None`` if there are several.

    :param anywhere: whether the name may also lack words before those that it has.
    """
    words = rest.split("_")
    found = [text for text in known if _abbreviates(words, text.split("_"), anywhere=anywhere)]
    whole = [text for text in found if len(text.split("_")) == len(words)]
    meant = {known[text] for text in whole or found}
    return meant.pop() if len(meant) == 1 else None


def _abbreviates(words: Iterable[str], whole: list[str], *, anywhere: bool) -> bool:
    remaining: Iterator[str] = iter(whole)
    for word in words:
        if len(word) < _MIN_ABBREVIATION:
            return False
        candidates = remaining if anywhere else (item for item in [next(remaining, "")])
        if not any(item.startswith(word) for item in candidates):
            return False
    return True
