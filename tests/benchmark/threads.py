# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the limit without Ansible: threads, requests, and lxml, with reads only."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from lxml import etree
from requests.auth import HTTPDigestAuth


def main() -> int:
    """Read all cameras; return 0 if each has the group with the retention."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.threads")
    parser.add_argument("inventory", type=Path)
    parser.add_argument("--threads", type=int, default=20)
    options = parser.parse_args()
    group = json.loads(options.inventory.read_text(encoding="utf-8"))["all"]["children"]["axis"]
    desired = str(group["vars"]["retention_hours"])
    with ThreadPoolExecutor(options.threads) as pool:
        found = list(pool.map(read_retention, group["hosts"].values()))
    return int(found != [desired] * len(found))


def read_retention(camera: dict[str, Any]) -> str | None:
    """Return the retention of the group of one camera, in hours."""
    session = requests.Session()
    session.trust_env = False
    session.auth = HTTPDigestAuth(camera["axis_username"], camera["axis_password"])
    url = f"http://{camera['ansible_host']}:{camera['axis_port']}/axis-cgi/record/recording_group/list.cgi"
    response = session.get(url, params={"schemaversion": "1"}, timeout=10)
    response.raise_for_status()
    retention: str | None = etree.fromstring(response.content).xpath("string(//@RetentionTime)")
    return retention


if __name__ == "__main__":
    sys.exit(main())
