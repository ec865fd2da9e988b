# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fork ansible-playbook from a process that has loaded Ansible and the collection, for ``pytest --preload``.

Most of a short run is its start. Each run is still a process of its own, with its own arguments, environment, settings,
and temporary directory; only what Python loads and compiles is there before. The process that forks has no threads, and
runs no playbook itself.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import random
import re
import runpy
import secrets
import socket
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).resolve().parent.parent
_LENGTH, _STATUS = struct.Struct("!Q"), struct.Struct("!i")
#: Variables that nothing reads while it is loaded, or that are read again for each run. A run with any other
#: difference starts as usual.
_VARYING = re.compile(r"ANSIBLE_(HOME|REMOTE_TEMP)|(AXIS|CAMFLEET|CONTROLLER|PYTEST)_.*")
#: The plugins of Ansible that a run loads with their documentation, and without it.
_PLUGINS, _IMPORTED = ("become", "callback", "connection", "inventory", "shell", "strategy"), ("filter", "test", "vars")


@dataclass(frozen=True)
class _Request:
    """A run: the arguments of ``python -m ansible``, and what a process inherits."""

    arguments: list[str]
    environment: dict[str, str]
    directory: str
    umask: int


class Preloaded:
    """The process that has loaded Ansible. It starts with the first run.

    :param environment: the usual environment of a run.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str] | None:
        """Run ``python -m ansible``, and return its status and output, or None if it must start as usual.

        It must if another run is in progress, or if the environment differs in a variable that is read only once.
        """
        if _fixed(environment) != _fixed(self._environment) or not self._lock.acquire(blocking=False):
            return None
        try:
            return self._run(_Request([*arguments], dict(environment), os.getcwd(), _read_umask()))
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._connection is not None:
            self._connection.close()
            self._process.wait()

    def _run(self, request: _Request) -> tuple[int, str]:
        connection = self._connection or self._start()
        content = json.dumps(vars(request)).encode()
        output, end = os.pipe()
        socket.send_fds(connection, [_LENGTH.pack(len(content))], [end])
        os.close(end)
        connection.sendall(content)
        with open(output, encoding="utf-8") as file:
            text = file.read()
        (status,) = _STATUS.unpack(_receive(connection, _STATUS.size))
        return int(status), text

    def _start(self) -> socket.socket:
        self._connection, other = socket.socketpair()
        command = [sys.executable, "-m", "tests.preloaded", str(other.fileno())]
        with other:
            self._process = subprocess.Popen(
                command, cwd=_CHECKOUT, env=self._environment, stdin=subprocess.DEVNULL, pass_fds=[other.fileno()]
            )
        return self._connection


def _fixed(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not _VARYING.fullmatch(name)}


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _receive(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = connection.recv(size - len(content))
        if not part:
            raise EOFError("The other process has ended.")
        content += part
    return content


def _load() -> None:
    import_module("ansible.cli.playbook")
    import_module("ansible.executor.playbook_executor")
    loader: Any = import_module("ansible.plugins.loader")
    loader.init_plugin_loader()
    # Each run does it again, and needs the same.
    warnings.filterwarnings("ignore", message="AnsibleCollectionFinder has already been configured")
    for kind in _PLUGINS:
        list(getattr(loader, f"{kind}_loader").all(class_only=True))
    for kind in _IMPORTED:
        package = f"ansible.plugins.{kind}"
        for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    for path in sorted(_CHECKOUT.glob("plugins/action/axis_*.py")):
        import_module(f"ansible_collections.camfleet.axis.plugins.action.{path.stem}")


def _serve(connection: socket.socket) -> list[str] | None:
    """Fork a process for each request, in which this returns its arguments. Return None at the end of all requests."""
    while True:
        header, descriptors, _flags, _address = socket.recv_fds(connection, _LENGTH.size, 1)
        if not header:
            return None
        (size,) = _LENGTH.unpack(header)
        request = _Request(**json.loads(_receive(connection, size)))
        process = os.fork()
        if process == 0:
            connection.close()
            _become(request, descriptors[0])
            return request.arguments
        os.close(descriptors[0])
        _process, status = os.waitpid(process, 0)
        connection.sendall(_STATUS.pack(os.waitstatus_to_exitcode(status)))


def _become(request: _Request, output: int) -> None:
    """Set what another process would inherit, or read when it starts."""
    for target in (1, 2):
        os.dup2(output, target)
    os.close(output)
    os.umask(request.umask)
    os.chdir(request.directory)
    sys.path[0] = request.directory
    os.environ.clear()
    os.environ.update(request.environment)
    random.seed()
    # Both are computed when they are loaded: the settings with the temporary directory, and the prefix of IDs.
    constants: Any = import_module("ansible.constants")
    for name in constants.config.get_configuration_definitions():
        constants.set_constant(name, constants.config.get_config_value(name, variables=vars(constants)))
    ids: Any = import_module("ansible.utils.vars")
    assert len(ids.random_int) == 8
    ids.random_int = secrets.token_hex(4)


def _main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    _load()
    # A fork shares the memory of what no garbage collection visits.
    gc.collect()
    gc.freeze()
    arguments = _serve(connection)
    if arguments is not None:
        sys.argv[1:] = arguments
        runpy.run_module("ansible", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
