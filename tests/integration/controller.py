# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the AWX API that the modules of awx.awx use: list, create, change, delete, and associate objects.

It runs no job, and does not interpret the objects. The modules themselves check what may be sent.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_ROOT = "/api/v2/"
_TEMPLATES = ("projects", "job_templates", "inventory_sources", "workflow_job_templates")
_TYPES = {"inventories": "inventory"}
_WITH_SURVEY = ("job_templates", "workflow_job_templates")
_SECRET = "$encrypted$"


class Controller:
    """A controller with the organization Default and the credential type Machine, as a context manager.

    ``objects`` are by endpoint and ID. ``links`` are the IDs that an object is associated with, by its endpoint, ID,
    and relation. ``writes`` are all requests except GET, in order.
    """

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self.writes: list[tuple[str, str]] = []
        self._ids = count(1)
        self.create("organizations", {"name": "Default"})
        self.create("credential_types", {"name": "Machine", "kind": "ssh"})

    def __enter__(self) -> Controller:
        instance = self

        class Handler(_Handler):
            controller = instance

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def named(self, endpoint: str, name: str) -> dict[str, Any]:
        """Return the object with a name."""
        (found,) = (item for item in self.objects.get(endpoint, {}).values() if item["name"] == name)
        return found

    def linked(self, endpoint: str, item: dict[str, Any], relation: str) -> list[int]:
        """Return the IDs that an object is associated with."""
        return self.links.get((endpoint, item["id"], relation), [])

    def create(self, endpoint: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Create an object, and return it in the form of the API."""
        number = next(self._ids)
        url = f"{_ROOT}{endpoint}/{number}/"
        item = {
            **fields,
            "id": number,
            "type": _TYPES.get(endpoint, endpoint.removesuffix("s")),
            "url": url,
            "related": {"survey_spec": f"{url}survey_spec/"} if endpoint in _WITH_SURVEY else {},
            "summary_fields": {},
            "scm_revision": "",
        }
        self.objects.setdefault(endpoint, {})[number] = item
        return item

    def get(self, parts: list[str], query: dict[str, str]) -> tuple[int, Any]:
        """Return a list, an object, or the objects associated with it."""
        if len(parts) == 1:
            return 200, _page(item for item in self._all(parts[0]) if _matches(item, query))
        endpoint, number = parts[0], int(parts[1])
        if len(parts) == 2:
            item = self.objects.get(endpoint, {}).get(number)
            return (200, item) if item else (404, {"detail": "Not found."})
        if parts[2] == "survey_spec":
            return 200, self.objects[endpoint][number].get("survey_spec", {})
        return 200, _page({"id": other} for other in self.links.get((endpoint, number, parts[2]), []))

    def post(self, parts: list[str], data: dict[str, Any]) -> tuple[int, Any]:
        """Create an object, or associate one with another."""
        if len(parts) == 1:
            return 201, self.create(parts[0], _without_secrets(data))
        endpoint, number, relation = parts[0], int(parts[1]), parts[2]
        if relation == "survey_spec":
            self.objects[endpoint][number]["survey_spec"] = data
            return 200, {}
        if relation == "create_approval_template":
            created = self.create("workflow_approval_templates", data)
            node = self.objects[endpoint][number]
            node["unified_job_template"] = created["id"]
            node["related"]["unified_job_template"] = created["url"]
            return 201, created
        linked = self.links.setdefault((endpoint, number, relation), [])
        if data.get("disassociate"):
            linked.remove(data["id"])
        else:
            linked.append(data["id"])
        return 204, None

    def patch(self, parts: list[str], data: dict[str, Any]) -> tuple[int, Any]:
        """Change fields of an object."""
        item = self.objects[parts[0]][int(parts[1])]
        item |= _without_secrets(data)
        return 200, item

    def delete(self, parts: list[str]) -> tuple[int, Any]:
        """Delete an object and its associations."""
        endpoint, number = parts[0], int(parts[1])
        del self.objects[endpoint][number]
        self.links = {key: others for key, others in self.links.items() if key[:2] != (endpoint, number)}
        return 204, None

    def _all(self, endpoint: str) -> Iterator[dict[str, Any]]:
        for part in _TEMPLATES if endpoint == "unified_job_templates" else (endpoint,):
            yield from self.objects.get(part, {}).values()


def _page(items: Iterator[dict[str, Any]]) -> dict[str, Any]:
    results = list(items)
    return {"count": len(results), "next": None, "results": results}


def _matches(item: dict[str, Any], query: dict[str, str]) -> bool:
    return all(str(item.get(name)) == value for name, value in query.items())


def _without_secrets(data: dict[str, Any]) -> dict[str, Any]:
    inputs = data.get("inputs")
    if not isinstance(inputs, dict) or "password" not in inputs:
        return data
    return {**data, "inputs": {**inputs, "password": _SECRET}}


class _Handler(BaseHTTPRequestHandler):
    controller: Controller

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self._respond(*self.controller.get(self._parts(), dict(parse_qsl(url.query))))

    def do_POST(self) -> None:
        self._log_write()
        self._respond(*self.controller.post(self._parts(), self._data()))

    def do_PATCH(self) -> None:
        self._log_write()
        self._respond(*self.controller.patch(self._parts(), self._data()))

    def do_DELETE(self) -> None:
        self._log_write()
        self._respond(*self.controller.delete(self._parts()))

    def log_message(self, *args: Any) -> None:
        """Print nothing."""

    def _log_write(self) -> None:
        self.controller.writes.append((self.command, self.path))

    def _parts(self) -> list[str]:
        return urlsplit(self.path).path.removeprefix(_ROOT).strip("/").split("/")

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return data

    def _respond(self, status: int, response: Any) -> None:
        body = b"" if response is None else json.dumps(response).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
