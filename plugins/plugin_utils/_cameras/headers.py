# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of columns that are recognized without the option ``columns``.

Those of a product are listed only if a public source has them. The guide camera_lists.rst shows the sources.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

#: What a column can be, besides a variable.
FIELDS = ("name", "address", "serial", "model", "firmware", "site", "groups")

#: By field, the recognized names, the preferred one first. If a file has several of them, the first one whose cell has
#: a text counts.
RECOGNIZED = MappingProxyType(
    {
        "name": (
            "Name",
            "inventory_hostname",
            "Device name",
            "Camera name",
            # MilestonePSTools: the device, where Name is one of its channels.
            "HardwareName",
            "Camera",
            "Gerätename",
            "Kameraname",
            "Nom",
            "Nom de la caméra",
            "Nombre",
            "Nombre de la cámara",
        ),
        "address": (
            # In tasks, it takes precedence over ansible_host.
            "axis_host",
            "ansible_host",
            "IP address",
            "IP",
            "IPv4 address",
            "IPv4",
            "HardwareAddress",
            "IP-Adresse",
            "Adresse IP",
            "Dirección IP",
            # These may also be the address of a building.
            "Address",
            "Adresse",
            "Dirección",
            "Host name",
            "Host",
            "FQDN",
            "DNS name",
        ),
        "serial": (
            "axis_serial",
            "Serial number",
            "Serial",
            "Serial no.",
            "S/N",
            "Seriennummer",
            "Seriennr.",
            "Numéro de série",
            "Número de serie",
            "MAC address",
            "MAC",
            "MAC-Adresse",
            "Adresse MAC",
            "Dirección MAC",
        ),
        "model": (
            "axis_model",
            "Model",
            "Model name",
            "Device model",
            "Camera model",
            "ProdNbr",
            "Modell",
            "Kameramodell",
            "Gerätemodell",
            "Modèle",
            "Modelo",
            # In German lists, these are the model more often than a kind of device.
            "Gerätetyp",
            "Kameratyp",
            "Typ",
        ),
        "firmware": (
            "axis_firmware",
            "Firmware version",
            "Firmware",
            "AXIS OS version",
            "AXIS OS",
            "Firmware-Stand",
            "FW version",
            "FW-Stand",
            "FW",
            "Version du firmware",
            "Versión de firmware",
        ),
        "site": ("axis_site", "Site", "Site name", "Location", "Standort", "Emplacement", "Ubicación", "Sitio"),
        "groups": ("Groups", "Group", "Gruppen", "Gruppe", "Groupes", "Groupe", "Grupos", "Grupo"),
    }
)


def normalize_header(text: str) -> str:
    """Return a name of a column without case, accents, blanks, and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


#: By normalized name, the field, and how preferred the name is: the lowest first.
_FIELD_OF = MappingProxyType(
    {
        normalize_header(name): (field, rank)
        for field, names in RECOGNIZED.items()
        for rank, name in reversed((*enumerate(names),))
    }
)


def find_field(header: str) -> tuple[str, int] | None:
    """Return the field that a header names, and how preferred the name is, the lowest first."""
    return _FIELD_OF.get(normalize_header(header))
