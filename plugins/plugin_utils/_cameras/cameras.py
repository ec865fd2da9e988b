# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cameras of an inventory: listed in files, responding, or both. Every camera becomes a host or a problem. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, describe_value
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEFAULT_PORTS, check_host
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.names import (
    find_host_fault,
    name_key,
    normalize_name,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Position,
    Problem,
    RespondingCamera,
)

#: Returns the name of a host from its variables.
#: :raises ValueError: the template cannot be resolved; the text says why, without a full stop.
RenderName = Callable[[Mapping[str, object]], str]
# What a name that is not valid could be replaced by.
_INVALID = "[^A-Za-z0-9_.-]+"
_REPLACING = f"name: \"{{{{ axis_name | regex_replace('{_INVALID}', '-') }}}}\""

_BRAND = re.compile(r"axis\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that a file lists, that responded, or both.

    :param config: the inventory file, for messages on a camera that no file lists.
    :param variables: the variables from further columns.
    :param is_rejected: whether it is a row with a faulty cell, of which only further problems are reported.
    """

    config: str
    listed: ListedCamera | None = None
    responding: RespondingCamera | None = None
    variables: Mapping[str, str] | None = None
    is_rejected: bool = False

    @property
    def serial(self) -> str | None:
        """Return the serial number; that of some virtual devices, zero, identifies none."""
        found = [item.serial for item in (self.listed, self.responding) if item is not None and item.serial]
        return next((serial for serial in found if serial.strip("0")), None)

    @property
    def address(self) -> str | None:
        """Return the listed name or address, or the address that responded if the listed address is another one."""
        listed = None if self.listed is None else self.listed.address
        if self.responding is None or (listed is not None and _parse_ip_address(listed) is None):
            return listed
        return self.responding.address

    @property
    def model(self) -> str | None:
        """Return the model without the brand, preferably as listed: a camera that is off must not change its group."""
        listed = None if self.listed is None else self.listed.model
        text = listed or (None if self.responding is None else self.responding.model)
        return text and (_BRAND.sub("", text, count=1) if _BRAND.match(text) else text)

    @property
    def firmware(self) -> str | None:
        """Return the version that the camera showed, or else as listed: an upgrade makes a file outdated."""
        shown = None if self.responding is None else self.responding.firmware
        return shown or (None if self.listed is None else self.listed.firmware)

    @property
    def site(self) -> str | None:
        """Return the site, which only files know."""
        return None if self.listed is None else self.listed.site

    @property
    def name_position(self) -> Position:
        """Return where the name of the camera is from, for a message."""
        return self.position_of("name")

    def is_listed(self, field: str) -> bool:
        """Return whether the value of a field is from a file."""
        if self.listed is None or getattr(self.listed, field) is None:
            return False
        return field != "firmware" or self.responding is None or self.responding.firmware is None

    def position_of(self, field: str) -> Position:
        """Return the cell of a field, or the camera that responded."""
        if self.listed is not None:
            return self.listed.position_of(field)
        return Position(f"{self.config}, {self._describe_responding()}")

    def _describe_responding(self) -> str:
        if self.responding is None:
            return "a camera"
        return f"the camera {self.responding.serial} at {self.responding.address}"


def _parse_ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def merge_cameras(
    config: str,
    listed: Sequence[ListedCamera],
    matches: Sequence[RespondingCamera | None],
    unlisted: Iterable[RespondingCamera],
    repeated: Iterable[Sequence[RespondingCamera]] = (),
) -> list[Camera]:
    """Return every camera once: those of files in their order, then those that only responded, by serial number.

    :param matches: for each listed camera, what it is of those that responded.
    :param repeated: the responses of cameras that responded at several addresses: the listed one of them counts.
    """
    responses = {group[0].serial: group for group in repeated}
    cameras = []
    for camera, match in zip(listed, matches, strict=True):
        group = responses.get(match.serial, [match]) if match is not None else ()
        same = (item for item in group if camera.address and _is_same_address(camera.address, item.address))
        cameras.append(Camera(config, camera, next(same, match)))
    others = sorted(unlisted, key=lambda camera: (camera.serial, camera.address))
    return [*cameras, *(Camera(config, None, camera) for camera in others)]


def _is_same_address(one: str, other: str) -> bool:
    address = _parse_ip_address(one)
    return address is not None and address == _parse_ip_address(other)


def build_variables(camera: Camera) -> dict[str, str | int]:
    """Return the variables of a host; texts are as the file and the camera have them."""
    own = {
        "ansible_host": camera.address,
        "axis_name": camera.listed and camera.listed.name,
        "axis_serial": camera.serial,
        "axis_model": camera.model,
        "axis_firmware": camera.firmware,
        "axis_site": camera.site,
    }
    port: dict[str, str | int] = {}
    if camera.responding is not None and camera.responding.port not in DEFAULT_PORTS.values():
        port["axis_port"] = camera.responding.port
    return {**port, **(camera.variables or {}), **{name: value for name, value in own.items() if value}}


def find_address_problems(cameras: Iterable[Camera]) -> list[Problem]:
    """Return a problem for each listed camera without an address. In a file of names only, the name is the address."""
    problems = []
    for camera in cameras:
        listed = camera.listed
        if (
            listed is None
            or camera.is_rejected
            or camera.address is not None
            or (listed.serial is None and _is_host(listed.name))
        ):
            continue
        message = f"the address of the camera {listed.serial or listed.name} is unknown"
        step = "Fill it in, or list its network in addresses, so that the camera is found by its serial number."
        problems.append(Problem(listed.position_of("address"), message, step))
    return problems


def _is_host(name: str | None) -> bool:
    try:
        return bool(check_host(name))
    except AxisError:
        return False


def find_duplicates(cameras: Iterable[Camera], address_key: Callable[[str, int], object]) -> list[Problem]:
    """Return a problem for each row whose serial number or address is that of an earlier row.

    :param address_key: returns what identifies address and port, in any spelling.
    """
    problems = []
    serials: dict[str, Position] = {}
    addresses: dict[object, tuple[str, Position]] = {}
    for camera in cameras:
        listed = camera.listed
        if listed is None:
            continue
        if listed.serial and listed.serial.strip("0"):
            position = listed.position_of("serial")
            first = serials.setdefault(listed.serial, position)
            if first is not position:
                message = f"the serial number {listed.serial} is also that of {first}"
                problems.append(Problem(position, message, "Remove one of the rows, or correct the serial number."))
        if listed.address:
            position = listed.position_of("address")
            key = address_key(listed.address, _read_port(camera))
            text, first = addresses.setdefault(key, (listed.address, position))
            if first is not position:
                spelled = "" if text == listed.address else f", where it is written {text}"
                message = f"the address {listed.address} is also that of {first}{spelled}"
                problems.append(Problem(position, message, "Remove one of the rows, or correct the address."))
    return problems


def _read_port(camera: Camera) -> int:
    text = (camera.variables or {}).get("axis_port", "")
    return int(text) if text.isdecimal() and text.isascii() else DEFAULT_PORTS["https"]


def name_cameras(cameras: Sequence[Camera], render: RenderName | None) -> tuple[dict[str, Camera], list[Problem]]:
    """Return the cameras by the name of their host, and a problem for each camera that has no valid name of its own.

    :param render: the template of the user, or ``None`` for the name column, or else the serial number.
    """
    hosts: dict[str, Camera] = {}
    keys: dict[str, tuple[str, Camera]] = {}
    problems: list[Problem] = []
    for camera in cameras:
        position = camera.name_position
        try:
            name = normalize_name(render(build_variables(camera)) if render else _default_name(camera))
        except ValueError as error:
            if not camera.is_rejected:
                problems.append(Problem(position, str(error), _supply(camera, is_default=render is None)))
            continue
        if fault := find_host_fault(name):
            problems.append(Problem(position, f"the name {describe_value(name)} {fault}", _rename(camera, name)))
            continue
        first, other = keys.setdefault(name_key(name), (name, camera))
        if other is not camera:
            problems.append(_build_name_duplicate(name, position, first, other))
            continue
        hosts[name] = camera
    return hosts, problems


def _rename(camera: Camera, name: str) -> str:
    is_enough = find_host_fault(re.sub(_INVALID, "-", name)) is None
    return f"Rename it, or set name in {camera.config}{f', such as {_REPLACING}' if is_enough else ''}."


def _supply(camera: Camera, *, is_default: bool) -> str:
    if is_default:
        return f'Fill in one of them, or set name in {camera.config}, such as name: "{{{{ ansible_host }}}}".'
    return f"Fill in what the template uses, or change name in {camera.config}."


def _default_name(camera: Camera) -> str:
    if camera.listed is not None and camera.listed.name:
        return camera.listed.name
    if camera.serial:
        return f"axis-{camera.serial}"
    raise ValueError("the camera has neither a name nor a serial number")


def _build_name_duplicate(name: str, position: Position, first: str, other: Camera) -> Problem:
    if first == name:
        message = f"the name {name} is also that of {other.name_position}"
    else:
        message = f"the name {name} is almost that of {other.name_position}, which is {first}"
    return Problem(position, message, "Set a different name for each camera, or put site or serial number into name.")


def find_moved(cameras: Iterable[Camera]) -> list[str]:
    """Return a line for each listed camera that responded at another address than listed."""
    return [
        f"{camera.listed.position_of('address')}: the camera {camera.serial} responded at {camera.address}, which is "
        f"used instead of {camera.listed.address}. Correct the row."
        for camera in cameras
        if camera.listed is not None
        and camera.responding is not None
        and camera.listed.address is not None
        and camera.address is not None
        and _parse_ip_address(camera.listed.address) is not None
        and not _is_same_address(camera.listed.address, camera.address)
    ]


def find_hosts(hosts: Mapping[str, Camera], listed: Collection[int]) -> list[str]:
    """Return the hosts of listed cameras.

    :param listed: the identities of these cameras.
    """
    return [name for name, camera in hosts.items() if id(camera.listed) in listed]


def find_unlisted(hosts: Mapping[str, Camera]) -> list[str]:
    """Return the hosts that no file lists."""
    return [name for name, camera in hosts.items() if camera.listed is None]
