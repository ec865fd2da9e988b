# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login and the address of a host in every spelling of ansible-core."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet

BASTION: dict[str, Any] = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "ansible_ssh_user": "bastion-user",
    "ansible_ssh_pass": "bastion-secret",
    "ansible_ssh_host": "192.0.2.99",
}
NO_LOGIN = {"axis_username": None, "axis_password": None}
USER, WORD = "operator", "operator-pass"
LOGINS: dict[str, dict[str, Any]] = {
    "new": {"ansible_user": USER, "ansible_password": WORD},
    "old": {"ansible_ssh_user": USER, "ansible_ssh_pass": WORD},
    "long": {"ansible_ssh_user": USER, "ansible_ssh_password": WORD},
    "mixed": {"ansible_user": USER, "ansible_ssh_pass": WORD},
    "last": {"ansible_user": "x", "ansible_ssh_user": USER, "ansible_password": "y", "ansible_ssh_password": WORD},
    "paramiko": {"ansible_paramiko_user": USER, "ansible_paramiko_password": WORD, "ansible_connection": "paramiko"},
    "address": {"ansible_user": USER, "ansible_password": WORD, "ansible_host": "192.0.2.98"},
}


@pytest.mark.parametrize("target", [None, pytest.param("jump", marks=pytest.mark.long)])
def test_every_spelling_is_a_login(play: Play, fleet: Fleet, tmp_path: Path, target: str | None) -> None:
    for name in LOGINS:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    hosts = {name: {**NO_LOGIN, **login} for name, login in LOGINS.items()}
    hosts["address"]["ansible_ssh_host"] = "127.0.0.1"
    task = {
        "name": "Group",
        "camfleet.axis.axis_recording_group": {"id": "door", "retention_time": "30d"},
        **({"delegate_to": target} if target else {}),
    }
    # The login of the play is for hosts without their own.
    password = tmp_path / "password"
    password.write_text("play-word", encoding="utf-8")
    login = ("--user", "play-user", "--connection-password-file", str(password))
    local = {"connection": "local"} if target else {"vars": {"ansible_connection": "local"}}
    run = play([task], *login, hosts={**hosts, "jump": BASTION}, keywords=local)
    assert run.status == 0, run.output
    for name in LOGINS:
        assert {entry.user for entry in fleet.devices[name].journal} == {None, USER}
        assert [entry.status for entry in fleet.devices[name].journal] == [401, 200]
