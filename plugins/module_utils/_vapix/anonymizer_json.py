# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write JSON of a device, and of the device check, with the values that a profile may show; other keys are counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._vapix import firmware_names as names
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues

Rule = Callable[[str], str]

_OTHERS = "<other keys>"
_MAX_ITEMS = 300
_MAX_DEPTH = 8
_VERSION_KEY = re.compile(r"v[0-9]{1,3}(?:alpha|beta)?[0-9]{0,2}", re.ASCII)
_REST_WORDS = frozenset({"", "config", "rest", "discover", "doc", "ui", "openapi", "openapi.json", "model", "apis"})
_METHODS = ("getApiList", "getSupportedVersions", "getAllProperties", "getAllUnrestrictedProperties", "getProperties")
_STATES = ("released", "official", "beta", "alpha", "deprecated", "success", "error", "stable", "experimental")
#: Keys whose values are objects or lists with rules of their own.
_CONTAINERS = frozenset({"data", "apiList", "propertyList", "error", "params", "apis", "apiVersions"})


class JSONAnonymizer:
    """Writes JSON with the values of one device check."""

    def __init__(self, values: ShownValues) -> None:
        self._values = values
        self._rules = _build_rules(values)

    def rewrite(self, body: bytes) -> str | None:
        """Return a document, or None if it is not one."""
        if body.lstrip()[:1] not in (b"{", b"["):
            return None
        try:
            content = json.loads(body.rstrip(b" \t\r\n\0"))
        except (ValueError, RecursionError):
            return None
        return json.dumps(self._show(content, 0))

    def _show(self, value: Any, depth: int, rule: Callable[[str], str] | None = None) -> Any:
        if depth > _MAX_DEPTH:
            return "<more>"
        if isinstance(value, Mapping):
            return self._show_object(value, depth)
        if isinstance(value, list):
            shown = [self._show(item, depth + 1, rule) for item in value[:_MAX_ITEMS]]
            return [*shown, f"<{len(value) - _MAX_ITEMS} more>"] if len(value) > _MAX_ITEMS else shown
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            number = self._values.number(repr(value))
            return number if number.startswith("<") else value
        return rule(value) if rule is not None else self._values.text("text")(value)

    def _show_object(self, value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for key, item in value.items():
            if key == "apis" and isinstance(item, Mapping):
                shown[key] = self._show_apis(item, depth + 1)
            elif key in _CONTAINERS:
                shown[key] = self._show(item, depth + 1, self._values.version if key == "apiVersions" else None)
            elif key in self._rules:
                shown[key] = self._show(item, depth + 1, self._rules[key])
        others = len(value) - len(shown)
        return {**shown, _OTHERS: others} if others else shown

    def _show_apis(self, apis: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """Return the list of /config/discover, whose keys are names and versions."""
        shown: dict[str, Any] = {}
        for name, versions in list(apis.items())[:_MAX_ITEMS]:
            if self._values.api(name) != name or not isinstance(versions, Mapping):
                continue
            shown[name] = {
                version: self._show(item, depth + 1)
                for version, item in versions.items()
                if _VERSION_KEY.fullmatch(version)
            }
        others = len(apis) - len(shown)
        return {**shown, _OTHERS: others} if others else shown


def _build_rules(values: ShownValues) -> dict[str, Callable[[str], str]]:
    """Return the rules for texts by their key."""
    path = ("rest_api", "doc", "model", "rest_openapi", "rest_ui")
    return {
        **dict.fromkeys(("apiVersion", "version", "framework_version"), values.version),
        "method": values.one_of(*_METHODS, kind="method"),
        "id": values.api,
        "name": lambda text: values.placeholder("name", text),
        "message": values.words,
        "docLink": lambda text: values.placeholder("link", text),
        "WebURL": lambda text: values.placeholder("link", text),
        **dict.fromkeys(("status", "state"), values.one_of(*_STATES, kind="status")),
        "code": values.number,
        **build_property_rules(values),
        **dict.fromkeys(("SerialNumber", "SocSerialNumber"), lambda text: values.placeholder("serial", text)),
        **dict.fromkeys(path, values.form("path", _is_rest_path)),
    }


def build_property_rules(values: ShownValues) -> dict[str, Rule]:
    """Return the rules for the properties of a device that describe its product and its firmware."""
    return {
        **dict.fromkeys(("ProdNbr", "ProdFullName", "ProdShortName"), values.form("model", names.is_model)),
        "ProdType": values.form("type", names.is_product_type),
        "ProdVariant": values.form("variant", names.is_variant),
        "Brand": values.one_of("AXIS", kind="brand"),
        "Version": values.form("version", names.is_firmware),
        "HardwareID": values.form("hardware", names.is_hardware_id),
        "Architecture": values.form("architecture", names.is_architecture),
        "Soc": values.form("chip", names.is_chip),
        "BuildDate": values.form("date", names.is_build_date),
    }


def _is_rest_path(text: str) -> bool:
    return text.startswith("/config/") and all(
        step in _REST_WORDS or step in names.API_IDS or _VERSION_KEY.fullmatch(step) for step in text.split("/")
    )
