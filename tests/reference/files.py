# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables of the files that the collection writes. A test compares them with the files that appear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.reference.pages import render_table

_TIME = r"\d{4}-\d\d-\d\dT\d{6}Z"
_RUN = rf"retention-(?:audit|roll-out|roll-out-check)-{_TIME}-[0-9a-f]{{8}}"
_COMPARISON = rf"retention-comparison-{_TIME}-[0-9a-f]{{8}}"
_PROFILE = r"[\w.-]+-[\d.]+"
_ANY_GROUP = r"[\w.-]+"


class FileKind(NamedTuple):
    """Files of one kind.

    :param name: as the page shows it.
    :param pattern: matches the path of such a file, below its directory.
    :param mode: the widest mode; the umask may restrict it further.
    """

    name: str
    pattern: str
    text: str
    mode: int


REPORT, COMPARE, PINS, DRAFT, PROFILE = "report", "comparison", "pins", "draft", "profile"
#: By what writes them, the files.
KINDS: Mapping[str, Sequence[FileKind]] = {
    REPORT: (
        FileKind("``retention-<run>-<time>-<digest>.html``", rf"{_RUN}\.html", "The report for people.", 0o640),
        FileKind("``….json``", rf"{_RUN}\.json", "All data of the report.", 0o640),
        FileKind("``….csv``", rf"{_RUN}\.csv", "A line for each group and each verified disk.", 0o640),
        FileKind("``….md``", rf"{_RUN}\.md", "The report as Markdown.", 0o640),
        FileKind("``….xml``", rf"{_RUN}\.xml", "JUnit, with a test case for each host.", 0o640),
        FileKind(
            "``retention_policy.prom``",
            r"retention_policy\.prom",
            "Numbers for Prometheus. Each audit of all hosts replaces it.",
            0o644,
        ),
        FileKind(
            "``retention_policy_<kind>.prom``",
            r"retention_policy_\w+\.prom",
            "The same numbers for a roll-out, a run with ``--limit``, or a slice. The next such run replaces it.",
            0o644,
        ),
        FileKind(
            "``…-unverified.txt``, ``…-recording-loss.txt``, ``…-recording-stop.txt``",
            rf"{_RUN}-(?:unverified|recording-(?:loss|stop)(?:-recording-stop)?)\.txt",
            "Hosts for ``--limit @file``, one per line, if a next step applies to more than ten.",
            0o640,
        ),
    ),
    COMPARE: (
        FileKind(
            "``retention-comparison-<time>-<digest>.html``",
            rf"{_COMPARISON}\.html",
            "The comparison for people.",
            0o640,
        ),
        FileKind("``….json``", rf"{_COMPARISON}\.json", "All data of the comparison.", 0o640),
        FileKind("``….md``", rf"{_COMPARISON}\.md", "The comparison as Markdown.", 0o640),
    ),
    PINS: (FileKind("The file itself", r"pins\.yml", "Inventory with ``axis_tls_fingerprint`` of each host.", 0o644),),
    DRAFT: (
        FileKind("``decisions.md``", r"decisions\.md", "The decisions that you have to make.", 0o640),
        FileKind("``draft.yml``", r"draft\.yml", "Inventory with the groups that the draft adds.", 0o640),
        FileKind(
            "``group_vars/<group>/retention_policy.yml``",
            rf"group_vars/{_ANY_GROUP}/retention_policy\.yml",
            "The policy of a group.",
            0o640,
        ),
        FileKind(
            "``host_vars/<host>/retention_policy.yml``",
            rf"host_vars/{_ANY_GROUP}/retention_policy\.yml",
            "The differences of a host.",
            0o640,
        ),
        FileKind(
            "``coverage.md``", r"coverage\.md", "With ``draft_policy_coverage``: the groups that policies cover.", 0o640
        ),
    ),
    PROFILE: (
        FileKind("``<model>-<firmware>.json``", rf"{_PROFILE}\.json", "The device profile.", 0o640),
        FileKind("``<model>-<firmware>.md``", rf"{_PROFILE}\.md", "The page for people.", 0o640),
    ),
}


def find_kinds(part: str, path: str) -> list[FileKind]:
    """Return the kinds of a file, which must be exactly one."""
    return [kind for kind in KINDS[part] if re.fullmatch(kind.pattern, path)]


def render_files(part: str) -> str:
    """Return the table of the files of one part."""
    rows = [(kind.name, kind.text, f"``{kind.mode:04o}``") for kind in KINDS[part]]
    return "\n".join(render_table(("File", "Content", "Mode"), (40, 48, 12), rows))
