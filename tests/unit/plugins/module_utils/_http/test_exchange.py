# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an observer of a session receives."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange, hide_credentials
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for


def observe(session: Session) -> list[RawExchange]:
    seen: list[RawExchange] = []
    session.observe = seen.append
    return seen


def test_an_observer_receives_challenge_and_response(camera: Device) -> None:
    session = Session(settings_for(camera))
    seen = observe(session)
    session.call(calls.LIST_GROUPS, [("schemaversion", "1")])
    challenge, listed = seen
    assert (challenge.status, listed.status) == (401, 200)
    assert b"401" in challenge.response_body, "bodies of errors are kept for the observer"
    assert b"<ListSuccess>" in listed.response_body
    assert dict(listed.headers)["Authorization"] == "Digest"
    assert "operator-pass" not in repr(seen)
    assert listed.target.endswith("list.cgi?schemaversion=1")
    assert challenge.response_header("www-authenticate")[0].startswith("Digest realm=")


def test_an_observer_receives_an_error(camera: Device) -> None:
    session = Session(settings_for(camera, retries=0))
    seen = observe(session)
    camera.network = "reset"
    with pytest.raises(DeviceUnreachableError):
        session.call(calls.LIST_GROUPS)
    assert seen[-1].status is None
    assert isinstance(seen[-1].error, DeviceUnreachableError)


def test_without_an_observer_nothing_is_recorded(camera: Device) -> None:
    session = Session(settings_for(camera))
    assert session.observe is None
    session.call(calls.LIST_GROUPS, [("schemaversion", "1")])


def test_only_the_scheme_of_credentials_remains() -> None:
    shown = hide_credentials({"Authorization": 'Digest username="root"', "Accept": "x"})
    assert shown == (("Authorization", "Digest"), ("Accept", "x"))
