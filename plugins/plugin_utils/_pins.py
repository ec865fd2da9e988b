# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of the inventory file of pins, and which certificates become pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    Text,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import parse_fingerprint
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import render_limit
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    abbreviate,
    group_by_reason,
    render_count,
)

#: The variable that is the pin of a host.
PIN = "axis_tls_fingerprint"
# The beginning of the only comment that a file may have. Another version of the collection may append text.
_COMMENT = "# Written by the playbook camfleet.axis.pin_certificates."
_FIRST_LINE = f"{_COMMENT} A new pin is only as trustworthy as the network it was read over.\n"
_FILE = {"option": Option("path")}
_SEPARATE = Message(
    "Pins need a separate file in the directory of your inventory, which Ansible reads together with the others. Set "
    "{option} to a file that does not exist yet.",
    _FILE,
)
_CORRECT = Message("Correct the file, or set {option} to a file that does not exist yet.", _FILE)
_REPLACE = "--extra-vars pin_certificates_replace=true"
_TEXT, _NOTHING = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


class ObservedCertificate(NamedTuple):
    """The fingerprint of the certificate that a host presents, and the pin that its variables set in any file."""

    shown: str
    variable: str | None = None


@dataclass
class PinUpdate:
    """The pins after an update.

    :param pins: by host, the new content of the file.
    :param pinned: hosts whose pin is new or replaced.
    :param kept: hosts that present the pinned certificate.
    :param refused: by host that presents another certificate, its pin.
    :param elsewhere: hosts with a new pin whose old pin another file still has.
    """

    pins: dict[str, str]
    pinned: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)


def update_pins(pins: Mapping[str, str], observed: Mapping[str, ObservedCertificate], *, replace: bool) -> PinUpdate:
    """Pin the certificates of hosts that have no other pin in the file or variable, and of all hosts if ``replace``."""
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
        return parse_fingerprint(pin)
    except InvalidOptionError:
        return None


def render_lines(path: str, update: PinUpdate, unread: Mapping[str, str], *, check_mode: bool) -> list[str]:
    """Render the summary of a run for people.

    :param path: of the file.
    :param unread: by host whose certificate was not read, the reason.
    :param check_mode: whether nothing was written.
    """
    hosts = {"pinned": update.pinned, "kept": update.kept, "refused": [*update.refused], "not read": [*unread]}
    counts = ", ".join(f"{len(names)} {what}" for what, names in hosts.items())
    prediction = "In check mode nothing was written. " if check_mode else ""
    lines = [f"Certificates of {render_count(sum(map(len, hosts.values())))}: {prediction}{counts}", f"Pins: {path}"]
    lines += [f"{what}: {abbreviate(hosts[what])}" for what in ("pinned", "kept") if hosts[what]]
    if update.refused:
        lines.append(f"refused: {abbreviate(hosts['refused'])} (the certificate is not the pinned one; both are above)")
        limit = render_limit(hosts["refused"]) or f"--limit with these {render_count(len(update.refused))}"
        lines.append(f"If these are the certificates of the cameras, replace the pins with: {_REPLACE} {limit}")
    if unread:
        lines += ["not read:", *group_by_reason(unread.items(), "")]
    if retry := unread and render_limit(hosts["not read"]):
        lines.append(f"Retry hosts that were not read with: {retry}")
    return lines


def render_pins(pins: Mapping[str, str]) -> str:
    """Return the text of the file."""
    hosts = {host: {PIN: pin} for host, pin in pins.items()}
    return _FIRST_LINE + yaml.safe_dump({"all": {"hosts": hosts}})


def parse_pins(text: str) -> dict[str, str]:
    """Return the pins in the text of the file, by host, in the form in which they are written.

    The file is replaced later. Therefore anything that would be lost is rejected: other variables, groups, comments.

    :raises InvalidOptionError: ``invalid_option``; its message continues a sentence that begins with the file name, and
        contains no value.
    """
    if text.startswith("$ANSIBLE_VAULT"):
        raise _unusable("is encrypted")
    if text.startswith(_COMMENT):
        text = text[len(text.partition("\n")[0]) :]  # without its line break, so that line numbers stay correct
    try:
        if "#" in text:
            _check_comments(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise _unusable(f"is not valid YAML{place}", _CORRECT) from error
    if root is None or root.tag == _NOTHING:
        return {}
    hosts = _entries(_sole_entry(_sole_entry(root, "all"), "hosts"))
    return {host: _pin(host, variables) for host, variables in hosts.items()}


def _unusable(message: str, next_step: Text = _SEPARATE) -> InvalidOptionError:
    return invalid_option(message, Message("The file is unchanged. {next_step}", {"next_step": next_step}))


def _check_comments(text: str) -> None:
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        # Between two tokens there are only blanks and comments.
        comment = text.find("#", end, token.start_mark.index)
        if comment >= 0:
            line = text.count("\n", 0, comment) + 1
            raise _unusable(f"has a comment in line {line}, which would be lost")
        end = token.end_mark.index


def _pin(host: str, variables: yaml.Node) -> str:
    node = _sole_entry(variables, PIN)
    if node.tag != _TEXT or _digits(node.value) is None:
        message = f"sets {PIN} of {host} in {_line(node)} to a value that is not the SHA-256 of a certificate"
        raise _unusable(message, _CORRECT)
    return str(node.value)


def _sole_entry(node: yaml.Node, name: str) -> yaml.Node:
    """Return the value of the only key that a dictionary may have."""
    entries = _entries(node)
    if entries.keys() != {name}:
        names = ", ".join(entries) or "nothing"
        raise _unusable(f"has {names} in {_line(node)}, where only {name} is valid")
    return entries[name]


def _entries(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _unusable(f"does not have a dictionary in {_line(node)}")
    entries: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.tag != _TEXT:
            raise _unusable(f"has a key in {_line(key)} that is not text", _CORRECT)
        if key.value in entries:
            raise _unusable(f"repeats {key.value} in {_line(key)}", _CORRECT)
        entries[key.value] = value
    return entries


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"
