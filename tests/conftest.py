# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options, markers, and fixtures of all tests, and the table of the tested faults."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import playbook
from tests.preloaded import Preloaded

#: The columns of the counts in the user properties of tests, (fault, count, ...), by property.
_COLUMNS = {"fault": ("tested", "passed"), "fleet": ("cameras", "correct", "occurred")}
pytest.register_assert_rewrite("tests.reliability.fault_cases")
for _name, _examples in (("quick", 80), ("soak", 2000)):
    # Neither a deadline nor the check for slow generation, which fail on a busy machine.
    settings.register_profile(
        _name,
        deadline=None,
        print_blob=True,
        max_examples=_examples,
        # The quick form is the same in each run; the soak searches.
        derandomize=_name == "quick",
        suppress_health_check=[HealthCheck.too_slow],
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long form of every test that has one")
    parser.addoption(
        "--preload",
        action="store_true",
        help="fork ansible-playbook from a process that has loaded Ansible (tests/preloaded.py)",
    )
    parser.addoption(
        "--journals", metavar="DIR", type=Path, help="write what integration tests send (tests/journals.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(kind): count the test in the table of tested faults")
    config.addinivalue_line("markers", "long: run the test only with --soak; pytest counts it as deselected")
    settings.load_profile("soak" if config.getoption("--soak") else "quick")
    if config.getoption("--preload"):
        scratch = playbook.CHECKOUT / ".cache" / "preloaded"
        playbook.preloaded = Preloaded(playbook.environment_with_results(scratch))


def pytest_unconfigure(config: pytest.Config) -> None:
    if playbook.preloaded is not None:
        playbook.preloaded.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that run only with --soak, or else mark those that have a long form."""
    if config.getoption("--soak"):
        for item in items:
            if "soak" in getattr(item, "fixturenames", ()):
                item.add_marker("long")
    else:
        deselected = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=deselected)


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> bool:
    """Return whether to run the long form."""
    return bool(pytestconfig.getoption("--soak"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        # User properties reach the table from the processes of pytest-xdist, too.
        report.user_properties += [
            ("fault", (mark.args[0], 1, int(report.passed))) for mark in item.iter_markers("fault")
        ]
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how often each fault was tested, and how often the test passed.

    For the fleet, print on how many cameras, how many of them had the expected result, and how often the fault occurred
    according to the journal.
    """
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for report in (item for key in ("passed", "failed") for item in terminalreporter.stats.get(key, ())):
        for name, (kind, *counts) in (item for item in report.user_properties if item[0] in _COLUMNS):
            rows[kind].update(dict(zip(_COLUMNS[name], counts, strict=True)))
    if not rows:
        return
    columns = [column for columns in _COLUMNS.values() for column in columns]
    terminalreporter.section("tested faults")
    terminalreporter.write_line(f"{'fault':42}" + "".join(f"{column:>9}" for column in columns))
    for kind, row in sorted(rows.items()):
        passed = row["tested"] == row["passed"] and row["cameras"] == row["correct"]
        counts = "".join(f"{row[column] or '-':>9}" for column in columns)
        terminalreporter.write_line(f"{kind:42}{counts}{'' if passed else '   FAILED'}")
