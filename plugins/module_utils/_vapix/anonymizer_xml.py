# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write XML of a device, and of the device check, with the values that a profile may show.

Elements and attributes without a rule are counted. Of a list, what the device check made is shown, and one more item
for its form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import FAULT_NAMES, ShownValues
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import local_name, parse

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Rule = Callable[[str], str]
# No response of a device has more levels.
_MAX_DEPTH = 20
_ROOT = re.compile(rb"\s*(?:<\?xml[^>]{0,200}\?>)?\s*<(?:[\w.-]+:)?([\w.-]{1,60})")
_PREFIX = re.compile(r"SOAP-ENV|soap|env|aa|aev|wsnt|wsrfbf|ter|tns1|tnsaxis|xsi|xml|ns[0-9]{1,3}", re.ASCII)
#: Namespaces whose declaration is shown; a response of the action service declares 50.
_NAMESPACES = frozenset(
    {
        "http://www.w3.org/2003/05/soap-envelope",
        "http://www.axis.com/vapix/ws/action1",
        "http://docs.oasis-open.org/wsn/b-2",
        "http://www.onvif.org/ver10/topics",
        "http://www.axis.com/2009/event/topics",
        "http://www.onvif.org/ver10/error",
        "http://www.w3.org/2001/XMLSchema-instance",
    }
)
_DIALECTS = (
    "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete",
    "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple",
    "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Full",
    "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet",
    "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter",
)
_TOPIC_STEPS = frozenset({"Device", "Status", "SystemReady", "Storage", "Disruption", "Recording", "Alert"})
_TOPIC_STEP = re.compile(r"(?:(?P<prefix>[\w-]+):)?(?P<name>\w+)", re.ASCII)
_ALWAYS = 'boolean(//SimpleItem[@Name="ready" and @Value="1"])'
#: The items of these elements are summarized.
_LISTS = {
    "ListSuccess": "groups",
    "recordings": "recordings",
    "ActionConfigurations": "configurations",
    "ActionRules": "rules",
    "UsedByActionRules": "rules",
}
_TEMPLATES = "ActionTemplates"
_OPERATIONS = (
    *("GetActionTemplates", "GetActionConfigurations", "GetActionRules", "AddActionConfiguration", "AddActionRule"),
    *("RemoveActionRule", "RemoveActionConfiguration"),
)
_CODES = frozenset(
    {
        *("Sender", "Receiver", "MustUnderstand", "VersionMismatch", "DataEncodingUnknown", "InvalidArgs"),
        *("InvalidArgVal", "ActionNotSupported", "UnknownAction", "NotAuthorized", "OperationProhibited"),
    }
)
#: Elements that contain only elements.
_CONTAINERS = frozenset(
    {
        *("RecordingGroupResponse", "GeneralError", "GeneralSuccess", "CreateSuccess", "ListSuccess", "RecordingGroup"),
        *("SchemaVersionsSuccess", "SchemaVersion", "root", "disks", "disk", "recordings", "recording", "video"),
        *(
            "audio",
            "HealthStatusResponse",
            "HealthStatusSuccess",
            "HealthStatus",
            "Envelope",
            "Header",
            "Body",
            "Fault",
        ),
        *(
            "Code",
            "Subcode",
            "Reason",
            "Detail",
            *FAULT_NAMES,
            *_OPERATIONS,
            *(f"{name}Response" for name in _OPERATIONS),
        ),
        *("ActionTemplates", "ActionTemplate", "ActionConfigurations", "ActionConfiguration", "ActionRules"),
        *("ActionRule", "Parameters", "Parameter", "Conditions", "Condition", "StartEvent", "UsedByActionRules"),
        *("NewActionConfiguration", "NewActionRule"),
    }
)


class XMLAnonymizer:
    """Writes XML with the values of one device check."""

    def __init__(self, values: ShownValues) -> None:
        self._values = values
        self._texts = _build_text_rules(values)
        self._attributes = _build_attribute_rules(values)

    def rewrite(self, body: bytes) -> str | None:
        """Return a document, or None if it is not one."""
        root = _ROOT.match(body)
        if root is None:
            return None
        try:
            element = parse(body, root[1].decode("utf-8", "replace"))
        except DeviceError:
            return None
        return "".join(self._write(element))

    def _write(self, element: Element, depth: int = 0) -> Iterator[str]:
        if depth > _MAX_DEPTH:
            yield "<more elements>"
            return
        name = self._name(element)
        if name is None:
            yield "<unknown element>"
            return
        content = "".join(self._write_content(element, depth))
        head = "".join(self._write_head(element))
        yield f"<{name}{head}>{content}</{name}>" if content else f"<{name}{head}/>"

    def _name(self, element: Element) -> str | None:
        local = local_name(element)
        if local not in _CONTAINERS and local not in self._texts:
            return None
        return f"{_show_prefix(element.prefix)}{local}"

    def _write_head(self, element: Element) -> Iterator[str]:
        parent = element.getparent()
        declared = {} if parent is None else parent.nsmap
        for prefix, uri in element.nsmap.items():
            if uri in _NAMESPACES and declared.get(prefix) != uri:
                yield f' xmlns{":" + _show_prefix(prefix)[:-1] if prefix else ""}="{uri}"'
        rules = self._attributes.get(local_name(element), {})
        unknown = 0
        for key, value in element.attrib.items():
            name = str(key).rpartition("}")[2]
            rule = rules.get(name)
            if rule is not None:
                yield f' {name}="{_escape(rule(str(value)))}"'
            unknown += rule is None and name not in ("noNamespaceSchemaLocation", "noNameSpaceSchemaLocation", "lang")
        if unknown:
            yield f" <{unknown} other attributes>"

    def _write_content(self, element: Element, depth: int) -> Iterator[str]:
        name, rule = local_name(element), self._texts.get(local_name(element))
        items = [item for item in element if isinstance(item.tag, str)]
        if rule is not None and not items:
            yield _escape(rule((element.text or "").strip()))
            return
        if name in _LISTS:
            yield from self._write_list(items, _LISTS[name], depth + 1)
        elif name == _TEMPLATES:
            yield from self._write_templates(items, depth + 1)
        else:
            yield from (text for item in items for text in self._write(item, depth + 1))
        if name == "Detail" and (element.text or "").strip():
            yield _escape(self._values.words((element.text or "").strip()))

    def _write_list(self, items: list[Element], kind: str, depth: int) -> Iterator[str]:
        """Yield what the device check made, the first other item, and the number of those that are left out."""
        others = [item for item in items if not self._is_own(item)]
        for item in items:
            if item not in others or item is others[0]:
                yield from self._write(item, depth)
        if len(others) > 1:
            yield f"<{len(others) - 1} other {kind}>"

    def _write_templates(self, items: list[Element], depth: int) -> Iterator[str]:
        shown = [item for item in items if any(".recording" in (part.text or "") for part in item)]
        for item in shown:
            yield from self._write(item, depth)
        if len(shown) < len(items):
            yield f"<{len(items) - len(shown)} other templates>"

    def _is_own(self, item: Element) -> bool:
        """Return whether an item has a text of the device check as its ID, its name, or its value."""
        texts = [item.get("RecordingGroupId"), item.get("NiceName")]
        for element in item.iter("*"):
            if local_name(element) in ("Name", "ActionRuleName"):
                texts.append(element.text)
            elif local_name(element) == "Parameter":
                texts.append(element.get("Value"))
        return any(self._values.has_own(str(text)) for text in texts if text)


def _show_prefix(prefix: str | None) -> str:
    if not prefix:
        return ""
    return f"{prefix}:" if _PREFIX.fullmatch(prefix) else "other:"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


def _build_text_rules(values: ShownValues) -> Mapping[str, Rule]:
    """Return the rules for texts by the name of their element."""
    flag = values.one_of("true", "false", "1", "0")
    number = ("ErrorCode", "ConfigurationID", "RuleID", "PrimaryAction", "FailoverAction", "ActionRuleID")
    return {
        **dict.fromkeys(number, values.number),
        "VersionNumber": values.version,
        **dict.fromkeys(("Deprecated", "Enabled"), flag),
        **dict.fromkeys(("ErrorDescription", "Text"), values.words),
        **dict.fromkeys(("Name", "ActionRuleName"), values.id("name")),
        **dict.fromkeys(("TemplateToken", "RecipientTemplate"), values.template),
        **dict.fromkeys(("ActivationTimeout", "MaximumTimeout"), values.duration),
        "TopicExpression": lambda text: show_topic(values, text),
        "MessageContent": lambda text: text if text == _ALWAYS else values.text("filter")(text),
        "Value": _show_code,
        "Timestamp": lambda text: values.placeholder("time", text),
    }


def _build_attribute_rules(values: ShownValues) -> Mapping[str, Mapping[str, Rule]]:
    """Return the rules for attributes by their element."""
    number = values.number
    numbers = ("RetentionTime", "PreDuration", "PostDuration")
    group = {
        "RecordingGroupId": values.group_id,
        "NiceName": values.id("name"),
        "Description": values.text("description"),
        "DiskId": values.disk_id,
        "StreamOptions": values.text("stream options"),
        **dict.fromkeys(numbers, number),
    }
    parameter = {"Name": values.parameter, "Value": values.text("value"), "Type": show_type}
    response = {"schemaversion": values.version}
    dialect = {"Dialect": values.one_of(*_DIALECTS, kind="dialect")}
    sizes = ("framerate", "resolution", "width", "height", "bitrate", "samplerate", "source")
    stream = {**dict.fromkeys(sizes, _show_size), "mimetype": _show_media_type}
    return {
        "RecordingGroupResponse": response,
        "HealthStatusResponse": response,
        "RecordingGroup": group,
        "CreateSuccess": {"RecordingGroupId": values.group_id},
        "disks": {"numberofdisks": number},
        "disk": build_disk_rules(values),
        "HealthStatus": {
            "diskid": values.disk_id,
            **dict.fromkeys(("wear", "temperature", "overallhealth"), number),
        },
        "recordings": dict.fromkeys(("totalnumberofrecordings", "numberofrecordings"), number),
        "recording": build_recording_rules(values),
        "Parameter": parameter,
        "TopicExpression": dialect,
        "MessageContent": dialect,
        "video": stream,
        "audio": stream,
    }


def build_disk_rules(values: ShownValues) -> Mapping[str, Rule]:
    """Return the rules for the attributes of a disk."""
    yes_no = values.one_of("yes", "no", "true", "false")
    statuses = ("OK", "connected", "disconnected", "failed", "no passphrase", "wrong passphrase", "not encrypted")
    systems = ("ext4", "ext3", "ext2", "vfat", "exfat", "cifs", "nfs", "btrfs", "xfs", "none")
    flags = ("locked", "full", "readonly", "diskencryptionenabled", "encryptionenabled", "diskencrypted")
    return {
        "diskid": values.disk_id,
        "name": values.text("disk name"),
        **dict.fromkeys(("totalsize", "freesize", "cleanuplevel", "cleanupmaxage"), values.number),
        "cleanuppolicy": values.one_of("fifo", "none"),
        **dict.fromkeys(flags, yes_no),
        "status": values.one_of(*statuses, kind="status"),
        **dict.fromkeys(("filesystem", "requiredfilesystem"), values.one_of(*systems, kind="file system")),
        "group": values.one_of(*(f"S{number}" for number in range(16)), kind="parameter group"),
    }


def build_recording_rules(values: ShownValues) -> Mapping[str, Rule]:
    """Return the rules for the attributes of a recording."""
    yes_no = values.one_of("yes", "no", "true", "false")
    times = ("starttime", "starttimelocal", "stoptime", "stoptimelocal")
    kinds = values.one_of("continuous", "scheduled", "triggered", kind="event")
    return {
        "diskid": values.disk_id,
        "recordingid": values.id("recording"),
        **dict.fromkeys(times, values.time),
        **dict.fromkeys(("recordingtype", "eventid", "eventtrigger"), kinds),
        "recordingstatus": values.one_of("recording", "completed", "unknown", kind="status"),
        "source": values.one_of(*map(str, range(1, 33)), kind="source"),
        "locked": yes_no,
    }


_MEDIA_TYPES = frozenset(
    {
        *(f"video/{name}" for name in ("h264", "x-h264", "h265", "x-h265", "hevc", "av1", "jpeg", "mp4", "mpeg4")),
        *(f"audio/{name}" for name in ("aac", "opus", "mp4", "mpeg4-generic", "g711", "g726", "pcmu", "pcma", "lpcm")),
    }
)
_TYPES = ("string", "int", "integer", "bool", "boolean", "float", "double", "xs:string", "xs:int", "xs:boolean")


def show_type(text: str) -> str:
    """Return the type of a parameter."""
    return text if text in _TYPES else "<type>" if text else ""


def _show_media_type(text: str) -> str:
    return text if text in _MEDIA_TYPES else "<type>" if text else ""


def _show_size(text: str) -> str:
    return text if re.fullmatch(r"[0-9]{1,9}(?:[x:][0-9]{1,9})?", text, re.ASCII) else "<text>" if text else ""


def _show_code(text: str) -> str:
    """Return a code of SOAP."""
    prefix, colon, name = text.rpartition(":")
    shown = name if name in _CODES else "<code>" if name else ""
    return f"{_show_prefix(prefix)}{shown}" if colon else shown


def show_topic(values: ShownValues, text: str) -> str:
    """Return a topic with its known steps, and what the device appends to it."""
    if values.has_own(text):
        return text
    path, ending, rest = text.partition("//")
    steps = []
    for step in path.split("/"):
        match = _TOPIC_STEP.fullmatch(step)
        is_known = match is not None and match["name"] in _TOPIC_STEPS
        steps.append(f"{_show_prefix(match['prefix'])}{match['name']}" if match and is_known else "<topic>")
    shown = "/".join(dict.fromkeys(steps)) if path else ""
    return f"{shown}{ending}{rest if rest in ('', '.') else '<topic>'}"
