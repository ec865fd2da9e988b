# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret is redacted in every form, and nothing else is."""

from __future__ import annotations

import html
import json
import re
import shlex
import unicodedata
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._redaction import Secrets

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
