# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement param.cgi, only action=list: lines of text, errors with HTTP 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import Request, Response

if TYPE_CHECKING:
    from .device import Device

_ROOT = "root"


def list_parameters(device: Device, request: Request) -> Response:
    """Return the parameters of the groups (with commas); an unknown group is an error among the others."""
    given = {name: value.decode("utf-8", "replace") for name, value in request.arguments().items()}
    if given.get("action") != "list":
        return _text([f"# Error: unknown action '{given.get('action', '')}'"])
    lines = []
    for group in given.get("group", "").split(","):
        prefix = group.removeprefix(f"{_ROOT}.").removesuffix(".*")
        found = [line for line in _parameters(device) if _is_in(line.partition("=")[0], prefix)]
        lines += [f"{_ROOT}.{line}" for line in found] or [f"# Error: Error -1 getting param in group '{group}'"]
    return _text(lines)


def error(device: Device, code: int, description: str | None = None) -> Response:
    """Build an error for a fault; `code` is for the journal only."""
    return _text([f"# Error: Error -1 {description or 'getting param'}"], code)


def _parameters(device: Device) -> list[str]:
    policy = device.policy if device.profile.number < (12,) else device.policy.lower()
    lines = [f"Brand.ProdNbr={device.profile.product}", f"Properties.Firmware.Version={device.profile.version}"]
    if device.profile.number < (13,):
        lines.append(f"Network.HTTP.AuthenticationPolicy={policy}")
    for disk in device.disks.values():
        values = {"DiskID": disk.diskid, "Enabled": "yes", "FriendlyName": disk.name}
        if device.switches.storage_parameters == "present":
            values |= {
                "CleanupLevel": str(disk.cleanuplevel),
                "CleanupMaxAge": str(disk.cleanupmaxage),
                "CleanupPolicyActive": disk.cleanuppolicy,
                "FileSystem": disk.filesystem,
                "Locked": "yes" if disk.locked else "no",
            }
        lines += [f"Storage.{disk.group}.{name}={value}" for name, value in sorted(values.items())]
    return sorted(lines)


def _is_in(name: str, group: str) -> bool:
    return not group or name == group or name.startswith(f"{group}.")


def _text(lines: list[str], code: int | None = None) -> Response:
    return Response(200, "text/plain", "".join(f"{line}\n" for line in lines).encode(), code=code)
