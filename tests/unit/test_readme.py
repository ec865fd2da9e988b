# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README has current badges and tables, and names everything that the collection has."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.matrix import Row
from tests.playbook import CHECKOUT
from tests.readme import README, WORKFLOW, render_badges, render_devices, render_versions, updated
from tests.supported_devices import load_profiles

PROFILES = load_profiles()


def _names() -> Iterator[str]:
    for pattern in ("plugins/modules/axis_*.py", "plugins/inventory/*.py", "playbooks/*.yml", "roles/*"):
        yield from (path.stem for path in CHECKOUT.glob(pattern))


def test_tables_are_up_to_date() -> None:
    page = README.read_text(encoding="utf-8")
    assert updated(page, PROFILES) == page, "Run: make supported-devices"


@pytest.mark.parametrize("name", sorted(_names()))
def test_everything_in_the_collection_is_named(name: str) -> None:
    assert f"`{name}`" in README.read_text(encoding="utf-8")


def test_readme_is_short() -> None:
    visible = re.sub(r"<!--.*?-->\n", "", README.read_text(encoding="utf-8"), flags=re.S)
    assert len(visible.splitlines()) <= 235


def test_badges_are_those_of_this_collection() -> None:
    badges = list(render_badges())
    assert (CHECKOUT / ".github" / "workflows" / WORKFLOW).is_file()
    assert [badge.partition("](")[0] for badge in badges] == [
        "[![Tests",
        "[![Release on Ansible Galaxy",
        "[![Documentation",
        "[![ansible-core 2.16 or newer",
        "[![Python 3.10 or newer",
        "[![License GPL-3.0-or-later",
    ]
    # A dash in the text of a badge is written twice.
    assert "https://img.shields.io/badge/license-GPL--3.0--or--later-blue" in badges[-1]
    assert "https://img.shields.io/ansible/collection/v/camfleet/axis?" in badges[1]


def test_release_candidates_are_marked() -> None:
    row = Row("2.30", "3.15", ("ansible-core==2.30.0rc2", "requests==3.0.0", "urllib3==3.0.0", "lxml==7.0.0"))
    assert list(render_versions([row]))[-1] == "| 2.30.0rc2 (not released yet) | 3.15 | 3.0.0 | 7.0.0 |"


def test_each_profile_has_a_row_with_its_source() -> None:
    *rows, _blank, observed = render_devices(PROFILES)
    assert len(rows) == 2 + len(PROFILES)
    assert "the version and the hardware data are invented" in rows[-1]
    assert observed == "Profiles of real devices, written by a device check: none yet."


def test_a_readme_without_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"README\.md: add the lines "):
        updated("# camfleet.axis\n", PROFILES)
