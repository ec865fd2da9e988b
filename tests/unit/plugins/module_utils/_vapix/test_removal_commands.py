# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that a person copies to remove something by hand."""

from __future__ import annotations

import shlex

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.removal_commands import (
    delete_group_command,
    remove_configuration_command,
    remove_rule_command,
)

SETTINGS = ConnectionSettings("2001:db8::1", 443, "https", "o'neill; reboot", "hunter2")
URL = "https://[2001:db8::1]:443/axis-cgi/record/recording_group/delete.cgi"


def test_delete_group_command() -> None:
    words = shlex.split(delete_group_command(SETTINGS, "camfleet-check-0a1b2c3d-base"))
    assert words == [
        "curl",
        "--anyauth",
        "--user",
        "o'neill; reboot",
        f"{URL}?schemaversion=1&recordinggroupid=camfleet-check-0a1b2c3d-base",
    ]


def test_an_id_of_a_device_cannot_change_the_command() -> None:
    words = shlex.split(delete_group_command(SETTINGS, "a'; reboot & b"))
    assert words[-1].endswith("recordinggroupid=a%27%3B%20reboot%20%26%20b")
    body = shlex.split(remove_rule_command(SETTINGS, "7<x/>'"))[-2]
    assert body.count("<") == body.count(">") == 8
    assert "<RuleID>7</RuleID>" in body


def test_commands_of_the_action_service() -> None:
    for command, operation in (
        (remove_configuration_command, "ActionConfiguration"),
        (remove_rule_command, "ActionRule"),
    ):
        words = shlex.split(command(SETTINGS, "12"))
        assert words[-1] == "https://[2001:db8::1]:443/vapix/services"
        assert words[-4:-2] == ["Content-Type: application/soap+xml; charset=utf-8", "--data"]
        assert f"<Remove{operation} " in words[-2]
        assert ">12<" in words[-2]
        assert "hunter2" not in command(SETTINGS, "12")
