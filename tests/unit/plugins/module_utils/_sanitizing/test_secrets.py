# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are redacted in texts of devices, and what equals one is not."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import (
    MAX_TEXT,
    Secrets,
    clean,
    hide,
    hide_login,
    received,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import as_received, sanitize

PASSWORD = "Vb3t Pä55 %41\"'<&>`$x\\é日本𝄞/+Zk7w"


def secrets(password: Any = PASSWORD, **arguments: Any) -> Secrets:
    """Return the secrets of a task with these arguments."""
    added = Secrets()
    added.add({"username": "operator", "password": password, **arguments}, DEVICE_SPEC)
    return added


def test_proxy_url_and_its_login_are_redacted() -> None:
    proxy = f"http://proxy-user:{quote('pröxy %word', '')}@proxy.example.com:3128"
    clean_text = secrets(proxy=proxy).clean
    login = b64encode("proxy-user:pröxy %word".encode()).decode()
    assert clean_text(f"{proxy} | pröxy %word | {login}") == "******** | ******** | ********"
    assert clean_text("proxy.example.com refuses proxy-user") == "proxy.example.com refuses proxy-user"
    assert secrets(proxy="http://[").clean("http://[ is not a URL") == "******** is not a URL"


def test_result_without_a_secret_is_not_copied() -> None:
    result = {"failed": True, "n": [1, 1.5, None, False, "failed", 123456], "o": {"failed": ["n", "n"]}}
    for known in (Secrets(), secrets("never"), secrets("failed"), secrets("123456"), secrets(123456), secrets()):
        assert known.protect(result) is result
    assert secrets("123456", port=1).mask(result, DEVICE_SPEC) == result


def test_text_is_redacted_before_it_is_truncated() -> None:
    for length in (MAX_TEXT - 20, MAX_TEXT - 5, MAX_TEXT - 1):
        found = secrets().clean("x" * length + PASSWORD)
        assert found.startswith("x" * length + "*")
        assert len(found) <= MAX_TEXT + 1


@pytest.mark.fault("password at the cut of a message")
def test_part_of_a_secret_that_a_device_truncated_is_redacted() -> None:
    for length in range(6, len(PASSWORD)):
        assert secrets().clean(f"It is {PASSWORD[:length]}").rstrip() == "It is ********"
        assert secrets().clean(f"{PASSWORD[-length:]} is it").lstrip() == "******** is it"


@pytest.mark.fault("password at the cut of a message")
@pytest.mark.parametrize("length", [1, 3, 5, 7])
def test_part_of_a_secret_at_the_end_of_what_is_searched_is_not_shown(length: int) -> None:
    for written in (PASSWORD[:length], "".join(f"&#x{ord(character):08x};" for character in PASSWORD[:length])):
        found = secrets().clean("\0" * (65_536 - len(written)) + written + "x")
        assert found in ("…", "********"[:length] + "…"), found


@pytest.mark.fault("encoded password")
@pytest.mark.parametrize("between", ["\u200b", "\x1b", "\u202e", "\ufeff", "\xad"])
def test_secret_between_invisible_characters_is_redacted(between: str) -> None:
    assert secrets("Zk7wQm2xVb").clean(f"no {between.join('Zk7wQm2xVb')}!") == "no ********!"


@pytest.mark.parametrize("width", [4, 20, 76])
def test_secret_in_several_lines_is_redacted(width: int) -> None:
    for written in (PASSWORD, b64encode(PASSWORD.encode()).decode()):
        lines = "\r\n".join(written[start : start + width] for start in range(0, len(written), width))
        assert "********" in secrets().clean(lines)
        assert written[:6] not in secrets().clean(lines)


@pytest.mark.parametrize("password", ["held", "info", "pass1", "word.7"])
def test_short_secret_hides_the_whole_text_of_a_device(password: str) -> None:
    assert secrets(password).clean(f"with{password} by it") == "********"
    assert secrets(password).clean("another text") == "another text"


@pytest.mark.parametrize("password", ["a", "0", "30d", "1.5"])
def test_mark_does_not_show_a_very_short_secret(password: str) -> None:
    assert secrets(password).clean(f"a {password} 0") == f"a {password} 0"


WORDS = [
    "held",
    "info",
    "true",
    "8760",
    "compliant",
    "retention_time",
    "entrance",
    "2026-01-01",
    "rg-1",
    "Entrance hall",
]


@pytest.mark.parametrize("word", WORDS)
def test_words_of_the_collection_are_never_redacted(word: str) -> None:
    result = {"verdict": word, "reason": f"{word} is {word}", "n": 8760, "matches": [word], "recording_group_id": word}
    known = secrets(word, groups=[{"nice_name": "Entrance hall", "recording_group_id": "rg-1"}])
    assert known.protect(result) == result


@pytest.mark.parametrize(
    "password",
    ["\\h\\e\\l\\d", "%68%65%6c%64", "held\\\\\\\\", "&#104;eld", "compliant.", "Compliant", "\\150eld", "h\\u{65}ld"],
)
def test_word_that_remains_of_a_password_is_never_redacted(password: str) -> None:
    result = {"verdict": "held", "reason": "The group is held and compliant", "n": "compliant"}
    assert secrets(password).protect(result) == result
    assert secrets(password).clean(f"No {password}") == "********" or "********" in secrets(password).clean(password)


def test_name_of_the_inventory_is_never_redacted() -> None:
    known, result = secrets("camera-North-1"), {"msg": "camera-North-12 has the same address"}
    assert known.protect(result)["msg"] == "********2 has the same address"
    assert known.protect(result, lambda: ["camera-North-12", "axis"]) == result


def test_strong_secret_is_redacted_anywhere_in_a_result() -> None:
    assert secrets().protect({"msg": f"It is {PASSWORD}", "other": ["held"]}) == {
        "msg": "It is ********",
        "other": ["held"],
    }


@pytest.mark.parametrize("word", ["entrance", "entrance-2024", "8760", "e827ebcc-93dd-11ee"])
def test_identifier_that_equals_a_password_is_shown(word: str) -> None:
    group = RecordingGroup(word, "Name", "", 8760, word, "", 0, 0)
    assert secrets(word).mark(group) is group


def test_identifier_that_can_only_be_a_password_is_not_shown() -> None:
    password = "Vb3tNf9rZk7w"
    group = RecordingGroup(password, "Name", "", 1, "", "", 0, 0)
    assert sanitize(secrets(password).mark(group).recording_group_id) == "********"
    # The task shows it anyway.
    assert secrets(password, groups=[{"recording_group_id": password}]).mark(group) is group


def test_password_in_the_texts_of_a_group_is_not_shown() -> None:
    for password in ("Xw4!kd8&Rb2;", "operator-pass", "pass1"):
        found = secrets(password).mark((RecordingGroup("door", f"x {password}", password, 1, "SD_DISK", "a=b", 0, 0),))
        assert password not in json.dumps(sanitize([vars_of(group) for group in found]))
        assert password not in f"{found[0].nice_name} {found[0].description!r}"
        assert as_received(found[0].nice_name) == f"x {password}"


def vars_of(group: RecordingGroup) -> dict[str, Any]:
    """Return the fields of a group."""
    return {name: getattr(group, name) for name in ("recording_group_id", "nice_name", "description")}


def test_texts_of_the_task_itself_are_shown() -> None:
    group = RecordingGroup("door", "Entrance hall", "", 1, "SD_DISK", "resolution=1920x1080", 0, 0)
    for word in ("Entrance", "entrance hall", "1920x1080", "hall"):
        known = secrets(word, groups=[{"nice_name": "Entrance hall", "stream_options": "resolution=1920x1080"}])
        assert known.mark(group) is group
        # A text that explains an error is another matter.
        assert word not in known.clean(f"wrong password: {word}")


def test_secrets_of_a_task_are_hidden_in_all_texts() -> None:
    known, login = secrets("Zk7wQm2xVb", nice_name="Yd5vHc8p"), Secrets()
    login.add_login("operator", "Xw4!kd8&Rb2;")
    with hide(known):
        hide_login(login)
        assert clean("Zk7wQm2xVb or Xw4!kd8&Rb2;") == "******** or ********"
        assert str(received("xZk7wQm2xVb", "nice_name")) == "x********"
    assert clean("Zk7wQm2xVb") == "Zk7wQm2xVb"


def test_secrets_of_a_session_without_a_task_are_hidden() -> None:
    for password in ("Zk7wQm2xVb", "Xw4!kd8&Rb2;"):
        login = Secrets()
        login.add_login("operator", password)
        hide_login(login)
        assert clean(f"Zk7wQm2xVb or {password}").endswith("or ********")
    assert clean("Zk7wQm2xVb") == "Zk7wQm2xVb"


def test_digests_of_a_realm_are_redacted() -> None:
    known = secrets()
    known.add_realms("operator", PASSWORD, ["AXIS_ACCC8E000001"])
    text = f"operator:AXIS_ACCC8E000001:{PASSWORD}".encode()
    assert known.clean(f"ha1={hashlib.md5(text, usedforsecurity=False).hexdigest().upper()}") == "ha1=********"
    assert known.clean(f"ha1={hashlib.sha256(text).hexdigest()}.") == "ha1=********."


def test_time_of_many_and_of_long_secrets_is_linear() -> None:
    known = Secrets()
    for number in range(100):
        known.add_login("operator", f"password-{number}-Zk7w")
    start = time.process_time()
    assert known.clean("x" * 60_000 + "password-42-Zk7w") == "x" * MAX_TEXT + "…"
    many = time.process_time() - start
    one = Secrets()
    one.add_login("operator", "password-42-Zk7w")
    start = time.process_time()
    one.clean("x" * 60_000)
    assert many < 200 * max(time.process_time() - start, 0.002)
    assert secrets("ab" * 5_000).clean("x" + "ab" * 5_000) == "x********"


def test_text_of_8_mib_is_cut_before_it_is_searched() -> None:
    text = "%41" * (8 * 1024 * 1024 // 3)
    start = time.process_time()
    assert len(secrets().clean(text)) == MAX_TEXT + 1
    whole = time.process_time() - start
    start = time.process_time()
    secrets().clean(text[:65_536])
    assert whole < 20 * max(time.process_time() - start, 0.01)
