# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of the filter of a message, an XPath.

A device may return a filter with other blanks and quotes, and with the clauses that ``and`` joins in another order. The
form keeps everything else: the order of the clauses of an ``or``, and what parentheses group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The tokens of an XPath: a quoted text, a name or number, any other character except blanks.
_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[\w.-]+|[^\s\w.-]")
_CLOSING = {"(": ")", "[": "]"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
# After these, and at the start, an operand follows, so that "and" is a name and "*" is a wildcard.
_BEFORE_OPERANDS = frozenset("@([,/|=+-<>!:$")
_OPERATORS = frozenset({"and", "or", "div", "mod", "*"})
# A device's text may have more, but no filter has.
_MAX_DEPTH = 50


def canonical_filter(text: str) -> tuple[str, ...]:
    """Return what equal filters have in common: their clauses, sorted; the tokens if the text is not an XPath."""
    tokens = [_canonical_token(token) for token in _TOKEN.findall(text)]
    outer = _Group("", is_boolean=True)
    open_groups = [outer]
    for item, is_operator in _find_operators(tokens):
        group = open_groups[-1]
        if item in _CLOSING:
            if len(open_groups) > _MAX_DEPTH:
                return tuple(tokens)
            open_groups.append(group.open(item))
        elif item in _OPENING:
            if group.opening != _OPENING[item]:
                return tuple(tokens)
            open_groups.pop()
        elif is_operator and item in {"and", "or"}:
            group.join(item)
        elif item == ",":
            group.arguments.append([[[]]])
        else:
            group.operand.append(item)
    return tuple(outer.clauses()) if len(open_groups) == 1 else tuple(tokens)


class _Group:
    """What one pair of brackets encloses: arguments, each of clauses joined by ``or``, each of those joined by ``and``.

    :param is_boolean: whether only the truth of its value matters, so that ``boolean()`` changes nothing in it.
    """

    def __init__(self, opening: str, *, is_boolean: bool) -> None:
        self.opening = opening
        self.arguments: list[list[list[list[str | _Group]]]] = [[[[]]]]
        self._is_boolean = is_boolean

    @property
    def operand(self) -> list[str | _Group]:
        """Return the operand that is being read."""
        return self.arguments[-1][-1][-1]

    def open(self, opening: str) -> _Group:
        """Add a group to the operand, and return it."""
        is_boolean = opening == "(" and self.operand in (["boolean"], ["not"])
        group = _Group(opening, is_boolean=is_boolean)
        self.operand.append(group)
        return group

    def join(self, operator: str) -> None:
        """Begin another clause."""
        if operator == "or":
            self.arguments[-1].append([[]])
        else:
            self.arguments[-1][-1].append([])

    def clauses(self) -> list[str]:
        """Return the clauses that ``and`` joins, sorted; one clause for an ``or``, and for several arguments."""
        if len(self.arguments) == 1 and len(self.arguments[0]) == 1:
            return self._conjunction(self.arguments[0][0], is_boolean=self._is_boolean)
        return [f"({self._render()})"]

    def _render(self) -> str:
        return " , ".join(
            " or ".join(
                _join_clauses(self._conjunction(clause, is_boolean=self._is_boolean or len(argument) > 1))
                for clause in argument
            )
            for argument in self.arguments
        )

    def _conjunction(self, operands: list[list[str | _Group]], *, is_boolean: bool) -> list[str]:
        # The operands of "and" and "or" are converted to Booleans.
        is_boolean = is_boolean or len(operands) > 1
        return sorted(clause for operand in operands for clause in _split_operand(operand, is_boolean=is_boolean))


def _split_operand(operand: list[str | _Group], *, is_boolean: bool) -> list[str]:
    """Return the clauses of an operand: several if it is only a group of clauses."""
    *before, last = operand or [""]
    if isinstance(last, _Group) and last.opening == "(" and (not before or (before == ["boolean"] and is_boolean)):
        return last.clauses()
    return [" ".join(item if isinstance(item, str) else _render_group(item) for item in operand)]


def _render_group(group: _Group) -> str:
    return f"{group.opening} {_join_clauses(group.clauses())} {_CLOSING[group.opening]}"


def _join_clauses(clauses: list[str]) -> str:
    return " and ".join(clauses)


def _find_operators(tokens: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each token, and whether it is an operator with a name."""
    expects_operand = True
    for token in tokens:
        is_operator = token in _OPERATORS and not expects_operand
        yield token, is_operator
        expects_operand = is_operator or token in _BEFORE_OPERANDS


def _canonical_token(token: str) -> str:
    # A text with one kind of quotes keeps the other kind.
    return f'"{token[1:-1]}"' if token[0] == "'" and '"' not in token else token
