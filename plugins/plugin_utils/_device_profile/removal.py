# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What remains on a device, and how to remove it, for a page that others may read: without the site.

The result of the task has the complete commands.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import is_own

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_PATH = re.compile(r"/(?:axis-cgi|vapix)/[a-z_/.]{1,80}", re.ASCII)
# What has a part of the site, such as the address of a proxy, is not among them.
_FLAGS = ("--anyauth",)
_OPTIONS = ("--header", "--data")
_GENERATED = "GENERATED_ID"
_SEE_RESULT = "remains in the result of the task says how."


def describe_public_item(item: Mapping[str, Any]) -> str:
    """Return what a scratch item is; an ID that the device gave it may identify the device."""
    number, name = str(item.get("id") or ""), str(item.get("name") or "")
    kind = str(item["kind"]).replace("_", " ")
    named = f" ({name})" if is_own(name) and name != number else ""
    if not number:
        return f"{kind} without an ID{named}"
    return f"{kind} {number if _is_public(number) else 'with an ID that the device generated'}{named}"


def describe_removal(text: str) -> str:
    """Return how to remove an item: a command in backticks, or a sentence, without the site.

    :param text: ``remove_with`` of the item: a sentence, or a command, perhaps after a sentence.
    """
    sentence, mark, arguments = text.partition("curl ")
    if not mark:
        return sentence
    try:
        words = ["curl", *_show_arguments(shlex.split(arguments))]
    except ValueError:
        return _SEE_RESULT
    command = f"`{shlex.join(words).replace('`', '')}`"
    return f"{command}. Before that: {_SEE_RESULT}" if sentence else command


def _show_arguments(arguments: list[str]) -> Iterator[str]:
    found = iter(arguments)
    for word in found:
        if word in _FLAGS:
            yield word
        elif word in _OPTIONS:
            yield from (word, next(found, ""))
        elif word == "--user":
            next(found, "")
            yield from (word, "USER")
        elif word.startswith(("http://", "https://")) and _PATH.fullmatch(urlsplit(word).path):
            url = urlsplit(word)
            query = "&".join(f"{name}={value}" for name, value in map(_show_argument, parse_qsl(url.query)))
            yield f"{url.scheme}://DEVICE{url.path}{'?' if query else ''}{query}"


def _show_argument(argument: tuple[str, str]) -> tuple[str, str]:
    name, value = argument
    return (name, value) if _is_public(value) else (name, _GENERATED)


def _is_public(number: str) -> bool:
    return is_own(number) or _NUMBER.fullmatch(number) is not None
