# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A password that was encrypted with a line break, as with echo, is never sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.conftest import Play
from tests.simulator import Fleet


@pytest.mark.fault("password or user name with a line break or a space")
def test_vaulted_password_with_a_line_break_is_not_sent(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    camera = fleet.add("camera_12_9", "camera")
    camera.plant_group(recording_group_id="door", retention_time=720)
    (tmp_path / "vault").write_text("vault-word", encoding="utf-8")
    encrypted = VaultLib().encrypt(b"operator-pass\n", VaultSecret(b"vault-word")).decode()
    lines = "\n".join(f"  {line}" for line in encrypted.splitlines())
    variables = tmp_path / "login.yml"
    # As ansible-vault encrypt_string writes it.
    variables.write_text(f"vault_camera_password: !vault |\n{lines}\n", encoding="utf-8")
    options = {"id": "door", "retention_time": "30d"}
    module = "camfleet.axis.axis_recording_group"
    tasks = [
        {"name": "As it is", module: options, "vars": {"axis_password": "{{ vault_camera_password }}"}},
        {"name": "Trimmed", module: options, "vars": {"axis_password": "{{ vault_camera_password | trim }}"}},
    ]
    tasks[0]["ignore_errors"] = True
    run = play(tasks, "-vvv", "--vault-password-file", str(tmp_path / "vault"), "--extra-vars", f"@{variables}")
    result = run.results["As it is", "camera"]
    assert result["error"]["kind"] == "invalid_option"
    assert result["msg"].startswith("camera (127.0.0.1): axis_password ends with a line break. Remove the line break.")
    assert run.outcomes["Trimmed", "camera"] == "ok", run.output
    # One challenge, and the login of the second task.
    assert [entry.status for entry in camera.journal] == [401, 200]
    assert "operator-pass" not in run.output
