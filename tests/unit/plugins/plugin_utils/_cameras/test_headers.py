# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of columns are recognized in any writing, and the guide lists each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.headers import (
    FIELDS,
    RECOGNIZED,
    find_field,
    normalize_header,
)

GUIDE = Path(__file__).resolve().parents[5] / "docs" / "docsite" / "rst" / "camera_lists.rst"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("IP address", "address"),
        ("ip_address", "address"),
        ("IP-ADRESSE", "address"),
        ("IPAddress", "address"),
        ("Direccion IP", "address"),
        ("SerialNumber", "serial"),
        ("MACAddress", "serial"),
        ("s/n", "serial"),
        ("NUMERO DE SERIE", "serial"),
        ("Modele", "model"),
        ("GERÄTENAME", "name"),
        ("AXIS OS Version", "firmware"),
        ("Standort", "site"),
        ("Typ", "model"),
        ("GERÄTETYP", "model"),
        ("Firmware Stand", "firmware"),
        ("groups", "groups"),
    ],
)
def test_writing_does_not_matter(header: str, field: str) -> None:
    found = find_field(header)
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize("header", ["", "-", "Status", "Port", "Password", "Product"])
def test_other_names_are_not_recognized(header: str) -> None:
    assert find_field(header) is None


def test_the_first_name_of_a_field_is_preferred() -> None:
    ranks = [find_field(header) for header in ("Name", "HardwareName", "IP address", "Address", "Host name")]
    assert ranks == [("name", 0), ("name", 4), ("address", 2), ("address", 10), ("address", 13)]


def test_no_name_is_that_of_two_fields() -> None:
    assert set(RECOGNIZED) == set(FIELDS)
    named = {(normalize_header(name), field) for field, names in RECOGNIZED.items() for name in names}
    assert len(named) == len({name for name, _field in named})


def test_the_guide_lists_each_name() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert [name for names in RECOGNIZED.values() for name in names if f"``{name}``" not in guide] == []
