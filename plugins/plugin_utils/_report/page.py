# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the report as one self-contained page, for screen and print. Pure."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import jinja2

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.chart import build_chart
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import STATES, Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import render_hold_of_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    LABELS,
    STATE_OF,
    host_disks,
    host_sites,
    render_change,
    render_error,
    render_hold_in_force,
    render_severity,
    render_value,
)


def render_html(document: Document) -> str:
    """Render one self-contained page, for screen and print."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "label": LABELS.__getitem__,
        "change": render_change,
        "error": render_error,
        "hold": render_hold_in_force,
        "hold_of_hosts": render_hold_of_hosts,
    }
    template = environment.get_template("report.html.j2")
    return template.render(
        document=document,
        states=STATES,
        state_of=STATE_OF,
        value=render_value,
        severity=render_severity,
        disks=host_disks,
        sites=partial(host_sites, document),
        chart=build_chart(document["retention"]),
        share=_share,
    )


def _share(part: int, whole: int) -> str:
    """Return a percentage, rounded down, so that only all of them are 100."""
    tenths = 1000 * part // whole if whole else 0
    return f"{tenths / 10:g}"
