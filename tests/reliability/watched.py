# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet that tells passwords back, and runs of playbooks on it of which everything is kept for the search."""

from __future__ import annotations

import html
import json
import socket
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.playbook import PlaybookRun, run_playbook
from tests.reliability.leaks import Leak, Secret, search
from tests.simulator import Fleet
from tests.simulator.device import Device

INSIDE = Path(__file__).parent / "inside"
PASSWORD = "Vb3tNf9r Pä55 %41\"'<&>`$x\\é日本/ Zk7wQm2x"
PROXY_PASSWORD = "Yd5vHc8p/ %ü'\"&日本 Lr4sJt6k"

#: What the playbooks want to know.
VARIABLES = {
    "allowed": True,
    "on_refused": "report",
    "delete_recordings": True,
    "retention_policy_groups": [{"recording_group_id": "planted", "retention_time": "30d"}],
}
# How a device may write what it tells back; a name or a description of a group holds it whole.
TOLD = " | ".join(
    [
        PASSWORD,
        html.escape(PASSWORD),
        json.dumps(PASSWORD),
        repr(PASSWORD),
        quote(PASSWORD, ""),
        quote(PASSWORD, "/'$").lower(),
        b64encode(f"operator:{PASSWORD}".encode()).decode(),
    ]
)


PROXY_LOGIN = b64encode(f"proxy-user:{PROXY_PASSWORD}".encode()).decode()


def proxy_url(port: int) -> str:
    """A proxy on this machine, with a login, as docs/docsite/rst/secrets.rst says."""
    return f"http://proxy-user:{{{{ vault_proxy_password | urlencode | replace('/', '%2F') }}}}@127.0.0.1:{port}"


class _Forward(BaseHTTPRequestHandler):
    """Passes a request on, as a proxy for plain HTTP does."""

    def do_GET(self) -> None:
        """Also for POST."""
        assert isinstance(self.server, Proxy)
        self.server.logins.add(self.headers["Proxy-Authorization"])
        del self.headers["Proxy-Authorization"]
        place = urlsplit(self.path)
        device = HTTPConnection(place.netloc)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        device.request(self.command, place._replace(scheme="", netloc="").geturl(), body, dict(self.headers))
        answer = device.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        device.close()

    do_POST = do_GET  # noqa: N815 - its name is the method's

    def log_message(self, *_arguments: Any) -> None:
        """Nothing is told."""


class Proxy(ThreadingHTTPServer):
    """A proxy; it keeps the logins that it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.logins: set[str | None] = set()


@dataclass
class Watched:
    """Runs playbooks so that all they leave lies below one directory, beside what was planted for them.

    :param temporary: an empty directory for temporary files, with a short path, because core puts sockets into it.
    """

    root: Path
    temporary: Path
    fleet: Fleet
    proxy: Proxy
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    defects: list[int] = field(default_factory=list)
    runs: int = 0

    def __post_init__(self) -> None:
        for name in ("left", "left/home", "planted"):
            (self.root / name).mkdir()

    @property
    def secrets(self) -> list[Secret]:
        realms = tuple(device.authenticator.realm for device in self.fleet.devices.values())
        return [Secret("operator", PASSWORD, realms), Secret("proxy-user", PROXY_PASSWORD)]

    def keep(self, *names: str) -> None:
        """Leave out all hosts but these."""
        self.hosts = {name: self.hosts[name] for name in names}

    def plant(self, name: str, content: str) -> Path:
        """A file that may hold a secret."""
        path = self.root / "planted" / name
        path.write_text(content, encoding="utf-8")
        return path

    def run(self, playbook: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> PlaybookRun:
        """Run it, with all that Ansible might write being written below ``left``."""
        left, inventory = self.root / "left", self.plant_inventory()
        vaulted, vault_password = self.plant_vault(), self.root / "planted" / "vault"
        run = run_playbook(
            playbook,
            inventory,
            left,
            "-vvvv",
            "--diff",
            *("--vault-password-file", str(vault_password), "--extra-vars", f"@{vaulted}"),
            *arguments,
            extra={**self.environment(), **(environment or {})},
        )
        self.keep_output(run.output)
        (left / "results.jsonl").rename(left / f"results{self.runs}.jsonl")
        return run

    def keep_output(self, output: str) -> None:
        """What a run printed."""
        self.runs += 1
        (self.root / "left" / f"output{self.runs}").write_text(output, encoding="utf-8")

    def plant_vault(self) -> Path:
        """Encrypted variables; what opens them is beside."""
        self.plant("vault", VAULT_PASSWORD)
        return self.plant("login.yml", vaulted_variables())

    def plant_inventory(self) -> Path:
        """The hosts as they are now."""
        hosts = {"axis": {"hosts": self.hosts, "vars": VARIABLES}, "others": {"hosts": self.others}}
        return self.plant("inventory.yml", yaml.safe_dump({"all": {"children": hosts}}, allow_unicode=True))

    def environment(self) -> dict[str, str]:
        left = self.root / "left"
        return {
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(left / "facts"),
            "ANSIBLE_CONNECTION_PLUGINS": str(INSIDE / "connection"),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "ANSIBLE_LOG_PATH": str(left / "log"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(left / "retry"),
            "CAMFLEET_DEFECTS": " ".join(map(str, self.defects)),
            "CAMFLEET_DEFECT_WORDS": str(self.plant("words", PASSWORD)),
            "CAMFLEET_PROCESSES": str(left / "processes"),
            "HOME": str(left / "home"),
            "PYTHONPATH": str(INSIDE),
            "TMPDIR": str(self.temporary),
        }

    def leaks(self) -> list[Leak]:
        """The secrets in all that was left, but in the files planted here, which are named one by one."""
        planted = [self.root / "planted" / name for name in ("inventory.yml", "password", "play.yml", "words")]
        exempt = [*planted, self.root / "private" / "env" / "passwords"]
        return search(self.root, self.secrets, exempt) + search(self.temporary, self.secrets)

    def assert_tight(self) -> None:
        leaks = self.leaks()
        assert leaks == [], "\n".join(map(str, leaks))


VAULT_PASSWORD = "vault-word"


def vaulted_variables() -> str:
    """The passwords, encrypted."""
    words = {"vault_camera_password": PASSWORD, "vault_proxy_password": PROXY_PASSWORD}
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(VAULT_PASSWORD.encode()))])
    encrypted: bytes = vault.encrypt(yaml.safe_dump(words, allow_unicode=True))
    return encrypted.decode()


def add(watched: Watched, name: str, *, scheme: str = "http", **variables: Any) -> Device:
    """A device with the password and a week of video, and its host."""
    device = watched.fleet.add("camera_12_9", name, scheme="https" if scheme == "https" else "http")
    device.accounts["operator"].password = PASSWORD
    device.plant_group(recording_group_id="planted", retention_time=168, nice_name="Old name")
    device.plant_recordings("planted", 160)
    watched.hosts[name] = {
        "ansible_host": device.host,
        "axis_port": device.tls_port if scheme == "https" else device.port,
        "axis_protocol": scheme,
        "axis_retries": 0,
        **({"axis_tls_fingerprint": device.certificate_sha256} if scheme == "https" else {}),
        **variables,
    }
    return device


LOGIN = {"axis_username": "operator", "axis_password": PASSWORD}


def add_passing(watched: Watched) -> None:
    """Devices in order, a login from every source; one tells the password in all that it has."""
    add(watched, "variable", **LOGIN)
    add(watched, "basic", scheme="https", **LOGIN)
    add(watched, "inventory", ansible_user="operator", ansible_password=PASSWORD)
    add(watched, "vaulted", axis_username="operator", axis_password="{{ vault_camera_password }}")
    add(watched, "of-the-run")
    add(watched, "proxied", **LOGIN, axis_proxy=proxy_url(watched.proxy.server_port))
    telling = add(watched, "telling", **LOGIN)
    telling.plant_group(recording_group_id="told", nice_name=PASSWORD, description=TOLD)
    telling.plant_recording("told", name=PASSWORD)


#: Devices that fail, and with which kind of error.
FAILING = {
    "wrong": "authentication",
    "closed": "unreachable",
    "untrusted": "tls",
    "page": "malformed_response",
    "page-basic": "malformed_response",
    "status": "device_error",
    "status-basic": "device_error",
    "redirect": "redirect",
    "described": "device_error",
    "torn": "malformed_response",
    "numberless": "malformed_response",
    "invalid": "invalid_option",
    "template": "invalid_option",
    "defect": "defect",
    "telling-proxy": "redirect",
    "closed-proxy": "unreachable",
}


def add_failing(watched: Watched, closed: socket.socket) -> None:
    add(watched, "wrong", **LOGIN).accounts["operator"].password = "another"
    add(watched, "closed", **LOGIN, axis_port=closed.getsockname()[1])
    add(watched, "untrusted", scheme="https", **LOGIN, axis_tls_fingerprint=None)
    for name, scheme in (("page", "http"), ("page-basic", "https")):
        add(watched, name, scheme=scheme, **LOGIN).plant_fault("echo", times=None)
    for name, scheme in (("status", "http"), ("status-basic", "https")):
        add(watched, name, scheme=scheme, **LOGIN).plant_fault("echo", status=418, times=None)
    place = f"http://operator:{quote(PASSWORD, '')}@127.0.0.1/{PASSWORD}?{PASSWORD}"
    add(watched, "redirect", **LOGIN).plant_fault("http_status", status=302, headers=(("Location", place),), times=None)
    described = add(watched, "described", **LOGIN)
    described.plant_fault("soap_fault", call="action/*", detail="aa:ActionFault", reason=TOLD, times=None)
    described.plant_fault("error_code", code=10, description=TOLD, times=None)
    add(watched, "torn", **LOGIN).plant_fault("body", body=f"<a>{PASSWORD}".encode(), times=None)
    numberless = f"<ErrorCode>{html.escape(PASSWORD)}</ErrorCode>"
    body = f"<RecordingGroupResponse><GeneralError>{numberless}</GeneralError></RecordingGroupResponse>"
    add(watched, "numberless", **LOGIN).plant_fault("body", body=body.encode(), times=None)
    add(watched, "invalid", **LOGIN, axis_proxy=PASSWORD)
    add(watched, "template", axis_username="operator", axis_password=f"{PASSWORD}{{{{ Zk7wQm2x }}")
    watched.defects.append(add(watched, "defect", **LOGIN).port)
    telling = watched.fleet.add("camera_12_9", "a proxy")
    place = f"http://{PROXY_PASSWORD}/{quote(PROXY_PASSWORD, '/')}/{PROXY_LOGIN}"
    telling.plant_fault("http_status", status=302, headers=(("Location", place),), times=None)
    add(watched, "telling-proxy", **LOGIN, axis_proxy=proxy_url(telling.port))
    add(watched, "closed-proxy", **LOGIN, axis_proxy=proxy_url(closed.getsockname()[1]))
