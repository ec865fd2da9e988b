# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task with the installed libraries: it works, or it is refused before anything is sent.

``tests/libraries.py`` runs this in environments with other libraries, and says which of them are refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_group
from tests.libraries import REFUSED
from tests.parameters import group_parameters
from tests.reliability.fault_cases import TASK, add_camera, retention
from tests.simulator import Fleet

REFUSED_LIBRARY = os.environ.get(REFUSED, "")


def run(**place: Any) -> dict[str, Any]:
    """Run the task at an address and return its result."""
    parameters = group_parameters(**place, **TASK)
    return run_recording_group(parameters, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_task_is_done_or_refused_before_anything_is_sent(scheme: str) -> None:
    with Fleet() as fleet:
        device = add_camera(fleet, scheme=scheme)
        if scheme == "http":
            result = run(host=device.host, port=device.port, protocol=scheme)
        else:
            pin = device.certificate_sha256
            result = run(host=device.host, port=device.tls_port, protocol=scheme, tls_fingerprint=pin)
        if REFUSED_LIBRARY:
            assert result["error"]["kind"] == "unsafe_library"
            assert f"The Python library {REFUSED_LIBRARY} " in result["msg"]
            assert device.connections == 0
        else:
            assert result["changed"] is True, result
        assert retention(device) == (720 if REFUSED_LIBRARY else int(TASK["retention_time"]))


def test_system_does_not_extend_ca_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "another.pem")
    with Fleet() as fleet:
        device = add_camera(fleet, scheme="https", certificate="ca", names=("127.0.0.1",))
        monkeypatch.setenv("SSL_CERT_FILE", str(fleet.ca_path))
        place = {"host": device.host, "port": device.tls_port, "protocol": "https"}
        for trust in ({"ca_path": str(tmp_path / "another.pem")}, {"tls_fingerprint": "0" * 64}):
            result = run(**place, **trust)
            assert result["error"]["kind"] == ("unsafe_library" if REFUSED_LIBRARY else "tls")
        assert device.journal == []
        assert run(**place, ca_path=str(fleet.ca_path))["changed"] is not bool(REFUSED_LIBRARY)
