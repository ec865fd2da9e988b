# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Device profiles: answers, JSON, and how an earlier profile is continued."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DeviceModel,
    Exchange,
    Origin,
    PointAnswer,
    Profile,
    is_same_device,
    merge,
    show_answer,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import from_dict

CHECKOUT = Path(__file__).parents[6]
SCHEMA = json.loads((CHECKOUT / "docs" / "device-profile.schema.json").read_text(encoding="utf-8"))
EXCHANGE = Exchange(
    {"method": "GET", "target": "/", "headers": {"Accept": "x"}, "body": ""}, {"status": 200, "headers": {}, "body": ""}
)


def build(points: dict[str, PointAnswer], *, date: str = "2026-11-29", **state: object) -> Profile:
    origin = Origin("observed", "device check", date, "0.1.0", "operator", ("read",))
    return Profile(DeviceModel(model="P3245", firmware="12.9.57"), origin, points, state)


def observed(answer: object, date: str = "2026-11-29", note: str | None = None) -> PointAnswer:
    return PointAnswer(answer, "observed", date=date, note=note, exchanges=(EXCHANGE,))


def test_answers_have_every_point_in_order() -> None:
    answers = build({"reuse_ids": observed(False)}).answers
    assert list(answers) == [point.name for point in POINTS]
    assert answers["reuse_ids"] is False
    assert answers["existing_id"] is None


def test_the_json_is_valid_by_the_schema() -> None:
    disk = {"diskid": "SD_DISK", "name": "", "totalsize": 1, "locked": False, "wear": -1, "temperature": None}
    profile = build(
        {
            "reuse_ids": observed(False),
            "text_limit": observed("none"),
            "max_groups": PointAnswer(note="The device check does not fill a device with groups."),
            "apis": observed({"recording-group": "1.0"}),
            "tls_versions": observed(["1.2", "1.3"]),
        },
        disks=[disk],
        observations={"recordings": 3},
    )
    document = json.loads(json.dumps(profile.to_dict()))
    jsonschema.validate(document, SCHEMA)
    assert list(document["points"]) == [point.name for point in POINTS]
    assert document["points"]["reuse_ids"]["question"] == "Does the device use generated IDs again?"
    assert document["state"] == {"disks": [disk], "groups": [], "observations": {"recordings": 3}}


def test_the_collection_ships_the_documented_schema() -> None:
    shipped = CHECKOUT / "plugins" / "plugin_utils" / "_device_profile" / "schema.json"
    assert shipped.read_bytes() == (CHECKOUT / "docs" / "device-profile.schema.json").read_bytes()


def test_a_new_answer_replaces_an_earlier_one() -> None:
    old = build({"existing_id": observed("error_20"), "reuse_ids": observed(True)}, date="2026-11-01")
    merged = merge(old, build({"reuse_ids": observed(True, "2026-11-30"), "recording_group_api": observed(True)}))
    assert merged.find("existing_id") == observed("error_20"), "what is known is kept"
    assert merged.find("reuse_ids").date == "2026-11-30"
    assert merged.origin.date == "2026-11-29"


def test_a_different_answer_is_noted() -> None:
    old = build({"existing_id": observed("error_20", "2026-11-01")})
    point = merge(old, build({"existing_id": observed("overwrite", note="Seen.")})).find("existing_id")
    assert point.answer == "overwrite"
    assert point.note == "Seen. The device check of 2026-11-01 had the answer error_20."
    assert point.contradicts == {"answer": "error_20", "date": "2026-11-01"}


def test_contradiction_stays_when_the_answer_is_found_again() -> None:
    old = build({"existing_id": observed("error_20", "2026-11-01")})
    first = merge(old, build({"existing_id": observed("overwrite")}))
    for later in (build({"existing_id": observed("overwrite")}), build({})):
        assert merge(first, later).find("existing_id").contradicts == {"answer": "error_20", "date": "2026-11-01"}
    assert from_dict(first.to_dict(), "x").find("existing_id").contradicts == first.find("existing_id").contradicts


def test_device_without_a_limit_has_no_answer_beyond_it() -> None:
    old = build({"retention_limit": observed(8760), "retention_over_limit": observed("clamped")})
    assert merge(old, build({"retention_limit": observed("none")})).find("retention_over_limit").answer is None
    assert merge(old, build({})).find("retention_over_limit").answer == "clamped"


def test_an_attempt_without_an_answer_is_noted_once() -> None:
    old = build({"existing_id": observed("error_20", note="Seen.")})
    tried = build({"existing_id": PointAnswer(note="The device responds in several ways.", date="2026-11-30")})
    once = merge(old, tried)
    assert once.find("existing_id").answer == "error_20"
    assert once.find("existing_id").note == (
        "Seen. The device check of 2026-11-30 did not settle it: The device responds in several ways."
    )
    assert merge(once, tried) == once


def test_point_that_was_not_tried_leaves_no_doubt() -> None:
    old = build({"existing_id": observed("error_20"), "post_allowed": observed(False)})
    merged = merge(old, build({"post_allowed": PointAnswer(note="The role of the login is too low.")}))
    assert merged.points == merge(old, build({})).points
    assert merged.find("post_allowed") == observed(False)


def test_check_that_did_not_read_dates_no_answer() -> None:
    old = build({"recording_group_api": observed(True, "2026-11-01")}, date="2026-11-01")
    new = build({"http_challenge": observed(["Digest MD5"], "2026-11-30")}, date="2026-11-30")
    assert merge(old, new).origin == old.origin
    assert merge(old, build({"recording_group_api": observed(True)}, date="2026-11-30")).origin.date == "2026-11-30"


def test_reason_of_an_earlier_check_is_kept_without_a_new_one() -> None:
    old = build({"existing_id": PointAnswer(note="The device was busy.")})
    assert merge(old, build({})).find("existing_id").note == "The device was busy."


def test_an_assumption_is_replaced_without_a_note() -> None:
    old = build({"existing_id": PointAnswer("error_20", "assumed")})
    assert merge(old, build({"existing_id": observed("overwrite")})).find("existing_id").note is None


def test_the_state_of_an_earlier_profile_is_kept() -> None:
    old = build({}, disks=[{"diskid": "SD_DISK"}], observations={"recordings": 3, "groups": 1})
    merged = merge(old, build({}, observations={"groups": 2}))
    assert merged.state == {"disks": [{"diskid": "SD_DISK"}], "observations": {"recordings": 3, "groups": 2}}


def test_no_disks_replace_those_of_an_earlier_profile() -> None:
    """The device has none any more; without the key, they are unknown."""
    old = build({}, disks=[{"diskid": "SD_DISK"}])
    assert merge(old, build({}, disks=[])).to_dict()["state"]["disks"] == []
    assert build({}).to_dict()["state"]["disks"] is None


def test_model_and_firmware_identify_a_profile() -> None:
    assert is_same_device(DeviceModel("A", firmware="1"), DeviceModel("A", soc="x", firmware="1"))
    assert not is_same_device(DeviceModel("A", firmware="1"), DeviceModel("A", firmware="2"))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (None, "unknown"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("", "nothing"),
        ([], "none"),
        (["1.2", "1.3"], "1.2, 1.3"),
        ({"a": "1", "b": "2"}, "a: 1; b: 2"),
    ],
)
def test_answers_are_shown_to_people(answer: object, text: str) -> None:
    assert show_answer(answer) == text
