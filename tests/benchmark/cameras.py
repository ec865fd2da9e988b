# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated fleet in a process of its own, so that it shares neither interpreter nor memory with what is measured."""

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

GROUP = {
    "recording_group_id": "entrance",
    "nice_name": "Entrance",
    "retention_time": 720,
    "disk_id": "SD_DISK",
    "stream_options": "resolution=1920x1080&camera=1",
}
#: of the inventory, by the way that a camera is trusted
WAYS = ("http", "https, system store", "https, CA file", "https, pin", "https, unverified")


@dataclass(frozen=True)
class Visits:
    """What the journals say of one run: of all cameras together, and the seconds of CPU that the fleet itself took."""

    requests: int
    connections: int
    writes: int
    cameras: int
    cpu: float


class Cameras:
    """Cameras on AXIS OS 12.9, each recording into the group that the playbooks ask for; usable as a context manager.

    :param count: how many.
    :param https: whether they speak HTTPS beside HTTP, with certificates of one CA.
    :param place: directory for the inventories.
    """

    def __init__(self, count: int, place: Path, *, https: bool = False) -> None:
        self.count = count
        self._place = place
        self._https = https

    def __enter__(self) -> Cameras:
        context = multiprocessing.get_context("spawn")
        self._line, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(far_end, self.count, self._https), daemon=True)
        self._process.start()
        far_end.close()
        self._hosts: dict[str, dict[str, Any]] = self._line.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._line.close()
        self._process.join()

    def delay(self, seconds: float) -> None:
        """Let every answer take so long."""
        self._ask("delay", seconds)

    def visits(self) -> Visits:
        """What came since this was asked last."""
        visits: Visits = self._ask("visits")
        return visits

    def ca_path(self) -> Path:
        """The CA of the certificates."""
        return Path(next(iter(self._hosts.values()))["axis_ca_path"])

    def inventory(self, count: int, way: str, variables: dict[str, Any], first: int = 0) -> Path:
        """An inventory of some of them; JSON is YAML.

        :param first: how many are left out at the beginning.
        """
        hosts = dict(list(self._hosts.items())[first : first + count])
        hosts = {name: _by_way(way, kept) for name, kept in hosts.items()}
        path = self._place / f"{way.replace(', ', '-').replace(' ', '-')}-{first}-{count}.json"
        group = {"hosts": hosts, "vars": variables}
        path.write_text(json.dumps({"all": {"children": {"axis": group}}}), encoding="utf-8")
        return path

    def _ask(self, *question: Any) -> Any:
        self._line.send(question)
        return self._line.recv()


def _by_way(way: str, variables: dict[str, Any]) -> dict[str, Any]:
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
    }[way]


def _serve(line: Connection, count: int, https: bool) -> None:
    """Answer the questions of Cameras until it hangs up."""
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
        line.send(hosts)
        answers: dict[str, Callable[..., Any]] = {"delay": _delay, "visits": _Counter(fleet)}
        while True:
            try:
                name, *arguments = line.recv()
            except EOFError:
                return
            line.send(answers[name](fleet, *arguments))


def _delay(fleet: Fleet, seconds: float) -> None:
    with fleet.lock:
        for device in fleet.devices.values():
            device.faults.clear()
            if seconds:
                device.plant_fault("delay", seconds=seconds, times=None, before_login=None)


class _Counter:
    def __init__(self, fleet: Fleet) -> None:
        self._connections = {name: device.connections for name, device in fleet.devices.items()}
        self._cpu = time.process_time()

    def __call__(self, fleet: Fleet) -> Visits:
        with fleet.lock:
            devices = fleet.devices.values()
            before, self._connections = self._connections, {device.name: device.connections for device in devices}
            begin, self._cpu = self._cpu, time.process_time()
            visits = Visits(
                requests=sum(len(device.journal) for device in devices),
                connections=sum(self._connections.values()) - sum(before.values()),
                writes=sum(len(device.writes) for device in devices),
                cameras=sum(bool(device.journal) for device in devices),
                cpu=self._cpu - begin,
            )
            for device in devices:
                device.journal.clear()
            return visits
