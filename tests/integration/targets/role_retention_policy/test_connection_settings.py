# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of cameras for Ansible's own connections, which other tools need: they stop no run, and are not used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import POLICY, ROLL_OUT, add_cameras, retention, summary
from tests.simulator import Fleet

# A connection plugin that leaves a trace when Ansible uses it.
_PLUGIN = """
from pathlib import Path

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = "name: trace"

class Connection(LocalConnection):
    def __init__(self, *args, **kwargs):
        Path({path!r}).touch()
        super().__init__(*args, **kwargs)
"""
SETTINGS: dict[str, dict[str, Any]] = {
    # The first host, which runs the tasks that run once.
    "c0": {
        "ansible_connection": "httpapi",
        "ansible_network_os": "community.axis.axis",
        "ansible_become": True,
        "ansible_become_method": "enable",
        "ansible_httpapi_use_ssl": True,
    },
    "c1": {"ansible_connection": "ansible.netcommon.network_cli", "ansible_network_os": "cisco.ios.ios"},
    "c2": {"ansible_connection": "no_such_plugin", "ansible_python_interpreter": "/no/such/python"},
    "c3": {"ansible_connection": "winrm", "ansible_port": 5986},
    "c4": {"ansible_connection": "ssh", "ansible_port": 22, "ansible_ssh_common_args": "{{ undefined_arguments }}"},
    "c5": {"ansible_connection": "trace", "ansible_become": True},
    "c6": {"ansible_connection": "{{ undefined_connection }}"},
}


@pytest.mark.fault("connection settings for other tools")
def test_they_stop_no_run_and_are_not_used(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, *SETTINGS, retention_time=24)
    trace = tmp_path / "trace"
    (tmp_path / "connections").mkdir()
    (tmp_path / "connections" / "trace.py").write_text(_PLUGIN.format(path=str(trace)), encoding="utf-8")
    environment = {"ANSIBLE_CONNECTION_PLUGINS": str(tmp_path / "connections")}
    # It begins with the task of an audit.
    run = play(ROLL_OUT, hosts=SETTINGS, groups={"axis": {"vars": POLICY}}, environment=environment)
    assert run.status == 0, run.output
    assert summary(run)["changed"] == list(SETTINGS)
    assert retention(fleet) == dict.fromkeys(SETTINGS, 720)
    assert not trace.exists()


def test_they_stop_no_play_with_the_role(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    name = {"name": "camfleet.axis.retention_policy", "rolespec_validate": False}
    role = {"name": "Role", "ansible.builtin.import_role": name}
    hosts = {"c0": SETTINGS["c0"]}
    run = play([role], hosts=hosts, groups={"axis": {"vars": POLICY}})
    # Ansible loads the plugin for the task of the first camera, and only this task fails.
    assert (summary(run)["unverified"], summary(run)["changed"]) == (["c0"], ["c1"])
    keywords = {"vars": {"ansible_connection": "local", "ansible_become": False}}
    run = play([role], hosts=hosts, groups={"axis": {"vars": POLICY}}, keywords=keywords)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}
