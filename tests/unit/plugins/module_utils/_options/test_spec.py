# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that argument specs cannot express, and errors whose texts name options."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import check_range, invalid

PORT = Option("port")


@pytest.mark.parametrize("number", [1, 42, 65535])
def test_a_number_in_the_range_is_returned(number: int) -> None:
    assert check_range(number, PORT, 1, 65535) == number


@pytest.mark.parametrize("number", [0, -1, 65536])
def test_a_number_outside_the_range_is_an_error(number: int) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        check_range(number, PORT, 1, 65535)
    assert caught.value.kind == "invalid_option"
    assert caught.value.render({"port": "axis_port"}) == (
        f"axis_port is {number}, which is out of range",
        "Set axis_port to a whole number from 1 to 65535.",
    )


def test_both_texts_of_an_error_use_its_arguments() -> None:
    error = invalid("{option} is {value!r}", next_step="Set {option}.", option=PORT, value="{option}")
    assert error.render({"port": "axis_port"}) == ("axis_port is '{option}'", "Set axis_port.")
