# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check may create on a device, and the proof that it removes all of it and changes nothing else.

Everything that it creates has an ID or a name of one form, so that a later run recognizes what a killed one left. No
write is repeated before a read shows that it is necessary.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ActionRule, Actions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_changes import describe_changes
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_inventory import (
    ScratchInventory,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import (
    UNLISTED_ID,
    Item,
    Kind,
    Snapshot,
    build_group_item,
    build_recognized,
    find_own_actions,
    find_run_of_group,
    is_own,
    is_recognized,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict, not_applied
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import (
    NOT_FOUND,
    Arguments,
    ListedGroup,
    Outcome,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import list_disk_details

# Error codes of the recording group API.
FAILED, INVALID, GROUP_LIMIT, IN_USE = 10, 20, 120, 140
# Seconds, together more than a device blocks an address.
_CLEANUP_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
_MAX_CLEANUP_TIME = 180.0  # seconds
_MAX_REMOVALS = 3
_LATE = 1.0  # seconds
# A device check that runs changes its group more often than that, except while it waits for recordings.
_QUIET_TIME = 5.0  # seconds
_DELETION_DELAYS = (0.2, 1.0)  # seconds
# While a recording without an action may prevent the deletion of its group: after its post-duration, it ends.
_RECORDING_DELAYS = (15.0,) * 5  # seconds
# Another try would have the same result.
_FINAL_KINDS = frozenset({"authentication", "conflict", "tls"})
_UNKNOWN_CHANGES = (
    "What else changed on the device while the device check ran is unknown: it could not be read afterwards."
)
_GROUP_KINDS: frozenset[Kind] = frozenset({"recording_group"})
_ACTION_KINDS: frozenset[Kind] = frozenset({"action_configuration", "action_rule"})
_ANOTHER_CHECK = "Another device check writes to this device at the same time"
_WAIT_FOR_IT = "Wait until it has ended. Then run the device check again."


class ScratchArea(ScratchInventory):
    """The scratch groups of one run, with the actions that record to them."""

    # Before and after the experiments.

    @contextmanager
    def opened(self) -> Iterator[ScratchArea]:
        """Return a context for experiments: before it, what an earlier run left is removed; after it, everything.

        Whatever ends the context, ``remains`` and ``changes`` are set afterwards, unless nothing was written.

        :raises AxisError: what an earlier run left cannot be read, or not be removed. ``has_begun`` is whether a write
            may have been sent.
        """
        self.read_before()
        self._check_quiet()
        self.has_begun = True
        try:
            self._remove_leftovers()
            yield self
        finally:
            self.finish()

    def read_before(self) -> None:
        """Read what the device has, and set ``leftovers``; this sends no write."""
        self.read_key_pin()
        self.disks = list_disk_details(self._session)
        self._set_before(self._read_all())
        self.has_actions = self._before.actions is not None

    def read_leftovers(self) -> dict[str, DeviceError]:
        """Set ``leftovers`` as far as the role allows it, and return by name what cannot be read."""
        unread: dict[str, DeviceError] = {}
        self.read_key_pin()
        groups: tuple[ListedGroup, ...] = ()
        actions: Actions | None = None
        try:
            groups = self._raw.list()
        except DeviceError as error:
            unread["recording groups"] = error
        try:
            actions = self._actions.list()
        except DeviceError as error:
            if error.kind != "unsupported":
                unread["action configurations and action rules"] = error
        self._set_before(Snapshot(groups, actions))
        return unread

    def _check_quiet(self) -> None:
        """Check that what an earlier run left is not of one that is still running.

        :raises UnconfirmedWriteError: ``conflict``.
        """
        if not self.leftovers:
            return
        time.sleep(_QUIET_TIME)
        now = Snapshot(self._raw.list(), self._read_actions())
        found = [(self._find_mine(item), tuple(filter(self._owns, item.groups))) for item in (self._before, now)]
        if found[0] != found[1]:
            raise _another_check()

    def _remove_leftovers(self) -> None:
        self._raw.delete(UNLISTED_ID, (INVALID, NOT_FOUND))
        if self._possible:
            self._clean_up(time.monotonic() + _MAX_CLEANUP_TIME)
            if self._possible:
                raise conflict("Something that an earlier device check created on this device could not be removed")
            # Its recordings are gone, too.
            self._before = replace(self._before, spans=self._read_spans())
        self._forget_earlier_runs()

    def finish(self) -> None:
        """Remove everything, and set ``remains`` and ``changes``; raise no AxisError."""
        limit, self._session.time_limit = self._session.time_limit, TimeLimit()
        unclear: list[Item] = []
        try:
            if self._possible or self._lost:
                self._session.repeat_login()
                until = time.monotonic() + _MAX_CLEANUP_TIME
                self._clean_up(until)
                self._clean_up_late_writes(until)
            try:
                after = self._read_all()
                mine = {item.key for item in self._find_mine(after)}
                self.changes = describe_changes(self._before, after, self._left, mine)
                unclear = self._find_unclear(after)
            except AxisError:
                self.changes = [_UNKNOWN_CHANGES]
        finally:
            self._session.time_limit = limit
            self.remains = self._describe_remains([*self._list_possible(), *unclear])

    def _find_unclear(self, after: Snapshot) -> list[Item]:
        """Return the group without a name that the device reported for one with an ID, if the device lists it."""
        listed = (build_group_item(group) for group in after.groups if group.recording_group_id == self._unclear)
        return [item for item in listed if not item.name]

    # What experiments need.

    def create_group(self, purpose: str, *arguments: tuple[str, str], explained: Collection[int] = ()) -> Outcome:
        """Create a group with the ID of a purpose on the usable disk."""
        return self.create((("recordinggroupid", self.name(purpose)), ("diskid", self.disk_id), *arguments), explained)

    def create(self, arguments: Arguments, explained: Collection[int] = ()) -> Outcome:
        """Create a group with raw arguments, of which the ID or the name is one of this run.

        :param explained: the error codes that are an outcome; any other one is an error.
        """
        given = dict(arguments)
        number, name = given.get("recordinggroupid", ""), given.get("nicename", "")
        if not is_own(number) and not (self.can_recognize and given.items() >= dict(build_recognized(name)).items()):
            raise ValueError("a scratch group must have an ID or a name that identifies it")
        item = Item("recording_group", number if is_own(number) else None, name)
        with self._creating(item) as is_new:
            outcome = self._raw.create(arguments, explained)
        if outcome.is_success:
            self._note_created(item, outcome.recording_group_id or "")
            self._check_alone()
        elif is_new and outcome.code != FAILED:
            self._forget(item)
        return outcome

    def _check_alone(self) -> None:
        """Check that the device lists no group of another run that began later: that one reads this group, too.

        :raises UnconfirmedWriteError: ``conflict``.
        """
        with self._unobserved():
            listed = self._raw.list()
        foreign = self._find_foreign_ids()
        for group in listed:
            run = find_run_of_group(group, None)
            if run is not None and run not in self._runs and group.recording_group_id not in foreign:
                raise _another_check()

    @contextmanager
    def _unobserved(self) -> Iterator[None]:
        """Return a context for requests that settle no point."""
        observe, self._session.observe = self._session.observe, None
        try:
            yield
        finally:
            self._session.observe = observe

    def _note_created(self, item: Item, created: str) -> None:
        if created in self._find_foreign_ids():
            raise conflict("The device reports that it created a recording group that existed before")
        if created != item.number:
            if not is_own(item.name):
                self._unclear = created
                raise conflict("The device reports an ID that is not that of the scratch group that it created")
            self._generated[created] = item.name
        self._deleted.discard(created)
        self._forget(item)
        self._remember(Item("recording_group", created, item.name))

    @contextmanager
    def _creating(self, item: Item) -> Iterator[bool]:
        """Note that an item may exist, unless its creation certainly failed; yield whether that is new."""
        is_new = self._remember(item)
        try:
            yield is_new
        except AxisError as error:
            if error.maybe_applied:
                self._lost.append(item)
            elif is_new:
                self._forget(item)
            raise
        except BaseException:
            self._lost.append(item)
            raise

    def update(self, recording_group_id: str, *arguments: tuple[str, str], explained: Collection[int] = ()) -> Outcome:
        """Update a scratch group with raw arguments."""
        self._check_own(recording_group_id)
        return self._raw.update((("recordinggroupid", recording_group_id), *arguments), explained)

    def find(self, recording_group_id: str) -> ListedGroup | None:
        """Return a scratch group, or ``None`` if the device does not list it.

        :raises UnconfirmedWriteError: ``conflict``, if the device lists it twice.
        """
        found = self._raw.list(recording_group_id)
        if len(found) > 1:
            raise conflict(f"The device lists two recording groups with the ID of {self._label(recording_group_id)}")
        return found[0] if found else None

    def read(self, recording_group_id: str) -> ListedGroup:
        """Return a scratch group.

        :raises UnconfirmedWriteError: ``conflict``, if the device does not list it.
        """
        found = self.find(recording_group_id)
        if found is None:
            raise conflict(f"The device no longer lists the scratch group {self._label(recording_group_id)}")
        if not self._owns(found):
            raise conflict("Another client uses the ID of a scratch group that the device had generated")
        return found

    def _has_vanished(self, recording_group_id: str) -> bool:
        """Return whether a group is not listed any more; the device may need a moment for that."""
        for delay in _DELETION_DELAYS:
            if self.find(recording_group_id) is None:
                return True
            time.sleep(delay)
        return self.find(recording_group_id) is None

    def note_unlisted(self, recording_group_id: str) -> None:
        """Note that the device created a scratch group and does not list it."""
        self._check_own(recording_group_id)
        self._unlisted.add(recording_group_id)

    def delete(self, recording_group_id: str, explained: Collection[int] = ()) -> Outcome:
        """Delete a scratch group, and check that it is not listed any more."""
        self._check_own(recording_group_id)
        if not is_own(recording_group_id):
            self.read(recording_group_id)
        outcome = self._raw.delete(recording_group_id, explained)
        if outcome.is_success:
            if not self._has_vanished(recording_group_id):
                raise not_applied(
                    f"The device reports that it deleted the scratch group {self._label(recording_group_id)}, and "
                    "lists it"
                )
            self._forget_group(recording_group_id)
        return outcome

    def add_configuration(self, purpose: str, recording_group_id: str) -> str:
        """Add an action configuration for a scratch group, which may be missing, and return its ID."""
        self._check_own(recording_group_id)
        name = self.name(purpose)
        unknown = Item("action_configuration", None, name)
        with self._creating(unknown):
            number = self._actions.add_configuration(name, recording_group_id)
        self._forget(unknown)
        self._remember(Item("action_configuration", number, name))
        return number

    def add_rule(self, purpose: str, rule: ActionRule) -> str:
        """Add a rule for an own action configuration, and return its ID; the rule's ID and name are ignored."""
        if ("action_configuration", rule.primary_action) not in self._possible:
            raise ValueError("the primary action is not an action configuration of the device check")
        name = self.name(purpose)
        unknown = Item("action_rule", None, name)
        with self._creating(unknown):
            number = self._actions.add_rule(replace(rule, rule_id="", name=name))
        self._forget(unknown)
        self._remember(Item("action_rule", number, name))
        return number

    def remove_configuration(self, configuration_id: str) -> None:
        """Remove an own action configuration, and check that it is not listed any more."""
        self._check_possible("action_configuration", configuration_id)
        self._actions.remove_configuration(configuration_id)
        listed = self._actions.list().configurations
        if any(item.configuration_id == configuration_id for item in listed):
            raise not_applied("The device reports that it removed an action configuration, and lists it")
        del self._possible["action_configuration", configuration_id]

    def remove_rule(self, rule_id: str) -> None:
        """Remove an own rule, and check that it is not listed any more."""
        self._check_possible("action_rule", rule_id)
        self._actions.remove_rule(rule_id)
        if any(item.rule_id == rule_id for item in self._actions.list().rules):
            raise not_applied("The device reports that it removed an action rule, and lists it")
        del self._possible["action_rule", rule_id]

    # Cleaning up.

    def _clean_up(self, until: float) -> None:
        """Remove everything that is own, rules first, until a read shows that it is gone, a limited number of times."""
        removals = Counter[Item]()
        for delay in self._cleanup_delays():
            try:
                if self._clean_up_once(removals):
                    return
            except AxisError as error:
                if error.kind in _FINAL_KINDS or error.ends_session:
                    return
            if delay is None or time.monotonic() > until:
                return
            time.sleep(delay)

    def _cleanup_delays(self) -> Iterator[float | None]:
        """Yield the seconds before each further try, and None after the last one."""
        yield from _CLEANUP_DELAYS
        for delay in _RECORDING_DELAYS:
            if self._recording:
                yield delay
        yield None

    def _clean_up_late_writes(self, until: float) -> None:
        """Look again for what the device may have created after the task stopped waiting for its response."""
        if self._lost:
            time.sleep(_LATE)
            lost, self._lost = self._lost, []
            for item in lost:
                self._remember(item)
            self._clean_up(until)

    def _clean_up_once(self, removals: Counter[Item]) -> bool:
        """Remove what the device lists, and return whether nothing remains that another try could remove.

        :raises AxisError: if something cannot be read.
        """
        found, error = self._find_own()
        for item in self._removable(found, removals):
            removals[item] += 1
            with suppress(DeviceError):
                self._remove(item)
            if item.number in self._recording:
                # This may take several tries.
                removals[item] -= 1
        if found:
            found, error = self._find_own()
        if error is not None:
            raise error
        return not self._removable(found, removals)

    def _removable(self, found: Iterable[Item], removals: Counter[Item]) -> list[Item]:
        """Return what may be removed; of two groups with one ID, the device could delete the wrong one."""
        kept = {*self._twice, *self._users}
        is_once = (item for item in found if item.kind != "recording_group" or item.number not in kept)
        return [item for item in is_once if removals[item] < _MAX_REMOVALS]

    def _find_own(self) -> tuple[list[Item], AxisError | None]:
        """Read what is left of each kind that may exist, rules first; return the error if one cannot be read."""
        error: AxisError | None = None
        found: list[Item] = []
        kinds = {kind for kind, _number in self._possible}
        for read, read_kinds in ((self._find_own_actions, _ACTION_KINDS), (self._find_own_groups, _GROUP_KINDS)):
            if not kinds & read_kinds:
                continue
            try:
                own = read()
            except AxisError as failure:
                if failure.kind in _FINAL_KINDS or failure.ends_session:
                    raise
                error = error or failure
                continue
            found += own
            kept = {key: item for key, item in self._possible.items() if key[0] not in read_kinds}
            self._possible = {**kept, **{item.key: item for item in own}}
        return found, error

    def _find_own_actions(self) -> tuple[Item, ...]:
        return find_own_actions(self._actions.list(), self._runs)

    def _find_own_groups(self) -> tuple[Item, ...]:
        listed = self._raw.list()
        numbers = Counter(group.recording_group_id for group in listed)
        self._twice = {number for number, count in numbers.items() if count > 1}
        self._continues = {group.recording_group_id for group in listed if group.number("PostDuration")}
        possible = [item for (kind, _number), item in self._possible.items() if kind == "recording_group"]
        missing = [item for item in possible if item.number is not None and item.number not in numbers]
        unexplained = [item for item in missing if item.number not in self._unlisted | self._deleted]
        if unexplained and self.is_disk_mounted():
            # The device may list them later.
            self._lost += unexplained
        else:
            # They are on the disk, and return with it.
            self._unlisted |= {item.number or "" for item in unexplained}
        # Nothing may use what only its fields identify.
        actions = self._read_actions() if any(map(is_recognized, listed)) else None
        own = (build_group_item(group) for group in listed if self._owns(group, actions))
        return (*own, *(item for item in missing if item.number in self._unlisted))

    def _remove(self, item: Item) -> None:
        number = item.number or ""
        if item.kind == "action_rule":
            self._actions.remove_rule(number)
        elif item.kind == "action_configuration":
            self._actions.remove_configuration(number)
        elif number == UNLISTED_ID:
            self.remove_unlisted()
        else:
            outcome = self._raw.delete(number, (NOT_FOUND, IN_USE))
            if outcome.is_success:
                self._deleted.add(number)
            is_recording = outcome.code == IN_USE and not self._find_user(number) and number in self._continues
            (self._recording.add if is_recording else self._recording.discard)(number)

    def _find_user(self, recording_group_id: str) -> bool:
        """Return whether something uses a group that is not own, so that waiting does not help."""
        with suppress(AxisError):
            actions = self._read_actions() or Actions()
            own = {item.number for item in find_own_actions(actions)}
            used = (item for item in actions.configurations_of(recording_group_id) if item.configuration_id not in own)
            for item in used:
                self._users[recording_group_id] = f"action configuration {item.configuration_id}"
        return recording_group_id in self._users

    def remove_unlisted(self) -> bool:
        """Delete the group that no list may show, and return whether it does not exist any more.

        A device that does not find it may still have it: only the creation of a group with its ID shows that.
        """
        item = Item("recording_group", UNLISTED_ID, "")
        is_new = item.key not in self._possible
        if not self._raw.delete(UNLISTED_ID, (INVALID, NOT_FOUND)).is_success:
            if self.disk is None:
                return False
            arguments = (("recordinggroupid", UNLISTED_ID), ("diskid", self.disk_id))
            if not self.create(arguments, (FAILED, INVALID)).is_success:
                if self.is_disk_usable():
                    self._remember(item)
                elif is_new:
                    self._forget(item)
                return False
            self._raw.delete(UNLISTED_ID)
        if self.find(UNLISTED_ID) is not None:
            return False
        self._forget_group(UNLISTED_ID)
        return True


def _another_check() -> UnconfirmedWriteError:
    return UnconfirmedWriteError("conflict", _ANOTHER_CHECK, _WAIT_FOR_IT)
