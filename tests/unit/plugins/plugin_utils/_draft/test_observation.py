# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run saw on one device."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation


def test_what_was_not_read_is_not_known() -> None:
    """That is neither no disks nor no recording actions."""
    seen = Observation("gate", site=None, model=None, firmware=None, serial=None, groups=())
    assert (seen.disks, seen.recording, seen.listed_serial) == (None, None, None)
