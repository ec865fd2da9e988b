# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every format of the report, the terminal, the data, and the exit status agree with one handwritten table of hosts."""

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
from tests.integration.role import AUDIT, ROLL_OUT, extra_vars, summary, summary_text
from tests.integration.targets.axis_retention_policy_report.planted import (
    CHANGED,
    DUPLICATE,
    FAILED,
    GROUPS,
    KINDS,
    NOT_ATTEMPTED,
    OUTSIDE,
    UNREACHABLE,
    Kind,
    add_host,
)
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

STATES = ("compliant", "non_compliant", "unverified")
ELEMENTS = {None: None, "failure": Failure, "error": Error, "skipped": Skipped}
FORMATS = ["html", "json", "csv", "markdown", "junit", "openmetrics"]
#: Of a recorder: group, finding, retention by policy and on the device, and the camera that it records.
RECORDER_LINES = [
    ("High_B8A44F0A1B01_0_C", "compliant", "720", "720", "B8A44F0A1B01, camera 1"),
    ("High_B8A44F0A1B01_0_M", "compliant", "720", "720", "B8A44F0A1B01, camera 1"),
    ("High_B8A44F0A1B02_0_C", "compliant", "720", "720", "B8A44F0A1B02, camera 1"),
    ("High_B8A44F0A1B02_0_M", "compliant", "720", "720", "B8A44F0A1B02, camera 1"),
    ("Low_B8A44F0A1B01_0_C", "unmanaged", "", "720", "B8A44F0A1B01, camera 1"),
    ("Low_B8A44F0A1B01_0_M", "unmanaged", "", "720", "B8A44F0A1B01, camera 1"),
    ("Low_B8A44F0A1B02_0_C", "unmanaged", "", "168", "B8A44F0A1B02, camera 1"),
    ("Low_B8A44F0A1B02_0_M", "unmanaged", "", "168", "B8A44F0A1B02, camera 1"),
]
#: By host, what the report says.
Table = dict[str, Kind]
#: State, verdict, severity, and whether recordings were verified. Empty is what a format does not show.
Row = tuple[str, str, str, str]


def rows_of(table: Table, *, severity: str = "all", recordings: bool = True) -> dict[str, Row]:
    """Return the rows that a format shows.

    :param severity: of which hosts it shows the severity: ``all``, ``read`` (not those that are unverified), or
        ``wrong`` (only those that are non-compliant).
    """
    hidden = {"all": (), "read": ("unverified",), "wrong": ("unverified", "compliant")}[severity]
    return {
        name: (
            kind.state,
            kind.verdict,
            "" if kind.state in hidden else kind.severity,
            str(kind.recordings) if recordings else "",
        )
        for name, kind in table.items()
    }


def count_states(table: Table) -> dict[str, int]:
    """Return the number of hosts in each state."""
    counts = Counter(kind.state for kind in table.values())
    return {state: counts[state] for state in STATES}


def count_recordings(table: Table) -> int:
    """Return the number of hosts whose recordings were read."""
    return sum(kind.recordings for kind in table.values())


def count_proven(table: Table) -> int:
    """Return the number of hosts whose recordings prove the retention."""
    return sum(kind.is_proven for kind in table.values())


def count_read(table: Table) -> int:
    """Return the number of hosts whose settings were verified."""
    unread = ("unverified", "unsupported", "not_attempted", "not_in_run")
    return sum(kind.verdict not in unread for kind in table.values())


def count_changed(table: Table) -> int:
    """Return the number of hosts that the run changed."""
    return sum(kind in CHANGED.values() for kind in table.values())


def verified_sentence(table: Table) -> str:
    """Return what the report says about the extent of the verification."""
    settings = f"Settings read on {count_read(table)} of {len(table)} hosts"
    recordings = f"recordings read on {count_recordings(table)}, which prove the retention on {count_proven(table)}"
    return f"{settings}; {recordings}."


def check_json(text: str, table: Table) -> None:
    """Check the hosts of the JSON, and its numbers."""
    document = json.loads(text)
    assert {
        host["host"]: (host["state"], host["verdict"], host["severity"], str(host["recordings_verified"]))
        for host in document["hosts"]
    } == rows_of(table)
    numbers = document["summary"]
    verdicts = Counter(kind.verdict for kind in table.values())
    assert numbers["states"] == count_states(table)
    assert {name: number for name, number in numbers["verdicts"].items() if number} == verdicts
    assert numbers["hosts"] == len(table)
    assert numbers["critical"] == sum(kind.severity == "critical" for kind in table.values())
    assert numbers["recordings_verified"] == count_recordings(table)
    assert numbers["changed"] == count_changed(table)
    assert document["scope"]["not_in_run"] == verdicts["not_in_run"]


def check_csv(text: str, table: Table) -> None:
    """Check the hosts of the CSV, each of which may have several lines."""
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    found = {
        line["host"]: (
            line["state"].replace("-", "_"),
            line["verdict"].replace(" ", "_"),
            line["severity"].replace("–", ""),
            str(line["recordings verified"] == "yes"),
        )
        for line in lines
    }
    assert found == rows_of(table, severity="read")
    names = ("host", "state", "verdict", "severity", "recordings verified")
    assert len({tuple(line[name] for name in names) for line in lines}) == len(table)
    for host in [name for name, kind in table.items() if kind is KINDS["recorder-half"]]:
        names = ("recording group", "finding", "retention expected hours", "retention found hours", "recorded source")
        assert [tuple(line[name] for name in names) for line in lines if line["host"] == host] == RECORDER_LINES


def check_html(text: str, table: Table) -> None:
    """Check the rows of the page, its tiles, and its sentences."""
    page = html.fromstring(text)
    rows = page.xpath("//tr[@data-host]")
    assert len(rows) == len(table)
    assert {
        row.get("data-host"): (
            row.get("data-state"),
            row.get("data-verdict"),
            row.get("data-severity") or "",
            str(row.get("data-verified") == "recordings"),
        )
        for row in rows
    } == rows_of(table, severity="wrong")
    tiles = {tile.get("data-state"): int(tile.get("data-count")) for tile in page.xpath("//div[@data-count]")}
    assert tiles == count_states(table)
    words = " ".join(part.text_content() for part in page.xpath("//header | //main | //footer"))
    assert verified_sentence(table) in words
    assert not re.findall(r"\bNone\b|\bnull\b|\bretention_time\b|\bnot_in_run\b|\bfailing_disk\b", words)


def check_markdown(text: str, table: Table) -> None:
    """Check the hosts that Markdown lists, and its numbers."""
    found: dict[str, Row] = {}
    for section in text.split("\n## ")[1:]:
        title = re.match(r"([A-Za-z ]+) \((\d+)\)\n", section)
        if title:
            rows = [row for row in re.findall(r"^\| ([^|]+) \| ([a-z]+|–) \| .+\|$", section, re.M) if row[0] != "host"]
            assert len(rows) == int(title[2])
            verdict = title[1].lower().replace(" ", "_")
            found |= {
                host.replace("\\", ""): (table[host].state, verdict, severity.replace("–", ""), "")
                for host, severity in rows
            }
    listed = {name: kind for name, kind in table.items() if kind.verdict != "compliant"}
    assert found == rows_of(listed, severity="read", recordings=False)
    numbers = dict(re.findall(r"^\| \*\*([a-z-]+)\*\* \| \*\*(\d+)\*\* \|$", text, re.M))
    assert {name.replace("-", "_"): int(number) for name, number in numbers.items()} == count_states(table)
    assert verified_sentence(table) in text
    assert not re.search(r"\bNone\b|\bnull\b|retention\\_time|[a-z]\\_in\\_run", text)


def check_junit(text: str, table: Table) -> None:
    """Check the element of each host, and their numbers."""
    suites = JUnitXml.fromstring(text.encode())
    cases = {case.name: case for suite in suites for case in suite}
    elements: dict[str, Any] = {name: next(iter(map(type, case.result)), None) for name, case in cases.items()}
    assert elements == {name: ELEMENTS[kind.element] for name, kind in table.items()}
    counts = Counter(elements.values())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (
        *(len(table), counts[Failure], counts[Error], counts[Skipped]),
    )


def check_metrics(text: str, table: Table) -> None:
    """Check the hosts of the metrics, and their numbers."""
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}

    def values(name: str, *labels: str) -> dict[Any, float]:
        return {
            sample.labels[labels[0]]
            if len(labels) == 1
            else tuple(sample.labels[label] for label in labels): sample.value
            for sample in families[f"camfleet_retention_{name}"]
        }

    assert set(values("host_status", "host", "state", "verdict", "severity")) == {
        (name, state, verdict, severity or "unknown")
        for name, (state, verdict, severity, _recordings) in rows_of(table, severity="read").items()
    }
    assert values("hosts", "state") == count_states(table)
    verdicts = values("hosts_by_verdict", "verdict")
    assert {name: number for name, number in verdicts.items() if number} == Counter(
        kind.verdict for kind in table.values()
    )
    (critical,) = families["camfleet_retention_critical_hosts"]
    assert critical.value == sum(kind.severity == "critical" for kind in table.values())
    (changed,) = families["camfleet_retention_changed_hosts"]
    assert changed.value == count_changed(table)
    (verified,) = families["camfleet_retention_recordings_verified_hosts"]
    assert verified.value == count_recordings(table)


#: By suffix, what checks a file.
CHECKS: dict[str, Callable[[str, Table], None]] = {
    "json": check_json,
    "csv": check_csv,
    "html": check_html,
    "md": check_markdown,
    "xml": check_junit,
    "prom": check_metrics,
}


def add_fleet(fleet: Fleet, count: int) -> tuple[Table, dict[str, dict[str, Any]]]:
    """Add hosts of every kind, and return the table and the variables of the hosts.

    The last seven are those that no single device can be: two names of one device, one outside the limit, and four with
    the login of a former installer, after two of whose rejections no other device receives it.
    """
    table: Table = {}
    for number, name in zip(range(count - 7), itertools.cycle(KINDS), strict=False):
        table[f"{name}-{number}"] = KINDS[name]
    table |= {"twin-0": DUPLICATE, "outside-0": OUTSIDE}
    table |= {f"former-login-{number}": KINDS["former-login"] for number in range(4)}
    for name, kind in table.items():
        add_host(fleet, name, kind)
    variables = {name: dict(kind.variables) for name, kind in table.items()}
    twin = fleet.devices["twin-0"]
    address = {"axis_host": twin.host, "axis_port": twin.port, "axis_protocol": "http"}
    variables["twin-1"] = {**address, "axis_username": "operator", "axis_password": "operator-pass"}
    return {**table, "twin-1": DUPLICATE}, variables


def run_playbook(
    play: Play,
    playbook: str,
    directory: Path,
    hosts: dict[str, dict[str, Any]],
    *arguments: str,
    fails_on_drift: bool = True,
) -> PlaybookRun:
    """Run a playbook of the collection on the fleet, except the host outside the limit."""
    settings = extra_vars(
        retention_policy_hosts="axis:others",
        retention_policy_report_dir=str(directory),
        retention_policy_report_formats=FORMATS,
        retention_policy_fail_on_drift=fails_on_drift,
        retention_policy_max_login_failures=2,
        retention_policy_max_fail_percentage=100,
        retention_policy_allow_unmatched_holds=True,
        axis_retries=0,
    )
    run = play(playbook, *settings, "--limit", "!outside-*", *arguments, hosts=hosts, groups=GROUPS)
    # ansible-playbook adds 2 for failed hosts and 4 for unreachable ones.
    assert run.status in (4, 6), run.output
    return run


def mark_not_attempted(fleet: Fleet, table: Table) -> None:
    """Replace the hosts that did not receive the login of a former installer, which their journals show."""
    for name in [name for name, kind in table.items() if kind is KINDS["former-login"]]:
        if not any(entry.authorization for entry in fleet.devices[name].journal):
            table[name] = NOT_ATTEMPTED
    assert sum(kind is KINDS["former-login"] for kind in table.values()) == 2


def check_run(run: PlaybookRun, directory: Path, table: Table, *, fails_on_drift: bool = True) -> None:
    """Check every format, the terminal, the data, and how each host ends."""
    files = {path.suffix[1:]: path.read_text(encoding="utf-8") for path in directory.iterdir()}
    assert sorted(files) == sorted(CHECKS)
    for suffix, check in CHECKS.items():
        check(files[suffix], table)
    attempted = {name: kind for name, kind in table.items() if kind is not OUTSIDE}
    check_terminal(run, attempted)
    check_data(run, attempted)
    check_ends(run, attempted, fails_on_drift=fails_on_drift)


@pytest.mark.fault("hosts of every kind in one report")
@pytest.mark.parametrize(
    ("count", "fails_on_drift"),
    [
        (len(KINDS) + 7, True),
        pytest.param(len(KINDS) + 7, False, marks=pytest.mark.long),
        pytest.param(303, True, marks=pytest.mark.long),
    ],
)
def test_every_format_agrees_with_the_table(
    play: Play, fleet: Fleet, tmp_path: Path, count: int, fails_on_drift: bool
) -> None:
    table, hosts = add_fleet(fleet, count)
    assert len(table) == count
    run = run_playbook(play, AUDIT, tmp_path / "reports", hosts, fails_on_drift=fails_on_drift)
    mark_not_attempted(fleet, table)
    check_run(run, tmp_path / "reports", table, fails_on_drift=fails_on_drift)


@pytest.mark.parametrize("count", [len(KINDS) + 7, pytest.param(303, marks=pytest.mark.long)])
def test_every_format_agrees_after_a_roll_out(play: Play, fleet: Fleet, tmp_path: Path, count: int) -> None:
    """In check mode, a roll-out finds what an audit finds. Afterwards, it has changed what it may change."""
    table, hosts = add_fleet(fleet, count)
    predicted = run_playbook(play, ROLL_OUT, tmp_path / "check", hosts, "--check", fails_on_drift=False)
    mark_not_attempted(fleet, table)
    check_run(predicted, tmp_path / "check", table, fails_on_drift=False)
    assert not any(device.writes for device in fleet.devices.values())
    for device in fleet.devices.values():
        device.journal.clear()
    table = {name: KINDS["former-login"] if kind is NOT_ATTEMPTED else kind for name, kind in table.items()}
    run = run_playbook(play, ROLL_OUT, tmp_path / "real", hosts, fails_on_drift=False)
    mark_not_attempted(fleet, table)
    written = {name for name, device in fleet.devices.items() if device.writes}
    assert {name.rpartition("-")[0] for name in written} == CHANGED.keys()
    table |= {name: CHANGED[name.rpartition("-")[0]] for name in written}
    check_run(run, tmp_path / "real", table, fails_on_drift=False)


def check_terminal(run: PlaybookRun, table: Table) -> None:
    """Check the numbers and the sections of the summary for people."""
    first, *lines = summary_text(run).splitlines()
    counts = Counter(kind.verdict for kind in table.values())
    critical = Counter(kind.verdict for kind in table.values() if kind.severity == "critical")
    assert f" {len(table)} hosts: " in first
    for verdict, number in counts.items():
        label = verdict.replace("_", " ")
        label = "compliant after changes" if verdict == "changed" else label
        part = f"{number} {label}" + (f" ({critical[verdict]} critical)" if critical[verdict] else "")
        assert re.search(rf"[ ,]{re.escape(part)}[,.;]", first), (part, first)
        assert (f"{label} ({number}):" in lines) is (verdict != "compliant")
    read, recordings, changed = count_read(table), count_recordings(table), count_changed(table)
    assert (f"; changes were made on {changed} hosts. " in first) is bool(changed)
    assert first.endswith(
        f". Read: settings and recordings of {recordings} hosts, settings only of {read - recordings} hosts, "
        f"nothing of {len(table) - read} hosts; retention proven on {count_proven(table)} hosts"
    )
    assert "None" not in summary_text(run)


def check_data(run: PlaybookRun, table: Table) -> None:
    """Check the data that the run publishes."""
    data = summary(run)
    verdicts = {kind.verdict for kind in table.values()} - {"compliant"}
    for verdict in verdicts:
        assert sorted(data[verdict]) == sorted(name for name, kind in table.items() if kind.verdict == verdict)
    assert data["hosts"] == len(table)
    assert data["compliant"] == sum(kind.verdict == "compliant" for kind in table.values())
    assert data["states"] == count_states(table)
    assert data["recordings_verified"] == count_recordings(table)
    assert data["critical"] == sorted(name for name, kind in table.items() if kind.severity == "critical")


def check_ends(run: PlaybookRun, table: Table, *, fails_on_drift: bool) -> None:
    """Check how each host ends."""
    ends = {name: kind.ends if fails_on_drift or kind.always else "ok" for name, kind in table.items()}
    failed = sorted(host for host, counters in run.recap.items() if counters["failures"])
    assert failed == sorted(name for name, end in ends.items() if end == FAILED)
    unreachable = sorted(host for host, counters in run.recap.items() if counters["unreachable"])
    assert unreachable == sorted(name for name, end in ends.items() if end == UNREACHABLE)
