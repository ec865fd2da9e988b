# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet that echoes passwords, and runs of playbooks on it whose complete output is kept for the search."""

from __future__ import annotations

import html
import json
import socket
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit

import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.playbook import PlaybookRun, run_playbook
from tests.reliability.leaks import Leak, Secret, search
from tests.simulator import Fleet
from tests.simulator.device import Device

INSTRUMENTATION = Path(__file__).parent / "instrumentation"
PASSWORD = "Vb3tNf9r Pä55 %41\"'<&>`$x\\é日本/ Zk7wQm2x"
PROXY_PASSWORD = "Yd5vHc8p/ %ü'\"&日本 Lr4sJt6k"

#: The variables of the playbooks.
VARIABLES = {
    "allowed": True,
    "on_refused": "report",
    "delete_recordings": True,
    "retention_policy_groups": [{"recording_group_id": "planted", "retention_time": "30d"}],
}
# The forms in which a device may echo the password; the name or description of a group can contain all of them.
ECHOED_FORMS = " | ".join(
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
    """Return the URL of a local proxy with a login, as docs/docsite/rst/credentials.rst describes it."""
    return f"http://proxy-user:{{{{ vault_proxy_password | urlencode | replace('/', '%2F') }}}}@127.0.0.1:{port}"


class _Forward(BaseHTTPRequestHandler):
    """Forward a request, as a proxy for plain HTTP does."""

    def do_GET(self) -> None:
        """Forward a GET or POST request."""
        assert isinstance(self.server, Proxy)
        self.server.logins.add(self.headers["Proxy-Authorization"])
        del self.headers["Proxy-Authorization"]
        location = urlsplit(self.path)
        device = HTTPConnection(location.netloc)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        device.request(self.command, location._replace(scheme="", netloc="").geturl(), body, dict(self.headers))
        response = device.getresponse()
        content = response.read()
        self.send_response(response.status)
        for name, value in response.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        device.close()

    do_POST = do_GET  # noqa: N815 - its name is the method's

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


class Proxy(ThreadingHTTPServer):
    """A proxy that keeps the logins that it received."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.logins: set[str | None] = set()


class _ToDevice(_Forward):
    """Forward every request to one device, as a proxy in its network does, whatever its address is there."""

    def do_GET(self) -> None:
        """Forward a GET or POST request."""
        assert isinstance(self.server, _ProxyOfDevice)
        location = urlsplit(self.path)
        self.path = location._replace(netloc=self.server.target).geturl()
        super().do_GET()

    do_POST = do_GET  # noqa: N815 - its name is the method's


class _ProxyOfDevice(Proxy):
    def __init__(self, device: Device) -> None:
        super().__init__()
        self.RequestHandlerClass = _ToDevice
        self.target = f"{device.host}:{device.port}"


@contextmanager
def proxy_of(device: Device) -> Iterator[str]:
    """Run a proxy that leads to one device, and yield its URL."""
    with _ProxyOfDevice(device) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class CapturedRuns:
    """Runs of playbooks whose files and output are below one directory, beside the files planted for them.

    :param temporary: an empty directory for temporary files, with a short path, because core creates sockets in it.
    """

    root: Path
    temporary: Path
    fleet: Fleet
    proxy: Proxy
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: the ports for which the HTTP library fails, and the serial numbers for which the collection does
    library_defects: list[int] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    runs: int = 0

    def __post_init__(self) -> None:
        for name in ("left", "left/home", "planted"):
            (self.root / name).mkdir()

    @property
    def secrets(self) -> list[Secret]:
        realms = tuple(device.authenticator.realm for device in self.fleet.devices.values())
        return [Secret("operator", PASSWORD, realms), Secret("proxy-user", PROXY_PASSWORD)]

    def keep(self, *names: str) -> None:
        """Remove all other hosts."""
        self.hosts = {name: self.hosts[name] for name in names}

    def plant(self, name: str, content: str) -> Path:
        """Write a file that may contain a secret."""
        path = self.root / "planted" / name
        path.write_text(content, encoding="utf-8")
        return path

    def run(self, playbook: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> PlaybookRun:
        """Run a playbook, with every file that Ansible writes below ``left``."""
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
        """Save the output of a run."""
        self.runs += 1
        (self.root / "left" / f"output{self.runs}").write_text(output, encoding="utf-8")

    def plant_vault(self) -> Path:
        """Write the encrypted variables, and the file with the vault password."""
        self.plant("vault", VAULT_PASSWORD)
        return self.plant("login.yml", vaulted_variables())

    def plant_inventory(self) -> Path:
        """Write the inventory of the current hosts."""
        hosts = {"axis": {"hosts": self.hosts, "vars": VARIABLES}, "others": {"hosts": self.others}}
        return self.plant("inventory.yml", yaml.safe_dump({"all": {"children": hosts}}, allow_unicode=True))

    def environment(self) -> dict[str, str]:
        left = self.root / "left"
        return {
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(left / "facts"),
            "ANSIBLE_CONNECTION_PLUGINS": str(INSTRUMENTATION / "connection"),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "ANSIBLE_LOG_PATH": str(left / "log"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(left / "retry"),
            "CAMFLEET_LIBRARY_DEFECTS": " ".join(map(str, self.library_defects)),
            "CAMFLEET_DEFECTS": " ".join(self.defects),
            "CAMFLEET_DEFECT_TEXT": str(self.plant("text", PASSWORD)),
            "CAMFLEET_PROCESSES": str(left / "processes"),
            "HOME": str(left / "home"),
            "PYTHONPATH": str(INSTRUMENTATION),
            "TMPDIR": str(self.temporary),
        }

    def leaks(self) -> list[Leak]:
        """Return the leaks in all files except those that the test planted."""
        planted = [self.root / "planted" / name for name in ("inventory.yml", "password", "play.yml", "text")]
        exempt = [*planted, self.root / "private" / "env" / "passwords"]
        return search(self.root, self.secrets, exempt) + search(self.temporary, self.secrets)

    def assert_no_leaks(self) -> None:
        leaks = self.leaks()
        assert leaks == [], "\n".join(map(str, leaks))


VAULT_PASSWORD = "vault-password"


def vaulted_variables() -> str:
    """Return the passwords as encrypted variables."""
    passwords = {"vault_camera_password": PASSWORD, "vault_proxy_password": PROXY_PASSWORD}
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(VAULT_PASSWORD.encode()))])
    encrypted: bytes = vault.encrypt(yaml.safe_dump(passwords, allow_unicode=True))
    return encrypted.decode()


def add_camera(captured: CapturedRuns, name: str, *, scheme: str = "http", **variables: Any) -> Device:
    """Add a camera with the password and a week of video, and its host."""
    device = captured.fleet.add("camera_12_9", name, scheme="https" if scheme == "https" else "http")
    device.accounts["operator"].password = PASSWORD
    device.plant_group(recording_group_id="planted", retention_time=168, nice_name="Old name")
    device.plant_recordings("planted", 160)
    captured.hosts[name] = {
        "ansible_host": device.host,
        "axis_port": device.tls_port if scheme == "https" else device.port,
        "axis_protocol": scheme,
        "axis_retries": 0,
        **({"axis_tls_fingerprint": device.certificate_sha256} if scheme == "https" else {}),
        **variables,
    }
    return device


LOGIN = {"axis_username": "operator", "axis_password": PASSWORD}


def add_passing_cameras(captured: CapturedRuns) -> None:
    """Add cameras without a fault, with a login from every source; one returns the password in every text."""
    add_camera(captured, "variable", **LOGIN)
    add_camera(captured, "basic", scheme="https", **LOGIN)
    add_camera(captured, "inventory", ansible_user="operator", ansible_password=PASSWORD)
    add_camera(captured, "vaulted", axis_username="operator", axis_password="{{ vault_camera_password }}")
    add_camera(captured, "run-login")
    add_camera(captured, "proxied", **LOGIN, axis_proxy=proxy_url(captured.proxy.server_port))
    echoing = add_camera(captured, "echoing", **LOGIN)
    echoing.plant_group(recording_group_id="echo", nice_name=PASSWORD, description=ECHOED_FORMS)
    echoing.plant_recording("echo", name=PASSWORD)


#: The kind of error of each camera that fails.
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
    "library": "unreachable",
    "defect": "defect",
    "echoing-proxy": "redirect",
    "closed-proxy": "unreachable",
}


def add_failing_cameras(captured: CapturedRuns, closed: socket.socket) -> None:
    add_camera(captured, "wrong", **LOGIN).accounts["operator"].password = "another"
    add_camera(captured, "closed", **LOGIN, axis_port=closed.getsockname()[1])
    add_camera(captured, "untrusted", scheme="https", **LOGIN, axis_tls_fingerprint=None)
    for name, scheme in (("page", "http"), ("page-basic", "https")):
        add_camera(captured, name, scheme=scheme, **LOGIN).plant_fault("echo", times=None)
    for name, scheme in (("status", "http"), ("status-basic", "https")):
        add_camera(captured, name, scheme=scheme, **LOGIN).plant_fault("echo", status=418, times=None)
    location = f"http://operator:{quote(PASSWORD, '')}@127.0.0.1/{PASSWORD}?{PASSWORD}"
    add_camera(captured, "redirect", **LOGIN).plant_fault(
        "http_status", status=302, headers=(("Location", location),), times=None
    )
    described = add_camera(captured, "described", **LOGIN)
    described.plant_fault("soap_fault", call="action/*", detail="aa:ActionFault", reason=ECHOED_FORMS, times=None)
    described.plant_fault("error_code", code=10, description=ECHOED_FORMS, times=None)
    add_camera(captured, "torn", **LOGIN).plant_fault("body", body=f"<a>{PASSWORD}".encode(), times=None)
    numberless = f"<ErrorCode>{html.escape(PASSWORD)}</ErrorCode>"
    body = f"<RecordingGroupResponse><GeneralError>{numberless}</GeneralError></RecordingGroupResponse>"
    add_camera(captured, "numberless", **LOGIN).plant_fault("body", body=body.encode(), times=None)
    add_camera(captured, "invalid", **LOGIN, axis_proxy=PASSWORD)
    add_camera(captured, "template", axis_username="operator", axis_password=f"{PASSWORD}{{{{ Zk7wQm2x }}")
    captured.library_defects.append(add_camera(captured, "library", **LOGIN).port)
    captured.defects.append(add_camera(captured, "defect", **LOGIN).serial)
    echoing = captured.fleet.add("camera_12_9", "a proxy")
    location = f"http://{PROXY_PASSWORD}/{quote(PROXY_PASSWORD, '/')}/{PROXY_LOGIN}"
    echoing.plant_fault("http_status", status=302, headers=(("Location", location),), times=None)
    add_camera(captured, "echoing-proxy", **LOGIN, axis_proxy=proxy_url(echoing.port))
    add_camera(captured, "closed-proxy", **LOGIN, axis_proxy=proxy_url(closed.getsockname()[1]))
