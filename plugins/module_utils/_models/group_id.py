# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ID of a recording group that has only a name, so that a device which rewrites names gets no second group."""

from __future__ import annotations

import re
from hashlib import sha256
from unicodedata import combining, normalize

from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text

# With a hyphen and eight digits, an ID has at most 50 characters (VAPIX recording group, recordinggroupid).
_MAX_SLUG = 41
_DERIVED = re.compile(r"(?P<slug>.+)-[0-9a-f]{8}")
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_]+")


def derive_group_id(name: str) -> str:
    """Return the ID of a name, such as ``Tur_1-5f0c9a3b``: a readable part, and 8 digits of a SHA-256 of the name.

    Never change it: groups on devices would be created again. The documentation of ``id_source`` describes it.
    """
    return f"{_build_slug(name)}-{sha256(fold_text(name).encode()).hexdigest()[:8]}"


def is_derived_from_another(recording_group_id: str | None, name: str) -> bool:
    """Return whether an ID was derived from a name that differs from this one in more than its case and accents."""
    derived = _DERIVED.fullmatch(recording_group_id or "")
    return derived is not None and derived["slug"].casefold() != _build_slug(name).casefold()


def _build_slug(name: str) -> str:
    letters = "".join(character for character in normalize("NFKD", fold_text(name)) if not combining(character))
    return _NOT_IN_ID.sub("-", letters).strip("-")[:_MAX_SLUG].strip("-") or "group"
