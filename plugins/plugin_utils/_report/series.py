# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which reports are of the same series, so that their numbers can be compared, and which of them a directory has.

A directory may have hundreds of large reports, so that only the beginning of each file is read to choose among them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import DIGEST
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    AUDIT,
    SCHEMA_VERSION,
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import (
    display_path,
    parse_json,
    parse_report,
    read_beginning,
    read_file,
)

#: What ``document`` of a comparison is. A report has no such field.
COMPARISON = "comparison"
#: The most reports that are read completely, and the most bytes of all of them.
MAX_REPORTS, MAX_BYTES = 10, 64 * 2**20
_BEGINNING = 2**15
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
#: The time and a part of the digest in the name of a file that this collection wrote.
_NAME = re.compile(r"retention-[a-z-]+-(\d{4}-\d\d-\d\dT\d{6}Z)-([0-9a-f]{8})\.json", re.ASCII)
_BLANK = re.compile(r"[ \t\r\n]*")
#: The fields that a report begins with, and that are needed to choose it.
_FIELDS = frozenset(
    ("schema_version", DIGEST, "run_type", "check_mode", "run_id", "slice", "title", "created", "scope")
)


class Series(NamedTuple):
    """What reports have in common whose numbers can be compared."""

    run_type: str
    #: ``None`` for an audit, which writes nothing in either case
    check_mode: bool | None
    title: str
    pattern: str
    limit: str | None
    #: number and count
    slice: tuple[int, int] | None

    def describe(self) -> str:
        """Return what the reports are of."""
        parts = [f"{_describe_run(self)} {self.title!r} of the hosts {self.pattern!r}"]
        if self.limit is not None:
            parts.append(f"with the limit {self.limit!r}")
        if self.slice is not None:
            parts.append(f"slice {self.slice[0]} of {self.slice[1]}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Header:
    """The beginning of a report, which is not verified."""

    path: str
    created: str
    run_id: str | None
    digest: str
    series: Series
    size: int
    #: whether it has the hosts of several slices
    merged: bool = False

    @property
    def age_key(self) -> tuple[str, bool, str]:
        """Return what reports are sorted by, the oldest first. A merged report has the time of its last slice."""
        return self.created, self.merged, os.path.basename(self.path)


def series_of(document: Mapping[str, Any]) -> Series:
    """Return the series of a report, or of its first fields."""
    part, scope = document["slice"], document["scope"]
    return Series(
        document["run_type"],
        None if document["run_type"] == AUDIT else bool(document["check_mode"]),
        document["title"],
        scope["pattern"],
        scope["limit"],
        (part["number"], part["count"]) if part else None,
    )


class Other(Enum):
    """What a file is that is valid JSON, and not a report."""

    COMPARISON = "a comparison of reports"
    FOREIGN = "not a report of this collection"


def read_header(path: str) -> Header | Other:
    """Return the beginning of a report, or what the file is instead.

    :raises InvalidOptionError: ``invalid_option``, if it cannot be read, or is a report that is damaged.
    """
    fields: Any = _parse_beginning(read_beginning(path, _BEGINNING))
    if not fields.keys() >= _FIELDS:
        # It is damaged, not a report, or its fields are in another order. The error says what is wrong.
        fields = parse_json(display_path(path), read_file(path))
    if isinstance(fields, dict) and fields.get("document") == COMPARISON:
        return Other.COMPARISON
    if not isinstance(fields, dict) or not fields.keys() & {"schema_version", DIGEST}:
        return Other.FOREIGN
    try:
        header = _build_header(path, fields)
    except (KeyError, TypeError, ValueError, AttributeError):
        return _build_header(path, read_report(path))
    # A report with another time or digest was changed, or its file was renamed.
    return header if _has_own_name(header) else _build_header(path, read_report(path))


def _has_own_name(header: Header) -> bool:
    name = _NAME.fullmatch(os.path.basename(header.path))
    return name is None or name.groups() == (header.created.replace(":", ""), header.digest[:8])


def is_comparison(path: str) -> bool:
    """Return whether a file is a comparison of reports.

    :raises InvalidOptionError: ``invalid_option``, if it cannot be read.
    """
    return _parse_beginning(read_beginning(path, _BEGINNING)).get("document") == COMPARISON


def _build_header(path: str, fields: Mapping[str, Any]) -> Header:
    series = series_of(fields)
    texts = (series.run_type, series.title, series.pattern, series.limit or "", fields[DIGEST], fields["run_id"] or "")
    if fields["schema_version"] != SCHEMA_VERSION or not _TIME.fullmatch(fields["created"]):
        raise ValueError
    if not all(isinstance(text, str) for text in texts):
        raise TypeError
    size = os.path.getsize(path)
    return Header(path, fields["created"], fields["run_id"], fields[DIGEST], series, size, bool(fields.get("slices")))


def read_report(path: str) -> Document:
    """Return the report in a file, complete and unchanged.

    :raises InvalidOptionError: ``invalid_option``.
    """
    return parse_report(path, read_file(path))


def _parse_beginning(text: str) -> dict[str, Any]:
    """Return the first fields of an object whose text may end anywhere."""
    decoder, fields = json.JSONDecoder(), {}
    position = _skip_blank(text, 0)
    try:
        while text[position] in "{,":
            name, position = decoder.raw_decode(text, _skip_blank(text, position + 1))
            position = _skip_blank(text, position)
            if text[position] != ":":
                break
            value, position = decoder.raw_decode(text, _skip_blank(text, position + 1))
            position = _skip_blank(text, position)
            fields[str(name)] = value
    except (ValueError, IndexError, RecursionError):
        pass
    return fields


def _skip_blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def newest_first(headers: Iterable[Header]) -> list[Header]:
    """Return the reports by time, and then by name."""
    return sorted(headers, key=lambda header: header.age_key, reverse=True)


def find_differences(earlier: Series, later: Series) -> list[str]:
    """Return in what the scope of two reports differs, as sentences about the earlier and the later one."""
    sentences = []
    if (one := _describe_run(earlier)) != (two := _describe_run(later)):
        sentences.append(f"The earlier report is of a run of the type {one}, the later one of the type {two}.")
    for label, before, after in (
        ("title", earlier.title, later.title),
        ("pattern of hosts", earlier.pattern, later.pattern),
        ("limit", earlier.limit, later.limit),
    ):
        if before != after:
            sentences.append(
                f"The {label} of the earlier report is {_quote(before)}, that of the later one is {_quote(after)}."
            )
    return sentences


def _describe_run(series: Series) -> str:
    return series.run_type.replace("_", "-") + (" in check mode" if series.check_mode else "")


def _quote(text: str | None) -> str:
    return "not set" if text is None else repr(text)


def find_merged_runs(headers: Iterable[Header]) -> frozenset[str | None]:
    """Return the runs of merged reports: other reports of these runs are parts of them, numbered or not."""
    return frozenset(header.run_id for header in headers if header.merged and header.run_id)


@dataclass(frozen=True)
class Choice:
    """The two reports of a directory to compare, those before them, and the files that were passed over."""

    earlier: Header
    later: Header
    #: of the same series, the newest first
    history: tuple[Header, ...]
    skipped: Mapping[str, str]
    #: whether there is a newer report, of another scope
    is_passed: bool = False


def choose_reports(headers: Iterable[Header]) -> Choice | Mapping[str, str]:
    """Choose the newest report that has an earlier one of the same series, or return why each report is skipped.

    Audits without a limit are preferred, and then roll-outs without one.
    """
    headers, skipped = newest_first(headers), {}
    whole = []
    known: dict[str, str] = {}
    merged = find_merged_runs(headers)
    for header in headers:
        if header.series.slice is not None:
            number, count = header.series.slice
            skipped[header.path] = f"slice {number} of {count}. Merge the slices with camfleet.axis.merge_reports"
        elif header.run_id in merged and not header.merged:
            skipped[header.path] = "a part of a merged report"
        elif header.digest in known:
            skipped[header.path] = f"a copy of {known[header.digest]}"
        else:
            known[header.digest] = header.path
            whole.append(header)
    for later in sorted(whole, key=lambda header: _preference(header.series)):
        earlier = [header for header in whole[whole.index(later) + 1 :] if header.series == later.series]
        if earlier:
            newer = whole[: whole.index(later)]
            between = [item for item in whole[len(newer) : whole.index(earlier[0])] if item.series != later.series]
            passed = {header.path: _describe_passed(header.series) for header in (*newer, *between)}
            return Choice(earlier[0], later, tuple(earlier[1:]), {**skipped, **passed}, bool(newer))
    return {**skipped, **{header.path: _describe_single(header.series) for header in whole}}


def _preference(series: Series) -> int:
    """Return a smaller number for the reports that are compared rather than others."""
    return 2 if series.limit is not None else int(series.run_type != AUDIT)


def _describe_passed(series: Series) -> str:
    return f"of another scope: {series.describe()}"


def _describe_single(series: Series) -> str:
    return f"no earlier report of the same scope: {series.describe()}"
