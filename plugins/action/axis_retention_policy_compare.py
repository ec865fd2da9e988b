# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_compare, which its module documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Names,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_compare
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import (
    check_absolute,
    writable_directory,
    write_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import SIGN_COMMAND
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.compare import (
    CATEGORIES,
    UNCHANGED,
    WORSE,
    Source,
    check_sources,
    compare_reports,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.comparison_formats import (
    render_comparison,
    render_headline,
    render_lines,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import display_path, list_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.series import (
    MAX_BYTES,
    MAX_REPORTS,
    Choice,
    Header,
    Other,
    choose_reports,
    newest_first,
    read_header,
    read_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.signing import (
    check_sign_command,
    render_signature_lines,
    sign_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report_run import read_collection_version
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary

#: By result, the values of fail_on that it fails.
_FAILING: Mapping[str, frozenset[str]] = {UNCHANGED: frozenset(), WORSE: frozenset({"worse", "any"})}
_RETURNED = (
    *("result", "summary", "earlier", "later", "skipped", "notes"),
    *CATEGORIES,
    *("hosts_added", "hosts_removed", "devices_replaced", "policies_changed", "holds_changed"),
    *("still_unverified", "outside_limit"),
)
_PASSED = (
    "The directory has a newer report of a different scope: audits without a limit are preferred, then roll-outs "
    "without one. To compare others, set two files instead of a directory."
)
_SORTED = "The first of the reports in the list is the later one: they are compared in the order of their times."


@dataclass(frozen=True)
class _Inputs:
    """The two reports, and what else is known about them."""

    earlier: Source
    later: Source
    history: Iterator[Source] = field(default_factory=lambda: iter(()))
    skipped: Sequence[Mapping[str, str]] = ()
    notes: Sequence[str] = ()


class ActionModule(FleetAction):
    """The action of axis_retention_policy_compare."""

    module = axis_retention_policy_compare
    variables: ClassVar[Names] = {
        "reports": "compare_reports_from",
        "reports_directory": "compare_reports_from",
        "directory": "compare_reports_dir",
        "formats": "compare_reports_formats",
        "fail_on": "compare_reports_fail_on",
        "sign_command": SIGN_COMMAND,
    }

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Read the reports, and write the comparison."""
        check_sign_command(parameters["sign_command"])
        directory = parameters["directory"] and writable_directory(parameters["directory"], Option("directory"))
        inputs = _read_inputs(parameters)
        document = compare_reports(
            inputs.earlier,
            inputs.later,
            inputs.history,
            inputs.skipped,
            inputs.notes,
            moment=datetime.now(timezone.utc),
            version=read_collection_version(),
        )
        files = write_files(directory, render_comparison(document, parameters["formats"])) if directory else []
        signatures = sign_files(parameters["sign_command"], files)
        lines = [*render_lines(document, files), *render_signature_lines(signatures)]
        result = {**{name: document[name] for name in _RETURNED}, "files": [*files, *signatures.paths]}
        result["signatures"] = signatures.paths
        messages = [*_find_difference(document, parameters["fail_on"]), *filter(None, [signatures.failure])]
        if not messages:
            return {**result, "lines": lines}
        # Core prints the whole result of a failure.
        shown = {} if print_summary(self._display, lines) else {"lines": lines}
        names = ("result", "summary", "files", "signatures")
        text = " ".join(message.render(self.find_names(task_vars)) for message in messages)
        return {**{name: result[name] for name in names}, **shown, "failed": True, "msg": text}


def _find_difference(document: Mapping[str, Any], fail_on: str) -> Iterator[Message]:
    """Yield a message if the result of the comparison fails the task."""
    if fail_on in _FAILING.get(document["result"], frozenset({"any"})):
        values = {"headline": render_headline(document), "option": Option("fail_on"), "value": fail_on}
        yield Message("{headline}. The task fails because {option} is {value}.", values)


def _read_inputs(parameters: Mapping[str, Any]) -> _Inputs:
    paths, directory = parameters["reports"], parameters["reports_directory"]
    if (paths is None) == (directory is None):
        raise invalid_option("Exactly one of reports and reports_directory is required", "Set one of them.")
    if directory is not None:
        check_absolute(directory, Option("reports_directory"))
        return _read_newest(directory)
    return _read_two(paths)


def _read_two(paths: Sequence[str]) -> _Inputs:
    if len(paths) != 2:
        names = ", ".join(map(display_path, paths)) or "none"
        raise invalid_option(
            Message("{option} must have two JSON files, got {names}", {"option": Option("reports"), "names": names}),
            Message("Set {option} to two reports, or to a directory.", {"option": Option("reports")}),
        )
    for path in paths:
        check_absolute(path, Option("reports"))
    one, two = (Source(display_path(path), read_report(path)) for path in paths)
    earlier, later = sorted((one, two), key=lambda source: str(source.document["created"]))
    check_sources(earlier, later)
    return _Inputs(earlier, later, notes=() if earlier is one else (_SORTED,))


def _read_newest(directory: str) -> _Inputs:
    headers, skipped = [], {}
    for path in list_files(directory):
        header = read_header(path)
        if isinstance(header, Header):
            headers.append(header)
        elif header is not Other.COMPARISON:
            skipped[path] = header.value
    choice = choose_reports(headers)
    if not isinstance(choice, Choice):
        raise _nothing_to_compare(directory, headers, {**skipped, **choice})
    earlier, later = (
        Source(display_path(header.path), read_report(header.path)) for header in (choice.earlier, choice.later)
    )
    return _Inputs(
        earlier,
        later,
        _read_others(headers, choice),
        [{"file": display_path(path), "reason": reason} for path, reason in {**skipped, **choice.skipped}.items()],
        [_PASSED] if choice.is_passed else [],
    )


def _read_others(headers: Sequence[Header], choice: Choice) -> Iterator[Source]:
    """Yield the reports before the two, the newest first. Every report that is read is verified."""
    size = choice.earlier.size + choice.later.size
    others = [header for header in newest_first(headers) if header not in (choice.earlier, choice.later)]
    for header in others[: MAX_REPORTS - 2]:
        size += header.size
        if size > MAX_BYTES:
            return
        document = read_report(header.path)
        if header in choice.history:
            yield Source(display_path(header.path), document)


def _nothing_to_compare(directory: str, headers: Sequence[Header], skipped: Mapping[str, str]) -> InvalidOptionError:
    for header in headers[:MAX_REPORTS]:
        read_report(header.path)
    reasons = [f"{display_path(path)}: {reason}" for path, reason in skipped.items()]
    details = f" ({'; '.join(reasons[:MAX_REPORTS])})" if reasons else ""
    return invalid_option(
        Message(
            "{option} does not have two reports of the same scope: {directory} has {count} JSON reports{details}",
            {
                "option": Option("reports_directory"),
                "directory": display_path(directory),
                "count": len(headers),
                "details": details,
            },
        ),
        Message(
            "Audit again with retention_policy_report_dir set to this directory, or set {option} to two JSON files.",
            {"option": Option("reports_directory")},
        ),
    )
