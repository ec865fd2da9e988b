# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that permit or forbid the loss of recordings: holds and allowances."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timezone
from fnmatch import fnmatchcase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import check_group_pattern
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import Parameters, Spec, invalid
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, Hold

#: The holds, documented in the fragment ``holds``.
HOLDS_SPEC: Spec = {
    "holds": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "recording_group_id": {"type": "str", "required": True},
            "reason": {"type": "str", "required": True},
            "owner": {"type": "str", "required": True},
            "until": {"type": "str", "required": True},
            "hosts": {"type": "list", "elements": "str"},
        },
    },
}
_REQUIRED = ("recording_group_id", "reason", "owner", "until")
# What Ansible accepts in a pattern of hosts, and a glob reads as something else.
_NOT_A_GLOB = re.compile(r"[!&~].*|.*\[-?\d*:-?\d*\].*", re.DOTALL)

_NO_END = " If the end is not known, set a distant date such as 2099-12-31, and say so in the reason."

# No other form: a hold whose end is misunderstood may end too early.
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?P<time>[T ]\d{2}:\d{2}(:\d{2}(\.\d{3}(\d{3})?)?)?([Zz]|[+-]\d{2}:\d{2})?)?", re.ASCII
)


def build_allowances(parameters: Parameters, now: datetime) -> Allowances:
    """Return the allowances and the holds that validated parameters describe.

    :raises InvalidOptionError: ``invalid_option``.
    """
    holds = (build_hold(item, Option("holds")[number]) for number, item in enumerate(parameters["holds"]))
    return Allowances(
        recording_loss=parameters.get("allow_recording_loss", False),
        # Several variables may have the same hold.
        holds=tuple(dict.fromkeys(holds)),
        now=now,
        recording_stop=parameters.get("allow_recording_stop", False),
    )


def build_hold(parameters: Parameters, entry: Option) -> Hold:
    """Return the hold that validated parameters describe.

    :raises InvalidOptionError: ``invalid_option``.
    """
    for name in _REQUIRED:
        if not parameters[name].strip():
            next_step = "Set {option}. A hold needs a group, a reason, an owner, and an end."
            if name == "until":
                next_step += _NO_END
            raise invalid("{option} is empty", next_step=next_step, option=entry[name])
    recording_group_id = parameters["recording_group_id"]
    check_group_pattern(recording_group_id, entry["recording_group_id"])
    end = _parse_end(parameters["until"], entry["until"])
    return Hold(recording_group_id, parameters["reason"], parameters["owner"], end)


def select_holds(holds: Sequence[Parameters], names: Collection[str]) -> list[int]:
    """Return the numbers of the holds that apply to a host, in order.

    :param holds: validated parameters.
    :param names: the name of the host, and the names of its groups.
    :raises InvalidOptionError: ``invalid_option``, if ``hosts`` of any hold is not valid.
    """
    return [
        number
        for number, hold in enumerate(holds)
        if (patterns := check_host_patterns(hold, Option("holds")[number])) is None
        or any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
    ]


def check_host_patterns(hold: Parameters, entry: Option) -> Sequence[str] | None:
    """Return the globs of the hosts that a hold applies to, or ``None`` if it applies to every host.

    :raises InvalidOptionError: ``invalid_option``.
    """
    patterns: Sequence[str] | None = hold.get("hosts")
    if patterns is None:
        return None
    option, next_step = entry["hosts"], "Set {option} to names of hosts or of groups, or to globs such as door*."
    if not patterns:
        raise invalid("{option} is empty", next_step=f"{next_step} Without it, every host has the hold.", option=option)
    for number, pattern in enumerate(patterns):
        if not pattern.strip():
            raise invalid("{option} is empty", next_step=next_step, option=option[number])
        if _NOT_A_GLOB.fullmatch(pattern.strip()):
            raise invalid(
                "{option} is {pattern!r}, which is not a name or a glob: holds do not support !, &, ~, and ranges",
                next_step=next_step,
                option=option[number],
                pattern=pattern,
            )
    return [pattern.strip() for pattern in patterns]


def _parse_end(text: str, option: Option) -> datetime:
    match = _MOMENT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        # Before Python 3.11, fromisoformat does not accept Z.
        moment = datetime.fromisoformat(re.sub(r"[Zz]\Z", "+00:00", match[0]))
        if match["time"] is None:
            moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
        return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise invalid(
            "{option} is {text!r}, which is not a valid date",
            next_step="Set {option} to a date such as 2027-01-31, after which the hold ends (in UTC), or "
            f"to a moment such as 2027-01-31T12:00:00Z.{_NO_END}",
            option=option,
            text=text,
        ) from error
