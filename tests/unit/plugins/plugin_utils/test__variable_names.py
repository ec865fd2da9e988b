# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelled and abbreviated names of variables, and the user's own ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import are_in_force, is_hold_variable
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import ROLE_DEFAULTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import (
    Guess,
    NameCheck,
    find_guess,
    has_prefix,
)

KNOWN = {*ROLE_DEFAULTS, *(f"axis_{name}" for name in DEVICE_SPEC)}
HOLD = {"recording_group_id": "door", "reason": "case 7", "owner": "legal@example.com", "until": "2027-01-01"}
MISSING = object()


class Hosts:
    """The variables of one host and of its play. A template is the name of another variable in braces."""

    def __init__(self, variables: Mapping[str, Any], play_variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.play_variables = play_variables

    def raw(self, _host: str) -> Mapping[str, Any]:
        """Return the variables of the inventory."""
        return self._variables

    def written(self, _host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return those named variables that are set."""
        merged = {**self._variables, **self.play_variables}
        return {name: merged[name] for name in names if merged.get(name) is not None}

    def hold_names(self, _host: str) -> list[str]:
        """Return the names of the variables that have holds."""
        return sorted(filter(is_hold_variable, {**self._variables, **self.play_variables}))

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return the named variables, each the value of the variable in its template."""
        values = {}
        for name, text in self.written(host, names).items():
            if not isinstance(text, str) or not text.startswith("{{"):
                values[name] = text
                continue
            value = self.written(host, (text.strip("{ }"),)).get(text.strip("{ }"), MISSING)
            if value is MISSING:
                raise invalid_option(f"{name} cannot be resolved", "Define it.")
            values[name] = value
        return values


def check(
    variables: Mapping[str, Any], *, play: Mapping[str, Any] | None = None, templates: Iterable[Any] = ()
) -> dict[str, Guess | None]:
    """Return what a check of one host finds."""
    return dict(NameCheck(Hosts(variables, play or {}), KNOWN, templates).find("host"))  # type: ignore[arg-type] # as much as is needed


@pytest.mark.fault("abbreviated or misspelled variable")
@pytest.mark.parametrize(
    ("meant", "names"),
    [
        ("axis_username", "axis_user axis_usr axis_user_name axis_usernam axis_usrename AXIS_USERNAME axis_USER"),
        ("axis_password", "axis_pass axis_psw axis_pwd axis_passwd axis_pw axis_pasword axis_pass_word"),
        ("axis_password", "axis_Password Axis_password axis-password AXIS_PASSWORD axis-pwd axis__password"),
        ("axis_protocol", "axis_prot axis_proto axis_protocoll"),
        ("axis_validate_certs", "axis_tls_verify axis_ssl_verify axis_verify_ssl axis_validate_cert"),
        ("axis_tls_fingerprint", "axis_fingerprint axis_tls_finger axis_tls_pin axis_cert_fingerprint"),
        ("axis_timeout", "axis_time_out axis_timout"),
        ("axis_retries", "axis_retreis axis_retrie_s"),
        ("axis_serial", "axis_seral axis_serail axis_serrial"),
        ("axis_ca_path", "axis_ca_cert axis_cafile axis_ca_pth axis_capath"),
        ("retention_policy_minimum", "retention_policy_min retention_policy_minimun retention_policy_retention_min"),
        ("retention_policy_minimum", "retention_policy_minimum_retention retention-policy-minimum"),
        (
            "retention_policy_maximum",
            "retention_policy_max retention_policy_maximun retention_policy_retention_maximum",
        ),
        ("retention_policy_allow_recording_loss", "retention_policy_allow_loss retention_policy_allow_recordin_loss"),
        ("retention_policy_allow_recording_stop", "retention_policy_allow_stop"),
        ("retention_policy_report_dir", "retention_policy_dir retention_policy_report_directory"),
        ("retention_policy_fail_on_drift", "retention_policy_fail_on_drfit RETENTION_POLICY_FAIL_ON_DRIFT"),
        ("--check", "retention_policy_dry_run retention_policy_dryrun retention_policy_check_mode"),
    ],
)
def test_a_name_that_is_certainly_another_one(meant: str, names: str) -> None:
    for name in names.split():
        assert has_prefix(name)
        assert check({name: "x"}) == {name: Guess(meant, is_certain=True)}, name


@pytest.mark.fault("user's own variable with a similar name")
@pytest.mark.parametrize(
    ("meant", "name", "value"),
    [
        ("axis_port", "axis_ports", 8080),
        ("axis_port", "axis_portt", "80"),
        ("axis_port", "axis_http_port", 80),
        ("axis_timeout", "axis_time", 10),
        ("axis_timeout", "axis_timeout_seconds", "10"),
        ("axis_retries", "axis_retry", 5),
        ("axis_retries", "axis_retires", 5),
        ("axis_serial", "axis_serial_number", "ACCC8E000001"),
        ("axis_serial", "axis_serialnumber", "ACCC8E000001"),
        ("axis_host", "axis_ip", "192.0.2.1"),
        ("axis_host", "axis_address", "192.0.2.1"),
        ("axis_host", "axis_hosts", "192.0.2.1"),
        ("axis_username", "axis_login", "root"),
        ("axis_password", "axis_secret", "word"),
        ("axis_protocol", "axis_ssl", True),
        ("axis_protocol", "axis_scheme", "http"),
        ("axis_validate_certs", "axis_verify", False),
        ("axis_validate_certs", "axis_validate", "no"),
        ("axis_auth", "axis_auth_method", "digest"),
        ("axis_ca_path", "axis_ca", "/etc/ca.pem"),
        ("axis_holds", "axis_hold", "30 days"),
        ("axis_holds", "axis_holsd", 3),
        ("--check", "axis_dry_run", True),
        ("retention_policy_groups", "retention_policy_group", "lobby"),
        ("retention_policy_groups", "retention_policy_group", [{"recording_group_id": "a"}]),
        ("retention_policy_hosts", "retention_policy_host", "c1"),
        ("retention_policy_verify_recordings", "retention_policy_verify", True),
    ],
)
def test_a_name_in_doubt_is_a_warning(meant: str, name: str, value: Any) -> None:
    is_list = name == "retention_policy_group" and isinstance(value, list)
    assert check({name: value}) == {name: Guess(meant, is_certain=is_list)}


@pytest.mark.fault("user's own variable with a similar name")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("axis_holder", "wall bracket"),
        ("axis_holders", []),
        ("axis_holders", [{"name": "bob", "owner": "x", "hosts": ["a"]}]),
        ("axis_hold_time", 30),
        ("axis_hold_legal", "30 days"),
        ("axis_hold_time", "one hour"),
        ("axis_hold_until", "2027-01-01T00:00:00Z"),
        ("axis_legal_hold", {"time": "5 s", "count": 2}),
        ("axis_hold_result", {"changed": False, "failed": False, "holds": [HOLD]}),
        ("axis_mount_holds_ladder", ["door"]),
        ("axis_thresholds", [{"recording_group_id": "door", "value": 3}]),
        ("axis_holding", "door"),
        ("axis_user", {"name": "root"}),
        ("axis_pass", {"root": "x"}),
        ("axis_hold_times", [1, 2]),
        ("axis_legal_hold", True),
        ("axis_holiday", "2026-12-24"),
        ("axis_household", "x"),
        ("axis_hoods_color", "black"),
        ("axis_ports", [80, 443]),
        ("axis_ports", {"http": 80}),
        ("axis_hosts", ["a", "b"]),
        ("axis_time", "12:00"),
        ("axis_time_zone", "Europe/Berlin"),
        ("axis_users", ["root"]),
        ("axis_passwords", {"root": "x"}),
        ("axis_password2", "x"),
        ("axis_username_2", "x"),
        ("axis_serial2", "x"),
        ("axis_port2", 80),
        ("axis_serials", ["a"]),
        ("axis_auto", True),
        ("axis_validated", "2026-01-01"),
        ("axis_user", None),
        ("retention_policy_hold_time", 30),
        *(
            (f"axis_{name}", "x")
            for name in ("model", "site", "group", "firmware", "name", "location", "server", "path")
        ),
        *(
            (f"axis_{name}", "x")
            for name in ("id", "mac", "type", "tls", "pro", "tls_name", "port_count", "user_agent")
        ),
        *(
            (f"axis_{name}", "x")
            for name in ("password_changed_at", "os_version", "channels", "disk", "vms", "threshold")
        ),
    ],
)
def test_variables_of_the_user_are_not_mistaken(name: str, value: Any) -> None:
    found = check({name: value})
    assert found.get(name) is None
    assert name not in found or name.startswith("retention_policy_")


def test_an_address_is_the_users_own_if_another_variable_sets_it() -> None:
    for name in ("axis_ip", "axis_address", "axis_hostname"):
        assert check({name: "192.0.2.1"})
        assert not check({name: "192.0.2.1", "ansible_host": "camera.example.com"})
        assert not check({name: "192.0.2.1"}, play={"axis_host": "camera.example.com"})


def test_a_copy_of_a_variable_has_no_effect_to_miss() -> None:
    assert not check({"axis_user": "root", "axis_username": "root"})
    assert check({"axis_user": "root", "axis_username": "operator"})


@pytest.mark.fault("misspelled variable for holds")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("axis_hold", "axis_holds"),
        ("axis-holds", "axis_holds"),
        ("axis_Holds", "axis_holds"),
        ("AXIS_HOLDS", "axis_holds"),
        ("axis_hlds", "axis_holds"),
        ("axis__holds", "axis_holds"),
        ("axis_holds-legal", "axis_holds_legal"),
        ("axis_Holds_Legal", "axis_holds_legal"),
        ("axis_holdslegal", "axis_holds_legal"),
        ("axis_holdlegal", "axis_holds_legal"),
        ("axis_hold_legal", "axis_holds_legal"),
        ("axis-hold-legal", "axis_holds_legal"),
        ("axis_legal_hold", "axis_holds_legal"),
        ("axis_legal_holds", "axis_holds_legal"),
        ("axis_holder", "axis_holds_er"),
        ("axis_legalholds", "axis_holds_legal"),
        ("axisholds", "axis_holds"),
        ("axishold", "axis_holds"),
        ("axis.holds", "axis_holds"),
        ("AxisHoldsLegal", "axis_holds_legal"),
        ("axishold_legal", "axis_holds_legal"),
        ("retentionpolicyholds", "axis_holds"),
        ("retention_policy_hold", "axis_holds"),
        ("retention_policy_holds_legal", "axis_holds_legal"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        [HOLD],
        [{"match": "door", "reason": "case 7"}],
        [{"Reason": "case 7", "until": "2027-01-01"}],
        HOLD,
        {"door": HOLD},
        '[{"recording_group_id": "door", "reason": "case 7"}]',
        "- recording_group_id: door\n  reason: case 7\n",
        "reason: case 7\nmatch: door",
        "{{ court }}",
        [{"recording_group_id": "door", "reason": "{{ case_no }}"}],
    ],
)
def test_holds_under_another_name_are_an_error(name: str, meant: str, value: Any) -> None:
    found = check({name: value, "court": [HOLD]})
    assert found == {name: Guess(meant, is_certain=True)}


@pytest.mark.fault("misspelled variable for holds")
@pytest.mark.parametrize(
    "name", ["axis_hold", "axis_legal_hold", "axis-holds", "axishold", "axis_holsd", "axis_hold_x"]
)
@pytest.mark.parametrize(
    "value", ["door", ["door"], ["door", 30], {"door": "case 7"}, {"door": True}, "{{ undefined }}"]
)
def test_what_may_name_groups_is_an_error_under_the_name_of_holds(name: str, value: Any) -> None:
    assert [guess and guess.is_certain for guess in check({name: value}).values()] == [True]


def test_an_empty_list_is_one_of_holds_unless_the_name_is_a_word() -> None:
    certain = Guess("axis_holds_legal", is_certain=True)
    assert check({"axis_hold_legal": []}) == {"axis_hold_legal": certain}
    assert check({"axis_hods_legal": []}) == {"axis_hods_legal": certain}
    assert not check({"axis_holders": []})


def test_a_template_that_cannot_be_resolved_is_in_doubt() -> None:
    assert check({"axis_hold_time": "{{ other }}"}) == {"axis_hold_time": Guess("axis_holds_time", is_certain=False)}
    assert not check({"axis_hold_time": "{{ other }}", "other": "30"})


@pytest.mark.parametrize(
    "value", ["{{ axis_user }}", "{{axis_user|trim}}", "{% if axis_user %}x{% endif %}", "{{ logins[axis_user] }}"]
)
def test_a_variable_that_a_template_uses_is_the_users_own(value: str) -> None:
    own = {"axis_user": "x"}
    assert check(own)
    assert not check({**own, "axis_username": value})
    assert not check({**own, "logins": [{"name": value}]})
    assert not check(own, play={"axis_username": value})
    assert not check({}, play={**own, "axis_username": value})
    assert not check(own, templates=[value])
    assert not check({"retention_policy_site": 1, "retention_policy_groups": "{{ g[retention_policy_site] }}"})
    assert check({"axis_user": value, "note": "axis_user", "axis_password": "{{ my_axis_user }}"})


# By case: the variables of a host besides axis_hold_legal, and whether its hold is in force.
IN_FORCE: dict[str, tuple[dict[str, Any], bool]] = {
    "used": ({"axis_holds": "{{ axis_hold_legal }}"}, True),
    "other-reason": (
        {"axis_holds": "{{ x(axis_hold_legal) }}", "x(axis_hold_legal)": [{**HOLD, "reason": "x"}]},
        True,
    ),
    "through-another": ({"axis_holds": ["{{ court }}", HOLD], "court": "{{ axis_hold_legal }}"}, True),
    "copied": ({"axis_holds_a": [HOLD]}, False),
    "no-hold": ({"note": "{{ axis_hold_legal }}"}, False),
    "as-a-key": ({"axis_holds": "{{ by_name[axis_hold_legal] }}"}, False),
    "of-another-host": ({"axis_holds": "{{ hostvars['other'].axis_hold_legal | default([]) }}"}, False),
    "dead-branch": ({"axis_holds": "{{ axis_hold_legal if false else [] }}"}, False),
    "other-group": ({"axis_holds": [{**HOLD, "recording_group_id": "gate"}]}, False),
    "earlier-end": ({"axis_holds": [{**HOLD, "until": "2026-01-01"}]}, False),
    "other-hosts": ({"axis_holds": [{**HOLD, "hosts": ["other"]}]}, False),
}


@pytest.mark.fault("misspelled variable for holds")
@pytest.mark.parametrize("case", IN_FORCE)
def test_holds_under_another_name_must_be_in_force(case: str) -> None:
    variables, expected = IN_FORCE[case]
    # What a fake cannot resolve has no holds.
    empty = {
        value.strip("{ }"): [] for value in variables.values() if isinstance(value, str) and " " in value.strip("{ }")
    }
    assert (not check({"axis_hold_legal": [HOLD], **empty, **variables})) is expected


def test_a_part_of_a_hold_is_in_force_in_a_template() -> None:
    holds = [HOLD, {**HOLD, "recording_group_id": "gate"}]
    template = "{{ build(axis_hold_ids) }}"
    assert are_in_force(["door", "gate"], holds)
    assert are_in_force({"door": {"reason": "case 7"}}, holds)
    assert are_in_force("- recording_group_id: door", holds)
    assert not are_in_force(["door", "hall"], holds)
    assert check({"axis_hold_ids": ["door"], "axis_holds": template, template.strip("{ }"): []})
    assert not check({"axis_hold_ids": ["door"], "axis_holds": template, template.strip("{ }"): holds})


def test_variables_of_the_play_are_checked() -> None:
    assert check({}, play={"axis_pwd": "x"}) == {"axis_pwd": Guess("axis_password", is_certain=True)}
    assert check({}, play={"axis_hold_legal": [HOLD]})


def test_an_unknown_variable_of_the_role_resembles_none() -> None:
    for name in ("retention_policy_site", "retention_policy_xyz", "retention_policy_reviewed_at"):
        assert check({name: "x"}) == {name: None}


@pytest.mark.parametrize("name", ["ansible_user", "retention", "axis", "my_axis_user"])
def test_other_names_are_not_checked(name: str) -> None:
    assert not has_prefix(name)


@given(st.sampled_from(sorted(KNOWN)), st.data())
def test_another_case_is_certainly_the_same_variable(name: str, data: st.DataObject) -> None:
    upper = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    written = "".join(letter.upper() if is_upper else letter for letter, is_upper in zip(name, upper, strict=True))
    written = written.replace("_", data.draw(st.sampled_from("_-")))
    assert has_prefix(written)
    assert find_guess(written) == Guess(name, is_certain=True)


@given(st.text("abcdehilmnoprstuy_", max_size=12), st.text("abcdehilmnoprstuy_", max_size=12), st.sampled_from("127"))
def test_a_number_makes_another_variable(first: str, second: str, digit: str) -> None:
    """A second login, such as axis_password2, is the user's own."""
    for prefix in ("axis_", "retention_policy_"):
        guess = find_guess(f"{prefix}{first}{digit}{second}")
        assert guess is None or not guess.is_certain
