# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Challenges and versions of TLS, learned without a login."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http import probe as http_probe
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._http.probe import TLS_VERSIONS, Probe
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for
from tests.unit.plugins.module_utils.raw_server import respond_with, serve

TARGETS = [f"{calls.LIST_GROUPS.path}?schemaversion=1"]


def probe_both(device: Device) -> tuple[Probe, Probe]:
    session = Session(settings_for(device))
    return Probe(session, "http", device.port), Probe(session, "https", device.tls_port)


def test_the_challenges_of_both_ports_are_read_without_a_login(fleet: Fleet) -> None:
    device = fleet.add("camera_12_11", scheme="both")
    seen: list[RawExchange] = []
    http = Probe(Session(settings_for(device)), "http", device.port, seen.append).read_challenge(TARGETS)
    https = probe_both(device)[1].read_challenge(TARGETS)
    assert (http.schemes, http.body_form, http.is_chunked, http.offers_http2) == (("Digest MD5",), "json", True, True)
    assert (https.schemes, https.serial, https.offers_http2) == (("Basic",), device.serial, False)
    assert http.has_challenge
    assert http.closes_connection is False
    assert len(seen) == 2
    assert {entry.authorization for entry in device.journal} == {None}


@pytest.mark.parametrize("closes", [True, False])
def test_a_device_may_close_the_connection_with_each_challenge(fleet: Fleet, *, closes: bool) -> None:
    switches = Switches(closes_after_401=closes, challenge_body="html", http_challenge=("Digest SHA-256", "Digest MD5"))
    facts = probe_both(fleet.add("camera_12_9", scheme="both", switches=switches))[0].read_challenge(TARGETS)
    assert facts.closes_connection is closes
    assert facts.schemes == ("Digest SHA-256", "Digest MD5")
    assert facts.body_form == "html"


def test_a_refused_connection_is_a_closed_port(fleet: Fleet) -> None:
    device = fleet.add("camera_13", scheme="both")
    session = Session(settings_for(device, protocol="https", port=device.tls_port))
    assert Probe(session, "http", device.port).read_challenge(TARGETS).schemes == ("closed",)


def test_a_port_that_does_not_respond_is_not_closed(camera: Device) -> None:
    camera.network = "reset"
    with pytest.raises(AxisError):
        Probe(Session(settings_for(camera)), "http", camera.port).read_challenge(TARGETS)


@pytest.mark.parametrize(
    ("response", "schemes"),
    [
        (b"HTTP/1.1 301 Moved\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n", ("redirect",)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ()),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html/>  ", ()),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", ()),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n<?xml?><root/>", ("none",)),
        (b"HTTP/1.1 401 No\r\nWWW-Authenticate: Acme x=y\r\nContent-Length: 0\r\n\r\n", ("other",)),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", ("none",)),
        (
            b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest algorithm=ACME, Bearer x\r\nContent-Length: 0\r\n\r\n",
            ("Digest other", "Bearer"),
        ),
    ],
)
def test_a_scheme_is_one_of_the_known_ones(camera: Device, response: bytes, schemes: tuple[str, ...]) -> None:
    with serve(respond_with(response)) as port:
        assert Probe(Session(settings_for(camera)), "http", port).read_challenge(TARGETS).schemes == schemes


@pytest.mark.parametrize("versions", [("1.0", "1.1", "1.2"), ("1.2",), ("1.2", "1.3"), ("1.3",)])
def test_the_accepted_versions_of_tls_are_found(fleet: Fleet, versions: tuple[str, ...]) -> None:
    _http, https = probe_both(fleet.add("camera_12_9", scheme="both", switches=Switches(tls_versions=versions)))
    found = {version: https.accepts(version, TARGETS[0]) for version in TLS_VERSIONS}
    # OpenSSL may be built without the old ones.
    assert all(found[version] in (version in versions, None) for version in TLS_VERSIONS)
    assert found["1.3"] is ("1.3" in versions)


def test_a_version_that_this_machine_cannot_offer_is_unknown(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    _http, https = probe_both(fleet.add("camera_12_9", scheme="both"))
    monkeypatch.setattr(http_probe, "_can_offer", lambda _context: False)
    assert https.accepts("1.0", TARGETS[0]) is None


def test_a_closed_port_says_nothing_about_tls(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    device.network = "refused"
    with pytest.raises(AxisError):
        probe_both(device)[1].accepts("1.2", TARGETS[0])


def test_the_certificate_is_described(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    certificate = probe_both(device)[1].read_certificate()
    assert certificate is not None
    assert certificate.key == "EC P-256"
    assert device.journal == []


def test_a_proxy_that_refuses_is_not_a_closed_port(fleet: Fleet) -> None:
    device, closed = fleet.add("camera_12_9"), fleet.add("camera_13", scheme="both")
    session = Session(settings_for(device, proxy=f"http://127.0.0.1:{closed.port}"))
    with pytest.raises(AxisError):
        Probe(session, "http", device.port).read_challenge(TARGETS)


def test_a_connection_that_bypasses_the_proxy_is_not_opened(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    session = Session(settings_for(device, proxy="http://127.0.0.1:9"))
    assert Probe(session, "https", device.tls_port).read_certificate() is None
