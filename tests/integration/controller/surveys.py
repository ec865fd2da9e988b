# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Surveys and prompts: what a survey may contain, and which answers and prompts a launch accepts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.integration.controller.state import ApiError, Item

_TEXT = ("text", "textarea", "password")
_NUMBERS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "integer": ((int,), "an integer"),
    "float": ((int, float), "a numeric type"),
}
_QUESTION: Mapping[str, tuple[type, str]] = {
    "type": (str, "string"),
    "question_name": (str, "string"),
    "variable": (str, "string"),
    "required": (bool, "boolean"),
}
#: By prompt, the field of the template that enables it, without its prefix and suffix.
_JOB_PROMPTS = {
    **{
        name: name
        for name in ["scm_branch", "diff_mode", "limit", "skip_tags", "job_type", "verbosity", "inventory", "labels"]
    },
    **{name: name for name in ["forks", "job_slice_count", "timeout", "instance_groups", "execution_environment"]},
    "job_tags": "tags",
    "credentials": "credential",
}
_WORKFLOW_PROMPTS = {name: name for name in ["scm_branch", "limit", "skip_tags", "inventory", "labels"]} | {
    "job_tags": "tags"
}


def check_spec(spec: Mapping[str, Any]) -> None:
    """Fail if a survey is not valid (``api/views/__init__.py:JobTemplateSurveySpec._validate_spec_data``)."""
    for name, kind, label in (("name", str, "string"), ("description", str, "string"), ("spec", list, "list of items")):
        if name not in spec:
            raise ApiError(400, {"error": f"Field '{name}' is missing from survey spec."})
        if not isinstance(spec[name], kind):
            got = type(spec[name]).__name__
            raise ApiError(400, {"error": f"Expected {label} for field '{name}', received {got} type."})
    if not spec["spec"]:
        raise ApiError(400, {"error": "'spec' doesn't contain any items."})
    variables: set[str] = set()
    for index, question in enumerate(spec["spec"]):
        _check_question(index, question)
        if question["variable"] in variables:
            error = f"'variable' '{question['variable']}' duplicated in survey question {index}."
            raise ApiError(400, {"error": error})
        variables.add(question["variable"])


def _check_question(index: int, question: Mapping[str, Any]) -> None:
    for name, (kind, label) in _QUESTION.items():
        if name not in question:
            raise ApiError(400, {"error": f"'{name}' missing from survey question {index}"})
        if not isinstance(question[name], kind):
            raise ApiError(400, {"error": f"'{name}' in survey question {index} expected to be {label}."})
    kind = question["type"]
    if kind not in {*_TEXT, *_NUMBERS, "multiplechoice", "multiselect"}:
        raise ApiError(400, {"error": f"'{kind}' in survey question {index} is not one of the allowed question types."})
    default = question.get("default", "")
    expected, label = _NUMBERS.get(kind, ((str, list) if kind == "multiselect" else (str,), "string"))
    if default != "" and not isinstance(default, expected):
        raise ApiError(400, {"error": f"Default value {default} in survey question {index} expected to be {label}."})
    for limit in ("min", "max"):
        if not isinstance(question.get(limit, 0), (int, type(None))):
            raise ApiError(400, {"error": f"The {limit} limit in survey question {index} expected to be integer."})
    if kind in {"multiplechoice", "multiselect"}:
        _check_choices(index, question)


def _check_choices(index: int, question: Mapping[str, Any]) -> None:
    if "choices" not in question:
        kind = question["type"]
        raise ApiError(400, {"error": f"Survey question {index} of type {kind} must specify choices."})
    default = question.get("default", "")
    defaults = default.splitlines() if isinstance(default, str) else default
    if question["type"] == "multiplechoice" and len(defaults) > 1:
        raise ApiError(400, {"error": "Multiple Choice (Single Select) can only have one default value."})
    if any(item not in question["choices"] for item in defaults):
        raise ApiError(400, {"error": "Default choice must be answered from the choices listed."})


def questions(template: Item) -> list[Item]:
    """Return the questions of a template whose survey is enabled."""
    spec: list[Item] = (template.get("survey_spec") or {}).get("spec", []) if template["survey_enabled"] else []
    return spec


def answer_errors(question: Item, answers: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an answer. A required one must be sent even if the question has a default.

    Source: ``models/mixins.py:SurveyJobTemplateMixin._survey_element_validation``.
    """
    name, kind = question["variable"], question["type"]
    if name not in answers:
        return [f"'{name}' value missing"] if question["required"] else []
    answer = answers[name]
    if kind in _TEXT:
        return _text_errors(question, answer)
    if kind in _NUMBERS:
        types, label = _NUMBERS[kind]
        return [] if type(answer) in types else [f"Value {answer} for '{name}' expected to be {label}."]
    choices = question["choices"].splitlines() if isinstance(question["choices"], str) else question["choices"]
    chosen = answer if kind == "multiselect" else [answer]
    return [f"Value {one} for '{name}' expected to be one of {choices}." for one in chosen if one not in choices]


def _text_errors(question: Item, answer: Any) -> list[str]:
    name = question["variable"]
    if not isinstance(answer, str):
        return [f"Value {answer} for '{name}' expected to be a string."]
    errors = []
    least, most = question.get("min"), question.get("max")
    if least not in (None, "") and len(answer) < int(least):
        length = len(answer)
        errors.append(f"'{name}' value {answer} is too small (length is {length} must be at least {least}).")
    if most not in (None, "") and len(answer) > int(most):
        errors.append(f"'{name}' value {answer} is too large (must be no more than {most}).")
    return errors


def extra_vars_of(template: Item) -> dict[str, Any]:
    """Return the extra variables of a template."""
    values: dict[str, Any] = json.loads(template["extra_vars"] or "{}")
    return values


def with_defaults(template: Item, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extra variables of a job: the template's, valid defaults of its survey, and what was given.

    Also an empty default is inserted if it is valid: ``models/mixins.py:_update_unified_job_kwargs``.
    """
    defaults = {
        question["variable"]: question["default"]
        for question in questions(template)
        if question.get("default") is not None
        and not answer_errors(question, {question["variable"]: question["default"]})
    }
    return {**extra_vars_of(template), **defaults, **given}


def accept(template: Item, given: Mapping[str, Any], *, strict: bool) -> tuple[Item, Item, dict[str, Any]]:
    """Return accepted prompts, ignored prompts, and errors of a launch.

    A workflow rejects what it does not prompt for, a job template ignores it: ``models/workflow.py`` and
    ``models/jobs.py:_accept_or_ignore_job_kwargs``, ``api/serializers.py:JobLaunchSerializer.validate``.

    :param strict: whether a prompt that is not enabled is an error.
    """
    kept, ignored, errors = _accept_variables(template, given.get("extra_vars") or {}, strict=strict)
    is_job = template["type"] == "job_template"
    for name, prompt in (_JOB_PROMPTS if is_job else _WORKFLOW_PROMPTS).items():
        if given.get(name) is None or given[name] == template.get(name):
            continue
        if template[f"ask_{prompt}_on_launch"]:
            kept[name] = given[name]
            continue
        ignored[name] = given[name]
        if strict:
            errors[name] = ["Field is not configured to prompt on launch."]
    return kept, ignored, errors


def _accept_variables(template: Item, given: Mapping[str, Any], *, strict: bool) -> tuple[Item, Item, dict[str, Any]]:
    """Return accepted and ignored extra variables, and errors (``models/mixins.py:_accept_or_ignore_variables``)."""
    left: Item = dict(given)
    kept: Item = {}
    ignored: Item = {}
    missing: list[str] = []
    for question in questions(template):
        found = answer_errors(question, given)
        missing += found
        if question["variable"] in left:
            (ignored if found else kept)[question["variable"]] = left.pop(question["variable"])
    if template["ask_variables_on_launch"]:
        kept, left = {**kept, **left}, {}
    own = extra_vars_of(template)
    left = {name: value for name, value in left.items() if name not in own or own[name] != value}
    errors: dict[str, Any] = {"variables_needed_to_start": missing} if missing else {}
    if left and strict:
        model = "Job Template" if template["type"] == "job_template" else "Workflow Job Template"
        where = f"Check the Prompt on Launch setting on the {model} to include Extra Variables."
        errors["extra_vars"] = [f"Variables {', '.join(left)} are not allowed on launch. {where}"]
    ignored |= left
    return {"extra_vars": kept} if kept else {}, {"extra_vars": ignored} if ignored else {}, errors
