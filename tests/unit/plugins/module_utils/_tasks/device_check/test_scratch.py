# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scratch area: what it creates is removed, whatever happens, and nothing else is touched."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, TimeLimitError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, ActionRule
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import (
    UNLISTED_ID,
    build_recognized,
    is_own,
)
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for

RUN = "0a1b2c3d"
BASE = f"camfleet-check-{RUN}-base"
NAME = f"camfleet-check-{RUN}-id"
GENERATED = (("diskid", "SD_DISK"), *build_recognized(NAME))
RULE = ActionRule("", "", False, ALWAYS, None, "")


@pytest.fixture
def area(session: Session) -> ScratchArea:
    """Return the area of a run."""
    return ScratchArea(session, run=RUN)


def state(device: Device) -> Any:
    """Return what a device has."""
    actions = device.actions
    return deepcopy((device.groups, device.recordings, actions.configurations, actions.rules))


def own(device: Device) -> list[tuple[str, str]]:
    """Return kind and ID of everything of a device check that a device has."""
    rules = [("action_rule", item.rule_id) for item in device.actions.rules.values() if is_own(item.name)]
    configurations = device.actions.configurations.values()
    found = [("action_configuration", item.configuration_id) for item in configurations if is_own(item.name)]
    groups = device.groups.values()
    return (
        rules
        + found
        + [
            ("recording_group", item.recording_group_id)
            for item in groups
            if is_own(item.recording_group_id) or is_own(item.nice_name)
        ]
    )


def remains(area: ScratchArea) -> list[tuple[str | None, str | None]]:
    """Return kind and ID of everything that remains according to the area."""
    return [(item["kind"], item["id"]) for item in area.remains]


def run_in(area: ScratchArea, *steps: Callable[[], object]) -> None:
    """Run steps in an opened area, the first of which creates its group."""
    with area.opened():
        area.create_group("base")
        for step in steps:
            step()


def update(area: ScratchArea) -> Callable[[], object]:
    """Return a step that updates the group."""
    return lambda: area.update(BASE, ("description", "a"))


def plant_recognized(device: Device, run: str, **fields: Any) -> None:
    """Plant a group whose ID the device generated for a device check."""
    name = f"camfleet-check-{run}-id"
    device.plant_group(**{"nice_name": name, "description": name, "pre_duration": 1000, **fields})


def plant_foreign(device: Device) -> None:
    """Plant groups, actions, and recordings of others, some of which look similar."""
    for name in ("door", "camfleet-check-", "camfleet-check-0A1B2C3D-base", f"x{BASE}", "camfleet-check-0a1b2c3d-"):
        device.plant_group(recording_group_id=name, retention_time=24)
    device.plant_group(recording_group_id="gate", nice_name=f"{NAME} ", description=NAME)
    device.plant_recordings("door", 3, running=True)
    device.plant_recording("gate", name="Gate")
    device.plant_recording("gate", name=f"camfleet-check-{RUN}-rule")
    device.plant_configuration("com.axis.action.unlimited.ledcontrol", f"camfleet-check-{RUN}-led", led="1")


def test_everything_is_removed(area: ScratchArea, camera: Device) -> None:
    plant_foreign(camera)
    before, similar = state(camera), len(own(camera))
    with area.opened():
        area.create_group("base")
        area.can_recognize = True
        created = area.create(GENERATED).recording_group_id or ""
        assert area.read(created).text("NiceName") == NAME
        configuration = area.add_configuration("action", BASE)
        area.add_rule("rule", ActionRule("", "", False, ALWAYS, None, configuration))
        assert len(own(camera)) == similar + 4
    assert state(camera) == before
    assert (area.remains, area.changes, area.leftovers) == ([], [], [])


def test_steps_that_remove_leave_nothing_to_clean_up(area: ScratchArea, camera: Device) -> None:
    with area.opened():
        area.create_group("base")
        configuration = area.add_configuration("action", BASE)
        rule = area.add_rule("rule", ActionRule("", "", False, ALWAYS, None, configuration))
        area.remove_rule(rule)
        area.remove_configuration(configuration)
        area.delete(BASE)
        sent = len(camera.writes)
    assert len(camera.writes) == sent
    assert own(camera) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_exception_ends_with_the_clean_up(area: ScratchArea, camera: Device, error: type[BaseException]) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(error):
        run_in(area, fail)
    assert (own(camera), area.remains) == ([], [])


def test_the_time_limit_of_the_task_does_not_end_the_clean_up(
    area: ScratchArea, session: Session, camera: Device
) -> None:
    limit = session.time_limit
    camera.plant_fault(
        "callback", call="recording_group/update", run=lambda _device: setattr(limit, "has_expired", True)
    )
    with pytest.raises(TimeLimitError):
        run_in(area, update(area), lambda: area.read(BASE))
    assert (own(camera), area.remains) == ([], [])
    assert session.time_limit is limit


def test_what_a_killed_run_left_is_removed(camera: Device) -> None:
    plant_foreign(camera)
    before = state(camera)
    other = "camfleet-check-ffffffff-base"
    camera.plant_group(recording_group_id=other)
    plant_recognized(camera, "ffffffff", recording_group_id="SD_DISK_1")
    camera.plant_recording(other, name="camfleet-check-ffffffff-rule", enabled=False)
    area = ScratchArea(Session(settings_for(camera)))
    with area.opened():
        assert state(camera) == before
    assert [item["id"] for item in area.leftovers if item["kind"] == "recording_group"] == [other, "SD_DISK_1"]
    assert len(area.leftovers) == 4
    assert (state(camera), area.remains) == (before, [])


#: What another client may give a group that looks like one of a device check.
SIMILAR: tuple[dict[str, Any], ...] = (
    {"description": "evidence"},
    {"description": "", "retention_time": 720},
    {"retention_time": 720},
    {"post_duration": 1000},
    {"pre_duration": 0},
    {"stream_options": "camera=1"},
    {"description": "camfleet-check-00000001-id"},
    {"nice_name": "camfleet-check-ffffffff-base", "description": "camfleet-check-ffffffff-base"},
    {"nice_name": "camfleet-check-ffffffff-id ", "description": "camfleet-check-ffffffff-id "},
    {"nice_name": "camfleet-check-mine", "description": "camfleet-check-mine"},
)


@pytest.mark.fault("group or action of others whose ID or name looks like that of a device check")
@pytest.mark.parametrize("fields", SIMILAR, ids=str)
def test_a_name_alone_makes_no_group_own(area: ScratchArea, camera: Device, fields: dict[str, Any]) -> None:
    plant_recognized(camera, "ffffffff", **fields, recording_group_id="door")
    camera.plant_recordings("door", 3)
    before = state(camera)
    with area.opened():
        area.create_group("base")
    assert state(camera) == before
    assert (area.leftovers, area.remains, area.changes) == ([], [], [])
    name = fields.get("nice_name", "camfleet-check-ffffffff-id")
    assert area.unrecognized == [{"kind": "recording_group", "id": "door", "name": name}]
    assert not any("door" in entry.target for entry in camera.writes)


def test_a_group_that_an_action_uses_is_not_own_by_its_name(area: ScratchArea, camera: Device) -> None:
    plant_recognized(camera, "ffffffff", recording_group_id="door")
    camera.plant_recording("door", name="Door")
    before = state(camera)
    with area.opened():
        area.create_group("base")
    assert state(camera)[2:] == before[2:]
    assert (area.leftovers, area.remains, area.changes) == ([], [], [])
    assert [item["id"] for item in area.unrecognized] == ["door"]
    assert not any("door" in entry.target for entry in camera.writes)


def test_a_group_is_not_own_any_more_once_an_action_uses_it(area: ScratchArea, camera: Device) -> None:
    """Another client takes a group of an earlier check after the start."""
    plant_recognized(camera, "ffffffff", recording_group_id="door")
    camera.plant_fault(
        "callback",
        call="recording_group/delete",
        run=lambda device: device.plant_configuration(name="Theirs", recording_group_id="door"),
    )
    with area.opened():
        pass
    assert "door" in camera.groups
    assert not any("door" in entry.target for entry in camera.writes)


def test_what_only_looks_similar_is_listed(area: ScratchArea, camera: Device) -> None:
    plant_foreign(camera)
    area.read_before()
    assert [(item["kind"], item["id"]) for item in area.unrecognized] == [
        ("recording_group", "camfleet-check-"),
        ("recording_group", "camfleet-check-0A1B2C3D-base"),
        ("recording_group", "camfleet-check-0a1b2c3d-"),
        ("recording_group", "gate"),
        *(("action_configuration", item.configuration_id) for item in list(camera.actions.configurations.values())[1:]),
        ("action_rule", list(camera.actions.rules)[-1]),
    ]
    assert (area.leftovers, camera.writes) == ([], [])


@pytest.mark.parametrize("post_duration", [0, 1000])
def test_a_group_with_a_foreign_configuration_is_not_waited_for(
    area: ScratchArea, camera: Device, monkeypatch: pytest.MonkeyPatch, post_duration: int
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(scratch.time, "sleep", waited.append)
    camera.plant_group(recording_group_id=BASE, post_duration=post_duration)
    foreign = camera.plant_configuration(name="Foreign", recording_group_id=BASE)
    with pytest.raises(AxisError, match="could not be removed"), area.opened():
        raise AssertionError("the experiments started")
    assert sum(waited) == 0
    assert remains(area) == [("recording_group", BASE)]
    assert f"action configuration {foreign.configuration_id} uses it" in str(area.remains[0]["remove_with"])


def test_a_check_that_still_runs_is_not_disturbed(area: ScratchArea, session: Session, camera: Device) -> None:
    other = ScratchArea(session, run="ffffffff")
    with other.opened():
        other.create_group("base")
        camera.plant_fault(
            "callback",
            call="action/GetActionConfigurations",
            run=lambda device: device.change_group(
                device.groups["camfleet-check-ffffffff-base"], description="its experiment"
            ),
        )
        before = state(camera)
        with pytest.raises(AxisError, match="Another device check") as caught, area.opened():
            raise AssertionError("the experiments started")
        assert caught.value.kind == "conflict"
        assert camera.groups.keys() == before[0].keys()
        assert other.read("camfleet-check-ffffffff-base").text("Description") == "its experiment"
    assert (own(camera), other.remains, area.remains) == ([], [], [])


def test_a_client_that_changes_its_own_group_is_not_another_check(area: ScratchArea, camera: Device) -> None:
    camera.plant_group(recording_group_id=BASE)
    camera.plant_group(recording_group_id="door")
    camera.plant_fault(
        "callback",
        call="action/GetActionConfigurations",
        run=lambda device: device.change_group(device.groups["door"], description="theirs"),
    )
    with area.opened():
        pass
    assert list(camera.groups) == ["door"]
    assert area.changes == ["The recording group 'door' was changed while the device check ran."]


@pytest.mark.fault("two device checks of one device at the same time")
def test_two_checks_that_begin_at_the_same_time(area: ScratchArea, camera: Device) -> None:
    """Each one reads the groups after it created its own, so that the later one ends, and removes only its own."""
    other = "camfleet-check-ffffffff-base"
    camera.plant_fault(
        "callback", call="recording_group/create", run=lambda device: device.plant_group(recording_group_id=other)
    )
    with pytest.raises(AxisError, match="Another device check") as caught:
        run_in(area)
    assert caught.value.kind == "conflict"
    assert (own(camera), area.remains) == ([("recording_group", other)], [])
    assert area.changes == [f"The recording group '{other}' was added while the device check ran."]


def test_reading_reports_leftovers_and_removes_nothing(area: ScratchArea, camera: Device) -> None:
    camera.plant_group(recording_group_id=BASE)
    area.read_before()
    assert [item["id"] for item in area.leftovers] == [BASE]
    assert camera.writes == []
    assert area.remains == []


@pytest.mark.parametrize(
    ("account", "unread"), [("operator", set()), ("viewer", {"action configurations and action rules"})]
)
def test_leftovers_as_far_as_the_role_allows_it(camera: Device, account: str, unread: set[str]) -> None:
    camera.plant_group(recording_group_id=BASE)
    camera.plant_configuration(name=NAME, recording_group_id=BASE)
    area = ScratchArea(Session(settings_for(camera, username=account, password=f"{account}-pass")))
    assert area.read_leftovers().keys() == unread
    assert [item["kind"] for item in area.leftovers] == ["action_configuration"] * (not unread) + ["recording_group"]
    assert (camera.writes, area.has_begun) == ([], False)


def test_what_cannot_be_read_is_named(area: ScratchArea, camera: Device) -> None:
    camera.plant_fault("truncated", call="recording_group/list")
    configuration = camera.plant_configuration(name=NAME, recording_group_id=BASE)
    assert area.read_leftovers().keys() == {"recording groups"}
    assert [item["id"] for item in area.leftovers] == [configuration.configuration_id]


def test_a_write_may_have_been_sent_before_the_experiments(area: ScratchArea, camera: Device) -> None:
    camera.plant_fault("drop_after", call="recording_group/delete")
    with pytest.raises(AxisError), area.opened():
        raise AssertionError("the experiments started")
    assert area.has_begun


def test_a_leftover_that_stays_prevents_the_experiments(area: ScratchArea, camera: Device) -> None:
    camera.plant_group(recording_group_id=BASE)
    camera.plant_recording(BASE, name="Foreign")
    with pytest.raises(AxisError) as caught, area.opened():
        raise AssertionError("the experiments started")
    assert caught.value.kind == "conflict"
    assert remains(area) == [("recording_group", BASE)]
    assert "delete.cgi?schemaversion=1&recordinggroupid=" in str(area.remains[0]["remove_with"])
    assert "operator-pass" not in str(area.remains)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_command_for_a_pinned_certificate(fleet: Fleet) -> None:
    camera = fleet.add("camera_13")
    camera.plant_group(recording_group_id=BASE)
    area = ScratchArea(Session(settings_for(camera)))
    area.read_before()
    words = shlex.split(str(area.leftovers[0]["remove_with"]))
    # It would prompt for the password.
    words[words.index("operator")] = "operator:operator-pass"
    for pin, code in (("sha256//AAAA", 90), (None, 0)):
        sent = [pin if pin and word.startswith("sha256//") else word for word in words]
        done = subprocess.run([*sent, "--silent", "--output", os.devnull], check=False, timeout=20)
        assert done.returncode == code
        assert (BASE in camera.groups) is bool(code)


def test_a_foreign_rule_keeps_its_configuration(area: ScratchArea, camera: Device) -> None:
    with area.opened():
        area.create_group("base")
        configuration = area.add_configuration("action", BASE)
        foreign = camera.plant_rule(configuration, "Foreign")
    assert remains(area) == own(camera) == [("action_configuration", configuration), ("recording_group", BASE)]
    assert foreign.rule_id in camera.actions.rules
    assert area.changes == [f"The action rule '{foreign.rule_id}' was added while the device check ran."]


@pytest.mark.parametrize("times", [1, 2])
def test_a_delete_without_effect_is_repeated(area: ScratchArea, camera: Device, times: int) -> None:
    with area.opened():
        area.create_group("base")
        camera.plant_fault("ignore_write", call="recording_group/delete", times=times)
    assert (own(camera), area.remains) == ([], [])


def test_a_delete_that_never_has_an_effect_is_reported(area: ScratchArea, camera: Device) -> None:
    with area.opened():
        area.create_group("base")
        camera.plant_fault("ignore_write", call="recording_group/delete", times=None)
    assert own(camera) == remains(area) == [("recording_group", BASE)]
    deletes = [entry for entry in camera.writes if BASE in entry.target and entry.call == "recording_group/delete"]
    assert len(deletes) == 3


def test_a_step_whose_delete_has_no_effect_stops(area: ScratchArea, camera: Device) -> None:
    camera.plant_fault("ignore_write", call="recording_group/delete", skip=1)
    with pytest.raises(AxisError) as caught:
        run_in(area, lambda: area.delete(BASE))
    assert caught.value.kind == "not_applied"
    assert (own(camera), area.remains) == ([], [])


def test_a_malformed_list_prevents_every_delete(area: ScratchArea, camera: Device) -> None:
    with area.opened():
        area.create_group("base")
        camera.plant_fault("truncated", call="recording_group/list", times=None)
    assert remains(area) == own(camera) == [("recording_group", BASE)]
    assert [entry.call for entry in camera.writes if BASE in entry.target] == ["recording_group/create"]


def test_an_id_that_exists_twice_is_not_deleted(area: ScratchArea, camera: Device) -> None:
    camera.switches = Switches(duplicate_ids="listed")
    card = camera.pull_disk("SD_DISK")
    camera.disks["NetworkShare"].status = "OK"
    card.groups.append(deepcopy(camera.plant_group(recording_group_id=BASE, disk_id="NetworkShare")))
    camera.groups.clear()
    with area.opened():
        area.create_group("base")
        camera.insert_disk("SD_DISK", card)
    assert remains(area) == [("recording_group", BASE)]
    assert not any(BASE in entry.target for entry in camera.writes if entry.call == "recording_group/delete")


def test_a_lost_creation_is_removed(area: ScratchArea, camera: Device) -> None:
    camera.plant_fault("drop_after", call="recording_group/create")
    with pytest.raises(AxisError):
        run_in(area)
    assert (own(camera), area.remains) == ([], [])


def test_a_creation_that_the_device_finishes_late_is_removed(area: ScratchArea, camera: Device) -> None:
    """The device creates the group after the first list of the clean-up."""
    camera.plant_fault("drop_before", call="recording_group/create")

    def create(device: Device) -> None:
        device.plant_group(recording_group_id=BASE)

    camera.plant_fault("callback", call="recording_group/list", when="after", skip=1, run=create)
    with pytest.raises(AxisError):
        run_in(area)
    assert (own(camera), area.remains) == ([], [])


def test_a_creation_that_is_listed_late_is_removed(area: ScratchArea, camera: Device) -> None:
    """The device does not list the group until the clean-up has begun."""
    hidden: list[Any] = []
    camera.plant_fault(
        "callback",
        call="recording_group/create",
        when="after",
        run=lambda device: hidden.append(device.groups.pop(BASE)),
    )
    camera.plant_fault(
        "callback",
        call="recording_group/list",
        when="after",
        skip=2,
        run=lambda device: device.groups.update({BASE: hidden[0]}),
    )
    with pytest.raises(AxisError):
        run_in(area, lambda: area.read(BASE))
    assert (own(camera), area.remains) == ([], [])


def test_a_deletion_that_takes_a_moment_is_waited_for(area: ScratchArea, camera: Device) -> None:
    camera.plant_fault("ignore_write", call="recording_group/delete", skip=1)
    camera.plant_fault(
        "callback",
        call="recording_group/list",
        when="after",
        skip=2,
        run=lambda device: device.delete_group(device.groups[BASE]),
    )
    run_in(area, lambda: area.delete(BASE))
    assert (own(camera), area.remains) == ([], [])


def test_a_generated_id_that_another_client_has_now_is_not_deleted(area: ScratchArea, camera: Device) -> None:
    camera.switches = Switches(reuse_ids=True)
    generated: list[str] = []

    def create() -> None:
        area.can_recognize = True
        generated.append(area.create(GENERATED).recording_group_id or "")
        camera.delete_group(camera.groups[generated[0]])
        assert camera.plant_group(nice_name="Theirs").recording_group_id == generated[0]

    with pytest.raises(AxisError) as caught:
        run_in(area, create, lambda: area.read(generated[0]))
    assert caught.value.kind == "conflict"
    assert camera.groups[generated[0]].nice_name == "Theirs"
    assert area.remains == []


CREATED = (
    b'<?xml version="1.0" encoding="utf-8"?><RecordingGroupResponse>'
    b'<CreateSuccess RecordingGroupId="%s"/></RecordingGroupResponse>'
)


@pytest.mark.parametrize("number", ["door", "later"])
def test_a_device_that_names_a_foreign_group_as_created(area: ScratchArea, camera: Device, number: str) -> None:
    camera.plant_group(recording_group_id="door", nice_name="Door")
    camera.plant_fault("body", call="recording_group/create", body=CREATED % number.encode())

    def delete() -> None:
        camera.plant_group(recording_group_id="later", nice_name="Later")
        area.delete(number)

    with pytest.raises(AxisError) as caught:
        run_in(area, delete)
    assert caught.value.kind == "conflict"
    assert camera.groups.keys() - {"later"} == {"door"}
    assert {entry.target.rpartition("=")[2] for entry in camera.writes} == {UNLISTED_ID, "SD_DISK"}
    assert area.remains == []


def test_a_device_that_ignores_ids(area: ScratchArea, camera: Device) -> None:
    """The group has an ID of the device, and no name: it may be of another client."""
    camera.plant_fault("change_argument", call="recording_group/create", argument="recordinggroupid", value=None)
    with pytest.raises(AxisError) as caught:
        run_in(area)
    assert caught.value.kind == "conflict"
    assert remains(area) == [("recording_group", number) for number in camera.groups]
    assert "curl" not in str(area.remains)


@pytest.mark.fault("device that reports the ID of another group for one that a device check created")
def test_a_foreign_group_that_the_device_reports_as_created(area: ScratchArea, camera: Device) -> None:
    """It has no name, as the group that the check creates."""
    camera.plant_fault(
        "callback", call="recording_group/create", run=lambda device: device.plant_group(recording_group_id="theirs")
    )
    camera.plant_fault("body", call="recording_group/create", body=CREATED % b"theirs")
    with pytest.raises(AxisError) as caught:
        run_in(area, lambda: area.delete("theirs"))
    assert caught.value.kind == "conflict"
    assert list(camera.groups) == ["theirs"]
    assert not any("theirs" in entry.target for entry in camera.writes)


def test_groups_are_deleted_without_the_action_service(area: ScratchArea, camera: Device) -> None:
    with area.opened():
        area.create_group("base")
        configuration = area.add_configuration("action", BASE)
        camera.actions.configurations.pop(configuration)
        camera.plant_fault("drop_before", call="action/*", times=None)
    assert own(camera) == []
    assert remains(area) == [("action_configuration", configuration)]
    assert area.changes == [scratch._UNKNOWN_CHANGES]


def test_a_device_that_is_gone_may_have_everything(area: ScratchArea, camera: Device) -> None:
    with area.opened():
        area.create_group("base")
        configuration = area.add_configuration("action", BASE)
        camera.network = "closed"
    assert sorted(remains(area)) == sorted(own(camera))
    assert ("action_configuration", configuration) in remains(area)


def test_a_creation_that_was_never_sent_does_not_remain(area: ScratchArea, session: Session, camera: Device) -> None:
    def lose() -> None:
        with area.opened():
            # Without an open connection, nothing can be sent.
            session.close()
            camera.network = "refused"
            area.create_group("base")

    with pytest.raises(AxisError):
        lose()
    assert (own(camera), area.remains) == ([], [])


def test_a_login_that_was_not_confirmed_is_sent_once_more(area: ScratchArea, camera: Device) -> None:
    """The device expires its challenge, and loses the connection of the login that follows."""
    camera.plant_fault("drop_before", call="recording_group/update")
    with pytest.raises(AxisError):
        run_in(area, camera.expire_nonce, update(area))
    assert (own(camera), area.remains) == ([], [])


def test_a_rejected_login_is_not_sent_again(area: ScratchArea, camera: Device) -> None:
    def change_password() -> None:
        camera.accounts["operator"].password = "other"
        camera.expire_nonce()

    with pytest.raises(AxisError) as caught:
        run_in(area, change_password, update(area))
    assert caught.value.kind == "authentication"
    assert own(camera) == remains(area) == [("recording_group", BASE)]
    rejected = [entry for entry in camera.journal if entry.authorization and entry.status == 401]
    assert len(rejected) <= 2


@pytest.mark.parametrize(
    ("number", "arguments"),
    [
        ("door", (("nicename", NAME),)),
        ("door", ()),
        ("camfleet-check-0A1B2C3D-base", ()),
        (None, (("nicename", "Door"),)),
        (None, (("nicename", NAME),)),
        (None, GENERATED),
        (None, ()),
    ],
)
def test_nothing_is_created_that_could_not_be_recognized(
    area: ScratchArea, camera: Device, number: str | None, arguments: tuple[tuple[str, str], ...]
) -> None:
    given = () if number is None else (("recordinggroupid", number),)
    with area.opened(), pytest.raises(ValueError, match="must have an ID or a name"):
        area.create((*given, *arguments))
    assert [entry.target.rpartition("=")[2] for entry in camera.writes] == [UNLISTED_ID]


@pytest.mark.parametrize(
    "write",
    [
        lambda area: area.update("door", ("retentiontime", "1")),
        lambda area: area.delete("door"),
        lambda area: area.add_configuration("action", "door"),
        lambda area: area.add_rule("rule", RULE),
        lambda area: area.remove_rule("1"),
        lambda area: area.remove_configuration("1"),
    ],
)
def test_nothing_foreign_is_ever_sent(
    area: ScratchArea, camera: Device, write: Callable[[ScratchArea], object]
) -> None:
    plant_foreign(camera)
    before = state(camera)
    with area.opened(), pytest.raises(ValueError, match=r"own|scratch|of the device check"):
        write(area)
    assert state(camera) == before


def test_another_client_removes_the_scratch_group(area: ScratchArea, camera: Device) -> None:
    with pytest.raises(AxisError) as caught:
        run_in(area, lambda: camera.delete_group(camera.groups[BASE]), lambda: area.read(BASE))
    assert caught.value.kind == "conflict"
    assert (own(camera), area.remains) == ([], [])


def test_changes_by_other_clients_are_reported(area: ScratchArea, camera: Device) -> None:
    plant_foreign(camera)
    with area.opened():
        area.create_group("base")
        camera.change_group(camera.groups["gate"], description="theirs")
        camera.delete_group(camera.groups["door"])
        camera.plant_group(recording_group_id="new")
    assert set(area.changes) == {
        "The recording group 'gate' was changed while the device check ran.",
        "The recording group 'door' was removed while the device check ran.",
        "The recording group 'new' was added while the device check ran.",
        "SD_DISK had 4 recordings before the device check, and has 1 after it.",
    }


@pytest.mark.parametrize("existing_id", ["error_20", "error_10", "overwrite"])
@pytest.mark.parametrize("finds", [True, False])
@pytest.mark.parametrize("creates", [True, False])
def test_a_group_that_no_list_shows(camera: Device, existing_id: str, finds: bool, creates: bool) -> None:
    """If the device does not find it, only a creation with its ID shows whether it exists."""
    camera.switches = Switches(unknown_disk="accepted", existing_id=existing_id)
    camera.finds_unlisted = finds
    is_removed = finds or existing_id == "overwrite"
    area = ScratchArea(Session(settings_for(camera)))
    with area.opened():
        if creates:
            area.create((("recordinggroupid", UNLISTED_ID), ("diskid", "NetworkShare")), (10, 20))
            assert area.remove_unlisted() is is_removed
    expected = [("recording_group", UNLISTED_ID)] if creates and not is_removed else []
    assert own(camera) == remains(area) == expected


def test_without_the_action_service(area: ScratchArea, camera: Device) -> None:
    camera.switches = Switches(action_service=False)
    with area.opened():
        assert area.has_actions is False
        area.create_group("base")
    assert (own(camera), area.remains) == ([], [])


def test_a_full_disk_is_not_used(area: ScratchArea, camera: Device) -> None:
    camera.disks["SD_DISK"].full = True
    with area.opened():
        assert area.disk is None
