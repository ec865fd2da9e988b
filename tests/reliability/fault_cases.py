# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault, the stage at which it occurs, and the expected result, written by hand.

The task is the same for all: it changes the retention time of the group door from 30 days to 60. Without a fault it
lists, updates, and lists again. A fault occurs at one of the three.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Any

from tests.playbook import CHECKOUT
from tests.simulator import Fleet
from tests.simulator.device import Device, Network

BEFORE, AFTER, BETWEEN = 720, 1440, 1000
#: the options of the task of every case
TASK = {"recording_group_id": "door", "retention_time": str(AFTER)}
# Seconds. The slow responses send a byte every 0.05 s, so that only the deadline of three times the timeout ends them.
# Where no task waits for the timeout, it is so long that a busy machine does not reach it.
_SHORT_TIMEOUT, _LONG_TIMEOUT = 1.0, 20.0
#: the most that the task of a case needs: two reads, each with a retry and its challenge, and two writes
MAX_REQUESTS = 12
_LIST, _UPDATE = "recording_group/list", "recording_group/update"
STAGES: dict[str, dict[str, Any]] = {
    "read": {"call": _LIST},
    "write": {"call": _UPDATE},
    "read back": {"call": _LIST, "skip": 1},
}
Plant = Callable[[Device, dict[str, Any]], object]


@dataclass(frozen=True)
class ExpectedResult:
    """How a task ends.

    :param kind: the kind of the error, or None for success.
    :param retention: the retention time of the group afterwards in hours, or None if the group does not exist.
    :param updates: the number of authenticated updates that the device received.
    """

    kind: str | None
    retention: int | None
    updates: int

    @property
    def unreachable(self) -> bool:
        """Return whether nothing was written and no response was received."""
        return self.updates == 0 and self.kind in {"unreachable", "timeout", "tls"}


DONE = ExpectedResult(None, AFTER, 1)
REPEATED = ExpectedResult(None, AFTER, 2)
UNCONFIRMED = ExpectedResult("unconfirmed", AFTER, 1)


def failed_before_write(kind: str) -> ExpectedResult:
    """Return the result of a task that fails before it writes."""
    return ExpectedResult(kind, BEFORE, 0)


def failed_write(kind: str) -> ExpectedResult:
    """Return the result of a task whose only update has no effect."""
    return ExpectedResult(kind, BEFORE, 1)


@dataclass(frozen=True)
class FaultCase:
    """One fault, and the expected result for each stage at which it can occur."""

    fault: str
    plant: Plant
    expected: dict[str, ExpectedResult]
    #: whether the fault ends with the run, so the next run must make the device compliant
    is_transient: bool = True
    #: whether another client deletes recordings
    loses_recordings: bool = False
    #: whether the device makes the client wait for its timeout
    waits_for_timeout: bool = False

    @property
    def timeout(self) -> float:
        """Return the timeout of the task in seconds."""
        return _SHORT_TIMEOUT if self.waits_for_timeout else _LONG_TIMEOUT


def _fault(kind: str, **options: Any) -> Plant:
    return lambda device, stage: device.plant_fault(kind, **{**stage, **options})


def _network(state: Network) -> Plant:
    def set_network(device: Device) -> None:
        device.network = state

    def plant(device: Device, stage: dict[str, Any]) -> None:
        if stage == STAGES["read"]:
            set_network(device)
        else:
            device.plant_fault("callback", run=set_network, **stage)

    return plant


def _callback(run: Callable[[Device], object], **options: Any) -> Plant:
    return _fault("callback", run=run, **options)


def _blocked(device: Device, stage: dict[str, Any]) -> None:
    # The fault applies before the login is checked, so that the challenge of the first list counts, too.
    device.plant_fault("blocked", **{**stage, "skip": 2 if stage.get("skip") else 0})


def _change(device: Device, **changes: Any) -> None:
    device.change_group(device.groups["door"], **changes)


def _set(name: str, value: Any) -> Plant:
    return lambda device, _stage: setattr(device, name, value)


def _at_every_stage(expected: ExpectedResult) -> dict[str, ExpectedResult]:
    return dict.fromkeys(STAGES, expected)


def _unusable_response(read_error: str, write: ExpectedResult) -> dict[str, ExpectedResult]:
    """Return the results for a response that cannot be used: a read fails, and after a write the task reads again."""
    return {"read": failed_before_write(read_error), "write": write, "read back": UNCONFIRMED}


# The first read is the first request with the login, which is sent once only.
_LOST_CONNECTION = {"read": failed_before_write("unreachable"), "write": DONE, "read back": DONE}
_UNAVAILABLE = {
    "read": failed_before_write("device_error"),
    "write": failed_write("device_error"),
    "read back": DONE,
}
_UNREADABLE = _unusable_response("malformed_response", DONE)
_NO_CONNECTION = {"read": failed_before_write("unreachable"), "write": UNCONFIRMED, "read back": UNCONFIRMED}
_SILENT = {**_NO_CONNECTION, "read": failed_before_write("timeout")}

FAULT_CASES = (
    FaultCase("connection refused", _network("refused"), _NO_CONNECTION),
    FaultCase("connection accepted, never answered", _network("silent"), _SILENT, waits_for_timeout=True),
    FaultCase("connection reset when made", _network("reset"), _NO_CONNECTION),
    FaultCase("connection closed when made", _network("closed"), _NO_CONNECTION),
    FaultCase(
        "request never answered", _fault("no_response"), _unusable_response("timeout", REPEATED), waits_for_timeout=True
    ),
    FaultCase(
        "request executed, never answered",
        _fault("no_response", when="after"),
        _unusable_response("timeout", DONE),
        waits_for_timeout=True,
    ),
    FaultCase("reset before the request", _fault("reset_before"), {**_LOST_CONNECTION, "write": REPEATED}),
    FaultCase("reset after the request was executed", _fault("reset_after"), _LOST_CONNECTION),
    FaultCase("reset in the response", _fault("reset_in_response"), _LOST_CONNECTION),
    FaultCase("closed before the request", _fault("drop_before"), {**_LOST_CONNECTION, "write": REPEATED}),
    FaultCase("closed after the request was executed", _fault("drop_after"), _LOST_CONNECTION),
    FaultCase(
        "slow headers",
        _fault("drip", part="headers", seconds=0.05),
        _unusable_response("timeout", DONE),
        waits_for_timeout=True,
    ),
    FaultCase(
        "slow body",
        _fault("drip", part="body", seconds=0.05),
        _unusable_response("timeout", DONE),
        waits_for_timeout=True,
    ),
    FaultCase("503 once", _fault("http_status", status=503), _UNAVAILABLE),
    FaultCase(
        "503 always",
        _fault("http_status", status=503, times=None),
        _unusable_response("device_error", failed_write("device_error")),
    ),
    FaultCase(
        "429 with Retry-After",
        _fault("http_status", status=429, headers=(("Retry-After", "1"),)),
        _UNAVAILABLE,
    ),
    FaultCase(
        "401 with several challenges",
        lambda device, _stage: device.plant_fault(
            "several_challenges",
            headers=(
                'Negotiate, NTLM, Bearer realm="cloud"',
                'Basic realm="AXIS, the \\"camera\\""',
                'Digest realm="another", nonce="x", algorithm=SHA-512-256, qop="auth-int"',
            ),
        ),
        {"read": DONE},
    ),
    FaultCase("stale nonce", _fault("stale_nonce"), _at_every_stage(DONE)),
    FaultCase("address blocked", _blocked, _unusable_response("blocked", failed_before_write("blocked"))),
    FaultCase("404", _fault("http_status", status=404), _unusable_response("unsupported", failed_write("unsupported"))),
    FaultCase(
        "HTML with 200", _fault("html"), _unusable_response("malformed_response", failed_write("malformed_response"))
    ),
    FaultCase("XML cut short", _fault("truncated"), _UNREADABLE),
    FaultCase("XML with a DTD", _fault("doctype"), _UNREADABLE),
    FaultCase("XML with an external entity", _fault("external_entity"), _UNREADABLE),
    FaultCase("entity bomb", _fault("entity_bomb"), _UNREADABLE),
    FaultCase("64 MiB", _fault("oversized"), _UNREADABLE),
    FaultCase("XML in ISO-8859-1", _fault("latin1"), _at_every_stage(DONE)),
    FaultCase("XML in a namespace", _fault("namespace"), _at_every_stage(DONE)),
    FaultCase("XML in a namespace with a prefix", _fault("namespace", prefix="a"), _at_every_stage(DONE)),
    FaultCase("XML between blank lines and NUL bytes", _fault("padded"), _at_every_stage(DONE)),
    FaultCase(
        "characters that XML forbids",
        lambda device, _stage: device.change_group(device.groups["other"], description="a\x01\0\udcff"),
        {"read": DONE},
    ),
    FaultCase("success without change", _fault("ignore_write"), {"write": failed_write("not_applied")}),
    FaultCase(
        "retention clamped",
        _fault("change_argument", argument="retentiontime", value=BETWEEN),
        {"write": ExpectedResult("not_applied", BETWEEN, 1)},
        is_transient=False,
    ),
    FaultCase(
        "only schema version 2",
        _set("schema_versions", [("2.0", False)]),
        {"read": failed_before_write("unsupported")},
        is_transient=False,
    ),
    FaultCase("deprecated schema version", _set("schema_versions", [("1.0", True), ("2.0", False)]), {"read": DONE}),
    FaultCase(
        "redirect to https",
        lambda device, stage: device.plant_fault(
            "redirect", location=f"https://{device.host}:{device.port}/axis-cgi/", **stage
        ),
        _unusable_response("redirect", failed_write("redirect")),
    ),
    FaultCase(
        "redirect to another host",
        _fault("redirect", location="http://198.51.100.1/axis-cgi/record/recording_group/list.cgi?schemaversion=1"),
        _unusable_response("redirect", failed_write("redirect")),
    ),
    FaultCase("HTTP/1.0 without keep-alive", _fault("http_1_0", times=None, before_login=None), _at_every_stage(DONE)),
    FaultCase(
        "clock two years behind",
        lambda device, _: setattr(device, "now", device.now - timedelta(days=730)),
        {"read": DONE},
    ),
    FaultCase(
        "storage removed",
        _callback(lambda device: device.pull_disk("SD_DISK")),
        {"write": ExpectedResult("group_not_found", None, 1), "read back": ExpectedResult("conflict", None, 1)},
        is_transient=False,
    ),
    FaultCase(
        "second client changes another field",
        _callback(partial(_change, description="theirs")),
        {"write": ExpectedResult("conflict", AFTER, 1), "read back": ExpectedResult("conflict", AFTER, 1)},
    ),
    FaultCase(
        "second client changes the same field",
        _callback(partial(_change, retention_time=BETWEEN)),
        {"write": DONE, "read back": ExpectedResult("not_applied", BETWEEN, 1)},
    ),
    FaultCase(
        "second client deletes the group",
        _callback(lambda device: device.delete_group(device.groups["door"])),
        {"write": ExpectedResult("group_not_found", None, 1), "read back": ExpectedResult("conflict", None, 1)},
        is_transient=False,
        loses_recordings=True,
    ),
)


def add_camera(fleet: Fleet, name: str | None = None, **options: Any) -> Device:
    """Add a camera with the group of the task, three recordings of it, and an unrelated group."""
    device = fleet.add("camera_12_9", name, **options)
    device.plant_group(recording_group_id="door", retention_time=BEFORE)
    device.plant_group(recording_group_id="other", retention_time=24)
    device.plant_recordings("door", 3)
    return device


def retention(device: Device) -> int | None:
    """Return the retention time of the group of the task in hours, or None if the group does not exist."""
    return device.groups["door"].retention_time if "door" in device.groups else None


def describe_run(device: Device, result: dict[str, Any]) -> str:
    """Return how a task ended and the authenticated calls that it sent, in the form of docs/reliability.md."""
    kind = result["error"]["kind"] if "error" in result else None
    calls = groupby(entry.call.rpartition("/")[2] for entry in device.journal if entry.authorization)
    counted = ((call, sum(1 for _entry in entries)) for call, entries in calls)
    sent = ", ".join(call if count == 1 else f"{call} × {count}" for call, count in counted)
    return f"{f'`{kind}`' if kind else 'done'}: {sent or 'nothing'}"


def read_documented_results() -> dict[str, list[str]]:
    """Return the rows of the tables in docs/reliability.md, by fault."""
    page = (CHECKOUT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    return {fault: cells for fault, *cells in rows if fault not in {"Fault", "---"}}


def clear_fault(device: Device) -> None:
    """Remove the fault, and the block of the address."""
    device.network = "up"
    device.faults.clear()
    device.authenticator.clock = lambda: 1e9


def check_result(device: Device, result: dict[str, Any], expected: ExpectedResult) -> None:
    """Check that a task ended as expected and reports no more than it changed."""
    error = result.get("error")
    assert (error and error["kind"]) == expected.kind, result
    assert retention(device) == expected.retention
    assert [entry.call for entry in device.writes] == ["recording_group/update"] * expected.updates
    assert bool(result.get("unreachable")) is expected.unreachable, result
    assert bool(result.get("failed")) is (expected.kind is not None and not expected.unreachable)
    if expected.kind is None:
        assert result["changed"] is True
    if expected.updates == 0:
        assert result["changed"] is False
    assert device.accounts["operator"].password not in json.dumps(result, ensure_ascii=False)
    assert len(device.journal) <= MAX_REQUESTS
