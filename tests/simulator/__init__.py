# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulate a stateful fleet of Axis devices on loopback, for tests and for trying the collection."""

from __future__ import annotations

from .actions import Configuration, Event, Gap, Rule
from .device import Device
from .fault import Fault
from .faults import KINDS as FAULT_KINDS
from .fleet import DEFAULT_NOW, Fleet
from .journal import Entry
from .models import Account, Disk, Group, Medium, Recording
from .profiles import PROFILES, BruteForce
from .switches import Switches

__all__ = [
    "DEFAULT_NOW",
    "FAULT_KINDS",
    "PROFILES",
    "Account",
    "BruteForce",
    "Configuration",
    "Device",
    "Disk",
    "Entry",
    "Event",
    "Fault",
    "Fleet",
    "Gap",
    "Group",
    "Medium",
    "Recording",
    "Rule",
    "Switches",
]
