# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks against one device over HTTP, with faults, a second client and pulled cards between any two requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from ansible_collections.camfleet.axis.plugins.module_utils._http import session as session_module
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from tests.simulator import Fault, Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.faults import KINDS
from tests.simulator.models import Medium

from .invariants import Ran, hold, no_group_is_doubled, prediction_is_what_happens
from .tasks import IDS, NAMES, STREAMS, Options, Task, tasks, writing_tasks
from .unlimited_rate import UnlimitedRate
from .witness import Late, State, Step, Witness

_CLIENT = "127.0.0.1"
#: Seconds. The short one is for a device that says nothing for a while; nobody waits for the long one.
_SHORT, _LONG = 0.4, 10.0


@pytest.fixture(autouse=True)
def in_a_hurry() -> Iterator[None]:
    """No back-off is waited for."""
    with mock.patch.multiple(session_module, _INITIAL_RETRY_DELAY=0.001, _MAX_RETRY_DELAY=0.002):
        yield


# A group as somebody else made it, with what is recorded to it.
worlds = st.fixed_dictionaries(
    {
        "recording_group_id": st.sampled_from(IDS),
        "nice_name": st.sampled_from([*NAMES, ""]),
        "retention_time": st.sampled_from([0, 1, 24, 720, 8760]),
        "stream_options": st.sampled_from([item for item in STREAMS if isinstance(item, str)]),
        "recordings": st.integers(0, 3),
        "locked": st.booleans(),
        "rules": st.sampled_from([0, 0, 1, 2]),
    }
)

# What else happens: the second client, the card, the network.


def _create(device: Device, key: str, hours: int) -> None:
    if key not in device.groups:
        device.plant_group(recording_group_id=key, nice_name=NAMES[hours % len(NAMES)], retention_time=hours)


def _delete(device: Device, key: str, hours: int) -> None:
    if key in device.groups and not device.actions.names_group(key):
        device.delete_group(device.groups[key])


def _retain(device: Device, key: str, hours: int) -> None:
    if key in device.groups:
        device.change_group(device.groups[key], retention_time=hours)


def _rename(device: Device, key: str, hours: int) -> None:
    if key in device.groups:
        device.change_group(device.groups[key], nice_name=NAMES[hours % len(NAMES)], stream_options="fps=1")


def _record(device: Device, key: str, hours: int) -> None:
    device.plant_recording(key, name=f"Theirs {hours}", enabled=hours != 1)


def _stop(device: Device, key: str, hours: int) -> None:
    actions = device.actions
    for number, item in list(actions.configurations.items()):
        if item.parameters.get("recording_group_id") == key:
            for rule_id in [rule.rule_id for rule in actions.rules_of(number)]:
                actions.remove_rule(rule_id)
            actions.remove_configuration(number)
    device.update_recordings()


def _lock(device: Device, key: str, hours: int) -> None:
    disk = device.disks[device.profile.default_disk]
    disk.locked = not disk.locked
    device.update_recordings()


def _break(network: Any) -> Callable[[Device, str, int], None]:
    return lambda device, key, hours: setattr(device, "network", network)


DEEDS: dict[str, Callable[[Device, str, int], None]] = {
    "create": _create,
    "delete": _delete,
    "retain": _retain,
    "rename": _rename,
    "record": _record,
    "stop": _stop,
    "lock": _lock,
}
OUTAGES = {f"network {network}": _break(network) for network in ("silent", "reset", "closed", "refused")}
deeds = st.tuples(st.sampled_from([*DEEDS, "card"]), st.sampled_from(IDS), st.sampled_from([0, 1, 24, 8760]))
outages = st.tuples(st.sampled_from([*OUTAGES]), st.just("a"), st.just(0))


# Faults.

# Writes more often than reads: there it hurts.
_WRITES = "*/[cudAR]*"
CALLS = (
    *(_WRITES,) * 8,
    *(f"recording_group/{name}" for name in ("*", "list", "create", "update", "delete")),
    *(f"action/{name}" for name in ("*", "Get*", "Add*", "AddActionRule", "Remove*")),
    *("disks/list", "*"),
)
_SKIPPED = st.sampled_from([0, 0, 0, 1, 1, 2, 3])


@dataclass(frozen=True)
class Planned:
    """A fault to plant for one task."""

    kind: str
    options: tuple[tuple[str, Any], ...]
    slow: bool = False


def _planned(kind: str, *, slow: bool = False, **options: st.SearchStrategy[Any]) -> st.SearchStrategy[Planned]:
    where = {"call": st.sampled_from(CALLS), "skip": _SKIPPED, "times": st.sampled_from([1] * 6 + [2, None])}
    return st.builds(
        lambda chosen: Planned(kind, tuple(chosen.items()), slow), st.fixed_dictionaries({**where, **options})
    )


_STATUSES = st.sampled_from([500, 503, 429, 403, 404, 401])
_CHALLENGES = st.just(('Basic realm="x"', 'Digest realm="y", nonce="z", algorithm=SHA-999', "Negotiate"))
_ARGUMENTS = st.sampled_from([("retentiontime", 1), ("nicename", "Another"), ("description", None)])
quick_faults = st.one_of(
    *(_planned(kind) for kind in ("drop_before", "drop_after", "reset_before", "reset_after", "reset_in_response")),
    *(_planned(kind) for kind in ("ignore_write", "truncated", "html", "drop_after", "drop_before")),
    *(_planned(kind) for kind in ("doctype", "external_entity", "entity_bomb", "latin1", "namespace", "http_1_0")),
    *(_planned(kind) for kind in ("stale_nonce", "blocked")),
    _planned("error_code", code=st.sampled_from([10, 20, 40, 110, 120, 130, 140, 999])),
    _planned("http_status", status=_STATUSES, headers=st.sampled_from([(), (("Retry-After", "0"),)])),
    _planned("soap_fault", detail=st.sampled_from(["aa:InvalidConditionFilterFault", "aa:ActionRuleNotFoundFault"])),
    _planned("redirect", location=st.just("https://example.com/login?secret=1")),
    _planned("several_challenges", headers=_CHALLENGES),
    _ARGUMENTS.flatmap(lambda pair: _planned("change_argument", argument=st.just(pair[0]), value=st.just(pair[1]))),
)
slow_faults = st.one_of(
    _planned("no_response", slow=True, when=st.sampled_from(["before", "after"])),
    _planned("drip", slow=True, part=st.sampled_from(["headers", "body"])),
    _planned("late", slow=True),
)
#: What only the device can know, so that no check mode foretells it.
UNFORESEEABLE = frozenset(
    {"group_limit", "invalid_request", "invalid_stream_options", "invalid_condition", "group_in_use", "device_error"}
    | {"not_applied", "conflict"}
)


@dataclass(frozen=True)
class Meddling:
    """Something that happens just before or after a request of a task."""

    deed: tuple[str, str, int]
    call: str
    skip: int
    when: str


def _kind_of(meddling: Meddling) -> str:
    name = meddling.deed[0]
    return name if name in OUTAGES else f"second client: {name}" if name in DEEDS else "storage pulled or put back"


meddlings = st.builds(Meddling, deeds, st.sampled_from(CALLS), _SKIPPED, st.sampled_from(["before", "after"]))
breakings = st.builds(Meddling, outages, st.sampled_from(CALLS), _SKIPPED, st.sampled_from(["before", "after"]))

# Forms and defaults that the documentation leaves open and that no prediction depends on.
mild_switches = st.builds(
    Switches,
    default_retention_time=st.sampled_from([0, 720]),
    default_pre_duration=st.sampled_from([0, 1000]),
    list_unknown_id=st.sampled_from(["error_110", "empty"]),
    locked_recordings_survive=st.booleans(),
    disk_age_combines=st.booleans(),
    device_value=st.sampled_from(["as_sent", "upper", "lower"]),
    stream_options_form=st.sampled_from(["verbatim", "reordered", "reencoded", "reordered_reencoded"]),
    sha256_digest=st.booleans(),
    reuse_ids=st.booleans(),
    namespace_prefixes=st.sampled_from(["standard", "numbered"]),
    existing_id=st.sampled_from(["error_20", "error_10"]),
)
# Those that refuse, bound or change what is written.
hard_switches = st.builds(
    Switches,
    default_retention_time=st.sampled_from([0, 24]),
    max_groups=st.sampled_from([4, 100, 100]),
    disk_id_required=st.booleans(),
    empty_text=st.sampled_from(["clears", "ignored", "error_20"]),
    omitted_on_update=st.sampled_from(["kept", "reset"]),
    unknown_disk=st.sampled_from(["error_20", "error_10", "accepted"]),
    existing_id=st.sampled_from(["error_20", "error_10", "overwrite"]),
    text_charset=st.sampled_from(["utf-8", "iso-8859-1"]),
    text_limit=st.sampled_from([None, 3]),
    retention_limit=st.sampled_from([None, 100]),
    retention_over_limit=st.sampled_from(["error_20", "clamped"]),
    running_recording_blocks_delete=st.booleans(),
    recording_group_api=st.sampled_from([True] * 19 + [False]),
    action_service=st.sampled_from([True] * 9 + [False]),
    action_service_role=st.sampled_from(["operator"] * 8 + ["viewer", "administrator"]),
    action_checks_group=st.booleans(),
    foreign_groups_writable=st.booleans(),
)


class Operations(RuleBasedStateMachine):
    """One device, and everything that happens to it. Everything is judged after each task."""

    #: whether the device may refuse, bound or change what is written
    hard: ClassVar[bool] = False
    #: how many tasks may have to do with a device that says nothing
    patience: ClassVar[int] = 1
    #: how often each kind of fault was met
    met: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.fleet = Fleet()
        self.fleet.start()
        self.media: list[Medium] = []
        self.steps: list[Step] = []
        self.silences = 0

    @initialize(
        profile=st.sampled_from(["camera_12_9", "camera_12_9", "camera_10_12", "recorder_s3008"]),
        switches=st.booleans().flatmap(lambda plain: st.just(Switches()) if plain else mild_switches),
        hard=hard_switches,
        groups=st.lists(worlds, max_size=4),
    )
    def build(self, profile: str, switches: Switches, hard: Switches, groups: list[Options]) -> None:
        """A device with some groups, and with an action that is nobody's business."""
        self.device = self.fleet.add(profile, switches=hard if self.hard else switches)
        lamp = self.device.plant_configuration("com.axis.action.unlimited.ledcontrol", "Lamp", led="1", color="red")
        self.device.plant_rule(lamp.configuration_id, "Lamp")
        for group in groups:
            self._fill(group)

    def teardown(self) -> None:
        self.fleet.stop()

    # What happens between tasks.

    @rule(group=worlds)
    def fill(self, group: Options) -> None:
        """Somebody makes a group with recordings of one, 21 and 41 hours, and rules that record to it."""
        self._fill(group)

    def _fill(self, group: Options) -> None:
        key, more = group["recording_group_id"], ("recordings", "locked", "rules")
        if key not in self.device.groups:
            self.device.plant_group(**{name: value for name, value in group.items() if name not in more})
            self.device.plant_recordings(key, group["recordings"], 1, 20, locked=group["locked"])
        for number in range(group["rules"]):
            self.device.plant_recording(key, name=f"Rule {number}")

    @rule(deed=deeds | st.sampled_from([1, 30, 800]))
    def meddle(self, deed: tuple[str, str, int] | int) -> None:
        """Somebody else does something, or hours pass and the device cleans up."""
        if isinstance(deed, int):
            self.device.advance(deed)
        else:
            self._do(deed)

    # Tasks.

    @rule(task=tasks)
    def foretell_and_do(self, task: Task) -> None:
        """Check mode says what a real run does, and a second one does nothing."""
        told = self._run(task, check_mode=True)
        hold(told)
        real = self._run(task)
        hold(real)
        if not self._was_unforeseeable(told, real):
            prediction_is_what_happens(told, real)
        self._again(real)

    @rule(
        task=tasks,
        faults=st.lists(quick_faults, min_size=1, max_size=3),
        meddling=st.lists(meddlings, max_size=1),
        check_mode=st.sampled_from([False, False, False, False, True]),
        retries=st.integers(0, 1),
    )
    def do_under_fire(
        self, task: Task, faults: list[Planned], meddling: list[Meddling], check_mode: bool, retries: int
    ) -> None:
        """Faults and a second client, and once more without."""
        self._fire(task, faults, meddling, check_mode=check_mode, retries=retries)

    @precondition(lambda self: self.silences < self.patience)
    @rule(
        task=writing_tasks,
        faults=st.lists(slow_faults, min_size=1, max_size=1),
        others=st.lists(quick_faults, max_size=1),
        meddling=st.lists(meddlings, max_size=1),
    )
    def do_in_silence(self, task: Task, faults: list[Planned], others: list[Planned], meddling: list[Meddling]) -> None:
        """A device that says nothing, or nearly so."""
        self._fire(task, [*faults, *others], meddling, check_mode=False, retries=0)

    @precondition(lambda self: self.silences < self.patience)
    @rule(task=writing_tasks, outage=breakings, faults=st.lists(quick_faults, max_size=1))
    def do_while_the_network_breaks(self, task: Task, outage: Meddling, faults: list[Planned]) -> None:
        """The device is gone from some request on."""
        self._fire(task, faults, [outage], check_mode=False, retries=0)

    def _fire(
        self,
        task: Task,
        faults: Sequence[Planned],
        meddling: Sequence[Meddling],
        *,
        check_mode: bool,
        retries: int,
    ) -> None:
        first = self._run(task, faults, meddling, check_mode=check_mode, retries=retries)
        hold(first)
        if not check_mode and task.module != "info":
            # It goes on from what is there.
            second = self._run(task)
            hold(second)
            no_group_is_doubled(second, first)
            self._again(second)

    def _again(self, done: Ran) -> None:
        """What was done needs nothing more."""
        ambiguous = any(item["kind"] == "ambiguous" for item in done.result.get("refused", ()))
        if done.failed or ambiguous or done.task.module == "info":
            return
        again = self._run(done.task)
        hold(again)
        assert (again.failed, again.result["changed"], again.sent) == (False, False, ())

    def _was_unforeseeable(self, told: Ran, real: Ran) -> bool:
        """Whether only the device could know how the real run ends."""
        if told.task.user == "viewer" and real.kind == "forbidden":
            # Who may only read is told what an operator would do.
            return True
        if told.failed or not real.failed:
            return False
        expected = {"invalid_condition"}
        if told.task.module == "action":
            # An earlier task may only have predicted the group.
            expected |= {"group_not_found"}
        if (
            self.hard
            or any(disk.locked for disk in self.device.disks.values())
            or told.start.groups != told.start.shown()
        ):
            expected |= UNFORESEEABLE
        return real.kind in expected

    def _run(
        self,
        task: Task,
        faults: Sequence[Planned] = (),
        meddling: Sequence[Meddling] = (),
        *,
        check_mode: bool = False,
        retries: int = 0,
    ) -> Ran:
        device, kept = self.device, []
        self.steps = []
        witness = Witness(steps=self.steps)
        planted = [self._fault(item, kept) for item in faults]
        planted += [self._callback(item) for item in meddling]
        start, mark = State.of(device), device.mark()
        device.faults = [*planted, witness]
        quick = not any(item.slow for item in faults) and all(item.deed[0] != "network silent" for item in meddling)
        self.silences += not quick
        result = task.run(
            device.port,
            check_mode=check_mode,
            timeout=_LONG if quick else _SHORT,
            retries=retries,
            session=partial(Session, rate_limiter=UnlimitedRate()),
        )
        end = State.of(device)
        device.network = "up"
        device.faults = []
        device.authenticator.block(_CLIENT, 0)
        for entry, proceed in kept:
            witness.late = entry
            with device.lock:
                proceed()
        kinds = [*(item.kind for item in faults), *(_kind_of(item) for item in meddling)]
        self.met.update(kind for kind, fault in zip(kinds, planted, strict=True) if fault.hits)
        lost = tuple((item.group_id, str(reason)) for item, reason in device.lost_recordings[start.lost :])
        journal = tuple(device.journal_since(mark))
        return Ran(task, check_mode, result, tuple(self.steps), journal, start, end, lost)

    def _fault(self, item: Planned, kept: list[Any]) -> Fault:
        return Late(kept=kept, **dict(item.options)) if item.kind == "late" else KINDS[item.kind](**dict(item.options))

    def _callback(self, item: Meddling) -> Fault:
        run = partial(self._do, item.deed)
        options: Any = {"call": item.call, "skip": item.skip, "when": item.when}
        return KINDS["callback"](**options, run=lambda _device: run())

    def _do(self, deed: tuple[str, str, int]) -> None:
        name, key, hours = deed
        before = State.of(self.device)
        with self.device.lock:
            if name == "card":
                self._move_the_card()
            else:
                (DEEDS | OUTAGES)[name](self.device, key, hours)
        self.steps.append(Step(before, State.of(self.device)))

    def _move_the_card(self) -> None:
        slot = self.device.profile.default_disk
        if self.media:
            self.device.insert_disk(slot, self.media.pop())
        else:
            self.media.append(self.device.pull_disk(slot))


class HardOperations(Operations):
    """With a device that refuses, bounds or changes what is written."""

    hard = True
    met: ClassVar[Counter[str]] = Counter()


@pytest.mark.parametrize("machine", [Operations, HardOperations])
def test_whatever_happens_the_invariants_hold(
    machine: type[Operations], soak: bool, record_property: Callable[[str, object], None]
) -> None:
    examples, steps = (1500, 30) if soak else (60, 12)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=not soak, print_blob=True
        ),
    )
    for kind, number in machine.met.items():
        record_property("fault", (f"{kind}, among random tasks", number, number))
