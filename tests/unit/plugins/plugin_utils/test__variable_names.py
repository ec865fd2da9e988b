# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelled and abbreviated names of variables, and the user's own ones."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import find_meant, has_prefix, is_used


@pytest.mark.fault("abbreviated or misspelled variable")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("axis_user", "axis_username"),
        ("axis_pass", "axis_password"),
        ("axis_passwd", "axis_password"),
        ("axis_pwd", "axis_password"),
        ("axis_prot", "axis_protocol"),
        ("axis_proto", "axis_protocol"),
        ("axis_ca", "axis_ca_path"),
        ("axis_validate", "axis_validate_certs"),
        ("axis_validate_cert", "axis_validate_certs"),
        ("axis_verify_ssl", "axis_validate_certs"),
        ("axis_fingerprint", "axis_tls_fingerprint"),
        ("axis_tls_finger", "axis_tls_fingerprint"),
        ("axis_tls_name", None),
        ("axis_tls", None),
        ("axis_pro", None),
        ("axis_Password", "axis_password"),
        ("Axis_password", "axis_password"),
        ("axis-password", "axis_password"),
        ("AXIS_PASSWORD", "axis_password"),
        ("axis_hold", "axis_holds"),
        ("axis-holds", "axis_holds"),
        ("axis_Holds", "axis_holds"),
        ("axis_hold_legal", "axis_holds_legal"),
        ("retention_policy_hold", "axis_holds"),
        ("retention_policy_holds", "axis_holds"),
        ("retention_policy_min", "retention_policy_minimum"),
        ("retention_policy_max", "retention_policy_maximum"),
        ("retention_policy_retention_minimum", "retention_policy_minimum"),
        ("retention_policy_retention_max", "retention_policy_maximum"),
        ("retention_policy_tolerance", "retention_policy_retention_tolerance"),
        ("retention_policy_existing", "retention_policy_existing_groups"),
        ("retention_policy_allow_loss", "retention_policy_allow_recording_loss"),
        ("retention_policy_group", "retention_policy_groups"),
        ("retention_policy_dir", "retention_policy_report_dir"),
        ("retention_policy_formats", "retention_policy_report_formats"),
        ("retention_policy_wave", "retention_policy_waves"),
        ("Retention_Policy_Groups", "retention_policy_groups"),
    ],
)
def test_a_name_that_is_meant_to_be_another_one(name: str, meant: str | None) -> None:
    assert has_prefix(name)
    assert find_meant(name) == meant


@pytest.mark.parametrize(
    "name",
    [
        "axis_holds_legal",
        "axis_site",
        "axis_model",
        "axis_firmware",
        "axis_name",
        "axis_location",
        "axis_ip",
        "axis_group",
        "axis_unlisted",
        "axis_silent",
        "axis_port_count",
        "axis_server",
        "axis_path",
        "axis_password_changed_at",
        "axis_user_agent",
        "axis_os_version",
        "axis_id",
        "axis_mac",
        "axis_type",
        "axis_channels",
        "axis_disk",
        "axis_vms",
        "retention_policy_site",
        "retention_policy_xyz",
        "retention_policy_author",
        "retention_policy_reviewed_at",
    ],
)
def test_variables_of_the_user_are_not_mistaken(name: str) -> None:
    assert find_meant(name) is None


def test_a_variable_that_a_template_uses_is_the_users_own() -> None:
    assert is_used("axis_user", {"axis_user": "x", "axis_username": "{{ axis_user }}"})
    assert is_used("axis_user", {"axis_user": "x", "logins": [{"name": "{{ axis_user | trim }}"}]})
    assert not is_used("axis_user", {"axis_user": "{{ axis_user }}", "note": "axis_user", "axis_username": "x"})


@pytest.mark.parametrize("name", ["ansible_user", "retention", "axis", "my_axis_user"])
def test_other_names_are_not_checked(name: str) -> None:
    assert not has_prefix(name)
