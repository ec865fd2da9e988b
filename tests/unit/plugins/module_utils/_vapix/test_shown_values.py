# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a device a profile shows."""

from __future__ import annotations

import unicodedata

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues

OWN = "camfleet-check-01234567-text"


@pytest.fixture
def values() -> ShownValues:
    identifiers = Identifiers()
    identifiers.add("serial", "B8A44F0A1B2C")
    identifiers.add("user", "123456")
    identifiers.add("host", "192.0.2.17")
    found = ShownValues(identifiers)
    found.own(OWN)
    found.own(f"{OWN} Ä ü 😀  x ")
    found.own("a=1&device=abCD/x")
    return found


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        OWN[:20],
        f"{OWN} Ä ü",
        unicodedata.normalize("NFD", f"{OWN} Ä ü 😀 x"),
        f"{OWN} Ä ü 😀".encode().decode("latin-1"),
        "device=abCD/x&a=1",
        "a=%31&device=%61b%43D%2fx",
        "A=1&DEVICE=ABCD/X",
    ],
)
def test_own_texts_are_shown_in_every_form(values: ShownValues, text: str) -> None:
    assert values.is_own(text)
    assert not values.text("text")(text).startswith("<text")


@pytest.mark.parametrize("text", ["entrance", f"{OWN}-2", f"x{OWN}", "a=1&b=2", "camfleet-check-01234568-text"])
def test_foreign_texts_become_placeholders(values: ShownValues, text: str) -> None:
    assert values.text("name")(text) == "<name>"


def test_the_same_text_has_the_same_number(values: ShownValues) -> None:
    show = values.id("group")
    assert [show("a"), show("b"), show("a"), show(""), show(OWN)] == ["<group 1>", "<group 2>", "<group 1>", "", OWN]


def test_an_id_that_the_device_generated_is_numbered(values: ShownValues) -> None:
    generated = "SD_DISK_20261129_194914_A0D5EFE9"
    values.own(generated)
    shown = [values.group_id(text) for text in (generated, OWN, "entrance", generated, f"{OWN}-2", "")]
    assert shown == ["<group 1>", OWN, "<group 2>", "<group 1>", "<group 3>", ""]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Recording group in use.", "Recording group in use."),
        ("Configuration parameter missing: led", "Configuration parameter missing: <text>"),
        ("group 'Entrance north' exists", "group '<text>' exists"),
        ("No action rule with id '9999' exists", "No action rule with id '9999' exists"),
        ("failed to parse topic expression 'tns1:Device/x'", "failed to parse topic expression '<text>:<text>'"),
        ("call +46 123 456789", "call <text>46 123 <text>"),
        ("group entrance-4711-x in use", "group <text> in use"),
        ("invalid: Straße\nLünd", "invalid: <text>"),
        ("user@host.example denied", "<text> denied"),
    ],
)
def test_errors_show_known_words_only(values: ShownValues, text: str, shown: str) -> None:
    assert values.words(text) == shown


@pytest.mark.parametrize(
    ("rule", "text", "shown"),
    [
        ("number", "720", "720"),
        ("number", " -1 ", "-1"),
        ("number", "3f", "<text>"),
        ("version", "1.0", "1.0"),
        ("version", "2.0.0-beta.2", "2.0.0-beta.2"),
        ("version", "site 1", "<version>"),
        ("number", "123456", "<text>"),
        ("number", "7654321", None),
        ("version", "1.0-acme", "<version>"),
        ("version", "192.0.2.17", "<version>"),
        ("api", "recording-group", None),
        ("api", "acme-video", "<api 1>"),
        ("template", "com.axis.action.unlimited.recording_group.storage", None),
        ("template", "com.axis.action.fixed.acme", "<template 1>"),
        ("template", "com.acme.gate", "<template 1>"),
        ("template", "action.fixed.led", "<template 1>"),
        ("parameter", "stream_options", None),
        ("parameter", "acme_option", "<parameter 1>"),
        ("attribute", "NiceName", None),
        ("attribute", "AcmeName", "<attribute 1>"),
        ("disk_id", "SD_DISK", None),
        ("disk_id", "SD_DISK2", None),
        ("disk_id", "nas-of-acme", "<disk 1>"),
        ("time", "2026-11-29T08:00:00.123Z", "<time>"),
        ("duration", "PT30S", None),
        ("duration", "P1DT2H", None),
        ("duration", "30 s", "<duration>"),
        ("duration", "PACME", "<duration>"),
        ("duration", "P", "<duration>"),
        ("number", "", ""),
    ],
)
def test_each_kind_of_value_has_its_form(values: ShownValues, rule: str, text: str, shown: str | None) -> None:
    assert getattr(values, rule)(text) == (text if shown is None else shown)


def test_one_of_some_values(values: ShownValues) -> None:
    rule = values.one_of("OK", "failed", kind="status")
    assert [rule("OK"), rule("Failed"), rule("of acme"), rule("")] == ["OK", "Failed", "<status>", ""]


def test_a_long_own_text_is_cut(values: ShownValues) -> None:
    values.own("y" * 600)
    assert values.text("name")("y" * 600) == "y" * 120 + "<480 more characters>"
