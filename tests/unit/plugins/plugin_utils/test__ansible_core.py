# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private APIs of ansible-core are used in one file, and what happens without them."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from ansible_collections.camfleet.axis.plugins.plugin_utils import _ansible_core as core

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 trusts every text
    trust_as_template = str

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
#: Attributes and imports that only _ansible_core.py may use.
_PRIVATE = re.compile(
    r"\._(?:parent|play|role|uuid|play_context|templar|loader|connection|shared_loader_obj)\b|\braw_get\b|"
    r"\bcopy_with_new_env\b|\bload_extra_vars\b|\bsplit_host_pattern\b|\w+_loader\b|"
    r"from ansible import (?:constants|context)|"
    r"from ansible\.(?!errors|module_utils|plugins\.(?:action|inventory|lookup)|release)"
)


def offending(text: str) -> list[str]:
    """Return each line that uses a private API, with its number."""
    return [f"line {number}: {line}" for number, line in enumerate(text.splitlines(), 1) if _PRIVATE.search(line)]


def test_private_apis_are_used_in_one_file() -> None:
    found = [
        f"{path.relative_to(PLUGINS)}, {line}"
        for path in PLUGINS.rglob("*.py")
        if path.name != "_ansible_core.py"
        for line in offending(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "play = self._task._parent",
        "value = self._templar.template(value)",
        "from ansible import constants as C",
        "from ansible.inventory.manager import InventoryManager",
        "hostvars.raw_get(host)",
    ],
)
def test_a_private_api_is_found(line: str) -> None:
    assert offending(f"x = 1\n{line}") == [f"line 2: {line}"]


def test_strip_tags_returns_types_of_python() -> None:
    class Tagged(str):
        __slots__ = ()

    value = core.strip_tags({Tagged("a"): [Tagged("b"), (1, 2.5, True, None)]})
    assert value == {"a": ["b", [1, 2.5, True, None]]}
    assert {type(key) for key in value} == {str}
    assert value["a"][0].__class__ is str


def test_original_arguments_survive_redaction() -> None:
    task = SimpleNamespace(args={"password": "secret"})
    assert core.original_arguments(task) == {"password": "secret"}
    task.args = {"password": "***"}
    assert core.original_arguments(task) == {"password": "secret"}


@pytest.mark.parametrize("before", [None, [{"LANG": "C"}]])
def test_the_environment_of_a_delegated_task_is_restored(before: list[dict[str, str]] | None) -> None:
    task, seen = SimpleNamespace(environment=before), []

    def run(**_arguments: Any) -> dict[str, Any]:
        seen.extend(task.environment)
        return {"changed": False}

    action = SimpleNamespace(_task=task, _execute_module=run)
    assert core.execute_module(action, "name", {}, {}, {"A": "b"}) == {"changed": False}
    assert seen == [*(before or []), {"A": "b"}]
    assert task.environment == before


def test_fallbacks_without_a_private_api(monkeypatch: pytest.MonkeyPatch) -> None:
    task = SimpleNamespace(_uuid="task", remote_user="root")
    assert core.play_id(task) == "task"
    assert core.play_pattern(task) == []
    assert core.role_name(task) is None
    assert core.play_login(SimpleNamespace(_task=task)) == ("root", None)
    assert core.run_login(SimpleNamespace(_task=task)) == ("root", None)
    monkeypatch.setattr(core, "split_host_pattern", None)
    assert [core.is_single_pattern(name) for name in ("gate-1.example.com", "gate 1", "a:b")] == [True, False, False]
    monkeypatch.delattr(core.constants, "LOCALHOST")
    assert [core.is_controller(name) for name in ("localhost", "gate")] == [True, False]


def test_a_missing_api_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "load_extra_vars", None)
    monkeypatch.setattr(core.lookup_loader, "get", lambda *_arguments, **_options: None)
    action = SimpleNamespace(_loader=None, _templar=object())
    for call, api in (
        (lambda: core.raw_variables({}, "gate"), "HostVars.raw_get"),
        (lambda: core.templater(SimpleNamespace()), "ActionBase._templar"),
        (lambda: core.templater(action, {}), "Templar.copy_with_new_env"),
        (lambda: core.VariableLevels({}, None, bool), "HostVars._inventory"),
        (lambda: core.group_precedence({}, "axis"), "HostVars._inventory"),
        (lambda: core.extra_variables(action), "load_extra_vars"),
        (lambda: core.matching_hosts(action, ["all"], {}), "inventory_hostnames"),
    ):
        with pytest.raises(AnsibleError, match=rf"^ansible-core \S+ has no .*{api}.*, which camfleet\.axis needs\. "):
            call()


def test_the_precedence_of_a_group_is_that_of_core(tmp_path: Path) -> None:
    child = {"hosts": {"gate": {}}, "vars": {"ansible_group_priority": 7}}
    path = tmp_path / "inventory.yml"
    path.write_text(json.dumps({"axis": {"children": {"axis_site_x": child}}}), encoding="utf-8")
    hostvars = SimpleNamespace(_inventory=InventoryManager(loader=DataLoader(), sources=[str(path)]))
    assert [core.group_precedence(hostvars, name) for name in ("axis", "axis_site_x")] == [(1, 1), (2, 7)]


@pytest.mark.fault("lookup in a variable of a host")
@pytest.mark.parametrize(
    "template",
    [
        "{{ word }}",
        "{{ lookup('vars', 'word') }}",
        "{{ query('vars', 'word') | first }}",
        "{{ q('vars', 'word')[0] }}",
        "{{ lookup('vars', 'indirect') }}",
    ],
)
def test_templates_of_another_host_use_only_its_variables(template: str) -> None:
    """A lookup of ansible-core before 2.19 would use those of the host that runs the task, such as its password."""
    indirect = trust_as_template("{{ lookup('vars', 'word') }}")
    templar = Templar(loader=DataLoader(), variables={"word": "own", "indirect": indirect})
    action = SimpleNamespace(_templar=templar)
    written = trust_as_template(template)
    resolve = core.templater(action, {"word": "other", "indirect": indirect})
    assert resolve(written) == "other"
    assert core.templater(action)(written) == "own"
    assert resolve(written) == "other"


def test_play_and_role_of_a_task() -> None:
    play = SimpleNamespace(_uuid="play", hosts=["axis", "!yard"])
    role = SimpleNamespace(get_name=lambda: "camfleet.axis.retention_policy")
    task = SimpleNamespace(_parent=SimpleNamespace(_play=play), _role=role, _uuid="task")
    assert core.play_id(task) == "play"
    assert core.play_pattern(task) == ["axis", "!yard"]
    assert core.role_name(task) == "camfleet.axis.retention_policy"


def test_tags_of_the_playbooks_of_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text(
        "- import_playbook: sub/cameras.yml\n  tags: a, b\n- import_playbook: camfleet.axis.audit\n  tags: [c]\n"
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "cameras.yml").write_text(
        "- import_playbook: ../site.yml\n- hosts: all\n  tasks: [{block: [{meta: noop, tags: [d, 1]}]}]\n"
    )
    playbooks = (str(tmp_path / "site.yml"), "camfleet.axis.audit")
    monkeypatch.setattr(core, "context", SimpleNamespace(CLIARGS={"args": playbooks}))
    assert core.playbook_tags(SimpleNamespace(_loader=DataLoader())) == {"a", "b", "c", "d", "1"}
    assert core.playbook_tags(SimpleNamespace()) == set()
    monkeypatch.setattr(core, "context", None)
    assert core.playbook_tags(SimpleNamespace(_loader=DataLoader())) == set()


def test_templates_see_only_the_given_variables() -> None:
    variables: dict[str, Any] = {"site": "own"}
    action = SimpleNamespace(_templar=Templar(loader=DataLoader(), variables=variables))
    assert core.templater(action)("text") == "text"
    assert core.templater(action, {"site": "other"})(["text", 1]) == ["text", 1]


PLACEHOLDER = "__omit_place_holder__0123456789abcdef"


def test_placeholder_for_omit_is_in_no_argument() -> None:
    arguments = {
        "disk_id": ["SD_DISK", PLACEHOLDER],
        "nice_name": PLACEHOLDER,
        "groups": [{"description": PLACEHOLDER, "disk_id": [PLACEHOLDER], "nested": [[PLACEHOLDER, 1]]}, PLACEHOLDER],
    }
    expected = {"disk_id": ["SD_DISK"], "groups": [{"disk_id": [], "nested": [[1]]}]}
    assert core.remove_omitted(arguments, {"omit": PLACEHOLDER}) == expected
    # Later versions have an object, which is in no argument.
    assert core.remove_omitted(arguments, {"omit": object()}) == arguments


def test_placeholder_for_omit_in_a_text_is_an_error() -> None:
    with pytest.raises(AnsibleError, match="a part of a text"):
        core.remove_omitted({"password": f"{PLACEHOLDER}-4711"}, {"omit": PLACEHOLDER})


def test_template_that_resolves_to_the_placeholder_is_omitted() -> None:
    templar = SimpleNamespace(available_variables={"omit": PLACEHOLDER}, template=lambda value: value)
    resolve = core.templater(SimpleNamespace(_templar=templar), omitted_value="omitted")
    assert resolve(PLACEHOLDER) == "omitted"
    assert resolve([PLACEHOLDER, {"a": PLACEHOLDER, "b": 1}]) == [{"b": 1}]
    with pytest.raises(AnsibleError, match="a part of a text"):
        resolve(["x", f"{PLACEHOLDER}-4711"])


def test_module_defaults_of_the_module_override_those_of_its_group() -> None:
    defaults = [
        {"group/a.b.device": {"port": 1, "timeout": 2}},
        {"a.b.c": {"port": 3}, "a.b.d": {"port": 4}},
        "{{ x }}",
    ]
    assert core.module_defaults(SimpleNamespace(module_defaults=defaults), "a.b.c", "a.b.device") == {
        "port": 3,
        "timeout": 2,
    }
    assert core.module_defaults(SimpleNamespace(), "a.b.c", "a.b.device") == {}


def test_each_value_of_a_default_is_found() -> None:
    play = SimpleNamespace(_action_groups={"a.b.c": ["a.b.device", "x.y.all"]})
    defaults = [
        {"group/a.b.device": {"holds": [1]}, "group/x.y.all": {"holds": [2]}, "group/x.y.z": {"holds": [3]}},
        {"a.b.c": "{{ x }}", "a.b.d": {"holds": [5]}, "group/a.b.device": {"port": 1}},
        {"group/a.b.device": {"holds": []}},
    ]
    task = SimpleNamespace(module_defaults=defaults, _parent=SimpleNamespace(_play=play))
    found = core.default_values(task, "holds", "a.b.c", "a.b.device", lambda text: {"holds": [4], "text": text})
    assert found == [
        ("module_defaults['group/a.b.device'].holds", [1]),
        ("module_defaults['group/x.y.all'].holds", [2]),
        ("module_defaults['a.b.c'].holds", [4]),
        ("module_defaults['group/a.b.device'].holds", []),
    ]
    assert core.default_values(SimpleNamespace(), "holds", "a.b.c", "a.b.device", dict) == []


def test_end_of_a_time_limit_calls_the_function_instead_of_core() -> None:
    calls: list[str] = []

    def handle(_signal: int, _frame: Any) -> None:
        calls.append("core")

    before = signal.signal(signal.SIGALRM, handle)
    try:
        with core.handled_time_limit(lambda: calls.append("action")):
            signal.raise_signal(signal.SIGALRM)
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert calls == ["action", "core"]


def test_a_task_without_a_time_limit_has_no_handler() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with core.handled_time_limit(lambda: None):
        assert signal.getsignal(signal.SIGALRM) == before


HOLD, OTHER = [{"id": "door"}], [{"id": "hall"}]
_DOOR, _HALL = (f"axis_holds={json.dumps(value).replace(' ', '')}" for value in (HOLD, OTHER))
_AGAIN = f"site: {{children: {{axis: {{vars: {{axis_holds: {OTHER}}}}}}}}}\n"
# By name of the only inventory file and case: its content, and where the hidden value is.
REPEATED: dict[str, tuple[str, str]] = {
    "groups.yml": (
        json.dumps({name: {"hosts": {"c0": {"axis_holds": value}}} for name, value in (("axis", HOLD), ("b", OTHER))}),
        "host c0 (groups.yml, value 1 of 2)",
    ),
    "tree.yml": (
        f"axis:\n  hosts: {{c0: }}\n  vars:\n    axis_holds: {HOLD}\n{_AGAIN}",
        "group axis (tree.yml, line 4)",
    ),
    "key.json": (
        '{"axis": {"hosts": {"c0": null}, "vars": {"axis_holds": [{"id": "door"}],\t"axis_holds": [{"id": "hall"}]}}}',
        "group axis (key.json, value 1 of 2)",
    ),
    "vars.yml": (
        f"axis:\n  hosts: {{c0: }}\n  vars: {{axis_holds: {HOLD}}}\n  vars: {{axis_holds: {OTHER}}}\n",
        "group axis (vars.yml, line 3)",
    ),
    "merge.yml": (
        f"axis:\n  hosts:\n    c1: &base\n      axis_holds: {HOLD}\n    c0: {{<<: *base, axis_holds: {OTHER}}}\n",
        "host c0 (merge.yml, line 4)",
    ),
    "host.ini": (f"[axis]\nc0 {_DOOR!r}\n[site]\nc0 {_HALL!r}\n", "host c0 (host.ini, value 1 of 2)"),
    "line.ini": (f"[axis]\nc0 {_DOOR!r} {_HALL!r}\n", "host c0 (line.ini, value 1 of 2)"),
    "section": (f"[axis]\nc0\n[axis:vars]\n{_DOOR}\n[axis:vars]\n{_HALL}\n", "group axis (section, value 1 of 2)"),
    "hosts.toml": (
        '[axis.hosts.c0]\naxis_holds = [{ id = "door" }]\n[site.hosts.c0]\naxis_holds = [{ id = "hall" }]\n',
        "host c0 (hosts.toml, value 1 of 2)",
    ),
    "once.yml": (f"axis:\n  hosts:\n    c0: {{axis_holds: {OTHER}}}\n  vars:\n    axis_holds: {HOLD}\n", ""),
    "equal.ini": (f"[axis]\nc0 {_HALL!r}\n[site]\nc0 {_HALL!r}\n", ""),
}


@pytest.fixture
def short_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load plugins of core as a process that has no collections, in the directory of the test."""
    get = core.inventory_loader.get
    loader = SimpleNamespace(get=lambda name: get(name.removeprefix("ansible.builtin.")))
    monkeypatch.setattr(core, "inventory_loader", loader)
    monkeypatch.chdir(tmp_path)


def levels_of_host(directory: Path, inventory: str, wanted: str = "axis_holds") -> list[tuple[str, Any]]:
    """Return each place that sets a variable for the host c0, and the value."""
    loader = DataLoader()
    manager = InventoryManager(loader=loader, sources=[str(directory / inventory)])
    hostvars = HostVars(manager, VariableManager(loader=loader, inventory=manager), loader)
    levels = core.VariableLevels(hostvars, None, lambda name: name == wanted).of("c0")
    return [(place, values[wanted]) for place, values in levels]


@pytest.mark.fault("variable for holds twice in one file")
@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.usefixtures("short_names")
def test_each_value_of_a_single_inventory_file_is_found(tmp_path: Path, name: str) -> None:
    content, place = REPEATED[name]
    if name.endswith(".toml"):
        pytest.importorskip("tomllib")
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = levels_of_host(tmp_path, name)
    assert [value for _place, value in found if value != OTHER] == ([HOLD] if place or name == "once.yml" else [])
    assert found[-1][1] == OTHER
    assert [where for where, value in found if value == HOLD] == (
        [place] if place else ["group axis (inventory)"] * (name == "once.yml")
    )


@pytest.mark.fault("variable for holds twice in one file")
@pytest.mark.usefixtures("short_names")
def test_a_merge_key_in_a_file_of_variables_is_found(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("[axis]\nc0\n", encoding="utf-8")
    (tmp_path / "group_vars").mkdir()
    text = f"base: &base\n  axis_holds: {HOLD}\n<<: *base\naxis_holds: {OTHER}\n"
    (tmp_path / "group_vars" / "axis.yml").write_text(text, encoding="utf-8")
    assert levels_of_host(tmp_path, "hosts") == [
        ("group axis (group_vars/axis.yml, line 2)", HOLD),
        ("group axis (group_vars/axis.yml)", OTHER),
    ]


@pytest.mark.fault("variable for holds twice in one file")
@pytest.mark.parametrize(
    ("options", "places"),
    [
        (["@a.yml"], ["extra variables"]),
        (["x=1", json.dumps({"axis_holds": OTHER})], ["extra variables"]),
        (["@b.yml", "@a.yml"], ["extra variables (b.yml)", "extra variables (a.yml)"]),
        (
            ["@b.yml", json.dumps({"axis_holds": OTHER})],
            ["extra variables (b.yml)", "extra variables (--extra-vars number 2)"],
        ),
        (["axis_holds='[1]' axis_holds='[2]'"], ["extra variables (--extra-vars number 1)"] * 2),
        (["@c.json"], ["extra variables (c.json, earlier value)", "extra variables (c.json)"]),
    ],
)
@pytest.mark.usefixtures("short_names")
def test_each_source_of_extra_variables_is_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], places: list[str]
) -> None:
    (tmp_path / "a.yml").write_text(f"axis_holds: {OTHER}\n", encoding="utf-8")
    (tmp_path / "b.yml").write_text(f"axis_holds: {HOLD}\n", encoding="utf-8")
    (tmp_path / "c.json").write_text(
        f'{{"axis_holds": {json.dumps(HOLD)}, "axis_holds": {json.dumps(OTHER)}}}', encoding="utf-8"
    )
    (tmp_path / "hosts").write_text("c0\n", encoding="utf-8")
    monkeypatch.setattr(core, "context", SimpleNamespace(CLIARGS={"extra_vars": tuple(options)}))
    final = OTHER if len(places) < 2 or "'" not in options[0] else "[2]"
    monkeypatch.setattr(VariableManager, "extra_vars", property(lambda _self: {"axis_holds": final}))
    assert [place for place, _value in levels_of_host(tmp_path, "hosts")] == places


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"ask_vault_pass": False, "vault_ids": (), "vault_password_files": (), "remote_user": None}, []),
        (
            {"ask_vault_pass": True, "ask_pass": True, "remote_user": "op"},
            ["--ask-vault-pass", "--user", "op", "--ask-pass"],
        ),
        (
            {"vault_ids": ("site@prompt", "hq@/k"), "connection_password_file": "/p"},
            ["--vault-id", "site@prompt", "--vault-id", "hq@/k", "--connection-password-file", "/p"],
        ),
        ({"vault_password_files": ("/a b",)}, ["--vault-password-file", "/a b"]),
    ],
)
def test_another_command_has_the_login_of_the_run(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], expected: list[str]
) -> None:
    monkeypatch.setattr(core, "context", SimpleNamespace(CLIARGS=given))
    assert core.find_login_arguments() == expected


def test_a_user_of_the_configuration_needs_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "context", SimpleNamespace(CLIARGS={"remote_user": "op"}))
    monkeypatch.setattr(core.constants, "DEFAULT_REMOTE_USER", "op")
    assert core.find_login_arguments() == []


def test_one_error_is_shared_by_all_hosts_of_a_task() -> None:
    """Core prints an error that it has printed before no more; the result of each host has its own message."""
    results = [
        core.share_error(SimpleNamespace(_ds={}), {"failed": True, "msg": host}, "Hosts failed")
        for host in ("c0", "c1")
    ]
    assert [result["msg"] for result in results] == ["c0", "c1"]
    errors = [result.get("exception") for result in results]
    assert errors[0] == errors[1]
    if errors[0] is not None:
        assert errors[0].event.msg == "Hosts failed"


@pytest.mark.parametrize("messages", [None, SimpleNamespace(), SimpleNamespace(ErrorSummary=dict, Event=object)])
def test_without_the_class_of_core_a_failure_has_its_own_error(monkeypatch: pytest.MonkeyPatch, messages: Any) -> None:
    monkeypatch.setattr(core, "_messages", messages)
    result = {"failed": True, "msg": "c0"}
    assert core.share_error(SimpleNamespace(_ds={}), result, "Hosts failed") == result
