# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the VAPIX APIs: their texts, and whether a write may have been applied."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response, rejected_call


def test_malformed_response_may_follow_an_applied_write() -> None:
    error = malformed_response("The response is not JSON")
    assert (error.kind, error.maybe_applied) == ("malformed_response", True)
    assert "axis_port" in error.render({"port": "axis_port"})[1]


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (None, "The device rejects create.cgi with error 20"),
        ("", "The device rejects create.cgi with error 20"),
        ("Invalid argument.", "The device rejects create.cgi with error 20: Invalid argument"),
    ],
)
def test_rejection_has_call_code_and_reason(reason: str | None, message: str) -> None:
    error = rejected_call(
        calls.CREATE_GROUP, "invalid_request", "error 20", "Correct it.", reason=reason, code=20, description=reason
    )
    assert (error.message, error.code, error.description) == (message, 20, reason)


@pytest.mark.parametrize(
    ("call", "kind", "maybe_applied"),
    [
        (calls.CREATE_GROUP, "invalid_request", False),
        (calls.CREATE_GROUP, "device_error", True),
        (calls.LIST_GROUPS, "device_error", False),
    ],
)
def test_only_a_write_with_an_unknown_error_may_be_applied(call: calls.Call, kind: str, maybe_applied: bool) -> None:
    assert rejected_call(call, kind, "error 10", "Run again.", reason=None).maybe_applied is maybe_applied
