# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes end with the one that started them, whatever they wait for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils import _parent_process
from tests.playbook import CHECKOUT

# The child has the standard output of its parent, which is at its end when both, and what they started, have ended.
_SCRIPT = """
import multiprocessing, os, signal, subprocess, sys, threading
from ansible_collections.camfleet.axis.plugins.plugin_utils import _parent_process

_parent_process._POLL_INTERVAL = 0.01

def write_into_a_full_pipe():
    # As a worker has it for results: with both ends.
    reader, writer = os.pipe()
    os.write(writer, b"x" * 10_000_000)

def wait_for_a_lock():
    lock = multiprocessing.get_context("fork").Lock()
    lock.acquire()
    lock.acquire()

def wait_for_a_program():
    subprocess.run(["sleep", "3600"], check=False)

def wait_for_a_process():
    process = multiprocessing.get_context("fork").Process(target=run, args=(wait_for_a_lock,))
    process.start()
    process.join()

def run(wait):
    _parent_process.end_with_parent()
    _parent_process.end_with_parent()
    if wait is not wait_for_a_process:
        print(threading.active_count(), flush=True)
    wait()

child = multiprocessing.get_context("fork").Process(target=run, args=(globals()[sys.argv[1]],))
child.start()
child.join()
"""


@pytest.mark.parametrize(
    "wait", ["write_into_a_full_pipe", "wait_for_a_lock", "wait_for_a_program", "wait_for_a_process"]
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_child_ends_with_its_parent(wait: str, number: signal.Signals) -> None:
    command = [sys.executable, "-c", _SCRIPT, wait]
    path = {**os.environ, "PYTHONPATH": f"{CHECKOUT / '.venv' / 'collections'}:{CHECKOUT}/../../.."}
    with subprocess.Popen(command, env=path, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        threads = parent.stdout.readline()
        parent.send_signal(number)
        # Raises TimeoutExpired if a process is left.
        rest, _errors = parent.communicate(timeout=60)
    assert (threads, rest) == ("2\n", "")


def test_a_process_of_another_kind_is_not_watched() -> None:
    before = threading.active_count()
    _parent_process.end_with_parent()
    assert threading.active_count() == before
