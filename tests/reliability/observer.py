# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes of a simulated device, request by request, and the client that makes each."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from tests.simulator import Configuration, Entry, Fault, Group, Rule
from tests.simulator.actions import GROUP_PARAMETER
from tests.simulator.calls import Call
from tests.simulator.device import Device
from tests.simulator.fault import Proceed
from tests.simulator.messages import Request, Response, no_response


@dataclass(frozen=True)
class State:
    """A snapshot of what a device stores."""

    groups: dict[str, Group]
    configurations: dict[str, Configuration]
    rules: dict[str, Rule]
    #: the IDs of the groups that a client sees
    listed: frozenset[str]
    #: the IDs of the groups with an active recording
    recorded: frozenset[str]
    #: the number of recordings lost so far
    lost: int

    @classmethod
    def of(cls, device: Device) -> State:
        """Return a snapshot of a device."""
        with device.lock:
            return cls(
                groups={key: replace(group) for key, group in device.groups.items()},
                configurations=deepcopy(device.actions.configurations),
                rules=deepcopy(device.actions.rules),
                listed=frozenset(group.recording_group_id for group in device.listed_groups),
                recorded=frozenset(key for key in device.groups if device.is_recording(key)),
                lost=len(device.lost_recordings),
            )

    def visible_groups(self) -> dict[str, Group]:
        """Return the groups that a client sees, by ID."""
        return {key: group for key, group in self.groups.items() if key in self.listed}

    def configurations_of(self, recording_group_id: str) -> dict[str, Configuration]:
        """Return the action configurations of a group."""
        return {
            key: item
            for key, item in self.configurations.items()
            if item.parameters.get(GROUP_PARAMETER) == recording_group_id
        }

    def rules_of(self, recording_group_id: str) -> dict[str, Rule]:
        """Return the action rules of a group."""
        users = self.configurations_of(recording_group_id)
        return {key: rule for key, rule in self.rules.items() if rule.primary_action in users}

    def facts_about(self, recording_group_id: str) -> tuple[object, ...]:
        """Return everything that belongs to a group, for a comparison."""
        return (
            self.groups.get(recording_group_id),
            recording_group_id in self.listed,
            self.configurations_of(recording_group_id),
            self.rules_of(recording_group_id),
        )


@dataclass(frozen=True)
class Step:
    """One change: a request of the task or, without a journal entry, an action of another client."""

    before: State
    after: State
    entry: Entry | None = None
    #: whether the device reports success
    succeeded: bool = False
    #: whether the client no longer waits for the response
    is_late: bool = False

    @property
    def call(self) -> str:
        """Return the name of the call, or an empty text for another client."""
        return self.entry.call if self.entry else ""

    @property
    def has_effect(self) -> bool:
        """Return whether the device changed."""
        return self.before != self.after


def argument(entry: Entry, name: str) -> str | None:
    """Return one argument of a request as it was sent."""
    return arguments(entry).get(name)


def arguments(entry: Entry) -> dict[str, str]:
    """Return all arguments of a request as they were sent."""
    return dict(parse_qsl(entry.target.partition("?")[2], keep_blank_values=True))


@dataclass(kw_only=True)
class DeviceObserver(Fault):
    """Record what each request changes. It is the innermost fault, and changes nothing itself."""

    steps: list[Step]
    times: int | None = None
    #: the request that is executed late
    late_entry: Entry | None = None

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        entry = self.late_entry or device.journal[-1]
        before = State.of(device)
        response = proceed()
        # IgnoreWrite executes the request, and then restores the state.
        after = before if "IgnoreWrite" in (entry.fault or "") else State.of(device)
        succeeded = response.status == 200 and response.code is None
        self.steps.append(Step(before, after, entry, succeeded, self.late_entry is not None))
        return response


@dataclass(kw_only=True)
class DelayedExecution(Fault):
    """Send no response, and execute the request when the client no longer waits."""

    delayed: list[tuple[Entry, Proceed]]

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        self.delayed.append((device.journal[-1], proceed))
        return no_response("hold")
