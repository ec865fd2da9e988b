# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of variables that have no effect: which variable each is probably meant to be, and how certain that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache, partial
from itertools import chain
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import (
    HOLDS,
    HiddenHolds,
    are_holds,
    are_in_force,
    correct_name,
    is_hold_name,
    is_hold_variable,
    is_result,
    may_name_groups,
    normalize_name,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    ROLE_DEFAULTS,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import HOST_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._templates import (
    find_templates,
    find_used_names,
    has_template,
)

ROLE_PREFIX, DEVICE_PREFIX = "retention_policy_", "axis_"
#: By the part after the prefix, the variable that it sets.
_KNOWN = {
    ROLE_PREFIX: {name.removeprefix(ROLE_PREFIX): name for name in (*ROLE_DEFAULTS, *PLAY_VARIABLES)},
    DEVICE_PREFIX: {
        **{name: f"{DEVICE_PREFIX}{name}" for name in DEVICE_SPEC},
        HOLDS.removeprefix(DEVICE_PREFIX): HOLDS,
    },
}
# What users of this collection and of other tools write instead of a variable, with nothing else that it could mean.
_CERTAIN = {
    "axis_username": "user usr login_user",
    "axis_password": "pass passw passwd pswd psw psswd pwd pw pass_phrase passphrase",
    "axis_protocol": "prot proto",
    "axis_ca_path": "ca_bundle ca_cert ca_certs ca_file cacert cacerts cafile",
    "axis_validate_certs": "cert_validation certificate_validation cert_verify check_cert check_certs ssl_validate "
    "ssl_validation ssl_verification ssl_verify tls_validate tls_validation tls_verification tls_verify "
    "validate_cert validate_certificate validate_certificates validate_ssl validate_tls verify_cert "
    "verify_certificate verify_certificates verify_certs verify_ssl verify_tls",
    "axis_tls_fingerprint": "cert_fingerprint certificate_fingerprint fingerprint ssl_fingerprint tls_finger tls_fp "
    "tls_pin",
    "axis_tls_server_name": "sni tls_host tls_hostname tls_servername tls_sni ssl_server_name",
    "retention_policy_minimum": "min min_retention minimal minimum_retention minimum_retention_time retention_min "
    "retention_minimum",
    "retention_policy_maximum": "max max_retention maximal maximum_retention maximum_retention_time retention_max "
    "retention_maximum",
    "retention_policy_groups": "group grps",
    "retention_policy_existing_groups": "existing existing_group existing_grps",
    "retention_policy_no_groups": "no_group nogroups no_recording_groups without_groups",
    "retention_policy_purge_match": "purge_matches purge_matching",
    "retention_policy_allow_recording_loss": "allow_loss allow_rec_loss allow_recordings_loss",
    "retention_policy_allow_recording_stop": "allow_stop allow_rec_stop",
    "retention_policy_allow_unmatched_holds": "allow_unmatched allow_unmatched_hold",
    "retention_policy_retention_tolerance": "tol tolerance",
    "retention_policy_report_dir": "dir directory report_directory report_path",
    "retention_policy_report_formats": "formats report_format",
    "retention_policy_waves": "wave_sizes",
    "retention_policy_max_fail_percentage": "max_fail max_fail_pct max_fail_percent max_failure_percentage",
    # Who sets it relies on that nothing is written.
    "--check": "retention_policy_check_mode retention_policy_dry_run retention_policy_dryrun retention_policy_noop",
}
# What may as well be a variable of the user's own.
_DOUBTFUL = {
    "axis_host": "addr address fqdn host_address host_ip host_name hostname ip ip_addr ip_address ipaddr ipaddress "
    "ipv4 ipv6 url",
    "axis_port": "http_port https_port port_number tcp_port",
    "axis_username": "account login login_name uname user_id",
    "axis_password": "api_password credential credentials login_password secret user_password",
    "axis_protocol": "http https scheme ssl use_http use_https use_ssl use_tls",
    "axis_ca_path": "ca ca_certificate",
    "axis_validate_certs": "insecure validate validate_tls_certs verify",
    "axis_tls_fingerprint": "certificate_pin cert_pin fp pin_sha256",
    "axis_tls_server_name": "server_name",
    "axis_auth": "auth_method auth_mode auth_type authentication authentication_method",
    "axis_timeout": "conn_timeout connect_timeout connection_timeout http_timeout request_timeout timeout_s "
    "timeout_sec timeout_seconds",
    "axis_retries": "max_retries num_retries retry retry_count",
    "axis_proxy": "http_proxy https_proxy proxy_url",
    "axis_serial": "serial_no serial_nr serial_num serial_number serialno serialnum serialnumber sn",
    "--check": "axis_check_mode axis_dry_run axis_dryrun",
}
# Words that differ from a variable in one letter.
_WORDS = frozenset({"aerial", "purposed", "retires", "retried"})
# A shorter name differs in one letter from too many words.
_MIN_LENGTH = 6
# Names as similar as this resemble each other.
_SIMILARITY_CUTOFF = 0.85
# A playbook has a few variables of its own.
_OWN_SIMILARITY_CUTOFF = 0.7
_MIN_ABBREVIATION = 3
_BOOLEANS = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})
# Values of core without templates of the user; the list of all hosts is long.
_WITHOUT_TEMPLATES = frozenset({"groups", "hostvars", "vars", "ansible_facts"})
# What sets the address of a host, besides its name.
_ADDRESSES = HOST_VARIABLES[:-1]
# As in holder and holding.
_OTHER_WORD = re.compile(r"hold(?!s)[a-z]")


class Guess(NamedTuple):
    """The variable that a name is probably meant to be.

    :param is_certain: whether the name, or its value, can hardly be anything else.
    """

    meant: str
    is_certain: bool


def _expand_table(table: Mapping[str, str]) -> dict[str, str]:
    """Return by complete name the variable that is meant."""
    return {f"{_prefix(meant)}{name}": meant for meant, names in table.items() for name in names.split()}


def _prefix(name: str) -> str:
    return next((prefix for prefix in _KNOWN if name.startswith(prefix)), "")


_CERTAIN_NAMES, _DOUBTFUL_NAMES = _expand_table(_CERTAIN), _expand_table(_DOUBTFUL)
_TYPES = {
    **{name: {bool: "bool", list: "list", int: "int"}.get(type(value), "str") for name, value in ROLE_DEFAULTS.items()},
    **{f"{DEVICE_PREFIX}{name}": definition["type"] for name, definition in DEVICE_SPEC.items()},
}


def has_prefix(name: str) -> bool:
    """Return whether a name begins like the variables of the collection, in any case, and also with hyphens."""
    return normalize_name(name).startswith((ROLE_PREFIX, DEVICE_PREFIX))


@lru_cache(maxsize=10000)
def find_guess(name: str) -> Guess | None:
    """Return the variable that a name with the prefix is probably meant to be, or ``None`` if it resembles none.

    :param name: of a variable that the collection does not have.
    """
    normal = normalize_name(name)
    prefix = _prefix(normal)
    known, rest = _KNOWN[prefix], normal.removeprefix(prefix)
    if is_hold_variable(normal):
        return Guess(correct_name(name) or normal, is_certain=True)
    if meant := known.get(rest) or _CERTAIN_NAMES.get(normal) or _find_misspelled(rest, known):
        return Guess(meant, is_certain=True)
    # Every module applies the holds, so that their variables do not have the prefix of the role.
    options = {option: variable for option, variable in POLICY_VARIABLES.items() if prefix == ROLE_PREFIX}
    resembled = (
        _DOUBTFUL_NAMES.get(normal)
        or correct_name(name)
        or options.get(rest)
        or _find_similar(rest, known)
        or _find_abbreviated(rest, {**options, **known}, anywhere=prefix == ROLE_PREFIX)
    )
    return Guess(resembled, is_certain=False) if resembled else None


def find_misnamed_holds(
    variables: Mapping[str, Any], read: Callable[[str], Any], holds: Iterable[Any], task_holds: Any = None
) -> Iterator[HiddenHolds]:
    """Yield each variable whose holds are not in force because of its name.

    :param variables: those of a host, with their templates unresolved.
    :param read: returns the value of one of them.
    :param holds: those in force.
    :param task_holds: the holds of the task, with their templates unresolved.
    """
    known = list(holds)
    for name in sorted(filter(has_prefix, variables)):
        guess = None if is_hold_variable(name) else find_guess(name)
        if guess is None or not is_hold_variable(guess.meant):
            continue
        value = _read(partial(read, name), variables[name])
        is_used = _is_used_in_holds(name, variables, task_holds)
        if _has_holds(name, value) and not (is_used and are_in_force(value, known)):
            has = "has" if are_holds(value) else "seems to have"
            yield HiddenHolds(
                f"{name} {has} holds, but is not a variable of camfleet.axis and has no effect",
                f"Rename it to {guess.meant}, or use all of its holds in a variable for holds. If it is about anything "
                "else, begin its name with a prefix other than axis_ and retention_policy_",
            )


def find_misnamed_holds_of_host(variables: HostVariables, host: str, holds: Iterable[Any]) -> Iterator[HiddenHolds]:
    """Yield each variable of a host whose holds are not in force because of its name.

    :param holds: those in force.
    """
    return find_misnamed_holds(variables.raw(host), lambda name: variables.read(host, (name,)).get(name), holds)


def _read(read: Callable[[], Any], written: Any) -> Any:
    """Return the value of a variable, as it is written if it cannot be resolved: it may have holds nevertheless."""
    try:
        return read()
    except AxisError:
        return written


def _has_holds(name: str, value: Any) -> bool:
    """Return whether the value of a variable with the name of one for holds is probably meant to be in force."""
    if is_result(value):
        return False
    return are_holds(value) or (is_hold_name(name) and may_name_groups(value))


def _is_used_in_holds(name: str, variables: Mapping[str, Any], task_holds: Any = None) -> bool:
    """Return whether holds may use a variable, directly or through others."""
    pending = find_used_names([task_holds, *(value for other, value in variables.items() if is_hold_variable(other))])
    used: set[str] = set()
    while pending and name not in used:
        used |= pending
        values = [variables[other] for other in pending - _WITHOUT_TEMPLATES if other in variables]
        pending = find_used_names(values) - used
    return name in used


def find_own_variable(name: str, prefix: str, variables: Iterable[str]) -> str | None:
    """Return the variable of a playbook that a name with its prefix abbreviates, extends, or misspells."""
    rest = name.removeprefix(prefix)
    known = {variable.removeprefix(prefix): variable for variable in variables if variable.startswith(prefix)}
    extended = (
        variable for text, variable in known.items() if rest and (text.startswith(rest) or rest.startswith(text))
    )
    misspelled = (variable for text, variable in known.items() if rest and _differs_in_a_letter(rest, text))
    close = (known[text] for text in get_close_matches(rest, known, 1, _OWN_SIMILARITY_CUTOFF))
    return next(chain(misspelled, close, extended), None)


class NameCheck:
    """Finds the variables of hosts that have no effect.

    :param known: the names of variables that have one, besides those for holds.
    :param templates: other places where the user may use a variable.
    """

    def __init__(self, host_variables: HostVariables, known: Collection[str], templates: Iterable[Any] = ()) -> None:
        self._host_variables = host_variables
        self._known = known
        self._templates = {str(number): value for number, value in enumerate(templates)}
        # Most hosts share the names of their variables with many others.
        self._guesses: dict[str, Guess | None] = {}

    def find(self, host: str) -> Iterator[tuple[str, Guess | None]]:
        """Yield each variable that the user probably means to be another one, or that has the prefix of the role."""
        raw, play = self._host_variables.raw(host), self._host_variables.play_variables
        for name in sorted(filter(has_prefix, {*raw, *play})):
            if name in self._known or is_hold_variable(name):
                continue
            if name not in self._guesses:
                self._guesses[name] = find_guess(name)
            guess = self._guesses[name]
            if guess is not None:
                guess = self._weigh(host, name, guess)
            if guess is None and not (name in raw and name.startswith(ROLE_PREFIX)):
                continue
            is_hold = guess is not None and guess.is_certain and is_hold_variable(guess.meant)
            # Only a variable for holds puts holds in force.
            if not (self._is_in_force if is_hold else self._is_used)(host, name, {**raw, **play}):
                yield name, guess

    def _is_in_force(self, host: str, name: str, variables: Mapping[str, Any]) -> bool:
        value, others = self._read(host, name), self._host_variables.hold_names(host)
        is_used = _is_used_in_holds(name, variables)
        if not is_used or not _has_holds(name, value):
            return is_used
        try:
            found = self._host_variables.read(host, others).values()
        except AxisError:
            return False
        holds = [hold for item in found if isinstance(item, list) for hold in item]
        return are_in_force(value, holds)

    def _is_used(self, _host: str, name: str, variables: Mapping[str, Any]) -> bool:
        return _is_used(name, {**variables, **self._templates})

    def _read(self, host: str, name: str) -> Any:
        written = self._host_variables.written(host, (name,)).get(name)
        if not has_template(written):
            return written
        return _read(lambda: self._host_variables.read(host, (name,)).get(name), written)

    def _weigh(self, host: str, name: str, guess: Guess) -> Guess | None:
        """Return the guess in view of the value, or ``None`` if the variable is the user's own."""
        value = self._host_variables.written(host, (name,)).get(name)
        if is_hold_variable(guess.meant):
            return self._weigh_hold(host, name, guess)
        others = self._host_variables.written(host, (guess.meant, *_ADDRESSES))
        if value is None or others.get(guess.meant) == value:
            return None
        if not guess.is_certain:
            has_address = guess.meant in _ADDRESSES and not others.keys().isdisjoint(_ADDRESSES)
            return guess if not has_address and _fits(name, guess.meant, value) else None
        if isinstance(value, Mapping) and guess.meant in _TYPES:
            # No variable but those for holds is a dictionary.
            return None
        is_other = _TYPES.get(guess.meant) == "list" and not isinstance(value, (list, dict)) and not has_template(value)
        return Guess(guess.meant, is_certain=not is_other)

    def _weigh_hold(self, host: str, name: str, guess: Guess) -> Guess | None:
        if guess.is_certain:
            return guess
        value = self._read(host, name)
        if _has_holds(name, value) or (value == [] and not _OTHER_WORD.search(name.lower())):
            return Guess(guess.meant, is_certain=True)
        return guess if guess.meant == HOLDS or has_template(value) else None


def _is_used(name: str, variables: Mapping[str, Any]) -> bool:
    """Return whether the template of another variable uses a variable, which then is the user's own."""
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    return any(
        pattern.search(text)
        for other, value in variables.items()
        if other != name and other not in _WITHOUT_TEMPLATES
        for text in find_templates(value)
    )


def _fits(name: str, meant: str, value: Any) -> bool:
    """Return whether the value of a variable could be that of another one."""
    expected = _TYPES.get(meant)
    if expected is None or has_template(value):
        return True
    if isinstance(value, (list, dict)) or expected == "list":
        return isinstance(value, (list, dict)) and expected == "list"
    if normalize_name(name) in _DOUBTFUL_NAMES:
        return True
    if choices := DEVICE_SPEC.get(meant.removeprefix(DEVICE_PREFIX), {}).get("choices"):
        return value in choices
    if expected in ("int", "float"):
        try:
            return not isinstance(value, bool) and float(value) >= 0
        except (TypeError, ValueError):
            return False
    return expected != "bool" or str(value).lower() in _BOOLEANS


def _find_misspelled(rest: str, known: Mapping[str, str]) -> str | None:
    """Return the variable that differs in one letter, and neither in its number nor in a digit."""
    if rest in _WORDS:
        return None
    found = (
        variable for text, variable in known.items() if len(text) >= _MIN_LENGTH and _differs_in_a_letter(rest, text)
    )
    return next(found, None)


def _differs_in_a_letter(name: str, other: str) -> bool:
    """Return whether one letter is missing, added, or replaced, or two are swapped."""
    if abs(len(name) - len(other)) > 1 or name in (f"{other}s", other.removesuffix("s")):
        return False
    start = next((index for index, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), None)
    if start is None:
        start = min(len(name), len(other))
    first, second = name[start:], other[start:]
    if first[:1].isdigit() or first[-1:].isdigit():
        return False
    swapped = second[1:2] + second[:1] + second[2:]
    return first[1:] == second[1:] or first[1:] == second or first == second[1:] or first == swapped


def _find_similar(rest: str, known: Mapping[str, str]) -> str | None:
    if any(letter.isdigit() for letter in rest):
        return None
    if close := get_close_matches(rest, known, 1, _SIMILARITY_CUTOFF):
        return known[close[0]]
    return next((variable for text, variable in known.items() if _differs_in_a_letter(rest, text)), None)


def _find_abbreviated(rest: str, known: Mapping[str, str], *, anywhere: bool) -> str | None:
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
