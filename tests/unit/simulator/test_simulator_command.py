# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test python -m tests.simulator."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import yaml

from tests.simulator import Fleet, Switches
from tests.simulator.__main__ import main

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_runs_until_a_signal(tmp_path, stop):
    path = tmp_path / "inventory.yml"
    command = [sys.executable, "-m", "tests.simulator", "--profile", "camera_12_9=2", "--profile", "recorder_s3008"]
    command += ["--devices", "1", "--switch", "list_unknown_id=empty", "--inventory", str(path)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as simulator:
        announcement = simulator.stderr.readline()
        hosts = yaml.safe_load(path.read_text())["all"]["children"]["axis"]["hosts"]
        (recorder,) = [host for name, host in hosts.items() if name.startswith("recorder")]
        url = f"http://127.0.0.1:{recorder['axis_port']}/axis-cgi/record/recording_group/list.cgi"
        question = {"schemaversion": "1", "recordinggroupid": "unknown"}
        login = requests.auth.HTTPDigestAuth("operator", "operator-pass")
        answer = requests.get(url, params=question, auth=login, timeout=5)
        simulator.send_signal(stop)
        output, _unused = simulator.communicate(timeout=10)
    assert simulator.returncode == 0
    assert "<ListSuccess>" in answer.text
    assert len(hosts) == 3
    assert output == path.read_text()
    assert announcement.startswith("3 simulated devices are running.")
    assert str(path) in announcement


def test_profile_of_a_file_runs_as_often_as_requested(tmp_path, monkeypatch, capsys):
    """The device does not offer HTTP, so that the inventory has HTTPS without an option."""
    path = tmp_path / "a=b c.json"
    shutil.copy(CHECKOUT / "tests" / "simulator" / "profiles" / "camera_13.json", path)
    run_briefly(monkeypatch, "--profile", f"{path}=2", "--profile", str(path), "--profile", "camera_12_11")
    hosts = yaml.safe_load(capsys.readouterr().out)["all"]["children"]["axis"]["hosts"]
    assert {name: host["axis_protocol"] for name, host in hosts.items()} == {
        "a-b-c-1": "https",
        "a-b-c-2": "https",
        "a-b-c-3": "https",
        "camera4": "http",
    }
    assert all(("axis_tls_fingerprint" in host) == (host["axis_protocol"] == "https") for host in hosts.values())


def test_plain_tools_can_use_the_command(tmp_path):
    """Python finds the collection without the variables of the Makefile."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE", "PYTHON"))}
    command = [sys.executable, "-m", "tests.simulator", "--profile", "missing.json"]
    ended = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.splitlines()[-1].partition(": error: ")[2]) == (
        2,
        "missing.json: No such file or directory",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile", "missing.json"], "missing.json: No such file"),
        (["--profile", "missing.json=2"], "missing.json: No such file"),
        (["--profile", "toaster"], "camera_10_12, camera_12_11, camera_12_9, camera_13, recorder_s3008"),
        (["--profile", "camera_12_9=x"], "'x' is not a number"),
        (["--profile", "camera_12_9=1", "--devices", "4"], "--devices requires a --profile without a count"),
        (["--speed", "0"], "--speed must be over 0"),
        (["--switch", "http_challenge=closed", "--https", "--switch", "https_challenge=closed"], "not offer https"),
        (["--switch", "nothing=1"], "unknown switch 'nothing'"),
        (["--switch", "empty_text=wipes"], "clears, ignored, error_20"),
        (["--name", "gate", "--vms"], "--vms sets the names"),
        (["--group", "entrance"], "write ID=RETENTION"),
        (["--max-age", "=7"], "write DAYS or DEVICE=DAYS"),
        (["--max-age", "7d"], "write DAYS or DEVICE=DAYS"),
        (["--name", "gate", "--max-age", "gate-2=7"], "the devices are gate-1"),
        (["--group", "a b=30d"], "write ID=RETENTION"),
        (["--group", "entrance=30y"], "write ID=RETENTION"),
        (["--name", "gate", "--group", "gate-2:entrance=30d"], "the devices are gate-1"),
        (["--fault", "html, times=2"], "write KIND,FIELD=VALUE"),
        (["--fault", "earthquake"], "the kinds are error_code, "),
        (["--fault", "body"], "the kinds are error_code, "),
        (["--fault", "html,status=503"], "the fields of html are call, times, skip, before_login"),
        (["--fault", "http_status"], "status"),
        (["--name", "gate", "--fault", "gate-2:html"], "the devices are gate-1"),
        (["--network", "gate-1"], "write DEVICE=STATE"),
        (["--name", "gate", "--network", "gate-1=slow"], "the states are up, refused, silent, reset, closed"),
        (["--name", "gate", "--network", "gate-2=silent"], "the devices are gate-1"),
    ],
)
def test_invalid_arguments(capsys, arguments, message):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_help_explains_every_switch(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for switch in Switches.describe():
        assert f"  {switch.name}=" in text
    assert "unknown_disk=error_20|error_10|accepted (default error_20)" in text


def test_help_explains_every_fault(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert "  http_status,status=…\n      Return an HTTP status" in text
    assert "  drop_after\n      Apply the request, then close the connection" in text


def test_faults_and_networks_affect_the_devices_that_they_name(monkeypatch):
    (fleet,) = run_briefly(
        monkeypatch,
        *("--devices", "2", "--name", "gate", "--network", "gate-2=silent"),
        *("--fault", "http_status,status=503,times=null,call=recording_group/*", "--fault", "gate-1:html,skip=2"),
    )
    first, second = fleet.devices.values()
    assert [type(fault).__name__ for fault in first.faults] == ["HttpStatus", "Html"]
    (everywhere,) = second.faults
    assert (everywhere.status, everywhere.times, everywhere.call) == (503, None, "recording_group/*")
    assert first.faults[1].skip == 2
    assert (first.network, second.network) == ("up", "silent")


def test_journal_has_the_requests_in_order(tmp_path):
    path, inventory = tmp_path / "new" / "journal.txt", tmp_path / "inventory.yml"
    command = [sys.executable, "-m", "tests.simulator", "--name", "gate", "--inventory", str(inventory)]
    command += ["--journal", str(path), "--fault", "http_status,status=503,skip=1"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as simulator:
        assert f"{path} has their requests." in simulator.stderr.readline()
        port = yaml.safe_load(inventory.read_text())["all"]["children"]["axis"]["hosts"]["gate-1"]["axis_port"]
        url = f"http://127.0.0.1:{port}/axis-cgi/record/recording_group/list.cgi?schemaversion=1"
        login = requests.auth.HTTPDigestAuth("operator", "operator-pass")
        for _number in range(2):
            requests.get(url, auth=login, timeout=5)
        simulator.send_signal(signal.SIGTERM)
        simulator.communicate(timeout=10)
    target = "GET /axis-cgi/record/recording_group/list.cgi?schemaversion=1"
    accepted = [text for text in path.read_text().splitlines() if " - " not in text]
    assert accepted == [f"gate-1 operator {target} 200", f"gate-1 operator {target} 503 fault http_status"]


def test_list_of_three_sites_is_a_spreadsheet(tmp_path, monkeypatch, capsys):
    path = tmp_path / "cameras.csv"
    fleets = run_briefly(monkeypatch, "--devices", "7", "--vms", "--list", str(path))
    shown = capsys.readouterr()
    assert (shown.out, f"{path} lists them." in shown.err) == ("", True)
    text = path.read_bytes().decode("utf-8")
    header, *rows = text.removeprefix("\ufeff").removesuffix("\r\n").split("\r\n")
    assert text.startswith("\ufeff")
    assert header == "Device name;IP;MAC;Model;Firmware;Site;Port"
    devices = fleets[0].devices
    assert rows[0] == f"harbor-001;127.0.0.1;AC:CC:8E:00:00:01;Q1961-TE;12.9.57;Harbor;{devices['harbor-001'].port}"
    assert [row.split(";")[5] for row in rows] == ["Harbor"] * 3 + ["Museum"] * 2 + ["Station North"] * 2


def test_each_site_has_the_groups_of_its_vms(monkeypatch):
    (fleet,) = run_briefly(monkeypatch, "--devices", "9", "--vms")
    hours = {
        name: {group.recording_group_id: group.retention_time for group in device.groups.values()}
        for name, device in fleet.devices.items()
    }
    assert hours["harbor-001"] == {"High_ACCC8E000001_0_C": 720, "Low_ACCC8E000001_0_C": 1440}
    assert hours["harbor-002"] == {"High_ACCC8E000002_0_C": 1440, "Low_ACCC8E000002_0_C": 2880}
    assert hours["harbor-003"] == {}
    museum = {"rec-XXXXXXXX-continuous": 672, "rec-XXXXXXXX-motion": 2160}
    assert mask(hours["museum-001"]) == mask(hours["museum-003"]) == museum
    assert mask(hours["museum-002"]) == {**museum, "rec-XXXXXXXX-continuous": 0}
    assert not hours["museum-001"].keys() & hours["museum-003"].keys()
    assert hours["station-001"] == {"High_ACCC8E000007_0_C": 336, "Low_ACCC8E000007_0_C": 336}
    ages = {name: device.disks["SD_DISK"].cleanupmaxage for name, device in fleet.devices.items()}
    assert ages == {**dict.fromkeys(fleet.devices, 0), "station-002": 7}


def test_groups_of_the_command_line_are_planted(monkeypatch):
    arguments = ["--devices", "2", "--name", "gate", "--group", "entrance=30d", "--group", "gate-2:entrance=36"]
    (fleet,) = run_briefly(monkeypatch, *arguments, "--group", "yard=unlimited", "--group", "gate-1:lobby=2w")
    hours = {
        name: {group.recording_group_id: group.retention_time for group in device.groups.values()}
        for name, device in fleet.devices.items()
    }
    assert hours == {"gate-1": {"entrance": 720, "yard": 0, "lobby": 336}, "gate-2": {"entrance": 36, "yard": 0}}


def test_disks_and_recordings_of_the_command_line(monkeypatch):
    arguments = ["--devices", "2", "--name", "gate", "--group", "entrance=30d", "--recorded", "9"]
    (fleet,) = run_briefly(monkeypatch, *arguments, "--max-age", "0", "--max-age", "gate-2=7")
    ages = {name: {disk.cleanupmaxage for disk in device.disks.values()} for name, device in fleet.devices.items()}
    assert ages == {"gate-1": {0}, "gate-2": {7}}
    assert {len(device.recordings) for device in fleet.devices.values()} == {9}


def test_hosts_have_no_login_and_no_fingerprint(tmp_path, monkeypatch, capsys):
    path = tmp_path / "inventory" / "hosts.yml"
    (fleet,) = run_briefly(monkeypatch, "--devices", "2", "--name", "gate", "--https", "--hosts", str(path))
    shown = capsys.readouterr()
    assert (shown.out, f"{path} has their addresses." in shown.err) == ("", True)
    hosts = {
        name: {"ansible_host": "127.0.0.1", "axis_port": device.tls_port} for name, device in fleet.devices.items()
    }
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {"axis": {"hosts": hosts}}
    assert [*hosts] == ["gate-1", "gate-2"]
    path = tmp_path / "hosts.yml"
    run_briefly(monkeypatch, "--hosts", str(path))
    (variables,) = yaml.safe_load(path.read_text(encoding="utf-8"))["axis"]["hosts"].values()
    assert variables["axis_protocol"] == "http"


@pytest.mark.parametrize("option", ["--inventory", "--hosts", "--list", "--journal"])
def test_own_files_are_replaced(tmp_path, monkeypatch, option):
    path = tmp_path / "file"
    for count in ("1", "2"):
        (fleet,) = run_briefly(monkeypatch, "--devices", count, "--name", "gate", option, str(path))
        assert len(fleet.devices) == int(count)
    assert "gate-2" in path.read_text(encoding="utf-8") or option == "--journal"


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--inventory", "axis:\n  hosts:\n    entrance-1:\n      ansible_host: 192.0.2.10\n"),
        ("--hosts", "axis:\n  hosts:\n    entrance-1:\n      ansible_host: 192.0.2.10\n"),
        ("--list", "Name;Address\nentrance-1;192.0.2.10\n"),
        ("--list", "Device name;IP;MAC;Model;Firmware;Site;Port\nentrance-1;192.0.2.10;;;;;443\n"),
        ("--list", "Device name;IP;MAC;Model;Firmware;Site;Port\nentrance-1\n"),
        ("--journal", "entrance-1 operator GET /list.cgi 200\nMy notes\n"),
        ("--hosts", "\udcff\udcfe"),
    ],
)
def test_file_of_the_user_is_never_replaced(tmp_path, capsys, option, text):
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    before = path.read_bytes()
    with pytest.raises(SystemExit) as end:
        main([option, str(path)])
    assert end.value.code == 2
    assert path.read_bytes() == before
    message = f"error: {option} {path}: the file exists, and the simulator did not write it. Rename it, or choose"
    assert message in capsys.readouterr().err


def test_journal_of_an_earlier_start_is_replaced(tmp_path, monkeypatch):
    path = tmp_path / "journal.txt"
    path.write_text("gate-1 - GET /list.cgi?a=b 401\ngate-1 operator GET /list.cgi 503 fault html\n", encoding="utf-8")
    run_briefly(monkeypatch, "--journal", str(path))
    assert path.read_text(encoding="utf-8") == ""


def test_printed_inventory_that_was_saved_is_replaced(tmp_path, monkeypatch, capsys):
    """As the command says: save the text, or restart with --inventory."""
    path = tmp_path / "inventory.yml"
    run_briefly(monkeypatch, "--name", "gate")
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    run_briefly(monkeypatch, "--name", "yard", "--inventory", str(path))
    assert "yard-1" in path.read_text(encoding="utf-8")


def test_directory_is_not_a_path_of_a_file(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--list", str(tmp_path)])
    assert f"--list {tmp_path}: is a directory" in capsys.readouterr().err


def mask(hours):
    """Return the retention time by ID, without the random digits."""
    return {re.sub("[0-9a-f]{8}", "X" * 8, name): value for name, value in hours.items()}


def run_briefly(monkeypatch, *arguments):
    """Run the command until its fleet has started, and return the fleets that it started."""
    stop, fleets = threading.Event(), []
    stop.set()

    class Recorded(Fleet):
        def __enter__(self):
            fleets.append(self)
            return super().__enter__()

    monkeypatch.setattr("tests.simulator.__main__.threading", SimpleNamespace(Event=lambda: stop))
    monkeypatch.setattr("tests.simulator.__main__.Fleet", Recorded)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main(list(arguments)) == 0
    return fleets
