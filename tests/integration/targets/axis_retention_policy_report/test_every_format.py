# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every format of the report, the terminal, and the exit status agree with one handwritten table of hosts."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import html
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, extra_vars, summary, summary_text
from tests.integration.targets.role_retention_policy.test_recordings import FAILING, GROUPS, KINDS, add_camera
from tests.simulator import Fleet

#: By state, its classes.
STATES = {
    "compliant": ("compliant",),
    "non_compliant": ("drifted", "failing_disk", "held", "refused"),
    "unverified": ("insufficient_history", "indeterminate", "unverified"),
}
STATE_OF = {verdict: state for state, verdicts in STATES.items() for verdict in verdicts}
#: By class, the element of JUnit.
ELEMENTS = {
    "compliant": None,
    **dict.fromkeys(STATES["non_compliant"], Failure),
    "insufficient_history": Skipped,
    "indeterminate": Skipped,
    "unverified": Error,
}
#: Verdict and severity by host.
Table = dict[str, tuple[str, str]]


def read_json(text: str) -> Table:
    """Return the hosts of the JSON, after comparing its numbers."""
    document = json.loads(text)
    found = {host["host"]: (host["verdict"], host["severity"]) for host in document["hosts"]}
    assert {host["host"]: host["state"] for host in document["hosts"]} == {
        name: STATE_OF[verdict] for name, (verdict, _severity) in found.items()
    }
    assert document["summary"]["states"] == count_states(found)
    assert document["summary"]["critical"] == sum(severity == "critical" for _verdict, severity in found.values())
    return found


def read_csv(text: str) -> Table:
    """Return the hosts of the CSV, each of which may have several lines."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    found = {row["host"]: (row["verdict"].replace(" ", "_"), row["severity"]) for row in rows}
    assert {(row["host"], row["verdict"].replace(" ", "_"), row["severity"]) for row in rows} == {
        (name, *values) for name, values in found.items()
    }
    assert {row["state"].replace("-", "_") for row in rows} <= STATES.keys()
    assert all(row["state"].replace("-", "_") == STATE_OF[found[row["host"]][0]] for row in rows)
    return {name: (verdict, severity.replace("–", "")) for name, (verdict, severity) in found.items()}


def read_html(text: str) -> Table:
    """Return the rows of the page, after comparing its tiles."""
    page = html.fromstring(text)
    rows = page.xpath("//tr[@data-host]")
    found = {row.get("data-host"): (row.get("data-verdict"), row.get("data-severity") or "") for row in rows}
    assert len(found) == len(rows)
    tiles = {tile.get("data-state"): int(tile.get("data-count")) for tile in page.xpath("//div[@data-count]")}
    assert tiles == count_states(found)
    return found


def read_markdown(text: str) -> Table:
    """Return the hosts that Markdown lists, after comparing its numbers."""
    numbers = dict(re.findall(r"^\| \*\*([a-z-]+)\*\* \| \*\*(\d+)\*\* \|$", text, re.M))
    found: Table = {}
    for section in text.split("\n## ")[1:]:
        title = re.match(r"([A-Za-z ]+) \((\d+)\)\n", section)
        if title and (verdict := title[1].lower().replace(" ", "_")) in STATE_OF:
            rows = re.findall(r"^\| ([a-z0-9-]+) \| ([a-z]+|–) \| .+\|$", section, re.M)
            rows = [row for row in rows if row[0] != "host"]
            assert len(rows) == int(title[2])
            found |= {host: (verdict, severity.replace("–", "")) for host, severity in rows}
    states = count_states(found)
    assert {name.replace("-", "_"): int(number) for name, number in numbers.items()} == {
        **states,
        "compliant": int(numbers["compliant"]),
    }
    return found


def read_metrics(text: str) -> Table:
    """Return the hosts of the metrics, after comparing their numbers."""
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}
    found = {
        sample.labels["host"]: (sample.labels["verdict"], sample.labels["severity"].replace("unknown", ""))
        for sample in families["camfleet_retention_host_status"]
    }
    states = {sample.labels["state"]: sample.value for sample in families["camfleet_retention_hosts"]}
    assert states == count_states(found)
    return found


#: By suffix, what reads a file. Hosts that are not verified have a severity in some formats only.
READERS: dict[str, Callable[[str], Table]] = {
    "json": read_json,
    "csv": read_csv,
    "html": read_html,
    "md": read_markdown,
    "prom": read_metrics,
}


def count_states(table: Table) -> dict[str, int]:
    """Return the number of hosts in each state."""
    counts = Counter(STATE_OF[verdict] for verdict, _severity in table.values())
    return {state: counts[state] for state in STATES}


def shown(table: Table, *, has_severity: bool) -> Table:
    """Return a table as formats have it that show severities only of hosts with findings."""
    return {
        name: (verdict, severity if has_severity or STATE_OF[verdict] == "non_compliant" else "")
        for name, (verdict, severity) in table.items()
    }


@pytest.mark.parametrize("count", [len(KINDS), pytest.param(303, marks=pytest.mark.long)])
def test_every_format_agrees_with_the_table(play: Play, fleet: Fleet, tmp_path: Path, count: int) -> None:
    kinds = {f"{kind}-{number}": kind for number, kind in zip(range(count), itertools.cycle(KINDS), strict=False)}
    for name, kind in kinds.items():
        add_camera(fleet, name, kind)
    expected: Table = {name: (KINDS[kind][3], KINDS[kind][4]) for name, kind in kinds.items()}
    formats = ["html", "json", "csv", "markdown", "junit", "openmetrics"]
    settings = extra_vars(
        retention_policy_report_dir=str(tmp_path / "reports"),
        retention_policy_report_formats=formats,
        retention_policy_fail_on_drift=True,
    )
    run = play(AUDIT, *settings, hosts={name: KINDS[kind][2] for name, kind in kinds.items()}, groups=GROUPS)
    assert run.status == 4, run.output
    files = {path.suffix[1:]: path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir()}
    assert sorted(files) == ["csv", "html", "json", "md", "prom", "xml"]
    assert read_json(files["json"]) == expected
    for suffix, read in READERS.items():
        found = read(files[suffix])
        listed = (
            expected if suffix != "md" else {name: kind for name, kind in expected.items() if kind[0] != "compliant"}
        )
        assert shown(found, has_severity=False) == shown(listed, has_severity=False), suffix
    assert_junit(files["xml"], expected)
    assert_ends(run, expected, kinds)


def assert_junit(text: str, expected: Table) -> None:
    """Check the element of each host, and their numbers."""
    suites = JUnitXml.fromstring(text.encode())
    cases = {case.name: case for suite in suites for case in suite}
    elements: dict[str, Any] = {name: next(iter(map(type, case.result)), None) for name, case in cases.items()}
    # A hold does not excuse what is critical.
    assert elements == {name: ELEMENTS[verdict] for name, (verdict, _severity) in expected.items()}
    counts = Counter(elements.values())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (
        *(len(expected), counts[Failure], counts[Error], counts[Skipped]),
    )


def assert_ends(run: Any, expected: Table, kinds: dict[str, str]) -> None:
    """Check the terminal, the data, and how each host ends."""
    counts = Counter(verdict for verdict, _severity in expected.values())
    text = summary_text(run)
    for verdict, number in counts.items():
        label = verdict.replace("_", " ")
        assert re.search(rf"[ ,]{number} {label}[,\n (]", text), label
        assert verdict == "compliant" or f"\n{label} ({number}):\n" in text
    data = summary(run)
    assert {verdict: len(data[verdict]) for verdict in counts if verdict != "compliant"} == {
        verdict: number for verdict, number in counts.items() if verdict != "compliant"
    }
    assert data["states"] == count_states(expected)
    assert data["critical"] == sorted(name for name, (_verdict, severity) in expected.items() if severity == "critical")
    failures = sorted(host for host, counters in run.recap.items() if counters["failures"])
    assert failures == sorted(name for name, kind in kinds.items() if kind in FAILING)
    unreachable = sorted(host for host, counters in run.recap.items() if counters["unreachable"])
    assert unreachable == sorted(name for name, kind in kinds.items() if kind == "unreachable")
