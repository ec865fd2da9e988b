# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of the API: filters and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.integration.controller.state import ROOT, ApiError, Item, State

#: ``settings/defaults.py:REST_FRAMEWORK``.
_PAGE_SIZE = 25
_CONTROLS = {"page", "page_size", "order_by", "count_disabled", "not__page"}
#: The endpoint of what a field refers to, for filters such as ``organization__name``.
_REFERENCES = {
    "organization": "organizations",
    "project": "projects",
    "inventory": "inventories",
    "workflow_job_template": "workflow_job_templates",
    "credential_type": "credential_types",
}


def page(endpoint: str, items: Iterable[Item], query: Mapping[str, str]) -> dict[str, Any]:
    """Return one page of a list, with the path of the next one."""
    everything = list(items)
    number, size = int(query.get("page", 1)), int(query.get("page_size", _PAGE_SIZE))
    rest = "".join(f"&{name}={value}" for name, value in query.items() if name != "page")
    more = len(everything) > number * size
    return {
        "count": len(everything),
        "next": f"{ROOT}{endpoint}/?page={number + 1}{rest}" if more else None,
        "previous": None,
        "results": everything[(number - 1) * size : number * size],
    }


def matches(state: State, item: Item, query: Mapping[str, str]) -> bool:
    """Return whether an object matches all filters, and one of those that begin with ``or__``."""
    filters = {name: value for name, value in query.items() if name not in _CONTROLS}
    either = {name: value for name, value in filters.items() if name.startswith("or__")}
    every = all(_match(state, item, name, value) for name, value in filters.items() if name not in either)
    return every and (not either or any(_match(state, item, name[4:], value) for name, value in either.items()))


def _match(state: State, item: Item, name: str, value: str) -> bool:
    first, *rest = name.split("__")
    if first not in item:
        raise ApiError(400, {"detail": f"{item['type']} has no field named '{first}'"})
    found = item[first]
    if rest and first == "unified_job_template":
        unified = state.template(found)
        return unified is not None and _match(state, unified[1], "__".join(rest), value)
    if rest and first in _REFERENCES:
        other = state.objects.get(_REFERENCES[first], {}).get(found or 0)
        return other is not None and _match(state, other, "__".join(rest), value)
    if rest == ["in"]:
        return str(found) in value.split(",")
    if rest == ["isnull"]:
        return (found is None) == (value.lower() in {"true", "1"})
    if rest and rest != ["exact"]:
        raise ApiError(400, {"detail": f"The stand-in does not have the filter {name}."})
    return str(found) == value
