# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A login that no device accepts is sent to a few devices only, whatever the order of the responses."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, LoginStoppedError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import run_all
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_logins import Login, SharedLogins
from tests.simulator import Fleet


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet that is listening."""
    with Fleet() as running:
        yield running


ROOT, OTHER = Login("root", "one"), Login("root", "two")


def try_login(logins: SharedLogins, login: Login, is_accepted: bool | None) -> None:
    """Send a login to a device that responds in this way."""
    gate = logins.gate(login)
    gate.enter()
    gate.leave(is_accepted)


def test_a_login_stops_after_its_rejections() -> None:
    logins = SharedLogins([ROOT, OTHER, ROOT], 2)
    for _unused in range(2):
        try_login(logins, ROOT, False)
    with pytest.raises(
        LoginStoppedError, match="2 other devices rejected the username or password of user root"
    ) as raised:
        logins.gate(ROOT).enter()
    assert raised.value.kind == "not_attempted"
    assert "one" not in str(raised.value).split()
    # Another password of the same user is another login.
    try_login(logins, OTHER, True)


def test_one_success_lets_every_device_be_tried() -> None:
    logins = SharedLogins([ROOT], 2)
    try_login(logins, ROOT, False)
    try_login(logins, ROOT, True)
    for _unused in range(10):
        try_login(logins, ROOT, False)


def test_a_device_that_does_not_answer_a_login_does_not_count() -> None:
    logins = SharedLogins([ROOT], 1)
    for _unused in range(5):
        try_login(logins, ROOT, None)
    try_login(logins, ROOT, False)
    with pytest.raises(LoginStoppedError):
        logins.gate(ROOT).enter()


def test_a_device_waits_while_others_may_reject_the_login() -> None:
    logins = SharedLogins([ROOT], 1)
    first, second = logins.gate(ROOT), logins.gate(ROOT)
    first.enter()
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(second.enter)
        assert not waiting.done()
        first.leave(False)
        with pytest.raises(LoginStoppedError):
            waiting.result()


def test_a_login_with_many_allowed_rejections_stops_after_all_of_them() -> None:
    logins = SharedLogins([ROOT], 250)
    for _unused in range(250):
        try_login(logins, ROOT, False)
    with pytest.raises(LoginStoppedError):
        logins.gate(ROOT).enter()


def kill_in_another_process(run: Callable[[], object]) -> None:
    """Run a function in a process that is killed when the function has returned, or waits."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        waiting = Thread(target=run, daemon=True)
        waiting.start()
        # The waits of the gates are shorter.
        waiting.join(0.2)
        os.write(writer, b"x")
        signal.pause()
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def test_a_killed_process_has_no_login_in_progress() -> None:
    logins = SharedLogins([ROOT], 2)
    kill_in_another_process(lambda: [logins.gate(ROOT).enter() for _number in range(2)])
    for _unused in range(2):
        try_login(logins, ROOT, False)
    with pytest.raises(LoginStoppedError):
        logins.gate(ROOT).enter()


def test_a_killed_process_does_not_block_those_that_wait() -> None:
    """Neither one that waits, too, nor one that counts."""
    logins = SharedLogins([ROOT], 1)
    own = logins.gate(ROOT)
    own.enter()
    kill_in_another_process(logins.gate(ROOT).enter)
    kill_in_another_process(lambda: logins._shared(ROOT).__enter__())
    own.leave(None)
    try_login(logins, ROOT, True)
    assert logins.is_accepted(ROOT)


@pytest.mark.parametrize("correct", [False, True])
def test_all_processes_and_threads_share_the_rejections(fleet: Fleet, correct: bool) -> None:
    """More devices than a process checks alone, over HTTP."""
    devices = [fleet.add(name=f"c{number}") for number in range(120)]
    password = "operator-pass" if correct else "incorrect-4711"
    logins = SharedLogins([Login("operator", password)], 3)

    def check(host: str, port: int) -> str:
        settings = ConnectionSettings(host=host, port=port, username="operator", password=password, protocol="http")
        session = Session(settings)
        session.login_gate = logins.gate(Login("operator", password))
        try:
            RecordingGroups(session).list()
        except AxisError as error:
            return error.kind
        finally:
            with suppress(AxisError):
                session.close()
        return "read"

    tasks = {device.name: (lambda device=device: check(device.host, device.port)) for device in devices}
    kinds = [item[1] for item in run_all(tasks, 32, lambda _name, error: repr(error)) if item is not None]
    rejected = sum(entry.status == 401 and bool(entry.authorization) for device in devices for entry in device.journal)
    if correct:
        assert kinds == ["read"] * 120
    else:
        assert kinds.count("authentication") == rejected == 3
        assert kinds.count("not_attempted") == 117
