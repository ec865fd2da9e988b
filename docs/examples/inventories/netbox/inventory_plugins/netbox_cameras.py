# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read devices from NetBox with netbox.netbox.nb_inventory, and name the hosts so that no device disappears.

nb_inventory names a host after its device. Devices with equal names become one host, with the address of the last one
(https://github.com/netbox-community/ansible_modules/issues/1385), and a device without a name gets another name in
every run. In NetBox, a name is unique only together with site and tenant. Therefore a host has all three in its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleParserError

from ansible_collections.netbox.netbox.plugins.inventory import nb_inventory

# The same options. Ansible reads them from here.
DOCUMENTATION = nb_inventory.DOCUMENTATION.replace("['netbox.netbox.nb_inventory']", "[netbox_cameras]")

# Everything else has a meaning in patterns, templates, or paths, or cannot be seen.
_NOT_IN_NAMES = re.compile(r"[^\w.]+")


class InventoryModule(nb_inventory.InventoryModule):
    """The plugin, which changes only how hosts are named, and which devices are errors."""

    NAME = "netbox_cameras"

    def refresh_url(self) -> tuple[str | None, None]:
        """Return the URL of the devices, and none of virtual machines, which are not Axis devices."""
        return super().refresh_url()[0], None

    def fetch_hosts(self) -> None:
        """Fetch the devices, and check all of them before the first one becomes a host.

        :raises AnsibleParserError: with each device that cannot become a host.
        """
        super().fetch_hosts()
        self._names, problems = name_devices(self.devices_list)
        if problems:
            raise AnsibleParserError("\n".join([f"Devices in NetBox cannot become hosts: {len(problems)}", *problems]))

    def extract_name(self, host: Mapping[str, Any]) -> str:
        """Return the name of a host."""
        return self._names[host["id"]]

    def _fetch_information(self, url: str) -> Any:
        found = super()._fetch_information(url)
        # nb_inventory continues without what a token may not read.
        if found == {"results": [], "next": None} and "/api/dcim/devices/" in url:
            raise AnsibleParserError(f"The NetBox token may not read {url}. Permit it to view devices")
        return found


def name_devices(devices: Iterable[Mapping[str, Any]]) -> tuple[dict[int, str], list[str]]:
    """Return by ID of a device the name of its host, and a sentence about each device that cannot become a host."""
    names: dict[int, str] = {}
    # A page may repeat a device if another one was added in the meantime.
    by_id = {device["id"]: device for device in devices}
    first: dict[str, Mapping[str, Any]] = {}
    problems = []
    for number, device in sorted(by_id.items()):
        name = name_host(device)
        if problem := find_problem(device, name, first.setdefault(name, device)):
            problems.append(f"{find_url(device)}: {problem}")
        names[number] = name
    return names, problems


def name_host(device: Mapping[str, Any]) -> str:
    """Return site, tenant if there is one, and name of a device, in lower case; nothing for a device without a name."""
    name = simplify(device["name"] or "")
    tenant = device["tenant"]["slug"] if device.get("tenant") else ""
    return "-".join(filter(None, (device["site"]["slug"], tenant, name))) if name else ""


def simplify(text: str) -> str:
    """Return a text with hyphens for what cannot be part of the name of a host. NetBox does not distinguish case."""
    return _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", text).lower()).strip("-.")


def find_problem(device: Mapping[str, Any], name: str, first: Mapping[str, Any]) -> str | None:
    """Return why a device cannot become a host, and what to do.

    :param first: the first device whose host has the same name.
    """
    if not device["name"]:
        return "The device has no name. Set one in NetBox."
    if not name:
        return f"The name {device['name']!r} has neither letters nor digits. Change it in NetBox."
    if first is not device:
        url = find_url(first)
        return (
            f"The host would be named {name}, as that of {first['name']!r} ({url}). Change one of the names in NetBox."
        )
    if not device["primary_ip"]:
        return f"The device {device['name']!r} has no primary address. Set one in NetBox, or change its status."
    master = (device.get("virtual_chassis") or {}).get("master") or {}
    if master.get("id", device["id"]) != device["id"]:
        return (
            f"The device {device['name']!r} is a member of a virtual chassis, which has only one host. Remove it there."
        )
    return None


def find_url(device: Mapping[str, Any]) -> str:
    """Return the page of a device, or before NetBox 4.2 its URL in the API."""
    return str(device.get("display_url") or device["url"])
