# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a simulated fleet in a separate process, which shares neither interpreter nor memory with the measured one."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

from tests.simulator import Fleet
from tests.simulator.certificates import Certificate

# Hours.
_SHORT, _LONG = 360, 720
GROUP: dict[str, Any] = {
    "recording_group_id": "entrance",
    "nice_name": "Entrance",
    "retention_time": _LONG,
    "disk_id": "SD_DISK",
    "stream_options": "resolution=1920x1080&camera=1",
}
#: how the inventory says to reach and trust the cameras
ACCESS = ("http", "https, system store", "https, CA file", "https, pin", "https, unverified")


@dataclass(frozen=True)
class Traffic:
    """The totals of one run, from the journals of all cameras, and the CPU seconds of the fleet."""

    requests: int
    connections: int
    writes: int
    cameras: int
    cpu: float


class Cameras:
    """Cameras with AXIS OS 12.9, each with the group that the playbooks require; usable as a context manager.

    :param count: number of cameras.
    :param https: whether they serve HTTPS in addition to HTTP, with certificates of one CA.
    :param directory: for the inventories.
    """

    def __init__(self, count: int, directory: Path, *, https: bool = False) -> None:
        self.count = count
        self._directory = directory
        self._https = https

    def __enter__(self) -> Cameras:
        context = multiprocessing.get_context("spawn")
        self._pipe, child_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(child_end, self.count, self._https), daemon=True)
        self._process.start()
        child_end.close()
        self._hosts: dict[str, dict[str, Any]] = self._pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join()

    def delay(self, seconds: float) -> None:
        """Delay every response."""
        self._call("delay", seconds)

    def deviate(self, count: int) -> None:
        """Let so many cameras keep recordings for a shorter time than the policy says."""
        self._call("deviate", count)

    def traffic(self) -> Traffic:
        """Return the traffic since the last call."""
        traffic: Traffic = self._call("traffic")
        return traffic

    def ca_path(self) -> Path:
        """Return the CA of the certificates."""
        return Path(next(iter(self._hosts.values()))["axis_ca_path"])

    def inventory(self, count: int, access: str, variables: dict[str, Any], first: int = 0) -> Path:
        """Write an inventory of some of the cameras, as JSON.

        :param first: number of cameras to skip.
        """
        hosts = dict(list(self._hosts.items())[first : first + count])
        hosts = {name: _apply_access(access, own) for name, own in hosts.items()}
        path = self._directory / f"{access.replace(', ', '-').replace(' ', '-')}-{first}-{count}.json"
        group = {"hosts": hosts, "vars": variables}
        path.write_text(json.dumps({"all": {"children": {"axis": group}}}), encoding="utf-8")
        return path

    def _call(self, *message: Any) -> Any:
        self._pipe.send(message)
        return self._pipe.recv()


def _apply_access(access: str, variables: dict[str, Any]) -> dict[str, Any]:
    kept = dict(variables)
    own = {name: kept.pop(name) for name in ("http_port", "tls_port", "pin") if name in kept}
    ca_path, name = kept.pop("axis_ca_path", None), kept.pop("axis_tls_server_name", None)
    https = {**kept, "axis_protocol": "https", "axis_port": own["tls_port"]}
    return {
        "http": {**kept, "axis_protocol": "http", "axis_port": own["http_port"]},
        "https, system store": {**https, "axis_tls_server_name": name},
        "https, CA file": {**https, "axis_tls_server_name": name, "axis_ca_path": ca_path},
        "https, pin": {**https, "axis_tls_fingerprint": own.get("pin")},
        "https, unverified": {**https, "axis_validate_certs": False},
    }[access]


def _serve(pipe: Connection, count: int, https: bool) -> None:
    """Serve the calls of Cameras until it closes the pipe."""
    with Fleet() as fleet:
        for number in range(count):
            device = fleet.add(
                name=f"camera-{number:05}", scheme="both" if https else "http", certificate="ca", by="address"
            )
            device.plant_group(**GROUP)
            device.plant_recording("entrance", name="Always")
            device.plant_recordings("entrance", 20, spacing_hours=36)
        hosts = yaml.load(fleet.inventory(), yaml.CSafeLoader)["all"]["children"]["axis"]["hosts"]
        for name, device in fleet.devices.items():
            pin = device.certificate_sha256 if isinstance(device.certificate, Certificate) else None
            hosts[name] |= {"http_port": device.port, "tls_port": device.tls_port, "pin": pin}
        pipe.send(hosts)
        handlers: dict[str, Callable[..., Any]] = {"delay": _delay, "deviate": _deviate, "traffic": _Counter(fleet)}
        while True:
            try:
                name, *arguments = pipe.recv()
            except EOFError:
                return
            pipe.send(handlers[name](fleet, *arguments))


def _delay(fleet: Fleet, seconds: float) -> None:
    with fleet.lock:
        for device in fleet.devices.values():
            device.faults.clear()
            if seconds:
                device.plant_fault("delay", seconds=seconds, times=None, before_login=None)


def _deviate(fleet: Fleet, count: int) -> None:
    with fleet.lock:
        for number, device in enumerate(fleet.devices.values()):
            (group,) = device.groups.values()
            group.retention_time = _SHORT if number < count else _LONG


class _Counter:
    def __init__(self, fleet: Fleet) -> None:
        self._connections = {name: device.connections for name, device in fleet.devices.items()}
        self._cpu = time.process_time()

    def __call__(self, fleet: Fleet) -> Traffic:
        with fleet.lock:
            devices = fleet.devices.values()
            before, self._connections = self._connections, {device.name: device.connections for device in devices}
            begin, self._cpu = self._cpu, time.process_time()
            traffic = Traffic(
                requests=sum(len(device.journal) for device in devices),
                connections=sum(self._connections.values()) - sum(before.values()),
                writes=sum(len(device.writes) for device in devices),
                cameras=sum(bool(device.journal) for device in devices),
                cpu=self._cpu - begin,
            )
            for device in devices:
                device.journal.clear()
            return traffic
