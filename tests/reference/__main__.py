# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the generated parts of the reference pages: ``python -m tests.reference``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial

from tests.reference.exit_statuses import SITUATIONS, render_situations
from tests.reference.files import KINDS, render_files
from tests.reference.pages import PAGES, replace_parts
from tests.reference.permissions import render_permissions
from tests.reference.report_format import SCHEMAS, render_format
from tests.reference.variables import render_variables

#: By page, its generated parts.
PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "variables": {"variables": render_variables},
    "exit_statuses": {name: partial(render_situations, name) for name in SITUATIONS},
    "files": {name: partial(render_files, name) for name in KINDS},
    "permissions": {"calls": render_permissions},
    "report_format": {name: partial(render_format, name) for name in SCHEMAS},
}


def update(page: str) -> tuple[str, str]:
    """Return the text of a page as it is, and as it must be."""
    text = (PAGES / f"{page}.rst").read_text(encoding="utf-8")
    return text, replace_parts(text, {name: render() for name, render in PARTS[page].items()})


def main() -> int:
    """Write all pages, and return the exit status."""
    for page in PARTS:
        _old, new = update(page)
        (PAGES / f"{page}.rst").write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
