# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe a policy in sentences, for people who do not read YAML. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import UNLIMITED
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Match, Policy, Rule
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import DesiredRecording
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import PolicyWords
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import describe_hours

#: In place of a policy that cannot be described.
UNKNOWN = PolicyWords(
    (
        (
            "The policy differs between the run and the report, so that this report cannot describe it: the variables "
            "of its hosts changed during the run, or the task did not take the policy from them."
        ),
    )
)


_NO_GROUPS = "The device has no recording groups."


def describe_policy(policy: Policy) -> PolicyWords:
    """Describe everything that the digest of a policy covers."""
    groups = tuple(" ".join(_describe_entry(group)) for group in policy.groups)
    if policy.no_groups:
        groups += (_NO_GROUPS,)
    rules = [
        f"{_describe_position(number, len(policy.rules))}{_describe_rule(rule)}"
        for number, rule in enumerate(policy.rules, 1)
    ]
    if policy.purge:
        rules.append(_describe_purge(policy))
    return PolicyWords(groups, tuple(_describe_bounds(policy)), tuple(rules))


def _describe_bounds(policy: Policy) -> Iterator[str]:
    minimum, maximum = policy.minimum, policy.maximum
    if minimum is not None:
        limit = "without limit" if minimum == UNLIMITED else f"at least {describe_hours(minimum)}"
        yield f"Every recording group keeps recordings {limit}."
    if maximum is not None and maximum != UNLIMITED:
        yield f"No recording group keeps recordings longer than {describe_hours(maximum)}."
    elif maximum is not None:
        yield "Recording groups may keep recordings without limit."


def _describe_entry(group: DesiredGroup) -> Iterator[str]:
    """Yield the sentences about a group that the policy names."""
    name = _name(group)
    if not group.present:
        yield f"{name} does not exist, and is deleted with its recordings if a device has it."
        return
    yield f"{name} {_describe_effect(group) or 'exists'}."
    if group.recording_group_id is None:
        yield "The device assigns its ID."
    yield from _describe_fields(group)


def _name(group: DesiredGroup) -> str:
    if group.is_named:
        return f'The group "{group.nice_name}"' if group.nice_name else "A group"
    return f"{group.recording_group_id}"


def _describe_effect(group: DesiredGroup) -> str:
    """Describe how long and where a group keeps recordings, or return nothing if the policy does not say."""
    hours, disks = group.retention_time, dict.fromkeys(group.disk_ids or ())
    where = f"on {', or else on '.join(disks)}" if disks else ""
    if hours is None:
        return where and f"is {where}"
    limit = "without limit" if hours == UNLIMITED else describe_hours(hours)
    return f"keeps recordings {limit} {where}".rstrip()


def _describe_fields(group: DesiredGroup, *, with_name: bool = False) -> Iterator[str]:
    """Yield the sentences about everything but retention and disk.

    :param with_name: whether the sentences have the name of a group that its name identifies, too.
    """
    if group.nice_name is not None and (with_name or not group.is_named):
        yield f'Its name is "{group.nice_name}".'
    if group.description is not None:
        yield f'Its description is "{group.description}".' if group.description else "Its description is empty."
    if group.stream_options is not None:
        options = (
            f"with the stream options {group.stream_options}" if group.stream_options else "without stream options"
        )
        yield f"It records {options}."
    for milliseconds, what in ((group.pre_duration, "before"), (group.post_duration, "after")):
        if milliseconds is not None:
            yield f"It also records {milliseconds / 1000:g} s {what} an event."
    if group.recording is not None:
        yield _describe_recording(group.recording)


def _describe_recording(recording: DesiredRecording) -> str:
    if not recording.present:
        return "The device does not record to it."
    name = f', with the rule "{recording.name}"' if recording.name else ""
    if recording.is_continuous:
        return f"The device always records to it{name}."
    return f"The device records to it{name}: {recording.when}."


def _describe_position(number: int, count: int) -> str:
    if count == 1:
        return ""
    return f"Rule {number}: " if number == 1 else f"Rule {number}, unless an earlier rule matches: "


def _describe_rule(rule: Rule) -> str:
    fields = list(_describe_fields(rule.desired, with_name=True))
    effect = _describe_effect(rule.desired) or ("has these settings" if fields else "is only compared with the bounds")
    return " ".join([f"Each existing group{_describe_match(rule.match)} {effect}.", *fields])


def _describe_match(match: Match) -> str:
    verb = "is" if match.literal else "matches"
    parts = [
        *([f"ID {verb} {match.recording_group_id}"] if match.recording_group_id is not None else []),
        *([f'name {verb} "{match.nice_name}"'] if match.nice_name is not None else []),
        *(f"stream option {name} {verb} {pattern}" for name, pattern in match.stream_options),
    ]
    return "" if parts == ["ID matches *"] else f" whose {' and whose '.join(parts)}"


def _describe_purge(policy: Policy) -> str:
    which = "" if "*" in policy.purge else f" whose ID matches {' or '.join(sorted(set(policy.purge)))}"
    covered = [*(["entry"] if policy.groups else []), *(["rule"] if policy.rules else [])]
    others = f"{' and' if which else ''} that no {' or '.join(covered)} covers" if covered else ""
    return f"Each group{which}{others and ' ' + others.lstrip()} is deleted with its recordings."
