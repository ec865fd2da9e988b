# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cameras that files list and that respond: one host each, or a problem that names both rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import (
    Camera,
    build_variables,
    find_address_problems,
    find_duplicates,
    find_moved,
    find_unencrypted,
    merge_cameras,
    name_cameras,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Position,
    RespondingCamera,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import build_address

CONFIG = "x.axis.yml"
COLUMNS = {"name": "Name", "address": "IP", "serial": "MAC"}
A, B = "ACCC8E00000A", "ACCC8E00000B"


def row(
    line: int, name: str | None = None, address: str | None = None, serial: str | None = None, **more: Any
) -> Camera:
    variables = more.pop("variables", {})
    listed = ListedCamera(Position("c.csv", line), name, address, serial, columns=COLUMNS, **more)
    return Camera(CONFIG, listed, variables=variables)


def response(serial: str, address: str, **more: Any) -> RespondingCamera:
    return RespondingCamera(address, more.pop("port", 443), "https", serial, **more)


def find(*cameras: Camera) -> list[str]:
    return [str(problem) for problem in find_duplicates(cameras, build_address)]


def name(*cameras: Camera) -> tuple[list[str], list[str]]:
    hosts, problems, _warnings = name_cameras(cameras, None)
    return [*hosts], [str(problem) for problem in problems]


def test_camera_without_a_name_is_named_by_serial() -> None:
    both = Camera(CONFIG, None, response(B, "192.0.2.2"))
    assert name(row(2, "gate"), row(3, serial=A), both) == (["gate", f"axis-{A}", f"axis-{B}"], [])


def test_neither_name_nor_serial_is_a_problem() -> None:
    for serial in (None, "000000000000"):
        assert name(row(2, address="192.0.2.1", serial=serial)) == (
            [],
            [
                (
                    "c.csv, line 2, column Name: the camera has neither a name nor a serial number. "
                    "Fill in one of them, or "
                    'set name in x.axis.yml, such as name: "{{ ansible_host }}".'
                )
            ],
        )


def test_row_with_a_faulty_cell_lacks_nothing_else() -> None:
    rejected = replace(row(2, None, None, None), is_rejected=True)
    assert name(rejected, replace(row(3, "a b"), is_rejected=True))[1] == [
        (
            "c.csv, line 3, column Name: the name 'a b' has a space, which separates patterns. Rename it, or set name "
            "in x.axis.yml, such as name: \"{{ axis_name | regex_replace('[][ ,:*?{}/!&~@]+', '-') }}\"."
        )
    ]
    assert find_address_problems([rejected]) == []


def test_invalid_name_names_cell_and_remedy() -> None:
    assert name(row(2, "north gate"), row(3, "b")) == (
        ["b"],
        [
            (
                "c.csv, line 2, column Name: the name 'north gate' has a space, which separates "
                "patterns. Rename it, or set "
                "name in x.axis.yml, such as name: \"{{ axis_name | regex_replace('[][ ,:*?{}/!&~@]+', '-') }}\"."
            )
        ],
    )


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ("gate", "gate", "the name gate is also that of c.csv, line 2, column Name"),
        ("gate", "Gate", "the name Gate is almost that of c.csv, line 2, column Name, which is gate"),
        ("Caf\u00e9", "Cafe\u0301", "the name Caf\u00e9 is also that of c.csv, line 2, column Name"),
    ],
)
def test_duplicate_name_names_both_rows(one: str, other: str, text: str) -> None:
    hosts, problems = name(row(2, one), row(3, other))
    assert hosts == [one]
    assert problems == [
        (
            f"c.csv, line 3, column Name: {text}. Set a different name for each camera, or put site or "
            f"serial number into name."
        )
    ]


def test_template_gets_the_variables() -> None:
    def render(variables: Mapping[str, object]) -> str:
        if "axis_site" not in variables:
            raise ValueError("the template name cannot be resolved: no axis_site")
        return f"{variables['axis_site']}-{variables['axis_serial']}"

    hosts, problems, _warnings = name_cameras([row(2, serial=A, site="pier"), row(3, serial=B)], render)
    assert [*hosts] == [f"pier-{A}"]
    assert [str(problem) for problem in problems] == [
        (
            "c.csv, line 3, column Name: the template name cannot be resolved: no axis_site. "
            "Fill in what the template "
            "uses, or change name in x.axis.yml."
        )
    ]


def test_duplicate_serial_names_both_rows() -> None:
    assert find(row(2, serial=A), row(3, serial=B), row(4, serial=A)) == [
        (
            f"c.csv, line 4, column MAC: the serial number {A} is also that of c.csv, line 2, column MAC. "
            "Remove one of the rows, or correct the serial number."
        )
    ]


def test_serial_of_zeros_identifies_no_camera() -> None:
    assert find(row(2, serial="0" * 12), row(3, serial="0" * 12)) == []


@pytest.mark.parametrize(
    ("one", "other", "spelled"),
    [
        ("192.0.2.1", "192.0.2.1", ""),
        ("2001:db8::1", "2001:0DB8:0::1", ", where it is written 2001:db8::1"),
        ("192.0.2.1", "::ffff:192.0.2.1", ", where it is written 192.0.2.1"),
        ("Gate.example.com", "gate.example.com.", ", where it is written Gate.example.com"),
    ],
)
def test_duplicate_address_names_both_rows(one: str, other: str, spelled: str) -> None:
    assert find(row(2, "a", one), row(3, "b", other)) == [
        (
            f"c.csv, line 3, column IP: the address {other} is also that of c.csv, line 2, column IP{spelled}. "
            "Remove one of the rows, or correct the address."
        )
    ]


def test_address_with_another_port_is_another_camera() -> None:
    one, other = row(2, "a", "192.0.2.1", variables={"axis_port": "8001"}), row(3, "b", "192.0.2.1")
    assert find(one, other) == []
    assert len(find(one, row(4, "c", "192.0.2.1", variables={"axis_port": "8001"}))) == 1


def test_camera_without_an_address_is_a_problem() -> None:
    assert [str(problem) for problem in find_address_problems([row(2, "gate", None, A)])] == [
        (
            f"c.csv, line 2, column IP: the address of the camera {A} is unknown. Fill it in, or list its network in "
            "addresses, so that the camera is found by its serial number."
        )
    ]


def test_camera_that_responds_or_is_named_has_an_address() -> None:
    found = Camera(CONFIG, row(2, "gate", None, A).listed, response(A, "192.0.2.1"))
    assert find_address_problems([found, row(3, "gate.example.com")]) == []


def test_listed_and_responding_camera_is_one() -> None:
    one, other = row(2, "gate", "gate.example.com").listed, row(3, "pier", "192.0.2.3", B).listed
    assert one is not None
    assert other is not None
    found = response(A, "192.0.2.1", model="P3245-LVE", firmware="12.9.1")
    new = [response("ACCC8E0000FF", "192.0.2.8"), response("ACCC8E0000CC", "192.0.2.9")]
    merged = merge_cameras(CONFIG, [one, other], [found, None], new)
    assert [(camera.serial, camera.address, camera.model) for camera in merged] == [
        (A, "gate.example.com", "P3245-LVE"),
        (B, "192.0.2.3", None),
        ("ACCC8E0000CC", "192.0.2.9", None),
        ("ACCC8E0000FF", "192.0.2.8", None),
    ]


def test_variables_of_a_listed_camera() -> None:
    camera = row(2, "gate", "192.0.2.1", A, model="AXIS P3245-LVE", site="pier", variables={"note": "x"})
    assert build_variables(camera) == {
        "ansible_host": "192.0.2.1",
        "axis_name": "gate",
        "axis_serial": A,
        "axis_model": "P3245-LVE",
        "axis_site": "pier",
        "note": "x",
    }


def test_model_is_as_listed_and_firmware_as_shown() -> None:
    listed = row(2, "gate", "192.0.2.1", A, model="P3245", firmware="11.1").listed
    camera = Camera(CONFIG, listed, response(A, "192.0.2.1", port=8443, model="P3245-LVE", firmware="12.9.1"))
    variables = build_variables(camera)
    assert (variables["axis_model"], variables["axis_firmware"]) == ("P3245", "12.9.1")
    assert variables["axis_port"] == 8443


def test_column_for_the_port_takes_precedence() -> None:
    camera = Camera(CONFIG, row(2, "a", "192.0.2.1").listed, response(A, "192.0.2.1", port=8443), {"axis_port": "444"})
    assert build_variables(camera)["axis_port"] == "444"


def test_moved_camera_keeps_the_listed_address() -> None:
    """Any device can show any serial number, and the next task would send it the login."""
    camera = Camera(CONFIG, row(2, "gate", "192.0.2.1", A).listed, response(A, "192.0.2.7", port=8443))
    same = Camera(CONFIG, row(3, "pier", "2001:DB8::1", B).listed, response(B, "2001:db8::1"))
    assert build_variables(camera) == {"ansible_host": "192.0.2.1", "axis_name": "gate", "axis_serial": A}
    assert find_moved([camera, same]) == [
        (
            f"c.csv, line 2, column IP: the camera {A} responded at 192.0.2.7. Tasks use the listed address 192.0.2.1, "
            "because any device can show this serial number. Correct the row if the camera has moved."
        )
    ]


@pytest.mark.parametrize(
    ("protocol", "port", "uses_http", "expected"),
    [
        ("https", 443, False, {}),
        ("https", 80, False, {"axis_port": 80}),
        ("http", 80, True, {"axis_protocol": "http"}),
        ("http", 8080, True, {"axis_protocol": "http", "axis_port": 8080}),
        ("http", 8080, False, {}),
    ],
)
def test_tasks_connect_as_the_user_chose(
    protocol: str, port: int, uses_http: bool, expected: dict[str, object]
) -> None:
    device = RespondingCamera("192.0.2.1", port, protocol, A)
    camera = Camera(CONFIG, None, device, uses_http=uses_http)
    assert build_variables(camera) == {**expected, "ansible_host": "192.0.2.1", "axis_serial": A}
    assert find_unencrypted([camera]) == (
        [
            (
                "1 camera responded only without encryption (HTTP): 192.0.2.1. Tasks use HTTPS. Enable HTTPS there, or "
                "set axis_protocol and axis_port for these hosts."
            )
        ]
        if protocol == "http" and not uses_http
        else []
    )


def test_unlisted_camera_never_prevents_the_others() -> None:
    def render(variables: Mapping[str, object]) -> str:
        if "axis_site" not in variables:
            raise ValueError("no axis_site")
        return str(variables["axis_name"])

    new = [Camera(CONFIG, None, response(serial, "192.0.2.8")) for serial in (B, "ACCC8E0000CC")]
    names = name_cameras([row(2, f"axis-{B}", serial=A, site="pier"), *new], render)
    assert [*names.hosts] == [f"axis-{B}", f"axis-{B}-unlisted", "axis-ACCC8E0000CC"]
    assert names.problems == []
    assert names.warnings == [
        (
            f"2 cameras that no file lists have a different name than intended, axis-{B}-unlisted, axis-ACCC8E0000CC: "
            f"x.axis.yml, the camera {B} at 192.0.2.8: no axis_site. A camera that no file lists has neither "
            "axis_name nor axis_site. Write a default for both into name in x.axis.yml, such as "
            "{{ axis_name | default('axis-' ~ axis_serial) }}."
        )
    ]


def test_template_that_names_no_camera_is_a_problem() -> None:
    def render(_variables: Mapping[str, object]) -> str:
        return "two words"

    names = name_cameras([Camera(CONFIG, None, response(A, "192.0.2.1"))], render)
    assert (names.hosts, len(names.problems), names.warnings) == ({}, 1, [])
