# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials: what they add to a job, and which of their fields are secret or missing."""

from __future__ import annotations

from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.integration import awx_job
from tests.integration.controller.state import Item, State

#: Secret fields of the type Machine (``models/credential/__init__.py``, namespace ssh).
_MACHINE_SECRETS = {"password", "ssh_key_data", "ssh_key_unlock", "become_password"}


def secret_fields(kind: Item) -> set[str]:
    """Return the secret fields of a credential type."""
    if kind["kind"] == "ssh":
        return _MACHINE_SECRETS
    return {item["id"] for item in kind["inputs"].get("fields", []) if item.get("secret")}


def credentials_of(state: State, template: Item) -> list[Item]:
    """Return the credentials of a job template."""
    numbers = state.linked("job_templates", template["id"], "credentials")
    return [state.get("credentials", number) for number in numbers]


def missing_fields(state: State, template: Item) -> tuple[str, list[str]] | None:
    """Return name and missing fields of a credential (``models/unified_jobs.py:UnifiedJob.pre_start``)."""
    for credential in credentials_of(state, template):
        kind = state.get("credential_types", credential["credential_type"])
        missing = [name for name in kind["inputs"].get("required", []) if not credential["inputs"].get(name)]
        if missing:
            return credential["name"], sorted(missing)
    return None


def inject(state: State, template: Item) -> awx_job.Credential:
    """Return what the credentials of a template add to a job.

    A custom type has injectors (``models/credential/__init__.py:CredentialType.inject_credential``). The type Machine
    sets ``-u`` and ``--ask-pass`` (``tasks/jobs.py:RunJob.build_args`` and ``build_passwords``).
    """
    extra_vars: dict[str, str] = {}
    env: dict[str, str] = {}
    passwords: dict[str, str] = {}
    user = ""
    for credential in credentials_of(state, template):
        kind = state.get("credential_types", credential["credential_type"])
        values = {**credential["inputs"], **state.secrets.get(credential["id"], {})}
        if kind["kind"] == "ssh":
            user = values.get("username", "")
            passwords |= {"SSH password:": values["password"]} if values.get("password") else {}
            continue
        # ``tasks/jobs.py:RunJob.build_args`` and ``get_password_prompts``, without a vault ID.
        if kind["kind"] == "vault":
            passwords["Vault password:"] = values["vault_password"]
            continue
        extra_vars |= _render(kind["injectors"].get("extra_vars", {}), values)
        env |= _render(kind["injectors"].get("env", {}), values)
    return awx_job.Credential(user=user, passwords=passwords, extra_vars=extra_vars, env=env)


def _render(templates: dict[str, str], values: dict[str, Any]) -> dict[str, str]:
    renderer = ImmutableSandboxedEnvironment()
    return {name: renderer.from_string(text).render(**values) for name, text in templates.items()}
