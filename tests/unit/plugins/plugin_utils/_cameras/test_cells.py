# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What spreadsheets make of texts is recognized; test_files.py has the messages."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cells import (
    Address,
    Fault,
    is_axis_serial,
    is_date,
    parse_address,
    parse_firmware,
    parse_serial,
    parse_text,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Mark


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", Address("192.0.2.1")),
        ("http://192.0.2.1", Address("192.0.2.1")),
        ("http://192.0.2.1:443/", Address("192.0.2.1")),
        ("https://192.0.2.1:80", Address("192.0.2.1", 80)),
        ("HTTPS://cam-1.example.com:8443/x", Address("cam-1.example.com", 8443)),
        ("[2001:db8::1]", Address("2001:db8::1")),
        ("https://[2001:db8::1]:444/", Address("2001:db8::1", 444)),
        ("2001:db8::7/64", Address("2001:db8::7")),
        ("fe80::1%eth0", Address("fe80::1%eth0")),
        ("192.0.2.1/32", Address("192.0.2.1")),
        ("axis-accc8e000001.local", Address("axis-accc8e000001.local")),
        ("'192.0.2.1", Address("192.0.2.1")),
    ],
)
def test_an_address_in_any_form_is_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *(
            "192.0.2",
            "192.0.2.1.5",
            "1.2E+10",
            "12",
            "192,0,2,1",
            "192.0.2.1:99999",
            "192.0.2.1:x",
            "a b",
            "cam\u00e9ra",
            "-",
        ),
        *(
            "255.255.255.255",
            "224.0.0.1",
            "http://0.0.0.0/",
            "::",
            "ftp://a",
            "user@192.0.2.1",
            "192.0.2.1/99",
            "http://",
            "//a",
            "x/y",
            "10.02.2026",
        ),
    ],
)
def test_what_is_not_an_address_is_a_fault(text: str) -> None:
    assert isinstance(parse_address(text), Fault)


@pytest.mark.parametrize(
    "text", ["ACCC8E00001G", "1,23E+11", "1.2e11", "", "accc8e", "ACCC8E000001, ACCC8E000002", "FF:FF:FF:FF:FF:FF"]
)
def test_what_is_not_a_serial_number_is_a_fault(text: str) -> None:
    assert isinstance(parse_serial(text), Fault)


def test_prefixes_of_axis_are_known() -> None:
    assert all(map(is_axis_serial, ("00408C000001", "ACCC8E000001", "B8A44F000001", "E82725000001")))
    assert not is_axis_serial("001122334455")


@pytest.mark.parametrize(
    "text", ["#N/A", "#NV", "#BEZUG!", "#ref!", "########", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"]
)
def test_formulas_and_errors_are_faults(text: str) -> None:
    assert isinstance(parse_text(text, None), Fault)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("+49 89 123", "+49 89 123"),
        ("-1", "-1"),
        ("#1", "#1"),
        ("@home", "@home"),
        ('="007"', "007"),
        ('="a ""b"""', 'a "b"'),
        ("gate\n2", "gate 2"),
        ("ga\u200bte", "gate"),
        ("門 1", "門 1"),
    ],
)
def test_other_texts_are_read(text: str, read: str) -> None:
    assert parse_text(text, None) == read


def test_a_variable_may_be_a_date_or_have_lines() -> None:
    assert isinstance(parse_text("2026-01-10", Mark.DATE), Fault)
    assert parse_text("2026-01-10", Mark.DATE, is_field=False) == "2026-01-10"
    assert parse_text("a\nb\x1b", None, is_field=False, keep_lines=True) == "a\nb"
    assert isinstance(parse_text("x", Mark.FORMULA, is_field=False), Fault)


def test_a_firmware_that_became_a_date_is_a_fault() -> None:
    assert parse_firmware("10.12.91") == "10.12.91"
    assert parse_firmware("6.50.5.15") == "6.50.5.15"
    assert isinstance(parse_firmware("10.12.1991"), Fault)


@pytest.mark.parametrize(
    ("text", "is_one"), [("2026-01-10", True), ("1/10/26", True), ("10.12.91", False), ("cam-1-10", False)]
)
def test_dates_are_recognized(text: str, is_one: bool) -> None:
    assert is_date(text) is is_one
