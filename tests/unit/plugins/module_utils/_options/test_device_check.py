# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a device check."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import (
    DEVICE_CHECK_SPEC,
    DeviceCheckOptions,
    build_device_check_options,
    check_confirmation,
    parse_wait,
)

NAMES = {"write": "device_check_write", "confirm": "device_check_confirm", "wait": "device_check_wait"}


def build(**given: Any) -> DeviceCheckOptions:
    """Return the options of a task that sets these."""
    defaults = {name: definition.get("default") for name, definition in DEVICE_CHECK_SPEC.items()}
    return build_device_check_options({**defaults, **given})


def rejected(**given: Any) -> str:
    """Return the message about options."""
    with pytest.raises(InvalidOptionError) as caught:
        build(**given)
    return ". ".join(caught.value.render(NAMES))


def test_default_is_to_read() -> None:
    options = build()
    assert (options.write, options.wait, options.viewer) == (False, None, None)
    assert build(write=True, wait="3h").wait == 10800


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30m", 1800), ("3h", 10800), (" 2d ", 172800), ("1m", 60), ("31d", 31 * 86400), ("None", None), ("", None)],
)
def test_wait_has_a_unit(text: str, seconds: int | None) -> None:
    assert parse_wait(text) == seconds


@pytest.mark.parametrize("text", ["3", "3 h", "-3h", "3w", "1.5h", "0m", "32d", "3h30m", "99999999d", "٣h", "soon"])
def test_other_wait_is_rejected(text: str) -> None:
    message = rejected(write=True, wait=text)
    assert message.startswith(
        f"device_check_wait is '{text}', which is not a time from 1m to 31d. Set device_check_wait"
    )


def test_wait_requires_a_scratch_group() -> None:
    message = rejected(wait="3h")
    assert message.startswith("device_check_wait is 3h, but device_check_write is false")


@pytest.mark.parametrize(
    ("given", "http", "https"),
    [
        ({}, 80, 443),
        ({"port": 443}, 80, 443),
        ({"port": 8443}, None, 8443),
        ({"protocol": "http"}, 80, 443),
        ({"protocol": "http", "port": 8080}, 8080, None),
        ({"protocol": "http", "port": 8080, "https_port": 8443}, 8080, 8443),
        ({"port": 8443, "http_port": 8080}, 8080, 8443),
    ],
)
def test_ports_of_both_protocols(given: dict[str, Any], http: int | None, https: int | None) -> None:
    options = build(**given)
    assert (options.http_port, options.https_port) == (http, https)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_port_out_of_range_is_rejected(port: int) -> None:
    assert f"http_port is {port}, which is out of range" in rejected(http_port=port)


def test_viewer_is_a_pair() -> None:
    assert build(viewer_username="view", viewer_password="x").viewer == ("view", "x")
    assert rejected(viewer_username="view").startswith("viewer_username is set, and viewer_password is not")
    assert rejected(viewer_password="x").startswith("viewer_password is set, and viewer_username is not")
    assert rejected(viewer_username="view", viewer_password="").startswith("viewer_password is empty")


@pytest.mark.parametrize("typed", [["gate"], ["yard"], None, [], ["all"], ["GATE", "yard"], [""]])
def test_confirmation_needs_every_name(typed: list[str] | None) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        check_confirmation(typed, ["gate", "yard"])
    message = ". ".join(caught.value.render(NAMES))
    assert ("without" if any(typed or ()) else "is not set") in message
    assert "set device_check_confirm to gate, yard" in message


def test_confirmation_of_another_host_is_rejected() -> None:
    check_confirmation([" gate ", "yard", ""], ["yard", "gate"])
    check_confirmation(["gate", "roof"], ["gate"], ["gate", "roof"])
    with pytest.raises(InvalidOptionError) as caught:
        check_confirmation(["gate", "roof"], ["gate"])
    assert caught.value.render(NAMES)[0] == "device_check_confirm has roof, which this run does not check"
