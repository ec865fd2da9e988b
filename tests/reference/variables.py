# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the reference of all variables that a user sets.

Those of the role come from its argument specification, those of the connection from the documentation of the modules.
Playbooks have no argument specification in Ansible, so that PLAYBOOK_VARIABLES describes theirs. Tests compare all of
them with the playbooks.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import yaml

from ansible_collections.camfleet.axis.plugins.doc_fragments.device import ModuleDocFragment
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    CONNECTIONS,
    MAX_FAIL_PERCENTAGE,
    MAX_LOGIN_FAILURES,
    OWNER,
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    PURPOSE,
    REPORT_VARIABLES,
    SIGN_COMMAND,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import ALLOWANCES
from tests.playbook import CHECKOUT
from tests.reference.pages import LABEL, link, render_default, to_rst, wrap

_MODULES = "ansible_collections.camfleet.axis.plugins.modules."
_ROLE_SPEC = CHECKOUT / "roles" / "retention_policy" / "meta" / "argument_specs.yml"
_PLAYBOOKS = CHECKOUT / "playbooks"
_EXAMPLE = re.compile(r"For example (.+)\.")
#: What a default says if the playbook or the device decides.
REQUIRED: Final = "required"
NOT_SET: Final = "not set"

# Where a variable has an effect, as the page explains it.
HOST, RUN, EXTRA, PATTERN, ALLOWANCE = "host", "run", "extra", "pattern", "allowance"
PLACES: Mapping[str, str] = {
    HOST: "for each host",
    RUN: "once for the run",
    EXTRA: "extra variable; an error in the inventory",
    PATTERN: "extra variable; no effect in the inventory",
    ALLOWANCE: "extra variable; a warning in the inventory",
}
_TYPES = {
    "str": "text",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "path": "path",
    "dict": "dictionary",
    "raw": "list or text",
}


@dataclass(frozen=True)
class Variable:
    """A variable that a user sets."""

    name: str
    type: str
    place: str
    playbooks: tuple[str, ...]
    description: tuple[str, ...]
    default: str = NOT_SET
    choices: tuple[str, ...] = ()
    example: str = ""
    #: the environment variable that sets it, too
    environment: str = ""
    #: the keys of its entries, with what each is
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """Variables that belong together."""

    title: str
    text: str
    names: Sequence[str]


def _playbook_variable(
    name: str,
    place: str,
    description: str,
    example: str,
    *,
    option: str = "",
    type_: str = "",
    default: str = "",
    playbook: str = "",
) -> Variable:
    """Return a variable of a playbook.

    :param option: the module and the option that it sets, which have its type, its choices, and its default.
    """
    own = playbook or next(book for book in PLAYBOOKS if name.startswith(f"{book}_"))
    spec: Mapping[str, Any] = {}
    if option:
        module, _, key = option.partition(".")
        spec = importlib.import_module(f"{_MODULES}{module}").ARGUMENT_SPEC[key]
    return Variable(
        name,
        type_ or _describe_type(spec),
        place,
        (own,),
        (description,),
        default or (render_default(spec["default"]) if "default" in spec else NOT_SET),
        tuple(spec.get("choices", ())),
        example,
    )


PLAYBOOKS = (
    *("audit", "roll_out", "pin_certificates", "draft_policy", "device_check", "merge_reports", "compare_reports"),
    "awx_setup",
)
#: The playbooks that connect to cameras.
_CONNECTING = ("audit", "roll_out", "pin_certificates", "draft_policy", "device_check")


def _describe_type(spec: Mapping[str, Any]) -> str:
    kind = spec.get("type", "str")
    if kind != "list":
        return _TYPES[kind]
    plurals = {"dict": "dictionaries", "str": "texts", "path": "paths", "int": "integers"}
    return f"list of {plurals[spec.get('elements', 'str')]}"


#: The variables of the playbooks besides those of the role and of the connection. Those of awx_setup get their defaults
#: from the playbook.
PLAYBOOK_VARIABLES: tuple[Variable, ...] = (
    _playbook_variable(
        "pin_certificates_file",
        RUN,
        "Absolute path of the file for the fingerprints, in an existing directory of the inventory.",
        "/home/user/cameras/inventory/tls_fingerprints.yml",
        option="axis_certificate_pins.path",
        default=REQUIRED,
    ),
    _playbook_variable(
        "pin_certificates_hosts",
        PATTERN,
        "Pattern of the hosts whose certificates the playbook reads.",
        "axis:&harbor",
        type_="text or list of texts",
        default="``axis``",
    ),
    _playbook_variable(
        "pin_certificates_replace",
        RUN,
        "Whether a host gets a new pin if its certificate differs from the pin. First find out why it differs.",
        "true",
        option="axis_certificate_pins.replace",
    ),
    _playbook_variable(
        "draft_policy_dir",
        EXTRA,
        "Absolute path of a new or empty directory for the draft. Required unless ``draft_policy_coverage`` is true.",
        "/home/user/cameras/draft",
        option="axis_policy_draft.directory",
    ),
    _playbook_variable(
        "draft_policy_hosts",
        EXTRA,
        "Pattern of the hosts to read.",
        "axis:&harbor",
        type_="text or list of texts",
        default="``axis``",
    ),
    _playbook_variable(
        "draft_policy_recording",
        EXTRA,
        "Whether to read the recording actions, too.",
        "true",
        option="axis_policy_draft.recording_actions",
    ),
    _playbook_variable(
        "draft_policy_coverage",
        EXTRA,
        "Whether to compare the cameras with the existing policies instead of writing a draft.",
        "true",
        option="axis_policy_draft.coverage",
    ),
    _playbook_variable(
        "device_check_hosts",
        PATTERN,
        "Pattern of the hosts to check, at most five.",
        "entrance-1",
        type_="text or list of texts",
        default=REQUIRED,
    ),
    _playbook_variable(
        "device_check_dir",
        HOST,
        "Absolute path of the directory for the device profile and the page. The playbook creates a missing directory.",
        "/home/user/cameras/profiles",
        option="axis_device_check.dest",
        default=REQUIRED,
    ),
    _playbook_variable(
        "device_check_write",
        HOST,
        "Whether to make experiments with scratch groups. Set this variable for one run, as an extra variable.",
        "true",
        option="axis_device_check.write",
    ),
    _playbook_variable(
        "device_check_confirm",
        HOST,
        "The inventory names of all hosts of the run, as a confirmation. Required for ``device_check_write``.",
        "entrance-1",
        option="axis_device_check.confirm",
    ),
    _playbook_variable(
        "device_check_wait",
        HOST,
        "Time for the experiments that take hours, with a unit. Requires ``device_check_write``.",
        "3h",
        option="axis_device_check.wait",
    ),
    _playbook_variable(
        "device_check_http_port",
        HOST,
        "Port for the questions about HTTP, if the port is neither 80 nor ``axis_port``.",
        "8080",
        option="axis_device_check.http_port",
    ),
    _playbook_variable(
        "device_check_https_port",
        HOST,
        "Port for the questions about HTTPS, if the port is neither 443 nor ``axis_port``.",
        "8443",
        option="axis_device_check.https_port",
    ),
    _playbook_variable(
        "device_check_viewer_username",
        HOST,
        "A second user on the device, with the role viewer, to find out which role the action service requires.",
        "retention-viewer",
        option="axis_device_check.viewer_username",
    ),
    _playbook_variable(
        "device_check_viewer_password",
        HOST,
        "Password of this user. Keep the password in a vault.",
        '"{{ vault_viewer_password }}"',
        option="axis_device_check.viewer_password",
    ),
    _playbook_variable(
        "merge_reports_from",
        RUN,
        "Absolute path of the directory with the JSON reports of all slices of one run.",
        "/srv/reports/2026-48/slices",
        option="axis_retention_policy_merge.reports_directory",
        default=REQUIRED,
    ),
    _playbook_variable(
        "merge_reports_dir",
        RUN,
        "Absolute path of the directory for the merged report.",
        "/srv/reports/2026-48",
        option="axis_retention_policy_merge.directory",
        default=REQUIRED,
    ),
    _playbook_variable(
        "merge_reports_formats",
        RUN,
        "The formats of the merged report.",
        "[html, json, csv]",
        option="axis_retention_policy_merge.formats",
    ),
    _playbook_variable(
        "merge_reports_hosts",
        PATTERN,
        "Pattern of the hosts that the reports must contain.",
        "axis:&harbor",
        type_="text or list of texts",
        default="``axis``",
    ),
    _playbook_variable(
        "merge_reports_different_policies",
        RUN,
        "Whether hosts with the same purpose and owner may have different policies.",
        "true",
        option="axis_retention_policy_merge.different_policies",
    ),
    _playbook_variable(
        "merge_reports_max_age",
        RUN,
        "The maximum age of a report, in hours. The playbook refuses older reports.",
        "72",
        option="axis_retention_policy_merge.max_age",
    ),
    _playbook_variable(
        "compare_reports_from",
        RUN,
        "Absolute path of a directory with JSON reports, or a list of two JSON reports.",
        "/srv/retention-reports",
        type_="path or list of paths",
        default=REQUIRED,
    ),
    _playbook_variable(
        "compare_reports_dir",
        RUN,
        "Absolute path of the directory for the comparison. Without this variable, the playbook writes no files.",
        "/srv/retention-reports/comparisons",
        option="axis_retention_policy_compare.directory",
    ),
    _playbook_variable(
        "compare_reports_formats",
        RUN,
        "The formats of the comparison.",
        "[html, json, markdown]",
        option="axis_retention_policy_compare.formats",
    ),
    _playbook_variable(
        "compare_reports_fail_on",
        RUN,
        "The differences for which the playbook fails, after it has written its files.",
        "worse",
        option="axis_retention_policy_compare.fail_on",
    ),
)
#: By variable of awx_setup: its type, what it is, and an example.
_AWX_VARIABLES: Mapping[str, tuple[str, str, str]] = {
    "awx_setup_project_url": (
        "text",
        "URL of the Git repository with the inventory and the playbooks.",
        "https://git.example.com/cameras.git",
    ),
    "awx_setup_image": (
        "text",
        "Image of the execution environment.",
        "registry.example.com/camfleet-axis-ee:1",
    ),
    "awx_setup_prefix": (
        "text",
        "Prefix of the names of all objects in AWX.",
        "Axis harbor",
    ),
    "awx_setup_organization": (
        "text",
        "The organization in AWX, which must exist.",
        "Security",
    ),
    "awx_setup_project_branch": (
        "text",
        "Branch of the repository.",
        "production",
    ),
    "awx_setup_project_credential": (
        "text",
        "Name of the AWX credential for a private repository.",
        "Git of the cameras",
    ),
    "awx_setup_pull": (
        "text",
        "When AWX pulls the image. Use ``always`` for a tag to which you push new images.",
        "always",
    ),
    "awx_setup_image_credential": (
        "text",
        "Name of the AWX credential for a registry with a login. If it is empty, the image keeps its credential.",
        "Registry",
    ),
    "awx_setup_inventory_path": (
        "path",
        "Directory or file of the inventory in the repository. A directory also contains the pinned fingerprints.",
        "inventory/netbox.yml",
    ),
    "awx_setup_login": (
        "text",
        "Type of the credential of the cameras: a custom type, *Machine*, or *Vault* for encrypted values.",
        "machine",
    ),
    "awx_setup_login_by": (
        "text",
        "How AWX passes the login: as extra variables, which have the highest precedence, or in the environment.",
        "env",
    ),
    "awx_setup_username": (
        "text",
        "User on the cameras. If you do not set a user and a password, enter both in AWX.",
        "retention",
    ),
    "awx_setup_password": (
        "text",
        "Password of this user, or with ``awx_setup_login: vault``, of the vault of the project. Keep it in a vault.",
        '"{{ vault_camera_password }}"',
    ),
    "awx_setup_policies": (
        "list of texts",
        "Inventory groups that the survey of the roll-out offers.",
        "[axis, harbor, museum]",
    ),
    "awx_setup_reports": (
        "path",
        "Absolute path of a directory that all execution nodes share. Without this variable, no report is written.",
        "/srv/retention-reports",
    ),
    "awx_setup_slices": (
        "integer",
        "Number of the slices of an audit. More than one requires ``awx_setup_reports``.",
        "4",
    ),
    "awx_setup_forks": (
        "integer",
        "Number of forks of the audit and the roll-out. Only the waves of a roll-out use them.",
        "20",
    ),
    "awx_setup_schedule": (
        "text",
        "When the audit runs, as an iCalendar rule: the first time, in UTC or with a time zone, and the repetition.",
        '"DTSTART;TZID=Europe/Berlin:20260106T060000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU"',
    ),
    "awx_setup_fail_on_drift": (
        "boolean",
        "Whether an audit fails if a camera is not compliant, so that AWX sends the notification.",
        "true",
    ),
    "awx_setup_notification": (
        "dictionary",
        "The notification of failures and approvals, in the format of AWX. Without this variable, AWX sends none.",
        "{notification_type: slack, notification_configuration: {token: xoxb-1, channels: [cameras]}}",
    ),
    "awx_setup_login_name": (
        "text",
        "Name of the credential of the cameras.",
        "Axis cameras of the harbor",
    ),
    "awx_setup_audit_login_name": (
        "text",
        "Name of a second credential that only audits use. If it is empty, audits use the credential of the cameras.",
        "Axis viewer",
    ),
}
_AWX_CHOICES = {
    "awx_setup_pull": ("always", "missing", "never"),
    "awx_setup_login": ("axis", "machine", "vault"),
    "awx_setup_login_by": ("extra_vars", "env"),
}

SECTIONS = (
    Section(
        "Policy of a host",
        "The requirements for a camera. Set these variables in the groups of the inventory.",
        (
            "retention_policy_groups",
            "retention_policy_existing_groups",
            "retention_policy_no_groups",
            "retention_policy_minimum",
            "retention_policy_maximum",
            "retention_policy_unmanaged",
            "retention_policy_purge",
            "retention_policy_purge_match",
            "retention_policy_on_refused",
            "retention_policy_purpose",
            "retention_policy_owner",
        ),
    ),
    Section(
        "Age of the recordings",
        "Whether an audit also compares the recordings on the disks with the policy.",
        ("retention_policy_verify_recordings", "retention_policy_retention_tolerance"),
    ),
    Section("Legal holds", "Holds are cumulative, see above.", ("axis_holds", "axis_holds_<name>")),
    Section(
        "Allowances",
        "Permissions for one run. Set them as extra variables, never in the inventory, where they apply to every run.\n"
        "Each audit and each roll-out then warns, and names the hosts.",
        (
            "retention_policy_allow_recording_loss",
            "retention_policy_allow_recording_stop",
            "retention_policy_allow_unmatched_holds",
        ),
    ),
    Section(
        "Run",
        "Which hosts a run checks, and how.",
        (
            "retention_policy_hosts",
            "retention_policy_connections",
            "retention_policy_max_login_failures",
            "retention_policy_fail_on_drift",
        ),
    ),
    Section(
        "Roll-out",
        "How many cameras a roll-out changes before it decides whether to continue.",
        ("retention_policy_canary", "retention_policy_waves", "retention_policy_max_fail_percentage"),
    ),
    Section(
        "Report",
        "The files that a run writes.",
        (
            "retention_policy_report_dir",
            "retention_policy_report_formats",
            "retention_policy_report_sign_command",
            "retention_policy_run_id",
            "retention_policy_approved_by",
        ),
    ),
    Section(
        "Connection to a camera",
        "Each module has an option with the same name, but without ``axis_``, that overrides the variable.",
        (
            "axis_host",
            "axis_port",
            "axis_protocol",
            "axis_username",
            "axis_password",
            "axis_auth",
            "axis_tls_fingerprint",
            "axis_ca_path",
            "axis_tls_server_name",
            "axis_validate_certs",
            "axis_serial",
            "axis_timeout",
            "axis_retries",
            "axis_proxy",
        ),
    ),
    *(
        Section(
            title, f"See {link(page_title, page)}.", tuple(v.name for v in PLAYBOOK_VARIABLES if v.playbooks == (book,))
        )
        for title, book, page, page_title in (
            ("Playbook pin_certificates", "pin_certificates", "certificates", "Certificates"),
            ("Playbook draft_policy", "draft_policy", "draft_policy", "Draft a policy"),
            ("Playbook device_check", "device_check", "device_check", "Device check"),
            ("Playbook merge_reports", "merge_reports", "scaling", "Scaling"),
            ("Playbook compare_reports", "compare_reports", "reports", "Reports"),
        )
    ),
    Section(
        "Playbook awx_setup",
        f"The playbook runs on localhost. See {link('AWX', 'awx')}.",
        tuple(_AWX_VARIABLES),
    ),
)


@cache
def find_variables() -> Mapping[str, Variable]:
    """Return every variable that a user sets, by name."""
    found = [*_role_variables(), *_device_variables(), *PLAYBOOK_VARIABLES, *_awx_variables()]
    return {variable.name: variable for variable in found}


def _role_variables() -> Iterator[Variable]:
    options = yaml.safe_load(_ROLE_SPEC.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for name, spec in options.items():
        described = spec["description"] if isinstance(spec["description"], list) else [spec["description"]]
        texts = [to_rst(text, {}) for text in described]
        example = _EXAMPLE.fullmatch(texts[-1])
        variable = Variable(
            name,
            _describe_type(spec),
            _find_place(name),
            _find_playbooks(name),
            tuple(texts[:-1] if example else texts),
            render_default(spec["default"]) if "default" in spec else NOT_SET,
            tuple(spec.get("choices", ())),
            example[1].strip("`") if example else "",
            keys=tuple((key, _describe_key(suboption)) for key, suboption in spec.get("options", {}).items()),
        )
        yield variable
        if name == "axis_holds":
            legal = (
                "More holds of the host, in variables with names of your own, for example one for each department.",
            )
            yield replace(
                variable,
                name="axis_holds_<name>",
                description=legal,
                keys=(),
                example=f"axis_holds_legal: {variable.example}",
            )


#: What the coverage of a draft reads.
_COVERED = frozenset(name for option, name in POLICY_VARIABLES.items() if option in POLICY_SPEC)


def _describe_key(spec: Mapping[str, Any]) -> str:
    described = spec["description"] if isinstance(spec["description"], list) else [spec["description"]]
    needed = "required" if spec.get("required") else "optional"
    return f"{_describe_type(spec)}, {needed}. {' '.join(to_rst(text, {}) for text in described)}"


def _find_place(name: str) -> str:
    if name in PLAY_VARIABLES:
        return EXTRA
    if name in ALLOWANCES:
        return ALLOWANCE
    return RUN if name in REPORT_VARIABLES.values() else HOST


def _find_playbooks(name: str) -> tuple[str, ...]:
    """Return the playbooks that use a variable of the role."""
    if name == "axis_holds":
        return ("audit", "roll_out")
    if name in ("retention_policy_waves", "retention_policy_canary", MAX_FAIL_PERCENTAGE):
        return ("roll_out",)
    if name == "retention_policy_allow_unmatched_holds":
        return ("roll_out",)
    more = {
        CONNECTIONS: ("draft_policy",),
        MAX_LOGIN_FAILURES: ("draft_policy",),
        SIGN_COMMAND: ("merge_reports", "compare_reports"),
        PURPOSE: ("merge_reports",),
        OWNER: ("merge_reports",),
    }
    policy = ("draft_policy",) if name in _COVERED else ()
    return ("audit", "roll_out", *policy, *more.get(name, ()))


def _device_variables() -> Iterator[Variable]:
    options = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    names = {name: f"axis_{name}" for name in options}
    for name, spec in options.items():
        texts = [to_rst(text, names) for text in spec["description"] if not text.startswith("Falls back to")]
        yield Variable(
            names[name],
            _describe_type(spec),
            HOST,
            _CONNECTING,
            # The page explains above where a login comes from.
            tuple(texts[:1] if name in ("host", "username") else texts),
            render_default(spec["default"]) if "default" in spec else NOT_SET,
            tuple(spec.get("choices", ())),
            _DEVICE_EXAMPLES[name],
            "" if name in ("host", "serial") else f"AXIS_{name.upper()}",
        )


_DEVICE_EXAMPLES = {
    "host": "192.0.2.10",
    "port": "8443",
    "username": "retention",
    "password": '"{{ vault_camera_password }}"',
    "protocol": "https",
    "validate_certs": "true",
    "ca_path": "/etc/ssl/cameras.pem",
    "tls_server_name": "axis-accc8e000001",
    "tls_fingerprint": '"3f:9a:…"',
    "auth": "digest",
    "timeout": "20",
    "retries": "1",
    "proxy": "http://192.0.2.250:3128",
    "serial": '"ACCC8E000001"',
}


def _awx_variables() -> Iterator[Variable]:
    (play,) = yaml.safe_load((_PLAYBOOKS / "awx_setup.yml").read_text(encoding="utf-8"))
    for name, (kind, description, example) in _AWX_VARIABLES.items():
        default = render_default(play["vars"][name]) if name in play["vars"] else REQUIRED
        # Variables of a play override those of the inventory.
        place = PATTERN if name in play["vars"] else RUN
        yield Variable(name, kind, place, ("awx_setup",), (description,), default, _AWX_CHOICES.get(name, ()), example)


def render_variables() -> str:
    """Return the generated part of the page."""
    variables = find_variables()
    lines: list[str] = []
    for section in SECTIONS:
        lines += [section.title, "-" * len(section.title), "", section.text, ""]
        for name in section.names:
            lines += [*_render_variable(variables[name]), ""]
    return "\n".join(lines)


def find_label(name: str) -> str:
    """Return the label of a variable on the page."""
    return f"{LABEL}.variables.{re.sub(r'[^a-z0-9_]', '', name)}"


def _render_variable(variable: Variable) -> Iterator[str]:
    yield f".. _{find_label(variable.name)}:"
    yield ""
    yield f"``{variable.name}``"
    for text in variable.description:
        yield wrap(text, "   ")
        yield ""
    for key, text in variable.keys:
        yield wrap(f"- ``{key}``: {text}", "   ").replace("\n   ", "\n     ")
    if variable.keys:
        yield ""
    choices = f"; one of {', '.join(f'``{item}``' for item in variable.choices)}" if variable.choices else ""
    if variable.type.startswith("list") and variable.choices:
        choices = choices.replace("one of", "of")
    fields = {
        "Type": f"{variable.type}{choices}",
        "Default": variable.default,
        "Example": f"``{variable.example}``",
        "Set it": PLACES[variable.place]
        + (f"; or ``{variable.environment}`` in the environment" if variable.environment else ""),
        "Used by": ", ".join(f"``{book}``" for book in variable.playbooks),
    }
    for label, value in fields.items():
        yield wrap(f":{label}: {value}", "   ").replace("\n   ", "\n      ")
