# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two tasks that write to one file of pins at the same time, which a run of the playbook shows only by chance."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.camfleet.axis.plugins.action import axis_certificate_pins
from ansible_collections.camfleet.axis.plugins.plugin_utils._pins import parse_pins
from tests.unit.plugins.plugin_utils.hostvars import HostVars

SHOWN = "ab" * 32


def pin(host: str, path: Path) -> None:
    """Run the task for one host."""
    own = {axis_certificate_pins.CAMERA: {"certificate": {"sha256": SHOWN}}}
    variables = {**own, "hostvars": HostVars({host: own}), "inventory_hostname": host}
    templar = Templar(loader=DataLoader(), variables=variables)
    task = SimpleNamespace(check_mode=False, async_val=0)
    action = axis_certificate_pins.ActionModule(task, None, None, None, templar, None)
    action.execute({"path": str(path), "hosts": [host], "replace": False}, variables)


@pytest.mark.parametrize("exists", [True, False])
def test_pins_of_a_concurrent_task_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exists: bool) -> None:
    path, read, others = tmp_path / "fingerprints.yml", axis_certificate_pins._read_file, []
    if exists:
        path.touch()

    def slowly(file: str) -> str:
        text = read(file)
        if not others:
            others.append(Thread(target=pin, args=("yard", path)))
            others[0].start()
            others[0].join(0.3)  # long enough to write, if it may
        return text

    monkeypatch.setattr(axis_certificate_pins, "_read_file", slowly)
    pin("gate", path)
    others[0].join()
    assert parse_pins(path.read_text(encoding="utf-8")) == {"gate": SHOWN, "yard": SHOWN}
