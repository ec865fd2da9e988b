# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first runs of camfleet.axis.awx_setup on a controller, and an upgrade while a roll-out awaits its approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.integration.controller import Controller, Job, Repository, State, User
from tests.playbook import PlaybookRun

AUDIT, ROLL_OUT = "Axis audit with report", "Axis audit, approval, roll-out, audit"
NEW_PLAYBOOK, NEW_TEMPLATE = "device_check.yml", "Axis device check"
NODES = "workflow_job_template_nodes"
ROLL_OUT_EDGES = {
    ("before_start", "success", "before_audit"),
    ("before_audit", "always", "before_merge"),
    ("before_merge", "always", "approval"),
    ("approval", "success", "roll_out_start"),
    ("roll_out_start", "success", "roll_out"),
    ("roll_out", "always", "after_start"),
    ("after_start", "success", "after_audit"),
    ("after_audit", "always", "after_merge"),
}
_PATHS = ("success_nodes", "failure_nodes", "always_nodes")


ORGANIZATION_ADMIN = User("orgadmin", 2, admin_of=frozenset({"Default"}))


@dataclass(frozen=True)
class FirstRuns:
    """The first run, of a system administrator while AWX cannot reach the repository, and the state after the second.

    An organization administrator made the second run.
    """

    unreachable: PlaybookRun
    state: State


@dataclass(frozen=True)
class Upgrade:
    """An upgrade: the run, the approvals that were pending before it, and the state after it.

    :param unguarded: after which writes a launch could roll out without an approval.
    :param mine: the ID of a node that a user added.
    """

    run: PlaybookRun
    pending: list[int]
    unguarded: list[str]
    written: list[str]
    mine: int
    state: State


class Guarded(Controller):
    """A controller that records after which writes a launch could roll out without an approval.

    :param writes_left: after so many writes, it rejects all requests, as if the run were killed; None for no limit.
    """

    def __init__(self, repository: Repository | None = None, *, galaxy_credential: bool = True) -> None:
        self.unguarded: list[str] = []
        self.writes_left: int | None = None
        super().__init__(repository, galaxy_credential=galaxy_credential)

    def respond(self, method: str, path: str, data: dict[str, Any], authorization: str) -> tuple[int, Any]:
        """Respond, and check the nodes."""
        if self.writes_left == 0:
            return 503, {"detail": "Service Unavailable"}
        response = super().respond(method, path, data, authorization)
        if method != "GET":
            if self.writes_left is not None:
                self.writes_left -= 1
            if self.can_roll_out():
                self.unguarded.append(f"{method} {path}")
        return response

    def can_roll_out(self) -> bool:
        """Return whether a roll-out is reachable from a root without an approval."""
        nodes = self.objects.get(NODES, {})
        children = [self.links.get((NODES, node, name), []) for node in nodes for name in _PATHS]
        found = nodes.keys() - {child for others in children for child in others}
        reached: set[int] = set()
        while found:
            node = found.pop()
            reached.add(node)
            template = self.state.template(nodes[node]["unified_job_template"])
            if template is not None and template[1]["name"] == "Axis roll-out":
                return True
            is_approval = template is not None and template[0] == "workflow_approval_templates"
            paths = _PATHS[1:] if is_approval else _PATHS
            links = (self.links.get((NODES, node, name), []) for name in paths)
            found |= {child for others in links for child in others} - reached
        return False


def plant_earlier_version(awx: Controller) -> int:
    """Replace the nodes of the roll-out by those of version 0.1 and an approval of a user, and return its node."""
    workflow = awx.named("workflow_job_templates", ROLL_OUT)["id"]
    kept: dict[str, int] = {}
    for node in awx.state.all(NODES):
        if node["workflow_job_template"] == workflow and node["identifier"] not in {"approval", "roll_out"}:
            assert awx.request("DELETE", f"{NODES}/{node['id']}/")[0] == 204
        elif node["workflow_job_template"] == workflow:
            kept[node["identifier"]] = node["id"]
    audit = awx.named("workflow_job_templates", AUDIT)["id"]
    for name, template in (("before", audit), ("after", audit), ("mine", None)):
        fields = {"identifier": name, "workflow_job_template": workflow, "unified_job_template": template}
        kept[name] = awx.request("POST", f"{NODES}/", fields)[1]["id"]
    awx.request("POST", f"{NODES}/{kept['mine']}/create_approval_template/", {"name": "Mine"})
    for first, relation, second in (
        *(("before", "always", "mine"), ("mine", "success", "approval")),
        *(("approval", "success", "roll_out"), ("roll_out", "always", "after")),
    ):
        url = f"{NODES}/{kept[first]}/{relation}_nodes/"
        assert awx.request("POST", url, {"id": kept[second]})[0] == 204
    return kept["mine"]


def launch_roll_out(awx: Controller) -> Job:
    """Launch the workflow with the default answers, until it awaits an approval."""
    workflow = awx.named("workflow_job_templates", ROLL_OUT)
    answers = {question["variable"]: question["default"] for question in workflow["survey_spec"]["spec"]}
    url = f"workflow_job_templates/{workflow['id']}/launch/"
    status, response = awx.request("POST", url, {"extra_vars": answers})
    assert status == 201, response
    awx.settle()
    return awx.job(response["workflow_job"])


def pending_approvals(awx: Controller) -> list[Job]:
    """Return the approvals without a decision."""
    return [job for job in awx.state.jobs.values() if job.kind == "workflow_approval" and job.status == "pending"]


def approve(awx: Controller) -> None:
    """Approve what is pending, and run the workflow to its end."""
    (approval,) = pending_approvals(awx)
    assert awx.request("POST", f"workflow_approvals/{approval.number}/approve/")[0] == 204
    awx.settle()


def edges(awx: Controller) -> set[tuple[str, str, str]]:
    """Return the edges of all workflows: identifier, relation, identifier."""
    nodes = awx.objects[NODES]
    return {
        (nodes[first]["identifier"], relation.removesuffix("_nodes"), nodes[second]["identifier"])
        for (endpoint, first, relation), others in awx.links.items()
        if endpoint == NODES
        for second in others
    }


def written(awx: Controller) -> list[str]:
    """Return method and endpoint of each write."""
    return [f"{method} {path.split('/')[3]}" for method, path in awx.writes]


def summary(run: PlaybookRun) -> str:
    """Return the summary of a run."""
    lines: list[str] = run.results["Show the summary", "localhost"]["msg"]
    return "\n".join(lines)
