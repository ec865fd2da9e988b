# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A delegated module: the names of its options, missing libraries, and the end of its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http import transport
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._module import (
    build_names_environment,
    build_serial_environment,
    missing_library,
    run_module,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import xml
from tests.playbook import CHECKOUT

PASSWORD = "camera-password"
NAMES = {"timeout": "axis_timeout", "username": "--user"}


_SCRIPT = """
import signal, sys, threading
from types import SimpleNamespace
from ansible_collections.camfleet.axis.plugins.module_utils._module import run_module

# The tests may run with nohup, or in the background.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)

def run(*_arguments, **_options):
    print("waits", flush=True)
    threading.Event().wait()

module = SimpleNamespace(params={}, argument_spec={}, check_mode=True, _diff=True, warn=print, tmpdir=sys.argv[1])
run_module(module, run)
"""


@pytest.fixture(autouse=True)
def signal_handlers() -> Iterator[None]:
    """Restore the handlers that a module sets."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


class ModuleExitError(Exception):
    """The end of the process of a module, with its result."""

    @property
    def result(self) -> dict[str, Any]:
        """Return the result that the module printed."""
        return dict(self.args[0])


class Module:
    """As much of AnsibleModule as is needed."""

    check_mode, _diff = True, False

    def __init__(self) -> None:
        self.argument_spec = {"password": {"type": "str", "no_log": True}}
        self.params = {"password": PASSWORD}
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Collect a warning."""
        self.warnings.append(text)

    def exit_json(self, **result: Any) -> None:
        """End the process after a success."""
        raise ModuleExitError(result)

    def fail_json(self, **result: Any) -> None:
        """End the process after a failure."""
        raise ModuleExitError({**result, "failed": True})


def end_of(run: Callable[..., dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return the result, without the arguments that core would add otherwise, and the warnings of a module."""
    module = Module()
    with pytest.raises(ModuleExitError) as caught:
        run_module(module, run)  # type: ignore[arg-type] # as much as is needed
    result = dict(caught.value.result)
    assert result.pop("invocation", None) in (None, {"module_args": {"password": "********"}})
    return result, module.warnings


def test_module_receives_the_names_that_the_user_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in build_names_environment(NAMES).items():
        monkeypatch.setenv(name, value)
    received: dict[str, Any] = {}

    def run(_parameters: Any, *, names: dict[str, str], check_mode: bool, **_options: Any) -> dict[str, Any]:
        received.update(names=names, check_mode=check_mode)
        return {"changed": False}

    assert end_of(run) == ({"changed": False}, [])
    assert received == {"names": NAMES, "check_mode": True}


def test_without_the_environment_options_have_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in build_names_environment({}):
        monkeypatch.delenv(name, raising=False)
    result, _warnings = end_of(lambda _parameters, *, names, **_options: {"names": names})
    assert result == {"names": {}}


@pytest.mark.parametrize("serial", [None, "B8A44F00A001"])
def test_module_requires_the_device_that_was_checked(monkeypatch: pytest.MonkeyPatch, serial: str | None) -> None:
    for name, value in build_serial_environment(serial).items():
        monkeypatch.setenv(name, value)
    settings = ConnectionSettings("192.0.2.7", 80, "http", "operator", "secret-4711")

    def run(_parameters: Any, *, open_session: Callable[..., Session], **_options: Any) -> dict[str, Any]:
        return {"serial": open_session(settings).checked_serial}

    assert end_of(run)[0] == {"serial": serial}


def test_result_and_warnings_have_no_secret() -> None:
    def run(parameters: dict[str, Any], *, warn: Callable[[str], None], **_options: Any) -> dict[str, Any]:
        warn(f"Warning: {parameters['password']}")
        return {"failed": True, "msg": f"Failure: {parameters['password']}"}

    assert end_of(run) == ({"failed": True, "msg": "Failure: ********"}, ["Warning: ********"])


def test_defect_has_a_traceback_without_a_secret() -> None:
    def run(parameters: dict[str, Any], **_options: Any) -> dict[str, Any]:
        raise KeyError(parameters["password"])

    result, _warnings = end_of(run)
    assert result["failed"] is True
    assert "unexpected KeyError" in result["msg"]
    assert PASSWORD not in str(result)


@pytest.mark.parametrize(("owner", "library"), [(transport, "requests"), (xml, "lxml")])
def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, owner: Any, library: str) -> None:
    assert missing_library() is None
    monkeypatch.setattr(owner, "IMPORT_ERROR", "Traceback")
    assert missing_library() == (library, "Traceback")
    result, _warnings = end_of(lambda *_arguments, **_options: {})
    assert result["failed"] is True
    assert library in result["msg"]


@pytest.mark.parametrize("number", [None, signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_module_without_reader_ends_and_removes_its_arguments(tmp_path: Path, number: signal.Signals | None) -> None:
    files = tmp_path / "ansible-tmp"
    files.mkdir()
    (files / "AnsiballZ_module.py").write_text(PASSWORD, encoding="utf-8")
    path = {**os.environ, "PYTHONPATH": f"{CHECKOUT / '.venv' / 'collections'}:{CHECKOUT}/../../.."}
    with subprocess.Popen([sys.executable, "-c", _SCRIPT, str(files)], env=path, stdout=subprocess.PIPE) as module:
        assert module.stdout is not None
        assert module.stdout.readline() == b"waits\n"
        if number is None:
            module.stdout.close()
        else:
            module.send_signal(number)
        assert module.wait(timeout=60) == 1
    assert not files.exists()
