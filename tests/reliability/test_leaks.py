# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The search for a secret finds it in each form and location. Otherwise an empty result would prove nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from tests.reliability.leaks import Secret, search

# A password without a long fragment, so that the search has to find each form separately.
SECRET = Secret("bob", "s\u00e9cr%7 \"'<\\/", ("AXIS_1",))
FORMS = {
    "raw": "s\u00e9cr%7 \"'<\\/".encode(),
    "decomposed": "se\u0301cr%7 \"'<\\/".encode(),
    "Latin-1": b"s\xe9cr%7 \"'<\\/",
    "UTF-8 read as Latin-1": "s\u00c3\u00a9cr%7 \"'<\\/".encode(),
    "UTF-16": "s\u00e9cr%7 \"'<\\/".encode("utf-16-le"),
    "JSON": rb"""s\u00e9cr%7 \"'<\\/""",
    "readable JSON": "s\u00e9cr%7 \\\"'<\\\\/".encode(),
    "JSON in JSON": rb"""s\\u00e9cr%7 \\\"'<\\\\/""",
    "repr": "s\u00e9cr%7 \"\\'<\\\\/".encode(),
    "HTML": "s\u00e9cr%7 &quot;&#x27;&lt;\\/".encode(),
    "HTML of Jinja": "s\u00e9cr%7 &#34;&#39;&lt;\\/".encode(),
    "HTML in numbers": b"s&#233;cr%7 &quot;&#x27;&lt;\\/",
    "XML": "s\u00e9cr%7 \"'&lt;\\/".encode(),
    "percent": b"s%C3%A9cr%257%20%22%27%3C%5C%2F",
    "percent in lower case": b"s%c3%a9cr%257%20%22%27%3c%5c%2f",
    "percent with slash": b"s%C3%A9cr%257%20%22%27%3C%5C/",
    "form": b"s%C3%A9cr%257+%22%27%3C%5C%2F",
    "percent twice": b"s%25C3%25A9cr%25257%2520%2522%2527%253C%255C%252F",
    "percent of Latin-1": b"s%E9cr%257%20%22%27%3C%5C%2F",
    "hex": b"73c3a963722537202227 3c5c2f".replace(b" ", b""),
    "digest": hashlib.md5("bob:AXIS_1:s\u00e9cr%7 \"'<\\/".encode(), usedforsecurity=False).hexdigest().encode(),
    "digest of SHA-256": hashlib.sha256("bob:AXIS_1:s\u00e9cr%7 \"'<\\/".encode()).hexdigest().encode(),
    **{
        f"{encode.__name__} of {login or 'the password'} after {prefix!r}": encode(
            f"{prefix}{login}s\u00e9cr%7 \"'<\\/ and on".encode()
        )
        for encode in (b64encode, urlsafe_b64encode)
        for login in ("", "bob:")
        for prefix in ("", "a", "ab", "abc")
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_search_finds_each_form(tmp_path: Path, form: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\0before " + FORMS[form] + b" after\n")
    (tmp_path / "other").write_bytes(b"nothing s\xc3\xa9cr, s%C3%A9cr%257, 73c3a9")
    assert {leak.location for leak in search(tmp_path, [SECRET])} == {"deep/file"}
    assert search(tmp_path, [SECRET], [tmp_path / "deep" / "file"]) == []
    assert search(tmp_path, [Secret("bob", "another")]) == []


def test_search_finds_fragments_and_file_names(tmp_path: Path) -> None:
    secret = Secret("bob", "Zk7wQm2x é Vb3tNf9r")
    (tmp_path / "cut").write_text("Unexpected ZK7WQM2X…", encoding="utf-8")
    (tmp_path / "vb3tnf9r").mkdir()
    leaks = search(tmp_path, [secret], [tmp_path / "other"])
    assert [(leak.location, leak.form) for leak in leaks] == [("cut", "fragment"), ("name of vb3tnf9r", "fragment")]
