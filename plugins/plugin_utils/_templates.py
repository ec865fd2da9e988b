# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find templates, and the variables that they use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateError, nodes

_BEGINNINGS = ("{{", "{%")
_NAME = re.compile(r"[^\W\d]\w*")
# What finds a variable by a text: hostvars[host].x, vars['x'], lookup('vars', 'x').
_INDIRECT = frozenset({"hostvars", "vars", "lookup", "query", "q"})
# What a hold may have, and what of it only describes it.
_HOLD_KEYS, _TEXTS = (
    frozenset({"recording_group_id", "reason", "owner", "until", "hosts"}),
    frozenset({"reason", "owner"}),
)
# Only a parser: it renders nothing.
_ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


def find_used_names(value: Any, *, deciding: bool = False) -> set[str]:
    """Return the names of all variables that may be a part of what the templates in a value resolve to.

    In doubt, there are others among them. A name that the template puts together is not, nor is a key that only
    selects, such as site in holds_by_site[site].

    :param deciding: whether to leave out the variables of conditions, and of reason and owner of a hold.
    """
    if isinstance(value, str):
        return set(_parse(str(value), deciding)) if any(beginning in value for beginning in _BEGINNINGS) else set()
    if isinstance(value, Mapping):
        texts = _find_texts(value) if deciding else frozenset()
        items = [item for key, item in value.items() if key not in texts]
        return {name for item in (*value, *items) for name in find_used_names(item, deciding=deciding)}
    if isinstance(value, (list, tuple)):
        return {name for item in value for name in find_used_names(item, deciding=deciding)}
    return set()


def find_templates(value: Any) -> Iterator[str]:
    """Yield the texts in a value that are templates."""
    if isinstance(value, str):
        if any(beginning in value for beginning in _BEGINNINGS):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from find_templates(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from find_templates(item)


def has_template(value: Any) -> bool:
    """Return whether a text in a value is a template."""
    return next(find_templates(value), None) is not None


def _find_texts(keys: Collection[Any]) -> frozenset[str]:
    """Return the keys of a hold, or of a part of one, that do not decide what is held."""
    return _TEXTS if _HOLD_KEYS.issuperset(keys) else frozenset()


@lru_cache(maxsize=1000)
def _parse(text: str, deciding: bool) -> frozenset[str]:
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateError:
        return frozenset(_NAME.findall(text))
    names = {node.name for node in _walk(tree, deciding, with_keys=False) if isinstance(node, nodes.Name)}
    if names & _INDIRECT:
        for node in _walk(tree, deciding, with_keys=True):
            if isinstance(node, nodes.Getattr):
                names.add(node.attr)
            elif isinstance(node, nodes.Const) and isinstance(node.value, str):
                names.update(_NAME.findall(node.value))
    return frozenset(names)


def _walk(node: nodes.Node, deciding: bool, *, with_keys: bool) -> Iterator[nodes.Node]:
    yield node
    # A slice leaves out values, as a filter does.
    is_key = isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Slice)
    excluded = ["arg"] if is_key and not with_keys else []
    if deciding and isinstance(node, (nodes.CondExpr, nodes.If)):
        excluded.append("test")
    if deciding and isinstance(node, nodes.Filter) and node.name == "ternary":
        excluded.append("node")
    children = list(node.iter_child_nodes(exclude=excluded))
    if deciding and isinstance(node, nodes.Dict):
        keys = [getattr(pair.key, "value", None) for pair in node.items]
        texts = _find_texts(keys)
        children = [pair for pair, key in zip(node.items, keys, strict=True) if key not in texts]
    for child in children:
        yield from _walk(child, deciding, with_keys=with_keys)
