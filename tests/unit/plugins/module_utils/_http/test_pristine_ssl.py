# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ssl module of the standard library is used, whatever replaced parts of it."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.pristine_ssl import load_pristine_ssl


@pytest.fixture(autouse=True)
def unloaded() -> Iterator[None]:
    """Load the module again in each test."""
    load_pristine_ssl.cache_clear()
    yield
    load_pristine_ssl.cache_clear()


def test_the_copy_changes_nothing_for_others() -> None:
    before, modules = dict(vars(ssl)), set(sys.modules)
    pristine = load_pristine_ssl()
    assert vars(ssl) == before
    assert set(sys.modules) == modules
    assert pristine.SSLContext is not ssl.SSLContext
    assert pristine.SSLError is ssl.SSLError


def test_threads_may_load_it_at_once() -> None:
    barrier, loaded = threading.Barrier(10), []

    def load() -> None:
        barrier.wait()
        loaded.append(load_pristine_ssl().SSLContext)

    threads = [threading.Thread(target=load) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 10


def test_replaced_class_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Replaced(ssl.SSLContext):
        pass

    monkeypatch.setattr(ssl, "SSLContext", Replaced)
    pristine = load_pristine_ssl()
    context = pristine.SSLContext(pristine.PROTOCOL_TLS_CLIENT)
    assert not isinstance(context, Replaced)
    # A replaced class breaks the setters of the original one, which refer to it by name.
    context.minimum_version = pristine.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED


def test_replaced_module_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError

    for name in ("__init__", "__new__", "load_verify_locations", "wrap_socket"):
        monkeypatch.setattr(ssl.SSLContext, name, fail, raising=False)
    monkeypatch.setitem(sys.modules, "ssl", type(sys)("ssl"))
    pristine = load_pristine_ssl()
    assert pristine.SSLContext(pristine.PROTOCOL_TLS_CLIENT).verify_mode == ssl.CERT_REQUIRED
