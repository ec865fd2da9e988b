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
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import (
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


# All that XML 1.0 can hold, except line ends, which a parser normalizes.
XML_TEXT = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))


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
