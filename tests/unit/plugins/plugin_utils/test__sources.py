# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where values come from, and which values are refused before Ansible converts them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_action import ARGUMENT_SPEC as ACTION_SPEC
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_group import ARGUMENT_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import Sources

AXIS = {"axis_username": "axis", "axis_password": "axis-word"}
ANSIBLE = {"ansible_user": "ansible", "ansible_password": "ansible-word"}
PLAY = ("play", "play-word")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the machine does not count."""
    for name in ("AXIS_USERNAME", "AXIS_PASSWORD", "AXIS_PORT"):
        monkeypatch.delenv(name, raising=False)


def resolve(
    given: dict[str, Any], variables: dict[str, Any], play: tuple[str | None, str | None] = (None, None)
) -> dict[str, Any]:
    """The arguments of a task on the host camera."""
    known = {"inventory_hostname": "camera", **variables}
    return Sources(given, known.get, known.get, play).resolve(ARGUMENT_SPEC)


def test_the_order_of_the_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_USERNAME", "environment")
    monkeypatch.setenv("AXIS_PASSWORD", "environment-word")
    task = {"username": "task", "password": "task-word"}
    for given, variables, play, user in (
        (task, {**AXIS, **ANSIBLE}, PLAY, "task"),
        ({}, {**AXIS, **ANSIBLE}, PLAY, "axis"),
        ({}, ANSIBLE, PLAY, "ansible"),
        ({}, {}, PLAY, "play"),
        ({}, {"ansible_user": "play"}, PLAY, "play"),
        ({}, {"ansible_user": "play"}, ("play", None), "environment"),
        ({}, {}, (None, None), "environment"),
        ({"host": "other"}, ANSIBLE, PLAY, "environment"),
        ({"host": "other"}, {**AXIS, **ANSIBLE}, PLAY, "axis"),
    ):
        arguments = resolve(given, variables, play)
        assert (arguments["username"], arguments["password"]) == (user, f"{user}-word")


@pytest.mark.parametrize(
    ("given", "variables"),
    [
        ({"username": "u"}, AXIS),
        ({"password": "p"}, AXIS),
        ({}, {"axis_username": "u", **ANSIBLE}),
        ({}, {"axis_password": "p", **ANSIBLE}),
        ({}, {"ansible_user": "u"}),
        ({}, {"ansible_password": "p"}),
    ],
)
def test_half_a_login_is_an_error(given: dict[str, Any], variables: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError, match="as a pair"):
        resolve(given, variables, PLAY)


def test_the_order_of_the_hosts() -> None:
    everything = {"axis_host": "axis", "ansible_host": "ansible"}
    assert resolve({"host": "task"}, {**everything, **AXIS})["host"] == "task"
    assert resolve({}, {**everything, **AXIS})["host"] == "axis"
    assert resolve({}, {"ansible_host": "ansible", **AXIS})["host"] == "ansible"
    assert resolve({}, AXIS)["host"] == "camera"


def test_the_order_of_other_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_PORT", "3")
    assert resolve({"port": 1}, {"axis_port": 2})["port"] == 1
    assert resolve({}, {"axis_port": 2, "ansible_port": 22})["port"] == 2
    assert resolve({"port": None}, {"ansible_port": 22})["port"] == "3"
    assert resolve({}, {"axis_holds": []})["holds"] == []


def test_an_empty_value_is_as_if_left_out_but_for_what_is_never_empty() -> None:
    whole = {"host": "camera", "username": "task", "password": "task-word"}
    given = {"name": None, "conditions": None, "start_event": None, **whole}
    nothing: dict[str, Any] = {}
    sources = Sources(given, nothing.get, nothing.get, (None, None))
    assert sources.resolve(ACTION_SPEC) == {**whole, "conditions": None}
    # Another module has no such option.
    assert sources.resolve(ARGUMENT_SPEC) == whole
