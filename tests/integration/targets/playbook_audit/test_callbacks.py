# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No setting of the output hides the summary, and output that is data stays valid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, add_cameras, ends_with_summary
from tests.playbook import CHECKOUT
from tests.simulator import Fleet

HEADLINE = "2 hosts: 1 compliant, 0 changed, 1 drifted"


@pytest.mark.parametrize(
    "settings",
    [
        {"ANSIBLE_DISPLAY_OK_HOSTS": "false", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false"},
        pytest.param({"ANSIBLE_STDOUT_CALLBACK": "minimal"}, marks=pytest.mark.long),
        pytest.param({"ANSIBLE_STDOUT_CALLBACK": "oneline"}, marks=pytest.mark.long),
        # The results of all hosts would be thousands of lines.
        {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_VERBOSITY": "2"},
    ],
    ids=lambda settings: "-".join(settings.values()),
)
def test_the_summary_is_visible(play: Play, fleet: Fleet, settings: dict[str, str]) -> None:
    add_cameras(fleet, "c0")
    add_cameras(fleet, "c1", retention_time=48)
    run = play(AUDIT, groups={"axis": {"vars": POLICY}}, environment=settings)
    assert run.status == 0, run.output
    lines = run.output.splitlines()
    (headline,) = (number for number, line in enumerate(lines) if line.startswith("Audit of the"))
    assert f"UTC: {HEADLINE}" in lines[headline]
    assert "  c1: door drifted [warning]" in lines[headline + 4]
    if "ANSIBLE_STDOUT_CALLBACK" not in settings:
        assert "recording_groups" not in run.output
        # From -vv on, core says how a meta task ended.
        assert ends_with_summary(run) or "ANSIBLE_VERBOSITY" in settings


#: A callback plugin as ansible.posix.json is: it prints one document at the end.
CALLBACK = """
import json
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "stdout", "example.output.json"
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.results = []
    def v2_runner_on_ok(self, result):
        self.results.append([result._task.get_name(), json.loads(self._dump_results(result._result))])
    v2_runner_on_failed = lambda self, result, ignore_errors=False: self.v2_runner_on_ok(result)
    v2_runner_on_unreachable = v2_runner_on_skipped = v2_runner_on_ok
    def v2_playbook_on_stats(self, stats):
        print(json.dumps(self.results))
"""


def test_json_output_is_valid_and_has_the_summary(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plugin = tmp_path / "ansible_collections" / "example" / "output" / "plugins" / "callback" / "json.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(CALLBACK, encoding="utf-8")
    add_cameras(fleet, "c0")
    add_cameras(fleet, "c1", retention_time=48)
    settings = {
        "ANSIBLE_STDOUT_CALLBACK": "example.output.json",
        "ANSIBLE_COLLECTIONS_PATH": f"{tmp_path}:{CHECKOUT / '.venv' / 'collections'}",
    }
    run = play(AUDIT, groups={"axis": {"vars": POLICY}}, environment=settings)
    results = json.loads(run.output)
    (lines,) = (result["lines"] for name, result in results if name.endswith(": Return the summary"))
    assert HEADLINE in lines[0]
