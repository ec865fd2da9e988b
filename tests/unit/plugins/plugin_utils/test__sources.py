# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sources of options, their order, and their names."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import PLAY_LOGIN
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_action import ARGUMENT_SPEC as ACTION_SPEC
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_group import ARGUMENT_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import is_hold_variable
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import OptionResolver

AXIS = {"axis_username": "axis", "axis_password": "axis-word"}
ANSIBLE = {"ansible_user": "ansible", "ansible_password": "ansible-word"}
PLAY = ("play", "play-word")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear the environment of the machine."""
    for name in ("AXIS_USERNAME", "AXIS_PASSWORD", "AXIS_PORT"):
        monkeypatch.delenv(name, raising=False)


def resolve(
    given: dict[str, Any], variables: dict[str, Any], play: tuple[str | None, str | None] | None = (None, None)
) -> dict[str, Any]:
    """Return the arguments of a task on the host camera."""
    return resolver(given, variables, play).resolve(ARGUMENT_SPEC).arguments


def names_of(
    given: dict[str, Any], variables: dict[str, Any], play: tuple[str | None, str | None] | None = (None, None)
) -> dict[str, str]:
    """Return what the user sets for the options of a task on the host camera."""
    return resolver(given, variables, play).resolve(ARGUMENT_SPEC).names


def resolver(
    given: dict[str, Any], variables: dict[str, Any], play: tuple[str | None, str | None] | None = (None, None)
) -> OptionResolver:
    """Return the sources of a task on the host camera."""
    known = {"inventory_hostname": "camera", **variables}
    hold_variables = [(name, value) for name, value in sorted(variables.items()) if is_hold_variable(name)]
    return OptionResolver(given, known.get, known.get, play, hold_variables, known.get("ansible_connection"))


def test_first_source_with_a_login_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_USERNAME", "environment")
    monkeypatch.setenv("AXIS_PASSWORD", "environment-word")
    task = {"username": "task", "password": "task-word"}
    for given, variables, play, user in (
        (task, {**AXIS, **ANSIBLE}, PLAY, "task"),
        ({}, {**AXIS, **ANSIBLE}, PLAY, "axis"),
        ({}, ANSIBLE, PLAY, "ansible"),
        ({}, {}, PLAY, "play"),
        ({}, {"ansible_user": "play"}, PLAY, "play"),
        ({}, {"ansible_user": "play"}, ("play", None), "environment"),
        ({}, {}, (None, None), "environment"),
        ({"host": "other"}, ANSIBLE, PLAY, "environment"),
        ({"host": "other"}, {**AXIS, **ANSIBLE}, PLAY, "axis"),
    ):
        arguments = resolve(given, variables, play)
        assert (arguments["username"], arguments["password"]) == (user, f"{user}-word")


@pytest.mark.parametrize(
    ("given", "variables", "message"),
    [
        ({"username": "u"}, AXIS, "username is set, and password is not"),
        ({"password": "p"}, AXIS, "password is set, and username is not"),
        ({}, {"axis_username": "u", **ANSIBLE}, "axis_username is set, and axis_password is not"),
        ({}, {"axis_password": "p", **ANSIBLE}, "axis_password is set, and axis_username is not"),
    ],
)
def test_an_incomplete_login_is_an_error(given: dict[str, Any], variables: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        resolve(given, variables, PLAY)
    assert caught.value.message == message


@pytest.mark.fault("half of a login")
@pytest.mark.parametrize(
    ("half", "message"),
    [
        ({"ansible_user": "u"}, "ansible_user is set, and ansible_password is not"),
        ({"ansible_ssh_user": "u"}, "ansible_ssh_user is set, and ansible_password is not"),
        ({"ansible_password": "p"}, "ansible_password is set, and ansible_user is not"),
        ({"ansible_ssh_pass": "p"}, "ansible_ssh_pass is set, and ansible_user is not"),
        ({"play": (None, "p")}, "--ask-pass is set, and --user is not"),
        ({"ansible_user": "u", "play": (None, "p")}, "ansible_user is set, and ansible_password is not"),
        ({"ansible_user": "u", "play": ("remote", None)}, "ansible_user is set, and ansible_password is not"),
        ({"ansible_password": "p", "play": ("remote", None)}, "ansible_password is set, and ansible_user is not"),
    ],
)
def test_half_of_a_login_for_other_tools_hides_none(
    monkeypatch: pytest.MonkeyPatch, half: dict[str, Any], message: str
) -> None:
    variables = {name: value for name, value in half.items() if name != "play"}
    play = half.get("play", (None, None))
    with pytest.raises(InvalidOptionError) as caught:
        resolve({}, variables, play)
    assert caught.value.message == message
    assert "axis_username and axis_password" in str(caught.value.next_step) or message.startswith("--ask-pass")
    if not play[1]:
        assert _login({}, variables, PLAY) == (*PLAY, "--user", "--ask-pass")
    assert _login({}, {**variables, **AXIS}, play) == ("axis", "axis-word", "axis_username", "axis_password")
    monkeypatch.setenv("AXIS_PASSWORD", "env-word")
    with pytest.raises(InvalidOptionError, match=r"^AXIS_PASSWORD is set, and AXIS_USERNAME is not"):
        resolve({}, variables, play)
    monkeypatch.setenv("AXIS_USERNAME", "env")
    assert _login({}, variables, play) == ("env", "env-word", "AXIS_USERNAME", "AXIS_PASSWORD")


@pytest.mark.fault("half of a login")
def test_password_of_the_environment_completes_an_explicit_user(monkeypatch: pytest.MonkeyPatch) -> None:
    user: dict[str, Any] = {"axis_username": "u"}
    monkeypatch.setenv("AXIS_PASSWORD", "env-word")
    completed = ("u", "env-word", "axis_username", "AXIS_PASSWORD")
    assert _login({}, user) == completed
    assert _login({}, {**user, **ANSIBLE}, PLAY) == completed
    assert _login({"username": "t"}, {}) == ("t", "env-word", None, "AXIS_PASSWORD")
    assert _login({"username": "t", "host": "other"}, ANSIBLE, PLAY) == ("t", "env-word", None, "AXIS_PASSWORD")
    monkeypatch.setenv("AXIS_USERNAME", "u")
    assert _login({}, user) == completed
    monkeypatch.setenv("AXIS_USERNAME", "other")
    with pytest.raises(InvalidOptionError, match=r"^axis_username is set, and axis_password is not") as caught:
        resolve({}, user)
    assert "AXIS_PASSWORD is not used, because it belongs to AXIS_USERNAME" in str(caught.value.next_step)
    with pytest.raises(InvalidOptionError, match=r"^axis_password is set, and axis_username is not"):
        resolve({}, {"axis_password": "p"})


def test_login_that_does_not_count_is_not_resolved() -> None:
    """A vault for another tool may be closed."""

    def closed(name: str) -> Any:
        if name in AXIS:
            return AXIS[name]
        if name.startswith("ansible_") and name != "ansible_ssh_host":
            raise AssertionError(name)
        return None

    sources = OptionResolver({"host": None}, closed, closed, (None, None))
    arguments = sources._login()[0]
    assert (arguments["username"], arguments["password"]) == ("axis", "axis-word")


def _login(
    given: dict[str, Any], variables: dict[str, Any], play: tuple[str | None, str | None] | None = (None, None)
) -> tuple[Any, Any, Any, Any]:
    """Return user and password, and the names of their sources if these are not the task."""
    arguments, names = resolver(given, variables, play).resolve(ARGUMENT_SPEC)
    return arguments.get("username"), arguments.get("password"), names.get("username"), names.get("password")


def test_a_user_of_the_play_without_password_is_kept() -> None:
    """The message about the missing password names the user."""
    arguments = resolve({}, {}, ("operator", None))
    assert (arguments.get("username"), arguments.get("password")) == ("operator", None)
    assert "username" not in resolve({"host": "other"}, {}, ("operator", None))


def test_options_have_the_names_of_their_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_PORT", "3")
    names = names_of({"timeout": 5, "retries": None}, {"axis_protocol": "http", "ansible_host": "192.0.2.1"}, PLAY)
    assert "timeout" not in names
    assert {name: names[name] for name in ("port", "protocol", "retries", "holds", "host", "username", "password")} == {
        "port": "AXIS_PORT",
        "protocol": "axis_protocol",
        "retries": "axis_retries",
        "holds": "axis_holds",
        "host": "ansible_host",
        "username": "--user",
        "password": "--ask-pass",
    }


def test_messages_name_the_login_of_the_play_where_it_counts() -> None:
    assert PLAY_LOGIN in names_of({}, {}, ("operator", None))
    assert PLAY_LOGIN not in names_of({"host": "other"}, {}, ("operator", None))
    assert PLAY_LOGIN not in names_of({}, {}, None)


def test_a_user_without_password_can_use_that_of_the_play() -> None:
    with pytest.raises(InvalidOptionError, match="To use --ask-pass, also set --user root"):
        resolve({}, {"ansible_user": "root"}, (None, "word"))
    assert resolve({}, {"ansible_user": "root"}, ("root", "word"))["password"] == "word"


@pytest.mark.parametrize(
    ("given", "variables", "names"),
    [
        ({"username": "u", "password": "p"}, AXIS, (None, None)),
        ({}, AXIS, ("axis_username", "axis_password")),
        ({}, ANSIBLE, ("ansible_user", "ansible_password")),
        ({}, {}, ("axis_username", "axis_password")),
    ],
)
def test_a_login_has_the_names_of_its_source(
    given: dict[str, Any], variables: dict[str, Any], names: tuple[str | None, str | None]
) -> None:
    found = names_of(given, variables)
    assert (found.get("username"), found.get("password")) == names


def test_task_precedes_variables_for_the_host() -> None:
    everything = {"axis_host": "axis", "ansible_host": "ansible"}
    assert resolve({"host": "task"}, {**everything, **AXIS})["host"] == "task"
    assert resolve({}, {**everything, **AXIS})["host"] == "axis"
    assert resolve({}, {"ansible_host": "ansible", **AXIS})["host"] == "ansible"
    assert resolve({}, AXIS)["host"] == "camera"


def test_task_precedes_variable_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_PORT", "3")
    assert resolve({"port": 1}, {"axis_port": 2})["port"] == 1
    assert resolve({}, {"axis_port": 2, "ansible_port": 22})["port"] == 2
    assert resolve({"port": None}, {"ansible_port": 22})["port"] == "3"


def test_an_empty_value_counts_as_not_set() -> None:
    whole = {"host": "camera", "username": "task", "password": "task-word"}
    given = {"name": None, "conditions": None, "start_event": None, **whole}
    nothing: dict[str, Any] = {}
    sources = OptionResolver(given, nothing.get, nothing.get, (None, None))
    # Conditions that are empty by mistake would mean to record always.
    assert sources.resolve(ACTION_SPEC).arguments == {**whole, "conditions": None}
    assert sources.resolve(ARGUMENT_SPEC).arguments == whole
    for name in ("retention_time", "retentiontime"):
        sources = OptionResolver({name: None, **whole}, nothing.get, nothing.get, (None, None))
        assert sources.resolve(ARGUMENT_SPEC).arguments == {**whole, name: None}
        assert sources.resolve(ACTION_SPEC).arguments == whole


def test_holds_of_all_sources_are_in_force() -> None:
    """No source removes those of another, also not an empty one."""
    door, hall, gate = ({"recording_group_id": name} for name in ("door", "hall", "gate"))
    variables = {"axis_holds": [door], "axis_holds_legal": [hall, gate], "axis_holds_site": None, "axis_holds_x": []}
    found = resolver({"holds": [gate]}, variables).resolve(ARGUMENT_SPEC)
    assert found.arguments["holds"] == [gate, door, hall, gate]
    assert {name: text for name, text in found.names.items() if name.startswith("holds")} == {
        "holds[0]": "holds[0]",
        "holds[1]": "axis_holds[0]",
        "holds[2]": "axis_holds_legal[0]",
        "holds[3]": "axis_holds_legal[1]",
    }
    assert resolve({"holds": []}, {"axis_holds": [door]})["holds"] == [door]
    assert resolve({}, {"axis_holds": [], "axis_holds_legal": [hall]})["holds"] == [hall]
    assert "holds" not in resolve({}, {"axis_holds": []})


@pytest.mark.parametrize(
    "value", ["door", {"recording_group_id": "door"}, "", 7, True, '[{"recording_group_id": "a"}]']
)
@pytest.mark.parametrize("name", ["axis_holds", "axis_holds_legal"])
def test_holds_that_are_not_a_list_are_an_error(name: str, value: Any) -> None:
    with pytest.raises(InvalidOptionError, match=rf"^{name} must be a list, got "):
        resolve({}, {name: value, "axis_holds_x": []})


@pytest.mark.fault("login variables of core in any spelling")
@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"ansible_ssh_user": "u", "ansible_ssh_pass": "p"}, ("ansible_ssh_user", "ansible_ssh_pass")),
        ({"ansible_ssh_user": "u", "ansible_ssh_password": "p"}, ("ansible_ssh_user", "ansible_ssh_password")),
        ({"ansible_user": "u", "ansible_ssh_pass": "p"}, ("ansible_user", "ansible_ssh_pass")),
        # As in core, the last spelling counts.
        (
            {"ansible_user": "x", "ansible_ssh_user": "u", "ansible_password": "p"},
            ("ansible_ssh_user", "ansible_password"),
        ),
        (
            {"ansible_user": "u", "ansible_password": "x", "ansible_ssh_pass": "y", "ansible_ssh_password": "p"},
            ("ansible_user", "ansible_ssh_password"),
        ),
        (
            {"ansible_connection": "paramiko", "ansible_paramiko_user": "u", "ansible_paramiko_pass": "p"},
            ("ansible_paramiko_user", "ansible_paramiko_pass"),
        ),
        (
            {"ansible_connection": "ansible.builtin.winrm", "ansible_winrm_user": "u", "ansible_winrm_password": "p"},
            ("ansible_winrm_user", "ansible_winrm_password"),
        ),
        (
            {"ansible_connection": "psrp", "ansible_psrp_user": "u", "ansible_winrm_pass": "p"},
            ("ansible_psrp_user", "ansible_winrm_pass"),
        ),
        (
            {"ansible_connection": "ansible.netcommon.httpapi", "ansible_user": "u", "ansible_httpapi_pass": "p"},
            ("ansible_user", "ansible_httpapi_pass"),
        ),
        # Those of another plugin are for other hosts.
        (
            {"ansible_user": "u", "ansible_password": "p", "ansible_winrm_user": "x", "ansible_winrm_password": "y"},
            ("ansible_user", "ansible_password"),
        ),
    ],
)
def test_every_spelling_of_core_sets_the_login(variables: dict[str, str], names: tuple[str, str]) -> None:
    arguments = resolve({}, variables)
    assert (arguments["username"], arguments["password"]) == ("u", "p")
    found = names_of({}, variables)
    assert (found["username"], found["password"]) == names


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ansible_ssh_user": "u"}, "ansible_ssh_user is set, and ansible_password is not"),
        ({"ansible_ssh_pass": "p"}, "ansible_ssh_pass is set, and ansible_user is not"),
    ],
)
def test_message_names_the_spelling(variables: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        resolve({}, variables)
    assert caught.value.message == message


def test_address_may_have_the_old_spelling() -> None:
    variables = {"ansible_host": "192.0.2.1", "ansible_ssh_host": "192.0.2.2"}
    assert (resolve({}, variables)["host"], names_of({}, variables)["host"]) == ("192.0.2.2", "ansible_ssh_host")


def test_port_of_another_protocol_is_not_used() -> None:
    assert "port" not in resolve({}, {"ansible_port": 22, "ansible_ssh_port": 22})
