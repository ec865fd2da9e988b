# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The device of a scratch area: what it has."""

from __future__ import annotations

from contextlib import suppress

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.certificate import parse_certificate
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import compute_fingerprint
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    MOUNTED_STATUSES,
    Disk,
    DiskDetails,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import Snapshot
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import RawGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recordings import get_recording_span
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import list_disks


class ScratchDevice:
    """A device with scratch groups, as it is read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._raw = RawGroups(session)
        self._actions = ActionService(session)
        self.disks: tuple[DiskDetails, ...] = ()
        #: whether the action service can be used
        self.has_actions = False
        #: of the pinned certificate, for commands
        self.key_pin: str | None = None

    def read_key_pin(self) -> None:
        """Set ``key_pin`` if the certificate is pinned, and if the device still shows it."""
        fingerprint = self._session.settings.tls.fingerprint
        with suppress(DeviceUnreachableError):
            encoded = self._session.read_certificate() if fingerprint else None
            if encoded is not None and compute_fingerprint(encoded) == fingerprint:
                certificate = parse_certificate(encoded)
                self.key_pin = certificate.key_pin if certificate else None

    @property
    def disk(self) -> DiskDetails | None:
        """Return the first disk on which a group can be created, if any; a full disk would delete recordings."""
        usable = (item for item in self.disks if item.disk.unusable_reason is None and not item.full)
        return next(usable, None)

    @property
    def disk_id(self) -> str:
        """Return the ID of ``disk``."""
        if self.disk is None:
            raise ValueError("no usable disk")
        return self.disk.disk.disk_id

    def is_disk_mounted(self) -> bool:
        """Return whether the disk of the scratch groups, if there is one, is still mounted."""
        return self.disk is None or any(item.status in MOUNTED_STATUSES for item in self._read_disk())

    def is_disk_usable(self) -> bool:
        """Return whether groups can still be created on the disk of the scratch groups."""
        return any(item.unusable_reason is None for item in self._read_disk())

    def _read_disk(self) -> list[Disk]:
        disk_id = self.disk_id
        return [item for item in list_disks(self._session) if item.disk_id == disk_id]

    def _read_all(self) -> Snapshot:
        groups, actions = self._raw.list(), self._read_actions()
        return Snapshot(groups, actions, self._read_spans())

    def _read_actions(self) -> Actions | None:
        """Return the actions, or ``None`` if the device, or the account, cannot use the action service."""
        try:
            return self._actions.list()
        except DeviceError as error:
            if error.kind not in ("unsupported", "forbidden") or self.has_actions:
                raise
            return None

    def _read_spans(self) -> dict[str, RecordingSpan]:
        mounted = (item.disk.disk_id for item in self.disks if item.is_mounted)
        return {disk_id: get_recording_span(self._session, disk_id) for disk_id in mounted}

    def count_groups(self) -> int:
        """Return how many groups the device lists."""
        return len(self._raw.list())

    def list_actions(self) -> Actions:
        """Return the action configurations and rules of the device."""
        return self._actions.list()
