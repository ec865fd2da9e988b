# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the REST API of NetBox 4.2 that netbox.netbox.nb_inventory reads.

No NetBox was available to record. The fields of a device are those of its schema, compared with public responses of
demo.netbox.dev (version 3.6); the values are made up. What a filter does is as its documentation says.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

TOKEN = "0123456789abcdef0123456789abcdef01234567"
#: NetBox returns at most this many objects at once; its default, MAX_PAGE_SIZE, is 1000.
PAGE_SIZE = 25
_DEVICES, _MACHINES = "/api/dcim/devices/", "/api/virtualization/virtual-machines/"
_PARAMETERS = ("limit", "offset", "exclude", "status", "role", "manufacturer", "has_primary_ip")
#: By parameter, what it compares.
_FILTERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "status": lambda device: device["status"]["value"],
    "role": lambda device: device["role"]["slug"],
    "manufacturer": lambda device: device["device_type"]["manufacturer"]["slug"],
    "has_primary_ip": lambda device: str(device["primary_ip"] is not None).lower(),
}
_SITES = ("harbor", "museum")
_TENANTS = ("acme", "city")


class NetBox:
    """A NetBox with two sites and two tenants, as a context manager. ``requests`` are the paths with their queries."""

    def __init__(self) -> None:
        self.devices: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.denied = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"netbox": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> NetBox:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(
        self,
        name: str | None,
        site: str = "harbor",
        tenant: str | None = None,
        *,
        address: str | None = "",
        role: str = "camera",
        status: str = "active",
        tags: Sequence[str] = (),
    ) -> int:
        """Add a device, and return its ID. By default, its address ends with its ID."""
        number = len(self.devices) + 1
        address = f"192.0.2.{number}/24" if address == "" else address
        family = {"value": 4, "label": "IPv4"}
        primary = address and self._brief("ipam/ip-addresses", number, family=family, address=address)
        label = name or f"AXIS P3265-LV ({number})"
        maker = self._brief("dcim/manufacturers", 1, "Axis Communications", "axis-communications")
        self.devices.append(
            {
                "id": number,
                "url": f"{self.url}{_DEVICES}{number}/",
                "display_url": f"{self.url}/dcim/devices/{number}/",
                "display": label,
                "name": name,
                "device_type": {
                    **self._brief("dcim/device-types", 1, "AXIS P3265-LV", "axis-p3265-lv"),
                    "manufacturer": maker,
                    "model": "AXIS P3265-LV",
                },
                "role": self._brief("dcim/device-roles", 1, role.capitalize(), role),
                "tenant": tenant
                and self._brief("tenancy/tenants", _TENANTS.index(tenant) + 1, tenant.capitalize(), tenant),
                "platform": None,
                "serial": f"B8A44F{number:06X}",
                "asset_tag": None,
                "site": self._brief("dcim/sites", _SITES.index(site) + 1, site.capitalize(), site),
                "location": None,
                "rack": None,
                "position": None,
                "face": None,
                "latitude": None,
                "longitude": None,
                "parent_device": None,
                "status": {"value": status, "label": status.capitalize()},
                "airflow": None,
                "primary_ip": primary,
                "primary_ip4": primary,
                "primary_ip6": None,
                "oob_ip": None,
                "cluster": None,
                "virtual_chassis": None,
                "vc_position": None,
                "vc_priority": None,
                "description": "",
                "comments": "",
                "config_template": None,
                "local_context_data": None,
                "tags": [self._brief("extras/tags", index, tag, tag) for index, tag in enumerate(tags, 1)],
                "custom_fields": {},
                "created": "2026-11-02T08:00:00.000000Z",
                "last_updated": "2026-11-02T08:00:00.000000Z",
                "interface_count": 1,
            }
        )
        return number

    def respond(self, path: str, query: dict[str, list[str]], token: str | None) -> tuple[int, object]:
        """Return status and content of the response to a GET request."""
        if token != f"Token {TOKEN}":
            return 403, {"detail": "Invalid token"}
        if path == self.denied:
            return 403, {"detail": "You do not have permission to perform this action."}
        if path == "/api/status/":
            return 200, {"django-version": "5.1.4", "netbox-version": "4.2.9", "python-version": "3.12.3"}
        if path == "/api/schema/":
            return 200, _build_schema()
        if path == _DEVICES:
            found = [device for device in self.devices if _matches(device, query)]
            return 200, self._page(path, query, found)
        slugs = {"/api/dcim/sites/": _SITES, "/api/tenancy/tenants/": _TENANTS}.get(path, ())
        items = [{"id": number, "slug": slug, "prefix_count": 0} for number, slug in enumerate(slugs, 1)]
        return 200, self._page(path, query, items)

    def _brief(self, endpoint: str, number: int, name: str = "", slug: str = "", **fields: object) -> dict[str, Any]:
        """Build an object as other objects contain it."""
        named = {"display": name, "name": name, "slug": slug} if slug else {}
        return {"id": number, "url": f"{self.url}/api/{endpoint}/{number}/", **named, **fields}

    def _page(self, path: str, query: dict[str, list[str]], items: list[dict[str, Any]]) -> dict[str, Any]:
        offset = int(query.get("offset", ["0"])[0])
        following = {**query, "limit": [str(PAGE_SIZE)], "offset": [str(offset + PAGE_SIZE)]}
        has_more = offset + PAGE_SIZE < len(items)
        return {
            "count": len(items),
            "next": f"{self.url}{path}?{urlencode(following, doseq=True)}" if has_more else None,
            "previous": None,
            "results": items[offset : offset + PAGE_SIZE],
        }


def _matches(device: dict[str, Any], query: dict[str, list[str]]) -> bool:
    return all(read(device) in query[name] for name, read in _FILTERS.items() if name in query)


def _build_schema() -> dict[str, Any]:
    parameters = [{"in": "query", "name": name} for name in _PARAMETERS]
    paths = {path: {"get": {"parameters": parameters}} for path in (_DEVICES, _MACHINES)}
    return {"openapi": "3.0.3", "info": {"title": "NetBox REST API", "version": "4.2.9 (4.2)"}, "paths": paths}


class _Handler(BaseHTTPRequestHandler):
    netbox: NetBox

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.netbox.requests.append(self.path)
        status, content = self.netbox.respond(url.path, parse_qs(url.query), self.headers.get("Authorization"))
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Print nothing."""
