# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""usergroup.cgi of a simulated device."""

from __future__ import annotations

from typing import Literal

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.simulator import Fleet
from tests.unit.plugins.module_utils.conftest import settings_for


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_groups_of_the_login_are_listed(scheme: Literal["http", "https"]) -> None:
    with Fleet() as fleet:
        device = fleet.add("camera_12_9", scheme=scheme)
        for user, groups in (("viewer", "viewer"), ("operator", "operator viewer"), ("root", "admin operator viewer")):
            login = {"username": user, "password": device.accounts[user].password}
            body = Session(settings_for(device, **login)).call(calls.USER_GROUP)
            assert body.decode() == f"{user}\n{user} {groups} ptz\n"
