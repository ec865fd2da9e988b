# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide a running fleet, a client with the devices' accounts, and a raw client that detects how connections end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from tests.simulator import DEFAULT_NOW, Device, Fleet
from tests.unit.simulator.raw_client import RawClient


class Client:
    """Send requests to devices in one session, which keeps connections alive like a real client."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False

    def send(
        self,
        device: Device,
        path: str,
        user: str | None = "operator",
        *,
        method: str = "GET",
        basic: bool = False,
        **options: object,
    ) -> requests.Response:
        """Send a request: anonymous with user None, with a new digest login otherwise."""
        auth: AuthBase | None = None
        if user is not None:
            password = device.accounts[user].password
            auth = HTTPBasicAuth(user, password) if basic else HTTPDigestAuth(user, password)
        host = f"[{device.host}]" if ":" in device.host else device.host
        return self.session.request(method, f"http://{host}:{device.port}{path}", auth=auth, **options)

    def groups(self, device: Device, call: str, user: str = "operator", **arguments: object) -> requests.Response:
        """Call the recording group API, by default with schemaversion=1."""
        arguments = {"schemaversion": 1} | arguments
        query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in arguments.items())
        return self.send(device, f"/axis-cgi/record/recording_group/{call}.cgi?{query}", user)

    def code(self, device: Device, call: str, **arguments: object) -> int | None:
        """Return the API's error code, or None for success; compare the journal with the body."""
        body = self.groups(device, call, **arguments).text
        code = device.journal[-1].code
        assert (f"<ErrorCode>{code}</ErrorCode>" in body) == (code is not None)
        assert ("GeneralError" in body) == (code is not None)
        return code


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet(now=DEFAULT_NOW) as fleet:
        yield fleet


@pytest.fixture
def camera(fleet: Fleet) -> Device:
    return fleet.add("camera_12_9", "camera")


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.session.close()


@pytest.fixture
def connect() -> Iterator[Callable[..., RawClient]]:
    """Return a function that connects to a device; close its connections at the end."""
    with ExitStack() as connected:
        yield lambda device, tls=False: connected.enter_context(RawClient(device, tls))
