# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the exit status of each playbook in each situation. An integration test runs every situation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.reference.pages import render_table


class Situation(NamedTuple):
    """What happens in a run, and the exit status of ansible-playbook."""

    text: str
    status: int


#: By playbook and by name of the situation.
SITUATIONS: Mapping[str, Mapping[str, Situation]] = {
    "audit": {
        "compliant": Situation("Every host is compliant", 0),
        "drifted": Situation("A host is drifted, refused, or held, or has a failing disk", 0),
        "fail_on_drift": Situation("The same, with ``retention_policy_fail_on_drift``", 2),
        "no_history": Situation("Recordings prove nothing yet, even with ``retention_policy_fail_on_drift``", 0),
        "check_mode": Situation("With ``--check``: the same as without it", 0),
        "unreachable": Situation("A host is unreachable", 4),
        "login": Situation("A host fails: wrong login, unsupported, or any other error", 2),
        "mixed": Situation("One host is unreachable, and another host fails", 4),
        "invalid": Situation("A variable is invalid; no request was sent", 2),
        "no_host": Situation("No host matches the pattern, within ``--limit``", 2),
        "incomplete": Situation("The inventory is incomplete", 2),
        "unsigned": Situation("The report was written, but not signed", 2),
        "skipped": Situation("``--tags`` skips the check of all cameras", 2),
    },
    "roll_out": {
        "changed": Situation("Every change was made", 0),
        "nothing": Situation("There is nothing to change", 0),
        "predicted": Situation("With ``--check``: changes are predicted", 0),
        "refused": Situation("A change is refused, with ``retention_policy_on_refused`` ``report``", 0),
        "fail_on_refused": Situation("A change is refused, with ``retention_policy_on_refused`` ``fail``", 2),
        "fail_on_drift": Situation("A change is refused, with ``retention_policy_fail_on_drift``", 2),
        "unmatched": Situation("Recordings may be lost, and a hold protects nothing, so nothing was written", 2),
        "stopped": Situation("Too many hosts fail, so nothing was written", 2),
        "unreachable": Situation("A host is unreachable; the others were changed", 4),
    },
    "pin_certificates": {
        "pinned": Situation("Every fingerprint was written, or is already there", 0),
        "differs": Situation("The certificate of a host differs from its pin", 2),
        "unreachable": Situation("A host is unreachable; the others were pinned", 4),
        "unset": Situation("``pin_certificates_file`` is not set", 2),
    },
    "draft_policy": {
        "drafted": Situation("The draft was written", 0),
        "unreachable": Situation("A host was not read; the draft of the others was written", 4),
        "not_empty": Situation("The directory is not empty", 2),
    },
    "device_check": {
        "checked": Situation("Every device was checked, regardless of the verdict", 0),
        "unreachable": Situation("A device is unreachable", 4),
        "unconfirmed": Situation("``device_check_write`` without ``device_check_confirm``; no request was sent", 2),
        "no_host": Situation("``device_check_hosts`` is not set, or matches no host", 2),
    },
    "merge_reports": {
        "merged": Situation("The report was written, and every host is verified, compliant or not", 0),
        "unverified": Situation("The report was written, but a host is unverified or missing", 2),
        "no_reports": Situation("There are no reports, or they do not belong together", 2),
    },
    "compare_reports": {
        "compared": Situation("The comparison was shown, regardless of the differences", 0),
        "worse": Situation("Something is worse, with ``compare_reports_fail_on`` ``worse``", 2),
        "no_reports": Situation("There are not two reports of the same scope", 2),
    },
}


def render_situations(playbook: str) -> str:
    """Return the table of a playbook."""
    rows = [(item.text, str(item.status)) for item in SITUATIONS[playbook].values()]
    return "\n".join(render_table(("Situation", "Exit status"), (84, 16), rows))
