# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module as a process of its own, on the machine that ``delegate_to`` names."""

from __future__ import annotations

import os
import select
import shutil
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names
from ansible_collections.camfleet.axis.plugins.module_utils._http import transport
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import unexpected_error_result
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import xml

# The environment variables in which a delegated module receives the names of options, and a serial number.
_NAMES_VARIABLE = "CAMFLEET_AXIS_OPTION_NAMES"
_SERIAL_VARIABLE = "CAMFLEET_AXIS_CHECKED_SERIAL"
#: The key with which a delegated module returns that no other one may send its login again.
LOGIN_UNCONFIRMED = "login_unconfirmed"
_STDOUT = 1


def build_names_environment(names: Names) -> dict[str, str]:
    """Return the environment of a delegated module that names options as this user sets them."""
    return {_NAMES_VARIABLE: ",".join(f"{option}={name}" for option, name in names.items())}


def build_serial_environment(serial: str | None) -> dict[str, str]:
    """Return the environment of a delegated module that requires the device that was checked before, if it is known."""
    return {} if serial is None else {_SERIAL_VARIABLE: serial}


def _open_session(settings: ConnectionSettings, opened: list[Session]) -> Session:
    session = Session(settings)
    session.checked_serial = os.environ.get(_SERIAL_VARIABLE)
    opened.append(session)
    return session


def _parse_names() -> dict[str, str]:
    pairs = (item.partition("=") for item in os.environ.get(_NAMES_VARIABLE, "").split(","))
    return {option: name for option, equals, name in pairs if equals}


def missing_library() -> tuple[str, str] | None:
    """Return name and traceback of the first library that cannot be imported, or ``None``."""
    for name, traceback in (("requests", transport.IMPORT_ERROR), ("lxml", xml.IMPORT_ERROR)):
        if traceback is not None:
            return name, traceback
    return None


def _end_without_reader(module: AnsibleModule) -> None:
    """From now on, end the process when nothing reads its result: the controller or the connection has ended."""

    def end(*_arguments: Any) -> None:
        # Nothing else removes the file with the arguments, among them the password.
        shutil.rmtree(module.tmpdir, ignore_errors=True)
        os._exit(1)

    def watch() -> None:
        output = select.poll()
        output.register(_STDOUT, 0)
        if any(event & (select.POLLERR | select.POLLHUP) for _descriptor, event in output.poll()):
            end()

    # A terminal sends all of them to the module, too, if it runs on the controller.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, end)
    threading.Thread(target=watch, name="axis-result-reader", daemon=True).start()


def run_module(module: AnsibleModule, run: Callable[..., dict[str, Any]]) -> None:
    """Call a ``run_*`` function of ``_tasks.run`` with a new session, and end the process.

    The result is redacted here, too: with -vvv a connection shows it before the action redacts it.
    """
    if missing := missing_library():
        module.fail_json(msg=missing_required_lib(missing[0]), exception=missing[1])
    _end_without_reader(module)
    secrets = Secrets()
    secrets.add(module.params, module.argument_spec)
    opened: list[Session] = []
    try:
        result = run(
            module.params,
            check_mode=module.check_mode,
            diff=module._diff,
            open_session=partial(_open_session, opened=opened),
            warn=lambda text: module.warn(secrets.protect(text)),
            names=_parse_names(),
        )
    except Exception as error:
        result = unexpected_error_result(error, secrets)
    if any(session.is_login_unconfirmed for session in opened):
        result[LOGIN_UNCONFIRMED] = True
    # Core would add all arguments, as they are without its own protection.
    invocation = {"module_args": secrets.mask(module.params, module.argument_spec)}
    result = {**secrets.protect(result), "invocation": invocation}
    # Core would replace them anywhere in the result, also in verdicts and identifiers.
    getattr(module, "no_log_values", set()).clear()
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
