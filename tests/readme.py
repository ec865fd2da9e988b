# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the badges and the tables of versions and devices in the README.

They come from ``meta/runtime.yml``, ``pyproject.toml``, the matrix, and the device profiles. Run it with
``make supported-devices``. The rest of the README is edited by hand.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import KINDS, Profile
from tests.matrix import MATRIX, Row
from tests.playbook import CHECKOUT
from tests.supported_devices import load_profiles

README = CHECKOUT / "README.md"
REPOSITORY = "https://github.com/camfleet/camfleet.axis"
SITE = "https://camfleet.github.io/camfleet.axis/"
WORKFLOW = "test.yml"
_SHIELDS = "https://img.shields.io/"
_BEGIN = "<!-- generated: {}; to update it, run: make supported-devices -->\n"
_END = "<!-- end of the generated part -->\n"


def updated(page: str, profiles: Mapping[str, Profile]) -> str:
    """Return the text of the README with current badges and tables.

    :raises ValueError: the README does not have the markers of a part.
    """
    parts = {
        "badges": render_badges(),
        "tested versions": render_versions(MATRIX),
        "devices": render_devices(profiles),
    }
    for name, lines in parts.items():
        before, begin, rest = page.partition(_BEGIN.format(name))
        _old, end, after = rest.partition(_END)
        if not begin or not end:
            raise ValueError(f"{README.name}: add the lines {_BEGIN.format(name)!r} and {_END!r}")
        text = "\n".join(lines)
        page = f"{before}{begin}\n{text}\n\n{end}{after}"
    return page


def render_badges() -> Iterator[str]:
    """Yield the badges: the state of the tests, the release, and what is supported."""
    runtime = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    project = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    core = ".".join(runtime["requires_ansible"].removeprefix(">=").split(".")[:2])
    (minor,) = re.findall(r'^target-version = "py3(\d+)"$', project, re.M)
    python = f"3.{minor}"
    page = f"{REPOSITORY}/blob/main/README.md"
    workflow = f"{REPOSITORY}/actions/workflows/{WORKFLOW}"
    yield _badge("Tests", f"{workflow}/badge.svg?branch=main", workflow)
    yield _badge(
        "Release on Ansible Galaxy",
        f"{_SHIELDS}ansible/collection/v/camfleet/axis?label=Galaxy",
        "https://galaxy.ansible.com/ui/repo/published/camfleet/axis/",
    )
    yield _badge("Documentation", _static("docs", "guides and reference"), SITE)
    yield _badge(f"ansible-core {core} or newer", _static("ansible-core", f"{core}+"), f"{page}#tested-versions")
    yield _badge(f"Python {python} or newer", _static("Python", f"{python}+"), f"{page}#requirements")
    yield _badge("License GPL-3.0-or-later", _static("license", "GPL-3.0-or-later"), f"{REPOSITORY}/blob/main/LICENSE")


def _static(label: str, text: str) -> str:
    """Return the address of a badge with a fixed text."""
    escaped = (quote(part.replace("-", "--").replace("_", "__")) for part in (label, text))
    return f"{_SHIELDS}badge/{'-'.join(escaped)}-blue"


def _badge(text: str, image: str, link: str) -> str:
    return f"[![{text}]({image})]({link})"


def render_versions(matrix: Iterable[Row]) -> Iterator[str]:
    """Yield the table of the versions that ``make test-matrix`` runs."""
    rows = []
    for row in matrix:
        versions = dict(requirement.split("==") for requirement in row.requirements)
        core = versions["ansible-core"]
        state = " (not released yet)" if re.search(r"[a-z]", core) else ""
        rows.append((f"{core}{state}", row.python, versions["requests"], versions["lxml"]))
    yield from _render_table(("ansible-core", "Python", "requests", "lxml"), rows)


def render_devices(profiles: Mapping[str, Profile]) -> Iterator[str]:
    """Yield the table of the devices that the simulator knows, and how."""
    rows = []
    for name, profile in profiles.items():
        device = profile.device
        counts = Counter(profile.find(point.name).known_from for point in POINTS)
        answers = ", ".join(f"{counts[kind]} {kind or 'not known'}" for kind in (*KINDS, None) if counts[kind])
        model = f"[{device.model}]({REPOSITORY}/blob/main/tests/simulator/profiles/{name}.json)"
        origin = f"{profile.origin.kind}: {_shorten_links(profile.origin.source)}"
        rows.append((f"{model}, {device.product_type}", str(device.firmware), origin, answers))
    yield from _render_table(("Device", "AXIS OS", "Where the profile comes from", "Its answers"), rows)
    observed = sum(profile.origin.kind == "observed" for profile in profiles.values())
    yield ""
    yield f"Profiles of real devices, written by a device check: {observed or 'none yet'}."


def _shorten_links(text: str) -> str:
    """Return a text whose links to repositories show only owner and name."""
    return re.sub(r"https://github\.com/([\w.-]+/[\w.-]+)", r"[\1](\g<0>)", text)


def _render_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (header, ("---",) * len(header), *rows):
        yield f"| {' | '.join(row)} |"


def main() -> int:
    """Write the README, and return the exit status."""
    README.write_text(updated(README.read_text(encoding="utf-8"), load_profiles()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
