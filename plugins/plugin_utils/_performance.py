# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Code that exists only because it is faster, with its measured gain (``docs/benchmarks.md``, Optimizations).

An optimization that gains less than 5 % of the CPU that the collection itself takes for a camera does not stay.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from datetime import datetime, timezone

from ansible_collections.camfleet.axis.plugins.module_utils._http.libraries import find_unsafe_library
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import system_context
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEVICE_SPEC,
    build_connection_settings,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import HOLDS_SPEC, build_allowances
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC, build_policy
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import grade
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

_STREAM_OPTIONS = "resolution=1920x1080&camera=1"
_EXAMPLE = {
    "host": "192.0.2.1",
    "port": "80",
    "username": "example",
    "password": "p\u00e4ss & word",
    "groups": [{"recording_group_id": "example", "retention_time": "30d", "stream_options": _STREAM_OPTIONS}],
}


def prepare_workers() -> None:
    """Do once, in the process from which all workers are forked, what each of them would do for the first time.

    Check the libraries, read the certificates that the system trusts, and plan an example, which loads codecs,
    patterns, and types. Gain: 24.6 ms per camera with HTTPS, and 1.2 ms with HTTP.
    """
    if find_unsafe_library() is None:
        system_context()
    secrets = Secrets()
    secrets.add(_EXAMPLE, DEVICE_SPEC)
    secrets.protect(secrets.mark((*map(str, _EXAMPLE.values()), secrets.clean(_STREAM_OPTIONS))))
    parameters = validate(_EXAMPLE, {**DEVICE_SPEC, **HOLDS_SPEC, **POLICY_SPEC})
    build_connection_settings(parameters)
    policy, allowances = build_policy(parameters), build_allowances(parameters, datetime.now(timezone.utc))
    groups = [RecordingGroup("example", "", "", 1, "", _STREAM_OPTIONS, 0, 0)]
    grade(policy, make_plan(groups, policy.desired_groups(groups), allowances), groups, allowances)
    # urllib3 checks the headers of each response like this, and Python remembers the result for the type.
    isinstance([], Mapping)


def exclude_play_from_garbage_collection() -> None:
    """Keep the garbage collector of a worker from searching, and so copying, the data of the whole play.

    Gain: 2.4 ms per camera with 3,000 cameras, 200 ms in each worker that collects.
    """
    gc.freeze()
