# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The glossary has every verdict, in alphabetical order, with a label and a link for each term."""

from __future__ import annotations

import re

from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DISK_VERDICTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import STATES, VERDICTS
from tests.reference.pages import LABEL, PAGES

PAGE = (PAGES / "glossary.rst").read_text(encoding="utf-8")
TERMS = re.findall(rf"^\.\. _{LABEL}\.glossary\.(\w+):\n\n(.+)\n   \S", PAGE, re.M)
#: Verdicts on groups that are no verdicts on hosts.
GROUP_VERDICTS = {"missing", "unmanaged"}


def test_every_verdict_and_state_is_a_term() -> None:
    labels = {label for label, _term in TERMS}
    assert {*VERDICTS, *STATES, *DISK_VERDICTS, *GROUP_VERDICTS} - labels == set()


def test_terms_are_in_alphabetical_order() -> None:
    keys = [re.sub(r"[_-]", " ", term.casefold()) for _label, term in TERMS]
    assert keys == sorted(keys)
    assert [label for label, _term in TERMS] == [key.replace(" ", "_") for key in keys]


def test_each_term_ends_with_a_link_to_a_page() -> None:
    links = re.findall(rf"See\s+:ref:`[^`<]+<{LABEL}\.(\w+)>`\.\n", PAGE)
    assert len(links) == len(TERMS) > 60
    assert {page for page in links if not (PAGES / f"{page}.rst").is_file()} == set()
