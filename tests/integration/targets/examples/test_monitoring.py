# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dashboard and the alert rules in docs/examples use only metrics and labels that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import render_openmetrics
from tests.playbook import CHECKOUT
from tests.unit.plugins.plugin_utils.metrics import REPORT, read

EXAMPLES = CHECKOUT / "docs" / "examples" / "monitoring"
#: Labels that Prometheus adds.
SCRAPED = {"instance", "job"}
NOT_SHOWN = {"disk_verdict"}


def find_expressions(item: Any) -> Iterator[str]:
    """Yield every expression of a dashboard."""
    if isinstance(item, dict):
        yield from (text for name, text in item.items() if name == "expr")
        for part in item.values():
            yield from find_expressions(part)
    elif isinstance(item, list):
        for part in item:
            yield from find_expressions(part)


def check_expression(text: str, known: dict[str, set[str]]) -> set[str]:
    """Parse an expression, check that its metrics have its labels, and return the names of its metrics.

    Each metric selects the type of the run: a roll-out, or a run with ``--limit``, has no news about all hosts.
    """
    parsed = str(promql_parser.parse(text))
    found = re.findall(r"\b(camfleet_\w+)(?:\{([^}]*)\})?", parsed)
    assert found, text
    assert {name for name, _matchers in found} <= known.keys(), text
    for name, matchers in found:
        used = re.findall(r"(\w+)(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', matchers))
        assert {*used} <= known[name] | SCRAPED, text
        types = re.findall(r'run_type=~?"([^"]*)"', matchers)
        assert [{*item.split("|")} <= {"audit", "roll_out"} for item in types] == [True], text
    labels = {label for name, _matchers in found for label in known[name]} | SCRAPED
    for grouping in re.findall(r"\b(?:by|without|on|ignoring|group_left|group_right) ?\(([^)]*)\)", parsed):
        assert {*re.findall(r"\w+", grouping)} <= labels, text
    return {name for name, _matchers in found}


def known_metrics() -> dict[str, set[str]]:
    """Return the labels of every metric."""
    known: dict[str, set[str]] = {}
    for name, labels in read(render_openmetrics(REPORT)):
        known.setdefault(name, set()).update(label for label, _text in labels)
    return known


def test_dashboard_uses_only_metrics_and_labels_that_exist() -> None:
    dashboard = json.loads((EXAMPLES / "grafana_dashboard.json").read_text(encoding="utf-8"))
    found = list(find_expressions(dashboard))
    assert len(found) >= len(dashboard["panels"]) > 5
    used = {name for text in found for name in check_expression(text, known_metrics())}
    # A metric that no panel shows is missing there, or superfluous.
    assert known_metrics().keys() - used == {f"camfleet_retention_{name}" for name in NOT_SHOWN}
    legends = [
        label
        for text in re.findall(r'"legendFormat": "([^"]*)"', json.dumps(dashboard))
        for label in re.findall(r"{{(\w+)}}", text)
    ]
    assert {*legends} <= {label for labels in known_metrics().values() for label in labels}


def test_dashboard_has_a_valid_structure() -> None:
    dashboard = json.loads((EXAMPLES / "grafana_dashboard.json").read_text(encoding="utf-8"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = set()
    for panel in panels:
        place = panel["gridPos"]
        covered = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not covered & cells, panel["title"]
        cells |= covered
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_alert_rules_use_only_metrics_and_labels_that_exist() -> None:
    rules = yaml.safe_load((EXAMPLES / "alert_rules.yml").read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) >= 5
    for rule in alerts:
        check_expression(rule["expr"], known_metrics())
        assert {"summary", "description"} <= rule["annotations"].keys()


@pytest.mark.parametrize(
    "text",
    [
        "camfleet_retention_host",
        'camfleet_retention_hosts{run_type="audit", stat="x"}',
        'camfleet_retention_hosts{state="compliant"}',
        'camfleet_retention_hosts{run_type=~"audit|partial_audit"}',
        'camfleet_retention_hosts{run_type=~".*audit"}',
        'sum by (x) (camfleet_retention_hosts{run_type="audit"})',
        'sum by (state camfleet_retention_hosts{run_type="audit"}',
    ],
)
def test_wrong_expression_is_found(text: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check_expression(text, known_metrics())
