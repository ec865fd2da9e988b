# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check is going to send, for a person who may still stop it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions

#: The most requests of each part to a device without faults, and for each hour of the part that takes time.
MAX_READS, MAX_WRITE_REQUESTS, MAX_WAIT_REQUESTS, MAX_REQUESTS_PER_HOUR = 60, 260, 200, 50
_SECONDS = {86400: "day", 3600: "hour", 60: "minute"}
#: The rate limit of a device: requests in a minute.
_REQUESTS_PER_MINUTE = 600
_READS = (
    "  Reads: at most {requests} requests about APIs, authentication, TLS, groups, disks, recordings, rules, and the "
    "clock. They change nothing."
)
_WRITES = (
    "  Experiments: at most {requests} requests, which take about {time}, or longer on a slow device. They create "
    "recording groups, action configurations, and disabled action rules whose IDs or names begin with camfleet-check-, "
    "and remove them again."
)
_WAITS = (
    "  Experiments that take time: at most {time} and {requests} requests. An enabled action rule records to a scratch "
    "group, and the recordings are deleted with the group."
)
_NEVER_CHANGED = (
    "  Never changed: all other groups, action configurations, and rules, their recordings and retention times, and "
    "the settings of the device."
)
_INTERRUPTED = (
    "  After Ctrl-C or a crash, something of the experiments may remain. The next check with device_check_write: true "
    "removes it, and a check without it lists it. Run only one check of a device at a time."
)
_INTERRUPTED_WAIT = "  If the wait is interrupted, the device records to the scratch group until that next check."
_NO_EXPERIMENTS = "  Without device_check_write: true, there are no experiments, and most points stay open."
_CHECK_MODE = "  Check mode: no experiments, although device_check_write is true."


def announce(hosts: Iterable[str], options: DeviceCheckOptions, dest: str, *, check_mode: bool) -> list[str]:
    """Return the announcement for hosts with the same options as lines."""
    names = list(hosts)
    each = "" if len(names) == 1 else ", one after the other, to each of them"
    lines = [f"The device check sends to {', '.join(names)}{each}:", _READS.format(requests=MAX_READS)]
    if options.write and not check_mode:
        minutes = max(1, round(MAX_WRITE_REQUESTS / _REQUESTS_PER_MINUTE))
        lines.append(_WRITES.format(requests=MAX_WRITE_REQUESTS, time=_render(minutes * 60)))
        if options.wait is not None:
            requests = MAX_WAIT_REQUESTS + MAX_REQUESTS_PER_HOUR * -(-options.wait // 3600)
            lines.append(_WAITS.format(requests=requests, time=_render(options.wait)))
        lines += [_NEVER_CHANGED, _INTERRUPTED, *[_INTERRUPTED_WAIT] * (options.wait is not None)]
    else:
        lines.append(_CHECK_MODE if options.write else _NO_EXPERIMENTS)
    files = "no file, because of check mode" if check_mode else f"<model>-<firmware>.json and .md in {dest}"
    return [*lines, f"  Writes {files}."]


def _render(seconds: int) -> str:
    """Return a time in the largest unit that divides it."""
    size, unit = next((size, unit) for size, unit in _SECONDS.items() if seconds % size == 0)
    number = seconds // size
    return f"{number} {unit}{'' if number == 1 else 's'}"
