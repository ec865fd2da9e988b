# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary has the colors of Ansible, and no text in it controls a terminal or begins a line."""

from __future__ import annotations

from typing import Any

import pytest
from ansible import constants

from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary

LINES = [
    "Audit, 2026-11-29 12:00 UTC: 3 hosts: 1 compliant",
    "drifted (1):",
    "  a\nPLAY RECAP: \x1b[32mdoor\u202e drifted",
    "unverified (1):",
    "  b: timeout",
    "Fix the causes, then retry unverified and not attempted hosts with: --limit b",
]


class Display:
    """Collects what is printed, with its color."""

    def __init__(self) -> None:
        self.printed: list[tuple[str, Any]] = []

    def display(self, line: str, color: Any = None) -> None:
        self.printed.append((line, color))


@pytest.mark.parametrize("callback", ["default", "minimal", "ansible.posix.debug"])
def test_a_section_has_the_color_of_its_class(monkeypatch: pytest.MonkeyPatch, callback: str) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback, raising=False)
    display = Display()
    assert print_summary(display, LINES)
    colors = [color for _line, color in display.printed]
    ok, changed, error = (getattr(constants, f"COLOR_{name}") for name in ("OK", "CHANGED", "ERROR"))
    # The headline has the color of the worst class, and what to do has none.
    assert colors == [error, changed, changed, error, error, None]
    display = Display()
    assert print_summary(display, LINES[:1])
    assert display.printed == [(LINES[0], ok)]
    assert print_summary(display, [])


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("changed", "CHANGED"),
        ("failing disk", "CHANGED"),
        ("insufficient history", "CHANGED"),
        ("indeterminate", "CHANGED"),
        ("not attempted", "ERROR"),
        ("not read", "ERROR"),
    ],
)
def test_each_class_that_is_not_compliant_has_a_color(monkeypatch: pytest.MonkeyPatch, label: str, kind: str) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", "default", raising=False)
    display = Display()
    print_summary(display, ["Audit: 1 host", f"{label} (1):", "  a: SD_DISK"])
    assert {color for _line, color in display.printed} == {getattr(constants, f"COLOR_{kind}")}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Recordings were not checked. To compare their age with the policy, audit with: …", "OK"),
        ("Hold in force: all groups until 2099-12-31T23:59:59Z for Case on a", "OK"),
        ("Hold that matches no group: door on a", "CHANGED"),
        ("Hold that has ended: door on a", "CHANGED"),
        ("Recordings may be deleted on 1 host:", "ERROR"),
        ("Holds weakened (1):", "ERROR"),
    ],
)
def test_the_headline_is_as_bad_as_what_follows(monkeypatch: pytest.MonkeyPatch, line: str, kind: str) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", "default", raising=False)
    display = Display()
    print_summary(display, ["Audit: 1 host: 1 compliant", line])
    assert display.printed[0][1] == getattr(constants, f"COLOR_{kind}")


def test_no_text_controls_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", "default", raising=False)
    display = Display()
    print_summary(display, LINES)
    (shown,) = (text for text, _color in display.printed if "PLAY RECAP" in text)
    assert shown.startswith("  a")
    assert shown.endswith("door drifted")
    assert shown.isprintable()


@pytest.mark.parametrize("callback", ["json", "ansible.posix.json", "ansible.posix.jsonl", "example.output.json"])
def test_nothing_is_printed_between_data(monkeypatch: pytest.MonkeyPatch, callback: str) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback, raising=False)
    display = Display()
    assert not print_summary(display, LINES)
    assert display.printed == []


def test_a_callback_that_writes_lines_again_does_not_clear_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It returns to where the cursor was saved."""
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", "community.general.dense", raising=False)
    display = Display()
    print_summary(display, LINES[:1])
    assert [line for line, _color in display.printed] == ["", LINES[0], "\x1b[s"]
