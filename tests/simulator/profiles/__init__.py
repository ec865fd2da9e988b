# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load device profiles: those in profiles/, and those that a device check wrote."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.simulator.models import Disk, Group
from tests.simulator.switches import Switches

try:
    import ansible_collections.camfleet.axis  # noqa: F401 - only pytest has a path to it
except ModuleNotFoundError:
    sys.path.append(str(Path(__file__).parents[3] / ".venv" / "collections"))

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import profile as device_profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import parse_profile

_DIRECTORY = Path(__file__).parent
_CARD = Disk("SD_DISK")
# The brute force delay protection of AXIS OS is on by default since this version.
_FIRST_TO_BLOCK = (11, 5)


@dataclass(frozen=True)
class BruteForce:
    """Block an address for `block` seconds (403) after `tries` failed logins within `within` seconds."""

    tries: int = 20
    within: float = 1.0
    block: float = 10.0


@dataclass(frozen=True)
class Profile:
    """What is simulated of a device profile: the device, its behavior, and its initial state.

    A text that is not known is empty. Without known disks, the device has an SD card.
    """

    name: str
    version: str
    product: str
    product_type: str
    hardware_id: str
    architecture: str
    soc: str
    build_date: str
    disks: tuple[Disk, ...]
    groups: tuple[Group, ...] = ()
    switches: Switches = field(default_factory=Switches)
    brute_force: BruteForce | None = None

    @property
    def number(self) -> tuple[int, ...]:
        """Return the version of AXIS OS, major and minor; () if it is not known."""
        return _number(self.version)

    @property
    def default_disk(self) -> str:
        """Return the disk of groups that are created without one: the first usable one."""
        usable = [disk for disk in self.disks if disk.mounted]
        return (usable or self.disks or (_CARD,))[0].diskid

    @property
    def host_name(self) -> str:
        """Return the beginning of the names of its devices in the inventory."""
        if self.name in PROFILES:
            return self.name.split("_", maxsplit=1)[0]
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") + "-"


def load_profile(path: Path) -> Profile:
    """Load the profile in a file; raise ValueError for one that is not valid."""
    try:
        return _build_profile(path.stem, parse_profile(path.read_bytes(), str(path)))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except InvalidOptionError as error:
        raise ValueError(str(error)) from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def find_profile(name: str | Path) -> Profile:
    """Return the profile of this name, or the one in this file; raise ValueError if there is none."""
    if name in PROFILES:
        return PROFILES[str(name)]
    path = Path(name)
    if path.suffix == ".json" or path.is_file() or len(path.parts) > 1:
        return load_profile(path)
    raise ValueError(f"unknown profile {str(name)!r}: choose from {', '.join(PROFILES)}, or the path of a JSON file")


def _build_profile(name: str, profile: device_profile.Profile) -> Profile:
    device = {key: value or "" for key, value in asdict(profile.device).items()}
    switches = Switches.from_answers(profile.answers)
    # The setting is a parameter.
    blocks = _number(device["firmware"]) >= _FIRST_TO_BLOCK and switches.storage_parameters != "no_param_cgi"
    disks = profile.state.get("disks")
    return Profile(
        name=name,
        version=device.pop("firmware"),
        product=device.pop("model"),
        **device,
        disks=tuple(Disk(**_known(disk)) for disk in disks) if disks is not None else (_CARD,),
        groups=tuple(Group(**group) for group in profile.state.get("groups", ())),
        switches=switches,
        brute_force=BruteForce() if blocks else None,
    )


def _known(disk: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in disk.items() if value is not None}


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2])


PROFILES = {path.stem: load_profile(path) for path in sorted(_DIRECTORY.glob("*.json"))}
#: Those with an answer to each point; a device check names its own after model and firmware, with a hyphen.
HAND_WRITTEN = tuple(name for name in PROFILES if "-" not in name)
