# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a fleet of simulated devices on loopback."""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Literal

from .certificates import Certificate, CertificateAuthority, CertificateKind
from .device import Device
from .profiles import find_profile
from .server import Listener, Server, listen
from .switches import Switches

Scheme = Literal["http", "https", "both"]
AddressMode = Literal["port", "address"]
_LOOPBACK = "127.0.0.1"
_ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - the server rejects all but loopback
#: A fixed time, for tests that state expected times.
DEFAULT_NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
MAX_SPEED = 100_000
_FIRST_ADDRESS = ipaddress.IPv4Address("127.1.0.0")
_ADDRESSES_PER_BLOCK = 250


class Fleet:
    """Start, keep, and stop simulated devices; usable as a context manager.

    `add` binds the sockets of a device to a free port, so its port is known before `start`.
    `now` is the time of the devices (aware, UTC), whose clocks stand still; without it, they run and are right, or run
    `speed` times as fast from now on, so that hours of a device pass in seconds.
    """

    def __init__(self, now: datetime | None = None, *, speed: float = 1) -> None:
        if not 0 < speed <= MAX_SPEED:
            raise ValueError(f"speed {speed}: choose a number over 0, at most {MAX_SPEED}")
        self.lock = threading.RLock()
        self.devices: dict[str, Device] = {}
        self._now = now
        self._speed = speed
        self._authority = CertificateAuthority()
        self._server = Server()
        self._by_address: dict[str, Device] = {}
        self._shared: dict[bool, Listener] = {}
        self._added = 0

    def __enter__(self) -> Fleet:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def ca_path(self) -> Path:
        """Return the PEM file of the CA of devices with certificate="ca"; `stop` removes it."""
        with self.lock:
            return self._authority.path

    def start(self) -> None:
        """Start the server; return when every device responds."""
        self._server.start()

    def stop(self) -> None:
        """Close every connection; the state of the devices stays readable."""
        self._server.stop()
        self._authority.remove()

    def add(
        self,
        profile: str | Path = "camera_12_9",
        name: str | None = None,
        *,
        switches: Switches | None = None,
        scheme: Scheme | None = None,
        certificate: CertificateKind = "self_signed",
        names: Sequence[str] | None = None,
        by: AddressMode = "port",
        address: str = _LOOPBACK,
        port: int = 0,
    ) -> Device:
        """Add a device, before or after `start`.

        `profile` is the name of a profile, or the path of one that a device check wrote; the given `switches` override
        it. `scheme` is http by default, or https if the device does not offer HTTP; with "both", a closed port refuses
        connections.
        `names` are the identities in its certificate: `axis-<serial>` by default, as on real devices, so that
        verification of the address fails. by="port" gives the device a separate port on `address` (::1 for IPv6);
        by="address" gives it a separate address in 127.0.0.0/8 (Linux) on a port that all such devices share.
        `port` replaces the free port of by="port", so that several devices have it on different addresses.
        """
        if not ipaddress.ip_address(address).is_loopback or (by == "address" and address != _LOOPBACK):
            raise ValueError(f"address {address}: use a loopback address, and by='port'")
        if port and (by == "address" or scheme == "both"):
            raise ValueError(f"port {port}: use it with by='port', and with one scheme")
        model = find_profile(profile)
        chosen = model.switches.overridden_by(switches)
        scheme = scheme or chosen.default_scheme
        if scheme in chosen.closed_schemes:
            raise ValueError(f"{model.name}: the device does not offer {scheme}")
        with self.lock:
            number = self._added + 1
            name = name or f"{model.host_name}{number}"
            if name in self.devices:
                raise ValueError(f"a device named {name!r} already exists")
            self._added = number
            device = Device(
                name=name,
                profile=model,
                serial=f"ACCC8E{number:06X}",
                switches=chosen,
                now=self._now,
                lock=self.lock,
                speed=self._speed,
            )
            self.devices[name] = device
        if scheme != "http" and "https" not in chosen.closed_schemes:
            identities = tuple(names) if names is not None else (f"axis-{device.serial.lower()}",)
            device.certificate = Certificate(self._authority, certificate, identities, chosen.tls_versions)
        device.host = address if by == "port" else _address(number)
        device.has_own_port = by == "port"
        device.apply_network = self._server.apply_network
        if by == "address":
            self._by_address[device.host] = device
        if scheme != "https":
            device.port = self._port(device, port, tls=False)
        if scheme != "http":
            device.tls_port = self._port(device, port, tls=True)
        return device

    def inventory(self, **variables: object) -> str:
        """Return an Ansible inventory (YAML) of the fleet; `variables` apply to every device and take precedence."""
        lines = ["all:", "  children:", "    axis:", "      hosts:"]
        for device in self.devices.values():
            lines.append(f"        {json.dumps(device.name)}:")
            for name, value in self._host_variables(device).items():
                if name not in variables:
                    lines.append(f"          {name}: {json.dumps(value)}")
        if variables:
            lines.append("      vars:")
            lines += [f"        {name}: {json.dumps(value)}" for name, value in variables.items()]
        return "\n".join(lines) + "\n"

    def hosts(self) -> str:
        """Return an Ansible inventory (YAML) with what a user knows of each device: its name, address, and port."""
        lines = ["axis:", "  hosts:"]
        for device in self.devices.values():
            port = device.port if device.certificate is None else device.tls_port
            lines += [f"    {device.name}:", f"      ansible_host: {device.host}", f"      axis_port: {port}"]
            if device.certificate is None:
                lines.append("      axis_protocol: http")
        return "\n".join(lines) + "\n"

    def _host_variables(self, device: Device) -> dict[str, object]:
        user, account = next((name, account) for name, account in device.accounts.items() if account.role == "operator")
        variables: dict[str, object] = {
            "ansible_host": device.host,
            "axis_port": device.port,
            "axis_protocol": "http",
            "axis_username": user,
            "axis_password": account.password,
        }
        if device.certificate is None:
            return variables
        variables |= {"axis_port": device.tls_port, "axis_protocol": "https"}
        if device.certificate.kind == "self_signed":
            return variables | {"axis_tls_fingerprint": device.certificate_sha256}
        return variables | {
            "axis_ca_path": str(self.ca_path),
            "axis_tls_server_name": device.certificate.names[0],
        }

    def _port(self, device: Device, port: int, *, tls: bool) -> int:
        if ("https" if tls else "http") in device.switches.closed_schemes:
            return self._server.reserve(device.host)
        return self._own_port(device, port, tls) if device.has_own_port else self._shared_port(tls)

    def _own_port(self, device: Device, port: int, tls: bool) -> int:
        listener = Listener(listen(device.host, port), tls, lambda address: device, owner=device)
        self._server.add(listener)
        return listener.port

    def _shared_port(self, tls: bool) -> int:
        if tls not in self._shared:
            self._shared[tls] = Listener(listen(_ANY_ADDRESS), tls, self._by_address.get)
            self._server.add(self._shared[tls])
        return self._shared[tls].port


def _address(number: int) -> str:
    """Return 127.1.0.1 and following addresses, without a last byte of 0 or 255."""
    block, last = divmod(number - 1, _ADDRESSES_PER_BLOCK)
    return str(_FIRST_ADDRESS + block * 256 + last + 1)
