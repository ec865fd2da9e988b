# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the file of the pins may hold, and which certificate becomes a pin."""

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
    parse,
    render,
    update_pins,
)

OLD, NEW = "ab" * 32, "cd" * 32
# Another form of OLD that the option takes, too.
OLD_WITH_COLONS = "SHA256:" + ":".join(["AB"] * 32)
SECRET = "the-password"


@given(st.dictionaries(st.text(), st.sampled_from([OLD, NEW, OLD_WITH_COLONS, f"{'12' * 16} {'34' * 16}", "12" * 32])))
def test_what_is_written_is_read_again_by_everybody(pins: dict[str, str]) -> None:
    text = render(pins)
    assert parse(text) == pins
    assert yaml.safe_load(text) == {"all": {"hosts": {host: {PIN: pin} for host, pin in pins.items()}}}
    assert render(dict(reversed(pins.items()))) == text


@pytest.mark.parametrize("text", ["", "\n", "---\n", "all: {hosts: {}}\n", render({}), render({}).partition("\n")[0]])
def test_a_file_may_be_without_pins(text: str) -> None:
    assert parse(text) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$ANSIBLE_VAULT;1.1;AES256\n3132\n", "is encrypted"),
        ("gate ansible_host=192.0.2.1\n", "has something else than pins in line 1"),
        ("- hosts: all\n", "has something else than pins in line 1"),
        ("all:\n  hosts: {gate: [\n", "cannot be read as YAML, in line 3"),
        ("\0", "cannot be read as YAML"),
        (f"--- {{}}\n--- {{all: {SECRET}}}\n", "cannot be read as YAML, in line 2"),
        ("axis:\n  hosts: {}\n", "has more than pins, or less: axis in line 1, where all alone may stand"),
        ("all:\n  hosts: {}\n  vars: {axis_timeout: 5}\n", "less: hosts, vars in line 2, where hosts alone may stand"),
        ("all:\n  hosts:\n    gate:\n", "has something else than pins in line 3"),
        ("all:\n  hosts:\n    gate: {}\n", f"less: nothing in line 3, where {PIN} alone"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: {OLD}, axis_password: {SECRET}}}\n", f"{PIN}, axis_password in line 3"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: {SECRET}}}\n", f"{PIN} of gate, in line 3"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: !vault {OLD}}}\n", f"{PIN} of gate, in line 3"),
        (f"all:\n  hosts:\n    gate: {{{PIN}: [{OLD}]}}\n", f"{PIN} of gate, in line 3"),
        (f"all:\n  hosts:\n    0123: {{{PIN}: {OLD}}}\n", "has a name in line 3 that is no text"),
        (f"all:\n  hosts:\n    a: &a {{{PIN}: {OLD}}}\n    b: {{<<: *a}}\n", "has a name in line 4 that is no text"),
        (f"all:\n  hosts:\n    a: {{{PIN}: {OLD}}}\n    a: {{{PIN}: {NEW}}}\n", "has a twice, in line 4 again"),
        (f"{render({'gate': OLD})}# {SECRET}\n", "has a comment in line 6"),
        (f"# {SECRET}\n", "has a comment in line 1"),
        (f"all:\n  hosts:\n    '#c': # {SECRET}\n      {PIN}: {OLD}\n", "has a comment in line 3"),
    ],
)
def test_anything_that_would_get_lost_is_refused_and_not_repeated(text: str, words: str) -> None:
    with pytest.raises(InvalidOptionError) as refused:
        parse(text)
    assert words in refused.value.message
    assert SECRET not in str(refused.value)
    assert "one that is not there yet" in refused.value.next_step


def test_what_has_no_pin_gets_one_and_what_was_not_seen_keeps_its_own() -> None:
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
def test_another_pin_is_replaced_only_when_told(
    in_file: str | None, variable: str | None, pin: str, elsewhere: list[str]
) -> None:
    pins = {"gate": in_file} if in_file else {}
    observed = {"gate": ObservedCertificate(NEW, variable)}
    assert update_pins(pins, observed, replace=False) == PinUpdate(pins, refused={"gate": pin})
    replaced = update_pins(pins, observed, replace=True)
    assert (replaced.pins, replaced.refused, replaced.elsewhere) == ({"gate": NEW}, {}, elsewhere)
