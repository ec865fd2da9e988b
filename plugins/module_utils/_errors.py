# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one family of exceptions, and the texts that they carry.

Everything below ``_tasks.run`` raises these exceptions on purpose and no others. Each has a ``kind`` (a stable
identifier for playbooks), a message, and a next step. The inventory host is added where they become results.

A text may name options. A user knows an option by the name that is set: an option of a task, a variable of the role, or
a variable of the inventory. Therefore a text keeps its options apart until it is rendered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

_MAX_TEXT = 2000
_MAX_VALUE = 80

#: By option, the name that the user sets for it; an option that is not in it has its own name. Likewise by entry of an
#: option, such as ``holds[3]``.
Names = Mapping[str, str]
#: For a user who sets the options of a task.
OPTION_NAMES: Names = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a module, or an entry below it: ``Option("groups")[3]["retention_time"]``."""

    name: str
    path: str = ""

    def __getitem__(self, key: str | int) -> Option:
        """Return the option of this name, or the entry of this number, below this one."""
        return Option(self.name, f"{self.path}[{key}]" if isinstance(key, int) else f"{self.path}.{key}")

    def __str__(self) -> str:
        """Return the name that a task uses."""
        return self.render(OPTION_NAMES)

    def render(self, names: Names) -> str:
        """Return the name that the user sets; the entries of a list may be from several variables."""
        index, bracket, below = self.path.partition("]")
        entry = f"{self.name}{index}{bracket}"
        return names[entry] + below if entry in names else names.get(self.name, self.name) + self.path


@dataclass(frozen=True, slots=True)
class Message:
    """A text whose options are named when it is rendered: ``Message("{option} is empty", {"option": Option("host")})``.

    :param template: as for ``str.format``; what is inserted is never searched for options.
    """

    template: str
    arguments: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the text with the names that a task uses."""
        return self.render(OPTION_NAMES)

    def render(self, names: Names) -> str:
        """Return the text with the names that the user sets."""
        return self.template.format(**{key: _rendered(value, names) for key, value in self.arguments.items()})


@dataclass(frozen=True, slots=True)
class IfNamed:
    """A part of a message for those who set an option under another name, for example one that the play sets."""

    option: str
    text: str


#: What an exception, a refusal, or a warning says.
Text: TypeAlias = "str | Message"


def render(text: Text, names: Names) -> str:
    """Return a text with the names that the user sets."""
    return text.render(names) if isinstance(text, Message) else text


def _rendered(value: object, names: Names) -> object:
    if isinstance(value, (Option, Message)):
        return value.render(names)
    if isinstance(value, IfNamed):
        return value.text if value.option in names else ""
    return value.render(names)[0] if isinstance(value, AxisError) else value


class AxisError(Exception):
    """What went wrong, for a person, without the inventory host.

    :param kind: one of the kinds in docs/docsite/rst/errors.rst, for example ``authentication``.
    :param message: what happened, without a full stop.
    :param next_step: what the reader can do about it, as a sentence.
    :param detail: what differs from device to device, without a full stop. The message has no such part, so that a
        summary shows one message for all devices with the same problem.
    :param code: the API's own error code, if the device sent one.
    :param description: the device's own description, if it sent one.
    :param maybe_applied: whether a write may have taken effect although it failed.
    """

    def __init__(
        self,
        kind: str,
        message: Text,
        next_step: Text,
        *,
        detail: str | None = None,
        code: int | None = None,
        description: str | None = None,
        maybe_applied: bool = False,
    ) -> None:
        #: message and next step, not rendered
        self.texts: tuple[Text, Text] = (message, next_step)
        super().__init__(f"{self.message}. {self.next_step}")
        self.kind = kind
        self.detail = None if detail is None else _truncate(detail)
        self.code = code
        self.description = None if description is None else _truncate(description)
        self.maybe_applied = maybe_applied
        #: whether every later request of the session would fail with it
        self.ends_session = False

    @property
    def message(self) -> str:
        """Return what happened, with the names that a task uses."""
        return self.render(OPTION_NAMES)[0]

    @property
    def next_step(self) -> str:
        """Return what to do, with the names that a task uses."""
        return self.render(OPTION_NAMES)[1]

    def add_detail(self, detail: Text) -> None:
        """Append a detail in parentheses to the message."""
        message, next_step = self.texts
        self.texts = (Message("{message} ({detail})", {"message": message, "detail": detail}), next_step)

    def suggest(self, step: Text) -> None:
        """Put a likely step before the next step."""
        message, next_step = self.texts
        self.texts = (message, Message("{step} {next_step}", {"step": step, "next_step": next_step}))

    def render(self, names: Names) -> tuple[str, str]:
        """Return message and next step with the names that the user sets."""
        message, next_step = (_truncate(render(text, names)) for text in self.texts)
        return message, next_step


def describe_value(value: object) -> str:
    """Return a value of the user for a message, about as it is written in YAML, shortened."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}…"


def join_sentences(message: str, detail: str | None, next_step: str) -> str:
    """Return the parts of a rendered error as one text."""
    return f"{message}. {detail}. {next_step}" if detail else f"{message}. {next_step}"


def _truncate(text: str) -> str:
    # A device may send a megabyte where a word was expected.
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"


class DeviceUnreachableError(AxisError):
    """No response: ``unreachable``, ``timeout`` or ``tls``.

    :param connection_lost: whether an established connection broke, so that a read may be retried.
    """

    def __init__(
        self,
        kind: str,
        message: Text,
        next_step: Text,
        *,
        detail: str | None = None,
        maybe_applied: bool = False,
        connection_lost: bool = False,
    ) -> None:
        super().__init__(kind, message, next_step, detail=detail, maybe_applied=maybe_applied)
        self.connection_lost = connection_lost


class TimeLimitError(DeviceUnreachableError):
    """The time limit of the task ended it: ``timeout``. The device may be reachable."""

    def __init__(self, *, maybe_applied: bool = False) -> None:
        super().__init__(
            "timeout",
            "The time limit of the task ended it",
            "Increase the time limit: the keyword timeout of the task, or ANSIBLE_TASK_TIMEOUT.",
            maybe_applied=maybe_applied,
        )


class LoginStoppedError(AxisError):
    """The login was not sent, because other devices rejected it: ``not_attempted``.

    :param rejections: the number of devices that rejected it.
    """

    def __init__(self, username: str, rejections: int) -> None:
        super().__init__(
            "not_attempted",
            f"The login was not sent: {rejections} other devices rejected the username or password of user {username}, "
            "and none accepted it",
            Message(
                "Correct {username} or {password}, and run again.",
                {"username": Option("username"), "password": Option("password")},
            ),
        )


class UnsafeLibraryError(AxisError):
    """A loaded library does not do what safety relies on: ``unsafe_library``. Nothing was sent."""

    def __init__(self, message: Text, next_step: Text) -> None:
        super().__init__("unsafe_library", message, next_step)


class OutdatedWriteError(DeviceUnreachableError):
    """A login took so long that a write may no longer be based on what the device has: ``timeout``. It was not sent."""

    def __init__(self) -> None:
        super().__init__(
            "timeout",
            "The login to the device took so long, three times in a row, that another client could have changed the "
            "device since it was read, so the write was not sent",
            "Run again. If the error persists, check the load of the device and the network.",
        )


class DeviceError(AxisError):
    """The device responded with an error, or with something that is not a valid response."""


class InvalidOptionError(AxisError):
    """An option, a variable, or a file has an invalid value. Nothing was sent."""


class ChangeRefusedError(AxisError):
    """The collection refuses a change, for example because it needs an allowance. Nothing was written."""


class UnconfirmedWriteError(AxisError):
    """A write was sent, and the device does not show its effect: ``not_applied``, ``conflict``, ``unconfirmed``."""


#: Next steps that several layers use.
CHECK_DEVICE_LOG = "Run again. If the error persists, check the log of the device."
UPGRADE_OR_EXCLUDE = "Upgrade AXIS OS, or exclude this device: it does not support what the task requires."


def invalid_option(message: Text, next_step: Text) -> InvalidOptionError:
    """Build the error for bad input, found before the first request."""
    return InvalidOptionError("invalid_option", message, next_step)
