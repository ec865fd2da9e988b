# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name options in the sentences of a device check as the user sets them. Pure.

The sentences have the variables of the playbook, because a profile and its page are mostly read by its users.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names

_VARIABLE = re.compile(
    r"\bdevice_check_(write|confirm|wait|http_port|https_port|viewer_username|viewer_password)\b", re.ASCII
)


def name_options(text: str, names: Names) -> str:
    """Return a sentence with the name that the user sets for each option."""
    return _VARIABLE.sub(lambda match: names.get(match[1], match[1]), text)


def name_result_options(result: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return the result of a device check with the name that the user sets for each option."""
    texts: dict[str, Any] = {}
    if "summary" in result:
        texts["summary"] = [name_options(text, names) for text in result["summary"]]
    if "open_points" in result:
        texts["open_points"] = [
            {**point, "reason": name_options(point["reason"], names)} for point in result["open_points"]
        ]
    return {**result, **texts}
