# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replace in texts what identifies a site or a person: addresses, names, serial numbers, logins."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.plain_words import PLAIN_WORDS
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.search import REDACTED, Search, build_secret

# Shorter ones are found only as a whole word, and not in an encoded form, since they occur by chance.
_MIN_SEARCHED = 4
_HEX = re.compile(r"[0-9A-Fa-f]{12}")
_SEPARATORS = ":-. "
_MAX_TEXT = 4000


class Identifiers:
    """What identifies the site that a task talks to, each with its kind: ``("serial", "B8A44F000001")``."""

    def __init__(self) -> None:
        #: by the text, its kind, the whole words, and what is searched in all its forms
        self._found: dict[str, tuple[str, re.Pattern[str], Search | None]] = {}

    def add(self, kind: str, text: str | None) -> None:
        """Replace a text by ``<kind>`` from now on, unless many sites have it in common."""
        text = (text or "").strip()
        if not text or text in self._found or text.lower() in PLAIN_WORDS:
            return
        forms = (*dict.fromkeys(_build_forms(text)),)
        words = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        long = [build_secret(form, (form, f"{form}:")) for form in forms if len(form) >= _MIN_SEARCHED]
        pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        self._found[text] = (kind, pattern, Search(long) if long else None)

    def redact(self, text: str) -> str:
        """Return a text without them, on one line."""
        text = remove_invisible(text)[:_MAX_TEXT]
        compatible = unicodedata.normalize("NFKC", text)
        if compatible != text and self._redact(compatible) != compatible:
            # For example in characters of full width.
            text = compatible
        return self._redact(text)

    def is_in(self, text: str) -> bool:
        """Return whether a text contains one of them, in any form."""
        return self.redact(text) != remove_invisible(text)[:_MAX_TEXT]

    def _redact(self, text: str) -> str:
        # The longest first: a name may contain another one.
        for _text, (kind, pattern, search) in sorted(self._found.items(), key=lambda item: -len(item[0])):
            mark = f"<{kind}>"
            text = pattern.sub(mark, text)
            if search is not None:
                text = search.redact(text, with_parts=False).replace(REDACTED, mark)
        return text


def _build_forms(text: str) -> Iterator[str]:
    """Yield a text in the forms that devices and libraries give it, apart from those that Search knows."""
    yield text
    compatible = unicodedata.normalize("NFKC", text)
    yield compatible
    for form in (text, compatible):
        try:
            yield form.encode("idna").decode("ascii")
        except UnicodeError:
            continue
    yield from _build_address_forms(text)
    digits = "".join(character for character in text if character not in _SEPARATORS)
    if _HEX.fullmatch(digits):
        yield digits
        pairs = [digits[start : start + 2] for start in range(0, len(digits), 2)]
        yield from (separator.join(pairs) for separator in _SEPARATORS)
        yield ".".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _build_address_forms(text: str) -> Iterator[str]:
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return
    yield from (address.compressed, address.exploded)
    if isinstance(address, ipaddress.IPv4Address):
        yield f"::ffff:{address}"
