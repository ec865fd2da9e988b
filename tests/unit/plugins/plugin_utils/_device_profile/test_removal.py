# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page shows how to remove what remains, without the site."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.removal_commands import (
    delete_group_command,
    remove_rule_command,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.removal import (
    describe_public_item,
    describe_removal,
)

OWN = "camfleet-check-0a1b2c3d-a"
MARKER = "zebrafink"
SETTINGS = ConnectionSettings(f"{MARKER}.example", 80, "http", f"{MARKER} user", "secret")
ALL = replace(
    SETTINGS,
    protocol="https",
    port=443,
    proxy=f"http://{MARKER}:{MARKER}@{MARKER}.example:3128",
    tls=replace(SETTINGS.tls, ca_path=f"/home/{MARKER}/ca.pem", server_name=f"{MARKER}.example"),
)
PINNED = replace(ALL, tls=replace(SETTINGS.tls, fingerprint="ab" * 32))


def test_the_command_of_a_group_works_with_two_words_filled_in() -> None:
    path = "/axis-cgi/record/recording_group/delete.cgi?schemaversion=1&recordinggroupid="
    shown = describe_removal(delete_group_command(SETTINGS, OWN))
    assert shown == f"`curl --anyauth --user USER 'http://DEVICE{path}{OWN}'`"
    shown = describe_removal(delete_group_command(SETTINGS, f"{MARKER}-1"))
    assert shown == f"`curl --anyauth --user USER 'http://DEVICE{path}GENERATED_ID'`"


@pytest.mark.parametrize("settings", [SETTINGS, ALL, PINNED], ids=["http", "https", "pinned"])
def test_no_command_has_the_site(settings: ConnectionSettings) -> None:
    commands = [
        delete_group_command(settings, OWN, f"sha256//{MARKER}"),
        f"Used by {MARKER}: {delete_group_command(settings, MARKER)}",
        remove_rule_command(settings, "12") or "",
        f"curl '{MARKER}",
        f"curl --user {MARKER} --data",
        f"curl --proxy-user={MARKER} http://{MARKER}/{MARKER} --user",
    ]
    assert [text for text in commands if MARKER in describe_removal(text)] == []
    assert "RuleID>12<" in describe_removal(commands[2])
    assert "result of the task" in describe_removal(commands[1])


@pytest.mark.parametrize(
    ("number", "name", "shown"),
    [
        (OWN, "", f"recording group {OWN}"),
        (OWN, OWN, f"recording group {OWN}"),
        ("20261129_194914_A0D5EFE9", OWN, f"recording group with an ID that the device generated ({OWN})"),
        ("12", OWN, f"recording group 12 ({OWN})"),
        (None, OWN, f"recording group without an ID ({OWN})"),
        (MARKER, MARKER, "recording group with an ID that the device generated"),
    ],
)
def test_an_item_is_named_by_what_the_check_gave_it(number: str | None, name: str, shown: str) -> None:
    assert describe_public_item({"kind": "recording_group", "id": number, "name": name}) == shown


def test_a_sentence_stays() -> None:
    assert describe_removal("Run the check again.") == "Run the check again."
