# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The points that a device check settles: what the documentation of Axis leaves open, or devices do differently.

A device profile has an answer for each point. The simulator behaves like a profile, so that its switches have the names
and the choices of these points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import GROUP_TEMPLATE

#: ``read``: with requests that only read. ``write``: with a scratch group. ``wait``: with a scratch group, and time.
#: ``manual``: not by the device check; `Point.why_manual` says why.
Part = Literal["read", "write", "wait", "manual"]
#: ``choice`` (one of `Point.choices`), ``flag`` (true, false), ``number`` (0 or more, or null for no limit), ``text``,
#: ``list`` (of texts), ``map`` (texts by text).
Form = Literal["choice", "flag", "number", "text", "list", "map"]


@dataclass(frozen=True, slots=True)
class Point:
    """One point.

    :param name: of the point in a profile, and of the switch of the simulator.
    :param question: one sentence, answered by the answer.
    :param choices: all answers of a ``choice``, the likely one first.
    :param documented: the answer that the documentation gives, or None if it gives none.
    :param why_manual: why the device check leaves the point open.
    :param page: the page of the documentation with the answer.
    """

    name: str
    question: str
    part: Part
    form: Form
    choices: tuple[str, ...] = ()
    documented: object = field(default=None, hash=False)
    why_manual: str = ""
    page: str = ""


_LIBRARY = "https://developer.axis.com/vapix/network-video"
_RECORDING_GROUP = f"{_LIBRARY}/recording-group/"
_EDGE_STORAGE = f"{_LIBRARY}/edge-storage-api/"
_AUTHENTICATION = "https://developer.axis.com/vapix/authentication/"
_STREAM_PARAMETERS = "stream_options, pre_duration, post_duration, storage_id"

POINTS: tuple[Point, ...] = (
    # What the device offers.
    Point("recording_group_api", "Does the device have the recording group API?", "read", "flag"),
    Point(
        "action_service",
        "Does the device have the action service?",
        "read",
        "flag",
        documented=True,
        page=f"{_LIBRARY}/event-and-action-services/",
    ),
    Point("apis", "Which APIs does API discovery list, in which versions?", "read", "map"),
    Point("rest_apis", "Which REST APIs does /config/discover list, in which versions?", "read", "map"),
    Point("schema_versions", "Which schema versions of the recording group API does the device offer?", "read", "list"),
    Point("device_info_version", "Which version of basic device information does the device have?", "read", "text"),
    Point("json_charset", "Which charset do the JSON responses of the CGIs declare?", "read", "text"),
    Point(
        "recording_templates",
        "Which action templates record, with which parameters?",
        "read",
        "map",
        documented={
            "com.axis.action.fixed.recording.storage": _STREAM_PARAMETERS,
            "com.axis.action.unlimited.recording.storage": _STREAM_PARAMETERS,
            GROUP_TEMPLATE: "recording_group_id",
        },
        page=_EDGE_STORAGE,
    ),
    Point(
        "storage_parameters",
        "Does param.cgi list the clean-up settings of the disks?",
        "read",
        "choice",
        ("present", "removed", "no_param_cgi"),
        documented="present",
        page=_EDGE_STORAGE,
    ),
    # Connection and login.
    Point(
        "http_challenge",
        "Which authentication does the device offer over HTTP?",
        "read",
        "list",
        documented=["Digest MD5"],
        page=_AUTHENTICATION,
    ),
    Point(
        "https_challenge",
        "Which authentication does the device offer over HTTPS?",
        "read",
        "list",
        documented=["Basic"],
        page=_AUTHENTICATION,
    ),
    Point("challenge_body", "In which form is the body of a challenge (401)?", "read", "choice", ("html", "json")),
    Point("challenge_chunked", "Does the device send the body of a challenge in chunks?", "read", "flag"),
    Point("offers_http2", "Does the device offer an upgrade to HTTP/2 (Upgrade: h2)?", "read", "flag"),
    Point("closes_after_401", "Does the device close the connection after a challenge?", "read", "flag"),
    Point("sha256_digest", "Does the device offer digest authentication with SHA-256?", "read", "flag"),
    Point("tls_versions", "Which versions of TLS does the device accept?", "read", "list"),
    Point(
        "discovery_needs_login",
        "Does API discovery require a login?",
        "read",
        "flag",
        documented=False,
        page=f"{_LIBRARY}/api-discovery-service/",
    ),
    Point(
        "device_info_needs_login",
        "Do the unrestricted properties of the device require a login?",
        "read",
        "flag",
        documented=False,
        page=f"{_LIBRARY}/basic-device-information/",
    ),
    Point(
        "action_service_role",
        "Which is the lowest role that may read the action service?",
        "read",
        "choice",
        ("operator", "viewer", "administrator"),
    ),
    # The form of responses.
    Point(
        "group_attributes",
        "Which attributes does list.cgi return for a group, in which order?",
        "write",
        "list",
        documented=[
            *("RecordingGroupId", "NiceName", "Description", "RetentionTime"),
            *("DiskId", "StreamOptions", "PreDuration", "PostDuration"),
        ],
        page=_RECORDING_GROUP,
    ),
    Point(
        "disk_attributes",
        "How does disks/list.cgi name the attribute for encryption?",
        "read",
        "choice",
        ("documented", "shortened"),
        documented="documented",
        page=_EDGE_STORAGE,
    ),
    Point(
        "namespace_prefixes",
        "Does the action service use the usual namespace prefixes?",
        "read",
        "choice",
        ("standard", "numbered"),
    ),
    Point("topic_ending", "What does the device append to the topics of conditions?", "write", "text"),
    Point(
        "list_unknown_id",
        "What does list.cgi return for an unknown ID?",
        "read",
        "choice",
        ("error_110", "empty"),
    ),
    Point("post_allowed", "Does the recording group API accept POST?", "read", "flag"),
    # Creating a group.
    Point("default_retention_time", "Which retention time (hours) has a group created without one?", "write", "number"),
    Point("default_pre_duration", "Which pre-duration (ms) has a group created without one?", "write", "number"),
    Point("default_post_duration", "Which post-duration (ms) has a group created without one?", "write", "number"),
    Point("disk_id_required", "Does create.cgi require diskid?", "write", "flag"),
    Point(
        "unknown_disk",
        "What does create.cgi return for a disk that does not exist or is not mounted?",
        "write",
        "choice",
        ("error_20", "error_10", "accepted"),
    ),
    Point(
        "existing_id",
        "What does create.cgi do with an ID that exists?",
        "write",
        "choice",
        ("error_20", "error_10", "overwrite"),
    ),
    Point(
        "bad_argument",
        "What do an invalid ID and an invalid number do?",
        "write",
        "choice",
        ("error_20", "ignored"),
    ),
    Point("text_charset", "In which charset does the device read texts?", "write", "choice", ("utf-8", "iso-8859-1")),
    Point("text_limit", "To how many characters does the device cut names and descriptions?", "write", "number"),
    Point(
        "text_form",
        "In which form does the device store names and descriptions?",
        "write",
        "choice",
        ("as_sent", "trimmed", "folded", "nfc", "nfd"),
    ),
    Point("retention_limit", "Which is the longest retention time (hours)?", "write", "number"),
    Point(
        "retention_over_limit",
        "What does a retention time over the limit do?",
        "write",
        "choice",
        ("error_20", "clamped"),
    ),
    Point(
        "stream_options_form",
        "In which form does list.cgi return stream options?",
        "write",
        "choice",
        ("verbatim", "reordered", "reencoded", "reordered_reencoded"),
    ),
    Point(
        "device_value",
        "In which case does list.cgi return device= in stream options?",
        "write",
        "choice",
        ("as_sent", "upper", "lower"),
    ),
    # Updating a group.
    Point(
        "empty_text",
        "What does an empty text in update.cgi do?",
        "write",
        "choice",
        ("clears", "ignored", "error_20"),
    ),
    Point(
        "omitted_on_update",
        "What happens to fields that update.cgi omits?",
        "write",
        "choice",
        ("kept", "reset"),
        documented="kept",
        page=_RECORDING_GROUP,
    ),
    # Actions and IDs.
    Point("action_checks_group", "Does an action configuration require that its group exists?", "write", "flag"),
    Point("reuse_ids", "Does the device use generated IDs again?", "write", "flag"),
    # With time.
    Point(
        "running_recording_blocks_delete",
        "Does a running recording without an action prevent the deletion of its group?",
        "wait",
        "flag",
    ),
    Point("recording_split", "After how many minutes does a running recording get a new ID?", "wait", "number"),
    Point(
        "retention_applies",
        "Does the device delete recordings after the retention time of their group?",
        "wait",
        "flag",
        documented=True,
        page=_RECORDING_GROUP,
    ),
    Point("disk_age_combines", "Does the age limit of a disk apply to recordings of groups?", "wait", "flag"),
    # Not by the device check.
    Point(
        "max_groups",
        "How many groups does the device accept?",
        "manual",
        "number",
        why_manual="The device check does not fill a device with groups.",
    ),
    Point(
        "locked_recordings_survive",
        "Do locked recordings survive retention and deletion of their group?",
        "manual",
        "flag",
        why_manual="No documented call locks a recording.",
    ),
    Point(
        "duplicate_ids",
        "What happens to a group on an inserted card whose ID is in use?",
        "manual",
        "choice",
        ("hidden", "listed"),
        why_manual="This needs a card of another device.",
    ),
    Point(
        "foreign_groups_writable",
        "Can groups on a card of another device be changed?",
        "manual",
        "flag",
        why_manual="This needs a card of another device.",
    ),
)
BY_NAME: dict[str, Point] = {point.name: point for point in POINTS}
