# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that a person copies to remove something by hand."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
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
        "--fail",
        "--anyauth",
        "--user",
        "o'neill; reboot",
        "--noproxy",
        "*",
        f"{URL}?schemaversion=1&recordinggroupid=camfleet-check-0a1b2c3d-base",
    ]


def test_an_id_of_a_device_cannot_change_the_command() -> None:
    words = shlex.split(delete_group_command(SETTINGS, "a'; reboot & b"))
    assert words[-1].endswith("recordinggroupid=a%27%3B%20reboot%20%26%20b")


@pytest.mark.parametrize("number", ["", "-12", "1 2", "5a7", "+7", "7<x/>'", "7\n", "٧", "9" * 19])
def test_no_command_for_an_id_that_is_not_a_number(number: str) -> None:
    assert remove_rule_command(SETTINGS, number) is None
    assert remove_configuration_command(SETTINGS, number) is None


@pytest.mark.parametrize(
    ("tls", "pin", "expected"),
    [
        (TLSSettings(), None, []),
        (TLSSettings(fingerprint="ab" * 32), "sha256//x=", ["--insecure", "--pinnedpubkey", "sha256//x="]),
        # Never a password for an unknown device.
        (TLSSettings(fingerprint="ab" * 32), None, []),
        (TLSSettings(fingerprint="ab" * 32, validate=False), None, []),
        (TLSSettings(validate=False), None, ["--insecure"]),
        (TLSSettings(ca_path="/my ca.pem"), None, ["--cacert", "/my ca.pem"]),
        (TLSSettings(ca_path="/"), None, ["--capath", "/"]),
    ],
)
def test_tls(tls: TLSSettings, pin: str | None, expected: list[str]) -> None:
    words = shlex.split(delete_group_command(replace(SETTINGS, tls=tls), "a", pin))
    assert words[5:-1] == [*expected, "--noproxy", "*"]
    without = replace(SETTINGS, tls=tls, protocol="http")
    assert shlex.split(delete_group_command(without, "a", pin))[5:-1] == ["--noproxy", "*"]


def test_the_name_in_the_certificate() -> None:
    settings = replace(SETTINGS, tls=TLSSettings(server_name="axis-accc8e000001"))
    words = shlex.split(delete_group_command(settings, "a"))
    assert words[-3:-1] == ["--connect-to", "::[2001:db8::1]:443"]
    assert words[-1].startswith("https://axis-accc8e000001:443/axis-cgi/")


def test_a_proxy_without_its_password() -> None:
    command = delete_group_command(replace(SETTINGS, proxy="http://me%40site:secret@proxy:3128"), "a")
    assert shlex.split(command)[5:-1] == ["--proxy", "http://proxy:3128", "--proxy-user", "me@site"]


def test_commands_of_the_action_service() -> None:
    for command, operation in (
        (remove_configuration_command, "ActionConfiguration"),
        (remove_rule_command, "ActionRule"),
    ):
        words = shlex.split(command(SETTINGS, "12") or "")
        assert words[-1] == "https://[2001:db8::1]:443/vapix/services"
        assert words[-4:-2] == ["Content-Type: application/soap+xml; charset=utf-8", "--data"]
        assert f"<Remove{operation} " in words[-2]
        assert ">12<" in words[-2]
        assert "hunter2" not in words
