# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that finds out how a few devices behave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import extra_vars
from tests.playbook import PlaybookRun
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

DEVICE_CHECK = "camfleet.axis.device_check"
PREFLIGHT = "Check the variables, and announce what will be sent"
CHECK = "Check the device"
#: Hundreds of requests to one device.
QUICK = {"ANSIBLE_CALLBACKS_ENABLED": "results,quick_check"}
VIEWER = {"axis_username": "viewer", "axis_password": "viewer-pass"}
WAITING = {"running_recording_blocks_delete", "recording_split", "retention_applies", "disk_age_combines"}
MANUAL = {"max_groups", "locked_recordings_survive", "duplicate_ids", "foreign_groups_writable"}


def add_device(fleet: Fleet, profile: str, name: str, **options: Any) -> Device:
    """Add a device with two ports, groups, and rules of others, and a recording that runs."""
    device = fleet.add(profile, name, scheme="both", **options)
    for group in ("entrance", "camfleet-check-by-hand"):
        device.plant_group(recording_group_id=group, retention_time=720)
        device.plant_recordings(group, 3)
    device.plant_recording("entrance", name="Entrance")
    return device


def variables(device: Device) -> dict[str, Any]:
    """Return variables of a host for both ports of a device."""
    return {
        "axis_port": device.tls_port,
        "axis_protocol": "https",
        "axis_tls_fingerprint": device.certificate_sha256,
        "device_check_http_port": device.port,
        "device_check_viewer_username": "viewer",
        "device_check_viewer_password": "viewer-pass",
    }


def state(device: Device) -> tuple[str, ...]:
    """Return what the device has."""
    ids = sorted(item.recording_id for item in device.recordings)
    return tuple(map(repr, (device.groups, device.actions.configurations, device.actions.rules, ids)))


def arguments(directory: Path, *hosts: str, write: bool = True, **more: Any) -> tuple[str, str]:
    """Return the extra variables of a run, as texts like those of a survey."""
    confirmed = {"device_check_write": "true", "device_check_confirm": ", ".join(hosts)} if write else {}
    return extra_vars(
        **{"device_check_hosts": ",".join(hosts), "device_check_dir": str(directory), **confirmed, **more}
    )


def read_profile(directory: Path, stem: str) -> dict[str, Any]:
    """Return a profile that a run wrote."""
    profile: dict[str, Any] = json.loads((directory / f"{stem}.json").read_text("utf-8"))
    return profile


def answers(profile: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of a profile."""
    return {name: point["answer"] for name, point in profile["points"].items() if point["answer"] is not None}


def message(run: PlaybookRun, task: str, host: str) -> str:
    """Return the message of a task."""
    return str(run.results[task, host]["msg"])


def test_two_devices_get_profiles_that_say_whether_to_proceed(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    limited = Switches(text_limit=32, empty_text="ignored")
    devices = [add_device(fleet, "camera_12_9", "gate"), add_device(fleet, "camera_12_11", "yard", switches=limited)]
    before = [state(device) for device in devices]
    directory = tmp_path / "new" / "profiles"
    run = play(
        DEVICE_CHECK,
        "-vvv",
        *arguments(directory, "gate", "yard"),
        hosts={device.name: variables(device) for device in devices},
        environment=QUICK,
    )
    assert run.status == 0, run.output
    assert [state(device) for device in devices] == before
    for device, stem in zip(devices, ("Q1961-TE-12.9.57", "P3265-V-12.11.77"), strict=True):
        found = answers(read_profile(directory, stem))
        expected = {name: answer for name, answer in device.answers.items() if name in found}
        assert found == expected
        assert device.answers.keys() - found.keys() <= WAITING | MANUAL | {"retention_over_limit"}
        result = run.results[CHECK, device.name]
        assert (result["changed"], result["remains"], result["stopped"]) == (True, [], None)
        assert "profile" not in result
        texts = [(directory / f"{stem}.{suffix}").read_text("utf-8") for suffix in ("json", "md")]
        for secret in (device.host, device.serial, device.name, "entrance", "Entrance", "operator-pass", "viewer-pass"):
            assert not any(secret in text for text in texts), secret
    assert not any(password in run.output for password in ("operator-pass", "viewer-pass"))
    page = (directory / "P3265-V-12.11.77.md").read_text("utf-8").splitlines()
    assert page[4].startswith("**Safe with these limits.**")
    assert "more than 32 characters" in "".join(page[5:10])
    lines = run.output.splitlines()
    announced = lines.index("The device check sends to gate, yard, one after the other, to each of them:")
    assert announced < lines.index("Device check of gate (Q1961-TE, AXIS OS 12.9.57)")
    assert "camfleet-check-" in "\n".join(lines[announced : announced + 6])
    assert f"Page: {directory}/P3265-V-12.11.77.md" in lines


@pytest.mark.fault("device check that fails after a good one")
def test_write_adds_to_the_profile_of_a_read(play: Play, fleet: Fleet, tmp_path: Path, soak: bool) -> None:
    device = add_device(fleet, "camera_12_9", "gate")
    run = play(
        DEVICE_CHECK,
        *arguments(tmp_path, "gate", write=False, device_check_write="false"),
        hosts={"gate": {**variables(device), **VIEWER}},
    )
    assert run.status == 0, run.output
    assert not device.writes
    result = run.results[CHECK, "gate"]
    assert result["verdict"] == "unknown"
    assert {item["point"] for item in result["open_points"]} >= {"existing_id", "disk_attributes"}
    page = (tmp_path / "Q1961-TE-12.9.57.md").read_text("utf-8")
    assert "run the check with `device_check_write: true`" in page
    old = read_profile(tmp_path, "Q1961-TE-12.9.57")
    # An earlier answer that this run cannot have.
    old["points"]["recording_split"] |= {"answer": 60, "known_from": "observed", "date": "2025-01-01"}
    (tmp_path / "Q1961-TE-12.9.57.json").write_text(json.dumps(old), encoding="utf-8")

    if soak:
        checked = play(
            DEVICE_CHECK, "--check", *arguments(tmp_path, "gate"), hosts={"gate": variables(device)}, environment=QUICK
        )
        assert checked.status == 0, checked.output
        assert not device.writes
        assert "Check mode: no experiments, although device_check_write is true." in checked.output
        assert read_profile(tmp_path, "Q1961-TE-12.9.57") == old

    run = play(DEVICE_CHECK, *arguments(tmp_path, "gate"), hosts={"gate": variables(device)}, environment=QUICK)
    assert run.status == 0, run.output
    profile = read_profile(tmp_path, "Q1961-TE-12.9.57")
    assert answers(old).items() <= answers(profile).items()
    assert profile["points"]["recording_split"] == old["points"]["recording_split"]
    assert (profile["origin"]["role"], profile["origin"]["parts"]) == ("operator", ["read", "write"])
    assert "60 (2025-01-01)" in (tmp_path / "Q1961-TE-12.9.57.md").read_text("utf-8")

    wrong = {**variables(device), "axis_password": "wrong"}
    run = play(DEVICE_CHECK, *arguments(tmp_path, "gate", write=False), hosts={"gate": wrong})
    assert run.status != 0
    page = (tmp_path / "Q1961-TE-12.9.57.md").read_text("utf-8").splitlines()
    assert page[4].startswith("**Not enough is known yet.**")
    assert page[6].startswith("- The check ended early: ")
    after = read_profile(tmp_path, "Q1961-TE-12.9.57")
    assert (after["origin"], answers(after)) == (profile["origin"], answers(profile))


@pytest.mark.fault("response to an experiment that cannot be explained, or a group that cannot be removed")
def test_stopped_check_fails_after_it_wrote_what_is_known(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    stopped = add_device(fleet, "camera_12_11", "stopped")
    stuck, dark = (add_device(fleet, "camera_12_9", name) for name in ("stuck", "dark"))
    stopped.plant_fault("http_status", call="recording_group/update", status=500, times=1)
    stuck.plant_fault("http_status", call="recording_group/delete", status=500, times=None, skip=1)
    dark.powered = False
    devices = (stopped, stuck, dark)
    # The inventory lists one device twice, with two addresses.
    twin = {**variables(stopped), "axis_host": "localhost", "axis_username": "operator"}
    twin["axis_password"] = "operator-pass"
    before = state(stopped)
    run = play(
        DEVICE_CHECK,
        *arguments(tmp_path, *(device.name for device in devices), "twin"),
        hosts={**{device.name: variables(device) for device in devices}, "twin": twin},
        environment=QUICK,
    )
    assert run.status != 0
    assert [run.outcomes[CHECK, device.name] for device in devices] == ["failed", "failed", "unreachable"]
    assert run.results[CHECK, "twin"]["error"]["kind"] == "duplicate_device"
    first, second = run.results[CHECK, "stopped"], run.results[CHECK, "stuck"]
    assert (first["verdict"], first["remains"]) == ("unsafe", [])
    assert first["stopped"]["point"]
    assert state(stopped) == before
    assert second["path_json"].endswith("Q1961-TE-12.9.57.json")
    (item, *_others) = second["remains"]
    assert item["id"].startswith("camfleet-check-")
    assert item["id"] in message(run, CHECK, "stuck")
    assert "curl " in item["remove_with"]
    assert f"Remains on the device: recording group {item['id']}" in run.output
    page = Path(second["path_page"]).read_text("utf-8")
    assert "**Do not proceed.**" in page
    assert item["id"] in page
    assert stuck.host not in page
    assert not dark.writes
    lines = run.output.splitlines()
    assert lines[lines.index("Device check of dark") + 1].startswith(f"  Nothing was checked. {dark.host}: ")


@pytest.mark.fault("misspelled variable, missing confirmation, or sixth host of a device check")
def test_invalid_variables_end_the_run_before_the_first_request(
    play: Play, fleet: Fleet, tmp_path: Path, soak: bool
) -> None:
    names = [f"camera-{number}" for number in range(6)]
    for name in names:
        fleet.add("camera_12_9", name)
    other = tmp_path / "Q1961-TE-12.9.57.json"
    other.write_text("mine", encoding="utf-8")
    run = play(
        DEVICE_CHECK,
        *arguments(tmp_path, *names[:2], device_check_confirm=names[0], device_check_confirmed="x"),
        hosts={names[0]: {"device_check_wait": "soon"}},
    )
    assert run.status != 0
    text = message(run, PREFLIGHT, names[0])
    assert f"device_check_confirm is {names[0]}, without {names[1]}" in text
    assert f"{names[0]}: device_check_wait is 'soon'" in text
    assert "device_check_confirmed is not a variable" in text
    run = play(DEVICE_CHECK, *arguments(tmp_path, names[0], write=False))
    assert f"{other} is not" in message(run, PREFLIGHT, names[0])
    assert other.read_text("utf-8") == "mine"
    run = play(DEVICE_CHECK, *arguments(tmp_path, *names))
    assert "device_check_hosts matches 6 hosts" in message(run, PREFLIGHT, names[0])
    for more in ([], extra_vars(device_check_hosts="nowhere")) if soak else ([],):
        run = play(DEVICE_CHECK, *more)
        assert run.status != 0
        assert "device_check_hosts" in message(run, "Fail if no device matches", names[0])
    in_inventory = {"device_check_hosts": names[0], "device_check_dir": str(tmp_path)}
    run = play(DEVICE_CHECK, hosts=dict.fromkeys(names, in_inventory))
    assert run.status != 0
    assert "No device was checked: device_check_hosts is not an extra variable, and has no effect in the" in run.output
    assert not any(device.connections for device in fleet.devices.values())


@pytest.mark.fault("skipped tasks of a device check")
@pytest.mark.parametrize(
    "options",
    [
        ("--start-at-task", CHECK),
        pytest.param(("--skip-tags", "all"), marks=pytest.mark.long),
        pytest.param(("--tags", "x"), marks=pytest.mark.long),
    ],
)
def test_skipped_tasks_do_not_pass_for_a_check(
    play: Play, fleet: Fleet, tmp_path: Path, options: tuple[str, str]
) -> None:
    device = fleet.add("camera_12_9", "gate")
    run = play(DEVICE_CHECK, *options, *arguments(tmp_path, "gate", write=False))
    assert run.status != 0, run.output
    assert "is not an extra variable" not in run.output
    assert device.connections == 0
