# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions in the documentation are compared with the releases of the changelog."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.versions import find_version_problems, next_version

_MODULE = '''
DOCUMENTATION = r"""
module: {name}
version_added: {version}
extends_documentation_fragment: [camfleet.axis.shared]
options:
  state:
    suboptions:
      mode: {option}
"""
RETURN = """
group: {option}
"""
'''
_FRAGMENT = '''
class ModuleDocFragment:
    DOCUMENTATION = """
options:
  host: {option}
"""
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a collection with the module old of 0.1.0, new of 0.2.0, and a fragment for 0.2.0."""
    for folder in ("plugins/modules", "plugins/doc_fragments", "changelogs/fragments"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "galaxy.yml").write_text("version: 0.1.0\n", "utf-8")
    (tmp_path / "changelogs" / "changelog.yaml").write_text("releases: {0.1.0: {modules: [{name: old}]}}\n", "utf-8")
    (tmp_path / "changelogs" / "fragments" / "new.yml").write_text("minor_changes: [new]\n", "utf-8")
    (tmp_path / "plugins" / "doc_fragments" / "shared.py").write_text(_FRAGMENT.format(option="{}"), "utf-8")
    write_module(tmp_path, "old", "0.1.0", "{version_added: 0.2.0}")
    write_module(tmp_path, "new", "0.2.0")
    return tmp_path


def write_module(root: Path, name: str, version: str, option: str = "{}") -> None:
    """Write the documentation of a module."""
    text = _MODULE.format(name=name, version=version, option=option)
    (root / "plugins" / "modules" / f"{name}.py").write_text(text, "utf-8")


def test_consistent_versions_are_no_problem(root: Path) -> None:
    assert find_version_problems(root) == []
    assert find_version_problems(root, "0.2.0") == []


@pytest.mark.parametrize(
    ("name", "version", "option", "problem"),
    [
        ("new", "0.1.0", "{}", "version_added is 0.1.0 instead of 0.2.0"),
        ("new", "0.3.0", "{}", "version_added is 0.3.0 instead of 0.2.0"),
        ("old", "0.2.0", "{}", "version_added is 0.2.0 instead of 0.1.0"),
        ("new", "0.2.0", "{version_added: 0.2.0}", "option state.mode is 0.2.0, and the modules is not older"),
        ("new", "0.2.0", "{version_added: 0.2.0}", "return value group is 0.2.0, and the modules is not older"),
        ("old", "0.1.0", "{version_added: 0.2.1}", "0.2.1, which is neither a release nor the next one"),
    ],
)
def test_an_inconsistent_version_is_a_problem(root: Path, name: str, version: str, option: str, problem: str) -> None:
    write_module(root, name, version, option)
    assert any(problem in found for found in find_version_problems(root))


def test_an_option_of_a_fragment_is_compared_with_the_oldest_plugin(root: Path) -> None:
    fragment = root / "plugins" / "doc_fragments" / "shared.py"
    fragment.write_text(_FRAGMENT.format(option="{version_added: 0.2.0}"), "utf-8")
    assert find_version_problems(root) == []
    (root / "plugins" / "modules" / "old.py").unlink()
    assert any("option host is 0.2.0" in found for found in find_version_problems(root))


def test_another_version_than_documented_cannot_be_released(root: Path) -> None:
    assert find_version_problems(root, "1.0.0") == [
        "modules new: version_added is 0.2.0 instead of 1.0.0",
        "modules old: version_added of the option state.mode is 0.2.0, which is neither a release nor the next one",
        "modules old: version_added of the return value group is 0.2.0, which is neither a release nor the next one",
    ]


def test_after_a_release_everything_is_listed(root: Path) -> None:
    (root / "galaxy.yml").write_text("version: 0.2.0\n", "utf-8")
    (root / "changelogs" / "fragments" / "new.yml").unlink()
    changelog = root / "changelogs" / "changelog.yaml"
    changelog.write_text("releases: {0.1.0: {modules: [{name: old}]}, 0.2.0: {modules: [{name: new}]}}", "utf-8")
    assert find_version_problems(root) == []
    changelog.write_text("releases: {0.1.0: {modules: [{name: old}]}, 0.2.0: {}}", "utf-8")
    assert find_version_problems(root) == ["modules new: no release lists it, and changelogs/fragments is empty"]


def test_a_listed_plugin_exists(root: Path) -> None:
    (root / "plugins" / "modules" / "old.py").unlink()
    assert find_version_problems(root) == ["changelogs/changelog.yaml lists the modules old, which does not exist"]


def test_the_next_version_is_the_next_minor_one() -> None:
    assert next_version("0.9.3") == "0.10.0"
