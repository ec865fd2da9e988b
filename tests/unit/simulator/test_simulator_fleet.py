# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test ports and addresses, HTTPS, connections, the journal, and the inventory."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl

import pytest
import requests
import yaml

from tests.simulator import DEFAULT_NOW, Fleet
from tests.unit.simulator.raw_client import END

LIST = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"


def test_journal_has_every_request(camera, client):
    mark = camera.mark()
    client.groups(camera, "list", "viewer")
    client.groups(camera, "create", recordinggroupid="g", nicename="a b")
    client.groups(camera, "create", recordinggroupid="g")
    entries = camera.journal_since(mark)
    shown = [(entry.call, entry.write, entry.authorization, entry.user, entry.status, entry.code) for entry in entries]
    assert shown == [
        ("recording_group/list", False, None, None, 401, None),
        ("recording_group/list", False, "Digest", "viewer", 200, None),
        ("recording_group/create", True, None, None, 401, None),
        ("recording_group/create", True, "Digest", "operator", 200, None),
        ("recording_group/create", True, None, None, 401, None),
        ("recording_group/create", True, "Digest", "operator", 200, 20),
    ]
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[3].target == (
        "/axis-cgi/record/recording_group/create.cgi?schemaversion=1&recordinggroupid=g&nicename=a%20b"
    )
    assert entries[0].method == "GET"
    assert entries == sorted(entries, key=lambda entry: entry.time)
    assert camera.writes == [entries[3], entries[5]]


def test_journal_has_the_raw_target(camera):
    target = "/axis-cgi/record/recording_group/list.cgi?schemaversion=%31&x=%zz&&y=a+b%2fc"
    with socket.create_connection((camera.host, camera.port), timeout=5) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: camera\r\n\r\n".encode())
        connection.recv(65536)
    assert camera.journal[-1].target == target


def test_headers_and_body_arrive_together(camera):
    with socket.create_connection((camera.host, camera.port), timeout=5) as connection:
        connection.sendall(f"GET {LIST} HTTP/1.1\r\nHost: camera\r\n\r\n".encode())
        answer = connection.recv(65536)
    head, _unused, body = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert body.endswith(b"</body></html>\n")


def test_connections_are_counted(camera, client):
    for _unused in range(3):
        client.groups(camera, "list")
    assert camera.connections == 1
    with socket.create_connection((camera.host, camera.port), timeout=5):
        requests.get(f"http://127.0.0.1:{camera.port}{LIST}", timeout=5)
    assert camera.connections == 3
    assert [entry.connection for entry in camera.journal] == [1] * 6 + [3]


def test_six_hundred_devices_share_a_port(fleet, client):
    devices = [fleet.add(by="address", name=f"camera{number}") for number in range(600)]
    assert len({device.serial for device in devices}) == 600
    assert len({device.port for device in devices}) == 1
    assert len({device.host for device in devices}) == 600
    assert all(device.host.startswith("127.") for device in devices)
    for device in (devices[0], devices[299], devices[599]):
        device.plant_group(recording_group_id=device.name)
        assert f'RecordingGroupId="{device.name}"' in client.groups(device, "list").text
        assert len(device.journal) == 2
    assert devices[1].journal == []


def test_an_address_without_a_device_is_closed(fleet):
    device = fleet.add(by="address")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.200.0.1:{device.port}/", timeout=5)


@pytest.fixture
def ipv6():
    """Skip if loopback has no IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError as error:
        pytest.skip(f"THIS MACHINE HAS NO ::1 ({error}): devices on IPv6 are NOT tested")


@pytest.mark.usefixtures("ipv6")
@pytest.mark.parametrize("tls", [False, True])
def test_device_can_have_an_ipv6_address(fleet, client, connect, tls):
    device = fleet.add(name="six", scheme="both" if tls else "http", address="::1")
    assert device.host == "::1"
    assert client.groups(device, "list").status_code == 200
    connections = device.connections
    # Another process may use the port of this address.
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", device.port), timeout=5):
        pass
    assert device.connections == connections
    variables = yaml.safe_load(fleet.inventory())["all"]["children"]["axis"]["hosts"]["six"]
    assert (variables["ansible_host"], variables["axis_port"]) == ("::1", device.tls_port if tls else device.port)
    device.policy = "Basic"
    raw = connect(device, tls)
    raw.send_request()
    assert raw.receive(END)[1] == "as expected"
    device.network = "refused"
    with pytest.raises(ConnectionRefusedError):
        connect(device, tls)
    device.network = "up"
    connect(device, tls)


@pytest.mark.usefixtures("ipv6")
def test_ipv6_address_can_be_blocked(fleet, client):
    device = fleet.add(address="::1")
    device.plant_fault("blocked")
    assert client.groups(device, "list").status_code == 403
    assert device.authenticator.is_blocked("::1")


@pytest.mark.parametrize("address", ["192.0.2.1", "::", "2001:db8::1"])
def test_only_loopback_addresses_are_valid(fleet, address):
    with pytest.raises(ValueError, match="loopback"):
        fleet.add(address=address)
    with pytest.raises(ValueError, match="by='port'"):
        fleet.add(by="address", address="127.0.0.2")
    assert fleet.devices == {}


def test_devices_with_different_addresses_can_share_a_port(fleet, client):
    one = fleet.add(address="127.0.0.2")
    other = fleet.add(address="127.0.0.3", port=one.port)
    assert other.port == one.port
    assert [client.groups(device, "list").status_code for device in (one, other)] == [200, 200]
    assert [len(device.journal) for device in (one, other)] == [2, 2]
    for arguments in ({"by": "address"}, {"scheme": "both"}):
        with pytest.raises(ValueError, match="one scheme"):
            fleet.add(port=one.port, **arguments)


def test_device_can_have_another_loopback_address(fleet, client):
    device = fleet.add(address="127.0.0.2")
    assert device.host == "127.0.0.2"
    assert client.groups(device, "list").status_code == 200


def test_device_without_power_does_not_respond(camera, client):
    camera.powered = False
    with pytest.raises(requests.ConnectionError):
        client.groups(camera, "list")
    camera.powered = True
    assert client.groups(camera, "list").status_code == 200


@pytest.mark.parametrize("by", ["port", "address"])
@pytest.mark.parametrize("certificate", ["self_signed", "ca"])
def test_each_device_has_its_own_certificate(fleet, by, certificate):
    one, other = (fleet.add(scheme="https", by=by, certificate=certificate) for _unused in range(2))
    assert one.certificate_sha256 != other.certificate_sha256
    for device in (one, other):
        context = ssl.create_default_context(cafile=fleet.ca_path)
        name = f"axis-{device.serial.lower()}"
        connection = socket.create_connection((device.host, device.tls_port), timeout=5)
        if certificate == "self_signed":
            with pytest.raises(ssl.SSLCertVerificationError, match="issuer"):
                context.wrap_socket(connection, server_hostname=name)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = socket.create_connection((device.host, device.tls_port), timeout=5)
        with context.wrap_socket(connection, server_hostname=name) as secure:
            seen = secure.getpeercert(binary_form=True)
        assert hashlib.sha256(seen).hexdigest() == device.certificate_sha256
        assert device.journal == []


def test_certificate_names_the_serial_number(fleet):
    camera = fleet.add(scheme="https", certificate="ca")
    context = ssl.create_default_context(cafile=fleet.ca_path)
    with (
        socket.create_connection((camera.host, camera.tls_port), timeout=5) as connection,
        pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"),
    ):
        context.wrap_socket(connection, server_hostname=camera.host)
    assert camera.connections == 1


def test_certificate_can_have_other_names(fleet):
    camera = fleet.add(scheme="https", certificate="ca", names=["127.0.0.1"])
    url = f"https://127.0.0.1:{camera.tls_port}{LIST}"
    answer = requests.get(url, auth=("viewer", "viewer-pass"), verify=str(fleet.ca_path), timeout=5)
    assert answer.status_code == 200
    assert camera.journal[-1].authorization == "Basic"


def test_no_certificate_without_https(camera):
    with pytest.raises(ValueError, match="HTTPS"):
        _unused = camera.certificate_sha256


def test_devices_added_before_and_after_start(client):
    fleet = Fleet()
    before = fleet.add(name="before")
    assert before.port > 0
    fleet.start()
    after = fleet.add(name="after")
    assert client.groups(before, "list").status_code == 200
    assert client.groups(after, "list").status_code == 200
    ca_path = fleet.ca_path
    assert ca_path.exists()
    fleet.stop()
    assert not ca_path.exists()
    assert len(before.journal) == 2
    with pytest.raises(requests.ConnectionError):
        client.groups(before, "list")


def test_stop_does_not_wait_for_a_slow_response(client):
    with Fleet() as fleet:
        camera = fleet.add()
        camera.plant_fault("delay", seconds=60, before_login=True)
        connection = socket.create_connection((camera.host, camera.port), timeout=5)
        connection.sendall(f"GET {LIST} HTTP/1.1\r\nHost: camera\r\n\r\n".encode())
        other = fleet.add()
        client.groups(other, "list")
    assert connection.recv(100) == b""
    connection.close()


def test_stop_does_not_wait_for_a_handshake(connect):
    with Fleet() as fleet:
        camera = fleet.add(scheme="https")
        raw = connect(camera, tls=True)
        assert raw.receive(timeout=0.1) == (b"", "silence")
    assert raw.receive()[1] in ("closed", "reset")


def test_used_name_and_unknown_profile_are_errors(fleet):
    fleet.add(name="one")
    with pytest.raises(ValueError, match="already exists"):
        fleet.add(name="one")
    with pytest.raises(ValueError, match="camera_12_9"):
        fleet.add("toaster")


def test_inventory_has_every_way_to_connect(fleet):
    plain = fleet.add(name="plain")
    pinned = fleet.add(name="pinned", scheme="https")
    signed = fleet.add(name="signed", scheme="both", certificate="ca", by="address")
    groups = yaml.safe_load(fleet.inventory(axis_timeout=3, policy=[{"a": None}], axis_username="root"))
    axis = groups["all"]["children"]["axis"]
    assert axis["vars"] == {"axis_timeout": 3, "policy": [{"a": None}], "axis_username": "root"}
    login = {"axis_password": "operator-pass"}
    assert axis["hosts"] == {
        "plain": {"ansible_host": "127.0.0.1", "axis_port": plain.port, "axis_protocol": "http"} | login,
        "pinned": {
            "ansible_host": "127.0.0.1",
            "axis_port": pinned.tls_port,
            "axis_protocol": "https",
            "axis_tls_fingerprint": pinned.certificate_sha256,
        }
        | login,
        "signed": {
            "ansible_host": signed.host,
            "axis_port": signed.tls_port,
            "axis_protocol": "https",
            "axis_ca_path": str(fleet.ca_path),
            "axis_tls_server_name": f"axis-{signed.serial.lower()}",
        }
        | login,
    }


def test_the_clock_does_not_run(camera):
    assert camera.now == DEFAULT_NOW
    camera.advance(hours=1.5)
    assert (camera.now - DEFAULT_NOW).total_seconds() == 5400


def test_a_fleet_that_runs_is_not_started_again(fleet, client):
    camera = fleet.add("camera_12_9")
    with pytest.raises(RuntimeError, match="runs already"):
        fleet.start()
    assert client.code(camera, "list") is None
