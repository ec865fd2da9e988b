# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cameras of an inventory: listed in files, responding, or both. Every camera becomes a host or a problem. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
# What a name must not have: all other characters stay, such as the letters of any script.
_INVALID = "[][ ,:*?{}/!&~@]+"
_REPLACING = f"name: \"{{{{ axis_name | regex_replace('{_INVALID}', '-') }}}}\""
_WITH_DEFAULT = "{{ axis_name | default('axis-' ~ axis_serial) }}"

_MAX_SHOWN = 5
_BRAND = re.compile(r"axis\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that a file lists, that responded, or both.

    :param config: the inventory file, for messages on a camera that no file lists.
    :param variables: the variables from further columns.
    :param is_rejected: whether it is a row with a faulty cell, of which only further problems are reported.
    :param uses_http: whether the user chose HTTP for the sweep, so that tasks use it, too.
    """

    config: str
    listed: ListedCamera | None = None
    responding: RespondingCamera | None = None
    variables: Mapping[str, str] | None = None
    is_rejected: bool = False
    uses_http: bool = False

    @property
    def serial(self) -> str | None:
        """Return the serial number; that of some virtual devices, zero, identifies none."""
        found = [item.serial for item in (self.listed, self.responding) if item is not None and item.serial]
        return next((serial for serial in found if serial.strip("0")), None)

    @property
    def address(self) -> str | None:
        """Return the listed name or address, or else the address that responded.

        Any device can show any serial number: tasks must not send a login to another address than the listed one.
        """
        listed = None if self.listed is None else self.listed.address
        return listed or (None if self.responding is None else self.responding.address)

    @property
    def has_moved(self) -> bool:
        """Return whether the camera responded at another address than listed."""
        listed = None if self.listed is None else self.listed.address
        if self.responding is None or listed is None or parse_ip_address(listed) is None:
            return False
        return not _is_same_address(listed, self.responding.address)

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


def parse_ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an IP address, which may be in brackets, or ``None`` for any other text."""
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
    address = parse_ip_address(one)
    return address is not None and address == parse_ip_address(other)


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
    return {
        **_build_connection(camera),
        **(camera.variables or {}),
        **{name: value for name, value in own.items() if value},
    }


def _build_connection(camera: Camera) -> dict[str, str | int]:
    """Return how tasks connect to a camera that responded. They use HTTPS unless the user chose HTTP."""
    device = camera.responding
    if device is None or camera.has_moved or (device.protocol == "http" and not camera.uses_http):
        return {}
    protocol: dict[str, str | int] = {"axis_protocol": device.protocol} if device.protocol == "http" else {}
    return {**protocol, "axis_port": device.port} if device.port != DEFAULT_PORTS[device.protocol] else protocol


def find_unencrypted(cameras: Iterable[Camera]) -> list[str]:
    """Return a line on the cameras that responded only to HTTP, although the user did not choose it."""
    found = [
        camera.responding.address
        for camera in cameras
        if camera.responding is not None and camera.responding.protocol == "http" and not camera.uses_http
    ]
    if not found:
        return []
    shown = f"{', '.join(found[:_MAX_SHOWN])}{', …' if len(found) > _MAX_SHOWN else ''}"
    count = f"{len(found):,} cameras" if len(found) > 1 else "1 camera"
    return [
        (
            f"{count} responded only without encryption (HTTP): {shown}. Tasks use HTTPS. Enable HTTPS there, or set "
            "axis_protocol and axis_port for these hosts."
        )
    ]


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
            key = address_key(listed.address, read_port(camera.variables or {}))
            text, first = addresses.setdefault(key, (listed.address, position))
            if first is not position:
                spelled = "" if text == listed.address else f", where it is written {text}"
                message = f"the address {listed.address} is also that of {first}{spelled}"
                problems.append(Problem(position, message, "Remove one of the rows, or correct the address."))
    return problems


def read_port(variables: Mapping[str, object]) -> int:
    """Return the port of a host, as far as its variables show it."""
    text = str(variables.get("axis_port", ""))
    return int(text) if text.isdecimal() and text.isascii() else DEFAULT_PORTS["https"]


class Names(NamedTuple):
    """The cameras by the name of their host.

    :param problems: of cameras that have no valid name of their own.
    :param warnings: lines on cameras that no file lists, and that have another name than intended.
    """

    hosts: dict[str, Camera]
    problems: list[Problem]
    warnings: list[str]


def name_cameras(cameras: Sequence[Camera], render: RenderName | None) -> Names:
    """Return the cameras by the name of their host. A device that no file lists never prevents those of all others.

    :param render: the template of the user, or ``None`` for the name column, or else the serial number.
    """
    hosts: dict[str, Camera] = {}
    keys: dict[str, tuple[str, Camera]] = {}
    problems: list[Problem] = []
    renamed: list[tuple[str, Problem]] = []
    for camera in cameras:
        try:
            found = _choose_name(camera, render, keys)
        except ValueError as error:
            if camera.is_rejected:
                continue
            found = Problem(camera.name_position, str(error), _supply(camera, is_default=render is None))
        if isinstance(found, Problem):
            other = _choose_other_name(camera, keys)
            if other is None:
                problems.append(found)
                continue
            renamed.append((other, found))
            found = other
        keys[name_key(found)] = (found, camera)
        hosts[found] = camera
    if render is not None and renamed and len(renamed) == len(cameras):
        # The template itself is wrong.
        return Names({}, [problem for _name, problem in renamed], [])
    return Names(hosts, problems, _describe_renamed(renamed))


def _choose_name(camera: Camera, render: RenderName | None, keys: Mapping[str, tuple[str, Camera]]) -> str | Problem:
    """Return the name of a camera, or what is wrong with it.

    :param keys: by key, the names of earlier cameras.
    :raises ValueError: there is no name.
    """
    position = camera.name_position
    name = normalize_name(render(build_variables(camera)) if render else _default_name(camera))
    if fault := find_host_fault(name):
        return Problem(position, f"the name {describe_value(name)} {fault}", _rename(camera, name))
    if name_key(name) in keys:
        return _build_name_duplicate(name, position, *keys[name_key(name)])
    return name


def _choose_other_name(camera: Camera, keys: Mapping[str, tuple[str, Camera]]) -> str | None:
    if camera.listed is not None:
        return None
    names = (f"axis-{camera.serial}", f"axis-{camera.serial}-unlisted")
    return next((name for name in names if name_key(name) not in keys), None)


def _describe_renamed(renamed: Sequence[tuple[str, Problem]]) -> list[str]:
    if not renamed:
        return []
    shown = f"{', '.join(name for name, _problem in renamed[:_MAX_SHOWN])}{', …' if len(renamed) > _MAX_SHOWN else ''}"
    count = (
        f"{len(renamed):,} cameras that no file lists have" if len(renamed) > 1 else "A camera that no file lists has"
    )
    return [f"{count} a different name than intended, {shown}: {renamed[0][1]}"]


def _rename(camera: Camera, name: str) -> str:
    is_enough = find_host_fault(re.sub(_INVALID, "-", name)) is None
    return f"Rename it, or set name in {camera.config}{f', such as {_REPLACING}' if is_enough else ''}."


def _supply(camera: Camera, *, is_default: bool) -> str:
    if is_default:
        return f'Fill in one of them, or set name in {camera.config}, such as name: "{{{{ ansible_host }}}}".'
    if camera.listed is None:
        return (
            "A camera that no file lists has neither axis_name nor axis_site. Write a default for both into name in "
            f"{camera.config}, such as {_WITH_DEFAULT}."
        )
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
        f"{camera.listed.position_of('address')}: the camera {camera.serial} responded at {camera.responding.address}. "
        f"Tasks use the listed address {camera.listed.address}, because any device can show this serial number. "
        "Correct the row if the camera has moved."
        for camera in cameras
        if camera.has_moved and camera.listed is not None and camera.responding is not None
    ]


def find_hosts(hosts: Mapping[str, Camera], listed: Collection[int]) -> list[str]:
    """Return the hosts of listed cameras.

    :param listed: the identities of these cameras.
    """
    return [name for name, camera in hosts.items() if id(camera.listed) in listed]


def find_unlisted(hosts: Mapping[str, Camera]) -> list[str]:
    """Return the hosts that no file lists."""
    return [name for name, camera in hosts.items() if camera.listed is None]
