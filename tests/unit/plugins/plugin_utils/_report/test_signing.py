# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files are signed by a real command, without a shell; whatever it does, they stay complete and the reason is shown."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.search import REDACTED
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_merge, axis_retention_policy_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._report import signing
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.signing import (
    Signatures,
    check_sign_command,
    render_signature_lines,
    sign_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

VARIABLE = "retention_policy_report_sign_command"
TEXT = '{"text": "\u00fc"}\n'


Python = Callable[..., list[str]]


@pytest.fixture
def python(tmp_path_factory: pytest.TempPathFactory) -> Python:
    """Return a function that returns a command that runs Python code, without the code among its arguments."""
    directory = tmp_path_factory.mktemp("programs")

    def build(code: str, *arguments: str) -> list[str]:
        path = directory / f"{len(list(directory.iterdir()))}.py"
        path.write_text(f"import os, sys, time\n{code}\n", encoding="utf-8")
        return [sys.executable, str(path), *arguments]

    return build


def write(directory: Path, *names: str) -> list[str]:
    """Write files of a report, and return their paths."""
    directory.mkdir(exist_ok=True)
    for name in names:
        (directory / name).write_text(TEXT, encoding="utf-8")
    return [str(directory / name) for name in names]


def failure(found: Signatures) -> str:
    """Return the message of the failure, as a user of the role reads it."""
    assert found.failure is not None
    return found.failure.render({"sign_command": VARIABLE})


SIGN = 'open(sys.argv[-1] + ".sig", "w").write("signature")'


def test_each_file_is_signed_once(python: Python, tmp_path: Path) -> None:
    paths = write(tmp_path, "a.json", "a.html", "retention_policy.prom")
    log = tmp_path / "log"
    code = f'open(sys.argv[1], "a").write(" ".join(sys.argv[2:]) + "\\n")\n{SIGN}'
    found = sign_files(python(code, str(log), "--key"), paths)
    assert found == Signatures([f"{path}.sig" for path in paths[:2]], {}, None)
    assert log.read_text(encoding="utf-8").splitlines() == [f"--key {path}" for path in paths[:2]]


def test_path_replaces_its_mark_in_any_argument(python: Python, tmp_path: Path) -> None:
    (path,) = write(tmp_path, "a.json")
    code = 'open(sys.argv[2], "w").write(repr(sys.argv[1:]))'
    command = python(code, "in={path}", "{path}.asc", "{PATH}", "$HOME", "a b")
    found = sign_files(command, [path])
    assert found.paths == [f"{path}.asc"]
    arguments = [f"in={path}", f"{path}.asc", "{PATH}", "$HOME", "a b"]
    assert Path(f"{path}.asc").read_text(encoding="utf-8") == repr(arguments)


@pytest.mark.parametrize("name", ["a b", "{path}", "$(touch x)", "a'b\"c", "-rf", "%s", "ü", "a\nb", "*", "a;b", "{0}"])
def test_odd_names_are_one_argument(python: Python, tmp_path: Path, name: str) -> None:
    paths = write(tmp_path / name, "a.json", f"{name}.csv")
    assert sign_files(python(SIGN), paths).paths == [f"{path}.sig" for path in paths]
    assert sign_files(python(SIGN, "{path}"), paths).failure is None
    assert len(list((tmp_path / name).iterdir())) == 4


@pytest.mark.parametrize("suffix", [".sig", ".sig.ots", "-signature"])
def test_new_files_that_begin_with_the_name_are_signatures(python: Python, tmp_path: Path, suffix: str) -> None:
    (path,) = write(tmp_path, "a.json")
    Path(f"{path}.old").touch()
    code = f'open(sys.argv[-1] + "{suffix}", "w")\nopen(os.path.dirname(sys.argv[-1]) + "/other", "w")'
    assert sign_files(python(code), [path]).paths == [f"{path}{suffix}"]


@pytest.mark.parametrize(("mode", "umask"), [(0o640, 0o000), (0o600, 0o022), (0o644, 0o077), (0o640, 0o777)])
def test_signature_has_the_mode_of_its_file(python: Python, tmp_path: Path, mode: int, umask: int) -> None:
    (path,) = write(tmp_path, "a.json")
    os.chmod(path, mode)
    other = tmp_path / "other"
    other.touch(mode=0o600)
    code = f'os.umask({umask})\n{SIGN}\nos.symlink({str(other)!r}, sys.argv[-1] + ".link")'
    found = sign_files(python(code), [path])
    assert found.paths == [f"{path}.link", f"{path}.sig"]
    assert stat.S_IMODE(os.stat(f"{path}.sig").st_mode) == mode
    # The target of a link is another file.
    assert stat.S_IMODE(other.stat().st_mode) == 0o600


def test_no_command_signs_nothing(tmp_path: Path) -> None:
    assert sign_files([], write(tmp_path, "a.json")) == Signatures([], {}, None)
    assert sign_files(["/none"], []) == Signatures([], {}, None)


@pytest.mark.fault("report is not signed")
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.exit(3)", "exit status 3"),
        ('print("no key\\n\\n in the token."); sys.exit(2)', "exit status 2, no key; in the token"),
        ('sys.stderr.write("\\x1b[2Jno \\u202ekey"); sys.exit(1)', "exit status 1, [2Jno key"),
        ("os.kill(os.getpid(), 9)", "signal 9"),
        ("os.remove(sys.argv[-1])", "it changed or removed the file, which was written again"),
        ('open(sys.argv[-1], "a").write("x")', "it changed or removed the file, which was written again"),
        ("os.remove(sys.argv[-1]); sys.exit(1)", "exit status 1"),
    ],
)
def test_failure_names_file_command_and_variable_and_keeps_the_files(
    python: Python, tmp_path: Path, code: str, reason: str
) -> None:
    paths = write(tmp_path, "a.json", "a.html")
    command = python(code)
    found = sign_files(command, paths)
    assert found.paths == []
    assert found.problems[paths[0]] == reason
    assert [*found.problems] == paths
    assert failure(found) == (
        f"2 of 2 files of the report are not signed. The command {command[0]} failed for {paths[0]}: {reason}. Correct "
        f"{VARIABLE}, then sign the files that were written with the command, or run again."
    )
    assert render_signature_lines(found)[0] == f"Not signed: {paths[0]}: {reason}"
    assert {path: Path(path).read_text(encoding="utf-8") for path in paths} == dict.fromkeys(paths, TEXT)
    assert sorted(map(str, tmp_path.iterdir())) == sorted(paths)


@pytest.mark.fault("report is not signed")
@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("/none/signer", "No such file or directory"),
        ("no-such-signer-4711", "No such file or directory"),
        ("gpg --detach-sign", "No such file or directory"),
        ("/", "Permission denied"),
    ],
)
def test_program_that_does_not_start_is_a_failure(tmp_path: Path, program: str, reason: str) -> None:
    paths = write(tmp_path, "a.json", "a.html")
    found = sign_files([program], paths)
    assert f"The command {program} failed for {paths[0]}: it cannot be started ({reason})." in failure(found)
    # It would not start for any other file.
    assert found.problems[paths[1]] == "it was not attempted after this failure"
    assert {path: Path(path).read_text(encoding="utf-8") for path in paths} == dict.fromkeys(paths, TEXT)


@pytest.mark.fault("report is not signed")
def test_one_failure_does_not_prevent_the_other_signatures(python: Python, tmp_path: Path) -> None:
    paths = write(tmp_path, "a.json", "b.json", "c.json")
    found = sign_files(python(f'sys.argv[-1].endswith("b.json") and sys.exit(1)\n{SIGN}'), paths)
    assert found.paths == [f"{paths[0]}.sig", f"{paths[2]}.sig"]
    assert failure(found).startswith(
        f"1 of 3 files of the report is not signed. The command {sys.executable} failed for "
    )
    assert render_signature_lines(found) == [
        f"Signature: {paths[0]}.sig",
        f"Signature: {paths[2]}.sig",
        f"Not signed: {paths[1]}: exit status 1",
    ]


@pytest.mark.fault("report is not signed")
def test_command_that_does_not_end_is_killed_with_its_children(
    python: Python, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child keeps its end of a pipe open as long as it lives."""
    monkeypatch.setattr(signing, "_TIME_LIMIT", 0.5)
    paths = write(tmp_path, "a.json", "b.json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    code = 'os.open(sys.argv[1], os.O_WRONLY)\nos.fork()\nprint("x" * 200000, flush=True)\ntime.sleep(3600)'
    found = sign_files(python(code, str(pipe)), paths)
    assert found.problems[paths[0]] == "it did not end within 0.5 seconds"
    # It would take as long for every other file.
    assert found.problems[paths[1]] == "it was not attempted after this failure"
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_background_process_does_not_delay_the_end(python: Python, tmp_path: Path) -> None:
    """An agent that the command starts keeps its output open."""
    (path,) = write(tmp_path, "a.json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # The child ends when the test closes the pipe.
    code = f"os.fork() or (open(sys.argv[1]).read(), os._exit(0))\n{SIGN}"
    writer = os.open(pipe, os.O_RDWR)
    found = sign_files(python(code, str(pipe)), [path])
    os.close(writer)
    assert found.paths == [f"{path}.sig"]


def test_command_has_no_input_and_no_terminal(python: Python, tmp_path: Path) -> None:
    (path,) = write(tmp_path, "a.json")
    terminal = 'try:\n    os.open("/dev/tty", os.O_RDWR)\nexcept OSError:\n    sys.exit(0)\nsys.exit(1)'
    code = f'assert sys.stdin.read() == ""\nassert os.getsid(0) == os.getpid()\n{terminal}'
    assert sign_files(python(code), [path]).problems == {}


@pytest.mark.fault("secret in the output of a command that signs")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--passphrase", "hunter"],
        ["--passphrase=hunter"],
        ["-passin", "pass:hunter"],
        ["--pin", "hunter", "x"],
        ["token=hunter"],
        ["--password=hunter", "--passphrase", "Hunt"],
        ["https://user:hunter@tsa.example.com/sign"],
    ],
    ids=str,
)
def test_output_shows_no_argument_that_is_a_secret_by_its_name(
    python: Python, tmp_path: Path, arguments: list[str]
) -> None:
    (path,) = write(tmp_path, "a.json")
    found = sign_files(python('print("wrong:", "hun" + "ter", "of this file"); sys.exit(1)', *arguments), [path])
    assert "hunter" not in failure(found)
    assert "of this file." in failure(found)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--local-user", "reports@exmaple.com"],
        ["--local-user=reports@exmaple.com"],
        ["-u", "reports@exmaple.com", "--passphrase-file", "/none/passphrase"],
        ["--pinentry-mode", "loopback", "--default-key", "reports@exmaple.com"],
        ["/none/passport/reports@exmaple.com"],
    ],
    ids=str,
)
def test_output_names_the_key_that_does_not_exist(python: Python, tmp_path: Path, arguments: list[str]) -> None:
    (path,) = write(tmp_path, "a.json")
    code = f'print("""skipped "reports@exmaple.com": No secret key, not {arguments[-1]}"""); sys.exit(2)'
    found = sign_files(python(code, *arguments), [path])
    text = f'exit status 2, skipped "reports@exmaple.com": No secret key, not {arguments[-1]}.'
    assert text in failure(found)
    assert REDACTED not in failure(found)


@pytest.mark.fault("secret in the output of a command that signs")
def test_output_shows_no_password_of_the_run(python: Python, tmp_path: Path) -> None:
    """Also if it is the name of the key."""
    (path,) = write(tmp_path, "a.json")
    found = sign_files(
        python('print("no key", "hun" + "ter"); sys.exit(2)', "hunter"),
        [path],
        lambda text: text.replace("hunter", "*"),
    )
    assert "exit status 2, no key *. Correct" in failure(found)


def test_long_output_is_cut_at_its_beginning(python: Python, tmp_path: Path) -> None:
    (path,) = write(tmp_path, "a.json")
    found = sign_files(python('print("x" * 300000 + "the reason"); sys.exit(1)'), [path])
    assert failure(found).count("x") < 400
    assert "the reason." in failure(found)


def test_unreadable_directory_is_a_failure_to_sign(python: Python, tmp_path: Path) -> None:
    (path,) = write(tmp_path / "r", "a.json")
    found = sign_files(python("import shutil; shutil.rmtree(os.path.dirname(sys.argv[-1]))"), [path])
    assert "the file cannot be read or written after it (No such file or directory)" in failure(found)


@pytest.mark.parametrize("module", [axis_retention_policy_report, axis_retention_policy_merge])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("gpg --detach-sign", f"{VARIABLE} must be a list, got a text"),
        ("", f"{VARIABLE} must be a list, got a text"),
        ("gpg,--detach-sign", f"{VARIABLE} must be a list, got a text"),
        ({"gpg": "--sign"}, f"{VARIABLE} must be a list, got a dictionary"),
        (True, f"{VARIABLE} must be a list, got true or false"),
        (7, f"{VARIABLE} must be a list, got a number"),
        (["gpg", ""], f"{VARIABLE}[1] is empty"),
        ([""], f"{VARIABLE}[0] is empty"),
        ([" \t"], f"{VARIABLE}[0] is empty"),
        (["gpg", None], f"{VARIABLE}[1] is empty"),
        (["gpg", 4711], f"{VARIABLE}[1] must be text, got a number"),
        (["gpg", ["a"]], f"{VARIABLE}[1] must be text, got a list"),
        (["gpg", {"a": 1}], f"{VARIABLE}[1] must be text, got a dictionary"),
        (["gpg", "a\0b"], f"{VARIABLE}[1] has a null character"),
        (["./sign.sh"], f"{VARIABLE}[0] is './sign.sh', which is not an absolute path"),
        (["~/sign.sh"], f"{VARIABLE}[0] is '~/sign.sh', which is not an absolute path"),
    ],
)
def test_invalid_commands_are_rejected(module: Any, value: Any, message: str) -> None:
    required = {"directory": "/r"} if module is axis_retention_policy_merge else {}
    with pytest.raises(InvalidOptionError) as error:
        check_sign_command(validate({"sign_command": value, **required}, module.ARGUMENT_SPEC)["sign_command"])
    assert error.value.render({"sign_command": VARIABLE})[0] == message


@pytest.mark.parametrize("value", [[], None, ["gpg", "--armor"], ["/usr/bin/gpg", "{path}"], ["gpg", "--x", " "][:2]])
def test_valid_commands_are_accepted(value: Any) -> None:
    spec: Mapping[str, Any] = axis_retention_policy_report.ARGUMENT_SPEC
    parameters = validate({"sign_command": value}, dict(spec))
    check_sign_command(parameters["sign_command"])
    assert parameters["sign_command"] == (value or [])


def run(*command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command of an auditor."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.mark.fault("changed report")
def test_ssh_signature_is_verified_and_one_changed_character_is_found(tmp_path: Path) -> None:
    """With the commands that the guide shows. ssh-keygen must exist: without it, nothing is proven."""
    assert shutil.which("ssh-keygen"), "Install the OpenSSH client."
    paths = write(tmp_path / "r e", "a.json", "a.html")
    key = tmp_path / "key"
    assert (
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "reports@example.com", "-f", str(key)).returncode == 0
    )
    found = sign_files(["ssh-keygen", "-Y", "sign", "-n", "file", "-f", str(key)], paths)
    assert found.failure is None
    assert found.paths == [f"{path}.sig" for path in paths]
    signers = tmp_path / "allowed_signers"
    signers.write_text(f"reports@example.com {(tmp_path / 'key.pub').read_text(encoding='utf-8')}", encoding="utf-8")

    def verify(path: str) -> int:
        check = ["ssh-keygen", "-Y", "verify", "-n", "file", "-f", str(signers), "-I", "reports@example.com"]
        return run(*check, "-s", f"{path}.sig", input=Path(path).read_text(encoding="utf-8")).returncode

    assert [verify(path) for path in paths] == [0, 0]
    text = Path(paths[0]).read_text(encoding="utf-8")
    for number in range(0, len(text), 4):
        changed = f"{text[:number]}{'x' if text[number] != 'x' else 'y'}{text[number + 1 :]}"
        Path(paths[0]).write_text(changed, encoding="utf-8")
        assert verify(paths[0]) != 0
    assert stat.S_IMODE(os.stat(paths[1]).st_mode) == 0o644


@pytest.mark.fault("report is not signed")
def test_ssh_key_with_a_passphrase_fails_instead_of_requesting_it(tmp_path: Path) -> None:
    (path,) = write(tmp_path, "a.json")
    key = tmp_path / "key"
    assert run("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(key)).returncode == 0
    found = sign_files(["ssh-keygen", "-Y", "sign", "-n", "file", "-f", str(key)], [path])
    assert "incorrect passphrase supplied to decrypt private key" in failure(found)
    assert json.loads(Path(path).read_text(encoding="utf-8")) == {"text": "ü"}
