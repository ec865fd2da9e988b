# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session: challenges, retries of reads, rate limit, statuses."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, LoginStoppedError
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Response
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import read_serial
from tests.scaling import check_linear
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for

VERSION = [("schemaversion", "1")]


def statuses(device: Device) -> list[int]:
    """Return the status of each request."""
    return [entry.status for entry in device.journal]


def error_of(session: Session, call: calls.Call = calls.LIST_GROUPS) -> AxisError:
    """Return the error of one call."""
    with pytest.raises(AxisError) as caught:
        session.call(call, VERSION)
    return caught.value


def kind_of(session: Session, call: calls.Call = calls.LIST_GROUPS) -> str:
    """Return the error kind of one call."""
    return error_of(session, call).kind


def test_challenge_is_reused_and_has_the_serial(session: Session, camera: Device) -> None:
    for _number in range(5):
        session.call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200, 200, 200, 200, 200]
    assert camera.connections == 1
    assert session.serial == camera.serial


def test_expired_nonce_is_renewed_once(session: Session, camera: Device) -> None:
    session.call(calls.LIST_GROUPS, VERSION)
    camera.expire_nonce()
    session.call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200, 401, 200]


@pytest.mark.fault("wrong password")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_wrong_password_is_sent_once(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add(scheme=scheme)
    session = Session(settings_for(camera, password="wrong"))
    for _number in range(3):
        assert kind_of(session) == "authentication"
    assert [entry.authorization for entry in camera.journal] == [None, "Digest" if scheme == "http" else "Basic"]


@pytest.mark.fault("Basic offered on plain HTTP")
def test_basic_is_never_sent_in_clear_text(fleet: Fleet) -> None:
    camera = fleet.add()
    camera.policy = "Basic"
    assert kind_of(Session(settings_for(camera))) == "authentication"
    assert [entry.authorization for entry in camera.journal] == [None]


def test_username_and_password_may_be_utf_8(fleet: Fleet) -> None:
    for scheme in ("http", "https"):
        camera = fleet.add(scheme=scheme)
        camera.accounts["wächter門"] = camera.accounts["operator"]
        camera.accounts["wächter門"].password = "pä%門"
        session = Session(settings_for(camera, username="wächter門", password="pä%門"))
        assert b"ListSuccess" in session.call(calls.LIST_GROUPS, VERSION)


def test_sha_256_is_preferred_to_md5(fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(sha256_digest=True))
    Session(settings_for(camera)).call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_read_is_retried_a_limited_number_of_times(session: Session, camera: Device, status: int) -> None:
    session.call(calls.LIST_GROUPS, VERSION)
    camera.plant_fault("http_status", call="*", status=status, headers=(("Retry-After", "0"),), times=2)
    session.call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200, status, status, 200]
    camera.plant_fault("http_status", call="*", status=status, headers=(("Retry-After", "0"),), times=None)
    assert kind_of(session) == "device_error"
    assert statuses(camera)[5:] == [status] * 3


FIRST_RESPONSES: dict[str, tuple[str, dict[str, Any]]] = {
    "429": ("http_status", {"status": 429, "headers": (("Retry-After", "0"),)}),
    "502": ("http_status", {"status": 502}),
    "503": ("http_status", {"status": 503, "headers": (("Retry-After", "0"),)}),
    "504": ("http_status", {"status": 504}),
    "400": ("http_status", {"status": 400}),
    "408": ("http_status", {"status": 408}),
    "418": ("http_status", {"status": 418}),
    "500": ("http_status", {"status": 500}),
    "blocked": ("blocked", {"skip": 1, "seconds": 1e9}),
    "redirect": ("http_status", {"status": 302, "headers": (("Location", "/"),)}),
    "reset before": ("reset_before", {}),
    "reset after": ("reset_after", {}),
    "reset in response": ("reset_in_response", {}),
    "closed": ("drop_before", {}),
    "silent": ("no_response", {}),
}


@pytest.mark.fault("login without a clear response")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("response", FIRST_RESPONSES)
def test_login_without_a_clear_response_is_sent_once(fleet: Fleet, scheme: str, response: str) -> None:
    camera = fleet.add(scheme=scheme)
    timeout = 0.3 if response == "silent" else 10
    session = Session(settings_for(camera, timeout=timeout))
    kind, options = FIRST_RESPONSES[response]
    camera.plant_fault(kind, call="*", **{"times": None, **options})
    errors = [error_of(session, call) for call in (calls.LIST_GROUPS, calls.LIST_GROUPS, calls.LIST_DISKS)]
    assert [login for login in logins(camera) if login] == ["Digest" if scheme == "http" else "Basic"]
    for error in errors:
        assert error.kind == ("timeout" if response == "silent" else errors[0].kind)
        assert "the login is not sent again" in error.message


@pytest.mark.parametrize("was_accepted", [True, False])
def test_login_is_repeated_once_if_it_was_accepted_before(fleet: Fleet, was_accepted: bool) -> None:
    """What a task created is removed, although its last login has no response."""
    camera = fleet.add()
    session = Session(settings_for(camera))
    if was_accepted:
        session.call(calls.LIST_GROUPS, VERSION)
        camera.expire_nonce()
    sent = len([login for login in logins(camera) if login])
    camera.plant_fault("drop_before", times=None)
    for _again in range(3):
        assert kind_of(session) == "unreachable"
        session.repeat_login()
    # The first one has the challenge that expired.
    expected = 3 if was_accepted else 1
    assert len([login for login in logins(camera) if login]) - sent == expected
    camera.faults.clear()
    assert kind_of(session) == "unreachable"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_rejected_call_of_an_accepted_login_is_an_answer(fleet: Fleet, scheme: str) -> None:
    """The role is too low, or the device has no such API: other calls may succeed."""
    viewer = Session(settings_for(fleet.add(scheme=scheme), username="viewer", password="viewer-pass"))
    assert kind_of(viewer, calls.LIST_DISKS) == "forbidden"
    assert viewer.is_login_accepted
    viewer.call(calls.LIST_GROUPS, VERSION)
    camera = fleet.add(scheme=scheme, switches=Switches(recording_group_api=False))
    session = Session(settings_for(camera))
    assert kind_of(session) == "unsupported"
    session.call(calls.LIST_DISKS, VERSION)
    fault = fleet.add(scheme=scheme)
    fault.plant_fault("soap_fault", detail="aa:InvalidConditionFilterFault", call="*", times=None)
    session = Session(settings_for(fault, username="root", password="administrator-pass"))
    session.call(calls.GET_ACTION_RULES)
    assert session.is_login_accepted


def test_login_that_a_time_limit_interrupted_is_not_sent_again(fleet: Fleet) -> None:
    camera = fleet.add()
    session = Session(settings_for(camera))
    send = session._transport.send

    def interrupted(method: str, target: str, authorization: str | None, *more: Any, **options: Any) -> Any:
        response = send(method, target, authorization, *more, **options)
        if authorization:
            session.time_limit.expire()
        return response

    session._transport.send = interrupted  # type: ignore[method-assign]
    assert error_of(session).message == "The time limit of the task ended it"
    session.time_limit = TimeLimit()
    for _number in range(2):
        error = error_of(session)
        assert (error.kind, error.ends_session) == ("timeout", True)
        assert "the login is not sent again" in error.message
    assert logins(camera) == [None, "Digest"]


def test_other_session_of_the_login_inherits_its_state(fleet: Fleet) -> None:
    camera = fleet.add()
    first, second = (Session(settings_for(camera, timeout=timeout)) for timeout in (5, 6))
    camera.plant_fault("http_status", call="*", status=500)
    error = error_of(first)
    second.inherit_login(first)
    assert error_of(second) is error
    assert logins(camera) == [None, "Digest"]


@pytest.mark.fault("thousands of challenges in one response")
def test_many_challenges_cost_linear_time(camera: Device) -> None:
    def accept(number: int) -> None:
        realms = [
            ", ".join(f'Digest realm="{index}-{header}", nonce="n"' for index in range(200)) for header in range(number)
        ]
        headers = tuple(("WWW-Authenticate", text) for text in realms)
        session = Session(settings_for(camera))
        session._accept_challenge(Response(401, headers, b""), is_first=True)
        assert len(session._realms) == 16

    check_linear(accept, 800)


@pytest.mark.fault("ever more realms")
def test_device_that_names_ever_more_realms_receives_no_more_logins(fleet: Fleet) -> None:
    camera = fleet.add()
    session = Session(settings_for(camera))
    kinds = []
    for number in range(20):
        camera.authenticator.realm = f"Realm {number}"
        camera.expire_nonce()
        try:
            session.call(calls.LIST_GROUPS, VERSION)
        except AxisError as error:
            kinds.append(error.kind)
    assert kinds == ["authentication"] * 4
    assert [entry.status for entry in camera.journal if entry.authorization].count(200) == 16


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_request_without_login_is_retried(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add(scheme=scheme)
    headers = (("Retry-After", "0"),)
    camera.plant_fault("http_status", call="*", status=503, headers=headers, times=2, before_login=True)
    Session(settings_for(camera)).call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [503, 503, 401, 200]


def test_login_that_was_never_sent_is_sent_later(fleet: Fleet) -> None:
    """Nothing was sent, so that it is still the first login."""
    camera = fleet.add()
    session = Session(settings_for(camera))
    camera.closes_after_401 = True

    def refuse(device: Device) -> None:
        device.network = "refused"

    camera.plant_fault("callback", run=refuse, before_login=True)
    assert kind_of(session) == "unreachable"
    camera.network = "up"
    session.call(calls.LIST_GROUPS, VERSION)
    assert logins(camera).count("Digest") == 1


def test_new_login_without_a_clear_response_is_sent_once(session: Session, camera: Device) -> None:
    session.call(calls.LIST_GROUPS, VERSION)
    camera.expire_nonce()
    camera.plant_fault("reset_before", call="*", times=None)
    mark = camera.mark()
    for _number in range(2):
        assert kind_of(session) == "unreachable"
    assert [entry.status for entry in camera.journal_since(mark)] == [401, 0]


def test_read_is_retried_after_a_broken_connection(fleet: Fleet) -> None:
    camera = fleet.add()
    session = Session(settings_for(camera, retries=1))
    session.call(calls.LIST_GROUPS, VERSION)
    camera.plant_fault("drop_before", call="*")
    session.call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200, 0, 200]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_post_is_authenticated_and_retried_with_its_body(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add("camera_10_12", scheme=scheme)
    session = Session(settings_for(camera))
    for fails in (False, True):
        if fails:
            camera.plant_fault("http_status", call="apidiscovery", status=503, headers=(("Retry-After", "0"),))
        body = session.call(calls.API_DISCOVERY, body=b'{"method":"getSupportedVersions"}')
        assert body == b'{"method":"getSupportedVersions","data":{"apiVersions":["1.1"]}}'
    assert [(entry.method, entry.status) for entry in camera.journal] == [
        ("POST", status) for status in (401, 200, 503, 200)
    ]
    assert session.serial == camera.serial


@pytest.mark.parametrize("status", [429, 503])
def test_write_is_not_retried(session: Session, camera: Device, status: int) -> None:
    camera.plant_fault("http_status", call="recording_group/create", status=status, times=None)
    assert kind_of(session, calls.CREATE_GROUP) == "device_error"
    assert statuses(camera) == [401, status]


def test_redirect_is_not_followed_and_its_secrets_are_hidden(session: Session, camera: Device) -> None:
    location = ("Location", "http://user:geheim@127.0.0.1:1/login?token=abc")
    camera.plant_fault("http_status", call="*", status=302, headers=(location,))
    with pytest.raises(AxisError) as caught:
        session.call(calls.LIST_GROUPS, VERSION)
    assert caught.value.kind == "redirect"
    assert "(HTTP 302 to http://127.0.0.1:1/login)" in str(caught.value)


@pytest.mark.parametrize("location", ["http://[", "", "//", "http://a:b@", "ftp:/x", "/login;a=b"])
def test_invalid_location_is_still_a_redirect(session: Session, camera: Device, location: str) -> None:
    camera.plant_fault("http_status", call="*", status=302, headers=(("Location", location),))
    assert kind_of(session) == "redirect"


def test_statuses_have_error_kinds(fleet: Fleet) -> None:
    viewer = fleet.add()
    assert (
        kind_of(Session(settings_for(viewer, username="viewer", password="viewer-pass")), calls.LIST_DISKS)
        == "forbidden"
    )
    old = fleet.add(switches=Switches(recording_group_api=False))
    assert kind_of(Session(settings_for(old))) == "unsupported"


@pytest.mark.fault("role too low")
def test_low_role_is_distinguished_from_blocked_address(fleet: Fleet) -> None:
    camera = fleet.add()
    viewer = Session(settings_for(camera, username="viewer", password="viewer-pass"))
    low = error_of(viewer, calls.LIST_DISKS)
    assert (low.kind, "viewer" in str(low), "role operator" in low.next_step) == ("forbidden", True, True)
    # One more request, without credentials and without the arguments of the call.
    assert [(entry.status, entry.authorization) for entry in camera.journal[-2:]] == [(403, "Digest"), (401, None)]
    # The session stays usable.
    viewer.call(calls.LIST_GROUPS, VERSION)

    operator = Session(settings_for(camera))
    operator.call(calls.LIST_GROUPS, VERSION)
    camera.plant_fault("blocked", seconds=10)
    blocked = error_of(operator, calls.LIST_GROUPS)
    assert (blocked.kind, "10 seconds" in blocked.next_step) == ("blocked", True)
    assert [(entry.status, entry.authorization) for entry in camera.journal[-2:]] == [(403, "Digest"), (403, None)]
    # An immediate attempt would be rejected, too, and might prolong the block.
    mark = camera.mark()
    assert error_of(operator).kind == "blocked"
    assert camera.journal_since(mark) == []
    # A request without credentials needs no second one.
    assert error_of(Session(settings_for(camera))).kind == "blocked"
    assert [entry.status for entry in camera.journal_since(mark)] == [403]


@pytest.mark.fault("twenty wrong logins of another client")
def test_twenty_wrong_logins_of_another_client_block_the_address(fleet: Fleet) -> None:
    camera = fleet.add()
    for _number in range(20):
        assert error_of(Session(settings_for(camera, password="wrong"))).kind == "authentication"
    assert error_of(Session(settings_for(camera))).kind == "blocked"
    now = camera.authenticator.clock()
    camera.authenticator.clock = lambda: now + 10.1
    Session(settings_for(camera)).call(calls.LIST_GROUPS, VERSION)


@pytest.mark.parametrize("times", [1, 2])
def test_immediately_stale_challenge_is_answered_again(session: Session, camera: Device, times: int) -> None:
    camera.plant_fault("stale_nonce", times=times)
    session.call(calls.LIST_GROUPS, VERSION)
    assert [entry.status for entry in camera.journal] == [401] * (1 + times) + [200]


@pytest.mark.fault("challenges that are always stale")
def test_challenges_that_are_always_stale_are_given_up(session: Session, camera: Device) -> None:
    camera.plant_fault("stale_nonce", times=None)
    assert error_of(session).kind == "authentication"
    assert len(camera.journal) == 4


@pytest.mark.fault("password changed during the task")
def test_changed_password_causes_one_more_attempt(session: Session, camera: Device) -> None:
    session.call(calls.LIST_GROUPS, VERSION)
    camera.accounts["operator"] = replace(camera.accounts["operator"], password="another")
    camera.expire_nonce()
    mark = camera.mark()
    assert error_of(session).kind == "authentication"
    assert error_of(session).kind == "authentication"
    assert len(camera.journal_since(mark)) <= 2


def test_target_of_a_redirect_receives_nothing(fleet: Fleet) -> None:
    camera, target = fleet.add(), fleet.add()
    camera.plant_fault("redirect", location=f"http://{target.host}:{target.port}/axis-cgi/", before_login=None)
    assert error_of(Session(settings_for(camera))).kind == "redirect"
    camera.plant_fault("redirect", location=f"http://{target.host}:{target.port}/axis-cgi/")
    assert error_of(Session(settings_for(camera))).kind == "redirect"
    assert target.connections == 0


def test_environment_and_netrc_are_ignored(fleet: Fleet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login root password administrator-pass\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for scheme in ("http", "https"):
        camera = fleet.add(scheme=scheme)
        assert kind_of(Session(settings_for(camera, password="wrong"))) == "authentication"
        assert camera.journal[0].authorization is None
        assert {entry.user for entry in camera.journal} == {None}


def test_at_most_ten_requests_in_a_second(camera: Device) -> None:
    session = Session(settings_for(camera), RateLimiter())
    for _number in range(14):
        session.call(calls.LIST_GROUPS, VERSION)
    times = [entry.time for entry in camera.journal]
    # Seen by the device, the first may be a little late, so that the eleventh seems early.
    assert all(later - earlier > 0.9 for earlier, later in zip(times, times[10:], strict=False))


def test_password_is_not_in_the_repr_of_settings(camera: Device) -> None:
    assert "operator-pass" not in repr(settings_for(camera))


def two_devices(fleet: Fleet, scheme: str) -> tuple[Device, Device, Session]:
    """Return a device, the one that replaces it, and a session with the address: Basic for HTTPS, digest for HTTP."""
    camera, other = fleet.add(scheme=scheme), fleet.add(scheme=scheme)
    options = {"tls": TLSSettings(validate=False)} if scheme == "https" else {}
    return camera, other, Session(settings_for(camera, retries=0, **options))


def without_serial(fleet: Fleet, scheme: str) -> Device:
    """Return a device that shows its serial number nowhere."""
    camera = fleet.add(scheme=scheme)
    camera.authenticator.realm = "Camera"
    camera.plant_fault("http_status", call="basicdeviceinfo", status=404, times=None, before_login=None)
    return camera


def logins(device: Device) -> list[str | None]:
    """Return the method with which each request was authenticated."""
    return [entry.authorization for entry in device.journal]


@pytest.mark.fault("device replaced")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("call", [calls.LIST_GROUPS, calls.DELETE_GROUP])
def test_replaced_device_receives_no_write_and_no_password(fleet: Fleet, scheme: str, call: calls.Call) -> None:
    camera, other, session = two_devices(fleet, scheme)
    session.call(calls.LIST_GROUPS, VERSION)
    camera.replace_by(other)
    session.close()
    for _attempt in range(2):
        error = error_of(session, call)
        assert (error.kind, error.maybe_applied) == ("conflict", False)
        assert f"serial {other.serial}" in error.message
    assert other.writes == []
    assert "Basic" not in logins(other)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_open_connection_stays_with_its_device(fleet: Fleet, scheme: str) -> None:
    camera, other, session = two_devices(fleet, scheme)
    session.call(calls.LIST_GROUPS, VERSION)
    camera.replace_by(other, keep_connections=True)
    session.call(calls.LIST_GROUPS, VERSION)
    assert (len(camera.journal), other.journal) == (3, [])


def test_basic_identifies_the_device_once_for_each_connection(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    session = Session(settings_for(camera))
    for _number in range(3):
        session.call(calls.LIST_GROUPS, VERSION)
    session.close()
    for _number in range(3):
        session.call(calls.LIST_GROUPS, VERSION)
    assert logins(camera) == [None, "Basic", "Basic", "Basic"] * 2
    assert camera.connections == 2


def test_digest_needs_no_challenge_for_a_new_connection(fleet: Fleet) -> None:
    camera = fleet.add()
    session = Session(settings_for(camera))
    for _number in range(3):
        session.call(calls.LIST_GROUPS, VERSION)
        session.close()
    assert logins(camera) == [None, "Digest", "Digest", "Digest"]


def test_basic_works_if_every_response_closes_the_connection(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    camera.closes_after_401 = True
    camera.plant_fault("http_1_0", times=None)
    session = Session(settings_for(camera))
    for _number in range(2):
        session.call(calls.LIST_GROUPS, VERSION)
    assert logins(camera) == [None, "Basic"] * 2


def test_identity_is_confirmed_once_a_second_with_basic_only(fleet: Fleet) -> None:
    for scheme, requests in (("http", [401, 200]), ("https", [401, 200, 200])):
        camera = fleet.add(scheme=scheme)
        session = Session(settings_for(camera))
        session.read_serial = partial(read_serial, session)
        session.call(calls.LIST_GROUPS, VERSION)
        session.confirm_identity()
        assert statuses(camera) == requests
    session._confirmed = time.monotonic() + 60  # however busy the machine is
    session.confirm_identity()
    assert len(camera.journal) == 3
    session._confirmed = time.monotonic() - 1.1
    session.confirm_identity()
    assert len(camera.journal) == 4


@pytest.mark.parametrize("fault", ["drop_before", "http_status"])
def test_confirmation_is_retried_after_a_broken_connection_only(fleet: Fleet, fault: str) -> None:
    camera = fleet.add(scheme="https")
    session = Session(settings_for(camera, retries=1))
    session.call(calls.LIST_GROUPS, VERSION)
    options = {"status": 503} if fault == "http_status" else {}
    camera.plant_fault(fault, before_login=True, **options)
    if fault == "drop_before":
        session.confirm_identity()
    else:
        with pytest.raises(AxisError) as caught:
            session.confirm_identity()
        assert (caught.value.kind, caught.value.maybe_applied) == ("device_error", False)


@pytest.mark.parametrize("closes", [True, False])
def test_forbidden_call_identifies_the_device_again(fleet: Fleet, closes: bool) -> None:
    camera = fleet.add(scheme="https")
    camera.closes_after_401 = closes
    session = Session(settings_for(camera, username="viewer", password="viewer-pass"))
    session.call(calls.LIST_GROUPS, VERSION)
    for _number in range(2):
        assert kind_of(session, calls.LIST_DISKS) == "forbidden"
        session.call(calls.LIST_GROUPS, VERSION)
    assert logins(camera) == [None, "Basic", *["Basic", None, "Basic"] * 2]


def test_device_that_replaces_a_forbidden_one_receives_no_password(fleet: Fleet) -> None:
    camera, other = fleet.add(scheme="https"), fleet.add(scheme="https")
    settings = settings_for(camera, username="viewer", password="viewer-pass", tls=TLSSettings(validate=False))
    session = Session(settings)
    session.call(calls.LIST_GROUPS, VERSION)

    def replace_device(device: Device) -> None:
        device.replace_by(other, keep_connections=True)

    camera.plant_fault("http_1_0", before_login=None)
    camera.plant_fault("callback", run=replace_device, before_login=None)
    # The response closes the connection, so that the request that checks the role reaches the other device.
    assert kind_of(session, calls.LIST_DISKS) == "forbidden"
    assert kind_of(session) == "conflict"
    assert set(logins(other)) == {None}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.fault("axis_serial is that of another device")
def test_other_serial_than_expected_receives_no_login(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add(scheme=scheme)
    error = error_of(Session(settings_for(camera, serial="B8A44F00A001")))
    assert error.kind == "conflict"
    message, next_step = error.render({"serial": "axis_serial", "host": "ansible_host"})
    assert f"serial number {camera.serial}, and axis_serial is B8A44F00A001" in message
    assert "Correct ansible_host" in next_step
    assert logins(camera) == [None]


@pytest.mark.parametrize("realm", [None, "Camera"])
@pytest.mark.parametrize("shows_serial", [True, False])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_other_device_than_the_checked_one_receives_no_login(
    fleet: Fleet, scheme: str, shows_serial: bool, realm: str | None
) -> None:
    camera = fleet.add(scheme=scheme)
    camera.authenticator.realm = realm or camera.authenticator.realm
    session = Session(settings_for(camera))
    session.checked_serial = "B8A44F00A001"
    if shows_serial:
        session.read_serial = partial(read_serial, session)
    error = error_of(session)
    assert error.kind == "conflict"
    shown = camera.serial if shows_serial or realm is None else None
    message, next_step = error.render({"serial": "axis_serial", "host": "ansible_host"})
    assert (f"has the serial number {shown}" if shown else "does not show a serial number") in message
    assert "checked before the first write has the serial number B8A44F00A001" in message
    assert next_step.startswith("Run again")
    assert "ansible_host" in next_step
    assert "axis_serial" not in message + next_step
    assert set(logins(camera)) == {None}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_serial_of_the_settings_overrides_the_checked_one(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add(scheme=scheme)
    session = Session(settings_for(camera, serial=camera.serial))
    session.checked_serial = "B8A44F00A001"
    session.call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_expected_serial_costs_no_request(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add(scheme=scheme)
    Session(settings_for(camera, serial=camera.serial)).call(calls.LIST_GROUPS, VERSION)
    assert statuses(camera) == [401, 200]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_realm_without_serial_is_read_without_a_login(fleet: Fleet, scheme: str) -> None:
    camera = fleet.add(scheme=scheme)
    camera.authenticator.realm = "Camera"
    session = Session(settings_for(camera, serial=camera.serial))
    session.read_serial = partial(read_serial, session)
    session.call(calls.LIST_GROUPS, VERSION)
    assert session.serial == camera.serial
    assert [(entry.call, entry.authorization is None) for entry in camera.journal] == [
        ("recording_group/list", True),
        ("basicdeviceinfo", True),
        ("recording_group/list", False),
    ]


@pytest.mark.parametrize(("scheme", "reads"), [("http", 0), ("https", 1)])
def test_serial_is_read_for_basic_only_unless_one_is_expected(fleet: Fleet, scheme: str, reads: int) -> None:
    camera = fleet.add(scheme=scheme)
    camera.authenticator.realm = "Camera"
    session = Session(settings_for(camera))
    session.read_serial = partial(read_serial, session)
    session.call(calls.LIST_GROUPS, VERSION)
    assert [entry.call for entry in camera.journal].count("basicdeviceinfo") == reads
    assert session.serial == (camera.serial if reads else None)


def test_device_without_serial_is_unsupported_if_one_is_expected(fleet: Fleet) -> None:
    camera = without_serial(fleet, "http")
    session = Session(settings_for(camera, serial=camera.serial))
    session.read_serial = partial(read_serial, session)
    assert error_of(session).kind == "unsupported"
    assert {entry.authorization for entry in camera.journal} == {None}


@pytest.mark.fault("Basic connection closed by a device without serial number")
def test_unidentified_device_receives_no_write_on_a_new_connection(fleet: Fleet) -> None:
    camera = without_serial(fleet, "https")
    session = Session(settings_for(camera))
    session.read_serial = partial(read_serial, session)
    session.call(calls.LIST_GROUPS, VERSION)
    session.close()
    error = error_of(session, calls.DELETE_GROUP)
    assert (error.kind, error.maybe_applied) == ("conflict", False)
    session.call(calls.LIST_GROUPS, VERSION)
    assert kind_of(session, calls.DELETE_GROUP) == "conflict"
    assert camera.writes == []


def test_device_without_login_is_identified_before_it_counts(fleet: Fleet) -> None:
    camera = fleet.add()
    camera.plant_fault("body", body=b"<x/>", before_login=True, times=None, call="recording_group/list")
    session = Session(settings_for(camera, serial="B8A44F00A001"))
    session.read_serial = partial(read_serial, session)
    assert error_of(session).kind == "conflict"


class RecordingGate:
    """A gate that records its use, and is closed on request."""

    def __init__(self, error: AxisError | None = None) -> None:
        self.seen: list[bool | str | None] = []
        self._error = error

    def enter(self) -> None:
        """Record the attempt."""
        self.seen.append("enter")
        if self._error:
            raise self._error

    def leave(self, is_accepted: bool | None) -> None:
        """Record the answer."""
        self.seen.append(is_accepted)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("password", "fault", "expected"),
    [
        ("operator-pass", None, ["enter", True]),
        ("incorrect-4711", None, ["enter", False]),
        ("operator-pass", {"kind": "http_status", "status": 500, "times": None}, ["enter", None]),
        ("operator-pass", {"kind": "reset_before", "times": None}, ["enter", None]),
    ],
)
def test_gate_knows_whether_the_login_was_accepted(
    fleet: Fleet, scheme: str, password: str, fault: dict[str, Any] | None, expected: list[Any]
) -> None:
    """Once, since later requests send a login that is known to be right or wrong."""
    camera, gate = fleet.add(scheme=scheme), RecordingGate()
    if fault:
        camera.plant_fault(call="recording_group/list", **fault)
    session = Session(settings_for(camera, password=password, retries=0))
    session.login_gate = gate
    for _number in range(3):
        with suppress(AxisError):
            session.call(calls.LIST_GROUPS, VERSION)
    assert gate.seen == expected


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_login_passes_a_closed_gate(fleet: Fleet, scheme: str) -> None:
    camera, gate = fleet.add(scheme=scheme), RecordingGate(LoginStoppedError("operator", 5))
    session = Session(settings_for(camera))
    session.login_gate = gate
    assert kind_of(session) == "not_attempted"
    assert gate.seen == ["enter"]
    assert [entry.authorization for entry in camera.journal] == [None]
