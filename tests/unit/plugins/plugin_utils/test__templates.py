# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables that a template uses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._templates import find_used_names


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("court", set()),
        (None, set()),
        (5, set()),
        ("{{ court }}", {"court"}),
        ("{{ court | default(none) }}", {"court"}),
        ("{{ court | camfleet.axis.unknown(site) }}", {"court", "site"}),
        ("{{ court if site is camfleet.axis.unknown else port }}", {"court", "site", "port"}),
        ("{{ courts[site].holds + courts['gate'] }}", {"courts"}),
        ("{{ court[:count] + court[first:] + court[::step] }}", {"court", "count", "first", "step"}),
        ("{{ courts[site][offset + 1:] }}", {"courts", "offset"}),
        ("{% for item in court %}{% if item %}{% continue %}{% endif %}{{ item }}{% endfor %}", {"court", "item"}),
        ("{% set court = court %}{% do court.append(site) %}", {"court", "site"}),
        ("{{ lookup('vars', 'court', default=none) }}", {"lookup", "vars", "court"}),
        ("{{ q('ansible.builtin.varnames', '^court_x') }}", {"q", "ansible", "builtin", "varnames", "court_x"}),
        ("{{ vars['court'] }}", {"vars", "court"}),
        ("{{ hostvars[inventory_hostname].court }}", {"hostvars", "court"}),
        ("{{ broken(court }}", {"broken", "court"}),
        (
            [{"until": "{{ end }}", "{{ key }}": ("{{ inside }}",)}, "{% if first %}{% endif %}"],
            {"end", "key", "inside", "first"},
        ),
    ],
)
def test_names_of_variables(value: Any, expected: set[str]) -> None:
    assert find_used_names(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ court }}", {"court"}),
        ("{{ court if flag else other }}", {"court", "other"}),
        ("{% if flag %}{{ court }}{% elif other %}{% endif %}", {"court"}),
        ("{{ flag | bool | ternary(court, []) }}", {"court"}),
        ("{{ court[:count] if hostvars['x'].flag }}", {"court", "count"}),
        ("{{ court | map('combine', {'reason': case, 'until': end}) }}", {"court", "end"}),
        ("{{ by_kind[{'reason': case, kind: x}] + [{'reason': case, kind: x}] }}", {"by_kind", "case", "kind", "x"}),
        ({"recording_group_id": "{{ group }}", "reason": "{{ case }}", "owner": "{{ owner }}"}, {"group"}),
        ({"until": "{{ end }}", "hosts": ["{{ host }}"]}, {"end", "host"}),
        ({"reason": "{{ case }}", "site": "{{ site }}"}, {"case", "site"}),
    ],
)
def test_names_that_decide_what_is_held(value: Any, expected: set[str]) -> None:
    assert find_used_names(value, deciding=True) == expected
