# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables of all fields of the JSON documents, from their schemas in ``docs``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.playbook import CHECKOUT
from tests.reference.pages import render_table, wrap

Schema = Mapping[str, Any]
#: By name of the part on the page, the file with the schema.
SCHEMAS: Mapping[str, str] = {
    name: f"{file}.schema.json"
    for name, file in (
        ("report", "retention-report"),
        ("comparison", "retention-comparison"),
        ("profile", "device-profile"),
    )
}
_DEFINITIONS = "#/$defs/"
_TYPES = {"string": "text", "object": "dictionary", "array": "list"}


def load_schema(name: str) -> dict[str, Any]:
    """Return a schema by the name of its part."""
    schema: dict[str, Any] = json.loads((CHECKOUT / "docs" / SCHEMAS[name]).read_text(encoding="utf-8"))
    return schema


def render_format(name: str) -> str:
    """Return the generated part of the page about one document."""
    schema = load_schema(name)
    lines = [*_render_fields(schema)]
    for key, definition in schema.get("$defs", {}).items():
        if "properties" not in definition:
            continue
        title = f"Fields of {name}: {key}"
        lines += ["", title, "~" * len(title), ""]
        if "description" in definition:
            lines += [wrap(definition["description"]), ""]
        lines += _render_fields(definition)
    return "\n".join(lines)


def find_fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield the path and the schema of each field, except those of definitions."""
    for key, field in schema.get("properties", {}).items():
        yield f"{path}{key}", field
        yield from find_fields(field, f"{path}{key}.")
    if isinstance(schema.get("items"), dict):
        yield from find_fields(schema["items"], f"{path.rstrip('.')}[].")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from find_fields(schema["additionalProperties"], f"{path}<name>.")
    for other in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from find_fields(other, path)


def _render_fields(schema: Schema) -> Iterator[str]:
    rows = [(f"``{path}``", _render_type(field), _render_meaning(field)) for path, field in find_fields(schema)]
    yield from render_table(("Field", "Type", "Meaning"), (32, 18, 50), rows)


def _render_meaning(field: Schema) -> str:
    text = str(field["description"]).replace("*", "\\*")
    choices = field.get("enum", ())
    shown = ", ".join("null" if item is None else f"``{item}``" for item in choices)
    return f"{text}\n\nOne of {shown}." if choices else text


def _render_type(field: Schema) -> str:
    if "$ref" in field:
        return _name(field["$ref"])
    if "const" in field:
        return f"``{json.dumps(field['const'])}``"
    if "enum" in field:
        return "text or null" if None in field["enum"] else "text"
    if others := (*field.get("oneOf", ()), *field.get("anyOf", ())):
        return " or ".join(sorted(dict.fromkeys(map(_render_type, others)), key=lambda kind: kind == "null"))
    kinds = field.get("type", "object")
    names = [_TYPES.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    if field.get("format") == "date-time":
        names[0] = "time"
    if "items" in field and names[0] == "list":
        names[0] = f"list of {_name(field['items']['$ref'])}" if "$ref" in field["items"] else "list"
    if "$ref" in (field.get("additionalProperties") or {}):
        names[0] = f"dictionary of {_name(field['additionalProperties']['$ref'])}"
    return " or ".join(names)


def _name(reference: str) -> str:
    name = reference.removeprefix(_DEFINITIONS)
    return f"*{name.split('/')[0]}*"
