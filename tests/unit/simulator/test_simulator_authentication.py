# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test challenges, digest and Basic, roles, and the block after too many failed logins."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from tests.simulator import Account, Switches

GROUPS = "/axis-cgi/record/recording_group/"
LIST = f"{GROUPS}list.cgi?schemaversion=1"


def challenge(client, device, path=LIST):
    return client.send(device, path, None)


def nonce_of(answer):
    return re.search(r'nonce="([^"]+)"', answer.headers["WWW-Authenticate"])[1]


def digest(device, nonce, *, nc="00000001", uri=LIST, cnonce="abc", user="viewer", password=None, algorithm="md5"):
    """Return an independently computed Authorization header (RFC 7616), by default with the account's password."""
    password = device.accounts[user].password if password is None else password

    def hashed(text):
        return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

    secret = hashed(f"{user}:AXIS_{device.serial}:{password}")
    response = hashed(f"{secret}:{nonce}:{nc}:{cnonce}:auth:{hashed(f'GET:{uri}')}")
    name = {"md5": "MD5", "sha256": "SHA-256"}[algorithm]
    quoted = user.replace("\\", "\\\\").replace('"', '\\"')
    header = (
        f'Digest username="{quoted}", realm="AXIS_{device.serial}", nonce="{nonce}", uri="{uri}", '
        f'algorithm={name}, qop=auth, nc={nc}, cnonce="{cnonce}", response="{response}"'
    )
    return {"Authorization": header.encode()}


def status(client, device, headers, path=LIST):
    return client.send(device, path, None, headers=headers).status_code


def test_challenge_has_the_serial_number_in_its_realm(camera, client):
    answer = challenge(client, camera)
    assert answer.status_code == 401
    assert re.fullmatch(
        rf'Digest realm="AXIS_{camera.serial}", nonce="[A-Za-z0-9+/=]+", algorithm=MD5, qop="auth"',
        answer.headers["WWW-Authenticate"],
    )
    assert answer.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert "<title>401 Unauthorized</title>" in answer.text
    assert re.fullmatch("[0-9A-F]{12}", camera.serial)


@pytest.mark.parametrize(("profile", "connections"), [("camera_10_12", 2), ("camera_12_9", 1), ("recorder_s3008", 1)])
def test_only_10_12_closes_the_connection_after_a_401(fleet, client, profile, connections):
    device = fleet.add(profile)
    assert client.groups(device, "list").status_code == 200
    assert [entry.status for entry in device.journal] == [401, 200]
    assert device.connections == connections


@pytest.mark.parametrize(
    ("policy", "http", "https"),
    [
        ("Basic", "Basic", "Basic"),
        ("Digest", "Digest", "Digest"),
        ("Basic_Digest", "Digest", "Digest"),
        ("Recommended", "Digest", "Basic"),
    ],
)
def test_policy_selects_the_accepted_scheme(fleet, client, policy, http, https):
    device = fleet.add(scheme="both", certificate="ca", names=["127.0.0.1"])
    device.policy = policy
    for scheme, port, expected in (("http", device.port, http), ("https", device.tls_port, https)):
        url = f"{scheme}://127.0.0.1:{port}{LIST}"
        answer = client.session.get(url, verify=str(fleet.ca_path))
        assert answer.headers["WWW-Authenticate"].startswith(f'{expected} realm="AXIS_{device.serial}"')
        accepted = {"Basic": HTTPBasicAuth, "Digest": HTTPDigestAuth}
        for name, auth in accepted.items():
            answer = client.session.get(url, verify=str(fleet.ca_path), auth=auth("viewer", "viewer-pass"))
            assert (answer.status_code == 200) == (name == expected)


def test_unknown_policy_is_an_error(camera):
    camera.policy = "Anything"
    with pytest.raises(ValueError, match="Basic_Digest"):
        camera.authenticator.offered(tls=False)


@pytest.mark.parametrize("scheme", ["Digest", "Basic"])
def test_wrong_password_has_no_user_in_the_journal(camera, client, scheme):
    camera.policy = scheme
    auth = {"Digest": HTTPDigestAuth, "Basic": HTTPBasicAuth}[scheme]("viewer", "wrong")
    url = f"http://127.0.0.1:{camera.port}{LIST}"
    assert client.session.get(url, auth=auth).status_code == 401
    assert camera.journal[-1].user is None
    assert camera.journal[-1].authorization == scheme


@pytest.mark.parametrize("basic", [True, False])
@pytest.mark.parametrize(("user", "password"), [("jörg", "pässwörd€"), ('a,"b\\ c', 'with "quotes" \\ and: more')])
def test_credentials_may_have_any_characters(camera, client, basic, user, password):
    if basic:
        camera.policy = "Basic"
    camera.accounts[user] = Account(password, "viewer")
    if basic:
        text = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {text}"}
    else:
        headers = digest(camera, nonce_of(challenge(client, camera)), user=user)
    assert status(client, camera, headers) == 200
    assert camera.journal[-1].user == user


@pytest.mark.parametrize(
    ("user", "call", "expected"),
    [
        ("viewer", "list", 200),
        ("viewer", "schemaversions", 200),
        ("viewer", "create", 403),
        ("viewer", "update", 403),
        ("viewer", "delete", 403),
        ("operator", "create", 200),
        ("root", "create", 200),
    ],
)
def test_roles_of_the_recording_group_calls(camera, client, user, call, expected):
    answer = client.groups(camera, call, user)
    assert answer.status_code == expected
    if expected == 403:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert camera.journal[-1].user == "viewer"
        assert camera.groups == {}


@pytest.mark.parametrize(("user", "expected"), [("viewer", 403), ("operator", 200), ("root", 200)])
def test_disk_list_requires_the_role_operator(camera, client, user, expected):
    assert client.send(camera, "/axis-cgi/disks/list.cgi?diskid=all", user).status_code == expected


def test_unknown_path_is_not_found_after_the_login(camera, client):
    assert client.send(camera, "/axis-cgi/nothing.cgi", None).status_code == 401
    assert client.send(camera, "/axis-cgi/nothing.cgi").status_code == 404
    assert client.send(camera, "/nothing", None).status_code == 404
    assert [entry.call for entry in camera.journal] == [""] * 4


def test_digest_computed_independently_is_accepted(camera, client):
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce)) == 200
    assert status(client, camera, digest(camera, nonce, nc="00000002")) == 200
    assert status(client, camera, digest(camera, nonce, nc="00000001", cnonce="other")) == 200


def test_extended_user_name_is_decoded(camera, client):
    camera.accounts["jörg"] = Account("pass", "viewer")
    header = digest(camera, nonce_of(challenge(client, camera)), user="jörg")["Authorization"].decode()
    extended = header.replace('username="jörg"', "username*=UTF-8''j%C3%B6rg")
    assert extended != header
    assert status(client, camera, {"Authorization": extended}) == 200


def test_nonce_count_must_increase(camera, client):
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce, nc="00000002")) == 200
    assert status(client, camera, digest(camera, nonce, nc="00000002")) == 401
    assert status(client, camera, digest(camera, nonce, nc="00000001")) == 401
    assert status(client, camera, digest(camera, nonce, nc="0000000a")) == 200


@pytest.mark.parametrize("uri", [GROUPS + "list.cgi", LIST + "&", "/", LIST.replace("schema", "%73chema")])
def test_digest_uri_is_the_whole_target(camera, client, uri):
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce, uri=uri)) == 401


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("qop=auth", "qop=auth-int"),
        ("qop=auth, ", ""),
        ("nc=00000001", "nc=1"),
        ("AXIS_", "AXIS_WS_"),
        ("algorithm=MD5", "algorithm=SHA-256"),
        ('cnonce="abc", ', ""),
    ],
)
def test_malformed_digest_is_rejected(camera, client, old, new):
    header = digest(camera, nonce_of(challenge(client, camera)))["Authorization"].decode()
    assert old in header
    assert status(client, camera, {"Authorization": header.replace(old, new)}) == 401


def test_expired_nonce_is_stale(camera, client):
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce)) == 200
    camera.expire_nonce()
    answer = client.send(camera, LIST, None, headers=digest(camera, nonce, nc="00000002"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].endswith(', qop="auth", stale=true')
    assert status(client, camera, digest(camera, nonce_of(answer))) == 200


def test_a_wrong_password_is_never_stale(camera, client):
    nonce = nonce_of(challenge(client, camera))
    camera.expire_nonce()
    answer = client.send(camera, LIST, None, headers=digest(camera, nonce, password="wrong"))
    assert "stale" not in answer.headers["WWW-Authenticate"]


def test_nonce_of_another_device_is_stale(fleet, camera, client):
    answer = client.send(camera, LIST, None, headers=digest(camera, "bm9uc2Vuc2U="))
    assert "stale=true" in answer.headers["WWW-Authenticate"]


def test_nonce_can_be_limited_to_some_uses(camera, client):
    camera.nonce_uses = 2
    nonce = nonce_of(challenge(client, camera))
    statuses = [status(client, camera, digest(camera, nonce, nc=f"{number:08x}")) for number in (1, 2, 3)]
    assert statuses == [200, 200, 401]


def test_sha256_is_offered_first(fleet, client):
    camera = fleet.add(switches=Switches(sha256_digest=True))
    answer = challenge(client, camera)
    offered = answer.raw.headers.getlist("WWW-Authenticate")
    assert [re.search("algorithm=([^,]+)", text)[1] for text in offered] == ["SHA-256", "MD5"]
    nonce = re.search('nonce="([^"]+)"', offered[0])[1]
    assert status(client, camera, digest(camera, nonce, algorithm="sha256")) == 200
    assert status(client, camera, digest(camera, nonce, nc="00000002")) == 200


def wrong_logins(client, camera, count):
    url = f"http://127.0.0.1:{camera.port}{LIST}"
    for _unused in range(count):
        client.session.get(url, headers=digest(camera, "x", password="wrong"))


def test_twenty_wrong_logins_block_the_address(camera, client):
    now = [100.0]
    camera.authenticator.clock = lambda: now[0]
    wrong_logins(client, camera, 19)
    assert client.groups(camera, "list").status_code == 200
    wrong_logins(client, camera, 1)
    assert client.groups(camera, "list").status_code == 403
    assert client.send(camera, "/axis-cgi/apidiscovery.cgi", None).status_code == 403
    now[0] += 9.9
    assert client.groups(camera, "list").status_code == 403
    now[0] += 0.2
    assert client.groups(camera, "list").status_code == 200


def test_slow_failed_logins_are_not_blocked(camera, client):
    now = [100.0]
    camera.authenticator.clock = lambda: now[0]
    for _unused in range(30):
        wrong_logins(client, camera, 1)
        now[0] += 0.1
    assert client.groups(camera, "list").status_code == 200


def test_requests_without_credentials_do_not_count(camera, client):
    camera.authenticator.clock = lambda: 100.0
    for _unused in range(40):
        assert challenge(client, camera).status_code == 401
    assert client.groups(camera, "list").status_code == 200


@pytest.mark.parametrize("profile", ["camera_10_12", "recorder_s3008"])
def test_other_models_do_not_block_an_address(fleet, client, profile):
    device = fleet.add(profile)
    device.authenticator.clock = lambda: 100.0
    wrong_logins(client, device, 25)
    assert client.groups(device, "list").status_code == 200


def test_basic_requires_base64_and_a_colon(camera, client):
    camera.policy = "Basic"
    for text in ("!!!", "dmlld2Vy", ""):
        assert status(client, camera, {"Authorization": f"Basic {text}"}) == 401
    answer = requests.get(f"http://127.0.0.1:{camera.port}{LIST}", auth=("viewer", "viewer-pass"), timeout=5)
    assert answer.status_code == 200


def test_stale_nonce_rejects_a_valid_login(camera, client):
    fault = camera.plant_fault("stale_nonce", skip=1)
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce)) == 200
    assert status(client, camera, {}) == 401
    assert fault.hits == 0
    answer = client.send(camera, LIST, None, headers=digest(camera, nonce, nc="00000002"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].endswith(', qop="auth", stale=true')
    assert (camera.journal[-1].fault, camera.journal[-1].user) == ("StaleNonce", None)
    assert status(client, camera, digest(camera, nonce_of(answer))) == 200
    assert (fault.hits, camera.journal[-1].fault) == (1, None)


def test_a_write_with_a_stale_nonce_is_not_applied(camera, client):
    camera.plant_fault("stale_nonce", call="recording_group/create")
    target = f"{GROUPS}create.cgi?schemaversion=1&recordinggroupid=g"
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce, uri=target, user="operator"), target) == 401
    assert (camera.groups, camera.writes) == ({}, [])


def test_blocked_rejects_the_address_for_some_seconds(camera, client):
    now = 0.0
    camera.authenticator.clock = lambda: now
    camera.plant_fault("blocked", call="recording_group/list", seconds=7)
    assert client.groups(camera, "create", recordinggroupid="g").status_code == 200
    assert client.groups(camera, "list").status_code == 403
    assert (camera.journal[-1].fault, camera.journal[-1].user) == ("Blocked", None)
    now = 6.9
    assert [client.groups(camera, "list").status_code, client.send(camera, "/").status_code] == [403, 403]
    assert camera.journal[-1].fault is None
    now = 7.0
    assert client.groups(camera, "list").status_code == 200


def test_blocked_fault_without_brute_force_protection(fleet, client):
    device = fleet.add("recorder_s3008")
    device.plant_fault("blocked")
    assert [client.groups(device, "list").status_code for _unused in range(2)] == [403, 403]
    assert device.authenticator.is_blocked("127.0.0.1")


@pytest.mark.parametrize("sha256", [False, True])
def test_several_challenges_surround_those_of_the_device(fleet, client, sha256):
    camera = fleet.add(switches=Switches(sha256_digest=sha256))
    unexpected_hosts = (
        'Bearer realm="a"',
        "Negotiate",
        'Digest realm="b", nonce="c", algorithm=SHA-512-256, qop="auth"',
    )
    camera.plant_fault("several_challenges", headers=unexpected_hosts)
    for _unused in range(2):
        offered = challenge(client, camera).raw.headers.getlist("WWW-Authenticate")
        own = [value for value in offered if f'realm="AXIS_{camera.serial}"' in value]
        assert offered == [unexpected_hosts[0], *own, *unexpected_hosts[1:]]
        assert len(own) == (2 if sha256 else 1)
        assert (camera.journal[-1].status, camera.journal[-1].fault) == (401, "SeveralChallenges")


def test_several_challenges_in_a_401_only(camera, client):
    fault = camera.plant_fault("several_challenges", headers=('Basic realm="a"',), times=1, skip=1)
    nonce = nonce_of(challenge(client, camera))
    assert status(client, camera, digest(camera, nonce)) == 200
    assert (fault.hits, camera.journal[-1].fault) == (0, None)
    assert len(challenge(client, camera).raw.headers.getlist("WWW-Authenticate")) == 2
    assert len(challenge(client, camera).raw.headers.getlist("WWW-Authenticate")) == 1
