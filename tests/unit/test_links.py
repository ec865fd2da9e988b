# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links and images of the Markdown files lead to files, headings, and pages that exist; without network."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from tests.playbook import CHECKOUT
from tests.readme import REPOSITORY, SITE

RAW = "https://raw.githubusercontent.com/camfleet/camfleet.axis/main/"
#: What Galaxy shows: the README files, and the files in docs. It resolves no relative link.
SHOWN_BY_GALAXY = ("README.md", "docs/*.md", "roles/*/README.md")
FILES = sorted(
    path
    for pattern in (*SHOWN_BY_GALAXY, "CONTRIBUTING.md", "SECURITY.md", "tests/README.md")
    for path in CHECKOUT.glob(pattern)
)
_COMMENT_OR_CODE = re.compile(r"<!--.*?-->|^```.*?^```|`[^`\n]*`", re.S | re.M)
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*)\]\((?P<target>[^)\s]+)\)")
_TAG = re.compile(r"<(?P<name>img|source|a)\b(?P<attributes>[^>]*)>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
#: Pages of the repository that are not files of it.
_PAGES = re.compile(
    r"/?|/(?:issues|security|releases)|/issues/new(?:/choose|\?template=[\w.]+)|/security/advisories/new"
    r"|/actions/workflows/(?P<workflow>[\w.-]+?)(?:/badge\.svg\?branch=main)?"
)
_PLUGIN_PAGES = {
    "_module.html": "plugins/modules/{}.py",
    "_inventory.html": "plugins/inventory/{}.py",
    "_lookup.html": "plugins/lookup/{}.py",
    "_role.html": "roles/{}/meta/argument_specs.yml",
}


def find_links(text: str) -> Iterator[str]:
    """Yield the targets of the links and images of a Markdown text.

    :raises ValueError: an image has no text that replaces it.
    """
    text = _COMMENT_OR_CODE.sub("x", text)
    for match in _LINK.finditer(text):
        if match["image"] and len(match["text"].strip()) < 5:
            raise ValueError(f"{match['target']}: the image needs an alt text")
        yield match["target"]
        yield from find_links(match["text"])
    for match in _TAG.finditer(text):
        attributes = dict(_ATTRIBUTE.findall(match["attributes"]))
        if match["name"] == "img" and len(attributes.get("alt", "").strip()) < 5:
            raise ValueError(f"{attributes.get('src')}: the image needs an alt text")
        yield from (attributes[name] for name in ("src", "srcset", "href") if name in attributes)


def find_problem(link: str, source: Path) -> str | None:
    """Return what is wrong with a link of a file, if anything."""
    for prefix in (f"{REPOSITORY}/blob/main/", f"{REPOSITORY}/tree/main/", RAW):
        if link.startswith(prefix):
            return _find_problem_of_file(CHECKOUT / "README.md", link.removeprefix(prefix))
    if link.startswith(SITE):
        return _find_problem_of_page(link.removeprefix(SITE))
    if link.startswith(REPOSITORY):
        match = _PAGES.fullmatch(link.removeprefix(REPOSITORY))
        if not match:
            return "unknown page of the repository"
        workflow = match["workflow"]
        exists = not workflow or (CHECKOUT / ".github" / "workflows" / workflow).is_file()
        return None if exists else f"the workflow {workflow} does not exist"
    if "://" in link:
        return None if link.startswith("https://") else "not https"
    return _find_problem_of_file(source, link)


def _find_problem_of_file(source: Path, link: str) -> str | None:
    name, _hash, anchor = link.partition("#")
    path = source.parent / unquote(name) if name else source
    if not path.exists():
        return "the file does not exist"
    if not _is_versioned(path):
        return "the file is not under version control"
    if anchor and path.suffix == ".md" and anchor not in headings(path.read_text(encoding="utf-8")):
        return f"the file has no heading #{anchor}"
    return None


def _is_versioned(path: Path) -> bool:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", str(path)]
    return bool(subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout)


def _guides() -> set[str]:
    """Return the pages of the site that are in docs/docsite/rst."""
    sections = yaml.safe_load((CHECKOUT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    return {stem for section in sections["sections"] for stem in section["toctree"]}


def _find_problem_of_page(link: str) -> str | None:
    page, _hash, anchor = link.partition("#")
    if anchor:
        return "an anchor on the site can change: link the page"
    if page in {"", "changelog.html"}:
        return None
    if match := re.fullmatch(r"docsite/(\w+)\.html", page):
        exists = match[1] in _guides() and (CHECKOUT / "docs" / "docsite" / "rst" / f"{match[1]}.rst").is_file()
        return None if exists else "no such guide"
    for ending, pattern in _PLUGIN_PAGES.items():
        if page.endswith(ending):
            return None if (CHECKOUT / pattern.format(page.removesuffix(ending))).is_file() else "no such plugin"
    return "unknown page of the site"


def headings(text: str) -> set[str]:
    """Return the anchors that GitHub makes of the headings of a text."""
    found = re.findall(r"^#+ +(.+?) *$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_lead_somewhere(path: Path) -> None:
    problems = {link: find_problem(link, path) for link in find_links(path.read_text(encoding="utf-8"))}
    assert {link: problem for link, problem in problems.items() if problem} == {}


@pytest.mark.parametrize(
    "path", [path for pattern in SHOWN_BY_GALAXY for path in sorted(CHECKOUT.glob(pattern))], ids=lambda path: path.name
)
def test_links_of_what_galaxy_shows_are_absolute(path: Path) -> None:
    # A link to a heading of the same page needs no base.
    absolute = ("https://",) if path.name == "README.md" else ("https://", "#")
    links = list(find_links(path.read_text(encoding="utf-8")))
    assert [link for link in links if not link.startswith(absolute)] == []


def test_index_has_every_guide() -> None:
    links = set(find_links((CHECKOUT / "docs" / "README.md").read_text(encoding="utf-8")))
    assert {stem for stem in _guides() if f"{SITE}docsite/{stem}.html" not in links} == set()


def test_links_are_found() -> None:
    text = (
        "<!-- [no](a) -->\n[![Badge](https://x/b.svg)](https://x)\n`[no](b)`\n```\n[no](c)\n```\n[`code` d](d#e)\n"
        '<picture><source srcset="https://x/s.svg"><img alt="A picture" src="https://x/i.svg"></picture>\n'
    )
    assert sorted(find_links(text)) == ["d#e", "https://x", "https://x/b.svg", "https://x/i.svg", "https://x/s.svg"]


@pytest.mark.parametrize("text", ["![](https://x/i.png)", '<img src="https://x/i.png">', '<img alt="" src="i.png">'])
def test_an_image_without_alt_text_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="needs an alt text"):
        list(find_links(text))


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        (f"{REPOSITORY}/blob/main/LICENSE", None),
        (f"{REPOSITORY}/blob/main/SECURITY.md#report-a-problem", None),
        (f"{REPOSITORY}/blob/main/SECURITY.md#none", "the file has no heading #none"),
        (f"{REPOSITORY}/blob/main/NONE.md", "the file does not exist"),
        (f"{REPOSITORY}/blob/main/.git", "the file is not under version control"),
        (f"{REPOSITORY}/tree/main/docs/examples", None),
        (f"{RAW}docs/images/none.png", "the file does not exist"),
        (f"{REPOSITORY}/actions/workflows/none.yml", "the workflow none.yml does not exist"),
        (f"{REPOSITORY}/wiki", "unknown page of the repository"),
        (f"{SITE}docsite/audits.html", None),
        (f"{SITE}docsite/none.html", "no such guide"),
        (f"{SITE}axis_retention_policy_module.html", None),
        (f"{SITE}axis_none_module.html", "no such plugin"),
        (f"{SITE}none.html", "unknown page of the site"),
        (f"{SITE}docsite/audits.html#a", "an anchor on the site can change: link the page"),
        ("http://example.com", "not https"),
        ("docs/README.md", None),
        ("#license", None),
        ("#none", "the file has no heading #none"),
        ("docs/NONE.md", "the file does not exist"),
    ],
)
def test_what_is_wrong_with_a_link_is_named(link: str, problem: str | None) -> None:
    assert find_problem(link, CHECKOUT / "README.md") == problem
