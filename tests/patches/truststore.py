# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch the process as ``pip-system-certs`` does: every new SSLContext trusts the certificates of the system."""

from __future__ import annotations

import truststore

truststore.inject_into_ssl()
