# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what: the roles that AWX requires for each object (``access.py``, ``models/organization.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.integration.controller.state import ApiError, Item, Session, State

_FORBIDDEN = {"detail": "You do not have permission to perform this action."}
_NO_APPROVAL = {"detail": "User does not have permission to approve or deny this workflow."}
_ANONYMOUS = {
    "detail": "Authentication credentials were not provided. To establish a login session, visit /api/login/."
}
_MANAGED = {"detail": "Modifications not allowed for managed credential types"}
_IN_USE = {"detail": "Modifications to inputs are not allowed for credential types that are in use"}


def authenticate(state: State, authorization: str) -> Session:
    """Return the session of a token."""
    session = state.sessions.get(authorization.removeprefix("Bearer "))
    if session is None:
        raise ApiError(401, _ANONYMOUS)
    return session


def is_admin(state: State, session: Session, endpoint: str, item: Mapping[str, Any]) -> bool:
    """Return whether the user administers the organization of an object. All its roles include that."""
    organization = state.organization_of(item, endpoint)
    return session.user.is_superuser or (organization is not None and organization["name"] in session.user.admin_of)


def check_write(state: State, session: Session, endpoint: str, item: Mapping[str, Any]) -> None:
    """Fail unless the user may create, change, or delete an object.

    A credential type and a new organization require a superuser: ``access.py:BaseAccess.can_add`` and ``can_change``.
    A read-only token may write nothing: ``api/generics.py:APIView.check_permissions``.
    """
    check_scope(session)
    global_object = endpoint == "credential_types" or (endpoint == "organizations" and "id" not in item)
    if session.user.is_superuser or (not global_object and is_admin(state, session, endpoint, item)):
        return
    raise ApiError(403, _FORBIDDEN)


def check_scope(session: Session) -> None:
    """Fail if the scope of the token is read."""
    if session.scope == "read":
        raise ApiError(403, _FORBIDDEN)


def check_launch(state: State, session: Session, endpoint: str, item: Item) -> None:
    """Fail unless the user may launch a template; execute_role suffices (``access.py:JobLaunchConfigAccess``)."""
    check_scope(session)
    if not is_admin(state, session, endpoint, item) and ("execute_role", item["name"]) not in session.user.roles:
        raise ApiError(403, _FORBIDDEN)


def may_approve(state: State, session: Session, workflow: Item) -> bool:
    """Return whether a user may approve or deny: not with execute_role alone (``access.py:WorkflowApprovalAccess``).

    Parents of approval_role are approval_role of the organization and admin_role of the workflow.
    """
    is_approver = ("approval_role", workflow["name"]) in session.user.roles
    return is_approver or is_admin(state, session, "workflow_job_templates", workflow)


def check_approval(state: State, session: Session, workflow: Item) -> None:
    """Fail unless the user may approve or deny (``api/views/__init__.py:WorkflowApprovalApprove``)."""
    check_scope(session)
    if not may_approve(state, session, workflow):
        raise ApiError(403, _NO_APPROVAL)


def check_settings(session: Session) -> None:
    """Fail unless the user may read the settings: superusers only (``awx/conf/views.py``)."""
    if not session.user.is_superuser:
        raise ApiError(403, _FORBIDDEN)


def check_inputs(state: State, item: Item, data: Mapping[str, Any]) -> None:
    """Fail if a managed credential type, or the inputs of one in use, change, also for a superuser.

    Source: ``api/serializers.py:CredentialTypeSerializer.validate``.
    """
    if item["managed"]:
        raise ApiError(403, _MANAGED)
    in_use = any(credential["credential_type"] == item["id"] for credential in state.all("credentials"))
    if in_use and "inputs" in data and data["inputs"] != item["inputs"]:
        raise ApiError(403, _IN_USE)
