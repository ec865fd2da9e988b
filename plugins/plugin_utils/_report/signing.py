# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sign the files of a report with a command of the user, without a shell."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.search import REDACTED
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import REPORT_MODE, replace_file
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import METRICS_SUFFIX

#: The option of the modules that write a report.
OPTION = Option("sign_command")
#: In an argument, the path of the file.
_PATH = "{path}"
# Seconds for one file.
_TIME_LIMIT = 60.0
# Seconds until the rest of the output is read: what the command started in the background may keep it open.
_OUTPUT_LIMIT = 1.0
_MAX_OUTPUT, _MAX_SHOWN = 65_536, 300
# An argument may be a passphrase by its name, or contain one: pass:word, --pin=1234, user:password@host.
_SECRET_NAME = re.compile(r"(?i)pass|pin\b|secret|token|pwd|credential")
_PART = re.compile(r"(?P<name>[^=:\s]+)[=:](?P<value>.+)", re.DOTALL)
_LOGIN = re.compile(r"//[^/@:]*:(?P<value>[^/@]+)@")
_MIN_SECRET = 4


class SigningError(Exception):
    """Why a file is not signed."""

    def __init__(self, reason: str, *, ends_signing: bool = False) -> None:
        super().__init__(reason)
        #: whether the command would fail for every other file, too, or would take too long
        self.ends_signing = ends_signing


@dataclass(frozen=True)
class Signatures:
    """The result of signing.

    :param paths: the signature files beside the files of the report.
    :param problems: by file that is not signed, the reason.
    :param failure: a message about them, or ``None`` if all are signed.
    """

    paths: list[str]
    problems: Mapping[str, str]
    failure: Message | None


def check_sign_command(command: Sequence[str]) -> None:
    """Check the arguments of a command, of which none is also valid.

    :raises InvalidOptionError: ``invalid_option``.
    """
    for number, argument in enumerate(command):
        option = OPTION[number]
        if not argument.strip():
            next_step = Message("Set {option} to an argument of the command, or remove it.", {"option": option})
            raise invalid_option(Message("{option} is empty", {"option": option}), next_step)
        if "\0" in argument:
            next_step = Message("Remove it from {option}.", {"option": option})
            raise invalid_option(Message("{option} has a null character", {"option": option}), next_step)
    if command and "/" in command[0] and not os.path.isabs(command[0]):
        option = OPTION[0]
        raise invalid_option(
            Message("{option} is {path}, which is not an absolute path", {"option": option, "path": repr(command[0])}),
            Message("Set {option} to the name of a program in PATH, or to an absolute path.", {"option": option}),
        )


def sign_files(command: Sequence[str], paths: Iterable[str], redact: Callable[[str], str] = str) -> Signatures:
    """Run the command for each file of a report, and restore a file that it changes or removes.

    :param redact: returns a text without the passwords of the run.

    A file of metrics is not signed: each run replaces it, and no collector checks a signature.
    """
    signed = [path for path in paths if not path.endswith(METRICS_SUFFIX)] if command else []
    found: list[str] = []
    problems: dict[str, str] = {}
    ended = False
    for path in signed:
        if ended:
            problems[path] = "it was not attempted after this failure"
            continue
        try:
            found += _sign(command, path, redact)
        except SigningError as error:
            problems[path] = str(error)
            ended = error.ends_signing
        except OSError as error:
            problems[path] = f"the file cannot be read or written after it ({error.strerror or error})"
    return Signatures(found, problems, _build_failure(command, problems, len(signed)) if problems else None)


def _build_failure(command: Sequence[str], problems: Mapping[str, str], total: int) -> Message:
    path, reason = next(iter(problems.items()))
    files = f"{len(problems)} of {total} files" if total > 1 else "The file"
    verb = "is" if len(problems) == 1 else "are"
    return Message(
        "{files} of the report {verb} not signed. The command {program} failed for {path}: {reason}. Correct {option}, "
        "then sign the files that were written with the command, or run again.",
        {"files": files, "verb": verb, "program": command[0], "path": path, "reason": reason, "option": OPTION},
    )


def _sign(command: Sequence[str], path: str, redact: Callable[[str], str]) -> list[str]:
    """Sign a file, and return the new files beside it whose names begin with its name."""
    content, before = Path(path).read_bytes(), {*_list_beside(path)}
    try:
        _run(_build_arguments(command, path), redact)
    finally:
        is_changed = _restore(path, content)
    if is_changed:
        raise SigningError("it changed or removed the file, which was written again")
    new = sorted({*_list_beside(path)} - before)
    _copy_mode(path, new)
    return new


def _copy_mode(path: str, signatures: Iterable[str]) -> None:
    """Give signatures the mode of their file, so that those who can read it can verify it."""
    mode = stat.S_IMODE(os.stat(path).st_mode)
    for signature in signatures:
        if stat.S_ISREG(os.lstat(signature).st_mode):
            with suppress(PermissionError):
                os.chmod(signature, mode)


def _build_arguments(command: Sequence[str], path: str) -> list[str]:
    program, *arguments = command
    if not any(_PATH in argument for argument in arguments):
        return [program, *arguments, path]
    return [program, *(argument.replace(_PATH, path) for argument in arguments)]


def _list_beside(path: str) -> Iterator[str]:
    directory, name = os.path.split(path)
    names = (other for other in os.listdir(directory) if other.startswith(name) and other != name)
    return (os.path.join(directory, other) for other in names)


def _restore(path: str, content: bytes) -> bool:
    """Write a file again if it has other content, and return whether it had."""
    with suppress(OSError):
        if Path(path).read_bytes() == content:
            return False
    replace_file(path, content.decode("utf-8", "surrogateescape"), widest_mode=REPORT_MODE)
    return True


def _run(arguments: Sequence[str], redact: Callable[[str], str]) -> None:
    """Run a command until it ends, or the time limit.

    :raises SigningError: it did not end successfully.
    """
    try:
        # Without a terminal, on which it would request a passphrase.
        process = subprocess.Popen(  # noqa: S603 # the user sets the command
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise SigningError(f"it cannot be started ({reason or error})", ends_signing=True) from error
    output, reader = bytearray(), threading.Thread(target=lambda: _read(process, output), daemon=True)
    reader.start()
    try:
        status = process.wait(_TIME_LIMIT)
    except subprocess.TimeoutExpired as error:
        raise SigningError(f"it did not end within {_TIME_LIMIT:g} seconds", ends_signing=True) from error
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if status:
        reader.join(_OUTPUT_LIMIT)
        text = _clean(arguments, redact(output.decode("utf-8", "replace")))
        how = f"exit status {status}" if status > 0 else f"signal {-status}"
        raise SigningError(f"{how}, {text}" if text else how)


def _read(process: subprocess.Popen[bytes], output: bytearray) -> None:
    """Read what a command prints, and keep the end of it."""
    if process.stdout is None:  # never, since it is a pipe
        return
    with process.stdout as stream:
        while block := os.read(stream.fileno(), _MAX_OUTPUT):
            output += block
            del output[:-_MAX_OUTPUT]


def _clean(arguments: Sequence[str], output: str) -> str:
    """Return the end of an output on one line, without what is a secret by its name in the arguments."""
    lines = (remove_invisible(line).strip() for line in output.splitlines())
    text = "; ".join(filter(None, lines)).rstrip(" .")
    # The longest first: one may contain another.
    for secret in sorted({*_find_secrets(arguments[1:])}, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    return text if len(text) <= _MAX_SHOWN else f"…{text[-_MAX_SHOWN:]}"


def _find_secrets(arguments: Iterable[str]) -> Iterator[str]:
    """Yield the values of arguments whose names say that they are secrets; the name of a key is none."""
    is_value = False
    for argument in arguments:
        part = _PART.fullmatch(argument)
        candidates = [argument] if is_value and not os.path.isabs(argument) else []
        if part and (is_value or _SECRET_NAME.search(part["name"])):
            candidates.append(part["value"])
        candidates += _LOGIN.findall(argument)
        yield from (text for text in candidates if len(text) >= _MIN_SECRET)
        is_value = argument.startswith("-") and not part and _SECRET_NAME.search(argument) is not None


def render_signature_lines(signatures: Signatures) -> list[str]:
    """Render the signatures, and the files without one, for the summary."""
    return [
        *(f"Signature: {path}" for path in signatures.paths),
        *(f"Not signed: {path}: {reason}" for path, reason in signatures.problems.items()),
    ]
