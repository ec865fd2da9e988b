# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the variables that a template uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateError, nodes

_BEGINNINGS = ("{{", "{%")
_NAME = re.compile(r"[^\W\d]\w*")
# What finds a variable by a text: hostvars[host].x, vars['x'], lookup('vars', 'x').
_INDIRECT = frozenset({"hostvars", "vars", "lookup", "query", "q"})
# Only a parser: it renders nothing.
_ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


def find_used_names(value: Any) -> set[str]:
    """Return the names of all variables that may be a part of what the templates in a value resolve to.

    In doubt, there are others among them. A name that the template puts together is not, nor is a key that only
    selects, such as site in holds_by_site[site].
    """
    if isinstance(value, str):
        return set(_parse(str(value))) if any(beginning in value for beginning in _BEGINNINGS) else set()
    if isinstance(value, Mapping):
        return {name for pair in value.items() for item in pair for name in find_used_names(item)}
    if isinstance(value, (list, tuple)):
        return {name for item in value for name in find_used_names(item)}
    return set()


@lru_cache(maxsize=1000)
def _parse(text: str) -> frozenset[str]:
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateError:
        return frozenset(_NAME.findall(text))
    names = set(_find_names(tree))
    if names & _INDIRECT:
        names |= {node.attr for node in tree.find_all(nodes.Getattr)}
        texts = (node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))
        names |= {name for item in texts for name in _NAME.findall(item)}
    return frozenset(names)


def _find_names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    # A slice leaves out values, as a filter does.
    selects = isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Slice)
    for child in node.iter_child_nodes(exclude=["arg"] if selects else None):
        yield from _find_names(child)
