# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What identifies a site is found in every form."""

from __future__ import annotations

import base64
import json
from html import escape
from urllib.parse import quote

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers

SERIAL = "B8A44F0A1B2C"


def build(**identifiers: str) -> Identifiers:
    found = Identifiers()
    for kind, text in identifiers.items():
        found.add(kind, text)
    return found


@pytest.mark.parametrize(
    "form",
    [
        SERIAL,
        SERIAL.lower(),
        f"AXIS_{SERIAL}",
        "b8:a4:4f:0a:1b:2c",
        "B8-A4-4F-0A-1B-2C",
        "b8a4.4f0a.1b2c",
        "B8 A4 4F 0A 1B 2C",
        SERIAL.encode().hex(),
        "Ｂ８Ａ４４Ｆ０Ａ１Ｂ２Ｃ",
        "B8A4\u200b4F0A1B2C",
        base64.b64encode(f"x{SERIAL}".encode()).decode(),
    ],
)
def test_a_serial_number_is_found_in_any_form(form: str) -> None:
    redacted = build(serial=SERIAL).redact(f"The device {form} failed")
    assert "<serial>" in redacted
    assert redacted.startswith("The device ")
    assert form not in redacted


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        quote,
        lambda text: quote(quote(text)),
        escape,
        lambda text: json.dumps(text)[1:-1],
        lambda text: "".join(f"&#{ord(character)};" for character in text),
        lambda text: base64.b64encode(f"{text}:secret".encode()).decode(),
        lambda text: text.encode().hex(),
    ],
)
@pytest.mark.parametrize("name", ["müller-gate.example.org", "Müller & Söhne, Tor 1"])
def test_a_name_is_found_in_any_form(write: object, name: str) -> None:
    assert callable(write)
    text = f"error at {write(name)}, again"
    assert "ller" not in build(host=name).redact(text).lower()
    assert build(host=name).is_in(text)


def test_a_name_is_found_in_punycode() -> None:
    assert build(host="tür.example").redact("no host xn--tr-xka.example") == "no host <host>"


@pytest.mark.parametrize("form", ["2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "[2001:db8::1]:443"])
def test_an_address_is_found_in_any_form(form: str) -> None:
    assert "db8" not in build(host="2001:DB8::1").redact(f"no connection to {form}")


def test_a_short_text_is_found_as_a_word_only() -> None:
    assert build(user="ab").redact("user ab cannot absorb") == "user <user> cannot absorb"


def test_a_longer_text_is_replaced_before_its_part() -> None:
    assert build(name="gate", host="gate.example.org").redact("gate.example.org is gate") == "<host> is <name>"


def test_words_that_sites_share_are_kept() -> None:
    assert (
        build(user="operator", name="camera").redact("the camera requires operator") == "the camera requires operator"
    )


def test_without_identifiers_a_text_is_only_put_on_one_line() -> None:
    assert Identifiers().redact("a\nb\x1b[31m") == "a b[31m"
    assert not build(user="").is_in("anything")
