# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection does about each answer, and which test proves it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import (
    EFFECT_KINDS,
    effect_of,
    possible_answers,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS, Point
from tests.simulator import Switches
from tests.unit.plugins.module_utils._tasks.test_groups_adaptation import CONNECTIONS, DEVICES

ADAPTATION = "_tasks/test_groups_adaptation.py"
LIFE = f"{ADAPTATION}::test_every_step_is_done_or_explained"
CONNECTION = f"{ADAPTATION}::test_every_connection_has_the_same_result"
VERIFY = f"{ADAPTATION}::test_recordings_that_differ_from_the_policy_are_found"
#: The tests that prove what is said about each point, below tests/unit/plugins/module_utils.
PROOFS: dict[str, tuple[str, ...]] = {
    "recording_group_api": (LIFE,),
    "action_service": (LIFE,),
    "apis": (CONNECTION,),
    "rest_apis": (CONNECTION, LIFE),
    "schema_versions": (
        CONNECTION,
        LIFE,
        "_vapix/test_recording_groups.py::test_versions_are_read_only_after_error_40",
    ),
    "device_info_version": (
        CONNECTION,
        "_vapix/test_device_info.py::test_device_info_of_older_devices_needs_an_operator",
    ),
    "json_charset": (CONNECTION,),
    "recording_templates": (LIFE,),
    "storage_parameters": (LIFE,),
    "http_challenge": (
        CONNECTION,
        f"{ADAPTATION}::test_every_profile_is_managed",
        "_http/test_session.py::test_basic_is_never_sent_in_clear_text",
        "_http/test_session.py::test_device_without_login_is_identified_before_it_counts",
        "_http/test_session.py::test_redirect_is_not_followed_and_its_secrets_are_hidden",
    ),
    "https_challenge": (CONNECTION, "_http/test_auth.py::test_unusable_challenges_raise_authentication_error"),
    "challenge_body": (CONNECTION,),
    "challenge_chunked": (CONNECTION,),
    "offers_http2": (CONNECTION,),
    "closes_after_401": (CONNECTION,),
    "sha256_digest": (LIFE, CONNECTION, "_http/test_session.py::test_sha_256_is_preferred_to_md5"),
    "tls_versions": (CONNECTION, "_http/test_tls.py::test_weak_tls_is_explained"),
    "discovery_needs_login": (CONNECTION, "_vapix/test_device_info.py::test_only_a_listed_api_is_found"),
    "device_info_needs_login": (
        CONNECTION,
        "_http/test_session.py::test_serial_is_read_for_basic_only_unless_one_is_expected",
    ),
    "action_service_role": (
        LIFE,
        "_vapix/test_action_service.py::test_a_low_role_is_forbidden_and_names_the_required_role",
    ),
    "group_attributes": (CONNECTION, "_vapix/test_recording_groups.py::test_an_invalid_group_is_a_malformed_response"),
    "disk_attributes": (CONNECTION, "_vapix/test_storage.py::test_all_attributes_of_disks_are_read"),
    "namespace_prefixes": (LIFE,),
    "topic_ending": (
        CONNECTION,
        "_models/test_actions.py::test_the_suffix_of_older_devices_is_ignored",
        "_models/test_actions.py::test_other_suffixes_are_kept",
    ),
    "list_unknown_id": (LIFE,),
    "post_allowed": (LIFE,),
    "default_retention_time": (LIFE, f"{ADAPTATION}::test_a_default_stays"),
    "default_pre_duration": (LIFE, f"{ADAPTATION}::test_a_default_stays"),
    "default_post_duration": (LIFE, f"{ADAPTATION}::test_a_default_stays"),
    "disk_id_required": (LIFE, f"{ADAPTATION}::test_what_the_messages_suggest_is_accepted"),
    "unknown_disk": (f"{ADAPTATION}::test_no_group_is_created_on_a_disk_that_is_not_usable",),
    "existing_id": (LIFE, f"{ADAPTATION}::test_a_group_that_exists_is_never_created_again"),
    "bad_argument": (f"{ADAPTATION}::test_invalid_arguments_are_never_sent",),
    "text_charset": (LIFE, f"{ADAPTATION}::test_what_the_messages_suggest_is_accepted"),
    "text_limit": (LIFE, "_tasks/test_groups_rewritten_names.py::test_no_device_gets_a_second_group"),
    "text_form": (LIFE, "_tasks/test_groups_rewritten_names.py::test_single_group_is_written_once"),
    "retention_limit": (LIFE,),
    "retention_over_limit": (LIFE,),
    "stream_options_form": (LIFE,),
    "device_value": (LIFE,),
    "empty_text": (LIFE,),
    "omitted_on_update": (
        LIFE,
        "_tasks/test_writes.py::test_update_changes_only_what_is_requested",
        "_tasks/test_writes.py::test_text_that_an_update_omitted_is_restored",
        "_tasks/test_writes.py::test_update_that_omits_the_retention_time_needs_the_allowance",
    ),
    "action_checks_group": (LIFE,),
    "reuse_ids": (LIFE, "_tasks/test_recording_actions.py::test_rule_with_a_reused_id_is_not_removed"),
    "running_recording_blocks_delete": (LIFE, f"{ADAPTATION}::test_a_purge_continues_when_the_recording_has_ended"),
    "recording_split": (f"{ADAPTATION}::test_split_recordings_are_assessed_like_a_continuous_one",),
    "retention_applies": (VERIFY,),
    "disk_age_combines": (VERIFY,),
    "max_groups": (f"{ADAPTATION}::test_a_full_device_rejects_only_new_groups",),
    "locked_recordings_survive": (VERIFY,),
    "duplicate_ids": (LIFE, "_tasks/test_groups_duplicate_ids.py::test_single_group_is_refused"),
    "foreign_groups_writable": (LIFE, f"{ADAPTATION}::test_groups_of_another_device_may_be_read_only"),
}
ANSWERS = [(point.name, answer) for point in POINTS for answer in possible_answers(point)]


@pytest.mark.parametrize(("name", "answer"), ANSWERS, ids=lambda value: str(value)[:40])
def test_each_answer_has_an_effect(name: str, answer: object) -> None:
    effect = effect_of(name, answer)
    assert effect.kind in EFFECT_KINDS
    assert effect.text.endswith(".")
    assert 10 < len(effect.text) < 300
    assert "{" not in effect.text


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_an_unknown_answer_has_the_most_severe_effect(point: Point) -> None:
    kinds = [effect_of(point.name, answer).kind for known, answer in ANSWERS if known == point.name]
    assert effect_of(point.name, None).kind == max(kinds, key=EFFECT_KINDS.index)


@pytest.mark.parametrize("name", [point.name for point in POINTS if point.form in ("choice", "flag")])
def test_an_answer_that_no_test_covers_is_a_limit(name: str) -> None:
    for answer in ("explodes", "yes", 7, []):
        effect = effect_of(name, answer)
        assert effect.kind == "limits"
        assert effect.text == "The collection does not know this answer, so no test covers it."


@pytest.mark.parametrize("answer", [None, [], {}, "", 0, 10**9, True, ["x"], {"x": "y"}])
def test_any_answer_of_a_file_has_an_effect(answer: object) -> None:
    for point in POINTS:
        assert effect_of(point.name, answer).kind in EFFECT_KINDS


def test_the_limit_is_in_the_text() -> None:
    assert "64 characters" in effect_of("text_limit", 64).text
    assert "1000 hours" in effect_of("retention_limit", 1000).text
    assert "after 60 minutes" in effect_of("recording_split", 60).text
    assert "more than 100 groups" in effect_of("max_groups", 100).text


def test_each_point_has_a_proof() -> None:
    """Nothing is claimed that no test proves."""
    assert list(PROOFS) == [point.name for point in POINTS]
    directory = Path(__file__).parents[2]
    for proof in {proof for proofs in PROOFS.values() for proof in proofs}:
        path, name = proof.split("::")
        assert f"\ndef {name}(" in (directory / path).read_text(encoding="utf-8"), proof


def test_each_switch_of_the_simulator_has_a_device_that_proves_it() -> None:
    """The tests of a whole life cover each answer of each choice and flag that can have an effect there."""
    covered = {(name, value) for switches, _errors in DEVICES.values() for name, value in switches.items()}
    covered |= {(name, value) for _encrypted, switches in CONNECTIONS.values() for name, value in switches.items()}
    missing = [
        (point.name, answer)
        for point in POINTS
        if point.name in {item.name for item in fields(Switches)} and {LIFE, CONNECTION} & {*PROOFS[point.name]}
        for answer in possible_answers(point)
        if point.form in ("choice", "flag")
        if (point.name, answer) not in covered and answer != getattr(Switches(), point.name)
    ]
    assert missing == []
