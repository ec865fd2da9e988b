# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the words of a report mean, for readers who do not know Ansible or VAPIX."""

from __future__ import annotations

from collections.abc import Mapping

#: By state and verdict of a host.
_HOSTS: Mapping[str, str] = {
    "non_compliant": "Something that was verified is not as the policy requires.",
    "drifted": (
        "A setting differs from the policy, a recording group is missing or must not exist, or a hold protects nothing."
    ),
    "failing_disk": "The settings are as the policy requires, but a disk does not keep the recordings accordingly.",
    "held": "The policy requires a change that a legal hold prevents, or a hold is not met.",
    "refused": "The policy requires a change that needs a permission, or that the device does not allow.",
    "unverified": (
        "It is not known whether the host is compliant: it did not respond, its check failed, or its recordings do not "
        "prove it. It does not count as compliant."
    ),
    "insufficient_history": (
        "The settings are as the policy requires, but there are no recordings, or they are too recent to prove it."
    ),
    "indeterminate": "The settings are as the policy requires, but the recordings neither prove nor disprove it.",
    "unsupported": "The device has no recording group API that this collection supports.",
    "not_attempted": "The run ended before the host, a condition skipped it, or its login was not sent.",
    "not_in_run": "The host matches the pattern of the run, and was excluded from it.",
    "compliant": "All that was verified is as the policy requires.",
    "changed": "The roll-out has made the host compliant.",
}
#: By verdict on a disk.
_DISKS: Mapping[str, str] = {
    "overdue": "The oldest recording is older than any group of the disk may keep it.",
    "conflicting_cleanup": "The disk is set to delete recordings earlier than the policy.",
    "short": "The disk is nearly full, and its oldest recording is younger than the policy requires.",
    "full": "The disk has no free space.",
    "locked": "The device neither records to the disk nor deletes from it.",
    "missing": "A group needs a disk that is not mounted.",
    "insufficient_history": (
        "The oldest recording is younger than the policy requires, and the disk has free space, or there is none."
    ),
    "indeterminate": (
        "The recordings neither prove nor disprove the retention of the groups of the disk, for example because "
        "several groups share the disk."
    ),
    "met": "The oldest recording is as old as the policy requires.",
}
_SEVERITIES: Mapping[str, str] = {
    "critical": "Recordings are kept for less than the minimum or longer than the maximum, or evidence is at risk.",
    "warning": "A difference that changes how recordings are kept.",
    "cosmetic": "A difference in a name or a description.",
    "info": "No action is required.",
}
_TERMS: Mapping[str, str] = {
    "policy": "What the inventory requires of a host. Hosts with the same digest have the same policy.",
    "recording group": "A setting of the device: which source it records to which disk, and for how long.",
    "retention": "How long the device keeps a recording of a group before it deletes it.",
    "hold": "A legal hold: recordings of its groups must not be deleted until it ends.",
    "disk": "A memory card, a drive, or a network share of the device.",
    "recorded source": "A camera, or one view of a camera, that a group records.",
    "site": "A group of hosts in the inventory.",
}
#: By condition of a hold on a host.
_HOLDS: Mapping[str, str] = {
    "at_risk": "A held group keeps recordings for a limited time, or its disk deletes them, or is nearly full.",
    "group_missing": "The held group does not exist, its disk is missing, or it was created again without recordings.",
    "not_verified": "The groups of the host could not be read.",
    "protected_by_settings_only": (
        "The held groups keep recordings without a limit. Their recordings were not checked, or a disk has no "
        "recordings: a disk may delete them earlier. An audit with retention_policy_verify_recordings checks them."
    ),
    "protected": (
        "The held groups keep recordings without a limit, and their disks have recordings, and are not set to delete "
        "them."
    ),
    "no_group_matches": "The hold is for a pattern of groups, and the host has none of them.",
}
#: By verdict of a host, what it means, for titles of links.
DEFINITIONS: Mapping[str, str] = _HOSTS
#: By part of the report, its terms with their definitions.
GLOSSARY: Mapping[str, Mapping[str, str]] = {
    "Terms": _TERMS,
    "Severities": _SEVERITIES,
    "States and verdicts of hosts": _HOSTS,
    "Verdicts on disks": _DISKS,
    "Holds, by host": _HOLDS,
}
