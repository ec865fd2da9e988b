# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cache keeps of a sweep."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cached import build_key, parse, serialize
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import Failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import RespondingCamera, SweepCounts
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepOptions, SweepResult

CAMERA = RespondingCamera("192.0.2.1", 443, "https", "ACCC8E000001", "P3245-LVE", None, None, "12.9.57")
RESULT = SweepResult(
    cameras=(CAMERA,),
    counts=SweepCounts(addresses=3, cameras=1, tls_errors=1),
    failures=(Failure("192.0.2.3", "tls_errors", "not trusted", "Set validate_certs: false.", is_untrusted=True),),
    repeated=((CAMERA, replace(CAMERA, address="192.0.2.2")),),
    addresses=("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    ports=frozenset({443, 80}),
)


def test_sweep_is_the_same_after_json() -> None:
    assert parse(json.loads(json.dumps(serialize(RESULT))), ["192.0.2.1", "192.0.2.3"]) == RESULT


@pytest.mark.parametrize(
    "change",
    [
        {"cameras": None},
        {"cameras": [{}]},
        {"cameras": []},
        {"counts": {}},
        {"ports": ["x"]},
        {"ports": [float("inf")]},
        {"failures": [1]},
        {"repeated": 3},
        {"repeated": [[]]},
        {"addresses": []},
    ],
)
def test_other_content_is_not_used(change: dict[str, Any]) -> None:
    assert parse({**serialize(RESULT), **change}, RESULT.addresses) is None


@pytest.mark.parametrize(
    "change", [{"serial": "{{ x }}"}, {"model": {"x": 1}}, {"port": "x"}, {"port": 0}, {"address": None}]
)
def test_camera_that_cannot_be_is_not_used(change: dict[str, Any]) -> None:
    kept = deepcopy(serialize(RESULT))
    kept["cameras"][0].update(change)
    assert parse(kept, RESULT.addresses) is None


@pytest.mark.parametrize("kept", [None, [], 3, "x"])
def test_another_type_is_not_used(kept: object) -> None:
    assert parse(kept, []) is None


def test_sweep_of_fewer_addresses_is_not_used() -> None:
    assert parse(serialize(RESULT), [*RESULT.addresses, "192.0.2.9"]) is None


def test_other_sweep_has_another_key() -> None:
    options = SweepOptions()
    keys = {
        build_key("x", ["192.0.2.1"], options),
        build_key("x", ["192.0.2.2"], options),
        build_key("x", ["192.0.2.1"], replace(options, port=8443)),
        build_key("x", ["192.0.2.1"], options, with_mdns=True),
        build_key("y", ["192.0.2.1"], options),
    }
    assert len(keys) == 5
    assert build_key("x", ["192.0.2.1"], SweepOptions()) in keys
