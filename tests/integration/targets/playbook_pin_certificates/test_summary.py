# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary at the end of the playbook that pins certificates."""

from __future__ import annotations

from pathlib import Path

from tests.integration.conftest import Play
from tests.integration.role import extra_vars
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

from .test_pin_certificates import PIN, UNPINNED


def summary(run: PlaybookRun) -> list[str]:
    """Return the lines directly above the recap, from the headline on."""
    above = run.output.partition("\nPLAY RECAP")[0].rstrip()
    return above[above.rindex("\nCertificates of ") :].strip().splitlines()


def test_second_run_says_what_was_kept_without_a_line_per_host(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    names = [f"camera{number}" for number in range(1, 6)]
    for name in names:
        fleet.add("camera_12_9", name, scheme="https")
    path = tmp_path / "fingerprints.yml"
    hosts = dict.fromkeys(names, UNPINNED)
    examples = "camera1, camera2, camera3 and 2 more"

    first = play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts=hosts)
    assert summary(first) == [
        "Certificates of 5 hosts: 5 pinned, 0 kept, 0 refused, 0 not read",
        f"Pins: {path}",
        f"pinned: {examples}",
    ]
    again = play(PIN, *extra_vars(pin_certificates_file=str(path)), hosts=hosts)
    assert summary(again) == [
        "Certificates of 5 hosts: 0 pinned, 5 kept, 0 refused, 0 not read",
        f"Pins: {path}",
        f"kept: {examples}",
    ]
    tasks = [line for line in again.output.splitlines() if line.startswith("TASK")]
    assert len(tasks) == len(set(tasks)) < 12, tasks
    # Only the task that reads the certificates has a line for each host.
    assert again.output.partition("\nPLAY RECAP")[0].count("camera5") == 1


def test_hosts_without_a_pin_are_named_at_the_end(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in ("gate", "yard", "dark"):
        fleet.add("camera_12_9", name, scheme="https")
    fleet.devices["dark"].powered = False
    path = tmp_path / "fingerprints.yml"
    hosts = {"gate": {"axis_tls_fingerprint": "AB" * 32}, "yard": UNPINNED, "dark": UNPINNED}
    run = play(PIN, "--check", *extra_vars(pin_certificates_file=str(path)), hosts=hosts)
    lines = summary(run)
    assert run.status != 0
    assert lines[0] == (
        "Certificates of 3 hosts: In check mode nothing was written. 1 pinned, 0 kept, 1 refused, 1 not read"
    )
    assert lines[2:6] == [
        "pinned: yard",
        "refused: gate (the certificate is not the pinned one; both are above)",
        (
            "If these are the certificates of the cameras, replace the pins with: "
            "--extra-vars pin_certificates_replace=true --limit gate"
        ),
        "not read:",
    ]
    assert lines[6].startswith("  dark: The device closed the connection")
    assert lines[7:] == ["Retry hosts that were not read with: --limit dark"]
    assert (run.recap["gate"]["failures"], run.recap["yard"]["failures"]) == (1, 0)
