# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ``ssl`` module of the standard library without the changes that others made to it.

truststore, pip-system-certs, and gevent replace ``ssl.SSLContext`` in the whole process. A context of truststore, for
example, trusts the certificates of the system in addition to those of ``ca_path``.
"""

from __future__ import annotations

import sys
import threading
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

# Not "ssl", which stays as it is for all other code. The enumerations of ssl look their module up by this name.
_NAME = "ansible_collections.camfleet.axis._pristine_ssl"
_LOCK = threading.Lock()


@cache
def load_pristine_ssl() -> Any:
    """Return a second copy of the module ``ssl``, executed from the standard library.

    :raises ImportError: if its source cannot be found.
    """
    original = PathFinder.find_spec("ssl")
    spec = spec_from_file_location(_NAME, original.origin) if original and original.origin else None
    if spec is None or spec.loader is None:
        raise ImportError("the module ssl of the standard library cannot be found", name="ssl")
    module = module_from_spec(spec)
    with _LOCK:
        sys.modules[_NAME] = module
        try:
            spec.loader.exec_module(module)
        finally:
            del sys.modules[_NAME]
    return module
