# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of the actions that run once for all hosts of a play."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    OPTION_NAMES,
    AxisError,
    Message,
    Names,
    Option,
    invalid_option,
    join_sentences,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    matching_hosts,
    play_pattern,
    remove_omitted,
    strip_tags,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._parent_process import end_with_parent
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

#: What a result has for people. All else is data, whose names other tasks compare.
_DISPLAYED = frozenset({"msg", "warnings", "lines", "headline", "problem"})


class FleetAction(ActionBase):  # type: ignore[misc] # core has no types
    """An action that runs once for all hosts, always on the controller.

    Subclasses name the module file, whose ``ARGUMENT_SPEC`` is validated here, and implement ``execute``.
    """

    module: ClassVar[ModuleType]
    #: By option, the variable that sets it in the role or the playbook that has this task.
    variables: ClassVar[Names] = OPTION_NAMES

    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task."""
        end_with_parent()
        super().run(None, task_vars)
        task_vars = task_vars or {}
        given = remove_omitted(strip_tags(self._task.args), task_vars)
        arguments = {name: value for name, value in given.items() if value is not None}
        try:
            parameters = validate(arguments, self.module.ARGUMENT_SPEC)
            result = {"changed": False, **self.execute(parameters, task_vars)}
        except AxisError as error:
            message, next_step = error.render(self.find_names(task_vars))
            result = {"failed": True, "msg": join_sentences(message, error.detail, next_step)}
        # Core prints the whole result of a failure.
        shown: dict[str, Any] = _show(result, displayed=bool(result.get("failed") or result.get("unreachable")))
        return shown

    def find_names(self, task_vars: Mapping[str, Any]) -> Names:
        """Return the names of the options that the user sets."""
        # In a play of the user's own, none of the variables is set.
        return self.variables if task_vars.keys() & {*self.variables.values()} else OPTION_NAMES

    @abstractmethod
    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return what the result has besides ``changed``. An AxisError makes the task fail.

        Names of hosts, and what users wrote, may be in it as they are. ``msg`` is a text, or a list of lines.
        """


def _show(value: Any, *, displayed: bool) -> Any:
    """Return a value in which no text for people controls a terminal or begins a line of its own.

    :param displayed: whether the value is for people.
    """
    if isinstance(value, str):
        return escape_invisible(value) if displayed else value
    # Abstract types are slow to check, and most other values are these.
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_show(item, displayed=displayed) for item in value]
    if not isinstance(value, Mapping):
        return value
    shown = {
        _show(key, displayed=displayed): _show(item, displayed=displayed or key in _DISPLAYED)
        for key, item in value.items()
    }
    if isinstance(shown.get("msg"), list):
        shown["msg"] = "\n".join(shown["msg"])
    return shown


def select_hosts(parameters: Mapping[str, Any], task_vars: Mapping[str, Any]) -> list[str]:
    """Return the hosts that the task names, or else all hosts of the play, including those that failed.

    :raises InvalidOptionError: ``invalid_option``, if the inventory has no such host.
    """
    named = parameters["hosts"]
    if named is None:
        return [str(host) for host in task_vars.get("ansible_play_hosts_all", [])]
    known = task_vars.get("hostvars") or {}
    if unknown := [str(host) for host in named if host not in known]:
        raise invalid_option(
            Message(f"{{option}} has {unknown[0]}, which is not a host of the inventory", {"option": Option("hosts")}),
            "Correct it. Patterns and groups are not possible.",
        )
    return list(dict.fromkeys(map(str, named)))


def find_hosts_outside_limit(action: Any, hosts: Iterable[str], task_vars: Mapping[str, Any]) -> list[str]:
    """Return the hosts that match the pattern of the play and are outside ``--limit``.

    :param hosts: the hosts of the play.
    """
    patterns, ran = play_pattern(action._task), set(hosts)
    matching = matching_hosts(action, patterns, task_vars) if patterns else []
    return [host for host in matching if host not in ran]
