# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exchanges without anything that identifies a site or a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer import Anonymizer

OWN = "camfleet-check-01234567-text"


def respond(body: bytes, *headers: tuple[str, str], target: str = "/") -> RawExchange:
    return RawExchange("GET", target, (), b"", 1, 200, headers, body)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b"acme", "<text of 4 bytes>"),
        (b"\xff\xfe\x00", "<binary data of 3 bytes>"),
        (b"<!DOCTYPE html><p>acme", "<HTML of 22 bytes>"),
        (b"\n<html><p>acme</p></html>", "<HTML of 25 bytes>"),
        (b'{"acme', "<invalid JSON of 6 bytes>"),
        (b"<acme", "<invalid XML of 5 bytes>"),
        (b"{" * 5000, "<invalid JSON of 5000 bytes>"),
    ],
)
def test_a_body_without_rules_is_a_form_and_a_length(body: bytes, shown: str) -> None:
    assert Anonymizer().response(respond(body)).body == shown


def test_parameters_of_the_storage_are_shown() -> None:
    body = (
        b"root.Storage.S0.CleanupMaxAge=7\nroot.Storage.S0.FriendlyName=acme\nroot.Storage.S0.DiskID=SD_DISK\n"
        b"root.Acme.Name=acme\nroot.Storage.Acme=7\n# Error: Error -1 getting param in group 'acme'\n"
    )
    assert Anonymizer().response(respond(body)).body.splitlines() == [
        "root.Storage.S0.CleanupMaxAge=7",
        "root.Storage.S0.FriendlyName=<text>",
        "root.Storage.S0.DiskID=SD_DISK",
        "# Error",
        "<2 other lines>",
    ]


def test_a_target_shows_what_the_device_check_sent() -> None:
    anonymizer = Anonymizer()
    anonymizer.own(OWN)
    path = "/axis-cgi/record/recording_group/create.cgi"
    query = f"schemaversion=1&recordinggroupid={OWN}&diskid=SD_DISK&retentiontime=-1&nicename=own%20name&x=x"
    sent = respond(b"", target=f"{path}?{query}")
    shown = f"{path}?schemaversion=1&recordinggroupid={OWN}&diskid=SD_DISK&retentiontime=-1&nicename={{}}&<argument>=x"
    assert anonymizer.target(sent) == shown.format("<text>")
    anonymizer.learn(sent)
    assert anonymizer.target(sent) == shown.format("own name")
    listed = respond(b"", target="/axis-cgi/record/recording_group/list.cgi?recordinggroupid=acme&diskid=acme")
    anonymizer.learn(listed)
    assert anonymizer.target(listed).endswith("?recordinggroupid=<group 1>&diskid=<disk 1>")
    assert anonymizer.target(respond(b"", target="/acme/gate?a=1")) == "<path>?<argument>=1"


def test_a_form_is_shown_like_a_query() -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    sent = RawExchange("POST", "/", form, b"schemaversion=1&recordinggroupid=acme", 1, 200)
    shown = Anonymizer().request(sent)
    assert (shown.body, shown.headers) == ("schemaversion=1&recordinggroupid=<group 1>", dict(form))


def test_sentences_show_no_foreign_texts() -> None:
    anonymizer = Anonymizer([("host", "gate.acme.example"), ("user", "jdoe")])
    anonymizer.own(OWN)
    assert anonymizer.text("gate.acme.example rejects jdoe: it's used") == "<host> rejects <user>: it's used"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("acme", "'<text>'"),
        ("Front door camera", "'<text>'"),
        ("tns1:Device/tnsaxis:Status/SystemReady//.", "'tns1:Device/tnsaxis:Status/SystemReady//.'"),
        ("tns1:Acme", "'<topic>'"),
        ("720", "'720'"),
        ("1.0", "'1.0'"),
        ("SD_DISK", "'SD_DISK'"),
        ("", "''"),
        (OWN, f"'{OWN}'"),
        ("gate.acme.example", "'<text>'"),
    ],
)
def test_a_quote_has_nothing_of_a_site(text: str, shown: str) -> None:
    anonymizer = Anonymizer([("host", "gate.acme.example")])
    anonymizer.own(OWN)
    assert anonymizer.quote(text) == shown


@pytest.mark.parametrize(
    "text", ["a'acme\" gate", "acme'", "'acme", '"acme"', "\\'acme", "acme\\", "it's 'acme' or \"acme\""]
)
def test_quotes_in_quotes_hide_nothing(text: str) -> None:
    assert "acme" not in Anonymizer().quote(text)


def test_what_a_device_shows_of_itself_is_replaced_from_then_on() -> None:
    anonymizer = Anonymizer()
    challenge = 'Digest realm="Acme gate", nonce="MTIzNDU2"'
    anonymizer.learn(respond(b'{"SerialNumber": "B8A44F0A1B2C"}', ("WWW-Authenticate", challenge)))
    anonymizer.learn(respond(b"", ("WWW-Authenticate", 'Basic realm="AXIS_B8A44F0A1B2D"')))
    texts = ("Acme gate", "b8:a4:4f:0a:1b:2c", "B8A44F0A1B2D")
    shown = anonymizer.text(" | ".join(texts))
    assert shown == "<realm> | <serial> | <serial>"


@pytest.mark.parametrize(
    ("name", "answer", "shown"),
    [
        ("reuse_ids", True, True),
        ("text_limit", 7, 7),
        ("text_limit", "none", "none"),
        ("existing_id", "error_20", "error_20"),
        ("existing_id", "of acme gate!", "<text>"),
        ("topic_ending", "//.", "//."),
        ("topic_ending", "", ""),
        ("topic_ending", "//acme", "<text>"),
        ("json_charset", "utf8", "utf8"),
        ("json_charset", "acme", "<charset>"),
        ("device_info_version", "none", "none"),
        ("device_info_version", "1.3", "1.3"),
        ("device_info_version", "acme", "<version>"),
        ("tls_versions", ["1.2", "B8:A4:4F:0A:1B:2C"], ["1.2", "<version>"]),
        ("http_challenge", ["Digest SHA-256", "Basic"], ["Digest SHA-256", "Basic"]),
        ("group_attributes", ["DiskId", "Acme gate", "b8a44f0a1b2c"], ["DiskId", "<attribute 1>", "<attribute 2>"]),
        (
            "apis",
            {"recording-group": "1.0, 2.0", "Acme": "acme", "Acme gate": "1.0"},
            {"recording-group": "1.0, 2.0", "<api 1>": "<version>", "<api 2>": "1.0"},
        ),
        (
            "recording_templates",
            {"com.axis.action.fixed.recording.storage": "storage_id, Acme", "com.acme.recording": ""},
            {"com.axis.action.fixed.recording.storage": "storage_id, <parameter 1>", "<template 1>": ""},
        ),
    ],
)
def test_an_answer_has_texts_of_the_firmware_only(name: str, answer: object, shown: object) -> None:
    assert Anonymizer([("serial", "B8A44F0A1B2C")]).answer(name, answer) == shown


def test_a_long_body_is_cut() -> None:
    groups = b'<disk status="OK"/>' * 2000
    shown = Anonymizer().response(respond(b"<root><disks>" + groups + b"</disks></root>")).body
    assert len(shown) < 12_100
    assert shown.endswith("more characters>")


MARKER = "zebrafink"
TEXTS = st.sampled_from(
    [
        *(
            f'<{name} {key}="{MARKER}">'
            for name in ("root", "disk", "RecordingGroup", MARKER)
            for key in ("name", MARKER)
        ),
        *(f"</{name}>" for name in ("root", "disk", "RecordingGroup", MARKER)),
        *("<a:b>", "</a:b>", "<!-- ", " -->", "<?x ?>", "&amp;", "&#0;", "<![CDATA[", "]]>", "<disks>", "</disks>"),
        *(
            '{"name": ',
            '"',
            "}",
            "{",
            "[",
            "]",
            ",",
            ": ",
            "1",
            "1e999",
            "NaN",
            "root.Storage.S0.Name=",
            "\n",
            "\x1b",
            "\ud800",
        ),
        *(MARKER, f"{MARKER}=", f"={MARKER}", f'realm="{MARKER}"', "Digest ", "Basic ", ", ", "; charset="),
    ]
)


@given(st.lists(TEXTS, max_size=25).map("".join), st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_no_response_shows_a_marker_or_raises(text: str, headers: list[tuple[str, str]]) -> None:
    body = text.encode("utf-8", "surrogatepass")
    known = [(name, value) for _name, value in headers for name in ("Content-Type", "WWW-Authenticate", "Server")]
    exchange = respond(body, *headers, *known, target=f"/axis-cgi/{text}")
    anonymizer = Anonymizer()
    anonymizer.learn(exchange)
    shown = (anonymizer.response(exchange), anonymizer.request(exchange), anonymizer.target(exchange))
    assert MARKER not in repr(shown)


def test_depth_is_limited() -> None:
    assert "<more elements>" in Anonymizer().response(respond(b"<root>" * 250 + b"</root>" * 250)).body
