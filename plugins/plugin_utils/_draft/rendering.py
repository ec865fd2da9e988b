# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of a file with variables, which Ansible reads exactly as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible

_TEMPLATES = ("{{", "{%", "{#")
# The one template that a draft has.
_OWN_TEMPLATE = "{{ axis_serial }}"
_SURROGATE = re.compile("[\ud800-\udfff]")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_WIDTH = 2**31


class _NotTemplated(str):
    """A text that Ansible must not resolve as a template."""

    __slots__ = ()


class _Key(str):
    """The name of an option or a variable, which has quotes only if it needs them."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """A dumper without aliases, for lists below the key that they belong to."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that a value is written again wherever it occurs."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Indent the items of a list, as linters require."""
        return super().increase_indent(flow, indentless=False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # Without quotes, NO and 1e3 are no texts for some parsers.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def _represent_unsafe(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("!unsafe", str(text), style='"')


def _represent_key(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text))


_Dumper.add_representer(_Key, _represent_key)
_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_NotTemplated, _represent_unsafe)


def render_variables(variables: Mapping[str, Any], comments: Iterable[str], more: Iterable[str] = ()) -> str:
    """Return the text of a file.

    :param variables: plain values.
    :param comments: lines before the variables.
    :param more: lines after the variables.
    """
    parts = [_render_variable(name, value) for name, value in variables.items()]
    texts = ("---\n", render_comment(comments), *parts, render_comment(more))
    return "\n".join(filter(None, texts)).replace("---\n\n", "---\n", 1)


def render_comment(lines: Iterable[str]) -> str:
    """Return lines as a comment: none of them ends before its end."""
    return "".join(f"# {escape_invisible(line)}".rstrip() + "\n" for line in lines)


def _render_variable(name: str, value: Any) -> str:
    marked = _mark({name: value})
    text: str = yaml.dump(marked, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_MAX_WIDTH)
    return text


def _mark(value: Any) -> Any:
    """Return a value in which no text of a device is a template."""
    if isinstance(value, str):
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", str(value))
        rest = text.replace(_OWN_TEMPLATE, "")
        return _NotTemplated(text) if any(mark in rest for mark in _TEMPLATES) else text
    if isinstance(value, Mapping):
        return {_mark_key(str(key)): _mark(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mark(item) for item in value]
    return value


def _mark_key(key: str) -> str:
    return _Key(key) if _IDENTIFIER.fullmatch(key) else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", key)
