# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Define the sessions of antsibull-nox.toml: ``nox --list`` lists them, ``make nox`` runs them."""

from __future__ import annotations

import antsibull_nox
import nox

# Keep all generated files in .cache.
nox.options.envdir = ".cache/nox"
antsibull_nox.load_antsibull_nox_toml()

if __name__ == "__main__":
    nox.main()
