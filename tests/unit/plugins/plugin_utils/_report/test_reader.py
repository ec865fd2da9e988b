# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a JSON file contains, it is a valid report, or an error names file and field."""

from __future__ import annotations

import copy
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report import reader
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import FORMATS, render_files, render_json
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import (
    list_files,
    parse_report,
    read_file,
)
from tests.unit.plugins.plugin_utils.reports import ACTUAL, FLEET, HOLD, OUTSIDE, host, report, result

ROOT = Path(__file__).parents[5]
SCHEMA = json.loads((ROOT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
HOLDS = [HOLD, {**HOLD, "ended": True}, {**HOLD, "recording_group_id": "none", "matches": []}]
COMPLETE = report(*FLEET, host("c8", result(8, holds=HOLDS, actual=ACTUAL)), outside=OUTSIDE)


def error_of(text: str) -> str:
    """Return the message about a file."""
    with pytest.raises(InvalidOptionError) as caught:
        parse_report("/r/x.json", text)
    assert caught.value.kind == "invalid_option"
    assert caught.value.message.startswith("/r/x.json ")
    assert caught.value.message.isprintable()
    return caught.value.message


def test_shipped_schema_is_the_documented_one() -> None:
    assert (
        Path(reader.__file__).with_name("schema.json").read_bytes()
        == (ROOT / "docs" / "retention-report.schema.json").read_bytes()
    )


def test_every_keyword_of_the_schema_is_checked() -> None:
    known = {"type", "const", "enum", "pattern", "format", "minimum", "minItems", "maxItems"}
    known |= {"properties", "required", "additionalProperties", "items", "oneOf", "$ref", "description"}

    def keywords(schema: dict[str, Any]) -> Iterator[str]:
        yield from schema
        items = [schema["items"]] if "items" in schema else []
        for part in (*schema.get("properties", {}).values(), *schema.get("oneOf", ()), *items):
            yield from keywords(part)

    found = {word for part in ({**SCHEMA, "$defs": {}}, *SCHEMA["$defs"].values()) for word in keywords(part)}
    assert found - known == {"$schema", "$id", "$defs", "title"}


def test_complete_report_is_read() -> None:
    assert parse_report("/r/x.json", render_json(COMPLETE)) == COMPLETE


def change(path: str, written: str) -> str:
    """Return the text of the report with another value, in JSON, at a path such as ``hosts.0.device``."""
    document = copy.deepcopy(COMPLETE)
    *parents, last = path.split(".")
    place: Any = document
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = "here"
    return json.dumps(document).replace('"here"', written)


@pytest.mark.fault("malformed or hostile report")
@pytest.mark.parametrize(
    ("path", "written", "expected"),
    [
        ("hosts", "{}", "hosts must be array, got an object"),
        ("hosts.0", '"c1"', "hosts[0] must be object, got 'c1'"),
        ("hosts.0.host", "null", "hosts[0].host must be string, got null"),
        ("hosts.0.verdict", '"fine"', "hosts[0].verdict must be one of compliant, changed, "),
        ("hosts.0.verdict", '["compliant"]', "hosts[0].verdict must be one of compliant, changed, "),
        ("hosts.0.device.serial", "7", "hosts[0].device.serial must be string or null, got 7"),
        ("hosts.0.recorded_sources", "true", "hosts[0].recorded_sources must be integer or null, got true"),
        ("hosts.0.recorded_sources", "1.5", "hosts[0].recorded_sources must be integer or null, got 1.5"),
        ("hosts.0.recorded_sources", "-1", "hosts[0].recorded_sources must be at least 0, got -1"),
        ("hosts.0.recorded_sources", f"1{'0' * 30}", "hosts[0].recorded_sources is a number of 31 digits"),
        ("hosts.0.recorded_sources", f"1{'0' * 6000}", "hosts[0].recorded_sources is a number of 6001 digits"),
        ("hosts.0.policy.digest", '"ab"', "hosts[0].policy.digest must match ^[0-9a-f]{64}$, got 'ab'"),
        ("hosts.0.reason", r'"\u001b[2J"', r"hosts[0].reason has the invalid character '\x1b'"),
        ("hosts.0.reason", r'"\ud800"', r"hosts[0].reason has the invalid character '\ud800'"),
        ("hosts.0.host", r'"c\u202e1"', r"hosts[0].host has the invalid character '\u202e'"),
        ("hosts.0.sites.0", r'"a\nb"', r"hosts[0].sites[0] has the invalid character '\n'"),
        ("run_id", r'"a\u200b"', r"run_id has the invalid character '\u200b'"),
        ("ended_holds.0.examples.0", r'"a\u2028"', r"ended_holds[0].examples[0] has the invalid character '\u2028'"),
        ("created_by.user", r'"a\r\nb"', r"created_by.user has the invalid character '\r'"),
        (
            "hosts.0.findings.0.recording_group_id",
            r'"d\u2066"',
            r"hosts[0].findings[0].recording_group_id has the invalid character '\u2066'",
        ),
        ("hosts.0.error", "[]", "hosts[0].error must be object, got a list"),
        ("hosts.0.error", '{"kind": "x", "kind": "y"}', "hosts[0].error has the key 'kind' more than once"),
        ("hosts.0.more", "1", "hosts[0].more is not a field of a report"),
        ("hosts.0.\x1b]0;", "1", r"hosts[0].'\x1b]0;' is not a field of a report"),
        ("hosts.7.actual.tolerance", "Infinity", "hosts[7].actual.tolerance is Infinity, which is not a number"),
        ("hosts.7.actual.tolerance", "1e999", "hosts[7].actual.tolerance is a number that is too large"),
        ("created", '"yesterday"', "created must be a time such as 2026-11-27T08:15:02Z, got 'yesterday'"),
        ("created", '"2026-13-27T08:15:02Z"', "created must be a time such as"),
        ("created", "NaN", "created is NaN, which is not a number"),
        ("slice", '{"number": 0, "count": 2}', "slice.number must be at least 1, got 0"),
        ("slice", '{"number": 1}', "slice.count is missing"),
        ("run_type", r'"audit\n"', r"run_type must be one of audit, roll_out, got 'audit\n'"),
        ("ended_holds.0.examples", "[]", "ended_holds[0].examples has 0 entries"),
        ("schema_version", "true", "schema_version must be 1, got true"),
        ("schema_version", "1.0", "schema_version must be 1, got 1.0"),
        ("schema_version", '"1"', "schema_version must be 1, got '1'"),
        ("schema_version", "2", "has schema version 2, and this version of the collection reads only 1"),
    ],
)
def test_error_names_file_and_field(path: str, written: str, expected: str) -> None:
    assert expected in error_of(change(path, written))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is not valid JSON, or is truncated: line 1, column 1"),
        ("{", "is not valid JSON, or is truncated"),
        ("[]", "is not a report of this collection"),
        ("7", "is not a complete report: the document must be object, got 7"),
        ("NaN", "is not a complete report: the document is NaN, which is not a number"),
        ('"text"', "the document must be object"),
        ("[" * 200_000, "is nested too deeply"),
        ('{"a":' * 200_000, "is nested too deeply"),
        ("\ufeff{}", "begins with a byte order mark"),
        ('{"schema_version": 1, "schema_version": 1}', "has the key 'schema_version' more than once"),
        ('{"schema_version": 1e999}', "is not a complete report: content_sha256 is missing"),
        ('{"schema_version": 1}', "content_sha256 is missing"),
    ],
)
def test_other_files_are_rejected(text: str, expected: str) -> None:
    assert expected in error_of(text)


PLACES: dict[str, Callable[[Path], object]] = {
    "a symbolic link": lambda path: path.symlink_to(path.parent / "target"),
    "a directory": lambda path: path.mkdir(),
    "a named pipe": os.mkfifo,
    "a device": lambda path: None,
}


@pytest.mark.parametrize("kind", PLACES)
def test_only_regular_files_are_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "target").write_text("{}", encoding="utf-8")
    path = tmp_path / "x.json"
    PLACES[kind](path)
    path = Path("/dev/zero") if kind == "a device" else path
    with pytest.raises(InvalidOptionError, match=f"{path} is {kind} instead of a regular file"):
        read_file(str(path))


def test_socket_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("x.json")
        with pytest.raises(InvalidOptionError, match=r"x\.json is a socket instead of a regular file"):
            read_file(str(tmp_path / "x.json"))


def test_large_file_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)  # without a byte on the disk
    with pytest.raises(InvalidOptionError, match=r"x\.json is larger than 64 MiB"):
        read_file(str(path))


def test_bytes_that_are_not_text_are_rejected_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{\n"a": "\xff"}')
    with pytest.raises(InvalidOptionError, match=r"x\.json is not UTF-8 text: line 2, column 7"):
        read_file(str(path))


def test_missing_file_and_odd_name_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"x\\x1b\[2J\.json' cannot be read: No such file"):
        read_file(str(tmp_path / "x\x1b[2J.json"))


def test_directory_lists_every_json_file(tmp_path: Path) -> None:
    for name in ("b.json", ".a.json", "c.JSON", "d.txt", "e*.json"):
        (tmp_path / name).touch()
    (tmp_path / "a.json").mkdir()
    assert list_files(str(tmp_path)) == [str(tmp_path / name) for name in ("a.json", "b.json", "e*.json")]
    assert list_files(str(tmp_path / "none")) == []
    with pytest.raises(InvalidOptionError, match=r"b\.json cannot be read: Not a directory"):
        list_files(str(tmp_path / "b.json"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["compliant", "0"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every value."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield f"{path}{key}"
        if isinstance(item, (dict, list)):
            yield from places(item, f"{path}{key}.")


@given(st.data())
def test_any_changed_report_is_an_error(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(set(places(COMPLETE)) - {"content_sha256"})))
    text = change(path, json.dumps(data.draw(JSON)))
    if json.loads(text) == COMPLETE:
        assert parse_report("/r/x.json", text) == COMPLETE
    else:
        error_of(text)


@pytest.mark.fault("changed report")
@given(st.data())
def test_any_changed_character_is_detected(data: st.DataObject) -> None:
    text = render_json(COMPLETE)
    position = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != text[position]))
    changed = text[:position] + other + text[position + 1 :]
    try:
        document = parse_report("/r/x.json", changed)
    except InvalidOptionError:
        error_of(changed)
    else:
        # Between the values, another blank changes nothing.
        assert document == COMPLETE


@pytest.mark.fault("changed report")
@pytest.mark.parametrize(
    ("path", "written"),
    [("title", '"Audit of the depot"'), ("hosts.0.verdict", '"drifted"'), ("created", '"2026-11-26T08:15:02Z"')],
)
def test_changed_report_is_named_with_both_digests(path: str, written: str) -> None:
    text = change(path, written)
    with pytest.raises(InvalidOptionError) as caught:
        parse_report("/r/x.json", text)
    expected = sha256(
        json.dumps(
            {name: value for name, value in json.loads(text).items() if name != "content_sha256"},
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        ).encode()
    ).hexdigest()
    assert caught.value.message == (
        "/r/x.json was changed after it was written: its content_sha256 is "
        f"{COMPLETE['content_sha256']}, and the digest of its content is {expected}"
    )
    assert "Replace it with the file that was written" in str(caught.value.next_step)


@given(st.data())
def test_any_changed_report_with_its_digest_is_valid_or_an_error(data: st.DataObject) -> None:
    """An attacker may compute the digest again."""
    path = data.draw(st.sampled_from(sorted(places(COMPLETE))))
    text = change(path, json.dumps(data.draw(JSON)))
    try:
        with suppress(ValueError):
            text = json.dumps(seal(json.loads(text)))
        document = parse_report("/r/x.json", text)
    except InvalidOptionError as error:
        message = error.message
        assert "/r/x.json" in message
        return
    VALIDATOR.validate(json.loads(text))
    try:
        merged = merge_reports({"/r/x.json": document}, (), different_policies=False)
    except InvalidOptionError:
        return
    VALIDATOR.validate(merged)
    assert len(render_files(merged, FORMATS)) == len(FORMATS)
    parse_report("/r/y.json", render_json(merged))


@given(st.text(max_size=30) | JSON.map(json.dumps))
def test_any_text_is_an_error(text: str) -> None:
    with pytest.raises(InvalidOptionError, match=r"/r/x\.json"):
        parse_report("/r/x.json", text)
