# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import OPTION_NAMES
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.option_names import (
    name_options,
    name_result_options,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_check_variables import CHECK_VARIABLES

_TEXT = "Run the check with device_check_write: true, `device_check_wait`, and device_check_https_port."


def test_a_task_has_options_and_the_playbook_variables() -> None:
    assert name_options(_TEXT, OPTION_NAMES) == "Run the check with write: true, `wait`, and https_port."
    assert name_options(_TEXT, CHECK_VARIABLES) == _TEXT
    assert name_options(_TEXT, {"wait": "my_wait"}) == "Run the check with write: true, `my_wait`, and https_port."


@pytest.mark.parametrize("text", ["device_check_writes", "my_device_check_write", "axis_device_check", "device_check"])
def test_other_names_are_kept(text: str) -> None:
    assert name_options(text, OPTION_NAMES) == text


def test_each_variable_of_the_playbook_is_named() -> None:
    # Sentences do not name the directory, whose option has another name.
    for option in DEVICE_CHECK_SPEC.keys() & CHECK_VARIABLES.keys() - {"dest"}:
        assert name_options(CHECK_VARIABLES[option], OPTION_NAMES) == option


def test_a_result_is_renamed_wherever_it_has_sentences_of_its_own() -> None:
    result = {
        "summary": [_TEXT],
        "open_points": [{"point": "device_check_write", "reason": _TEXT}],
        "leftovers": [{"id": "device_check_write"}],
    }
    assert name_result_options({}, OPTION_NAMES) == {}
    assert name_result_options(result, OPTION_NAMES) == {
        "summary": [name_options(_TEXT, OPTION_NAMES)],
        "open_points": [{"point": "device_check_write", "reason": name_options(_TEXT, OPTION_NAMES)}],
        "leftovers": [{"id": "device_check_write"}],
    }
