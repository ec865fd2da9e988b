# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests share: the long form of those that have one, and the table of the faults that were tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("quick", deadline=None, print_blob=True)
settings.register_profile("soak", deadline=None, print_blob=True, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="the long form of every test that has one")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(kind): counts for this kind in the table of faults tried and held")
    settings.load_profile("soak" if config.getoption("--soak") else "quick")


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
    """Print for each kind of fault how often it was tried, and how often everything held."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for report in (item for key in ("passed", "failed") for item in terminalreporter.stats.get(key, ())):
        for _name, (kind, tried, held) in (item for item in report.user_properties if item[0] == "fault"):
            counts[kind][0] += tried
            counts[kind][1] += held
    if counts:
        terminalreporter.section("faults tried and held")
        terminalreporter.write_line(f"{'fault':44} {'tried':>7} {'held':>7}")
        for kind, (tried, held) in sorted(counts.items()):
            terminalreporter.write_line(f"{kind:44} {tried:7} {held:7}{'' if tried == held else '   NOT HELD'}")
