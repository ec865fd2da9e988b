# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recording group CGIs: requests, and responses in the forms that real devices send."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import (
    RecordingGroups,
    SchemaVersion,
)
from tests.simulator.device import Device

ROOT = (
    b'<?xml version="1.0" encoding="utf-8"?>\n'
    b'<RecordingGroupResponse schemaversion="1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    b'xsi:noNamespaceSchemaLocation="http://www.axis.com/vapix/http_cgi/recording_group.xsd">\n%s\n</RecordingGroupResponse>'
)
GROUP = (
    b'<RecordingGroup RecordingGroupId="Low_B8A44F112233_0_C" NiceName="Low" Description="" RetentionTime="720" '
    b'DiskId="HDD_DISK" StreamOptions="device=B8A44F112233&amp;camera=1" PreDuration="0" PostDuration="5000"/>'
)


def respond(camera: Device, body: bytes, call: str = "recording_group/*") -> None:
    """Let the camera send a response once."""
    camera.plant_fault("body", call=call, body=body)


def list_error_kind(session: Session) -> str:
    """Return the kind of the error of a list."""
    with pytest.raises(AxisError) as caught:
        RecordingGroups(session).list()
    return caught.value.kind


def test_list_of_a_real_recorder(session: Session, camera: Device) -> None:
    respond(camera, ROOT % (b"    <ListSuccess>\n        %s\n    </ListSuccess>" % GROUP))
    assert RecordingGroups(session).list() == (
        RecordingGroup("Low_B8A44F112233_0_C", "Low", "", 720, "HDD_DISK", "device=B8A44F112233&camera=1", 0, 5000),
    )


@pytest.mark.parametrize(
    "empty", [b"<ListSuccess>\n    </ListSuccess>", b"<ListSuccess/>", b"<ListSuccess></ListSuccess>"]
)
def test_empty_list_in_each_form(session: Session, camera: Device, empty: bytes) -> None:
    respond(camera, ROOT % empty)
    assert RecordingGroups(session).list() == ()


def test_list_with_an_id_twice_is_returned(session: Session, camera: Device) -> None:
    other = GROUP.replace(b"HDD_DISK", b"SD_DISK")
    respond(camera, ROOT % (b"<ListSuccess>%s%s</ListSuccess>" % (GROUP, other)))
    groups = RecordingGroups(session).list()
    assert [(group.recording_group_id, group.disk_id) for group in groups] == [
        ("Low_B8A44F112233_0_C", "HDD_DISK"),
        ("Low_B8A44F112233_0_C", "SD_DISK"),
    ]


def test_namespaces_and_additions_of_newer_versions_are_ignored(session: Session, camera: Device) -> None:
    group = GROUP.replace(b"/>", b' Newer="1"><More/></RecordingGroup>')
    body = ROOT % (b"<ListSuccess>%s<Other/></ListSuccess>" % group)
    respond(camera, body.replace(b'schemaversion="1.0"', b'schemaversion="1.7" xmlns="http://www.axis.com/vapix"'))
    (read,) = RecordingGroups(session).list()
    assert read.retention_time == 720


@pytest.mark.parametrize(
    "group",
    [
        GROUP.replace(b'RetentionTime="720"', b""),
        GROUP.replace(b'RetentionTime="720"', b'RetentionTime=""'),
        GROUP.replace(b'RetentionTime="720"', b'RetentionTime="-1"'),
        GROUP.replace(b'RetentionTime="720"', b'RetentionTime="many"'),
        GROUP.replace(b'PreDuration="0"', b'PreDuration="x"'),
        GROUP.replace(b'RecordingGroupId="Low_B8A44F112233_0_C"', b'RecordingGroupId=""'),
    ],
)
def test_an_invalid_group_is_a_malformed_response(session: Session, camera: Device, group: bytes) -> None:
    respond(camera, ROOT % (b"<ListSuccess>%s</ListSuccess>" % group))
    assert list_error_kind(session) == "malformed_response"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        ROOT % b"",
        ROOT % b"<ListSuccess>",
        ROOT % b"<GeneralError/>",
        b"<RecordingGroupResponse><ListSuccess/></RecordingGroupRes",
        b'<!DOCTYPE a [<!ENTITY b "c">]><RecordingGroupResponse><ListSuccess/></RecordingGroupResponse>',
        b"<root><ListSuccess/></root>",
    ],
)
def test_other_documents_are_malformed_responses(session: Session, camera: Device, body: bytes) -> None:
    respond(camera, body)
    assert list_error_kind(session) == "malformed_response"


@pytest.mark.fault("list of more than 1,000 recording groups")
def test_a_list_of_too_many_groups_is_a_malformed_response(session: Session, camera: Device) -> None:
    group = b'<RecordingGroup RecordingGroupId="group%d" RetentionTime="0"/>'
    for count in (1000, 1001):
        groups = b"".join(group % number for number in range(count))
        respond(camera, b"<RecordingGroupResponse><ListSuccess>%s</ListSuccess></RecordingGroupResponse>" % groups)
        if count == 1000:
            assert len(RecordingGroups(session).list()) == 1000
            camera.faults.clear()
        else:
            assert list_error_kind(session) == "malformed_response"


def test_schema_versions_are_read(session: Session, camera: Device) -> None:
    camera.schema_versions = [("1.0", True), ("2.1", False)]
    assert RecordingGroups(session).schema_versions() == (SchemaVersion("1.0", True), SchemaVersion("2.1", False))


def test_versions_are_read_only_after_error_40(session: Session, camera: Device) -> None:
    RecordingGroups(session).list()
    assert [entry.call for entry in camera.journal] == ["recording_group/list"] * 2
    camera.schema_versions = [("2.0", False), ("3.0", False)]
    with pytest.raises(AxisError) as caught:
        RecordingGroups(session).list()
    assert (caught.value.kind, caught.value.code) == ("unsupported", 40)
    assert "2.0, 3.0" in str(caught.value)
    assert camera.journal[-1].call == "recording_group/schemaversions"


def test_an_unknown_error_code_is_a_device_error(session: Session, camera: Device) -> None:
    camera.plant_fault("error_code", call="recording_group/list", code=777, description="New trouble.")
    with pytest.raises(AxisError) as caught:
        RecordingGroups(session).list()
    assert (caught.value.kind, caught.value.code, caught.value.description) == ("device_error", 777, "New trouble.")


def test_a_missing_id_leaves_a_creation_unconfirmed(session: Session, camera: Device) -> None:
    respond(camera, ROOT % b"<CreateSuccess/>", "recording_group/create")
    with pytest.raises(AxisError) as caught:
        RecordingGroups(session).create(RecordingGroup(None, nice_name="Door"))
    assert (caught.value.kind, caught.value.maybe_applied) == ("malformed_response", True)
