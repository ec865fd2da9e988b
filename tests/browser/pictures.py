# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the demo, and make the pictures of its terminal and of its report in docs/images.

Run it with ``make pictures``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.browser import chromium
from tests.demo.__main__ import REPORTS
from tests.playbook import CHECKOUT

IMAGES = CHECKOUT / "docs" / "images"
COMMAND = "make demo"
MAX_COLUMNS, MAX_LINES = 100, 30
#: By part of the file name, the size of the screen.
SCREENS = {"": (1280, 1000), "phone-": (390, 844)}


def _theme(background: str, foreground: str, red: str, green: str) -> TerminalTheme:
    """Return the colors of a terminal; the demo uses only red and green."""
    colors = {1: _rgb(red), 2: _rgb(green)}
    return TerminalTheme(
        _rgb(background), _rgb(foreground), [colors.get(number, _rgb(foreground)) for number in range(8)]
    )


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color)
    return red, green, blue


THEMES = {
    "light": _theme("ffffff", "1f2328", "cf222e", "116329"),
    "dark": _theme("0d1117", "e6edf3", "ff7b72", "56d364"),
}


def main() -> None:
    """Take a light and a dark picture of the terminal, and of the report on each screen."""
    output = run_demo()
    for scheme, theme in THEMES.items():
        (IMAGES / f"terminal-{scheme}.svg").write_text(draw_terminal(output, theme), encoding="utf-8")
    take_report()


def run_demo() -> str:
    """Run the demo, and return what it prints on a terminal.

    :raises ValueError: it does not fit, or it shows a path of this machine.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"],
        cwd=CHECKOUT,
        env={**{name: value for name, value in os.environ.items() if name != "NO_COLOR"}, "FORCE_COLOR": "1"},
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    output = f"\x1b[1m$ {COMMAND}\x1b[0m\n{done.stdout}"
    lines = Text.from_ansi(output).plain.splitlines()
    if len(lines) > MAX_LINES or max(map(len, lines)) > MAX_COLUMNS:
        raise ValueError(f"The demo prints more than {MAX_LINES} lines of {MAX_COLUMNS} columns.")
    if re.search(r"(?<![.\w])/\w+/", output):
        raise ValueError("The demo prints an absolute path.")
    return output


def draw_terminal(output: str, theme: TerminalTheme) -> str:
    """Return the picture of a terminal as SVG, which loads no font from elsewhere."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=MAX_COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(output))
        picture = console.export_svg(title=COMMAND, theme=theme, unique_id="terminal")
    picture = re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.S)
    picture = picture.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace")
    # The frame of rich is visible on a dark page only.
    picture = picture.replace('stroke="rgba(255,255,255,0.35)"', 'stroke="#8c959f"')
    return re.sub(r"[ \t]+$", "", picture, flags=re.M)


def take_report() -> None:
    """Take the pictures of the report of the last demo."""
    page_of_demo = next(REPORTS.glob("*.html")).as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.ARGUMENTS))
        for name, (width, height) in SCREENS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
                page = context.new_page()
                page.goto(page_of_demo)
                page.screenshot(path=IMAGES / f"report-{name}{scheme}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
