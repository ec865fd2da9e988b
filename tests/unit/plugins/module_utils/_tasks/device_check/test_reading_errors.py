# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors that end a device check, and errors that leave a point open."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    DeviceUnreachableError,
    TimeLimitError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.reading_errors import ReadErrors
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls


@pytest.fixture
def recorder(session: Session) -> Recorder:
    return Recorder(session)


def settle(errors: ReadErrors, error: AxisError | None, **options: Any) -> None:
    with errors.point("existing_id", **options) as point:
        if error is not None:
            raise error
        point.answer("overwrite")


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (
            DeviceError("forbidden", "Acme", ""),
            "The role of the login is too low: /axis-cgi/disks/list.cgi requires the role operator.",
        ),
        (DeviceError("device_error", "Acme", "", code=20), "The device responded with an error (error 20)."),
        (DeviceUnreachableError("timeout", "Acme", "", maybe_applied=True), "The device did not respond in time."),
        (DeviceError("redirect", "Acme", ""), "The device redirected the request."),
    ],
)
def test_an_error_of_one_read_leaves_a_point_open(recorder: Recorder, error: AxisError, note: str) -> None:
    settle(ReadErrors(recorder), error, call=calls.LIST_DISKS)
    assert recorder.answers["existing_id"].note == note


@pytest.mark.parametrize(
    "error",
    [
        DeviceError("authentication", "", ""),
        DeviceError("blocked", "", ""),
        DeviceError("conflict", "", ""),
        DeviceUnreachableError("unreachable", "", ""),
        DeviceUnreachableError("tls", "", "", maybe_applied=True),
        TimeLimitError(maybe_applied=True),
    ],
)
def test_some_errors_end_the_check(recorder: Recorder, error: AxisError) -> None:
    with pytest.raises(type(error)):
        settle(ReadErrors(recorder), error)
    assert recorder.answers["existing_id"].answer is None


def test_a_login_that_is_not_sent_again_ends_the_check(recorder: Recorder) -> None:
    error = DeviceError("device_error", "", "")
    error.ends_session = True
    with pytest.raises(DeviceError):
        settle(ReadErrors(recorder), error)


def test_two_cgis_in_a_row_without_a_response_end_the_check(session: Session, recorder: Recorder) -> None:
    errors, lost = ReadErrors(recorder), DeviceUnreachableError("unreachable", "", "", maybe_applied=True)
    session.call(calls.LIST_RECORDINGS)
    settle(errors, lost)
    settle(errors, lost)
    session.call(calls.SCHEMA_VERSIONS)
    settle(errors, None)
    settle(errors, lost)
    session.call(calls.LIST_RECORDINGS)
    with pytest.raises(DeviceUnreachableError):
        settle(errors, lost)


def test_errors_outside_of_points_are_ignored(recorder: Recorder) -> None:
    with ReadErrors(recorder).expected():
        raise DeviceError("device_error", "", "")
    assert recorder.answers == {}
