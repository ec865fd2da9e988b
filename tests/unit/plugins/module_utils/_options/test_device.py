# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device options: valid and invalid values, and their messages."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    PLAY_LOGIN,
    build_connection_settings,
    parse_fingerprint,
    parse_serial,
)
from tests.parameters import DEFAULTS


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("camera", "http://camera:80"),
        ("site_a-cam.example.com", "http://site_a-cam.example.com:80"),
        ("192.0.2.1", "http://192.0.2.1:80"),
        ("2001:db8::1", "http://[2001:db8::1]:80"),
        ("[2001:db8::1]", "http://[2001:db8::1]:80"),
    ],
)
def test_valid_hosts(host: str, base: str) -> None:
    assert build_connection_settings({**DEFAULTS, "host": host}).base_url == base


@pytest.mark.parametrize(
    "options",
    [
        *(
            {"host": host}
            for host in (
                "",
                None,
                "a b",
                "camera:80",
                "http://camera",
                "camera/x",
                "u@camera",
                "-a",
                "x" * 300,
                "::1%a b",
                "fe80::1%x:80",
                "[::1",
                "[2001:db8::1]:80",
            )
        ),
        *({"port": port} for port in (0, -1, 65536)),
        *({"timeout": timeout} for timeout in (0.0, -1.0, 3601.0)),
        *({"retries": retries} for retries in (-1, 11)),
        *({"tls_fingerprint": text} for text in ("", "ab", "g" * 64, "a" * 63, "a" * 40)),
        *(
            {"proxy": text}
            for text in (
                "",
                "proxy:3128",
                "ftp://proxy",
                "http://",
                "https://proxy",
                "http://:1",
                "http://p:99999",
                "http://[::1",
                "http://u@@p",
                "http://p/x",
            )
        ),
        *({"tls_server_name": name} for name in ("", ".x", "axis..x", "\ud800", "x" * 64, "a b")),
        {"auth": "basic"},
        {"username": None},
        {"password": None},
        {"password": ""},
        {"username": "a:b"},
        {"password": "line\nbreak"},
    ],
)
def test_invalid_device_options(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_connection_settings({**DEFAULTS, **options})
    assert caught.value.kind == "invalid_option"


@pytest.mark.parametrize("written", ["AB:" * 31 + "AB", "ab" * 32, "sha256:" + "Ab" * 32, "AB " * 31 + "AB"])
def test_fingerprints_in_any_form(written: str) -> None:
    assert build_connection_settings({**DEFAULTS, "tls_fingerprint": written}).tls.fingerprint == "ab" * 32


@pytest.mark.parametrize(("protocol", "port"), [("http", 80), ("https", 443)])
def test_the_port_follows_the_protocol(protocol: str, port: int) -> None:
    assert build_connection_settings({**DEFAULTS, "protocol": protocol}).port == port
    assert build_connection_settings({**DEFAULTS, "protocol": protocol, "port": 8080}).port == 8080


def test_a_valid_proxy_is_accepted() -> None:
    assert (
        build_connection_settings({**DEFAULTS, "proxy": "http://user:word@proxy:3128"}).proxy
        == "http://user:word@proxy:3128"
    )


NAMES = {
    name: f"axis_{name}" for name in ("auth", "host", "password", "port", "protocol", "proxy", "timeout", "username")
}


@pytest.mark.parametrize(
    ("options", "message", "next_step"),
    [
        (
            {"auth": "basic"},
            "axis_auth is basic and axis_protocol is http, which would send the password in clear text",
            "Set axis_protocol: https.",
        ),
        (
            {"timeout": 3601.0},
            "axis_timeout is 3601 seconds, which is out of range",
            "Set axis_timeout to more than 0 and at most 3600 seconds.",
        ),
        (
            {"port": 65536},
            "axis_port is 65536, which is out of range",
            "Set axis_port to a whole number from 1 to 65535.",
        ),
        ({"host": ""}, "axis_host is empty", "Set axis_host to the name or the address of the device."),
        (
            {"host": "camera:80"},
            "axis_host is 'camera:80', which is not a valid host name or address",
            "Set axis_host to the name or the address only. For port and protocol, set axis_port and axis_protocol.",
        ),
        (
            {"username": None, "password": None},
            "axis_username and axis_password are not set",
            "Set axis_username and axis_password (the password in a vault).",
        ),
        (
            {"username": None},
            "axis_username is not set",
            "Set axis_username and axis_password (the password in a vault).",
        ),
        (
            {"username": "{root}", "password": None},
            "There is no password for user '{root}'",
            "Run with --ask-pass, or set axis_username and axis_password (the password in a vault).",
        ),
        ({"username": ""}, "axis_username is empty", "Set axis_username to the username of an account."),
        ({"password": ""}, "axis_password is empty", "Set axis_password to the password of an account."),
        (
            {"username": "a:b"},
            "axis_username is 'a:b', which has a colon",
            "Set axis_username to a user without a colon, which HTTP authentication does not support.",
        ),
        (
            {"password": "line\r\n"},
            "axis_password ends with a line break",
            (
                "Remove the line break. If the value is in a vault that was made with echo, encrypt it again with "
                "printf or echo -n, or add the filter trim to the template."
            ),
        ),
        (
            {"username": "operator "},
            "axis_username is 'operator ', which begins or ends with a space",
            "Remove the space: no account of a device has such a name.",
        ),
        (
            {"username": "a\x07b"},
            "axis_username has a character that is not printable at position 2",
            "Remove the character, which HTTP authentication may not support.",
        ),
    ],
)
def test_messages_name_the_variable(options: dict[str, Any], message: str, next_step: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_connection_settings({**DEFAULTS, **options})
    assert caught.value.render(NAMES) == (message, next_step)


def test_the_login_of_the_play_is_mentioned_where_it_counts() -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_connection_settings({**DEFAULTS, "username": None, "password": None})
    next_step = caught.value.render({PLAY_LOGIN: "--user"})[1]
    assert next_step == "Set username and password (the password in a vault), or run with --user and --ask-pass."


def test_a_message_never_shows_the_password_or_the_proxy() -> None:
    for options in ({"password": "geheim\n"}, {"password": "ge\x07heim"}, {"proxy": "http://a:geheim@proxy/path"}):
        with pytest.raises(InvalidOptionError) as caught:
            build_connection_settings({**DEFAULTS, **options})
        assert "geheim" not in str(caught.value)


def test_a_fingerprint_of_another_length_is_shown() -> None:
    with pytest.raises(
        InvalidOptionError, match="tls_fingerprint is 'AB:CD', which is not a valid SHA-256 fingerprint"
    ):
        parse_fingerprint("AB:CD")


def test_serial_has_one_form() -> None:
    settings = build_connection_settings({**DEFAULTS, "serial": "b8:a4:4f:00:a0:01"})
    assert settings.serial == "B8A44F00A001"
    assert build_connection_settings(DEFAULTS).serial is None


@pytest.mark.parametrize("text", ["", "158120237", "B8A44F00A00", "axis-b8a44f00a001"])
def test_invalid_serial_names_the_variable_and_the_value(text: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        parse_serial(text)
    message, next_step = caught.value.render({"serial": "axis_serial"})
    assert message == f"axis_serial is {text!r}, which is not a valid serial number"
    assert "in quotes" in next_step
