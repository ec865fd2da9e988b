# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks on one device over HTTP, with faults, a second client, and removed disks between any two requests."""

from __future__ import annotations

import math
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
from ansible_collections.camfleet.axis.plugins.module_utils._tasks import writes
from tests.simulator import Fault, Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.faults import KINDS
from tests.simulator.models import Medium

from .invariants import TaskRun, check_invariants, check_no_duplicate_group, check_prediction
from .observer import DelayedExecution, DeviceObserver, State, Step
from .tasks import DERIVED_IDS, IDS, NAMES, STREAMS, DesiredGroup, Options, Task, tasks, writing_tasks
from .unlimited_rate import UnlimitedRate

_CLIENT = "127.0.0.1"
#: Seconds. The short timeout is for a device that does not respond; no task waits for the long one.
_SHORT_TIMEOUT, _LONG_TIMEOUT = 0.4, 10.0


@pytest.fixture(autouse=True)
def short_retry_delays() -> Iterator[None]:
    """Shorten the retry delays."""
    with mock.patch.multiple(session_module, _INITIAL_RETRY_DELAY=0.001, _MAX_RETRY_DELAY=0.002):
        yield


# Groups of other clients, with recordings and rules.
group_setups = st.fixed_dictionaries(
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

# Other events: the second client, the disk, the network.


def _create(device: Device, key: str, hours: int) -> None:
    if key not in device.groups:
        device.plant_group(recording_group_id=key, nice_name=NAMES[hours % len(NAMES)], retention_time=hours)


def _delete(device: Device, key: str, hours: int) -> None:
    if key in device.groups and not device.actions.references_group(key):
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
            for rule_id in [rule.rule_id for rule in actions.rules_using(number)]:
                actions.remove_rule(rule_id)
            actions.remove_configuration(number)
    device.update_recordings()


def _lock(device: Device, key: str, hours: int) -> None:
    disk = device.disks[device.profile.default_disk]
    disk.locked = not disk.locked
    device.update_recordings()


def _set_network(network: Any) -> Callable[[Device, str, int], None]:
    return lambda device, key, hours: setattr(device, "network", network)


CLIENT_EVENTS: dict[str, Callable[[Device, str, int], None]] = {
    "create": _create,
    "delete": _delete,
    "retain": _retain,
    "rename": _rename,
    "record": _record,
    "stop": _stop,
    "lock": _lock,
}
OUTAGES = {f"network {network}": _set_network(network) for network in ("silent", "reset", "closed", "refused")}
client_events = st.tuples(
    st.sampled_from([*CLIENT_EVENTS, "disk"]), st.sampled_from(IDS), st.sampled_from([0, 1, 24, 8760])
)
outages = st.tuples(st.sampled_from([*OUTAGES]), st.just("a"), st.just(0))


# Faults.

# Writes occur more often than reads, since their faults do more harm.
_WRITES = "*/[cudAR]*"
CALLS = (
    *(_WRITES,) * 8,
    *(f"recording_group/{name}" for name in ("*", "list", "create", "update", "delete")),
    *(f"action/{name}" for name in ("*", "Get*", "Add*", "AddActionRule", "Remove*")),
    *("disks/list", "*"),
)
_SKIP_COUNTS = st.sampled_from([0, 0, 0, 1, 1, 2, 3])


@dataclass(frozen=True)
class PlannedFault:
    """A fault to plant for one task."""

    kind: str
    options: tuple[tuple[str, Any], ...]
    slow: bool = False


def _plan_fault(kind: str, *, slow: bool = False, **options: st.SearchStrategy[Any]) -> st.SearchStrategy[PlannedFault]:
    where = {"call": st.sampled_from(CALLS), "skip": _SKIP_COUNTS, "times": st.sampled_from([1] * 6 + [2, None])}
    return st.builds(
        lambda chosen: PlannedFault(kind, tuple(chosen.items()), slow), st.fixed_dictionaries({**where, **options})
    )


_STATUSES = st.sampled_from([500, 503, 429, 403, 404, 401])
_CHALLENGES = st.just(('Basic realm="x"', 'Digest realm="y", nonce="z", algorithm=SHA-999', "Negotiate"))
_ARGUMENTS = st.sampled_from([("retentiontime", 1), ("nicename", "Another"), ("description", None)])
quick_faults = st.one_of(
    *(_plan_fault(kind) for kind in ("drop_before", "drop_after", "reset_before", "reset_after", "reset_in_response")),
    *(_plan_fault(kind) for kind in ("ignore_write", "truncated", "html", "drop_after", "drop_before")),
    *(_plan_fault(kind) for kind in ("doctype", "external_entity", "entity_bomb", "latin1", "namespace", "http_1_0")),
    *(_plan_fault(kind) for kind in ("stale_nonce", "blocked")),
    _plan_fault("error_code", code=st.sampled_from([10, 20, 40, 110, 120, 130, 140, 999])),
    _plan_fault("http_status", status=_STATUSES, headers=st.sampled_from([(), (("Retry-After", "0"),)])),
    _plan_fault("soap_fault", detail=st.sampled_from(["aa:InvalidConditionFilterFault", "aa:ActionRuleNotFoundFault"])),
    _plan_fault("redirect", location=st.just("https://example.com/login?secret=1")),
    _plan_fault("several_challenges", headers=_CHALLENGES),
    _ARGUMENTS.flatmap(lambda pair: _plan_fault("change_argument", argument=st.just(pair[0]), value=st.just(pair[1]))),
)
slow_faults = st.one_of(
    _plan_fault("no_response", slow=True, when=st.sampled_from(["before", "after"])),
    _plan_fault("drip", slow=True, part=st.sampled_from(["headers", "body"])),
    _plan_fault("late", slow=True),
)
#: Errors that depend on the device, so that check mode cannot predict them.
UNPREDICTABLE = frozenset(
    {"group_limit", "invalid_request", "invalid_stream_options", "invalid_condition", "group_in_use", "device_error"}
    | {"not_applied", "conflict"}
)


@dataclass(frozen=True)
class Interference:
    """An event just before or after a request of a task."""

    event: tuple[str, str, int]
    call: str
    skip: int
    when: str


def _describe_interference(interference: Interference) -> str:
    name = interference.event[0]
    return (
        name
        if name in OUTAGES
        else f"second client: {name}"
        if name in CLIENT_EVENTS
        else "storage removed or inserted"
    )


client_interferences = st.builds(
    Interference, client_events, st.sampled_from(CALLS), _SKIP_COUNTS, st.sampled_from(["before", "after"])
)
network_interferences = st.builds(
    Interference, outages, st.sampled_from(CALLS), _SKIP_COUNTS, st.sampled_from(["before", "after"])
)

# Forms and defaults that the documentation leaves open, and that no prediction depends on.
compatible_switches = st.builds(
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
    text_form=st.sampled_from(["as_sent", "trimmed", "folded", "nfc", "nfd"]),
)
# Switches that reject, limit, or change what is written.
restrictive_switches = st.builds(
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


class RandomOperations(RuleBasedStateMachine):
    """One device and a random history of it. Every task is followed by all checks."""

    #: whether the device may reject, limit, or change what is written
    restrictive: ClassVar[bool] = False
    #: the number of tasks that may wait for a timeout
    max_slow_tasks: ClassVar[int] = 1
    #: the number of occurrences of each fault
    occurred: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.fleet = Fleet()
        self.fleet.start()
        self.media: list[Medium] = []
        self.steps: list[Step] = []
        self.slow_tasks = 0

    @initialize(
        profile=st.sampled_from(["camera_12_9", "camera_12_9", "camera_10_12", "recorder_s3008"]),
        switches=st.booleans().flatmap(lambda plain: st.just(Switches()) if plain else compatible_switches),
        restrictive=restrictive_switches,
        groups=st.lists(group_setups, max_size=4),
        slow=st.booleans(),
    )
    def build(self, profile: str, switches: Switches, restrictive: Switches, groups: list[Options], slow: bool) -> None:
        """Add a device with some groups, and with an unrelated action.

        If it is slow, every list is too old for a write that could lose recordings; otherwise, none is.
        """
        self.max_age = -1.0 if slow else math.inf
        self.device = self.fleet.add(profile, switches=restrictive if self.restrictive else switches)
        lamp = self.device.plant_configuration("com.axis.action.unlimited.ledcontrol", "Lamp", led="1", color="red")
        self.device.plant_rule(lamp.configuration_id, "Lamp")
        for group in groups:
            self._fill(group)

    def teardown(self) -> None:
        self.fleet.stop()

    # Events between tasks.

    @rule(group=group_setups)
    def fill(self, group: Options) -> None:
        """Add a group with recordings that are 1, 21, and 41 hours old, and with rules."""
        self._fill(group)

    def _fill(self, group: Options) -> None:
        key, more = group["recording_group_id"], ("recordings", "locked", "rules")
        if key not in self.device.groups:
            self.device.plant_group(**{name: value for name, value in group.items() if name not in more})
            self.device.plant_recordings(key, group["recordings"], 1, 20, locked=group["locked"])
        for number in range(group["rules"]):
            self.device.plant_recording(key, name=f"Rule {number}")

    @rule(event=client_events | st.sampled_from([1, 30, 800]))
    def interfere(self, event: tuple[str, str, int] | int) -> None:
        """Let another client act, or let hours pass until the device removes old recordings."""
        if isinstance(event, int):
            self.device.advance(event)
        else:
            self._apply_event(event)

    # Tasks.

    @rule(task=tasks)
    def predict_and_apply(self, task: Task) -> None:
        """Check that check mode predicts the real run, and that a second run changes nothing."""
        predicted = self._run(task, check_mode=True)
        check_invariants(predicted)
        real = self._run(task)
        check_invariants(real)
        if not self._is_unpredictable(predicted, real):
            check_prediction(predicted, real)
        self._check_idempotent(real)

    @rule(
        task=tasks,
        faults=st.lists(quick_faults, min_size=1, max_size=3),
        interference=st.lists(client_interferences, max_size=1),
        check_mode=st.sampled_from([False, False, False, False, True]),
        retries=st.integers(0, 1),
    )
    def apply_with_faults(
        self, task: Task, faults: list[PlannedFault], interference: list[Interference], check_mode: bool, retries: int
    ) -> None:
        """Run a task with faults and a second client, and again without them."""
        self._apply_with_faults(task, faults, interference, check_mode=check_mode, retries=retries)

    @precondition(lambda self: self.slow_tasks < self.max_slow_tasks)
    @rule(
        task=writing_tasks,
        faults=st.lists(slow_faults, min_size=1, max_size=1),
        others=st.lists(quick_faults, max_size=1),
        interference=st.lists(client_interferences, max_size=1),
    )
    def apply_with_slow_responses(
        self, task: Task, faults: list[PlannedFault], others: list[PlannedFault], interference: list[Interference]
    ) -> None:
        """Run a task on a device that does not respond, or responds too slowly."""
        self._apply_with_faults(task, [*faults, *others], interference, check_mode=False, retries=0)

    @precondition(lambda self: self.slow_tasks < self.max_slow_tasks)
    @rule(task=writing_tasks, outage=network_interferences, faults=st.lists(quick_faults, max_size=1))
    def apply_during_outage(self, task: Task, outage: Interference, faults: list[PlannedFault]) -> None:
        """Run a task during which the network fails."""
        self._apply_with_faults(task, faults, [outage], check_mode=False, retries=0)

    def _apply_with_faults(
        self,
        task: Task,
        faults: Sequence[PlannedFault],
        interference: Sequence[Interference],
        *,
        check_mode: bool,
        retries: int,
    ) -> None:
        first = self._run(task, faults, interference, check_mode=check_mode, retries=retries)
        check_invariants(first)
        if not check_mode and task.module != "info":
            # The second run continues from the current state.
            second = self._run(task)
            check_invariants(second)
            check_no_duplicate_group(second, first)
            self._check_idempotent(second)

    def _check_idempotent(self, run: TaskRun) -> None:
        """Check that the same task again changes nothing."""
        ambiguous = any(item["kind"] == "ambiguous" for item in run.result.get("refused", ()))
        if run.failed or ambiguous or run.task.module == "info":
            return
        again = self._run(run.task)
        check_invariants(again)
        assert (again.failed, again.result["changed"], again.writes) == (False, False, ())

    def _is_unpredictable(self, predicted: TaskRun, real: TaskRun) -> bool:
        """Return whether the result of the real run depends on what only the device knows."""
        if predicted.task.user == "viewer" and real.kind == "forbidden":
            # Check mode predicts for a viewer what an operator could do.
            return True
        if predicted.failed or not real.failed:
            return False
        expected = {"invalid_condition"}
        if predicted.task.module == "action":
            # An earlier task may have only predicted the group.
            expected |= {"group_not_found"}
        if (
            self.restrictive
            or any(disk.locked for disk in self.device.disks.values())
            or predicted.start.groups != predicted.start.visible_groups()
        ):
            expected |= UNPREDICTABLE
        return real.kind in expected

    def _run(
        self,
        task: Task,
        faults: Sequence[PlannedFault] = (),
        interference: Sequence[Interference] = (),
        *,
        check_mode: bool = False,
        retries: int = 0,
    ) -> TaskRun:
        device, delayed = self.device, []
        self.steps = []
        observer = DeviceObserver(steps=self.steps)
        planted = [self._fault(item, delayed) for item in faults]
        planted += [self._callback(item) for item in interference]
        start, journal_mark = State.of(device), device.mark()
        device.faults = [*planted, observer]
        is_quick = not any(item.slow for item in faults) and all(
            item.event[0] != "network silent" for item in interference
        )
        self.slow_tasks += not is_quick
        with mock.patch.object(writes, "MAX_AGE", self.max_age):
            result = task.run(
                device.port,
                check_mode=check_mode,
                timeout=_LONG_TIMEOUT if is_quick else _SHORT_TIMEOUT,
                retries=retries,
                session=partial(Session, rate_limiter=UnlimitedRate()),
            )
        end = State.of(device)
        device.network = "up"
        device.faults = []
        device.authenticator.block(_CLIENT, 0)
        for entry, proceed in delayed:
            observer.late_entry = entry
            with device.lock:
                proceed()
        kinds = [*(item.kind for item in faults), *(_describe_interference(item) for item in interference)]
        self.occurred.update(kind for kind, fault in zip(kinds, planted, strict=True) if fault.hits)
        lost = tuple((item.group_id, str(reason)) for item, reason in device.lost_recordings[start.lost :])
        journal = tuple(device.journal_since(journal_mark))
        is_slow = self.max_age < 0
        return TaskRun(task, check_mode, result, tuple(self.steps), journal, start, end, lost, is_slow)

    def _fault(self, item: PlannedFault, delayed: list[Any]) -> Fault:
        return (
            DelayedExecution(delayed=delayed, **dict(item.options))
            if item.kind == "late"
            else KINDS[item.kind](**dict(item.options))
        )

    def _callback(self, item: Interference) -> Fault:
        run = partial(self._apply_event, item.event)
        options: Any = {"call": item.call, "skip": item.skip, "when": item.when}
        return KINDS["callback"](**options, run=lambda _device: run())

    def _apply_event(self, event: tuple[str, str, int]) -> None:
        name, key, hours = event
        before = State.of(self.device)
        with self.device.lock:
            if name == "disk":
                self._move_disk()
            else:
                (CLIENT_EVENTS | OUTAGES)[name](self.device, key, hours)
        self.steps.append(Step(before, State.of(self.device)))

    def _move_disk(self) -> None:
        slot = self.device.profile.default_disk
        if self.media:
            self.device.insert_disk(slot, self.media.pop())
        else:
            self.media.append(self.device.pull_disk(slot))


class RestrictiveDeviceOperations(RandomOperations):
    """The same on a device that rejects, limits, or changes what is written."""

    restrictive = True
    occurred: ClassVar[Counter[str]] = Counter()


@pytest.mark.parametrize("machine", [RandomOperations, RestrictiveDeviceOperations])
def test_random_tasks_keep_the_invariants(
    machine: type[RandomOperations], soak: bool, record_property: Callable[[str, object], None]
) -> None:
    examples, steps = (1500, 30) if soak else (16, 10)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=not soak, print_blob=True
        ),
    )
    for kind, number in machine.occurred.items():
        record_property("fault", (f"{kind}, in random tasks", number, number))


_NON_ASCII, _TWO_LINES = NAMES[1:]


def _policy(entry: Options, rules: list[DesiredGroup], purged: list[str]) -> Task:
    options = {"groups": [entry], "existing_groups": [{**rule.fields, "match": rule.match} for rule in rules]}
    options |= {"purge": bool(purged), "purge_match": purged or ["*"], "on_refused": "report"}
    return Task(
        "policy",
        {**options, "allow_recording_loss": True},
        desired_groups=(DesiredGroup(entry),),
        rules=tuple(rules),
        purged=tuple(purged),
    )


def test_rule_applies_to_a_group_with_the_name_of_another() -> None:
    """An entry is the group with its derived ID, even if another group has the name of the entry."""
    state = RandomOperations()
    try:
        state.build("camera_12_9", Switches(), Switches(), [], slow=False)
        for key in (DERIVED_IDS[_TWO_LINES], "c"):
            state.device.plant_group(recording_group_id=key, nice_name=_TWO_LINES, retention_time=24)
        entry = {"nice_name": _TWO_LINES, "id_source": "derived"}
        state.predict_and_apply(
            _policy(entry, [DesiredGroup({"retention_time": "30d"}, match={"nice_name": "T*"})], [])
        )
        assert {key: group.retention_time for key, group in state.device.groups.items()} == {
            DERIVED_IDS[_TWO_LINES]: 24,
            "c": 720,
        }
    finally:
        state.teardown()


def test_group_with_a_name_in_another_encoding_is_not_purged() -> None:
    """The device decodes names as ISO-8859-1, so that the group may be that of the entry."""
    state = RestrictiveDeviceOperations()
    try:
        state.build("camera_12_9", Switches(), Switches(text_charset="iso-8859-1"), [], slow=False)
        state.device.plant_group(recording_group_id="d", nice_name=_NON_ASCII.encode().decode("iso-8859-1"))
        state.predict_and_apply(_policy({"nice_name": _NON_ASCII, "id_source": "device"}, [], ["d"]))
        assert [*state.device.groups] == ["d"]
    finally:
        state.teardown()
