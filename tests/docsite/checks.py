# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the built site: links, anchors, alternative texts, paths of this machine, search, accessibility."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from lxml import html
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser import chromium
from tests.playbook import CHECKOUT

#: Where the site is published. It has to work under the path alone, on any server.
PREFIX = "/camfleet.axis/"
URL = f"https://camfleet.github.io{PREFIX}"
_REPOSITORY = "https://github.com/camfleet/camfleet.axis"
_RAW = _REPOSITORY.replace("//github.com/", "//raw.githubusercontent.com/")
#: A page of each kind: front page, code blocks, options of a module, wide tables, search, pictures, missing page.
_REPRESENTATIVE = (
    "index.html",
    "docsite/first_audit.html",
    "docsite/reports.html",
    "docsite/variables.html",
    "axis_recording_group_module.html",
    "plugins.html",
    "changelog.html",
    "search.html?q=legal+hold",
    "404.html",
)
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SCREENS: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
#: Without the results of what passed, which take half of the time.
_WCAG_AA = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
#: What readers search for, and the page that has to be among the first results.
_SEARCHES = {"legal hold": "docsite/legal_holds.html", "awx": "docsite/awx.html", "tls_fingerprint": "_module.html"}
_FIRST_RESULTS = 5


def run(site: Path, *, external: bool = False) -> int:
    """Print what is wrong with the site, and return the number of the checks that failed, 0 if it can be published.

    :param site: the directory of the pages.
    :param external: send requests to all external links, too; otherwise list them.
    """
    problems = [*find_faults(site), *_find_faults_in_browser(site)]
    print("\n".join(problems), flush=True)
    links = find_external_links(site)
    if not external:
        listing = site.parent / "external-links.txt"
        listing.write_text("".join(f"{link}\n" for link in links), encoding="utf-8")
        print(f"{len(links)} external links, not checked: {listing.relative_to(CHECKOUT)} lists them", flush=True)
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    status = check_links(site, listed.stdout.splitlines(), external=external)
    print(f"{len(problems)} problems in the pages; links and anchors: {'broken' if status else 'passed'}")
    return int(bool(problems or status))


def check_links(site: Path, texts: Sequence[str] = (), *, external: bool = False) -> int:
    """Check every link and anchor of the site, and of texts in the repository; return lychee's status.

    A link to the published site has to exist in this build, and a link to a file on GitHub in this checkout.
    """
    root = site.parent / "root"
    root.mkdir(exist_ok=True)
    published = root / PREFIX.strip("/")
    published.unlink(missing_ok=True)
    published.symlink_to(site)
    remaps = {
        f"^{re.escape(URL)}(.*)": f"{site.as_uri()}/$1",
        f"^{re.escape(_REPOSITORY)}/(?:blob|tree|edit)/main/([^#]*)": f"{CHECKOUT.as_uri()}/$1",
        f"^{re.escape(_RAW)}/main/(.*)": f"{CHECKOUT.as_uri()}/$1",
    }
    options = [
        "--include-fragments",
        "--no-progress",
        "--cache=false",
        "--root-dir",
        str(root),
        "--index-files=index.html,.",
    ]
    for address, path in remaps.items():
        options += ["--remap", f"{address} {path}"]
    if not external:
        options.append("--offline")
    lychee = Path(sys.executable).with_name("lychee")
    names = [*texts, *map(str, sorted(site.rglob("*.html")))]
    return subprocess.run([lychee, *options, "--", *names], cwd=CHECKOUT, check=False).returncode


def find_external_links(site: Path) -> list[str]:
    """Return all links to other sites, sorted."""
    links = {
        link.partition("#")[0]
        for path in site.rglob("*.html")
        for _element, _attribute, link, _position in html.fromstring(path.read_bytes()).iterlinks()
        if link.startswith(("http://", "https://")) and not link.startswith(URL)
    }
    return sorted(links)


def find_faults(site: Path) -> Iterator[str]:
    """Yield the faults that the files show: images without a text, paths of this machine, unreachable pages."""
    if not (site / ".nojekyll").is_file():
        yield ".nojekyll is missing: GitHub Pages would not publish the directory _static"
    for path in sorted(site.rglob("*")):
        if path.is_file() and (found := find_machine_path(path.read_bytes())):
            yield f"{path.relative_to(site)}: has a path of this machine: {found}"
    linked = set()
    for path in sorted(site.rglob("*.html")):
        page = html.fromstring(path.read_bytes())
        name = path.relative_to(site)
        for image in page.iter("img"):
            text = (image.get("alt") or "").strip()
            if not text or text == image.get("src"):
                yield f"{name}: the image {image.get('src')} has no alternative text"
        if path.name != "404.html":
            for _element, _attribute, link, _position in page.iterlinks():
                if "://" not in link:
                    linked.add((path.parent / link.partition("#")[0].partition("?")[0]).resolve())
                if link.startswith("/"):
                    yield f"{name}: the link {link} depends on the place where the site is published"
    for path in sorted(site.rglob("*.html")):
        if path.name not in {"404.html", "index.html"} and path.resolve() not in linked:
            yield f"{path.relative_to(site)}: no page links to it"


def find_machine_path(content: bytes) -> str | None:
    """Return the path of this checkout if a file has it."""
    for path in sorted({str(CHECKOUT), str(CHECKOUT.resolve())}):
        if re.search(rb"(?<![\w./-])" + re.escape(path.encode()) + rb"(?![\w-])", content):
            return path
    return None


class _Server(http.server.SimpleHTTPRequestHandler):
    """Serve the pages below the prefix, as GitHub Pages does, and the page 404.html for everything else."""

    def translate_path(self, path: str) -> str:
        """Return the file of an address; what is not below the prefix does not exist."""
        if not path.startswith(PREFIX):
            return str(Path(self.directory) / "missing")
        return super().translate_path("/" + path.removeprefix(PREFIX))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the page 404.html."""
        content = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Print nothing."""


@contextmanager
def serve(site: Path) -> Iterator[str]:
    """Serve the site on this machine, and yield its address."""
    handler = functools.partial(_Server, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}{PREFIX}"
        server.shutdown()
        thread.join()


def _find_faults_in_browser(site: Path) -> Iterator[str]:
    """Yield the faults that a browser shows: accessibility in both color schemes, the search, errors, requests."""
    with serve(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.ARGUMENTS))
        for scheme in _SCHEMES:
            for screen, size in _SCREENS.items():
                page = browser.new_page(color_scheme=scheme, viewport=size, reduced_motion="reduce")
                seen: list[str] = []
                page.on("pageerror", functools.partial(_append, seen, "message"))
                page.on("request", functools.partial(_append, seen, "url"))
                for name in _REPRESENTATIVE:
                    seen.clear()
                    page.goto(address + name)
                    found = [*find_violations(page), *(item for item in seen if not item.startswith(address))]
                    yield from (f"{name} ({scheme}, {screen}): {item}" for item in found)
                page.close()
        yield from _find_faults_of_search(browser, address)
        page = browser.new_page()
        page.goto(f"{address}docsite/no-such-page.html")
        page.get_by_role("link", name="camfleet.axis").first.click()
        if page.url.removeprefix(address) not in {"", "index.html"}:
            yield f"the page for a missing page does not lead to the front page, but to {page.url}"
        browser.close()


def _append(seen: list[str], attribute: str, event: object) -> None:
    seen.append(getattr(event, attribute))


def _find_faults_of_search(browser: Browser, address: str) -> Iterator[str]:
    page = browser.new_page()
    for words, expected in _SEARCHES.items():
        page.goto(f"{address}search.html?q={words.replace(' ', '+')}")
        _wait_for_results(page)
        links = page.locator("#search-results li a").all()
        first = [link.get_attribute("href") or "" for link in links[:_FIRST_RESULTS]]
        if not any(expected in link for link in first):
            yield f"the search for {words!r} does not show {expected} among the first results: {first}"


def _wait_for_results(page: Page) -> None:
    page.wait_for_function("/found/.test(document.querySelector('#search-results .search-summary')?.innerText)")


def find_violations(page: Page) -> Iterator[str]:
    """Yield the violations of WCAG AA on a page, and whether the whole page scrolls sideways."""
    if "search.html?" in page.url:
        _wait_for_results(page)
    for violation in Axe().run(page, options=_WCAG_AA).response["violations"]:
        for node in violation["nodes"][:3]:
            yield f"{violation['id']}: {violation['help']}: {node['html'][:160]}: {node['failureSummary']}"
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        yield "the page is wider than the screen"
