# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test which reports of a directory are compared, and that only the beginning of each file is read for that."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report import series
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_files, render_json
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.series import (
    Choice,
    Header,
    Other,
    choose_reports,
    find_differences,
    read_header,
    series_of,
)
from tests.unit.plugins.plugin_utils.reports import RUN, host, report, result


def week(number: int, **more: Any) -> Document:
    """Build the report of a week."""
    moment = RUN.moment + timedelta(weeks=number)
    run_id = f"2026-{48 + number}"
    return report(host("c1", result(1)), run=replace(RUN, **{"moment": moment, "run_id": run_id, **more}))


def write(directory: Path, **documents: Document) -> list[Header]:
    """Write reports, and return their beginnings."""
    headers = []
    for name, document in documents.items():
        path = directory / f"{name}.json"
        path.write_text(render_json(document), encoding="utf-8")
        header = read_header(str(path))
        assert isinstance(header, Header)
        headers.append(header)
    return headers


def choose(directory: Path, **documents: Document) -> tuple[str, str, list[str], list[str]] | list[str]:
    """Return the names of the earlier and the later report, of those before them, and of those passed over."""
    choice = choose_reports(write(directory, **documents))
    if not isinstance(choice, Choice):
        return sorted(Path(path).stem for path in choice)
    names = [Path(header.path).stem for header in (choice.earlier, choice.later, *choice.history)]
    return names[0], names[1], names[2:], sorted(Path(path).stem for path in choice.skipped)


LIMITED = {"scope": Scope("axis", "c1")}
ROLL_OUT = {"run_type": "roll_out", "title": "Roll-out"}


@pytest.mark.fault("reports of different scopes in one directory")
def test_the_two_newest_of_one_scope_are_chosen(tmp_path: Path) -> None:
    assert choose(tmp_path, z=week(0), a=week(1), m=week(2)) == ("a", "m", ["z"], [])
    assert choose(tmp_path, one=week(0), two=week(1), part=week(2, **LIMITED)) == ("one", "two", [], ["part"])
    assert choose(tmp_path, one=week(0), part=week(1, **LIMITED), two=week(2)) == ("one", "two", [], ["part"])
    assert choose(tmp_path, one=week(0), done=week(1, **ROLL_OUT), two=week(2)) == ("one", "two", [], ["done"])


@pytest.mark.fault("newest report has a limit")
def test_audits_without_a_limit_are_preferred(tmp_path: Path) -> None:
    limited = {"p1": week(2, **LIMITED), "p2": week(3, **LIMITED)}
    rolled = {"r1": week(4, **ROLL_OUT), "r2": week(5, **ROLL_OUT)}
    assert choose(tmp_path, one=week(0), two=week(1), **limited) == ("one", "two", [], ["p1", "p2"])
    others = ["p1", "p2", "r1", "r2"]
    assert choose(tmp_path, one=week(0), two=week(1), **rolled, **limited) == ("one", "two", [], others)
    mixed = {"r1": week(1, **ROLL_OUT), "two": week(2), "r2": week(3, **ROLL_OUT), "part": week(4, **LIMITED)}
    assert choose(tmp_path, one=week(0), **mixed) == ("one", "two", [], ["part", "r1", "r2"])
    # Without two of them, roll-outs, and then the newest two of one limit.
    assert choose(tmp_path, one=week(0), **rolled, **limited) == ("r1", "r2", [], [])
    assert choose(tmp_path, one=week(0), **limited) == ("p1", "p2", [], [])
    newer = {"q1": week(6, **LIMITED, **ROLL_OUT), "q2": week(7, **LIMITED, **ROLL_OUT)}
    assert choose(tmp_path, **limited, **newer) == ("q1", "q2", [], [])
    assert choose_reports(write(tmp_path, one=week(0), two=week(1), part=week(2, **LIMITED))).is_passed


def test_reports_of_one_second_are_ordered_by_name(tmp_path: Path) -> None:
    assert choose(tmp_path, b=week(0), a=week(0, run_id="other")) == ("a", "b", [], [])


@pytest.mark.parametrize("limits", [("c1", "c2"), (None, None)])
def test_merged_report_is_newer_than_its_slices(tmp_path: Path, limits: tuple[str | None, str | None]) -> None:
    documents = {}
    for number in (0, 1):
        one, two = (week(number, scope=Scope("axis", limit)) for limit in limits)
        two = seal({**two, "hosts": [{**two["hosts"][0], "host": "c2"}]})
        merged = merge_reports({"one": one, "two": two}, [], different_policies=False)
        documents |= {f"m{number}": merged, f"x{number}": one, f"z{number}": two}
    earlier, later, history, skipped = choose(tmp_path, **documents)
    assert (earlier, later, history) == ("m0", "m1", [])
    assert skipped == ["x0", "x1", "z0", "z1"]


def test_copies_and_slices_are_passed_over(tmp_path: Path) -> None:
    assert choose(tmp_path, one=week(0), two=week(1), copy=week(1)) == ("one", "two", [], ["copy"])
    slices = {f"s{number}": week(2, slice_number=number, slice_count=2) for number in (1, 2)}
    assert choose(tmp_path, one=week(0), two=week(1), **slices) == ("one", "two", [], ["s1", "s2"])
    assert choose(tmp_path, one=week(0), **slices) == ["one", "s1", "s2"]
    assert choose(tmp_path) == []


def test_only_the_beginning_of_a_report_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "parse_json", None)
    many = report(*(host(f"c{number}", result(number % 200)) for number in range(400)))
    (header,) = write(tmp_path, many=many)
    assert header.size > 2**17
    assert (header.created, header.run_id, header.digest) == (many["created"], "2026-48", many["content_sha256"])
    assert header.series == series_of(many)


def test_report_with_other_white_space_or_order_is_found(tmp_path: Path) -> None:
    document = week(0)
    for number, text in enumerate(
        (
            json.dumps(document, separators=(",", ":")),
            json.dumps(document, indent=8),
            json.dumps(dict(reversed(document.items()))),
            json.dumps({**{"hosts": document["hosts"]}, **document}),
        )
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(text, encoding="utf-8")
        assert read_header(str(path)) == Header(
            str(path), document["created"], "2026-48", document["content_sha256"], series_of(document), len(text)
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"schema_version": 1, "document": "comparison", "x": 1}', Other.COMPARISON),
        ('{"name": "package", "scope": "public"}', Other.FOREIGN),
        ("[1, 2]", Other.FOREIGN),
        ("null", Other.FOREIGN),
        ("", "is not valid JSON"),
        ("{", "is not valid JSON"),
        ('{"name": ', "is not valid JSON"),
        ('{"schema_version": 1, "content_sha256": "', "is not valid JSON"),
        ('{"schema_version": 2}', "has schema version 2"),
        ('{"content_sha256": 5}', "is not a report of this collection"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_a_report(tmp_path: Path, text: str, expected: Other | str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    if isinstance(expected, Other):
        assert read_header(str(path)) is expected
    else:
        with pytest.raises(InvalidOptionError) as caught:
            read_header(str(path))
        assert expected in caught.value.message
        assert str(path) in caught.value.message


def test_changed_beginning_is_an_error(tmp_path: Path) -> None:
    path, text = tmp_path / "file.json", render_json(week(0))
    for old, new in (('"schema_version"', '"schema_versiom"'), ("2026-11-27T08:15:02Z", "2026-11-27T08:15:02X")):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InvalidOptionError):
            read_header(str(path))


@pytest.mark.fault("changed report")
@pytest.mark.parametrize(("field", "number"), [("created", 3), ("content_sha256", 5)])
def test_changed_time_does_not_hide_a_report(tmp_path: Path, field: str, number: int) -> None:
    """With another time, the newest report would be the oldest one, which is not read."""
    document = week(0)
    changed = {**document, field: document[field][:number] + "0" + document[field][number + 1 :]}
    (name,) = render_files(document, ["json"])
    path = tmp_path / name
    path.write_text(render_json(changed), encoding="utf-8")
    with pytest.raises(InvalidOptionError, match=name):
        read_header(str(path))
    # A file may be renamed.
    renamed = tmp_path / name.replace("2026", "2016")
    renamed.write_text(render_json(document), encoding="utf-8")
    header = read_header(str(renamed))
    assert isinstance(header, Header)
    assert header.created == document["created"]


def test_differences_of_two_scopes() -> None:
    one = series_of(week(0))
    assert find_differences(one, series_of(week(1))) == []
    check = series_of(week(1, **ROLL_OUT, scope=Scope("doors", "c1")))
    assert find_differences(one, check) == [
        "The earlier report is of a run of the type audit, the later one of the type roll-out in check mode.",
        "The title of the earlier report is 'Audit of the harbor', that of the later one is 'Roll-out'.",
        "The pattern of hosts of the earlier report is 'axis', that of the later one is 'doors'.",
        "The limit of the earlier report is not set, that of the later one is 'c1'.",
    ]


def test_check_mode_does_not_change_the_scope_of_an_audit() -> None:
    documents = [report(host("c1", result(1)), check_mode=mode) for mode in (True, False)]
    assert series_of(documents[0]) == series_of(documents[1])
    rolled = [report(host("c1", result(1)), check_mode=mode, run=replace(RUN, **ROLL_OUT)) for mode in (True, False)]
    assert series_of(rolled[0]) != series_of(rolled[1])
