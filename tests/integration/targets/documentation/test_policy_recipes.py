# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each recipe prints what the page shows, on cameras of which one violates its policy and another one satisfies it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.guide import GUIDES, Step, Terminal, follow_steps, open_terminal, steps
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.simulator.models import Account

GUIDE = GUIDES / "policy_recipes.rst"
_HEADING = re.compile(r"^(\S.*)\n-{3,}\n", re.M)
_COMMON = "What all recipes have in common"
_PASSWORD = "a login of this test"
_LOGIN = f"axis_username: retention\naxis_password: {_PASSWORD}\n"
_VAULT_PASSWORD = "the vault of this test"
_HOSTS = "inventory/hosts.yml"
_ALLOWANCES = "retention_policy_allow_recording_loss=true retention_policy_allow_recording_stop=true"
_PORT_1_IS_ACTIVE = (
    'boolean(//SimpleItem[@Name="port" and @Value="1"]) and boolean(//SimpleItem[@Name="state" and @Value="1"])'
)
DOOR_OPEN = ("tns1:Device/tnsaxis:IO/Port", _PORT_1_IS_ACTIVE)


def sections() -> dict[str, str]:
    """Return the text of each section of the page, by its title."""
    _intro, *parts = _HEADING.split(GUIDE.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def entrance(device: Device, hours: int) -> None:
    """Plant the group that most recipes have."""
    device.plant_group(recording_group_id="entrance", retention_time=hours)


def at_most_72_hours(device: Device) -> None:
    entrance(device, 168 if device.name == "entrance-1" else 72)
    if device.name == "entrance-1":
        device.plant_group(recording_group_id="test", retention_time=0)


def legal_minimum(device: Device) -> None:
    entrance(device, 240 if device.name == "entrance-1" else 720)


def classes(device: Device) -> None:
    match device.name:
        case "car-park-1":
            device.plant_group(recording_group_id="car_park", retention_time=720)
        case "entrance-2":
            entrance(device, 720)
        case "recorder-1":
            device.groups["Low_B8A44F0A1B02_0_C"].retention_time = 336


def groups_of_a_system(device: Device) -> None:
    for name, group in device.groups.items():
        group.retention_time = 720 if name.startswith("High_") else 1440
    if device.name == "recorder-1":
        device.groups["Low_B8A44F0A1B02_0_C"].retention_time = 120
        device.plant_group(recording_group_id="export_2026", retention_time=720)


def no_groups(device: Device) -> None:
    if device.name == "entrance-1":
        entrance(device, 720)


def other_site(device: Device) -> None:
    entrance(device, 336 if device.name == "entrance-3" else 720)
    device.plant_group(recording_group_id="yard", retention_time=168)


def other_camera(device: Device) -> None:
    entrance(device, 720)
    device.plant_group(recording_group_id="yard", retention_time=168)


def continuous_and_events(device: Device) -> None:
    device.plant_group(recording_group_id="continuous", retention_time=168, stream_options="resolution=640x360&fps=5")
    device.plant_group(
        recording_group_id="door",
        retention_time=720,
        stream_options="resolution=1920x1080",
        pre_duration=5000,
        post_duration=0 if device.name == "entrance-1" else 10000,
    )
    device.plant_recording("door", conditions=[DOOR_OPEN])
    if device.name != "entrance-1":
        device.plant_recording("continuous")


def ninety_days(device: Device) -> None:
    entrance(device, 2160)


def pilot(device: Device) -> None:
    entrance(device, 720)
    if device.name == "entrance-1":
        device.plant_group(recording_group_id="pilot_motion", retention_time=24)


def bounds(device: Device) -> None:
    entrance(device, 720)
    if device.name == "entrance-1":
        device.plant_group(recording_group_id="yard", retention_time=24)
        device.plant_group(recording_group_id="gate", retention_time=0)


#: By title of the recipe, what a camera has.
RECIPES: Mapping[str, Callable[[Device], None]] = {
    "Keep recordings for at most 72 hours": at_most_72_hours,
    "Keep recordings for 30 days, with a legal minimum": legal_minimum,
    "Set a policy for each class of cameras": classes,
    "Follow a video management system that creates the groups": groups_of_a_system,
    "Forbid recordings on cameras that a recorder records": no_groups,
    "Set another retention time for one site": other_site,
    "Set another retention time for one camera": other_camera,
    "Keep continuous video for a week, and events for 30 days": continuous_and_events,
    "Shorten a retention time step by step": ninety_days,
    "Remove the groups of a test": pilot,
    "Check only the bounds": bounds,
}
#: The most common situations; the others run with --soak.
_QUICK = tuple(RECIPES)[:4]
#: Recipes that report groups which no roll-out changes.
_ONLY_REPORTED = {
    "Keep recordings for at most 72 hours",
    "Forbid recordings on cameras that a recorder records",
    "Check only the bounds",
}


def test_every_recipe_is_tested() -> None:
    assert [title for title, text in sections().items() if ".. example: command" in text] == [*RECIPES]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Return a terminal of a reader with a vault."""
    found = open_terminal(tmp_path)
    found.answers["Vault password: "] = _VAULT_PASSWORD
    secret = VaultSecret(_VAULT_PASSWORD.encode())
    vault = found.directory / "inventory" / "group_vars" / "axis" / "vault.yml"
    vault.parent.mkdir(parents=True)
    vault.write_bytes(VaultLib([("default", secret)]).encrypt(_LOGIN, secret))
    return found


@pytest.fixture
def recipe(request: pytest.FixtureRequest, tmp_path: Path, terminal: Terminal) -> Iterator[list[Step]]:
    """Yield the steps of a recipe, whose cameras run."""
    texts = sections()
    (tmp_path / "recipe.rst").write_text(texts[_COMMON] + texts[request.param], encoding="utf-8")
    found = steps(tmp_path / "recipe.rst")
    inventory = yaml.safe_load([step.text for step in found if step.argument == _HOSTS][-1])
    with Fleet() as fleet:
        for name in host_names(inventory):
            profile = "recorder_s3008" if name.startswith("recorder") else "camera_12_9"
            device = fleet.add(profile, name, scheme="https")
            device.accounts["retention"] = Account(_PASSWORD, "operator")
            connect(device, terminal.directory / "inventory")
            RECIPES[request.param](device)
        yield found


def host_names(inventory: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of all hosts of an inventory file."""
    for group in inventory.values():
        yield from group.get("hosts", {})
        yield from host_names(group.get("children", {}))


def connect(device: Device, inventory: Path) -> None:
    """Set the address of a simulated camera instead of that of the page, and pin its certificate."""
    path = inventory / "host_vars" / device.name / "connection.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    variables = {
        "ansible_host": device.host,
        "axis_port": device.tls_port,
        "axis_tls_fingerprint": device.certificate_sha256,
    }
    path.write_text(json.dumps(variables), encoding="utf-8")


@pytest.mark.parametrize(
    "recipe",
    [title if title in _QUICK else pytest.param(title, marks=pytest.mark.long) for title in RECIPES],
    indirect=True,
)
def test_recipe_prints_what_the_page_shows(recipe: list[Step], terminal: Terminal) -> None:
    follow_steps(recipe, terminal)


@pytest.mark.long
@pytest.mark.parametrize("recipe", [title for title in RECIPES if title not in _ONLY_REPORTED], indirect=True)
def test_roll_out_satisfies_the_policy(recipe: list[Step], terminal: Terminal) -> None:
    follow_steps([step for step in recipe if step.kind == "file"], terminal)
    terminal.run(f"ansible-playbook -i inventory camfleet.axis.roll_out --ask-vault-pass -e '{_ALLOWANCES}'")
    printed = terminal.run("ansible-playbook -i inventory camfleet.axis.audit --ask-vault-pass")
    assert re.search(r"UTC: (\d+) hosts: \1 compliant, ", printed), printed
