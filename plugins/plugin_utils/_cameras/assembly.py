# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the hosts and groups of an inventory file from its options, and collect all problems in one pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Option, describe_value
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.addresses import parse_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import (
    Camera,
    RenderName,
    find_address_problems,
    find_duplicates,
    find_hosts,
    find_moved,
    find_unencrypted,
    find_unlisted,
    merge_cameras,
    name_cameras,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.compare import Comparison, compare
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.files import (
    FileOptions,
    parse_columns,
    parse_file_options,
    read_file,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.flood import merge_problems
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.groups import (
    SILENT,
    UNLISTED,
    build_groups,
    find_name_conflicts,
    find_parent_fault,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.mdns import find_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import ListedCamera, Problem, SweepCounts
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import (
    SweepOptions,
    SweepResult,
    check_options,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.variables import check_variables, merge_ignored

_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
_MOVE = "Move it out of the directory, or add its name to ignore_patterns in section [inventory] of ansible.cfg."

#: Returns further addresses to sweep.
FindAddresses = Callable[[], Sequence[str]]
#: Returns what responds at addresses and at further ones, from a cache or from the network.
RunSweep = Callable[[Sequence[str], SweepOptions, "FindAddresses | None"], SweepResult]
#: Returns the inventory directory of which Ansible itself reads a file, by its absolute path, or ``None``.
FindDirectory = Callable[[str], "str | None"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of an inventory file.

    :param config: the name of the file, for messages.
    :param directory: what paths are relative to.
    :param reserved: names that cannot be variables.
    """

    config: str
    directory: str
    files: Sequence[object] = ()
    columns: object = None
    addresses: Sequence[object] = ()
    mdns: bool = False
    mdns_seconds: float = 5
    compare: bool = False
    sweep: SweepOptions = field(default_factory=SweepOptions)
    parent_group: str = "axis"
    reserved: Collection[str] = frozenset()

    @property
    def has_sweep(self) -> bool:
        """Return whether any request is sent."""
        return bool(self.addresses) or self.mdns


@dataclass(slots=True)
class Assembly:
    """The hosts of an inventory file.

    :param hosts: by name.
    :param groups: by host, its groups besides the parent group.
    :param problems: what prevents the use of the inventory file; a text begins with the name of the file.
    :param warnings: lines that a person should know in any case.
    :param notices: lines for a verbose run.
    """

    hosts: dict[str, Camera] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem | str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def add(self, camera: Camera, problem: Problem) -> None:
        """Add a problem. A device that no file lists must not prevent the use of the inventory."""
        if camera.listed is None:
            self.warnings.append(str(problem))
        else:
            self.problems.append(problem)

    def count_problems(self) -> int:
        """Return how many different problems there are."""
        return len({str(problem) for problem in self.problems})

    def describe_problems(self, limit: int | None = None) -> list[str]:
        """Return each problem once, those of a file in the order of its lines; many of one kind are one line.

        :param limit: how many lines, besides the first one of each file.
        """
        files = {item.position.file: None for item in self.problems if isinstance(item, Problem)}
        numbers = {file: number for number, file in enumerate(files)}

        def order(problem: Problem | str) -> tuple[int, int]:
            if isinstance(problem, str):
                return -1, 0
            return numbers[problem.position.file], problem.position.line or 0

        ordered = merge_problems(sorted(self.problems, key=order))
        texts = dict(reversed([(str(problem), order(problem)[0]) for problem in ordered]))
        places = [(text, texts[text]) for text in dict.fromkeys(map(str, ordered))]
        if limit is None or len(places) <= limit:
            return [text for text, _number in places]
        first: dict[int, str] = {}
        for text, number in places:
            first.setdefault(number, text)
        kept = {*first.values()}
        kept.update([text for text, _number in places if text not in kept][: max(0, limit - len(kept))])
        return [text for text, _number in places if text in kept]


def assemble(
    settings: Settings,
    render: RenderName | None,
    run_sweep: RunSweep,
    address_key: Callable[[str, int], object],
    find_directory: FindDirectory,
) -> Assembly:
    """Return hosts and groups, or the problems that prevent them.

    :param render: the template for names, or ``None`` for the default names.
    :param address_key: returns what identifies address and port, in any spelling.
    :param find_directory: returns the inventory directory of which Ansible itself reads a file, or ``None``.
    """
    found = Assembly()
    _check_settings(settings, found)
    files = _parse_files(settings, found)
    listed, rejected = _read_files(settings, files, find_directory, found)
    addresses = parse_addresses(settings.addresses)
    _report(settings, addresses.problems, found)
    # A sweep takes long, and its result would not be used.
    sweep = (
        None if found.problems or not settings.has_sweep else _sweep(settings, addresses.addresses, run_sweep, found)
    )
    comparison = None if sweep is None else compare(listed, sweep)
    if comparison is not None:
        found.problems.extend(comparison.problems)
        found.warnings += (*comparison.conflicts, *(comparison.warnings if settings.compare else ()))
    cameras = _merge(settings, listed, sweep, comparison)
    cameras += [Camera(settings.config, camera, is_rejected=True) for camera in rejected]
    cameras = _add_variables(settings, cameras, {name for file in files for name in file.columns}, found)
    if sweep is not None or not settings.has_sweep:
        found.problems.extend(find_address_problems(cameras))
    found.problems.extend(find_duplicates(cameras, address_key))
    names = name_cameras(cameras, render)
    found.hosts = names.hosts
    found.problems.extend(names.problems)
    found.warnings += names.warnings
    _add_groups(settings, cameras, {id(listed[index]) for index in comparison.silent} if comparison else set(), found)
    found.warnings += (*find_moved(cameras), *find_unencrypted(cameras))
    if not (cameras or found.problems):
        found.problems.append(_describe_absence(settings, sweep))
    return found


def _check_settings(settings: Settings, found: Assembly) -> None:
    if not settings.files and not settings.has_sweep:
        found.problems.append(f"{settings.config}: no source of cameras. Set files, addresses, or both.")
    if settings.compare and not (settings.files and settings.has_sweep):
        message = "compare needs files and addresses. Set both, or remove compare."
        found.problems.append(f"{settings.config}: {message}")
    if fault := find_parent_fault(settings.parent_group):
        message = f"the parent_group {settings.parent_group!r} {fault}. Set it to another name, such as axis."
        found.problems.append(f"{settings.config}: {message}")
    _report(settings, check_options(settings.sweep), found)


def _report(settings: Settings, errors: Iterable[AxisError], found: Assembly) -> None:
    found.problems.extend(f"{settings.config}: {error.message}. {error.next_step}" for error in errors)


def _parse_files(settings: Settings, found: Assembly) -> list[FileOptions]:
    files: list[FileOptions] = []
    try:
        shared = {name: header for name, header in parse_columns(settings.columns, Option("columns")).items() if header}
    except AxisError as error:
        _report(settings, [error], found)
        return files
    for index, item in enumerate(settings.files):
        try:
            file = parse_file_options(item, shared, Option("files")[index])
        except AxisError as error:
            _report(settings, [error], found)
            continue
        if any(_is_same_table(settings, file, other) for other in files):
            found.problems.append(f"{settings.config}: files has {file.path} twice. Remove one of the entries.")
        else:
            files.append(file)
    return files


def _locate(settings: Settings, file: FileOptions) -> str:
    return os.path.join(settings.directory, os.path.expanduser(file.path))


def _is_same_table(settings: Settings, one: FileOptions, other: FileOptions) -> bool:
    paths = {os.path.realpath(_locate(settings, file)) for file in (one, other)}
    return len(paths) == 1 and one.sheet == other.sheet


def _read_files(
    settings: Settings, files: Iterable[FileOptions], find_directory: FindDirectory, found: Assembly
) -> tuple[list[ListedCamera], list[ListedCamera]]:
    """Return the cameras, and what could be read of rows that have a problem."""
    cameras: list[ListedCamera] = []
    rejected: list[ListedCamera] = []
    files = list(files)
    found.problems.extend(_find_strays(settings, files, find_directory))
    for file in files:
        result = read_file(file, settings.directory)
        if directory := find_directory(_locate(settings, file)):
            found.problems.append(
                f"{file.path}: Ansible reads this file as an inventory, too, because it is in the inventory directory "
                f"{directory}. {_MOVE}"
            )
        cameras += result.cameras
        rejected += result.rejected
        found.problems.extend(result.problems)
        found.warnings += result.warnings
    return cameras, rejected


def _find_strays(settings: Settings, files: Iterable[FileOptions], find_directory: FindDirectory) -> Iterator[str]:
    """Yield a problem for each other table in the inventory directory: Ansible makes hosts of its lines."""
    directory = find_directory(os.path.join(settings.directory, settings.config))
    if directory is None:
        return
    listed = [os.path.abspath(_locate(settings, file)) for file in files]
    tables = {*map(os.path.realpath, listed)}
    for folder, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if find_directory(os.path.join(folder, name)))
        for path in (os.path.join(folder, name) for name in sorted(names)):
            is_table = path.lower().endswith(_TABLES) or os.path.realpath(path) in tables
            if is_table and path not in listed and find_directory(path):
                shown = escape_invisible(os.path.relpath(path, directory))
                yield (
                    f"{settings.config}: Ansible reads {shown} as an inventory, because it is in the inventory "
                    f"directory {directory}, and would make hosts of its lines. {_MOVE}"
                )


def find_wrong_types(config: str, options: Mapping[str, object]) -> Iterator[str]:
    """Yield a line for each option that must be a list or a dictionary and is not."""
    for name in ("files", "addresses"):
        if isinstance(value := options.get(name), Mapping):
            step = "Write a hyphen before each entry."
            yield f"{config}: {name} must be a list, got {describe_value(value)}. {step}"
    value = options.get("columns")
    if value is not None and not isinstance(value, Mapping):
        step = "Set it to a dictionary such as {address: Device IP}."
        yield f"{config}: columns must be a dictionary, got {describe_value(value)}. {step}"


def _sweep(settings: Settings, addresses: Sequence[str], run_sweep: RunSweep, found: Assembly) -> SweepResult | None:
    try:
        announced = partial(find_addresses, settings.mdns_seconds) if settings.mdns else None
        sweep = run_sweep(addresses, settings.sweep, announced)
    except AxisError as error:
        _report(settings, [error], found)
        return None
    found.warnings += [f"{settings.config}: {line}" for line in sweep.describe()]
    found.notices.append(f"{settings.config}: {describe_counts(sweep.counts)}")
    return sweep


def _merge(
    settings: Settings, listed: Sequence[ListedCamera], sweep: SweepResult | None, comparison: Comparison | None
) -> list[Camera]:
    if sweep is None or comparison is None:
        return merge_cameras(settings.config, listed, [None] * len(listed), ())
    cameras = merge_cameras(settings.config, listed, comparison.matches, comparison.unlisted, sweep.repeated)
    return [replace(camera, uses_http=settings.sweep.protocol == "http") for camera in cameras]


def _add_variables(
    settings: Settings, cameras: Iterable[Camera], mapped: Collection[str], found: Assembly
) -> list[Camera]:
    checked = [
        (camera, None if camera.listed is None else check_variables(camera.listed, mapped, settings.reserved))
        for camera in cameras
    ]
    pairs = [(camera.listed, variables) for camera, variables in checked if camera.listed and variables]
    found.problems.extend(problem for pair in pairs for problem in pair[1].problems)
    found.warnings += merge_ignored(pairs)
    return [
        camera if variables is None else replace(camera, variables=variables.values) for camera, variables in checked
    ]


def _add_groups(settings: Settings, cameras: Sequence[Camera], silent: Collection[int], found: Assembly) -> None:
    groups = build_groups(cameras, settings.parent_group)
    found.problems.extend(groups.problems)
    found.warnings += groups.warnings
    of_camera = {id(camera): names for camera, names in zip(cameras, groups.of_camera, strict=True)}
    found.groups = {name: of_camera[id(camera)] for name, camera in found.hosts.items()}
    if settings.compare:
        for name in find_unlisted(found.hosts):
            found.groups[name].append(UNLISTED)
        for name in find_hosts(found.hosts, silent):
            found.groups[name].append(SILENT)
    names = {settings.parent_group, UNLISTED, SILENT, *(name for own in groups.of_camera for name in own)}
    found.problems.extend(find_name_conflicts(found.hosts, names))


def _describe_absence(settings: Settings, sweep: SweepResult | None) -> str:
    if sweep is None:
        return f"{settings.config}: files list no camera. Add rows below the headers."
    counts = describe_counts(sweep.counts)
    if not sweep.addresses:
        step = "Check whether this machine is in their network, raise mdns_seconds, or set addresses."
        return f"{settings.config}: no device announces itself by mDNS. {step}"
    return f"{settings.config}: no camera. {counts} Check addresses, port, protocol, and validate_certs."


def describe_counts(counts: SweepCounts) -> str:
    """Return what responded in a sweep, as a sentence."""
    parts = {
        "Axis devices": counts.cameras,
        "other devices": counts.others,
        "not identified": counts.unidentified,
        "with TLS errors": counts.tls_errors,
        "refused": counts.refused,
        "silent": counts.silent,
    }
    swept = f"{counts.addresses:,} address{'' if counts.addresses == 1 else 'es'}"
    return f"Searched {swept}: {', '.join(f'{count:,} {text}' for text, count in parts.items())}."
