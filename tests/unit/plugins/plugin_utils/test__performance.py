# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The optimizations have the effect that makes them faster; docs/benchmarks.md has the gains."""

from __future__ import annotations

import gc

from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import system_context
from ansible_collections.camfleet.axis.plugins.plugin_utils._performance import (
    exclude_play_from_garbage_collection,
    prepare_workers,
)


def test_workers_do_not_read_the_certificates_of_the_system() -> None:
    system_context.cache_clear()
    prepare_workers()
    assert system_context.cache_info().currsize == 1


def test_data_of_the_play_is_not_searched_for_garbage() -> None:
    before = gc.get_freeze_count()
    try:
        exclude_play_from_garbage_collection()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
