# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that Axis gives have a form that the names of a customer do not have."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._vapix import firmware_names as names

KNOWN: dict[str, tuple[str, ...]] = {
    "model": (
        *("P3245-LVE", "P3265-V", "Q1961-TE", "Q1961-XTE", "S3008", "M1075-L", "D2210-VE", "AXIS P3265-LVE", "F9114"),
        *("M3057-PLVE Mk II", "Q1656-DLE", "P1455-LE-3", "FA54", "XFQ1656", "S3016", "M4308-PLE", "Q3819-PVE", "F44"),
        *("P1465-LE-3 License Plate Verifier Kit", "Q6135-LE 50 Hz", "Q2101-TE 13 mm 30 fps", "P8815-2 People Counter"),
        "XF40-Q2901",
        "Q6225-LE 60Hz",
        "AXIS P3265-V Dome Camera",
        "AXIS P3265-V",
        "AXIS S3008 Recorder",
        "P3245-LVE Network Camera",
        *("P3925-LRE", "M2035-LE", "C1410 Mk II", "M5000-G", "W120", "A8207-VE Mk II", "I8016-LVE", "S1296"),
    ),
    "product_type": (
        *("Network Camera", "Dome Camera", "Thermal Camera", "Network Video Recorder", "PTZ Network Camera"),
        *("I/O Relay Module", "Network Horn Speaker", "Bi-spectral PTZ Camera", "Body Worn Camera"),
    ),
    "firmware": ("12.9.57", "10.12.228", "9.80.3.1", "13.0.0", "10.0.0_beta2", "11.11.135"),
    "version": ("1.0", "2.0.0-beta.2", "2", "1.0.0-alpha"),
    "hardware_id": ("7DE", "931.11", "9C7", "8F1", "70D"),
    "architecture": ("aarch64", "armv7hf", "mipsisa32r2el", "x86_64"),
    "chip": (
        "Axis Artpec-8",
        "Axis Artpec-7",
        "ARTPEC-9",
        "Ambarella S6Lm",
        "Ambarella CV25",
        "NXP i.MX8",
        "NXP i.MX 6Solo",
    ),
    "build_date": ("Feb 20 2026 18:22", "Feb  2 2026 18:22", "2026-02-20", "Jul 08 2026 12:25"),
    "template_name": ("com.axis.action.unlimited.recording_group.storage", "stream_options", "recording_group_id"),
    "variant": ("50 Hz",),
}
FOREIGN = (
    *("acme", "Acme", "ACME", "Acme gate", "A", "Gate 12", "GATE-12", "P3265-V Acme", "P3265-ACME", "AXIS Acme"),
    *("P3265-V of Acme", "Network Camera Acme", "12.9.57 Acme", "12.9.57-acme", "12.9.57_acme", "1.0-acme", "x1.0"),
    *(
        "192.0.2.17",
        "10.0.0.7",
        "10.2.3.4",
        "b8a44f0a1b2c",
        "B8:A4:4F:0A:1B:2C",
        "+46 123 4567",
        "Axis Artpec-8 Acme",
        "Ambarella Acme",
    ),
    *("NXP i.MX Acme", "acm 20 2026", "2026-02-20 acme", "com.axis.action.acme", "acme_options", "P3265-V\n", " ", "-"),
    *("<script>", "AXIS", "AXIS P3265-V Acme", "P3265-V  ", "Dome  Camera", "1.0\n", "١.٠", "Ｐ3265-V"),
)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KNOWN.items() for text in texts])
def test_names_of_axis_are_known(kind: str, text: str) -> None:
    assert getattr(names, f"is_{kind}")(text)


@pytest.mark.parametrize("kind", KNOWN)
def test_names_of_others_are_not(kind: str) -> None:
    assert [text for text in FOREIGN if getattr(names, f"is_{kind}")(text)] == []
