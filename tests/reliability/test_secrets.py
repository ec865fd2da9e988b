# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The password is nowhere but where it was put: every playbook, passing and failing, and all it leaves is searched.

One fleet has devices that are in order, with a login from each source, and devices that fail, each in its own way, most
of them telling the password back. Each playbook runs on all of it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.playbook import CHECKOUT, PlaybookRun, environment
from tests.reliability.leaks import Leak
from tests.reliability.watched import (
    FAILING,
    LOGIN,
    PASSWORD,
    PROXY_LOGIN,
    Proxy,
    Watched,
    add,
    add_failing,
    add_passing,
)
from tests.simulator import Fleet

PIN = CHECKOUT / "playbooks" / "pin_certificates.yml"
MERGE = CHECKOUT / "playbooks" / "merge_reports.yml"
PLAYBOOKS = sorted(
    {
        *CHECKOUT.glob("tests/integration/targets/*/*.yml"),
        *CHECKOUT.glob("docs/examples/*.yml"),
        *CHECKOUT.glob("playbooks/*.yml"),
    }
    # Two ask for no login, and have tests of their own below. The third talks to AWX only.
    - {PIN, MERGE, CHECKOUT / "playbooks" / "awx_setup.yml"}
)
#: Where the hosts without a login of their own get it.
SOURCES = ("play", "environment", "module_defaults", "task")
ALL_AT_ONCE = {"retention_policy_waves": "100%", "retention_policy_max_fail_percentage": 100}


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy that listens."""
    with Proxy() as serving:
        thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def closed() -> Iterator[socket.socket]:
    """A port on which nobody listens, and nobody else will."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


@pytest.fixture
def watched(tmp_path: Path, proxy: Proxy) -> Iterator[Watched]:
    """No device yet."""
    with Fleet() as fleet, TemporaryDirectory() as temporary:
        yield Watched(tmp_path, Path(temporary), fleet, proxy)


@pytest.fixture
def everything(watched: Watched, closed: socket.socket) -> Watched:
    """All devices, those that pass and those that fail."""
    add_passing(watched)
    add_failing(watched, closed)
    return watched


def kinds_of(run: PlaybookRun, host: str) -> set[str]:
    """The kinds of error in the results of one host; a defect is one, too."""
    whole = [result for (_task, name), result in run.results.items() if name == host]
    found: set[str] = set()
    for result in [*whole, *(item for loop in whole for item in loop.get("results", ()))]:
        errors = [result.get("error"), *(result.get("unavailable") or ()), *(result.get("refused") or ())]
        found.update(error["kind"] for error in errors if isinstance(error, dict))
        found.update(["defect"] if str(result.get("msg")).startswith("Unexpected RuntimeError: ") else [])
    return found


def with_login(playbook: Path, source: str, watched: Watched) -> tuple[Path, list[str], dict[str, str]]:
    """The playbook, arguments and environment of a run that gets its login from a source."""
    if source == "play":
        password = watched.plant("password", PASSWORD)
        return playbook, ["--user", "operator", "--connection-password-file", str(password)], {}
    if source == "environment":
        return (
            playbook,
            [],
            {"AXIS_USERNAME": "operator", "AXIS_PASSWORD": PASSWORD, "CAMFLEET_EXEMPT": "AXIS_PASSWORD"},
        )
    login = {"username": "operator", "password": "{{ vault_camera_password }}"}
    plays = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    for play in plays:
        for task in play.get("tasks", []):
            for name in [name for name in task if name.startswith("camfleet.axis.")]:
                task[name] = {**(task[name] or {}), **(login if source == "task" else {})}
        # The tasks of a role are not here to be given anything.
        play["module_defaults"] = {"group/camfleet.axis.device": login}
    return watched.plant("play.yml", yaml.safe_dump(plays, allow_unicode=True)), [], {}


def report_into(watched: Watched) -> dict[str, Any]:
    """The variables with which a report is left in every format, of the recordings, too."""
    return {
        "retention_policy_report_dir": str(watched.root / "left" / "report"),
        "retention_policy_report_formats": ["html", "json", "csv", "markdown", "junit"],
        "retention_policy_verify_recordings": True,
    }


def assert_tight_on_everything(watched: Watched, playbook: Path, source: str, arguments: Sequence[str]) -> None:
    """Run a playbook on devices that pass and that fail, prove that they do, and search what is left."""
    playbook, from_source, settings = with_login(playbook, source, watched)
    at_once = ("--extra-vars", json.dumps({**ALL_AT_ONCE, **report_into(watched)}))
    run = watched.run(playbook, *from_source, *arguments, *at_once, environment=settings)
    assert_as_planted(watched, run, source)
    watched.assert_tight()


@pytest.mark.parametrize("number", range(len(PLAYBOOKS)), ids=lambda number: PLAYBOOKS[number].stem)
def test_every_playbook(everything: Watched, number: int, soak: bool) -> None:
    sources = SOURCES if soak else [SOURCES[number % len(SOURCES)]]
    for source, mode in product(sources, [["--check"], []] if soak else [[]]):
        assert_tight_on_everything(everything, PLAYBOOKS[number], source, mode)


@pytest.mark.parametrize("mode", [[], ["--check"]])
def test_the_playbook_that_sends_no_login(everything: Watched, mode: list[str]) -> None:
    pins = everything.root / "left" / "pins.yml"
    run = everything.run(PIN, *mode, "--extra-vars", json.dumps({"pin_certificates_file": str(pins)}))
    shown = {"basic", "untrusted", "page-basic", "status-basic"}
    for host in everything.hosts:
        assert (run.outcomes["Read the certificate", host] == "ok") is (host in shown), f"{host}\n{run.output}"
    written = yaml.safe_load(pins.read_text(encoding="utf-8"))["all"]["hosts"].keys() if pins.exists() else set()
    assert written == (set() if mode else shown), run.output
    assert [entry for device in everything.fleet.devices.values() for entry in device.journal] == []
    everything.assert_tight()


def test_the_playbook_that_merges_what_an_audit_left(everything: Watched) -> None:
    everything.keep(*SOME)
    left = everything.root / "left"
    directories = {"merge_reports_from": str(left / "report"), "merge_reports_dir": str(left / "merged")}
    variables = json.dumps({**report_into(everything), **directories})
    everything.run(CHECKOUT / "playbooks" / "audit.yml", "--extra-vars", variables)
    run = everything.run(MERGE, "--extra-vars", variables)
    assert run.status == 0, run.output
    assert len(list((everything.root / "left" / "merged").iterdir())) == 2
    everything.assert_tight()


def assert_as_planted(watched: Watched, run: PlaybookRun, source: str) -> None:
    """Each device failed in its way, and the others let the login in and were refused nothing but by the playbook."""
    for host, kind in FAILING.items():
        # A login of the play goes before that of the host.
        if host != "template" or source in {"play", "environment"}:
            assert kind in kinds_of(run, host), f"{host}\n{run.output}"
    for host in watched.hosts.keys() - FAILING.keys():
        assert kinds_of(run, host) <= {"recording_loss", "held"}, f"{host}\n{run.output}"
        assert {entry.user for entry in watched.fleet.devices[host].journal} >= {"operator"}, run.output
    assert watched.proxy.logins == {f"Basic {PROXY_LOGIN}"}


#: Of the devices those that tell the password, and some that fail otherwise.
SOME = ("variable", "telling", "described", "page-basic", "redirect", "defect", "wrong", "telling-proxy")
GROUP: dict[str, Any] = {"recording_group_id": "planted", "retention_time": "60d"}
#: A task of every module.
TASKS: dict[str, dict[str, Any]] = {
    "axis_certificate_pins": {"path": "{{ playbook_dir }}/../left/pins.yml"},
    "axis_retention_policy_preflight": {},
    "axis_recording_group": GROUP,
    "axis_recording_group_info": {},
    "axis_recording_action": {"recording_group_id": "planted", "name": "planted"},
    "axis_retention_policy": {"groups": [GROUP], "unmanaged": "report"},
    "axis_retention_policy_report": {"title": "Report", "directory": "{{ playbook_dir }}/../left/report"},
    "axis_retention_policy_outcome": {},
    "axis_retention_policy_merge": {
        "reports": ["{{ playbook_dir }}/../left/report.json"],
        "directory": "{{ playbook_dir }}/../left",
    },
}


def plays(watched: Watched, tasks: list[dict[str, Any]], **keywords: Any) -> Path:
    """A playbook of some tasks."""
    play = {"name": "Play", "hosts": "axis", "gather_facts": False, **keywords, "tasks": tasks}
    return watched.plant("play.yml", yaml.safe_dump([play], allow_unicode=True, sort_keys=False))


def task(name: str, **keywords: Any) -> dict[str, Any]:
    """The task of a module, which ends no host."""
    register = "retention_policy_result" if name == "axis_retention_policy" else name
    going_on = {"ignore_errors": True, "ignore_unreachable": True, "register": register}
    return {"name": name, f"camfleet.axis.{name}": TASKS[name], **going_on, **keywords}


def test_whole_results_of_every_module_shown_and_kept(everything: Watched) -> None:
    assert TASKS.keys() == {path.stem for path in CHECKOUT.glob("plugins/modules/axis_*.py")}
    everything.keep(*SOME)
    tasks = [task(name) for name in TASKS]
    shown = [
        {"name": f"Show {item['name']}", "ansible.builtin.debug": {"var": item["register"]}, "ignore_errors": True}
        for item in tasks
    ]
    kept = {item["name"]: f"{{{{ {item['register']} }}}}" for item in tasks}
    keep = {"name": "Keep", "ansible.builtin.set_fact": {**kept, "cacheable": True}}
    run = everything.run(plays(everything, [*tasks, *shown, keep]), "--check")
    assert {run.outcomes["Keep", host] for host in SOME} == {"ok"}
    facts = [path.read_text(encoding="utf-8") for path in (everything.root / "left" / "facts").iterdir()]
    assert sum("********" in text for text in facts) >= 5
    assert {run.outcomes[name, "described"] for name in ("axis_recording_group", "axis_recording_action")} == {"failed"}
    everything.assert_tight()


JUMP = {"ansible_connection": "telling", "ansible_python_interpreter": sys.executable}


def test_every_module_on_another_machine(everything: Watched, soak: bool) -> None:
    everything.keep(*(SOME if soak else ("telling", "described", "defect")))
    everything.others["jump"] = JUMP
    names = [name for name in TASKS if not name.startswith(("axis_retention_policy_", "axis_certificate_"))]
    run = everything.run(plays(everything, [task(name, delegate_to="jump") for name in (names if soak else names[:2])]))
    for host, kind in {"described": "device_error", "defect": "defect"}.items():
        assert kind in kinds_of(run, host), run.output
    assert run.outcomes[names[0], "telling"] == "ok", run.output
    # What came back was shown before the action had seen it.
    assert "(0, b'\\n{" in run.output
    everything.assert_tight()


def test_an_exception_of_core_that_quotes_what_was_to_be_sent(everything: Watched) -> None:
    everything.keep("variable")
    everything.others["jump"] = {**JUMP, "telling_breaks": True}
    playbook = plays(everything, [task("axis_recording_group", delegate_to="jump")])
    run = everything.run(playbook, environment={"ANSIBLE_PIPELINING": "true"})
    result = run.results["axis_recording_group", "variable"]
    assert run.outcomes["axis_recording_group", "variable"] == "unreachable", run.output
    assert "cannot send" in result["msg"]
    assert "********" in result["msg"]
    everything.assert_tight()


def test_a_misspelt_password_is_not_told(watched: Watched) -> None:
    add(watched, "camera", axis_username="operator", axis_pasword=PASSWORD)
    run = watched.run(CHECKOUT / "playbooks" / "audit.yml")
    assert "axis_pasword is not a variable" in run.output
    watched.assert_tight()


#: Leaks, each with the place and the form in which it must be found. They come from one host, which has the password.
LEAKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "shown": ({"ansible.builtin.debug": {"var": "axis_password"}}, "left/output1", "JSON"),
    "shown in HTML": ({"ansible.builtin.debug": {"msg": "{{ axis_password | escape }}"}}, "left/output1", "a piece"),
    "shown in a URL": (
        {"ansible.builtin.debug": {"msg": "{{ axis_password | urlencode }}"}},
        "left/output1",
        "percent",
    ),
    "shown as Basic": (
        {"ansible.builtin.debug": {"msg": "{{ (axis_username ~ ':' ~ axis_password) | b64encode }}"}},
        "left/output1",
        "base64",
    ),
    "shown as a digest": (
        {"ansible.builtin.debug": {"msg": "{{ ('operator:' ~ realm ~ ':' ~ axis_password) | hash('md5') }}"}},
        "left/output1",
        "digest of md5",
    ),
    "result": (
        {"ansible.builtin.debug": {"msg": "{{ axis_password | to_json }}"}},
        "left/results1.jsonl",
        "JSON in JSON",
    ),
    "log": ({"ansible.builtin.debug": {"msg": "{{ axis_password }}"}}, "left/log", "JSON"),
    "fact": (
        {"ansible.builtin.set_fact": {"kept": "{{ axis_password }}", "cacheable": True}, "no_log": True},
        "left/facts/",
        "a piece",
    ),
    "file": (
        {"ansible.builtin.copy": {"content": "x{{ axis_password }}", "dest": "{{ temporary }}/x"}, "no_log": True},
        "x",
        "raw",
    ),
    "name of a file": (
        {
            "ansible.builtin.file": {"path": "{{ left }}/{{ axis_password | b64encode }}", "state": "touch"},
            "no_log": True,
        },
        "name of left/",
        "base64",
    ),
    "argument": (
        {"ansible.builtin.command": {"argv": ["true", "{{ axis_password }}"]}, "no_log": True},
        "left/processes",
        "raw",
    ),
    "environment": (
        {
            "ansible.builtin.command": {"argv": ["true"]},
            "environment": {"WORD": "{{ axis_password | b64encode }}"},
            "no_log": True,
        },
        "left/processes",
        "base64",
    ),
}


def test_leaks_on_purpose_are_found_where_they_are(watched: Watched) -> None:
    device = add(watched, "camera", **LOGIN, **JUMP)
    where = {"left": str(watched.root / "left"), "temporary": str(watched.temporary)}
    watched.hosts["camera"] |= {**where, "realm": device.authenticator.realm}
    watched.run(plays(watched, [{"name": name, **leak} for name, (leak, _place, _form) in LEAKS.items()]))
    found = {(leak.place, leak.form) for leak in watched.leaks()}
    for name, (_task, place, form) in LEAKS.items():
        assert [other for other in found if other[0].startswith(place) and other[1] == form], (name, found)
    with pytest.raises(AssertionError, match="left/output1: JSON: "):
        watched.assert_tight()


def test_a_playbook_with_a_leak_does_not_pass(everything: Watched) -> None:
    leak, place, form = LEAKS["shown as Basic"]
    playbook = plays(everything, [{"name": "Leak", **leak, "run_once": True}, task("axis_recording_group")])
    with pytest.raises(AssertionError, match=f"{place}: {form}: "):
        assert_tight_on_everything(everything, playbook, "environment", [])


def with_password(password: str, **keywords: Any) -> dict[str, Any]:
    """A task with a login of its own, the password in its last line."""
    login = {"username": "operator", "password": password}
    whole = {**task("axis_recording_group", **keywords), "camfleet.axis.axis_recording_group": {**GROUP, **login}}
    return {name: whole[name] for name in sorted(whole, key="camfleet.axis.axis_recording_group".__eq__)}


def places(leaks: list[Leak]) -> set[str]:
    """The files in which they are."""
    return {leak.place for leak in leaks}


# docs/docsite/rst/secrets.rst says what these tests show: what core prints or keeps, whatever a collection does.


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_core_prints_a_password_that_stands_in_a_task_when_told_to_print_arguments(
    watched: Watched, strategy: str
) -> None:
    for name in ("one", "two"):
        add(watched, name)
    tasks = [with_password(PASSWORD), with_password("{{ vault_camera_password }}")]
    settings = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"}
    run = watched.run(plays(watched, tasks, strategy=strategy), environment=settings)
    # Before a task has run core knows what stands in the play; with free the first result has come by then.
    assert run.output.count(f"password={PASSWORD}") == (1 if strategy == "linear" else 0)
    assert places(watched.leaks()) == ({"left/output1", "left/log"} if strategy == "linear" else set())


def test_a_task_that_core_refuses_hands_no_password_to_the_callbacks(watched: Watched) -> None:
    add(watched, "camera")
    tasks = [with_password(PASSWORD, **{"async": 10, "poll": 1})]
    settings = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"}
    run = watched.run(plays(watched, tasks, strategy="free"), environment=settings)
    assert run.outcomes["axis_recording_group", "camera"] == "failed", run.output
    assert "password=********" in run.output
    watched.assert_tight()


def test_no_log_and_a_template_keep_core_from_printing_it(watched: Watched) -> None:
    add(watched, "camera")
    tasks = [with_password(PASSWORD, no_log=True), with_password("{{ vault_camera_password }}")]
    run = watched.run(plays(watched, tasks), environment={"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"})
    assert run.output.count("TASK [axis_recording_group") == 2
    watched.assert_tight()


def test_core_quotes_the_lines_above_a_task_that_fails_and_the_items_of_a_loop(watched: Watched) -> None:
    add(watched, "camera")
    broken = {"name": "Broken", "ansible.builtin.debug": {"msg": "{{ nothing }}"}, "ignore_errors": True}
    watched.run(plays(watched, [with_password(PASSWORD), broken]))
    assert places(watched.leaks()) >= {"left/output1", "left/log"}
    watched.run(plays(watched, [with_password("{{ item }}", loop=["{{ vault_camera_password }}"])]))
    assert places(watched.leaks()) >= {"left/output2", "left/results2.jsonl"}


def test_a_command_line_is_seen_by_everybody_and_an_environment_by_all_that_is_started(watched: Watched) -> None:
    add(watched, "camera")
    login = {"AXIS_USERNAME": "operator", "AXIS_PASSWORD": PASSWORD}
    variables = ("--extra-vars", json.dumps(LOGIN, ensure_ascii=False))
    watched.run(plays(watched, [task("axis_recording_group")]), *variables, environment=login)
    assert places(watched.leaks()) == {"left/processes", "left/output1"}
    processes = (watched.root / "left" / "processes").read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in processes if "Zk7wQm2x" in line} == {"is", "environment"}


def test_the_files_of_a_module_on_another_machine_stay_only_when_core_is_told_so(watched: Watched) -> None:
    add(watched, "camera", **LOGIN)
    watched.others["jump"] = JUMP
    playbook = plays(watched, [task("axis_recording_group", delegate_to="jump")])
    watched.run(playbook, environment={"ANSIBLE_KEEP_REMOTE_FILES": "true"})
    (place,) = places(watched.leaks())
    assert place.startswith("left/tmp/ansible-tmp-")
    assert (watched.root / place).parent.stat().st_mode & 0o077 == 0


def run_by_runner(watched: Watched, playbook: Path, **settings: str) -> list[str]:
    """The events of a run by ansible-runner, as AWX runs it; the password of the play is typed in."""
    private, inventory = watched.root / "private", watched.plant_inventory()
    (private / "env").mkdir(parents=True)
    (private / "env" / "passwords").write_text(json.dumps({"SSH password:": PASSWORD}), encoding="utf-8")
    vault = [
        "--vault-password-file",
        str(watched.root / "planted" / "vault"),
        "--extra-vars",
        f"@{watched.plant_vault()}",
    ]
    command = shlex.join(["--user", "operator", "--ask-pass", "--diff", *vault])
    (private / "env" / "cmdline").write_text(command, encoding="utf-8")
    arguments = ["--playbook", str(playbook), "--inventory", str(inventory), "--ident", "job", "-vvvv"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "ansible_runner", "run", str(private), *arguments],
        env=environment(watched.root / "left", {**watched.environment(), "PATH": path, **settings}),
        capture_output=True,
        text=True,
        check=False,
    )
    watched.keep_output(done.stdout + done.stderr)
    return [event.read_text(encoding="utf-8") for event in private.glob("artifacts/job/job_events/*.json")]


@pytest.mark.parametrize("playbook", ["feed_back", "delete_held"])
def test_the_events_of_ansible_runner(everything: Watched, playbook: str) -> None:
    everything.keep("of-the-run", *SOME)
    (path,) = (path for path in PLAYBOOKS if path.stem == playbook)
    events = run_by_runner(everything, path)
    assert {entry.user for entry in everything.fleet.devices["of-the-run"].journal} >= {"operator"}
    told = [event for event in events if '"runner_on_failed"' in event or '"runner_on_ok"' in event]
    assert len(told) >= len(SOME)
    assert any("********" in event for event in told)
    everything.assert_tight()


def test_a_leak_into_the_events_of_ansible_runner_is_found(watched: Watched) -> None:
    add(watched, "camera", **LOGIN)
    run_by_runner(watched, plays(watched, [{"name": "Leak", **LEAKS["shown as Basic"][0]}]), AXIS_PASSWORD=PASSWORD)
    found = {re.sub(r"job_events/.*", "job_events", leak.place): leak.form for leak in watched.leaks()}
    assert found.keys() >= {"private/artifacts/job/job_events", "private/artifacts/job/stdout"}
    # What is in the environment of a job, it keeps.
    assert "private/artifacts/job/command" in found
