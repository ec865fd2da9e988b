# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An lxml that does not keep the limits of its parser is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from ansible_collections.camfleet.axis.plugins.module_utils._vapix import xml_parser
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml_parser import check_parser, find_unsafe_parser
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask


@pytest.fixture(autouse=True)
def unchecked() -> Iterator[None]:
    """Check lxml again in each test."""
    find_unsafe_parser.cache_clear()
    yield
    find_unsafe_parser.cache_clear()


def test_installed_lxml_is_safe() -> None:
    check_parser()
    assert find_unsafe_parser.cache_info().currsize == 1


def fail(**_options: Any) -> Any:
    """Fail as a parser without these options."""
    raise TypeError("an unexpected keyword argument")


@pytest.mark.fault("library that replaces lxml")
@pytest.mark.parametrize("parser", [lambda **_options: etree.XMLParser(resolve_entities=True), fail])
def test_unsafe_lxml_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, run_group: RunTask, camera: Device, parser: Any
) -> None:
    monkeypatch.setattr(xml_parser, "build_parser", parser)
    result = run_group(camera, recording_group_id="door", retention_time="24")
    assert result["failed"] is True
    assert result["error"]["kind"] == "unsafe_library"
    assert "The Python library lxml " in result["msg"]
    assert camera.connections == 0


def test_missing_lxml_is_left_to_the_check_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parser, "etree", None)
    assert find_unsafe_parser() is None
