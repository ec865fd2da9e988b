# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages about the connection name the options as the user sets them."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._http.messages import device_message
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC


def test_options_have_the_names_of_the_user() -> None:
    message = device_message("Set {port} of {path}.", path="{timeout}")
    assert str(message) == "Set port of {timeout}."
    assert message.render({"port": "axis_port"}) == "Set axis_port of {timeout}."


def test_every_named_option_exists() -> None:
    names = {name for name, option in device_message("").arguments.items() if str(option) == name}
    assert names
    assert names <= DEVICE_SPEC.keys()
