# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the return values that several modules share from ``return_docs.yml`` into the ``RETURN`` of each module.

Run it with ``make return-docs``. Return values of one module only are edited in the module.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.playbook import CHECKOUT

SOURCE = Path(__file__).with_suffix(".yml")
MODULES = CHECKOUT / "plugins" / "modules"
_MAX_LINE = 120


class _Dumper(yaml.SafeDumper):
    """Repeats what an anchor names, and indents lists."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def shared_values() -> dict[str, dict[str, Any]]:
    """Return the documentation of the shared return values, by module and key."""
    source = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {module: values for module, values in source.items() if not module.startswith(".")}


def updated(module: str, values: dict[str, Any]) -> str:
    """Return the text of a module with these return values.

    :raises ValueError: the module does not document one of them.
    """
    text = (MODULES / f"{module}.py").read_text(encoding="utf-8")
    before, begin, rest = text.partition('RETURN = r"""\n')
    version = re.findall(r"^version_added: (\S+)$", before, re.MULTILINE)[0]
    documentation, end, after = rest.partition('"""\n')
    for key, value in values.items():
        found = re.search(rf"^{key}:\n(?:[ ].*\n)+", documentation, re.MULTILINE)
        if found is None:
            raise ValueError(f"{module}: add the key {key} to RETURN")
        section = yaml.dump(
            {key: _without_version(value, version)},
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=_MAX_LINE,
        )
        documentation = documentation[: found.start()] + section + documentation[found.end() :]
    return f"{before}{begin}{documentation}{end}{after}"


def _without_version(value: Any, version: str) -> Any:
    """Return a value without each ``version_added`` that equals the version of the module."""
    if isinstance(value, list):
        return [_without_version(item, version) for item in value]
    if isinstance(value, dict):
        return {
            key: _without_version(item, version)
            for key, item in value.items()
            if (key, item) != ("version_added", version)
        }
    return value


def main() -> int:
    """Write the modules, and return the exit status."""
    for module, values in shared_values().items():
        (MODULES / f"{module}.py").write_text(updated(module, values), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
