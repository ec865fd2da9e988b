# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the guide on notifications, as the guide shows them, send what an audit found to real servers."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, add_cameras, extra_vars
from tests.integration.targets.documentation.test_examples import marked_blocks
from tests.playbook import CHECKOUT, PlaybookRun, run_playbook
from tests.simulator import Fleet

GUIDE = CHECKOUT / "docs" / "docsite" / "rst" / "notifications.rst"
WEBHOOK_SECRET, TICKET_PASSWORD = "T0PSECRET", "ticket-pass"


class MailServer:
    """A mail server on a free port, which keeps what it receives."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        server = self._loop.create_server(lambda: SMTP(self, loop=self._loop), "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(server, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 # of aiosmtpd
        """Keep a mail."""
        self.envelopes.append(envelope)
        return "250 OK"

    def message(self) -> EmailMessage:
        """Return the only mail."""
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def stop(self) -> None:
        """Stop the server."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        # The server closes the connection of a client that has ended its own.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)


class WebServer(ThreadingHTTPServer):
    """A chat, and a ticket system with the Table API."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[dict[str, Any]] = []
        self.tickets: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Return the URL of the server."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: WebServer

    def do_GET(self) -> None:  # of http.server
        if not self._is_ticket_user():
            return self._send(401, {})
        query = parse_qs(urlsplit(self.path).query)["sysparm_query"][0]
        wanted = query.removeprefix("active=true^correlation_id=")
        found = [item for item in self.server.tickets if item["active"] and item["correlation_id"] == wanted]
        return self._send(200, {"result": found[:1]})

    def do_POST(self) -> None:  # of http.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == f"/hook/{WEBHOOK_SECRET}":
            self.server.posts.append(body)
            return self._send(204, None)
        if not self._is_ticket_user():
            return self._send(401, {})
        ticket = {**body, "sys_id": str(len(self.server.tickets)), "active": True, "notes": []}
        self.server.tickets.append(ticket)
        return self._send(201, {"result": ticket})

    def do_PATCH(self) -> None:  # of http.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._is_ticket_user():
            return self._send(401, {})
        ticket = self.server.tickets[int(self.path.rpartition("/")[2])]
        ticket["notes"].append(body["work_notes"])
        return self._send(200, {"result": ticket})

    def _is_ticket_user(self) -> bool:
        login = base64.b64encode(f"camfleet:{TICKET_PASSWORD}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {login}"

    def _send(self, status: int, body: Any) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """Run a mail server."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def web() -> Iterator[WebServer]:
    """Run a chat and a ticket system."""
    server = WebServer()
    yield server
    server.shutdown()
    server.server_close()


def write_playbooks(directory: Path) -> dict[str, Path]:
    """Write the playbooks of the guide, by the first word of their name that says what they do."""
    paths = {}
    for text in marked_blocks(GUIDE, "playbook"):
        (content,) = yaml.safe_load(text)
        kind = next(kind for kind in ("webhook", "Mail", "ticket") if kind in content["name"])
        paths[kind.lower()] = directory / f"{kind.lower()}.yml"
        paths[kind.lower()].write_text(text, encoding="utf-8")
    return paths


def notify(tmp_path: Path, playbooks: list[Path], variables: dict[str, Any]) -> PlaybookRun:
    """Run playbooks of the guide, in one run, without an inventory of cameras."""
    inventory = tmp_path / "empty.json"
    inventory.write_text("{}", encoding="utf-8")
    *others, last = playbooks
    return run_playbook(last, inventory, tmp_path, *extra_vars(**variables), *map(str, others))


@pytest.mark.fault("limited audit after that of the night")
def test_result_of_an_audit_reaches_chat_mail_and_ticket(
    play: Play, fleet: Fleet, tmp_path: Path, mail: MailServer, web: WebServer
) -> None:
    """With one compliant camera, one with a critical finding, and one that rejects the login."""
    add_cameras(fleet, "good", "wrong")
    add_cameras(fleet, "short", retention_time=24)
    reports = tmp_path / "reports"
    policy_variables = {
        **POLICY,
        "retention_policy_minimum": "30d",
        "retention_policy_report_dir": str(reports),
        "retention_policy_fail_on_drift": True,
    }
    run = play(AUDIT, hosts={"wrong": {"axis_password": "incorrect-4711"}}, groups={"axis": {"vars": policy_variables}})
    assert run.status == 2, run.output
    write_later_parts(reports)
    playbooks = write_playbooks(tmp_path)
    assert [*playbooks] == ["webhook", "mail", "ticket"]
    variables = {
        # As AWX passes them to the next node.
        **run.stats,
        "webhook_url": f"{web.url}/hook/{WEBHOOK_SECRET}",
        "report_dir": str(reports),
        "mail_host": "127.0.0.1",
        "mail_port": mail.port,
        "mail_secure": "never",
        "mail_from": "camfleet@example.com",
        "mail_to": ["safety@example.com", "it@example.com"],
        "ticket_url": web.url,
        "ticket_username": "camfleet",
        "ticket_password": TICKET_PASSWORD,
    }
    sent = notify(tmp_path, [*playbooks.values()], variables)
    assert sent.status == 0, sent.output
    assert WEBHOOK_SECRET not in sent.output
    (post,) = web.posts
    assert ": 1 of 3 hosts compliant, 1 non-compliant, 1 unverified." in post["text"]
    assert post["text"].endswith("Critical: short.")
    check_mail(mail, reports)
    (ticket,) = web.tickets
    assert ticket["short_description"] == "Retention of recordings: 1 of 3 hosts critical, 1 unverified"
    assert "\nshort: " in ticket["description"]
    assert "\nwrong: unverified, authentication: " in ticket["description"]
    # The next night, the ticket is still open. The data of a run with a limit says so.
    limited = {**variables, "retention_policy": {**variables["retention_policy"], "limit": "wrong"}}
    again = notify(tmp_path, [playbooks["webhook"], playbooks["ticket"]], limited)
    assert again.status == 0, again.output
    assert ", limited to wrong: 1 of 3 hosts compliant," in web.posts[1]["text"]
    assert len(web.tickets) == 1
    assert ["short: " in note for note in ticket["notes"]] == [True]


def write_later_parts(reports: Path) -> None:
    """Write later reports that are all compliant: an audit with ``--limit``, and a slice."""
    (path,) = reports.glob("*.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    document |= {"hosts": [], "reasons": []}
    document["summary"] |= {"critical": 0, "states": {"compliant": 3, "non_compliant": 0, "unverified": 0}}
    parts: dict[str, dict[str, Any]] = {
        "a": {"scope": {**document["scope"], "limit": "good", "not_in_run": 2}},
        "b": {"slice": {"number": 1, "count": 2}},
    }
    for name, fields in parts.items():
        later = path.with_name(f"retention-audit-2999-01-01T000000Z-{name}.json")
        later.write_text(json.dumps(document | fields), encoding="utf-8")


def check_mail(mail: MailServer, reports: Path) -> None:
    """Check the mail about one compliant, one non-compliant, and one unverified camera."""
    assert [sorted(envelope.rcpt_tos) for envelope in mail.envelopes] == [["it@example.com", "safety@example.com"]]
    message = mail.message()
    assert message["Subject"] == "Retention audit: 1 of 3 hosts non-compliant, 1 unverified"
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Hosts with a critical finding: 1" in text
    assert "Hosts whose recordings were read: 0" in text
    assert "drifted (retention time): 1" in text
    (page,) = message.iter_attachments()
    (path,) = reports.glob("*.html")
    content = page.get_content()
    assert page.get_filename() == path.name
    assert (content if isinstance(content, bytes) else content.encode()).strip() == path.read_bytes().strip()


def test_no_news_is_not_good_news(tmp_path: Path, mail: MailServer) -> None:
    """Without a report of the last day, the mail recipe fails; a compliant fleet posts nothing."""
    playbooks = write_playbooks(tmp_path)
    (tmp_path / "reports").mkdir()
    variables: dict[str, Any] = {
        "report_dir": str(tmp_path / "reports"),
        "mail_host": "127.0.0.1",
        "mail_port": mail.port,
    }
    run = notify(tmp_path, [playbooks["mail"]], variables)
    assert run.status == 2, run.output
    assert "None of the newest reports is an audit of all hosts. Check why the audit did not run." in run.output
    for limit, created in ((None, "2026-01-01T00:00:00Z"), ("c0", f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")):
        document = {"created": created, "slice": None, "scope": {"limit": limit, "not_in_run": 2 if limit else 0}}
        path = tmp_path / "reports" / f"retention-audit-{created.replace(':', '')}-00000000.json"
        path.write_text(json.dumps(document), encoding="utf-8")
    states = {"compliant": 3, "non_compliant": 0, "unverified": 0}
    variables |= {"retention_policy": {"hosts": 3, "states": states}, "webhook_url": "http://127.0.0.1:1/"}
    run = notify(tmp_path, [playbooks["webhook"], playbooks["mail"]], variables)
    assert run.status == 2, run.output
    assert run.outcomes["Post the numbers", "localhost"] == "skipped"
    assert "The last audit of all hosts is of 2026-01-01T00:00:00Z. Check why the audit did not run." in run.output
    # The other recipe does not open its ticket, because nothing is proven.
    run = notify(tmp_path, [playbooks["ticket"]], {**variables, "ticket_username": "x", "ticket_password": "x"})
    assert run.status == 2, run.output
    assert "The last audit of all hosts is of 2026-01-01T00:00:00Z." in run.output
    assert mail.envelopes == []


@pytest.mark.parametrize(("days", "status"), [(7, 0), (9, 1)])
def test_age_of_the_last_audit_is_checked(tmp_path: Path, days: int, status: int) -> None:
    (command,) = re.findall(r"^ +\$ (find .*-mtime.*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    path = tmp_path / "merged" / "retention_policy.prom"
    path.parent.mkdir()
    path.touch()
    then = time.time() - days * 24 * 3600
    os.utime(path, (then, then))
    partial = path.with_name("retention_policy_partial_audit.prom")
    partial.touch()
    done = subprocess.run(["sh", "-c", command.replace("/srv/retention-reports", str(tmp_path))], check=False)
    assert done.returncode == status
