# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of address, login, and settings of hosts, and the sources of options that it knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._connection_check import ConnectionCheck
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import Pair

LOGIN = {"axis_username": "operator", "axis_password": "operator-pass"}
PLAY = ("play", "play-word")


class Hosts:
    """The variables of all hosts. A template is the name of another variable in braces."""

    def __init__(self, hosts: Mapping[str, Mapping[str, Any]]) -> None:
        self._hosts = hosts
        #: how often a variable was resolved
        self.reads: list[str] = []

    def raw(self, host: str) -> Mapping[str, Any]:
        """Return the variables of a host."""
        return self._hosts[host]

    def written(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return those named variables of a host that are set."""
        return {name: self._hosts[host][name] for name in names if name in self._hosts[host]}

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return the named variables of a host."""
        return self.resolve(host, self.written(host, names))

    def resolve(self, host: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return values of options."""
        self.reads += options
        return {
            name: self._hosts[host].get(value.strip("{ }")) if str(value).startswith("{{") else value
            for name, value in options.items()
        }


def problems(
    variables: Mapping[str, Any],
    defaults: Mapping[str, Any] | None = None,
    play_variables: Mapping[str, Any] | None = None,
    run_login: Pair = (None, None),
    delegate: str | None = None,
) -> list[str]:
    """Return the problems of one host."""
    hosts: Any = Hosts({"gate": {"inventory_hostname": "gate", **variables}})
    check = ConnectionCheck(hosts, defaults or {}, play_variables or {}, run_login, lambda _host: delegate)
    return list(check.find_problems("gate"))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear the environment of the machine."""
    for name in ("AXIS_USERNAME", "AXIS_PASSWORD", "AXIS_PORT", "AXIS_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "defaults", "play_variables", "run_login"),
    [
        (LOGIN, {}, {}, (None, None)),
        ({"ansible_user": "u", "ansible_password": "p", "ansible_host": "192.0.2.1"}, {}, {}, PLAY),
        # With --user, and the password of the host.
        ({"ansible_password": "p"}, {}, {}, ("play", None)),
        # A task of another play may set it.
        ({}, {}, {}, (None, None)),
        ({}, {}, {}, ("play", None)),
        ({"axis_host": "gate"}, {}, {}, PLAY),
        # The other half is from the play, or module_defaults replace both.
        ({"ansible_user": "u"}, {}, {"ansible_password": "p"}, (None, None)),
        ({"axis_username": "u"}, {"username": "u", "password": "p"}, {}, (None, None)),
        ({**LOGIN, "axis_port": "x", "axis_host": "/"}, {"port": 443, "host": "gate"}, {}, (None, None)),
        ({**LOGIN, "axis_timeout": "{{ slow }}", "slow": 30}, {}, {}, (None, None)),
    ],
)
def test_valid_settings_have_no_problem(variables: Any, defaults: Any, play_variables: Any, run_login: Pair) -> None:
    assert problems(variables, defaults, play_variables, run_login) == []


@pytest.mark.fault("password or user name with a line break or a space")
@pytest.mark.parametrize(
    ("variables", "start"),
    [
        (
            {**LOGIN, "axis_password": "geheim\n"},
            "axis_password ends with a line break. Remove the line break. If the value is",
        ),
        ({**LOGIN, "axis_password": "{{ vault }}", "vault": "geheim\r\n"}, "axis_password ends with a line break"),
        ({"ansible_ssh_user": "u", "ansible_ssh_pass": "geheim\n"}, "ansible_ssh_pass ends with a line break"),
        ({**LOGIN, "axis_username": "u\n"}, "axis_username ends with a line break"),
        ({**LOGIN, "axis_username": " u"}, "axis_username is ' u', which begins or ends with a space"),
    ],
)
def test_login_that_no_device_accepts_is_a_problem(variables: dict[str, Any], start: str) -> None:
    (problem,) = problems(variables)
    assert problem.startswith(start)
    assert "geheim" not in problem


@pytest.mark.parametrize(
    ("variables", "defaults", "start"),
    [
        ({"axis_username": "u"}, {}, "axis_username is set, and axis_password is not"),
        ({"ansible_ssh_user": "u"}, {}, "ansible_ssh_user is set, and ansible_password is not"),
        (LOGIN, {"timeout": "x"}, "timeout must be a number, got the text 'x'"),
        ({**LOGIN, "axis_ca_path": "/no/such/file"}, {}, "axis_ca_path"),
        ({**LOGIN, "ansible_host": "a/b"}, {}, "ansible_host is 'a/b', which is not a valid host name or address"),
    ],
)
def test_invalid_settings_name_what_sets_them(variables: dict[str, Any], defaults: dict[str, Any], start: str) -> None:
    (problem,) = problems(variables, defaults)
    assert problem.startswith(start)


def test_environment_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_TIMEOUT", "soon")
    assert problems(LOGIN)[0].startswith("AXIS_TIMEOUT must be a number")


def test_delegated_tasks_do_not_use_files_and_logins_of_the_play() -> None:
    assert problems({**LOGIN, "axis_ca_path": "/no/such/file"}, delegate="jump") == []
    assert problems({}, run_login=("play", "geheim\n"))
    assert problems({}, run_login=("play", "geheim\n"), delegate="jump") == []


def test_equal_settings_are_resolved_once() -> None:
    password = "-".join(["operator", "pass"])
    variables = {"axis_username": "operator", "axis_password": "{{ vault }}", "vault": password}
    names = [f"c{number}" for number in range(100)]
    hosts: Any = Hosts({name: {"inventory_hostname": name, "ansible_host": name, **variables} for name in names})
    check = ConnectionCheck(hosts, {}, {}, (None, None), lambda _host: None)
    assert [problem for name in names for problem in check.find_problems(name)] == []
    assert hosts.reads.count("axis_password") == 1
