# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples that users copy from the modules and the guides run in an empty directory."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from tests.integration.conftest import Play
from tests.playbook import CHECKOUT, environment
from tests.simulator import Fleet
from tests.simulator.device import Device

GUIDES = sorted((CHECKOUT / "docs" / "docsite" / "rst").glob("*.rst"))
MODULES = sorted(path.stem for path in (CHECKOUT / "plugins" / "modules").glob("axis_*.py"))
_MARKED = re.compile(r"^( *)\.\. example: (playbook|inventory)\n\n(?:\1\.\. code-block:: \S+\n(?:\1   :.*\n)*\n)", re.M)
_COLLECTION = "camfleet.axis."
_PATHS = ("/var/lib/retention-reports", "/srv/reports/2026-48", "/srv/inventory", "/srv/device-profiles", "/srv/policy")


def import_module(name: str) -> Any:
    """Return a module of the collection."""
    return importlib.import_module(f"ansible_collections.camfleet.axis.plugins.modules.{name}")


def examples(name: str, directory: Path, **replaced: str) -> list[dict[str, Any]]:
    """Return the examples of a module as tasks, with local paths and the login of the simulator."""
    text = import_module(name).EXAMPLES
    for number, path in enumerate(_PATHS):
        (directory / str(number)).mkdir(exist_ok=True)
        text = text.replace(path, str(directory / str(number)))
    for path, other in replaced.items():
        assert path in text
        text = text.replace(path, other)
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    return tasks


def add_camera(fleet: Fleet) -> Device:
    """Add a camera with everything that the examples use."""
    device = fleet.add("camera_12_9", "camera", scheme="https", certificate="ca")
    for group in ("entrance", "counter", "yard", "car_park", "pilot_gate", "pilot_hall", "High_1"):
        device.plant_group(recording_group_id=group, retention_time=100, disk_id="SD_DISK")
    return device


@pytest.mark.parametrize("name", [name for name in MODULES if "retention_policy_" not in name and "pins" not in name])
def test_examples_of_a_module_run_unchanged(play: Play, fleet: Fleet, tmp_path: Path, name: str) -> None:
    device = add_camera(fleet)
    text = import_module(name).EXAMPLES
    replacements = {"/etc/ssl/cameras.pem": str(fleet.ca_path), "username: retention": "username: operator"}
    tasks = examples(name, tmp_path, **{old: new for old, new in replacements.items() if old in text})
    variables = {"vault_camera_password": "operator-pass", "axis_serial": device.serial}
    if name.startswith("axis_device_check"):
        variables |= {"device_check_hosts": "camera", "device_check_dir": str(tmp_path)}
    quick = {"ANSIBLE_CALLBACKS_ENABLED": "results,quick_check"} if name == "axis_device_check" else {}
    run = play(tasks, hosts={"camera": variables}, environment=quick)
    assert run.status == 0, run.output
    executed = {task for task, _host in run.results}
    assert {task["name"] for task in tasks if "block" not in task} <= executed


def test_examples_of_the_role_modules_run_unchanged(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_camera(fleet)
    parts = [f"axis_retention_policy_{part}" for part in ("preflight", "report", "outcome")]
    tasks = [task for name in parts for task in examples(name, tmp_path)]
    policy = {"retention_policy_groups": [{"recording_group_id": "entrance", "retention_time": "30d"}]}
    run = play(tasks, groups={"axis": {"vars": policy}})
    assert run.recap["camera"]["failures"] == 0, run.output
    assert {path.suffix for path in (tmp_path / "0").iterdir()} == {".html", ".json", ".csv"}
    slices = tmp_path / "1" / "slices"
    slices.mkdir()
    (report,) = (tmp_path / "0").glob("*.json")
    report.rename(slices / report.name)
    run = play(examples("axis_retention_policy_merge", tmp_path), groups={"axis": {"vars": policy}})
    assert run.status == 0, run.output
    assert {path.suffix for path in (tmp_path / "1").iterdir()} >= {".html", ".json", ".csv"}
    (merged,) = (tmp_path / "1").glob("*.json")
    first = json.loads(merged.read_text(encoding="utf-8"))
    for file, document in (("first", first), ("second", seal({**first, "created": "2099-01-01T00:00:00Z"}))):
        (tmp_path / "0" / f"{file}.json").write_text(json.dumps(document), encoding="utf-8")
    run = play(examples("axis_retention_policy_compare", tmp_path), groups={"axis": {"vars": policy}})
    assert run.status == 0, run.output
    assert {path.suffix for path in (tmp_path / "0" / "comparisons").iterdir()} == {".html", ".json", ".md"}


def test_examples_of_the_pins_run_unchanged(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = add_camera(fleet)
    run = play(examples("axis_certificate_pins", tmp_path))
    assert run.status == 0, run.output
    assert device.certificate_sha256[:8].lower() in next((tmp_path / "2").glob("*.yml")).read_text("utf-8").lower()


def marked_blocks(path: Path, kind: str) -> Iterator[str]:
    """Yield the complete playbooks, or inventories, of a page."""
    text = path.read_text(encoding="utf-8")
    for match in _MARKED.finditer(text):
        if match.group(2) == kind:
            indent = len(match.group(1)) + 1
            lines: list[str] = []
            for line in text[match.end() :].splitlines():
                if line.strip() and len(line) - len(line.lstrip()) < indent:
                    break
                lines.append(line)
            yield textwrap.dedent("\n".join(lines)).strip() + "\n"


def iterate_tasks(item: Any) -> Iterator[dict[str, Any]]:
    """Yield every task below a play, a block, or a list."""
    if isinstance(item, list):
        for part in item:
            yield from iterate_tasks(part)
    elif isinstance(item, dict):
        yield item
        for name in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from iterate_tasks(item.get(name, []))


def test_guides_have_examples() -> None:
    assert sum(len(list(marked_blocks(path, "playbook"))) for path in GUIDES) >= 5
    assert sum(len(list(marked_blocks(path, "inventory"))) for path in GUIDES) >= 2


def _find_problem(name: str, options: dict[str, Any]) -> str | None:
    """Return what is invalid in the options of a module, if anything."""
    try:
        validate(options, import_module(name).ARGUMENT_SPEC)
    except InvalidOptionError as error:
        return error.message
    return None


def test_playbooks_of_the_guides_are_valid(tmp_path: Path) -> None:
    files = []
    for guide in GUIDES:
        for number, text in enumerate(marked_blocks(guide, "playbook")):
            files.append(tmp_path / f"{guide.stem}-{number}.yml")
            files[-1].write_text(text, encoding="utf-8")
            for task in iterate_tasks(yaml.safe_load(text)):
                for name in (name for name in task if name.removeprefix(_COLLECTION) in MODULES):
                    problem = _find_problem(name.removeprefix(_COLLECTION), task[name] or {})
                    # The value of a template is unknown.
                    assert problem is None or "{{" in problem, problem
                    assert name.startswith(_COLLECTION), f"{guide.name}: {name} lacks the collection"
    command = [sys.executable, "-m", "ansible", "playbook", "--syntax-check", *map(str, files)]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_inventories_of_the_guides_are_valid(tmp_path: Path, guide: Path) -> None:
    for number, text in enumerate(marked_blocks(guide, "inventory")):
        path = tmp_path / f"{number}.yml"
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(path), "--list"]
        settings = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        done = subprocess.run(command, env=environment(tmp_path, settings), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["_meta"]["hostvars"]
