# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement disks/list.cgi, disks/gethealth.cgi, and record/list.cgi (VAPIX edge storage API)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from heapq import nlargest, nsmallest
from operator import attrgetter
from typing import TYPE_CHECKING

from .messages import Request, Response, xml_attribute
from .models import Disk, Recording

if TYPE_CHECKING:
    from .device import Device

_ROOT = '<root xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{}">'
_HEALTH_ROOT = _ROOT.replace("<root", "<HealthStatusResponse")
_SCHEMA = "http://www.axis.com/vapix/http_cgi/{}/list1.xsd"
_FILTERS = (("eventid", "event"), ("source", "source"))
_VIDEO = (
    '<video mimetype="video/x-h264" source="{}" framerate="30:1" resolution="1920x1080" width="1920" height="1080"/>'
)


def list_disks(device: Device, request: Request) -> Response:
    """Return all disks, or those named (with commas); omit unknown ones, because no error form is documented."""
    requested = request.arguments().get("diskid", b"all").decode("utf-8", "replace").split(",")
    disks = [disk for disk in device.disks.values() if "all" in requested or disk.diskid in requested]
    lines = [f'  <disks numberofdisks="{len(disks)}">', *(_disk(device, disk) for disk in disks), "  </disks>"]
    return _response("disk", lines)


def list_recordings(device: Device, request: Request) -> Response:
    """Return a page of the recordings on mounted disks, newest first by default, without sorting all of them."""
    given = {name: value.decode("utf-8", "replace") for name, value in request.arguments().items()}
    mounted = {disk_id for disk_id in device.disks if device.is_mounted(disk_id)}
    present = [recording for recording in device.recordings if recording.disk_id in mounted]
    matches = _matching(device, present, given)
    first = max(_count(given.get("startatresultnumber"), 1) - 1, 0)
    end = min(first + _count(given.get("maxnumberofresults"), len(matches)), len(matches))
    take = nsmallest if given.get("sortorder") == "ascending" else nlargest
    shown = take(end, matches, key=attrgetter("start"))[first:]
    lines = [
        f'  <recordings totalnumberofrecordings="{len(present)}" numberofrecordings="{len(matches)}">',
        *(line for recording in shown for line in _recording(device, recording)),
        "  </recordings>",
    ]
    return _response("recording", lines)


def disk_health(device: Device, request: Request) -> Response:
    """Return the wear of every slot; -3 for an empty one."""
    lines = [f"    <HealthStatus {_attributes(_health(disk))} />" for disk in device.disks.values()]
    return _health_response(["  <HealthStatusSuccess>", *lines, "  </HealthStatusSuccess>"])


def disk_health_error(device: Device, code: int, description: str | None = None) -> Response:
    return _health_response(_error_lines(code, description), code)


def disk_error(device: Device, code: int, description: str | None = None) -> Response:
    """Return an error in the form of disks/gethealth.cgi; list.cgi documents none."""
    return _response("disk", _error_lines(code, description), code)


def recording_error(device: Device, code: int, description: str | None = None) -> Response:
    """Return an error in the form of `disk_error`; record/list.cgi documents none."""
    return _response("recording", _error_lines(code, description), code)


def _error_lines(code: int, description: str | None) -> list[str]:
    text = f"<ErrorCode>{code}</ErrorCode><ErrorDescription>{xml_attribute(description or '')}</ErrorDescription>"
    return [f"  <GeneralError>{text}</GeneralError>"]


def _response(kind: str, lines: list[str], code: int | None = None) -> Response:
    text = "\n".join(['<?xml version="1.0" ?>', _ROOT.format(_SCHEMA.format(kind)), *lines, "</root>"])
    return Response(200, "text/xml", text.encode("utf-8", "surrogateescape"), code=code)


def _health_response(lines: list[str], code: int | None = None) -> Response:
    root = _HEALTH_ROOT.format("http://www.axis.com/vapix/http_cgi/disk/gethealth1.xsd")
    text = "\n".join([root, *lines, "</HealthStatusResponse>"])
    return Response(200, "text/xml", text.encode("utf-8", "surrogateescape"), code=code)


def _health(disk: Disk) -> dict[str, str]:
    wear = -3 if disk.status == "disconnected" and disk.wear != -1 else disk.wear
    values = {"wear": wear, "temperature": disk.temperature, "overallhealth": disk.overallhealth}
    return {"diskid": disk.diskid} | {name: str(value) for name, value in values.items() if value is not None}


def _disk(device: Device, disk: Disk) -> str:
    attributes = {
        "diskid": disk.diskid,
        "name": disk.name,
        "totalsize": str(disk.totalsize),
        "freesize": str(disk.freesize),
        "cleanuplevel": str(disk.cleanuplevel),
        "cleanupmaxage": str(disk.cleanupmaxage),
        "cleanuppolicy": disk.cleanuppolicy,
        "locked": _yes(disk.locked),
        "full": _yes(disk.full),
        "readonly": _yes(disk.readonly),
    }
    ending = {"group": disk.group, "requiredfilesystem": "none"}
    # Older devices name one attribute differently from the documentation, and swap two.
    if device.switches.disk_attributes == "documented":
        attributes |= {"filesystem": disk.filesystem, "status": disk.status} | ending
        attributes["diskencryptionenabled"] = "false"
    else:
        attributes |= {"status": disk.status, "filesystem": disk.filesystem} | ending
        attributes["encryptionenabled"] = "false"
    attributes["diskencrypted"] = "false"
    return f"    <disk {_attributes(attributes)}/>"


def _recording(device: Device, recording: Recording) -> list[str]:
    # For a running recording, devices return the time of the request as its stop time.
    stop = recording.stop or max(device.now, recording.start)
    attributes = {
        "diskid": recording.disk_id,
        "recordingid": recording.recording_id,
        "starttime": _utc(recording.start),
        "starttimelocal": _local(device, recording.start),
        "stoptime": _utc(stop),
        "stoptimelocal": _local(device, stop),
        "recordingtype": recording.event if recording.event in ("scheduled", "continuous") else "triggered",
        "eventid": recording.event,
        "eventtrigger": recording.event,
        "recordingstatus": recording.status,
        "source": recording.source,
        "locked": "Yes" if recording.locked else "No",
    }
    return [
        f"    <recording {_attributes(attributes)}>",
        f"      {_VIDEO.format(xml_attribute(recording.source))}",
        "    </recording>",
    ]


def _matching(device: Device, recordings: list[Recording], given: dict[str, str]) -> list[Recording]:
    """Return the matching recordings: none without recordingid, starttime, or stoptime."""
    if not given.keys() & {"recordingid", "starttime", "stoptime"}:
        return []
    for matches in _conditions(device, given):
        recordings = [recording for recording in recordings if matches(recording)]
    return recordings


def _conditions(device: Device, given: dict[str, str]) -> list[Callable[[Recording], bool]]:
    """Return only the conditions that reduce the list: each one costs time for every recording."""
    conditions: list[Callable[[Recording], bool]] = []
    for argument, name in (("recordingid", "recording_id"), ("diskid", "disk_id")):
        if given.get(argument, "all") != "all":
            conditions.append(_equals(name, given[argument]))
    conditions += [_equals(name, given[argument]) for argument, name in _FILTERS if argument in given]
    start, stop = _moment(given.get("starttime")), _moment(given.get("stoptime"))
    if start is not None:
        conditions.append(lambda recording: (recording.stop or device.now) >= start)
    if stop is not None:
        conditions.append(lambda recording: recording.start <= stop)
    return conditions


def _equals(name: str, value: str) -> Callable[[Recording], bool]:
    read = attrgetter(name)
    return lambda recording: bool(read(recording) == value)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _local(device: Device, moment: datetime) -> str:
    return moment.astimezone(timezone(device.utc_offset)).isoformat(timespec="microseconds")


def _count(text: str | None, default: int) -> int:
    return int(text[:9]) if text is not None and text.isdecimal() else default


def _attributes(attributes: dict[str, str]) -> str:
    return " ".join(f'{name}="{xml_attribute(value)}"' for name, value in attributes.items())


def _yes(value: bool) -> str:
    return "yes" if value else "no"
