# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a guide: its files, commands, and outputs, in their order, as a user follows them.

A comment before a block says what the block is. ``.. example: <kind>`` precedes a visible code block; the block of
``.. setup: <kind>`` is part of the comment, and only the tests see it. The kinds:

- ``fleet``: the command ``make fleet ARGS="…"``. The simulator runs until the end of the guide.
- ``file <path>``: the text of a file, relative to the current directory.
- ``command``, ``command exit 2``: lines that begin with ``$``, and their continuations. They share directory and
  variables with the later ones, as in one terminal.
- ``answer <prompt>``: what to type when a later command prints the prompt.
- ``output``: lines that the last command prints. ``…`` ends a shortened line; alone, it is any number of lines.
- ``result <path>``: lines of a file that a command wrote.

In Markdown, the comment is ``<!-- example: <kind> -->``. ``not run: <reason>`` precedes commands that no test can run.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

from tests.playbook import CHECKOUT, environment

GUIDES = CHECKOUT / "docs" / "docsite" / "rst"
# Older versions of jq have no other way than an option to switch them off.
_COLORS = re.compile(r"\x1b\[[0-9;]*m")
_RST = re.compile(
    r"^(?P<i> *)\.\. (?:example: (?P<kind>.+)\n\n(?P=i)\.\. code-block:: \S+\n(?:(?P=i)   :.*\n)*\n"
    r"|setup: (?P<hidden>.+)\n\n?)(?P<text>(?:(?P=i)   .*\n|\n)*)",
    re.M,
)
_MARKDOWN = re.compile(
    r"^<!-- (?:example: (?P<kind>.+) -->\n+```\S*\n(?P<text>(?:.*\n)*?)```"
    r"|setup: (?P<hidden>.+)\n(?P<body>(?:.*\n)*?)-->)$",
    re.M,
)
_PLACEHOLDERS = (
    (re.compile(r"retention-(audit|roll-out|comparison)-\S+?(?=\.[a-z])"), r"retention-\1-<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?"), "<time>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
)
_TIMEOUT = 120


@dataclass(frozen=True)
class Step:
    """One block of a guide: its kind, the rest of its marker, and its text."""

    kind: str
    argument: str
    text: str


@dataclass
class Terminal:
    """The terminal of a reader: a directory, the variables of the shell, and what was printed.

    :param directory: the current directory of the next command.
    :param home: the directory that the guide calls ``~``; ``/home/user`` in its outputs.
    """

    directory: Path
    home: Path
    variables: dict[str, str]
    answers: dict[str, str] = field(default_factory=dict)
    output: str = ""

    def run(self, commands: str, status: int = 0) -> str:
        """Run commands in a shell, answer the prompts, and return what they print."""
        state = self.home / ".terminal"
        script = f'cd "$1" || exit 1\nset -e\ntrap \'pwd > "$2.pwd"; env -0 > "$2.env"\' EXIT\n{commands}\n'
        process = pexpect.spawn(
            "bash",
            ["-c", script, "bash", str(self.directory), str(state)],
            env=self.variables,  # type: ignore[arg-type]
            encoding="utf-8",
            timeout=_TIMEOUT,
            dimensions=(50, 10_000),
            echo=False,
        )
        prompts = list(self.answers)
        printed = ""
        while True:
            found = process.expect_exact([pexpect.EOF, *prompts])
            printed += process.before or ""
            if not found:
                break
            printed += prompts[found - 1] + "\n"
            process.sendline(self.answers[prompts[found - 1]])
        process.close()
        printed = _COLORS.sub("", printed).replace("\r\n", "\n").replace(str(self.home), "/home/user")
        assert process.exitstatus == status, f"{commands}\n\nexit status {process.exitstatus}\n\n{printed}"
        self.directory = Path((self.home / ".terminal.pwd").read_text(encoding="utf-8").rstrip("\n"))
        kept = (self.home / ".terminal.env").read_bytes().decode().split("\0")
        self.variables = dict(item.split("=", 1) for item in kept if "=" in item)
        self.output = printed
        return printed


def steps(path: Path) -> list[Step]:
    """Return the blocks of a guide that have a marker, in their order."""
    pattern = _RST if path.suffix == ".rst" else _MARKDOWN
    found = []
    for match in pattern.finditer(path.read_text(encoding="utf-8")):
        kind, _blank, argument = (match["kind"] or match["hidden"]).partition(" ")
        text = match["text"] if match["text"] is not None else match["body"]
        found.append(Step(kind, argument, textwrap.dedent(text).strip("\n") + "\n"))
    return found


def texts(path: Path, kind: str, argument: str = "") -> list[str]:
    """Return the texts of the blocks of a kind."""
    return [step.text for step in steps(path) if (step.kind, step.argument) == (kind, argument)]


def commands(text: str) -> str:
    """Return the commands of a block, without the prompts of the shell, and without what they print."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            lines.append(line[2:])
        elif lines and lines[-1].endswith("\\"):
            lines.append(line)
    assert lines, f"no command in: {text}"
    return "\n".join(lines)


def comparable(text: str) -> list[str]:
    """Return the lines of an output, without what differs in each run."""
    for pattern, placeholder in _PLACEHOLDERS:
        text = pattern.sub(placeholder, text)
    return [line.rstrip() for line in text.splitlines()]


def find_missing(documented: str, output: str) -> list[str]:
    """Return the documented lines that an output does not have, in the order of the documented ones."""
    lines = comparable(output)
    missing = []
    position = 0
    for line in comparable(documented):
        if line.strip() == "…" or not line:
            continue
        matches = (
            number
            for number, other in enumerate(lines[position:], position)
            if other == line or (line.endswith("…") and other.startswith(line[:-1].rstrip()))
        )
        found = next(matches, None)
        if found is None:
            missing.append(line)
        else:
            position = found + 1
    return missing


@contextmanager
def running_fleet(block: str, home: Path) -> Iterator[None]:
    """Start the simulator with the arguments of ``make fleet ARGS="…"`` in a block, and stop it at the end."""
    (arguments,) = re.findall(r'make fleet ARGS="(.*)"', block)
    words = [word.replace("~", str(home)) for word in shlex.split(arguments)]
    command = [sys.executable, "-m", "tests.simulator", *words]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as simulator:
        assert simulator.stderr is not None
        assert " simulated devices are running." in (line := simulator.stderr.readline()), line
        try:
            yield
        finally:
            simulator.terminate()
            simulator.communicate()


def open_terminal(home: Path, extra: Mapping[str, str] | None = None) -> Terminal:
    """Return a terminal in ``~/cameras``, with the programs and the collection of this checkout.

    :param home: the home directory of the reader, for all files of Ansible too.
    """
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    directory = home / "cameras"
    directory.mkdir(exist_ok=True)
    variables = {"HOME": str(home), "PATH": programs, "ANSIBLE_NOCOLOR": "true", "TERM": "dumb", **(extra or {})}
    return Terminal(directory, home, environment(home, variables))


def follow(path: Path, home: Path, extra: Mapping[str, str] | None = None) -> Terminal:
    """Do what a guide says, and compare what it shows; return the terminal at the end.

    :param extra: more variables of the shell.
    """
    found = steps(path)
    fleets = [step.text for step in found if step.kind == "fleet"]
    assert len(fleets) <= 1
    terminal = open_terminal(home, extra)
    if not fleets:
        follow_steps(found, terminal)
        return terminal
    for argument in re.findall(r"~/\S+/", fleets[0]):
        (home / argument[2:]).mkdir(parents=True, exist_ok=True)
    with running_fleet(fleets[0], home):
        follow_steps(found, terminal)
    return terminal


def follow_steps(found: list[Step], terminal: Terminal) -> None:
    """Do these steps in a terminal, and compare what they show."""
    for step in found:
        match step.kind:
            case "file":
                target = terminal.directory / Path(step.argument.replace("~", str(terminal.home)))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(step.text, encoding="utf-8")
            case "answer":
                terminal.answers[step.argument] = step.text.rstrip("\n")
            case "command":
                terminal.run(commands(step.text), int(step.argument.removeprefix("exit ") or 0))
            case "output":
                missing = find_missing(step.text, terminal.output)
                assert missing == [], f"not printed: {missing}\n\n{terminal.output}"
            case "result":
                (file,) = terminal.directory.glob(step.argument)
                missing = find_missing(step.text, file.read_text(encoding="utf-8"))
                assert missing == [], f"not in {file}: {missing}"
            case "fleet" | "playbook" | "inventory":
                pass
            case _:
                raise AssertionError(f"{step.kind} is not a kind of a block")
