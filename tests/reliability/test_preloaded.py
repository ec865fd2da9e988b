# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is forked from a loaded process has what a process of its own has, and nothing of an earlier run."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.playbook import command, environment_with_results
from tests.preloaded import Preloaded


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preloaded]:
    """Yield a loaded process."""
    running = Preloaded(environment_with_results(tmp_path_factory.mktemp("usual")))
    yield running
    running.close()


def write_playbook(path: Path, *tasks: dict[str, Any]) -> list[str]:
    """Write a playbook for localhost, and return the arguments that run it."""
    play = {"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": tasks}
    path.write_text(json.dumps([play]), encoding="utf-8")
    return command(path, Path("localhost,"))[3:]


def test_each_run_has_its_own_process(
    preloaded: Preloaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = {
        "place": "{{ lookup('pipe', 'readlink /proc/$PPID/cwd; umask; echo $AXIS_HOST; cat') }}",
        "home": "{{ lookup('config', 'ANSIBLE_HOME') }}",
        "random": "{{ 2**60 | random }}",
        "process": "{{ lookup('pipe', 'cut -d\\  -f4 /proc/$PPID/stat') }}",
    }
    arguments = write_playbook(tmp_path / "play.yml", {"name": "Show", "ansible.builtin.debug": {"msg": shown}})
    found = []
    for number in range(2):
        scratch = tmp_path / f"run{number}"
        scratch.mkdir()
        monkeypatch.chdir(scratch)
        monkeypatch.setenv("PYTEST_CURRENT_TEST", f"of run {number}")
        umask = os.umask(0o27 if number else 0o77)
        try:
            done = preloaded.run(arguments, environment_with_results(scratch, {"AXIS_HOST": f"gate{number}"}))
        finally:
            os.umask(umask)
        assert done is not None
        status, output = done
        assert status == 0, output
        (line,) = (scratch / "results.jsonl").read_text(encoding="utf-8").splitlines()[:1]
        shown_now = json.loads(line)["result"]["msg"]
        assert shown_now["place"].split() == [str(scratch), "0027" if number else "0077", f"gate{number}"]
        assert shown_now["home"] == str(scratch)
        # It had a temporary directory there, and removed it at its end.
        assert list((scratch / "tmp").iterdir()) == []
        found.append(shown_now)
    assert found[0]["random"] != found[1]["random"]
    assert found[0]["process"] != found[1]["process"]
    assert capfd.readouterr() == ("", "")


def test_status_is_that_of_the_run(preloaded: Preloaded, tmp_path: Path) -> None:
    usual = environment_with_results(tmp_path)
    fails = write_playbook(tmp_path / "fails.yml", {"name": "Fail", "ansible.builtin.fail": {"msg": "on purpose"}})
    kill = {
        "name": "Kill",
        "ansible.builtin.set_fact": {"x": "{{ lookup('pipe', 'kill -9 $(cut -d\\  -f4 /proc/$PPID/stat)') }}"},
    }
    for arguments, expected, text in (
        (fails, 2, "on purpose"),
        (write_playbook(tmp_path / "killed.yml", kill), -9, ""),
        # Its standard error is a part of the output.
        (["playbook", "--no-such-option"], 2, "usage: ansible-playbook [-h]"),
        (["playbook", "--version"], 0, "ansible-playbook [core "),
    ):
        done = preloaded.run(arguments, usual)
        assert done is not None
        assert done[0] == expected, done[1]
        assert text in done[1]


@pytest.mark.parametrize(
    "extra", [{"ANSIBLE_STRATEGY": "free"}, {"PYTHONPATH": "/elsewhere"}, {"TZ": "Asia/Tokyo"}, {"HOME": "/elsewhere"}]
)
def test_other_settings_need_a_start(preloaded: Preloaded, tmp_path: Path, extra: dict[str, str]) -> None:
    assert preloaded.run(["playbook", "--version"], environment_with_results(tmp_path, extra)) is None


def test_second_run_at_the_same_time_starts_as_usual(preloaded: Preloaded, tmp_path: Path) -> None:
    usual = environment_with_results(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    wait = {"name": "Wait", "ansible.builtin.debug": {"msg": "{{ lookup('pipe', 'cat pipe') }}"}}
    first: list[tuple[int, str] | None] = []
    arguments = write_playbook(tmp_path / "waits.yml", wait)
    thread = threading.Thread(target=lambda: first.append(preloaded.run(arguments, usual)))
    thread.start()
    # It waits until the run reads.
    with (tmp_path / "pipe").open("w", encoding="utf-8") as pipe:
        assert preloaded.run(["playbook", "--version"], usual) is None
        pipe.write("end")
    thread.join()
    assert first[0] is not None
    assert first[0][0] == 0, first[0][1]
