# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sanitize texts of devices and libraries: redact secrets, remove characters that control a display, then truncate.

Only these texts are changed. The words, identifiers, and numbers of the collection and of its user never are, also if a
password equals one of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from operator import is_not
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.search import (
    REDACTED,
    Search,
    Secret,
    build_secret,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import (
    UnsafeText,
    map_texts,
    sanitize,
)

T = TypeVar("T")

#: A text of a device is not longer than this in a message, and not searched beyond the second one.
MAX_TEXT = 2000
_MAX_SEARCHED = 65_536
# A part of a secret at the end of what is searched is not longer, also if it is escaped, or it is found.
_MAX_CUT = 100
# Shorter secrets occur in any text, and a mark in their place would show them.
_MIN_SECRET = 4
# Identifiers, words, numbers, versions.
_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
_TOKEN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# The fields of models that may contain any text.
_FREE_TEXTS = frozenset({"nice_name", "description", "name", "full_name", "doc_link"})


class Secrets:
    """The secrets of one task, or of the session with one device."""

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}
        #: the other values of the task, which it shows anyway
        self._own_values: list[Any] = []
        #: whether they are those of a task, with its other values
        self.of_task = False
        #: secrets that a device also lists as identifiers of groups
        self._shown: set[str] = set()

    def add(self, arguments: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> None:
        """Add the values of secret options, and the secrets inside them."""
        values = {name: str(arguments[name]) for name in spec if spec[name].get("no_log") and arguments.get(name)}
        for value in values.values():
            self._add(value)
        if "password" in values:
            self.add_login(str(arguments.get("username")), values["password"])
        if "proxy" in values:
            self.add_proxy(values["proxy"])
        self._own_values = [value for name, value in arguments.items() if name not in values]
        self.of_task = True
        self._select()

    def include(self, other: Secrets) -> None:
        """Add the secrets of a session."""
        if not other._secrets.keys() <= self._secrets.keys():
            self._secrets = {**other._secrets, **self._secrets}
            self._select()

    def add_login(self, username: str, password: str) -> None:
        """Add the password of a user."""
        self._add(password, password, f"{username}:{password}")

    def add_proxy(self, url: str) -> None:
        """Add the password in the URL of a proxy."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        if parts.password:
            self._add(parts.password)
            self.add_login(unquote(parts.username or ""), unquote(parts.password))

    def add_realms(self, username: str, password: str, realms: Iterable[str]) -> None:
        """Add the digests with which a device verifies the password (RFC 7616, A1)."""
        for realm in realms:
            login = f"{username}:{realm}:{password}".encode("utf-8", "surrogatepass")
            for algorithm in ("md5", "sha256"):
                text = hashlib.new(algorithm, login, usedforsecurity=False).hexdigest()
                self._secrets[text] = self._secrets.get(text) or build_secret(text)
        self._select()

    def _add(self, text: str, *logins: str) -> None:
        if len(text) >= _MIN_SECRET:
            known = self._secrets[text].logins if text in self._secrets else ()
            self._secrets[text] = build_secret(text, (*dict.fromkeys((*known, *logins)),))
            self._select()

    def _select(self) -> None:
        """Select the secrets again when a text is searched: most are added before the first text."""
        for name in ("_own", "_hidden", "_not_in_messages", "_not_in_texts", "_not_in_words", "_not_in_ids"):
            self.__dict__.pop(name, None)

    @cached_property
    def _own(self) -> str:
        return "\n".join(map(str, _texts(self._own_values))).lower()

    @cached_property
    def _hidden(self) -> list[Secret]:
        return [item for item in self._secrets.values() if item.text.lower() not in self._own]

    @cached_property
    def _not_in_messages(self) -> Search:
        return Search(self._secrets.values())

    @cached_property
    def _not_in_texts(self) -> Search:
        # A password that equals an identifier is shown by it, and cannot be hidden in a name beside it.
        return Search(item for item in self._hidden if item.differs_from_ids or item.text.lower() not in self._shown)

    @cached_property
    def _not_in_words(self) -> Search:
        return Search(item for item in self._hidden if item.differs_from_words)

    @cached_property
    def _not_in_ids(self) -> Search:
        return Search(item for item in self._hidden if item.differs_from_ids)

    def mask(self, arguments: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the arguments of a task for display: without the values of its secret options."""
        return {
            name: REDACTED
            if value and spec.get(name, {}).get("no_log")
            else map_texts(value, self._not_in_words.redact)
            for name, value in arguments.items()
        }

    def protect(self, result: Any, names: Callable[[], Iterable[str]] = tuple) -> Any:
        """Return a result that can be shown: ``sanitize``, and without secrets that cannot be words of the collection.

        The texts of devices have no secrets any more. This is for a defect.

        :param names: returns further words that may be in the result, such as names of the inventory.
        """
        shown = sanitize(result)
        if map_texts(shown, self._not_in_words.redact) is shown:
            return shown
        words = "\n".join((*_ids(shown), *names())).lower()
        search = Search(item for item in self._not_in_words.secrets if item.text.lower() not in words)
        return map_texts(shown, search.redact)

    def clean(self, text: str) -> str:
        """Return a text of a device or of a library for a message: without secrets, on one line, truncated."""
        return _sanitize(text, self._not_in_messages)

    def clean_lines(self, text: str) -> str:
        """Return a traceback without secrets."""
        return _redact(text, self._not_in_messages, keep_lines=True)

    def mark(self, value: T, name: str = "") -> T:
        """Return a model of what a device sent, with each text that must not be shown as an ``UnsafeText``.

        :param name: the name of the field.
        """
        if isinstance(value, tuple):
            ids = {str(getattr(item, "recording_group_id", "")).lower() for item in value}
            if shown := {text.lower() for text in self._secrets} & ids - self._shown:
                self._shown |= shown
                self._select()
        return self._mark(value, name)

    def _mark(self, value: T, name: str) -> T:
        changed: Any = value
        if isinstance(value, str):
            safe = _sanitize(value, self._select_search(value, name))
            changed = value if safe == value else UnsafeText(value, safe)
        elif isinstance(value, tuple):
            items = tuple(self._mark(item, name) for item in value)
            changed = items if any(map(is_not, items, value)) else value
        elif isinstance(value, dict):
            changed = {self._mark(key, name): self._mark(item, name) for key, item in value.items()}
        elif is_dataclass(value) and not isinstance(value, type):
            old = {field.name: getattr(value, field.name) for field in fields(value)}
            new = {key: item for key in old if (item := self._mark(old[key], key)) is not old[key]}
            changed = replace(value, **new) if new else value
        result: T = changed
        return result

    def _select_search(self, text: str, name: str) -> Search:
        """Return the search for a field: an identifier, a word, or a number may equal a password."""
        if (name.endswith("_id") or name in ("id", "serial")) and _ID.fullmatch(text):
            return self._not_in_ids
        if name not in _FREE_TEXTS and _TOKEN.fullmatch(text):
            return self._not_in_words
        return self._not_in_texts


# What no text of the device may show that this thread communicates with.
_ACTIVE: ContextVar[Secrets | None] = ContextVar("camfleet_axis_secrets", default=None)


@contextmanager
def hide(secrets: Secrets) -> Iterator[None]:
    """Hide the secrets of a task in all texts of devices, and what ``hide_login`` adds to them."""
    token = _ACTIVE.set(secrets)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def hide_login(secrets: Secrets) -> None:
    """Hide the secrets of a session: those of the task are known, but not what they become in the session."""
    active = _ACTIVE.get()
    if active is None or not active.of_task:
        _ACTIVE.set(secrets)
    elif active is not secrets:
        active.include(secrets)


def _active() -> Secrets:
    return _ACTIVE.get() or Secrets()


def clean(text: str) -> str:
    """Return a text that a device sent, or that a library made of it, for a message."""
    return _active().clean(text)


def received(value: T, name: str = "") -> T:
    """Return a model of what a device sent, whose unsafe texts are shown in their safe form.

    :param name: the field that the value is of, if it is none of its own.
    """
    return _active().mark(value, name)


def _sanitize(text: str, search: Search) -> str:
    safe = _redact(text[:_MAX_SEARCHED], search)
    end = MAX_TEXT if len(text) <= _MAX_SEARCHED else max(0, min(MAX_TEXT, len(safe) - _MAX_CUT))
    return safe if len(safe) <= end else f"{safe[:end]}…"


def _redact(text: str, search: Search, *, keep_lines: bool = False) -> str:
    while True:
        found = search.redact(text, with_parts=True)
        if found != text and search.short.redact(text) != text:
            return REDACTED
        # Without these characters there may be another secret.
        text = remove_invisible(found, keep_lines=keep_lines)
        if text == found:
            return text


def _texts(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        yield from (text for item in value for text in _texts(item))
    elif isinstance(value, Mapping):
        yield from (text for item in value.values() for text in _texts(item))
    elif value is not None:
        yield value


def _ids(value: Any, name: str = "") -> Iterator[str]:
    """Yield the identifiers in a result."""
    if isinstance(value, str) and (name.endswith("_id") or name == "matches"):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item, name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _ids(item, str(key))
