# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one family of exceptions. Everything below ``_run`` raises these and nothing else on purpose.

Each carries a ``kind`` (a stable word for playbooks), what happened, and what to do next. The camera's
name is added by ``_run``, which turns them into results.
"""

from __future__ import annotations

_LONGEST_TEXT = 2000


class AxisError(Exception):
    """What went wrong, in words for a person, without the camera's name.

    :param kind: one of the words in docs/docsite/rst/troubleshooting.rst, for example ``authentication``.
    :param what: what happened, without a full stop.
    :param next_step: what the reader can do about it, as a sentence.
    :param code: the API's own error code, where the device gave one.
    :param description: the device's own words, where it gave any.
    :param maybe_applied: true when a write may have taken effect although it failed.
    """

    def __init__(
        self,
        kind: str,
        what: str,
        next_step: str,
        *,
        code: int | None = None,
        description: str | None = None,
        maybe_applied: bool = False,
    ) -> None:
        what, next_step = _cut(what), _cut(next_step)
        super().__init__(f"{what}. {next_step}")
        self.kind = kind
        self.what = what
        self.next_step = next_step
        self.code = code
        self.description = None if description is None else _cut(description)
        self.maybe_applied = maybe_applied


def _cut(text: str) -> str:
    # A device may put a megabyte where a word was expected.
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


class DeviceUnreachableError(AxisError):
    """No answer: ``unreachable``, ``timeout`` or ``tls``.

    :param dropped: true when the connection stood and broke off, so that a read may be tried again.
    """

    def __init__(
        self, kind: str, what: str, next_step: str, *, maybe_applied: bool = False, dropped: bool = False
    ) -> None:
        super().__init__(kind, what, next_step, maybe_applied=maybe_applied)
        self.dropped = dropped


class DeviceError(AxisError):
    """The device answered, and the answer was no, or not one that can be read."""


class InvalidOptionError(AxisError):
    """An option, a variable, or a file has an invalid value. Nothing was sent."""


class ChangeRefusedError(AxisError):
    """The collection refuses a change, for example because it needs an allowance. Nothing was written."""


class UnconfirmedWriteError(AxisError):
    """A write was sent and the device does not show what was asked for: ``not_applied``, ``conflict``, ``unconfirmed``."""


def invalid_option(what: str, next_step: str) -> InvalidOptionError:
    """Bad input, found before the first request."""
    return InvalidOptionError("invalid_option", what, next_step)
