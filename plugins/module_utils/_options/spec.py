# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs of Ansible, and the checks that they cannot express.

The other files of this package turn validated parameters into typed values, before the first request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    invalid_option,
)

Spec = dict[str, dict[str, Any]]
Parameters = Mapping[str, Any]
#: Returns the option with this name, of a task or of an entry in a list.
OptionOf = Callable[[str], Option]

#: By option whose default must not replace an empty variable, what to do. Without conditions, the device records
#: always; without a retention time, it keeps its own; without a bound, every retention time is compliant.
NEVER_EMPTY: Mapping[str, str] = {
    "conditions": "Set {option}, or remove the option to record always.",
    "retention_time": "Set {option}, or remove the option.",
    "retention_minimum": "Set {option}, or set it to '' for no bound.",
    "retention_maximum": "Set {option}, or set it to '' for no bound.",
}


def invalid(template: str, /, *, next_step: str, **arguments: object) -> InvalidOptionError:
    """Build an error from two templates that share their arguments; options are named when they are rendered."""
    return invalid_option(Message(template, arguments), Message(next_step, arguments))


def check_range(number: int, option: Option, lowest: int, highest: int) -> int:
    """Return the number if it is in the range.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if not lowest <= number <= highest:
        raise invalid(
            "{option} is {number}, which is out of range",
            next_step="Set {option} to a whole number from {lowest} to {highest}.",
            option=option,
            number=number,
            lowest=lowest,
            highest=highest,
        )
    return number
