# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every variable of the role is documented, with an example and its default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROLE = Path(__file__).parents[4] / "roles" / "retention_policy"
# These have no default in the role: the playbooks use the first two, and every module the third.
WITHOUT_DEFAULT = {"retention_policy_hosts", "retention_policy_waves", "axis_holds"}


def read_yaml(path: str) -> Any:
    """Read a YAML file of the role."""
    return yaml.safe_load((ROLE / path).read_text(encoding="utf-8"))


DEFAULTS: dict[str, Any] = read_yaml("defaults/main.yml")
OPTIONS: dict[str, Any] = read_yaml("meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def test_documentation_lists_exactly_the_variables() -> None:
    assert OPTIONS.keys() == DEFAULTS.keys() | WITHOUT_DEFAULT


@pytest.mark.parametrize("name", list(DEFAULTS))
def test_documented_default_equals_the_actual_default(name: str) -> None:
    assert OPTIONS[name]["default"] == DEFAULTS[name]
    assert type(OPTIONS[name]["default"]) is type(DEFAULTS[name])


@pytest.mark.parametrize("name", list(OPTIONS))
def test_every_variable_has_an_example(name: str) -> None:
    assert any(line.startswith("For example V(") for line in OPTIONS[name]["description"])


def test_playbooks_use_the_documented_defaults() -> None:
    assert OPTIONS["retention_policy_hosts"]["default"] == "axis"
    assert "default" not in OPTIONS["retention_policy_waves"]
    for name in ("audit.yml", "roll_out.yml"):
        plays = yaml.safe_load((ROLE.parents[1] / "playbooks" / name).read_text(encoding="utf-8"))
        assert all(play["hosts"].endswith("default('axis') }}") for play in plays[1:-1] if "serial" not in play)
        serial = [play["serial"] for play in plays if "serial" in play]
        assert len(serial) == (name == "roll_out.yml")
        assert all(".waves | default([])" in value for value in serial)
