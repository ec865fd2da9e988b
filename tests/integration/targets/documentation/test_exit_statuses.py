# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each playbook ends with the exit status that the page lists for the situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import POLICY, add_cameras, extra_vars
from tests.playbook import PlaybookRun
from tests.reference.exit_statuses import SITUATIONS
from tests.simulator import Fleet

#: Those that also run without --soak.
SHORT = {("audit", "fail_on_drift"), ("audit", "mixed"), ("roll_out", "stopped"), ("merge_reports", "unverified")}
AWAY = {"ansible_host": "127.0.0.1", "axis_port": 9, "axis_retries": 0}
WRONG = {"axis_password": "wrong"}
HOLD = {"recording_group_id": "dooor", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
SHORTER = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}]}


class Situations:
    """Runs playbooks in situations, each a method ``playbook__name``; all begin with two compliant cameras."""

    def __init__(self, play: Play, fleet: Fleet, scratch: Path) -> None:
        self._play, self._fleet, self._scratch = play, fleet, scratch
        self._reports = str(scratch / "reports")

    def run(
        self,
        playbook: str,
        *arguments: str,
        policy: Mapping[str, Any] = POLICY,
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        **variables: Any,
    ) -> PlaybookRun:
        """Run a playbook with extra variables."""
        groups = {"axis": {"vars": dict(policy)}}
        return self._play(f"camfleet.axis.{playbook}", *extra_vars(**variables), *arguments, hosts=hosts, groups=groups)

    def _drift(self) -> None:
        self._fleet.devices["c1"].groups["door"].retention_time = 48

    def audit__compliant(self) -> PlaybookRun:
        return self.run("audit")

    def audit__drifted(self) -> PlaybookRun:
        self._drift()
        return self.run("audit")

    def audit__fail_on_drift(self) -> PlaybookRun:
        self._drift()
        return self.run("audit", retention_policy_fail_on_drift=True)

    def audit__no_history(self) -> PlaybookRun:
        for device in self._fleet.devices.values():
            device.disks["SD_DISK"].cleanupmaxage = 0
        return self.run("audit", retention_policy_fail_on_drift=True, retention_policy_verify_recordings=True)

    def audit__check_mode(self) -> PlaybookRun:
        self._drift()
        return self.run("audit", "--check")

    def audit__unreachable(self) -> PlaybookRun:
        return self.run("audit", hosts={"c1": AWAY})

    def audit__login(self) -> PlaybookRun:
        return self.run("audit", hosts={"c1": WRONG})

    def audit__mixed(self) -> PlaybookRun:
        return self.run("audit", hosts={"c0": WRONG, "c1": AWAY})

    def audit__invalid(self) -> PlaybookRun:
        return self.run("audit", retention_policy_minimum="soon")

    def audit__no_host(self) -> PlaybookRun:
        return self.run("audit", retention_policy_hosts="none")

    def audit__incomplete(self) -> PlaybookRun:
        return self.run("audit", policy={**POLICY, "axis_inventory_problems": "cameras.csv cannot be read"})

    def audit__unsigned(self) -> PlaybookRun:
        return self.run(
            "audit", retention_policy_report_dir=self._reports, retention_policy_report_sign_command=["false"]
        )

    def audit__skipped(self) -> PlaybookRun:
        return self.run("audit", "--tags", "none")

    def roll_out__changed(self) -> PlaybookRun:
        self._drift()
        return self.run("roll_out")

    def roll_out__nothing(self) -> PlaybookRun:
        return self.run("roll_out")

    def roll_out__predicted(self) -> PlaybookRun:
        self._drift()
        return self.run("roll_out", "--check")

    def roll_out__refused(self) -> PlaybookRun:
        return self.run("roll_out", policy=SHORTER)

    def roll_out__fail_on_refused(self) -> PlaybookRun:
        return self.run("roll_out", policy=SHORTER, retention_policy_on_refused="fail")

    def roll_out__fail_on_drift(self) -> PlaybookRun:
        return self.run("roll_out", policy=SHORTER, retention_policy_fail_on_drift=True)

    def roll_out__unmatched(self) -> PlaybookRun:
        policy = {**SHORTER, "axis_holds": [HOLD]}
        return self.run("roll_out", policy=policy, retention_policy_allow_recording_loss=True)

    def roll_out__stopped(self) -> PlaybookRun:
        self._drift()
        return self.run("roll_out", hosts={"c0": WRONG})

    def roll_out__unreachable(self) -> PlaybookRun:
        self._drift()
        return self.run("roll_out", hosts={"c0": AWAY}, retention_policy_max_fail_percentage=50)

    def _pin(self, **variables: Any) -> PlaybookRun:
        # Cameras with HTTPS, in addition to the others.
        devices = [self._fleet.add("camera_12_9", name, scheme="both") for name in ("t0", "t1")]
        hosts = {
            d.name: {"axis_port": d.tls_port, "axis_protocol": "https", **variables.pop(d.name, {})} for d in devices
        }
        given = {"pin_certificates_hosts": "t*", "pin_certificates_file": str(self._scratch / "pins.yml"), **variables}
        return self.run("pin_certificates", hosts=hosts, **given)

    def pin_certificates__pinned(self) -> PlaybookRun:
        return self._pin()

    def pin_certificates__differs(self) -> PlaybookRun:
        (self._scratch / "pins.yml").write_text(f"all:\n  hosts:\n    t1:\n      axis_tls_fingerprint: {'ab' * 32}\n")
        return self._pin()

    def pin_certificates__unreachable(self) -> PlaybookRun:
        return self._pin(t0=AWAY)

    def pin_certificates__unset(self) -> PlaybookRun:
        return self._pin(pin_certificates_file="")

    def draft_policy__drafted(self) -> PlaybookRun:
        return self.run("draft_policy", draft_policy_dir=str(self._scratch / "draft"))

    def draft_policy__unreachable(self) -> PlaybookRun:
        return self.run("draft_policy", draft_policy_dir=str(self._scratch / "draft"), hosts={"c1": AWAY})

    def draft_policy__not_empty(self) -> PlaybookRun:
        return self.run("draft_policy", draft_policy_dir=str(self._scratch))

    def _check(self, **variables: Any) -> PlaybookRun:
        hosts = variables.pop("hosts", None)
        given = {"device_check_hosts": "c0", "device_check_dir": str(self._scratch / "profiles"), **variables}
        return self.run("device_check", hosts=hosts, **given)

    def device_check__checked(self) -> PlaybookRun:
        return self._check()

    def device_check__unreachable(self) -> PlaybookRun:
        return self._check(hosts={"c0": AWAY})

    def device_check__unconfirmed(self) -> PlaybookRun:
        return self._check(device_check_write=True)

    def device_check__no_host(self) -> PlaybookRun:
        return self._check(device_check_hosts="")

    def _merge(self) -> PlaybookRun:
        return self.run(
            "merge_reports", merge_reports_from=self._reports, merge_reports_dir=str(self._scratch / "merged")
        )

    def merge_reports__merged(self) -> PlaybookRun:
        self._drift()
        self.run("audit", retention_policy_report_dir=self._reports)
        return self._merge()

    def merge_reports__unverified(self) -> PlaybookRun:
        self.run("audit", "--limit", "c0", retention_policy_report_dir=self._reports)
        return self._merge()

    def merge_reports__no_reports(self) -> PlaybookRun:
        (self._scratch / "reports").mkdir()
        return self._merge()

    def _compare(self, **variables: Any) -> PlaybookRun:
        self.run("audit", retention_policy_report_dir=self._reports)
        self._drift()
        self.run("audit", retention_policy_report_dir=self._reports)
        return self.run("compare_reports", compare_reports_from=self._reports, **variables)

    def compare_reports__compared(self) -> PlaybookRun:
        return self._compare()

    def compare_reports__worse(self) -> PlaybookRun:
        return self._compare(compare_reports_fail_on="worse")

    def compare_reports__no_reports(self) -> PlaybookRun:
        (self._scratch / "reports").mkdir()
        return self.run("compare_reports", compare_reports_from=self._reports)


def find_situations() -> Iterator[Any]:
    """Yield playbook and name of each situation."""
    for playbook, situations in SITUATIONS.items():
        for name in situations:
            yield pytest.param(playbook, name, marks=[] if (playbook, name) in SHORT else pytest.mark.long)


@pytest.mark.parametrize(("playbook", "name"), [*find_situations()])
def test_exit_status(play: Play, fleet: Fleet, tmp_path: Path, playbook: str, name: str) -> None:
    add_cameras(fleet, "c0", "c1")
    run: PlaybookRun = getattr(Situations(play, fleet, tmp_path), f"{playbook}__{name}")()
    assert run.status == SITUATIONS[playbook][name].status, run.output


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--extra-vars", "@/no/such/file.yml"], 1), (["--vault-password-file", "/no/such/file"], 1), (["--nonsense"], 2)],
)
def test_ansible_does_not_start_the_run(play: Play, fleet: Fleet, arguments: list[str], status: int) -> None:
    add_cameras(fleet, "c0")
    run = play("camfleet.axis.audit", *arguments)
    assert run.status == status, run.output
    assert fleet.devices["c0"].connections == 0


@pytest.mark.long
def test_a_defective_playbook_is_an_error_of_ansible(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    (tmp_path / "own.yml").write_text("- hosts: [\n", encoding="utf-8")
    assert play(tmp_path / "own.yml").status == 4
