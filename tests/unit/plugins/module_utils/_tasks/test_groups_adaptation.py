# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection does on devices that behave otherwise than expected, over HTTP: every switch of the simulator.

Each device has the same life: a group is created, changed, recorded to, managed by a policy, and deleted. A step either
has its result, so that the second run changes nothing, or fails with the error that is written here by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import GROUP_TEMPLATE
from tests.parameters import RECORDING
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.profiles import PROFILES
from tests.unit.plugins.module_utils.conftest import RunTask

GROUP: dict[str, Any] = {
    "recording_group_id": "entrance",
    "nice_name": "Eingangst\u00fcr  S\u00fcd",
    "description": "T\u00fcr",
    "retention_time": "30d",
    "stream_options": "resolution=1920x1080&device=AaBBCCDDEEFF&camera=1",
    "pre_duration": 5000,
    "post_duration": 10000,
}
ON_DISK = {**GROUP, "disk_id": ["SD_DISK"]}
ASCII = {**ON_DISK, "nice_name": "Door", "description": "Hall"}
RESET = {"omitted_on_update": "reset", "default_retention_time": 24, "default_pre_duration": 7}
LIMITED = {"retention_limit": 1000}


class Step(NamedTuple):
    """One task: its module, and its options."""

    module: str
    options: dict[str, Any]


STEPS = {
    "create": Step("group", GROUP),
    "describe": Step("group", {"recording_group_id": "entrance", "description": "Neu"}),
    "clear": Step("group", {"recording_group_id": "entrance", "description": ""}),
    "keep longer": Step("group", {"recording_group_id": "entrance", "retention_time": "60d"}),
    "record": Step("action", {"recording_group_id": "entrance"}),
    "policy": Step(
        "policy",
        {
            "groups": [
                {**GROUP, "retention_time": "60d", "recording": RECORDING},
                {"nice_name": "Second group", "retention_time": "31d"},
            ],
            "retention_minimum": "30d",
        },
    ),
    "stop": Step("action", {"recording_group_id": "entrance", "state": "absent"}),
    "delete": Step("group", {"recording_group_id": "entrance", "state": "absent", "allow_recording_loss": True}),
}
#: The steps with the texts, and the retention times, in hours.
TEXTS = ("create", "policy")
HOURS = {"create": 720, "keep longer": 1440, "policy": 1440}
#: For each device: its switches, and by step, the kind of the error and a part of its message.
DEVICES: dict[str, tuple[dict[str, Any], dict[str, tuple[str, str]]]] = {
    "as documented": ({}, {}),
    "default retention": ({"default_retention_time": 720}, {}),
    "default durations": ({"default_pre_duration": 3000, "default_post_duration": 4000}, {}),
    "requires a disk": (
        {"disk_id_required": True},
        {
            "create": ("invalid_request", "set disk_id to a usable one (Disks of the device: SD_DISK (usable)"),
            "policy": ("invalid_request", "set disk_id to a usable one (Disks of the device: SD_DISK (usable)"),
        },
    ),
    "empty list": ({"list_unknown_id": "empty"}, {}),
    "unknown disk 10": ({"unknown_disk": "error_10"}, {}),
    "unknown disk accepted": ({"unknown_disk": "accepted"}, {}),
    "existing ID 10": ({"existing_id": "error_10"}, {}),
    "overwrites": ({"existing_id": "overwrite"}, {}),
    "ignores bad arguments": ({"bad_argument": "ignored"}, {}),
    "ignores empty texts": (
        {"empty_text": "ignored"},
        {"clear": ("not_applied", "The device seems to ignore an empty description: omit it, or set a text.")},
    ),
    "rejects empty texts": (
        {"empty_text": "error_20"},
        {"clear": ("invalid_request", "may not accept an empty text: omit description, or set a text.")},
    ),
    "iso-8859-1": (
        {"text_charset": "iso-8859-1"},
        dict.fromkeys(
            ("create", "policy"),
            ("not_applied", "The device seems not to read UTF-8: use only ASCII characters in nice_name."),
        ),
    ),
    "cuts texts": (
        {"text_limit": 10},
        dict.fromkeys(
            ("create", "policy"),
            ("not_applied", "The device seems to cut nice_name after 10 characters: set a shorter text."),
        ),
    ),
    "trims": ({"text_form": "trimmed"}, {}),
    "folds": ({"text_form": "folded"}, {}),
    "nfc": ({"text_form": "nfc"}, {}),
    "nfd": ({"text_form": "nfd"}, {}),
    "rejects long retention": (
        LIMITED,
        dict.fromkeys(
            ("keep longer", "policy"),
            ("invalid_request", "may not accept 1440 hours (60 days) as retention_time: set a time that it supports."),
        ),
    ),
    "limits retention": (
        {**LIMITED, "retention_over_limit": "clamped"},
        dict.fromkeys(
            ("keep longer", "policy"),
            ("not_applied", "The device seems to limit retention_time to 1000 hours: set at most this time."),
        ),
    ),
    "running recording blocks": (
        {"running_recording_blocks_delete": True},
        {"delete": ("group_in_use", "a recording to the group still runs: run again when it has ended.")},
    ),
    "device upper": ({"device_value": "upper"}, {}),
    "device lower": ({"device_value": "lower"}, {}),
    "reordered": ({"stream_options_form": "reordered"}, {}),
    "reencoded": ({"stream_options_form": "reencoded"}, {}),
    "reordered, reencoded": ({"stream_options_form": "reordered_reencoded"}, {}),
    "POST": ({"post_allowed": True}, {}),
    "SHA-256": ({"sha256_digest": True}, {}),
    "no API": (
        {"recording_group_api": False},
        # Without an action of the group, there is nothing to stop.
        {
            step: ("unsupported", "The device has no /axis-cgi/record/recording_group/list.cgi")
            for step in STEPS
            if step != "stop"
        },
    ),
    "only a newer schema": (
        {"schema_versions": ("2.0", "2.1")},
        {
            step: ("unsupported", "which this collection requires (offered: 2.0, 2.1)")
            for step in STEPS
            if step != "stop"
        },
    ),
    "no action for groups": (
        {"recording_templates": (("com.axis.action.unlimited.recording.storage", "stream_options, storage_id"),)},
        dict.fromkeys(("record", "policy"), ("unsupported", "AddActionConfiguration with ActionTemplateNotFound")),
    ),
    "no actions": (
        {"action_service": False},
        dict.fromkeys(("record", "policy", "stop"), ("unsupported", "The device has no /vapix/services (HTTP 404).")),
    ),
    "actions for administrators": (
        {"action_service_role": "administrator"},
        dict.fromkeys(("record", "policy", "stop"), ("forbidden", "Set username to an account with at least the role")),
    ),
    "actions for viewers": ({"action_service_role": "viewer"}, {}),
    "checks groups": ({"action_checks_group": True}, {}),
    "reuses IDs": ({"reuse_ids": True}, {}),
    "lists duplicates": ({"duplicate_ids": "listed"}, {}),
    "foreign groups are read-only": ({"foreign_groups_writable": False}, {}),
    "numbered prefixes": ({"namespace_prefixes": "numbered"}, {}),
    "resets": (RESET, {}),
    # Those that never make an error, all at once.
    "many": (
        {
            "default_retention_time": 720,
            "default_pre_duration": 3000,
            "default_post_duration": 4000,
            "list_unknown_id": "empty",
            "unknown_disk": "error_10",
            "existing_id": "error_10",
            "bad_argument": "ignored",
            "text_form": "nfc",
            "device_value": "upper",
            "stream_options_form": "reordered",
            "post_allowed": True,
            "reuse_ids": True,
        },
        {},
    ),
    "many others": (
        {
            "unknown_disk": "accepted",
            "existing_id": "overwrite",
            "text_form": "trimmed",
            "device_value": "lower",
            "stream_options_form": "reencoded",
            "sha256_digest": True,
            "action_service_role": "viewer",
            "action_checks_group": True,
            "duplicate_ids": "listed",
            "foreign_groups_writable": False,
            "namespace_prefixes": "numbered",
        },
        {},
    ),
    # Two and more behaviors that depend on each other.
    "resets, folds, reorders": (
        {**RESET, "text_form": "folded", "stream_options_form": "reordered_reencoded", "device_value": "lower"},
        {},
    ),
    "resets, nfd, upper": ({**RESET, "text_form": "nfd", "device_value": "upper", "reuse_ids": True}, {}),
    # An empty text that is ignored is reset.
    "resets, ignores empty texts": ({**RESET, "empty_text": "ignored"}, {}),
    "cuts and trims": (
        {"text_limit": 15, "text_form": "trimmed"},
        dict.fromkeys(
            ("create", "policy"),
            ("not_applied", "The device seems to cut nice_name after 15 characters: set a shorter text."),
        ),
    ),
}
#: For each connection: whether it is encrypted, and its switches. The result is always the same.
CONNECTIONS: dict[str, tuple[bool, dict[str, Any]]] = {
    "HTTPS": (True, {}),
    "JSON, in chunks, HTTP/2": (
        False,
        {"challenge_body": "json", "challenge_chunked": True, "offers_http2": True, "json_charset": "utf8"},
    ),
    "JSON, in chunks, HTTPS": (True, {"challenge_body": "json", "challenge_chunked": True, "json_charset": "utf8"}),
    "closes after a challenge": (False, {"closes_after_401": True}),
    "closes after a challenge, HTTPS": (True, {"closes_after_401": True}),
    "closes after a challenge in chunks": (False, {"closes_after_401": True, "challenge_chunked": True}),
    "SHA-256 and MD5": (False, {"http_challenge": ("Digest SHA-256", "Digest MD5")}),
    "SHA-256 only": (False, {"http_challenge": ("Digest SHA-256",)}),
    "digest over HTTPS": (True, {"https_challenge": ("Digest MD5", "Basic")}),
    "TLS 1.2 only": (True, {"tls_versions": ("1.2",)}),
    "login for everything": (False, {"discovery_needs_login": True, "device_info_needs_login": True}),
    "login for everything, HTTPS": (True, {"discovery_needs_login": True, "device_info_needs_login": True}),
    "other APIs": (False, {"apis": (), "rest_apis": (("action-rules/v2", "2.0.1 released"),)}),
    "removed parameters": (True, {"storage_parameters": "removed"}),
    "no param.cgi": (False, {"storage_parameters": "no_param_cgi"}),
    "no device information": (False, {"device_info_version": "none"}),
    "old device information": (False, {"device_info_version": "1.1"}),
    "newer schema": (False, {"schema_versions": ("1.0", "1.1", "2.0")}),
    "other attributes": (
        False,
        {
            "disk_attributes": "shortened",
            "topic_ending": "//.",
            "group_attributes": (
                *("PostDuration", "PreDuration", "StreamOptions", "DiskId", "RetentionTime", "Description"),
                *("NiceName", "RecordingGroupId"),
            ),
        },
    ),
    "short recordings": (False, {"recording_split": 60}),
    "many": (
        False,
        {
            "apis": (),
            "rest_apis": (("action-rules/v2", "2.0.1 released"),),
            "storage_parameters": "no_param_cgi",
            "device_info_version": "1.1",
            "recording_split": 60,
            "http_challenge": ("Digest SHA-256", "Digest MD5"),
        },
    ),
}


#: Only the long form runs those whose behavior a device above also has with others.
SIMILAR = {
    *("default retention", "default durations", "empty list", "unknown disk 10", "unknown disk accepted"),
    *("existing ID 10", "overwrites", "ignores bad arguments", "trims", "folds", "nfc", "nfd", "device upper"),
    *("device lower", "reordered", "reencoded", "reordered, reencoded", "POST", "SHA-256", "actions for viewers"),
    *("checks groups", "reuses IDs", "lists duplicates", "foreign groups are read-only", "numbered prefixes"),
    *("resets", "cuts and trims"),
}
SIMILAR_CONNECTIONS = {
    *("HTTPS", "JSON, in chunks, HTTPS", "closes after a challenge", "closes after a challenge, HTTPS"),
    *("SHA-256 and MD5", "login for everything", "other APIs", "no param.cgi", "old device information"),
    *("short recordings",),
}


def quick_without(names: Iterable[str], similar: set[str]) -> list[Any]:
    """Return the names as parameters, of which the long form only runs those that are similar to others."""
    return [pytest.param(name, marks=[pytest.mark.long] * (name in similar)) for name in names]


@pytest.fixture
def runners(run_group: RunTask, run_action: RunTask, run_policy: RunTask) -> dict[str, RunTask]:
    """Return the function that runs each module."""
    return {"group": run_group, "action": run_action, "policy": run_policy}


def run_twice(run: RunTask, device: Device, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the results of check mode, two runs, and check mode; check mode writes nothing."""
    results = []
    for check_mode in (True, False, False, True):
        mark = len(device.writes)
        results.append(run(device, check_mode=check_mode, **options))
        assert not (check_mode and device.writes[mark:])
    return results


def find_errors(answers: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return by step the errors that are possible on a device with these answers: kind, and a part of the message."""
    errors = defaultdict(list)
    limit = answers["retention_limit"]
    too_long = [] if limit == "none" else [step for step, hours in HOURS.items() if hours > limit]
    clamped = ("not_applied", f"The device seems to limit retention_time to {limit} hours")
    rejected = ("invalid_request", "as retention_time: set a time that it supports.")
    clears = answers["empty_text"] == "clears" or (answers["empty_text"], answers["omitted_on_update"]) == (
        *("ignored", "reset"),
    )
    unsupported = not answers["action_service"] or GROUP_TEMPLATE not in answers["recording_templates"]
    for applies, steps, error in (
        (answers["disk_id_required"], TEXTS, ("invalid_request", "set disk_id to a usable one")),
        (not clears, ["clear"], ("not_applied", "seems to ignore an empty description")),
        (not clears, ["clear"], ("invalid_request", "may not accept an empty text")),
        (answers["text_charset"] != "utf-8", TEXTS, ("not_applied", "The device seems not to read UTF-8")),
        (answers["text_limit"] != "none", TEXTS, ("not_applied", "The device seems to cut nice_name after")),
        (True, too_long, clamped if answers["retention_over_limit"] == "clamped" else rejected),
        (answers["running_recording_blocks_delete"], ["delete"], ("group_in_use", "a recording to the group still")),
        (unsupported, ["record", "policy", "stop"], ("unsupported", "it does not support what the task requires.")),
        (answers["action_service_role"] == "administrator", ["record", "policy", "stop"], ("forbidden", "role")),
    ):
        for step in steps if applies else ():
            errors[step].append(error)
    return errors


def assert_explained(results: list[dict[str, Any]], errors: Sequence[tuple[str, str]]) -> None:
    """Check that the runs that may write fail with one of the errors, and that nothing is called compliant."""
    _checked, first, second, _checked_again = results
    for result in (first, second):
        found = result.get("error", {}).get("kind")
        assert [text for kind, text in errors if kind == found and text in result["msg"]], result
        assert result["msg"].startswith("127.0.0.1: ")
        assert not result.get("compliant")
    # An error does not become a change on every run.
    assert second["changed"] is False


def assert_done(results: list[dict[str, Any]]) -> None:
    """Check that the first run has the result that check mode predicted, and that the second changes nothing."""
    checked, first, second, checked_again = results
    for result in results:
        assert "failed" not in result, result["msg"]
    assert checked["changed"] == first["changed"]
    assert [item["operation"] for item in checked["changes"]] == [item["operation"] for item in first["changes"]]
    assert (second["changed"], checked_again["changed"]) == (False, False)
    if "compliant" in second:
        assert (first["compliant"], second["compliant"], checked_again["compliant"]) == (True, True, True)


def connect(device: Device, *, encrypted: bool) -> dict[str, Any]:
    """Return the connection options for a device."""
    if not encrypted:
        return {}
    return {"protocol": "https", "port": device.tls_port, "tls_fingerprint": device.certificate_sha256}


def live(
    device: Device,
    runners: dict[str, RunTask],
    errors: Mapping[str, Sequence[tuple[str, str]]],
    connection: Mapping[str, Any],
    *,
    certain: bool = True,
) -> None:
    """Let a device have its whole life, and check each step.

    :param certain: whether each of the errors occurs.
    """
    before = {*device.groups}
    for step, (module, options) in STEPS.items():
        results = run_twice(runners[module], device, {**connection, **options})
        if step in errors and (certain or "failed" in results[1]):
            assert_explained(results, errors[step])
            if step == "create" and results[1]["error"]["kind"] == "invalid_request":
                # As the message suggests.
                result = runners[module](device, **connection, **ON_DISK)
                assert not certain or "failed" not in result
        else:
            assert_done(results)
        if step == "create" and "entrance" in device.groups:
            device.plant_recordings("entrance", 100, spacing_hours=7)
        if step == "delete" and step in errors and "entrance" in device.groups:
            # The post-recording of the action ends.
            device.advance(1)
            assert_done(run_twice(runners[module], device, {**connection, **options}))
        # Nothing is lost on the way.
        assert step == "delete" or device.lost_recordings == []
    assert "entrance" not in device.groups
    assert before <= {*device.groups}
    for entry in device.journal:
        # What the collection does not depend on.
        assert not entry.target.startswith(("/config/", "/axis-cgi/param.cgi"))
        assert entry.method == "GET" or not entry.call.startswith("recording_group/")
        assert entry.call != "recording_group/list" or "recordinggroupid" not in entry.target


@pytest.mark.fault("device behaves otherwise than expected")
@pytest.mark.parametrize("name", quick_without(DEVICES, SIMILAR))
def test_every_step_is_done_or_explained(fleet: Fleet, runners: dict[str, RunTask], name: str) -> None:
    switches, errors = DEVICES[name]
    live(fleet.add(switches=Switches(**switches)), runners, {step: [error] for step, error in errors.items()}, {})


@pytest.mark.fault("device behaves otherwise than expected")
@pytest.mark.parametrize("name", quick_without(CONNECTIONS, SIMILAR_CONNECTIONS))
def test_every_connection_has_the_same_result(fleet: Fleet, runners: dict[str, RunTask], name: str) -> None:
    encrypted, switches = CONNECTIONS[name]
    camera = fleet.add(switches=Switches(**switches), scheme="https" if encrypted else "http")
    live(camera, runners, {}, connect(camera, encrypted=encrypted))
    assert encrypted or not any((entry.authorization or "").startswith("Basic") for entry in camera.journal)


@pytest.mark.parametrize(
    ("profile", "encrypted"),
    [
        pytest.param(profile, encrypted, marks=[pytest.mark.long] * (not encrypted and profile != "camera_10_12"))
        for profile in PROFILES
        for encrypted in (True, False)
    ],
)
def test_every_profile_is_managed(fleet: Fleet, runners: dict[str, RunTask], profile: str, encrypted: bool) -> None:
    """Also profiles that were contributed: what their effects announce is what happens."""
    device = fleet.add(profile, scheme="both")
    if "closed" in device.answers["https_challenge" if encrypted else "http_challenge"]:
        return
    connection = connect(device, encrypted=encrypted)
    if any(disk.writable and disk.mounted for disk in device.disks.values()):
        live(device, runners, find_errors(device.answers), connection, certain=False)
    else:
        results = run_twice(runners["group"], device, {**connection, **GROUP})
        assert_explained(results, [("disk_unavailable", "cannot be created"), ("unsupported", "recording_group")])


@pytest.mark.parametrize("name", quick_without(DEVICES, SIMILAR))
def test_what_the_messages_suggest_is_accepted(fleet: Fleet, runners: dict[str, RunTask], name: str) -> None:
    """A policy with a short ASCII name, a disk, and 30 days, without an empty text, works on all devices."""
    switches, errors = DEVICES[name]
    if "policy" in errors and errors["policy"][0] in {"unsupported", "forbidden"}:
        return
    camera = fleet.add(switches=Switches(**switches))
    groups = [
        {**ASCII, "recording": RECORDING},
        {"nice_name": "Second", "disk_id": ["SD_DISK"], "retention_time": "31d"},
    ]
    assert_done(run_twice(runners["policy"], camera, {"groups": groups, "retention_minimum": "30d"}))
    assert len(camera.groups) == 2
    group = camera.groups["entrance"]
    assert (group.nice_name, group.description, group.retention_time) == ("Door", "Hall", 720)
    assert (group.pre_duration, group.post_duration, group.disk_id) == (5000, 10000, "SD_DISK")


@pytest.mark.parametrize("unknown_disk", ["error_20", "error_10", "accepted"])
def test_no_group_is_created_on_a_disk_that_is_not_usable(fleet: Fleet, run_group: RunTask, unknown_disk: str) -> None:
    camera = fleet.add(switches=Switches(unknown_disk=unknown_disk))
    for disk_id in ("USB_DISK", "NetworkShare"):
        results = run_twice(run_group, camera, {**GROUP, "disk_id": [disk_id]})
        assert_explained(
            results, [("disk_unavailable", f"because {disk_id} is not a usable disk. Disks of the device:")]
        )
    assert (camera.writes, camera.groups) == ([], {})


@pytest.mark.parametrize("bad_argument", ["error_20", "ignored"])
def test_invalid_arguments_are_never_sent(fleet: Fleet, run_group: RunTask, bad_argument: str) -> None:
    camera = fleet.add(switches=Switches(bad_argument=bad_argument))
    for changes in (
        {"recording_group_id": "a b"},
        {"recording_group_id": "x" * 51},
        {"retention_time": "-1"},
        {"retention_time": "x"},
        {"retention_time": str(2**31)},
        {"pre_duration": -1},
    ):
        assert run_group(camera, **{**GROUP, **changes})["error"]["kind"] == "invalid_option"
    assert camera.journal == []


@pytest.mark.parametrize("existing_id", ["error_20", "error_10", "overwrite"])
def test_a_group_that_exists_is_never_created_again(fleet: Fleet, run_group: RunTask, existing_id: str) -> None:
    camera = fleet.add(switches=Switches(existing_id=existing_id))
    camera.plant_group(recording_group_id="entrance", retention_time=1440, description="Old")
    camera.plant_recordings("entrance", 100)
    run_twice(run_group, camera, {**GROUP, "retention_time": "90d"})
    assert {entry.call for entry in camera.writes} == {"recording_group/update"}
    assert (camera.groups["entrance"].retention_time, camera.lost_recordings) == (2160, [])


def test_a_full_device_rejects_only_new_groups(fleet: Fleet, run_policy: RunTask) -> None:
    camera = fleet.add(switches=Switches(max_groups=1))
    camera.plant_group(recording_group_id="door", retention_time=24)
    groups = [{"recording_group_id": name, "retention_time": "30d"} for name in ("door", "hall")]
    results = run_twice(run_policy, camera, {"groups": groups, "on_refused": "report"})
    assert_explained(results, [("group_limit", "Delete a recording group that is not needed")])
    assert {key: group.retention_time for key, group in camera.groups.items()} == {"door": 720}


def test_groups_of_another_device_may_be_read_only(fleet: Fleet, run_group: RunTask) -> None:
    camera, other = fleet.add(switches=Switches(foreign_groups_writable=False)), fleet.add()
    other.plant_group(recording_group_id="entrance", retention_time=720)
    other.plant_recordings("entrance", 10)
    camera.pull_disk("SD_DISK")
    camera.insert_disk("SD_DISK", other.pull_disk("SD_DISK"))
    for step in ("keep longer", "delete"):
        results = run_twice(run_group, camera, STEPS[step].options)
        assert_explained(results, [("invalid_request", "with error 20: Invalid request")])
    assert (camera.groups["entrance"].retention_time, camera.lost_recordings) == (720, [])


def recordings_of(
    fleet: Fleet, run_policy: RunTask, *, hours: int, locked: bool = False, days: int = 0, **switches: Any
) -> tuple[Device, dict[str, Any]]:
    """Return a camera that recorded for some hours with a retention time of two days, and what a policy found."""
    camera = fleet.add(switches=Switches(**switches))
    camera.disks["SD_DISK"].cleanupmaxage = days
    camera.plant_group(recording_group_id="entrance", retention_time=48)
    if locked:
        camera.plant_recordings("entrance", 1, locked=True)
    camera.plant_recording("entrance")
    for _hour in range(hours):
        camera.advance(1)
        camera.update_recordings()
    groups = [{"recording_group_id": "entrance", "retention_time": "2d"}]
    options = {"groups": groups, "retention_minimum": "2d", "verify_recordings": True, "retention_tolerance": "3h"}
    result = run_policy(camera, **options)
    assert "failed" not in result, result["msg"]
    return camera, result


@pytest.mark.parametrize("minutes", [None, 60, 1440])
def test_split_recordings_are_assessed_like_a_continuous_one(
    fleet: Fleet, run_policy: RunTask, minutes: int | None
) -> None:
    camera, result = recordings_of(fleet, run_policy, hours=47, recording_split=minutes)
    assert len(camera.recordings) == {None: 1, 60: 47, 1440: 2}[minutes]
    assert [item["verdict"] for item in result["actual"]["disks"]] == ["met"]
    assert (result["compliant"], result["findings"][0]["verdict"]) == (True, "compliant")
    # Between two IDs, and an hour later.
    camera.advance(1)
    again = run_policy(camera, groups=[{"recording_group_id": "entrance"}], verify_recordings=True)
    assert again["compliant"] is True
    assert sum(entry.call == "record/list" for entry in camera.journal) <= 4


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({"recording_split": 60, "retention_applies": False}, "overdue"),
        ({"recording_split": 60, "locked_recordings_survive": True, "locked": True}, "overdue"),
        ({"recording_split": 60, "disk_age_combines": True, "days": 1}, "conflicting_cleanup"),
        ({"recording_split": 60, "disk_age_combines": True, "days": 3}, "met"),
    ],
)
def test_recordings_that_differ_from_the_policy_are_found(
    fleet: Fleet, run_policy: RunTask, options: dict[str, Any], verdict: str
) -> None:
    _camera, result = recordings_of(fleet, run_policy, hours=80, **options)
    assert [item["verdict"] for item in result["actual"]["disks"]] == [verdict]
    assert result["compliant"] is (verdict == "met")


def test_a_purge_continues_when_the_recording_has_ended(fleet: Fleet, run_policy: RunTask) -> None:
    camera = fleet.add("camera_13")
    connection = connect(camera, encrypted=True)
    camera.plant_group(recording_group_id="old", retention_time=24, post_duration=10000)
    camera.plant_recording("old", name="Record to old")
    camera.plant_group(recording_group_id="door", retention_time=24)
    purge = {"purge": True, "purge_match": ["old"], "allow_recording_loss": True, "allow_recording_stop": True}
    options = {**connection, **purge, "groups": [{"recording_group_id": "door", "retention_time": "30d"}]}
    first = run_policy(camera, **options)
    # The recording action is gone, and its recording continues for the post-duration.
    assert (first["error"]["kind"], first["changed"], first["compliant"]) == ("group_in_use", True, False)
    assert "If no action uses it, a recording to the group still runs: run again when it has ended." in first["msg"]
    assert (camera.actions.rules, camera.groups["door"].retention_time) == ({}, 720)
    assert camera.lost_recordings == []
    again = run_policy(camera, **options)
    assert (again["error"]["kind"], again["changed"]) == ("group_in_use", False)
    camera.advance(1)
    last = run_policy(camera, **options)
    assert ("failed" not in last, last["changed"], last["compliant"]) == (True, True, True)
    assert [*camera.groups] == ["door"]


@pytest.mark.parametrize("hours", [0, 1, 720])
def test_a_default_stays(fleet: Fleet, run_group: RunTask, hours: int) -> None:
    defaults = {"default_retention_time": hours, "default_pre_duration": 3, "default_post_duration": 4}
    camera = fleet.add(switches=Switches(**defaults))
    _checked, first, _second, _checked_again = results = run_twice(
        run_group, camera, {"recording_group_id": "entrance"}
    )
    assert_done(results)
    group = first["recording_group"]
    assert (group["retention_time"], group["pre_duration"], group["post_duration"]) == (hours, 3, 4)
