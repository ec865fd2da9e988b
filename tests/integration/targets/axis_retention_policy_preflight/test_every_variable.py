# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight checks every variable that the task on a camera would reject, before the first request."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    ALLOW_UNMATCHED_HOLDS,
    FAIL_ON_DRIFT,
    POLICY_VARIABLES,
)
from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, preflight_problems
from tests.simulator import Fleet

DOOR = {"recording_group_id": "door", "retention_time": "30d"}
#: By variable, values that the task rejects.
INVALID: dict[str, list[Any]] = {
    "axis_host": ["", "https://192.0.2.1", ["a"]],
    "axis_port": [0, 70000, "443/tcp", [443]],
    "axis_username": ["ope:rator", "operator ", "\toperator", ["operator"]],
    "axis_password": ["operator-pass\n", "operator-pass\r\n", ["operator-pass"], 4711],
    "axis_protocol": ["ftp", "HTTPS"],
    "axis_validate_certs": ["maybe"],
    "axis_ca_path": ["/no/such/authority.pem", ["x"]],
    "axis_tls_server_name": ["not a name", {"a": 1}],
    "axis_tls_fingerprint": ["ab:cd", 12],
    "axis_auth": ["ntlm"],
    "axis_timeout": ["10s", 0, 100000, "soon"],
    "axis_retries": [-1, 99, 1.5, "two"],
    "axis_proxy": ["https://proxy.example.com", "proxy"],
    "axis_serial": ["ACCC8E", 123],
    "retention_policy_groups": ["door", [{"recording_group_id": "a/b"}], [{**DOOR, "disk": "SD_DISK"}]],
    "retention_policy_existing_groups": ["door", [{"match": {}}]],
    "retention_policy_no_groups": ["maybe", True],
    "retention_policy_purge": ["maybe"],
    "retention_policy_purge_match": [{"a": 1}],
    "retention_policy_minimum": ["soon", None],
    "retention_policy_maximum": ["soon", None],
    "retention_policy_unmanaged": ["maybe"],
    "retention_policy_on_refused": ["maybe"],
    "retention_policy_allow_recording_loss": ["maybe"],
    "retention_policy_allow_recording_stop": ["maybe"],
    "retention_policy_verify_recordings": ["maybe"],
    "retention_policy_retention_tolerance": ["soon", "unlimited"],
    "axis_holds": ["door", None, [{"recording_group_id": "door"}]],
    "retention_policy_fail_on_drift": ["maybe"],
    "retention_policy_allow_unmatched_holds": ["maybe"],
}
#: Variables that have no effect, because another one is meant.
MISTAKEN = ("axis_user", "axis_prot", "axis-holds", "axis_Holds", "retention_policy_min", "retention_policy_hold")
#: Variables of the user, on every host.
OWN = {"axis_site": "a", "axis_model": "b", "axis_firmware": "c", "axis_holds_legal": [], "axis_pass": "operator-pass"}


def test_no_variable_is_left_out() -> None:
    """A new option needs an invalid value here."""
    options = {f"axis_{name}" for name in DEVICE_SPEC} | {*POLICY_VARIABLES.values()}
    assert options | {FAIL_ON_DRIFT, ALLOW_UNMATCHED_HOLDS} == INVALID.keys()


@pytest.mark.fault("invalid variable of a host")
def test_every_invalid_variable_is_found(play: Play, fleet: Fleet) -> None:
    camera = fleet.add("camera_12_9", "valid")
    # Used by a template, and therefore the user's own.
    base = {**POLICY, **OWN, "axis_port": 1, "axis_username": "operator", "axis_password": "{{ axis_pass }}"}
    hosts = {
        f"{name}.{number}": {**base, "ansible_host": f"192.0.2.{number + 1}", name: value}
        for name, values in {**INVALID, **{name: [[]] for name in MISTAKEN}}.items()
        for number, value in enumerate(values)
    }
    run = play(
        AUDIT, hosts=hosts, groups={"axis": {"hosts": list(hosts), "vars": POLICY}}, environment={"AXIS_TIMEOUT": "5"}
    )
    found = {host: problem["problem"] for problem in preflight_problems(run) for host in problem["hosts"]}
    for host in hosts:
        assert found.get(host, "").startswith(host.partition(".")[0]), host
    assert found.keys() == hosts.keys()
    assert "operator-pass" not in run.output
    assert camera.connections == 0
