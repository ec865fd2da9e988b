# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange: trust, limits of time and size, and what a failure says."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings, sha256_of, system_context
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import MAX_RESPONSE_SIZE, Transport
from tests.simulator import Fleet
from tests.simulator.device import Device

TARGET = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"


@contextmanager
def raw_server(*pieces: bytes, pause: float = 0.0, seen: list[bytes] | None = None) -> Iterator[str]:
    """A server that sends each connection these bytes, one after the other, and hangs up; gives its base URL.

    :param seen: where to add what came first on each connection.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _peer = listening.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65536)
                if seen is not None:
                    seen.append(request)
                for piece in pieces:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        break
                    if pause and stop.wait(pause):
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def failure(base: str, trust: TLSSettings | None = None, timeout: float = 5) -> AxisError:
    """The error of one exchange."""
    with pytest.raises(AxisError) as caught:
        Transport(base, trust or TLSSettings(), timeout).send("GET", TARGET, None)
    return caught.value


def one_at_a_time(text: bytes) -> list[bytes]:
    """Each byte for itself."""
    return [bytes([byte]) for byte in text]


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_device_that_drips_bytes_does_not_hold_the_worker(part: str) -> None:
    start = b"HTTP/1.1 200 OK\r\n" if part == "headers" else b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    # Bytes come more often than the read limit, so that only the deadline of 3 x 0.2 s can end it.
    with raw_server(start, *one_at_a_time(b"X" * 1000), pause=0.02) as base:
        error = failure(base, timeout=0.2)
    assert error.kind == "timeout"
    assert error.maybe_applied is True


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_RESPONSE_SIZE * 8)
    with raw_server(head, *[b"x" * 1024 * 1024] * (MAX_RESPONSE_SIZE // 1024 // 1024 + 2)) as base:
        error = failure(base)
    assert error.kind == "malformed_response"
    assert "8 MiB" in str(error)


def test_an_answer_that_is_cut_short_is_a_dropped_connection() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>") as base:
        error = failure(base)
    assert isinstance(error, DeviceUnreachableError)
    assert (error.kind, error.connection_lost, error.maybe_applied) == ("unreachable", True, True)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_something_that_is_no_web_server_is_unreachable(answer: bytes) -> None:
    with raw_server(answer) as base:
        assert failure(base).kind == "unreachable"


def test_nothing_was_sent_when_nobody_listens() -> None:
    for base, words in (("http://127.0.0.1:1", "refused"), ("http://no-such-camera.invalid:80", "does not resolve")):
        error = failure(base)
        assert (error.kind, error.maybe_applied) == ("unreachable", False)
        assert words in str(error)


def base_of(device: Device) -> str:
    """Where its HTTPS is."""
    return f"https://{device.host}:{device.tls_port}"


def test_certificates_are_trusted_in_four_ways(fleet: Fleet) -> None:
    signed = fleet.add(scheme="https", certificate="ca")
    by_address = fleet.add(scheme="https", certificate="ca", names=("127.0.0.1",))
    own = fleet.add(scheme="https")
    ca_path = str(fleet.ca_path)
    for device, trust in (
        (by_address, TLSSettings(ca_path=ca_path)),
        (signed, TLSSettings(ca_path=ca_path, server_name=f"axis-{signed.serial.lower()}")),
        (own, TLSSettings(fingerprint=own.certificate_sha256)),
        (own, TLSSettings(validate=False)),
    ):
        assert Transport(base_of(device), trust, 5).send("GET", TARGET, None).status == 401


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of what the system trusts, not read yet."""
    path = tmp_path / "store.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    system_context.cache_clear()
    yield path
    system_context.cache_clear()


def test_what_the_system_trusts_is_read_once(fleet: Fleet, store: Path) -> None:
    device = fleet.add(scheme="https", certificate="ca", names=("127.0.0.1",))
    store.write_bytes(Path(fleet.ca_path).read_bytes())
    system_context()
    store.unlink()
    assert Transport(base_of(device), TLSSettings(), 5).send("GET", TARGET, None).status == 401


def test_what_is_looser_for_one_device_is_not_for_the_next(fleet: Fleet) -> None:
    own = fleet.add(scheme="https")
    for loose in (TLSSettings(validate=False), TLSSettings(fingerprint=own.certificate_sha256)):
        assert Transport(base_of(own), loose, 5).send("GET", TARGET, None).status == 401
        assert failure(base_of(own)).kind == "tls"


@pytest.mark.fault("certificate not trusted")
def test_a_certificate_that_is_not_trusted_is_shown_and_nothing_sent(fleet: Fleet) -> None:
    signed = fleet.add(scheme="https", certificate="ca")
    own = fleet.add(scheme="https")
    ca_path = str(fleet.ca_path)
    for device, trust, words in (
        (own, TLSSettings(), "issuer"),
        (own, TLSSettings(ca_path=ca_path), "issuer"),
        (signed, TLSSettings(ca_path=ca_path), "doesn't match"),
        (signed, TLSSettings(ca_path=ca_path, server_name="axis-another"), "doesn't match"),
        (own, TLSSettings(fingerprint=signed.certificate_sha256), "fingerprint"),
    ):
        error = failure(base_of(device), trust)
        assert (error.kind, error.maybe_applied) == ("tls", False)
        assert words in str(error)
        assert device.certificate_sha256 in error.next_step
        assert device.journal == []


def test_plain_http_on_the_port_of_https_is_a_matter_of_tls() -> None:
    with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as base:
        error = failure(base.replace("http:", "https:"))
    assert error.kind == "tls"
    assert "protocol: http" in error.next_step


def test_a_ca_path_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing", encoding="utf-8")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        with pytest.raises(AxisError) as caught:
            Transport("https://127.0.0.1:1", TLSSettings(ca_path=str(path)), 1)
        assert caught.value.kind == "invalid_option"


def test_the_environment_names_no_proxy(camera: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    base = f"http://{camera.host}:{camera.port}"
    assert Transport(base, TLSSettings(), 5).send("GET", TARGET, None).status == 401


def test_the_option_names_one(camera: Device) -> None:
    base = f"http://{camera.host}:{camera.port}"
    with pytest.raises(DeviceUnreachableError) as caught:
        Transport(base, TLSSettings(), 5, "http://127.0.0.1:1").send("GET", TARGET, None)
    assert "proxy" in str(caught.value)
    assert camera.connections == 0


class _Tunnel(socketserver.StreamRequestHandler):
    """One CONNECT of a proxy: what was asked for is noted, and bytes are passed on until one side ends."""

    def handle(self) -> None:
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        server = cast(Any, self.server)
        server.heads.append(head)
        if server.answer:
            self.wfile.write(server.answer)
            return
        host, _unused, port = head.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port))) as device:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends = {self.connection: device, device: self.connection}
            while True:
                for source in select.select([*ends], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    ends[source].sendall(data)


@contextmanager
def proxy(answer: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """A proxy for HTTPS, or one that always answers the same; gives its URL and the heads of its requests."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Tunnel) as server:
        server.daemon_threads = True
        server.heads, server.answer = [], answer  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://user:proxy-pass@127.0.0.1:{server.server_address[1]}", server.heads  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def test_through_a_proxy_the_device_proves_who_it_is_and_the_proxy_sees_no_login(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    with proxy() as (url, heads):
        transport = Transport(base_of(camera), TLSSettings(fingerprint=camera.certificate_sha256), 5, url)
        assert transport.send("GET", TARGET, "Basic c2VjcmV0").status == 401
        transport.close()
        error = None
        try:
            Transport(base_of(camera), TLSSettings(fingerprint="0" * 64), 5, url).send("GET", TARGET, "Basic c2VjcmV0")
        except AxisError as caught:
            error = caught
    assert error is not None
    # The CONNECT went to the proxy: nothing that a device could have carried out was sent.
    assert (error.kind, error.maybe_applied) == ("tls", False)
    assert [head.split()[0] for head in heads] == [b"CONNECT", b"CONNECT"]
    assert all(b"c2VjcmV0" not in head and b"Proxy-Authorization" in head for head in heads)
    assert len(camera.journal) == 1


@pytest.mark.fault("proxy refuses, or is silent")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 200 Connection est", "unreachable"),
    ],
)
def test_a_proxy_that_refuses_is_named(fleet: Fleet, answer: bytes, kind: str) -> None:
    camera = fleet.add(scheme="https")
    with proxy(answer) as (url, _heads), pytest.raises(DeviceUnreachableError) as caught:
        Transport(base_of(camera), TLSSettings(validate=False), 0.5, url).send("GET", TARGET, None)
    assert (caught.value.kind, caught.value.maybe_applied) == (kind, False)
    assert "proxy" in str(caught.value)
    assert "proxy-pass" not in str(caught.value)
    assert camera.connections == 0


@pytest.mark.fault("TLS handshake never ends")
def test_a_handshake_that_never_ends(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    camera.network = "silent"
    error = failure(base_of(camera), TLSSettings(validate=False), 0.2)
    assert (error.kind, error.maybe_applied) == ("timeout", False)


def test_the_certificate_is_read_without_trust_and_without_a_request(fleet: Fleet) -> None:
    own, plain = fleet.add(scheme="https"), fleet.add()
    certificate = Transport(base_of(own), TLSSettings(), 5).certificate()
    assert certificate is not None
    assert sha256_of(certificate) == own.certificate_sha256
    assert own.journal == []
    for base, kind in ((f"https://{plain.host}:{plain.port}", "tls"), ("https://127.0.0.1:1", "unreachable")):
        with pytest.raises(DeviceUnreachableError) as caught:
            Transport(base, TLSSettings(), 0.5).certificate()
        assert caught.value.kind == kind
    own.network = "silent"
    with pytest.raises(DeviceUnreachableError) as caught:
        Transport(base_of(own), TLSSettings(), 0.2).certificate()
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        ("user:word@", b"user:word"),
        ("user:w%C3%B6rd%25%20%E6%97%A5@", "user:wörd% 日".encode()),
        ("user@", b"user:"),
        ("", None),
    ],
)
def test_the_login_of_a_proxy_is_sent_to_it(login: str, sent: bytes | None) -> None:
    seen: list[bytes] = []
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", seen=seen) as base:
        proxy = base.replace("//", f"//{login}")
        Transport("http://camera.example.com", TLSSettings(), 5, proxy).send("GET", TARGET, None)
    (request,) = seen
    lines = request.splitlines()
    assert lines[0] == f"GET http://camera.example.com{TARGET} HTTP/1.1".encode()
    expected = [] if sent is None else [b"Proxy-Authorization: Basic " + b64encode(sent)]
    assert [line for line in lines if line.startswith(b"Proxy-")] == expected
