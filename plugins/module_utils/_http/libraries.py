# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check once in a process that the loaded libraries provide what safety relies on.

Packages such as urllib3-future install themselves in the place of another one, and gevent or PySocks replace parts of
the standard library. What they do with a connection is not known from their versions. Therefore the check sends
requests through them, over a pair of sockets inside this process.
"""

from __future__ import annotations

import http.client
import socket
import sys
from functools import cache
from importlib import metadata
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import UnsafeLibraryError
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import DeviceAdapter, ExchangeState, Stage
from ansible_collections.camfleet.axis.plugins.module_utils._http.pristine_ssl import load_pristine_ssl

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection
except ImportError:
    # The transport module reports what is missing.
    HTTPAdapter = HTTPConnection = None  # type: ignore[assignment, misc]

_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Probe: a\r\n\r\nok"
_TIMEOUT = 5.0  # seconds


class _UnexpectedBehaviorError(Exception):
    """What a library does differently, as the end of a sentence."""


def check_libraries() -> None:
    """Check the libraries for HTTP and TLS, once in a process. Nothing is sent.

    :raises UnsafeLibraryError: ``unsafe_library``.
    """
    if (error := find_unsafe_library()) is not None:
        raise error


@cache
def find_unsafe_library() -> UnsafeLibraryError | None:
    """Return the error for the first library that does not do what safety relies on."""
    if HTTPConnection is None:
        return None
    if (replaced := _find_replaced_class()) is not None:
        return replaced
    for scheme in ("http", "https"):
        try:
            _probe(scheme)
        except Exception as error:  # whatever a foreign library raises
            known = isinstance(error, _UnexpectedBehaviorError)
            return unsafe_library("urllib3", str(error) if known else f"fails in a test ({type(error).__name__})")
    return None


def _find_replaced_class() -> UnsafeLibraryError | None:
    """Return the error for a class that is not the one of the library that should provide it."""
    for value, name in ((socket.socket, "socket"), (http.client.HTTPConnection, "http.client")):
        module = getattr(value, "__module__", type(value).__module__)
        if module != name:
            return unsafe_library(module.partition(".")[0], f"replaces a class of the module {name} in this process")
    if HTTPAdapter.__module__ != "requests.adapters":
        return unsafe_library("requests", "has an adapter of another library")
    if not issubclass(HTTPConnection, http.client.HTTPConnection):
        return unsafe_library("urllib3", "does not connect with http.client")
    try:
        load_pristine_ssl()
    except (ImportError, OSError, AttributeError) as error:
        return unsafe_library("ssl", f"cannot be loaded from the standard library ({type(error).__name__})")
    return None


def _probe(scheme: str) -> None:
    """Exchange a request and its response, and check what was observed of them."""
    state, opened, secured = ExchangeState(), list[Any](), list[Any]()
    own, peer = socket.socketpair()

    def connect(_host: str, _port: int, state: ExchangeState) -> socket.socket:
        opened.append(state.stage)
        return own

    def secure(sock: socket.socket, _host: str, state: ExchangeState) -> Any:
        secured.append(state.stage)
        return sock

    adapter = DeviceAdapter(state, secure if scheme == "https" else None, connect)
    with own, peer:
        peer.settimeout(_TIMEOUT)
        peer.sendall(_RESPONSE)
        state.start(_TIMEOUT)
        _exchange(adapter, scheme, state)
        _check(peer.recv(65536).startswith(b"POST /probe HTTP/1.1\r\n"), "sends a request in a different form")
        adapter.close()
    _check(opened == [Stage.CONNECT], "opens connections in a different way")
    _check(secured == ([Stage.HANDSHAKE] if scheme == "https" else []), "encrypts connections in a different way")


def _exchange(adapter: DeviceAdapter, scheme: str, state: ExchangeState) -> None:
    request: Any = requests.PreparedRequest()
    request.method, request.url, request.body = "POST", f"{scheme}://127.0.0.1:80/probe", b"x"
    request.headers = {"Content-Length": "1"}
    with adapter.send(request, stream=True, timeout=_TIMEOUT, proxies={}) as response:
        body = b"".join(response.raw.stream(65536, decode_content=False))
        headers = dict(response.raw.headers.items())
    _check(
        (response.status_code, body, headers.get("X-Probe")) == (200, b"ok", "a"), "reads a response in a different way"
    )
    _check(state.received == len(_RESPONSE), "reads a response without its time limit")


def _check(condition: bool, otherwise: str) -> None:
    if not condition:
        raise _UnexpectedBehaviorError(otherwise)


def unsafe_library(package: str, reason: str) -> UnsafeLibraryError:
    """Build the error for a library that does not do what safety relies on.

    :param package: the name of its module.
    :param reason: what it does, as the end of a sentence.
    """
    module = sys.modules.get(package)
    version, path = getattr(module, "__version__", None), getattr(module, "__file__", None)
    others = [name for name in _find_distributions(package) if name.lower() != package.lower()]
    by = f", installed by {' and '.join(others)}" if others else ""
    remove = f"uninstall {' and '.join(others)}, and " if others else ""
    place = f" ({path}{by})" if path else by
    return UnsafeLibraryError(
        f"The Python library {package}{f' {version}' if version else ''}{place} {reason}, so it would not be safe "
        "to use. Nothing was sent",
        f"For the Python {sys.executable}, {remove}reinstall {package} from PyPI or from the distribution, or run "
        "Ansible in a virtual environment of its own.",
    )


def _find_distributions(package: str) -> list[str]:
    """Return the names of the distributions that installed a package."""
    try:
        return sorted(set(metadata.packages_distributions().get(package, ())))
    except Exception:  # incomplete metadata must not hide the message
        return []
