# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The update of an inventory source of a project, as AWX passes it to ansible-runner.

AWX does so in ``RunInventoryUpdate`` of ``awx/main/tasks/jobs.py``, with ``STANDARD_INVENTORY_UPDATE_ENV`` of
``awx/main/constants.py`` in the environment (https://github.com/ansible/awx, commit e21dd0a). The command is in a file,
its source is below the project, and it writes the inventory to a file, which AWX imports if the status is
*successful*. The variables of an inventory source of a project are environment variables.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.playbook import environment

_IDENT = "1"
_AWX_ENVIRONMENT = {
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_INVENTORY_EXPORT": "True",
    "ANSIBLE_VERBOSE_TO_STDERR": "True",
    "ANSIBLE_HOST_PATTERN_MISMATCH": "error",
}
_RUN = "import json, sys, ansible_runner; ansible_runner.interface.run(**json.load(sys.stdin))"


@dataclass(frozen=True)
class UpdateResult:
    """The result of an update: status, output, and the inventory that AWX imports, which is empty after a failure."""

    status: str
    output: str
    inventory: Mapping[str, Any]

    @property
    def host_variables(self) -> Mapping[str, dict[str, Any]]:
        """Return the variables of each host."""
        variables: Mapping[str, dict[str, Any]] = self.inventory["_meta"]["hostvars"]
        return variables


def update(directory: Path, source: Mapping[str, Any]) -> UpdateResult:
    """Run the update of an inventory source in a private data directory, whose ``project`` is the project.

    :param source: the inventory source in the form of the AWX API.
    """
    shutil.rmtree(directory / "artifacts", ignore_errors=True)
    path = directory / "project" / source["source_path"]
    written = directory / "artifacts" / _IDENT / "output.json"
    parent = path if path.is_dir() else path.parent
    arguments = ["ansible-inventory", "--list", "--export", "-i", str(path), "--output", str(written)]
    (directory / "args").write_text(shlex.join([*arguments, "--playbook-dir", str(parent)]), encoding="utf-8")
    options = {
        "private_data_dir": str(directory),
        "ident": _IDENT,
        "envvars": {**_AWX_ENVIRONMENT, **json.loads(source.get("source_vars") or "{}")},
        "fact_cache_type": "",
        "suppress_env_files": True,
    }
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = environment(directory.parent / f"{directory.name}-home", {"PATH": programs})
    # Ansible uses that of the project.
    del variables["ANSIBLE_CONFIG"]
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        env=variables,
        input=json.dumps(options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    status = (directory / "artifacts" / _IDENT / "status").read_text(encoding="utf-8")
    successful = status == "successful"
    return UpdateResult(status, done.stdout, json.loads(written.read_text(encoding="utf-8")) if successful else {})
