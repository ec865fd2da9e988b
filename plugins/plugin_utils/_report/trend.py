# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of earlier reports of the same series, from the directory of a report.

Each report contains the numbers of earlier ones, so that in general one file is read. A file that is damaged, or not a
report, never prevents a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import has_valid_digest, seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, clean
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import (
    display_path,
    is_time,
    list_files,
    parse_report,
    read_file,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.series import (
    MAX_BYTES,
    MAX_REPORTS,
    Header,
    Other,
    find_merged_runs,
    newest_first,
    read_header,
    series_of,
)

#: The most earlier reports in a trend.
MAX_POINTS = 100


@dataclass(frozen=True)
class TrendPoint:
    """The number of hosts in each state of one report."""

    created: str
    run_id: str | None
    compliant: int
    non_compliant: int
    unverified: int

    @property
    def hosts(self) -> int:
        """Return the number of all hosts."""
        return self.compliant + self.non_compliant + self.unverified

    @property
    def key(self) -> tuple[str, str | None]:
        """Return what identifies its report."""
        return self.created, self.run_id


class Trend(NamedTuple):
    """The numbers of earlier reports, the oldest first, and why files were left out."""

    points: tuple[TrendPoint, ...]
    warnings: list[str]


def add_trend(directory: str, document: Document) -> tuple[Document, list[str]]:
    """Return a report with the numbers of the earlier reports in its directory, and why files were left out."""
    found = find_trend(directory, document)
    if not found.points:
        return document, found.warnings
    return seal({**document, "trend": [asdict(point) for point in found.points]}), found.warnings


def trend_points(document: Document) -> tuple[TrendPoint, ...]:
    """Return the trend of a report, the oldest point first; the last one is the report itself."""
    return (*_read_points(document), _build_point(document))


def _read_points(document: Document) -> Iterator[TrendPoint]:
    yield from (TrendPoint(**point) for point in document["trend"])


def _build_point(document: Mapping[str, Any]) -> TrendPoint:
    return TrendPoint(document["created"], document["run_id"], **document["summary"]["states"])


def find_trend(directory: str, document: Document) -> Trend:
    """Return the trend of a report that is to be written into a directory."""
    own = _build_point(document)
    warnings: list[str] = []
    candidates = newest_first(_find_candidates(directory, document, warnings))
    merged = find_merged_runs(candidates) | ({own.run_id} - {None} if document["slices"] else set())
    found: dict[tuple[str, str | None], TrendPoint] = {}
    count = size = 0
    for header in candidates:
        if (header.created, header.run_id) in {*found, own.key} or (header.run_id in merged and not header.merged):
            continue  # another report has its numbers
        count, size = count + 1, size + header.size
        if count > MAX_REPORTS or size > MAX_BYTES:
            break
        try:
            points = _read_file(header.path)
        except InvalidOptionError as error:
            warnings.append(_describe(header.path, error))
            continue
        for point in points:
            found.setdefault(point.key, point)
    earlier = sorted(
        (point for point in found.values() if point.key != own.key and point.created <= own.created),
        key=lambda point: (point.created, point.run_id or ""),
    )
    return Trend(tuple(earlier[-MAX_POINTS:]), warnings)


def _read_file(path: str) -> tuple[TrendPoint, ...]:
    """Return the points of a report whose content is that of its digest. The schema would take ten times as long."""
    text = read_file(path)
    try:
        document = json.loads(text)
        points = tuple(replace(point, run_id=clean(point.run_id, "run_id")) for point in trend_points(document))
        if all(map(_is_valid, points)) and has_valid_digest(document):
            return points
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    # The error says what is wrong.
    return trend_points(parse_report(path, text))


def _is_valid(point: TrendPoint) -> bool:
    numbers = (point.compliant, point.non_compliant, point.unverified)
    return (
        is_time(point.created)
        and isinstance(point.run_id, (str, type(None)))
        and all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers)
    )


def _find_candidates(directory: str, document: Document, warnings: list[str]) -> Iterable[Header]:
    """Yield the earlier reports of the same series, as far as their beginnings show it."""
    try:
        paths = list_files(directory)
    except InvalidOptionError as error:
        # Files can be written into a directory that cannot be listed.
        warnings.append(f"The report has no trend: {error.message}.")
        return
    series = series_of(document)
    for path in paths:
        try:
            header = read_header(path)
        except InvalidOptionError as error:
            warnings.append(_describe(path, error))
            continue
        if isinstance(header, Header):
            if header.series == series and header.created <= document["created"]:
                yield header
        elif header is not Other.COMPARISON:
            warnings.append(f"The trend does not include a file: {display_path(path)} is {header.value}.")


def _describe(path: str, error: InvalidOptionError) -> str:
    text = str(error.message)
    reason = text if display_path(path) in text else f"{display_path(path)}: {text}"
    return f"The trend does not include a file: {reason}."
