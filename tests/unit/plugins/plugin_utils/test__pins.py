# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of the file of pins, and which certificate becomes a pin."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._pins import (
    PIN,
    ObservedCertificate,
    PinUpdate,
    parse_pins,
    render_lines,
    render_pins,
    update_pins,
)

OLD, NEW = "ab" * 32, "cd" * 32
# Another valid form of OLD.
OLD_WITH_COLONS = "SHA256:" + ":".join(["AB"] * 32)
SECRET = "the-password"


@given(st.dictionaries(st.text(), st.sampled_from([OLD, NEW, OLD_WITH_COLONS, f"{'12' * 16} {'34' * 16}", "12" * 32])))
def test_pins_survive_rendering_and_parsing(pins: dict[str, str]) -> None:
    text = render_pins(pins)
    assert parse_pins(text) == pins
    assert yaml.safe_load(text) == {"all": {"hosts": {host: {PIN: pin} for host, pin in pins.items()}}}
    assert render_pins(dict(reversed(pins.items()))) == text


@pytest.mark.parametrize(
    "text", ["", "\n", "---\n", "all: {hosts: {}}\n", render_pins({}), render_pins({}).partition("\n")[0]]
)
def test_a_file_without_pins_is_empty(text: str) -> None:
    assert parse_pins(text) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$ANSIBLE_VAULT;1.1;AES256\n3132\n", "is encrypted"),
        ("gate ansible_host=192.0.2.1\n", "does not have a dictionary in line 1"),
        ("- hosts: all\n", "does not have a dictionary in line 1"),
        ("all:\n  hosts: {gate: [\n", "is not valid YAML in line 3, column 1"),
        ("\0", "is not valid YAML"),
        (f"--- {{}}\n--- {{all: {SECRET}}}\n", "is not valid YAML in line 2, column 1"),
        ("axis:\n  hosts: {}\n", "has axis in line 1, where only all is valid"),
        ("all:\n  hosts: {}\n  vars: {axis_timeout: 5}\n", "has hosts, vars in line 2, where only hosts is valid"),
        ("all:\n  hosts:\n    gate:\n", "does not have a dictionary in line 3"),
        ("all:\n  hosts:\n    gate: {}\n", f"has nothing in line 3, where only {PIN} is valid"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: {OLD}, axis_password: {SECRET}}}\n", f"{PIN}, axis_password in line 3"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: {SECRET}}}\n", f"sets {PIN} of gate in line 3"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: !vault {OLD}}}\n", f"sets {PIN} of gate in line 3"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: [{OLD}]}}\n", f"sets {PIN} of gate in line 3"),
        (f"all:\n  hosts:\n    0123: {{{PIN}: {OLD}}}\n", "has a key in line 3 that is not text"),
        (f"all:\n  hosts:\n    a: &a {{{PIN}: {OLD}}}\n    b: {{<<: *a}}\n", "has a key in line 4 that is not text"),
        (f"all:\n  hosts:\n    a: {{{PIN}: {OLD}}}\n    a: {{{PIN}: {NEW}}}\n", "repeats a in line 4"),
        (f"{render_pins({'gate': OLD})}# {SECRET}\n", "has a comment in line 6"),
        (f"# {SECRET}\n", "has a comment in line 1"),
        (f"all:\n  hosts:\n    '#c': # {SECRET}\n      {PIN}: {OLD}\n", "has a comment in line 3"),
    ],
)
def test_content_that_would_be_lost_is_rejected(text: str, message: str) -> None:
    with pytest.raises(InvalidOptionError) as refused:
        parse_pins(text)
    assert message in refused.value.message
    assert SECRET not in str(refused.value)
    assert "a file that does not exist yet" in refused.value.next_step


def test_hosts_without_a_pin_get_one() -> None:
    pins = {"dark": OLD_WITH_COLONS, "same": OLD_WITH_COLONS}
    update = update_pins(pins, {"gate": ObservedCertificate(NEW), "same": ObservedCertificate(OLD, OLD)}, replace=False)
    assert update == PinUpdate({**pins, "gate": NEW}, pinned=["gate"], kept=["same"])
    # A pin in another file becomes one in this file, too.
    assert update_pins({}, {"gate": ObservedCertificate(OLD, OLD_WITH_COLONS)}, replace=False) == PinUpdate(
        {"gate": OLD}, pinned=["gate"]
    )


@pytest.mark.parametrize(
    ("in_file", "variable", "pin", "elsewhere"),
    [
        (OLD, None, OLD, []),
        (OLD, OLD, OLD, []),
        (OLD, NEW, OLD, []),
        (None, OLD, OLD, ["gate"]),
        (NEW, OLD, OLD, ["gate"]),
        (None, "nonsense", "nonsense", ["gate"]),
    ],
)
def test_another_pin_is_replaced_only_on_request(
    in_file: str | None, variable: str | None, pin: str, elsewhere: list[str]
) -> None:
    pins = {"gate": in_file} if in_file else {}
    observed = {"gate": ObservedCertificate(NEW, variable)}
    assert update_pins(pins, observed, replace=False) == PinUpdate(pins, refused={"gate": pin})
    replaced = update_pins(pins, observed, replace=True)
    assert (replaced.pins, replaced.refused, replaced.elsewhere) == ({"gate": NEW}, {}, elsewhere)


def test_one_limit_replaces_the_pins_of_all_refused_hosts() -> None:
    def last_line(count: int) -> str:
        update = PinUpdate({}, refused={f"gate-{number}": "AB" for number in range(count)})
        return render_lines("/srv/pins.yml", update, {}, check_mode=False)[-1]

    assert last_line(2).endswith(": --extra-vars pin_certificates_replace=true --limit gate-0,gate-1")
    assert last_line(101).endswith(": --extra-vars pin_certificates_replace=true --limit with these 101 hosts")


def test_summary_groups_hosts_with_the_same_reason() -> None:
    unread = {f"gate-{number}": f"port {7000 + number} is closed. Check it." for number in range(1, 12)}
    lines = render_lines("/srv/pins.yml", PinUpdate({}, pinned=["yard"]), unread, check_mode=False)
    assert lines == [
        "Certificates of 12 hosts: 1 pinned, 0 kept, 0 refused, 11 not read",
        "Pins: /srv/pins.yml",
        "pinned: yard",
        "not read:",
        "  its port is closed. Check it: 11 hosts: gate-1, gate-2, gate-3 and 8 more",
        f"Retry hosts that were not read with: --limit {','.join(unread)}",
    ]
    # More hosts do not fit into the argument of a command.
    unread = {f"gate-{number}": "closed" for number in range(101)}
    lines = render_lines("/srv/pins.yml", PinUpdate({}), unread, check_mode=False)
    assert lines[-1] == "  closed: 101 hosts: gate-0, gate-1, gate-2 and 98 more"
