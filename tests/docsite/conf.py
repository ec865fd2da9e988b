# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configure Sphinx for the site. The build copies this file beside the pages in ``.cache/docsite``."""

from __future__ import annotations

import os
import posixpath
from typing import Any

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.application import Sphinx

_REPOSITORY = "https://github.com/camfleet/camfleet.axis"
_SOURCES = {"module": "plugins/modules/{}.py", "inventory": "plugins/inventory/{}.py", "lookup": "plugins/lookup/{}.py"}

project = "camfleet.axis"
author = "camfleet.axis contributors"
copyright = "camfleet.axis contributors"  # noqa: A001
version = release = os.environ["DOCSITE_VERSION"]
extensions = [
    "sphinx.ext.githubpages",
    "sphinx.ext.intersphinx",
    "sphinx_antsibull_ext",
    "sphinx_copybutton",
    "notfound.extension",
]

default_role = "any"
nitpicky = True
highlight_language = "YAML+Jinja"
#: The build writes this inventory, so that Sphinx needs no network.
intersphinx_mapping = {"ansible_devel": ("https://docs.ansible.com/projects/ansible/devel/", "../ansible_devel.inv")}

html_baseurl = os.environ["DOCSITE_URL"]
html_theme = "furo"
html_title = f"camfleet.axis {version}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_extra_path = ["extra"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_last_updated_fmt = None
notfound_urls_prefix = os.environ["DOCSITE_PREFIX"]
notfound_context = {
    "title": "Page not found",
    "body": "<h1>Page not found</h1><p>This page does not exist, or it has moved. Search for it, or start at the "
    f'<a href="{notfound_urls_prefix}index.html">front page</a>.</p>',
}
#: The button copies commands without prompts and output.
copybutton_exclude = ".linenos, .gp, .go"

#: The theme switches its variables with the color scheme, and so it does for the tables of antsibull-docs.
antsibull_ext_color_scheme = "none"
_LIGHT = {
    "links-background": "#0b6a75",
    "links-background-active": "#084f57",
    "links-focus-outline": "#204748",
    "links-text": "#ffffff",
    "table-background-header": "#e3eaee",
    "table-background-even": "#f5f8fa",
    "table-background-odd": "#ffffff",
    "table-border": "#c3ccd2",
    "narrowtable-background": "#f5f8fa",
    "option-type": "#7b1fa2",
    "option-elements": "#7b1fa2",
    "option-required": "#b3180f",
    "option-version-added": "#1b6127",
    "option-aliases": "#1b6127",
    "option-default": "#1747b5",
    "option-sample": "#1747b5",
    "option-sample-header": "#000000",
    "attribute-support-none": "#b3180f",
    "attribute-support-partial": "#735c00",
    "attribute-support-full": "#1b6127",
    "attribute-support-na": "inherit",
    "deprecation-border": "#000000",
    "deprecation-background": "#eeeeee",
    "deprecation-color": "#000000",
}
_DARK = {
    "links-background": "#0b6a75",
    "links-background-active": "#0e8593",
    "links-focus-outline": "#7fd8e2",
    "links-text": "#ffffff",
    "table-background-header": "#2b3238",
    "table-background-even": "#1a1c1e",
    "table-background-odd": "#131416",
    "table-border": "#4b545b",
    "narrowtable-background": "#1a1c1e",
    "option-type": "#e39bf5",
    "option-elements": "#e39bf5",
    "option-required": "#ff9a93",
    "option-version-added": "#84d68f",
    "option-aliases": "#84d68f",
    "option-default": "#a9bfff",
    "option-sample": "#a9bfff",
    "option-sample-header": "#ffffff",
    "attribute-support-none": "#ff9a93",
    "attribute-support-partial": "#dcc35a",
    "attribute-support-full": "#84d68f",
    "attribute-support-na": "inherit",
    "deprecation-border": "#ffffff",
    "deprecation-background": "#111111",
    "deprecation-color": "#ffffff",
}
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b6a75",
        "color-brand-content": "#0b6a75",
        "color-brand-visited": "#6a3a9c",
        **{f"antsibull-{name}": value for name, value in _LIGHT.items()},
    },
    "dark_css_variables": {
        "color-brand-primary": "#5cc8d4",
        "color-brand-content": "#5cc8d4",
        "color-brand-visited": "#c4a2ec",
        **{f"antsibull-{name}": value for name, value in _DARK.items()},
    },
}


def find_source(page: str) -> str | None:
    """Return the path in the repository of what a page is written from, or None."""
    folder, _, stem = page.rpartition("/")
    if folder == "docsite":
        return f"docs/docsite/rst/{stem}.rst"
    if page == "index":
        return "tests/docsite/index.rst"
    if page == "retention_policy_role":
        return "roles/retention_policy/meta/argument_specs.yml"
    name, _, kind = page.rpartition("_")
    return _SOURCES[kind].format(name) if kind in _SOURCES else None


def add_edit_link(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Link a page to the file that it is written from; a generated page has no link."""
    source = find_source(page)
    context["theme_source_edit_link"] = source and f"{_REPOSITORY}/edit/main/{source}"
    context["page_source_suffix"] = ".rst" if source else None


def remove_contents(app: Sphinx, doctree: nodes.document) -> None:
    """Remove the tables of contents in the text: the theme shows one beside the text."""
    for topic in list(doctree.findall(nodes.topic)):
        if "contents" in topic["classes"]:
            topic.parent.remove(topic)
    for title in doctree.findall(nodes.title):
        title.attributes.pop("refid", None)


def shorten_links(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Write links to the published site as relative links, so that they also lead to this build."""
    for link in doctree.findall(nodes.reference):
        target = str(link.get("refuri", ""))
        if target.startswith(html_baseurl):
            path, mark, anchor = target.removeprefix(html_baseurl).partition("#")
            link["refuri"] = posixpath.relpath(path or "index.html", posixpath.dirname(page) or ".") + mark + anchor


def setup(app: Sphinx) -> None:
    """Connect the functions above."""
    app.connect("html-page-context", add_edit_link)
    app.connect("doctree-read", remove_contents)
    app.connect("doctree-resolved", shorten_links)
