# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of files, each with the cameras or the errors that it has to become: no row disappears."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.files import (
    FileOptions,
    FileResult,
    parse_columns,
    parse_file_options,
    read_file,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import ListedCamera
from tests.unit.plugins.plugin_utils._cameras.workbooks import archive, edit, workbook

GATE, HALL = "2: gate | 192.0.2.11 | ACCC8E000001", "3: hall | 192.0.2.12 | ACCC8E000002"
TWO = "Name,IP address,Serial number\ngate,192.0.2.11,ACCC8E000001\nhall,192.0.2.12,ACCC8E000002\n"
SUED = "2: Süd | 192.0.2.11"
UMLAUT = "Name;IP address\nSüd;192.0.2.11\n"
HEAD = "Name,IP address,Serial number\n"
GUESSED = (
    "cameras.csv is not UTF-8, and was read as cp1252 (Windows, Western European). If a name has wrong letters, set "
    "the "
    "encoding of the file; if not, set encoding: cp1252."
)
QUOTES = (
    "Close each quotation mark, and write one inside a cell twice. Check the lines after it: they may belong to the "
    "same cell."
)
LINES = f"{QUOTES} If the cell is right, write its text on one line."
SWALLOWED = "a cell in quotation marks has lines that look like further rows"
OTHER_COLUMNS = (
    "cameras.csv: {}. If one of them is a field such as model, or an ignored one is to be a variable, map it in the "
    "option columns."
)
NO_HEADER = (
    "cameras.csv, line 1: the header has {}, which is that of a device: the file has no header. Insert a line with the "
    "name of each column above it."
)
TITLE = (
    "cameras.csv, {}: the {} is not a header: it has '{}'. Delete the lines above the header: line 2 looks like the "
    "header."
)
RETYPE = "Format the column as text, and enter the value again."
PASTE = "Replace it by its value: copy it, and paste values only."
SAVE = "Save it as an Excel workbook (.xlsx) or as CSV UTF-8."
ENCODING = "Save the file as CSV UTF-8, or set its encoding in the option files."
CELLS = [["Name", "IP address", "Serial number"], ["gate", "192.0.2.11", "ACCC8E000001"]]


@dataclass(frozen=True)
class Case:
    """A file, and what it has to become.

    :param options: of the entry of the option ``files``, besides path.
    """

    content: bytes | str
    cameras: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    name: str = "cameras.csv"
    options: dict[str, Any] = field(default_factory=dict)


def address(text: str, *problems: str, cameras: tuple[str, ...] = ()) -> Case:
    """Return a file with one address."""
    return Case(
        f"{HEAD}gate,{text},\n", cameras, tuple(f"cameras.csv, line 2, column IP address: {p}" for p in problems)
    )


def serial(text: str, *problems: str, cameras: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> Case:
    """Return a file with one serial number."""
    where = "cameras.csv, line 2, column Serial number"
    return Case(f"{HEAD}gate,192.0.2.11,{text}\n", cameras, tuple(f"{where}: {p}" for p in problems), warnings)


def book(rows: list[list[Any]], *results: str, problems: tuple[str, ...] = (), **further: Any) -> Case:
    """Return a workbook."""
    options = further.pop("options", {})
    warnings = further.pop("warnings", ())
    where = "cameras.xlsx, sheet Cameras"
    return Case(
        workbook(rows, **further),
        results,
        tuple(p if p.startswith("cameras.xlsx") else f"{where}, {p}" for p in problems),
        warnings,
        "cameras.xlsx",
        options,
    )


ENCODINGS = {
    "UTF-8": Case(UMLAUT, (SUED,)),
    "UTF-8 with byte order mark": Case(UMLAUT.encode("utf-8-sig"), (SUED,)),
    "UTF-16 with byte order mark, little endian": Case(b"\xff\xfe" + UMLAUT.encode("utf-16-le"), (SUED,)),
    "UTF-16 with byte order mark, big endian": Case(b"\xfe\xff" + UMLAUT.encode("utf-16-be"), (SUED,)),
    "UTF-16 without byte order mark, little endian": Case(UMLAUT.encode("utf-16-le"), (SUED,)),
    "UTF-16 without byte order mark, big endian": Case(UMLAUT.encode("utf-16-be"), (SUED,)),
    "UTF-32 with byte order mark": Case(b"\xff\xfe\0\0" + UMLAUT.encode("utf-32-le"), (SUED,)),
    "UTF-32 without byte order mark": Case(UMLAUT.encode("utf-32-be"), (SUED,)),
    "cp1252, guessed": Case(UMLAUT.encode("cp1252"), (SUED,), warnings=(GUESSED,)),
    "cp1252, set": Case(UMLAUT.encode("cp1252"), (SUED,), options={"encoding": "cp1252"}),
    "cp850, set": Case(UMLAUT.encode("cp850"), (SUED,), options={"encoding": "cp850"}),
    "UTF-16 set without byte order mark": Case(UMLAUT.encode("utf-16-be"), (SUED,), options={"encoding": "utf-16"}),
    "UTF-8 with one other byte": Case(
        "Name;IP\nSüd;192.0.2.1\n".encode() + b"M\xfcnchen;192.0.2.2\n",
        problems=(
            f"cameras.csv, line 3: the line has a byte that is not UTF-8, unlike the rest of the file. {ENCODING}",
        ),
    ),
    "a byte of no encoding": Case(
        b"Name;IP\n\x81;192.0.2.1\n",
        problems=(f"cameras.csv, line 2: the line has a byte that is not cp1252. {ENCODING}",),
    ),
    "wrong encoding": Case(
        UMLAUT.encode("cp1252"),
        problems=(f"cameras.csv, line 2: the line has a byte that is not UTF-8. {ENCODING}",),
        options={"encoding": "utf-8"},
    ),
    "encoding against the byte order mark": Case(
        UMLAUT.encode("utf-8-sig"),
        problems=(
            (
                "cameras.csv: encoding is cp1252, but the file begins with the byte order mark of UTF-8. Remove "
                "encoding: "
                "the file shows its encoding."
            ),
        ),
        options={"encoding": "cp1252"},
    ),
    "unknown encoding": Case(
        TWO,
        problems=(
            (
                "cameras.csv: encoding is 'utf-9', which is not a known encoding. Set encoding to a name such as "
                "utf-8, "
                "utf-16, or cp1252."
            ),
        ),
        options={"encoding": "utf-9"},
    ),
    "NUL": Case(
        b"Name,IP\ngate,192.0.2.1\nha\0ll,192.0.2.2\n",
        problems=(
            (
                "cameras.csv, line 3: the line has a NUL character, so this is not a text in the encoding that "
                "it was "
                f"read with. {ENCODING}"
            ),
        ),
    ),
}
LINES_AND_DELIMITERS = {
    "LF": Case(TWO, (GATE, HALL)),
    "CRLF": Case(TWO.replace("\n", "\r\n"), (GATE, HALL)),
    "CR": Case(TWO.replace("\n", "\r"), (GATE, HALL)),
    "no line break at the end": Case(TWO.rstrip(), (GATE, HALL)),
    "semicolon": Case(TWO.replace(",", ";"), (GATE, HALL)),
    "tab": Case(TWO.replace(",", "\t"), (GATE, HALL)),
    "pipe": Case(TWO.replace(",", "|"), (GATE, HALL)),
    "semicolon, and commas in a header": Case(
        "Name;IP;a,b,c,d,e\ngate;192.0.2.1;\n",
        ("2: gate | 192.0.2.1",),
        (),
        ((OTHER_COLUMNS.format("ignored columns: 'a,b,c,d,e'")),),
    ),
    "sep=": Case("sep=;\r\nName;IP\r\ngate;192.0.2.1\r\n", ("3: gate | 192.0.2.1",)),
    "sep= in quotation marks, and a tab": Case('"SEP=\t"\nName\tIP\ngate\t192.0.2.1\n', ("3: gate | 192.0.2.1",)),
    "sep= sets a colon": Case(
        "sep=:\nName:IP\ngate:192.0.2.1\n",
        problems=(
            (
                "cameras.csv, line 1: the line sets the delimiter to ':'. Correct or delete the line, or remove the "
                "option."
            ),
        ),
    ),
    "sep= against the option": Case(
        "sep=;\nName;IP\ngate;192.0.2.1\n",
        options={"delimiter": ","},
        problems=(
            (
                "cameras.csv, line 1: the line sets the delimiter to ';', and the option delimiter is ','. Correct "
                "or delete the "
                "line, or remove the option."
            ),
        ),
    ),
    "a delimiter of one's own": Case(TWO.replace(",", "~"), (GATE, HALL), options={"delimiter": "~"}),
    "the delimiter tab by name": Case(TWO.replace(",", "\t"), (GATE, HALL), options={"delimiter": "tab"}),
    "wrong delimiter": Case(
        "Name;IP\ngate;192.0.2.1\n",
        options={"delimiter": ","},
        problems=(
            (
                "cameras.csv, line 1: no column is recognized as name, address, or serial number. The header has: "
                "'Name;IP'. Set "
                "columns in the option files, such as columns: {address: Device IP}. Delete lines before the "
                "header, and correct "
                "delimiter and encoding if set."
            ),
        ),
    ),
    "a delimiter of two characters": Case(
        TWO,
        options={"delimiter": ", "},
        problems=(
            (
                "cameras.csv: delimiter is ', ', which is not one character that can separate columns. Set "
                "delimiter to a "
                "character such as ';', or to tab."
            ),
        ),
    ),
    "padded and capitalized": Case(
        "  NAME , Ip ADDRESS\t,serial_number\n gate , 192.0.2.11 , accc8e000001 \n", (GATE,)
    ),
    "blank lines, also before the header": Case(
        "\n , \n" + TWO.replace("\nhall", "\n\n,,\nhall"),
        (
            "4: gate | 192.0.2.11 | ACCC8E000001",
            "7: hall | 192.0.2.12 | ACCC8E000002",
        ),
    ),
    "short rows": Case(
        "Name,IP,Site,Model\ngate,192.0.2.1\nhall,192.0.2.2,North\n",
        (
            "2: gate | 192.0.2.1",
            "3: hall | 192.0.2.2 | - | - | - | North",
        ),
    ),
    "empty cells after the last column": Case("Name;IP;;\ngate;192.0.2.1;;\n", ("2: gate | 192.0.2.1",)),
    "long rows": Case(
        "Name,IP\ngate, north,192.0.2.1\nhall,192.0.2.2\n",
        ("3: hall | 192.0.2.2",),
        (
            (
                "cameras.csv, line 2: the row has 3 cells, but the header has 2. Put each cell with ',' in "
                "quotation marks. If "
                "the columns are wrong, set delimiter."
            ),
        ),
    ),
    "line breaks and delimiters in quotation marks": Case(
        'Name,IP,note\n"gate, ""north""",192.0.2.1,"first\nsecond, third"\nhall,192.0.2.2,\n',
        ('2: gate, "north" | 192.0.2.1 | - | - | - | - | - | note=first\nsecond, third', "4: hall | 192.0.2.2"),
    ),
    "a quotation mark is not closed": Case(
        'Name,IP\ngate,192.0.2.1\n"hall,192.0.2.2\nyard,192.0.2.3\n',
        ("2: gate | 192.0.2.1",),
        (
            "cameras.csv, line 3: a quotation mark is not closed, or a text follows it (the row ends on line 4). "
            + QUOTES,
        ),
    ),
    "a quotation mark is closed too early": Case(
        'Name,IP\n"ga"te,192.0.2.1\nhall,192.0.2.2\n',
        ("3: hall | 192.0.2.2",),
        ("cameras.csv, line 2: a quotation mark is not closed, or a text follows it. " + QUOTES,),
    ),
    "quotation marks around three rows": Case(
        'Name,IP,note\n"gate,192.0.2.1,x\nhall,192.0.2.2,x\nyard",192.0.2.3,x\nroof,192.0.2.4,\n',
        ("5: roof | 192.0.2.4",),
        (
            "cameras.csv, line 2: a cell in quotation marks has lines that look like further rows (the row ends on "
            "line "
            "4). " + LINES,
        ),
    ),
    **{
        f"a cell with {name}": Case(
            f"Name,IP,note\n{rows}\nroof,192.0.2.4,\n",
            (f"{line}: roof | 192.0.2.4",),
            (f"cameras.csv, line 2: {SWALLOWED} (the row ends on line {line - 1}). " + LINES,),
        )
        for name, rows, line in (
            ("one row", 'gate,192.0.2.1,"x\nhall,192.0.2.2,y"', 4),
            ("one row at its end without further cells", 'gate,192.0.2.1,"x\nhall,192.0.2.2"', 4),
            ("the rest of its own row", '"gate,192.0.2.1\nhall",192.0.2.2', 4),
            ("short rows", 'gate,192.0.2.1,"x\n192.0.2.2\nAC:CC:8E:00:00:02\ny"', 6),
            ("a row with a host name", 'gate,192.0.2.1,"x\nhall,hall.example.com"', 4),
            ("rows of host names", 'gate.example,192.0.2.1,"x\nhall.example\nyard.example"', 5),
            ("a row with a space and a host name", 'gate,192.0.2.1,"x\nhall, hall.example.com"', 4),
            ("a row with a port", 'gate,192.0.2.1,"x\nhall, 192.0.2.2:8443\nend"', 5),
            ("a row with a URL", 'gate,192.0.2.1,"x\nhall, http://192.0.2.2/\nend"', 5),
        )
    },
    "a text with lines": Case(
        'Name,IP,note,Model,Site\ngate,192.0.2.1,"at 3,5 m, north\nsince 2024-01-01 12:34, 192 steps up",,\n',
        ("2: gate | 192.0.2.1 | - | - | - | - | - | note=at 3,5 m, north\nsince 2024-01-01 12:34, 192 steps up",),
    ),
    "a first line with a comma": Case(
        'Name,IP,note\ngate,192.0.2.1,"Door A,B\nfoo"\n',
        ("2: gate | 192.0.2.1 | - | - | - | - | - | note=Door A,B\nfoo",),
    ),
    "groups on several lines": Case(
        'Name;IP;Groups;Model\ngate;192.0.2.1;"roof;north\nharbor;east";\n',
        ("2: gate | 192.0.2.1 | - | - | - | - | roof+north+harbor+east",),
    ),
    "two lines in a table of one column": Case(
        'Name\n"gate\nhall"\n',
        problems=(f"cameras.csv, line 2: {SWALLOWED} (the row ends on line 3). " + LINES,),
    ),
    "a cell that is too long": Case(
        f"Name,IP\n{'x' * 131_073},192.0.2.1\nhall,192.0.2.2\n",
        ("3: hall | 192.0.2.2",),
        (
            (
                "cameras.csv, line 2: a cell has more than 131,072 characters. Shorten it. If no cell is that long, "
                "close the quotation marks. If the columns are wrong, set delimiter."
            ),
        ),
    ),
    "no header, but an address": Case(
        "Camera,192.0.2.1,north\nPTZ,192.0.2.2,south\n", problems=(NO_HEADER.format("'192.0.2.1'"),)
    ),
    "no header, but a serial number": Case(
        "AC:CC:8E:00:00:01,Camera\nAC:CC:8E:00:00:02,PTZ\n", problems=(NO_HEADER.format("'AC:CC:8E:00:00:01'"),)
    ),
    **{
        f"no header, but {text}": Case(f"Camera;{text};x\nPTZ;x;y\n", problems=(NO_HEADER.format(repr(text)),))
        for text in ("192.0.2.1:8443", "gate.example:8443", "http://192.0.2.1/", "[2001:db8::1]:8443")
    },
    **{
        f"the port {text}": Case(
            f"Name,IP,axis_port\ngate,192.0.2.1,{text}\n",
            problems=(
                (
                    f"cameras.csv, line 2, column axis_port: '{text}' is not a port. Set it to a number from 1 to "
                    "65535, or clear it."
                ),
            ),
        )
        for text in ("abc", "99999", "0", "8001.0")
    },
    "no header, but a host name": Case(
        "Camera,gate.example.com\nPTZ,hall.example.com\n", problems=(NO_HEADER.format("'gate.example.com'"),)
    ),
    "a title with known words above the header": Case(
        "Camera,List,2024\nname,address,Model\ngate,192.0.2.1,M\n",
        ("3: gate | - | - | - | - | - | - | List=192.0.2.1",),
        (
            (
                "cameras.csv, line 2: the row has names of columns, as a header does. Delete it. If it is the header, "
                "delete the lines above it instead."
            ),
        ),
        warnings=(
            OTHER_COLUMNS.format("columns that are only variables of the hosts: 'List'; ignored columns: '2024'"),
        ),
    ),
    "two lists below each other": Case(
        TWO + "NAME,IP Address,Serial number\nroof,192.0.2.13,\n",
        (GATE, HALL, "5: roof | 192.0.2.13"),
        ("cameras.csv, line 4: the row repeats the header. Delete it.",),
    ),
    "a quotation mark of the header": Case(
        '"Name,IP\ngate,192.0.2.1\n',
        problems=(
            "cameras.csv, line 1: a quotation mark of the header is not closed, or a text follows it. " + QUOTES,
        ),
    ),
    "an empty file": Case(
        "", problems=("cameras.csv: the file is empty. Save it again, with a header and a row for each camera.",)
    ),
    "only white space": Case(
        "\ufeff\r\n \t\r\n",
        problems=("cameras.csv: the file is empty. Save it again, with a header and a row for each camera.",),
    ),
    "only a header": Case(
        HEAD, problems=("cameras.csv, line 1: there is a header, but not a single camera. Add a row for each camera.",)
    ),
    "a totals line": Case(
        TWO + "Total: 2,,\n",
        (GATE, HALL),
        (
            (
                "cameras.csv, line 4: the row with 'Total: 2' does not have an address or a serial number. Fill it "
                "in, or delete "
                "the row if it is not a camera."
            ),
        ),
    ),
}
COLUMNS = {
    "MilestonePSTools, Get-VmsCameraReport": Case(
        '"Name","Channel","HardwareName","Model","Address","Username","Password","MAC","Firmware"\n'
        '"Gate - Camera 1","0","Gate","AXIS P3245-LVE","http://192.0.2.11/","root","s3cret","ACCC8E000001","10.12.91"\n',
        (
            (
                "2: Gate - Camera 1 | 192.0.2.11 | ACCC8E000001 | AXIS P3245-LVE | 10.12.91 | - | - | Channel=0, "
                "Username=root"
            ),
        ),
        (),
        (
            (
                OTHER_COLUMNS.format(
                    "columns that are only variables of the hosts: 'Channel', 'Username'; ignored columns: 'Password'"
                )
            ),
        ),
    ),
    "MilestonePSTools, Export-HardwareCsv": Case(
        "HardwareName,HardwareAddress,MacAddress\nGate,http://192.0.2.11:80/,ac:cc:8e:00:00:01\n",
        ("2: Gate | 192.0.2.11 | ACCC8E000001",),
    ),
    "German": Case(
        "Gerätename;IP-Adresse;Seriennummer;Modell;Firmware-Version;Standort;Gruppen\n"
        'Tor;192.0.2.11;ACCC8E000001;P3245;10.12.91;Süd;"axis_tore;außen"\n',
        ("2: Tor | 192.0.2.11 | ACCC8E000001 | P3245 | 10.12.91 | Süd | axis_tore+außen",),
    ),
    "French": Case(
        "Nom;Adresse IP;Numéro de série;Modèle;Emplacement\nPorte;192.0.2.11;ACCC8E000001;P3245;Nord\n",
        ("2: Porte | 192.0.2.11 | ACCC8E000001 | P3245 | - | Nord",),
    ),
    "Spanish": Case(
        "NOMBRE;DIRECCION IP;Dirección MAC;Modelo;Ubicación\nPuerta;192.0.2.11;ACCC8E000001;P3245;Norte\n",
        ("2: Puerta | 192.0.2.11 | ACCC8E000001 | P3245 | - | Norte",),
    ),
    "names of variables": Case(
        "inventory_hostname,ansible_host,axis_serial,axis_site\ngate,192.0.2.11,ACCC8E000001,North\n",
        ("2: gate | 192.0.2.11 | ACCC8E000001 | - | - | North",),
    ),
    "an address, or else a host name": Case(
        "Host name,IP address\ngate.example.com,\nhall.example.com,192.0.2.2\n",
        ("2: - | gate.example.com", "3: - | 192.0.2.2"),
    ),
    "only names": Case("name\ngate.example.com\n", ("2: gate.example.com",)),
    "only serial numbers": Case("S/N\nACCC8E000001\n", ("2: - | - | ACCC8E000001",)),
    "mapped columns": Case(
        "Name,Device,IP,Wo,Zone 3,ignored one\nx,gate,192.0.2.1,North,3,y\n",
        ("2: gate | 192.0.2.1 | - | - | - | North | - | zone=3",),
        (),
        ((OTHER_COLUMNS.format("ignored columns: 'Name', 'ignored one'")),),
        options={"columns": {"name": "device", "site": " WO", "zone": "zone 3"}},
    ),
    "a mapped column is missing": Case(
        "Name,Device IP\ngate,192.0.2.1\n",
        (),
        (
            (
                "cameras.csv, line 1: there is no column 'Devise IP' for address. Correct columns. Did you mean "
                "'Device IP'? "
                "The header has: 'Name', 'Device IP'."
            ),
            (
                "cameras.csv, line 1: there is no column 'Place' for site. Correct columns. The header has: 'Name', "
                "'Device IP'."
            ),
        ),
        options={"columns": {"address": "Devise IP", "site": "Place"}},
    ),
    "duplicate headers": Case(
        "Name,IP,ip,Last seen,Last seen\ngate,192.0.2.1,192.0.2.2,,\n",
        ("2: gate | 192.0.2.1",),
        ("cameras.csv, line 1: columns 2 and 3 have the same header 'IP'. Rename all but one of them.",),
        ((OTHER_COLUMNS.format("ignored columns: 'Last seen', 'Last seen'")),),
    ),
    "a column without header": Case(
        "Name,IP,,Site\ngate,192.0.2.1,,\nhall,192.0.2.2,x,\nyard,192.0.2.3,y,\n",
        ("2: gate | 192.0.2.1", "3: hall | 192.0.2.2", "4: yard | 192.0.2.3"),
        (
            (
                "cameras.csv, line 3: column 3 has a text in 2 rows, but no header. Write a header above it, or "
                "clear the column."
            ),
        ),
    ),
    "a title above the header": Case(
        "Camera list of the harbor\nName,IP\ngate,192.0.2.1\n",
        (),
        (TITLE.format("line 1", "line", "Camera list of the harbor"),),
    ),
    "a title with a comma above a header that columns maps": Case(
        "List, January\nRaum;Port;Gerät\ngate;8443;192.0.2.1\n",
        (),
        (TITLE.format("line 1", "line", "List', 'January"),),
        options={"columns": {"name": "Raum", "axis_port": "Port", "address": "Gerät"}},
    ),
    "an empty line and sep= above a title": Case(
        "sep=;\n\nList;;;\nprinted;;;\nName;IP;MAC\ngate;192.0.2.1;\n",
        (),
        (TITLE.format("line 3", "line", "List").replace("line 2", "line 5"),),
        options={"columns": {"site": "Ort"}},
    ),
    "a mapped header that is missing": Case(
        "Name,IP\ngate,192.0.2.1\n",
        (),
        ("cameras.csv, line 1: there is no column 'Ort' for site. Correct columns. The header has: 'Name', 'IP'.",),
        options={"columns": {"site": "Ort"}},
    ),
    "German names of columns": Case(
        "Name;IP;Typ;Firmware-Stand\ngate;192.0.2.1;M3106;10.12.91\n", ("2: gate | 192.0.2.1 | - | M3106 | 10.12.91",)
    ),
    "headers as text formulas": Case('="Name";="IP address"\n="gate";="192.0.2.1"\n', ("2: gate | 192.0.2.1",)),
    "more columns than any list has": Case(
        "Name,IP" + ",x" * 999 + "\ngate,192.0.2.1\n",
        problems=(
            (
                "cameras.csv, line 1: the table has 1001 columns, more than the 1000 that are read. Delete columns "
                "that "
                "are not "
                "needed, and stray texts to the right of the table."
            ),
        ),
    ),
    "variables and passwords": Case(
        'Name,IP,ansible_password,zone,class\ngate,192.0.2.1,=#N/A,"=""007""",x\n',
        ("2: gate | 192.0.2.1 | - | - | - | - | - | ansible_password==#N/A, zone=007",),
        (),
        (OTHER_COLUMNS.format("columns that are only variables of the hosts: 'zone'; ignored columns: 'class'"),),
    ),
    "all problems of a file": Case(
        "Name,IP,Serial number\ngate,192.0.2.300,ACCC8E00001\n,,\nhall,192.0.2.2,,x\n=A2,192.0.2.3,\n",
        (),
        (
            (
                "cameras.csv, line 2, column Serial number: 'ACCC8E00001' is not a serial number: it has 11 of 12 "
                "digits. Set "
                "the cell to the 12 hexadecimal digits on the label, such as ACCC8E000001, or clear it."
            ),
            (
                "cameras.csv, line 2, column IP: '192.0.2.300' is not a valid address: a part is larger than 255. "
                "Correct it."
            ),
            (
                "cameras.csv, line 4: the row has 4 cells, but the header has 3. Put each cell with ',' in "
                "quotation marks. "
                "If the columns are wrong, set delimiter."
            ),
            f"cameras.csv, line 5, column Name: the cell has the formula '=A2', which is not calculated here. {PASTE}",
        ),
    ),
}
NOT_VALID = "Set the cell to the IP address or the host name only, such as 192.0.2.7, or map another column to address."
ADDRESSES = {
    "with no-break spaces and a zero-width space": address(
        "\u00a0192.0.2.1\u200b\u00a0", cameras=("2: gate | 192.0.2.1",)
    ),
    "a URL": address("https://192.0.2.1/index.html#x", cameras=("2: gate | 192.0.2.1",)),
    "with a default port": address("192.0.2.1:80", cameras=("2: gate | 192.0.2.1",)),
    "with another port": address(
        "192.0.2.1:8443", cameras=("2: gate | 192.0.2.1 | - | - | - | - | - | axis_port=8443",)
    ),
    "IPv6 with a port": address(
        "[2001:db8::1]:8443", cameras=("2: gate | 2001:db8::1 | - | - | - | - | - | axis_port=8443",)
    ),
    "a range": address(
        "192.0.2.1-5",
        "'192.0.2.1-5' is a range, not the address of a device. Write a row for each device. To search a range, use "
        "the option addresses.",
    ),
    "a number with an exponent": address(
        "1e3", f"'1e3' is a number, which a spreadsheet may have made of an address. {RETYPE}"
    ),
    "with a full stop": address("192.0.2.9.", cameras=("2: gate | 192.0.2.9",)),
    "with digits of another script": address(
        "\uff11\uff19\uff12.0.2.1", f"'\uff11\uff19\uff12.0.2.1' is not a valid address. {NOT_VALID}"
    ),
    "IPv6": address("2001:DB8::1", cameras=("2: gate | 2001:db8::1",)),
    "with a prefix length": address("192.0.2.7/24", cameras=("2: gate | 192.0.2.7",)),
    "of loopback": address("127.0.0.1", cameras=("2: gate | 127.0.0.1",)),
    "a port for HTTP": address(
        "http://192.0.2.1:8080",
        "'http://192.0.2.1:8080' has a port for HTTP, which the collection does not use without axis_protocol. Set "
        "the cell "
        "to the address, and axis_port or axis_protocol in columns of their own.",
    ),
    "with a login": address(
        "rtsp://root:s3cret@192.0.2.1/axis-media",
        "the address has a username or a password. Set the cell to the address only.",
    ),
    "another protocol": address("rtsp://192.0.2.1/x", f"'rtsp://192.0.2.1/x' is not a valid address. {NOT_VALID}"),
    "a network": address(
        "192.0.2.0/24",
        "192.0.2.0/24 is a network, not the address of a device. Set the cell to the address of the device. To "
        "search a "
        "network, use the option addresses.",
    ),
    "a placeholder": address("n/a", "'n/a' is not an address. Set the cell to the address, or clear it."),
    "unspecified": address(
        "::", ":: is not the address of a device. Set the cell to the address of the device, or clear it."
    ),
    "a number": address(
        "192168110100", f"'192168110100' is a number, which a spreadsheet may have made of an address. {RETYPE}"
    ),
    "a date": address(
        "01/10/2026", f"'01/10/2026' is a date, which a spreadsheet may have made of an address. {RETYPE}"
    ),
    "another date": address(
        "2026-01-10", f"'2026-01-10' is a date, which a spreadsheet may have made of an address. {RETYPE}"
    ),
    "with zeros": address(
        "192.168.001.010",
        "'192.168.001.010' is not a valid address: its parts begin with zeros. Set the cell to 192.168.1.10.",
    ),
    "several": address(
        "192.0.2.1 / 192.0.2.2",
        "'192.0.2.1 / 192.0.2.2' has several addresses. Set the cell to the one that the device is managed with.",
    ),
    "with a template": address(
        "{{ lookup('pipe'; 'id') }}", f"\"{{{{ lookup('pipe'; 'id') }}}}\" is not a valid address. {NOT_VALID}"
    ),
    "of a street": address("Harbor Street 5", f"'Harbor Street 5' is not a valid address. {NOT_VALID}"),
}
TWELVE = "Format the column as text, and enter the 12 digits again, or clear the cell."
SERIALS = {
    **{
        text: serial(text, cameras=(GATE,))
        for text in ("AC:CC:8E:00:00:01", "ac-cc-8e-00-00-01", "accc.8e00.0001", "ACCC8E 000001", "0xACCC8E000001")
    },
    "with an apostrophe": serial("'ACCC8E000001", cameras=(GATE,)),
    "with other hyphens": serial("AC‑CC‑8E‑00‑00‑01", cameras=(GATE,)),
    "as a text formula": serial('"=""ACCC8E000001"""', cameras=(GATE,)),
    "scientific": serial("1.23E+11", f"'1.23E+11' is not a serial number: a spreadsheet made it a number. {TWELVE}"),
    "scientific with a comma": serial(
        '"1,23E+11"', f"'1,23E+11' is not a serial number: a spreadsheet made it a number. {TWELVE}"
    ),
    "without its zeros": serial(
        "408000001",
        "'408000001' is not a serial number: it has 9 of 12 digits, and a spreadsheet removes zeros at the beginning. "
        + TWELVE,
    ),
    "of too many digits": serial(
        "ACCC8E0000012",
        "'ACCC8E0000012' is not a serial number: it has 13 digits instead of 12. Set the cell to the 12 hexadecimal "
        "digits "
        "on the label, such as ACCC8E000001, or clear it.",
    ),
    "a placeholder": serial(
        "000000000000", "'000000000000' is not the serial number of a device. Correct it, or clear the cell."
    ),
    "of another manufacturer": serial(
        "00:11:22:33:44:55",
        cameras=("2: gate | 192.0.2.11 | 001122334455",),
        warnings=(
            (
                "1 serial number is not a MAC address of Axis: cameras.csv, line 2, column Serial number: "
                "001122334455. Delete "
                "rows of other devices, and correct typing errors."
            ),
        ),
    ),
    "that differs from the MAC address": Case(
        "IP,MAC,Serial number\n192.0.2.1,AC:CC:8E:00:00:01,ACCC8E000002\n192.0.2.2,AC:CC:8E:00:00:03,\n",
        ("3: - | 192.0.2.2 | ACCC8E000003",),
        (
            (
                "cameras.csv, line 2, column MAC: the row has two serial numbers, ACCC8E000002 and ACCC8E000001. An "
                "Axis device "
                "has its MAC address as serial number. Correct one of them, or clear it."
            ),
        ),
    ),
    "an error": serial(
        "#N/A",
        (
            "the cell shows the error #N/A of a spreadsheet. Correct the formula, replace it by its value, or clear "
            "the cell."
        ),
    ),
    "a formula": serial(
        '"=HYPERLINK(""https://example.com"")"',
        f"the cell has the formula '=HYPERLINK(\"https://example.com\")', which is not calculated here. {PASTE}",
    ),
    "another formula": serial(
        "@SUM(1+1)", f"the cell has the formula '@SUM(1+1)', which is not calculated here. {PASTE}"
    ),
}
CACHED = edit(
    workbook([*CELLS, ["=A2", "192.0.2.12", ""]]), "xl/worksheets/sheet1.xml", "<f>A2</f><v></v>", "<f>A2</f><v>5</v>"
)
SHEET = "xl/worksheets/sheet1.xml"
WORKBOOKS = {
    **{
        f"rows with numbers {name}": Case(
            edit(workbook([*CELLS, ["hall", "192.0.2.12", ""], ["roof", "192.0.2.13", ""]]), SHEET, old, new),
            (),
            (
                (
                    "cameras.xlsx: the rows of a sheet are not in the order of their numbers, so some would be "
                    "lost. Open it in a spreadsheet program, and save it again."
                ),
            ),
            name="cameras.xlsx",
        )
        for name, old, new in (
            ("that repeat", '<row r="3">', '<row r="2">'),
            ("that go backwards", '<row r="2">', "<row r='9'>"),
        )
    },
    "a sheet": book([*CELLS, ["hall", "192.0.2.12", "ACCC8E000002"]], GATE, HALL),
    "rows before, between, and after": book(
        [[], [None, " "], *CELLS, [], ["hall", "192.0.2.12", "ACCC8E000002"], []],
        "4: gate | 192.0.2.11 | ACCC8E000001",
        "6: hall | 192.0.2.12 | ACCC8E000002",
    ),
    "a formula without a stored value": book(
        [*CELLS, ["=A2", "192.0.2.12", None]],
        GATE,
        problems=(f"row 3, column A (Name): the cell has the formula '=A2', which is not calculated here. {PASTE}",),
    ),
    "a formula with a stored value": Case(
        CACHED,
        (GATE,),
        (
            (
                "cameras.xlsx, sheet Cameras, row 3, column A (Name): the cell has the formula '=A2', which is not "
                "calculated "
                f"here. {PASTE}"
            ),
        ),
        name="cameras.xlsx",
    ),
    "an error": book(
        [*CELLS, ["hall", "#N/A", None]],
        GATE,
        problems=(
            (
                "row 3, column B (IP address): the cell shows the error #N/A of a spreadsheet. Correct the formula, "
                "replace it by "
                "its value, or clear the cell."
            ),
        ),
    ),
    "a title above the header": book(
        [["List"], ["Raum", "IP"], ["gate", "192.0.2.1"]],
        problems=(
            (
                "row 1: the row is not a header: it has 'List'. Delete the lines above the header: row 2 looks like "
                "the header."
            ),
        ),
        options={"columns": {"name": "Raum"}},
    ),
    "numbers and dates": book(
        [
            ["Name", "IP", "Serial", "Firmware", "Site", "axis_since"],
            [101, "192.0.2.1", None, "10.12.91", True, date(2026, 1, 10)],
            ["a", 192.168, 123000000000, 10.12, None, 1.5],
            ["b", 192168110100, None, datetime(1991, 12, 10), date(2026, 2, 1), datetime(2026, 1, 10, 8, 30)],
        ],
        "2: 101 | 192.0.2.1 | - | - | 10.12.91 | TRUE | - | axis_since=2026-01-10",
        problems=(
            (
                "row 3, column B (IP): the cell is the number 192.168, from which a spreadsheet may have removed "
                f"zeros. {RETYPE}"
            ),
            (
                "row 3, column D (Firmware): the cell is the number 10.12, from which a spreadsheet may have "
                f"removed zeros. {RETYPE}"
            ),
            (
                "row 3, column C (Serial): the cell is the number 123000000000, from which a spreadsheet may have "
                f"removed zeros. {RETYPE}"
            ),
            (
                "row 4, column D (Firmware): the cell is the date 1991-12-10, which a spreadsheet may have made of "
                f"another text. {RETYPE}"
            ),
            (
                "row 4, column E (Site): the cell is the date 2026-02-01, which a spreadsheet may have made of "
                f"another text. {RETYPE}"
            ),
            (
                "row 4, column B (IP): '192168110100' is a number, which a spreadsheet may have made of an address. "
                f"{RETYPE}"
            ),
        ),
    ),
    "merged cells": book(
        [["Name", "IP", "Site"], ["gate", "192.0.2.1", "North"], ["hall", "192.0.2.2"], ["yard", "192.0.2.3", "South"]],
        "2: gate | 192.0.2.1 | - | - | - | North",
        "4: yard | 192.0.2.3 | - | - | - | South",
        merged="C2:C3",
        problems=(
            (
                "row 3, column C (Site): the cell is merged with others and has no value of its own. Split the "
                "merged cells, "
                "and fill in each."
            ),
        ),
    ),
    "a note beside the table": book(
        [*CELLS, ["hall", "192.0.2.12", "ACCC8E000002", None, "check!"]],
        GATE,
        HALL,
        problems=("row 3: column E has a text in 1 row, but no header. Write a header above it, or clear the column.",),
    ),
    "several sheets": book(
        CELLS,
        more=[("Site B", "visible", CELLS), ("Empty", "visible", [])],
        problems=(
            (
                "cameras.xlsx: several sheets have texts: 'Cameras', 'Site B'. Set sheet in the option files; list "
                "the file once "
                "for each sheet to read."
            ),
        ),
    ),
    "a sheet by name": book(
        [["notes"]], GATE, sheet="Notes", more=[("Site B", "visible", CELLS)], options={"sheet": "site b"}
    ),
    "a wrong sheet": book(
        CELLS,
        options={"sheet": "Site C"},
        problems=("cameras.xlsx: there is no sheet 'Site C'. Set sheet to one of: 'Cameras'.",),
    ),
    "an empty sheet by name": book(
        CELLS,
        more=[("Site B", "visible", [])],
        options={"sheet": "Site B"},
        problems=(
            (
                "cameras.xlsx, sheet Site B: the sheet is empty. Add a header and a row for each camera, or set "
                "another sheet."
            ),
        ),
    ),
    "a hidden sheet": book(
        CELLS,
        GATE,
        more=[("Old", "hidden", CELLS)],
        warnings=("cameras.xlsx: hidden sheets are not read: 'Old'. To read one, set sheet.",),
    ),
    "a hidden sheet by name": book(
        [["notes"]], GATE, sheet="Notes", more=[("Old", "veryHidden", CELLS)], options={"sheet": "Old"}
    ),
    "only a hidden sheet": book(
        [],
        more=[("Old", "hidden", CELLS)],
        problems=(
            (
                "cameras.xlsx: the workbook is empty; 'Old' is hidden. Add a header and a row for each camera, or "
                "set sheet."
            ),
        ),
    ),
    "Strict Open XML": Case(
        edit(
            workbook(CELLS),
            "xl/workbook.xml",
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        problems=(
            (
                "cameras.csv: the workbook has no sheet that can be read. Save it as an Excel workbook (.xlsx), not as "
                "Strict "
                "Open XML, or as CSV UTF-8."
            ),
        ),
    ),
    "more columns than any list has": book(
        [[*CELLS[0], *[None] * 1100, "x"]],
        problems=(
            (
                "cameras.xlsx, sheet Cameras: the table has 1104 columns, more than the 1000 that are read. Delete "
                "columns "
                "that are not needed, and stray texts to the right of the table."
            ),
        ),
    ),
    "a wrong size of the sheet": Case(
        edit(
            workbook([*CELLS, ["hall", "192.0.2.12", "ACCC8E000002"]]),
            "xl/worksheets/sheet1.xml",
            'ref="A1:C3"',
            'ref="A1:B2"',
        ),
        (GATE, HALL),
        name="cameras.xlsx",
    ),
}
OTHERS = {
    "a text named .xlsx": Case(TWO, (GATE, HALL), name="cameras.xlsx"),
    "a workbook named .csv": Case(workbook(CELLS), (GATE,), name="cameras.csv"),
    "a workbook with the option delimiter": book(
        CELLS,
        options={"delimiter": ";"},
        problems=("cameras.xlsx: delimiter is set, but the file is a workbook. Remove delimiter.",),
    ),
    "a workbook with the option encoding": book(
        CELLS,
        options={"encoding": "utf-8"},
        problems=("cameras.xlsx: encoding is set, but the file is a workbook. Remove encoding.",),
    ),
    "a text with the option sheet": Case(
        TWO,
        options={"sheet": "Cameras"},
        problems=("cameras.csv: sheet is set, but the file is a text, not a workbook. Remove sheet.",),
    ),
    "an encrypted workbook": Case(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
        problems=("cameras.xlsx: the workbook is encrypted with a password. Save it without password.",),
        name="cameras.xlsx",
    ),
    "an old workbook": Case(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "Workbook".encode("utf-16-le"),
        problems=(f"cameras.xlsx: the file is an old workbook (.xls) or another Office document. {SAVE}",),
        name="cameras.xlsx",
    ),
    "an OpenDocument spreadsheet": Case(
        archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<x/>"),
        problems=(f"cameras.xlsx: the file is an OpenDocument spreadsheet (.ods), which is not supported. {SAVE}",),
        name="cameras.xlsx",
    ),
    "a binary workbook": Case(
        archive(xl__workbook_bin=b""),
        problems=(f"cameras.xlsx: the file is a binary workbook (.xlsb), which is not supported. {SAVE}",),
        name="cameras.xlsx",
    ),
    "another archive": Case(
        archive(readme_txt=b"x"), problems=(f"cameras.csv: the file is an archive, not a workbook. {SAVE}",)
    ),
    "a damaged workbook": Case(
        workbook(CELLS)[:900], problems=(f"cameras.csv: the file is a damaged archive, not a workbook. {SAVE}",)
    ),
    "a workbook with a damaged sheet": Case(
        edit(workbook(CELLS), "xl/workbook.xml", "<sheets>", "<sheets"),
        problems=(f"cameras.csv: the workbook cannot be read. Open it in a spreadsheet program. {SAVE}",),
    ),
    "JSON": Case(
        '\ufeff{"data": []}',
        problems=("cameras.csv: the file is JSON, not a CSV or XLSX file. Export the devices as CSV instead.",),
    ),
    "HTML": Case("<html><table>", problems=(f"cameras.csv: the file is HTML or XML, not a CSV or XLSX file. {SAVE}",)),
    "a vault": Case(
        "$ANSIBLE_VAULT;1.1;AES256\n3132\n",
        problems=(
            (
                "cameras.csv: the file is encrypted with Ansible Vault, not a CSV or XLSX file. Decrypt it: a list "
                "is read as it is."
            ),
        ),
    ),
}
CASES = {
    f"{kind}: {name}": case
    for kind, cases in {
        "encoding": ENCODINGS,
        "lines": LINES_AND_DELIMITERS,
        "columns": COLUMNS,
        "address": ADDRESSES,
        "serial": SERIALS,
        "workbook": WORKBOOKS,
        "file": OTHERS,
    }.items()
    for name, case in cases.items()
}


def show(camera: ListedCamera) -> str:
    """Return a camera as the table writes it: without fields after the last one."""
    variables = ", ".join(f"{name}={text}" for name, text in camera.variables.items())
    fields = (camera.name, camera.address, camera.serial, camera.model, camera.firmware, camera.site)
    texts = [text or "-" for text in (*fields, "+".join(camera.groups), variables)]
    while texts[-1] == "-":
        texts.pop()
    return f"{camera.position.line}: {' | '.join(texts)}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_becomes_cameras_or_errors(tmp_path: Path, case: Case) -> None:
    content = case.content.encode() if isinstance(case.content, str) else case.content
    (tmp_path / case.name).write_bytes(content)
    result = read_file(parse_file_options({"path": case.name, **case.options}, {}), str(tmp_path))
    assert [show(camera) for camera in result.cameras] == list(case.cameras)
    assert [str(problem) for problem in result.problems] == list(case.problems)
    assert result.warnings == case.warnings
    assert case.cameras or case.problems


def read(path: Path) -> FileResult:
    """Return what a file of the directory of the inventory has."""
    return read_file(FileOptions(path.name), str(path.parent))


def test_a_missing_file_names_where_it_was_searched(tmp_path: Path) -> None:
    (problem,) = read(tmp_path / "lists.csv").problems
    assert str(problem) == (
        "lists.csv: the file does not exist. Correct the path, which is relative to the inventory file. It was "
        "searched "
        f"at {tmp_path}/lists.csv."
    )


def test_what_is_not_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    problems = [str(read(tmp_path / name).problems[0]) for name in ("directory", "pipe", "loop", "a\0b")]
    assert problems[:2] == [
        "directory: it is a directory. Set the path of a file; list each file of it.",
        "pipe: it is not a regular file. Save the list to a file.",
    ]
    assert problems[2].startswith("loop: the file cannot be read: Too many levels of symbolic links. Make ")
    assert problems[3].startswith("a\\x00b: the file cannot be read: the path is not valid. Make ")


def test_a_message_has_no_control_characters(tmp_path: Path) -> None:
    text = "Na\x1b[31mme,IP\u202e address,Site\x07\n=A\x1b[2J,192.0.2.300\x1b[2J,#N/A\n"
    (tmp_path / "a\x1b.csv").write_text(text, encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(workbook([["Name", "IP"], ["a\u202e", "b c"]], sheet="\u202eCameras"))
    results = [
        read_file(FileOptions("a\x1b.csv", {"name": "Na[31mme"}), str(tmp_path)),
        read_file(FileOptions("missing\x1b"), str(tmp_path)),
        read(tmp_path / "b.xlsx"),
    ]
    lines = [str(problem) for result in results for problem in result.problems]
    assert [len(result.problems) for result in results] == [3, 1, 1]
    assert all(line.isprintable() for line in lines), lines


def test_an_absolute_path_and_a_home_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cameras.csv").write_text(TWO, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in (f"{tmp_path}/cameras.csv", "~/cameras.csv"):
        result = read_file(FileOptions(path), "/nonexistent")
        assert [camera.name for camera in result.cameras] == ["gate", "hall"]
        assert result.cameras[0].position.file == path


def test_a_rejected_row_keeps_what_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,IP\ngate,192.0.2.300\nhall,192.0.2.1\n", encoding="utf-8")
    result = read(tmp_path / "a.csv")
    assert [(camera.name, camera.address) for camera in result.rejected] == [("gate", None)]
    assert [camera.name for camera in result.cameras] == ["hall"]


def test_a_camera_names_the_column_that_was_used(tmp_path: Path) -> None:
    text = "Host name,IP address,Site\ngate.example.com,,\nhall.example.com,192.0.2.1,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    positions = [str(camera.position_of("address")) for camera in read(tmp_path / "a.csv").cameras]
    assert positions == ["a.csv, line 2, column Host name", "a.csv, line 3, column IP address"]


@pytest.mark.parametrize("header", ["Password", "Pwd", "PW", "RootPw", "root_pwd", "Kennwort"])
def test_a_password_is_not_part_of_a_message(tmp_path: Path, header: str) -> None:
    text = f"{header},Name,IP,ansible_password\nhunter2,,,=hunter2(\n=hunter2,gate,192.0.2.300,#N/A\n,,http://u:hunter2@a,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    result = read(tmp_path / "a.csv")
    assert len(result.problems) == 3
    assert "hunter2" not in repr((result.problems, result.warnings))
    cameras = [*result.cameras, *result.rejected]
    assert cameras
    assert all(header not in camera.variables for camera in cameras)


def test_a_large_file_has_all_its_cameras(tmp_path: Path) -> None:
    rows = "".join(f"cam-{n},10.{n >> 16}.{n >> 8 & 255}.{n & 255},ACCC8E{n:06X}\n" for n in range(1, 20_001))
    (tmp_path / "a.csv").write_text(HEAD + rows + "last,10.9.9.9,E\n", encoding="utf-8")
    result = read(tmp_path / "a.csv")
    assert len(result.cameras) == 20_000
    assert result.cameras[-1].position.line == 20_001
    assert [problem.position.line for problem in result.problems] == [20_002]


@pytest.mark.parametrize(
    ("item", "options"),
    [
        ("a.csv", FileOptions("a.csv", {"name": "Device"})),
        ({"path": "a.csv", "sheet": "B"}, FileOptions("a.csv", {"name": "Device"}, "B")),
        ({"path": "a.csv", "columns": {"name": None, "zone": "Z"}}, FileOptions("a.csv", {"zone": "Z"})),
        (
            {"path": "a.csv", "columns": {"ansible_host": "IP"}, "delimiter": ";", "encoding": "utf-8"},
            FileOptions("a.csv", {"name": "Device", "address": "IP"}, None, ";", "utf-8"),
        ),
    ],
)
def test_an_entry_is_a_path_or_a_dictionary(item: object, options: FileOptions) -> None:
    assert parse_file_options(item, {"name": "Device"}) == options


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (
            7,
            ("files[2] must be a path or a dictionary, got 7. Set it to a path, or to a dictionary with path."),
        ),
        ({"sheet": "A"}, "files[2].path must be a path, got null. Set it to the path of a CSV or XLSX file"),
        (
            {"path": "a", "sheat": "A"},
            "files[2] has the key 'sheat', which is not supported. Set only path, columns, sheet",
        ),
        ({"path": "a", "sheet": 2024}, "files[2].sheet must be a text, got 2024. Put it in quotation marks."),
        ({"path": "a", "delimiter": ""}, "files[2].delimiter must be a text, got ''. Put it in quotation marks."),
        (
            {"path": "a", "columns": ["x"]},
            "files[2].columns must be a dictionary, got ['x']. Set it to a dictionary such as {add",
        ),
        (
            {"path": "a", "columns": {"Device IP": "address"}},
            "files[2].columns has the key 'Device IP', which is not a field",
        ),
        (
            {"path": "a", "columns": {"name": 7}},
            "files[2].columns.name must be a text, got 7. Set it to the header of a column",
        ),
        (
            {"path": "a", "columns": {"serial": "A", "axis_serial": "B"}},
            "files[2].columns has 'serial' twice. Map only one",
        ),
    ],
)
def test_a_wrong_entry_is_an_error(item: object, message: str) -> None:
    with pytest.raises(InvalidOptionError) as raised:
        parse_file_options(item, {}, Option("files")[2])
    assert str(raised.value).startswith(message)


def test_only_an_entry_may_remove_a_column() -> None:
    assert parse_columns({"axis_site": "Wo"}, Option("columns")) == {"site": "Wo"}
    assert parse_columns(None, Option("columns")) == {}
    with pytest.raises(InvalidOptionError):
        parse_columns({"site": None}, Option("columns"))
