# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls have short names for messages."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (Call("/axis-cgi/record/list.cgi", write=False), "list.cgi"),
        (Call("/vapix/services", write=True, method="POST", operation="AddActionRule"), "AddActionRule"),
    ],
)
def test_call_has_the_name_of_its_operation_or_file(call: Call, name: str) -> None:
    assert call.name == name
