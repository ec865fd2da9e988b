# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XML of a device is untrusted input: everything else than a valid response is a malformed response."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced, show_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import (
    check_known,
    child,
    element_maker,
    parse,
    serialize,
    text,
)

GOOD = b'<?xml version="1.0" encoding="utf-8"?>\n<Answer><A b="c">d</A>\n</Answer>'
ENTITY = '<!DOCTYPE Answer [<!ENTITY e SYSTEM "file:///etc/passwd">]><Answer><A>&e;</A></Answer>'
BOMB = '<!DOCTYPE Answer [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Answer><A>&b;</A></Answer>'


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_malformed_responses(body: bytes) -> None:
    with pytest.raises(DeviceError) as caught:
        parse(body, "Answer")
    assert caught.value.kind == "malformed_response"


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3), st.integers(0, 5))
def test_a_damaged_response_raises_no_other_exception(place: int, inserted: bytes, removed: int) -> None:
    with contextlib.suppress(DeviceError):
        parse(GOOD[:place] + inserted + GOOD[place + removed :], "Answer")


@pytest.mark.parametrize("document", [ENTITY, BOMB])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_rejected_in_every_encoding(document: str, encoding: str) -> None:
    with pytest.raises(DeviceError):
        parse(document.encode(encoding), "Answer")


@pytest.mark.parametrize("body", [b"<Other/>", b"<html><body/></html>", GOOD[:-3]])
def test_another_root_or_an_incomplete_response_is_rejected(body: bytes) -> None:
    with pytest.raises(DeviceError):
        parse(body, "Answer")


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        GOOD.replace(b"<Answer>", b'<Answer xmlns="http://www.axis.com/x">'),
        '<?xml version="1.0" encoding="ISO-8859-1"?><Answer><A>d</A></Answer>'.encode("latin-1"),
        b"<!-- c --><Answer><!-- c --><A>\n  d\n</A></Answer>",
    ],
)
def test_namespaces_and_surrounding_blanks_are_ignored(body: bytes) -> None:
    assert text(child(parse(body, "Answer"), "A")) == "d"
    assert text(child(parse(body, "Answer"), "B")) == ""


# All that XML 1.0 can hold, except line ends, which a parser normalizes, and the mark for what it cannot hold.
XML_TEXT = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufdd0\ufffe\uffff")
)


@given(XML_TEXT, XML_TEXT)
def test_serialized_elements_parse_to_the_same_values(inner: str, attribute: str) -> None:
    element = parse(serialize(element_maker("urn:x").Answer(element_maker("urn:x").A(inner, b=attribute))), "Answer")
    found = child(element, "A")
    assert found is not None
    assert (found.text or "", found.get("b")) == (inner, attribute)


@pytest.mark.parametrize(
    "body",
    [
        b"<a " + b" ".join(b"a%d=''" % number for number in range(8000)) + b"/>",
        b"<a>" + b"x" * 40000 + b"</a>",
        # UTF-7 hides the brackets, and with them the elements, from the checks on the bytes.
        b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-",
        "<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"),
        b"<?xml version='1.0'" + b" " * 300 + b"encoding='UTF-7'?><a/>",
        b"\x4c\xa7\xa7\xa7",
    ],
)
@pytest.mark.fault("XML that is expensive to parse")
def test_documents_that_are_expensive_to_parse_are_rejected(body: bytes) -> None:
    with pytest.raises(DeviceError) as caught:
        parse(body, "a")
    assert caught.value.kind == "malformed_response"


@pytest.mark.parametrize("name", ["utf-8", "UTF-8", "iso-8859-1"])
def test_encodings_of_devices_are_read(name: str) -> None:
    mark = b"" if name == "iso-8859-1" else b"\xef\xbb\xbf"
    body = f"<?xml version='1.0' encoding='{name}' ?>\n<a b='é'/>".encode(name)
    assert parse(mark + body, "a").get("b") == "é"
    assert parse(body, "a").get("b") == "é"


@pytest.mark.parametrize(
    "body", [b"<Answer>&geheim;</Answer>", b"<Answer geheim>", b"<Answer geheim:b='c'/>", b"<Answer>\n<a></geheim>"]
)
def test_an_error_does_not_quote_the_response(body: bytes) -> None:
    with pytest.raises(DeviceError, match=r"not well-formed XML \(line [12], column [0-9]+\)") as caught:
        parse(body, "Answer")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("before", [b"", b"\n", b"\r\n \t", b"\xef\xbb\xbf", b"\n\xef\xbb\xbf\n"])
@pytest.mark.parametrize("after", [b"", b"\0", b"\n\0", b"\0\n\0\0 "])
@pytest.mark.parametrize("body", [GOOD, b"<Answer><A>d</A></Answer>"])
def test_blank_lines_before_and_nul_after_are_ignored(before: bytes, after: bytes, body: bytes) -> None:
    assert text(child(parse(before + body + after, "Answer"), "A")) == "d"


@pytest.mark.parametrize("body", [b"\0" + GOOD, GOOD + b"\0x", GOOD + GOOD, b"\0", b"\n", b"", b" \0\n"])
def test_other_bytes_around_the_document_are_rejected(body: bytes) -> None:
    with pytest.raises(DeviceError):
        parse(body, "Answer")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"a\x01b", "a\ufffdb"),
        (b"a\0b", "a\ufffdb"),
        (b"a\x1b[31m", "a\ufffd[31m"),
        (b"&#1;&#x1;&#x1F;&#x001;", "\ufffd" * 4),
        (b"&#0;", "\ufffd"),
        (b"&#xD800;&#xDFFF;&#xfffe;&#xFFFF;", "\ufffd" * 4),
        (b"&#1114112;&#x110000;&#99999999999999999999;", "\ufffd" * 3),
        # Not UTF-8, half of a surrogate pair, and one that is longer than necessary.
        (b"T\xfcr", "T\ufffdr"),
        (b"\xed\xa0\x80", "\ufffd" * 3),
        (b"\xc0\x80", "\ufffd" * 2),
        ("é\ufffe\uffff".encode(), "é\ufffd\ufffd"),
    ],
)
@pytest.mark.fault("characters that XML forbids in one group")
def test_forbidden_characters_are_replaced_and_marked(written: bytes, shown: str) -> None:
    element = parse(b"<Answer b='" + written + b"'><A>" + written + b"</A></Answer>", "Answer")
    for found in (element.get("b") or "", text(child(element, "A"))):
        assert show_replaced(found) == shown
        assert has_replaced(found)
        # A device can also send U+FFFD.
        assert found != shown


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"&#65;&#x9;&#10;&#x10FFFF;", "A\t\n\U0010ffff"),
        (b"&amp;#1;", "&#1;"),
        ("\ufffd\x7f\x85".encode(), "\ufffd\x7f\x85"),
    ],
)
def test_allowed_characters_are_not_marked(written: bytes, read: str) -> None:
    found = parse(b"<Answer b='" + written + b"'/>", "Answer").get("b") or ""
    assert (found, has_replaced(found)) == (read, False)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "us-ascii", "windows-1252"])
def test_forbidden_characters_are_replaced_in_other_encodings(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>\n<Answer b='".encode() + b"\x01\xfc'/>"
    found = parse(body, "Answer").get("b") or ""
    assert show_replaced(found) == ("\ufffd\ufffd" if encoding == "us-ascii" else "\ufffdü")


@pytest.mark.parametrize(
    "body",
    [
        b"<An\x01swer/>",
        b"<Answer><\x01A/></Answer>",
        b"<Answer><A\x01 b='c'/></Answer>",
        b"<Answer><A b\xff='c'/></Answer>",
        b"<Answer \x01b='c'/>",
        b"<Answer b=\x01'c'/>",
        b"<Answer &#1;/>",
        b"<Answer>&#;&#x;</Answer>",
        b"<Answer>&#1</Answer>",
    ],
)
def test_forbidden_characters_hide_no_element(body: bytes) -> None:
    """A name with such a character would be another one, and its element would seem to be missing."""
    with pytest.raises(DeviceError):
        parse(body, "Answer")


def test_marked_texts_are_never_sent() -> None:
    read = parse(b"<Answer b='a\x01'/>", "Answer").get("b") or ""
    for send in (lambda: check_known(read), lambda: serialize(element_maker("urn:x").Answer(read))):
        with pytest.raises(DeviceError) as caught:
            send()
        assert (caught.value.kind, caught.value.maybe_applied) == ("malformed_response", False)
    check_known("\ufffd")


@pytest.mark.parametrize("piece", [b"\x01", b"&#1;", b"\xff", b"&#", b"&#11111111", b"&"])
def test_many_forbidden_characters_take_linear_time(piece: bytes) -> None:
    # 8 MiB, the largest response; quadratic time would not end.
    body = b"<Answer>" + (piece * 30_000)[:30_000].join([b"<A/>"] * 279) + b"</Answer>"
    with contextlib.suppress(DeviceError):
        parse(body, "Answer")
