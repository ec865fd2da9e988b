# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault, where it strikes, and by hand what must come of it.

The task is the same for all: the group door, kept for 30 days, is to be kept for 60. Undisturbed it lists, updates and
lists again. A fault strikes at one of the three.
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
from tests.simulator.device import Device

BEFORE, AFTER, BETWEEN = 720, 1440, 1000
#: what the task of every trial says
TASK = {"recording_group_id": "door", "retention_time": str(AFTER)}
# Seconds. A drop falls every 0.05 s, so that only the deadline of three times as much ends it. Where nothing waits for
# the limit to pass, it is so long that a busy machine does not reach it.
_SHORT, _LONG = 0.6, 20.0
#: no task of a trial needs more: two looks with a second try and its challenge each, and two writes
MOST_REQUESTS = 12
_LIST, _UPDATE = "recording_group/list", "recording_group/update"
PLACES: dict[str, dict[str, Any]] = {
    "look": {"call": _LIST},
    "write": {"call": _UPDATE},
    "look back": {"call": _LIST, "skip": 1},
}
Plant = Callable[[Device, dict[str, Any]], object]


@dataclass(frozen=True)
class End:
    """How a task ends.

    :param kind: of the failure, or None for success.
    :param retention: hours that the device keeps the group afterwards, or None when the group is not there.
    :param updates: how many updates a device with the right login received.
    """

    kind: str | None
    retention: int | None
    updates: int

    @property
    def unreachable(self) -> bool:
        """Nothing was sent that could change anything, and nobody answered."""
        return self.updates == 0 and self.kind in {"unreachable", "timeout", "tls"}


DONE = End(None, AFTER, 1)
REPEATED = End(None, AFTER, 2)
IN_DOUBT = End("unconfirmed", AFTER, 1)


def nothing(kind: str) -> End:
    """It failed before anything was written."""
    return End(kind, BEFORE, 0)


def refused(kind: str) -> End:
    """The update was sent once, and not made."""
    return End(kind, BEFORE, 1)


@dataclass(frozen=True)
class Trial:
    """One kind of fault, and its end for each place where it may strike (the others make no sense for it)."""

    fault: str
    plant: Plant
    ends: dict[str, End]
    #: that it is over after one run, so that the next one must bring the device into line
    passes: bool = True
    #: that somebody else loses recordings on purpose
    loses: bool = False
    #: that the device lets the client wait for its time limit
    waits: bool = False

    @property
    def timeout(self) -> float:
        """Seconds that the task gives the device."""
        return _SHORT if self.waits else _LONG


def _fault(kind: str, **options: Any) -> Plant:
    return lambda device, place: device.plant_fault(kind, **{**place, **options})


def _network(state: str) -> Plant:
    def strike(device: Device) -> None:
        device.network = state  # type: ignore[assignment]

    def plant(device: Device, place: dict[str, Any]) -> None:
        if place == PLACES["look"]:
            strike(device)
        else:
            device.plant_fault("callback", run=strike, **place)

    return plant


def _callback(run: Callable[[Device], object], **options: Any) -> Plant:
    return _fault("callback", run=run, **options)


def _blocked(device: Device, place: dict[str, Any]) -> None:
    # It acts before the login is weighed, so that the challenge of the first list counts, too.
    device.plant_fault("blocked", **{**place, "skip": 2 if place.get("skip") else 0})


def _change(device: Device, **changes: Any) -> None:
    device.change_group(device.groups["door"], **changes)


def _set(name: str, value: Any) -> Plant:
    return lambda device, _place: setattr(device, name, value)


def _everywhere(end: End) -> dict[str, End]:
    return dict.fromkeys(PLACES, end)


def _broken(look: str, write: End) -> dict[str, End]:
    """An answer that cannot be used: fatal for a look, and after a write the device is looked at again."""
    return {"look": nothing(look), "write": write, "look back": IN_DOUBT}


_LOST = {"look": DONE, "write": DONE, "look back": DONE}
_SPOILT = _broken("malformed_response", DONE)
_GONE = {"look": nothing("unreachable"), "write": IN_DOUBT, "look back": IN_DOUBT}
_SILENT = {**_GONE, "look": nothing("timeout")}

TRIALS = (
    Trial("connection refused", _network("refused"), _GONE),
    Trial("connection accepted, never answered", _network("silent"), _SILENT, waits=True),
    Trial("connection reset when made", _network("reset"), _GONE),
    Trial("connection closed when made", _network("closed"), _GONE),
    Trial("request never answered", _fault("no_response"), _broken("timeout", REPEATED), waits=True),
    Trial(
        "request carried out, never answered", _fault("no_response", when="after"), _broken("timeout", DONE), waits=True
    ),
    Trial("reset before the request", _fault("reset_before"), {**_LOST, "write": REPEATED}),
    Trial("reset after the request was carried out", _fault("reset_after"), _LOST),
    Trial("reset in the answer", _fault("reset_in_response"), _LOST),
    Trial("closed before the request", _fault("drop_before"), {**_LOST, "write": REPEATED}),
    Trial("closed after the request was carried out", _fault("drop_after"), _LOST),
    Trial("headers drip", _fault("drip", part="headers", seconds=0.05), _broken("timeout", DONE), waits=True),
    Trial("body drips", _fault("drip", part="body", seconds=0.05), _broken("timeout", DONE), waits=True),
    Trial("503 once", _fault("http_status", status=503), {**_LOST, "write": refused("device_error")}),
    Trial(
        "503 always", _fault("http_status", status=503, times=None), _broken("device_error", refused("device_error"))
    ),
    Trial(
        "429 with Retry-After",
        _fault("http_status", status=429, headers=(("Retry-After", "1"),)),
        {**_LOST, "write": refused("device_error")},
    ),
    Trial(
        "401 with several challenges",
        lambda device, _place: device.plant_fault(
            "several_challenges",
            headers=(
                'Negotiate, NTLM, Bearer realm="cloud"',
                'Basic realm="AXIS, the \\"camera\\""',
                'Digest realm="another", nonce="x", algorithm=SHA-512-256, qop="auth-int"',
            ),
        ),
        {"look": DONE},
    ),
    Trial("stale nonce", _fault("stale_nonce"), _everywhere(DONE)),
    Trial("address blocked", _blocked, _broken("blocked", nothing("blocked"))),
    Trial("404", _fault("http_status", status=404), _broken("unsupported", refused("unsupported"))),
    Trial("HTML with 200", _fault("html"), _broken("malformed_response", refused("malformed_response"))),
    Trial("XML cut short", _fault("truncated"), _SPOILT),
    Trial("XML with a DTD", _fault("doctype"), _SPOILT),
    Trial("XML with an external entity", _fault("external_entity"), _SPOILT),
    Trial("entity bomb", _fault("entity_bomb"), _SPOILT),
    Trial("64 MiB", _fault("oversized"), _SPOILT),
    Trial("XML in ISO-8859-1", _fault("latin1"), _everywhere(DONE)),
    Trial("XML in a namespace", _fault("namespace"), _everywhere(DONE)),
    Trial("XML in a namespace with a prefix", _fault("namespace", prefix="a"), _everywhere(DONE)),
    Trial("success without change", _fault("ignore_write"), {"write": refused("not_applied")}),
    Trial(
        "retention clamped",
        _fault("change_argument", argument="retentiontime", value=BETWEEN),
        {"write": End("not_applied", BETWEEN, 1)},
        passes=False,
    ),
    Trial(
        "only schema version 2",
        _set("schema_versions", [("2.0", False)]),
        {"look": nothing("unsupported")},
        passes=False,
    ),
    Trial("deprecated schema version", _set("schema_versions", [("1.0", True), ("2.0", False)]), {"look": DONE}),
    Trial(
        "redirect to https",
        lambda device, place: device.plant_fault(
            "redirect", location=f"https://{device.host}:{device.port}/axis-cgi/", **place
        ),
        _broken("redirect", refused("redirect")),
    ),
    Trial(
        "redirect to a stranger",
        _fault("redirect", location="http://198.51.100.1/axis-cgi/record/recording_group/list.cgi?schemaversion=1"),
        _broken("redirect", refused("redirect")),
    ),
    Trial("HTTP/1.0 without keep-alive", _fault("http_1_0", times=None, before_login=None), _everywhere(DONE)),
    Trial(
        "clock two years late",
        lambda device, _: setattr(device, "now", device.now - timedelta(days=730)),
        {"look": DONE},
    ),
    Trial(
        "storage pulled",
        _callback(lambda device: device.pull_disk("SD_DISK")),
        {"write": End("group_not_found", None, 1), "look back": End("conflict", None, 1)},
        passes=False,
    ),
    Trial(
        "second client changes another field",
        _callback(partial(_change, description="theirs")),
        {"write": End("conflict", AFTER, 1), "look back": End("conflict", AFTER, 1)},
    ),
    Trial(
        "second client changes the same field",
        _callback(partial(_change, retention_time=BETWEEN)),
        {"write": DONE, "look back": End("not_applied", BETWEEN, 1)},
    ),
    Trial(
        "second client deletes the group",
        _callback(lambda device: device.delete_group(device.groups["door"])),
        {"write": End("group_not_found", None, 1), "look back": End("conflict", None, 1)},
        passes=False,
        loses=True,
    ),
)


def camera(fleet: Fleet, name: str | None = None, **options: Any) -> Device:
    """A camera with the group of the task, three recordings of it, and a group that is none of the task's business."""
    device = fleet.add("camera_12_9", name, **options)
    device.plant_group(recording_group_id="door", retention_time=BEFORE)
    device.plant_group(recording_group_id="other", retention_time=24)
    device.plant_recordings("door", 3)
    return device


def retention(device: Device) -> int | None:
    """Hours for which the device keeps the group of the task."""
    return device.groups["door"].retention_time if "door" in device.groups else None


def account(device: Device, result: dict[str, Any]) -> str:
    """How a task ended and what it sent with a login, as docs/reliability.md says it."""
    kind = result["error"]["kind"] if "error" in result else None
    calls = groupby(entry.call.rpartition("/")[2] for entry in device.journal if entry.authorization)
    counted = ((call, sum(1 for _entry in entries)) for call, entries in calls)
    sent = ", ".join(call if count == 1 else f"{call} × {count}" for call, count in counted)
    return f"{f'`{kind}`' if kind else 'done'}: {sent or 'nothing'}"


def documented() -> dict[str, list[str]]:
    """The rows of the tables in docs/reliability.md, by fault."""
    page = (CHECKOUT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    return {fault: cells for fault, *cells in rows if fault not in {"Fault", "---"}}


def heal(device: Device) -> None:
    """The fault is over, and so is the block of the address."""
    device.network = "up"
    device.faults.clear()
    device.authenticator.clock = lambda: 1e9


def check(device: Device, result: dict[str, Any], end: End) -> None:
    """That a task ended so, claims no more than was made, and harmed nothing."""
    error = result.get("error")
    assert (error and error["kind"]) == end.kind, result
    assert retention(device) == end.retention
    assert [entry.call for entry in device.writes] == ["recording_group/update"] * end.updates
    assert bool(result.get("unreachable")) is end.unreachable, result
    assert bool(result.get("failed")) is (end.kind is not None and not end.unreachable)
    if end.kind is None:
        assert result["changed"] is True
    if end.updates == 0:
        assert result["changed"] is False
    assert device.accounts["operator"].password not in json.dumps(result, ensure_ascii=False)
    assert len(device.journal) <= MOST_REQUESTS
