# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports point downward only, as docs/architecture.md says, and every file has its unit tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
_NAME = re.compile(r"ansible_collections\.camfleet\.axis\.plugins\.(?P<module>[\w.]+)")
#: From the top down. Packages of one layer do not know each other.
LAYERS = (
    {"action", "lookup"},
    {"plugin_utils"},
    {"modules"},
    {"module_utils._module"},
    {"module_utils._tasks"},
    {"module_utils._options"},
    {"module_utils._planner", "module_utils._vapix"},
    {"module_utils._models", "module_utils._http"},
    {"module_utils._sanitizing"},
    {"module_utils._errors"},
)
HEIGHT = {package: -number for number, packages in enumerate(LAYERS) for package in packages}
#: Libraries that a layer may not use.
FORBIDDEN = {
    "module_utils._planner": {"requests", "urllib3", "lxml", "ansible", "socket", "ssl"},
    "module_utils._models": {"requests", "urllib3", "lxml", "ansible", "socket", "ssl"},
    "module_utils._vapix": {"requests", "urllib3", "ansible", "socket", "ssl"},
    "module_utils._http": {"lxml", "ansible"},
    "module_utils._sanitizing": {"requests", "urllib3", "lxml", "ansible", "socket", "ssl"},
    "module_utils._options": {"requests", "urllib3", "ansible"},
    "module_utils._tasks": {"requests", "urllib3", "lxml", "ansible"},
}


def package_of(module: str) -> str:
    """Return the package of a module, ``module_utils._http`` for ``module_utils._http.session``."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "module_utils" else parts[0]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that a file imports, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} is a relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def offending(path: Path, module: str) -> Iterator[str]:
    """Yield each import of a file that does not point downward, or that its layer may not use."""
    package = package_of(module)
    for line, name in imports(path):
        match = _NAME.match(name)
        other = package_of(match["module"]) if match else package
        points_up = other != package and HEIGHT[other] >= HEIGHT[package]
        if points_up or name.partition(".")[0] in FORBIDDEN.get(package, ()):
            yield f"{module}, line {line}, imports {name}"


def test_imports_point_downward() -> None:
    paths = [
        path
        for name in ("action", "plugin_utils", "modules", "module_utils")
        for path in PLUGINS.glob(f"{name}/**/*.py")
    ]
    assert len(paths) > 50
    found = [
        line for path in paths for line in offending(path, ".".join(path.relative_to(PLUGINS).with_suffix("").parts))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "line", "is_offending"),
    [
        ("module_utils._planner.plan", "from {p}.module_utils._vapix.xml import parse", True),
        ("module_utils._vapix.xml", "from {p}.module_utils._planner import plan", True),
        ("module_utils._http.session", "import {p}.module_utils._tasks.run", True),
        ("module_utils._http.session", "def f():\n    from {p}.module_utils._models import groups", True),
        ("module_utils._planner.plan", "import requests.adapters", True),
        ("module_utils._planner.plan", "from {p}.module_utils._models.disks import Disk", False),
        ("module_utils._tasks.run", "from {p}.module_utils._http.session import Session", False),
    ],
)
def test_an_offending_import_is_found(tmp_path: Path, module: str, line: str, is_offending: bool) -> None:
    path = tmp_path / "file.py"
    path.write_text(line.format(p="ansible_collections.camfleet.axis.plugins"), encoding="utf-8")
    assert bool(list(offending(path, module))) is is_offending


def test_every_shared_file_has_unit_tests_at_its_path() -> None:
    """Actions and modules are tested in tests/integration/targets."""
    files = [
        path.relative_to(PLUGINS)
        for name in ("module_utils", "plugin_utils")
        for path in PLUGINS.glob(f"{name}/**/*.py")
    ]
    tests = Path(__file__).parent
    assert [str(file) for file in files if not (tests / file.parent / f"test_{file.name}").exists()] == []


def test_every_unit_test_has_a_file_to_test() -> None:
    """One file may have several, such as test_xml.py and test_xml_memory.py."""
    tests = Path(__file__).parent
    for path in tests.glob("*/**/test_*.py"):
        name = path.stem.removeprefix("test_")
        folder = PLUGINS / path.parent.relative_to(tests)
        assert any(name == file.stem or name.startswith(f"{file.stem}_") for file in folder.glob("*.py")), path
