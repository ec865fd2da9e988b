# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What really happens to a simulated device, request by request, and who does it."""

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
    """What a device stores at one moment."""

    groups: dict[str, Group]
    configurations: dict[str, Configuration]
    rules: dict[str, Rule]
    #: the groups that a client sees
    listed: frozenset[str]
    #: the groups that rules record to
    recorded: frozenset[str]
    #: how many recordings went so far
    lost: int

    @classmethod
    def of(cls, device: Device) -> State:
        """The state now."""
        with device.lock:
            return cls(
                groups={key: replace(group) for key, group in device.groups.items()},
                configurations=deepcopy(device.actions.configurations),
                rules=deepcopy(device.actions.rules),
                listed=frozenset(group.recording_group_id for group in device.listed_groups),
                recorded=frozenset(key for key in device.groups if device.is_recording(key)),
                lost=len(device.lost_recordings),
            )

    def shown(self) -> dict[str, Group]:
        """The groups that a client sees, by id."""
        return {key: group for key, group in self.groups.items() if key in self.listed}

    def configurations_of(self, recording_group_id: str) -> dict[str, Configuration]:
        """The action configurations that name a group."""
        return {
            key: item
            for key, item in self.configurations.items()
            if item.parameters.get(GROUP_PARAMETER) == recording_group_id
        }

    def rules_of(self, recording_group_id: str) -> dict[str, Rule]:
        """The rules that start one of those."""
        users = self.configurations_of(recording_group_id)
        return {key: rule for key, rule in self.rules.items() if rule.primary_action in users}

    def about(self, recording_group_id: str) -> tuple[object, ...]:
        """All that is about one group, to be compared."""
        return (
            self.groups.get(recording_group_id),
            recording_group_id in self.listed,
            self.configurations_of(recording_group_id),
            self.rules_of(recording_group_id),
        )


@dataclass(frozen=True)
class Step:
    """One thing that happened: a request of the task at hand or, without an entry, the doing of somebody else."""

    before: State
    after: State
    entry: Entry | None = None
    #: whether the device says that it is done
    done: bool = False
    #: whether nobody waited for it any more
    late: bool = False

    @property
    def call(self) -> str:
        """The name of the call; nothing for somebody else."""
        return self.entry.call if self.entry else ""

    @property
    def has_effect(self) -> bool:
        """Whether something is not as it was."""
        return self.before != self.after


def argument(entry: Entry, name: str) -> str | None:
    """One argument of a request as it was sent."""
    return arguments(entry).get(name)


def arguments(entry: Entry) -> dict[str, str]:
    """All arguments of a request as they were sent."""
    return dict(parse_qsl(entry.target.partition("?")[2], keep_blank_values=True))


@dataclass(kw_only=True)
class Witness(Fault):
    """Writes down what each request does. It is no fault, but stands where one would, as the innermost."""

    steps: list[Step]
    times: int | None = None
    #: the request that is carried out late
    late: Entry | None = None

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        entry = self.late or device.journal[-1]
        before = State.of(device)
        answer = proceed()
        # What is only rehearsed is undone again.
        after = before if "IgnoreWrite" in (entry.fault or "") else State.of(device)
        done = answer.status == 200 and answer.code is None
        self.steps.append(Step(before, after, entry, done, self.late is not None))
        return answer


@dataclass(kw_only=True)
class Late(Fault):
    """The device says nothing, and carries the request out when nobody waits for it any more."""

    kept: list[tuple[Entry, Proceed]]

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        self.kept.append((device.journal[-1], proceed))
        return no_response("hold")
