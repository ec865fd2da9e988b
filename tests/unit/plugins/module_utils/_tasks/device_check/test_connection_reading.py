# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Challenges, TLS, and certificate of a device, with both ports or one of them."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.probe import Probe
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.connection_reading import (
    ConnectionReader,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from tests.simulator import Fleet, Switches
from tests.unit.plugins.module_utils.conftest import settings_for


def test_the_certificate_has_no_names(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both", names=["gate.acme.example"])
    session = Session(settings_for(device))
    reader = ConnectionReader(session, Recorder(session), DeviceCheckOptions(https_port=device.tls_port))
    reader.run()
    certificate = reader.observations["certificate"]
    assert certificate.keys() == {"self_signed", "key", "signature", "expires_in_days"}
    assert "acme" not in repr(certificate)


@pytest.mark.parametrize(
    ("challenge", "port", "answer"),
    [
        (("Basic",), "https_port", None),
        (("Digest MD5",), "https_port", False),
        (("Digest SHA-256", "Digest MD5"), "https_port", True),
    ],
)
def test_one_port_does_not_say_what_the_other_one_offers(
    fleet: Fleet, challenge: tuple[str, ...], port: str, answer: bool | None
) -> None:
    device = fleet.add("camera_12_9", scheme="both", switches=Switches(https_challenge=challenge))
    session = Session(settings_for(device))
    recorder = Recorder(session)
    ConnectionReader(session, recorder, DeviceCheckOptions(**{port: device.tls_port})).run()
    assert recorder.answers["sha256_digest"].answer is answer
    assert recorder.answers["http_challenge"].answer is None
    assert recorder.answers["challenge_body"].answer == "html"


@pytest.mark.parametrize(("offers", "http", "answer"), [(True, True, True), (False, True, False), (True, False, None)])
def test_only_http_shows_an_offer_of_http2(fleet: Fleet, offers: bool, http: bool, answer: bool | None) -> None:
    device = fleet.add("camera_12_9", scheme="both", switches=Switches(offers_http2=offers))
    session = Session(settings_for(device))
    recorder = Recorder(session)
    ports = DeviceCheckOptions(http_port=device.port if http else None, https_port=device.tls_port)
    ConnectionReader(session, recorder, ports).run()
    assert recorder.answers["offers_http2"].answer is answer
    assert recorder.answers["challenge_body"].answer == "html"


def test_a_device_without_a_free_connection_rejects_no_version(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """It closes each second connection of the probe, or all of them."""
    accepts = Probe.accepts
    for is_always, expected in ((False, ["1.2", "1.3"]), (True, None)):
        device = fleet.add("camera_12_9", scheme="both")
        count = itertools.count()
        monkeypatch.setattr(
            Probe,
            "accepts",
            lambda probe, version, target, count=count, always=is_always: (
                False if always or next(count) % 2 == 0 else accepts(probe, version, target)
            ),
        )
        session = Session(settings_for(device))
        recorder = Recorder(session)
        ConnectionReader(session, recorder, DeviceCheckOptions(https_port=device.tls_port)).run()
        assert recorder.answers["tls_versions"].answer == expected


def test_a_silent_port_leaves_its_points_open(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    device.network = "reset"
    session = Session(settings_for(device))
    recorder = Recorder(session)
    ConnectionReader(session, recorder, DeviceCheckOptions(http_port=device.port, https_port=device.tls_port)).run()
    assert {point.answer for point in recorder.answers.values()} == {None}
    assert recorder.answers["challenge_body"].note == "No challenge shows it."
