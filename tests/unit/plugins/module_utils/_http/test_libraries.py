# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unsafe libraries are refused before anything is sent."""

from __future__ import annotations

import http.client
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from ansible_collections.camfleet.axis.plugins.module_utils._errors import UnsafeLibraryError
from ansible_collections.camfleet.axis.plugins.module_utils._http import libraries
from ansible_collections.camfleet.axis.plugins.module_utils._http.libraries import (
    check_libraries,
    find_unsafe_library,
    unsafe_library,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for


@pytest.fixture(autouse=True)
def unchecked() -> Iterator[None]:
    """Check the libraries again in each test, and once more without its patches."""
    find_unsafe_library.cache_clear()
    yield
    find_unsafe_library.cache_clear()
    check_libraries()


def test_installed_libraries_are_safe() -> None:
    check_libraries()
    assert find_unsafe_library.cache_info().currsize == 1


class Unrelated:
    """A class of another library."""

    __module__ = "other.network"


def read_directly(self: Any, *_arguments: Any, **_options: Any) -> Any:
    """Read a response from the socket, without the class that bounds the time."""
    response = http.client.HTTPResponse(self.sock)
    response.begin()
    body = response.read()
    return urllib3.HTTPResponse(body, response.headers, response.status, preload_content=False)


def connect_directly(self: Any) -> None:
    """Open a connection in another way than this collection."""
    self.sock, self.peer = socket.socketpair()


def send_nothing(self: Any, *_arguments: Any, **_options: Any) -> None:
    """Delay the request until its response is read."""
    self.connect()


@pytest.mark.fault("library that replaces urllib3")
@pytest.mark.parametrize(
    ("owner", "name", "value", "package"),
    [
        (socket, "socket", Unrelated, "other"),
        (http.client, "HTTPConnection", Unrelated, "other"),
        (libraries, "HTTPAdapter", type("Adapter", (HTTPAdapter,), {"__module__": "niquests"}), "requests"),
        (libraries, "HTTPConnection", Unrelated, "urllib3"),
        (HTTPConnection, "getresponse", read_directly, "urllib3"),
        (HTTPConnection, "request", send_nothing, "urllib3"),
        (HTTPConnection, "request", None, "urllib3"),
        (urllib3.HTTPConnectionPool, "urlopen", lambda *_arguments, **_options: None, "urllib3"),
        (HTTPAdapter, "send", lambda *_arguments, **_options: requests.Response(), "urllib3"),
    ],
)
def test_unsafe_library_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, camera: Device, owner: Any, name: str, value: Any, package: str
) -> None:
    settings = settings_for(camera)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, value)
        with pytest.raises(UnsafeLibraryError) as caught:
            Session(settings)
    assert caught.value.kind == "unsafe_library"
    assert f"The Python library {package} " in caught.value.message
    assert sys.executable in caught.value.next_step
    assert camera.connections == 0


def test_message_has_version_place_and_other_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    distributions = {"urllib3": ["urllib3-future", "urllib3"]}
    monkeypatch.setattr(libraries.metadata, "packages_distributions", lambda: distributions)
    error = unsafe_library("urllib3", "does something else")
    place = f"urllib3 {urllib3.__version__} ({urllib3.__file__}, installed by urllib3-future) does something else"
    assert place in error.message
    assert "uninstall urllib3-future, and reinstall urllib3" in error.next_step


def test_missing_library_is_left_to_the_check_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "HTTPConnection", None)
    assert find_unsafe_library() is None
