# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report of each type of run says, and what it must not say: in every format, file name, and on the terminal.

The expectations are written by hand, for what was done to the simulated cameras. A sentence that is false for its run
makes the whole report worthless for an auditor.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from lxml import html

from tests.integration.role import POLICY, WAVE
from tests.playbook import PlaybookRun, run_playbook
from tests.simulator import Fleet

FORMATS = {"html": ".html", "json": ".json", "csv": ".csv", "markdown": ".md", "junit": ".xml"}
MERGE = "Merge the reports"
PLAYBOOKS = {"audit": "camfleet.axis.audit", "roll_out": "camfleet.axis.roll_out"}
TITLES = {"audit": "Audit of the retention policies", "roll_out": "Roll-out of the retention policies"}
#: The playbooks of the collection, and a play with the role.
AUDIT, ROLL_OUT, ROLE = "audit", "roll_out", "role"

#: That something was changed, which a run that only predicts must not say.
MADE = (
    r"(?<!othing )\b(was|were|has been|have been) (changed|updated|created|deleted)\b",
    r"\d hosts? changed",
    r"\bdoor updated\b",
    r"\bafter changes\b",
)
#: That something would be changed, which a run that changed it, or had nothing to change, must not say.
PREDICTED = (r"\bwould\b", r"\bmay be deleted\b", r"\bcheck mode\b", r"\bpredict")
NOTHING_CHANGED = (r"[Nn]othing was (changed|written)",)
#: That something was verified, which a run that reached no host must not say.
VERIFIED = (r"[Oo]nly (the )?settings", r"settings (and|only|of)", r"as the policy requires")
OTHER_TYPE = {AUDIT: (r"\b[Rr]oll-out\b",), ROLL_OUT: (r"\b[Aa]udit\b(?! the device)",)}
#: Values of programs, and numbers that do not agree with their nouns.
ALWAYS = (r"\bNone\b", r"\bnull\b", r"\(\)", r"\bnan\b", r"\b1 (hosts|groups|disks|slices|seconds)\b")
#: Names of fields, which readers of the page do not know.
ON_THE_PAGE = (r"\b[a-z]+_[a-z_]+ is\b", r"\bretention_time\b", r"\bnot_[a-z]+\b")


@dataclass(frozen=True)
class RunType:
    """A type of run, and what its report says.

    :param playbook: what runs: ``audit``, ``roll_out``, or ``role``.
    :param hosts: by name, the verdict; the last part of a name is what the camera is.
    :param stem: what the names of the files begin with.
    :param fact: the type in words.
    :param says: what it was, what it changed, and what was verified: in the header of the page, and in Markdown.
    :param headline: the first line of the terminal after title and time.
    :param verified: what was verified, on the terminal.
    :param never: patterns that occur nowhere.
    :param changes: by host, what the table for spreadsheets says about changes.
    :param stopped: why the run ended early.
    :param variables: of the run.
    """

    playbook: str
    hosts: Mapping[str, str]
    stem: str
    fact: str
    says: str
    headline: str
    verified: str
    never: tuple[str, ...]
    changes: Mapping[str, str] = field(default_factory=dict)
    stopped: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


#: Runs in check mode.
CHECKED = {
    "audit": RunType(
        AUDIT,
        {"audit-good": "compliant", "audit-wrong": "drifted"},
        "retention-audit-2",
        "audit",
        "Audit: nothing was changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "2 hosts: 1 compliant, 0 changed, 1 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *OTHER_TYPE[AUDIT]),
        {"audit-wrong": "door would be updated"},
    ),
    "changing": RunType(
        ROLL_OUT,
        {"changing-good": "compliant", "changing-wrong": "drifted"},
        "retention-roll-out-check-2",
        "roll-out in check mode",
        "Roll-out in check mode: nothing was changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "In check mode nothing was changed, 1 host would be changed. "
        "2 hosts: 1 compliant, 0 changed, 1 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *OTHER_TYPE[ROLL_OUT]),
        {"changing-wrong": "door would be updated"},
    ),
    "unchanged": RunType(
        ROLL_OUT,
        {"unchanged-good": "compliant", "unchanged-other-good": "compliant"},
        "retention-roll-out-check-2",
        "roll-out in check mode",
        "Roll-out in check mode: nothing was changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "In check mode nothing was changed, 0 hosts would be changed. "
        "2 hosts: 2 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *OTHER_TYPE[ROLL_OUT], r"\bwould be (?!changed\b)"),
    ),
    "gated": RunType(
        ROLL_OUT,
        {"gated-good": "compliant", "gated-wrong": "not_attempted", "gated-off": "unverified"},
        "retention-roll-out-check-2",
        "roll-out in check mode",
        "Roll-out in check mode: nothing was changed. Settings read on 1 of 3 hosts. Recordings were not read.",
        "In check mode nothing was changed, 0 hosts would be changed. "
        "3 hosts: 1 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 1 unverified, 1 not attempted",
        "settings only of 1 host, nothing of 2 hosts",
        (*MADE, *OTHER_TYPE[ROLL_OUT], r"received no request", r"all hosts"),
        stopped="Nothing was written: 33.33% of hosts failed the check or were unreachable (maximum: 10%)",
    ),
    "custom": RunType(
        ROLE,
        {"custom-good": "compliant", "custom-wrong": "drifted"},
        "retention-audit-2",
        "audit",
        "Audit: nothing was changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "In check mode nothing was changed, 1 host would be changed. "
        "2 hosts: 1 compliant, 0 changed, 1 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *OTHER_TYPE[AUDIT]),
        {"custom-wrong": "door would be updated"},
    ),
    # All hosts fail, so that no other playbook runs after it.
    "unreached": RunType(
        ROLL_OUT,
        {"unreached-off": "unverified", "unreached-other-off": "unverified"},
        "retention-roll-out-check-2",
        "roll-out in check mode",
        "Roll-out in check mode: nothing was changed. No host was read.",
        "In check mode nothing was changed, 0 hosts would be changed. "
        "2 hosts: 0 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 2 unverified, 0 not attempted",
        "nothing",
        (*MADE, *VERIFIED, *OTHER_TYPE[ROLL_OUT]),
        stopped="Nothing was written: 100% of hosts failed the check or were unreachable (maximum: 10%)",
    ),
}
#: Runs that may write. --limit leaves out limited-out only.
REAL = {
    "limited": RunType(
        AUDIT,
        {"limited-good": "compliant", "limited-out": "not_in_run"},
        "retention-audit-2",
        "audit",
        "Audit: nothing was changed. Settings read on 1 of 2 hosts. Recordings were not read.",
        "1 host: 1 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *PREDICTED, *OTHER_TYPE[AUDIT], r"all hosts"),
    ),
    "changing": RunType(
        ROLL_OUT,
        {"changing-good": "compliant", "changing-wrong": "changed"},
        "retention-roll-out-2",
        "roll-out",
        "Roll-out: 1 host changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "2 hosts: 1 compliant, 1 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*PREDICTED, *NOTHING_CHANGED, *OTHER_TYPE[ROLL_OUT]),
        {"changing-wrong": "door was updated"},
    ),
    "unchanged": RunType(
        ROLL_OUT,
        {"unchanged-good": "compliant", "unchanged-other-good": "compliant"},
        "retention-roll-out-2",
        "roll-out",
        "Roll-out: nothing was changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "2 hosts: 2 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *PREDICTED, *OTHER_TYPE[ROLL_OUT]),
    ),
    "gated": RunType(
        ROLL_OUT,
        {"gated-good": "compliant", "gated-wrong": "not_attempted", "gated-off": "unverified"},
        "retention-roll-out-2",
        "roll-out",
        "Roll-out: nothing was changed. Settings read on 1 of 3 hosts. Recordings were not read.",
        "3 hosts: 1 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 1 unverified, 1 not attempted",
        "settings only of 1 host, nothing of 2 hosts",
        (*MADE, *PREDICTED, *OTHER_TYPE[ROLL_OUT], r"received no request", r"all hosts"),
        stopped="Nothing was written: 33.33% of hosts failed the check or were unreachable (maximum: 10%)",
    ),
    # The first wave fails, the second one has another host.
    "stopped": RunType(
        ROLL_OUT,
        {"stopped-good": "compliant", "stopped-ignoring": "unverified", "stopped-wrong": "not_attempted"},
        "retention-roll-out-2",
        "roll-out",
        "Roll-out: nothing was changed. Settings read on 1 of 3 hosts. Recordings were not read.",
        "3 hosts: 1 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 1 unverified, 1 not attempted",
        "settings only of 1 host, nothing of 2 hosts",
        (*MADE, *PREDICTED, *OTHER_TYPE[ROLL_OUT], r"received no request", r"all hosts", r"Nothing was written"),
        stopped="The run stopped after wave 1 of 2: 100% of the hosts of this wave failed or were unreachable "
        "(maximum: 10%)",
        variables={"retention_policy_waves": [1, 1]},
    ),
    # The only wave fails, so that the run stopped nothing. It is unknown whether the device applied the change.
    "unconfirmed": RunType(
        ROLL_OUT,
        {"unconfirmed-good": "compliant", "unconfirmed-lost": "unverified"},
        "retention-roll-out-2",
        "roll-out",
        "Roll-out: no change was confirmed, and it is unknown whether 1 host was changed. Settings read on 1 of 2 "
        "hosts. Recordings were not read.",
        "2 hosts: 1 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 1 unverified, 0 not attempted",
        "settings only of 1 host, nothing of 1 host",
        (
            *PREDICTED,
            *NOTHING_CHANGED,
            *OTHER_TYPE[ROLL_OUT],
            r"[Ss]topped",
            r"[Ee]nded early",
            r"\d hosts? changed",
            r"Retention is shorter",
        ),
    ),
    "custom": RunType(
        ROLE,
        {"custom-good": "compliant", "custom-wrong": "changed"},
        "retention-roll-out-2",
        "roll-out",
        "Roll-out: 1 host changed. Settings read on 2 of 2 hosts. Recordings were not read.",
        "2 hosts: 1 compliant, 1 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*PREDICTED, *NOTHING_CHANGED, *OTHER_TYPE[ROLL_OUT]),
        {"custom-wrong": "door was updated"},
    ),
    "verified": RunType(
        AUDIT,
        {"verified-recorded": "compliant", "verified-new": "insufficient_history", "verified-off": "unverified"},
        "retention-audit-2",
        "audit",
        "Audit: nothing was changed. Settings read on 2 of 3 hosts; recordings read on 2, which prove the retention on "
        "1.",
        "3 hosts: 1 compliant, 0 changed, 0 drifted, 0 failing disk, 0 held, 0 refused, 1 insufficient history, "
        "0 indeterminate, 0 unsupported, 1 unverified, 0 not attempted",
        "settings and recordings of 2 hosts, nothing of 1 host; retention proven on 1 host",
        (
            *MADE,
            *PREDICTED,
            *OTHER_TYPE[AUDIT],
            r"Recordings were not read",
            r"all hosts",
            r"only (the )?settings were",
        ),
        variables={"retention_policy_verify_recordings": True},
    ),
    "merged": RunType(
        AUDIT,
        {"merged-good": "compliant", "merged-wrong": "drifted"},
        "retention-audit-2",
        "audit",
        "Merged report of 2 slices. Audit: nothing was changed. Settings read on 2 of 2 hosts. Recordings were not "
        "read.",
        "2 hosts: 1 compliant, 0 changed, 1 drifted, 0 held, 0 refused, 0 unsupported, 0 unverified, 0 not attempted",
        "settings only",
        (*MADE, *OTHER_TYPE[AUDIT]),
        {"merged-wrong": "door would be updated"},
    ),
    "unreached": RunType(
        AUDIT,
        {"unreached-off": "unverified", "unreached-other-off": "unverified"},
        "retention-audit-2",
        "audit",
        "Audit: nothing was changed. No host was read.",
        "2 hosts: 0 compliant, 0 changed, 0 drifted, 0 held, 0 refused, 0 unsupported, 2 unverified, 0 not attempted",
        "nothing",
        (*MADE, *PREDICTED, *VERIFIED, *OTHER_TYPE[AUDIT]),
    ),
}
_RETENTION = {"wrong": 24, "ignoring": 24, "lost": 24}
CASES = [(True, name) for name in CHECKED] + [(False, name) for name in REAL]


def add_cameras(fleet: Fleet) -> None:
    """Add the cameras of all types of runs."""
    for name in dict.fromkeys(host for types in (CHECKED, REAL) for item in types.values() for host in item.hosts):
        kind = name.rpartition("-")[2]
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="door", retention_time=_RETENTION.get(kind, 720))
        device.disks["SD_DISK"].cleanupmaxage = 0
        device.plant_recordings("door", 1, newest_age_hours=2)
        if kind == "recorded":
            device.plant_recordings("door", 1, newest_age_hours=719)
        device.powered = kind != "off"
        if kind == "ignoring":
            device.plant_fault("ignore_write", call="recording_group/update", times=None)
        if kind == "lost":
            device.plant_fault("drop_after", call="recording_group/update", times=None)
            # After the check before the wave, and the list before the write.
            device.plant_fault("drop_before", call="recording_group/list", skip=2, times=None)


def build_inventory(fleet: Fleet) -> dict[str, Any]:
    """Return an inventory with a group for each type of run."""
    hosts = {
        name: {
            "ansible_host": device.host,
            "axis_port": device.port,
            "axis_protocol": "http",
            "axis_username": "operator",
            "axis_password": "operator-pass",
            "axis_retries": 0,
        }
        for name, device in fleet.devices.items()
    }
    types = {name: item for types in (CHECKED, REAL) for name, item in types.items()}
    members = {name: {host: {} for host in fleet.devices if host.startswith(f"{name}-")} for name in types}
    groups = {name: {"hosts": found} for name, found in members.items()}
    labels = {"retention_policy_purpose": "Doors", "retention_policy_owner": "me@example.com"}
    return {"all": {"hosts": hosts, "vars": {**POLICY, **labels}, "children": groups}}


def build_plays(types: Mapping[str, RunType], directory: Path) -> Iterator[dict[str, Any]]:
    """Yield the plays that run all types, each with a directory of its own."""
    for name, item in types.items():
        target = directory / name
        settings = {"retention_policy_report_dir": str(target), "retention_policy_report_formats": [*FORMATS]}
        variables = {"retention_policy_hosts": name, **settings, **item.variables}
        if name == "merged":
            yield from _build_merge(item, variables, target)
        elif item.playbook == ROLE:
            role = {"import_role": {"name": "camfleet.axis.retention_policy"}}
            play = {"name": "Doors of the works", "hosts": name, "gather_facts": False, "vars": variables}
            yield {**play, "tasks": [{"name": "Role", **role}]}
        else:
            yield {"name": name, "import_playbook": PLAYBOOKS[item.playbook], "vars": variables}


def _build_merge(item: RunType, variables: Mapping[str, Any], target: Path) -> Iterator[dict[str, Any]]:
    slices = f"{target}-slices"
    for number, host in enumerate(item.hosts, 1):
        part = {"awx_job_slice_number": number, "awx_job_slice_count": len(item.hosts)}
        own = {**variables, **part, "retention_policy_hosts": host, "retention_policy_report_dir": slices}
        yield {"name": f"Slice {number}", "import_playbook": PLAYBOOKS[AUDIT], "vars": own}
    merge = {"merge_reports_from": slices, "merge_reports_dir": str(target), "merge_reports_hosts": "merged"}
    more = {**merge, "merge_reports_formats": [*FORMATS]}
    yield {"name": "Merge", "import_playbook": "camfleet.axis.merge_reports", "vars": more}


@dataclass(frozen=True)
class Reports:
    """The reports of all types, and what their runs printed."""

    directory: Path
    run: PlaybookRun


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[bool, Reports]]:
    """Yield the reports of the runs in check mode, and of the others; both are one run of ansible-playbook each."""
    root = tmp_path_factory.mktemp("sentences")
    with Fleet() as fleet:
        add_cameras(fleet)
        inventory = root / "inventory.json"
        inventory.write_text(json.dumps(build_inventory(fleet)), encoding="utf-8")
        found = {}
        for check_mode, types, arguments in ((True, CHECKED, ["--check"]), (False, REAL, ["--limit", "!limited-out"])):
            directory = root / f"check-{check_mode}"
            directory.mkdir()
            playbook = directory / "play.yml"
            playbook.write_text(json.dumps([*build_plays(types, directory)]), encoding="utf-8")
            found[check_mode] = Reports(directory, run_playbook(playbook, inventory, directory, *arguments))
            if check_mode:
                assert not [device.name for device in fleet.devices.values() if device.writes]
        written = {name for name, device in fleet.devices.items() if device.writes}
        assert written == {"changing-wrong", "custom-wrong", "stopped-ignoring", "unconfirmed-lost"}
        yield found


@dataclass(frozen=True)
class Report:
    """The report of one run, in every format."""

    expected: RunType
    stems: set[str]
    document: Mapping[str, Any]
    page: Any
    texts: Mapping[str, str]
    lines: tuple[str, ...]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[1]}{'-check' if case[0] else ''}")
def report(request: pytest.FixtureRequest, reports: Mapping[bool, Reports]) -> Report:
    """Return the report of one type of run."""
    check_mode, name = request.param
    expected, found = (CHECKED if check_mode else REAL)[name], reports[check_mode]
    paths = sorted((found.directory / name).iterdir())
    assert {path.suffix for path in paths} == {*FORMATS.values()}, found.run.output
    sources = {path.suffix: path.read_text(encoding="utf-8-sig") for path in paths}
    page = html.document_fromstring(sources[".html"])
    results = [item for (task, host), item in found.run.results.items() if host in expected.hosts or task == MERGE]
    lines = [
        tuple(item.get("lines", ())) for item in results if str(found.directory / name) + "/" in str(item.get("files"))
    ]
    terminal = next(iter(lines), ())
    texts = {
        "page": _visible(page),
        "Markdown": sources[".md"],
        "table": sources[".csv"],
        "JUnit": sources[".xml"],
        "terminal": "\n".join(terminal),
    }
    document = json.loads(sources[".json"])
    return Report(expected, {path.stem for path in paths}, document, page, texts, terminal)


def _visible(page: Any) -> str:
    """Return the text that a reader of the page sees, without the glossary, which is about all types of runs."""
    elsewhere = "ancestor::script or ancestor::style or ancestor::select or ancestor::section[h2/@id='glossary']"
    parts = page.xpath(f"//body//text()[not({elsewhere})]")
    titles = page.xpath("//@title[not(ancestor::section[h2/@id='glossary'])] | //@aria-label | //title/text()")
    return " ".join(" ".join([*parts, *titles]).split())


def test_file_names_say_the_type_of_the_run(report: Report) -> None:
    (stem,) = report.stems
    assert stem.startswith(report.expected.stem)
    assert re.fullmatch(r"retention-[a-z-]+-\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{8}", stem)


def test_data_has_type_and_verdicts(report: Report) -> None:
    expected, document = report.expected, report.document
    assert {host["host"]: host["verdict"] for host in document["hosts"]} == expected.hosts
    assert document["run_type"] == ("audit" if expected.fact == "audit" else "roll_out")
    assert document["stopped"] == expected.stopped
    assert document["summary"]["changed"] == sum(verdict == "changed" for verdict in expected.hosts.values())


def test_titles_and_first_sentences_are_those_of_the_run(report: Report) -> None:
    expected = report.expected
    title = TITLES.get(expected.playbook, "Doors of the works")
    assert report.page.xpath("string(//h1)") == title
    assert report.page.xpath("string(//title)").startswith(f"{title} – ")
    header = " ".join(report.page.xpath("string(//header)").split())
    assert expected.says in header
    assert (f"Ended early: {expected.stopped}" in header) is (expected.stopped is not None)
    facts = dict(
        zip(
            report.page.xpath("//section[h2/@id='run']/dl/dt/text()"),
            ["".join(item.itertext()) for item in report.page.xpath("//section[h2/@id='run']/dl/dd")],
            strict=True,
        )
    )
    assert facts["Type"] == expected.fact
    assert facts.get("Ended early") == expected.stopped
    markdown = report.texts["Markdown"].splitlines()
    assert (markdown[0], markdown[2]) == (f"# {title}", expected.says)
    assert ("Ended early: " in report.texts["Markdown"]) is (expected.stopped is not None)
    suites = JUnitXml.fromstring(report.texts["JUnit"].encode())
    assert suites.name == title


def test_headings_are_those_of_verdicts_that_occur(report: Report) -> None:
    headings = re.findall(r"(?m)^## (.*?) \(\d+\)$", report.texts["Markdown"])
    verdicts = {verdict.replace("_", " ").capitalize() for verdict in report.expected.hosts.values()}
    assert sorted(headings) == sorted(verdicts - {"Compliant"})


def test_terminal_says_what_was_verified_and_changed(report: Report) -> None:
    expected = report.expected
    if "merged-good" in expected.hosts:
        return  # the playbook that merges prints the files only
    assert report.lines[0].partition(" UTC: ")[2] == f"{expected.headline}. Read: {expected.verified}"
    ended = [line for line in report.lines if line.startswith("Ended early: ")]
    assert ended == ([f"Ended early: {expected.stopped}"] if expected.stopped else [])
    assert not ended or report.lines[1] == ended[0]


def test_wave_says_stop_only_if_another_one_follows(reports: Mapping[bool, Reports]) -> None:
    results = reports[False].run.results
    assert ". Stop: 100% of hosts failed" in results[WAVE, "stopped-ignoring"]["headline"]
    assert "Stop" not in results[WAVE, "unconfirmed-lost"]["headline"]


def test_table_says_what_was_changed_or_would_be(report: Report) -> None:
    rows = csv.DictReader(io.StringIO(report.texts["table"]))
    assert {row["host"]: row["changes"] for row in rows if row["changes"]} == report.expected.changes


@pytest.mark.fault("false sentence in a report")
def test_nothing_false_is_in_any_format(report: Report) -> None:
    for name, text in report.texts.items():
        patterns = report.expected.never + ALWAYS + (ON_THE_PAGE if name == "page" else ())
        found = {pattern: match[0] for pattern in patterns if (match := re.search(pattern, text))}
        assert not found, f"{name}: {found}"
