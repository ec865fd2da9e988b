# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples that users copy: of the modules, of the guides, and of the README, tried from an empty folder."""

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
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from tests.integration.conftest import Play
from tests.playbook import CHECKOUT, environment, run_playbook
from tests.simulator import Fleet
from tests.simulator.device import Device

GUIDES = sorted((CHECKOUT / "docs" / "docsite" / "rst").glob("*.rst"))
MODULES = sorted(path.stem for path in (CHECKOUT / "plugins" / "modules").glob("axis_*.py"))
_MARKED = re.compile(r"^( *)\.\. example: (playbook|inventory)\n\n(?:\1\.\. code-block:: \S+\n(?:\1   :.*\n)*\n)", re.M)
_COLLECTION = "camfleet.axis."
_PLACES = ("/var/lib/retention-reports", "/srv/reports/2026-48", "/srv/inventory")


def module(name: str) -> Any:
    """A module of the collection."""
    return importlib.import_module(f"ansible_collections.camfleet.axis.plugins.modules.{name}")


def examples(name: str, place: Path, **replaced: str) -> list[dict[str, Any]]:
    """The examples of a module as tasks, with paths and the login of this machine."""
    text = module(name).EXAMPLES
    for number, path in enumerate(_PLACES):
        (place / str(number)).mkdir(exist_ok=True)
        text = text.replace(path, str(place / str(number)))
    for path, other in replaced.items():
        assert path in text
        text = text.replace(path, other)
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    return tasks


def camera(fleet: Fleet) -> Device:
    """A camera with everything that the examples are about."""
    device = fleet.add("camera_12_9", "camera", scheme="https", certificate="ca")
    for group in ("entrance", "counter", "yard", "car_park", "pilot_gate", "pilot_hall", "High_1"):
        device.plant_group(recording_group_id=group, retention_time=100, disk_id="SD_DISK")
    return device


@pytest.mark.parametrize("name", [name for name in MODULES if "retention_policy_" not in name and "pins" not in name])
def test_the_examples_of_a_module_run_as_they_stand(play: Play, fleet: Fleet, tmp_path: Path, name: str) -> None:
    device = camera(fleet)
    text = module(name).EXAMPLES
    of_here = {"/etc/ssl/cameras.pem": str(fleet.ca_path), "username: retention": "username: operator"}
    tasks = examples(name, tmp_path, **{old: new for old, new in of_here.items() if old in text})
    variables = {"vault_camera_password": "operator-pass", "axis_serial": device.serial}
    run = play(tasks, hosts={"camera": variables})
    assert run.status == 0, run.output
    ran = {task for task, _host in run.results}
    assert {task["name"] for task in tasks if "block" not in task} <= ran


def test_the_examples_of_the_parts_of_the_role_run_as_they_stand(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    camera(fleet)
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


def test_the_examples_of_the_pins_run_as_they_stand(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = camera(fleet)
    run = play(examples("axis_certificate_pins", tmp_path))
    assert run.status == 0, run.output
    assert device.certificate_sha256[:8].lower() in next((tmp_path / "2").glob("*.yml")).read_text("utf-8").lower()


def marked(path: Path, kind: str) -> Iterator[str]:
    """The whole playbooks, or inventories, of a page."""
    text = path.read_text(encoding="utf-8")
    for found in _MARKED.finditer(text):
        if found.group(2) == kind:
            indent = len(found.group(1)) + 1
            lines: list[str] = []
            for line in text[found.end() :].splitlines():
                if line.strip() and len(line) - len(line.lstrip()) < indent:
                    break
                lines.append(line)
            yield textwrap.dedent("\n".join(lines)).strip() + "\n"


def tasks_of(item: Any) -> Iterator[dict[str, Any]]:
    """Every task below a play, a block or a list."""
    if isinstance(item, list):
        for part in item:
            yield from tasks_of(part)
    elif isinstance(item, dict):
        yield item
        for name in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from tasks_of(item.get(name, []))


def test_the_guides_have_examples() -> None:
    assert sum(len(list(marked(path, "playbook"))) for path in GUIDES) >= 5
    assert sum(len(list(marked(path, "inventory"))) for path in GUIDES) >= 2


def test_the_playbooks_of_the_guides_are_understood(tmp_path: Path) -> None:
    files = []
    for guide in GUIDES:
        for number, text in enumerate(marked(guide, "playbook")):
            files.append(tmp_path / f"{guide.stem}-{number}.yml")
            files[-1].write_text(text, encoding="utf-8")
            for task in tasks_of(yaml.safe_load(text)):
                for name in (name for name in task if name.removeprefix(_COLLECTION) in MODULES):
                    try:
                        validate(task[name] or {}, module(name.removeprefix(_COLLECTION)).ARGUMENT_SPEC)
                    except InvalidOptionError as error:
                        assert "{{" in error.message, error  # noqa: PT017 # the value of a template is unknown
                    assert name.startswith(_COLLECTION), f"{guide.name}: {name} is no whole name"
    command = [sys.executable, "-m", "ansible", "playbook", "--syntax-check", *map(str, files)]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_the_inventories_of_the_guides_are_understood(tmp_path: Path, guide: Path) -> None:
    for number, text in enumerate(marked(guide, "inventory")):
        path = tmp_path / f"{number}.yml"
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(path), "--list"]
        settings = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        told = subprocess.run(command, env=environment(tmp_path, settings), capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        assert json.loads(told.stdout)["_meta"]["hostvars"]


def of_readme(kind: str, beginning: str) -> str:
    """A block of the README, by how it begins."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{kind}\n({re.escape(beginning)}.*?)^```", text, re.M | re.S)
    return str(found)


def promised(command: str) -> set[str]:
    """What the README shows of a command's output, but for what is typed and left out there."""
    return render_lines("\n".join(of_readme("console", command).splitlines()[2:])) - {"…"}


def render_lines(output: str) -> set[str]:
    """Its lines without the time, and of the long ones the beginning."""
    return {re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", line).partition("0 refused, ")[0] for line in output.splitlines()}


def test_the_readme_leads_from_an_empty_folder_to_an_audit(installed: Path, fleet: Fleet, tmp_path: Path) -> None:
    place = tmp_path / "empty"
    place.mkdir()
    (place / "inventory.yml").write_text(of_readme("yaml", "axis:\n"), encoding="utf-8")
    (place / "entrance.yml").write_text(of_readme("yaml", "- name: Keep"), encoding="utf-8")
    addresses = {}
    for name, hours in (("entrance-1", 720), ("entrance-2", 240)):
        device = fleet.add("camera_12_9", name, scheme="https")
        device.plant_group(
            recording_group_id="entrance",
            retention_time=hours,
            disk_id="SD_DISK",
            stream_options="resolution=1920x1080&camera=1",
        )
        addresses[name] = {"ansible_host": device.host, "axis_port": device.tls_port}
    # All that differs: where the cameras are, and who types the password.
    (place / "simulated.json").write_text(json.dumps({"axis": {"hosts": addresses}}), encoding="utf-8")
    (place / "password").write_text("operator-pass", encoding="utf-8")
    typed = ("--inventory", str(place / "simulated.json"), "--user", "operator")
    typed += ("--connection-password-file", str(place / "password"))
    path = {"ANSIBLE_COLLECTIONS_PATH": str(installed)}
    inventory = place / "inventory.yml"

    audit = run_playbook("camfleet.axis.audit", inventory, tmp_path, *typed, extra=path)
    assert audit.status == 0, audit.output
    assert promised("$ ansible-playbook -i inventory.yml camfleet.axis.audit") <= render_lines(audit.output)

    check = run_playbook(place / "entrance.yml", inventory, tmp_path, "--check", "--diff", *typed, extra=path)
    assert check.status == 0, check.output
    assert promised("$ ansible-playbook -i inventory.yml entrance.yml") <= render_lines(check.output)
    assert not any(device.writes for device in fleet.devices.values())
