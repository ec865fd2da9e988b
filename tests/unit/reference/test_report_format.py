# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each field of the JSON documents has a description, and is on the page of the format."""

from __future__ import annotations

import pytest

from tests.reference.report_format import SCHEMAS, find_fields, load_schema, render_format

FIELDS = {
    (name, part, path): field
    for name in SCHEMAS
    for part, schema in {"": load_schema(name), **load_schema(name)["$defs"]}.items()
    for path, field in find_fields(schema)
}


def test_each_field_has_a_description() -> None:
    assert len(FIELDS) > 350
    for where, field in FIELDS.items():
        text = field.get("description", "")
        assert text[:1].isupper() or text.startswith(("worse:", "--limit")), where
        assert text.endswith("."), where


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_field_is_on_the_page(name: str) -> None:
    rendered = render_format(name)
    for document, _part, path in FIELDS:
        assert document != name or f"   * - ``{path}``\n" in rendered


def test_types_and_choices_are_readable() -> None:
    rendered = render_format("report")
    assert "   * - ``created``\n     - time\n" in rendered
    assert "   * - ``hosts``\n     - list of *host*\n" in rendered
    assert "   * - ``duration_seconds``\n     - integer or null\n" in rendered
    assert "   * - ``slice``\n     - dictionary or null\n" in rendered
    assert "     - dictionary of *point*\n" in render_format("profile")
    assert "       One of ``create``, ``update``, ``delete``.\n" in rendered
