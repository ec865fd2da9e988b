# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller itself: an HTTP server with the API, and what a test may read and do."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.integration.controller import api
from tests.integration.controller.fields import build
from tests.integration.controller.jobs import Outcome, Runner, create_job
from tests.integration.controller.permissions import authenticate
from tests.integration.controller.state import ROOT, ApiError, Item, Job, Notification, Repository, Session, State, User
from tests.integration.controller.surveys import extra_vars_of
from tests.integration.controller.workflows import settle

if TYPE_CHECKING:
    from typing_extensions import Self

#: The token of a superuser.
TOKEN = "token"
_ADMIN = User("admin", is_superuser=True, password="admin-pass")
#: ``settings/production.py``.
_SHOWN_PATHS = ["/etc/pki/ca-trust:/etc/pki/ca-trust:O", "/usr/share/pki:/usr/share/pki:O"]


class Controller:
    """A controller with the organization Default and the types Machine and Vault, as a context manager.

    The token ``token`` is a superuser's. ``writes`` are all requests except GET, in order.

    :param repository: the git repository of every project.
    :param galaxy_credential: whether the organization has a Galaxy credential, as Default has in a new AWX
        (``management/commands/create_preload_data.py``).
    """

    def __init__(self, repository: Repository | None = None, *, galaxy_credential: bool = True) -> None:
        self.state = State(repository or Repository(), galaxy_credential)
        self.state.settings = {"AWX_ISOLATION_SHOW_PATHS": _SHOWN_PATHS}
        self.writes: list[tuple[str, str]] = []
        #: What runs the jobs. By default, all are successful.
        self.runner: Runner = lambda _job, _template: Outcome()
        self.login(TOKEN, _ADMIN)
        self.create("organizations", {"name": "Default"})
        machine = self.create("credential_types", {"name": "Machine", "kind": "ssh"})
        vault = self.create("credential_types", {"name": "Vault", "kind": "vault"})
        machine["managed"] = vault["managed"] = True
        # ``models/credential/__init__.py``, namespace vault.
        vault["inputs"] = {"fields": [{"id": "vault_password", "secret": True}], "required": ["vault_password"]}
        for name in ("controlplane", "default"):
            self.create("instance_groups", {"name": name})

    @classmethod
    def of(cls, state: State) -> Self:
        """Return a controller that another one's state continues."""
        controller = cls()
        controller.state = state
        return controller

    def __enter__(self) -> Self:
        instance: Controller = self

        class Handler(_Handler):
            controller = instance
            lock = threading.Lock()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def objects(self) -> dict[str, dict[int, Item]]:
        """Return all objects by endpoint and ID."""
        return self.state.objects

    @property
    def links(self) -> dict[tuple[str, int, str], list[int]]:
        """Return the IDs that an object is associated with, by its endpoint, ID, and relation."""
        return self.state.links

    @property
    def notifications(self) -> list[Notification]:
        """Return the notifications in the order in which they were sent."""
        return self.state.notifications

    def named(self, endpoint: str, name: str) -> Item:
        """Return the object with a name."""
        return self.state.named(endpoint, name)

    def linked(self, endpoint: str, item: Item, relation: str) -> list[int]:
        """Return the IDs that an object is associated with."""
        return self.state.linked(endpoint, item["id"], relation)

    def create(self, endpoint: str, fields: Mapping[str, Any]) -> Item:
        """Create an object, not through the API."""
        item = build(self.state, endpoint, fields)
        self.objects.setdefault(endpoint, {})[item["id"]] = item
        return item

    def login(self, token: str, user: User, scope: str = "write") -> None:
        """Add a user with a token."""
        self.state.sessions[token] = Session(user, scope)
        if user not in self.state.users:
            self.state.users.append(user)

    def request(
        self, method: str, path: str, data: Mapping[str, Any] | None = None, token: str = TOKEN
    ) -> tuple[int, Any]:
        """Send a request as the user of a token, such as a person in the web interface.

        :param path: the path with its query, without ``/api/v2/``.
        """
        return self.respond(method, ROOT + path, dict(data or {}), f"Bearer {token}")

    def respond(self, method: str, path: str, data: Item, authorization: str) -> tuple[int, Any]:
        """Return status and body of the response to a request."""
        url = urlsplit(path)
        parts = url.path.removeprefix(ROOT).strip("/").split("/")
        try:
            if parts[0] == "tokens":
                return self._token(method, parts, authorization)
            session = authenticate(self.state, authorization)
            if method == "GET":
                return api.get(self.state, session, parts, dict(parse_qsl(url.query, keep_blank_values=True)))
            self.writes.append((method, url.path))
            if method == "DELETE":
                return api.delete(self.state, session, parts)
            return (api.post if method == "POST" else api.patch)(self.state, session, parts, data)
        except ApiError as error:
            return error.status, error.body

    def _token(self, method: str, parts: list[str], authorization: str) -> tuple[int, Any]:
        """Create or delete a token, as each module does that has a user and a password."""
        name, _colon, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        for user in self.state.users:
            if (user.username, user.password) == (name, password) and password:
                token = f"token-{user.username}"
                if method == "POST":
                    self.state.sessions[token] = Session(user)
                return (201, {"id": user.id, "token": token}) if method == "POST" else (204, None)
        raise ApiError(401, {"detail": "Invalid username/password."})

    def settle(self) -> None:
        """Run all jobs until each has ended or waits for an approval."""
        settle(self.state, self.runner)

    def run_schedule(self, name: str) -> Job:
        """Launch what a schedule launches: without a user, with the answers in its extra_data."""
        schedule = self.named("schedules", name)
        found = self.state.template(schedule["unified_job_template"])
        assert found is not None
        prompts = {"extra_vars": {**extra_vars_of(found[1]), **schedule["extra_data"]}}
        return create_job(self.state, *found, prompts, user=None, launch_type="scheduled", schedule=name)

    def job(self, number: int) -> Job:
        """Return a job by its number."""
        return self.state.jobs[number]

    def spawned(self, workflow: int) -> list[Job]:
        """Return the jobs of a workflow job in the order in which they started, without those of slices."""
        return [job for job in self.state.jobs.values() if job.workflow is not None and job.workflow.number == workflow]


class _Handler(BaseHTTPRequestHandler):
    controller: Controller
    lock: threading.Lock

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, *args: Any) -> None:
        """Print nothing."""

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        data = json.loads(self.rfile.read(length) or "{}")
        with self.lock:
            status, body = self.controller.respond(
                self.command, self.path, data, self.headers.get("Authorization") or ""
            )
        self._respond(status, b"" if body is None else json.dumps(body).encode())

    def _respond(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
