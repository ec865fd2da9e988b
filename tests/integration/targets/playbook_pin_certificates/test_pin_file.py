# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of the playbook that pins certificates on an existing file, and on pins that it does not read."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.plugin_utils._pins import render_pins
from tests.integration.conftest import Play
from tests.integration.role import extra_vars
from tests.playbook import PlaybookRun, run_ansible, run_playbook
from tests.simulator import Fleet

from .test_pin_certificates import FAIL, PIN, UNPINNED, read_pins

OTHER = "ab" * 32
WRITE = "Write the fingerprints"


def last_message(run: PlaybookRun) -> str:
    """Return the message of the last task."""
    return str(run.results[run.steps[-1]]["msg"])


def test_pin_in_a_file_outside_the_inventory_is_kept(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate", scheme="https")
    path = tmp_path / "fingerprints.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": {"gate": {"axis_tls_fingerprint": OTHER}}}}), encoding="utf-8")
    # With --inventory inventory/hosts.yml instead of the directory, the file is written, but not read.
    run = play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts={"gate": UNPINNED})
    assert read_pins(path) == {"gate": OTHER}, run.output
    assert run.status != 0


@pytest.mark.long
def test_other_content_of_the_file_is_kept(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate", scheme="https")
    path = tmp_path / "hosts.yml"
    before = {
        "all": {
            "hosts": {"gate": {"ansible_host": "192.0.2.1", "axis_username": "audit"}},
            "children": {"axis": {"hosts": {"gate": None}}},
            "vars": {"axis_timeout": 5},
        }
    }
    path.write_text(yaml.safe_dump(before), encoding="utf-8")
    run = play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts={"gate": UNPINNED})
    after = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert after["all"].get("children") == before["all"]["children"], run.output
    assert after["all"].get("vars") == before["all"]["vars"]
    assert {**after["all"]["hosts"]["gate"], "axis_tls_fingerprint": None} == {
        **before["all"]["hosts"]["gate"],
        "axis_tls_fingerprint": None,
    }


def test_encrypted_file_is_not_decrypted(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate", scheme="https")
    path, password = tmp_path / "hosts.yml", tmp_path / "vault-password"
    secret = "the-password-of-yard"
    path.write_text(yaml.safe_dump({"all": {"hosts": {"yard": {"axis_password": secret}}}}), encoding="utf-8")
    password.write_text("vault\n", encoding="utf-8")
    run_ansible(["vault", "encrypt", "--vault-password-file", str(password), str(path)], tmp_path)
    play(
        PIN,
        *extra_vars(pin_certificates_file=str(path)),
        "--vault-password-file",
        str(password),
        hosts={"gate": UNPINNED},
    )
    assert secret not in path.read_text(encoding="utf-8")


@pytest.mark.long
def test_private_file_stays_private(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate", scheme="https")
    path = tmp_path / "hosts.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": {"yard": {"axis_password": "x"}}}}), encoding="utf-8")
    path.chmod(0o600)
    play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts={"gate": UNPINNED})
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.long
def test_symbolic_link_is_followed(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate", scheme="https")
    real, link = tmp_path / "real.yml", tmp_path / "link.yml"
    real.write_text("all: {hosts: {}}\n", encoding="utf-8")
    link.symlink_to(real)
    play(PIN, *extra_vars(pin_certificates_file=str(link)), hosts={"gate": UNPINNED})
    assert link.is_symlink()
    assert "gate" in read_pins(real)


def test_pins_in_other_accepted_forms_are_equal(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    names = ("lower", "upper", "spaced")
    lower, upper, spaced = (fleet.add("camera_12_9", name, scheme="https").certificate_sha256 for name in names)
    pins = (f"sha256:{lower}", f"SHA256:{upper}", f"{spaced[:32]} {spaced[32:]}")
    hosts = {name: {"axis_tls_fingerprint": pin} for name, pin in zip(names, pins, strict=True)}
    run = play(PIN, *extra_vars(pin_certificates_file=str(tmp_path / "fingerprints.yml")), hosts=hosts)
    assert run.status == 0, run.output


def test_concurrent_runs_keep_the_pins_of_both(fleet: Fleet, tmp_path: Path) -> None:
    names = ("gate", "yard")
    hosts = {}
    for name in names:
        device = fleet.add("camera_12_9", name, scheme="https")
        hosts[name] = {"ansible_host": device.host, "axis_port": device.tls_port}
    inventory, path = tmp_path / "inventory.json", tmp_path / "fingerprints.yml"
    inventory.write_text(json.dumps({"all": {"children": {"axis": {"hosts": hosts}}}}), encoding="utf-8")

    def pin(name: str) -> None:
        scratch = tmp_path / name
        scratch.mkdir()
        run_playbook(PIN, inventory, scratch, "--limit", name, *extra_vars(pin_certificates_file=str(path)))

    runs = [threading.Thread(target=pin, args=(name,)) for name in names]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(read_pins(path)) == sorted(names)


def test_special_characters_in_host_names_are_kept(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    names = ["it's", 'a"b', "a\\b", "0123", "null", "1e3", "gäte", "a{{ 7*7 }}b", "x'}}y", "{% raw %}", "#c", "a: b"]
    for name in names:
        fleet.add("camera_12_9", name, scheme="https")
    path = tmp_path / "fingerprints.yml"
    run = play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts=dict.fromkeys(names, UNPINNED))
    assert run.status == 0, run.output
    assert read_pins(path) == {name: fleet.devices[name].certificate_sha256 for name in names}


def test_strategy_free_replaces_and_loses_no_pin(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    names = [f"camera{number}" for number in range(8)]
    for name in names:
        fleet.add("camera_12_9", name, scheme="https")
    path = tmp_path / "fingerprints.yml"
    old = {"axis_tls_fingerprint": OTHER}
    path.write_text(yaml.safe_dump({"all": {"hosts": {names[-1]: old}}}), encoding="utf-8")
    run = play(
        PIN,
        *extra_vars(pin_certificates_file=str(path)),
        hosts={**dict.fromkeys(names, UNPINNED), names[-1]: old},
        environment={"ANSIBLE_STRATEGY": "free"},
    )
    expected = {name: fleet.devices[name].certificate_sha256 for name in names[:-1]}
    assert read_pins(path) == {**expected, names[-1]: OTHER}, run.output


@pytest.mark.parametrize(
    ("arguments", "text", "expected_text"),
    [
        (["--check"], "$ANSIBLE_VAULT;1.1;AES256\n3132\n", "is encrypted"),
        pytest.param(
            [], "gate ansible_host=192.0.2.1\n", "does not have a dictionary in line 1", marks=pytest.mark.long
        ),
        pytest.param(
            ["--check"],
            "- name: Another playbook\n  hosts: all\n",
            "does not have a dictionary in line 1",
            marks=pytest.mark.long,
        ),
        pytest.param([], "all:\n  hosts: {gate: [\n", "is not valid YAML", marks=pytest.mark.long),
        (
            ["--check"],
            "all: {hosts: {gate: {axis_username: audit}}}\n",
            "has axis_username in line 1, where only axis_tls_fingerprint is valid",
        ),
        pytest.param([], "all: {hosts: {}} # the harbor\n", "has a comment in line 1", marks=pytest.mark.long),
        ([], "all: {hosts: {\xe4: 1}}\n", "is not UTF-8 text: line 1, column 15. Save the file as UTF-8."),
    ],
)
def test_other_file_is_rejected_before_any_request(
    play: Play, fleet: Fleet, tmp_path: Path, arguments: list[str], text: str, expected_text: str
) -> None:
    device = fleet.add("camera_12_9", "gate", scheme="https")
    path = tmp_path / "inventory" / "fingerprints.yml"
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    run = play(PIN, *arguments, *extra_vars(pin_certificates_file=str(path)), hosts={"gate": UNPINNED})
    assert run.status != 0
    assert f"{path} {expected_text}" in last_message(run)
    assert device.connections == 0
    assert path.read_text(encoding="latin-1") == text
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.long] * (kind != "pipe"))
        for kind in ("directory", "pipe", "nowhere", "loop")
    ],
)
def test_path_without_a_file_is_rejected_before_any_request(
    play: Play, fleet: Fleet, tmp_path: Path, kind: str
) -> None:
    device = fleet.add("camera_12_9", "gate", scheme="https")
    path = tmp_path / ("fingerprints.yml" if kind != "nowhere" else "not-there/fingerprints.yml")
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    run = play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts={"gate": UNPINNED})
    assert run.status != 0
    assert f"{path} cannot be read and written" in last_message(run)
    assert device.connections == 0


def test_advice_for_a_changed_certificate_replaces_only_its_pin(
    play: Play, fleet: Fleet, tmp_path: Path, soak: bool
) -> None:
    names = ("gate", "yard")
    for name in names:
        fleet.add("camera_12_9", name, scheme="https")
    path, fingerprint = tmp_path / "fingerprints.yml", fleet.devices["gate"].certificate_sha256
    path.write_text(render_pins(dict.fromkeys(names, OTHER)), encoding="utf-8")
    before = path.read_bytes()
    unpinned = dict.fromkeys(names, UNPINNED)

    for arguments in (["--check"], []) if soak else ([],):
        run = play(PIN, *arguments, *extra_vars(pin_certificates_file=str(path)), hosts=unpinned)
        results = {name: run.results[FAIL, name] for name in names}
        assert all(OTHER in results[name]["msg"] for name in names)
        # Once for all of them, since any of the certificates may be that of the camera.
        assert "--extra-vars pin_certificates_replace=true --limit gate,yard\n" in run.output
        assert fingerprint in results["gate"]["msg"]
        assert path.read_bytes() == before
    replace = ("--limit", "gate", "--extra-vars", "pin_certificates_replace=true")
    predicted = play(PIN, "--check", "--diff", *replace, *extra_vars(pin_certificates_file=str(path)), hosts=unpinned)
    assert f"+      axis_tls_fingerprint: {fingerprint}" in predicted.output
    assert path.read_bytes() == before
    run = play(PIN, *replace, *extra_vars(pin_certificates_file=str(path)), hosts=unpinned)
    assert run.status == 0, run.output
    assert read_pins(path) == {"gate": fingerprint, "yard": OTHER}


def test_old_pin_in_another_file_causes_a_warning(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate", scheme="https")
    arguments = extra_vars(pin_certificates_file=str(tmp_path / "fingerprints.yml"), pin_certificates_replace=True)
    run = play(PIN, *arguments, hosts={"gate": {"axis_tls_fingerprint": OTHER}})
    assert run.status == 0
    (warning,) = run.results[WRITE, "gate"]["warnings"]
    assert "sets axis_tls_fingerprint of gate to the old fingerprint" in warning


def test_file_changes_only_with_its_pins_and_keeps_its_mode(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "gate", scheme="https")
    path = tmp_path / "inventory" / "fingerprints.yml"
    path.parent.mkdir()
    arguments = extra_vars(pin_certificates_file=str(path))
    play(PIN, *arguments, hosts={"gate": UNPINNED})
    assert path.stat().st_mode & 0o777 == 0o644

    # In another form that users write.
    path.write_text(f"all: {{hosts: {{gate: {{axis_tls_fingerprint: SHA256:{device.certificate_sha256}}}}}}}\n")
    path.chmod(0o600)
    before = path.read_bytes()
    run = play(PIN, *arguments, hosts={"gate": UNPINNED})
    assert run.recap["gate"]["changed"] == 0, run.output
    assert path.read_bytes() == before

    fleet.add("camera_12_9", "yard", scheme="https")
    run = play(PIN, *arguments, hosts=dict.fromkeys(("gate", "yard"), UNPINNED))
    assert run.status == 0, run.output
    assert sorted(read_pins(path)) == ["gate", "yard"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
