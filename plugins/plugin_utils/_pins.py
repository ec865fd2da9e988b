# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory file of the pins, as text, and which certificates may be pinned beside those that are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import fingerprint_from

#: The variable that is the pin of a host.
PIN = "axis_tls_fingerprint"
# How the one comment begins that a file may have: this version writes it, another may write more behind it.
_OURS = "# Written by the playbook camfleet.axis.pin_certificates."
_FIRST_LINE = f"{_OURS} What is new is worth no more than the network it was read over.\n"
_TEXT, _NOTHING = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


class ObservedCertificate(NamedTuple):
    """What is known of a host besides the file: the fingerprint of the certificate that it shows, and its variable."""

    shown: str
    variable: str | None = None


@dataclass
class PinUpdate:
    """What becomes of the pins.

    :param pins: all of the file, by host, as they are to be written.
    :param pinned: hosts whose pin is new or replaced.
    :param kept: hosts that show what is pinned.
    :param refused: hosts that show something else, and the pin.
    :param elsewhere: hosts that got a new pin, and whose old one stands in another file, too.
    """

    pins: dict[str, str]
    pinned: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)


def update_pins(pins: Mapping[str, str], observed: Mapping[str, ObservedCertificate], *, replace: bool) -> PinUpdate:
    """Pin what hosts show that have no other pin, in the file or as a variable, or are to get another."""
    update = PinUpdate(dict(pins))
    for host, (shown, variable) in observed.items():
        in_file = pins.get(host)
        others = [pin for pin in (in_file, variable) if pin and _digits(pin) != shown]
        if others and not replace:
            update.refused[host] = others[0]
            continue
        if in_file and in_file not in others:
            update.kept.append(host)
        else:
            update.pins[host] = shown
            update.pinned.append(host)
        if variable in others and variable != in_file:
            update.elsewhere.append(host)
    return update


def _digits(pin: str) -> str | None:
    try:
        return fingerprint_from(pin)
    except InvalidOptionError:
        return None


def render(pins: Mapping[str, str]) -> str:
    """The text of the file."""
    hosts = {host: {PIN: pin} for host, pin in pins.items()}
    return _FIRST_LINE + yaml.safe_dump({"all": {"hosts": hosts}})


def parse(text: str) -> dict[str, str]:
    """The pins in the text of the file, by host, as they are written.

    It is to be written anew, so that anything that would get lost is refused: other variables, groups, comments.

    :raises InvalidOptionError: ``invalid_option``; its words go on after the name of the file, and repeat no value.
    """
    if text.startswith("$ANSIBLE_VAULT"):
        raise _unusable("is encrypted")
    if text.startswith(_OURS):
        text = text[len(text.partition("\n")[0]) :]  # the line stays, so that the others keep their numbers
    try:
        if "#" in text:
            _check_comments(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _unusable("cannot be read as YAML" + (f", in line {mark.line + 1}" if mark else "")) from error
    if root is None or root.tag == _NOTHING:
        return {}
    hosts = _entries(_sole_entry(_sole_entry(root, "all"), "hosts"))
    return {host: _pin(host, variables) for host, variables in hosts.items()}


def _unusable(what: str) -> InvalidOptionError:
    return invalid_option(
        what,
        "It is left as it is. Pins go into a file of their own, which Ansible reads beside the others in the directory "
        "of your inventory: name one that is not there yet.",
    )


def _check_comments(text: str) -> None:
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        # Between two tokens there are blanks and comments only.
        comment = text.find("#", end, token.start_mark.index)
        if comment >= 0:
            line = text.count("\n", 0, comment) + 1
            raise _unusable(f"has a comment in line {line}, which would get lost")
        end = token.end_mark.index


def _pin(host: str, variables: yaml.Node) -> str:
    node = _sole_entry(variables, PIN)
    if node.tag != _TEXT or _digits(node.value) is None:
        raise _unusable(f"has something else than the SHA-256 of a certificate as {PIN} of {host}, in {_line(node)}")
    return str(node.value)


def _sole_entry(node: yaml.Node, name: str) -> yaml.Node:
    """What stands under a name, where nothing else may stand."""
    entries = _entries(node)
    if entries.keys() != {name}:
        names = ", ".join(entries) or "nothing"
        raise _unusable(f"has more than pins, or less: {names} in {_line(node)}, where {name} alone may stand")
    return entries[name]


def _entries(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _unusable(f"has something else than pins in {_line(node)}")
    entries: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.tag != _TEXT:
            raise _unusable(f"has a name in {_line(key)} that is no text")
        if key.value in entries:
            raise _unusable(f"has {key.value} twice, in {_line(key)} again")
        entries[key.value] = value
    return entries


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"
