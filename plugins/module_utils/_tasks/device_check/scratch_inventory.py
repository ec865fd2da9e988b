# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check may have on its device, and what of that is its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.scratch_ids import build_scratch_id
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_device import ScratchDevice
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import (
    UNLISTED_ID,
    Item,
    Kind,
    Snapshot,
    build_group_item,
    find_own_actions,
    find_run,
    find_run_of_group,
    find_similar,
    is_own,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.removal_commands import (
    delete_group_command,
    remove_configuration_command,
    remove_rule_command,
)

_WHEN_MOUNTED = "The device does not list it while its disk is not mounted. When the disk is mounted:"
_WHEN_UNUSED = "The {user} uses it, which the device check did not create. When nothing needs the group any longer:"
_UNCLEAR = "Find out whether another client created it, because the device check gave its group another ID."
_BY_NAME = "Remove it on the web page of the device, where it has this name."
_AFTERWARDS = "If it is still there after the next device check:"
_RUN_AGAIN = "Run the device check with a scratch group again: it removes what an earlier run left."
# Each device check uses the ID of the group that may not be listed.
_SHARED_RUN = find_run(UNLISTED_ID) or ""
#: In the order in which they can be removed.
_KINDS: tuple[Kind, ...] = ("action_rule", "action_configuration", "recording_group")


class ScratchInventory(ScratchDevice):
    """The items of one run, and those that earlier runs left.

    :param run: eight hexadecimal digits that all IDs of the run have.
    :param own: receives each text that the run generates.
    """

    def __init__(
        self, session: Session, *, run: str | None = None, own: Callable[[str], None] = lambda _text: None
    ) -> None:
        super().__init__(session)
        self._run = run or secrets.token_hex(4)
        #: receives each text that the run generates
        self.own = own
        #: whether a write may have been sent
        self.has_begun = False
        #: whether the device keeps all that identifies a group with a generated ID
        self.can_recognize = False
        #: what an earlier run left, as in ``remains``
        self.leftovers: list[dict[str, str | None]] = []
        #: what could not be removed, or not be confirmed to be removed
        self.remains: list[dict[str, str | None]] = []
        #: sentences about what else changed on the device meanwhile
        self.changes: list[str] = []
        #: what has the prefix in its ID or its name, and is not recognized: it is never touched
        self.unrecognized: list[dict[str, str | None]] = []
        #: IDs that the device generated for groups of this run, with the name that each was given
        self._generated: dict[str, str] = {}
        #: an ID that the device reported for a group without a name, which may be of another client
        self._unclear: str | None = None
        #: what may exist on the device, rules first
        self._possible: dict[tuple[Kind, str], Item] = {}
        #: what the device may create although the response to the request was lost
        self._lost: list[Item] = []
        #: IDs of groups that the device has and does not list
        self._unlisted = {UNLISTED_ID}
        #: IDs of groups that the device deleted for this run
        self._deleted: set[str] = set()
        #: by kind, whether the device used a generated ID again
        self.reused: dict[str, bool] = {}
        #: IDs of groups that the device listed twice
        self._twice: set[str] = set()
        #: IDs of groups with a post-duration, and of those that cannot be deleted because they may still be recorded to
        self._continues: set[str] = set()
        self._recording: set[str] = set()
        #: by ID of a group, what uses it that is not own
        self._users: dict[str, str] = {}
        self._before = Snapshot()
        #: what earlier runs left
        self._left: frozenset[tuple[Kind, str]] = frozenset()
        #: the runs whose items may be removed: this one, and until they are removed, those that left something
        self._runs = {self._run, _SHARED_RUN}

    def name(self, purpose: str) -> str:
        """Return the ID or the name for a purpose, which is of lower-case letters, digits, and hyphens."""
        name = build_scratch_id(self._run, purpose)
        if not is_own(name):
            raise ValueError(f"{name!r} is not a scratch ID")
        self.own(name)
        return name

    def _set_before(self, before: Snapshot) -> None:
        self._before = before
        runs = {find_run_of_group(group, self._before.actions) for group in self._before.groups}
        runs |= {find_run(item.name) for item in find_own_actions(self._before.actions or Actions())}
        self._runs |= {run for run in runs if run is not None}
        own = self._find_mine(self._before)
        self._left = frozenset(item.key for item in own)
        self.leftovers = [self._describe(item) for item in own]
        for item in own:
            self._remember(item)
        similar = find_similar(self._before, self._left)
        self.unrecognized = [{"kind": item.kind, "id": item.number, "name": item.name} for item in similar]

    def _forget_earlier_runs(self) -> None:
        """Note that nothing of an earlier run exists any more: what has its ID now is of one that still runs."""
        self._runs = {self._run, _SHARED_RUN}

    def _check_own(self, recording_group_id: str) -> None:
        if not is_own(recording_group_id) and recording_group_id not in self._generated:
            raise ValueError("not a scratch group")

    def _check_possible(self, kind: Kind, number: str) -> None:
        if (kind, number) not in self._possible:
            raise ValueError(f"not an own {kind}")

    def _remember(self, item: Item) -> bool:
        """Note that an item may exist, and return whether that is new."""
        key = item.key
        is_new = key not in self._possible
        self._possible[key] = item
        return is_new

    def _forget(self, item: Item) -> None:
        self._possible.pop(item.key, None)

    def _forget_group(self, recording_group_id: str) -> None:
        self._deleted.add(recording_group_id)
        self._possible.pop(("recording_group", recording_group_id), None)
        self._generated.pop(recording_group_id, None)

    def _label(self, recording_group_id: str) -> str:
        """Return what names a scratch group in a message; a generated ID may identify a site."""
        return self._generated.get(recording_group_id, recording_group_id)

    def _owns(self, group: ListedGroup, actions: Actions | None = None) -> bool:
        """Return whether a group may be removed; a generated ID may be that of a group of another client by now."""
        is_generated = self._generated.get(group.recording_group_id) == group.text("NiceName")
        return is_generated or find_run_of_group(group, actions) in self._runs

    def _find_mine(self, snapshot: Snapshot) -> tuple[Item, ...]:
        """Return what may be removed, rules first."""
        groups = (build_group_item(group) for group in snapshot.groups if self._owns(group, snapshot.actions))
        return (*find_own_actions(snapshot.actions or Actions(), self._runs), *groups)

    def _find_foreign_ids(self) -> set[str]:
        left = {number for kind, number in self._left if kind == "recording_group"}
        return {group.recording_group_id for group in self._before.groups} - left

    def _list_possible(self) -> list[Item]:
        """Return what may exist, in the order in which it can be removed."""
        return sorted(self._possible.values(), key=lambda item: _KINDS.index(item.kind))

    def _describe_remains(self, items: list[Item]) -> list[dict[str, str | None]]:
        described = [self._describe(item) for item in items]
        unknown = next((place for place, item in enumerate(items) if item.number is None), len(items))
        for item in described[unknown + 1 :]:
            if item["id"] is not None:
                # Until what has no known ID is removed, the device may reject this command.
                item["remove_with"] = f"{_AFTERWARDS} {item['remove_with']}"
        return described

    def _describe(self, item: Item) -> dict[str, str | None]:
        settings, number, pin = self._session.settings, item.number, self.key_pin
        command: str | None
        if number is None:
            command = _RUN_AGAIN
        elif number == self._unclear:
            command = _UNCLEAR
        elif item.kind == "action_rule":
            command = remove_rule_command(settings, number, pin) or _BY_NAME
        elif item.kind == "action_configuration":
            command = remove_configuration_command(settings, number, pin) or _BY_NAME
        else:
            command = delete_group_command(settings, number, pin)
            if number in self._unlisted:
                command = f"{_WHEN_MOUNTED} {command}"
            if number in self._users:
                command = f"{_WHEN_UNUSED.format(user=self._users[number])} {command}"
        return {"kind": item.kind, "id": number, "name": item.name, "remove_with": command}
