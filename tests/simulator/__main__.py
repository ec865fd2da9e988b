# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a fleet by hand: python -m tests.simulator."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import signal
import sys
import textwrap
import threading
from collections.abc import Iterable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

from . import sites
from .device import Network
from .fault import Fault
from .faults import KINDS
from .fleet import MAX_SPEED, Fleet
from .outputs import INVENTORY_HEADER, check_output
from .profiles import PROFILES, find_profile
from .switches import Switches

#: Hours of the units of --group, by their letter.
_UNITS = {"": 1, "h": 1, "d": 24, "w": 168}
_GROUP = re.compile(
    r"(?:(?P<device>[^:=]+):)?(?P<group>[A-Za-z0-9_-]{1,50})=(?:(?P<number>\d+)(?P<unit>[hdw]?)|unlimited)"
)
_FAULT = re.compile(r"(?:(?P<device>[^:,=]+):)?(?P<kind>\w+)(?P<fields>(?:,\w+=[^,]*)*)")
_CLASS = re.compile(r"\w+")
#: Types of fields that have no text form.
_NO_TEXT = re.compile("bytes|tuple|Callable")
#: Seconds between two checks for requests that --journal has to write.
_JOURNAL_INTERVAL = 0.2
#: The options whose value is the path of a file to write.
_OUTPUTS = ("inventory", "list", "hosts", "journal")


def _fault_fields(kind: str) -> list[str]:
    """Return the fields of a kind of fault that can be written as a text."""
    return [item.name for item in fields(KINDS[kind]) if item.init and not _NO_TEXT.search(str(item.type))]


def _is_possible(kind: str) -> bool:
    """Return whether all fields that a kind of fault requires can be written as a text."""
    needed = {item.name for item in fields(KINDS[kind]) if item.default is MISSING and item.default_factory is MISSING}
    return needed <= {*_fault_fields(kind)}


#: The kinds of --fault.
_COMMAND_KINDS = tuple(filter(_is_possible, KINDS))


def main(arguments: list[str] | None = None) -> int:
    """Start the fleet, print its inventory, and wait for Ctrl-C or SIGTERM."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        switches = Switches.parse(options.switch)
        profiles = _profiles(options.profile or ["camera_12_9"], options.devices)
        groups = [_parse_group(text) for text in options.group]
        ages = [_parse_max_age(text) for text in options.max_age]
        faults = [_parse_fault(text) for text in options.fault]
        networks = [_parse_network(text) for text in options.network]
    except ValueError as error:
        parser.error(str(error))
    if not 0 < options.speed <= MAX_SPEED:
        parser.error(f"--speed must be over 0, and at most {MAX_SPEED}")
    if options.name and options.vms:
        parser.error("--name: --vms sets the names")
    _check_outputs(parser, options)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Fleet(speed=options.speed) as fleet:
        try:
            for profile, name in zip(profiles, _names(len(profiles), options), strict=True):
                device = fleet.add(
                    profile,
                    name,
                    switches=switches,
                    scheme="https" if options.https else None,
                    certificate=options.certificate,
                    by=options.by,
                )
                if options.vms:
                    sites.plant(device)
            _plant(fleet, groups)
            _set_max_ages(fleet, ages)
            _record(fleet, options.recorded)
            _disturb(fleet, faults, networks)
        except ValueError as error:
            parser.error(str(error))
        if options.list is None and options.hosts is None:
            print(INVENTORY_HEADER + fleet.inventory(), end="", flush=True)
        _print_hint(fleet, options)
        if options.journal is None:
            stop.wait()
        else:
            _write_journal(fleet, options.journal, stop)
    return 0


def _check_outputs(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End the command, without the usage, if it would replace a file that the simulator did not write."""
    try:
        for option in _OUTPUTS:
            if (path := getattr(options, option)) is not None:
                check_output(f"--{option}", path)
    except ValueError as error:
        parser.exit(2, f"{parser.prog}: error: {error}\n")


def _kind_of(match: re.Match[str]) -> str:
    """Return the kind of a fault whose class the journal names."""
    return next((kind for kind, fault in KINDS.items() if fault.__name__ == match[0]), match[0])


def _write_journal(fleet: Fleet, path: Path, stop: threading.Event) -> None:
    """Write the requests of all devices to a file, and again after each request, until the event."""
    written: str | None = None
    while True:
        is_last = stop.wait(_JOURNAL_INTERVAL)
        text = _render_journal(fleet)
        if text != written:
            path.write_text(text, encoding="utf-8")
            written = text
        if is_last:
            return


def _render_journal(fleet: Fleet) -> str:
    """Return a line for each request, in order: device, user, method, path and query, status, error code, faults."""
    entries = [(entry.time, device.name, entry) for device in fleet.devices.values() for entry in [*device.journal]]
    lines = []
    for _time, name, entry in sorted(entries, key=lambda item: item[:2]):
        code = f" error {entry.code}" if entry.code is not None else ""
        fault = f" fault {_CLASS.sub(_kind_of, entry.fault)}" if entry.fault is not None else ""
        lines.append(f"{name} {entry.user or '-'} {entry.method} {entry.target} {entry.status}{code}{fault}\n")
    return "".join(lines)


def _print_hint(fleet: Fleet, options: argparse.Namespace) -> None:
    """Write the files of the options, and print what to do next."""
    hints = []
    for option in _OUTPUTS:
        if (path := getattr(options, option)) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
    if options.inventory is not None:
        options.inventory.write_text(INVENTORY_HEADER + fleet.inventory(), encoding="utf-8")
        command = shlex.join(["ansible-playbook", "-i", str(options.inventory), "camfleet.axis.audit"])
        hints.append(f"Put a policy into group_vars/axis.yml in the same directory, then run: {command}")
    if options.list is not None:
        sites.write_list(fleet.devices.values(), options.list)
        hints.append(f"{options.list} lists them.")
    if options.hosts is not None:
        options.hosts.write_text(INVENTORY_HEADER + fleet.hosts(), encoding="utf-8")
        hints.append(f"{options.hosts} has their addresses.")
    if options.journal is not None:
        hints.append(f"{options.journal} has their requests.")
    if options.inventory is None and options.list is None and options.hosts is None:
        hints.append("Save the text above as inventory.yml, or restart with --inventory inventory.yml")
    accounts = "Accounts: viewer/viewer-pass, operator/operator-pass, root/administrator-pass"
    lines = [f"{len(fleet.devices)} simulated devices are running. {' '.join(hints)}", accounts, "Stop with Ctrl-C."]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _names(count: int, options: argparse.Namespace) -> Iterable[str | None]:
    """Return the name of each device, or `None` for the default one."""
    if options.name:
        return [f"{options.name}-{number}" for number in range(1, count + 1)]
    return sites.names(count) if options.vms else [None] * count


def _parse_group(text: str) -> tuple[str | None, str, int]:
    """Return the device (`None`: all of them), the ID, and the retention time in hours of a --group."""
    match = _GROUP.fullmatch(text)
    if match is None:
        raise ValueError(f"--group {text}: write ID=RETENTION or DEVICE:ID=RETENTION, for example entrance=30d")
    return match["device"], match["group"], int(match["number"] or 0) * _UNITS[match["unit"] or ""]


def _parse_max_age(text: str) -> tuple[str | None, int]:
    """Return the device (`None`: all of them), and the days of a --max-age."""
    name, equals, days = text.rpartition("=")
    if not days.isascii() or not days.isdigit() or (equals and not name):
        raise ValueError(f"--max-age {text}: write DAYS or DEVICE=DAYS, for example entrance-2=7")
    return name or None, int(days)


def _parse_fault(text: str) -> tuple[str | None, str, dict[str, Any]]:
    """Return the device (`None`: all of them), the kind, and the fields of a --fault."""
    match = _FAULT.fullmatch(text)
    if match is None:
        raise ValueError(f"--fault {text}: write KIND,FIELD=VALUE or DEVICE:KIND,FIELD=VALUE, such as html,times=2")
    if match["kind"] not in _COMMAND_KINDS:
        raise ValueError(f"--fault {text}: the kinds are {', '.join(_COMMAND_KINDS)}")
    given = dict(item.split("=", 1) for item in match["fields"].split(",")[1:])
    known = _fault_fields(match["kind"])
    for name in given:
        if name not in known:
            raise ValueError(f"--fault {text}: the fields of {match['kind']} are {', '.join(known)}")
    return match["device"], match["kind"], {name: _parse_value(value) for name, value in given.items()}


def _parse_value(text: str) -> Any:
    """Return a number, true, false, or null as such, and everything else as a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parse_network(text: str) -> tuple[str, Network]:
    """Return the device and the state of a --network."""
    name, equals, state = text.rpartition("=")
    if not equals or not name:
        raise ValueError(f"--network {text}: write DEVICE=STATE, for example entrance-2=silent")
    for known in get_args(Network):
        if state == known:
            return name, known
    raise ValueError(f"--network {text}: the states are {', '.join(get_args(Network))}")


def _disturb(
    fleet: Fleet, faults: list[tuple[str | None, str, dict[str, Any]]], networks: list[tuple[str, Network]]
) -> None:
    """Plant the faults, and set the states of the network."""
    names = [("--fault", name) for name, _kind, _fields in faults] + [("--network", name) for name, _state in networks]
    for option, name in names:
        if name is not None and name not in fleet.devices:
            raise ValueError(f"{option} {name}: the devices are {', '.join(fleet.devices)}")
    for name, kind, given in faults:
        for device in [fleet.devices[name]] if name is not None else fleet.devices.values():
            try:
                device.plant_fault(kind, **given)
            except TypeError as error:
                raise ValueError(f"--fault {kind}: {error}") from error
    for name, state in networks:
        fleet.devices[name].network = state


def _plant(fleet: Fleet, groups: list[tuple[str | None, str, int]]) -> None:
    """Plant the groups; a later one replaces an earlier one with the same ID on the same device."""
    for name, group, hours in groups:
        if name is not None and name not in fleet.devices:
            raise ValueError(f"--group {name}:{group}: the devices are {', '.join(fleet.devices)}")
        for device in [fleet.devices[name]] if name is not None else fleet.devices.values():
            device.plant_group(recording_group_id=group, retention_time=hours)


def _set_max_ages(fleet: Fleet, ages: list[tuple[str | None, int]]) -> None:
    """Set the maximum ages of the disks; a later one replaces an earlier one."""
    for name, days in ages:
        if name is not None and name not in fleet.devices:
            raise ValueError(f"--max-age {name}={days}: the devices are {', '.join(fleet.devices)}")
        for device in [fleet.devices[name]] if name is not None else fleet.devices.values():
            for disk in device.disks.values():
                disk.cleanupmaxage = days


def _record(fleet: Fleet, days: int) -> None:
    """Plant a recording for each day; a device deletes those that are too old."""
    for device in fleet.devices.values() if days > 0 else ():
        for group in device.groups:
            device.plant_recordings(group, days, spacing_hours=24)


def _profiles(requested: list[str], devices: int | None) -> list[str]:
    """Return the profile of each device; spread `devices` over the profiles without a count."""
    counted: list[str] = []
    open_ended: list[str] = []
    for text in requested:
        name, equals, count = (text, "", "") if Path(text).is_file() else _split_count(text)
        find_profile(name)
        if equals:
            counted += [name] * int(count)
        else:
            open_ended.append(name)
    if not open_ended:
        if devices is not None:
            raise ValueError("--devices requires a --profile without a count")
        return counted
    total = len(open_ended) if devices is None else devices
    return counted + [open_ended[number % len(open_ended)] for number in range(total)]


def _split_count(text: str) -> tuple[str, str, str]:
    name, equals, count = text.rpartition("=")
    if not equals:
        return text, "", ""
    if not count.isdecimal():
        raise ValueError(f"--profile {text}: {count!r} is not a number. Write NAME or NAME=COUNT")
    return name, equals, count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Run simulated Axis devices on loopback until Ctrl-C, and print an Ansible inventory of them.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--devices", type=int, metavar="N", help="how many devices (default: one per --profile)")
    parser.add_argument(
        "--profile",
        action="append",
        metavar="NAME[=COUNT]",
        help=f"repeatable; one of {', '.join(PROFILES)}, or the path of a JSON file of a device check "
        "(default: camera_12_9)",
    )
    parser.add_argument(
        "--by",
        choices=("port", "address"),
        default="port",
        help="a separate port on 127.0.0.1 for each device, or a separate address in 127.0.0.0/8 (Linux)",
    )
    parser.add_argument("--https", action="store_true", help="use HTTPS, also for devices that offer HTTP")
    parser.add_argument(
        "--certificate",
        choices=("self_signed", "ca"),
        default="self_signed",
        help="with --https: what signs the certificates; the inventory contains the fingerprint or the CA",
    )
    parser.add_argument(
        "--vms",
        action="store_true",
        help="distribute the devices over three sites, with the groups of two video management systems",
    )
    parser.add_argument("--name", metavar="NAME", help="name the devices NAME-1, NAME-2, and so on")
    parser.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="[DEVICE:]ID=RETENTION",
        help="repeatable; a recording group on every device, or on one, with 240 (hours), 30d, or unlimited",
    )
    parser.add_argument(
        "--max-age",
        action="append",
        default=[],
        metavar="[DEVICE=]DAYS",
        help="repeatable; the maximum age of recordings of the disks of every device, or of one; 0: unlimited "
        "(default: 7, as on real devices)",
    )
    parser.add_argument(
        "--recorded",
        type=int,
        default=0,
        metavar="DAYS",
        help="plant a recording for each of so many days in each group",
    )
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="repeatable, see below")
    parser.add_argument(
        "--speed", type=float, default=1, metavar="N", help="how many times as fast the clocks of the devices run"
    )
    parser.add_argument("--inventory", type=Path, metavar="PATH", help="also write the inventory to this file")
    parser.add_argument(
        "--list",
        type=Path,
        metavar="PATH",
        help="write the devices to this CSV file, as a spreadsheet program does, instead of printing the inventory",
    )
    parser.add_argument(
        "--hosts",
        type=Path,
        metavar="PATH",
        help="write an inventory with names, addresses, and ports, without logins and certificates, "
        "instead of printing the inventory",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="[DEVICE:]KIND[,FIELD=VALUE]",
        help="repeatable; a fault of every device, or of one, see below",
    )
    parser.add_argument(
        "--network",
        action="append",
        default=[],
        metavar="DEVICE=STATE",
        help=f"repeatable; the state of the network of a device: {', '.join(get_args(Network))}",
    )
    parser.add_argument(
        "--journal",
        type=Path,
        metavar="PATH",
        help="write each request to this file: device, user, request, and status",
    )
    return parser


def _epilog() -> str:
    common = {item.name for item in fields(Fault)}
    lines = [
        "files: --inventory, --list, --hosts, and --journal create the directory, and replace only files that the",
        "simulator wrote.",
        "",
        "faults, for --fault. The field call is a pattern of calls, such as recording_group/*. times is the number",
        "of requests, 1 by default, or null for all; skip is how many are not affected before. before_login=true is",
        "for requests without a login. A value cannot contain a comma.",
    ]
    for kind in _COMMAND_KINDS:
        own = "".join(f",{name}=…" for name in _fault_fields(kind) if name not in common)
        text = " ".join((KINDS[kind].__doc__ or "").split())
        lines.append(f"\n  {kind}{own}")
        lines += textwrap.wrap(text, 96, initial_indent="      ", subsequent_indent="      ")
    lines += [
        "",
        "switches, for behavior that the API documentation leaves open, or that differs; they override the profile:",
    ]
    for switch in Switches.describe():
        lines.append(f"\n  {switch.name}={switch.values} (default {switch.default_text})")
        lines += textwrap.wrap(switch.text, 96, initial_indent="      ", subsequent_indent="      ")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
