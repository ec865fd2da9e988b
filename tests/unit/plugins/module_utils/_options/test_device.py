# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write: good and bad values of every option."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    device_from,
    group_from,
    hold_from,
)
from tests.parameters import DEFAULTS

HOLD = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2027-01-31"}


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
def test_hosts(host: str, base: str) -> None:
    assert device_from({**DEFAULTS, "host": host}).base_url == base


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
def test_devices_that_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        device_from({**DEFAULTS, **options})
    assert caught.value.kind == "invalid_option"


@pytest.mark.parametrize("written", ["AB:" * 31 + "AB", "ab" * 32, "sha256:" + "Ab" * 32, "AB " * 31 + "AB"])
def test_fingerprints(written: str) -> None:
    assert device_from({**DEFAULTS, "tls_fingerprint": written}).tls.fingerprint == "ab" * 32


@pytest.mark.parametrize(("protocol", "port"), [("http", 80), ("https", 443)])
def test_the_port_follows_the_protocol(protocol: str, port: int) -> None:
    assert device_from({**DEFAULTS, "protocol": protocol}).port == port
    assert device_from({**DEFAULTS, "protocol": protocol, "port": 8080}).port == 8080


def test_a_proxy_is_taken() -> None:
    assert device_from({**DEFAULTS, "proxy": "http://user:word@proxy:3128"}).proxy == "http://user:word@proxy:3128"


@pytest.mark.parametrize("name", ["a", "A-z_0", "x" * 50])
def test_ids(name: str) -> None:
    assert group_from({**DEFAULTS, "recording_group_id": name}).recording_group_id == name


@pytest.mark.parametrize(
    "options",
    [
        *({"recording_group_id": name} for name in ("", "x" * 51, "a/b", "ü", "a b", "a\n")),
        {},
        {"nice_name": ""},
        {"nice_name": "a\x00"},
        {"nice_name": "\ud800"},
        {"nice_name": "a", "description": "\ufffe"},
        {"nice_name": "a", "disk_id": []},
        {"nice_name": "a", "disk_id": [""]},
        {"nice_name": "a", "pre_duration": -1},
        {"nice_name": "a", "post_duration": 2**31},
        {"nice_name": "a", "stream_options": {"": "x"}},
        {"nice_name": "a", "stream_options": "fps=5\n"},
        {"nice_name": "a", "stream_options": {"a": "\ud800"}},
        {"nice_name": "a", "stream_options": {"a": "\x00"}},
        {"nice_name": "a", "stream_options": {"\ud800": "a"}},
    ],
)
def test_groups_that_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        group_from({**DEFAULTS, **options})
    assert caught.value.kind == "invalid_option"


def test_a_dictionary_and_a_text_are_the_same_stream_options() -> None:
    given = {"resolution": "1920x1080", "camera": 1}
    wanted = group_from({**DEFAULTS, "nice_name": "a", "stream_options": given})
    assert wanted.stream_options == "resolution=1920x1080&camera=1"


@pytest.mark.parametrize(
    ("until", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, 23, 59, 59, 999999, timezone.utc)),
        ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59, 999999, timezone.utc)),
        ("2027-01-31T12:00:00Z", datetime(2027, 1, 31, 12, tzinfo=timezone.utc)),
        ("2027-01-31T12:00:00+02:00", datetime(2027, 1, 31, 10, tzinfo=timezone.utc)),
        ("2027-01-31 12:00:00", datetime(2027, 1, 31, 12, tzinfo=timezone.utc)),
    ],
)
def test_ends_of_holds(until: str, moment: datetime) -> None:
    end = hold_from({**HOLD, "until": until}, "holds[0]").until
    assert end == moment
    assert end.utcoffset() == timedelta(0)


@pytest.mark.parametrize("pattern", ["*", "?", "door[1-3]", "[!a]*", "-_[A-Z][0-9]", "[a!]"])
def test_patterns_of_holds(pattern: str) -> None:
    assert hold_from({**HOLD, "recording_group_id": pattern}, "holds[0]").recording_group_id == pattern


@pytest.mark.parametrize(
    "change",
    [
        {"until": "soon"},
        {"until": "2027-13-01"},
        {"until": ""},
        {"until": "2027-01-31Z"},
        {"until": "2027-01-31+02:00"},
        {"until": "2027-01-31-05:00"},
        {"until": "2027W04T12"},
        {"until": "20270131"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"reason": " "},
        {"recording_group_id": "door "},
        {"recording_group_id": "a/b"},
        *(
            {"recording_group_id": pattern}
            for pattern in ("door[1", "door]", "door[]", "[a]b]", "[[a]", "door!", "[!]")
        ),
        {"owner": ""},
    ],
)
def test_holds_that_are_refused_with_their_place(change: dict[str, str]) -> None:
    with pytest.raises(InvalidOptionError, match=r"holds\[3\]"):
        hold_from({**HOLD, **change}, "holds[3]")
