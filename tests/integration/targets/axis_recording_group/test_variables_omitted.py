# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable that resolves to ``omit`` is not set, at every place that sets options."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet

MODULE = "camfleet.axis.axis_recording_group"
OMIT = "{{ nothing | default(omit) }}"
BASTION: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
ANSIBLE_LOGIN = {"ansible_user": "operator", "ansible_password": "operator-pass"}
NO_LOGIN = {"axis_username": OMIT, "axis_password": OMIT}
#: Every other variable of a connection.
OTHERS = (
    "axis_host",
    "axis_validate_certs",
    "axis_ca_path",
    "axis_tls_server_name",
    "axis_tls_fingerprint",
    "axis_auth",
    "axis_timeout",
    "axis_retries",
    "axis_proxy",
    "axis_serial",
    "axis_holds",
    "axis_holds_legal",
)
HOSTS: dict[str, dict[str, Any]] = {
    "settings": dict.fromkeys(OTHERS, OMIT),
    "indirect": {"axis_timeout": "{{ site_timeout }}", "site_timeout": OMIT},
    "ansible_login": {**NO_LOGIN, **ANSIBLE_LOGIN},
    "old_spelling": {**NO_LOGIN, **ANSIBLE_LOGIN, "ansible_ssh_user": OMIT, "ansible_ssh_pass": OMIT},
    "environment": {**NO_LOGIN, "ansible_user": OMIT, "ansible_password": OMIT},
    # The password of the environment is that of the same user.
    "no_password": {"axis_password": OMIT},
}


@pytest.mark.fault("variable that resolves to omit")
@pytest.mark.parametrize("target", [None, "jump", pytest.param("localhost", marks=pytest.mark.long)])
def test_omitted_variable_is_not_set(play: Play, fleet: Fleet, target: str | None) -> None:
    for name in HOSTS:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    arguments = {"id": "door", "retention_time": "30d", "nice_name": OMIT, "disk_id": ["SD_DISK", OMIT]}
    options = {**arguments, "username": OMIT, "password": OMIT, "timeout": OMIT, "stream_options": OMIT}
    task = {"name": "Group", MODULE: options, "ignore_errors": True, **({"delegate_to": target} if target else {})}
    defaults = {"group/camfleet.axis.device": {"username": OMIT, "password": OMIT, "retries": OMIT}}
    environment = {"AXIS_USERNAME": "operator", "AXIS_PASSWORD": "operator-pass"}
    keywords = {"module_defaults": defaults, "vars": {"axis_retries": OMIT, "axis_auth": OMIT}}
    run = play([task], hosts={**HOSTS, "jump": BASTION}, keywords=keywords, environment=environment)
    for name in HOSTS:
        assert run.outcomes["Group", name] == "ok", run.output
        assert run.results["Group", name]["changed"] is False
        assert {entry.user for entry in fleet.devices[name].journal} == {None, "operator"}
    assert "omit_place_holder" not in run.output
