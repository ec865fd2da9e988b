# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages with generated parts, and what those parts consist of."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.playbook import CHECKOUT

PAGES = CHECKOUT / "docs" / "docsite" / "rst"
LABEL = "ansible_collections.camfleet.axis.docsite"
WIDTH = 158
_BEGIN = ".. Generated part {name!r}. To update it, run: make reference"
_UNBROKEN = re.compile(r"``.+?``|`[^`]+`")
_MARKUP = re.compile(r"\b([A-Z]+)\(((?:\\.|[^\\)])*)\)")
_END = ".. End of the generated part."


def replace_parts(page: str, parts: Mapping[str, str]) -> str:
    """Return the text of a page with these generated parts, by name.

    :raises ValueError: the page does not have the markers of a part.
    """
    for name, text in parts.items():
        marker = _BEGIN.format(name=name)
        before, begin, rest = page.partition(f"{marker}\n")
        _old, end, after = rest.partition(f"{_END}\n")
        if not begin or not end:
            raise ValueError(f"the page has no part {name}: add the lines {marker!r} and {_END!r}")
        page = f"{before}{begin}\n{text.rstrip()}\n\n{end}{after}"
    return page


def link(text: str, page: str) -> str:
    """Return a link to a page of the collection, or to a label on it."""
    return f":ref:`{text} <{LABEL}.{page}>`"


def wrap(text: str, indent: str = "") -> str:
    """Return a paragraph in lines of the width of the guides. Neither a literal nor a link is broken."""
    lines = textwrap.wrap(
        _UNBROKEN.sub(lambda found: found[0].replace(" ", "\0"), text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\0", " ")


def render_table(header: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table. A cell may have several paragraphs."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield f"   :widths: {' '.join(map(str, widths))}"
    yield ""
    for row in (header, *rows):
        for number, cell in enumerate(row):
            mark = "   * - " if number == 0 else "     - "
            paragraphs = [wrap(part, " " * 7) for part in cell.split("\n\n")]
            yield f"{mark}{chr(10).join(paragraphs[:1]).strip()}".rstrip()
            for paragraph in paragraphs[1:]:
                yield ""
                yield paragraph


def render_default(value: Any) -> str:
    """Return a default as YAML, on one line."""
    if isinstance(value, bool):
        return f"``{str(value).lower()}``"
    if isinstance(value, list):
        return f"``[{', '.join(map(str, value))}]``"
    if isinstance(value, dict):
        return "``{}``" if not value else f"``{value}``"
    return "empty" if value == "" else f"``{value}``"


def to_rst(text: str, names: Mapping[str, str]) -> str:
    """Return a paragraph of Ansible's markup as reStructuredText.

    :param names: by option of the same module or role, what the reader sets instead.
    :raises ValueError: the markup is not supported.
    """
    parts, position = [], 0
    for found in _MARKUP.finditer(text):
        parts += [text[position : found.start()].replace("*", "\\*"), _render(found[1], found[2], names)]
        position = found.end()
    return "".join([*parts, text[position:].replace("*", "\\*")])


def _render(markup: str, content: str, names: Mapping[str, str]) -> str:
    content = re.sub(r"\\(.)", r"\1", content)
    if markup in {"C", "V", "E"}:
        return f"``{content}``"
    if markup == "M":
        return f":ansplugin:`{content}#module`"
    if markup in {"O", "RV"}:
        if "#" in content and not content.startswith("camfleet.axis.retention_policy#"):
            return f":ansopt:`{content}`" if markup == "O" else f":ansretval:`{content}`"
        name, _, value = content.rpartition(":")[2].partition("=")
        name = names.get(name, name)
        return f"``{name}: {value}``" if value else f"``{name}``"
    raise ValueError(f"{markup}({content}) is not supported in a generated page")
