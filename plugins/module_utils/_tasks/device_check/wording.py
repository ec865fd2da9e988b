# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers in the words of a reader, who does not know the choices of a profile. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import Point
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import NO_LIMIT, show_answer

_ERRORS = {"error_10": "error 10", "error_20": "error 20", "error_110": "error 110 (not found)"}
_CHALLENGES = {"closed": "no open port", "redirect": "a redirect", NO_LIMIT: "none: no login is required"}
_WORDS: Mapping[str, Mapping[object, str]] = {
    "device_info_version": {NO_LIMIT: "none: the device does not have it"},
    "json_charset": {"": "none"},
    "storage_parameters": {
        "present": "yes",
        "removed": "no, they were removed from this AXIS OS",
        "no_param_cgi": "no, the device does not have param.cgi",
    },
    "challenge_body": {"html": "HTML", "json": "JSON"},
    "disk_attributes": {"documented": "diskencryptionenabled", "shortened": "encryptionenabled"},
    "namespace_prefixes": {"standard": "yes", "numbered": "no, it numbers them"},
    "list_unknown_id": {"empty": "an empty list"},
    "default_retention_time": {0: "0, without a limit"},
    "unknown_disk": {"accepted": "no error, it creates the group"},
    "existing_id": {"overwrite": "it overwrites the group"},
    "bad_argument": {"error_20": "they cause error 20", "ignored": "nothing, the device ignores them"},
    "text_charset": {"utf-8": "UTF-8", "iso-8859-1": "ISO 8859-1"},
    "text_limit": {NO_LIMIT: "it does not cut them"},
    "text_form": {
        "as_sent": "as sent",
        "trimmed": "without whitespace at the ends",
        "folded": "without whitespace at the ends, and with single spaces",
        "nfc": "in the Unicode form NFC",
        "nfd": "in the Unicode form NFD",
    },
    "retention_limit": {NO_LIMIT: "there is no limit"},
    "retention_over_limit": {"error_20": "it causes error 20", "clamped": "the device sets the limit instead"},
    "stream_options_form": {
        "verbatim": "as sent",
        "reordered": "in another order",
        "reencoded": "in another encoding",
        "reordered_reencoded": "in another order and encoding",
    },
    "device_value": {"as_sent": "as sent", "upper": "upper case", "lower": "lower case"},
    "empty_text": {
        "clears": "it clears the field",
        "ignored": "nothing, the field keeps its text",
        "error_20": "it causes error 20",
    },
    "omitted_on_update": {"kept": "they keep their values", "reset": "they are reset"},
    "recording_split": {NO_LIMIT: "never"},
    "max_groups": {NO_LIMIT: "there is no limit"},
    "duplicate_ids": {"hidden": "it is not listed", "listed": "both groups are listed"},
}


def describe_answer(point: Point, answer: object) -> str:
    """Return an answer for a reader; of long texts by name, only the names."""
    if answer is None:
        return show_answer(answer)
    if isinstance(answer, Mapping):
        is_short = point.name in ("apis", "rest_apis")
        items = (f"{name} {text}" if is_short else str(name) for name, text in answer.items())
        return ", ".join(items) or NO_LIMIT
    if point.name in ("http_challenge", "https_challenge") and isinstance(answer, (list, tuple)):
        return ", ".join(_CHALLENGES.get(scheme, str(scheme)) for scheme in answer) or NO_LIMIT
    if isinstance(answer, (str, int)):
        words = _WORDS.get(point.name, {})
        # For Python, False is 0.
        known = None if isinstance(answer, bool) else words.get(answer, _ERRORS.get(str(answer)))
        return known or show_answer(answer)
    return show_answer(answer)


def describe_difference(point: Point, answer: object) -> str:
    """Return how an answer differs from the documentation, as a text that continues one, for example ``, without x``.

    It is empty if that can be seen in the answers.
    """
    documented = point.documented
    if isinstance(answer, Mapping) and isinstance(documented, Mapping):
        return "".join(_compare(answer, documented))
    if isinstance(answer, (list, tuple)) and isinstance(documented, list) and set(answer) == set(documented):
        return ", in another order"
    return ""


def _compare(answer: Mapping[str, object], documented: Mapping[str, object]) -> Iterator[str]:
    if missing := [name for name in documented if name not in answer]:
        yield f", without {', '.join(missing)}"
    if changed := [name for name in documented if name in answer and answer[name] != documented[name]]:
        yield f", with other contents of {', '.join(changed)} (see the profile)"
