# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listed cameras compared with those that responded: by serial number, then by address."""

from __future__ import annotations

import socket
import threading
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.compare import (
    Comparison,
    Resolve,
    compare,
    resolve_names,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import Failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Position,
    RespondingCamera,
    SweepCounts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepResult

ONE, TWO, THREE = "ACCC8E000001", "ACCC8E000002", "ACCC8E000003"
SWEPT = tuple(f"192.0.2.{number}" for number in range(1, 10))


def responding(serial: str, address: str, port: int = 443) -> RespondingCamera:
    return RespondingCamera(address, port, "https", serial)


def listed(*cameras: Mapping[str, Any]) -> list[ListedCamera]:
    """Return cameras of the lines 2, 3, and so on of a file."""
    return [ListedCamera(Position("cameras.csv", line), **fields) for line, fields in enumerate(cameras, 2)]


def swept(
    *cameras: RespondingCamera,
    failures: Mapping[str, tuple[str, str]] | None = None,
    repeated: tuple[tuple[RespondingCamera, ...], ...] = (),
) -> SweepResult:
    """Return the result of a sweep; addresses without a camera are silent unless they are in ``failures``."""
    at = {camera.address for camera in (*cameras, *(item for group in repeated for item in group))}
    failed = {address: ("silent", "No response") for address in SWEPT if address not in at} | dict(failures or {})
    return SweepResult(
        cameras=cameras,
        counts=SweepCounts(),
        failures=tuple(Failure(address, *reason) for address, reason in failed.items()),
        repeated=repeated,
        addresses=SWEPT,
        ports=frozenset({443}),
    )


def no_names(names: Collection[str]) -> dict[str, tuple[str, ...]]:
    raise AssertionError(f"{names} were resolved")


def serials(found: Comparison) -> list[str | None]:
    return [camera and camera.serial for camera in found.matches]


def test_the_serial_number_decides() -> None:
    cameras = listed({"serial": ONE, "address": "192.0.2.1"}, {"serial": TWO})
    found = compare(cameras, swept(responding(ONE, "192.0.2.7"), responding(TWO, "192.0.2.2")), no_names)
    assert serials(found) == [ONE, TWO]
    assert (found.unlisted, found.silent, found.not_swept) == ((), (), ())
    assert (found.problems, found.warnings) == ((), ())


def test_the_address_counts_without_a_serial_number() -> None:
    cameras = listed({"address": "192.0.2.1"}, {"address": "[2001:DB8::1]"}, {"name": "192.0.2.3"})
    result = swept(responding(ONE, "192.0.2.1"), responding(TWO, "2001:db8::1"), responding(THREE, "192.0.2.3"))
    result = SweepResult(result.cameras, result.counts, result.failures, (), (*SWEPT, "2001:db8::1"), frozenset({443}))
    found = compare(cameras, result, no_names)
    assert serials(found) == [ONE, TWO, THREE]
    assert found.unlisted == ()


def test_the_serial_number_zero_identifies_no_camera() -> None:
    found = compare(listed({"serial": "0" * 12, "address": "192.0.2.1"}), swept(responding(ONE, "192.0.2.1")), no_names)
    assert serials(found) == [ONE]
    assert found.warnings == ()


def test_differences_in_both_directions_are_found() -> None:
    cameras = listed({"address": "192.0.2.1"}, {"serial": TWO, "address": "192.0.2.2"}, {"address": "192.0.2.3"})
    found = compare(cameras, swept(responding(ONE, "192.0.2.1"), responding(THREE, "192.0.2.9")), no_names)
    assert [camera.serial for camera in found.unlisted] == [THREE]
    assert (found.silent, found.unknown, found.not_swept, found.warnings) == ((1, 2), (), (), ())


def test_a_camera_with_another_serial_number_is_reported() -> None:
    cameras = listed({"serial": TWO, "address": "192.0.2.1", "columns": {"serial": "MAC"}})
    found = compare(cameras, swept(responding(ONE, "192.0.2.1")), no_names)
    assert serials(found) == [None]
    assert [camera.serial for camera in found.unlisted] == [ONE]
    assert found.silent == (0,)
    assert found.warnings == ()
    assert found.conflicts == (
        (
            "cameras.csv, line 2, column MAC: the device that responds at 192.0.2.1 has the serial number "
            "ACCC8E000001, not ACCC8E000002. If it replaces the camera, correct the row."
        ),
    )


def test_a_camera_that_moved_is_matched_by_serial_number() -> None:
    cameras = listed({"serial": ONE, "address": "192.0.2.1"})
    found = compare(cameras, swept(responding(TWO, "192.0.2.1"), responding(ONE, "192.0.2.2")), no_names)
    assert serials(found) == [ONE]
    assert [camera.serial for camera in found.unlisted] == [TWO]
    assert found.silent == ()


def test_an_address_outside_the_sweep_is_not_silent() -> None:
    cameras = listed(
        {"serial": ONE, "address": "198.51.100.1"},
        {"address": "192.0.2.1", "variables": {"axis_port": "8443"}},
        {"address": "192.0.2.2", "variables": {"axis_port": "443"}},
        {"serial": TWO},
    )
    found = compare(cameras, swept(responding(THREE, "192.0.2.1")), no_names)
    assert serials(found) == [None] * 4
    assert (found.silent, found.not_swept) == ((2,), (0, 1, 3))
    assert found.warnings == (
        (
            "Not compared, because the option addresses does not have the address: cameras.csv, line 2. "
            "Add it to the option."
        ),
        (
            "Not compared, because axis_port is 8443, but the search used port 443: cameras.csv, line 3. "
            "Set port: 8443 in the inventory file."
        ),
    )


@pytest.mark.parametrize("kind", ["tls_errors", "unidentified"])
def test_what_was_not_identified_is_not_silent(kind: str) -> None:
    found = compare(listed({"address": "192.0.2.1"}), swept(failures={"192.0.2.1": (kind, "It did not")}), no_names)
    assert (found.silent, found.unknown) == ((), (0,))
    assert found.warnings == (
        (
            "cameras.csv, line 2: something responds at 192.0.2.1, but does not show whether it is this camera: "
            "It did not. Therefore the camera is not in axis_silent. Check it."
        ),
    )


def test_another_device_at_the_address_is_named() -> None:
    found = compare(listed({"address": "192.0.2.1"}), swept(failures={"192.0.2.1": ("others", "x")}), no_names)
    assert found.silent == (0,)
    assert found.warnings == ("cameras.csv, line 2: the device that responds at 192.0.2.1 is not an Axis device.",)


@pytest.mark.parametrize("kind", ["silent", "refused"])
def test_no_response_is_silent_without_a_warning(kind: str) -> None:
    found = compare(listed({"address": "192.0.2.1"}), swept(failures={"192.0.2.1": (kind, "x")}), no_names)
    assert (found.silent, found.warnings) == ((0,), ())


def test_a_host_name_is_resolved_once() -> None:
    resolved_names: list[list[str]] = []

    def resolve(names: Collection[str]) -> dict[str, tuple[str, ...]]:
        resolved_names.append(sorted(names))
        return {"one.example": ("2001:db8::7", "192.0.2.1"), "far.example": ("198.51.100.1",)}

    hosts = ("one.example", "far.example", "unknown.example")
    cameras = listed(*({"address": host} for host in hosts), {"serial": TWO, "address": "two.example"})
    found = compare(cameras, swept(responding(ONE, "192.0.2.1"), responding(TWO, "192.0.2.2")), resolve)
    assert serials(found) == [ONE, None, None, TWO]
    assert (found.silent, found.not_swept) == ((), (1, 2))
    assert resolved_names == [sorted((*hosts, "two.example"))]
    assert found.conflicts == (
        (
            "cameras.csv, line 5: the camera ACCC8E000002 responded at 192.0.2.2, but the listed host name two.example "
            "does not resolve. Correct the row, or the DNS."
        ),
    )
    assert found.warnings == (
        "The host names of cameras.csv, line 4 do not resolve, so these cameras are not compared.",
        (
            "Not compared, because the option addresses does not have the address: cameras.csv, line 3. "
            "Add it to the option."
        ),
    )


def test_two_rows_that_are_one_device_are_a_problem() -> None:
    resolve: Resolve = lambda _names: {"one.example": ("192.0.2.1",)}  # noqa: E731
    cameras = listed({"serial": ONE}, {"address": "192.0.2.1"}, {"address": "one.example"})
    found = compare(cameras, swept(responding(ONE, "192.0.2.1")), resolve)
    assert [str(problem) for problem in found.problems] == [
        f"cameras.csv, line {line}: the device at 192.0.2.1 (serial number ACCC8E000001) is also that of "
        "cameras.csv, line 2. Remove one of the rows."
        for line in (3, 4)
    ]


@pytest.mark.parametrize("fields", [{"address": "192.0.2.1"}, {"serial": ONE}, {"serial": ONE, "address": "192.0.2.1"}])
def test_rows_that_show_that_they_are_equal_are_reported_elsewhere(fields: dict[str, str]) -> None:
    found = compare(listed(fields, fields), swept(responding(ONE, "192.0.2.1")), no_names)
    assert found.problems == ()


def test_a_device_with_two_addresses_is_matched_at_both() -> None:
    both = (responding(ONE, "192.0.2.1"), responding(ONE, "192.0.2.2"))
    found = compare(listed({"address": "192.0.2.2"}), swept(both[0], repeated=(both,)), no_names)
    assert found.matches == (both[1],)
    assert found.unlisted == ()


def test_several_other_ports_need_several_searches() -> None:
    ports = ({"address": "192.0.2.1", "variables": {"axis_port": port}} for port in ("8443", "8001"))
    assert compare(listed(*ports), swept(), no_names).warnings == (
        (
            "Not compared, because axis_port is 8001, 8443, but the search used port 443: 2 cameras (cameras.csv, "
            "line 2; cameras.csv, line 3). Write an inventory file for each port, and set port in it."
        ),
    )


def test_a_long_list_of_rows_is_shortened() -> None:
    found = compare(listed(*[{"address": "198.51.100.1"}] * 7), swept(), no_names)
    shown = "; ".join(f"cameras.csv, line {line}" for line in range(2, 7))
    assert found.warnings == (
        (
            f"Not compared, because the option addresses does not have the address: 7 cameras ({shown}; …). "
            "Add it to the option."
        ),
    )


def test_nothing_listed_is_all_unlisted() -> None:
    found = compare([], swept(responding(ONE, "192.0.2.1")), no_names)
    assert [camera.serial for camera in found.unlisted] == [ONE]


def test_names_that_dns_knows_are_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved_names: list[str] = []

    def look_up(name: str, *_arguments: Any, **_options: Any) -> list[Any]:
        resolved_names.append(name)
        if name == "unknown.example":
            raise socket.gaierror
        if name == "x" * 64:
            raise UnicodeError
        return [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 0)), (socket.AF_INET, 2, 17, "", ("192.0.2.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = ["one.example", "unknown.example", "x" * 64, "one.example"]
    assert resolve_names(names) == {"one.example": ("192.0.2.1",)}
    assert sorted(resolved_names) == sorted(set(names))


def test_dns_that_does_not_respond_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def look_up(name: str, *_arguments: Any, **_options: Any) -> list[Any]:
        if name == "slow.example":
            release.wait()
        return [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        assert resolve_names(["slow.example"], seconds=0.01) == {}
    finally:
        release.set()
    assert resolve_names(["one.example"]) == {"one.example": ("192.0.2.1",)}
