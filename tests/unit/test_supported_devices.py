# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on supported devices has what the device profiles say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DeviceModel,
    Origin,
    PointAnswer,
    Profile,
)
from tests.simulator.profiles import HAND_WRITTEN
from tests.supported_devices import PAGE, escape, load_profiles, render_tables, updated

PROFILES = load_profiles()
OBSERVED = Profile(
    DeviceModel("P1234_`x`", firmware="12.11.77"),
    Origin("observed", "device check", "2026-12-01", "0.2.0", "operator", ("read",)),
    {
        "existing_id": PointAnswer("overwrite", "observed", date="2026-12-01", note="A | *note*."),
        "retention_limit": PointAnswer(8760, "observed", date="2026-12-02"),
        "text_charset": PointAnswer("iso-8859-1", "observed", "device check", date="2026-12-01"),
    },
)


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert updated(page, PROFILES) == page, "Run: make supported-devices"


def test_each_profile_and_each_question_is_on_the_page() -> None:
    tables = render_tables(PROFILES)
    for name, profile in PROFILES.items():
        assert tables.count(f"``{name}``") == 1 + len(POINTS)
        assert str(profile.device.firmware) in tables
    for point in POINTS:
        assert tables.count(f"   * - {escape(point.question)}\n") == 1


def test_numbers_in_names_are_sorted_as_numbers() -> None:
    names = [name for name in PROFILES if name.startswith("camera_")]
    assert names[:4] == ["camera_10_12", "camera_12_9", "camera_12_11", "camera_13"]


def test_a_new_profile_has_its_own_rows() -> None:
    tables = render_tables({**{name: PROFILES[name] for name in HAND_WRITTEN}, "mine": OBSERVED})
    assert (
        "   * - P1234\\_\\`x\\`, AXIS OS 12.11.77\n     - ``mine``\n     - observed, 2026-12-01: device check\n"
        "     - 3 observed, 54 not known\n".replace("54", str(len(POINTS) - 3))
    ) in tables
    assert (
        "   * -\n     - it overwrites the group\n     - ``mine``: observed on 2026-12-01. A \\| \\*note\\*.\n"
        "     - Supported. "
    ) in tables
    assert (
        "     - 8760\n     - ``mine``: observed on 2026-12-02\n     - **Limited**. A retention time of more" in tables
    )
    assert "     - ISO 8859-1\n     - ``mine``: observed on 2026-12-01, device check\n     - **Limited**. " in tables
    # What is not known may be the worst answer.
    assert "     - not known\n     - ``mine``: not known\n     - **Limited**, in the worst case: " in tables
    assert "     - not known\n     - ``mine``: not known\n     - **Not supported**, in the worst case: " in tables


def test_a_profile_without_model_is_possible() -> None:
    assert "unknown model, AXIS OS not known" in render_tables({"x": replace(OBSERVED, device=DeviceModel())})


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b *c* `d` |e| <f> \\g", "a\\_b \\*c\\* \\`d\\` \\|e\\| \\<f\\> \\\\g"),
        ("two\n lines\t", "two lines"),
        ("see https://github.com/a/b_c, and x", "see `a/b_c <https://github.com/a/b_c>`__, and x"),
        (
            "https://developer.axis.com/vapix/authentication/",
            "`authentication <https://developer.axis.com/vapix/authentication/>`__",
        ),
    ],
)
def test_texts_are_escaped_and_addresses_are_links(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_a_page_without_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"supported_devices\.rst: add the lines "):
        updated("Supported devices\n", PROFILES)
