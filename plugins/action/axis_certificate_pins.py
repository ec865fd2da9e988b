# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_certificate_pins, which its module documents."""

from __future__ import annotations

import os
import stat
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Names,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.modules import axis_certificate_pins
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import strip_tags
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    check_absolute,
    decode_text,
    locked,
    replace_file,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import check_inventory
from ansible_collections.camfleet.axis.plugins.plugin_utils._pins import (
    PIN,
    ObservedCertificate,
    PinUpdate,
    parse_pins,
    render_lines,
    render_pins,
    update_pins,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import build_host_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    abbreviate,
    render_failure,
)

#: What the playbook registers on each host.
CAMERA = "pin_certificates_camera"


class ActionModule(FleetAction):
    """The action of axis_certificate_pins."""

    module = axis_certificate_pins
    variables: ClassVar[Names] = {"path": "pin_certificates_file", "replace": "pin_certificates_replace"}

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Write the pins, and return which hosts were pinned, kept or refused."""
        check_inventory(task_vars)
        check_absolute(parameters["path"], Option("path"))
        path = os.path.realpath(parameters["path"])
        host_variables = HostVariables(self, task_vars)
        observed: dict[str, ObservedCertificate] = {}
        skipped, unread = [], {}
        for host in select_hosts(parameters, task_vars):
            if found := _observed_certificate(host_variables, host):
                observed[strip_tags(host)] = found
            elif (host_variables.raw(host).get(CAMERA) or {"skipped": True}).get("skipped"):
                skipped.append(strip_tags(host))
            else:
                unread[strip_tags(host)] = render_failure(strip_tags(host_variables.raw(host)[CAMERA]))
        try:
            with locked(os.path.dirname(path)):
                before = _read_file(path)
                pins = _parse_file(path, before)
                update = update_pins(pins, observed, replace=parameters["replace"])
                after = before if update.pins == pins else render_pins(update.pins)
                if after != before and not self._task.check_mode:
                    replace_file(path, after)
        except OSError as error:
            raise invalid_option(
                f"{path} cannot be read and written: {error.strerror or error}",
                Message("Set {option} to a writable file in an existing directory.", {"option": Option("path")}),
            ) from error
        lines = render_lines(path, update, unread, check_mode=bool(self._task.check_mode))
        result = _build_result(path, before, after, update, observed)
        return {**result, "unread": [*unread], "skipped_hosts": skipped, "lines": lines}


def _observed_certificate(host_variables: HostVariables, host: str) -> ObservedCertificate | None:
    camera = host_variables.raw(host).get(CAMERA) or {}
    if camera.get("failed") or camera.get("unreachable") or not camera.get("certificate"):
        return None
    variable = host_variables.read(host, (PIN,)).get(PIN)
    return ObservedCertificate(strip_tags(camera["certificate"]["sha256"]), None if variable is None else str(variable))


def _read_file(path: str) -> str:
    # The playbook checks this before the first request, in check mode, too.
    if not os.access(os.path.dirname(path), os.W_OK):
        raise PermissionError("its directory is not writable")
    if not os.path.lexists(path):
        return ""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("it is not a regular file")
    with open(path, "rb") as file:
        content = file.read()
    return decode_text(path, content)


def _parse_file(path: str, text: str) -> dict[str, str]:
    try:
        return parse_pins(text)
    except InvalidOptionError as error:
        message, next_step = error.texts
        raise invalid_option(Message("{path} {message}", {"path": path, "message": message}), next_step) from error


def _build_result(
    path: str, before: str, after: str, update: PinUpdate, observed: dict[str, ObservedCertificate]
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "changed": before != after,
        "path": path,
        "pinned": update.pinned,
        "kept": update.kept,
        "refused": {
            host: {
                "shown": observed[host].shown,
                "pinned": pin,
                "msg": _render_refusal(host, observed[host].shown, pin),
            }
            for host, pin in update.refused.items()
        },
        "refused_host_patterns": [build_host_pattern(host) for host in update.refused],
        "diff": {
            "before": _escape_lines(before),
            "after": _escape_lines(after),
            "before_header": escape_invisible(path),
            "after_header": escape_invisible(path),
        },
    }
    if update.elsewhere:
        hosts = abbreviate(update.elsewhere)
        result["warnings"] = [
            f"A file other than {path} sets {PIN} of {hosts} to the old fingerprint. Remove it there."
        ]
    return result


def _escape_lines(text: str) -> str:
    return "\n".join(map(escape_invisible, text.split("\n")))


def _render_refusal(host: str, shown: str, pin: str) -> str:
    return (
        f"{host} presents the certificate {shown}, but {pin} is pinned: the certificate was renewed, or the connection "
        "is intercepted. The pin is unchanged. If this is the certificate of the camera, replace the pin: set "
        "pin_certificates_replace to true, and --limit to this host."
    )
