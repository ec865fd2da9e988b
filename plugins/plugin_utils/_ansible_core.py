# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every private or undocumented API of ansible-core that the collection uses.

Each function says what it needs the API for, and what happens in a version of ansible-core without it: a safe fallback,
or an error that names the API. A test keeps these APIs out of all other files.
"""

from __future__ import annotations

import os
import re
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from datetime import date
from functools import cached_property
from itertools import zip_longest
from multiprocessing import current_process
from operator import itemgetter
from typing import Any, NamedTuple

from ansible import constants
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.splitter import parse_kv, split_args
from ansible.plugins.loader import inventory_loader, lookup_loader
from ansible.release import __version__ as ansible_version
from ansible.vars.plugins import get_vars_from_path

from ansible_collections.camfleet.axis.plugins.plugin_utils._repeated import (
    build_ini_variants,
    build_variants,
    find_repeated,
    has_any,
)

try:
    from ansible.inventory.manager import split_host_pattern
except ImportError:
    split_host_pattern = None
try:
    from ansible.errors import AnsibleValueOmittedError
except ImportError:  # ansible-core before 2.19 returns a text for omit
    AnsibleValueOmittedError = type("AnsibleValueOmittedError", (AnsibleError,), {})
#: hostvars raises it for a variable that resolves to ``omit``.
OmittedValueError: type[Exception] = AnsibleValueOmittedError
try:
    from ansible.utils.vars import load_extra_vars
except ImportError:
    load_extra_vars = None
try:
    from ansible import context
except ImportError:
    context = None
try:
    from ansible.inventory.manager import IGNORED as _IGNORED_FILES
except ImportError:
    _IGNORED_FILES = None
try:
    from ansible.vars.reserved import get_reserved_names
except ImportError:
    get_reserved_names = None
try:
    # From ansible-core 2.19 on, only texts that are marked as trusted are templates.
    from ansible.template import trust_as_template as _trust_as_template
except ImportError:
    _trust_as_template = None
try:
    # Before, all texts are, except those that are marked as unsafe.
    from ansible.utils.unsafe_proxy import wrap_var as _wrap_var
except ImportError:
    _wrap_var = None
try:
    from ansible.module_utils._internal import _messages
except ImportError:  # ansible-core before 2.19 prints no error besides the result
    _messages = None

# Where a task keeps its arguments while those that core shows are redacted.
_ARGUMENTS = "_camfleet_axis_arguments"
_PLAIN_NAME = re.compile(r"[\w.-]+")
_DATA_CALLBACKS = frozenset({"json", "jsonl", "yaml_data"})
_TEMPLATE_MARKS = ("{{", "{%", "{#")
# A text that calls and computes nothing, whatever evaluates it. A template may also begin with the header #jinja2.
_HARMLESS = re.compile(r"[\w .,:;@/+&=!?%'-]*")
_IMPORTS = ("import_playbook", "ansible.builtin.import_playbook")


def _missing(api: str) -> AnsibleError:
    return AnsibleError(
        f"ansible-core {ansible_version} has no {api}, which camfleet.axis needs. "
        "Use a version of ansible-core that the README of the collection names."
    )


def _require(owner: Any, name: str, api: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError as error:
        raise _missing(api) from error


def original_arguments(task: Any) -> dict[str, Any]:
    """Return the arguments of a task as the user wrote them, although ``task.args`` is redacted by then.

    Core passes ``task.args`` to every callback plugin, and one task object to each retry of ``until``. They are kept in
    an attribute that core does not know. If core copied the task for each retry, the copy would carry the attribute.
    """
    arguments: dict[str, Any] = strip_tags(task.__dict__.setdefault(_ARGUMENTS, task.args))
    return arguments


def play_id(task: Any) -> str:
    """Return what identifies the play of a task: the same in every wave, and different in the next play.

    Without ``task._parent._play`` it identifies the task, and a play with the role fails: its preflight does not count.
    """
    return str(getattr(_play(task), "_uuid", None) or task._uuid)


def play_pattern(task: Any) -> list[str]:
    """Return the host patterns of the play of a task, before ``--limit``.

    Without ``task._parent._play`` it returns none, and the report lacks the hosts that ``--limit`` left out.
    """
    pattern = getattr(_play(task), "hosts", None) or []
    return [str(item) for item in pattern] if isinstance(pattern, list) else [str(pattern)]


def playbook_tags(action: Any) -> set[str]:
    """Return every tag in the playbooks of the run, and in those that they import by path.

    Without ``context.CLIARGS`` or the loader it returns none, and no import counts as deliberately deselected.
    """
    loader: Any = getattr(action, "_loader", None)
    pending = list(getattr(context, "CLIARGS", {}).get("args", ())) if loader is not None else []
    tags: set[str] = set()
    seen: set[str] = set()
    while pending:
        path = os.path.abspath(pending.pop())
        # A playbook of a collection is named, not a path. No user sets tags in it.
        if path not in seen and os.path.isfile(path):
            seen.add(path)
            imported = _collect_tags(loader.load_from_file(path), tags)
            pending += [os.path.join(os.path.dirname(path), name) for name in imported]
    return tags


def _collect_tags(value: Any, tags: set[str]) -> list[str]:
    """Add the tags anywhere in a part of a playbook, and return the playbooks that it imports."""
    if isinstance(value, list):
        return [name for item in value for name in _collect_tags(item, tags)]
    if not isinstance(value, Mapping):
        return []
    given = value.get("tags") or []
    tags.update(str(tag).strip() for tag in (given if isinstance(given, list) else str(given).split(",")))
    imports = [str(value[name]) for name in _IMPORTS if name in value]
    return imports + [name for item in value.values() for name in _collect_tags(item, tags)]


def _play(task: Any) -> Any:
    return getattr(getattr(task, "_parent", None), "_play", None)


def role_name(task: Any) -> str | None:
    """Return the full name of the role that a task belongs to, such as ``camfleet.axis.retention_policy``.

    Without ``task._role`` it returns ``None``, and messages name the options of the module, not the role's variables.
    """
    get_name = getattr(getattr(task, "_role", None), "get_name", None)
    return None if get_name is None else str(get_name())


def play_login(action: Any) -> tuple[str | None, str | None]:
    """Return user and password of the play: ``--user`` and ``--ask-pass``, or a machine credential of AWX.

    The user is not that of the play context, where the host's ``ansible_user`` has replaced it. Without
    ``_play_context.password`` there is no password, and the message for a missing login lists the other sources.
    """
    password = getattr(getattr(action, "_play_context", None), "password", None)
    return strip_tags(action._task.remote_user), strip_tags(password) or None


def run_login(action: Any) -> tuple[str | None, str | None]:
    """Return user and password of the run, for an action that reads the variables of other hosts than its own.

    The password is not that of the play context, where the own host's ``ansible_password`` has replaced it: it must not
    reach another device. Without ``_play_context`` of the worker there is no password.
    """
    password = getattr(getattr(current_process(), "_play_context", None), "password", None)
    return strip_tags(action._task.remote_user), strip_tags(password) or None


def execute_module(
    action: Any, name: str, arguments: dict[str, Any], task_vars: dict[str, Any], environment: dict[str, str]
) -> dict[str, Any]:
    """Run a module on the machine that the task is delegated to, with additional environment variables.

    The environment is that of the task, and is restored. Without ``task.environment`` the module has no additional
    variables, and its messages name the options of the module.
    """
    task = action._task
    before = getattr(task, "environment", None)
    task.environment = [*(before or []), environment]
    try:
        result: dict[str, Any] = action._execute_module(module_name=name, module_args=arguments, task_vars=task_vars)
    finally:
        task.environment = before
    return result


def module_defaults(task: Any, module: str, group: str) -> dict[str, Any]:
    """Return the options that module_defaults set for a module and its action group, with their templates unresolved.

    Without ``task.module_defaults`` there are none, and the preflight does not check them.
    """
    merged: dict[str, Any] = {}
    for defaults in getattr(task, "module_defaults", None) or ():
        merged |= defaults if isinstance(defaults, Mapping) else {}
    found = (merged.get(name) for name in (f"group/{group}", module))
    return {option: value for options in found if isinstance(options, Mapping) for option, value in options.items()}


def default_values(
    task: Any, option: str, module: str, group: str, resolve: Callable[[Any], Any]
) -> list[tuple[str, Any]]:
    """Return each value of an option in module_defaults, with what sets it: core keeps only that of the closest level.

    Without ``task.module_defaults`` there are none, and with an unknown ``_action_groups`` only those of the group.

    :param resolve: resolves the templates of a whole entry of module_defaults. Those of a value remain.
    """
    groups = getattr(_play(task), "_action_groups", None)
    known = groups.get(module, ()) if isinstance(groups, Mapping) else ()
    entries = [*dict.fromkeys(f"group/{name}" for name in (group, *known)), module]
    found = []
    for defaults in getattr(task, "module_defaults", None) or ():
        for name in entries if isinstance(defaults, Mapping) else ():
            options = defaults.get(name)
            options = resolve(options) if isinstance(options, str) else options
            if isinstance(options, Mapping) and option in options:
                found.append((f"module_defaults['{name}'].{option}", options[option]))
    return found


@contextmanager
def handled_time_limit(expire: Callable[[], None]) -> Iterator[None]:
    """Return a context in which the end of the time limit of a task calls a function.

    Core's own handler raises an exception wherever the action is, and its result does not say what the task has done.
    If core used another signal, its own exception would end the task.
    """
    handler = signal.getsignal(signal.SIGALRM)
    if not callable(handler):  # the task has no time limit
        yield
        return
    signal.signal(signal.SIGALRM, lambda _signal, _frame: expire())
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, handler)


def raw_variables(hostvars: Any, host: str) -> Mapping[str, Any]:
    """Return all variables of a host with their templates unresolved.

    ``hostvars[host]`` resolves each of them on access and fails for the first that is undefined. Without
    ``HostVars.raw_get`` there is no way to find which variables a host sets, so that the task fails.
    """
    variables: Mapping[str, Any] = _require(hostvars, "raw_get", "HostVars.raw_get")(host)
    return variables


def own_names(hostvars: Any, host: str) -> Mapping[str, Any]:
    """Return name and groups of a host as the inventory has them, by the variables that have them without ``all``.

    Any other variable of these names overrides them. Without the inventory of hostvars the task fails, since a hold
    might not apply.
    """
    inventory = _require(hostvars, "_inventory", "HostVars._inventory")
    found = _require(inventory, "get_host", "InventoryManager.get_host")(host)
    # The implicit localhost may be unknown.
    names: Mapping[str, Any] = (
        {"inventory_hostname": host, "group_names": []}
        if found is None
        else _require(found, "get_magic_vars", "Host.get_magic_vars")()
    )
    return names


def current_host(task_vars: Mapping[str, Any]) -> str:
    """Return the inventory name of the host that a task runs for, which a variable may override.

    Without ``WorkerProcess._host``, return what the variables say.
    """
    host = getattr(current_process(), "_host", None)
    return str(task_vars["inventory_hostname"] if host is None else host.name)


def group_precedence(hostvars: Any, group: str) -> tuple[int, int]:
    """Return depth and priority of a group of the inventory, which decide which variables override others.

    Without the inventory of hostvars the task fails, since it could not find the value that is in force.
    """
    inventory = _require(hostvars, "_inventory", "HostVars._inventory")
    found = _require(inventory, "groups", "InventoryManager.groups")[group]
    return int(found.depth), int(found.priority)


@contextmanager
def recorded_hosts(hostvars: Any) -> Iterator[set[str]]:
    """Return a context that collects the hosts whose variables are read, by a template or otherwise.

    Without ``HostVars.raw_get``, which ``hostvars[host]`` calls, the task fails.
    """
    read = _require(hostvars, "raw_get", "HostVars.raw_get")
    found: set[str] = set()

    def record(host: str) -> Any:
        found.add(str(host))
        return read(host)

    hostvars.raw_get = record
    try:
        yield found
    finally:
        hostvars.raw_get = read


# By place, the attribute of the variable manager that has what tasks have set.
_RUNTIME_CACHES = (("include_vars", "_vars_cache"), ("set_fact or register", "_nonpersistent_fact_cache"))


# Kind and name of a group or a host.
_Entity = tuple[str, str]
# By group or host, variables and their values, those that override others last.
_Values = dict[_Entity, list[tuple[str, Any]]]
# Returns each earlier value of variables that a file sets again, with its place.
_FindRepeated = Callable[[str, str], Iterable[tuple[str, Any]]]


class VariableLevel(NamedTuple):
    """A place that sets variables."""

    #: as a message names it, such as ``group axis (group_vars/axis.yml)``
    place: str
    variables: Mapping[str, Any]


class _RecordingInventory(InventoryData):  # type: ignore[misc] # core has no types
    """The content of an inventory file, with each value that it sets: core keeps only the last one of a variable."""

    def __init__(self) -> None:
        super().__init__()
        self.values: _Values = defaultdict(list)

    def set_variable(self, entity: str, varname: str, value: Any) -> None:
        super().set_variable(entity, varname, value)
        self.values["group" if entity in self.groups else "host", str(entity)].append((varname, value))


class _VariantLoader:
    """A loader that returns other content of an inventory file."""

    def __init__(self, loader: Any, content: Any) -> None:
        self._loader, self._content = loader, content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_from_file(self, *_arguments: Any, **_options: Any) -> Any:
        """Return the content for the inventory plugin yaml."""
        return self._content

    def _get_file_contents(self, _path: str) -> tuple[bytes, bool]:
        """Return the content for the inventory plugin ini."""
        return self._content.encode(), False


class VariableLevels:
    """The places that set some of the variables of a host. Core itself keeps only the value that is in force.

    Without the inventory, the loader or the variable manager of hostvars the task fails, since a value that hides
    another one would not be found.

    :param task: the current task, whose play and roles are places, too; or ``None`` for only what applies to a host
        in any play.
    :param wanted: whether a variable is one of those to find.
    """

    def __init__(self, hostvars: Any, task: Any, wanted: Callable[[str], bool]) -> None:
        self._inventory = _require(hostvars, "_inventory", "HostVars._inventory")
        self._loader = _require(hostvars, "_loader", "HostVars._loader")
        self._manager = _require(hostvars, "_variable_manager", "HostVars._variable_manager")
        self._wanted = wanted
        # By kind of place, as in the setting VARIABLE_PRECEDENCE.
        self._directories = {
            "plugins_inventory": list(self._find_inventory_directories()),
            "plugins_play": [self._loader.get_basedir()],
        }
        self._precedence: list[str] = list(_require(constants, "VARIABLE_PRECEDENCE", "constants.VARIABLE_PRECEDENCE"))
        self._groups: dict[str, list[tuple[tuple[Any, ...], VariableLevel]]] = {}
        levels = ([], [], []) if task is None else _find_play_levels(task, self._loader, self._find_repeated)
        self._defaults, self._play, self._parameters = map(self._keep_wanted, levels)
        self._parameters += self._find_extra_levels()

    def of(self, host_name: str) -> list[VariableLevel]:
        """Return the places that set any of the variables for a host, those that override others last."""
        host = self._inventory.get_host(host_name)
        groups: list[tuple[tuple[Any, ...], VariableLevel]] = []
        for group in host.get_groups():
            if group.name not in self._groups:
                self._groups[group.name] = self._find_group_levels(group)
            groups += self._groups[group.name]
        found = [level for _order, level in sorted(groups, key=itemgetter(0))]
        found += [level for _kind, _number, level in self._find_levels("host", host)]
        runtime = ((place, getattr(self._manager, name, {}).get(host_name, {})) for place, name in _RUNTIME_CACHES)
        # A directory that is both that of the inventory and that of the playbook is read twice.
        last = {(level.place, str(level.variables)): number for number, level in enumerate(found)}
        once = [level for number, level in enumerate(found) if last[level.place, str(level.variables)] == number]
        return [*self._defaults, *once, *self._play, *self._keep_wanted(runtime), *self._parameters]

    def _find_group_levels(self, group: Any) -> list[tuple[tuple[Any, ...], VariableLevel]]:
        """Return the places that set any of the variables for a group, each with its order among those of a host."""
        prefix = "all" if group.name == "all" else "groups"
        return [
            (
                (self._precedence.index(f"{prefix}_{kind}"), number, group.depth, group.priority, group.name, index),
                level,
            )
            for index, (kind, number, level) in enumerate(self._find_levels("group", group))
            if f"{prefix}_{kind}" in self._precedence
        ]

    def _keep_wanted(self, levels: Iterable[tuple[str, Any]]) -> list[VariableLevel]:
        found = (
            VariableLevel(place, {name: variables[name] for name in variables or () if self._wanted(name)})
            for place, variables in levels
        )
        return [level for level in found if level.variables]

    def _find_inventory_directories(self) -> Iterator[str]:
        for source in _require(self._inventory, "_sources", "InventoryManager._sources"):
            # Other sources are lists of hosts.
            if source and os.path.exists(source):
                yield source if os.path.isdir(source) else os.path.dirname(source)

    def _find_levels(self, entity_type: str, entity: Any) -> list[tuple[str, int, VariableLevel]]:
        """Return the places that set any of the variables for a group or a host, each with its kind and number."""
        place = f"{entity_type} {entity.name}"
        # Reading all files of an inventory takes longer than a task.
        files = self._inventory_files if any(map(self._wanted, entity.vars)) else ()
        levels: list[VariableLevel] = []
        for path, values in files:
            own = values.get((entity_type, str(entity.name)), [])
            counts = Counter(name for name, _where, _value in own)
            for name, where, value in own:
                is_repeated = counts[name] > 1
                # In a single file, core has all values that are not repeated.
                if is_repeated or len(files) > 1 or entity.vars.get(name) != value:
                    named = f"{_shorten(path)}, {where}" if is_repeated else _shorten(path)
                    levels.append(VariableLevel(f"{place} ({named})", {name: value}))
        found = [("inventory", 0, level) for level in self._add_others(levels, f"{place} (inventory)", entity.vars)]
        for kind, directories in self._directories.items():
            for number, directory in enumerate(directories):
                stages = (
                    get_vars_from_path(self._loader, directory, [entity], stage) for stage in ("task", "inventory")
                )
                merged: Mapping[str, Any] = next(filter(None, stages), {})
                if any(map(self._wanted, merged)):
                    read = self._read_files(directory, entity_type, entity.name)
                    levels = self._add_others(read, f"{place} (vars plugin)", merged)
                    found += [(kind, number, level) for level in levels]
        return found

    def _add_others(
        self, levels: Sequence[VariableLevel], place: str, merged: Mapping[str, Any]
    ) -> list[VariableLevel]:
        """Return the places that are known, and one for the values that are not from any of them."""
        known = {name: value for level in levels for name, value in level.variables.items()}
        others = {name: value for name, value in merged.items() if name not in known or known[name] != value}
        return [*levels, *self._keep_wanted([(place, others)])]

    def _find_extra_levels(self) -> list[VariableLevel]:
        """Return the sources of the extra variables, those that override others last."""
        merged = getattr(self._manager, "extra_vars", {})
        if not any(map(self._wanted, merged)):
            return []
        found = [
            (place, {name: value})
            for place, variables in self._read_extra_sources()
            for name, value in variables.items()
            if self._wanted(name)
        ]
        counts = Counter(name for _place, variables in found for name in variables)
        repeated = (level for level in found if all(counts[name] > 1 for name in level[1]))
        return self._add_others(self._keep_wanted(repeated), "extra variables", merged)

    def _read_extra_sources(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each place of the options --extra-vars, those that override others last.

        Without ``context.CLIARGS`` or its ``extra_vars`` there are none, and all options are one place.
        """
        for number, option in enumerate(getattr(context, "CLIARGS", {}).get("extra_vars") or (), 1):
            text = str(option)
            # A relative path is one from the current directory, whatever the directory of the playbook.
            path = os.path.abspath(os.path.expanduser(text[1:])) if text.startswith("@") else None
            place = f"extra variables ({'--extra-vars number ' + str(number) if path is None else _shorten(path)}"
            with suppress(Exception):  # such as a pipe, which can be read once
                if path is None and text[0] not in "[{":
                    yield from ((f"{place})", parse_kv(item)) for item in split_args(text))
                elif path is None:
                    yield from _name_repeated(text, self._wanted, place)
                    yield f"{place})", self._loader.load(text)
                elif os.path.isfile(path):
                    yield from self._find_repeated(path, place)
                    yield f"{place})", self._loader.load_from_file(path)

    @cached_property
    def _inventory_files(self) -> list[tuple[str, dict[_Entity, list[tuple[str, str, Any]]]]]:
        """Return path and content of each inventory file: core keeps only the last value.

        The content is, by group or host, each wanted variable, where in the file it is set, and its value. Files that
        run a program are not read again.
        """
        data = getattr(self._inventory, "_inventory", None)
        paths = [path for path in getattr(data, "processed_sources", None) or () if path and os.path.isfile(path)]
        contents = ((path, self._parse_inventory(path)) for path in paths)
        return [(path, content) for path, content in contents if content is not None]

    def _parse_inventory(self, path: str) -> dict[_Entity, list[tuple[str, str, Any]]] | None:
        for plugin in ("yaml", "ini", "toml"):
            # Core tries one plugin after the other, too.
            with suppress(Exception):
                values = self._parse_with(plugin, self._loader, path)
                return _locate_values(
                    values, [self._parse_variant(plugin, path, text) for text in self._vary(plugin, path)]
                )
        return None

    def _parse_with(self, plugin: str, loader: Any, path: str) -> _Values:
        data, parser = _RecordingInventory(), inventory_loader.get(f"ansible.builtin.{plugin}")
        if not parser.verify_file(path):
            raise AnsibleError(f"{path} is not for the inventory plugin {plugin}")
        parser.parse(data, loader, path)
        return {
            entity: [(name, value) for name, value in values if self._wanted(name)]
            for entity, values in data.values.items()
        }

    def _vary(self, plugin: str, path: str) -> list[Any]:
        """Return the content of a file with each value of a repeated key, and at last the content as it is."""
        text = self._read_text(path)
        if plugin == "toml" or not has_any(text, self._wanted, 2):
            return []
        return build_variants(text, self._wanted) if plugin == "yaml" else build_ini_variants(text)

    def _parse_variant(self, plugin: str, path: str, content: Any) -> _Values:
        with suppress(Exception):
            return self._parse_with(plugin, _VariantLoader(self._loader, content), path)
        return {}

    def _read_text(self, path: str) -> str:
        """Return a file as text, decrypted."""
        return read_text(self._loader, path)

    def _find_repeated(self, path: str, place: str) -> list[tuple[str, dict[str, Any]]]:
        return _name_repeated(self._read_text(path), self._wanted, place)

    def _read_files(self, directory: str, entity_type: str, name: str) -> list[VariableLevel]:
        # The vars plugin of core has loaded them already.
        files = self._loader.find_vars_files(os.path.join(directory, f"{entity_type}_vars"), name)
        found: list[tuple[str, Any]] = []
        for path in map(os.fsdecode, files):
            place = f"{entity_type} {name} ({_shorten(path)}"
            variables = self._loader.load_from_file(path, unsafe=True)
            if any(map(self._wanted, variables or ())):
                found += self._find_repeated(path, place)
            found.append((f"{place})", variables))
        return self._keep_wanted(found)


def _locate_values(values: _Values, variants: Sequence[_Values]) -> dict[_Entity, list[tuple[str, str, Any]]]:
    """Return all values of a file, those that override others last, each with where the file sets it.

    :param values: those that core finds.
    :param variants: those with each value of a repeated key; the last one are those that core finds.
    """
    *others, last = variants or [{}]
    located: dict[_Entity, list[tuple[str, str, Any]]] = {}
    for entity in {**values, **{entity: None for other in others for entity in other}}:
        found, known = values.get(entity, []), last.get(entity, [])
        lines = [getattr(name, "line", None) for name, _value in known] if len(known) == len(found) else []
        hidden: list[tuple[str, Any]] = []
        for item in (item for other in others for item in other.get(entity, [])):
            if item not in (*hidden, *known, *found):
                hidden.append(item)
        every = [*((item, getattr(item[0], "line", None)) for item in hidden), *zip_longest(found, lines)]
        counts, numbers = Counter(name for (name, _value), _line in every), Counter[str]()
        located[entity] = []
        for (name, value), line in every:
            numbers[name] += 1
            where = f"line {line}" if line else f"value {numbers[name]} of {counts[name]}"
            located[entity].append((str(name), where, value))
    return located


def _name_repeated(text: str, is_wanted: Callable[[str], bool], place: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the values of variables that a text sets again, each with its place.

    :param place: without the last parenthesis.
    """
    if not has_any(text, is_wanted, 2):
        return []
    return [
        (f"{place}, {'earlier value' if name.line is None else f'line {name.line}'})", {name: value})
        for name, value in find_repeated(text, is_wanted)
    ]


def find_play_variables(action: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the play, its roles, and the task set for all hosts: what facts override, and what overrides facts.

    Extra variables override both, and every host has them, so that neither has variables with their names. Without
    these methods of the play and the task there is none, and the inventory of another host counts instead.
    """
    task, loader = getattr(action, "_task", None), getattr(action, "_loader", None)
    if not hasattr(task, "get_include_params"):
        return {}, {}
    extra = load_extra_vars(loader) if load_extra_vars is not None and loader is not None else {}
    _defaults, *levels = _find_play_levels(task, loader)
    play, parameters = (
        {name: value for _place, variables in level for name, value in (variables or {}).items() if name not in extra}
        for level in levels
    )
    return play, parameters


def find_play_names(action: Any) -> set[str]:
    """Return the names of all variables that the play, its roles, and the task set, defaults of roles included.

    Without these methods of the play and the task there are none, and a task whose address a play sets is not compared
    with the addresses of other hosts.
    """
    task, loader = getattr(action, "_task", None), getattr(action, "_loader", None)
    if not hasattr(task, "get_include_params"):
        return set()
    levels = _find_play_levels(task, loader)
    return {name for level in levels for _place, variables in level for name in variables or ()}


def find_runtime_names(hostvars: Any, host: str) -> set[str]:
    """Return the names of the variables that tasks have set for a host: set_fact, register, and include_vars.

    Without the caches of the variable manager there are none, and what the play sets counts instead.
    """
    manager = getattr(hostvars, "_variable_manager", None)
    return {str(name) for _place, cache in _RUNTIME_CACHES for name in getattr(manager, cache, {}).get(host) or ()}


@contextmanager
def without_extra_variables(hostvars: Any, names: Collection[str]) -> Iterator[set[str]]:
    """Return a context in which no host has the named extra variables. It yields those that are set.

    Without ``VariableManager._extra_vars`` they count for every host.
    """
    manager: Any = getattr(hostvars, "_variable_manager", None)
    before = getattr(manager, "_extra_vars", None) or {}
    found = {name for name in names if name in before}
    if found:
        manager._extra_vars = {name: value for name, value in before.items() if name not in found}
    try:
        yield found
    finally:
        if found:
            manager._extra_vars = before


def find_runtime_values(hostvars: Any, names: Collection[str]) -> list[tuple[str, str, str]]:
    """Return host, name, and value of the named variables that tasks have set for any host.

    Without the caches of the variable manager there are none, and the addresses at the start of the play count.
    """
    manager = getattr(hostvars, "_variable_manager", None)
    return sorted(
        (str(host), name, repr(variables[name]))
        for _place, cache in _RUNTIME_CACHES
        for host, variables in getattr(manager, cache, {}).items()
        for name in names
        if name in variables
    )


def _find_play_levels(
    task: Any, loader: Any, find_repeated: _FindRepeated = lambda _path, _place: ()
) -> Iterator[list[tuple[str, Any]]]:
    """Yield the places before the inventory, those after it, and those after what tasks set."""
    play, own = _play(task), getattr(task, "_role", None)
    chain = [*((getattr(task, "get_dep_chain", lambda: None)() or ()) if task else ()), *([own] if own else ())]
    needed = [role for parent in chain for role in getattr(parent, "get_all_dependencies", list)()]
    by_name = {str(role.get_name()): role for role in (*getattr(play, "roles", ()), *needed, *chain) if role}
    of_task = list(_walk(task, "get_vars"))
    known = [item for _place, variables in of_task for item in variables.items()]
    yield [(f"defaults of role {name}", getattr(role, "_default_vars", {})) for name, role in by_name.items()]
    yield [
        *_split_play_vars(play),
        *_read_vars_files(play, loader, find_repeated),
        *((f"vars of role {name}", getattr(role, "_role_vars", {})) for name, role in by_name.items()),
        # Those of include_role and import_role are variables of that task, too.
        *((place, _find_new(variables, known)) for place, variables in _find_role_vars(chain, "vars")),
        *of_task,
    ]
    yield [*_find_role_vars(chain, "_role_params"), *_walk(task, "get_include_params")]


def _split_play_vars(play: Any) -> Iterator[tuple[str, Any]]:
    """Yield the variables of a play, and those of import_playbook, which replace them."""
    merged = play.get_vars() if play else {}
    written = getattr(play, "_ds", None) if getattr(play, "_included_path", None) else None
    own = written.get("vars") if isinstance(written, Mapping) else None
    if isinstance(own, Mapping):
        yield "vars of the play", own
        yield "vars of import_playbook", _find_new(merged, own.items())
    else:
        yield "vars of the play", merged


def _find_role_vars(roles: Iterable[Any], name: str) -> Iterator[tuple[str, Any]]:
    """Yield what is set for each of several roles where it is listed, such as in roles of the play."""
    for role in roles:
        yield f"parameters of role {role.get_name()}", getattr(role, name, None) or {}


def _walk(task: Any, method: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what each block, each import or include, and the task itself sets, those that override others last.

    :param method: of each of them, returns what it has together with what it is in. It is another one for includes.
    """
    parts = [task]
    while (parent := getattr(parts[-1], "_parent", None)) is not None:
        parts.append(parent)
    known: Mapping[str, Any] = {}
    for part in reversed(parts):
        merged: Mapping[str, Any] = getattr(part, method, dict)()
        if new := _find_new(merged, known.items()):
            yield f"vars of {_name_part(part)}", new
        known = merged


def _find_new(variables: Mapping[str, Any], known: Collection[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if (name, value) not in known}


def _name_part(part: Any) -> str:
    """Return what a message calls a task or what it is in. Without ``get_path`` it does not say where it is."""
    action = str(getattr(part, "action", "block")).rpartition(".")[2]
    kind = action if action == "block" or action.startswith(("import_", "include_")) else "task"
    if name := getattr(part, "name", None):
        return f'the {kind} "{name}"' if kind in ("block", "task") else f'{kind} "{name}"'
    path = getattr(part, "get_path", str)()
    return f"{f'a {kind}' if kind in ('block', 'task') else kind}{f' ({_shorten(path)})' if path else ''}"


def _read_vars_files(play: Any, loader: Any, find_repeated: _FindRepeated) -> Iterator[tuple[str, Any]]:
    for names in play.get_vars_files() or () if play else ():
        for name in names if isinstance(names, list) else [names]:
            with suppress(AnsibleError):  # a template, or a file that is for other hosts
                path = loader.path_dwim_relative_stack(play.get_search_path(), "vars", name)
                place = f"vars_files of the play ({_shorten(path)}"
                yield from find_repeated(path, place)
                yield f"{place})", loader.load_from_file(path, unsafe=True)
                break


def _shorten(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def templater(
    action: Any, variables: Mapping[str, Any] | None = None, omitted_value: Any = None
) -> Callable[[Any], Any]:
    """Return a function that resolves the templates in a value, and removes tags from the result.

    What resolves to ``omit`` is the omitted value, or not in its list or dictionary.

    :param variables: those that the templates use, if not those of the task. Without ``Templar.copy_with_new_env`` the
        task fails, since the variables of one host must never appear in the policy of another.
    """
    templar = _require(action, "_templar", "ActionBase._templar")
    if variables is not None:
        templar = _copy_templar(templar, variables)
    # Before ansible-core 2.19, a text; later, an object that is in no result.
    omitted = getattr(templar, "available_variables", {}).get("omit")

    def resolve(value: Any) -> Any:
        try:
            result = strip_tags(value if is_constant(value) else templar.template(value))
        except AnsibleValueOmittedError:
            return omitted_value
        return omitted_value if isinstance(omitted, str) and result == omitted else _without(omitted, result)

    return resolve


def _copy_templar(templar: Any, variables: Mapping[str, Any]) -> Any:
    """Return a copy of a templar with other variables.

    Without ``Templar.environment``, which ansible-core 2.19 does not need, lookups use the variables of the original.
    """
    copy = _require(templar, "copy_with_new_env", "Templar.copy_with_new_env")
    lookup = {"lookup": "_lookup", "query": "_query_lookup", "q": "_query_lookup"}
    if not all(hasattr(templar, name) for name in (*lookup.values(), "environment")):
        return copy(available_variables=variables)
    # Of the same type, which may return native values. The copy shares the functions of the original.
    copied = copy(environment_class=type(templar.environment), available_variables=variables)
    own = {name: getattr(copied, method) for name, method in lookup.items()}
    copied.environment.globals = {**copied.environment.globals, **own}
    return copied


def meets_conditions(action: Any, variables: Mapping[str, Any]) -> bool:
    """Return whether the conditions of a task, and of what it is in, are true on another host.

    Core evaluates those of a task that runs once for its own host only. Without these methods of the templar, or of the
    task of ansible-core before 2.19, a task with a condition fails: it must not reach a host that is excluded.

    :param variables: those of the other host.
    """
    task = action._task
    conditions = getattr(task, "when", None)
    if not conditions:
        return True
    templar = _copy_templar(_require(action, "_templar", "ActionBase._templar"), variables)
    evaluate = getattr(templar, "evaluate_conditional", None)
    if evaluate is not None:
        return all(map(evaluate, conditions))
    return bool(_require(task, "evaluate_conditional", "Task.evaluate_conditional")(templar, variables))


def action_arguments(action: Any, variables: dict[str, Any]) -> tuple[Any, ...]:
    """Return what core creates an action with, for an action of the same task on another host.

    Without these attributes of the action the task fails, since the variables of one host must never count for another.

    :param variables: those of the other host.
    """
    templar = _require(action, "_templar", "ActionBase._templar")
    names = ("_task", "_connection", "_play_context", "_loader")
    own = [_require(action, name, f"ActionBase.{name}") for name in names]
    return (*own, _copy_templar(templar, variables), getattr(action, "_shared_loader_obj", None))


def forget_variables(action: Any) -> None:
    """Release the variables of the host of an action, which resolves no more templates."""
    action._templar = None


def remove_omitted(arguments: dict[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a task without what resolves to ``omit`` in a list, which ansible-core 2.16 leaves."""
    kept: dict[str, Any] = _without(task_vars.get("omit"), arguments)
    return kept


def _without(omitted: Any, value: Any) -> Any:
    if not isinstance(omitted, str):
        return value
    if isinstance(value, list):
        return [_without(omitted, item) for item in value if item != omitted]
    if isinstance(value, dict):
        return {key: _without(omitted, item) for key, item in value.items() if item != omitted}
    if isinstance(value, str) and omitted in value:
        # As later versions do: it would be sent to a device.
        raise AnsibleError("a template uses omit as a part of a text")
    return value


def extra_variables(action: Any) -> Mapping[str, Any]:
    """Return the extra variables of the run.

    Without ``load_extra_vars`` the task fails: it could not distinguish ``--extra-vars``, where the variables of a run
    are allowed, from the inventory, where they have no effect.
    """
    if load_extra_vars is None:
        raise _missing("ansible.utils.vars.load_extra_vars")
    variables: Mapping[str, Any] = load_extra_vars(_require(action, "_loader", "ActionBase._loader"))
    return variables


def matching_hosts(action: Any, patterns: Iterable[str], task_vars: Mapping[str, Any]) -> list[str]:
    """Return the hosts of the inventory that match patterns, those outside ``--limit`` included.

    The lookup plugin is public, and loading it from another plugin is not. Without it the task fails, since the report
    must list every host.
    """
    lookup = lookup_loader.get(
        "ansible.builtin.inventory_hostnames",
        loader=_require(action, "_loader", "ActionBase._loader"),
        templar=_require(action, "_templar", "ActionBase._templar"),
    )
    if lookup is None:
        raise _missing("lookup plugin ansible.builtin.inventory_hostnames")
    return [str(host) for host in lookup.run(list(patterns), variables=task_vars)]


def is_single_pattern(host: str) -> bool:
    """Return whether a host's name, used as a pattern, is read as one name.

    Without ``split_host_pattern``, only a name of letters, digits, ``_``, ``.`` and ``-`` is.
    """
    if split_host_pattern is None:
        return _PLAIN_NAME.fullmatch(host) is not None
    return bool(split_host_pattern(host) == [host])


def prints_data() -> bool:
    """Return whether the callback plugin for stdout prints data, in which any other text would be an error.

    Without ``constants.DEFAULT_STDOUT_CALLBACK`` the output counts as text.
    """
    return _callback_name() in _DATA_CALLBACKS


def rewrites_lines() -> bool:
    """Return whether the callback plugin for stdout returns to the line of a task, to write it again.

    Without ``constants.DEFAULT_STDOUT_CALLBACK`` it counts as one that does not.
    """
    return _callback_name() == "dense"


def _callback_name() -> str:
    return str(getattr(constants, "DEFAULT_STDOUT_CALLBACK", "")).rpartition(".")[2]


def display_color(kind: str) -> str | None:
    """Return the color of a kind of message (``ok``, ``changed``, ``error``), which the user may have configured.

    Without the setting, the text has no color.
    """
    return getattr(constants, f"COLOR_{kind.upper()}", None)


def run_directory() -> str:
    """Return a directory that all processes of this run share, and that core removes at the end.

    The file that limits the request rate of a device is in it. Without ``DEFAULT_LOCAL_TMP`` the task fails, since any
    other directory would keep the files, or be another one for each worker.
    """
    return str(_require(constants, "DEFAULT_LOCAL_TMP", "constants.DEFAULT_LOCAL_TMP"))


def written_delegate(task: Any) -> Any:
    """Return ``delegate_to`` of what a task is in (a block, a role, an import), with its template unresolved.

    That of the task itself is resolved, for one host. Without ``task._get_parent_attribute`` there is none, and hosts
    with equal addresses count as one device whatever machine they are reached from.
    """
    inherit = getattr(task, "_get_parent_attribute", None)
    # Core resolves no parent, and marks a missing value with a class of its own.
    delegate = None if inherit is None else inherit("delegate_to", omit=True)
    return delegate if isinstance(delegate, str) else None


def written_templates(task: Any, option: str, module: str, group: str) -> list[Any]:
    """Return the option of a task, its defaults, and what its loop repeats, with their templates unresolved.

    What core passes to an action is resolved. Without ``task._ds`` there are none, and a variable that only the option
    uses counts as not hidden.
    """
    written = getattr(task, "_ds", None)
    if not isinstance(written, Mapping):
        return []
    arguments = [value for value in (written.get("args"), *written.values()) if isinstance(value, Mapping)]
    inherit = getattr(task, "_get_parent_attribute", None)
    # In ansible-core before 2.19, those of the task itself are resolved.
    inherited = None if inherit is None else inherit("module_defaults", omit=True)
    for defaults in (*(inherited if isinstance(inherited, list) else ()), written.get("module_defaults")):
        found = defaults if isinstance(defaults, Mapping) else {}
        arguments += [found[name] for name in (f"group/{group}", module) if name in found]
    options = [value[option] for value in arguments if isinstance(value, Mapping) and option in value]
    loops = [value for key, value in written.items() if key == "loop" or str(key).startswith("with_")]
    return [*options, *loops] if options else []


def is_controller(name: str) -> bool:
    """Return whether ``delegate_to`` names the controller.

    Without ``constants.LOCALHOST``, the three names that it has held since ansible-core 2.0 count.
    """
    return name in getattr(constants, "LOCALHOST", ("127.0.0.1", "localhost", "::1"))


def is_constant(value: Any) -> bool:
    """Return whether a value has no template, so that the template engine would return it unchanged."""
    if isinstance(value, str):
        return not any(mark in value for mark in _TEMPLATE_MARKS)
    if isinstance(value, list):
        return all(map(is_constant, value))
    if isinstance(value, dict):
        return all(is_constant(item) for pair in value.items() for item in pair)
    return value is None or isinstance(value, (bool, int, float))


def strip_tags(value: Any) -> Any:
    """Return a value without Ansible's subclasses and tags, so that no library receives them.

    Everything comes down to types of Python, whatever core's types are called. Only an encrypted text of ansible-core
    before 2.19 is recognized by its attribute ``vault``: it is a sequence, and becomes text.
    """
    if value is None or isinstance(value, (bool, date)):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (list, tuple)):
        return [strip_tags(item) for item in value]
    if isinstance(value, Mapping):
        return {strip_tags(key): strip_tags(item) for key, item in value.items()}
    if isinstance(value, (Sequence, Set)) and not hasattr(value, "vault"):
        return [strip_tags(item) for item in value]
    return str(value)


def hide_origin(task: Any) -> None:
    """Let core not print the lines of the role around a task that fails: the failure is that of an earlier task."""
    # In the worker, where the task is a copy. Without it, core prints them, from ansible-core 2.19 on.
    if hasattr(task, "_ds"):
        task._ds = None


def share_error(task: Any, result: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a failed result of which core prints one text for all hosts, besides the result of each host.

    By default it prints the message of each host twice, from ansible-core 2.19 on. Without ``_messages.ErrorSummary``
    it does so.
    """
    hide_origin(task)
    summary, event = getattr(_messages, "ErrorSummary", None), getattr(_messages, "Event", None)
    if summary is None or event is None or "exception" in result:
        return result
    with suppress(TypeError):
        return {**result, "exception": summary(event=event(msg=text))}
    return result


def mark_untrusted(value: Any) -> Any:
    """Return a text for a variable of a host that is never evaluated, neither as a template nor as a condition.

    Before ansible-core 2.19, every text may be evaluated unless it is marked, and ``ansible-inventory --list`` shows
    the mark. From then on, a text must be trusted to be evaluated. Without either of these, the inventory fails.
    """
    if _trust_as_template is not None or not isinstance(value, str) or _HARMLESS.fullmatch(value):
        return value
    if _wrap_var is None:
        raise _missing("unsafe_proxy.wrap_var")
    return _wrap_var(value)


def _trust_harmless(value: Any) -> Any:
    """Return a value whose harmless texts are trusted: ``ansible-inventory --list`` marks all others as unsafe."""
    if isinstance(value, Mapping):
        return {key: _trust_harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_trust_harmless(item) for item in value]
    is_harmless = _trust_as_template is not None and isinstance(value, str) and _HARMLESS.fullmatch(value)
    return _trust_as_template(value) if is_harmless else value


def reserved_names() -> frozenset[str]:
    """Return the names that core warns of if they are variables, and those that it removes from an inventory.

    Without ``get_reserved_names`` or ``constants.INTERNAL_STATIC_VARS``, these are none, and core itself warns.
    """
    names = get_reserved_names() if get_reserved_names is not None else ()
    return frozenset({*names, *getattr(constants, "INTERNAL_STATIC_VARS", ())})


def build_inventory(inventory: Any) -> Any:
    """Return an empty inventory whose hosts have the same source as those that are added to another one now."""
    empty = InventoryData()
    empty.current_source = getattr(inventory, "current_source", None)
    return empty


def copy_inventory(source: Any, target: Any) -> None:
    """Add everything in an inventory to another one: core does not undo what a plugin added before an error."""
    for name in source.groups:
        target.add_group(name)
    for name, host in source.hosts.items():
        target.add_host(name)
        for variable, value in host.vars.items():
            if variable not in ("inventory_file", "inventory_dir"):
                target.set_variable(name, variable, _trust_harmless(value))
    for name, group in source.groups.items():
        for child in group.child_groups:
            target.add_child(name, child.name)
        for host in group.hosts:
            target.add_child(name, host.name)


def remove_members(inventory: Any, group: str, hosts: Iterable[str]) -> None:
    """Remove hosts from a group, and the group if it has none left."""
    found = inventory.groups[group]
    for host in hosts:
        found.remove_host(inventory.hosts[host])
    if found.hosts or found.child_groups or group in ("all", "ungrouped"):
        return
    for parent in inventory.groups.values():
        parent.child_groups = [child for child in parent.child_groups if child is not found]
    inventory.remove_group(found)
    # Before ansible-core 2.19, it takes the name, and so only removes the group from its hosts.
    inventory.groups.pop(group, None)


def render_text(templar: Any, template: str) -> str:
    """Return the text that a template renders. Before ansible-core 2.19, jinja2_native makes numbers of texts."""
    if _trust_as_template is not None:
        return str(templar.template(template))
    return str(templar.template(f"={template}")).removeprefix("=")


def find_loops(source: Any, target: Any) -> list[tuple[str, str]]:
    """Return each group of an inventory and a child of it that cannot be added to another one, where it is a parent."""
    children: dict[str, set[str]] = defaultdict(set)
    for inventory in (source, target):
        for name, group in inventory.groups.items():
            children[str(name)].update(str(child.name) for child in group.child_groups)

    def leads_to(name: str, wanted: str, seen: set[str]) -> bool:
        if name == wanted:
            return True
        seen.add(name)
        return any(leads_to(child, wanted, seen) for child in children[name] - seen)

    edges = [(str(name), str(child.name)) for name, group in source.groups.items() for child in group.child_groups]
    return [(parent, child) for parent, child in edges if leads_to(child, parent, set())]


def list_in_inventory(inventory: Any, variable: str, path: str, build_line: Callable[[str], str] | None) -> None:
    """Make a list, a variable of all hosts, have a text on an inventory file, or none.

    :param build_line: returns the text from the path for messages; ``None`` removes the text.
    """
    group = inventory.groups["all"]
    known = [str(line) for line in group.vars.get(variable) or ()]
    shown = _shorten(path)
    lines = [line for line in known if not line.startswith(f"{shown} ")]
    if build_line is not None:
        lines.append(build_line(shown))
    if lines or known:
        inventory.set_variable("all", variable, [_trust_harmless(mark_untrusted(line)) for line in lines])


def read_text(loader: Any, path: str) -> str:
    """Return a file as text, decrypted. Without ``DataLoader._get_file_contents`` it has no repeated keys."""
    read = getattr(loader, "_get_file_contents", None)
    with suppress(AnsibleError, UnicodeError):
        return "" if read is None else str(read(path)[0], "utf-8")
    return ""


def find_login_arguments() -> list[str]:
    """Return the arguments of the run for vaults and the login, which another command needs, too. None is a secret.

    Without ``context.CLIARGS`` there are none, and the user adds them. Those of the configuration need no argument.
    """
    found = getattr(context, "CLIARGS", {})
    arguments = ["--ask-vault-pass"] if found.get("ask_vault_pass") else []
    lists = (("vault_ids", "--vault-id"), ("vault_password_files", "--vault-password-file"))
    arguments += [part for name, option in lists for value in found.get(name) or () for part in (option, str(value))]
    user, file = found.get("remote_user"), found.get("connection_password_file")
    if user and user != getattr(constants, "DEFAULT_REMOTE_USER", None):
        arguments += ["--user", str(user)]
    arguments += ["--ask-pass"] if found.get("ask_pass") else []
    if file and file != getattr(constants, "CONNECTION_PASSWORD_FILE", None):
        arguments += ["--connection-password-file", str(file)]
    return arguments


def find_inventory_directory(path: str) -> str | None:
    """Return the directory that is a source of the inventory and of which core reads a file, or ``None``.

    Without ``context.CLIARGS`` or the patterns of ignored files, it returns ``None``, and the plugin cannot warn that
    core reads a table as an inventory in INI.

    :param path: absolute.
    """
    sources = getattr(context, "CLIARGS", {}).get("inventory") or getattr(constants, "DEFAULT_HOST_LIST", None) or ()
    for source in [sources] if isinstance(sources, str) else sources:
        directory = os.path.abspath(source)
        if _IGNORED_FILES is None or "," in source or not os.path.isdir(directory):
            continue
        below = os.path.relpath(path, directory)
        if not below.startswith(os.pardir) and not any(
            map(_IGNORED_FILES.search, os.fsencode(below).split(os.fsencode(os.sep)))
        ):
            return directory
    return None


def continues_without_inventory() -> bool:
    """Return whether core only warns of an inventory that cannot be read, as it does by default."""
    return not getattr(constants, "INVENTORY_ANY_UNPARSED_IS_FAILED", False)
