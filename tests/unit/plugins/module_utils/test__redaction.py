# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret is redacted in every form, and nothing else is."""

from __future__ import annotations

import copy
import hashlib
import html
import json
import re
import shlex
import time
import unicodedata
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._redaction import (
    MAX_TEXT,
    Secrets,
    UnsafeText,
    as_received,
    clean,
    hide,
    hide_login,
    plain,
    received,
    remove_invisible,
)

PASSWORD = "Vb3t Pä55 %41\"'<&>`$x\\é日本𝄞/+Zk7w"
FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "lower case": str.lower,
    "HTML": html.escape,
    "HTML without quotes": lambda text: html.escape(text, quote=False),
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "HTML in numbers": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, readable": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "repr": lambda text: repr(text)[1:-1],
    "repr of bytes": lambda text: repr(text.encode())[2:-1],
    "shell": lambda text: shlex.quote(f"'{text}")[6:-1],
    "percent": lambda text: quote(text, ""),
    "percent, lower case": lambda text: re.sub("%..", lambda match: match[0].lower(), quote(text, "")),
    "percent, as in the user of a URL": lambda text: quote(text, "!$&'()*+,;=/"),
    "percent, as Latin-1": lambda text: quote(text, "", "latin-1", "ignore"),
    "percent twice": lambda text: quote(quote(text, ""), ""),
    "form": lambda text: quote_plus(text, ""),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
}
PASSWORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=4)


def secrets(password: Any = PASSWORD, **arguments: Any) -> Secrets:
    """Return the secrets of a task with these arguments."""
    added = Secrets()
    added.add({"username": "operator", "password": password, **arguments}, DEVICE_SPEC)
    return added


@pytest.mark.parametrize("form", sorted(FORMS.keys() - {"percent, as Latin-1"}))
def test_every_form_is_redacted(form: str) -> None:
    written = FORMS[form](PASSWORD)
    assert secrets().redact({"msg": f"no {written}: {written}, no"}) == {"msg": "no ********: ********, no"}


def test_latin_1_is_redacted() -> None:
    assert secrets("Pä55 %41").redact(quote("Pä55 %41", "", "latin-1")) == "********"


@pytest.mark.fault("encoded password")
@given(form=st.sampled_from(sorted(FORMS.keys() - {"lower case", "shell", "percent, as Latin-1"})), password=PASSWORDS)
@example(form="repr", password="Å\\\\..'\"&amp;%25")
@example(form="percent twice", password="000Ã")
@example(form="HTML", password="000&")
def test_every_password_is_redacted_in_every_form(form: str, password: str) -> None:
    assert secrets(password).redact(f"({FORMS[form](password)})") == "(********)"


@pytest.mark.parametrize("before", ["", "a", "ab", "Operator: "])
@pytest.mark.parametrize("login", ["", "operator:"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_is_redacted_at_every_alignment(before: str, login: str, encode: Callable[[bytes], bytes]) -> None:
    text = encode(f"{before}{login}{PASSWORD} and on".encode()).decode()
    for whole in (text, quote(text, "")):
        left = secrets().redact(whole)
        assert "********" in left
        assert len(left) < len(whole) - len(PASSWORD)


def test_basic_header_is_redacted() -> None:
    header = "Basic " + b64encode(f"operator:{PASSWORD}".encode()).decode()
    assert secrets().redact(header) == "Basic ********"


def test_secret_is_redacted_without_its_full_stop() -> None:
    assert secrets("word.").redact("error 10: word. Run again; words") == "error 10: ******** Run again; ********s"
    assert secrets(".").redact("a.b") == "a********b"


def test_proxy_url_and_its_login_are_redacted() -> None:
    proxy = f"http://proxy-user:{quote('pröxy %word', '')}@proxy.example.com:3128"
    redact = secrets(proxy=proxy).redact
    login = b64encode("proxy-user:pröxy %word".encode()).decode()
    assert redact(f"{proxy} | pröxy %word | {login}") == "******** | ******** | ********"
    assert redact("proxy.example.com refuses proxy-user") == "proxy.example.com refuses proxy-user"
    assert secrets(proxy="http://[").redact("http://[ or http://") == "******** or http://"


def test_only_texts_and_long_numbers_are_redacted() -> None:
    result = {"failed": True, "n": [1, 1.5, None, False, "failed", 123456], "o": {"failed": ("n", "n")}}
    kept = {**result, "o": {"failed": ["n", "n"]}}
    assert Secrets().redact(result) == result
    assert secrets("never").redact(result) == kept
    assert secrets("failed").redact(result) == {**kept, "n": [1, 1.5, None, False, "********", 123456]}
    assert secrets("1").redact(result) == kept
    assert secrets(123456).redact(result) == {**kept, "n": [1, 1.5, None, False, "failed", "********"]}


@pytest.mark.parametrize("sign", ["\\", "&amp;", "%25", "25", "a", "Zk7w"])
def test_redaction_time_is_bounded(sign: str) -> None:
    # With an unbounded repeat, this would not end within the day.
    text = sign * 200_000
    assert secrets("\\\\&%%a").redact(text) == text


def test_lone_surrogate_is_redacted() -> None:
    assert secrets("wo\udce4rd").redact("no wo\udce4rd") == "no ********"


#: The beginning of an escape, beside which the end of a secret looks like a part of it.
BESIDE = [
    "%",
    "%4",
    "=",
    "=4",
    "\\",
    "\\u00",
    "\\x4",
    "&",
    "&#",
    "&#x4",
    "&amp",
    "+",
    "'\"",
    "4",
    "f",
    "\n",
    "\u200b",
    "\x1b",
]
NESTED = sorted(FORMS.keys() - {"lower case", "shell", "repr of bytes", "percent, as Latin-1"})


@pytest.mark.fault("encoded password")
@given(
    password=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=10, max_size=24)
    | st.text("ab01%&\\=+#x;'\"u4", min_size=10, max_size=20),
    forms=st.lists(st.sampled_from(NESTED), min_size=1, max_size=2),
    before=st.lists(st.sampled_from(BESIDE), max_size=3).map("".join),
    after=st.lists(st.sampled_from(BESIDE), max_size=3).map("".join),
)
@example(password="1000000:23", forms=["form"], before="%4", after="")
@example(password="000000123<", forms=["HTML", "percent"], before="", after="")
def test_secret_is_redacted_beside_any_text(password: str, forms: list[str], before: str, after: str) -> None:
    written = password
    for form in forms:
        written = FORMS[form](written)
    found = secrets(password).clean(f"{before}{written}{after}").lower()
    parts = {password[start : start + 8].lower() for start in range(len(password) - 7)}
    assert not any(part in found for part in parts if len(set(part)) > 2 and part not in f"{before}{after}")


INVISIBLE = [
    character
    for character in map(chr, range(0x110000))
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
]


def test_every_invisible_character_is_removed() -> None:
    text = "".join(f"x{character}" for character in INVISIBLE)
    assert set(remove_invisible(text)) == {"x", " "}
    assert set(remove_invisible(text, keep_lines=True)) == {"x", "\n"}
    assert remove_invisible("Tür 日本 𝄞 é\u0301") == "Tür 日本 𝄞 é\u0301"


def test_line_breaks_become_blanks() -> None:
    assert remove_invisible("a\r\nb\u2028c\x85d\te") == "a b c d e"


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
    "password", ["\\h\\e\\l\\d", "%68%65%6c%64", "held\\\\\\\\", "&#104;eld", "compliant.", "Compliant"]
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
    assert plain(secrets(password).mark(group).recording_group_id) == "********"
    # The task shows it anyway.
    assert secrets(password, groups=[{"recording_group_id": password}]).mark(group) is group


def test_password_in_the_texts_of_a_group_is_not_shown() -> None:
    for password in ("Xw4!kd8&Rb2;", "operator-pass", "pass1"):
        found = secrets(password).mark((RecordingGroup("door", f"x {password}", password, 1, "SD_DISK", "a=b", 0, 0),))
        assert password not in json.dumps(plain([vars_of(group) for group in found]))
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


def test_unsafe_text_is_compared_as_received_and_shown_safely() -> None:
    text = UnsafeText("a\x1bb", "ab")
    assert text == "a\x1bb"
    assert {text: 1}["a\x1bb"] == 1
    assert (str(text), repr(text), f"{text}", f"{text:>3}") == ("ab", "'ab'", "ab", " ab")
    for same in (copy.deepcopy(text), copy.copy(text)):
        assert (same, plain(same)) == ("a\x1bb", "ab")
    assert plain({"x": [text, ("y\u202e", 1)]}) == {"x": ["ab", ["y", 1]]}


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
    known.add_realm("operator", PASSWORD, "AXIS_ACCC8E000001")
    text = f"operator:AXIS_ACCC8E000001:{PASSWORD}".encode()
    assert known.clean(f"ha1={hashlib.md5(text, usedforsecurity=False).hexdigest().upper()}") == "ha1=********"
    assert known.clean(f"ha1={hashlib.sha256(text).hexdigest()}.") == "ha1=********."


def seconds(password: str, text: str) -> float:
    """Return the processor time of a search, the least of three."""
    known = secrets(password)

    def cost() -> float:
        start = time.process_time()
        known.redact(text)
        return time.process_time() - start

    return min(cost() for _attempt in range(3))


SIGNS = ["\\", "a", "%25", "&amp;", "\\u005c", "=41", "&#", "\u200b", " ", "'"]


@pytest.mark.fault("password that takes long to redact")
@pytest.mark.parametrize("password", ["\\" * 40, "a" * 60, "%25" * 20, "&amp;" * 12, "\\a" * 30 + "b", PASSWORD])
def test_redaction_time_is_linear(password: str) -> None:
    for sign in SIGNS:
        short, long = (sign * size for size in (500, 4_000))
        # Linear work takes eight times as long, quadratic work sixty-four times.
        assert seconds(password, long) < 24 * max(seconds(password, short), 0.002), sign


def test_time_of_many_and_of_long_secrets_is_linear() -> None:
    known = Secrets()
    for number in range(100):
        known.add_login("operator", f"password-{number}-Zk7w")
    start = time.process_time()
    assert known.clean("x" * 60_000 + "password-42-Zk7w") == "x" * MAX_TEXT + "…"
    many = time.process_time() - start
    assert many < 200 * max(seconds("password-42-Zk7w", "x" * 60_000), 0.002)
    assert secrets("ab" * 5_000).clean("x" + "ab" * 5_000) == "x********"


def test_text_of_8_mib_is_cut_before_it_is_searched() -> None:
    text = "%41" * (8 * 1024 * 1024 // 3)
    start = time.process_time()
    assert len(secrets().clean(text)) == MAX_TEXT + 1
    whole = time.process_time() - start
    start = time.process_time()
    secrets().clean(text[:65_536])
    assert whole < 20 * max(time.process_time() - start, 0.01)
