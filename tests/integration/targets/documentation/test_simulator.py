# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on the simulator, with each of its fleets, one after the other."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from tests.integration.guide import GUIDES, follow_steps, open_terminal, running_fleet, steps
from tests.playbook import CHECKOUT
from tests.simulator.__main__ import _COMMAND_KINDS, _parser

PAGE = GUIDES / "simulator.rst"


@pytest.mark.long
def test_reader_has_each_fleet_of_the_page(tmp_path: Path) -> None:
    terminal = open_terminal(tmp_path, {"CHECKOUT": str(CHECKOUT)})
    remaining = steps(PAGE)
    while remaining:
        fleet, *others = remaining
        assert fleet.kind == "fleet"
        # What a fleet needs precedes its command.
        end = next((number for number, step in enumerate(others) if step.kind == "fleet"), len(others))
        (tmp_path / "cameras" / "inventory").mkdir(exist_ok=True)
        with running_fleet(fleet.text.replace("\\\n", " "), tmp_path):
            follow_steps(others[:end], terminal)
        remaining = others[end:]


def test_page_has_every_option() -> None:
    page = PAGE.read_text(encoding="utf-8")
    options = {name for action in _parser()._actions for name in action.option_strings if name.startswith("--")}
    assert sorted(name for name in options - {"--help"} if f"{name}" not in page) == []
    assert set(re.findall(r"--fault \S+?:(\w+)", page)) <= {*_COMMAND_KINDS}


def test_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (code,) = re.findall(r"\.\. code-block:: python\n\n((?:   .*\n|\n)+)", page)
    monkeypatch.chdir(tmp_path)
    slept: list[int] = []
    exec(textwrap.dedent(code).replace("time.sleep(", "slept.append("), {"slept": slept})  # noqa: S102
    assert slept == [60, 600]
    assert "entrance-1" in (tmp_path / "fleet.yml").read_text(encoding="utf-8")
