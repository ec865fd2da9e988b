# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module file does when it runs as a module, on the machine that ``delegate_to`` names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.camfleet.axis.plugins.module_utils._http import transport
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._redaction import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import unexpected_error_result
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import xml


def missing_library() -> tuple[str, str] | None:
    """Name and traceback of the first library that cannot be imported, if any."""
    for name, traceback in (("requests", transport.IMPORT_ERROR), ("lxml", xml.IMPORT_ERROR)):
        if traceback is not None:
            return name, traceback
    return None


def run_module(module: AnsibleModule, run: Callable[..., dict[str, Any]]) -> None:
    """Run one of the ``run_*`` functions of ``_run`` with a session of its own, and end the process.

    Scrubbed here, too: with -vvv a connection shows what came back before the action has seen it.
    """
    if missing := missing_library():
        module.fail_json(msg=missing_required_lib(missing[0]), exception=missing[1])
    secrets = Secrets()
    secrets.learn(module.params, module.argument_spec)
    try:
        result = run(
            module.params,
            check_mode=module.check_mode,
            diff=module._diff,
            open_session=Session,
            warn=lambda text: module.warn(secrets.scrub(text)),
        )
    except Exception as error:
        result = unexpected_error_result(error)
    result = secrets.scrub(result)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
