# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The digest of a report is that of its canonical JSON, which standard tools write, too."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import (
    content_digest,
    has_valid_digest,
    seal,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import clean
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_json
from tests.unit.plugins.plugin_utils.reports import FLEET, OUTSIDE, drifted, host, report, result

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(TEXTS, children, max_size=4),
    max_leaves=20,
)


def canonical(value: Any) -> str:
    """Write canonical JSON without the code of the collection."""
    if isinstance(value, dict):
        items = ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value))
        return f"{{{items}}}"
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def test_digest_of_a_known_document() -> None:
    """The bytes are written by hand."""
    document = {"schema_version": 1, "title": "Tür", "content_sha256": "x", "b": [1.0, 2.5, None, True], "a": {}}
    text = '{"a":{},"b":[1,2.5,null,true],"schema_version":1,"title":"Tür"}'
    assert content_digest(document) == sha256(text.encode()).hexdigest()


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_digest_is_that_of_the_canonical_json(document: dict[str, Any]) -> None:
    content = {name: value for name, value in document.items() if name != "content_sha256"}
    assert content_digest(document) == sha256(canonical(content).encode()).hexdigest()


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_sealed_document_is_valid_after_it_was_written(document: dict[str, Any]) -> None:
    sealed = seal({**document, "schema_version": 1})
    assert list(sealed)[:2] == ["schema_version", "content_sha256"]
    assert has_valid_digest(json.loads(render_json(sealed)))
    assert seal(sealed) == sealed


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_and_sha256sum_give_the_digest(tmp_path: Path) -> None:
    """They are the tools that the documentation names."""
    disk = {"disk_id": "SD_DISK", "verdict": "met", "used_percent": 12.0, "age_hours": 719.98765, "free": 0.0001}
    odd = ['Tür \u2028 "x" \\ </script>', "\U0001f4f9 \ud83d", "a\x7f\tb"]
    document = report(*FLEET, *(host(text, result(9, actual={"disks": [disk]})) for text in odd), outside=OUTSIDE)
    path = tmp_path / "report.json"
    path.write_text(render_json(document), encoding="utf-8")
    script = "jq -cSj 'del(.content_sha256)' \"$1\" | sha256sum"
    found = subprocess.run(["sh", "-c", script, "sh", str(path)], check=True, capture_output=True, text=True).stdout
    assert found.split()[0] == document["content_sha256"]
    stored = subprocess.run(
        ["jq", "-r", ".content_sha256", str(path)], check=True, capture_output=True, text=True
    ).stdout
    assert stored.strip() == document["content_sha256"]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_writes_any_cleaned_value_the_same_way(tmp_path: Path) -> None:
    """One process for all examples."""
    lines: list[str] = []
    digests: list[str] = []

    @given(st.dictionaries(TEXTS, VALUES, max_size=5))
    def collect(document: dict[str, Any]) -> None:
        cleaned = clean({**document, "schema_version": 1})
        lines.append(json.dumps(cleaned))
        digests.append(content_digest(cleaned))

    collect()
    path = tmp_path / "values.json"
    path.write_text("\n".join(lines), encoding="utf-8")
    written = subprocess.run(["jq", "-cS", "del(.content_sha256)", str(path)], check=True, capture_output=True).stdout
    assert [sha256(line).hexdigest() for line in written.splitlines()] == digests


def test_every_value_counts() -> None:
    one, other = report(host("c1", drifted(1, 24))), report(host("c1", drifted(1, 48)))
    assert one["content_sha256"] != other["content_sha256"]
    assert has_valid_digest(one)
    assert not has_valid_digest({**one, "content_sha256": other["content_sha256"]})
    assert not has_valid_digest({name: value for name, value in one.items() if name != "content_sha256"})
