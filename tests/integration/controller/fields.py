# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of each endpoint: what the API accepts, its defaults, and what it returns. It ignores all others.

Source: ``api/serializers.py``, ``Meta.fields`` of each serializer, and the defaults of the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.integration.controller.state import ROOT, SECRET, ApiError, Item, Session, State

#: A field that a request to create an object must have.
REQUIRED = object()
_NAMED: Mapping[str, Any] = {"name": REQUIRED, "description": ""}
_PROMPTS = [
    "scm_branch",
    "diff_mode",
    "variables",
    "limit",
    "tags",
    "skip_tags",
    "job_type",
    "verbosity",
    "inventory",
    "credential",
    "execution_environment",
    "labels",
    "forks",
    "job_slice_count",
    "timeout",
    "instance_groups",
]
_JOB: Mapping[str, Any] = {
    "job_type": "run",
    "inventory": None,
    "project": None,
    "playbook": "",
    "scm_branch": "",
    "forks": 0,
    "limit": "",
    "verbosity": 0,
    "extra_vars": "",
    "job_tags": "",
    "skip_tags": "",
    "start_at_task": "",
    "timeout": 0,
    "force_handlers": False,
    "use_fact_cache": False,
    "execution_environment": None,
    "host_config_key": "",
    "survey_enabled": False,
    "become_enabled": False,
    "diff_mode": False,
    "allow_simultaneous": False,
    "job_slice_count": 1,
    "prevent_instance_group_fallback": False,
    **{f"ask_{prompt}_on_launch": False for prompt in _PROMPTS},
}
_WORKFLOW: Mapping[str, Any] = {
    "extra_vars": "",
    "organization": None,
    "survey_enabled": False,
    "allow_simultaneous": False,
    "inventory": None,
    "limit": None,
    "scm_branch": None,
    "job_tags": None,
    "skip_tags": None,
    **{
        f"ask_{prompt}_on_launch": False
        for prompt in ["variables", "inventory", "limit", "scm_branch", "labels", "tags", "skip_tags"]
    },
}
_PROMPTED: Mapping[str, Any] = {
    "extra_data": {},
    "inventory": None,
    **dict.fromkeys(
        [
            "scm_branch",
            "job_type",
            "job_tags",
            "skip_tags",
            "limit",
            "diff_mode",
            "verbosity",
            "forks",
            "job_slice_count",
            "timeout",
        ]
    ),
    "execution_environment": None,
}
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "organizations": {**_NAMED, "max_hosts": 0, "default_environment": None},
    "credential_types": {**_NAMED, "kind": REQUIRED, "inputs": {}, "injectors": {}},
    "credentials": {**_NAMED, "organization": None, "credential_type": REQUIRED, "inputs": {}},
    "execution_environments": {**_NAMED, "organization": None, "image": REQUIRED, "pull": "", "credential": None},
    # Only read. A group of a new AWX on nodes, with one instance.
    "instance_groups": {"name": REQUIRED, "is_container_group": False, "instances": 1, "pod_spec_override": ""},
    "projects": {
        **_NAMED,
        **dict.fromkeys(["local_path", "scm_type", "scm_url", "scm_branch", "scm_refspec"], ""),
        **dict.fromkeys(["scm_clean", "scm_track_submodules", "scm_delete_on_update", "scm_update_on_launch"], False),
        "allow_override": False,
        "credential": None,
        "timeout": 0,
        "organization": None,
        "scm_update_cache_timeout": 0,
        "default_environment": None,
        "signature_validation_credential": None,
    },
    "inventories": {
        **_NAMED,
        "organization": REQUIRED,
        "kind": "",
        "host_filter": None,
        "variables": "",
        "prevent_instance_group_fallback": False,
    },
    "inventory_sources": {
        **_NAMED,
        "inventory": REQUIRED,
        **dict.fromkeys(
            [
                "source",
                "source_path",
                "source_vars",
                "scm_branch",
                "enabled_var",
                "enabled_value",
                "host_filter",
                "limit",
            ],
            "",
        ),
        **dict.fromkeys(["credential", "source_project", "execution_environment"]),
        **dict.fromkeys(["overwrite", "overwrite_vars", "update_on_launch"], False),
        "timeout": 0,
        "verbosity": 1,
        "update_cache_timeout": 0,
    },
    "notification_templates": {
        **_NAMED,
        "organization": REQUIRED,
        "notification_type": REQUIRED,
        "notification_configuration": {},
        "messages": None,
    },
    "job_templates": {**_NAMED, **_JOB},
    "workflow_job_templates": {**_NAMED, **_WORKFLOW},
    "workflow_job_template_nodes": {
        "workflow_job_template": REQUIRED,
        "unified_job_template": None,
        "identifier": REQUIRED,
        "all_parents_must_converge": False,
        **_PROMPTED,
    },
    # Not identifier and workflow_job_template, which awx.awx also sends (WorkflowApprovalTemplateSerializer).
    "workflow_approval_templates": {**_NAMED, "timeout": 0},
    "schedules": {**_NAMED, "rrule": REQUIRED, "unified_job_template": REQUIRED, "enabled": True, **_PROMPTED},
}
#: Defaults of a webhook, which AWX adds to what a client sends (``notifications/webhook_backend.py``).
_WEBHOOK = {"http_method": "POST", "disable_ssl_verification": False, "username": "", "password": ""}
_HIDDEN_SETTINGS = ("password", "token")
#: Fields that only AWX sets, and which awx.awx reads.
_READ_ONLY: Mapping[str, Mapping[str, Any]] = {"credential_types": {"managed": False, "namespace": None}}
_TYPES = {"inventories": "inventory"}
_RELATED: Mapping[str, tuple[str, ...]] = {
    "projects": ("update", "playbooks"),
    "job_templates": ("launch", "survey_spec"),
    "workflow_job_templates": ("launch", "survey_spec", "workflow_nodes"),
    "workflow_job_template_nodes": ("create_approval_template", "success_nodes", "failure_nodes", "always_nodes"),
}


def build(state: State, endpoint: str, data: Mapping[str, Any]) -> Item:
    """Return a new object, with the fields that the API accepts and the defaults of the others."""
    fields = FIELDS[endpoint]
    missing = [name for name, default in fields.items() if default is REQUIRED and data.get(name) in (None, "")]
    if missing:
        raise ApiError(400, {name: ["This field is required."] for name in missing})
    number = next(state.ids)
    url = f"{ROOT}{endpoint}/{number}/"
    item = {name: deepcopy(data.get(name, default)) for name, default in fields.items()}
    return {
        **_READ_ONLY.get(endpoint, {}),
        **_stored(item, endpoint),
        "id": number,
        "type": _TYPES.get(endpoint, endpoint.removesuffix("s")),
        "url": url,
        "related": {name: f"{url}{name}/" for name in _RELATED.get(endpoint, ())},
        "summary_fields": {},
    }


def accepted(endpoint: str, data: Mapping[str, Any]) -> Item:
    """Return the fields of a change that the API accepts."""
    return _stored({name: deepcopy(value) for name, value in data.items() if name in FIELDS[endpoint]}, endpoint)


def present(state: State, endpoint: str, item: Item, session: Session) -> Item:
    """Return an object as the API returns it."""
    organization = state.organization_of(item, endpoint)
    # models/organization.py; a read-only token may edit nothing: access.py:get_user_capabilities.
    edit = session.user.is_superuser or (organization is not None and organization["name"] in session.user.admin_of)
    shown = {name: value for name, value in item.items() if name not in {"survey_spec", "playbook_files", "current"}}
    shown["summary_fields"] = {
        **item["summary_fields"],
        "user_capabilities": {"edit": edit and session.scope == "write"},
    }
    if endpoint == "workflow_job_template_nodes":
        _present_node(state, shown)
    return shown


def present_change(endpoint: str, shown: Item, data: Mapping[str, Any]) -> Item:
    """Return the response to a request that creates or changes an object.

    An inventory shows a host_filter of null as an empty text, but only in this response: ``fields.py:SmartFilterField``
    stores NULL, ``api/fields.py:CharNullField`` makes it empty.
    """
    if endpoint == "inventories" and "host_filter" in data and data["host_filter"] is None:
        return {**shown, "host_filter": ""}
    return shown


def hide_secrets(endpoint: str, item: Item, secret: set[str]) -> dict[str, str]:
    """Replace the secrets of an object, and return them (``models/credential``, ``models/notifications.py``)."""
    name = "inputs" if endpoint == "credentials" else "notification_configuration"
    hidden = secret if endpoint == "credentials" else {*_HIDDEN_SETTINGS}
    values: dict[str, Any] = item.get(name) or {}
    found = {key: value for key, value in values.items() if key in hidden and value not in ("", None, SECRET)}
    item[name] = {key: SECRET if key in found else value for key, value in values.items()}
    return found


def _stored(item: Item, endpoint: str) -> Item:
    if endpoint == "inventories" and "kind" in item:
        item["kind"] = item["kind"] or ""
    # api/serializers.py:NotificationTemplateSerializer.validate adds the defaults.
    if endpoint == "notification_templates" and item.get("notification_type") == "webhook":
        item["notification_configuration"] = {**_WEBHOOK, **item["notification_configuration"]}
    if endpoint == "workflow_job_template_nodes" and item.get("extra_data") is None:
        item.pop("extra_data", None)
    return item


def _present_node(state: State, shown: Item) -> None:
    """Add what a node shows of its template and its children (WorkflowJobTemplateNodeSerializer)."""
    for relation in ("success_nodes", "failure_nodes", "always_nodes"):
        shown[relation] = list(state.linked("workflow_job_template_nodes", shown["id"], relation))
    found = state.template(shown["unified_job_template"])
    if found is None:
        return
    endpoint, template = found
    kind = {
        "job_templates": "job",
        "workflow_job_templates": "workflow_job",
        "workflow_approval_templates": "workflow_approval",
        "projects": "project_update",
    }
    shown["related"] = {**shown["related"], "unified_job_template": template["url"]}
    shown["summary_fields"]["unified_job_template"] = {
        "id": template["id"],
        "name": template["name"],
        "description": template["description"],
        "unified_job_type": kind.get(endpoint, "inventory_update"),
    }
