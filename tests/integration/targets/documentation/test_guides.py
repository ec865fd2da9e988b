# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of every guide run in their order, and print what the guide shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.guide import GUIDES, follow, steps
from tests.playbook import CHECKOUT

PAGES = [*sorted(GUIDES.glob("*.rst")), CHECKOUT / "README.md"]
#: A guide with a test of its own has a file beside this one.
OWN = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
FOLLOWED = [page for page in PAGES if page.stem.lower() not in OWN and any(s.kind == "command" for s in steps(page))]
#: Pages whose commands take long, or that other tests run, too: ``make guides`` follows them.
LONG = {
    "device_check",
    "draft_policy",
    "inventory",
    "recording_actions",
    "reports",
    "scaling",
    "troubleshooting",
    "upgrading",
    "verifying_reports",
}
_SHELL = r"(?:console|bash|shell|shell-session|sh)"
_BLOCKS = {
    ".rst": re.compile(rf"^(.*)\n\n *\.\. code-block:: {_SHELL}\n", re.M),
    ".md": re.compile(rf"^(.*)\n+```{_SHELL}\n", re.M),
}
_COMMANDS = {
    ".rst": re.compile(rf"^ *\.\. code-block:: {_SHELL}\n\n((?: +.*\n|\n)*)", re.M),
    ".md": re.compile(rf"^```{_SHELL}\n((?:.*\n)*?)```$", re.M),
}
#: A command that reads the variables of an inventory, with its continuations.
_READS_INVENTORY = re.compile(r"\$ ((?:ansible|ansible-playbook) (?:.*\\\n)*.*-i inventory(?: .*\\\n.*| .*)?$)", re.M)
_VAULT_OPTION = re.compile(r" --(?:ask-vault-pass|vault-password-file|vault-id)\b")
#: The inventory of these pages has no vault: the simulator writes the logins, and AWX has them in a credential.
_WITHOUT_VAULT = {"simulator", "awx", "awx_reference"}
_MARKER = re.compile(r"(?:\.\.|<!--) (?:example: \S|not run: \S.{5})")


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.long) if page.stem in LONG else page for page in FOLLOWED],
    ids=lambda page: page.stem,
)
def test_commands_of_a_guide_print_what_it_shows(tmp_path: Path, page: Path) -> None:
    follow(page, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_run_or_says_why_not(page: Path) -> None:
    before = _BLOCKS[page.suffix].findall(page.read_text(encoding="utf-8"))
    unmarked = [line for line in before if not _MARKER.match(line.strip())]
    assert unmarked == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem not in _WITHOUT_VAULT], ids=lambda page: page.stem
)
def test_every_command_works_with_a_vault(page: Path) -> None:
    """Each reader has the vault of Getting started, without whose password Ansible reads no inventory."""
    blocks = _COMMANDS[page.suffix].findall(page.read_text(encoding="utf-8"))
    found = [command for block in blocks for command in _READS_INVENTORY.findall(block)]
    assert [command for command in found if not _VAULT_OPTION.search(command)] == []
    assert [command for command in found if " -e " in command] == [], "guides use --extra-vars"
