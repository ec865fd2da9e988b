# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulate one device: what it stores, its clock, and what it lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, get_args

from .actions import GROUP_PARAMETER, GROUP_TEMPLATE, SYSTEM_READY, Actions, Configuration, Event, Gap, Rule
from .authentication import Authenticator
from .certificates import Certificate
from .device_info import listed_apis
from .fault import Fault, Stage
from .faults import KINDS
from .journal import Entry
from .messages import Request
from .models import Account, Disk, Group, Medium, Recording
from .profiles import Profile
from .switches import CLOSED, DIGEST_SHA256, NO_LIMIT, Switches

Network = Literal["up", "refused", "silent", "reset", "closed"]
LossReason = Literal["retention", "group_deleted", "disk_age"]
_RECORDING_LENGTH = timedelta(minutes=5)
_CLEAN_UP_INTERVAL = timedelta(minutes=1)
# A post-duration that a clock can count.
_MAX_POST_DURATION = 366 * 24 * 3600 * 1000  # ms
_STORED = (
    "groups",
    "recordings",
    "lost_recordings",
    "actions",
    "_free_ids",
    "_hidden",
    "_recorded",
    "_post_recorded",
    "_gaps",
)


class Device:
    """The state and journal of one device; the server thread changes it under `lock`, tests read it at any time.

    `groups` contains the groups of mounted disks in order of creation, and those created on a missing disk.
    `schema_versions`: (version, deprecated).
    """

    def __init__(
        self,
        *,
        name: str,
        profile: Profile,
        serial: str,
        switches: Switches,
        now: datetime | None,
        lock: threading.RLock,
        speed: float = 1,
    ) -> None:
        self.name = name
        self.profile: Profile = profile
        self.serial = serial
        self.switches: Switches = switches
        self.lock = lock
        self.utc_offset = timedelta(hours=1)
        self.host = ""
        self.port = 0
        self.tls_port = 0
        self.has_own_port = False
        self.apply_network: Callable[[Device], None] = lambda device: None
        self.network_changes = 0
        self.replaced_by: Device | None = None
        self.certificate: Certificate | None = None
        self.authenticator = Authenticator(serial, profile.brute_force, lambda: self.switches)
        self.schema_versions = [(version, False) for version in switches.schema_versions]
        self.disks = {disk.diskid: deepcopy(disk) for disk in profile.disks}
        self.groups = {group.recording_group_id: deepcopy(group) for group in profile.groups}
        self.recordings: list[Recording] = []
        self.lost_recordings: list[tuple[Recording, LossReason]] = []
        self.actions = Actions(serial, switches.recording_templates)
        self.in_use: set[str] = set()
        #: groups that were created on a disk that is not mounted; whether update and delete find them
        self.unlisted: set[str] = set()
        self.finds_unlisted = True
        self.faults: list[Fault] = []
        self.journal: list[Entry] = []
        self.connections = 0
        #: where the clock stands, or ``None`` if it runs; then, how fast, since when, and how far it is ahead
        self._now = now
        self._speed = speed
        self._started = datetime.now(timezone.utc)
        self._ahead = timedelta(0)
        self._cleaned_up = self._started
        self._network: Network = "up"
        self._random = random.Random(serial)
        self._generated: set[str] = set()
        self._free_ids: list[str] = []
        self._hidden: dict[str, list[Group]] = {}
        self._serving: int | None = None
        self._recorded: dict[str, Recording | None] = {}
        #: by group, a recording whose rule ended, and when its post-recording ends
        self._post_recorded: dict[str, tuple[Recording, datetime]] = {}
        self._gaps: list[Gap] = []

    # Network.

    @property
    def network(self) -> Network:
        """The state of the network; can change at any time, also in a callback fault.

        "up"; "refused": nothing listens (only with a separate port, which the device keeps); "silent": connections are
        accepted, but nothing is read or sent; "reset" and "closed": accepted, then reset or closed immediately.

        Every change breaks the existing connections: no response is sent on them, not even to a running request.
        "silent" leaves them open, "reset" resets them, all others close them. `network_changes` counts the changes.
        """
        return self._network

    @network.setter
    def network(self, network: Network) -> None:
        if network not in get_args(Network):
            raise ValueError(f"network {network!r}: choose from {', '.join(get_args(Network))}")
        if network == "refused" and not self.has_own_port:
            raise ValueError(f"{self.name}: only a device with a separate port (by='port') can refuse connections")
        with self.lock:
            if network == self._network:
                return
            self._network = network
            self.network_changes += 1
            self.apply_network(self)

    @property
    def powered(self) -> bool:
        """Whether the network is "up"; False sets it to "closed"."""
        return self.network == "up"

    @powered.setter
    def powered(self, powered: bool) -> None:
        self.network = "up" if powered else "closed"

    def restart(self) -> None:
        """Restart: break the connections, and drop configurations of actions whose template is not known."""
        with self.lock:
            self.network_changes += 1
            self.apply_network(self)
            self.actions.drop_unknown_templates()
            self.update_recordings()

    def replace_by(self, other: Device, *, keep_connections: bool = False) -> None:
        """Serve new connections to this address by another device; `keep_connections`: open ones stay with this one."""
        with self.lock:
            self.replaced_by = other
            if not keep_connections:
                self.network_changes += 1
                self.apply_network(self)

    # Behavior.

    @property
    def answers(self) -> dict[str, Any]:
        """Return the answers of the profile that the device simulates, with its switches."""
        challenges = {False: self.authenticator.offered(tls=False), True: self.authenticator.offered(tls=True)}
        answers = self.switches.answers | {
            "apis": listed_apis(self),
            "schema_versions": [version for version, _unused in self.schema_versions],
            "http_challenge": list(challenges[False]),
            "https_challenge": list(challenges[True]),
            "sha256_digest": any(DIGEST_SHA256 in offered for offered in challenges.values()),
        }
        return answers | _find_equal_answers(answers)

    # Authentication.

    @property
    def accounts(self) -> dict[str, Account]:
        return self.authenticator.accounts

    @property
    def policy(self) -> str:
        """AuthenticationPolicy: Basic, Digest, Basic_Digest or Recommended."""
        return self.authenticator.policy

    @policy.setter
    def policy(self, policy: str) -> None:
        self.authenticator.policy = policy

    @property
    def nonce_uses(self) -> int | None:
        """How often a digest challenge can be used before it is stale; None: without limit."""
        return self.authenticator.nonce_uses

    @nonce_uses.setter
    def nonce_uses(self, uses: int | None) -> None:
        self.authenticator.nonce_uses = uses

    def expire_nonce(self) -> None:
        """Expire every digest challenge issued so far."""
        with self.lock:
            self.authenticator.expire_nonces()

    @property
    def certificate_sha256(self) -> str:
        """Return the fingerprint of the TLS certificate in lowercase hex."""
        if self.certificate is None:
            raise ValueError(f"{self.name} does not support HTTPS. Use scheme='https' or 'both'")
        return self.certificate.sha256

    # Journal.

    @property
    def writes(self) -> list[Entry]:
        """Return the authenticated calls that write, regardless of their result."""
        return [entry for entry in self.journal if entry.write and entry.user is not None]

    def mark(self) -> int:
        """Return the current position in the journal, for `journal_since`."""
        return len(self.journal)

    def journal_since(self, mark: int) -> list[Entry]:
        return self.journal[mark:]

    def log(self, entry: Entry) -> None:
        """Add a request to the journal, or update it."""
        if entry.sequence > len(self.journal):
            self.journal.append(entry)
        else:
            self.journal[entry.sequence - 1] = entry

    # Plant state without HTTP.

    def plant_group(self, **fields: Any) -> Group:
        """Add a group; omitted fields get the defaults of the switches."""
        with self.lock:
            defaults: dict[str, Any] = {
                "recording_group_id": fields.get("recording_group_id") or self.new_group_id(self.profile.default_disk),
                "disk_id": self.profile.default_disk,
                "retention_time": self.switches.default_retention_time,
                "pre_duration": self.switches.default_pre_duration,
                "post_duration": self.switches.default_post_duration,
            }
            group = Group(**defaults | fields)
            self.groups[group.recording_group_id] = group
            self.update_recordings()
            return group

    def plant_configuration(self, template: str = GROUP_TEMPLATE, name: str = "", **parameters: str) -> Configuration:
        """Add an action configuration, without validation."""
        with self.lock:
            configuration = self.actions.add_configuration(template, name, parameters, reuse=self.switches.reuse_ids)
            self.update_recordings()
            return configuration

    def plant_rule(
        self,
        configuration_id: str,
        name: str = "",
        enabled: bool = True,
        conditions: Sequence[tuple[str, str]] = (SYSTEM_READY,),
        start_event: tuple[str, str] | None = None,
        activation_timeout: str | None = None,
        failover_action: str | None = None,
    ) -> Rule:
        """Add an action rule, without validation; an event is (topic, message) with the prefixes tns1 and tnsaxis."""
        with self.lock:
            rule = self.actions.add_rule(
                configuration_id,
                name,
                enabled,
                [Event(*condition) for condition in conditions],
                None if start_event is None else Event(*start_event),
                activation_timeout,
                failover_action,
                reuse=self.switches.reuse_ids,
            )
            self.update_recordings()
            return rule

    def plant_recording(self, group_id: str, *, name: str = "", **options: Any) -> Rule:
        """Add a configuration and a rule, both called `name`, that record to a group; `options` as in `plant_rule`."""
        with self.lock:
            configuration = self.plant_configuration(name=name, **{GROUP_PARAMETER: group_id})
            return self.plant_rule(configuration.configuration_id, name, **options)

    def plant_recordings(
        self,
        group_id: str | None,
        count: int,
        newest_age_hours: float = 0,
        spacing_hours: float = 1,
        *,
        locked: bool = False,
        running: bool = False,
    ) -> list[Recording]:
        """Add recordings of five minutes that ended `newest_age_hours` ago, one spacing earlier, and so on.

        `running` makes the newest one a running recording; a group of None makes recordings without a group.
        """
        with self.lock:
            planted = []
            for number in range(count):
                stop = self.now - timedelta(hours=newest_age_hours + number * spacing_hours)
                planted.append(self._new_recording(group_id, stop - _RECORDING_LENGTH, stop, locked=locked))
            if running and planted:
                planted[0].stop, planted[0].status = None, "recording"
            self.recordings.extend(planted)
            return planted

    def plant_fault(self, kind: str, **options: Any) -> Fault:
        """Add a fault of one of the KINDS; `options` are its fields, such as call, times, code."""
        if kind not in KINDS:
            raise ValueError(f"fault {kind!r}: choose from {', '.join(KINDS)}")
        fault = KINDS[kind](**options)
        with self.lock:
            self.faults.append(fault)
        return fault

    # Storage.

    @property
    def listed_groups(self) -> list[Group]:
        """Return the groups that clients see: those on mounted disks (VAPIX stores groups on the disk)."""
        groups = [*self.groups.values()]
        if self.switches.duplicate_ids == "listed":
            groups += [group for hidden in self._hidden.values() for group in hidden]
        return [group for group in groups if self.is_mounted(group.disk_id)]

    def is_mounted(self, disk_id: str) -> bool:
        disk = self.disks.get(disk_id)
        return disk is not None and disk.mounted

    def pull_disk(self, disk_id: str) -> Medium:
        """Remove the medium with its groups and recordings; the slot stays listed as disconnected."""
        with self.lock:
            disk = self.disks[disk_id]
            if disk.status == "disconnected":
                raise ValueError(f"{self.name}: {disk_id} is empty")
            groups = [group for group in self.groups.values() if group.disk_id == disk_id]
            groups += self._hidden.pop(disk_id, [])
            medium = Medium(
                disk=deepcopy(disk),
                origin=self.serial,
                groups=[replace(group) for group in groups],
                recordings=[recording for recording in self.recordings if recording.disk_id == disk_id],
            )
            self.groups = {key: group for key, group in self.groups.items() if group.disk_id != disk_id}
            self.recordings = [recording for recording in self.recordings if recording.disk_id != disk_id]
            self.disks[disk_id] = replace(disk, status="disconnected", totalsize=0, freesize=0)
            # This ends a running recording, which is on the medium already.
            self.update_recordings()
            return medium

    def insert_disk(self, disk_id: str, medium: Medium) -> None:
        """Insert a medium into a slot; a switch decides whether a group whose ID is in use stays hidden on it."""
        with self.lock:
            slot = self.disks[disk_id]
            if slot.status != "disconnected":
                raise ValueError(f"{self.name}: {disk_id} is not empty")
            self.disks[disk_id] = replace(medium.disk, diskid=disk_id, group=slot.group)
            for group in medium.groups:
                foreign = group.foreign or medium.origin != self.serial
                self._add_group(replace(group, disk_id=disk_id, foreign=foreign))
            self.recordings += [replace(recording, disk_id=disk_id) for recording in medium.recordings]
            self.clean_up()
            self.update_recordings()

    def _add_group(self, group: Group) -> None:
        if group.recording_group_id in self.groups:
            self._hidden.setdefault(group.disk_id, []).append(group)
        else:
            self.groups[group.recording_group_id] = group

    # Recording by action rules.

    def is_recording(self, group_id: str) -> bool:
        """Return whether any rule records to the group now."""
        with self.lock:
            self.update_recordings()
            return group_id in self._recorded

    @property
    def gaps(self) -> list[Gap]:
        """Return the gaps of all groups whose recording by rules was interrupted or ended, also in a post-recording."""
        with self.lock:
            self.update_recordings()
            return self._gaps

    def update_recordings(self) -> None:
        """Start and stop recordings according to the current rules, groups, and disks.

        Every request and every method that changes state does this. Call it after changing state directly.
        """
        sequence = len(self.journal) if self._serving is None else self._serving
        self._follow_clock()
        active = [group_id for group_id in self.actions.active_group_ids() if self._can_record(group_id)]
        for group_id in [group_id for group_id in self._recorded if group_id not in active]:
            recording = self._recorded.pop(group_id)
            if recording is not None:
                self._end_recording(group_id, recording)
            self._gaps.append(Gap(group_id, after=sequence))
        for group_id in [group_id for group_id in active if group_id not in self._recorded]:
            self._recorded[group_id] = self._start_recording(group_id)
            self._gaps = [
                replace(gap, until=sequence) if gap.recording_group_id == group_id and gap.until is None else gap
                for gap in self._gaps
            ]

    @contextmanager
    def handling(self, sequence: int) -> Iterator[None]:
        """Attribute the changes inside to this request."""
        self.update_recordings()
        # Other running clocks hardly move during a test.
        if self._now is None and self._speed != 1 and self.now - self._cleaned_up >= _CLEAN_UP_INTERVAL:
            self.clean_up()
        self._serving = sequence
        try:
            yield
            self.update_recordings()
        finally:
            self._serving = None

    def _can_record(self, group_id: str) -> bool:
        group = self.groups.get(group_id)
        disk = self.disks.get(group.disk_id) if group is not None else None
        return disk is not None and disk.writable

    def _start_recording(self, group_id: str) -> Recording | None:
        """Start a recording, or continue a post-recording.

        Return None if a planted one runs already, because a group has only one.
        """
        continued = self._post_recorded.pop(group_id, None)
        if continued is not None:
            return continued[0]
        if any(recording.running and recording.group_id == group_id for recording in self.recordings):
            return None
        recording = self._new_recording(group_id, self.now, None)
        recording.status = "recording"
        self.recordings.append(recording)
        return recording

    def _end_recording(self, group_id: str, recording: Recording) -> None:
        """End a recording whose rule ended, after the post-duration of its group if that can still be recorded."""
        duration = min(self.groups[group_id].post_duration, _MAX_POST_DURATION) if self._can_record(group_id) else 0
        if duration and recording.running:
            self._post_recorded[group_id] = (recording, self.now + timedelta(milliseconds=duration))
        else:
            recording.complete(self.now)

    def _follow_clock(self) -> None:
        """End post-recordings whose time is over, and split recordings that are longer than the switch allows."""
        now = self.now
        self._split_recordings(now)
        for group_id, (recording, end) in list(self._post_recorded.items()):
            if now >= end or not self._can_record(group_id) or not recording.running:
                del self._post_recorded[group_id]
                if recording.running:
                    recording.complete(min(now, end))

    def _split_recordings(self, now: datetime) -> None:
        """Continue each running recording that is too long as a new one, as often as it takes."""
        if not self.switches.recording_split:
            return
        length = timedelta(minutes=self.switches.recording_split)
        running = [recording for recording in self.recordings if recording.running]
        while running:
            recording = running.pop()
            end = self._post_recorded.get(recording.group_id or "", (None, now))[1]
            split = recording.start + length
            if split < min(now, end):
                running.append(self._succeed(recording, split))

    # Changes by the API or over time.

    def new_group_id(self, disk_id: str) -> str:
        """Return an ID in the form that devices generate: disk, local time, eight hex digits."""
        if self.switches.reuse_ids and self._free_ids:
            return self._free_ids.pop(0)
        group_id = f"{disk_id}_{self.local_now:%Y%m%d_%H%M%S}_{self._random.getrandbits(32):08X}"
        self._generated.add(group_id)
        return group_id

    def change_group(self, group: Group, **changes: Any) -> None:
        """Apply an update: new stream options restart a running recording, a new retention cleans up immediately."""
        restart = changes.get("stream_options", group.stream_options) != group.stream_options
        other_retention = changes.get("retention_time", group.retention_time) != group.retention_time
        for field, value in changes.items():
            setattr(group, field, value)
        if restart:
            self._restart_recording(group.recording_group_id)
        if other_retention:
            self.clean_up()

    def delete_group(self, group: Group) -> None:
        """Delete a group with its recordings; a switch decides whether locked ones survive."""
        group_id = group.recording_group_id
        del self.groups[group_id]
        self.unlisted.discard(group_id)
        self.update_recordings()
        if group_id in self._generated:
            self._free_ids.append(group_id)
        for recording in [item for item in self.recordings if item.group_id == group_id]:
            if recording.locked and self.switches.locked_recordings_survive:
                recording.group_id = None
            else:
                self._lose(recording, "group_deleted")

    def advance(self, hours: float) -> None:
        """Advance the device's clock and clean up."""
        with self.lock:
            self.now += timedelta(hours=hours)

    def clean_up(self) -> None:
        """Delete recordings whose end is older than the retention of their group; 0 means unlimited."""
        self._cleaned_up = self.now
        for recording in list(self.recordings):
            disk = self.disks[recording.disk_id]
            if recording.running or not disk.writable:
                continue
            age = recording.age_hours(self.now)
            survives = recording.locked and self.switches.locked_recordings_survive
            group = self.groups.get(recording.group_id or "")
            retention_time = group.retention_time if group is not None and self.switches.retention_applies else 0
            if 0 < retention_time < age and not survives:
                self._lose(recording, "retention")
            elif self.switches.disk_age_combines and _exceeds_disk_age(disk, age) and not recording.locked:
                self._lose(recording, "disk_age")

    @property
    def now(self) -> datetime:
        """The device's clock, an aware time: `advance` moves it, and tests can set it to any time.

        Recordings keep their times. Setting the clock cleans up immediately, by the new time: set forward, old
        recordings expire; set back, recordings are in the future and have no age.
        """
        if self._now is not None:
            return self._now
        elapsed = (datetime.now(timezone.utc) - self._started) * self._speed
        return (self._started + elapsed + self._ahead).replace(microsecond=0)

    @now.setter
    def now(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"{self.name}: {now} has no time zone")
        with self.lock:
            self.update_recordings()
            if self._now is None:
                self._ahead += now.astimezone(timezone.utc) - self.now
            else:
                self._now = now.astimezone(timezone.utc)
            self._follow_clock()
            self.clean_up()

    @property
    def local_now(self) -> datetime:
        return self.local(self.now)

    def local(self, moment: datetime) -> datetime:
        """Return the device's local time, which devices use in the IDs of groups and recordings."""
        return (moment + self.utc_offset).replace(tzinfo=None)

    @contextmanager
    def discarded_changes(self) -> Iterator[None]:
        """Restore what the device stores afterwards."""
        kept = {name: getattr(self, name) for name in _STORED}
        # Copy everything at once, so that shared objects stay shared.
        vars(self).update(deepcopy(kept))
        try:
            yield
        finally:
            vars(self).update(kept)

    def _lose(self, recording: Recording, reason: LossReason) -> None:
        self.recordings = [item for item in self.recordings if item is not recording]
        self.lost_recordings.append((recording, reason))

    def _restart_recording(self, group_id: str) -> None:
        for recording in [item for item in self.recordings if item.group_id == group_id and item.running]:
            self._succeed(recording, self.now)

    def _succeed(self, recording: Recording, moment: datetime) -> Recording:
        """Continue a running recording as a new one from a moment on."""
        recording.complete(moment)
        successor = self._new_recording(recording.group_id, recording.stop or moment, None)
        successor.disk_id, successor.status = recording.disk_id, "recording"
        self.recordings.append(successor)
        group_id = recording.group_id or ""
        if self._recorded.get(group_id) is recording:
            self._recorded[group_id] = successor
        if group_id in self._post_recorded and self._post_recorded[group_id][0] is recording:
            self._post_recorded[group_id] = (successor, self._post_recorded[group_id][1])
        return successor

    def _new_recording(
        self, group_id: str | None, start: datetime, stop: datetime | None, *, locked: bool = False
    ) -> Recording:
        number = f"{self._random.getrandbits(16):04X}"
        return Recording(
            recording_id=f"{self.local(start):%Y%m%d_%H%M%S}_{number}_{self.serial}",
            group_id=group_id,
            disk_id=self.profile.default_disk if group_id is None else self.groups[group_id].disk_id,
            start=start,
            stop=stop,
            locked=locked,
        )

    def match_faults(self, call: str, request: Request, stage: Stage) -> list[Fault]:
        """Return the faults that affect this request, and remove spent ones."""
        matched = [fault for fault in self.faults if fault.matches(call, request, stage)]
        self.faults = [fault for fault in self.faults if not fault.is_spent]
        return matched


def _exceeds_disk_age(disk: Disk, age_hours: float) -> bool:
    return disk.cleanuppolicy == "fifo" and 0 < disk.cleanupmaxage * 24 < age_hours


def _find_equal_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that no request can distinguish from those of some switches."""
    equal: dict[str, Any] = {}
    if answers["retention_limit"] == NO_LIMIT:
        # There is no retention time over the limit.
        equal["retention_over_limit"] = None
    if (answers["empty_text"], answers["omitted_on_update"]) == ("ignored", "reset"):
        # The text that is ignored is reset.
        equal["empty_text"] = "clears"
    if (answers["text_form"], answers["text_charset"]) == ("nfc", "iso-8859-1"):
        # Every character of this charset is composed.
        equal["text_form"] = "as_sent"
    if answers["http_challenge"] == [CLOSED]:
        # HTTPS offers HTTP/2 otherwise.
        equal["offers_http2"] = False
    return equal
