# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memory that the tree of the largest response takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import MAX_RESPONSE_SIZE

_PARSE = """
import contextlib, re
from pathlib import Path
from ansible_collections.camfleet.axis.plugins.module_utils import _errors
from ansible_collections.camfleet.axis.plugins.module_utils._http import transport
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import xml

def peak():  # in KiB, of this process alone; resource.getrusage includes the parent
    return int(re.search("VmHWM:[^0-9]*([0-9]+)", Path("/proc/self/status").read_text())[1])

body = eval(sys.argv[1])
before = peak()
with contextlib.suppress(_errors.DeviceError):
    xml.parse(body, "r")
print(peak() - before)
"""


@pytest.mark.parametrize(
    "body",
    [
        f"b'<r>' + b'<a/>' * ({MAX_RESPONSE_SIZE} // 4 - 2) + b'</r>'",
        # The maximum that the parser accepts.
        "b'<r>' + b'<a/>' * 249_990 + b'</r>'",
        "b'<r>' + (b'<a ' + b' '.join(b'a%x=\"\"' % number for number in range(3000)) + b'/>') * 83 + b'</r>'",
        "b'<r ' + b' '.join(b'a%x=\"\"' % number for number in range(700_000)) + b'/>'",
    ],
)
def test_the_memory_of_a_tree_is_bounded(body: str) -> None:
    # A play at 50 forks has 50 of them at the same time.
    script = "import sys\nsys.path[:0] = " + repr(sys.path) + _PARSE
    done = subprocess.run([sys.executable, "-c", script, body], stdout=subprocess.PIPE, text=True, check=True)
    assert int(done.stdout) * 1024 < 8 * MAX_RESPONSE_SIZE
