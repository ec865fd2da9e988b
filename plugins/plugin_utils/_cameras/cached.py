# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cache keeps of a sweep, as JSON. Files are read in every run, and nothing of them is in a cache. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import Failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import RespondingCamera, SweepCounts
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepOptions, SweepResult

# Changes with the form of what is kept, so that no run reads another form.
_VERSION = 1
_TEXTS = ("model", "product_type", "full_name", "firmware")


def build_key(prefix: str, addresses: Sequence[str], options: SweepOptions, *, with_mdns: bool = False) -> str:
    """Return the key of a sweep: another one for other addresses or options.

    :param with_mdns: whether addresses that were announced at that time were swept, too.
    """
    text = json.dumps([_VERSION, [*addresses], asdict(options), with_mdns], sort_keys=True)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def serialize(result: SweepResult) -> dict[str, Any]:
    """Return what a cache keeps: only types of JSON."""
    return {
        "cameras": [asdict(camera) for camera in result.cameras],
        "counts": asdict(result.counts),
        "failures": [asdict(failure) for failure in result.failures],
        "repeated": [[asdict(camera) for camera in group] for group in result.repeated],
        "addresses": [*result.addresses],
        "ports": sorted(result.ports),
    }


def parse(kept: Any, addresses: Collection[str]) -> SweepResult | None:
    """Return a sweep that a cache kept, or ``None`` if the cache has something else.

    :param addresses: those that were swept, besides any that were announced.
    """
    try:
        found = SweepResult(
            cameras=tuple(map(_parse_camera, kept["cameras"])),
            counts=SweepCounts(**{field.name: int(kept["counts"][field.name]) for field in fields(SweepCounts)}),
            failures=tuple(map(_parse_failure, kept["failures"])),
            repeated=tuple(tuple(map(_parse_camera, group)) for group in kept["repeated"]),
            addresses=tuple(map(str, kept["addresses"])),
            ports=frozenset(map(int, kept["ports"])),
        )
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
        return None
    swept = set(found.addresses)
    cameras = [*found.cameras, *(camera for group in found.repeated for camera in group)]
    is_complete = (
        swept.issuperset(addresses)
        and swept == {*(camera.address for camera in cameras), *(failure.address for failure in found.failures)}
        and found.counts.cameras == len(found.cameras)
        and all(len(group) > 1 for group in found.repeated)
    )
    return found if is_complete else None


def _parse_failure(item: Mapping[str, Any]) -> Failure:
    texts = {name: str(item[name]) for name in ("address", "kind", "message", "next_step")}
    return Failure(**texts, is_untrusted=bool(item["is_untrusted"]))


def _parse_camera(item: Mapping[str, Any]) -> RespondingCamera:
    serial = normalize_serial(item["serial"])
    texts = {name: item[name] for name in _TEXTS}
    if serial is None or not all(text is None or isinstance(text, str) for text in texts.values()):
        raise ValueError("not what a camera shows")
    if str(item["protocol"]) not in ("https", "http") or not 0 < int(item["port"]) < 65_536:
        raise ValueError("not what a sweep finds")
    return RespondingCamera(str(item["address"]), int(item["port"]), str(item["protocol"]), serial, **texts)
