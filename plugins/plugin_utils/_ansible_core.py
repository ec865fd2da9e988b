# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every private or undocumented API of ansible-core that the collection uses.

Each function says what it needs the API for, and what happens in a version of ansible-core without it: a safe fallback,
or an error that names the API. A test keeps these APIs out of all other files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader
from ansible.release import __version__ as ansible_version

try:
    from ansible.inventory.manager import split_host_pattern
except ImportError:
    split_host_pattern = None
try:
    from ansible.utils.vars import load_extra_vars
except ImportError:
    load_extra_vars = None

# Where a task keeps its arguments while those that core shows are redacted.
_ARGUMENTS = "_camfleet_axis_arguments"
_PLAIN_NAME = re.compile(r"[\w.-]+")


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

    Without ``task._parent._play`` it identifies the task, and results of earlier waves count as those of another play.
    """
    return str(getattr(_play(task), "_uuid", None) or task._uuid)


def play_pattern(task: Any) -> list[str]:
    """Return the host patterns of the play of a task, before ``--limit``.

    Without ``task._parent._play`` it returns none, and the report lacks the hosts that ``--limit`` left out.
    """
    pattern = getattr(_play(task), "hosts", None) or []
    return [str(item) for item in pattern] if isinstance(pattern, list) else [str(pattern)]


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


def raw_variables(hostvars: Any, host: str) -> Mapping[str, Any]:
    """Return all variables of a host with their templates unresolved.

    ``hostvars[host]`` resolves each of them on access and fails for the first that is undefined. Without
    ``HostVars.raw_get`` there is no way to find which variables a host sets, so that the task fails.
    """
    variables: Mapping[str, Any] = _require(hostvars, "raw_get", "HostVars.raw_get")(host)
    return variables


def templater(action: Any, variables: Mapping[str, Any] | None = None) -> Callable[[Any], Any]:
    """Return a function that resolves the templates in a value, and removes tags from the result.

    :param variables: those that the templates use, if not those of the task. Without ``Templar.copy_with_new_env`` the
        task fails, since the variables of one host must never appear in the policy of another.
    """
    templar = _require(action, "_templar", "ActionBase._templar")
    if variables is not None:
        copy = _require(templar, "copy_with_new_env", "Templar.copy_with_new_env")
        templar = copy(available_variables=variables)
    return lambda value: strip_tags(templar.template(value))


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


def run_directory() -> str:
    """Return a directory that all processes of this run share, and that core removes at the end.

    The file that limits the request rate of a device is in it. Without ``DEFAULT_LOCAL_TMP`` the task fails, since any
    other directory would keep the files, or be another one for each worker.
    """
    return str(_require(constants, "DEFAULT_LOCAL_TMP", "constants.DEFAULT_LOCAL_TMP"))


def is_controller(name: str) -> bool:
    """Return whether ``delegate_to`` names the controller.

    Without ``constants.LOCALHOST``, the three names that it has held since ansible-core 2.0 count.
    """
    return name in getattr(constants, "LOCALHOST", ("127.0.0.1", "localhost", "::1"))


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
