# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret is found in every form, and nothing else is."""

from __future__ import annotations

import html
import json
import quopri
import re
import shlex
import time
import unicodedata
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html.entities import html5
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.search import Search, build_secret

PASSWORD = "Vb3t Pä55 %41\"'<&>`$x\\é日本𝄞/+Zk7w"

#: The names of characters in HTML.
NAMES = {character: f"&{name}" for name, character in html5.items() if name.endswith(";") and len(character) == 1}


def octal(text: str) -> str:
    """Return a text in octal escapes."""
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def percent_units(match: re.Match[str]) -> str:
    """Return a character as ``escape`` of JavaScript writes it, but always with four digits."""
    return re.sub("....", lambda unit: f"%u{unit[0]}", match[0].encode("utf-16-be").hex())


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
    "octal": octal,
    "octal, as in echo": lambda text: "".join(f"\\0{byte:03o}" for byte in text.encode()),
    "shell, quoted by printf": lambda text: re.sub(r"[^ -~]|['\\]", lambda match: octal(match[0]), text),
    "bytes": lambda text: "".join(f"\\x{byte:02X}" for byte in text.encode()),
    "code points": lambda text: "".join(f"\\U{ord(character):08x}" for character in text),
    "code points in braces": lambda text: "".join(f"\\u{{{ord(character):X}}}" for character in text),
    "code points of Perl": lambda text: "".join(f"\\x{{{ord(character):x}}}" for character in text),
    "code points of JavaScript": lambda text: re.sub(r"[^a-zA-Z0-9]", percent_units, text),
    "HTML without semicolons": lambda text: "".join(f"&#{ord(character)}" for character in text),
    "HTML without semicolons, hexadecimal": lambda text: "".join(f"&#X{ord(character):x}" for character in text),
    "HTML with names": lambda text: "".join(NAMES.get(character, character) for character in text),
    "YAML or SQL": lambda text: text.replace("'", "''"),
    "CSV": lambda text: text.replace('"', '""'),
    "UTF-16, percent": lambda text: "".join(f"%{byte:02x}" for byte in text.encode("utf-16-le").strip(b"\0")),
    "UTF-16, bytes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode("utf-16-be").strip(b"\0")),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
}


PASSWORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=4)


def search(password: str = PASSWORD) -> Search:
    """Return the search for the password of a login."""
    return Search([build_secret(password, (password, f"operator:{password}"))])


@pytest.mark.parametrize("form", sorted(FORMS.keys() - {"percent, as Latin-1"}))
def test_every_form_is_redacted(form: str) -> None:
    written = FORMS[form](PASSWORD)
    assert search().redact(f"no {written}: {written}, no") == "no ********: ********, no"


def test_case_of_letters_is_ignored() -> None:
    for written in ("äöü-é Zk7w", "ÄÖÜ-É ZK7W"):
        assert search("Äöü-É Zk7w").redact(f"no {written}, no") == "no ********, no"


def test_short_secret_is_not_found_across_blanks() -> None:
    assert search("area").redact("camera rear, a.rea, are\na") == "camera rear, a.rea, are\na"


@pytest.mark.fault("password at the cut of a message")
def test_part_of_base64_that_a_device_truncated_is_redacted() -> None:
    written = b64encode(f"operator:{PASSWORD}".encode()).decode()
    for length in range(13, len(written)):
        assert search().redact(f"Basic {written[:length]}", with_parts=True) == "Basic ********"
        assert "********" in search().redact(f"{written[-length:]} is it", with_parts=True)


def test_part_of_a_secret_is_found_in_a_text_that_has_no_whole_one() -> None:
    known = search()
    for _time in range(2):
        assert known.redact("It is Vb3t Pä") == "It is Vb3t Pä"
        assert known.redact("It is Vb3t Pä", with_parts=True) == "It is ********"


def test_latin_1_is_redacted() -> None:
    assert search("Pä55 %41").redact(quote("Pä55 %41", "", "latin-1")) == "********"


@pytest.mark.fault("encoded password")
@given(form=st.sampled_from(sorted(FORMS.keys() - {"lower case", "shell", "percent, as Latin-1"})), password=PASSWORDS)
@example(form="repr", password="Å\\\\..'\"&amp;%25")
@example(form="percent twice", password="000Ã")
@example(form="HTML", password="000&")
def test_every_password_is_redacted_in_every_form(form: str, password: str) -> None:
    assert search(password).redact(f"({FORMS[form](password)})") == "(********)"


@pytest.mark.parametrize("before", ["", "a", "ab", "Operator: "])
@pytest.mark.parametrize("login", ["", "operator:"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_is_redacted_at_every_alignment(before: str, login: str, encode: Callable[[bytes], bytes]) -> None:
    text = encode(f"{before}{login}{PASSWORD} and on".encode()).decode()
    for whole in (text, quote(text, "")):
        left = search().redact(whole)
        assert "********" in left
        assert len(left) < len(whole) - len(PASSWORD)


def test_basic_header_is_redacted() -> None:
    header = "Basic " + b64encode(f"operator:{PASSWORD}".encode()).decode()
    assert search().redact(header) == "Basic ********"


def test_secret_is_redacted_without_its_full_stop() -> None:
    assert search("word.").redact("error 10: word. Run again; words") == "error 10: ******** Run again; ********s"


@pytest.mark.parametrize("sign", ["\\", "&amp;", "%25", "25", "a", "Zk7w"])
def test_redaction_time_is_bounded(sign: str) -> None:
    # With an unbounded repeat, this would not end within the day.
    text = sign * 200_000
    assert search("\\\\&%%a").redact(text) == text


def test_lone_surrogate_is_redacted() -> None:
    assert search("wo\udce4rd").redact("no wo\udce4rd") == "no ********"


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
    found = search(password).redact(f"{before}{written}{after}", with_parts=True).lower()
    parts = {password[start : start + 8].lower() for start in range(len(password) - 7)}
    assert not any(part in found for part in parts if len(set(part)) > 2 and part not in f"{before}{after}")


def seconds(password: str, text: str) -> float:
    """Return the processor time of a search, the least of three."""
    known = search(password)

    def cost() -> float:
        start = time.process_time()
        known.redact(text)
        return time.process_time() - start

    return min(cost() for _attempt in range(3))


SIGNS = [
    "\\",
    "a",
    "%25",
    "&amp;",
    "\\u005c",
    "=41",
    "&#",
    "\u200b",
    " ",
    "'",
    '"',
    "\\1",
    "&amp",
    "%u00",
    "\\u{4",
    "p\0",
]


@pytest.mark.fault("password that takes long to redact")
@pytest.mark.parametrize("password", ["\\" * 40, "a" * 60, "%25" * 20, "&amp;" * 12, "\\a" * 30 + "b", PASSWORD])
def test_redaction_time_is_linear(password: str) -> None:
    for sign in SIGNS:
        short, long = (sign * size for size in (500, 4_000))
        # Linear work takes eight times as long, quadratic work sixty-four times.
        assert seconds(password, long) < 24 * max(seconds(password, short), 0.002), sign


def test_escaped_secret_is_found_in_a_text_that_was_clean_for_another() -> None:
    text = "see %68%65%6c%6c%6f%2d%34%37%31%31"
    assert Search([build_secret("other-4711-secret")]).redact(text) == text
    assert Search([build_secret("hello-4711")]).redact(text) == "see ********"
    assert Search([build_secret("other-4711-secret")]).redact(text) == text
