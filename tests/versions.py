# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the documentation of plugins and roles, and compare every ``version_added`` with the releases of the changelog.

- What the changelog lists under a release has the version of this release.
- Everything else is of the next release, which ``make release`` makes from the fragments of the changelog.
- An option or a return value has a ``version_added`` only if it is newer than its plugin.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Documented = dict[str, Any]
_KINDS = ("modules", "inventory", "lookup")
_FRAGMENT = "camfleet.axis."


@dataclass(frozen=True)
class Plugin:
    """The documentation of a plugin or a role, with the doc fragments of this collection merged."""

    kind: str
    name: str
    documentation: Documented
    returned: Documented = field(default_factory=dict)
    #: the text of the examples
    examples: str = ""
    #: the options from doc fragments of this collection
    shared: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        """Return the ``version_added`` of the plugin."""
        return str(self.documentation.get("version_added"))

    def iterate_parts(self) -> Iterator[tuple[str, Documented]]:
        """Yield each option and each return value, at every level, with its path, such as ``option holds.hosts``."""
        yield from _iterate("option", self.documentation.get("options"), "suboptions", "options")
        yield from _iterate("return value", self.returned, "contains")


def read_plugins(root: Path) -> list[Plugin]:
    """Read all plugins with documentation, and all roles."""
    plugins = [
        _read_plugin(root, kind, path)
        for kind in _KINDS
        for path in sorted((root / "plugins" / kind).glob("*.py"))
        if not path.name.startswith("_")
    ]
    for path in sorted(root.glob("roles/*/meta/argument_specs.yml")):
        specification = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]
        plugins.append(Plugin("role", path.parts[-3], specification))
    return plugins


def find_version_problems(root: Path, version: str | None = None) -> list[str]:
    """Return a sentence for each version that is not consistent.

    :param version: the release that is to be made; without it, the next minor release if there are fragments.
    """
    changelog = yaml.safe_load((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    present = str(yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"])
    released = dict(changelog["releases"])
    plugins = read_plugins(root)
    problems = []
    if present not in released:
        problems.append(f"galaxy.yml has the version {present}, which changelogs/changelog.yaml does not have")
    coming = version or (next_version(present) if find_fragments(root) else None)
    oldest = {
        option: min((plugin.version for plugin in plugins if option in plugin.shared), key=parse_version)
        for option in frozenset().union(*(plugin.shared for plugin in plugins))
    }
    listed = {(kind, name): str(release) for release, kind, name in _list_released(released)}
    for plugin in plugins:
        expected = listed.get((plugin.kind, plugin.name), coming)
        if expected is None:
            problems.append(f"{plugin.kind} {plugin.name}: no release lists it, and changelogs/fragments is empty")
        elif plugin.version != expected:
            problems.append(f"{plugin.kind} {plugin.name}: version_added is {plugin.version} instead of {expected}")
        problems += _find_problems_of_parts(plugin, {*released, coming}, oldest)
    names = {(plugin.kind, plugin.name) for plugin in plugins}
    problems += [
        f"changelogs/changelog.yaml lists the {kind} {name}, which does not exist"
        for kind, name in listed
        if (kind, name) not in names and kind != "playbook"
    ]
    return problems


def find_fragments(root: Path) -> list[Path]:
    """Return the fragments of the changelog."""
    return sorted((root / "changelogs" / "fragments").glob("*.y*ml"))


def next_version(version: str) -> str:
    """Return the next minor release."""
    major, minor, _patch = parse_version(version)
    return f"{major}.{minor + 1}.0"


def parse_version(version: str) -> tuple[int, ...]:
    """Return the numbers of a version.

    :raises ValueError: it does not consist of numbers.
    """
    return tuple(int(number) for number in version.split("."))


def _find_problems_of_parts(plugin: Plugin, valid: set[str | None], oldest: Mapping[str, str]) -> Iterator[str]:
    """Yield the problems of options and return values.

    :param oldest: the version of the oldest plugin that has an option of a doc fragment.
    """
    for path, part in plugin.iterate_parts():
        version = part.get("version_added")
        if version is None:
            continue
        option = path.removeprefix("option ").partition(".")[0]
        since = oldest[option] if path.startswith("option ") and option in plugin.shared else plugin.version
        where = f"{plugin.kind} {plugin.name}: version_added of the {path}"
        if version not in valid:
            yield f"{where} is {version}, which is neither a release nor the next one"
        elif since in valid and parse_version(version) <= parse_version(since):
            yield f"{where} is {version}, and the {plugin.kind} is not older; remove it"


def _list_released(releases: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield release, kind, and name of everything that the changelog lists as new."""
    for version, release in releases.items():
        sections = {"modules": release.get("modules"), **release.get("plugins", {}), **release.get("objects", {})}
        for kind, entries in sections.items():
            for entry in entries or ():
                yield version, kind, entry["name"]


def _read_plugin(root: Path, kind: str, path: Path) -> Plugin:
    values = _read_constants(path)
    documentation = yaml.safe_load(values["DOCUMENTATION"])
    own = frozenset(documentation.get("options", {}))
    for fragment in documentation.get("extends_documentation_fragment", []):
        if fragment.startswith(_FRAGMENT):
            _merge(documentation, _read_fragment(root, fragment.removeprefix(_FRAGMENT)))
    returned = yaml.safe_load(values.get("RETURN", "")) or {}
    shared = frozenset(documentation.get("options", {})) - own
    return Plugin(kind, path.stem, documentation, returned, values.get("EXAMPLES", ""), shared)


def _read_fragment(root: Path, name: str) -> Documented:
    stem, _separator, part = name.partition(".")
    constants = _read_constants(root / "plugins" / "doc_fragments" / f"{stem}.py")
    fragment: Documented = yaml.safe_load(constants[part.upper() or "DOCUMENTATION"])
    return fragment


def _merge(documentation: Documented, fragment: Documented) -> None:
    """Merge a fragment as ansible-core does: what is there counts, and lists are extended."""
    for section, value in fragment.items():
        if isinstance(value, list):
            documentation[section] = [*documentation.get(section, []), *value]
        else:
            target = documentation.setdefault(section, {})
            for name, entry in value.items():
                target[name] = {**entry, **target.get(name, {})}


def _read_constants(path: Path) -> dict[str, str]:
    """Return the texts that a file, or a class in it, assigns to names in capitals."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.isupper()
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _iterate(
    path: str, parts: Documented | None, *nested: str, separator: str = " "
) -> Iterator[tuple[str, Documented]]:
    for name, part in (parts or {}).items():
        here = f"{path}{separator}{name}"
        yield here, part
        for key in nested:
            yield from _iterate(here, part.get(key), *nested, separator=".")
