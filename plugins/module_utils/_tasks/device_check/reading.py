# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of a device check that only reads; an account with the role viewer is sufficient for most of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.scratch_ids import build_scratch_id
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.connection_reading import (
    ConnectionReader,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.disk_reading import (
    answer_disk_attributes,
    build_disk,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import NO_LIMIT, DeviceModel
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.reading_errors import ReadErrors
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import PointRecord, Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.service_roles import (
    ROLES,
    Access,
    find_lowest_role,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls, device_reads
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_json import build_property_rules
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_xml import (
    build_recording_rules,
    show_type,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import read_serial
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import NOT_FOUND, RawGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import get_disk_health

_NOT_ALLOWED = frozenset({400, 404, 405, 501})


@dataclass
class Reading:
    """What a device check has read.

    :param role: of the login; the lowest possible one if the device does not show it, None if nothing shows it.
    :param disks: with the attributes of disks/list.cgi; None if they cannot be read.
    """

    device: DeviceModel = field(default_factory=DeviceModel)
    role: str | None = None
    disks: list[dict[str, Any]] | None = None
    observations: dict[str, Any] = field(default_factory=dict)


def read_device(
    session: Session,
    recorder: Recorder,
    options: DeviceCheckOptions,
    open_session: Callable[[ConnectionSettings], Session],
    reading: Reading,
) -> None:
    """Settle all points that need no write.

    :param reading: receives what was read, also if an error ends the check.
    :raises AxisError: every later request would fail, too: not reachable, wrong login, blocked, another device.
    """
    _DeviceReader(session, recorder, options, open_session, reading).run()


class _DeviceReader:
    def __init__(
        self,
        session: Session,
        recorder: Recorder,
        options: DeviceCheckOptions,
        open_session: Callable[[ConnectionSettings], Session],
        reading: Reading,
    ) -> None:
        self._session = session
        self._recorder = recorder
        self._options = options
        self._open_session = open_session
        self._reading = reading
        self._errors = ReadErrors(recorder)
        self._serial: str | None = None
        self._has_groups: bool | None = None
        #: the roles that the login may have
        self._roles = ("viewer", "administrator")
        self._has_actions = False
        self._may_use_actions: bool | None = None
        self._action_exchange: RawExchange | None = None

    def run(self) -> None:
        connection = ConnectionReader(self._session, self._recorder, self._options)
        connection.run()
        self._reading.observations |= connection.observations
        self._serial = connection.serial
        # What is known without a login is kept if the login fails.
        self._read_apis()
        self._read_anonymous_device_info()
        self._read_groups()
        self._read_clock()
        self._read_group_calls()
        self._read_protected_apis()
        self._read_device_info()
        self._read_rest_apis()
        self._read_own_role()
        self._read_recordings()
        self._read_disks()
        self._read_parameters()
        self._read_actions()
        self._answer_action_role()

    def _observe(self, name: str, value: Any) -> None:
        self._reading.observations[name] = value

    # The recording group API.

    def _read_groups(self) -> None:
        """Read the list of groups, the first request with the login."""
        listed = None
        with self._errors.point("recording_group_api", calls.LIST_GROUPS) as point:
            try:
                listed = RawGroups(self._session).list()
            except DeviceError as error:
                # Without a login, everything else would be redirected, too.
                if error.kind == "redirect" and not self._session.is_login_accepted:
                    error.ends_session = True
                self._has_groups = _has_api(error, self._recorder.last)
                if self._has_groups is None:
                    raise
                point.answer(self._has_groups, note=None if self._has_groups is False else _describe_code(error))
            else:
                self._has_groups = True
                point.answer(True)
        if listed is not None:
            self._observe("recording_groups", len(listed))
        if listed:
            with self._recorder.point("group_attributes") as point:
                self._recorder.attach(self._recorder.last)
                point.answer([name for name, _value in listed[0].attributes])

    def _read_clock(self) -> None:
        if (moment := self._session.device_time) is not None:
            self._observe("clock_difference_seconds", round((moment - self._session.controller_time).total_seconds()))

    def _read_group_calls(self) -> None:
        steps: Mapping[str, Callable[[PointRecord], None]] = {
            "schema_versions": self._answer_schema_versions,
            "list_unknown_id": self._answer_unknown_id,
            "post_allowed": self._answer_post,
        }
        for name, step in steps.items():
            with self._errors.point(name, calls.LIST_GROUPS) as point:
                if self._has_groups is False:
                    point.skip("The device has no recording group API.")
                else:
                    step(point)

    def _answer_schema_versions(self, point: PointRecord) -> None:
        versions = RecordingGroups(self._session).schema_versions()
        deprecated = [item.number for item in versions if item.deprecated]
        note = f"The device reports as deprecated: {', '.join(deprecated)}." if deprecated else None
        point.answer([item.number for item in versions], note=note)

    def _answer_unknown_id(self, point: PointRecord) -> None:
        unknown = build_scratch_id(secrets.token_hex(4), "none")
        self._recorder.own(unknown)
        arguments = [("recordinggroupid", unknown)]
        try:
            success = RecordingGroups(self._session).request(calls.LIST_GROUPS, arguments, "ListSuccess")
        except DeviceError as error:
            if error.code != NOT_FOUND:
                raise
            point.answer("error_110")
        else:
            if len(success):
                point.skip("The device lists groups with another ID.")
            else:
                point.answer("empty")

    def _answer_post(self, point: PointRecord) -> None:
        try:
            self._session.call(calls.LIST_GROUPS_BY_POST, body=b"schemaversion=1")
        except DeviceError:
            if self._status not in _NOT_ALLOWED:
                raise
            point.answer(False)
            return
        if b"ListSuccess" in self._body:
            point.answer(True)
        else:
            point.answer(False, note="The device accepts the request, and does not read its arguments.")

    @property
    def _status(self) -> int | None:
        return self._recorder.last.status if self._recorder.last else None

    @property
    def _body(self) -> bytes:
        return self._recorder.last.response_body if self._recorder.last else b""

    # What the device is, and what it offers.

    def _read_apis(self) -> None:
        """Read the list of APIs without the login, unless the device requires it."""
        body = None
        with self._errors.point("discovery_needs_login") as point:
            body = self._session.call_anonymously(calls.API_DISCOVERY, device_reads.API_LIST)
            self._answer_login(point, "The device has no API discovery.")
        if body is not None:
            self._answer_apis(body)

    def _read_protected_apis(self) -> None:
        if "apis" not in self._recorder.answers:
            self._answer_apis(None)

    def _answer_apis(self, body: bytes | None) -> None:
        anonymous = self._recorder.last
        with self._errors.point("apis", calls.API_DISCOVERY) as point:
            if body is None:
                body = self._session.call(calls.API_DISCOVERY, body=device_reads.API_LIST)
            else:
                self._recorder.attach(anonymous)
            point.answer(device_reads.parse_api_list(body))
        with self._recorder.point("json_charset") as point:
            self._recorder.attach(self._recorder.last)
            self._answer_charset(point)

    def _answer_login(self, point: PointRecord, missing: str) -> None:
        """Answer whether the last request requires a login."""
        if self._status in (200, 401):
            point.answer(self._status == 401)
        else:
            point.skip(missing if self._status == 404 else f"The device responded with HTTP {self._status}.")

    def _answer_charset(self, point: PointRecord) -> None:
        last = self._recorder.last
        types = last.response_header("Content-Type") if last and last.status == 200 else ()
        parts = [part.strip() for part in (types[0] if types else "").split(";")]
        if not parts[0].lower().endswith("json"):
            point.skip("No response in JSON was seen.")
            return
        found = [part[8:].strip('"') for part in parts[1:] if part.lower().startswith("charset=")]
        point.answer(found[0] if found else "")

    def _read_anonymous_device_info(self) -> None:
        with self._errors.point("device_info_needs_login") as point:
            body = self._session.call_anonymously(calls.DEVICE_INFO, device_reads.UNRESTRICTED_PROPERTIES)
            self._answer_login(point, "The device has no basic device information.")
            if body is not None:
                # An older device does not know this method.
                with suppress(DeviceError):
                    self._describe_device(device_reads.parse_properties(body))

    def _read_device_info(self) -> None:
        with self._errors.point("device_info_version", calls.DEVICE_INFO) as point:
            try:
                point.answer(device_reads.read_supported_version(self._session))
            except DeviceError:
                if self._status != 404:
                    raise
                point.answer(NO_LIMIT, note="The device has no basic device information.")
        # The first is complete, and requires the role operator.
        for body in (device_reads.ALL_PROPERTIES, device_reads.UNRESTRICTED_PROPERTIES):
            with self._errors.expected():
                properties = device_reads.parse_properties(self._session.call(calls.DEVICE_INFO, body=body))
                self._describe_device(properties)
                return

    def _describe_device(self, properties: Mapping[str, Any]) -> None:
        shown = normalize_serial(properties.get("SerialNumber"))
        expected = self._session.serial or self._serial
        if shown and expected and shown != expected:
            return
        self._recorder.identify("serial", shown)
        rules = build_property_rules(self._recorder.values)
        names = {
            "model": "ProdNbr",
            "product_type": "ProdType",
            "firmware": "Version",
            "hardware_id": "HardwareID",
            "architecture": "Architecture",
            "soc": "Soc",
            "build_date": "BuildDate",
        }
        texts = {name: rules[key](properties.get(key, "")) for name, key in names.items()}
        self._reading.device = DeviceModel(**{name: text for name, text in texts.items() if text and text[0] != "<"})

    def _read_rest_apis(self) -> None:
        with self._errors.point("rest_apis", calls.DISCOVER_REST) as point:
            try:
                point.answer(device_reads.read_rest_apis(self._session))
            except DeviceError:
                if self._status != 404:
                    raise
                point.answer({}, note="The device has no /config/discover.")

    def _read_own_role(self) -> None:
        """Learn the role of the login from the groups that the device shows."""
        with self._errors.expected():
            if role := device_reads.read_role(self._session):
                self._roles = (role, role)
                self._reading.role = role

    def _read_recordings(self) -> None:
        with self._errors.expected():
            listed, names = device_reads.read_recordings(self._session)
            show = self._recorder.values
            for name, key in (("recordings", "totalnumberofrecordings"), ("matching_recordings", "numberofrecordings")):
                if (number := show.number(listed.get(key, ""))).isdecimal():
                    self._observe(name, int(number))
            if names:
                known = build_recording_rules(show)
                self._observe(
                    "recording_attributes", [show.known("attribute", known.__contains__)(item) for item in names]
                )

    # Disks and parameters.

    def _read_disks(self) -> None:
        disks: tuple[dict[str, str], ...] | None = None
        with self._errors.point("disk_attributes", calls.LIST_DISKS) as point:
            try:
                disks = device_reads.list_disk_attributes(self._session)
            except DeviceError as error:
                if error.kind == "forbidden" and self._roles[0] != self._roles[1]:
                    self._roles = ("viewer", "viewer")
                raise
            if self._roles[0] == "viewer" != self._roles[1]:
                self._roles = ("operator", self._roles[1])
            answer_disk_attributes(point, disks)
        self._reading.role = self._reading.role or (self._roles[0] if disks is not None else None)
        if self._roles == ("viewer", "viewer"):
            self._reading.role = "viewer"
        if disks is None:
            return
        health: Mapping[str, Any] = {}
        with self._errors.expected():
            health = get_disk_health(self._session)
        self._reading.disks = [
            build_disk(self._recorder.values, item, health.get(item.get("diskid", ""))) for item in disks
        ]

    def _read_parameters(self) -> None:
        with self._errors.point("storage_parameters", calls.LIST_PARAMETERS) as point:
            point.answer(device_reads.read_storage_parameters(self._session))

    # The action service.

    def _read_actions(self) -> None:
        templates = self._read_templates()
        self._action_exchange = self._recorder.last
        with self._errors.point("recording_templates", calls.GET_ACTION_TEMPLATES) as point:
            if templates is None:
                point.skip(self._explain_actions("The action templates could not be read."))
            else:
                self._recorder.attach(self._recorder.last)
                recording = {token: names for token, names in templates.items() if "recording" in token}
                types = {show_type(kind) for names in recording.values() for _name, kind in names if kind}
                point.answer(
                    {token: ", ".join(name for name, _kind in names) for token, names in recording.items()},
                    note=f"Types of the parameters: {', '.join(sorted(types))}." if types else None,
                )
        with self._recorder.point("namespace_prefixes") as point:
            prefixes = device_reads.find_prefixes(self._body) if self._may_use_actions else None
            if prefixes is None:
                point.skip(self._explain_actions("No response of the action service shows it."))
            else:
                self._recorder.attach(self._recorder.last)
                point.answer(prefixes)
        if self._has_actions:
            self._read_rules()

    def _explain_actions(self, other: str) -> str:
        """Return why the action service does not answer a point."""
        if self._may_use_actions is False:
            return f"The role of the login is too low: the action service requires the role {calls.ACTION_ROLE}."
        return other

    def _read_templates(self) -> Mapping[str, tuple[tuple[str, str], ...]] | None:
        """Return the action templates, and answer whether there is an action service."""
        with self._errors.point("action_service", calls.GET_ACTION_TEMPLATES) as point:
            try:
                templates = device_reads.list_templates(self._session)
            except DeviceError as error:
                self._may_use_actions = False if error.kind == "forbidden" else None
                if error.kind == "malformed_response" or self._status not in (200, 400, 404, 500):
                    raise
                # A fault comes from a service.
                self._has_actions = self._status != 404
                point.answer(self._has_actions)
                return None
            self._has_actions = True
            self._may_use_actions = True
            point.answer(True)
            return templates
        return None

    def _read_rules(self) -> None:
        """Count configurations and rules, and see what the device appends to topics."""
        with self._errors.expected():
            actions = ActionService(self._session)
            configurations = list(actions.list_elements(calls.GET_ACTION_CONFIGURATIONS, "ActionConfiguration"))
            self._may_use_actions = True
            self._observe("action_configurations", len(configurations))
            rules = list(actions.list_elements(calls.GET_ACTION_RULES, "ActionRule"))
            self._observe("action_rules", len(rules))
            ending = device_reads.find_topic_ending(self._body)
            if ending is not None:
                with self._recorder.point("topic_ending") as point:
                    self._recorder.attach(self._recorder.last)
                    point.answer(ending)

    def _answer_action_role(self) -> None:
        found = [Access(*self._roles, self._may_use_actions)]
        viewer = self._options.viewer
        # A session with the same login may be that of this check.
        is_same = viewer is not None and viewer[0] == self._session.settings.username
        if viewer is not None and not is_same:
            found.append(self._read_as_viewer(*viewer))
        with self._recorder.point("action_service_role") as point:
            self._recorder.attach(self._action_exchange)
            if viewer is not None and not is_same:
                self._recorder.attach(self._recorder.last)
            role = find_lowest_role(found)
            if role is not None:
                point.answer(role)
            elif self._may_use_actions is None:
                point.skip("The action service could not be read.")
            elif self._may_use_actions is False:
                point.skip(self._explain_actions("") + " A login with a higher role shows which one.")
            elif is_same:
                point.skip("The second login (device_check_viewer_username) is the first one, too, and shows nothing.")
            elif viewer is None:
                point.skip(
                    "The login may use the action service; a second one with the role viewer "
                    "(device_check_viewer_username) shows whether a lower role may, too."
                )
            else:
                point.skip("The roles of the two logins do not decide it.")

    def _read_as_viewer(self, username: str, password: str) -> Access:
        """Return whether a second login may use the action service. Its errors do not end the check."""
        self._recorder.identify("user", username)
        self._recorder.identify("password", password)
        session = self._open_session(replace(self._session.settings, username=username, password=password))
        session.checked_serial = session.checked_serial or self._session.serial
        session.read_serial = lambda: read_serial(session)
        session.observe = self._recorder.observe
        role = allowed = None
        try:
            try:
                role = device_reads.read_role(session)
            except DeviceError as error:
                # Whether the service may be used is another question.
                if error.ends_session:
                    raise
            device_reads.list_templates(session)
            allowed = True
        except AxisError as error:
            allowed = False if error.kind == "forbidden" else None
        finally:
            session.observe = None
            session.close()
        return Access(role or ROLES[0], role or ROLES[-1], allowed)


def _has_api(error: DeviceError, last: RawExchange | None) -> bool | None:
    """Return whether an error shows that there is the recording group API, or None if it does not show it."""
    if error.code is not None:
        return True
    return False if last is not None and last.status == 404 else None


def _describe_code(error: DeviceError) -> str:
    return f"The device rejects the list of all groups with error {error.code}."
