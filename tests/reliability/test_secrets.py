# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No playbook leaks a password: a search covers everything that each one writes, on success and on failure.

One fleet has cameras without a fault, with a login from each source, and cameras that fail in different ways, most of
which echo the password. Each playbook runs on all of them.
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
from ansible.release import __version__

from tests.playbook import CHECKOUT, EACH_HOST, PlaybookRun, environment
from tests.reliability.capture import (
    FAILING,
    LOGIN,
    PASSWORD,
    PROXY_LOGIN,
    CapturedRuns,
    Proxy,
    add_camera,
    add_failing_cameras,
    add_passing_cameras,
)
from tests.reliability.leaks import Leak
from tests.simulator import Fleet

PIN = CHECKOUT / "playbooks" / "pin_certificates.yml"
DRAFT = CHECKOUT / "playbooks" / "draft_policy.yml"
MERGE = CHECKOUT / "playbooks" / "merge_reports.yml"
COMPARE = CHECKOUT / "playbooks" / "compare_reports.yml"
DEVICE_CHECK = CHECKOUT / "playbooks" / "device_check.yml"
PLAYBOOKS = sorted(
    {
        *CHECKOUT.glob("tests/integration/targets/*/*.yml"),
        *CHECKOUT.glob("docs/examples/similar_*.yml"),
        *CHECKOUT.glob("playbooks/*.yml"),
    }
    # These have their own tests below. The last one connects to AWX only.
    - {PIN, MERGE, COMPARE, DEVICE_CHECK, DRAFT, CHECKOUT / "playbooks" / "awx_setup.yml"}
)
#: Playbooks with the tasks of another one, or the same with other values, which only the long form runs.
SIMILAR = {
    *("audit", "create", "create_by_name", "delete", "existing", "groups", "shorten", "shorten_refused"),
    *("similar_retention_time_backwards", "texts", "update_all", "update_one"),
}
#: The sources of the login for hosts that define none.
SOURCES = ("play", "environment", "module_defaults", "task")
ONE_WAVE = {"retention_policy_waves": "100%", "retention_policy_max_fail_percentage": 100}


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Yield a running proxy."""
    with Proxy() as serving:
        thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def closed() -> Iterator[socket.socket]:
    """Yield a socket that reserves a port without a listener."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


@pytest.fixture
def captured(tmp_path: Path, proxy: Proxy) -> Iterator[CapturedRuns]:
    """Yield captured runs without a camera."""
    with Fleet() as fleet, TemporaryDirectory() as temporary:
        yield CapturedRuns(tmp_path, Path(temporary), fleet, proxy)


@pytest.fixture
def all_cameras(captured: CapturedRuns, closed: socket.socket) -> CapturedRuns:
    """Add all cameras: those that pass and those that fail."""
    add_passing_cameras(captured)
    add_failing_cameras(captured, closed)
    return captured


def kinds_of(run: PlaybookRun, host: str) -> set[str]:
    """Return the kinds of errors in the results of one host; a defect counts as one."""
    results = [result for (_task, name), result in run.results.items() if name == host]
    # Those of the check of all hosts are not the items of a loop.
    loops = [result["results"] for result in results if isinstance(result.get("results"), list)]
    found: set[str] = set()
    for result in [*results, *(item for loop in loops for item in loop)]:
        errors = [result.get("error"), *(result.get("unavailable") or ()), *(result.get("refused") or ())]
        found.update(error["kind"] for error in errors if isinstance(error, dict))
        found.update(
            ["defect"]
            if str(result.get("msg")).startswith("camfleet.axis failed with an unexpected RuntimeError: ")
            else []
        )
    return found


def with_login(playbook: Path, source: str, captured: CapturedRuns) -> tuple[Path, list[str], dict[str, str]]:
    """Return the playbook, arguments, and environment of a run with its login from a source."""
    if source == "play":
        password = captured.plant("password", PASSWORD)
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
        # The tasks of a role are not part of the playbook, and get the login from module_defaults only.
        play["module_defaults"] = {"group/camfleet.axis.device": login}
    return captured.plant("play.yml", yaml.safe_dump(plays, allow_unicode=True)), [], {}


def report_variables(captured: CapturedRuns) -> dict[str, Any]:
    """Return the variables for a report in every format that includes the recordings."""
    return {
        "retention_policy_report_dir": str(captured.root / "left" / "report"),
        "retention_policy_report_formats": ["html", "json", "csv", "markdown", "junit", "openmetrics"],
        "retention_policy_verify_recordings": True,
    }


def run_and_assert_no_leaks(captured: CapturedRuns, playbook: Path, source: str, arguments: Sequence[str]) -> None:
    """Run a playbook on all cameras, check that they pass and fail as planned, and search for leaks."""
    playbook, from_source, settings = with_login(playbook, source, captured)
    at_once = ("--extra-vars", json.dumps({**ONE_WAVE, **report_variables(captured)}))
    run = captured.run(playbook, *from_source, *arguments, *at_once, environment=settings)
    assert_expected_errors(captured, run, source)
    captured.assert_no_leaks()


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, id=path.stem, marks=[pytest.mark.long] if path.stem in SIMILAR else [])
        for number, path in enumerate(PLAYBOOKS)
    ],
)
def test_playbook_leaks_no_password(all_cameras: CapturedRuns, number: int, soak: bool) -> None:
    sources = SOURCES if soak else [SOURCES[number % len(SOURCES)]]
    if PLAYBOOKS[number].parent == CHECKOUT / "playbooks":
        run = all_cameras.run(PLAYBOOKS[number])
        assert "invalid: axis_proxy is not a valid URL" in run.output
        assert "template: axis_password" in run.output
        # The preflight stops the run for these.
        all_cameras.keep(*(all_cameras.hosts.keys() - {"invalid", "template"}))
    for source, mode in product(sources, [["--check"], []] if soak else [[]]):
        run_and_assert_no_leaks(all_cameras, PLAYBOOKS[number], source, mode)


@pytest.mark.parametrize("mode", [[], pytest.param(["--check"], marks=pytest.mark.long)])
def test_pin_certificates_leaks_no_password(all_cameras: CapturedRuns, mode: list[str]) -> None:
    pins = all_cameras.root / "left" / "pins.yml"
    run = all_cameras.run(PIN, *mode, "--extra-vars", json.dumps({"pin_certificates_file": str(pins)}))
    readable = {"basic", "untrusted", "page-basic", "status-basic"}
    for host in all_cameras.hosts:
        assert (run.outcomes["Read the certificate", host] == "ok") is (host in readable), f"{host}\n{run.output}"
    written = yaml.safe_load(pins.read_text(encoding="utf-8"))["all"]["hosts"].keys() if pins.exists() else set()
    assert written == (set() if mode else readable), run.output
    assert [entry for device in all_cameras.fleet.devices.values() for entry in device.journal] == []
    all_cameras.assert_no_leaks()


def test_reports_are_merged_and_compared_without_a_password(all_cameras: CapturedRuns) -> None:
    all_cameras.keep(*SUBSET)
    left = all_cameras.root / "left"
    directories = {"merge_reports_from": str(left / "report"), "merge_reports_dir": str(left / "merged")}
    variables = json.dumps({**report_variables(all_cameras), **directories})
    all_cameras.run(CHECKOUT / "playbooks" / "audit.yml", "--extra-vars", variables)
    run = all_cameras.run(MERGE, "--extra-vars", variables)
    assert run.status == 0, run.output
    assert len(list((all_cameras.root / "left" / "merged").iterdir())) == 2
    all_cameras.run(CHECKOUT / "playbooks" / "audit.yml", "--extra-vars", variables)
    compared = {"compare_reports_from": str(left / "report"), "compare_reports_dir": str(left / "compared")}
    run = all_cameras.run(COMPARE, "--extra-vars", json.dumps(compared))
    assert run.status == 0, run.output
    assert len(list((left / "compared").iterdir())) == 2
    all_cameras.assert_no_leaks()


def assert_expected_errors(captured: CapturedRuns, run: PlaybookRun, source: str) -> None:
    """Check that each camera failed as planned, and that the others accepted the login."""
    for host, kind in ((host, kind) for host, kind in FAILING.items() if host in captured.hosts):
        # A login of the play overrides the login of the host.
        if host != "template" or source in {"play", "environment"}:
            assert kind in kinds_of(run, host), f"{host}\n{run.output}"
    for host in captured.hosts.keys() - FAILING.keys():
        assert kinds_of(run, host) <= {"recording_loss", "held"}, f"{host}\n{run.output}"
        assert {entry.user for entry in captured.fleet.devices[host].journal} >= {"operator"}, run.output
    assert captured.proxy.logins == {f"Basic {PROXY_LOGIN}"}


#: The cameras that echo the password, and some that fail in other ways.
def test_device_check_leaks_no_password(all_cameras: CapturedRuns) -> None:
    names = ("variable", "echoing", "described", "page-basic", "defect")
    all_cameras.keep(*names)
    directory = all_cameras.root / "left" / "profiles"
    viewer = {"device_check_viewer_username": "operator", "device_check_viewer_password": "{{ vault_camera_password }}"}
    variables = {
        **viewer,
        "device_check_hosts": "axis",
        "device_check_dir": str(directory),
        "device_check_write": True,
        "device_check_confirm": names,
    }
    quick = {"ANSIBLE_CALLBACKS_ENABLED": "results,quick_check"}
    run = all_cameras.run(DEVICE_CHECK, "--extra-vars", json.dumps(variables), environment=quick)
    assert {run.outcomes["Check the device", host] for host in ("variable", "echoing")} == {"ok"}, run.output
    assert run.outcomes["Check the device", "described"] == "failed"
    assert "defect" in kinds_of(run, "defect")
    assert {path.suffix for path in directory.iterdir()} == {".json", ".md"}
    all_cameras.assert_no_leaks()


def test_a_draft_leaks_no_password(all_cameras: CapturedRuns) -> None:
    directory = all_cameras.root / "left" / "draft"
    # The preflight stops the run for these.
    all_cameras.keep(*(all_cameras.hosts.keys() - {"invalid", "template"}))
    variables = {"draft_policy_dir": str(directory), "draft_policy_recording": True}
    run = all_cameras.run(DRAFT, "--extra-vars", json.dumps(variables))
    found = next(result for (task, _host), result in run.results.items() if task == "Read every camera")
    kinds = {item["host"]: item["kind"] for item in found["unread"]}
    assert {host: kind for host, kind in FAILING.items() if host in kinds and kind != "defect"}.items() <= kinds.items()
    assert {"variable", "echoing", "vaulted"} <= {*found["read_hosts"]}
    assert (directory / "decisions.md").exists()
    all_cameras.assert_no_leaks()


SUBSET = ("variable", "echoing", "described", "page-basic", "redirect", "defect", "wrong", "echoing-proxy")
GROUP: dict[str, Any] = {"recording_group_id": "planted", "retention_time": "60d"}
#: The options of a task of every module.
MODULE_OPTIONS: dict[str, dict[str, Any]] = {
    "axis_certificate_pins": {"path": "{{ playbook_dir }}/../left/pins.yml"},
    "axis_retention_policy_preflight": {},
    "axis_recording_group": GROUP,
    "axis_recording_group_info": {},
    "axis_recording_action": {"recording_group_id": "planted", "name": "planted"},
    "axis_retention_policy": {"groups": [GROUP], "unmanaged": "report"},
    "axis_retention_policy_audit": {},
    "axis_retention_policy_report": {"title": "Report", "directory": "{{ playbook_dir }}/../left/report"},
    "axis_retention_policy_summary": {"lines": "{{ axis_retention_policy_report.lines }}"},
    "axis_retention_policy_outcome": {},
    "axis_retention_policy_merge": {
        "reports": ["{{ playbook_dir }}/../left/report.json"],
        "directory": "{{ playbook_dir }}/../left",
    },
    "axis_retention_policy_compare": {"reports_directory": "{{ playbook_dir }}/../left"},
    "axis_device_check": {},
    "axis_device_check_preflight": {},
    "axis_policy_draft": {"directory": "{{ playbook_dir }}/../left/draft", "recording_actions": True},
}

OF_ALL_HOSTS = ("axis_retention_policy_", "axis_certificate_", "axis_device_check_preflight", "axis_policy_")


def write_play(captured: CapturedRuns, tasks: list[dict[str, Any]], **keywords: Any) -> Path:
    """Write a playbook with some tasks."""
    play = {"name": "Play", "hosts": "axis", "gather_facts": False, **keywords, "tasks": tasks}
    return captured.plant("play.yml", yaml.safe_dump([play], allow_unicode=True, sort_keys=False))


def task(name: str, **keywords: Any) -> dict[str, Any]:
    """Return the task of a module, with errors ignored."""
    register = "retention_policy_result" if name == "axis_retention_policy" else name
    ignore = {"ignore_errors": True, "ignore_unreachable": True, "register": register}
    return {"name": name, f"camfleet.axis.{name}": MODULE_OPTIONS[name], **ignore, **keywords}


def test_displayed_and_cached_results_have_no_password(all_cameras: CapturedRuns) -> None:
    assert MODULE_OPTIONS.keys() == {path.stem for path in CHECKOUT.glob("plugins/modules/axis_*.py")}
    all_cameras.keep(*SUBSET)
    # What is about all hosts runs once, as in the role.
    tasks = [task(name, run_once=name.startswith(OF_ALL_HOSTS)) for name in MODULE_OPTIONS]
    show = [
        {"name": f"Show {item['name']}", "ansible.builtin.debug": {"var": item["register"]}, "ignore_errors": True}
        for item in tasks
    ]
    variables = {item["name"]: f"{{{{ {item['register']} }}}}" for item in tasks}
    keep = {"name": "Keep", "ansible.builtin.set_fact": {**variables, "cacheable": True}}
    run = all_cameras.run(write_play(all_cameras, [*tasks, *show, keep]), "--check")
    assert {run.outcomes["Keep", host] for host in SUBSET} == {"ok"}
    assert {host for task, host in run.results if task == f"axis_retention_policy_audit{EACH_HOST}"} == {*SUBSET}
    facts = [path.read_text(encoding="utf-8") for path in (all_cameras.root / "left" / "facts").iterdir()]
    assert sum("********" in text for text in facts) >= 5
    assert {run.outcomes[name, "described"] for name in ("axis_recording_group", "axis_recording_action")} == {"failed"}
    all_cameras.assert_no_leaks()


JUMP_HOST = {"ansible_connection": "echo", "ansible_python_interpreter": sys.executable}


def test_delegated_modules_leak_no_password(all_cameras: CapturedRuns, soak: bool) -> None:
    all_cameras.keep(*(SUBSET if soak else ("echoing", "described", "defect")))
    all_cameras.others["jump"] = JUMP_HOST
    names = [name for name in MODULE_OPTIONS if not name.startswith(OF_ALL_HOSTS)]
    run = all_cameras.run(
        write_play(all_cameras, [task(name, delegate_to="jump") for name in (names if soak else names[:1])])
    )
    for host, kind in {"described": "device_error", "defect": "defect"}.items():
        assert kind in kinds_of(run, host), run.output
    assert run.outcomes[names[0], "echoing"] == "ok", run.output
    # The connection displayed the result before the action received it.
    assert "(0, b'\\n{" in run.output
    all_cameras.assert_no_leaks()


def test_password_in_exception_of_core_is_redacted(all_cameras: CapturedRuns) -> None:
    all_cameras.keep("variable")
    all_cameras.others["jump"] = {**JUMP_HOST, "echo_fails": True}
    playbook = write_play(all_cameras, [task("axis_recording_group", delegate_to="jump")])
    run = all_cameras.run(playbook, environment={"ANSIBLE_PIPELINING": "true"})
    result = run.results["axis_recording_group", "variable"]
    assert run.outcomes["axis_recording_group", "variable"] == "unreachable", run.output
    assert "cannot send" in result["msg"]
    assert "********" in result["msg"]
    all_cameras.assert_no_leaks()


def test_password_in_misspelled_variable_is_not_shown(captured: CapturedRuns) -> None:
    add_camera(captured, "camera", axis_username="operator", axis_pasword=PASSWORD)
    run = captured.run(CHECKOUT / "playbooks" / "audit.yml")
    assert "axis_pasword is not a variable" in run.output
    captured.assert_no_leaks()


#: Intentional leaks, each with the location and the form of the finding. They come from one host with the password.
LEAKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "shown": ({"ansible.builtin.debug": {"var": "axis_password"}}, "left/output1", "JSON"),
    "shown in HTML": ({"ansible.builtin.debug": {"msg": "{{ axis_password | escape }}"}}, "left/output1", "fragment"),
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
        "fragment",
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
            "environment": {"SECRET": "{{ axis_password | b64encode }}"},
            "no_log": True,
        },
        "left/processes",
        "base64",
    ),
}


#: ansible-core 2.22 replaces the literal text of passwords that it knows in its own output.
CORE_REDACTS = tuple(map(int, __version__.split(".")[:2])) >= (2, 22)
REDACTED_BY_CORE = frozenset({"shown", "result", "log"}) if CORE_REDACTS else frozenset()


def test_intentional_leaks_are_found_in_their_files(captured: CapturedRuns) -> None:
    device = add_camera(captured, "camera", **LOGIN, **JUMP_HOST)
    where = {"left": str(captured.root / "left"), "temporary": str(captured.temporary)}
    captured.hosts["camera"] |= {**where, "realm": device.authenticator.realm}
    captured.run(write_play(captured, [{"name": name, **leak} for name, (leak, _location, _form) in LEAKS.items()]))
    found = {(leak.location, leak.form) for leak in captured.leaks()}
    for name, (_task, location, form) in LEAKS.items():
        is_found = any(other[0].startswith(location) and other[1] == form for other in found)
        assert is_found is (name not in REDACTED_BY_CORE), (name, found)
    with pytest.raises(AssertionError, match="left/output1: percent: "):
        captured.assert_no_leaks()


def test_playbook_with_a_leak_fails(all_cameras: CapturedRuns) -> None:
    leak, location, form = LEAKS["shown as Basic"]
    playbook = write_play(all_cameras, [{"name": "Leak", **leak, "run_once": True}, task("axis_recording_group")])
    with pytest.raises(AssertionError, match=f"{location}: {form}: "):
        run_and_assert_no_leaks(all_cameras, playbook, "environment", [])


def with_password(password: str, **keywords: Any) -> dict[str, Any]:
    """Return a task with its own login, with the password in its last line."""
    login = {"username": "operator", "password": password}
    item = {**task("axis_recording_group", **keywords), "camfleet.axis.axis_recording_group": {**GROUP, **login}}
    return {name: item[name] for name in sorted(item, key="camfleet.axis.axis_recording_group".__eq__)}


def leaked_files(leaks: list[Leak]) -> set[str]:
    """Return the files of some leaks."""
    return {leak.location for leak in leaks}


# These tests prove docs/docsite/rst/credentials.rst: what core prints or keeps, whatever a collection does.


@pytest.mark.parametrize("strategy", ["linear", pytest.param("free", marks=pytest.mark.long)])
def test_core_prints_literal_password_with_display_args(captured: CapturedRuns, strategy: str) -> None:
    for name in ("one", "two"):
        add_camera(captured, name)
    tasks = [with_password(PASSWORD), with_password("{{ vault_camera_password }}")]
    settings = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"}
    run = captured.run(write_play(captured, tasks, strategy=strategy), environment=settings)
    # Core prints the arguments of the play before the task runs; with free, it prints them after the first result.
    is_printed = strategy == "linear" and not CORE_REDACTS
    assert run.output.count(f"password={PASSWORD}") == int(is_printed)
    assert leaked_files(captured.leaks()) == ({"left/output1", "left/log"} if is_printed else set())


def test_task_rejected_by_core_passes_no_password_to_callbacks(captured: CapturedRuns) -> None:
    add_camera(captured, "camera")
    tasks = [with_password(PASSWORD, **{"async": 10, "poll": 1})]
    settings = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"}
    run = captured.run(write_play(captured, tasks, strategy="free"), environment=settings)
    assert run.outcomes["axis_recording_group", "camera"] == "failed", run.output
    assert "password=********" in run.output
    captured.assert_no_leaks()


def test_no_log_and_templates_keep_password_out_of_output(captured: CapturedRuns) -> None:
    add_camera(captured, "camera")
    tasks = [with_password(PASSWORD, no_log=True), with_password("{{ vault_camera_password }}")]
    run = captured.run(write_play(captured, tasks), environment={"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"})
    assert run.output.count("TASK [axis_recording_group") == 2
    captured.assert_no_leaks()


@pytest.mark.long
def test_core_prints_lines_before_failed_task_and_loop_items(captured: CapturedRuns) -> None:
    add_camera(captured, "camera")
    broken = {"name": "Broken", "ansible.builtin.debug": {"msg": "{{ nothing }}"}, "ignore_errors": True}
    captured.run(write_play(captured, [with_password(PASSWORD), broken]))
    lines = leaked_files(captured.leaks())
    captured.run(write_play(captured, [with_password("{{ item }}", loop=["{{ vault_camera_password }}"])]))
    items = leaked_files(captured.leaks())
    if CORE_REDACTS:
        assert lines | items == set()
    else:
        assert lines >= {"left/output1", "left/log"}
        assert items >= {"left/output2", "left/results2.jsonl"}


def test_command_line_and_environment_expose_the_password(captured: CapturedRuns) -> None:
    add_camera(captured, "camera")
    login = {"AXIS_USERNAME": "operator", "AXIS_PASSWORD": PASSWORD}
    variables = ("--extra-vars", json.dumps(LOGIN, ensure_ascii=False))
    captured.run(write_play(captured, [task("axis_recording_group")]), *variables, environment=login)
    assert leaked_files(captured.leaks()) == {"left/processes", "left/output1"}
    processes = (captured.root / "left" / "processes").read_text(encoding="utf-8").splitlines()
    assert {entry.split()[0] for entry in processes if "Zk7wQm2x" in entry} == {"is", "environment"}


def test_remote_module_files_remain_only_with_keep_remote_files(captured: CapturedRuns) -> None:
    add_camera(captured, "camera", **LOGIN)
    captured.others["jump"] = JUMP_HOST
    playbook = write_play(captured, [task("axis_recording_group", delegate_to="jump")])
    captured.run(playbook, environment={"ANSIBLE_KEEP_REMOTE_FILES": "true"})
    (location,) = leaked_files(captured.leaks())
    assert location.startswith("left/tmp/ansible-tmp-")
    assert (captured.root / location).parent.stat().st_mode & 0o077 == 0


def run_by_runner(captured: CapturedRuns, playbook: Path, **settings: str) -> list[str]:
    """Run a playbook with ansible-runner, as AWX does, enter the password at the prompt, and return the events."""
    private, inventory = captured.root / "private", captured.plant_inventory()
    (private / "env").mkdir(parents=True)
    (private / "env" / "passwords").write_text(json.dumps({"SSH password:": PASSWORD}), encoding="utf-8")
    vault = [
        "--vault-password-file",
        str(captured.root / "planted" / "vault"),
        "--extra-vars",
        f"@{captured.plant_vault()}",
    ]
    command = shlex.join(["--user", "operator", "--ask-pass", "--diff", *vault])
    (private / "env" / "cmdline").write_text(command, encoding="utf-8")
    arguments = ["--playbook", str(playbook), "--inventory", str(inventory), "--ident", "job", "-vvvv"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "ansible_runner", "run", str(private), *arguments],
        env=environment(captured.root / "left", {**captured.environment(), "PATH": path, **settings}),
        capture_output=True,
        text=True,
        check=False,
    )
    captured.keep_output(done.stdout + done.stderr)
    return [event.read_text(encoding="utf-8") for event in private.glob("artifacts/job/job_events/*.json")]


@pytest.mark.parametrize("playbook", ["feed_back", pytest.param("delete_held", marks=pytest.mark.long)])
def test_events_of_ansible_runner_have_no_password(all_cameras: CapturedRuns, playbook: str) -> None:
    all_cameras.keep("run-login", *SUBSET)
    (path,) = (path for path in PLAYBOOKS if path.stem == playbook)
    events = run_by_runner(all_cameras, path)
    assert {entry.user for entry in all_cameras.fleet.devices["run-login"].journal} >= {"operator"}
    results = [event for event in events if '"runner_on_failed"' in event or '"runner_on_ok"' in event]
    assert len(results) >= len(SUBSET)
    assert any("********" in event for event in results)
    all_cameras.assert_no_leaks()


def test_leak_in_events_of_ansible_runner_is_found(captured: CapturedRuns) -> None:
    add_camera(captured, "camera", **LOGIN)
    run_by_runner(
        captured, write_play(captured, [{"name": "Leak", **LEAKS["shown as Basic"][0]}]), AXIS_PASSWORD=PASSWORD
    )
    found = {re.sub(r"job_events/.*", "job_events", leak.location): leak.form for leak in captured.leaks()}
    assert found.keys() >= {"private/artifacts/job/job_events", "private/artifacts/job/stdout"}
    # ansible-runner saves the environment of a job.
    assert "private/artifacts/job/command" in found
