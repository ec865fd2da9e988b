# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that the report explains every word that it uses as a verdict."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DISK_VERDICTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import STATES, VERDICTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.glossary import DEFINITIONS, GLOSSARY


def test_every_verdict_has_a_definition() -> None:
    assert {*DEFINITIONS} == {*VERDICTS, *STATES}
    assert {*GLOSSARY["Verdicts on disks"]} == {*DISK_VERDICTS}
    assert {*GLOSSARY["Severities"]} == {*SEVERITIES}


def test_definitions_are_sentences() -> None:
    for terms in GLOSSARY.values():
        for text in terms.values():
            assert text[0].isupper()
            assert text.endswith(".")
