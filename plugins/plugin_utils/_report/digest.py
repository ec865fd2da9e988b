# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The digest of a report, which shows whether its content was changed after it was written.

It is the SHA-256 of the canonical JSON of the report without ``content_sha256``: keys sorted by code point, no
whitespace, UTF-8, and no line break at the end. ``jq -cSj 'del(.content_sha256)'`` writes the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

DIGEST = "content_sha256"


def content_digest(document: Mapping[str, Any]) -> str:
    """Return the digest of the content of a report, whether it has one or not."""
    content = {name: value for name, value in document.items() if name != DIGEST}
    # A text that cannot be written is replaced when the file is written, too.
    return sha256(_serialize(content).encode("utf-8", "replace")).hexdigest()


def has_valid_digest(document: Mapping[str, Any]) -> bool:
    """Return whether the digest of a report is that of its content."""
    return document.get(DIGEST) == content_digest(document)


def seal(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report with the digest of its content, after the schema version."""
    version, others = document["schema_version"], {**document}
    return {"schema_version": version, DIGEST: content_digest(document), **_without(others, "schema_version", DIGEST)}


def _without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def _serialize(value: object) -> str:
    text = _dump(value)
    # Most reports have none, and a search is faster than a copy.
    return _dump(_with_integers(value)) if _MAYBE_WHOLE.search(text) else text


#: The end of a number that is whole, and not written as an integer. Texts may have it, too.
_MAYBE_WHOLE = re.compile(r"(?:\.0|e\+?[0-9]+)[\]},]")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _with_integers(value: Any) -> Any:
    """Return a value in which numbers that are whole are integers: programs differ in how they write them."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {name: _with_integers(item) for name, item in value.items()}
    return [_with_integers(item) for item in value] if isinstance(value, (list, tuple)) else value
