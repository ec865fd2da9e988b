# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory files of the inventory plugin in the guides have options that exist, and make the groups described."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.camfleet.axis.plugins.inventory.cameras import DOCUMENTATION, EXAMPLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.addresses import parse_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.files import parse_file_options
from tests.playbook import CHECKOUT, environment

GUIDES = sorted((CHECKOUT / "docs" / "docsite" / "rst").glob("*.rst"))
_BLOCK = re.compile(r"^( +)plugin: camfleet\.axis\.cameras\n(?:\1.*\n|\n)*", re.M)
#: The options of ansible.builtin.constructed and ansible.builtin.inventory_cache.
_OF_CORE = {"strict", "compose", "groups", "keyed_groups", "use_extra_vars", "leading_separator"} | {
    f"cache{suffix}" for suffix in ("", "_plugin", "_timeout", "_connection", "_prefix")
}
LIST = """\
name,address,serial,model,firmware,site
gate,192.0.2.1,ACCC8E000001,P3245-LVE,12.9.57,Harbor
recorder,192.0.2.2,ACCC8E000002,S3008,11.11.1,Harbor
gate,192.0.2.3,ACCC8E000003,P3245-LVE,12.9.57,Museum
"""


def guide_files(guide: Path) -> list[dict[str, Any]]:
    """Return the inventory files of the plugin in a guide."""
    text = guide.read_text(encoding="utf-8")
    return [yaml.safe_load(textwrap.dedent(match.group())) for match in _BLOCK.finditer(text)]


def all_files() -> list[dict[str, Any]]:
    """Return the inventory files of all guides and of the documentation of the plugin."""
    documented = [item for item in yaml.safe_load_all(EXAMPLES) if item]
    return [*documented, *(item for guide in GUIDES for item in guide_files(guide))]


def test_inventory_files_of_the_guides_are_valid() -> None:
    files = all_files()
    assert len(files) >= 10
    known = {*yaml.safe_load(DOCUMENTATION)["options"], *_OF_CORE}
    for file in files:
        assert set(file) <= known
        assert parse_addresses(file.get("addresses", [])).problems == ()
        for entry in file.get("files", []):
            # Beside the inventory directory, which Ansible reads as a whole.
            assert parse_file_options(entry, file.get("columns", {})).path.startswith("../")


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("name", {"axis_site_harbor": ["harbor-gate", "harbor-recorder"], "axis_site_museum": ["museum-gate"]}),
        ("keyed_groups", {"recorders": ["recorder"], "axis_os_12": ["gate"], "axis_os_11": ["recorder"]}),
    ],
)
def test_templates_of_the_guide_make_names_and_groups(
    tmp_path: Path, option: str, expected: dict[str, list[str]]
) -> None:
    (settings,) = (item for item in guide_files(CHECKOUT / "docs/docsite/rst/inventory.rst") if option in item)
    path = tmp_path / "inventory" / "cameras.axis.yml"
    path.parent.mkdir()
    path.write_text(json.dumps(settings), encoding="utf-8")
    # Only a name with the site keeps the two gates apart.
    rows = LIST if option == "name" else LIST.rpartition("gate")[0]
    (tmp_path / "cameras.csv").write_text(rows, encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(path), "--list"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True)
    inventory = json.loads(done.stdout)
    assert {name: inventory[name]["hosts"] for name in expected} == expected, done.stderr
