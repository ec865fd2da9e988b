# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of every host of a play, and the variables of the role."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import product
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, InvalidOptionError, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    VariableLevels,
    current_host,
    find_play_variables,
    find_runtime_names,
    is_controller,
    own_names,
    raw_variables,
    recorded_hosts,
    templater,
    written_delegate,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import (
    OMITTED,
    HiddenHolds,
    Levels,
    find_hidden_elsewhere,
    find_hidden_holds,
    find_replaced_name,
    inventory_names,
    is_hold_variable,
    matches_any,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import OPTION as HOLDS_OPTION
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import ALLOWANCES
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    UNPROVEN,
    is_about_disk,
    is_compliant_finding,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import PASSWORD_VARIABLES

#: By option of axis_retention_policy, the variable that sets it in the role.
POLICY_VARIABLES = {
    "groups": "retention_policy_groups",
    "existing_groups": "retention_policy_existing_groups",
    "no_groups": "retention_policy_no_groups",
    "purge": "retention_policy_purge",
    "purge_match": "retention_policy_purge_match",
    "retention_minimum": "retention_policy_minimum",
    "retention_maximum": "retention_policy_maximum",
    "unmanaged": "retention_policy_unmanaged",
    "on_refused": "retention_policy_on_refused",
    "allow_recording_loss": "retention_policy_allow_recording_loss",
    "allow_recording_stop": "retention_policy_allow_recording_stop",
    "verify_recordings": "retention_policy_verify_recordings",
    "retention_tolerance": "retention_policy_retention_tolerance",
    "holds": "axis_holds",
}
#: What a policy says only for the report.
PURPOSE, OWNER = "retention_policy_purpose", "retention_policy_owner"
FAIL_ON_DRIFT = "retention_policy_fail_on_drift"
WAVES, MAX_FAIL_PERCENTAGE = "retention_policy_waves", "retention_policy_max_fail_percentage"
CONNECTIONS, MAX_LOGIN_FAILURES = "retention_policy_connections", "retention_policy_max_login_failures"
CANARY = "retention_policy_canary"
REPORT_DIR, REPORT_FORMATS = "retention_policy_report_dir", "retention_policy_report_formats"
SIGN_COMMAND = "retention_policy_report_sign_command"
RUN_ID = "retention_policy_run_id"
APPROVED_BY = "retention_policy_approved_by"
#: By option of axis_retention_policy_report, the variable that sets it in the role.
REPORT_VARIABLES = {
    "directory": REPORT_DIR,
    "formats": REPORT_FORMATS,
    "sign_command": SIGN_COMMAND,
    "run_id": RUN_ID,
    "approved_by": APPROVED_BY,
    "max_fail_percentage": MAX_FAIL_PERCENTAGE,
}
#: Variables of a run, not of a host: the keywords of plays use them before there are hosts.
PLAY_VARIABLES = ("retention_policy_hosts", WAVES, MAX_FAIL_PERCENTAGE, CONNECTIONS, MAX_LOGIN_FAILURES, CANARY)
#: Whether a roll-out may lose recordings although a hold matches no group.
ALLOW_UNMATCHED_HOLDS = "retention_policy_allow_unmatched_holds"
#: The content of roles/retention_policy/defaults/main.yml; a test compares the two.
ROLE_DEFAULTS: dict[str, Any] = {
    "retention_policy_groups": [],
    "retention_policy_existing_groups": [],
    "retention_policy_no_groups": False,
    "retention_policy_purge": False,
    "retention_policy_purge_match": [],
    "retention_policy_minimum": "",
    "retention_policy_maximum": "",
    "retention_policy_unmanaged": "report",
    "retention_policy_on_refused": "report",
    "retention_policy_allow_recording_loss": False,
    "retention_policy_allow_recording_stop": False,
    "retention_policy_allow_unmatched_holds": False,
    "retention_policy_verify_recordings": False,
    "retention_policy_retention_tolerance": "1d",
    "retention_policy_purpose": "",
    "retention_policy_owner": "",
    "retention_policy_fail_on_drift": False,
    "retention_policy_max_fail_percentage": 10,
    "retention_policy_connections": 64,
    "retention_policy_max_login_failures": 5,
    "retention_policy_canary": True,
    "retention_policy_report_dir": "",
    "retention_policy_report_formats": ["html", "json"],
    "retention_policy_report_sign_command": [],
    "retention_policy_run_id": "",
    "retention_policy_approved_by": "",
}
_PROXY = "axis_proxy"
#: Variables whose value no message shows.
SECRET_VARIABLES = frozenset({"axis_password", _PROXY}) | PASSWORD_VARIABLES
# A text that is one template without literals, so that it can be shown.
_TEMPLATE = re.compile(r"\{\{\s*(?P<name>[A-Za-z_]\w*)?[^{}'\"]*\}\}")
# Those parts of core's messages that have names, and no values. A key may be the value of a variable.
_SAFE_REASON = re.compile(
    r"'[A-Za-z_]\w{0,80}' is undefined|has no attribute '(?P<key>[^']{1,80})'|[Nn]o (?:filter|test) named '[\w.]{1,80}'"
    r"|no vault secrets found|Decryption failed"
)
#: Results that the role registers.
RESULT = "retention_policy_result"
#: In the result of a host in a wave, instead of ``unreachable``: core excludes an unreachable host from later tasks.
IS_UNREACHABLE = "is_unreachable"
REPORT = "retention_policy_report"
#: The variables with the results of all hosts, and of those that were written and then checked again.
AUDIT, AUDIT_AFTER = "retention_policy_audit", "retention_policy_audit_after"
#: The variable that the role sets on each host whose result is of this play. It begins with the playbook, if any.
PLAY = "retention_policy_play"
#: The variable with the start of the first check of this play. The role sets it together with PLAY.
STARTED = "retention_policy_started"
#: The variable with the result of a wave, on each of its hosts.
WAVE = "retention_policy_wave"
#: The variable with the result of the task that sets PLAY.
MARK = "retention_policy_mark"
#: The variable with the hosts that are one device, by host. The role sets it on every host.
DUPLICATES = "retention_policy_duplicates"
#: The variable with the serial numbers of the devices that a roll-out checked, by host. The role sets it on every host.
SERIALS = "retention_policy_serials"
#: The variable that every play of a playbook of this collection sets to the name of the playbook.
PLAYBOOK = "retention_policy_playbook"


#: The variable with the hosts that a roll-out writes to. The role sets it on every host.
WRITES = "retention_policy_writes"


def mark_play(playbook: Any, play: str) -> str:
    """Return the value of PLAY for a play, after its preflight."""
    return f"{playbook}:{play}" if playbook else play


def has_preflight(variables: Mapping[str, Any], play: str) -> bool:
    """Return whether the preflight of this playbook, or of this custom play, ran: an earlier one does not count.

    :param variables: those of a task of the role.
    :param play: what identifies its play.
    """
    mark, playbook = str(variables.get(PLAY) or ""), variables.get(PLAYBOOK)
    if (variables.get(MARK) or {}).get("skipped"):
        return False
    # The plays of a playbook share its preflight.
    return bool(mark) and mark == mark_play(playbook, mark.rpartition(":")[2] if playbook else play)


def find_result(variables: Mapping[str, Any], host: str, task_vars: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the result of a host in this play: that of its own task, or else that of the audit of all hosts.

    :param variables: those of the host.
    :param task_vars: those of the task that evaluates the results. Core registers no result of a task that runs once on
        a host that was unreachable before.
    """
    # A result of an earlier play says nothing about the camera now.
    play = task_vars.get(PLAY)
    own = _find_own_result(variables, play)
    if own is not None:
        return own
    audit = task_vars.get(AUDIT) or {}
    return (audit.get("results") or {}).get(host) if audit.get("play") == play else None


def _find_own_result(variables: Mapping[str, Any], play: Any) -> Mapping[str, Any] | None:
    own: Mapping[str, Any] | None = variables.get(RESULT)
    if own is None or "problems" in own or variables.get(PLAY) != play:
        return None
    if not own.get(IS_UNREACHABLE):
        return own
    kept = {name: value for name, value in own.items() if name not in ("failed", IS_UNREACHABLE)}
    return {**kept, "unreachable": True}


def find_final_result(
    variables: Mapping[str, Any], host: str, task_vars: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Return what a run found out about a host: what its task did, and what the last check says.

    :param variables: those of the host.
    :param task_vars: those of the task that evaluates the run.
    """
    result = find_result(variables, host, task_vars)
    if result is None or task_vars.get(PLAYBOOK) != "roll_out":
        return result
    if host not in (task_vars.get(WRITES) or ()):
        # It needs no write, or its check failed.
        return {**result, "changed": False, "changes": []}
    if _find_own_result(variables, task_vars.get(PLAY)) is None:
        # The run did not reach it.
        return None
    first, again = (((task_vars.get(name) or {}).get("results") or {}).get(host) for name in (AUDIT, AUDIT_AFTER))
    result = _add_description(result, again or {}, first or {})
    if again is None or result.get("failed") or result.get("unreachable"):
        return result
    return _add_check(result, again)


def find_check(host: str, task_vars: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what the check of all hosts before a roll-out found about a host."""
    audit = task_vars.get(AUDIT) or {}
    if task_vars.get(PLAYBOOK) != "roll_out" or audit.get("play") != task_vars.get(PLAY):
        return None
    return (audit.get("results") or {}).get(host)


def _add_description(result: Mapping[str, Any], *checks: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the result of a write with model and firmware as a check of the same device read them, if it did not."""
    device = result.get("device") or {}
    for known in (check.get("device") or {} for check in checks):
        if not device.get("model") and known.get("model") and known.get("serial") == device.get("serial"):
            return {**result, "device": {**device, "model": known["model"], "firmware": known.get("firmware")}}
    return result


def _add_check(result: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of a write with what the check after it found."""
    found = _keep_disk_severities(result, {name: again[name] for name in _FOUND_AGAIN if name in again})
    if result.get("changed") and found.pop("unreachable", False):
        # Only a host that received no write is unreachable.
        found["failed"] = True
    findings = result.get("findings") or ()
    # The check has read the disks again.
    before = [finding for finding in findings if not is_about_disk(finding)]
    has_only_disks = len(before) < len(findings) and all(map(is_compliant_finding, before))
    if "compliant" in found and not result.get("compliant") and not has_only_disks:
        # What the write had to leave out, or created again, is not visible any more.
        found["compliant"] = False
        found["findings"] = [*before, *(item for item in found.get("findings") or () if item not in before)]
    return {**result, **found}


def _keep_disk_severities(result: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a check found, with the severities of disks after the write: a new group has no recordings yet."""

    def key(item: Mapping[str, Any]) -> tuple[Any, ...]:
        return item.get("disk_id"), item["verdict"], item.get("reason")

    disks = [item for item in result.get("findings") or () if is_about_disk(item) and item["verdict"] in UNPROVEN]
    severities = {key(item): item["severity"] for item in disks if "severity" in item}
    if not severities:
        return dict(found)

    def keep(items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [{**item, "severity": severities[key(item)]} if key(item) in severities else item for item in items]

    kept = {**found, "findings": keep(found.get("findings") or ())}
    if found.get("actual"):
        kept["actual"] = {**found["actual"], "disks": keep(found["actual"]["disks"])}
    return kept


#: What a check replaces in the result of a write.
_FOUND_AGAIN = (
    *("failed", "unreachable", "msg", "error", "compliant", "findings", "refused", "recording_groups", "holds"),
    *("other_groups", "actual", "warnings"),
)


def missing_preflight() -> InvalidOptionError:
    """Build the error for a task of the role whose preflight did not run."""
    return invalid_option(
        "The preflight of this play did not run, because a condition or --start-at-task skipped it",
        "Select hosts with --limit, retention_policy_hosts, or the pattern of the play, not with a condition.",
    )


def unresolvable_variable(name: str, error: Exception, written: Any) -> InvalidOptionError:
    """Build the error for a variable whose template, or vaulted value, core cannot resolve.

    It shows no text of core that may contain a value: the template may use a password.

    :param written: the value, with its templates unresolved.
    """
    check = "Check the template, the variables that it uses, and the vault password."
    text = " ".join(str(error).split())
    reason = _SAFE_REASON.search(text)
    if reason and (reason["key"] is None or reason["key"] in str(written)):
        return invalid_option(f"{name} cannot be resolved ({reason[0]})", check)
    return invalid_option(
        f"{name} cannot be resolved", f"{check} To see the reason, show the variable with ansible.builtin.debug."
    )


def unresolvable_secret(name: str, value: Any, variables: Mapping[str, Any]) -> InvalidOptionError:
    """Build the error for a secret that cannot be resolved. It shows a template, and no other text."""
    template = _TEMPLATE.fullmatch(value) if isinstance(value, str) else None
    if template and template["name"] and template["name"] not in variables:
        return invalid_option(
            f"{name} uses {template['name']}, which is undefined",
            f"Define it, for example in a vault, or set {name} to the value.",
        )
    shown = f" is {template[0]}, which" if template else ""
    return invalid_option(
        f"{name}{shown} cannot be resolved",
        "Check the variables that it uses, and the vault password. If it contains {{ or {% and is not a template, mark "
        "it with !unsafe.",
    )


# Those that core sets for each task, and that are equal on all hosts of a play.
_OF_EVERY_HOST = frozenset(
    f"ansible_{name}"
    for name in (
        *("play_hosts", "play_hosts_all", "play_batch", "play_name", "role_name", "role_names", "parent_role_names"),
        *("parent_role_paths", "play_role_names", "dependent_role_names", "collection_name", "search_path"),
    )
)


def _describes_host(name: str) -> bool:
    # Core builds hostvars, vars and most of ansible_ again for each task; they describe the current host.
    return name in ("hostvars", "vars") or (name.startswith("ansible_") and name not in _OF_EVERY_HOST)


def _is_true(value: Any) -> bool:
    try:
        return bool(boolean(value))
    except TypeError:  # the check of the policy rejects it
        return False


def _is_play_variable(name: str, value: Any, host_value: Any) -> bool:
    return not _describes_host(name) and value is not host_value and bool(value != host_value)


class _Elsewhere:
    """The variables that hosts have in the templates of other hosts: without what the play sets."""

    def __init__(self, hostvars: Any) -> None:
        self._hostvars = hostvars
        self._names: frozenset[str] = frozenset()
        self._levels: VariableLevels | None = None
        # The holds of many hosts may use the same variables.
        self._known: dict[tuple[str, frozenset[tuple[str, str]]], list[HiddenHolds]] = {}

    def find(self, host: str, used: Mapping[str, str]) -> list[HiddenHolds]:
        """Return what is hidden on a host, see ``find_hidden_elsewhere``."""
        key = host, frozenset(used.items())
        if key not in self._known:
            written = raw_variables(self._hostvars, host)
            self._known[key] = find_hidden_elsewhere(host, lambda names: self._find_levels(host, names), written, used)
        return self._known[key]

    def _find_levels(self, host: str, names: Collection[str]) -> Levels:
        if self._levels is None or not self._names.issuperset(names):
            self._names = self._names.union(names)
            self._levels = VariableLevels(self._hostvars, None, self._is_wanted)
        return self._levels.of(host)

    def _is_wanted(self, name: str) -> bool:
        return is_hold_variable(name) or name in self._names


class HostVariables:
    """The variables of every host, as the task on that host sees them.

    The variables that core offers for other hosts lack the defaults of the role and what the play itself sets. Both are
    therefore taken from the variables of the current host.

    :param action: the action that runs on the current host.
    :param task_vars: the variables of its task.
    :param with_play: whether what the play sets counts, or only what applies to a host in any play.
    """

    def __init__(self, action: Any, task_vars: Mapping[str, Any], *, with_play: bool = True) -> None:
        self._action = action
        self._task = getattr(action, "_task", None) if with_play else None
        self._used: frozenset[str] = frozenset()
        self._hostvars = task_vars["hostvars"]
        self._groups = task_vars.get("groups") or {}
        # Many hosts have the same register of holds.
        self._known_patterns: dict[str, bool] = {}
        own = raw_variables(self._hostvars, current_host(task_vars))
        # Callers process one host after the other, and collecting the variables of one takes a millisecond.
        self._cached: tuple[str | None, Mapping[str, Any]] = None, {}
        # What the play sets overrides every inventory, which overrides the defaults. A policy may use any of it.
        play, parameters = find_play_variables(action) if with_play else ({}, {})
        # It may also set the value that this host has anyway; a task may have set another one for some hosts.
        self._below_facts = play
        self._above_facts = {
            **parameters,
            **{
                name: value
                for name, value in task_vars.items()
                if with_play and _is_play_variable(name, value, own.get(name, ROLE_DEFAULTS.get(name)))
            },
        }

    def raw(self, host: str) -> Mapping[str, Any]:
        """Return all variables of a host that the play does not set, with their templates unresolved."""
        if host != self._cached[0]:
            self._cached = host, raw_variables(self._hostvars, host)
        return self._cached[1]

    def own_names(self, host: str) -> Mapping[str, Any]:
        """Return name and groups of a host in the inventory, by the variables that should have them."""
        return own_names(self._hostvars, host)

    def find_replaced_name(self, host: str) -> HiddenHolds | None:
        """Return what is wrong if a variable replaces the name or the groups of a host."""
        return find_replaced_name({**self.raw(host), **self.play_variables}, self.own_names(host))

    def written(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return those named variables of a host that are set, with their templates unresolved; without ``None``."""
        layers = self._layers(host)
        values = {name: next((layer[name] for layer in layers if name in layer), None) for name in names}
        return {name: value for name, value in values.items() if value is not None}

    def redact(self, host: str, text: str) -> str:
        """Return a text about a host without its passwords: any of its variables may use them."""
        redacted: str = self.find_secrets(host).protect(escape_invisible(text))
        return redacted

    def find_secrets(self, *hosts: str) -> Secrets:
        """Return the passwords of hosts."""
        secrets = Secrets()
        for host, name in product(hosts, SECRET_VARIABLES):
            with suppress(AxisError):
                option = "proxy" if name == _PROXY else "password"
                secrets.add({option: self.read(host, (name,)).get(name)}, {option: {"no_log": True}})
        return secrets

    def _merge(self, host: str) -> dict[str, Any]:
        """Return all variables of a host, with their templates unresolved."""
        play, below, own = self._layers(host)
        return {**own, **below, **play}

    def _layers(self, host: str) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
        """Return the variables of a host that override others first."""
        own = find_runtime_names(self._hostvars, host) if self._below_facts else ()
        below = {name: value for name, value in self._below_facts.items() if name not in own}
        return self._above_facts, below, self.raw(host)

    @cached_property
    def play_variables(self) -> Mapping[str, Any]:
        """Return the variables that the play sets, with their templates unresolved."""
        return {**self._below_facts, **self._above_facts}

    @property
    def play_names(self) -> Collection[str]:
        """Return the names of the variables that the play sets."""
        return self.play_variables.keys()

    def is_in_inventory(self, pattern: str) -> bool:
        """Return whether a glob matches a host of the inventory, or a group that has hosts."""
        if pattern not in self._known_patterns:
            self._known_patterns[pattern] = matches_any(pattern, self._inventory_names)
        return self._known_patterns[pattern]

    @cached_property
    def _inventory_names(self) -> frozenset[str]:
        return inventory_names(self._groups)

    def hold_names(self, host: str) -> list[str]:
        """Return the names of the variables of a host that have holds."""
        return sorted(filter(is_hold_variable, {*self.raw(host), *self.play_names}))

    def hidden_holds(self, host: str, task_holds: Sequence[Any] = ()) -> list[HiddenHolds]:
        """Return which variables of a host hide holds that another place sets, see ``find_hidden_holds``."""
        names = self.hold_names(host)
        if not names and not task_holds:
            return []
        if replaced := self.find_replaced_name(host):
            return [replaced]

        def resolve() -> None:
            self.read(host, names)
            self.resolve(host, {HOLDS_OPTION: list(task_holds)})

        def find_levels(used: Collection[str]) -> Levels:
            if not self._used.issuperset(used):
                # Reading all files again is slow, and most hosts use the same variables.
                self._used = self._used.union(used)
                self.__dict__.pop("_levels", None)
            return self._levels.of(host)

        return find_hidden_holds(
            find_levels,
            self._merge(host),
            names,
            task_holds=list(task_holds),
            find_elsewhere=lambda used: self.hidden_elsewhere(host, used, resolve),
        )

    def hidden_elsewhere(self, own: str, used: Mapping[str, str], resolve: Callable[[], object]) -> list[HiddenHolds]:
        """Return which variables of other hosts hide what holds of a host use, see ``find_hidden_elsewhere``.

        :param used: by variable that holds may use through ``hostvars``, what uses it.
        :param resolve: resolves the holds, which shows whose variables they use.
        """
        # An error of the template is reported where the holds are read.
        with recorded_hosts(self._hostvars) as hosts, suppress(AxisError):
            resolve()
        others = sorted(host for host in hosts - {own} if host in self._hostvars)
        return [item for host in others for item in self._elsewhere.find(host, used)]

    @cached_property
    def _elsewhere(self) -> _Elsewhere:
        return _Elsewhere(self._hostvars)

    @cached_property
    def _levels(self) -> VariableLevels:
        return VariableLevels(self._hostvars, self._task, lambda name: is_hold_variable(name) or name in self._used)

    def find_permanent_allowances(self, host: str, values: Mapping[str, Any], extra: Collection[str]) -> dict[str, str]:
        """Return the allowances that the inventory sets for a host, each with the place that sets it.

        :param values: by variable, its value.
        :param extra: the names of the extra variables of the run.
        """
        names = [name for name in ALLOWANCES if name in self.raw(host) and _is_true(values.get(name))]
        # What the play sets is in force, and a custom play sets it for its own runs.
        names = [name for name in names if name not in extra and name not in self.play_names]
        levels = self._allowance_levels.of(host) if names else []
        places = {name: level.place for level in levels for name in level.variables}
        return {name: places[name] for name in names if places.get(name, "").startswith(("group ", "host "))}

    @cached_property
    def _allowance_levels(self) -> VariableLevels:
        return VariableLevels(self._hostvars, None, lambda name: name in ALLOWANCES)

    def resolve_delegate(self, host: str) -> str | None:
        """Return the machine that the tasks of the role on a host are delegated to, or ``None`` for the controller.

        :raises InvalidOptionError: ``invalid_option``, if its template cannot be resolved.
        """
        written = written_delegate(self._action._task)
        if written is None:
            return None
        try:
            delegate = self._templater(self._merge(host))(written)
        except AnsibleError as error:
            raise unresolvable_variable("delegate_to", error, written) from error
        name = "" if delegate in (None, OMITTED) else str(delegate)
        return None if name in ("", host) or is_controller(name) else name

    def _templater(self, written: Mapping[str, Any]) -> Callable[[Any], Any]:
        variables = {**ROLE_DEFAULTS, **written, "hostvars": self._hostvars}
        return templater(self._action, {**variables, "vars": variables}, OMITTED)

    def task_variables(self, host: str) -> dict[str, Any]:
        """Return the variables of a task of the role on a host, with their templates unresolved."""
        core = {**self.own_names(host), "hostvars": self._hostvars, "groups": self._groups}
        variables = {**ROLE_DEFAULTS, **self._merge(host), **core}
        return {**variables, "vars": variables}

    def resolve(self, host: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return options with the variables of a host in their templates, without those that resolve to ``omit``.

        :raises InvalidOptionError: ``invalid_option``, if a template cannot be resolved.
        """
        template = self._templater(self._merge(host)) if options else None
        resolved = {}
        for name, value in options.items():
            try:
                resolved[name] = template(value) if template else value
            except AnsibleError as error:
                raise unresolvable_variable(name, error, value) from error
        return {name: value for name, value in resolved.items() if value is not OMITTED}

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return the named variables of a host, templates resolved, defaults of the role included.

        Without ``None``, except for variables with holds: only one that resolves to ``omit`` is not set.

        :raises InvalidOptionError: ``invalid_option``, if a template cannot be resolved.
        """
        written = self._merge(host)
        template = self._templater(written)
        values = {name: ROLE_DEFAULTS[name] for name in names if name in ROLE_DEFAULTS}
        for name in (name for name in names if name in written):
            try:
                value = template(written[name])
            except AnsibleError as error:
                if name in SECRET_VARIABLES:
                    raise unresolvable_secret(name, written[name], written) from None
                raise unresolvable_variable(name, error, written[name]) from error
            if value is not OMITTED:
                values[name] = value
        return {name: value for name, value in values.items() if value is not None or is_hold_variable(name)}
