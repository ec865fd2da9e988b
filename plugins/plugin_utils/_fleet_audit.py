# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check many hosts in a few processes, each with the same code as the task on one host.

A worker of Ansible costs several times what the check of a camera costs. One thread of each process reads the variables,
because the template engine of core is not made for threads. The others wait for the devices.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.action import axis_retention_policy
from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    invalid_input_result,
    unexpected_error_result,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import PreparedTask, new_session
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import templater
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    POLICY_VARIABLES,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import OtherHolds

#: Returns the task variables of a host.
_ARGUMENTS = {option: name for option, name in POLICY_VARIABLES.items() if option != "holds"}
_POLL_INTERVAL = 0.5  # seconds
_MIN_HOSTS_PER_PROCESS = 50


class HostCheck(axis_retention_policy.ActionModule):
    """The task on one host, without a worker of its own.

    :param fleet: the action that runs it.
    :param templar: the template engine with the variables of the host.
    """

    def __init__(self, fleet: Any, task_vars: dict[str, Any]) -> None:
        templar = fleet._templar.copy_with_new_env(available_variables=task_vars)
        super().__init__(
            fleet._task, fleet._connection, fleet._play_context, fleet._loader, templar, fleet._shared_loader_obj
        )
        self._task_vars = task_vars
        self._secrets = Secrets()
        self._time_limit = TimeLimit()
        self._sessions: list[Session] = []
        self._prepared: PreparedTask | dict[str, Any] = {}

    def prepare(self) -> None:
        """Read and validate all options. This uses the template engine."""
        try:
            template = templater(self)
            given = {
                option: template(self._task_vars[name]) for option, name in _ARGUMENTS.items() if name in self._task_vars
            }
            given = {option: value for option, value in given.items() if value is not None}
            self._secrets.add(given, self.module.ARGUMENT_SPEC)
            self._prepared = self._prepare(given, self._task_vars, self._secrets)
        except Exception as error:
            self._prepared = unexpected_error_result(error, self._secrets)

    def check(self) -> dict[str, Any]:
        """Return the result. This may run in any thread."""
        warnings: list[str] = []
        try:
            result = (
                dict(self._prepared)
                if isinstance(self._prepared, dict)
                else self._run_prepared(self._prepared, self._task_vars, warnings)
            )
        except Exception as error:
            result = unexpected_error_result(error, self._secrets)
        finally:
            for session in self._sessions:
                session.close()
        return self._finish(result, self._secrets, warnings, self._task_vars)

    def _find_session(self, settings: ConnectionSettings) -> Session:
        session = new_session(settings)
        self._sessions.append(session)
        return session

    def _read_other_holds(
        self, given: Mapping[str, Any], parameters: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> OtherHolds:
        # The preflight compares the addresses of all hosts.
        return OtherHolds()


#: Host and result.
HostResult = tuple[str, dict[str, Any]]


def check_hosts(
    fleet: Any,
    host_variables: HostVariables,
    hosts: Sequence[str],
    facts: Mapping[str, Any],
    connections: int,
) -> Iterator[HostResult]:
    """Yield the result of every host, in the order in which they end.

    :param facts: what the tasks of the run set on every host.
    :param connections: how many devices are connected at the same time.
    """
    processes = min(len(os.sched_getaffinity(0)), connections, -(-len(hosts) // _MIN_HOSTS_PER_PROCESS))
    # The hosts of one site are neighbors in the inventory, and often slow together.
    parts = [hosts[number::processes] for number in range(processes)]

    def check_part(part: Sequence[str]) -> Iterator[HostResult]:
        return _check_part(fleet, host_variables, part, facts, -(-connections // processes))

    if processes == 1:
        yield from check_part(hosts)
    else:
        yield from _run_processes(check_part, parts)


def _check_part(
    fleet: Any, host_variables: HostVariables, hosts: Sequence[str], facts: Mapping[str, Any], threads: int
) -> Iterator[HostResult]:
    """Yield the results of hosts; no more are prepared than the threads need."""
    slots = threading.Semaphore(2 * threads)
    done: list[HostResult] = []
    with ThreadPoolExecutor(threads, "axis-audit") as executor:
        for host in hosts:
            slots.acquire()
            check = HostCheck(fleet, {**host_variables.task_variables(host), **facts})
            check.prepare()

            def finish(future: Future[dict[str, Any]], host: str = host) -> None:
                done.append((host, future.result()))
                slots.release()

            executor.submit(check.check).add_done_callback(finish)
            while done:
                yield done.pop()
    yield from done


def _run_processes(
    check_part: Callable[[Sequence[str]], Iterator[HostResult]], parts: Sequence[Sequence[str]]
) -> Iterator[HostResult]:
    context = get_context("fork")
    receivers = []
    processes = []
    for part in parts:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_send_results, args=(check_part, part, sender))
        process.start()
        sender.close()
        receivers.append(receiver)
        processes.append(process)
    while receivers:
        for receiver in wait(receivers):
            try:
                yield from receiver.recv()
            except EOFError:
                receivers.remove(receiver)
    for process in processes:
        process.join()


def _send_results(
    check_part: Callable[[Sequence[str]], Iterator[HostResult]], part: Sequence[str], sender: Connection
) -> None:
    for result in check_part(part):
        sender.send([result])
    sender.close()
