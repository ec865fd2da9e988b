# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which values of a device a profile may show: numbers, words of the firmware, and what a device check made.

Everything else becomes a placeholder, such as ``<group 1>``. No list of forbidden texts could be complete.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

from ansible_collections.camfleet.axis.plugins.module_utils._models.scratch_ids import PREFIX
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.plain_words import PLAIN_WORDS
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import firmware_names as names

_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?", re.ASCII)
# The last one is the unknown disk of an experiment.
_DISK_ID = re.compile(r"(?:SD_DISK|HDD_DISK|USB_DISK|EMMC|NetworkShare)[0-9]{0,2}|CAMFLEET_NO_DISK", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}(?:Z|[+-][0-9:]{4,5})?", re.ASCII)
_DURATION = re.compile(
    r"-?P(?=.)(?:[0-9]{1,6}Y)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}D)?"
    r"(?:T(?=.)(?:[0-9]{1,6}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,6}(?:\.[0-9]{1,9})?S)?)?",
    re.ASCII,
)
# A shorter number may be a serial number or a login by chance only.
_MIN_IDENTIFYING_NUMBER = 6
_PIECES = re.compile(r"[&;]")
_MAX_OWN = 120
# A shorter beginning of an own text may be another text.
_MIN_BEGINNING = 8
#: The faults of the action service, by the first element of their detail.
FAULT_NAMES = (
    *("ActionTemplateNotFoundFault", "ParametersMissmatchFault", "ParametersMismatchFault", "InvalidFilterFault"),
    *("InvalidActionConfigurationFault", "ActionConfigurationNotFoundFault", "ActionRuleNotFoundFault"),
    *("ActionConfigurationIsInUseFault", "InvalidConditionFilterFault", "InvalidconditionFilterFault"),
    *("InvalidTopicExpressionFault", "InvalidMessageContentExpressionFault", "InsufficientActivationRuleFault"),
    *("TopicNotSupportedFault", "MultipleTopicsSpecifiedFault", "InvalidActivationTimeoutFault"),
    *("TopicExpressionDialectUnknownFault", "InvalidMessageContentExpressionDialectFault"),
)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


def _canonical(text: str) -> str:
    """Return what is left of a text in whichever form a device stores it."""
    return "".join(unicodedata.normalize("NFKD", unquote(text)).casefold().split())


class ShownValues:
    """The values of one device check."""

    def __init__(self, identifiers: Identifiers) -> None:
        self.identifiers = identifiers
        self._own: set[str] = set()
        self._own_forms: set[str] = set()
        self._own_pieces: set[str] = set()
        self._numbers: dict[str, dict[str, int]] = {}

    def own(self, text: str) -> None:
        """Show a text that the device check made, also in the form in which the device returns it."""
        if text:
            self._own.add(text)
            self._own_forms.add(_canonical(text))
            self._own_pieces |= {_canonical(piece) for piece in _PIECES.split(text)}

    def is_own(self, text: str) -> bool:
        """Return whether a text is one that the device check made: as it is, truncated, or in another form."""
        if text in self._own:
            return True
        for form in (text, _decode_again(text)):
            canonical = _canonical(form)
            if canonical in self._own_forms or (
                len(canonical) >= _MIN_BEGINNING and any(own.startswith(canonical) for own in self._own_forms)
            ):
                return True
            pieces = [_canonical(piece) for piece in _PIECES.split(form)]
            if pieces and all(piece in self._own_pieces for piece in pieces):
                return True
        return False

    def has_own(self, text: str) -> bool:
        """Return whether a text is exactly one that the device check made."""
        return text in self._own

    def placeholder(self, kind: str, text: str) -> str:
        """Return ``<kind>``; nothing for no text."""
        return f"<{kind}>" if text else ""

    def numbered(self, kind: str, text: str) -> str:
        """Return ``<kind 1>``, the same number for the same text; nothing for no text."""
        if not text:
            return ""
        numbers = self._numbers.setdefault(kind, {})
        return f"<{kind} {numbers.setdefault(text, len(numbers) + 1)}>"

    def text(self, kind: str) -> Callable[[str], str]:
        """Return a rule: own texts are shown, others are ``<kind>``."""
        return lambda text: self._show_own(text) or self.placeholder(kind, text)

    def id(self, kind: str) -> Callable[[str], str]:
        """Return a rule: own texts are shown, others are numbered."""
        return lambda text: self._show_own(text) or self.numbered(kind, text)

    def group_id(self, text: str) -> str:
        """Return the ID of a scratch group; others are numbered: one that the device generates has a time in it."""
        return self._show_own(text) if self._is_scratch(text) else self.numbered("group", text)

    def _is_scratch(self, text: str) -> bool:
        return text.startswith(PREFIX) and self.is_own(text)

    def _show_own(self, text: str) -> str:
        if not text or not self.is_own(text):
            return ""
        shown = escape_invisible(text)
        rest = len(shown) - _MAX_OWN
        return shown if rest <= 0 else f"{shown[:_MAX_OWN]}<{rest} more characters>"

    def number(self, text: str) -> str:
        """Return a number, and own texts."""
        stripped = text.strip()
        is_identifying = len(stripped) >= _MIN_IDENTIFYING_NUMBER and self.identifiers.is_in(stripped)
        return stripped if _NUMBER.fullmatch(stripped) and not is_identifying else self.text("text")(text)

    def form(self, kind: str, is_of_form: Callable[[str], bool]) -> Callable[[str], str]:
        """Return a rule: a text of a form that identifies nothing is shown, others are ``<kind>``."""
        return lambda text: (
            text if is_of_form(text) and not self.identifiers.is_in(text) else self.placeholder(kind, text)
        )

    def known(self, kind: str, is_known: Callable[[str], bool]) -> Callable[[str], str]:
        """Return a rule: a name that Axis gives is shown, others are numbered."""
        return lambda text: text if is_known(text) and not self.identifiers.is_in(text) else self.numbered(kind, text)

    def version(self, text: str) -> str:
        """Return the version of an API."""
        return self.form("version", names.is_version)(text)

    def api(self, text: str) -> str:
        """Return the ID of an API of Axis; others, which an application may have added, are numbered."""
        return self.known("api", names.API_IDS.__contains__)(text)

    def template(self, text: str) -> str:
        """Return the token of an action template of Axis; others are numbered."""
        return self.known("template", lambda token: token.startswith("com.axis.") and names.is_template_name(token))(
            text
        )

    def parameter(self, text: str) -> str:
        """Return the name of a parameter of an action template of Axis; others are numbered."""
        return self.known("parameter", names.is_template_name)(text)

    def attribute(self, text: str) -> str:
        """Return the name of an attribute of recording groups; others are numbered."""
        return self.known("attribute", names.GROUP_ATTRIBUTES.__contains__)(text)

    def disk_id(self, text: str) -> str:
        """Return the ID of a slot that VAPIX names; other IDs are numbered."""
        return text if _DISK_ID.fullmatch(text) else self.numbered("disk", text)

    def time(self, text: str) -> str:
        """Return the form of a time."""
        return self.placeholder("time" if _TIME.fullmatch(text) else "text", text)

    def duration(self, text: str) -> str:
        """Return a duration of XML Schema."""
        return text if _DURATION.fullmatch(text) else self.placeholder("duration", text)

    def words(self, text: str) -> str:
        """Return a description of an error: its known words, and own texts."""
        if self.is_own(text):
            return self._show_own(text)
        shown = _WORD.sub(
            lambda match: match[0] if match[0].lower() in PLAIN_WORDS or match[0] in FAULT_NAMES else "\0", text[:500]
        )
        # What is beside an unknown word may be a part of a name.
        shown = re.sub(r"[^\s:;,'\"()]*\0[^\s:;,'\"()]*", "\0", shown)
        shown = "".join(character if character == "\0" or character in _PLAIN else "\0" for character in shown)
        return re.sub(r"\0(?:\s*\0)*", "<text>", re.sub(r"[0-9]{5,}", "\0", shown)).strip()

    @staticmethod
    def one_of(*values: str, kind: str = "text") -> Callable[[str], str]:
        """Return a rule: one of these values, in any case, or ``<kind>``."""
        known = {value.lower() for value in values}
        return lambda text: text if text.lower() in known else (f"<{kind}>" if text else "")


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;'\"()-_/")


def _decode_again(text: str) -> str:
    """Return a text whose UTF-8 a device has read as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
