# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exchanges and answers of a device check."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    TimeLimitError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import (
    Recorder,
    describe_error,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls


def test_exchanges_belong_to_the_point_that_is_being_settled(session: Session) -> None:
    recorder = Recorder(session)
    session.call(calls.LIST_GROUPS, [("schemaversion", "1")])
    with recorder.point("post_allowed") as point:
        session.call(calls.SCHEMA_VERSIONS)
        point.answer(False, note="One response.")
    answer = recorder.answers["post_allowed"]
    assert (answer.answer, answer.known_from, answer.note) == (False, "observed", "One response.")
    assert [item.request["target"] for item in answer.exchanges] == [calls.SCHEMA_VERSIONS.path]
    assert recorder.last is not None
    assert recorder.last.target.startswith(calls.SCHEMA_VERSIONS.path)


def test_a_point_without_an_answer_stays_open(session: Session) -> None:
    recorder = Recorder(session)
    with recorder.point("existing_id"):
        pass
    assert recorder.answers["existing_id"].note == "not determined"
    assert recorder.answers["existing_id"].known_from is None


def test_an_error_leaves_the_point_open_and_is_raised(session: Session) -> None:
    recorder = Recorder(session)

    def settle() -> None:
        with recorder.point("existing_id") as point:
            point.answer("overwrite")
            raise AxisError("device_error", "It failed", "Run again.")

    with pytest.raises(AxisError) as caught, recorder.point("reuse_ids"):
        settle()
    assert recorder.find_point(caught.value) == "existing_id"
    assert recorder.find_point(AxisError("device_error", "It failed", "Run again.")) is None
    assert recorder.answers["existing_id"].answer is None
    assert recorder.answers["existing_id"].note == "The device responded with an error."


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (conflict("The device lists the scratch group twice"), "The device lists the scratch group twice."),
        (AxisError("conflict", "It is Zebra", "Run."), "A different device responded."),
        (TimeLimitError(), "The time limit of the task ended it."),
        (DeviceError("device_error", "Zebra", "Run.", description="HTTP 503"), "The device responded with HTTP 503."),
        (DeviceError("device_error", "Zebra", "Run.", description="Zebra"), "The device responded with an error."),
        (DeviceError("invalid_request", "Zebra", "Run.", code=20), "The device responded with an error (error 20)."),
    ],
)
def test_an_error_is_described_without_texts_of_the_device(error: AxisError, text: str) -> None:
    assert describe_error(error) == text


def test_a_point_that_is_not_registered_is_a_defect(session: Session) -> None:
    with pytest.raises(ValueError, match="unknown point"), Recorder(session).point("elsewhere"):
        pass


def test_a_choice_is_an_answer_whatever_the_names_of_the_site(session: Session) -> None:
    recorder = Recorder(session, [("name", "html"), ("user", "kept"), ("password", "none")])
    answers = {"challenge_body": "html", "omitted_on_update": "kept", "text_limit": "none", "topic_ending": "kept"}
    for name, answer in answers.items():
        with recorder.point(name) as point:
            point.answer(answer)
    found = {name: answer.answer for name, answer in recorder.answers.items()}
    assert found == {**answers, "topic_ending": found["topic_ending"]}
    assert found["topic_ending"] != "kept"
