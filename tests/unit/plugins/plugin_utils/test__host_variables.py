# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of every host as its own task sees them, and that the defaults match those of the role."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    OWNER,
    POLICY_VARIABLES,
    PURPOSE,
    ROLE_DEFAULTS,
    HostVariables,
    has_preflight,
    mark_play,
    unresolvable_variable,
)
from tests.unit.plugins.plugin_utils.hostvars import HostVars

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19, every text was a template
    trust_as_template = str
ROLE = Path(__file__).parents[4] / "roles" / "retention_policy"
MINIMUM, MAXIMUM = "retention_policy_minimum", "retention_policy_maximum"


def host_variables(hosts: dict[str, dict[str, Any]], current: dict[str, Any]) -> HostVariables:
    """Return the variables as a task on the first host sees them, whose own variables are ``current``."""
    variables = {"hostvars": HostVars(hosts), "inventory_hostname": next(iter(hosts)), **current}
    return HostVariables(SimpleNamespace(_templar=Templar(loader=DataLoader(), variables=variables)), variables)


def test_defaults_are_those_of_the_role() -> None:
    assert yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8")) == ROLE_DEFAULTS


def test_the_camera_task_passes_every_policy_variable() -> None:
    (apply,) = yaml.safe_load((ROLE / "tasks" / "apply.yml").read_text(encoding="utf-8"))
    arguments = {option: "{{ %s }}" % name for option, name in POLICY_VARIABLES.items() if option != "holds"}  # noqa: UP031
    # Fails without a preflight.
    arguments["on_refused"] = "{{ retention_policy_play and retention_policy_on_refused }}"
    # A report shows model and firmware.
    arguments["device_info"] = "{{ retention_policy_report_dir not in ['', none, omit] }}"
    # The action plugin reads the holds.
    assert apply["camfleet.axis.axis_retention_policy"] == arguments


@pytest.mark.parametrize(
    ("mark", "playbook", "expected"),
    [
        ("audit:1", "audit", True),
        ("audit:2", "audit", True),
        ("1", None, True),
        ("2", None, False),
        ("audit:1", "roll_out", False),
        ("audit:1", None, False),
        ("1", "audit", False),
        ("", "audit", False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_preflight_counts_for_its_own_playbook_or_play_only(
    mark: str | None, playbook: str | None, expected: bool
) -> None:
    assert has_preflight({"retention_policy_play": mark, "retention_policy_playbook": playbook}, "1") is expected


@pytest.mark.parametrize(("mark", "expected"), [(None, True), ({}, True), ({"skipped": True}, False)])
def test_skipped_preflight_does_not_count(mark: dict[str, bool] | None, expected: bool) -> None:
    assert has_preflight({"retention_policy_play": "1", "retention_policy_mark": mark}, "1") is expected


@pytest.mark.parametrize("playbook", ["audit", None])
def test_preflight_marks_its_own_play(playbook: str | None) -> None:
    mark = mark_play(playbook, "1")
    assert has_preflight({"retention_policy_play": mark, "retention_policy_playbook": playbook}, "1")


def test_each_host_has_its_own_variables_and_the_defaults() -> None:
    hosts = {"a": {MINIMUM: "1d"}, "b": {MINIMUM: "2d", MAXIMUM: "9d"}, "c": {}}
    variables = host_variables(hosts, {**ROLE_DEFAULTS, MINIMUM: "1d"})
    names = (MINIMUM, MAXIMUM, "retention_policy_unmanaged")
    assert variables.read("a", names) == {MINIMUM: "1d", MAXIMUM: "", "retention_policy_unmanaged": "report"}
    assert variables.read("b", names) == {MINIMUM: "2d", MAXIMUM: "9d", "retention_policy_unmanaged": "report"}
    assert variables.read("c", names) == {MINIMUM: "", MAXIMUM: "", "retention_policy_unmanaged": "report"}


def test_variables_of_the_play_apply_to_every_host() -> None:
    hosts = {"a": {MINIMUM: "1d"}, "b": {MINIMUM: "2d"}, "c": {}}
    variables = host_variables(hosts, {**ROLE_DEFAULTS, MINIMUM: "5d", PURPOSE: "Safety", OWNER: "me"})
    for host in hosts:
        assert variables.read(host, (MINIMUM, PURPOSE, OWNER)) == {MINIMUM: "5d", PURPOSE: "Safety", OWNER: "me"}


def test_a_template_uses_the_variables_of_its_own_host() -> None:
    written = trust_as_template("{{ site }}")
    hosts = {"a": {MINIMUM: written, "site": "1d"}, "b": {MINIMUM: written, "site": "2d"}, "c": {MINIMUM: written}}
    variables = host_variables(hosts, {MINIMUM: written, "site": "1d"})
    assert [variables.read(host, (MINIMUM,)) for host in "ab"] == [{MINIMUM: "1d"}, {MINIMUM: "2d"}]
    with pytest.raises(InvalidOptionError, match=r"retention_policy_minimum.*site"):
        variables.read("c", (MINIMUM,))


def test_empty_text_is_kept_and_null_is_not() -> None:
    variables = host_variables({"a": {MINIMUM: "", MAXIMUM: None}}, {MINIMUM: ""})
    assert variables.read("a", (MINIMUM, MAXIMUM, "unknown")) == {MINIMUM: ""}


def test_a_template_uses_variables_of_the_play() -> None:
    written = trust_as_template("{{ site }}")
    hosts: dict[str, dict[str, Any]] = {"a": {MINIMUM: written}, "b": {MINIMUM: written, "site": "2d"}}
    # The address of the current host is not a variable of the play.
    variables = host_variables(hosts, {MINIMUM: written, "site": "5d", "ansible_host": "192.0.2.1"})
    assert [variables.read(host, (MINIMUM,)) for host in hosts] == [{MINIMUM: "5d"}, {MINIMUM: "5d"}]
    assert variables.read("a", ("ansible_host",)) == {}


def test_holds_are_in_variables_of_the_host_and_of_the_play() -> None:
    hosts = {"a": {"axis_holds": [], "axis_holds_legal": [], "axis_hold": [], "axis_port": 1}, "b": {}}
    variables = host_variables(hosts, {**hosts["a"], "axis_holds_play": []})
    assert variables.hold_names("a") == ["axis_holds", "axis_holds_legal", "axis_holds_play"]
    assert variables.hold_names("b") == ["axis_holds_play"]
    assert "axis_holds_play" in variables.play_names


@pytest.mark.parametrize(
    ("pattern", "expected"), [("a", True), ("axis", True), ("*b", True), ("all", True), ("empty", False), ("A", False)]
)
def test_patterns_match_hosts_and_groups_that_have_hosts(pattern: str, expected: bool) -> None:
    groups = {"all": ["a", "b"], "axis": ["a"], "empty": []}
    variables = host_variables({"a": {}}, {"groups": groups})
    assert [variables.is_in_inventory(pattern) for _time in range(2)] == [expected, expected]


@pytest.mark.parametrize("inside", ["{{ omit }}", ["{{ omit }}"], {"x": "{{ omit }}"}])
def test_omit_means_the_default(inside: Any) -> None:
    """Before ansible-core 2.19, omit is a text, which could be mistaken for the name of a host."""
    hosts = {"a": {MINIMUM: _trust(inside), "omit": "__omit_place_holder__1"}}
    expected: dict[str, Any] = {MINIMUM: "" if isinstance(inside, str) else type(inside)()}
    assert host_variables(hosts, {MINIMUM: _trust(inside)}).read("a", (MINIMUM,)) == expected


def _trust(value: Any) -> Any:
    if isinstance(value, list):
        return [_trust(item) for item in value]
    return {key: _trust(item) for key, item in value.items()} if isinstance(value, dict) else trust_as_template(value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (None, {"a": None, "b": None, "jump": None}),
        ("{{ site_bastion }}", {"a": "north", "b": "south", "jump": None}),
        ("{{ site_bastion | default(omit) }}", {"a": "north", "b": "south", "jump": None}),
        ("jump", {"a": "jump", "b": "jump", "jump": None}),
        ("localhost", {"a": None, "b": None, "jump": None}),
    ],
)
def test_machine_that_connects_is_resolved_for_each_host(written: str | None, expected: dict[str, str | None]) -> None:
    hosts = {"a": {"site_bastion": "north"}, "b": {"site_bastion": "south"}, "jump": {"site_bastion": "jump"}}
    variables = host_variables(hosts, {"omit": "__omit__"})
    written = None if written is None else trust_as_template(written)
    task = SimpleNamespace(_get_parent_attribute=lambda _name, omit: object if written is None else written)
    variables._action._task = task
    assert {host: variables.resolve_delegate(host) for host in hosts} == expected


def test_machine_that_cannot_be_resolved_is_an_error() -> None:
    variables = host_variables({"a": {}}, {})
    written = trust_as_template("{{ nosuch }}")
    variables._action._task = SimpleNamespace(_get_parent_attribute=lambda _name, omit: written)
    with pytest.raises(InvalidOptionError, match="delegate_to cannot be resolved"):
        variables.resolve_delegate("a")


@pytest.mark.fault("password in a template that fails")
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            "The error was: 'site' is undefined. 'site' is undefined",
            "x cannot be resolved ('site' is undefined)",
        ),
        ("time data 'S3cret-Pw-1' does not match format", "x cannot be resolved"),
        ("'dict object' has no attribute 'S3cret-Pw-1'", "x cannot be resolved"),
        ("'dict object' has no attribute 'site'", "x cannot be resolved (has no attribute 'site')"),
        ("No filter named 'nonsense'.", "x cannot be resolved (No filter named 'nonsense')"),
        ("Attempting to decrypt but no vault secrets found", "x cannot be resolved (no vault secrets found)"),
    ],
)
def test_no_value_in_an_error_of_a_template_is_shown(error: str, expected: str) -> None:
    found = unresolvable_variable("x", ValueError(error), "{{ names.site | to_datetime }}")
    assert found.message == expected
    assert ("ansible.builtin.debug" in found.next_step) == (expected == "x cannot be resolved")


@pytest.mark.fault("password in a template that fails")
def test_problem_of_a_host_has_none_of_its_passwords() -> None:
    secrets = {
        "axis_password": _trust("{{ pw }}"),
        "pw": "S3cret-Pw-1",
        "ansible_ssh_pass": "0ther-S3cret'x",
        "axis_proxy": "http://u:Pr0xy-S3cret@proxy:1",
    }
    variables = host_variables({"c1": secrets}, {"inventory_hostname": "c1"})
    problem = (
        f"The value must be true, got 'S3cret-Pw-1', {'0ther-S3cret' + chr(39) + 'x'!r}, http://u:Pr0xy-S3cret@b\x1b"
    )
    redacted = variables.redact("c1", problem)
    assert "S3cret" not in redacted
    assert redacted.startswith("The value must be true, got '********'")
    assert redacted.endswith(r"\x1b")
