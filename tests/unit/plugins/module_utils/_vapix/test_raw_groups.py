# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls with raw arguments: what a device returns becomes an outcome, or else an error."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import Outcome, RawGroups
from tests.simulator import Switches
from tests.simulator.device import Device

ROOT = b'<?xml version="1.0" encoding="utf-8"?><RecordingGroupResponse>%s</RecordingGroupResponse>'


def test_an_explained_error_is_an_outcome(session: Session, camera: Device) -> None:
    groups = RawGroups(session)
    bad = [("recordinggroupid", "a b"), ("diskid", "SD_DISK")]
    assert groups.create(bad, (20,)) == Outcome(20)
    with pytest.raises(AxisError) as caught:
        groups.create(bad, (10, 130))
    assert (caught.value.kind, caught.value.code) == ("invalid_request", 20)
    assert "recordinggroupid=a%20b" in camera.journal[-1].target


def test_a_group_is_created_updated_and_deleted(session: Session, camera: Device) -> None:
    groups = RawGroups(session)
    assert groups.create([("recordinggroupid", "door"), ("diskid", "SD_DISK")]) == Outcome(None, "door")
    assert groups.update([("recordinggroupid", "door"), ("retentiontime", "x")], (20,)).code == 20
    assert groups.update([("recordinggroupid", "door"), ("retentiontime", "24")]).is_success
    (found,) = groups.list("door")
    assert (found.number("RetentionTime"), found.text("DiskId"), found.text("Missing")) == (24, "SD_DISK", "")
    assert groups.delete("door").is_success
    assert groups.delete("door", (110,)) == Outcome(110)
    assert groups.list() == ()


@pytest.mark.parametrize("form", ["error_110", "empty"])
def test_an_unknown_id_has_no_group(session: Session, camera: Device, form: str) -> None:
    camera.switches = Switches(list_unknown_id=form)
    camera.plant_group(recording_group_id="door")
    assert RawGroups(session).list("gate") == ()


def test_an_invalid_number_does_not_hide_the_groups(session: Session, camera: Device) -> None:
    attributes = b'RecordingGroupId="door" RetentionTime="-2147483648" NiceName="Door"'
    body = ROOT % (b"<ListSuccess><RecordingGroup %s/></ListSuccess>" % attributes)
    camera.plant_fault("body", call="recording_group/list", body=body)
    (found,) = RawGroups(session).list()
    assert (found.number("RetentionTime"), found.text("RetentionTime")) == (None, "-2147483648")
    assert [name for name, _value in found.attributes] == ["RecordingGroupId", "RetentionTime", "NiceName"]


def test_a_group_that_was_not_requested_is_left_out(session: Session, camera: Device) -> None:
    body = ROOT % b'<ListSuccess><RecordingGroup RecordingGroupId="gate"/></ListSuccess>'
    camera.plant_fault("body", call="recording_group/list", body=body)
    assert RawGroups(session).list("door") == ()


@pytest.mark.parametrize("call", ["list", "create"])
def test_a_group_without_an_id_is_malformed(session: Session, camera: Device, call: str) -> None:
    body = ROOT % b"<ListSuccess><RecordingGroup/></ListSuccess><CreateSuccess/>"
    camera.plant_fault("body", call=f"recording_group/{call}", body=body)
    groups = RawGroups(session)
    with pytest.raises(AxisError) as caught:
        groups.list() if call == "list" else groups.create([("recordinggroupid", "door")])
    assert caught.value.kind == "malformed_response"
