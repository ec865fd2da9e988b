# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for a real browser: headless Chromium of the distribution, controlled by Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, sync_playwright

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from tests.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.ARGUMENTS))
        yield running
        running.close()


class OpenReport(Protocol):
    """A function that opens a report as a page."""

    def __call__(
        self,
        document: dict[str, Any],
        fragment: str = "",
        render: Callable[[dict[str, Any]], str] = render_html,
        **context: Any,
    ) -> Page:
        """Open the report, or what another function renders."""


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[OpenReport]:
    """Open reports, and check that no page has an error, sends a request, or opens a dialog."""
    problems: list[str] = []
    contexts = []
    path = tmp_path / "report.html"

    def on_console(message: ConsoleMessage) -> None:
        problems.append(f"console: {message.text}")

    def on_dialog(dialog: Dialog) -> None:
        problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def run(
        document: dict[str, Any],
        fragment: str = "",
        render: Callable[[dict[str, Any]], str] = render_html,
        **options: Any,
    ) -> Page:
        path.write_text(render(document), encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", on_dialog)
        page.on("request", lambda request: problems.append(request.url) if not _is_report(request.url, path) else None)
        page.goto(f"{path.as_uri()}{fragment}")
        return page

    yield run
    for context in contexts:
        context.close()
    assert problems == []


def _is_report(url: str, path: Path) -> bool:
    return url.partition("#")[0] == path.as_uri()
