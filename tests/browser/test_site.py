# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the checks of the site on small sites and pages with faults."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser

from tests.docsite import checks

_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>Page</title></head><body><main><h1 id="top">Page</h1>{}</main></body>'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site of two pages without faults."""
    directory = tmp_path / "html"
    (directory / "docsite").mkdir(parents=True)
    (directory / ".nojekyll").touch()
    (directory / "index.html").write_text(_PAGE.format('<a href="docsite/a.html">A</a>'))
    (directory / "docsite" / "a.html").write_text(_PAGE.format('<a href="../index.html#top">Front page</a>'))
    (directory / "404.html").write_text(_PAGE.format('<a href="/camfleet.axis/index.html">Front page</a>'))
    return directory


def add(site: Path, body: str) -> None:
    """Add to the page a."""
    (site / "docsite" / "a.html").write_text(_PAGE.format(f'<a href="../index.html#top">Front page</a>{body}'))


def test_site_without_faults(site: Path) -> None:
    """It passes; links and anchors, too."""
    assert list(checks.find_faults(site)) == []
    assert checks.check_links(site) == 0


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<img src="x.png">', "docsite/a.html: the image x.png has no alternative text"),
        ('<img src="x.png" alt="x.png">', "docsite/a.html: the image x.png has no alternative text"),
        (
            '<a href="/index.html">x</a>',
            "docsite/a.html: the link /index.html depends on the place where the site is published",
        ),
        (f"<p>{checks.CHECKOUT}/x</p>", f"docsite/a.html: has a path of this machine: {checks.CHECKOUT}"),
    ],
)
def test_fault_of_a_page(site: Path, body: str, fault: str) -> None:
    """Each names the page."""
    add(site, body)
    assert list(checks.find_faults(site)) == [fault]


def test_page_without_a_link(site: Path) -> None:
    """A page that no other page links to is a fault, and so is a missing .nojekyll."""
    (site / "docsite" / "b.html").write_text(_PAGE.format(""))
    (site / ".nojekyll").unlink()
    nojekyll, unreachable = checks.find_faults(site)
    assert nojekyll.startswith(".nojekyll is missing")
    assert unreachable == "docsite/b.html: no page links to it"


@pytest.mark.parametrize(
    "link",
    [
        "b.html",
        "../index.html#bottom",
        "https://camfleet.github.io/camfleet.axis/docsite/b.html",
        "https://camfleet.github.io/camfleet.axis/index.html#bottom",
        "https://github.com/camfleet/camfleet.axis/blob/main/NO_SUCH_FILE.md",
        "https://raw.githubusercontent.com/camfleet/camfleet.axis/main/docs/images/no-such-picture.svg",
    ],
)
def test_broken_link(site: Path, link: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A missing page, anchor, or file of the repository fails, also if the link is absolute."""
    add(site, f'<a href="{link}">x</a>')
    assert checks.check_links(site) != 0
    assert "docsite/a.html" in capfd.readouterr().out


def test_links_that_exist(site: Path) -> None:
    """Absolute links to this site and to the repository are checked here; other sites are listed and not checked."""
    own = ["https://camfleet.github.io/camfleet.axis/docsite/a.html#top", f"{checks.URL}"]
    repository = ["blob/main/README.md", "tree/main/docs/examples", "edit/main/docs/docsite/rst/awx.rst"]
    links = [*own, *(f"https://github.com/camfleet/camfleet.axis/{path}" for path in repository)]
    add(site, "".join(f'<a href="{link}">x</a>' for link in [*links, "https://ansible.invalid/x#y"]))
    assert checks.check_links(site) == 0
    assert "https://ansible.invalid/x" in checks.find_external_links(site)
    assert not [link for link in checks.find_external_links(site) if link.startswith(checks.URL)]


def test_server_serves_the_prefix_only(site: Path) -> None:
    """As on GitHub Pages, pages are below the prefix, and everything else is the page 404.html."""
    with checks.serve(site) as address:
        assert "Front page" in requests.get(f"{address}docsite/a.html", timeout=10).text
        for missing in (f"{address}docsite/b.html", address.replace(checks.PREFIX, "/docsite/a.html")):
            response = requests.get(missing, timeout=10)
            assert response.status_code == 404
            assert response.content == (site / "404.html").read_bytes()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>x</p>", None),
        ('<p style="color: #999; background: #fff">Some text</p>', "color-contrast"),
        ('<img src="data:,">', "image-alt"),
        ('<div style="width: 3000px">x</div>', "the page is wider than the screen"),
    ],
)
def test_violation(browser: Browser, body: str, fault: str | None) -> None:
    """Contrast, alternative texts, and the width of the page are checked."""
    page = browser.new_page()
    page.set_content(_PAGE.format(body))
    found = list(checks.find_violations(page))
    page.close()
    assert ([item.partition(":")[0] for item in found]) == ([fault] if fault else [])
