# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports are signed in every kind of run. If that fails, the run fails, after its summary, with all files."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.signing import render_signature_lines, sign_files
from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    OUTCOME,
    POLICY,
    REPORT,
    ROLL_OUT,
    add_cameras,
    contacted,
    ends_with_summary,
    extra_vars,
    preflight_problems,
    retention,
    summary_text,
)
from tests.playbook import CHECKOUT, PlaybookRun
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.metrics import read as read_metrics

GUIDE = CHECKOUT / "docs" / "docsite" / "rst" / "verifying_reports.rst"
MERGE = "camfleet.axis.merge_reports"
SIGN_COMMAND = "retention_policy_report_sign_command"
SECRET = "correct-horse-4711"  # a word to search for


def find_blocks(kind: str) -> list[str]:
    """Return the code blocks of the guide."""
    found = re.findall(rf"^\.\. code-block:: {kind}\n\n((?:   .*\n|\n)+)", GUIDE.read_text(encoding="utf-8"), re.M)
    return [textwrap.dedent(block).strip() for block in found]


def find_command(beginning: str) -> str:
    """Return the only command of the guide that begins so."""
    lines = [line.removeprefix("$ ") for block in find_blocks("console") for line in block.splitlines()]
    (command,) = (line for line in lines if line.startswith(beginning))
    return command


def find_sign_command(program: str) -> list[str]:
    """Return the command of the guide that signs with a program."""
    found = [yaml.safe_load(block)[SIGN_COMMAND] for block in find_blocks("yaml")]
    (command,) = (command for command in found if command[0] == program)
    return list(command)


class Auditor:
    """The commands of the guide in a directory of the auditor. A program that does not exist is a failure."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # The guide saves keys in the home directory.
        self.environment = {**os.environ, "HOME": str(directory)}

    def run(self, beginning: str) -> subprocess.CompletedProcess[str]:
        """Run the command of the guide that begins so."""
        command = find_command(beginning)
        assert shutil.which(command.split()[0]), f"Install {command.split()[0]}."
        options: dict[str, Any] = {"cwd": self.directory, "env": self.environment, "capture_output": True, "text": True}
        return subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], check=False, **options)

    def succeed(self, beginning: str) -> str:
        """Run a command that must succeed, and return its output."""
        done = self.run(beginning)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def auditor(tmp_path: Path) -> Iterator[Auditor]:
    """Return an auditor with a home for keys, whose path is short enough for the socket of an agent."""
    directory = tmp_path / "auditor"
    directory.mkdir()
    found = Auditor(directory)
    with tempfile.TemporaryDirectory(dir="/tmp") as home:  # a short path
        found.environment["GNUPGHOME"] = home
        yield found
        subprocess.run(["gpgconf", "--kill", "all"], env=found.environment, check=False)


def audit(play: Play, directory: Path, command: Any, *arguments: str, what: Any = AUDIT, **more: Any) -> PlaybookRun:
    """Run a playbook on cameras with the policy, whose report is signed with a command."""
    variables = {**POLICY, "retention_policy_report_dir": str(directory), SIGN_COMMAND: command}
    return play(what, *arguments, groups={"axis": {"vars": variables}}, **more)


def report_result(run: PlaybookRun) -> dict[str, Any]:
    """Return the result of the task that writes the report."""
    return next(result for (task, _host), result in run.results.items() if task == REPORT)


@pytest.mark.fault("changed report")
def test_auditor_verifies_report_with_the_commands_of_the_guide(
    play: Play, fleet: Fleet, tmp_path: Path, auditor: Auditor
) -> None:
    add_cameras(fleet, "c0")
    auditor.succeed("ssh-keygen -t")
    command = [part.replace("/etc/retention", str(auditor.directory)) for part in find_sign_command("ssh-keygen")]
    run = audit(play, tmp_path / "r $(x)", command, "--check")
    assert run.status == 0, run.output
    result = report_result(run)
    assert [Path(path).suffix for path in result["files"]] == [".html", ".json", ".sig", ".sig"]
    assert result["signatures"] == [f"{path}.sig" for path in result["files"][:2]] == result["files"][2:]
    assert result["signing_failure"] == ""
    assert f"\nSignature: {result['signatures'][1]}" in summary_text(run)
    (path,) = (tmp_path / "r $(x)").glob("*.json")
    report = auditor.directory / "report.json"
    shutil.copy(path, report)
    shutil.copy(f"{path}.sig", f"{report}.sig")
    auditor.succeed("echo")
    key = make_gpg_key(auditor)
    # The directory of the keys of the auditor is that of the controller here.
    with pytest.MonkeyPatch.context() as context:
        context.setenv("GNUPGHOME", auditor.environment["GNUPGHOME"])
        signed = sign_files(
            [part.replace("reports@example.com", key) for part in find_sign_command("gpg")], [str(report)]
        )
        wrong = sign_files(
            [part.replace("reports@example.com", "reports@exmaple.com") for part in find_sign_command("gpg")],
            [str(auditor.directory / "reports_key.asc")],
        )
    assert signed.paths == [f"{report}.asc"]
    assert 'skipped "reports@exmaple.com": No secret key' in render_signature_lines(wrong)[0]
    check_report(auditor, report)


def make_gpg_key(auditor: Auditor) -> str:
    """Make a key of the controller, write its public part for the auditor, and return its name."""
    options: dict[str, Any] = {"cwd": auditor.directory, "env": auditor.environment}
    name = "reports@example.com"
    protection = ["--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run(["gpg", *protection, "--quick-generate-key", name], **options, capture_output=True, check=True)
    subprocess.run(["gpg", "--armor", "--output", "reports_key.asc", "--export", name], **options, check=True)
    return name


def check_report(auditor: Auditor, report: Path) -> None:
    """Verify a report, change one character, and verify it again."""
    verifications = ("ssh-keygen -Y verify", "gpg --verify")
    auditor.succeed("gpg --import")
    digest = auditor.succeed("jq -r").strip()
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert auditor.succeed("jq -cSj").split()[0] == digest
    assert [auditor.run(command).returncode for command in verifications] == [0, 0]
    check_unknown_key(auditor)
    text = report.read_text(encoding="utf-8")
    for old, new in (('"compliant"', '"Compliant"'), ('"hosts": 1', '"hosts": 2'), ("720", "721")):
        assert old in text
        report.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert auditor.succeed("jq -cSj").split()[0] != digest
        assert all(auditor.run(command).returncode != 0 for command in verifications)
    # White space does not count for the digest, but for a signature.
    report.write_text(f"{text}\n", encoding="utf-8")
    assert auditor.succeed("jq -cSj").split()[0] == digest
    assert all(auditor.run(command).returncode != 0 for command in verifications)


def check_unknown_key(auditor: Auditor) -> None:
    """Check what the guide says about a key that the auditor has not certified, with the keyring of an auditor."""
    with tempfile.TemporaryDirectory(dir="/tmp") as home:  # a short path
        own = Auditor(auditor.directory)
        own.environment["GNUPGHOME"] = home
        own.succeed("gpg --import")
        found = own.run("gpg --verify")
        assert found.returncode == 0
        assert 'Good signature from "reports@example.com" [unknown]' in found.stderr
        assert "WARNING: This key is not certified with a trusted signature!" in found.stderr
        subprocess.run(["gpgconf", "--kill", "all"], env=own.environment, check=False)
    text = GUIDE.read_text(encoding="utf-8")
    assert '``Good signature from "reports@example.com" [unknown]``' in text
    assert "``WARNING: This key is not certified with a trusted signature!``" in text


def check_unsigned(run: PlaybookRun, directory: Path, host: str, program: str) -> None:
    """Check that a run failed at its end on one host because its report is not signed, with summary and files."""
    assert run.status == 2, run.output
    assert run.recap[host]["failures"] == 1
    result = report_result(run)
    assert len(result["files"]) == 2
    assert sorted(map(str, directory.iterdir())) == sorted(result["files"])
    assert all(stat.S_IMODE(Path(path).stat().st_mode) & 0o027 == 0 for path in result["files"])
    assert result["signatures"] == []
    message = run.results[OUTCOME, host]["msg"]
    assert message.startswith(f"{host}: 2 of 2 files of the report are not signed. The command {program} failed for ")
    assert message.endswith(
        f". Correct {SIGN_COMMAND}, then sign the files that were written with the command, or run again."
    )
    assert f"\nNot signed: {result['files'][1]}: " in run.output
    assert "\n".join(result["lines"]) in run.output
    assert SECRET not in run.output


@pytest.mark.fault("report is not signed")
def test_missing_program_fails_an_audit_after_its_summary(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "a", "b")
    run = audit(play, tmp_path / "r", ["no-such-signer-4711", "--passphrase", SECRET])
    check_unsigned(run, tmp_path / "r", "a", "no-such-signer-4711")
    assert "it cannot be started (No such file or directory)" in run.output
    assert ends_with_summary(run)
    # The other camera is as compliant as before.
    assert run.recap.get("b", {}).get("failures", 0) == 0
    assert "2 compliant" in summary_text(run)


@pytest.mark.fault("report is not signed")
def test_failed_command_fails_a_roll_out_that_has_written(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """The status of a host that failed itself does not change."""
    add_cameras(fleet, "a", "wrong")
    add_cameras(fleet, "b", retention_time=960)
    command = ["sh", "-c", 'echo "wrong: $2 incorrect-$3, not $4" >&2; exit 3', "sh", "--pin", SECRET, "4711", "my-key"]
    variables = {"retention_policy_allow_recording_loss": True, "retention_policy_max_fail_percentage": 100}
    hosts = {"wrong": {"axis_password": "incorrect-4711"}}
    run = audit(play, tmp_path / "r", command, *extra_vars(**variables), what=ROLL_OUT, hosts=hosts)
    check_unsigned(run, tmp_path / "r", "a", "sh")
    assert "exit status 3, wrong: ******** ********, not my-key. Correct" in run.results[OUTCOME, "a"]["msg"]
    assert "incorrect-4711" not in run.output
    assert retention(fleet) == {"a": 720, "b": 720, "wrong": 720}
    assert run.recap["wrong"]["failures"] == 1
    assert "authentication" in json.dumps(run.results[OUTCOME, "wrong"])
    assert ends_with_summary(run)


@pytest.mark.fault("report is not signed")
def test_failed_command_fails_a_custom_play_on_one_host(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "a", "b")
    tasks = [
        {"name": "Policy", "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy"}},
        {"name": "After the role", "ansible.builtin.debug": {"msg": "reached"}},
    ]
    run = audit(play, tmp_path / "r", ["false", "--pin", SECRET], "-vvv", what=tasks)
    check_unsigned(run, tmp_path / "r", "a", "false")
    assert ("After the role", "b") in run.results


@pytest.mark.fault("report is not signed")
def test_failed_command_fails_a_merge_and_a_task_of_its_own(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "a")
    done = audit(play, tmp_path / "slices", [])
    assert done.status == 0, done.output
    directories = {"merge_reports_from": str(tmp_path / "slices"), "merge_reports_dir": str(tmp_path / "merged")}
    run = audit(play, tmp_path / "slices", ["false", "--pin", SECRET], *extra_vars(**directories), what=MERGE)
    assert run.status == 2, run.output
    result = run.results["Merge the reports", "a"]
    assert f"The command false failed for {result['files'][0]}: exit status 1. Correct {SIGN_COMMAND}" in result["msg"]
    assert sorted(map(str, (tmp_path / "merged").iterdir())) == sorted(result["files"])
    assert result["summary"]["hosts"] == 1
    command = ["sh", "-c", 'touch "$0.asc"']
    formats = {"merge_reports_formats": ["json", "openmetrics"]}
    run = audit(play, tmp_path / "slices", command, *extra_vars(**directories, **formats), what=MERGE)
    assert run.status == 0, run.output
    result = run.results["Merge the reports", "a"]
    report, metrics, signature = result["files"]
    assert result["signatures"] == [signature] == [f"{report}.asc"]
    samples = read_metrics(Path(metrics).read_text(encoding="utf-8"))
    assert samples["camfleet_retention_hosts", frozenset({("run_type", "audit"), ("state", "compliant")})] == 1
    options = {"directory": str(tmp_path / "own"), "sign_command": ["false"]}
    run = play([{"name": "Report", "camfleet.axis.axis_retention_policy_report": options, "run_once": True}])
    assert run.status == 2, run.output
    result = run.results["Report", "a"]
    assert result["msg"] == result["signing_failure"]
    assert "Correct sign_command, then" in result["msg"]
    assert len(list((tmp_path / "own").iterdir())) == 2


def test_invalid_command_fails_before_the_first_request(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    run = audit(play, tmp_path / "r", f"gpg --passphrase {SECRET}")
    assert run.status != 0
    assert contacted(fleet) == []
    (problem,) = preflight_problems(run)
    assert problem["problem"].startswith(f"{SIGN_COMMAND} must be a list, got a text. Begin each entry with a dash.")
    assert SECRET not in run.output
