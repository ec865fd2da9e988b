#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

ARGUMENT_SPEC = {"hosts": {"type": "list", "elements": "str"}, "connections": {"type": "int", "default": 32}, "max_login_failures": {"type": "int", "default": 5}}
