# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the read-only part of a device check with a simulated device."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    Origin,
    Profile,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.reading import (
    Reading,
    read_device,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for


@dataclass
class Run:
    """One run: what was read, the answers, and the error that ended it."""

    reading: Reading
    recorder: Recorder
    error: Exception | None = None

    @property
    def answers(self) -> dict[str, Any]:
        return {name: point.answer for name, point in self.recorder.answers.items()}

    def note(self, name: str) -> str:
        return self.recorder.answers[name].note or ""

    @property
    def document(self) -> str:
        """Return the profile as JSON."""
        reading = self.reading
        state = {"disks": reading.disks or [], "observations": reading.observations}
        origin = Origin("observed", "device check", self.recorder.date, role=reading.role, parts=("read",))
        profile = Profile(reading.device, origin, self.recorder.answers, state)
        return json.dumps(profile.to_dict(), ensure_ascii=False)


def read(
    device: Device,
    user: str = "operator",
    *,
    viewer: bool = True,
    identifiers: dict[str, str] | None = None,
    ports: dict[str, int | None] | None = None,
    second_password: str | None = None,
    pinned: bool = True,
    **settings: Any,
) -> Run:
    """Run the read-only part with an account of the device."""
    settings = {"username": user, "password": device.accounts[user].password, "retries": 0, **settings}
    if pinned and ("closed" in device.answers["http_challenge"] or settings.get("protocol") == "https"):
        tls = TLSSettings(fingerprint=device.certificate_sha256)
        settings |= {"protocol": "https", "port": device.tls_port, "tls": tls}
    login = ("viewer", second_password or device.accounts["viewer"].password) if viewer else None
    session = Session(settings_for(device, **settings))
    known = {"host": device.host, "user": user, "password": settings["password"], **(identifiers or {})}
    recorder = Recorder(session, known.items())
    found = ports or {"http": device.port, "https": device.tls_port or None}
    options = DeviceCheckOptions(http_port=found["http"], https_port=found["https"], viewer=login)
    run = Run(Reading(), recorder)
    try:
        read_device(session, recorder, options, Session, run.reading)
    except Exception as error:  # a test states which one it expects
        run.error = error
    session.close()
    return run
