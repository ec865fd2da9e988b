# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the trend: it has each earlier report of the same scope once, and no file prevents a report."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report import trend
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_json
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import parse_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.trend import (
    MAX_POINTS,
    TrendPoint,
    add_trend,
    find_trend,
    trend_points,
)
from tests.unit.plugins.plugin_utils.reports import RUN, drifted, failed, host, report, result


def week(number: int, drift: int = 0, unverified: int = 0, **more: Any) -> Document:
    """Build the report of a week, with four hosts."""
    results = [drifted(1)] * drift + [failed(1)] * unverified
    hosts = [host(f"c{place}", item) for place, item in enumerate([*results, *([result(1)] * 4)][:4])]
    moment = RUN.moment + timedelta(weeks=number)
    return report(*hosts, run=replace(RUN, **{"moment": moment, "run_id": f"week {number}", **more}))


def write(directory: Path, name: str, document: Document) -> Path:
    """Write a report, with its own trend."""
    path = directory / f"{name}.json"
    path.write_text(render_json(with_trend(directory, document)), encoding="utf-8")
    return path


def with_trend(directory: Path, document: Document) -> Document:
    """Return a report with its trend."""
    return add_trend(str(directory), document)[0]


def runs(directory: Path, document: Document) -> list[str | None]:
    """Return the runs of a trend without warnings."""
    found = find_trend(str(directory), document)
    assert found.warnings == []
    return [point.run_id for point in found.points]


def test_numbers_of_earlier_reports_the_oldest_first(tmp_path: Path) -> None:
    for number in (2, 0, 1):
        write(tmp_path, f"w{number}", week(number, drift=number, unverified=1))
    assert find_trend(str(tmp_path), week(3)).points == (
        TrendPoint("2026-11-27T08:15:02Z", "week 0", 3, 0, 1),
        TrendPoint("2026-12-04T08:15:02Z", "week 1", 2, 1, 1),
        TrendPoint("2026-12-11T08:15:02Z", "week 2", 1, 2, 1),
    )
    document = with_trend(tmp_path, week(3))
    assert trend_points(document)[-1] == TrendPoint("2026-12-18T08:15:02Z", "week 3", 4, 0, 0)
    assert [point.hosts for point in trend_points(document)] == [4, 4, 4, 4]


def test_other_scopes_are_not_in_the_trend(tmp_path: Path) -> None:
    write(tmp_path, "whole", week(0))
    write(tmp_path, "limited", week(1, scope=Scope("axis", "c1")))
    write(tmp_path, "pattern", week(1, scope=Scope("doors")))
    write(tmp_path, "title", week(1, title="Other"))
    write(tmp_path, "rolled", week(1, run_type="roll_out"))
    write(tmp_path, "slice", week(1, slice_number=1, slice_count=2))
    write(tmp_path, "future", week(9))
    assert runs(tmp_path, week(2)) == ["week 0"]
    assert runs(tmp_path, week(2, scope=Scope("axis", "c1"))) == ["week 1"]


def test_one_file_is_read_if_it_has_the_earlier_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        write(tmp_path, f"w{number:02}", week(number))
    read: list[str] = []
    original = trend.read_file
    monkeypatch.setattr(trend, "read_file", lambda path: read.append(path) or original(path))
    assert len(runs(tmp_path, week(30))) == 30
    assert [Path(path).stem for path in read] == ["w29"]


def test_numbers_of_a_deleted_report_remain(tmp_path: Path) -> None:
    first = write(tmp_path, "first", week(0))
    write(tmp_path, "second", week(1))
    first.unlink()
    assert runs(tmp_path, week(2)) == ["week 0", "week 1"]


def test_parts_of_a_merged_report_are_not_in_its_trend(tmp_path: Path) -> None:
    for number in (0, 1):
        parts = {}
        for minute, name in enumerate(("c1", "c2")):
            moment = RUN.moment + timedelta(weeks=number, minutes=minute)
            run = replace(RUN, moment=moment, run_id=f"week {number}")
            parts[name] = report(host(name, result(minute)), run=run)
            write(tmp_path, f"{name}-{number}", parts[name])
        merged = merge_reports(parts, [], different_policies=False)
        write(tmp_path, f"merged-{number}", merged)
    last = find_trend(str(tmp_path), merged).points
    assert [(point.run_id, point.compliant) for point in last] == [("week 0", 2)]
    following = find_trend(str(tmp_path), week(2)).points
    assert [(point.run_id, point.compliant) for point in following] == [("week 0", 2), ("week 1", 2)]


def test_limits_of_the_trend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(15):
        # Without trends of their own, each of them has to be read.
        (tmp_path / f"{number}.json").write_text(render_json(week(number)), encoding="utf-8")
    assert len(runs(tmp_path, week(20))) == 10
    monkeypatch.setattr(trend, "MAX_BYTES", 2 * (tmp_path / "14.json").stat().st_size)
    assert runs(tmp_path, week(20)) == ["week 13", "week 14"]
    monkeypatch.undo()
    many = [
        {"created": f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z", "run_id": None}
        | {"compliant": 1, "non_compliant": 0, "unverified": 0}
        for number in range(MAX_POINTS)
    ]
    (tmp_path / "14.json").write_text(render_json(seal({**week(14), "trend": many})), encoding="utf-8")
    points = find_trend(str(tmp_path), week(20)).points
    assert len(points) == MAX_POINTS
    assert [point.run_id for point in points[-2:]] == ["week 13", "week 14"]


def test_report_that_is_written_again_is_not_in_its_own_trend(tmp_path: Path) -> None:
    write(tmp_path, "first", week(0))
    write(tmp_path, "again", week(1))
    assert runs(tmp_path, week(1)) == ["week 0"]


@pytest.mark.fault("damaged file among the reports")
def test_damaged_files_are_left_out_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "good", week(0))
    text = render_json(week(1, drift=1))
    hostile = {
        "truncated": text[: len(text) // 2],
        "changed": text.replace('"compliant": 3', '"compliant": 4'),
        "newer": text.replace('"schema_version": 1', '"schema_version": 2'),
        "foreign": '{"name": "package"}',
        "invalid": "{",
        "deep": "[" * 100_000,
    }
    for name, content in hostile.items():
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
    (tmp_path / "latin.json").write_bytes(b'{"schema_version": 1, "title": "\xe9"}')
    (tmp_path / "link.json").symlink_to(tmp_path / "good.json")
    (tmp_path / "directory.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "comparison.json").write_text('{"document": "comparison"}', encoding="utf-8")
    found = find_trend(str(tmp_path), week(2))
    assert [point.run_id for point in found.points] == ["week 0"]
    named = {*hostile, "latin", "link", "directory", "pipe"}
    assert {Path(word).stem for text in found.warnings for word in text.split() if ".json" in word} == named
    assert len(found.warnings) == len(named)
    assert all(text.startswith("The trend does not include ") for text in found.warnings)


@pytest.mark.parametrize(
    "point",
    [
        {"created": "yesterday"},
        {"created": 5},
        {"compliant": -1},
        {"compliant": True},
        {"compliant": 1.5},
        {"run_id": 7},
        {"extra": 1},
    ],
)
def test_forged_trend_with_a_valid_digest_is_left_out(tmp_path: Path, point: dict[str, Any]) -> None:
    good = {"created": "2026-11-20T08:15:02Z", "run_id": None, "compliant": 1, "non_compliant": 0, "unverified": 0}
    forged = seal({**week(0), "trend": [{**good, **point}]})
    (tmp_path / "forged.json").write_text(render_json(forged), encoding="utf-8")
    found = find_trend(str(tmp_path), week(1))
    assert found.points == ()
    assert len(found.warnings) == 1


def test_hostile_run_id_is_escaped(tmp_path: Path) -> None:
    forged = seal({**week(0), "run_id": "a\u202eb"})
    (tmp_path / "forged.json").write_text(render_json(forged), encoding="utf-8")
    assert [point.run_id for point in find_trend(str(tmp_path), week(1)).points] == ["a\\u202eb"]


def test_directory_that_cannot_be_listed_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    found = find_trend(str(file), week(0))
    assert (found.points, len(found.warnings)) == ((), 1)
    assert find_trend(str(tmp_path / "none"), week(0)).warnings == []


def test_trend_is_part_of_the_digest_and_the_schema(tmp_path: Path) -> None:
    write(tmp_path, "first", week(0, drift=1))
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    document, warnings = add_trend(str(tmp_path), week(1))
    assert parse_report("second", render_json(document)) == document
    assert document["trend"] == [
        {
            "created": "2026-11-27T08:15:02Z",
            "run_id": "week 0",
            "compliant": 3,
            "non_compliant": 1,
            "unverified": 0,
        }
    ]
    assert len(warnings) == 1
