# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests share: the long form of those that have one, and the table of the faults that were tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

#: user properties of tests, (kind, count, ...), and what their counts are
_COLUMNS = {"fault": ("tried", "held"), "fleet": ("cameras", "ended", "struck")}
pytest.register_assert_rewrite("tests.reliability.trials")
settings.register_profile("quick", deadline=None, print_blob=True, max_examples=50)
settings.register_profile("soak", deadline=None, print_blob=True, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="the long form of every test that has one")
    parser.addoption(
        "--journals", metavar="DIR", type=Path, help="write what integration tests send (tests/journals.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(kind): counts for this kind in the table of faults tried and held")
    config.addinivalue_line("markers", "long: only in the long form; make test says how many it left out")
    settings.load_profile("soak" if config.getoption("--soak") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the long form has; pytest counts it as deselected."""
    if not config.getoption("--soak"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> bool:
    """Whether the long form was asked for."""
    return bool(pytestconfig.getoption("--soak"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        # As user properties they reach the table from the processes of pytest-xdist, too.
        report.user_properties += [
            ("fault", (mark.args[0], 1, int(report.passed))) for mark in item.iter_markers("fault")
        ]
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print for each kind of fault how often it was tried, and how often everything held.

    In the fleet: on how many cameras, how many of them ended as they should, and how often it struck by the journal.
    """
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for report in (item for key in ("passed", "failed") for item in terminalreporter.stats.get(key, ())):
        for name, (kind, *counts) in (item for item in report.user_properties if item[0] in _COLUMNS):
            rows[kind].update(dict(zip(_COLUMNS[name], counts, strict=True)))
    if not rows:
        return
    columns = [column for columns in _COLUMNS.values() for column in columns]
    terminalreporter.section("faults tried and held")
    terminalreporter.write_line(f"{'fault':42}" + "".join(f"{column:>9}" for column in columns))
    for kind, row in sorted(rows.items()):
        holds = row["tried"] == row["held"] and row["cameras"] == row["ended"]
        counts = "".join(f"{row[column] or '-':>9}" for column in columns)
        terminalreporter.write_line(f"{kind:42}{counts}{'' if holds else '   NOT HELD'}")
