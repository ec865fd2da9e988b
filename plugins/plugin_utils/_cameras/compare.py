# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the cameras that files list with those that responded to a sweep.

The serial number decides. The address counts for cameras that are listed without one: another device may have taken
over the address of a camera that is gone.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import Failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Problem,
    RespondingCamera,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepResult
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import start_threads

_RESOLVE_SECONDS = 10.0
_RESOLVE_THREADS = 20
_MAX_SHOWN = 5
#: How an address failed that says nothing about the camera that is listed there.
_INCONCLUSIVE = frozenset({"tls_errors", "unidentified"})

#: Returns the addresses of host names; a name without any is missing.
Resolve = Callable[[Collection[str]], Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The listed cameras that responded, and the differences between files and network.

    :param matches: for each listed camera, in their order, the device that it is.
    :param unlisted: devices that responded and are in no file.
    :param silent: indexes of listed cameras whose address was swept, without this camera responding at any address.
    :param unknown: indexes of those at whose address something responded that was not identified.
    :param not_swept: indexes of those whose address or port is not part of the sweep.
    :param problems: rows that are one device, although neither address nor serial number shows it.
    :param conflicts: for a person, one for each camera that responds, and not where or as what it is listed.
    :param warnings: for a person, one for each other difference that is not only a missing response.
    """

    matches: tuple[RespondingCamera | None, ...]
    unlisted: tuple[RespondingCamera, ...]
    silent: tuple[int, ...]
    unknown: tuple[int, ...]
    not_swept: tuple[int, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    conflicts: tuple[str, ...] = ()


def resolve_names(names: Collection[str], seconds: float = _RESOLVE_SECONDS) -> dict[str, tuple[str, ...]]:
    """Return the addresses of host names, each resolved once, as far as DNS returns them within so many seconds."""
    pending: SimpleQueue[str] = SimpleQueue()
    done: SimpleQueue[tuple[str, tuple[str, ...]]] = SimpleQueue()
    for name in dict.fromkeys(names):
        pending.put(name)

    def work() -> None:
        with suppress(Empty):
            while True:
                name = pending.get_nowait()
                done.put((name, _resolve(name)))

    # Those that wait for DNS do not keep the process from ending.
    count = min(_RESOLVE_THREADS, len(names))
    start_threads([Thread(target=work, name="axis-resolver", daemon=True) for _number in range(count)])
    found: dict[str, tuple[str, ...]] = {}
    end = time.monotonic() + seconds
    with suppress(Empty):
        while len(found) < len(set(names)):
            name, addresses = done.get(timeout=max(0.0, end - time.monotonic()))
            found[name] = addresses
    return {name: addresses for name, addresses in found.items() if addresses}


def _resolve(name: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(item[4][0]) for item in found))


def compare(listed: Sequence[ListedCamera], result: SweepResult, resolve: Resolve = resolve_names) -> Comparison:
    """Return which devices the listed cameras are, and what differs."""
    comparer = _Comparer(listed, result)
    comparer.match_serials()
    comparer.match_addresses(resolve)
    return comparer.build()


@dataclass(slots=True)
class _Comparer:
    """A comparison in progress."""

    listed: Sequence[ListedCamera]
    result: SweepResult
    matches: dict[int, RespondingCamera] = field(default_factory=dict)
    #: by serial number, the first row that is this device
    first: dict[str, int] = field(default_factory=dict)
    silent: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    not_swept: list[int] = field(default_factory=list)
    other_port: list[int] = field(default_factory=list)
    unresolved: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    def match_serials(self) -> None:
        """Match the cameras that are listed with the serial number of a device that responded."""
        by_serial = {camera.serial: camera for camera in self.result.cameras}
        for index, camera in enumerate(self.listed):
            if device := by_serial.get(_find_serial(camera) or ""):
                self.matches[index] = device
                self.first.setdefault(device.serial, index)

    def match_addresses(self, resolve: Resolve) -> None:
        """Match the other ones by address, or find out why they did not respond."""
        texts = {index: text for index in range(len(self.listed)) if (text := self._find_address(index)) is not None}
        found = {index: text for index in self.matches if (text := self.listed[index].address) is not None}
        names = {text for text in (*texts.values(), *found.values()) if _normalize(text) is None}
        resolved = resolve(names) if names else {}
        self._check_names({index: text for index, text in found.items() if text in names}, resolved)
        by_address: dict[str, RespondingCamera] = {}
        for camera in (*self.result.cameras, *(item for group in self.result.repeated for item in group)):
            by_address.setdefault(camera.address, camera)
        failures = {failure.address: failure for failure in self.result.failures}
        swept = frozenset(self.result.addresses)
        for index, text in texts.items():
            address = _normalize(text)
            addresses = (address,) if address is not None else resolved.get(text, ())
            if not addresses:
                self.unresolved.append(index)
            elif not swept.intersection(addresses):
                self.not_swept.append(index)
            elif not self._has_swept_port(index):
                self.other_port.append(index)
            else:
                device = next((by_address[item] for item in addresses if item in by_address), None)
                failed = next((failures[item] for item in addresses if item in failures), None)
                self._judge(index, device, failed)

    def _check_names(self, names: Mapping[int, str], resolved: Mapping[str, tuple[str, ...]]) -> None:
        """Report cameras that were found by serial number at another address than that of their host name."""
        own = {camera.serial: {camera.address} for camera in self.result.cameras}
        for group in self.result.repeated:
            own[group[0].serial] = {camera.address for camera in group}
        for index, name in names.items():
            device = self.matches[index]
            if not own[device.serial].intersection(resolved.get(name, ())):
                reason = "is another address" if name in resolved else "does not resolve"
                self.conflicts.append(
                    f"{self.listed[index].position_of('address')}: the camera {device.serial} responded at "
                    f"{device.address}, but the listed host name {name} {reason}. Correct the row, or the DNS."
                )

    def _find_address(self, index: int) -> str | None:
        """Return where a camera is that was not found by serial number, or ``None``."""
        if index in self.matches:
            return None
        camera = self.listed[index]
        # In a file of names only, the name is the address.
        if camera.address is not None or camera.serial is not None:
            return camera.address
        return camera.name

    def _has_swept_port(self, index: int) -> bool:
        port = self.listed[index].variables.get("axis_port", "")
        return not port or (port.isdecimal() and int(port) in self.result.ports)

    def _judge(self, index: int, device: RespondingCamera | None, failed: Failure | None) -> None:
        camera = self.listed[index]
        if device is None:
            self._explain_silence(index, failed)
        elif _find_serial(camera) is None:
            self._match(index, device)
        else:
            self.silent.append(index)
            self.conflicts.append(
                f"{camera.position_of('serial')}: the device that responds at {device.address} has the serial number "
                f"{device.serial}, not {camera.serial}. If it replaces the camera, correct the row."
            )

    def _match(self, index: int, device: RespondingCamera) -> None:
        camera = self.listed[index]
        self.matches[index] = device
        other = self.listed[self.first.setdefault(device.serial, index)]
        if other is camera or _is_same_text(camera, other):
            return
        message = f"the device at {device.address} (serial number {device.serial}) is also that of {other.position}"
        self.problems.append(Problem(camera.position_of("address"), message, "Remove one of the rows."))

    def _explain_silence(self, index: int, failed: Failure | None) -> None:
        place = self.listed[index].position_of("address")
        if failed is not None and failed.kind in _INCONCLUSIVE:
            self.unknown.append(index)
            self.warnings.append(
                f"{place}: something responds at {failed.address}, but does not show whether it is this camera: "
                f"{failed.message}. Therefore the camera is not in axis_silent. Check it."
            )
            return
        self.silent.append(index)
        if failed is not None and failed.kind == "others":
            self.warnings.append(f"{place}: the device that responds at {failed.address} is not an Axis device.")

    def build(self) -> Comparison:
        """Return the result."""
        known = {device.serial for device in self.matches.values()}
        missing = {*self.unresolved, *self.not_swept, *self.other_port}
        if self.unresolved:
            shown = self._shorten(self.unresolved)
            self.warnings.append(f"The host names of {shown} do not resolve, so these cameras are not compared.")
        if self.not_swept:
            shown = self._shorten(self.not_swept)
            step = "Add it to the option."
            self.warnings.append(
                f"Not compared, because the option addresses does not have the address: {shown}. {step}"
            )
        if self.other_port:
            self.warnings.append(self._describe_other_ports())
        # A row without an address is an error of its own.
        missing |= set(range(len(self.listed))) - self.matches.keys() - {*self.silent, *self.unknown}
        return Comparison(
            matches=tuple(self.matches.get(index) for index in range(len(self.listed))),
            unlisted=tuple(camera for camera in self.result.cameras if camera.serial not in known),
            silent=tuple(self.silent),
            unknown=tuple(self.unknown),
            not_swept=tuple(sorted(missing)),
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
            conflicts=tuple(self.conflicts),
        )

    def _describe_other_ports(self) -> str:
        own = sorted({self.listed[index].variables["axis_port"] for index in self.other_port})
        tried = " and ".join(map(str, sorted(self.result.ports)))
        several = "Write an inventory file for each port, and set port in it."
        step = f"Set port: {own[0]} in the inventory file." if len(own) == 1 else several
        return (
            f"Not compared, because axis_port is {', '.join(own[:_MAX_SHOWN])}, but the search used port {tried}: "
            f"{self._shorten(self.other_port)}. {step}"
        )

    def _shorten(self, indexes: Sequence[int]) -> str:
        shown = "; ".join(str(self.listed[index].position_of("address")) for index in indexes[:_MAX_SHOWN])
        count = len(indexes)
        return shown if count == 1 else f"{count:,} cameras ({shown}{'; …' if count > _MAX_SHOWN else ''})"


def _find_serial(camera: ListedCamera) -> str | None:
    """Return the listed serial number; that of some virtual devices, zero, identifies none."""
    return camera.serial if camera.serial and camera.serial.strip("0") else None


def _is_same_text(one: ListedCamera, other: ListedCamera) -> bool:
    """Return whether the rows themselves show that they are one device, which is reported without a sweep."""
    if one.address is None or other.address is None:
        return False
    return (_normalize(one.address) or one.address) == (_normalize(other.address) or other.address)


def _normalize(text: str) -> str | None:
    """Return an IP address in its usual form, or ``None`` for a host name."""
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return None
